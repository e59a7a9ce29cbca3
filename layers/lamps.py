"""Street lamps with the hours they burn: from a council's list and, where it has none near, from the map.

Times are minutes of the local day. What a council writes of its lamps is read by what it says; what is not understood is unknown, and told.
"""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo import frames
from layers import lighting, tables
from layers.lamp_regimes import GONE, Regime, doubtful_faults, read_regimes
from words import N_, _, ngettext

COUNCIL, COUNCIL_COMPLETE, OF_MAP = "council", "council_complete", "map"
"""Where a lamp is known from (`origin`): a council's list, a list that was declared to hold every lamp whoever owns it, or the map.

Only the second says anything of ground without a lamp: main roads, estates, parishes and canals have lamps that are on no council's list.
"""

FIELDS: Mapping[str, tuple[str, ...]] = {
    "regime": ("regime", "switch regime", "switching regime", "burning regime", "lighting regime", "switching", "burning hours", "hours"),
    "status": ("status", "lamp status", "condition", "working"),
    "height": ("mounting height", "height", "column height", "height m", "mounting height m"),
    "wattage": ("wattage", "watts", "lamp wattage", "watt"),
    "ref": (
        "column number", "lamp number", "column no", "lamp no", "unit no", "unit number", "unit id", "lamp ref",
        "lamp reference", "lamp id", "column ref", "column id", "asset no", "asset id", "asset number", "ref", "reference", "column",
        "unit",
    ),
}  # fmt: skip
"""What is read of a council's lamp, and the headings it is known by without being told."""

COLUMNS: tables.Columns = {
    "name": "text",
    "name_cy": "text",
    "ref": "text",
    "kind": "text",
    "state": "text",
    "reason": "text",
    "regime_said": "text",
    "off_from_min": "number",
    "off_until_min": "number",
    "dimmed_from_min": "number",
    "dimmed_until_min": "number",
    "dimmed_to_percent": "number",
    "height_m": "number",
    "wattage_w": "number",
    "origin": "text",
}

SAME_LAMP_M = 5.0
"""A lamp on the map this near one of the council's is that one: either is good for a few metres, and columns stand 20 m apart and more."""

MOST_SAID = 5


def from_council(places: gpd.GeoDataFrame, *, complete: bool = False) -> gpd.GeoDataFrame:
    """Return the lamps of a council's file (`council.read` with FIELDS) as a table (COLUMNS), indexed `lamp/` and the number of its row.

    A status that says it failed or was removed counts before the regime; one that says so and undoes it ("Faulty - repaired") leaves the
    lamp unknown, and is told. `complete`: the list was declared to hold every lamp there is, whoever owns it.
    """
    frames.check_metres(places)
    regimes, said = read_regimes(places["regime"]), places["regime"]
    status, doubtful = read_regimes(places["status"]), doubtful_faults(places["status"])
    counts = status["state"].isin(GONE) | doubtful
    regimes, said = regimes.where(~counts, status), said.where(~doubtful, places["status"])
    located = gpd.GeoSeries(places.geometry.to_numpy(), index="lamp/" + places.index.astype("str"), crs=places.crs)
    origin = COUNCIL_COMPLETE if complete else COUNCIL
    return _table(located, places["ref"], regimes, said, _height_m(places["height"]), _number(places["wattage"]), origin)


