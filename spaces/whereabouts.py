"""Which named place each record, and each hotspot, belongs to.

Cells find places; places are what people talk about. A record belongs to at most one place: the one it lies in, else the
nearest within the precision of its own position.
"""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import frames
from words import DataProblem

REACH_M = 25.0
"""How far outside a place's edge a record may lie and still be about it: its gate, its kerb, the width of a street."""

POSTCODE_REACH_M = 60.0
"""The most that a record known by postcode may be moved: the point is an address beside the place, rarely in it."""


def check_position(easting: float | None, northing: float | None) -> None:
    """Raise DataProblem where a position that somebody gave is half of one; none at all is fine."""
    position = [easting, northing]
    if position != [None, None] and not all(number is not None and math.isfinite(number) for number in position):
        raise DataProblem("A position is an easting and a northing, both in metres of the National Grid. Give both, or neither.")


def place_of_each(easting: pd.Series, northing: pd.Series, precision_m: pd.Series, places: gpd.GeoDataFrame) -> pd.Series:
    """Return the id of the place each record belongs to, missing where there is none near enough.

    `places` is in metres, indexed by id, with `rank` (lower is preferred: a park before a street). Of several places that
    hold a record, the best ranked and then the smallest wins; places that hold it come before places that are near.
    """
    frames.check_metres(places)
    located = np.flatnonzero(easting.notna() & northing.notna())
    points = np.asarray(shapely.points(easting.to_numpy()[located], northing.to_numpy()[located]))
    reach_m = np.clip(precision_m.fillna(REACH_M).to_numpy()[located], REACH_M, POSTCODE_REACH_M)
    shapes = places.geometry.to_numpy()
    point_at, place_at = shapely.STRtree(shapes).query(points, predicate="dwithin", distance=reach_m)
    pairs = pd.DataFrame(
        {
            "record": located[point_at],
            "place": places.index.to_numpy()[place_at],
            "distance_m": shapely.distance(points[point_at], shapes[place_at]),
            "rank": places["rank"].to_numpy()[place_at],
            "area_m2": shapely.area(shapes[place_at]),
        }
    )
    pairs["near"] = pairs["distance_m"] > 0
    pairs["distance_m"] = pairs["distance_m"].round()
    best = pairs.sort_values(["record", "near", "rank", "distance_m", "area_m2", "place"]).drop_duplicates("record")
    found = pd.Series(None, index=easting.index, dtype=object, name="place")
    found.iloc[best["record"].to_numpy()] = best["place"].to_numpy()
    return found


def in_place(
    easting: pd.Series, northing: pd.Series, precision_m: pd.Series, boundary: shapely.Geometry, others: gpd.GeoDataFrame
) -> pd.Series:
    """Say which records belong to a place by its own boundary, in metres: those in it, and those near it that lie nearer to no other.

    `others` are the places round about as in `place_of_each`, without the map's own place of this ground. A record in the boundary
    counts whatever else it lies in.
    """
    frames.check_metres(others)
    located = easting.notna() & northing.notna()
    found = pd.Series(data=False, index=easting.index)
    at = easting[located].to_numpy(), northing[located].to_numpy()
    boundary = frames.prepared(boundary)
    found[located] = shapely.intersects_xy(boundary, *at)
    left = located & ~found
    if left.any():
        near = others.iloc[others.sindex.query(shapely.buffer(boundary, 2 * POSTCODE_REACH_M), predicate="intersects")]
        ours = gpd.GeoDataFrame({"rank": [1]}, index=[_OURS], geometry=[boundary], crs=others.crs)
        places = pd.concat([near[["rank", "geometry"]], ours])
        found[left] = place_of_each(easting[left], northing[left], precision_m[left], places) == _OURS
    return found


_OURS = "the place asked about"


def nearest_place(easting: pd.Series, northing: pd.Series, places: gpd.GeoDataFrame) -> str | None:
    """Return the id of the place nearest to the middle of some records, however far; None where there are no places."""
    frames.check_metres(places)
    if places.empty:
        return None
    middle = shapely.Point(float(easting.median()), float(northing.median()))
    return str(places.distance(middle).idxmin())


def name_clusters(cluster: pd.Series, place: pd.Series) -> pd.Series:
    """Return the place each cluster is named after: the one that holds most of its records.

    Overlap is counted in records and not in square metres, because a hexagon overlaps many places in which nothing
    happened. `cluster` and `place` share the records' index, missing where there is none; the result is indexed by cluster.
    """
    pairs = pd.DataFrame({"cluster": cluster, "place": place}).dropna()
    counts = pairs.groupby(["cluster", "place"]).size().rename("records").reset_index()
    most = counts.sort_values(["cluster", "records", "place"], ascending=[True, False, True]).drop_duplicates("cluster")
    return most.set_index("cluster")["place"]
