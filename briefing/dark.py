"""How much of what was recorded at a place happened in the dark, beside how much of all time is dark: a prompt to go and look."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import shapely

from geo import frames, rhythm
from layers import daylight
from words import _, ngettext

PIECES = 48
"""Into how many pieces a time window is cut to see how much of it is dark: a quarter of an hour each at the longest, half a day."""

Z_95 = 1.959964
"""Standard deviations of a normal curve that hold 95 % of it."""


@dataclass(frozen=True)
class InTheDark:
    """How much of a place's harm was in the dark. Shares are from 0 to 1, missing (NaN) where no incident has a known hour.

    `in_dark` counts an incident with a time window by the share of the window that is dark, and so need not be whole. `low` and
    `high` are the ends of the 95 % interval of `share`; `of_all_hours` is the share of all hours of the period that are dark.
    """

    known: int
    in_dark: float
    share: float
    low: float
    high: float
    of_all_hours: float

    @property
    def enough(self) -> bool:
        """Say whether there are enough incidents with a known hour to say anything."""
        return self.known >= rhythm.MIN_TO_SAY

    @property
    def sentence(self) -> str:
        """Say it, with whether it is more or less than the hours alone would give; or that there is too little to say.

        Show it only where it is also said that the evidence on lighting is mixed, and that this is a prompt to go and look.
        """
        if not self.enough:
            return _("In the dark: too few incidents with a known hour to say.")
        percent = {name: round(100 * value) for name, value in self._shares().items()}
        counted = ngettext("{count} incident with a known hour", "{count} incidents with a known hour", self.known)
        said = _(
            "In the dark: {share} % of {incidents} ({low} % to {high} % allowing for chance); {hours} % of all hours of the period are.",
            incidents=counted, **percent,
        )  # fmt: skip
        return f"{said} {self._compared()}"

    def _shares(self) -> dict[str, float]:
        return {"share": self.share, "low": self.low, "high": self.high, "hours": self.of_all_hours}

    def _compared(self) -> str:
        if self.low > self.of_all_hours:
            return _("More than the hours alone would give.")
        if self.high < self.of_all_hours:
            return _("Less than the hours alone would give.")
        return _("No clear difference from what the hours alone would give.")


def in_the_dark(incidents: pd.DataFrame, place: shapely.Geometry, first_day: date, last_day: date) -> InTheDark:
    """Measure how much of some incidents (`occurred_from`, `occurred_to` by the clock on the wall) was in the dark at a place in metres.

    Only those whose time is known to within half a day count, as everywhere that hours are told (`rhythm.hour_known`). Twilight is
    not dark, neither of an incident nor of all hours. The sun is that of the middle of the place.
    """
    middle = shapely.centroid(place)
    (longitude,), (latitude,) = frames.points_in_degrees([shapely.get_x(middle)], [shapely.get_y(middle)])
    dark = dark_share(incidents["occurred_from"], incidents["occurred_to"], longitude, latitude).dropna()
    known, in_dark = len(dark), float(dark.sum())
    low, high = wilson(in_dark, known)
    return InTheDark(
        known=known,
        in_dark=in_dark,
        share=in_dark / known if known else math.nan,
        low=low,
        high=high,
        of_all_hours=daylight.dark_hours_share(first_day, last_day, longitude, latitude),
    )


def dark_share(occurred_from: pd.Series, occurred_to: pd.Series, longitude: float, latitude: float) -> pd.Series:
    """Return for each record how much of its time window was dark, from 0 to 1, NaN where its hour is not known.

    A moment is 0 or 1. A window counts by the share of its real time (as in `geo.rhythm`, aoristic weights: Ratcliffe 2002), read
    at the middle of each of PIECES pieces. Ends in the wrong order are read in the right one.
    """
    known = rhythm.hour_known(occurred_from, occurred_to)
    began = daylight.utc_of(occurred_from[known]).to_numpy("datetime64[us]")
    ended = daylight.utc_of(occurred_to.fillna(occurred_from)[known]).to_numpy("datetime64[us]")
    middles = (np.arange(PIECES) + 0.5) / PIECES
    length = (ended - began).astype(np.int64)
    moments = began[:, None] + (length[:, None] * middles).astype("timedelta64[us]")
    dark = pd.Series(np.nan, index=occurred_from.index, name="dark")
    dark[known] = daylight.is_dark(moments, longitude, latitude).mean(axis=1)
    return dark


def wilson(count: float, of: int, *, z: float = Z_95) -> tuple[float, float]:
    """Return the Wilson score interval of a share (Wilson 1927, Journal of the American Statistical Association 22), NaN of nothing.

    The count may hold parts of incidents. Parts vary less than whole ones with the same mean, so the interval is then wider than it
    need be for chance; what it leaves out is that harm may not be spread evenly over a window.
    """
    if not of:
        return math.nan, math.nan
    share = count / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)
