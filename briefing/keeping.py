"""What the data steward answers for: what is kept and how long, whose rights it touches, its key, its backups and its trail."""

from __future__ import annotations

import os
import re
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import polars as pl
import sqlalchemy as sa

from briefing import held, sentences
from briefing.workspace import Workspace
from spaces import access, agreements, backups, imports, personal, pseudonyms, register_keys, retention, rights, rotation, schema
from spaces.access import Reader
from spaces.audit import AuditEvent, Head, read_head
from words import DataProblem, _, ngettext

BACKUPS_SETTING = "SAFER_SPACES_BACKUPS"
"""The folder that backups made in the app are written to; best on another disk, and encrypted."""


BACKED_UP = "backed up"


def check_audit(workspace: Workspace, reader: Reader, written_down: str | None) -> Head:
    """Return the head of the audit trail; DataProblem where it is not whole, or does not pass through the head given."""
    access.check_keep_register(reader)
    return workspace.register.check_audit(written_down=None if written_down is None else read_head(written_down))


def trail(workspace: Workspace, reader: Reader, most: int) -> pd.DataFrame:
    """Return the latest events of the audit trail, newest first, indexed by number: who did what, why, when and from where."""
    access.check_keep_register(reader)
    event = schema.audit.c
    query = sa.select(event.event_id, event.happened_at, event.actor, event.action, event.reason, event.origin)
    return workspace.register.table(query.order_by(event.event_id.desc()).limit(most), "event_id")


def open_keys(workspace: Workspace) -> pseudonyms.Keys:
    """Return the area's pseudonym key; DataProblem where its register is under another."""
    keys = pseudonyms.open_keys(workspace.folder)
    register_keys.check_keys(workspace.register, keys)
    return keys


def ledger_of(workspace: Workspace) -> Path:
    """Return where the area's erasures are noted: outside the register, so that no backup brings the erased back."""
    return workspace.folder / "erased.ledger"


def state(workspace: Workspace, reader: Reader) -> dict[str, str]:
    """Say what the register is and what is in it, under a heading each."""
    access.check_keep_register(reader)
    register = workspace.register
    head = register.check_audit()
    return {
        _("Where it is kept"): register.place,
        _("What it holds"): _("invented records") if workspace.invented else _("real records"),
        _("Impact assessment"): register.info(agreements.DPIA) or (_("none is needed") if workspace.invented else _("none is recorded")),
        _("Audit trail"): ngettext("whole: {count} event", "whole: {count} events", head.number),
        _("Head of the trail"): str(head),
        _("Pseudonym key"): register.info(register_keys.KEY_NAME) or _("none is in use yet"),
    }


def kept(workspace: Workspace, reader: Reader) -> pd.DataFrame:
    """Count the records that are kept, by `agency` and `record_type`."""
    access.check_keep_register(reader)
    record = schema.records.c
    counts = sa.select(record.agency, record.record_type, sa.func.count().label("records")).group_by(record.agency, record.record_type)
    return workspace.register.table(counts.order_by(record.agency, record.record_type), "agency").reset_index()


def due(workspace: Workspace, reader: Reader, today: date) -> pd.DataFrame:
    """Count the records whose time is over, by what they are, whose and of which year."""
    access.check_keep_register(reader)
    return retention.due(workspace.register, today)


def purge(workspace: Workspace, reader: Reader, today: date, *, origin: str) -> pd.DataFrame:
    """Delete the records whose time is over, and return the counts that are left of them."""
    access.check_keep_register(reader)
    return retention.purge(workspace.register, today, audit=AuditEvent(reader.name, "records purged", "their time was over", origin))


def rules(workspace: Workspace, reader: Reader) -> dict[str, int]:
    """Return how many days each kind of record is kept."""
    access.check_keep_register(reader)
    return retention.rules(workspace.register)


def set_rule(workspace: Workspace, reader: Reader, record_type: str, keep_days: int, reason: str, *, origin: str) -> None:
    """Keep a kind of record for so many days from now on; the trail says why, and how long it was before."""
    before = rules(workspace, reader).get(record_type)
    why = f"{record_type}, {before} to {keep_days} days: {_reason(reason)}"
    audit = AuditEvent(reader.name, "retention rule changed", why, origin, subject=record_type)
    retention.set_rule(workspace.register, record_type, keep_days, audit=audit)


def holds(workspace: Workspace, reader: Reader) -> pd.DataFrame:
    """Return every legal hold, lifted ones too, newest first, indexed by id, with how many `records` it keeps (missing once lifted)."""
    access.check_keep_register(reader)
    found = retention.holds(workspace.register)
    return found.assign(records=retention.records_held(workspace.register).reindex(found.index))


def place_hold(workspace: Workspace, reader: Reader, scope: str, value: str, reason: str, *, origin: str) -> str:
    """Keep records whatever their age, and from being erased, until the hold is lifted; return its id.

    The hold itself says why and of what; the trail, which is never deleted, only that there is one.
    """
    access.check_keep_register(reader)
    audit = AuditEvent(reader.name, "legal hold placed", "the hold says why", origin, subject=scope)
    return retention.place_hold(workspace.register, scope, value, _reason(reason), audit=audit)


