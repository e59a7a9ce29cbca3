"""Lamp faults: noted, told to the works, mended, and looked at again after dark, because “mended” on paper may still be dark.

Every step is a new row (`revisions`) with its audit event. While a fault is noted and not mended, its lamp counts as failed.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import sqlalchemy as sa

from spaces import access, days, free_text, revisions, schema, whereabouts
from spaces.audit import AuditEvent
from spaces.register import Register, new_id
from words import N_, DataProblem, _, ngettext

NOTED, REPORTED, MENDED, LOOKED_AT = "noted", "reported", "mended", "looked_at"
STATE_LABELS = {
    NOTED: N_("Noted, the works are not told yet"),
    REPORTED: N_("The works are told"),
    MENDED: N_("Said to be mended, not looked at after dark yet"),
    LOOKED_AT: N_("Mended, and lit after dark"),
}
"""The steps of a fault, in their order."""

LIT, NOT_LIT = "lit", "not lit"
FOUND = {LIT: N_("It is lit"), NOT_LIT: N_("It is not lit")}

MENDED_WITHIN_DAYS = 28
"""From telling the works to mending: four weeks is what most councils promise for an ordinary lamp fault; after that somebody asks."""

LOOKED_AT_WITHIN_DAYS = 28
"""From mending to a look after dark: the panel's month, so that no place is said to be lit again on paper alone when it next meets."""

LONGEST_WORDS = 200

FIELD_LABELS = {
    "whereabouts": N_("Where it is, in words"), "noted_by": N_("Who saw it (a role or a team)"),
    "works_reference": N_("The works' reference"), "looked_by": N_("Who looked (a role or a team)"), "noted_on": N_("When it was seen"),
    "reported_on": N_("When the works were told"), "mended_on": N_("When it was mended"), "looked_on": N_("When it was looked at again"),
}  # fmt: skip

_REFERENCE = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9 ./#-]{0,59}")
"""With a number in it, so that nobody's name is one."""

_ROLES = frozenset({FIELD_LABELS["noted_by"], FIELD_LABELS["looked_by"]})


@dataclass(frozen=True)
class Fault:
    """Where a lamp does not work and who saw it: always in words and, where they are known, its id on the map or its position in metres.

    Without an id or a position (EPSG:27700) the works can find it, and the map cannot say which lamp it is.
    """

    whereabouts: str
    noted_on: date
    noted_by: str
    lamp_id: str = ""
    easting: float | None = None
    northing: float | None = None


def note(
    register: Register, reader: access.Reader, fault: Fault, *, today: date, places: frozenset[str] = frozenset(),
    same: frozenset[str] = frozenset(), origin: str,
) -> str:  # fmt: skip
    """Note a fault, and return its id. DataProblem where one of the same lamp stands open: by its id, or one of `same` (ids of faults)."""
    access.check_note_lamp_faults(reader)
    words = {name: free_text.tidy(getattr(fault, name)) for name in ("whereabouts", "noted_by")}
    if not all(words.values()):
        raise DataProblem("Say where the lamp is, in words that the works would find it by, and who saw it: a role or a team.")
    _check_texts(words, places)
    _check_day("noted_on", fault.noted_on, today, None)
    whereabouts.check_position(fault.easting, fault.northing)
    values = dict.fromkeys(("reported_on", "mended_on", "looked_on")) | dict.fromkeys(("works_reference", "looked_by", "found"), "")
    values |= {**fault.__dict__, **words, "act": NOTED}
    fault_id = new_id()
    audit = AuditEvent(reader.name, "lamp fault noted", "a lamp was seen not to work", origin, fault_id)

    def work(connection: sa.Connection) -> None:
        if _one_stands_open(connection, fault.lamp_id, same):
            raise DataProblem("A fault of this lamp is noted already, and not mended. Look for it in the list.")
        revisions.add(connection, schema.lamp_faults, fault_id, 0, values, audit=audit, otherwise=_changed())

    register.write(audit, work)
    return fault_id


