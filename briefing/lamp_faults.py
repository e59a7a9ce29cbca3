"""Lamp faults for those who are out after dark and those who chase the works: what stands open, what is overdue, what is next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import KDTree

from briefing import placing, sentences
from briefing.workspace import Workspace
from layers.placing import LETTERS
from layers.scene import Scene
from spaces import access, lamp_faults
from spaces.access import Reader
from spaces.lamp_faults import Fault
from words import DataProblem, _

SAME_LAMP_M = 10.0
"""A fault noted by its position is of the lamp this near: lamps stand 25 m apart or more, and a telephone knows its place to 5 to 10 m."""

TOUCH_M = 40.0
"""How far from a touch of the map lamps are offered: a thumb on a map of some streets covers as much, and there lamps stand 25 m apart."""

BEFORE_A_NUMBER = frozenset({"lamp", "lamps", "lamppost", "post", "column", "unit", "light", "no", "nr", "number"})
"""Words after which digits are a lamp's number."""

_WORD = re.compile(r"[^\W_]+")

ORDER = {lamp_faults.NOTED: 0, lamp_faults.REPORTED: 1, lamp_faults.MENDED: 2, lamp_faults.LOOKED_AT: 3}


@dataclass(frozen=True)
class Lamp:
    """A lamp of the map that may be meant, in words: its number, and the named place that it stands in or by."""

    lamp_id: str
    words: str
    easting: float
    northing: float


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
    found = rows.join(lamp_faults.states(rows, workspace.read_on(today)))
    lost = (of_lamps(workspace, workspace.layer("lamps")).rows["lamp"] == "") & (found["state"] != lamp_faults.LOOKED_AT)
    found["reason"] += lost.map({True: " " + _("No lamp on the map is known to be this one, so it is not shown there."), False: ""})
    found = found.assign(rank=found["state"].map(ORDER).where(~found["overdue"], -1)).sort_values(["rank", "noted_on"])
    return [
        Open(
            str(fault_id), int(row["version"]), row["whereabouts"], row["state"], bool(row["overdue"]), row["reason"],
            _("Seen on {day}: {who}.", who=row["noted_by"], day=sentences.day(row["noted_on"])),
        )
        for fault_id, row in zip(found.index, found.to_dict("records"), strict=True)
    ]  # fmt: skip


@dataclass(frozen=True)
class OfLamps:
    """The newest row of each fault with the `lamp` on the map that it is of (empty: none that is known)."""

    rows: pd.DataFrame

    def failed(self, on: date) -> pd.Index[str]:
        """Return the lamps that count as failed on a day: noted by then, and not mended by then."""
        return self._lamps(lamp_faults.stands_open(self.rows, on))

    def seen_lit(self, on: date) -> pd.Index[str]:
        """Return the lamps that were mended and then seen lit after dark by a day."""
        states = lamp_faults.states(self.rows, on)["state"]
        return self._lamps((states == lamp_faults.LOOKED_AT) & self.rows["looked_on"].map(lambda day: day is not None and day <= on))

    def _lamps(self, which: pd.Series[bool]) -> pd.Index[str]:
        lamps = self.rows.loc[which.astype(bool), "lamp"]
        found: pd.Index[str] = pd.Index(lamps[lamps != ""].unique(), dtype="str", name="feature_id")
        return found


def of_lamps(workspace: Workspace, lamps: gpd.GeoDataFrame) -> OfLamps:
    """Say of which of these lamps (points in EPSG:27700) each fault is."""
    rows = lamp_faults.newest(workspace.register)
    return OfLamps(rows.assign(lamp=_lamp_of(rows, lamps)))


def _lamp_of(rows: pd.DataFrame, lamps: gpd.GeoDataFrame) -> pd.Series[str]:
    """Return the lamp of each fault: by its id, else the nearest within SAME_LAMP_M of its position, else the one number in its words."""
    found = rows["lamp_id"].where(rows["lamp_id"].isin(lamps.index), "").astype("object")
    placed = (found == "") & rows["easting"].notna() & rows["northing"].notna()
    if len(lamps) and placed.any():
        tree = KDTree(shapely.get_coordinates(lamps.geometry.to_numpy()))
        apart, nearest = tree.query(rows.loc[placed, ["easting", "northing"]].to_numpy(float))
        found[placed] = np.where(apart <= SAME_LAMP_M, lamps.index.to_numpy(object)[nearest], "")
    told = (found == "") & rows["easting"].isna() & (rows["lamp_id"] == "")
    if "ref" in lamps and told.any():
        by_number = _by_number(lamps["ref"])
        found[told] = np.array([_named(words, by_number) for words in rows.loc[told, "whereabouts"]], dtype=object)
    return found.astype("str")


def _by_number(ref: pd.Series[str]) -> dict[str, str]:
    """Return the lamp of each number that only one has, written without spaces and signs."""
    plain = ref.map(lambda text: "".join(_WORD.findall(text.casefold())))
    plain = plain[plain.str.contains(r"\d", regex=True)]
    once = plain[~plain.duplicated(keep=False)]
    return {number: str(lamp) for lamp, number in once.items()}


