"""Long imports as jobs: each a folder in the area and a process of its own, so that closing a browser ends neither.

The file waits in the job's folder, for its owner only, until it is taken in, refused or given up; then it is deleted. One job
works at a time in an area. What a job says of itself is in `job.json`, written whole at each step.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout

from briefing import columns, incoming, stewardship, workspace
from briefing.columns import Column
from briefing.workspace import Workspace
from geo import files
from spaces import access, intake
from spaces.access import Reader, Role
from spaces.imports import Prepared
from words import DataProblem, _

LOOKING, UNKNOWN, LOOKED_AT, TAKING_IN, DONE, REFUSED, STOPPED, FAILED = (
    "looking", "unknown", "looked at", "taking in", "done", "refused", "stopped", "failed",
)  # fmt: skip
WORKING = (LOOKING, TAKING_IN)
WAITING = (UNKNOWN, LOOKED_AT)

LONGEST_NAME = 120
"""Of a file, in bytes: most file systems take 255, and what is written beside it needs some of them."""


@dataclass(frozen=True)
class Job:
    """A job as it stands. `share` is how much of the present step is done; `message` is for the person who asked."""

    job_id: str
    file: str
    actor: str
    role: str
    state: str
    share: float = 0.0
    message: str = ""
    import_id: str = ""
    asked_at: str = ""
    begun_at: str = ""


PROBLEM_COLUMNS = ("row", "column", "problem", "refused")


@dataclass(frozen=True)
class Seen:
    """What a look at a file said: sentences, a sheet of problems, and whether bringing it in would change anything."""

    sentences: list[str]
    problems: pd.DataFrame
    new: bool


ALIVE = "alive.lock"

STARTS_WITHIN = timedelta(seconds=20)
"""A process that has just been started may not hold its lock yet, on a machine that is busy."""


class StoppedError(Exception):
    """The person who asked for the job wants it stopped."""


def look_at(area: Workspace, reader: Reader, file_name: str, content: bytes) -> str:
    """Begin to look at a file that somebody brings, and return the job's id."""
    access.check_keep_register(reader)
    name = _name(file_name)
    stewardship.check_file_name(name)
    incoming.clear_away(area.folder)
    job_id = uuid.uuid4().hex
    folder = _folder(area, job_id)
    folder.mkdir(parents=True, mode=0o700)
    descriptor = os.open(folder / "content", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as kept:
        kept.write(content)
    job = Job(job_id, name, reader.name, reader.role, LOOKING, asked_at=datetime.now(UTC).isoformat())
    _begin(area, job)
    return job_id


def look_again(area: Workspace, reader: Reader, job_id: str) -> None:
    """Look anew at a file whose columns nobody knew, now that somebody has said what they are."""
    access.check_keep_register(reader)
    job = status(area, reader, job_id)
    if job.state != UNKNOWN:
        raise DataProblem("{file} is no longer waiting to be explained. Choose the file again.", file=job.file)
    _begin(area, replace(job, state=LOOKING, share=0.0, message="", actor=reader.name, role=reader.role))


def columns_of(area: Workspace, reader: Reader, job_id: str) -> list[Column]:
    """Return what the columns of a file that waits to be explained may be."""
    job = status(area, reader, job_id)
    if job.state != UNKNOWN:
        raise DataProblem("{file} is no longer waiting to be explained. Choose the file again.", file=job.file)
    return [Column(**told) for told in json.loads((_folder(area, job_id) / "columns.json").read_text("utf-8"))]


def take_in(area: Workspace, reader: Reader, job_id: str) -> None:
    """Go on with a file that was looked at: its good rows come in."""
    access.check_keep_register(reader)
    job = status(area, reader, job_id)
    if job.state != LOOKED_AT:
        raise DataProblem("{file} cannot be brought in now. Choose the file again.", file=job.file)
    _begin(area, replace(job, state=TAKING_IN, share=0.0, actor=reader.name, role=reader.role))


def give_up(area: Workspace, reader: Reader, job_id: str) -> None:
    """Stop a job, or let go of a file that was looked at; what was taken in before stays."""
    access.check_keep_register(reader)
    job = status(area, reader, job_id)
    if job.state in WORKING:
        (_folder(area, job_id) / "stop").touch()
    elif job.state in WAITING:
        _end(_folder(area, job_id), replace(job, state=STOPPED, message=_("Nothing was brought in.")))


def status(area: Workspace, reader: Reader, job_id: str) -> Job:
    """Return how a job stands. One whose process is gone has failed: what it was writing was taken back."""
    access.check_keep_register(reader)
    folder = _folder(area, job_id)
    try:
        job = Job(**json.loads((folder / "job.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise DataProblem("This import is no longer here. Choose the file again.") from error
    if job.state in WORKING and not _lives(folder, job):
        job = replace(job, state=FAILED, message=_("It ended before it was done. Nothing was changed: choose the file again."))
        _end(folder, job)
    return job


def jobs(area: Workspace, reader: Reader) -> list[Job]:
    """Return the jobs of the last day, newest first."""
    access.check_keep_register(reader)
    incoming.clear_away(area.folder)
    found = []
    for folder in incoming.home(area.folder).glob("*/job.json"):
        with suppress(DataProblem, OSError, ValueError, TypeError):  # one that is broken hides none of the others
            found.append(status(area, reader, folder.parent.name))
    return sorted(found, key=lambda job: job.asked_at, reverse=True)


def preview_of(area: Workspace, reader: Reader, job_id: str) -> Seen:
    """Return what a look at a file said."""
    status(area, reader, job_id)
    said = json.loads((_folder(area, job_id) / "preview.json").read_text("utf-8"))
    return Seen(said["sentences"], pd.DataFrame(said["problems"], columns=list(PROBLEM_COLUMNS)), bool(said["new"]))


def work(folder: Path) -> None:
    """Do a job's present step. Runs in the process that `_begin` starts."""
    job = Job(**json.loads((folder / "job.json").read_text("utf-8")))
    reader = Reader(job.actor, Role(job.role))
    try:
        with FileLock(folder / ALIVE), FileLock(folder.parent / "one-at-a-time.lock"):
            _check_not_stopped(folder)
            area = workspace.open_workspace(folder.parent.parent)
            job = _look(area, reader, folder, job) if job.state == LOOKING else _take_in(area, reader, folder, job)
    except DataProblem as problem:
        _end(folder, replace(job, state=REFUSED, message=str(problem)))
    except StoppedError:
        _end(folder, replace(job, state=STOPPED, message=_("Stopped. Nothing was brought in.")))
    except BaseException:
        _end(folder, replace(job, state=FAILED, message=_("This is our fault, not yours. Nothing was changed. Please report it.")))
        raise


def _look(area: Workspace, reader: Reader, folder: Path, job: Job) -> Job:
    try:
        prepared = _prepared(area, reader, folder, job)
    except intake.NoProfileError as problem:
        _write(folder / "columns.json", [asdict(column) for column in columns.columns_of(_named(folder, job))])
        return _say(folder, replace(job, state=UNKNOWN, message=str(problem)))
    _check_not_stopped(folder)
    found = stewardship.preview(area, reader, prepared)
    new = bool(found.comparison.added or found.comparison.changed)
    said = {"new": new, "sentences": found.sentences, "problems": found.problems[list(PROBLEM_COLUMNS)].to_numpy().tolist()}
    _write(folder / "preview.json", said)
    return _say(folder, replace(job, state=LOOKED_AT, share=1.0))


def _take_in(area: Workspace, reader: Reader, folder: Path, job: Job) -> Job:
    prepared = _prepared(area, reader, folder, job)

    def progress(share: float) -> None:
        _check_not_stopped(folder)
        _say(folder, replace(job, share=round(share, 3)))

    import_id = stewardship.bring_in(area, reader, prepared, good_rows=True, origin="app", progress=progress)
    return _end(folder, replace(job, state=DONE, share=1.0, import_id=import_id, message=_("Brought in.")))


def _prepared(area: Workspace, reader: Reader, folder: Path, job: Job) -> Prepared:
    named = _named(folder, job)
    if not named.exists():
        named.parent.mkdir(mode=0o700, exist_ok=True)
        os.link(folder / "content", named)
    return stewardship.prepare(area, reader, named, today=datetime.now().astimezone().date())


def _begin(area: Workspace, job: Job) -> None:
    folder = _folder(area, job.job_id)
    (folder / "stop").unlink(missing_ok=True)
    _say(folder, replace(job, begun_at=datetime.now(UTC).isoformat()))
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "briefing.jobs", str(folder.absolute())]
        worker = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)  # noqa: S603  our own
    threading.Thread(target=worker.wait, daemon=True).start()  # it outlives us if need be; while we live, its end is noted


def _say(folder: Path, job: Job) -> Job:
    _write(folder / "job.json", asdict(job))
    return job


def _end(folder: Path, job: Job) -> Job:
    """Write down how a job ended, and delete the partner's file."""
    for path in (folder / "content", _named(folder, job), folder / "columns.json"):
        path.unlink(missing_ok=True)
    return _say(folder, job)


def _write(path: Path, content: Mapping[str, Any] | Sequence[Any]) -> None:
    with files.replacing(path) as unfinished:
        unfinished.write_text(json.dumps(content), "utf-8")


def _check_not_stopped(folder: Path) -> None:
    if (folder / "stop").exists():
        raise StoppedError


def _folder(area: Workspace, job_id: str) -> Path:
    if not (len(job_id) == 32 and set(job_id) <= set("0123456789abcdef")):
        raise DataProblem("This import is no longer here. Choose the file again.")
    return incoming.home(area.folder) / job_id


def _named(folder: Path, job: Job) -> Path:
    """Return the file under its own name, so that every sentence names it as its owner does, and apart from what is written of it."""
    return folder / "named" / job.file


def _name(given: str) -> str:
    """Return a file's name as every file system takes it, with its ending."""
    name = "".join(letter for letter in given.replace("\\", "/").rpartition("/")[2] if letter.isprintable()).strip(". ")
    ending = Path(name).suffix.encode()[: LONGEST_NAME // 2]
    stem = name.encode()[: len(name.encode()) - len(ending)][: LONGEST_NAME - len(ending)]
    return (stem.decode(errors="ignore") + ending.decode(errors="ignore")) or "file"


def _lives(folder: Path, job: Job) -> bool:
    """Say whether a job's process is there: it holds a lock, which the system takes from it however it ends."""
    if datetime.now(UTC) - datetime.fromisoformat(job.begun_at) < STARTS_WITHIN:
        return True
    lock = FileLock(folder / ALIVE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


if __name__ == "__main__":
    work(Path(sys.argv[1]))
