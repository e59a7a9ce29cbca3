"""An assessment goes from the plan to young people's verdict; two who write at once both keep their work; nobody's name comes in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import count, product
from typing import Any

import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from spaces import actions, assessing, assessment_rows, assessments, days, goals, observations, prompts, space, space_changes
from spaces.access import Reader, Role
from spaces.assessing import STATES, Has, Late
from spaces.assessments import Conference, Verdict, Voices, Weighed
from spaces.audit import as_if_on
from spaces.register import open_register
from spaces.revisions import ChangedMeanwhile
from tests.spaces.conftest import PANEL
from words import DataProblem

TODAY = date(2025, 3, 1)
NOW = date(2026, 11, 2)
YOUTH, OFFICER = Reader("Y. Worker", Role.YOUTH_WORKER), Reader("O. Fficer", Role.COMMUNITY_SAFETY_OFFICER)
OTHER_PANEL = Reader("C. Hair", Role.PANEL_MEMBER)
SOUND = {"lead": "Youth team", "why": "Harm repeats after dark.", "begin_by": TODAY + timedelta(days=30)}
PARK = {
    "name": "Lockside Park", "kind": "park", "feature_id": "way/1", "boundary": shapely.box(497_000, 180_000, 497_100, 180_100),
    "today": TODAY, "data_version": "abc123", "origin": "tests",
}  # fmt: skip
O = {"origin": "tests"}  # noqa: E741

REFUSED = {
    "nobody leads": ({"lead": ""}, "Say who leads the assessment"),
    "blank leads": ({"lead": " \n\t"}, "Say who leads the assessment"),
    "no reason": ({"why": ""}, "Say why this place"),
    "blank reason": ({"why": "   "}, "Say why this place"),
    "long lead": ({"lead": "x" * 2_001}, "Keep it under 2000 characters"),
    "long reason": ({"why": "x" * 2_001}, "Keep it under 2000 characters"),
    "yesterday": ({"begin_by": TODAY - timedelta(days=1)}, "The start date has passed. Choose today or later."),
    "after a year": ({"begin_by": TODAY + timedelta(days=366)}, "more than a year away. Choose one within the year."),
    "a child named": ({"why": "Kayleigh Price was hurt there."}, "looks like a person's name"),
    "a person leads": ({"lead": "Kayleigh Price"}, "looks like a person's name"),
}
SOUND_AT_THE_EDGE = {
    "today": {"begin_by": TODAY},
    "in a year": {"begin_by": TODAY + timedelta(days=365)},
    "as long as may be": {"lead": "x" * 2_000, "why": "y" * 2_000},
    "one letter": {"lead": "x", "why": "y"},
}
FULL = Has(
    answered=frozenset(prompts.HEADINGS), weighed=True, conferred=True, goals=3, actions=2, answered_again=frozenset(prompts.HEADINGS),
    heard=True, heard_again=True, observed=True, observed_again=True, verdict="better",
)  # fmt: skip
"""What lets an assessment move to every step."""


@pytest.fixture(autouse=True)
def the_day(stop_the_clock):
    """Have the register write down when something was done by the day that these tests are on."""
    return stop_the_clock(NOW)


def _plan(register, **changes):
    return assessments.plan(register, PANEL, **PARK | changes, **SOUND)


def _version(register, planned):
    return int(assessments.newest(register).loc[planned, "version"])


def _move(register, planned, to, reader=PANEL, seen=None, **more):
    assessments.move(register, reader, planned, to, seen=seen or _version(register, planned), **O, **more)


def _answer(register, planned, prompt="good", text="They meet friends here.", seen=None, source="voices", **more):
    seen = seen or _version(register, planned)
    assessments.answer(register, PANEL, planned, prompt, seen=seen, text=text, source=source, **O, **more)


def _answer_all(register, planned):
    for prompt in ("good", "who_cares", "ways"):
        _answer(register, planned, prompt)


def _at(register, state):
    """Return an assessment that has come to a state, with no more than it needs."""
    planned = _plan(register)
    steps = {
        "gathering": lambda: None,
        "weighing": lambda: _answer_all(register, planned),
        "conference": lambda: _weigh(register, planned),
        "acting": lambda: _agree(register, planned),
        "reviewing": lambda: _answer_all(register, planned),
        "closed": lambda: _end(register, planned),
    }
    for to, prepare in steps.items():
        if state == "planned" or STATES.index(to) > STATES.index(state):
            break
        prepare()
        _move(register, planned, to)
    return planned


def _weigh(register, planned, *what, seen=None, dissent=""):
    weighed = [Weighed(*one) for one in what or [("The light on the north path", "Everything else waits for it.")]]
    assessments.weigh(register, PANEL, planned, weighed, dissent=dissent, seen=seen or _version(register, planned), **O)


def _confer(register, planned, seen=None, **changes):
    held = replace(Conference(NOW, "Youth team; parks; school", "Light first", NOW + timedelta(90)), **changes)
    assessments.confer(register, PANEL, planned, held, seen=seen or _version(register, planned), today=NOW, **O)


def _agree(register, planned):
    _confer(register, planned)
    goals.keep(register, PANEL, planned, "The lights along the way home work.", "Lamps lit after dark", **O)
    details = actions.Details("Mend the lamps", "place", "change", "street lighting lead", "Highways", NOW + timedelta(30))
    actions.keep(register, PANEL, planned, details, today=NOW, **O)


def _verdict(register, planned, said="better", reader=YOUTH, seen=None, **changes):
    verdict = Verdict(**{"said": said, "on": NOW, "how_many": 6, "asked_how": "In the group that began it"} | changes)
    assessments.hear_verdict(register, reader, planned, verdict, seen=seen or _version(register, planned), today=NOW, **O)


def _end(register, planned, said="better"):
    """Give what an assessment needs to be closed: goals measured, actions done, young people's verdict."""
    _settle(register, planned)
    _verdict(register, planned, said)


