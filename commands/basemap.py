"""`safer-spaces basemap`."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from commands import output, say
from commands.progress import share_of, steps
from words import DataProblem, _, ngettext

PROCESSES = 2
"""Drawing is all arithmetic: a process for each core, but on a machine that does other work too, no more."""


@click.command()
@click.argument("extract", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path), help="The file of map tiles to write, ending in .mbtiles.")
@click.option("--area", "area_name", default="", help="Or the area to draw it for: its boundary, kept in its folder.")
@click.option("--boundary", type=click.Path(path_type=Path, dir_okay=False), help="Draw this area and a little round it.")
@click.option("--zooms", default="11-17", show_default=True, help="From a whole borough on the screen to a street.")
@click.option("--style", type=click.Choice(["light", "dark"]), default="light", show_default=True)
@click.option("--language", type=click.Choice(["en", "cy"]), default="en", show_default=True, help="cy: Welsh names where there are any.")
def basemap(extract: Path, out: Path | None, area_name: str, boundary: Path | None, zooms: str, style: str, language: str) -> None:
    """Draw map tiles from an OpenStreetMap extract (.osm.pbf or .osm), so that no map is asked of anyone."""
    if (out is None) == (not area_name):
        raise click.UsageError(_("Give either --out FILE or --area NAME."))
    levels = _levels(zooms)
    if out is not None:
        output.check_file(out)
        output.check_not_input(str(out), [extract, boundary])
        if out.suffix.lower() != ".mbtiles":
            raise DataProblem("{out} does not say its format. End it in .mbtiles.", out=out)
    from geo import frames
    from layers import base_map, catalogue, mbtiles, osm, tiling

    area, credit, licence, title = None, catalogue.OPENSTREETMAP, catalogue.OPEN_DATABASE_LICENCE, extract.name.split(".")[0]
    if out is None:
        from briefing import workspace

        opened = workspace.open_area(area_name)
        opened.register.close()
        out, area, title = opened.folder / workspace.BASE_MAP, opened.area, opened.name
        if opened.invented:  # an invented map must not be credited to those who did not make it
            credit, licence = _("Invented"), "CC0"
    if boundary is not None:
        area = frames.read_boundary(boundary)
    with steps() as step:
        step(_("Reading the extract …"))
        gathered = base_map.read(extract, boundary=area, language=language)
        blocks = tiling.lay_out(gathered, levels)
    bounds = tiling.bounds_degrees(gathered, levels[0])
    west, south, east, north = bounds
    count = sum(len(block.wanted) for block in blocks)
    timestamp = osm.data_timestamp(extract)
    metadata = {
        "name": title, "format": "png", "bounds": ",".join(f"{side:.6f}" for side in bounds),
        "center": f"{(west + east) / 2:.6f},{(south + north) / 2:.6f},{levels[0]}", "minzoom": str(levels[0]), "maxzoom": str(levels[-1]),
        "attribution": credit, "licence": licence, "type": "baselayer", "version": "1", "style": style, "language": language,
        "description": f"Drawn by Safer Spaces from {extract.name}" + (f", data of {timestamp}" if timestamp else ""),
    }  # fmt: skip
    with share_of(_("Drawing")) as show:
        done = 0

        def drawn(tiles: int) -> None:
            nonlocal done
            done += tiles
            show(done / count)

        tiles = tiling.draw_all(gathered, blocks, style=style, processes=min(PROCESSES, os.cpu_count() or 1), drawn=drawn)
        try:
            mbtiles.write(out, tiles, metadata=metadata)
        except OSError as error:
            raise DataProblem("{out} could not be written. Check that the folder can be written to and has room.", out=out) from error
    size = {"size": f"{out.stat().st_size / 1e6:,.1f}", "file": out.name}
    say(ngettext("{count} tile, {size} MB: {file}", "{count} tiles, {size} MB: {file}", count, **size))


def _levels(zooms: str) -> range:
    """Return the zooms that `11-17` or `15` names."""
    from layers.tiling import HIGHEST_DRAWN

    said = re.fullmatch(r"\s*(\d{1,2})(?:\s*-\s*(\d{1,2}))?\s*", zooms, re.ASCII)
    low, high = (int(said[1]), int(said[2] or said[1])) if said else (1, 0)
    if not 0 <= low <= high <= HIGHEST_DRAWN:
        raise DataProblem(
            "“{zooms}” is no range of zooms. Give the lowest and the highest from 0 to {most}, such as 11-17.",
            zooms=zooms[:40], most=HIGHEST_DRAWN,
        )  # fmt: skip
    return range(low, high + 1)
