"""Every record is placed or says why not; a wrong point is worse than no point."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import frames, gazetteer, geocode
from geo.postcodes import FURTHEST_M

SLOUGH = (-0.6, 51.5)

HELD = [("SL11AA", 10, 497_000, 178_000), ("SL11AB", 50, 498_000, 179_000), ("SL999ZZ", 90, 0, 0)]


@pytest.fixture(scope="module")
def postcodes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("postcodes")
    (folder / "sl.csv").write_text("\n".join(",".join(map(str, row)) for row in HELD))
    return gazetteer.build([folder / "sl.csv"], folder / "g.parquet")


def _place(postcodes, **columns):
    """Place one record, given only the columns it has."""
    placed = geocode.place(pd.DataFrame({name: [value] for name, value in columns.items()}), postcodes)
    return placed.iloc[0]


COORDINATES = {"longitude": SLOUGH[0], "latitude": SLOUGH[1]}
GRID = {"easting": 497_000.0, "northing": 178_000.0}
PARIS = {"longitude": 2.35, "latitude": 48.86}
NOWHERE = {"longitude": math.nan, "latitude": math.nan}

PLACED: dict[str, tuple[dict[str, Any], str]] = {
    "coordinates": (COORDINATES, "coordinates"),
    "coordinates beside a grid reference": (COORDINATES | {"easting": 1.0, "northing": 1.0}, "coordinates"),
    "coordinates beside a postcode": (COORDINATES | {"postcode": "SL1 1AB"}, "coordinates"),
    "a grid reference": (GRID, "coordinates"),
    "a grid reference, coordinates missing": (GRID | NOWHERE, "coordinates"),
    "a grid reference, half of the coordinates missing": (GRID | COORDINATES | {"latitude": math.nan}, "coordinates"),
    "latitude first": ({"longitude": SLOUGH[1], "latitude": SLOUGH[0]}, "coordinates"),
    "degrees in the columns for metres": ({"easting": SLOUGH[0], "northing": SLOUGH[1]}, "coordinates"),
    "degrees in the columns for metres, latitude first": ({"easting": SLOUGH[1], "northing": SLOUGH[0]}, "coordinates"),
    "metres in the columns for degrees": ({"longitude": 497_000.0, "latitude": 178_000.0}, "coordinates"),
    "a grid reference beside coordinates at 0, 0": (GRID | {"longitude": 0.0, "latitude": 0.0}, "coordinates"),
    "coordinates as text": ({"longitude": "0.6W", "latitude": "51.5 N"}, "coordinates"),
    "a postcode": ({"postcode": "SL1 1AA"}, "postcode"),
    "a postcode with a full stop and a dash": ({"postcode": "SL1-1AA."}, "postcode"),
    "a postcode with O for 0 and I for 1": ({"postcode": "SLI IAA"}, "postcode"),
    "a postcode in the words": ({"location_text": "the flats, sl11aa, by the bins"}, "postcode"),
    "a postcode without its space": ({"postcode": "SL11AA"}, "postcode"),
    "a postcode with odd spaces and small letters": ({"postcode": " sl 11  aa "}, "postcode"),
    "a postcode, coordinates missing": (NOWHERE | {"postcode": "SL1 1AA"}, "postcode"),
    "a postcode, coordinates at 0, 0": ({"longitude": 0.0, "latitude": 0.0, "postcode": "SL1 1AA"}, "postcode"),
    "a postcode, grid reference at 0, 0": ({"easting": 0.0, "northing": 0.0, "postcode": "SL1 1AA"}, "postcode"),
    "a postcode, coordinates abroad": (PARIS | {"postcode": "SL1 1AA"}, "postcode"),
    "a postcode, grid reference too far away to be on Earth": ({"easting": 1e12, "northing": 1.0, "postcode": "SL1 1AA"}, "postcode"),
}

NOT_PLACED = {
    "no columns of place": ({"harm_type": "robbed"}, geocode.NOTHING_GIVEN),
    "nothing": (NOWHERE | {"easting": math.nan, "northing": math.nan, "postcode": None}, geocode.NOTHING_GIVEN),
    "blank text": ({"postcode": "  "}, geocode.NOTHING_GIVEN),
    "half of the coordinates": ({"longitude": -0.6, "latitude": math.nan}, geocode.NOTHING_GIVEN),
    "half of the grid reference": ({"easting": 497_000.0}, geocode.NOTHING_GIVEN),
    "coordinates at 0, 0": ({"longitude": 0.0, "latitude": 0.0}, geocode.AT_ZERO),
    "a grid reference at 0, 0": ({"easting": 0.0, "northing": 0.0}, geocode.AT_ZERO),
    "Paris": (PARIS, geocode.OUTSIDE),
    "Calais, which lies in the grid's rectangle": ({"longitude": 1.85, "latitude": 50.95}, geocode.OUTSIDE),
    "Dublin, which does too": ({"longitude": -6.26, "latitude": 53.35}, geocode.OUTSIDE),
    "what the statistics office writes for no position": ({"longitude": 0.0, "latitude": 99.999999}, geocode.NO_GRID_REFERENCE),
    "a grid reference that was made up": ({"easting": 1.0, "northing": 1.0}, geocode.OUTSIDE),
    "a grid reference with a digit too many": ({"easting": 4_970_000.0, "northing": 1_780_000.0}, geocode.OUTSIDE),
    "a grid reference too far away to be on Earth": ({"easting": 1e12, "northing": 1e12}, geocode.OUTSIDE),
    "no end of longitude": ({"longitude": math.inf, "latitude": 51.5}, geocode.OUTSIDE),
    "a postcode that is not known": ({"postcode": "ZZ1 1ZZ"}, geocode.UNKNOWN_POSTCODE),
    "half of an unknown postcode": ({"postcode": "ZZ1"}, geocode.UNKNOWN_POSTCODE),
    "a postcode that could be mended in no way that exists": ({"postcode": "ZZI 1ZZ"}, geocode.UNKNOWN_POSTCODE),
    "no postcode at all in the column for one": ({"postcode": "High Street"}, geocode.UNKNOWN_POSTCODE),
    "a postcode without a position": ({"postcode": "SL99 9ZZ"}, geocode.NO_POSITION),
    "a postcode without a position, and coordinates abroad": (PARIS | {"postcode": "SL99 9ZZ"}, geocode.OUTSIDE),
}


@pytest.mark.parametrize("case", PLACED)
def test_what_says_where_it_was_is_placed_there(postcodes, case):
    given, method = PLACED[case]
    row = _place(postcodes, **given)
    mended = given.get("postcode") == "SLI IAA"
    assert (row["method"], row["confidence"], row["reason"]) == (method, geocode.MENDED if mended else 1.0, None)
    if method == "postcode":
        expected, precision, matched = (497_000, 178_000), FURTHEST_M, "SL11AA"
    elif not {*given.values()} & {*GRID.values()}:
        (easting,), (northing,) = frames.points_in_metres([SLOUGH[0]], [SLOUGH[1]])
        expected, precision, matched = (easting, northing), geocode.COORDINATE_PRECISION_M, None
    else:
        expected, precision, matched = (497_000, 178_000), geocode.COORDINATE_PRECISION_M, None
    assert (row["easting"], row["northing"]) == pytest.approx(expected, abs=0.002)
    (longitude,), (latitude,) = frames.points_in_degrees([row["easting"]], [row["northing"]])
    assert (row["longitude"], row["latitude"]) == pytest.approx((longitude, latitude), abs=1e-7)
    assert row["precision_m"] == precision
    assert row["matched"] == matched


@pytest.mark.parametrize("case", NOT_PLACED)
def test_what_does_not_is_kept_with_the_reason(postcodes, case):
    given, reason = NOT_PLACED[case]
    row = _place(postcodes, **given)
    assert (row["method"], row["confidence"], row["reason"]) == ("none", 0.0, reason)
    assert row[["longitude", "latitude", "easting", "northing", "precision_m", "matched"]].isna().all()


def test_without_a_gazetteer_no_postcode_is_known():
    assert _place(None, postcode="SL1 1AA")["reason"] == geocode.UNKNOWN_POSTCODE
    assert _place(None, **COORDINATES, postcode="SL1 1AA")["method"] == "coordinates"


def test_a_partners_own_precision_is_that_of_its_coordinates_only(postcodes):
    records = pd.DataFrame({"longitude": [-0.6, math.nan], "latitude": [51.5, math.nan], "postcode": [None, "SL1 1AB"]})
    assert geocode.place(records, postcodes, coordinate_precision_m=5)["precision_m"].tolist() == [5, FURTHEST_M]


# A system's default pin


def _at_one_point(wordings, **columns):
    longitude, latitude = SLOUGH
    return pd.DataFrame({"longitude": longitude, "latitude": latitude, "location_text": wordings, **columns})


@pytest.mark.parametrize(
    ("rows", "different", "doubted"),
    [(10, 10, True), (9, 9, False), (10, 5, True), (10, 4, False), (100, 50, True), (100, 49, False), (100, 1, False)],
)
def test_a_point_with_many_wordings_is_doubted(rows, different, doubted):
    placed = geocode.place(_at_one_point([f"Street {n % different}" for n in range(rows)]), None)
    assert (placed["reason"] == geocode.DEFAULT_POINT).all() == doubted
    assert (placed["method"] == ("none" if doubted else "coordinates")).all()


def test_the_same_wording_in_other_letters_and_spaces_is_one_wording():
    wordings = [
        written for street in ("High St", "Mill Lane", "Park Road", "The Green") for written in (street, street.upper(), f" {street} ")
    ]
    placed = geocode.place(_at_one_point(wordings), None)
    assert (placed["method"] == "coordinates").all(), "4 wordings in 12 rows"


def test_rows_without_a_wording_doubt_no_point_but_share_its_fate():
    blank = ["", "  ", None] * 10
    assert (geocode.place(_at_one_point(blank), None)["method"] == "coordinates").all()
    assert (geocode.place(_at_one_point([*blank, *(f"Street {n}" for n in range(10))]), None)["method"] == "none").all()


def test_each_agency_has_its_own_default_point():
    wordings = [f"Street {n}" for n in range(18)]
    shared = geocode.place(_at_one_point(wordings, agency=["police", "school"] * 9), None)
    assert (shared["method"] == "coordinates").all(), "nine rows of each are too few"
    one = geocode.place(_at_one_point(wordings, agency=["police"] * 10 + ["school"] * 8), None)
    assert one["method"].tolist() == ["none"] * 10 + ["coordinates"] * 8


def test_a_point_a_millionth_of_a_degree_away_is_another_point():
    records = _at_one_point([f"Street {n}" for n in range(10)])
    records.loc[0, "longitude"] += 1e-6
    assert (geocode.place(records, None)["method"] == "coordinates").all()


def test_a_default_point_given_as_a_grid_reference_is_doubted_too():
    records = pd.DataFrame({"easting": 497_000.0, "northing": 178_000.0, "location_text": [f"Street {n}" for n in range(10)]})
    assert (geocode.place(records, None)["reason"] == geocode.DEFAULT_POINT).all()


def test_where_the_point_is_doubted_the_postcode_counts(postcodes):
    records = _at_one_point([f"Street {n}" for n in range(10)], postcode=["SL1 1AA"] * 8 + ["SL99 9ZZ", None])
    placed = geocode.place(records, postcodes)
    assert placed["method"].tolist() == ["postcode"] * 8 + ["none"] * 2
    assert placed["reason"].tolist()[8:] == [geocode.DEFAULT_POINT] * 2
    assert placed["easting"].iloc[:8].tolist() == [497_000] * 8


# Frame in, indexed result out


@pytest.mark.parametrize("columns", [[], ["harm_type"], ["longitude"], ["postcode"], ["agency", "location_text"]])
def test_missing_columns_and_missing_rows_are_no_error(postcodes, columns):
    empty = geocode.place(pd.DataFrame(columns=columns), postcodes)
    assert empty.empty
    assert empty.columns.tolist() == geocode.RESULT_COLUMNS
    assert geocode.place(pd.DataFrame(index=["a"]), postcodes)["reason"].tolist() == [geocode.NOTHING_GIVEN]


@pytest.mark.parametrize(
    "index", [["b", "a", "c"], [7, 7, 7], pd.Index([3, 1, 2], name="row"), pd.MultiIndex.from_tuples([(1, "a"), (1, "b"), (2, "a")])]
)
def test_the_index_is_the_records_own_and_the_records_are_untouched(postcodes, index):
    records = pd.DataFrame(
        {"longitude": [-0.6, math.nan, math.nan], "latitude": [51.5, math.nan, math.nan], "postcode": [None, "SL1 1AB", "?"]}, index=index
    )
    before = records.copy(deep=True)
    placed = geocode.place(records, postcodes)
    pd.testing.assert_index_equal(placed.index, records.index)
    pd.testing.assert_frame_equal(records, before)
    assert placed["method"].tolist() == ["coordinates", "postcode", "none"]


number = st.none() | st.floats(allow_nan=True) | st.sampled_from([0.0, -0.6, 51.5, 497_000.0, 178_000.0])
text = st.none() | st.text(max_size=8) | st.sampled_from(["SL1 1AA", "sl11ab", "SL99 9ZZ", "ZZ1 1ZZ", ""])
records = st.lists(
    st.fixed_dictionaries(
        {
            "longitude": number | st.floats(-9, 2),
            "latitude": number | st.floats(49, 61),
            "easting": number | st.floats(0, 700_000),
            "northing": number | st.floats(0, 1_300_000),
            "postcode": text,
            "location_text": text,
            "agency": st.sampled_from(["police", None]),
        }
    ),
    max_size=15,
)


@given(records, st.sets(st.sampled_from(["longitude", "latitude", "easting", "northing", "postcode", "location_text", "agency"])))
@settings(max_examples=50)
def test_every_record_has_a_place_or_a_reason(postcodes, rows, dropped):
    frame = pd.DataFrame(rows, columns=[*geocode.RESULT_COLUMNS[:4], "postcode", "location_text", "agency"])
    frame = frame.astype(dict.fromkeys(geocode.RESULT_COLUMNS[:4], float)).drop(columns=list(dropped))
    placed = geocode.place(frame, postcodes)
    assert placed.columns.tolist() == geocode.RESULT_COLUMNS
    assert placed.index.equals(frame.index)
    nowhere = placed["method"] == "none"
    assert set(placed["method"]) <= {"coordinates", "postcode", "none"}
    assert (placed["reason"].notna() == nowhere).all()
    assert ((placed["confidence"] > 0) == ~nowhere).all()
    for column in ("longitude", "latitude", "easting", "northing", "precision_m"):
        assert (placed[column].isna() == nowhere).all()
    assert (placed["matched"].notna() == (placed["method"] == "postcode")).all()
    assert frames.inside_great_britain(placed["longitude"], placed["latitude"])[~nowhere].all()


@given(records, st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_the_order_of_the_records_does_not_matter(postcodes, rows, random):
    frame = pd.DataFrame(rows, columns=[*geocode.RESULT_COLUMNS[:4], "postcode", "location_text", "agency"])
    frame = frame.astype(dict.fromkeys(geocode.RESULT_COLUMNS[:4], float))
    turned = frame.loc[random.sample(range(len(frame)), len(frame))]
    pd.testing.assert_frame_equal(geocode.place(turned, postcodes).sort_index(), geocode.place(frame, postcodes), check_dtype=False)


# Against the world


@pytest.fixture(scope="module")
def great_britain(shared_data, tmp_path_factory):
    built = tmp_path_factory.mktemp("gb") / "g.parquet"
    return gazetteer.build([shared_data / "codepoint_open" / "great-britain.csv.gz"], built)


def test_98_of_100_messy_addresses_have_a_postcode_that_is_known(shared_data, great_britain):
    """Food hygiene ratings of the east of England: the README of the data says 98.0 % (4,902), otherwise counted, and 18 `C0` for `CO`."""
    addresses = pd.read_csv(shared_data / "addresses" / "food-hygiene-addresses-east-of-england.csv", dtype="str")
    placed = geocode.place(addresses, great_britain)
    assert placed["method"].value_counts().to_dict() == {"postcode": 4902 + 18, "none": 79, "area": 1}
    assert set(placed["reason"].dropna()) == {geocode.UNKNOWN_POSTCODE}
    mended = (placed["confidence"] == geocode.MENDED) & (placed["method"] == "postcode")
    assert mended.equals(addresses["postcode"].str.startswith("C0"))
    assert (placed.loc[mended, "matched"].str[:2] == "CO").all()


def test_postcodes_lie_where_another_dataset_has_them(shared_data, great_britain):
    """OS Open Names round Rutland, of another date: nearly all within the precision that is stated."""
    tiles = sorted(path for path in (shared_data / "os_open_names").glob("*.csv") if path.stem[:2].isupper() and len(path.stem) == 4)
    names = pd.concat(
        [
            pd.read_csv(
                tile, header=None, encoding="utf-8-sig", usecols=[2, 7, 8, 9], names=["postcode", "kind", "x", "y"], dtype={2: "str"}
            )
            for tile in tiles
        ],
        ignore_index=True,
    )
    listed = names[names["kind"] == "Postcode"]
    placed = geocode.place(listed[["postcode"]], great_britain)
    off_m = np.hypot(placed["easting"] - listed["x"], placed["northing"] - listed["y"])
    assert len(listed) == 12_372
    assert (placed["method"] == "postcode").sum() == 12_342
    assert (off_m <= placed["precision_m"]).sum() == 12_337


def _in_villages(shared_data, folder):
    extract = shared_data / "osm" / "rutland-2022-07.osm.pbf"
    return gazetteer.build([extract], folder / "g").addresses.drop_nulls("postcode").to_pandas()


def _in_a_city(shared_data, _folder):
    places = frames.in_metres(pyogrio.read_dataframe(shared_data / "osm" / "leeds-centre-lines.gpkg", layer="example_data_pois"))
    written = places["other_tags"].str.extract('"addr:postcode"=>"([^"]+)"')[0]
    return places.assign(postcode=written, easting=places.geometry.x, northing=places.geometry.y).dropna(subset=["postcode"])


@pytest.mark.parametrize(
    ("addresses_of", "part", "method"),
    [
        (_in_villages, "postcode", "postcode"), (_in_villages, "sector", "area"),
        (_in_villages, "district", "area"), (_in_a_city, "postcode", "postcode"), (_in_a_city, "sector", "area"),
        (_in_a_city, "district", "area"),
    ],
)  # fmt: skip
def test_nine_of_ten_addresses_lie_within_the_precision_of_their_postcode(shared_data, great_britain, tmp_path, addresses_of, part, method):
    addresses = addresses_of(shared_data, tmp_path)
    whole = addresses["postcode"].str.replace(" ", "")
    asked = {"postcode": whole, "sector": whole.str[:-3] + " " + whole.str[-3], "district": whole.str[:-3]}[part]
    placed = geocode.place(asked.to_frame("postcode"), great_britain)
    found = placed["method"] == method
    assert found.sum() > 400
    off_m = np.hypot(placed["easting"] - addresses["easting"], placed["northing"] - addresses["northing"])[found]
    assert (off_m <= placed.loc[found, "precision_m"]).mean() >= 0.9


def test_a_postcode_without_a_position_is_placed_nowhere_in_all_of_great_britain(great_britain):
    unplaced = great_britain.postcodes.filter(pl.col("quality") == gazetteer.NOT_POSITIONED)
    placed = geocode.place(pd.DataFrame({"postcode": unplaced["postcode"].to_list()}), great_britain)
    assert len(placed) == 964
    assert (placed["reason"] == geocode.NO_POSITION).all()
    assert placed["longitude"].isna().all()
