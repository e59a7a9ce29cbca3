"""Each alley says why it is called one; a street with a fine name is none."""

from __future__ import annotations

import pytest

from layers import alleys


def _reasons(extract) -> dict[str, str]:
    found = alleys.alleys(extract.lines)
    return dict(zip(found.index, found["reason"], strict=True))


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"highway": "service", "service": "alley"}, "tagged"),
        ({"highway": "footway", "footway": "alley"}, "tagged"),
        ({"highway": "footway", "tunnel": "building_passage"}, "passage"),
        ({"highway": "service", "tunnel": "building_passage"}, "passage"),
        ({"highway": "footway", "covered": "yes"}, "covered"),
    ],
)
def test_what_it_is_tagged_or_covered_by_makes_an_alley(drawing, read, tags, reason):
    drawing.way((0, 0), (50, 0), **tags)
    assert _reasons(read()) == {"way/1": alleys.REASONS[reason]}


@pytest.mark.parametrize(
    "name",
    [
        "Smith's Alley",
        "Church ginnel",
        "The Jitty",
        "Long Twitten",
        "Crown Passage",
        "Bull's Head Snicket",
        "Lôn Gefn",
        "Y Lon Gefn",
        "Friar Vennel",
    ],
)
def test_a_way_on_foot_with_the_name_of_an_alley_is_one(drawing, read, name):
    drawing.way((0, 0), (50, 0), highway="footway", name=name)
    assert _reasons(read()) == {"way/1": alleys.REASONS["named"]}


def test_the_welsh_name_counts_too(drawing, read):
    drawing.way((0, 0), (50, 0), highway="path", name="Back Lane", name__cy="Lôn Gefn")
    assert list(_reasons(read())) == ["way/1"]


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "residential", "name": "Crown Passage"},
        {"highway": "footway", "name": "Galley Hill"},
        {"highway": "footway", "name": "Valley Path"},
        {"highway": "footway", "name": "Jitterbug Walk"},
        {"highway": "service", "covered": "yes"},
        {"highway": "footway"},
        {"railway": "rail", "tunnel": "building_passage"},
    ],
)
def test_what_is_no_alley_is_left_out(drawing, read, tags):
    drawing.way((0, 0), (50, 0), **tags)
    assert _reasons(read()) == {}


def test_light_and_length_are_those_of_the_way(drawing, read):
    drawing.way((0, 0), (60, 0), highway="service", service="alley", lit="limited")
    drawing.way((0, 9), (80, 9), highway="service", service="alley")
    found = alleys.alleys(read().lines)
    assert found["state"].tolist() == ["lit", "unknown"]
    assert found["light"].iloc[0] == "Recorded as lit part of the night."
    assert found["length_m"].tolist() == pytest.approx([60, 80], abs=0.5)


def test_rutland_and_gdal_agree_on_what_is_tagged_alley(rutland, told_by_gdal):
    found = alleys.alleys(rutland.lines)
    tagged = (told_by_gdal("lines", "service") == "alley") & told_by_gdal("lines", "highway").notna()
    by_footway = told_by_gdal("lines", "footway") == "alley"
    assert (found["reason"] == alleys.REASONS["tagged"]).sum() == (tagged | by_footway).sum() == 2
    passages = told_by_gdal("lines", "tunnel") == "building_passage"
    assert (found["reason"] == alleys.REASONS["passage"]).sum() == passages.sum()
