"""Kulldorff's scan: of all disks, and all stretches of time, the ones that hold more than a stated null allows.

Poisson: Kulldorff (1997), Communications in Statistics: Theory and Methods 26(6). Space-time permutation: Kulldorff, Heffernan,
Hartman, Assunção & Mostashari (2005), PLoS Medicine 2(3). Each disk is judged by its likelihood ratio against the largest that the
null gives anywhere, so that looking in thousands of places is paid for: p = (r + 1) / (R + 1).

A disk is a row of a binary matrix over locations; `cells.disks` makes those of hexagons, of 0, 1, 2 … rings. Locations equally far
from a disk's middle come into it together, where SaTScan adds them one at a time, so that ours does not hang on the order of locations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

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

IN_CACHE = 100_000
"""Counts of disks held together while stretch after stretch is looked at: what a core keeps near it."""

FIRST_REPLICATES = 20
"""Worlds worked out in full; in the rest only what may be larger than the smallest of these, or all where nothing is."""


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
    """Return the log likelihood ratio of a higher rate inside than outside, 0 where it is not higher or nothing can be expected."""
    c, e, n = np.broadcast_arrays(np.asarray(observed, float), np.asarray(expected, float), np.asarray(total, float))
    outside = np.maximum(n - c, 0.0)  # fractions may sum to a hair more inside than in all
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = xlogy(c, c / e) + xlogy(outside, outside / (n - e))
    return np.where((c > e) & (e > 0), np.nan_to_num(ratio, nan=0.0, posinf=0.0), 0.0)


def poisson(
    counts: ArrayLike, exposure: ArrayLike, disks: Sequence[csr_array], rng: np.random.Generator, *, replicates: int = REPLICATES
) -> Scan:
    """Scan counts of locations against an exposure: under the null each incident falls on a location in proportion to it.

    Shapes: n counts (whole in sum; fractions are parts of one incident) and n exposures, none negative; each of `disks` is m × n.
    """
    x, share = np.asarray(counts, float), shares(exposure)
    total = float(x.sum())
    members, inside = _fitting(disks, share)
    observed = np.asarray(members @ x)
    largest, incidents = [np.zeros(0)], round(total)
    at_once = max(1, FLOATS_AT_ONCE // max(1, members.shape[0]))
    for start in range(0, replicates, at_once):
        drawn = redistributed(incidents, share, min(at_once, replicates - start), rng)
        largest.append(_largest(members, drawn, inside * incidents, incidents))
    llr = log_likelihood_ratio(observed, inside * total, total)
    return Scan(members, observed, inside * total, llr, np.sort(np.concatenate(largest)), total)


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
    occupied, at_place = np.unique(where, return_inverse=True)
    distinct, back = _distinct(members[:, occupied])
    stretches = _stretches(periods, alive=alive)
    ends = np.concatenate([[0.0], np.bincount(when, minlength=periods).cumsum()])
    expected = np.multiply.outer(np.asarray(distinct @ of_place[occupied]), _between(ends, stretches)) / max(total, 1.0)
    observed = _between(_by_end(distinct, at_place, when[None], periods)[:, 0].T, stretches)
    llr = log_likelihood_ratio(observed, expected, total)
    best, at = llr.argmax(axis=1)[back], back
    largest = _largest_in_time(distinct, at_place, when, periods, stretches, expected, rng, replicates)
    return Scan(
        members, observed[at, best], expected[at, best], llr[at, best], np.sort(largest), total,
        first_period=stretches[best, 0], last_period=stretches[best, 1] - 1,
    )  # fmt: skip


def log_likelihood_ratio_max(observed: NDArray[np.float64], expected: NDArray[np.float64], total: float) -> float:
    """Return the largest log likelihood ratio among disks, working out only those that hold more than is expected."""
    more = observed > expected
    return float(log_likelihood_ratio(observed[more], expected[more], total).max(initial=0.0))


def clusters(scan: Scan, *, most_p: float, least: float = 0.0) -> pd.DataFrame:
    """Return the disks that are unusual, the most unusual first, none of which shares a location with one before it.

    One row a cluster: `disk` (the row of `members`), `observed, expected, relative_risk, llr, p` and, of a scan in time, `first_period,
    last_period`. Of disks that are as unusual, the one that expects less is taken. A disk that holds fewer incidents than `least` is
    passed over, so that it hides no other.
    """
    p, taken, rows = scan.p, np.zeros(scan.members.shape[1], bool), []
    order = np.lexsort((np.arange(len(p)), np.round(scan.expected, 9), -np.round(scan.llr, 9)))
    for disk in order[((p <= most_p) & (scan.llr > 0) & (scan.observed >= least - AS_LARGE))[order]]:
        inside = scan.members.indices[scan.members.indptr[disk] : scan.members.indptr[disk + 1]]
        if not taken[inside].any():
            taken[inside] = True
            rows.append(disk)
    c, e = scan.observed[rows], scan.expected[rows]
    with np.errstate(divide="ignore"):
        risk = (c / e) / (np.maximum(scan.total - c, 0.0) / (scan.total - e))
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


def largest_in_worlds(
    drawn: NDArray[np.float64], share: NDArray[np.float64], disks: Sequence[csr_array], incidents: int, *, least: float = 0.0
) -> NDArray[np.float64]:
    """Return the largest log likelihood ratio of each world (a column), among disks that hold at least `least` incidents."""
    members, inside = _fitting(disks, share)
    expected = inside * incidents
    at_once = max(1, FLOATS_AT_ONCE // max(1, members.shape[0]))
    parts = [drawn[:, start : start + at_once] for start in range(0, drawn.shape[1], at_once)]
    return np.concatenate([np.zeros(0), *(_largest(members, part, expected, incidents, least=least) for part in parts)])


def _largest(
    members: csr_array, drawn: NDArray[np.float64], expected: NDArray[np.float64], total: int, *, least: float = 0.0
) -> NDArray[np.float64]:
    """Return the largest log likelihood ratio of each world."""
    sparse = total < drawn.shape[0] / 4
    held = (members @ csr_array(drawn)).tocoo() if sparse else None
    if held is None:
        dense = np.asarray(members @ drawn)
        ratio = log_likelihood_ratio(dense, expected[:, None], total)
        return np.asarray(np.where(dense >= least, ratio, 0.0).max(axis=0, initial=0.0))
    found, enough = np.zeros(drawn.shape[1]), held.data >= least
    disk, world = held.coords[0][enough], held.coords[1][enough]
    np.maximum.at(found, world, log_likelihood_ratio(held.data[enough], expected[disk], total))
    return found


def _largest_in_time(
    members: csr_array, at_place: NDArray[np.intp], when: NDArray[np.intp], periods: int, stretches: NDArray[np.intp],
    expected: NDArray[np.float64], rng: np.random.Generator, replicates: int,
) -> NDArray[np.float64]:  # fmt: skip
    """Return the largest log likelihood ratio of each world in which places and periods are dealt to each other anew.

    At a disk and stretch the ratio grows with what is held, so what holds fewer than are needed to be larger than a world before need not
    be worked out.
    """
    total, disks = float(len(when)), max(1, members.shape[0])
    at_once = max(1, min(IN_CACHE // disks, FLOATS_AT_ONCE // (disks * (periods + 1))))
    largest, needed, start = np.zeros(replicates), np.zeros((0, 0), np.float32), 0
    while start < replicates:
        if not needed.size and start >= FIRST_REPLICATES:
            needed = _fewest(expected, total, float(largest[:start].min()) - AS_LARGE).astype(np.float32)
        worlds = min(at_once, replicates - start, replicates if needed.size else FIRST_REPLICATES)
        dealt = rng.permuted(np.broadcast_to(when, (worlds, len(when))), axis=1)
        by_end = _by_end(members, at_place, dealt, periods)
        here = largest[start : start + worlds]
        for stretch, (first, end) in enumerate(stretches) if needed.size else ():
            held = by_end[end] - by_end[first]
            world, disk = np.divmod(np.flatnonzero(held >= needed[:, stretch]), disks)
            np.maximum.at(here, world, log_likelihood_ratio(held[world, disk], expected[disk, stretch], total))
        for at in np.flatnonzero(here == 0):
            here[at] = log_likelihood_ratio_max(_between(by_end[:, at].T, stretches), expected, total)
        start += worlds
    return largest


def _by_end(members: csr_array, at_place: NDArray[np.intp], when: NDArray[np.intp], periods: int) -> NDArray[np.float32]:
    """Return what each disk holds before each period and after the last (periods + 1 × worlds × disks), a row of `when` a world."""
    worlds, locations = len(when), members.shape[1]
    at = (when * worlds + np.arange(worlds)[:, None]) * locations + at_place
    world = np.bincount(at.ravel(), minlength=periods * worlds * locations).astype(np.float32).reshape(periods * worlds, locations)
    held = members.astype(np.float32) @ world.T
    by_end = np.zeros((periods + 1, worlds, members.shape[0]), np.float32)
    np.cumsum(np.ascontiguousarray(held.T).reshape(periods, worlds, -1), axis=0, out=by_end[1:])
    return by_end


def _fewest(expected: NDArray[np.float64], total: float, least: float) -> NDArray[np.float64]:
    """Return the fewest incidents, a whole number over expectation, whose log likelihood ratio reaches `least`; total + 1 where none do."""
    too_few, enough = np.floor(expected), np.full(expected.shape, total + 1)
    for _halving in range(int(np.ceil(np.log2(total + 2)))):
        middle = np.ceil((too_few + enough) / 2)
        reached = log_likelihood_ratio(np.minimum(middle, total), expected, total) >= least
        undecided = enough - too_few > 1
        enough, too_few = np.where(reached & undecided, middle, enough), np.where(~reached & undecided, middle, too_few)
    return enough


def _distinct(members: csr_array) -> tuple[csr_array, NDArray[np.intp]]:
    """Return the disks that differ in which of these locations they hold, and which of them each disk is."""
    members.sort_indices()
    keys: dict[bytes, int] = {}
    back = [keys.setdefault(members.indices[a:b].tobytes(), len(keys)) for a, b in pairwise(members.indptr)]
    _kinds, first = np.unique(np.asarray(back, np.intp), return_index=True)
    return members[first], np.asarray(back, np.intp)


def _fitting(disks: Sequence[csr_array], share: NDArray[np.float64]) -> tuple[csr_array, NDArray[np.float64]]:
    """Return the disks that are not too large, and the share that each holds."""
    members = stacked(list(disks), format="csr")
    inside = np.asarray(members @ share)
    fits = _fits(inside, 1.0)
    return members[fits], inside[fits]


def _fits(held: NDArray[np.float64], total: float) -> NDArray[np.bool_]:
    return held <= LARGEST_SHARE * total + AS_LARGE


def _stretches(periods: int, *, alive: bool) -> NDArray[np.intp]:
    """Return every stretch of periods that is not too long, as its first and the one after its last."""
    longest = max(1, int(periods * LONGEST_SHARE))
    firsts, ends = np.meshgrid(np.arange(periods), np.arange(1, periods + 1), indexing="ij")
    kept = (ends > firsts) & (ends - firsts <= longest) & ((ends == periods) | (not alive))
    return np.column_stack([firsts[kept], ends[kept]])


def _between(sums: NDArray[np.floating], stretches: NDArray[np.intp]) -> NDArray[np.float64]:
    return np.asarray(sums[..., stretches[:, 1]] - sums[..., stretches[:, 0]], float)
