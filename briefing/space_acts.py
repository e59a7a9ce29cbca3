"""What is done with a place by whoever may: raised, described, renamed, merged, split, handed over. Each says what it changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TypedDict

import pandas as pd
import shapely

from briefing import place_referrals
from briefing.spaces import Profile
from briefing.workspace import Workspace
from spaces import access, space, space_changes
from spaces.access import Reader
from spaces.space import Details
from spaces.space_changes import Part
from words import DataProblem

LEAST_SHARE = 0.02
"""Of a place, for a place of the map to be a part that can be split off: less is where two outlines graze each other."""


class _Seen(TypedDict):
    seen: int
    places: frozenset[str]
    origin: str


def raise_place(workspace: Workspace, reader: Reader, details: Details, *, today: date, origin: str) -> str:
    """Raise a place and return its id; one of the map takes its name, kind and boundary from there."""
    access.check_raise_space(reader)
    if details.feature_id:
        known = place_referrals.of_the_map(workspace, details.feature_id, raised_by=details.raised_by)
        details = replace(known, why=details.why)
    else:
        place_referrals.check_inside(workspace, details.boundary)
    return space.raise_space(
        workspace.register, reader, details, today=workspace.latest_day(today), places=workspace.place_names,
        origin=origin,
    )  # fmt: skip


def describe(workspace: Workspace, reader: Reader, space_id: str, details: Details, *, seen: int, today: date, origin: str) -> None:
    """Write down what is now known of a place."""
    latest = workspace.latest_day(today)
    space.describe(workspace.register, reader, space_id, details, today=latest, **_seen(workspace, seen, origin, details.name))


def rename(workspace: Workspace, reader: Reader, space_id: str, *, seen: int, name: str, name_cy: str, why: str, origin: str) -> None:
    """Give a place another name."""
    given = _seen(workspace, seen, origin)
    space_changes.rename(workspace.register, reader, space_id, name=name, name_cy=name_cy, why=why, **given)


def set_status(workspace: Workspace, reader: Reader, space_id: str, *, seen: int, status: str, why: str, origin: str) -> None:
    """Write down where a place is on its way."""
    space_changes.set_status(workspace.register, reader, space_id, status=status, why=why, **_seen(workspace, seen, origin))


def hand_over(workspace: Workspace, reader: Reader, space_id: str, *, seen: int, worker: str, note: str, origin: str) -> None:
    """Give a place to another named worker."""
    space_changes.hand_over(workspace.register, reader, space_id, worker=worker, note=note, **_seen(workspace, seen, origin))


def hand_to(workspace: Workspace, reader: Reader, space_id: str, *, seen: int, authority: str, why: str, law: str, origin: str) -> None:
    """Offer a place to a neighbouring authority."""
    given = _seen(workspace, seen, origin)
    space_changes.hand_to(workspace.register, reader, space_id, authority=authority, why=why, law=law, **given)


def answer_of_authority(
    workspace: Workspace, reader: Reader, space_id: str, *, seen: int, accepts: bool, reason: str, origin: str
) -> None:  # fmt: skip
    """Write down what the neighbouring authority answered."""
    given = _seen(workspace, seen, origin)
    space_changes.answer_of_authority(workspace.register, reader, space_id, accepts=accepts, reason=reason, **given)


def merge(workspace: Workspace, reader: Reader, space_id: str, *, into: str, seen: int, why: str, origin: str) -> None:
    """Make a place part of another, as that one stands now."""
    rows = space.newest(workspace.register)
    if into not in rows.index:
        raise DataProblem("Choose the place that it becomes part of.")
    given = _seen(workspace, seen, origin)
    space_changes.merge(
        workspace.register, reader, space_id, into=into, seen_into=int(rows.loc[[into], "version"].iloc[0]), why=why, **given
    )


def parts_of(workspace: Workspace, profile: Profile) -> pd.Series[str]:
    """Return the names of the map's places that lie in a place or cross it, by id: what can be split off."""
    boundary = profile.details.boundary
    if boundary is None:
        return pd.Series(dtype="str")
    near = workspace.places.iloc[workspace.places.sindex.query(boundary, predicate="intersects")]
    share = shapely.area(shapely.intersection(near.geometry.to_numpy(), boundary)) / shapely.area(boundary)
    names: pd.Series[str] = near.loc[(share >= LEAST_SHARE) & (share <= 1 - LEAST_SHARE), "name"].sort_values()
    return names


def split_off(
    workspace: Workspace, reader: Reader, profile: Profile, feature_id: str, *, seen: int, name: str, why: str, origin: str
) -> str:  # fmt: skip
    """Split off the part of a place that lies in a place of the map, and return the new one's id; the rest goes on as it is."""
    boundary = profile.details.boundary
    if boundary is None or feature_id not in parts_of(workspace, profile).index:
        raise DataProblem("Choose the part from the list: a place of the map that lies in this one.")
    other = workspace.places.loc[feature_id]
    parts = [_ground(shapely.intersection(boundary, other.geometry)), _ground(shapely.difference(boundary, other.geometry))]
    return space_changes.split(
        workspace.register, reader, profile.space_id, stays=Part(profile.details.name, parts[1], profile.details.name_cy),
        new=Part(name, parts[0]), why=why, **_seen(workspace, seen, origin, profile.details.name),
    )  # fmt: skip


def _ground(shape: shapely.Geometry) -> shapely.Geometry:
    """Return what a shape covers, without the lines and points that a cut leaves."""
    pieces = shapely.get_parts(shape)
    return shapely.union_all(pieces[shapely.get_dimensions(pieces) == 2])


def _seen(workspace: Workspace, seen: int, origin: str, *also: str) -> _Seen:
    """Return what every change is given. A name that a place has already is nobody's."""
    return {"seen": seen, "places": workspace.place_names | {name.casefold() for name in also if name}, "origin": origin}