def _settle(register, planned):
    for goal_id, row in goals.newest(register).query("assessment_id == @planned and state == 'agreed'").iterrows():
        goals.measure(register, PANEL, goal_id, state="reached", found="Nine of ten lamps.", seen=int(row["version"]), **O)
    for action_id, row in actions.newest(register).query("assessment_id == @planned and state == 'open'").iterrows():
        done = {"state": "done", "outcome": "Lit.", "on": NOW, "today": NOW}
        actions.finish(register, PANEL, action_id, seen=int(row["version"]), **done, **O)


# The plan.


@pytest.mark.parametrize("what", REFUSED)
def test_a_plan_that_lacks_something_is_refused_and_nothing_is_saved(register, what):
    change, said = REFUSED[what]
    with pytest.raises(DataProblem, match=said):
        assessments.check_plan(**SOUND | change, today=TODAY)
    with pytest.raises(DataProblem, match=said):
        assessments.plan(register, PANEL, **PARK, **SOUND | change)
    assert register.assessments().empty
    assert register.audit_trail().empty


@pytest.mark.parametrize("what", SOUND_AT_THE_EDGE)
def test_a_plan_at_the_edge_is_sound(register, what):
    assessments.check_plan(**SOUND | SOUND_AT_THE_EDGE[what], today=TODAY)
    assessments.plan(register, PANEL, **PARK, **SOUND | SOUND_AT_THE_EDGE[what])
    assert len(register.assessments()) == 1


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PANEL_MEMBER])
def test_only_the_panel_plans_and_nothing_is_saved_for_another(register, role):
    with pytest.raises(DataProblem, match="Assessments are planned by panel members"):
        assessments.plan(register, Reader("B. Smith", role), **PARK, **SOUND | {"lead": ""})
    assert register.audit_trail().empty


def test_a_plan_is_saved_with_who_when_and_what_it_was_read_from(register, the_day):
    planned = assessments.plan(register, PANEL, **PARK, **SOUND | {"lead": "  Youth team ", "why": " Harm repeats.\n"})
    row = register.assessments().loc[planned]
    assert row[["name", "kind", "feature_id", "status"]].tolist() == ["Lockside Park", "park", "way/1", "planned"]
    assert row[["lead", "why", "begin_by", "data_version"]].tolist() == ["Youth team", "Harm repeats.", SOUND["begin_by"], "abc123"]
    assert row["status"] in assessments.STATUS_LABELS
    trail = register.audit_trail()
    assert trail["action"].tolist() == ["assessment planned"]
    assert set(trail["actor"]) == {PANEL.name}
    assert trail["subject"].tolist() == [row["space_id"]]
    assert set(trail["origin"]) == {"tests"}
    assert row["planned_at"] == row["moved_at"] == trail["happened_at"].iloc[0] == the_day


def test_a_place_is_assessed_again_only_after_the_first_is_closed(register):
    first = _at(register, "reviewing")
    with pytest.raises(DataProblem, match="planned already, led by Youth team"):
        _plan(register)
    _end(register, first)
    _move(register, first, "closed")
    second = _plan(register)
    found = register.assessments()
    assert set(found.index) == {first, second}
    assert len(set(found["space_id"])) == 1


@pytest.mark.parametrize("closed", [False, True])
def test_a_plan_that_is_refused_leaves_the_place_as_it_was(register, closed):
    details = space.Details("Lockside Park", "park", "young people", PARK["boundary"], "way/1")
    space_id = space.raise_space(register, PANEL, details, today=TODAY, **O)
    assessments.plan_of(register, PANEL, space_id, **SOUND, today=TODAY, data_version="", **O)
    if closed:
        _close_place(register, space_id)
    before = space.history(register, space_id)
    with pytest.raises(DataProblem, match="planned already"):
        _plan(register)
    assert_frame_equal(space.history(register, space_id), before)


