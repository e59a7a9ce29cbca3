"""When in the day harm was recorded."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LONGEST_KNOWN_SPAN = pd.Timedelta(hours=12)
"""A record whose time is only known to within more than half a day says nothing about the hour."""

BUSIEST_SPAN_HOURS = 4
"""The length of the stretch named in words: an evening, a school run, a lunch hour with its edges."""

BUSIEST_SHARE = 0.5
"""The share of records with a known hour that a stretch must hold before "mostly" is said."""

MIN_TO_SAY = 5
"""Records with a known hour under which no hour is named: too few to say."""


def hour_known(occurred_from: pd.Series, occurred_to: pd.Series) -> pd.Series:
    """Say for each record whether its hour is known closely enough to count by hour."""
    return occurred_from.notna() & ((occurred_to.fillna(occurred_from) - occurred_from).abs() <= LONGEST_KNOWN_SPAN)


def hour_of_midpoint(occurred_from: pd.Series, occurred_to: pd.Series) -> pd.Series:
    """Return the hour (0-23) in the middle of each record's time window, missing where the hour is not known."""
    middle = occurred_from + (occurred_to.fillna(occurred_from) - occurred_from) / 2
    return middle.dt.hour.where(hour_known(occurred_from, occurred_to)).astype("Int64")


def by_hour(hours: pd.Series) -> NDArray[np.int64]:
    """Return 24 counts of records by hour; missing hours are left out."""
    return np.bincount(hours.dropna().astype(int), minlength=24)


def busiest_span(hours: pd.Series) -> tuple[int, int] | None:
    """Return the hours (from, up to) of the busiest stretch, None where records are too few or spread over the day."""
    counts = by_hour(hours)
    if counts.sum() < MIN_TO_SAY:
        return None
    round_the_clock = np.concatenate([counts, counts[: BUSIEST_SPAN_HOURS - 1]])
    in_span = np.convolve(round_the_clock, np.ones(BUSIEST_SPAN_HOURS, int), mode="valid")
    start = int(in_span.argmax())
    return (start, (start + BUSIEST_SPAN_HOURS) % 24) if in_span[start] >= BUSIEST_SHARE * counts.sum() else None


def within_hours(hours: pd.Series, first_hour: int, before_hour: int) -> pd.Series:
    """Say which hours lie in a stretch of the day that may run past midnight; a missing hour does not."""
    late, early = hours >= first_hour, hours < before_hour
    inside = late & early if first_hour <= before_hour else late | early
    return inside.fillna(value=False).astype(bool)
