"""Geocoding without any outside service: where a record says it happened, and how sure that is.

A row is placed by its own coordinates, else by its property number, an address, a postcode, the name of a street or place in its
context, and at last a postcode sector or district. What cannot be placed is kept, with the reason: a wrong point is worse than no point.

Degrees come in because partners write them; `frames` turns them into metres (EPSG:27700) and back, good to about 5 m by PROJ's own shift
of datum and to 0.1 m where OSTN15 is on this machine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, partial

import numpy as np
import pandas as pd
import polars as pl
import shapely
from numpy.typing import NDArray

from geo import coordinates, location_text, placing_by_name, typed_postcodes, wording, wordings
from geo.extents import spread
from geo.find_places import MOST_CANDIDATES
from geo.gazetteer import NOT_POSITIONED, Gazetteer
from geo.placed import RESULT_COLUMNS, Placed
from geo.reasons import (
    AMBIGUOUS,
    AT_ZERO,
    DEFAULT_POINT,
    ELSEWHERE,
    HOME,
    NEAR_NOTHING,
    NO_GRID_REFERENCE,
    NO_LOCATION,
    NO_NAMES,
    NO_POSITION,
    NOTHING_GIVEN,
    ONLINE,
    ONLY_KIND,
    ONLY_LIKE_IT,
    ONLY_OUTSIDE,
    OUTSIDE,
    SEVERAL_GIVEN,
    STREETS_APART,
    TOO_LONG_A_ROAD,
    TOO_LONG_A_TEXT,
    TOO_ROUGH,
    UNKNOWN_NAME,
    UNKNOWN_POSTCODE,
    UNKNOWN_TOWN,
    UNKNOWN_UPRN,
    WHAT3WORDS,
)
from geo.wordings import Wording

__all__ = [
    "AMBIGUOUS", "AT_ZERO", "DEFAULT_POINT", "ELSEWHERE", "HOME", "METHODS", "NEAR_NOTHING", "NOTHING_GIVEN", "NO_GRID_REFERENCE",
    "NO_LOCATION", "NO_NAMES", "NO_POSITION", "ONLINE", "ONLY_KIND", "ONLY_LIKE_IT", "ONLY_OUTSIDE", "OUTSIDE", "RESULT_COLUMNS",
    "SEVERAL_GIVEN", "STREETS_APART", "TOO_LONG_A_ROAD", "TOO_LONG_A_TEXT", "TOO_ROUGH", "UNKNOWN_NAME", "UNKNOWN_POSTCODE", "UNKNOWN_TOWN",
    "UNKNOWN_UPRN", "WHAT3WORDS", "place", "spread",
]  # fmt: skip

METHODS = ("coordinates", "grid_reference", "uprn", "postcode", "address", "street", "place", "area", "none")

COORDINATE_PRECISION_M = 20.0
"""What a partner's own coordinates are taken to be good for, unless its profile says otherwise: a hand-placed pin."""

UPRN_PRECISION_M = 25.0
"""How far from the point of a property something at it may be: as for an address."""

DEFAULT_POINT_ROWS = 10
"""How many rows of one agency must share exactly one point before the point itself is doubted."""

DEFAULT_POINT_VARIETY = 0.5
"""The share of those rows' place wordings that must differ. A real address is worded much the same each time; a system's
default pin ("street not known" put at the civic centre) carries a different street in nearly every row."""

MENDED = 0.9
"""Confidence in a postcode of which a letter or digit was mended."""

AREA_CONFIDENCE = 0.9
"""Confidence in a sector or district."""

_UPRN = re.compile(r"UPRN\D{0,4}0*(\d{1,12})(?!\d)")

_COORDINATE_REASONS = {
    coordinates.ZERO: AT_ZERO, coordinates.OUTSIDE: OUTSIDE, coordinates.UNPOSITIONED: NO_GRID_REFERENCE, coordinates.ROUGH: TOO_ROUGH,
    coordinates.WORDS: WHAT3WORDS, coordinates.SEVERAL: SEVERAL_GIVEN,
}  # fmt: skip

_NO_PLACE_REASONS = {
    location_text.ONLINE: ONLINE, location_text.HOME: HOME, location_text.UNSAID: NO_LOCATION, location_text.NEAR_NOTHING: NEAR_NOTHING,
}  # fmt: skip


