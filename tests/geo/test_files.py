"""A file is replaced whole or not at all, and nothing is left beside it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from geo import files


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
