"""Weeks, months and quarters are the calendar's; what a record does not know it is not counted by."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import words
from geo import periods
from words import DataProblem

UNITS = ("week", "month", "quarter")


def _times(*texts):
    return pd.Series(pd.to_datetime(pd.Series(texts, dtype="str"), format="ISO8601"), dtype="datetime64[us]")


moments = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001  wall-clock time has no zone
units = st.sampled_from(UNITS)


def _key(moment, unit):
    """Return what the standard library calls the week, month or quarter of a moment."""
    if unit == "week":
        return tuple(moment.isocalendar())[:2]
    return moment.year, moment.month if unit == "month" else (moment.month + 2) // 3


@given(moments, moments, units)
@settings(max_examples=200)
def test_two_moments_share_a_period_where_the_calendar_says_so(one, other, unit):
    numbers = periods.number(pd.Series([one, other], dtype="datetime64[us]"), unit)
    assert (numbers[0] == numbers[1]) == (_key(one, unit) == _key(other, unit))
    assert (numbers[0] < numbers[1]) == (_key(one, unit) < _key(other, unit))


@given(moments, units)
@settings(max_examples=200)
def test_a_moment_lies_between_the_first_and_the_last_day_of_its_period(moment, unit):
    numbers = periods.number(pd.Series([moment], dtype="datetime64[us]"), unit)
    first, last = periods.first_day(numbers, unit)[0], periods.last_day(numbers, unit)[0]
    assert first <= moment < last + timedelta(days=1)
    assert _key(first, unit) == _key(last, unit) == _key(moment, unit)
    assert _key(first - timedelta(days=1), unit) != _key(first, unit)
    assert (periods.number(pd.Series([last + timedelta(days=1)]), unit) == numbers + 1).all()


def test_missing_stays_missing_and_the_index_is_kept():
    given_times = _times("2024-06-03 20:15", None).set_axis(["a", "b"])
    before = given_times.copy()
    numbers = periods.number(given_times, "week")
    assert numbers.dtype == "Int64"
    assert numbers.isna().tolist() == [False, True]
    for made in (periods.first_day(numbers, "week"), periods.last_day(numbers, "week"), periods.labels(numbers, "week")):
        assert made.index.tolist() == ["a", "b"]
        assert made.isna().tolist() == [False, True]
    assert periods.labels(numbers, "week")["a"] == "3 to 9 June 2024"
    pd.testing.assert_series_equal(given_times, before)


@pytest.mark.parametrize("unit", UNITS)
def test_no_moments_are_in_no_periods(unit):
    numbers = periods.number(_times(), unit)
    assert numbers.empty
    assert periods.first_day(numbers, unit).empty
    assert periods.labels(numbers, unit).empty


@pytest.mark.parametrize(
    ("day", "unit", "said"),
    [
        ("2024-06-05", "week", "3 to 9 June 2024"),
        ("2024-06-09 23:59:59", "week", "3 to 9 June 2024"),
        ("2024-06-10", "week", "10 to 16 June 2024"),
        ("2024-05-30", "week", "27 May to 2 June 2024"),
        ("2025-01-01", "week", "30 December 2024 to 5 January 2025"),
        ("2024-06-05", "month", "June 2024"),
        ("2024-06-30 23:59", "quarter", "April to June 2024"),
        ("2024-12-31", "quarter", "October to December 2024"),
        ("1969-12-31", "month", "December 1969"),
    ],
)
def test_a_period_is_called_what_people_call_it(day, unit, said):
    assert periods.label(int(periods.number(_times(day), unit)[0]), unit) == said


def test_a_period_is_said_in_the_language_of_whoever_reads_it(tmp_path, monkeypatch):
    (tmp_path / "cy.po").write_text('msgid ""\nmsgstr ""\n"Language: cy\\n"\n\nmsgid "June"\nmsgstr "Mehefin"\n', "utf-8")
    monkeypatch.setattr(words, "_file", lambda language: tmp_path / f"{language}.po")
    words._catalogue.cache_clear()
    with words.speaking("cy"):
        assert periods.label(periods.PERIODS_IN_A_YEAR["month"] * (2024 - 1970) + 5, "month") == "Mehefin 2024"
    words._catalogue.cache_clear()


@pytest.mark.parametrize(
    ("first", "last", "unit", "whole"),
    [
        (date(2024, 6, 3), date(2024, 6, 9), "week", 1),
        (date(2024, 6, 4), date(2024, 6, 16), "week", 1),
        (date(2024, 6, 4), date(2024, 6, 15), "week", 0),
        (date(2024, 1, 1), date(2024, 12, 31), "week", 52),
        (date(2024, 1, 1), date(2024, 12, 31), "month", 12),
        (date(2024, 1, 1), date(2024, 12, 30), "month", 11),
        (date(2024, 1, 2), date(2024, 12, 31), "month", 11),
        (date(2024, 1, 2), date(2024, 1, 30), "month", 0),
        (date(2024, 2, 1), date(2024, 12, 31), "quarter", 3),
        (date(2024, 6, 9), date(2024, 6, 3), "week", 0),
    ],
)
def test_only_whole_periods_are_counted(first, last, unit, whole):
    assert len(periods.whole_periods(first, last, unit)) == whole


@given(st.dates(date(1960, 1, 1), date(2060, 1, 1)), st.integers(0, 800), units)
@settings(max_examples=100)
def test_the_whole_periods_of_a_window_are_those_that_lie_in_it(first, length, unit):
    last = first + timedelta(days=length)
    found = periods.whole_periods(first, last, unit)
    numbers = pd.Series(np.arange(found.start - 2, found.stop + 2), dtype="Int64")
    begins, ends = periods.first_day(numbers, unit), periods.last_day(numbers, unit)
    inside = (begins >= pd.Timestamp(first)) & (ends <= pd.Timestamp(last))
    assert numbers[inside].tolist() == list(found)


@pytest.mark.parametrize(("unit", "before"), [("week", "5 to 11 June 2023"), ("month", "June 2023"), ("quarter", "April to June 2023")])
def test_the_same_season_is_a_year_before(unit, before):
    numbers = periods.number(_times("2024-06-05"), unit)
    assert periods.labels(periods.year_before(numbers, unit), unit)[0] == before


KNOWN = {
    ("2024-06-05 20:00", None): (True, True, True),
    ("2024-06-30 00:00", "2024-07-01 00:00"): (True, True, True),
    ("2024-06-29 22:00", "2024-07-01 08:00"): (False, False, False),
    ("2024-06-08 22:00", "2024-06-10 08:00"): (False, True, True),
    ("2024-06-01 00:00", "2024-07-01 00:00"): (False, True, True),
    ("2024-04-01 00:00", "2024-07-01 00:00"): (False, False, True),
    (None, "2024-06-05 20:00"): (False, False, False),
    (None, None): (False, False, False),
    ("2024-06-05 20:00", "2024-06-05 19:00"): (True, True, True),
}


@pytest.mark.parametrize("span", KNOWN)
def test_a_record_knows_its_period_where_all_its_time_lies_in_one(span):
    assert tuple(periods.is_known(_times(span[0]), _times(span[1]), unit)[0] for unit in UNITS) == KNOWN[span]


def test_weeks_are_refused_where_records_have_the_month_only():
    began = _times(*[f"2024-{month:02d}-01" for month in range(1, 13)])
    ended = began + pd.offsets.MonthBegin(1)
    with pytest.raises(DataProblem) as refused:
        periods.check_fine_enough(began, ended, "week")
    assert str(refused.value) == "12 of 12 records do not say which week they happened in. Choose months or quarters."
    periods.check_fine_enough(began, ended, "month")
    periods.check_fine_enough(began, ended, "quarter")


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_has_words_for_being_too_fine(unit):
    began, ended = _times("2024-01-01", "2024-06-05"), _times("2025-01-01", "2024-06-05")
    with pytest.raises(DataProblem, match=f"1 of 2 records do not say which {unit}"):
        periods.check_fine_enough(began, ended, unit)


def test_a_few_rough_records_and_any_without_a_date_do_not_stop_the_rest():
    began = _times(*["2024-06-05"] * 17, *["2024-06-01"] * 3, *[None] * 50)
    ended = _times(*["2024-06-06"] * 17, *["2024-07-01"] * 3, *[None] * 50)
    periods.check_fine_enough(began, ended, "week")
    with pytest.raises(DataProblem, match="3 of 19 records"):
        periods.check_fine_enough(began[1:], ended[1:], "week")
    periods.check_fine_enough(_times(), _times(), "week")
