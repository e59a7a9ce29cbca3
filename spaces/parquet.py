"""Parquet as columns of text: every value as the same table says it in CSV, dates and times as ISO 8601.

Read by pyarrow and not by Polars, whose reader ends the whole program on some damaged files; it raises on all that were tried.
"""

from __future__ import annotations

import io
from datetime import datetime

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from spaces import archives
from words import N_, DataProblem

MOST_CELLS = 200_000_000
"""A few bytes can claim any number of equal rows; sixteen million of twelve columns is more than any partner's table has."""

DAMAGE = (pa.ArrowException, *archives.DAMAGE, KeyError, TypeError, NotImplementedError, MemoryError)
"""What pyarrow raises for a file that is cut short, changed, locked or no Parquet at all."""

NO_TEXT = N_("{file}, column “{column}”: it holds lists, shapes or other things that are no text. Save the file without that column.")

FIRST_MOMENT, LAST_MOMENT = datetime(1, 1, 1), datetime(9999, 12, 31)  # noqa: DTZ001  the calendar's own ends
UK_CLOCK = "Europe/London"


def read(file: str, content: bytes) -> tuple[list[str], list[pl.Series]]:
    """Return the names of a Parquet file's columns, and the columns as text.

    Moments with a time zone are given as the clock in the United Kingdom showed them.
    """
    try:
        described = pq.read_metadata(io.BytesIO(content))
        cells = described.num_rows * max(described.num_columns, 1)
        unpacked = sum(described.row_group(group).total_byte_size for group in range(described.num_row_groups))
        if cells > MOST_CELLS or unpacked > archives.LARGEST_BYTES:
            raise DataProblem(archives.TOO_LARGE, file=file)
        texts = [
            described.schema.column(at).path
            for at in range(described.num_columns)
            if described.schema.column(at).physical_type == "BYTE_ARRAY"
        ]
        table = pq.ParquetFile(io.BytesIO(content), read_dictionary=texts).read(use_threads=False)
        table.validate(full=True)
        names = [str(name) for name in table.column_names]
        if sum(map(_spelt_out, table.columns)) > archives.LARGEST_BYTES:
            raise DataProblem(archives.TOO_LARGE, file=file)
        told = [_text(column) for column in table.columns]
    except DAMAGE as error:
        raise DataProblem("{file} could not be opened as Parquet: it may be damaged. Save it again.", file=file) from error
    for name, column in zip(names, told, strict=True):
        if column is None:
            raise DataProblem(NO_TEXT, file=file, column=name)
    return names, [column for column in told if column is not None]


def _spelt_out(column: pa.ChunkedArray) -> int:
    """Return how long a column of texts is when each row says its own, and not only which of a list it is."""
    if not pa.types.is_dictionary(column.type):
        return 0
    lengths = [pc.sum(pc.take(pc.binary_length(chunk.dictionary), chunk.indices)).as_py() or 0 for chunk in column.chunks]
    return sum(lengths)


def _text(column: pa.ChunkedArray) -> pl.Series | None:
    """Return a column as text, None where it has none."""
    kind = column.type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_timestamp(kind):
        return _iso(column.cast(pa.timestamp("us"), safe=False), pl.Datetime("us"), "%Y-%m-%dT%H:%M:%S", zoned=bool(kind.tz))
    if pa.types.is_date(kind):
        return _iso(column.cast(pa.date32(), safe=False).cast(pa.int32()), pl.Date(), "%Y-%m-%d")
    if pa.types.is_floating(kind):
        return _series(column.cast(pa.float64())).fill_nan(None).cast(pl.String)
    if pa.types.is_time(kind):
        return _series(column.cast(pa.time64("us"), safe=False).cast(pa.large_string())).str.replace(r"\.\d+$", "")
    plain = (pa.types.is_integer, pa.types.is_decimal, pa.types.is_boolean, pa.types.is_null, pa.types.is_string, pa.types.is_large_string)
    return _series(column.cast(pa.large_string())) if any(is_kind(kind) for is_kind in plain) else None


def _series(column: pa.ChunkedArray) -> pl.Series:
    return pl.Series(pl.from_arrow(column))


def _iso(column: pa.ChunkedArray, kind: pl.DataType, form: str, *, zoned: bool = False) -> pl.Series:
    """Return moments as text; one that is in no calendar as the bare number it is, which Polars would end the program on."""
    numbers = _series(column.cast(pa.int64()))
    first, last = pl.Series([FIRST_MOMENT, LAST_MOMENT]).cast(kind).to_physical()
    inside = numbers.is_between(first, last).fill_null(value=False)
    moments = numbers.set(~inside, None).cast(kind)
    if zoned:
        moments = moments.dt.replace_time_zone("UTC").dt.convert_time_zone(UK_CLOCK).dt.replace_time_zone(None)
    return moments.dt.strftime(form).zip_with(inside, numbers.cast(pl.String))
