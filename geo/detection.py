r"""Which cells hold more recorded harm than chance explains, under a null that is named: Monte Carlo decides.

The null redistributes the same number of incidents over the cells in proportion to an *exposure*: evenly, or by residents, by all
recorded crime, by the points that positions are snapped to. Whatever statistic is used, the largest that each world of chance gives
anywhere is what a cell is judged by (the maximum-statistic method of Westfall & Young 1993, “Resampling-Based Multiple Testing”): in a
quiet area 95 of 100 answers name no hotspot at all, however few the incidents. What the exposure leaves out, no statistic can know.

*Gi\\** for dense counts: of the counts' distance from what is expected (Pearson's residuals), which for an even exposure is Gi* of the
counts themselves. It is spread by the area's own variation, so that in a town whose busy places differ it calls the few that stand out.
*Scan* for sparse ones: Kulldorff's, over disks of several sizes, because a handful of incidents fills no neighbourhood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from geo import hotspots, scan
from words import DataProblem

Method = Literal["auto", "gi", "scan"]

FAMILY_ERROR = 0.05
"""How often a quiet area may be told that it has any hotspot at all: the usual one in twenty."""

MIN_AROUND = 5.0
"""Incidents expected in a cell and its neighbours from which Gi* is chosen: the usual least expected count of a normal statistic
(Cochran 1952, Annals of Mathematical Statistics 23(3)). Both are as often right below it; the scan finds more there."""

EVEN_SHARE = 0.05
"""Of the null's incidents, those that fall evenly whatever the exposure says: no record of residents or of crime is so complete that harm
cannot happen where it has nothing."""

MOST_DRAWN = 20_000_000
"""Cells times worlds of chance that are drawn for one answer: seconds. Larger areas are told p more coarsely, never less truly."""

MIN_REPLICATES = 99
"""The fewest worlds by which one in twenty can be told with a margin (Hope 1968, JRSS B 30(3))."""


@dataclass(frozen=True)
class Detection:
    """What was found: `cells` has `expected, z, p, q, hotspot, cluster` by cell; `clusters` the scan's disks, empty for Gi*."""

    cells: pd.DataFrame
    method: Method
    replicates: int
    clusters: pd.DataFrame = field(default_factory=pd.DataFrame)


def find(
    counts: pd.Series, disks: Sequence[csr_array], rng: np.random.Generator, *, exposure: ArrayLike | None = None,
    method: Method = "auto", replicates: int | None = None,
) -> Detection:  # fmt: skip
    """Find hotspots among counts by cell (whole in sum), given the disks round each cell by rings: itself, its neighbours, and so on.

    `expected` is what the null puts in the cell; `z` is Gi*; `p` is how often chance gives this very cell as much, `q` how often it gives
    any cell as much (both (r + 1) / (R + 1)); `cluster` numbers the hotspots from 0 and is -1 elsewhere. DataProblem where the exposure
    is nowhere, or missing, or negative.
    """
    share = _shares(exposure, len(counts))
    total = float(counts.sum())
    worlds = replicates or max(MIN_REPLICATES, min(scan.REPLICATES, MOST_DRAWN // max(1, len(counts))))
    near = disks[1] if len(disks) > 1 else disks[0]
    chosen = choose(total, len(counts), near) if method == "auto" else method
    expected = total * share
    z = residual_g_star(counts.to_numpy(float)[:, None], expected, near)[:, 0]
    table = pd.DataFrame({"expected": expected, "z": z, "p": 1.0, "q": 1.0, "hotspot": False, "cluster": -1}, index=counts.index)
    if total < hotspots.MIN_INCIDENTS_IN_CLUSTER or len(counts) < 2:
        return Detection(table, chosen, worlds)
    if chosen == "gi":
        p, q = _by_largest_z(z, total, share, near, worlds, rng)
        table = table.assign(p=p, q=q, hotspot=(q <= FAMILY_ERROR) & (z > 0))
        return Detection(table.assign(cluster=hotspots.clusters(counts, table["hotspot"], near)), chosen, worlds)
    looked = scan.poisson(counts.to_numpy(float), share, disks, rng, replicates=worlds)
    found = scan.clusters(looked, most_p=FAMILY_ERROR)
    found = found[found["observed"] >= hotspots.MIN_INCIDENTS_IN_CLUSTER].reset_index(drop=True)
    cluster = np.full(len(counts), -1)
    for number, disk in enumerate(found["disk"]):
        cluster[looked.members.indices[looked.members.indptr[disk] : looked.members.indptr[disk + 1]]] = number
    q = _best_around(looked, len(counts))
    return Detection(table.assign(p=q, q=q, hotspot=cluster >= 0, cluster=cluster), chosen, worlds, found)


def choose(incidents: float, cells: int, near: csr_array) -> Method:
    """Return the statistic that suits how much is recorded."""
    around = incidents * near.nnz / max(1, cells) ** 2
    return "gi" if around >= MIN_AROUND else "scan"


def residual_g_star(counts: NDArray[np.float64], expected: NDArray[np.float64], near: csr_array) -> NDArray[np.float64]:
    """Return Gi* of Pearson's residuals, one column a world (cells × worlds); 0 where a world has no variation."""
    n, size = len(expected), np.asarray(near.sum(axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        residual = (counts - expected[:, None]) / np.sqrt(expected)[:, None]
        excess = np.asarray(near @ residual) - np.multiply.outer(size, residual.mean(axis=0))
        z = excess / np.multiply.outer(np.sqrt((n * size - size**2) / max(1, n - 1)), residual.std(axis=0))
    return np.where(np.isfinite(z), z, 0.0)


def _by_largest_z(
    z: NDArray[np.float64], total: float, share: NDArray[np.float64], near: csr_array, worlds: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how often chance gives each cell its z or more, and how often it gives it anywhere."""
    beyond, anywhere = np.zeros(len(z)), np.zeros(len(z))
    at_once = max(1, scan.FLOATS_AT_ONCE // len(z))
    for start in range(0, worlds, at_once):
        drawn = scan.redistributed(round(total), share, min(at_once, worlds - start), rng)
        chance = residual_g_star(drawn, total * share, near)
        beyond += (chance >= z[:, None] - scan.AS_LARGE).sum(axis=1)
        largest = np.sort(chance.max(axis=0))
        anywhere += len(largest) - np.searchsorted(largest, z - scan.AS_LARGE, side="left")
    return (beyond + 1) / (worlds + 1), (anywhere + 1) / (worlds + 1)


def _best_around(looked: scan.Scan, cells: int) -> NDArray[np.float64]:
    """Return for each cell the p of the most unusual disk that it lies in."""
    best, disk_at = np.ones(cells), looked.members.tocoo()
    np.minimum.at(best, disk_at.coords[1], looked.p[disk_at.coords[0]])
    return best


def _shares(exposure: ArrayLike | None, cells: int) -> NDArray[np.float64]:
    even = np.full(cells, 1 / max(1, cells))
    if exposure is None:
        return even
    given = np.asarray(exposure, float)
    if not np.isfinite(given).all() or (given < 0).any() or not given.sum() > 0:
        raise DataProblem("The exposure is missing, negative or nothing at all in some of the area. Give a number for every cell.")
    return (1 - EVEN_SHARE) * scan.shares(given) + EVEN_SHARE * even
