"""Reach: how many minutes it takes to the nearest place that is open, along the paths that are recorded, at each hour asked."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.sparse.csgraph import dijkstra

from geo import frames
from layers.network import WALK_M_PER_MINUTE, Indices, Network, Numbers, graph

NEAREST_PATH_M = 300.0
"""A point farther than this from every recorded path has none: about the width of a large field, four minutes across open ground.
What lies beyond is not known, rather than far."""


@dataclass(frozen=True, eq=False)
class _Joined:
    """Where points lie along the network: the stretch each is nearest to (-1 for none), and the minutes to it and from its start."""

    stretch: Indices
    off: Numbers
    along: Numbers


def minutes(
    points: gpd.GeoSeries, places: gpd.GeoSeries, open_in_hours: pd.DataFrame | ArrayLike, network: Network, *,
    nearest_path_m: float = NEAREST_PATH_M,
) -> pd.DataFrame:  # fmt: skip
    """Return the minutes from each point to the nearest place that is open at each hour: points × hours.

    Points and places are in EPSG:27700; of a line or an area a point on it stands for it. `open_in_hours` has a row per place in
    the order of `places` and a column per hour; true, false or missing, and missing (hours not known) counts as not open:
    `hours_not_known` counts those. Columns are those of a frame, else 0, 1, … From a point to its nearest path, and from the path
    to a place, one walks straight. Missing (NaN) where nothing is open, where no path joins the point to what is open, or where no
    path is recorded within `nearest_path_m` of the point; a place without a path near it is never reached.

    Raises ValueError where the table of hours is not one row per place.
    """
    is_open, hours = _openness(open_in_hours, len(places))
    here, there = (_join(shapes, network, nearest_path_m) for shapes in (points, places))
    usable = there.stretch >= 0
    sets, set_of_hour = np.unique(is_open & usable[:, None], axis=1, return_inverse=True)
    matrix = graph(network, _links(there, network), len(places))
    beside, place, direct = _on_one_stretch(here, there)
    found = np.full((len(points), sets.shape[1]), np.inf)
    near = np.flatnonzero(here.stretch >= 0)
    stretch, along = here.stretch[near], here.along[near]
    start, end, left = network.start[stretch], network.end[stretch], network.minutes[stretch] - along
    for column, chosen in enumerate(sets.T):
        sources = np.flatnonzero(chosen)
        if not len(sources) or not len(near):
            continue
        from_junction = dijkstra(matrix, indices=network.junctions + sources, min_only=True)
        found[near, column] = np.minimum(from_junction[start] + along, from_junction[end] + left)
        np.minimum.at(found[:, column], beside[chosen[place]], direct[chosen[place]])
    found += here.off[:, None]
    answer = np.where(np.isfinite(found), found, np.nan)[:, set_of_hour.ravel()]
    return pd.DataFrame(answer, index=points.index, columns=hours)


def hours_not_known(open_in_hours: pd.DataFrame | ArrayLike) -> pd.Series:
    """Count for each hour the places of which it is not known whether they are open."""
    return _table(open_in_hours).isna().sum().astype(int)


def path_is_recorded(points: gpd.GeoSeries, network: Network, *, nearest_path_m: float = NEAREST_PATH_M) -> pd.Series:
    """Say of each point whether a path is recorded near it: where none is, minutes are missing for that reason."""
    return pd.Series(_join(points, network, nearest_path_m).stretch >= 0, index=points.index)


def _openness(open_in_hours: pd.DataFrame | ArrayLike, places: int) -> tuple[NDArray[np.bool_], pd.Index]:
    table = _table(open_in_hours)
    if len(table) != places:
        raise ValueError(f"open_in_hours has {len(table)} rows for {places} places")
    known = table.notna().to_numpy()
    return table.astype(object).where(known, other=False).to_numpy().astype(bool), table.columns


def _table(open_in_hours: pd.DataFrame | ArrayLike) -> pd.DataFrame:
    return open_in_hours if isinstance(open_in_hours, pd.DataFrame) else pd.DataFrame(np.asarray(open_in_hours))


def _join(shapes: gpd.GeoSeries, network: Network, nearest_path_m: float) -> _Joined:
    """Find the nearest stretch of each shape."""
    frames.check_metres(shapes)
    geometry = shapes.to_numpy()
    points = np.where(shapely.get_type_id(geometry) == shapely.GeometryType.POINT, geometry, shapely.point_on_surface(geometry))
    stretch = np.full(len(points), -1, np.int64)
    off, along = np.zeros(len(points)), np.zeros(len(points))
    if len(network) and len(points):
        (row, found), distance_m = network.tree.query_nearest(
            points, max_distance=nearest_path_m, return_distance=True, all_matches=False
        )  # fmt: skip
        stretch[row] = found
        off[row] = distance_m / WALK_M_PER_MINUTE
        line = network.lines[found]
        along[row] = shapely.line_locate_point(line, points[row], normalized=True) * network.minutes[found]
    return _Joined(stretch, off, along)


def _links(there: _Joined, network: Network) -> tuple[Indices, Indices, Numbers]:
    """Join each place, as a node of its own, to both ends of its stretch."""
    place = np.flatnonzero(there.stretch >= 0)
    stretch = there.stretch[place]
    to_start, to_end = there.off[place] + there.along[place], there.off[place] + network.minutes[stretch] - there.along[place]
    node = network.junctions + np.tile(place, 2)
    return node, np.concatenate([network.start[stretch], network.end[stretch]]), np.concatenate([to_start, to_end])


def _on_one_stretch(here: _Joined, there: _Joined) -> tuple[Indices, Indices, Numbers]:
    """Return every point and place that share a stretch, by number, and the minutes straight along it, without a junction between."""
    left = pd.DataFrame({"stretch": here.stretch, "point": np.arange(len(here.stretch)), "at": here.along})
    right = pd.DataFrame({"stretch": there.stretch, "place": np.arange(len(there.stretch)), "at": there.along, "off": there.off})
    both = left[left["stretch"] >= 0].merge(right, on="stretch")
    direct = (both["at_x"] - both["at_y"]).abs() + both["off"]
    return both["point"].to_numpy(np.int64), both["place"].to_numpy(np.int64), direct.to_numpy(float)
