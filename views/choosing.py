"""What a touch on the map chooses: a pure function of what was touched and what is listed."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd


def place_picked(layer_id: str, key: str, places: pd.DataFrame, cells: gpd.GeoDataFrame) -> str | None:
    """Return the listed place that a touched map feature stands for, None where it stands for none.

    A place's own feature (a park, an alley) stands for itself; a hexagon for the best listed place in it, else for the
    place its hotspot is named after.
    """
    if key in places.index:
        return key
    if layer_id != "cells" or key not in cells.index:
        return None
    in_cell = places.index[places["cell"] == key]
    if len(in_cell):
        return str(in_cell[0])
    letter = cells.loc[key, "cluster"]
    named_after = places.index[places["hotspot"] & (places["letter"] == letter)]
    return str(named_after[0]) if len(named_after) else None


def key_to_pick_out(place_id: str | None, places: pd.DataFrame) -> str | None:
    """Return the map feature to pick out for a listed place: its hotspot where it has one, else the hexagon that holds most of it."""
    if place_id is None or place_id not in places.index:
        return None
    row = places.loc[place_id]
    return str(row["letter"]) if row["hotspot"] and row["letter"] else str(row["cell"])
