"""How recorded harm behaves in this area: whether it clusters, and whether one period foretells the next. For the method page only.

It calibrates what the map says and is no guide to where harm will be: nothing here names a place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from briefing import hotspots, review
from briefing.workspace import Workspace
from geo import cells, cube, evaluate, frames, near_repeat, periods
from spaces import repeat_harm
from spaces.access import Reader
from words import DataProblem

Table = TypeVar("Table")

WITHIN_M = (100.0, 250.0, 500.0)
WITHIN_DAYS = (7.0, 14.0, 28.0)
"""Near and soon: a place and its surroundings, and a week, two and four, between two meetings."""

AREA_SHARE = 0.05
"""Of the area, what a period is asked to foretell the next by: as much as a team can be present in."""

HISTORY_QUARTERS = 1
BANDWIDTH_M = 500.0
"""Of the smoothed surface that counts are compared with: a quarter of an hour on foot across."""


@dataclass(frozen=True)
class Evidence:
    """Tables of the page, each None where there is too little to say, with the sentence that says so."""

    knox: pd.DataFrame | None
    knox_left_out: int
    concentration: evaluate.Concentration | None
    foretold: pd.DataFrame | None
    why_not: dict[str, str]


def evidence(workspace: Workspace, reader: Reader) -> Evidence:
    """Work out how all that is recorded of children in the area behaves in space and time."""
    available = review.choices(workspace)
    found = review.counted(workspace, reader, review.Question(available.first_day, available.last_day))
    records = repeat_harm.one_row_per_incident(found.records)
    known = records[(records["occurred_to"].fillna(records["occurred_from"]) - records["occurred_from"]) <= repeat_harm.WHOLE_DAY]
    why_not: dict[str, str] = {}
    return Evidence(
        knox=_or_why("knox", why_not, lambda: _knox(known)),
        knox_left_out=len(records) - len(known),
        concentration=_or_why("concentration", why_not, lambda: evaluate.concentration(found.answer.cells["incidents"], rng=_chance())),
        foretold=_or_why("foretold", why_not, lambda: _foretold(found)),
        why_not=why_not,
    )


def _chance() -> np.random.Generator:
    return np.random.default_rng(hotspots.SEED)


def _or_why(name: str, why_not: dict[str, str], work: Callable[[], Table]) -> Table | None:
    """Return what can be worked out, or note the sentence that says why it cannot."""
    try:
        return work()
    except DataProblem as problem:
        why_not[name] = str(problem)
        return None


def _knox(known: pd.DataFrame) -> pd.DataFrame:
    tested = near_repeat.knox(
        known["easting"], known["northing"], known["occurred_from"].dt.normalize(), distance_limits_m=WITHIN_M,
        time_limits_days=WITHIN_DAYS, rng=_chance(),
    )  # fmt: skip
    return tested.within_limits()


def _foretold(found: review.Counted) -> pd.DataFrame:
    """Return for each way of choosing a twentieth of the area from one quarter the mean share of the next quarter's incidents in it."""
    records = repeat_harm.one_row_per_incident(found.records)
    dated = records[records["occurred_from"].notna()]
    quarters = periods.whole_periods(dated["occurred_from"].min().date(), dated["occurred_from"].max().date(), "quarter")
    among, at = cells.from_text(found.answer.cells.index), cells.from_text(found.answer.cell_of[dated.index])
    counted = cube.by_period(cube.count(at, periods.number(dated["occurred_from"], "quarter")), among, quarters)
    by_cell = counted.set_axis(found.answer.cells.index)
    near = cells.neighbours(among)
    middles = frames.in_metres(found.answer.cells.geometry).centroid
    tested = evaluate.back_test(
        by_cell, lambda earlier: _with_neighbours(earlier, near), easting=middles.x, northing=middles.y,
        area_share=AREA_SHARE, history_periods=HISTORY_QUARTERS, bandwidth_m=BANDWIDTH_M, rng=_chance(),
    )  # fmt: skip
    return tested.by_period.groupby("method", sort=False)[["hit_rate", "pai"]].mean()


def _with_neighbours(earlier: pd.DataFrame, near: csr_array) -> pd.Series:
    """Return how full each cell and its neighbours were, which is what a hotspot is called by."""
    return pd.Series(near @ earlier.sum(axis="columns").to_numpy(float), index=earlier.index)
