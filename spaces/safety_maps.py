"""Safety maps: what a group of young people marked red, amber or green in one session, and how two maps of the same group differ.

Areas are hexagons, each in one colour on one map, so that two maps can be laid over each other; routes are lines. What nobody marked
is not known: it is neither safe nor unsafe. A mark that is taken away leaves a row that says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import h3
import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa

from geo import cells, frames
from spaces import access, free_text, revisions, schema, youth_sessions
from spaces.audit import AuditEvent
from spaces.register import Register, new_id
from words import N_, DataProblem, _, ngettext

RED, AMBER, GREEN = "red", "amber", "green"
COLOURS = {RED: N_("Red: not safe for us"), AMBER: N_("Amber: it depends"), GREEN: N_("Green: safe for us")}
COLOUR_WORDS = {RED: N_("red"), AMBER: N_("amber"), GREEN: N_("green")}

RESOLUTION = 11
"""About 50 m across: part of a street, which is as near as any record is kept, and as a finger points on a telephone."""

WIDER_RESOLUTION = 10
"""About 150 m across: a small park. A touch that wide is kept as its seven hexagons of `RESOLUTION`, so that any two maps compare."""

MOST_HEXAGONS, MOST_POINTS, MOST_MARKS = 400, 100, 200
"""Of one mark, one route and one map: an area of about a square kilometre, and more strokes than an evening has."""

FEWEST_HEXAGONS = 10
"""On both maps: of fewer, one pen stroke that wobbled changes what is said."""

LONGEST_REASONS = 200
REASONS = N_("Why (in the group's words, naming nobody)")

DRAWN, TAKEN_AWAY = "drawn", "taken_away"


@dataclass(frozen=True)
class Mark:
    """One mark: hexagons (cells of `RESOLUTION`), or the points of a route in EPSG:27700 metres; one of the two is empty."""

    colour: str
    hexagons: tuple[int, ...] = ()
    route: tuple[tuple[float, float], ...] = ()
    reasons: str = ""


def hexagons_at(longitude: float, latitude: float, *, wide: bool = False) -> frozenset[int]:
    """Return the hexagons that a touch stands for (WGS84 degrees): one, or the seven of a wide one."""
    if wide:
        around = h3.latlng_to_cell(latitude, longitude, WIDER_RESOLUTION)
        return frozenset(h3.str_to_int(cell) for cell in h3.cell_to_children(around, RESOLUTION))
    return frozenset({h3.str_to_int(h3.latlng_to_cell(latitude, longitude, RESOLUTION))})


def check(mark: Mark, *, places: frozenset[str] = frozenset()) -> None:
    """Raise the first thing that is wrong with a mark, in words."""
    if mark.colour not in COLOURS:
        raise DataProblem("Choose a colour for the mark: red, amber or green.")
    if bool(mark.hexagons) == bool(mark.route):
        raise DataProblem("Touch the map to mark an area, or the points of a route: one of the two for each mark.")
    if len(mark.hexagons) > MOST_HEXAGONS or len(mark.route) > MOST_POINTS:
        raise DataProblem(
            "This mark is too large: {hexagons} hexagons or {points} points of a route at most. Draw it as several.",
            hexagons=MOST_HEXAGONS, points=MOST_POINTS,
        )  # fmt: skip
    if any(not h3.is_valid_cell(h3.int_to_str(cell)) or h3.get_resolution(h3.int_to_str(cell)) != RESOLUTION for cell in mark.hexagons):
        raise DataProblem("An area is marked in hexagons of resolution {resolution}. Touch the map again.", resolution=RESOLUTION)
    if mark.route and (len(set(mark.route)) < 2 or not np.isfinite(np.array(mark.route, float)).all()):
        raise DataProblem("A route has two points or more. Touch the map where it goes.")
    free_text.check({REASONS: (free_text.tidy(mark.reasons), LONGEST_REASONS)}, places=places)


def draw(
    register: Register, reader: access.Reader, session_id: str, mark: Mark, *, places: frozenset[str] = frozenset(), origin: str
) -> str:  # fmt: skip
    """Put a mark on the map of a session of the reader's own, and return its id. No hexagon has two colours on one map."""
    access.check_keep_sessions(reader)
    check(mark, places=places)
    mark_id = new_id()
    audit = AuditEvent(reader.name, "safety map drawn", "what young people showed", origin, session_id)
    hexagons = np.unique(np.array(mark.hexagons, np.uint64))
    values = {
        "act": DRAWN, "session_id": session_id, "colour": mark.colour, "reasons": free_text.tidy(mark.reasons),
        "cells": " ".join(cells.as_text(hexagons)), "shape": shapely.to_wkb(shape_of(mark)),
    }  # fmt: skip

    def work(connection: sa.Connection) -> None:
        youth_sessions.own(connection, session_id, reader)
        marks = _stand(connection, session_id)
        if len(marks) >= MOST_MARKS:
            raise DataProblem("There are {count} marks on this map already. Begin another session for more.", count=len(marks))
        taken = {cell for row in marks for cell in row["cells"].split()} & set(str(values["cells"]).split())
        if taken:
            raise DataProblem(
                "Part of this area is marked on this map already. Take that mark away first, or leave out those hexagons: {count}.",
                count=len(taken),
            )
        revisions.add(connection, schema.safety_marks, mark_id, 0, values, audit=audit, otherwise=_changed())

    register.write(audit, work)
    return mark_id


