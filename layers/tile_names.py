"""Decide where names stand on a drawn map: once for a whole zoom, so that a name is never cut where two tiles meet.

Positions are in CSS pixels of the world at that zoom (a tile is 256 of them wide).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from PIL import ImageFont

from layers.web_mercator import TILE_PX

Font = ImageFont.FreeTypeFont | ImageFont.TransposedFont | ImageFont.ImageFont


@dataclass(frozen=True)
class Lettering:
    """How a kind of name is written: from which zoom, how large, how bold (a weight from 200 to 900), in which ink."""

    from_zoom: int
    size_px: float
    weight: int = 400
    ink: str = "ink"
    along: bool = False
    """Along its line, turned as the street runs."""


LETTERING: Mapping[str, Lettering] = {
    "town": Lettering(8, 15, 600, "strong"),
    "village": Lettering(11, 12.5, 600, "strong"),
    "suburb": Lettering(13, 12.5, 600, "soft"),
    "hamlet": Lettering(13, 11.5, 500, "strong"),
    "station": Lettering(15, 11, 600, "ink"),
    "main street": Lettering(14, 11.5, 500, "ink", along=True),
    "water name": Lettering(13, 11.5, 500, "water", along=True),
    "street": Lettering(16, 11.5, 500, "ink", along=True),
    "green name": Lettering(13, 11, 500, "green"),
    "campus name": Lettering(15, 11, 500, "soft"),
    "farm": Lettering(15, 11, 400, "soft"),
    "path name": Lettering(17, 10.5, 400, "soft", along=True),
}
"""In the order in which they take their room: a village's name before a street's, a street's before a farm's."""

APART_PX = 3.0
"""Room round a name, so that two are never read as one."""

AGAIN_PX = 320.0
"""A name stands again after this much: a street is read wherever a phone's screen happens to be on it."""

TRIES = (0.0, 0.17, -0.17, 0.33, -0.33)
"""Where along its stretch of street a name may stand, the middle first."""

STRAIGHT, BOW_PX = 0.97, 2.5
"""A name is written straight: the street under it is nearly so, by its chord and by how far its middle bows out."""

WRAP_LETTERS = 16
"""A longer name of an area or a place goes on two lines."""

LINE_HEIGHT = 1.2


@dataclass(frozen=True, eq=False)
class Placed:
    """Names that have a place: `text, kind, x, y, turn` (degrees, anticlockwise) and a tree of the room they take."""

    names: pd.DataFrame
    tree: shapely.STRtree


@cache
def font_file() -> Path | None:
    """Return the font the page itself is set in: Source Sans (SIL Open Font License), which Streamlit brings with it.

    It has every letter of Welsh, which Pillow's own font (ŵ, ŷ, even â) has not, and Pillow reads it as it is. None where
    another version of Streamlit no longer brings it.
    """
    found = find_spec("streamlit")
    folder = Path(found.origin).with_name("static") / "static" / "media" if found and found.origin else None
    return next(iter(sorted(folder.glob("SourceSansVF-Upright*.woff2"))), None) if folder else None


@cache
def font(size_px: float, weight: int) -> Font:
    """Return the font at a size; where there is none but Pillow's own, that one."""
    file = font_file()
    if file is None:
        return ImageFont.load_default(size_px)
    sized = ImageFont.truetype(file, size_px)
    sized.set_variation_by_axes([weight])
    return sized


def writable(text: str) -> str:
    """Return text with the letters there are: without Source Sans, `ŵ` is written `w` rather than as a box."""
    if font_file() is not None:
        return text
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def place(names: pd.DataFrame, zoom: int) -> Placed:
    """Choose the names that are written at a zoom and where, among `text, kind, shape` (in world units).

    The same names always get the same places, whichever tile is drawn, and none overlaps another.
    """
    shown = names[names["kind"].map({kind: lettering.from_zoom <= zoom for kind, lettering in LETTERING.items()}).astype(bool)]
    scale = TILE_PX * 2.0**zoom
    is_line = shapely.get_type_id(shown["shape"].to_numpy(dtype=object)) == shapely.GeometryType.LINESTRING
    found = pd.concat([_along(shown[is_line], scale), _level(shown[~is_line], scale)], ignore_index=True)
    order = {kind: rank for rank, kind in enumerate(LETTERING)}
    found = (
        found.assign(rank=found["kind"].map(order))
        .sort_values(["rank", "late", "size", "text", "x", "y"], ascending=[True, True, False, True, True, True])
        .reset_index(drop=True)
    )
    boxes = _boxes(found)
    kept = found[_first_come(found, boxes)]
    return Placed(kept[["text", "kind", "x", "y", "turn"]].reset_index(drop=True), shapely.STRtree(boxes[kept.index]))


def _width_px(text: str, kind: str) -> float:
    lettering = LETTERING[kind]
    sized = font(lettering.size_px * 4, lettering.weight)  # measured large: letters at a small size are rounded to whole pixels
    return max(float(sized.getlength(writable(line))) for line in text.split("\n")) / 4


