"""How an assessment moves: its steps, what each of them needs, who may move it, and what is late. Pure: nothing is read or kept here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import pandas as pd

from spaces import access
from spaces.access import Reader, Role
from spaces.prompts import HEADINGS
from words import N_, DataProblem, _

PLANNED, GATHERING, WEIGHING, CONFERENCE, ACTING, REVIEWING, CLOSED = (
    "planned", "gathering", "weighing", "conference", "acting", "reviewing", "closed",
)  # fmt: skip
STATUS_LABELS = {
    PLANNED: N_("Planned"),
    GATHERING: N_("Gathering"),
    WEIGHING: N_("Weighing"),
    CONFERENCE: N_("Context conference"),
    ACTING: N_("Acting"),
    REVIEWING: N_("Reviewing"),
    CLOSED: N_("Closed"),
}
"""The steps, in their order."""

STATES = tuple(STATUS_LABELS)

BETTER, SAME, WORSE, NOT_ASKED = "better", "same", "worse", "not_asked"
VERDICTS = {BETTER: N_("Better"), SAME: N_("The same"), WORSE: N_("Worse"), NOT_ASKED: N_("They were not asked")}
"""What young people say of the place afterwards."""

MOST_GOALS = 5
"""More than five goals are not remembered by those who are to reach them; the context conference chooses."""

ESCALATE_AFTER_DAYS = 28
"""Four weeks is the panel's month: what is still late when it has met once is put to its chair."""

STEP_WITHIN_DAYS = 91
"""Gathering, weighing and the conference may each take a quarter, the panel's longest review: what stands for longer has been forgotten."""

STEPS_OF_UNDERSTANDING = (GATHERING, WEIGHING, CONFERENCE)

VERDICT_WITHIN_DAYS = 28
"""From the day on which the same is asked again: time to find the group that was heard, and the panel meets once in it."""


@dataclass(frozen=True)
class Has:
    """What an assessment has so far: all that a move depends on."""

    answered: frozenset[str] = frozenset()
    """The headings under which something was answered, or said to be not known."""
    weighed: bool = False
    conferred: bool = False
    goals: int = 0
    without_measure: int = 0
    actions: int = 0
    answered_again: frozenset[str] = frozenset()
    """The headings under which a prompt that was asked the first time has been asked again."""
    heard: bool = False
    heard_again: bool = False
    observed: bool = False
    observed_again: bool = False
    verdict: str = ""
    reason_approved: bool = False
    """Whether another panel member approved the reason why young people were not asked."""
    unmeasured: int = 0
    """How many goals nobody has said of how far they are reached."""
    to_do: int = 0
    """How many actions are neither done nor dropped."""


def next_of(state: str) -> str:
    """Return the step after a state, empty after the last."""
    at = STATES.index(state) + 1
    return STATES[at] if at < len(STATES) else ""


def back_from(state: str) -> tuple[str, ...]:
    """Return the steps that an assessment can go back to: any that it has been through since gathering began."""
    return STATES[1 : STATES.index(state)] if state in STATES else ()


def check_move(state: str, to: str, role: Role, has: Has) -> None:
    """Raise DataProblem, with what is needed first, unless somebody in a role may move an assessment from one state to another."""
    access.check_keep_assessments(Reader("", role))
    if state not in STATES or to not in STATES or to not in (next_of(state), *back_from(state)):
        raise DataProblem("An assessment goes on one step at a time, or back to a step that it has been through. Choose one of those.")
    if to in back_from(state):
        return
    for problem in lacking(to, has):
        raise problem


def check_approve_reason(reader: Reader, written_by: str) -> None:
    """Raise DataProblem unless the reader may approve why young people were not asked: another panel member than whoever wrote it."""
    access.check_keep_assessments(reader)
    if written_by == reader.name:
        raise DataProblem("Whoever wrote the reason cannot approve it. Ask another panel member.")


def lacking(to: str, has: Has) -> Iterator[DataProblem]:
    """Say each thing that has to be there before an assessment comes to a state for the first time."""
    if to == WEIGHING:
        for heading in (heading for heading in HEADINGS if heading not in has.answered):
            yield DataProblem(
                "Nothing is written yet under “{heading}”. Answer one prompt there, or say that it is not known.",
                heading=_(HEADINGS[heading]),
            )  # fmt: skip
    elif to == CONFERENCE and not has.weighed:
        yield DataProblem("Weigh first: say what must change first, and why.")
    elif to == ACTING:
        yield from _lacking_a_plan(has)
    elif to == REVIEWING:
        yield from _lacking_a_repeat(has)
    elif to == CLOSED:
        yield from _lacking_an_end(has)


