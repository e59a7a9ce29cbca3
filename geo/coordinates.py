"""The ways people write a position, in columns and in running text: degrees of every kind, metres, grid references.

Degrees are read here (WGS84) because that is what partners write; what leaves here is in degrees or in metres and says which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd
import polars as pl
import shapely
from numpy.typing import ArrayLike, NDArray

from geo import frames

NO_LAND_M = 1000.0
"""How near the grid's origin, which is in the sea off Scilly, nothing can be: such numbers are degrees, or made up."""

GRID_M = (700_000.0, 1_300_000.0)
"""East and north of the origin, where the grid ends."""

NO_GRID_REFERENCE = 99.999999
"""The latitude that the Office for National Statistics gives what has no position."""

COARSEST_M = 1_000.0
"""What is written more roughly than this is no position: one decimal of a degree is 7 km, a grid reference of two figures 10 km."""

NEAR_M = 50_000.0
"""How far outside the area that records are about a grid reference among other words may be: further off it is some other number."""

SAME_M = 50.0
"""How far apart two ways of writing one position may be, beyond their precision: a pin is good for 20 m, and the shift of datum for 5 m."""

MOST_READ = 20
"""So many positions of one text are compared."""

ZERO, OUTSIDE, UNPOSITIONED, ROUGH, WORDS, SEVERAL = "zero", "outside", "unpositioned", "rough", "words", "several"
"""What is wrong with a position: at 0, 0; not in Great Britain; said to be none; too rough; in the words of what3words; or two of them."""

ABROAD = [
    shapely.Polygon([(2.1, 51.25), (1.45, 51.0), (1.15, 50.8), (0.6, 50.6), (0.2, 50.4), (-0.5, 50.1), (-1.5, 49.7), (2.1, 49.7)]),
    shapely.Polygon(
        [(-9.1, 51.0), (-6.0, 51.7), (-5.75, 52.5), (-5.7, 53.4), (-5.35, 54.2), (-5.3, 54.65), (-5.6, 54.9), (-5.9, 55.2),
         (-6.3, 55.38), (-7.0, 55.5), (-7.6, 55.7), (-9.1, 55.7)]
    ),
]  # fmt: skip
"""France and Ireland where they reach into the rectangle that the grid is meant for, drawn down the middle of the sea between."""

SQUARES = frozenset(re.findall("..", (
    "HP HT HU HW HX HY HZ NA NB NC ND NF NG NH NJ NK NL NM NN NO NR NS NT NU NW NX NY NZ OV SC SD SE SH SJ SK SM SN SO SP SR SS ST SU SV "
    "SW SX SY SZ TA TF TG TL TM TQ TR TV"
).replace(" ", "")))  # fmt: skip
"""The grid's squares of 100 km that have land in them."""

ALSO_WORDS = frozenset({"HT", "NA", "NE", "NO", "NR", "NT", "NW", "NY", "SE", "SO", "ST", "SW", "TA", "TV"})
"""Of these, what is a word or its abbreviation too: only in capitals among small letters is it sure to be a square."""

MOSTLY_WORDS = frozenset({"HT", "NA", "NO", "NR"})
"""Height, not applicable, number and near: in small letters never a square. These are all in Scotland."""

_BEYOND = (-np.inf, np.inf)
_M_PER_DEGREE = 111_320.0
_HALF_DIAGONAL = 1.18
"""Of half a unit of latitude and longitude at 52° north, in halves of a unit of latitude."""


@dataclass(frozen=True)
class Positions:
    """Positions in degrees, NaN where there is none, and what is wrong with those that were given."""

    longitude: NDArray[np.float64]
    latitude: NDArray[np.float64]
    problem: NDArray[np.object_]


@dataclass(frozen=True)
class Written:
    """A position as it was written in a text: degrees east and north, or metres east and north."""

    east: float
    north: float
    in_degrees: bool
    precision_m: float
    grid_reference: str | None = None


def in_britain(longitude: ArrayLike, latitude: ArrayLike) -> NDArray[np.bool_]:
    """Say for each point in degrees whether it is in Great Britain or the sea round it; missing is False."""
    inside = frames.inside_great_britain(longitude, latitude)
    longitude, latitude = np.asarray(longitude, float), np.asarray(latitude, float)
    for country in ABROAD:
        west, south, east, north = country.bounds
        near = inside & (longitude >= west) & (longitude <= east) & (latitude >= south) & (latitude <= north)
        inside[near] = ~shapely.contains_xy(country, longitude[near], latitude[near])
    return inside


