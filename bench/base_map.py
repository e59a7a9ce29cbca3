"""A base map: a borough drawn at zooms 11 to 17 by two processes, one tile drawn on demand, and one read from its file.

The extract is Rutland's real one where that is beside the checkout (5.7 km square round Oakham, 33 km² like Slough), else the
sample town's own.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from bench.real_data import RUTLAND
from bench.timing import in_its_own_process, measure

SAMPLE = Path(__file__).resolve().parents[1] / "sample_data" / "marlhaven" / "extract.osm.pbf"

OAKHAM, BOROUGH_M = (486_050.0, 308_750.0), 5_740.0
SEEN = 60
"""Tiles drawn and read one by one, spread over the area by chance."""


def run(*, small: bool) -> None:
    real = RUTLAND.is_file() and not small
    zooms = (14, 15) if small else (11, 17)
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "area.mbtiles"
        arguments = [str(RUTLAND if real else SAMPLE), str(out), *(str(zoom) for zoom in zooms)]
        drawn = in_its_own_process("bench.base_map", "draw", *arguments)
        tiles, square_km = drawn.answer
        size_mb = out.stat().st_size / 1e6
        print(f"{square_km:.0f} km² of {'Rutland' if real else 'the sample town'}, zooms {zooms[0]} to {zooms[1]}: {tiles:,} tiles, "
              f"{size_mb:.1f} MB, in {drawn.seconds:.1f} s ({drawn.peak_mb:,.0f} MB in the process that writes)")  # fmt: skip
        demanded = in_its_own_process("bench.base_map", "demand", *arguments).answer
        print(f"one tile drawn on demand at zoom {zooms[1]}: median {demanded[0]:.1f} ms, slowest of {SEEN} {demanded[1]:.1f} ms")
        read = in_its_own_process("bench.base_map", "read", *arguments).answer
        print(f"one tile from its file: median {read[0]:.2f} ms, slowest of {SEEN} {read[1]:.2f} ms")


def draw(extract: str, out: str, low: str, high: str) -> Any:
    from layers import mbtiles, tiling

    found, square_km = _gathered(extract)
    blocks = tiling.lay_out(found, range(int(low), int(high) + 1))
    count = mbtiles.write(Path(out), tiling.draw_all(found, blocks, processes=2), metadata={"format": "png"})
    return count, square_km


def demand(extract: str, _out: str, _low: str, high: str) -> Any:
    from layers import tile_drawing

    found, _square_km = _gathered(extract)
    sheet = tile_drawing.prepare(found, int(high))
    return _timed(lambda column, row: tile_drawing.png(tile_drawing.draw(sheet, column, row)), found, int(high))


def read(extract: str, out: str, _low: str, high: str) -> Any:
    from layers import mbtiles

    found, _square_km = _gathered(extract)
    return _timed(lambda column, row: mbtiles.tile(Path(out), int(high), column, row), found, int(high))


def _gathered(extract: str) -> Any:
    from geo import frames
    from layers import base_map

    if extract == str(SAMPLE):
        area = frames.read_boundary(SAMPLE.with_name("boundary.geojson"))
    else:
        area = shapely.Point(OAKHAM).buffer(BOROUGH_M / 2, cap_style="square")
    return base_map.read(Path(extract), boundary=area), area.area / 1e6


def _timed(work: Any, found: Any, zoom: int) -> tuple[float, float]:
    from layers import web_mercator

    tiles = web_mercator.tiles_of(found.area, zoom)
    chosen = np.random.default_rng(5).choice(len(tiles), min(SEEN, len(tiles)), replace=False)
    took = []
    for column, row in tiles[chosen].tolist():
        start = time.perf_counter()
        work(column, row)
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took), max(took)


if __name__ == "__main__":
    task = {"draw": draw, "demand": demand, "read": read}[sys.argv[1]]
    measure(lambda: task(*sys.argv[2:]))
