"""How the places of a review have been changing, quarter by quarter: new, there all along, or over."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from briefing import hotspots
from geo import cells, cube, detection, periods, trends
from spaces import repeat_harm
from words import _

UNIT: periods.Unit = "quarter"
"""The shortest stretch that a partnership's records fill: by the month most places have none or one."""

WORLDS = 199
"""Of chance, for each quarter: here only which cells of a known hotspot were high, and not where any is."""

QUARTER_DAYS, YEAR_DAYS = 91, 364
"""The stretch between two quarterly reviews, and a year: whole weeks, so that stretches that are compared have as many weekends."""

HIGH = 0.05
"""How seldom chance gives this very cell as much in a quarter. Of hotspots that are called already, so no more is asked of it."""


def classes(records: pd.DataFrame, answer: hotspots.Answer, baselines: hotspots.Baselines) -> pd.Series:
    """Return the emerging class of each cell (`trends.CLASSES`) by its text, empty where quarters are too few or too thin to tell.

    `records` are those of the answer that were counted, with their times. A quarter counts as high in a cell whose Gi* chance gives it
    one time in twenty; a cell that is in no hotspot has a class too, which is not to be shown.
    """
    incidents = repeat_harm.one_row_per_incident(records)
    began = incidents["occurred_from"].dropna()
    quarters = periods.whole_periods(began.min().date(), began.max().date(), UNIT) if len(began) else range(0)
    among = cells.from_text(answer.cells.index)
    near = cells.neighbours(among)
    thin = detection.choose(len(began) / max(1, len(quarters)), len(among), near) != "gi"
    if not trends.has_enough_periods(len(quarters)) or thin:
        return pd.Series(dtype=object)
    exposed = hotspots.exposures_of(answer.compared_with, baselines, among, answer.resolution)[0]
    at = cells.from_text(answer.cell_of[began.index])
    counts = cube.by_period(cube.count(at, periods.number(began, UNIT)), among, quarters)
    high, strength = {}, {}
    for quarter in quarters:
        found = detection.find(
            counts[quarter], [near, near], np.random.default_rng(hotspots.SEED), exposure=exposed, method="gi", replicates=WORLDS
        ).cells  # fmt: skip
        high[quarter], strength[quarter] = (found["p"] <= HIGH) & (found["z"] > 0), found["z"]
    named = trends.emerging(pd.DataFrame(high), pd.DataFrame(strength))
    return pd.Series(named.to_numpy(), index=answer.cells.index, dtype=object)


def against_last_year(began: pd.Series, question_first_day: date, last_day: date) -> str:
    """Say how the last quarter of some incidents compares with the same days a year before; empty where those are not asked about."""
    since = pd.Timestamp(last_day) - pd.Timedelta(days=QUARTER_DAYS - 1)
    a_year_before = since - pd.Timedelta(days=YEAR_DAYS)
    if a_year_before < pd.Timestamp(question_first_day):
        return ""
    now = int((began >= since).sum())
    before = int(((began >= a_year_before) & (began < a_year_before + pd.Timedelta(days=QUARTER_DAYS))).sum())
    found = trends.change(pd.Series([now]), pd.Series([before]), days=QUARTER_DAYS, days_before=QUARTER_DAYS).iloc[0]
    return _(
        "Against the same three months a year before: {change} ({now} against {before}).",
        change=_(trends.CHANGE_LABELS[found["change"]]), now=now, before=before,
    )  # fmt: skip


def label(name: object) -> str:
    """Return what a class is called on the screen, untranslated; empty for none."""
    return trends.CLASS_LABELS[UNIT][name] if isinstance(name, str) and name != trends.NONE else ""
