"""A backup is the register as it was at one moment; restored, it is the register again, without those who were erased since."""

from __future__ import annotations

import sqlite3
import stat
import threading

import pytest
import sqlalchemy as sa

from spaces import agreements, backups, engine, ledger, migrations, register_keys, retention, rights, rotation, schema
from spaces.pseudonyms import Keys
from spaces.register import open_register
from tests.spaces.conftest import KEYS, event, on
from tests.spaces.partner import bring, counted, run, start, stored
from tests.spaces.test_agreements import POLICE
from tests.spaces.test_lamp_faults import _note as note_fault
from tests.spaces.test_register import _assess, _space
from tests.spaces.test_safe_places import _keep as keep_place
from words import DataProblem

ROW = {
    "incident_id": "1",
    "agency": "Police",
    "child_ref": "K-1",
    "occurred_from": on(1, 15, 30),
    "proactive": True,
    "easting": 497_050.25,
    "northing": 180_050.0,
}
OTHER = ROW | {"incident_id": "2", "child_ref": "K-2", "location_text": "Trên “Fryer's” \x1f, café"}
TABLES = [table for table in schema.metadata.sorted_tables if table not in (schema.audit, schema.audit_head)]


@pytest.fixture
def kept_in(tmp_path):
    path = tmp_path / "erased.ledger"
    path.touch()
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "backup of a week.sqlite"


@pytest.fixture(params=["to sqlite", "to postgresql"])
def new_url(request, tmp_path, postgres, migrated, new_database):
    """Give the address of an empty register to restore to, on each of the stores."""
    if request.param == "to sqlite":
        return f"sqlite:///{tmp_path / 'restored.sqlite'}"
    url = new_database(migrated)
    postgres.run(f"ALTER DATABASE {url.rpartition('/')[2]} SET timezone = 'America/Toronto'")  # a server's clock may be set to anything
    return url


def _fill(register):
    register_keys.use_keys(register, KEYS, audit=event("key settled"))
    bring(register, ROW, OTHER)
    bring(register, ROW | {"severity": "high"})
    _assess(register, _space(register), audit=event("assessment planned"))
    agreements.record_agreement(register, POLICE, audit=event())
    retention.place_hold(register, "agency", "Nobody", "an inquiry", audit=event())
    keep_place(register)
    note_fault(register)


def _back_up(register, path):
    return backups.back_up(register, path, audit=event("backed up"))


def _restore(path, url, kept_in):
    return backups.restore(path, url, kept_in=kept_in, audit=event("restored"))


def test_what_is_restored_is_what_was_there_on_either_store(register, path, new_url, kept_in):
    _fill(register)
    head = _back_up(register, path)
    assert head == register.check_audit(), "the event that accounts for it is in it"
    assert backups.check_backup(path) == backups.head_of(path) == head
    after = _restore(path, new_url, kept_in)
    again = open_register(new_url)
    for table in TABLES:
        assert stored(again, table) == stored(register, table), table.name
    assert again.records().equals(register.records())
    assert again.check_audit(written_down=head) == after
    assert after.number == head.number + 1
    assert again.audit_trail()["action"].tolist() == [*register.audit_trail()["action"], "restored"]
    # And it goes on from there.
    assert bring(again, ROW | {"severity": "high"}, OTHER, ROW | {"incident_id": "3"}) == (1, 0, 2)
    again.check_audit(written_down=after)
    again.close()


def test_moments_are_the_same_through_a_server_whose_clock_is_elsewhere(register, path, new_url, kept_in, tmp_path):
    _fill(register)
    _back_up(register, path)
    _restore(path, new_url, kept_in)
    again = open_register(new_url)
    head = _back_up(again, tmp_path / "second.sqlite")
    again.close()
    _restore(tmp_path / "second.sqlite", f"sqlite:///{tmp_path / 'third.sqlite'}", kept_in)
    third = open_register(f"sqlite:///{tmp_path / 'third.sqlite'}")
    third.check_audit(written_down=head)
    for table in (schema.imports, schema.agreements, schema.holds, schema.assessment_versions):
        assert stored(third, table) == stored(register, table), table.name
    third.close()


def test_an_empty_register_can_be_backed_up_and_restored(register, path, new_url, kept_in):
    head = _back_up(register, path)
    assert (head.number, _restore(path, new_url, kept_in).number) == (1, 2)
    again = open_register(new_url)
    assert bring(again, ROW) == (1, 0, 0)
    again.close()


def test_a_backup_is_one_file_for_its_owner_alone(register, path, tmp_path):
    _fill(register)
    _back_up(register, path)
    _back_up(register, path)
    beside = {found.name for found in tmp_path.iterdir() if not found.name.startswith("register.sqlite")}
    assert beside == {path.name}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    backups.check_backup(path)
    assert path.read_bytes() == before
    assert {found.name for found in tmp_path.iterdir() if not found.name.startswith("register.sqlite")} == beside


