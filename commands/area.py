"""`safer-spaces area new`."""

from __future__ import annotations

from pathlib import Path

import click

from commands import say
from words import _


@click.group()
def area() -> None:
    """Make areas for real data."""


@area.command()
@click.argument("name")
@click.option("--boundary", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The area, in any map format.")
@click.option("--layers", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Made with: safer-spaces layers build.")
@click.option(
    "--gazetteer", "gazetteer_file", type=click.Path(path_type=Path, dir_okay=False), help="Made with: safer-spaces gazetteer build."
)
@click.option("--base-map", type=click.Path(path_type=Path, dir_okay=False), help="Map tiles (MBTiles): safer-spaces basemap, or QGIS.")
def new(name: str, boundary: Path, layers: Path, gazetteer_file: Path | None, base_map: Path | None) -> None:
    """Make an area: its folder, its key, and an empty register (in SAFER_SPACES_REGISTER, where that is set)."""
    from briefing import workspace

    made = workspace.new_area(name, boundary=boundary, layers=layers, gazetteer_file=gazetteer_file, base_map=base_map)
    made.register.close()
    say(_("{name} is made in {folder}. Back up its key now: {folder}/pseudonym.key", name=made.name, folder=made.folder))
