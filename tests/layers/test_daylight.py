"""The sun rises and sets when almanacs say, whichever way the clocks went that day, and every hour is daylight, twilight or dark."""

from __future__ import annotations

import math
import subprocess
import sys
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers import daylight

LONDON, SLOUGH, NEWTOWN, THURSO, UNST = (-0.12, 51.5), (-0.59, 51.51), (-3.31, 52.51), (-3.53, 58.59), (-0.9, 60.8)
JUNE, DECEMBER, FORWARD, BACK = date(2024, 6, 21), date(2024, 12, 21), date(2024, 3, 31), date(2024, 10, 27)
HOME = ZoneInfo("Europe/London")

PUBLISHED = {
    # HM Nautical Almanac Office, as given by the BBC on 21 February 2011 for 21 June and 21 December of that year. It gave them
    # by "double summertime", an hour later than the clocks.
    "London, midsummer sunset": (LONDON, date(2011, 6, 21), "sunset", "21:22"),
    "London, midwinter sunrise": (LONDON, date(2011, 12, 21), "sunrise", "08:04"),
    "Thurso, midsummer sunset": (THURSO, date(2011, 6, 21), "sunset", "22:27"),
    "Thurso, midwinter sunrise": (THURSO, date(2011, 12, 21), "sunrise", "09:03"),
    # A diary of Burnside, Orkney, of 21 December 2014, which gives London's beside its own.
    "London, 2014, midwinter sunrise": (LONDON, date(2014, 12, 21), "sunrise", "08:04"),
    "London, 2014, midwinter sunset": (LONDON, date(2014, 12, 21), "sunset", "15:53"),
    # A London diary of 4 November 2018 on the evenings about which sunset passes half past four.
    "London, 3 November 2018": (LONDON, date(2018, 11, 3), "sunset", "16:31"),
    "London, 4 November 2018": (LONDON, date(2018, 11, 4), "sunset", "16:29"),
}


def _apart_s(one: pd.Timestamp, other: datetime) -> float:
    return abs((one - pd.Timestamp(other)).total_seconds())


@pytest.mark.parametrize("which", PUBLISHED)
def test_the_sun_rises_and_sets_within_a_minute_of_what_was_published(which):
    place, day, event, published = PUBLISHED[which]
    found = getattr(daylight.sunrise_sunset(day, *place), event)
    assert _apart_s(found, datetime.combine(day, datetime.strptime(published, "%H:%M").time())) <= 60  # noqa: DTZ007  a time of day


def by_the_almanacs_own_formula(day: date, longitude: float, latitude: float, *, rising: bool, height: float) -> datetime:
    """Return when the sun passes a height by Meeus's low-accuracy series (Astronomical Algorithms, chapters 25 and 28), in UTC."""
    minutes = 720.0
    for _again in range(6):
        century = ((day - date(2000, 1, 1)).days + minutes / 1440 - 0.5) / 36525
        mean = math.radians(280.46646 + century * 36000.76983)
        anomaly = math.radians(357.52911 + century * 35999.05029)
        eccentricity = 0.016708634 - century * 0.000042037
        node = math.radians(125.04 - 1934.136 * century)
        centre = (1.914602 - century * 0.004817) * math.sin(anomaly) + 0.019993 * math.sin(2 * anomaly) + 0.000289 * math.sin(3 * anomaly)
        along = mean + math.radians(centre - 0.00569 - 0.00478 * math.sin(node))
        tilt = math.radians(23.4392911 - 0.0130042 * century + 0.00256 * math.cos(node))
        declination = math.asin(math.sin(tilt) * math.sin(along))
        y = math.tan(tilt / 2) ** 2
        clock_is_ahead = 4 * math.degrees(
            y * math.sin(2 * mean) - 2 * eccentricity * math.sin(anomaly)
            + 4 * eccentricity * y * math.sin(anomaly) * math.cos(2 * mean)
            - y * y / 2 * math.sin(4 * mean) - 1.25 * eccentricity**2 * math.sin(2 * anomaly)
        )  # fmt: skip
        north = math.radians(latitude)
        turned = math.degrees(
            math.acos(math.sin(math.radians(height)) / (math.cos(north) * math.cos(declination)) - math.tan(north) * math.tan(declination))
        )
        minutes = 720 - 4 * longitude - clock_is_ahead + (-4 if rising else 4) * turned
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("UTC")) + timedelta(minutes=minutes)


