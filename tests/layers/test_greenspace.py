"""Ordnance Survey's parks stand in where OpenStreetMap has none, and nowhere else."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from layers import greenspace, store
from tests.extracts import CORNER
from words import DataProblem


def square(east, north, size):
    return shapely.box(CORNER[0] + east, CORNER[1] + north, CORNER[0] + east + size, CORNER[1] + north + size)


@pytest.fixture
def sites(tmp_path):
    frame = gpd.GeoDataFrame(
        {
            "function": ["Public Park Or Garden", "Playing Field", "Golf Course", "Play Space", "Public Park Or Garden"],
            "distinctive_name_1": ["Green Again", "Long Meadow", "Links", None, "Far Away"],
        },
        geometry=[square(5, 5, 100), square(300, 0, 100), square(500, 0, 100), square(320, 20, 40), square(90_000, 0, 100)],
        crs="EPSG:27700",
    )
    path = tmp_path / "opgrsp_gb.gpkg"
    frame.to_file(path, layer=greenspace.SITES)
    gpd.GeoDataFrame(geometry=[shapely.Point(CORNER)], crs="EPSG:27700").to_file(path, layer="access_point")
    return path


@pytest.fixture
def extract(drawing, tmp_path):
    drawing.square(0, 0, 100, leisure="park", name="Green")
    drawing.way((310, 50), (390, 50), highway="footway", lit="yes")
    drawing.way((0, 0), (700, 0), highway="residential")
    return drawing.save(tmp_path / "town.osm")


def test_only_what_the_extract_lacks_is_added_and_looked_at_like_any_park(extract, sites):
    found = store.build(extract, green_sites=sites)["parks"]
    assert found["name"].tolist() == ["Green", "Long Meadow", ""]
    assert found["kind"].tolist() == ["Park", "Recreation ground", "Playground"]
    assert found.index.tolist() == ["way/1", "greenspace/2", "greenspace/4"]
    assert found["state"].tolist() == ["unknown", "lit", "lit"]


def test_without_it_the_parks_are_the_extracts(extract):
    assert store.build(extract)["parks"]["name"].tolist() == ["Green"]


def test_the_file_says_whose_they_are(extract, sites, tmp_path):
    store.write(store.build(extract, green_sites=sites), tmp_path / "town.gpkg", extract_name="town.osm")
    told = store.provenance(tmp_path / "town.gpkg").set_index("layer")
    assert told.loc["parks", ["source", "licence", "source_file"]].tolist() == [
        f"© OpenStreetMap contributors, {greenspace.SOURCE}", "ODbL 1.0, OGL v3", "town.osm, opgrsp_gb.gpkg",
    ]  # fmt: skip
    assert told.loc["alleys", "source"] == "© OpenStreetMap contributors"
    assert len(store.read(tmp_path / "town.gpkg", "parks")) == 3


def test_a_boundary_cuts_them_too(extract, sites):
    assert store.build(extract, boundary=square(-10, -10, 120), green_sites=sites)["parks"]["name"].tolist() == ["Green"]


def test_a_shapefile_of_the_sites_is_read_as_well(sites, tmp_path):
    frame = gpd.read_file(sites, layer=greenspace.SITES).rename(columns={"distinctive_name_1": "distName1"})
    frame.to_file(tmp_path / "GreenspaceSite.shp")
    read = greenspace.read(tmp_path / "GreenspaceSite.shp")
    assert read["value"].tolist() == ["park", "recreation_ground", "playground", "park"]
    assert read["name"].tolist()[:2] == ["Green Again", "Long Meadow"]


@pytest.mark.parametrize("content", [b"", b"Dear Sir", None])
def test_another_file_is_one_sentence(tmp_path, content):
    if content is not None:
        (tmp_path / "a.gpkg").write_bytes(content)
    else:
        gpd.GeoDataFrame({"kind": ["Park"]}, geometry=[square(0, 0, 9)], crs="EPSG:27700").to_file(tmp_path / "a.gpkg")
    with pytest.raises(DataProblem) as caught:
        greenspace.read(tmp_path / "a.gpkg")
    assert str(caught.value).startswith("a.gpkg")
    assert "\n" not in str(caught.value)
