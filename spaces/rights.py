"""The rights desk: find, correct, restrict and erase what is held of one child, from the agency's own reference and the key.

Nobody is given a pseudonym: answers leave it out. What is erased stays erased: later files are refused the child, and a ledger
outside the register (`ledger.py`) has it erased again after a backup is restored.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import sqlalchemy as sa

from spaces import flags, imports, intake, ledger, model, personal, register_keys, retention, row_keys, schema, youth_sessions
from spaces.audit import AuditEvent
from spaces.pseudonyms import Keys
from spaces.register import Register, delete_records, keep_versions, records_head
from words import N_, DataProblem, _

CORRECTED_PLACE = N_("the place was corrected by hand")

PLACED_BY = ("location_text", "postcode")
"""What says where it was: once one of these is corrected, the position that came of it no longer holds."""

WINDOW = ("occurred_from", "occurred_to")

CORRECTABLE = tuple(name for name in model.INCIDENT_COLUMNS if name not in {"agency", "uprn", *model.NUMBER_COLUMNS})
"""An agency is who answers for the record, and a position comes of placing it; a UPRN is a house and never kept."""

_records, _versions = schema.records.c, schema.versions.c


def find(register: Register, keys: Keys, agency: str, reference: str) -> pd.DataFrame:
    """Return all that is held of a child, old versions too: what each says (without the pseudonym) and `record_id, version,
    current, restricted, import_id, source_row`.

    A version that was another child's is not shown, even of a record that is this one's now: that history is the other's to see.
    """
    names = [name for name in ("record_id", "version", "import_id", "source_row", *schema.VALUE_COLUMNS) if name != "child_ref"]

    def look(connection: sa.Connection) -> pd.DataFrame:
        child = _known(connection, keys, agency, reference)
        its_records = sa.select(_records.record_id).where(_records.child_ref == child)
        current = sa.select(*(_records[name] for name in names), sa.literal(value=True).label("current"), _records.restricted)
        old = sa.select(*(_versions[name] for name in names), sa.literal(value=False).label("current"), _records.restricted)
        found = sa.union_all(
            current.where(_records.child_ref == child),
            old.outerjoin_from(schema.versions, schema.records, _versions.record_id == _records.record_id)
            .where((_versions.child_ref == child) | (_versions.child_ref.is_(None) & _versions.record_id.in_(its_records))),
        ).subquery()  # fmt: skip
        return pd.read_sql_query(sa.select(found).order_by(found.c.record_id, found.c.version), connection)

    return register.read(look)


def correct(
    register: Register, keys: Keys, record_id: int, column: str, value: object, *, audit: AuditEvent, today: date = date.max
) -> None:
    """Correct one column of a record and keep the old version. A `child_ref` is given as the agency's own reference.

    The partner's next file is compared with what its last one said, so that one which says the same again changes nothing here;
    one that says something new of the record replaces what it says, but for its child. A corrected place has no position until it
    is placed anew. No date may be after `today`.
    """
    check_correctable(column, value, today=today)
    given = personal.without_house(pl.Series([value], dtype=pl.String))[0] if column == "location_text" else value

    def work(connection: sa.Connection) -> None:
        register_keys.settle(connection, keys)
        before = connection.execute(sa.select(schema.records).where(_records.record_id == record_id)).mappings().first()
        if before is None:
            raise DataProblem("There is no record {number} any more. Find the child's records again.", number=record_id)
        after: dict[str, Any] = {**before, column: given, "since": records_head(connection), "version": before["version"] + 1}
        if column == "child_ref" and given is not None:
            after["child_ref"] = keys.pseudonym(before["agency"] or "", str(given))
            if connection.scalar(sa.select(schema.erased.c.child_ref).where(schema.erased.c.child_ref == after["child_ref"])):
                raise DataProblem("This reference was erased and stays erased, so no record can be given to it. Erase the record instead.")
        if column in PLACED_BY:
            after |= dict.fromkeys(schema.PLACE_COLUMNS) | {"method": "none", "reason": CORRECTED_PLACE}
        if column in WINDOW and after["occurred_from"] and after["occurred_to"] and after["occurred_to"] < after["occurred_from"]:
            raise DataProblem("It would end before it begins. Correct the other of the two times first.")
        after |= _keys_of(before, after)
        keep_versions(connection, _records.record_id == record_id, after["since"])
        connection.execute(sa.update(schema.records).where(_records.record_id == record_id).values(after))

    register.write(audit, work, changes_records=True)


def value_of(column: str, text: str) -> object:
    """Return what somebody wrote for a column as what the column holds: a date (ISO 8601, with its time or without), yes or no, words.

    Nothing written is not recorded; what is not understood comes back as it is, for `check_correctable` to refuse.
    """
    written = text.strip()
    if column in model.FLAG_COLUMNS and written.lower() in (*model.YES, *model.NO):
        return written.lower() in model.YES
    if column in model.TIME_COLUMNS:
        with suppress(ValueError):
            moment = datetime.fromisoformat(written)
            return moment if moment.tzinfo is None else written  # what the clock on the wall said, and no other
    return written or None


def check_correctable(column: str, value: object, *, today: date = date.max) -> None:
    """Raise DataProblem unless a column may be corrected, and to this value. No date may be after `today`."""
    if column not in CORRECTABLE:
        raise DataProblem("{column} is not corrected by hand. Ask the agency to correct it and to send its file again.", column=column)
    if column in (*model.TIME_COLUMNS, *model.FLAG_COLUMNS):
        right = isinstance(value, datetime if column in model.TIME_COLUMNS else bool) or (value is None and column in model.TIME_COLUMNS)
        if not right:
            raise DataProblem("{column} takes a date or yes or no, as the case may be. Give it again.", column=column)
        if isinstance(value, datetime) and not _is_possible(column, value, today):
            raise DataProblem("{value} is before 1990 or in the future. Give a date that can be.", value=value)
        return
    if value is None:
        return
    if column in model.CODES and value not in model.CODES[column]:
        raise DataProblem(
            "“{value}” is not one of the words of {column}: {words}.", value=value, column=column, words=", ".join(model.CODES[column])
        )
    text = pl.Series([str(value)], dtype=pl.String)
    if column == "location_text" and personal.is_home(text)[0]:
        raise DataProblem("“Home” is no place here. Give a street or the name of a place, or leave it empty.")
    if column == "postcode" and not text.str.contains(intake.POSTCODE)[0]:
        raise DataProblem("This is not a postcode. Correct it, or leave it empty.")
    unfit = personal.names_for_references(text)[0] if column == "child_ref" else False
    if unfit or (column in imports.FREE_TEXT and personal.personal_content(text)[0] is not None):
        named = _(model.COLUMN_LABELS[column])
        raise DataProblem("What was given for “{column}” looks like who a child is. Give it without that.", column=named)


def _is_possible(column: str, value: datetime, today: date) -> bool:
    last = value - timedelta(microseconds=1) if column == "occurred_to" else value  # a whole day ends as the next one begins
    return value >= intake.EARLIEST and last.date() <= today


def restrict(register: Register, keys: Keys, agency: str, reference: str, *, audit: AuditEvent) -> int:
    """Keep a child's records and use them for nothing, while an objection is looked into; return how many there are."""
    return _set_restricted(register, keys, agency, reference, audit, restricted=True)


