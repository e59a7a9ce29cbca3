"""When in the day and the week harm was recorded, and on what kind of day.

Times are what the clock on the wall showed, without a zone. How *long* a stretch lasted is told by the real clock: on the day in
March when clocks go forward there is no hour from 01:00, and on the day in October when they go back that hour lasts two.
A time runs up to its end and not over it, so a record known to the day ends at the next midnight.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from words import N_, DataProblem

LONGEST_KNOWN_SPAN = pd.Timedelta(hours=12)
"""A record whose time is only known to within more than half a day says nothing about the hour."""

LONGEST_SPAN_OF_KNOWN_DAY = pd.Timedelta(days=1)
"""A record whose time is only known to within more than a day says nothing about the day of the week."""

LOCAL_ZONE = "Europe/London"
"""Where the clocks are changed as on the walls that records were read from: the whole United Kingdom."""

LONGEST_HOLIDAY_DAYS = 63
"""A gap between terms longer than nine weeks, the longest summer of state schools (Northern Ireland's), is a year whose terms were
not given, and not a holiday."""

BUSIEST_SPAN_HOURS = 4
"""The length of the stretch named in words: an evening, a school run, a lunch hour with its edges."""

BUSIEST_SHARE = 0.5
"""The share of records with a known hour that a stretch must hold before "mostly" is said."""

MIN_TO_SAY = 5
"""Records with a known hour under which no hour is named: too few to say."""

WEIGHT_DECIMALS = 9
"""Weights that differ by less are equal: thirds of records do not add up exactly, and no record is split this finely."""

SCHOOL_DAY, TERM_WEEKEND, HOLIDAY = "school_day", "term_weekend", "holiday"

KIND_OF_DAY_LABELS = {SCHOOL_DAY: N_("school days"), TERM_WEEKEND: N_("weekends in term"), HOLIDAY: N_("school holidays")}

TERM_DATE_MISSING = N_("Term dates, row {row}: a date is missing. Give the first and the last day of each term.")
TERM_BACKWARDS = N_("Term dates, row {row}: the last day is before the first. Swap the two dates.")

_HOUR, _DAY = (int(pd.Timedelta(text) / pd.Timedelta("1us")) for text in ("1h", "1D"))
_THURSDAY = 3
"""The weekday of 1 January 1970, from which days are counted; Monday is 0."""

Changes = tuple[NDArray[np.int64], NDArray[np.int64]]


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
    return busiest_span_by_weight(by_hour(hours))


def busiest_span_by_weight(weights: ArrayLike) -> tuple[int, int] | None:
    """Return the busiest stretch as `busiest_span` does, from 24 weights or counts that sum to the records they are of.

    Of stretches equally busy the one that begins earliest in the day is named.
    """
    by_hour = np.asarray(weights, float)
    known = by_hour.sum().round(WEIGHT_DECIMALS)
    if known < MIN_TO_SAY:
        return None
    round_the_clock = np.concatenate([by_hour, by_hour[: BUSIEST_SPAN_HOURS - 1]])
    in_span = np.convolve(round_the_clock, np.ones(BUSIEST_SPAN_HOURS), mode="valid").round(WEIGHT_DECIMALS)
    start = int(in_span.argmax())
    return (start, (start + BUSIEST_SPAN_HOURS) % 24) if in_span[start] >= BUSIEST_SHARE * known else None


def within_hours(hours: pd.Series, first_hour: int, before_hour: int) -> pd.Series:
    """Say which hours lie in a stretch of the day that may run past midnight; a missing hour does not."""
    late, early = hours >= first_hour, hours < before_hour
    inside = late & early if first_hour <= before_hour else late | early
    return inside.fillna(value=False).astype(bool)


def by_hour_of_week(
    occurred_from: pd.Series, occurred_to: pd.Series, *, longest: pd.Timedelta = LONGEST_KNOWN_SPAN, zone: str = LOCAL_ZONE
) -> pd.DataFrame:
    """Spread each record over the hours of the week in which it may have happened: 7 weekdays (0 Monday) × 24 hours of weights.

    A record adds one in all: a moment to its hour, a window to each hour by its share of the window (aoristic weights: Ratcliffe
    2002, Journal of Quantitative Criminology 18(1)). A record without a start, or whose window is longer on the wall clock than
    `longest`, says nothing of the hour and is left out, so the weights sum to the records that count (`hour_known`). Ends in the
    wrong order are read in the right one. A share is of the real time in which the clock on the wall showed a time in the window:
    an hour that comes twice in October counts twice, whichever time round was meant. A time in the hour that clocks skip in
    March was read from a clock not yet put forward, and is taken to be an hour later.
    """
    hour, weight = _spread(occurred_from, occurred_to, step=_HOUR, longest=longest, zone=zone)
    of_week = (hour // 24 + _THURSDAY) % 7 * 24 + hour % 24
    weights = np.bincount(of_week, weight, minlength=7 * 24).reshape(7, 24)
    return pd.DataFrame(weights, index=pd.RangeIndex(7, name="weekday"), columns=pd.RangeIndex(24, name="hour"))


def weight_by_hour(occurred_from: pd.Series, occurred_to: pd.Series) -> NDArray[np.float64]:
    """Return the weight of records in each of the 24 hours of the day, each spread over the hours in which it may have been."""
    weights: NDArray[np.float64] = by_hour_of_week(occurred_from, occurred_to).sum().to_numpy(float)
    return weights


def by_weekday(
    occurred_from: pd.Series, occurred_to: pd.Series, *, longest: pd.Timedelta = LONGEST_SPAN_OF_KNOWN_DAY, zone: str = LOCAL_ZONE
) -> pd.Series:
    """Spread each record over the days of the week as `by_hour_of_week` does over its hours: 7 weights, 0 being Monday.

    The day may be known where the hour is not, so this counts more records.
    """
    day, weight = _spread(occurred_from, occurred_to, step=_DAY, longest=longest, zone=zone)
    weights = np.bincount((day + _THURSDAY) % 7, weight, minlength=7)
    return pd.Series(weights, index=pd.RangeIndex(7, name="weekday"), name="weight")


def kind_of_day(occurred_from: pd.Series, occurred_to: pd.Series, terms: pd.DataFrame) -> pd.Series:
    """Say of each record whether it was on a school day, a weekend in term or in the holidays: KIND_OF_DAY_LABELS has the words.

    `terms` has a row per term or half term with `first_day` and `last_day`, both in term; a half-term holiday or a bank holiday is
    a gap between rows. A day before the first row, after the last, or in a gap longer than LONGEST_HOLIDAY_DAYS is not covered.
    Missing where the day is not covered, not known, or may be of several kinds. Raises DataProblem for a row that is no term.
    """
    began, ended = _window(occurred_from, occurred_to)
    known = occurred_from.notna().to_numpy()
    kinds = pd.Series(index=occurred_from.index, name="kind_of_day", dtype="str")
    if not known.any():
        _terms(terms)
        return kinds
    first, last = began[known] // _DAY, np.maximum(ended[known] - 1, began[known]) // _DAY
    days = np.arange(first.min(), last.max() + 1)
    kind = _kind_of_each(days, terms)
    changes = np.cumsum(np.append(False, kind[1:] != kind[:-1]))
    first, last = first - days[0], last - days[0]
    kinds[known] = np.where((changes[first] == changes[last]) & (kind[first] != ""), kind[first], None)
    return kinds


def days_of_each_kind(first_day: date, last_day: date, terms: pd.DataFrame, *, zone: str = LOCAL_ZONE) -> pd.DataFrame:
    """Count the days from one to another, both included, by kind: `days, hours, share_of_days` per kind, so that rates can be told.

    Days that `terms` does not cover are left out, as their records are. Hours are by the real clock: the day clocks go forward
    has 23. Shares are of the days covered, and missing where none is.
    """
    days = np.arange(np.datetime64(first_day, "D").astype(np.int64), np.datetime64(last_day, "D").astype(np.int64) + 1)
    kind = _kind_of_each(days, terms)
    starts, ends = days * _DAY, (days + 1) * _DAY
    changes = _clock_changes(starts, ends, zone)
    hours = (_elapsed(ends, changes) - _elapsed(starts, changes)) / _HOUR
    found = pd.DataFrame({"days": 1, "hours": hours, "kind": kind}).groupby("kind").sum().reindex(list(KIND_OF_DAY_LABELS), fill_value=0)
    return found.assign(share_of_days=found["days"] / found["days"].sum())


def _window(occurred_from: pd.Series, occurred_to: pd.Series) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the two ends of each record's time in microseconds of wall clock since 1970, the earlier first."""
    one = occurred_from.to_numpy("datetime64[us]").astype(np.int64)
    other = occurred_to.fillna(occurred_from).to_numpy("datetime64[us]").astype(np.int64)
    return np.minimum(one, other), np.maximum(one, other)


def _spread(
    occurred_from: pd.Series, occurred_to: pd.Series, *, step: int, longest: pd.Timedelta, zone: str
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Split each record's time where hours or days meet: for each piece its hour or day since 1970, and its share of the record."""
    began, ended = _window(occurred_from, occurred_to)
    at = np.flatnonzero(occurred_from.notna().to_numpy() & (ended - began <= longest // pd.Timedelta("1us")))
    changes = _clock_changes(began[at], ended[at], zone)
    began, ended = _read_skipped(began[at], changes), _read_skipped(ended[at], changes)
    first = began // step
    pieces = ended // step - first + 1
    record = np.repeat(np.arange(len(at)), pieces)
    piece = first[record] + np.arange(len(record)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    starts, ends = np.maximum(began[record], piece * step), np.minimum(ended[record], (piece + 1) * step)
    length = _elapsed(ends, changes) - _elapsed(starts, changes)
    lasted = np.bincount(record, length, minlength=len(at))[record]
    # A moment lasts nothing, and a time read later (`_read_skipped`) may come after its end in the same hour: all of it is there.
    return piece, np.divide(length, lasted, out=np.ones(len(record)), where=lasted > 0)


def _elapsed(wall: NDArray[np.int64], changes: Changes) -> NDArray[np.float64]:
    """Return for how long clocks have shown earlier times than each, since a common beginning, in microseconds of real time.

    It stands still in a skipped hour, and grows twice as fast as the wall clock in one that comes twice.
    """
    hours, gained = changes
    if not len(hours):
        return wall.astype(float)
    after = np.cumsum(gained)
    edges = np.column_stack([hours, hours + _HOUR]).ravel()
    return wall + np.interp(wall, edges, np.column_stack([after - gained, after]).ravel())


def _read_skipped(wall: NDArray[np.int64], changes: Changes) -> NDArray[np.int64]:
    """Return the times with those in a skipped hour, which no right clock showed, an hour later."""
    hours, gained = changes
    return wall + np.where(np.isin(wall // _HOUR * _HOUR, hours[gained < 0]), _HOUR, 0)


def _clock_changes(began: NDArray[np.int64], ended: NDArray[np.int64], zone: str) -> Changes:
    """Return the wall-clock hours that clocks skip or show twice in the time spanned, and how much longer than an hour each lasts."""
    if not len(began):
        return began, ended
    midnights = np.arange(began.min() // _DAY, ended.max() // _DAY + 2).astype("datetime64[D]").astype("datetime64[us]")
    changed = midnights[:-1][np.diff(_since_1970(midnights, zone)) != _DAY].astype(np.int64)
    hours = (changed[:, None] + _HOUR * np.arange(24)).ravel()
    first, second = (_since_1970(hours.astype("datetime64[us]"), zone, summer=summer) for summer in (True, False))
    skipped = np.isnan(first)
    twice = ~skipped & (second > first)
    return hours[skipped | twice], np.where(skipped, -_HOUR, _HOUR)[skipped | twice]


def _since_1970(wall: NDArray[np.datetime64], zone: str, *, summer: bool = True) -> NDArray[np.float64]:
    """Return the real time since 1970 at each wall-clock time in microseconds, NaN where there is none; of two, the one in summer time."""
    local = pd.DatetimeIndex(wall).tz_localize(zone, ambiguous=np.full(len(wall), summer), nonexistent="NaT")
    real = local.tz_convert(None).to_numpy("datetime64[us]")
    return np.where(np.isnat(real), np.nan, real.astype(np.int64))


def _terms(terms: pd.DataFrame) -> pd.DataFrame:
    """Return the terms as days since 1970, in order, each ending no earlier than those before it."""
    for message, wrong in (
        (TERM_DATE_MISSING, terms[["first_day", "last_day"]].isna().any(axis="columns")),
        (TERM_BACKWARDS, terms["last_day"] < terms["first_day"]),
    ):
        if wrong.any():
            raise DataProblem(message, row=int(wrong.to_numpy().argmax()) + 1)
    days = {name: terms[name].to_numpy("datetime64[D]").astype(np.int64) for name in ("first_day", "last_day")}
    ordered = pd.DataFrame(days).sort_values("first_day", ignore_index=True)
    return ordered.assign(last_day=ordered["last_day"].cummax())


def _kind_of_each(days: NDArray[np.int64], terms: pd.DataFrame) -> NDArray[np.str_]:
    """Return the kind of each day since 1970, empty where the terms do not cover it."""
    ordered = _terms(terms)
    first, last = ordered["first_day"].to_numpy(), ordered["last_day"].to_numpy()
    if not len(first):
        return np.full(len(days), "")
    at = np.searchsorted(first, days, side="right") - 1
    next_first = np.append(first[1:], np.iinfo(np.int32).max)
    began = at >= 0
    in_term = began & (days <= last[at])
    holiday = began & ~in_term & (next_first[at] - last[at] - 1 <= LONGEST_HOLIDAY_DAYS)
    weekend = (days + _THURSDAY) % 7 >= 5
    return np.select([in_term & ~weekend, in_term, holiday], [SCHOOL_DAY, TERM_WEEKEND, HOLIDAY], "")
