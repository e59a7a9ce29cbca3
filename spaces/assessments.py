"""Assessments of places, from the plan to young people's verdict: what was gathered, weighed, agreed and found again.

Every change is a new row (`revisions`) with its audit event. Two who write different parts at once both keep their work; of two who write
the same part, the second is told. How an assessment moves is in `assessing.py`; goals, actions and observations have modules of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import shapely
import sqlalchemy as sa

from spaces import access, assessing, free_text, revisions, schema, space
from spaces import assessment_rows as rows
from spaces.assessing import ACTING, CONFERENCE, GATHERING, NOT_ASKED, PLANNED, REVIEWING, STATES, STATUS_LABELS, VERDICTS, WEIGHING
from spaces.assessment_rows import acting_since, history, newest
from spaces.audit import AuditEvent
from spaces.prompts import PROMPTS, SOURCES
from spaces.register import Register, new_id
from words import N_, DataProblem

__all__ = ["STATUS_LABELS", "VERDICTS", "acting_since", "history", "newest"]

LONGEST_WAIT_DAYS = 365
"""An assessment planned for later than this is not a plan; the panel meets every quarter."""

LONGEST_TEXT, LONGEST_ANSWER = 2_000, 600

WAYS = {
    "walk": N_("A walk round the place"), "group": N_("A group that talked about it"), "one": N_("One to one"),
    "map": N_("A map that they marked"), "survey": N_("Questions on paper or on a screen"), "other": N_("Another way"),
}  # fmt: skip
"""How young people were heard."""

STATUS_OF_SPACE = {
    GATHERING: space.UNDERSTOOD, WEIGHING: space.UNDERSTOOD, CONFERENCE: space.UNDERSTOOD, ACTING: space.ACTING, REVIEWING: space.ACTING,
}  # fmt: skip
"""Where the place is on its way while it is assessed; of several assessments the one that has come least far decides."""

MOST_HEARD = 9_999

MOST_WEIGHED = 7
"""What must change first is an order; of more than seven things nobody keeps one."""


@dataclass(frozen=True)
class Voices:
    """That young people were heard: on which day, how many, how, and what was heard as a group."""

    on: date
    how_many: int
    how: str
    heard: str = ""


@dataclass(frozen=True)
class Weighed:
    """One thing that must change, and why it comes where it does in the order."""

    change: str
    because: str


@dataclass(frozen=True)
class Conference:
    """The context conference: when, who was there by role and agency, what was agreed, who differed, and when the same is asked again."""

    on: date
    there: str
    agreed: str
    review_on: date
    dissent: str = ""


@dataclass(frozen=True)
class Verdict:
    """What young people say of the place afterwards; where they were not asked, why."""

    said: str
    on: date
    how_many: int = 0
    asked_how: str = ""
    reason: str = ""


# Planning.


def check_plan(*, lead: str, why: str, begin_by: date, today: date, places: frozenset[str] = frozenset()) -> None:
    """Raise the first thing that is wrong with a plan, in words."""
    if not lead.strip():
        raise DataProblem("Say who leads the assessment: a role or a team.")
    if not why.strip():
        raise DataProblem("Say why this place, so that the next panel can read it.")
    if len(lead) > LONGEST_TEXT or len(why) > LONGEST_TEXT:
        raise DataProblem("Keep it under {longest} characters.", longest=LONGEST_TEXT)
    if begin_by < today:
        raise DataProblem("The start date has passed. Choose today or later.")
    if begin_by > today + timedelta(days=LONGEST_WAIT_DAYS):
        raise DataProblem("The start date is more than a year away. Choose one within the year.")
    rows.check_texts({"lead": lead, "why": why}, LONGEST_TEXT, places)


def plan(
    register: Register, reader: access.Reader, *, name: str, kind: str, feature_id: str | None, boundary: shapely.Geometry, lead: str,
    why: str, begin_by: date, today: date, data_version: str, places: frozenset[str] = frozenset(), origin: str,
) -> str:  # fmt: skip
    """Plan an assessment of a place of the map and return its id; the place becomes a space of the register where it is none yet."""
    access.check_plan_assessment(reader)
    check_plan(lead=lead, why=why, begin_by=begin_by, today=today, places=places)
    details = space.Details(name, kind, "hotspot", boundary, feature_id or "").tidied()
    for problem in space.problems(details, today=today, places=places | {name.casefold()}):
        raise problem
    space_id = space.of_feature(register, details.feature_id) or new_id()
    audit = AuditEvent(reader.name, "assessment planned", "panel decision", origin, space_id)
    values = {"lead": lead, "why": why, "begin_by": begin_by, "data_version": data_version}
    return _planned(register, lambda connection: space.raise_in(connection, details, space_id, audit=audit), values, audit)


def plan_of(
    register: Register, reader: access.Reader, space_id: str, *, lead: str, why: str, begin_by: date, today: date, data_version: str,
    places: frozenset[str] = frozenset(), origin: str,
) -> str:  # fmt: skip
    """Plan an assessment of a space of the register, whoever raised it, and return its id. DataProblem where one of it is open."""
    access.check_plan_assessment(reader)
    check_plan(lead=lead, why=why, begin_by=begin_by, today=today, places=places)
    audit = AuditEvent(reader.name, "assessment planned", "panel decision", origin, space_id)
    values = {"lead": lead, "why": why, "begin_by": begin_by, "data_version": data_version}
    return _planned(register, lambda _connection: space_id, values, audit)


def _planned(register: Register, found: Callable[[sa.Connection], str], values: dict[str, Any], audit: AuditEvent) -> str:
    """Plan an assessment of the space that is `found` in the transaction, or of the one that it has become part of; return its id."""
    planned, empty = new_id(), dict.fromkeys(("sections", "weighting", "conference", "verdict", "verdict_by", "reason"), "")
    texts = {name: free_text.tidy(values[name]) for name in ("lead", "why")}

    def work(connection: sa.Connection) -> None:
        of = space.stands_now(connection, found(connection))
        _check_open(of)
        for one in rows.open_of(connection, of["space_id"]):
            raise DataProblem(
                "An assessment of this place is planned already, led by {lead}. Open it before you plan another.", lead=one.lead
            )
        said = empty | values | texts | {"space_id": of["space_id"], "status": PLANNED, "act": "planned"}
        revisions.add(connection, schema.assessment_versions, planned, 0, said, audit=audit, otherwise=revisions.changed())

    register.write(audit, work)
    return planned


def _check_open(of: Mapping[Any, Any]) -> None:
    """Raise DataProblem where a place is closed: opening it again is a decision, with its reason."""
    if of["status"] == space.CLOSED:
        raise DataProblem("“{name}” is closed. Open it again first, with the reason, on the page of places.", name=of["name"])


# What is gathered.


def answer(
    register: Register, reader: access.Reader, assessment_id: str, prompt_id: str, *, seen: int, text: str, source: str,
    not_known: bool = False, places: frozenset[str] = frozenset(), origin: str,
) -> None:  # fmt: skip
    """Answer one prompt, or say that it is not known; without either, an earlier answer is taken back.

    It counts as the first time or as asked again by where the assessment stands. The version `seen` is the one that was on the screen.
    """
    access.check_keep_assessments(reader)
    if prompt_id not in PROMPTS:
        raise DataProblem("This question is no longer asked. Choose another.")
    text = free_text.tidy(text)
    if text and not_known:
        raise DataProblem("Either write an answer, or say that it is not known.")
    if text and source not in SOURCES:
        raise DataProblem("Say where the answer comes from: young people's voices, observation, a partner or a record.")
    rows.check_texts({"answer": text}, LONGEST_ANSWER, places)
    said = {"answer": text, "source": source if text else "", "not_known": not_known}

    def change(row: dict[str, Any]) -> dict[str, Any]:
        rows.check_in(row, GATHERING, WEIGHING, ACTING, REVIEWING)
        sections, round_ = rows.loaded(row["sections"]), rows.ROUNDS[row["status"]]
        answers = {**sections.get(round_, {})}
        if text or not_known:
            answers[prompt_id] = said
        else:
            answers.pop(prompt_id, None)
        return {"sections": rows.dumped(sections | {round_: answers})}

    def part(row: Mapping[str, Any]) -> object:
        sections = rows.loaded(row["sections"])
        return [sections.get(round_, {}).get(prompt_id) for round_ in (rows.FIRST, rows.AGAIN)]

    audit = AuditEvent(reader.name, "assessment answered", "a prompt was answered", origin, assessment_id)
    rows.change_part(register, assessment_id, seen, "answered", change, part, audit)


def hear(
    register: Register, reader: access.Reader, assessment_id: str, voices: Voices, *, today: date, places: frozenset[str] = frozenset(),
    read_on: date | None = None, origin: str,
) -> None:  # fmt: skip
    """Write down that young people were heard. It is added to what others write at the same time, and never in the way of it.

    `read_on` is the day on which a sample is read, see `assessment_rows.with_days`; here and below.
    """
    access.check_add_voices(reader)
    heard = free_text.tidy(voices.heard)
    if not 1 <= voices.how_many <= MOST_HEARD:
        raise DataProblem("Say how many young people were heard: at least one.")
    if voices.how not in WAYS:
        raise DataProblem("Say how they were heard.")
    rows.check_done_on(voices.on, today)
    rows.check_texts({"heard": heard}, LONGEST_ANSWER, places)

    def change(row: dict[str, Any]) -> dict[str, Any]:
        rows.check_in(row, GATHERING, WEIGHING, CONFERENCE, ACTING, REVIEWING)
        sections = rows.loaded(row["sections"])
        one = asdict(voices) | {"on": voices.on.isoformat(), "heard": heard, "round": rows.round_of(row, voices.on)}
        return {"sections": rows.dumped(sections | {"voices": [*sections.get("voices", []), one]})}

    audit = AuditEvent(reader.name, "young people heard", "voices were counted", origin, assessment_id)
    rows.change_part(register, assessment_id, None, "heard", change, lambda _row: None, audit, read_on or today)


# What is weighed and agreed.


def weigh(
    register: Register, reader: access.Reader, assessment_id: str, weighed: list[Weighed], *, dissent: str, seen: int,
    places: frozenset[str] = frozenset(), origin: str,
) -> None:  # fmt: skip
    """Write down what must change first, in order, each with its reason, and who sees it differently."""
    access.check_keep_assessments(reader)
    things = [{"change": free_text.tidy(one.change), "because": free_text.tidy(one.because)} for one in weighed]
    things = [row for row in things if row["change"] or row["because"]]
    if not things:
        raise DataProblem("Say what must change first, and why.")
    if len(things) > MOST_WEIGHED:
        raise DataProblem("Put at most {most} things in order: the ones that everything else waits for.", most=MOST_WEIGHED)
    for number, row in enumerate(things, 1):
        if not (row["change"] and row["because"]):
            raise DataProblem("Number {number} needs both: what must change, and why it comes there in the order.", number=number)
        rows.check_texts(row, LONGEST_ANSWER, places)
    dissent = free_text.tidy(dissent)
    rows.check_texts({"dissent": dissent}, LONGEST_ANSWER, places)

    def change(row: dict[str, Any]) -> dict[str, Any]:
        rows.check_in(row, WEIGHING, CONFERENCE)
        return {"weighting": rows.dumped({"order": things, "dissent": dissent})}

    audit = AuditEvent(reader.name, "assessment weighed", "what must change first", origin, assessment_id)
    rows.change_part(register, assessment_id, seen, "weighed", change, lambda row: row["weighting"], audit)


def confer(
    register: Register, reader: access.Reader, assessment_id: str, conference: Conference, *, seen: int, today: date,
    places: frozenset[str] = frozenset(), read_on: date | None = None, origin: str,
) -> None:  # fmt: skip
    """Write down the context conference, and the day on which the same is asked again."""
    access.check_keep_assessments(reader)
    texts = {name: free_text.tidy(getattr(conference, name)) for name in ("there", "agreed", "dissent")}
    if not (texts["there"] and texts["agreed"]):
        raise DataProblem("Say who was there, by role and agency, and what was agreed.")
    rows.check_done_on(conference.on, today)
    if not conference.on < conference.review_on <= conference.on + timedelta(days=2 * LONGEST_WAIT_DAYS):
        raise DataProblem("The day to ask again has to be after the conference, and within two years of it.")
    rows.check_texts(texts, LONGEST_TEXT, places)

    def change(row: dict[str, Any]) -> dict[str, Any]:
        rows.check_in(row, CONFERENCE)
        rows.check_not_before(conference.on, row["planned_on"], what=N_("The assessment was planned"))
        return {"conference": rows.dumped(texts | {"on": conference.on.isoformat()}), "review_on": conference.review_on}

    audit = AuditEvent(reader.name, "context conference held", "what was agreed", origin, assessment_id)
    rows.change_part(
        register, assessment_id, seen, "conferred", change, lambda row: (row["conference"], row["review_on"]), audit, read_on or today
    )


# What young people say afterwards.


def hear_verdict(
    register: Register, reader: access.Reader, assessment_id: str, verdict: Verdict, *, seen: int, today: date,
    places: frozenset[str] = frozenset(), read_on: date | None = None, origin: str,
) -> None:  # fmt: skip
    """Write down whether the place is better, the same or worse for young people; or that they were not asked, and why."""
    access.check_add_voices(reader)
    if verdict.said not in VERDICTS:
        raise DataProblem("Say what young people said: better, the same or worse; or that they were not asked.")
    texts = {name: free_text.tidy(getattr(verdict, name)) for name in ("asked_how", "reason")}
    if verdict.said == NOT_ASKED:
        if not texts["reason"]:
            raise DataProblem("Say why they were not asked, so that another panel member can approve it or not.")
    elif not 1 <= verdict.how_many <= MOST_HEARD or not texts["asked_how"]:
        raise DataProblem("Say how many young people were asked, and how.")
    rows.check_done_on(verdict.on, today)
    rows.check_texts(texts, LONGEST_ANSWER, places)
    how_many = 0 if verdict.said == NOT_ASKED else verdict.how_many
    said = texts | {"said": verdict.said, "on": verdict.on.isoformat(), "how_many": how_many, "approved_by": ""}

    def change(row: dict[str, Any]) -> dict[str, Any]:
        rows.check_in(row, REVIEWING)
        rows.check_not_before(verdict.on, row["acting_on"], what=N_("Acting began"))
        return {"verdict": rows.dumped(said), "verdict_by": reader.name}

    audit = AuditEvent(reader.name, "young people's verdict", "what they say afterwards", origin, assessment_id)
    rows.change_part(register, assessment_id, seen, "verdict", change, lambda row: row["verdict"], audit, read_on or today)


def approve_reason(register: Register, reader: access.Reader, assessment_id: str, *, seen: int, origin: str) -> None:
    """Approve the reason why young people were not asked: another panel member than whoever wrote it."""
    access.check_keep_assessments(reader)

    def change(row: dict[str, Any]) -> dict[str, Any]:
        rows.check_in(row, REVIEWING)
        said = rows.loaded(row["verdict"])
        if said.get("said") != NOT_ASKED:
            raise DataProblem("There is no reason to approve: young people were asked, or nothing is written down yet.")
        assessing.check_approve_reason(reader, row["verdict_by"])
        return {"verdict": rows.dumped(said | {"approved_by": reader.name})}

    audit = AuditEvent(reader.name, "not asking approved", "another panel member agrees", origin, assessment_id)
    rows.change_part(register, assessment_id, seen, "approved", change, lambda row: row["verdict"], audit)


# Moving.


def move(
    register: Register, reader: access.Reader, assessment_id: str, to: str, *, seen: int, reason: str = "",
    places: frozenset[str] = frozenset(), origin: str,
) -> None:  # fmt: skip
    """Move an assessment on, or back with a reason. What it has is looked at in the same transaction."""
    access.check_keep_assessments(reader)
    reason = free_text.tidy(reason)
    rows.check_texts({"reason": reason}, LONGEST_ANSWER, places)

    def work(connection: sa.Connection) -> None:
        row = rows.as_seen(connection, assessment_id, seen, lambda row: (row["status"], row["verdict"]))
        assessing.check_move(row["status"], to, reader.role, rows.has_in(connection, row))
        if to in assessing.back_from(row["status"]) and not reason:
            raise DataProblem("Say why the assessment goes back, so that nobody has to guess later.")
        anew = rows.asked_anew(row) if STATES.index(to) <= STATES.index(ACTING) else {}
        rows.step(connection, row, anew | {"act": "moved", "status": to, "reason": reason}, audit=audit)
        _take_along(connection, row["space_id"], audit)

    audit = AuditEvent(reader.name, "assessment moved", f"to {to}" if to in STATUS_LABELS else "", origin, assessment_id)
    register.write(audit, work)


def _take_along(connection: sa.Connection, space_id: str, audit: AuditEvent) -> None:
    """Set the status of the place that is assessed, or of the one that it has become part of, in the same transaction.

    When its last assessment is closed it is watched, not forgotten. A place that is closed is not opened by this: DataProblem.
    """
    of = space.stands_now(connection, space_id)
    under_way = [one.status for one in rows.open_of(connection, of["space_id"]) if one.status != PLANNED]
    if under_way:
        _check_open(of)
    elif of["status"] == space.CLOSED:
        return
    status = STATUS_OF_SPACE[min(under_way, key=STATES.index)] if under_way else space.WATCHING
    if of["status"] != status:
        space.step(connection, of["space_id"], of["version"], {"act": "status set", "status": status}, audit=audit)