def _place(register, feature_id):
    details = space.Details("Steps", "park", "young people", PARK["boundary"], feature_id)
    return space.raise_space(register, PANEL, details, today=TODAY, **O)


def _close_place(register, space_id):
    seen = int(space.newest(register).loc[space_id, "version"])
    space_changes.set_status(register, PANEL, space_id, status="closed", why="Nothing is recorded.", seen=seen, **O)


def _merge(register, space_id, into):
    seen = space.newest(register)["version"]
    both = {"seen": int(seen[space_id]), "seen_into": int(seen[into])}
    space_changes.merge(register, PANEL, space_id, into=into, why="One park.", **both, **O)


def test_a_place_that_became_part_of_another_is_assessed_as_that_and_once(register):
    gone, into = _place(register, "way/7"), _place(register, "way/8")
    _merge(register, gone, into)
    plan = {**SOUND, "today": TODAY, "data_version": "", **O}
    first = assessments.plan_of(register, PANEL, gone, **plan)
    assert assessments.newest(register).loc[first, "space_id"] == into
    for other in (gone, into):
        with pytest.raises(DataProblem, match="planned already"):
            assessments.plan_of(register, PANEL, other, **plan)


def test_of_two_assessments_of_a_place_the_one_that_has_come_least_far_decides(register):
    acting = _at(register, "acting")
    (into,) = space.newest(register).index
    other = _place(register, "way/8")
    closing = assessments.plan_of(register, PANEL, other, **SOUND, today=TODAY, data_version="", **O)
    _merge(register, other, into)

    def stands():
        return space.newest(register).loc[into, "status"]

    assert stands() == "acting", "one that is only planned decides nothing"
    _through(register, closing, "reviewing", {"gathering": "understood", "acting": "acting"}, stands)
    _end(register, closing)
    _move(register, closing, "closed")
    assert stands() == "acting"
    _answer_all(register, acting)
    _move(register, acting, "reviewing")
    _end(register, acting)
    _move(register, acting, "closed")
    assert stands() == "watching"


def _through(register, planned, last, expected, stands):
    """Take an assessment on to a state, and look at its place on the way."""
    prepare = {"weighing": _answer_all, "conference": _weigh, "acting": _agree, "reviewing": _answer_all}
    for to in STATES[1 : STATES.index(last) + 1]:
        prepare.get(to, lambda *_: None)(register, planned)
        _move(register, planned, to)
        assert stands() == expected.get(to, stands())


def test_a_place_that_is_closed_is_opened_by_a_decision_with_its_reason_and_not_by_the_way(register):
    planned = _plan(register)
    space_id = assessments.newest(register).loc[planned, "space_id"]
    _close_place(register, space_id)
    for refused in (
        lambda: _move(register, planned, "gathering"),
        lambda: assessments.plan_of(register, PANEL, space_id, **SOUND, today=TODAY, data_version="", **O),
    ):
        with pytest.raises(DataProblem, match="“Lockside Park” is closed"):
            refused()
    assert assessments.newest(register).loc[planned, "status"] == "planned"
    assert space.newest(register).loc[space_id, "status"] == "closed"


def test_a_place_that_was_closed_stays_so_when_its_assessment_is_closed_too(register):
    planned = _at(register, "reviewing")
    (space_id,) = space.newest(register).index
    _end(register, planned)
    _close_place(register, space_id)
    _move(register, planned, "closed")
    assert space.newest(register).loc[space_id, "status"] == "closed"


def test_a_place_drawn_by_hand_has_no_feature_and_is_a_space_of_its_own(register):
    for _time in range(2):
        _plan(register, feature_id=None)
    assert register.assessments()["space_id"].nunique() == 2


# The steps, as a truth table.


NEEDS: dict[str, dict[str, Any]] = {
    "gathering": {},
    "weighing": {"answered": (frozenset(list(prompts.HEADINGS)[:2]), "Nothing is written yet under “Environment, resources and systems”")},
    "conference": {"weighed": (False, "Weigh first")},
    "acting": {
        "conferred": (False, "Write down the context conference first"), "goals": (0, "Agree at least one goal"),
        "without_measure": (1, "A goal has no measure"), "actions": (0, "Agree at least one action"),
    },
    "reviewing": {
        "answered_again": (frozenset(list(prompts.HEADINGS)[1:]), "“Young people's strengths and needs” was asked a second time"),
        "heard_again": (False, "Hear them again in the same way"), "observed_again": (False, "Observe it again at the same hours"),
    },
    "closed": {
        "verdict": ("", "Ask young people first"), "unmeasured": (2, "Goals not measured yet: 2."), "to_do": (1, "Actions still to do: 1."),
    },
}  # fmt: skip
"""What each step needs: without it, the sentence that is said."""

LACKS = [(to, what) for to, needs in NEEDS.items() for what in needs]


def _can_move(state, to, role, has):
    try:
        assessing.check_move(state, to, role, has)
    except DataProblem:
        return False
    return True


