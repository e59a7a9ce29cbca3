"""The app is served on this machine only; a port in use is one sentence; ending the command ends the server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress

import pytest

from briefing import workspace
from tests.browser import ROOT
from tests.commands.conftest import PROGRAM, run, run_apart


@pytest.fixture
def taken():
    """Return a port that something else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def free():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def started(monkeypatch):
    """Return the commands that would have been run, each said to end well."""
    commands = []

    def note(command, **_how):
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", note)
    return commands


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_port_in_use_is_one_sentence_before_any_work(monkeypatch, started, taken, command):
    monkeypatch.setattr(workspace, "open_sample", lambda **_how: pytest.fail("the sample was made for nothing"))
    ran = run(command, "--port", taken)
    assert ran.code == 2
    assert ran.sentence == f"Port {taken} is in use. Stop what runs there, or give another with --port."
    assert started == []


def test_a_port_in_use_is_said_by_the_script_too(taken):
    ran = run_apart("serve", "--port", taken)
    assert ran.code == 2
    assert ran.sentence.startswith(f"Port {taken} is in use.")


def test_a_port_that_was_just_given_up_can_be_had_again(started):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            server.accept()[0].close()  # leaves the port waiting for stray packets, as a server that was stopped does
            client.recv(1)
    assert run("serve", "--port", port).code == 0
    assert len(started) == 1


def test_serving_is_for_this_machine_only(started, free):
    ran = run("serve", "--port", free)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"Open http://127.0.0.1:{free} in a browser. Stop with Ctrl+C.\n"
    assert started == [
        [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.address", "127.0.0.1", "--server.port", str(free)]
    ]


def test_demo_makes_the_sample_and_says_each_step(monkeypatch, started, free, tmp_path):
    monkeypatch.setenv("SAFER_SPACES_DATA", str(tmp_path))
    first = run("demo", "--port", free)
    assert (first.code, first.out) == (0, "")
    assert [line.split(":")[-1].strip() for line in first.err.splitlines()[:-1]] == [
        "reading its map …", "placing its postcodes …", "bringing in its partners' files …",
    ]  # fmt: skip
    assert workspace.open_workspace(tmp_path / "marlhaven").invented
    again = run("demo", "--port", free)
    assert again.err == first.err.splitlines(keepends=True)[-1]
    assert len(started) == 2


def test_a_place_where_no_sample_can_be_kept_is_said(monkeypatch, started, free, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("SAFER_SPACES_DATA", str(tmp_path / "file"))
    ran = run("demo", "--port", free)
    assert ran.code == 2
    assert ran.sentence.startswith(f"The sample town cannot be kept in {tmp_path / 'file'}. Make room there, or")
    assert started == []


def test_ctrl_c_is_how_serving_ends(monkeypatch, free):
    def interrupted(*_command, **_how):
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "run", interrupted)
    assert run("serve", "--port", free).code == 0


def _answers(port):
    with suppress(OSError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).close()
        return True
    return False


def _until(condition, within_s=60):
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.mark.long
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_ending_the_command_ends_the_server(free, tmp_path, name):
    environment = {**os.environ, "SAFER_SPACES_DATA": str(tmp_path)}
    process = subprocess.Popen(
        [PROGRAM, "serve", "--port", str(free)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _until(lambda: _answers(free))
        process.send_signal(getattr(signal, name))  # to the command alone, as a service manager does
        assert process.wait(30) == 0
        _until(lambda: not _answers(free), within_s=10)
    finally:
        process.kill()
        process.wait()
