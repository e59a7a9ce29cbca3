"""Streets and places are found in their context, by any of their names; what could be two places is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import context, geocode
from geo import reasons as why
from tests.made_up_gazetteer import CASTLETON, COUNTY, MadeUpGazetteer, at, box

WHOLE = MadeUpGazetteer()
TURNED = MadeUpGazetteer(turned=True)
HOUSES = MadeUpGazetteer(addresses=True, shapes=True)


def _place(text, within=COUNTY, gazetteer=WHOLE, **columns):
    return geocode.place(
        pd.DataFrame({"location_text": [text]} | {name: [value] for name, value in columns.items()}), gazetteer, within=within
    ).iloc[0]


FOUND = {
    # In the area that is asked about, a name that it has once
    "Station Road": "street:3", "station rd.": "street:3", "On or near Station Road": "street:3", "Heol yr Orsaf": "street:3",
    "HEOL-YR-ORSAF": "street:3", "Heol yr Orsaf / Station Road": "street:3", "Station Road (Heol yr Orsaf)": "street:3",
    "St Johns Rd": "street:6", "Saint John's Road": "street:6", "Maes-yr-haf": "street:10", "Maesyrhaf": "street:10",
    "near Mill Lane": "street:4", "outside 12 Mill Lane": "street:4", "along Mill Ln": "street:4", "tu allan i Mill Lane": "street:4",
    "Flat 2, 12 Mill Lane": "street:4", "Rose Cottage, Mill Lane": "street:4", "Mill Lane, by the bins": "street:4",
    "Mill Lane, Castleshire": "street:4", "Rose Cottage Mill Lane": "street:4", "Penybryn House Mill Lane Castleton": "street:4",
    # By the town, the village or the district in the text
    "High Street, Castleton": "street:1", "High Street, Castell": "street:1", "High Street Castleton": "street:1",
    "Castleton High Street": "street:1",
    "High Street, Penybryn": "street:2", "HIGH ST PENYBRYN": "street:2", "High Street, Penybryn, Castleton": "street:2",
    "High Street, Penybrn": "street:2",
    "High Street, ZQ2": "street:2", "High Street ZQ2 1": "street:2", "High Street, ZQ2 9XX": "street:2",
    "CAFE ROYAL 12 HIGH STREET PENYBRYN": "street:2", "Cafe Royal, 12 High Street, Penybryn, Castleshire": "street:2",
    # In a village that the town's letters go through
    "Quarry Bank, Castleton": "street:17",
    # In pieces
    "Broken Way": "street:12+13",
    # Misspelt
    "Meadow Cresent": "street:14", "Medow Crescent": "street:14", "Mlil Lane": "street:4", "Fordd y Glyn": "street:16",
    "Ffordd Glyn": "street:16",
    "Staton Road": "street:3", "Medow Crescent Castleton": "street:14",
    # Two streets
    "Church Street / High Street": "junction:1+5", "High St and Church St": "junction:1+5",
    "junction of High Street and Church Street": "junction:1+5",
    "High Street jct Church Street, Castleton": "junction:1+5", "corner of High Street, Church Street, Castleton": "junction:1+5",
    "High Street j/w Mill Lane": "junction:1+4", "cyffordd High Street a Mill Lane": "junction:1+4",
    # Places
    "Castle Park": "park:40", "Parc y Castell": "park:40", "Castle Park car park": "park:40", "in Castle Park, Castleton": "park:40",
    "St Mary's Church in Wales Primary School": "school:41", "St Mary's Primary School": "school:41", "St Marys school": "school:41",
    "Ysgol Penybryn": "school:48", "Penybryn Primary School": "school:48", "The Crown, Penybryn": "pub:46",
    "Crown pub, Castleton": "pub:42",
    "Castleton station": "station:43", "Castleton railway station": "station:43", "Castleton Bus Station": "bus_station:44",
    "bus stop, High Street, Castleton": "bus_stop:45", "High Street bus stop, Castleton": "bus_stop:45",
    "at the bus stop on High Street, Castleton": "bus_stop:45", "safle bws High Street, Castleton": "bus_stop:45",
    "Castleton library": "library:47",
    "behind Spendless": "shop:49", "Spendless, Church Street": "shop:49",
    # Settlements
    "Penybryn": "settlement:31", "Castell": "settlement:30", "Castleton": "settlement:30+43", "Castleton town centre": "settlement:30+43",
    # Parts of postcodes
    "ZQ1": "district:ZQ1", "zq1 1": "sector:ZQ1 1",
}  # fmt: skip

DECLINED = {
    "High Street": geocode.AMBIGUOUS, "On or near High Street": geocode.AMBIGUOUS, "The Crown": geocode.AMBIGUOUS,
    "Park Road, Castleton": geocode.AMBIGUOUS, "High Street, Narnia": geocode.AMBIGUOUS, "High Street, ZQ1": None,
    "Farfield Avenue": geocode.ONLY_OUTSIDE, "High Street, Elsewhere": geocode.ELSEWHERE, "Station Road, Penybryn": None,
    "Mill Lane, Narnia": geocode.UNKNOWN_TOWN, "Nowhere Street": geocode.UNKNOWN_NAME, "Hill Lane": geocode.ONLY_LIKE_IT,
    "Park Raod": geocode.ONLY_LIKE_IT, "Church Road": geocode.UNKNOWN_NAME, "Church Lane": geocode.UNKNOWN_NAME,
    "Mill Lane and Station Road": geocode.STREETS_APART, "Spendless, Chapel Row": geocode.STREETS_APART,
    "at the bus stop": geocode.ONLY_KIND, "Safle bws": geocode.ONLY_KIND, "bus stop, Nowhere Street": geocode.UNKNOWN_NAME,
    "the park": geocode.ONLY_KIND, "On or near Supermarket": geocode.ONLY_KIND, "Sports/Recreation Area": geocode.ONLY_KIND,
    "school": geocode.ONLY_KIND,
    "On or near": geocode.NEAR_NOTHING, "On or near ": geocode.NEAR_NOTHING, "ar neu ger": geocode.NEAR_NOTHING,
    "No Location": geocode.NO_LOCATION, "unknown": geocode.NO_LOCATION, "N/A": geocode.NO_LOCATION, "Anhysbys": geocode.NO_LOCATION,
    "Snapchat": geocode.ONLINE, "online": geocode.ONLINE, "on Instagram and WhatsApp": geocode.ONLINE, "ar-lein": geocode.ONLINE,
    "home address": geocode.HOME, "At home": geocode.HOME, "victim's home": geocode.HOME, "gartref": geocode.HOME,
    "Mum’s house": geocode.HOME,
    "///filled.count.soap": geocode.WHAT3WORDS, "SU": geocode.UNKNOWN_NAME, "UPRN 999": geocode.UNKNOWN_UPRN,
    "51.5, -0.6": geocode.TOO_ROUGH, "48.8566, 2.3522": geocode.OUTSIDE, "0.0, 0.0": geocode.AT_ZERO,
    "99.999999, 0.0": geocode.NO_GRID_REFERENCE,
    "ZZ9 9ZZ": geocode.UNKNOWN_POSTCODE, "ZQ9 9ZZ": geocode.NO_POSITION, "word " * 100: geocode.TOO_LONG_A_TEXT,
    "Old Mill Lane": geocode.ONLY_LIKE_IT, "Upper Mill Lane, Castleton": geocode.UNKNOWN_NAME,
    "Cross Roads Farm, Castleton": geocode.UNKNOWN_NAME, "Cross Roads Farm Somewhere Lane, Castleton": geocode.UNKNOWN_NAME,
    "😀": geocode.NOTHING_GIVEN,
}  # fmt: skip


@pytest.mark.parametrize("text", [text for text, feature in FOUND.items() if feature])
def test_a_wording_means_one_place(text):
    row = _place(text)
    assert (row["feature"], row["reason"]) == (FOUND[text], None)
    kind = FOUND[text].partition(":")[0]
    assert row["method"] == {"street": "street", "junction": "street", "settlement": "area", "sector": "area", "district": "area"}.get(
        kind, "place"
    )
    assert 0.5 < row["confidence"] < 1
    assert row["matched"]
    assert row["candidates"] is None


@pytest.mark.parametrize("text", [text for text, reason in DECLINED.items() if reason])
def test_a_wording_that_could_mean_two_places_or_none_says_why(text):
    row = _place(text)
    assert (row["method"], row["reason"]) == ("none", DECLINED[text])
    assert row[["easting", "northing", "longitude", "latitude", "precision_m", "matched", "feature"]].isna().all()


@pytest.mark.parametrize("text", ["", None, " "])
def test_nothing_is_nothing(text):
    assert _place(text)["reason"] == geocode.NOTHING_GIVEN


def test_the_candidates_are_ranked_and_say_where_they_are():
    row = _place("High Street")
    assert row["candidates"] == [
        {
            "name": "High Street",
            "kind": "street",
            "town": "castell castleton",
            "easting": at(200, 5)[0],
            "northing": at(200, 5)[1],
            "score": 100,
        },
        {
            "name": "High Street",
            "kind": "street",
            "town": "penybryn",
            "easting": at(6_150, 5_005)[0],
            "northing": at(6_150, 5_005)[1],
            "score": 100,
        },
    ]
    (mill,) = _place("Hill Lane")["candidates"]
    assert (mill["name"], mill["score"] < 100) == ("Mill Lane", True)


# Context


def test_a_name_resolves_in_the_area_first_and_one_outside_it_is_told_and_not_placed():
    assert _place("High Street", CASTLETON)["feature"] == "street:1"
    assert _place("The Crown", CASTLETON)["feature"] == "pub:42"
    for text in ("Chapel Row", "High Street, Penybryn", "Penybryn"):
        outside = _place(text, CASTLETON)
        assert outside["reason"] == geocode.ONLY_OUTSIDE
        assert outside["candidates"]


def test_without_an_area_what_the_gazetteer_has_once_is_found_with_less_confidence():
    assert _place("Farfield Avenue", None)["feature"] == "street:15"
    assert _place("High Street", None)["reason"] == geocode.AMBIGUOUS
    assert _place("Mill Lane", None)["confidence"] < _place("Mill Lane")["confidence"]


def test_coordinates_and_postcodes_are_placed_wherever_they_are():
    far = box(50_000, 50_000, 60_000, 60_000)
    assert _place("ZQ1 1AA", far)["method"] == "postcode"
    assert _place("SU 978 801", far)["method"] == "grid_reference"


def test_the_same_name_in_a_village_that_the_towns_letters_go_through_is_a_rival():
    one_district = MadeUpGazetteer()
    one_district.names = one_district.names.with_columns(district=pl.lit("ZQ1"))
    assert _place("High Street, Castleton", gazetteer=one_district)["reason"] == geocode.AMBIGUOUS
    assert _place("High Street, Castleton", gazetteer=one_district, within=CASTLETON)["feature"] == "street:1"
    assert _place("High Street, Castleton, ZQ1 3XX", gazetteer=one_district)["feature"] == "street:1", "the sector is not the village's"
    assert _place("High Street, Penybryn", gazetteer=one_district)["feature"] == "street:2", "no town's letters go through a village"


@pytest.mark.parametrize(
    "text",
    ["bus stop, Mill Lane", "Mill Lane (bus stop)", "Mill Lane bus stop", "bus stop on Mill Lane", "Bus shelter opposite Mill Lane",
     "safle bws Mill Lane", "Mill Lane, Castleton, bus stop"],
)  # fmt: skip
def test_a_stop_that_is_not_known_is_somewhere_about_what_it_is_called_after(text):
    stop, street = _place(text), _place("Mill Lane")
    assert (stop["feature"], stop["method"]) == ("street:4", "street")
    assert stop["precision_m"] == street["precision_m"] + 100, "stops are called after streets that they are near and not on"
    assert stop["confidence"] < street["confidence"]


def test_a_name_with_a_kind_of_place_in_it_is_that_name():
    cafe = MadeUpGazetteer()
    called = cafe.names.filter(pl.col("feature") == 49).with_columns(name=pl.lit("Bus Stop Cafe"), key=pl.lit("bus stop cafe"))
    cafe.names = pl.concat([cafe.names, called])
    assert _place("Bus Stop Cafe", gazetteer=cafe)["feature"] == "shop:49"


def test_a_name_that_only_a_wide_area_tells_from_its_namesakes_is_less_sure(monkeypatch):
    assert _place("The Crown", CASTLETON)["confidence"] == _place("Castle Park", CASTLETON)["confidence"], "an area of few names is narrow"
    monkeypatch.setattr(context, "FEW", 0)
    wide = MadeUpGazetteer()
    assert _place("The Crown", CASTLETON, wide)["feature"] == "pub:42"
    assert _place("The Crown", CASTLETON, wide)["confidence"] < _place("Castle Park", CASTLETON, wide)["confidence"]
    assert _place("The Crown, Castleton", CASTLETON, wide)["confidence"] == _place("Castle Park", CASTLETON, wide)["confidence"]


def test_a_street_that_only_a_village_near_the_town_has_is_that_one():
    assert _place("The Green, Castleton")["feature"] == "street:18"
    assert _place("The Green, Castleton")["confidence"] < _place("The Green, Penybryn")["confidence"]


def test_a_village_that_the_towns_letters_may_go_through_has_none_of_the_name_in_a_village_further_off():
    further = MadeUpGazetteer()
    far_off = {"feature": pl.lit(98, pl.UInt32), "town": pl.lit("farther"), "district": pl.lit("ZQ2")}
    shifted = [(pl.col(side) + 9_000).alias(side) for side in ("easting", "west", "east")]
    green = further.names.filter(pl.col("feature") == 18).with_columns(*shifted, **far_off)
    further.names = pl.concat([further.names, green.select(further.names.columns)])
    wide = box(-5_000, -5_000, 20_000, 10_000)
    assert _place("The Green, Castleton", wide, further)["reason"] == geocode.AMBIGUOUS
    assert _place("The Green, Penybryn", wide, further)["feature"] == "street:18"


def test_the_district_of_a_postcode_that_is_not_known_says_where_too():
    assert _place("High Street", postcode="ZQ2 1XX")["feature"] == "street:2"
    assert _place("High Street", postcode="ZQ2")["feature"] == "street:2"


# Finer than a street


def test_a_house_number_is_an_address_where_the_gazetteer_has_it_once():
    for text, spot in (
        ("12 High Street, Castleton", (100, 12)),
        ("12 high st penybryn", (6_100, 5_012)),
        ("Flat 3, 12A High Street, Castleton", (110, 12)),
    ):
        row = _place(text, gazetteer=HOUSES)
        assert (row["method"], row["easting"], row["northing"]) == ("address", *at(*spot))
        assert row["precision_m"] == 25
    assert _place("12 High Street", gazetteer=HOUSES)["reason"] == geocode.AMBIGUOUS
    assert _place("14 High Street, Castleton", gazetteer=HOUSES)["method"] == "street"


def test_an_address_is_finer_than_its_postcode():
    row = _place("12 High Street", gazetteer=HOUSES, postcode="ZQ2 1EF")
    assert (row["method"], row["easting"]) == ("address", at(6_100, 0)[0])
    assert _place("14 High Street", gazetteer=HOUSES, postcode="ZQ2 1EF")["method"] == "postcode"
    assert _place("12 High Street", gazetteer=WHOLE, postcode="ZQ2 1EF")["method"] == "postcode"


def test_a_property_number_is_looked_up_however_it_is_written():
    for columns in ({"uprn": 100012345678}, {"uprn": "100012345678"}, {"uprn": 100012345678.0}, {"uprn": "000100012345678"}):
        row = _place(None, **columns)
        assert (row["method"], row["matched"], row["easting"]) == ("uprn", "100012345678", at(6_110, 0)[0])
    assert _place("UPRN: 10001")["method"] == "uprn"
    assert _place("High Street, Penybryn", uprn=5)["method"] == "street", "an unknown number does not hide what else is known"


# Precision


@pytest.mark.parametrize("text", ["Station Road", "St Johns Rd", "Broken Way", "Castle Park", "Penybryn", "Church Street / High Street"])
def test_the_precision_reaches_the_whole_extent(text):
    row = _place(text)
    rows = WHOLE.names.to_pandas()
    ids = [int(number) for number in row["feature"].partition(":")[2].split("+")]
    these = rows[rows["feature"].isin(ids)]
    corners = [
        (these[x].min() if x == "west" else these[x].max(), these[y].min() if y == "south" else these[y].max())
        for x in ("west", "east")
        for y in ("south", "north")
    ]
    off = [np.hypot(x - row["easting"], y - row["northing"]) for x, y in corners]
    if not row["feature"].startswith("junction"):
        assert max(off) <= row["precision_m"]
    assert row["precision_m"] >= 30


def test_drawn_streets_meet_where_their_lines_do():
    boxes, lines = _place("High Street / Church Street"), _place("High Street / Church Street", gazetteer=HOUSES)
    assert (lines["easting"], lines["northing"]) == pytest.approx(at(400, 5), abs=25)
    assert lines["precision_m"] < boxes["precision_m"]


def test_a_road_that_is_too_long_to_be_a_place_is_none_and_counts_only_as_far_as_the_area():
    along = box(-15_000, 15_000, 15_000, 25_000)
    assert _place("Long Road", along)["reason"] == geocode.TOO_LONG_A_ROAD
    part = _place("Long Road", box(-1_000, 19_000, 1_000, 22_000))
    assert part["method"] == "street"
    assert part["precision_m"] < 2_000
    assert abs(part["easting"] - at(0, 0)[0]) < 1_200


def test_round_a_place_is_less_precise_than_in_it():
    assert _place("Castle Park car park")["precision_m"] > _place("Castle Park")["precision_m"]


# What is no place is none, and what else a row has counts otherwise


def test_home_and_online_are_no_place_even_with_coordinates_which_are_those_of_a_home():
    for text, reason in (("home", geocode.HOME), ("Snapchat", geocode.ONLINE)):
        row = _place(text, longitude=-3.5, latitude=52.0, postcode="ZQ1 1AA", uprn=10001)
        assert (row["method"], row["reason"]) == ("none", reason)
    assert _place("No Location", longitude=-3.5, latitude=52.0)["method"] == "coordinates"
    assert _place("On or near", postcode="ZQ1 1AA")["method"] == "postcode"
    assert _place("Home Farm", longitude=-3.5, latitude=52.0)["method"] == "coordinates"


def test_what_a_person_can_choose_from_is_told_before_what_was_wrong_with_a_column():
    assert _place("High Street", longitude=0.0, latitude=0.0)["reason"] == geocode.AMBIGUOUS
    assert _place("Nowhere Street", longitude=0.0, latitude=0.0)["reason"] == geocode.AT_ZERO
    assert _place("Nowhere Street", postcode="ZQ9 9ZZ")["reason"] == geocode.NO_POSITION


def test_a_gazetteer_without_names_says_so():
    assert _place("High Street", gazetteer=MadeUpGazetteer(names=False))["reason"] == geocode.NO_NAMES
    assert _place("High Street", gazetteer=None)["reason"] == geocode.NO_NAMES


def test_every_reason_is_another_sentence():
    reasons = [value for name, value in vars(geocode).items() if name.isupper() and isinstance(value, str)]
    assert len(set(reasons)) == len(reasons) == len(why.URGENCY)


# Whatever the order

wordings = st.sampled_from([*FOUND, *DECLINED]).filter(lambda text: len(text) < 100)
rows = st.lists(
    st.fixed_dictionaries(
        {"location_text": wordings | st.none(), "postcode": st.sampled_from([None, "ZQ1 1AA", "ZQ2 1XX", "C010 0US", "ZQ9 9ZZ"]),
         "uprn": st.sampled_from([None, "10001", "5"]), "longitude": st.sampled_from([None, -3.5, 0.0]), "latitude": st.sampled_from([None,
         52.0, 0.0]),
         "agency": st.sampled_from(["police", None])}
    ), max_size=25,
)  # fmt: skip


@given(rows, st.randoms(use_true_random=False), st.sampled_from([CASTLETON, COUNTY, None]))
@settings(max_examples=30)
def test_nothing_depends_on_the_order_of_the_rows_or_of_the_gazetteer(given_rows, random, within):
    frame = pd.DataFrame(given_rows, columns=["location_text", "postcode", "uprn", "longitude", "latitude", "agency"], dtype=object)
    frame = frame.astype({"longitude": float, "latitude": float})
    turned = frame.loc[random.sample(range(len(frame)), len(frame))]
    placed = geocode.place(frame, WHOLE, within=within)
    pd.testing.assert_frame_equal(geocode.place(turned, WHOLE, within=within).sort_index(), placed)
    pd.testing.assert_frame_equal(geocode.place(frame, TURNED, within=within), placed)
    for at_row in range(len(frame)):
        alone = geocode.place(frame.iloc[[at_row]], MadeUpGazetteer(), within=within)
        pd.testing.assert_frame_equal(alone, placed.iloc[[at_row]])


# What speaks against itself


@pytest.mark.parametrize("text", ["Crime no 12345678, Mill Lane", "NHS no 943 476 5919, Mill Lane", "Mill Lane, incident no 123456"])
def test_the_number_of_a_record_is_no_position_and_the_words_beside_it_count(text):
    assert _place(text)["method"] != "grid_reference"


def test_two_postcodes_in_different_places_are_none_and_a_person_can_choose():
    row = _place("ZQ2 1EF or ZQ1 1AA, High Street")
    assert (row["method"], row["reason"]) == ("none", geocode.SEVERAL_GIVEN)
    assert [one["name"] for one in row["candidates"]] == ["ZQ11AA", "ZQ21EF"]
    assert _place("SN 90000 40000 or SN 96100 45010, ZQ1 1AA")["reason"] == geocode.SEVERAL_GIVEN


def test_the_same_postcode_twice_or_beside_an_unknown_one_is_that_postcode():
    for text in ("ZQ1 1AA, zq11aa", "ZQ1 1AA, ZQ9 9ZZ", "ZQ1 1AA ZZ1 1ZZ"):
        assert _place(text)["matched"] == "ZQ11AA"


def test_of_several_in_the_text_the_column_for_a_postcode_decides():
    assert _place("ZQ2 1EF or ZQ1 1AA", postcode="ZQ1 1AB")["matched"] == "ZQ11AB"
    assert _place("SN 90000 40000 or SN 96100 45010", postcode="ZQ1 1AB")["matched"] == "ZQ11AB"


@pytest.mark.parametrize("gazetteer", [WHOLE, HOUSES])
def test_a_postcode_beside_a_street_far_away_is_less_sure(gazetteer):
    far, near = (_place(f"{street}, ZQ1 1AA", gazetteer=gazetteer) for street in ("High Street, Penybryn", "High Street, Castleton"))
    assert (far["matched"], far["confidence"]) == ("ZQ11AA", 0.8)
    assert (near["matched"], near["confidence"]) == ("ZQ11AA", 1.0)


def test_a_bus_stop_is_in_the_town_that_is_named_or_the_street_is_meant():
    row = _place("High Street bus stop, Penybryn")
    assert row["feature"] == "street:2"
    assert row["confidence"] < 0.9
    assert _place("bus stop, Castle Park, Penybryn")["feature"] != "bus_stop:45"
    assert _place("High Street bus stop")["confidence"] == 0.8, "there are two streets of that name"
    assert _place("High Street bus stop, Castleton")["confidence"] == 0.95


@pytest.mark.parametrize(
    "text", ["High Street, Castleton, Derbyshire", "High Street, Castleton, Narnia", "Castle Park, Castleton, Derbyshire"]
)
def test_where_a_place_that_is_not_known_ends_the_wording_it_is_less_sure(text):
    assert _place(text)["confidence"] == 0.8
    assert _place(text.rpartition(",")[0] + ", Castleshire")["confidence"] == 0.95
    assert _place(text.rpartition(",")[0] + ", England")["confidence"] == 0.95
