"""Geocoding without any outside service: where a record says it happened, and how sure that is.

A row is placed by its own coordinates, else by its postcode. What cannot be placed is kept, with the reason: a wrong point
is worse than no point.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray

from geo import frames
from geo.gazetteer import NOT_POSITIONED, Gazetteer, normalised_postcode
from words import N_

RESULT_COLUMNS = ["longitude", "latitude", "easting", "northing", "precision_m", "method", "matched", "confidence", "candidates", "reason"]

COORDINATE_PRECISION_M = 20.0
"""What a partner's own coordinates are taken to be good for, unless its profile says otherwise: a hand-placed pin."""

NO_LAND_M = 1000.0
"""How near the grid's origin, which is in the sea off Scilly, nothing can be: such numbers are degrees, or made up."""

DEFAULT_POINT_ROWS = 10
"""How many rows of one agency must share exactly one point before the point itself is doubted."""

DEFAULT_POINT_VARIETY = 0.5
"""The share of those rows' place wordings that must differ. A real address is worded much the same each time; a system's
default pin ("street not known" put at the civic centre) carries a different street in nearly every row."""

NOTHING_GIVEN = N_("no coordinates and no postcode")
AT_ZERO = N_("coordinates are 0, 0")
OUTSIDE = N_("coordinates are outside Great Britain")
UNKNOWN_POSTCODE = N_("the postcode is not in the gazetteer")
NO_POSITION = N_("the postcode has no position")
DEFAULT_POINT = N_("a default point that many different places were given")


def place(records: pd.DataFrame, gazetteer: Gazetteer | None, *, coordinate_precision_m: float = COORDINATE_PRECISION_M) -> pd.DataFrame:
    """Place each record of an incident frame; the result has its index and the columns of `RESULT_COLUMNS`.

    Uses `longitude, latitude`, else `easting, northing`, else `postcode`; columns may be missing and values may be
    missing. `method` is `coordinates`, `postcode` or `none`; `precision_m` is missing and `reason` given where it is
    `none`. Without a gazetteer no postcode is known.
    """
    given = records.reindex(columns=["longitude", "latitude", "easting", "northing", "postcode", "location_text", "agency"])
    result = pd.DataFrame(index=records.index, columns=RESULT_COLUMNS).astype(
        dict.fromkeys(RESULT_COLUMNS[:5], float)
        | {"method": object, "matched": object, "confidence": float, "candidates": object, "reason": object}
    )
    longitude, latitude = _own_coordinates(given)
    at_zero = (longitude == 0) & (latitude == 0)
    inside = frames.inside_great_britain(longitude, latitude)
    outside = ~np.isnan(longitude) & ~np.isnan(latitude) & ~inside & ~at_zero
    doubted = inside & _default_points(given, longitude, latitude)
    by_coordinates = inside & ~doubted

    found = _find_postcodes(given["postcode"], gazetteer)
    known = found["quality"].notna().to_numpy()
    positioned = known & (found["quality"] != NOT_POSITIONED).to_numpy()
    by_postcode = ~by_coordinates & positioned

    easting, northing = frames.points_in_metres(longitude, latitude)
    easting, northing = np.where(by_postcode, found["easting"], easting), np.where(by_postcode, found["northing"], northing)
    from_postcode = frames.points_in_degrees(np.where(by_postcode, easting, np.nan), np.where(by_postcode, northing, np.nan))
    placed = by_coordinates | by_postcode
    result["easting"], result["northing"] = np.where(placed, easting, np.nan), np.where(placed, northing, np.nan)
    result["longitude"] = np.where(by_postcode, from_postcode[0], np.where(by_coordinates, longitude, np.nan))
    result["latitude"] = np.where(by_postcode, from_postcode[1], np.where(by_coordinates, latitude, np.nan))
    result["precision_m"] = np.where(by_coordinates, coordinate_precision_m, np.where(by_postcode, found["precision_m"], np.nan))
    result["method"] = np.select([by_coordinates, by_postcode], ["coordinates", "postcode"], "none")
    result["matched"] = found["key"].astype(object).where(by_postcode, None).to_numpy()
    result["confidence"] = placed.astype(float)
    has_postcode = given["postcode"].astype("string").str.strip().fillna("").ne("").to_numpy(bool)
    reason = np.select(
        [doubted, at_zero, outside, known & ~positioned, has_postcode],
        [DEFAULT_POINT, AT_ZERO, OUTSIDE, NO_POSITION, UNKNOWN_POSTCODE],
        NOTHING_GIVEN,
    )
    return result.assign(reason=pd.Series(reason, result.index, dtype=object).where(~placed, None))


def _own_coordinates(given: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return each row's coordinates in degrees, whichever way it gave them."""
    longitude, latitude = (given[name].to_numpy(float, na_value=np.nan) for name in ("longitude", "latitude"))
    easting, northing = (given[name].to_numpy(float, na_value=np.nan) for name in ("easting", "northing"))
    only_grid = (np.isnan(longitude) | np.isnan(latitude)) & ~np.isnan(easting) & ~np.isnan(northing)
    at_zero = only_grid & (easting == 0) & (northing == 0)
    possible = only_grid & ((np.abs(easting) >= NO_LAND_M) | (np.abs(northing) >= NO_LAND_M))
    from_grid = frames.points_in_degrees(np.where(possible, easting, np.nan), np.where(possible, northing, np.nan))
    # What is not possible, or too far away for degrees, is outside and not missing.
    east, north = (np.where(at_zero, 0.0, np.where(np.isnan(values), np.inf, values)) for values in from_grid)
    return np.where(only_grid, east, longitude), np.where(only_grid, north, latitude)


def _default_points(given: pd.DataFrame, longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which rows stand on a point that their agency gives to many different places."""
    rows = pd.DataFrame({"agency": given["agency"], "longitude": longitude, "latitude": latitude})
    wording = given["location_text"].astype("string").str.strip().str.casefold()
    rows["wording"] = wording.where(wording != "")
    at_one_point = rows.groupby(["agency", "longitude", "latitude"], dropna=False)["wording"]
    worded, different = at_one_point.transform("count"), at_one_point.transform("nunique")
    return ((worded >= DEFAULT_POINT_ROWS) & (different >= DEFAULT_POINT_VARIETY * worded)).to_numpy(bool)


def _find_postcodes(text: pd.Series, gazetteer: Gazetteer | None) -> pd.DataFrame:
    """Return `key, quality, easting, northing, precision_m` for each row, missing where the postcode is not known."""
    typed = pl.from_pandas(text.astype("string")).cast(pl.String).alias("text").to_frame()
    keys = typed.select(key=normalised_postcode(pl.col("text")))
    if gazetteer is None:
        found = keys.with_columns(pl.lit(None, pl.Int32).alias(name) for name in ("quality", "easting", "northing", "precision_m"))
    else:
        found = keys.join(gazetteer.postcodes, left_on="key", right_on="postcode", how="left", maintain_order="left")
    return found.to_pandas()
