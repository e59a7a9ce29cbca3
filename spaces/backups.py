"""A backup is one SQLite file with every table of the register as they were at one moment, whichever store it came from.

It is as sensitive as the register: for its owner only, and kept where the register's key and the ledger of erasures are not.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from geo.files import replacing
from spaces import engine, ledger, rights, schema
from spaces.audit import AuditEvent, Head, check_chain
from spaces.register import Register, open_register
from words import DataProblem

ROWS_AT_ONCE = 5_000
"""Rows read and written in one go: some megabytes, however large the register is."""

CACHE_KIB = 64 * 1024
"""Enough for what is written at random, the indexes, of some hundred thousand records."""

STREAMED = {"yield_per": ROWS_AT_ONCE}

WRITTEN = {sa.DateTime: "YYYY-MM-DD HH24:MI:SS.US", sa.Date: "YYYY-MM-DD"}
"""How SQLite writes them, in PostgreSQL's words."""

_counts = sa.Table(
    "backup_count", sa.MetaData(), sa.Column("name", sa.Text, primary_key=True), sa.Column("rows", sa.Integer, nullable=False)
)
"""In a backup only: how many rows each table should have."""


def back_up(register: Register, path: Path, *, audit: AuditEvent) -> Head:
    """Write a backup that is whole and checked, or none, while others go on writing; return the head of the audit trail in it.

    The event that accounts for it is written first and is in it.
    """
    if not path.absolute().parent.is_dir():
        raise DataProblem("The folder of {file} is not there. Make it, or choose another for the backup.", file=path)
    if register.keeps(path):
        raise DataProblem("{file} is the register itself. Give the backup a name of its own.", file=path)
    register.write(audit, lambda _connection: None)
    with replacing(path) as unfinished:
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with _opened(engine.open_engine(f"sqlite:///{unfinished}")) as target:
            _set(target, f"cache_size={-CACHE_KIB}", "synchronous=OFF")  # it is on the disk below, before it counts
            register.read(lambda source: engine.writing(target, lambda copy: _fill(source, copy)))
            _set(target, "journal_mode=DELETE")  # one file, with nothing beside it
        head = check_backup(unfinished)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
    return head


def check_backup(path: Path) -> Head:
    """Return the head of the audit trail in a backup; DataProblem where the backup is missing, damaged, or of a newer program."""
    with _checked(path) as (_connection, head):
        return head


def head_of(path: Path) -> Head:
    """Return the head of the audit trail that a backup says it has, at once; whether it is whole, `check_backup` finds out."""
    try:
        with _opened(engine.open_read_only(path)) as opened, opened.connect() as connection:
            return Head(*connection.execute(sa.select(schema.audit_head.c.event_id, schema.audit_head.c.hash)).one())
    except sa.exc.SQLAlchemyError as error:
        raise _damaged(path) from error


def restore(path: Path, url: str, *, kept_in: Path, audit: AuditEvent) -> Head:
    """Fill an empty register from a backup, erase again whoever is in the ledger `kept_in`, and return the head of its audit trail.

    All in one transaction: no register ever has the erased in it. The trail goes on from that of the backup.
    """
    lines = ledger.read(kept_in)
    with _checked(path) as (source, head), closing(open_register(url)) as register:
        register.fill(audit, lambda target: _copy(source, target), lambda connection: rights.erase_again(connection, lines, audit))
        register.compact()
        return register.check_audit(written_down=head)


@contextmanager
def _checked(path: Path) -> Iterator[tuple[sa.Connection, Head]]:
    """Open a backup that is whole for reading, brought up to the newest schema, with the head of its audit trail."""
    if not path.is_file():
        raise DataProblem("There is no backup {file}. Give the name of one that was made.", file=path)
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(_up_to_date(path))
            head = Head(*connection.execute(sa.select(schema.audit_head.c.event_id, schema.audit_head.c.hash)).one())
            trail = connection.execute(sa.select(schema.audit).order_by(schema.audit.c.event_id), execution_options=STREAMED)
            whole = check_chain(trail.mappings()) == head
        except (sa.exc.SQLAlchemyError, ValueError, TypeError) as error:
            raise _damaged(path) from error
        if not whole:
            raise _damaged(path)
        yield connection, head


