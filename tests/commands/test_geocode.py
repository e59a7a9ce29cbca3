"""`safer-spaces geocode`: each row of a partner's file with where it is, by the command line alone."""

import csv
import io

import geopandas as gpd
import pytest

from tests.commands.test_register_commands import ok, refused

ROWS = """incident_id,agency,occurred_from,location_text,postcode,Child name
1,Police,2026-01-01,Lockside Park,,Invented Person
2,Police,2026-01-02,on or near Marsh Lane,,
3,Police,2026-01-03,"=cmd|' /C calc'!A1",,
4,Police,2026-01-04,Snapchat,,
5,Police,2026-01-05,no such place anywhere,,
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "rows.csv").write_text(ROWS)
    return tmp_path / "rows.csv"


def geocoded(file, made, *more):
    return ok("geocode", file, "--gazetteer", made / "gazetteer.parquet", "--within", made / "boundary.geojson", *more)


def test_every_row_comes_back_with_where_it_is_or_why_not(file, made):
    ran = geocoded(file, made, "--out", "-")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [row["incident_id"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert [row["geocode_method"] for row in rows] == ["place", "street", "none", "none", "none"]
    assert rows[0]["geocode_matched"].startswith("Lockside Park")
    assert float(rows[1]["geocode_precision_m"]) > 20
    assert rows[3]["geocode_reason"] == "it happened online, at no place"
    assert "Child name" not in rows[0]
    assert "Invented Person" not in ran.out + ran.err
    assert "'=cmd" in ran.out
    lines = ran.err.splitlines()
    assert "The column “Child name” holds who somebody is and was left out." in lines
    assert lines[-1].startswith("5 rows: 2 placed (")
    assert "3 not placed (" in lines[-1]


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "parquet"])
def test_it_is_written_as_a_map_too(file, made, tmp_path, suffix):
    geocoded(file, made, "--out", tmp_path / f"rows.{suffix}")
    found = gpd.read_parquet(tmp_path / "rows.parquet") if suffix == "parquet" else gpd.read_file(tmp_path / f"rows.{suffix}")
    assert len(found) == 5
    assert found.crs.to_epsg() == 4326
    assert sum(point is not None and not point.is_empty for point in found.geometry) == 2


def test_what_cannot_be_is_one_sentence(file, made, tmp_path):
    gazetteer = made / "gazetteer.parquet"
    assert "is one of the files to read" in refused("geocode", file, "--gazetteer", gazetteer, "--out", file)
    assert "not found" in refused("geocode", tmp_path / "none.csv", "--gazetteer", gazetteer, "--out", tmp_path / "x.csv")
    assert "not found" in refused("geocode", file, "--gazetteer", tmp_path / "none", "--out", tmp_path / "x.csv")
