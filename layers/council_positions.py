"""Where the rows of a council's table are, whatever its columns are called: metres or degrees, either way round, and of which datum.

Degrees (EPSG:4326) come in; what leaves is in British National Grid metres (EPSG:27700).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo import coordinates, frames
from layers.council_tables import by_plain_name, plain_name
from words import DataProblem, _, ngettext

METRES = (("easting", "northing"), ("eastings", "northings"), ("x", "y"), ("x coord", "y coord"), ("x coordinate", "y coordinate"),
          ("geo x", "geo y"), ("east", "north"), ("bng e", "bng n"), ("osgb x", "osgb y"))  # fmt: skip
DEGREES = (("longitude", "latitude"), ("long", "lat"), ("lon", "lat"), ("lng", "lat"))
"""Pairs of headings that say where something is, east first, as councils write them."""

KNOWN = tuple(name for pair in (*METRES, *DEGREES) for name in pair)

AGREE_M = 1.0
"""Two positions of one row this near are the same: metres are written to one, and six decimals of a degree are a tenth."""

HELMERT_M = 6.0
"""No further than this are a seven-parameter Helmert shift and Ordnance Survey's OSTN15 apart, and then all over one town alike."""

DATUM_M = (60.0, 170.0)
"""How far a position moves in Great Britain when its degrees are taken to be of the other datum (WGS84 for OSGB36 or the reverse)."""

FEWEST_LAMPS, NEAR_STREET_M = 20, 15.0
"""A datum is only decided by the streets with so many places, whose middle one comes to lie this near one and not half as far as before."""

FAR_M, ROUND_STREETS_M = 50.0, 200.0
"""Places whose middle one is further than this from a street do not stand along streets; asked of those no further round all streets."""

_SAMPLE = 1_000
_WITH_COMMAS = r"^\s*[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?\s*$"
_on_airy = pyproj.Transformer.from_crs("EPSG:4277", frames.BRITISH_NATIONAL_GRID, always_xy=True)
"""OSGB36's own degrees to its grid: the projection alone, with no shift of datum in it."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Pair:
    """A pair of columns as positions: metres (NaN: none), and how each was written."""

    easting: Numbers
    northing: Numbers
    in_degrees: NDArray[np.bool_]
    turned: NDArray[np.bool_]
    """Written north first."""
    outside: NDArray[np.bool_]


@dataclass(frozen=True)
class Found:
    """Positions of a table's rows, what there is to say of them, and the two columns they were read from."""

    points: gpd.GeoSeries
    notes: tuple[str, ...]
    mapping: Mapping[str, str]


def from_pair(x: pd.Series, y: pd.Series) -> Pair:
    """Read two columns as positions in Great Britain: metres or degrees, either way round, told by their size."""
    x, y = _without_commas(x), _without_commas(y)
    nothing = pd.Series(np.nan, index=x.index)
    told = coordinates.from_columns(x, y, nothing, nothing)
    easting, northing = frames.points_in_metres(told.longitude, told.latitude)
    first, second = (pd.to_numeric(column, errors="coerce").to_numpy(float) for column in (x, y))
    there = ~np.isnan(easting)
    metres = there & (np.fmax(np.abs(first), np.abs(second)) > 180)
    # Metres are kept as they are written: to degrees and back they are good for a millimetre, but not the same number.
    turned = there & np.where(
        metres, np.abs(first - easting) > np.abs(first - northing), np.abs(first - told.longitude) > np.abs(first - told.latitude)
    )
    return Pair(
        np.where(metres, np.where(turned, second, first), easting),
        np.where(metres, np.where(turned, first, second), northing),
        there & ~metres,
        turned,
        told.problem == coordinates.OUTSIDE,
    )


