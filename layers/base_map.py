"""Gather what a base map draws from an OpenStreetMap extract: ground, water, buildings, streets, railways and their names.

Metres come in; what is handed on is in Web Mercator's world units (see `web_mercator`), which are for drawing only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import frames
from layers import coast, osm, tables, web_mercator
from layers.ground import WATERWAYS
from words import DataProblem

FILLS = {
    **dict.fromkeys([("natural", "water"), ("landuse", "reservoir"), ("landuse", "basin")], "water"),
    **dict.fromkeys([("natural", "wood"), ("landuse", "forest")], "wood"),
    **dict.fromkeys([("leisure", value) for value in ("pitch", "playground", "track")], "pitch"),
    **dict.fromkeys([("amenity", value) for value in ("school", "college", "university", "hospital", "kindergarten")], "campus"),
    **dict.fromkeys([("amenity", "parking")], "parking"),
    **dict.fromkeys([("highway", "pedestrian"), ("highway", "footway")], "square"),
    **dict.fromkeys(
        [
            *[("leisure", value) for value in ("park", "nature_reserve", "common", "golf_course", "recreation_ground", "garden")],
            *[("landuse", value) for value in ("cemetery", "allotments", "village_green", "recreation_ground")],
            *[("amenity", "grave_yard")],
        ],
        "park",
    ),
    **dict.fromkeys(
        [
            *[("landuse", value) for value in ("grass", "meadow", "orchard")],
            *[("natural", value) for value in ("scrub", "grassland", "heath")],
        ],
        "grass",
    ),
    **dict.fromkeys([("landuse", value) for value in ("industrial", "commercial", "retail", "railway")], "works"),
    **dict.fromkeys([("landuse", "residential")], "homes"),
}
"""What an area is drawn as, by the first of its tags that is here; buildings go before all of them."""

LINES = {
    **dict.fromkeys([("highway", name) for name in ("motorway", "motorway_link", "trunk", "trunk_link")], "trunk"),
    **dict.fromkeys([("highway", name) for name in ("primary", "primary_link")], "primary"),
    **dict.fromkeys([("highway", name) for name in ("secondary", "secondary_link", "tertiary", "tertiary_link")], "secondary"),
    **dict.fromkeys([("highway", name) for name in ("residential", "unclassified", "living_street", "road", "pedestrian")], "minor"),
    **dict.fromkeys([("highway", name) for name in ("service", "busway")], "service"),
    **dict.fromkeys([("highway", name) for name in ("footway", "path", "cycleway", "bridleway", "steps", "track")], "path"),
    **dict.fromkeys([("railway", name) for name in ("rail", "light_rail", "tram", "subway", "narrow_gauge")], "rail"),
    **WATERWAYS,
}
"""What a line is drawn as: a class of street by its width, a path, a railway or a waterway."""

PLACES = {
    **dict.fromkeys([("place", "city"), ("place", "town")], "town"),
    ("place", "village"): "village",
    **dict.fromkeys([("place", name) for name in ("suburb", "quarter", "neighbourhood")], "suburb"),
    ("place", "hamlet"): "hamlet",
    **dict.fromkeys([("place", name) for name in ("isolated_dwelling", "farm", "locality")], "farm"),
    ("railway", "station"): "station",
}

NAMED_FILLS = {"water": "water name", "wood": "green name", "park": "green name", "pitch": "green name", "campus": "campus name"}
NAMED_LINES = {
    **dict.fromkeys(["trunk", "primary", "secondary"], "main street"),
    **dict.fromkeys(["minor", "service"], "street"),
    "path": "path name",
    **dict.fromkeys(["river", "stream"], "water name"),
}

SURROUNDINGS_M = 10_000.0
"""How far round a boundary things are drawn: an area's edge is looked at together with what is next to it."""


@dataclass(frozen=True, eq=False)
class BaseMap:
    """What is drawn, in world units. It can be handed to another process.

    `fills` holds polygons by kind, `lines` by kind and by whether they run over a bridge. `names` has `text`, `kind` and
    `shape`: a point, an area, or the whole street. `area` is what the map is of.
    """

    fills: Mapping[str, NDArray[np.object_]]
    lines: Mapping[tuple[str, bool], NDArray[np.object_]]
    names: pd.DataFrame
    area: shapely.Geometry
    gathered: shapely.Geometry
    """The box round the area's surroundings: outside it nothing was looked for."""


def read(extract: Path, *, boundary: shapely.Geometry | None = None, language: str = "en") -> BaseMap:
    """Gather a base map of a boundary (in EPSG:27700 metres), or of all that the extract covers.

    Raises DataProblem where the extract cannot be read, or has nothing to draw within the boundary.
    """
    read_once = osm.read(extract)
    area = boundary if boundary is not None else _covered(extract, read_once)
    gathered = gather(read_once, area=area, language=language)
    if boundary is not None and not _reaches(gathered):
        raise DataProblem(
            "{file} has nothing within the boundary. Take the extract of the region that the boundary is in, or leave the boundary out.",
            file=extract.name,
        )
    return gathered


