"""The folder that a partnership's area lives in: its register, gazetteer, layers and boundary."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import platformdirs
import shapely
from numpy.typing import NDArray
from scipy.spatial import KDTree

import sample_data
from briefing import incoming
from briefing.recent import Recent
from geo import exposure, files, frames, gazetteer
from layers import lamp_file, light_at, mbtiles, network, store
from layers.catalogue import LAYERS, Layer
from spaces import imports, intake, pseudonyms
from spaces.audit import AuditEvent
from spaces.register import INVENTED, REAL, Register, open_register
from words import DataProblem, _

AREA_SETTING, REGISTER_SETTING = "SAFER_SPACES_AREA", "SAFER_SPACES_REGISTER"
"""Which area is opened where none is named; and where its register is kept when that is not a file in its folder."""

METHOD_VERSION = "6"
"""Raised when the same data would give another answer, so that no cache or export mixes the two."""

SAMPLES = {"marlhaven": "Marlhaven", "bro-heli": "Bro Heli"}
"""The invented areas that the tool ships."""

PARTNER_FILES = {
    "marlhaven": ("police.csv", "childrens_services.xlsx", "emergency_department.csv", "schools.csv", "youth_flags.csv"),
    "bro-heli": ("police.csv", "council.csv"),
}

MADE_FILES = ("boundary.geojson", "layers.gpkg", "gazetteer.parquet", "register.sqlite", "pseudonym.key")
"""What a sample's folder holds: one that lacks any of it is made anew."""

BASE_MAP = "basemap.mbtiles"
"""What an area's folder may hold besides: no answer is computed from it, so that it can be added and replaced at any time."""

SAMPLE_READ_ON = date(2026, 10, 31)
"""The samples' incidents run to the end of September 2026, some told of later; they are read as a month later, whatever day it is."""


RURAL_POSTCODES_PER_KM2 = 4.0
"""Fewer, and people are driven. The OECD calls a place rural below 150 people to the square kilometre; a postcode is some 15 addresses,
so 35 to 40 people."""


