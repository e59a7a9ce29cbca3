"""The quiet ground under the map: green, water and streets, only as much as it takes to know where one is."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geo import frames
from layers import tables

GREEN = {
    **dict.fromkeys([("natural", "wood"), ("landuse", "forest"), ("natural", "scrub")], "wood"),
    **dict.fromkeys(
        [
            *[("landuse", value) for value in ("grass", "meadow", "cemetery", "allotments", "village_green", "recreation_ground")],
            *[("leisure", value) for value in ("pitch", "golf_course", "common", "park", "nature_reserve")],
            *[("natural", value) for value in ("grassland", "heath")],
            *[("amenity", "grave_yard")],
        ],
        "grass",
    ),
}

WATERWAYS = {
    **dict.fromkeys([("waterway", "river"), ("waterway", "canal")], "river"),
    **dict.fromkeys([("waterway", "stream"), ("waterway", "ditch"), ("waterway", "drain")], "stream"),
}

STREETS = {
    **dict.fromkeys(
        [("highway", f"{name}{link}") for name in ("motorway", "trunk", "primary", "secondary") for link in ("", "_link")], "main"
    ),
    **dict.fromkeys([("highway", name) for name in ("tertiary", "tertiary_link", "residential", "unclassified", "living_street")], "minor"),
    **dict.fromkeys([("highway", name) for name in ("service", "pedestrian", "road", "busway")], "minor"),
    **dict.fromkeys([("highway", name) for name in ("footway", "path", "cycleway", "bridleway", "steps", "track")], "path"),
    **dict.fromkeys([("railway", name) for name in ("rail", "light_rail", "tram", "subway", "narrow_gauge")], "railway"),
}

COLUMNS: tables.Columns = {"name": "text", "name_cy": "text", "state": "text"}


def green(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return woods and grass (`name, name_cy, state`, polygon) among an extract's areas in EPSG:27700."""
    return _ground(areas, tables.first_kind(areas, GREEN))


def water(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return lakes, reservoirs and wide rivers (`name, name_cy, state`, polygon)."""
    return _ground(areas, tables.first_kind(areas, {("natural", "water"): "water"}))


def waterways(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return rivers, canals and streams (`name, name_cy, state`, line) that run in the open."""
    return _ground(lines, tables.first_kind(lines, WATERWAYS).where(lines["tunnel"].isna()))


def streets(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return streets, paths and railways in use (`name, name_cy, state`, line), by how wide they are drawn."""
    return _ground(lines, tables.first_kind(lines, STREETS))


def _ground(features: gpd.GeoDataFrame, state: pd.Series[str]) -> gpd.GeoDataFrame:
    frames.check_metres(features)
    found = features[state.notna()]
    return tables.table(found.geometry, COLUMNS, **tables.names(found), state=state[state.notna()])
