"""The one shape every layer table has: text that is never missing, fixed column types, `feature_id` as the index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import frames

Columns = Mapping[str, Literal["text", "number"]]
"""The columns of a table besides its geometry, in order."""


def table(geometry: gpd.GeoSeries, columns: Columns, **values: object) -> gpd.GeoDataFrame:
    """Return a frame of exactly `columns` and the geometry, on the geometry's index.

    Text that is not recorded is the empty string, because a missing value would be shown as a word nobody wrote.
    """
    if set(columns) != set(values):
        raise ValueError(f"expected columns {sorted(columns)}, got {sorted(values)}")
    data = pd.DataFrame({name: _typed(values[name], kind, geometry.index) for name, kind in columns.items()}, index=geometry.index)
    frame = gpd.GeoDataFrame(data, geometry=_single_where_one(geometry.to_numpy()), crs=frames.BRITISH_NATIONAL_GRID)
    frame.index = pd.Index(geometry.index, dtype="str", name="feature_id")
    return frame


def empty(columns: Columns) -> gpd.GeoDataFrame:
    """Return a table of these columns with no rows."""
    nothing = gpd.GeoSeries([], index=pd.Index([], dtype="str"), crs=frames.BRITISH_NATIONAL_GRID)
    return table(nothing, columns, **{name: "" if kind == "text" else 0.0 for name, kind in columns.items()})


def names(features: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the `name` and `name_cy` columns of features that have OpenStreetMap's tags."""
    return {"name": features["name"].str.strip(), "name_cy": features["name:cy"].str.strip()}


def first_kind(features: gpd.GeoDataFrame, kinds: Mapping[tuple[str, str], str]) -> pd.Series[str]:
    """Return for each feature the kind that the first of its matching (tag, value) pairs stands for; missing for none."""
    found = np.select([features[tag] == value for tag, value in kinds], list(kinds.values()), default="")
    return pd.Series(found, index=features.index, dtype="str").replace({"": np.nan})


def _single_where_one(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Give a shape of many parts that has only one as that part, which is how it also comes back from a file."""
    alone = (shapely.get_num_geometries(shapes) == 1) & (shapely.get_type_id(shapes) >= 4)
    return np.where(alone, shapely.get_geometry(shapes, 0), shapes)


def _typed(value: object, kind: Literal["text", "number"], index: pd.Index[Any]) -> pd.Series[Any]:
    series = value if isinstance(value, pd.Series) else pd.Series(value, index=index)
    return series.astype("str").fillna("") if kind == "text" else series.astype("float64")
