"""`safer-spaces layers build`."""

from __future__ import annotations

from pathlib import Path

import click

from commands import output, say
from commands.progress import steps


@click.group()
def layers() -> None:
    """Build the layers that say what a place is like."""


@layers.command()
@click.argument("extract", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--boundary", type=click.Path(path_type=Path, dir_okay=False), help="Keep only what lies in this area.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The GeoPackage to write.")
def build(extract: Path, boundary: Path | None, out: Path) -> None:
    """Read parks, alleyways, light and possible safe places from an OpenStreetMap extract (.osm.pbf or .osm)."""
    output.check_file(out)
    from geo import frames
    from layers import osm, store

    store.check_name(out)
    area = frames.read_boundary(boundary) if boundary else None
    with steps() as step:
        built = store.build(extract, boundary=area, progress=step)
    store.write(built, out, extract_name=extract.name, data_timestamp=osm.data_timestamp(extract))
    for line in store.summary(built):
        say(line)
