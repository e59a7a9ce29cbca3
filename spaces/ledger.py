"""The ledger of erasures: a file kept apart from the register and its backups, so that what was erased stays so after a restore.

A line is the name of a key and a pseudonym under it; a child has a line for each key the register was ever under, because a
backup may be of any of those times. With a third part, a row's key without its child, it is of that row only: its partner has it as
another child's, or (a pseudonym of noughts) as nobody's. A flag or a session that young people took back has a line with its id, which
needs no key. Lines are only added, are on the disk before an erasure counts as done, and say nothing without the key or the register.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from words import DataProblem

try:
    import fcntl
except ImportError:  # On Windows: the register's own lock still keeps apart all who share a register.
    fcntl = None  # type: ignore[assignment]

FLAG, SESSION = "flag", "session"
"""What young people can take back, in place of a key's name: the id of it follows."""

_LINE = re.compile(rf"(?:([0-9a-f]{{16}}) ([0-9a-f]{{64}})(?: ([0-9a-f]{{32}}-[0-9]+))?|({FLAG}|{SESSION}) ([0-9a-f]{{32}}))")

NOBODY = "0" * 64
"""In place of a pseudonym, of a row whose partner names no child."""

Line = tuple[str, str, str]
"""The name of a key, a pseudonym under it, and the row, empty where the whole child was erased; or what was taken back, its id, and ''."""


def read(path: Path) -> set[Line]:
    """Return every line of a ledger; DataProblem where it is not there or damaged.

    What follows the last line's end was cut off while it was written, by an erasure that was never done.
    """
    try:
        text = path.read_text("ascii")
    except FileNotFoundError as error:
        raise DataProblem(
            "The ledger of erasures {file} was not found. Put it back from where it is kept; if nobody was erased yet, make an empty file.",
            file=path,
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataProblem("The ledger of erasures {file} could not be read. Put it back from where it is kept.", file=path) from error
    return set(_lines(text, path))


def add(path: Path, lines: Iterable[Line]) -> None:
    """Add lines that are not there yet, on the disk when this returns; the file is made for its owner only.

    Safe for several processes, and safe to repeat.
    """
    try:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX)
            content = file.read()
            whole = content[: content.rfind(b"\n") + 1]
            new = sorted(set(lines) - set(_lines(whole.decode("ascii", "replace"), path)))
            file.seek(len(whole))
            file.truncate()
            file.write("".join(" ".join(filter(None, line)) + "\n" for line in new).encode())
            file.flush()
            os.fsync(file.fileno())
        if os.name == "posix" and not content:
            _keep_name(path)
    except OSError as error:
        raise DataProblem(
            "The ledger of erasures {file} could not be written, so nothing was changed. Give a file in a folder that you may write to.",
            file=path,
        ) from error


def taken_back(lines: Iterable[Line], what: str) -> list[str]:
    """Return the ids of the flags, or of the sessions, that were taken back."""
    return sorted(thing_id for known_by, thing_id, _row in lines if known_by == what)


def _lines(text: str, path: Path) -> list[Line]:
    found = [_LINE.fullmatch(line) for line in text[: text.rfind("\n") + 1].splitlines()]
    if None in found:
        raise DataProblem("The ledger of erasures {file} is damaged. Put it back from where it is kept.", file=path)
    return [(match[1] or match[4], match[2] or match[5], match[3] or "") for match in found if match]


def _keep_name(path: Path) -> None:
    """Have a new file's name on the disk as well as what is in it."""
    folder = os.open(path.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
