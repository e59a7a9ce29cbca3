"""Things kept as rows that are only ever added: each change is a whole new row, the newest counts, and nothing said before is lost.

Such a table has two key columns, the id of the thing and its `version`, and says of each row which act of the audit trail it came of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa

from spaces.audit import AuditEvent
from spaces.register import Register
from words import DataProblem


class ChangedMeanwhile(DataProblem):
    """Somebody else changed the thing after it was looked at; nothing of theirs is overwritten."""


def newest(register: Register, table: sa.Table, *columns: str, which: sa.ColumnElement[bool] | None = None) -> pd.DataFrame:
    """Return the row that counts of each thing, indexed by its id: all that it says, or only some columns of it.

    `which` is a condition on that row. Days are `date` or None, whole numbers may be missing.
    """
    at = _id_of(table)
    latest = sa.select(at.label("thing"), sa.func.max(table.c.version).label("latest")).group_by(at).subquery()
    query = sa.select(*_chosen(table, columns)).join(latest, sa.and_(at == latest.c.thing, table.c.version == latest.c.latest))
    if which is not None:
        query = query.where(which)
    return _typed(register.table(query.order_by(at), at.name), table)


def history(register: Register, table: sa.Table, thing_id: str) -> pd.DataFrame:
    """Return every row of one thing, newest first, indexed by version."""
    query = sa.select(table).where(_id_of(table) == thing_id).order_by(table.c.version.desc())
    return _typed(register.table(query, "version"), table)


def every(register: Register, table: sa.Table, *columns: str) -> pd.DataFrame:
    """Return every row of every thing, newest first, indexed by the thing's id: all that it says, or only some columns of it."""
    at = _id_of(table)
    return _typed(register.table(sa.select(*_chosen(table, columns)).order_by(at, table.c.version.desc()), at.name), table)


def rows_kept(register: Register, table: sa.Table) -> int:
    """Return how many rows there are: a number that grows with every change, and only then."""
    return int(register.read(lambda connection: connection.scalar(sa.select(sa.func.count()).select_from(table))) or 0)


def row_of(connection: sa.Connection, table: sa.Table, thing_id: str) -> dict[Any, Any] | None:
    """Return the row that counts of one thing, inside a transaction, or None."""
    query = sa.select(table).where(_id_of(table) == thing_id).order_by(table.c.version.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def stands(connection: sa.Connection, table: sa.Table, thing_id: str, *, missing: DataProblem) -> dict[Any, Any]:
    """Return the row that counts of one thing, inside a transaction; raise `missing` where there is none."""
    row = row_of(connection, table, thing_id)
    if row is None:
        raise missing
    return row


def rows_of(connection: sa.Connection, table: sa.Table, which: sa.ColumnElement[bool]) -> dict[str, dict[Any, Any]]:
    """Return the row that counts of each thing, by its id, inside a transaction; `which` is a condition on what never changes of one."""
    rows = connection.execute(sa.select(table).where(which).order_by(table.c.version)).mappings()
    return {row[_id_of(table).name]: dict(row) for row in rows}


def said(table: sa.Table, row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what a row says of its thing, without what the row itself is known by and came of."""
    return {name: row[name] for name in values(table)}


def values(table: sa.Table) -> tuple[str, ...]:
    """Return the columns in which a row says something of its thing."""
    return tuple(column.name for column in table.columns if column.name not in (_id_of(table).name, *_OF_THE_ROW))


def again(
    connection: sa.Connection,
    table: sa.Table,
    row: Mapping[Any, Any],
    seen: int,
    changes: dict[str, Any],
    *,
    audit: AuditEvent,
    otherwise: ChangedMeanwhile,
) -> None:
    """Add a row that says what `row` says of its thing, but for `changes` (its `act` among them); see `add`."""
    add(connection, table, row[_id_of(table).name], seen, said(table, row) | changes, audit=audit, otherwise=otherwise)


def add(
    connection: sa.Connection,
    table: sa.Table,
    thing_id: str,
    seen: int,
    values: dict[str, Any],
    *,
    audit: AuditEvent,
    otherwise: ChangedMeanwhile,
) -> None:
    """Add the row that counts from now on, inside a transaction; raise `otherwise` unless the version `seen` still stands.

    `seen` is 0 for a new thing. Writers come one at a time (`Register.write`), so of two who saw the same version the second is told.
    """
    at = _id_of(table)
    stands = connection.scalar(sa.select(sa.func.max(table.c.version)).where(at == thing_id)) or 0
    if stands != seen:
        raise otherwise
    known = {at.name: thing_id, "version": seen + 1, "act_id": audit.act_id, "kept_at": audit.happened_at}
    connection.execute(sa.insert(table).values(**known, **values))


def changed(name: str = "") -> ChangedMeanwhile:
    """Say that somebody else saved the thing (of this name, where it has one) first."""
    if not name:
        return ChangedMeanwhile(
            "Somebody else saved this while you were writing, and theirs is kept. Look at what it says now; what you wrote is still in the "
            "form, and can be saved after that."
        )
    return ChangedMeanwhile(
        "Somebody else saved “{name}” while you were writing, and theirs is kept. Look at what it says now; what you wrote is still in the "
        "form, and can be saved after that.",
        name=name,
    )  # fmt: skip


_TYPES: dict[type[Any], Any] = {sa.Integer: "Int64", sa.Float: "float64", sa.Text: "str", sa.Date: "object"}
"""How a frame holds each type of column; a day is a `date`, or None."""

_OF_THE_ROW = ("version", "act", "act_id", "kept_at")


def _id_of(table: sa.Table) -> sa.Column[Any]:
    """Return the column of the id: the first of the key."""
    return next(iter(table.primary_key.columns))


def _chosen(table: sa.Table, columns: tuple[str, ...]) -> list[sa.Column[Any]]:
    """Return the columns of a table that are to be read: those named and the id, or all."""
    return [_id_of(table), *(table.c[name] for name in columns)] if columns else list(table.c)


def _typed(found: pd.DataFrame, table: sa.Table) -> pd.DataFrame:
    """Give each column one type, whatever is in it: an empty or all-missing one too."""
    for name in map(str, found):
        kind = next((kind for of, kind in _TYPES.items() if isinstance(table.c[name].type, of)), None)
        # Most have it already, and pandas takes longer to give every column the type it has than the query took.
        if kind is not None and found[name].dtype != kind:
            found[name] = found[name].astype(kind)
    return found
