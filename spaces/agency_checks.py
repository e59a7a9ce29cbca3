"""The agency check: each agency is asked to look at its own open cases for a place and some days, and says only what everybody may know.

It is the bridge to children who may need help tonight, without a child crossing it: back come yes, no or not checked, a band and what the
agency does. Every question, answer and withdrawal is a new row (`revisions`) with its audit event.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from spaces import access, days, free_text, revisions, schema, space
from spaces.audit import AuditEvent
from spaces.register import Register, new_id
from words import N_, DataProblem, _, ngettext

YES, NO, NOT_CHECKED = "yes", "no", "not checked"
ANSWERS = {
    YES: N_("Yes: we have open cases there"),
    NO: N_("No: we looked, and have none"),
    NOT_CHECKED: N_("Not checked: we could not look"),
}

NONE, FEW, SOME, MANY = "none", "1-2", "3-5", "6 or more"
BANDS = {NONE: N_("none"), FEW: N_("1-2"), SOME: N_("3-5"), MANY: N_("6 or more")}
"""How many children: never the number itself. Numbers of several agencies, or of two windows that overlap, can be taken from each other
until one child is left; a band is enough to decide whether anybody goes there tonight."""

OPEN, OVERDUE, ANSWERED, WITHDRAWN = "open", "overdue", "answered", "withdrawn"
STATE_LABELS = {
    OVERDUE: N_("Overdue"),
    OPEN: N_("Waiting for an answer"),
    ANSWERED: N_("Answered"),
    WITHDRAWN: N_("The question was withdrawn"),
}

DUE_IN_WORKING_DAYS = 10
"""Long enough for a small agency to look, short enough that the panel hears before it meets again. Monday to Friday; bank holidays, which
differ between the nations, are not taken out."""

LONGEST_WINDOW_DAYS = 366
"""A check looks for children who may need help now. A longer window is research, and has its own way to be asked for."""

SHORTEST_WINDOW_DAYS = 7
"""Of a day or two an agency's answer can say which child it was."""

LONGEST_TEXT = 300

ASKED, ANSWER, WITHDRAW = "asked", "answered", "withdrawn"
FIELD_LABELS = {
    "asked_why": N_("Why you ask"), "action_taken": N_("What your agency does about it"),
    "answered_as": N_("Who looked (a role or a team)"),
    "why": N_("Why"), "first_day": N_("First day"), "last_day": N_("Last day"),
}  # fmt: skip

_NUMBERED = re.compile(
    r"24/7|\d{1,2}[:.]\d{2}(?:[ap]m)?|\d{1,2}[./]\d{1,2}[./](?:\d{2}|\d{4})|(?:19|20)\d{2}|[A-Za-z]?\d{1,3}"
    r"|\d{1,3}(?:\.\d)?[A-Za-z]{1,4}|\d{1,3}(?:,\d{3})+"
    r"|(?:under|over|dan|dros)-\d{1,2}s?|\d{1,2}(?:-\d{1,2})?-(?:year-olds?|mlwydd(?:-oed)?)"
    r"|\d{1,2}-\d{1,2}s|\d{1,2}\+|[£€]\d{1,3}(?:,?\d{3})?(?:\.\d{2})?"
    r"|\d{1,3}(?:\.\d+)?%"
)
"""What a word with figures may be: a time, a day, a year, a road or a bus (A4, 58), the 21st, 8pm, an age or ages, money, a share, a large
number with its comma. Anything else may be a case."""

_CALLED_SO = re.compile(
    r"\b(?:ref(?:erence)?s?|case|urn|nhs(?! 111\b)|file|crime|achos|cyf(?:eirnod)?)\b[^\w]*(?:(?:no|number|rhif)\b[^\w]*)?\w*\d"
    r"|\b(?:child|yp|young person|client|pupil|girl|boy|family|plentyn|person ifanc|disgybl|merch|bachgen|teulu)\b\s"
    r"(?:no\.?|number|rhif|#)?\s?\d+\b"
    r"(?!-|\s?(?:years?|yrs?|months?|minutes?|mlwydd|oed)\b)",
    re.IGNORECASE,
)

_APART = re.compile(
    r"\b[A-Z]{2,5} (?!(?:19|20)\d\d\b)(?!(?<=NHS )111\b)\d{3,}\b"
    r"|(?<![\d.,/:-])(?!(?:19|20)\d\d )\d{1,4}(?: \d{2,4}){2,}\b|(?<![\d.,/:-])(?!(?:19|20)\d\d )\d{3,4} (?!(?:19|20)\d\d\b)\d{3,4}\b"
)
"""A reference whose parts stand apart: letters and figures (ABC 123), or figures in groups (12 345 678)."""


@dataclass(frozen=True)
class Question:
    """What agencies are asked: for which space, from which day to which (both included), and why."""

    space_id: str
    first_day: date
    last_day: date
    asked_why: str


