"""An area file opens in QGIS as the app draws it: each layer's states, words, colours and second signs."""

from __future__ import annotations

import sqlite3
import xml.etree.ElementTree as ElementTree
from contextlib import closing
from pathlib import Path

import pytest

import sample_data
from layers import qgis_styles, store
from layers.catalogue import LAYERS, Layer

EXTRACT = Path(sample_data.__file__).parent / "marlhaven" / "extract.osm.pbf"


@pytest.fixture(scope="module")
def area_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("qgis") / "area.gpkg"
    store.write(store.build(EXTRACT), path, extract_name=EXTRACT.name)
    return path


def parsed(layer: Layer) -> ElementTree.Element:
    return ElementTree.fromstring(qgis_styles.qml(layer).partition("\n")[2])  # noqa: S314 our own, made here


def rows(path: Path, question: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(question).fetchall()


def test_every_table_that_is_drawn_has_one_default_style(area_file):
    found = rows(area_file, f"SELECT f_table_name, f_geometry_column, useAsDefault FROM {qgis_styles.TABLE}")
    assert sorted(name for name, _column, _default in found) == sorted({layer.table for layer in LAYERS.values() if not layer.restricted})
    assert "around" not in [name for name, _column, _default in found], "a layer for the few is not drawn for whoever opens the file"
    titles = [name for (name,) in rows(area_file, f"SELECT styleName FROM {qgis_styles.TABLE}")]
    assert set(titles) == {layer.title for layer in LAYERS.values() if not layer.restricted}, "none is cut"
    columns = dict(rows(area_file, "SELECT table_name, column_name FROM gpkg_geometry_columns"))
    assert all(columns[name] == column and default == 1 for name, column, default in found)


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_every_state_of_a_layer_has_its_symbol_and_its_words(layer):
    renderer = parsed(layer).find("renderer-v2")
    assert renderer.get("attr") == "state"
    categories = {each.get("value"): each.get("label") for each in renderer.iter("category")}
    assert categories == {state: layer.state_labels[state] for state in layer.styles}
    assert len(renderer.findall("symbols/symbol")) == len(layer.styles)


def test_colour_is_never_alone_in_qgis_either():
    lines = parsed(LAYERS["alleys"])
    said = [{prop.get("k"): prop.get("v") for prop in symbol.iter("prop")} for symbol in lines.iter("symbol")]
    lit, unlit, unknown = said[:3]
    assert "customdash" not in lit
    assert unlit["customdash"] != unknown["customdash"]
    parks = parsed(LAYERS["parks"])
    fills = [{prop.get("k"): prop.get("v") for prop in symbol.iter("prop")}["style"] for symbol in parks.iter("symbol")]
    assert fills[:3] == ["solid", "solid", "b_diagonal"], "what nobody recorded is a hatch"


def look_without_colour(symbol: ElementTree.Element) -> tuple[tuple[str, ...], ...]:
    """Return what of a symbol is left in grey print: its shape, size, dashes, pattern, whether it is hollow, and its letter."""
    kept = ("name", "size", "customdash", "style", "chr", "outline_style", "line_width")
    parts = []
    for layer in symbol.findall("layer"):
        props = {prop.get("k"): prop.get("v") for prop in layer.findall("prop")}
        parts.append((layer.get("class"), *(props.get(name, "") for name in kept), str(props.get("color", "").endswith(",0"))))
    return tuple(parts)


@pytest.mark.parametrize("name", ["around", "safe_places", "youth_provision", "lamps"])
def test_the_points_of_a_layer_are_told_apart_in_qgis_without_their_colour(name):
    looks = [look_without_colour(symbol) for symbol in parsed(LAYERS[name]).iter("symbol")]
    assert len(set(looks)) == len(looks) == len(LAYERS[name].styles)


def test_a_letter_is_drawn_on_its_marker_in_a_colour_that_is_not_the_markers():
    for state, style in LAYERS["around"].styles.items():
        number = str(list(LAYERS["around"].styles).index(state))
        symbol = parsed(LAYERS["around"]).find(f".//symbol[@name='{number}']")
        marker, *letters = [{prop.get("k"): prop.get("v") for prop in layer.findall("prop")} for layer in symbol.findall("layer")]
        assert [letter["chr"] for letter in letters] == ([style.letter] if style.letter else [])
        assert all(letter["color"] != marker["color"] for letter in letters)


def test_a_councils_lamps_are_credited_to_the_council_too(tmp_path):
    built = store.build(EXTRACT)
    built["lamps"].attrs.update(source="Marlhaven Council", licence="OGL v3")
    store.write(built, tmp_path / "area.gpkg", extract_name=EXTRACT.name)
    credited = dict(rows(tmp_path / "area.gpkg", "SELECT table_name, description FROM gpkg_contents"))
    assert credited["lamps"] == "© OpenStreetMap contributors, Marlhaven Council, ODbL 1.0, OGL v3"
    assert credited["parks"] == "© OpenStreetMap contributors, ODbL 1.0"


def test_each_layer_has_its_title_and_credit_in_the_files_contents(area_file):
    contents = {
        name: (title, credit) for name, title, credit in rows(area_file, "SELECT table_name, identifier, description FROM gpkg_contents")
    }
    assert contents["parks"] == ("Parks and open spaces", "© OpenStreetMap contributors, ODbL 1.0")
    assert all(layer.title == contents[name][0] for name, layer in LAYERS.items() if name in contents)
