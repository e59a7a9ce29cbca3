"""How a base map looks: which colours, how wide, from which zoom. Pale and grey, because recorded harm lies on it in colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor
from scipy.spatial import KDTree

BUILDINGS_FROM, CASINGS_FROM, RAILS_FROM = 14, 14, 13
"""From which zoom buildings are drawn, every street has its edges, and railways their pale dashes."""

FILL_FROM = {"homes": 10, "works": 11, "campus": 13, "parking": 15, "pitch": 14, "square": 15, "building": BUILDINGS_FROM}

FILL_ORDER = ("sea", "homes", "works", "campus", "grass", "park", "wood", "pitch", "parking", "water", "square", "building")

LINE_ORDER = ("path", "service", "minor", "secondary", "primary", "trunk")
"""Streets from the least to the greatest: the greater is drawn over the less where they meet."""


@dataclass(frozen=True)
class Stroke:
    """How wide a kind of line is, in CSS pixels at three zooms between which it grows steadily, and from which zoom it is drawn."""

    from_zoom: int
    at_12: float
    at_15: float
    at_18: float
    dash_px: tuple[float, float] | None = None

    def width_px(self, zoom: int) -> float:
        """Return the width at a zoom."""
        return float(np.exp(np.interp(zoom, (9, 12, 15, 18), np.log((self.at_12 / 1.6, self.at_12, self.at_15, self.at_18)))))


STROKES: Mapping[str, Stroke] = {
    "trunk": Stroke(7, 2.6, 6.5, 22),
    "primary": Stroke(8, 2.2, 6, 20),
    "secondary": Stroke(10, 1.6, 5, 17),
    "minor": Stroke(12, 0.8, 3.4, 13),
    "service": Stroke(14, 0.5, 1.6, 7),
    "path": Stroke(14, 0.6, 0.9, 2.0, (3.5, 2.5)),
    "rail": Stroke(10, 1.0, 1.8, 3.4),
    "river": Stroke(9, 1.2, 3, 9),
    "stream": Stroke(13, 0.5, 1.0, 2.5),
}


@dataclass(frozen=True)
class Palette:
    """The colours of one style. `fills` by kind of area, `streets` by kind of line; casings are what a street is edged with."""

    paper: str
    fills: Mapping[str, str]
    building_edge: str
    streets: Mapping[str, str]
    casings: Mapping[str, str]
    far_street: str
    """Streets so far off that they have no casing."""
    inks: Mapping[str, str]
    halo: str


PALETTES: Mapping[str, Palette] = {
    "light": Palette(
        paper="#f4f3ef",
        fills={
            "homes": "#eeece6", "works": "#ebe9ea", "campus": "#f1ebdc", "grass": "#e7eede", "park": "#dfead6", "wood": "#d3e0cb",
            "pitch": "#d2e3cc", "parking": "#eae9e6", "water": "#c6dae5", "sea": "#c6dae5", "square": "#fbfaf7", "building": "#dedad1",
        },
        building_edge="#cbc6bb",
        streets={
            "trunk": "#fdfcf8", "primary": "#fdfcf8", "secondary": "#ffffff", "minor": "#ffffff", "service": "#fbfaf7",
            "path": "#aaa69d", "rail": "#a3a7aa", "river": "#c6dae5", "stream": "#c6dae5",
        },
        casings={"trunk": "#a3a7a8", "primary": "#aeb2b2", "secondary": "#bdbfbe", "minor": "#cac9c5", "service": "#d5d3ce"},
        far_street="#cfcecb",
        inks={"strong": "#2f3538", "ink": "#4d5559", "soft": "#656b6e", "green": "#4a6548", "water": "#41708a"},
        halo="#faf9f6",
    ),
    "dark": Palette(
        paper="#1c2023",
        fills={
            "homes": "#202528", "works": "#23272b", "campus": "#282823", "grass": "#1f2a24", "park": "#20302a", "wood": "#1d3326",
            "pitch": "#243a2c", "parking": "#282d31", "water": "#16303f", "sea": "#16303f", "square": "#30363a", "building": "#2d3338",
        },
        building_edge="#3b4248",
        streets={
            "trunk": "#59636a", "primary": "#525b61", "secondary": "#495258", "minor": "#3f474d", "service": "#363d42",
            "path": "#6a7073", "rail": "#646b70", "river": "#16303f", "stream": "#16303f",
        },
        casings={"trunk": "#111416", "primary": "#111416", "secondary": "#121517", "minor": "#131618", "service": "#15181a"},
        far_street="#343b40",
        inks={"strong": "#eceeef", "ink": "#c5cacd", "soft": "#a0a6a9", "green": "#9dbd9a", "water": "#8ab6cf"},
        halo="#15181a",
    ),
}  # fmt: skip


@lru_cache(maxsize=4)
def colour_table(style: str) -> NDArray[np.uint8]:
    """Return the 256 colours of a style: its own, and mixtures of them for soft edges. The same for every tile, or seams would show."""
    palette = PALETTES[style]
    own = dict.fromkeys(
        [palette.paper, *palette.fills.values(), palette.building_edge, *palette.streets.values(), *palette.casings.values(),
         palette.far_street, *palette.inks.values(), palette.halo]
    )  # fmt: skip
    colours = np.array([ImageColor.getrgb(colour) for colour in own], dtype=float)
    pairs = np.array([(one, other) for one in range(len(own)) for other in range(one)])
    shares = np.linspace(0, 1, 9)[1:-1, None, None]
    mixed = (colours[pairs[:, 0]] * shares + colours[pairs[:, 1]] * (1 - shares)).reshape(1, -1, 3).round().astype(np.uint8)
    left = 256 - len(own)
    chosen = Image.fromarray(mixed).quantize(left, Image.Quantize.MEDIANCUT).getpalette()
    mixtures = np.array((chosen or [])[: 3 * left], dtype=np.uint8).reshape(-1, 3)
    table = np.zeros((256, 3), dtype=np.uint8)
    table[: len(own)] = colours.astype(np.uint8)
    table[len(own) : len(own) + len(mixtures)] = mixtures
    return table


LOOKUP_BITS = 6
"""Colours are looked up by their six highest bits: one in 262,144, which is finer than 256 colours are apart."""


@lru_cache(maxsize=4)
def nearest_colours(style: str) -> NDArray[np.uint8]:
    """Return for every colour, by the highest bits of its red, green and blue, the number of the nearest in `colour_table`."""
    table = colour_table(style)
    levels = (np.arange(1 << LOOKUP_BITS) << (8 - LOOKUP_BITS)) + (1 << (7 - LOOKUP_BITS))
    every = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3)
    nearest: NDArray[np.uint8] = np.asarray(KDTree(table.astype(float)).query(every)[1]).astype(np.uint8)
    own = table.astype(np.int32) >> (8 - LOOKUP_BITS)
    keys = (own[:, 0] << 2 * LOOKUP_BITS) | (own[:, 1] << LOOKUP_BITS) | own[:, 2]
    nearest[keys[::-1]] = np.arange(256, dtype=np.uint8)[::-1]  # a style's own colours come first, and stay what they are
    return nearest
