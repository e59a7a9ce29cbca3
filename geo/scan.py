"""Kulldorff's scan: of all disks, and all stretches of time, the ones that hold more than a stated null allows.

Poisson: Kulldorff (1997), Communications in Statistics: Theory and Methods 26(6). Space-time permutation: Kulldorff, Heffernan,
Hartman, Assunção & Mostashari (2005), PLoS Medicine 2(3). Each disk is judged by its likelihood ratio against the largest that the
null gives anywhere, so that looking in thousands of places is paid for: p = (r + 1) / (R + 1).

A disk is a row of a binary matrix over locations; `cells.disks` makes those of hexagons, ring by ring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse import vstack as stacked
from scipy.special import xlogy

REPLICATES = 999
"""Worlds of chance: p is told to a thousandth, and a cluster at 0.05 would be called one in 93 to 97 of 100 other drawings of them."""

LARGEST_SHARE = 0.5
"""Of all that is expected, the most that a disk may hold: more would be said better of the quiet rest (Kulldorff 1997)."""

LONGEST_SHARE = 0.5
"""Of the periods, the longest stretch: more would be said better of the time before or after it (Kulldorff et al. 2005)."""

AS_LARGE = 1e-9
"""Likelihood ratios nearer than this are the same, so that the order in which a machine adds cannot decide."""

FLOATS_AT_ONCE = 4_000_000
"""Likelihood ratios worked out together: 32 MB of each of a handful of arrays."""


@dataclass(frozen=True)
class Scan:
    """What a scan found, before any of it is called a cluster.

    `members` are all disks over the locations, `llr` the log likelihood ratio of each (0 where it holds no more than expected), and
    `largest` the largest of each replicate, sorted. `first_period` and `last_period` are the stretch in which each disk is most unusual.
    """

    members: csr_array
    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    llr: NDArray[np.float64]
    largest: NDArray[np.float64]
    total: float
    first_period: NDArray[np.intp] | None = None
    last_period: NDArray[np.intp] | None = None

    @property
    def p(self) -> NDArray[np.float64]:
        """Return for each disk how often chance alone gives one as unusual anywhere: (r + 1) / (R + 1)."""
        beyond = len(self.largest) - np.searchsorted(self.largest, self.llr - AS_LARGE, side="left")
        return np.where(self.llr > 0, (beyond + 1) / (len(self.largest) + 1), 1.0)


def log_likelihood_ratio(observed: ArrayLike, expected: ArrayLike, total: ArrayLike) -> NDArray[np.float64]:
    """Return the log likelihood ratio of a higher rate inside than outside, 0 where the rate inside is not higher."""
    c, e, n = np.broadcast_arrays(np.asarray(observed, float), np.asarray(expected, float), np.asarray(total, float))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = xlogy(c, c / e) + xlogy(n - c, (n - c) / (n - e))
    return np.where((c > e) & (e > 0), np.nan_to_num(ratio, nan=0.0, posinf=0.0), 0.0)


def poisson(
    counts: ArrayLike, exposure: ArrayLike, disks: Sequence[csr_array], rng: np.random.Generator, *, replicates: int = REPLICATES
) -> Scan:
    """Scan counts of locations against an exposure: under the null each incident falls on a location in proportion to it.

    Shapes: n counts (whole in sum; fractions are parts of one incident) and n exposures, none negative; each of `disks` is m × n.
    """
    x, share = np.asarray(counts, float), shares(exposure)
    total = float(x.sum())
    members = stacked(list(disks), format="csr")
    expected = np.asarray(members @ share) * total
    members = members[_fits(expected, total)]
    expected = np.asarray(members @ share) * total
    observed = np.asarray(members @ x)
    llr = log_likelihood_ratio(observed, expected, total)
    largest = [np.zeros(0)]
    at_once = max(1, FLOATS_AT_ONCE // max(1, members.shape[0]))
    for start in range(0, replicates, at_once):
        drawn = redistributed(round(total), share, min(at_once, replicates - start), rng)
        largest.append(_largest(members, drawn, expected, total))
    return Scan(members, observed, expected, llr, np.sort(np.concatenate(largest)), total)


def space_time(
    location: ArrayLike, period: ArrayLike, periods: int, disks: Sequence[csr_array], rng: np.random.Generator,
    *, alive: bool = False, replicates: int = REPLICATES,
) -> Scan:  # fmt: skip
    """Scan incidents for disks in which some stretch of periods holds more than place and time apart explain.

    Under the null the incidents keep their places and their periods, and which goes with which is chance: a busy place and a busy month
    are both allowed for. `location` (a column of each disk) and `period` (from 0) are of each incident. `alive` looks at stretches up to
    the last period only.
    """
    where, when = np.asarray(location, np.intp), np.asarray(period, np.intp)
    total = float(len(where))
    members = stacked(list(disks), format="csr")
    of_place = np.bincount(where, minlength=members.shape[1]).astype(float)
    members = members[_fits(np.asarray(members @ of_place), total)]
    stretches = _stretches(periods, alive=alive)
    in_stretch = np.asarray(np.bincount(when, minlength=periods).cumsum(), float)
    in_stretch = _between(np.concatenate([[0.0], in_stretch]), stretches)
    expected = (
        np.multiply.outer(np.asarray(members @ of_place), in_stretch) / total if total else np.zeros((members.shape[0], len(stretches)))
    )

    def held(moved: NDArray[np.intp]) -> NDArray[np.float64]:
        world = np.bincount(where * periods + moved, minlength=members.shape[1] * periods).reshape(-1, periods)
        sums = np.zeros((members.shape[0], periods + 1))
        np.cumsum(np.asarray(members @ world.astype(float)), axis=1, out=sums[:, 1:])
        return _between(sums, stretches)

    observed = held(when)
    llr = log_likelihood_ratio(observed, expected, total)
    best, at = llr.argmax(axis=1), np.arange(members.shape[0])
    largest = [log_likelihood_ratio_max(held(rng.permutation(when)), expected, total) for _replicate in range(replicates)]
    return Scan(
        members, observed[at, best], expected[at, best], llr[at, best], np.sort(np.asarray(largest, float)), total,
        first_period=stretches[best, 0], last_period=stretches[best, 1] - 1,
    )  # fmt: skip


def log_likelihood_ratio_max(observed: NDArray[np.float64], expected: NDArray[np.float64], total: float) -> float:
    """Return the largest log likelihood ratio among disks, working out only those that hold more than is expected."""
    more = observed > expected
    return float(log_likelihood_ratio(observed[more], expected[more], total).max(initial=0.0))


def clusters(scan: Scan, *, most_p: float) -> pd.DataFrame:
    """Return the disks that are unusual, the most unusual first, none of which shares a location with one before it.

    One row a cluster: `disk` (the row of `members`), `observed, expected, relative_risk, llr, p` and, of a scan in time, `first_period,
    last_period`. Of disks that are as unusual, the one that expects less is taken.
    """
    p, taken, rows = scan.p, np.zeros(scan.members.shape[1], bool), []
    order = np.lexsort((np.arange(len(p)), scan.expected, -np.round(scan.llr, 9)))
    for disk in order[(p[order] <= most_p) & (scan.llr[order] > 0)]:
        inside = scan.members.indices[scan.members.indptr[disk] : scan.members.indptr[disk + 1]]
        if not taken[inside].any():
            taken[inside] = True
            rows.append(disk)
    c, e = scan.observed[rows], scan.expected[rows]
    with np.errstate(divide="ignore"):
        risk = (c / e) / ((scan.total - c) / (scan.total - e))
    found = pd.DataFrame(
        {"disk": np.asarray(rows, int), "observed": c, "expected": e, "relative_risk": risk, "llr": scan.llr[rows], "p": p[rows]}
    )
    if scan.first_period is not None and scan.last_period is not None:
        found = found.assign(first_period=scan.first_period[rows], last_period=scan.last_period[rows])
    return found


def shares(exposure: ArrayLike) -> NDArray[np.float64]:
    """Return the chance with which an incident falls on each location."""
    given = np.asarray(exposure, float)
    return np.asarray(given / given.sum())


def redistributed(incidents: int, share: NDArray[np.float64], worlds: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return worlds of chance, one a column: so many incidents, each on a location in proportion to its share."""
    if incidents < len(share):  # few: one by one is quicker than location by location, and the same
        at = np.searchsorted(share.cumsum()[:-1], rng.random((worlds, incidents)), side="right")
        at += np.arange(worlds)[:, None] * len(share)
        drawn = np.bincount(at.ravel(), minlength=worlds * len(share)).reshape(worlds, len(share))
    else:
        drawn = rng.multinomial(incidents, share, size=worlds)
    return np.asarray(drawn.T, float)


