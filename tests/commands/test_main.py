"""Exit codes are the contract's; help costs nothing; what is our fault is said without a traceback."""

from __future__ import annotations

import importlib.metadata
import signal

import pytest

import commands
from commands import hotspots
from tests.commands.conftest import PROGRAM, names, run, run_apart
from words import DataProblem

HELP = [(), ("demo",), ("serve",), ("gazetteer",), ("gazetteer", "build"), ("layers",), ("layers", "build"), ("hotspots",)]

HEAVY = ("geopandas", "pandas", "polars", "scipy", "sklearn", "shapely", "pyogrio", "osmium", "h3", "streamlit", "sqlalchemy")

LOADED_FOR_HELP = """
import sys, time
try:
    from commands import main
    main()
except SystemExit:
    pass
print(f"{time.process_time()} " + " ".join(name for name in sys.modules if "." not in name), file=sys.stderr)
"""


@pytest.mark.parametrize("command", HELP, ids=" ".join)
def test_help_works_and_imports_nothing_heavy(command):
    ran = run_apart(*command, "--help", program=LOADED_FOR_HELP)
    assert ran.code == 0
    assert ran.out.startswith(" ".join(["Usage: safer-spaces", *command, "[OPTIONS]"]))
    seconds, *loaded = ran.err.split()
    assert not set(HEAVY).intersection(loaded)
    assert float(seconds) < 1


@pytest.mark.parametrize("command", HELP, ids=" ".join)
def test_h_is_help_too(command):
    assert run(*command, "-h") == run(*command, "--help")


def test_help_lists_every_command_with_what_it_does():
    listed = run("--help").out
    for name in commands.COMMANDS:
        assert f"\n  {name} " in listed
    assert run("--version").out == f"safer-spaces, version {importlib.metadata.version('safer-spaces')}\n"


def test_the_script_gives_its_help_at_once():
    ran = run_apart("--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran == run("--help")


@pytest.mark.parametrize("command", [(), ("gazetteer",), ("layers",)], ids=" ".join)
def test_half_a_command_is_answered_with_the_help(command):
    half, whole = run(*command), run(*command, "--help")
    assert (half.code, half.out) == (2, "")
    assert half.err == whole.out


def _raise(error):
    def raising(*_given, **_how):
        raise error

    return raising


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (DataProblem("{file} is empty.", file="a {b}.csv"), 2, "a {b}.csv is empty."),
        (PermissionError(13, "Permission denied", "/home/a.csv"), 2, "/home/a.csv may not be opened or written. Ask for access to it"),
        (KeyError("secret name"), 1, "This is our fault, not yours (KeyError). Nothing was written. Please report it."),
        (MemoryError(), 1, "This is our fault, not yours (MemoryError). Nothing was written. Please report it."),
        (RecursionError(), 1, "This is our fault, not yours (RecursionError). Nothing was written. Please report it."),
        (KeyboardInterrupt(), 130, "Stopped. Nothing was written."),
    ],
)
def test_each_kind_of_failure_has_its_exit_code_and_one_sentence(monkeypatch, town, tmp_path, error, code, said):
    monkeypatch.delenv("SAFER_SPACES_TRACEBACK", raising=False)
    monkeypatch.setattr(hotspots, "_account", _raise(error))
    ran = run("hotspots", town.dense, "--out", tmp_path / "out.csv")
    assert (ran.code, ran.out) == (code, "")
    (line,) = ran.err.strip().splitlines()
    assert line.startswith(said)
    assert "secret" not in line


def test_the_developers_can_ask_for_the_traceback(monkeypatch, town, tmp_path):
    monkeypatch.setenv("SAFER_SPACES_TRACEBACK", "1")
    monkeypatch.setattr(hotspots, "_within", _raise(KeyError("where")))
    with pytest.raises(KeyError, match="where"):
        run("hotspots", town.dense, "--out", tmp_path / "out.csv")
    assert names(tmp_path) == []


def test_running_in_this_process_gives_the_signals_back(town):
    before = signal.getsignal(signal.SIGTERM)
    run("--help")
    assert signal.getsignal(signal.SIGTERM) is before


def test_the_console_script_is_there():
    assert PROGRAM.is_file()
