"""The planted places have been changing as they were made to; where quarters are thin nothing is said."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sample_data
from briefing import calibration, changes, evidence, masked_venues, place, remaining, review, sensitivity
from geo import cells
from spaces import repeat_harm
from spaces.access import Reader, Role
from tests.briefing.conftest import PANEL
from tests.spaces.conftest import records_of
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


@pytest.mark.parametrize(
    ("closed", "said"),
    [
        (
            ["2025-12-01", "2025-12-01", None, None],
            "Since 1 January 2025 at least 2 children were harmed here who were not before, but before earlier children's cases had "
            "closed; no new child is known after that.",
        ),
        (["2024-03-01"] + [None] * 3, "It remains harmful: since 1 January 2025 at least 2 new children were harmed here,"),
        ([None] * 4, "Whether earlier cases had closed is not known; since 1 January 2025 at least 2 children were harmed here"),
    ],
)
def test_new_children_before_a_case_had_closed_are_not_passed_over(closed, said):
    assert _remains(["2024-01-01", "2024-02-01", "2025-06-01", "2025-07-01"], closed).startswith(said)


def test_where_nobody_was_harmed_before_the_day_of_closing_is_named():
    said = _remains(["2025-06-01", "2025-07-01"], ["2025-12-01", None])
    assert said == "No new child is known to have been harmed here after 1 December 2025, when an earlier child's case closed."


def _remains(began, closed):
    rows = records_of(*({"agency": "Police", "child_ref": f"child {number}"} for number in range(len(began))))
    rows = rows.assign(occurred_from=pd.to_datetime(began), case_closed_on=pd.to_datetime(closed))
    found = repeat_harm.remains_harmful(rows, pd.Series("here", index=rows.index), since=date(2025, 1, 1))
    return remaining._said(found.iloc[0])


def test_a_hotspot_stands_where_any_cell_of_it_does(marlhaven, everything, counted):
    where = sensitivity._cells_of_hotspot(counted, BUS)
    answer = counted.answer.cells
    assert where == set(answer.index[(answer["space"] == BUS) & answer["hotspot"]])
    quiet = answer.index[~answer["hotspot"]][0]
    one = {next(iter(where)), quiet}
    assert sensitivity._is_hot(marlhaven, counted.records, everything, one, counted.answer.resolution)
    assert not sensitivity._is_hot(marlhaven, counted.records, everything, {quiet}, counted.answer.resolution)


def test_where_nobody_is_named_it_is_said_in_a_sentence(marlhaven, everything, counted):
    agency = counted.records["agency"].where((counted.place != BUS) | (counted.records["agency"] == "Schools"))
    part, without, _larger = sensitivity.sentences_of(
        marlhaven, replace(counted, records=counted.records.assign(agency=agency)), everything, BUS
    )  # fmt: skip
    assert part.startswith("Who told of ")
    assert part.endswith("% of it is not recorded.")
    assert without.startswith("Without that part it ")
    nobody = counted.records.assign(agency=agency.where(counted.place != BUS))
    (said,) = sensitivity.sentences_of(marlhaven, replace(counted, records=nobody), everything, BUS)
    assert said == "Who told of it is not recorded: whether that is one source or several is not known."


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
    with pytest.raises(DataProblem, match="for panel members"):
        evidence.evidence(marlhaven, Reader("someone", Role(role)))


def test_a_calibration_is_kept_for_the_method_page_and_a_broken_one_is_none(tmp_path, marlhaven):
    assert calibration.kept(tmp_path) is None
    (tmp_path / calibration.KEPT_IN).write_text("{", "utf-8")
    assert calibration.kept(tmp_path) is None


@pytest.mark.parametrize(
    ("incidents", "told"), [(1, 10), (7, 10), (43, 40), (96, 100), (123, 120), (999, 1000), (1234, 1200), (9086, 9100), (10**7, 10**7)]
)
def test_a_year_is_told_to_two_figures_and_never_exactly(incidents, told):
    assert calibration.rounded(incidents) == told


def test_who_may_not_see_counts_learns_none_by_calibrating(tmp_path, marlhaven, monkeypatch):
    def hidden(_workspace, records):
        return pd.Series(np.arange(len(records)) % 2 == 0, index=records.index)

    def by_count(_area, incidents, **_how):
        return calibration.Calibration(incidents, 9, 100, pd.DataFrame({"share": [0.0]}), pd.DataFrame({"found": [0.0]}))

    monkeypatch.setattr(calibration, "calibrate", by_count)
    steward, area = Reader("a steward", Role.DATA_STEWARD), replace(marlhaven, folder=tmp_path)
    everything = calibration.of_area(area, steward, np.random.default_rng(1)).incidents
    monkeypatch.setattr(masked_venues, "on_no_map", hidden)
    without = calibration.of_area(area, steward, np.random.default_rng(1)).incidents
    assert without == pytest.approx(everything / 2, rel=0.1)
    assert without == calibration.rounded(without)
    assert calibration.kept(tmp_path).incidents == without
    kept = tmp_path / calibration.KEPT_IN
    kept.write_text(json.dumps(json.loads(kept.read_text("utf-8")) | {"incidents": 1_234}), "utf-8")
    assert calibration.kept(tmp_path).incidents == 1_200, "what was kept before it was rounded is told so too"
    monkeypatch.setattr(masked_venues, "on_no_map", lambda _workspace, records: pd.Series(data=True, index=records.index))
    with pytest.raises(DataProblem, match="Nothing of the last year"):
        calibration.of_area(area, steward, np.random.default_rng(1))


@pytest.mark.parametrize("incidents", [10_000_001, 99_999_999_999_999_999_999])
def test_a_year_of_more_than_there_can_be_is_refused(marlhaven, incidents):
    with pytest.raises(DataProblem, match="no more than 10,000,000 incidents"):
        calibration.calibrate(marlhaven.area, incidents, resolution=9, homes=None, rng=np.random.default_rng(1))


@pytest.mark.parametrize("incidents", [0, -3])
def test_a_year_of_nothing_cannot_be_calibrated(marlhaven, incidents):
    with pytest.raises(DataProblem, match="Give how many are recorded in a usual year"):
        calibration.calibrate(marlhaven.area, incidents, resolution=9, homes=None, rng=np.random.default_rng(1))


def test_points_hold_everything_in_a_few_cells():
    shares = calibration._points(100, np.random.default_rng(1))
    assert shares.sum() == pytest.approx(1)
    assert (shares > 0).sum() == 20
    assert cells.RESOLUTIONS.start == 7