EVENTS = {"dawn": (True, -6.0), "sunrise": (True, -0.833), "sunset": (False, -0.833), "dusk": (False, -6.0)}


@pytest.mark.parametrize("day", [JUNE, DECEMBER, FORWARD, BACK], ids=["midsummer", "midwinter", "clocks forward", "clocks back"])
@pytest.mark.parametrize("place", [LONDON, SLOUGH, NEWTOWN], ids=["London", "Slough", "Newtown"])
def test_another_series_and_the_clock_of_the_day_give_the_same_minute(place, day):
    """An independent way, since no almanac at hand publishes Slough and Newtown: ours is rounded, so 30 s and a little."""
    found = daylight.sunrise_sunset(day, *place)
    for event, (rising, height) in EVENTS.items():
        expected = by_the_almanacs_own_formula(day, *place, rising=rising, height=height).astimezone(HOME).replace(tzinfo=None)
        assert _apart_s(getattr(found, event), expected) <= 35, event
    assert list(found) == sorted(found)


def test_the_days_that_clocks_change_are_told_by_the_clock_after_the_change():
    """The evening before and the morning after lie an hour apart from what they were."""
    before, after = (daylight.sunrise_sunset(day, *LONDON) for day in (date(2024, 3, 30), FORWARD))
    assert timedelta(minutes=55) < (after.sunrise - before.sunrise) - timedelta(days=1) < timedelta(minutes=60)
    before, after = (daylight.sunrise_sunset(day, *LONDON) for day in (date(2024, 10, 26), BACK))
    assert timedelta(minutes=-60) < (after.sunrise - before.sunrise) - timedelta(days=1) < timedelta(minutes=-55)


def test_heights_are_those_of_the_whole_algorithm_to_three_thousandths_of_a_degree():
    pvlib = pytest.importorskip("pvlib")
    rng = np.random.default_rng(1543)
    when = np.datetime64("1990-01-01T00:00:00") + rng.integers(50 * 365 * 86_400, size=3_000).astype("timedelta64[s]")
    for longitude, latitude in (LONDON, NEWTOWN, UNST, (-6.3, 49.9)):
        whole = pvlib.solarposition.get_solarposition(pd.DatetimeIndex(when, tz="UTC"), latitude, longitude)["elevation"].to_numpy()
        assert np.abs(daylight.altitude_degrees(when, longitude, latitude) - whole).max() < 0.003


def test_what_is_taken_as_even_between_full_workings_is_even_to_a_ten_thousandth(monkeypatch):
    when = np.datetime64("2024-01-01T00:07") + np.arange(0, 366 * 24, 5).astype("timedelta64[h]")
    coarse = daylight.altitude_degrees(when, *NEWTOWN)
    monkeypatch.setattr(daylight, "KNOT_S", 60.0)
    fine = daylight.altitude_degrees(when, *NEWTOWN)
    assert 0 < np.abs(coarse - fine).max() < 0.0001


def test_times_and_places_broadcast_and_every_way_to_say_a_time_is_one():
    noon = np.datetime64("2024-06-21T12:00")
    expected = float(daylight.altitude_degrees(noon, *LONDON))
    assert 61.8 < expected < 62.0  # 90 - 51.5 + 23.4, a little off noon by the sun
    same = [
        pd.Timestamp("2024-06-21 12:00"), pd.Timestamp("2024-06-21 13:00", tz="Europe/London"),
        pd.Series(pd.to_datetime(["2024-06-21 12:00"])), pd.DatetimeIndex(["2024-06-21 13:00"], tz="Europe/London"),
    ]  # fmt: skip
    for when in same:
        assert daylight.altitude_degrees(when, *LONDON).ravel().tolist() == [expected]
    grid = daylight.altitude_degrees(np.array([noon, noon + np.timedelta64(12, "h")])[:, None], [LONDON[0], NEWTOWN[0]], [51.5, 52.51])
    assert grid.shape == (2, 2)
    assert grid[0, 0] == expected
    assert (grid[0] > 0).all()
    assert (grid[1] < 0).all()