def gather(extract: osm.Extract, *, area: shapely.Geometry, language: str = "en") -> BaseMap:
    """Gather what is drawn of an area in metres and its surroundings; `cy` takes Welsh names where there are any."""
    near = shapely.box(*shapely.buffer(area, SURROUNDINGS_M).bounds)
    points, lines, areas = (frame.iloc[np.sort(frame.sindex.query(near))] for frame in (extract.points, extract.lines, extract.areas))
    is_building = areas["building"].notna() & (areas["building"] != "no")
    fill = tables.first_kind(areas, FILLS).where(~is_building, "building")
    open_air = ~lines["tunnel"].isin(["yes", "culvert", "flooded"])
    line = tables.first_kind(lines, LINES).where(open_air & (lines["covered"] != "yes"))
    place = tables.first_kind(points, PLACES)
    areas, lines, points = (_in_world(frame) for frame in (areas, lines, points))
    area_in_world, near_in_world = web_mercator.shapes_to_world(_degrees(np.array([area, near], dtype=object)))
    gathered = shapely.box(*near_in_world.bounds)
    fills = {str(kind): part.to_numpy() for kind, part in areas.geometry.groupby(fill)}
    sea = coast.sea(lines.geometry[lines["natural"] == "coastline"].to_numpy(), gathered)
    if len(sea):
        fills["sea"] = sea
    raised = lines["bridge"].notna() & (lines["bridge"] != "no")
    names = pd.concat(
        [
            _named(points, place, language),
            _named(areas, fill.map(NAMED_FILLS), language),
            _whole_streets(_named(lines, line.map(NAMED_LINES), language)),
        ],
        ignore_index=True,
    )
    return BaseMap(
        fills=fills,
        lines={(str(kind), bool(over)): part.to_numpy() for (kind, over), part in lines.geometry.groupby([line, raised])},
        names=names,
        area=area_in_world,
        gathered=gathered,
    )


def _reaches(gathered: BaseMap) -> bool:
    shapely.prepare(gathered.area)
    drawn = (*gathered.fills.values(), *gathered.lines.values())
    return any(bool(shapely.intersects(gathered.area, shapes).any()) for shapes in drawn)


def _covered(extract: Path, read_once: osm.Extract) -> shapely.Geometry:
    """Return what an extract says it covers, else the box round all that is in it. Whole ways can reach far out of the former."""
    said = osm.bounds_degrees(extract)
    if said is not None:
        (west, east), (south, north) = frames.points_in_metres(said[::2], said[1::2])
        sides = np.array([west, south, east, north])
        if np.isfinite(sides).all():
            return _box(sides)
    bounds = np.array([frame.total_bounds for frame in (read_once.points, read_once.lines, read_once.areas) if len(frame)])
    return _box(np.concatenate([np.nanmin(bounds[:, :2], axis=0), np.nanmax(bounds[:, 2:], axis=0)]))


def _box(sides: NDArray[np.float64]) -> shapely.Geometry:
    box: shapely.Geometry = shapely.box(*sides.tolist())
    return box


def _degrees(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    in_degrees: NDArray[np.object_] = frames.in_degrees(gpd.GeoSeries(shapes, crs=frames.BRITISH_NATIONAL_GRID)).to_numpy()
    return in_degrees


def _in_world(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a frame with its shapes in world units; it keeps no CRS, so that nobody measures in it."""
    shapes = web_mercator.shapes_to_world(_degrees(frame.geometry.to_numpy()))
    return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=gpd.GeoSeries(shapes, index=frame.index))


def _named(frame: gpd.GeoDataFrame, kind: pd.Series[str], language: str) -> pd.DataFrame:
    """Return `text, kind, shape` of what has both a name and a kind; a main road without a name is called by its number."""
    text = frame["name:cy"].fillna(frame["name"]) if language == "cy" else frame["name"]
    text = text.fillna(frame["ref"].where(kind == "main street")).astype("str").str.replace(r"\s+", " ", regex=True).str.strip()
    said = text.notna() & (text != "") & kind.notna()
    return pd.DataFrame({"text": text[said].to_numpy(), "kind": kind[said].to_numpy(), "shape": frame.geometry[said].to_numpy()})


def _whole_streets(pieces: pd.DataFrame) -> pd.DataFrame:
    """Join the pieces of each street, for a name goes along the whole of it and not along each piece."""
    grouped = pieces.groupby(["text", "kind"], sort=True)["shape"]
    whole = [shapely.line_merge(shapely.multilinestrings(list(shapes))) for _street, shapes in grouped]
    parts, of_street = shapely.get_parts(np.array(whole, dtype=object), return_index=True)
    streets = pd.DataFrame([street for street, _shapes in grouped], columns=["text", "kind"])
    return streets.iloc[of_street].reset_index(drop=True).assign(shape=parts)
