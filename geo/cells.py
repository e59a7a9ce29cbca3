"""H3 cells: the hexagons that find places. They are never the unit of work.

A cell is held as an unsigned 64-bit integer (0 means "no cell") and written out as H3's own hexadecimal text. Points come
in as WGS84 degrees, because that is what H3 is defined on; outlines go out in degrees for the screen. Many points go
through Polars' H3 expressions, which loop in compiled code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import polars as pl
import polars_h3
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from geo import frames

RESOLUTIONS = range(7, 12)
"""H3 resolutions that suit harm outside the home: from a rural community (7, 5.2 km²) to part of a street (11, 0.002 km²)."""

Cells = NDArray[np.uint64]


@dataclass(frozen=True)
class StudyArea:
    """The cells an analysis is about: every cell whose centre is inside the boundary, and occupied cells that overlap it.

    Occupied cells alone would hide hotspots (there would be no quiet cells to compare with); a box or hull round the
    points would invent them.
    """

    cells: Cells
    """Sorted, without repeats."""
    by_centre: int
    occupied: int
    """How many cells are in only because something was recorded in their part of the area."""


def from_points(longitude: ArrayLike, latitude: ArrayLike, resolution: int) -> Cells:
    """Return the cell of each WGS84 point, 0 where either coordinate is missing."""
    points = pl.DataFrame({"longitude": np.asarray(longitude, float), "latitude": np.asarray(latitude, float)})
    known = points.select(pl.all_horizontal(pl.all().is_finite())).to_series().to_numpy()
    cells = np.zeros(points.height, np.uint64)
    cells[known] = points.filter(known).select(polars_h3.latlng_to_cell("latitude", "longitude", resolution)).to_series().to_numpy()
    return cells


def study_area(area: shapely.Geometry, occupied: Cells, resolution: int) -> StudyArea:
    """Return the study area of a boundary in metres (EPSG:27700), given the cells in which anything was recorded."""
    in_degrees = frames.in_degrees(gpd.GeoSeries([area], crs=frames.BRITISH_NATIONAL_GRID)).iloc[0]
    by_centre = np.unique(np.array([h3.str_to_int(cell) for cell in h3.geo_to_cells(in_degrees, resolution)], np.uint64))
    candidates = np.setdiff1d(occupied[occupied != 0], by_centre)
    overlapping = candidates[shapely.intersects(outlines(candidates).to_numpy(), in_degrees)]
    return StudyArea(np.union1d(by_centre, overlapping), len(by_centre), len(overlapping))


def positions(cells: Cells, among: Cells) -> NDArray[np.intp]:
    """Return where each cell stands in the sorted cells `among`, -1 where it is not there."""
    if not len(among):
        return np.full(len(cells), -1)
    at = np.minimum(np.searchsorted(among, cells), len(among) - 1)
    return np.where(among[at] == cells, at, -1)


def count_points(point_cells: Cells, cells: Cells, weights: ArrayLike | None = None) -> pd.Series:
    """Count points in each of the sorted `cells`, by weight where given; points in other cells are left out."""
    at = positions(point_cells, cells)
    inside = at >= 0
    each = None if weights is None else np.asarray(weights, float)[inside]
    return pd.Series(np.bincount(at[inside], weights=each, minlength=len(cells)).astype(float), index=cells)


def neighbours(cells: Cells, rings: int = 1) -> csr_array:
    """Return the binary matrix of which of the sorted `cells` lie within `rings` of each other, each its own neighbour."""
    disks = pl.DataFrame({"cell": cells}).select(pl.int_range(pl.len()).alias("from"), polars_h3.grid_disk("cell", rings).alias("to"))
    pairs = disks.explode("to")
    at = positions(pairs["to"].to_numpy(), cells)
    inside = at >= 0
    return csr_array((np.ones(inside.sum()), (pairs["from"].to_numpy()[inside], at[inside])), shape=(len(cells), len(cells)))


def disks(cells: Cells, most_rings: int) -> list[csr_array]:
    """Return `neighbours` of the sorted `cells` within no ring, one, and so on up to `most_rings`: a disk of each size round each."""
    return [neighbours(cells, rings) for rings in range(most_rings + 1)]


def outlines(cells: Cells) -> gpd.GeoSeries:
    """Return the hexagon of each cell in degrees (EPSG:4326), indexed by cell."""
    if not len(cells):
        return gpd.GeoSeries([], index=cells, crs=frames.DEGREES)
    rings = pl.DataFrame({"cell": cells}).select(polars_h3.cell_to_boundary("cell").alias("ring"))["ring"]
    latitude_first = rings.explode().explode().to_numpy().reshape(-1, 2)
    cell_at = np.repeat(np.arange(len(cells)), rings.list.len().to_numpy())
    return gpd.GeoSeries(shapely.polygons(shapely.linearrings(latitude_first[:, ::-1], indices=cell_at)), index=cells, crs=frames.DEGREES)


def as_text(cells: Cells) -> list[str]:
    """Return H3's own hexadecimal text for each cell."""
    return [format(cell, "x") for cell in cells.tolist()]


def from_text(texts: Iterable[str]) -> Cells:
    """Return cells from H3's own hexadecimal text for them."""
    return np.array([int(text, 16) for text in texts], np.uint64)


def area_km2(resolution: int) -> float:
    """Return the mean area of a cell at a resolution, in square kilometres."""
    return float(h3.average_hexagon_area(resolution, unit="km^2"))


def edge_m(resolution: int) -> float:
    """Return the mean edge of a cell at a resolution, in metres: finer positions than this make no difference to it."""
    return float(h3.average_hexagon_edge_length(resolution, unit="m"))
