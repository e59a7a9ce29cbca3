"""What a map shows, as data: which layers in what order, in which style, with what key. No drawing library is known here.

Two renderers draw a `Scene`: the live map and the standalone file. Both get the same arrays, so that a sheet printed for
a meeting cannot differ from the screen it was printed from. Coordinates (degrees, for Leaflet) are held apart from
values (style and label of each feature): a changed filter changes values only, and only those travel again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo import frames
from layers.catalogue import LAYERS, Geometry, Layer, Style
from words import _

NOT_DRAWN = 255
"""The style index of a feature that is not drawn: a cell with no reports gets no colour, because that is not no harm."""

HARM_RAMP = ("#fee08b", "#fdb954", "#fb8532", "#e8381f", "#9c0f20")
"""Yellow to dark red after ColorBrewer's YlOrRd, but the first step shows on pale paper and the last is darkest in grey print."""

HARM_EDGE, HARM_OPACITY = "#a9865a", 0.8
"""An edge that holds the palest step together; opaque enough to tell five steps apart, while streets still show through."""

ACCENT, INK, PAPER = "#1d70b8", "#0b0c0c", "#ffffff"
"""The accent marks the one place that is chosen and nothing else."""

BOUNDARY_TOLERANCE_M = 5.0
"""Half a pixel at the zoom where a whole town fills the map: finer corners of a boundary cost bytes and show nothing."""

WORLD_MARGIN_DEGREES = 15.0
"""How far the dimmed outside reaches past the area: farther than the map can be zoomed out to."""

NAMES_ALWAYS, NAMES_CLOSE = 0, 15
"""Web map zooms. At 15 a street is about as long as its name; a hotspot's letter is how a meeting speaks of it."""

CLUSTER_GRID_DEGREES = 1e-7
"""About 1 cm. Neighbouring hexagons give their shared corner with the last digits different; on this grid they meet."""


@dataclass(frozen=True, eq=False)
class SceneLayer:
    """One layer ready to draw: `n` features, each with a key, a style and a label.

    `coordinates` are float32 longitude and latitude less `origin`, without the point that closes a ring. `rings` are
    offsets into coordinates, `parts` into rings, `features` into parts, each one longer than what it cuts. Lines and
    points are parts of one ring. `labels` are plain text, never markup: a name, then lines that say more.
    """

    layer_id: str
    title: str
    kind: Geometry
    origin: tuple[float, float]
    coordinates: NDArray[np.float32]
    rings: NDArray[np.uint32]
    parts: NDArray[np.uint32]
    features: NDArray[np.uint32]
    keys: tuple[str, ...]
    geometry_version: str
    styles: tuple[Style, ...]
    style_index: NDArray[np.uint8]
    labels: tuple[str, ...]
    ground: bool = False
    shown: bool = True
    clickable: bool = False
    name_zoom: int | None = None
    """From which zoom the first line of each label is written on the map; 0 marks each feature with it at any zoom."""
    restricted: bool = False
    """In no file: what it shows is for panel members and officers, at their own screens."""
    see_through: bool = False
    """Darken what is below rather than cover it: streets drawn over harm show where it is and leave its colour alone."""

    @property
    def drawn_count(self) -> int:
        """Return how many features are drawn at all."""
        return int(np.count_nonzero(self.style_index != NOT_DRAWN))