def take_away(register: Register, reader: access.Reader, mark_id: str, *, seen: int, origin: str) -> None:
    """Take a mark off the map of a session of the reader's own; that it was there stays."""
    access.check_keep_sessions(reader)
    audit = AuditEvent(reader.name, "safety map drawn", "a mark was taken away", origin, mark_id)

    def work(connection: sa.Connection) -> None:
        row = revisions.row_of(connection, schema.safety_marks, mark_id)
        if row is None or row["act"] == TAKEN_AWAY:
            raise DataProblem("This mark is not on the map any more.")
        youth_sessions.own(connection, row["session_id"], reader)
        revisions.again(connection, schema.safety_marks, row, seen, {"act": TAKEN_AWAY}, audit=audit, otherwise=_changed())

    register.write(audit, work)


def newest(register: Register, session_ids: Iterable[str] | None = None) -> pd.DataFrame:
    """Return the marks that stand, in the order they were drawn, by their id, of some sessions or of all; for nobody's eyes yet.

    Whoever shows them asks `youth_sessions.may_see` of their sessions.
    """
    found = revisions.newest(register, schema.safety_marks)
    found = found[found["act"] == DRAWN].sort_values("kept_at", kind="stable")
    return found if session_ids is None else found[found["session_id"].isin(list(session_ids))]


def shape_of(mark: Mark) -> shapely.Geometry:
    """Return the shape of a mark in EPSG:27700 metres."""
    if mark.route:
        return shapely.LineString(np.array(mark.route, float))
    outlines = frames.in_metres(cells.outlines(np.unique(np.array(mark.hexagons, np.uint64))))
    return shapely.union_all(outlines.to_numpy(), grid_size=0.01)


def hexagons(marks: pd.DataFrame) -> pd.Series[str]:
    """Return the colour of each hexagon of some marks, indexed by its text; routes colour none."""
    at = marks["cells"].str.split().explode().dropna()
    found = marks["colour"].reindex(at.index).set_axis(at.to_numpy())
    return found[~found.index.duplicated(keep="last")].astype("str")


def check_same_group(before: tuple[str, str], after: tuple[str, str]) -> None:
    """Raise DataProblem unless two groups (`youth_sessions.group_of`) are one: another's map shows other eyes, and no change."""
    if before != after:
        raise DataProblem("Only maps of the same group are compared: another group sees the same place with other eyes.")


def changes(before: pd.Series[str], after: pd.Series[str]) -> pd.DataFrame:
    """Return how many hexagons that are on both maps went from which colour to which: `before, after, count`, most first."""
    both = before.index.intersection(after.index)
    pairs = pd.DataFrame({"before": before[both], "after": after[both]})
    return pairs.value_counts().rename("count").reset_index().sort_values(["count", "before", "after"], ascending=[False, True, True])


def compared(before: pd.Series[str], after: pd.Series[str]) -> list[str]:
    """Say in words how a group's later map differs from its earlier one, from the colours of their hexagons; few are said to be few."""
    found = changes(before, after)
    on_both = int(found["count"].sum())
    only = {_("only on the earlier map"): len(before) - on_both, _("only on the later map"): len(after) - on_both}
    if on_both < FEWEST_HEXAGONS:
        said = [
            ngettext(
                "Only {count} hexagon is on both maps: too few to say whether anything changed.",
                "Only {count} hexagons are on both maps: too few to say whether anything changed.", on_both,
            )
        ]  # fmt: skip
    else:
        said = [ngettext("{count} hexagon is on both maps.", "{count} hexagons are on both maps.", on_both)]
        said += [_went(str(row["before"]), str(row["after"]), int(row["count"])) for row in found.to_dict("records")]
    beside = ", ".join(f"{count} {where}" for where, count in only.items() if count)
    if beside:
        said.append(_("{hexagons}: what is not marked is not known, neither safe nor unsafe.", hexagons=beside))
    return said


def _went(before: str, after: str, count: int) -> str:
    if before == after:
        return ngettext("{count} stayed {colour}.", "{count} stayed {colour}.", count, colour=_(COLOUR_WORDS[before]))
    return ngettext(
        "{count} went from {before} to {after}.", "{count} went from {before} to {after}.", count,
        before=_(COLOUR_WORDS[before]), after=_(COLOUR_WORDS[after]),
    )  # fmt: skip


def _stand(connection: sa.Connection, session_id: str) -> list[dict[str, Any]]:
    """Return the marks that stand on the map of a session, inside a transaction."""
    rows = revisions.rows_of(connection, schema.safety_marks, schema.safety_marks.c.session_id == session_id)
    return [row for row in rows.values() if row["act"] == DRAWN]


def _changed() -> revisions.ChangedMeanwhile:
    return revisions.ChangedMeanwhile("Somebody else has just changed this mark. Look at the map as it is now.")
