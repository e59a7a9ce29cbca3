"""The file a gazetteer is kept in: a zip that packs nothing, with a list of contents and one table each in Arrow's format.

The zip has a checksum of every table, and no reader sees a table before that is verified: damaged Arrow and Parquet files can make the
library that reads them end the whole program. Tables are read when they are asked for, from the file as it was when it was opened,
even where a newer one has taken its place. They are not mapped: a mapped file that is cut short ends the program too.
"""

from __future__ import annotations

import io
import json
import threading
import weakref
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from geo import files, wording
from words import N_, DataProblem

VERSION = "3"
"""Of the file's layout. A file of another version is refused with the cure, never half understood."""

BOX = ("west", "south", "east", "north")

POSTCODES = {
    "postcode": pl.UInt64, "quality": pl.UInt8, "easting": pl.Int32, "northing": pl.Int32, "precision_m": pl.UInt16,
    "terminated": pl.Boolean,
}  # fmt: skip
"""`postcode` is packed (see `postcodes.packed`)."""

NAMES = {
    "feature": pl.UInt32, "name": pl.String, "key": pl.String, "kind": pl.String,
    "easting": pl.Float64, "northing": pl.Float64, **dict.fromkeys(BOX, pl.Float64),
    "district": pl.String, "town": pl.String, "authority": pl.String, "source": pl.UInt16,
}  # fmt: skip

SHAPES = {"feature": pl.UInt32, "wkb": pl.Binary}

ADDRESSES = {
    "number": pl.String, "street_key": pl.String, "street": pl.String, "postcode": pl.String, "town": pl.String,
    "easting": pl.Float64, "northing": pl.Float64,
}  # fmt: skip

UPRNS = {"uprn": pl.Int64, "easting": pl.Int32, "northing": pl.Int32}
"""To the metre: a property is wider than that, and forty million of them are half the size."""

LAYOUT: Mapping[str, Mapping[str, Any]] = {
    "postcodes": POSTCODES,
    "names": NAMES,
    "shapes": SHAPES,
    "addresses": ADDRESSES,
    "uprns": UPRNS,
}
"""The file's tables and their columns. What they mean is said by `gazetteer.Gazetteer`."""

KEYED = ("names", "addresses")
"""The tables that have keys of wordings in them, which are of no use where keys are made in another way."""

UNPACKED = ("postcodes",)
"""Tables kept as they are used: 33 MB rather than 12 for Great Britain's postcodes, and open in half the time."""

CONTENTS = "contents.json"

CHECKED_AT_ONCE_BYTES = 64_000_000
"""Tables up to this size are verified when the file is opened, which takes 20 ms; larger ones when they are first asked for."""

BEFORE_VERSION_2 = b"PAR1"
"""How a gazetteer of version 1 begins, which was a Parquet file."""

OF_ANY_DAY = (1980, 1, 1, 0, 0, 0)
"""The date of every table, so that the same sources give the same bytes."""

DAMAGED = N_("{file} is not a gazetteer, or is damaged. Build it again with: safer-spaces gazetteer build")
ANOTHER_VERSION = N_("{file} was built by another version. Build it again with: safer-spaces gazetteer build")
NOT_WRITTEN = N_("{file} could not be written. Check that the folder exists, can be written to and has room.")


@dataclass(frozen=True)
class Source:
    """One file the gazetteer was built from: its name, what it is, of when (`""` where nothing says), its licence, and its rows.

    The rows are those of the file; of OpenStreetMap, the names and addresses found in it.
    """

    name: str
    kind: str
    edition: str
    licence: str
    rows: int


class GazetteerFile:
    """An opened file: what is in it, and its tables."""

    def __init__(self, path: Path) -> None:
        """Open the file and verify it; DataProblem where it is missing, damaged or of another version."""
        if not path.is_file():
            raise DataProblem(
                "The gazetteer {file} was not found. Build one with: safer-spaces gazetteer build --out {file} SOURCE", file=path
            )
        self._name = path.name
        self._one_at_a_time = threading.Lock()
        file = path.open("rb")
        weakref.finalize(self, file.close)
        with self._damage_named():
            if _is_of_version_1(file.read(4), path):
                raise DataProblem(ANOTHER_VERSION, file=path.name)
            self._archive = zipfile.ZipFile(file)
            self.contents: Mapping[str, Any] = json.loads(self._archive.read(CONTENTS))
            if self.contents["version"] != VERSION or (self.contents["wording"] != wording.VERSION and any(map(self.rows.get, KEYED))):
                raise DataProblem(ANOTHER_VERSION, file=path.name)
            if self.rows.keys() != LAYOUT.keys():
                raise KeyError
            self.sources = tuple(Source(**source) for source in self.contents["sources"])
            for name in LAYOUT:
                part = self._archive.getinfo(_part(name))
                if part.compress_type != zipfile.ZIP_STORED:
                    raise ValueError
                if part.file_size <= CHECKED_AT_ONCE_BYTES:
                    self._archive.read(part)

    @property
    def rows(self) -> Mapping[str, int]:
        """Return how many rows each table has."""
        rows: Mapping[str, int] = self.contents["rows"]
        return rows

    def table(self, name: str) -> pl.DataFrame:
        """Read a table; DataProblem where it is damaged."""
        with self._damage_named():
            with self._one_at_a_time:
                content = self._archive.read(_part(name))
            table = pl.read_ipc(io.BytesIO(content))
            if table.schema != LAYOUT[name] or table.height != self.rows[name]:
                raise ValueError
        return table

    @contextmanager
    def _damage_named(self) -> Iterator[None]:
        try:
            yield
        except (zipfile.BadZipFile, pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, EOFError, RuntimeError, KeyError,
                TypeError, AttributeError, ValueError, IndexError) as error:  # fmt: skip
            raise DataProblem(DAMAGED, file=self._name) from error


def write(path: Path, tables: Mapping[str, pl.DataFrame], sources: Sequence[Source]) -> None:
    """Write the tables of `LAYOUT`, whole or not at all; DataProblem where that cannot be."""
    rows = {name: tables[name].height for name in LAYOUT}
    contents = {"version": VERSION, "wording": wording.VERSION, "rows": rows, "sources": [asdict(source) for source in sources]}
    try:
        with files.replacing(path) as unfinished, zipfile.ZipFile(unfinished, "w") as archive:
            archive.writestr(zipfile.ZipInfo(CONTENTS, OF_ANY_DAY), json.dumps(contents, ensure_ascii=False, indent=1))
            for name in LAYOUT:
                content = io.BytesIO()
                tables[name].rechunk().write_ipc(content, compression="uncompressed" if name in UNPACKED else "zstd")
                archive.writestr(zipfile.ZipInfo(_part(name), OF_ANY_DAY), content.getbuffer())
    except OSError as error:
        raise DataProblem(NOT_WRITTEN, file=path) from error


def _part(table: str) -> str:
    return f"{table}.arrow"


def _is_of_version_1(start: bytes, path: Path) -> bool:
    if start != BEFORE_VERSION_2:
        return False
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 100_000, 0))
        return b"gazetteer_version" in file.read()
