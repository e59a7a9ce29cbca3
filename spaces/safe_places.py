"""The checked register of safe places: only what a person went and checked makes a place safe, and only for a year.

A place of it comes from a candidate on the map or stands by its position. Every change is a new row (`revisions`) with its audit event.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import opening_hours
import pandas as pd
import sqlalchemy as sa

from spaces import access, days, free_text, revisions, schema
from spaces.audit import AuditEvent
from spaces.register import Register, new_id
from words import N_, DataProblem, _

YES, NO, NOT_KNOWN = "yes", "no", "not known"
ANSWERS = {YES: N_("Yes"), NO: N_("No"), NOT_KNOWN: N_("Not known")}

CHECKED, STALE, NOT_YET, CANDIDATE, WITHDRAWN = "checked", "stale", "not_yet", "candidate", "withdrawn"
STATE_LABELS = {
    CHECKED: N_("Checked"),
    STALE: N_("Check again"),
    NOT_YET: N_("Not safe yet"),
    CANDIDATE: N_("On the map, not checked"),
    WITHDRAWN: N_("Withdrawn"),
}

PROPOSED = "proposed"
"""The act of a row that nobody has checked yet; the others are `checked` and `withdrawn`."""

GOOD_FOR_MONTHS = 12
"""How long a check holds. In a year a venue sees new staff, new hours or a new owner, and with whom a child would be is the point of it."""

FEWEST_ASKED = 5
"""Of fewer young people than this, those who work there may know who said what: then only how many were asked is said."""

LONGEST_NAME, LONGEST_TEXT, LONGEST_NOTE = 120, 200, 500

FIELD_LABELS = {
    "name": N_("Name"), "name_cy": N_("Name in Welsh"), "easting": N_("Easting"), "northing": N_("Northing"), "scheme": N_("Scheme"),
    "consent": N_("Has the venue agreed?"), "consent_by": N_("Who agreed there (their role)"), "consent_on": N_("When they agreed"),
    "checked_by": N_("Who checked (a role or a team)"), "checked_on": N_("When it was checked"), "hours": N_("Opening hours"),
    "under_18": N_("Suitable for under-18s?"), "step_free": N_("Step-free?"), "languages": N_("Languages spoken"),
    "asked": N_("How many young people were asked"), "welcome": N_("How many of them feel welcome there"), "note": N_("Note"),
    "why": N_("Why"),
}  # fmt: skip
"""What each thing that is known of a place is called."""

FREE_TEXT = {
    "name": LONGEST_NAME, "name_cy": LONGEST_NAME, "scheme": LONGEST_TEXT, "consent_by": LONGEST_TEXT, "checked_by": LONGEST_TEXT,
    "languages": LONGEST_TEXT, "note": LONGEST_NOTE,
}  # fmt: skip
"""What is written in people's own words, and how long it may be."""


@dataclass(frozen=True)
class Details:
    """What is known of a place. Text that is not known is empty, a day or a number None; the position is in EPSG:27700 metres."""

    name: str
    easting: float
    northing: float
    feature_id: str = ""
    name_cy: str = ""
    scheme: str = ""
    consent: str = NOT_KNOWN
    consent_by: str = ""
    consent_on: date | None = None
    checked_by: str = ""
    checked_on: date | None = None
    hours: str = ""
    under_18: str = NOT_KNOWN
    step_free: str = NOT_KNOWN
    languages: str = ""
    asked: int | None = None
    welcome: int | None = None
    note: str = ""

    def tidied(self) -> Details:
        """Return the same without spaces and line breaks that say nothing."""
        return free_text.tidied(self)


def problems(details: Details, *, today: date, places: frozenset[str] = frozenset()) -> Iterator[DataProblem]:
    """Say all that is wrong with what is to be kept of a place. `places` are names of the area's own places, casefolded."""
    if not details.name:
        yield DataProblem("Give the place's name, as it stands on the door.")
    if not (np.isfinite(details.easting) and np.isfinite(details.northing)):
        yield DataProblem("Say where the place is: choose it on the map, or give its easting and northing in metres.")
    written = {FIELD_LABELS[field]: (getattr(details, field), most) for field, most in FREE_TEXT.items()}
    yield from free_text.problems(written, places=places, of_a_role=frozenset({FIELD_LABELS["checked_by"], FIELD_LABELS["consent_by"]}))
    yield from _unreadable(details, today)


def check(details: Details, *, today: date, places: frozenset[str] = frozenset()) -> None:
    """Raise the first thing that is wrong with what is to be kept of a place, in words."""
    for problem in problems(details, today=today, places=places):
        raise problem


