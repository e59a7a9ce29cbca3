"""How high the sun stands, and so whether it is daylight, twilight or dark, for any place and time.

Places are in degrees here, longitude and latitude (WGS84), which is what the sun's height is worked out in. Times are in UTC where
nothing else is said; `utc_of` and `clock_of` turn what the clock on the wall showed into it and back.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo import rhythm
from words import _

PHASES = ("daylight", "twilight", "dark")

SUNRISE_DEGREES = -0.833
"""The height of the sun's centre at the sunrise and sunset that almanacs publish: half its width below a level horizon, and what
the air bends. Hills, buildings and cloud are not reckoned with."""

DARK_DEGREES = -6.0
"""The end of civil twilight: below this people outdoors cannot make things out without lamps, on the clearest evening."""

EARTH_AND_ATOMIC_CLOCKS_S = 69.0
"""How far the earth's turning lags behind the time that the sun's path is reckoned in. It has been 64 to 70 seconds since 2000;
being ten seconds out moves the sun by 0.0001°."""

KNOT_S = 6 * 3600.0
"""How often the sun's place in the sky is worked out in full; between, it moves as good as evenly: to 0.0001°."""

COUNT_EVERY = {31: pd.Timedelta("1min"), 200: pd.Timedelta("5min"), 10**6: pd.Timedelta("15min")}
"""Up to how many days, how finely hours are sorted into daylight, twilight and dark, by the phase in the middle of each piece.

Over months the minutes gained and lost at one dusk and the next even out: to less than two thousandths of all hours.
"""

Times = ArrayLike | pd.Series | pd.DatetimeIndex | pd.Timestamp


class SunTimes(NamedTuple):
    """The clock times of one day, to the minute; NaT for what does not happen on it (in Shetland it hardly gets dark in June)."""

    dawn: pd.Timestamp
    """The end of the dark: the start of civil twilight."""
    sunrise: pd.Timestamp
    sunset: pd.Timestamp
    dusk: pd.Timestamp
    """The start of the dark: the end of civil twilight."""


def altitude_degrees(when: Times, longitude: ArrayLike, latitude: ArrayLike) -> NDArray[np.float64]:
    """Return how many degrees the centre of the sun stands above a level horizon; below it is negative.

    `when` is in UTC (with a zone, or numpy or pandas times without), places in degrees; they broadcast against each other. A
    missing time has a missing height. The air's bending of light is left out, and so is the width of the earth, which together
    with what is taken as even between `KNOT_S` makes less than 0.003°, a second or two of time. After Reda and Andreas 2004
    (Solar Energy 76(5)), as kept in pvlib.
    """
    spa = _spa()
    knots_since = np.asarray(_seconds(when) / KNOT_S)
    before = np.floor(knots_since)
    known = np.unique(before[~np.isnan(before)])
    knots = np.unique(np.concatenate([known, known + 1]))
    if not len(knots):
        return np.full(np.broadcast_shapes(knots_since.shape, np.shape(longitude), np.shape(latitude)), np.nan)
    sidereal, ascension, declination = spa.solar_position_numpy(
        knots * KNOT_S, 0, 0, 0, 0, 0, EARTH_AND_ATOMIC_CLOCKS_S, 0, 1, sst=True
    )  # fmt: skip
    west_of_greenwich = sidereal - ascension
    at = np.minimum(np.searchsorted(knots, before), len(knots) - 2)
    part = knots_since - before
    turned = (west_of_greenwich[at + 1] - west_of_greenwich[at]) % 360
    hour_angle = west_of_greenwich[at] + part * turned + np.asarray(longitude)
    height = spa.topocentric_elevation_angle_without_atmosphere(
        np.asarray(latitude), declination[at] + part * (declination[at + 1] - declination[at]), hour_angle
    )
    return np.asarray(height, float)


def is_dark(when: Times, longitude: ArrayLike, latitude: ArrayLike) -> NDArray[np.bool_]:
    """Say whether civil twilight is over, for times and places as in `altitude_degrees`; a missing time is not dark."""
    return altitude_degrees(when, longitude, latitude) < DARK_DEGREES


def phase(altitude: ArrayLike) -> NDArray[np.str_]:
    """Say for heights of the sun whether it is `daylight`, `twilight` or `dark`; empty where the height is missing."""
    height = np.asarray(altitude, float)
    return np.select([height > SUNRISE_DEGREES, height >= DARK_DEGREES, height < DARK_DEGREES], PHASES, "")


def utc_of(clock: Times) -> pd.DatetimeIndex:
    """Return the UTC of times read from a clock on the wall in the United Kingdom, as `geo.rhythm` reads them.

    A time in the hour that clocks skip in March was read from a clock not yet put forward: an hour later. Of one that comes twice
    in October the first is taken; both are in the dark. Never raises for a time; a missing one stays missing.
    """
    read = pd.DatetimeIndex(np.atleast_1d(np.asarray(clock, "datetime64[us]")))
    summer = np.ones(len(read), bool)
    return read.tz_localize(rhythm.LOCAL_ZONE, ambiguous=summer, nonexistent=pd.Timedelta("1h")).tz_convert("UTC")


