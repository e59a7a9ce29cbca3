"""The files a gazetteer is made from, as they lie there: alone, packed with gzip, in a folder, or in a zip that is never unpacked to disc.

They are large and come from anywhere, so they are read as a stream, a few megabytes at a time, and what a zip says of itself is not
believed. Nothing here knows what is in them; a file is told by its first rows, by those who do.
"""

from __future__ import annotations

import csv
import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from words import N_, DataProblem

SUFFIXES = (".csv", ".csv.gz", ".zip", ".osm", ".pbf")
"""What of a folder or a zip is looked at. Whatever else publishers add is for people."""

DOCUMENTS = re.compile(r"docs?|documents?|user guide|__macosx", re.IGNORECASE)
"""Folders that publishers put guides and lists of codes in, some of them as CSV."""

ALSO_IN_PIECES = "multi_csv"
"""The folder in which the Office for National Statistics ships the rows of the one large file again, area by area."""

LARGEST_BYTES = 8_000_000_000
"""What may come out of one file. The largest there is, OS Open UPRN, has 2.3 GB; a zip that holds more is meant to fill memory."""

MOST_PARTS = 20_000
"""What one zip may hold. OS Open Names comes in 819 parts."""

GZIP = b"\x1f\x8b"
"""How a file begins that is packed with gzip."""

START_BYTES = 65_536
"""How much of a file is looked at to tell what it is."""

WEB_PAGE_BEGINS = re.compile(rb"\s*<(!doctype html|html|\?xml[^>]*>\s*<(error|html))", re.IGNORECASE)

ENCRYPTED = 0x1
"""The bit of a part's flags that says it is locked with a password."""

DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, IndexError)
"""What is raised by a file that is cut short, locked, packed in an unknown way, or not what it begins like."""

MISSING = N_("{file} was not found. Check the folder and the spelling.")
NOTHING = N_("{file} holds no CSV, zip or OpenStreetMap files. Give the folder that the data was unpacked to.")
UNKNOWN = N_(
    "{file} is not OS Code-Point Open, OS Open Names, OS Open UPRN, ONSPD, NSPL or an OpenStreetMap extract, "
    "or is damaged. Check which file it is, or download it again."
)
ONLY_HEADINGS = N_("{file} holds only the names of columns. Give the files with the data as well, or their folder.")
EMPTY = N_("{file} is empty. Download it again.")
WEB_PAGE = N_("{file} is a web page under the name of a data file. Download the data again.")
DAMAGED = N_("{file} could not be read to its end: it may be cut short or damaged. Download it again.")
TOO_LARGE = N_("{file} unpacks to more than any file a gazetteer is made from. Check where it comes from.")
HELD_ELSEWHERE = N_("{file} names a folder outside itself, which no honest zip does. Download it again from its publisher.")
LOCKED = N_("{file} is locked with a password. Give one without.")
NESTED = N_("{file} holds {part}, which is packed in itself. Unpack it first.")

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Kind:
    """What a file is: its publisher's name for it, and the licence it comes under."""

    name: str
    licence: str


@dataclass(frozen=True)
class Part:
    """One file to read, and where it came from. `label` names it for people; `in_company` says it was found and not given."""

    path: Path
    member: str = ""
    archive: zipfile.ZipFile | None = field(default=None, repr=False)
    given: str = ""
    metadata: str = ""
    in_company: bool = False

    @property
    def label(self) -> Path:
        """Return its path, that of a part of a zip continuing into the zip."""
        return self.path / self.member if self.member else self.path

    @property
    def name(self) -> str:
        """Return what to call it in a sentence or a list."""
        return f"{self.path.name}/{self.member}" if self.member else self.path.name

    @property
    def edition(self) -> str:
        """Return the edition that its name says, or that of the folder or zip it is in; `""` where none does."""
        return next(filter(None, map(edition_from_name, (self.member or self.path.name, self.given))), "")

    def is_packed(self) -> bool:
        """Say whether its bytes stand in another file's."""
        with self.path.open("rb") as file:
            return bool(self.member) or file.read(2) == GZIP

    @contextmanager
    def opened(self) -> Iterator[Stream]:
        """Give its bytes, unpacked; DataProblem where they cannot be had to the end."""
        with ExitStack() as stack:
            with _damage_named(self.name):
                raw: IO[bytes] | gzip.GzipFile = stack.enter_context(
                    self.archive.open(self.member) if self.archive else self.path.open("rb")
                )
                packed = raw.read(2) == GZIP
                raw.seek(0)
                if packed:
                    raw = gzip.GzipFile(fileobj=raw)
                    stack.callback(raw.close)
            yield Stream(raw, self.name)

    @cached_property
    def start(self) -> bytes:
        """Return its first bytes, unpacked."""
        with self.opened() as stream:
            return stream.read(START_BYTES)

    def first_rows(self) -> list[list[str]]:
        """Return its first rows, at most three; none where it is no text."""
        text = self.start.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
        whole = text if len(self.start) < START_BYTES else text.rpartition("\n")[0]
        try:
            return [row for row in csv.reader(whole.splitlines()[:4], strict=True) if row][:3] if "\0" not in text else []
        except csv.Error:
            return []

    def is_web_page(self) -> bool:
        """Say whether it is what a server says instead of the file."""
        return WEB_PAGE_BEGINS.match(self.start.removeprefix(b"\xef\xbb\xbf")) is not None


@contextmanager
def _damage_named(name: str) -> Iterator[None]:
    try:
        yield
    except PermissionError:  # which the command line has words of its own for
        raise
    except DAMAGE as error:
        raise DataProblem(DAMAGED, file=name) from error