def keep(
    register: Register, reader: access.Reader, details: Details, *, place_id: str = "", seen: int = 0, today: date,
    places: frozenset[str] = frozenset(), origin: str,
) -> str:  # fmt: skip
    """Keep what a check found, in a new row, and return the place's id; without an id the place is new.

    `seen` is the version that whoever checks was looking at. DataProblem where another has been kept since: nothing is overwritten.
    """
    access.check_keep_safe_places(reader)
    details = details.tidied()
    check(details, today=today, places=places)
    if not (details.checked_by and details.checked_on):
        raise DataProblem("Say who checked the place, a role or a team, and on which day.")
    return _keep(register, details, CHECKED, place_id, seen, AuditEvent(reader.name, "safe place checked", "a check of the venue", origin))


def propose(
    register: Register, reader: access.Reader, details: Details, *, why: str, seen: int = 0, place_id: str = "", today: date,
    places: frozenset[str] = frozenset(), origin: str,
) -> str:  # fmt: skip
    """Propose a place for an officer to check, and return its id. It stays a candidate, with the reason as its note.

    DataProblem where it is in the register already, unless it was withdrawn.
    """
    access.check_propose_safe_places(reader)
    if not why.strip():
        raise DataProblem("Say why young people would go there, so that the officer who checks it can ask about that.")
    only_this = Details(details.name, details.easting, details.northing, details.feature_id, details.name_cy, note=why).tidied()
    check(only_this, today=today, places=places)
    audit = AuditEvent(reader.name, "safe place proposed", "young people go there", origin)
    return _keep(register, only_this, PROPOSED, place_id, seen, audit)


def withdraw(
    register: Register, reader: access.Reader, place_id: str, *, seen: int, why: str, on: date, today: date,
    places: frozenset[str] = frozenset(), origin: str,
) -> None:  # fmt: skip
    """Take a place off the register; what was known of it stays in its history, with why it went."""
    access.check_keep_safe_places(reader)
    why = free_text.tidy(why)
    if not why:
        raise DataProblem("Say why the place is withdrawn, so that nobody has to guess later.")
    free_text.check({FIELD_LABELS["why"]: (why, LONGEST_NOTE)}, places=places)
    days.check({N_("Withdrawn on"): on}, today=today)
    audit = AuditEvent(reader.name, "safe place withdrawn", "it is no longer one", origin, place_id)

    def work(connection: sa.Connection) -> None:
        row = _stands(connection, place_id)
        changes = {"act": WITHDRAWN, "withdrawn_on": on, "why": why}
        revisions.again(connection, schema.safe_places, row, seen, changes, audit=audit, otherwise=revisions.changed(row["name"]))

    register.write(audit, work)


def take_in(register: Register, rows: Sequence[tuple[str, int, Details]], *, audit: AuditEvent) -> int:
    """Keep many checks in one transaction, all of them or none: each a place's id, the version seen and what was found; count them."""

    def work(connection: sa.Connection) -> None:
        for place_id, seen, details in rows:
            _add(connection, place_id or new_id(), seen, details, CHECKED, audit)

    register.write(audit, work)
    return len(rows)


def newest(register: Register) -> pd.DataFrame:
    """Return the row that counts of each place, indexed by its id, with the columns of the table `safe_place`."""
    return revisions.newest(register, schema.safe_places)


def history(register: Register, place_id: str) -> pd.DataFrame:
    """Return every row of one place, newest first, indexed by version."""
    return revisions.history(register, schema.safe_places, place_id)


def every(register: Register) -> pd.DataFrame:
    """Return every row of every place, newest first, indexed by the place's id."""
    return revisions.every(register, schema.safe_places)


def details_of(row: pd.Series) -> Details:
    """Return what a row says of its place."""
    known: dict[str, Any] = {field.name: None if pd.isna(row[field.name]) else row[field.name] for field in dataclasses.fields(Details)}
    return Details(**known | {name: None if known[name] is None else int(known[name]) for name in ("asked", "welcome")})


def states(rows: pd.DataFrame, today: date) -> pd.DataFrame:
    """Return the `state` of each place and the `reason` for it in words, on the index of `rows` (one row of each place)."""
    found = [_state(row, today) for row in rows.to_dict("records")]
    return pd.DataFrame(found, index=rows.index, columns=["state", "reason"], dtype="str")


