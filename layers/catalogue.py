"""The layers we know: one record each, with what it is called, where it comes from and how it is drawn.

A layer is a record and not a branch: a new one is added here, and `scene` draws it without knowing its name. Every layer
frame has a `state` column that picks its style, a `name` and a `reason` that say why in words. Ground layers have only
the `state`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from words import N_

Geometry = Literal["polygon", "line", "point"]
Pattern = Literal["none", "hatch"]
Shape = Literal["circle", "square", "triangle", "diamond"]


@dataclass(frozen=True)
class Style:
    """How one state of a layer looks. Colour never carries meaning alone: a line, pattern, shape or letter says it too.

    With a `pattern`, `fill` is the colour of its strokes and what is below shows between them. A `fill` of None is hollow.
    """

    stroke: str = "#505a5f"
    stroke_px: float = 1.0
    dash_px: tuple[float, ...] = ()
    fill: str | None = None
    fill_opacity: float = 0.6
    pattern: Pattern = "none"
    shape: Shape = "circle"
    size_px: float = 6.0
    letter: str = ""


@dataclass(frozen=True)
class Layer:
    """One layer: its words, its source and a style for each state its features can be in.

    Words are kept untranslated (marked with `words.N_`) and translated where they are shown.
    """

    layer_id: str
    title: str
    geometry: Geometry
    source: str
    licence: str
    styles: Mapping[str, Style]
    state_labels: Mapping[str, str]
    shown_at_first: bool = True
    ground: bool = False
    """Part of the quiet ground under the map (streets, water, green): drawn first, not in the legend, not clickable."""
    reads: str = ""
    """The table of the GeoPackage it is drawn from, where that is not its own id (see `table`)."""

    @property
    def table(self) -> str:
        """Return the name of the table of the GeoPackage that this layer is drawn from."""
        return self.reads or self.layer_id


OPENSTREETMAP = "© OpenStreetMap contributors"
"""The credit that the licence asks for, as its publisher words it: a name, so never translated."""

OPEN_DATABASE_LICENCE = "ODbL 1.0"

INDIGO, AMBER, PALE_YELLOW, GREY, TEAL = "#2b2a6b", "#8a6400", "#fff3b0", "#5c6468", "#00695c"
"""Dark, middle and light in that order, so that the three lighting states still differ when printed in grey."""

LIGHT_LABELS = {"lit": N_("Lit"), "unlit": N_("Not lit"), "unknown": N_("Lighting not recorded")}

_DASHES = (9.0, 5.0)
_DOTS = (1.5, 5.0)
_LIGHT_LINES = {
    "lit": Style(stroke=AMBER, stroke_px=3),
    "unlit": Style(stroke=INDIGO, stroke_px=3.5, dash_px=_DASHES),
    "unknown": Style(stroke=GREY, stroke_px=2.5, dash_px=_DOTS),
}

_KNOWN = (
    Layer(
        layer_id="green",
        title=N_("Woods, grass and fields of play"),
        geometry="polygon",
        source=OPENSTREETMAP,
        licence=OPEN_DATABASE_LICENCE,
        styles={
            "wood": Style(stroke="#dbe6d6", stroke_px=0, fill="#dbe6d6", fill_opacity=0.8),
            "grass": Style(stroke="#e8efe2", stroke_px=0, fill="#e8efe2", fill_opacity=0.8),
        },
        state_labels={"wood": N_("Woodland"), "grass": N_("Grass")},
        ground=True,
    ),
    Layer(
        layer_id="water",
        title=N_("Water"),
        geometry="polygon",
        source=OPENSTREETMAP,
        licence=OPEN_DATABASE_LICENCE,
        styles={"water": Style(stroke="#a9c3d1", stroke_px=0.5, fill="#cfdfe8", fill_opacity=1.0)},
        state_labels={"water": N_("Water")},
        ground=True,
    ),
    Layer(
        layer_id="waterways",
        title=N_("Rivers and canals"),
        geometry="line",
        source=OPENSTREETMAP,
        licence=OPEN_DATABASE_LICENCE,
        styles={
            "river": Style(stroke="#b9d0dc", stroke_px=3),
            "stream": Style(stroke="#cfdfe8", stroke_px=1),
        },
        state_labels={"river": N_("River or canal"), "stream": N_("Stream or ditch")},
        ground=True,
    ),
    Layer(
        layer_id="streets",
        title=N_("Streets and paths"),
        geometry="line",
        source=OPENSTREETMAP,
        licence=OPEN_DATABASE_LICENCE,
        styles={
            "path": Style(stroke="#d9dadb", stroke_px=0.8, dash_px=(3, 3)),
            "minor": Style(stroke="#d5d7d8", stroke_px=1.4),
            "main": Style(stroke="#bcc0c2", stroke_px=3),
            "railway": Style(stroke="#a9adaf", stroke_px=1.2, dash_px=(8, 2)),
        },
        state_labels={"path": N_("Path"), "minor": N_("Street"), "main": N_("Main road"), "railway": N_("Railway")},
        ground=True,
    ),
    Layer(
        layer_id="parks",
        title=N_("Parks and open spaces"),
        geometry="polygon",
        source=OPENSTREETMAP,
        licence=OPEN_DATABASE_LICENCE,
        styles={
            "lit": Style(stroke=AMBER, stroke_px=1.5, fill=PALE_YELLOW, fill_opacity=0.75),
            "unlit": Style(stroke=INDIGO, stroke_px=1.5, fill=INDIGO, fill_opacity=0.7),
            "unknown": Style(stroke=GREY, stroke_px=1.2, dash_px=(4, 3), fill="#8d9599", fill_opacity=0.6, pattern="hatch"),
        },
        state_labels=LIGHT_LABELS,
    ),
    Layer(
        layer_id="street_light",
        title=N_("Light along streets and paths"),
        geometry="line",
        source=OPENSTREETMAP,
        licence=OPEN_DATABASE_LICENCE,
        styles={
            "lit": Style(stroke=AMBER, stroke_px=2),
            "unlit": Style(stroke=INDIGO, stroke_px=2.5, dash_px=_DASHES),
            "unknown": Style(stroke="#8d9599", stroke_px=1.2, dash_px=_DOTS),
        },
        state_labels=LIGHT_LABELS,
        shown_at_first=False,
    ),
    Layer(
        layer_id="alleys",
        title=N_("Alleyways"),
        geometry="line",
        source=OPENSTREETMAP,
        licence=OPEN_DATABASE_LICENCE,
        styles=_LIGHT_LINES,
        state_labels=LIGHT_LABELS,
    ),
    Layer(
        layer_id="safe_places",
        title=N_("Possible safe places (not checked)"),
        geometry="point",
        source=OPENSTREETMAP,
        licence=OPEN_DATABASE_LICENCE,
        styles={
            "candidate": Style(stroke=TEAL, stroke_px=2, fill=None, shape="diamond", size_px=7),
            "checked": Style(stroke=TEAL, stroke_px=2, fill=TEAL, fill_opacity=1.0, shape="diamond", size_px=8),
        },
        state_labels={
            "candidate": N_("On the map, not checked with the people there"),
            "checked": N_("Checked for young people"),
        },
    ),
)

LAYERS: Mapping[str, Layer] = {layer.layer_id: layer for layer in _KNOWN}
"""Every layer by its id, in the order they are drawn: the ground first, points last."""
