"""How long records are kept, what a legal hold keeps beyond that, and the purge that leaves nothing but counts.

Of what is said and done in the app itself, how long each kind is kept and what stays of it is in `ageing.py`; it goes by the same purge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pandas as pd
import polars as pl
import sqlalchemy as sa

from spaces import ageing, model, personal, schema
from spaces.audit import AuditEvent
from spaces.register import Register, delete_records, new_id
from words import N_, DataProblem

KEEP_DAYS = {
    # Repeat harm and "remains harmful" compare a place with itself after an assessment, its plan and a year of change: three years.
    "incident": 3 * 365,
    # Where children go missing from and are found shifts with those who draw them there; older ones say little of today.
    "missing_episode": 2 * 365,
    # A referral asks for help: once that was given or not, its decision is in the assessment, and the request need not stay.
    "referral": 2 * 365,
    # What somebody felt on one evening, as a partner's file has it. Kept longest it would stigmatise a place for ever: so shortest.
    "flag": 365,
    # Open data about nobody, published by others for three years and always to be had again.
    "context": 3 * 365,
} | ageing.KEEP_DAYS
"""How many days a kind of record is kept unless the partnership decides otherwise, and why."""

KINDS: Mapping[str, str] = {**model.RECORD_TYPES, **ageing.LABELS}
"""What each is called: the kinds of record that partners bring, and what is made in the app."""

OTHERWISE = "incident"
"""The kind whose rule holds for a record of no known kind."""

SHORTEST_DAYS = 30
"""No rule is shorter: a slip of the finger would empty the register."""

PAST = N_("this is older than records of its kind are kept here, so it stays out")

HOLD_SCOPES = {"agency": N_("all records of an agency"), "incident": N_("an incident by its number"), "everything": N_("every record")}

_record, _hold, _import = schema.records.c, schema.holds.c, schema.imports.c

_imported_at = sa.select(_import.imported_at).where(_import.import_id == _record.import_id).scalar_subquery()


def rules(register: Register) -> dict[str, int]:
    """Return how many days each kind of record is kept."""
    return register.read(_rules)


def set_rule(register: Register, record_type: str, keep_days: int, *, audit: AuditEvent) -> None:
    """Keep a kind of record for so many days from now on. Nothing is deleted by it."""
    if record_type not in KINDS:
        raise DataProblem("“{kind}” is not a kind of record. The kinds are {kinds}.", kind=record_type, kinds=", ".join(KINDS))
    if keep_days < SHORTEST_DAYS:
        raise DataProblem("Records are kept for at least {days} days. Give a longer time.", days=SHORTEST_DAYS)

    def work(connection: sa.Connection) -> None:
        connection.execute(sa.delete(schema.retention).where(schema.retention.c.record_type == record_type))
        connection.execute(sa.insert(schema.retention).values(record_type=record_type, keep_days=keep_days))

    register.write(audit, work)


def place_hold(register: Register, scope: str, value: str, reason: str, *, audit: AuditEvent) -> str:
    """Keep records whatever their age until the hold is lifted, and return its id. `value` names the agency or the incident."""
    if scope not in HOLD_SCOPES or (scope != "everything") != bool(value.strip()) or not reason.strip():
        raise DataProblem("A legal hold is of an agency, of an incident by its number, or of everything, and has a reason. Give all of it.")
    if personal.personal_content(pl.Series([value]))[0] is not None and not _is_recorded(register, scope, value.strip()):
        raise DataProblem("What the legal hold is of looks like who somebody is. Give the agency, or the number of the incident.")
    hold_id = new_id()
    values = {"hold_id": hold_id, "scope": scope, "value": value.strip(), "reason": reason, "placed_at": audit.happened_at}
    register.write(audit, lambda connection: connection.execute(sa.insert(schema.holds).values(values)))
    return hold_id


def _is_recorded(register: Register, scope: str, value: str) -> bool:
    """Say whether records have this already: some numbers of incidents look like a telephone's."""
    its = _record.agency if scope == "agency" else _record.incident_id
    return register.read(lambda connection: connection.scalar(sa.select(_record.record_id).where(its == value).limit(1))) is not None


def lift_hold(register: Register, hold_id: str, *, audit: AuditEvent) -> None:
    """Let records go again when they are due."""

    def work(connection: sa.Connection) -> None:
        standing = sa.update(schema.holds).where(_hold.hold_id == hold_id, _hold.lifted_at.is_(None))
        if not connection.execute(standing.values(lifted_at=audit.happened_at)).rowcount:
            raise DataProblem("There is no such legal hold any more: it was lifted before. Nothing was changed.")

    register.write(audit, work)


def holds(register: Register) -> pd.DataFrame:
    """Return every legal hold, lifted ones too, newest first, indexed by id."""
    return register.table(sa.select(schema.holds).order_by(_hold.placed_at.desc()), "hold_id")


def records_held(register: Register) -> pd.Series:
    """Count the records that each standing hold keeps, indexed by its id: a number that was mistyped keeps none."""
    query = (
        sa.select(_hold.hold_id, sa.func.count(_record.record_id).label("records"))
        .select_from(schema.holds.outerjoin(schema.records, _keeps()))
        .where(_hold.lifted_at.is_(None))
        .group_by(_hold.hold_id)
    )
    return register.table(query, "hold_id")["records"]


