"""A park is lit or unlit only when more than half of what is walked in it is recorded so."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, box

from geo import frames
from layers import entrances, osm, parks


def _only(extract):
    found = parks.parks(extract.areas, extract.lines, extract.points)
    assert len(found) == 1
    return found.iloc[0]


def test_the_parks_own_tag_decides_over_its_paths(drawing, read):
    drawing.square(0, 0, 100, leisure="park", lit="no")
    drawing.way((10, 10), (90, 10), highway="footway", lit="yes")
    park = _only(read())
    assert (park["state"], park["reason"]) == ("unlit", parks.REASONS["unlit"])


@pytest.mark.parametrize(
    ("lit", "unlit", "unknown", "state"),
    [
        (80, 0, 0, "lit"),
        (0, 80, 0, "unlit"),
        (0, 0, 80, "unknown"),
        (60, 20, 0, "lit"),
        (10, 60, 10, "unlit"),
        (40, 30, 20, "unknown"),
        (0, 30, 60, "unknown"),
    ],
)
def test_more_than_half_of_the_paths_decides(drawing, read, lit, unlit, unknown, state):
    drawing.square(0, 0, 100, leisure="park")
    for row, (length, light) in enumerate([(lit, {"lit": "yes"}), (unlit, {"lit": "no"}), (unknown, {})]):
        if length:
            drawing.way((0, 10 + row), (length, 10 + row), highway="path", **light)
    park = _only(read())
    assert park["state"] == state
    total = lit + unlit + unknown
    assert (park["lit_share"], park["unlit_share"]) == pytest.approx((lit / total, unlit / total), abs=0.01)
    assert park["paths_m"] == pytest.approx(total, rel=0.01)


def test_the_reason_gives_the_shares_in_words(drawing, read):
    drawing.square(0, 0, 100, leisure="park")
    drawing.way((0, 10), (40, 10), highway="path", lit="no")
    drawing.way((0, 20), (60, 20), highway="path")
    assert _only(read())["reason"] == "Paths inside: 40 % not lit, 60 % not recorded."


def test_a_park_that_nobody_surveyed_is_unknown_and_says_so(drawing, read):
    drawing.square(0, 0, 100, leisure="park")
    drawing.way((0, 10), (40, 10), highway="path")
    park = _only(read())
    assert (park["state"], park["reason"]) == ("unknown", parks.REASONS["not_recorded"])


def test_a_park_without_paths_is_unknown(drawing, read):
    drawing.square(0, 0, 100, leisure="park")
    drawing.way((200, 0), (300, 0), highway="residential", lit="no")
    park = _only(read())
    assert (park["state"], park["reason"], park["paths_m"]) == ("unknown", parks.REASONS["no_paths"], 0)


def test_only_the_part_of_a_path_inside_counts_and_a_street_does_not(drawing, read):
    drawing.square(0, 0, 100, leisure="park")
    drawing.way((50, 50), (1_000, 50), highway="footway", lit="no")
    drawing.way((0, 5), (100, 5), highway="residential", lit="yes")
    park = _only(read())
    assert park["paths_m"] == pytest.approx(50, abs=1)
    assert park["state"] == "unlit"


def test_the_end_of_a_path_does_not_speak_for_a_park(drawing, read):
    drawing.square(0, 0, 100, leisure="park")
    drawing.way((90, 50), (200, 50), highway="footway", lit="yes")
    assert _only(read())["state"] == "unknown"


def test_a_garden_that_goes_with_a_house_is_not_a_park(drawing, read):
    drawing.square(0, 0, 50, leisure="garden")
    drawing.square(100, 0, 50, leisure="garden", name="Mr Brown's", access="private")
    drawing.square(200, 0, 50, leisure="garden", name="Castle Gardens")
    drawing.square(300, 0, 50, leisure="garden", access="yes")
    drawing.way((0, 90), (50, 90), highway="residential")
    extract = read()
    assert sorted(parks.parks(extract.areas, extract.lines).index) == ["way/3", "way/4"]


def test_a_park_that_crosses_itself_is_drawn(drawing, read):
    drawing.way((0, 0), (100, 100), (100, 0), (0, 100), (0, 0), leisure="park", name="Bow Park")
    drawing.way((0, 200), (50, 200), highway="residential")
    park = _only(read())
    assert park["area_m2"] == pytest.approx(5_000, rel=0.01)


def test_the_larger_is_drawn_first_so_that_a_playground_lies_over_its_park(drawing, read):
    drawing.square(10, 10, 20, leisure="playground")
    drawing.square(0, 0, 100, leisure="park")
    drawing.way((0, 200), (50, 200), highway="residential")
    extract = read()
    assert parks.parks(extract.areas, extract.lines)["kind"].tolist() == ["Park", "Playground"]


def test_rutland_has_the_parks_gdal_finds(rutland, told_by_gdal):
    found = parks.parks(rutland.areas, rutland.lines)
    leisure, landuse = told_by_gdal("multipolygons", "leisure"), told_by_gdal("multipolygons", "landuse")
    kinds = {"Park": "park", "Playground": "playground", "Nature reserve": "nature_reserve"}
    for kind, value in kinds.items():
        assert set(found.index[found["kind"] == kind]) == set(leisure.index[leisure == value])
    grounds = set(leisure.index[leisure == "recreation_ground"]) | set(landuse.index[landuse == "recreation_ground"])
    oakham_school = {"way/3709619", "way/145110899", "way/145112754"}  # edges of a larger area, which GDAL gives up
    assert set(found.index[found["kind"] == "Recreation ground"]) == grounds | oakham_school
    assert not (found["state"] == "unlit").any(), "no path inside a Rutland park is recorded, so none can be called unlit"


def test_leeds_has_one_park_whose_paths_are_all_recorded_as_unlit(shared_data):
    leeds = osm.read(shared_data / "osm" / "leeds_cycleway.osm.pbf")
    found = parks.parks(leeds.areas, leeds.lines)
    unlit = found[found["state"] == "unlit"]
    assert unlit["name"].tolist() == ["Parish Church Gardens (Penny Pocket Park)"]
    assert unlit["unlit_share"].tolist() == [1.0]


def test_a_path_that_enters_and_leaves_goes_through_and_makes_two_ways_in(drawing, read):
    drawing.square(0, 0, 100, leisure="park")
    drawing.way((-50, 50), (50, 50), highway="footway")
    drawing.way((50, 50), (150, 50), highway="path")
    park = _only(read())
    assert (park["entrances"], park["paths_through"]) == (2, 1)
    assert park["ways_in"] == "2 ways in are recorded. A path goes through it."


def test_two_paths_that_do_not_meet_go_in_and_not_through(drawing, read):
    drawing.square(0, 0, 100, leisure="park")
    drawing.way((-50, 50), (40, 50), highway="footway")
    drawing.way((60, 50), (150, 50), highway="footway")
    park = _only(read())
    assert (park["entrances"], park["paths_through"]) == (2, 0)
    assert park["ways_in"] == "2 ways in are recorded."


def test_a_path_a_gate_and_an_entrance_at_one_spot_are_one_way_in(drawing, read):
    drawing.square(0, 0, 100, leisure="park")
    drawing.way((-50, 50), (40, 50), highway="footway")
    drawing.node((0, 54), barrier="kissing_gate")
    drawing.node((0, 46), entrance="main")
    drawing.node((1, 90), barrier="gate")
    drawing.node((0, 20), barrier="fence")
    drawing.node((0, 10), entrance="no")
    drawing.node((50, 51), barrier="gate")
    drawing.node((-20, 50), barrier="gate")
    assert _only(read())["entrances"] == 2


def test_a_path_that_ends_at_the_edge_is_a_way_in_from_either_side(drawing, read):
    drawing.square(0, 0, 100, leisure="park")
    drawing.way((-50, 50), (-2, 50), highway="footway")
    drawing.way((98, 50), (40, 50), highway="footway")
    drawing.way((50, 150), (50, 110), highway="footway")
    park = _only(read())
    assert (park["entrances"], park["paths_through"]) == (2, 0)


def test_a_path_along_the_edge_is_no_way_through(drawing, read):
    drawing.square(0, 0, 100, leisure="park")
    drawing.way((-50, 1), (20, -1), (40, 1), (60, -1), (80, 1), (150, -1), highway="footway")
    park = _only(read())
    assert (park["entrances"], park["paths_through"]) == (0, 0)
    assert park["ways_in"] == "No way in is recorded."


def test_the_shore_of_a_pond_in_the_park_is_no_way_in(drawing, read):
    drawing.multipolygon(drawing.square(0, 0, 100), inner=(drawing.square(40, 40, 20),), leisure="park")
    drawing.way((30, 50), (70, 50), highway="footway")
    drawing.way((0, 200), (50, 200), highway="residential")
    park = _only(read())
    assert (park["entrances"], park["paths_through"]) == (0, 0)


def test_unlit_stretches_that_meet_are_one_and_the_longest_is_told(drawing, read):
    drawing.square(0, 0, 200, leisure="park")
    drawing.way((10, 10), (70, 10), highway="footway", lit="no")
    drawing.way((70, 10), (70, 50), highway="path", lit="no")
    drawing.way((70, 50), (190, 50), highway="footway", lit="yes")
    drawing.way((10, 150), (40, 150), highway="footway", lit="no")
    drawing.way((10, 180), (190, 180), highway="footway")
    park = _only(read())
    assert park["longest_unlit_m"] == pytest.approx(100, abs=0.5)
    assert park["unlit_parts"] == 2
    assert park["ways_in"] == "No way in is recorded. 2 stretches of path are recorded as not lit, the longest 100 m."


def test_what_nobody_recorded_is_never_an_unlit_stretch(drawing, read):
    drawing.square(0, 0, 100, leisure="park")
    drawing.way((-50, 50), (150, 50), highway="footway")
    drawing.way((-50, 60), (150, 60), highway="footway", lit="af")
    park = _only(read())
    assert (park["longest_unlit_m"], park["unlit_parts"]) == (0, 0)


@pytest.mark.parametrize("hours", ["08:00-20:00", "dawn-dusk", "by appointment", ""])
def test_opening_hours_are_told_as_they_are_recorded(drawing, read, hours):
    drawing.square(0, 0, 100, leisure="park", **({"opening_hours": f" {hours} "} if hours else {}))
    drawing.way((0, 200), (50, 200), highway="residential")
    assert _only(read())["opening_hours"] == hours


def test_a_park_without_a_path_or_a_point_near_has_no_way_in(drawing, read):
    drawing.way((0, 0), (100, 100), (100, 0), (0, 100), (0, 0), leisure="park", name="Bow Park")
    drawing.way((0, 200), (50, 200), highway="residential")
    extract = read()
    park = parks.parks(extract.areas, extract.lines).iloc[0]
    assert park[list(entrances.COLUMNS)].tolist() == [0, 0, 0, 0]


@settings(max_examples=50)
@given(st.lists(st.tuples(*[st.floats(-60, 160)] * 4), max_size=6))
def test_there_are_never_more_ways_through_than_paths_and_two_ways_in_for_the_first(ends):
    corner = 486_000.0, 308_500.0
    shapes = [LineString([(corner[0] + a, corner[1] + b), (corner[0] + c, corner[1] + d)]) for a, b, c, d in ends]
    paths = gpd.GeoSeries(shapes, crs=frames.BRITISH_NATIONAL_GRID, index=pd.RangeIndex(len(shapes)))
    park = gpd.GeoSeries([box(*corner, corner[0] + 100, corner[1] + 100)], crs=frames.BRITISH_NATIONAL_GRID)
    found = entrances.ways_in(park, paths, unlit=pd.Series(True, index=paths.index)).iloc[0]
    assert found["paths_through"] <= len(ends)
    assert found["entrances"] >= (2 if found["paths_through"] else 0)
    assert found["entrances"] <= 2 * len(ends)
    assert found["longest_unlit_m"] <= sum(path.intersection(park[0]).length for path in shapes) + 0.1
    assert found["unlit_parts"] <= len(ends)


def test_rutlands_parks_have_ways_in_by_their_paths_and_gates(rutland):
    found = parks.parks(rutland.areas, rutland.lines, rutland.points)
    assert found.index.is_unique
    through = found[found["paths_through"] > 0]
    assert len(through) >= 20
    assert (through["entrances"] >= 2).all()
    assert (through["paths_m"] > 0).all()
    assert set(found["opening_hours"]) == {"", "24/7"}


def test_the_unlit_park_of_leeds_says_how_far_one_walks_in_the_dark(shared_data):
    leeds = osm.read(shared_data / "osm" / "leeds_cycleway.osm.pbf")
    found = parks.parks(leeds.areas, leeds.lines, leeds.points)
    unlit = found[found["state"] == "unlit"].iloc[0]
    assert 0 < unlit["longest_unlit_m"] <= unlit["paths_m"] + 0.1
    assert (found["unlit_parts"] > 0).sum() == (found["unlit_share"] > 0).sum()
