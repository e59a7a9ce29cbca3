"""A plan that lacks something is refused before anything is saved; a sound one is saved with who, why and what it was read from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import shapely

from spaces import assessments
from spaces.access import Reader, Role
from tests.spaces.conftest import PANEL
from words import DataProblem

TODAY = date(2025, 3, 1)
SOUND = {"lead": "Youth team", "why": "Harm repeats after dark.", "begin_by": TODAY + timedelta(days=30)}
PARK = {
    "name": "Lockside Park", "kind": "park", "feature_id": "way/1", "boundary": shapely.box(497_000, 180_000, 497_100, 180_100),
    "today": TODAY, "data_version": "abc123", "origin": "tests",
}  # fmt: skip

REFUSED = {
    "nobody leads": ({"lead": ""}, "Say who leads the assessment"),
    "blank leads": ({"lead": " \n\t"}, "Say who leads the assessment"),
    "no reason": ({"why": ""}, "Say why this place"),
    "blank reason": ({"why": "   "}, "Say why this place"),
    "long lead": ({"lead": "x" * 2_001}, "Keep it under 2000 characters"),
    "long reason": ({"why": "x" * 2_001}, "Keep it under 2000 characters"),
    "yesterday": ({"begin_by": TODAY - timedelta(days=1)}, "The start date has passed. Choose today or later."),
    "after a year": ({"begin_by": TODAY + timedelta(days=366)}, "more than a year away. Choose one within the year."),
}
SOUND_AT_THE_EDGE = {
    "today": {"begin_by": TODAY},
    "in a year": {"begin_by": TODAY + timedelta(days=365)},
    "as long as may be": {"lead": "x" * 2_000, "why": "y" * 2_000},
    "one letter": {"lead": "x", "why": "y"},
}


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


def test_a_plan_is_saved_with_who_when_and_what_it_was_read_from(register):
    before = datetime.now(UTC)
    planned = assessments.plan(register, PANEL, **PARK, **SOUND | {"lead": "  Youth team ", "why": " Harm repeats.\n"})
    row = register.assessments().loc[planned]
    assert row[["name", "kind", "feature_id", "status"]].tolist() == ["Lockside Park", "park", "way/1", "planned"]
    assert row[["lead", "why", "begin_by", "data_version"]].tolist() == ["Youth team", "Harm repeats.", SOUND["begin_by"], "abc123"]
    assert row["status"] in assessments.STATUS_LABELS
    trail = register.audit_trail()
    assert trail["action"].tolist() == ["space raised", "assessment planned"]
    assert set(trail["actor"]) == {PANEL.name}
    assert trail["subject"].tolist() == ["way/1", row["space_id"]]
    assert set(trail["origin"]) == {"tests"}
    assert before <= row["planned_at"] == trail["happened_at"].iloc[1] <= datetime.now(UTC)


def test_a_place_planned_twice_is_one_space_with_two_assessments(register):
    ids = {assessments.plan(register, PANEL, **PARK, **SOUND) for _time in range(2)}
    found = register.assessments()
    assert set(found.index) == ids
    assert (len(ids), found["space_id"].nunique()) == (2, 1)
    assert register.audit_trail()["action"].tolist() == ["space raised", "assessment planned", "assessment planned"]


def test_a_place_drawn_by_hand_has_no_feature_and_is_a_space_of_its_own(register):
    for _time in range(2):
        assessments.plan(register, PANEL, **PARK | {"feature_id": None}, **SOUND)
    assert register.assessments()["space_id"].nunique() == 2
