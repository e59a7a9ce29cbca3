"""Names and addresses in an OpenStreetMap extract: streets as lines, parks, schools, shops, stops and stations, junctions, house numbers.

Degrees come in; everything handed on is in British National Grid metres (EPSG:27700).
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import polars as pl
import shapely
from numpy.typing import NDArray
from osmium.filter import KeyFilter
from osmium.osm import Area, Node, Way

from geo import features, frames, wording
from geo.gazetteer_file import ADDRESSES, BOX
from geo.postcodes import normalised_postcode
from geo.sources import Kind
from words import DataProblem

KIND = Kind("OpenStreetMap", "Open Database Licence 1.0. © OpenStreetMap contributors")

PROPER = ("name", "name:cy", "name:en", "name:gd")
"""Tags with what a thing is called: in itself, in Welsh, English and Gaelic."""

OTHERWISE = ("alt_name", "official_name", "short_name", "loc_name", "old_name")
"""Tags with what it is called besides, or has been called."""

NUMBERED_ROADS = frozenset({"motorway", "trunk", "primary", "secondary", "motorway_link", "trunk_link", "primary_link", "secondary_link"})
"""Roads that people know by their number (`ref`), such as A606."""

NOT_STREETS = frozenset(
    {"bus_stop", "platform", "services", "rest_area", "proposed", "construction", "razed", "abandoned", "elevator", "corridor"}
)
"""What `highway` says besides ways that people go along."""

REACH_M = {"city": 5000.0, "town": 1300.0, "village": 500.0, "hamlet": 270.0, "suburb": 400.0, "quarter": 400.0, "neighbourhood": 300.0}
"""Places that people live in, and how far from its point one reaches where no more is drawn of it: half the box of the median one in
OS Open Names, for a city that of a large one."""

TOWNS = ("city", "town", "village", "hamlet")
"""The settlements that streets are said to be in; the others are parts of these."""

KINDS: tuple[tuple[str, str, str], ...] = (
    ("amenity", "school|college|university|kindergarten", "school"),
    ("amenity", "pub|bar|nightclub", "pub"),
    ("amenity", "bus_station", "bus_station"),
    ("amenity", "hospital", "hospital"), ("healthcare", "hospital|hospice", "hospital"),
    ("amenity", "library", "library"),
    ("amenity", "place_of_worship", "place_of_worship"), ("building", "church|chapel|mosque|temple|synagogue", "place_of_worship"),
    ("railway", "station|halt|tram_stop", "station"), ("public_transport", "station", "station"),
    ("highway", "bus_stop", "bus_stop"), ("public_transport", "platform|stop_position", "bus_stop"),
    ("amenity", "pharmacy|post_office|fuel|marketplace", "shop"), ("shop", "(?!no$|vacant$).+", "shop"), ("landuse", "retail", "shop"),
    ("leisure", "park|playground|recreation_ground|common|garden|nature_reserve|pitch|dog_park", "park"),
    ("landuse", "recreation_ground|village_green", "park"),
    ("natural", "water|bay", "water"), ("waterway", "(?!dam$|weir$|lock_gate$).+", "water"), ("landuse", "reservoir", "water"),
    ("natural", "peak|hill", "hill"),
    *((key, ".+", "other") for key in (
        "amenity", "leisure", "tourism", "historic", "landuse", "natural", "office", "man_made", "healthcare", "emergency", "place",
    )),
    ("building", "(?!(house|detached|semidetached_house|bungalow|terrace|cabin|static_caravan)$).+", "other"),
)  # fmt: skip
"""What a thing is, by the first of these tags that it has. What has none of them (a bus route, a boundary, a railway line) is no place, and
a home is none that anybody should find by its name."""

_KINDS = tuple((key, re.compile(values), kind) for key, values, kind in KINDS)

HOUSE = ("addr:housenumber", "addr:housename")

JUNCTION = "{} / {}"
"""How a junction is called, by the names of two streets that meet there, either one first."""


PASSED = {"point": "q", "way": "L", "name": "L", "longitude": "d", "latitude": "d"}


@dataclass(frozen=True)
class Read:
    """What an extract gives: `features.NAMES`, `features.SHAPES`, `ADDRESSES`, and the day its data is of (`""` where it does not say)."""

    names: pl.DataFrame
    shapes: pl.DataFrame
    addresses: pl.DataFrame
    edition: str


@dataclass
class _Gathered:
    """What has streamed past: shapes in degrees, and what is said of each by its number."""

    shapes: list[shapely.Geometry] = field(default_factory=list)
    named: list[tuple[int, str, str, bool, str | None]] = field(default_factory=list)
    """Shape, kind, name, whether that is a proper one, and which sort of settlement it is."""
    housed: list[tuple[int, str, str, str | None, str | None]] = field(default_factory=list)
    """Shape, house, street, postcode, town."""
    passed: dict[str, array[Any]] = field(default_factory=lambda: {name: array(code) for name, code in PASSED.items()})
    """Points that a street goes through, each with the street's shape and one of its names: in arrays, because they are many."""
    street_names: dict[str, int] = field(default_factory=dict)
    newest: float = 0.0
    """When the last of it was changed, in seconds of 1970; 0 where the extract does not say."""


