"""What goes with a name and says which of several is meant: the area, the town after it, the postcode district.

All lengths are metres on the British National Grid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import frames
from geo.location_text import Segment
from geo.names import Names, Row
from geo.nearby import box_of, half_diagonal_m, in_town, off_town_m, things
from geo.place_words import COUNTRIES, sounds_like_a_street

FITS, UNKNOWN, ONLY_OUTSIDE, ELSEWHERE = "fits", "unknown", "only outside", "elsewhere"
"""What comes of laying a context on names: some fit; there are none; they are outside the area; in another town or district than named."""

MARGIN_M = 10_000.0
"""How far outside the area names are still compared with misspelt ones: the neighbours' streets are what a wrong one would be taken for."""

POST_TOWN_M = 8_000.0
"""How far a village lies from the town that its letters are sent through."""

POST_TOWN_AT_MOST_M = 16_000.0
"""How far some do: of a village that is not the town named, another of that name within this may be meant just as well."""

DISTRICT_EDGE_M = 1_000.0
"""How far outside the district that is named a street may be: a gazetteer gives each street one district, and some have two."""

BESIDE_M = 150.0
"""What is said to be in a street is not further from it than this."""

MOST_CLUSTERED = 100
"""More names than this in one context are several places, without looking how they lie."""

FEW = 500
"""Up to so many names, of a neighbourhood or a village, are few: one may differ from a misspelt one in its first letter."""

COUNTY_COUNCILS = COUNTRIES & {
    "cambridgeshire", "cornwall", "derbyshire", "devon", "dorset", "durham", "essex", "gloucestershire", "hampshire", "herefordshire",
     "hertfordshire", "kent", "lancashire", "leicestershire", "lincolnshire", "norfolk", "northumberland", "nottinghamshire",
     "oxfordshire", "shropshire", "staffordshire", "suffolk", "surrey", "warwickshire", "wiltshire", "worcestershire",
     "carmarthenshire", "ceredigion", "denbighshire", "flintshire", "gwynedd", "monmouthshire", "pembrokeshire", "powys"
}  # fmt: skip
"""Counties with a council of that name: a gazetteer that knows authorities has it as one, if it has anything there."""

LONGEST_WORDING = 12
"""Words of a wording in which a town is looked for."""


@dataclass(frozen=True)
class Context:
    """The towns that are named, nearest to the name first, the authority, and the postcode district or sector with its extent."""

    towns: tuple[Sequence[Row], ...] = ()
    authority: str | None = None
    county: str | None = None
    """A county with a council that the gazetteer does not know."""
    district: str | None = None
    extent: shapely.Geometry | None = None
    used: frozenset[int] = field(default=frozenset())
    """Segments of the wording that are context themselves."""

    @property
    def says_where(self) -> bool:
        return bool(self.towns or self.district)

    def inside(self, town: Sequence[Row]) -> Context:
        """Return the same with a town that stands nearer to the name."""
        return replace(self, towns=(town, *self.towns))


@dataclass(frozen=True)
class Fitting:
    """The names that fit a context, what is wrong where none does, and whether the town that is named is only their post town."""

    rows: Sequence[Row]
    verdict: str
    far: bool = False


