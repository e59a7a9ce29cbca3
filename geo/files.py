"""Files written whole or not at all.

What is being written stands in a folder of its own beside its place. A process that is killed cannot take that folder away; the next
one that writes there does. It knows by a lock that nobody writes to it any more: the system takes a lock from whoever ends, however.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # On Windows: there, and on a disk that keeps no locks, age alone tells.
    fcntl = None  # type: ignore[assignment]

UNFINISHED = ".unfinished-"

LOCK = ".being-written"

LEFT_BEHIND_S = 24 * 3600
"""No lock tells, but nothing here is written for as long as a day."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path of the same name to write to, in a folder beside `path`, and put it in place only if nothing went wrong."""
    with _folder_beside(path) as folder:
        unfinished = folder / path.name
        yield unfinished
        unfinished.replace(path)


@contextmanager
def folder_replacing(folder: Path) -> Iterator[Path]:
    """Give a new folder beside `folder` to fill, and put it in its place only if nothing went wrong."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _folder_beside(folder) as beside:
        unfinished = beside / folder.name
        unfinished.mkdir(mode=0o700)
        yield unfinished
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)


@contextmanager
def _folder_beside(path: Path) -> Iterator[Path]:
    """Give a folder for its owner only beside `path` and take it away afterwards, and first any that was left behind."""
    home = path.absolute().parent
    for left in home.glob(f"{UNFINISHED}????????"):  # as the system names them
        with suppress(OSError):  # another person's, or taken away meanwhile
            if left.is_dir() and not left.is_symlink() and _is_left_behind(left):
                shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=home) as name, _locked(Path(name)):
        yield Path(name)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of an unfinished folder, and write into it that it was held."""
    if fcntl is None:
        yield
        return
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
            os.write(lock, b"held")
        yield
    finally:
        os.close(lock)


def _is_left_behind(folder: Path) -> bool:
    """Say whether nobody writes to an unfinished folder any more.

    A lock that is free and was never held is about to be: between making a folder and holding its lock there is a moment.
    """
    old = time.time() - folder.stat().st_mtime > LEFT_BEHIND_S
    if fcntl is None:
        return old
    try:
        lock = os.open(folder / LOCK, os.O_RDWR)
    except FileNotFoundError:
        return old
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return old or os.read(lock, 1) != b""
    except BlockingIOError:
        return False
    except OSError:
        return old
    finally:
        os.close(lock)
