"""Knox's near-repeat test: seconds for 200,000 close pairs, nine bands and 999 deals of the dates; pointpats beside it.

Made-up events over a square, half of them round a few centres, over a year; the published burglaries too, where they are.
pointpats is no dependency of ours: its part is left out where it is not installed. It takes one pair of limits at a time, so it
runs nine times for the same nine counts, each by the quicker of its two functions (`knox`, which it calls deprecated).
"""

from __future__ import annotations

import importlib.util
import statistics
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bench import real_data
from bench.timing import compare, in_its_own_process, measure, median, say_ratio
from geo import near_repeat

DISTANCES_M = (200, 400, 600)
TIMES_DAYS = (7, 14, 28)
PER_PAIRS = 200_000


def run(*, small: bool) -> None:
    deals, rounds = (99, 1) if small else (999, 5)
    sizes = [(1_000, 6_000)] if small else [(3_000, 12_000), (12_000, 24_000), (50_000, 48_000), (200_000, 96_000)]
    with tempfile.TemporaryDirectory() as folder:
        made_up = [make_file(Path(folder) / f"{events}.csv", events=events, side_m=side_m) for events, side_m in sizes]
        files = {f"{events:,} made-up events": file for (events, _side_m), file in zip(sizes, made_up, strict=True)}
        files |= {f"{len(pd.read_csv(file)):,} published burglaries": file for file in _published()}
        for what, file in files.items():
            runs = [in_its_own_process("bench.near_repeat", "ours", str(file), str(deals)) for _round in range(rounds)]
            pairs = runs[0].answer["close_pairs"]
            each = [run.seconds * PER_PAIRS / pairs for run in runs]
            print(
                f"{what}, {pairs:,} close pairs, {deals} deals: {median(runs):.2f} s, {statistics.median(each):.2f} s for each "
                f"{PER_PAIRS:,} pairs ({min(each):.2f} to {max(each):.2f} over {rounds} rounds), {max(run.peak_mb for run in runs):,.0f} MB"
            )
        if importlib.util.find_spec("pointpats") is None:
            print("pointpats is not installed, so it is not compared with: pip install pointpats in a scratch environment to do so")
            return
        file = next(iter(_published()), made_up[0])
        both = compare("bench.near_repeat", ["counts", "peers"], str(file), str(deals), rounds=1)
        say_ratio(f"{file.stem}, {deals} deals, nine counts", both["counts"], both["peers"])


def _published() -> list[Path]:
    """Return the burglaries of the shared real data, where they are."""
    file = real_data.FOLDER / "reference" / "knox" / "chicago-burglary-11701.csv"
    return [file] if file.exists() else []


def make_file(file: Path, *, events: int, side_m: int) -> Path:
    """Write events over a square around (500000, 180000), as many to the square kilometre at every size."""
    rng = np.random.default_rng(1964)
    centres = rng.uniform(0, side_m, (max(events // 400, 3), 2))
    round_centres = centres[rng.integers(len(centres), size=events // 2)] + rng.normal(0, 500, (events // 2, 2))
    x, y = np.concatenate([round_centres, rng.uniform(0, side_m, (events - events // 2, 2))]).T
    date = np.datetime64("2024-01-01") + rng.integers(365, size=events).astype("timedelta64[D]")
    pd.DataFrame({"X": 500_000 + x, "Y": 180_000 + y, "date": date}).to_csv(file, index=False)
    return file


def prepare(file: str, way: str) -> pd.DataFrame:
    """Read the file, and import what does the work, which is not what is measured."""
    if way == "peers":
        importlib.import_module("pointpats.spacetime")
    return pd.read_csv(file, parse_dates=["date"]).dropna()


def ours(events: pd.DataFrame, deals: int) -> dict[str, Any]:
    test = near_repeat.knox(
        events["X"], events["Y"], events["date"], distance_limits_m=DISTANCES_M, time_limits_days=TIMES_DAYS,
        permutations=deals, rng=np.random.default_rng(1),
    )  # fmt: skip
    return {"close_pairs": test.close_pairs, "p": test.by_band()["p"].tolist(), "counts": test.within_limits()["pairs"].tolist()}


def counts(events: pd.DataFrame, deals: int) -> list[int]:
    """Do ours, and answer with what the peer can answer too."""
    counted: list[int] = ours(events, deals)["counts"]
    return counted


def peers(events: pd.DataFrame, deals: int) -> list[int]:
    knox = importlib.import_module("pointpats.spacetime").knox
    warnings.simplefilter("ignore")
    points = events[["X", "Y"]].to_numpy()
    day = (events["date"] - pd.Timestamp(0)).dt.days.to_numpy()[:, None]
    tests = [knox(points, day.copy(), distance, days, permutations=deals) for distance in DISTANCES_M for days in TIMES_DAYS]
    return [int(test["stat"]) for test in tests]


if __name__ == "__main__":
    way, file_name, how_many = sys.argv[1:]
    read = prepare(file_name, way)
    measure(lambda: {"ours": ours, "counts": counts, "peers": peers}[way](read, int(how_many)))
