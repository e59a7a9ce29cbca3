"""A police.uk file to hot cells: the command's own thread beside what a geopandas user writes today.

The made-up file has the header, the snapped points and the missing coordinates of the real ones, over a box of Slough's size
or larger. Both ways read it, count it over the same study area, take Gi* and Benjamini-Hochberg, and must name the same cells.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench.timing import compare, measure, say_ratio

RESOLUTION = 9
HEADER = (
    "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code", "LSOA name", "Crime type",
    "Last outcome category", "Context",
)  # fmt: skip


def run(*, small: bool) -> None:
    sizes = [(2_000, 3_000)] if small else [(10_000, 6_000), (100_000, 12_000), (1_000_000, 40_000)]
    with tempfile.TemporaryDirectory() as folder:
        for rows, side_m in sizes:
            file = make_file(Path(folder) / f"{rows}.csv", rows=rows, side_m=side_m)
            runs = compare("bench.file_to_hotspots", ["ours", "peers"], str(file), str(side_m), rounds=1 if small else 5)
            say_ratio(f"{rows:,} rows, {runs['ours'][0].answer['cells']:,} cells", runs["ours"], runs["peers"])


def make_file(file: Path, *, rows: int, side_m: int) -> Path:
    """Write a street-level file over a square around (500000, 180000): half of it spread evenly, half round a few centres."""
    from geo import frames

    rng = np.random.default_rng(20220101)
    snap_points = rng.uniform(-side_m / 2, side_m / 2, (max(rows // 8, 50), 2))
    centres = rng.uniform(-side_m / 2, side_m / 2, (12, 2))
    pull = np.exp(-np.min(np.linalg.norm(snap_points[:, None] - centres[None], axis=2), axis=1) / 400)
    at = rng.choice(len(snap_points), rows, p=(0.5 / len(snap_points) + 0.5 * pull / pull.sum()))
    longitude, latitude = frames.points_in_degrees(500_000 + snap_points[at, 0], 180_000 + snap_points[at, 1])
    known = rng.random(rows) > 0.03
    table = {name: pl.Series(["x"] * rows) for name in HEADER} | {
        "Month": pl.Series(rng.integers(1, 13, rows)).cast(pl.String).str.zfill(2).str.replace("^", "2022-"),
        "Reported by": pl.Series(["Thames Valley Police"] * rows),
        "Crime ID": pl.Series(np.arange(rows)).cast(pl.String),
        "Longitude": pl.Series(np.where(known, longitude.round(6), np.nan)).fill_nan(None),
        "Latitude": pl.Series(np.where(known, latitude.round(6), np.nan)).fill_nan(None),
    }
    pl.DataFrame(table).write_csv(file)
    return file


def ours(file: str, side_m: int) -> dict[str, Any]:
    from datetime import date

    from briefing import hotspots
    from geo import geocode
    from geo import hotspots as gi
    from spaces import intake

    read = intake.read(Path(file), today=date(2026, 1, 1))
    located = geocode.place(read.records, None, coordinate_precision_m=read.profile.coordinate_precision_m)
    records = read.records.assign(**{column: located[column] for column in geocode.RESULT_COLUMNS})
    answer = hotspots.find(records, _square(side_m), resolution=RESOLUTION)
    # Decided as the peer's way does, beside Monte Carlo, which the peer's way has not and whose time is in ours.
    hot = (gi.false_discovery_q(gi.two_sided_p(answer.cells["z"])) <= 0.05) & (answer.cells["z"] > 0)
    return {"cells": len(answer.cells), "hot": sorted(answer.cells.index[hot])}


def peers(file: str, side_m: int) -> dict[str, Any]:
    """Do it with pandas, h3, libpysal and esda, as their own guides show."""
    import geopandas as gpd
    import h3
    import pandas as pd
    from esda.getisord import G_Local
    from libpysal.weights import W
    from scipy.stats import false_discovery_control, norm

    table = pd.read_csv(file).dropna(subset=["Longitude", "Latitude"])
    points = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["Longitude"], table["Latitude"]), crs="EPSG:4326")
    points["cell"] = [h3.latlng_to_cell(point.y, point.x, RESOLUTION) for point in points.geometry]
    area = gpd.GeoSeries([_square(side_m)], crs="EPSG:27700").to_crs("EPSG:4326").iloc[0]
    cells = set(h3.geo_to_cells(area, RESOLUTION))
    cells |= {cell for cell in points["cell"].unique() if gpd.GeoSeries([_outline(cell)]).intersects(area).iloc[0]}
    ordered = sorted(cells)
    counts = points.groupby("cell").size().reindex(ordered, fill_value=0)
    near = {cell: [other for other in h3.grid_disk(cell, 1) if other in cells and other != cell] for cell in ordered}
    z = G_Local(counts.to_numpy(float), W(near, silence_warnings=True), transform="B", star=True, permutations=0).Zs
    hot = (false_discovery_control(2 * norm.sf(abs(z))) <= 0.05) & (z > 0)
    return {"cells": len(ordered), "hot": [cell for cell, is_hot in zip(ordered, hot, strict=True) if is_hot]}


def _outline(cell: str) -> Any:
    import h3
    from shapely import Polygon

    return Polygon([(longitude, latitude) for latitude, longitude in h3.cell_to_boundary(cell)])


def _square(side_m: int) -> Any:
    import shapely

    return shapely.segmentize(shapely.box(500_000 - side_m / 2, 180_000 - side_m / 2, 500_000 + side_m / 2, 180_000 + side_m / 2), 500)


if __name__ == "__main__":
    way, file_name, side = sys.argv[1:]
    measure(lambda: {"ours": ours, "peers": peers}[way](file_name, int(side)))
