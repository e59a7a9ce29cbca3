"""Reach: minutes on foot from every cell to the nearest open place at each of 24 hours, from lines to answer; networkx beside it.

A made-up town of crooked streets in blocks of 100 m, and Rutland where the shared real data is, from a 2 km raster of cells. Each
hour has other places open. networkx is no dependency of ours: its part is left out where it is not installed. It is given the same
lines and junctions, and its `multi_source_dijkstra_path_length` once for every hour whose open places no earlier hour had.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import tempfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from bench.real_data import RUTLAND
from bench.timing import compare, in_its_own_process, measure, median, say_ratio
from layers import network, osm, reach

HOURS = 24
BLOCK_M = 100.0
CORNERS_A_BLOCK = 4
"""Points along a street between two junctions: bends, which a graph need not know."""


def run(*, small: bool) -> None:
    sizes = [(20, 200, 10)] if small else [(60, 500, 40), (100, 2_000, 100), (100, 8_000, 100), (250, 2_000, 400)]
    rounds = 1 if small else 5
    peer = importlib.util.find_spec("networkx") is not None
    if not peer:
        print("networkx is not installed, so it is not compared with: pip install networkx in a scratch environment to do so")
    with tempfile.TemporaryDirectory() as folder:
        for blocks, cells, places in sizes:
            file = make_town(Path(folder) / f"{blocks}.gpkg", blocks=blocks)
            arguments = (str(file), str(cells), str(places))
            what = f"{cells:,} cells × {HOURS} hours, {places:,} places, a town of {2 * blocks * (blocks + 1):,} street lines"
            if peer:
                runs = compare("bench.reach", ["ours", "peers"], *arguments, rounds=1 if small else 3)
                say_ratio(what, runs["ours"], runs["peers"])
            else:
                _say(what, arguments, rounds)
        if RUTLAND.exists() and not small:
            file = _rutland(Path(folder) / "rutland.gpkg")
            _say(f"2,000 cells × {HOURS} hours, 100 places, Rutland", (str(file), "2000", "100"), rounds)


def _say(what: str, arguments: tuple[str, ...], rounds: int) -> None:
    runs = [in_its_own_process("bench.reach", "ours", *arguments) for _round in range(rounds)]
    slowest = max(run.seconds for run in runs)
    print(f"{what}: {median(runs):.2f} s (at most {slowest:.2f} in {rounds} rounds), {max(run.peak_mb for run in runs):,.0f} MB")


def make_town(file: Path, *, blocks: int) -> Path:
    """Write streets round square blocks, each from one junction to the next with bends between: all but a tenth, and in one piece."""
    rng = np.random.default_rng(1736)
    across, down = (axis.ravel() for axis in np.meshgrid(np.arange(blocks + 1), np.arange(blocks + 1)))
    starts = np.column_stack([across, down])
    lines = []
    for step in ((1, 0), (0, 1)):
        there = (starts + step <= blocks).all(axis=1)
        along = np.linspace(0, 1, CORNERS_A_BLOCK + 2)
        points = (starts[there][:, None, :] + along[None, :, None] * np.array(step)) * BLOCK_M
        points[:, 1:-1] += rng.normal(0, 5, (len(points), CORNERS_A_BLOCK, 2))
        lines.append(shapely.linestrings(points))
    drawn = np.concatenate(lines)
    drawn = drawn[rng.random(len(drawn)) < 0.9]
    streets = gpd.GeoDataFrame({"kind": "residential"}, index=range(len(drawn)), geometry=drawn, crs="EPSG:27700")
    joined = network.on_foot(streets, smallest_piece_m=np.inf).lines
    gpd.GeoDataFrame({"kind": "residential"}, index=range(len(joined)), geometry=joined, crs="EPSG:27700").to_file(file, layer="lines")
    return file


def _rutland(file: Path) -> Path:
    lines = osm.read(RUTLAND).lines
    lines[lines["highway"].notna()][["highway", "access", "foot", "geometry"]].to_file(file, layer="lines")
    return file


def prepare(file: str, cells: str, places: str) -> tuple[gpd.GeoDataFrame, gpd.GeoSeries, gpd.GeoSeries, Any]:
    """Read the lines, choose junctions for cells and places so that both ways begin at the same spots, and open the places."""
    lines = gpd.read_file(file, layer="lines")
    rng = np.random.default_rng(24)
    ends = shapely.get_point(lines.geometry.to_numpy(), 0)
    here, there = (gpd.GeoSeries(rng.choice(ends, int(count)), crs=lines.crs) for count in (cells, places))
    opens, lasts = rng.integers(6, 12, int(places)), rng.integers(4, 14, int(places))
    hours = np.arange(HOURS)
    is_open = (hours >= opens[:, None]) & (hours < (opens + lasts)[:, None])
    return lines, here, there, is_open


def ours(lines: gpd.GeoDataFrame, here: gpd.GeoSeries, there: gpd.GeoSeries, is_open: Any) -> Any:
    found = reach.minutes(here, there, is_open, network.on_foot(lines))
    return [int(found.notna().sum().sum()), round(float(found.sum().sum()), 1)]


def peers(lines: gpd.GeoDataFrame, here: gpd.GeoSeries, there: gpd.GeoSeries, is_open: Any) -> Any:
    networkx = importlib.import_module("networkx")
    streets = networkx.Graph()
    for line in lines.geometry:
        corners = list(line.coords)
        streets.add_edge(corners[0], corners[-1], minutes=line.length / network.WALK_M_PER_MINUTE)
    cells, places = [(point.x, point.y) for point in here], [(point.x, point.y) for point in there]
    known: dict[bytes, dict[Any, float]] = {}
    reached, total = 0, 0.0
    for hour in is_open.T:
        key = hour.tobytes()
        if key not in known:
            sources = {place for place, is_open_now in zip(places, hour, strict=True) if is_open_now}
            known[key] = networkx.multi_source_dijkstra_path_length(streets, sources, weight="minutes") if sources else {}
        found = [known[key][cell] for cell in cells if cell in known[key]]
        reached += len(found)
        total += sum(found)
    return [reached, round(total, 1)]


if __name__ == "__main__":
    way, *arguments = sys.argv[1:]
    read = prepare(*arguments)
    if way == "peers":
        importlib.import_module("networkx")
    measure(lambda: {"ours": ours, "peers": peers}[way](*read))
