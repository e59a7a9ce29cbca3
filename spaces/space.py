"""Spaces: the places the partnership looks at, whoever raised them, and what is known and decided of each.

Every change is a new row (`revisions`) with its audit event. What changes a space's shape, name or status is in `space_changes.py`.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
import sqlalchemy as sa

from geo import frames
from spaces import access, days, free_text, revisions, schema
from spaces.audit import AuditEvent
from spaces.register import Register, new_id
from spaces.safe_places import ANSWERS, NOT_KNOWN
from words import N_, DataProblem

NOTICED, UNDERSTOOD, ACTING, WATCHING, CLOSED, MERGED = "noticed", "understood", "acting", "watching", "closed", "merged"
STATUS_LABELS = {
    NOTICED: N_("Noticed"),
    UNDERSTOOD: N_("Being understood"),
    ACTING: N_("Something is being done"),
    WATCHING: N_("Watched"),
    CLOSED: N_("Closed"),
    MERGED: N_("Part of another place now"),
}
"""Where a place is on the way from noticed to changed, in that order."""

RAISED_BY_LABELS = {
    "hotspot": N_("recorded harm"),
    "referral": N_("a referral of a place"),
    "young people": N_("young people"),
    "resident": N_("a resident"),
    "owner": N_("whoever owns or runs it"),
}
"""Who or what can raise a place. None comes before another: what young people say starts one as well as any count."""

OUTLINE_TAKEN_BACK, REDRAWN = "outline taken back", "redrawn"
"""What was done with a place whose outline young people had drawn and took back: it has to be drawn anew, or the place closed."""

EVENT, ONLINE = "event", "online"
KINDS = (
    "park", "estate", "shopping street", "takeaway", "transport hub", "alley", "stairwell", "school edge", "venue", "waterside", "street",
    EVENT, ONLINE, "other",
)  # fmt: skip
"""The kinds of space: those of the map's places, an event, which has days, and a place online, which is on no map."""

PLATFORM_LABELS = {
    "social media": N_("social media"), "messaging": N_("messaging"), "games": N_("games"), "live video": N_("live video"),
    "marketplace": N_("buying and selling"), "other": N_("another platform"),
}  # fmt: skip
"""A place online is a type of platform, never an account or a group: those are somebody's."""

LAW_LABELS = {"england": N_("England"), "wales": N_("Wales"), "both": N_("England and Wales, which the border parts here")}
"""Whose law holds in a place. Empty where nobody has said."""

LARGEST_KM2 = 10.0
"""Beyond this a boundary is a district, in which nobody can say who owns the place or what would change it."""

LATEST_DAYS = 731
"""So far ahead an event can be: two years, as what is agreed can be."""

LONGEST_NAME, LONGEST_TEXT, LONGEST_NOTE = 120, 200, 1_000

FIELD_LABELS = {
    "name": N_("Name"), "name_cy": N_("Name in Welsh"), "owner": N_("Who owns or runs it (an organisation or a role)"),
    "owner_contact": N_("Whom to ask there (a role)"), "worker": N_("Named worker (a role or a team)"),
    "handover_note": N_("Handover note"), "good": N_("What is good here"), "trusted": N_("Who is trusted here (roles)"),
    "authority": N_("Authority"), "why": N_("Why"),
    "starts_on": N_("First day"), "ends_on": N_("Last day"),
}  # fmt: skip
"""What each thing that is known of a space is called."""

FREE_TEXT = {
    "name": LONGEST_NAME, "name_cy": LONGEST_NAME, "owner": LONGEST_TEXT, "owner_contact": LONGEST_TEXT, "worker": LONGEST_TEXT,
    "handover_note": LONGEST_NOTE, "good": LONGEST_NOTE, "trusted": LONGEST_TEXT, "authority": LONGEST_TEXT, "why": LONGEST_NOTE,
}  # fmt: skip
"""What is written in people's own words, and how long it may be."""

OF_A_ROLE = frozenset(FIELD_LABELS[field] for field in ("owner", "owner_contact", "worker", "trusted", "authority"))


