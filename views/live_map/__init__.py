"""The live map: a small Streamlit component of ours over Leaflet, both served from this machine.

Nothing that leaves here is code or markup: a header of JSON (words, styles, the key) and arrays of numbers, which the
browser writes with `textContent` and draws on a canvas. Each layer's coordinates travel as an element of their own:
Streamlit does not resend an element that has not changed, so a changed filter costs the values and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
import xstatic.pkg.leaflet
from numpy.typing import NDArray
from starlette.responses import FileResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from layers.catalogue import LAYERS
from layers.scene import NAMES_CLOSE, Scene, SceneLayer
from layers.symbols import letter_colour, symbol_image
from layers.tile_source import TileSource
from views import plain
from words import _

_FOLDER = Path(__file__).parent
_FILES = {"live_map.js": "text/javascript", "live_map.css": "text/css"}
_VERSION = hashlib.blake2b(b"".join((_FOLDER / name).read_bytes() for name in _FILES), digest_size=6).hexdigest()
"""Part of the address, so that a browser may keep the files for a year and still gets new ones."""

_YEAR_S = 365 * 24 * 60 * 60

_CALL = """
export default async function (component) {
  const address = new URL('/assets/live_map/live_map.js?%s', window.location.origin);
  return (await import(address)).%s(component);
}
"""
"""Streamlit sends a component's script with every change of its data, so what it sends only fetches the real one once."""

_keep_geometry = st.components.v2.component("safer_spaces_geometry", js=_CALL % (_VERSION, "keepGeometry"), isolate_styles=False)
_draw_map = st.components.v2.component(
    "safer_spaces_map", html='<div class="safer-map"></div>', js=_CALL % (_VERSION, "drawMap"), isolate_styles=False
)


@dataclass(frozen=True)
class Picked:
    """What a person touched on the map: a feature of a layer, or bare ground (both empty), and where."""

    layer_id: str
    key: str
    longitude: float
    latitude: float


def live_map(
    scene: Scene, *, key: str, height_px: int = 560, pick_ground: bool = False, note: str | None = None, base_map: TileSource | None = None,
    on_picked: Callable[[Picked], None] | None = None,
) -> Picked | None:  # fmt: skip
    """Show a scene and return what was picked on it, once, in the run that the touch caused.

    The map keeps its place and zoom while the study area stays the same. With `pick_ground` a touch beside every feature
    counts too (to flag a place), and two quick ones do not zoom. `note` says where the same is written as text; by default, in the table
    below.
    `base_map` lies under everything, in place of the streets, water and green that a scene brings itself. `on_picked` is told of each
    touch before the page is drawn anew: of several in quick succession none is lost, and the page is drawn once for it and not twice.
    """
    if base_map is not None:
        scene = on_tiles(scene, base_map)
        if base_map.warning:
            plain.problem(base_map.warning)
    with st.container(gap=None):
        for layer in scene.layers:
            _keep_geometry(key=f"{key}-{layer.layer_id}", data=pack_geometry(layer, scope=key))
        packed = pack_values(scene, scope=key, height_px=height_px, pick_ground=pick_ground, note=note, base_map=base_map)
        picked = _draw_map(key=key, data=packed, on_picked_change=lambda: _tell(key, scene, on_picked)).get("picked")
    return read_picked(picked, scene)


def on_tiles(scene: Scene, base_map: TileSource) -> Scene:
    """Return a scene without what base tiles already show: its streets, water and green, and names that stand on the tiles too."""
    layers = tuple(
        replace(layer, name_zoom=None) if layer.name_zoom == NAMES_CLOSE and layer.layer_id in LAYERS else layer
        for layer in scene.layers
        if layer.layer_id not in LAYERS or not layer.ground
    )
    credit = (*scene.attribution, *([base_map.attribution] if base_map.attribution else []))
    return replace(scene, layers=layers, attribution=tuple(dict.fromkeys(credit)))


def routes() -> list[BaseRoute]:
    """Return the routes the map needs: Leaflet and our own two files, all from this machine."""
    leaflet = Mount("/assets/leaflet", StaticFiles(directory=xstatic.pkg.leaflet.BASE_DIR))
    return [leaflet, *(Route(f"/assets/live_map/{name}", _file(name, media_type)) for name, media_type in _FILES.items())]


def read_picked(picked: object, scene: Scene) -> Picked | None:
    """Return what the browser says was touched, if it is something that is on the map; a browser can say anything."""
    if not isinstance(picked, Mapping):
        return None
    layer_id, feature, longitude, latitude = (picked.get(name) for name in ("layer", "key", "longitude", "latitude"))
    if not (isinstance(longitude, int | float) and isinstance(latitude, int | float)):
        return None
    if not (np.isfinite(longitude) and np.isfinite(latitude) and abs(longitude) <= 180 and abs(latitude) <= 90):
        return None
    if layer_id == "" and feature == "":
        return Picked("", "", float(longitude), float(latitude))
    for layer in scene.layers:
        if layer.layer_id == layer_id and layer.clickable and feature in layer.keys:
            return Picked(layer.layer_id, str(feature), float(longitude), float(latitude))
    return None


