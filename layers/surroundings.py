"""What is recorded of the surroundings of one place, as prompts to go and look: never a score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely

from geo import frames

NEAR_M = 50.0
"""Paths and alleys this near belong to how a place feels after dark: they are how one comes and goes."""

WALK_M = 500.0
"""About six minutes on foot: how far a young person in trouble might go to a place with people in it."""

MOST_CANDIDATES = 5


@dataclass(frozen=True)
class Surroundings:
    """`light_m`: metres of street and path nearby by state. `candidates`: `name, kind, opening_hours, straight_m`, nearest first."""

    light_m: Mapping[str, float]
    alleys: tuple[str, ...]
    alley_count: int
    candidates: pd.DataFrame


def around(
    place: shapely.Geometry, *, street_light: gpd.GeoDataFrame, alleys: gpd.GeoDataFrame, safe_places: gpd.GeoDataFrame
) -> Surroundings:
    """Gather what the layers (in metres) record within reach of a place (a shape in metres)."""
    for layer in (street_light, alleys, safe_places):
        frames.check_metres(layer)
    near = shapely.buffer(place, NEAR_M)
    lines = street_light[street_light.intersects(near)]
    light_m = lines.intersection(near).length.groupby(lines["state"]).sum()
    close_alleys = alleys[alleys.intersects(near)]
    straight_m = safe_places.distance(place)
    candidates = safe_places.assign(straight_m=straight_m)[straight_m <= WALK_M].nsmallest(MOST_CANDIDATES, "straight_m")
    return Surroundings(
        light_m={state: float(light_m.get(state, 0.0)) for state in ("lit", "unlit", "unknown")},
        alleys=tuple(sorted({name for name in close_alleys["name"] if name})),
        alley_count=len(close_alleys),
        candidates=pd.DataFrame(candidates[["name", "kind", "opening_hours", "straight_m"]]),
    )
