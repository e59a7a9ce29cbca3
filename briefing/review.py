"""Where is harm repeating? The panel's review of an area: the map, and the list that says the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray

from briefing import changes, duplicates, hotspots, masked_venues, sentences, summaries
from briefing.workspace import Workspace
from geo import exposure, rhythm
from spaces import access, disclosure, model, repeat_harm, schema, whereabouts
from spaces.access import Reader
from spaces.register import Register
from words import DataProblem, _, language, ngettext

PLACE_COLUMNS = (
    "name", "name_cy", "kind", "hotspot", "letter", "incidents", "days", "children_low", "children_high", "without_reference",
    "repeat_harm", "first", "last", "trend", "sentence", "cell",
)  # fmt: skip

NEAR = "near/"
"""How the id begins of what has no name and lies near a place that has one."""

PLACES_LISTED = 25
"""A panel can talk about this many places in a meeting and no more; hotspots always come first."""

LOOKS = {"week": 52, "month": 12, "quarter": 4, "year": 1}
"""How often a review of each length is held in a year. 52 looks at one in twenty each would name a hotspot in most quiet years."""

LOOKS_A_YEAR = LOOKS | {"all": 1}


@dataclass(frozen=True)
class Question:
    """What the panel chose to look at. Empty choices mean all. Hashable, so that an answer can be kept by it."""

    first_day: date
    last_day: date
    harm_types: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    hours: tuple[int, int] | None = None
    """From, up to: hours of the day, which may run past midnight."""
    young_adults: bool = False
    resolution: hotspots.Resolution = "auto"
    compared_with: str = "auto"
    """What the records are compared with: a name of `hotspots.COMPARED_WITH`, or whichever suits the area."""
    looks_a_year: int = 1
    """How often a year the partnership looks at a period of this length. More looks ask more of each: see `LOOKS_A_YEAR`."""
    agreed: bool = True
    """Whether the period is one that the partnership reviews, and not one that somebody chose for this look."""

    @property
    def filtered(self) -> bool:
        """Say whether it is about less than all that is recorded of children in its period."""
        return bool(self.harm_types or self.agencies or self.hours or self.young_adults)

    @property
    def exploratory(self) -> bool:
        """Say whether it goes beyond the agreed review: with enough choices, chance alone makes some place stand out."""
        return self.filtered or not self.agreed or self.compared_with != "auto"


@dataclass(frozen=True)
class Choices:
    """What there is to choose from, in the whole register."""

    first_day: date
    last_day: date
    harm_types: tuple[str, ...]
    agencies: tuple[str, ...]


@dataclass(frozen=True)
class Review:
    """A disclosed answer: `places` (one row per place, best first), `cells` for the map, and sentences that frame both.

    `places_found` is how many there would be if a panel could talk about them all.
    """

    places: pd.DataFrame
    places_found: int
    cells: gpd.GeoDataFrame
    summary: list[str]
    how: str
    """On what hexagons and by what statistic, and why those."""
    left_out: list[str] = field(default_factory=list)
    data_version: str = ""


def choices(workspace: Workspace) -> Choices:
    """Return the periods, harm types and agencies that the register's records of harm have."""
    return _choices(workspace.register, workspace.register.records_head())


@lru_cache(maxsize=4)
def _choices(register: Register, _records_head: int) -> Choices:
    """Look through every record, once for each time that records changed: each review asks for the last day there is."""
    records = repeat_harm.about_harm_to_children(register.records(), young_adults=True)
    if records["occurred_from"].isna().all():
        raise DataProblem("The register holds no dated records yet. Import a partner's file first.")
    found = set(records["harm_type"].dropna())
    return Choices(
        first_day=records["occurred_from"].min().date(),
        last_day=records["occurred_from"].max().date(),
        harm_types=tuple(harm for harm in model.HARM_TYPES if harm in found),
        agencies=tuple(sorted(records["agency"].dropna().unique())),
    )


@dataclass(frozen=True)
class Counted:
    """The records of a question that are counted in the area, the place each belongs to, and what was left out, in words.

    A hotspot in which no named place lies is spoken of as being near one: its place is `near` and that place's id.
    """

    records: pd.DataFrame
    place: pd.Series
    answer: hotspots.Answer
    left_out: list[str]
    data_version: str