def unrestrict(register: Register, keys: Keys, agency: str, reference: str, *, audit: AuditEvent) -> int:
    """Let a child's records be used again; return how many there are."""
    return _set_restricted(register, keys, agency, reference, audit, restricted=False)


def erase(register: Register, keys: Keys, agency: str, reference: str, *, kept_in: Path, audit: AuditEvent) -> int:
    """Delete all that is held of a child, have it stay so, and return how many records that was.

    The ledger `kept_in` is written inside the transaction: whenever an erasure is done, it is in there. An erasure cut off in between
    is in the ledger only; doing it again, or `reapply`, completes it.
    """
    # The register may be restored from a time under an earlier key, so the ledger knows the child under each.
    under = [Keys(keys.layers[:count]) for count in range(1, len(keys.layers) + 1)]
    lines = [(known.name, known.pseudonym(agency, reference), "") for known in under]

    def work(connection: sa.Connection) -> int:
        register_keys.settle(connection, keys)
        child = lines[-1][1]
        was_its = sa.select(_versions.record_id).where(_versions.child_ref == child)
        retention.check_no_hold(connection, (_records.child_ref == child) | _records.record_id.in_(was_its))
        others = [(keys.name, other or ledger.NOBODY, row) for other, row in _rows_of_others(connection, child)]
        gone = _erase(connection, child, audit.happened_at)
        ledger.add(kept_in, [*lines, *others])
        return gone

    return _deleted(register, work, audit)


def reapply(register: Register, kept_in: Path, *, audit: AuditEvent) -> int:
    """Erase again whoever was erased since a backup was made, with what was taken back, and return how many records that was."""
    lines = ledger.read(kept_in)
    return _deleted(register, lambda connection: erase_again(connection, lines, audit), audit)


def erase_again(connection: sa.Connection, lines: set[ledger.Line], audit: AuditEvent) -> int:
    """Erase every child of a ledger, inside a transaction, and return how many records that was; what was taken back goes as well.

    Raises DataProblem where the ledger says nothing under the key that the register is under.
    """
    key_name = connection.scalar(sa.select(schema.info.c.value).where(schema.info.c.name == register_keys.KEY_NAME))
    children = [line for line in lines if line[0] not in (ledger.FLAG, ledger.SESSION)]
    of_key = sorted((child, row) for key, child, row in children if key == (key_name or key))
    if children and not of_key:
        raise DataProblem("The ledger of erasures belongs to another register or key. Give the one that was kept with this register.")
    for flag_id in ledger.taken_back(lines, ledger.FLAG):
        flags.forget(connection, flag_id, audit=audit)
    for session_id in ledger.taken_back(lines, ledger.SESSION):
        youth_sessions.forget(connection, session_id, audit=audit)
    rows = sum(_erase_row(connection, "" if child == ledger.NOBODY else child, row) for child, row in of_key if row)
    return rows + sum(_erase(connection, child, audit.happened_at) for child, row in of_key if not row)


