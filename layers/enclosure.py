"""How closed in a way is: what stands on both sides of it, how far apart, and how far it is to the next way out.

Everything here is measured on shapes in British National Grid metres, for all ways at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy import sparse

from geo import frames
from layers import along_lines

SAMPLE_M = 3.0
"""A way is looked at once in every three metres: a garden is five or more wide, so none is stepped over."""

REACH_M = 6.0
"""How far a look to the left or right goes. A line on the map is a metre or two off, and an alley itself is under five wide."""

WIDEST_M = 8.0
"""Sides further apart than this are those of a street, or of nothing: the widest ginnel is four or five, and each side may be drawn off."""

NEAR_M = 25.0
"""With nothing that could stand beside a way recorded this near, nobody has drawn the walls here and nothing can be said."""

ON_THE_WAY_M = 0.2
"""What is drawn nearer than this lies across the way or along it and is not a side of it."""

BARRIERS = ("wall", "fence", "hedge", "retaining_wall", "city_wall", "wire_fence", "railing", "castle_wall")
"""Barriers that close a side. A kerb, a ditch or a guard rail can be stepped over, and is seen over."""

NO_BUILDINGS = ("no", "roof", "carport", "demolished", "construction")
"""Values of `building` that have no wall down to the ground."""

Shapes = NDArray[np.object_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Solids:
    """What can close a side: the outline of each building and barrier, and the level it stands on."""

    outlines: Shapes
    levels: Numbers
    buildings: Shapes
    """The buildings again, as areas."""


def solids(lines: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> Solids:
    """Gather what closes a side from an extract's lines and areas, in EPSG:27700."""
    frames.check_metres(lines)
    frames.check_metres(areas)
    walls = lines[lines["barrier"].isin(BARRIERS)]
    buildings = areas[areas["building"].notna() & ~areas["building"].isin(NO_BUILDINGS)]
    thick_walls = areas[areas["barrier"].isin(BARRIERS) & ~areas.index.isin([*walls.index, *buildings.index])]
    shapes = np.concatenate([group.geometry.to_numpy() for group in (walls, buildings, thick_walls)])
    levels_of = np.concatenate([levels(group) for group in (walls, buildings, thick_walls)])
    outlines = np.where(shapely.get_dimensions(shapes) == 2, shapely.boundary(shapes), shapes)
    sound = np.isfinite(shapely.length(outlines))
    return Solids(outlines[sound], levels_of[sound], _sound(buildings.geometry.to_numpy()))


def levels(features: gpd.GeoDataFrame) -> Numbers:
    """Return the level each feature lies on: its `layer`, else 1 for a bridge, else 0 (a tunnel through a building is at the ground)."""
    told = pd.to_numeric(features["layer"], errors="coerce").to_numpy(dtype=float)
    bridge = features["bridge"].notna() & (features["bridge"] != "no")
    return np.where(np.isfinite(told), told, np.where(bridge, 1.0, 0.0))


def measure(
    ways: gpd.GeoDataFrame,
    around: Solids,
    *,
    streets: gpd.GeoSeries,
    open_ground: gpd.GeoSeries,
    covered: pd.Series[bool],
) -> pd.DataFrame:
    """Return for each way how closed in it is, on the same index.

    Takes lines with `layer` and `bridge` in EPSG:27700, what stands around, the centre lines of streets (a side on which a
    street comes before the wall is open), and open ground, inside which nothing is closed in: a path between two hedges of a
    park. Returns `enclosed_share` (0 to 1, of its length, with something on both sides no further apart than WIDEST_M),
    `width_m` (median distance between the two sides there), `built_share` (of its length, with a building within NEAR_M). All
    are missing where nothing is recorded near it or it has no length; `width_m` also where it is nowhere closed in. A way that
    is `covered` is closed in where it runs inside a building; any other is not, because a line drawn through a building says
    nothing about its sides.
    """
    frames.check_metres(ways)
    frames.check_metres(streets)
    frames.check_metres(open_ground)
    samples = _samples(_lines(ways))
    recorded = _hit_by(samples, around.outlines, within_m=NEAR_M)
    looks = _looks(samples, np.flatnonzero(recorded))
    own_levels = levels(ways)[samples.way[looks.sample]]
    outlines, centre_lines = shapely.STRtree(around.outlines), shapely.STRtree(_sound(streets.to_numpy()))
    left_m, right_m = (_first_hit_m(rays, outlines, levels=(own_levels, around.levels)) for rays in (looks.left, looks.right))
    between = left_m + right_m <= WIDEST_M
    for rays, wall_m in ((looks.left, left_m), (looks.right, right_m)):
        between[between] &= _first_hit_m(rays[between], centre_lines) >= wall_m[between]
    closed, apart_m = np.zeros(len(recorded), dtype=bool), np.full(len(recorded), np.nan)
    closed[looks.sample[between]] = True
    closed &= ~_hit_by(samples, _sound(open_ground.to_numpy()))
    apart_m[looks.sample] = left_m + right_m
    inside = _hit_by(samples, around.buildings)
    closed = np.where(inside, covered.to_numpy(dtype=bool)[samples.way], closed)
    return _by_way(
        samples,
        ways.index,
        enclosed=closed,
        width_m=np.where(closed & ~inside, apart_m, np.nan),
        built=_hit_by(samples, around.buildings, within_m=NEAR_M),
        recorded=recorded,
    )


