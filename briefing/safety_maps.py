"""Safety maps for the screen: what a group marked, what is being marked now, and how two maps of the same group differ, in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from briefing import marks_shown, sentences, youth_sessions
from briefing.workspace import Workspace
from briefing.youth_sessions import Held
from geo import cells, frames
from layers.catalogue import SAFETY_LAYERS
from layers.scene import Scene, map_scene
from spaces import access, safety_maps
from spaces.access import Reader
from spaces.safety_maps import Mark
from spaces.youth_sessions import FEWEST_SEEN
from words import DataProblem, _, ngettext

AREA, WIDE, ROUTE = "area", "wide", "route"
"""What a touch on the map means: part of a street, a wider area, or the next point of a route."""

MAP, ROUTES, NEW = "safety_map", "safety_routes", "new"

DOT_M = 2.0
"""A route of one point is drawn as a line this short: a dot."""

ROUND_M = 250.0
"""How much round a named place is shown: the streets that lead to it, each hexagon large enough for a finger."""

NEAR_M = 150.0
"""A mark is said to be near a named place within the width of a wide touch."""


@dataclass(frozen=True)
class Draft:
    """What is being marked now and not kept yet."""

    hexagons: frozenset[int] = frozenset()
    route: tuple[tuple[float, float], ...] = ()

    @property
    def empty(self) -> bool:
        """Say whether nothing is marked."""
        return not self.hexagons and not self.route


def touch(draft: Draft, longitude: float, latitude: float, tool: str) -> Draft:
    """Return the draft after a touch (WGS84 degrees): a hexagon that is marked is taken out again, a route goes on.

    Hexagons and a route are two marks, so the one begins anew where the other is taken up.
    """
    if tool == ROUTE:
        easting, northing = frames.points_in_metres([longitude], [latitude])
        return Draft(route=(*draft.route, (round(float(easting[0]), 1), round(float(northing[0]), 1))))
    touched = safety_maps.hexagons_at(longitude, latitude, wide=tool == WIDE)
    left = draft.hexagons - touched if touched <= draft.hexagons else draft.hexagons | touched
    return Draft(hexagons=frozenset(left))


def of_place(workspace: Workspace, feature_id: str) -> Draft:
    """Return a draft of the hexagons of a named place, for whoever does not point at a map."""
    shape = workspace.named_place(feature_id)["geometry"]
    inside = cells.study_area(shape, np.array([], np.uint64), safety_maps.RESOLUTION).cells
    if not len(inside):
        longitude, latitude = frames.points_in_degrees([shape.representative_point().x], [shape.representative_point().y])
        inside = cells.from_points(longitude, latitude, safety_maps.RESOLUTION)
    return Draft(hexagons=frozenset(int(cell) for cell in inside))


def draw(workspace: Workspace, reader: Reader, held: Held, draft: Draft, *, colour: str, reasons: str, origin: str) -> str:
    """Keep what is being marked on the map of a session, and return the mark's id. DataProblem outside the area.

    Where a venue is masked it is kept as anywhere else, and who is shown it is in `marks_shown.py`: an answer here would list such cells.
    """
    access.check_keep_sessions(reader)
    mark = Mark(colour, tuple(sorted(draft.hexagons)), draft.route, reasons)
    safety_maps.check(mark)
    _check_where(workspace, mark)
    return safety_maps.draw(workspace.register, reader, held.session_id, mark, places=workspace.place_names, origin=origin)


def take_away(workspace: Workspace, reader: Reader, mark_id: str, *, seen: int, origin: str) -> None:
    """Take a mark off the map again."""
    safety_maps.take_away(workspace.register, reader, mark_id, seen=seen, origin=origin)


def marks(workspace: Workspace, reader: Reader, held: Held) -> pd.DataFrame:
    """Return the marks of a session's map by id, `colour, where, reasons, version`, as the table beside the map says them."""
    access.check_see_sessions(reader)
    return _in_words(workspace, marks_shown.of_ids(workspace, reader, [held.session_id]))


def _in_words(workspace: Workspace, rows: pd.DataFrame) -> pd.DataFrame:
    count = [len(text.split()) for text in rows["cells"]]
    metres = shapely.length(shapely.from_wkb(rows["shape"].to_numpy()))
    where = [
        ngettext("an area of {count} hexagon", "an area of {count} hexagons", one) if one else _("a route of {metres:,.0f} m", metres=long)
        for one, long in zip(count, metres, strict=True)
    ]
    near = _nearest_names(workspace, rows)
    said = [_("{mark}, {near}", mark=mark, near=name) if name else mark for mark, name in zip(where, near, strict=True)]
    return pd.DataFrame({"colour": rows["colour"], "where": said, "reasons": rows["reasons"], "version": rows["version"]}, index=rows.index)


def layers(workspace: Workspace, reader: Reader, sessions: list[Held], draft: Draft | None = None) -> dict[str, gpd.GeoDataFrame]:
    """Return what a map shows of some sessions, and of a draft, as frames by layer id in metres, for `catalogue.SAFETY_LAYERS`."""
    access.check_see_sessions(reader)
    return _drawn(marks_shown.of_ids(workspace, reader, [held.session_id for held in sessions]), draft or Draft())


def _drawn(rows: pd.DataFrame, draft: Draft) -> dict[str, gpd.GeoDataFrame]:
    names = {colour: _(words).capitalize() for colour, words in safety_maps.COLOUR_WORDS.items()}
    drawn = gpd.GeoDataFrame(
        {"state": rows["colour"], "name": rows["colour"].map(names), "reason": rows["reasons"]},
        geometry=shapely.from_wkb(rows["shape"].to_numpy()), index=rows.index, crs=frames.BRITISH_NATIONAL_GRID,
    )  # fmt: skip
    now = _drafted(draft)
    areas = rows["cells"] != ""
    return {
        layer_id: pd.concat([part, now[layer_id]]) if layer_id in now else part
        for layer_id, part in ((MAP, drawn[areas]), (ROUTES, drawn[~areas]))
    }