def from_table(file: str, table: pd.DataFrame, mapping: Mapping[str, str]) -> Found:
    """Return where each row is, by the columns `x` and `y` of the mapping, else by headings that are known; metres before degrees.

    Where there are both, what they differ by is noted. Raises DataProblem where no column says a position, or one is outside Britain.
    """
    by_name = by_plain_name(table.columns)
    known = [(by_name[x], by_name[y]) for x, y in (*METRES, *DEGREES) if x in by_name and y in by_name]
    columns = (mapping["x"], mapping["y"]) if "x" in mapping else next(iter(known), None)
    if columns is None:
        raise DataProblem(
            "{file} has no columns that are known to say where things are. Say which with x=… and y=…; it has: {columns}.",
            file=file, columns=", ".join(map(str, table.columns)),
        )  # fmt: skip
    pair = from_pair(table[columns[0]], table[columns[1]])
    if pair.outside.any():
        rows = table.index[pair.outside]
        raise DataProblem(
            "{file}, row {row}: the position is outside Great Britain, as {count} are. Correct it, or empty it to leave the row out.",
            file=file, row=rows[0], count=len(rows),
        )  # fmt: skip
    notes = _mislabelled(file, columns, pair)
    other = next((each for each in known if not set(each) & set(columns)), None)
    if other:
        notes += _compared(columns, pair, other, from_pair(table[other[0]], table[other[1]]))
    there = ~np.isnan(pair.easting)
    shapes = np.full(len(table), None, dtype=object)
    shapes[there] = shapely.points(pair.easting[there], pair.northing[there])
    return Found(
        gpd.GeoSeries(shapes, index=table.index, crs=frames.BRITISH_NATIONAL_GRID), tuple(notes), dict(zip("xy", columns, strict=True))
    )


def by_the_streets(points: gpd.GeoSeries, streets: gpd.GeoSeries) -> tuple[gpd.GeoSeries, tuple[str, ...]]:
    """Return places (metres) moved by the datum that was mistaken, where the streets show it beyond doubt, and the sentence that says so.

    Longitude and latitude of WGS84 that were taken to be of OSGB36, or the reverse, lie some 110 m off, all alike. Lamps stand along
    streets: moved back, the middle one is a few metres from one. Where the middle one is far from any street and nothing brings it near,
    that is said.

    Raises DataProblem where eastings and northings are exchanged: both are on the grid in much of Great Britain, and only the streets tell.
    """
    if len(points) < FEWEST_LAMPS or streets.empty:
        return points, ()
    x, y = points.x.to_numpy(), points.y.to_numpy()
    lines = shapely.STRtree(streets.to_numpy())
    west, south, east, north = streets.total_bounds + np.array([-1, -1, 1, 1]) * ROUND_STREETS_M

    def middle_m(east_m: Numbers, north_m: Numbers) -> tuple[float, int]:
        """Return how far the middle one of those round the streets is from one, and how many they are."""
        near = (east_m >= west) & (east_m <= east) & (north_m >= south) & (north_m <= north)
        if near.sum() < FEWEST_LAMPS:
            return np.inf, 0
        spots = shapely.points(east_m[near], north_m[near])
        some = np.linspace(0, len(spots) - 1, min(len(spots), _SAMPLE)).astype(int)
        distances = lines.query_nearest(spots[some], return_distance=True, all_matches=False)[1]
        return float(np.median(distances)), int(near.sum())

    as_given, given_near = middle_m(x, y)
    exchanged, exchanged_near = middle_m(y, x)
    if as_given > FAR_M and exchanged <= NEAR_STREET_M and exchanged_near >= given_near:
        raise DataProblem(
            "Easting and northing are the wrong way round: exchanged, the middle position is {after} m from a street, and as given it is "
            "{before}. Say which column is which with x=…,y=….",
            after=round(exchanged), before=_("not in the area") if np.isinf(as_given) else _("{metres} m", metres=round(as_given)),
        )  # fmt: skip
    if np.isinf(as_given):
        return points, ()
    moved = {"wgs84": _were_wgs84(x, y), "osgb36": _were_osgb36(x, y)}
    off = {datum: middle_m(*place)[0] for datum, place in moved.items()}
    best = min(off, key=off.__getitem__)
    if off[best] > NEAR_STREET_M or off[best] * 2 > as_given:
        far = _("The middle one of the positions is {metres} m from the nearest street: check that they are right", metres=round(as_given))
        return points, (far,) if as_given > FAR_M else ()
    shift_m = round(float(np.median(np.hypot(moved[best][0] - x, moved[best][1] - y))))
    said = {
        "wgs84": _("All positions were made from WGS84 degrees without the shift of datum: they are moved by {metres} m", metres=shift_m),
        "osgb36": _("All positions were made from OSGB36 degrees taken to be WGS84: they are moved by {metres} m", metres=shift_m),
    }
    where = said[best] + _(
        " (the middle one was {before} m from a street and is now {after} m)", before=round(as_given), after=round(off[best])
    )
    return gpd.GeoSeries(gpd.points_from_xy(*moved[best]), index=points.index, crs=points.crs), (where,)


