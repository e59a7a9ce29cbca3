"""Lit share: how much of each path is within reach of a lamp that burns, at one time and at each hour of a week; plain geopandas beside it.

A made-up town of paths of 100 m with bends, and lamps along them of five regimes and four heights. The peer's way is what one would
write with geopandas: discs round the lamps that burn, one union, its pieces laid over the paths, lengths added up.
"""

from __future__ import annotations

import sys
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from bench.timing import compare, in_its_own_process, measure, median, say_ratio
from layers import lamps, lit_share

REGIMES = {"35/18": 0.5, "Part night 00:00-05:30": 0.3, "Part night": 0.1, "Dimmed 22:00-06:00 50%": 0.08, "Not working": 0.02}
"""What the lamps are said to do, and the share of each."""

TWO_IN_THE_MORNING, HOURS = 120, np.arange(168) * 60
SIDE_M = {1_000: 2_500.0, 10_000: 8_000.0, 30_000: 14_000.0}
"""How wide a town with so many paths is."""


def run(*, small: bool) -> None:
    sizes = [(1_000, 3_300)] if small else [(1_000, 3_300), (10_000, 33_000), (30_000, 100_000)]
    rounds = 1 if small else 3
    for paths, posts in sizes:
        size = (str(paths), str(posts))
        what = f"{posts:,} lamps, {paths:,} paths"
        runs = compare("bench.lit_share", ["once", "peers"], *size, rounds=rounds)
        say_ratio(f"{what}, one time, everything worked out", runs["once"], runs["peers"])
        for way, words in {"again": "another time", "week": f"each of {len(HOURS)} hours, everything worked out"}.items():
            found = [in_its_own_process("bench.lit_share", way, *size) for _round in range(rounds)]
            print(f"{what}, {words}: {median(found):.3f} s and {max(each.peak_mb for each in found):,.0f} MB")
    parks_run(small=small)


def parks_run(*, small: bool) -> None:
    for count, side_m in [(30, 316.0)] if small else [(300, 316.0), (3, 2_645.0)]:
        for way in ("parks", "parks_again"):
            found = in_its_own_process("bench.lit_share", way, str(count), str(side_m))
            print(f"33,000 lamps, {count} parks of {side_m**2 / 1e4:,.0f} ha without paths, {way}: {median([found]):.3f} s")


def among_lamps(count: int, side_m: float) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Make large parks up among 33,000 lamps on a grid of 35 m."""
    rng = np.random.default_rng(1829)
    at = np.arange(33_000)
    spots = np.column_stack([at % 182, at // 182]) * 35.0
    corner = rng.uniform(0, 6_300 - side_m, (count, 2)) + np.array([500_000, 180_000])
    squares = shapely.box(*corner.T, *(corner + side_m).T)
    return gpd.GeoDataFrame(geometry=squares, crs="EPSG:27700"), _listed(rng, spots + np.array([500_000, 180_000]))


def town(paths: int, posts: int) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Make paths and lamps up: lamps stand within a few metres of some path."""
    rng = np.random.default_rng(1829)
    corners = [rng.uniform(0, SIDE_M[paths], (paths, 2)) + np.array([500_000, 180_000])]
    way = rng.uniform(0, 2 * np.pi, paths)
    for _bend in range(4):
        corners.append(corners[-1] + 25 * np.column_stack([np.cos(way), np.sin(way)]) + rng.normal(0, 3, (paths, 2)))
    lines = np.asarray(shapely.linestrings(np.stack(corners, axis=1)), object)
    beside = shapely.line_interpolate_point(lines[rng.integers(0, paths, posts)], rng.uniform(0, 100, posts))
    spots = shapely.get_coordinates(beside) + rng.normal(0, 4, (posts, 2))
    return gpd.GeoDataFrame(geometry=lines, crs="EPSG:27700"), _listed(rng, spots)


def _listed(rng: np.random.Generator, spots: NDArray[np.float64]) -> gpd.GeoDataFrame:
    posts = len(spots)
    listed = gpd.GeoDataFrame(
        dict.fromkeys(lamps.FIELDS, "") | {
            "regime": rng.choice(list(REGIMES), posts, p=list(REGIMES.values())), "height": rng.choice(["5", "6", "8", ""], posts),
        },
        index=range(posts), geometry=gpd.points_from_xy(*spots.T), crs="EPSG:27700",
    )  # fmt: skip
    return lamps.from_council(listed)


def once(paths: gpd.GeoDataFrame, posts: gpd.GeoDataFrame) -> Any:
    found = lit_share.at(paths, posts, lit_share.reach_of(paths.geometry, posts), TWO_IN_THE_MORNING)
    return round(float(found["lit_share"].mean()), 2)


def week(paths: gpd.GeoDataFrame, posts: gpd.GeoDataFrame) -> Any:
    return round(float(lit_share.over(posts, lit_share.reach_of(paths.geometry, posts), HOURS).mean()), 2)


def peers(paths: gpd.GeoDataFrame, posts: gpd.GeoDataFrame) -> Any:
    burn = posts[lamps.burning(posts, TWO_IN_THE_MORNING) == "lit"]
    discs = burn.buffer(lit_share.reach_m(burn["height_m"])).union_all()
    pieces = gpd.GeoDataFrame(geometry=[discs], crs=paths.crs).explode()
    laid_over = paths.assign(path=paths.index).overlay(pieces, how="intersection", keep_geom_type=True)
    lit_m = laid_over.length.groupby(laid_over["path"]).sum().reindex(paths.index, fill_value=0.0)
    shares: pd.Series[float] = lit_m / paths.length
    return round(float(shares.mean()), 2)


if __name__ == "__main__":
    name, *counts = sys.argv[1:]
    made = among_lamps(int(counts[0]), float(counts[1])) if name.startswith("parks") else town(*map(int, counts))
    if name == "parks":
        measure(lambda: round(float(lit_share.reach_of(made[0].geometry, made[1]).size.sum())))
    elif name.endswith("again"):
        reach = lit_share.reach_of(made[0].geometry, made[1])
        measure(lambda: round(float(lit_share.at(*made, reach, TWO_IN_THE_MORNING)["lit_share"].mean()), 2))
    else:
        measure(lambda: {"once": once, "week": week, "peers": peers}[name](*made))
