"""The standalone map: one HTML file that opens without a network, for packs, e-mail and a memory stick.

folium lays the map out; what folium would fetch from other machines is left off, and Leaflet is written into the file.
The file carries a policy of its own under which only its own scripts run, known by their hashes, and nothing is fetched.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import folium
import numpy as np
import xstatic.pkg.leaflet
from branca.element import Element, MacroElement
from folium.template import Template

from layers.catalogue import Style
from layers.scene import NAMES_ALWAYS, NOT_DRAWN, LegendEntry, Scene, SceneLayer, as_script_data, escape_for_html_and_script
from layers.symbols import point_svg, symbol_image
from words import _, language

DECIMALS = 6
"""About 10 cm: finer than anything drawn, and a third of the size of the full number."""

FIRST_PANE = 410
"""Leaflet draws its own shapes at 400 and its markers at 600: our layers lie between, each in a pane, in scene order."""


def standalone_html(scene: Scene, *, title: str) -> str:
    """Return the scene as one HTML file: the same layers, order, styles and key as on the screen.

    The same scene gives the same bytes. Whoever opens the file sees all that is in it, so it is for what may be shared:
    the caller passes a scene whose labels hold only codes, numbers and names from a gazetteer. What is in no file is left out here.
    """
    scene = scene.for_files()
    west, south, east, north = scene.bounds
    chart = folium.Map(
        location=[(south + north) / 2, (west + east) / 2], tiles=None, zoom_control=True, control_scale=False, attributionControl=False,
        zoomSnap=0.5, font_size="14px",
    )  # fmt: skip
    chart.default_js, chart.default_css = [], []
    fit = folium.FitBounds([[south, west], [north, east]], padding=(12, 12))
    fit.options["animate"] = False  # Shapes that are added while the map still moves are cut off at its first edge.
    chart.add_child(fit)
    for order, layer in enumerate(scene.layers):
        _draw(layer, chart, z_index=FIRST_PANE + order)
    folium.LayerControl(collapsed=False).add_to(chart)
    chart.add_child(_MetricScale())  # type: ignore[no-untyped-call]
    chart.add_child(_AfterMap(_legend(scene)))

    page: Any = chart.get_root()
    page.title = escape_for_html_and_script(title)
    page.header.add_child(_Verbatim(_head()), name="own", index=0)
    page.html.add_child(_Verbatim(f"<h1>{escape_for_html_and_script(title)}</h1>"), index=0)
    return _sealed(_steady(page.render(), page))


class _Verbatim(Element):
    """Text that is written as it is: branca reads an Element's text as a template, and Leaflet's code is not one."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **_kwargs: Any) -> str:
        return self.text


