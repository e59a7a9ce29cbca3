"""The store under the register: SQLite in a file, or a PostgreSQL server, opened so that both behave alike.

Alike means: a transaction is really one (SQLite's driver would end it at every change of a table), a writer waits for the one
before it instead of failing, foreign keys hold, and what was deleted is not left in the file. A lost connection is tried
again; what cannot be mended so is one sentence.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from sqlite3 import dbapi2 as sqlite
from typing import Any, TypeVar
from urllib.parse import quote
from weakref import WeakKeyDictionary

import pandas as pd
import sqlalchemy as sa
import tenacity

from spaces import schema
from words import N_, DataProblem

KEY_SETTING = "SAFER_SPACES_REGISTER_KEY"
"""Where this is set, registers in files and their backups are encrypted with it by SQLCipher. A server has its own means."""

PLAIN = b"SQLite format 3\0"
"""How a file begins that is not encrypted."""

WAIT_FOR_WRITER_MS = 120_000
"""The longest that one writer waits for another: a million rows are written in about a fifth of it."""

COMPACT_WITHIN_S = 30
"""Two who write a file anew at once hinder each other, and SQLite says so at once instead of waiting: one of them tries again."""

FORGET_WITHIN_S = 2.0
"""For how long it is tried, while others work, to leave nothing of what young people take back; they stand there and wait."""

FORGET_LOCK_MS = 100
"""The longest that a try may keep everybody else from writing."""

TRIES = 8
"""A server that is started anew is up in a second or two, after a crash on a busy machine in ten; these tries take about twenty."""

UNDEFINED_TABLE = "42P01"
"""PostgreSQL's code for a table that is not there: the register was damaged, or is not one."""

TRACES_LEFT = N_(
    "What was to go is deleted, but traces may be left in the register's files: it was busy, or there was no room to write them anew. "
    "Run the retention again when nobody is at work."
)

Answer = TypeVar("Answer")


class InTurn:
    """A lock that goes to whoever has waited longest.

    SQLite has writers of one process sleep and try again, ever longer: of fifty at once the unlucky waited for seconds that nobody used.
    """

    def __init__(self) -> None:
        self._changing, self._taken = threading.Lock(), False
        self._waiting: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        called = threading.Lock()
        with self._changing:
            if not self._taken:
                self._taken = True
                return
            called.acquire()
            self._waiting.append(called)
        called.acquire()

    def __exit__(self, *_error: object) -> None:
        with self._changing:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


_turns: WeakKeyDictionary[sa.Engine, InTurn] = WeakKeyDictionary()
"""Of each SQLite file that is open here, whose turn it is to write. Writers of other processes are waited for by SQLite itself."""


