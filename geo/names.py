"""The gazetteer's names, laid out to be looked up: by their key, by nearly their key, by what kind of place they are of.

Built when first asked for and kept as long as the gazetteer is. All positions are metres on the British National Grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl
from numpy.typing import NDArray

from geo.gazetteer import Gazetteer
from geo.misspellings import loose
from geo.place_words import KIND_WORDS, STAGES, kinds_said, without_kind

COLUMNS = (
    "number", "feature", "name", "key", "kind", "easting", "northing", "west", "south", "east", "north", "district", "town", "authority",
)  # fmt: skip

SHORT = frozenset({"sir", "and", "of", "the", "city", "county", "borough", "de", "gogledd", "north", "south", "east", "west"})
"""Words that alone do not name an authority."""


class Row(NamedTuple):
    """One name of one thing, as the gazetteer has it. `number` is its place in the table."""

    number: int
    feature: int
    name: str
    key: str
    kind: str
    easting: float
    northing: float
    west: float
    south: float
    east: float
    north: float
    district: str | None
    town: str | None
    authority: str | None


class Names:
    """The names of one gazetteer."""

    def __init__(self, names: pl.DataFrame) -> None:
        # Sorted by what is in it, so that nothing found depends on the order in which sources were read.
        order = ["key", "kind", "easting", "northing", "feature", "name"]
        self.table = names.filter(pl.col("key") != "").sort(order).with_row_index("number").select(COLUMNS)
        runs = self.table["key"].rle().struct.unnest()
        starts = (runs["len"].cum_sum() - runs["len"]).to_list()
        self._runs = dict(zip(runs["value"].to_list(), zip(starts, runs["len"].to_list(), strict=True), strict=True))
        self._read: dict[str, list[Row]] = {}
        self._towns: dict[str, list[Row]] = {}

    def __len__(self) -> int:
        return self.table.height

    def rows(self, key: str) -> list[Row]:
        """Return the names that have exactly this key."""
        if key not in self._read:
            run = self._runs.get(key)
            self._read[key] = [Row(*row) for row in self.table.slice(*run).rows()] if run else []
        return self._read[key]

    def loosely(self, key: str) -> list[Row]:
        """Return the names that differ only in their spaces or in an s at a word's end: `Maes yr Haf` and `Maesyrhaf`."""
        return [row for other in self._loose.get(loose(key), ()) for row in self.rows(other)]

    def settlements(self, key: str) -> list[Row]:
        """Return the towns, villages and suburbs of this name."""
        return [row for row in self.rows(key) if row.kind == "settlement"] if key in self._settled else []

    def town(self, key: str) -> list[Row]:
        """Return the settlement that a thing's town names, which may be in both languages at once: `abergwaun fishguard`."""
        if key not in self._towns:
            words = key.split()
            both = (
                first
                for at in range(1, len(words))
                if (first := self.settlements(" ".join(words[:at]))) and self.settlements(" ".join(words[at:]))
            )
            self._towns[key] = self.settlements(key) or next(both, [])
        return self._towns[key]

    def of_kind(self, key: str) -> list[Row]:
        """Return the places of the kind that the wording says, whose name is the rest of it: `Crown pub`, `Oakham station`."""
        found: list[Row] = []
        for kind in kinds_said(key):
            found += [
                row for other in self._aliases.get((kind, without_kind(key, kind)), ()) for row in self.rows(other) if row.kind == kind
            ]
        return found

    def is_authority(self, key: str) -> bool:
        """Say whether this is what a local authority is called, or one of its names."""
        return key in self._authorities

    def keys(self, among: NDArray[np.bool_] | None) -> list[str]:
        """Return every key there is, of the rows of the table that `among` says."""
        return (self.table if among is None else self.table.filter(pl.Series(among)))["key"].unique().sort().to_list()

    @cached_property
    def boxes(self) -> NDArray[np.float64]:
        """Return west, south, east and north of every row."""
        return self.table.select("west", "south", "east", "north").to_numpy()

    def within(self, box: Sequence[float], margin_m: float) -> NDArray[np.bool_]:
        """Say which rows' boxes come within a distance of a box: west, south, east, north."""
        west, south, east, north = box
        low = (self.boxes[:, 0] <= east + margin_m) & (self.boxes[:, 1] <= north + margin_m)
        return np.asarray(low & (self.boxes[:, 2] >= west - margin_m) & (self.boxes[:, 3] >= south - margin_m))

    @cached_property
    def _settled(self) -> frozenset[str]:
        return frozenset(self.table.filter(pl.col("kind") == "settlement")["key"].unique().to_list())

    @cached_property
    def _loose(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key in self._runs:
            found.setdefault(loose(key), []).append(key)
        return found

    @cached_property
    def _aliases(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        of_kinds = self.table.filter(pl.col("kind").is_in(list(KIND_WORDS))).select("kind", "key").unique(maintain_order=True)
        for kind, key in of_kinds.rows():
            alias = without_kind(key, kind)
            short = " ".join(word for word in alias.split() if word not in STAGES) if kind == "school" else ""
            for one in {alias, short} - {""}:
                found.setdefault((kind, one), []).append(key)
        return found

    @cached_property
    def _authorities(self) -> frozenset[str]:
        found = set()
        for key in self.table["authority"].drop_nulls().unique():
            words = key.split()
            found |= {" ".join(words[:end]) for end in range(1, len(words) + 1)} | {" ".join(words[start:]) for start in range(len(words))}
        return frozenset(found - SHORT)

    @cached_property
    def words(self) -> frozenset[str]:
        """Return every word that a name here has."""
        return frozenset(self.table["key"].unique().str.split(" ").explode().drop_nulls().unique().to_list())


def of(gazetteer: Gazetteer | None) -> Names | None:
    """Return the names of a gazetteer, laid out once; None where it has none."""
    if gazetteer is None:
        return None
    if gazetteer not in _KEPT:
        _KEPT[gazetteer] = Names(gazetteer.names)
    return _KEPT[gazetteer] if len(_KEPT[gazetteer]) else None


_KEPT: WeakKeyDictionary[Gazetteer, Names] = WeakKeyDictionary()
