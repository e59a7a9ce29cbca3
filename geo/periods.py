"""Weeks, months and quarters: which one a moment lies in, when each begins, and what people call it.

A period is a whole number, so that periods can be counted, compared and stepped through: weeks run from Monday to Sunday as in
ISO 8601, months and quarters as in the calendar. Moments are the local time on the wall, without a zone, so a night out that
ends after the clock change stays in its own week. A missing moment is in no period.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from words import N_, DataProblem, _

Unit = Literal["week", "month", "quarter"]

UNIT_LABELS: dict[Unit, str] = {"week": N_("Weeks"), "month": N_("Months"), "quarter": N_("Quarters")}

PERIODS_IN_A_YEAR: dict[Unit, int] = {"week": 52, "month": 12, "quarter": 4}
"""How far back the same season is. 52 weeks are 364 days: the same days of the week, one or two dates away."""

MIN_SHARE_KNOWN = 0.85
"""The share of records that must know their period before they are counted by it: as many as must be placed before a map is
trusted (Ratcliffe 2004, International Journal of Geographical Information Science 18(1))."""

MONTHS_IN_A_QUARTER = 3
MONDAY_BEFORE_1970 = np.datetime64("1969-12-29", "D")
"""The first day of week 0, so that week, month and quarter 0 all hold 1 January 1970."""

TOO_ROUGH: dict[Unit, str] = {
    "week": N_("{rough:,} of {records:,} records do not say which week they happened in. Choose months or quarters."),
    "month": N_("{rough:,} of {records:,} records do not say which month they happened in. Choose quarters."),
    "quarter": N_(
        "{rough:,} of {records:,} records do not say which quarter they happened in, so nothing can be said of change over time. "
        "Ask those who sent them for the dates."
    ),
}


def number(moments: pd.Series, unit: Unit) -> pd.Series:
    """Return the number of the period that each moment lies in: Int64 on the same index, missing where there is no moment."""
    found = _number(moments.to_numpy("datetime64[us]"), unit)
    return pd.Series(found, index=moments.index, name=unit).astype("Int64").mask(moments.isna())


def first_day(numbers: pd.Series, unit: Unit) -> pd.Series:
    """Return the first day of each period, at midnight, on the same index; missing where there is no period."""
    began = pd.Series(_first_day(numbers.fillna(0).to_numpy(np.int64), unit), index=numbers.index, name="first_day")
    return began.astype("datetime64[us]").mask(numbers.isna())


def last_day(numbers: pd.Series, unit: Unit) -> pd.Series:
    """Return the last day of each period, at midnight, on the same index; missing where there is no period."""
    return (first_day(numbers + 1, unit) - pd.Timedelta(days=1)).rename("last_day")


def whole_periods(first: date, last: date, unit: Unit) -> range:
    """Return the numbers of the periods that lie wholly between two days, both included; none where the window holds none.

    Counts of a period that the window cuts off would look like a fall, so only whole ones are counted.
    """
    start, after = (np.array([day], "datetime64[us]") for day in (first, last))
    tomorrow = after + np.timedelta64(1, "D")
    began = int(_number(start, unit)[0])
    if _first_day(np.array([began]), unit)[0] < start[0]:
        began += 1
    return range(began, max(began, int(_number(tomorrow, unit)[0])))


def year_before(numbers: pd.Series, unit: Unit) -> pd.Series:
    """Return the period of the same season a year before each; for a week the one 52 weeks before, with the same weekdays."""
    return numbers - PERIODS_IN_A_YEAR[unit]


def is_known(occurred_from: pd.Series, occurred_to: pd.Series, unit: Unit) -> pd.Series:
    """Say for each record whether the whole time in which it may have happened lies in one period.

    A time runs up to its end and not over it: a record of 30 June, known to the day, ends at midnight and lies in June. A
    record without an end is a moment; one without a start is in no known period.
    """
    ends = occurred_to.fillna(occurred_from)
    ends = ends.where(ends <= occurred_from, ends - pd.Timedelta(microseconds=1))
    return (number(occurred_from, unit) == number(ends, unit)).fillna(value=False).astype(bool)


def check_fine_enough(occurred_from: pd.Series, occurred_to: pd.Series, unit: Unit) -> None:
    """Raise DataProblem where too many dated records do not know their period, as police.uk's, which have the month only."""
    dated = occurred_from.notna()
    rough = int((dated & ~is_known(occurred_from, occurred_to, unit)).sum())
    if rough > (1 - MIN_SHARE_KNOWN) * dated.sum():
        raise DataProblem(TOO_ROUGH[unit], rough=rough, records=int(dated.sum()))


def label(period: int, unit: Unit) -> str:
    """Say which period it is, in the current language: 3 to 9 June 2024, June 2024, April to June 2024."""
    first, after = (pd.Timestamp(day) for day in _first_day(np.array([period, period + 1]), unit))
    last = after - pd.Timedelta(days=1)
    if unit == "month":
        return f"{month_name(first.month)} {first.year}"
    if unit == "quarter":
        return _("{first} to {last}", first=month_name(first.month), last=f"{month_name(last.month)} {last.year}")
    said = f"{first.day}"
    if first.month != last.month:
        said += f" {month_name(first.month)}"
    if first.year != last.year:
        said += f" {first.year}"
    return _("{first} to {last}", first=said, last=f"{last.day} {month_name(last.month)} {last.year}")


def labels(numbers: pd.Series, unit: Unit) -> pd.Series:
    """Say which period each number is, in the current language, on the same index; missing where there is none."""
    return numbers.map({period: label(int(period), unit) for period in numbers.dropna().unique()}).astype("str").rename("label")


def _number(moments: np.ndarray, unit: Unit) -> np.ndarray:
    if unit == "week":
        return (moments.astype("datetime64[D]") - MONDAY_BEFORE_1970).astype(np.int64) // 7
    months = moments.astype("datetime64[M]").astype(np.int64)
    return months if unit == "month" else months // MONTHS_IN_A_QUARTER


def _first_day(numbers: np.ndarray, unit: Unit) -> np.ndarray:
    if unit == "week":
        return MONDAY_BEFORE_1970 + 7 * numbers.astype("timedelta64[D]")
    months = numbers if unit == "month" else MONTHS_IN_A_QUARTER * numbers
    return months.astype("datetime64[M]").astype("datetime64[D]")


def month_name(month: int) -> str:
    """Return a month's name in the current language."""
    return [
        _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August"), _("September"),
        _("October"), _("November"), _("December"),
    ][month - 1]  # fmt: skip
