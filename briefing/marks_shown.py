"""Which marks of safety maps a reader is shown: those of sessions they may see, and none where nothing is mapped but those they drew.

A mark in a masked cell is accepted like any other, and looks like any other to the worker whose session it is of: were it refused, or did
it vanish, whoever tries marks could list the masked cells. Nobody else is shown it, and for nobody else it counts.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from briefing import masked_venues
from briefing.workspace import Workspace
from geo import cells, frames
from spaces import masked, safety_maps, youth_sessions
from spaces.access import Reader
from spaces.safety_maps import Mark


def of_ids(workspace: Workspace, reader: Reader, session_ids: list[str]) -> pd.DataFrame:
    """Return the marks of some sessions that a reader is shown, in the order they were drawn, by id; see `safety_maps.newest`."""
    rows = youth_sessions.newest(workspace.register)
    return of_sessions(workspace, reader, rows[rows.index.isin(session_ids)])


def of_sessions(workspace: Workspace, reader: Reader, sessions: pd.DataFrame) -> pd.DataFrame:
    """Return the same of sessions by their rows that count, whichever of them the reader may see."""
    own = {
        str(session_id): youth_sessions.is_own(row, reader)
        for session_id, row in zip(sessions.index, sessions.to_dict("records"), strict=True)
        if youth_sessions.may_see(row, reader)
    }
    rows = safety_maps.newest(workspace.register, own)
    return rows[rows["session_id"].map(own).astype("bool") | ~_where_nothing_is_mapped(workspace, rows)]


def points(mark: Mark) -> NDArray[np.float64]:
    """Return the points of a route, or the middles of hexagons, in metres."""
    if not mark.hexagons:
        return np.array(mark.route, float).reshape(-1, 2)
    middle = frames.in_metres(cells.outlines(np.unique(np.array(mark.hexagons, np.uint64)))).centroid
    return np.column_stack([middle.x, middle.y])


def _where_nothing_is_mapped(workspace: Workspace, rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Say which marks reach into a masked cell."""
    if not masked.count(workspace.register):
        return np.zeros(len(rows), dtype=bool)
    at = [points(Mark("", tuple(int(cell, 16) for cell in text.split()), _route(text, shape)))
          for text, shape in zip(rows["cells"], shapely.from_wkb(rows["shape"].to_numpy()), strict=True)]  # fmt: skip
    hidden = masked_venues.in_a_masked_cell(workspace, np.vstack([np.empty((0, 2)), *at]))
    return np.isin(np.arange(len(rows)), np.repeat(np.arange(len(rows)), [len(some) for some in at])[hidden])


def _route(hexagons: str, shape: shapely.Geometry) -> tuple[tuple[float, float], ...]:
    return () if hexagons else tuple((float(x), float(y)) for x, y in shapely.get_coordinates(shape))