def lift_hold(workspace: Workspace, reader: Reader, hold_id: str, *, origin: str) -> None:
    """Let records go again when they are due."""
    access.check_keep_register(reader)
    audit = AuditEvent(reader.name, "legal hold lifted", "it is no longer needed", origin, subject=hold_id)
    retention.lift_hold(workspace.register, hold_id, audit=audit)


def agencies(workspace: Workspace, reader: Reader) -> list[str]:
    """Return the agencies that have records, empty for those whose agency is not said."""
    access.check_keep_register(reader)
    query = sa.select(schema.records.c.agency).distinct()
    return sorted(workspace.register.read(lambda connection: [agency or "" for agency in connection.scalars(query)]))


def find_child(workspace: Workspace, reader: Reader, agency: str, reference: str, *, origin: str) -> pd.DataFrame:
    """Return all that is held under an agency's own reference, for the child or whoever speaks for it; noted in the trail.

    Beside what `rights.find` says of each version: `file`, the partner's file that it came in with.
    """
    found = _found(workspace, reader, agency, reference)
    _note(workspace, AuditEvent(reader.name, "records shown", "a right of access", origin))
    return found


def copy_of_child(workspace: Workspace, reader: Reader, agency: str, reference: str, kind: str, *, origin: str) -> bytes:
    """Return the same as a file to give away, in words, as `csv` or `xlsx`; noted in the trail."""
    copy = held.as_file(_found(workspace, reader, agency, reference), kind)
    _note(workspace, AuditEvent(reader.name, "copy of records made", "a right of access", origin))
    return copy


def correct_child(
    workspace: Workspace, reader: Reader, agency: str, reference: str, record_id: int, column: str, value: object,
    *, today: date, origin: str,
) -> None:  # fmt: skip
    """Correct one column of one of a child's records; the version before is kept. DataProblem where the record is not the child's."""
    found = _found(workspace, reader, agency, reference)
    now = found[(found["record_id"] == record_id) & found["current"].astype(bool)]
    if now.empty:
        raise DataProblem("Record {number} is not one of this child's. Find the child's records again.", number=record_id)
    if column in now and (now[column].iloc[0] == value or (value is None and pd.isna(now[column].iloc[0]))):
        raise DataProblem("The record says that already. Nothing was changed.")
    audit = AuditEvent(reader.name, "record corrected", "a right to rectification", origin, subject=f"record {record_id}, {column}")
    latest = workspace.latest_day(today)
    rights.correct(workspace.register, open_keys(workspace), record_id, column, value, audit=audit, today=latest)


def restrict_child(workspace: Workspace, reader: Reader, agency: str, reference: str, *, lifted: bool, origin: str) -> int:
    """Keep a child's records out of every answer while an objection is looked into, or let them in again; return how many."""
    access.check_keep_register(reader)
    act = rights.unrestrict if lifted else rights.restrict
    audit = AuditEvent(reader.name, "restriction lifted" if lifted else "records restricted", "a right to restriction", origin)
    return act(workspace.register, open_keys(workspace), agency, _given(reference), audit=audit)


def erase_child(workspace: Workspace, reader: Reader, agency: str, reference: str, *, origin: str) -> int:
    """Erase all that is held of a child, for good and in every later restore; return how many records that was."""
    access.check_keep_register(reader)
    audit = AuditEvent(reader.name, "records erased", "a right to erasure", origin)
    return rights.erase(workspace.register, open_keys(workspace), agency, _given(reference), kept_in=ledger_of(workspace), audit=audit)


def back_up(workspace: Workspace, reader: Reader, path: Path, *, origin: str) -> Head:
    """Write a checked backup while others work, and return the head of the audit trail in it."""
    access.check_keep_register(reader)
    return backups.back_up(workspace.register, path, audit=AuditEvent(reader.name, BACKED_UP, "data steward", origin))


def backups_folder(workspace: Workspace) -> Path:
    """Return where the app writes backups: the folder that SAFER_SPACES_BACKUPS names, else one beside the area's.

    Not in the area's, where the key and the ledger of erasures are, and where a sample that is made anew would take them along. And
    not through the browser: hundreds of megabytes about children would wait in its memory and then lie in a folder of downloads.
    """
    given = os.environ.get(BACKUPS_SETTING)
    return Path(given).expanduser() if given else workspace.folder.with_name(f"{workspace.folder.name}.backups")


def make_backup(workspace: Workspace, reader: Reader, now: datetime, *, origin: str) -> tuple[Path, Head]:
    """Write a checked backup to where backups are kept, named for the moment; return its file and the head of the trail in it."""
    access.check_keep_register(reader)
    folder = backups_folder(workspace)
    path = folder / f"{workspace.folder.name}-{now:%Y-%m-%d-%H%M%S}.backup"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path, back_up(workspace, reader, path, origin=origin)
    except OSError as error:
        raise DataProblem(
            "The backup could not be written to {folder}. Check that the folder can be written to and has room.", folder=folder
        ) from error


