"""The rows of assessments: which counts, what it has, and how a part of one is changed so that two at once both keep their work.

Used by `assessments.py`, which has the acts, and by goals, actions and observations.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa

from spaces import days, free_text, revisions, schema
from spaces.assessing import ACTING, CLOSED, CONFERENCE, GATHERING, PLANNED, REVIEWING, STATUS_LABELS, WEIGHING, Has
from spaces.audit import AuditEvent
from spaces.prompts import PROMPTS
from spaces.register import Register
from words import N_, DataProblem, _

FIRST, AGAIN, EARLIER = "first", "again", "earlier"
"""The two times that the same is asked, before anything is done and after; and what was said after, before it went back to be done anew."""

ROUNDS = {PLANNED: FIRST, GATHERING: FIRST, WEIGHING: FIRST, CONFERENCE: FIRST, ACTING: AGAIN, REVIEWING: AGAIN, CLOSED: AGAIN}
"""Which time it is in each state."""

FIELD_LABELS = {
    "lead": N_("Who leads it (a role or a team)"), "why": N_("Why this place"), "answer": N_("Answer"), "heard": N_("What was heard"),
    "change": N_("What must change"), "because": N_("Why it comes here in the order"), "dissent": N_("Who sees it differently, and how"),
    "there": N_("Who was there (roles and agencies)"), "agreed": N_("What was agreed"), "reason": N_("Why"),
    "asked_how": N_("How they were asked"),
}  # fmt: skip
"""What each thing that is written is called."""

OF_A_ROLE = frozenset({FIELD_LABELS["lead"], FIELD_LABELS["there"]})


def has_in(connection: sa.Connection, row: Mapping[str, Any]) -> Has:
    """Return what an assessment has, inside a transaction, from its row that counts."""
    of = row["assessment_id"]

    def of_it(table: sa.Table) -> Iterable[dict[Any, Any]]:
        return revisions.rows_of(connection, table, table.c.assessment_id == of).values()

    goals = [one for one in of_it(schema.goals) if one["state"] != "withdrawn"]
    actions = [one for one in of_it(schema.actions) if one["state"] != "dropped"]
    return has(row, pd.DataFrame(goals), pd.DataFrame(actions), of_it(schema.observations), _acting_at(connection, of))


def has(
    row: Mapping[str, Any] | pd.Series, goals: pd.DataFrame, actions: pd.DataFrame, seen: Iterable[Mapping[Any, Any]],
    acting_at: pd.Timestamp | None,
) -> Has:  # fmt: skip
    """Return what an assessment has, from its row, its goals and actions that stand, and what was seen at the place.

    `acting_at` is when it last came to acting: what was written down before that was looked at again before it was sent back.
    """
    looked_again = [one["round"] == AGAIN and acting_at is not None and _aware(pd.Timestamp(one["kept_at"])) >= acting_at for one in seen]
    sections = loaded(row["sections"])
    asked = {round_: set(sections.get(round_, {})) & set(PROMPTS) for round_ in (FIRST, AGAIN)}
    rounds = {one["round"] for one in sections.get("voices", [])}
    verdict = loaded(row["verdict"])
    return Has(
        answered=frozenset(PROMPTS[one].heading for one in asked[FIRST]),
        weighed=bool(row["weighting"]),
        conferred=bool(row["conference"]),
        goals=len(goals),
        without_measure=int((goals["shown_by"] == "").sum()) if len(goals) else 0,
        actions=len(actions),
        answered_again=frozenset(PROMPTS[one].heading for one in asked[FIRST] & asked[AGAIN]),
        heard=FIRST in rounds,
        heard_again=AGAIN in rounds,
        observed=not all(looked_again),
        observed_again=any(looked_again),
        verdict=verdict.get("said", ""),
        reason_approved=bool(verdict.get("approved_by")),
        unmeasured=int((goals["state"] == "agreed").sum()) if len(goals) else 0,
        to_do=int((actions["state"] == "open").sum()) if len(actions) else 0,
    )


def newest(register: Register) -> pd.DataFrame:
    """Return the row that counts of each assessment, indexed by its id, with the columns of the table `assessment_version`."""
    return revisions.newest(register, schema.assessment_versions)


def history(register: Register, assessment_id: str) -> pd.DataFrame:
    """Return every row of one assessment, newest first, indexed by version."""
    return revisions.history(register, schema.assessment_versions, assessment_id)


def acting_since(rows: pd.DataFrame) -> date | None:
    """Return the day on which it first came to acting, from every row of one assessment; None where it has not."""
    acting = rows.loc[(rows["act"] == "moved") & (rows["status"] == ACTING), "kept_at"]
    return None if acting.empty else _here(acting.min())


def last_acting_at(rows: pd.DataFrame) -> pd.Timestamp | None:
    """Return when it last came to acting, from every row of one assessment; None where it has not. What is asked again is so from then."""
    acting = rows.loc[(rows["act"] == "moved") & (rows["status"] == ACTING), "kept_at"]
    return None if acting.empty else _aware(acting.max())


def asked_anew(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what changes of an assessment that comes to acting, or goes back to it or further: nothing has been asked again yet.

    What was is kept as `EARLIER`, and a verdict in the rows before: it closes nothing that came after it.
    """
    sections = loaded(row["sections"])
    if again := sections.pop(AGAIN, {}):
        sections[EARLIER] = sections.get(EARLIER, {}) | again
    if heard := sections.get("voices"):
        sections["voices"] = [one | {"round": EARLIER} if one["round"] == AGAIN else one for one in heard]
    return {"sections": dumped(sections) if sections else "", "verdict": "", "verdict_by": ""}


