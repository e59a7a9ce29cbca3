"""What is done about a place is told on its page: plans, sessions, agency checks and referrals, of what became part of it too."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from briefing import agency_checks, assessing, assessments, place_referrals, space_acts, space_work, youth_sessions
from briefing.space_work import Work
from spaces import space
from spaces.agency_checks import Question
from spaces.place_referrals import Referral
from spaces.space import Details
from tests.briefing.conftest import HOW, OFFICER, PANEL, STEWARD, TODAY, YOUTH
from tests.spaces.test_youth_sessions import MINE, WHOLE
from words import DataProblem

PLAN = {"lead": "Youth team", "why": "Young people say so.", "begin_by": TODAY, **HOW}


def online(area, name="Night games"):
    return space_acts.raise_place(area, PANEL, Details(name, space.ONLINE, "young people", platform="games"), **HOW)


def test_a_place_online_is_planned_once_and_only_by_the_panel(area):
    space_id = online(area)
    planned = assessing.plan(area, PANEL, space_id, **PLAN | {"why": "They say that Night games is where it is."})
    (one,) = assessments.listed(area, PANEL, TODAY, space_id=space_id)
    assert (one.assessment_id, one.space_id, one.state, one.name) == (planned, space_id, "planned", "Night games")
    with pytest.raises(DataProblem, match="planned already, led by Youth team"):
        assessing.plan(area, PANEL, space_id, **PLAN)
    for reader in (OFFICER, YOUTH, STEWARD):
        with pytest.raises(DataProblem, match="planned by panel members"):
            assessing.plan(area, reader, online(area, "Another"), **PLAN)


def test_the_assessment_of_what_became_part_of_a_place_is_the_places(area):
    part, whole = online(area, "Part"), online(area, "Whole")
    planned = assessing.plan(area, PANEL, part, **PLAN)
    space_acts.merge(area, PANEL, part, into=whole, seen=1, why="They are one", origin="tests")
    (one,) = assessments.listed(area, PANEL, TODAY, space_id=whole)
    assert (one.assessment_id, one.name) == (planned, "Whole")
    assert assessments.listed(area, PANEL, TODAY, space_id=part) == []


def test_a_place_of_which_nothing_is_done_says_nothing(area):
    assert space_work.work(area, PANEL, online(area), TODAY) == Work([], [], [])
    for reader in (OFFICER, YOUTH, STEWARD):
        with pytest.raises(DataProblem, match="for panel members"):
            space_work.work(area, reader, online(area), TODAY)


def test_a_session_says_what_was_heard_and_whether_the_group_was_told(area):
    space_id = online(area)
    about = dataclasses.replace(WHOLE, space_id=space_id, group_name="Tuesday club", how_many=6, heard="We want light.", seen_by="panel")
    session_id = youth_sessions.keep(area, MINE, about, **HOW)
    youth_sessions.keep(area, MINE, dataclasses.replace(WHOLE, seen_by="worker"), **HOW)
    (said,) = space_work.work(area, PANEL, space_id, TODAY).sessions
    assert said.startswith("Tuesday club, ")
    assert "6 young people. “We want light.” The group" in said
    held = next(one for one in youth_sessions.listed(area, MINE, TODAY) if one.session_id == session_id)
    youth_sessions.tell_back(area, MINE, held, told="The lamps come in May.", on=TODAY, **HOW)
    (said,) = space_work.work(area, PANEL, space_id, TODAY).sessions
    assert "The lamps come in May." in said
    held = next(one for one in youth_sessions.listed(area, MINE, TODAY) if one.session_id == session_id)
    youth_sessions.withdraw(area, MINE, held, origin="tests")
    (said,) = space_work.work(area, PANEL, space_id, TODAY).sessions
    assert "We want light." not in said
    assert "took it back" in said


def test_a_check_says_a_band_and_never_more(area):
    space_id = online(area)
    agency_checks.ask(area, PANEL, Question(space_id, date(2026, 9, 1), date(2026, 9, 30), "They say so"), ["Police"], **HOW)
    (said,) = space_work.work(area, PANEL, space_id, TODAY).checks
    assert said.startswith("Police, asked about 1 September 2026 to 30 September 2026: The answer ")
    check = next(one for one in agency_checks.listed(area, OFFICER, TODAY, agency="Police") if one.space_id == space_id)
    agency_checks.answer(
        area, OFFICER, check, said="yes", band="3-5", action_taken="A worker visits tonight.", answered_as="Duty manager", **HOW
    )
    (said,) = space_work.work(area, PANEL, space_id, TODAY).checks
    assert said.endswith("by: Duty manager. Yes: we have open cases there; 3-5; A worker visits tonight.")


def test_a_referral_stands_with_the_place_that_it_raised_and_before_with_the_place_of_the_map(area):
    free = next(one for one in area.places.index if space.of_feature(area.register, one) is None)
    sent = Referral("Youth work team", "Groups at night", "Lamps", feature_id=free)
    place_referrals.refer(area, YOUTH, sent, **HOW)
    space_id = space_acts.raise_place(area, PANEL, Details("", "", "hotspot", feature_id=free), **HOW)
    (said,) = space_work.work(area, PANEL, space_id, TODAY).referrals
    assert said == "Youth work team (youth worker): Groups at night. Raised today, not read yet."
    letter = next(one for one in place_referrals.inbox(area, PANEL, TODAY) if one.feature_id == free)
    other = online(area)
    place_referrals.accept(area, PANEL, letter, reply="We go and look.", joins=other, **HOW)
    (said,) = space_work.work(area, PANEL, other, TODAY).referrals
    assert said.endswith("The reply: We go and look.")
    assert space_work.work(area, PANEL, space_id, TODAY).referrals == []