def open_engine(url: str) -> sa.Engine:
    """Open the store at a SQLAlchemy address, brought up to the newest schema. Raises DataProblem where that cannot be."""
    try:
        engine = sa.create_engine(url, hide_parameters=True, **_settings(sa.make_url(url)))
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError, ValueError) as error:
        raise DataProblem(
            "The register's address is not one that can be used here. Give sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME."
        ) from error
    if engine.dialect.name == "sqlite":
        if is_encrypted(engine):
            sa.event.listen(engine, "connect", _unlocked_with(os.environ[KEY_SETTING]))
        sa.event.listen(engine, "connect", _set_up_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        _turns[engine] = InTurn()
    bring_up_to_date(engine)
    return engine


def open_read_only(path: Path) -> sa.Engine:
    """Open an SQLite file, encrypted or plain, so that neither it nor anything beside it is written."""
    address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    driver = sqlite if _is_plain(path) or not os.environ.get(KEY_SETTING) else _cipher()
    opened = sa.create_engine("sqlite://", module=driver, creator=lambda: driver.connect(address, uri=True), poolclass=sa.NullPool)
    if driver is not sqlite:
        sa.event.listen(opened, "connect", _unlocked_with(os.environ[KEY_SETTING]))
    return opened


def is_encrypted(engine: sa.Engine) -> bool:
    """Say whether the store is a file that is encrypted. Of a server nothing is known."""
    driver: Any = engine.dialect.loaded_dbapi
    return engine.dialect.name == "sqlite" and driver is not sqlite


def reading(engine: sa.Engine, work: Callable[[sa.Connection], Answer]) -> Answer:
    """Return what `work` reads in one consistent look at the store."""

    def once() -> Answer:
        with engine.connect() as connection, connection.begin():
            return work(connection)

    return _in_words(engine, once)


def writing(engine: sa.Engine, work: Callable[[sa.Connection], Answer]) -> Answer:
    """Do `work` in one transaction, all or nothing. It may be tried again, so it has to be safe to repeat."""
    # A writer that waited for another must see what that one wrote; on SQLite it always does.
    options: dict[str, Any] = {"writes": True} | ({"isolation_level": "READ COMMITTED"} if engine.dialect.name == "postgresql" else {})

    def once() -> Answer:
        # Taken before a connection is: those who wait hold none.
        with _turns.get(engine, nullcontext()), engine.connect().execution_options(**options) as connection, connection.begin():
            return work(connection)

    return _in_words(engine, once)


def compact(engine: sa.Engine, tables: Sequence[sa.Table]) -> None:
    """Leave nothing of deleted rows in the store's own files. DataProblem where it is too busy for that; the rows are gone all the same.

    SQLite writes its file anew and empties the log beside it. PostgreSQL writes the tables anew; what its log and the server's
    own backups still hold is for whoever keeps the server.
    """
    driver: Any = engine.dialect.loaded_dbapi
    patiently = tenacity.Retrying(
        retry=tenacity.retry_if_result(lambda done: not done) | tenacity.retry_if_exception_type(driver.OperationalError),
        stop=tenacity.stop_after_delay(COMPACT_WITHIN_S), wait=tenacity.wait_random(0.05, 0.5),
    )  # fmt: skip
    try:
        if engine.dialect.name == "sqlite":
            patiently(lambda: _compact_sqlite(engine))
        else:
            patiently(lambda: _compact_postgresql(engine, tables, WAIT_FOR_WRITER_MS))
    except (tenacity.RetryError, sa.exc.DBAPIError, driver.Error) as error:
        raise DataProblem(TRACES_LEFT) from error


def forget(engine: sa.Engine, tables: Sequence[sa.Table]) -> bool:
    """Leave nothing of rows just deleted or blanked in small tables in the store's files, as far as others at work allow; say if it is so.

    SQLite overwrites what is deleted in its file (`secure_delete`); what is emptied here is the log beside it, in which every row stands
    as it was written. PostgreSQL writes these tables anew. Where somebody reads for long, nobody is kept waiting: the next who forgets
    something empties the same log, and `compact`, as after every purge, does all of it.
    """
    driver: Any = engine.dialect.loaded_dbapi
    briefly = tenacity.Retrying(
        retry=tenacity.retry_if_result(lambda done: not done) | tenacity.retry_if_exception_type((sa.exc.DBAPIError, driver.Error)),
        stop=tenacity.stop_after_delay(FORGET_WITHIN_S), wait=tenacity.wait_fixed(FORGET_LOCK_MS / 1_000),
        retry_error_callback=lambda _state: False,
    )  # fmt: skip
    if engine.dialect.name == "sqlite":
        return bool(briefly(lambda: _empty_log(engine)))
    return bool(briefly(lambda: _compact_postgresql(engine, tables, FORGET_LOCK_MS)))


def bring_up_to_date(engine: sa.Engine) -> None:
    """Migrate the store to the newest schema, once, however many processes open it at the same moment."""
    if _schema_version(engine) == schema.VERSION:
        return
    from spaces.migrations import migrate  # Alembic is slow to import, and needed once in a register's life

    writing(engine, migrate)


def _compact_sqlite(engine: sa.Engine) -> bool:
    pooled = engine.raw_connection()  # below SQLAlchemy, which would begin a transaction
    try:
        connection: Any = pooled.driver_connection
        connection.execute("VACUUM")
        busy, _in_log, _moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    finally:
        pooled.close()


def _empty_log(engine: sa.Engine) -> bool:
    with _turns.get(engine, nullcontext()):  # before a connection is taken: those who wait hold none
        pooled = engine.raw_connection()  # below SQLAlchemy, which would begin a transaction
        connection: Any = pooled.driver_connection
        try:
            connection.execute(f"PRAGMA busy_timeout={FORGET_LOCK_MS}")
            busy, _in_log, _moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
        finally:
            connection.execute(f"PRAGMA busy_timeout={WAIT_FOR_WRITER_MS}")
            pooled.close()


def _compact_postgresql(engine: sa.Engine, tables: Sequence[sa.Table], wait_ms: int) -> bool:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SET lock_timeout = {wait_ms}")
        try:
            connection.exec_driver_sql("VACUUM (FULL, ANALYZE) " + ", ".join(table.name for table in tables))
        finally:
            connection.exec_driver_sql("RESET lock_timeout")
    return True


def _schema_version(engine: sa.Engine) -> str | None:
    def read(connection: sa.Connection) -> str | None:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return None if found is None else str(found)

    return reading(engine, read)


def _in_words(engine: sa.Engine, once: Callable[[], Answer]) -> Answer:
    """Try again where the connection was lost; say in one sentence what is missing, damaged, full or out of reach."""
    place = engine.url.render_as_string(hide_password=True)
    try:
        for attempt in tenacity.Retrying(
            retry=tenacity.retry_if_exception(_is_lost), stop=tenacity.stop_after_attempt(TRIES),
            wait=tenacity.wait_exponential(multiplier=0.3, max=5), reraise=True,
        ):  # fmt: skip
            with attempt:
                answer = once()
        return answer
    except (sa.exc.DBAPIError, pd.errors.DatabaseError) as raised:
        error = _from_store(raised)
        if error is None:
            raise
        told = str(error.orig).lower()
        if "full" in told or "no space" in told or "disk i/o" in told:
            raise DataProblem(
                "There is no room left for the register {place}. Nothing was changed; make room and try again.", place=place
            ) from error
        if "locked" in told or "busy" in told:
            raise DataProblem(
                "The register {place} is busy with a long task. Nothing was changed; try again in a minute.", place=place
            ) from error
        damaged = type(error.orig).__name__ == "DatabaseError" or getattr(error.orig, "sqlstate", "") == UNDEFINED_TABLE
        if isinstance(error, sa.exc.OperationalError) or damaged:
            raise DataProblem(
                "The register {place} could not be used. Nothing was changed; check that it exists, is not damaged and is in reach and, "
                "if it is encrypted, that {setting} holds its key.",
                place=place, setting=KEY_SETTING,
            ) from error  # fmt: skip
        raise


def _from_store(error: BaseException) -> sa.exc.DBAPIError | None:
    """Return what the store said, which pandas wraps when it is the one to read."""
    told = error.__cause__ if isinstance(error, pd.errors.DatabaseError) else error
    return told if isinstance(told, sa.exc.DBAPIError) else None


def _is_lost(raised: BaseException) -> bool:
    error = _from_store(raised)
    if error is None:
        return False
    unreachable = isinstance(error, sa.exc.OperationalError) and type(error.orig).__module__.startswith("psycopg")
    return error.connection_invalidated or unreachable


def _settings(url: sa.URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        if not os.environ.get(KEY_SETTING):
            return {}
        if _is_plain(Path(url.database or "")):
            raise DataProblem(
                "{setting} is set, but the register {file} is not encrypted. Restore a backup of it into a new area to encrypt it.",
                setting=KEY_SETTING, file=url.database,
            )  # fmt: skip
        return {"module": _cipher()}
    # The same look throughout a read, whatever others write meanwhile; a hung server is noticed, not waited for.
    return {"pool_pre_ping": True, "isolation_level": "REPEATABLE READ", "connect_args": {"connect_timeout": 5}}


def _cipher() -> Any:
    """Return SQLCipher's driver, which stands in for SQLite's own."""
    try:
        from sqlcipher3 import dbapi2
    except ImportError as error:
        raise DataProblem(
            "{setting} is set, and an encrypted register needs one more package: pip install safer-spaces[encrypted]", setting=KEY_SETTING
        ) from error
    return dbapi2


def _is_plain(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(PLAIN)) == PLAIN


def _unlocked_with(key: str) -> Callable[[Any, object], None]:
    # The key is no value that could be bound, so its quotation marks are doubled, as SQL has it.
    told = "PRAGMA key = '{}'".format(key.replace("'", "''"))
    return lambda connection, _record: connection.execute(told)


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # The driver leaves transactions to us; see _begin_sqlite.
    cursor = connection.cursor()
    for pragma in (f"busy_timeout={WAIT_FOR_WRITER_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    # A reader that turns writer cannot wait for another writer, it fails: who means to write says so at the start.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")
