"""Whether harm that is near in space is also near in time: evidence of how harm clusters, never of where it will strike next.

Knox (1964), Journal of the Royal Statistical Society C (Applied Statistics) 13(1): count the pairs of events that are close
both in space and in time, and compare with what the same places and the same dates would give if they had nothing to do with
each other. Dates are dealt out anew among the places, many times: p = (r + 1) / (R + 1), where r of R deals give at least as
many pairs. A busy place alone, or a busy week alone, is never called a near repeat; an area where harm shifts from one part to
another over the months may be (Kulldorff & Hjalmars 1999, Biometrics 55(2)), so keep the period short.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import KDTree
from scipy.special import pdtrc

from words import N_, DataProblem

Counts = NDArray[np.int64]
Days = NDArray[np.int16] | NDArray[np.int32]
Pairs = NDArray[np.intp]  # k × 2 positions of events

PERMUTATIONS = 999
"""Deals of the dates: the least p is 0.001, fine enough to decide at one in twenty (Besag & Diggle 1977, Applied Statistics 26(3))."""

ROUNDING_M = 1e-6
"""Two points this little further apart than a limit are still at it: the difference of two coordinates near 600 km is off by up to
1e-10 m, and whether points exactly at the limit are close would hang on where the map has its origin."""

MOST_PAIRS = 20_000_000
"""Close pairs above which the test is declined: 1.2 GB, and most of a minute for 999 deals on two cores. Stacked points get there
first: 6,400 events on one snap point are this many pairs."""

DEALS_AT_ONCE = 256
"""Deals worked on together: the dates of one event in all of them lie side by side, so that fetching an event is one read of 512
bytes. Twice as many are no faster; a quarter take nearly twice as long."""

PAIRS_AT_ONCE = 255
"""Pairs worked on together: as many as a byte can count without running over, and 130 kB of differences, which stay in the cache."""

MOST_THREADS = 4
"""Threads at most, since each holds the dates of DEALS_AT_ONCE deals: 0.1 GB for 200,000 events."""

TOO_FINE = N_(
    "The shortest step of time asked for is {shortest:g} in days, but these dates are only exact to {precision:g}. Choose steps at least "
    "that long, or use records with the day on which each happened."
)
NOT_RISING = N_("Distances and times must each be a list of rising numbers, 0 or more, for example 100, 200, 400. These are: {given}.")
TOO_MANY_PAIRS = N_(
    "{pairs:,} pairs of records lie within {distance:g} metres of each other, more than the {most:,} this test can take. Choose shorter "
    "distances or a shorter period, or leave out places where many records share one point."
)


@dataclass(frozen=True)
class Knox:
    """A Knox test: pairs within each limit of distance (d of them) and of time (t of them), as recorded and as dealt.

    `by_band` and `within_limits` are the same counts cut in two ways. Both give one row per distance and time, indexed by
    `distance_m, time_days`, with `pairs`; `same_place`, those of them at one and the same place; `expected`, the mean over every
    possible deal of the dates, which has a closed form and so no chance of its own; `ratio`, pairs for each one expected,
    missing where none is; and `p`, one-sided, of this many pairs or more: 1 where no deal can differ (one event, one day).
    Nine rows are nine tests, and among twenty one p below 0.05 is no finding: read the pattern.
    """

    limits: pd.MultiIndex
    events: int
    """Events with a place and a date."""
    left_out: int
    """Events without a place or without a date, which had no part in it."""
    recorded: Counts
    """d × t."""
    dealt: Counts
    """Deals × d × t."""
    same_place: Counts
    """t: pairs at one and the same place. Stacked snap points and postcode centroids, or true repeats; nobody can tell."""
    close: Counts
    """d: pairs however long apart."""
    soon: Counts
    """t: pairs however far apart."""

    @property
    def close_pairs(self) -> int:
        """The pairs no further apart than the largest distance, whatever their dates: those that were used."""
        return int(self.close[-1])

    def by_band(self) -> pd.DataFrame:
        """Return the test of each band of distance with each band of time.

        A limit belongs to the band it ends: 100 and 200 make [0, 100] and (100, 200]. The index has the upper ends; `over_m` and
        `over_days` are the lower ones, missing in the first band, which starts at 0 and holds it.
        """
        distance_m, time_days = ([np.nan, *level[:-1]] for level in self.limits.levels)
        over = pd.MultiIndex.from_product([distance_m, time_days], names=["over_m", "over_days"]).to_frame()
        return pd.concat([over.set_axis(self.limits), self._table(_bands)], axis=1)

    def within_limits(self) -> pd.DataFrame:
        """Return Knox's single cut for each pair of limits: close is no further *and* no longer apart than they say.

        `p_poisson` stands beside `p`: the chance that a Poisson count with mean `expected` is *larger* than this one, as R's
        surveillance::knox gives it, to compare with. It takes pairs for independent, which pairs that share an event are not,
        and so may claim too much. Missing where nothing is expected.
        """
        table = self._table(lambda within, _axes: within)
        return table.assign(p_poisson=pdtrc(table["pairs"], table["expected"].where(table["expected"] > 0)))

    def _table(self, cut: Callable[[Counts, tuple[int, ...]], Counts]) -> pd.DataFrame:
        pairs, dealt = cut(self.recorded, (-2, -1)), cut(self.dealt, (-2, -1))
        same_place = cut(np.tile(self.same_place, (len(self.close), 1)), (-2, -1))
        expected = np.outer(cut(self.close, (-1,)), cut(self.soon, (-1,))) / max(self.events * (self.events - 1) // 2, 1)
        ratio = pairs / np.where(expected > 0, expected, np.nan)
        p = ((dealt >= pairs).sum(axis=0) + 1) / (len(dealt) + 1)
        rows = {"pairs": pairs, "same_place": same_place, "expected": expected, "ratio": ratio, "p": p}
        return pd.DataFrame({name: values.ravel() for name, values in rows.items()}, index=self.limits)


def knox(
    easting: ArrayLike,
    northing: ArrayLike,
    day: ArrayLike,
    *,
    distance_limits_m: Sequence[float],
    time_limits_days: Sequence[float],
    rng: np.random.Generator,
    precision_days: float = 1,
    permutations: int = PERMUTATIONS,
) -> Knox:
    """Count the pairs of events that are near in space and in time, as recorded and with the dates dealt anew.

    Shapes: n events each; coordinates in metres (EPSG:27700, or another in metres); `day` whole days as numbers, or dates, of
    which the time of day is dropped. An event whose coordinate or day is missing (NaN, NaT) or infinite is left out and
    counted. Limits rise and are inclusive; a first limit of 0 is for one and the same place, or day.

    Raise DataProblem where steps of time are shorter than `precision_days` (31 for dates known by the month), where limits do
    not rise, or where there are more close pairs than MOST_PAIRS.
    """
    distance_m, time_days = _rising(distance_limits_m), _rising(time_limits_days)
    shortest = float(min([max(time_days[0], 1), *np.diff(time_days)]))
    if shortest < precision_days:
        raise DataProblem(TOO_FINE, shortest=shortest, precision=precision_days)
    points, days, left_out = _known(easting, northing, day)
    pairs, close, same_place = _close_pairs(points, distance_m)
    whole_days = [int(limit) for limit in np.minimum(time_days, days.max(initial=0))]
    ranked, earlier = np.sort(days).astype(np.int64), np.arange(len(days))
    recorded = _within_days(days[:, None], pairs, close, whole_days)
    shares = [min(DEALS_AT_ONCE, permutations - at) for at in range(0, permutations, DEALS_AT_ONCE)]

    def deal(share: int, own_rng: np.random.Generator) -> Counts:
        return _within_days(_deal(days, share, own_rng), pairs, close, whole_days)

    with ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_THREADS)) as threads:
        dealt = list(threads.map(deal, shares, rng.spawn(len(shares))))
    return Knox(
        limits=pd.MultiIndex.from_product([distance_m, time_days], names=["distance_m", "time_days"]),
        events=len(points),
        left_out=left_out,
        recorded=recorded[0],
        dealt=np.concatenate([recorded[:0], *dealt]),
        same_place=_within_days(days[:, None], same_place, np.array([len(same_place)]), whole_days)[0, 0],
        close=close,
        soon=np.array([(np.searchsorted(ranked, ranked + limit, side="right") - earlier - 1).sum() for limit in whole_days]),
    )


def _bands(within: Counts, axes: tuple[int, ...]) -> Counts:
    """Return counts by band from counts within limits."""
    for axis in axes:
        within = np.diff(within, axis=axis, prepend=0)
    return within


def _rising(limits: Sequence[float]) -> NDArray[np.float64]:
    rising = np.asarray(limits, float)
    if not (rising.size and rising[0] >= 0 and np.isfinite(rising).all() and (np.diff(rising) > 0).all()):
        raise DataProblem(NOT_RISING, given=", ".join(f"{limit:g}" for limit in rising) or "none")
    return rising


def _known(easting: ArrayLike, northing: ArrayLike, day: ArrayLike) -> tuple[NDArray[np.float64], Days, int]:
    """Return the points and days of events that have both, neighbours near each other and days from the first, and how many have not."""
    points = np.column_stack([pd.Series(each).to_numpy(float, na_value=np.nan) for each in (easting, northing)])
    days = _whole_days(pd.Series(day))
    known = np.isfinite(points).all(axis=1) & np.isfinite(days)
    points, days = points[known], days[known]
    if len(points):
        leaves = KDTree(points).indices  # a tree's leaves are neighbours
        points, days = points[leaves], days[leaves] - days.min()
    return points, days.astype(np.int16 if days.max(initial=0) <= np.iinfo(np.int16).max else np.int32), int((~known).sum())


def _whole_days(day: pd.Series) -> NDArray[np.float64]:
    if not pd.api.types.is_numeric_dtype(day):
        dates = pd.to_datetime(day).dt.tz_localize(None)
        day = (dates - pd.Timestamp(0)) / pd.Timedelta(days=1)
    days: NDArray[np.float64] = np.floor(day.to_numpy(float, na_value=np.nan))
    return days


def _close_pairs(points: NDArray[np.float64], limits_m: NDArray[np.float64]) -> tuple[Pairs, Counts, Pairs]:
    """Return the close pairs, nearest band first, how many are within each limit, and those at one and the same place."""
    tree, reach_m = KDTree(points), limits_m[-1] + 2 * ROUNDING_M
    found = (int(tree.count_neighbors(tree, reach_m)) - len(points)) // 2
    if found > MOST_PAIRS:
        raise DataProblem(TOO_MANY_PAIRS, pairs=found, distance=limits_m[-1], most=MOST_PAIRS)
    pairs = tree.query_pairs(reach_m, output_type="ndarray")
    apart_m = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T)
    band = np.asarray(np.searchsorted(limits_m + ROUNDING_M, apart_m), np.int16)  # quick to sort
    by_band = np.argsort(band, kind="stable")
    close = np.bincount(band, minlength=len(limits_m) + 1)[:-1].cumsum()
    return pairs[by_band[: close[-1]]], close, pairs[apart_m <= ROUNDING_M]


def _deal(day: Days, deals: int, rng: np.random.Generator) -> Days:
    """Return days × deals: the same days, each time in a new order."""
    dealt, shuffled = np.empty((len(day), deals), day.dtype), day.copy()
    for at in range(deals):
        rng.shuffle(shuffled)
        dealt[:, at] = shuffled
    return dealt


def _within_days(days: Days, pairs: Pairs, close: Counts, limits_days: Sequence[int]) -> Counts:
    """Count pairs within each limit of distance and of time, given events × deals days: deals × d × t.

    A few pairs at a time, in arrays made once, so that the processor never waits for memory; numpy lets go of Python's lock
    in each step, so that threads run side by side.
    """
    deals = days.shape[1]
    counts = np.zeros((len(close), len(limits_days), deals), np.int64)
    one, other = (np.empty((PAIRS_AT_ONCE, deals), days.dtype) for _end in range(2))
    soon, tally = np.empty((PAIRS_AT_ONCE, deals), np.bool_), np.empty(deals, np.uint8)
    for band, (first, last) in enumerate(pairwise([0, *close.tolist()])):
        for at in range(first, last, PAIRS_AT_ONCE):
            some = pairs[at : min(at + PAIRS_AT_ONCE, last)]
            m = len(some)
            np.take(days, some[:, 0], axis=0, out=one[:m], mode="clip")  # "clip" writes straight into `out`
            np.take(days, some[:, 1], axis=0, out=other[:m], mode="clip")
            np.abs(np.subtract(one[:m], other[:m], out=one[:m]), out=one[:m])
            for which, limit in enumerate(limits_days):
                np.less_equal(one[:m], limit, out=soon[:m])
                counts[band, which] += np.add.reduce(soon[:m].view(np.uint8), axis=0, dtype=np.uint8, out=tally)
    return np.moveaxis(counts.cumsum(axis=0), -1, 0)
