"""One place opened: its words, what is not known of it, and an assessment planned for it."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import shapely

from briefing import place, review, setting
from spaces.access import Reader, Role
from tests.briefing.conftest import PANEL
from words import DataProblem

LOCKSIDE = "way/20037"
TEAL_GREEN = "way/20038"
TODAY = date(2026, 10, 1)


@pytest.fixture(scope="module")
def lockside(marlhaven, everything):
    return place.open_place(marlhaven, PANEL, everything, LOCKSIDE)


def test_a_place_says_the_same_as_the_list(lockside, whole_review):
    row = whole_review.places.loc[LOCKSIDE]
    assert lockside.sentence == row["sentence"]
    assert lockside.repeat_harm == row["repeat_harm"]
    for table in (lockside.by_harm, lockside.by_agency):
        assert table["count"].sum() == row["incidents"]
    assert lockside.by_month["count"].sum() == row["incidents"]
    assert lockside.by_hour["count"].sum() <= row["incidents"]


def test_the_unlit_park_is_said_to_be_unlit_and_what_is_not_known_is_said(lockside):
    said = lockside.like[0]
    assert said.startswith("At ")
    assert ": not lit. " in said
    assert "recorded" in said.lower(), "and by whom or why"
    assert any("the hour of" in line for line in lockside.not_known)
    assert (lockside.candidates["straight_m"] <= 500).all()


def test_by_day_it_is_said_once_and_what_nobody_recorded_of_the_light_is_still_not_known(marlhaven):
    """A path of which nothing is recorded: at noon as at night, the light on it is not known."""
    light, dark_paths = marlhaven.layer("street_light"), "the light on most paths around it"
    nothing_recorded = light[(light["state"] == "unknown") & (light.length > 100)]
    surveyed = shapely.union_all(light.geometry[light["state"] != "unknown"].to_numpy()).buffer(60)
    outline = nothing_recorded.geometry[~nothing_recorded.intersects(surveyed)].iloc[0].buffer(5)
    noon = datetime(2026, 6, 20, 12)  # noqa: DTZ001 by the clock on the wall
    for place_id, where in (("", outline), (LOCKSIDE, marlhaven.places.loc[LOCKSIDE].geometry)):
        found = setting.setting(marlhaven, PANEL, where, [noon], feature_id=place_id, today=TODAY)
        assert found.like[0] == "At 12:00 in June: in daylight."
        assert " ".join(found.like).lower().count("daylight") == 1
        assert not any("% lit" in line for line in found.like), "by day no lamp is lit"
        assert (dark_paths in found.not_known) or place_id
    at_night = setting.setting(marlhaven, PANEL, outline, [noon + timedelta(hours=12)], feature_id="", today=TODAY)
    assert dark_paths in at_night.not_known


def test_one_child_known_to_two_agencies_is_not_repeat_harm(marlhaven, everything):
    green = place.open_place(marlhaven, PANEL, everything, TEAL_GREEN)
    assert not green.repeat_harm
    assert "1 to 2 different children" in green.sentence
    assert len(green.by_agency) == 2


def test_a_single_source_is_said_unless_it_is_the_readers_own_choice(marlhaven, everything):
    one_source = "what others would say: one source only"
    records, _said = review.chosen_records(marlhaven, everything)
    sources = records.groupby(review.place_of_each(records, marlhaven.places))["agency"].nunique()
    told_by_one = place.open_place(marlhaven, PANEL, everything, str(sources.index[sources == 1][0]))
    assert one_source in told_by_one.not_known
    assert one_source not in place.open_place(marlhaven, PANEL, everything, LOCKSIDE).not_known
    chosen = place.open_place(marlhaven, PANEL, replace(everything, agencies=("Police",)), LOCKSIDE)
    assert one_source not in chosen.not_known


@pytest.mark.parametrize(("asked", "said"), [("way/0", "no longer on the map"), ("", "no longer on the map")])
def test_a_place_that_is_not_there_is_said_not_to_be(marlhaven, everything, asked, said):
    with pytest.raises(DataProblem, match=said):
        place.open_place(marlhaven, PANEL, everything, asked)


def test_a_place_where_nothing_was_recorded_says_that_it_is_no_proof(marlhaven, everything):
    quiet = replace(everything, first_day=everything.last_day, last_day=everything.last_day)
    with pytest.raises(DataProblem, match="No reports is not no harm"):
        place.open_place(marlhaven, PANEL, quiet, TEAL_GREEN)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PANEL_MEMBER])
def test_only_the_panel_opens_plans_and_reads_plans(marlhaven, everything, role):
    reader = Reader("someone", role)
    with pytest.raises(DataProblem, match="for panel members"):
        place.open_place(marlhaven, reader, everything, LOCKSIDE)
    with pytest.raises(DataProblem, match="planned by panel members"):
        place.plan_assessment(marlhaven, reader, LOCKSIDE, lead="a", why="b", begin_by=TODAY, today=TODAY, origin="test")


def test_a_planned_assessment_is_found_with_what_the_panel_was_looking_at(marlhaven):
    before, taken = marlhaven.data_version, set(marlhaven.register.assessments()["feature_id"])
    free = marlhaven.places.loc[~marlhaven.places.index.isin(taken)].iloc[0]
    plan_id = place.plan_assessment(
        marlhaven,
        PANEL,
        str(free.name),
        lead=" Parks team ",
        why="Dark paths",
        begin_by=TODAY + timedelta(weeks=2),
        today=TODAY,
        origin="test",
    )
    found = marlhaven.register.assessments().loc[plan_id]
    assert (found["name"], found["lead"], found["why"], found["status"]) == (free["name"], "Parks team", "Dark paths", "planned")
    assert found["feature_id"] == free.name
    assert marlhaven.data_version == before, "a plan changes no figure, so no cached answer goes stale"
    with pytest.raises(DataProblem, match="planned already, led by Parks team"):
        place.plan_assessment(marlhaven, PANEL, str(free.name), lead="b", why="c", begin_by=TODAY, today=TODAY, origin="test")
    assert found["data_version"] == before


def test_what_a_place_is_called_has_a_word_for_every_kind(marlhaven):
    assert set(marlhaven.places["kind"]) <= set(place.KIND_LABELS)


def test_the_list_is_of_places_that_can_be_opened(marlhaven, everything, whole_review):
    for place_id in whole_review.places.index:
        assert place.open_place(marlhaven, PANEL, everything, place_id).sentence == whole_review.places.loc[place_id, "sentence"]


def test_a_hotspot_without_a_named_place_is_near_one_and_opens_with_its_own_numbers(marlhaven, everything, whole_review):
    hotspot_a = whole_review.places.index[0]
    around = marlhaven.places.loc[hotspot_a].geometry.buffer(700)
    fewer = copy.copy(marlhaven)
    fewer.__dict__["places"] = marlhaven.places[~marlhaven.places.intersects(around)]
    fewer.__dict__.pop("recent")  # what was worked out for all places is none of its
    answer = review.review(fewer, PANEL, everything)
    named = answer.places[answer.places["name"].str.startswith("near ")]
    assert len(named) == 1
    opened = place.open_place(fewer, PANEL, everything, str(named.index[0]))
    assert opened.sentence == named["sentence"].iloc[0]
    assert opened.name == named["name"].iloc[0]
