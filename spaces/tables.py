"""Tables as people save them: any CSV or XLSX becomes columns of text, with the numbers that its rows have on screen."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, time
from functools import partial, reduce
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl
import python_calamine
from numpy.typing import NDArray

from words import N_, DataProblem

ROWS_AT_ONCE = 50_000
"""Rows turned into columns at a time, so that a large file is never held as single cells."""

LONGEST_HEADER = 100_000
"""How much of a text is looked at to find what parts its columns; below the longest value that the CSV reader allows."""

MOST_CELLS = 50_000_000
"""A sheet is held whole, from its first cell to its last filled one. One stray cell in Excel's last corner makes that 17 billion,
and the reader then ends the whole program; a sheet with a million rows of forty columns still opens."""

FILLED_CELL = re.compile(rb'<c [^<>]*?\br="([A-Z]+)(\d+)"(?:[^<>]*[^/<>])?>')
"""A cell of a sheet that holds something, by its column's letters and its row; one that is only formatted closes itself."""


DAMAGE = (python_calamine.CalamineError, zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, IndexError)
"""What the readers of workbooks raise for one that is damaged, locked, or no workbook at all."""


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
    if content.startswith(b"PK\x03\x04"):
        return _gathered(path.name, _workbook_rows(path.name, content, sheets))
    text = _decoded(path.name, content)
    delimiter = max(",;\t|", key=partial(_how_often_it_parts, text.lstrip()[:LONGEST_HEADER]))
    table = _plain(text, delimiter)
    if table is None:
        return _gathered(path.name, _csv_rows(path.name, text, delimiter))
    names = _names(path.name, table.row(0))
    columns = {name: column for name, column in zip(names, table[1:], strict=True) if name}
    return _filled(path.name, pl.DataFrame(columns), np.arange(2, table.height + 1))


EMPTY = N_("{file} is empty. Save the file again from where it came from.")


def _plain(text: str, delimiter: str) -> pl.DataFrame | None:
    """Return a CSV text as columns, its header the first row, in a quarter of the time that reading it row by row takes.

    None where it must be read row by row: it has quotation marks, or a line that is blank, too long or of another width.
    """
    first_line = text.partition("\n")[0]
    lines = text.count("\n") + (not text.endswith("\n"))
    if '"' in text or "\n\n" in text or not first_line.strip() or text.count(delimiter) != first_line.count(delimiter) * lines:
        return None
    try:
        table = pl.read_csv(text.encode(), separator=delimiter, has_header=False, infer_schema=False, quote_char=None)
    except pl.exceptions.PolarsError:
        return None
    longest = table.select(pl.max_horizontal(pl.all().str.len_chars().max())).item()
    return table if table.height == lines and (longest or 0) < csv.field_size_limit() else None


def _gathered(file: str, rows: Iterator[list[str]]) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    """Gather rows under their header, the first row that holds anything."""
    header_at, header = next(((number, row) for number, row in enumerate(rows, 1) if _holds_anything(row)), (0, []))
    names = _names(file, header)
    schema = {name: pl.String for name in names if name}
    parts: list[pl.DataFrame] = []
    numbers: list[int] = []
    next_number = header_at + 1
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        numbered: Iterable[int] = range(next_number, next_number + len(batch))
        next_number += len(batch)
        if set(map(len, batch)) != {len(names)}:
            numbered = [number for number, row in zip(numbered, batch, strict=True) if _holds_anything(row)]
            batch = [row for row in batch if _holds_anything(row)]
            ragged = next((number for number, row in zip(numbered, batch, strict=True) if len(row) != len(names)), None)
            if ragged:
                raise DataProblem(
                    "{file}, row {row}: it has another number of columns than the header. Save the file again as CSV.",
                    file=file, row=ragged,
                )  # fmt: skip
        columns = zip(names, zip(*batch, strict=True), strict=False)
        parts.append(pl.DataFrame({name: cells for name, cells in columns if name}, schema=schema))
        numbers += numbered
    return _filled(file, pl.concat([pl.DataFrame(schema=schema), *parts]), np.array(numbers, np.int64))


