"""Postcodes: building the gazetteer, opening it, and placing rows by it, beside a pandas merge.

The made-up postcodes have Code-Point Open's four columns and, at full size, its 1.74 million rows.
"""

from __future__ import annotations

import itertools
import string
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench.timing import compare, in_its_own_process, measure, say_ratio


def run(*, small: bool) -> None:
    count, rows = (5_000, 2_000) if small else (1_740_000, 1_000_000)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        typed = make_files(folder, count=count, rows=rows)
        built = in_its_own_process("bench.postcodes", "build", str(folder), "")
        size_mb = (folder / "built.parquet").stat().st_size / 1e6
        print(f"build, {count:,} postcodes: {built.seconds:.2f} s, {built.peak_mb:,.0f} MB, a file of {size_mb:.1f} MB")
        opened = [in_its_own_process("bench.postcodes", "open", str(folder), "") for _round in range(1 if small else 5)]
        print(f"open: {sorted(run.seconds for run in opened)[len(opened) // 2] * 1000:.0f} ms")
        runs = compare("bench.postcodes", ["place", "merge"], str(folder), str(typed), rounds=1 if small else 5)
        say_ratio(f"place {rows:,} rows as people type them", runs["place"], runs["merge"])


def make_files(folder: Path, *, count: int, rows: int) -> Path:
    rng = np.random.default_rng(7)
    letters = string.ascii_uppercase
    codes = [f"{a}{b}{d}{e}{c}{f}" for a, b, d, e, c, f in itertools.islice(
        itertools.product(letters, letters, "123456789", "123456789", letters, letters), 0, count * 11, 11)]  # fmt: skip
    postcodes = pl.DataFrame(
        {"Postcode": codes, "Quality": rng.choice([10, 10, 10, 20, 50, 90], count), "E": rng.integers(200_000, 600_000, count),
         "N": rng.integers(100_000, 700_000, count)}
    )  # fmt: skip
    postcodes.write_csv(folder / "codes.csv")
    asked = pl.Series(codes).gather(rng.integers(0, count, rows))
    spaced = asked.str.slice(0, 3) + " " + asked.str.slice(3)
    typed = folder / "typed.csv"
    pl.DataFrame(
        {"postcode": [code.lower() if lower else code for code, lower in zip(spaced, rng.random(rows) < 0.3, strict=True)]}
    ).write_csv(typed)
    return typed


def build(folder: str, _typed: str) -> Any:
    from geo import gazetteer

    return gazetteer.build([Path(folder) / "codes.csv"], Path(folder) / "built.parquet").postcodes.height


def open_built(folder: str, _typed: str) -> Any:
    from geo import gazetteer

    return gazetteer.read(Path(folder) / "built.parquet").postcodes.height


def place(folder: str, typed: str) -> Any:
    import pandas as pd

    from geo import gazetteer, geocode

    placed = geocode.place(pd.read_csv(typed), gazetteer.read(Path(folder) / "built.parquet"))
    return [int((placed["method"] == "postcode").sum()), float(placed["easting"].sum())]


def merge(folder: str, typed: str) -> Any:
    import geopandas as gpd
    import pandas as pd

    rows, codes = pd.read_csv(typed), pd.read_csv(Path(folder) / "codes.csv")
    rows["key"] = rows["postcode"].str.upper().str.replace(r"\s", "", regex=True)
    merged = rows.merge(codes[codes["Quality"] != 90], left_on="key", right_on="Postcode", how="left").dropna(subset=["E"])
    points = gpd.GeoSeries(gpd.points_from_xy(merged["E"], merged["N"]), crs="EPSG:27700").to_crs("EPSG:4326")
    return [len(points), float(merged["E"].sum())]


if __name__ == "__main__":
    way, folder_name, typed_name = sys.argv[1:]
    measure(lambda: {"build": build, "open": open_built, "place": place, "merge": merge}[way](folder_name, typed_name))
