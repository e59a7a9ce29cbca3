"""Postcodes as people type them: mended where only one mending is a postcode that exists, and found in running text.

A whole postcode is a point; a sector (`SL1 1`) or a district (`SL1`) is the extent of the postcodes in it.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

import numpy as np
import polars as pl
import shapely

from geo.gazetteer import NOT_POSITIONED, Gazetteer, normalised_postcode

SECTOR_QUALITY = 60
"""From this positional quality on, a postcode's point is the mean of its sector or worse: it is known only to the sector."""

FORMS = ("A9", "A99", "AA9", "AA99", "A9A", "AA9A")
"""The shapes of the first half of a postcode: A a letter, 9 a digit."""

READ_AS = {"9": {"O": "0", "I": "1", "L": "1", "S": "5"}, "A": {"0": "O", "1": "I", "5": "S"}}
"""What is typed for a digit or a letter that it looks like."""

UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
"""The letters that end a postcode: C, I, K, M, O and V are left out, because they look like others."""

EDGE_M = 100.0
"""How far round its outermost postcodes a sector still reaches: a postcode is a stretch of street."""

REACHED = 95
"""Per cent of a sector's postcodes that its precision takes in. A few are numbered into it from the other end of the county."""

_IN_TEXT = re.compile(r"(?<![A-Z0-9])([A-Z0-9]{2,4})[ .\-]{0,3}([0-9OIL][A-Z0-9]{2})(?![A-Z0-9])")
_DISTRICT = re.compile(
    r"(?<![A-Z0-9])(?<!FLAT )(?<!UNIT )(?<!BLOCK )(?<!ROOM )(?<!PLOT )(?<!BAY )(?<!GATE )(?<!STOP )(?<!STAND )(?<!PLATFORM )"
    r"([A-Z]{1,2}[0-9][A-Z0-9]?)(?: ([0-9]))?(?![A-Z0-9])"
)
_AREA = re.compile(r"\W*([A-Z]{1,2}[0-9][A-Z0-9]?)(?: ?([0-9]))?\W*")
_WHOLE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")
_ROAD = re.compile(r"[ABM][0-9]{1,4}")


@dataclass(frozen=True)
class Area:
    """A sector or district: where its postcodes are."""

    code: str
    easting: float
    northing: float
    precision_m: float
    extent: shapely.Geometry


def keys(typed: pl.Series) -> pl.Series:
    """Return typed postcodes as keys, null where one has not a postcode's shape."""
    plain = typed.str.to_uppercase().str.replace_all(" ", "", literal=True)
    fits = plain.str.contains(f"^{_WHOLE.pattern}$")
    if fits.all():
        return plain
    # Only what has other signs in it goes the slow way round.
    odd = pl.col("odd")
    table = pl.DataFrame({"plain": plain, "odd": pl.select(pl.when(~fits).then(typed)).to_series()})
    return table.select(pl.when(odd.is_null()).then("plain").otherwise(normalised_postcode(odd))).to_series()


def mended(typed: list[str], gazetteer: Gazetteer) -> dict[str, str]:
    """Return for each typed postcode that only looks like one the key it must be: where one reading alone, and one only, exists."""
    readings = {text: _readings(re.sub("[^A-Z0-9]", "", text.upper()[:40])) for text in typed}
    every = sorted({reading for some in readings.values() for reading in some})
    if not every:
        return {}
    exists = gazetteer.find_postcodes(pl.Series(every, dtype=pl.String))["quality"].is_not_null()
    known = {reading for reading, there in zip(every, exists, strict=True) if there}
    right = {text: [reading for reading in some if reading in known] for text, some in readings.items()}
    return {text: some[0] for text, some in right.items() if len(some) == 1}


@dataclass(frozen=True)
class Mentioned:
    """The postcodes in a text, which may still have to be mended; the districts and sectors that stand alone; and the rest of the text."""

    postcodes: tuple[str, ...]
    districts: tuple[tuple[str, str | None], ...]
    rest: str


