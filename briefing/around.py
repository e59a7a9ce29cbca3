"""What is around a place at an hour: how long it takes to a checked safe place that is open, and who may be there. Prompts, never a score.

Both say, place by place and hour by hour, where a child would find nobody to turn to. That serves whoever looks for such places, so it is
for panel members and community safety officers, at their own screens, and goes into no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike

from briefing.workspace import Workspace
from geo import frames, rhythm
from layers import hours, reach
from layers.network import Network
from spaces import access
from spaces.access import Reader
from words import N_, _, ngettext

USUAL_HOUR, SATURDAY = 21, 5
"""Where a place has no hours of its own yet: an evening on which young people are out and little that helps them is open."""

ON_A_DAY = (
    N_("on a Monday"), N_("on a Tuesday"), N_("on a Wednesday"), N_("on a Thursday"), N_("on a Friday"), N_("on a Saturday"),
    N_("on a Sunday"),
)  # fmt: skip

LONGEST_MINUTES = 60
"""Beyond an hour nobody in trouble walks or is fetched, and the figure would say no more than that."""

BUS_STOP = "Bus stop"
"""The kind, as the layer has it before it is translated."""

WITHIN_M = 200.0
"""About three minutes on foot: who is within that sees, hears or comes by a place."""


@dataclass(frozen=True, eq=False)
class Ways:
    """How one gets about an area: on foot, and by road where it is rural."""

    on_foot: Network
    by_road: Network | None


def busiest_times(by_hour: ArrayLike, by_weekday: ArrayLike, last_day: date) -> list[datetime]:
    """Return each hour of a place's own busiest stretch, on the last of its busiest weekdays up to a day; else 21:00 on a Saturday.

    Takes weights or counts of records by hour (24) and by weekday (7, Monday first). With fewer records than make a stretch, or none
    that stands out, it is the usual hour; with too few to tell a weekday, a Saturday.
    """
    span = rhythm.busiest_span_by_weight(by_hour)
    weights = np.asarray(by_weekday, float)
    weekday = int(weights.argmax()) if weights.sum().round(rhythm.WEIGHT_DECIMALS) >= rhythm.MIN_TO_SAY else SATURDAY
    day = last_day - timedelta(days=(last_day.weekday() - weekday) % 7)
    first, count = (span[0], rhythm.BUSIEST_SPAN_HOURS) if span else (USUAL_HOUR, 1)
    began = datetime.combine(day, time(first))
    return [began + timedelta(hours=hour) for hour in range(count)]


def middle_of(times: Sequence[datetime]) -> datetime:
    """Return the hour that stands for a stretch where only one can be said."""
    return times[len(times) // 2]


def nearest_safe_place(
    workspace: Workspace, reader: Reader, place: shapely.Geometry, times: Sequence[datetime], safe_places: gpd.GeoDataFrame
) -> list[str]:  # fmt: skip
    """Say how long it takes from a place (a shape in metres) to the nearest checked safe place that is open, at each of some hours.

    `safe_places` is what the map shows of them (`name, state, opening_hours`, points in metres): only `checked` ones count.
    """
    access.check_see_who_is_around(reader)
    checked = safe_places[safe_places["state"] == "checked"]
    if checked.empty:
        if (safe_places["state"] == "stale").any():
            return [_("Every check of a safe place in this area is out of date, so none is counted on here.")]
        return [_("No safe place has been checked in this area yet.")]
    return reach_in_words(place, times, checked, open_at(checked, times, workspace), ways_of(workspace))


def reach_in_words(
    place: shapely.Geometry, times: Sequence[datetime], checked: gpd.GeoDataFrame, states: pd.DataFrame, ways: Ways
) -> list[str]:  # fmt: skip
    """Say the same of checked places with their `open`, `closed` or `unknown` at each hour: a row for each and a column for each hour.

    Hours one after another with one answer are one sentence.
    """
    here = gpd.GeoSeries([place], crs=frames.BRITISH_NATIONAL_GRID)
    if not reach.path_is_recorded(here, ways.on_foot).iloc[0]:
        return [_("No path is recorded near this place, so how far it is to a safe place is not known.")]
    # One takes as long back as there, so one search from the place answers for every safe place and every hour.
    walk = _from(here, checked, ways.on_foot).mask(checked.intersects(place), 0.0)
    drive = _from(here, checked, ways.by_road) if ways.by_road is not None else None
    is_open = states.to_numpy() == "open"
    nearest = [_nearest(walk, is_open[:, hour]) for hour in range(len(times))]
    driven = [None if drive is None else _nearest(drive, is_open[:, hour]) for hour in range(len(times))]
    said = []
    for first, last in _runs(list(zip(nearest, driven, strict=True))):
        when = _when(times[first], times[last])
        said.append(_said(when, checked, walk, nearest[first], drive, driven[first]))
    unknown = int(((states.to_numpy() == "unknown").any(axis=1) & (walk <= LONGEST_MINUTES).to_numpy()).sum())
    if unknown:
        said.append(
            ngettext(
                "Whether {count} checked safe place within an hour's walk is open then is not known.",
                "Whether {count} checked safe places within an hour's walk are open then is not known.",
                unknown,
            )
        )
    return said


def who_is_around(
    workspace: Workspace, reader: Reader, place: shapely.Geometry, when: datetime, *, besides: str = ""
) -> list[str]:  # fmt: skip
    """Say what there is within WITHIN_M of a place (a shape in metres) that brings people there, and what is open at an hour.

    `besides` is the feature that the place itself is, which does not count. A prompt for an assessment: who is there, and with what
    intention towards children, is for those who go and look.
    """
    access.check_see_who_is_around(reader)
    recorded = workspace.layer("around").drop(index=besides, errors="ignore")
    near = recorded[recorded.distance(place) <= WITHIN_M]
    if near.empty:
        return [
            _(
                "Within {metres} m no school, shop, venue, stop or place that sells alcohol is recorded. It is no proof that nobody comes.",
                metres=round(WITHIN_M),
            )
        ]
    states = open_at(near, [when], workspace).iloc[:, 0]
    clock = f"{when:%H:%M}"
    kind, group = near["kind"], near["group"]
    schools, bus_stops = int((group == "school").sum()), int((kind == BUS_STOP).sum())
    stations = int((group == "transport").sum()) - bus_stops
    licensed, venues, shops = (states[group == name] for name in ("licensed", "venue", "shop"))
    counted = [
        ngettext("{count} school or college", "{count} schools or colleges", schools) if schools else "",
        *(
            counted_here + _open_ones(of_these, clock)
            for counted_here, of_these in (
                (ngettext("{count} place that sells alcohol", "{count} places that sell alcohol", len(licensed)), licensed),
                (ngettext("{count} takeaway or other venue", "{count} takeaways or other venues", len(venues)), venues),
                (ngettext("{count} shop", "{count} shops", len(shops)), shops),
            )
            if len(of_these)
        ),
        ngettext("{count} bus stop", "{count} bus stops", bus_stops) if bus_stops else "",
        ngettext("{count} station or taxi rank", "{count} stations or taxi ranks", stations) if stations else "",
    ]
    there = ", ".join(part for part in counted if part)
    return [_("Within {metres} m: {there}.", metres=round(WITHIN_M), there=there)]


def open_at(places: gpd.GeoDataFrame, times: Sequence[datetime], workspace: Workspace) -> pd.DataFrame:
    """Say of each place (its `opening_hours`) and each hour whether it is `open`, `closed` or `unknown`."""
    texts = places["opening_hours"].astype("str").fillna("").str.strip()
    distinct = hours.open_in_hours(texts, times, *workspace.centre)
    return distinct.reindex(texts).set_axis(places.index).fillna("unknown")


def ways_of(workspace: Workspace) -> Ways:
    """Return the paths of an area, and its roads where it is rural."""
    return Ways(workspace.on_foot, workspace.by_road if workspace.rural else None)


def _from(here: gpd.GeoSeries, places: gpd.GeoDataFrame, ways: Network) -> pd.Series:
    minutes: pd.Series = reach.minutes(places.geometry, here, [[True]], ways)[0]
    return minutes


def _nearest(minutes: pd.Series, is_open: ArrayLike) -> int | None:
    """Return the row of the nearest open place that is in reach, None where there is none."""
    left = minutes.where(np.asarray(is_open)).to_numpy()
    return None if np.isnan(left).all() else int(np.nanargmin(left))


def _runs(answers: Sequence[object]) -> list[tuple[int, int]]:
    """Return the first and the last of each run of equal answers."""
    starts = [at for at in range(len(answers)) if at == 0 or answers[at] != answers[at - 1]]
    return list(zip(starts, [*(start - 1 for start in starts[1:]), len(answers) - 1], strict=True))


def _when(first: datetime, last: datetime) -> str:
    day = _(ON_A_DAY[first.weekday()])
    if first == last:
        return _("at {time} {day}", time=f"{first:%H:%M}", day=day)
    return _("from {first} to {last} {day}", first=f"{first:%H:%M}", last=f"{last:%H:%M}", day=day)


def _said(
    when: str, checked: gpd.GeoDataFrame, walk: pd.Series, nearest: int | None, drive: pd.Series | None, driven: int | None
) -> str:  # fmt: skip
    if nearest is not None and walk.iloc[nearest] == 0:
        return _("A checked safe place is here and recorded as open {when} ({name}).", when=when, name=_name(checked, nearest))
    by_road = None if drive is None or driven is None or drive.iloc[driven] > LONGEST_MINUTES else _minutes(drive.iloc[driven])
    there = _name(checked, driven) if driven is not None else ""
    if nearest is None or walk.iloc[nearest] > LONGEST_MINUTES:
        if by_road is None:
            return _("Nothing checked is recorded as open {when} within an hour's walk.", when=when)
        return _(
            "Nothing checked is recorded as open {when} within an hour's walk; by road the nearest is {minutes} away ({name}).",
            when=when, minutes=by_road, name=there,
        )  # fmt: skip
    on_foot, name = _minutes(walk.iloc[nearest]), _name(checked, nearest)
    if by_road is None:
        return _(
            "The nearest checked safe place recorded as open {when} is {minutes} on foot ({name}).", when=when, minutes=on_foot, name=name
        )
    if driven == nearest:
        return _(
            "The nearest checked safe place recorded as open {when} is {minutes} on foot, and {by_road} by road ({name}).",
            when=when, minutes=on_foot, by_road=by_road, name=name,
        )  # fmt: skip
    return _(
        "The nearest checked safe place recorded as open {when} is {minutes} on foot ({name}); by road it is {by_road} ({there}).",
        when=when, minutes=on_foot, name=name, by_road=by_road, there=there,
    )  # fmt: skip


def _minutes(minutes: float) -> str:
    """Say whole minutes, rounded up: nobody is told that they will be there sooner than they will."""
    return ngettext("{count} minute", "{count} minutes", max(1, int(np.ceil(minutes - 1e-6))))


def _name(checked: gpd.GeoDataFrame, row: int) -> str:
    return str(checked["name"].iloc[row]) or _("no name recorded")


def _open_ones(states: pd.Series, clock: str) -> str:
    """Say how many of some places are recorded as open, and of how many that is not known."""
    is_open, unknown = int((states == "open").sum()), int((states == "unknown").sum())
    said = [_("{number} recorded open at {time}", number=is_open, time=clock) if is_open else _("none recorded open at {time}", time=clock)]
    if unknown:
        said.append(_("{number} with no hours known", number=unknown))
    return f" ({'; '.join(said)})"
