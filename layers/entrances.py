"""Where one comes into an open space on foot, whether a path goes through it, and how far one walks in it without light."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy import sparse

from geo import frames
from layers import enclosure

EDGE_M = 3.0
"""What is this near the edge is at the edge: an edge is often drawn along the fence, and the path up to the gate."""

SAME_WAY_IN_M = 10.0
"""Two openings nearer than this are one way in: the gate, the path through it and the steps beside it."""

OPENINGS = (
    *("gate", "kissing_gate", "swing_gate", "lift_gate", "wicket_gate", "hampshire_gate", "entrance", "stile", "cycle_barrier"),
    *("bollard", "cattle_grid", "motorcycle_barrier", "turnstile", "sally_port", "block", "chain", "height_restrictor"),
)
"""Values of `barrier` on a point where people on foot get through."""

COLUMNS = ("entrances", "paths_through", "longest_unlit_m", "unlit_parts")

Shapes = NDArray[np.object_]
Positions = NDArray[np.intp]


def ways_in(
    polygons: gpd.GeoSeries, paths: gpd.GeoSeries, *, unlit: pd.Series[bool], points: gpd.GeoDataFrame | None = None
) -> pd.DataFrame:
    """Return for each polygon how one comes in and goes through, on the same index.

    Takes polygons and paths in EPSG:27700, which of the paths are `unlit`, and points with `barrier` and `entrance`. Returns
    `entrances` (distinct places at the outer edge where a path crosses it or ends at it, or a gate or entrance stands),
    `paths_through` (connected paths inside that reach the edge at two of them or more), `longest_unlit_m` (of the connected
    stretches of unlit path inside) and `unlit_parts` (how many of these there are). A path that only runs along the edge counts
    for nothing. All are numbers; what nobody recorded counts as none.
    """
    frames.check_metres(polygons)
    frames.check_metres(paths)
    shapes = polygons.to_numpy()
    edges = _outer_edges(shapes)
    piece, park, source = _pieces(shapes, paths.to_numpy())
    ends = shapely.get_coordinates([shapely.get_point(piece, 0), shapely.get_point(piece, -1)]).reshape(-1, 2)
    end_piece = np.tile(np.arange(len(piece)), 2)
    at_edge = shapely.distance(shapely.points(ends), edges[park[end_piece]]) <= EDGE_M
    spots, spot_park, spot_piece = ends[at_edge], park[end_piece[at_edge]], end_piece[at_edge]
    others, other_park = _openings(edges, paths, points)
    way_in = _gathered(np.concatenate([spots, others]), np.concatenate([spot_park, other_park]))
    entrances = pd.Series(way_in).groupby(np.concatenate([spot_park, other_park])).nunique()

    walk = _connected(piece, park)
    reached = pd.DataFrame({"walk": walk[spot_piece], "park": spot_park, "way_in": way_in[: len(spots)]})
    reached_at = reached.groupby(["park", "walk"])["way_in"].nunique()
    through = (reached_at >= 2).groupby(level="park").sum()

    dark = unlit.to_numpy(dtype=bool)[source]
    stretch = pd.DataFrame({"park": park[dark], "stretch": _connected(piece[dark], park[dark]), "m": shapely.length(piece[dark])})
    stretch_m = stretch.groupby(["park", "stretch"])["m"].sum().groupby(level="park")
    found = pd.DataFrame(
        {"entrances": entrances, "paths_through": through, "longest_unlit_m": stretch_m.max().round(1), "unlit_parts": stretch_m.size()}
    )
    return found.reindex(np.arange(len(shapes))).fillna(0.0).astype(float).set_axis(polygons.index)[list(COLUMNS)]


def _pieces(shapes: Shapes, paths: Shapes) -> tuple[Shapes, Positions, Positions]:
    """Return the parts of paths inside polygons, each with the position of its polygon and of its path; not what runs along an edge."""
    park, path = shapely.STRtree(paths).query(shapes, predicate="intersects")
    inside = shapely.intersection(paths[path], shapes[park])
    part, pair = shapely.get_parts(shapely.line_merge(inside), return_index=True)
    part, nested = shapely.get_parts(part, return_index=True)  # what touches in points as well as lines comes as a collection
    pair = pair[nested]
    within = np.asarray(shapely.buffer(shapes, -EDGE_M))
    kept = (shapely.get_type_id(part) == 1) & (shapely.length(part) > 0)
    kept &= shapely.intersects(part, within[park[pair]])
    return part[kept], park[pair[kept]], path[pair[kept]]


def _openings(edges: Shapes, paths: gpd.GeoSeries, points: gpd.GeoDataFrame | None) -> tuple[NDArray[np.float64], Positions]:
    """Return what is an opening besides the paths inside: ends of paths at the edge, gates, entrances; with their polygons' positions."""
    lines = paths.to_numpy()
    candidates = [shapely.get_point(lines, 0), shapely.get_point(lines, -1)]
    if points is not None:
        gates = points["barrier"].isin(OPENINGS) | (points["entrance"].notna() & (points["entrance"] != "no") & points["building"].isna())
        candidates.append(points.geometry[gates].to_numpy())
    spots = np.concatenate(candidates)
    edge, spot = shapely.STRtree(spots).query(edges, predicate="dwithin", distance=EDGE_M)
    return shapely.get_coordinates(spots[spot]), edge


def _gathered(spots: NDArray[np.float64], park: Positions) -> Positions:
    """Number the spots so that those of one polygon within SAME_WAY_IN_M of each other, or of a third, have one number."""
    if not len(spots):
        return np.zeros(0, dtype=np.intp)
    points: Shapes = np.asarray(shapely.points(spots))
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=SAME_WAY_IN_M)
    same = park[one] == park[other]
    near = sparse.coo_array((np.ones(same.sum()), (one[same], other[same])), shape=(len(spots), len(spots)))
    return np.asarray(sparse.csgraph.connected_components(near, directed=False)[1], dtype=np.intp)


def _connected(pieces: Shapes, park: Positions) -> Positions:
    """Number the pieces so that those of one polygon that share a point, or join through others, have one number."""
    if not len(pieces):
        return np.zeros(0, dtype=np.intp)
    vertices, piece = shapely.get_coordinates(pieces, return_index=True)
    shared = pd.DataFrame({"key": enclosure.point_keys(vertices), "park": park[piece]}).groupby(["key", "park"], sort=False).ngroup()
    size = len(pieces) + int(shared.max()) + 1
    meets = sparse.coo_array((np.ones(len(piece)), (piece, len(pieces) + shared.to_numpy())), shape=(size, size))
    return np.asarray(sparse.csgraph.connected_components(meets, directed=False)[1][: len(pieces)], dtype=np.intp)


def _outer_edges(shapes: Shapes) -> Shapes:
    """Return the outer rings of each polygon: the shore of a lake in it is no way in."""
    polygon, whose = shapely.get_parts(shapes, return_index=True)
    return np.asarray(shapely.multilinestrings(shapely.get_exterior_ring(polygon), indices=whose, out=np.empty(len(shapes), dtype=object)))