def ask(
    register: Register, reader: access.Reader, question: Question, agencies: Collection[str], *, today: date,
    places: frozenset[str] = frozenset(), origin: str,
) -> list[str]:  # fmt: skip
    """Ask agencies to look at their own open cases, and return the id of each check: all of them, or none.

    DataProblem where one was asked of some of the same days: answers of days that overlap can be taken from each other. Only what was
    answered can be asked again, of the same days.
    """
    access.check_ask_agencies(reader)
    why, asked = free_text.tidy(question.asked_why), sorted({free_text.tidy(name) for name in agencies} - {""})
    if not asked:
        raise DataProblem("Choose at least one agency to ask.")
    if not why:
        raise DataProblem("Say why you ask: an agency looks for a purpose, not because it can.")
    if question.last_day < question.first_day or question.last_day > today:
        raise DataProblem("The first day cannot be after the last, nor the last after today. Check the days to look at.")
    if (question.last_day - question.first_day).days >= LONGEST_WINDOW_DAYS:
        raise DataProblem("Ask for {most} days at most: a check is about children who may need help now.", most=LONGEST_WINDOW_DAYS)
    if (question.last_day - question.first_day).days + 1 < SHORTEST_WINDOW_DAYS:
        raise DataProblem("Ask for {least} days at least: of fewer, an answer could say which child it was.", least=SHORTEST_WINDOW_DAYS)
    _check_texts({"asked_why": why}, places)
    audit = AuditEvent(reader.name, "agencies asked", why, origin, question.space_id)
    due = due_on(today)
    ids = {agency: new_id() for agency in asked}

    def work(connection: sa.Connection) -> None:
        stands = space.stands(connection, question.space_id)
        if stands["status"] == space.MERGED:
            raise space.gone(connection, stands)
        if again := sorted(_overlapping(connection, question, asked)):
            raise DataProblem(
                "Some of these days are in a question that was asked about this place: {questions}. Wait for the answer or withdraw the "
                "question, or choose days that were not asked about.",
                questions="; ".join(again),
            )
        for agency, check_id in ids.items():
            values = dict.fromkeys(("answer", "band", "action_taken", "answered_as", "why"), "") | {
                "act": ASKED, "space_id": question.space_id, "agency": agency, "first_day": question.first_day,
                "last_day": question.last_day, "asked_on": today, "due_on": due, "answered_on": None, "asked_why": why,
            }  # fmt: skip
            revisions.add(connection, schema.agency_checks, check_id, 0, values, audit=audit, otherwise=_changed())

    register.write(audit, work)
    return list(ids.values())


def answer(
    register: Register, reader: access.Reader, check_id: str, *, said: str, band: str, action_taken: str, answered_as: str, seen: int,
    today: date, places: frozenset[str] = frozenset(), origin: str,
) -> None:  # fmt: skip
    """Answer for an agency, or correct one's own answer; what was answered before stays in the history.

    DataProblem where somebody else answered: nobody can change what another said for an agency. The panel can ask again.
    """
    access.check_answer_for_agency(reader)
    action_taken, answered_as = free_text.tidy(action_taken), free_text.tidy(answered_as)
    check_answer(said, band, action_taken, answered_as)
    _check_texts({"action_taken": action_taken, "answered_as": answered_as}, places)
    changes = {"answer": said, "band": band, "action_taken": action_taken, "answered_as": answered_as, "answered_on": today}
    _step(register, reader, check_id, seen, ANSWER, changes, "agency check answered", "an agency looked at its own open cases", origin)


def withdraw(
    register: Register, reader: access.Reader, check_id: str, *, why: str, seen: int, places: frozenset[str] = frozenset(), origin: str
) -> None:
    """Withdraw a question that waits for its answer, with why."""
    access.check_ask_agencies(reader)
    why = free_text.tidy(why)
    if not why:
        raise DataProblem("Say why the question is withdrawn, so that the agency knows it need not look.")
    _check_texts({"why": why}, places)
    _step(register, reader, check_id, seen, WITHDRAW, {"why": why}, "agency check withdrawn", "the question is not asked any more", origin)


def check_answer(said: str, band: str, action_taken: str, answered_as: str) -> None:
    """Raise DataProblem unless an answer is whole and its parts go together."""
    if said not in ANSWERS:
        raise DataProblem("Say yes, no or not checked.")
    if said == YES and band not in (FEW, SOME, MANY):
        raise DataProblem("Say about how many children: 1-2, 3-5, or 6 or more.")
    if said == NO and band != NONE:
        raise DataProblem("“No” means none. Choose “none”, or answer “yes”.")
    if said == NOT_CHECKED and band:
        raise DataProblem("What was not checked has no number. Leave it out.")
    if said != NO and not action_taken:
        raise DataProblem("Say what your agency does about it, or why it could not look. “Nothing yet” is an answer too.")
    if not answered_as:
        raise DataProblem("Say who looked: a role or a team.")


def newest(register: Register) -> pd.DataFrame:
    """Return the row that counts of each check, indexed by its id, with the columns of the table `agency_check`: for the panel's eyes."""
    return revisions.newest(register, schema.agency_checks)


