"""Many records out of the store as one frame, column by column: a row's object of each cell costs more than the store's own work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
import sqlalchemy as sa

ROWS_AT_ONCE = 1_000
"""Few enough to stay in the processor's cache, and all that are ever Python objects at once."""

KINDS: dict[type[Any], pl.DataType] = {
    sa.Text: pl.String(), sa.Float: pl.Float64(), sa.Integer: pl.Int64(), sa.Boolean: pl.Boolean(), sa.DateTime: pl.Datetime("us"),
}  # fmt: skip


def read(connection: sa.Connection, query: sa.Select[Any]) -> pl.DataFrame:
    """Return what a query finds, in no order, each column in its type; missing values are null, and an empty text is not."""
    types = {column.name: KINDS[type(column.type)] for column in query.selected_columns}
    with _driver_errors_as_sqlalchemys(connection):
        return (_copied if connection.dialect.name == "postgresql" else _fetched)(connection, query, types)


def _fetched(connection: sa.Connection, query: sa.Select[Any], types: dict[str, pl.DataType]) -> pl.DataFrame:
    # SQLite keeps moments as text and yes or no as a number; polars converts a column of them at once.
    kept = {name: {pl.Datetime("us"): pl.String(), pl.Boolean(): pl.Int64()}.get(kind, kind) for name, kind in types.items()}
    parts = [pl.DataFrame(schema=kept)]
    with connection.execute(query) as found:
        cursor: Any = found.cursor  # the driver's own, which leaves each cell as it is
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            parts.append(pl.DataFrame([pl.Series(*column, kept[column[0]]) for column in zip(kept, zip(*rows, strict=True), strict=True)]))
    moments = [name for name, kind in types.items() if kind == pl.Datetime]
    return pl.concat(parts).with_columns(pl.col(moments).str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us")).cast(types)  # type: ignore[arg-type]


def _copied(connection: sa.Connection, query: sa.Select[Any], types: dict[str, pl.DataType]) -> pl.DataFrame:
    # PostgreSQL writes all of it as CSV (null unquoted, an empty text quoted), which polars reads without an object for any cell.
    statement = query.compile(dialect=connection.dialect)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv)", statement.params) as copy:
        text = b"".join(copy)
    answers = [name for name, kind in types.items() if kind == pl.Boolean]
    kept = types | dict.fromkeys(answers, pl.String())
    return pl.read_csv(text, has_header=False, schema=kept, raise_if_empty=False).with_columns(pl.col(answers) == "t")


@contextmanager
def _driver_errors_as_sqlalchemys(connection: sa.Connection) -> Iterator[None]:
    """Say as SQLAlchemy does what the driver says below it: a lost connection is known by that, and tried again."""
    driver: Any = connection.dialect.loaded_dbapi
    try:
        yield
    except driver.Error as error:
        raise sa.exc.DBAPIError.instance("", None, error, driver.Error, hide_parameters=True, dialect=connection.dialect) from error
