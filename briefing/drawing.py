"""A place drawn on the map by touch, corner after corner: the outline, what the map shows meanwhile, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd
import shapely

from briefing import sentences
from briefing.space_words import overlap_sentence, size
from briefing.workspace import Workspace
from geo import frames
from layers.catalogue import DRAWING_LAYERS
from layers.scene import Scene, map_scene
from spaces import access, space
from spaces.access import Reader
from words import DataProblem, _, ngettext

LISTED, AREA, EDGES, CORNERS = "listed_places", "drawn_area", "drawn_edges", "drawn_corners"

FEWEST_CORNERS, MOST_CORNERS = 3, 100
"""With fewer there is no area; with more, somebody traces every bush, and nobody can say later what was meant."""

SAME_CORNER_M = 1.0
"""A second touch as near as this is a finger that trembled or a double click, not the next corner."""

LEAST_ROUND_M, SHARE_ROUND = 80.0, 0.4
"""How much round a place is shown to draw it anew: of its longer side, and never less than the street it is in."""


@dataclass(frozen=True)
class Draft:
    """What is drawn so far and not kept yet: corners in EPSG:27700 metres, in the order they were touched. It closes by itself."""

    corners: tuple[tuple[float, float], ...] = ()

    @property
    def shape(self) -> shapely.Polygon | None:
        """The outline that the corners make, whether or not it crosses itself; None with too few."""
        return shapely.Polygon(self.corners) if len(self.corners) >= FEWEST_CORNERS else None

    @property
    def crosses(self) -> bool:
        """Whether the line from corner to corner crosses itself already, so that no further corner can mend it."""
        return len(self.corners) > FEWEST_CORNERS and not shapely.is_simple(shapely.LineString(self.corners))


def picked(draft: Draft, layer_id: str, key: str, longitude: float, latitude: float) -> Draft:
    """Return the draft after a touch (WGS84 degrees): the next corner; on one that is there already, the draft without it.

    The first corner stays where it closes the outline: people touch it to say that they are done.
    """
    if layer_id == CORNERS and key.isdecimal() and int(key) < len(draft.corners):
        at = int(key)
        done = at == 0 and draft.shape is not None
        return draft if done else Draft(draft.corners[:at] + draft.corners[at + 1 :])
    easting, northing = frames.points_in_metres([longitude], [latitude])
    corner = (round(float(easting[0]), 1), round(float(northing[0]), 1))
    near = draft.corners and shapely.distance(shapely.Point(corner), shapely.Point(draft.corners[-1])) < SAME_CORNER_M
    return draft if near or len(draft.corners) >= MOST_CORNERS else Draft((*draft.corners, corner))


def undone(draft: Draft) -> Draft:
    """Return a draft without its last corner."""
    return Draft(draft.corners[:-1])


def outline(draft: Draft) -> shapely.Polygon:
    """Return the outline of a draft to be kept; DataProblem where it is none yet, crosses itself or is too large."""
    if draft.shape is None:
        raise DataProblem("Draw the place first: touch at least three corners of it on the map.")
    if (problem := space.boundary_problem(draft.shape)) is not None:
        raise problem
    return draft.shape


def said(
    workspace: Workspace, reader: Reader, draft: Draft, *, besides: tuple[str, ...] = (), cuts: shapely.Geometry | None = None
) -> str:  # fmt: skip
    """Say what is drawn so far: how many corners, how large, what other places it shares ground with, or what is wrong with it.

    Where it cuts a part out of something (`cuts`, in metres), how large that part is instead.
    """
    access.check_see_counts(reader)
    count, shape = len(draft.corners), draft.shape
    if not count:
        return _("Nothing is drawn yet.")
    drawn = ngettext("{count} corner.", "{count} corners.", count)
    if shape is None:
        return drawn
    if draft.crosses:
        return str(space.boundary_problem(shape) or drawn)
    if not shapely.is_valid(shape):
        return drawn + " " + _("The line back to the first corner still crosses the outline. Go on round the place.")
    if (problem := space.boundary_problem(shape)) is not None:
        return str(problem)
    if cuts is not None:
        part = size(shapely.intersection(shape, cuts))
        return drawn + " " + _("The part in it is about {part}, of {whole}.", part=part, whole=size(cuts))
    overlaps = overlap_sentence(space.newest(workspace.register), shape, besides=besides)
    return " ".join(part for part in (drawn, _("About {size}.", size=size(shape)), overlaps) if part)


def scene(
    workspace: Workspace, reader: Reader, ground: Scene, draft: Draft, *, this: str = "", near: shapely.Geometry | None = None
) -> Scene:  # fmt: skip
    """Return a map of the area (`ground`) with the places in the list, what is drawn so far, and no records.

    The place whose id is `this` is picked out among them. With `near`, in metres, the map shows what lies round it.
    """
    access.check_see_counts(reader)
    marked = {name: frame for name, frame in (_listed(workspace, this), *_drawn(draft).items()) if len(frame)}
    over = map_scene(area=workspace.area, ground={}, overlays=marked, cells=None, records=DRAWING_LAYERS)
    layers = (*ground.layers, *(layer for layer in over.layers if layer.layer_id in marked))
    explained = tuple(entry for entry in over.legend if entry.layer_id == LISTED)  # what one draws oneself needs no key, but room
    return replace(ground, layers=layers, legend=explained, bounds=ground.bounds if near is None else _bounds(near))


def _listed(workspace: Workspace, this: str) -> tuple[str, gpd.GeoDataFrame]:
    rows = space.newest(workspace.register)
    rows = rows[rows["boundary"].notna() & ((~rows["status"].isin([space.CLOSED, space.MERGED])) | (rows.index == this))]
    names = sentences.names_of(rows)
    states = ["this" if one == this else "other" for one in rows.index]
    frame = gpd.GeoDataFrame({"state": states, "name": names, "reason": names}, geometry=space.boundaries(rows), index=rows.index)
    return LISTED, frame.sort_values("state", kind="stable")  # the one that is drawn anew lies above the others


def _drawn(draft: Draft) -> Mapping[str, gpd.GeoDataFrame]:
    """Return what is drawn so far by layer: its ground, the line from corner to corner, and the corners."""
    count = len(draft.corners)
    states = ["corner"] * (count - 1) + ["last"] * min(count, 1)
    return {
        AREA: _frame([] if draft.shape is None else [draft.shape], ["drawn"]),
        EDGES: _frame([shapely.LineString(draft.corners)] if count > 1 else [], ["drawn"]),
        CORNERS: _frame([shapely.Point(corner) for corner in draft.corners], states),
    }


def _frame(shapes: list[shapely.Geometry], states: list[str]) -> gpd.GeoDataFrame:
    index = pd.Index([str(at) for at in range(len(shapes))], dtype="str")
    return gpd.GeoDataFrame({"state": states[: len(shapes)]}, geometry=shapes, index=index, crs=frames.BRITISH_NATIONAL_GRID)


def _bounds(near: shapely.Geometry) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.bounds(near).tolist()
    room = max(LEAST_ROUND_M, SHARE_ROUND * max(east - west, north - south))
    shown = gpd.GeoSeries([shapely.box(west - room, south - room, east + room, north + room)], crs=frames.BRITISH_NATIONAL_GRID)
    degrees = [float(side) for side in frames.in_degrees(shown).total_bounds]
    return degrees[0], degrees[1], degrees[2], degrees[3]
