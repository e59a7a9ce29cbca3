"""Cells are H3's own; counting loses nothing; the study area is the boundary's cells and the occupied ones at its edge."""

from __future__ import annotations

import geopandas as gpd
import h3
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import cells, frames
from tests.geo.conftest import disk

NONE = np.array([], np.uint64)
TOWN = shapely.box(497_000, 178_000, 501_000, 182_000)
"""Four kilometres square in Slough, in metres."""

somewhere = st.tuples(st.floats(-8, 2), st.floats(50, 60)) | st.sampled_from(
    [(np.nan, 51.0), (0.5, np.nan), (np.nan, np.nan), (np.inf, 51.0)]
)
points = st.lists(somewhere, max_size=40)


def _by_h3(longitude, latitude, resolution):
    known = np.isfinite(longitude) & np.isfinite(latitude)
    return [h3.str_to_int(h3.latlng_to_cell(y, x, resolution)) if k else 0 for x, y, k in zip(longitude, latitude, known, strict=True)]


def _in_degrees(shape):
    return frames.in_degrees(gpd.GeoSeries([shape], crs=frames.BRITISH_NATIONAL_GRID)).iloc[0]


def _by_centre(shape, resolution):
    """Return the cells whose centre is in a shape, by asking of every cell round about."""
    shape = _in_degrees(shape)
    west, south, east, north = shape.buffer(0.05).bounds
    longitude, latitude = np.meshgrid(np.arange(west, east, 0.0005), np.arange(south, north, 0.0003))
    near = np.unique(cells.from_points(longitude.ravel(), latitude.ravel(), resolution))
    centres = shapely.points([h3.cell_to_latlng(h3.int_to_str(int(cell)))[::-1] for cell in near])
    return near[shapely.intersects(shape, centres)]


@given(points, st.sampled_from(cells.RESOLUTIONS))
def test_the_cell_of_a_point_is_h3s_and_a_missing_point_has_none(where, resolution):
    longitude, latitude = np.array(where, float).reshape(-1, 2).T
    assert cells.from_points(longitude, latitude, resolution).tolist() == _by_h3(longitude, latitude, resolution)


def test_many_points_come_back_in_their_order():
    rng = np.random.default_rng(0)
    longitude, latitude = rng.uniform(-6, 2, 5000), rng.uniform(50, 58, 5000)
    found = cells.from_points(longitude, latitude, 9)
    assert found.dtype == np.uint64
    assert found.tolist() == _by_h3(longitude, latitude, 9)
    turned = rng.permutation(5000)
    assert (cells.from_points(longitude[turned], latitude[turned], 9) == found[turned]).all()


def test_slough_is_342_cells_by_centre_and_16_occupied_at_its_edge(slough):
    study = slough.study
    assert (len(study.cells), study.by_centre, study.occupied) == (358, 342, 16)
    assert (np.diff(study.cells.astype(object)) > 0).all(), "sorted, without repeats"


@pytest.mark.parametrize(
    "shape",
    [
        TOWN,
        TOWN.difference(shapely.box(498_000, 179_000, 500_000, 181_000)),
        TOWN.union(shapely.box(503_000, 178_000, 505_000, 180_000)),
        shapely.MultiPolygon([shapely.box(497_000, 178_000, 498_500, 179_500), shapely.box(498_500, 179_500, 500_000, 181_000)]),
        shapely.box(497_000, 178_000, 497_010, 178_010),
    ],
    ids=["plain", "hole", "island", "touching at a corner", "smaller than a cell"],
)
def test_the_study_area_is_every_cell_whose_centre_is_inside(shape):
    study = cells.study_area(shape, NONE, 9)
    assert study.cells.tolist() == _by_centre(shape, 9).tolist()
    assert (study.by_centre, study.occupied) == (len(study.cells), 0)


def test_a_boundary_smaller_than_a_cell_is_the_cell_in_which_something_happened():
    corner = shapely.box(497_000, 178_000, 497_010, 178_010)
    longitude, latitude = frames.points_in_degrees([497_005.0], [178_005.0])
    occupied = cells.from_points(longitude, latitude, 8)
    study = cells.study_area(corner, occupied, 8)
    assert (study.cells.tolist(), study.by_centre + study.occupied) == (occupied.tolist(), 1)


