"""Placing wordings by the streets, places and addresses that they name."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl
import shapely

from geo import addresses, context, extents, find_places, location_text, names, typed_postcodes, wording
from geo.context import Context
from geo.find_places import Finder, Found
from geo.gazetteer import Gazetteer
from geo.placed import Placed, Rows
from geo.reasons import (
    AMBIGUOUS,
    ELSEWHERE,
    NO_NAMES,
    ONLY_KIND,
    ONLY_LIKE_IT,
    ONLY_OUTSIDE,
    STREETS_APART,
    TOO_LONG_A_ROAD,
    TOO_LONG_A_TEXT,
    UNKNOWN_NAME,
    UNKNOWN_TOWN,
)
from geo.wordings import Wording

_REASONS = {
    find_places.AMBIGUOUS: AMBIGUOUS, context.UNKNOWN: UNKNOWN_NAME, context.ONLY_OUTSIDE: ONLY_OUTSIDE,
    context.ELSEWHERE: ELSEWHERE, find_places.UNKNOWN_TOWN: UNKNOWN_TOWN, find_places.LIKE: ONLY_LIKE_IT,
    find_places.ONLY_KIND: ONLY_KIND, find_places.APART: STREETS_APART, find_places.LONG: TOO_LONG_A_ROAD,
}  # fmt: skip

KEPT_FINDERS = 8
"""How many areas of one gazetteer are kept ready for looking up names."""


IN_CONFLICT = 0.8
"""Confidence in a postcode that stands beside a street or place elsewhere."""

CONFLICT_M = 2_000.0
"""How far that is from the postcode, beyond what either is good for."""


def put(placed: Placed, wordings: Sequence[Wording], gazetteer: Gazetteer | None, within: shapely.Geometry | None) -> None:
    """Place by an address, which is finer than a postcode, and what has no place yet by the name of a street or place."""
    houses = addresses.of(gazetteer)
    beside = [one for one in wordings if placed.method[one.rows[0]] == "postcode" and one.mentions().postcodes]
    wordings = [one for one in wordings if placed.open[one.rows[0]] or (houses is not None and placed.method[one.rows[0]] == "postcode")]
    finder = _finder(gazetteer, within)
    if finder is not None:
        _doubt(placed, beside, finder)
    if not wordings:
        return
    if finder is None or gazetteer is None:
        placed.note(np.concatenate([one.rows for one in wordings]), NO_NAMES)
        return
    readings = [location_text.read(one.mentions().rest) for one in wordings]
    keys = _keys({text for reading in readings for text in reading.texts})
    finder.compare(key for reading in readings for text in reading.texts if (key := keys[text]))
    area = cache(partial(typed_postcodes.area, gazetteer=gazetteer))
    for one, reading in zip(wordings, readings, strict=True):
        if reading.too_long:
            placed.note(one.rows, TOO_LONG_A_TEXT)
        elif reading.segments:
            found = finder.find(reading, keys, _context(one, area))
            if houses is not None and (house := _house(houses, reading, keys, one, found)):
                named, easting, northing = house
                how = ("address", addresses.PRECISION_M, find_places.CONFIDENT, named)
                placed.put_in_metres(one.rows, easting, northing, *how)
            elif placed.open[one.rows[0]]:
                _put(placed, one.rows, found)


def _doubt(placed: Placed, wordings: Sequence[Wording], finder: Finder) -> None:
    """Be less sure of postcodes whose text names a street or place, as it is spelt, that is kilometres away."""
    readings = [location_text.read(one.mentions().rest) for one in wordings]
    keys = _keys({text for reading in readings for text in reading.texts})
    for one, reading in zip(wordings, readings, strict=True):
        found = finder.find(reading, keys, Context())
        if found.verdict != find_places.FOUND or found.method not in ("street", "place"):
            continue
        row = one.rows[0]
        off_m = np.hypot(found.easting - placed.easting[row], found.northing - placed.northing[row])
        if off_m > CONFLICT_M + found.precision_m + placed.precision_m[row]:
            placed.confidence[one.rows] = np.minimum(placed.confidence[one.rows], IN_CONFLICT)


def _put(placed: Placed, rows: Rows, found: Found) -> None:
    if found.verdict == find_places.FOUND:
        how = (found.method, found.precision_m, found.confidence, found.matched, found.feature)
        placed.put_in_metres(rows, found.easting, found.northing, *how)
        return
    placed.note(rows, _REASONS[found.verdict])
    if found.candidates:
        placed.candidates |= dict.fromkeys(rows.tolist(), found.candidates)


def _context(one: Wording, area: Callable[[str, str | None], typed_postcodes.Area | None]) -> Context:
    """Return what a wording's postcodes, whole or in part, say of where it is."""
    mentioned = one.mentions()
    whole = [typed_postcodes.part_of(code) for code in (one.typed, *mentioned.postcodes) if code]
    district, sector = next((part for part in (*whole, *mentioned.districts) if part), (None, None))
    if district is None:
        return Context()
    extent = area(district, sector) or area(district, None)
    return Context(district=district, extent=extent.extent if extent else None)


def _house(
    houses: addresses.Addresses, reading: location_text.Reading, keys: Mapping[str, str], one: Wording, found: Found
) -> tuple[str, float, float] | None:
    """Return the house that a wording gives the number or the name of: what to call it, and where it is."""
    codes = (typed_postcodes.whole(one.typed), *one.mentions().postcodes)
    postcode = next((code for code in codes if code), None)
    if postcode is None and found.box is None:
        return None
    streets = [*found.keys, *(keys[name] for segment in reading.segments for name in segment.names)]
    numbers = [(segment.number, wording.key_of(segment.number)) for segment in reading.segments if segment.number]
    numbers += [(segment.names[0], keys[segment.names[0]]) for segment in reading.segments[:-1] if not segment.number]
    for street in dict.fromkeys(streets):
        for number, number_key in numbers:
            if point := houses.find(street, number_key, postcode=postcode, box=found.box):
                return f"{number} {found.matched or street.title()}", *point
    return None


def _keys(texts: Iterable[str]) -> dict[str, str]:
    ordered = sorted(texts)
    return dict(
        zip(ordered, pl.DataFrame({"text": ordered}, {"text": pl.String}).select(wording.key(pl.col("text"))).to_series(), strict=True)
    )


_FINDERS: WeakKeyDictionary[Gazetteer, OrderedDict[bytes | None, Finder]] = WeakKeyDictionary()


def _finder(gazetteer: Gazetteer | None, within: shapely.Geometry | None) -> Finder | None:
    """Return what finds names in an area; the last few are kept, because the app asks for one address after another."""
    known = names.of(gazetteer)
    if gazetteer is None or known is None:
        return None
    kept = _FINDERS.setdefault(gazetteer, OrderedDict())
    for finder in list(kept.values()):
        if finder.area is within:
            return finder
    which = None if within is None else shapely.to_wkb(within)
    if which not in kept:
        kept[which] = Finder(known, partial(extents.shapes, gazetteer), within)
    kept.move_to_end(which)
    while len(kept) > KEPT_FINDERS:
        kept.popitem(last=False)
    return kept[which]
