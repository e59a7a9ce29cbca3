"""House numbers on streets, where the gazetteer has them. A number that is at two places is at none."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl

from geo import wording
from geo.gazetteer import Gazetteer

PRECISION_M = 25.0
"""How far from the point of an address something at it may be: the house, its garden, the pavement before it."""

ONE_ADDRESS_M = 50.0
"""Points of one number on one street no further apart are one address: its flats, or its building and its door."""

BESIDE_M = 100.0
"""How far outside its street's box an address may be."""

Point = tuple[float, float]


class Addresses:
    """The addresses of one gazetteer."""

    def __init__(self, addresses: pl.DataFrame) -> None:
        table = addresses.with_columns(number_key=wording.key(pl.col("number")), postcode=pl.col("postcode").str.replace_all(" ", ""))
        self._of: dict[tuple[str, str], list[tuple[float, float, str | None]]] = {}
        for street, number, *at in table.select("street_key", "number_key", "easting", "northing", "postcode").sort(pl.all()).rows():
            self._of.setdefault((street, number), []).append((at[0], at[1], at[2]))

    def find(self, street: str, number: str, *, postcode: str | None, box: Sequence[float] | None) -> Point | None:
        """Return where a number on a street (keys both) is: in the postcode, else beside the street's box.

        None where the gazetteer does not have it there, or has it at several places.
        """
        known = self._of.get((street, number), [])
        if postcode is not None:
            known = [(east, north, code) for east, north, code in known if code == postcode]
        elif box is not None:
            west, south, east_end, north_end = box
            known = [
                (east, north, code)
                for east, north, code in known
                if west - BESIDE_M <= east <= east_end + BESIDE_M and south - BESIDE_M <= north <= north_end + BESIDE_M
            ]
        if not known:
            return None
        points = np.array([one[:2] for one in known], float)
        if np.hypot(*(points.max(axis=0) - points.min(axis=0))) > ONE_ADDRESS_M:
            return None
        easting, northing = points.mean(axis=0)
        return float(easting), float(northing)


def of(gazetteer: Gazetteer | None) -> Addresses | None:
    """Return the addresses of a gazetteer, laid out once; None where it has none."""
    if gazetteer is None or gazetteer.addresses.is_empty():
        return None
    if gazetteer not in _KEPT:
        _KEPT[gazetteer] = Addresses(gazetteer.addresses)
    return _KEPT[gazetteer]


_KEPT: WeakKeyDictionary[Gazetteer, Addresses] = WeakKeyDictionary()
