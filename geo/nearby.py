"""How the things that names are of lie to each other: what is one thing, what is in a town, where two streets meet.

By their boxes, and by their lines where those are drawn. All lengths are metres on the British National Grid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geo.names import Row

ONE_THING_M = 250.0
"""Pieces of one name no further apart are one place. In OS Open Names 98 % of those of one street touch, and hardly any other two streets
of one name lie between 250 m and 1 km of each other."""

NEAR_TOWN_M = 15_000.0
"""How far a village may lie from a town that is named after it, to say which one is meant."""

MEET_M = 30.0
"""Streets whose lines or boxes come this near each other meet."""

Box = tuple[float, float, float, float]
"""West, south, east, north."""


@dataclass(frozen=True)
class Meeting:
    """Where two streets meet."""

    one: Row
    other: Row
    box: Box


def box_of(row: Row) -> Box:
    return row.west, row.south, row.east, row.north


def gap_m(one: Box, other: Box) -> float:
    """Return how far two boxes are apart."""
    across = max(other[0] - one[2], one[0] - other[2], 0.0)
    along = max(other[1] - one[3], one[1] - other[3], 0.0)
    return float((across * across + along * along) ** 0.5)


def half_diagonal_m(box: Box) -> float:
    return float(np.hypot(box[2] - box[0], box[3] - box[1]) / 2)


def union(rows: Sequence[Row]) -> Box:
    """Return the box round the boxes of some names."""
    return min(row.west for row in rows), min(row.south for row in rows), max(row.east for row in rows), max(row.north for row in rows)


def things(rows: Sequence[Row]) -> list[list[Row]]:
    """Return names gathered into things: what lies together is one, and a settlement takes in what has its name within it."""
    groups: list[list[Row]] = []
    for row in rows:
        ours = box_of(row)
        touching = [
            group for group in groups if any(gap_m(ours, box_of(one)) <= ONE_THING_M or row.feature == one.feature for one in group)
        ]
        groups = [group for group in groups if group not in touching]
        groups.append([row, *(one for group in touching for one in group)])
    return groups


def in_town(rows: Sequence[Row], town: Sequence[Row]) -> list[Row]:
    """Return the names that are in a town: by what the gazetteer says, else by where they lie; villages are by the town that is named."""
    if all(row.kind == "settlement" for row in rows):
        return [row for row in rows if off_town_m(row, town) <= NEAR_TOWN_M]
    called = {row.key for row in town}
    said = [row for row in rows if row.town is not None and (row.town in called or any(_has_both(row.town, key) for key in called))]
    return said or [row for row in rows if off_town_m(row, town) == 0]


def off_town_m(row: Row, town: Sequence[Row]) -> float:
    """Return how far a name's point is outside the nearest of a town's boxes."""
    point = (row.easting, row.northing, row.easting, row.northing)
    return min(gap_m(box_of(place), point) for place in town)


def point_of(thing: Sequence[Row], box: Box) -> tuple[float, float]:
    """Return the gazetteer's own point that is nearest to the middle of an extent, the middle where none is in it."""
    west, south, east, north = box
    x, y = (west + east) / 2, (south + north) / 2
    inside = [row for row in thing if west <= row.easting <= east and south <= row.northing <= north]
    if not inside:
        return x, y
    nearest = min(inside, key=lambda row: (np.hypot(row.easting - x, row.northing - y), row.number))
    return nearest.easting, nearest.northing


def may_meet(rows: Sequence[Row], others: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Return the pairs whose boxes meet."""
    return [(one, other) for one in rows for other in others if gap_m(box_of(one), box_of(other)) <= MEET_M]


def meetings(pairs: Sequence[tuple[Row, Row]], drawn: Mapping[int, shapely.Geometry]) -> list[Meeting]:
    """Return where pairs meet: by their lines where both are drawn, else by their boxes."""
    found = []
    for one, other in pairs:
        if one.feature not in drawn or other.feature not in drawn:
            found.append(Meeting(one, other, _overlap(box_of(one), box_of(other))))
        elif shapely.distance(line := drawn[one.feature], crossing := drawn[other.feature]) <= MEET_M:
            crossed = shapely.intersection(line, crossing)
            where = shapely.shortest_line(line, crossing) if shapely.is_empty(crossed) else crossed
            west, south, east, north = shapely.bounds(where).tolist()
            found.append(Meeting(one, other, (west, south, east, north)))
    return found


def _overlap(one: Box, other: Box) -> Box:
    """Return where two boxes overlap, or what lies between them."""
    west, east = sorted((max(one[0], other[0]), min(one[2], other[2])))
    south, north = sorted((max(one[1], other[1]), min(one[3], other[3])))
    return west, south, east, north


def _has_both(town: str, key: str) -> bool:
    """Say whether a town's two names in one (`abergwaun fishguard`) have this one in them."""
    return town.startswith(f"{key} ") or town.endswith(f" {key}")
