"""A council's list beside a real county's streets: put right where its datum was mistaken, and left alone where it was not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from geo import frames
from layers import lamp_file


@pytest.fixture(scope="module")
def true(rutland):
    """Return where lamps would stand along the residential streets of Rutland: every 35 m, some 4 m off the middle."""
    streets = rutland.lines[rutland.lines["highway"] == "residential"]
    corners = shapely.get_coordinates(shapely.segmentize(streets.geometry.to_numpy(), 35))
    return corners + np.random.default_rng(3).normal(0, 3, corners.shape)


def save(path, spots, **columns):
    pd.DataFrame({"Easting": spots[:, 0], "Northing": spots[:, 1], "Regime": "Part night 00:00-05:30", **columns}).to_csv(path, index=False)
    return path


def made(path, rutland):
    return lamp_file.lamps_of(lamp_file.read(path, None), rutland.points, rutland.lines, None)


def test_lamps_that_stand_right_are_left_where_they_are(true, rutland, tmp_path):
    found = made(save(tmp_path / "lamps.csv", true), rutland)
    assert shapely.get_coordinates(found.geometry.to_numpy()) == pytest.approx(true)
    assert found.attrs["notes"] == []
    assert set(found["state"]) == {"part_night"}


def test_wgs84_labelled_as_the_grids_own_degrees_is_moved_back(true, rutland, tmp_path):
    project = pyproj.Transformer.from_crs("EPSG:4277", "EPSG:27700", always_xy=True)
    wrong = np.column_stack(project.transform(*frames.points_in_degrees(*true.T)))
    assert 90 < np.hypot(*(wrong - true).T).mean() < 125
    found = made(save(tmp_path / "lamps.csv", wrong), rutland)
    assert shapely.get_coordinates(found.geometry.to_numpy()) == pytest.approx(true, abs=0.1)
    assert found.attrs["notes"][0].startswith("All positions were made from WGS84 degrees without the shift of datum")


def test_the_grids_own_degrees_labelled_as_wgs84_is_moved_back(true, rutland, tmp_path):
    unproject = pyproj.Transformer.from_crs("EPSG:27700", "EPSG:4277", always_xy=True)
    longitude, latitude = unproject.transform(*true.T)
    table = pd.DataFrame({"Longitude": longitude, "Latitude": latitude, "Regime": "35/18"})
    table.to_csv(tmp_path / "lamps.csv", index=False)
    found = made(tmp_path / "lamps.csv", rutland)
    assert shapely.get_coordinates(found.geometry.to_numpy()) == pytest.approx(true, abs=0.1)
    assert "OSGB36 degrees taken to be WGS84" in found.attrs["notes"][0]


def test_a_shift_of_two_metres_is_no_datum(true, rutland, tmp_path):
    found = made(save(tmp_path / "lamps.csv", true + 1.3), rutland)
    assert found.attrs["notes"] == []


def test_lamps_strewn_over_fields_are_not_moved(rutland, tmp_path):
    west, south, east, north = rutland.lines[rutland.lines["highway"].notna()].total_bounds
    strewn = np.random.default_rng(4).uniform((west, south), (east, north), (500, 2))
    found = made(save(tmp_path / "lamps.csv", strewn), rutland)
    (note,) = found.attrs["notes"]
    assert "m from the nearest street: check that they are right" in note
    assert shapely.get_coordinates(found.geometry.to_numpy()) == pytest.approx(strewn)


def test_a_list_is_partial_unless_it_is_declared_to_hold_every_lamp(true, rutland, tmp_path):
    path = save(tmp_path / "lamps.csv", true)
    for complete, origin in ((False, "council"), (True, "council_complete")):
        listed = lamp_file.read(path, None, complete=complete)
        assert set(lamp_file.lamps_of(listed, rutland.points, rutland.lines, None)["origin"]) == {origin}


def test_a_county_list_is_judged_by_the_lamps_round_the_areas_streets(true, rutland, tmp_path):
    elsewhere = np.random.default_rng(4).uniform((400_000, 250_000), (440_000, 290_000), (len(true) * 2, 2))
    found = made(save(tmp_path / "lamps.csv", np.vstack([elsewhere, true])), rutland)
    assert len(found) == len(true)
    assert not any("street" in note for note in found.attrs["notes"])


def test_a_list_without_hours_says_how_to_name_them(true, rutland, tmp_path):
    pd.DataFrame({"Easting": true[:, 0], "Northing": true[:, 1], "When": "x"}).to_csv(tmp_path / "lamps.csv", index=False)
    found = made(tmp_path / "lamps.csv", rutland)
    assert found.attrs["notes"] == ["No column of lamps.csv is known to say when the lamps burn. Say which with regime=…"]
    assert set(found["state"]) == {"unknown"}


def test_a_kept_mapping_that_does_not_fit_another_list_gives_way_to_its_headings(tmp_path):
    kept = tmp_path / "town.lamps.toml"
    kept.write_text('[columns]\nx = "E"\ny = "N"\nregime = "When"\n')
    fits = save(tmp_path / "a.csv", np.array([[486_000.0, 308_500.0]]), E=487_000, N=309_000, When="35/18")
    listed = lamp_file.read(fits, None, kept=kept)
    assert listed.places.frame.geometry.x.tolist() == [487_000]
    assert listed.places.notes[0] == "The columns are read as town.lamps.toml has them"
    other = lamp_file.read(save(tmp_path / "b.csv", np.array([[486_000.0, 308_500.0]])), None, kept=kept)
    assert other.places.frame.geometry.x.tolist() == [486_000]
    assert other.places.mapping == {"x": "Easting", "y": "Northing", "regime": "Regime"}
    assert other.places.notes == ()