def backups_made(workspace: Workspace, reader: Reader) -> pd.DataFrame:
    """Return the backups that are where the app writes them, newest first: `file, made_at, size_mb, head`; no head where it is damaged."""
    access.check_keep_register(reader)
    form = re.compile(re.escape(workspace.folder.name) + r"-\d{4}-\d\d-\d\d-\d{6}\.backup")
    folder = backups_folder(workspace)
    paths = sorted((path for path in folder.glob("*.backup") if form.fullmatch(path.name)), reverse=True)
    rows = [(path.name, _made_at(path), path.stat().st_size / 1e6, _head_of(path)) for path in paths]
    return pd.DataFrame(rows, columns=["file", "made_at", "size_mb", "head"])


def check_backup(workspace: Workspace, reader: Reader, file: str) -> Head:
    """Return the head of the trail in one of these backups; DataProblem where the backup is not whole."""
    if file not in backups_made(workspace, reader)["file"].tolist():
        raise DataProblem("There is no backup {file}. Give the name of one that was made.", file=file)
    return backups.check_backup(backups_folder(workspace) / file)


def restore(workspace: Workspace, reader: Reader, path: Path, *, origin: str) -> Head:
    """Fill this area's empty register from a backup, without whoever was erased since, and return the head of its trail."""
    access.check_keep_register(reader)
    audit = AuditEvent(reader.name, "restored from a backup", "data steward", origin)
    return backups.restore(path, workspace.register_url, kept_in=ledger_of(workspace), audit=audit)


def not_in_a_backup(workspace: Workspace, reader: Reader) -> str:
    """Say of a register that was just restored from when it is, and what of later days must be done again before anybody looks."""
    access.check_keep_register(reader)
    event = schema.audit.c
    query = sa.select(sa.func.max(event.happened_at)).where(event.action == BACKED_UP)
    made = workspace.register.read(lambda connection: connection.scalar(query))
    when = sentences.moment(made) if made else _("a day that its trail does not say")
    return _(
        "The backup was made on {when}. Agreements withdrawn, records restricted, legal holds placed and venues masked after that are not "
        "in it: do them again before anybody looks.",
        when=when,
    )


def rotate_key(workspace: Workspace, reader: Reader, *, origin: str) -> Path:
    """Put the register under a new key; return the file in which the key before is kept until somebody deletes it.

    The new key is saved before the register is touched: cut off in between, running this again goes on with it.
    """
    access.check_keep_register(reader)
    path, waiting = workspace.folder / pseudonyms.KEY_FILE, workspace.folder / "pseudonym.key.new"
    if os.environ.get(pseudonyms.KEY_SETTING):
        raise DataProblem(
            "The key is set outside ({setting}), so it cannot be changed here. Change it where it is kept.", setting=pseudonyms.KEY_SETTING
        )
    keys = pseudonyms.open_keys(workspace.folder)
    if not waiting.exists():
        pseudonyms.save_keys(waiting, keys.rotated())
    new_keys = pseudonyms.read_keys(waiting)
    audit = AuditEvent(reader.name, "key changed", "data steward", origin)
    rotation.rotate(workspace.register, keys, new_keys, kept_in=ledger_of(workspace), audit=audit)
    before = workspace.folder / f"pseudonym.key.before-{new_keys.name}"
    if not before.exists():
        os.link(path, before)
    waiting.replace(path)  # at no moment is there no key
    return before


def _found(workspace: Workspace, reader: Reader, agency: str, reference: str) -> pd.DataFrame:
    access.check_keep_register(reader)
    found = rights.find(workspace.register, open_keys(workspace), agency, _given(reference))
    return found.assign(file=found["import_id"].map(imports.imports(workspace.register)["file"]))


def _given(reference: str) -> str:
    """Return a reference as files have it: without what a copied one brings along on either side."""
    if not reference.strip():
        raise DataProblem("Give the agency's own reference for the child.")
    return reference.strip()


def _reason(reason: str) -> str:
    """Return a reason; DataProblem where there is none, or it says who somebody is: it is kept for good."""
    given = " ".join(reason.split())
    if not given:
        raise DataProblem("Give the reason: whoever looks after you has to understand it.")
    if personal.personal_content(pl.Series([given], dtype=pl.String))[0] is not None:
        raise DataProblem("The reason looks as if it says who somebody is, and it is kept for good. Give it without that.")
    return given


def _note(workspace: Workspace, audit: AuditEvent) -> None:
    workspace.register.write(audit, lambda _connection: None)


def _made_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime).astimezone()


def _head_of(path: Path) -> str:
    try:
        return str(backups.head_of(path))
    except DataProblem:
        return ""
