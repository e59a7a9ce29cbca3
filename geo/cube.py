"""Counts of incidents by cell, period and category: the one table that hotspots, trends and back-tests are read from.

A row of the table is a cell in a period in a category; what is not there is nought. An incident that is known to an extent comes in as
several rows whose weights sum to one; a category may be the kind of harm, the agency, or nothing.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo import cells

ALL = "all"
"""The one category where none is asked for."""


def count(
    cell: ArrayLike, period: pd.Series, *, category: pd.Series | None = None, weight: pd.Series | None = None,
    incident: pd.Series | None = None, day: pd.Series | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Count rows by `cell, period, category` (the index): `incidents` by weight, `distinct` incidents and `days`.

    Shapes: one value a row, series on one index. `cell` are H3 numbers, 0 for nowhere; `period` comes from `periods.number`. A row without
    a cell or a period is left out. `distinct` counts each `incident` once (each row, where none is given or it is missing); `days` counts
    different `day`s and is missing where none is known.
    """
    rows = pd.DataFrame(
        {
            "cell": np.asarray(cell, np.uint64),
            "period": period.array,
            "category": ALL if category is None else category.array,
            "weight": 1.0 if weight is None else weight.to_numpy(float),
            "incident": np.arange(len(period)) if incident is None else incident.array,
            "day": pd.NaT if day is None else day.array,
        }
    )
    rows = rows[(rows["cell"] != 0) & rows["period"].notna()].astype({"period": "int64"})
    by = rows.groupby(["cell", "period", "category"], observed=True, dropna=False, sort=True)
    unnumbered = rows["incident"].isna().groupby([rows["cell"], rows["period"], rows["category"]], observed=True, dropna=False).sum()
    days = by["day"].nunique().astype("Int64")
    return pd.DataFrame({"incidents": by["weight"].sum(), "distinct": by["incident"].nunique() + unnumbered, "days": days.mask(days == 0)})


def by_period(counted: pd.DataFrame, among: cells.Cells, periods: range) -> pd.DataFrame:
    """Return incidents as cells × periods, all categories together: every cell of the sorted `among` and every period, noughts too."""
    table = counted["incidents"].groupby(level=["cell", "period"]).sum()
    row = cells.positions(table.index.get_level_values("cell").to_numpy(np.uint64), among)
    column = table.index.get_level_values("period").to_numpy(np.int64) - periods.start
    inside = (row >= 0) & (column >= 0) & (column < len(periods))
    dense: NDArray[np.float64] = np.zeros((len(among), len(periods)))
    np.add.at(dense, (row[inside], column[inside]), table.to_numpy(float)[inside])
    return pd.DataFrame(dense, index=among, columns=pd.Index(periods, name="period"))