def _names(file: str, header: Iterable[str | None]) -> list[str]:
    """Return the names in a header, empty for a column that has none and is left out."""
    names = [(name or "").strip() for name in header]
    named = [name for name in names if name]
    if len(named) < 2:
        raise DataProblem("{file} is not a table: its first line has no columns. Save it as CSV or XLSX.", file=file)
    most, times = Counter(named).most_common(1)[0]
    if times > 1:
        raise DataProblem("{file} has two columns named “{column}”. Rename one of them.", file=file, column=most)
    return names


def _filled(file: str, table: pl.DataFrame, numbers: NDArray[np.int64]) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    """Return the rows that hold anything, without space around a value: the others are no records."""
    table = table.with_columns(pl.all().str.strip_chars())
    table = table.with_columns(pl.when(pl.all() != "").then(pl.all()))
    filled = table.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    if not filled.any():
        raise DataProblem("{file} has a header but no rows. Save the file again from where it came from.", file=file)
    return table.filter(filled), numbers[filled.to_numpy()]


def _holds_anything(row: list[str]) -> bool:
    return any(map(str.strip, row))


def _csv_rows(file: str, text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from _parted(text, delimiter)
    except csv.Error as error:
        raise DataProblem(
            "{file}, row {row}: a quotation mark is left open or out of place, or a value is too long to be one. "
            "Mend the row and save the file again as CSV.",
            file=file, row=1 + _how_many(_parted(text, delimiter)),
        ) from error  # fmt: skip


def _parted(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)


def _how_often_it_parts(head: str, mark: str) -> tuple[int, int]:
    """Count where a mark parts the first row, quotation marks heeded; where that cannot be read, how often it is there."""
    with suppress(csv.Error):
        return len(next(_parted(head, mark), [])) - 1, 0
    return 0, head.partition("\n")[0].count(mark)


def _how_many(rows: Iterator[list[str]]) -> int:
    """Count the rows before the one that cannot be read."""
    readable = 0
    with suppress(csv.Error):
        for _row in rows:
            readable += 1
    return readable


def _decoded(file: str, content: bytes) -> str:
    """Return the text of a CSV file with plain line ends: UTF-8 with or without a mark, UTF-16 with one, else Windows-1252."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "cp1252"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise DataProblem("{file} is not a table of text. Save it as CSV or XLSX.", file=file)


def _workbook_rows(file: str, content: bytes, sheets: Collection[str | None]) -> Iterator[list[str]]:
    """Give the rows of the sheet that a profile names, else of the first; numbered as the spreadsheet shows them."""
    try:
        _check_extent(file, content)
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        name = next((name for name in workbook.sheet_names if name in sheets), workbook.sheet_names[0])
        rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except DAMAGE as error:
        raise DataProblem("{file} could not be opened as a spreadsheet: it may be damaged. Save it again as XLSX.", file=file) from error
    if not rows:
        raise DataProblem(EMPTY, file=file)
    return ([_cell_text(cell) for cell in row] for row in rows)


def _check_extent(file: str, content: bytes) -> None:
    """Refuse a workbook with a cell so far out that its sheet is too large to hold."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for part in book.namelist():
            if part.startswith("xl/worksheets/"):
                columns, last_row = {b""}, 0
                for cell in FILLED_CELL.finditer(book.read(part)):
                    columns.add(cell[1])
                    last_row = max(last_row, int(cell[2]))
                if last_row * max(map(_column_number, columns)) > MOST_CELLS:
                    raise DataProblem(
                        "{file} has something written far below or beside its table. Delete what is there and save the file again.",
                        file=file,
                    )


def _column_number(letters: bytes) -> int:
    """Return 1 for a spreadsheet's column A, 27 for AA."""
    return reduce(lambda number, letter: 26 * number + letter - ord("A") + 1, letters, 0)


def _cell_text(value: object) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
