"""What a kill, a lost server, a full disc or twenty writers at once leave behind: exactly before, or exactly after."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from spaces import imports
from spaces.register import open_register
from tests.browser import ROOT
from tests.spaces.conftest import event, on, take_in
from words import DataProblem

ROWS = 3_000
PROGRAM = """
import sys
from datetime import datetime, timedelta
sys.path.insert(0, {root!r})
from spaces.register import open_register
from tests.spaces.conftest import take_in
start = datetime(2025, 1, 1)
rows = [
    {{"incident_id": str(n), "agency": "Police", "child_ref": f"V{{n % 50}}", "occurred_from": start + timedelta(hours=n),
      "harm_type": {harm!r} if n % 3 else "missing", "location_text": "Lockside Park"}}
    for n in range({rows})
]
register = open_register(sys.argv[1])
print("begins", flush=True)
take_in(register, *rows)
print("done", flush=True)
"""


def _program(harm: str, rows: int = ROWS) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(PROGRAM).format(root=str(ROOT), harm=harm, rows=rows)]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def _run(command: list[str], url: str) -> None:
    subprocess.run([*command, url], check=True, capture_output=True, env=_environment(), cwd=ROOT)


def _standing(url: str):
    register = open_register(url)
    try:
        records = register.records()
        return len(records), int((records["harm_type"] == "robbed").sum()), register.check_audit().number, len(imports.imports(register))
    finally:
        register.close()


@pytest.mark.long
@pytest.mark.parametrize("kills", [50])
def test_an_import_killed_at_any_moment_is_before_or_after(register_url, kills):
    first, second = _program("robbed"), _program("harassment")
    _run(first, register_url)
    before = _standing(register_url)
    assert before[0] == ROWS
    started = time.monotonic()
    process = subprocess.Popen([*second, register_url], stdout=subprocess.PIPE, env=_environment(), cwd=ROOT)
    assert process.stdout
    process.stdout.readline()
    begun = time.monotonic()
    process.kill()
    process.wait()
    process.stdout.close()
    startup, chance = begun - started, random.Random(20261124)
    seen = set()
    for _kill in range(kills):
        with subprocess.Popen([*second, register_url], stdout=subprocess.PIPE, env=_environment(), cwd=ROOT) as process:
            assert process.stdout
            process.stdout.readline()  # it has opened the register and begins to import
            time.sleep(chance.uniform(0, max(0.6, startup / 3)))
            process.send_signal(signal.SIGKILL)
        after = _standing(register_url)
        seen.add(after)
        if after != before:
            # It was done before the kill came: every changed row is changed, and there is one more import and one more event.
            assert (after[0], after[1], after[2], after[3]) == (ROWS, 0, before[2] + 1, before[3] + 1)
            _run(first, register_url)
            before = _standing(register_url)
            assert before[:2] == (ROWS, ROWS - ROWS // 3)
    assert seen


def test_a_server_that_is_gone_for_a_moment_is_waited_for(postgres, register_url):
    if not register_url.startswith("postgresql"):
        pytest.skip("a file has no server")
    register = open_register(register_url)
    take_in(register, {"incident_id": "1", "agency": "Police", "occurred_from": on(1)})
    postgres.stop()
    with ThreadPoolExecutor(1) as other:
        back = other.submit(lambda: (time.sleep(1.5), postgres.start()))
        take_in(register, {"incident_id": "2", "agency": "Police", "occurred_from": on(2)})
        back.result()
    assert len(register.records()) == 2
    assert register.check_audit().number == 2
    register.close()


def test_a_server_lost_in_the_middle_of_a_write_is_tried_again_and_nothing_is_doubled(postgres, register_url):
    if not register_url.startswith("postgresql"):
        pytest.skip("a file has no server")
    register = open_register(register_url)
    lost = []

    def work(connection):
        import sqlalchemy as sa

        from spaces import schema

        connection.execute(sa.insert(schema.info).values(name=f"try {len(lost)}", value="x"))
        if not lost:
            lost.append(1)
            postgres.stop()
            postgres.start()
            connection.execute(sa.text("SELECT 1"))

    register.write(event("something written"), work)
    assert (register.info("try 0"), register.info("try 1")) == ("", "x")
    assert register.check_audit().number == 1
    register.close()


FULL_DISC = """
import resource, sys
sys.path.insert(0, {root!r})
from spaces.register import open_register
from tests.spaces.conftest import take_in
from words import DataProblem
register = open_register(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
rows = [{{"incident_id": str(n), "agency": "Police", "location_text": "x" * 200}} for n in range(20_000)]
try:
    take_in(register, *rows)
except DataProblem as problem:
    print(problem)
"""


def test_a_full_disc_is_one_sentence_and_changes_nothing(sqlite_url):
    register = open_register(sqlite_url)
    take_in(register, {"incident_id": "1", "agency": "Police"})
    before = register.records()
    register.close()
    program = [sys.executable, "-c", FULL_DISC.format(root=str(ROOT)), sqlite_url]
    done = subprocess.run(program, capture_output=True, text=True, check=False, env=_environment(), cwd=ROOT)
    assert "Nothing was changed" in done.stdout, done.stderr
    assert "Traceback" not in done.stderr
    again = open_register(sqlite_url)
    assert again.records().equals(before)
    assert again.check_audit().number == 1
    again.close()


WRITER = """
import sys
sys.path.insert(0, {root!r})
from spaces.register import open_register
from tests.spaces.conftest import event, take_in
register = open_register(sys.argv[1])
who = sys.argv[2]
for n in range(5):
    take_in(register, *({{"incident_id": f"{{who}}-{{n}}-{{row}}", "agency": f"agency {{int(who) % 4}}"}} for row in range(40)))
    register.write(event("looked in"), lambda connection: None)
register.close()
"""


@pytest.mark.long
def test_twenty_processes_write_at_once_and_nothing_is_lost_or_doubled(register_url):
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER.format(root=str(ROOT)), register_url, str(who)],
            stderr=subprocess.PIPE, text=True, env=_environment(), cwd=ROOT,
        )
        for who in range(20)
    ]  # fmt: skip
    said = [process.communicate(timeout=300)[1] for process in writers]
    assert [process.returncode for process in writers] == [0] * 20, said
    register = open_register(register_url)
    records = register.records()
    assert len(records) == records["incident_id"].nunique() == 20 * 5 * 40
    assert register.check_audit().number == 20 * 10
    assert register.records_head() == 20 * 5
    register.close()


def test_a_reader_that_waits_too_long_is_told_so(sqlite_url, monkeypatch):
    from spaces import engine

    monkeypatch.setattr(engine, "WAIT_FOR_WRITER_MS", 200)
    holder, waiter = open_register(sqlite_url), open_register(sqlite_url)

    def hold(_connection):
        with pytest.raises(DataProblem, match="is busy with a long task"):
            waiter.write(event("waits"), lambda _other: None)

    holder.write(event("holds"), hold)
    assert holder.check_audit().number == 1
    for register in (holder, waiter):
        register.close()
    assert Path(sqlite_url.removeprefix("sqlite:///")).exists()
