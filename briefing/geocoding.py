"""A partner's file with where each of its rows is, and how many of them could be placed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from geo import frames, geocode
from geo.gazetteer import Gazetteer
from spaces import intake, personal, tables
from words import _, ngettext

COLUMNS = ("longitude", "latitude", "easting", "northing", "precision_m", "method", "matched", "confidence", "candidates", "reason")
"""What is added to a file's own columns, each under `geocode_` and its name, so that none of the file's is overwritten."""


@dataclass(frozen=True)
class Geocoded:
    """A file's rows in order, as its partner wrote them, with the geocode columns; and what to say of it."""

    rows: gpd.GeoDataFrame
    said: str
    left_out: tuple[str, ...]
    """Columns that hold who somebody is: a copy of those is made by nobody here."""


def geocode_file(path: Path, places: Gazetteer, within: shapely.Geometry | None, *, today: date) -> Geocoded:
    """Return a file with where each row is. `within` (EPSG:27700) is the area that its places are looked for in."""
    read = intake.read(path, today=today)
    located = geocode.place(read.records, places, coordinate_precision_m=read.profile.coordinate_precision_m, within=within)
    table, row = tables.read(path, [read.profile.sheet])
    left_out = tuple(personal.personal_columns(table.columns))
    theirs = table.drop(left_out).to_pandas().set_index(pd.Index(row, name="row")).astype("str")
    ours = located.assign(candidates=located["candidates"].map(_named))[list(COLUMNS)].add_prefix("geocode_")
    points = gpd.points_from_xy(located["longitude"], located["latitude"])
    rows = gpd.GeoDataFrame(theirs.join(ours), geometry=points, crs=frames.DEGREES)
    return Geocoded(rows, _said(located), left_out)


def _named(candidates: object) -> str | None:
    """Return candidates as text: what each is called and in which town, best first."""
    if not isinstance(candidates, list) or not candidates:
        return None
    return "; ".join(", ".join(part for part in (one["name"], one.get("town")) if part) for one in candidates)


def _said(located: pd.DataFrame) -> str:
    methods = located["method"].value_counts()
    placed = [f"{method} {count:,}" for method, count in methods.drop("none", errors="ignore").items()]
    reasons = [f"{_(str(reason))} {count:,}" for reason, count in located["reason"].value_counts().items()]
    rows = len(located)
    missing = int(methods.get("none", 0))
    said = ngettext("{count} row", "{count} rows", rows) + ": " + _("{count:,} placed", count=rows - missing)
    said += f" ({', '.join(placed)})" if placed else ""
    said += "; " + _("{count:,} not placed", count=missing)
    return said + (f" ({'; '.join(reasons)})." if reasons else ".")
