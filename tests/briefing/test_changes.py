"""The planted places have been changing as they were made to; where quarters are thin nothing is said."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import sample_data
from briefing import calibration, changes, evidence, place, remaining, review, sensitivity
from geo import cells
from tests.briefing.conftest import PANEL
from words import DataProblem

TRUTH = {
    one["id"]: one
    for one in json.loads((Path(sample_data.__file__).parent / "marlhaven" / "truth.json").read_text("utf-8"))["places"]
}  # fmt: skip
LOCKSIDE, BUS, DYERS, SKATE = (TRUTH[name]["osm_id"] for name in ("lockside", "bus-station", "dyers-yard", "skate-park"))


@pytest.fixture(scope="module")
def counted(marlhaven, everything):
    return review.counted(marlhaven, PANEL, everything)


def test_each_planted_place_has_its_class(counted, marlhaven):
    named = changes.classes(counted.records, counted.answer, review.baselines(marlhaven))
    fullest = {name: counted.answer.cell_of[counted.place.index[counted.place == name]].mode().iloc[0] for name in (LOCKSIDE, BUS, DYERS)}
    assert named[fullest[LOCKSIDE]] == "persistent"
    assert named[fullest[BUS]] == "persistent"
    assert named[fullest[DYERS]] == "historical"


def test_where_quarters_are_thin_nothing_is_said(bro_heli):
    available = review.choices(bro_heli)
    found = review.counted(bro_heli, PANEL, review.Question(available.first_day, available.last_day))
    assert changes.classes(found.records, found.answer, review.baselines(bro_heli)).empty


def test_only_what_is_in_a_hotspot_is_said_to_have_a_class(marlhaven, everything):
    places = review.review(marlhaven, PANEL, everything).places
    assert "nearly every quarter so far" in places.loc[LOCKSIDE, "trend"]
    outside = places[places["letter"] == ""]["trend"]
    assert set(outside) - {""} <= {text for text in outside if text.startswith(("nothing recorded since", "most of it"))}


def test_the_places_that_go_on_harming_are_said_to_and_the_mended_one_is_not(marlhaven, everything):
    for name in (LOCKSIDE, BUS):
        said = remaining.sentence(marlhaven, everything, name)
        assert said.startswith("It remains harmful: since 1 October 2025 at least ")
        assert said.endswith("after earlier children's cases had closed.")
    since_mended = replace(everything, first_day=date(2025, 12, 1))
    assert remaining.sentence(marlhaven, since_mended, DYERS) == "No new child is known to have been harmed here since 1 December 2025."
    assert "who were not" in remaining.sentence(marlhaven, replace(everything, first_day=date(2026, 7, 1)), SKATE)


def test_a_hotspot_says_who_told_of_it_and_whether_it_stands_without_them(marlhaven, everything, counted):
    told, without, larger = sensitivity.sentences_of(marlhaven, counted, everything, BUS)
    assert told.startswith("Told by 4 sources, ")
    assert without == "Without what Police told it is a hotspot still."
    assert larger == "In larger hexagons it is a hotspot still."
    opened = place.open_place(marlhaven, PANEL, everything, BUS)
    assert opened.how_sure == [told, without, larger]
    assert opened.by_weekday["count"].sum() == pytest.approx(opened.by_hour["count"].sum(), rel=0.5)


def test_of_one_source_it_is_said_that_others_are_not_known(marlhaven, everything):
    alone = replace(everything, agencies=("Police",))
    found = review.counted(marlhaven, PANEL, alone)
    (said,) = sensitivity.sentences_of(marlhaven, found, alone, BUS)
    assert said == "All of it is told by one source, Police: what others would say is not known."


# How harm behaves here, and how often the tool would be wrong.


def test_the_evidence_names_no_place_and_agrees_with_itself(marlhaven):
    found = evidence.evidence(marlhaven, PANEL)
    assert not found.why_not
    assert found.knox.shape[0] == 9
    assert (found.knox["pairs"] >= found.knox["expected"]).all(), "harm was planted in clusters"
    assert found.concentration.gini > found.concentration.by_chance_high
    assert found.foretold.loc["chance", "pai"] == pytest.approx(1)
    assert found.foretold.loc["score", "pai"] > 2


@pytest.mark.parametrize("role", ["data_steward"])
def test_evidence_is_for_those_who_see_counts(marlhaven, role):
    from spaces.access import Reader, Role

    with pytest.raises(DataProblem, match="for panel members"):
        evidence.evidence(marlhaven, Reader("someone", Role(role)))


def test_a_calibration_is_kept_for_the_method_page_and_a_broken_one_is_none(tmp_path, marlhaven):
    assert calibration.kept(tmp_path) is None
    (tmp_path / calibration.KEPT_IN).write_text("{", "utf-8")
    assert calibration.kept(tmp_path) is None


@pytest.mark.parametrize("incidents", [0, -3])
def test_a_year_of_nothing_cannot_be_calibrated(marlhaven, incidents):
    with pytest.raises(DataProblem, match="Give how many are recorded in a usual year"):
        calibration.calibrate(marlhaven.area, incidents, resolution=9, homes=None, rng=np.random.default_rng(1))


def test_points_hold_everything_in_a_few_cells():
    shares = calibration._points(100, np.random.default_rng(1))
    assert shares.sum() == pytest.approx(1)
    assert (shares > 0).sum() == 20
    assert cells.RESOLUTIONS.start == 7
