"""Map tiles in one file: MBTiles 1.3, written by us or exported by anyone, read by the app.

An MBTiles file is an SQLite database with a table (or view) `tiles` and a table `metadata`. Its rows are counted from the
south, tiles on the web from the north. What is in a file that others made is theirs to say and ours to check.
"""

from __future__ import annotations

import hashlib
import html
import math
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from geo import files
from layers.web_mercator import HIGHEST_ZOOM
from words import DataProblem

Tile = tuple[int, int, int, bytes]
"""Zoom, column, row (from the north) and the picture."""

KINDS = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"RIFF", "image/webp"))
"""Pictures that a browser shows, by their first bytes: what a file says of itself may be wrong."""

_APPLICATION_ID = 0x4D504258
"""“MPBX”, the mark of an MBTiles file in SQLite's header."""

_TABLES = """
CREATE TABLE metadata (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE map (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_id TEXT,
                  PRIMARY KEY (zoom_level, tile_column, tile_row)) WITHOUT ROWID;
CREATE TABLE images (tile_id TEXT PRIMARY KEY, tile_data BLOB);
CREATE VIEW tiles AS SELECT zoom_level, tile_column, tile_row, tile_data FROM map JOIN images USING (tile_id);
"""

_MOST_STEPS, _MOST_STEPS_AT_FIRST = 200_000, 50_000_000
"""A lookup takes a few dozen steps of SQLite's machine; a view that was made to keep a server busy is stopped here. A first look,
once for each file, may go through all its tiles: a second or so."""


LARGEST_BYTES = 4_000_000
"""No value of a file is read that is longer. A tile of 512 pixels is a few hundred kilobytes; a view can make a picture of any size from
nothing, and ask for its memory."""


@dataclass(frozen=True)
class Tileset:
    """What a file of tiles says of itself. `bounds` are west, south, east, north in degrees, None where it does not say."""

    lowest_zoom: int
    highest_zoom: int
    bounds: tuple[float, float, float, float] | None
    attribution: str
    dark: bool
    version: str
    """Changes with the file, so that a browser that keeps tiles asks anew."""


def write(path: Path, tiles: Iterable[Tile], *, metadata: Mapping[str, str]) -> int:
    """Write tiles whole or not at all, each different picture once; return how many tiles there are.

    The same tiles in the same order give the same bytes.
    """
    count = 0
    with files.replacing(path) as unfinished, closing(sqlite3.connect(unfinished)) as database:
        database.execute("PRAGMA page_size = 4096")
        database.execute("PRAGMA journal_mode = OFF")  # the file stands beside its place until it is whole
        database.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        database.executescript(_TABLES)
        database.executemany("INSERT INTO metadata VALUES (?, ?)", metadata.items())
        for zoom, column, row, picture in tiles:
            tile_id = hashlib.blake2b(picture, digest_size=10).hexdigest()
            database.execute("INSERT INTO map VALUES (?, ?, ?, ?)", (zoom, column, 2**zoom - 1 - row, tile_id))
            database.execute("INSERT OR IGNORE INTO images VALUES (?, ?)", (tile_id, picture))
            count += 1
        database.commit()
    return count


def read(path: Path) -> Tileset:
    """Return what a file of tiles says of itself, after a look at whether it can be shown.

    Raises DataProblem where it is missing, no MBTiles, of vectors, or empty.
    """
    name = path.name
    if not path.is_file():
        raise DataProblem("{file} was not found. Check the folder and the spelling.", file=str(path))
    try:
        with _opened(path, most_steps=_MOST_STEPS_AT_FIRST) as database:
            said = {str(key).lower(): str(value) for key, value in database.execute("SELECT name, value FROM metadata LIMIT 200")}
            if said.get("format", "").lower() in ("pbf", "mvt") or "vector_layers" in said.get("json", ""):
                raise DataProblem(
                    "{file} holds vector tiles, which are not drawn here. Export it again as raster tiles (PNG, JPEG or WebP).", file=name
                )
            zooms = _said_zooms(said) or database.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
            first = database.execute("SELECT tile_data FROM tiles LIMIT 1").fetchone()
    except sqlite3.Error as error:
        raise DataProblem(
            "{file} is not a file of map tiles (MBTiles), or is damaged. Make it with: safer-spaces basemap, or export it again.", file=name
        ) from error
    if first is None or not all(isinstance(zoom, int) and 0 <= zoom <= HIGHEST_ZOOM for zoom in zooms):
        raise DataProblem("{file} holds no tiles between zoom 0 and {most}. Export it again.", file=name, most=HIGHEST_ZOOM)
    if media_type(first[0]) is None:
        raise DataProblem("{file} holds tiles that are no PNG, JPEG or WebP pictures. Export it again as raster tiles.", file=name)
    return Tileset(zooms[0], zooms[1], _bounds(said.get("bounds", "")), _plain(said.get("attribution", "")),
                   said.get("style") == "dark", _version(path))  # fmt: skip


def tile(path: Path, zoom: int, column: int, row: int) -> bytes | None:
    """Return one tile's picture, counted from the north; None where there is none, or what is there is no picture.

    Each call opens the file anew: that costs a fifth of a millisecond, is safe in any thread, and sees a file that was
    put in its place meanwhile.
    """
    with _opened(path) as database:
        wanted = (zoom, column, 2**zoom - 1 - row)
        found = database.execute(
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ? LIMIT 1", wanted
        ).fetchone()
    return bytes(found[0]) if found and media_type(found[0]) is not None else None


def media_type(picture: object) -> str | None:
    """Return the media type of a picture by its first bytes, None for anything else."""
    if not isinstance(picture, bytes):
        return None
    return next((kind for start, kind in KINDS if picture.startswith(start) and (start != b"RIFF" or picture[8:12] == b"WEBP")), None)


@contextmanager
def _opened(path: Path, *, most_steps: int = _MOST_STEPS) -> Iterator[sqlite3.Connection]:
    """Open a file to read only; nothing that is written in it may act or go on for long."""
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    with closing(database):
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_BYTES)
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute("PRAGMA query_only = ON")
        steps = iter(range(most_steps // 1000))
        database.set_progress_handler(lambda: next(steps, None) is None, 1000)
        yield database


def _version(path: Path) -> str:
    about = path.stat()
    return hashlib.blake2b(f"{about.st_size} {about.st_mtime_ns} {about.st_ino}".encode(), digest_size=6).hexdigest()


def version(path: Path) -> str | None:
    """Return the version of a file of tiles without reading it, None where there is none."""
    try:
        return _version(path)
    except OSError:
        return None


def _said_zooms(said: Mapping[str, str]) -> tuple[int, int] | None:
    """Return the zooms that a file says it has, which saves going through its tiles; None where it does not say them soundly."""
    low, high = said.get("minzoom", ""), said.get("maxzoom", "")
    sound = all(re.fullmatch(r"\d{1,2}", zoom, re.ASCII) for zoom in (low, high))
    return (int(low), int(high)) if sound and int(low) <= int(high) <= HIGHEST_ZOOM else None


def _bounds(text: str) -> tuple[float, float, float, float] | None:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    sound = all(math.isfinite(side) for side in (west, south, east, north))
    sound = sound and -180 <= west < east <= 180 and -90 <= south < north <= 90
    return (west, south, east, north) if sound else None


def _plain(text: str) -> str:
    """Return a credit as text: many files have it as HTML, and it is shown letter for letter."""
    return " ".join(html.unescape(re.sub(r"<[^<>]*>", " ", text)).split())[:200]