def test_every_pair_of_states_is_one_step_on_or_a_step_back_or_refused():
    for state, to in product(STATES, STATES):
        allowed = to == assessing.next_of(state) or (STATES.index(to) < STATES.index(state) and to != "planned")
        assert _can_move(state, to, Role.PANEL_MEMBER, FULL) is allowed, (state, to)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PANEL_MEMBER] + ["panel_member", ""])
def test_nobody_but_the_panel_moves_anything(role):
    for state, to in product(STATES, STATES):
        assert not _can_move(state, to, role, FULL)
    with pytest.raises(DataProblem, match="moved on by panel members"):
        assessing.check_move("planned", "gathering", role, FULL)


@pytest.mark.parametrize(("to", "what"), LACKS)
def test_a_step_is_refused_without_each_thing_it_needs_in_words_that_say_what(to, what):
    state = STATES[STATES.index(to) - 1]
    value, said = NEEDS[to][what]
    has = replace(FULL, **{what: value})
    assert not _can_move(state, to, Role.PANEL_MEMBER, has)
    with pytest.raises(DataProblem) as caught:
        assessing.check_move(state, to, Role.PANEL_MEMBER, has)
    assert said in str(caught.value)


@pytest.mark.parametrize("goals_agreed", range(8))
def test_from_one_to_five_goals_can_be_acted_on(goals_agreed):
    has = replace(FULL, goals=goals_agreed)
    assert _can_move("conference", "acting", Role.PANEL_MEMBER, has) is (1 <= goals_agreed <= 5)


def test_what_was_never_done_the_first_time_need_not_be_done_again():
    never = replace(FULL, heard=False, heard_again=False, observed=False, observed_again=False)
    assert _can_move("acting", "reviewing", Role.PANEL_MEMBER, never)


@pytest.mark.parametrize(
    ("verdict", "approved", "closes"),
    [
        ("better", False, True), ("same", False, True), ("worse", False, True), ("not_asked", False, False), ("not_asked", True, True),
        ("", True, False),
    ],
)  # fmt: skip
def test_only_young_peoples_verdict_closes_or_a_reason_that_another_approved(verdict, approved, closes):
    has = replace(FULL, verdict=verdict, reason_approved=approved)
    assert _can_move("reviewing", "closed", Role.PANEL_MEMBER, has) is closes


def test_an_empty_assessment_goes_no_further_than_gathering(register):
    planned = _plan(register)
    _move(register, planned, "gathering")
    with pytest.raises(DataProblem, match="Nothing is written yet under “Young people's strengths and needs”"):
        _move(register, planned, "weighing")
    assert assessments.newest(register).loc[planned, "status"] == "gathering"
    assert assessments.newest(register).loc[planned, "sections"] == ""


@given(st.lists(st.sampled_from(STATES), max_size=12))
def test_no_way_of_moving_skips_a_step(asked):
    state, furthest = "planned", 0
    for to in asked:
        if _can_move(state, to, Role.PANEL_MEMBER, FULL):
            assert STATES.index(to) <= furthest + 1
            state, furthest = to, max(furthest, STATES.index(to))


def test_it_goes_all_the_way_and_every_step_is_in_the_trail(register):
    planned = _at(register, "closed")
    assert assessments.newest(register).loc[planned, "status"] == "closed"
    moved = assessments.history(register, planned).query("act == 'moved'")["status"].tolist()[::-1]
    assert moved == list(STATES[1:])
    trail = register.audit_trail()
    assert trail["reason"][trail["action"] == "assessment moved"].tolist() == [f"to {state}" for state in STATES[1:]]
    assert not trail.to_csv().count("north path")
    register.check_audit()


def test_the_place_goes_along_and_is_watched_when_its_assessment_is_closed(register):
    planned = _at(register, "closed")
    space_id = assessments.newest(register).loc[planned, "space_id"]
    assert space.history(register, space_id)["status"].tolist() == ["watching", "acting", "understood", "noticed"]


def test_going_back_needs_a_reason_and_loses_nothing(register):
    planned = _at(register, "conference")
    with pytest.raises(DataProblem, match="Say why the assessment goes back"):
        _move(register, planned, "gathering")
    _move(register, planned, "gathering", reason="The school was not asked.")
    row = assessments.newest(register).loc[planned]
    assert (row["status"], row["reason"]) == ("gathering", "The school was not asked.")
    assert row["weighting"]
    assert set(assessment_rows.loaded(row["sections"])["first"]) == {"good", "who_cares", "ways"}
    _answer(register, planned, "rules")
    assert assessments.newest(register).loc[planned, "reason"] == "", "a reason is its own step's"


# What is written.