def _largest(members: csr_array, drawn: NDArray[np.float64], expected: NDArray[np.float64], total: float) -> NDArray[np.float64]:
    """Return the largest log likelihood ratio of each world."""
    sparse = total < drawn.shape[0] / 4
    held = (members @ csr_array(drawn)).tocoo() if sparse else None
    if held is None:
        dense = np.asarray(members @ drawn)
        return np.asarray(log_likelihood_ratio(dense, expected[:, None], total).max(axis=0, initial=0.0))
    found = np.zeros(drawn.shape[1])
    np.maximum.at(found, held.coords[1], log_likelihood_ratio(held.data, expected[held.coords[0]], total))
    return found


def _fits(held: NDArray[np.float64], total: float) -> NDArray[np.bool_]:
    return held <= LARGEST_SHARE * total + AS_LARGE


def _stretches(periods: int, *, alive: bool) -> NDArray[np.intp]:
    """Return every stretch of periods that is not too long, as its first and the one after its last."""
    longest = max(1, int(periods * LONGEST_SHARE))
    firsts, ends = np.meshgrid(np.arange(periods), np.arange(1, periods + 1), indexing="ij")
    kept = (ends > firsts) & (ends - firsts <= longest) & ((ends == periods) | (not alive))
    return np.column_stack([firsts[kept], ends[kept]])


def _between(sums: NDArray[np.float64], stretches: NDArray[np.intp]) -> NDArray[np.float64]:
    return np.asarray(sums[..., stretches[:, 1]] - sums[..., stretches[:, 0]])
