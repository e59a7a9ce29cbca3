"""Lay out the tiles of a base map and draw them all, in as many processes as the area is worth."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from multiprocessing import get_context

import numpy as np
import shapely
from PIL import Image

from layers import tile_drawing, web_mercator
from layers.base_map import BaseMap
from layers.mbtiles import Tile
from words import DataProblem

MARGIN_TILES = 3
"""Half a wide screen: an area's edge can be in its middle. At low zooms no more than what round the area was gathered at all."""

MOST_TILES = 1_000_000
"""More is a region at street level: days of drawing and tens of gigabytes, and surely not what was meant."""

HIGHEST_DRAWN = 19
"""The map is never shown closer: a phone's screen is then a hundred metres wide."""

ALONE_UP_TO = 400
"""So few tiles are drawn before a second process has read its own libraries."""


@dataclass(frozen=True)
class Block:
    """Tiles that are drawn at once: those wanted of the square of `tile_drawing.BLOCK` tiles from `column`, `row` on."""

    zoom: int
    column: int
    row: int
    wanted: frozenset[tuple[int, int]]


def lay_out(base_map: BaseMap, zooms: Sequence[int]) -> list[Block]:
    """Return the blocks that cover a base map's area and a margin, zoom by zoom.

    Raises DataProblem where they would be more tiles than anyone can have meant.
    """
    covers = {zoom: _with_margin(base_map, zoom) for zoom in zooms}
    count = sum(web_mercator.tile_count(cover, zoom) for zoom, cover in covers.items())
    if count > MOST_TILES:
        raise DataProblem(
            "That would be about {count} tiles. Stop at a lower zoom (--zooms {low}-{lower}), or give a smaller area with --boundary.",
            count=f"{count:,}", low=min(zooms), lower=max(*zooms, min(zooms) + 1) - 1,
        )  # fmt: skip
    blocks = []
    side = tile_drawing.BLOCK
    for zoom, cover in covers.items():
        tiles = web_mercator.tiles_of(cover, zoom)
        block = tiles // side
        order = np.lexsort((tiles[:, 1], tiles[:, 0], block[:, 1], block[:, 0]))
        rows = np.column_stack([block, tiles])[order].tolist()
        for (x, y), members in groupby(rows, key=lambda row: (row[0], row[1])):
            wanted = frozenset((column, row) for _x, _y, column, row in members)
            blocks.append(Block(zoom, x * side, y * side, wanted))
    return blocks


def bounds_degrees(base_map: BaseMap, zoom: int) -> tuple[float, float, float, float]:
    """Return west, south, east, north of what is drawn at a zoom."""
    west, north, east, south = shapely.bounds(_with_margin(base_map, zoom))
    longitude, latitude = web_mercator.to_degrees([west, east], [south, north])
    return float(longitude[0]), float(latitude[0]), float(longitude[1]), float(latitude[1])


def draw_all(
    base_map: BaseMap, blocks: Sequence[Block], *, style: str = "light", processes: int = 2, drawn: Callable[[int], None] = lambda _n: None
) -> Iterator[Tile]:
    """Draw every tile of some blocks, in their order; `drawn` hears how many each block had. The same for any number of processes."""
    if processes < 2 or sum(len(block.wanted) for block in blocks) <= ALONE_UP_TO:
        drawer = _Drawer(base_map, style)
        for block in blocks:
            yield from drawer.tiles(block)
            drawn(len(block.wanted))
        return
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_start, initargs=(base_map, style))
    try:
        for block, tiles in zip(blocks, pool.map(_tiles, blocks, chunksize=2), strict=True):
            yield from tiles
            drawn(len(block.wanted))
    finally:
        pool.shutdown(cancel_futures=True)


def _with_margin(base_map: BaseMap, zoom: int) -> shapely.Geometry:
    """Return what is drawn at a zoom: the area and half a screen, of that only what there can be anything in."""
    gathered = (shapely.bounds(base_map.area) - shapely.bounds(base_map.gathered))[0]
    margin = min(MARGIN_TILES * 2.0**-zoom, float(gathered))
    cover: shapely.Geometry = shapely.intersection(shapely.buffer(base_map.area, margin), shapely.box(0, 0, 1, 1))
    return cover


class _Drawer:
    """Draws blocks of one base map, and keeps the sheet of the zoom it is at."""

    def __init__(self, base_map: BaseMap, style: str) -> None:
        self.base_map = base_map
        self.style = style
        self.sheet: tile_drawing.Sheet | None = None

    def tiles(self, block: Block) -> list[Tile]:
        """Draw the wanted tiles of a block, by column and row."""
        if self.sheet is None or self.sheet.zoom != block.zoom:
            self.sheet = tile_drawing.prepare(self.base_map, block.zoom, style=self.style)
        columns, rows = (max(of_tile[axis] for of_tile in block.wanted) + 1 for axis in (0, 1))
        size = {"columns": columns - block.column, "rows": rows - block.row}
        picture = tile_drawing.draw(self.sheet, block.column, block.row, **size)
        cut = ((block.column + column, block.row + row, tile) for column, row, tile in tile_drawing.cut(picture))
        return [(block.zoom, column, row, _png(tile)) for column, row, tile in cut if (column, row) in block.wanted]


def _png(tile: Image.Image) -> bytes:
    used = tile.getcolors(1)
    if used is None or tile.palette is None:
        return tile_drawing.png(tile)
    return _one_colour(int(used[0][1]), tile.palette.tobytes(), tile.size)  # type: ignore[arg-type]


@lru_cache(maxsize=16)
def _one_colour(index: int, palette: bytes, size: tuple[int, int]) -> bytes:
    """Return a tile on which nothing is: of open land there are very many, and all are the same."""
    plain = Image.new("P", size, index)
    plain.putpalette(palette)
    return tile_drawing.png(plain)


_drawer: _Drawer | None = None
"""In a process of the pool: what it draws from, sent to it once."""


def _start(base_map: BaseMap, style: str) -> None:
    global _drawer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this process decides when it ends
    _drawer = _Drawer(base_map, style)


def _tiles(block: Block) -> list[Tile]:
    if _drawer is None:
        raise RuntimeError("a process of the pool was not started")
    return _drawer.tiles(block)
