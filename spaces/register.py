"""The register: the partnership's records, the places it is working on, and who did what.

One schema on SQLite or PostgreSQL (`engine.py`). Every change goes through `write`, which requires the audit event that accounts
for it and keeps both in one transaction, one writer at a time. Nothing above `briefing` reads it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import sqlalchemy as sa

from spaces import engine, model, schema, windows
from spaces.audit import AuditEvent, Head, chained, check_chain
from words import DataProblem

Answer = TypeVar("Answer")

IN_UTC = {"utc": True}
"""How moments are read back: SQLite keeps no time zone, and what is written is always UTC."""

INVENTED, REAL = "invented", "real"
"""A register holds the sample's records or real ones, from its first day, and never both."""


class Register:
    """An open register. Make one with `open_register`."""

    def __init__(self, opened: sa.Engine, kind: str = "") -> None:
        self._engine = opened
        self._kind = kind

    @property
    def kind(self) -> str:
        """Return whether it holds `invented` or `real` records: what was settled by its first write, else what it was opened as."""
        return self.info("kind") or self._kind

    @property
    def place(self) -> str:
        """Return where the register is kept, without any password."""
        return self._engine.url.render_as_string(hide_password=True)

    @property
    def dialect(self) -> str:
        """Return `sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @property
    def encrypted(self) -> bool:
        """Say whether it is a file that is encrypted. Of a server nothing is known."""
        return engine.is_encrypted(self._engine)

    def keeps(self, path: Path) -> bool:
        """Say whether this file is the register's own."""
        return (
            self.dialect == "sqlite"
            and path.exists()
            and Path(self._engine.url.database or "").exists()
            and path.samefile(self._engine.url.database or "")
        )

    def read(self, work: Callable[[sa.Connection], Answer]) -> Answer:
        """Return what `work` reads, in one consistent look at the register."""
        return engine.reading(self._engine, work)

    def write(self, audit: AuditEvent, work: Callable[[sa.Connection], Answer], *, changes_records: bool = False) -> Answer | None:
        """Do `work` together with its audit event, or neither; return its answer.

        It may be tried again after a lost connection. An act that turns out to have been done is not done twice: the answer
        is None then, so work should return only what its caller could find out in another way.
        """

        def settled(connection: sa.Connection) -> Answer:
            known = connection.scalar(sa.select(schema.info.c.value).where(schema.info.c.name == "kind"))
            if self._kind and not known:
                set_info(connection, "kind", self._kind)
            return work(connection)

        return engine.writing(self._engine, lambda connection: _done_once(connection, audit, settled, changes_records=changes_records))

    def fill(self, audit: AuditEvent, copy: Callable[[sa.Connection], object], work: Callable[[sa.Connection], Answer]) -> Answer | None:
        """Have `copy` write every table of an empty register, trail and all, and do `work`; its audit event continues that trail.

        All of it or nothing; DataProblem where the register is not empty.
        """

        def once(connection: sa.Connection) -> Answer | None:
            # The update takes the lock; what is empty now stays so until all of it is here.
            connection.execute(sa.update(schema.audit_head).values(event_id=schema.audit_head.c.event_id))
            if connection.scalar(sa.select(schema.audit.c.event_id).where(schema.audit.c.act_id == audit.act_id)):
                return None
            if any(
                connection.scalar(sa.select(sa.exists().select_from(t)))
                for t in schema.metadata.sorted_tables
                if t is not schema.audit_head
            ):
                raise DataProblem("The register {place} is not empty, and nothing in it was changed. Choose a new one.", place=self.place)
            connection.execute(sa.delete(schema.audit_head))
            copy(connection)
            return _done_once(connection, audit, work, changes_records=True)

        return engine.writing(self._engine, once)

    def compact(self) -> None:
        """Leave nothing of deleted records in the store's files: to be called after they were deleted. See `engine.compact`."""
        engine.compact(self._engine, _DELETED_FROM)

    def forget(self, *tables: sa.Table) -> None:
        """Leave nothing of what was just deleted from some small tables in the store's files, while others go on. See `engine.forget`."""
        engine.forget(self._engine, tables)

    def records(
        self, *, occurred_from: date | None = None, occurred_before: date | None = None, as_of: int | None = None,
        bounds: tuple[float, float, float, float] | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Return the records that began in a half-open window (either end may be left open), indexed by record id.

        Records without a date come too, in every window: leaving them out is a decision that has to be told. Restricted
        records do not. With `as_of` (a records head), the records as they stood then; what was erased since is gone all the same.
        With `bounds` (least easting and northing, most easting and northing, in metres), those that are placed between them.
        """
        tables = [schema.records] if as_of is None else [schema.records, schema.versions]
        queries = [_window(table, began, as_of) for table in tables for began in (_within(occurred_from, occurred_before), sa.Column.is_)]
        if bounds is not None:
            west, south, east, north = bounds
            placed = (sa.column("easting").between(west, east), sa.column("northing").between(south, north))
            queries = [query.where(*placed) for query in queries]
        query = sa.select(sa.union_all(*queries).subquery())
        found = self.read(lambda connection: windows.read(connection, query))
        return _typed(found.sort("record_id").to_pandas().set_index("record_id"))

    def assessments(self) -> pd.DataFrame:
        """Return every assessment with the `name`, `kind` and `feature_id` of its space, newest first, indexed by id.

        `planned_at` is when it was planned, `moved_at` when it came to where it stands.
        """
        (row, newest), (space, standing) = _newest(schema.assessment_versions), _newest(schema.space_versions)
        first = sa.select(row.c.assessment_id, row.c.kept_at.label("planned_at")).where(row.c.version == 1).subquery()
        moved = sa.select(row.c.assessment_id, sa.func.max(row.c.kept_at).label("moved_at")).where(row.c.act.in_(("planned", "moved")))
        last = moved.group_by(row.c.assessment_id).subquery()
        names = ("assessment_id", "space_id", "status", "lead", "why", "begin_by", "review_on", "verdict", "data_version")
        query = (
            sa.select(*(row.c[name] for name in names), first.c.planned_at, last.c.moved_at, space.c.name, space.c.kind, space.c.feature_id)
            .join(first, first.c.assessment_id == row.c.assessment_id)
            .join(last, last.c.assessment_id == row.c.assessment_id)
            .join(space, space.c.space_id == row.c.space_id)
            .where(newest, standing)
        )
        return self.table(query.order_by(first.c.planned_at.desc()), "assessment_id")

    def audit_trail(self) -> pd.DataFrame:
        """Return every audit event in the order they were written, indexed by event id."""
        return self.table(sa.select(schema.audit).order_by(schema.audit.c.event_id), "event_id")

    def check_audit(self, *, written_down: Head | None = None) -> Head:
        """Return the head of the audit trail; DataProblem where it is not whole, or no longer passes through an earlier head."""

        def check(connection: sa.Connection) -> Head:
            kept = Head(*connection.execute(sa.select(schema.audit_head.c.event_id, schema.audit_head.c.hash)).one())
            found = check_chain(
                connection.execute(sa.select(schema.audit).order_by(schema.audit.c.event_id)).mappings(), written_down=written_down
            )
            if found != kept:
                raise DataProblem(
                    "The audit trail was cut off or changed: it ends at event {number}, and the register counted {kept}.",
                    number=found.number, kept=kept.number,
                )  # fmt: skip
            return found

        return self.read(check)

    def records_head(self) -> int:
        """Return a number that grows whenever records change, and only then."""
        return self.read(records_head)

    def info(self, name: str) -> str:
        """Return what the register says of itself under a name, empty where it says nothing."""
        query = sa.select(schema.info.c.value).where(schema.info.c.name == name)
        return self.read(lambda connection: connection.scalar(query)) or ""

    def table(self, query: sa.Select[Any], index: str) -> pd.DataFrame:
        """Return what a query finds, indexed by one of its columns, moments in UTC."""
        moments = {column.name: IN_UTC for column in query.selected_columns if column.type is schema.Moment}
        return self.read(lambda connection: pd.read_sql_query(query, connection, index_col=index, parse_dates=moments))

    def close(self) -> None:
        """Let go of the file, so that it can be moved."""
        self._engine.dispose()


def open_register(url: str, *, kind: str = "") -> Register:
    """Open a register by its SQLAlchemy address, making or migrating its tables where that is due.

    `kind` (`invented` or `real`) is settled by its first write; DataProblem where it is the other one.
    """
    opened = Register(engine.open_engine(url), kind)
    settled = opened.kind
    if kind and settled != kind:
        raise DataProblem(
            "The register {place} holds {settled} records, and invented and real ones are never mixed. Choose another register.",
            place=opened.place, settled=settled,
        )  # fmt: skip
    return opened


def delete_records(connection: sa.Connection, which: sa.ColumnElement[bool]) -> int:
    """Delete records, their old versions and what was said of them as duplicates; return how many records.

    `which` is a condition on the columns of the table of records.
    """
    ids = sa.select(schema.records.c.record_id).where(which)
    for column in (schema.versions.c.record_id, schema.duplicates.c.record_id, schema.duplicates.c.other_id):
        connection.execute(sa.delete(column.table).where(column.in_(ids)))
    return connection.execute(sa.delete(schema.records).where(which)).rowcount


def keep_versions(connection: sa.Connection, which: sa.ColumnElement[bool], since: int) -> None:
    """Keep records as they stand among the old versions, before they are changed as from the records head `since`.

    `which` is a condition on the columns of the table of records. Their `version` and `since` are the caller's to raise.
    """
    names = ("record_id", "version", "since", "import_id", "source_row", *schema.VALUE_COLUMNS)
    before = sa.select(*(schema.records.c[name] for name in names), sa.literal(since).label("until")).where(which)
    connection.execute(sa.insert(schema.versions).from_select([*names, "until"], before))


def set_info(connection: sa.Connection, name: str, value: str) -> None:
    """Have the register say something of itself, in place of what it said under that name."""
    connection.execute(sa.delete(schema.info).where(schema.info.c.name == name))
    connection.execute(sa.insert(schema.info).values(name=name, value=value))


def records_head(connection: sa.Connection) -> int:
    """Return the records head, inside a transaction: in one that changes records, the number its changes stand under."""
    return int(connection.scalar(sa.select(schema.audit_head.c.records_head)) or 0)


def erased_rows(connection: sa.Connection) -> set[tuple[str, str]]:
    """Return the rows that were erased as somebody else's than their partner says: what each is known by, and that child."""
    at = schema.erased_rows.c
    return {(row, child) for row, child in connection.execute(sa.select(at.row, at.child_ref))}


def new_id() -> str:
    """Return an id that says nothing: not how many there are, nor in what order they came."""
    return uuid.uuid4().hex


_DELETED_FROM = (
    schema.records, schema.versions, schema.problems, schema.erased, schema.erased_rows, schema.flags, schema.youth_sessions,
    schema.safety_marks, schema.place_referrals, schema.agency_checks, schema.assessment_versions, schema.goals, schema.actions,
    schema.observations, schema.institutional_harms,
)  # fmt: skip
"""Where something can be deleted from for good: by a purge, by an erasure, or because young people took it back."""


def _newest(table: sa.Table) -> tuple[sa.Table, sa.ColumnElement[bool]]:
    """Return a table with versions, and the condition that a row of it is the one that counts."""
    of, later = next(iter(table.primary_key.columns)).name, table.alias()
    newer = sa.exists().where(later.c[of] == table.c[of], later.c.version > table.c.version)
    return table, ~newer


def _done_once(
    connection: sa.Connection, audit: AuditEvent, work: Callable[[sa.Connection], Answer], *, changes_records: bool
) -> Answer | None:
    """Do `work` inside a transaction, with its audit event; None where the act is known to have been done."""
    grown = {"event_id": schema.audit_head.c.event_id + 1}
    if changes_records:
        grown["records_head"] = schema.audit_head.c.records_head + 1
    # The first statement takes the one lock there is, so that events are numbered without gaps.
    number, previous = connection.execute(
        sa.update(schema.audit_head).values(grown).returning(schema.audit_head.c.event_id, schema.audit_head.c.hash)
    ).one()
    if connection.scalar(sa.select(schema.audit.c.event_id).where(schema.audit.c.act_id == audit.act_id)):
        connection.rollback()
        return None
    answer = work(connection)
    row = chained(audit, Head(number - 1, previous))
    connection.execute(sa.insert(schema.audit).values(row))
    connection.execute(sa.update(schema.audit_head).values(hash=row["hash"]))
    return answer


def _within(first: date | None, before: date | None) -> Callable[[Any, None], sa.ColumnElement[bool]]:
    def dated(began: Any, _nothing: None) -> sa.ColumnElement[bool]:
        return sa.and_(began.is_not(None), *([began >= first] if first else []), *([began < before] if before else []))

    return dated


def _window(table: sa.Table, began: Callable[[Any, None], sa.ColumnElement[bool]], as_of: int | None) -> sa.Select[Any]:
    """Select by date or, apart, without one: each half can use the index, which both in one condition could not."""
    columns = [table.c[name] for name in ("record_id", "import_id", "source_row", *schema.VALUE_COLUMNS)]
    query = sa.select(*columns).where(began(table.c.occurred_from, None))
    if table is schema.records:
        query = query.where(~table.c.restricted)
    if as_of is not None:
        query = query.where(table.c.since <= as_of)
        if table is schema.versions:
            restricted = sa.select(schema.records.c.record_id).where(schema.records.c.restricted)
            query = query.where(table.c.until > as_of, table.c.record_id.not_in(restricted))
    return query


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Give an empty or all-missing column the type it would have had with values in it."""
    types: dict[str, str] = dict.fromkeys((*model.TEXT_COLUMNS, "method", "reason", "feature", "import_id"), "str")
    types |= dict.fromkeys(model.TIME_COLUMNS, "datetime64[us]") | dict.fromkeys((*model.NUMBER_COLUMNS, "precision_m"), "float")
    types |= dict.fromkeys(model.FLAG_COLUMNS, "bool")
    return frame.astype(types)