def pack_geometry(layer: SceneLayer, *, scope: str) -> bytes:
    """Pack what does not change with a filter: where a layer's features are and what their keys are."""
    header = {
        "scope": scope, "layer": layer.layer_id, "version": layer.geometry_version, "kind": layer.kind,
        "origin": layer.origin, "keys": layer.keys if layer.clickable else (),
    }  # fmt: skip
    # The browser fills by the even-odd rule, so it needs to know which rings are a feature's, not which are holes.
    return _pack(header, {"coordinates": layer.coordinates.ravel(), "rings": layer.rings, "features": layer.parts[layer.features]})


def pack_values(
    scene: Scene, *, scope: str, height_px: int, pick_ground: bool = False, note: str | None = None, base_map: TileSource | None = None
) -> bytes:  # fmt: skip
    """Pack what changes: each feature's style and label, the key, the words; about three bytes a feature."""
    arrays: dict[str, NDArray[Any]] = {}
    layers = []
    for layer in scene.layers:
        arrays[f"style {layer.layer_id}"] = layer.style_index
        texts: Sequence[str] = ()
        if layer.labels:
            codes, distinct = pd.factorize(np.asarray(layer.labels, dtype=object))
            texts = [str(text) for text in distinct]
            arrays[f"label {layer.layer_id}"] = codes.astype(np.uint16 if len(texts) < 65536 else np.uint32)
        layers.append(
            {
                "id": layer.layer_id, "title": layer.title, "kind": layer.kind, "version": layer.geometry_version,
                "ground": layer.ground, "shown": layer.shown, "clickable": layer.clickable,
                "name_zoom": layer.name_zoom, "see_through": layer.see_through,
                "styles": [{**asdict(style), "letter_colour": letter_colour(style)} for style in layer.styles],
                "labels": texts, "drawn": layer.drawn_count,
            }
        )  # fmt: skip
    legend = [
        {"layer": entry.layer_id, "group": entry.group, "label": entry.label, "symbol": symbol_image(entry.style, entry.kind)}
        for entry in scene.legend
    ]
    header = {
        "scope": scope, "bounds": scene.bounds, "height": height_px, "pick_ground": pick_ground, "layers": layers, "legend": legend,
        "attribution": scene.attribution, "assets": _VERSION, "words": _words(note), "base": _base(base_map),
    }  # fmt: skip
    header["version"] = hashlib.blake2b(_pack(header, arrays), digest_size=6).hexdigest()
    return _pack(header, arrays)


def _base(base_map: TileSource | None) -> dict[str, Any] | None:
    if base_map is None:
        return None
    return {
        "address": base_map.address, "lowest": base_map.lowest_zoom, "highest": base_map.highest_zoom, "bounds": base_map.bounds,
        "dark": base_map.dark,
    }  # fmt: skip


def _words(note: str | None) -> dict[str, str]:
    return {
        "map": _("Map of the study area"),
        "note": note if note is not None else _("The table below says the same."),
        "panel": _("Layers and key"),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "whole_area": _("Show the whole area"),
        "failed": _("The map could not be drawn. The table below says the same."),
    }


def _pack(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Pack a header and arrays as: length of the header, the header as JSON, then each array on a boundary of 4 bytes."""
    chunks, index, at = [], [], 0
    for name, array in arrays.items():
        content = array.astype(array.dtype.newbyteorder("<")).tobytes()
        index.append([name, array.dtype.kind + str(array.dtype.itemsize), at, array.size])
        chunks.append(content + bytes(-len(content) % 4))
        at += len(chunks[-1])
    text = json.dumps({**header, "arrays": index}, separators=(",", ":"), allow_nan=False).encode("ascii")
    text += b" " * (-len(text) % 4)
    return len(text).to_bytes(4, "little") + text + b"".join(chunks)


def _file(name: str, media_type: str) -> Any:
    async def endpoint(_request: Any) -> FileResponse:
        return FileResponse(_FOLDER / name, media_type=media_type, headers={"Cache-Control": f"public, max-age={_YEAR_S}, immutable"})

    return endpoint


def _tell(key: str, scene: Scene, on_picked: Callable[[Picked], None] | None) -> None:
    """Pass on what was touched. Streamlit wants a callback even where nobody asked for one: it is how it knows the name of the event."""
    picked = read_picked(st.session_state.get(key, {}).get("picked"), scene)
    if on_picked is not None and picked is not None:
        on_picked(picked)
