"""A change of the pseudonym key: everything a register keys or seals is made anew under one more layer, in one transaction."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from spaces import ledger, masked, pseudonyms, register_keys, rights, row_keys, schema
from spaces.audit import AuditEvent
from spaces.pseudonyms import Keys
from spaces.register import Register, erased_rows, set_info
from words import DataProblem

CHILDREN_AT_ONCE = 5_000
"""Pairs of old and new pseudonyms in one statement: below a megabyte, and few enough statements that each costs little."""


def rotate(register: Register, keys: Keys, new_keys: Keys, *, kept_in: Path, audit: AuditEvent) -> None:
    """Put a register that is under `keys` under `new_keys`, which are those with newer layers over them (`Keys.rotated`).

    The new keys have to be saved before: from the moment this is done, only they open what is sealed and meet the children
    again. The ledger of erasures `kept_in` learns the children's new pseudonyms. Cut off anywhere, it can be run again; a register
    that is under an earlier layer still, as one restored from an older backup, is brought all the way.
    """
    if new_keys.layers[: len(keys.layers)] != keys.layers or len(new_keys.layers) == len(keys.layers):
        raise DataProblem(
            "The new pseudonym key is not the old one with a layer over it, so nothing could follow. Make it from the old one."
        )

    def work(connection: sa.Connection) -> None:
        under = _under(connection, keys, new_keys)
        if under == new_keys:
            return
        _follow_ledger(connection, kept_in, under, new_keys)
        for table in (schema.records, schema.versions, schema.erased, schema.erased_rows):
            _follow_table(connection, table, new_keys.layers[len(under.layers) :])
        _follow_table(connection, schema.records, new_keys.layers[len(under.layers) :], "partners_child")
        masked.seal_anew(connection, under, new_keys)
        set_info(connection, register_keys.KEY_NAME, new_keys.name)
        if kept_in.exists():  # a register restored under an earlier key learns only now of rows that are in the ledger under this one
            rights.erase_again(connection, ledger.read(kept_in), audit)

    if register.info(register_keys.KEY_NAME) != new_keys.name:
        register.write(audit, work, changes_records=True)
    register.compact()


def _under(connection: sa.Connection, keys: Keys, new_keys: Keys) -> Keys:
    """Return the keys that the register is under: the new ones, or some of their layers. DataProblem where it is under others."""
    name = connection.scalar(sa.select(schema.info.c.value).where(schema.info.c.name == register_keys.KEY_NAME))
    for count in range(1, len(new_keys.layers) + 1):
        under = Keys(new_keys.layers[:count])
        if under.name == name:
            return under
    register_keys.check_in(connection, keys)
    return keys


def _follow_ledger(connection: sa.Connection, path: Path, keys: Keys, new_keys: Keys) -> None:
    """Add each erased child under the new key, from the ledger and the register both."""
    known = {(child, row) for key, child, row in ledger.read(path) if key == keys.name} if path.exists() else set()
    known |= {(child, "") for child in connection.scalars(sa.select(schema.erased.c.child_ref))}
    known |= {(child or ledger.NOBODY, row) for row, child in erased_rows(connection)}
    for count in range(len(keys.layers) + 1, len(new_keys.layers) + 1):
        under = Keys(new_keys.layers[:count])
        layer = under.layers[-1]
        known = {(child if child == ledger.NOBODY else pseudonyms.follow(child, layer), row) for child, row in known}
        ledger.add(path, [(under.name, child, row) for child, row in known])


def _follow_table(connection: sa.Connection, table: sa.Table, layers: tuple[bytes, ...], column: str = "child_ref") -> None:
    pair = _pairs(connection)
    keyed = {name: row_keys.followed(table.c[name], pair.c.value) for name in ("row_key", "content_key") if name in table.c}
    if column == "child_ref" and keyed:  # the keys of a record whose child was corrected here have its partner's
        keyed = {name: sa.case((table.c.partners_child.is_(None), key), else_=table.c[name]) for name, key in keyed.items()}
    values: dict[str, Any] = {column: pair.c.value, **keyed}
    follow = sa.update(table).where(table.c[column] == pair.c.key).values(values)
    children = _children(connection, table.c[column])
    for start in range(0, len(children), CHILDREN_AT_ONCE):
        some = {}
        for child in children[start : start + CHILDREN_AT_ONCE].tolist():
            followed = child.decode()
            for layer in layers:
                followed = pseudonyms.follow(followed, layer)
            some[child.decode()] = followed
        connection.execute(follow, {"pairs": json.dumps(some)})


def _children(connection: sa.Connection, column: sa.ColumnElement[str]) -> NDArray[np.bytes_]:
    """Return the different pseudonyms of a column, all read before the first is changed: 64 bytes each, and no objects."""
    query = sa.select(column).where(column.is_not(None), column != "").distinct()
    found = connection.scalars(query, execution_options={"yield_per": CHILDREN_AT_ONCE})
    return np.fromiter((child.encode() for child in found), dtype="S64")


def _pairs(connection: sa.Connection) -> sa.TableValuedAlias:
    """Return old and new pseudonyms as a table of `key, value`, given to a statement as one JSON object `pairs`."""
    given = sa.bindparam("pairs", type_=sa.Text)
    made = sa.func.json_each_text(sa.cast(given, sa.JSON)) if connection.dialect.name == "postgresql" else sa.func.json_each(given)
    return made.table_valued(sa.column("key", sa.Text), sa.column("value", sa.Text))