def test_a_missing_time_has_no_height_and_no_phase():
    height = daylight.altitude_degrees(np.array(["NaT", "2024-06-21T12:00"], "datetime64[s]"), *LONDON)
    assert np.isnan(height).tolist() == [True, False]
    assert daylight.phase(height).tolist() == ["", "daylight"]
    assert np.isnan(daylight.altitude_degrees(np.array(["NaT"], "datetime64[s]"), [1.0, 2.0], 51.5)).all()
    assert daylight.altitude_degrees(np.array([], "datetime64[s]"), *LONDON).shape == (0,)


PHASES = {90: "daylight", -0.832: "daylight", -0.833: "twilight", -6.0: "twilight", -6.001: "dark", -90: "dark", math.nan: ""}


def test_the_phase_is_told_by_the_two_limits():
    assert daylight.phase(list(PHASES)).tolist() == list(PHASES.values())


def test_dark_is_the_phase_of_that_name():
    when = np.append(np.datetime64("2024-10-27T00:00") + np.arange(0, 1440, 10).astype("timedelta64[m]"), np.datetime64("NaT"))
    dark = daylight.is_dark(when, *SLOUGH)
    assert dark.tolist() == (daylight.phase(daylight.altitude_degrees(when, *SLOUGH)) == "dark").tolist()
    assert 70 < dark.sum() < 90
    assert not dark[-1]


clock_times = st.datetimes(pd.Timestamp("1972-01-02"), pd.Timestamp("2037-12-30")).map(lambda when: when.replace(microsecond=0))


@given(clock_times)
@settings(max_examples=200)
def test_no_clock_time_raises_and_all_but_skipped_ones_come_back(when):
    utc = daylight.utc_of([np.datetime64(when)])
    shown = daylight.clock_of(utc)[0].to_pydatetime()
    skipped = when.replace(tzinfo=HOME).astimezone(ZoneInfo("UTC")).astimezone(HOME).replace(tzinfo=None) != when
    assert shown == (when + timedelta(hours=1) if skipped else when)


@pytest.mark.parametrize(
    ("clock", "utc"),
    [
        ("2024-03-31 00:59", "2024-03-31 00:59"),
        ("2024-03-31 01:30", "2024-03-31 01:30"),  # skipped: 02:30 by a clock put forward
        ("2024-03-31 02:30", "2024-03-31 01:30"),
        ("2024-10-27 01:30", "2024-10-27 00:30"),  # twice: the first
        ("2024-10-27 02:00", "2024-10-27 02:00"),
        ("NaT", "NaT"),
    ],
)
def test_the_changes_of_the_clock_are_read_as_rhythm_reads_them(clock, utc):
    read = daylight.utc_of(pd.Series([pd.Timestamp(clock)]))
    assert read.tz_localize(None)[0] is pd.NaT if utc == "NaT" else read.tz_localize(None)[0] == pd.Timestamp(utc)


days = st.dates(date(2000, 1, 1), date(2036, 12, 30))
places = st.tuples(st.floats(-8, 2), st.floats(49.8, 60.9))


@given(days, places)
@settings(max_examples=50)
def test_noon_is_higher_than_midnight_by_what_the_latitude_says(day, place):
    longitude, latitude = place
    noon = np.datetime64(day) + np.timedelta64(int((12 - longitude / 15) * 3600), "s")
    high, low = daylight.altitude_degrees(np.array([noon, noon - np.timedelta64(12, "h")]), longitude, latitude)
    assert 0 < high < 65
    assert low < 0
    assert high - low == pytest.approx(2 * (90 - latitude), abs=1)  # the equation of time takes noon off by up to 17 minutes