class Stream:
    """Bytes as they come out of a file; a refusal where that is more than there can honestly be, or not to be had to the end."""

    def __init__(self, stream: IO[bytes] | gzip.GzipFile, name: str) -> None:
        self.stream, self.name, self.left = stream, name, LARGEST_BYTES

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most `size` of them; none at the end."""
        with _damage_named(self.name):
            block = self.stream.read(size)
        self.left -= len(block)
        if self.left < 0:
            raise DataProblem(TOO_LARGE, file=self.name)
        return block


@contextmanager
def found(given: Sequence[Path]) -> Iterator[list[Part]]:
    """Give every file to be read, folders and zips gone through, each once; DataProblem where there is none or a zip is not honest."""
    with ExitStack() as archives:
        parts: dict[Path, Part] = {}
        for source in given:
            for part in _in_folder(source, archives) if source.is_dir() else _in_file(source, archives, source.name):
                parts.setdefault(part.path.resolve() / part.member, part)
        yield list(parts.values())


def edition_from_name(name: str) -> str:
    """Return the year and month, or the day, that a file's name says (`ONSPD_NOV_2023_UK.csv` is `2023-11`); `""` where it says none."""
    if found := re.search(r"(?<![0-9])(20[0-9]{2})[-_.]?(0[1-9]|1[0-2])(?:[-_.]?(0[1-9]|[12][0-9]|3[01]))?(?![0-9])", name):
        return "-".join(part for part in found.groups() if part)
    if found := re.search(rf"({'|'.join(MONTHS)})[a-z]*[-_ ]?(20[0-9]{{2}})", name, re.IGNORECASE):
        return f"{found[2]}-{MONTHS.index(found[1].lower()) + 1:02}"
    if found := re.search(r"[-_]([0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])(?=\.osm)", name):
        return f"20{found[1]}-{found[2]}-{found[3]}"
    return ""


def edition_from_metadata(text: str) -> str:
    """Return the date, else the version, in the description that Ordnance Survey ships with its files."""
    if found := re.search(r"COPYRIGHT DATE\s*:\s*([0-9]{4})-?([0-9]{2})-?([0-9]{2})", text, re.IGNORECASE):
        return "-".join(found.groups())
    found = re.search(r"VERSION(?: NUMBER)?\s*:\s*([0-9]{4}[0-9.]*)", text, re.IGNORECASE)
    return found[1] if found else ""


def ons_edition(month: str) -> str:
    """Return a month as the Office for National Statistics writes it (`202311`) in the way it is written here, `""` for anything else."""
    found = re.fullmatch(r"([0-9]{4})(0[1-9]|1[0-2])", month)
    return f"{found[1]}-{found[2]}" if found else ""


def _in_folder(folder: Path, archives: ExitStack) -> Iterator[Part]:
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    chosen = _to_read([file.relative_to(folder).as_posix() for file in files])
    if not chosen:
        raise DataProblem(NOTHING, file=folder)
    described = next((file for file in files if file.name.casefold() == "metadata.txt"), None)
    metadata = described.read_bytes()[:START_BYTES].decode("utf-8", "replace") if described else ""
    for name in chosen:
        for part in _in_file(folder / name, archives, folder.name):
            yield Part(part.path, part.member, part.archive, part.given, part.metadata or metadata, in_company=True)


def _in_file(path: Path, archives: ExitStack, given: str) -> Iterator[Part]:
    if not path.is_file():
        raise DataProblem(MISSING, file=path)
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise DataProblem(EMPTY, file=path.name)
    if start != b"PK\x03\x04":
        yield Part(path, given=given)
        return
    with _damage_named(path.name):
        archive = archives.enter_context(zipfile.ZipFile(path))
        parts = [part for part in archive.infolist() if not part.is_dir()]
    _check_zip(path.name, parts)
    described = next((part for part in parts if PurePosixPath(part.filename).name.casefold() == "metadata.txt"), None)
    with _damage_named(path.name):
        metadata = archive.open(described).read(START_BYTES).decode("utf-8", "replace") if described else ""
    chosen = _to_read([part.filename for part in parts])
    if not chosen:
        raise DataProblem(NOTHING, file=path)
    for name in chosen:
        yield Part(path, name, archive, path.name, metadata, in_company=True)


def _to_read(names: Sequence[str]) -> list[str]:
    """Return which of the files in a folder or a zip are data."""
    data = [
        name
        for name in names
        if name.casefold().endswith(SUFFIXES) and not any(DOCUMENTS.fullmatch(folder) for folder in PurePosixPath(name).parts[:-1])
    ]
    beside = {PurePosixPath(name).parent for name in data}
    return sorted(name for name in data if not _is_said_again(PurePosixPath(name), beside))


def _is_said_again(name: PurePosixPath, beside: set[PurePosixPath]) -> bool:
    return name.parent.name == ALSO_IN_PIECES and name.parent.parent in beside


def _check_zip(name: str, parts: Sequence[zipfile.ZipInfo]) -> None:
    """Raise DataProblem where a zip cannot be what a publisher ships."""
    if any(_leads_out(part.filename) for part in parts):
        raise DataProblem(HELD_ELSEWHERE, file=name)
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_BYTES:
        raise DataProblem(TOO_LARGE, file=name)
    if any(part.flag_bits & ENCRYPTED for part in parts):
        raise DataProblem(LOCKED, file=name)
    for part in parts:
        if part.filename.casefold().endswith((".zip", ".osm", ".pbf")):
            raise DataProblem(NESTED, file=name, part=part.filename)


def _leads_out(name: str) -> bool:
    windows = PureWindowsPath(name)
    return name.startswith("/") or bool(windows.drive or windows.root) or ".." in windows.parts
