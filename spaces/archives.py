"""Files that hold other files: what is inside is counted before it is believed, and never written to disc.

A zip says how large its parts are, and may say it wrongly: a few thousand bytes can become a hundred gigabytes. So a part is
refused by the size it declares, and again by the size it turns out to have, before anything else reads it.
"""

from __future__ import annotations

import copy
import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath, PureWindowsPath

from words import N_, DataProblem

LARGEST_BYTES = 1_000_000_000
"""Ten years of one force's street-level rows take 0.8 GB as CSV; a sheet of a million rows and twenty columns as much. It has to
fit into memory several times over while it is read."""

DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, IndexError)
"""What a zip raises that is cut short, locked, packed in an unknown way, or no zip at all."""

ENCRYPTED = 0x1
"""The bit of a part's flags that says it is locked with a password."""

TOO_LARGE = N_("{file} unpacks to more than 1 GB, which is no partner's table. Check where it comes from, or send it in parts.")
DAMAGED = N_("{file} could not be opened: it may be damaged. Save it again as CSV or XLSX.")
NOT_ONE = N_("{file} holds {count} files. Take the table out, and save it alone.")
HELD_ELSEWHERE = N_("{file} names a folder outside itself, which no honest zip does. Check where it comes from, and save the table again.")
LOCKED = N_("{file} is locked with a password. Save the table without one.")
NESTED = N_("{file} holds another zip or a workbook. Take it out, and save it alone.")


def names(file: str, content: bytes) -> list[str]:
    """Return the names of the parts of a zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.namelist()
    except DAMAGE as error:
        raise DataProblem(DAMAGED, file=file) from error


def only_file(file: str, content: bytes) -> bytes:
    """Return the one file in a zip. What a Mac adds beside it is no file of anyone's."""
    parts: list[zipfile.ZipInfo] = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [part for part in archive.infolist() if not part.filename.endswith("/") and not _is_a_macs(part.filename)]
    except DAMAGE as error:
        raise DataProblem(DAMAGED, file=file) from error
    if any(_leads_out(part.filename) for part in parts):
        raise DataProblem(HELD_ELSEWHERE, file=file)
    if len(parts) != 1:
        raise DataProblem(NOT_ONE, file=file, count=len(parts))
    (inside,) = (part for info, part in unpacked(file, content) if info.filename == parts[0].filename)
    if inside.startswith(b"PK"):
        raise DataProblem(NESTED, file=file)
    return inside


def unpacked(file: str, content: bytes) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    """Give each part of a zip and what it holds, none if all of them together are too large."""
    left = LARGEST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > LARGEST_BYTES:
                raise DataProblem(TOO_LARGE, file=file)
            for part in parts:
                if part.flag_bits & ENCRYPTED:
                    raise DataProblem(LOCKED, file=file)
                undeclared = copy.copy(part)
                undeclared.file_size = left + 2  # what a part declares would hide what comes after it
                with archive.open(undeclared) as packed:
                    inside = packed.read(left + 1)
                left -= len(inside)
                if left < 0:
                    raise DataProblem(TOO_LARGE, file=file)
                yield part, inside
    except DAMAGE as error:
        raise DataProblem(DAMAGED, file=file) from error


def _is_a_macs(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name == ".DS_Store"


def _leads_out(name: str) -> bool:
    windows = PureWindowsPath(name)
    return name.startswith("/") or bool(windows.drive or windows.root) or ".." in windows.parts
