"""The answer of geocoding as it grows, a value a row: where each is, how that is known, and why it is not known of the others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import frames
from geo.find_places import Candidate
from geo.reasons import NOTHING_GIVEN, URGENCY

RESULT_COLUMNS = [
    "longitude", "latitude", "easting", "northing", "precision_m", "method", "matched", "confidence", "candidates", "reason", "feature",
]  # fmt: skip

Rows = NDArray[np.intp]


class Placed:
    """The answer as it grows: arrays of one value a row."""

    def __init__(self, rows: int) -> None:
        self.easting, self.northing, self.precision_m = (np.full(rows, np.nan) for _ in range(3))
        self.method = np.full(rows, "none", object)
        self.matched, self.feature = (np.full(rows, None, object) for _ in range(2))
        self.confidence = np.zeros(rows)
        self.open = np.ones(rows, bool)
        """Rows that have no place yet."""
        self.candidates: dict[int, tuple[Candidate, ...]] = {}
        self._degrees: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
        self._reason = np.full(rows, URGENCY[NOTHING_GIVEN], np.int8)

    def note(self, rows: Any, reason: str) -> None:
        """Remember why rows (a mask, or numbers) may have no place."""
        at = np.flatnonzero(rows) if np.asarray(rows).dtype == bool else np.asarray(rows, np.intp)
        self._reason[at] = np.minimum(self._reason[at], URGENCY[reason])

    def put_in_metres(self, rows: Any, easting: Any, northing: Any, *how: Any, **more: Any) -> None:
        """Say where rows are on the grid, and how that is known (as in `_put`)."""
        at = self._put(rows, *how, **more)
        self.easting[at], self.northing[at] = easting, northing

    def put_in_degrees(self, rows: Any, longitude: Any, latitude: Any, *how: Any, **more: Any) -> None:
        """Say where rows are in degrees, which are kept as they were given."""
        if self._degrees is None:
            self._degrees = np.full(len(self.open), np.nan), np.full(len(self.open), np.nan)
        at = self._put(rows, *how, **more)
        self._degrees[0][at], self._degrees[1][at] = longitude, latitude

    def _put(
        self, rows: NDArray[np.intp], method: str, precision_m: Any, confidence: Any = 1.0, matched: Any = None, feature: Any = None
    ) -> Any:
        # All rows at once need not be picked out.
        at = slice(None) if len(rows) == len(self.open) and np.array_equal(rows, np.arange(len(rows))) else rows
        self.method[at], self.precision_m[at], self.confidence[at] = method, precision_m, confidence
        self.matched[at], self.feature[at], self.open[at] = matched, feature, False
        return at

    def frame(self, index: pd.Index) -> pd.DataFrame:
        """Return the answer, every position in metres and in degrees."""
        if self._degrees is None:
            longitude, latitude = frames.points_in_degrees(self.easting, self.northing)
        else:
            longitude, latitude = self._degrees
            given, computed = ~np.isnan(longitude), np.isnan(longitude) & ~np.isnan(self.easting)
            self.easting[given], self.northing[given] = frames.points_in_metres(longitude[given], latitude[given])
            longitude[computed], latitude[computed] = frames.points_in_degrees(self.easting[computed], self.northing[computed])
        reason = np.array([*URGENCY], object)[self._reason]
        reason[~self.open] = None
        candidates = np.full(len(self.open), None, object)
        for row, some in self.candidates.items():
            candidates[row] = [dict(one) for one in some]
        arrays = {
            "longitude": longitude, "latitude": latitude, "easting": self.easting, "northing": self.northing,
            "precision_m": self.precision_m, "method": self.method, "matched": self.matched, "confidence": self.confidence,
            "candidates": candidates, "reason": reason, "feature": self.feature,
        }  # fmt: skip
        columns = {name: pd.Series(arrays[name], index, dtype=arrays[name].dtype, copy=False) for name in RESULT_COLUMNS}
        return pd.DataFrame(columns, index=index, copy=False)