def test_a_backup_is_of_one_moment_whatever_is_written_meanwhile(register, register_url, path, monkeypatch):
    _fill(register)
    copy, stop = backups._copy, threading.Event()
    written = []

    def write():
        other = open_register(register_url)
        while not stop.is_set():
            number = len(written)
            bring(
                other,
                ROW | {"incident_id": f"w{number}", "child_ref": f"w{number}"},
                ROW | {"incident_id": f"v{number}", "child_ref": f"v{number}"},
            )
            written.append(number)
        other.close()

    def slow(source, target):
        target.execute(sa.select(schema.audit_head))
        source.execute(sa.select(schema.audit_head)).all()  # the moment
        before = len(written)
        while len(written) < before + 3:
            stop.wait(0.01)
        return copy(source, target)

    monkeypatch.setattr(backups, "_copy", slow)
    writer = threading.Thread(target=write)
    writer.start()
    try:
        head = _back_up(register, path)
    finally:
        stop.set()
        writer.join()
    with sqlite3.connect(path) as found:
        records, files, events = (
            found.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0] for name in ("record", "import_file", "audit_event")
        )
        known = found.execute("SELECT COUNT(*) FROM record WHERE import_id IN (SELECT import_id FROM import_file)").fetchone()[0]
    found.close()
    assert events == head.number
    assert records == known == 2 + 2 * (files - 2)
    assert files < 2 + len(written)
    register.check_audit(written_down=head)


def test_who_was_erased_since_is_not_in_what_is_restored(register, path, new_url, kept_in, tmp_path):
    _fill(register)
    _back_up(register, path)
    rights.erase(register, KEYS, "Police", "K-1", kept_in=kept_in, audit=event("child erased"))
    _restore(path, new_url, kept_in)
    again = open_register(new_url)
    assert again.records()["incident_id"].tolist() == ["2"]
    assert rights.find(again, KEYS, "Police", "K-1").empty
    assert rights.erased(again) == rights.erased(register)
    assert bring(again, ROW, OTHER) == (0, 0, 1)
    again.close()
    child = KEYS.pseudonym("Police", "K-1").encode()
    # Their pseudonym is only where it says that they were erased, once in the table and once in its index.
    assert all(found.read_bytes().count(child) <= 2 for found in tmp_path.glob("restored.sqlite*"))


def test_erased_under_a_newer_key_is_erased_in_a_backup_under_the_older(register, path, new_url, kept_in):
    _fill(register)
    _back_up(register, path)
    new_keys = Keys((*KEYS.layers, b"n" * 32))
    rotation.rotate(register, KEYS, new_keys, kept_in=kept_in, audit=event("key changed"))
    rights.erase(register, new_keys, "Police", "K-1", kept_in=kept_in, audit=event("child erased"))
    _restore(path, new_url, kept_in)
    again = open_register(new_url)
    register_keys.check_keys(again, KEYS)
    assert rights.find(again, KEYS, "Police", "K-1").empty
    assert counted(again) == 1
    again.close()


def test_only_an_empty_register_is_restored_to_and_another_stays_as_it_is(register, register_url, path, kept_in):
    _fill(register)
    _back_up(register, path)
    before = [stored(register, table) for table in schema.metadata.sorted_tables]
    with pytest.raises(DataProblem, match=r"is not empty, and nothing in it was changed. Choose a new one"):
        _restore(path, register_url, kept_in)
    assert [stored(register, table) for table in schema.metadata.sorted_tables] == before


def test_without_the_ledger_nothing_is_restored(register, path, new_url, kept_in):
    _fill(register)
    _back_up(register, path)
    kept_in.unlink()
    with pytest.raises(DataProblem, match=r"ledger of erasures .* was not found"):
        _restore(path, new_url, kept_in)
    ledger.add(kept_in, [("0" * 16, "1" * 64, "")])
    with pytest.raises(DataProblem, match="belongs to another register"):
        _restore(path, new_url, kept_in)
    again = open_register(new_url)
    assert (counted(again), len(again.audit_trail())) == (0, 0), "all of it or nothing"
    again.close()


