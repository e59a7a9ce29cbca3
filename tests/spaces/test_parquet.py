"""Parquet says what the same table says in CSV; a damaged or endless one is a sentence and never the end of the program."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces import archives, parquet
from tests.spaces.partner_files import problem, read, read_or_told


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("parquet")


def _written(frame, **how):
    content = io.BytesIO()
    frame.write_parquet(content, **how)
    return content.getvalue()


TABLE = pl.DataFrame(
    {
        "text": ["Sgwâr y Bont", None, " padded "], "whole": [14, -3, None], "part": [0.1, 1e20, 14.0], "yes": [True, False, None],
        "day": [date(2024, 2, 29), None, date(1990, 1, 1)],
        "kind": pl.Series(["a", "b", "a"], dtype=pl.Categorical), "none": [None, None, None], "uprn": [100012345678, 2, 3],
    }
)  # fmt: skip


@pytest.mark.parametrize("compression", ["zstd", "snappy", "gzip", "lz4", "uncompressed"])
def test_a_parquet_file_reads_as_its_csv(folder, compression):
    as_csv = read(folder, TABLE.write_csv().encode(), "t.csv")
    assert read(folder, _written(TABLE, compression=compression), "t.csv") == as_csv


@given(
    st.lists(
        st.tuples(
            st.integers(-(2**60), 2**60), st.floats(allow_nan=False, allow_infinity=False), st.text("abcâŵ ,;\"'", max_size=5), st.dates()
        ),
        min_size=1,
        max_size=5,
    )
)
@settings(max_examples=40)
def test_any_plain_table_reads_as_its_csv(folder, rows):
    table = pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.Float64, "c": pl.String, "d": pl.Date}, orient="row")
    assert read(folder, _written(table)) == read(folder, table.write_csv().encode())


AT = datetime(2024, 10, 3, 15, 30)  # noqa: DTZ001  what the clock on the wall said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (AT, "2024-10-03T15:30:00"), (AT.replace(second=1, microsecond=500_000), "2024-10-03T15:30:01"), (time(15, 30), "15:30:00"),
        (Decimal("1.50"), "1.50"), (date(9999, 12, 31), "9999-12-31"),
    ],
)  # fmt: skip
def test_moments_are_iso_8601(folder, value, said):
    assert read(folder, _written(pl.DataFrame({"a": [value], "b": ["x"]})))[1] == [(said, "x")]


def test_moments_with_a_zone_are_put_on_the_clock_on_the_wall(folder):
    moments = pl.Series([datetime(2024, 7, 1, 12), datetime(2024, 1, 1, 12)]).dt.replace_time_zone("UTC")  # noqa: DTZ001
    assert read(folder, _written(pl.DataFrame({"a": moments, "b": ["x", "y"]})))[1] == [
        ("2024-07-01T13:00:00", "x"),
        ("2024-01-01T12:00:00", "y"),
    ]


@pytest.mark.parametrize("value", [[1, 2], {"x": 1}, b"\xff\x00", timedelta(hours=1)])
def test_what_is_no_text_is_refused_by_its_column(folder, value):
    told = problem(folder, _written(pl.DataFrame({"a": ["1"], "b": ["2"], "geometry": [value]})), "t.parquet")
    assert (
        told == "t.parquet, column “geometry”: it holds lists, shapes or other things that are no text. Save the file without that column."
    )


def test_a_moment_beyond_every_calendar_is_left_as_a_number(folder):
    moments = pa.table({"a": pa.array([2**62, 0], pa.timestamp("us")), "b": ["x", "y"]})
    content = io.BytesIO()
    pq.write_table(moments, content)
    assert read(folder, content.getvalue())[1] == [(str(2**62), "x"), ("1970-01-01T00:00:00", "y")]


def test_names_are_held_to_the_same_rules(folder):
    assert "two columns named “a”" in problem(folder, _written(pl.DataFrame({"a": [1], " a ": [2]})))
    assert "is not a table" in problem(folder, _written(pl.DataFrame({"a": [1]})))
    assert "has a header but no rows" in problem(folder, _written(pl.DataFrame({"a": [1], "b": [2]}).clear()))


def test_a_few_bytes_that_claim_endless_rows_are_refused(folder, monkeypatch):
    monkeypatch.setattr(parquet, "MOST_CELLS", 1_000_000)
    content = _written(pl.DataFrame({"a": pl.repeat("x", 600_000, eager=True), "b": pl.repeat(1, 600_000, eager=True)}))
    assert len(content) < 5_000
    assert "unpacks to more than 1 GB" in problem(folder, content)


def test_a_long_text_that_every_row_repeats_is_refused_before_it_is_spelt_out(folder, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_BYTES", 5_000_000)
    content = _written(pl.DataFrame({"a": pl.repeat("x" * 100_000, 1_000, eager=True), "b": pl.repeat(1, 1_000, eager=True)}))
    assert len(content) < 1_000_000
    assert "unpacks to more than 1 GB" in problem(folder, content)


WHOLE = _written(TABLE)


@given(st.integers(4, len(WHOLE) - 1))
@settings(max_examples=60)
def test_a_truncated_file_is_one_sentence(folder, length):
    assert "may be damaged" in problem(folder, WHOLE[:length])


@given(st.lists(st.tuples(st.integers(4, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=4))
@settings(max_examples=300)
def test_a_changed_file_is_a_table_or_one_sentence(folder, changes):
    content = bytearray(WHOLE)
    for at, byte in changes:
        content[at] = byte
    read_or_told(folder, bytes(content))
