"""A result is whole or not there: what a full disc, a closed pipe or a person's Ctrl+C leaves is the old file alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import geopandas as gpd
import pytest
import shapely

from commands import output
from commands.output import FORMATS
from tests.browser import ROOT
from tests.commands.conftest import PROGRAM, names, run, run_apart
from tests.commands.test_progress import Terminal
from words import DataProblem

OLD = b"an earlier result"

FRAME = gpd.GeoDataFrame({"n": [1]}, index=["a"], geometry=[shapely.box(-1, 51, 0, 52)], crs="EPSG:4326").rename_axis("cell")

SMALL_FILES_ONLY = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
os.execv(sys.argv[1], sys.argv[1:])
"""

STOPPED_HALFWAY = """
import os, signal
from pathlib import Path
from commands import main, output

whole = output._write_file

def halfway(frame, path, kind):
    path.write_bytes(b"half of it")
    os.kill(os.getpid(), signal.{signal})
    whole(frame, path, kind)

output._write_file = halfway
main()
"""


@pytest.mark.parametrize(
    ("out", "asked", "kind"),
    [
        ("a.csv", None, "csv"), ("a.parquet", None, "parquet"), ("a.geojson", None, "geojson"), ("a.gpkg", None, "gpkg"),
        ("A.GPKG", None, "gpkg"), ("a.b.csv", None, "csv"), ("a.txt", "csv", "csv"), ("a.csv", "gpkg", "gpkg"), ("a", "parquet", "parquet"),
        ("-", None, "csv"), ("-", "geojson", "geojson"),
    ],
)  # fmt: skip
def test_the_format_is_the_suffix_or_what_was_asked_for(tmp_path, monkeypatch, out, asked, kind):
    monkeypatch.chdir(tmp_path)
    assert output.format_of(out, asked) == kind


@pytest.mark.parametrize("kind", FORMATS)
def test_a_new_result_takes_the_place_of_the_old_one(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    path.write_bytes(OLD)
    output.write(FRAME, str(path), kind)
    assert OLD not in path.read_bytes()
    assert names(tmp_path) == [path.name]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_name_that_belies_its_format_is_written_as_asked(tmp_path, kind):
    path = tmp_path / "result.txt"
    output.write(FRAME, str(path), kind)
    first = {"csv": b"cell,", "parquet": b"PAR1", "geojson": b"{", "gpkg": b"SQLite format 3"}[kind]
    assert path.read_bytes().startswith(first)
    assert names(tmp_path) == ["result.txt"]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), RuntimeError("our own mistake")], ids=["full", "ours"])
def test_a_failure_halfway_leaves_the_old_result_alone(tmp_path, monkeypatch, kind, error):
    path = tmp_path / f"a.{kind}"
    path.write_bytes(OLD)

    def halfway(frame, unfinished, kind):
        unfinished.write_bytes(b"half of it")
        raise error

    monkeypatch.setattr(output, "_write_file", halfway)
    with pytest.raises(DataProblem if isinstance(error, OSError) else RuntimeError):
        output.write(FRAME, str(path), kind)
    assert path.read_bytes() == OLD
    assert names(tmp_path) == [path.name]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_full_disc_is_one_sentence_in_every_format(town, tmp_path, kind):
    out = tmp_path / f"out.{kind}"
    out.write_bytes(OLD)
    ran = run_apart(PROGRAM, "hotspots", town.dense, "--cells", "all", "--out", out, program=SMALL_FILES_ONLY)
    assert ran.code == 2
    assert ran.sentence == f"{out} could not be written. Check that the folder can be written to and has room."
    assert out.read_bytes() == OLD
    assert names(tmp_path) == [out.name]


def test_a_full_disc_under_standard_output_is_one_sentence(town):
    with open("/dev/full", "wb") as full:  # noqa: PTH123  a device
        done = subprocess.run([PROGRAM, "hotspots", town.dense, "--out", "-"], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.stderr.splitlines() == ["Standard output could not be written. Check that the folder can be written to and has room."]
    assert done.returncode == 2


def test_a_reader_who_has_read_enough_is_no_error(town):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([PROGRAM, "hotspots", town.dense, "--out", "-"], cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode == 1


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_stop_halfway_through_writing_leaves_the_old_result_alone(town, tmp_path, name):
    (tmp_path / "out.csv").write_bytes(OLD)
    ran = run_apart("hotspots", town.dense, "--out", tmp_path / "out.csv", program=STOPPED_HALFWAY.format(signal=name))
    assert (ran.code, ran.out) == (130, "")
    assert ran.err.split("\n", 1)[-1].strip() == "Stopped. Nothing was written."
    assert (tmp_path / "out.csv").read_bytes() == OLD
    assert names(tmp_path) == ["out.csv"]


def test_ctrl_c_while_a_large_file_is_read_stops_at_once(shared_data, tmp_path):
    with Terminal(PROGRAM, "hotspots", shared_data / "police_uk" / "west-wales-street-2022.csv", "--out", tmp_path / "out.csv") as terminal:
        terminal.wait_for("Reading west-wales-street-2022.csv")
        terminal.process.send_signal(signal.SIGINT)
        stopped = time.monotonic()
        assert terminal.process.wait(30) == 130
        assert time.monotonic() - stopped < 5
    assert terminal.shown.splitlines()[-1] == "Stopped. Nothing was written."
    assert "Traceback" not in terminal.shown
    assert names(tmp_path) == []


def test_an_interrupt_in_this_process_is_130(monkeypatch, town, tmp_path):
    def interrupt(*_given):
        raise KeyboardInterrupt

    monkeypatch.setattr(output, "_write_file", interrupt)
    ran = run("hotspots", town.dense, "--out", tmp_path / "out.csv")
    assert (ran.code, ran.err.strip()) == (130, "Stopped. Nothing was written.")
    assert names(tmp_path) == []
    assert sys.argv[0] != "safer-spaces"


@pytest.mark.parametrize("out", ["mine!other.gpkg", "mine;other.csv", "a!b/out.geojson"])
def test_a_name_that_the_map_library_would_read_otherwise_is_refused(tmp_path, monkeypatch, out):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a!b").mkdir()
    with pytest.raises(DataProblem, match="Rename it"):
        output.format_of(out, None)
