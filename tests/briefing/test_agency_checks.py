"""The panel reads what agencies answer; whoever answers sees the questions and no answer, their own agency's neither."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
import shapely

from briefing import agency_checks
from spaces import agency_checks as kept
from spaces import space
from spaces.access import Reader, Role
from spaces.agency_checks import Question
from tests.briefing.conftest import HOW, OFFICER, STEWARD, TODAY, YOUTH
from words import DataProblem

ASKS = Reader("P. Anel", Role.PANEL_MEMBER)


@pytest.fixture
def question(area):
    details = space.Details("Weir steps", "waterside", "young people", shapely.buffer(shapely.centroid(area.area), 40))
    space_id = space.raise_space(area.register, ASKS, details, **HOW)
    return Question(space_id, date(2026, 9, 1), date(2026, 9, 30), "Young people say it is not safe there")


def listed(area, reader, **which):
    """Return the checks of this test's own place: the sample has others."""
    return [one for one in agency_checks.listed(area, reader, TODAY, **which) if one.place == "Weir steps"]


def answer(area, check, reader=OFFICER, said="yes", band="3-5", action="A worker visits tonight."):
    agency_checks.answer(area, reader, check, said=said, band=band, action_taken=action, answered_as="Duty manager", **HOW)


def test_those_who_can_be_asked_are_whose_records_are_here(area):
    assert agency_checks.agencies(area, ASKS) == ["Children's services", "Emergency department", "Police", "Schools", "Youth service"]


@pytest.mark.parametrize("reader", [OFFICER, STEWARD])
def test_only_the_panel_reads_an_answer(area, question, reader):
    agency_checks.ask(area, ASKS, question, ["Police", "Schools"], **HOW)
    (police,) = listed(area, reader, agency="Police")
    answer(area, police, reader)
    for agency in ("", "Police", "Schools"):
        for one in listed(area, reader, agency=agency):
            assert one.answer == {}
            assert "3-5" not in repr(one)
            assert "tonight" not in repr(one)
    read = next(one for one in listed(area, ASKS) if one.agency == "Police")
    assert read.answer == {
        "Open cases there": "Yes: we have open cases there", "About how many children": "3-5",
        "What the agency does": "A worker visits tonight.",
    }  # fmt: skip


def test_an_agency_that_is_not_here_and_a_place_that_is_closed_are_not_asked(area, question):
    with pytest.raises(DataProblem, match="No agreement or record is of Bakers"):
        agency_checks.ask(area, ASKS, question, ["Police", "Bakers"], **HOW)
    assert question.space_id in agency_checks.places_to_choose(area, ASKS).index
    with pytest.raises(DataProblem, match="not in the list"):
        agency_checks.ask(area, ASKS, dataclasses.replace(question, space_id="nothing"), ["Police"], **HOW)
    assert listed(area, ASKS) == []


def test_what_is_late_comes_first_and_is_said_with_whose_it_is(area, question):
    kept.ask(area.register, ASKS, question, ["Schools", "Police"], today=date(2026, 10, 1), origin="tests")
    agency_checks.ask(area, ASKS, dataclasses.replace(question, first_day=date(2026, 9, 2)), ["Youth service"], **HOW)
    found = listed(area, ASKS)
    assert [(one.agency, one.state) for one in found] == [("Police", "overdue"), ("Schools", "overdue"), ("Youth service", "open")]
    assert agency_checks.overdue(found).startswith("2 answers are late, from: Police and Schools.")
    answer(area, found[0], said="no", band="none", action="")
    answer(area, found[1], said="not checked", band="", action="Nobody who may look is here.")
    found = listed(area, ASKS)
    assert agency_checks.overdue(found) == ""
    assert [one.agency for one in found] == ["Youth service", "Police", "Schools"]
    agency_checks.withdraw(area, ASKS, found[0], why="Not needed", origin="tests")
    assert listed(area, ASKS)[-1].reason == "Withdrawn: Not needed"


@pytest.mark.parametrize("reader", [YOUTH, Reader("x", "panel_member")])
def test_who_neither_asks_nor_answers_sees_none(area, question, reader):
    for act in (
        lambda: agency_checks.listed(area, reader, TODAY),
        lambda: agency_checks.agencies(area, reader),
    ):
        with pytest.raises(DataProblem, match="between the panel and the agencies"):
            act()
    with pytest.raises(DataProblem, match="asked by panel members"):
        agency_checks.ask(area, reader, question, ["Police"], **HOW)
    with pytest.raises(DataProblem, match="asked by panel members"):
        agency_checks.places_to_choose(area, reader)
