"""The gazetteer: building Great Britain's, opening it, and looking postcodes up by the million, beside pandas' read_csv and merge.

Every way has one core. At full size the postcodes are those of Code-Point Open, where that lies beside the checkout, else as many
made-up ones. Importing the libraries is in no figure but those of memory.
"""

from __future__ import annotations

import gzip
import itertools
import os
import string
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from bench import real_data
from bench.timing import Measured, compare, in_its_own_process, measure, median, say_ratio

BUILD_S, BUILD_MB, FILE_MB, OPEN_MS, ROWS_PER_S = 8, 600, 120, 100, 1_000_000
"""What is aimed at for Great Britain on one core."""


def run(*, small: bool) -> None:
    rounds = 1 if small else 5
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        codes = folder / "codes.csv.gz" if small else _great_britain(folder)
        if not codes.exists():
            _make_up(codes, 5_000 if small else 1_740_000)
        built = [_once("build", folder, codes) for _round in range(rounds)]
        size_mb = (folder / "built").stat().st_size / 1e6
        print(
            f"build, {built[0].answer:,} postcodes: {median(built):.2f} s (aim {BUILD_S}), {max(run.peak_mb for run in built):,.0f} MB "
            f"(aim {BUILD_MB}), a file of {size_mb:.1f} MB (aim {FILE_MB})"
        )
        print(f"open and verify: {median([_once('open', folder, codes) for _round in range(rounds)]) * 1000:.0f} ms (aim {OPEN_MS})")
        rows = _ask(folder, 2_000 if small else 1_000_000)
        found = [_once("find", folder, codes) for _round in range(rounds)]
        print(f"find {rows:,} postcodes in an open gazetteer: {rows / median(found):,.0f} rows/s (aim {ROWS_PER_S:,})")
        print(f"find one, as typed in the app: {median([_once('find_one', folder, codes) for _round in range(rounds)]) * 1000:.1f} ms")
        runs = compare("bench.gazetteer", ["open_and_place", "read_and_merge"], str(folder), str(codes), rounds=rounds)
        say_ratio(f"from a file of {rows:,} typed postcodes to their positions", runs["open_and_place"], runs["read_and_merge"])


def _once(way: str, folder: Path, codes: Path) -> Measured:
    return in_its_own_process("bench.gazetteer", way, str(folder), str(codes))


def _great_britain(folder: Path) -> Path:
    real = real_data.FOLDER / "codepoint_open" / "great-britain.csv.gz"
    return real if real.exists() else folder / "codes.csv.gz"


def _make_up(codes: Path, count: int) -> None:
    """Write as many postcodes as Code-Point Open would, in its four columns."""
    chance, letters = np.random.default_rng(7), string.ascii_uppercase
    parts = itertools.islice(itertools.product(letters, letters, "123456789", "123456789", letters, letters), 0, count * 11, 11)
    numbers = zip(
        chance.choice([10, 10, 10, 20, 50], count), chance.integers(200_000, 600_000, count), chance.integers(100_000, 700_000, count),
        strict=True,
    )  # fmt: skip
    with gzip.open(codes, "wt", compresslevel=1) as file:
        for (a, b, d, e, c, f), (quality, easting, northing) in zip(parts, numbers, strict=True):
            file.write(f"{a}{b}{d} {e}{c}{f},{quality},{easting},{northing}\n")


def _ask(folder: Path, rows: int) -> int:
    """Write postcodes as people type them, drawn from those that there are."""
    import polars as pl

    from geo import gazetteer

    rng = np.random.default_rng(7)
    known = gazetteer.read(folder / "built").postcodes.filter(pl.col("quality") != gazetteer.NOT_POSITIONED)["postcode"]
    asked = known.gather(rng.integers(0, len(known), rows))
    spaced = asked.str.head(-3) + " " + asked.str.tail(3)
    typed = pl.select(pl.when(pl.Series(rng.random(rows) < 0.3)).then(spaced.str.to_lowercase()).otherwise(spaced).alias("postcode"))
    typed.write_csv(folder / "typed.csv")
    return rows


def build(folder: Path, codes: Path) -> Any:
    import geo.gathering  # noqa: F401  it is imported when it is first used, which is not what is measured
    from geo import gazetteer

    measure(lambda: gazetteer.build([codes], folder / "built").rows["postcodes"])


def open_built(folder: Path, _codes: Path) -> Any:
    from geo import gazetteer

    measure(lambda: gazetteer.read(folder / "built").rows["postcodes"])


def find(folder: Path, _codes: Path) -> Any:
    import polars as pl

    from geo import gazetteer

    opened, typed = gazetteer.read(folder / "built"), pl.read_csv(folder / "typed.csv")
    keys = typed.select(gazetteer.normalised_postcode(pl.col("postcode"))).to_series()
    opened.find_postcodes(keys.head(1))
    measure(lambda: opened.find_postcodes(keys)["easting"].count())


def find_one(folder: Path, _codes: Path) -> Any:
    import polars as pl

    from geo import gazetteer

    opened = gazetteer.read(folder / "built")
    key = opened.postcodes["postcode"].head(1)
    opened.find_postcodes(key)
    measure(lambda: opened.find_postcodes(pl.select(gazetteer.normalised_postcode(pl.lit(key))).to_series())["easting"].count())


def open_and_place(folder: Path, _codes: Path) -> Any:
    import polars as pl

    from geo import gazetteer

    def work() -> Any:
        typed = pl.read_csv(folder / "typed.csv").select(gazetteer.normalised_postcode(pl.col("postcode")))
        found = gazetteer.read(folder / "built").find_postcodes(typed.to_series())
        return [found["easting"].count(), int(found["easting"].cast(pl.Int64).sum())]

    measure(work)


def read_and_merge(folder: Path, codes: Path) -> Any:
    import pandas as pd

    def work() -> Any:
        rows = pd.read_csv(folder / "typed.csv")
        known = pd.read_csv(codes, header=None, names=["postcode", "quality", "easting", "northing"], skiprows=1, usecols=range(4))
        known["key"] = known["postcode"].str.replace(" ", "")
        rows["key"] = rows["postcode"].str.upper().str.replace(r"\s", "", regex=True)
        found = rows.merge(known[known["quality"] != 90], on="key", how="left")
        return [int(found["easting"].count()), int(found["easting"].sum())]

    measure(work)


WAYS = {
    "build": build,
    "open": open_built,
    "find": find,
    "find_one": find_one,
    "open_and_place": open_and_place,
    "read_and_merge": read_and_merge,
}

if __name__ == "__main__":
    os.environ["POLARS_MAX_THREADS"] = "1"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    WAYS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