def is_extract(start: bytes) -> bool:
    """Say whether a file that begins like this is an extract, in either of its forms."""
    return b"OSMHeader" in start[:32] or (b"<osm" in start[:512] and b"<osmChange" not in start[:512])


def read(extract: Path, start: bytes) -> Read:
    """Read a `.osm.pbf` or `.osm` extract, told apart by its start; DataProblem naming it where it is damaged.

    Ways that leave the extract are kept as far as their points are known; an area with parts missing is left out.
    """
    with _problems_named(extract):
        form = "pbf" if b"OSMHeader" in start[:32] else "osm"
        # The full path keeps the reader from taking a name for a web address.
        processor = osmium.FileProcessor(osmium.io.File(str(extract.resolve()), form))
        edition = str(processor.header.get("timestamp") or processor.header.get("osmosis_replication_timestamp") or "")[:10]
        gathered = _gather(processor.with_areas(KeyFilter(*PROPER, *HOUSE)).with_filter(KeyFilter(*PROPER, *OTHERWISE, *HOUSE, "ref")))
    shapes = _shapes_in_metres(gathered)
    places = _places(shapes)
    if not edition and gathered.newest > 0:
        edition = datetime.fromtimestamp(gathered.newest, UTC).date().isoformat()
    return Read(_names(gathered, places), _shapes(gathered, shapes), _addresses(gathered, places), edition)


def _gather(things: Iterable[object]) -> _Gathered:
    gathered = _Gathered()
    wkb = osmium.geom.WKBFactory()
    for thing in things:
        gathered.newest = max(gathered.newest, thing.timestamp.timestamp()) if isinstance(thing, Node | Way) else gathered.newest
        if isinstance(thing, Node) and thing.location.valid():
            _keep(gathered, dict(thing.tags), shapely.Point(thing.lon, thing.lat))
        elif isinstance(thing, Way):
            known = [(node.ref, node.lon, node.lat) for node in thing.nodes if node.location.valid()]
            if len({point[1:] for point in known}) > 1:
                tags = dict(thing.tags)
                line = shapely.LineString([point[1:] for point in known])
                ring = thing.is_closed() and len(known) > 3 and len(known) == len(thing.nodes)
                kept = _keep(gathered, tags, shapely.Polygon(line) if ring and _means_area(tags) else line)
                for name in _road_names(tags):
                    _pass(gathered, known, kept, name)
        elif isinstance(thing, Area) and not thing.from_way():
            with suppress(RuntimeError):  # its rings do not close
                _keep(gathered, dict(thing.tags), shapely.from_wkb(wkb.create_multipolygon(thing)))
    return gathered


def _keep(gathered: _Gathered, tags: Mapping[str, str], shape: shapely.Geometry) -> int:
    """Keep what a thing is called and the addresses it has, and return the number of its shape."""
    number = len(gathered.shapes)
    kind = _kind(tags, is_point=shapely.get_type_id(shape) == 0)
    street = tags.get("addr:street") or tags.get("addr:place")
    names = [(name, proper) for proper, keys in ((True, PROPER), (False, OTHERWISE)) for key in keys for name in _names_in(tags.get(key))]
    houses = [house for key in HOUSE for house in _several(tags.get(key))] if street else []
    numbered = _several(tags.get("ref")) if kind == "street" and tags.get("highway") in NUMBERED_ROADS else []
    if not ((kind and names) or houses or numbered):
        return number
    gathered.shapes.append(shape)
    if kind:
        gathered.named += [(number, kind, name, proper, tags.get("place")) for name, proper in names]
    if street:
        gathered.housed += [(number, house, street, tags.get("addr:postcode"), tags.get("addr:city")) for house in houses]
    for road in numbered:  # a road of its own: it goes on where the street's name ends
        gathered.shapes.append(shape)
        gathered.named.append((len(gathered.shapes) - 1, "street", road, True, None))
    return number


