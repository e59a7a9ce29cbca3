"""Tables as people save them: CSV, XLSX, ODS, Parquet or a zipped CSV become columns of text, with the numbers that their rows have.

What a file is, is told by what is in it and never by its name.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spaces import archives, parquet, workbooks
from words import N_, DataProblem

ROWS_AT_ONCE = 50_000
"""Rows turned into columns at a time, so that a large file is never held as single cells."""

LONGEST_TITLE = 20
"""Lines that people put above a table, with its name, its date and who made it."""

LONGEST_HEADER = 100_000
"""How much of a text is looked at to find what parts its columns; below the longest value that the CSV reader allows."""

LONGEST_VALUE = csv.field_size_limit()
"""131,072 characters, which is four times what a spreadsheet's cell holds: longer is a quotation mark left open, or an attack."""


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
    if content.startswith(b"PK"):
        if workbooks.is_workbook(archives.names(path.name, content)):
            return _gathered(path.name, workbooks.rows(path.name, content, sheets))
        content = archives.only_file(path.name, content)
    if content.startswith(b"PAR1"):
        return _of_columns(path.name, *parquet.read(path.name, content))
    text = _decoded(path.name, content)
    delimiter = max(",;\t|", key=partial(_how_often_it_parts, text.lstrip()[:LONGEST_HEADER]))
    table = _plain(text, delimiter)
    if table is None or not _may_be_header(table.row(0)):
        return _gathered(path.name, _csv_rows(path.name, text, delimiter))
    return _of_columns(path.name, table.row(0), table[1:].get_columns())


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


def _of_columns(file: str, header: Iterable[str | None], columns: Iterable[pl.Series]) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    table = pl.DataFrame({name: column for name, column in zip(_names(file, header), columns, strict=True) if name})
    return _filled(file, table, np.arange(2, table.height + 2))


def _gathered(file: str, rows: Iterator[list[str]]) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    """Gather rows under their header: the first row that holds anything, or the first of columns below the lines of a title."""
    filled = ((number, row) for number, row in enumerate(rows, 1) if _holds_anything(row))
    header_at, header = next(filled, (0, None))
    if header is None:
        raise DataProblem(EMPTY, file=file)
    while not _may_be_header(header) and header_at < LONGEST_TITLE:
        header_at, header = next(filled, (LONGEST_TITLE, header))
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
        raise DataProblem(
            "{file} is not a table: its first line has no columns. Save it with the columns' names in the first line, on the first sheet.",
            file=file,
        )  # fmt: skip
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
    for column in table:
        unfit = ((column.str.len_chars() > LONGEST_VALUE) | column.str.contains("\0", literal=True)).fill_null(value=False)
        if unfit.any():
            raise DataProblem(
                "{file}, row {row}, column “{column}”: it is too long to be one value, or is not text. Mend the row and save it again.",
                file=file, row=numbers[unfit.arg_max()], column=column.name,
            )  # fmt: skip
    return table.filter(filled), numbers[filled.to_numpy()]


def _may_be_header(row: Iterable[str | None]) -> bool:
    """Say whether a row names more than one column: a title above a table is one cell."""
    return sum(bool(cell and cell.strip()) for cell in row) > 1


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
    """Return the text of a CSV file with plain line ends: UTF-16 with a mark, else UTF-8, and Windows-1252 wherever it is not."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    with suppress(UnicodeDecodeError):
        text = content.decode("utf-16") if marked else content.decode("utf-8-sig", "as_windows_1252")
        if "\x00" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise DataProblem("{file} is not a table of text. Save it as CSV or XLSX.", file=file)


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are no UTF-8: two partners' files that were put one after the other are seldom written alike."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252"), error.end


codecs.register_error("as_windows_1252", _as_windows_1252)
