"""The square world that web maps are cut from: Web Mercator (EPSG:3857), as a unit square and as tiles. Degrees come in.

World units run from 0 to 1, east and south, so that at zoom `z` a tile is `2 ** -z` wide and no distance is ever measured
here: Web Mercator stretches Great Britain by two thirds, and is for drawing only.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

TILE_PX = 256
"""The width of a tile on the screen in CSS pixels, as every web map counts zooms."""

HIGHEST_ZOOM = 22
"""Tiles of four metres: no published scheme goes further, and numbers beyond it are somebody trying."""

MOST_LATITUDE = 85.0511287798
"""Where the square ends."""


def to_world(longitude: ArrayLike, latitude: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return positions in degrees as x and y in world units."""
    sine = np.sin(np.radians(np.clip(np.asarray(latitude, float), -MOST_LATITUDE, MOST_LATITUDE)))
    return (np.asarray(longitude, float) + 180) / 360, 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)


def to_degrees(x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return positions in world units as longitude and latitude."""
    latitude: NDArray[np.float64] = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * np.asarray(y, float)))))
    return np.asarray(x, float) * 360 - 180, latitude


def shapes_to_world(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return shapes in degrees as shapes in world units."""
    moved: NDArray[np.object_] = shapely.transform(shapes, lambda xy: np.column_stack(to_world(xy[:, 0], xy[:, 1])))
    return moved


def tile_count(area: shapely.Geometry, zoom: int) -> int:
    """Say about how many tiles an area in world units takes at a zoom, without laying them out."""
    size = 2.0**-zoom
    return int(shapely.area(area) / size**2 + shapely.length(area) / size) + 1


def tiles_of(area: shapely.Geometry, zoom: int) -> NDArray[np.int64]:
    """Return the tiles that touch an area in world units, as rows of `x, y`, from the north-west by column."""
    size = 2.0**-zoom
    west, north, east, south = (int(side) for side in np.clip(np.floor(shapely.bounds(area) / size), 0, 2**zoom - 1))
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(west, east + 1), np.arange(north, south + 1), indexing="ij"))
    shapely.prepare(area)
    touching = shapely.intersects(area, shapely.box(x * size, y * size, (x + 1) * size, (y + 1) * size))
    return np.column_stack([x[touching], y[touching]]).astype(np.int64)
