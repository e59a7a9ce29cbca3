"""Which cells hold more recorded harm than chance explains, under a null that is named: Monte Carlo decides.

The null redistributes the same number of incidents over the cells in proportion to an *exposure*: evenly, or by residents, by all
recorded crime, by the points that positions are snapped to. Whatever statistic is used, the largest that each world of chance gives
anywhere is what a cell is judged by (the maximum-statistic method of Westfall & Young 1993, “Resampling-Based Multiple Testing”): in a
quiet area 95 of 100 answers name no hotspot at all, however few the incidents. What the exposure leaves out, no statistic can know.

*Gi star* for dense counts: of the counts' distance from what is expected (Pearson's residuals), which for an even exposure is Gi* of the
counts themselves. It is spread by the area's own variation, so that in a town whose busy places differ it calls the few that stand out.
One very harmful place widens that spread and hides the next, so what was found is taken out and the rest looked at again until nothing
more is found: a step is only taken where the one before found something, so a quiet area is no more often wrong (as the scan's iterative
form: Zhang, Assunção & Kulldorff 2010, Journal of Probability and Statistics, 642379).
*Scan* for sparse ones: Kulldorff's, over disks of several sizes, because a handful of incidents fills no neighbourhood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from geo import exposure as exposures
from geo import hotspots, scan
from words import DataProblem

Method = Literal["auto", "gi", "scan"]

FAMILY_ERROR = 0.05
"""How often a quiet area may be told that it has any hotspot at all, in all the looks of a year together: the usual one in twenty."""

MIN_AROUND = 5.0
"""Incidents expected in a cell and its neighbours from which Gi* is chosen: the usual least expected count of a normal statistic
(Cochran 1952, Annals of Mathematical Statistics 23(3)). Both are as often right below it; the scan finds more there."""

MIN_CELLS = 100
"""Under which Gi* is not chosen: a cell and its neighbours must be a small part of what they are compared with, or what they hold moves
the mean and the spread they are told from. Of four cells it calls none, even where one of them holds everything."""

MOST_DRAWN = 20_000_000
"""Cells times worlds of chance that are drawn for one answer: seconds. Larger areas are told p more coarsely, never less truly."""

WORLDS_FOR_ERROR = 5
"""Times the fewest worlds by which an error can be told at all: 99 for one in twenty (Hope 1968, JRSS B 30(3))."""


@dataclass(frozen=True)
class Detection:
    """What was found: `cells` has `expected, z, p, q, hotspot, cluster` by cell; `clusters` the scan's disks, empty for Gi*.

    `least_around` is the fewest incidents in a middling cell and its neighbours that would have been called a hotspot.
    """

    cells: pd.DataFrame
    method: Method
    replicates: int
    least_around: int
    clusters: pd.DataFrame = field(default_factory=pd.DataFrame)


def find(
    counts: pd.Series, disks: Sequence[csr_array], rng: np.random.Generator, *, exposure: ArrayLike | None = None,
    method: Method = "auto", error: float = FAMILY_ERROR, replicates: int | None = None,
) -> Detection:  # fmt: skip
    """Find hotspots among counts by cell (whole in sum), given the disks round each cell by rings: itself, its neighbours, and so on.

    `expected` is what the null puts in the cell; `z` is Gi*; `p` is how often chance gives this very cell as much, `q` how often it gives
    any cell as much (both (r + 1) / (R + 1)); hot are the cells whose q is at most `error`; `cluster` numbers the hotspots from 0 and is
    -1 elsewhere. DataProblem where the exposure is nowhere, or missing, or negative.
    """
    total = float(counts.sum())
    share = _shares(exposure, len(counts))
    fewest = round(WORLDS_FOR_ERROR / error) - 1
    worlds = replicates or max(fewest, min(scan.REPLICATES, MOST_DRAWN // max(1, len(counts))))
    near = disks[1] if len(disks) > 1 else disks[0]
    chosen = choose(total, len(counts), near) if method == "auto" else method
    expected = total * share
    z = residual_g_star(counts.to_numpy(float)[:, None], expected, near)[:, 0] if len(counts) > 1 else np.zeros(len(counts))
    table = pd.DataFrame({"expected": expected, "z": z, "p": 1.0, "q": 1.0, "hotspot": False, "cluster": -1}, index=counts.index)
    if total < hotspots.MIN_INCIDENTS_IN_CLUSTER or len(counts) < 2:
        return Detection(table, chosen, worlds, hotspots.MIN_INCIDENTS_IN_CLUSTER)
    around = float(np.median(near @ expected))
    if chosen == "gi":
        p, q, cluster, critical = _step_by_step(counts, share, near, worlds, error, rng)
        spread = float(np.std((counts.to_numpy(float) - expected) / np.sqrt(expected))) * np.sqrt(around)
        least = int(np.ceil(around + critical * spread))
        return Detection(table.assign(p=p, q=q, hotspot=cluster >= 0, cluster=cluster), chosen, worlds, least)
    looked = scan.poisson(counts.to_numpy(float), share, disks, rng, replicates=worlds)
    found = scan.clusters(looked, most_p=error + scan.AS_LARGE, least=hotspots.MIN_INCIDENTS_IN_CLUSTER)
    cluster = np.full(len(counts), -1)
    for number, disk in enumerate(found["disk"]):
        cluster[looked.members.indices[looked.members.indptr[disk] : looked.members.indptr[disk + 1]]] = number
    q = _best_around(looked, len(counts))
    possible = np.arange(hotspots.MIN_INCIDENTS_IN_CLUSTER, round(total) + 1)
    enough = possible[scan.log_likelihood_ratio(possible, around, total) > _critical(looked.largest, error) + scan.AS_LARGE]
    least = int(enough.min(initial=round(total) + 1))
    return Detection(table.assign(p=q, q=q, hotspot=cluster >= 0, cluster=cluster), chosen, worlds, least, found)


def find_against_each(
    counts: pd.Series, disks: Sequence[csr_array], rng: np.random.Generator, *, exposures: Sequence[ArrayLike | None],
    method: Method = "auto", error: float = FAMILY_ERROR,
) -> Detection:  # fmt: skip
    """Find hotspots as `find` does against the first exposure, and keep those of which the scan against every other calls some cell too.

    The scan, because Gi* is spread by how far an area is from its null, and the sharper a null is the less any place stands out from that.
    Where nobody knows which of several nulls is so, a quiet area is told of a hotspot one time in twenty at most under any of them
    (the intersection-union test: Berger 1982, Technometrics 24(4)). `expected`, `z` and `p` are the first's; `q` of a hotspot is the
    largest of them.
    """
    found = find(counts, disks, rng, exposure=exposures[0], method=method, error=error)
    for exposure in exposures[1:]:
        if not found.cells["hotspot"].any():
            break
        found = _both(found, find(counts, disks, rng, exposure=exposure, method="scan", error=error))
    return found


def _both(found: Detection, other: Detection) -> Detection:
    """Keep the hotspots of one detection in which the other calls any cell, numbered in the same order."""
    table, hot = found.cells, found.cells["hotspot"]
    stands = other.cells["q"].where(other.cells["hotspot"], 1.0)[hot].groupby(table.loc[hot, "cluster"]).min()
    kept = other.cells.loc[hot, "hotspot"].groupby(table.loc[hot, "cluster"]).any()
    number = (kept.cumsum() - 1).where(kept, -1)
    cluster = table["cluster"].map(number).fillna(-1).astype(int)
    q = np.maximum(table["q"], table["cluster"].map(stands).fillna(0.0))
    disks = found.clusters[kept.reindex(range(len(found.clusters)), fill_value=False).to_numpy()].reset_index(drop=True)
    least = max(found.least_around, other.least_around)
    return replace(found, cells=table.assign(q=q, cluster=cluster, hotspot=cluster >= 0), clusters=disks, least_around=least)


def largest_in_worlds(
    drawn: NDArray[np.float64], incidents: int, share: NDArray[np.float64], disks: Sequence[csr_array], method: Method, *, least: int = 0
) -> NDArray[np.float64]:
    """Return the largest statistic of each world (a column of counts of so many incidents), of what holds at least `least` of them.

    It is what `find` judges a world by: the world has a hotspot where this is beyond all but `error` of those of the null.
    """
    near = disks[1] if len(disks) > 1 else disks[0]
    if method == "gi":
        z = residual_g_star(drawn, incidents * share, near)
        return np.asarray(np.where(np.asarray(near @ drawn) >= least, z, 0.0).max(axis=0, initial=0.0))
    return scan.largest_in_worlds(drawn, share, disks, incidents, least=least)


def choose(incidents: float, cells: int, near: csr_array) -> Method:
    """Return the statistic that suits how much is recorded, and in how many cells."""
    around = incidents * near.nnz / max(1, cells) ** 2
    return "gi" if around >= MIN_AROUND and cells >= MIN_CELLS else "scan"


def residual_g_star(counts: NDArray[np.float64], expected: NDArray[np.float64], near: csr_array) -> NDArray[np.float64]:
    """Return Gi* of Pearson's residuals, one column a world (cells × worlds); 0 where a world has no variation."""
    n, size = len(expected), np.asarray(near.sum(axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        residual = (counts - expected[:, None]) / np.sqrt(expected)[:, None]
        excess = np.asarray(near @ residual) - np.multiply.outer(size, residual.mean(axis=0))
        spread = residual.std(axis=0)
        z = excess / np.multiply.outer(np.sqrt((n * size - size**2) / max(1, n - 1)), spread)
    return np.where(np.isfinite(z) & (spread > scan.AS_LARGE), z, 0.0)


def _step_by_step(
    counts: pd.Series, share: NDArray[np.float64], near: csr_array, worlds: int, error: float, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp], float]:
    """Return `p`, `q` and `cluster` of each cell, what is found taken out before the rest is looked at again, and the first critical z."""
    x = counts.to_numpy(float)
    p, q, cluster, first_critical, least_q = np.ones(len(x)), np.ones(len(x)), np.full(len(x), -1), np.inf, 0.0
    while (left := np.flatnonzero(cluster < 0)).size > 1:
        around, of_rest = near[left][:, left], share[left] / share[left].sum()
        total = x[left].sum()
        z = residual_g_star(x[left, None], total * of_rest, around)[:, 0]
        p[left], found_q, largest = _by_largest_z(z, total, of_rest, around, worlds, rng)
        q[left] = np.maximum(found_q, least_q)
        first_critical = _critical(largest, error) if np.isinf(first_critical) else first_critical
        hot = (q[left] <= error + scan.AS_LARGE) & (z > 0)
        new = hotspots.clusters(counts.iloc[left], hot, around).to_numpy()
        if not (new >= 0).any():
            break
        least_q = float(q[left[new >= 0]].max())
        _join(cluster, left, new, x, near)
    return p, q, cluster, first_critical


def _join(cluster: NDArray[np.intp], left: NDArray[np.intp], new: NDArray[np.intp], x: NDArray[np.float64], near: csr_array) -> None:
    """Number what was found in a step: the fringe of a hotspot found before, whose fullest cell touches that, is part of it."""
    before = cluster.copy()
    for number in range(new.max() + 1):
        cells = left[new == number]
        fullest = cells[x[cells].argmax()]
        touched = before[near.indices[near.indptr[fullest] : near.indptr[fullest + 1]]]
        touched = touched[touched >= 0]
        cluster[cells] = np.bincount(touched).argmax() if touched.size else cluster.max() + 1


def _by_largest_z(
    z: NDArray[np.float64], total: float, share: NDArray[np.float64], near: csr_array, worlds: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return how often chance gives each cell its z or more, how often it gives it anywhere, and the largest of each world, sorted."""
    beyond, every = np.zeros(len(z)), [np.zeros(0)]
    at_once = max(1, scan.FLOATS_AT_ONCE // len(z))
    for start in range(0, worlds, at_once):
        drawn = scan.redistributed(round(total), share, min(at_once, worlds - start), rng)
        chance = residual_g_star(drawn, total * share, near)
        beyond += (chance >= z[:, None] - scan.AS_LARGE).sum(axis=1)
        every.append(chance.max(axis=0))
    largest = np.sort(np.concatenate(every))
    anywhere = len(largest) - np.searchsorted(largest, z - scan.AS_LARGE, side="left")
    return (beyond + 1) / (worlds + 1), (anywhere + 1) / (worlds + 1), largest


def _critical(largest: NDArray[np.float64], error: float) -> float:
    """Return what is beyond all but a share `error` of the worlds' largest, sorted."""
    return float(largest[-max(1, int(error * (len(largest) + 1) + scan.AS_LARGE))])


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
    return exposures.with_even_part(given)
