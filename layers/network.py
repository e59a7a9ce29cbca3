"""The path network: where one can walk, and where one can drive, as a graph with the minutes that each stretch takes.

Ways of OpenStreetMap share the points where one can turn from one into the other, so lines are joined where their points coincide
and nowhere else: a bridge that only crosses a road in the drawing leads over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from geo import frames
from layers import along_lines, enclosure

WALK_M_PER_MINUTE = 75.0
"""4.5 km/h. Manual for Streets (2007) reckons 800 m in ten minutes for adults (4.8 km/h), and Traffic Advisory Leaflet 5/05 has
crossings timed at 1.2 m/s (4.3 km/h): a child or a teenager lies between."""

STEPS_M_PER_MINUTE = 37.5
"""Half of that: Fruin (1971, Pedestrian Planning and Design) measured adults on stairs at about half their pace on the level."""

_M_PER_MINUTE_PER_MPH = 1609.344 / 60

ROAD_MPH: Mapping[str, float] = {
    "motorway": 60, "trunk": 45, "primary": 35, "secondary": 32, "tertiary": 28, "unclassified": 25, "residential": 18,
    "living_street": 10, "road": 18, "service": 10, "motorway_link": 35, "trunk_link": 30, "primary_link": 25, "secondary_link": 22,
    "tertiary_link": 20,
}  # fmt: skip
"""Miles per hour that a car comes to on each class of road, stops and bends included: below every limit. The Department for
Transport's average speeds are about 35 mph on the A roads of rural authorities; the rest is set in proportion, and is rough."""

NOT_ON_FOOT = frozenset(
    {
        "motorway", "motorway_link", "construction", "proposed", "raceway", "abandoned", "disused", "razed", "no", "platform",
        "bus_guideway", "busway",
    }
)  # fmt: skip
"""Kinds of highway that nobody walks along: forbidden, not there yet, not there any more, or no way from one place to another."""

CLOSED_TO_ALL = frozenset({"private", "no", "military", "agricultural", "forestry", "permit", "delivery"})
"""What `access` says where somebody who only walks or is driven by has no business. One of several (`private;no`) is enough."""

CLOSED_ON_FOOT = CLOSED_TO_ALL | {"use_sidepath"}
"""What `foot` says likewise: walkers keep to a path beside it, which is drawn as a way of its own."""

OPEN_ON_FOOT = frozenset({"yes", "designated", "permissive", "official"})
"""What `foot` says where walkers may go along a way that is closed otherwise, such as a right of way along a private drive."""

SMALLEST_PIECE_M = 500.0
"""A piece of network that is joined to nothing and shorter in all than this is a path that was not drawn to its end: who is nearest to
it would be called out of reach of everything. The longest piece stays, however short."""

