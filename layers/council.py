"""A council's file of places (lamps, safe places) in any of the usual forms, as points in metres under our own column names.

Files come as CSV, GeoPackage, GeoJSON, Shapefile or FlatGeobuf. Degrees come in here, and are told from metres by their size and never
by what their column is called; what leaves is in EPSG:27700. The notes say in words whatever was not as its labels have it.
"""

from __future__ import annotations

import io
import json
import shlex
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
import tomli_w

from geo import files, frames
from layers import council_positions, council_tables
from words import N_, DataProblem, _, ngettext

PROFILE_SUFFIX = ".toml"

MOST_ROWS_SAID = 5
"""So many row numbers are said; the rest are counted."""

POSITION = ("x", "y")

NO_COLUMN = N_("{file} has no column “{column}”. It has: {columns}.")


@dataclass(frozen=True)
class Places:
    """What was read: points in EPSG:27700 with a text column for each field (empty: not recorded), by the number of the row in its file."""

    frame: gpd.GeoDataFrame
    notes: tuple[str, ...]
    """Sentences on what was left out, or was not as labelled."""
    mapping: Mapping[str, str]
    """Which of theirs was read as which of ours, recognised ones too: what a profile keeps."""


def read_mapping(text: str, fields: Sequence[str]) -> dict[str, str]:
    """Return which of their columns stands for which of ours, from `x=Easting,regime="Switch Regime"` or the name of a profile (.toml).

    Raises DataProblem for what is neither, and for a name that is not one of `fields`, `x` or `y`.
    """
    if text.strip().lower().endswith(PROFILE_SUFFIX) and "=" not in text:
        return read_profile(Path(text.strip()), fields)
    lexer = shlex.shlex(io.StringIO(text), posix=True)
    lexer.whitespace, lexer.whitespace_split, lexer.quotes, lexer.escape, lexer.commenters = ",\r\n", True, '"', "", ""
    try:
        pairs = [part.partition("=") for part in lexer]
    except ValueError as error:
        raise DataProblem(
            'The mapping has a quotation mark left open. Write it like x=Easting,y=Northing,regime="Switch Regime".'
        ) from error
    return _checked([(ours.strip().lower(), theirs.strip()) for ours, _equals, theirs in pairs], fields)


def read_profile(path: Path, fields: Sequence[str]) -> dict[str, str]:
    """Read a saved mapping. Raises DataProblem where it cannot be read, or maps what is not known here."""
    if not path.is_file():
        raise DataProblem("{file} was not found. Check the folder and the spelling.", file=str(path))
    try:
        told = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataProblem("{file} is not written as TOML. Give the mapping again as x=…,y=….", file=path.name) from error
    columns = told.get("columns")
    if not isinstance(columns, dict) or not all(isinstance(theirs, str) for theirs in columns.values()):
        raise DataProblem("{file} has no “{key}” that say which column is which.", file=path.name, key="columns")
    return _checked(list(columns.items()), fields)


def save_profile(mapping: Mapping[str, str], path: Path) -> None:
    """Keep a mapping for the next file of the same council. Raises DataProblem where it cannot be written."""
    try:
        with files.replacing(path) as unfinished:
            unfinished.write_text(tomli_w.dumps({"columns": dict(mapping)}), "utf-8")
    except OSError as error:
        raise DataProblem("{file} could not be written. Check that the folder exists and can be written to.", file=str(path)) from error


def read(path: Path, mapping: Mapping[str, str], *, fields: Mapping[str, Sequence[str]]) -> Places:
    """Read a council's places.

    `mapping` names their column for ours; `fields` are the columns to have besides the position, each with the names it is known by
    without a mapping. Rows without a position are left out and noted.

    Raises DataProblem, one sentence with row numbers, where the file is no table or map file, a column is not there, no row has a
    position, or a position is outside Great Britain.
    """
    if _is_vector(path):
        table, position, notes = _vector(path)
    else:
        table, position, notes = council_tables.read(path, [*mapping.values(), *council_positions.KNOWN]), None, []
    found = {**_recognised(table, fields), **_named(path, table, mapping)}
    if position is None:
        read_from = council_positions.from_table(path.name, table, found)
        position, notes = read_from.points, [*notes, *read_from.notes]
        found |= read_from.mapping
    _check_in_britain(path.name, position)
    none = shapely.is_missing(position.to_numpy()) | shapely.is_empty(position.to_numpy())
    if none.all():
        raise DataProblem("No row of {file} has a position that can be read. Check which columns hold it.", file=path.name)
    if none.any():
        notes.append(
            ngettext(
                "{count} row of {file} has no position and is left out: row {rows}",
                "{count} rows of {file} have no position and are left out: rows {rows}",
                int(none.sum()), file=path.name, rows=rows_said(table.index[none]),
            )
        )  # fmt: skip
    values = {ours: table[found[ours]] if ours in found else "" for ours in fields}
    frame = gpd.GeoDataFrame(pd.DataFrame(values, index=table.index, dtype="str"), geometry=position, crs=frames.BRITISH_NATIONAL_GRID)
    return Places(frame[~none], tuple(notes), {ours: found[ours] for ours in (*POSITION, *fields) if ours in found})


