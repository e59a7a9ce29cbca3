"""`safer-spaces calibrate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from commands import acting
from commands.progress import steps
from words import DataProblem, _

if TYPE_CHECKING:
    import pandas as pd

    from briefing.calibration import Calibration


@click.command()
@click.option("--boundary", type=click.Path(path_type=Path, dir_okay=False), help="An area that is not set up here, with --incidents.")
@click.option("--incidents", type=int, help="How many incidents are recorded there in a usual year.")
@click.option("--resolution", type=click.IntRange(7, 11), default=9, show_default=True, help="H3 resolution, for --boundary.")
@click.option("--gazetteer", type=click.Path(path_type=Path, dir_okay=False), help="Says where people live, for --boundary.")
@click.option("--area", default="", help="Else this area and the last year in its register, for its method page; needs --as.")
@click.option("--as", "name", default="", help="Your name; else SAFER_SPACES_AS.")
def calibrate(boundary: Path | None, incidents: int | None, resolution: int, gazetteer: Path | None, area: str, name: str) -> None:
    """Print how often a quiet year would be told of a hotspot here, and how much harm it takes to be seen."""
    if (boundary is None) != (incidents is None):
        raise DataProblem("An area that is not set up here needs both --boundary and --incidents.")
    with steps() as step:
        step(_("Simulating quiet years"))
        found = (
            _of_a_boundary(boundary, incidents, resolution, gazetteer) if boundary and incidents is not None else _of_an_area(area, name)
        )
    for line in lines(found):
        click.echo(line)


def _of_a_boundary(boundary: Path, incidents: int, resolution: int, gazetteer: Path | None) -> Calibration:
    from briefing import calibration, hotspots
    from geo import exposure, frames
    from geo import gazetteer as gazetteers

    area = frames.read_boundary(boundary)
    homes = exposure.homes(gazetteers.read(gazetteer).postcodes, area) if gazetteer else None
    return calibration.calibrate(area, incidents, resolution=resolution, homes=homes, rng=np.random.default_rng(hotspots.SEED))


def _of_an_area(area: str, name: str) -> Calibration:
    from briefing import calibration, hotspots

    reader = acting.reader_named(name)
    opened = acting.open_area(area)
    try:
        return calibration.of_area(opened, reader, np.random.default_rng(hotspots.SEED))
    finally:
        opened.register.close()


def lines(found: Calibration) -> list[str]:
    """Return the figures as a person reads them: the quiet years first, then what it takes to be seen."""
    from briefing.calibration import FELL_BY, knows

    said = [
        _(
            "{incidents:,} incidents a year over {cells:,} cells of resolution {resolution}.",
            incidents=found.incidents, cells=found.cells, resolution=found.resolution,
        )
    ]  # fmt: skip
    said.append(_("Quiet years that are told of a hotspot, by how harm falls and what it is compared with:"))
    for (fell, against), table in found.quiet.groupby(["fell_by", "compared_with"], sort=False):
        known = _("knows") if knows(str(fell), str(against)) else _("cannot know")
        said.append(f"  {_(FELL_BY[str(fell)])} / {_(FELL_BY[str(against)])} ({known})")
        said += [f"    {row}" for row in _shares(table)]
    said.append(_("A hotspot in a hexagon and those round it that is so many times as harmful is found, in a review of a year:"))
    for method, table in found.power.groupby("method", sort=False):
        figures = zip(table["relative_risk"], table["inside"], table["found"], strict=True)
        said.append(f"  {method}: " + ", ".join(f"×{risk:g} ({inside:.0f} incidents) {share:.0%}" for risk, inside, share in figures))
    return said


def _shares(table: pd.DataFrame) -> list[str]:
    said = []
    for method, rows in table.groupby("method", sort=False):
        figures = zip(rows["review"], rows["share"], rows["error"], strict=True)
        said.append(f"{method}: " + ", ".join(f"{review} {share:.1%} ± {2 * error:.1%}" for review, share, error in figures))
    return said
