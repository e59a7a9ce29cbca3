"""The panel's review finds what was planted in the sample town, and says of the decoys nothing that is not so."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import h3
import pandas as pd
import pytest

import sample_data
from briefing import hotspots, review, summaries
from spaces import disclosure
from spaces.access import Reader, Role
from tests.briefing.conftest import PANEL
from words import DataProblem

SAMPLES = Path(sample_data.__file__).parent


def planted(sample: str) -> dict[str, dict]:
    return {place["id"]: place for place in json.loads((SAMPLES / sample / "truth.json").read_text("utf-8"))["places"]}


TRUTH = planted("marlhaven")
REPEAT = [TRUTH[name] for name in ("lockside", "fryers", "bus-station", "dyers-yard")]


def test_the_four_planted_places_are_among_the_first_and_lie_in_hotspots(whole_review):
    ids = [place["osm_id"] for place in REPEAT]
    assert set(ids) <= set(whole_review.places.index[:6])
    assert whole_review.places.loc[ids, "repeat_harm"].all()
    assert (whole_review.places.loc[ids, "letter"] != "").all()
    assert whole_review.places["hotspot"].sum() <= 5, "and hardly anything else does"


def test_the_place_that_is_emerging_is_a_hotspot_of_the_last_quarter(marlhaven, everything):
    answer = review.review(marlhaven, PANEL, replace(everything, first_day=date(2026, 7, 1)))
    named = answer.places[answer.places["hotspot"]].index
    assert TRUTH["skate-park"]["osm_id"] in named
    assert TRUTH["dyers-yard"]["osm_id"] not in named, "which was mended"
    assert TRUTH["decoy"]["osm_id"] not in named


@pytest.mark.parametrize("place", REPEAT, ids=lambda place: place["id"])
def test_the_range_of_different_children_holds_the_true_number(whole_review, place):
    found = whole_review.places.loc[place["osm_id"]]
    # Low is certain, so never above the truth; high may fall short only by rows that could not be placed.
    assert 2 <= found["children_low"] <= place["children"]
    assert found["children_high"] >= 0.7 * place["children"]


def test_the_place_that_was_mended_is_said_to_be_quiet_since(whole_review):
    assert "nothing recorded since" in whole_review.places.loc[TRUTH["dyers-yard"]["osm_id"], "trend"]
    others = [TRUTH[name]["osm_id"] for name in ("lockside", "fryers", "bus-station")]
    assert not whole_review.places.loc[others, "trend"].str.contains("nothing recorded since").any()


@pytest.mark.parametrize(
    "changes",
    [{"harm_types": ("robbed",)}, {"agencies": ("Schools",)}, {"hours": (9, 15)}, {"young_adults": True}, {"last_day": date(2026, 6, 30)}],
)
def test_nothing_since_is_never_said_of_a_part(marlhaven, everything, changes):
    answer = review.review(marlhaven, PANEL, replace(everything, **changes))
    assert (answer.places["trend"] == "").all()


def test_a_filter_is_said_wherever_its_numbers_are(marlhaven, everything):
    question = replace(everything, harm_types=("robbed",), agencies=("Police", "Schools"), hours=(18, 22))
    said = review.review(marlhaven, PANEL, question).summary[0]
    assert "only robbed; only what Police and Schools told; only 18:00-22:00" in said


def test_young_adults_are_never_called_children(marlhaven, everything):
    answer = review.review(marlhaven, PANEL, replace(everything, young_adults=True))
    assert "children and young adults" in answer.summary[0]
    assert not any("different child" in text for text in [*answer.places["sentence"], *answer.cells["label"], answer.summary[2]])


def test_what_is_chosen_by_the_hour_does_not_say_when(marlhaven, everything):
    answer = review.review(marlhaven, PANEL, replace(everything, hours=(15, 18)))
    assert not answer.places["sentence"].str.contains("mostly").any()


def test_too_few_to_say_when_is_not_called_spread_over_the_day(marlhaven, everything):
    answer = review.review(marlhaven, PANEL, replace(everything, first_day=date(2026, 7, 1)))
    few = answer.places[answer.places["incidents"] < 5]
    assert len(few)
    assert few["sentence"].str.contains("too few to say when in the day").all()


def test_where_a_child_went_missing_or_was_found_is_not_where_harm_happened(marlhaven, everything, whole_review):
    records, _said = review.chosen_records(marlhaven, everything)
    assert not records["location_role"].isin(["missing_from", "found_at", "moved_through"]).any()
    assert any("not where harm happened" in line for line in whole_review.left_out)


def test_a_choice_of_which_nothing_could_be_placed_says_why(marlhaven, everything):
    records, _said = review.chosen_records(marlhaven, everything)
    unplaced = records[records["longitude"].isna()]
    row = unplaced.groupby(["agency", "harm_type"]).size().index[0]
    days = [
        replace(everything, first_day=day.date(), last_day=day.date(), agencies=(row[0],))
        for day in unplaced["occurred_from"].dt.normalize()
    ]
    told = []
    for question in days:
        try:
            review.review(marlhaven, PANEL, question)
        except DataProblem as problem:
            told.append(str(problem))
    assert any("could be placed on the map: no coordinates and no postcode" in one for one in told)
    assert not any("--" in one for one in told), "no command line on the screen"


def test_the_emerging_place_is_first_among_the_last_quarter(marlhaven, everything):
    last = replace(everything, first_day=date(2026, 7, 1))
    assert review.review(marlhaven, PANEL, last).places.index.get_loc(TRUTH["skate-park"]["osm_id"]) < 4


def test_the_decoy_is_no_place_of_harm(marlhaven, everything):
    records, _left_out = review.chosen_records(marlhaven, everything)
    decoy = TRUTH["decoy"]
    place = review.place_of_each(records, marlhaven.places)
    east, north = decoy["pin"]
    on_the_pin = (records["easting"].sub(east).abs() < 1) & (records["northing"].sub(north).abs() < 1)
    assert not on_the_pin.any(), "not one of the rows with the default pin is placed there"
    assert (place == decoy["osm_id"]).sum() <= 3


def test_the_decoy_is_not_listed_and_its_rows_are_accounted_for(whole_review):
    assert TRUTH["decoy"]["osm_id"] not in whole_review.places.index
    assert any("default point" in line for line in whole_review.left_out)


def test_one_child_seen_by_two_agencies_is_not_repeat_harm(marlhaven, whole_review, everything):
    green = TRUTH["teal-green"]["osm_id"]
    assert green not in whole_review.places.index
    records, _left_out = review.chosen_records(marlhaven, everything)
    there = records[(review.place_of_each(records, marlhaven.places) == green).to_numpy()]
    assert there["agency"].nunique() == 2, "both agencies' rows are there, and still it is one child"


def test_hotspots_have_the_letters_in_the_order_of_the_list(whole_review):
    hotspots = whole_review.places[whole_review.places["hotspot"]]
    assert hotspots["letter"].tolist() == ["A", "B", "C", "D"]
    assert set(whole_review.cells.loc[whole_review.cells["hotspot"], "cluster"]) == {"A", "B", "C", "D"}
    assert not set(whole_review.cells.loc[~whole_review.cells["hotspot"], "cluster"]) & {"A", "B", "C", "D"}


def test_every_place_says_the_cell_that_the_map_lights_up(whole_review):
    assert whole_review.places["cell"].isin(whole_review.cells.index).all()
    centre = TRUTH["bus-station"]
    expected = h3.latlng_to_cell(centre["latitude"], centre["longitude"], 9)
    assert whole_review.places.loc[centre["osm_id"], "cell"] == expected


def test_the_map_and_the_summary_say_the_same_number(whole_review):
    assert f"{int(whole_review.cells['incidents'].sum()):,} incidents" in whole_review.summary[0]
    assert whole_review.places_found >= len(whole_review.places)


def test_nothing_leaves_that_could_find_a_child_again(whole_review):
    for frame in (whole_review.places, whole_review.cells):
        assert not set(frame.columns) & set(disclosure.ALWAYS_WITHHELD)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PANEL_MEMBER])
def test_counts_are_for_the_panel_even_where_there_is_nothing(marlhaven, everything, role):
    nothing = replace(everything, first_day=date(2001, 1, 1), last_day=date(2001, 1, 2))
    for question in (everything, nothing):
        with pytest.raises(DataProblem, match="for panel members"):
            review.review(marlhaven, Reader("someone", role), question)


def test_a_quiet_choice_has_no_hotspot_and_says_what_would_have_been_one(marlhaven, everything):
    answer = review.review(marlhaven, PANEL, replace(everything, first_day=date(2026, 9, 1), agencies=("Schools",)))
    assert re.search(r"Nowhere holds more recorded harm .* about \d+ incidents in a middling hexagon", answer.summary[1])
    assert not answer.cells["hotspot"].any()
    assert not answer.places["hotspot"].any()


@pytest.mark.parametrize(
    ("asked", "said"), [("auto", "where people live"), ("even", "an even spread over the area"), ("crime", "an even spread")]
)
def test_it_is_said_what_harm_is_compared_with(marlhaven, everything, asked, said):
    assert said in review.review(marlhaven, PANEL, replace(everything, compared_with=asked)).summary[1]


def test_filters_narrow_and_nothing_is_lost_in_silence(marlhaven, everything):
    all_of_it, _said = review.chosen_records(marlhaven, everything)
    parts = [review.chosen_records(marlhaven, replace(everything, harm_types=(harm,)))[0] for harm in review.choices(marlhaven).harm_types]
    assert sum(map(len, parts)) == all_of_it["harm_type"].notna().sum()
    by_agency = [review.chosen_records(marlhaven, replace(everything, agencies=(agency,)))[0] for agency in all_of_it["agency"].unique()]
    assert sum(map(len, by_agency)) == len(all_of_it)
    evening, said = review.chosen_records(marlhaven, replace(everything, hours=(18, 22)))
    assert 0 < len(evening) < len(all_of_it)
    assert any("whose hour is not known" in line for line in said)
    hours = evening["occurred_from"].dt.hour
    assert hours.between(6, 22).all()


def test_young_adults_are_counted_only_when_asked_for(marlhaven, everything):
    children, _ = review.chosen_records(marlhaven, everything)
    both, _ = review.chosen_records(marlhaven, replace(everything, young_adults=True))
    assert not (children["age_band"] == "18-25").any()
    assert (both["age_band"] == "18-25").sum() == len(both) - len(children) > 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"first_day": date(2026, 2, 1), "last_day": date(2026, 1, 1)}, "ends before it begins"),
        ({"first_day": date(2001, 1, 1), "last_day": date(2001, 1, 2)}, "Nothing was recorded"),
        ({"harm_types": ("no such harm",)}, "Nothing was recorded"),
    ],
)
def test_a_choice_without_an_answer_says_so(marlhaven, everything, changes, said):
    with pytest.raises(DataProblem, match=said):
        review.review(marlhaven, PANEL, replace(everything, **changes))


def test_the_rural_area_has_one_hotspot_and_lists_its_planted_places(bro_heli):
    choices = review.choices(bro_heli)
    answer = review.review(bro_heli, PANEL, review.Question(choices.first_day, choices.last_day))
    assert answer.places["hotspot"].sum() == 1
    truth = [place["osm_id"] for place in planted("bro-heli").values() if place["kind"] == "repeat"]
    assert truth
    assert set(answer.places.index[: len(truth) + 1]) >= set(truth)
    assert answer.places["name_cy"].notna().all()


def test_letters_go_on_after_z():
    assert [review._letter(order) for order in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_choices_are_what_was_recorded(marlhaven):
    choices = review.choices(marlhaven)
    assert choices.first_day == date(2024, 10, 1)
    assert choices.last_day == date(2026, 9, 30)
    assert choices.agencies == ("Children's services", "Emergency department", "Police", "Schools")
    assert pd.Series(choices.harm_types).is_unique


@pytest.mark.parametrize(
    ("row", "stands_there", "said"),
    [
        ({"incidents": 0.0, "days": 0}, False, "No reports, which is not the same as no harm"),
        ({"incidents": 0.27, "days": 0}, False, "Part of an incident that is known only to a wider place"),
        ({"incidents": 0.27, "days": 1}, True, "Part of an incident that is known only to a wider place"),
        ({"incidents": 0.86, "days": 0}, False, "About 1 incident that is known only to a wider place"),
        ({"incidents": 1.86, "days": 0}, False, "About 2 incidents that are known only to wider places"),
        ({"incidents": 1.86, "days": 2}, True, "2 incidents on 2 days\n2 different children"),
        ({"incidents": 1.2, "days": 9}, True, "1 incident\n2 different children"),
        ({"incidents": 3.0, "days": 0}, True, "3 incidents\n2 different children"),
    ],
)
def test_the_map_speaks_of_whole_incidents_and_of_no_days_that_are_not_theirs(row, stands_there, said):
    row = row | {"children_low": 2, "children_high": 2}
    assert summaries.of_a_cell(row, stands_there=stands_there, young_adults=False) == said


def test_no_more_than_there_is_would_have_been_a_hotspot():
    few = SimpleNamespace(least_around=12, incidents=11)
    assert summaries._nowhere(few) == "Too few incidents to tell a hotspot from chance."


def test_few_hexagons_are_said_to_be_why_a_scan_decides(everything):
    few = SimpleNamespace(resolution=9, incidents=60, cells=range(4), method="scan")
    assert summaries.how(few, everything).endswith("because there are few hexagons to compare.")


@pytest.mark.parametrize(
    ("changes", "exploratory"),
    [({}, False), ({"compared_with": "even"}, True), ({"compared_with": "homes"}, True), ({"agreed": False}, True)],
)
def test_what_goes_beyond_the_agreed_review_is_exploratory(everything, changes, exploratory):
    assert replace(everything, **changes).exploratory is exploratory


def test_rows_that_say_the_same_do_not_all_lie_in_one_cell():
    said = {"agency": "Police", "incident_id": None, "occurred_from": pd.Timestamp("2025-03-01"), "easting": 1.0, "northing": 2.0}
    rows = pd.DataFrame([said | {"feature": feature} for feature in ["a", "b"] * 20])
    lots = hotspots._lots(rows)
    by_feature = [set(lots[rows["feature"] == feature]) for feature in ("a", "b")]
    assert len(by_feature[0]) == 20
    assert by_feature[0] == by_feature[1]
    assert lots.between(0, 1, inclusive="left").all()
    assert sorted(hotspots._lots(rows.iloc[::-1])) == sorted(lots), "the order of rows is nothing to what is drawn"
