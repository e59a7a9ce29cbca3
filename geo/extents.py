"""Where something may have happened that is known to a street, a park or a sector: the whole of it, as fractions over its cells.

Metres (EPSG:27700) inside; H3 cells are found by degrees.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import polars as pl
import shapely
from numpy.typing import NDArray

from geo import cells, frames, typed_postcodes
from geo.gazetteer import Gazetteer

PARTS = 2**20
"""What a record is cut into: binary fractions, which add up to exactly 1 in any order."""

WIDTH_M = 20.0
"""How wide a line or a point is taken to be on either side: a street is more than its middle."""

MOST_CELLS = 5_000
"""More cells than this of one extent are thinned out evenly: its fractions are too small to show by then."""

_FEATURES = re.compile(r"[a-z_]+:(\d+(?:\+\d+)*)")
_AREA = re.compile(r"(?:sector|district):([A-Z]{1,2}[0-9][A-Z0-9]?)(?: ([0-9]))?")
_SQUARE = re.compile(r"square:(\d+)")


@dataclass(frozen=True)
class _Drawn:
    """What the gazetteer has of the extents of its things, each sorted by their number."""

    lines: pl.DataFrame
    boxes: pl.DataFrame
    over: dict[tuple[str, float, float, float, int], tuple[cells.Cells, NDArray[np.float64]]] = field(default_factory=dict)
    """The cells of each extent that was asked for, by what names it and the resolution: a changed filter asks for the same again."""


_KEPT: WeakKeyDictionary[Gazetteer, _Drawn] = WeakKeyDictionary()


def spread(located: pd.DataFrame, gazetteer: Gazetteer | None, resolution: int) -> pd.DataFrame:
    """Return the cells that each placed row may have happened in: `row` (its label), `cell` and `weight`, which sum to exactly 1 a row.

    `located` has the columns of `geocode.RESULT_COLUMNS`. A row known to a street, place, area or grid square is spread over the cells
    of that extent by how much of it lies in each, no further than its `precision_m` reaches; any other is in one cell. What the
    gazetteer no longer has is spread over the circle that `precision_m` draws. Rows that are not placed are left out.
    """
    placed = located[located["method"].to_numpy() != "none"]
    wide = placed["feature"].notna().to_numpy(bool)
    points = placed[~wide]
    at_points = cells.from_points(points["longitude"], points["latitude"], resolution)
    rows, found, weights = [np.flatnonzero(~wide)], [at_points], [np.ones(len(points))]
    columns = ["feature", "easting", "northing", "precision_m"]
    for (feature, easting, northing, reach_m), some in (
        placed[columns].assign(row=np.arange(len(placed)))[wide].groupby(columns, sort=False)
    ):
        over, parts = _cells_of(str(feature), float(easting), float(northing), float(reach_m), gazetteer, resolution)
        rows.append(np.repeat(some["row"].to_numpy(), len(over)))
        found.append(np.tile(over, len(some)))
        weights.append(np.tile(parts, len(some)))
    at = np.concatenate(rows)
    order = np.argsort(at, kind="stable")
    labels = placed.index.take(at[order])
    return pd.DataFrame({"row": labels, "cell": np.concatenate(found)[order], "weight": np.concatenate(weights)[order]})


def shapes(gazetteer: Gazetteer | None, features: Sequence[int]) -> dict[int, shapely.Geometry]:
    """Return the lines and areas of those features that are drawn."""
    if gazetteer is None:
        return {}
    return {number: shapely.from_wkb(wkb) for number, wkb in _rows(_drawn(gazetteer).lines, features)}


def _boxes(gazetteer: Gazetteer, features: Sequence[int]) -> dict[int, shapely.Geometry]:
    return {number: shapely.box(*sides) for number, *sides in _rows(_drawn(gazetteer).boxes, features)}


def _rows(table: pl.DataFrame, features: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return the rows of those features in a table that is sorted by them."""
    numbers = table["feature"].to_numpy()
    at = np.searchsorted(numbers, features)
    return table[[int(row) for row, feature in zip(at, features, strict=True) if row < len(numbers) and numbers[row] == feature]].rows()


