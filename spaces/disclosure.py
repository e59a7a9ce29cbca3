"""What may leave: the columns an answer may hold for a reader, applied once, at the door of `briefing`."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from spaces import access

ALWAYS_WITHHELD = ("child_ref", "uprn", "incident_id", "sex", "location_text")
"""Enough to find a child again. No reader gets them, whatever the role."""


def disclosed(frame: pd.DataFrame, reader: access.Reader, *, columns: Iterable[str]) -> pd.DataFrame:
    """Return the columns of a table of counts that this reader may see.

    Raises DataProblem where the reader may not see exact counts, and ValueError where our own code asks for a column
    that no reader may have, or has one as the index.
    """
    access.check_see_counts(reader)
    columns = list(columns)
    withheld = [column for column in (*columns, *frame.index.names) if column in ALWAYS_WITHHELD]
    if withheld:
        raise ValueError(f"no reader may have {withheld}; leave them out of the answer")
    return frame[columns]
