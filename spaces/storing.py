"""Rows that were matched, into the store: new ones many at a time, as each store takes them quickest, and changed ones over the old."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
import sqlalchemy as sa

from spaces import schema
from spaces.register import keep_versions

ROWS_AT_ONCE = 20_000

INDEX_CACHE_KB = 200_000
"""Memory for SQLite's indexes while rows go in: keys come in no order, and those of a million rows fit in this."""

Progress = Callable[[float], None]


def add(connection: sa.Connection, matched: pl.DataFrame, added: int, progress: Progress) -> None:
    """Put the rows in that are to be added, `added` of them; `progress` is told the share that is done."""
    with _indexes_made_anew(connection, added):
        _insert(connection, matched, added, progress)


def replace(connection: sa.Connection, changed: pl.DataFrame, since: int) -> None:
    """Keep the old version of each changed record, and put the new one in its place."""
    table = schema.records
    for some in changed.iter_slices(ROWS_AT_ONCE // 40):
        keep_versions(connection, table.c.record_id.in_(some["record_id"].to_list()), since)
        values = [*schema.IDENTITY_COLUMNS, "partners_child", "since", "import_id", "source_row", *schema.VALUE_COLUMNS]
        update = sa.update(table).where(table.c.record_id == sa.bindparam("its_id")).values(
            {**{name: sa.bindparam(name) for name in values}, "version": table.c.version + 1,
             "restricted": table.c.restricted | sa.bindparam("now_restricted", type_=sa.Boolean)}
        )  # fmt: skip
        rows = some.select(*values, its_id="record_id", now_restricted="restricted").iter_rows(named=True)
        connection.execute(update, list(rows))


@contextmanager
def _indexes_made_anew(connection: sa.Connection, added: int) -> Iterator[None]:
    """Have SQLite sort the indexes once when most records are new: a third of the work of finding each its place in every one.

    They come and go with the transaction. PostgreSQL would keep all readers out meanwhile, so there they stay.
    """
    indexes: list[sa.Index] = []
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size = -{INDEX_CACHE_KB}")
        before = connection.scalar(sa.select(sa.func.count()).select_from(schema.records)) or 0
        indexes = [*schema.records.indexes] if added > max(before, ROWS_AT_ONCE) else []
    for index in indexes:
        index.drop(connection)
    yield
    for index in indexes:
        index.create(connection)


def _insert(connection: sa.Connection, matched: pl.DataFrame, added: int, progress: Progress) -> None:
    columns = [*schema.IDENTITY_COLUMNS, "version", "since", "restricted", "import_id", "source_row", *schema.VALUE_COLUMNS]
    columns = [name for name in columns if name == "version" or matched[name].null_count() < matched.height]
    done = 0
    for all_fates in matched.iter_slices(ROWS_AT_ONCE):
        some = _as_stored(all_fates.filter(pl.col("fate") == "added").with_columns(version=pl.lit(1)).select(columns))
        if some.is_empty():
            continue
        if connection.dialect.name == "postgresql":
            with _driver(connection).cursor().copy(f"COPY record ({', '.join(columns)}) FROM STDIN (FORMAT csv)") as copy:
                copy.write(some.write_csv(include_header=False, quote_style="non_numeric").encode())
        else:
            marks = ", ".join("?" * len(columns))
            connection.exec_driver_sql(f"INSERT INTO record ({', '.join(columns)}) VALUES ({marks})", some.rows())
        done += some.height
        progress(done / added)


def _driver(connection: sa.Connection) -> Any:
    return connection.connection.driver_connection


def _as_stored(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows as both stores' drivers take them without looking at each value: moments as text."""
    return rows.with_columns(pl.col(pl.Datetime).dt.to_string("%Y-%m-%d %H:%M:%S%.6f"))