@contextmanager
def _up_to_date(path: Path) -> Iterator[sa.Connection]:
    """Open a backup for reading; one of an older schema as a private copy that is brought up to it."""
    with _opened(engine.open_read_only(path)) as opened, opened.connect() as connection:
        if connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() != "ok":
            raise _damaged(path)
        for name, rows in connection.execute(sa.select(_counts.c.name, _counts.c.rows)).all():
            if connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) != rows:
                raise _damaged(path)
        version = str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))
        if version > schema.VERSION:
            raise DataProblem("The backup {file} was made by a newer version of this program. Use that one to restore it.", file=path)
        if version == schema.VERSION:
            yield connection
            return
    with tempfile.TemporaryDirectory(prefix="safer-spaces-") as folder:  # for its owner only, and gone afterwards
        copy = Path(folder) / "backup.sqlite"
        shutil.copyfile(path, copy)
        with _opened(engine.open_engine(f"sqlite:///{copy}")) as opened, opened.connect() as connection:
            yield connection


def _fill(source: sa.Connection, target: sa.Connection) -> None:
    target.execute(sa.delete(schema.audit_head))
    _counts.create(target)
    for name, rows in _copy(source, target).items():
        target.execute(sa.insert(_counts).values(name=name, rows=rows))


def _copy(source: sa.Connection, target: sa.Connection) -> dict[str, int]:
    """Copy every table, those that others point to first, and return how many rows each has."""
    for connection in (source, target):
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL TIME ZONE 'UTC'"))  # SQLite keeps no time zone, and what it has is always UTC
    copied = {}
    for table in schema.metadata.sorted_tables:
        copied[table.name] = 0
        query = sa.select(*(_plain(column, source.dialect.name) for column in table.columns))
        for some in source.execute(query, execution_options=STREAMED).partitions():
            _insert(target, table, some)
            copied[table.name] += len(some)
    if target.dialect.name == "postgresql":
        target.execute(sa.text("SELECT setval(pg_get_serial_sequence('record', 'record_id'), MAX(record_id)) FROM record"))
    return copied


def _plain(column: sa.Column[Any], dialect: str) -> sa.ColumnElement[Any]:
    """Return a column as both stores take it without a look at each value: moments and days as SQLite writes them."""
    form = next((form for kind, form in WRITTEN.items() if isinstance(column.type, kind)), None)
    if dialect == "postgresql":
        return column if form is None else sa.func.to_char(column, form)
    return (
        sa.type_coerce(column, sa.Text) if form else sa.type_coerce(column, sa.Integer) if isinstance(column.type, sa.Boolean) else column
    )


def _insert(target: sa.Connection, table: sa.Table, rows: Sequence[Any]) -> None:
    quoted = target.dialect.identifier_preparer.quote
    columns = ", ".join(quoted(column.name) for column in table.columns)
    if target.dialect.name == "postgresql":
        driver: Any = target.connection.driver_connection
        with driver.cursor().copy(f"COPY {quoted(table.name)} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ", ".join("?" * len(table.columns))
        target.exec_driver_sql(f"INSERT INTO {quoted(table.name)} ({columns}) VALUES ({marks})", [tuple(row) for row in rows])


def _set(target: sa.Engine, *pragmas: str) -> None:
    with closing(target.raw_connection()) as pooled:
        for pragma in pragmas:
            pooled.cursor().execute(f"PRAGMA {pragma}")


@contextmanager
def _opened(opened: sa.Engine) -> Iterator[sa.Engine]:
    try:
        yield opened
    finally:
        opened.dispose()


def _damaged(path: Path) -> DataProblem:
    return DataProblem("{file} is not a whole backup of a register. Use another one.", file=path)
