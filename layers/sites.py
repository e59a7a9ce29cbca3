"""Places that stand on the map as a point or as an area, gathered as points: each once."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geo import frames
from layers import osm


def as_points(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, *, many_inside: str = "") -> gpd.GeoDataFrame:
    """Return points and areas that have a `kind`, in EPSG:27700, as points in the order of their features.

    A point inside the area stands for it. A point of the same kind inside such an area is the same place mapped twice and is left out,
    but for the kind `many_inside`: a shopping centre is a shop that is full of shops.
    """
    frames.check_metres(points)
    frames.check_metres(areas)
    inside = gpd.sjoin(points[["kind", "geometry"]], areas[["kind", "geometry"]], predicate="within")
    same = (inside["kind_left"] == inside["kind_right"]) & (inside["kind_left"] != many_inside)
    stood_for = areas.set_geometry(areas.geometry.representative_point())
    return osm.in_feature_order(pd.concat([points.drop(index=inside.index[same].unique()), stood_for]))