def from_columns(longitude: pd.Series, latitude: pd.Series, easting: pd.Series, northing: pd.Series) -> Positions:
    """Return where the columns say each row is: by its degrees, else by its metres, either way round and in either pair of columns."""
    degrees = _turned(_numbers(longitude), _numbers(latitude))
    east, north = _numbers(easting), _numbers(northing)
    other = np.isnan(degrees.longitude) & ~np.isnan(east) & ~np.isnan(north)
    if not other.any():
        return degrees
    metres = _turned(east[other], north[other])
    degrees.longitude[other], degrees.latitude[other] = metres.longitude, metres.latitude
    found, both = ~np.isnan(metres.longitude), degrees.problem[other]
    both[found] = None
    worse = ~found & pd.isna(both)
    both[worse] = metres.problem[worse]
    degrees.problem[other] = both
    return degrees


def in_text(text: str, near: shapely.Geometry | None = None) -> Written | str | None:
    """Return the position that is written in a text, what is wrong with it, or None where none is.

    Knows `51.5105, -0.5950` in either order, `N51.5105 W0.595`, `51°30'37.8"N 0°35'42"W`, `51 30 37N 000 35 42W`, `497600, 180100`,
    `E 497600 N 180100` and `SU 978 801`. How precise it is follows from how many figures were written. A grid reference among other words
    is one in capitals, not after a word such as `crime no`, and not far from `near` (EPSG:27700): `Crime no 12345678` is none.
    """
    plain = text.upper().translate(_PLAIN)
    if re.search(r"///\s?[A-Z]+\.[A-Z]+\.[A-Z]+|^\W*(?!WWW\.)[A-Z]{3,}\.[A-Z]{3,}\.[A-Z]{3,}\W*$", plain):
        return WORDS
    if not any(letter.isdigit() for letter in plain):
        return None
    for written in (_minutes(plain), _decimals(plain), _metres(plain)):
        if found := list(islice(written, MOST_READ)):
            return _the_one([*found, *islice(_grid_references(text.translate(_PLAIN), near), MOST_READ)])
    return _the_one(list(islice(_grid_references(text.translate(_PLAIN), near), MOST_READ)))


def _the_one(found: list[Written | str]) -> Written | str | None:
    """Return the first of what was found, unless another position is somewhere else."""
    if not found or isinstance(found[0], str):
        return found[0] if found else None
    first, *others = (one for one in found if not isinstance(one, str))
    apart = any(_apart_m(first, other) > first.precision_m + other.precision_m + SAME_M for other in others)
    return SEVERAL if apart else first


def _apart_m(one: Written, other: Written) -> float:
    (east, north), (other_east, other_north) = (_in_metres(written) for written in (one, other))
    return float(np.hypot(east - other_east, north - other_north))


def _in_metres(written: Written) -> tuple[float, float]:
    if not written.in_degrees:
        return written.east, written.north
    (east,), (north,) = frames.points_in_metres([written.east], [written.north])
    return float(east), float(north)


def _turned(x: NDArray[np.float64], y: NDArray[np.float64]) -> Positions:
    """Return pairs of numbers as degrees, whichever of longitude, latitude, easting and northing they are."""
    given = ~np.isnan(x) & ~np.isnan(y)
    direct = in_britain(x, y)
    longitude, latitude = np.where(direct, x, np.nan), np.where(direct, y, np.nan)
    problem = np.full(len(x), None, object)
    odd = np.flatnonzero(given & ~direct)
    if not len(odd):
        return Positions(longitude, latitude, problem)
    x, y = x[odd], y[odd]
    east, north = np.full(len(odd), np.nan), np.full(len(odd), np.nan)
    swapped = in_britain(y, x)
    east[swapped], north[swapped] = y[swapped], x[swapped]
    for one, other in ((x, y), (y, x)):
        likely = np.isnan(east) & _on_grid(one, other)
        to_degrees = frames.points_in_degrees(one[likely], other[likely])
        found = in_britain(*to_degrees)
        east[likely], north[likely] = (np.where(found, values, np.nan) for values in to_degrees)
    longitude[odd], latitude[odd] = east, north
    none = (np.abs(x - NO_GRID_REFERENCE) < 1e-5) | (np.abs(y - NO_GRID_REFERENCE) < 1e-5)
    wrong = np.where((x == 0) & (y == 0), ZERO, np.where(none, UNPOSITIONED, OUTSIDE))
    problem[odd[np.isnan(east)]] = wrong[np.isnan(east)]
    return Positions(longitude, latitude, problem)


