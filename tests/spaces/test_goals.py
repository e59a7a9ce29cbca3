"""At most five goals, each with what would show it; one that says what there will not be is warned of, and not forbidden."""

from __future__ import annotations

import pytest

from spaces import goals
from spaces.access import Reader, Role
from spaces.revisions import ChangedMeanwhile
from tests.spaces.conftest import PANEL
from tests.spaces.test_assessments import _at, _move, the_day
from words import DataProblem

__all__ = ["the_day"]

O = {"origin": "tests"}  # noqa: E741
LIT = ("The lights along the way home work.", "Lamps lit after dark")


def _keep(register, planned, goal=LIT[0], shown=LIT[1], **more):
    return goals.keep(register, PANEL, planned, goal, shown, **O, **more)


def test_a_goal_is_kept_with_its_measure_and_measured_afterwards(register):
    planned = _at(register, "acting")
    goal_id = goals.newest(register).index[0]
    with pytest.raises(DataProblem, match="Say what was found"):
        goals.measure(register, PANEL, goal_id, state="reached", found=" ", seen=1, **O)
    with pytest.raises(DataProblem, match="reached, partly reached or not reached"):
        goals.measure(register, PANEL, goal_id, state="agreed", found="Nine of ten lamps.", seen=1, **O)
    goals.measure(register, PANEL, goal_id, state="partly", found="Nine of ten lamps.", seen=1, **O)
    row = goals.newest(register).loc[goal_id]
    assert row[["assessment_id", "state", "found", "shown_by"]].tolist() == [
        planned,
        "partly",
        "Nine of ten lamps.",
        "Lamps lit after dark",
    ]


@pytest.mark.parametrize(
    ("goal", "shown", "said"),
    [
        ("", "x", "Choose a goal"), (" ", "x", "Choose a goal"), (LIT[0], "", "A goal without a measure is only a wish"),
        (LIT[0], " \n", "A goal without a measure is only a wish"), ("x" * 301, "y", "Keep it under 300"),
        ("Kayleigh Price is safe.", "y", "looks like a person's name"), (LIT[0], "Ring 07700 900123", "looks like a telephone number"),
    ],
)  # fmt: skip
def test_a_goal_without_words_or_a_measure_is_refused(register, goal, shown, said):
    planned = _at(register, "conference")
    with pytest.raises(DataProblem, match=said):
        _keep(register, planned, goal, shown)
    assert goals.newest(register).empty


def test_there_are_at_most_five_and_one_that_is_withdrawn_makes_room(register):
    planned = _at(register, "conference")
    ids = [_keep(register, planned, f"Goal {number}") for number in range(5)]
    with pytest.raises(DataProblem, match="There are 5 goals already"):
        _keep(register, planned, "Goal 6")
    _keep(register, planned, "Goal 1 said better", goal_id=ids[0], seen=1)
    goals.withdraw(register, PANEL, ids[4], seen=1, **O)
    _keep(register, planned, "Goal 6")
    standing = goals.newest(register).query("state != 'withdrawn'").sort_values("place")
    assert standing["goal"].tolist() == ["Goal 1 said better", "Goal 1", "Goal 2", "Goal 3", "Goal 6"]


def test_of_two_who_change_a_goal_at_once_the_second_is_told(register):
    planned = _at(register, "conference")
    goal_id = _keep(register, planned)
    _keep(register, planned, "The first", goal_id=goal_id, seen=1)
    with pytest.raises(ChangedMeanwhile, match="still in the form"):
        _keep(register, planned, "The second", goal_id=goal_id, seen=1)
    assert goals.newest(register).loc[goal_id, "goal"] == "The first"


@pytest.mark.parametrize("state", ["planned", "gathering", "weighing", "acting", "reviewing", "closed"])
def test_goals_are_agreed_at_the_conference_and_nowhere_else(register, state):
    planned = _at(register, state)
    before = len(goals.newest(register))
    with pytest.raises(DataProblem, match="Goals are agreed at the context conference"):
        _keep(register, planned)
    assert len(goals.newest(register)) == before


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PANEL_MEMBER])
def test_only_the_panel_agrees_goals(register, role):
    with pytest.raises(DataProblem, match="panel members"):
        goals.keep(register, Reader("B. Smith", role), "any", *LIT, **O)


def test_a_goal_that_is_withdrawn_counts_for_no_step(register):
    planned = _at(register, "acting")
    _move(register, planned, "conference", reason="The goal was not theirs.")
    goals.withdraw(register, PANEL, goals.newest(register).index[0], seen=1, **O)
    with pytest.raises(DataProblem, match="Agree at least one goal"):
        _move(register, planned, "acting")


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        ("Stop young people gathering.", ["stop"]), ("Reduce antisocial behaviour", ["reduce"]), ("There are no more fights", ["no more"]),
        ("Preventing harm", ["preventing"]), ("FEWER calls", ["fewer"]), ("Young people are not moved on", ["moved on", "not"]),
        ("Ban groups and remove the benches", ["ban", "remove"]), ("A place without fear", ["without"]),
        ("Young people feel safe at the bus stop.", []), ("The park is open at the end of the day.", []), ("The north path is lit.", []),
        ("Nobody is left waiting alone", []), ("", []),
    ],
)  # fmt: skip
def test_what_says_what_there_will_not_be_is_warned_of_with_what_to_say_instead(goal, words):
    assert [word for word, _instead in goals.negative_wording(goal)] == words
    assert all("Say wh" in warning for warning in goals.warnings(goal))
    assert len(goals.warnings(goal)) == len(words)


def test_a_negative_goal_is_kept_all_the_same(register):
    planned = _at(register, "conference")
    assert _keep(register, planned, "Stop the fights") in goals.newest(register).index


def test_the_bank_is_positive_has_measures_and_names_nobody(register):
    assert len(goals.BANK) == len({statement for statement, _measure in goals.BANK}) == 15
    planned = _at(register, "conference")
    for statement, measure in goals.BANK:
        assert goals.negative_wording(statement) == []
        goal_id = _keep(register, planned, statement, measure)
        goals.withdraw(register, PANEL, goal_id, seen=1, **O)