def inside(places: Places, area: shapely.Geometry, name: str) -> Places:
    """Keep the places inside an area (metres), and note how many were not. Raises DataProblem where none is."""
    within = shapely.intersects(area, places.frame.geometry.to_numpy())
    if not within.any():
        raise DataProblem("No place of {file} lies inside the area. Choose the file of this area, or check its coordinates.", file=name)
    outside = int((~within).sum())
    said = ngettext(
        "{count} place of {file} lies outside the area and is left out", "{count} places of {file} lie outside the area and are left out",
        outside, file=name,
    )  # fmt: skip
    return Places(places.frame[within], (*places.notes, *([said] if outside else [])), places.mapping)


def rows_said(numbers: Sequence[int] | pd.Index[int]) -> str:
    """Say the first few row numbers."""
    said = ", ".join(str(number) for number in numbers[:MOST_ROWS_SAID])
    return said if len(numbers) <= MOST_ROWS_SAID else _("{rows} and others", rows=said)


def _checked(pairs: Sequence[tuple[str, str]], fields: Sequence[str]) -> dict[str, str]:
    known = (*POSITION, *fields)
    for ours, theirs in pairs:
        if ours not in known or not theirs:
            raise DataProblem(
                "“{part}” in the mapping is not understood: write {known}, each with = and the name of a column.",
                part=f"{ours}={theirs}", known=", ".join(known),
            )  # fmt: skip
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise DataProblem("The mapping names the same thing twice. Name each of {known} once.", known=", ".join(known))
    if ("x" in mapping) != ("y" in mapping):
        raise DataProblem("The mapping names only one of x and y. A position needs both.")
    return mapping


def _named(path: Path, table: pd.DataFrame, mapping: Mapping[str, str]) -> dict[str, str]:
    """Return the columns of the file that a mapping names, whatever their case."""
    by_name = {str(name).strip().casefold(): str(name) for name in reversed(table.columns)} | {
        str(name): str(name) for name in table.columns
    }
    for theirs in mapping.values():
        if theirs not in by_name and theirs.casefold() not in by_name:
            raise DataProblem(NO_COLUMN, file=path.name, column=theirs, columns=", ".join(map(str, table.columns)) or _("none"))
    return {ours: by_name.get(theirs, by_name.get(theirs.casefold(), "")) for ours, theirs in mapping.items()}


def _recognised(table: pd.DataFrame, fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    by_name = council_tables.by_plain_name(table.columns)
    return {ours: by_name[name] for ours, names in fields.items() for name in reversed(names) if name in by_name}


def _check_in_britain(file: str, position: gpd.GeoSeries) -> None:
    there = position[~(position.isna() | position.is_empty)]
    longitude, latitude = frames.points_in_degrees(there.x, there.y)
    outside = ~frames.inside_great_britain(longitude, latitude)
    if outside.any():
        raise DataProblem(
            "{file}, row {rows}: the position is outside Great Britain. Correct it, or empty it to leave the row out.",
            file=file, rows=rows_said(there.index[outside]),
        )  # fmt: skip


def _is_vector(path: Path) -> bool:
    """Say whether a file begins as a map file does, or is called one: what is wrong with it is then said by the gate."""
    if not path.is_file():
        raise DataProblem("{file} was not found. Check the folder and the spelling.", file=str(path))
    with path.open("rb") as file:
        start = file.read(16)
    binary = start.startswith((b"SQLite format 3\x00", b"\x00\x00\x27\x0a", b"fgb\x03fgb"))
    return binary or start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def _vector(path: Path) -> tuple[pd.DataFrame, gpd.GeoSeries, list[str]]:
    notes: list[str] = []
    try:
        frame = frames.read_vector(path)
    except DataProblem as problem:
        again = _geojson_in_metres(path)
        if again is None and problem.message == frames.NO_SHAPES:
            raise DataProblem("{file} holds no places. Save it again with the places in it.", file=path.name) from problem
        if again is None:
            raise
        frame = again
        notes.append(_("{file} is labelled as degrees but holds British National Grid metres, and is read as such", file=path.name))
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    points = frame.geometry.copy()
    other = ~points.isna() & ~points.is_empty & (points.geom_type != "Point")
    points[other] = points[other].representative_point()
    given = ~points.isna() & ~points.is_empty
    as_degrees = council_positions.from_pair(points[given].x, points[given].y)
    if given.any() and as_degrees.in_degrees.mean() > 0.5:
        notes.append(_("{file} is labelled as British National Grid metres but holds degrees, and is read as such", file=path.name))
        points[given] = gpd.points_from_xy(as_degrees.easting, as_degrees.northing, crs=frames.BRITISH_NATIONAL_GRID)
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    return table.astype("str").where(table.notna(), ""), gpd.GeoSeries(points, crs=frames.BRITISH_NATIONAL_GRID), notes


def _geojson_in_metres(path: Path) -> gpd.GeoDataFrame | None:
    """Read GeoJSON once more as metres, where its numbers are no degrees but are positions on the grid; None where they are not."""
    try:
        told = json.loads(path.read_bytes())
        x, y = zip(*(each["geometry"]["coordinates"][:2] for each in told["features"] if each["geometry"]), strict=True)
        on_grid = not council_positions.from_pair(pd.Series(x, dtype=float), pd.Series(y, dtype=float)).in_degrees.any()
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not on_grid or max(map(abs, x)) <= 180:
        return None
    told["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    with tempfile.TemporaryDirectory() as folder:
        labelled = Path(folder) / "labelled.geojson"
        labelled.write_text(json.dumps(told), "utf-8")
        return frames.read_vector(labelled)