def review(workspace: Workspace, reader: Reader, question: Question) -> Review:
    """Answer where recorded harm repeats, for a reader who may see counts."""
    found = counted(workspace, reader, question)
    every = places_of(found, workspace, question)
    places = every[every["hotspot"] | every["repeat_harm"]]
    letters = places.loc[places["hotspot"], "letter"]
    return Review(
        places=disclosure.disclosed(_listed(places, found, question), reader, columns=PLACE_COLUMNS),
        places_found=len(places),
        cells=_for_the_map(found.answer, letters, question),
        summary=summaries.summary(found.answer, letters, places, question),
        how=summaries.how(found.answer, question),
        left_out=[*found.left_out, *summaries.not_on_the_map(found.answer)],
        data_version=workspace.data_version,
    )


def counted(workspace: Workspace, reader: Reader, question: Question) -> Counted:
    """Return what a question is about: the one way to it, so that the map, the list and an opened place count the same."""
    access.check_see_counts(reader)  # first: that nothing was recorded is an answer too
    version = workspace.data_version
    found: Counted = workspace.recent.get(("counted", version, language(), question), lambda: _count(workspace, question, version))
    return replace(found, left_out=list(found.left_out))


def _count(workspace: Workspace, question: Question, data_version: str) -> Counted:
    records, left_out = chosen_records(workspace, question)
    hidden = masked_venues.on_no_map(workspace, records)
    if hidden.any():
        left_out.append(
            ngettext(
                "{count} record in a part of the area that is not mapped, to protect who lives there",
                "{count} records in parts of the area that are not mapped, to protect who lives there",
                int(hidden.sum()),
            )
        )
        records = records[~hidden]
        if records.empty:
            raise DataProblem(
                "Everything that was recorded for this choice is in parts of the area that are not mapped, to protect who lives there."
            )
    if records["longitude"].isna().all():
        reasons = ", ".join(_(str(reason)) for reason in records["reason"].dropna().unique())
        raise DataProblem(
            "None of the {count:,} records of this choice could be placed on the map: {reasons}. Widen the choice.",
            count=len(records), reasons=reasons,
        )  # fmt: skip
    answer = hotspots_among(workspace, records, question, resolution=question.resolution)
    inside = records[answer.in_area]
    place = _with_a_place_for_every_hotspot(inside, place_of_each(inside, workspace.places), answer, workspace.places)
    return Counted(inside, place, hotspots.name_after_places(answer, place), left_out, data_version)


def hotspots_among(workspace: Workspace, records: pd.DataFrame, question: Question, *, resolution: hotspots.Resolution) -> hotspots.Answer:
    """Return the hotspots among some records of the area, told as a question asks for them."""
    return hotspots.find(
        records, workspace.area, resolution=resolution, gazetteer=workspace.gazetteer, compared_with=question.compared_with,
        baselines=baselines(workspace), looks_a_year=question.looks_a_year,
    )  # fmt: skip


def baselines(workspace: Workspace) -> hotspots.Baselines:
    """Return what there is to compare the area's records with, beside an even spread."""
    found = {"homes": workspace.homes, "crime": _crime(workspace.register, workspace.register.records_head())}
    return {name: points for name, points in found.items() if points is not None and len(points[0]) >= exposure.FEWEST_POINTS}


@lru_cache(maxsize=4)
def _crime(register: Register, _records_head: int) -> hotspots.Points:
    """Return where open data of crimes is placed: what police activity turned up by itself is policing, and left out."""
    record = schema.records.c
    which = (record.record_type == "context") & ~record.proactive & record.longitude.is_not(None)
    found = register.table(sa.select(record.record_id, record.longitude, record.latitude).where(which), "record_id")
    return found["longitude"].to_numpy(float), found["latitude"].to_numpy(float)


def chosen_records(workspace: Workspace, question: Question) -> tuple[pd.DataFrame, list[str]]:
    """Return the records of harm that a question is about, and in words what it leaves out because it is not known."""
    if question.first_day > question.last_day:
        raise DataProblem("The period ends before it begins. Swap the two dates.")
    records = duplicates.records_told_once(workspace, question.first_day, question.last_day)
    left_out = []
    unclear = int(repeat_harm.not_understood(records).sum())
    if unclear:
        left_out.append(
            ngettext(
                "{count} record whose kind, role or age is given in words that are not understood",
                "{count} records whose kind, role or age is given in words that are not understood",
                unclear,
            )
        )
    elsewhere = int((~repeat_harm.happened_there(records)).sum())
    if elsewhere:
        left_out.append(
            ngettext(
                "{count} record of a place where a child went missing, was found or moved through, which is not where harm happened",
                "{count} records of places where a child went missing, was found or moved through, which is not where harm happened",
                elsewhere,
            )
        )
    records = repeat_harm.about_harm_to_children(records, young_adults=question.young_adults)
    if question.harm_types:
        records = records[records["harm_type"].isin(question.harm_types)]
    if question.agencies:
        records = records[records["agency"].isin(question.agencies)]
    undated = int(records["occurred_from"].isna().sum())
    if undated:
        left_out.append(ngettext("{count} record without a date, in no period", "{count} records without a date, in no period", undated))
        records = records[records["occurred_from"].notna()]
    if question.hours:
        hour = rhythm.hour_of_midpoint(records["occurred_from"], records["occurred_to"])
        unknown = int(hour.isna().sum())
        if unknown:
            left_out.append(ngettext("{count} record whose hour is not known", "{count} records whose hour is not known", unknown))
        records = records[rhythm.within_hours(hour, *question.hours)]
    if records.empty:
        raise DataProblem("Nothing was recorded for this choice. No reports is not no harm: widen the period or the filters.")
    return records, [*left_out, *_told_again(records)]