def _without_commas(column: pd.Series) -> pd.Series:
    """Return text with the commas taken out of numbers such as 601,100."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column
    text = column.astype("str")
    with_commas = text.str.contains(_WITH_COMMAS, regex=True, na=False)
    return column.mask(with_commas, text.str.replace(",", "")) if with_commas.any() else column


def _were_wgs84(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    return frames.points_in_metres(*_on_airy.transform(x, y, direction="INVERSE"))


def _were_osgb36(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    easting, northing = _on_airy.transform(*frames.points_in_degrees(x, y))
    return np.asarray(easting, float), np.asarray(northing, float)


def _mislabelled(file: str, columns: tuple[str, str], pair: Pair) -> list[str]:
    there = ~np.isnan(pair.easting)
    if not there.any():
        return []
    names = tuple(plain_name(name) for name in columns)
    says_degrees = any("lat" in name or "lon" in name or "lng" in name for name in names)
    says_metres = any("east" in name or "north" in name or "bng" in name for name in names)
    values = {"file": file, "x": columns[0], "y": columns[1]}
    notes = []
    metres, degrees, turned = int((there & ~pair.in_degrees).sum()), int(pair.in_degrees.sum()), int(pair.turned.sum())
    if says_degrees and metres:
        notes.append(
            ngettext("“{x}” and “{y}” of {file} hold grid metres in {count} row, and are read as such",
                     "“{x}” and “{y}” of {file} hold grid metres in {count} rows, and are read as such", metres, **values)
        )  # fmt: skip
    if says_metres and degrees:
        notes.append(
            ngettext("“{x}” and “{y}” of {file} hold degrees in {count} row, and are read as such",
                     "“{x}” and “{y}” of {file} hold degrees in {count} rows, and are read as such", degrees, **values)
        )  # fmt: skip
    if turned:
        notes.append(
            ngettext("“{x}” and “{y}” of {file} are the wrong way round in {count} row, and are turned",
                     "“{x}” and “{y}” of {file} are the wrong way round in {count} rows, and are turned", turned, **values)
        )  # fmt: skip
    return notes


def _compared(columns: tuple[str, str], pair: Pair, other_columns: tuple[str, str], other: Pair) -> list[str]:
    """Say what two positions of the same rows differ by."""
    east, north = pair.easting - other.easting, pair.northing - other.northing
    both = ~np.isnan(east)
    if not both.any():
        return []
    middle_m = float(np.hypot(np.median(east[both]), np.median(north[both])))
    spread_m = float(np.median(np.hypot(east[both] - np.median(east[both]), north[both] - np.median(north[both]))))
    apart = np.hypot(east, north)
    values = {"one": " / ".join(columns), "other": " / ".join(other_columns), "metres": f"{middle_m:.1f}"}
    alike = spread_m <= AGREE_M
    if alike and AGREE_M < middle_m <= HELMERT_M:
        return [
            _("{one} and {other} differ by the same {metres} m in every row: two ways to shift the datum. The first are used", **values)
        ]
    if alike and DATUM_M[0] <= middle_m <= DATUM_M[1] and _is_datum(pair, other, both):
        return [
            _(
                "{one} and {other} are {metres} m apart, as WGS84 and OSGB36 are: one of them is of the wrong datum. The first are used",
                **values,
            )
        ]
    if alike and middle_m > AGREE_M:
        return [
            _("{one} and {other} differ by the same {metres} m in every row, which is no shift known here. The first are used", **values)
        ]
    far = both & (apart > HELMERT_M)
    if not far.any():
        return []
    return [
        ngettext("{one} and {other} are more than {most} m apart in {count} row. The first are used",
                 "{one} and {other} are more than {most} m apart in {count} rows. The first are used", int(far.sum()),
                 one=values["one"], other=values["other"], most=round(HELMERT_M))
    ]  # fmt: skip


def _is_datum(pair: Pair, other: Pair, both: NDArray[np.bool_]) -> bool:
    x, y = other.easting[both], other.northing[both]
    for east, north in (_were_wgs84(x, y), _were_osgb36(x, y)):
        if np.median(np.hypot(east - pair.easting[both], north - pair.northing[both])) <= HELMERT_M:
            return True
    return False
