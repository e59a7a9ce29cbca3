"""What is late is said to whoever may see it, for how long and how many, and to the panel's chair after twice the time allowed."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from briefing import agency_checks, assessing, flags, flags_gathered, place, place_referrals, space_acts, waiting, workspace, youth_sessions
from briefing.waiting import ASSESSMENTS, CHECKS, NOTES, PLACES, REFERRALS, SESSIONS
from spaces import place_referrals as kept_referrals
from spaces import space
from spaces.access import Reader, Role
from spaces.agency_checks import Question
from spaces.flags import Flag
from spaces.place_referrals import Referral
from spaces.space import Details
from tests.briefing.conftest import OFFICER, PANEL, STEWARD, YOUTH
from tests.spaces.test_youth_sessions import MINE, WHOLE
from words import speaking

TODAY = workspace.SAMPLE_READ_ON
HOW = {"today": TODAY, "origin": "tests"}
LOCKSIDE = "way/20037"


@pytest.fixture
def quiet(area, stop_the_clock):
    """Return the town with nothing in it that can be late, in which everything is written down on one day."""
    stop_the_clock(TODAY)
    with area.register._engine.begin() as connection:
        for table in waiting._READ:
            connection.execute(sa.delete(table))
    return area


def late(area, reader, days=0):
    """Return what is late so many days on, by page: on the day a real area would be read, which a sample is not."""
    read = dataclasses.replace(area, invented=False)
    return {one.page: one for one in waiting.waiting(read, reader, TODAY + timedelta(days))}


def space_of(area, name="Weir steps"):
    return space_acts.raise_place(
        area, PANEL, Details(name, space.ONLINE, "young people", platform="games"), **HOW,
    )  # fmt: skip


def test_nothing_is_said_where_nothing_is_late(quiet):
    space_of(quiet)
    for role in Role:
        assert late(quiet, Reader("somebody", role)) == {}


@pytest.mark.parametrize(("days", "said"), [
    (28, None), (29, "1 place is overdue, 1 day late."), (56, "1 place is overdue, 28 days late."),
    (57, "1 place is overdue, 29 days late. Tell the panel's chair."),
])  # fmt: skip
def test_a_place_that_nobody_decides_on_is_late_after_four_weeks_and_the_chairs_after_eight(quiet, days, said):
    space_of(quiet)
    found = late(quiet, PANEL, days)
    assert (found[PLACES].what if found else None) == said


def test_a_referral_is_late_when_it_is_not_read_and_again_when_it_is_not_answered(quiet):
    sent = Referral("Youth work team", "Groups at night", "Lamps", feature_id=LOCKSIDE)
    place_referrals.refer(quiet, YOUTH, sent, **HOW)
    assert REFERRALS not in late(quiet, PANEL, 7)
    assert late(quiet, PANEL, 8)[REFERRALS].what == "1 referral of a place is overdue, 1 day late."
    assert late(quiet, PANEL, 15)[REFERRALS].for_chair
    assert late(quiet, YOUTH, 8)[REFERRALS].how_many == 1, "who referred it sees it too"
    assert REFERRALS not in late(quiet, OFFICER, 8), "another kind of work does not"
    (letter,) = place_referrals.inbox(quiet, PANEL, TODAY)
    place_referrals.mark_read(quiet, PANEL, letter, **HOW)
    assert REFERRALS not in late(quiet, PANEL, kept_referrals.ANSWERED_WITHIN_DAYS)
    assert not late(quiet, PANEL, 56)[REFERRALS].for_chair
    assert late(quiet, PANEL, 57)[REFERRALS].for_chair


def test_what_is_late_of_an_assessment_is_counted_once_for_each(quiet):
    space_ids = [space_of(quiet, name) for name in ("A", "B")]
    for space_id, ago in zip(space_ids, (5, 40), strict=True):
        day = TODAY - timedelta(ago)
        assessing.plan(quiet, PANEL, space_id, lead="Youth team", why="Dark", begin_by=day, today=day, origin="tests")
    for reader in (PANEL, OFFICER, YOUTH):
        found = late(quiet, reader)[ASSESSMENTS]
        assert found.what == "2 assessments have something overdue, the longest 40 days late. Tell the panel's chair."
    assert ASSESSMENTS not in late(quiet, STEWARD)


def test_what_nobody_moves_on_is_late_as_an_assessment_and_then_as_a_place(quiet):
    planned = assessing.plan(quiet, PANEL, space_of(quiet), lead="Youth team", why="Dark", begin_by=TODAY, today=TODAY, origin="tests")
    assessing.move(quiet, PANEL, planned, "gathering", seen=1, origin="tests")
    assert late(quiet, PANEL, 91) == {}
    assert late(quiet, OFFICER, 92)[ASSESSMENTS].what == "1 assessment has something overdue, 1 day late."
    assert PLACES not in late(quiet, PANEL, 273)
    assert late(quiet, PANEL, 274)[PLACES].what == "1 place is overdue, 1 day late."


def test_an_agency_check_is_late_for_those_who_ask_and_those_who_answer(quiet):
    question = Question(space_of(quiet), date(2026, 9, 1), date(2026, 9, 30), "Young people say so")
    agency_checks.ask(quiet, PANEL, question, ["Police", "Schools"], **HOW)
    due = (date(2026, 11, 13) - TODAY).days  # ten working days after the Friday before this Saturday
    for reader in (PANEL, OFFICER, STEWARD):
        assert CHECKS not in late(quiet, reader, due)
        assert late(quiet, reader, due + 1)[CHECKS].what == "2 agency checks are not answered, the longest 1 day late."
    assert CHECKS not in late(quiet, YOUTH, due + 1)
    assert not late(quiet, PANEL, due + 14)[CHECKS].for_chair
    assert late(quiet, PANEL, due + 15)[CHECKS].for_chair


def test_a_group_that_is_not_told_is_late_for_those_who_may_see_its_session(quiet):
    for changes in ({}, {"seen_by": "panel"}, {"seen_by": "worker"}):
        youth_sessions.keep(quiet, MINE, dataclasses.replace(WHOLE, held_on=TODAY, **changes), **HOW)
    assert SESSIONS not in late(quiet, PANEL, 28)
    assert late(quiet, PANEL, 29)[SESSIONS].how_many == 2, "what only its worker sees is not even counted for the panel"
    assert late(quiet, MINE, 29)[SESSIONS].how_many == 3
    assert late(quiet, Reader("another worker", Role.YOUTH_WORKER), 29)[SESSIONS].how_many == 1
    for reader in (OFFICER, STEWARD):
        assert SESSIONS not in late(quiet, reader, 29)


def test_a_note_that_waits_is_late_for_the_steward_alone_until_it_is_read(quiet):
    spot = flags.of_place(quiet, LOCKSIDE)
    flag = Flag("unsafe", "panel", reasons=("dark",), time_of_day="night", feeling=2, scale=7, note="By the bench")
    flags.make(quiet, YOUTH, flag, spot, session_id="s", **HOW)
    flags.make(quiet, YOUTH, dataclasses.replace(flag, seen_by="worker"), spot, session_id="s", **HOW)
    assert NOTES not in late(quiet, STEWARD, 3)
    assert late(quiet, STEWARD, 4)[NOTES].what == "1 flag waits for its note to be read, 1 day late."
    assert late(quiet, STEWARD, 7)[NOTES].for_chair
    assert NOTES not in late(quiet, PANEL, 7)
    (one,) = flags_gathered.to_read(quiet, STEWARD)
    flags_gathered.show(quiet, STEWARD, one, shown_note="By the bench", why="", origin="tests")
    assert NOTES not in late(quiet, STEWARD, 7)


def test_the_longest_comes_first_and_the_version_is_another_after_each_change(quiet):
    before = waiting.version(quiet)
    place_referrals.refer(quiet, YOUTH, Referral("Youth work team", "Groups", "Lamps", feature_id=LOCKSIDE), **HOW)
    assert before != (after := waiting.version(quiet))
    space_of(quiet)
    assert after != waiting.version(quiet)
    assert list(late(quiet, PANEL, 60)) == [REFERRALS, PLACES]
    place.plan_assessment(
        quiet, PANEL, LOCKSIDE, lead="Youth team", why="Dark", begin_by=TODAY - timedelta(90), today=TODAY - timedelta(90), origin="tests"
    )
    assert list(late(quiet, PANEL, 60)) == [ASSESSMENTS, REFERRALS, PLACES]


def test_it_is_said_in_the_language_that_is_spoken_without_a_gap(quiet):
    space_of(quiet)
    with speaking("cy"):
        assert "{" not in late(quiet, PANEL, 60)[PLACES].what
