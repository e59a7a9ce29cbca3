"""Draw raster tiles of a base map with Pillow: calm enough to lie under recorded harm, and the same at every tile's edge.

Shapes come in Web Mercator's world units. A tile is `TILE_PX` CSS pixels wide and drawn with twice as many, so that it is
crisp on a telephone. Whatever is drawn is first drawn at twice that again and averaged down, because Pillow draws no soft
edges; names are put on last, and where they stand is decided for a whole zoom at once (see `tile_names`).
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw

from layers import tile_names
from layers.base_map import BaseMap
from layers.tile_styles import (
    BUILDINGS_FROM,
    CASINGS_FROM,
    FILL_FROM,
    FILL_ORDER,
    LINE_ORDER,
    LOOKUP_BITS,
    PALETTES,
    RAILS_FROM,
    STROKES,
    Palette,
    colour_table,
    nearest_colours,
)
from layers.web_mercator import TILE_PX

DENSITY = 2
"""Pixels drawn for each CSS pixel."""

SMOOTHING = 2
"""How many times larger shapes are drawn than shown, each way."""

SWELL_PX = 1 / (DENSITY * SMOOTHING)
"""Pillow fills a shape up to and with the dots on its edge: half a dot more on either side, which bands are drawn narrower for."""

SIMPLER_PX = 0.3
"""Corners nearer to a straight line than this are left out: nobody sees them."""

SMALLEST_PX2 = 1.5
"""An area of fewer CSS pixels is not drawn."""

BLOCK = 4
"""Tiles are drawn this many by this many at once: what crosses them is looked up and cut once."""


@dataclass(frozen=True, eq=False)
class _Coat:
    """One colour put on: shapes (polygons, or dashed lines) in CSS pixels at a zoom, with a tree to find those of a tile."""

    colour: str
    shapes: NDArray[np.object_]
    tree: shapely.STRtree
    edge: str | None = None
    dash_px: tuple[float, float] | None = None
    width_px: float = 0.0


@dataclass(frozen=True, eq=False)
class Sheet:
    """A base map made ready for one zoom and one style: draw any number of its tiles from it."""

    zoom: int
    style: str
    coats: tuple[_Coat, ...]
    names: tile_names.Placed


def prepare(base_map: BaseMap, zoom: int, *, style: str = "light") -> Sheet:
    """Simplify, widen and order what is drawn at a zoom, and place its names."""
    scale = TILE_PX * 2.0**zoom
    return Sheet(zoom, style, tuple(_coats(base_map, zoom, scale, PALETTES[style])), tile_names.place(base_map.names, zoom))


def draw(sheet: Sheet, column: int, row: int, *, columns: int = 1, rows: int = 1) -> Image.Image:
    """Draw the tiles from `column`, `row` on as one picture, its colours those of `colour_table`."""
    window = np.array([column, row, column + columns, row + rows], dtype=float) * TILE_PX
    size = (columns * TILE_PX * DENSITY, rows * TILE_PX * DENSITY)
    palette = PALETTES[sheet.style]
    coats = [(coat, found) for coat in sheet.coats if len(found := _in_window(coat, window))]
    if coats:
        large = Image.new("RGB", (size[0] * SMOOTHING, size[1] * SMOOTHING), palette.paper)
        for coat, found in coats:
            _put_on(large, coat, coat.shapes[found], window)
        picture = large.reduce(SMOOTHING)
    else:
        picture = Image.new("RGB", size, palette.paper)
    _write(picture, sheet, window)
    return _indexed(picture, sheet.style)


def cut(picture: Image.Image) -> Iterator[tuple[int, int, Image.Image]]:
    """Cut a picture of several tiles into `column, row, tile`, counted from its own corner."""
    side = TILE_PX * DENSITY
    for column in range(picture.width // side):
        for row in range(picture.height // side):
            yield column, row, picture.crop((column * side, row * side, (column + 1) * side, (row + 1) * side))


def png(tile: Image.Image) -> bytes:
    """Return a tile as a PNG of indexed colours: a third of the size, and the same bytes each time."""
    written = io.BytesIO()
    tile.save(written, "PNG", compress_level=6)
    return written.getvalue()


def _coats(base_map: BaseMap, zoom: int, scale: float, palette: Palette) -> Iterator[_Coat]:
    for kind in FILL_ORDER[:-2]:
        if zoom >= FILL_FROM.get(kind, 0):
            yield from _filled(base_map, kind, scale, palette.fills[kind])
    for kind in ("stream", "river"):
        yield from _streets(base_map, (kind,), zoom, scale, palette.streets)
    for kind in FILL_ORDER[-2:]:
        if zoom >= FILL_FROM[kind]:
            edge = palette.building_edge if kind == "building" and zoom > BUILDINGS_FROM else None
            yield from _filled(base_map, kind, scale, palette.fills[kind], edge)
    for over in (False, True):
        if zoom >= CASINGS_FROM:
            yield from _streets(base_map, LINE_ORDER[1:], zoom, scale, palette.casings, over=over, wider_px=1.4 if zoom > 14 else 1.0)
        else:
            yield from _streets(base_map, LINE_ORDER[3:], zoom, scale, palette.casings, over=over, wider_px=0.9)
        yield from _rails(base_map, zoom, scale, palette, over=over)
        near = {**palette.streets, "minor": palette.far_street} if zoom < CASINGS_FROM else palette.streets
        yield from _streets(base_map, LINE_ORDER, zoom, scale, near, over=over)


def _filled(base_map: BaseMap, kind: str, scale: float, colour: str, edge: str | None = None) -> Iterator[_Coat]:
    shapes = base_map.fills.get(kind)
    if shapes is None:
        return
    shapes = shapes[shapely.area(shapes) * scale**2 > SMALLEST_PX2]
    shapes = shapely.simplify(shapes, SIMPLER_PX / scale, preserve_topology=kind == "building")
    yield _coat(colour, shapes, scale, edge=edge)


def _streets(
    base_map: BaseMap, kinds: tuple[str, ...], zoom: int, scale: float, colours: Mapping[str, str], *, over: bool | None = None,
    wider_px: float = 0.0,
) -> Iterator[_Coat]:  # fmt: skip
    for kind in kinds:
        stroke = STROKES[kind]
        for raised in (False, True) if over is None else (over,):
            lines = base_map.lines.get((kind, raised))
            if lines is None or zoom < stroke.from_zoom:
                continue
            width = stroke.width_px(zoom) + 2 * wider_px
            lines = shapely.simplify(lines, SIMPLER_PX / scale, preserve_topology=False)
            if stroke.dash_px:
                yield _coat(colours[kind], lines, scale, dash_px=stroke.dash_px, width_px=width)
            else:
                # A bridge's edges end where it does; anything else is rounded, and so runs on into what it meets.
                ends: Literal["flat", "round"] = "flat" if raised and wider_px else "round"
                bands = shapely.buffer(lines, np.full(len(lines), (width - SWELL_PX) / 2 / scale), quad_segs=4, cap_style=ends)
                yield _coat(colours[kind], bands, scale)


def _rails(base_map: BaseMap, zoom: int, scale: float, palette: Palette, *, over: bool) -> Iterator[_Coat]:
    """Draw a railway as a line with pale dashes on it, as maps here have always done."""
    yield from _streets(base_map, ("rail",), zoom, scale, palette.streets, over=over)
    lines = base_map.lines.get(("rail", over))
    if lines is not None and zoom >= RAILS_FROM:
        yield _coat(palette.halo, lines, scale, dash_px=(5, 5), width_px=STROKES["rail"].width_px(zoom) * 0.55)


def _coat(
    colour: str, shapes: NDArray[np.object_], scale: float, *, edge: str | None = None, dash_px: tuple[float, float] | None = None,
    width_px: float = 0.0,
) -> _Coat:  # fmt: skip
    shapes = shapely.transform(shapes[~shapely.is_empty(shapes)], lambda xy: xy * scale)
    return _Coat(colour, shapes, shapely.STRtree(shapes), edge, dash_px, width_px)


def _widened(window: NDArray[np.float64], coat: _Coat) -> NDArray[np.float64]:
    """Return a window with room for what of a coat begins just outside it."""
    margin = 4 + coat.width_px
    widened: NDArray[np.float64] = window + np.array([-margin, -margin, margin, margin])
    return widened


def _in_window(coat: _Coat, window: NDArray[np.float64]) -> NDArray[np.intp]:
    return np.sort(coat.tree.query(shapely.box(*_widened(window, coat))))


def _put_on(picture: Image.Image, coat: _Coat, shapes: NDArray[np.object_], window: NDArray[np.float64]) -> None:
    """Draw what of some shapes of a coat is in the window."""
    west, north, east, south = _widened(window, coat)
    pen = ImageDraw.Draw(picture)
    dots = DENSITY * SMOOTHING
    if coat.dash_px:
        starts, ends = _dashes(shapes, coat.dash_px)
        inside = (np.maximum(starts, ends) > (west, north)).all(axis=1) & (np.minimum(starts, ends) < (east, south)).all(axis=1)
        strokes = (np.column_stack([starts, ends])[inside] - np.tile(window[:2], 2)) * dots
        width = max(round(coat.width_px * dots), 1)
        for stroke in strokes.tolist():
            pen.line(stroke, fill=coat.colour, width=width)
        return
    parts = shapely.get_parts(shapely.clip_by_rect(shapes, west, north, east, south))
    parts = shapely.get_parts(parts[~shapely.is_empty(parts)])
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    holed = shapely.get_num_interior_rings(parts) > 0
    for ring in _rings(shapely.get_exterior_ring(parts[~holed]), window, dots):
        pen.polygon(ring, fill=coat.colour, outline=coat.edge)
    for part in parts[holed]:
        _fill_round_holes(picture, part, coat, window, dots)


def _rings(rings: NDArray[np.object_], window: NDArray[np.float64], dots: int) -> Iterator[list[float]]:
    """Return each ring as Pillow takes it: x, y, x, y in pixels of the picture."""
    coordinates, owner = shapely.get_coordinates(rings, return_index=True)
    flat = np.rint((coordinates - window[:2]) * dots - 0.5).ravel().tolist()  # Pillow would cut off what is after the point
    ends = (2 * np.searchsorted(owner, np.arange(len(rings)), side="right")).tolist()
    start = 0
    for end in ends:
        yield flat[start:end]
        start = end


def _fill_round_holes(picture: Image.Image, part: shapely.Polygon, coat: _Coat, window: NDArray[np.float64], dots: int) -> None:
    """Fill a shape through a stencil of it, which leaves its holes as they are."""
    bounds = (np.array(part.bounds) - np.tile(window[:2], 2)) * dots
    left, top = (max(math.floor(side) - 1, 0) for side in bounds[:2])
    right, bottom = (min(math.ceil(side) + 2, most) for side, most in zip(bounds[2:], picture.size, strict=True))
    if right <= left or bottom <= top:
        return
    stencil = Image.new("1", (right - left, bottom - top))
    pen = ImageDraw.Draw(stencil)
    corner = np.array([left, top]) / dots + window[:2]
    outer, *holes = _rings(shapely.get_rings(part), np.append(corner, corner), dots)
    pen.polygon(outer, fill=1)
    for hole in holes:
        pen.polygon(hole, fill=0)
    picture.paste(ImageColor.getrgb(coat.colour), (left, top), stencil)


def _dashes(lines: NDArray[np.object_], dash_px: tuple[float, float]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cut lines into dashes, counted from each line's own start so that they go on across a tile's edge; starts and ends."""
    on, period = dash_px[0], sum(dash_px)
    corners, line = shapely.get_coordinates(lines, return_index=True)
    steps = np.hypot(*np.diff(corners, axis=0, prepend=corners[:1]).T)
    steps[np.append(True, line[1:] != line[:-1])] = 0.0
    first = np.searchsorted(line, np.arange(len(lines)))
    along = np.cumsum(steps)
    # Each line begins on a whole period, after a gap that belongs to none.
    lengths = np.append(along[first[1:] - 1], along[-1]) - along[first]
    begins = np.concatenate([[0.0], np.cumsum((np.ceil(lengths / period) + 2) * period)])[:-1]
    along += (begins - along[first])[line]
    ons = np.arange(0.0, along[-1] + period, period)
    cuts = np.unique(np.concatenate([along, ons, ons + on]))
    cuts = cuts[cuts <= along[-1]]
    x, y = (np.interp(cuts, along, corners[:, axis]) for axis in (0, 1))
    middle = (cuts[1:] + cuts[:-1]) / 2
    owner = np.searchsorted(begins, middle, side="right") - 1
    drawn = (np.mod(middle, period) < on) & (middle < begins[owner] + lengths[owner])
    spots = np.column_stack([x, y])
    return spots[:-1][drawn], spots[1:][drawn]


