"""Tables out, for people to open: a text that a spreadsheet would run as a formula is made a plain text first.

What partners and young people wrote comes out as they wrote it. A place called “=HYPERLINK(…)” would otherwise be a link, or
worse, on the desk of whoever opens the download.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import polars as pl
import polars.selectors as cs
import xlsxwriter

from words import N_, DataProblem

FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"
"""How a text begins that some spreadsheet takes for a formula (OWASP, “CSV injection”), full-width signs included."""

MOST_ROWS = 1_048_575
"""The rows of an XLSX sheet, less its header."""

LONGEST_CELL = 32_767
"""The characters that an XLSX cell holds."""

TOO_MANY_ROWS = N_("The table has more rows than a spreadsheet holds. Take it as CSV.")


def as_csv(frame: pl.DataFrame | pd.DataFrame) -> bytes:
    """Return a table as CSV in UTF-8, with the mark by which Excel knows it; moments in ISO 8601, missing values empty."""
    return _neutral(frame).write_csv(include_bom=True, datetime_format="%Y-%m-%dT%H:%M:%S", quote_style="non_numeric").encode()


def as_xlsx(frame: pl.DataFrame | pd.DataFrame, path: Path) -> None:
    """Write a table as an XLSX file of one sheet, row by row, so that memory does not grow with its length.

    Texts are cut to what a cell holds. Raises DataProblem for more rows than a sheet has.
    """
    table = _neutral(frame)
    if table.height > MOST_ROWS:
        raise DataProblem(TOO_MANY_ROWS)
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "tmpdir": str(path.parent),
    }  # fmt: skip
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet()
        forms = {date: book.add_format({"num_format": "yyyy-mm-dd"}), datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})}
        for column, name in enumerate(table.columns):
            sheet.write_string(0, column, name[:LONGEST_CELL])
        for number, row in enumerate(table.iter_rows(), 1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, column, value[:LONGEST_CELL])
                elif value is not None:
                    sheet.write(number, column, value, forms.get(type(value)))


def _neutral(frame: pl.DataFrame | pd.DataFrame) -> pl.DataFrame:
    """Return a table in which no text and no column's name is a formula, and no number is endless."""
    table = frame if isinstance(frame, pl.DataFrame) else pl.from_pandas(frame)
    plain = table.with_columns(cs.categorical().cast(pl.String), cs.float().replace([float("inf"), -float("inf"), float("nan")], None))
    harmless = plain.with_columns(
        pl.when(cs.string().str.contains(FORMULA)).then(pl.lit("'") + cs.string()).otherwise(cs.string()).name.keep()
    )
    return harmless.rename({name: f"'{name}" for name in table.columns if re.match(FORMULA, name)})
