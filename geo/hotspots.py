"""Where there is more recorded harm than a stated null allows.

Gi* compares the sum over a cell and its neighbours with what the same cells would hold if the area's counts were spread at
random over it: Getis & Ord (1992), Geographical Analysis 24(3), in the standardised form of Ord & Getis (1995),
Geographical Analysis 27(4). Its normal p-value is only honest when counts are dense, so there is a floor under which it
is declined, in words.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.special import ndtr
from scipy.stats import false_discovery_control

from words import N_, DataProblem

FALSE_DISCOVERY_RATE = 0.05
"""Of the cells called hot, the share we accept to be chance: the usual one in twenty (Benjamini & Hochberg 1995, JRSS B 57(1))."""

MIN_MEAN_PER_CELL = 6.0
"""Incidents per cell of the study area under which Gi* is declined.

Worlds of pure chance on Slough's 342 cells show some hotspot in 4 % of cases at 25 a cell and 6 % at 6 a cell, near enough to
the 5 % promised; at 2 a cell it is 10 %, at 1 a cell 17 %, at 0.2 a cell 40 %. `bench/quiet_worlds.py` prints the curve.
"""

MIN_CELLS = 100
"""Cells under which Gi* is declined: a cell and its six neighbours should be a small part (7 %) of what they are compared with,
or half a town is called a hotspot."""

MIN_INCIDENTS_IN_CLUSTER = 2
"""One incident is never a cluster, however quiet the cells around it."""


def local_g_star(counts: pd.Series, neighbours: csr_array) -> pd.Series:
    """Return the standardised Gi* of each cell: binary weights, the cell itself included.

    Shapes: n counts and an n × n binary matrix that includes the diagonal; the result has the index of `counts`. A cell
    whose neighbourhood is the whole area, and every cell of an area without variation, has no Gi*: NaN.
    """
    x = counts.to_numpy(float)
    n = len(x)
    size = np.asarray(neighbours.sum(axis=1))
    varied = n > 1 and x.min() < x.max()
    excess = neighbours @ x - x.mean() * size if n else x
    with np.errstate(divide="ignore", invalid="ignore"):
        z = excess / (x.std() * np.sqrt((n * size - size**2) / (n - 1))) if varied else np.full(n, np.nan)
    return pd.Series(np.where(np.isfinite(z), z, np.nan), index=counts.index, name="z")


def two_sided_p(z: pd.Series) -> pd.Series:
    """Return the two-sided normal p-value of each z; 1 where there is no z."""
    return pd.Series(2 * ndtr(-np.abs(z.to_numpy())), index=z.index, name="p").fillna(1.0)


def false_discovery_q(p: pd.Series) -> pd.Series:
    """Return Benjamini-Hochberg adjusted p-values: cells with q ≤ 0.05 hold at most 5 % false ones, on average."""
    return pd.Series(false_discovery_control(p.to_numpy()) if len(p) else p.to_numpy(), index=p.index, name="q")


def check_dense_enough(counts: pd.Series) -> None:
    """Raise DataProblem where the counts are too sparse for Gi* to tell a hotspot from chance."""
    if not is_dense_enough(counts):
        raise DataProblem(TOO_SPARSE, incidents=round(counts.sum()), cells=len(counts), mean=f"{MIN_MEAN_PER_CELL:g}", least=MIN_CELLS)


def is_dense_enough(counts: pd.Series) -> bool:
    """Say whether there is enough recorded for Gi* to tell a hotspot from chance."""
    return len(counts) >= MIN_CELLS and float(counts.mean()) >= MIN_MEAN_PER_CELL


TOO_SPARSE = N_(
    "Too few records to tell a hotspot from chance: {incidents:,} incidents over {cells:,} hexagons, and this method needs {mean} "
    "a hexagon on average over at least {least} hexagons. More records, or fewer filters, would tell more."
)


def find(counts: pd.Series, neighbours: csr_array) -> pd.DataFrame:
    """Find hotspots: one row per cell with `expected, z, p, q, hotspot, cluster`, indexed like `counts`.

    `expected` is what the cell would hold if the area's incidents were spread evenly over its cells; `cluster` numbers
    neighbouring hot cells from 0 and is -1 elsewhere.
    """
    z = local_g_star(counts, neighbours)
    p = two_sided_p(z)
    q = false_discovery_q(p)
    hot = (q <= FALSE_DISCOVERY_RATE) & (z > 0)
    found = pd.DataFrame({"expected": counts.mean(), "z": z, "p": p, "q": q, "hotspot": hot})
    return found.assign(cluster=clusters(counts, hot.to_numpy(), neighbours))


def clusters(counts: pd.Series, hot: ArrayLike, neighbours: csr_array) -> pd.Series:
    """Group neighbouring hot cells with DBSCAN, each cell weighing what was recorded in it and its neighbours.

    Working on cells with weights, instead of on points, keeps stacked coordinates (snap points, postcode centroids) from
    making a dense cluster out of one address. The weight is the sum that Gi* judged, so that a quiet cell in the middle of
    a ring of harm belongs to it.
    """
    label: NDArray[np.intp] = np.full(len(counts), -1)
    around = neighbours @ counts.to_numpy(float)
    at = np.flatnonzero(np.asarray(hot, bool) & (around >= MIN_INCIDENTS_IN_CLUSTER))
    if len(at):
        from sklearn.cluster import DBSCAN  # takes longer to import than most answers take to compute

        scan = DBSCAN(eps=1, min_samples=MIN_INCIDENTS_IN_CLUSTER, metric="precomputed")
        label[at] = scan.fit_predict(neighbours[at][:, at], sample_weight=around[at])
    return pd.Series(label, index=counts.index, name="cluster")