CALLED = frozenset(FIELD_LABELS[field] for field in ("name", "name_cy"))


@dataclass(frozen=True)
class Details:
    """What is known of a space. Text that is not known is empty, a day None; the boundary is in EPSG:27700 metres, None online."""

    name: str
    kind: str
    raised_by: str
    boundary: shapely.Geometry | None = None
    feature_id: str = ""
    name_cy: str = ""
    platform: str = ""
    owner: str = ""
    owner_contact: str = ""
    worker: str = ""
    good: str = ""
    trusted: str = ""
    adult_of_concern: str = NOT_KNOWN
    """Whether an adult of concern is known to an agency: yes, no or not known, and nothing more."""
    law: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    why: str = ""

    def tidied(self) -> Details:
        """Return the same without spaces and line breaks that say nothing."""
        return free_text.tidied(self)


def problems(details: Details, *, today: date, places: frozenset[str] = frozenset()) -> Iterator[DataProblem]:
    """Say all that is wrong with what is to be kept of a space. `places` are names of the area's own places, casefolded."""
    if not details.name:
        yield DataProblem("Give the place a name that people there would know it by.")
    if details.kind not in KINDS:
        yield DataProblem("Choose what kind of place it is from the list.")
    if details.raised_by not in RAISED_BY_LABELS:
        yield DataProblem("Say who raised the place: recorded harm, a referral, young people, a resident or whoever owns it.")
    if details.adult_of_concern not in ANSWERS:
        yield DataProblem("Whether an adult of concern is known to an agency has to be yes, no or not known.")
    if details.law and details.law not in LAW_LABELS:
        yield DataProblem("Say whose law holds there: England's, Wales's or both.")
    yield from _where(details)
    yield from _when(details, today)
    written = {FIELD_LABELS[field]: (getattr(details, field), most) for field, most in FREE_TEXT.items() if hasattr(details, field)}
    yield from free_text.problems(written, places=places, of_a_role=OF_A_ROLE, of_a_place=CALLED)


def raise_space(
    register: Register, reader: access.Reader, details: Details, *, today: date, places: frozenset[str] = frozenset(), origin: str
) -> str:
    """Raise a place and return the id of its space, which it joins where the map's place (`feature_id`) is one already.

    Whoever raises it next is written beside whoever did before: equal standing. A space that was closed is noticed again.
    """
    access.check_raise_space(reader)
    details = details.tidied()
    if not access.can_keep_spaces(reader):  # what only the panel keeps is not said by raising
        details = dataclasses.replace(details, adult_of_concern=NOT_KNOWN, law="", worker="")
    for problem in problems(details, today=today, places=places):
        raise problem
    known, space_id = register.read(lambda connection: _of_feature(connection, details.feature_id)), new_id()
    subject = str(known["space_id"]) if known else space_id
    audit = AuditEvent(reader.name, "space raised", f"raised by: {details.raised_by}", origin, subject)
    if known and not _is_news(known, details.raised_by):
        return subject

    def work(connection: sa.Connection) -> None:
        meanwhile = _of_feature(connection, details.feature_id)
        if meanwhile and not _is_news(meanwhile, details.raised_by):
            raise _RaisedMeanwhileError
        raise_in(connection, details, space_id, audit=audit)

    with contextlib.suppress(_RaisedMeanwhileError):
        register.write(audit, work)
    return of_feature(register, details.feature_id) or space_id


def raise_in(connection: sa.Connection, details: Details, space_id: str, *, join: str = "", audit: AuditEvent) -> str:
    """Raise a space inside a transaction that does more, and return its id: the one given, or the one it joins. Nothing is checked here.

    It joins the space that the map's place is already, or the one that is named.
    """
    table = schema.space_versions
    if row := (stands_now(connection, join) if join else _of_feature(connection, details.feature_id)):
        if _is_news(row, details.raised_by):
            by, status = also(row["raised_by"], details.raised_by), NOTICED if row["status"] == CLOSED else row["status"]
            changes = {"act": "raised again", "raised_by": by, "status": status, "why": details.why}
            revisions.again(connection, table, row, row["version"], changes, audit=audit, otherwise=revisions.changed(row["name"]))
        return str(row["space_id"])
    values = dict.fromkeys(revisions.values(table), "") | as_values(details) | {"act": "raised", "status": NOTICED}
    revisions.add(connection, table, space_id, 0, values, audit=audit, otherwise=revisions.changed(details.name))
    return space_id


