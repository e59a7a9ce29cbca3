"""A million points to cells, counts, hotspots and clusters, after they were read: everything that a map of open data waits for.

Over made-up disks of cells of a borough's and a county's size, with a tenth of the points in a few places; Monte Carlo and all.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import h3
import numpy as np

from bench.timing import in_its_own_process, measure, median

RINGS = {"borough": 10, "county": 48}
"""Of cells round a middle: 331, and 7,057."""

RESOLUTION = 9


def run(*, small: bool) -> None:
    points, rounds = (20_000, 1) if small else (1_000_000, 5)
    for area in RINGS:
        runs = [in_its_own_process("bench.points_to_clusters", area, str(points)) for _round in range(rounds)]
        found = runs[0].answer
        took, most = median(runs), max(each.peak_mb for each in runs)
        print(
            f"{points:,} points over {found['cells']:,} cells of a {area}: {took:.2f} s, {most:,.0f} MB, {found['hot']} hot cells in "
            f"{found['clusters']} clusters by {found['method']} among {found['worlds']} worlds"
        )


def work(area: str, points: int) -> Callable[[], Any]:
    from briefing.hotspots import RINGS as LOOKED_AT
    from geo import cells, detection

    rng = np.random.default_rng(7)
    middle = h3.latlng_to_cell(51.51, -0.59, RESOLUTION)
    among = np.array(sorted(h3.str_to_int(cell) for cell in h3.grid_disk(middle, RINGS[area])), np.uint64)
    spread = {"borough": 0.04, "county": 0.19}[area]
    angle, away = rng.uniform(0, 2 * np.pi, points), np.sqrt(rng.uniform(0, 1, points)) * spread
    latitude, longitude = 51.51 + away * np.sin(angle) * 0.62, -0.59 + away * np.cos(angle)
    few = rng.random(points) < 0.1
    latitude[few] = 51.51 + rng.normal(0, 0.002, int(few.sum()))
    longitude[few] = -0.59 + rng.normal(0, 0.003, int(few.sum()))

    def counted() -> dict[str, Any]:
        counts = cells.count_points(cells.from_points(longitude, latitude, RESOLUTION), among)
        disks = [cells.neighbours(among, rings) for rings in range(LOOKED_AT + 1)]
        found = detection.find(counts, disks, np.random.default_rng(1))
        hot = found.cells["hotspot"]
        return {
            "cells": len(among), "hot": int(hot.sum()), "clusters": int(found.cells["cluster"].max()) + 1, "method": found.method,
            "worlds": found.replicates,
        }  # fmt: skip

    return counted


if __name__ == "__main__":
    name, count = sys.argv[1:]
    measure(work(name, int(count)))
