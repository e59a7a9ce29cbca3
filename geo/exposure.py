"""What harm is expected in proportion to, where nothing makes one place worse than another: the null that a hotspot is told from.

Evenly over the area is the plainest, and calls every village of a sparse county a hotspot, and the middle of every town. Where people
live is open data that every gazetteer holds: a postcode is about fifteen addresses, so postcodes near a cell stand for the people who may
be in it. All recorded crime stands for how busy a place is.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import shapely
from numpy.typing import ArrayLike, NDArray

from geo import cells, frames, scan

WALK_M = 1_000.0
"""How far from home somebody is as likely to be as at their door: a quarter of an hour on foot, as young people's own places are."""

FEWEST_POINTS = 50
"""Points near an area under which they say nothing of how its people are spread."""

EVEN_SHARE = 0.05
"""Of the null's incidents, those that fall evenly whatever the exposure says: no record of residents or of crime is so complete that harm
cannot happen where it has nothing. Less, and a park that nobody lives near is called for a handful of incidents in two years."""


def homes(postcodes: pl.DataFrame, area: shapely.Geometry) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the longitudes and latitudes of a gazetteer's postcodes in use in and round an area (EPSG:27700)."""
    west, south, east, north = shapely.buffer(area, WALK_M).bounds
    known = postcodes.filter(pl.col("easting").is_between(west, east) & pl.col("northing").is_between(south, north) & ~pl.col("terminated"))
    return frames.points_in_degrees(known["easting"].cast(pl.Float64).to_numpy(), known["northing"].cast(pl.Float64).to_numpy())


def near_points(
    longitude: ArrayLike, latitude: ArrayLike, among: cells.Cells, resolution: int, *, walk_m: float = WALK_M
) -> NDArray[np.float64] | None:
    """Return for each cell the points (WGS84) within a walk of it, averaged over its cells; None where there are too few points to tell."""
    held = cells.count_points(cells.from_points(longitude, latitude, resolution), among).to_numpy()
    if held.sum() < FEWEST_POINTS:
        return None
    rings = round(walk_m / (np.sqrt(3) * cells.edge_m(resolution)))
    near = cells.neighbours(among, rings)
    return np.asarray((near @ held) / near.sum(axis=1))


def with_even_part(near: ArrayLike) -> NDArray[np.float64]:
    """Return the chance with which an incident of the null falls on each cell: mostly by what is near it, a little anywhere."""
    return np.asarray((1 - EVEN_SHARE) * scan.shares(near) + EVEN_SHARE / np.size(near))
