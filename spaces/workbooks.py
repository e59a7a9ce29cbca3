"""Spreadsheets as columns of text: XLSX (with macros or links, which are left alone) and ODS, as they look on screen.

Only cells are read, and of a formula the value that was last worked out: nothing is run, and nothing that is linked is fetched.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time
from functools import reduce
from xml.parsers import expat

import python_calamine

from spaces import archives
from words import DataProblem

MOST_CELLS = 50_000_000
"""A sheet is held whole, from its first cell to its last filled one. One stray cell in Excel's last corner makes that 17 billion,
and the reader then ends the whole program; a sheet with a million rows of forty columns still opens."""

_EXCEL_TAG = re.compile(rb"<(?:\w+:)?(c|row)\b([^<>]*)>")
_PLACED = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\br=["']([A-Z]+)(\d+)["'](?:[^<>]*[^/<>])?>""")
"""A cell that holds something, by its column's letters and its row; one that is only formatted closes itself."""

_NOT_PLACED = re.compile(rb"""<(?:\w+:)?c(?:\s+(?!r=)[\w:]+=["'][^"'<>]*["'])*\s*>""")
"""A cell that does not say where it is: it stands after the one before it."""

_ROW_NUMBER = re.compile(rb"""\br=["'](\d+)["']""")
_ODS_TAG = re.compile(rb"<(/?)(?:\w+:)?(table-row|table-cell|covered-table-cell|table)(?=[\s/>])([^<>]*)>")
_ROWS_REPEATED = re.compile(rb"""number-rows-repeated=["'](\d{1,9})""")
_COLUMNS_REPEATED = re.compile(rb"""number-columns-repeated=["'](\d{1,9})""")

DAMAGE = (python_calamine.CalamineError, *archives.DAMAGE)


def is_workbook(names: Iterable[str]) -> bool:
    """Say whether a zip with these parts is a workbook."""
    return not {"[Content_Types].xml", "xl/workbook.xml", "content.xml"}.isdisjoint(names)


def rows(file: str, content: bytes, sheets: Collection[str | None]) -> Iterator[list[str]]:
    """Give the rows of the first sheet whose name is among `sheets`, else of the first; numbered as the spreadsheet shows them."""
    for part, inside in archives.unpacked(file, content):
        if part.filename == "content.xml" and not _is_well_formed(inside):
            raise DataProblem("{file} could not be opened as a spreadsheet: it may be damaged. Save it again as XLSX.", file=file)
        extent = _extent_in_ods(inside) if part.filename == "content.xml" else _extent_in_xlsx(inside)
        if extent > MOST_CELLS:
            raise DataProblem(
                "{file} has something written far below or beside its table. Delete what is there and save the file again.", file=file
            )
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        name = next((name for name in workbook.sheet_names if name in sheets), workbook.sheet_names[0])
        found = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except DAMAGE as error:
        raise DataProblem("{file} could not be opened as a spreadsheet: it may be damaged. Save it again as XLSX.", file=file) from error
    return ([_cell_text(cell) for cell in row] for row in found)


def _is_well_formed(part: bytes) -> bool:
    """Say whether a part is XML at all: with one that breaks off, the reader of ODS files may never come to an end."""
    try:
        expat.ParserCreate().Parse(part, True)
    except (expat.ExpatError, LookupError, ValueError):  # broken off, or in an encoding that nobody knows
        return False
    return True


def _extent_in_xlsx(part: bytes) -> int:
    """Return how many cells lie between a sheet's first and its last filled one; nought for a part that is no sheet."""
    if _NOT_PLACED.search(part):
        return _extent_by_counting(part)
    columns, last_row = {b""}, 0
    for cell in _PLACED.finditer(part):
        columns.add(cell[1])
        last_row = max(last_row, int(cell[2]))
    return last_row * max(map(_column_number, columns))


def _extent_by_counting(part: bytes) -> int:
    """Do the same where cells do not say where they are."""
    row, column, last_row, last_column = 0, 0, 0, 0
    for tag in _EXCEL_TAG.finditer(part):
        if tag[1] == b"row":
            given = _ROW_NUMBER.search(tag[2])
            row, column = int(given[1]) if given else row + 1, 0
            continue
        placed = re.search(rb"""\br=["']([A-Z]+)(\d+)""", tag[2])
        column = _column_number(placed[1]) if placed else column + 1
        row = int(placed[2]) if placed else row
        if not tag[2].endswith(b"/"):
            last_row, last_column = max(last_row, row), max(last_column, column)
    return last_row * last_column


def _extent_in_ods(part: bytes) -> int:
    """Return the largest extent of an ODS file's sheets: it writes a thousand equal rows as one that is repeated."""
    largest = row = column = repeated = last_row = last_column = filled = 0
    for tag in _ODS_TAG.finditer(part):
        closing, name, told = tag.groups()
        if closing:
            continue
        if name == b"table":
            row = last_row = last_column = 0
        elif name == b"table-row":
            given = _ROWS_REPEATED.search(told)
            repeated = int(given[1]) if given else 1
            row, column, filled = row + repeated, 0, 0
        else:
            given = _COLUMNS_REPEATED.search(told)
            column += int(given[1]) if given else 1
            if not told.endswith(b"/") or b"value" in told:
                filled = column
                last_row, last_column = row, max(last_column, filled)
        largest = max(largest, last_row * last_column)
    return largest


def _column_number(letters: bytes) -> int:
    """Return 1 for a spreadsheet's column A, 27 for AA."""
    return reduce(lambda number, letter: 26 * number + letter - ord("A") + 1, letters, 0)


def _cell_text(value: object) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
