"""Read an OpenStreetMap extract once into points, lines and areas, with the few tags the layers are made from.

Degrees come in; everything handed on is in British National Grid metres (EPSG:27700).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import shapely
from numpy.typing import NDArray
from osmium.filter import KeyFilter
from osmium.osm import Area, Node, Relation, Way

from geo import frames
from words import DataProblem

FEATURE_KEYS = (
    "amenity",
    "barrier",
    "building",
    "entrance",
    "highway",
    "landuse",
    "leisure",
    "natural",
    "place",
    "public_transport",
    "railway",
    "shop",
    "tourism",
    "waterway",
)
"""What a thing must be tagged with, one at least, to be of use to any layer; everything else is skipped unread."""

DETAIL_KEYS = (
    *("access", "alley", "alt_name", "area", "bridge", "covered", "disused", "est_width", "foot", "footway", "garden:type", "golf"),
    *("height", "indoor", "layer", "light:count", "lit", "name", "name:cy", "network", "opening_hours", "operator", "ref", "religion"),
    *("service", "sidewalk", "sport", "station", "surface", "tunnel", "type", "wheelchair", "width"),
)
"""What is kept of such a thing besides."""

AREA_KEYS = ("amenity", "building", "landuse", "leisure", "natural", "place", "public_transport", "shop", "tourism")
"""Keys that make a closed way an area; `area=yes` does so for any way, and `area=no` for none."""

LINE_VALUES = frozenset({"tree_row", "hedge", "cliff", "coastline", "ridge", "slipway", "track"})
"""Values under those keys that stay lines when the way happens to close on itself."""

LINE_KEYS = ("barrier", "highway", "railway", "waterway")

_KEPT = frozenset((*FEATURE_KEYS, *DETAIL_KEYS))
_POLYGONAL = (3, 6)
"""Shapely's type codes for Polygon and MultiPolygon."""


@dataclass(frozen=True)
class Extract:
    """What was read: three frames in EPSG:27700, indexed by `feature_id`, with one text column for each kept tag.

    A missing tag is missing (NaN). `feature_id` is `node/5`, `way/123` or `relation/7`, rows are in that order and by
    number. A closed way can be in `areas` and, where it is also a street, in `lines`.
    """

    points: gpd.GeoDataFrame
    lines: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    left_out: int
    """Shapes that could not be drawn, because the extract lacks their points or members."""


def read(extract: Path) -> Extract:
    """Read a `.osm.pbf` or `.osm` extract, told apart by content and not by suffix.

    Ways that reach out of the extract are kept as far as their points are known, relations with members missing are
    left out and counted, and areas that cross themselves are mended.

    Raises DataProblem naming the file and the cure where it is missing, empty, cut short or something else.
    """
    source = _recognised(extract)
    gathered = {Node: _Gathered(), Way: _Gathered(), Area: _Gathered()}
    multipolygons: set[int] = set()
    outline_of: dict[str, list[str]] = defaultdict(list)
    wkb = osmium.geom.WKBFactory()
    with _problems_named(extract):
        processor = osmium.FileProcessor(source).with_areas(KeyFilter(*AREA_KEYS)).with_filter(KeyFilter(*FEATURE_KEYS))
        for thing in processor:
            if isinstance(thing, Way):
                gathered[Way].add(f"way/{thing.id}", thing, _way_shape(thing, wkb))
            elif isinstance(thing, Node):
                gathered[Node].add(f"node/{thing.id}", thing, wkb.create_point(thing) if thing.location.valid() else None)
            elif isinstance(thing, Area) and not thing.from_way():
                gathered[Area].add(f"relation/{thing.orig_id()}", thing, _area_shape(thing, wkb))
            elif isinstance(thing, Relation) and thing.tags.get("type") == "multipolygon":
                multipolygons.add(thing.id)
                for member in thing.members:
                    if member.type == "w" and member.role != "inner":
                        outline_of[f"way/{member.ref}"].append(f"relation/{thing.id}")
    points, ways, relations = (gathered[kind].frame() for kind in (Node, Way, Area))
    if not len(ways):
        raise DataProblem(
            "{file} holds no streets or areas whose points are in it. Download a whole extract, with its points listed before its ways.",
            file=extract.name,
        )
    ringed = _closed(ways) & _means_area(ways)
    ringed &= ~_said_again(ways, relations, outline_of)
    areas = _whole_areas(pd.concat([_rings_to_polygons(ways[ringed]), relations]))
    is_line = (ways[[*LINE_KEYS]].notna().any(axis=1) & (ways["area"] != "yes")) | (ways["natural"] == "coastline")
    left_out = sum(g.without_shape for g in gathered.values()) + len(multipolygons - gathered[Area].numbers())
    return Extract(points, ways[is_line], areas, left_out)


def data_timestamp(extract: Path) -> str:
    """Return when the extract's data was current, as its header says it (ISO 8601); empty where it does not."""
    with _problems_named(extract):
        return str(osmium.FileProcessor(_recognised(extract)).header.get("timestamp"))


def bounds_degrees(extract: Path) -> tuple[float, float, float, float] | None:
    """Return west, south, east and north of what the extract's header says it covers; None where it does not say."""
    with _problems_named(extract):
        box = osmium.FileProcessor(_recognised(extract)).header.box()
    return (box.bottom_left.lon, box.bottom_left.lat, box.top_right.lon, box.top_right.lat) if box.valid() else None


