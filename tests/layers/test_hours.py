"""Hours are open, closed or unknown by what is written and the clock on the wall; what cannot be read is unknown, and nothing raises."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers import daylight, hours, osm
from tests.processor import processor_within

SLOUGH, NEWTOWN = (-0.59, 51.51), (-3.31, 52.51)

WEDNESDAY, SATURDAY = "2024-12-18", "2024-12-21"


def _state(text: str | None, when: str, place: tuple[float, float] = SLOUGH) -> str:
    return hours.open_at(pd.Series([text]), pd.Timestamp(when), *place).iloc[0]


AT = {
    ("24/7", f"{WEDNESDAY} 03:00"): "open",
    ("off", f"{WEDNESDAY} 12:00"): "closed",
    ("Mo-Fr 09:00-17:00", f"{WEDNESDAY} 08:59"): "closed",
    ("Mo-Fr 09:00-17:00", f"{WEDNESDAY} 09:00"): "open",
    ("Mo-Fr 09:00-17:00", f"{WEDNESDAY} 16:59"): "open",
    ("Mo-Fr 09:00-17:00", f"{WEDNESDAY} 17:00"): "closed",
    ("Mo-Fr 09:00-17:00", f"{SATURDAY} 12:00"): "closed",
    ("mo-fr 9:00-17:00", f"{WEDNESDAY} 12:00"): "open",
    ("  Mo-Fr 09:00-17:00 ", f"{WEDNESDAY} 12:00"): "open",
    ("Fr 22:00-02:00", f"{SATURDAY} 01:59"): "open",
    ("Fr 22:00-02:00", f"{SATURDAY} 02:00"): "closed",
    ("Fr 22:00-02:00", "2024-12-20 01:00"): "closed",
    ("Mo-Fr 09:00-12:30,13:30-17:00", f"{WEDNESDAY} 13:00"): "closed",
    ("Apr-Sep 08:00-20:00; Oct-Mar 08:00-16:00", f"{WEDNESDAY} 17:00"): "closed",
    ("Apr-Sep 08:00-20:00; Oct-Mar 08:00-16:00", "2024-06-21 17:00"): "open",
    ("Mo-Fr 09:00-17:00 unknown", f"{WEDNESDAY} 12:00"): "unknown",
    # With a note, "open" may be on a condition; closed is closed.
    ('Mo-Fr 09:00-17:00 "by appointment"', f"{WEDNESDAY} 12:00"): "unknown",
    ('Mo-Fr 09:00-17:00 "by appointment"', f"{WEDNESDAY} 20:00"): "closed",
    ('"by appointment"', f"{WEDNESDAY} 12:00"): "unknown",
    # Without an end, or without times, what is written does not say that it is open at any time of the day.
    ("09:00+", f"{WEDNESDAY} 23:00"): "unknown",
    ("09:00+", f"{WEDNESDAY} 08:00"): "closed",
    ("Mo-Fr", f"{WEDNESDAY} 03:00"): "unknown",
    ("Mo-Fr", f"{SATURDAY} 12:00"): "closed",
    ("(sunset+00:30)-23:00", f"{WEDNESDAY} 22:00"): "open",
}


@pytest.mark.parametrize(("text", "when"), AT)
def test_hours_are_read_by_the_clock_on_the_wall(text, when):
    assert _state(text, when) == AT[text, when]


UNREADABLE = [
    "by appointment", "", "   ", "\t\n", None, "yes", "9am-5pm", "Mo–Fr 09:00–17:00", "Lundi 9h-17h", "Mo-Fr 25:00-27:00", "\x00", "☃", ";",
    '""', '"', '"";""', "Mo-Fr 09:00-17:00;" * 20, "x" * 10_000, "(" * 250, "24/7" + " " * 300 + "x", "99999999999999999999",
    "easter +99999999999 days", "<script>alert(1)</script>", "${7*7}", "{count}", "2024-2023",
]  # fmt: skip


@pytest.mark.parametrize("text", UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_cannot_be_read_is_unknown_and_says_why_without_repeating_it(text):
    for when in (f"{WEDNESDAY} 12:00", f"{WEDNESDAY} 03:00"):
        assert _state(text, when) == "unknown"
    why = hours.why_not(text or "")
    assert why in hours.REASONS.values()
    assert len(hours.said(text or "")) <= hours.LONGEST + 1


WHY = {
    "": "none", "by appointment": "not_read", '"by appointment"': "condition", "Mo-Fr": "no_times", "Mo-Fr 18:00+": "no_end",
    "Mo-Fr 09:00-17:00; SH off": "school_holidays", 'Mo 09:00-10:00 "ring the bell"': "condition", "1" * 300: "too_long",
    "24/7": "", "Mo-Fr 09:00-17:00; PH off": "", "sunset-(sunrise+00:30)": "", "dusk-dawn": "", '09:00-17:00 "open SH"': "condition",
}  # fmt: skip


@pytest.mark.parametrize("text", WHY, ids=range(len(WHY)))
def test_each_reason_is_given_for_what_it_is_about(text):
    assert hours.why_not(text) == (hours.REASONS[WHY[text]] if WHY[text] else "")


# The days of GOV.UK's list of bank holidays for England and Wales. 3 June 2022, 19 September 2022 and 8 May 2023 were proclaimed.
BANK_HOLIDAYS = {
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
}


@pytest.mark.parametrize("year", BANK_HOLIDAYS)
def test_bank_holidays_are_those_of_england_and_wales(year):
    noons = pd.date_range(f"{year}-01-01 12:00", f"{year}-12-31 12:00")
    text = pd.Series(["Mo-Fr 09:00-17:00; PH off", "PH 10:00-16:00"])
    states = hours.open_in_hours(text, noons, *SLOUGH)
    weekdays = noons[noons.day_of_week < 5]
    closed = weekdays[(states.loc[text[0], weekdays] == "closed").to_numpy()]
    assert [f"{day:%m-%d}" for day in closed] == BANK_HOLIDAYS[year].split()
    opened = weekdays[(states.loc[text[1], weekdays] == "open").to_numpy()]
    assert opened.equals(closed)


NIGHTS = {
    # The night belongs to the day it began on. 1 January, 25 December and 31 August 2026 are bank holidays, 28 December for the 26th.
    ("Mo-Su 18:00-02:00; PH off", "2027-01-01 23:00"): "closed",
    ("Mo-Su 18:00-02:00; PH off", "2027-01-02 00:30"): "closed",
    ("Mo-Su 18:00-02:00; PH off", "2027-01-02 18:30"): "open",
    ("Mo-Su 18:00-02:00; PH off", "2027-01-03 00:30"): "open",
    ("Mo-Su 18:00-02:00; PH off", "2027-01-01 00:30"): "open",
    ("Mo-Su 18:00-02:00; PH off", "2026-12-26 00:30"): "closed",
    ("Mo-Su 18:00-02:00; PH off", "2026-12-29 00:30"): "closed",
    ("Mo-Su 18:00-02:00; PH off", "2026-09-01 00:30"): "closed",
    ("Mo-Su 18:00-26:00; PH off", "2026-09-01 00:30"): "closed",
    ("Mo-Su dusk-01:00; PH off", "2026-09-01 00:30"): "closed",
    ("Mo-Su 18:00-02:00; PH 18:00-02:00", "2026-09-01 00:30"): "open",
    ("Mo-Su 18:00-02:00; PH off", "2026-09-02 00:30"): "open",
    # On the map a second stretch from midnight may be the next day's own: it cannot be told whose the small hours are.
    ("Mo-Su 00:00-01:00,18:00-02:00; PH off", "2026-09-01 00:30"): "unknown",
    ("Mo-Su 09:00-17:00; PH off", "2026-09-01 10:00"): "open",
    # Without a word of bank holidays: what would be open may be shut, and what is shut stays so.
    ("Mo-Fr 09:00-17:00", "2026-12-25 12:00"): "unknown",
    ("Mo-Fr 09:00-17:00", "2026-12-25 20:00"): "closed",
    ("Mo-Fr 09:00-17:00", "2026-08-31 12:00"): "unknown",
    ("Mo-Fr 09:00-17:00", "2026-09-01 12:00"): "open",
    ("Mo-Su 09:00-17:00", "2021-12-25 12:00"): "unknown",  # a Saturday, its bank holiday on the Monday
    ("Mo-Su 18:00-02:00", "2027-01-02 00:30"): "unknown",
    ("Mo-Su 18:00-02:00", "2026-12-25 00:30"): "open",  # Christmas Eve's
    ("Mo-Fr 09:00-17:00; PH 10:00-14:00", "2026-12-25 12:00"): "open",
    ("24/7", "2026-12-25 12:00"): "open",
}


@pytest.mark.parametrize(("text", "when"), NIGHTS)
def test_a_night_belongs_to_the_day_it_began_on_and_bank_holidays_are_not_like_other_days(text, when):
    assert _state(text, when) == NIGHTS[text, when]


def test_why_a_place_is_not_known_to_be_open_on_christmas_day_is_said():
    assert hours.why_not("Mo-Fr 09:00-17:00", pd.Timestamp("2026-12-25 12:00")) == hours.REASONS["bank_holidays"]
    assert hours.why_not("Mo-Fr 09:00-17:00; PH off", pd.Timestamp("2026-12-25 12:00")) == ""
    assert hours.why_not("Mo-Fr 09:00-17:00", pd.Timestamp("2026-12-24 12:00")) == ""
    assert hours.why_not("", pd.Timestamp("2026-12-25 12:00")) == hours.REASONS["none"]


def test_lamps_know_no_bank_holiday():
    lamps = pd.Series(["Mo-Su 06:00-23:00", "dusk-00:30", "Mo-Fr 17:00-23:00"])
    assert hours.burning_by_hours(lamps, pd.Timestamp("2026-12-25 20:00"), *SLOUGH).tolist() == ["lit"] * 3
    assert hours.burning_by_hours(lamps[1:2], pd.Timestamp("2026-12-26 00:15"), *SLOUGH).tolist() == ["lit"]


SCHOOL_HOLIDAYS = {
    ("Mo-Fr 09:00-17:00; SH off", "12:00"): "unknown",  # the dates are not known here
    ("Mo-Fr 09:00-17:00; SH off", "20:00"): "closed",  # closed either way
    ("Mo-Fr 09:00-17:00; SH 10:00-16:00", "09:30"): "unknown",
    ("Mo-Fr 09:00-17:00; SH 10:00-16:00", "12:00"): "open",  # open either way
    ("SH 10:00-16:00", "12:00"): "unknown",
    ("PH,SH off", "12:00"): "closed",
    ("SH Mo-Fr 09:00-12:00", "10:00"): "unknown",
    ('Mo-Fr 09:00-17:00; PH off "not SH"', "12:00"): "open",
}


@pytest.mark.parametrize(("text", "when"), SCHOOL_HOLIDAYS)
def test_hours_that_differ_in_school_holidays_are_told_only_where_they_do_not(text, when):
    assert _state(text, f"{WEDNESDAY} {when}") == SCHOOL_HOLIDAYS[text, when]


@pytest.mark.parametrize("day", [date(2024, 6, 21), date(2024, 12, 21), date(2024, 3, 31), date(2024, 10, 27)])
@pytest.mark.parametrize("place", [SLOUGH, NEWTOWN], ids=["Slough", "Newtown"])
def test_the_librarys_sun_rises_and_sets_within_three_minutes_of_ours(place, day):
    """The library cuts seconds off and reckons more roughly; with its clock but not its place it would have 07:00 and 19:00."""
    sun = daylight.sunrise_sunset(day, *place)
    for text, opens, closes in (("sunrise-sunset", sun.sunrise, sun.sunset), ("dawn-dusk", sun.dawn, sun.dusk)):
        moments = [opens, closes]
        before, after = ([moment + pd.Timedelta(minutes=more) for moment in moments] for more in (-3, 3))
        states = hours.open_in_hours(pd.Series([text]), [*before, *after], *place).iloc[0].tolist()
        assert states == ["closed", "open", "open", "closed"], text


@pytest.mark.parametrize(
    ("day", "wrong_at", "state"), [(date(2024, 3, 31), "05:30", "unlit"), (date(2024, 10, 27), "06:45", "lit")], ids=["forward", "back"]
)
def test_the_night_in_which_clocks_change_ends_an_hour_out_as_the_library_has_it(day, wrong_at, state):
    """A limit that docs/light.md states: it reckons the dawn after by the clock of the evening before. Its own days are right."""
    dawn = daylight.sunrise_sunset(day, *SLOUGH).dawn
    moment = pd.Timestamp(f"{day} {wrong_at}")
    assert (moment < dawn) == (state == "unlit")
    assert hours.burning_by_hours(pd.Series(["dusk-dawn"]), moment, *SLOUGH).tolist() == [state]
    for minutes in (-70, 70):
        right = "lit" if minutes < 0 else "unlit"
        assert hours.burning_by_hours(pd.Series(["dusk-dawn"]), dawn + pd.Timedelta(minutes=minutes), *SLOUGH).tolist() == [right]


@pytest.mark.parametrize(
    ("value", "when", "state"),
    [
        ("dusk-dawn", "2024-12-21 17:30", "lit"),
        ("dusk-dawn", "2024-12-21 03:00", "lit"),
        ("dusk-dawn", "2024-12-21 12:00", "unlit"),
        ("dusk-dawn", "2024-06-21 21:00", "unlit"),
        ("sunset-00:30", "2024-12-21 00:29", "lit"),
        ("sunset-00:30", "2024-12-21 00:31", "unlit"),
        ("sunset-00:30", "2024-06-21 20:00", "unlit"),
        ("Mo-Su 06:00-23:00", "2024-12-21 23:30", "unlit"),
        ("sunset - sunrise", "2024-12-21 06:00", "lit"),
        ("24/7", "2024-12-21 06:00", "lit"),
        ("off", "2024-12-21 06:00", "unlit"),
        *((value, "2024-12-21 06:00", "unknown") for value in ("yes", "no", "limited", "interval", "automatic", "disused", "", "af", None)),
    ],
)
def test_lamps_with_hours_burn_by_them_and_others_are_not_known_to(value, when, state):
    assert hours.burning_by_hours(pd.Series([value]), pd.Timestamp(when), *SLOUGH).tolist() == [state]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("24/7", "always open"),
        ("Mo-Fr 09:00-17:00; PH off", "Monday to Friday 09:00 to 17:00; closed on bank holidays"),
        ("Mo-Su 06:00-23:00", "every day 06:00 to 23:00"),
        ("09:00-12:00, 13:00-17:00", "every day 09:00 to 12:00, 13:00 to 17:00"),
        ("Mo,We 10:00-16:00; Sa 10:00-sunset", "Monday, Wednesday 10:00 to 16:00; Saturday 10:00 to sunset"),
        ("off", "closed"),
        ("Apr-Sep 08:00-20:00", "Apr-Sep 08:00-20:00"),
        ("Mo-Fr 09:00-17:00 || off", "Mo-Fr 09:00-17:00 || off"),
        (" by appointment ", "by appointment"),
        ("x" * 10_000, "x" * 255 + "…"),
        ("", ""),
    ],
)
def test_simple_hours_are_said_and_others_given_as_they_were_recorded(text, said):
    assert hours.said(text) == said


def test_the_answer_is_on_the_rows_asked_about_and_nothing_given_is_changed():
    text = pd.Series(["24/7", None, "off", "24/7"], index=["a", "b", "c", "c"], dtype="str")
    before = text.copy()
    found = hours.open_at(text, pd.Timestamp(f"{WEDNESDAY} 12:00"), *SLOUGH)
    assert found.tolist() == ["open", "unknown", "closed", "open"]
    assert found.index.equals(text.index)
    assert found.dtype == "str"
    pd.testing.assert_series_equal(text, before)
    assert hours.open_at(text[:0], pd.Timestamp(WEDNESDAY), *SLOUGH).empty


def test_a_time_with_a_zone_is_what_the_clock_showed_and_a_missing_time_is_unknown():
    text = pd.Series(["Mo-Su 20:00-21:00"])
    summer = [pd.Timestamp("2024-06-21 19:30", tz="UTC"), datetime(2024, 6, 21, 20, 30), pd.Timestamp("2024-06-21 19:30"), pd.NaT]  # noqa: DTZ001
    assert hours.open_in_hours(text, summer, *SLOUGH).iloc[0].tolist() == ["open", "open", "closed", "unknown"]


@pytest.mark.parametrize("clock", ["2024-03-31 01:30", "2024-10-27 01:30"], ids=["skipped", "twice"])
def test_hours_are_told_in_the_hours_that_clocks_skip_and_show_twice(clock):
    for text, state in (("24/7", "open"), ("dusk-dawn", "open"), ("Mo-Su 09:00-17:00", "closed"), ("00:00-03:00", "open")):
        assert _state(text, clock) == state


pieces = st.sampled_from(
    ["Mo", "Fr", "Su", "PH", "SH", "-", ",", "; ", "||", " ", "09:00", "17:00", "24:00", "48:00", "sunset", "dusk", "+", "off", "unknown",
     '"x"', "[1]", "[-1]", "week ", "53", "/", "2024", "9999", "Feb", "29", "31", "easter", "(", ")", "+01:00", "24/7", ":"]
)  # fmt: skip


@given(
    st.text(max_size=80) | st.lists(pieces, max_size=16).map("".join), st.datetimes(pd.Timestamp("1900-01-01"), pd.Timestamp("2200-01-01"))
)
@settings(max_examples=400)
def test_no_text_raises_hangs_or_is_anything_but_one_of_three(text, when):
    with processor_within(1):
        state = _state(text, str(when))
        why = hours.why_not(text)
        said = hours.said(text)
    assert state in hours.STATES
    assert isinstance(said, str)
    if why in {hours.REASONS["none"], hours.REASONS["too_long"], hours.REASONS["not_read"]}:
        assert state == "unknown"


def test_the_worst_that_fits_is_read_in_no_time():
    worst = pd.Series(["Mo-Su,PH,SH " + ",".join(["10:00-10:01"] * 20), "week 1-53/2 Fr 09:00-12:00;" * 9 + "Mo off", '"' * 255, "(" * 255])
    assert worst.str.len().max() == hours.LONGEST
    with processor_within(1):
        hours.open_in_hours(worst, pd.date_range(WEDNESDAY, periods=168, freq="h"), *SLOUGH)


def test_a_week_of_hours_of_a_thousand_texts_is_read_once_for_each_text():
    text = pd.Series([f"Mo-Fr {hour:02d}:{minute:02d}-23:59" for hour in range(20) for minute in range(50)] * 3)
    week = pd.date_range("2024-12-16", periods=168, freq="h")
    with processor_within(5):
        states = hours.open_in_hours(text, week, *SLOUGH)
    assert states.shape == (1000, 168)
    opens_at = np.array([int(words[6:8]) * 60 + int(words[9:11]) for words in states.index])[:, None]
    expected = (week.day_of_week < 5) & (week.hour.to_numpy() * 60 >= opens_at)
    assert ((states.to_numpy() == "open") == expected).all()


def test_every_opening_hours_of_rutland_can_be_read(shared_data):
    extract = osm.read(shared_data / "osm" / "rutland-2022-07.osm.pbf")
    text = pd.concat(
        [features["opening_hours"] for features in (extract.points, extract.areas, extract.lines) if "opening_hours" in features]
    )
    text = text[text.notna() & (text != "")]
    assert len(text) >= 20
    assert {hours.why_not(words) for words in text} == {""}
    assert set(hours.open_at(text, pd.Timestamp(f"{WEDNESDAY} 11:00"), -0.7, 52.6)) == {"open", "closed"}
