"""Progress is shown to a person at a terminal and to nobody else."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import termios
import time

import pytest

from commands import progress
from tests.browser import ROOT
from tests.commands.conftest import PROGRAM, run, run_apart

BAR = re.compile(r"\d+%\|")
"""What tqdm draws where it knows how many there are."""


class Terminal:
    """A program whose standard error is a terminal, and what it has shown there so far."""

    def __init__(self, *command, out=subprocess.PIPE):
        self.shown = ""
        self._screen, side = pty.openpty()
        termios.tcsetwinsize(side, (24, 80))
        self.process = subprocess.Popen([str(part) for part in command], cwd=ROOT, stdout=out, stderr=side, text=True)
        os.close(side)

    def wait_for(self, text, within_s=60):
        """Read until `text` is shown; the end of the program with `text` None."""
        end = time.monotonic() + within_s
        while text is None or text not in self.shown:
            assert time.monotonic() < end, self.shown
            if not select.select([self._screen], [], [], 1)[0]:
                continue
            try:
                more = os.read(self._screen, 4096)
            except OSError:  # how Linux says that the other side has closed it
                more = b""
            if not more:
                assert text is None, f"ended without {text}: {self.shown}"
                return
            self.shown += more.decode()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        if self.process.poll() is None and _error[0]:
            self.process.kill()
        self.wait_for(None)
        self.process.wait(30)
        if self.process.stdout:
            self.process.stdout.close()
        os.close(self._screen)


def test_nothing_is_lost_on_the_way_past_the_bar(capsys):
    assert list(progress.each(iter("abc"), unit="letter")) == ["a", "b", "c"]
    with progress.steps() as step:
        step("Reading")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("output", [(), ("-",)], ids=["to a file", "to standard output"])
def test_no_progress_where_standard_error_is_no_terminal(town, tmp_path, output):
    out = output[0] if output else tmp_path / "a.csv"
    ran = run_apart("hotspots", town.dense, "--boundary", town.boundary, "--out", out)
    assert ran.code == 0
    assert "\r" not in ran.err
    assert "Reading" not in ran.err


def test_a_person_sees_each_step_and_the_data_stays_clean(town):
    command = (PROGRAM, "hotspots", town.dense, "--boundary", town.boundary, "--out", "-")
    with Terminal(*command) as terminal:
        out = terminal.process.stdout.read()
        terminal.wait_for(None)
    assert terminal.process.returncode == 0
    assert terminal.shown.index("Reading dense.csv") < terminal.shown.index("Finding hotspots") < terminal.shown.index("2,300 incidents")
    assert out == run(*command[1:]).out


def test_a_bar_counts_the_files_of_a_gazetteer_on_a_terminal_only(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.csv").write_text(f"SL1 {number}AA,10,497500,180500\n")
    command = (PROGRAM, "gazetteer", "build", tmp_path, "--out", tmp_path / "g.parquet")
    with Terminal(*command) as terminal:
        pass
    assert BAR.search(terminal.shown)
    assert terminal.shown.replace("\r\n", "\n").rpartition("\r")[2] == "g.parquet: 3 postcodes from 3 files.\n"
    assert run_apart(*command[1:]).err == "g.parquet: 3 postcodes from 3 files.\n"


def test_the_steps_of_layers_are_shown_on_a_terminal_only(drawing, tmp_path):
    drawing.square(0, 0, 400, leisure="park", name="Green")
    command = (PROGRAM, "layers", "build", drawing.save(tmp_path / "town.osm"), "--out", tmp_path / "town.gpkg")
    with Terminal(*command) as terminal:
        pass
    assert "Gathering the names of places" in terminal.shown
    ran = run_apart(*command[1:])
    assert "\r" not in ran.err
    assert "Gathering" not in ran.err