def place(
    records: pd.DataFrame,
    gazetteer: Gazetteer | None,
    *,
    coordinate_precision_m: float = COORDINATE_PRECISION_M,
    within: shapely.Geometry | None = None,
) -> pd.DataFrame:
    """Place each record of an incident frame; the result has its index and the columns of `RESULT_COLUMNS`.

    Uses `longitude, latitude, easting, northing, uprn, postcode, location_text`; columns may be missing and values may be missing.
    Coordinates may be the wrong way round or in each other's columns. `within` (EPSG:27700) is the area that the records are about: names
    are looked for in it, and a name that is only outside it is not placed; coordinates and postcodes are placed wherever they are.

    `method` is one of `METHODS`. Where it is `none`, positions and `precision_m` are missing, `reason` says why, and `candidates` may be
    a list of `name, kind, town, easting, northing, score`, best first. `matched` is what was found, as a person reads it, and `feature`
    names its extent for `spread`. `precision_m` is how far from the point the place may be, for at least nine of ten. A wording that
    says online or home is no place, whatever coordinates stand beside it: they are those of a home. A wording with two postcodes or
    positions in different places is none either. Nothing depends on the order of rows.
    """
    text, typed = _strings(records, "location_text").str.slice(0, location_text.SEARCHED), _strings(records, "postcode")
    result = Placed(len(records))
    no_place = _no_place(text)
    for verdict, reason in _NO_PLACE_REASONS.items():
        result.note([row for row, said in no_place.items() if said == verdict], reason)
    never = np.zeros(len(records), bool)
    never[[row for row, said in no_place.items() if said in (location_text.ONLINE, location_text.HOME)]] = True

    _by_columns(result, records, text, never, coordinate_precision_m)
    words = wordings.different(result.open & ~never, text, typed)
    words = _by_written_position(result, words, coordinate_precision_m, within)
    _by_uprn(result, _strings(records, "uprn"), words, never, gazetteer)
    words = wordings.still_open(words, result)
    words = _by_postcode(result, typed, words, never, gazetteer)
    placing_by_name.put(result, [one for one in words if one.rows[0] not in no_place], gazetteer, within)
    _by_area(result, typed, words, never, gazetteer, text_given=text.is_not_null().to_numpy())
    return result.frame(records.index)


def _strings(records: pd.DataFrame, name: str) -> pl.Series:
    """Return a column as text, whatever it is made of; blank is missing, and so is a column that is not there."""
    column = records.get(name)
    if column is None or column.isna().all():
        return pl.Series([None], dtype=pl.String).new_from_index(0, len(records))
    return pl.from_pandas(column.astype("string")).cast(pl.String).str.strip_chars().replace("", None)


def _no_place(text: pl.Series) -> dict[int, str]:
    """Return what each row's wording says that is no place, of those rows whose wording does."""
    telling = (pl.col("text").str.len_chars() <= location_text.LONGEST) & ~pl.col("text").str.contains("[0-9]")
    different = text.drop_nulls().unique().to_frame("text").filter(telling)
    if different.is_empty():
        return {}
    said = different.with_columns(said=location_text.no_place(wording.key(pl.col("text")))).drop_nulls("said")
    if said.is_empty():
        return {}
    rows = text.to_frame("text").with_row_index("row").join(said, on="text")
    return dict(zip(rows["row"].to_list(), rows["said"].to_list(), strict=True))


def _by_columns(result: Placed, records: pd.DataFrame, text: pl.Series, never: NDArray[np.bool_], precision_m: float) -> None:
    if not {"longitude", "latitude"} <= set(records) and not {"easting", "northing"} <= set(records):
        return
    given = records.reindex(columns=["longitude", "latitude", "easting", "northing"])
    own = coordinates.from_columns(given["longitude"], given["latitude"], given["easting"], given["northing"])
    doubted = _default_points(_strings(records, "agency"), text, own.longitude, own.latitude)
    result.note(doubted, DEFAULT_POINT)
    for problem, reason in _COORDINATE_REASONS.items():
        result.note(own.problem == problem, reason)
    at = np.flatnonzero(~np.isnan(own.longitude) & ~doubted & ~never)
    result.put_in_degrees(at, own.longitude[at], own.latitude[at], "coordinates", precision_m)


