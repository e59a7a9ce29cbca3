"""Minutes to the nearest open place: as many as by another way of counting, never fewer than straight, and missing where not known."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers import network, reach
from layers.network import WALK_M_PER_MINUTE
from tests.layers.test_network import ways

MINUTE_M = WALK_M_PER_MINUTE


def spots(*at: tuple[float, float]) -> gpd.GeoSeries:
    return gpd.GeoSeries([shapely.Point(spot) for spot in at], crs="EPSG:27700")


def walked(lines, here, there, is_open=None, **tuning):
    """Return the minutes of each point at each hour, over ways that may be as short as they like."""
    paths = network.on_foot(ways(*lines), smallest_piece_m=0)
    is_open = np.ones((len(there), 1), bool) if is_open is None else is_open
    return reach.minutes(spots(*here), spots(*there), is_open, paths, **tuning)


STREET = [[(0, 0), (10 * MINUTE_M, 0)]]


def test_ten_minutes_of_street_take_ten_minutes():
    assert walked(STREET, [(0, 0)], [(10 * MINUTE_M, 0)]).iloc[0, 0] == pytest.approx(10)


def test_two_on_one_street_walk_along_it_and_not_to_its_end_and_back():
    assert walked(STREET, [(4 * MINUTE_M, 0)], [(6 * MINUTE_M, 0)]).iloc[0, 0] == pytest.approx(2)


def test_one_walks_straight_to_the_nearest_path_and_from_it():
    found = walked(STREET, [(2 * MINUTE_M, MINUTE_M)], [(5 * MINUTE_M, -MINUTE_M)])
    assert found.iloc[0, 0] == pytest.approx(1 + 3 + 1)


def test_who_stands_at_the_door_is_there():
    assert walked(STREET, [(75, 0)], [(75, 0)]).iloc[0, 0] == 0


def test_the_nearest_is_the_nearest_that_is_open():
    near, far = (1 * MINUTE_M, 0), (8 * MINUTE_M, 0)
    found = walked(STREET, [(0, 0)], [near, far], np.array([[True, False, False], [True, True, False]]))
    assert found.iloc[0].tolist() == pytest.approx([1, 8, np.nan], nan_ok=True)


def test_hours_that_nobody_recorded_are_not_open_and_are_counted_apart():
    for unknown in (None, np.nan, pd.NA):
        is_open = pd.DataFrame({"21:00": pd.Series([unknown, True], dtype="object"), "22:00": pd.Series([unknown, False], dtype="object")})
        found = walked(STREET, [(0, 0)], [(75, 0), (150, 0)], is_open)
        assert found.columns.tolist() == ["21:00", "22:00"]
        assert found.iloc[0].tolist() == pytest.approx([2, np.nan], nan_ok=True)
        assert reach.hours_not_known(is_open).tolist() == [1, 1]
    nullable = pd.DataFrame({0: pd.array([None, True], dtype="boolean")})
    assert walked(STREET, [(0, 0)], [(75, 0), (150, 0)], nullable).iloc[0, 0] == pytest.approx(2)


def test_an_island_is_out_of_reach_of_the_rest_and_in_reach_of_itself():
    lines = [[(0, 0), (750, 0)], [(0, 900), (750, 900)]]
    found = walked(lines, [(0, 0), (0, 900)], [(750, 900)])
    assert found[0].tolist() == pytest.approx([np.nan, 10], nan_ok=True)


def test_who_is_far_from_every_path_has_no_path_recorded_and_is_not_called_far():
    paths = network.on_foot(ways(*STREET))
    here = spots((0, 299), (0, 301))
    found = reach.minutes(here, spots((0, 0)), [[True]], paths)
    assert found[0].tolist() == pytest.approx([299 / MINUTE_M, np.nan], nan_ok=True)
    assert reach.path_is_recorded(here, paths).tolist() == [True, False]
    assert walked(STREET, [(0, 301)], [(0, 0)], nearest_path_m=400).notna().all(axis=None)


def test_a_place_without_a_path_is_never_reached():
    assert walked(STREET, [(0, 0)], [(0, 5_000)]).isna().all(axis=None)


def test_a_bridge_without_a_shared_point_is_walked_round():
    over = [[(0, 0), (150, 0), (300, 0)], [(150.5, -150), (150.5, 150)]]
    assert walked(over, [(0, 0)], [(150.5, 140)]).isna().all(axis=None)
    joined = [*over, [(300, 0), (300, 150), (150.5, 150)]]
    assert walked(joined, [(0, 0)], [(150.5, 150)]).iloc[0, 0] == pytest.approx((300 + 150 + 149.5) / MINUTE_M)


def test_round_a_ring_one_takes_the_shorter_way():
    ring = [[(0, 0), (300, 0), (300, 300), (0, 300), (0, 0)], [(0, 0), (-75, 0)]]
    found = walked(ring, [(-75, 0)], [(0, 300), (300, 0), (300, 300)], np.eye(3, dtype=bool))
    assert found.iloc[0].tolist() == pytest.approx([5, 5, 9])
    assert walked(ring, [(0, 75)], [(75, 0)]).iloc[0, 0] == pytest.approx(2), "by the junction, though both are on one stretch"


def test_by_road_it_is_as_quick_as_the_roads():
    roads = network.by_road(ways([(0, 0), (35 * 1609.344, 0)], highway=["primary"]))
    assert reach.minutes(spots((0, 0)), spots((35 * 1609.344, 0)), [[True]], roads).iloc[0, 0] == pytest.approx(60)


def test_a_park_is_stood_for_by_a_point_in_it():
    park = gpd.GeoSeries([shapely.box(0, -10, 20, 10)], crs="EPSG:27700", index=["way/7"])
    found = reach.minutes(park, spots((85, 0)), [[True]], network.on_foot(ways(*STREET)))
    assert found.index.tolist() == ["way/7"]
    assert found.iloc[0, 0] == pytest.approx(1)


@pytest.mark.parametrize(("points", "places", "hours"), [(0, 2, 3), (2, 0, 3), (2, 2, 0), (0, 0, 0)])
def test_of_nothing_there_is_nothing(points, places, hours):
    found = walked(STREET, [(0, 0)] * points, [(1, 0)] * places, np.ones((places, hours), bool))
    assert found.shape == (points, hours)
    assert found.isna().sum().sum() == (points * hours if not places else 0)


def test_without_paths_nothing_is_in_reach_and_no_path_is_recorded():
    nothing = network.on_foot(ways())
    assert reach.minutes(spots((0, 0)), spots((0, 0)), [[True]], nothing).isna().all(axis=None)
    assert not reach.path_is_recorded(spots((0, 0)), nothing).any()


def test_missing_shapes_have_no_path():
    here = gpd.GeoSeries([None, shapely.Point(), shapely.Point(0, 0)], crs="EPSG:27700")
    found = reach.minutes(here, spots((75, 0)), [[True]], network.on_foot(ways(*STREET)))
    assert found[0].tolist() == pytest.approx([np.nan, np.nan, 1], nan_ok=True)


def test_a_table_of_hours_for_other_places_is_our_own_mistake():
    with pytest.raises(ValueError, match="1 rows for 2 places"):
        walked(STREET, [(0, 0)], [(1, 0), (2, 0)], [[True]])


def test_degrees_are_refused():
    with pytest.raises(ValueError, match="EPSG:27700"):
        reach.minutes(spots((0, 50)).set_crs("EPSG:4326", allow_override=True), spots((0, 0)), [[True]], network.on_foot(ways(*STREET)))


grid = st.integers(0, 5).map(lambda number: 60.0 * number)
corner = st.tuples(grid, grid)
line = st.lists(corner, min_size=2, max_size=4)
anywhere = st.tuples(st.floats(0, 300), st.floats(0, 300)).map(lambda at: (round(at[0], 2), round(at[1], 2)))


def by_trying_everything(lines, here, there):
    """Return the minutes from each point to each place by Floyd and Warshall, over every corner and every point set on its line.

    Another way in all but the arithmetic: each point cuts the segment that it is nearest to, and then all pairs are worked out.
    """
    segments = [pair for line in lines for pair in itertools.pairwise(line) if pair[0] != pair[1]]
    shapes = [shapely.LineString(pair) for pair in segments]
    cuts: dict[int, list[tuple[float, float]]] = {}
    feet = []
    for spot in [*here, *there]:
        nearest = min(range(len(shapes)), key=lambda at: round(shapes[at].distance(shapely.Point(spot)), 9))
        foot = shapes[nearest].interpolate(shapes[nearest].project(shapely.Point(spot)))
        feet.append((foot.x, foot.y))
        cuts.setdefault(nearest, []).append((foot.x, foot.y))
    names = {at: number for number, at in enumerate(dict.fromkeys([*itertools.chain(*segments), *feet]))}
    far = np.full((len(names), len(names)), np.inf)
    np.fill_diagonal(far, 0)
    for at, (one, other) in enumerate(segments):
        on_it = sorted([one, other, *cuts.get(at, [])], key=lambda spot: np.hypot(spot[0] - one[0], spot[1] - one[1]))
        for left, right in itertools.pairwise(on_it):
            i, j = names[left], names[right]
            far[i, j] = far[j, i] = min(far[i, j], np.hypot(left[0] - right[0], left[1] - right[1]))
    for k in range(len(names)):
        far = np.minimum(far, far[:, [k]] + far[[k], :])
    off = [np.hypot(foot[0] - spot[0], foot[1] - spot[1]) for foot, spot in zip(feet, [*here, *there], strict=True)]
    rows = [names[foot] for foot in feet]
    count = len(here)
    total = far[np.ix_(rows[:count], rows[count:])] + np.add.outer(off[:count], off[count:])
    return np.where(np.isfinite(total), total, np.nan) / WALK_M_PER_MINUTE


def one_nearest(lines, spot):
    """Say whether it is plain which segment a point is nearest to, or all the nearest meet at one point."""
    segments = [shapely.LineString(pair) for line in lines for pair in itertools.pairwise(line) if pair[0] != pair[1]]
    if not segments:
        return False
    point = shapely.Point(spot)
    far = [segment.distance(point) for segment in segments]
    feet = {
        (round(foot.x, 6), round(foot.y, 6))
        for segment, distance in zip(segments, far, strict=True)
        if distance < min(far) + 1e-6
        for foot in [segment.interpolate(segment.project(point))]
    }
    corners = {corner for line in lines for corner in line}
    return len(feet) == 1 and (sum(distance < min(far) + 1e-6 for distance in far) == 1 or feet <= corners)


some_spots = st.lists(anywhere, min_size=1, max_size=3)
worlds = st.tuples(st.lists(line, min_size=1, max_size=5), some_spots, some_spots)


@settings(max_examples=150)
@given(world=worlds)
def test_it_is_what_trying_everything_gives(world):
    lines, here, there = world
    here, there = ([spot for spot in group if one_nearest(lines, spot)] for group in (here, there))
    if not here or not there:
        return
    found = walked(lines, here, there, np.eye(len(there), dtype=bool), nearest_path_m=1e4)
    np.testing.assert_allclose(found.to_numpy(), by_trying_everything(lines, here, there), atol=1e-6)


@settings(max_examples=80)
@given(world=worlds)
def test_no_way_is_shorter_than_straight_and_more_open_places_are_never_farther(world):
    lines, here, there = world
    each = walked(lines, here, there, np.eye(len(there), dtype=bool)).to_numpy()
    straight = np.array([[np.hypot(a[0] - b[0], a[1] - b[1]) for b in there] for a in here]) / WALK_M_PER_MINUTE
    assert (np.isnan(each) | (each >= straight - 1e-9)).all()
    nearest = walked(lines, here, there).to_numpy().ravel()
    np.testing.assert_allclose(nearest, np.fmin.reduce(each, axis=1), atol=1e-9)


@settings(max_examples=80)
@given(lines=st.lists(line, min_size=1, max_size=5), three=st.lists(anywhere, min_size=3, max_size=3))
def test_by_a_third_point_it_is_never_nearer_and_there_and_back_are_the_same(lines, three):
    far = np.nan_to_num(walked(lines, three, three, np.eye(3, dtype=bool)).to_numpy(), nan=np.inf)
    np.testing.assert_allclose(far, far.T, atol=1e-9)
    for a, b, c in itertools.permutations(range(3)):
        assert far[a, c] <= far[a, b] + far[b, c] + 1e-9


def test_in_rutland_more_places_are_open_by_day_and_nobody_is_nearer_than_straight(rutland):
    from layers import safe_places

    candidates = safe_places.candidates(rutland.points, rutland.areas)
    paths = network.on_foot(rutland.lines)
    west, south, east, north = candidates.total_bounds
    rng = np.random.default_rng(1)
    here = gpd.GeoSeries(gpd.points_from_xy(rng.uniform(west, east, 300), rng.uniform(south, north, 300)), crs="EPSG:27700")
    is_open = np.column_stack([np.ones(len(candidates), bool), candidates["kind"].eq("Library"), np.zeros(len(candidates), bool)])
    found = reach.minutes(here, candidates.geometry, is_open, paths)
    straight = here.apply(lambda point: candidates.distance(point).min()) / WALK_M_PER_MINUTE
    reached = found[0].notna()
    assert 0.6 < reached.mean() < 1
    assert (found[0] >= straight - 1e-9)[reached].all()
    assert (found[1] >= found[0])[found[1].notna()].all()
    assert found[2].isna().all()
    assert found[0].median() < 60