def longest_without_way_out_m(ways: gpd.GeoDataFrame, highways: gpd.GeoDataFrame) -> pd.Series[float]:
    """Return for each way the metres of the longest stretch on it that can be left only at its ends.

    A way out is a point shared with another of the `highways`: what crosses on a bridge shares no point, and where two of the
    `ways` only carry on from each other the stretch is theirs together. A dead end is the end of a stretch too. Missing for a
    way without length.
    """
    frames.check_metres(ways)
    vertices, way = shapely.get_coordinates(_lines(ways), return_index=True)
    if not len(way):
        return pd.Series(np.nan, index=ways.index, dtype="float64")
    keys, point = np.unique(point_keys(vertices), return_inverse=True)
    follows = np.diff(way) == 0
    arms = np.bincount(point[:-1][follows], minlength=len(keys)) + np.bincount(point[1:][follows], minlength=len(keys))
    others = _lines(highways[~highways.index.isin(ways.index)])
    can_leave = (arms > 2) | np.isin(keys, point_keys(shapely.get_coordinates(others)))
    # A step goes from one point of a way to the next; steps that meet where one cannot leave are of one stretch.
    start = np.flatnonzero(follows)
    step, ends = np.tile(np.arange(len(start)), 2), np.concatenate([point[start], point[start + 1]])
    inner = ~can_leave[ends]
    size = len(start) + len(keys)
    meets = sparse.coo_array((np.ones(inner.sum()), (step[inner], len(start) + ends[inner])), shape=(size, size))
    stretch = sparse.csgraph.connected_components(meets, directed=False)[1][: len(start)]
    step_m = np.hypot(*(vertices[start + 1] - vertices[start]).T)
    stretch_m = np.bincount(stretch, weights=step_m)
    found = pd.Series(stretch_m[stretch]).groupby(way[start]).max()
    longest = found.reindex(np.arange(len(ways))).set_axis(ways.index)
    return longest.where(longest > 0)


def leads_on(ways: gpd.GeoDataFrame, highways: gpd.GeoDataFrame, gates: gpd.GeoSeries) -> pd.Series[bool]:
    """Say for each way whether both its ends go on: to another of the highways or through a gate. A path to a door does not."""
    vertices, way = shapely.get_coordinates(_lines(ways), return_index=True)
    first, last = np.r_[True, np.diff(way) != 0][: len(way)], np.r_[np.diff(way) != 0, True][: len(way)]
    ends = point_keys(vertices)
    every, whose = shapely.get_coordinates(_lines(highways), return_index=True)
    at_an_end = np.isin(point_keys(every), ends[first | last])
    used = pd.DataFrame({"key": point_keys(every[at_an_end]), "way": highways.index.to_numpy()[whose[at_an_end]]}).drop_duplicates()
    own = pd.DataFrame({"key": ends, "way": ways.index.to_numpy()[way]}).drop_duplicates()
    met = pd.concat([used, own]).drop_duplicates()["key"].value_counts()
    goes_on = np.isin(ends, met.index[met > 1].to_numpy()) | np.isin(ends, point_keys(shapely.get_coordinates(gates.to_numpy())))
    ring = shapely.is_closed(_lines(ways))
    both = pd.Series(True, index=ways.index)
    both.iloc[way[(first | last) & ~goes_on]] = False
    return both | ring


def on_the_line(ways: gpd.GeoDataFrame, points: gpd.GeoSeries) -> pd.Series[bool]:
    """Say for each way whether one of the points is a point of it."""
    vertices, way = shapely.get_coordinates(_lines(ways), return_index=True)
    hit = np.isin(point_keys(vertices), point_keys(shapely.get_coordinates(points.to_numpy())))
    return pd.Series(np.isin(np.arange(len(ways)), way[hit]), index=ways.index)