def _default_points(agency: pl.Series, text: pl.Series, longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which rows stand on a point that their agency gives to many different places."""
    if text.null_count() > len(text) - DEFAULT_POINT_ROWS:
        return np.zeros(len(text), bool)
    points = pl.DataFrame(
        {"agency": agency, "longitude": longitude, "latitude": latitude, "wording": text.str.strip_chars().str.to_lowercase()}
    )
    # Two passes: few points have rows enough, and only for those are the wordings told apart.
    at_one = pl.struct("agency", "longitude", "latitude").rank("dense")
    points = points.with_row_index("row").filter(pl.col("longitude").is_not_nan()).with_columns(point=at_one)
    many = points.filter(pl.col("wording").is_not_null().sum().over("point") >= DEFAULT_POINT_ROWS)
    varied = many.filter(
        pl.col("wording").drop_nulls().n_unique().over("point") >= DEFAULT_POINT_VARIETY * pl.col("wording").count().over("point")
    )
    doubted = np.zeros(len(text), bool)
    doubted[varied["row"].to_numpy()] = True
    return doubted


def _by_written_position(result: Placed, words: Sequence[Wording], precision_m: float, within: shapely.Geometry | None) -> list[Wording]:
    """Place what has a position in its text: degrees, metres or a grid reference. Return the wordings that have not several."""
    clear = []
    for one in words:
        clear.append(one)
        if sum(letter.isdigit() for letter in one.text) < 4 and one.text.count(".") < 2:
            continue
        found = coordinates.in_text(one.text, within)
        if found == coordinates.SEVERAL:
            clear.pop()
        if isinstance(found, str):
            result.note(one.rows, _COORDINATE_REASONS[found])
        elif found is not None:
            method = "grid_reference" if found.grid_reference else "coordinates"
            feature = f"square:{found.precision_m * 2**0.5:.0f}" if found.grid_reference and found.precision_m > precision_m else None
            put = result.put_in_degrees if found.in_degrees else result.put_in_metres
            put(one.rows, found.east, found.north, method, max(found.precision_m, precision_m), 1.0, found.grid_reference, feature)
    return clear


def _by_uprn(result: Placed, column: pl.Series, words: Sequence[Wording], never: NDArray[np.bool_], gazetteer: Gazetteer | None) -> None:
    asked = np.full(len(column), -1, np.int64)
    if column.null_count() < len(column):
        number = column.str.extract(r"^\D*0*(\d{1,12})(?:\.0*)?$").cast(pl.Int64, strict=False)
        asked = number.fill_null(-1).to_numpy().copy()
    for one in words:
        if "UPRN" in (upper := one.text.upper()) and (found := _UPRN.search(upper)):
            asked[one.rows] = int(found[1])
    rows = np.flatnonzero(result.open & ~never & (asked > 0))
    if not len(rows):
        return
    result.note(rows, UNKNOWN_UPRN)
    if gazetteer is None or gazetteer.uprns.is_empty():
        return
    known = gazetteer.uprns["uprn"].to_numpy()
    at = np.minimum(np.searchsorted(known, asked[rows]), len(known) - 1)
    there = known[at] == asked[rows]
    points = gazetteer.uprns.select(pl.col("easting", "northing").cast(pl.Float64).gather(at[there])).to_numpy()
    numbers = asked[rows[there]].astype(str).astype(object)
    result.put_in_metres(rows[there], points[:, 0], points[:, 1], "uprn", UPRN_PRECISION_M, matched=numbers)


def _by_postcode(
    result: Placed, typed: pl.Series, words: Sequence[Wording], never: NDArray[np.bool_], gazetteer: Gazetteer | None
) -> list[Wording]:
    """Place by the postcode that a row has, else by the one that its text has, mended where only one mending is a postcode.

    Return the wordings that have not several in different places.
    """
    rows = np.flatnonzero(result.open & ~never & typed.is_not_null().to_numpy())
    if len(rows):
        asked = typed if len(rows) == len(typed) else typed.gather(rows)
        if gazetteer is not None:
            _put_postcodes(result, rows, asked, typed_postcodes.keys(asked), gazetteer)
        result.note(rows[result.open[rows]], UNKNOWN_POSTCODE)
    contradictory = _note_several(result, words, gazetteer)
    words = [one for one in words if one not in contradictory]
    several = max((len(one.mentions().postcodes) for one in words if result.open[one.rows[0]]), default=0)
    for number in range(several):  # of several in one text, the first that is known
        those = [one for one in words if result.open[one.rows[0]] and len(one.mentions().postcodes) > number]
        if those:
            rows = np.concatenate([one.rows for one in those])
            asked = pl.Series([one.mentions().postcodes[number] for one in those for _ in one.rows], dtype=pl.String)
            result.note(rows, UNKNOWN_POSTCODE)
            if gazetteer is not None:
                _put_postcodes(result, rows, asked, asked, gazetteer)
    return list(words)


def _note_several(result: Placed, words: Sequence[Wording], gazetteer: Gazetteer | None) -> set[Wording]:
    """Return the wordings that have postcodes in different places, and note these for a person to choose from."""
    asking = [one for one in words if result.open[one.rows[0]] and len(set(one.mentions().postcodes)) > 1]
    if gazetteer is None or not asking:
        return set()
    codes = sorted({code for one in asking for code in one.mentions().postcodes})
    found = gazetteer.find_postcodes(pl.Series(codes, dtype=pl.String)).with_columns(code=pl.Series(codes))
    right = typed_postcodes.mended(found.filter(pl.col("quality").is_null())["code"].to_list(), gazetteer)
    mended = pl.Series(sorted(set(right.values())), dtype=pl.String)
    found = pl.concat([found, gazetteer.find_postcodes(mended).with_columns(code=mended)])
    found = found.filter((pl.col("quality") != NOT_POSITIONED).fill_null(value=False))
    points = {code: point for code, *point in found.select("code", "easting", "northing", "precision_m").iter_rows()}
    several = set()
    for one in asking:
        known = sorted({code for code in (right.get(code, code) for code in one.mentions().postcodes) if code in points})[:MOST_CANDIDATES]
        east, north, reach_m = np.array([points[code] for code in known], float).reshape(-1, 3).T
        if (np.hypot(east[:, None] - east, north[:, None] - north) > reach_m[:, None] + reach_m).any():
            candidates = tuple(
                {"name": code, "kind": "postcode", "town": None, "easting": float(x), "northing": float(y), "score": 100}
                for code, x, y in zip(known, east, north, strict=True)
            )
            result.note(one.rows, SEVERAL_GIVEN)
            result.candidates |= dict.fromkeys(one.rows.tolist(), candidates)
            several.add(one)
    return several


def _put_postcodes(result: Placed, rows: NDArray[np.intp], asked: pl.Series, keys: pl.Series, gazetteer: Gazetteer) -> None:
    """Place rows by their keys, and those whose postcode is not known by the only one that it can be mended to."""
    found = gazetteer.find_postcodes(keys)
    _put_found(result, rows, keys, found, 1.0)
    if not found["quality"].has_nulls():
        return
    unknown = found["quality"].is_null()
    rows, asked = rows[unknown.to_numpy()], asked.filter(unknown)
    right = asked.replace_strict(typed_postcodes.mended(asked.unique().to_list(), gazetteer), default=None, return_dtype=pl.String)
    rows, right = rows[right.is_not_null().to_numpy()], right.drop_nulls()
    _put_found(result, rows, right, gazetteer.find_postcodes(right), MENDED)


def _put_found(result: Placed, rows: NDArray[np.intp], keys: pl.Series, found: pl.DataFrame, confidence: float) -> None:
    """Place the rows whose postcodes were found and have a position."""
    nowhere = (found["quality"] == NOT_POSITIONED).fill_null(value=False)
    result.note(rows[nowhere.to_numpy()], NO_POSITION)
    positioned = ~nowhere & found["quality"].is_not_null()
    if not positioned.any():
        return
    if not positioned.all():
        rows, keys, found = rows[positioned.to_numpy()], keys.filter(positioned), found.filter(positioned)
    east, north, precision = (found[name].cast(pl.Float64).to_numpy() for name in ("easting", "northing", "precision_m"))
    feature = None
    rough = typed_postcodes.is_rough(found["quality"]).to_numpy()
    if rough.any():
        feature = np.full(len(rows), None, object)
        feature[rough] = [f"sector:{key[:-3]} {key[-3]}" for key in keys.filter(pl.Series(rough))]
    result.put_in_metres(rows, east, north, "postcode", precision, confidence, keys.to_numpy(), feature)


def _by_area(
    result: Placed,
    typed: pl.Series,
    words: Sequence[Wording],
    never: NDArray[np.bool_],
    gazetteer: Gazetteer | None,
    *,
    text_given: NDArray[np.bool_],
) -> None:
    """Place what is only a sector or district, in the column for a postcode or in the text, by its whole extent."""
    if gazetteer is None:
        return
    area = cache(partial(typed_postcodes.area, gazetteer=gazetteer))
    asked: dict[str, list[NDArray[np.intp]]] = {}
    rows = np.flatnonzero(result.open & ~never & typed.is_not_null().to_numpy())
    worded = set(np.flatnonzero(text_given).tolist()) if len(rows) else set()
    for code, row in zip(typed.gather(rows).to_list(), rows, strict=True):
        if int(row) not in worded:
            asked.setdefault(code, []).append(np.array([row]))
    for one in words:
        if result.open[one.rows[0]] and not one.typed:
            asked.setdefault(one.text, []).append(one.rows)
    for code, some in asked.items():
        part = typed_postcodes.as_area(code)
        found = area(*part) if part else None
        if found is not None:
            kind = "sector" if " " in found.code else "district"
            result.put_in_metres(
                np.concatenate(some),
                found.easting,
                found.northing,
                "area",
                found.precision_m,
                AREA_CONFIDENCE,
                found.code,
                f"{kind}:{found.code}",
            )
