"""The register: the partnership's records, the places it is working on, and who did what.

One SQLAlchemy schema, SQLite by default. Every method that changes something requires the audit event that accounts for it
and writes both in one transaction. Nothing above `briefing` reads it.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pandas as pd
import shapely
import sqlalchemy as sa

from spaces import model
from spaces.audit import AuditEvent
from words import DataProblem

_schema = sa.MetaData()

_column_types = (
    dict.fromkeys(model.TEXT_COLUMNS, sa.Text)
    | dict.fromkeys(model.TIME_COLUMNS, sa.DateTime)
    | dict.fromkeys(model.NUMBER_COLUMNS, sa.Float)
    | dict.fromkeys(model.FLAG_COLUMNS, sa.Boolean)
)
_geocode_columns = {"precision_m": sa.Float, "method": sa.Text, "reason": sa.Text}

records_table = sa.Table(
    "record",
    _schema,
    sa.Column("record_id", sa.Integer, primary_key=True),
    sa.Column("source_file", sa.Text, nullable=False),
    sa.Column("source_row", sa.Integer, nullable=False),
    *(sa.Column(name, _column_types[name]) for name in model.INCIDENT_COLUMNS),
    *(sa.Column(name, kind) for name, kind in _geocode_columns.items()),
)

spaces_table = sa.Table(
    "space",
    _schema,
    sa.Column("space_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("feature_id", sa.Text, unique=True),
    sa.Column("raised_by", sa.Text, nullable=False),
    sa.Column("boundary", sa.LargeBinary, nullable=False, doc="WKB in EPSG:27700"),
)

assessments_table = sa.Table(
    "assessment",
    _schema,
    sa.Column("assessment_id", sa.Text, primary_key=True),
    sa.Column("space_id", sa.Text, sa.ForeignKey("space.space_id"), nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("lead", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("begin_by", sa.Date, nullable=False),
    sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("data_version", sa.Text, nullable=False, doc="what the panel was looking at when it decided"),
)

audit_table = sa.Table(
    "audit_event",
    _schema,
    sa.Column("event_id", sa.Integer, primary_key=True),
    sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("actor", "action", "subject", "reason", "origin")),
)


IN_UTC = {"utc": True}
"""How moments are read back: SQLite keeps no time zone, and what is written is always UTC."""


class Register:
    """An open register. Make one with `open_register`."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def records(self, *, occurred_from: date | None = None, occurred_before: date | None = None) -> pd.DataFrame:
        """Return the records that began in a half-open window (either end may be left open), indexed by record id.

        Records without a date come too, in every window: leaving them out is a decision that has to be told.
        """
        began = records_table.c.occurred_from
        query = sa.select(records_table).order_by(records_table.c.record_id)
        if occurred_from:
            query = query.where((began >= occurred_from) | began.is_(None))
        if occurred_before:
            query = query.where((began < occurred_before) | began.is_(None))
        with self._engine.connect() as connection:
            frame = pd.read_sql_query(query, connection, index_col="record_id")
        return _typed(frame)

    def add_records(self, records: pd.DataFrame, *, source_file: str, audit: AuditEvent) -> int:
        """Add placed records of one file, all or none; the frame's index is the row in the file. Return how many."""
        columns = [*model.INCIDENT_COLUMNS, *_geocode_columns]
        rows = records[columns].assign(source_file=source_file, source_row=records.index).astype(object)
        rows = rows.where(rows.notna(), None)
        with self._writing(audit) as connection:
            if len(rows):
                connection.execute(
                    sa.insert(records_table), [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]
                )
        return len(rows)

    def add_space(
        self, *, name: str, kind: str, feature_id: str | None, raised_by: str, boundary: shapely.Geometry, audit: AuditEvent
    ) -> str:
        """Return the id of the space of this map feature, adding it where it is new. `boundary` is in EPSG:27700 metres."""
        known = self._space_of(feature_id)
        if known:
            return known
        space_id = _new_id()
        values = {"space_id": space_id, "name": name, "kind": kind, "feature_id": feature_id, "raised_by": raised_by}
        try:
            with self._writing(audit) as connection:
                connection.execute(sa.insert(spaces_table).values(**values, boundary=shapely.to_wkb(boundary)))
        except sa.exc.IntegrityError:
            raised_meanwhile = self._space_of(feature_id)
            if raised_meanwhile is None:
                raise
            return raised_meanwhile
        return space_id

    def _space_of(self, feature_id: str | None) -> str | None:
        """Return the id of the space of a map feature; a space drawn by hand has none, so each of those is its own."""
        if feature_id is None:
            return None
        with self._engine.connect() as connection:
            found = connection.scalar(sa.select(spaces_table.c.space_id).where(spaces_table.c.feature_id == feature_id))
        return None if found is None else str(found)

    def add_assessment(self, values: dict[str, Any], *, audit: AuditEvent) -> str:
        """Add an assessment of a space, and return its id."""
        assessment_id = _new_id()
        with self._writing(audit) as connection:
            connection.execute(sa.insert(assessments_table).values(assessment_id=assessment_id, **values))
        return assessment_id

    def assessments(self) -> pd.DataFrame:
        """Return every assessment with the `name`, `kind` and `feature_id` of its space, newest first, indexed by id."""
        joined = sa.join(assessments_table, spaces_table)
        query = sa.select(assessments_table, spaces_table.c.name, spaces_table.c.kind, spaces_table.c.feature_id).select_from(joined)
        with self._engine.connect() as connection:
            return pd.read_sql_query(
                query.order_by(assessments_table.c.planned_at.desc()),
                connection,
                index_col="assessment_id",
                parse_dates={"planned_at": IN_UTC},
            )

    def audit_trail(self) -> pd.DataFrame:
        """Return every audit event in the order they were written, indexed by event id."""
        with self._engine.connect() as connection:
            return pd.read_sql_query(
                sa.select(audit_table).order_by(audit_table.c.event_id),
                connection,
                index_col="event_id",
                parse_dates={"happened_at": IN_UTC},
            )

    def records_head(self) -> int:
        """Return a number that grows whenever records change, and only then."""
        query = sa.select(sa.func.max(records_table.c.record_id))
        with self._engine.connect() as connection:
            return int(connection.scalar(query) or 0)

    def close(self) -> None:
        """Let go of the file, so that it can be moved."""
        self._engine.dispose()

    @contextmanager
    def _writing(self, audit: AuditEvent) -> Iterator[sa.Connection]:
        """Open a transaction that writes its own audit event, or nothing."""
        with self._engine.begin() as connection:
            yield connection
            connection.execute(sa.insert(audit_table).values(**audit.__dict__))