def state_of(rows: pd.DataFrame, today: date) -> tuple[str, str]:
    """Return the state of one place from all its rows, the newest of which counts, and the reason in words; `candidate` without any."""
    if rows.empty:
        return CANDIDATE, _("It is on the map, and nobody has checked it with the people there.")
    versions = rows["version"] if "version" in rows else rows.index.to_series()
    return _state(rows.loc[versions == versions.max()].iloc[0].to_dict(), today)


def is_stale(checked_on: date, today: date) -> bool:
    """Say whether a check is older than it holds good."""
    return checked_on < (pd.Timestamp(today) - pd.DateOffset(months=GOOD_FOR_MONTHS)).date()


def lacking(row: Mapping[Hashable, Any]) -> list[str]:
    """Say in words each thing without which no place is safe."""
    agrees = {NO: _("the venue said no"), NOT_KNOWN: _("whether the venue agrees is not known")}
    suits = {NO: _("it does not suit under-18s"), NOT_KNOWN: _("whether it suits under-18s is not known")}
    said = [agrees.get(row["consent"], ""), suits.get(row["under_18"], "")]
    if not row["checked_by"] or row["checked_on"] is None:
        said.append(_("who checked it, and when, is not known"))
    if not row["hours"]:
        said.append(_("when it is open is not known"))
    return [words for words in said if words]


def _state(row: Mapping[Hashable, Any], today: date) -> tuple[str, str]:
    if row["act"] == WITHDRAWN:
        return WITHDRAWN, _("Withdrawn on {day}: {why}", day=days.said(row["withdrawn_on"]), why=row["why"])
    if row["act"] == PROPOSED:
        return NOT_YET, _("Proposed by a youth worker. Nobody has checked it with the people there.")
    if missing := lacking(row):
        return NOT_YET, _("Not a safe place yet: {reasons}.", reasons="; ".join(missing))
    if is_stale(row["checked_on"], today):
        day = days.said(row["checked_on"])
        return STALE, _("Checked on {day}, more than a year ago. Check it again before anybody relies on it.", day=day)
    return CHECKED, _("Checked with the people there on {day}.", day=days.said(row["checked_on"]))


def _keep(register: Register, details: Details, act: str, place_id: str, seen: int, audit: AuditEvent) -> str:
    place_id = place_id or new_id()
    audit = dataclasses.replace(audit, subject=place_id)
    register.write(audit, lambda connection: _add(connection, place_id, seen, details, act, audit))
    return place_id


def _add(connection: sa.Connection, place_id: str, seen: int, details: Details, act: str, audit: AuditEvent) -> None:
    at = schema.safe_places.c
    if details.feature_id:
        other = sa.select(at.place_id).where(at.feature_id == details.feature_id, at.place_id != place_id)
        if connection.scalar(other) is not None:
            raise DataProblem("“{name}” is in the register already. Open it there, and write what you found under it.", name=details.name)
    if act == PROPOSED and seen and _stands(connection, place_id)["act"] != WITHDRAWN:
        raise DataProblem("“{name}” is in the register already. Tell a community safety officer what you know of it.", name=details.name)
    values = dataclasses.asdict(details) | {"act": act, "withdrawn_on": None, "why": ""}
    revisions.add(connection, schema.safe_places, place_id, seen, values, audit=audit, otherwise=revisions.changed(details.name))


def _stands(connection: sa.Connection, place_id: str) -> dict[str, Any]:
    missing = DataProblem("This place is not in the register. Choose it again from the list.")
    return revisions.stands(connection, schema.safe_places, place_id, missing=missing)


def _unreadable(details: Details, today: date) -> Iterator[DataProblem]:
    for field in ("consent", "under_18", "step_free"):
        if getattr(details, field) not in ANSWERS:
            yield DataProblem("“{field}” has to be yes, no or not known.", field=_(FIELD_LABELS[field]))
    yield from days.problems({FIELD_LABELS[field]: getattr(details, field) for field in ("consent_on", "checked_on")}, today=today)
    if details.hours and (len(details.hours) > LONGEST_TEXT or not opening_hours.validate(details.hours)):
        yield DataProblem(
            "The opening hours “{hours}” cannot be read. Write them as in Mo-Fr 09:00-17:00; Sa 10:00-16:00, or leave them empty where "
            "they are not known.",
            hours=details.hours[:60],
        )  # fmt: skip
    if (details.asked is None) != (details.welcome is None) or not 0 <= (details.welcome or 0) <= (details.asked or 0):
        yield DataProblem("Say how many young people were asked, and how many of those feel welcome: never more than were asked.")