def _drawn(gazetteer: Gazetteer) -> _Drawn:
    if gazetteer not in _KEPT:
        sides = gazetteer.names.group_by("feature").agg(pl.min("west", "south"), pl.max("east", "north"))
        _KEPT[gazetteer] = _Drawn(gazetteer.shapes.sort("feature").select("feature", "wkb"), sides.sort("feature"))
    return _KEPT[gazetteer]


def extent(feature: str, easting: float, northing: float, reach_m: float, gazetteer: Gazetteer | None) -> shapely.Geometry:
    """Return the extent that a row's `feature` names, as far as its precision reaches."""
    point = shapely.Point(easting, northing)
    if square := _SQUARE.fullmatch(feature):
        half_m = int(square[1]) / 2
        return shapely.box(easting - half_m, northing - half_m, easting + half_m, northing + half_m)
    circle = shapely.buffer(point, max(reach_m, WIDTH_M))
    shape = None
    if gazetteer is not None and (area := _AREA.fullmatch(feature)):
        found = typed_postcodes.area(area[1], area[2], gazetteer)
        shape = found.extent if found else None
    elif gazetteer is not None and (ids := _FEATURES.fullmatch(feature)):
        numbers = [int(number) for number in ids[1].split("+")]
        lines, boxes = shapes(gazetteer, numbers), _boxes(gazetteer, numbers)
        known = [lines.get(number, boxes.get(number)) for number in numbers]
        shape = shapely.union_all([shapely.buffer(one, WIDTH_M) for one in known if one is not None]) if any(known) else None
        if shape is not None and feature.startswith("junction:") and len(numbers) > 1:
            shape = None  # only where they meet
    within = shapely.intersection(shape, circle) if shape is not None else circle
    return within if shapely.area(within) > 0 else circle


def _cells_of(
    feature: str, easting: float, northing: float, reach_m: float, gazetteer: Gazetteer | None, resolution: int
) -> tuple[cells.Cells, NDArray[np.float64]]:
    """Return the cells of a row's extent and the share of it in each, computed once for each gazetteer."""
    named = (feature, easting, northing, reach_m)
    kept = _drawn(gazetteer).over if gazetteer is not None else {}
    if (*named, resolution) not in kept:
        kept[*named, resolution] = _over_cells(extent(*named, gazetteer), resolution)
    return kept[*named, resolution]


def _over_cells(extent: shapely.Geometry, resolution: int) -> tuple[cells.Cells, NDArray[np.float64]]:
    """Return the cells that an extent overlaps and the share of it in each, in parts of `PARTS`."""
    many = shapely.area(extent) / 1e6 / cells.area_km2(resolution) > MOST_CELLS
    # H3 finds the cells whose middle is in a shape: all that overlap one have theirs within a cell's width of it.
    searched = extent if many else shapely.buffer(extent, 2 * cells.edge_m(resolution))
    in_degrees = frames.in_degrees(gpd.GeoSeries([searched], crs=frames.BRITISH_NATIONAL_GRID)).iloc[0]
    over = np.array(sorted(h3.str_to_int(cell) for cell in h3.geo_to_cells(in_degrees, resolution)), np.uint64)
    if many:
        over = over[:: max(1, len(over) // MOST_CELLS)]
        share = np.ones(len(over))
    else:
        hexagons = frames.in_metres(cells.outlines(over)).to_numpy()
        share = shapely.area(shapely.intersection(hexagons, extent))
    parts = _whole_parts(share)
    return over[parts > 0], parts[parts > 0] / PARTS


def _whole_parts(share: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return shares as whole parts of `PARTS` that sum to it: what rounding leaves goes to the largest remainders."""
    exact = share / share.sum() * PARTS
    parts: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    left = PARTS - int(parts.sum())
    parts[np.argsort(parts - exact, kind="stable")[:left]] += 1
    return parts