def test_an_answer_is_kept_with_its_source_and_can_be_taken_back(register):
    planned = _at(register, "gathering")
    _answer(register, planned, text="  Seats  and\nshelter. ", source="observation")
    said = assessment_rows.loaded(assessments.newest(register).loc[planned, "sections"])["first"]
    assert said == {"good": {"answer": "Seats and shelter.", "source": "observation", "not_known": False}}
    _answer(register, planned, text="", source="", not_known=True)
    said = assessment_rows.loaded(assessments.newest(register).loc[planned, "sections"])["first"]
    assert said == {"good": {"answer": "", "source": "", "not_known": True}}
    _answer(register, planned, text="", source="")
    assert assessment_rows.loaded(assessments.newest(register).loc[planned, "sections"])["first"] == {}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"text": "Kayleigh Price waits there."}, "looks like a person's name"),
        ({"text": "Ring 07700 900123."}, "looks like a telephone number"),
        ({"text": "x" * 601}, "Keep it under 600 characters"),
        ({"source": "a rumour"}, "Say where the answer comes from"),
        ({"source": ""}, "Say where the answer comes from"),
        ({"not_known": True}, "Either write an answer"),
        ({"prompt": "no such prompt"}, "no longer asked"),
    ],
)
def test_an_answer_that_says_who_somebody_is_or_comes_from_nowhere_is_refused(register, given, said):
    planned = _at(register, "gathering")
    before = _version(register, planned)
    with pytest.raises(DataProblem, match=said):
        _answer(register, planned, **given)
    assert _version(register, planned) == before


@pytest.mark.parametrize("state", ["planned", "conference", "closed"])
def test_answers_are_written_only_at_the_steps_where_they_are_asked(register, state):
    planned = _at(register, state)
    with pytest.raises(DataProblem, match="written at another step: the assessment stands at"):
        _answer(register, planned)


def test_voices_are_counted_and_added_beside_whatever_others_write(register):
    planned = _at(register, "gathering")
    for number in (4, 7):
        assessments.hear(register, YOUTH, planned, Voices(NOW, number, "walk", "Light the steps."), today=NOW, **O)
    _answer(register, planned, seen=2)  # the version before both
    heard = assessment_rows.loaded(assessments.newest(register).loc[planned, "sections"])["voices"]
    assert [(one["how_many"], one["round"], one["on"]) for one in heard] == [(4, "first", NOW.isoformat()), (7, "first", NOW.isoformat())]
    for wrong, said in [
        ({"how_many": 0}, "at least one"),
        ({"how": ""}, "how they were heard"),
        ({"on": NOW + timedelta(1)}, "still to come"),
    ]:
        with pytest.raises(DataProblem, match=said):
            assessments.hear(register, YOUTH, planned, replace(Voices(NOW, 4, "walk"), **wrong), today=NOW, **O)
    with pytest.raises(DataProblem, match="youth workers and panel members"):
        assessments.hear(register, OFFICER, planned, Voices(NOW, 4, "walk"), today=NOW, **O)


def test_what_must_change_first_is_an_order_with_reasons_and_dissent(register):
    planned = _at(register, "weighing")
    _weigh(
        register, planned, ("Light", "Everything waits."), ("", ""), ("Seats", "Then people stay."), dissent="Parks would begin with seats."
    )
    said = assessment_rows.loaded(assessments.newest(register).loc[planned, "weighting"])
    assert [one["change"] for one in said["order"]] == ["Light", "Seats"]
    assert said["dissent"] == "Parks would begin with seats."
    for wrong, words in [
        ([("", "")], "Say what must change first"),
        ([("Light", "")], "Number 1 needs both"),
        ([("a", "b")] * 8, "at most 7"),
    ]:
        with pytest.raises(DataProblem, match=words):
            _weigh(register, planned, *wrong)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"there": ""}, "Say who was there"), ({"agreed": " "}, "Say who was there"),
        ({"there": "Kayleigh Price"}, "looks like a person's name"),
        ({"on": NOW + timedelta(1)}, "still to come"), ({"review_on": NOW}, "after the conference"),
        ({"review_on": NOW + timedelta(731)}, "within two years"),
    ],
)  # fmt: skip
def test_a_conference_says_when_who_and_what(register, change, said):
    planned = _at(register, "conference")
    with pytest.raises(DataProblem, match=said):
        _confer(register, planned, **change)
    assert assessments.newest(register).loc[planned, "conference"] == ""


def test_the_same_is_asked_again_and_both_answers_stand_side_by_side(register):
    planned = _at(register, "acting")
    with pytest.raises(DataProblem, match="was asked a second time"):
        _move(register, planned, "reviewing")
    _answer(register, planned, "come_for", "Football.")  # not asked the first time: it compares with nothing
    with pytest.raises(DataProblem, match="“Young people's strengths and needs” was asked a second time"):
        _move(register, planned, "reviewing")
    _answer(register, planned, "good", "More friends, and later.")
    said = assessment_rows.loaded(assessments.newest(register).loc[planned, "sections"])
    assert said["first"]["good"]["answer"] == "They meet friends here."
    assert said["again"]["good"]["answer"] == "More friends, and later."


