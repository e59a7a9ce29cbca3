"""Distances along lines, by arithmetic: where lines run inside circles and where far from points, and areas as the level lines across them.

Everything is in metres (EPSG:27700).
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

_LOOK_M = 25.0
"""How long the pieces are that each are near one of some points or not."""

_CHORDS, _APART_M = 128, (1.0, 5.0)
"""Areas are measured along level lines, so many to an area and no nearer or further apart than this: the shares are good to 1 %."""

_SMALLEST_CHORDS = 16

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]
Segments = tuple[Ints, Floats, Floats, Floats]
"""Straight pieces of lines: feature, start, end, and how far along the feature each starts."""


def as_lines(shapes: Shapes) -> Shapes:
    """Return lines as they are, and for areas the level lines across them, evenly apart: as long together as the area is large."""
    bounds = shapely.bounds(shapes)
    is_area = (shapely.get_dimensions(shapes) == 2) & (bounds[:, 3] > bounds[:, 1])  # an empty shape has none
    areas = shapes[is_area]
    if not len(areas):
        return shapes
    west, south, east, north = bounds[is_area].T
    height = north - south
    apart = np.minimum(np.clip(height / _CHORDS, *_APART_M), height / _SMALLEST_CHORDS)
    count = np.ceil(height / apart).astype(int)
    area, number = each_of(count)
    level = south[area] + (number + 0.5) * (height / count)[area]
    ends = np.stack([np.column_stack([west[area], level]), np.column_stack([east[area], level])], axis=1)
    across = np.asarray(shapely.multilinestrings(np.asarray(shapely.linestrings(ends), object), indices=area), object)
    shapely.prepare(areas)
    lines = shapes.copy()
    lines[is_area] = shapely.intersection(across, areas)
    return lines


def each_of(counts: NDArray[np.integer]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return rows for things of which there are so many each: which one a row is of, and its number among those of that one, from 0."""
    which = np.repeat(np.arange(len(counts)), counts)
    return which, np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)


def segments(shapes: Shapes) -> Segments:
    """Return the straight pieces of lines: feature, start, end, and how far along the feature each starts."""
    parts, line = shapely.get_parts(shapes, return_index=True)
    points, part = shapely.get_coordinates(parts, return_index=True)
    joined = part[1:] == part[:-1]
    start, end = points[:-1][joined], points[1:][joined]
    feature = line[part[:-1][joined]]
    length = np.hypot(*(end - start).T)
    some = length > 0
    feature, start, end, length = feature[some], start[some], end[some], length[some]
    total = np.cumsum(length)
    first = np.r_[True, feature[1:] != feature[:-1]] if len(feature) else np.empty(0, bool)
    before = (total - length)[first]
    return feature, start, end, (total - length) - np.repeat(before, np.diff(np.r_[np.flatnonzero(first), len(feature)]))


def in_circles(pieces: Segments, centres: Floats, radius_m: Floats) -> tuple[Ints, Ints, Floats, Floats]:
    """Return the intervals along lines that lie in circles: feature, circle, from and to in metres, by arithmetic."""
    feature, start, end, offset_m = pieces
    if not len(feature) or not len(centres):
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0)
    tree = shapely.STRtree(np.asarray(shapely.linestrings(np.stack([start, end], axis=1)), object))
    circle, segment = tree.query(shapely.points(centres), predicate="dwithin", distance=radius_m)
    along = end[segment] - start[segment]
    length = np.hypot(*along.T)
    away = centres[circle] - start[segment]
    middle = (away * along).sum(axis=1) / length
    half_squared = radius_m[circle] ** 2 - np.maximum((away**2).sum(axis=1) - middle**2, 0)
    half = np.sqrt(np.maximum(half_squared, 0))
    from_m, to_m = np.clip(middle - half, 0, length), np.clip(middle + half, 0, length)
    some = to_m > from_m
    at_m = offset_m[segment]
    return feature[segment][some], circle[some].astype(np.int64), (at_m + from_m)[some], (at_m + to_m)[some]


def away_from(pieces: Segments, points: Floats, distance_m: float) -> tuple[Ints, Floats, Floats]:
    """Return the pieces of lines that lie further than `distance_m` from every point: feature, from and to in metres."""
    feature, start, end, offset_m = pieces
    length = np.hypot(*(end - start).T)
    count = np.maximum(np.ceil(length / _LOOK_M).astype(int), 1)
    segment, number = each_of(count)
    step = (length / count)[segment]
    if len(segment):
        share = ((number + 0.5) / count[segment])[:, None]
        middles = start[segment] + share * (end - start)[segment]
        bare = np.isinf(cKDTree(points).query(middles, distance_upper_bound=distance_m)[0])
        segment, number, step = segment[bare], number[bare], step[bare]
    from_m = offset_m[segment] + number * step
    return feature[segment], from_m, from_m + step
