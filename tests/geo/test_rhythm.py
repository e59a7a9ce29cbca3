"""An hour is named only where it is known; the day is a circle."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import rhythm


def _times(*texts):
    return pd.Series(pd.to_datetime(pd.Series(texts, dtype="str"), format="ISO8601"), dtype="datetime64[us]")


HOURS = {
    ("2024-10-03 20:15", None): 20,
    ("2024-10-03 20:15", "2024-10-03 20:15"): 20,
    ("2024-10-03 20:59:59", None): 20,
    ("2024-10-03 00:00", None): 0,
    ("2024-10-03 20:00", "2024-10-03 23:00"): 21,
    ("2024-10-03 23:00", "2024-10-04 02:00"): 0,
    ("2024-10-03 22:00", "2024-10-04 01:00"): 23,
    ("2024-10-31 23:30", "2024-11-01 06:30"): 3,
    ("2024-10-03 08:00", "2024-10-03 20:00"): 14,
    ("2024-10-03 08:00", "2024-10-03 20:01"): None,
    ("2024-10-03 00:00", "2024-10-04 00:00"): None,
    ("2024-10-01 00:00", "2024-10-31 23:59"): None,
    (None, None): None,
    (None, "2024-10-03 20:00"): None,
    ("2024-10-04 09:00", "2024-10-01 09:00"): None,
}


@pytest.mark.parametrize("span", HOURS)
def test_the_hour_is_that_of_the_middle_where_half_a_day_or_less_is_in_doubt(span):
    began, ended = _times(span[0]), _times(span[1])
    hour = rhythm.hour_of_midpoint(began, ended)
    assert hour.dtype == "Int64"
    assert hour.astype(object).where(hour.notna(), None).tolist() == [HOURS[span]]
    assert rhythm.hour_known(began, ended).tolist() == [HOURS[span] is not None]


def test_no_records_have_no_hours():
    hours = rhythm.hour_of_midpoint(_times(), _times())
    assert hours.empty
    assert rhythm.by_hour(hours).tolist() == [0] * 24
    assert rhythm.busiest_span(hours) is None


spans = st.lists(
    st.tuples(
        st.none() | st.datetimes(pd.Timestamp("2000-01-01"), pd.Timestamp("2030-01-01")), st.none() | st.integers(-2000, 2000).map(float)
    ),
    max_size=30,
)


@given(spans)
@settings(deadline=None, max_examples=50)
def test_a_known_hour_lies_within_the_span_and_keeps_its_record(rows):
    index = [f"row {n}" for n in range(len(rows))]
    began = pd.Series([when for when, _ in rows], index=index, dtype="datetime64[us]")
    ended = began + pd.Series([pd.Timedelta(minutes=m) if m is not None else None for _, m in rows], index=index, dtype="timedelta64[us]")
    before = began.copy(), ended.copy()
    hours = rhythm.hour_of_midpoint(began, ended)
    assert hours.index.equals(began.index)
    assert (hours.notna() == rhythm.hour_known(began, ended)).all()
    for hour, first, last in zip(hours, began, ended.fillna(began), strict=True):
        if pd.notna(hour):
            early, late = min(first, last).floor("h"), max(first, last)
            assert hour in {moment.hour for moment in pd.date_range(early, late, freq="h")}
    assert (began.equals(before[0]), ended.equals(before[1])) == (True, True)
    assert rhythm.by_hour(hours).sum() == hours.notna().sum()


def _hours(*hours):
    return pd.Series(hours, dtype="Int64")


hours = st.lists(st.integers(0, 23) | st.none(), max_size=60).map(lambda values: _hours(*values))


@given(hours)
@settings(deadline=None, max_examples=50)
def test_counts_by_hour_are_those_of_counting(given_hours):
    counts = rhythm.by_hour(given_hours)
    assert counts.tolist() == [(given_hours == hour).sum() for hour in range(24)]


BUSIEST = {
    "too few to say": ([20] * 4, None),
    "just enough": ([20] * 5, (17, 21)),
    "missing hours are not counted as known": ([20] * 4 + [None] * 9, None),
    "missing hours do not hide a stretch": ([20, 21, 22, 23, 20] + [None] * 50, (20, 0)),
    "an evening": ([18, 19, 19, 20, 21, 21, 3, 12], (18, 22)),
    "past midnight": ([22, 23, 23, 0, 1, 1], (22, 2)),
    "up to midnight": ([20, 21, 22, 23, 23], (20, 0)),
    "half": ([9, 10, 11, 12, 0, 4, 16, 20], (9, 13)),
    "less than half": ([9, 10, 11, 12, 0, 4, 16, 20, 5], None),
    "all day": (list(range(24)) * 3, None),
}


@pytest.mark.parametrize("case", BUSIEST)
def test_a_stretch_is_named_where_it_holds_half_of_what_is_known(case):
    given_hours, stretch = BUSIEST[case]
    assert rhythm.busiest_span(_hours(*given_hours)) == stretch


@given(hours)
@settings(deadline=None, max_examples=50)
def test_no_other_stretch_holds_more_and_the_one_named_holds_half(given_hours):
    def held(start):
        return rhythm.within_hours(given_hours, start, (start + rhythm.BUSIEST_SPAN_HOURS) % 24).sum()

    stretch = rhythm.busiest_span(given_hours)
    most, known = max(held(start) for start in range(24)), given_hours.notna().sum()
    if stretch is None:
        assert known < rhythm.MIN_TO_SAY or most < rhythm.BUSIEST_SHARE * known
    else:
        assert stretch[1] == (stretch[0] + rhythm.BUSIEST_SPAN_HOURS) % 24
        assert held(stretch[0]) == most >= rhythm.BUSIEST_SHARE * known


@given(hours, st.integers(0, 23))
@settings(deadline=None, max_examples=50)
def test_the_busiest_stretch_moves_with_the_clock(given_hours, later):
    """Where one stretch is busier than all others; of equals the earliest in the day is named."""
    turned = rhythm.busiest_span((given_hours + later) % 24)
    stretch = rhythm.busiest_span(given_hours)
    assert (turned is None) == (stretch is None)
    counts = [rhythm.within_hours(given_hours, start, (start + 4) % 24).sum() for start in range(24)]
    if stretch and counts.count(max(counts)) == 1:
        assert turned == ((stretch[0] + later) % 24, (stretch[1] + later) % 24)


@pytest.mark.parametrize(
    ("first", "before", "inside"),
    [
        (9, 12, {9, 10, 11}),
        (0, 24, set(range(24))),
        (0, 1, {0}),
        (23, 24, {23}),
        (22, 2, {22, 23, 0, 1}),
        (23, 0, {23}),
        (12, 0, set(range(12, 24))),
        (1, 0, set(range(1, 24))),
        (9, 9, set()),
        (0, 0, set()),
    ],
)
def test_a_stretch_of_the_day_may_run_past_midnight(first, before, inside):
    given_hours = _hours(*range(24), None)
    chosen = rhythm.within_hours(given_hours, first, before)
    assert chosen.dtype == bool
    assert set(given_hours[chosen]) == inside
    assert not chosen.iloc[-1], "a missing hour is in no stretch"


@given(hours, st.integers(0, 23), st.integers(0, 23))
@settings(deadline=None, max_examples=50)
def test_a_stretch_and_the_rest_of_the_day_share_no_hour_and_leave_none(given_hours, first, before):
    if first != before:
        one, other = rhythm.within_hours(given_hours, first, before), rhythm.within_hours(given_hours, before, first)
        assert not (one & other).any()
        assert ((one | other) == given_hours.notna()).all()
