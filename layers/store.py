"""The area file: every layer of a place in one GeoPackage, with where each came from."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import pandas as pd
import pyogrio
import pyogrio.errors
import shapely

from geo import files, frames
from layers import (
    alleys,
    area_context,
    around,
    council,
    greenspace,
    ground,
    lamp_file,
    lamps,
    lighting,
    osm,
    parks,
    places,
    provision,
    qgis_styles,
    safe_places,
    tables,
    waterside,
)
from layers.catalogue import LAYERS, OPEN_DATABASE_LICENCE, OPENSTREETMAP
from words import N_, DataProblem, _, ngettext

TABLES: Mapping[str, tuple[tables.Columns, str]] = MappingProxyType(
    {
        "green": (ground.COLUMNS, "MultiPolygon"),
        "water": (ground.COLUMNS, "MultiPolygon"),
        "waterways": (ground.COLUMNS, "LineString"),
        "streets": (ground.COLUMNS, "LineString"),
        **dict.fromkeys(area_context.LAYER_IDS, (area_context.COLUMNS, "MultiPolygon")),
        "parks": (parks.COLUMNS, "MultiPolygon"),
        "street_light": (lighting.STREET_LIGHT_COLUMNS, "LineString"),
        "alleys": (alleys.COLUMNS, "LineString"),
        "waterside": (waterside.COLUMNS, "MultiLineString"),
        "lamps": (lamps.COLUMNS, "Point"),
        "safe_places": (safe_places.COLUMNS, "Point"),
        "around": (around.COLUMNS, "Point"),
        "youth_provision": (provision.COLUMNS, "Point"),
        "places": (places.COLUMNS, "MultiPolygon"),
    }
)
"""Each table of the area file: its columns and its kind of shape. `places` is not drawn, so it has no layer record."""

PLACES_TITLE = N_("Named places")

PROVENANCE = "provenance"
"""The table that says where each layer came from; a GeoPackage without it is not one of ours."""

PROVENANCE_COLUMNS = ("layer", "title", "source", "licence", "source_file", "data_timestamp", "feature_count")

NO_DATE = "1970-01-01T00:00:00.000Z"
"""What a file says of when it was written, where its data has no date: not the day of the build, so that a rebuild gives the same bytes."""

Progress = Callable[[str], None]


def build(
    extract: Path,
    *,
    boundary: shapely.Geometry | None = None,
    lamp_list: lamp_file.LampFile | None = None,
    green_sites: Path | None = None,
    youth_list: council.Places | None = None,
    context: Mapping[str, gpd.GeoDataFrame] = MappingProxyType({}),
    progress: Progress | None = None,
) -> dict[str, gpd.GeoDataFrame]:
    """Make every table of an area file from an OpenStreetMap extract.

    Returns a frame in EPSG:27700 for each name in TABLES, indexed by `feature_id`, empty where there is none of it. With a
    `boundary` (metres), only features that touch it are kept, each of them whole. `progress` is told each step in words.
    `lamp_list` is a council's list of lamps: what there is to say of it is in the `notes` of the attributes of the frame `lamps`.
    `green_sites` is OS Open Greenspace: its parks are added where the extract has none. `youth_list` is a council's list of youth
    provision, read with the columns `provision.FIELDS`. `context` is what `area_files.read` gives.

    Raises DataProblem where the extract cannot be read, or nothing of it lies inside the boundary.
    """
    tell = progress or _say_nothing
    tell(_("Reading {file}", file=extract.name))
    whole = osm.read(extract)
    if whole.left_out:
        tell(
            ngettext(
                "{count} shape left out: the extract lacks part of it",
                "{count} shapes left out: the extract lacks parts of them",
                whole.left_out,
            )
        )
    points, lines, areas = (_touching(features, boundary) for features in (whole.points, whole.lines, whole.areas))
    if not len(lines) and not len(areas):
        raise DataProblem("Nothing in {file} lies inside the boundary. Choose the extract of this area.", file=extract.name)
    with_sites = _with_sites(areas, lines, boundary, green_sites)
    tell(_("Looking at light, alleyways and parks"))
    made = {
        "green": ground.green(areas),
        "water": ground.water(areas),
        "waterways": ground.waterways(lines),
        "streets": ground.streets(lines),
        **{name: context.get(name, tables.empty(area_context.COLUMNS)) for name in area_context.LAYER_IDS},
        "parks": parks.parks(with_sites, whole.lines, whole.points),
        "street_light": lighting.street_light(lines),
        "alleys": alleys.alleys(lines, whole),
        "waterside": waterside.waterside(lines, whole.areas),
        "lamps": lamp_file.lamps_of(lamp_list, points, lines, boundary),
        "safe_places": safe_places.candidates(points, areas),
        "around": around.around(points, areas),
        "youth_provision": provision.provision(youth_list.frame) if youth_list else tables.empty(provision.COLUMNS),
    }
    if green_sites:
        made["parks"].attrs.update(source_file=green_sites.name, source=greenspace.SOURCE, licence=greenspace.LICENCE)
    tell(_("Gathering the names of places"))
    return {**made, "places": places.places(points, lines, areas)}


def write(layers: Mapping[str, gpd.GeoDataFrame], path: Path, *, extract_name: str, data_timestamp: str = "") -> None:
    """Write the tables as one GeoPackage, whole or not at all: a file already there stays until the new one is complete.

    `data_timestamp` says when the data was current (`osm.data_timestamp`); empty means that the extract does not say.
    The same tables give the same bytes.

    Raises DataProblem where the file cannot be written.
    """
    check_name(path)
    try:
        with files.replacing(path) as unfinished, _clock_stopped_at(data_timestamp):
            for name, (columns, shape) in TABLES.items():
                frame = layers[name] if name in layers else tables.empty(columns)
                pyogrio.write_dataframe(
                    frame.reset_index(),
                    unfinished,
                    layer=name,
                    driver="GPKG",
                    append=unfinished.exists(),
                    geometry_type=shape,
                    promote_to_multi=shape.startswith("Multi"),
                    identifier=_(_title(name)),
                    description=", ".join([*_sources(layers, name), *_licences(layers, name)]),
                )
            pyogrio.write_dataframe(
                _provenance(layers, extract_name, data_timestamp), unfinished, layer=PROVENANCE, driver="GPKG", append=True
            )
            drawn = {layer_id: layer for layer_id, layer in LAYERS.items() if not layer.restricted}
            qgis_styles.write(unfinished, drawn, written_at=data_timestamp or NO_DATE)
    except (OSError, sqlite3.Error, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as error:
        raise DataProblem(
            "{file} could not be written. Check that the folder exists, can be written to and has room.", file=str(path)
        ) from error


def check_name(path: Path) -> None:
    """Raise DataProblem unless the file is called what it will be: before the work, not after it."""
    if path.suffix.lower() != ".gpkg":
        raise DataProblem("{file} should end in .gpkg, because the layers are saved as one GeoPackage.", file=path.name)


def read(path: Path, layer_id: str) -> gpd.GeoDataFrame:
    """Read one layer of an area file, indexed by `feature_id`; `places` is read by that name too.

    Raises DataProblem where the file is missing, damaged or not an area file.
    """
    table = LAYERS[layer_id].table if layer_id in LAYERS else layer_id
    columns, _shape = TABLES[table]
    counts = provenance(path).set_index("layer")["feature_count"]
    if counts.get(table, 0) == 0:
        return tables.empty(columns)
    found = frames.read_vector(path, layer=table)
    if not {"feature_id", *columns} <= set(found.columns):
        raise DataProblem("{file} was made by another version of this tool. Build the layers again.", file=path.name)
    found = found.set_index("feature_id")
    return tables.table(found.geometry, columns, **{name: found[name] for name in columns})


def provenance(path: Path) -> pd.DataFrame:
    """Read where each layer of an area file came from: one row per table, with the columns PROVENANCE_COLUMNS.

    Raises DataProblem where the file is missing, damaged or not an area file.
    """
    if not path.is_file():
        raise DataProblem("{file} was not found. Build the layers first, or check the spelling.", file=str(path))
    wanted = ", ".join(PROVENANCE_COLUMNS)
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            rows = database.execute(f"SELECT {wanted} FROM {PROVENANCE} ORDER BY fid").fetchall()
    except sqlite3.DatabaseError as error:
        raise DataProblem("{file} is not an area file made here, or it is damaged. Build the layers again.", file=path.name) from error
    return pd.DataFrame(rows, columns=list(PROVENANCE_COLUMNS))


def summary(layers: Mapping[str, gpd.GeoDataFrame]) -> list[str]:
    """Say in one line for each layer what it holds, by state, in the language in use."""
    lines = []
    for name, frame in layers.items():
        line = _("{layer}: {count}", layer=_(_title(name)), count=f"{len(frame):,}")
        if name in LAYERS and not LAYERS[name].ground and len(frame):
            counts = frame["state"].value_counts()
            labels = LAYERS[name].state_labels
            line += f" ({', '.join(f'{_(labels[state])} {counts[state]:,}' for state in labels if state in counts)})"
        lines.append(line)
    return lines


def _sources(layers: Mapping[str, gpd.GeoDataFrame], table: str) -> list[str]:
    return [LAYERS[table].source if table in LAYERS else OPENSTREETMAP, *_own(layers, table, "source")]


def _licences(layers: Mapping[str, gpd.GeoDataFrame], table: str) -> list[str]:
    return [LAYERS[table].licence if table in LAYERS else OPEN_DATABASE_LICENCE, *_own(layers, table, "licence")]


def _title(table: str) -> str:
    return LAYERS[table].title if table in LAYERS else PLACES_TITLE


def _provenance(layers: Mapping[str, gpd.GeoDataFrame], extract_name: str, data_timestamp: str) -> pd.DataFrame:
    rows = [
        (
            name,
            _title(name),
            ", ".join(_sources(layers, name)),
            ", ".join(_licences(layers, name)),
            ", ".join([extract_name, *_own(layers, name, "source_file")]),
            *(_own(layers, name, "data_timestamp") or [data_timestamp]),
            len(layers.get(name, ())),
        )
        for name in TABLES
    ]
    return pd.DataFrame(rows, columns=list(PROVENANCE_COLUMNS))


def _own(layers: Mapping[str, gpd.GeoDataFrame], name: str, what: str) -> list[str]:
    """Return the file, source, licence or date that a layer has of its own, where its builder noted one."""
    return [str(layers[name].attrs[what])] if name in layers and what in layers[name].attrs else []


def _with_sites(
    areas: gpd.GeoDataFrame, lines: gpd.GeoDataFrame, boundary: shapely.Geometry | None, green_sites: Path | None
) -> gpd.GeoDataFrame:
    if green_sites is None:
        return areas
    within = boundary if boundary is not None else shapely.box(*pd.concat([areas.geometry, lines.geometry]).total_bounds)
    return greenspace.beside(areas, greenspace.read(green_sites), within)


def _touching(features: gpd.GeoDataFrame, boundary: shapely.Geometry | None) -> gpd.GeoDataFrame:
    if boundary is None:
        return features
    inside = features.sindex.query(boundary, predicate="intersects", sort=True)
    return features.iloc[inside]


@contextmanager
def _clock_stopped_at(data_timestamp: str) -> Iterator[None]:
    """Have the file say the data's own date as the date of its last change, so that a rebuild gives the same bytes."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": data_timestamp or NO_DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _say_nothing(step: str) -> None:
    """Take a step's words and keep them."""