@given(days, st.integers(0, 40), places)
@settings(max_examples=30)
def test_every_hour_of_a_period_is_of_one_phase_and_none_is_lost(first, more, place):
    last = min(first + timedelta(days=more), date(2036, 12, 31))
    hours = daylight.hours_by_phase(first, last, *place)
    ends = [datetime.combine(day, datetime.min.time(), HOME).timestamp() for day in (first, last + timedelta(days=1))]
    assert hours.index.tolist() == list(daylight.PHASES)
    assert hours.sum() == pytest.approx((ends[1] - ends[0]) / 3600)
    assert (hours >= 0).all()
    assert 0 <= daylight.dark_hours_share(first, last, *place) < 0.75


@pytest.mark.parametrize(("day", "hours"), [(FORWARD, 23), (BACK, 25), (JUNE, 24), (DECEMBER, 24)])
def test_a_day_has_the_hours_that_the_clock_gave_it(day, hours):
    assert daylight.hours_by_phase(day, day, *SLOUGH).sum() == pytest.approx(hours)


@pytest.mark.parametrize("day", [JUNE, DECEMBER, FORWARD, BACK])
def test_the_hours_of_a_day_are_those_between_its_sunrise_and_sunset(day):
    sun, hours = daylight.sunrise_sunset(day, *NEWTOWN), daylight.hours_by_phase(day, day, *NEWTOWN)
    assert hours["daylight"] == pytest.approx((sun.sunset - sun.sunrise) / pd.Timedelta("1h"), abs=2 / 60)
    lit = (sun.dusk - sun.dawn) / pd.Timedelta("1h")
    assert hours["daylight"] + hours["twilight"] == pytest.approx(lit, abs=2 / 60)


@pytest.mark.parametrize("last", [date(2024, 11, 1), date(2024, 12, 31), date(2025, 4, 20), date(2025, 9, 30)])
def test_counting_long_periods_coarsely_is_as_good_as_by_the_minute(monkeypatch, last):
    coarse = daylight.hours_by_phase(date(2024, 10, 1), last, *SLOUGH)
    monkeypatch.setattr(daylight, "COUNT_EVERY", {10**6: pd.Timedelta("1min")})
    fine = daylight.hours_by_phase(date(2024, 10, 1), last, *SLOUGH)
    assert (coarse / coarse.sum()).to_numpy() == pytest.approx((fine / fine.sum()).to_numpy(), abs=0.002)


def test_winter_is_darker_than_summer_and_a_year_is_dark_for_two_fifths():
    share = {month: daylight.dark_hours_share(date(2024, month, 1), date(2024, month, 28), *SLOUGH) for month in (6, 12)}
    assert share[6] == pytest.approx(5.8 / 24, abs=0.01)
    assert share[12] == pytest.approx(14.8 / 24, abs=0.01)
    assert 0.4 < daylight.dark_hours_share(date(2024, 1, 1), date(2024, 12, 31), *SLOUGH) < 0.45


@pytest.mark.parametrize(
    ("day", "place", "said"),
    [
        (DECEMBER, LONDON, "Dark from 16:34 to 07:24."),
        (date(2024, 3, 30), LONDON, "Dark from 19:05 to 06:03."),
        (JUNE, UNST, "Not fully dark all night."),
        (JUNE, (-1.15, 60.15), "Dark from 00:26 to 01:47."),
    ],
    ids=["midwinter", "the night the clocks go forward", "Shetland hardly gets dark", "dark after midnight only"],
)
def test_the_night_of_a_day_is_said(day, place, said):
    assert daylight.dark_from_to(day, *place) == said


def test_what_does_not_happen_on_a_day_is_missing():
    sun = daylight.sunrise_sunset(JUNE, *UNST)
    assert (sun.dawn is pd.NaT, sun.dusk is pd.NaT) == (True, True)
    assert sun.sunrise < sun.sunset


ALONE = """
import socket, sys
def refused(*_args, **_named): raise AssertionError("the network was asked")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refused
import numpy as np
from layers import daylight
assert daylight.altitude_degrees(np.datetime64("2024-06-21T12:00"), -0.12, 51.5) > 61
print(sorted({"pvlib", "numba", "requests", "scipy.optimize"} & set(sys.modules)))
"""


def test_one_command_reads_only_the_part_it_needs_warns_of_nothing_and_asks_nobody():
    done = subprocess.run([sys.executable, "-W", "error", "-c", ALONE], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
