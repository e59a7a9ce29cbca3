"""What brings people to a place is named by what it is, once, with its hours where they are recorded and no judgement."""

from __future__ import annotations

import pytest

from geo import frames
from layers import around, osm
from layers.catalogue import LAYERS


def _found(drawing, read):
    drawing.way((0, 900), (80, 900), highway="residential")
    extract = read()
    return around.around(extract.points, extract.areas)


@pytest.mark.parametrize(
    ("tags", "group", "kind"),
    [
        ({"amenity": "school"}, "school", "School"),
        ({"amenity": "college"}, "school", "College"),
        ({"amenity": "pub"}, "licensed", "Pub"),
        ({"amenity": "bar"}, "licensed", "Bar"),
        ({"amenity": "nightclub"}, "licensed", "Nightclub"),
        ({"shop": "alcohol"}, "licensed", "Off-licence"),
        ({"amenity": "fast_food"}, "venue", "Takeaway"),
        ({"leisure": "amusement_arcade"}, "venue", "Amusement arcade"),
        ({"shop": "bookmaker"}, "venue", "Betting shop"),
        ({"highway": "bus_stop"}, "transport", "Bus stop"),
        ({"amenity": "bus_station"}, "transport", "Bus station"),
        ({"railway": "station"}, "transport", "Railway station"),
        ({"shop": "bakery"}, "shop", "Shop"),
        ({"shop": "convenience", "amenity": "pub"}, "licensed", "Pub"),
    ],
)
def test_what_it_is_says_who_comes(drawing, read, tags, group, kind):
    drawing.node((0, 0), **tags)
    found = _found(drawing, read)
    assert found[["group", "state", "kind"]].to_numpy().tolist() == [[group, group, kind]]


@pytest.mark.parametrize("tags", [{"shop": "vacant"}, {"shop": "no"}, {"amenity": "pub", "disused": "yes"}, {"amenity": "bench"}])
def test_what_is_shut_for_good_or_brings_nobody_is_left_out(drawing, read, tags):
    drawing.node((0, 0), **tags)
    assert _found(drawing, read).empty


def test_a_school_mapped_twice_is_one_and_the_shops_of_a_shopping_centre_are_each_one(drawing, read):
    drawing.square(0, 0, 100, amenity="school", name="Bryn School")
    drawing.node((50, 50), amenity="school")
    drawing.square(300, 0, 100, shop="mall", name="The Centre")
    drawing.node((350, 50), shop="clothes")
    drawing.node((360, 50), shop="shoes")
    found = _found(drawing, read)
    assert found["group"].value_counts().to_dict() == {"school": 1, "shop": 3}
    assert "Bryn School" in set(found["name"])


def test_an_area_is_stood_for_by_a_point_in_it_and_hours_are_as_recorded(drawing, read):
    drawing.way((0, 0), (100, 0), (100, 10), (10, 10), (10, 100), (0, 100), (0, 0), amenity="pub", opening_hours="Mo-Su 12:00-23:00")
    drawing.node((500, 0), amenity="bar")
    drawing.way((0, 900), (80, 900), highway="residential")
    extract = read()
    found = around.around(extract.points, extract.areas)
    assert set(found.geom_type) == {"Point"}
    assert extract.areas.geometry.iloc[0].contains(found.loc["way/1", "geometry"])
    assert sorted(found["opening_hours"]) == ["", "Mo-Su 12:00-23:00"]


def test_rutland_has_what_gdal_finds(rutland, told_by_gdal):
    found = around.around(rutland.points, rutland.areas)
    for value, kind in (("pub", "Pub"), ("school", "School"), ("fast_food", "Takeaway")):
        mapped = sum((told_by_gdal(layer, "amenity") == value).sum() for layer in ("points", "multipolygons"))
        assert (found["kind"] == kind).sum() == mapped > 0, kind
    assert (found["kind"] == "Bus stop").sum() == (told_by_gdal("points", "highway") == "bus_stop").sum() == 25
    assert set(found["group"]) == set(around.GROUPS)


def test_nothing_of_it_can_rank_or_be_added_up(rutland):
    """A prompt says what is there. A number beside a place would be read as how bad it is, and a reason of its own as a judgement."""
    found = around.around(rutland.points, rutland.areas)
    assert len(found) > 100
    assert not found.drop(columns="geometry").select_dtypes("number").columns.size
    assert set(found["state"]) <= set(around.GROUPS)
    assert found["reason"].nunique() == 1
    assert found.index.tolist() == osm.in_feature_order(found).index.tolist(), "in the order of the map, and of nothing else"


def test_the_layer_is_restricted_and_off_at_first_and_every_group_has_a_sign_of_its_own():
    layer = LAYERS["around"]
    assert layer.restricted
    assert not layer.shown_at_first
    assert set(layer.styles) == set(around.GROUPS)
    signs = [(style.letter, style.fill, style.size_px) for style in layer.styles.values()]
    assert len({style.letter for style in layer.styles.values()}) == len(signs), "told apart without colour"


def test_degrees_are_refused(rutland):
    with pytest.raises(ValueError, match="EPSG:27700"):
        around.around(frames.in_degrees(rutland.points), rutland.areas)
