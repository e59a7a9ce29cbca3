"""How recorded harm at a place changes: a trend over periods, the class of a hotspot, and this season beside last year's.

The classes follow Esri's Emerging Hot Spot Analysis in their names and in the rule of 90 %, and differ from it, and from
`emerging_hotspot_analysis` of R's sfdep, where a panel would be told something that is not so:

| | Esri (ArcGIS Pro) | sfdep | ours |
|---|---|---|---|
| a hot period | Gi* over neighbours and the step before, with FDR | as Esri, p by permutation | what the caller's test called hot |
| cold periods | eight classes of their own | the same | the same as any period that is not hot |
| new | hot in the last period only; may have been cold | hot in the last only, and never cold | hot in the last only |
| consecutive | one run of two or more up to the last | cold periods count to the run too | one run of two or more up to the last |
| intensifying, diminishing | 90 %, hot in the last, z rising or falling | cold ones may count to the 90 % | as Esri |
| persistent | 90 %, no trend; need not be hot in the last | the same | must be hot in the last |
| sporadic | hot in the last, on and off, never cold | hot at any time, never cold | two runs, and still within the usual pause |
| oscillating | hot in the last, once cold | the same | three runs or more, and still within the usual pause |
| historical | 90 %, not hot in the last | 90 %, z below 0 in the last | two hot periods or more, quiet for longer than ever between |
| several classes fit | not said | the first in a list | the rules below are tried in order |

So a place that was hot for four months and then no more is *historical* here, and of no class for Esri; and no place is said
to be over while it has been quiet for no longer than it was before it came back. There is no cold class: little recorded is
not little harm, so a cold cell is `none`, like any other that no test called hot.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, ndtr

from geo.periods import Unit
from words import N_, DataProblem

TREND_P = 0.05
"""The two-sided p under which a trend is said to rise or fall: the usual one in twenty."""

NEARLY_ALWAYS = 0.9
"""The share of periods that must be hot for a place to be called hot all along: Esri's, so that the names mean the same."""

MIN_PERIODS = 6
"""Periods under which no class is given: the fewest at which a row that rises throughout, but for two neighbours in the wrong
order, is still a trend (Mann-Kendall p = 0.02; with five periods p = 0.09)."""

MIN_HOT_TO_REMEMBER = 2
"""Hot periods that a place quiet now must have had to be called historical: a single one, not repeated, is what chance gives."""

RUNS_TO_OSCILLATE = 3
"""Runs of hot periods from which a place comes and goes: it has come back twice."""

CONFIDENCE = 0.95
"""Of intervals for a change, the share that hold the true one: at least the usual 19 of 20."""

ABOUT_AS_MANY = 1.25
"""A change is "about as many" where even the ends of its interval are within a quarter more, or a fifth fewer."""

NEW, CONSECUTIVE, INTENSIFYING, PERSISTENT = "new", "consecutive", "intensifying", "persistent"
DIMINISHING, SPORADIC, OSCILLATING, HISTORICAL = "diminishing", "sporadic", "oscillating", "historical"
NONE = "none"

CLASSES = (NEW, CONSECUTIVE, INTENSIFYING, PERSISTENT, DIMINISHING, SPORADIC, OSCILLATING, HISTORICAL, NONE)

_OF_ANY_PERIOD = {
    SPORADIC: N_("came back once after it had stopped"),
    OSCILLATING: N_("comes and goes"),
    HISTORICAL: N_("earlier, but not lately"),
    NONE: N_("nothing stands out"),
}

CLASS_LABELS: dict[Unit, dict[str, str]] = {
    "week": {
        NEW: N_("new in the latest week"),
        CONSECUTIVE: N_("several weeks running, up to the latest, and never before"),
        INTENSIFYING: N_("nearly every week so far, and growing"),
        PERSISTENT: N_("nearly every week so far"),
        DIMINISHING: N_("nearly every week so far, but easing"),
        **_OF_ANY_PERIOD,
    },
    "month": {
        NEW: N_("new in the latest month"),
        CONSECUTIVE: N_("several months running, up to the latest, and never before"),
        INTENSIFYING: N_("nearly every month so far, and growing"),
        PERSISTENT: N_("nearly every month so far"),
        DIMINISHING: N_("nearly every month so far, but easing"),
        **_OF_ANY_PERIOD,
    },
    "quarter": {
        NEW: N_("new in the latest quarter"),
        CONSECUTIVE: N_("several quarters running, up to the latest, and never before"),
        INTENSIFYING: N_("nearly every quarter so far, and growing"),
        PERSISTENT: N_("nearly every quarter so far"),
        DIMINISHING: N_("nearly every quarter so far, but easing"),
        **_OF_ANY_PERIOD,
    },
}
"""What each class is called on the screen, by the length of its periods."""