def report(
    register: Register, reader: access.Reader, fault_id: str, *, seen: int, works_reference: str, on: date, today: date, origin: str
) -> None:
    """Write down that the works were told, and the reference that they gave."""
    access.check_keep_lamp_faults(reader)
    reference = free_text.tidy(works_reference)
    if not reference:
        raise DataProblem("Give the works' reference for the fault, so that whoever asks can name it.")
    if not _REFERENCE.fullmatch(reference):
        raise DataProblem(
            "A works' reference is made of numbers, letters and hyphens, such as SL-2026-1043. Give it as the works wrote it."
        )
    changes = {"works_reference": reference, "reported_on": on}
    _step(register, reader, fault_id, seen, REPORTED, changes, ("noted_on", "looked_on"), today, "lamp fault reported", origin)


def mend(register: Register, reader: access.Reader, fault_id: str, *, seen: int, on: date, today: date, origin: str) -> None:
    """Write down that the works say it is mended. It counts as lit from that day, and waits to be looked at again."""
    access.check_keep_lamp_faults(reader)
    _step(register, reader, fault_id, seen, MENDED, {"mended_on": on}, ("noted_on", "looked_on"), today, "lamp said to be mended", origin)


def look_again(
    register: Register, reader: access.Reader, fault_id: str, *, seen: int, on: date, by: str, found: str, today: date, origin: str
) -> None:
    """Write down what was found after dark. Lit ends the fault; not lit begins it anew, because it was never mended."""
    access.check_note_lamp_faults(reader)
    by = free_text.tidy(by)
    if found not in FOUND:
        raise DataProblem("Say what was found after dark: lit, or not lit.")
    if not by:
        raise DataProblem("Say who looked: a role or a team.")
    _check_texts({"looked_by": by}, frozenset())
    changes: dict[str, Any] = {"looked_on": on, "looked_by": by, "found": found}
    if found == NOT_LIT:
        changes |= {"works_reference": "", "reported_on": None, "mended_on": None}
    _step(register, reader, fault_id, seen, LOOKED_AT, changes, ("noted_on", "mended_on"), today, "lamp looked at again", origin)


def newest(register: Register) -> pd.DataFrame:
    """Return the row that counts of each fault, indexed by its id, with the columns of the table `lamp_fault`."""
    return revisions.newest(register, schema.lamp_faults)


def history(register: Register, fault_id: str) -> pd.DataFrame:
    """Return every row of one fault, newest first, indexed by version."""
    return revisions.history(register, schema.lamp_faults, fault_id)


def states(rows: pd.DataFrame, today: date) -> pd.DataFrame:
    """Return of each fault its `state`, whether it is `overdue`, and the `reason` in words, on the index of `rows` (one row of each)."""
    said = [(_state(row), _overdue_on(row) < today, _reason(row, today)) for row in rows.to_dict("records")]
    found = pd.DataFrame(said, index=rows.index, columns=["state", "overdue", "reason"])
    return found.astype({"state": "str", "overdue": "bool", "reason": "str"})


def stands_open(rows: pd.DataFrame, on: date) -> pd.Series[bool]:
    """Say of each fault whether its lamp did not work on a day: noted by then, and not mended by then."""
    spans = zip(rows["noted_on"], rows["mended_on"], strict=True)
    return pd.Series([noted <= on and (mended is None or on < mended) for noted, mended in spans], index=rows.index, dtype=bool)


def _state(row: Mapping[Hashable, Any]) -> str:
    if row["mended_on"] is not None:
        return LOOKED_AT if row["looked_on"] is not None and row["found"] == LIT else MENDED
    return NOTED if row["reported_on"] is None else REPORTED


def _overdue_on(row: Mapping[Hashable, Any]) -> date:
    """Return the last day on which the next step is not overdue; far ahead where none is due."""
    state = _state(row)
    if state == REPORTED:
        return row["reported_on"] + timedelta(MENDED_WITHIN_DAYS)  # type: ignore[no-any-return]
    return row["mended_on"] + timedelta(LOOKED_AT_WITHIN_DAYS) if state == MENDED else date.max