def from_osm(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the street lamps among an extract's points (EPSG:27700) as a table (COLUMNS)."""
    frames.check_metres(points)
    found = points[points["highway"] == "street_lamp"]
    lit = found["lit"].fillna("").str.strip().str.lower()
    hours = found["opening_hours"].fillna("").str.strip()
    said = lit.where(lit != "", hours)
    plain = said.mask(said.isin(lighting.ALL_NIGHT), "all night").mask(said.isin(lighting.PART_OF_NIGHT), "part night")
    plain = plain.mask(said.isin(lighting.NOT_LIT) | (found["disused"] == "yes"), "not working")
    has_hours = plain.str.contains(lighting.HOURS, regex=True)
    regimes = read_regimes(plain.mask(has_hours, "on " + plain))
    return _table(found.geometry, found["ref"], regimes, said, _height_m(found["height"]), np.nan, OF_MAP)


def together(council: gpd.GeoDataFrame, osm: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the council's lamps, and those of the map that are no nearer than SAME_LAMP_M to one of them."""
    if council.empty or osm.empty:
        return osm if council.empty else council
    apart_m, _nearest = cKDTree(_xy(council)).query(_xy(osm), distance_upper_bound=SAME_LAMP_M)
    both = pd.concat([council, osm[np.isinf(apart_m)]])
    return tables.table(both.geometry, COLUMNS, **{name: both[name] for name in COLUMNS})


def burning(lamps: gpd.GeoDataFrame, minute_of_day: int) -> pd.Series[str]:
    """Say of each lamp whether it burns at a minute of the local day, which must be in the dark: lit, unlit or unknown.

    A lamp whose hours nobody recorded is unknown in `lighting.QUIET_HOURS_MIN`, and taken to burn in the rest of the dark.
    """
    return pd.Series(np.array(lighting.STATES)[burning_codes(lamps, minute_of_day)], index=lamps.index, dtype="str")


def burning_codes(lamps: pd.DataFrame, minute_of_day: int) -> NDArray[np.int8]:
    """Return what `burning` says as places in `lighting.STATES`: 0 lit, 1 unlit, 2 unknown."""
    lit, unlit, unknown = np.int8(0), np.int8(1), np.int8(2)
    state = lamps["state"].to_numpy()
    off_from, off_until = lamps["off_from_min"].to_numpy(), lamps["off_until_min"].to_numpy()
    is_off = np.where(
        off_from <= off_until,
        (off_from <= minute_of_day) & (minute_of_day < off_until),
        (off_from <= minute_of_day) | (minute_of_day < off_until),
    )
    quiet = lighting.is_quiet(minute_of_day)
    cases = [np.isin(state, GONE), without_hours(lamps), is_off]
    return np.select(cases, [unlit, unknown if quiet else lit, unlit], default=lit).astype(np.int8)


def without_hours(lamps: pd.DataFrame) -> NDArray[np.bool_]:
    """Say which lamps burn at hours that nobody recorded."""
    state = lamps["state"].to_numpy()
    return np.asarray((state == "unknown") | ((state == "part_night") & np.isnan(lamps["off_from_min"].to_numpy(float))), bool)


def not_understood(lamps: gpd.GeoDataFrame) -> list[str]:
    """Say which regimes are not understood here and how many lamps have each, the most frequent first."""
    odd = lamps.loc[(lamps["state"] == "unknown") & (lamps["regime_said"] != ""), "regime_said"].value_counts()
    told = [
        ngettext("{count} lamp says “{said}”, which is not understood here", "{count} lamps say “{said}”, which is not understood here",
                 int(count), said=said[:60])
        for said, count in odd.head(MOST_SAID).items()
    ]  # fmt: skip
    rest = int(odd.iloc[MOST_SAID:].sum())
    if rest:
        told.append(ngettext("{count} more lamp has another", "{count} more lamps have others", rest))
    return told


def _table(
    located: gpd.GeoSeries, ref: pd.Series[str], regimes: pd.DataFrame, said: pd.Series[str], height_m: object, wattage_w: object,
    origin: str,
) -> gpd.GeoDataFrame:  # fmt: skip
    ref = ref.fillna("").str.strip()
    columns = {
        "name": pd.Series([_("Lamp {ref}", ref=each) if each else "" for each in ref]), "name_cy": "", "ref": ref,
        "kind": N_("Street lamp"),
        **{name: regimes[name] for name in Regime.__dataclass_fields__},
        "regime_said": said, "height_m": height_m, "wattage_w": wattage_w, "origin": origin,
    }  # fmt: skip
    placed = {name: each.set_axis(located.index) if isinstance(each, pd.Series) else each for name, each in columns.items()}
    return tables.table(located, COLUMNS, **placed)


def _height_m(text: pd.Series[str]) -> pd.Series[float]:
    """Return the height in each text, missing where there is none that a lamp can have."""
    height_m = _number(text)
    return height_m.where(height_m.between(1, 40))


def _number(text: pd.Series[str]) -> pd.Series[float]:
    """Return the first number in each text: `6m` is 6; NaN where there is none."""
    return pd.to_numeric(text.astype("str").str.extract(r"(\d{1,4}(?:\.\d{1,3})?)")[0], errors="coerce").astype("float64")


def _xy(frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    return np.column_stack([frame.geometry.x, frame.geometry.y])
