"""What rows say in the same words is read once: the different wordings, each with the rows that have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from geo import typed_postcodes
from geo.placed import Placed, Rows


@dataclass(eq=False)
class Wording:
    """What several rows say in the same words: of the place and for a postcode."""

    text: str
    typed: str | None
    rows: Rows
    mentioned: typed_postcodes.Mentioned | None = None

    def mentions(self) -> typed_postcodes.Mentioned:
        if self.mentioned is None:
            self.mentioned = typed_postcodes.in_text(self.text)
        return self.mentioned


def different(rows: NDArray[np.bool_], text: pl.Series, typed: pl.Series) -> list[Wording]:
    """Return the different wordings of some rows, each with its rows."""
    table = pl.DataFrame({"text": text, "typed": typed}).with_row_index("row").filter(pl.Series(rows) & pl.col("text").is_not_null())
    together = table.group_by("text", "typed", maintain_order=True).agg("row")
    return [Wording(text, typed, np.array(rows, np.intp)) for text, typed, rows in together.rows()]


def still_open(wordings: Sequence[Wording], result: Placed) -> list[Wording]:
    """Return the wordings with those of their rows that have no place yet: after this, all rows of one fare alike."""
    left = [replace(one, rows=one.rows[result.open[one.rows]]) for one in wordings]
    return [one for one in left if len(one.rows)]