def open_of(connection: sa.Connection, space_id: str) -> list[sa.Row[Any]]:
    """Return the `status` and `lead` of each open assessment of a space, and of those that have become part of it, in a transaction."""
    spaces, of = schema.space_versions.c, {space_id}
    while more := set(connection.scalars(sa.select(spaces.space_id).where(spaces.merged_into.in_(of)))) - of:
        of |= more
    at, later = schema.assessment_versions.c, schema.assessment_versions.alias().c
    newer = sa.exists().where(later.assessment_id == at.assessment_id, later.version > at.version)
    return list(connection.execute(sa.select(at.status, at.lead).where(~newer, at.status != CLOSED, at.space_id.in_(of))))


def loaded(text: str) -> dict[str, Any]:
    """Return what a column of structured text holds; nothing where it is empty."""
    return json.loads(text) if text else {}


def dumped(said: Mapping[str, Any]) -> str:
    """Return structured text as a column holds it: the same text for the same content."""
    return json.dumps(said, sort_keys=True)


def stands(connection: sa.Connection, assessment_id: str) -> dict[Any, Any]:
    """Return the row that counts of an assessment, inside a transaction; DataProblem where there is none."""
    missing = DataProblem("This assessment is not in the list. Choose it again.")
    return revisions.stands(connection, schema.assessment_versions, assessment_id, missing=missing)


def step(connection: sa.Connection, row: Mapping[Any, Any], changes: dict[str, Any], *, audit: AuditEvent) -> None:
    """Add the row that says what the one that counts says, but for `changes`; the reason is each row's own."""
    changes, table = {"reason": ""} | changes, schema.assessment_versions
    revisions.again(connection, table, row, row["version"], changes, audit=audit, otherwise=revisions.changed())


def check_texts(written: Mapping[str, str], longest: int, places: frozenset[str], labels: Mapping[str, str] = FIELD_LABELS) -> None:
    """Raise the first thing that is wrong with texts, each given under the name of its field."""
    given = {labels[field]: (text, longest) for field, text in written.items()}
    free_text.check(given, places=places, of_a_role=OF_A_ROLE)


