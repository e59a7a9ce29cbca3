"""The rows of a CSV file too large to hold at once: some at a time, as text, and the number of the one that is wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from geo.sources import DAMAGED, ONLY_HEADINGS, Kind, Part
from words import N_, DataProblem

BLOCK_BYTES = 16_000_000
"""Some 300,000 postcodes at a time: twice as many take no less time, and more memory."""

LONGEST_ROW_BYTES = 1_000_000
"""No row of these files has a thousand characters. What seems longer is a quotation mark too many."""

EASTERNMOST_M, NORTHERNMOST_M = 800_000, 1_400_000
"""A square of 100 km more than the British National Grid has, for seas. Numbers beyond are of another grid, or damage."""

NOT_UTF8 = N_("{file} is not in UTF-8, as its publisher ships it. Download it again rather than saving it from a spreadsheet.")
ROW = N_("{file}, row {row}: this is no row of {kind}. Download the file again.")


def eastings(text: pl.Expr) -> pl.Expr:
    """Return metres east on the grid, missing where the text says no place on it."""
    return _metres(text, EASTERNMOST_M)


def northings(text: pl.Expr) -> pl.Expr:
    """Return metres north on the grid, missing where the text says no place on it."""
    return _metres(text, NORTHERNMOST_M)


def _metres(text: pl.Expr, most: int) -> pl.Expr:
    value = text.cast(pl.Float64, strict=False)
    return pl.when(value.is_between(0, most)).then(value)


@dataclass
class Rows:
    """The rows of one CSV file, as text, some at a time; `first_row` is the number of the first one of those under way."""

    part: Part
    kind: Kind
    width: int
    header: bool
    first_row: int = 1

    @property
    def columns(self) -> list[str]:
        """Return the columns' names here: their numbers, because most of these files come without."""
        return [str(number) for number in range(self.width)]

    def chunks(self) -> Iterator[pl.DataFrame]:
        """Give the rows as frames of text; DataProblem where the file breaks off, or a row has another number of columns."""
        self.first_row, skipped = 1, int(self.header)
        begins_at = self.first_row + skipped
        for lines in self._blocks():
            self.first_row += skipped
            try:
                chunk = pl.read_csv(
                    lines, has_header=False, skip_rows=skipped, schema=dict.fromkeys(self.columns, pl.String), infer_schema=False
                )
            except pl.exceptions.NoDataError:  # the headings alone
                break
            except pl.exceptions.PolarsError as error:
                self._explain(lines, skipped)
                raise DataProblem(DAMAGED, file=self.part.name) from error
            yield chunk
            self.first_row += chunk.height
            skipped = 0
        if self.first_row == begins_at:
            raise DataProblem(ONLY_HEADINGS, file=self.part.name)

    def checked(self, table: pl.DataFrame, *columns: str) -> pl.DataFrame:
        """Return a table made of the rows under way; DataProblem naming the first row of which not everything could be read."""
        odd = table.select(pl.any_horizontal(pl.col(columns or table.columns).is_null()).arg_true().first()).item()
        if odd is not None:
            raise DataProblem(ROW, file=self.part.name, row=self.first_row + odd, kind=self.kind.name)
        return table

    def _blocks(self) -> Iterator[bytes]:
        """Give whole rows, as many as come at a time. The last must have all its columns: that is where a cut file shows."""
        with self.part.opened() as stream:
            begun = stream.read(3).removeprefix(b"\xef\xbb\xbf")
            while block := stream.read(BLOCK_BYTES):
                lines = begun + block
                end = _end_of_rows(lines)
                lines, begun = lines[:end], lines[end:]
                if len(begun) > LONGEST_ROW_BYTES:
                    raise DataProblem(DAMAGED, file=self.part.name)
                if lines:
                    self._check_last(lines)
                    yield lines
            if begun.strip():
                self._check_last(begun)
                yield begun

    def _check_last(self, lines: bytes) -> None:
        last = lines.rstrip(b"\r\n").rpartition(b"\n")[2]
        if last.count(b'"') % 2:  # it began further up; whether it ends is seen when the rows are read
            return
        try:
            row = next(csv.reader([last.decode("utf-8", "replace")]), [])
        except csv.Error:
            row = []
        if len(row) < self.width:
            raise DataProblem(DAMAGED, file=self.part.name)

    def _explain(self, lines: bytes, skipped: int) -> None:
        """Raise DataProblem saying why rows cannot be read, where that can be said."""
        try:
            text = lines.decode("utf-8")
        except UnicodeDecodeError as error:
            raise DataProblem(NOT_UTF8, file=self.part.name) from error
        try:
            for number, row in enumerate(csv.reader(io.StringIO(text))):
                if number >= skipped and len(row) != self.width:
                    raise DataProblem(ROW, file=self.part.name, row=self.first_row + number - skipped, kind=self.kind.name)
        except csv.Error:
            return


def _end_of_rows(lines: bytes) -> int:
    """Return where the last whole row ends: a line end that is not inside quotation marks."""
    end = lines.rfind(b"\n") + 1
    open_quotes = lines.count(b'"', 0, end) % 2
    while end and open_quotes:
        earlier = lines.rfind(b"\n", 0, end - 1) + 1
        open_quotes ^= lines.count(b'"', earlier, end) % 2
        end = earlier
        if len(lines) - end > LONGEST_ROW_BYTES:  # one mark too many somewhere: say so when the rows are read
            return lines.rfind(b"\n") + 1
    return end