@dataclass(frozen=True)
class Workspace:
    """An open area. `area` is its boundary in metres (EPSG:27700); `invented` marks a sample."""

    folder: Path
    name: str
    invented: bool
    area: shapely.Geometry
    register: Register
    fingerprint: str
    """Of the layers, gazetteer, boundary and method the folder was made with."""

    @property
    def register_url(self) -> str:
        """Return the address of the area's register."""
        return _register_url(self.folder)

    @property
    def data_version(self) -> str:
        """Name what an answer computed now is computed from."""
        return hashlib.sha256(f"{self.fingerprint}:{self.register.records_head()}:{METHOD_VERSION}".encode()).hexdigest()[:12]

    def layer(self, layer_id: str) -> gpd.GeoDataFrame:
        """Return a layer's features in metres."""
        return self._layers[layer_id]

    @cached_property
    def _layers(self) -> dict[str, gpd.GeoDataFrame]:
        path = self.folder / "layers.gpkg"
        return {layer_id: store.read(path, layer_id) for layer_id in (*LAYERS, "places")}

    @cached_property
    def layer_records(self) -> dict[str, Layer]:
        """What is known of each layer, from the sources of this area's own.

        An invented map is nobody's survey: it must not be credited to those who did not make it.
        """
        if self.invented:
            return {layer_id: replace(layer, source=_("Invented"), licence="CC0") for layer_id, layer in LAYERS.items()}
        told = store.provenance(self.folder / "layers.gpkg").set_index("layer")
        source, licence = told["source"].to_dict(), told["licence"].to_dict()
        return {
            layer_id: replace(layer, source=source.get(layer.table, layer.source), licence=licence.get(layer.table, layer.licence))
            for layer_id, layer in LAYERS.items()
        }

    @cached_property
    def recent(self) -> Recent:
        """What was worked out last of this area."""
        return Recent()

    @cached_property
    def centre(self) -> tuple[float, float]:
        """Longitude and latitude of the area's middle, for the sun: over a county it rises and sets within a minute or two."""
        middle = shapely.centroid(self.area)
        longitude, latitude = frames.points_in_degrees([middle.x], [middle.y])
        return float(longitude[0]), float(latitude[0])

    @cached_property
    def lamps_reach(self) -> light_at.Prepared:
        """What the street lamps reach of every path, alley and park: worked out once, and asked at any hour."""
        return light_at.prepare({name: self.layer(name) for name in light_at.LAYERS}, self.layer("lamps"))

    @cached_property
    def gazetteer(self) -> gazetteer.Gazetteer | None:
        """The area's gazetteer, None where it has none."""
        file = self.folder / "gazetteer.parquet"
        return gazetteer.read(file) if file.exists() else None

    @cached_property
    def on_foot(self) -> network.Network:
        """The paths of the area, for whoever walks."""
        return network.on_foot(self.layer("street_light"))

    @cached_property
    def by_road(self) -> network.Network:
        """The roads of the area, for whoever is driven."""
        return network.by_road(self.layer("street_light"))

    @cached_property
    def rural(self) -> bool:
        """Whether so few people live in the area that they are driven; not where no gazetteer tells."""
        if self.homes_tree is None:
            return False
        inside = shapely.intersects_xy(frames.prepared(self.area), self.homes_tree.data).sum()
        return bool(inside / (shapely.area(self.area) / 1e6) < RURAL_POSTCODES_PER_KM2)

    @cached_property
    def homes(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Where people live in and round the area, by its postcodes in use, as longitudes and latitudes; None without a gazetteer."""
        return None if self.gazetteer is None else exposure.homes(self.gazetteer.postcodes, self.area)

    @cached_property
    def homes_tree(self) -> KDTree | None:
        """The same in metres, to be asked how many are near; None where none is known."""
        return KDTree(np.column_stack(frames.points_in_metres(*self.homes))) if self.homes is not None and len(self.homes[0]) else None

    @cached_property
    def settlements(self) -> tuple[KDTree, list[str]] | None:
        """The towns and villages of the gazetteer, to be asked which is nearest, and their names; None where none is known."""
        if self.gazetteer is None:
            return None
        import polars as pl

        towns = self.gazetteer.names.filter(pl.col("kind") == "settlement").unique("feature", keep="first", maintain_order=True)
        return None if towns.is_empty() else (KDTree(towns.select("easting", "northing").to_numpy()), towns["name"].to_list())

    @property
    def ground(self) -> dict[str, gpd.GeoDataFrame]:
        """The quiet ground of every map of the area, by layer id."""
        return {layer_id: self.layer(layer_id) for layer_id, layer in LAYERS.items() if layer.ground}

    @cached_property
    def places(self) -> gpd.GeoDataFrame:
        """The named places of the area, in metres, best ranked first."""
        return self.layer("places")

    def named_place(self, feature_id: str) -> pd.Series:
        """Return a named place by its id; DataProblem where it is not on the map, or no longer."""
        if feature_id not in self.places.index:
            raise DataProblem("That place is no longer on the map. Choose it again from the list.")
        found: pd.Series = self.places.loc[feature_id]
        return found

    def check_inside(self, easting: float | None, northing: float | None) -> None:
        """Raise DataProblem where a position in metres is given and is not in the area."""
        if easting is not None and northing is not None and not shapely.intersects_xy(self.area, easting, northing):
            raise DataProblem("That position is not inside the area. Check it, in metres of the National Grid.")

    @cached_property
    def place_names(self) -> frozenset[str]:
        """The names of the area's own places, casefolded: they are nobody's, even where they read like somebody's."""
        named = [frame[column] for frame in (self.places, self.layer("safe_places")) for column in ("name", "name_cy")]
        return frozenset(str(name).casefold() for names in named for name in names.dropna() if name)

    def read_on(self, today: date) -> date:
        """Return the day on which checks are read as fresh or stale: a sample's always the same one, whatever day it is."""
        return SAMPLE_READ_ON if self.invented else today

    def latest_day(self, today: date) -> date:
        """Return the latest day on which something can have been done: in a sample, its own last day or the one on the wall."""
        return max(today, SAMPLE_READ_ON, datetime.now().astimezone().date()) if self.invented else today


def data_folder() -> Path:
    """Return where areas are kept: `SAFER_SPACES_DATA`, else this person's own data folder."""
    given = os.environ.get("SAFER_SPACES_DATA")
    return Path(given) if given else platformdirs.user_data_path("safer-spaces", appauthor=False)


def area_folder(name: str = "") -> Path:
    """Return the folder of an area by its name, else of the one that SAFER_SPACES_AREA names, else of the sample town."""
    name = name or os.environ.get(AREA_SETTING, "") or "marlhaven"
    return data_folder() / name if name in SAMPLES else _folder_of(name)


def open_sample(name: str = "marlhaven", *, step: Callable[[str], None] = lambda _step: None) -> Workspace:
    """Open a sample area, making it where it is missing or was made from other files; `step` hears what is being done.

    It is made beside its place and moved there whole, so that a start that is cut short leaves nothing half made.
    """
    if name not in SAMPLES:
        raise DataProblem("There is no sample called “{name}”. Choose one of: {names}.", name=name, names=", ".join(SAMPLES))
    raw = Path(sample_data.__file__).parent / name
    folder = data_folder() / name
    fingerprint = _fingerprint(raw)
    if not _is_made_from(folder, fingerprint):
        try:
            with files.folder_replacing(folder) as half_made:
                _make(raw, half_made, name, fingerprint, step)
        except OSError as error:
            raise DataProblem(
                "The sample town cannot be kept in {folder}. Make room there, or set SAFER_SPACES_DATA to a folder that you may write to.",
                folder=folder.parent,
            ) from error
    return open_workspace(folder)


def open_area(name: str = "", *, step: Callable[[str], None] = lambda _step: None) -> Workspace:
    """Open an area by its name, else the one that SAFER_SPACES_AREA names, else the sample town."""
    name = name or os.environ.get(AREA_SETTING, "") or "marlhaven"
    return open_sample(name, step=step) if name in SAMPLES else open_workspace(_folder_of(name))


def open_workspace(folder: Path) -> Workspace:
    """Open an area that was made before."""
    try:
        about = json.loads((folder / "area.json").read_text("utf-8"))
        name, invented, made_from = str(about["name"]), bool(about["invented"]), str(about["fingerprint"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise DataProblem(
            "{folder} is not an area of Safer Spaces. Make one with: safer-spaces area new, or the sample with: safer-spaces demo",
            folder=folder,
        ) from error
    incoming.clear_away(folder)
    return Workspace(
        folder=folder,
        name=name,
        invented=invented,
        area=frames.read_boundary(folder / "boundary.geojson"),
        register=open_register(_register_url(folder), kind=INVENTED if invented else REAL),
        fingerprint=made_from,
    )


def new_area(name: str, *, boundary: Path, layers: Path, gazetteer_file: Path | None = None, base_map: Path | None = None) -> Workspace:
    """Make an area for real data from its boundary, its layers file and, where there are, its gazetteer and its file of map tiles.

    Raises DataProblem where the name is taken or no name for a folder, or a file is not what it should be.
    """
    folder = _folder_of(name)
    if folder.exists() or name in SAMPLES:
        raise DataProblem("There is an area called “{name}” already. Choose another name.", name=name)
    frames.read_boundary(boundary)
    store.provenance(layers)
    if gazetteer_file:
        gazetteer.read(gazetteer_file)
    if base_map:
        mbtiles.read(base_map)
    with files.folder_replacing(folder) as half_made:
        area = frames.read_boundary(boundary)
        gpd.GeoSeries([area], crs=frames.BRITISH_NATIONAL_GRID).to_file(half_made / "boundary.geojson", driver="GeoJSON")
        shutil.copy(layers, half_made / "layers.gpkg")
        if gazetteer_file:
            shutil.copy(gazetteer_file, half_made / "gazetteer.parquet")
        pseudonyms.open_keys(half_made, create=True)
        _write_about(half_made, name, invented=False, fingerprint=_fingerprint(half_made))
        if base_map:
            shutil.copy(base_map, half_made / BASE_MAP)
    return open_workspace(folder)


def _folder_of(name: str) -> Path:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,40}", name):
        raise DataProblem("“{name}” is no name for an area. Use small letters, numbers and hyphens, such as slough.", name=name[:60])
    return data_folder() / name


def _register_url(folder: Path) -> str:
    return os.environ.get(REGISTER_SETTING) or f"sqlite:///{folder / 'register.sqlite'}"


def _is_made_from(folder: Path, fingerprint: str) -> bool:
    try:
        about = json.loads((folder / "area.json").read_text("utf-8"))
        return bool(about["fingerprint"] == fingerprint and about["name"]) and all(
            (folder / name).is_file() for name in MADE_FILES if name != "register.sqlite" or not os.environ.get(REGISTER_SETTING)
        )
    except (OSError, ValueError, LookupError, TypeError):
        return False


def _fingerprint(raw: Path) -> str:
    """Name the raw files and the way they are read: either changing makes the sample anew."""
    digest = hashlib.sha256(METHOD_VERSION.encode())
    for path in sorted(path for path in raw.iterdir() if path.is_file()):
        digest.update(path.name.encode() + path.read_bytes())
    for profile in sorted(intake.PROFILES.glob("*.toml")):
        digest.update(profile.read_bytes())
    return digest.hexdigest()[:12]


def _make(raw: Path, folder: Path, name: str, fingerprint: str, step: Callable[[str], None], *, with_records: bool = True) -> None:
    step("layers")
    shutil.copy(raw / "boundary.geojson", folder)
    area = frames.read_boundary(raw / "boundary.geojson")
    lamps = lamp_file.read(raw / "lamps.csv", None) if (raw / "lamps.csv").exists() else None
    made = store.build(raw / "extract.osm.pbf", boundary=area, lamp_list=lamps)
    store.write(made, folder / "layers.gpkg", extract_name="extract.osm.pbf")
    step("gazetteer")
    places = gazetteer.build([raw / "postcodes.csv", raw / "extract.osm.pbf"], folder / "gazetteer.parquet")
    step("records")
    register = open_register(_register_url(folder), kind=INVENTED)
    keys = pseudonyms.open_keys(folder, create=True)
    for file in PARTNER_FILES[name] if with_records else ():
        audit = AuditEvent("sample", "file imported", "the sample is made", "sample town")
        add_file(register, raw / file, places, keys, area, today=SAMPLE_READ_ON, audit=audit)
    register.close()
    _write_about(folder, SAMPLES[name], invented=True, fingerprint=fingerprint)
    if with_records:
        _fill_register(raw, folder)


def _fill_register(raw: Path, folder: Path) -> None:
    """Take in the sample's checked venues and lamp faults, for which the area has to be open."""
    from briefing import sample_register  # which knows what an area is

    made = open_workspace(folder)
    sample_register.fill(made, raw)
    made.register.close()


def _write_about(folder: Path, name: str, *, invented: bool, fingerprint: str) -> None:
    (folder / "area.json").write_text(json.dumps({"name": name, "invented": invented, "fingerprint": fingerprint}), "utf-8")


def add_file(
    register: Register, path: Path, places: gazetteer.Gazetteer, keys: pseudonyms.Keys, area: shapely.Geometry, *, today: date,
    audit: AuditEvent,
) -> str:  # fmt: skip
    """Read, check, place and pseudonymise a partner's file and take it into the register; return the id of the import.

    Values with problems come in as missing, and rows that cannot be placed with the reason: nothing is dropped.
    """
    prepared = imports.prepare(intake.read(path, today=today), path, places, keys, within=area)
    return imports.take_in(register, prepared, audit=audit)