def _pass(gathered: _Gathered, points: Sequence[tuple[int, float, float]], way: int, name: str) -> None:
    number = gathered.street_names.setdefault(name, len(gathered.street_names))
    refs, longitudes, latitudes = zip(*points, strict=True)
    for column, values in zip(PASSED, (refs, [way] * len(refs), [number] * len(refs), longitudes, latitudes), strict=True):
        gathered.passed[column].extend(values)


def _kind(tags: Mapping[str, str], *, is_point: bool) -> str | None:
    """Return what a thing is, None where it is no place."""
    if (highway := tags.get("highway")) and highway not in NOT_STREETS:
        return "junction" if is_point else "street"
    if tags.get("place") in REACH_M:
        return "settlement"
    return next((kind for key, values, kind in _KINDS if key in tags and values.fullmatch(tags[key])), None)


def _means_area(tags: Mapping[str, str]) -> bool:
    line = any(key in tags for key in ("highway", "waterway", "barrier", "railway"))
    return tags.get("area") == "yes" or (not line and tags.get("area") != "no")


def _road_names(tags: Mapping[str, str]) -> list[str]:
    """Return what a street is called at its junctions: its proper names, and its number where people use that."""
    if _kind(tags, is_point=False) != "street":
        return []
    names = [name for key in PROPER for name in _names_in(tags.get(key))]
    return list(dict.fromkeys([*names, *(_several(tags.get("ref")) if tags["highway"] in NUMBERED_ROADS else ())]))


def _names_in(value: str | None) -> list[str]:
    """Return the names in a value: a number alone is none."""
    return [name for name in _several(value) if any(letter.isalpha() for letter in name)]


def _several(value: str | None) -> list[str]:
    """Return the values in one, and the two languages of a name written as `Heol y Bont / Bridge Street`."""
    return [part.strip() for part in re.split(r";| / ", value or "") if part.strip()]


def _shapes_in_metres(gathered: _Gathered) -> NDArray[np.object_]:
    """Return the shapes in metres and valid; None where one lies outside Great Britain."""
    degrees = np.array(gathered.shapes, dtype=object)
    west, south, east, north = shapely.bounds(degrees).reshape(-1, 4).T
    inside = frames.inside_great_britain(west, south) & frames.inside_great_britain(east, north)
    shapes: NDArray[np.object_] = np.full(len(degrees), None, dtype=object)
    shapes[inside] = shapely.transform(degrees[inside], _in_metres)
    crossed = ~shapely.is_valid(shapes)
    shapes[crossed] = shapely.make_valid(shapes[crossed])
    return shapes