def open_register(url: str) -> Register:
    """Open a register by its SQLAlchemy address, making its tables where they are missing."""
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_up_sqlite)
    sa.event.listen(engine, "handle_error", _say_what_is_wrong)
    _schema.create_all(engine)
    return Register(engine)


def _say_what_is_wrong(context: sa.ExceptionContext) -> None:
    """Turn what a store says when it is missing, damaged or out of reach into one sentence, whenever it shows."""
    damaged = type(context.original_exception) is sqlite3.DatabaseError
    if damaged or isinstance(context.sqlalchemy_exception, sa.exc.OperationalError):
        place = context.engine.url.render_as_string() if context.engine else ""
        raise DataProblem("The register {place} could not be used. Check that it exists, is not damaged and is in reach.", place=place)


def _set_up_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=10000", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Give an empty or all-missing column the type it would have had with values in it."""
    types: dict[str, str] = dict.fromkeys((*model.TEXT_COLUMNS, "method", "reason", "source_file"), "str")
    types |= dict.fromkeys(model.TIME_COLUMNS, "datetime64[us]") | dict.fromkeys((*model.NUMBER_COLUMNS, "precision_m"), "float")
    types |= dict.fromkeys(model.FLAG_COLUMNS, "bool")
    return frame.astype(types)


def _new_id() -> str:
    """Return an id that says nothing: not how many there are, nor in what order they came."""
    return uuid.uuid4().hex