def _along(streets: pd.DataFrame, scale: float) -> pd.DataFrame:
    """Return where names could stand along their lines, straight enough and long enough for them."""
    shapes = streets["shape"].to_numpy(dtype=object)
    length = shapely.length(shapes) * scale
    widths = np.array([_width_px(text, kind) for text, kind in zip(streets["text"], streets["kind"], strict=True)])
    fits = length > widths + 2 * APART_PX
    shapes, length, widths, streets = shapes[fits], length[fits], widths[fits], streets[fits]
    stretches = np.maximum((length // (AGAIN_PX + widths)).astype(int), 1)
    street = np.repeat(np.arange(len(shapes)), stretches * len(TRIES))
    one_stretch = (length / stretches)[street]
    number = np.concatenate([np.repeat(np.arange(count), len(TRIES)) for count in stretches]) if len(stretches) else np.empty(0)
    late = np.tile(np.arange(len(TRIES)), int(stretches.sum()))
    middle = (number + 0.5 + np.asarray(TRIES)[late]) * one_stretch
    half = widths[street] / 2
    inside = (middle - half >= APART_PX) & (middle + half <= length[street] - APART_PX)
    street, late, middle, half = (part[inside] for part in (street, late, middle, half))
    start, mid, end = (
        shapely.get_coordinates(shapely.line_interpolate_point(shapes[street], (middle + shift * half) / scale)) * scale
        for shift in (-1, 0, 1)
    )
    across, down = (end - start).T
    chord = np.hypot(across, down)
    bow = np.abs(across * (mid - start)[:, 1] - down * (mid - start)[:, 0]) / np.maximum(chord, 1e-9)
    straight = (chord >= STRAIGHT * 2 * half) & (bow <= BOW_PX)
    turn = -np.degrees(np.arctan2(down, across))
    turn = np.where(turn > 90, turn - 180, np.where(turn <= -90, turn + 180, turn))
    middle_of = (start + 2 * mid + end) / 4
    found = streets.iloc[street][["text", "kind"]].reset_index(drop=True)
    found = found.assign(x=middle_of[:, 0], y=middle_of[:, 1], turn=turn, width=2 * half, late=late, size=length[street])
    return pd.DataFrame(found[straight])


def _level(named: pd.DataFrame, scale: float) -> pd.DataFrame:
    """Return where names of places and areas stand: an area's name only where the area is large enough to be looked for."""
    shapes = named["shape"].to_numpy(dtype=object)
    spots = shapely.get_coordinates(shapely.point_on_surface(shapes)) * scale
    text = [_wrapped(text) for text in named["text"]]
    widths = np.array([_width_px(line, kind) for line, kind in zip(text, named["kind"], strict=True)])
    west, _north, east, _south = shapely.bounds(shapes).T * scale if len(shapes) else np.empty((4, 0))
    is_point = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    size = shapely.area(shapes) * scale**2
    fits = is_point | ((east - west > 0.8 * widths) & (size > 16 * widths))
    found = pd.DataFrame({"text": text, "kind": named["kind"].to_numpy(), "x": spots[:, 0], "y": spots[:, 1]})
    return pd.DataFrame(found.assign(turn=0.0, width=widths, late=0, size=size)[fits])


def _wrapped(text: str) -> str:
    """Break a long name in two at the space nearest its middle."""
    spaces = [at for at, sign in enumerate(text) if sign == " "]
    if len(text) <= WRAP_LETTERS or not spaces:
        return text
    at = min(spaces, key=lambda space: abs(space - len(text) / 2))
    return f"{text[:at]}\n{text[at + 1 :]}"


def _boxes(found: pd.DataFrame) -> NDArray[np.object_]:
    """Return the room that each name takes, turned as it is."""
    if found.empty:
        return np.empty(0, dtype=object)
    height = found["kind"].map({kind: lettering.size_px for kind, lettering in LETTERING.items()}) * LINE_HEIGHT
    lines = found["text"].str.count("\n") + 1
    half_wide = (found["width"] / 2 + APART_PX).to_numpy()
    half_high = (height * lines / 2 + 0.5).to_numpy()
    turn = -np.radians(found["turn"].to_numpy(dtype=float))
    sides = np.stack([half_wide, half_high], axis=1)[:, None, :] * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    x = sides[..., 0] * np.cos(turn)[:, None] - sides[..., 1] * np.sin(turn)[:, None] + found["x"].to_numpy()[:, None]
    y = sides[..., 0] * np.sin(turn)[:, None] + sides[..., 1] * np.cos(turn)[:, None] + found["y"].to_numpy()[:, None]
    return np.asarray(shapely.polygons(np.stack([x, y], axis=-1)), dtype=object)


def _first_come(found: pd.DataFrame, boxes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Say which names get their room, in order: none over an earlier one, nor near one that says the same."""
    kept = np.ones(len(found), dtype=bool)
    if found.empty:
        return kept
    spots = np.asarray(shapely.points(found[["x", "y"]].to_numpy()), dtype=object)
    overlapping = shapely.STRtree(boxes).query(boxes, predicate="intersects")
    near = shapely.STRtree(spots).query(spots, predicate="dwithin", distance=AGAIN_PX * 0.75)
    codes = pd.factorize(found["text"])[0]
    later, earlier = np.concatenate([overlapping, near[:, codes[near[0]] == codes[near[1]]]], axis=1)
    later, earlier = later[earlier < later], earlier[earlier < later]
    order = np.lexsort((earlier, later))
    for one, before in zip(later[order].tolist(), earlier[order].tolist(), strict=True):
        if kept[before]:
            kept[one] = False
    return kept
