"""An hour is named only where it is known; the day is a circle; a window gives each hour its share, by the real clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import rhythm
from words import DataProblem


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
@settings(max_examples=50)
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
@settings(max_examples=50)
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
@settings(max_examples=50)
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
@settings(max_examples=50)
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
@settings(max_examples=50)
def test_a_stretch_and_the_rest_of_the_day_share_no_hour_and_leave_none(given_hours, first, before):
    if first != before:
        one, other = rhythm.within_hours(given_hours, first, before), rhythm.within_hours(given_hours, before, first)
        assert not (one & other).any()
        assert ((one | other) == given_hours.notna()).all()


# Windows of time

MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6
LONDON, UTC = ZoneInfo("Europe/London"), ZoneInfo("UTC")


def _shares(weights):
    """Return the hours of the week that hold something, with what they hold."""
    held = weights.to_numpy()
    return {(int(day), int(hour)): round(float(held[day, hour]), 9) for day, hour in np.argwhere(held > 0)}


def _of_week(*spans):
    return _shares(rhythm.by_hour_of_week(_times(*[first for first, _ in spans]), _times(*[last for _, last in spans])))


THIRD = round(1 / 3, 9)
WINDOWS = {
    "a moment": ("2024-10-03 20:15", None, {(THURSDAY, 20): 1}),
    "a moment on the hour": ("2024-10-03 20:00", "2024-10-03 20:00", {(THURSDAY, 20): 1}),
    "inside an hour": ("2024-10-03 20:15", "2024-10-03 20:45", {(THURSDAY, 20): 1}),
    "an hour, up to its end": ("2024-10-03 20:00", "2024-10-03 21:00", {(THURSDAY, 20): 1}),
    "across an hour": ("2024-10-03 20:15", "2024-10-03 21:15", {(THURSDAY, 20): 0.75, (THURSDAY, 21): 0.25}),
    "three hours": ("2024-10-03 20:00", "2024-10-03 23:00", {(THURSDAY, 20): THIRD, (THURSDAY, 21): THIRD, (THURSDAY, 22): THIRD}),
    "past midnight at the week's end": ("2024-10-06 23:30", "2024-10-07 00:30", {(SUNDAY, 23): 0.5, (MONDAY, 0): 0.5}),
    "half a day": ("2024-10-03 08:00", "2024-10-03 20:00", {(THURSDAY, hour): round(1 / 12, 9) for hour in range(8, 20)}),
    "longer than half a day": ("2024-10-03 08:00", "2024-10-03 20:01", {}),
    "a day": ("2024-10-03 00:00", "2024-10-04 00:00", {}),
    "no start": (None, "2024-10-03 20:00", {}),
    "nothing": (None, None, {}),
    "ends in the wrong order": ("2024-10-03 21:15", "2024-10-03 20:15", {(THURSDAY, 20): 0.75, (THURSDAY, 21): 0.25}),
    "before 1970": ("1969-12-31 23:30", "1970-01-01 00:30", {(2, 23): 0.5, (THURSDAY, 0): 0.5}),
    # Sunday 31 March 2024: at 01:00 the clocks go to 02:00.
    "spring: the hour skipped has no share": ("2024-03-31 00:00", "2024-03-31 03:00", {(SUNDAY, 0): 0.5, (SUNDAY, 2): 0.5}),
    "spring: up to the hour skipped": ("2024-03-31 00:00", "2024-03-31 01:00", {(SUNDAY, 0): 1}),
    "spring: from the hour skipped": ("2024-03-31 01:00", "2024-03-31 03:00", {(SUNDAY, 2): 1}),
    "spring: a moment that no right clock showed": ("2024-03-31 01:30", None, {(SUNDAY, 2): 1}),
    "spring: the hour skipped itself": ("2024-03-31 01:00", "2024-03-31 02:00", {(SUNDAY, 2): 1}),
    "spring: an end that no right clock showed": ("2024-03-31 00:30", "2024-03-31 01:30", {(SUNDAY, 0): 0.5, (SUNDAY, 2): 0.5}),
    "spring: a start that no right clock showed": ("2024-03-31 01:30", "2024-03-31 03:30", {(SUNDAY, 2): 0.5, (SUNDAY, 3): 0.5}),
    "spring: read later, it comes after its end": ("2024-03-31 01:30", "2024-03-31 02:10", {(SUNDAY, 2): 1}),
    "spring: the rest of the day is as any": ("2024-03-31 09:30", "2024-03-31 10:30", {(SUNDAY, 9): 0.5, (SUNDAY, 10): 0.5}),
    # Sunday 27 October 2024: at 02:00 the clocks go to 01:00.
    "autumn: the hour shown twice has two shares": (
        "2024-10-27 00:00", "2024-10-27 03:00", {(SUNDAY, 0): 0.25, (SUNDAY, 1): 0.5, (SUNDAY, 2): 0.25},
    ),
    "autumn: a moment in the hour shown twice": ("2024-10-27 01:30", None, {(SUNDAY, 1): 1}),
    "autumn: up to the middle of the hour shown twice": ("2024-10-27 00:00", "2024-10-27 01:30", {(SUNDAY, 0): 0.5, (SUNDAY, 1): 0.5}),
    "autumn: from the middle of the hour shown twice": ("2024-10-27 01:30", "2024-10-27 03:00", {(SUNDAY, 1): 0.5, (SUNDAY, 2): 0.5}),
    "autumn: up to the hour shown twice": ("2024-10-27 00:00", "2024-10-27 01:00", {(SUNDAY, 0): 1}),
    "autumn: inside the hour shown twice": ("2024-10-27 01:15", "2024-10-27 01:45", {(SUNDAY, 1): 1}),
    "autumn: twelve hours by the clock, thirteen in truth": (
        "2024-10-26 20:00", "2024-10-27 08:00",
        {(SATURDAY, hour): round(1 / 13, 9) for hour in range(20, 24)}
        | {(SUNDAY, hour): round((1 + (hour == 1)) / 13, 9) for hour in range(8)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("window", WINDOWS)
def test_a_window_gives_each_hour_its_share(window):
    first, last, shares = WINDOWS[window]
    assert _of_week((first, last)) == shares


def test_windows_of_both_clock_changes_in_one_table_are_as_each_alone():
    spans = [WINDOWS[name][:2] for name in WINDOWS]
    together = rhythm.by_hour_of_week(_times(*[first for first, _ in spans]), _times(*[last for _, last in spans]))
    alone = sum(rhythm.by_hour_of_week(_times(first), _times(last)) for first, last in spans)
    pd.testing.assert_frame_equal(together, alone)
    assert together.shape == (7, 24)
    assert (together.index.name, together.columns.name) == ("weekday", "hour")


def _minutes_by_hour(began, ended):
    """Count by hour of the week the real minutes, of all around, in which a clock on the wall showed a time in the window."""
    counted = np.zeros((7, 24))
    start = (began - timedelta(hours=3)).replace(tzinfo=UTC)
    for minute in range(int((ended - began).total_seconds() // 60) + 6 * 60):
        shown = (start + timedelta(minutes=minute)).astimezone(LONDON).replace(tzinfo=None)
        counted[shown.weekday(), shown.hour] += began <= shown < ended
    if not counted.any():
        counted[began.weekday(), began.hour] = 1
    return counted / counted.sum()


def _exists(wall):
    return wall.replace(tzinfo=LONDON).astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) == wall


near_changes = st.sampled_from([datetime(2024, 3, 30, 20), datetime(2024, 10, 26, 20), datetime(2024, 6, 8, 20)])  # noqa: DTZ001


@given(near_changes, st.integers(0, 600), st.integers(0, 720))
@settings(max_examples=100)
def test_shares_are_those_of_counting_real_minutes(start, after, length):
    began = start + timedelta(minutes=after)
    ended = began + timedelta(minutes=length)
    if not (_exists(began) and _exists(ended)) or (ended - began > timedelta(hours=12)):
        return
    weights = rhythm.by_hour_of_week(pd.Series([began], dtype="datetime64[us]"), pd.Series([ended], dtype="datetime64[us]"))
    np.testing.assert_allclose(weights, _minutes_by_hour(began, ended), atol=1e-12)


@given(spans, st.integers(0, 99))
@settings(max_examples=50)
def test_weights_are_conserved_and_know_no_order(rows, seed):
    began = pd.Series([when for when, _ in rows], dtype="datetime64[us]")
    ended = began + pd.Series([pd.Timedelta(minutes=m) if m is not None else None for _, m in rows], dtype="timedelta64[us]")
    before = began.copy(), ended.copy()
    weights, days = rhythm.by_hour_of_week(began, ended), rhythm.by_weekday(began, ended)
    assert (weights >= 0).all(axis=None)
    assert weights.sum(axis=None) == pytest.approx(rhythm.hour_known(began, ended).sum())
    assert days.sum() == pytest.approx((began.notna() & ((ended.fillna(began) - began).abs() <= pd.Timedelta(days=1))).sum())
    order = np.random.default_rng(seed).permutation(len(rows))
    pd.testing.assert_frame_equal(rhythm.by_hour_of_week(began.iloc[order], ended.iloc[order]), weights)
    assert (began.equals(before[0]), ended.equals(before[1])) == (True, True)
    known = rhythm.hour_known(began, ended)
    pd.testing.assert_series_equal(weights.sum(axis="columns"), rhythm.by_weekday(began[known], ended[known]), check_names=False)


summer = st.datetimes(datetime(2024, 4, 1), datetime(2024, 6, 1))  # noqa: DTZ001  wall-clock time has no zone


@given(st.lists(st.tuples(summer, st.integers(0, 720)), max_size=10), st.integers(0, 20))
@settings(max_examples=50)
def test_whole_weeks_later_the_week_looks_the_same(rows, weeks):
    began = pd.Series([when for when, _ in rows], dtype="datetime64[us]")
    ended = began + pd.Series([pd.Timedelta(minutes=m) for _, m in rows], dtype="timedelta64[us]")
    later = pd.Timedelta(weeks=weeks)
    moved = rhythm.by_hour_of_week(began + later, ended + later)
    pd.testing.assert_frame_equal(moved, rhythm.by_hour_of_week(began, ended))


@pytest.mark.parametrize(
    ("first", "last", "shares"),
    [
        ("2024-10-03 00:00", "2024-10-04 00:00", {THURSDAY: 1}),
        ("2024-03-31 00:00", "2024-04-01 00:00", {SUNDAY: 1}),
        ("2024-10-27 00:00", "2024-10-28 00:00", {SUNDAY: 1}),
        ("2024-10-05 18:00", "2024-10-06 06:00", {SATURDAY: 0.5, SUNDAY: 0.5}),
        ("2024-03-30 18:00", "2024-03-31 07:00", {SATURDAY: 0.5, SUNDAY: 0.5}),
        ("2024-10-26 19:00", "2024-10-27 04:00", {SATURDAY: 0.5, SUNDAY: 0.5}),
        ("2024-10-03 00:00", "2024-10-04 00:01", {}),
        ("2024-10-01 00:00", "2024-11-01 00:00", {}),
    ],
)
def test_a_day_may_be_known_where_the_hour_is_not(first, last, shares):
    weights = rhythm.by_weekday(_times(first), _times(last))
    assert {day: round(share, 9) for day, share in weights[weights > 0].items()} == shares


def test_longer_windows_count_where_they_are_let():
    week = _times("2024-06-03 00:00"), _times("2024-06-10 00:00")
    np.testing.assert_allclose(rhythm.by_hour_of_week(*week, longest=pd.Timedelta(weeks=1)), 1 / 168)
    np.testing.assert_allclose(rhythm.by_weekday(*week, longest=pd.Timedelta(weeks=1)), 1 / 7)


def test_in_a_zone_that_changes_no_clocks_every_hour_is_one():
    weights = rhythm.by_hour_of_week(_times("2024-03-31 00:00"), _times("2024-03-31 03:00"), zone="UTC")
    assert _shares(weights) == {(SUNDAY, 0): THIRD, (SUNDAY, 1): THIRD, (SUNDAY, 2): THIRD}


def test_no_records_weigh_nothing():
    assert rhythm.by_hour_of_week(_times(), _times()).sum(axis=None) == 0
    assert rhythm.by_weekday(_times(), _times()).sum() == 0


@given(hours)
@settings(max_examples=50)
def test_the_busiest_stretch_of_weights_is_that_of_counts(given_hours):
    assert rhythm.busiest_span_by_weight(rhythm.by_hour(given_hours)) == rhythm.busiest_span(given_hours)


def test_the_busiest_stretch_of_windows_is_where_their_weight_is():
    began = _times(*["2024-10-03 21:00"] * 3, *["2024-10-04 20:40"] * 3, "2024-10-05 09:00")
    ended = _times(*["2024-10-04 00:00"] * 3, *["2024-10-05 00:20"] * 3, "2024-10-05 18:00")
    weights = rhythm.by_hour_of_week(began, ended)
    assert rhythm.busiest_span_by_weight(weights.sum()) == (20, 0)
    assert rhythm.busiest_span_by_weight(weights.loc[[THURSDAY]].sum()) is None, "three records are too few to say"


def test_weights_that_do_not_quite_add_up_say_what_their_sums_say():
    assert rhythm.busiest_span_by_weight([*[0.0] * 23, 4.999999999999999]) == (20, 0)
    equal = [*[0.1, 0.2, 2.2], *[0.0] * 9, *[2.2, 0.2, 0.1], *[0.0] * 9]
    assert rhythm.busiest_span_by_weight(equal) == (0, 4), "of two stretches with 2.5 the earlier, however computers add them"


# Term and holiday

TERMS = pd.DataFrame(
    {
        "first_day": pd.to_datetime(["2024-11-04", "2024-09-02", "2025-01-06"]),
        "last_day": pd.to_datetime(["2024-12-20", "2024-10-25", "2025-02-14"]),
    }
)
KINDS = {
    ("2024-09-02 08:30", None): "school_day",
    ("2024-09-07 23:30", None): "term_weekend",
    ("2024-10-25 23:59", None): "school_day",
    ("2024-10-26 00:00", None): "holiday",
    ("2024-10-30 14:00", None): "holiday",
    ("2024-11-03 14:00", None): "holiday",
    ("2024-11-04 14:00", None): "school_day",
    ("2024-12-25 14:00", None): "holiday",
    ("2024-09-01 14:00", None): None,
    ("2025-02-14 14:00", None): "school_day",
    ("2025-02-15 14:00", None): None,
    ("2024-10-25 00:00", "2024-10-26 00:00"): "school_day",
    ("2024-10-25 20:00", "2024-10-26 02:00"): None,
    ("2024-10-26 20:00", "2024-11-03 02:00"): "holiday",
    ("2024-10-03 20:00", "2024-10-04 02:00"): "school_day",
    ("2024-10-03 20:00", "2024-10-08 02:00"): None,  # a school day at both ends, with a weekend between
    ("2024-10-01 00:00", "2024-11-01 00:00"): None,
    ("2024-10-04 09:00", "2024-10-03 09:00"): "school_day",
    (None, "2024-10-03 20:00"): None,
    (None, None): None,
}


def test_each_record_has_the_kind_of_its_day_where_it_is_one():
    began, ended = _times(*[first for first, _ in KINDS]), _times(*[last for _, last in KINDS])
    began.index = ended.index = [f"row {n}" for n in range(len(KINDS))]
    before = TERMS.copy()
    kinds = rhythm.kind_of_day(began, ended, TERMS)
    assert kinds.astype(object).where(kinds.notna(), None).tolist() == list(KINDS.values())
    assert kinds.index.equals(began.index)
    pd.testing.assert_frame_equal(TERMS, before)
    for (first, last), kind in KINDS.items():
        alone = rhythm.kind_of_day(_times(first), _times(last), TERMS)
        assert alone.astype(object).where(alone.notna(), None).tolist() == [kind]


def test_a_year_whose_terms_were_not_given_is_no_long_holiday():
    terms = pd.concat([TERMS, TERMS + pd.Timedelta(weeks=104)])
    kinds = rhythm.kind_of_day(_times("2025-03-03", "2025-08-01", "2026-01-05", "2024-12-25"), _times(*[None] * 4), terms)
    assert kinds.isna().tolist() == [True, True, True, False]


@pytest.mark.parametrize(("gap_days", "covered"), [(63, True), (64, False)])
def test_a_summer_is_nine_weeks_at_most(gap_days, covered):
    first, last = pd.Timestamp("2024-06-28"), pd.Timestamp("2024-06-28") + pd.Timedelta(days=gap_days + 1)
    terms = pd.DataFrame({"first_day": [first, last], "last_day": [first, last]})
    assert rhythm.kind_of_day(_times("2024-07-15"), _times(None), terms).notna()[0] == covered


def test_terms_may_overlap_and_be_python_dates():
    terms = pd.DataFrame({"first_day": [date(2024, 9, 2), date(2024, 9, 9)], "last_day": [date(2024, 10, 25), date(2024, 9, 13)]})
    assert rhythm.kind_of_day(_times("2024-10-03 12:00"), _times(None), terms).tolist() == ["school_day"]


def test_without_terms_nothing_is_known():
    assert rhythm.kind_of_day(_times("2024-10-03"), _times(None), TERMS[:0]).isna().all()
    counted = rhythm.days_of_each_kind(date(2024, 10, 1), date(2024, 10, 31), TERMS[:0])
    assert counted["days"].tolist() == [0, 0, 0]
    assert counted["share_of_days"].isna().all()
    assert rhythm.kind_of_day(_times(), _times(), TERMS).empty


def test_a_row_that_is_no_term_is_named():
    missing = TERMS.assign(last_day=TERMS["last_day"].where(TERMS.index != 1))
    with pytest.raises(DataProblem, match="row 2: a date is missing"):
        rhythm.kind_of_day(_times("2024-10-03"), _times(None), missing)
    backwards = TERMS.rename(columns={"first_day": "last_day", "last_day": "first_day"})
    with pytest.raises(DataProblem, match="row 1: the last day is before the first"):
        rhythm.kind_of_day(_times(None), _times(None), backwards)
    with pytest.raises(DataProblem, match="row 1"):
        rhythm.days_of_each_kind(date(2024, 10, 1), date(2024, 10, 2), backwards)


def test_days_and_hours_of_each_kind_are_counted_by_the_real_clock():
    counted = rhythm.days_of_each_kind(date(2024, 10, 21), date(2024, 11, 10), TERMS)
    assert counted.index.tolist() == list(rhythm.KIND_OF_DAY_LABELS)
    assert counted["days"].tolist() == [10, 2, 9]
    assert counted["hours"].tolist() == [240, 48, 217]
    assert counted["share_of_days"].tolist() == pytest.approx([10 / 21, 2 / 21, 9 / 21])
    march = rhythm.days_of_each_kind(date(2024, 3, 31), date(2024, 3, 31), TERMS - pd.Timedelta(weeks=30))
    assert march["hours"].sum() == 23


@given(st.dates(date(2024, 8, 1), date(2025, 3, 1)), st.integers(0, 100))
@settings(max_examples=50)
def test_the_days_of_each_kind_are_those_of_a_record_a_day(first, length):
    last = first + timedelta(days=length)
    each = pd.Series(pd.date_range(first, last, unit="us"))
    kinds = rhythm.kind_of_day(each, each + pd.Timedelta(days=1), TERMS)
    counted = rhythm.days_of_each_kind(first, last, TERMS)
    assert counted["days"].to_dict() == {kind: (kinds == kind).sum() for kind in rhythm.KIND_OF_DAY_LABELS}
