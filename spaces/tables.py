"""Tables as people save them: any CSV or XLSX becomes columns of text, with the numbers that its rows have on screen."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl
import python_calamine
from numpy.typing import NDArray

from words import N_, DataProblem

ROWS_AT_ONCE = 50_000
"""Rows turned into columns at a time, so that a large file is never held as single cells."""


def read(path: Path, sheets: Collection[str | None] = ()) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    """Return every value as text (missing: null) under the names in the file's header, and the number of each row.

    Of a workbook, the first sheet whose name is among `sheets` is read, else the first. Raises DataProblem naming the file,
    and the row where there is one, for anything that is not a whole table.
    """
    if not path.is_file():
        raise DataProblem("{file} was not found. Check the folder and the spelling.", file=path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataProblem("{file} could not be read. Check that you may open it.", file=path) from error
    if not content.strip():
        raise DataProblem(EMPTY, file=path.name)
    rows = _workbook_rows(path, sheets) if content.startswith(b"PK\x03\x04") else _csv_rows(path.name, content)
    return _table(path.name, rows)


EMPTY = N_("{file} is empty. Save the file again from where it came from.")


def _table(file: str, rows: Iterator[list[str]]) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    """Gather rows under their header, the first row that holds anything. Rows that hold nothing are no records."""
    header_at, header = next(((number, row) for number, row in enumerate(rows, 1) if any(row) and "".join(row).strip()), (0, []))
    names = [name.strip() for name in header]
    named = [name for name in names if name]
    if len(named) < 2:
        raise DataProblem("{file} is not a table: its first line has no columns. Save it as CSV or XLSX.", file=file)
    twice = [name for name in named if named.count(name) > 1]
    if twice:
        raise DataProblem("{file} has two columns named “{column}”. Rename one of them.", file=file, column=twice[0])
    parts: list[pl.DataFrame] = []
    numbers: list[int] = []
    next_number = header_at + 1
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        numbered: Iterable[int] = range(next_number, next_number + len(batch))
        next_number += len(batch)
        if set(map(len, batch)) != {len(names)}:
            numbered = [number for number, row in zip(numbered, batch, strict=True) if any(row)]
            batch = [row for row in batch if any(row)]
            ragged = next((number for number, row in zip(numbered, batch, strict=True) if len(row) != len(names)), None)
            if ragged:
                raise DataProblem(
                    "{file}, row {row}: it has another number of columns than the header. Save the file again as CSV.",
                    file=file, row=ragged,
                )  # fmt: skip
        columns = zip(names, zip(*batch, strict=True), strict=False)
        parts.append(pl.DataFrame({name: cells for name, cells in columns if name}, schema=dict.fromkeys(named, pl.String)))
        numbers += numbered
    table = pl.concat([pl.DataFrame(schema=dict.fromkeys(named, pl.String)), *parts]).with_columns(pl.all().str.strip_chars())
    table = table.with_columns(pl.when(pl.all() != "").then(pl.all()))
    filled = table.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    if not filled.any():
        raise DataProblem("{file} has a header but no rows. Save the file again from where it came from.", file=file)
    return table.filter(filled), np.array(numbers)[filled.to_numpy()]


def _csv_rows(file: str, content: bytes) -> Iterator[list[str]]:
    text = _decoded(file, content)
    first_line = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t|", key=first_line.count)

    def rows() -> Iterator[list[str]]:
        return csv.reader(io.StringIO(text, newline=None), delimiter=delimiter, strict=True)

    try:
        yield from rows()
    except csv.Error as error:
        raise DataProblem(
            "{file}, row {row}: a quotation mark is left open or out of place, or a value is too long to be one. "
            "Mend the row and save the file again as CSV.",
            file=file, row=1 + _how_many(rows()),
        ) from error  # fmt: skip


def _how_many(rows: Iterator[list[str]]) -> int:
    """Count the rows before the one that cannot be read."""
    readable = 0
    with suppress(csv.Error):
        for _row in rows:
            readable += 1
    return readable


def _decoded(file: str, content: bytes) -> str:
    """Return the text of a CSV file: UTF-8 with or without a mark, UTF-16 with one, else Windows-1252."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "cp1252"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise DataProblem("{file} is not a table of text. Save it as CSV or XLSX.", file=file)


def _workbook_rows(path: Path, sheets: Collection[str | None]) -> Iterator[list[str]]:
    """Give the rows of the sheet that a profile names, else of the first; numbered as the spreadsheet shows them."""
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(path)
        name = next((name for name in workbook.sheet_names if name in sheets), workbook.sheet_names[0])
        rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError, IndexError) as error:
        raise DataProblem(
            "{file} could not be opened as a spreadsheet: it may be damaged. Save it again as XLSX.", file=path.name
        ) from error
    if not rows:
        raise DataProblem(EMPTY, file=path.name)
    return ([_cell_text(cell) for cell in row] for row in rows)


def _cell_text(value: object) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