MORE, FEWER, SAME, TOO_FEW = "more", "fewer", "same", "too_few"

CHANGE_LABELS = {MORE: N_("more"), FEWER: N_("fewer"), SAME: N_("about as many"), TOO_FEW: N_("too few to say")}

TOO_SHORT = N_(
    "{periods} periods are too few to tell what is new from what comes and goes: at least {least} are needed. "
    "Choose shorter periods or an earlier first day."
)


def mann_kendall(values: pd.DataFrame) -> pd.DataFrame:
    """Test each row for a trend: one row per row of `values` with `s, variance, tau, z, p`.

    `values` has one column per period, in order. `s` is the number of pairs that rise less those that fall, `variance` is
    corrected for ties, `tau` is Kendall's tau-b, `z` has the continuity correction and `p` is two-sided and normal. A missing
    value is in no pair; a row without two different values has z 0, p 1 and no tau (NaN). Mann (1945), Econometrica 13(3);
    Kendall (1975), Rank Correlation Methods. Periods are taken to be independent: where one carries over into the next, p is
    smaller than it should be.
    """
    x = np.ascontiguousarray(values.to_numpy(float).T)
    s = np.zeros(len(values), np.int64)
    tied_with = np.zeros(x.shape, np.int32)
    for lag in range(1, len(x)):
        earlier, later = x[:-lag], x[lag:]
        s += np.count_nonzero(later > earlier, axis=0) - np.count_nonzero(later < earlier, axis=0)
        tied = later == earlier
        tied_with[lag:] += tied
        tied_with[:-lag] += tied
    n = np.count_nonzero(~np.isnan(x), axis=0)
    # Summed over values, each in a tie of t: t (t − 1) (2t + 5) of each tie is (t − 1) (2t + 5) for each of its t values.
    variance = (n * (n - 1) * (2 * n + 5) - (tied_with * (2 * tied_with + 7)).sum(axis=0)) / 18
    pairs = n * (n - 1) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        tau = s / np.sqrt(pairs * (pairs - tied_with.sum(axis=0) / 2))
        z = np.where(variance > 0, (s - np.sign(s)) / np.sqrt(variance), 0.0)
    return pd.DataFrame({"s": s, "variance": variance, "tau": tau, "z": z, "p": 2 * ndtr(-np.abs(z))}, index=values.index)


def check_enough_periods(periods: int) -> None:
    """Raise DataProblem where there are too few periods to give a hotspot a class."""
    if not has_enough_periods(periods):
        raise DataProblem(TOO_SHORT, periods=periods, least=MIN_PERIODS)


def has_enough_periods(periods: int) -> bool:
    """Say whether there are enough periods to give a hotspot a class."""
    return periods >= MIN_PERIODS


