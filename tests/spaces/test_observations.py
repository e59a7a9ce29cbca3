"""What was seen is kept with its time, weather and light; children are counted only when they know; institutions' harm as counts only."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces import assessments, institutional_harm, observations
from spaces.access import Reader, Role
from spaces.institutional_harm import Details as Harm
from tests.spaces.conftest import PANEL
from tests.spaces.test_assessments import NOW, OFFICER, YOUTH, _at, the_day
from words import DataProblem

__all__ = ["the_day"]

O = {"origin": "tests"}  # noqa: E741
SEEN = observations.Details(NOW, "21:30", "22:15", "Community safety team", "rain", "partly", "Two benches.", "A shopkeeper greeted them.")


def _space(register):
    planned = _at(register, "planned")
    return assessments.newest(register).loc[planned, "space_id"]


def _add(register, planned="", details=SEEN, reader=OFFICER, **more):
    return observations.add(register, reader, details, assessment_id=planned, today=NOW, **O, **more)


def test_an_observation_is_kept_with_all_it_says(register):
    planned = _at(register, "gathering")
    new = _add(register, planned, replace(SEEN, children=4, children_knew=True))
    row = observations.newest(register).loc[new]
    space_id = assessments.newest(register).loc[planned, "space_id"]
    assert row[["space_id", "assessment_id", "seen_on", "weather", "light"]].tolist() == [space_id, planned, NOW, "rain", "partly"]
    assert (row["children"], row["children_knew"]) == (4, 1)
    assert observations.sentence(row) == "21:30 to 22:15; rain; after dark: lit in parts; 4 children, who knew of it"


@pytest.mark.parametrize(
    ("children", "knew", "kept"),
    [
        (None, None, True), (None, False, True), (None, True, True), (0, True, True), (3, True, True), (3, False, False), (3, None, False),
        (0, None, False),
    ],
)  # fmt: skip
def test_children_are_counted_only_when_they_know(register, children, knew, kept):
    planned = _at(register, "gathering")
    details = replace(SEEN, children=children, children_knew=knew)
    if kept:
        new = _add(register, planned, details)
        row = observations.newest(register).loc[new]
        assert pd.isna(row["children"]) is (children is None)
        assert pd.isna(row["children_knew"]) is (children is None), "what was not counted was not agreed to either"
        return
    with pytest.raises(DataProblem, match="only when they know"):
        _add(register, planned, details)
    assert observations.newest(register).empty


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seen_on": NOW + timedelta(1)}, "still to come"), ({"from_time": "9pm"}, "times from and to"),
        ({"to_time": "24:00"}, "times from and to"),
        ({"to_time": "21:30"}, "times from and to"), ({"weather": "fine"}, "weather from the list"),
        ({"light": "dim"}, "light was after dark"),
        ({"by": ""}, "Say who observed"), ({"by": "Kayleigh Price"}, "looks like a person's name"),
        ({"adults": "Kayleigh Price shouted."}, "looks like a person's name"),
        ({"features": "", "adults": "", "light": "not_seen"}, "Write down something"), ({"features": "x" * 601}, "Keep it under 600"),
        ({"children": -1, "children_knew": True}, "as a number"), ({"children": 1_000, "children_knew": True}, "as a number"),
    ],
)  # fmt: skip
def test_an_observation_that_cannot_be_is_refused(change, said):
    with pytest.raises(DataProblem, match=said):
        observations.check(replace(SEEN, **change).tidied(), today=NOW)


def test_what_nobody_saw_after_dark_is_not_unlit():
    row = {"from_time": "10:00", "to_time": "11:00", "weather": "", "light": observations.NOT_SEEN, "children": None}
    assert observations.sentence(row) == "10:00 to 11:00; not seen after dark"


@pytest.mark.parametrize("state", ["planned", "closed"])
def test_nothing_is_added_to_an_assessment_that_is_not_under_way(register, state):
    planned = _at(register, state)
    with pytest.raises(DataProblem, match="not begun, or is closed"):
        _add(register, planned)


def test_a_space_that_is_not_assessed_can_be_observed_too_and_one_that_is_not_there_cannot(register):
    space_id = _space(register)
    new = _add(register, space_id=space_id)
    assert observations.newest(register).loc[new, ["space_id", "assessment_id"]].tolist() == [space_id, ""]
    for where in ({"planned": "no such"}, {"space_id": "no such"}):
        with pytest.raises(DataProblem, match="not in the list"):
            _add(register, **where)


@pytest.mark.parametrize("role", [Role.YOUTH_WORKER, Role.DATA_STEWARD])
def test_others_do_not_add_observations(register, role):
    with pytest.raises(DataProblem, match="Observations are added by"):
        _add(register, "any", reader=Reader("B. Smith", role))


# Harm done by institutions.

DAY = date(2025, 6, 1)


def _harms(*rows):
    return pd.DataFrame(rows, columns=["kind", "first_day", "last_day", "how_many"]).astype({"how_many": "Int64"})


def test_harm_is_logged_and_put_right_with_all_kept(register):
    space_id = _space(register)
    logged = Harm("dispersal", DAY, DAY + timedelta(2), 1, "Police", "Around the bus station.")
    harm_id = institutional_harm.log(register, YOUTH, space_id, logged, today=NOW, **O)
    institutional_harm.log(register, PANEL, space_id, replace(logged, how_many=2), harm_id=harm_id, seen=1, today=NOW, **O)
    row = institutional_harm.newest(register).loc[harm_id]
    assert row[["kind", "how_many", "told_by", "version"]].tolist() == ["dispersal", 2, "Police", 2]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "arrest"}, "from the list"), ({"last_day": NOW + timedelta(1)}, "still to come"),
        ({"first_day": DAY + timedelta(9)}, "on or after the first"),
        ({"first_day": date(1989, 12, 31), "last_day": date(1990, 1, 1)}, "before 1990"),
        ({"first_day": DAY - timedelta(366)}, "within a year"), ({"how_many": -1}, "as a number"), ({"told_by": " "}, "Say who told it"),
        ({"told_by": "Kayleigh"}, "looks like a person's name"), ({"note": "Kayleigh Price was searched."}, "looks like a person's name"),
    ],
)  # fmt: skip
def test_harm_that_names_somebody_or_cannot_be_is_refused(register, change, said):
    space_id = _space(register)
    with pytest.raises(DataProblem, match=said):
        institutional_harm.log(register, OFFICER, space_id, replace(Harm("dispersal", DAY, DAY, 1, "Police"), **change), today=NOW, **O)
    with pytest.raises(DataProblem, match="Dispersals, searches and exclusions are logged by"):
        institutional_harm.log(register, Reader("B", Role.DATA_STEWARD), space_id, Harm("dispersal", DAY, DAY, 1, "Police"), today=NOW, **O)


def test_before_and_after_are_as_many_days_each_and_what_lies_across_is_apart():
    since, today = DAY, DAY + timedelta(29)  # thirty days since, and thirty before
    rows = _harms(
        ("dispersal", DAY - timedelta(30), DAY - timedelta(30), 1), ("dispersal", DAY - timedelta(1), DAY - timedelta(1), 2),
        ("dispersal", DAY - timedelta(31), DAY - timedelta(31), 4), ("dispersal", DAY - timedelta(1), DAY, 8), ("dispersal", DAY, DAY, 16),
        ("dispersal", today, today, 32), ("stop_and_search", DAY, today, 0),
    )  # fmt: skip
    found = institutional_harm.before_and_after(rows, since, today)
    assert found.loc["dispersal"].tolist() == [3, 48, 12]
    assert found.loc["stop_and_search", "after"] == 0
    assert pd.isna(found.loc["stop_and_search", "before"]), "nobody told, which is not none"


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({}, True), ({"first_day": DAY + timedelta(2), "last_day": DAY + timedelta(9)}, True), ({"told_by": "police"}, True),
        ({"first_day": DAY + timedelta(3), "last_day": DAY + timedelta(9)}, False), ({"kind": "banned"}, False),
        ({"told_by": "School"}, False),
    ],
)  # fmt: skip
def test_nobody_tells_of_the_same_days_twice(register, change, refused):
    space_id = _space(register)
    logged = Harm("dispersal", DAY, DAY + timedelta(2), 1, "Police")
    harm_id = institutional_harm.log(register, YOUTH, space_id, logged, today=NOW, **O)
    again = replace(logged, **change)
    if refused:
        with pytest.raises(DataProblem, match="Police has told of 1 June 2025 to 3 June 2025 already"):
            institutional_harm.log(register, YOUTH, space_id, again, today=NOW, **O)
    else:
        institutional_harm.log(register, YOUTH, space_id, again, today=NOW, **O)
    assert len(institutional_harm.newest(register)) == 2 - refused
    institutional_harm.log(register, YOUTH, space_id, replace(logged, how_many=3), harm_id=harm_id, seen=1, today=NOW, **O)


def test_a_number_says_of_how_many_days_it_is_and_whether_some_were_told_of_twice():
    rows = _harms(
        ("dispersal", DAY - timedelta(10), DAY - timedelta(4), 3), ("dispersal", DAY, DAY + timedelta(60), 25),
        ("banned", DAY, DAY + timedelta(1), 1), ("banned", DAY + timedelta(1), DAY + timedelta(2), 1),
        ("moved_on", DAY - timedelta(1), DAY, 1),
    )  # fmt: skip
    found = institutional_harm.days_told(rows, DAY, DAY + timedelta(60))
    assert {str(kind): row.tolist() for kind, row in found.iterrows()} == {
        "dispersal": [7, 61, False], "banned": [0, 3, True], "moved_on": [0, 0, False],
    }  # fmt: skip


TOLD = st.tuples(st.sampled_from(list(institutional_harm.KINDS)), st.integers(-90, 90), st.integers(0, 40), st.integers(0, 9))


@given(st.lists(TOLD, max_size=20))
def test_every_number_told_is_before_after_or_left_out_once(told):
    rows = _harms(*((kind, DAY + timedelta(at), DAY + timedelta(at + long), many) for kind, at, long, many in told))
    found = institutional_harm.before_and_after(rows, DAY, DAY + timedelta(45))
    assert found.fillna(0).to_numpy().sum() == sum(many for *_rest, many in told)