def test_occupied_cells_count_only_where_they_overlap_the_boundary():
    inside = cells.study_area(TOWN, NONE, 9)
    edge = np.setdiff1d(
        cells.from_points(*frames.points_in_degrees(np.linspace(497_000, 501_000, 50), np.full(50, 178_000.0)), 9), inside.cells
    )
    far = cells.from_points([-1.5], [53.8], 9)
    study = cells.study_area(TOWN, np.concatenate([edge, far, inside.cells[:5], np.array([0], np.uint64)]), 9)
    assert len(edge)
    assert study.cells.tolist() == np.union1d(inside.cells, edge).tolist()
    assert (study.by_centre, study.occupied) == (inside.by_centre, len(edge))


@given(points, st.integers(0, 6))
def test_counting_loses_nothing_and_does_not_depend_on_order(where, rings):
    longitude, latitude = np.array(where, float).reshape(-1, 2).T
    found = cells.from_points(longitude, latitude, 7)
    kept = np.unique(found[found != 0])
    among = np.union1d(kept[: len(kept) // 2], disk(rings, 7))
    counts = cells.count_points(found, among)
    assert counts.index.tolist() == among.tolist()
    assert counts.sum() == np.isin(found, among).sum()
    assert counts.equals(cells.count_points(found[::-1], among))
    assert cells.count_points(found, kept).sum() == (found != 0).sum()


def test_counts_by_weight_sum_to_the_weights_inside():
    world = disk(3)
    where = np.concatenate([world[:4], world[:2], cells.from_points([-1.5, np.nan], [53.8, 51.0], 9)])
    weights = np.array([0.25, 0.5, 1, 2, 4, 0.125, 100, 1000])
    counts = cells.count_points(where, world, weights)
    assert counts.iloc[:4].tolist() == [4.25, 0.625, 1, 2]
    assert counts.sum() == 7.875


def test_counting_into_no_cells_is_an_empty_answer():
    assert cells.count_points(disk(1), NONE).empty
    assert cells.positions(disk(1), NONE).tolist() == [-1] * 7


@given(chosen=st.sets(st.integers(0, 90)), rings=st.integers(0, 3))
@settings(max_examples=40)
def test_neighbours_are_h3s_own_disks(chosen, rings):
    world = disk(5)[sorted(chosen)] if chosen else NONE
    near = cells.neighbours(world, rings)
    for at, cell in enumerate(world.tolist()):
        expected = {h3.str_to_int(other) for other in h3.grid_disk(h3.int_to_str(cell), rings)} & set(world.tolist())
        assert {int(other) for other in world[near[[at]].indices]} == expected
    assert (near != near.T).nnz == 0
    assert set(near.data) <= {1.0}


def test_outlines_are_h3s_own_with_longitude_first():
    world = disk(4)
    outlines = cells.outlines(world)
    assert outlines.crs == frames.DEGREES
    assert outlines.index.tolist() == world.tolist()
    for cell, outline in outlines.items():
        corners = [(longitude, latitude) for latitude, longitude in h3.cell_to_boundary(h3.int_to_str(int(cell)))]
        assert shapely.equals_exact(outline, shapely.Polygon(corners), tolerance=1e-12)


def test_a_cell_that_crosses_an_edge_of_h3s_own_grid_has_its_extra_corners():
    # Between faces of H3's icosahedron a hexagon has more than six corners; one such lies in the Irish Sea of no test here,
    # so it is looked for round a face's edge.
    found = cells.from_points(np.linspace(-180, 180, 20_000), np.linspace(-80, 80, 20_000), 7)
    corners = [len(h3.cell_to_boundary(h3.int_to_str(int(cell)))) for cell in np.unique(found)]
    odd = np.unique(found)[np.array(corners) != 6]
    both = np.concatenate([odd, disk(1, 7)])
    assert len(odd)
    for cell, outline in cells.outlines(both).items():
        assert len(outline.exterior.coords) - 1 == len(h3.cell_to_boundary(h3.int_to_str(int(cell))))


def test_no_cells_have_no_outlines():
    assert cells.outlines(NONE).empty
    assert cells.neighbours(NONE).shape == (0, 0)


def test_a_cell_is_written_as_h3_writes_it():
    assert cells.as_text(disk(0)) == [h3.latlng_to_cell(51.51, -0.59, 9)]


@pytest.mark.parametrize(
    ("resolution", "km2", "edge_m"), [(7, 5.161, 1406), (8, 0.737, 531), (9, 0.105, 201), (10, 0.01505, 76), (11, 0.00215, 28.7)]
)
def test_sizes_are_the_published_means(resolution, km2, edge_m):
    assert cells.area_km2(resolution) == pytest.approx(km2, rel=0.01)
    assert cells.edge_m(resolution) == pytest.approx(edge_m, rel=0.01)
