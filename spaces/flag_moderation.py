"""What of a flag others see, and what young people are answered. The note as it was written is kept, beside what is shown of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa

from spaces import access, flags, free_text, revisions, schema
from spaces.audit import AuditEvent
from spaces.register import Register
from words import N_, DataProblem

WHY = {
    "could be known": N_("somebody could be known by it"),
    "not a place": N_("it is about a person, not a place"),
    "passed on": N_("it was passed on as a concern about a child"),
    "hurtful": N_("it would hurt or blame somebody"),
    "spelling": N_("spelling, or shorter"),
    "too many": N_("too many of one session"),
    "in doubt": N_("somebody doubts that it was said"),
}
"""Why a note is changed or a flag held back: a closed list, since the reason is shown to whoever has the flag's code."""

LONGEST_ANSWER = 300

ANSWER_FIELDS = {
    "said": N_("You said"), "did": N_("We did"), "said_cy": N_("You said, in Welsh"), "did_cy": N_("We did, in Welsh"),
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What young people said of a place and what was done, as they read it; the Welsh may be missing (empty)."""

    said: str
    did: str
    said_cy: str = ""
    did_cy: str = ""


def show(
    register: Register, reader: access.Reader, flag_id: str, *, seen: int, shown_note: str, why: str = "",
    places: frozenset[str] = frozenset(), origin: str,
) -> None:  # fmt: skip
    """Let a flag count, with as much of its note as others may read; a note that is changed needs a reason from `WHY`."""
    access.check_moderate_flags(reader)
    shown_note = free_text.tidy(shown_note)
    for problem in flags.note_problems(shown_note, places=places):
        raise problem
    audit = AuditEvent(reader.name, "flag shown", "somebody read it", origin, flag_id)

    def work(connection: sa.Connection) -> None:
        row = flags.stands(connection, flag_id)
        if shown_note != row["note"] and why not in WHY:
            raise DataProblem("Say why the note is changed: whoever wrote it may ask.")
        _decide(connection, row, seen, {"state": flags.SHOWN, "shown_note": shown_note, "why": why, "act": "moderated"}, audit)

    register.write(audit, work)


def hold_back(register: Register, reader: access.Reader, which: Mapping[str, int], *, why: str, origin: str) -> None:
    """Let flags count no longer, all of them or none: the version seen of each, by its id, with a reason from `WHY`."""
    access.check_moderate_flags(reader)
    if why not in WHY:
        raise DataProblem("Say why it is held back: whoever made the flag may ask.")
    audit = AuditEvent(reader.name, "flag held back", WHY[why], origin, next(iter(which)) if len(which) == 1 else "")

    def work(connection: sa.Connection) -> None:
        for flag_id, seen in which.items():
            values = {"state": flags.HELD, "shown_note": "", "why": why, "act": "moderated"}
            _decide(connection, flags.stands(connection, flag_id), seen, values, audit)

    register.write(audit, work)


def answer(
    register: Register, reader: access.Reader, key: str, said: Answer, *, whereabouts: str, seen: int, on: date,
    places: frozenset[str] = frozenset(), origin: str,
) -> None:  # fmt: skip
    """Answer what was said of a place, known by its key. `whereabouts` is its bare name.

    `seen` is the version of the answer it replaces, else 0.
    """
    access.check_answer_flags(reader)
    written = {name: free_text.tidy(getattr(said, name)) for name in ANSWER_FIELDS}
    if not (written["said"] and written["did"]):
        raise DataProblem("Write both: what young people said, and what was done about it or why it was not.")
    if bool(written["said_cy"]) != bool(written["did_cy"]):
        raise DataProblem("Give both halves in Welsh, or neither.")
    limits = {ANSWER_FIELDS[name]: (text, LONGEST_ANSWER) for name, text in written.items()}
    free_text.check(limits, places=places)
    values: dict[str, Any] = written | {"whereabouts": whereabouts, "answered_on": on, "act": "answered"}
    audit = AuditEvent(reader.name, "young people answered", "you said, we did", origin, key)
    meanwhile = revisions.ChangedMeanwhile("Somebody else has just answered for this place. Read theirs before you change it.")

    def work(connection: sa.Connection) -> None:
        revisions.add(connection, schema.flag_answers, key, seen, values, audit=audit, otherwise=meanwhile)

    register.write(audit, work)


def withdraw_answer(register: Register, reader: access.Reader, key: str, *, seen: int, origin: str) -> None:
    """Take the answer of a place back, so that nobody reads it any longer; what it said stays in its history."""
    access.check_answer_flags(reader)
    audit = AuditEvent(reader.name, "answer taken back", "young people read it no longer", origin, key)
    missing = DataProblem("There is no answer to take back. Look at the list again.")
    meanwhile = revisions.ChangedMeanwhile("Somebody else has just answered for this place. Read theirs before you change it.")

    def work(connection: sa.Connection) -> None:
        row = revisions.stands(connection, schema.flag_answers, key, missing=missing)
        changes = dict.fromkeys(ANSWER_FIELDS, "") | {"act": "taken back"}
        revisions.again(connection, schema.flag_answers, row, seen, changes, audit=audit, otherwise=meanwhile)

    register.write(audit, work)


def answers(register: Register) -> pd.DataFrame:
    """Return the answer that counts for each place, indexed by the place's key, with the columns of the table `flag_answer`.

    One that was taken back says nothing; its version counts on.
    """
    return revisions.newest(register, schema.flag_answers)


def _decide(connection: sa.Connection, row: Mapping[Any, Any], seen: int, changes: dict[str, Any], audit: AuditEvent) -> None:
    if row["state"] == flags.WITHDRAWN:
        raise flags.changed()
    if row["seen_by"] == flags.TO_WORKER:
        raise DataProblem("This flag is for a worker alone. There is nothing to decide about it.")
    revisions.again(connection, schema.flags, row, seen, changes, audit=audit, otherwise=flags.changed())
