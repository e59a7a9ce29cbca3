"""Lines are joined where their points coincide and nowhere else, and what is closed or only a scrap is no way."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from layers import lighting, network
from layers.network import STEPS_M_PER_MINUTE, WALK_M_PER_MINUTE, Network


def ways(*lines: list[tuple[float, float]], **tags: list[str | None]) -> gpd.GeoDataFrame:
    """Return lines with tags, footways where no kind is given."""
    kinds = {"highway": ["footway"] * len(lines)} if not {"highway", "kind"} & set(tags) else {}
    columns = pd.DataFrame({**kinds, **tags}, dtype="str")
    return gpd.GeoDataFrame(columns, geometry=[shapely.LineString(line) for line in lines], crs="EPSG:27700")


def on_foot(*lines: list[tuple[float, float]], **tags: list[str | None]) -> Network:
    return network.on_foot(ways(*lines, **tags), smallest_piece_m=0)


def pieces(found: Network) -> int:
    matrix = network.graph(found)
    return int(network.connected_components(matrix, directed=False)[0])


CROSS = ([(0, 0), (200, 0)], [(100, -100), (100, 100)])


def test_a_bridge_that_crosses_a_road_in_the_drawing_does_not_join_it():
    found = on_foot(*CROSS)
    assert (len(found), found.junctions, pieces(found)) == (2, 4, 2)


def test_lines_that_share_a_point_in_their_middle_are_joined_there():
    found = on_foot([(0, 0), (100, 0), (200, 0)], [(100, -100), (100, 0), (100, 100)])
    assert (len(found), found.junctions, pieces(found)) == (4, 5, 1)
    assert found.minutes == pytest.approx([100 / WALK_M_PER_MINUTE] * 4)


def test_a_line_that_ends_on_another_without_a_shared_point_is_not_joined_to_it():
    assert pieces(on_foot([(0, 0), (200, 0)], [(100, 0), (100, 100)])) == 2


def test_points_within_a_centimetre_are_one_and_ten_centimetres_are_not():
    assert pieces(on_foot([(0, 0), (100, 0)], [(100.004, 0.004), (200, 0)])) == 1
    assert pieces(on_foot([(0, 0), (100, 0)], [(100.1, 0), (200, 0)])) == 2


def test_points_on_the_way_are_no_junctions_and_the_length_follows_the_bends():
    found = on_foot([(0, 0), (30, 40), (30, 140), (0, 180)])
    assert (len(found), found.junctions) == (1, 2)
    assert found.minutes[0] == pytest.approx(200 / WALK_M_PER_MINUTE)


def test_a_closed_ring_on_its_own_is_one_stretch_from_a_junction_to_itself():
    found = on_foot([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)])
    assert (len(found), found.junctions) == (1, 1)
    assert found.start[0] == found.end[0]
    assert found.minutes[0] == pytest.approx(400 / WALK_M_PER_MINUTE)
    assert network.graph(found).nnz == 0


def test_of_two_ways_between_the_same_junctions_the_quickest_counts_and_they_are_never_added():
    found = on_foot([(0, 0), (100, 0)], [(0, 0), (50, 80), (100, 0)])
    assert network.graph(found).toarray()[0, 1] == pytest.approx(100 / WALK_M_PER_MINUTE)
    assert (network.graph(found) != network.graph(found).T).nnz == 0


@pytest.mark.parametrize("line", [[(5, 5), (5, 5)], [(5, 5), (5.001, 5), (5, 5.001)]])
def test_a_way_that_goes_nowhere_is_no_way(line):
    assert len(on_foot(line)) == 0
    assert len(on_foot([(0, 0), (5, 5), (9, 9)], line)) == 1


def test_a_point_given_twice_in_a_row_makes_no_stretch_of_no_length():
    found = on_foot([(0, 0), (50, 0), (50, 0), (100, 0)])
    assert (len(found), found.junctions) == (1, 2)


@pytest.mark.parametrize("make", [network.on_foot, network.by_road])
def test_nothing_recorded_is_a_network_of_nothing(make):
    for empty in (ways(), ways([(0, 0), (9, 9)], highway=[None]), ways([(0, 0), (9, 9)], highway=["footway"], access=["no"], foot=["no"])):
        found = make(empty)
        assert (len(found), found.junctions) == (0, 0)
        assert network.graph(found).shape == (0, 0)


def test_missing_and_empty_shapes_are_left_out():
    frame = ways([(0, 0), (100, 0)], [(0, 0), (9, 9)], [(0, 0), (9, 8)])
    frame.loc[1, "geometry"] = None
    frame.loc[2, "geometry"] = shapely.LineString()
    assert len(network.on_foot(frame)) == 1


def test_a_line_in_several_parts_is_its_parts():
    frame = ways([(0, 0), (100, 0)])
    frame.loc[0, "geometry"] = shapely.MultiLineString([[(0, 0), (100, 0)], [(100, 0), (100, 75)]])
    found = network.on_foot(frame)
    assert (len(found), pieces(found)) == (2, 1)


CLOSED = [
    ("footway", None, None, True),
    ("residential", None, None, True),
    ("motorway", None, None, False),
    ("motorway_link", None, None, False),
    ("construction", None, None, False),
    ("service", "private", None, False),
    ("track", "no", None, False),
    ("service", "private", "yes", True),
    ("service", "private", "designated", True),
    ("service", "customers", None, True),
    ("footway", None, "no", False),
    ("primary", "yes", "no", False),
    ("track", None, "private", False),
    *(("service", value, None, False) for value in ("military", "agricultural", "forestry", "permit", "delivery", "private;no", "Private")),
    ("track", "agricultural;forestry", None, False),
    ("track", "agricultural; forestry", "yes", True),
    ("service", "customers;permissive", None, True),
    ("service", "privately", None, True),
    ("primary", None, "use_sidepath", False),
    ("disused", None, None, False),
    ("no", None, None, False),
    ("busway", None, None, False),
]


@pytest.mark.parametrize(("kind", "access", "foot", "may"), CLOSED)
def test_where_one_may_walk(kind, access, foot, may):
    assert len(on_foot([(0, 0), (100, 0)], highway=[kind], access=[access], foot=[foot])) == may


@pytest.mark.parametrize(
    ("kind", "access", "may"),
    [
        ("motorway", None, True),
        ("residential", None, True),
        ("service", "private", False),
        ("track", "military", False),
        ("service", "delivery;permit", False),
        ("footway", None, False),
        ("steps", None, False),
    ],
)
def test_where_one_may_drive(kind, access, may):
    assert len(network.by_road(ways([(0, 0), (100, 0)], highway=[kind], access=[access]))) == may


def test_a_mile_at_sixty_takes_a_minute_and_steps_take_twice_as_long_as_the_level():
    mile = [(0, 0), (1609.344, 0)]
    assert network.by_road(ways(mile, highway=["motorway"])).minutes == pytest.approx([1.0])
    assert on_foot(mile).minutes == pytest.approx([1609.344 / 75])
    assert on_foot(mile, highway=["steps"]).minutes == pytest.approx([1609.344 / STEPS_M_PER_MINUTE])
    assert 60 * WALK_M_PER_MINUTE / 1000 == 4.5


def test_no_road_is_slower_than_walking_or_faster_than_the_national_limit():
    assert all(8 <= mph <= 70 for mph in network.ROAD_MPH.values())


def test_a_scrap_joined_to_nothing_is_left_out_and_an_island_of_size_stays():
    main, scrap, island = [(0, 0), (3000, 0)], [(100, 10), (150, 10)], [(0, 900), (600, 900)]
    assert len(network.on_foot(ways(main, scrap, island))) == 2
    assert len(network.on_foot(ways(scrap))) == 1, "the longest piece stays, however short"


def test_the_kind_is_read_from_the_light_table_too(drawing, read):
    drawing.way((0, 0), (100, 0), highway="footway")
    drawing.way((100, 0), (200, 0), highway="motorway")
    lines = read().lines
    assert len(network.on_foot(lighting.street_light(lines))) == len(network.on_foot(lines)) == 1


def test_degrees_are_refused():
    with pytest.raises(ValueError, match="EPSG:27700"):
        network.on_foot(ways([(0, 50), (1, 51)]).set_crs("EPSG:4326", allow_override=True))


def test_nothing_given_is_changed():
    given = ways(*CROSS)
    before = given.copy()
    network.on_foot(given)
    pd.testing.assert_frame_equal(given, before)


def test_rutland_is_nearly_all_one_network_and_as_long_as_its_open_ways(rutland):
    found = network.on_foot(rutland.lines, smallest_piece_m=0)
    lines = rutland.lines
    open_on_foot = lines["foot"].isin(["yes", "designated", "permissive", "official"])
    foot = lines["foot"].isin(["private", "no", "use_sidepath"])
    nobody = {"private", "no", "military", "agricultural", "forestry", "permit", "delivery"}
    access = lines["access"].fillna("").str.split(";").map(lambda values: bool(nobody & set(values)))
    closed = foot | (access & ~open_on_foot)
    may = lines["highway"].notna() & ~lines["highway"].isin(network.NOT_ON_FOOT) & ~closed
    assert shapely.length(found.lines).sum() == pytest.approx(lines[may].length.sum(), rel=1e-6)
    assert may.sum() > 5_000
    piece = network.connected_components(network.graph(found), directed=False)[1][found.start]
    length_m = np.bincount(piece, shapely.length(found.lines))
    assert length_m.max() / length_m.sum() > 0.95
