"""A park is lit or unlit only when more than half of what is walked in it is recorded so."""

from __future__ import annotations

import pytest

from layers import osm, parks


def _only(extract):
    found = parks.parks(extract.areas, extract.lines)
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