class Surroundings:
    """The area in which names are looked for; None is everywhere."""

    def __init__(self, names: Names, area: shapely.Geometry | None) -> None:
        self.names, self.area = names, area
        self.among: NDArray[np.bool_] | None = None
        """Which names misspelt ones are compared with, None for all."""
        self._inside: NDArray[np.bool_] | None = None
        if area is not None:
            close = np.flatnonzero(names.within(shapely.bounds(area).tolist(), 0))
            area = frames.prepared(area)
            self._inside = np.zeros(len(names), bool)
            self._inside[close] = shapely.intersects(area, shapely.box(*names.boxes[close].T)) if len(close) else False
            self.among = names.within(shapely.bounds(area).tolist(), MARGIN_M)
        self._few = self._inside is not None and int(self._inside.sum()) <= FEW

    def has(self, row: Row) -> bool:
        """Say whether a name's box reaches into the area."""
        return self._inside is None or bool(self._inside[row.number])

    def are_few(self, context: Context) -> bool:
        """Say whether so few names are in the area, or in the town that is named, that one of them hardly looks like another by chance."""
        if self._few or not context.towns or len(context.towns[0]) != 1:
            return self._few
        return int(self.names.within(box_of(context.towns[0][0]), 0).sum()) <= FEW

    def fitting(self, rows: Sequence[Row], context: Context) -> Fitting:
        """Return those of some names that fit what is said of where they are."""
        if not rows:
            return Fitting([], UNKNOWN)
        here = [row for row in rows if row.authority is None or not context.authority or f" {context.authority} " in f" {row.authority} "]
        kept, far = here, False
        if context.towns:
            kept = in_town(here, context.towns[0])
        kept = _in_district(kept, context)
        if context.towns and not kept:
            # A stop has no letters: one outside the town that is named is another.
            addressed = (row for row in here if row.kind != "bus_stop" and self.has(row))
            round_it = [row for row in addressed if off_town_m(row, context.towns[0]) <= POST_TOWN_M]
            round_it = _in_district(round_it, context)
            kept, far = (round_it if len(round_it) <= MOST_CLUSTERED and len(things(round_it)) == 1 else []), True
        inside = [row for row in kept if self.has(row)]
        if not inside:
            return Fitting([], ONLY_OUTSIDE if kept else ELSEWHERE)
        if context.extent is not None and len(inside) <= MOST_CLUSTERED and len(things(inside)) > 1:
            # A sector says more than its district, but streets reach out of it: it only decides between several.
            inside = [row for row in inside if _off_extent_m(row, context) <= BESIDE_M] or inside
        return Fitting(inside, FITS, far)

    def rivals(self, thing: Sequence[Row], rows: Sequence[Row], context: Context, *, far: bool) -> list[Row]:
        """Return the same names in villages round the town that is named: their letters go through it, so they may be in it on paper.

        Where what was found is `far`, in such a village itself, they are looked for further off.
        """
        if not context.towns or thing[0].kind == "settlement":
            return []
        town, ours, districts = context.towns[0], {row.feature for row in thing}, {row.district for row in thing}
        reach_m = POST_TOWN_AT_MOST_M if far else POST_TOWN_M
        return [
            row
            for row in rows
            if row.feature not in ours
            and self.has(row)
            and (row.district is None or row.district in districts or None in districts)
            and off_town_m(row, town) <= reach_m
            and self._is_of_a_smaller(row, town)
            and (context.extent is None or _off_extent_m(row, context) <= BESIDE_M)
        ]

    def _is_of_a_smaller(self, row: Row, town: Sequence[Row]) -> bool:
        size = max(half_diagonal_m(box_of(place)) for place in town)
        own = [place for place in self.names.town(row.town or "") if off_town_m(row, [place]) <= POST_TOWN_M]
        return all(half_diagonal_m(box_of(place)) < size for place in own)


def read(
    segments: Sequence[Segment], keys: Mapping[str, str], names: Names, misspelt_town: Callable[[str], Sequence[Row]], known: Context
) -> Context:
    """Return what is known besides and what the later parts of a wording say of where its first part is."""
    towns, authority, county, used = list(known.towns), known.authority, known.county, set(known.used)
    for at, segment in enumerate(segments[1:], 1):
        for key in (keys[name] for name in segment.names):
            settlements = [] if sounds_like_a_street(key) else names.settlements(key)
            if settlements:
                towns.append(settlements)
            elif authority is None and names.is_authority(key):
                authority = key
            elif key in COUNTY_COUNCILS and not names.is_authority(key):
                county = key
            if settlements or key in COUNTRIES or names.is_authority(key):
                used.add(at)
                break
        else:
            if settlements := list(misspelt_town(keys[segment.names[0]])):
                towns.append(settlements)
                used.add(at)
    return replace(known, towns=tuple(towns), authority=authority, county=county, used=frozenset(used))


def names_and_towns(key: str, names: Names) -> Iterator[tuple[str, Sequence[Row]]]:
    """Return the ways in which a key may be a name and the settlement that it is in, the town last or first, with nothing left over.

    `high street boxford sudbury suffolk` is High Street in Boxford. Whether there is such a name is another question.
    """
    words = key.split()[:LONGEST_WORDING]
    for at in range(1, len(words)):
        tail = words[at:]
        if town := _town_that_begins(_without_counties(tail, names), names):
            yield _name(words[:at]), town
        if len(tail) > 1 and (town := names.settlements(" ".join(words[:at]))):
            yield " ".join(tail), town


def _name(words: Sequence[str]) -> str:
    """Return what stands before a town, in which a last `st` that was taken for a saint is a street."""
    return " ".join([*words[:-1], "street" if words[-1] == "saint" and len(words) > 1 else words[-1]])


def _without_counties(words: Sequence[str], names: Names) -> Sequence[str]:
    for at in range(1, len(words)):
        rest = " ".join(words[at:])
        if rest in COUNTRIES or names.is_authority(rest):
            return words[:at]
    return words


def _town_that_begins(words: Sequence[str], names: Names) -> Sequence[Row]:
    """Return the settlement that words are, or the first of several that they are wholly made up of."""
    if whole := names.settlements(" ".join(words)):
        return whole
    for at in range(1, len(words)):
        if (first := names.settlements(" ".join(words[:at]))) and _town_that_begins(words[at:], names):
            return first
    return []


def _in_district(rows: Sequence[Row], context: Context) -> list[Row]:
    """Return the names in the district; where none is, those of which it is not known, and where all are known those at its edge."""
    if not context.district:
        return list(rows)
    by_name = [row for row in rows if row.district == context.district] or [row for row in rows if row.district is None]
    if by_name or context.extent is None:
        return by_name
    return [row for row in rows if _off_extent_m(row, context) <= DISTRICT_EDGE_M]


def _off_extent_m(row: Row, context: Context) -> float:
    return float(shapely.distance(shapely.box(*box_of(row)), context.extent))