def _named(words: str, by_number: Mapping[str, str]) -> str:
    """Return the lamp whose number stands in the words, where that is one lamp; empty where it is not.

    A number of digits alone may be a house's: it counts after a word such as "lamp", or where there are no other words.
    """
    said = _WORD.findall(words.casefold())
    alone = _WORD.findall(words.rpartition(": ")[2].casefold())
    found = set()
    for length in (1, 2, 3):
        for at in range(len(said) - length + 1):
            number = "".join(said[at : at + length])
            named = at > 0 and said[at - 1] in BEFORE_A_NUMBER
            if number in by_number and (not number.isdigit() or (length == 1 and (named or alone == [number]))):
                found.add(by_number[number])
    return found.pop() if len(found) == 1 else ""


def lamps_near(workspace: Workspace, longitude: float, latitude: float) -> list[Lamp]:
    """Return the lamps that a touch of the map may mean, the nearest first, as many as the map has letters for."""
    touched = shapely.Point(*placing.at(longitude, latitude))
    lamps = workspace.layer("lamps")
    within = lamps.iloc[lamps.sindex.query(touched, predicate="dwithin", distance=TOUCH_M)]
    nearest_first = within.iloc[np.argsort(shapely.distance(within.geometry.to_numpy(), touched), kind="stable")].head(len(LETTERS))
    return [_lamp(workspace, str(lamp_id), row) for lamp_id, row in nearest_first.iterrows()]


def scene(workspace: Workspace, found: list[Lamp], touched: tuple[float, float] | None) -> Scene:
    """Return a map to touch, with lamps that may be meant on it, each under its letter, and a pin (metres) where it was touched."""
    return placing.lettered(workspace, [lamp.words for lamp in found], [(lamp.easting, lamp.northing) for lamp in found], touched)


def _lamp(workspace: Workspace, lamp_id: str, row: pd.Series) -> Lamp:
    at = row["geometry"]
    places = workspace.places
    beside = places.iloc[places.sindex.query(at, predicate="dwithin", distance=TOUCH_M)]
    by = sentences.name_of(beside.iloc[int(np.argmin(shapely.distance(beside.geometry.to_numpy(), at)))]) if len(beside) else ""
    words = _("lamp {number}", number=row["ref"]) if row["ref"] else _("a lamp without a number")
    return Lamp(lamp_id, f"{by}: {words}" if by else words, at.x, at.y)


def note(workspace: Workspace, reader: Reader, fault: Fault, *, near: str = "", today: date, origin: str) -> str:
    """Note a fault and return its id. `near` is the id of a named place that it is in or by, whose name then goes before the words."""
    access.check_note_lamp_faults(reader)
    place = workspace.named_place(near) if near else None
    lamps = workspace.layer("lamps")
    if fault.lamp_id in lamps.index and not fault.whereabouts.strip():
        fault = replace(fault, whereabouts=_lamp(workspace, fault.lamp_id, lamps.loc[fault.lamp_id]).words)
    if not (near or fault.lamp_id or fault.easting is not None or fault.northing is not None):
        raise DataProblem("Say where the lamp is: choose the place that it is in or near, or give its easting and northing in metres.")
    workspace.check_inside(fault.easting, fault.northing)
    if place is not None and fault.whereabouts.strip():
        fault = replace(fault, whereabouts=f"{place['name']}: {fault.whereabouts}")
    return lamp_faults.note(
        workspace.register, reader, fault, today=workspace.latest_day(today), places=workspace.place_names,
        same=_of_the_same_lamp(workspace, fault), origin=origin,
    )  # fmt: skip


def _of_the_same_lamp(workspace: Workspace, fault: Fault) -> frozenset[str]:
    """Return the faults that are of the lamp that this one is of or, where it is of none that is known, that were noted beside it."""
    lamps = workspace.layer("lamps")
    rows = of_lamps(workspace, lamps).rows
    lamp = _lamp_of(pd.DataFrame([fault.__dict__]).astype({"lamp_id": "str", "easting": "float64", "northing": "float64"}), lamps).iloc[0]
    same = rows["lamp"] == lamp
    if not lamp:
        east_m, north_m = (rows[axis].astype("float64") - (getattr(fault, axis) or np.nan) for axis in ("easting", "northing"))
        apart_m = np.hypot(east_m, north_m)
        same &= apart_m <= SAME_LAMP_M
    return frozenset(rows.index[same])


def report(workspace: Workspace, reader: Reader, fault: Open, *, works_reference: str, on: date, today: date, origin: str) -> None:
    """Write down that the works were told, and their reference."""
    lamp_faults.report(
        workspace.register, reader, fault.fault_id, seen=fault.version, works_reference=works_reference, on=on,
        today=workspace.latest_day(today), origin=origin,
    )  # fmt: skip


def mend(workspace: Workspace, reader: Reader, fault: Open, *, on: date, today: date, origin: str) -> None:
    """Write down that the works say it is mended."""
    latest = workspace.latest_day(today)
    lamp_faults.mend(workspace.register, reader, fault.fault_id, seen=fault.version, on=on, today=latest, origin=origin)


def look_again(workspace: Workspace, reader: Reader, fault: Open, *, on: date, by: str, found: str, today: date, origin: str) -> None:
    """Write down what was found after dark."""
    lamp_faults.look_again(
        workspace.register, reader, fault.fault_id, seen=fault.version, on=on, by=by, found=found,
        today=workspace.latest_day(today), origin=origin,
    )  # fmt: skip
