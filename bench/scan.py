"""The scan of a borough and of a county, and Gi* with false discovery of 200,000 cells; esda with its weights beside it.

Slough's cells where the shared boundary is, else a made-up disk; incidents fall evenly, which is the scan's slowest. Each is a process
of its own, and what is measured is the work alone: cells, neighbours and imports are there before, except where it says “not given”.
"""

from __future__ import annotations

import importlib
import statistics
import sys
import warnings
from collections.abc import Callable
from typing import Any

import h3
import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from bench import real_data
from bench.timing import in_its_own_process, measure, median, say_ratio
from briefing.hotspots import RINGS
from geo import cells, frames, hotspots, scan

PERIODS = 12
COUNTY_RINGS = 48
"""A disk of 7,057 cells: Powys at resolution 8."""


def run(*, small: bool) -> None:
    rounds, replicates = (1, 99) if small else (5, 999)
    for way, what in {
        "poisson 600": "the borough, 600 incidents, Poisson",
        "poisson 9086": "the borough, 9,086 incidents, Poisson",
        "space_time 3000": "the borough, 3,000 incidents, by month over a year",
        "county 75": "a county of 7,057 cells, 75 incidents, Poisson",
        "county_in_time 75": "the same, by month over a year",
    }.items():
        runs = [in_its_own_process("bench.scan", *way.split(), str(replicates)) for _round in range(rounds)]
        print(
            f"{what}, {runs[0].answer:,} disks, {replicates} replicates: {median(runs):.2f} s "
            f"({min(run.seconds for run in runs):.2f} to {max(run.seconds for run in runs):.2f} over {rounds} rounds; "
            f"{statistics.median(run.cpu_seconds for run in runs):.2f} s of the processor), {max(run.peak_mb for run in runs):,.0f} MB"
        )
    rings = 40 if small else 258  # 4,921 or 200,467 cells
    for given in ("given", "built"):
        both: dict[str, list[Any]] = {"ours": [], "esda": []}
        for at in range(rounds):
            for who in both if at < 1 or small else ("ours",):  # esda once: it takes most of a minute, and no round would change the answer
                both[who].append(in_its_own_process("bench.scan", f"{who}_{given}", str(rings), "0"))
        if both["ours"][0].answer != both["esda"][0].answer:
            raise SystemExit(f"the ways do not agree: {both['ours'][0].answer}, {both['esda'][0].answer}")
        processor = 1000 * statistics.median(run.cpu_seconds for run in both["ours"])
        print(
            f"Gi* and false discovery of {3 * rings * (rings + 1) + 1:,} cells, neighbours {given}: {1000 * median(both['ours']):.0f} ms "
            f"({processor:.0f} ms of the processor)"
        )
        say_ratio("  beside esda with its weights, without permutations, in one round", both["ours"][:1], both["esda"])
    rings = 10 if small else 81  # 19,927 cells: the permutations of 200,000 would take minutes
    usual = in_its_own_process("bench.scan", "esda_built", str(rings), "999")
    ours = in_its_own_process("bench.scan", "ours_built", str(rings), "0")
    say_ratio(f"  as esda is called by default, 999 permutations, {3 * rings * (rings + 1) + 1:,} cells, neighbours built", [ours], [usual])


def disk(rings: int, resolution: int = 9) -> cells.Cells:
    """Return the sorted cells within some rings of one in Slough."""
    return np.sort(np.array([h3.str_to_int(cell) for cell in h3.grid_disk(h3.latlng_to_cell(51.51, -0.59, resolution), rings)], np.uint64))


def borough() -> cells.Cells:
    """Return Slough's cells at resolution 9, or as many made up where the shared boundary is not."""
    file = real_data.FOLDER / "boundaries" / "slough-lsoa-2011.geojson"
    return cells.study_area(frames.read_boundary(file), np.zeros(0, np.uint64), 9).cells if file.exists() else disk(10)


def scanning(place: str, incidents: int, replicates: int) -> Callable[[], int]:
    """Return the work of one scan, with all that it needs made."""
    study = disk(COUNTY_RINGS, 8) if place.startswith("county") else borough()
    disks = [cells.neighbours(study, rings) for rings in range(RINGS + 1)]
    rng = np.random.default_rng(1)
    where, when = rng.integers(len(study), size=incidents), rng.integers(PERIODS, size=incidents)
    if place in ("poisson", "county"):
        counts = np.bincount(where, minlength=len(study))
        return lambda: len(scan.poisson(counts, np.ones(len(study)), disks, rng, replicates=replicates).llr)
    return lambda: len(scan.space_time(where, when, PERIODS, disks, rng, replicates=replicates).llr)


def hot_cells(way: str, rings: int, permutations: int) -> Callable[[], int]:
    """Return the work of counting the cells that Gi* calls hot, with Benjamini and Hochberg's q."""
    study = disk(rings)
    counts = pd.Series(np.random.default_rng(1).negative_binomial(0.5, 0.05, len(study)).astype(float), index=study)
    near = cells.neighbours(study)
    who, given = way.split("_")
    if who == "ours":
        hotspots.false_discovery_q(hotspots.two_sided_p(hotspots.local_g_star(counts.head(7), near[:7][:, :7])))
        return lambda: _ours(counts, near if given == "given" else cells.neighbours(study))
    warnings.simplefilter("ignore")
    names = h3.int_to_str
    weights_of = importlib.import_module("libpysal").weights.W
    local = importlib.import_module("esda.getisord").G_Local

    def built() -> Any:
        at = {names(int(cell)): i for i, cell in enumerate(study)}
        return weights_of({i: [at[b] for b in h3.grid_disk(cell, 1) if b != cell and b in at] for cell, i in at.items()})

    ready = built() if given == "given" else None

    def theirs() -> int:
        found = local(counts.to_numpy(), ready or built(), transform="B", star=True, permutations=permutations)
        p = found.p_sim if permutations else 2 * found.p_norm
        return int(((false_discovery_control(p) <= 0.05) & (found.Zs > 0)).sum())

    return theirs


def _ours(counts: pd.Series, near: Any) -> int:
    z = hotspots.local_g_star(counts, near)
    return int(((hotspots.false_discovery_q(hotspots.two_sided_p(z)) <= 0.05) & (z > 0)).sum())


if __name__ == "__main__":
    asked, size, how_many = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    measure(hot_cells(asked, size, how_many) if asked.startswith(("ours", "esda")) else scanning(asked, size, how_many))
