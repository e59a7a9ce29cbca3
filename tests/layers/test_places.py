"""A spot is named after the smallest bounded space that covers it, then an estate, then its street."""

from __future__ import annotations

import typing

import geopandas as gpd
import pytest
import shapely

from layers import places
from tests.extracts import CORNER


def _places(extract) -> gpd.GeoDataFrame:
    return places.places(extract.points, extract.lines, extract.areas)


def _best_name(found: gpd.GeoDataFrame, east: float, north: float) -> str:
    spot = shapely.Point(CORNER[0] + east, CORNER[1] + north)
    return found["name"][found.intersects(spot)].iloc[0]


def test_the_best_name_comes_first(drawing, read):
    drawing.square(0, 0, 500, landuse="residential", name="Willow Estate")
    drawing.square(10, 10, 200, leisure="park", name="Willow Park")
    drawing.node((100, 100), amenity="fast_food", name="Codfather")
    drawing.way((0, 300), (900, 300), highway="residential", name="Willow Road")
    found = _places(read())
    assert _best_name(found, 100, 100) == "Codfather"
    assert _best_name(found, 30, 30) == "Willow Park"
    assert _best_name(found, 400, 300) == "Willow Estate"
    assert _best_name(found, 800, 300) == "Willow Road"


def test_stretches_of_a_street_are_one_and_two_high_streets_are_two(drawing, read):
    drawing.way((0, 0), (100, 0), highway="residential", name="High Street")
    drawing.way((150, 0), (300, 0), highway="primary", name="High Street")
    drawing.way((3_000, 0), (3_100, 0), highway="residential", name="High Street", name__cy="Stryd Fawr")
    found = _places(read())
    assert found["kind"].tolist() == ["street", "street"]
    assert sorted(found.index) == ["way/1", "way/3"]
    assert found.loc["way/3", "name_cy"] == "Stryd Fawr"


def test_a_street_of_shops_is_a_shopping_street(drawing, read):
    drawing.way((0, 0), (100, 0), highway="residential", name="Market Street")
    for east in range(10, 60, 10):
        drawing.node((east, 8), shop="clothes")
    assert _places(read())["kind"].tolist() == ["shopping street"]


def test_a_village_is_no_estate(drawing, read):
    drawing.square(0, 0, 1_500, landuse="residential", name="Wing")
    drawing.way((0, 0), (100, 0), highway="residential")
    assert _places(read()).empty


def test_what_has_no_name_names_nothing(drawing, read):
    drawing.square(0, 0, 100, leisure="park")
    drawing.way((0, 0), (100, 0), highway="residential", name=" ")
    assert _places(read()).empty


@pytest.mark.parametrize(
    ("tags", "kind"),
    [({"amenity": "bus_station"}, "transport hub"), ({"amenity": "school"}, "school edge"), ({"shop": "mall"}, "shopping street")],
)
def test_a_place_reaches_a_little_beyond_its_outline(drawing, read, tags, kind):
    drawing.square(0, 0, 100, name="Here", **tags)
    found = _places(read())
    assert found["kind"].tolist() == [kind]
    assert _best_name(found, -5, 50) == "Here"


def test_rutland_places_are_named_polygons_of_kinds_on_the_list(rutland_layers):
    found = rutland_layers["places"]
    assert set(found["kind"]) <= set(typing.get_args(places.SpaceKind))
    assert found["name"].str.len().min() > 0
    assert found.index.is_unique
    assert set(found.geom_type) <= {"Polygon", "MultiPolygon"}
    assert found["rank"].is_monotonic_increasing
    assert {"Cutts Close Park", "Oakham", "Crown Passage"} <= set(found["name"])
