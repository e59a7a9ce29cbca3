"""How far from a postcode's point the place that it was given for may lie: farther where postcodes are far between."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import KDTree

from geo.gazetteer_file import POSTCODES
from geo.postcodes import FURTHEST_M, PRECISION_M

NEIGHBOURS = 6
"""How many other postcodes a postcode reaches to. Cut a plane into territories and each has, on average, six neighbours (Euler): with
the sixth nearest the whole ring about it is reached, and what lies beyond all of them is theirs. Nothing is fitted to any area.
Of OpenStreetMap's addresses 93.1 % of 1,702 in the middle of Leeds and 91.5 % of 410 in Rutland lie within it (`bench.geocoding`; one
distance for all, 100 m: 91.0 and 75.1 %); with the fourth 92.4 and 88.0 %, the fifth 92.8 and 91.0 %, the seventh 93.5 and 92.4 %.
It holds overall, and least where a market town's postcodes are dense: 82 % of 125 in Rutland whose sixth neighbour is within 170 m.
"""

AT_AN_ADDRESS = 30
"""Postcodes of this positional quality or better are at one of their addresses, and those in use are the neighbours that count: imputed
points stand where others do, and ended postcodes would make every street look twice as crowded."""

IMPUTED = 50
"""Up to this quality a postcode has a position of its own; beyond it, that of its sector, which says nothing of its neighbours."""

LEAF = 24
"""Points that the tree leaves together: with ten, as it would by itself, it is twice as large and no quicker."""

AT_ONCE = 50_000
"""Postcodes looked at together: all of Great Britain's at once would take a quarter of a gigabyte."""


def with_precision(codes: pl.DataFrame, *, neighbours: int = NEIGHBOURS) -> pl.DataFrame:
    """Return the table of postcodes (see `gazetteer_file.POSTCODES`; metres of EPSG:27700) with `precision_m` filled in.

    It is the distance to the sixth nearest position of another postcode, whole metres, from what the quality says at least
    (`postcodes.PRECISION_M`) to `postcodes.FURTHEST_M`. Only postcodes in the same table are known: at the edge of a county's file,
    and in one of a few postcodes, it comes out larger than with all of Great Britain's, never smaller.
    """
    least_m = np.full(256, PRECISION_M[60], np.uint16)
    least_m[list(PRECISION_M)] = list(PRECISION_M.values())
    precision_m = least_m[codes["quality"].to_numpy()]
    known = codes.filter(pl.col("quality") <= AT_AN_ADDRESS, ~pl.col("terminated"))
    others = _different(known["easting"].to_numpy(), known["northing"].to_numpy())
    tree = KDTree(others, leafsize=LEAF) if len(others) else None
    for start, some in enumerate(codes.iter_slices(AT_ONCE)):
        own = (some["quality"] <= IMPUTED).to_numpy()
        part = precision_m[start * AT_ONCE :][: len(some)]
        part[own] = np.maximum(part[own], _nearest_m(some.filter(own).select("easting", "northing").to_numpy(), tree, neighbours))
    return codes.with_columns(precision_m=pl.Series(precision_m)).select(POSTCODES.keys())


def _different(easting: NDArray[np.int32], northing: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return each position once: as one number each they are sorted in a third of the memory that pairs take."""
    both = np.sort(easting.astype(np.int64) << 32 | northing)
    both = both[np.append(True, both[1:] != both[:-1])] if len(both) else both  # numpy's unique takes ten times as long
    return np.column_stack([both >> 32, both & 0xFFFFFFFF]).astype(np.float64)


def _nearest_m(points: NDArray[np.int32], tree: KDTree | None, neighbours: int) -> NDArray[np.uint16]:
    """Return how far each point is from the last of so many nearest others, itself apart: whole metres, `FURTHEST_M` at most."""
    if tree is None:
        return np.full(len(points), FURTHEST_M, np.uint16)
    off_m = np.asarray(tree.query(points, k=[1, neighbours, neighbours + 1], distance_upper_bound=FURTHEST_M)[0])
    to_last_m = np.where(off_m[:, 0] == 0, off_m[:, 2], off_m[:, 1])  # most are among the others themselves
    return np.ceil(np.minimum(to_last_m, FURTHEST_M)).astype(np.uint16)