def _lacking_a_plan(has: Has) -> Iterator[DataProblem]:
    if not has.conferred:
        yield DataProblem("Write down the context conference first: when it was, who was there and what was agreed.")
    if not has.goals:
        yield DataProblem("Agree at least one goal, with what would show that it is reached.")
    if has.goals > MOST_GOALS:
        yield DataProblem("There are {count} goals. Choose the {most} that matter most.", count=has.goals, most=MOST_GOALS)
    if has.without_measure:
        yield DataProblem("A goal has no measure. Say what would show that it is reached.")
    if not has.actions:
        yield DataProblem("Agree at least one action, with who does it and by when.")


def _lacking_a_repeat(has: Has) -> Iterator[DataProblem]:
    for heading in (heading for heading in HEADINGS if heading not in has.answered_again):
        yield DataProblem(
            "Nothing under “{heading}” was asked a second time. Ask again what was asked the first time.", heading=_(HEADINGS[heading])
        )
    if has.heard and not has.heard_again:
        yield DataProblem("Young people were heard the first time. Hear them again in the same way, so that the two can be compared.")
    if has.observed and not has.observed_again:
        yield DataProblem("The place was observed the first time. Observe it again at the same hours, so that the two can be compared.")


def _lacking_an_end(has: Has) -> Iterator[DataProblem]:
    if has.verdict not in VERDICTS:
        yield DataProblem("Ask young people first whether the place is better, the same or worse for them, and write down what they say.")
    elif has.verdict == NOT_ASKED and not has.reason_approved:
        yield DataProblem(
            "Young people were not asked, and another panel member has not approved the reason. Ask them, or have the reason approved."
        )
    if has.unmeasured:
        yield DataProblem("Goals not measured yet: {count}. Say of each how far it is reached.", count=has.unmeasured)
    if has.to_do:
        yield DataProblem("Actions still to do: {count}. Say of each that it is done or dropped, and what came of it.", count=has.to_do)


@dataclass(frozen=True)
class Late:
    """Something that is late: of which assessment, what in words, since when, and whether it is for the panel's chair by now."""

    assessment_id: str
    what: str
    due_on: date
    days: int
    action_id: str = field(default="", compare=False)

    @property
    def escalated(self) -> bool:
        """Say whether it has been late for so long that it is put to the panel's chair."""
        return self.days > ESCALATE_AFTER_DAYS


def overdue(rows: pd.DataFrame, actions: pd.DataFrame, today: date) -> list[Late]:
    """Return what is late on a day, the longest first. `rows` are of `Register.assessments()`, and `actions` as `newest` gives them.

    A beginning that was promised, a step that is stood at for too long, an action that is not done, a review, and what young people say
    of the place afterwards, or the approval of not asking them; never anything of an assessment that is closed.
    """
    found = []
    for assessment_id, row in zip(rows.index, rows.to_dict("records"), strict=True):
        waiting = ((PLANNED, "begin_by", _("It should have begun.")), (ACTING, "review_on", _("It should have been looked at again.")))
        found += [(assessment_id, said, row[day], "") for state, day, said in waiting if row["status"] == state and row[day]]
        if row["status"] in STEPS_OF_UNDERSTANDING:
            moved_on_by = row["moved_at"].to_pydatetime().astimezone().date() + timedelta(STEP_WITHIN_DAYS)
            said = _("It should have moved on: it stands at “{state}”.", state=_(STATUS_LABELS[row["status"]]))
            found.append((assessment_id, said, moved_on_by, ""))
        if row["status"] == REVIEWING and row["review_on"] and (said := _missing_of_the_verdict(row["verdict"])):
            found.append((assessment_id, said, row["review_on"] + timedelta(VERDICT_WITHIN_DAYS), ""))
    at_work = rows.index[rows["status"] != CLOSED]
    undone = actions[(actions["state"] == "open") & actions["assessment_id"].isin(at_work)]
    for action_id, row in zip(undone.index, undone.to_dict("records"), strict=True):
        said = _("“{action}” should have been done, by {owner}.", action=row["action"], owner=row["owner"])
        found.append((row["assessment_id"], said, row["due_on"], action_id))
    late = [Late(str(of), said, due, (today - due).days, str(action)) for of, said, due, action in found if due and due < today]
    return sorted(late, key=lambda one: (-one.days, one.assessment_id))


def _missing_of_the_verdict(verdict: str) -> str:
    """Say what is still to come of young people's verdict, from the column that keeps it; empty where nothing is."""
    said = json.loads(verdict or "{}")
    if not said:
        return _("Young people should have been asked what the place is like now.")
    if said["said"] == NOT_ASKED and not said["approved_by"]:
        return _("Young people were not asked, and another panel member should have approved the reason or not.")
    return ""