@dataclass(frozen=True, eq=False)
class OfGroups:
    """What groups marked, as the panel's map shows it: `frames` by layer id, and a `table` of `layer, who, where, state, said` by mark."""

    frames: dict[str, gpd.GeoDataFrame]
    table: pd.DataFrame


def of_groups(workspace: Workspace, reader: Reader, today: date) -> OfGroups:
    """Return the newest map of each group and place, of groups that are not too small to be shown with others' and told so."""
    newest: dict[tuple[tuple[str, str], str], Held] = {}
    for held in sorted(youth_sessions.listed(workspace, reader, today), key=lambda one: one.session.held_on):
        if held.marks and (held.session.how_many or 0) >= FEWEST_SEEN:
            newest[held.group, held.session.space_id] = held
    of_session = {held.session_id: called(held) for held in newest.values()}
    rows = marks_shown.of_ids(workspace, reader, list(of_session))
    who, said = rows["session_id"].map(of_session), _in_words(workspace, rows)
    why = [_("{group}: {reasons}", group=group, reasons=why) if why else group for group, why in zip(who, rows["reasons"], strict=True)]
    layer = pd.Series(MAP, index=rows.index).mask(rows["cells"] == "", ROUTES)
    table = pd.DataFrame({"layer": layer, "who": who, "where": said["where"], "state": said["colour"], "said": said["reasons"]})
    return OfGroups(_drawn(rows.assign(reasons=why), Draft()), table)


def scene(workspace: Workspace, reader: Reader, sessions: list[Held], draft: Draft | None = None, *, near: str = "") -> Scene:
    """Return a map with what groups marked, and no records: of the whole area, or of what is round a named place (`near`, its id)."""
    records = {**workspace.layer_records, **SAFETY_LAYERS}
    marked = layers(workspace, reader, sessions, draft)
    found = map_scene(area=workspace.area, ground=workspace.ground, overlays=marked, cells=None, records=records)
    if near not in workspace.places.index:
        return found
    round_it = gpd.GeoSeries([shapely.buffer(workspace.places.geometry[near], ROUND_M)], crs=frames.BRITISH_NATIONAL_GRID)
    west, south, east, north = (float(side) for side in frames.in_degrees(round_it).total_bounds)
    return replace(found, bounds=(west, south, east, north))


def earlier(sessions: list[Held], held: Held) -> list[Held]:
    """Return the sessions of the same group before this one that have a map, the nearest before first."""
    found = [
        one for one in sessions
        if one.marks and one.session_id != held.session_id and one.group == held.group and one.session.held_on <= held.session.held_on
    ]  # fmt: skip
    return sorted(found, key=lambda one: -one.session.held_on.toordinal())


def called(held: Held) -> str:
    """Call a session by its group and day."""
    return f"{held.session.group_name}, {sentences.day(held.session.held_on)}"


def compared(workspace: Workspace, reader: Reader, before: Held, after: Held) -> list[str]:
    """Say in words how a group's map changed: of what, how many young people each time, and what cannot be said."""
    access.check_see_sessions(reader)
    safety_maps.check_same_group(before.group, after.group)
    colours = [safety_maps.hexagons(marks_shown.of_ids(workspace, reader, [one.session_id])) for one in (before, after)]
    who = _(
        "{group}: {before} young people on {then}, {after} on {now}. They need not be the same ones.",
        group=before.session.group_name, before=before.session.how_many, after=after.session.how_many,
        then=sentences.day(before.session.held_on), now=sentences.day(after.session.held_on),
    )  # fmt: skip
    return [who, *safety_maps.compared(*colours)]


def _drafted(draft: Draft) -> dict[str, gpd.GeoDataFrame]:
    """Return what is being marked as a frame of one feature, under the layer that it belongs to."""
    if draft.empty:
        return {}
    x, y = draft.route[-1] if draft.route else (0.0, 0.0)
    mark = Mark(safety_maps.RED, tuple(draft.hexagons), (*draft.route, (x + DOT_M, y)) if draft.route else ())
    said = {"state": [NEW], "name": [""], "reason": [""]}
    frame = gpd.GeoDataFrame(said, geometry=[safety_maps.shape_of(mark)], index=[NEW], crs=frames.BRITISH_NATIONAL_GRID)
    return {ROUTES if draft.route else MAP: frame}


def _nearest_names(workspace: Workspace, rows: pd.DataFrame) -> list[str]:
    """Return the name of the place that each mark lies most in or is nearest to, so that the table can be read without the map."""
    if rows.empty or workspace.places.empty:
        return [""] * len(rows)
    points = gpd.GeoDataFrame(
        geometry=shapely.centroid(shapely.from_wkb(rows["shape"].to_numpy())), index=rows.index, crs=frames.BRITISH_NATIONAL_GRID
    )
    near = points.sjoin_nearest(workspace.places[["name", "geometry"]], max_distance=NEAR_M)
    named = near[~near.index.duplicated()]["name"].reindex(rows.index)
    return [_("in or near {name}", name=name) if isinstance(name, str) and name else "" for name in named]


def _check_where(workspace: Workspace, mark: Mark) -> None:
    if not shapely.intersects_xy(workspace.area, marks_shown.points(mark)).all():
        raise DataProblem("Part of this mark is outside the area. Mark only what is inside its boundary.")