def test_who_was_heard_and_what_was_observed_at_first_has_to_be_again(register):
    planned = _at(register, "gathering")
    assessments.hear(register, YOUTH, planned, Voices(NOW, 5, "walk"), today=NOW, **O)
    seen = observations.Details(NOW - timedelta(3), "21:00", "22:00", "Community safety team", features="Benches.")
    observations.add(register, OFFICER, seen, assessment_id=planned, today=NOW, **O)
    for to, prepare in (("weighing", _answer_all), ("conference", _weigh), ("acting", _agree)):
        prepare(register, planned)
        _move(register, planned, to)
    _answer_all(register, planned)
    with pytest.raises(DataProblem, match="Hear them again in the same way"):
        _move(register, planned, "reviewing")
    assessments.hear(register, YOUTH, planned, Voices(NOW, 6, "walk"), today=NOW, **O)
    with pytest.raises(DataProblem, match="Observe it again at the same hours"):
        _move(register, planned, "reviewing")
    observations.add(register, OFFICER, replace(seen, seen_on=NOW), assessment_id=planned, today=NOW, **O)
    _move(register, planned, "reviewing")


# The verdict.


def test_not_asked_closes_only_when_another_panel_member_approves_the_reason(register):
    planned = _at(register, "reviewing")
    _settle(register, planned)
    with pytest.raises(DataProblem, match="Say why they were not asked"):
        _verdict(register, planned, "not_asked", PANEL)
    _verdict(register, planned, "not_asked", PANEL, reason="The group has ended.")
    with pytest.raises(DataProblem, match="has not approved the reason"):
        _move(register, planned, "closed")
    with pytest.raises(DataProblem, match="Whoever wrote the reason cannot approve it"):
        assessments.approve_reason(register, PANEL, planned, seen=_version(register, planned), **O)
    with pytest.raises(DataProblem, match="moved on by panel members"):
        assessments.approve_reason(register, YOUTH, planned, seen=_version(register, planned), **O)
    assessments.approve_reason(register, OTHER_PANEL, planned, seen=_version(register, planned), **O)
    _move(register, planned, "closed")


def test_a_verdict_written_again_needs_its_approval_again(register):
    planned = _at(register, "reviewing")
    _verdict(register, planned, "not_asked", reason="The group has ended.")
    assessments.approve_reason(register, PANEL, planned, seen=_version(register, planned), **O)
    _verdict(register, planned, "not_asked", reason="It rained.")
    with pytest.raises(DataProblem, match="has not approved the reason"):
        _move(register, planned, "closed")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"said": "fine"}, "Say what young people said"), ({"how_many": 0}, "how many"), ({"asked_how": ""}, "and how"),
        ({"on": NOW + timedelta(1)}, "to come"),
    ],
)  # fmt: skip
def test_a_verdict_says_how_many_were_asked_and_how(register, change, said):
    planned = _at(register, "reviewing")
    with pytest.raises(DataProblem, match=said):
        _verdict(register, planned, **change)
    assert assessments.newest(register).loc[planned, "verdict"] == ""


LATER = NOW + timedelta(100)


@pytest.mark.parametrize("back_to", ["acting", "conference", "gathering"])
def test_what_is_sent_back_is_asked_heard_observed_and_judged_anew(register, back_to):
    planned = _at(register, "gathering")
    assessments.hear(register, YOUTH, planned, Voices(NOW, 5, "walk"), today=NOW, **O)
    seen = observations.Details(NOW - timedelta(3), "21:00", "22:00", "Community safety team", features="Benches.")
    observations.add(register, OFFICER, seen, assessment_id=planned, today=NOW, **O)
    again = lambda day: _again(register, planned, seen, day)  # noqa: E731
    for to, prepare in (("weighing", _answer_all), ("conference", _weigh), ("acting", _agree)):
        prepare(register, planned)
        _move(register, planned, to)
    again(NOW)
    _move(register, planned, "reviewing")
    _end(register, planned, "worse")
    with as_if_on(LATER):
        _move(register, planned, back_to, reason="It got worse.")
        row = assessments.newest(register).loc[planned]
        assert (row["verdict"], row["verdict_by"]) == ("", "")
        assert assessment_rows.loaded(row["sections"])["earlier"].keys() == {"good", "who_cares", "ways"}, "what was said is kept"
        for to in STATES[STATES.index(back_to) + 1 : STATES.index("reviewing")]:
            _move(register, planned, to)
        for said, mend in (
            ("was asked a second time", lambda: _answer_all(register, planned)),
            ("Hear them again", lambda: assessments.hear(register, YOUTH, planned, Voices(LATER, 6, "walk"), today=LATER, **O)),
            ("Observe it again", lambda: _look(register, planned, replace(seen, seen_on=LATER), LATER)),
        ):
            with pytest.raises(DataProblem, match=said):
                _move(register, planned, "reviewing")
            mend()
        _move(register, planned, "reviewing")
        with pytest.raises(DataProblem, match="Ask young people first"):
            _move(register, planned, "closed")


