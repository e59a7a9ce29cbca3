"""The one gate for coordinates: what has come through it is trusted, so nothing else checks again.

Distances and areas are only ever taken in British National Grid metres (EPSG:27700). Degrees (EPSG:4326) are for H3,
the sun, OpenStreetMap readers and the screen. Vector files are opened here and nowhere else, because the library that
reads them can be made to fetch web addresses named inside a file.

WGS84 and the grid's own datum (OSGB36, drawn up by triangulation) do not differ by any formula. PROJ alone uses a seven-parameter
Helmert shift, which is up to about 5 m off in places and 2 m in most: less than anything here is known to. Where Ordnance Survey's
OSTN15 is on this machine, as PROJ's grid or as the package `convertbng`, it is used instead and is good to 0.1 m; nothing is ever fetched.
`DATUM_SHIFT` says which.
"""

from __future__ import annotations

import importlib
import json
import os
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import TypeVar

# Set before the readers load their C libraries: neither may look anything up outside this machine. The proxy is a port
# that nothing listens on, for the ways out that nobody has thought of.
os.environ["PROJ_NETWORK"] = "OFF"
os.environ["GDAL_HTTP_PROXY"] = os.environ["GDAL_HTTPS_PROXY"] = "http://127.0.0.1:9"

import geopandas as gpd
import numpy as np
import pyogrio
import pyogrio.core
import pyproj
import pyproj.network
import shapely
from numpy.typing import ArrayLike, NDArray
from pyogrio.util import vsi_path
from pyproj.enums import TransformDirection

from words import N_, DataProblem

DRIVERS = {"GPKG", "GeoJSON", "ESRI Shapefile", "FlatGeobuf", "OSM"}
"""The parts of the reading library that stay: the formats on the list, and the one our own OpenStreetMap reader is tested by.

Some of the others fetch what a file names (a VRT, an SQLite file with a virtual table), or take a file by its suffix.
"""


def _drop_other_drivers() -> None:
    os.environ.pop("GDAL_SKIP", None)
    pyogrio.core._register_drivers()  # all of them, whatever was skipped before
    os.environ["GDAL_SKIP"] = ",".join(sorted(set(pyogrio.list_drivers()) - DRIVERS))
    pyogrio.core._register_drivers()


# Where something else loaded the libraries first, they have looked at the environment already.
_drop_other_drivers()
pyproj.network.set_network_enabled(active=False)  # type: ignore[attr-defined]

SLIVER_M2 = 100.0
"""A hole in an area smaller than a garden is no enclave but a gap between polygons."""

BRITISH_NATIONAL_GRID = "EPSG:27700"
"""Metres east and north: the grid every measure of distance or area is taken in."""

DEGREES = "EPSG:4326"
"""Longitude and latitude on WGS84."""

GREAT_BRITAIN_DEGREES = (-9.01, 49.75, 2.01, 61.01)
"""West, south, east, north: the area of use that the EPSG register gives for EPSG:27700."""

_SIGNATURES = (b"SQLite format 3\x00", b"\x00\x00\x27\x0a", b"fgb\x03fgb")
"""GeoPackage, Shapefile and FlatGeobuf, by their first bytes; GeoJSON has none and is parsed instead."""

_GEOJSON_TYPES = ("FeatureCollection", "Feature", "Polygon", "MultiPolygon", "GeometryCollection", "LineString", "Point")

_BEYOND_EARTH_M = 1e8
"""No grid that is meant for a place on Earth gives it coordinates as large as this, and sums with larger ones overflow."""

NO_SHAPES = N_("{file} holds no shapes. Save the layer that has the boundary in it.")

Frame = TypeVar("Frame", gpd.GeoDataFrame, gpd.GeoSeries)
Points = tuple[NDArray[np.float64], NDArray[np.float64]]

_to_metres = pyproj.Transformer.from_crs(DEGREES, BRITISH_NATIONAL_GRID, always_xy=True)
_beside = ThreadPoolExecutor(1, "coordinates")
"""PROJ makes itself ready anew in every thread, for 30 ms, and the app draws each page in a new one."""


def _proj_has_ostn15() -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the grid is not there is what is asked
        return bool(pyproj.transformer.TransformerGroup(DEGREES, BRITISH_NATIONAL_GRID, always_xy=True).best_available)


_ostn15: ModuleType | None = None
if _proj_has_ostn15():
    DATUM_SHIFT = "OSTN15 (PROJ)"
else:
    try:
        _ostn15 = importlib.import_module("convertbng.cutil")
        DATUM_SHIFT = "OSTN15 (convertbng)"
    except ImportError:
        DATUM_SHIFT = "Helmert"