def _told_again(records: pd.DataFrame) -> list[str]:
    """Say how often another agency told of what counts once, because somebody said that it is the same incident."""
    tellings = repeat_harm.one_row_per_incident(records, within=records["agency"])
    again = len(tellings) - len(repeat_harm.one_row_per_incident(records))
    if not again:
        return []
    return [
        ngettext(
            "{count} second telling, by another agency, of an incident that counts once",
            "{count} second tellings, by another agency, of incidents that count once",
            again,
        )
    ]


def place_of_each(records: pd.DataFrame, places: gpd.GeoDataFrame) -> pd.Series:
    """Return the id of the named place that each placed record belongs to."""
    return whereabouts.place_of_each(records["easting"], records["northing"], records["precision_m"], places)


def _with_a_place_for_every_hotspot(
    records: pd.DataFrame, place: pd.Series, answer: hotspots.Answer, places: gpd.GeoDataFrame
) -> pd.Series:
    """Return the place of each record, those of a hotspot without any named place being near the nearest one.

    Otherwise the map would show a hotspot that the list cannot speak of.
    """
    cluster = answer.cluster_of.reindex(place.index)
    nameless = cluster[cluster.notna() & place.groupby(cluster).transform("count").eq(0)]
    every = place.copy()
    for _cluster, rows in nameless.groupby(nameless):
        there = records.loc[rows.index]
        nearest = whereabouts.nearest_place(there["easting"], there["northing"], places)
        every[rows.index] = None if nearest is None else NEAR + nearest
    return every


def named(places: gpd.GeoDataFrame, place_ids: Iterable[str]) -> gpd.GeoDataFrame:
    """Return the places of these ids, what has no name as being near one that has; KeyError where there is no such place."""
    ids = pd.Index(list(place_ids), dtype=object)
    found = places.loc[[place_id.removeprefix(NEAR) for place_id in ids]].set_axis(ids)
    near = [place_id for place_id in ids if place_id.startswith(NEAR)]
    for column in ("name", "name_cy"):
        found.loc[near, column] = [_("near {name}", name=name) if name else name for name in found.loc[near, column]]
    found.loc[near, "kind"] = "other"
    return found