def states(rows: pd.DataFrame, today: date) -> pd.DataFrame:
    """Return of each check its `state` and the `reason` in words, without the answer, on the index of `rows` (one row of each)."""
    said = [_state(row, today) for row in rows.to_dict("records")]
    return pd.DataFrame(said, index=rows.index, columns=["state", "reason"], dtype="str")


def due_on(asked_on: date) -> date:
    """Return the last day on which an answer is not late; the day of asking is not counted."""
    return pd.Timestamp(np.busday_offset(np.datetime64(asked_on, "D"), DUE_IN_WORKING_DAYS, roll="backward")).date()


def names_a_case(text: str) -> bool:
    """Say whether a text holds what may be a case's or a child's reference: figures that are no time, day, year, road or small number."""
    plain = re.sub(r"[\u2010-\u2015\u2212]", "-", unicodedata.normalize("NFKC", text))
    words = [word.strip("()[]{}.,;:!?'\"“”‘’") for word in plain.split()]
    numbered = (part for word in words if re.search(r"\d", word) for part in _parts(word))
    return bool(_CALLED_SO.search(plain) or _APART.search(plain)) or any(not _NUMBERED.fullmatch(part) for part in numbered)


def _parts(word: str) -> list[str]:
    """Return the two ends of a span (20:00-23:00, 3-5) where both are figures, else the word itself."""
    ends = word.split("-")
    return ends if len(ends) == 2 and all(re.fullmatch(r"[\d:.]{1,5}(?:am|pm)?", end) for end in ends) else [word]


def _state(row: Mapping[Hashable, Any], today: date) -> tuple[str, str]:
    if row["act"] == WITHDRAW:
        return WITHDRAWN, _("Withdrawn: {why}", why=row["why"])
    if row["act"] == ANSWER:
        return ANSWERED, _("Answered on {day} by: {who}.", day=days.said(row["answered_on"]), who=row["answered_as"])
    late, due = (today - row["due_on"]).days, days.said(row["due_on"])
    if late > 0:
        return OVERDUE, ngettext(
            "The answer was due on {day}, {count} day ago.", "The answer was due on {day}, {count} days ago.", late, day=due
        )
    return OPEN, _("The answer is due by {day}.", day=due)


def _step(
    register: Register, reader: access.Reader, check_id: str, seen: int, act: str, changes: dict[str, Any], action: str, reason: str,
    origin: str,
) -> None:  # fmt: skip
    audit = AuditEvent(reader.name, action, reason, origin, check_id)

    def work(connection: sa.Connection) -> None:
        missing = DataProblem("This question is not in the list. Choose it again.")
        row = revisions.stands(connection, schema.agency_checks, check_id, missing=missing)
        if row["version"] != seen:
            raise _changed()
        if act == ANSWER and row["act"] == ANSWER and (by := _answered_by(connection, row)) != reader.name:
            raise DataProblem(
                "{who} answered this for {agency}, and alone can correct it. Ask them, or ask the panel to ask again.",
                who=by, agency=row["agency"],
            )  # fmt: skip
        if row["act"] == WITHDRAW or (act == WITHDRAW and row["act"] == ANSWER):
            raise DataProblem("This question is answered or withdrawn already. Look at what it says now.")
        revisions.again(connection, schema.agency_checks, row, seen, changes | {"act": act}, audit=audit, otherwise=_changed())

    register.write(audit, work)


def _answered_by(connection: sa.Connection, row: Mapping[Any, Any]) -> str:
    """Return the name of whoever kept the answer that stands, from the audit trail."""
    return str(connection.scalar(sa.select(schema.audit.c.actor).where(schema.audit.c.act_id == row["act_id"])))


def _overlapping(connection: sa.Connection, question: Question, agencies: Collection[str]) -> Iterator[str]:
    """Name the agencies that were asked about some of the days of a question, with the days that they were asked about."""
    rows = revisions.rows_of(connection, schema.agency_checks, schema.agency_checks.c.space_id == question.space_id)
    window = (question.first_day, question.last_day)
    for row in rows.values():
        asked = (row["first_day"], row["last_day"])
        stands = row["act"] == ASKED or (row["act"] == ANSWER and asked != window)
        if stands and row["agency"] in agencies and asked[0] <= window[1] and window[0] <= asked[1]:
            yield f"{row['agency']}, {days.said(asked[0])} - {days.said(asked[1])}"


def _check_texts(written: dict[str, str], places: frozenset[str]) -> None:
    given = {FIELD_LABELS[field]: (text, LONGEST_TEXT) for field, text in written.items()}
    free_text.check(given, places=places, of_a_role=frozenset({FIELD_LABELS["answered_as"]}))
    for label, (text, _most) in given.items():
        if names_a_case(text):
            raise DataProblem(
                "What is written under “{field}” may hold a case's reference. Leave out every number of a case or a child.", field=_(label)
            )


def _changed() -> revisions.ChangedMeanwhile:
    return revisions.ChangedMeanwhile("This question has just been answered, corrected or withdrawn. Look at what it says now.")
