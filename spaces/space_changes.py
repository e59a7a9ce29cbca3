"""What changes a space as a whole: its name, its shape, its status, who works on it and which authority it is.

Nothing is lost by any of it: each change is a new row with its audit event, and where a space becomes part of another both say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import shapely
import sqlalchemy as sa

from geo import frames
from spaces import access, free_text, revisions, schema, space
from spaces.audit import AuditEvent
from spaces.register import Register, new_id
from spaces.safe_places import NO, NOT_KNOWN, YES
from spaces.space import FIELD_LABELS, FREE_TEXT, LAW_LABELS, MERGED, OF_A_ROLE, STATUS_LABELS
from words import DataProblem, _

ACCEPTED, DECLINED = "accepted", "declined"

SMALLEST_OVERLAP_SHARE = 0.05
"""Of the smaller place: outlines drawn by hand graze each other along a kerb, and that is no overlap anybody has to think about."""

OUTSIDE_M2 = 25.0
"""By so much two halves may stick out of what is split: a cut by hand, and metres that were rounded."""


@dataclass(frozen=True)
class Part:
    """One part of a space that is split: its names, and its boundary in EPSG:27700 metres."""

    name: str
    boundary: shapely.Geometry
    name_cy: str = ""
    feature_id: str = ""
    """Which place of the map the new one is, where it is one: whoever raises that by its name raises this."""


def rename(
    register: Register, reader: access.Reader, space_id: str, *, seen: int, name: str, name_cy: str = "", why: str = "",
    places: frozenset[str] = frozenset(), origin: str,
) -> None:  # fmt: skip
    """Give a space another name, in English and in Welsh; the earlier ones stay in its history."""
    said = _checked(places, name=name, name_cy=name_cy, why=why)
    if not said["name"]:
        raise DataProblem("Give the place a name that people there would know it by.")
    _change(register, reader, space_id, seen, "renamed", said, "space renamed", origin)


def set_status(
    register: Register, reader: access.Reader, space_id: str, *, seen: int, status: str, why: str = "",
    places: frozenset[str] = frozenset(), origin: str,
) -> None:  # fmt: skip
    """Write down where a space is on its way. Closing one, or noticing one again that was closed, needs a reason."""
    if status not in STATUS_LABELS or status == MERGED:
        raise DataProblem("Choose a status from the list. A place becomes part of another by being merged with it.")
    said = _checked(places, why=why)
    access.check_keep_spaces(reader)
    audit = AuditEvent(reader.name, "space status set", status, origin, space_id)

    def work(connection: sa.Connection) -> None:
        before = space.stands(connection, space_id)["status"]
        if space.CLOSED in (before, status) and before != status and not said["why"]:
            raise DataProblem("Say why the place is closed, or opened again, so that nobody has to guess later.")
        space.step(connection, space_id, seen, {"act": "status set", "status": status} | said, audit=audit)

    register.write(audit, work)


def hand_over(
    register: Register, reader: access.Reader, space_id: str, *, seen: int, worker: str, note: str, places: frozenset[str] = frozenset(),
    origin: str,
) -> None:  # fmt: skip
    """Give a space to another named worker (a role or a team), with a note of what that worker has to know."""
    said = _checked(places, worker=worker, handover_note=note)
    if not all(said.values()):
        raise DataProblem("Say who works with the place from now on, a role or a team, and what they have to know.")
    _change(register, reader, space_id, seen, "handed over", said, "space handed over", origin)


def hand_to(
    register: Register, reader: access.Reader, space_id: str, *, seen: int, authority: str, why: str, law: str = "",
    places: frozenset[str] = frozenset(), origin: str,
) -> None:  # fmt: skip
    """Offer a space to a neighbouring authority, whole or shared across the border; it stays here until that authority answers."""
    said = _checked(places, authority=authority, why=why)
    if not all(said.values()):
        raise DataProblem("Say which authority the place is offered to, and why, so that they can answer.")
    if law and law not in LAW_LABELS:
        raise DataProblem("Say whose law holds there: England's, Wales's or both.")
    changes = said | {"answer_of_authority": ""} | ({"law": law} if law else {})
    _change(register, reader, space_id, seen, "offered", changes, "space offered to another authority", origin)


def answer_of_authority(
    register: Register, reader: access.Reader, space_id: str, *, seen: int, accepts: bool, reason: str,
    places: frozenset[str] = frozenset(), origin: str,
) -> None:  # fmt: skip
    """Write down what the neighbouring authority answered. A place that they decline stays ours, and one that they accept is not closed."""
    said = _checked(places, why=reason)
    if not accepts and not said["why"]:
        raise DataProblem("Say why they declined, so that the place does not fall between two authorities.")
    access.check_keep_spaces(reader)
    audit = AuditEvent(reader.name, "answer of an authority", ACCEPTED if accepts else DECLINED, origin, space_id)

    def work(connection: sa.Connection) -> None:
        row = space.stands(connection, space_id)
        if not row["authority"] or row["answer_of_authority"]:
            raise DataProblem("No authority has been asked about this place, or it has answered already. Offer it first.")
        changes = {"act": "answered", "answer_of_authority": ACCEPTED if accepts else DECLINED} | said
        space.step(connection, space_id, seen, changes, audit=audit)

    register.write(audit, work)


def redraw(
    register: Register, reader: access.Reader, space_id: str, *, seen: int, boundary: shapely.Geometry, why: str = "",
    places: frozenset[str] = frozenset(), origin: str,
) -> None:  # fmt: skip
    """Give a space another boundary, in EPSG:27700 metres; the earlier one stays in its history."""
    said = _checked(places, why=why)
    if (problem := space.boundary_problem(boundary)) is not None:
        raise problem
    access.check_keep_spaces(reader)
    audit = AuditEvent(reader.name, "space redrawn", "its boundary changed", origin, space_id)

    def work(connection: sa.Connection) -> None:
        if space.stands(connection, space_id)["boundary"] is None:
            raise DataProblem("A place online is on no map. Leave out where it is.")
        space.step(connection, space_id, seen, {"act": space.REDRAWN, "boundary": shapely.to_wkb(boundary)} | said, audit=audit)

    register.write(audit, work)


def merge(
    register: Register, reader: access.Reader, space_id: str, *, into: str, seen: int, seen_into: int, why: str,
    places: frozenset[str] = frozenset(), origin: str,
) -> None:  # fmt: skip
    """Make a space part of another, which takes in its boundary, whoever raised it and what is known of it; both histories stay.

    DataProblem while an authority that it was offered to has not answered, and where what is known of the two is too long together.
    """
    said = _checked(places, why=why)
    access.check_keep_spaces(reader)
    if space_id == into:
        raise DataProblem("A place cannot become part of itself. Choose the other one.")
    if not said["why"]:
        raise DataProblem("Say why the two are one place, so that nobody has to guess later.")
    audit = AuditEvent(reader.name, "spaces merged", "two were one place", origin, space_id)

    def work(connection: sa.Connection) -> None:
        one, other = space.stands(connection, space_id), space.stands(connection, into)
        if one["authority"] and not one["answer_of_authority"]:
            raise DataProblem(
                "“{name}” is offered to {authority}, which has not answered. Write down its answer first.",
                name=one["name"], authority=one["authority"],
            )  # fmt: skip
        if (one["boundary"] is None) != (other["boundary"] is None):
            raise DataProblem("A place online and one on the map stay apart. Name the one in what is known of the other.")
        changes: dict[str, Any] = {"raised_by": space.also(other["raised_by"], *space.raisers(one["raised_by"]))}
        if one["boundary"] is not None:
            joined = shapely.union(*shapely.from_wkb([one["boundary"], other["boundary"]]))
            if (problem := space.boundary_problem(joined)) is not None:
                raise problem
            changes["boundary"] = shapely.to_wkb(joined)
        changes |= _known_of_both(other, one)
        changes |= {"act": "took in", "came_of": space.also(other["came_of"], space_id)} | said
        space.step(connection, into, seen_into, changes, audit=audit)
        space.step(connection, space_id, seen, {"act": "merged", "status": MERGED, "merged_into": into} | said, audit=audit)

    register.write(audit, work)


def split(
    register: Register, reader: access.Reader, space_id: str, *, seen: int, stays: Part, new: Part, why: str,
    places: frozenset[str] = frozenset(), origin: str,
) -> str:  # fmt: skip
    """Split a space in two and return the id of the new one; `stays` goes on under the same id, with all that was decided of it."""
    access.check_keep_spaces(reader)
    texts = [_checked(places, name=part.name, name_cy=part.name_cy, why=why) for part in (stays, new)]
    if not all(said["name"] and said["why"] for said in texts):
        raise DataProblem("Give each part a name, and say why the place is two.")
    for part in (stays, new):
        if (problem := space.boundary_problem(part.boundary)) is not None:
            raise problem
    new_space, table = new_id(), schema.space_versions
    audit = AuditEvent(reader.name, "space split", "one was two places", origin, space_id)

    def work(connection: sa.Connection) -> None:
        row = space.stands(connection, space_id)
        shapes = [{"boundary": shapely.to_wkb(part.boundary)} for part in (stays, new)]
        # First, so that whoever cut what somebody else has drawn anew meanwhile is told that, and not of parts that do not fit.
        space.step(connection, space_id, seen, {"act": "split"} | shapes[0] | texts[0], audit=audit)
        _check_parts(row, stays, new)
        feature = "" if space.is_a_space(connection, new.feature_id) else new.feature_id
        values = revisions.said(table, row) | {"act": "split off", "came_of": space_id, "feature_id": feature} | shapes[1] | texts[1]
        revisions.add(connection, table, new_space, 0, values, audit=audit, otherwise=revisions.changed(new.name))

    register.write(audit, work)
    return new_space


def overlapping(rows: pd.DataFrame, boundary: shapely.Geometry | None, *, besides: Sequence[str] = ()) -> list[str]:
    """Return the ids of the spaces that share ground with a boundary in metres, by how much they share: told, and never forbidden.

    `rows` has one row of each space, as `space.newest` gives it; those closed, or part of another now, share none.
    """
    open_ones = rows[~rows["status"].isin([space.CLOSED, MERGED]) & rows["boundary"].notna() & ~rows.index.isin(list(besides))]
    if boundary is None or open_ones.empty:
        return []
    shapes = space.boundaries(open_ones)
    frames.check_metres(shapes)
    boundary = frames.prepared(boundary)
    near = shapes[shapely.intersects(boundary, shapes.to_numpy())]
    shared = shapely.area(shapely.intersection(near.to_numpy(), boundary)) / near.area.clip(upper=shapely.area(boundary))
    found = pd.Series(shared, index=near.index)
    return [str(space_id) for space_id in found[found >= SMALLEST_OVERLAP_SHARE].sort_values(ascending=False).index]


def _known_of_both(stays: Mapping[Any, Any], goes: Mapping[Any, Any]) -> dict[str, str]:
    """Return what is known of two spaces that become one: what is good in either is good, and what one does not say the other does."""
    known: dict[str, str] = {name: stays[name] or goes[name] for name in ("owner", "owner_contact", "law")}
    for together in (("worker", "handover_note"), ("authority", "answer_of_authority")):
        known |= {name: (stays if stays[together[0]] else goes)[name] for name in together}
    for name in ("good", "trusted"):
        known[name] = " ".join(dict.fromkeys(text for text in (stays[name], goes[name]) if text))
        if len(known[name]) > FREE_TEXT[name]:
            raise DataProblem(
                "What both say under “{field}” is longer than {longest} characters together. Shorten it in one of them first.",
                field=_(FIELD_LABELS[name]), longest=FREE_TEXT[name],
            )  # fmt: skip
    adult = {row["adult_of_concern"] for row in (stays, goes)}
    return known | {"adult_of_concern": next(answer for answer in (YES, NO, NOT_KNOWN) if answer in adult)}


def _check_parts(row: dict[str, Any], stays: Part, new: Part) -> None:
    if row["boundary"] is None:
        raise DataProblem("A place online has no ground to split. Raise the other one as a place of its own.")
    whole = shapely.from_wkb(row["boundary"])
    if shapely.area(shapely.difference(shapely.union(stays.boundary, new.boundary), whole)) > OUTSIDE_M2:
        raise DataProblem("A part lies outside “{name}”. Both have to be parts of what is split.", name=row["name"])
    if shapely.area(shapely.difference(whole, shapely.union(stays.boundary, new.boundary))) > OUTSIDE_M2:
        raise DataProblem("The parts leave some of “{name}” out, and what was recorded there would be in neither.", name=row["name"])
    if shapely.area(shapely.intersection(stays.boundary, new.boundary)) > OUTSIDE_M2:
        raise DataProblem("The parts overlap. Give each its own ground.")


def _checked(places: frozenset[str], **written: str) -> dict[str, str]:
    """Return texts tidied, or raise the first thing that is wrong with them."""
    said = {name: free_text.tidy(text) for name, text in written.items()}
    given = {FIELD_LABELS[name]: (text, FREE_TEXT[name]) for name, text in said.items()}
    free_text.check(given, places=places, of_a_role=OF_A_ROLE, of_a_place=space.CALLED)
    return said


def _change(
    register: Register, reader: access.Reader, space_id: str, seen: int, act: str, changes: dict[str, Any], action: str, origin: str
) -> None:
    access.check_keep_spaces(reader)
    audit = AuditEvent(reader.name, action, "what is kept of a place changed", origin, space_id)
    register.write(audit, lambda connection: space.step(connection, space_id, seen, {"act": act} | changes, audit=audit))
