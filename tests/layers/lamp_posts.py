"""Lamps to test with, put where a test needs them."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import frames
from layers import lamps


def posts(
    spots: Sequence[tuple[float, float]], regimes: str | Sequence[str] = "all night", *, height_m: float = np.nan, complete: bool = False,
    **texts: str,
) -> gpd.GeoDataFrame:  # fmt: skip
    """Return lamps at spots in metres, each with a regime as a council would write it; `complete`: the list holds every lamp."""
    said = [regimes] * len(spots) if isinstance(regimes, str) else list(regimes)
    height = "" if np.isnan(height_m) else f"{height_m} m"
    columns = {name: texts.get(name, "") for name in lamps.FIELDS} | {"regime": said, "height": height}
    frame = pd.DataFrame(columns, index=range(2, len(spots) + 2)).astype("str")
    points = gpd.GeoSeries(shapely.points(np.asarray(spots, float).reshape(-1, 2)), index=frame.index, crs=frames.BRITISH_NATIONAL_GRID)
    return lamps.from_council(gpd.GeoDataFrame(frame, geometry=points), complete=complete)