DAMAGES = {
    "a record less": "DELETE FROM record WHERE incident_id = '2'",
    "a problem more": "INSERT INTO saved_profile VALUES ('a', 'b')",
    "an event edited": "DROP TRIGGER audit_event_is_kept_update; UPDATE audit_event SET actor = 'B' WHERE event_id = 2",
    "the head put back": "UPDATE audit_head SET event_id = 2, hash = (SELECT hash FROM audit_event WHERE event_id = 2)",
    "no counts": "DROP TABLE backup_count",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_backup_that_was_changed_is_refused(register, path, kept_in, tmp_path, damage):
    _fill(register)
    _back_up(register, path)
    found = sqlite3.connect(path)
    found.executescript(DAMAGES[damage])
    found.close()
    for act in (lambda: backups.check_backup(path), lambda: _restore(path, f"sqlite:///{tmp_path / 'new.sqlite'}", kept_in)):
        with pytest.raises(DataProblem, match=r"not a whole backup|audit trail"):
            act()


@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.98])
def test_a_backup_cut_short_is_refused(register, path, kept):
    _fill(register)
    _back_up(register, path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(DataProblem, match="not a whole backup"):
        backups.check_backup(path)


def test_what_is_no_backup_or_nowhere_is_one_sentence(register, tmp_path):
    (tmp_path / "noise").write_bytes(b"noise " * 900)
    for look in (backups.check_backup, backups.head_of):
        with pytest.raises(DataProblem, match="not a whole backup"):
            look(tmp_path / "noise")
    with pytest.raises(DataProblem, match="There is no backup"):
        backups.check_backup(tmp_path / "nowhere")
    with pytest.raises(DataProblem, match=r"folder of .* is not there"):
        _back_up(register, tmp_path / "no" / "folder")
    if register.dialect == "sqlite":
        with pytest.raises(DataProblem, match="is the register itself"):
            _back_up(register, tmp_path / "register.sqlite")


def test_a_backup_of_a_newer_program_is_refused(register, path):
    _back_up(register, path)
    found = sqlite3.connect(path)
    found.execute("UPDATE alembic_version SET version_num = '9999'")
    found.commit()
    found.close()
    with pytest.raises(DataProblem, match="made by a newer version"):
        backups.check_backup(path)


def test_a_backup_of_an_older_schema_is_brought_up_on_a_copy(path, new_url, kept_in):
    made = sa.create_engine(f"sqlite:///{path}")
    with made.begin() as connection:
        migrations.migrate(connection, "0001")
        connection.execute(sa.text("INSERT INTO record (source_file, source_row, agency, proactive) VALUES ('old.csv', 2, 'Police', 0)"))
        connection.execute(sa.text("INSERT INTO audit_event VALUES (1, '2025-03-01 12:00:00', 'A', 'records added', '', 'why', 'app')"))
        connection.execute(sa.text("CREATE TABLE backup_count (name TEXT PRIMARY KEY, rows INTEGER)"))
        connection.execute(sa.text("INSERT INTO backup_count VALUES ('record', 1), ('audit_event', 1)"))
    made.dispose()
    before = path.read_bytes()
    assert backups.check_backup(path).number == 1
    _restore(path, new_url, kept_in)
    assert path.read_bytes() == before
    again = open_register(new_url)
    assert again.records()["agency"].tolist() == ["Police"]
    assert again.audit_trail()["action"].tolist() == ["records added", "restored"]
    again.close()


DIES = """
import os, sys
from pathlib import Path
from spaces import backups, rights, schema
from spaces.audit import AuditEvent
from spaces.register import open_register
act, url, path, kept_in = sys.argv[1:]
audit = AuditEvent("B", act, "a test", "tests")
if act == "back up":
    backups.check_backup = lambda _path: os._exit(9)
    backups.back_up(open_register(url), Path(path), audit=audit)
rights.erase_again = lambda *_given: os._exit(9)
backups.restore(Path(path), url, kept_in=Path(kept_in), audit=audit)
"""


def test_killed_while_backing_up_the_last_backup_is_still_there(register, register_url, path, kept_in):
    _fill(register)
    _back_up(register, path)
    before = path.read_bytes()
    assert run(DIES, "back up", register_url, path, kept_in) == 9
    assert path.read_bytes() == before
    register.check_audit()
    (left,) = path.parent.glob(".unfinished-*")
    assert (left / path.name).stat().st_size > 0, "as sensitive as the register"
    _back_up(register, path.with_name("next.sqlite"))
    assert not left.exists(), "the next backup takes it away"


def test_killed_while_restoring_nothing_is_there_not_even_the_erased(register, path, new_url, kept_in):
    _fill(register)
    _back_up(register, path)
    rights.erase(register, KEYS, "Police", "K-1", kept_in=kept_in, audit=event())
    assert run(DIES, "restore", new_url, path, kept_in) == 9
    again = open_register(new_url)
    assert (counted(again), len(again.audit_trail())) == (0, 0)
    again.close()
    _restore(path, new_url, kept_in)


RESTORE = """
import sys
from pathlib import Path
from spaces import backups
from spaces.audit import AuditEvent
from words import DataProblem
url, path, kept_in = sys.argv[1:]
try:
    backups.restore(Path(path), url, kept_in=Path(kept_in), audit=AuditEvent("B", "restored", "a test", "tests"))
except DataProblem as problem:
    assert "not empty" in str(problem), str(problem)
    sys.exit(2)
"""


def test_of_two_who_restore_at_the_same_moment_one_does(register, path, new_url, kept_in):
    _fill(register)
    _back_up(register, path)
    both = [start(RESTORE, new_url, path, kept_in) for _one in range(2)]
    told = [process.communicate(timeout=120)[1] for process in both]
    assert sorted(process.returncode for process in both) == [0, 2], told
    again = open_register(new_url)
    assert counted(again) == 2
    again.close()


def test_a_full_disk_is_one_sentence_and_leaves_no_half_backup(register, path, tmp_path, monkeypatch):
    _fill(register)

    def full(_source, _target):
        raise sa.exc.OperationalError("", {}, sqlite3.OperationalError("database or disk is full"))

    monkeypatch.setattr(backups, "_copy", full)
    with pytest.raises(DataProblem, match="no room left"):
        _back_up(register, path)
    assert not path.exists()
    assert [found.name for found in tmp_path.iterdir() if found.name.startswith(".unfinished")] == []
    assert engine.TRIES
