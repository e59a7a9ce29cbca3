"""Lamp faults for those who are out after dark and those who chase the works: what stands open, what is overdue, what is next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import KDTree

from briefing import safe_places, sentences
from briefing.workspace import Workspace
from spaces import access, lamp_faults
from spaces.access import Reader
from spaces.lamp_faults import Fault
from words import DataProblem, _

SAME_LAMP_M = 10.0
"""A fault noted by its position is of the lamp this near: lamps stand 25 m apart or more, and a telephone knows its place to 5 to 10 m."""

ORDER = {lamp_faults.NOTED: 0, lamp_faults.REPORTED: 1, lamp_faults.MENDED: 2, lamp_faults.LOOKED_AT: 3}


@dataclass(frozen=True)
class Open:
    """One fault as it is listed: where, its state in words, why, and the version that a next step builds on."""

    fault_id: str
    version: int
    whereabouts: str
    state: str
    overdue: bool
    reason: str
    noted: str


def listed(workspace: Workspace, reader: Reader, today: date) -> list[Open]:
    """Return every fault: the overdue ones first, then by how far they have come, the oldest of each first."""
    access.check_see_lamp_faults(reader)
    rows = lamp_faults.newest(workspace.register)
    found = rows.join(lamp_faults.states(rows, safe_places.read_on(workspace, today)))
    found = found.assign(rank=found["state"].map(ORDER).where(~found["overdue"], -1)).sort_values(["rank", "noted_on"])
    return [
        Open(
            str(fault_id), int(row["version"]), row["whereabouts"], row["state"], bool(row["overdue"]), row["reason"],
            _("Seen on {day}: {who}.", who=row["noted_by"], day=sentences.day(row["noted_on"])),
        )
        for fault_id, row in zip(found.index, found.to_dict("records"), strict=True)
    ]  # fmt: skip


def failed(workspace: Workspace, lamps: gpd.GeoDataFrame, on: date) -> pd.Index[str]:
    """Return which of these lamps count as failed on a day by what was noted: by their id, or within `SAME_LAMP_M` of a fault's position.

    `lamps` are points in EPSG:27700. What is noted here goes before what a council's list says of the same lamp.
    """
    rows = lamp_faults.newest(workspace.register)
    by_id = lamp_faults.failed_lamps(rows, on)
    placed = rows[(rows["lamp_id"] == "") & rows["easting"].notna()]
    placed = placed[lamp_faults.stands_open(placed, on)]
    near = lamps.index[[]]
    if len(lamps) and len(placed):
        apart, nearest = KDTree(shapely.get_coordinates(lamps.geometry.to_numpy())).query(placed[["easting", "northing"]].to_numpy(float))
        near = lamps.index[np.unique(np.asarray(nearest)[np.asarray(apart) <= SAME_LAMP_M])]
    found: pd.Index[str] = lamps.index[lamps.index.isin(by_id) | lamps.index.isin(near)]
    return found


def note(workspace: Workspace, reader: Reader, fault: Fault, *, near: str = "", today: date, origin: str) -> str:
    """Note a fault and return its id. `near` is the id of a named place that it is in or by, whose name then goes before the words."""
    access.check_note_lamp_faults(reader)
    if near and near not in workspace.places.index:
        raise DataProblem("That place is no longer on the map. Choose it again from the list.")
    if not (near or fault.lamp_id or fault.easting is not None or fault.northing is not None):
        raise DataProblem("Say where the lamp is: choose the place that it is in or near, or give its easting and northing in metres.")
    if (
        fault.easting is not None
        and fault.northing is not None
        and not shapely.intersects_xy(workspace.area, fault.easting, fault.northing)
    ):
        raise DataProblem("That position is not inside the area. Check it, in metres of the National Grid.")
    if near and fault.whereabouts.strip():
        fault = replace(fault, whereabouts=f"{workspace.places.loc[near, 'name']}: {fault.whereabouts}")
    return lamp_faults.note(
        workspace.register, reader, fault, today=safe_places.latest_day(workspace, today), places=safe_places.place_names(workspace),
        origin=origin,
    )  # fmt: skip


def report(workspace: Workspace, reader: Reader, fault: Open, *, works_reference: str, on: date, today: date, origin: str) -> None:
    """Write down that the works were told, and their reference."""
    lamp_faults.report(
        workspace.register, reader, fault.fault_id, seen=fault.version, works_reference=works_reference, on=on,
        today=safe_places.latest_day(workspace, today), origin=origin,
    )  # fmt: skip


def mend(workspace: Workspace, reader: Reader, fault: Open, *, on: date, today: date, origin: str) -> None:
    """Write down that the works say it is mended."""
    latest = safe_places.latest_day(workspace, today)
    lamp_faults.mend(workspace.register, reader, fault.fault_id, seen=fault.version, on=on, today=latest, origin=origin)


def look_again(workspace: Workspace, reader: Reader, fault: Open, *, on: date, by: str, found: str, today: date, origin: str) -> None:
    """Write down what was found after dark."""
    lamp_faults.look_again(
        workspace.register, reader, fault.fault_id, seen=fault.version, on=on, by=by, found=found,
        today=safe_places.latest_day(workspace, today), origin=origin,
    )  # fmt: skip
