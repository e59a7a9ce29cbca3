"""Things kept as rows that are only ever added: each change is a whole new row, the newest counts, and nothing said before is lost.

Such a table has two key columns, the id of the thing and its `version`, and says of each row which act of the audit trail it came of.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import sqlalchemy as sa

from spaces.audit import AuditEvent
from spaces.register import Register
from words import DataProblem


class ChangedMeanwhile(DataProblem):
    """Somebody else changed the thing after it was looked at; nothing of theirs is overwritten."""


def newest(register: Register, table: sa.Table) -> pd.DataFrame:
    """Return the row that counts of each thing, indexed by its id; days are `date` or None, whole numbers may be missing."""
    at = _id_of(table)
    latest = sa.select(at.label("thing"), sa.func.max(table.c.version).label("latest")).group_by(at).subquery()
    query = sa.select(table).join(latest, sa.and_(at == latest.c.thing, table.c.version == latest.c.latest))
    return _typed(register.table(query.order_by(at), at.name), table)


def history(register: Register, table: sa.Table, thing_id: str) -> pd.DataFrame:
    """Return every row of one thing, newest first, indexed by version."""
    query = sa.select(table).where(_id_of(table) == thing_id).order_by(table.c.version.desc())
    return _typed(register.table(query, "version"), table)


def every(register: Register, table: sa.Table) -> pd.DataFrame:
    """Return every row of every thing, newest first, indexed by the thing's id."""
    return _typed(register.table(sa.select(table).order_by(_id_of(table), table.c.version.desc()), _id_of(table).name), table)


def rows_kept(register: Register, table: sa.Table) -> int:
    """Return how many rows there are: a number that grows with every change, and only then."""
    return int(register.read(lambda connection: connection.scalar(sa.select(sa.func.count()).select_from(table))) or 0)


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


def _id_of(table: sa.Table) -> sa.Column[Any]:
    """Return the column of the id: the first of the key."""
    return next(iter(table.primary_key.columns))


def _typed(found: pd.DataFrame, table: sa.Table) -> pd.DataFrame:
    """Give each column one type, whatever is in it: an empty or all-missing one too."""
    kinds: tuple[tuple[type[Any], str], ...] = ((sa.Integer, "Int64"), (sa.Float, "float64"), (sa.Text, "str"), (sa.Date, "object"))
    types = {name: kind for of, kind in kinds for name in map(str, found) if isinstance(table.c[name].type, of)}
    found = found.astype(types)
    for name in (name for name, kind in types.items() if kind == "object"):
        found[name] = found[name].where(found[name].notna(), None)
    return found
