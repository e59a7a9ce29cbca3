"""A partner's file into the register: rows in our own columns, checked, pseudonymised, placed and stored; and a year read back.

SQLite always; PostgreSQL too where SAFER_SPACES_BENCH_REGISTER names an empty database of one.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench.timing import in_its_own_process, measure

YEARS = 20
"""Of records in the file: a month of the million is then about 4,000 rows."""


def run(*, small: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for rows in [3_000] if small else [10_000, 100_000, 1_000_000]:
            file = make_file(folder / f"{rows}.csv", rows=rows)
            stores = {"SQLite": f"sqlite:///{folder / f'{rows}.sqlite'}"}
            if given := os.environ.get("SAFER_SPACES_BENCH_REGISTER"):
                stores["PostgreSQL"] = given
            for store, url in stores.items():
                first = in_its_own_process("bench.imports", "take_in", str(file), url)
                again = in_its_own_process("bench.imports", "take_in", str(file), url)
                year = in_its_own_process("bench.imports", "year", str(file), url)
                print(
                    f"{store}, {rows:,} rows: {first.seconds:.1f} s and {first.peak_mb:,.0f} MB; the same file again "
                    f"{again.seconds:.1f} s; one month read back ({year.answer:,} rows) {year.seconds:.2f} s"
                )


def make_file(file: Path, *, rows: int) -> Path:
    rng = np.random.default_rng(3)
    started = np.datetime64("2006-01-01T00:00", "us") + rng.integers(0, YEARS * 365 * 24 * 60, rows).astype("timedelta64[m]")
    streets = pl.Series(
        [f"{name} {kind}" for name in ("Marsh", "Tannery", "Canal", "Mill", "Abbey") for kind in ("Lane", "Road", "Street")]
    )
    columns = {
        "incident_id": pl.Series(np.arange(rows)).cast(pl.String),
        "agency": rng.choice(["Police", "Schools", "Youth service"], rows),
        "record_type": ["incident"] * rows,
        "occurred_from": pl.Series(started).dt.to_string("%Y-%m-%dT%H:%M"),
        "harm_type": rng.choice(["robbed", "missing", "serious_violence"], rows),
        "child_ref": "C" + pl.Series(rng.integers(0, max(rows // 3, 1), rows)).cast(pl.String),
        "age_band": rng.choice(["10-13", "14-15", "16-17"], rows),
        "location_text": streets.gather(rng.integers(0, len(streets), rows)),
        "easting": rng.integers(490_000, 510_000, rows),
        "northing": rng.integers(170_000, 190_000, rows),
    }
    pl.DataFrame({name: pl.Series(values) for name, values in columns.items()}).write_csv(file)
    return file


def take_in(file: str, url: str) -> Any:
    from datetime import date

    from spaces import imports, intake
    from spaces.audit import AuditEvent
    from spaces.pseudonyms import Keys
    from spaces.register import open_register

    register = open_register(url)
    read = intake.read(Path(file), today=date(2026, 11, 1))
    prepared = imports.prepare(read, Path(file), None, Keys((b"k" * 32,)))
    imports.take_in(register, prepared, audit=AuditEvent("bench", "file imported", "bench", "bench"))
    return len(prepared.rows)


def year(file: str, url: str) -> Any:
    from datetime import date

    from spaces.register import open_register

    return len(open_register(url).records(occurred_from=date(2015, 1, 1), occurred_before=date(2015, 2, 1)))


if __name__ == "__main__":
    way, file_name, address = sys.argv[1:]
    measure(lambda: {"take_in": take_in, "year": year}[way](file_name, address))