class _AfterMap(MacroElement):
    """HTML that follows the map, in the order in which it is read."""

    _template = Template("{% macro html(this, kwargs) %}{{ this.text }}{% endmacro %}")

    def __init__(self, text: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.text = text


class _MetricScale(MacroElement):
    """A scale bar in metres only."""

    _template = Template(
        "{% macro script(this, kwargs) %}L.control.scale({imperial: false}).addTo({{ this._parent.get_name() }});{% endmacro %}"
    )


class _TextTooltips(MacroElement):
    """Tooltips that can only be text: folium's own would write the label into the page as markup."""

    _template = Template(
        """{% macro script(this, kwargs) %}
            (function (labels) {
                {{ this._parent.get_name() }}.bindTooltip(function (layer) {
                    const node = document.createElement('div');
                    node.className = 'label';
                    node.textContent = labels[layer.feature.properties.t];
                    return node;
                }, {sticky: true});
            })({{ this.labels }});
        {% endmacro %}"""
    )

    def __init__(self, labels: Iterable[str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.labels = as_script_data(list(labels))


def _draw(layer: SceneLayer, chart: folium.Map, *, z_index: int) -> None:
    """Add a layer in a pane of its own, so that switching it off and on does not change the order."""
    pane = f"scene-{z_index}"
    folium.map.CustomPane(pane, z_index=z_index, pointer_events=layer.clickable).add_to(chart)
    switch = bool(layer.title) and not layer.ground
    group = folium.FeatureGroup(name=escape_for_html_and_script(layer.title or layer.layer_id), control=switch, show=layer.shown)
    labelled = layer.clickable and bool(layer.labels)
    for code, style in enumerate(layer.styles):
        chosen = np.flatnonzero(layer.style_index == code)
        if not len(chosen):
            continue
        texts = list(dict.fromkeys(layer.labels[at] for at in chosen)) if labelled else []
        number = {text: index for index, text in enumerate(texts)}
        features = [
            {"type": "Feature", "properties": {"t": number[layer.labels[at]]} if labelled else {}, "geometry": geometry}
            for at in chosen
            for geometry in _geometries(layer, int(at))
        ]
        extra: dict[str, Any] = {"marker": folium.Marker(icon=_icon(style), pane=pane, keyboard=False)} if layer.kind == "point" else {}
        look = {} if layer.kind == "point" else _path(style)
        shapes = folium.GeoJson(
            {"type": "FeatureCollection", "features": features}, name=layer.layer_id, style_function=lambda _feature, look=look: look,
            control=False, smooth_factor=1, pane=pane, interactive=labelled, **extra,
        )  # fmt: skip
        if labelled:
            shapes.add_child(_TextTooltips(texts))
        group.add_child(shapes)
    if layer.name_zoom == NAMES_ALWAYS:
        for at in np.flatnonzero(layer.style_index != NOT_DRAWN):
            group.add_child(_mark(layer, int(at)))
    group.add_to(chart)


def _mark(layer: SceneLayer, at: int) -> folium.Marker:
    """Return a small dark tab with a feature's label, on the top of its outline."""
    first, last = (layer.rings[layer.parts[layer.features[end]]] for end in (at, at + 1))
    points = layer.coordinates[first:last].astype(float) + np.asarray(layer.origin)
    longitude, latitude = points[points[:, 1].argmax()]
    text = escape_for_html_and_script(layer.labels[at].split("\n")[0])
    icon = folium.DivIcon(html=f"<b>{text}</b>", icon_size=(0, 0), class_name="mark")
    return folium.Marker([round(latitude, DECIMALS), round(longitude, DECIMALS)], icon=icon, keyboard=False, interactive=False)


def _geometries(layer: SceneLayer, at: int) -> Iterator[dict[str, Any]]:
    """Give a feature as GeoJSON: one geometry with all its parts, or one for each of its points."""
    degrees = layer.coordinates.astype(float) + np.asarray(layer.origin)
    closed = layer.kind == "polygon"
    parts = [
        [_ring(degrees[layer.rings[ring] : layer.rings[ring + 1]], closed=closed) for ring in range(*layer.parts[part : part + 2])]
        for part in range(*layer.features[at : at + 2])
    ]
    if layer.kind == "polygon":
        yield {"type": "MultiPolygon", "coordinates": parts}
    elif layer.kind == "line":
        yield {"type": "MultiLineString", "coordinates": [rings[0] for rings in parts]}
    else:
        yield from ({"type": "Point", "coordinates": rings[0][0]} for rings in parts)


def _ring(degrees: np.ndarray[Any, np.dtype[np.float64]], *, closed: bool) -> list[list[float]]:
    points = [[round(x, DECIMALS), round(y, DECIMALS)] for x, y in degrees.tolist()]
    return [*points, points[0]] if closed else points


def _path(style: Style) -> dict[str, Any]:
    """Return Leaflet's options for a line or an area."""
    fill = style.fill is not None
    return {
        "stroke": style.stroke_px > 0, "color": style.stroke, "weight": style.stroke_px, "opacity": 1,
        "dashArray": " ".join(f"{dash:g}" for dash in style.dash_px) or None, "lineCap": "butt" if style.dash_px else "round",
        "fill": fill, "fillOpacity": style.fill_opacity,
        "fillColor": f"url(#{_hatch_id(style)})" if style.pattern == "hatch" else style.fill,
    }  # fmt: skip


def _icon(style: Style) -> folium.DivIcon:
    drawing, side = point_svg(style)
    return folium.DivIcon(html=drawing, icon_size=(side, side), icon_anchor=(side // 2, side // 2), class_name="sign")


def _hatch_id(style: Style) -> str:
    return f"hatch-{(style.fill or 'none').lstrip('#')}"


def _hatches(scene: Scene) -> str:
    """Return the hatch patterns that the scene's styles refer to."""
    hatched = {_hatch_id(style): style for layer in scene.layers for style in layer.styles if style.pattern == "hatch"}
    patterns = "".join(
        f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<path d="M3 0v6" stroke="{style.fill}" stroke-width="1.6"/></pattern>'
        for name, style in hatched.items()
    )
    return f'<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>{patterns}</defs></svg>'


def _legend(scene: Scene) -> str:
    """Return the key and the credit as plain HTML."""
    groups: dict[str, list[LegendEntry]] = {}
    for entry in scene.legend:
        groups.setdefault(entry.group, []).append(entry)
    lists = "".join(
        f"<section><h2>{escape_for_html_and_script(group)}</h2><ul>"
        + "".join(
            f'<li><img alt="" src="{symbol_image(entry.style, entry.kind)}"><span>{escape_for_html_and_script(entry.label)}</span></li>'
            for entry in entries
        )
        + "</ul></section>"
        for group, entries in groups.items()
    )
    credit = escape_for_html_and_script(" · ".join(scene.attribution))
    key = escape_for_html_and_script(_("Key"))
    return f'{_tints(scene)}{_hatches(scene)}<aside aria-label="{key}">{lists}</aside><footer>{credit}</footer>'


def _tints(scene: Scene) -> str:
    """Return the style under which see-through layers darken what is below them."""
    panes = [f".leaflet-scene-{FIRST_PANE + order}-pane" for order, layer in enumerate(scene.layers) if layer.see_through]
    return f"<style>{', '.join(panes)} {{ mix-blend-mode: multiply; }}</style>" if panes else ""


_CSS = """
html, body { height: 100%; margin: 0; font: 14px/1.4 system-ui, sans-serif; color: #0b0c0c; }
body { display: grid; grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr) auto; }
h1 { grid-area: 1 / 1 / 2 / -1; margin: 12px 16px; font-size: 22px; overflow-wrap: anywhere; }
.folium-map { grid-area: 2 / 1; min-height: 320px; border-top: 1px solid #b1b4b6; }
.leaflet-container { background: #f4f3ef; font: inherit; font-size: 14px; }
.leaflet-control-layers, .leaflet-bar { border: 1px solid #b1b4b6 !important; border-radius: 2px; box-shadow: none; }
.leaflet-tooltip { max-width: 260px; width: max-content; white-space: normal; color: #0b0c0c; }
.mark b { position: absolute; transform: translate(-50%, -50%); padding: 0 5px; white-space: nowrap; color: #fff; background: #0b0c0c; }
.label { white-space: pre-line; }
aside { grid-area: 2 / 2; width: 260px; overflow-y: auto; padding: 0 16px; border: solid #b1b4b6; border-width: 1px 0 0 1px; }
h2 { margin: 12px 0 4px; font-size: 14px; }
ul { list-style: none; margin: 0; padding: 0; }
li { display: flex; align-items: center; gap: 8px; }
li img { flex: none; background: #f4f3ef; }
footer { grid-area: 3 / 1 / 4 / -1; padding: 4px 16px; font-size: 13px; color: #383f43; border-top: 1px solid #b1b4b6; }
.patterns { position: absolute; }
@media (max-width: 700px) {
  body { display: block; }
  .folium-map { height: 60vh !important; }
  aside { grid-area: 2 / 2; width: auto; border-left: 0; }
  .leaflet-control-layers { display: none; }
}
@media print { .leaflet-control { display: none; } li img, .leaflet-container { print-color-adjust: exact; } }
"""


@cache
def _head() -> str:
    """Return Leaflet and our own styles, with the little pictures Leaflet's styles ask for written in."""
    folder = Path(xstatic.pkg.leaflet.BASE_DIR)

    def picture(found: re.Match[str]) -> str:
        content = (folder / found[1]).read_bytes()
        return f"url(data:image/png;base64,{base64.b64encode(content).decode()})"

    styles = re.sub(r"/\*.*?\*/", "", (folder / "leaflet.css").read_text("utf-8"), flags=re.DOTALL)
    styles = re.sub(r"url\((images/[\w.-]+)\)", picture, styles)
    script = re.sub(r"(?m)^//# sourceMappingURL=.*$", "", (folder / "leaflet.js").read_text("utf-8"))
    return f"<style>{styles}</style>\n<script>{script}</script>\n<style>{_CSS}</style>"


def _steady(html: str, page: Any) -> str:
    """Number folium's random names in the order of their elements, so that the same scene gives the same file."""
    numbers: dict[str, str] = {}
    waiting = [page.script, page.html, page.header, page]
    while waiting:
        element = waiting.pop()
        numbers.setdefault(element._id, f"{len(numbers):04d}")
        waiting += reversed(element._children.values())
    return re.sub(r"[0-9a-f]{32}", lambda found: numbers.get(found[0], found[0]), html)


def _sealed(html: str) -> str:
    """Add the language and a policy under which only the scripts that are in the file now can ever run."""
    scripts = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts)
    policy = f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    html = re.sub(r'<meta name="viewport"[^>]*>', '<meta name="viewport" content="width=device-width, initial-scale=1">', html, count=1)
    start = f'<html lang="{language()}">\n<head>\n<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return html.replace("<html>\n<head>", start, 1)