def describe(
    register: Register, reader: access.Reader, space_id: str, details: Details, *, seen: int, today: date,
    places: frozenset[str] = frozenset(), origin: str,
) -> None:  # fmt: skip
    """Keep what is now known of a space: all but its name, who raised it and what map place it is, which have acts of their own.

    `seen` is the version that whoever writes was looking at. DataProblem where another has been kept since: nothing is overwritten.
    """
    access.check_keep_spaces(reader)
    details = details.tidied()
    for problem in problems(details, today=today, places=places):
        raise problem
    audit = AuditEvent(reader.name, "space described", "what is known of it changed", origin, space_id)
    own = ("name", "name_cy", "raised_by", "feature_id", "worker")
    changes = {name: value for name, value in as_values(details).items() if name not in own}
    register.write(audit, lambda connection: step(connection, space_id, seen, {"act": "described"} | changes, audit=audit))


def newest(register: Register, *columns: str) -> pd.DataFrame:
    """Return the row that counts of each space, indexed by its id, with the columns of the table `space_version`, or some of them."""
    return revisions.newest(register, schema.space_versions, *columns)


def history(register: Register, space_id: str) -> pd.DataFrame:
    """Return every row of one space, newest first, indexed by version."""
    return revisions.history(register, schema.space_versions, space_id)


def of_feature(register: Register, feature_id: str) -> str | None:
    """Return the id of the space that a place of the map is, or None; of one that was merged, the space it is part of now."""
    row = register.read(lambda connection: _of_feature(connection, feature_id))
    return str(row["space_id"]) if row else None


def is_a_space(connection: sa.Connection, feature_id: str) -> bool:
    """Say whether a place of the map is a space already, inside a transaction."""
    return _of_feature(connection, feature_id) is not None


def now_part_of(rows: pd.DataFrame) -> dict[str, str]:
    """Return for the id of each space the one that it has become part of, else its own; from `newest`."""
    merged = rows.loc[rows["merged_into"] != "", "merged_into"]
    into = dict(zip(map(str, merged.index), map(str, merged), strict=True))
    standing = {}
    for space_id in map(str, rows.index):
        at, passed = space_id, {space_id}
        while at in into and into[at] not in passed:
            passed.add(at := into[at])
        standing[space_id] = at
    return standing


def boundaries(rows: pd.DataFrame) -> gpd.GeoSeries:
    """Return the boundary of each space in EPSG:27700 metres, on the index of `rows`; None for a place online."""
    return gpd.GeoSeries(shapely.from_wkb(rows["boundary"].to_numpy()), index=rows.index, crs=frames.BRITISH_NATIONAL_GRID)


def details_of(row: pd.Series) -> Details:
    """Return what a row says of its space; of several who raised it, the first."""
    known: dict[str, Any] = {field.name: row[field.name] for field in dataclasses.fields(Details)}
    days = {name: None if pd.isna(known[name]) else known[name] for name in ("starts_on", "ends_on")}
    boundary = None if row["boundary"] is None else shapely.from_wkb(row["boundary"])
    return Details(**known | days | {"boundary": boundary, "raised_by": raisers(str(row["raised_by"]))[0]})


def raisers(raised_by: str) -> list[str]:
    """Return each who raised a space, the first first."""
    return [one for one in raised_by.split(";") if one]


def also(known: str, *more: str) -> str:
    """Return a list that is kept as one text, such as who raised a space, with more that it holds from now on, each once."""
    return ";".join(dict.fromkeys([*raisers(known), *more]))


def as_values(details: Details) -> dict[str, Any]:
    """Return details as a row keeps them."""
    values = {field.name: getattr(details, field.name) for field in dataclasses.fields(details)}
    return values | {"boundary": None if details.boundary is None else shapely.to_wkb(details.boundary)}


