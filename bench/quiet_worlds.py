"""Worlds of pure chance: how often anything is called a hotspot where there is none; and planted ones: how often they are found.

Each world is asked of `detection.find` anew, with few replicates of its own; none shares another's. “Before” is the way this replaces:
Gi* with a normal p and Benjamini-Hochberg's q. Of nulls that no method can know (a population that clusters, without a baseline;
positions snapped to a few points; each incident known only to a neighbourhood, and counted over it in fractions) it prints what is
called all the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from bench.scan import COUNTY_RINGS, borough, disk
from briefing.hotspots import RINGS
from geo import cells, detection, exposure, hotspots, scan

TOWN_INCIDENTS = (75, 150, 600, 3_000, 9_086)
COUNTY_INCIDENTS = 75
TOLD = {"even": "even, and it is", "skewed": "skewed, and told", "very skewed": "very skewed, and told"}
NOT_TOLD = {
    "none evenly": "very skewed and told, but none of it evenly",
    "clustered": "a clustered population, not told",
    "snapped": "snapped to 2 points a cell on average, not told",
    "spread": "each known only to a neighbourhood",
}
METHODS = ("gi", "scan", "before")
RISKS = (1.5, 2.0, 3.0, 4.0, 5.0, 6.0)
PLANTED = ((3.0, 30), (5.0, 20))
"""Relative risk in a cell and its six neighbours, and the incidents expected there at that risk."""

REPLICATES = 99
WORKERS = 2


@dataclass(frozen=True)
class Task:
    """So many worlds of one null or one relative risk, for one method; the seed is of the worlds, the same for every method."""

    area: str
    null: str
    incidents: int
    method: str
    worlds: int
    seed: int
    risk: float = 1.0


def run(*, small: bool) -> None:
    town, county, powered = (20, 4, 10) if small else (600, 200, 200)
    sizes = [("town", incidents, town) for incidents in TOWN_INCIDENTS] + [("county", COUNTY_INCIDENTS, county)]
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        print(f"Share of quiet worlds with any hotspot, {REPLICATES} replicates for each world, ± one standard error of Monte Carlo")
        for null, said in (TOLD | NOT_TOLD).items():
            for area, incidents, worlds in sizes:
                many = worlds if null in TOLD else max(worlds // 5, 4)
                tasks = [Task(area, null, incidents, method, many, seed=1) for method in METHODS]
                shares = dict(zip(METHODS, pool.map(called, tasks), strict=True))
                auto = _auto(area, incidents)
                each = ", ".join(f"{method} {_percent(share, many)}" for method, share in shares.items())
                decided = f"auto is {auto}: {_percent(shares[auto], many)}"
                print(f"{said}: {_place(area)}, {incidents:,} incidents, {many} worlds: {each}; {decided}", flush=True)
        print("Share of planted hotspots (seven cells, anywhere in the town) of which any cell is called")
        for risk, inside in PLANTED:
            total = round(inside / _inside(risk, len(_area("town")[0])))
            _say_power(pool, [(total, risk)], powered * 2, f"{inside} expected inside")
        for total in TOWN_INCIDENTS:
            _say_power(pool, [(total, risk) for risk in RISKS], powered, "the curve")


def _say_power(pool: ProcessPoolExecutor, asked: list[tuple[int, float]], worlds: int, what: str) -> None:
    found = list(pool.map(called, [Task("town", "planted", n, method, worlds, 2, risk) for method in METHODS[:2] for n, risk in asked]))
    for method, shares in zip(METHODS[:2], np.reshape(found, (2, -1)), strict=True):
        each = ", ".join(f"{risk:g} {_percent(share, worlds)}" for (_n, risk), share in zip(asked, shares, strict=True))
        auto = " (auto)" if method == _auto("town", asked[0][0]) else ""
        print(f"{what}: {asked[0][0]:,} incidents, {method}{auto}, {worlds} worlds, by relative risk: {each}", flush=True)


def called(task: Task) -> float:
    """Return the share of worlds of which anything is called; of planted ones, any cell of the planted seven."""
    study, disks = _area(task.area)
    deciding = np.random.default_rng(task.seed + 1000)
    seen = 0
    for counts, told, planted in worlds_of(task):
        table = pd.Series(counts, index=study)
        if task.method == "before":
            z = hotspots.local_g_star(table, disks[1])
            hot = ((hotspots.false_discovery_q(hotspots.two_sided_p(z)) <= detection.FAMILY_ERROR) & (z > 0)).to_numpy()
        else:
            method: detection.Method = "gi" if task.method == "gi" else "scan"
            found = detection.find(table, disks, deciding, exposure=told, method=method, replicates=REPLICATES)
            hot = found.cells["hotspot"].to_numpy()
        seen += bool(hot[planted].any())
    return seen / task.worlds


def worlds_of(task: Task) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64] | None, NDArray[np.intp]]]:
    """Draw worlds: counts, the exposure that is told (none where it is even or not known), and the cells that are looked at."""
    study, disks = _area(task.area)
    rng, n = np.random.default_rng(task.seed), len(study)
    size = np.asarray(disks[1].sum(axis=1))
    inner = np.flatnonzero(size == size.max())
    everywhere = np.arange(n)
    for _world in range(task.worlds):
        weight: NDArray[np.float64] = np.ones(n)
        told: NDArray[np.float64] | None = None
        looked_at: NDArray[np.intp] = everywhere
        if task.null in ("skewed", "very skewed", "none evenly"):
            weight = told = np.asarray(rng.gamma(1.0 if task.null == "skewed" else 0.3, size=n), np.float64)
            if task.null in TOLD:  # the null that is named has one incident in twenty anywhere
                weight = exposure.with_even_part(told)
        elif task.null == "clustered":
            weight = np.asarray(0.2 + disks[-1] @ (rng.random(n) < 0.02), np.float64)
        elif task.null == "snapped":
            weight = np.asarray(rng.poisson(2.0, n) + 1e-9, np.float64)
        elif task.null == "planted":
            looked_at = disks[1][[rng.choice(inner)]].indices.astype(np.intp)
            weight[looked_at] = task.risk
        counts = scan.redistributed(task.incidents, scan.shares(weight), 1, rng)[:, 0]
        if task.null == "spread":
            counts = np.asarray(disks[1] @ (counts / size))
        yield counts, told, looked_at


@lru_cache
def _area(name: str) -> tuple[cells.Cells, list[csr_array]]:
    study = borough() if name == "town" else disk(COUNTY_RINGS, 8)
    return study, [cells.neighbours(study, rings) for rings in range(RINGS + 1)]


def _auto(area: str, incidents: int) -> detection.Method:
    study, disks = _area(area)
    return detection.choose(incidents, len(study), disks[1])


def _inside(risk: float, n: int) -> float:
    return 7 * risk / (7 * risk + n - 7)


def _place(area: str) -> str:
    return f"{'Slough' if area == 'town' else 'a county'} ({len(_area(area)[0]):,} cells)"


def _percent(share: float, worlds: int) -> str:
    return f"{100 * share:.1f} % ± {100 * math.sqrt(share * (1 - share) / worlds):.1f}"
