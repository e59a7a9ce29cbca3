"""What is done with a place by whoever may: raised, described, renamed, merged, split, handed over. Each says what it changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TypedDict

import pandas as pd
import shapely

from briefing import place_referrals, sentences, space_words
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


def redraw(
    workspace: Workspace, reader: Reader, space_id: str, *, seen: int, boundary: shapely.Geometry, why: str, origin: str
) -> None:  # fmt: skip
    """Give a place the boundary that somebody drew."""
    place_referrals.check_inside(workspace, boundary)
    space_changes.redraw(workspace.register, reader, space_id, boundary=boundary, why=why, **_seen(workspace, seen, origin))


def name_of_raised(workspace: Workspace, reader: Reader, space_id: str) -> str:
    """Return what the place is called that somebody has just raised, who need not be one who sees the list."""
    access.check_raise_space(reader)
    return sentences.name_of(space.newest(workspace.register, "name", "name_cy").loc[[space_id]].iloc[0])


def overlaps(workspace: Workspace, reader: Reader, space_id: str) -> str:
    """Say which other places a place shares ground with; empty where none does, and for whoever does not see the list of places."""
    if not access.can_see_counts(reader):
        return ""
    boundary = details_of(workspace, reader, space_id).boundary
    return space_words.overlap_sentence(space.newest(workspace.register), boundary, besides=(space_id,))


def now_part_of(workspace: Workspace, reader: Reader, space_id: str) -> tuple[str, str, str]:
    """Return of which place a place has become part: its id, and the names of both; nothing (empty) while it stands by itself."""
    access.check_see_counts(reader)
    rows = space.newest(workspace.register)
    into = space.now_part_of(rows).get(space_id, space_id)
    if into == space_id:
        return "", "", ""
    was, now = (sentences.name_of(rows.loc[[one]].iloc[0]) for one in (space_id, into))
    return into, was, now


def details_of(workspace: Workspace, reader: Reader, space_id: str) -> Details:
    """Return what is kept of a place, one that has become part of another too."""
    access.check_see_counts(reader)
    return space.details_of(space.newest(workspace.register).loc[[space_id]].iloc[0])


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


def part_of_the_map(workspace: Workspace, profile: Profile, feature_id: str) -> shapely.Geometry:
    """Return the place of the map that a part of a place lies in, in metres; DataProblem where none of this one does."""
    if feature_id not in parts_of(workspace, profile).index:
        raise DataProblem("Choose the part from the list: a place of the map that lies in this one.")
    shape: shapely.Geometry = workspace.places.geometry[feature_id]
    return shape


def split_off(
    workspace: Workspace, reader: Reader, profile: Profile, shape: shapely.Geometry, *, seen: int, name: str, why: str, origin: str,
    feature_id: str = "",
) -> str:  # fmt: skip
    """Split off the part of a place that lies in a shape (metres), and return the new one's id; the rest goes on as it is.

    `feature_id` says which place of the map the part is, where it is one.
    """
    whole, kept = profile.details.boundary, profile.details
    if whole is None:
        raise DataProblem("A place online has no ground to split. Raise the other one as a place of its own.")
    part, rest = _ground(shapely.intersection(whole, shape)), _ground(shapely.difference(whole, shape))
    if shapely.area(part) < LEAST_SHARE * shapely.area(whole):
        raise DataProblem("What is drawn is not in “{name}”. Draw round the part of it that is a place of its own.", name=kept.name)
    if shapely.area(rest) < LEAST_SHARE * shapely.area(whole):
        raise DataProblem("What is drawn is all of “{name}”. Draw round a part of it only: the rest stays “{name}”.", name=kept.name)
    return space_changes.split(
        workspace.register, reader, profile.space_id, stays=Part(kept.name, rest, kept.name_cy),
        new=Part(name, part, feature_id=feature_id), why=why, **_seen(workspace, seen, origin, kept.name),
    )  # fmt: skip


def _ground(shape: shapely.Geometry) -> shapely.Geometry:
    """Return what a shape covers, without the lines and points that a cut leaves."""
    pieces = shapely.get_parts(shape)
    return shapely.union_all(pieces[shapely.get_dimensions(pieces) == 2])


def _seen(workspace: Workspace, seen: int, origin: str, *also: str) -> _Seen:
    """Return what every change is given. A name that a place has already is nobody's."""
    return {"seen": seen, "places": workspace.place_names | {name.casefold() for name in also if name}, "origin": origin}