def stands(connection: sa.Connection, space_id: str) -> dict[Any, Any]:
    """Return the row that counts of a space, inside a transaction; DataProblem where there is none."""
    missing = DataProblem("This place is not in the list. Choose it again.")
    return revisions.stands(connection, schema.space_versions, space_id, missing=missing)


def stands_now(connection: sa.Connection, space_id: str) -> dict[Any, Any]:
    """Return the row that counts of a space or, where it has become part of another, of that one."""
    while (row := stands(connection, space_id))["status"] == MERGED:
        space_id = row["merged_into"]
    return row


def step(connection: sa.Connection, space_id: str, seen: int, changes: dict[str, Any], *, audit: AuditEvent) -> None:
    """Add a row that says what the one before said, but for `changes`; the reason is each row's own.

    ChangedMeanwhile where the version `seen` no longer stands: in words of its own where the space has become part of another.
    """
    row = stands(connection, space_id)
    if row["status"] == MERGED:
        raise gone(connection, row)
    changes = {"why": ""} | changes
    revisions.again(connection, schema.space_versions, row, seen, changes, audit=audit, otherwise=revisions.changed(row["name"]))


def gone(connection: sa.Connection, row: Mapping[Any, Any]) -> revisions.ChangedMeanwhile:
    """Say that a space has become part of another, and where what was written belongs now."""
    return revisions.ChangedMeanwhile(
        "“{name}” has become part of “{other}”, and is kept there now. What you wrote is still in the form: save it under “{other}”.",
        name=row["name"], other=stands(connection, row["merged_into"])["name"],
    )  # fmt: skip


def boundary_problem(boundary: shapely.Geometry | None) -> DataProblem | None:
    """Return what is wrong with a boundary in metres, or None."""
    if boundary is None or shapely.area(boundary) <= 0:
        return DataProblem("Say where the place is: choose it on the map, or the cells or the outline it has.")
    if not shapely.is_valid(boundary):
        return DataProblem("The outline crosses itself. Draw it again, corner after corner around the place.")
    if shapely.area(boundary) > LARGEST_KM2 * 1e6:
        return DataProblem(
            "The outline is larger than {most} square kilometres. Draw the part that people would call one place.", most=f"{LARGEST_KM2:g}"
        )
    return None


def _where(details: Details) -> Iterator[DataProblem]:
    if details.kind == ONLINE:
        if details.platform not in PLATFORM_LABELS:
            yield DataProblem("Say what type of platform it is. An account or a group is somebody's, and is not written here.")
        if details.boundary is not None or details.feature_id:
            yield DataProblem("A place online is on no map. Leave out where it is.")
    elif (problem := boundary_problem(details.boundary)) is not None:
        yield problem


def _when(details: Details, today: date) -> Iterator[DataProblem]:
    given = (details.starts_on, details.ends_on)
    if any(day and not days.EARLIEST <= day <= today + timedelta(days=LATEST_DAYS) for day in given):
        yield DataProblem("Give days from {year} on and within two years from today. Check the years.", year=days.EARLIEST.year)
    if details.kind == EVENT and None in given:
        yield DataProblem("An event has a first and a last day. Give both.")
    elif details.starts_on and details.ends_on and details.ends_on < details.starts_on:
        yield DataProblem("The last day is before the first. Check the days.")


class _RaisedMeanwhileError(Exception):
    """Somebody else raised the same place a moment before, and there is nothing to add."""


def _is_news(row: Mapping[Any, Any], raised_by: str) -> bool:
    return raised_by not in raisers(str(row["raised_by"])) or row["status"] == CLOSED


def _of_feature(connection: sa.Connection, feature_id: str) -> dict[Any, Any] | None:
    if not feature_id:
        return None
    at = schema.space_versions.c
    space_id = connection.scalar(sa.select(at.space_id).where(at.feature_id == feature_id).order_by(at.kept_at, at.space_id).limit(1))
    return None if space_id is None else stands_now(connection, str(space_id))