def read_vector(path: Path | str, *, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read a vector file of any CRS into British National Grid metres.

    Accepts GeoPackage, GeoJSON, Shapefile and FlatGeobuf, told by content and not by suffix; a file that only points
    somewhere else (a VRT, a web address) is refused before the reading library sees it. Without `layer`, the file must
    have only one layer of shapes.

    Raises DataProblem naming the file and the cure.
    """
    path = Path(path)
    _check_vector_content(path)
    path = path.absolute()  # a name alone may be read as the reading library's own shorthand (`GeoJSON:…`)
    if vsi_path(str(path)) != str(path):
        raise DataProblem(
            "{file} has a name or folder that reads like an archive or a web address. Rename it with letters and numbers only.",
            file=str(path),
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the library mends or leaves out while reading is checked below
            frame = gpd.read_file(path, layer=layer or _only_layer(path), engine="pyogrio")
    except (OSError, ValueError, RuntimeError, UnboundLocalError, shapely.errors.ShapelyError) as error:
        # UnboundLocalError is how the reader fails at a coordinate system whose name is not UTF-8.
        raise DataProblem(
            "{file} could not be read as a map file: it may be damaged. Save it again as GeoPackage.", file=path.name
        ) from error
    if not isinstance(frame, gpd.GeoDataFrame) or frame.geometry.isna().all():
        raise DataProblem(NO_SHAPES, file=path.name)
    try:
        frame = in_metres(frame)
    except (ValueError, pyproj.exceptions.ProjError) as error:  # none, or not one of the Earth: a drawing's own, a planet's
        raise DataProblem(
            "{file} does not say which coordinates it uses. Save it again with its coordinate system (EPSG:27700 or EPSG:4326).",
            file=path.name,
        ) from error
    if not (np.abs(shapely.get_coordinates(frame.geometry.to_numpy())) < _BEYOND_EARTH_M).all():
        raise DataProblem(
            "{file} has coordinates outside its own coordinate system. Save it again as GeoPackage, in EPSG:27700 or EPSG:4326.",
            file=path.name,
        )
    return frame


def read_boundary(path: Path | str) -> shapely.Geometry:
    """Read a study area: the union of a file's polygons, mended where they cross themselves, in metres.

    Points and lines beside the polygons, or left over from mending one, are no part of it. Raises DataProblem where the
    file has no area, or lies outside Great Britain.
    """
    path = Path(path)
    mended = shapely.make_valid(read_vector(path).geometry.dropna().to_numpy())
    parts = shapely.get_parts(shapely.get_parts(mended))
    area = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    if shapely.area(area) <= 0:
        raise DataProblem("{file} holds no area: a boundary needs polygons, not points or lines.", file=path.name)
    longitude, latitude = in_degrees(gpd.GeoSeries([area], crs=BRITISH_NATIONAL_GRID)).iloc[0].representative_point().coords[0]
    if not inside_great_britain([longitude], [latitude])[0]:
        raise DataProblem("{file} lies outside Great Britain. Check its coordinate system.", file=path.name)
    return _without_slivers(area)


def _without_slivers(area: shapely.Geometry) -> shapely.Geometry:
    """Fill the gaps left where polygons that should meet do not quite: Slough's LSOAs leave 448, each of which would be drawn."""
    whole = [
        shapely.Polygon(part.exterior, [hole for hole in part.interiors if shapely.Polygon(hole).area >= SLIVER_M2])
        for part in shapely.get_parts(area)
    ]
    filled: shapely.Geometry = shapely.union_all(whole)
    return filled


def in_metres(frame: Frame) -> Frame:
    """Return the frame or series in British National Grid metres (EPSG:27700)."""
    if _ostn15 and frame.crs == DEGREES:
        return _by_points(frame, points_in_metres, BRITISH_NATIONAL_GRID)
    return frame if frame.crs == BRITISH_NATIONAL_GRID else frame.to_crs(BRITISH_NATIONAL_GRID)


def in_degrees(frame: Frame) -> Frame:
    """Return the frame or series in degrees (EPSG:4326)."""
    if _ostn15 and frame.crs == BRITISH_NATIONAL_GRID:
        return _by_points(frame, points_in_degrees, DEGREES)
    return frame if frame.crs == DEGREES else frame.to_crs(DEGREES)


def prepared(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a copy of a shape that says quickly what meets it. Preparing changes a shape, and other threads may read the original."""
    copy: shapely.Geometry = shapely.force_2d(shape)
    shapely.prepare(copy)
    return copy


def check_metres(frame: gpd.GeoDataFrame | gpd.GeoSeries) -> None:
    """Raise ValueError unless the frame is in metres; every measure of distance or area starts with this."""
    if frame.crs != BRITISH_NATIONAL_GRID:
        raise ValueError(f"expected {BRITISH_NATIONAL_GRID}, got {frame.crs}; pass the frame through frames.in_metres first")


def points_in_metres(longitude: ArrayLike, latitude: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return eastings and northings of WGS84 points, NaN where either is missing."""
    longitude, latitude = np.asarray(longitude, float), np.asarray(latitude, float)
    easting, northing = _transformed(longitude, latitude)
    if _ostn15:
        easting, northing = _rather(_ostn15.convert_bng(longitude.ravel(), latitude.ravel()), easting, northing)
    return _nan_for_inf(easting), _nan_for_inf(northing)


def points_in_degrees(easting: ArrayLike, northing: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return longitudes and latitudes of British National Grid points, NaN where either is missing."""
    easting, northing = np.asarray(easting, float), np.asarray(northing, float)
    longitude, latitude = _transformed(easting, northing, backwards=True)
    if _ostn15:
        longitude, latitude = _rather(_ostn15.convert_lonlat(easting.ravel(), northing.ravel()), longitude, latitude)
    return _nan_for_inf(longitude), _nan_for_inf(latitude)


def inside_great_britain(longitude: ArrayLike, latitude: ArrayLike) -> NDArray[np.bool_]:
    """Say for each point whether it lies in the area that EPSG:27700 is meant for; missing is False."""
    west, south, east, north = GREAT_BRITAIN_DEGREES
    longitude, latitude = np.asarray(longitude, float), np.asarray(latitude, float)
    return (longitude >= west) & (longitude <= east) & (latitude >= south) & (latitude <= north)


def _transformed(x: NDArray[np.float64], y: NDArray[np.float64], *, backwards: bool = False) -> Points:
    direction = TransformDirection.INVERSE if backwards else TransformDirection.FORWARD
    if threading.current_thread() is threading.main_thread():
        return _to_metres.transform(x, y, direction=direction)
    return _beside.submit(_to_metres.transform, x, y, direction=direction).result()


def _rather(exact: Points, x: NDArray[np.float64], y: NDArray[np.float64]) -> Points:
    """Return the exact points, and the others where there are none: OSTN15 ends a little way off the coast."""
    shape = np.shape(x)
    known = np.isfinite(exact[0]).reshape(shape)
    return np.where(known, exact[0].reshape(shape), x), np.where(known, exact[1].reshape(shape), y)


def _by_points(frame: Frame, convert: Callable[[ArrayLike, ArrayLike], Points], crs: str) -> Frame:
    """Return a frame or series with every point of its shapes converted, so that shapes and points agree."""
    shapes = shapely.transform(
        frame.geometry.to_numpy(), lambda points: np.nan_to_num(np.column_stack(convert(points[:, 0], points[:, 1])), nan=np.inf)
    )
    series = gpd.GeoSeries(shapes, index=frame.index, crs=crs)
    return series.rename(frame.name) if isinstance(frame, gpd.GeoSeries) else frame.set_geometry(series)


def _nan_for_inf(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(values), values, np.nan)


def _check_vector_content(path: Path) -> None:
    """Raise DataProblem unless the file's own first bytes are those of a format on the list."""
    try:
        if not path.is_file():
            raise DataProblem("{file} was not found. Check the folder and the spelling.", file=str(path))
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise DataProblem("{file} could not be opened. Check its name, and that you may read it.", file=str(path)) from error
    if not start:
        raise DataProblem("{file} is empty. Save the map file again.", file=path.name)
    if any(start.startswith(signature) for signature in _SIGNATURES):
        return
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        try:
            content = json.loads(path.read_bytes(), object_pairs_hook=_json_object)
        except _NamesWebAddressError as error:
            raise DataProblem(
                "{file} does not name its coordinate system but says where to look it up, which is not done here. "
                "Save it again as GeoPackage.",
                file=path.name,
            ) from error
        except (ValueError, RecursionError) as error:
            raise DataProblem("{file} is not whole GeoJSON: it may have been cut short. Save it again.", file=path.name) from error
        if content.get("type") in _GEOJSON_TYPES:
            return
    raise DataProblem(
        "{file} is not a map file that can be opened here. Save it as GeoPackage, GeoJSON, Shapefile or FlatGeobuf.", file=path.name
    )


class _NamesWebAddressError(Exception):
    pass


def _json_object(members: list[tuple[str, object]]) -> dict[str, object]:
    """Return a JSON object, unless it has a coordinate system that is not plainly a name.

    GeoJSON of 2008 allows `{"type": "link", "properties": {"href": "http://…"}}` in a collection and in every geometry, and
    the reading library fetches it. It finds members whatever their case, and reads names only up to a NUL.
    """
    for name, value in members:
        if (
            name.split("\0")[0].casefold() == "crs"
            and isinstance(value, dict)
            and (value.keys() - {"properties"}, value.get("type")) != ({"type"}, "name")
        ):
            raise _NamesWebAddressError
    return dict(members)


def _only_layer(path: Path) -> str:
    """Return the name of the one layer of a file that has shapes."""
    shaped = [str(name) for name, geometry in pyogrio.list_layers(path) if geometry is not None]
    if not shaped:
        raise DataProblem(NO_SHAPES, file=path.name)
    if len(shaped) > 1:
        raise DataProblem(
            "{file} holds several layers: {layers}. Save the one that is meant in a file of its own.",
            file=path.name, layers=", ".join(shaped),
        )  # fmt: skip
    return shaped[0]