@dataclass(frozen=True)
class LegendEntry:
    """One line of the key: a symbol (a style on a kind of geometry), its words, and the layer whose heading it is under."""

    layer_id: str
    group: str
    label: str
    kind: Geometry
    style: Style


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything a renderer needs. Layers are in drawing order; bounds are west, south, east, north in degrees."""

    layers: tuple[SceneLayer, ...]
    bounds: tuple[float, float, float, float]
    legend: tuple[LegendEntry, ...]
    attribution: tuple[str, ...]
    chosen: str | None = None

    def for_files(self) -> Scene:
        """Return the scene as it may be saved: without the layers that are in no file, and their legend."""
        kept = tuple(layer for layer in self.layers if not layer.restricted)
        held_back = {layer.layer_id for layer in self.layers if layer.restricted}
        return replace(self, layers=kept, legend=tuple(entry for entry in self.legend if entry.layer_id not in held_back))


def map_scene(
    *,
    area: shapely.Geometry,
    ground: Mapping[str, gpd.GeoDataFrame],
    overlays: Mapping[str, gpd.GeoDataFrame],
    cells: gpd.GeoDataFrame | None,
    chosen: str | None = None,
    also_shown: Collection[str] = (),
    records: Mapping[str, Layer] = LAYERS,
) -> Scene:
    """Lay out a map of a study area: quiet ground, recorded harm, streets, the context, hotspots, points, the chosen place.

    `area` is in metres. `ground` and `overlays` are frames by layer id, each with a `state` that its record in `records`
    has a style for; overlays also have `name` and `reason`. `cells` is indexed by H3 cell with `incidents`, `hotspot`,
    `cluster` and `label`. `chosen` is the key of a cluster, a cell or an overlay's feature. `also_shown` are layers that are shown though
    they are off at first.

    Raises ValueError for a layer or a state that no record knows.
    """
    simpler = shapely.simplify(area, BOUNDARY_TOLERANCE_M)
    outline = frames.in_degrees(gpd.GeoSeries([simpler], crs=frames.BRITISH_NATIONAL_GRID)).iloc[0]
    west, south, east, north = (float(side) for side in shapely.bounds(outline))
    build = _Builder(origin=(round((west + east) / 2, 6), round((south + north) / 2, 6)))

    below = [build.catalogued(_record(records, layer_id), frame) for layer_id, frame in _in_order(ground, records)]
    outside, boundary = _study_area(outline, build)
    context = [
        replace(layer, shown=layer.shown or layer.layer_id in also_shown)
        for layer in (build.catalogued(_record(records, layer_id), frame) for layer_id, frame in _in_order(overlays, records))
    ]
    under = [layer for layer in context if records[layer.layer_id].under_harm]
    layers = [*(layer for layer in below if layer.kind == "polygon"), *under, outside]
    legend: list[LegendEntry] = []
    outlines: list[SceneLayer] = []
    if cells is not None and len(cells):
        harm, outlines, harm_legend = _recorded_harm(frames.in_degrees(cells), build)
        layers.append(harm)
        legend += harm_legend
    layers += [*(layer for layer in below if layer.kind != "polygon"), boundary]
    points = [layer for layer in context if layer.kind == "point"]
    layers += [*(layer for layer in context if layer.kind != "point" and layer not in under), *outlines, *points]
    explained = sorted(context, key=lambda layer: records[layer.layer_id].place_in_key)
    legend += [entry for layer in explained for entry in _layer_legend(layer, records[layer.layer_id])]
    if chosen is not None:
        layers += _emphasis(chosen, [*outlines, *layers])
    drawn = [records[layer.layer_id].source for layer in layers if layer.layer_id in records]
    credit = tuple(dict.fromkeys(source for source in drawn if source))
    return Scene(tuple(layers), (west, south, east, north), tuple(legend), credit, chosen)


def escape_for_html_and_script(text: str) -> str:
    """Return text that is only ever text: in HTML, in an attribute, in a script's string and in its template literal.

    html.escape is not enough: `${…}` and a backtick still act inside a script that was written into a page.
    """
    return text.translate(_ESCAPES)


def as_script_data(value: object) -> str:
    """Return JSON that stays data inside a script element: no character in it can end the script, a string or a template."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":")).translate(_SCRIPT_ESCAPES)


_ESCAPES = {ord(character): f"&#{ord(character)};" for character in "&<>\"'`$\\\n\r\u2028\u2029"}
_SCRIPT_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "&<>'`$"}