def emerging(hot: pd.DataFrame, z: pd.DataFrame) -> pd.Series:
    """Give each cell its class, one of CLASSES, from the periods in which it was hot: a series on the index of `hot`.

    Shapes: cells × periods, in order, `hot` of booleans and `z` how strongly each period was hot, on the same index and
    columns; a missing z takes no part in the trend. With a *run* being hot periods without a pause, and the *usual pause* the
    longest between two runs, the class is

    - hot in the last period and in 90 % of all: `intensifying` or `diminishing` where z rises or falls (`mann_kendall`),
      else `persistent`;
    - hot in the last period, one run: `new` if it is one period long, else `consecutive`;
    - two runs or more, and hot in the last period or quiet since for no longer than the usual pause: `sporadic` with two
      runs, `oscillating` with more;
    - else, not hot in the last period: `historical` where two periods or more were hot, `none` where fewer.

    Raises DataProblem for fewer than MIN_PERIODS periods.
    """
    if not (hot.index.equals(z.index) and hot.columns.equals(z.columns)):
        raise ValueError("hot and z are of different cells or periods")
    check_enough_periods(hot.shape[1])
    was = hot.to_numpy(bool)
    now, hot_periods = was[:, -1], was.sum(axis=1)
    runs = was[:, 0] + (was[:, 1:] & ~was[:, :-1]).sum(axis=1)
    longest_pause, quiet_for = _pauses(was)
    always = now & (hot_periods >= NEARLY_ALWAYS * was.shape[1] - 1e-9)
    trend = mann_kendall(z[always])
    direction = np.zeros(len(was))
    direction[always] = np.sign(trend["s"]).where(trend["p"] < TREND_P, 0)
    comes_back = (runs > 1) & (quiet_for <= longest_pause)
    found = np.select(
        [
            always & (direction > 0), always & (direction < 0), always, now & (hot_periods == 1), now & (runs == 1),
            comes_back & (runs < RUNS_TO_OSCILLATE), comes_back, hot_periods >= MIN_HOT_TO_REMEMBER,
        ],
        [INTENSIFYING, DIMINISHING, PERSISTENT, NEW, CONSECUTIVE, SPORADIC, OSCILLATING, HISTORICAL],
        NONE,
    )  # fmt: skip
    return pd.Series(found, index=hot.index, name="trend", dtype="str")


def change(
    counts: pd.Series, counts_before: pd.Series, *, days: ArrayLike, days_before: ArrayLike, confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """Compare counts with those of the same season last year: a row per count with `ratio, low, high, change`.

    `days` and `days_before` are how long each was counted for, one for all or one each; `ratio` is of the rates per day and
    lies in `low` to `high` with at least the stated confidence. `change` is `more` or `fewer` where the interval leaves no
    other reading, `same` where all of it is near 1 (ABOUT_AS_MANY), else `too_few`; CHANGE_LABELS has the words. Nothing
    before and something now is a ratio of infinity, with no upper end; something before and nothing now is 0, with no lower
    end; nothing in either, or a missing count, has no ratio (NaN) and `too_few`. Counts may have fractions, of incidents spread
    over cells; the interval then lies between those of the whole counts around them.

    Given the sum of two Poisson counts, the first is binomial: Przyborowski & Wilenski (1940), Biometrika 31(3/4). The
    interval is the exact one for its share, Clopper & Pearson (1934), Biometrika 26(4), which is wide rather than wrong.
    """
    if not counts.index.equals(counts_before.index):
        raise ValueError("the counts are of different cells")
    x, y = counts.to_numpy(float), counts_before.to_numpy(float)
    exposure, exposure_before = np.asarray(days, float), np.asarray(days_before, float)
    if (x < 0).any() or (y < 0).any() or (exposure <= 0).any() or (exposure_before <= 0).any():
        raise ValueError("counts cannot be negative and days must be positive")
    tail = (1 - confidence) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(x > 0, betaincinv(x, y + 1, tail), 0.0)
        high = np.where(y > 0, betaincinv(x + 1, y, 1 - tail), 1.0)
        per_day = exposure_before / exposure
        ratio, low, high = x / y * per_day, low / (1 - low) * per_day, high / (1 - high) * per_day
    missing = np.isnan(x) | np.isnan(y)
    low, high = np.where(missing, np.nan, low), np.where(missing, np.nan, high)
    near = (low > 1 / ABOUT_AS_MANY) & (high < ABOUT_AS_MANY)
    said = np.select([low > 1, high < 1, near], [MORE, FEWER, SAME], TOO_FEW)
    return pd.DataFrame({"ratio": ratio, "low": low, "high": high, "change": said}, index=counts.index)


def _pauses(was: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return for each row the longest pause between two hot periods, and how long it has been quiet since the last."""
    at = np.arange(was.shape[1])
    last_hot = np.maximum.accumulate(np.where(was, at, -1), axis=1)
    before = last_hot[:, :-1]
    pause = np.where(was[:, 1:] & (before >= 0), at[1:] - before - 1, 0)
    return pause.max(axis=1), was.shape[1] - 1 - last_hot[:, -1]
