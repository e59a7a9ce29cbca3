"""An action says whom it is aimed at, why, who does it and what else it may do; those aimed at children are warned of and counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from spaces import actions, goals
from spaces.access import Reader, Role
from spaces.revisions import ChangedMeanwhile
from tests.spaces.conftest import PANEL
from tests.spaces.test_assessments import NOW, _at, _move, the_day
from words import DataProblem

__all__ = ["the_day"]

O = {"origin": "tests"}  # noqa: E741
MEND = actions.Details(
    "Mend the lamps", "place", "change", "street lighting lead", "Highways", NOW + timedelta(28), lever="works", reference="SL-7"
)
THOUGHT = {"displacement": "To the canal.", "exclusion": "Some would stay away.", "criminalisation": "Searches may follow."}
AT_CHILDREN = replace(MEND, aimed_at="children", intention="enforce", **THOUGHT)


def _keep(register, planned, details=MEND, **more):
    return actions.keep(register, PANEL, planned, details, today=NOW, **O, **more)


def test_an_action_is_kept_with_all_it_says(register):
    planned = _at(register, "conference")
    goal_id = goals.keep(register, PANEL, planned, "The lights work.", "Lamps lit", **O)
    action_id = _keep(register, planned, replace(MEND, goal_id=goal_id, displacement="  To the canal. "))
    row = actions.newest(register).loc[action_id]
    assert row[["action", "aimed_at", "intention", "owner", "agency", "goal_id", "state"]].tolist() == [
        "Mend the lamps", "place", "change", "street lighting lead", "Highways", goal_id, "open",
    ]  # fmt: skip
    assert actions.lever_of(row) == ("works", "SL-7")
    assert actions.unintended_of(row) == {"displacement": "To the canal."}
    assert row["due_on"] == NOW + timedelta(28)


REFUSED = {
    "nothing": ({"action": " "}, "Say what is done"),
    "at nobody": ({"aimed_at": ""}, "Say whom it is aimed at"),
    "at whom": ({"aimed_at": "youths"}, "Say whom it is aimed at"),
    "no intention": ({"intention": ""}, "Say with what intention"),
    "no owner": ({"owner": ""}, "Say who does it"),
    "no agency": ({"agency": ""}, "for which agency"),
    "no such lever": ({"lever": "magic"}, "Choose the lever"),
    "yesterday": ({"due_on": NOW - timedelta(1)}, "from today on"),
    "in three years": ({"due_on": NOW + timedelta(1_000)}, "within two years"),
    "a person": ({"owner": "Kayleigh Price"}, "looks like a person's name"),
    "a first name": ({"owner": "Kayleigh"}, "looks like a person's name"),
    "a child": ({"action": "Kayleigh Price is watched."}, "looks like a person's name"),
    "too long": ({"displacement": "x" * 401}, "Keep it under 400"),
    "children, not thought through": ({"aimed_at": "children"}, "has to say what else it may do"),
    "children, half thought through": ({"aimed_at": "children", **THOUGHT, "exclusion": ""}, "has to say what else it may do"),
    "no such goal": ({"goal_id": "none"}, "not one of this assessment"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_an_action_that_lacks_something_is_refused_in_words(register, what):
    change, said = REFUSED[what]
    planned = _at(register, "conference")
    with pytest.raises(DataProblem, match=said):
        _keep(register, planned, replace(MEND, **change))
    assert actions.newest(register).empty


def test_an_action_aimed_at_children_is_warned_of_twice_where_it_enforces():
    assert len(actions.warnings(AT_CHILDREN)) == 2
    assert len(actions.warnings(replace(AT_CHILDREN, intention="support"))) == 1
    assert actions.warnings(replace(MEND, **THOUGHT)) == []
    assert "Not thought through yet" in actions.warnings(MEND)[0]


@pytest.mark.parametrize(
    ("aims", "said"),
    [
        ([], ""), (["place"], ""), (["place", "children"], "1 of 2 actions is aimed at children."),
        (["children"] * 2, "2 of 2 actions are aimed at children."),
    ],
)  # fmt: skip
def test_actions_aimed_at_children_are_counted_among_all_that_stand(aims, said):
    rows = pd.DataFrame({"aimed_at": [*aims, "children"], "state": [*["open"] * len(aims), "dropped"]})
    assert actions.aimed_at_children(rows).startswith(said)
    assert bool(actions.aimed_at_children(rows)) is bool(said)
    assert list(actions.by_aim(rows)) == list(actions.AIMED_AT)
    assert sum(actions.by_aim(rows).values()) == len(aims)


def test_an_action_is_done_or_dropped_with_what_came_of_it(register):
    planned = _at(register, "acting")
    action_id = actions.newest(register).index[0]
    for change, said in [
        ({"state": "open"}, "done or dropped"),
        ({"outcome": ""}, "what came of it"),
        ({"on": NOW + timedelta(1)}, "to come"),
    ]:
        given = {"state": "done", "outcome": "Ten lamps mended.", "on": NOW} | change
        with pytest.raises(DataProblem, match=said):
            actions.finish(register, PANEL, action_id, seen=1, today=NOW, **O, **given)
    actions.finish(register, PANEL, action_id, seen=1, state="done", outcome="Ten lamps mended.", on=NOW, today=NOW, **O)
    row = actions.newest(register).loc[action_id]
    assert row[["state", "outcome", "done_on", "action"]].tolist() == ["done", "Ten lamps mended.", NOW, "Mend the lamps"]
    with pytest.raises(ChangedMeanwhile):
        actions.finish(register, PANEL, action_id, seen=1, state="dropped", outcome="No.", on=NOW, today=NOW, **O)
    _keep(register, planned, replace(MEND, action="Cut the hedge"))
    assert len(actions.newest(register)) == 2


def test_a_plan_of_dropped_actions_is_no_plan(register):
    planned = _at(register, "acting")
    _move(register, planned, "conference", reason="The works cannot.")
    action_id = actions.newest(register).index[0]
    actions.finish(register, PANEL, action_id, seen=1, state="dropped", outcome="The works cannot.", on=NOW, today=NOW, **O)
    with pytest.raises(DataProblem, match="Agree at least one action"):
        _move(register, planned, "acting")


@pytest.mark.parametrize("state", ["gathering", "weighing"])
def test_an_action_goes_on_and_is_done_though_its_assessment_went_back(register, state):
    planned = _at(register, "acting")
    _move(register, planned, state, reason="More is asked.")
    action_id = actions.newest(register).index[0]
    actions.finish(register, PANEL, action_id, seen=1, state="done", outcome="Lit.", on=NOW, today=NOW, **O)
    assert actions.newest(register).loc[action_id, "state"] == "done"


@pytest.mark.parametrize("state", ["planned", "gathering", "weighing", "reviewing", "closed"])
def test_actions_are_agreed_at_the_conference_and_while_they_are_done(register, state):
    planned = _at(register, state)
    with pytest.raises(DataProblem, match="Actions are agreed at the context conference"):
        _keep(register, planned)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PANEL_MEMBER])
def test_only_the_panel_agrees_actions(register, role):
    with pytest.raises(DataProblem, match="panel members"):
        actions.keep(register, Reader("B. Smith", role), "any", MEND, today=NOW, **O)