def clock_of(utc: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Return what the clock on the wall showed at times in UTC."""
    return (utc if utc.tz else utc.tz_localize("UTC")).tz_convert(rhythm.LOCAL_ZONE).tz_localize(None)


def sunrise_sunset(day: date, longitude: float, latitude: float) -> SunTimes:
    """Return when on one day it stops being dark, the sun rises, it sets and it is dark again, by the clock on the wall."""
    minutes = _every(np.datetime64(day), np.datetime64(day) + _A_DAY, "1min")
    height = altitude_degrees(minutes, longitude, latitude)
    found = [_crossing(minutes, sign * (height - level)) for sign, level in _CROSSINGS]
    return SunTimes(*found)


def dark_from_to(day: date, longitude: float, latitude: float) -> str:
    """Say from when to when it is dark in the night that begins on a day: "Dark from 17:10 to 06:40."."""
    noon = np.datetime64(day) + np.timedelta64(12, "h")
    minutes = _every(noon, noon + _A_DAY, "1min")
    below = DARK_DEGREES - altitude_degrees(minutes, longitude, latitude)
    dusk, dawn = _crossing(minutes, below), _crossing(minutes, -below)
    if pd.isna(np.array([dusk, dawn])).any():
        return _("Not fully dark all night.")
    return _("Dark from {dusk:%H:%M} to {dawn:%H:%M}.", dusk=dusk, dawn=dawn)


def hours_by_phase(first_day: date, last_day: date, longitude: float, latitude: float) -> pd.Series:
    """Return how many hours of the days from one to another, both included, are daylight, twilight and dark.

    Hours are by the real clock: the day that clocks go forward has 23.
    """
    step = next(step for days, step in COUNT_EVERY.items() if (last_day - first_day).days < days)
    steps = _every(np.datetime64(first_day), np.datetime64(last_day) + _A_DAY, step)
    # A few years are some hundred thousand steps: the heights alone are compared, not words.
    height = altitude_degrees(steps + step / 2, longitude, latitude)
    light, dark = np.count_nonzero(height > SUNRISE_DEGREES), np.count_nonzero(height < DARK_DEGREES)
    counts = pd.Series([light, len(steps) - light - dark, dark], index=pd.Index(PHASES, name="phase"), name="hours")
    return counts * (step / pd.Timedelta("1h"))


def dark_hours_share(first_day: date, last_day: date, longitude: float, latitude: float) -> float:
    """Return the share of all hours from one day to another, both included, that are dark."""
    # A tenth of a degree is a few miles and moves dusk by well under a minute: places of one area share an answer.
    return _dark_share(first_day, last_day, round(longitude, 1), round(latitude, 1))


@lru_cache(maxsize=256)
def _dark_share(first_day: date, last_day: date, longitude: float, latitude: float) -> float:
    hours = hours_by_phase(first_day, last_day, longitude, latitude)
    return float(hours["dark"] / hours.sum())


_A_DAY = np.timedelta64(1, "D")

_CROSSINGS = ((1, DARK_DEGREES), (1, SUNRISE_DEGREES), (-1, SUNRISE_DEGREES), (-1, DARK_DEGREES))
"""Upwards or downwards, and through what height: dawn, sunrise, sunset, dusk."""


def _crossing(minutes: pd.DatetimeIndex, height: NDArray[np.float64]) -> pd.Timestamp:
    """Return the clock time, to the minute, at which heights first go from below nought to above it; NaT where they do not."""
    rises = np.flatnonzero((height[:-1] < 0) & (height[1:] >= 0))
    if not len(rises):
        return pd.NaT  # type: ignore[return-value]
    at = rises[0]
    later = pd.Timedelta(minutes=height[at] / (height[at] - height[at + 1]))
    moment: pd.Timestamp = clock_of(minutes[[at]] + later).round("min")[0]
    return moment


def _every(began: np.datetime64, ended: np.datetime64, step: str | pd.Timedelta) -> pd.DatetimeIndex:
    """Return the times, in UTC, a step apart from one clock time up to another."""
    first, end = utc_of(np.array([began, ended]))
    return pd.date_range(first, end, freq=step, inclusive="left", unit="us")


def _seconds(when: Times) -> NDArray[np.float64]:
    """Return times as seconds of UTC since 1970, NaN where missing."""
    if isinstance(when, pd.Timestamp):
        when = pd.DatetimeIndex([when]) if when.tz else np.asarray(when.to_datetime64())
    if isinstance(when, pd.Series | pd.DatetimeIndex):
        times = pd.DatetimeIndex(when)
        when = (times.tz_convert("UTC").tz_localize(None) if times.tz else times).to_numpy()
    moments = np.asarray(when, "datetime64[us]")
    return np.where(np.isnat(moments), np.nan, moments.astype(np.int64) / 1e6)


@cache
def _spa() -> ModuleType:
    """Return pvlib's solar position algorithm, read from its own file, which needs nothing but numpy.

    `import pvlib` reads in weather services, solar cells and half of scipy with it: most of a second for one command.
    """
    package = importlib.util.find_spec("pvlib")
    folders: Iterable[str] = (package.submodule_search_locations or ()) if package else ()
    file = next(Path(folder) / "spa.py" for folder in folders)
    spec = importlib.util.spec_from_file_location("pvlib_spa", file)
    if not (spec and spec.loader):
        raise ImportError(f"{file} cannot be read")
    spa = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(spa)
    return spa