def _letter(order: int) -> str:
    """Return A … Z, then AA, AB …"""
    return (_letter(order // 26 - 1) if order >= 26 else "") + chr(ord("A") + order % 26)


def places_of(found: Counted, workspace: Workspace, question: Question) -> pd.DataFrame:
    """Return one row per place in which anything is counted: those that hotspots are named after, then by different children.

    Hotspots have letters, A first in the list: the same on the map and at the table.
    """
    every: pd.DataFrame = workspace.recent.get(
        ("places", found.data_version, language(), question), lambda: _places_of(found, workspace, question)
    )
    return every.copy()


def _places_of(found: Counted, workspace: Workspace, question: Question) -> pd.DataFrame:
    records, place, answer = found.records, found.place, found.answer
    table = repeat_harm.measure(records, place)
    table = table.join(named(workspace.places, table.index)[["name", "name_cy", "kind"]])
    named_after = answer.cells[answer.cells["cluster"] >= 0].groupby("cluster")["space"].first()
    table["hotspot"] = table.index.isin(named_after)
    table = table.sort_values(["hotspot", "children_low", "incidents"], ascending=False)
    letters = {place_id: _letter(order) for order, place_id in enumerate(table.index[table["hotspot"]])}
    inside = whereabouts.name_clusters(place, answer.cluster_of.reindex(place.index)).map(named_after)
    around = table.index.to_series().where(table["hotspot"], inside.reindex(table.index))
    table["letter"] = around.map(letters).astype("str").fillna("")
    times = records.groupby(place)["occurred_from"]
    table["first"], table["last"] = times.min(), times.max()
    table["trend"] = _lately(found, workspace, question).reindex(table.index).fillna("")
    # The cell that holds most of the place's records: what a click in the list lights up on the map.
    table["cell"] = whereabouts.name_clusters(place, answer.cell_of.reindex(place.index)).reindex(table.index)
    return table


def _listed(places: pd.DataFrame, found: Counted, question: Question) -> pd.DataFrame:
    """Return the places that a panel can talk about, each with a sentence."""
    listed = places.head(max(PLACES_LISTED, int(places["hotspot"].sum()))).copy()
    incidents = repeat_harm.one_row_per_incident(found.records, within=found.place)
    place = found.place.reindex(incidents.index)
    of_place = dict(list(incidents[place.isin(listed.index)].groupby(place)))
    hours = {name: rhythm.weight_by_hour(those["occurred_from"], those["occurred_to"]) for name, those in of_place.items()}
    listed["sentence"] = [sentence(row, hours[row["id"]], question) for row in _rows(listed)]
    return listed


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{"id": row_id, **{str(name): value for name, value in row.items()}} for row_id, row in frame.to_dict("index").items()]


def _lately(found: Counted, workspace: Workspace, question: Question) -> pd.Series:
    """Say for each place whether the last quarter differs from what came before it, and of those in a hotspot how it has been changing.

    A plain reading, without a claim of significance but for the hotspot itself: nothing since a date, a class of `changes.classes`, nothing
    before the last quarter, or neither. Only said of all
    that is recorded up to the last day there is: with a filter, "nothing since" would be about the filter.
    """
    recent_from = pd.Timestamp(question.last_day) - pd.Timedelta(days=changes.QUARTER_DAYS - 1)
    long_enough = pd.Timestamp(question.first_day) <= recent_from - pd.Timedelta(days=2 * changes.QUARTER_DAYS)
    if not long_enough or question.filtered or question.last_day < choices(workspace).last_day:
        return pd.Series(dtype="str")
    recent = (found.records["occurred_from"] >= recent_from).groupby(found.place).sum()
    total = found.place.groupby(found.place).size()
    last = found.records.groupby(found.place)["occurred_from"].max()
    kinds = changes.classes(found.records, found.answer, baselines(workspace))
    fullest = whereabouts.name_clusters(found.place, found.answer.cell_of.reindex(found.place.index))
    known = fullest.map(kinds) if len(kinds) else pd.Series(index=fullest.index, dtype=object)
    known = known.where(fullest.map(found.answer.cells["hotspot"]).fillna(value=False).astype(bool))
    said = {
        place_id: _("nothing recorded since {day}", day=sentences.day(last[place_id])) if recent[place_id] == 0
        else _(label) if (label := changes.label(known.get(place_id)))
        else _("most of it in the last three months") if recent[place_id] > total[place_id] / 2
        else ""
        for place_id in total.index
    }  # fmt: skip
    return pd.Series(said, dtype="str")


def sentence(row: Mapping[str, Any] | pd.Series, hours: NDArray[np.float64], question: Question) -> str:
    """Say in one sentence what was recorded at a place: how much, to how many, when, and whether it repeats."""
    parts = [sentences.incidents_on_days(row), sentences.different_children(row, young_adults=question.young_adults)]
    if not question.hours:  # else it is the choice that says when
        parts.append(sentences.hours(hours))
    said = ", ".join(parts)
    if not row["repeat_harm"]:
        said += ". " + sentences.why_not_repeat_harm(row)
    return f"{said}; {row['trend']}." if row["trend"] else f"{said}."


def _for_the_map(answer: hotspots.Answer, letters: pd.Series, question: Question) -> gpd.GeoDataFrame:
    """Return the cells that the map draws, with a plain label each; the hotspot's key is its place's letter."""
    cells = answer.cells[["incidents", "days", "children_low", "children_high", "hotspot", "geometry"]].copy()
    cells["cluster"] = answer.cells["space"].map(letters).astype("str").astype(object)
    stand = set(answer.cell_of.dropna())
    cells["label"] = [
        summaries.of_a_cell(row, stands_there=row["id"] in stand, young_adults=question.young_adults)
        for row in _rows(pd.DataFrame(cells.drop(columns="geometry")))
    ]
    return cells[["incidents", "hotspot", "cluster", "label", "geometry"]]
