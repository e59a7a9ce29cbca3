"""A file is replaced whole or not at all, and nothing is left beside it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from geo import files
from tests.browser import ROOT


def _names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "area.gpkg"
    path.write_text("old")
    with files.replacing(path) as unfinished:
        unfinished.write_text("new")
        assert path.read_text() == "old"
        assert unfinished.name == path.name, "some libraries write what the suffix says"
        assert unfinished.parents[1] == tmp_path, "on the same disc, so that it is moved and not copied"
    assert path.read_text() == "new"
    assert _names(tmp_path) == ["area.gpkg"]


@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt])
@pytest.mark.parametrize("was_there", [True, False])
def test_after_an_error_all_is_as_it_was(tmp_path, error, was_there):
    path = tmp_path / "area.gpkg"
    if was_there:
        path.write_text("old")

    def write():
        with files.replacing(path) as unfinished:
            unfinished.write_text("half of the n")
            raise error

    with pytest.raises(error):
        write()
    assert _names(tmp_path) == (["area.gpkg"] if was_there else [])
    assert not was_there or path.read_text() == "old"


def test_what_a_library_leaves_beside_its_file_goes_too(tmp_path):
    with files.replacing(tmp_path / "area.db") as unfinished:
        database = sqlite3.connect(unfinished)
        database.execute("create table a (b)")
        database.close()
        unfinished.with_name("area.db-journal").write_text("left over")
    assert _names(tmp_path) == ["area.db"]


def test_a_bare_name_is_a_file_in_the_folder_one_is_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with files.replacing(Path("area.csv")) as unfinished:
        assert unfinished.parents[1] == tmp_path
        unfinished.write_text("new")
    assert _names(tmp_path) == ["area.csv"]
    assert (tmp_path / "area.csv").read_text() == "new"


def test_nothing_written_is_an_error_and_no_loss(tmp_path):
    path = tmp_path / "area.csv"
    path.write_text("old")
    with pytest.raises(FileNotFoundError), files.replacing(path):
        pass
    assert path.read_text() == "old"
    assert _names(tmp_path) == ["area.csv"]


@pytest.mark.parametrize("taken", ["folder", "missing/area.csv"])
def test_a_place_that_cannot_be_written_to_is_the_systems_own_error(tmp_path, taken):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match=r"folder|missing"), files.replacing(tmp_path / taken) as unfinished:
        unfinished.write_text("new")
    assert _names(tmp_path) == ["folder"]
    assert _names(tmp_path / "folder") == []


def test_a_new_file_may_be_read_by_those_who_may_read_any_new_file(tmp_path):
    (tmp_path / "plain.csv").write_text("new")
    with files.replacing(tmp_path / "area.csv") as unfinished:
        unfinished.write_text("new")
    assert (tmp_path / "area.csv").stat().st_mode == (tmp_path / "plain.csv").stat().st_mode


def test_a_folder_is_replaced_whole_and_stays_its_owners(tmp_path):
    folder = tmp_path / "marlhaven"
    folder.mkdir()
    (folder / "old").touch()

    def fill():
        with files.folder_replacing(folder) as unfinished:
            (unfinished / "half").touch()
            raise ValueError("cut off")

    with pytest.raises(ValueError, match="cut off"):
        fill()
    assert (_names(tmp_path), _names(folder)) == (["marlhaven"], ["old"])
    with files.folder_replacing(folder) as unfinished:
        (unfinished / "new").touch()
        assert _names(unfinished) == ["new"], "nothing of ours is among what is hashed and copied"
    assert (_names(tmp_path), _names(folder)) == (["marlhaven"], ["new"])
    assert os.name != "posix" or folder.stat().st_mode & 0o077 == 0


# Left behind by a process that was killed.

WRITES = """
import sys, time
from pathlib import Path
from geo import files
act = files.folder_replacing if sys.argv[2] == "folder" else files.replacing
with act(Path(sys.argv[1])) as unfinished:
    (unfinished / "secret" if sys.argv[2] == "folder" else unfinished).write_text("secret")
    print("writing", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def writer(tmp_path):
    """Give what starts a process that is in the middle of writing a file or a folder."""
    started = []

    def start(kind):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITES, str(tmp_path / "other"), kind],
            cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        assert process.stdout.readline() == "writing\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _write(path):
    with files.replacing(path) as unfinished:
        unfinished.write_text("new")


@pytest.mark.skipif(files.fcntl is None, reason="without locks age tells")
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_a_killed_process_left_is_cleared_away_by_the_next_that_writes_there(tmp_path, writer, kind):
    process = writer(kind)
    _write(tmp_path / "area.csv")
    (being_written,) = [path for path in tmp_path.iterdir() if path.name != "area.csv"]
    assert any(found.is_file() and found.read_text() == "secret" for found in being_written.rglob("*")), "somebody writes there still"
    process.kill()
    process.wait()
    _write(tmp_path / "area.csv")
    assert _names(tmp_path) == ["area.csv"]


@pytest.mark.parametrize(("age_s", "left"), [(0, True), (23 * 3600, True), (25 * 3600, False)])
@pytest.mark.parametrize("lock", [None, ""])
def test_without_a_lock_that_was_held_only_what_is_a_day_old_goes(tmp_path, age_s, left, lock):
    folder = tmp_path / ".unfinished-ab12_xyz"
    folder.mkdir()
    if lock is not None:
        (folder / files.LOCK).write_text(lock)
    os.utime(folder, (time.time() - age_s, time.time() - age_s))
    _write(tmp_path / "area.csv")
    assert folder.exists() == left


def test_what_is_not_ours_stays_however_old(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept").touch()
    (tmp_path / ".unfinished-symphonies").mkdir()
    (tmp_path / ".unfinished-textfile").touch()
    (tmp_path / ".unfinished-alink123").symlink_to(tmp_path / "elsewhere")
    before = list(tmp_path.rglob("*"))
    for path in tmp_path.iterdir():
        os.utime(path, (0, 0))
    _write(tmp_path / "area.csv")
    assert {path for path in before if path.exists()} == set(before)
