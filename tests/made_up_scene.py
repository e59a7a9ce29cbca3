"""A made-up town in the North Sea, for every test that needs something to draw: nobody lives there."""

import geopandas as gpd
import h3
import numpy as np
import shapely

from geo import frames
from layers.scene import Scene, map_scene

LONGITUDE, LATITUDE = 1.1, 54.25
HOSTILE = "</script><img src=x onerror=alert(1)>${alert(2)}`\"'\\\u2028<b>bold</b>"


def area(radius_m: float = 2000) -> shapely.Geometry:
    easting, northing = frames.points_in_metres([LONGITUDE], [LATITUDE])
    return shapely.Point(easting[0], northing[0]).buffer(radius_m)


def cells(*, resolution: int = 10, seed: int = 1, radius_m: float = 2000, name: str = "") -> gpd.GeoDataFrame:
    """Cells of the whole area; most have no reports, two groups have many."""
    town = frames.in_degrees(gpd.GeoSeries([area(radius_m)], crs=frames.BRITISH_NATIONAL_GRID)).iloc[0]
    ids = sorted(h3.geo_to_cells(town, resolution))
    rng = np.random.default_rng(seed)
    incidents = np.where(rng.random(len(ids)) < 0.12, rng.integers(1, 5, len(ids)), 0).astype(float)
    cluster = np.full(len(ids), None, dtype=object)
    for number, (east, north) in enumerate([(-0.008, 0.004), (0.009, -0.005)], start=1):
        middle = h3.latlng_to_cell(LATITUDE + north, LONGITUDE + east, resolution)
        near = np.isin(ids, h3.grid_disk(middle, 1))
        incidents[near] = rng.integers(8, 24, near.sum())
        cluster[near] = f"cluster {number}"
    return gpd.GeoDataFrame(
        {
            "incidents": incidents,
            "hotspot": cluster != None,  # noqa: E711 - one by one
            "cluster": cluster,
            "label": [f"{name}{count:.0f} incidents\n1 July to 30 September 2024" for count in incidents],
        },
        index=ids,
        geometry=[shapely.Polygon([(x, y) for y, x in h3.cell_to_boundary(cell)]) for cell in ids],
        crs=frames.DEGREES,
    )


def _frame(rows: list[tuple[str, str, shapely.Geometry]], prefix: str) -> gpd.GeoDataFrame:
    names, states, shapes = zip(*rows, strict=True)
    return gpd.GeoDataFrame(
        {"name": names, "state": states, "reason": [f"Recorded as {state} in 2024" for state in states]},
        index=[f"{prefix}/{number}" for number in range(len(rows))], geometry=list(shapes), crs=frames.DEGREES,
    ).to_crs(frames.BRITISH_NATIONAL_GRID)  # fmt: skip


def _patch(east: float, north: float, width: float = 0.006, height: float = 0.0028) -> shapely.Geometry:
    return shapely.box(LONGITUDE + east, LATITUDE + north, LONGITUDE + east + width, LATITUDE + north + height)


def _line(*corners: tuple[float, float]) -> shapely.Geometry:
    return shapely.LineString([(LONGITUDE + east, LATITUDE + north) for east, north in corners])


def ground() -> dict[str, gpd.GeoDataFrame]:
    grid = [_line((-0.026, y), (0.026, y + 0.001)) for y in np.linspace(-0.014, 0.014, 13)]
    grid += [_line((x, -0.015), (x + 0.002, 0.015)) for x in np.linspace(-0.025, 0.025, 17)]
    streets = [(f"{number}th Street", "main" if number % 6 == 0 else "minor", line) for number, line in enumerate(grid)]
    return {
        "streets": _frame(streets, "street"),
        "water": _frame([("The Tarn", "water", _line((-0.02, -0.013), (-0.004, -0.011), (0.012, -0.015)).buffer(0.0012))], "water"),
        "green": _frame([("", "grass", _patch(0.008, 0.006, 0.01, 0.005))], "green"),
    }


def overlays(*, name: str = "") -> dict[str, gpd.GeoDataFrame]:
    parks = [
        ("Sandbank Park", "unknown", _patch(-0.02, 0.001)),
        ("Lantern Gardens", "lit", _patch(0.010, 0.007)),
        ("Deep Field", "unlit", _patch(-0.003, -0.009)),
    ]
    alleys = [
        ("Eel Ginnel", "unlit", _line((-0.002, 0.002), (0.004, 0.006))),
        ("Net Row", "lit", _line((0.0, 0.0), (0.008, 0.001))),
        ("", "unknown", _line((-0.012, -0.004), (-0.006, -0.006))),
    ]
    safe = [
        ("Library", "candidate", shapely.Point(LONGITUDE - 0.001, LATITUDE + 0.0085)),
        ("Youth centre", "checked", shapely.Point(LONGITUDE + 0.006, LATITUDE - 0.001)),
    ]
    named = {"parks": parks, "alleys": alleys, "safe_places": safe}
    return {layer: _frame([(name + own, state, shape) for own, state, shape in rows], layer) for layer, rows in named.items()}


def scene(*, seed: int = 1, resolution: int = 10, chosen: str | None = None, name: str = "", radius_m: float = 2000) -> Scene:
    return map_scene(
        area=area(radius_m), ground=ground(), overlays=overlays(name=name), chosen=chosen,
        cells=cells(seed=seed, resolution=resolution, radius_m=radius_m, name=name),
    )  # fmt: skip
