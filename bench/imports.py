"""A partner's file into the register: rows in our own columns, checked, pseudonymised, placed and stored; and a month read back.

On SQLite and on a PostgreSQL server of its own, beside what somebody would write who checks nothing: pandas' `read_csv`, an HMAC of
each reference, and `to_sql`.
"""

from __future__ import annotations

import hmac
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import sqlalchemy as sa

from bench.timing import Measured, in_its_own_process, measure, median, say_ratio
from spaces import imports, intake
from spaces.audit import AuditEvent
from spaces.pseudonyms import Keys
from spaces.register import open_register

YEARS = 20
"""Of records in the file."""

MONTHS = (1, 3, 12)
"""What is read back: of the million about 4,000 rows, 12,000 (a borough's year by police.uk), and 50,000."""

KEY = b"k" * 32


def run(*, small: bool) -> None:
    from tests import postgres

    sizes, rounds = ([3_000], 1) if small else ([10_000, 100_000, 1_000_000], 3)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {rows: make_file(folder / f"{rows}.csv", rows=rows) for rows in sizes}
        _time_store("SQLite", lambda: f"sqlite:///{folder / uuid.uuid4().hex}.sqlite", files, rounds)
        if not any(postgres.PROGRAMS.glob("*/bin")):
            print(f"PostgreSQL: skipped, its programs are not under {postgres.PROGRAMS}")
            return
        with _new_databases() as new_url:
            _time_store("PostgreSQL", new_url, files, rounds)


def _time_store(store: str, new_url: Callable[[], str], files: dict[int, Path], rounds: int) -> None:
    per_100_000 = {}
    for rows, file in files.items():
        ours, peers, again, back = [], [], [], []
        for _round in range(rounds):
            url = new_url()
            ours.append(_run("take_in", file, url))
            again.append(_run("take_in", file, url))
            back.append(_run("read_back", file, url))
            peers.append(_run("peers", file, new_url()))
        say_ratio(f"{store}, {rows:,} rows", ours, peers)
        print(
            f"  {statistics.median(run.cpu_seconds for run in ours):.1f} s of the processor; the same file again {median(again):.1f} s "
            f"and {max(run.peak_mb for run in again):,.0f} MB"
        )
        for months in MONTHS:
            found = [run.answer[str(months)] for run in back]
            print(f"  {months} month(s) read back: {statistics.median(seconds for seconds, _rows in found):.2f} s for {found[0][1]:,} rows")
        per_100_000[rows] = min(run.seconds for run in ours) / rows * 100_000
    each = ", ".join(f"{seconds:.1f} s at {rows:,}" for rows, seconds in per_100_000.items())
    print(f"{store}, each 100,000 rows in the quickest round: {each}")


def _run(way: str, file: Path, url: str) -> Measured:
    return in_its_own_process("bench.imports", way, str(file), url)


@contextmanager
def _new_databases() -> Iterator[Callable[[], str]]:
    """Start a server, and give a function that makes an empty database of it and returns its address."""
    import psycopg

    from tests import postgres

    with postgres.running() as server:

        def new_url() -> str:
            name = f"bench_{uuid.uuid4().hex}"
            with psycopg.connect(server.plain_url(), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            return server.url(name)

        yield new_url


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


def take_in(file: str, url: str) -> Callable[[], Any]:
    register = open_register(url)

    def work() -> Any:
        prepared = imports.prepare(intake.read(Path(file), today=date(2026, 11, 1)), Path(file), None, Keys((KEY,)))
        imports.take_in(register, prepared, audit=AuditEvent("bench", "file imported", "bench", "bench"))
        return len(prepared.rows)

    return work


def peers(file: str, url: str) -> Callable[[], Any]:
    """Do it as pandas' own guide shows, with nothing checked, placed, compared or accounted for, and no index."""
    engine = sa.create_engine(url)

    def work() -> Any:
        table = pd.read_csv(file, parse_dates=["occurred_from"])
        said = table["agency"] + "\x1f" + table["child_ref"]
        table["child_ref"] = [hmac.digest(KEY, text.encode(), "sha256").hex() for text in said]
        table.to_sql("record", engine, index=False, chunksize=20_000)
        return len(table)

    return work


def read_back(_file: str, url: str) -> Callable[[], Any]:
    """Answer with the seconds and the number of rows of each window, the first of them the first look at this register."""
    register = open_register(url)

    def work() -> Any:
        answer = {}
        for months in MONTHS:
            start = time.perf_counter()
            found = register.records(occurred_from=date(2015, 1, 1), occurred_before=date(2015 + months // 12, 1 + months % 12, 1))
            answer[str(months)] = (time.perf_counter() - start, len(found))
        return answer

    return work


if __name__ == "__main__":
    way, file_name, address = sys.argv[1:]
    measure({"take_in": take_in, "peers": peers, "read_back": read_back}[way](file_name, address))
