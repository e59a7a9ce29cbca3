"""What is known only to a street, a park or a sector is spread over the whole of it, and every record counts for exactly one."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import cells, extents, frames, geocode
from tests.made_up_gazetteer import COUNTY, MadeUpGazetteer, at, box

GAZETTEER = MadeUpGazetteer(shapes=True)

TEXTS = ["Castle Park", "Station Road", "Broken Way", "High Street / Church Street", "Penybryn", "Castleton", "ZQ1 1", "ZQ1", "ZQ1 1AA",
"SU 97 80",
         "SU 978 801", "51.5105, -0.5950", "Nowhere", "ZQ1 3OS"]  # fmt: skip


def _located(texts, index=None, gazetteer=GAZETTEER):
    return geocode.place(pd.DataFrame({"location_text": texts}, index=index), gazetteer, within=COUNTY)


@given(st.lists(st.sampled_from(TEXTS), max_size=8), st.sampled_from([7, 8, 9, 10, 11]), st.booleans())
@settings(max_examples=40)
def test_every_placed_row_counts_for_exactly_one_in_any_order(texts, resolution, known):
    located = _located(texts, [f"row {n}" for n in range(len(texts))])
    spread = geocode.spread(located, GAZETTEER if known else None, resolution)
    assert spread.columns.tolist() == ["row", "cell", "weight"]
    assert spread["cell"].dtype == np.uint64
    assert (spread["weight"] > 0).all()
    placed = located.index[located["method"] != "none"]
    assert set(spread["row"]) == set(placed)
    for _, some in spread.groupby("row"):
        assert some["weight"].sum() == 1.0
        assert sum(some["weight"].to_numpy()[::-1]) == 1.0
        assert sum(map(Fraction, some["weight"])) == 1
        assert some["cell"].is_unique


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=200).filter(any))
def test_shares_of_any_size_are_cut_into_whole_parts(shares):
    exact = np.array(shares)
    parts = extents._whole_parts(exact)
    assert parts.sum() == extents.PARTS
    assert (np.abs(parts - exact / exact.sum() * extents.PARTS) <= 1).all()


def test_what_is_known_to_a_point_is_one_cell():
    located = _located(["ZQ1 1AA", "51.5105, -0.5950"])
    spread = geocode.spread(located, GAZETTEER, 9)
    assert spread["weight"].tolist() == [1, 1]
    assert spread["cell"].tolist() == cells.from_points(located["longitude"], located["latitude"], 9).tolist()


def test_a_park_is_shared_out_by_how_much_of_it_lies_in_each_cell():
    located = _located(["Castle Park"])
    spread = geocode.spread(located, GAZETTEER, 9).set_index("cell")
    park = box(1_000, 0, 1_500, 500).buffer(extents.WIDTH_M)
    hexagons = frames.in_metres(cells.outlines(spread.index.to_numpy()))
    share = hexagons.intersection(park).area / park.area
    assert spread["weight"].to_numpy() == pytest.approx(share.to_numpy(), abs=0.002)
    assert len(spread) > 3


def test_a_drawn_street_is_its_line_and_not_its_box():
    along = _located(["Church Street"])
    drawn, boxed = geocode.spread(along, GAZETTEER, 11), geocode.spread(along, MadeUpGazetteer(), 11)
    line = shapely.LineString([at(400, -300), at(400, 300)])
    hexagons = frames.in_metres(cells.outlines(drawn["cell"].to_numpy()))
    assert (hexagons.distance(line) <= extents.WIDTH_M + 0.1).all()
    assert set(drawn["cell"]) <= set(boxed["cell"])


def test_a_sector_is_where_its_postcodes_are():
    (row,) = _located(["ZQ1 1"]).itertuples()
    spread = geocode.spread(_located(["ZQ1 1"]), GAZETTEER, 11)
    centres = frames.in_metres(cells.outlines(spread["cell"].to_numpy())).centroid
    postcodes = shapely.MultiPoint([at(100, 0), at(300, 20)])
    assert centres.distance(postcodes.convex_hull).max() < 200
    assert math.hypot(row.easting - at(100, 0)[0], row.northing - at(100, 0)[1]) <= row.precision_m


def test_a_postcode_known_only_to_its_sector_is_spread_and_a_square_is_its_square():
    located = _located(["ZQ1 3OS", "SU 97 80"])
    assert located["method"].tolist() == ["postcode", "grid_reference"]
    spread = geocode.spread(located, GAZETTEER, 9)
    assert spread.groupby("row").size().gt(5).all()
    square = frames.in_metres(cells.outlines(spread.loc[spread["row"] == 1, "cell"].to_numpy())).union_all()
    assert square.buffer(1).contains(shapely.box(497_000, 180_000, 498_000, 181_000))


def test_a_road_counts_only_where_it_was_looked_for():
    part = geocode.place(pd.DataFrame({"location_text": ["Long Road"]}), GAZETTEER, within=box(-1_000, 19_000, 1_000, 22_000))
    spread = geocode.spread(part, GAZETTEER, 8)
    hexagons = frames.in_metres(cells.outlines(spread["cell"].to_numpy()))
    assert hexagons.distance(shapely.Point(*at(0, 20_500))).max() < 3_000


def test_what_the_gazetteer_no_longer_has_is_a_circle():
    located = _located(["Castle Park"])
    spread = geocode.spread(located, None, 9)
    reach = located["precision_m"].iloc[0]
    hexagons = frames.in_metres(cells.outlines(spread["cell"].to_numpy())).union_all()
    assert hexagons.contains(shapely.Point(located["easting"].iloc[0], located["northing"].iloc[0]).buffer(reach * 0.99))


def test_a_district_at_the_finest_cells_is_thinned_out_and_still_one():
    located = _located(["Castleton"])
    located["precision_m"] = 20_000.0
    located["feature"] = "settlement:999"
    spread = geocode.spread(located, GAZETTEER, 11)
    assert len(spread) <= 2 * extents.MOST_CELLS
    assert spread["weight"].sum() == 1.0


@pytest.mark.parametrize("index", [["b", "a", "c"], [7, 7, 8], pd.MultiIndex.from_tuples([(1, "a"), (1, "b"), (2, "a")])])
def test_rows_keep_their_labels(index):
    located = _located(["Castle Park", "Nowhere", "ZQ1 1AA"], index)
    before = located.copy()
    spread = geocode.spread(located, GAZETTEER, 9)
    assert set(spread["row"]) == {index[0], index[2]}
    pd.testing.assert_frame_equal(located, before)


def test_nothing_placed_is_nothing_spread():
    for texts in ([], ["Nowhere"]):
        assert geocode.spread(_located(texts), GAZETTEER, 9).empty