def _in_metres(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack(frames.points_in_metres(degrees[:, 0], degrees[:, 1]))


def _places(shapes: NDArray[np.object_]) -> pl.DataFrame:
    """Return a point on each shape, and its box."""
    point, dimensions = shapes.copy(), shapely.get_dimensions(shapes)
    point[dimensions == 1] = shapely.line_interpolate_point(shapes[dimensions == 1], 0.5, normalized=True)
    point[dimensions == 2] = shapely.point_on_surface(shapes[dimensions == 2])
    columns = {"easting": shapely.get_x(point), "northing": shapely.get_y(point)}
    columns |= dict(zip(BOX, shapely.bounds(shapes).reshape(-1, 4).T, strict=True))
    return pl.DataFrame(columns, schema_overrides=dict.fromkeys(columns, pl.Float64)).with_row_index("thing")


def _names(gathered: _Gathered, places: pl.DataFrame) -> pl.DataFrame:
    named = pl.DataFrame(
        gathered.named, orient="row",
        schema={"thing": pl.UInt32, "kind": pl.String, "name": pl.String, "proper": pl.Boolean, "place": pl.String},
    )  # fmt: skip
    # A settlement that is only a point has a box all the same: it is not a point that anything happened at.
    is_point = (pl.col("west") == pl.col("east")) & (pl.col("south") == pl.col("north")) & (pl.col("kind") == "settlement")
    reach = pl.when(is_point).then(pl.col("place").replace_strict(REACH_M, default=0.0, return_dtype=pl.Float64)).otherwise(0.0)
    rows = named.join(places, on="thing", maintain_order="left").with_columns(
        *(pl.col(side) - reach for side in ("west", "south")), *(pl.col(side) + reach for side in ("east", "north")),
        is_town=pl.col("place").is_in(TOWNS) & (pl.col("kind") == "settlement"),
    )  # fmt: skip
    rows = rows.with_columns(pl.col("is_town") & ~pl.col("thing").is_in(_hamlets_of_villages(rows).implode()))
    rows = pl.concat([rows.drop("place"), _junctions(gathered, first=len(gathered.shapes))], how="diagonal")
    missing = [pl.lit(None, pl.String).alias(column) for column in ("district", "town", "authority")]
    return rows.with_columns(missing).select(*features.NAMES).filter(pl.col("easting").is_finite(), pl.col("northing").is_finite())


def _hamlets_of_villages(rows: pl.DataFrame) -> pl.Series:
    """Return the hamlets that lie within the reach of a village or town: streets there are said to be in that."""
    settled = rows.filter("is_town")
    hamlets, larger = settled.filter(pl.col("place") == "hamlet"), settled.filter(pl.col("place").is_in(["village", "town"]))
    return hamlets["thing"].filter(features.inside_any(hamlets, larger))


def _junctions(gathered: _Gathered, *, first: int) -> pl.DataFrame:
    """Return the points that two streets of different names both go through, called `one / other` and `other / one`."""
    text = pl.Series("text", list(gathered.street_names), dtype=pl.String)
    same_name = text.to_frame().select(wording.key(pl.col("text")).rank("dense")).to_series()
    passed = pl.DataFrame({column: np.asarray(values) for column, values in gathered.passed.items()}).unique(["point", "way", "name"])
    passed = passed.with_columns(same_name.gather(passed["name"]).alias("key"))
    shared = passed.filter(pl.col("way").n_unique().over("point") > 1, pl.col("key").n_unique().over("point") > 1)
    pairs = shared.join(shared.select("point", "way", "name", "key"), on="point", suffix="_other").filter(
        pl.col("key") != pl.col("key_other")
    )
    pair = ["point", "name", "name_other"]
    of_one_street = pairs.filter(pl.col("way") == pl.col("way_other"))  # its name and its number, or in two languages
    met = pairs.join(of_one_street, on=pair, how="anti").unique(pair).sort(pair)
    place = pl.struct("point", pl.min_horizontal("name", "name_other"), pl.max_horizontal("name", "name_other").alias("last"))
    easting, northing = frames.points_in_metres(met["longitude"].to_numpy(), met["latitude"].to_numpy())
    return met.select(
        thing=(place.rank("dense") - 1 + first).cast(pl.UInt32), kind=pl.lit("junction"),
        name=pl.format(JUNCTION, text.gather(met["name"]), text.gather(met["name_other"])),
        proper=pl.lit(value=True), is_town=pl.lit(value=False),
        easting=pl.Series(easting), northing=pl.Series(northing), west=pl.Series(easting), east=pl.Series(easting),
        south=pl.Series(northing), north=pl.Series(northing),
    )  # fmt: skip


def _shapes(gathered: _Gathered, shapes: NDArray[np.object_]) -> pl.DataFrame:
    """Return the lines and areas of what has a name."""
    named = np.unique(np.array([row[0] for row in gathered.named], np.int64))
    drawn = named[shapely.get_dimensions(shapes[named]) > 0]
    return pl.DataFrame({"thing": drawn, "wkb": shapely.to_wkb(shapes[drawn]).tolist()}, schema=features.SHAPES)


def _addresses(gathered: _Gathered, places: pl.DataFrame) -> pl.DataFrame:
    columns = {"thing": pl.UInt32, **dict.fromkeys(("number", "street", "postcode", "town"), pl.String)}
    rows = pl.DataFrame(gathered.housed, orient="row", schema=columns).join(places, on="thing", maintain_order="left")
    return rows.with_columns(
        street_key=wording.key(pl.col("street")), postcode=normalised_postcode(pl.col("postcode")),
        town=wording.key(pl.col("town")).replace("", None),
    ).filter(pl.col("easting").is_finite()).select(*ADDRESSES).unique(maintain_order=True)  # fmt: skip


@contextmanager
def _problems_named(extract: Path) -> Iterator[None]:
    """Turn what the reader raises on a bad file into one sentence that names it."""
    try:
        yield
    except PermissionError:
        raise
    except (RuntimeError, OSError, ValueError, osmium.InvalidLocationError) as error:
        raise DataProblem(
            "{file} could not be read to its end as OpenStreetMap data: it may be cut short or damaged. Download the extract again.",
            file=extract.name,
        ) from error
