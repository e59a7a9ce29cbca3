"""What the data steward does: bring partners' files in, see what came of them, and answer for what is kept."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

import sample_data
from briefing.workspace import PARTNER_FILES, SAMPLE_READ_ON, Workspace
from geo import gazetteer
from spaces import access, agreements, backups, imports, intake, pseudonyms, register_keys, retention, rights, rotation, schema
from spaces.access import Reader
from spaces.audit import AuditEvent, Head, read_head
from spaces.imports import Comparison, Prepared, Progress
from words import DataProblem, _, ngettext


@dataclass(frozen=True)
class Preview:
    """What taking a file in would do. `problems` has `row, column, problem, refused`, in words, never a value of the file."""

    file: str
    profile: str
    comparison: Comparison
    problems: pd.DataFrame
    sentences: list[str]


def prepare(workspace: Workspace, reader: Reader, path: Path, *, today: date, profile: intake.Profile | None = None) -> Prepared:
    """Return a file read, checked and placed, with nothing in it that may not come into this area's register.

    Raises DataProblem where it is no table, no agreement covers it, or it belongs to the other kind of area.
    """
    access.check_keep_register(reader)
    check_kind(workspace, path)
    if workspace.invented:
        today = max(today, SAMPLE_READ_ON)
    read = intake.read(path, today=today, profile=profile)
    keys = open_keys(workspace)
    file = workspace.folder / "gazetteer.parquet"
    names = frozenset(name.casefold() for column in ("name", "name_cy") for name in workspace.places[column].dropna())
    prepared = imports.prepare(
        read, path, gazetteer.read(file) if file.exists() else None, keys, erased=rights.erased(workspace.register), place_names=names
    )
    return agreements.as_agreed(workspace.register, prepared, today)


def check_kind(workspace: Workspace, path: Path) -> None:
    """Raise DataProblem where real data would come among invented, or invented among real."""
    invented = path.is_file() and imports.fingerprint(path) in _sample_fingerprints()
    if workspace.invented and not invented:
        raise DataProblem("Everything in this area is invented, and real data never comes in here. Open an area of its own for it.")
    if invented and not workspace.invented:
        raise DataProblem("{file} is one of the sample's files, and they never come among real data.", file=path.name)


def preview(workspace: Workspace, reader: Reader, prepared: Prepared) -> Preview:
    """Say what taking a prepared file in would do, and change nothing."""
    access.check_keep_register(reader)
    found = imports.compare(workspace.register, prepared)
    problems = prepared.problems.assign(problem=[_(problem) for problem in prepared.problems["problem"]])
    return Preview(prepared.file, prepared.profile, found, problems, _said(found, problems))


def bring_in(
    workspace: Workspace, reader: Reader, prepared: Prepared, *, good_rows: bool, origin: str, progress: Progress = lambda _share: None
) -> str:
    """Take a prepared file in and return the id of the import. With problems in it, only if the person says `good_rows`."""
    access.check_keep_register(reader)
    imports.check_takes(prepared)
    if not prepared.problems.empty and not good_rows:
        raise DataProblem(
            "{file} has problems in {rows:,} rows. Read them first; then bring in the good rows, or mend the file.",
            file=prepared.file, rows=prepared.problems["row"].nunique(),
        )  # fmt: skip
    audit = AuditEvent(reader.name, "file imported", "a partner's file", origin)
    return imports.take_in(workspace.register, prepared, audit=audit, progress=progress)


def files(workspace: Workspace, reader: Reader) -> pd.DataFrame:
    """Return every file that came in, newest first: `file, profile, actor, imported_at` and counts of rows."""
    access.check_keep_register(reader)
    return imports.imports(workspace.register)


def problems_of(workspace: Workspace, reader: Reader, import_id: str) -> pd.DataFrame:
    """Return what was said about the rows of an import: `row, column, problem, refused`."""
    access.check_keep_register(reader)
    found = imports.problems_of(workspace.register, import_id)
    return found.assign(problem=[_(problem) for problem in found["problem"]])


def check_audit(workspace: Workspace, reader: Reader, written_down: str | None) -> Head:
    """Return the head of the audit trail; DataProblem where it is not whole, or does not pass through the head given."""
    access.check_keep_register(reader)
    return workspace.register.check_audit(written_down=read_head(written_down) if written_down else None)


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


def dpia(workspace: Workspace, reader: Reader) -> str:
    """Return the reference of the impact assessment, empty where none is recorded."""
    access.check_keep_register(reader)
    return workspace.register.info(agreements.DPIA)


def agreed(workspace: Workspace, reader: Reader) -> pd.DataFrame:
    """Return every agreement, the latest first."""
    access.check_keep_register(reader)
    return agreements.agreements(workspace.register)


def record_dpia(workspace: Workspace, reader: Reader, reference: str, *, origin: str) -> None:
    """Note the impact assessment that covers this register."""
    _check_real(workspace, reader)
    agreements.record_dpia(
        workspace.register, reference, audit=AuditEvent(reader.name, "impact assessment recorded", "data steward", origin)
    )


def record_agreement(workspace: Workspace, reader: Reader, agreement: agreements.Agreement, *, origin: str) -> None:
    """Note an agreement with a source, in place of an earlier one."""
    _check_real(workspace, reader)
    agreements.record_agreement(workspace.register, agreement, audit=AuditEvent(reader.name, "agreement recorded", "data steward", origin))


def withdraw(workspace: Workspace, reader: Reader, source: str, *, origin: str) -> int:
    """End the agreement with a source, delete what it gave, and return how many records that was."""
    access.check_keep_register(reader)
    return agreements.withdraw(workspace.register, source, audit=AuditEvent(reader.name, "agreement withdrawn", "the source asked", origin))


def find_child(workspace: Workspace, reader: Reader, agency: str, reference: str, *, origin: str) -> pd.DataFrame:
    """Return all that is held under an agency's own reference, for the child or whoever speaks for it; noted in the trail."""
    access.check_keep_register(reader)
    found = rights.find(workspace.register, open_keys(workspace), agency, reference)
    workspace.register.write(AuditEvent(reader.name, "records shown", "a right of access", origin), lambda _connection: None)
    return found


