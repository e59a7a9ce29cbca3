"""Paths beside open water: rivers, canals, lakes, where a fall or a quiet spot is nearer than anywhere else."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import frames
from layers import lighting, tables
from layers.parks import PATH_HIGHWAYS
from words import N_, _

BESIDE_M = 15.0
"""How far from the water a path is still beside it. A canal is drawn as its middle: half of its 10 to 14 m, the bank and the towpath
come to about this, and so do a river's edge and the path along the top of its bank."""

SHORTEST_M = 40.0
"""A path that only crosses the water comes within reach of it for twice BESIDE_M and a little: that is no walk along it."""

SMALLEST_WATER_M2 = 300.0
"""A garden pond is smaller."""

WATERS = {
    ("waterway", "river"): N_("a river"),
    ("waterway", "canal"): N_("a canal"),
    ("natural", "water"): N_("a lake, a pond or a wide river"),
    ("landuse", "reservoir"): N_("a reservoir"),
    ("landuse", "basin"): N_("a basin"),
    ("leisure", "marina"): N_("a marina"),
}
"""Open water, as a line down its middle or as an area. A stream or a ditch is stepped over; the sea is not read."""

COLUMNS: tables.Columns = {
    "name": "text",
    "name_cy": "text",
    "kind": "text",
    "state": "text",
    "reason": "text",
    "lit": "text",
    "light": "text",
    "water": "text",
    "length_m": "number",
}


def waterside(lines: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the stretches of path beside open water, each lit, unlit or unknown.

    Takes an extract's lines and areas in EPSG:27700. Returns one row for each way that has such a stretch: `name, name_cy, kind`
    (the kind of highway), `state`, `reason` (beside what, in the language in use), `lit` (the tag as recorded), `light` (what
    that means), `water` (the name of the nearest water; empty where it has none), `length_m` (of the stretches together) and the
    stretches. Bridges and tunnels cross water and are left out; so is water in a culvert.
    """
    frames.check_metres(lines)
    frames.check_metres(areas)
    water = _open_water(lines, areas)
    ways = lines[lines["highway"].isin(PATH_HIGHWAYS) & lines["bridge"].fillna("no").eq("no") & lines["tunnel"].fillna("no").eq("no")]
    reach = shapely.get_parts(shapely.union_all(shapely.buffer(water.geometry.to_numpy(), BESIDE_M, quad_segs=4)))
    near, way = shapely.STRtree(ways.geometry.to_numpy()).query(reach, predicate="intersects")
    stretch, pair = shapely.get_parts(shapely.intersection(ways.geometry.to_numpy()[way], reach[near]), return_index=True)
    long_enough = shapely.length(stretch) >= SHORTEST_M
    stretch, whose = stretch[long_enough], way[pair[long_enough]]
    order = np.argsort(whose, kind="stable")
    stretch, whose = stretch[order], whose[order]
    walked, first = np.unique(whose, return_index=True)
    found = ways.iloc[walked]
    shapes = gpd.GeoSeries(
        shapely.multilinestrings(stretch, indices=np.searchsorted(walked, whose)) if len(stretch) else [],
        index=found.index,
        crs=frames.BRITISH_NATIONAL_GRID,
    )
    nearest = water.iloc[shapely.STRtree(water.geometry.to_numpy()).nearest(stretch[first])] if len(stretch) else water.iloc[:0]
    light = lighting.states(found["lit"])
    return tables.table(
        shapes,
        COLUMNS,
        **tables.names(found),
        kind=found["highway"],
        state=light["state"],
        reason=_reasons(nearest).set_axis(found.index),
        lit=found["lit"].str.strip(),
        light=light["reason"],
        water=nearest["name"].set_axis(found.index),
        length_m=shapes.length.round(1),
    )


def _open_water(lines: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return open water (`name, kind`): rivers and canals that are not in a tunnel, and areas of water that are no garden pond."""
    open_lines = lines[lines["tunnel"].fillna("no").eq("no")]
    large = areas[areas.area >= SMALLEST_WATER_M2]
    both = pd.concat([features.assign(kind=tables.first_kind(features, WATERS)) for features in (open_lines, large)])
    return both.loc[both["kind"].notna() & np.isfinite(both.length), ["name", "kind", "geometry"]]


def _reasons(nearest: gpd.GeoDataFrame) -> pd.Series[str]:
    """Say beside which water a path runs: by its name, else by its kind."""
    said = [
        _("Within {reach} m of {water}.", reach=round(BESIDE_M), water=name if isinstance(name, str) and name else _(kind))
        for name, kind in zip(nearest["name"], nearest["kind"], strict=True)
    ]
    return pd.Series(said, index=nearest.index, dtype="str")
