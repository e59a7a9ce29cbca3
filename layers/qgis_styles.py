"""How QGIS draws each layer of an area file: the catalogue's own styles, in the table in which QGIS looks for them.

QGIS keeps a style beside the data in a GeoPackage's table `layer_styles` (its own extension, not part of the standard) as QML: the
one marked as default is what a layer looks like when it is added to a project. Other programs pass the table over.
"""

from __future__ import annotations

import sqlite3
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from layers.catalogue import Layer, Style
from words import _

TABLE = "layer_styles"

GEOMETRY_COLUMN = "geom"
"""What the tables' shapes are called in an area file."""

_CREATE = f"""
CREATE TABLE {TABLE} (
  id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30),
  ui TEXT(30), update_time DATETIME)
"""
"""The columns that QGIS itself makes it with, but for the width of `styleName`: our titles are longer than 30 letters."""

PX_IN_MM = 0.2646
"""QGIS measures in millimetres of a screen of 96 dots to the inch."""

LETTER_FONT = "Arial"
"""QGIS takes another where there is none of it; a letter is a letter in each."""

LETTER_SHARE = 0.7
"""Of its marker's height, so that it stays inside a diamond."""


def write(path: Path, layers: Mapping[str, Layer], *, written_at: str) -> None:
    """Write into a GeoPackage how each of these layers is drawn, by the name of its table; written once, as the file is made."""
    rows = [
        (
            "",
            "",
            layer.table,
            GEOMETRY_COLUMN,
            _(layer.title),
            qml(layer),
            "",
            1,
            f"{layer.source}, {layer.licence}",
            "",
            None,
            written_at,
        )
        for layer in {layer.table: layer for layer in reversed(list(layers.values()))}.values()
    ]
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(_CREATE)
        database.executemany(
            f"INSERT INTO {TABLE} (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD,"
            " useAsDefault, description, owner, ui, update_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            sorted(rows),
        )
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) VALUES (?, ?, ?, ?, ?, ?)",
            (TABLE, "attributes", TABLE, "", written_at, 0),
        )


def qml(layer: Layer) -> str:
    """Return a layer's look as QML: one category for each state, with the words of the legend."""
    root = ElementTree.Element("qgis", version="3.22", styleCategories="Symbology")
    renderer = ElementTree.SubElement(root, "renderer-v2", type="categorizedSymbol", attr="state", symbollevels="0", forceraster="0")
    categories, symbols = (ElementTree.SubElement(renderer, part) for part in ("categories", "symbols"))
    for number, (state, style) in enumerate(layer.styles.items()):
        label = _(layer.state_labels[state])
        ElementTree.SubElement(categories, "category", value=state, symbol=str(number), label=label, render="true")
        kind = {"polygon": "fill", "line": "line", "point": "marker"}[layer.geometry]
        symbol = ElementTree.SubElement(symbols, "symbol", name=str(number), type=kind, alpha="1", clip_to_extent="1")
        parts = [_SYMBOLS[layer.geometry](style), *([_letter(style)] if style.letter and layer.geometry == "point" else [])]
        for drawn, properties in parts:
            part = ElementTree.SubElement(symbol, "layer", {"class": drawn, "enabled": "1", "pass": "0", "locked": "0"})
            for name, value in properties.items():
                ElementTree.SubElement(part, "prop", k=name, v=value)
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ElementTree.tostring(root, encoding="unicode")


def _polygon(style: Style) -> tuple[str, dict[str, str]]:
    fill = {
        "color": _colour(style.fill, style.fill_opacity),
        "style": "no" if style.fill is None else "solid" if style.pattern == "none" else "b_diagonal",
    }
    return "SimpleFill", fill | {
        "outline_color": _colour(style.stroke),
        "outline_style": _pen(style),
        "outline_width": f"{style.stroke_px * PX_IN_MM:.3f}",
        "outline_width_unit": "MM",
    }


def _line(style: Style) -> tuple[str, dict[str, str]]:
    dashes = {"use_custom_dash": "1", "customdash": ";".join(f"{dash * PX_IN_MM:.3f}" for dash in style.dash_px), "customdash_unit": "MM"}
    return "SimpleLine", {
        "line_color": _colour(style.stroke), "line_style": "solid", "line_width": f"{style.stroke_px * PX_IN_MM:.3f}",
        "line_width_unit": "MM", "capstyle": "round", "joinstyle": "round",
    } | (dashes if style.dash_px else {})  # fmt: skip


def _marker(style: Style) -> tuple[str, dict[str, str]]:
    return "SimpleMarker", {
        "name": style.shape, "color": _colour(style.fill, style.fill_opacity), "outline_color": _colour(style.stroke),
        "outline_style": _pen(style), "outline_width": f"{style.stroke_px * PX_IN_MM:.3f}", "outline_width_unit": "MM",
        "size": f"{2 * style.size_px * PX_IN_MM:.3f}", "size_unit": "MM",
    }  # fmt: skip


def _letter(style: Style) -> tuple[str, dict[str, str]]:
    """Return the letter on a marker: in the colour of its edge, or white where it is filled with that."""
    on_its_own_colour = style.fill == style.stroke
    return "FontMarker", {
        "chr": style.letter, "font": LETTER_FONT, "color": _colour("#ffffff" if on_its_own_colour else style.stroke),
        "size": f"{2 * LETTER_SHARE * style.size_px * PX_IN_MM:.3f}", "size_unit": "MM", "horizontal_anchor_point": "1",
        "vertical_anchor_point": "1", "outline_width": "0",
    }  # fmt: skip


_SYMBOLS = {"polygon": _polygon, "line": _line, "point": _marker}


def _pen(style: Style) -> str:
    return "no" if not style.stroke_px else "dash" if style.dash_px else "solid"


def _colour(value: str | None, opacity: float = 1.0) -> str:
    """Return a colour as QGIS writes it: red, green, blue and how opaque, each to 255."""
    if value is None:
        return "0,0,0,0"
    red, green, blue = (int(value[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{round(opacity * 255)}"