def restrict_child(workspace: Workspace, reader: Reader, agency: str, reference: str, *, lifted: bool, origin: str) -> int:
    """Keep a child's records out of every answer while an objection is looked into, or let them in again; return how many."""
    access.check_keep_register(reader)
    act = rights.unrestrict if lifted else rights.restrict
    audit = AuditEvent(reader.name, "restriction lifted" if lifted else "records restricted", "a right to restriction", origin)
    return act(workspace.register, open_keys(workspace), agency, reference, audit=audit)


def erase_child(workspace: Workspace, reader: Reader, agency: str, reference: str, *, origin: str) -> int:
    """Erase all that is held of a child, for good and in every later restore; return how many records that was."""
    access.check_keep_register(reader)
    audit = AuditEvent(reader.name, "records erased", "a right to erasure", origin)
    return rights.erase(workspace.register, open_keys(workspace), agency, reference, kept_in=ledger_of(workspace), audit=audit)


def back_up(workspace: Workspace, reader: Reader, path: Path, *, origin: str) -> Head:
    """Write a checked backup while others work, and return the head of the audit trail in it."""
    access.check_keep_register(reader)
    return backups.back_up(workspace.register, path, audit=AuditEvent(reader.name, "backed up", "data steward", origin))


def restore(workspace: Workspace, reader: Reader, path: Path, *, origin: str) -> Head:
    """Fill this area's empty register from a backup, without whoever was erased since, and return the head of its trail."""
    access.check_keep_register(reader)
    audit = AuditEvent(reader.name, "restored from a backup", "data steward", origin)
    return backups.restore(path, workspace.register_url, kept_in=ledger_of(workspace), audit=audit)


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


def _check_real(workspace: Workspace, reader: Reader) -> None:
    access.check_keep_register(reader)
    if workspace.invented:
        raise DataProblem("Everything in this area is invented, so no agreement is needed. Open an area for real data.")


def _said(found: Comparison, problems: pd.DataFrame) -> list[str]:
    said = [] if found.added or found.changed else [_("Nothing in it is new: bringing it in would change nothing.")]
    if found.added:
        said.append(ngettext("{count} row is new.", "{count} rows are new.", found.added))
    if found.changed:
        said.append(ngettext("{count} row changes one that is here.", "{count} rows change ones that are here.", found.changed))
    if found.unchanged:
        said.append(ngettext("{count} row is here already, the same.", "{count} rows are here already, the same.", found.unchanged))
    if found.changes:
        columns = ", ".join(f"{column} ({count:,})" for column, count in found.changes.items())
        said.append(_("What changes: {columns}.", columns=columns))
    if found.refused:
        said.append(ngettext("{count} row is refused.", "{count} rows are refused.", found.refused))
    kept = problems.loc[~problems["refused"], "row"].nunique()
    if kept:
        said.append(
            ngettext(
                "{count} row comes in without a value that is not understood.",
                "{count} rows come in without a value that is not understood.",
                kept,
            )
        )
    return said


@cache
def _sample_fingerprints() -> frozenset[str]:
    raw = Path(sample_data.__file__).parent
    files = (raw / sample / file for sample, names in PARTNER_FILES.items() for file in names)
    return frozenset(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)
