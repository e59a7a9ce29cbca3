"""A position is read in any of the ways that people write one, and what is none is none of them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import coordinates, frames
from geo.coordinates import OUTSIDE, ROUGH, SEVERAL, UNPOSITIONED, WORDS, ZERO
from tests.processor import processor_within

SLOUGH = (-0.595, 51.5105)

DEGREES = [
    "51.5105, -0.5950", "51.5105 -0.5950", "-0.5950, 51.5105", "(51.5105;-0.595)", "N51.5105 W0.595", "51.5105N 0.5950W",
    "51.5105° N, 0.595° W", "lat 51.5105 lon -0.595", "Latitude: 51.5105 Longitude: -0.5950", "51°30'37.8\"N 0°35'42\"W",
    "51° 30′ 37.8″ N 0° 35′ 42″ W", "0°35'42\"W 51°30'37.8\"N", "51 30 37.8N 000 35 42W", "51° 30.63' N, 0° 35.7' W", "N51 30.63 W0 35.7",
    "51:30:37.8 N 0:35:42 W", "51d30m37.8s N 0d35m42s W", "https://maps.example/?q=51.5105,-0.595", "the path @51.5105,-0.5950,17z",
]  # fmt: skip

METRES = ["497600 180100", "497600,180100", "E 497600 N 180100", "Easting: 497600, Northing: 180100", "497600E 180100N", "N180100 E497600",
          "180100 E497600".replace("180100 ", "Northing 180100, ")]  # fmt: skip

NONE = [
    "", "High Street", "12 High Street", "Flat 2, 3 High Street", "call 07700 900123", "10:30 11:45", "from 10.30 - 11.45 pm",
    "12 13 14 15 16",
    "A40 2.5", "M4 J6", "SL1 1AA", "SO16", "SY23", "near SU9780", "1.5 miles, 2.5 miles on", "www.one.two", "51.5105", "SU 97 8",
    "SI 978 801",
]  # fmt: skip

WRONG = {
    "48.8566, 2.3522": OUTSIDE, "50.95000, 1.85000": OUTSIDE, "53.35000,-6.26000": OUTSIDE, "0.000, 0.000": ZERO,
    "99.999999, 0.0": UNPOSITIONED,
    "51.5, -0.6": ROUGH, "///filled.count.soap": WORDS, "filled.count.soap": WORDS, "E 997600 N 180100": OUTSIDE,
}  # fmt: skip


@pytest.mark.parametrize("text", DEGREES)
def test_degrees_are_read_in_any_form_and_either_order(text):
    found = coordinates.in_text(text)
    assert found.in_degrees
    assert (found.east, found.north) == pytest.approx(SLOUGH, abs=1e-6)


@pytest.mark.parametrize("text", METRES)
def test_eastings_and_northings_are_read(text):
    found = coordinates.in_text(text)
    assert (found.east, found.north, found.in_degrees) == (497_600, 180_100, False)


@pytest.mark.parametrize(
    ("text", "east", "north", "size_m"),
    [
        ("SU 978 801", 497_850, 180_150, 100), ("su978801", 497_850, 180_150, 100), ("SU 97800 80100", 497_800.5, 180_100.5, 1),
        ("SU9780", 497_500, 180_500, 1_000), ("the gate at SU 9780 8010", 497_805, 180_105, 10), ("HP 60 15", 460_500, 1_215_500, 1_000),
        ("SV 900 100", 90_050, 10_050, 100), ("grid ref: TF 06 12", 506_500, 312_500, 1_000),
    ],
)  # fmt: skip
def test_a_grid_reference_is_the_middle_of_its_square_and_as_precise_as_its_figures(text, east, north, size_m):
    found = coordinates.in_text(text)
    assert (found.east, found.north) == (east, north)
    assert found.precision_m == pytest.approx(size_m / math.sqrt(2))


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_position_is_none(text):
    assert coordinates.in_text(text) is None


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_with_a_position_is_said(text):
    assert coordinates.in_text(text) == WRONG[text]


@pytest.mark.parametrize(
    ("text", "precision_m"),
    [("51.510500, -0.595000", 0.07), ("51.511, -0.595", 66), ("51°30'N 0°35'W", ROUGH), ("51°30'37\"N 0°35'42\"W", 18)],
)
def test_degrees_are_as_precise_as_they_are_written(text, precision_m):
    found = coordinates.in_text(text)
    assert (found if isinstance(found, str) else pytest.approx(found.precision_m, rel=0.1)) == precision_m


land = st.tuples(st.floats(-4, 0.5), st.floats(51.2, 54))


@given(land)
def test_a_grid_reference_holds_the_point_that_it_was_made_from(point):
    (east,), (north,) = frames.points_in_metres([point[0]], [point[1]])
    letters = [(first, second) for first in "HNOST" for second in "ABCDEFGHJKLMNOPQRSTUVWXYZ" if first + second in coordinates.SQUARES]
    corner = (east // 100_000 * 100_000, north // 100_000 * 100_000)
    square = next(first + second for first, second in letters if coordinates.corner(first + second) == corner)
    found = coordinates.in_text(f"{square} {int(east % 100_000) // 10:04d} {int(north % 100_000) // 10:04d}")
    assert abs(found.east - east) <= 5
    assert abs(found.north - north) <= 5


ways = st.sampled_from(["degrees", "turned", "metres", "degrees for metres", "metres for degrees"])


@given(st.lists(st.tuples(land, ways), min_size=1, max_size=12))
@settings(max_examples=50)
def test_columns_are_read_whichever_way_round_they_were_filled_in(rows):
    table = {name: np.full(len(rows), np.nan) for name in ("longitude", "latitude", "easting", "northing")}
    for row, ((longitude, latitude), way) in enumerate(rows):
        (east,), (north,) = frames.points_in_metres([longitude], [latitude])
        pair, values = {
            "degrees": (("longitude", "latitude"), (longitude, latitude)), "turned": (("longitude", "latitude"), (latitude, longitude)),
            "metres": (("easting", "northing"), (east, north)), "degrees for metres": (("easting", "northing"), (longitude, latitude)),
            "metres for degrees": (("longitude", "latitude"), (east, north)),
        }[way]  # fmt: skip
        table[pair[0]][row], table[pair[1]][row] = values
    found = coordinates.from_columns(*(pd.Series(values) for values in table.values()))
    assert found.longitude == pytest.approx([point[0] for point, _ in rows], abs=1e-6)
    assert found.latitude == pytest.approx([point[1] for point, _ in rows], abs=1e-6)
    assert not any(found.problem)


@pytest.mark.parametrize(
    "written", [("51°30'37.8\"N", "0°35'42\"W"), ("51.5105", "-0.595"), ("51.5105 N", "0.595W"), ("N51.5105", "W0,595")]
)
def test_a_column_of_text_is_read_like_text(written):
    latitude, longitude = (pd.Series([one, None, "", "x"]) for one in written)
    nothing = pd.Series([None] * 4)
    found = coordinates.from_columns(longitude, latitude, nothing, nothing)
    assert (found.longitude[0], found.latitude[0]) == pytest.approx(SLOUGH, abs=1e-6)
    assert np.isnan(found.longitude[1:]).all()
    assert found.problem.tolist() == [None] * 4


@pytest.mark.parametrize(
    ("place", "longitude", "latitude", "inside"),
    [
        ("Dover", 1.31, 51.13, True), ("Dungeness", 0.97, 50.91, True), ("Beachy Head", 0.25, 50.74, True), ("Ramsgate", 1.42, 51.33, True),
        ("Calais", 1.85, 50.95, False), ("Cap Gris-Nez", 1.58, 50.87, False), ("Dieppe", 1.08, 49.92, False), ("Dublin", -6.26, 53.35,
        False),
        ("Belfast", -5.93, 54.6, False), ("Portpatrick", -5.12, 54.84, True), ("Mull of Kintyre", -5.8, 55.3, True), ("Islay", -6.2, 55.6,
        True),
        ("St Davids", -5.32, 51.88, True), ("Holyhead", -4.63, 53.31, True), ("Isle of Man", -4.5, 54.2, True), ("Scilly", -6.3, 49.92,
        True),
        ("Lewis", -6.4, 58.2, True), ("Rathlin", -6.2, 55.3, False), ("nowhere", math.nan, 51, False),
    ],
)  # fmt: skip
def test_france_and_ireland_are_not_in_great_britain(place, longitude, latitude, inside):
    assert coordinates.in_britain([longitude], [latitude]).tolist() == [inside]


@given(st.text(alphabet="0123456789.,°'\"NSEWnsew -:;()/OSU", max_size=300))
@settings(max_examples=300)
def test_any_row_of_signs_is_read_quickly_or_not_at_all(text):
    with processor_within(0.5):
        coordinates.in_text(text)


# What only looks like a grid reference


@pytest.mark.parametrize(
    "text",
    [
        "Crime no 12345678", "CRIME NO 12345678", "incident no 123456", "Incident No: 123456", "CAD no 2401 1203", "CAD NO 2401 1203",
        "NHS no 943 476 5919", "NHS NO 943 476 5919", "Mill Lane so 2130 2230", "MILL LANE SO 2130 2230",
        "ht 180 185 tall male Castle Park",
        "ref SE123456 Mill Lane", "Crime ref SN123456", "crime reference number is SN 123456",
        "case no. SN2401 2345", "PC SD123456 attended",
        "no 123456",
        "No. 12345678", "the gate at su 978 801", "passport TA 123456", "SU 943 476 5919",
    ],
)  # fmt: skip
def test_a_number_of_something_else_is_no_grid_reference(text):
    assert coordinates.in_text(text) is None


@pytest.mark.parametrize(
    "text",
    ["su 978 801", "SU978801", "the gate at SU 978 801", "THE GATE AT SU 978 801", "grid ref su 978 801, by the gate", "NGR: su978801 gate",
     "Grid reference no SU 978 801", "Mill Lane (SU 978 801)", "SU 978 801, Mill Lane", "OS map ref SU978801"],
)  # fmt: skip
def test_a_grid_reference_that_is_meant_is_read(text):
    assert coordinates.in_text(text).grid_reference == "SU 978 801"


def test_among_other_words_a_grid_reference_is_near_what_the_records_are_about():
    slough, leeds = shapely.box(490_000, 175_000, 505_000, 185_000), shapely.box(420_000, 425_000, 440_000, 440_000)
    assert coordinates.in_text("the gate at SU 978 801", slough).grid_reference == "SU 978 801"
    assert coordinates.in_text("the gate at SU 978 801", leeds) is None
    assert coordinates.in_text("SU 978 801", leeds).grid_reference == "SU 978 801", "nothing else can be meant"
    assert coordinates.in_text("st 570 720", slough) is None
    assert coordinates.in_text("st 570 720").grid_reference == "ST 570 720"


@pytest.mark.parametrize(
    "text",
    ["SN 90000 40000 or SN 96100 45010", "52.0432 -3.6043 to 52.0932 -3.5043", "51.5105, -0.5950 (SU 90 80 10 10; SU 90000 10000)",
     "E 497600 N 180100 / E 498600 N 180100"],
)  # fmt: skip
def test_two_positions_in_different_places_are_none(text):
    assert coordinates.in_text(text) == SEVERAL


@pytest.mark.parametrize("text", ["51.5105, -0.5950; 51.51051, -0.59501", "51.5105, -0.5950, SU 975 799", "SU 978 801 = SU 97810 80120"])
def test_two_ways_of_writing_one_position_are_that_position(text):
    assert isinstance(coordinates.in_text(text), coordinates.Written)