def harm_classes(incidents: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return up to five ranges of counts, lowest and highest of each, that cover every count above zero.

    Counts of harm are small and skewed, so steps grow by a steady ratio: 1-2, 3-4, 5-8, 9-15, 16-30. Up to five, each
    count is a step of its own. Fractions (a record known only to a park is spread over it) count as the nearest number.
    """
    highest = max(int(np.ceil(np.max(incidents, initial=0.0) - 0.5)), 1)
    steps = min(highest, len(HARM_RAMP))
    tops: list[int] = []
    for step in range(1, steps + 1):
        grown = round(highest ** (step / steps)) if highest > steps else step
        tops.append(max(grown, tops[-1] + 1 if tops else 1))
    tops[-1] = highest
    return [(low, high) for low, high in zip([1, *(top + 1 for top in tops[:-1])], tops, strict=True)]


@dataclass(frozen=True)
class _Builder:
    """Turns geometries in degrees into layers around one origin, so that float32 is good to a few millimetres."""

    origin: tuple[float, float]

    def layer(
        self, layer_id: str, geometries: Iterable[Any], kind: Geometry, styles: Sequence[Style], *,
        style_index: Sequence[int] | NDArray[np.integer[Any]], keys: Iterable[Hashable], labels: Iterable[str] = (), title: str = "",
        **more: Any,
    ) -> SceneLayer:  # fmt: skip
        shapes = np.asarray(list(geometries), dtype=object)
        coordinates, rings, parts, features = _offsets(shapes, kind)
        moved = (coordinates - np.asarray(self.origin)).astype(np.float32)
        names = tuple(str(key) for key in keys)
        digest = hashlib.blake2b(repr((kind, self.origin, names)).encode(), digest_size=6)
        for array in (moved, rings, parts, features):
            digest.update(array.tobytes())
        return SceneLayer(
            layer_id, title, kind, self.origin, moved, rings, parts, features, names, digest.hexdigest(),
            tuple(styles), np.asarray(style_index, dtype=np.uint8), tuple(labels), **more,
        )  # fmt: skip

    def catalogued(self, record: Layer, frame: gpd.GeoDataFrame) -> SceneLayer:
        """Draw a frame as its record says; a state without a style is our own mistake."""
        states = list(record.styles)
        codes = {state: code for code, state in enumerate(states)}
        unknown = sorted(set(frame["state"].astype(str)) - set(codes))
        if unknown:
            raise ValueError(f"layer {record.layer_id} has no style for state {', '.join(unknown)}")
        named = "name" in frame and record.geometry != "point"
        return self.layer(
            record.layer_id, frames.in_degrees(frame).geometry, record.geometry, [record.styles[state] for state in states],
            style_index=[codes[str(state)] for state in frame["state"]], keys=frame.index, labels=_labels(frame, record),
            title=_(record.title), ground=record.ground, shown=record.ground or record.shown_at_first,
            clickable=not record.ground, name_zoom=NAMES_CLOSE if named else None,
            restricted=record.restricted, see_through=record.ground and record.geometry == "line",
        )  # fmt: skip


def _study_area(outline: shapely.Geometry, build: _Builder) -> tuple[SceneLayer, SceneLayer]:
    """Dim what lies outside the boundary and draw the boundary itself, part of the ground."""
    west, south, east, north = shapely.bounds(outline)
    margin = WORLD_MARGIN_DEGREES
    outside = shapely.difference(shapely.box(west - margin, south - margin, east + margin, north + margin), outline)
    dimmed = Style(stroke_px=0, fill="#8a8f91", fill_opacity=0.16)
    edge = Style(stroke="#383f43", stroke_px=1.4, dash_px=(7, 4))
    return (
        build.layer("outside", [outside], "polygon", [dimmed], style_index=[0], keys=["outside"], ground=True),
        build.layer("boundary", [shapely.boundary(outline)], "line", [edge], style_index=[0], keys=["boundary"], ground=True),
    )


def _recorded_harm(cells: gpd.GeoDataFrame, build: _Builder) -> tuple[SceneLayer, list[SceneLayer], list[LegendEntry]]:
    """Colour cells by recorded incidents; draw round each hotspot as a whole, so that the outline is not more colour."""
    incidents = cells["incidents"].fillna(0).to_numpy(dtype=float)
    classes = harm_classes(incidents)
    index = np.searchsorted([top + 0.5 for _low, top in classes], incidents, side="left")
    index = np.where(incidents > 0, np.minimum(index, len(classes) - 1), NOT_DRAWN)
    ramp = HARM_RAMP if len(classes) == len(HARM_RAMP) else [HARM_RAMP[i] for i in _spread(len(classes))]
    styles = [Style(stroke=HARM_EDGE, stroke_px=0.6, fill=colour, fill_opacity=HARM_OPACITY) for colour in ramp]
    title = _("Recorded incidents in each hexagon")
    harm = build.layer(
        "cells", cells.geometry, "polygon", styles, style_index=index, keys=cells.index, labels=cells["label"].astype(str),
        title=title, clickable=True,
    )  # fmt: skip
    fractions = bool(((incidents > 0) & (incidents < 1)).any())
    legend = [
        LegendEntry("cells", title, _range_words(low, high, up_to=fractions and step == 0), "polygon", style)
        for step, ((low, high), style) in enumerate(zip(classes, styles, strict=True))
    ]
    legend.append(LegendEntry("cells", title, _("No colour: no reports, which is not the same as no harm"), "polygon", _NO_REPORTS))

    hot = cells[cells["hotspot"].fillna(False).astype(bool)]
    if hot.empty:
        return harm, [], legend
    cluster = hot["cluster"].astype(object).where(hot["cluster"].notna(), hot.index.to_series()).astype(str)
    groups = {key: shapely.union_all(part.to_numpy(), grid_size=CLUSTER_GRID_DEGREES) for key, part in hot.geometry.groupby(cluster)}
    heading = _("More recorded harm than chance explains")
    outlines = build.layer(
        "hotspots", groups.values(), "polygon", [_HOTSPOT], style_index=[0] * len(groups), keys=groups, labels=groups, title=heading,
        name_zoom=NAMES_ALWAYS,
    )  # fmt: skip
    legend.append(LegendEntry("hotspots", heading, _("Dark outline, marked with a letter"), "polygon", _HOTSPOT))
    return harm, [outlines], legend


_NO_REPORTS = Style(stroke="#b1b4b6", stroke_px=1)
_HOTSPOT = Style(stroke=INK, stroke_px=2.6)
_CHOSEN = (Style(stroke=PAPER, stroke_px=9, size_px=13), Style(stroke=ACCENT, stroke_px=4.5, size_px=13))
"""The accent on a white halo, drawn as the same shape twice, so that it stands out on any colour below."""


def _emphasis(chosen: str, layers: Sequence[SceneLayer]) -> list[SceneLayer]:
    """Draw the first feature that has the chosen key once more, as an outline on a halo; a hotspot before its cells."""
    for layer in layers:
        if layer.ground or chosen not in layer.keys:
            continue
        at = layer.keys.index(chosen)
        part = slice(layer.features[at], layer.features[at + 1] + 1)
        ring = slice(layer.parts[part][0], layer.parts[part][-1] + 1)
        point = slice(layer.rings[ring][0], layer.rings[ring][-1])
        once = [array[cut] - array[cut][0] for array, cut in ((layer.parts, part), (layer.rings, ring))]
        twice = [np.concatenate([array, array[1:] + array[-1]]).astype(np.uint32) for array in once]
        count = len(once[0]) - 1
        return [
            replace(
                layer, layer_id="chosen", title="", coordinates=np.tile(layer.coordinates[point], (2, 1)),
                parts=twice[0], rings=twice[1], features=np.array([0, count, 2 * count], np.uint32), keys=("halo", chosen),
                geometry_version=hashlib.blake2b(f"{layer.geometry_version} {chosen}".encode(), digest_size=6).hexdigest(),
                styles=_CHOSEN, style_index=np.array([0, 1], np.uint8), labels=(), ground=False, shown=True, clickable=False,
                name_zoom=None, see_through=False,
            )
        ]  # fmt: skip
    return []


def _layer_legend(layer: SceneLayer, record: Layer) -> list[LegendEntry]:
    """Explain the states that are on the map, in the record's order; a state nobody can see needs no line."""
    present = set(np.unique(layer.style_index))
    states = [(state, style) for code, (state, style) in enumerate(record.styles.items()) if code in present]
    return [LegendEntry(layer.layer_id, layer.title, _(record.state_labels[state]), layer.kind, style) for state, style in states]


def _labels(frame: gpd.GeoDataFrame, record: Layer) -> list[str]:
    """Return each feature's name, then why it has its state; what has no name is called by its state."""
    said = {state: _(label) for state, label in record.state_labels.items()}
    names = _texts(frame, "name")
    if record.ground:
        return names if any(names) else []
    lines = zip(names, _texts(frame, "reason"), (said[str(state)] for state in frame["state"]), strict=True)
    return ["\n".join(dict.fromkeys(line for line in (name or state, reason or state) if line)) for name, reason, state in lines]


def _texts(frame: gpd.GeoDataFrame, column: str) -> list[str]:
    if column not in frame:
        return [""] * len(frame)
    return [str(text) for text in frame[column].astype(object).where(frame[column].notna(), "")]


def _range_words(low: int, high: int, *, up_to: bool) -> str:
    if up_to:
        return _("Up to {high}", high=high)
    return str(low) if low == high else _("{low}-{high}", low=low, high=high)


def _spread(steps: int) -> list[int]:
    """Return which steps of the ramp to use when there are fewer classes, the first and the last kept apart."""
    return [round(step * (len(HARM_RAMP) - 1) / max(steps - 1, 1)) for step in range(steps)]


def _in_order(layers: Mapping[str, gpd.GeoDataFrame], records: Mapping[str, Layer]) -> list[tuple[str, gpd.GeoDataFrame]]:
    place = {layer_id: order for order, layer_id in enumerate(records)}
    return sorted(((layer_id, frame) for layer_id, frame in layers.items() if len(frame)), key=lambda item: place.get(item[0], -1))


def _record(records: Mapping[str, Layer], layer_id: str) -> Layer:
    if layer_id not in records:
        raise ValueError(f"no record describes the layer {layer_id}")
    return records[layer_id]


_PARTS: Mapping[Geometry, Callable[[Any], Any]] = {
    "polygon": lambda types: np.isin(types, (shapely.GeometryType.POLYGON,)),
    "line": lambda types: np.isin(types, (shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING)),
    "point": lambda types: np.isin(types, (shapely.GeometryType.POINT,)),
}


def _offsets(shapes: NDArray[Any], kind: Geometry) -> tuple[NDArray[Any], NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint32]]:
    """Cut geometries into coordinates and three levels of offsets; parts of another kind are left out."""
    parts, of_feature = shapely.get_parts(shapes, return_index=True)
    nested, of_part = shapely.get_parts(parts, return_index=True)  # a collection may hold multi-part shapes
    wanted = _PARTS[kind](shapely.get_type_id(nested)) & ~shapely.is_empty(nested)
    parts, of_feature = nested[wanted], of_feature[of_part][wanted]
    rings, of_part = shapely.get_rings(parts, return_index=True) if kind == "polygon" else (parts, np.arange(len(parts)))
    coordinates, of_ring = shapely.get_coordinates(rings, return_index=True)
    if kind == "polygon" and len(coordinates):
        closing = np.append(of_ring[1:] != of_ring[:-1], True)
        coordinates, of_ring = coordinates[~closing], of_ring[~closing]
    return coordinates, _starts(of_ring, len(rings)), _starts(of_part, len(parts)), _starts(of_feature, len(shapes))


def _starts(owner: NDArray[np.intp], owners: int) -> NDArray[np.uint32]:
    return np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=owners))]).astype(np.uint32)