@dataclass(frozen=True)
class _Samples:
    """Points along ways: on which (by position), how far along it, and the step over which its direction is taken."""

    lines: Shapes
    way: NDArray[np.intp]
    along_m: Numbers
    step_m: Numbers
    points: shapely.STRtree


@dataclass(frozen=True)
class _Looks:
    """From which samples one looks out, and the line of sight to each side."""

    sample: NDArray[np.intp]
    left: Shapes
    right: Shapes


def _samples(lines: Shapes) -> _Samples:
    length_m = np.nan_to_num(shapely.length(lines))
    counts = np.where(length_m > ON_THE_WAY_M, np.maximum(1, np.rint(length_m / SAMPLE_M)), 0).astype(np.intp)
    way, place = along_lines.each_of(counts)
    apart_m = length_m[way] / counts[way]
    along_m = (place + 0.5) * apart_m
    return _Samples(lines, way, along_m, apart_m / 4, shapely.STRtree(shapely.line_interpolate_point(lines[way], along_m)))


def _looks(samples: _Samples, sample: NDArray[np.intp]) -> _Looks:
    """Look out square to the way from these samples; not where it turns back on itself and so has no sides."""
    lines, along_m, step_m = samples.lines[samples.way[sample]], samples.along_m[sample], samples.step_m[sample]
    ahead, behind = (shapely.get_coordinates(shapely.line_interpolate_point(lines, along_m + step)) for step in (step_m, -step_m))
    direction = ahead - behind
    long = np.hypot(*direction.T)
    sample, direction, long = sample[long > 0], direction[long > 0], long[long > 0]
    across = np.column_stack([-direction[:, 1], direction[:, 0]]) * (REACH_M / long)[:, None]
    spots = shapely.get_coordinates(samples.points.geometries[sample])
    left, right = (np.asarray(shapely.linestrings(np.stack([spots, spots + side], axis=1))) for side in (across, -across))
    return _Looks(sample, left, right)


def _first_hit_m(rays: Shapes, shapes: shapely.STRtree, *, levels: tuple[Numbers, Numbers] | None = None) -> Numbers:
    """Return how far along each ray the first of the shapes is, of those on its own level; infinite where there is none."""
    nearest = np.full(len(rays), np.inf)
    ray, shape = shapes.query(rays, predicate="intersects")
    if levels is not None:
        same = levels[0][ray] == levels[1][shape]
        ray, shape = ray[same], shape[same]
    starts = shapely.get_point(rays[ray], 0)
    hit_m: Numbers = np.asarray(shapely.distance(starts, shapely.intersection(rays[ray], shapes.geometries[shape])))
    beside = hit_m > ON_THE_WAY_M
    np.minimum.at(nearest, ray[beside], hit_m[beside])
    return nearest


def _hit_by(samples: _Samples, shapes: Shapes, *, within_m: float = 0.0) -> NDArray[np.bool_]:
    """Say which points one of the shapes touches, or comes as near as that."""
    tree, hit = samples.points, np.zeros(len(samples.way), dtype=bool)
    found = tree.query(shapes, predicate="dwithin", distance=within_m) if within_m else tree.query(shapes, predicate="intersects")
    hit[found[1]] = True
    return hit


def _by_way(samples: _Samples, index: pd.Index[str], **values: NDArray[np.generic]) -> pd.DataFrame:
    looked = pd.DataFrame(values).groupby(samples.way)
    shares = looked[["enclosed", "built", "recorded"]].mean().assign(width_m=looked["width_m"].median())
    shares = shares.reindex(np.arange(len(index))).set_axis(index).rename(columns={"enclosed": "enclosed_share", "built": "built_share"})
    return shares[["enclosed_share", "width_m", "built_share"]].where(shares["recorded"] > 0)


def _lines(ways: gpd.GeoDataFrame) -> Shapes:
    """Return the lines of the ways, None where one is not a single line with finite corners."""
    shapes: Shapes = ways.geometry.to_numpy().copy()
    shapes[~np.isin(shapely.get_type_id(shapes), (1, 2)) | ~np.isfinite(shapely.length(shapes))] = None
    return shapes


def _sound(shapes: Shapes) -> Shapes:
    return shapes[np.isfinite(shapely.length(shapes))]


def point_keys(vertices: Numbers) -> NDArray[np.int64]:
    """Return points in metres as single whole numbers, the same for the same point of the map: to the centimetre, which no two share."""
    with np.errstate(invalid="ignore"):  # a point of no place is the same as every other, and near to nothing
        east, north = np.rint(vertices * 100).astype(np.int64).T
    keys: NDArray[np.int64] = east * 2**32 + north
    return keys
