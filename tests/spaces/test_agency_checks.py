"""An agency is asked, answers with a band, and nothing that could be a case crosses; the same is not asked twice while it waits."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from spaces import agency_checks, revisions, schema, space
from spaces.access import Reader, Role
from spaces.agency_checks import Question, names_a_case
from spaces.revisions import ChangedMeanwhile
from words import DataProblem

ASKS = Reader("P. Anel", Role.PANEL_MEMBER)
ANSWERS = Reader("O. Fficer", Role.COMMUNITY_SAFETY_OFFICER)
TODAY = date(2026, 10, 5)
HOW = {"today": TODAY, "origin": "tests"}
WHY = "Young people say it is not safe there"


@pytest.fixture
def space_id(register):
    details = space.Details("Weir steps", "waterside", "young people", shapely.box(600_000, 488_000, 600_100, 488_100))
    return space.raise_space(register, ASKS, details, **HOW)


@pytest.fixture
def question(space_id):
    return Question(space_id, date(2026, 9, 1), date(2026, 9, 30), WHY)


def ask(register, question, agencies=("Police",), reader=ASKS, **how):
    return agency_checks.ask(register, reader, question, agencies, **HOW | how)


def answer(register, check_id, said="yes", band="1-2", action="A worker visits tonight.", by="Duty manager", seen=1, reader=ANSWERS):
    agency_checks.answer(register, reader, check_id, said=said, band=band, action_taken=action, answered_as=by, seen=seen, **HOW)


def state(register, check_id, today=TODAY):
    return agency_checks.states(agency_checks.newest(register), today).loc[check_id]


def test_a_question_is_asked_of_each_agency_and_answered_by_one(register, question):
    police, schools = ask(register, question, ("Schools", "Police", "Police"))
    rows = agency_checks.newest(register)
    assert rows.loc[[police, schools], "agency"].tolist() == ["Police", "Schools"]
    assert set(rows["due_on"]) == {date(2026, 10, 19)}
    answer(register, police)
    row = agency_checks.newest(register).loc[police]
    assert (row["answer"], row["band"], row["action_taken"], row["answered_on"]) == ("yes", "1-2", "A worker visits tonight.", TODAY)
    assert state(register, police).tolist() == ["answered", "Answered on 5 October 2026 by: Duty manager."]
    assert state(register, schools)["state"] == "open"
    assert register.audit_trail()["action"].tolist() == ["space raised", "agencies asked", "agency check answered"]
    assert "tonight" not in register.audit_trail().to_csv(), "the trail says that it was answered, never what"


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (date(2026, 10, 5), date(2026, 10, 19)),  # a Monday
        (date(2026, 10, 9), date(2026, 10, 23)),  # a Friday
        (date(2026, 10, 10), date(2026, 10, 23)),  # a Saturday: the Monday after it is the first working day
        (date(2026, 10, 11), date(2026, 10, 23)),
    ],
)
def test_an_answer_is_due_in_ten_working_days(asked, due):
    assert agency_checks.due_on(asked) == due


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_it_is_always_due_on_a_working_day_two_weeks_ahead(asked):
    due = agency_checks.due_on(asked)
    assert due.weekday() < 5
    assert 12 <= (due - asked).days <= 14


@pytest.mark.parametrize(("today", "found"), [(date(2026, 10, 19), "open"), (date(2026, 10, 20), "overdue"), (date(2027, 1, 1), "overdue")])
def test_a_late_answer_is_overdue(register, question, today, found):
    (check_id,) = ask(register, question)
    assert state(register, check_id, today)["state"] == found
    if found == "overdue":
        late = (today - date(2026, 10, 19)).days
        assert f"19 October 2026, {late} day{'s' if late > 1 else ''} ago" in state(register, check_id, today)["reason"]
    answer(register, check_id)
    assert state(register, check_id, today)["state"] == "answered"


def test_the_same_is_not_asked_twice_while_it_waits(register, question):
    (check_id,) = ask(register, question)
    with pytest.raises(DataProblem, match="asked about this place: Police, 1 September 2026 - 30 September 2026"):
        ask(register, question, ("Police", "Schools"))
    assert len(agency_checks.newest(register)) == 1, "all of them, or none"
    ask(register, question, ("Schools",))
    answer(register, check_id, "not checked", "", "Nobody who may look is here.")
    ask(register, question)


@pytest.mark.parametrize("answered", [False, True])
@pytest.mark.parametrize(
    ("first", "last", "may"),
    [
        (date(2026, 8, 25), date(2026, 8, 31), True),
        (date(2026, 8, 25), date(2026, 9, 1), False),
        (date(2026, 9, 10), date(2026, 9, 20), False),
        (date(2026, 9, 30), date(2026, 10, 5), False),
        (date(2026, 8, 1), date(2026, 10, 5), False),
        (date(2026, 9, 2), date(2026, 9, 30), False),
    ],
)
def test_windows_that_overlap_are_not_asked_so_that_answers_cannot_be_taken_from_each_other(register, question, first, last, may, answered):
    (check_id,) = ask(register, question)
    if answered:
        answer(register, check_id)
    other = dataclasses.replace(question, first_day=first, last_day=last)
    ask(register, other, ("Schools",)) if (last - first).days >= 6 else None
    if may:
        ask(register, other)
        return
    with pytest.raises(DataProblem, match=r"Some of these days|7 days at least"):
        ask(register, other)
    assert (agency_checks.newest(register)["agency"] == "Police").sum() == 1


def test_only_whoever_answered_corrects_the_answer_and_the_panel_can_ask_again(register, question):
    (check_id,) = ask(register, question)
    answer(register, check_id)
    another = Reader("D. Ifferent", Role.COMMUNITY_SAFETY_OFFICER)
    with pytest.raises(DataProblem, match=r"O\. Fficer answered this for Police, and alone can correct it\."):
        answer(register, check_id, "no", "none", "", seen=2, reader=another)
    assert agency_checks.newest(register).loc[check_id, "answer"] == "yes"
    answer(register, check_id, "no", "none", "", seen=2)
    (again,) = ask(register, question)
    answer(register, again, reader=another)
    assert agency_checks.newest(register).loc[[check_id, again], "answer"].tolist() == ["no", "yes"]


def test_a_withdrawn_question_can_be_asked_again_and_is_not_answered(register, question):
    (check_id,) = ask(register, question)
    with pytest.raises(DataProblem, match="Say why the question is withdrawn"):
        agency_checks.withdraw(register, ASKS, check_id, why=" ", seen=1, origin="tests")
    agency_checks.withdraw(register, ASKS, check_id, why="Asked by mistake", seen=1, origin="tests")
    assert state(register, check_id, date(2030, 1, 1)).tolist() == ["withdrawn", "Withdrawn: Asked by mistake"]
    with pytest.raises(DataProblem, match="answered or withdrawn already"):
        answer(register, check_id, seen=2)
    ask(register, question)


def test_an_answer_is_corrected_and_what_it_was_is_kept_and_cannot_be_withdrawn(register, question):
    (check_id,) = ask(register, question)
    answer(register, check_id)
    answer(register, check_id, band="3-5", seen=2)
    with pytest.raises(ChangedMeanwhile):
        answer(register, check_id, band="6 or more", seen=2)
    assert revisions.history(register, schema.agency_checks, check_id)["band"].tolist() == ["3-5", "1-2", ""]
    with pytest.raises(DataProblem, match="answered or withdrawn already"):
        agency_checks.withdraw(register, ASKS, check_id, why="Not needed", seen=3, origin="tests")


BANDS = ("", "none", "1-2", "3-5", "6 or more", "2")
FITS = {("no", "none"), ("not checked", ""), *(("yes", band) for band in ("1-2", "3-5", "6 or more"))}


@pytest.mark.parametrize("said", ["yes", "no", "not checked", "", "maybe"])
@pytest.mark.parametrize("band", BANDS)
def test_an_answer_and_its_band_go_together(said, band):
    if (said, band) in FITS:
        agency_checks.check_answer(said, band, "A worker visits.", "Duty manager")
        return
    with pytest.raises(DataProblem):
        agency_checks.check_answer(said, band, "A worker visits.", "Duty manager")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"action": ""}, "Say what your agency does"),
        ({"by": ""}, "Say who looked"),
        ({"by": "Kayleigh Price"}, "looks like a person's name"),
        ({"action": "Kayleigh Price is visited tonight."}, "looks like a person's name"),
        ({"action": "See CS-20391."}, "may hold a case's reference"),
        ({"action": "x" * 301}, "under 300 characters"),
        ({"seen": 0}, "just been answered"),
    ],
)
def test_an_answer_that_says_too_much_or_too_little_is_refused(register, question, change, said):
    (check_id,) = ask(register, question)
    with pytest.raises(DataProblem, match=said):
        answer(register, check_id, **change)
    assert state(register, check_id)["state"] == "open"


@pytest.mark.parametrize(
    "text",
    [
        "Case 4412",
        "ref: 12",
        "CS-20391",
        "LCS12",
        "p/2026/88",
        "１２３４５",
        "crime no 7",
        "achos 31",
        "Cyf. 9",
        "CS‑20391",
        "12345",
        "a1b2c3",
        "ABC 123",
        "12 345 678",
        "943 476 5919",
        "1234 567",
        "child 42",
        "plentyn 42",
        "the family no. 12",
    ],
)
def test_what_may_be_a_reference_is_found(text):
    assert names_a_case(f"See {text} tonight")


@pytest.mark.parametrize(
    "text",
    [
        "on 3 October 2026",
        "20:00-23:00",
        "bus 58 by the A4",
        "the 21st at 8pm",
        "1-2 children",
        "03/10/2026",
        "24/7",
        "a case conference",
        "for under-18s",
        "with 14-17-year-olds",
        "with a 15-year-old",
        "with a child 15 years old",
        "and 16+",
        "with £50 notes",
        "10% more often",
        "at 9.30pm",
        "9.30-10pm",
        "and 1,000 others",
        "since 2025 120 times",
        "on NHS 111 lines",
        "2.5km away",
        "",
    ],
)
def test_what_people_write_of_days_hours_and_roads_is_left_alone(text):
    assert not names_a_case(f"A worker is there {text}")


ASKED_WRONG = {
    "nobody": ({"agencies": ()}, {}, "at least one agency"),
    "nameless": ({"agencies": (" ",)}, {}, "at least one agency"),
    "without a reason": ({}, {"asked_why": " "}, "Say why you ask"),
    "of a child": ({}, {"asked_why": "Kayleigh Price goes there"}, "looks like a person's name"),
    "of a case": ({}, {"asked_why": "As in case 31"}, "may hold a case's reference"),
    "backwards": ({}, {"last_day": date(2026, 8, 1)}, "The first day cannot be after the last"),
    "of tomorrow": ({}, {"last_day": TODAY + timedelta(1)}, "The first day cannot be after the last"),
    "of a day": ({}, {"first_day": date(2026, 9, 30)}, "7 days at least"),
    "of six days": ({}, {"first_day": date(2026, 9, 25)}, "7 days at least"),
    "of years": ({}, {"first_day": date(2025, 9, 29)}, "366 days at most"),
    "of no place": ({}, {"space_id": "nothing"}, "not in the list"),
}


@pytest.mark.parametrize("what", ASKED_WRONG)
def test_a_question_that_is_none_is_refused_and_asks_nobody(register, question, what):
    how, change, said = ASKED_WRONG[what]
    with pytest.raises(DataProblem, match=said):
        ask(register, dataclasses.replace(question, **change), **how)
    assert agency_checks.newest(register).empty


@pytest.mark.parametrize("role", Role)
def test_the_panel_asks_and_who_acts_for_an_agency_answers(register, question, role):
    reader = Reader("A. Jones", role)
    (check_id,) = ask(register, question)

    def allowed(work):
        try:
            work()
        except DataProblem:
            return False
        return True

    answers = role in {Role.COMMUNITY_SAFETY_OFFICER, Role.DATA_STEWARD}
    assert allowed(lambda: ask(register, question, ("Schools",), reader)) is (role is Role.PANEL_MEMBER)
    assert allowed(lambda: answer(register, check_id, reader=reader)) is answers
    (other,) = ask(register, dataclasses.replace(question, first_day=date(2026, 8, 1), last_day=date(2026, 8, 31)))
    withdraw = lambda: agency_checks.withdraw(register, reader, other, why="By mistake", seen=1, origin="tests")  # noqa: E731
    assert allowed(withdraw) is (role is Role.PANEL_MEMBER)
