"""A way is closed in where something stands on both sides of it within reach, and there is a way out where another way meets it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box

from geo import frames
from layers import enclosure

CORNER = (486_000.0, 308_500.0)


def _frame(*shapes, index=None, **tags) -> gpd.GeoDataFrame:
    """Return features at these shapes, drawn from a corner in Oakham; a tag is one value for all or a list."""
    columns = dict.fromkeys(("layer", "bridge", "barrier", "building", "highway"), np.nan) | tags
    placed = [None if shape is None else shapely.transform(shape, lambda xy: np.add(xy, CORNER)) for shape in shapes]
    names = index or [f"way/{number}" for number in range(len(shapes))]
    data = pd.DataFrame(columns, index=pd.Index(names, dtype="str")).astype("str")
    return gpd.GeoDataFrame(data, geometry=gpd.GeoSeries(placed, index=data.index, crs=frames.BRITISH_NATIONAL_GRID))


def _wall(*lines, **tags) -> gpd.GeoDataFrame:
    return _frame(*lines, barrier="wall", index=[f"way/9{number}" for number in range(len(lines))], **tags)


NOTHING = _frame()


def _measure(ways, *, lines=NOTHING, buildings=NOTHING, streets=NOTHING, ground=NOTHING, covered=False) -> pd.DataFrame:
    return enclosure.measure(
        ways,
        enclosure.solids(lines, buildings),
        streets=streets.geometry,
        open_ground=ground.geometry,
        covered=pd.Series(covered, index=ways.index),
    )


def _only(ways, **around) -> pd.Series:
    found = _measure(ways, **around)
    assert len(found) == 1
    return found.iloc[0]


WAY = LineString([(0, 0), (30, 0)])
BOTH_WALLS = (LineString([(0, 1), (30, 1)]), LineString([(0, -1.5), (30, -1.5)]))


def test_between_two_walls_it_is_closed_in_all_along_and_as_wide_as_they_are_apart():
    found = _only(_frame(WAY), lines=_wall(*BOTH_WALLS))
    assert found["enclosed_share"] == 1
    assert found["width_m"] == pytest.approx(2.5)
    assert found["built_share"] == 0


def test_buildings_are_sides_too_and_count_as_built():
    found = _only(_frame(WAY), buildings=_frame(box(0, 2, 30, 10), box(0, -9, 30, -2), building="house"))
    assert found["enclosed_share"] == found["built_share"] == 1
    assert found["width_m"] == pytest.approx(4)


def test_walls_along_half_of_it_close_in_a_half():
    walls = [LineString([(0, side), (15, side)]) for side in (1, -1)]
    assert _only(_frame(WAY), lines=_wall(*walls))["enclosed_share"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("left", "right", "share"),
    [(1, 1, 1), (4, 4, 1), (5.9, 2, 1), (6.1, 1, 0), (5, 5, 0), (1, 100, 0)],
    ids=["narrow", "as wide as it may be", "one side far", "out of reach", "too wide", "one side only"],
)
def test_both_sides_must_be_within_reach_and_together_no_wider_than_an_alley(left, right, share):
    walls = _wall(LineString([(-5, left), (35, left)]), LineString([(-5, -right), (35, -right)]))
    assert _only(_frame(WAY), lines=walls)["enclosed_share"] == share


@pytest.mark.parametrize("barrier", ["kerb", "ditch", "guard_rail", "bollard", "log"])
def test_what_can_be_stepped_over_is_no_side(barrier):
    assert np.isnan(_only(_frame(WAY), lines=_frame(*BOTH_WALLS, barrier=barrier))["enclosed_share"])


def test_a_roof_on_posts_is_no_side():
    assert np.isnan(_only(_frame(WAY), buildings=_frame(box(0, 1, 30, 9), building="roof"))["enclosed_share"])


def test_a_pavement_is_open_to_the_street_before_the_wall_across_it():
    street = _frame(LineString([(0, 3), (30, 3)]))
    walls = _wall(LineString([(0, 5), (30, 5)]), LineString([(0, -1), (30, -1)]))
    assert _only(_frame(WAY), lines=walls)["enclosed_share"] == 1
    assert _only(_frame(WAY), lines=walls, streets=street)["enclosed_share"] == 0


def test_a_street_behind_the_wall_does_not_open_it():
    street = _frame(LineString([(0, 5), (30, 5)]))
    assert _only(_frame(WAY), lines=_wall(*BOTH_WALLS), streets=street)["enclosed_share"] == 1


def test_a_path_between_two_hedges_of_a_park_is_not_closed_in():
    assert _only(_frame(WAY), lines=_wall(*BOTH_WALLS), ground=_frame(box(-50, -50, 15, 50)))["enclosed_share"] == pytest.approx(0.5)


@pytest.mark.parametrize(("away", "told"), [(24, True), (26, False)])
def test_with_nothing_recorded_near_nothing_is_said(away, told):
    found = _only(_frame(WAY), lines=_wall(LineString([(0, away), (30, away)])))
    assert found.isna().tolist() == ([False, True, False] if told else [True, True, True])


def test_an_extract_without_a_building_or_wall_says_nothing():
    assert _measure(_frame(WAY, WAY)).isna().all(axis=None)


def test_a_passage_through_a_building_is_closed_in_and_a_line_drawn_across_one_is_not():
    house = _frame(box(-5, -3, 35, 3), building="yes")
    assert _only(_frame(WAY), buildings=house, covered=True)["enclosed_share"] == 1
    across = _only(_frame(WAY), buildings=house)
    assert across["enclosed_share"] == 0
    assert np.isnan(across["width_m"])


@pytest.mark.parametrize(
    ("way", "walls", "share"),
    [
        ({}, {}, 1),
        ({"bridge": "yes"}, {}, 0),
        ({"bridge": "no"}, {}, 1),
        ({"layer": "1"}, {}, 0),
        ({"layer": "1"}, {"layer": "1"}, 1),
        ({"layer": "-1"}, {}, 0),
        ({"layer": "ground"}, {}, 1),
    ],
)
def test_a_footbridge_over_an_alley_is_not_between_its_walls(way, walls, share):
    assert _only(_frame(WAY, **way), lines=_wall(*BOTH_WALLS, **walls))["enclosed_share"] == share


def test_a_wall_along_the_line_or_across_it_is_no_side():
    along = LineString([(0, 0), (30, 0)])
    across = LineString([(15, 0.1), (15, 3)])
    found = _only(_frame(WAY), lines=_wall(along, across, LineString([(0, 1), (30, 1)])))
    assert found["enclosed_share"] == 0


with np.errstate(invalid="ignore"):
    NOT_A_NUMBER = shapely.from_wkt("LINESTRING (0 0, nan 4)")

HOSTILE = {
    "two equal points": LineString([(0, 0), (0, 0)]),
    "no length": LineString([(5, 5), (5, 5), (5, 5)]),
    "not a number": NOT_A_NUMBER,
    "empty": LineString(),
    "none": None,
    "several lines": shapely.MultiLineString([[(0, 0), (9, 0)], [(20, 0), (29, 0)]]),
}


def test_what_is_no_line_is_missing_and_does_not_disturb_the_others():
    ways = _frame(WAY, *HOSTILE.values(), WAY, index=["way/1", *HOSTILE, "way/2"])
    found = _measure(ways, lines=_wall(*BOTH_WALLS))
    assert found.index.tolist() == ways.index.tolist()
    assert found.loc[list(HOSTILE)].isna().all(axis=None)
    assert found.loc[["way/1", "way/2"], "enclosed_share"].tolist() == [1, 1]
    out = enclosure.longest_without_way_out_m(ways, ways)
    assert out[list(HOSTILE)].isna().all()
    assert not enclosure.on_the_line(ways, _frame(Point(500, 500)).geometry).any()
    assert len(enclosure.leads_on(ways, ways, NOTHING.geometry)) == len(ways)


def test_broken_walls_are_passed_over():
    walls = _wall(*BOTH_WALLS, *(HOSTILE[name] for name in ("two equal points", "not a number", "empty", "none")))
    assert _only(_frame(WAY), lines=walls)["enclosed_share"] == 1


@pytest.mark.parametrize(
    "way",
    [
        LineString([(0, 0), (1, 0)]),
        LineString([(0, 0), (20, 0), (20, 20), (10, -10)]),
        LineString([(0, 0), (20, 0), (0, 0)]),
        shapely.get_exterior_ring(box(0, 0, 20, 20)),
    ],
    ids=["shorter than the step", "crosses itself", "turns back on itself", "a ring"],
)
def test_odd_shapes_are_measured(way):
    found = _only(_frame(way), lines=_wall(*BOTH_WALLS))
    assert 0 <= found["enclosed_share"] <= 1
    assert enclosure.longest_without_way_out_m(_frame(way), _frame(way)).iloc[0] == pytest.approx(way.length)


@settings(max_examples=60)
@given(
    angle=st.floats(0, 360),
    walls=st.lists(st.tuples(st.floats(-7, 7), st.floats(0, 20), st.floats(1, 30)), min_size=1, max_size=6),
)
def test_neither_turning_the_map_nor_walking_the_other_way_changes_a_measure(angle, walls):
    barriers = [LineString([(start, side), (start + length, side + 0.5)]) for side, start, length in walls]
    straight = _only(_frame(WAY), lines=_wall(*barriers))
    back = _only(_frame(WAY.reverse()), lines=_wall(*barriers))
    pd.testing.assert_series_equal(straight, back)
    turned = [shapely.affinity.rotate(line, angle, origin=(0, 0)) for line in (WAY, *barriers)]
    again = _only(_frame(turned[0]), lines=_wall(*turned[1:]))
    # A look that only just meets the end of a wall may miss it by a hair when turned: one of the ten.
    assert again["enclosed_share"] == pytest.approx(straight["enclosed_share"], abs=0.101, nan_ok=True)
    assert 0 <= np.nan_to_num(straight["enclosed_share"]) <= 1
    assert not straight["width_m"] > enclosure.WIDEST_M


def _out(*ways: LineString, others: tuple[LineString, ...] = ()) -> list[float]:
    own = _frame(*ways)
    highways = pd.concat([own, _frame(*others, index=[f"way/{50 + number}" for number in range(len(others))])])
    return enclosure.longest_without_way_out_m(own, highways).round(3).tolist()


LONG = LineString([(0, 0), (30, 0), (100, 0)])
CROSSING_AT_30 = LineString([(30, 50), (30, 0), (30, -50)])


def test_the_longest_stretch_is_between_two_ways_out():
    assert _out(LONG, others=(CROSSING_AT_30,)) == [70]
    assert _out(LONG) == [100]


def test_what_passes_over_on_a_bridge_is_no_way_out():
    assert _out(LONG, others=(LineString([(30, 50), (30, -50)]),)) == [100]


def test_two_alleys_that_carry_on_from_each_other_are_one_stretch_and_three_that_meet_are_not():
    on = LineString([(100, 0), (150, 0)])
    assert _out(LONG, on) == [150, 150]
    assert _out(LONG, on, LineString([(100, 0), (100, 20)])) == [100, 50, 20]


def test_a_way_that_crosses_itself_at_a_point_can_be_left_there():
    loop = LineString([(0, 0), (10, 0), (20, 0), (20, 10), (10, 10), (10, 0), (10, -5)])
    assert _out(loop) == [40]


def test_no_ways_have_no_measures():
    assert enclosure.longest_without_way_out_m(NOTHING, _frame(WAY)).empty
    assert _measure(NOTHING, lines=_wall(*BOTH_WALLS)).empty
    assert enclosure.leads_on(NOTHING, _frame(WAY), NOTHING.geometry).empty


def test_a_way_leads_on_where_both_ends_meet_another_way_or_a_gate():
    streets = _frame(LineString([(0, -9), (0, 0), (0, 9)]), LineString([(30, -9), (30, 0), (30, 9)]), index=["way/50", "way/51"])
    way = _frame(WAY)
    gate = _frame(Point(30, 0)).geometry
    highways = pd.concat([way, streets])
    assert enclosure.leads_on(way, highways, NOTHING.geometry).tolist() == [True]
    assert enclosure.leads_on(way, highways.iloc[:2], NOTHING.geometry).tolist() == [False]
    assert enclosure.leads_on(way, highways.iloc[:2], gate).tolist() == [True]
    assert enclosure.leads_on(_frame(shapely.get_exterior_ring(box(0, 0, 9, 9))), way, NOTHING.geometry).tolist() == [True]


def test_a_gate_is_on_a_way_where_it_is_a_point_of_it():
    ways = _frame(LONG, WAY)
    assert enclosure.on_the_line(ways, _frame(Point(100, 0)).geometry).tolist() == [True, False]
    assert enclosure.on_the_line(ways, _frame(Point(60, 0)).geometry).tolist() == [False, False]


def test_degrees_are_refused():
    with pytest.raises(ValueError, match="EPSG:27700"):
        _measure(frames.in_degrees(_frame(WAY)))


def test_a_closed_wall_that_is_an_area_is_as_good_as_a_line():
    thick = _frame(Polygon([(0, 1), (30, 1), (30, 1.4), (0, 1.4)]), barrier="hedge")
    assert _only(_frame(WAY), lines=_wall(BOTH_WALLS[1]), buildings=thick)["width_m"] == pytest.approx(2.5)
