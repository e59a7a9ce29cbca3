"""`safer-spaces hotspots`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import click
import pandas as pd

from briefing import hotspots as answers
from commands import output, say
from geo import cells, frames, gazetteer, geocode
from spaces import intake
from words import DataProblem, _

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--boundary", type=click.Path(path_type=Path), help="The study area: GeoPackage, GeoJSON, Shapefile or FlatGeobuf.")
@click.option("--gazetteer", "gazetteer_file", type=click.Path(path_type=Path), help="Places rows that have only a postcode.")
@click.option("--layers", "layers_file", type=click.Path(path_type=Path), help="Names hotspots after the places in a layers file.")
@click.option("--resolution", default="auto", show_default=True, help="H3 resolution 7 to 11, or auto.")
@click.option(
    "--method",
    type=click.Choice(["auto", "gi"]),
    default="auto",
    show_default=True,
    help="auto still writes counts where Gi* has to decline.",
)
@click.option("--from", "first_day", type=DAY, help="First day, such as 2024-10-01.")
@click.option("--to", "last_day", type=DAY, help="Last day, included.")
@click.option("--cells", "which", type=click.Choice(["hot", "all"]), default="hot", show_default=True)
@click.option("--format", "asked", type=click.Choice(output.FORMATS), help="Where the name of OUT does not say it.")
@click.option("--out", required=True, help="The file to write; - is standard output.")
def hotspots(
    file: Path, boundary: Path | None, gazetteer_file: Path | None, layers_file: Path | None, resolution: str, method: str,
    first_day: datetime | None, last_day: datetime | None, which: str, asked: str | None, out: str,
) -> None:  # fmt: skip
    """Find where there is more recorded harm than chance explains, in a police.uk file or one with our own columns."""
    kind = output.format_of(out, asked)
    chosen = _resolution(resolution)
    area = frames.read_boundary(boundary) if boundary else None
    places = gazetteer.read(gazetteer_file) if gazetteer_file else None
    read = intake.read(file, today=_today())
    intake.check_whole(read)
    records = _within(read.records, first_day, last_day, file)
    located = geocode.place(records, places, coordinate_precision_m=read.profile.coordinate_precision_m)
    records = records.assign(**{column: located[column] for column in geocode.RESULT_COLUMNS})

    answer = answers.find(records, area, resolution=chosen)
    if method == "gi" and answer.declined:
        raise DataProblem(answer.declined)
    if layers_file:
        answer = _named(answer, records, layers_file)
    output.write(answer.cells if which == "all" else answer.cells[answer.cells["hotspot"]], out, kind)
    for line in _account(answer, boundary):
        say(line)


def _today() -> date:
    return datetime.now().astimezone().date()


def _resolution(text: str) -> answers.Resolution:
    if text == "auto":
        return "auto"
    if not text.isdecimal() or int(text) not in cells.RESOLUTIONS:
        raise DataProblem("The resolution {text} is not one that suits places. Give a number from 7 to 11, or auto.", text=text)
    return int(text)


def _within(records: pd.DataFrame, first_day: datetime | None, last_day: datetime | None, file: Path) -> pd.DataFrame:
    began = records["occurred_from"]
    kept = pd.Series(data=True, index=records.index)
    if first_day:
        kept &= began >= first_day
    if last_day:
        kept &= began < last_day + timedelta(days=1)
    if not kept.any():
        raise DataProblem(
            "{file} has no rows in that period. It runs from {first} to {last}.",
            file=file.name,
            first=_day(began.min()),
            last=_day(began.max()),
        )
    return records[kept]


def _day(moment: pd.Timestamp) -> str:
    return str(moment)[:10]


def _named(answer: answers.Answer, records: pd.DataFrame, layers_file: Path) -> answers.Answer:
    from layers import store
    from spaces import whereabouts

    places = store.read(layers_file, "places")
    counted = records[answer.in_area]
    ids = whereabouts.place_of_each(counted["easting"], counted["northing"], counted["precision_m"], places)
    named = answers.name_after_places(answer, ids)
    return answers.Answer(**(named.__dict__ | {"cells": named.cells.assign(space=named.cells["space"].map(places["name"]).fillna(""))}))


def _account(answer: answers.Answer, boundary: Path | None) -> list[str]:
    """Account for every row, in the order a person would ask."""
    study, found = answer.study_area, answer.cells
    lines = [
        _(
            "{incidents:,} incidents in {cells:,} cells of resolution {resolution} ({centre:,} by centre, {occupied:,} occupied): "
            "{above:,} with z > 1.96, {hot:,} hot after Benjamini-Hochberg, in {clusters:,} places.",
            incidents=answer.incidents, cells=len(found), resolution=answer.resolution, centre=study.by_centre, occupied=study.occupied,
            above=int((found["z"] > 1.96).sum()), hot=int(found["hotspot"].sum()), clusters=int(found["cluster"].max()) + 1,
        )
    ]  # fmt: skip
    if answer.declined:
        lines.append(answer.declined)
    if boundary is None:
        lines.append(
            _("Without --boundary only cells that hold something are compared, which hides hotspots in busy areas. Give the area.")
        )
    lines += [_("{count:,} not placed: {reason}.", count=count, reason=_(str(reason))) for reason, count in answer.not_placed.items()]
    if answer.outside:
        lines.append(_("{count:,} outside the boundary, left out.", count=answer.outside))
    return lines
