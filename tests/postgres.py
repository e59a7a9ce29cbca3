"""A real PostgreSQL server for tests: started on loopback from Debian's own programs, by a user of its own, and ended by its own handle."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.needs import lacking

PROGRAMS = Path(os.environ.get("SAFER_SPACES_POSTGRES", "/usr/lib/postgresql"))
START_S = 30

ON_DISK = Path("/tmp")  # noqa: S108  a folder of our own is made there
"""Not below the folders that pytest makes for us alone: the server's user may not look into them."""

IN_MEMORY, ROOM_BYTES = Path("/dev/shm"), 2 << 30  # noqa: S108
"""Where Linux keeps files in memory, and what has to be free there for the clusters of two workers. A database is several hundred files,
and every test of a store gets one of its own: on disk each takes a quarter of a second, in memory a fortieth."""


@dataclass
class Server:
    """A running server, and how to be rough with it."""

    port: int
    folder: Path
    command: list[str]
    process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://tester@127.0.0.1:{self.port}/{database}"

    def plain_url(self, database: str = "postgres") -> str:
        """Return the address as the driver alone takes it."""
        return f"postgresql://tester@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str) -> None:
        """Run a statement outside any transaction."""
        with psycopg.connect(self.plain_url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        """End the server at once, as a power cut would."""
        self.process.kill()
        self.process.wait(10)

    def start(self) -> None:
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **_own_user())
        wait_until_open(self.port, self.process)


@contextmanager
def running(*, in_memory: bool = False) -> Iterator[Server]:
    """Start a server with an empty cluster in a folder of its own: on disk, or in memory where there is room."""
    programs = max(PROGRAMS.glob("*/bin"), key=lambda folder: int(folder.parent.name), default=None)
    if programs is None:
        lacking(f"no PostgreSQL under {PROGRAMS}; install Debian's postgresql or set SAFER_SPACES_POSTGRES")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    roomy = in_memory and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM_BYTES
    home = Path(tempfile.mkdtemp(prefix="safer-spaces-postgres-", dir=IN_MEMORY if roomy else ON_DISK))
    folder = home / "data"
    try:
        if os.geteuid() == 0:
            shutil.chown(home, _user().pw_name)
        made = [programs / "initdb", "-D", folder, "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL, **_own_user())
        command = [
            str(programs / "postgres"),
            "-D",
            str(folder),
            "-p",
            str(port),
            "-h",
            "127.0.0.1",
            "-k",
            str(home),
            "-c",
            "max_connections=200",
            "-c",
            "fsync=off",  # what a test proves of a killed server is in the system's memory; the machine itself never stops
        ]
        server = Server(port, folder, command)
        server.start()
        yield server
        server.process.send_signal(signal.SIGQUIT)  # PostgreSQL's way to end at once: nothing of it is wanted any more
        with suppress(subprocess.TimeoutExpired):
            server.process.wait(10)
        if server.process.poll() is None:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def wait_until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        with suppress(psycopg.OperationalError):
            psycopg.connect(f"host=127.0.0.1 port={port} user=tester dbname=postgres", connect_timeout=2).close()
            return
        time.sleep(0.1)
    raise RuntimeError("the PostgreSQL server did not start")


def _user() -> pwd.struct_passwd:
    return pwd.getpwnam("postgres")


def _own_user() -> dict[str, object]:
    """PostgreSQL refuses to run as root, so root starts it as the user that Debian's package made."""
    return {"user": _user().pw_uid, "group": _user().pw_gid, "cwd": "/"} if os.geteuid() == 0 else {}


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with running(in_memory=True) as server:
        yield server


@pytest.fixture
def new_database(postgres: Server) -> Iterator[Callable[..., str]]:
    """Give a function that makes a database, empty or a copy of another, and returns its address; the test over, it is gone."""
    made = []

    def make(template: str = "template1") -> str:
        name = f"made_{uuid.uuid4().hex}"
        postgres.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return postgres.url(name)

    yield make
    for name in made:
        postgres.run(f"DROP DATABASE {name} WITH (FORCE)")