def _reason(row: Mapping[Hashable, Any], today: date) -> str:
    state, late = _state(row), (today - _overdue_on(row)).days
    if state == LOOKED_AT:
        mended, looked = days.said(row["mended_on"]), days.said(row["looked_on"])
        return _("Mended on {day}, and lit when looked at after dark on {looked}.", day=mended, looked=looked)
    if state == NOTED and row["looked_on"] is not None:
        return _("Said to be mended, and still not lit after dark on {day}. Tell the works again.", day=days.said(row["looked_on"]))
    if state == NOTED:
        return _("Seen not to work on {day}. The works are not told yet.", day=days.said(row["noted_on"]))
    if state == REPORTED:
        told, reference = days.said(row["reported_on"]), row["works_reference"]
        said = _("The works were told on {day}: their reference is {reference}.", day=told, reference=reference)
        asked = ngettext("It should have been mended {count} day ago: ask.", "It should have been mended {count} days ago: ask.", late)
    else:
        said = _("Said to be mended on {day}. Nobody has looked after dark.", day=days.said(row["mended_on"]))
        asked = ngettext("The look is {count} day late.", "The look is {count} days late.", late)
    return f"{said} {asked}" if late > 0 else said


def _step(
    register: Register, reader: access.Reader, fault_id: str, seen: int, act: str, changes: dict[str, Any], after: tuple[str, str],
    today: date, action: str, origin: str,
) -> None:  # fmt: skip
    audit = AuditEvent(reader.name, action, "a step of mending a lamp", origin, fault_id)

    def work(connection: sa.Connection) -> None:
        missing = DataProblem("This fault is not in the list. Choose it again.")
        row = revisions.stands(connection, schema.lamp_faults, fault_id, missing=missing)
        if row["version"] != seen:
            raise _changed()
        if act not in _FOLLOWS[_state(row)]:
            raise DataProblem("That is not the next step of this fault. Look at what was done last.")
        day = next(name for name in ("looked_on", "mended_on", "reported_on") if changes.get(name) is not None)
        _check_day(day, changes[day], today, max((row[name] for name in after if row[name] is not None), default=None))
        revisions.again(connection, schema.lamp_faults, row, seen, changes | {"act": act}, audit=audit, otherwise=_changed())

    register.write(audit, work)


_FOLLOWS: Mapping[str, tuple[str, ...]] = {NOTED: (REPORTED, MENDED), REPORTED: (MENDED,), MENDED: (LOOKED_AT,), LOOKED_AT: ()}
"""What can follow in each state. A lamp may be mended by works that nobody told."""


def _one_stands_open(connection: sa.Connection, lamp_id: str, same: frozenset[str]) -> bool:
    at = schema.lamp_faults.c
    asked = at.fault_id.in_(same) | ((at.lamp_id == lamp_id) & (at.lamp_id != ""))
    return any(row["mended_on"] is None for row in revisions.rows_of(connection, schema.lamp_faults, asked).values())


def _check_texts(written: dict[str, str], places: frozenset[str]) -> None:
    given = {FIELD_LABELS[field]: (text, LONGEST_WORDS) for field, text in written.items()}
    free_text.check(given, places=places, of_a_role=_ROLES)


def _check_day(field: str, given: date, today: date, earliest: date | None) -> None:
    days.check({FIELD_LABELS[field]: given}, today=today)
    if earliest is not None and given < earliest:
        raise DataProblem(
            "“{field}” is before {day}, when the step before it was. Check the day.", field=_(FIELD_LABELS[field]), day=days.said(earliest)
        )


def _changed() -> revisions.ChangedMeanwhile:
    return revisions.ChangedMeanwhile(
        "Somebody else has just changed this fault, and theirs is kept. Look at what it says now before you go on."
    )
