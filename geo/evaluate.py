"""How concentrated recorded harm is, and how well one period's counts foretell the next: calibration, never a guide to patrol.

A method that finds no more of the next period than last period's counts do, or than chance, has found nothing that lasts, and
the method page should say so. Cells come in as rows, periods as columns; nothing here knows where a cell is but the kernel
density, which is given the centres in metres.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from words import N_, DataProblem

CHANCE_WORLDS = 999
"""Worlds of chance to compare a concentration with: enough for the 2.5th and 97.5th in a hundred to stand on 25 worlds each."""

RESAMPLES = 2000
"""Bootstrap resamples for an interval; 1,000 or more are advised (Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 13)."""

INTERVAL = (0.025, 0.975)
"""The ends of an interval: the usual 95 in a hundred."""

MIN_PERIODS_FOR_INTERVAL = 6
"""Held-out periods under which no interval is given: of two equal methods one is ahead in all of five periods 3 times in a hundred,
more than the 2.5 each end of the interval leaves out; in all of six, 1.6 times."""

KERNEL_REACH = 4.0
"""Bandwidths beyond which a Gaussian kernel is taken for nothing: there it is a three-thousandth of its height."""

OURS, LAST, DENSITY, CHANCE = "score", "last_periods", "kernel_density", "chance"
"""The methods of a back-test: the score on trial, the counts of the last periods, their kernel density, and any cells at all."""

Score = Callable[[pd.DataFrame], pd.Series]
"""What is on trial: given the counts of earlier periods only, a score for each cell, the higher the worse. Missing is lowest."""


@dataclass(frozen=True)
class Concentration:
    """How unevenly incidents lie over cells, and how unevenly chance alone would have laid them."""

    gini: float
    """0 is as even as that many incidents can be; near 1 is all in one cell."""
    by_chance: float
    """The mean over worlds of chance, of which 95 in a hundred lie between the next two."""
    by_chance_low: float
    by_chance_high: float
    incidents: float
    cells: int


@dataclass(frozen=True)
class BackTest:
    """How much of each held-out period lay in the cells that each method chose before it."""

    by_period: pd.DataFrame
    """One row per held-out period and method (the index): `incidents, found, hit_rate, pai`; the last two missing where the
    period has no incidents."""
    differences: pd.DataFrame
    """One row per method the score is compared with: for `hit_rate` and `pai` the mean of score minus method over the periods,
    and `…_low, …_high`, a 95 % bootstrap interval; missing where periods are too few. `periods` is how many."""


NOTHING_RECORDED = N_("Nothing is recorded in this area and period, so how concentrated it is cannot be said. Choose a longer period.")
NO_EXPOSURE = N_("The exposure must be 0 or more in every cell and more than 0 in some: choose another exposure, or none.")
NO_CELLS = N_("There are no cells to choose from: choose a larger area.")
NOT_A_SHARE = N_("The share of the area to choose must be more than 0 and at most 1, for example 0.05. It is {share:g}.")
TOO_FEW_PERIODS = N_(
    "A back-test needs more periods than it looks back on: {periods} periods here, and it looks back on {history}. Choose shorter periods, "
    "a longer time, or look back on fewer."
)
NO_BANDWIDTH = N_("The bandwidth of a kernel density must be more than 0 metres, for example 300. It is {bandwidth:g}.")
NONE_TO_FIND = N_("Nothing is recorded in any of the periods held out, so nothing can be found in them. Choose longer periods.")


def generalised_gini(counts: ArrayLike) -> float:
    """Return the Gini coefficient of counts over cells, corrected for fewer incidents than cells.

    With c incidents and n > c cells, n - c cells must stay empty, and the plain Gini is high whatever happens. The generalised
    one compares with the most even that c incidents can be, one each in c cells: it is the plain Gini of the fullest
    min(c, n) cells. Bernasco & Steenbeek (2017), Journal of Quantitative Criminology 33(3). Incidents spread over cells as
    fractions may reach more than c of them; every cell they reach is then counted. NaN where nothing is recorded.
    """
    x = np.asarray(counts, float)
    return float(_gini(x[None], max(_whole(x.sum()), int(np.count_nonzero(x))))[0]) if x.sum() > 0 else np.nan


def concentration(
    counts: pd.Series, *, rng: np.random.Generator, exposure: pd.Series | None = None, worlds: int = CHANCE_WORLDS
) -> Concentration:
    """Return the generalised Gini of counts beside what chance alone gives.

    In a world of chance each incident falls in a cell on its own, in proportion to `exposure` (residents, all recorded crime;
    indexed like `counts`), or evenly where none is given. Even chance is uneven: few incidents clump by luck. A total
    with a fraction is rounded up. Raise DataProblem where nothing is recorded or the exposure is no use.
    """
    total = float(counts.sum())
    if not total > 0:
        raise DataProblem(NOTHING_RECORDED)
    exposed = np.ones(len(counts)) if exposure is None else exposure.reindex(counts.index).to_numpy(float)
    if not (np.isfinite(exposed).all() and (exposed >= 0).all() and exposed.sum() > 0):
        raise DataProblem(NO_EXPOSURE)
    whole = _whole(total)
    by_chance = _gini(rng.multinomial(whole, exposed / exposed.sum(), size=worlds).astype(float), whole)
    low, high = np.quantile(by_chance, INTERVAL)
    return Concentration(generalised_gini(counts), float(by_chance.mean()), float(low), float(high), total, len(counts))


def choose(score: pd.Series, *, area_share: float, area_m2: pd.Series | None = None) -> pd.Series:
    """Return the fraction (0 to 1) of each cell chosen when the highest scores are taken until a share of the area is full.

    Cells tied at the cut are taken in equal fractions, which is what drawing lots among them gives on average; the order of
    cells never matters, and every choice has exactly the same area. Cells have equal areas unless `area_m2` says otherwise. A
    missing score is the lowest of all. Raise DataProblem where there are no cells or the share is not in (0, 1].
    """
    if not len(score):
        raise DataProblem(NO_CELLS)
    if not 0 < area_share <= 1:
        raise DataProblem(NOT_A_SHARE, share=area_share)
    area = _areas(score.index, area_m2)
    tie = np.unique(-score.fillna(-np.inf).to_numpy(float), return_inverse=True)[1]
    tied_area = np.bincount(tie, weights=area)
    room = area_share * area.sum() - (tied_area.cumsum() - tied_area)
    with np.errstate(divide="ignore", invalid="ignore"):
        taken = np.where(tied_area > 0, np.clip(room / tied_area, 0, 1), 0)
    return pd.Series(taken[tie], index=score.index, name="chosen")


def hit_rate(counts: pd.Series, chosen: pd.Series) -> float:
    """Return the share of incidents that lie in chosen cells; `chosen` is True or False, or a fraction. NaN where there are none.

    Both are indexed by cell; a cell not named in `chosen` is not chosen.
    """
    total = float(counts.sum())
    return float(counts.to_numpy(float) @ _fractions(counts.index, chosen)) / total if total > 0 else np.nan


def pai(counts: pd.Series, chosen: pd.Series, *, area_m2: pd.Series | None = None) -> float:
    """Return the prediction accuracy index (n/N) / (a/A): how many times the share of incidents is the share of the area.

    Chainey, Tompson & Uhlig (2008), Security Journal 21. Cells have equal areas unless `area_m2` says otherwise. NaN where
    there are no incidents or nothing is chosen.
    """
    area = _areas(counts.index, area_m2)
    chosen_area = float(area @ _fractions(counts.index, chosen))
    return hit_rate(counts, chosen) * float(area.sum()) / chosen_area if chosen_area > 0 else np.nan


def kernel_density(counts: pd.DataFrame, easting: pd.Series, northing: pd.Series, *, bandwidth_m: float) -> pd.DataFrame:
    """Return the Gaussian kernel density of counts at the cells' own centres, up to a constant factor, shaped like `counts`.

    Centres in metres (EPSG:27700), indexed by cell. No correction at the edge of the area: nothing is known beyond it. Rounded
    to a million-millionth of the highest, so that cells that are equal but for the order of a sum are tied. Raise DataProblem
    where the bandwidth is not above 0.
    """
    if not bandwidth_m > 0:
        raise DataProblem(NO_BANDWIDTH, bandwidth=bandwidth_m)
    centres = np.column_stack([easting.reindex(counts.index), northing.reindex(counts.index)]).astype(float)
    tree = KDTree(centres)
    near = tree.sparse_distance_matrix(tree, KERNEL_REACH * bandwidth_m, output_type="coo_matrix")
    weight = np.exp(-0.5 * (near.data / bandwidth_m) ** 2)
    kernel = csr_array((weight, (near.row, near.col)), shape=near.shape)
    density = kernel @ counts.to_numpy(float)
    return pd.DataFrame((density / (density.max(initial=0) or 1)).round(12), index=counts.index, columns=counts.columns)


def back_test(
    counts: pd.DataFrame | NDArray[np.float64],
    score: Score,
    *,
    easting: pd.Series,
    northing: pd.Series,
    area_share: float,
    history_periods: int,
    bandwidth_m: float,
    rng: np.random.Generator,
    area_m2: pd.Series | None = None,
    resamples: int = RESAMPLES,
) -> BackTest:
    """Choose cells before each period by four methods, and see how much of the period they held.

    `counts` is cells × periods in order of time. Each period after the first `history_periods` is held out in turn; every
    method sees the `history_periods` before it and no more (the score is *called* with them, so it cannot see ahead), and
    chooses the same `area_share`. The methods are `score`, `last_periods` (their sum), `kernel_density` (of that sum, with
    `bandwidth_m`) and `chance`, every cell alike, which in expectation has a PAI of exactly 1. Differences are paired by period,
    their interval a percentile bootstrap over periods, which takes periods for independent: a harmful season makes it too
    narrow. Raise DataProblem where periods are too few, nothing is recorded in any, or the share or the cells are no use.
    """
    table = pd.DataFrame(counts)
    if history_periods < 1 or table.shape[1] <= history_periods:
        raise DataProblem(TOO_FEW_PERIODS, periods=table.shape[1], history=history_periods)
    if not table.iloc[:, history_periods:].to_numpy(float).sum() > 0:
        raise DataProblem(NONE_TO_FIND)
    density = kernel_density(table, easting, northing, bandwidth_m=bandwidth_m)
    rows = []
    for at in range(history_periods, table.shape[1]):
        before, held_out = slice(at - history_periods, at), table.iloc[:, at]
        history = table.iloc[:, before]
        scores = {
            OURS: score(history.copy()).reindex(table.index),
            LAST: history.sum(axis=1),
            DENSITY: density.iloc[:, before].sum(axis=1),
            CHANCE: pd.Series(0.0, index=table.index),
        }
        for method, each in scores.items():
            chosen = choose(each, area_share=area_share, area_m2=area_m2)
            hits, total = hit_rate(held_out, chosen), float(held_out.sum())
            found = hits * total if total else 0.0
            rows.append((table.columns[at], method, total, found, hits, pai(held_out, chosen, area_m2=area_m2)))
    named = pd.DataFrame(rows, columns=["period", "method", "incidents", "found", "hit_rate", "pai"])
    by_period = named.set_index(["period", "method"])
    return BackTest(by_period, pd.DataFrame(_differences(by_period, rng, resamples)).set_index("method"))


def _differences(by_period: pd.DataFrame, rng: np.random.Generator, resamples: int) -> Iterator[dict[str, object]]:
    measured = {method: by_period.dropna().xs(method, level="method") for method in (OURS, LAST, DENSITY, CHANCE)}
    n = len(measured[OURS])
    drawn = rng.integers(n, size=(resamples, n))
    for method in (LAST, DENSITY, CHANCE):
        row: dict[str, object] = {"method": method, "periods": n}
        for measure in ("hit_rate", "pai"):
            ahead = (measured[OURS][measure] - measured[method][measure]).to_numpy(float)
            ends = np.quantile(ahead[drawn].mean(axis=1), INTERVAL) if n >= MIN_PERIODS_FOR_INTERVAL else (np.nan, np.nan)
            row |= {measure: ahead.mean(), f"{measure}_low": ends[0], f"{measure}_high": ends[1]}
        yield row


def _gini(counts: NDArray[np.float64], incidents: int) -> NDArray[np.float64]:
    """Return the Gini of the fullest cells of each row, as many as `incidents` could reach."""
    fullest = min(incidents, counts.shape[1])
    ranked = np.sort(counts, axis=1)[:, counts.shape[1] - fullest :]
    gini: NDArray[np.float64] = (2 * (ranked @ np.arange(1, fullest + 1)) / ranked.sum(axis=1) - fullest - 1) / fullest
    return gini


def _whole(incidents: float) -> int:
    """Round up, at least to 1, but for the last digits, which a sum of fractions gets wrong."""
    return max(int(np.ceil(incidents - 1e-9)), 1)


def _areas(cells: pd.Index, area_m2: pd.Series | None) -> NDArray[np.float64]:
    return np.asarray(pd.Series(1.0, index=cells) if area_m2 is None else area_m2.reindex(cells), np.float64)


def _fractions(cells: pd.Index, chosen: pd.Series) -> NDArray[np.float64]:
    return np.asarray(chosen.astype(float).reindex(cells, fill_value=0.0), np.float64)
