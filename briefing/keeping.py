"""What the data steward answers for: what is kept and how long, whose rights it touches, its key, its backups and its trail."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from briefing.workspace import Workspace
from spaces import access, agreements, backups, pseudonyms, register_keys, retention, rights, rotation, schema
from spaces.access import Reader
from spaces.audit import AuditEvent, Head, read_head
from words import DataProblem, _, ngettext


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