def _write(picture: Image.Image, sheet: Sheet, window: NDArray[np.float64]) -> None:
    palette = PALETTES[sheet.style]
    found = np.sort(sheet.names.tree.query(shapely.box(*window)))
    for text, kind, x, y, turn in sheet.names.names.iloc[found].itertuples(index=False):
        letters, halo = _letters(text, kind, round(turn))
        at = (round((x - window[0]) * DENSITY - letters.width / 2), round((y - window[1]) * DENSITY - letters.height / 2))
        picture.paste(ImageColor.getrgb(palette.halo), at, halo)
        picture.paste(ImageColor.getrgb(palette.inks[tile_names.LETTERING[kind].ink]), at, letters)


@lru_cache(maxsize=4096)
def _letters(text: str, kind: str, turn: int) -> tuple[Image.Image, Image.Image]:
    """Return a name and its halo as two stencils, drawn large and averaged down where it is turned."""
    lettering = tile_names.LETTERING[kind]
    larger = 2 if turn else 1
    sized = tile_names.font(lettering.size_px * DENSITY * larger, lettering.weight)
    text = tile_names.writable(text)
    edge = round(1.6 * DENSITY * larger)
    pen = ImageDraw.Draw(Image.new("L", (1, 1)))
    box = pen.multiline_textbbox((0, 0), text, font=sized, spacing=0, align="center")
    # The room is the letters' own height, not what this text happens to have: else a name without a `g` would stand lower.
    up, down = _up_and_down(sized, text)
    size = (math.ceil(box[2] - box[0]) + 4 * edge, math.ceil(up + down) + 4 * edge)
    stencils = []
    for stroke in (0, edge):
        stencil = Image.new("L", size)
        pen = ImageDraw.Draw(stencil)
        pen.multiline_text((2 * edge - box[0], 2 * edge), text, fill=255, font=sized, spacing=0, align="center", stroke_width=stroke)
        if turn:
            stencil = stencil.rotate(turn, Image.Resampling.BICUBIC, expand=True).reduce(larger)
        stencils.append(stencil)
    return stencils[0], stencils[1].point(lambda strength: strength * 0.85)


def _up_and_down(sized: tile_names.Font, text: str) -> tuple[float, float]:
    pen = ImageDraw.Draw(Image.new("L", (1, 1)))
    lines = "\n".join("lg" for _line in text.split("\n"))
    box = pen.multiline_textbbox((0, 0), lines, font=sized, spacing=0)
    return box[1], box[3]


def _indexed(picture: Image.Image, style: str) -> Image.Image:
    pixels = np.asarray(picture) >> (8 - LOOKUP_BITS)
    keys = (pixels[..., 0].astype(np.int32) << 2 * LOOKUP_BITS) | (pixels[..., 1].astype(np.int32) << LOOKUP_BITS) | pixels[..., 2]
    indexed = Image.fromarray(nearest_colours(style)[keys])
    indexed.putpalette(colour_table(style).tobytes())
    return indexed
