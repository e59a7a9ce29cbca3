"""A place on the map is a candidate and never called safe."""

from __future__ import annotations

import pytest

from layers import safe_places
from layers.catalogue import LAYERS


def test_nothing_from_the_map_is_called_safe(rutland):
    found = safe_places.candidates(rutland.points, rutland.areas)
    assert set(found["state"]) == {"candidate"}
    assert set(found["reason"]) == {safe_places.REASON}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("library", "Library"),
        ("police", "Police station"),
        ("fire_station", "Fire station"),
        ("pharmacy", "Pharmacy"),
        ("school", "School (in school hours)"),
        ("place_of_worship", "Place of worship"),
        ("hospital", "Hospital"),
        ("clinic", "Clinic"),
    ],
)
def test_rutland_has_the_candidates_gdal_finds(rutland, told_by_gdal, value, kind):
    found = safe_places.candidates(rutland.points, rutland.areas)
    mapped = sum((told_by_gdal(layer, "amenity") == value).sum() for layer in ("points", "multipolygons"))
    twice = {"doctors": 0}.get(value, 0)
    assert (found["kind"] == kind).sum() == mapped - twice


def test_an_area_is_stood_for_by_a_point_inside_it(drawing, read):
    drawing.way((0, 0), (100, 0), (100, 10), (10, 10), (10, 100), (0, 100), (0, 0), amenity="library", opening_hours="Mo-Sa 09:00-17:00")
    extract = read()
    found = safe_places.candidates(extract.points, extract.areas)
    assert extract.areas.geometry.iloc[0].contains(found.geometry.iloc[0])
    assert found["opening_hours"].tolist() == ["Mo-Sa 09:00-17:00"]


def test_a_place_mapped_twice_is_shown_once(drawing, read):
    drawing.square(0, 0, 100, amenity="school")
    drawing.node((50, 50), amenity="school", name="Same school")
    drawing.node((60, 60), amenity="library", name="The school's library")
    extract = read()
    found = safe_places.candidates(extract.points, extract.areas)
    assert found["kind"].tolist() == ["Library", "School (in school hours)"]


def test_hours_and_names_that_are_not_recorded_are_empty_text(drawing, read):
    drawing.node((0, 0), amenity="pharmacy")
    drawing.way((0, 9), (80, 9), highway="residential")
    extract = read()
    row = safe_places.candidates(extract.points, extract.areas).iloc[0]
    assert (row["name"], row["name_cy"], row["opening_hours"]) == ("", "", "")


def test_a_closed_place_is_no_candidate(drawing, read):
    drawing.node((0, 0), amenity="library", disused="yes")
    drawing.way((0, 9), (80, 9), highway="residential")
    extract = read()
    assert safe_places.candidates(extract.points, extract.areas).empty


def test_every_state_has_a_style_and_a_label():
    layer = LAYERS["safe_places"]
    states = {"candidate", "stale", "checked", "checked_closed", "checked_hours_unknown"}
    assert set(layer.styles) == set(layer.state_labels) == states
    assert layer.styles["candidate"].fill is None, "a candidate is hollow"
