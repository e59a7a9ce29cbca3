"""Where a place may be that has to be found: candidates with a letter each, and the pin that somebody set."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
from numpy.typing import ArrayLike

from geo import frames
from layers.catalogue import Layer, Style
from words import N_

LAYER_ID, PIN = "candidates", "pin"

LETTERS = "ABCDEFGHIJ"
"""More candidates than this are no choice but a search; the words have to say more."""

_CANDIDATE = {"fill": "#ffffff", "fill_opacity": 1.0, "stroke": "#0b0c0c", "stroke_px": 1.6, "size_px": 10.0}


def record(names: Sequence[str]) -> Layer:
    """Return how candidates of these names are drawn and explained, in order."""
    lettered = dict(zip(LETTERS, names, strict=False))
    styles = {letter: Style(letter=letter, **_CANDIDATE) for letter in lettered}  # type: ignore[arg-type]
    pin = Style(fill="#1d70b8", fill_opacity=1.0, stroke="#ffffff", stroke_px=2.0, shape="diamond", size_px=10.0)
    return Layer(
        layer_id=LAYER_ID, title=N_("Where it may be"), geometry="point", source="", licence="", styles=styles | {PIN: pin},
        state_labels={letter: f"{letter} {name}" for letter, name in lettered.items()} | {PIN: N_("Your pin")},
    )  # fmt: skip


def frame(names: Sequence[str], easting: ArrayLike, northing: ArrayLike, pin: tuple[float, float] | None) -> gpd.GeoDataFrame:
    """Return candidates as a layer's features in metres, each under its letter, and the pin where there is one."""
    letters = [*LETTERS[: len(names)], *([PIN] if pin else [])]
    x, y = np.asarray(easting, float)[: len(LETTERS)], np.asarray(northing, float)[: len(LETTERS)]
    if pin:
        x, y = np.append(x, pin[0]), np.append(y, pin[1])
    said = [*names[: len(LETTERS)], *([""] if pin else [])]
    return gpd.GeoDataFrame(
        {"state": letters, "name": said, "reason": ""}, geometry=gpd.points_from_xy(x, y), index=letters, crs=frames.BRITISH_NATIONAL_GRID
    )