def check_done_on(day: date, today: date) -> None:
    """Raise DataProblem where a day on which something was done is still to come, or before anything that is kept."""
    if day > today:
        raise DataProblem("That is a day still to come. Give the day on which it was done.")
    if day < days.EARLIEST:
        raise DataProblem("That is before {year}. Check the year.", year=days.EARLIEST.year)


def with_days(connection: sa.Connection, row: Mapping[Any, Any], today: date | None) -> dict[Any, Any]:
    """Return a row that counts with `planned_on` and `acting_on`: the days on which it was planned, and last came to acting or None.

    Neither is after `today`: a sample is read, and written in, on a day that lies behind the clock.
    """
    acting_at, latest = _acting_at(connection, row["assessment_id"]), today or date.max
    acting_on = None if acting_at is None else min(_here(acting_at), latest)
    return {**row, "planned_on": min(_planned_on(connection, row["assessment_id"]), latest), "acting_on": acting_on}


def round_of(row: Mapping[Any, Any], day: date) -> str:
    """Return which time it was, for something done on a day and written down now, from a row `with_days`."""
    return FIRST if row["acting_on"] is not None and day < row["acting_on"] else ROUNDS[row["status"]]


def check_not_before(day: date, begun: date, *, what: str) -> None:
    """Raise DataProblem where a day lies before the one on which `what` (untranslated) was."""
    if day < begun:
        raise DataProblem("{what} on {day}, and this cannot be before it. Check the date.", what=_(what), day=days.said(begun))


def change_part(
    register: Register, assessment_id: str, seen: int | None, act: str, change: Callable[[dict[str, Any]], dict[str, Any]],
    part: Callable[[Mapping[str, Any]], object], audit: AuditEvent, today: date | None = None,
) -> None:  # fmt: skip
    """Add the row that `change` makes of the one that counts, unless somebody else changed the same `part` since the version `seen`.

    `change` is given the row `with_days`.
    """

    def work(connection: sa.Connection) -> None:
        row = stands(connection, assessment_id) if seen is None else as_seen(connection, assessment_id, seen, part)
        step(connection, row, change(with_days(connection, row, today)) | {"act": act}, audit=audit)

    register.write(audit, work)


def as_seen(connection: sa.Connection, assessment_id: str, seen: int, part: Callable[[Mapping[str, Any]], object]) -> dict[str, Any]:
    """Return the row that counts; ChangedMeanwhile where a part of it is not what it was in the version seen."""
    row = stands(connection, assessment_id)
    if row["version"] == seen:
        return row
    table = schema.assessment_versions
    query = sa.select(table).where(table.c.assessment_id == assessment_id, table.c.version == seen)
    before = connection.execute(query).mappings().first()
    if before is None or part(dict(before)) != part(row):
        raise revisions.changed()
    return row


def check_in(row: Mapping[str, Any], *states: str) -> None:
    """Raise DataProblem unless an assessment stands where this can be written."""
    if row["status"] not in states:
        raise DataProblem(
            "This is written at another step: the assessment stands at “{state}”. Move it on, or back, first.",
            state=_(STATUS_LABELS[row["status"]]),
        )  # fmt: skip


def _acting_at(connection: sa.Connection, assessment_id: str) -> pd.Timestamp | None:
    at = schema.assessment_versions.c
    query = sa.select(sa.func.max(at.kept_at)).where(at.assessment_id == assessment_id, at.act == "moved", at.status == ACTING)
    moment = connection.scalar(query)
    return None if moment is None else _aware(pd.Timestamp(moment))


def _planned_on(connection: sa.Connection, assessment_id: str) -> date:
    at = schema.assessment_versions.c
    query = sa.select(at.kept_at).where(at.assessment_id == assessment_id, at.version == 1)
    return _here(pd.Timestamp(connection.execute(query).scalar_one()))


def _aware(moment: pd.Timestamp) -> pd.Timestamp:
    return moment if moment.tzinfo else moment.tz_localize("UTC")


def _here(moment: pd.Timestamp) -> date:
    """Return the day of a moment by the clock here."""
    return _aware(moment).to_pydatetime().astimezone().date()