Indices = NDArray[np.int64]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Network:
    """Junctions, numbered from 0, and the stretches between them: each from `start` to `end` along `lines` in `minutes`, both ways alike.

    Lines are in metres (EPSG:27700). A stretch may end where it began, and two may join the same junctions.
    """

    junctions: int
    start: Indices
    end: Indices
    minutes: Numbers
    lines: NDArray[np.object_]

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The stretches, to be searched by where they are."""
        return shapely.STRtree(self.lines)

    def __len__(self) -> int:
        return len(self.lines)


def on_foot(ways: gpd.GeoDataFrame, *, smallest_piece_m: float = SMALLEST_PIECE_M) -> Network:
    """Return where one can walk.

    Takes lines in EPSG:27700 with `highway` (an extract's lines) or `kind` (the table `street_light`) as the kind of highway, and
    where they are known `access` and `foot`. Lines of no kind are no way. What nobody recorded as closed is open.
    """
    kind = _kind(ways)
    foot, access = _tag(ways, "foot"), _tag(ways, "access")
    closed = _is_one_of(foot, CLOSED_ON_FOOT) | (_is_one_of(access, CLOSED_TO_ALL) & ~_is_one_of(foot, OPEN_ON_FOOT))
    may = (kind != "") & ~kind.isin(NOT_ON_FOOT) & ~closed
    m_per_minute = np.where(kind == "steps", STEPS_M_PER_MINUTE, WALK_M_PER_MINUTE).astype(np.float64)
    return _joined(ways[may], m_per_minute[may], smallest_piece_m)


def by_road(ways: gpd.GeoDataFrame, *, smallest_piece_m: float = SMALLEST_PIECE_M) -> Network:
    """Return where one can be driven, as `on_foot`. One-way streets are driven both ways: the extract's layers do not keep them."""
    kind = _kind(ways)
    may = kind.isin(ROAD_MPH) & ~_is_one_of(_tag(ways, "access"), CLOSED_TO_ALL)
    m_per_minute = np.asarray(kind.map(ROAD_MPH), np.float64) * _M_PER_MINUTE_PER_MPH
    return _joined(ways[may], m_per_minute[may], smallest_piece_m)


def graph(network: Network, more: tuple[Indices, Indices, Numbers] | None = None, nodes: int = 0) -> csr_array:
    """Return the network as a symmetric matrix of minutes, with `more` links (from, to, minutes) and room for their extra `nodes`.

    Of several stretches between the same two junctions the quickest counts.
    """
    parts = [(network.start, network.end, network.minutes), *([more] if more else [])]
    one, other, minutes = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    there = one != other
    one, other, minutes = (np.concatenate([ahead[there], back[there]]) for ahead, back in ((one, other), (other, one), (minutes, minutes)))
    order = np.lexsort((minutes, other, one))
    one, other, minutes = one[order], other[order], minutes[order]
    quickest = np.append(True, (one[1:] != one[:-1]) | (other[1:] != other[:-1]))[: len(one)]
    size = network.junctions + nodes
    return coo_array((minutes[quickest], (one[quickest], other[quickest])), shape=(size, size)).tocsr()


def _kind(ways: gpd.GeoDataFrame) -> pd.Series[str]:
    frames.check_metres(ways)
    return _tag(ways, "highway" if "highway" in ways else "kind")


def _tag(ways: gpd.GeoDataFrame, name: str) -> pd.Series[str]:
    """Return a tag in small letters, the empty string where it is not recorded."""
    return ways[name].astype("str").fillna("").str.strip().str.lower() if name in ways else pd.Series("", index=ways.index, dtype="str")


def _is_one_of(tag: pd.Series[str], values: frozenset[str]) -> pd.Series[bool]:
    """Say where a tag, or one of its values with semicolons between, is one of these."""
    found: pd.Series[bool] = tag.str.contains(rf"(?:^|;)\s*(?:{'|'.join(sorted(values))})\s*(?:;|$)", regex=True)
    return found


def _joined(ways: gpd.GeoDataFrame, m_per_minute: Numbers, smallest_piece_m: float) -> Network:
    """Cut lines where they meet. A junction is the end of a line, or a point that comes twice."""
    parts, of_way = shapely.get_parts(ways.geometry.to_numpy(), return_index=True)
    coordinates, of_part = shapely.get_coordinates(parts, return_index=True)
    spot: Indices = pd.factorize(enclosure.point_keys(coordinates))[0].astype(np.int64)
    new = np.append(True, (spot[1:] != spot[:-1]) | (of_part[1:] != of_part[:-1]))[: len(spot)]  # a point given twice is no stretch
    coordinates, of_part, spot = coordinates[new], of_part[new], spot[new]

    last = np.append(of_part[1:] != of_part[:-1], True)[: len(spot)]
    first = np.append(True, last[:-1])[: len(spot)]
    on_a_line = np.bincount(spot[~(first & last)], minlength=spot.max(initial=-1) + 1)
    junction = first | last | (on_a_line[spot] > 1)
    steps = np.flatnonzero(~last)  # from each point to the next of its line
    begins = np.flatnonzero(junction[steps])
    began = steps[begins]
    ended = np.append(steps[begins[1:] - 1], steps[-1:]) + 1
    if not len(began):
        return _of(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0, object))
    points = ended - began + 1
    stretch, number = along_lines.each_of(points)
    row = began[stretch] + number
    lines = shapely.linestrings(coordinates[row], indices=stretch)
    minutes = shapely.length(lines) / m_per_minute[of_way[of_part[began]]]
    return _without_scraps(spot[began], spot[ended], minutes, lines, smallest_piece_m)


def _without_scraps(start: Indices, end: Indices, minutes: Numbers, lines: NDArray[np.object_], smallest_piece_m: float) -> Network:
    count = int(max(start.max(), end.max())) + 1
    links = coo_array((np.ones(len(start), np.int8), (start, end)), shape=(count, count))
    piece = connected_components(links, directed=False)[1][start]
    length_m = np.bincount(piece, shapely.length(lines))
    kept = (length_m >= smallest_piece_m) | (np.arange(len(length_m)) == length_m.argmax())
    kept = kept[piece]
    return _of(start[kept], end[kept], minutes[kept], lines[kept])


def _of(start: Indices, end: Indices, minutes: Numbers, lines: NDArray[np.object_]) -> Network:
    number, junctions = pd.factorize(np.concatenate([start, end]))
    number = number.astype(np.int64)
    return Network(len(junctions), number[: len(start)], number[len(start) :], minutes, lines)