def erased(register: Register) -> frozenset[str]:
    """Return the pseudonyms of the children whose records were erased, for an import to refuse."""
    return register.read(lambda connection: frozenset(connection.scalars(sa.select(schema.erased.c.child_ref))))


def _known(connection: sa.Connection, keys: Keys, agency: str, reference: str) -> str:
    register_keys.check_in(connection, keys)
    return keys.pseudonym(agency, reference)


def _set_restricted(register: Register, keys: Keys, agency: str, reference: str, audit: AuditEvent, *, restricted: bool) -> int:
    def work(connection: sa.Connection) -> None:
        child = _known(connection, keys, agency, reference)
        connection.execute(sa.update(schema.records).where(_records.child_ref == child).values(restricted=restricted))

    register.write(audit, work, changes_records=True)
    found = find(register, keys, agency, reference)
    return int((found["current"] & (found["restricted"] == restricted)).sum())


def _rows_of_others(connection: sa.Connection, child: str) -> list[tuple[str, str]]:
    """Return the child's records that their partner has as another child's, or as nobody's: whose, and what the row is known by."""
    query = sa.select(_records.partners_child, _records.row_key).where(_records.child_ref == child, _records.partners_child.is_not(None))
    return [(other, row_keys.without_child(key)) for other, key in connection.execute(query)]


def _erase_row(connection: sa.Connection, child: str, row: str) -> int:
    """Delete a row that its partner has as this child's (nobody's where that is empty), and have it stay so."""
    known_by, ordinal = row.split("-")
    key = f"{known_by}-{child[: row_keys.CHILD_PART]}-{ordinal}"
    gone = delete_records(connection, (_records.row_key == key) & _records.partners_child.is_(None))
    at = schema.erased_rows.c
    if not connection.scalar(sa.select(at.row).where(at.row == row, at.child_ref == child)):
        connection.execute(sa.insert(schema.erased_rows).values(row=row, child_ref=child))
    return gone


def _erase(connection: sa.Connection, child: str, when: datetime) -> int:
    for other, row in _rows_of_others(connection, child):
        _erase_row(connection, other, row)
    gone = delete_records(connection, _records.child_ref == child)
    _forget_partners_child(connection, child)
    connection.execute(sa.delete(schema.versions).where(_versions.child_ref == child))
    if not connection.scalar(sa.select(schema.erased.c.child_ref).where(schema.erased.c.child_ref == child)):
        connection.execute(sa.insert(schema.erased).values(child_ref=child, erased_at=when))
    return gone


def _forget_partners_child(connection: sa.Connection, child: str) -> None:
    """Have records that their partner has as this child's say that it names none: its rows are refused from now on."""
    query = sa.select(_records.record_id, _records.row_key, _records.content_key).where(_records.partners_child == child)
    for record_id, key, content in connection.execute(query).all():
        anew = {"row_key": _free(connection, row_keys.with_another_child(key, None)), "partners_child": ""}
        anew["content_key"] = row_keys.with_another_child(content, None)
        connection.execute(sa.update(schema.records).where(_records.record_id == record_id).values(anew))


def _free(connection: sa.Connection, row_key: str) -> str:
    """Return a row key whose last part, which tells rows apart that are alike, is not taken yet."""
    alike = row_key.rpartition("-")[0]
    taken = set(connection.scalars(sa.select(_records.row_key).where(_records.row_key.startswith(f"{alike}-", autoescape=True))))
    return next(key for count in range(len(taken) + 1) if (key := f"{alike}-{count}") not in taken)


def _deleted(register: Register, work: Callable[[sa.Connection], int], audit: AuditEvent) -> int:
    gone = register.write(audit, work, changes_records=True)
    register.compact()
    return gone or 0


def _keys_of(before: Any, after: dict[str, Any]) -> dict[str, str | None]:
    """Return what a corrected record is known by: still what its partner calls it, whosever it is there, but for its own number."""
    anew = row_keys.with_keys(pl.DataFrame([{name: after[name] for name in model.INCIDENT_COLUMNS}], schema=_SCHEMA)).row(0, named=True)
    keyed: dict[str, str | None] = {"incident_key": anew["incident_key"]}
    if after["child_ref"] != before["child_ref"]:
        partners = (before["child_ref"] or "") if before["partners_child"] is None else before["partners_child"]
        keyed["partners_child"] = None if partners == (after["child_ref"] or "") else partners
    return keyed


_SCHEMA: dict[str, Any] = (
    dict.fromkeys(model.TEXT_COLUMNS, pl.String) | dict.fromkeys(model.TIME_COLUMNS, pl.Datetime("us"))
    | dict.fromkeys(model.NUMBER_COLUMNS, pl.Float64) | dict.fromkeys(model.FLAG_COLUMNS, pl.Boolean)
)  # fmt: skip
