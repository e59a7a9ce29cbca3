"""`safer-spaces hotspots`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands import output, say
from commands.progress import steps
from words import N_, DataProblem, _, ngettext

if TYPE_CHECKING:  # imported where they are used: `--help` should not cost two seconds
    import pandas as pd
    import shapely

    from briefing.hotspots import Answer, Points, Resolution
    from geo.detection import Method
    from geo.gazetteer import Gazetteer


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--boundary", type=click.Path(path_type=Path, dir_okay=False), help="The study area: GeoPackage, GeoJSON, Shapefile or FlatGeobuf."
)
@click.option(
    "--gazetteer", "gazetteer_file", type=click.Path(path_type=Path, dir_okay=False), help="Places rows that have only a postcode."
)
@click.option(
    "--layers", "layers_file", type=click.Path(path_type=Path, dir_okay=False), help="Names hotspots after the places in a layers file."
)
@click.option("--resolution", default="auto", show_default=True, help="H3 resolution 7 to 11, or auto.")
@click.option(
    "--method",
    type=click.Choice(["auto", "gi", "scan"]),
    default="auto",
    show_default=True,
    help="Gi* for dense counts, Kulldorff's scan for sparse ones; auto chooses.",
)
@click.option(
    "--compared-with",
    type=click.Choice(["auto", "even", "homes"]),
    default="auto",
    show_default=True,
    help="What chance scatters by: evenly, or where people live (postcodes of --gazetteer). auto: homes if it can.",
)
@click.option("--from", "first", metavar="DAY", help="First day, such as 2024-10-01.")
@click.option("--to", "last", metavar="DAY", help="Last day, included.")
@click.option("--cells", "which", type=click.Choice(["hot", "all"]), default="hot", show_default=True)
@click.option("--format", "asked", type=click.Choice(output.FORMATS), help="Where the name of OUT does not say it.")
@click.option("--out", required=True, help="The file to write; - is standard output.")
def hotspots(
    file: Path, boundary: Path | None, gazetteer_file: Path | None, layers_file: Path | None, resolution: str, method: Method,
    compared_with: str, first: str | None, last: str | None, which: str, asked: str | None, out: str,
) -> None:  # fmt: skip
    """Find where there is more recorded harm than chance explains, in a police.uk file or one with our own columns."""
    kind = output.format_of(out, asked)
    output.check_not_input(out, [file, boundary, gazetteer_file, layers_file])
    chosen = _resolution(resolution)
    first_day, last_day = _day(first), _day(last)
    if first_day and last_day and first_day > last_day:
        raise DataProblem("The period ends before it begins. Swap the two dates.")

    from briefing import hotspots as answers
    from geo import frames, gazetteer, geocode
    from spaces import intake

    with steps() as step:
        area = frames.read_boundary(boundary) if boundary else None
        places = gazetteer.read(gazetteer_file) if gazetteer_file else None
        step(_("Reading {file}", file=file.name))
        read = intake.read(file, today=_today())
        intake.check_whole(read)
        in_period = _within(read.records, first_day, last_day, file)
        records = _about_harm(in_period, file)
        located = geocode.place(records, places, coordinate_precision_m=read.profile.coordinate_precision_m, within=area)
        records = records.assign(**{column: located[column] for column in geocode.RESULT_COLUMNS})
        step(_("Finding hotspots"))
        baselines = _baselines(places, area, compared_with)
        answer = answers.find(
            records, area, resolution=chosen, gazetteer=places, method=method, compared_with=compared_with, baselines=baselines
        )
        if layers_file:
            answer = _named(answer, records, layers_file)
        output.write(answer.cells if which == "all" else answer.cells[answer.cells["hotspot"]], out, kind)
    undated = int(read.records["occurred_from"].isna().sum()) if first_day or last_day else 0
    for line in _account(answer, boundary, undated=undated, not_harm=len(in_period) - len(records)):
        say(line)


def _baselines(places: Gazetteer | None, area: shapely.Geometry | None, asked: str) -> dict[str, Points]:
    from geo import exposure

    if asked == "homes" and (places is None or area is None):
        raise DataProblem("Where people live is known by postcodes in an area. Give --gazetteer and --boundary.")
    return {"homes": exposure.homes(places.postcodes, area)} if places is not None and area is not None and asked != "even" else {}


def _today() -> date:
    return datetime.now().astimezone().date()


def _day(text: str | None) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d") if text else None  # noqa: DTZ007  what the calendar on the wall said
    except ValueError as error:
        raise DataProblem("“{text}” is not a day. Give one such as 2024-10-01.", text=text) from error


def _resolution(text: str) -> Resolution:
    from geo import cells

    if text == "auto":
        return "auto"
    if not text.isdecimal() or int(text) not in cells.RESOLUTIONS:
        raise DataProblem("The resolution “{text}” is not one that suits places. Give a number from 7 to 11, or auto.", text=text)
    return int(text)


def _within(records: pd.DataFrame, first_day: datetime | None, last_day: datetime | None, file: Path) -> pd.DataFrame:
    """Return the rows that began in the period; with no period those without a date too."""
    began = records["occurred_from"]
    if (first_day or last_day) and began.isna().all():
        raise DataProblem("{file} has no dates, so no period can be chosen. Leave out --from and --to, or add dates.", file=file.name)
    kept = records
    if first_day:
        kept = kept[kept["occurred_from"] >= first_day]
    if last_day:
        kept = kept[kept["occurred_from"].dt.normalize() <= last_day]
    if kept.empty:
        raise DataProblem(
            "{file} has no rows in that period. It runs from {first} to {last}.",
            file=file.name,
            first=str(began.min().date()),
            last=str(began.max().date()),
        )
    return kept


def _about_harm(records: pd.DataFrame, file: Path) -> pd.DataFrame:
    """Return the rows that count as harm to a child; a file of open data, which names no one harmed, is counted as it is."""
    from spaces import repeat_harm

    if records["proactive"].all():
        raise DataProblem(
            "{file} tells of police activity, such as stop and search, and not of harm: its hotspots would be those of policing. "
            "Choose a file of what happened to people.",
            file=file.name,
        )
    if (records["record_type"] == "context").all():
        return records
    harm = repeat_harm.about_harm_to_children(records)
    if harm.empty:
        raise DataProblem(
            "{file} has no rows about harm to a child: flags, adults, witnesses and those who harmed others are not counted. "
            "Choose another file or period.",
            file=file.name,
        )
    return harm


def _named(answer: Answer, records: pd.DataFrame, layers_file: Path) -> Answer:
    from briefing import hotspots as answers
    from layers import store
    from spaces import whereabouts

    places = store.read(layers_file, "places")
    counted = records[answer.in_area]
    ids = whereabouts.place_of_each(counted["easting"], counted["northing"], counted["precision_m"], places)
    named = answers.name_after_places(answer, ids).cells
    return replace(answer, cells=named.assign(space=named["space"].map(places["name"]).astype("str").fillna("")))


def _how(answer: Answer) -> str:
    from briefing.hotspots import COMPARED_WITH

    named = {"gi": "Gi*", "scan": _("Kulldorff's scan")}[answer.method]
    what = _(COMPARED_WITH[answer.compared_with])
    return _(
        "Decided by {method} among {worlds:,} worlds of chance, compared with {what}.", method=named, worlds=answer.replicates, what=what
    )


def _account(answer: Answer, boundary: Path | None, *, undated: int, not_harm: int) -> list[str]:
    """Account for every row, in the order a person would ask."""
    study, found = answer.study_area, answer.cells
    said = [
        ngettext("{count} incident", "{count} incidents", answer.incidents),
        ngettext(
            "{count} cell of resolution {resolution} ({centre:,} by centre, {occupied:,} occupied)",
            "{count} cells of resolution {resolution} ({centre:,} by centre, {occupied:,} occupied)",
            len(found), resolution=answer.resolution, centre=study.by_centre, occupied=study.occupied,
        ),
        _("{count:,} with z > 1.96", count=int((found["z"] > 1.96).sum())),
        _("{count:,} hot", count=int(found["hotspot"].sum())),
    ]  # fmt: skip
    if found["hotspot"].any():
        said.append(ngettext("in {count} place", "in {count} places", int(found["cluster"].max()) + 1))
    lines = [", ".join(said) + ".", _how(answer)]
    if not found["hotspot"].any():
        lines.append(
            _("Too few incidents to tell a hotspot from chance.")
            if answer.least_around > answer.incidents
            else _(
                "It would have taken about {least:,} incidents in a middling cell and its neighbours to tell a hotspot from chance.",
                least=answer.least_around,
            )
        )
    if boundary is None:
        lines.append(
            _("Without --boundary only cells that hold something are compared, which hides hotspots in busy areas. Give the area.")
        )
    lines += [_("{count:,} not placed: {reason}.", count=count, reason=_(str(reason))) for reason, count in answer.not_placed.items()]
    left_out = {
        N_("{count:,} outside the boundary, left out."): answer.outside,
        N_("{count:,} more about an incident that is counted once."): int(answer.in_area.sum()) - answer.incidents,
        N_(
            "{count:,} left out: flags, and rows about adults, witnesses, those who harmed others or what police work itself turned up."
        ): not_harm,
        N_("{count:,} without a date, in no period."): undated,
    }
    return lines + [_(line, count=count) for line, count in left_out.items() if count]