def _look(register, planned, seen, today):
    observations.add(register, OFFICER, seen, assessment_id=planned, today=today, **O)


def _again(register, planned, seen, day):
    _answer_all(register, planned)
    assessments.hear(register, YOUTH, planned, Voices(day, 6, "walk"), today=day, **O)
    _look(register, planned, replace(seen, seen_on=day), day)


def test_voices_from_before_anything_was_done_were_not_heard_again_whenever_they_are_written_down(register):
    planned = _at(register, "acting")
    for day in (NOW - timedelta(1), NOW):
        assessments.hear(register, YOUTH, planned, Voices(day, 6, "walk"), today=NOW, **O)
    voices = assessment_rows.loaded(assessments.newest(register).loc[planned, "sections"])["voices"]
    assert [one["round"] for one in voices] == ["first", "again"]


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1899, 12, 31), date(1989, 12, 31)])
def test_a_day_before_anything_that_is_kept_is_a_slip_of_the_key(register, day):
    planned = _at(register, "gathering")
    seen = observations.Details(day, "21:00", "22:00", "Community safety team", features="Benches.")
    for write in (
        lambda: assessments.hear(register, YOUTH, planned, Voices(day, 5, "walk"), today=NOW, **O),
        lambda: _look(register, planned, seen, NOW),
        lambda: days.check({"Held on": day}, today=NOW),
    ):
        with pytest.raises(DataProblem, match="before 1990"):
            write()
    days.check({"Held on": date(1990, 1, 1)}, today=NOW)


def test_in_a_sample_that_is_read_on_a_day_behind_the_clock_today_is_not_before_anything(register):
    read_on = NOW - timedelta(30)
    planned = _at(register, "conference")
    held = Conference(read_on, "Youth team", "Light first", NOW)
    assessments.confer(register, PANEL, planned, held, seen=_version(register, planned), today=NOW, read_on=read_on, **O)
    goals.keep(register, PANEL, planned, "The lights along the way home work.", "Lamps lit after dark", **O)
    details = actions.Details("Mend the lamps", "place", "change", "street lighting lead", "Highways", NOW)
    actions.keep(register, PANEL, planned, details, today=read_on, **O)
    _move(register, planned, "acting")
    assessments.hear(register, YOUTH, planned, Voices(read_on, 6, "walk"), today=NOW, read_on=read_on, **O)
    seen = observations.Details(read_on, "21:00", "22:00", "Officers", features="Benches.")
    observations.add(register, OFFICER, seen, assessment_id=planned, today=NOW, read_on=read_on, **O)
    assert assessment_rows.loaded(assessments.newest(register).loc[planned, "sections"])["voices"][0]["round"] == "again"
    assert observations.newest(register)["round"].tolist() == ["again"]


def test_a_conference_is_not_before_the_plan_nor_a_verdict_before_acting(register):
    planned = _at(register, "conference")
    with pytest.raises(DataProblem, match="The assessment was planned on 2 November 2026, and this cannot be before it"):
        _confer(register, planned, on=NOW - timedelta(1))
    _agree(register, planned)
    _move(register, planned, "acting")
    _answer_all(register, planned)
    _move(register, planned, "reviewing")
    with pytest.raises(DataProblem, match="Acting began on 2 November 2026, and this cannot be before it"):
        _verdict(register, planned, on=NOW - timedelta(1))


# Two at once.


def test_two_who_answer_different_prompts_at_once_both_keep_their_work(register):
    planned = _at(register, "gathering")
    seen = _version(register, planned)
    _answer(register, planned, "good", "The first.", seen=seen)
    _answer(register, planned, "who_cares", "The second.", seen=seen)
    said = assessment_rows.loaded(assessments.newest(register).loc[planned, "sections"])["first"]
    assert [said[prompt]["answer"] for prompt in ("good", "who_cares")] == ["The first.", "The second."]


def test_of_two_who_answer_the_same_prompt_the_second_is_told_and_the_first_stands(register):
    planned = _at(register, "gathering")
    seen = _version(register, planned)
    _answer(register, planned, "good", "The first.", seen=seen)
    with pytest.raises(ChangedMeanwhile, match="what you wrote is still in the form"):
        _answer(register, planned, "good", "The second.", seen=seen)
    assert assessment_rows.loaded(assessments.newest(register).loc[planned, "sections"])["first"]["good"]["answer"] == "The first."
    _answer(register, planned, "good", "Both.", seen=_version(register, planned))


WRITES = {
    "weighing": lambda register, planned, seen: _weigh(register, planned, (f"Light {next(COUNTER)}", "First."), seen=seen),
    "conference": lambda register, planned, seen: _confer(register, planned, seen=seen, agreed=f"Light {next(COUNTER)}"),
}
COUNTER = count()


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_of_two_who_weigh_or_confer_at_once_the_second_is_told(register, write):
    planned = _at(register, "conference")
    seen = _version(register, planned)
    write(register, planned, seen=seen)
    before = _version(register, planned)
    with pytest.raises(ChangedMeanwhile):
        write(register, planned, seen=seen)
    assert _version(register, planned) == before


