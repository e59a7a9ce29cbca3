"""Goals of an assessment: at most five, said as what there will be, each with what would show that it is reached."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa

from spaces import access, assessment_rows, free_text, revisions, schema
from spaces.assessing import ACTING, CONFERENCE, MOST_GOALS, REVIEWING
from spaces.assessment_rows import check_texts
from spaces.audit import AuditEvent
from spaces.register import Register, new_id
from words import N_, DataProblem, _

AGREED, REACHED, PARTLY, NOT_REACHED, WITHDRAWN = "agreed", "reached", "partly", "not_reached", "withdrawn"
STATE_LABELS = {
    AGREED: N_("Agreed"), REACHED: N_("Reached"), PARTLY: N_("Partly reached"), NOT_REACHED: N_("Not reached"), WITHDRAWN: N_("Withdrawn"),
}  # fmt: skip

LONGEST = 300

FIELD_LABELS = {"goal": N_("Goal"), "shown_by": N_("What would show it"), "found": N_("What was found")}

BANK = (
    (N_("Young people say that they feel safe here on the way home."), N_("The same question to the same group, before and after.")),
    (N_("Young people have a say in how this place is run."), N_("Decisions in the year that they took part in, and what came of them.")),
    (N_("Young people are welcome here, and adults greet them."), N_("How many of those asked say that they feel welcome.")),
    (N_("Young people who were staying away come back."), N_("Young people counted at the same hours, with their knowledge.")),
    (N_("There is somewhere dry and light to wait with friends."), N_("It is there, lit when looked at after dark, and in use.")),
    (N_("There is something free to do here, in the evening too."), N_("Hours in the week when it is open and staffed.")),
    (N_("A caring adult is here at the hours when harm was recorded."), N_("Hours covered in a week, seen at observation.")),
    (N_("Those who work here know what to look out for and whom to call."), N_("Staff who can say it when asked without warning.")),
    (N_("When a young person tells an adult here, something comes of it."), N_("Times that somebody told, and had an answer.")),
    (N_("The ways in and out can be seen along, by day and after dark."), N_("The same walk by day and after dark, before and after.")),
    (N_("The lights along the way home work."), N_("Lamps that are lit when looked at after dark.")),
    (N_("The owner looks after the place and answers when told."), N_("Days from telling the owner to its being mended.")),
    (N_("Businesses here trade in ways that are safe for young people."), N_("Licence conditions agreed, and kept at each visit.")),
    (N_("Services meet young people here, at the hours when they are here."), N_("Sessions held here, and young people who came back.")),
    (N_("Police and staff treat young people here fairly and with respect."), N_("Stops and exclusions before and after; what they say.")),
)  # fmt: skip
"""Statements to choose from, each with what could show it: our own, and only a beginning."""

_NEGATIVE = {
    "stop": N_("what will happen instead"), "reduce": N_("what there will be more of"), "fewer": N_("what there will be more of"),
    "less": N_("what there will be more of"), "no more": N_("what there will be in its place"), "prevent": N_("what will be there"),
    "end": N_("what begins"), "ban": N_("what is welcome"), "remove": N_("what is put in its place"), "tackle": N_("what it becomes"),
    "eliminate": N_("what there will be in its place"), "avoid": N_("what people will do"), "deter": N_("whom it welcomes"),
    "disperse": N_("where they are welcome"), "move on": N_("where they are welcome"), "keep out": N_("whom it is for"),
    "without": N_("what there will be"), "not": N_("what there will be"), "never": N_("what there will be"), "no": N_("what there will be"),
}  # fmt: skip
"""Words that say what there will not be, each with what to say instead."""

_FORMS = {
    "stop": r"stop(?:s|ping|ped)?", "reduce": r"reduc(?:e[sd]?|ing|tion)", "prevent": r"prevent(?:s|ing|ed|ion)?",
    "end": r"end(?:s|ing)?(?! of)", "ban": r"ban(?:s|ned|ning)?", "remove": r"remov(?:e[sd]?|ing|al)", "tackle": r"tackl(?:e[sd]?|ing)",
    "eliminate": r"eliminat(?:e[sd]?|ing)", "avoid": r"avoid(?:s|ing|ed)?", "deter": r"deter(?:s|red|ring|rent)?",
    "disperse": r"dispers(?:e[sd]?|al|ing)", "move on": r"mov(?:e[sd]?|ing) on", "keep out": r"ke(?:ep|eping|pt) out",
    "no": r"no(?! (?:matter|one is left))",
}  # fmt: skip


def negative_wording(goal: str) -> list[tuple[str, str]]:
    """Return the words of a goal that say what there will not be, each with what to say instead. It warns; it forbids nothing."""
    found, text = [], goal.casefold()
    for word, instead in _NEGATIVE.items():
        pattern = rf"\b(?:{_FORMS.get(word, re.escape(word))})\b"
        match = re.search(r"^\W*" + pattern if word == "stop" and "bus stop" in text else pattern, text)
        if match:
            found.append((match[0].strip(), _(instead)))
            text = text.replace(match[0], " ")  # “no more” is not also “no”
    return found


def warnings(goal: str) -> list[str]:
    """Say what could be said better in a goal, in words."""
    return [
        _("“{word}” says what there will not be. Say {instead}.", word=word, instead=instead) for word, instead in negative_wording(goal)
    ]


def keep(
    register: Register, reader: access.Reader, assessment_id: str, goal: str, shown_by: str, *, goal_id: str = "", seen: int = 0,
    places: frozenset[str] = frozenset(), origin: str,
) -> str:  # fmt: skip
    """Keep a goal that the context conference agreed, with what would show it, and return its id; without an id it is new."""
    access.check_keep_assessments(reader)
    goal, shown_by = free_text.tidy(goal), free_text.tidy(shown_by)
    if not goal:
        raise DataProblem("Choose a goal, or write one in your own words.")
    if not shown_by:
        raise DataProblem("A goal without a measure is only a wish. Say what would show that it is reached.")
    check_texts({"goal": goal, "shown_by": shown_by}, LONGEST, places, FIELD_LABELS)
    audit = AuditEvent(reader.name, "goal agreed", "the context conference", origin, assessment_id)
    new = goal_id or new_id()

    def work(connection: sa.Connection) -> None:
        _check_at(connection, assessment_id, CONFERENCE)
        standing = _standing(connection, assessment_id)
        if new not in standing:
            check_room(len(standing))
        row = revisions.row_of(connection, schema.goals, new) or {"place": max((one["place"] for one in standing.values()), default=0) + 1}
        values = {"assessment_id": assessment_id, "goal": goal, "shown_by": shown_by, "state": AGREED, "found": "", "place": row["place"]}
        revisions.add(connection, schema.goals, new, seen, values | {"act": "agreed"}, audit=audit, otherwise=revisions.changed())

    register.write(audit, work)
    return new


def check_room(count: int) -> None:
    """Raise DataProblem where an assessment that has so many goals can have no more."""
    if count >= MOST_GOALS:
        raise DataProblem("There are {most} goals already. Withdraw one first, or change it.", most=MOST_GOALS)


def withdraw(register: Register, reader: access.Reader, goal_id: str, *, seen: int, origin: str) -> None:
    """Take a goal back while the conference is still agreeing; what it said stays in its history."""
    access.check_keep_assessments(reader)
    _step(register, reader, goal_id, seen, {"state": WITHDRAWN, "act": "withdrawn"}, (CONFERENCE,), "goal withdrawn", origin)


def measure(
    register: Register, reader: access.Reader, goal_id: str, *, state: str, found: str, seen: int, places: frozenset[str] = frozenset(),
    origin: str,
) -> None:  # fmt: skip
    """Write down how far a goal is reached, and what was found of what would show it."""
    access.check_keep_assessments(reader)
    found = free_text.tidy(found)
    if state not in (REACHED, PARTLY, NOT_REACHED):
        raise DataProblem("Say whether the goal is reached, partly reached or not reached.")
    if not found:
        raise DataProblem("Say what was found of what would show it: the change, not the effort.")
    check_texts({"found": found}, LONGEST, places, FIELD_LABELS)
    changes = {"state": state, "found": found, "act": "measured"}
    _step(register, reader, goal_id, seen, changes, (ACTING, REVIEWING), "goal measured", origin)


def newest(register: Register) -> pd.DataFrame:
    """Return the row that counts of each goal, indexed by its id, with the columns of the table `goal`."""
    return revisions.newest(register, schema.goals)


def _standing(connection: sa.Connection, assessment_id: str) -> dict[str, Mapping[str, Any]]:
    """Return the goals of an assessment that are not withdrawn, by their ids."""
    rows = revisions.rows_of(connection, schema.goals, schema.goals.c.assessment_id == assessment_id)
    return {goal_id: row for goal_id, row in rows.items() if row["state"] != WITHDRAWN}


def _step(
    register: Register, reader: access.Reader, goal_id: str, seen: int, changes: dict[str, Any], states: tuple[str, ...], action: str,
    origin: str,
) -> None:  # fmt: skip
    audit = AuditEvent(reader.name, action, "a step of a goal", origin, goal_id)

    def work(connection: sa.Connection) -> None:
        missing = DataProblem("This goal is not in the list. Choose it again.")
        row = revisions.stands(connection, schema.goals, goal_id, missing=missing)
        _check_at(connection, row["assessment_id"], *states)
        revisions.again(connection, schema.goals, row, seen, changes, audit=audit, otherwise=revisions.changed())

    register.write(audit, work)


def _check_at(connection: sa.Connection, assessment_id: str, *states: str) -> None:
    if assessment_rows.stands(connection, assessment_id)["status"] not in states:
        raise DataProblem("Goals are agreed at the context conference, and measured after it. Move the assessment to that step first.")
