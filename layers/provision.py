"""Youth provision: where young people can go and do something, from the council's own list."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd

from geo import frames
from layers import tables
from words import N_, DataProblem

FIELDS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "provision", "club", "activity", "title", "project", "group"),
    "name_cy": ("name cy", "welsh name", "name welsh", "enw"),
    "kind": ("kind", "type", "category"),
    "opening_hours": ("opening hours", "hours", "times", "session times", "when", "open"),
    "ages": ("ages", "age", "age range", "age group"),
    "cost": ("cost", "price", "fee", "charge"),
    "languages": ("languages", "language"),
    "transport": ("transport", "getting there", "travel"),
}
"""What is read of a council's list (`council.read`), and the headings it is known by without being told."""

KIND = N_("Youth provision")
"""What it is, where the list does not say."""

STATES = ("hours_recorded", "hours_not_recorded")

REASONS = {
    "hours_recorded": N_("On the council's list, with its hours."),
    "hours_not_recorded": N_("On the council's list. Its hours are not recorded: ring before you send anybody."),
}

COLUMNS: tables.Columns = {
    "name": "text", "name_cy": "text", "kind": "text", "state": "text", "reason": "text", "opening_hours": "text", "ages": "text",
    "cost": "text", "languages": "text", "transport": "text",
}  # fmt: skip


def provision(listed: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the youth provision of a council's file (`council.read` with FIELDS) as a table (COLUMNS), indexed `provision/` and its row.

    Takes places in EPSG:27700 with a text column for each field, empty or missing where it is not told; hours, ages, cost, languages
    and transport stay as they are told. Of an area a point inside stands for it. A row without a place is left out. `state` says
    whether the hours are told.

    Raises DataProblem where no row has a name, which is a column that was not recognised.
    """
    frames.check_metres(listed)
    told = listed[list(FIELDS)].apply(lambda column: column.astype("str").fillna("").str.replace(r"\s+", " ", regex=True).str.strip())
    if not (told["name"] != "").any():
        raise DataProblem("No row of the list of youth provision has a name. Say which column holds it, such as name=Club.")
    placed = ~(listed.geometry.isna() | listed.geometry.is_empty)
    told = told[placed].set_axis("provision/" + listed.index[placed].astype("str"))
    points = gpd.GeoSeries(listed.geometry[placed].representative_point().to_numpy(), index=told.index, crs=listed.crs)
    state = told["opening_hours"].ne("").map({True: STATES[0], False: STATES[1]})
    kind = told["kind"].where(told["kind"] != "", KIND)
    return tables.table(points, COLUMNS, **{**told, "kind": kind}, state=state, reason=state.map(REASONS))
