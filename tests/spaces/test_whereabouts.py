"""A record belongs to the place that holds it, else the nearest within its precision; ties fall the same way every time."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import frames
from spaces import whereabouts

EAST, NORTH = 497_000.0, 180_000.0


def _places(**shapes):
    """Return places by id, each a rank and a box (west, south, east, north) in metres from a corner in Slough."""
    corner = np.array([EAST, NORTH] * 2)
    boxes = [shapely.box(*(corner + box)) for _rank, box in shapes.values()]
    return gpd.GeoDataFrame(
        {"rank": [rank for rank, _box in shapes.values()]}, geometry=boxes, index=list(shapes), crs=frames.BRITISH_NATIONAL_GRID
    )


def _place_of(places, east, north, precision_m=20.0):
    x, y, precision = pd.Series([EAST + east]), pd.Series([NORTH + north]), pd.Series([precision_m])
    found = whereabouts.place_of_each(x, y, precision, places).iloc[0]
    return None if pd.isna(found) else found


def test_a_place_that_holds_a_record_comes_before_one_that_is_near():
    places = _places(street=(9, (0, 0, 100, 10)), park=(1, (0, 12, 100, 90)))
    assert _place_of(places, 50, 9) == "street", "the better ranked park is three metres away, and does not hold it"
    assert _place_of(places, 50, 11) == "park", "neither holds it: the better ranked wins"


def test_rank_comes_before_area_and_area_before_name():
    overlapping = {"b_large": (2, (0, 0, 90, 90)), "c_small": (2, (0, 0, 40, 40)), "a_small": (3, (0, 0, 30, 30))}
    assert _place_of(_places(**overlapping), 20, 20) == "c_small"
    assert _place_of(_places(**overlapping, z_best=(1, (0, 0, 500, 500))), 20, 20) == "z_best"
    assert _place_of(_places(b=(1, (0, 0, 40, 40)), a=(1, (0, 0, 40, 40))), 20, 20) == "a"


def test_of_places_that_are_near_rank_and_then_distance_decide():
    assert _place_of(_places(near=(2, (0, 0, 10, 10)), far=(1, (30, 0, 40, 10))), 12, 5) == "far"
    assert _place_of(_places(near=(1, (0, 0, 10, 10)), far=(1, (30, 0, 40, 10))), 12, 5) == "near"


@pytest.mark.parametrize(
    ("precision_m", "reach"),
    [(0, 25), (20, 25), (math.nan, 25), (25, 25), (40, 40), (60, 60), (100, 60), (5_000, 60)],
)
def test_a_record_reaches_as_far_as_it_is_known_and_no_further_than_a_postcode(precision_m, reach):
    places = _places(park=(1, (0, 0, 100, 100)))
    assert _place_of(places, 100 + reach, 50, precision_m) == "park"
    assert _place_of(places, 100 + reach + 0.5, 50, precision_m) is None


def test_without_coordinates_a_record_belongs_nowhere_and_keeps_its_row():
    places = _places(park=(1, (0, 0, 100, 100)))
    east = pd.Series([math.nan, EAST + 5, EAST + 5, math.nan], index=[7, 7, 3, 1])
    north = pd.Series([NORTH + 5, math.nan, NORTH + 5, math.nan], index=[7, 7, 3, 1])
    found = whereabouts.place_of_each(east, north, pd.Series(20.0, index=east.index), places)
    assert found.index.tolist() == [7, 7, 3, 1]
    assert found.isna().tolist() == [True, True, False, True]
    assert found.loc[3] == "park"


def test_no_records_and_no_places_are_nowhere():
    none, one = pd.Series([], dtype=float), pd.Series([EAST])
    assert whereabouts.place_of_each(none, none, none, _places(park=(1, (0, 0, 9, 9)))).empty
    assert whereabouts.place_of_each(one, one, one, _places()).isna().all()


def test_places_in_degrees_are_refused():
    degrees = _places(park=(1, (0, 0, 100, 100))).to_crs(frames.DEGREES)
    one = pd.Series([EAST])
    with pytest.raises(ValueError, match=r"expected EPSG:27700"):
        whereabouts.place_of_each(one, one, one, degrees)
    with pytest.raises(ValueError, match=r"expected EPSG:27700"):
        whereabouts.nearest_place(one, one, degrees)


def _by_hand(east, north, reach, places):
    """Look at every place: those that hold the point, else those within reach, each time the best by rank and the rest."""
    near = []
    for name, place in places.iterrows():
        distance = shapely.distance(shapely.Point(east, north), place.geometry)
        if distance <= reach:
            near.append((distance > 0, place["rank"], round(distance), place.geometry.area, name))
    return min(near)[-1] if near else None


@st.composite
def worlds(draw):
    whole = st.integers(0, 120)
    boxes = draw(st.lists(st.tuples(st.integers(1, 3), whole, whole, st.integers(1, 60), st.integers(1, 60)), min_size=1, max_size=8))
    shapes = {f"p{at}": (rank, (x, y, x + width, y + height)) for at, (rank, x, y, width, height) in enumerate(boxes)}
    points = draw(st.lists(st.tuples(whole, whole, st.integers(0, 80)), min_size=1, max_size=8))
    return _places(**shapes), points


@given(worlds(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_looking_at_every_place_gives_the_same_in_any_order_of_places(world, random):
    places, points = world
    east, north, precision = (pd.Series(values, dtype=float) for values in zip(*points, strict=True))
    east, north = east + EAST, north + NORTH
    expected = [_by_hand(x, y, min(max(reach, 25), 60), places) for x, y, reach in zip(east, north, precision, strict=True)]
    shuffled = places.loc[random.sample(list(places.index), len(places))]
    for given_places in (places, shuffled):
        found = whereabouts.place_of_each(east, north, precision, given_places)
        assert [None if pd.isna(place) else place for place in found] == expected


def test_the_nearest_place_is_found_however_far_and_from_the_middle_of_what_is_known():
    places = _places(west=(1, (0, 0, 10, 10)), east=(1, (900, 0, 910, 10)))
    east = pd.Series([EAST + 800, EAST + 800, EAST - 9000, math.nan])
    north = pd.Series([NORTH, NORTH, NORTH, math.nan])
    assert whereabouts.nearest_place(east, north, places) == "east"
    assert whereabouts.nearest_place(east, north, places.iloc[:1]) == "west"
    assert whereabouts.nearest_place(east, north, places.iloc[:0]) is None


def test_a_cluster_is_named_after_the_place_that_holds_most_of_its_records():
    cluster = pd.Series([0, 0, 0, 1, 1, None, 2, 3])
    place = pd.Series(["alley", "park", "park", "alley", "alley", "park", None, "park"])
    assert whereabouts.name_clusters(cluster, place).to_dict() == {0: "park", 1: "alley", 3: "park"}


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]])
def test_a_tie_falls_the_same_way_whatever_the_order_of_records(order):
    cluster, place = pd.Series([0, 0, 0, 0]), pd.Series(["park", "alley", "park", "alley"])
    assert whereabouts.name_clusters(cluster.iloc[order], place.iloc[order]).to_dict() == {0: "alley"}


def test_no_clusters_have_no_names():
    assert whereabouts.name_clusters(pd.Series([], dtype="Int64"), pd.Series([], dtype=object)).empty
