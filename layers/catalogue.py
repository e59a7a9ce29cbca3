"""The layers we know: one record each, with what it is called, where it comes from and how it is drawn.

A layer is a record and not a branch: a new one is added here, and `scene` draws it without knowing its name. Every layer
frame has a `state` column that picks its style, a `name` and a `reason` that say why in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Geometry = Literal["polygon", "line", "point"]
Pattern = Literal["none", "hatch"]
Shape = Literal["circle", "square", "triangle", "diamond"]


@dataclass(frozen=True)
class Style:
    """How one state of a layer looks. Colour never carries meaning alone: a line, pattern, shape or letter says it too."""

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