@dataclass
class _Gathered:
    """Things of one kind as they stream past."""

    feature_ids: list[str] = field(default_factory=list)
    tags: list[dict[str, str]] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)
    without_shape: int = 0

    def add(self, feature_id: str, thing: Node | Way | Area, shape: str | None) -> None:
        if shape is None:
            self.without_shape += 1
            return
        self.feature_ids.append(feature_id)
        self.tags.append({tag.k: tag.v for tag in thing.tags if tag.k in _KEPT})
        self.shapes.append(shape)

    def numbers(self) -> set[int]:
        return {int(feature_id.partition("/")[2]) for feature_id in self.feature_ids}

    def frame(self) -> gpd.GeoDataFrame:
        columns = pd.DataFrame.from_records(self.tags, columns=sorted(_KEPT), index=range(len(self.tags))).astype("str")
        shapes = shapely.from_wkb(np.array(self.shapes, dtype=object))
        frame = gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, crs=frames.DEGREES, index=columns.index))
        frame.index = pd.Index(self.feature_ids, dtype="str", name="feature_id")
        frame = frame[~frame.index.duplicated(keep="last")]  # a file with history repeats a thing, newest last
        return in_feature_order(frames.in_metres(frame))


def in_feature_order(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the frame ordered by kind of feature and then by number, so that a rebuild gives the same rows."""
    parts = pd.Series(frame.index, dtype="str").str.extract(r"(\w+)/(-?\d+)")
    return frame.iloc[np.lexsort((parts[1].astype("int64"), parts[0]))]


@contextmanager
def _problems_named(extract: Path) -> Iterator[None]:
    """Turn what the reader raises on a bad file into one sentence that names it."""
    try:
        yield
    except (RuntimeError, OSError, ValueError, osmium.InvalidLocationError) as error:  # a damaged number is any of these
        raise DataProblem(
            "{file} could not be read to its end as OpenStreetMap data: it may be cut short or damaged. Download the extract again.",
            file=extract.name,
        ) from error


def _recognised(extract: Path) -> osmium.io.File:
    """Say what is in the file by its first bytes; the full path keeps the reader from taking a name for a web address."""
    if not extract.is_file():
        raise DataProblem("{file} was not found. Check the folder and the spelling.", file=str(extract))
    with extract.open("rb") as file:
        start = file.read(512)
    if not start:
        raise DataProblem("{file} is empty. Download the extract again.", file=extract.name)
    if b"OSMHeader" in start[:32]:
        return osmium.io.File(str(extract.resolve()), "pbf")
    if b"<osm" in start and b"<osmChange" not in start:
        return osmium.io.File(str(extract.resolve()), "osm")
    raise DataProblem("{file} is not an OpenStreetMap extract. Choose a file ending in .osm.pbf or .osm.", file=extract.name)


def _way_shape(way: Way, wkb: osmium.geom.WKBFactory) -> str | None:
    """Return a way as hexadecimal WKB; of one that leaves the extract, what is known of it; None where that is no line."""
    try:
        return wkb.create_linestring(way)
    except osmium.InvalidLocationError:
        known = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
        return shapely.to_wkb(shapely.LineString(known), hex=True) if len(set(known)) > 1 else None
    except RuntimeError:  # one point only, or the same point over again
        return None


def _area_shape(area: Area, wkb: osmium.geom.WKBFactory) -> str | None:
    try:
        return wkb.create_multipolygon(area)
    except RuntimeError:  # its rings do not close
        return None


def _closed(ways: gpd.GeoDataFrame) -> pd.Series[bool]:
    geometry = ways.geometry.to_numpy()
    closed: NDArray[np.bool_] = shapely.is_closed(geometry) & (shapely.get_num_points(geometry) >= 4)
    return pd.Series(closed, index=ways.index)


def _means_area(ways: gpd.GeoDataFrame) -> pd.Series[bool]:
    says_area = (ways[[*AREA_KEYS]].notna() & ~ways[[*AREA_KEYS]].isin(LINE_VALUES)).any(axis=1)
    means_area: pd.Series[bool] = (says_area | (ways["area"] == "yes")) & (ways["area"] != "no")
    return means_area


def _said_again(ways: gpd.GeoDataFrame, relations: gpd.GeoDataFrame, outline_of: Mapping[str, list[str]]) -> pd.Series[bool]:
    """Say which ways only repeat the relation they are the outline of: that has the same area, and its islands cut out."""
    said = pd.Series(False, index=ways.index)
    for way in ways.index.intersection(list(outline_of)):
        own = ways.loc[way, [*AREA_KEYS]].dropna()
        said[way] = any((relations.loc[relation, own.index] == own).all() for relation in outline_of[way] if relation in relations.index)
    return said


def _rings_to_polygons(rings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    coordinates, ring_of = shapely.get_coordinates(rings.geometry.to_numpy(), return_index=True)
    if not len(rings):
        return rings
    return rings.set_geometry(
        gpd.GeoSeries(shapely.polygons(shapely.linearrings(coordinates, indices=ring_of)), index=rings.index, crs=rings.crs)
    )


def _whole_areas(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Mend areas that cross themselves, keep only what has an area, and put them in order."""
    mended = areas.set_geometry(only_polygons(areas.geometry))
    return in_feature_order(mended[~mended.geometry.is_empty])


def only_polygons(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return each shape mended, as its polygons alone: an empty one where it has no area."""
    mended = shapely.make_valid(shapes.to_numpy())
    other = ~np.isin(shapely.get_type_id(mended), _POLYGONAL)
    mended[other] = [_polygons_of(shape) for shape in mended[other]]
    return gpd.GeoSeries(mended, index=shapes.index, crs=shapes.crs)


def _polygons_of(shape: shapely.Geometry) -> shapely.Geometry:
    parts: Iterable[shapely.Geometry] = shapely.get_parts(shape, return_index=False)
    return shapely.union_all([part for part in parts if shapely.get_type_id(part) in _POLYGONAL])