def _on_grid(easting: NDArray[np.float64], northing: NDArray[np.float64]) -> NDArray[np.bool_]:
    far = (easting >= NO_LAND_M) | (northing >= NO_LAND_M)
    return far & (easting >= 0) & (easting < GRID_M[0]) & (northing >= 0) & (northing < GRID_M[1])


def _numbers(column: pd.Series) -> NDArray[np.float64]:
    """Return a column as numbers; where it is text, degrees may be written in any way."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column.to_numpy(float, na_value=np.nan)
    words = pl.from_pandas(column.astype("string")).cast(pl.String).str.strip_chars()
    numbers = words.cast(pl.Float64, strict=False)
    odd = words.filter(numbers.is_null() & words.is_not_null() & (words != "")).unique()
    if len(odd):
        read = {text: _one_angle(text[:60].upper().translate(_PLAIN)) for text in odd}
        numbers = numbers.fill_null(words.replace_strict(read, default=None, return_dtype=pl.Float64))
    return numbers.to_numpy().astype(float)


# Running text

_PLAIN = str.maketrans(
    {"−": "-", "–": "-", "º": "°", "˚": "°", "’": "'", "′": "'", "‘": "'", "´": "'", "”": '"', "″": '"', "“": '"', "\u00a0": " "}
)
_UNIT = r"\s*(?:°|DEG(?:REES)?|D(?![A-Z])|:|\s)\s*"
_MINUTES = r"(\d{1,2}(?:\.\d{1,12})?)\s*(?:'(?!')|MIN(?:UTES)?|M(?![A-Z])|:|(?=[\s NSEW]|$))\s*"
_SECONDS = r"(?:(\d{1,2}(?:\.\d{1,12})?)\s*(?:\"|''|SEC(?:ONDS)?|S(?=[\s,]*[NSEW]))?\s*)?"
_SEXAGESIMAL = rf"([NSEW])?\s*(-?\d{{1,3}}){_UNIT}{_MINUTES}{_SECONDS}"
_ANGLE = re.compile(rf"^{_SEXAGESIMAL}((?(1)(?!)|[NSEW]))?$")
_ANGLES = re.compile(rf"(?<![\w.]){_SEXAGESIMAL}((?(1)(?!)|[NSEW]))?[\s,;/|]*{_SEXAGESIMAL}((?(6)(?!)|[NSEW]))?(?![\w])")
_NAME = r"(?:LAT(?:ITUDE)?|LONG?(?:ITUDE)?|LNG)?\s*[:=]?\s*"
_DECIMAL = r"([NSEW])?\s*([-+]?\d{1,2}\.\d{1,15})\s*°?\s*([NSEW])?(?![\w.])"
_DECIMALS = re.compile(rf"(?<![\w.-]){_DECIMAL}[\s,;/|&]*{_NAME}{_DECIMAL}|(?<=[A-Z]){_DECIMAL}[\s,;/|&]*{_NAME}{_DECIMAL}")
_ONLY = re.compile(r"(?:LAT(?:ITUDE)?|LONG?(?:ITUDE)?|LNG|[NSEW]|[^A-Z0-9])*")
_EAST, _NORTH = r"(\d{5,6}(?:\.\d{1,6})?)", r"(\d{5,7}(?:\.\d{1,6})?)"
_ONLY_NUMBERS = re.compile(rf"^\W*([1-9]\d{{5}}(?:\.\d{{1,6}})?)\s*[,;/\s]\s*{_NORTH}\W*$")
_METRES = [
    (re.compile(rf"\b(?:E|EASTINGS?|X)\s*[:=]?\s*{_EAST}\W{{1,8}}(?:N|NORTHINGS?|Y)\s*[:=]?\s*{_NORTH}\b"), (1, 2)),
    (re.compile(rf"\b(?:N|NORTHINGS?|Y)\s*[:=]?\s*{_NORTH}\W{{1,8}}(?:E|EASTINGS?|X)\s*[:=]?\s*{_EAST}\b"), (2, 1)),
    (re.compile(rf"\b{_EAST}\s?M?\s?E\W{{1,8}}{_NORTH}\s?M?\s?N\b"), (1, 2)),
    (_ONLY_NUMBERS, (1, 2)),
]
_REFERENCE = re.compile(
    rf"(?<![A-Z0-9])({'|'.join(sorted(SQUARES))})\s?[:.-]?\s?(\d{{1,12}})(?:[\s,/]{{1,3}}(\d{{1,6}}))?(?![A-Z0-9])",
    re.IGNORECASE | re.ASCII,
)
_REF = r"REF(?:S|ERENCES?)?"
_LABELLED = re.compile(rf"(?:\b(?:GRID|MAP|OS|OSGB|LOCATION)\W{{0,3}}(?:{_REF}|SQUARE)|\bNGR)\b(?:\W{{0,3}}\b(?:NO|NUMBER|IS)\b)?\W*$")
_OTHER_NUMBER = re.compile(
    rf"(?:\b(?:NO|NOS|NUM|NUMBERS?|{_REF}|IDS?|CRIMES?|INCIDENTS?|INC|CAD|NHS|URN|CRN|LOGS?|CASES?|JOBS?|STORM|OCCURRENCE|REPORT|OFFICERS?|"
    r"PC|PCSO|OIC|COLLAR|WARRANT|SERIAL|EXHIBIT|CUSTODY|TEL|TELEPHONE|PHONE|MOB|MOBILE|FAX|REG|REGISTRATION|VRM|VRN|INDEX|PASSPORT|"
    r"LICENCE|TICKET|INVOICE|ORDER|ACCOUNT|PATIENT|NINO|RHIF|CYF|CYFEIRNOD)\b|#)(?:\s+(?:IS|WAS|OF))?\W*$"
)
"""What stands before a number that is no grid reference, though it may look like one."""


def _minutes(text: str) -> Iterator[Written | str]:
    for found in _ANGLES.finditer(text):
        parts = found.groups()
        signs = re.search("[°:\"']|DEG", found.group())
        if not (signs and "°" in found.group()) and not all(parts[at] or parts[at + 4] for at in (0, 5)):
            continue  # five numbers in a row are degrees only where something says so
        one, other = (_sexagesimal(parts[at : at + 5]) for at in (0, 5))
        if one and other:
            yield _degrees(one, other)


def _sexagesimal(parts: tuple[str | None, ...]) -> tuple[float, str, float] | None:
    """Return an angle in degrees, the letter of its hemisphere if it has one, and the size of the last unit that was written."""
    before, degrees, minutes, seconds, after = parts
    value = abs(float(degrees or 0)) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    if float(minutes or 0) >= 60 or float(seconds or 0) >= 60:
        return None
    unit = _unit(seconds) / 3600 if seconds else _unit(minutes) / 60
    hemisphere = before or after or ""
    return (-value if hemisphere in ("S", "W") or (degrees or "").startswith("-") else value), hemisphere, unit


def _one_angle(text: str) -> float | None:
    """Return a single angle that is written with a letter or in minutes and seconds, None where it is none."""
    found = _ANGLE.match(text)
    angle = _sexagesimal(found.groups()) if found else None
    if angle:
        return angle[0]
    plain = re.match(r"^([NSEW])?\s*([-+]?\d{1,7}(?:[.,]\d{1,15})?)\s*(?:°|M)?\s*([NSEW])?$", text)
    if not plain:
        return None
    value = float(plain[2].replace(",", "."))
    return -abs(value) if (plain[1] or plain[3]) in ("S", "W") else value


def _decimals(text: str) -> Iterator[Written | str]:
    for found in _DECIMALS.finditer(text):
        parts = found.groups()[:6] if found.group(2) else found.groups()[6:]
        alone = _ONLY.fullmatch(text[: found.start()]) and _ONLY.fullmatch(text[found.end() :])
        exact = min(len(parts[at].partition(".")[2]) for at in (1, 4)) >= 3
        if not (alone or exact):
            continue
        one, other = (
            (-abs(float(number)) if (before or after) in ("S", "W") else float(number), before or after or "", _unit(number))
            for before, number, after in (parts[:3], parts[3:])
        )
        yield _degrees(one, other)


def _degrees(one: tuple[float, str, float], other: tuple[float, str, float]) -> Written | str:
    """Return two angles as a position: by their letters, else whichever way round they are in Great Britain."""
    (first, first_letter, first_unit), (second, second_letter, second_unit) = one, other
    precision_m = max(first_unit, second_unit) * _M_PER_DEGREE / 2 * _HALF_DIAGONAL
    latitude_first = first_letter in ("N", "S") if first_letter or not second_letter else second_letter in ("E", "W")
    if not (first_letter or second_letter):
        latitude_first = bool(in_britain([second], [first])[0])
    east, north = (second, first) if latitude_first else (first, second)
    if first == second == 0:
        return ZERO
    if NO_GRID_REFERENCE in (first, second):
        return UNPOSITIONED
    if not in_britain([east], [north])[0]:
        return OUTSIDE
    return ROUGH if precision_m > COARSEST_M else Written(east, north, in_degrees=True, precision_m=precision_m)


def _metres(text: str) -> Iterator[Written | str]:
    for pattern, (east_at, north_at) in _METRES:
        there = False
        for found in pattern.finditer(text):
            there = True
            east, north = float(found.group(east_at)), float(found.group(north_at))
            if pattern is _ONLY_NUMBERS and not _lands(east, north):
                east, north = north, east
            yield Written(east, north, in_degrees=False, precision_m=1.0) if _lands(east, north) else OUTSIDE
        if there:
            return


def _lands(east: float, north: float) -> bool:
    if not _on_grid(np.array([east]), np.array([north]))[0]:
        return False
    return bool(in_britain(*frames.points_in_degrees([east], [north]))[0])


def _grid_references(text: str, near: shapely.Geometry | None) -> Iterator[Written]:
    """Yield the middles of the squares that grid references name: of two figures less than a kilometre, one needs the whole text."""
    for found in _REFERENCE.finditer(text):
        square, first, second = found.groups(default="")
        figures = first + second
        if len(figures) % 2 or (second and len(first) != len(second)) or not 4 <= len(figures) <= 12:
            continue
        before, after = text[: found.start()].upper(), text[found.end() :].upper()
        alone = not re.sub(r"GRID|MAP|REF(ERENCE)?|OSGB|OS|NGR|\W", "", before + after)
        if len(figures) == 4 and not alone:
            continue
        labelled = bool(_LABELLED.search(before))
        if not labelled and (_OTHER_NUMBER.search(before) or re.match(r"[\s-]{1,3}\d{3,}(?!\w)", after)):
            continue
        small = not square.isupper()
        square = square.upper()
        if small and (square in MOSTLY_WORDS or not (alone or labelled)):
            continue
        if square in ALSO_WORDS and not (alone or labelled or any(letter.islower() for letter in text)):
            continue  # among nothing but capitals, `MILL LANE SO 2130 2230` says nothing
        half = len(figures) // 2
        size_m = 100_000 / 10**half
        east_m, north_m = corner(square)
        east, north = (corner + (int(part) + 0.5) * size_m for corner, part in ((east_m, figures[:half]), (north_m, figures[half:])))
        far = near is not None and shapely.distance(near, shapely.Point(east, north)) > NEAR_M
        if far and (not alone or (small and square in ALSO_WORDS)):
            continue
        yield Written(east, north, False, size_m / 2**0.5, f"{square} {figures[:half]} {figures[half:]}")


def corner(square: str) -> tuple[float, float]:
    """Return the south-west corner of a square of 100 km, by its two letters (there is no I)."""
    first, second = ("ABCDEFGHJKLMNOPQRSTUVWXYZ".index(letter) for letter in square)
    east = (first % 5 - 2) * 500_000 + second % 5 * 100_000
    north = (3 - first // 5) * 500_000 + (4 - second // 5) * 100_000
    return float(east), float(north)


def _unit(number: str | None) -> float:
    """Return the size of a number's last decimal."""
    return 10.0 ** -len((number or "").partition(".")[2])
