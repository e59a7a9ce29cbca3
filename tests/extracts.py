"""OpenStreetMap to test with: pieces drawn in metres, and a real county read once by us and once by GDAL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from geo import frames
from layers import osm, store

CORNER = (486_000.0, 308_500.0)
"""Somewhere in Oakham: drawings are placed from here, in British National Grid metres."""

Spot = tuple[float, float]


class Drawing:
    """A made-up piece of OpenStreetMap, drawn in metres from CORNER and saved as XML. `__` in a tag's name stands for `:`."""

    def __init__(self) -> None:
        self.spots: dict[Spot, int] = {}
        self.nodes: dict[int, dict[str, str]] = {}
        self.ways: list[tuple[list[int], dict[str, str]]] = []
        self.relations: list[tuple[list[int], dict[str, str]]] = []

    def node(self, at: Spot, **tags: str) -> int:
        number = self.spots.setdefault(at, len(self.spots) + 1)
        self.nodes.setdefault(number, {}).update(tags)
        return number

    def way(self, *corners: Spot, beyond: tuple[int, ...] = (), **tags: str) -> int:
        """Add a way; `beyond` are the numbers of points that the file does not have."""
        self.ways.append(([*(self.node(corner) for corner in corners), *beyond], tags))
        return len(self.ways)

    def square(self, west: float, south: float, size: float, **tags: str) -> int:
        east, north = west + size, south + size
        return self.way((west, south), (east, south), (east, north), (west, north), (west, south), **tags)

    def multipolygon(self, *outer: int, inner: tuple[int, ...] = (), **tags: str) -> int:
        self.relations.append(([*outer, *(-way for way in inner)], {"type": "multipolygon", **tags}))
        return len(self.relations)

    def save(self, path: Path) -> Path:
        root = ET.Element("osm", version="0.6")
        for (east, north), number in self.spots.items():
            (longitude,), (latitude,) = frames.points_in_degrees([CORNER[0] + east], [CORNER[1] + north])
            self._add(root, "node", number, self.nodes[number], lon=f"{longitude:.7f}", lat=f"{latitude:.7f}")
        for number, (spots, tags) in enumerate(self.ways, 1):
            element = self._add(root, "way", number, tags)
            for spot in spots:
                ET.SubElement(element, "nd", ref=str(spot))
        for number, (members, tags) in enumerate(self.relations, 1):
            element = self._add(root, "relation", number, tags)
            for member in members:
                ET.SubElement(element, "member", type="way", ref=str(abs(member)), role="outer" if member > 0 else "inner")
        ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
        return path

    @staticmethod
    def _add(root: ET.Element, kind: str, number: int, tags: dict[str, str], **attributes: str) -> ET.Element:
        element = ET.SubElement(root, kind, id=str(number), version="1", **attributes)
        for name, value in tags.items():
            ET.SubElement(element, "tag", k=name.replace("__", ":"), v=value)
        return element


@pytest.fixture
def drawing() -> Drawing:
    return Drawing()


@pytest.fixture
def read(drawing: Drawing, tmp_path: Path) -> Callable[[], osm.Extract]:
    """Return a function that reads what has been drawn so far."""
    return lambda: osm.read(drawing.save(tmp_path / "drawn.osm"))


@pytest.fixture(scope="session")
def rutland_file(shared_data: Path) -> Path:
    return shared_data / "osm" / "rutland-2022-07.osm.pbf"


@pytest.fixture(scope="session")
def rutland(rutland_file: Path) -> osm.Extract:
    return osm.read(rutland_file)


@pytest.fixture(scope="session")
def rutland_layers(rutland_file: Path) -> dict[str, gpd.GeoDataFrame]:
    return store.build(rutland_file)


@pytest.fixture(scope="session")
def told_by_gdal(rutland_file: Path) -> Callable[[str, str], pd.Series]:
    """Return a function giving one tag of Rutland's points, lines or multipolygons as GDAL's own reader has it.

    Indexed as ours are, so that the two can be set beside each other feature by feature.
    """
    layers = {name: pyogrio.read_dataframe(rutland_file, layer=name, read_geometry=False) for name in ("points", "lines", "multipolygons")}
    kinds = {"points": "node", "lines": "way", "multipolygons": "relation"}

    def tag(layer: str, name: str) -> pd.Series:
        features = layers[layer]
        values = features[name] if name in features else features["other_tags"].str.extract(rf'"{name}"=>"([^"]*)"')[0]
        index = kinds[layer] + "/" + features["osm_id"].astype("str")
        if "osm_way_id" in features:
            index = ("way/" + features["osm_way_id"].astype("str")).where(features["osm_way_id"].notna(), index)
        return values.set_axis(index)

    return tag
