"""Where Ordnance Survey's own shift of datum is on this machine it is used, for points and shapes alike; where it ends, PROJ's is."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo import frames


@pytest.fixture
def exact(monkeypatch):
    """A stand-in for `convertbng` that is 3 m further east than PROJ, and ends at 1° east."""

    def convert_bng(longitude, latitude):
        east, north = frames._to_metres.transform(longitude, latitude)
        return np.where(longitude < 1, east + 3, np.nan), np.where(longitude < 1, north, np.nan)

    def convert_lonlat(easting, northing):
        longitude, latitude = frames._to_metres.transform(easting - 3, northing, direction="INVERSE")
        return np.where(longitude < 1, longitude, np.nan), np.where(longitude < 1, latitude, np.nan)

    monkeypatch.setattr(frames, "_ostn15", SimpleNamespace(convert_bng=convert_bng, convert_lonlat=convert_lonlat))


def test_points_go_through_it_and_back(exact):
    plain = frames._to_metres.transform(-0.6, 51.5)
    (east,), (north,) = frames.points_in_metres([-0.6], [51.5])
    assert (east, north) == pytest.approx((plain[0] + 3, plain[1]), abs=1e-6)
    (longitude,), (latitude,) = frames.points_in_degrees([east], [north])
    assert (longitude, latitude) == pytest.approx((-0.6, 51.5), abs=5e-8)


def test_where_it_ends_projs_own_goes_on_and_missing_stays_missing(exact):
    east, _ = frames.points_in_metres([1.5, np.nan, np.inf], [51.5, 51.5, 51.5])
    assert east[0] == pytest.approx(frames._to_metres.transform(1.5, 51.5)[0])
    assert np.isnan(east[1:]).all()
    assert frames.points_in_metres(-0.6, 51.5)[0].shape == ()


def test_shapes_and_points_agree(exact):
    shapes = gpd.GeoSeries([shapely.box(-0.7, 51.4, -0.6, 51.5), None], index=["a", "b"], crs=frames.DEGREES, name="area")
    metres = frames.in_metres(shapes)
    assert (metres.crs, metres.name, metres.index.tolist()) == (frames.BRITISH_NATIONAL_GRID, "area", ["a", "b"])
    assert shapely.get_coordinates(metres.iloc[0]) == pytest.approx(
        np.column_stack(frames.points_in_metres(*shapely.get_coordinates(shapes.iloc[0]).T)), abs=1e-6
    )
    back = frames.in_degrees(gpd.GeoDataFrame({"name": ["x", "y"]}, index=["a", "b"], geometry=metres))
    assert shapely.get_coordinates(back.geometry.iloc[0]) == pytest.approx(shapely.get_coordinates(shapes.iloc[0]), abs=5e-8)


def test_it_is_said_which_shift_is_used():
    assert frames.DATUM_SHIFT in {"Helmert", "OSTN15 (PROJ)", "OSTN15 (convertbng)"}
