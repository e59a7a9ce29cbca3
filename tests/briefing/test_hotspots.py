"""The one thread from records to hotspots: the cells suit the counts, nothing is lost, and nothing given is changed."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal

from briefing import hotspots
from geo import cells, frames, geocode
from spaces import intake
from words import DataProblem

TOWN = shapely.box(497_000, 178_000, 501_000, 182_000)
"""Four kilometres square in Slough, in metres."""

SPOT = (498_500.0, 179_500.0)


def square(km2):
    """Return a square round the middle of the town, in metres."""
    return shapely.box(*(shapely.Point(499_000, 180_000).buffer(500 * np.sqrt(km2)).bounds))


def records(n, area=TOWN, *, precision_m=20.0, seed=0):
    """Return placed incidents spread evenly over the bounds of an area, each to a child of its own."""
    rng = np.random.default_rng(seed)
    west, south, east, north = area.bounds
    easting, northing = rng.uniform(west, east, n), rng.uniform(south, north, n)
    longitude, latitude = frames.points_in_degrees(easting, northing)
    began = pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 366, n), "D"))
    return pd.DataFrame(
        {
            "agency": "Police", "incident_id": [f"P{seed}-{i}" for i in range(n)], "child_ref": [f"C{seed}-{i}" for i in range(n)],
            "occurred_from": began, "occurred_to": began + pd.Timedelta(hours=1), "easting": easting, "northing": northing,
            "longitude": longitude, "latitude": latitude, "precision_m": precision_m, "reason": None,
        }
    )  # fmt: skip


def unplaced(n, reason, *, seed):
    where = ["easting", "northing", "longitude", "latitude", "precision_m"]
    return records(n, seed=seed).assign(**dict.fromkeys(where, np.nan), reason=reason)


def together(*parts):
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def dense():
    """Return a town with an even scatter and one spot where there is more."""
    return together(records(2000), records(300, shapely.Point(SPOT).buffer(150), seed=1))


@pytest.fixture(scope="module")
def found(dense):
    return hotspots.find(dense, TOWN)


@pytest.mark.parametrize(
    ("km2", "incidents", "precision_m", "resolution", "method"),
    [
        (32.5, 9_086, 100, 9, "gi"),  # Slough's police.uk year: 28 a cell at 9; at 10 only 4
        (32.5, 9_086, 20, 9, "gi"),  # better positions alone do not fill finer cells
        (32.5, 20_000, 20, 10, "gi"),  # these do: 9 a cell at 10
        (32.5, 20_000, 100, 9, "gi"),  # but not with positions good for 100 m, in cells with edges of 76 m
        (32.5, 20_000, 76.1, 9, "gi"),
        (32.5, 120_000, 20, 11, "gi"),
        (300, 9_086, 100, 8, "gi"),  # the same in a district: 3 a cell at 9, 22 at 8
        (32.5, 9_086, 300, 8, "scan"),  # positions good for 300 m suit no cell at which Slough has enough of them
        (24, 1_000, 20, 9, "gi"),  # Marlhaven: too few for any cells, so shown on the finest cells that read calmly
        (5_180, 75, 100, 7, "scan"),  # Powys: 7,028 cells at 8 are more than a map holds
        (1_500, 75, 100, 8, "scan"),
        (5_180, 20_000, 100, 7, "gi"),
        (32.5, 9_086, 2_000, 7, "scan"),  # coarser than the coarsest cells: those
        (2, 400, 20, 9, "scan"),  # plenty, but in too few cells to compare with
    ],
)  # fmt: skip
def test_the_resolution_and_the_statistic_suit_the_counts_and_the_positions(km2, incidents, precision_m, resolution, method):
    area = square(km2)
    answer = hotspots.find(records(incidents, area, precision_m=float(precision_m)), area)
    assert (answer.resolution, answer.method) == (resolution, method)
    assert (answer.cells["resolution"] == resolution).all()
    assert all(h3.get_resolution(cell) == resolution for cell in answer.cells.index)


def test_slough_is_read_at_9(shared_data):
    read = intake.read(shared_data / "police_uk" / "slough-street-2018-06_2022.csv", today=date(2026, 1, 1))
    in_2022 = read.records[read.records["occurred_from"].dt.year == 2022]
    located = geocode.place(in_2022, None, coordinate_precision_m=read.profile.coordinate_precision_m)
    area = frames.read_boundary(shared_data / "boundaries" / "slough-lsoa-2011.geojson")
    answer = hotspots.find(in_2022.assign(**{column: located[column] for column in geocode.RESULT_COLUMNS}), area)
    assert (answer.resolution, answer.incidents, answer.method) == (9, 9086, "gi")
    assert (len(answer.cells), answer.study_area.by_centre, answer.study_area.occupied) == (358, 342, 16)
    assert ((answer.cells["z"] > 1.96).sum(), answer.cells["hotspot"].sum()) == (33, 20)


@given(
    km2=st.floats(1, 6_000),
    incidents=st.integers(1, 3_000),
    precision_m=st.sampled_from([1.0, 20.0, 100.0, 150.0, 250.0, 2_000.0]),
    bounded=st.booleans(),
)
@settings(max_examples=25)
def test_cells_are_never_finer_than_the_positions(km2, incidents, precision_m, bounded):
    area = square(km2)
    answer = hotspots.find(records(incidents, area, precision_m=precision_m), area if bounded else None)
    assert cells.edge_m(answer.resolution) >= precision_m or answer.resolution == 7


def test_positions_of_two_kinds_count_by_their_middle():
    area = square(32.5)
    mixed = records(20_000, area)
    mixed.loc[mixed.index < 12_000, "precision_m"] = 100.0
    assert hotspots.find(mixed, area).resolution == 9
    mixed.loc[mixed.index < 8_000, "precision_m"] = 20.0
    assert hotspots.find(mixed, area).resolution == 10


def test_what_lies_outside_the_area_does_not_make_its_cells_finer():
    district, force = square(300), square(2_000)
    inside = records(3_000, district)
    alone = hotspots.find(inside, district)
    beside = records(40_000, force, precision_m=100.0, seed=1)
    away = beside[~shapely.intersects_xy(district.buffer(2_000), beside["easting"], beside["northing"])]
    among = hotspots.find(together(inside, away), district)
    assert alone.resolution == 8
    assert_frame_equal(among.cells, alone.cells)
    assert among.outside == len(away)


@pytest.mark.parametrize("resolution", cells.RESOLUTIONS)
def test_a_resolution_that_was_asked_for_is_used(dense, resolution):
    answer = hotspots.find(dense.head(300), TOWN, resolution=resolution)
    assert answer.resolution == resolution
    assert answer.cells["incidents"].sum() == 300


def test_the_frame_is_the_contracts(found):
    frame = found.cells
    assert frame.columns.tolist() == [*hotspots.HOTSPOT_COLUMNS, "geometry"]
    assert frame.index.name == "cell"
    assert frame.index.is_unique
    assert frame.crs == frames.DEGREES
    for cell, outline in frame.geometry.head(20).items():
        corners = [(longitude, latitude) for latitude, longitude in h3.cell_to_boundary(cell)]
        assert shapely.equals_exact(outline, shapely.Polygon(corners), tolerance=1e-12)


def test_a_spot_of_harm_is_one_hotspot_with_its_children_and_days(dense, found):
    hot = found.cells[found.cells["hotspot"]]
    assert set(hot["cluster"]) == {0}
    (longitude,), (latitude,) = frames.points_in_degrees([SPOT[0]], [SPOT[1]])
    middle = found.cells.loc[h3.latlng_to_cell(latitude, longitude, found.resolution)]
    assert middle["hotspot"]
    there = dense[found.cell_of == middle.name]
    assert middle["incidents"] == middle["children_low"] == middle["children_high"] == len(there)
    assert middle["days"] == there["occurred_from"].nunique()


def test_each_counted_record_knows_its_cell_and_its_hotspot(dense, found):
    by_h3 = [h3.latlng_to_cell(y, x, found.resolution) for x, y in zip(dense["longitude"], dense["latitude"], strict=True)]
    assert found.cell_of[found.in_area].tolist() == list(np.array(by_h3)[found.in_area])
    assert found.cell_of[~found.in_area].isna().all()
    hot = found.cells.index[found.cells["cluster"] == 0]
    assert_series_equal(found.cluster_of == 0, found.cell_of.isin(hot), check_names=False)
    assert found.cluster_of[~found.cell_of.isin(hot)].isna().all()


parts = st.tuples(*[st.integers(0, 12)] * 5)


@given(parts, st.booleans())
@settings(max_examples=40)
def test_every_record_is_counted_left_outside_or_not_placed(how_many, bounded):
    inside, away, again, nowhere, abroad = how_many
    fine = records(inside + 1)
    given_ = together(
        fine,
        records(away, shapely.box(430_000, 433_000, 431_000, 434_000), seed=1),
        fine.head(again),
        unplaced(nowhere, geocode.NOTHING_GIVEN, seed=2),
        unplaced(abroad, geocode.OUTSIDE, seed=3),
    )
    answer = hotspots.find(given_, TOWN if bounded else None, resolution=8)
    expected = {geocode.NOTHING_GIVEN: nowhere, geocode.OUTSIDE: abroad}
    assert answer.not_placed.to_dict() == {reason: count for reason, count in expected.items() if count}
    assert answer.outside == (away if bounded else 0)
    assert answer.in_area.sum() + answer.outside + answer.not_placed.sum() == len(given_)
    assert answer.incidents == inside + 1 + (0 if bounded else away)
    assert answer.cells["incidents"].sum() == answer.incidents


def test_rows_alike_without_a_number_are_all_real():
    alike = together(*[records(1).assign(incident_id=None)] * 5)
    answer = hotspots.find(alike, TOWN, resolution=9)
    assert (answer.incidents, answer.cells["incidents"].sum()) == (5, 5)


def test_an_incident_that_names_two_places_is_one_incident_in_each_of_their_cells():
    two = records(2).assign(incident_id="P1")
    answer = hotspots.find(two, TOWN, resolution=9)
    assert answer.incidents == 1
    assert answer.cells["incidents"].sum() == 2
    assert (answer.cells["incidents"] == 1).sum() == 2


def test_a_spot_among_few_records_is_found_and_an_even_few_are_not():
    few = together(records(60), records(60, shapely.Point(SPOT).buffer(150), seed=1))
    answer = hotspots.find(few, TOWN, resolution=9)
    assert answer.cells["incidents"].sum() == 120
    assert answer.cells["cluster"].max() == 0
    quiet = hotspots.find(records(60), TOWN, resolution=9)
    assert not quiet.cells["hotspot"].any()
    assert quiet.method == "scan"
    assert 5 < quiet.least_around < 20, "of 60, over 157 cells"


def test_without_an_area_only_cells_that_hold_something_are_compared(dense):
    answer = hotspots.find(dense, None, resolution=9)
    assert (answer.cells["incidents"] > 0).all()
    assert (answer.study_area.by_centre, answer.study_area.occupied) == (0, len(answer.cells))
    assert (answer.incidents, answer.outside) == (len(dense), 0)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_one_or_two_records_without_an_area_have_an_answer(n):
    answer = hotspots.find(records(n), None)
    assert (answer.resolution, answer.incidents, answer.cells["hotspot"].any()) == (9, n, False)


def test_nothing_placed_and_nothing_inside_are_said():
    with pytest.raises(DataProblem, match=r"No record could be placed, out of 3\. Give coordinates, or postcodes with --gazetteer"):
        hotspots.find(unplaced(3, geocode.NOTHING_GIVEN, seed=1), TOWN)
    away = records(4, shapely.box(430_000, 433_000, 431_000, 434_000))
    with pytest.raises(DataProblem, match=r"No placed record lies inside the boundary, out of 4\. Check that the two belong together"):
        hotspots.find(away, TOWN)


def test_days_and_children_that_nobody_knows_are_missing_and_not_nought(dense):
    month = dense.assign(occurred_to=dense["occurred_from"] + pd.Timedelta(days=31), child_ref=None)
    answer = hotspots.find(month, TOWN, resolution=9)
    assert answer.cells[["days", "children_low", "children_high"]].isna().all(axis=None)


def test_a_quiet_cell_has_no_days_where_days_are_known(found):
    quiet = hotspots.find(records(50), TOWN, resolution=9).cells
    assert (quiet.loc[quiet["incidents"] == 0, "days"] == 0).all()
    assert quiet.loc[quiet["incidents"] == 0, "children_low"].isna().all()


@pytest.mark.parametrize(
    "index",
    [lambda n: [f"row {i}" for i in range(n)], lambda n: np.arange(n) * 7 + 1000, lambda n: pd.RangeIndex(n, 0, -1)],
    ids=["texts", "with gaps", "backwards"],
)
def test_records_may_have_any_index(dense, found, index):
    given_ = together(dense, unplaced(5, geocode.NOTHING_GIVEN, seed=9))
    given_ = given_.set_axis(pd.Index(index(len(given_)), name="row"))
    answer = hotspots.find(given_, TOWN)
    assert_frame_equal(answer.cells, found.cells)
    for series in (answer.in_area, answer.cell_of, answer.cluster_of):
        assert series.index.equals(given_.index)
    assert answer.cell_of.iloc[: len(dense)].tolist() == found.cell_of.tolist()


def test_the_order_of_records_makes_no_difference(dense, found):
    shuffled = dense.sample(frac=1, random_state=1)
    answer = hotspots.find(shuffled, TOWN)
    assert_frame_equal(answer.cells, found.cells)
    assert_series_equal(answer.cell_of.sort_index(), found.cell_of)


def test_nothing_given_is_changed(dense):
    given_ = together(dense, unplaced(5, geocode.NOTHING_GIVEN, seed=9))
    before, columns = given_.copy(deep=True), list(given_.columns)
    answer = hotspots.find(given_, TOWN)
    frame = answer.cells.copy(deep=True)
    hotspots.name_after_places(answer, pd.Series("park", index=given_.index))
    assert list(given_.columns) == columns
    assert_frame_equal(given_, before)
    assert_frame_equal(answer.cells, frame)


def test_a_hotspot_is_named_after_the_place_of_most_of_its_records(dense, found):
    inside = found.cluster_of[found.cluster_of == 0].index
    place = pd.Series("way/1", index=dense.index, dtype=object)
    place[inside] = "way/2"
    place[inside[: len(inside) // 3]] = "way/3"
    place[inside[-3:]] = None
    named = hotspots.name_after_places(found, place)
    in_hotspot = named.cells["cluster"] == 0
    assert set(named.cells.loc[in_hotspot, "space"]) == {"way/2"}
    assert named.cells.loc[~in_hotspot, "space"].isna().all()
    assert_frame_equal(named.cells.drop(columns="space"), found.cells.drop(columns="space"))
    assert (named.incidents, named.resolution, named.method) == (found.incidents, found.resolution, found.method)
    assert isinstance(named.cells, gpd.GeoDataFrame)


def test_a_hotspot_where_no_record_has_a_place_stays_nameless(dense, found):
    named = hotspots.name_after_places(found, pd.Series(None, index=dense.index, dtype=object))
    assert named.cells["space"].isna().all()