def check_no_hold(connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
    """Raise DataProblem where any of these records is under a legal hold, inside a transaction that would delete them."""
    if connection.scalar(sa.select(_record.record_id).where(which, _on_hold()).limit(1)) is not None:
        raise DataProblem(
            "Some of these records are under a legal hold, so nothing was deleted. Lift the hold, or restrict the records while it lasts."
        )


def due(register: Register, today: date) -> pd.DataFrame:
    """Count what a purge would delete: `record_type, agency, year, records`. Records on hold are not due.

    A record ages from when it happened, else when it was reported, else when it came in. Of what is made in the app no agency is said.
    """

    def look(connection: sa.Connection) -> pd.DataFrame:
        every = sa.union_all(_counted(_due(connection, today)), *ageing.counted(_rules(connection), today)).subquery()
        columns = (every.c.record_type, every.c.agency, every.c.year)
        return pd.read_sql_query(sa.select(every).order_by(*columns), connection)

    return register.read(look)


def is_past(rows: pl.DataFrame, kept: dict[str, int], today: date) -> pl.Series:
    """Say which rows of a file a purge would delete as soon as they were in: what was purged does not come back with the next file."""
    days = pl.col("record_type").replace_strict(kept, default=kept[OTHERWISE], return_dtype=pl.Int64)
    keeps_from = pl.lit(datetime.combine(today, time())) - pl.duration(days=days)  # local time, as records have it
    return rows.select((pl.coalesce("occurred_from", "reported_on") < keeps_from).fill_null(value=False)).to_series()


def purge(register: Register, today: date, *, audit: AuditEvent) -> pd.DataFrame:
    """Delete what is due with its old versions, leave only counts, and return those, as `due` gives them."""

    def work(connection: sa.Connection) -> None:
        which = _due(connection, today)
        count(connection, which, audit.happened_at)
        delete_records(connection, which)
        kept = _rules(connection)
        for query in ageing.counted(kept, today):
            _count(connection, query, audit.happened_at)
        ageing.delete(connection, kept, today)

    register.write(audit, work, changes_records=True)
    register.compact()
    names = ("record_type", "agency", "year", "records")
    query = sa.select(*(schema.purged.c[name] for name in names)).where(schema.purged.c.purged_at == audit.happened_at)
    return register.read(lambda connection: pd.read_sql_query(query.order_by(*names), connection))


def count(connection: sa.Connection, which: sa.ColumnElement[bool], when: datetime) -> None:
    """Write down how many records are about to be deleted, by kind, agency and year, inside the transaction that deletes them."""
    _count(connection, _counted(which), when)


def _count(connection: sa.Connection, counted: sa.Select[Any], when: datetime) -> None:
    counts = counted.subquery()
    chosen = sa.select(sa.literal(when, schema.Moment), counts.c.record_type, counts.c.agency, counts.c.year, counts.c.records)
    connection.execute(sa.insert(schema.purged).from_select(["purged_at", "record_type", "agency", "year", "records"], chosen))


def _rules(connection: sa.Connection) -> dict[str, int]:
    decided = connection.execute(sa.select(schema.retention.c.record_type, schema.retention.c.keep_days)).all()
    return KEEP_DAYS | {row.record_type: row.keep_days for row in decided}


def _due(connection: sa.Connection, today: date) -> sa.ColumnElement[bool]:
    return sa.and_(sa.or_(*_expired(_rules(connection), today)), ~_on_hold())


def _expired(kept: dict[str, int], today: date) -> Iterator[sa.ColumnElement[bool]]:
    for record_type in model.RECORD_TYPES:
        keep_days = kept[record_type]
        before = datetime.combine(today - timedelta(days=keep_days), time())  # local time, as records have it
        is_of_it = _record.record_type == record_type
        if record_type == OTHERWISE:
            is_of_it |= _record.record_type.is_(None) | _record.record_type.not_in(list(model.RECORD_TYPES))
        undated = _record.occurred_from.is_(None)
        yield is_of_it & sa.or_(
            _record.occurred_from < before,
            undated & (_record.reported_on < before),
            undated & _record.reported_on.is_(None) & (_imported_at < before.replace(tzinfo=UTC)),
        )


def _on_hold() -> sa.ColumnElement[bool]:
    return sa.exists().where(_hold.lifted_at.is_(None), _keeps()).correlate(schema.records)


def _keeps() -> sa.ColumnElement[bool]:
    return sa.or_(
        _hold.scope == "everything",
        (_hold.scope == "agency") & (_hold.value == _record.agency),
        (_hold.scope == "incident") & (_hold.value == _record.incident_id),
    )


def _counted(which: sa.ColumnElement[bool]) -> sa.Select[tuple[str, str, int, int]]:
    anchors = (_record.occurred_from, _record.reported_on, _imported_at)
    year = sa.cast(sa.func.coalesce(*(sa.extract("year", anchor) for anchor in anchors)), sa.Integer).label("year")
    kind, agency = (sa.func.coalesce(_record[name], "").label(name) for name in ("record_type", "agency"))
    chosen = sa.select(kind, agency, year).where(which).subquery()
    columns = (chosen.c.record_type, chosen.c.agency, chosen.c.year)
    return sa.select(*columns, sa.func.count().label("records")).group_by(*columns)
