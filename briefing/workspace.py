"""The folder that a partnership's area lives in: its register, gazetteer, layers and boundary."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import platformdirs
import shapely

import sample_data
from geo import frames, gazetteer, geocode
from layers import store
from layers.catalogue import LAYERS
from spaces import intake, pseudonyms
from spaces.audit import AuditEvent
from spaces.register import Register, open_register
from words import DataProblem

METHOD_VERSION = "1"
"""Raised when the same data would give another answer, so that no cache or export mixes the two."""

SAMPLES = {"marlhaven": "Marlhaven", "bro-heli": "Bro Heli"}
"""The invented areas that the tool ships."""

PARTNER_FILES = {
    "marlhaven": ("police.csv", "childrens_services.xlsx", "emergency_department.csv", "schools.csv", "youth_flags.csv"),
    "bro-heli": ("police.csv", "council.csv"),
}

MADE_FILES = ("boundary.geojson", "layers.gpkg", "gazetteer.parquet", "register.sqlite", "pseudonym.key")
"""What a sample's folder holds: one that lacks any of it is made anew."""

SAMPLE_READ_ON = date(2026, 10, 31)
"""The samples' incidents run to the end of September 2026, some told of later; they are read as a month later, whatever day it is."""


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
    def places(self) -> gpd.GeoDataFrame:
        """The named places of the area, in metres, best ranked first."""
        return self.layer("places")


def data_folder() -> Path:
    """Return where areas are kept: `SAFER_SPACES_DATA`, else this person's own data folder."""
    given = os.environ.get("SAFER_SPACES_DATA")
    return Path(given) if given else platformdirs.user_data_path("safer-spaces", appauthor=False)


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
            _make_whole(raw, folder, name, fingerprint, step)
        except OSError as error:
            raise DataProblem(
                "The sample town cannot be kept in {folder}. Make room there, or set SAFER_SPACES_DATA to a folder that you may write to.",
                folder=folder.parent,
            ) from error
    return open_workspace(folder)


def open_workspace(folder: Path) -> Workspace:
    """Open an area that was made before."""
    try:
        about = json.loads((folder / "area.json").read_text("utf-8"))
        name, invented, made_from = str(about["name"]), bool(about["invented"]), str(about["fingerprint"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise DataProblem("{folder} is not an area of Safer Spaces. Make the sample with: safer-spaces demo", folder=folder) from error
    return Workspace(
        folder=folder,
        name=name,
        invented=invented,
        area=frames.read_boundary(folder / "boundary.geojson"),
        register=open_register(f"sqlite:///{folder / 'register.sqlite'}"),
        fingerprint=made_from,
    )


def _is_made_from(folder: Path, fingerprint: str) -> bool:
    try:
        about = json.loads((folder / "area.json").read_text("utf-8"))
        return bool(about["fingerprint"] == fingerprint and about["name"]) and all((folder / name).is_file() for name in MADE_FILES)
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


def _make_whole(raw: Path, folder: Path, name: str, fingerprint: str, step: Callable[[str], None]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    half_made = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder.parent))
    try:
        _make(raw, half_made, name, fingerprint, step)
        shutil.rmtree(folder, ignore_errors=True)
        half_made.rename(folder)
    finally:
        shutil.rmtree(half_made, ignore_errors=True)


def _make(raw: Path, folder: Path, name: str, fingerprint: str, step: Callable[[str], None]) -> None:
    step("layers")
    shutil.copy(raw / "boundary.geojson", folder)
    area = frames.read_boundary(raw / "boundary.geojson")
    store.write(store.build(raw / "extract.osm.pbf", boundary=area), folder / "layers.gpkg", extract_name="extract.osm.pbf")
    step("gazetteer")
    places = gazetteer.build([raw / "postcodes.csv"], folder / "gazetteer.parquet")
    step("records")
    register = open_register(f"sqlite:///{folder / 'register.sqlite'}")
    key = pseudonyms.open_key(folder, create=True)
    for file in PARTNER_FILES[name]:
        add_file(register, raw / file, places, key, today=SAMPLE_READ_ON, origin="sample")
    register.close()
    about = {"name": SAMPLES[name], "invented": True, "fingerprint": fingerprint}
    (folder / "area.json").write_text(json.dumps(about), "utf-8")


def add_file(register: Register, path: Path, places: gazetteer.Gazetteer, key: bytes, *, today: date, origin: str) -> int:
    """Read, place and pseudonymise a partner's file and add it to the register; return how many records came in.

    Values with problems come in as missing, and rows that cannot be placed with the reason: nothing is dropped.
    """
    read = intake.read(path, today=today)
    located = geocode.place(read.records, places, coordinate_precision_m=read.profile.coordinate_precision_m)
    records = read.records.assign(
        **{column: located[column] for column in ("longitude", "latitude", "easting", "northing", "precision_m", "method", "reason")},
        child_ref=pseudonyms.pseudonymised(read.records["agency"], read.records["child_ref"], key),
    )
    audit = AuditEvent("sample" if origin == "sample" else "steward", "records added", "import", origin, path.name)
    return register.add_records(records, source_file=path.name, audit=audit)
