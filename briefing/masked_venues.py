"""Venues that no map may give away: the data steward masks them, and every answer counts what is recorded there without mapping it."""

from __future__ import annotations

import h3
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import KDTree

from briefing import keeping
from briefing.workspace import Workspace
from geo import cells, frames, geocode
from geo.cells import Cells
from geo.gazetteer import Gazetteer
from spaces import access, masked
from spaces.access import Reader
from spaces.audit import AuditEvent
from words import DataProblem

ROUND_ABOUT = range(4, 40, 3)
"""Rings of cells to draw ordinary ones from, near before far: 4 rings reach half a kilometre, 40 five."""

TO_CHOOSE_FROM = 5 * masked.CELLS_IN_A_LIST
"""Few cells to draw from would be drawn again for the venue next door, and tell by being drawn twice which are not it."""

BEYOND_A_CELL_M = h3.average_hexagon_edge_length(masked.RESOLUTION, unit="m")
"""What is placed more roughly than this may be farther away than in the next cell."""


def count(workspace: Workspace, reader: Reader) -> int:
    """Return how many venues are masked: all that anybody is told of them."""
    access.check_keep_register(reader)
    return masked.count(workspace.register)


def add(workspace: Workspace, reader: Reader, *, postcode: str = "", easting: float | None = None, northing: float | None = None,
        origin: str) -> str:  # fmt: skip
    """Mask the venue at a postcode or a position in metres (EPSG:27700), and return the number by which it can be let go again."""
    access.check_keep_register(reader)
    given = pd.DataFrame({"postcode": [postcode or None], "easting": [easting], "northing": [northing]})
    found = geocode.place(given, workspace.gazetteer).iloc[0]
    if found["method"] == "none" or not shapely.intersects_xy(workspace.area, found["easting"], found["northing"]):
        raise DataProblem("No place in this area is found there. Give the venue's postcode, or its easting and northing in metres.")
    at = cells.from_points([found["longitude"]], [found["latitude"]], masked.RESOLUTION)[0]
    audit = AuditEvent(reader.name, "venue masked", "data steward", origin)
    keys = keeping.open_keys(workspace)
    return masked.add_venue(workspace.register, keys, int(at), _ordinary(workspace, int(at)), np.random.default_rng(), audit=audit)


def remove(workspace: Workspace, reader: Reader, venue_id: str, *, origin: str) -> None:
    """Let a venue go that is no longer one."""
    access.check_keep_register(reader)
    masked.remove_venue(workspace.register, venue_id, audit=AuditEvent(reader.name, "venue unmasked", "data steward", origin))


def on_no_map(workspace: Workspace, records: pd.DataFrame) -> pd.Series:
    """Say which records lie where nothing is mapped: in a masked cell, next to one, or so roughly placed that they may be in one.

    A house snapped to a grid of 100 m, or a postcode's centre, is often in the cell next door; and what is placed to a park or a
    street would be drawn right beside the venue.
    """
    if not masked.count(workspace.register):
        return pd.Series(data=False, index=records.index)
    hidden = masked.masked_cells(workspace.register, keeping.open_keys(workspace))
    near = {h3.str_to_int(one) for cell in hidden.tolist() for one in h3.grid_disk(h3.int_to_str(cell), 1)}
    its = cells.from_points(records["longitude"], records["latitude"], masked.RESOLUTION)
    found = pd.Series(np.isin(its, np.fromiter(near, np.uint64)), index=records.index)
    rough = records[(records["precision_m"] > BEYOND_A_CELL_M) & records["easting"].notna()]
    apart, _nearest = KDTree(_centres(hidden)).query(rough[["easting", "northing"]].to_numpy(float))
    found[rough.index[apart <= rough["precision_m"]]] = True
    return found


def in_a_masked_cell(workspace: Workspace, at: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which positions (metres) lie in a masked cell itself: next to one there may be a library that children need to find."""
    if not len(at) or not masked.count(workspace.register):
        return np.zeros(len(at), dtype=bool)
    hidden = masked.masked_cells(workspace.register, keeping.open_keys(workspace))
    return np.isin(cells.from_points(*frames.points_in_degrees(at[:, 0], at[:, 1]), masked.RESOLUTION), hidden)


def _ordinary(workspace: Workspace, cell: int) -> Cells:
    """Return the cells round about in which such a venue could be: those of the area in which there are postcodes, else any of it."""
    area, places = workspace.area, workspace.gazetteer
    lived_in = _lived_in(places, area) if places else np.array([], np.uint64)
    for rings in ROUND_ABOUT:
        near = np.array([h3.str_to_int(one) for one in h3.grid_disk(h3.int_to_str(cell), rings)], np.uint64)
        chosen = np.intersect1d(near, lived_in)
        if len(chosen) >= TO_CHOOSE_FROM:
            return chosen
    return near[shapely.contains_xy(area, *_centres(near).T)]


def _centres(of: Cells) -> NDArray[np.float64]:
    """Return the centre of each cell in metres."""
    degrees = np.array([h3.cell_to_latlng(h3.int_to_str(one))[::-1] for one in of.tolist()])
    return np.column_stack(frames.points_in_metres(degrees[:, 0], degrees[:, 1]))


def _lived_in(places: Gazetteer, area: shapely.Geometry) -> Cells:
    easting, northing = (places.postcodes[name].to_numpy().astype(float) for name in ("easting", "northing"))
    inside = shapely.contains_xy(area, easting, northing)
    return np.unique(cells.from_points(*frames.points_in_degrees(easting[inside], northing[inside]), masked.RESOLUTION))
