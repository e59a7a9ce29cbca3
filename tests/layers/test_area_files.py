"""Files of small areas and figures are read as they are published; what cannot be told apart is asked for in one sentence."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from layers import area_files
from tests.extracts import CORNER
from words import DataProblem

IMD_2019 = (
    "LSOA code (2011),LSOA name (2011),Local Authority District code (2019),Index of Multiple Deprivation (IMD) Rank,"
    "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)"
)
NOMIS = '"TS001 - Number of usual residents"\n\n"2021 super output area - lower layer","mnemonic","Total"'


def squares(codes, *, first=(0, 0), side_m=100, **columns):
    """Return squares in a row from a spot east and north of the corner of every drawing."""
    west, south = CORNER[0] + first[0], CORNER[1] + first[1]
    shapes = [shapely.box(west + at * side_m, south, west + (at + 1) * side_m, south + side_m) for at in range(len(codes))]
    return gpd.GeoDataFrame({"LSOA21CD": codes, **columns}, geometry=shapes, crs="EPSG:27700")


def saved(areas, path):
    areas.to_file(path)
    return path


def table(path, text):
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp", "fgb"])
def test_areas_are_read_of_every_allowed_format(tmp_path, suffix):
    shapes = squares(["E01000001", "W01000002"], LSOA21NM=["One", "Two"], LSOA21NMW=["", "Dau"])
    if suffix == "geojson":
        shapes = shapes.to_crs("EPSG:4326")
    found = area_files.read_areas(saved(shapes, tmp_path / f"areas.{suffix}")).sort_values("code")
    assert found["code"].tolist() == ["E01000001", "W01000002"]
    assert found["name"].tolist() == ["One", "Two"]
    assert found["name_cy"].tolist() == ["", "Dau"]
    assert found.area.tolist() == pytest.approx([10_000, 10_000], rel=1e-3)


def test_codes_are_known_by_how_they_look_and_lend_their_names(tmp_path):
    shapes = squares(["E01000001", "W01000002"]).rename(columns={"LSOA21CD": "zone"}).assign(note=["a", "b"])
    found = area_files.read_areas(saved(shapes, tmp_path / "areas.gpkg"))
    assert found["name"].tolist() == found["code"].tolist() == ["E01000001", "W01000002"]
    assert "no column of names" in found.attrs["notes"][0]


def test_a_large_area_that_a_small_boundary_lies_in_is_kept(tmp_path):
    path = saved(squares(["E01000001", "E01000002"], side_m=20_000), tmp_path / "areas.gpkg")
    village = shapely.Point(CORNER[0] + 5_000, CORNER[1] + 5_000).buffer(200)
    assert area_files.read_areas(path, village)["code"].tolist() == ["E01000001"]


@pytest.mark.parametrize("sliver_m", [0, 0.5])
def test_a_neighbour_along_the_edge_is_left_out(tmp_path, sliver_m):
    path = saved(squares(["E01000001", "E01000002"]), tmp_path / "areas.gpkg")
    boundary = shapely.box(CORNER[0], CORNER[1], CORNER[0] + 100 + sliver_m, CORNER[1] + 100)
    assert area_files.read_areas(path, boundary)["code"].tolist() == ["E01000001"]


@pytest.mark.parametrize(
    ("shapes", "told"),
    [
        (squares(["a", "b"]).rename(columns={"LSOA21CD": "zone"}), r"call it LSOA21CD or LSOA11CD. It has: zone\."),
        (squares(["E01000001", "E01000001"]), "E01000001 comes twice in areas.gpkg"),
        (squares(["E01000001", None]), "areas.gpkg has an area without a code"),
        (squares(["E01000001"]).assign(geometry=lambda frame: frame.centroid), "areas.gpkg holds no polygons"),
        (squares(["E01000001"], first=(-486_000, -5_000_000)), "areas.gpkg lies outside Great Britain"),
    ],
)
def test_shapes_that_cannot_be_used_are_one_sentence(tmp_path, shapes, told):
    with pytest.raises(DataProblem, match=told):
        area_files.read_areas(saved(shapes, tmp_path / "areas.gpkg"))


@pytest.mark.parametrize(
    ("kind", "text", "columns", "value"),
    [
        ("population", "lsoacd,population\nE01000001,7\n", {}, "7"),
        ("population", f'{NOMIS}\n"Somewhere 001A","E01000001","7"\n', {}, "7"),
        ("deprivation", f"{IMD_2019}\nE01000001,Somewhere 001A,E06000001,32000,7\n", {}, "7"),
        ("housing", "zone;of whom rent\nE01000001;7\n", {}, "7"),
        ("housing", "zone,town,of whom rent\nE01000001,Here,7\n", {}, "7"),
        ("housing", "LSOA21CD,rent,own\nE01000001,7,3\n", {"value": "RENT"}, "7"),
        ("housing", "LSOA21CD,mine,rent\nE09999999,E01000001,7\n", {"code": "mine", "value": "rent"}, "7"),
    ],
)
def test_the_columns_of_figures_are_known_or_said(tmp_path, kind, text, columns, value):
    found = area_files.read_figures(table(tmp_path / "figures.csv", text), kind, columns)
    assert found.to_numpy().tolist() == [["E01000001", value]]


@pytest.mark.parametrize(
    "text",
    ["LSOA21CD,rent,own\nE01000001,7,3\n", "zone,rent\nhere,7\n", "LSOA21CD,town,county\nE01000001,Here,There\n"],
)
def test_columns_that_are_not_clear_are_asked_for(tmp_path, text):
    with pytest.raises(DataProblem, match=r"not clear which columns of figures.csv .* Say which: housing=figures.csv:code=…,value=…\."):
        area_files.read_figures(table(tmp_path / "figures.csv", text), "housing")


def test_a_lookup_is_used_for_those_figures_only_that_are_of_newer_areas(tmp_path):
    shapes = squares(["E01000001", "E01000002"]).rename(columns={"LSOA21CD": "LSOA11CD"})
    areas = saved(shapes, tmp_path / "areas.gpkg")
    lookup = table(tmp_path / "lookup.csv", "LSOA11CD,LSOA21CD\nE01000001,E01000001\nE01000002,E01000021\nE01000002,E01000022\n")
    newer = table(tmp_path / "people.csv", "LSOA21CD,population\nE01000001,10\nE01000021,20\nE01000022,30\n")
    older = table(tmp_path / "imd.csv", "LSOA11CD,decile\nE01000001,1\nE01000002,10\n")
    found = area_files.read(areas, [f"population={newer}", f"deprivation={older}"], lookup)
    assert found["area_population"]["value"].tolist() == pytest.approx([1_000, 5_000])
    assert found["area_deprivation"]["value"].tolist() == [1, 10]
    assert found["area_population"].attrs["source_file"] == "areas.gpkg, people.csv, lookup.csv"
    assert found["area_deprivation"].attrs["source_file"] == "areas.gpkg, imd.csv"


def test_a_lookup_of_somewhere_else_changes_nothing(tmp_path):
    areas = saved(squares(["E01000001"], LSOA21NM=["One"]), tmp_path / "areas.gpkg")
    lookup = table(tmp_path / "lookup.csv", "LSOA11CD,LSOA21CD\nE01000008,E01000009\n")
    people = table(tmp_path / "people.csv", "LSOA21CD,population\nE01000001,10\n")
    found = area_files.read(areas, [f"population={people}"], lookup)["area_population"]
    assert found["value"].tolist() == pytest.approx([1_000])
    assert found.attrs["notes"] == []


def test_sloughs_files_are_read_as_they_are_published(shared_data):
    people = shared_data / "population"
    found = area_files.read(
        shared_data / "boundaries" / "slough-lsoa-2011.geojson",
        [f"population={people / 'slough-lsoa-2021-population.csv'}"],
        people / "slough-lsoa11-to-lsoa21.csv",
    )["area_population"]
    assert len(found) == 80
    assert (found["value"] * found.area / 1e6).sum() == pytest.approx(159_182)
    assert found.attrs["notes"] == []
    assert pd.Index(["E01016444"]).isin(found.index).all()
