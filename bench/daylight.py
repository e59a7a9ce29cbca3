"""The sun's height: millions of times and places a minute; pvlib's own way (`get_solarposition`) beside it, and how far they differ.

Three shapes of work: every time and place apart, one place at many times, and many places at one time. The peer takes one place at
a time, so it is measured at one place; how far the two differ at most is measured apart.
"""

from __future__ import annotations

import importlib
import sys

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.timing import compare, in_its_own_process, measure, median, say_ratio
from layers import daylight

PLACE = (-0.59, 51.51)
"""Slough: longitude and latitude."""


def run(*, small: bool) -> None:
    size, rounds = (20_000, 1) if small else (2_000_000, 5)
    for way, what in (("apart", "every time and place apart"), ("times", "one place"), ("places", "one time")):
        runs = [in_its_own_process("bench.daylight", way, str(size)) for _round in range(rounds)]
        print(
            f"{what}, {size:,} heights: {median(runs):.2f} s, {size * 60 / median(runs) / 1e6:,.0f} million a minute, "
            f"{max(run.peak_mb for run in runs):,.0f} MB"
        )
    both = compare("bench.daylight", ["times", "peers"], str(size // 10), rounds=rounds)
    say_ratio(f"one place, {size // 10:,} times", both["times"], both["peers"])
    furthest = in_its_own_process("bench.daylight", "differ", str(size // 10)).answer
    print(
        f"pvlib's way: {size // 10 * 60 / median(both['peers']) / 1e6:,.0f} million a minute; they differ by {furthest:.4f} degrees at most"
    )


def _moments(size: int) -> NDArray[np.datetime64]:
    """Return times to the second over two years, in no order, as records come."""
    rng = np.random.default_rng(1851)
    return np.datetime64("2023-01-01T00:00:00", "s") + rng.integers(2 * 365 * 86_400, size=size).astype("timedelta64[s]")


def apart(size: int) -> int:
    rng = np.random.default_rng(1676)
    return len(daylight.altitude_degrees(_moments(size), rng.uniform(-8, 2, size), rng.uniform(49, 61, size)))


def places(size: int) -> int:
    rng = np.random.default_rng(1676)
    return len(daylight.altitude_degrees(np.datetime64("2024-10-27T17:10"), rng.uniform(-8, 2, size), rng.uniform(49, 61, size)))


def times(size: int) -> int:
    return len(_ours_at_times(size))


def peers(size: int) -> int:
    return len(_peers_at_times(size))


def _ours_at_times(size: int) -> NDArray[np.float64]:
    return daylight.altitude_degrees(_moments(size), *PLACE)


def _peers_at_times(size: int) -> NDArray[np.float64]:
    position = importlib.import_module("pvlib.solarposition").get_solarposition
    longitude, latitude = PLACE
    return position(pd.DatetimeIndex(_moments(size), tz="UTC"), latitude, longitude)["elevation"].to_numpy()


def differ(size: int) -> float:
    """Return by how many degrees ours and the peer's differ at most."""
    return float(np.abs(_ours_at_times(size) - _peers_at_times(size)).max())


WAYS = {"apart": apart, "times": times, "places": places, "peers": peers, "differ": differ}

if __name__ == "__main__":
    way, how_many = sys.argv[1:]
    if way in {"peers", "differ"}:
        importlib.import_module("pvlib.solarposition")  # what reading it takes is not what is measured
    daylight.altitude_degrees(np.datetime64("2024-01-01"), *PLACE)
    measure(lambda: WAYS[way](int(how_many)))
