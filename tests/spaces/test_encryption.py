"""A register that is encrypted on the disk: nothing in its files can be read without the key, and everything works with it."""

from __future__ import annotations

import sqlite3

import pytest

from spaces import backups, engine, rights
from spaces.register import open_register
from tests.spaces.conftest import KEYS, event, on, take_in
from words import DataProblem

KEY = "a key with 'quotes' and ẅords"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "register.sqlite"


@pytest.fixture
def url(file):
    return f"sqlite:///{file}"


@pytest.fixture
def encrypted(monkeypatch):
    monkeypatch.setenv(engine.KEY_SETTING, KEY)


def _fill(register):
    take_in(
        register, {"agency": "Police", "occurred_from": on(1), "incident_id": "N1", "location_text": "Lockside Park", "child_ref": "K1"}
    )


def _bytes(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_nothing_can_be_read_on_the_disk(encrypted, url, file, monkeypatch):
    register = open_register(url)
    _fill(register)
    assert register.encrypted
    held = _bytes(file.parent)
    register.close()
    held += _bytes(file.parent)
    assert len(held) > 10_000
    for told in (b"Lockside Park", b"SQLite format", b"CREATE TABLE", b"Police"):
        assert told not in held
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(file).execute("SELECT * FROM record")
    again = open_register(url)
    assert again.records()["location_text"].tolist() == ["Lockside Park"]
    again.check_audit()
    again.close()


@pytest.mark.parametrize("key", ["another key", ""])
def test_another_key_or_none_is_one_sentence_and_changes_nothing(encrypted, url, file, monkeypatch, key):
    register = open_register(url)
    _fill(register)
    register.close()
    before = _bytes(file.parent)
    monkeypatch.setenv(engine.KEY_SETTING, key)
    with pytest.raises(DataProblem, match="if it is encrypted, that SAFER_SPACES_REGISTER_KEY holds its key") as caught:
        open_register(url)
    assert KEY not in str(caught.value)
    assert _bytes(file.parent) == before


def test_erasing_leaves_nothing_and_the_backup_is_encrypted_too(encrypted, url, file, tmp_path):
    register = open_register(url)
    _fill(register)
    backup = tmp_path / "kept" / "register.backup"
    backup.parent.mkdir()
    backups.back_up(register, backup, audit=event("backed up"))
    assert b"Lockside Park" not in backup.read_bytes()
    rights.erase(register, KEYS, "Police", "K1", kept_in=tmp_path / "erased.ledger", audit=event("records erased"))
    assert register.records().empty
    register.close()
    restored = f"sqlite:///{tmp_path / 'restored.sqlite'}"
    backups.restore(backup, restored, kept_in=_empty(tmp_path), audit=event("restored"))
    opened = open_register(restored)
    assert opened.encrypted
    assert opened.records()["location_text"].tolist() == ["Lockside Park"]
    opened.close()


def test_a_plain_register_is_encrypted_by_way_of_its_backup(url, file, tmp_path, monkeypatch):
    register = open_register(url)
    _fill(register)
    assert not register.encrypted
    backups.back_up(register, tmp_path / "plain.backup", audit=event("backed up"))
    register.close()
    monkeypatch.setenv(engine.KEY_SETTING, KEY)
    with pytest.raises(DataProblem, match=r"is not encrypted\. Restore a backup of it into a new area"):
        open_register(url)
    restored = tmp_path / "restored.sqlite"
    backups.restore(tmp_path / "plain.backup", f"sqlite:///{restored}", kept_in=_empty(tmp_path), audit=event("restored"))
    assert b"Lockside Park" not in restored.read_bytes()
    opened = open_register(f"sqlite:///{restored}")
    assert len(opened.records()) == 1
    opened.close()


def test_the_missing_package_is_named(encrypted, url, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sqlcipher3", None)
    with pytest.raises(DataProblem, match=r"pip install safer-spaces\[encrypted\]"):
        open_register(url)


def _empty(folder):
    """Return a ledger in which nobody is."""
    (folder / "none.ledger").touch()
    return folder / "none.ledger"
