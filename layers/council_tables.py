"""A council's CSV as people save it: with a title above the headings, another separator, a byte-order mark, or Windows's letters."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pandas as pd

from words import DataProblem

MOST_TITLES = 20
"""Lines that people put above the headings, with the file's name, its date, and groups of columns."""

_HEAD = 100_000


def plain_name(name: object) -> str:
    """Return a column's name as it is compared: small letters and single spaces."""
    return re.sub(r"[\W_]+", " ", str(name)).strip().casefold()


def by_plain_name(names: Iterable[object]) -> dict[str, str]:
    """Return each column by its name as it is compared; of two that are the same, the first."""
    told = [str(name) for name in names]
    return {plain_name(name): name for name in reversed(told)}


def read(path: Path, known: Collection[str]) -> pd.DataFrame:
    """Return a CSV file as text (not recorded: empty), indexed by the number of each row in the file, without empty rows.

    The headings are the first line with more than one that is `known`, else the first line with more than one cell filled: lines
    above are titles, or name groups of columns.

    Raises DataProblem naming the file, and the row where there is one, where it is no whole table.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataProblem("{file} could not be opened. Check its name, and that you may read it.", file=path.name) from error
    if not content.strip(b"\xef\xbb\xbf \t\r\n,;"):
        raise DataProblem("{file} is empty. Save the file again from where it came from.", file=path.name)
    text = _decoded(path.name, content)
    delimiter = max(",;\t|", key=partial(_width, text[:_HEAD]))
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise DataProblem(
            "{file}, row {row}: a quotation mark is left open or out of place. Mend the row and save the file again as CSV.",
            file=path.name, row=len(rows) + 1,
        ) from error  # fmt: skip
    header_at = _header_at(path.name, rows, {plain_name(name) for name in known})
    names = [name.strip() for name in rows[header_at]]
    twice = [name for name, times in Counter(filter(None, names)).items() if times > 1]
    if twice:
        raise DataProblem("{file} has two columns named “{column}”. Rename one of them.", file=path.name, column=twice[0])
    numbered = [(number, row) for number, row in enumerate(rows[header_at + 1 :], header_at + 2) if any(map(str.strip, row))]
    ragged = next((number for number, row in numbered if len(row) != len(names)), None)
    if ragged:
        raise DataProblem(
            "{file}, row {row}: it has another number of columns than the headings. Save the file again as CSV.", file=path.name, row=ragged
        )
    if not numbered:
        raise DataProblem("{file} has headings but no rows. Save the file again from where it came from.", file=path.name)
    kept = [at for at, name in enumerate(names) if name]
    columns = {names[at]: [row[at].strip() for _number, row in numbered] for at in kept}
    return pd.DataFrame(columns, index=pd.Index([number for number, _row in numbered]), dtype="str")


def _header_at(file: str, rows: list[list[str]], known: set[str]) -> int:
    several = [at for at, row in enumerate(rows[:MOST_TITLES]) if sum(bool(cell.strip()) for cell in row) > 1]
    if not several:
        raise DataProblem("{file} is not a table: it has no columns. Save it as CSV with the columns' names in the first line.", file=file)
    return next((at for at in several if sum(plain_name(cell) in known for cell in rows[at]) > 1), several[0])


def _width(head: str, delimiter: str) -> int:
    """Return the most columns that a separator makes of the first lines."""
    widths = [0]
    with suppress(csv.Error):
        for row, _line in zip(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), range(MOST_TITLES), strict=False):
            widths.append(len(row))
    return max(widths)


def _decoded(file: str, content: bytes) -> str:
    """Return the text: UTF-16 with a mark, else UTF-8, else Windows-1252."""
    for encoding in ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252"):
        with suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            if "\0" not in text:
                return text
    raise DataProblem("{file} is not a table of text. Save it as CSV.", file=file)