def in_text(text: str) -> Mentioned:
    """Find what may be postcodes in a text, and parts of them; in the rest NULs stand in their place. A road's number is none."""
    plain = text.upper()
    if len(plain) != len(text) or not any(letter.isdigit() for letter in plain):  # a letter may have no single capital
        return Mentioned((), (), text)
    whole: list[str] = []
    parts: list[tuple[str, str | None]] = []

    def whole_ones(match: re.Match[str]) -> str:
        outward, inward = match.groups()
        telling = outward[0].isalpha() and any(letter.isdigit() for letter in outward) and not (outward[1:] + inward).isdigit()
        if not (telling and _readings(outward + inward)):
            return match.group()
        whole.append(outward + inward)
        return "\x00" * (match.end() - match.start())

    def districts(match: re.Match[str]) -> str:
        if _ROAD.fullmatch(match[1]) and not match[2]:
            return match.group()
        parts.append((match[1], match[2]))
        return "\x00" * (match.end() - match.start())

    marked = _DISTRICT.sub(districts, _IN_TEXT.sub(whole_ones, plain))
    return Mentioned(
        tuple(whole), tuple(parts), "".join("\x00" if mark == "\x00" else letter for mark, letter in zip(marked, text, strict=True))
    )


def as_area(text: str) -> tuple[str, str | None] | None:
    """Return the district and sector that a whole text is, None where it is more or something else."""
    found = _AREA.fullmatch(text.upper()[:20])
    return (found[1], found[2]) if found else None


def whole(text: str | None) -> str | None:
    """Return the key of a text that has a whole postcode's shape, None where it has not."""
    key = re.sub("[^A-Z0-9]", "", (text or "").upper()[:40])
    return key if _WHOLE.fullmatch(key) else None


def part_of(text: str) -> tuple[str, str | None] | None:
    """Return the district and sector of a typed postcode, known or not, whole or not."""
    key = whole(text)
    return (key[:-3], key[-3]) if key else as_area(text)


def area(district: str, sector: str | None, gazetteer: Gazetteer) -> Area | None:
    """Return the extent of a sector or district, None where the gazetteer has no postcode in it."""
    units = ["".join(pair) for pair in itertools.product(UNIT_LETTERS, repeat=2)]
    numbers = [sector] if sector else list("0123456789")
    wanted = pl.Series([f"{district}{number}{unit}" for number in numbers for unit in units])
    found = gazetteer.find_postcodes(wanted).filter(pl.col("quality") < SECTOR_QUALITY)
    if found.is_empty():
        return None
    points = found.select(pl.col("easting", "northing").cast(pl.Float64)).to_numpy()
    middle = np.median(points, axis=0)
    # The point is one of the postcodes, because the middle of a district may be a reservoir.
    off = np.hypot(*(points - middle).T)
    easting, northing = points[np.lexsort((points[:, 1], points[:, 0], off))[0]]
    reach = np.hypot(points[:, 0] - easting, points[:, 1] - northing)
    within = reach <= np.percentile(reach, REACHED, method="higher")
    extent = shapely.MultiPoint(points[within]).convex_hull.buffer(EDGE_M)
    code = f"{district} {sector}" if sector else district
    return Area(code, float(easting), float(northing), float(reach[within].max() + EDGE_M), extent)


def is_rough(quality: pl.Series) -> pl.Series:
    """Say which postcodes are known only to their sector."""
    return (quality >= SECTOR_QUALITY) & (quality != NOT_POSITIONED)


def _readings(typed: str) -> list[str]:
    """Return the well-formed postcodes that what is typed may stand for, itself among them if it is one."""
    if not 5 <= len(typed) <= 7:
        return []
    found = []
    for form in FORMS:
        whole = form + "9AA"
        if len(whole) == len(typed):
            letters = [_read(letter, wanted) for letter, wanted in zip(typed, whole, strict=True)]
            if all(letters):
                found.append("".join(letter for letter in letters if letter))
    return sorted(set(found))


def _read(letter: str, wanted: str) -> str | None:
    fits = letter.isdigit() if wanted == "9" else letter.isalpha()
    return letter if fits else READ_AS[wanted].get(letter)