def test_of_two_who_move_it_at_once_the_second_is_told_and_an_answer_meanwhile_is_in_nobodys_way(register):
    planned = _at(register, "gathering")
    seen = _version(register, planned)
    _answer_all(register, planned)
    _move(register, planned, "weighing", seen=seen)
    with pytest.raises(ChangedMeanwhile):
        _move(register, planned, "weighing", seen=seen)


def test_ten_who_answer_at_the_same_moment_all_keep_their_work(register, register_url):
    planned = _at(register, "gathering")
    seen, asked = _version(register, planned), list(prompts.PROMPTS)[:10]

    def write(prompt):
        own = open_register(register_url)
        try:
            _answer(own, planned, prompt, f"Answer to {prompt}.", seen=seen)
        finally:
            own.close()

    with ThreadPoolExecutor(10) as threads:
        list(threads.map(write, asked))
    said = assessment_rows.loaded(assessments.newest(register).loc[planned, "sections"])["first"]
    assert {prompt: said[prompt]["answer"] for prompt in said} == {prompt: f"Answer to {prompt}." for prompt in asked}
    register.check_audit()


def test_an_assessment_that_is_not_there_is_said_not_to_be(register):
    with pytest.raises(DataProblem, match="not in the list"):
        _move(register, "no such", "gathering", seen=1)
    with pytest.raises(DataProblem, match="not in the list"):
        assessments.plan_of(register, PANEL, "no such", **SOUND, today=TODAY, data_version="", **O)


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "'; DROP TABLE goal; --", "$$x$$ [a](javascript:1)", "a\x00b\ud800c", "{lead} {0}"]
)
def test_hostile_text_is_kept_as_text_or_without_what_no_store_keeps(register, hostile):
    planned = _at(register, "gathering")
    _answer(register, planned, text=hostile)
    said = assessment_rows.loaded(assessments.newest(register).loc[planned, "sections"])["first"]["good"]["answer"]
    assert said == hostile.replace("\x00", "").replace("\ud800", "")
    assert register.check_audit().number == len(register.audit_trail())


# What is late.


def _rows(**changes):
    moved_at = pd.Timestamp(TODAY, tz="UTC") + pd.Timedelta(hours=12)
    row = {"status": "planned", "begin_by": TODAY, "review_on": None, "verdict": "", "moved_at": moved_at} | changes
    return pd.DataFrame([row], index=["a"])


NO_ACTIONS = pd.DataFrame({"assessment_id": [], "state": [], "due_on": [], "action": [], "owner": []})


@pytest.mark.parametrize(
    ("changes", "day", "days"),
    [
        ({}, 0, None), ({}, 1, 1), ({"status": "closed"}, 999, None),
        *(({"status": state}, day, days) for state in STATES[1:4] for day, days in ((91, None), (92, 1), (900, 809))),
        ({"status": "acting", "review_on": TODAY}, 0, None), ({"status": "acting", "review_on": TODAY}, 5, 5),
        ({"status": "reviewing", "review_on": TODAY}, 28, None), ({"status": "reviewing", "review_on": TODAY}, 29, 1),
        ({"status": "reviewing", "review_on": TODAY, "verdict": '{"said": "worse"}'}, 99, None),
        ({"status": "reviewing", "review_on": TODAY, "verdict": '{"said": "not_asked", "approved_by": ""}'}, 29, 1),
        ({"status": "reviewing", "review_on": TODAY, "verdict": '{"said": "not_asked", "approved_by": "C. Hair"}'}, 99, None),
    ],
)  # fmt: skip
def test_a_beginning_and_a_review_are_late_from_the_day_after_and_a_verdict_four_weeks_later(changes, day, days):
    late = assessing.overdue(_rows(**changes), NO_ACTIONS, TODAY + timedelta(day))
    assert [one.days for one in late] == ([] if days is None else [days])


@pytest.mark.parametrize(
    ("state", "status", "late"),
    [("open", "acting", 1), ("open", "reviewing", 1), ("open", "gathering", 1), ("done", "acting", 0), ("open", "closed", 0)],
)
def test_an_action_is_late_while_it_is_to_do(state, status, late):
    row = {"assessment_id": "a", "state": state, "due_on": TODAY, "action": "Mend the lamps", "owner": "lighting lead"}
    found = assessing.overdue(_rows(status=status), pd.DataFrame([row], index=["x"]), TODAY + timedelta(1))
    assert len(found) == late
    assert all("Mend the lamps" in one.what and "lighting lead" in one.what for one in found)


@pytest.mark.parametrize(("days", "escalated"), [(1, False), (28, False), (29, True)])
def test_after_four_weeks_what_is_late_is_for_the_chair(days, escalated):
    assert Late("a", "", TODAY, days).escalated is escalated
