"""Actions of an assessment: what is done, at whom it is aimed and with what intention, who does it by when, and what else it may do.

An action that is aimed at children changes the child and leaves the place as it is, so each is warned of and counted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import sqlalchemy as sa

from spaces import access, assessment_rows, free_text, revisions, schema
from spaces.assessing import ACTING, CONFERENCE, GATHERING, REVIEWING, WEIGHING
from spaces.assessment_rows import check_done_on, check_texts
from spaces.audit import AuditEvent
from spaces.register import Register, new_id
from words import N_, DataProblem, _, ngettext

PLACE, ADULTS, CHILDREN = "place", "adults", "children"
AIMED_AT = {PLACE: N_("The place or a system"), ADULTS: N_("Adults who cause harm"), CHILDREN: N_("Children")}

INTENTIONS = {
    "welcome": N_("To make it better to be there"), "guard": N_("To have caring adults there"), "change": N_("To change how it is run"),
    "support": N_("To support"), "disrupt": N_("To get in the way of harm"), "enforce": N_("To enforce a rule"),
}  # fmt: skip

LEVERS = {
    "": N_("None in particular"), "licensing": N_("Licensing"), "works": N_("Highway or lighting works"), "planning": N_("Planning"),
    "tenancy": N_("Tenancy or housing"), "parks": N_("Parks and open spaces"), "transport": N_("Transport operator"),
    "education": N_("Education"), "youth": N_("Youth service"), "trading": N_("Trading standards"), "order": N_("An order or notice"),
    "owner": N_("Agreement with the owner"),
}  # fmt: skip
"""What can be pulled to make it happen."""

UNINTENDED = {
    "displacement": N_("Displacement: harm moves elsewhere"), "exclusion": N_("Exclusion: young people lose the place"),
    "criminalisation": N_("Criminalisation: young people are treated as a problem"),
}  # fmt: skip
"""What an action may do besides what it is meant to."""

OPEN, DONE, DROPPED = "open", "done", "dropped"
STATE_LABELS = {OPEN: N_("To do"), DONE: N_("Done"), DROPPED: N_("Dropped")}

LONGEST, LONGEST_LINE, LATEST_DAYS = 400, 120, 730

FIELD_LABELS = {
    "action": N_("What is done"), "owner": N_("Who does it (a role)"), "agency": N_("Agency"),
    "reference": N_("Reference, if there is one"),
    "outcome": N_("What came of it"), **UNINTENDED,
}  # fmt: skip


@dataclass(frozen=True)
class Details:
    """One action. `lever` is a key of `LEVERS`, `reference` the licence's or the works' number; what else it may do may be left open."""

    action: str
    aimed_at: str
    intention: str
    owner: str
    agency: str
    due_on: date
    goal_id: str = ""
    lever: str = ""
    reference: str = ""
    displacement: str = ""
    exclusion: str = ""
    criminalisation: str = ""

    def tidied(self) -> Details:
        """Return the same without spaces and line breaks that say nothing."""
        return free_text.tidied(self)


def check(details: Details, places: frozenset[str] = frozenset()) -> None:
    """Raise the first thing that is wrong with an action, in words."""
    if not details.action:
        raise DataProblem("Say what is done.")
    if details.aimed_at not in AIMED_AT:
        raise DataProblem("Say whom it is aimed at: the place or a system, adults who cause harm, or children.")
    if details.intention not in INTENTIONS:
        raise DataProblem("Say with what intention it is done.")
    if not (details.owner and details.agency):
        raise DataProblem("Say who does it, by role, and for which agency.")
    if details.lever not in LEVERS:
        raise DataProblem("Choose the lever from the list, or none.")
    if details.aimed_at == CHILDREN and not all(getattr(details, name) for name in UNINTENDED):
        raise DataProblem(
            "An action aimed at children has to say what else it may do: move harm on, shut young people out, treat them as a problem."
        )
    texts = {name: getattr(details, name) for name in ("action", *UNINTENDED)}
    check_texts(texts, LONGEST, places, FIELD_LABELS)
    lines = {name: getattr(details, name) for name in ("owner", "agency", "reference")}
    roles = frozenset({FIELD_LABELS["owner"], FIELD_LABELS["agency"]})
    given = {FIELD_LABELS[name]: (text, LONGEST_LINE) for name, text in lines.items()}
    free_text.check(given, places=places, of_a_role=roles)


def warnings(details: Details) -> list[str]:
    """Say what to think of again before an action is agreed; it forbids nothing."""
    said = []
    if details.aimed_at == CHILDREN:
        said.append(_("This is aimed at children. Could the place, a system or an adult who causes harm be changed instead?"))
    if details.aimed_at == CHILDREN and details.intention in ("disrupt", "enforce"):
        said.append(_("It would disrupt or enforce against children who may be harmed there."))
    if not all(getattr(details, name) for name in UNINTENDED):
        said.append(_("Not thought through yet: whether harm moves, young people are shut out, or are treated as a problem."))
    return said


def keep(
    register: Register, reader: access.Reader, assessment_id: str, details: Details, *, action_id: str = "", seen: int = 0, today: date,
    places: frozenset[str] = frozenset(), origin: str,
) -> str:  # fmt: skip
    """Keep an action of the plan, and return its id; without an id it is new."""
    access.check_keep_assessments(reader)
    details = details.tidied()
    check(details, places)
    if not (action_id or today <= details.due_on) or details.due_on > today + timedelta(days=LATEST_DAYS):
        raise DataProblem("Give a day from today on, within two years, by which it is done.")
    audit = AuditEvent(reader.name, "action agreed", "the plan of an assessment", origin, assessment_id)
    new = action_id or new_id()
    lever = json.dumps({"lever": details.lever, "reference": details.reference}, sort_keys=True)
    unintended = json.dumps({name: getattr(details, name) for name in UNINTENDED}, sort_keys=True)
    same = {name: getattr(details, name) for name in ("goal_id", "action", "aimed_at", "intention", "owner", "agency", "due_on")}
    values = {"assessment_id": assessment_id, "lever": lever, "unintended": unintended, "state": OPEN, "outcome": "", "done_on": None}

    def work(connection: sa.Connection) -> None:
        _check_at(connection, assessment_id, CONFERENCE, ACTING)
        if details.goal_id:
            goal = revisions.row_of(connection, schema.goals, details.goal_id)
            if goal is None or goal["assessment_id"] != assessment_id or goal["state"] == "withdrawn":
                raise DataProblem("The goal that this action is for is not one of this assessment. Choose it again.")
        revisions.add(connection, schema.actions, new, seen, values | same | {"act": "agreed"}, audit=audit, otherwise=revisions.changed())

    register.write(audit, work)
    return new


def finish(
    register: Register, reader: access.Reader, action_id: str, *, state: str, outcome: str, on: date, seen: int, today: date,
    places: frozenset[str] = frozenset(), origin: str,
) -> None:  # fmt: skip
    """Write down that an action is done, or is dropped, and what came of it."""
    access.check_keep_assessments(reader)
    outcome = free_text.tidy(outcome)
    if state not in (DONE, DROPPED):
        raise DataProblem("Say whether the action is done or dropped.")
    if not outcome:
        raise DataProblem("Say what came of it, or why it was dropped.")
    check_done_on(on, today)
    check_texts({"outcome": outcome}, LONGEST, places, FIELD_LABELS)
    audit = AuditEvent(reader.name, f"action {state}", "a step of the plan", origin, action_id)

    def work(connection: sa.Connection) -> None:
        missing = DataProblem("This action is not in the list. Choose it again.")
        row = revisions.stands(connection, schema.actions, action_id, missing=missing)
        _check_at(connection, row["assessment_id"], GATHERING, WEIGHING, CONFERENCE, ACTING, REVIEWING)
        changes = {"state": state, "outcome": outcome, "done_on": on, "act": state}
        revisions.again(connection, schema.actions, row, seen, changes, audit=audit, otherwise=revisions.changed())

    register.write(audit, work)


def newest(register: Register) -> pd.DataFrame:
    """Return the row that counts of each action, indexed by its id, with the columns of the table `action`."""
    return revisions.newest(register, schema.actions)


def by_aim(rows: pd.DataFrame) -> dict[str, int]:
    """Count the actions that stand by whom they are aimed at: every aim, also those of none."""
    counted = rows.loc[rows["state"] != DROPPED, "aimed_at"].value_counts()
    return {aim: int(counted.get(aim, 0)) for aim in AIMED_AT}


def aimed_at_children(rows: pd.DataFrame) -> str:
    """Say how many of the actions are aimed at children; empty where none is."""
    counted = by_aim(rows)
    if not counted[CHILDREN]:
        return ""
    return ngettext(
        "{count} of {all} actions is aimed at children. The place and the adults who cause harm come first.",
        "{count} of {all} actions are aimed at children. The place and the adults who cause harm come first.",
        counted[CHILDREN], all=sum(counted.values()),
    )  # fmt: skip


def lever_of(row: Any) -> tuple[str, str]:
    """Return the lever of an action and its reference."""
    said = json.loads(row["lever"] or "{}")
    return said.get("lever", ""), said.get("reference", "")


def unintended_of(row: Any) -> dict[str, str]:
    """Return what else an action may do, as far as that was thought through."""
    said = json.loads(row["unintended"] or "{}")
    return {name: said[name] for name in UNINTENDED if said.get(name)}


def _check_at(connection: sa.Connection, assessment_id: str, *states: str) -> None:
    if assessment_rows.stands(connection, assessment_id)["status"] not in states:
        raise DataProblem("Actions are agreed at the context conference and while they are done. Move the assessment to that step first.")
