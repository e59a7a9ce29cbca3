"""Worlds of pure chance: how often Gi* with Benjamini-Hochberg shows a hotspot where there is none.

The curve behind `hotspots.MIN_MEAN_PER_CELL`: incidents scattered evenly over cells, by the mean number in a cell. Five in
a hundred is what the method promises.
"""

from __future__ import annotations

import h3
import numpy as np
import pandas as pd

from geo import cells, hotspots

MEANS = (0.2, 1, 2, 6, 25)
RINGS = {"a town of 331 cells": 10, "a county of 7,057 cells": 48}


def run(*, small: bool) -> None:
    worlds = 20 if small else 1_000
    rng = np.random.default_rng(1)
    for what, rings in RINGS.items():
        if small and rings > 10:
            continue
        disk = [h3.str_to_int(cell) for cell in h3.grid_disk(h3.latlng_to_cell(52.2, -3.4, 8), rings)]
        study = np.sort(np.array(disk, np.uint64))
        near = cells.neighbours(study)
        for mean in MEANS:
            incidents = round(mean * len(study))
            shown = sum(
                bool(_shows_any(pd.Series(rng.multinomial(incidents, np.full(len(study), 1 / len(study))).astype(float)), near))
                for _world in range(worlds)
            )
            print(f"{what}, {mean:g} a cell: {100 * shown / worlds:.1f} % of {worlds} quiet worlds show a hotspot")


def _shows_any(counts: pd.Series, near: object) -> bool:
    z = hotspots.local_g_star(counts, near)  # type: ignore[arg-type]
    q = hotspots.false_discovery_q(hotspots.two_sided_p(z))
    return bool(((q <= hotspots.FALSE_DISCOVERY_RATE) & (z > 0)).any())
