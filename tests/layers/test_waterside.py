"""A path is waterside where it runs along open water within reach, not where it crosses it."""

from __future__ import annotations

from itertools import combinations

import pytest
import shapely

from layers import lighting, store, waterside
from layers.catalogue import LAYERS


def _found(extract):
    return waterside.waterside(extract.lines, extract.areas)


@pytest.mark.parametrize("highway", ["footway", "path", "cycleway", "track", "bridleway", "steps"])
@pytest.mark.parametrize(("away", "beside"), [(8, True), (14, True), (16, False)])
def test_a_path_is_beside_a_canal_within_reach_of_its_middle(drawing, read, highway, away, beside):
    drawing.way((0, 0), (200, 0), waterway="canal", name="Oakham Canal")
    drawing.way((0, away), (200, away), highway=highway, name="Towpath")
    found = _found(read())
    assert found["name"].tolist() == (["Towpath"] if beside else [])
    if beside:
        assert found["length_m"].iloc[0] == pytest.approx(200, abs=1)
        assert (found["kind"].iloc[0], found["reason"].iloc[0]) == (highway, "Within 15 m of Oakham Canal.")


def test_only_the_stretch_beside_the_water_counts(drawing, read):
    drawing.square(0, 0, 100, natural="water", name="The Mere")
    drawing.way((-300, -5), (100, -5), highway="footway")
    row = _found(read()).iloc[0]
    assert row["length_m"] == pytest.approx(100 + (15**2 - 5**2) ** 0.5, abs=1.5)
    assert row["water"] == "The Mere"


def test_two_stretches_of_one_path_are_one_row_with_both(drawing, read):
    drawing.square(0, 0, 100, natural="water")
    drawing.square(400, 0, 100, natural="water")
    drawing.way((0, -5), (500, -5), highway="footway")
    found = _found(read())
    assert found.index.tolist() == ["way/3"]
    assert shapely.get_num_geometries(found.geometry.iloc[0]) == 2
    assert found["reason"].iloc[0] == "Within 15 m of a lake, a pond or a wide river."


@pytest.mark.parametrize(
    ("water", "path"),
    [
        ({"waterway": "stream"}, {"highway": "footway"}),
        ({"waterway": "ditch"}, {"highway": "footway"}),
        ({"waterway": "canal", "tunnel": "yes"}, {"highway": "footway"}),
        ({"waterway": "river", "tunnel": "culvert"}, {"highway": "footway"}),
        ({"waterway": "river"}, {"highway": "residential"}),
        ({"waterway": "river"}, {"highway": "footway", "bridge": "yes"}),
        ({"waterway": "river"}, {"highway": "footway", "tunnel": "yes"}),
        ({"waterway": "river"}, {"railway": "rail"}),
    ],
)
def test_streams_culverts_streets_and_bridges_are_left_out(drawing, read, water, path):
    drawing.way((0, 0), (200, 0), **water)
    drawing.way((0, 5), (200, 5), **path)
    assert _found(read()).empty


def test_a_path_that_only_crosses_a_river_is_no_walk_along_it(drawing, read):
    drawing.way((0, 0), (200, 0), waterway="river")
    drawing.way((100, -200), (100, 200), highway="footway")
    assert _found(read()).empty


@pytest.mark.parametrize(("size", "count"), [(17, 0), (40, 1)])
def test_a_garden_pond_is_no_open_water(drawing, read, size, count):
    drawing.square(0, 0, size, natural="water")
    drawing.way((-40, -3), (80, -3), highway="footway")
    assert len(_found(read())) == count


@pytest.mark.parametrize(("lit", "state"), [("yes", "lit"), ("no", "unlit"), ("limited", "lit"), ("af", "unknown"), (None, "unknown")])
def test_light_has_three_states_and_the_tag_is_kept(drawing, read, lit, state):
    drawing.way((0, 0), (200, 0), waterway="river", name="Gwash")
    drawing.way((0, 5), (200, 5), highway="footway", **({"lit": lit} if lit else {}))
    row = _found(read()).iloc[0]
    assert (row["state"], row["lit"]) == (state, lit or "")


def test_where_there_is_no_water_or_no_path_there_is_nothing(drawing, read):
    drawing.way((0, 0), (200, 0), highway="residential")
    drawing.way((0, 50), (200, 50), highway="footway")
    assert _found(read()).empty
    drawing.way((0, 900), (200, 900), waterway="river")
    found = _found(read())
    assert found.empty
    assert set(found.columns) == {*waterside.COLUMNS, "geometry"}


def test_a_path_round_a_lake_and_one_of_no_length_are_measured(drawing, read):
    drawing.square(0, 0, 100, natural="water")
    drawing.way((-5, -5), (105, -5), (105, 105), (-5, 105), (-5, -5), highway="footway")
    drawing.way((50, -5), (50, -5), highway="footway")
    found = _found(read())
    assert found["length_m"].tolist() == pytest.approx([440], abs=2)


def test_the_layer_is_off_at_first_and_its_states_differ_without_colour():
    record = LAYERS["waterside"]
    assert not record.shown_at_first
    assert set(lighting.STATES) <= set(record.styles)
    for one, other in combinations(record.styles.values(), 2):
        assert one.dash_px != other.dash_px
    ours = {style.dash_px for style in record.styles.values()}
    assert not ours & {style.dash_px for style in LAYERS["alleys"].styles.values()}
    assert store.TABLES["waterside"][0] is waterside.COLUMNS


def test_rutlands_waterside_is_along_its_rivers_canal_and_reservoir(rutland):
    found = _found(rutland)
    assert len(found) == 61
    assert {"Rutland Water", "River Welland", "River Gwash", "Oakham Canal"} <= set(found["water"])
    water = rutland.areas[rutland.areas["natural"] == "water"].geometry.union_all()
    rivers = rutland.lines[rutland.lines["waterway"].isin(["river", "canal"])].geometry.union_all()
    middle = found.geometry.representative_point()
    assert (middle.distance(water.union(rivers)) <= waterside.BESIDE_M + 0.1).all()
