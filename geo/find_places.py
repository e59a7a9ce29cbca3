"""Finding the street or place that a wording means, in its context: the area, the town and the postcode district that go with it.

What could be two places is none: a wrong point is worse than no point. The candidates are handed back, ranked, for a person to choose.
All positions are metres on the British National Grid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from geo import context as contexts
from geo import misspellings, nearby
from geo.context import BESIDE_M, ELSEWHERE, FITS, MOST_CLUSTERED, ONLY_OUTSIDE, UNKNOWN, Context, Surroundings
from geo.location_text import Reading, Segment
from geo.names import Names, Row
from geo.nearby import Box
from geo.place_words import ALSO_STREETS, DETAILS, GENERIC, kinds_said, sounds_like_a_street

FOUND, AMBIGUOUS, UNKNOWN_TOWN, LIKE, ONLY_KIND, APART, LONG = FITS, "ambiguous", "unknown town", "like", "only kind", "apart", "long"
"""What came of looking, besides what `contexts` knows: found; several; the town is not known; only names that are like it; only a kind of
place; streets that do not meet; a road too long to be a place."""

VERDICTS = (FOUND, AMBIGUOUS, APART, ELSEWHERE, ONLY_OUTSIDE, UNKNOWN_TOWN, LONG, LIKE, UNKNOWN, ONLY_KIND)
"""Of several, the first is the one that a person can do most with."""

SEARCHED_WHOLE = 150_000
"""Up to so many names are compared without knowing roughly where: a region's. All of Great Britain would take seconds a wording."""

CLIPPED_M = 1_000.0
"""Half the length from which a road counts only as far as the area goes that it is looked for in."""

LONGEST_M = 5_000.0
"""Half the length of a road that is too long to be a place."""

EDGE_M = {
    "street": 50.0, "settlement": 300.0, "station": 150.0, "school": 150.0, "hospital": 200.0, "park": 100.0, "bus_stop": 50.0,
    "bus_station": 100.0, "shop": 75.0, "pub": 75.0, "library": 75.0, "place_of_worship": 75.0, "junction": 50.0, "water": 100.0,
    "hill": 300.0,
}  # fmt: skip
"""How far outside a thing's box something may be that is said to have happened there; others `OTHER_EDGE_M`."""

OTHER_EDGE_M = 200.0
AROUND_M = 100.0
"""How much further the car park or the entrance of a place may be."""

RANKS = {"bus_stop": 1, "junction": 1, "water": 2, "hill": 2, "other": 2}
"""Kinds that are named after streets and settlements: they count only where nothing else has the name."""

CONFIDENT, NOT_SO = 0.95, 0.8
"""Confidence in a name that has a context, and in one that has none, or has namesakes that only a wide area tells it from: another of
them may be in the area and not in the gazetteer. Of 41 such addresses in Rutland, by OS Open Names alone, 33 were right; of 189 whose
name was the only one, all."""

LOOSE, MISSPELT, FAR, ROUND_ABOUT = 0.95, 0.8, 0.9, 0.9
"""What it is multiplied by for other spaces, wrong letters, a post town alone, and near a place or among words that are not known."""

TELLING_LETTERS = 8
"""A name of so many letters, of which one is wrong, is that name even where nothing says where it is."""

SHORTEST_COMPARED = 5

MOST_CANDIDATES = 10

KEPT_COMPARISONS = 100_000
"""Misspelt wordings whose likenesses are remembered, because the app asks for the same ones again and again."""

Candidate = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """What came of looking for one wording."""

    verdict: str
    method: str = "none"
    matched: str | None = None
    feature: str | None = None
    easting: float = np.nan
    northing: float = np.nan
    precision_m: float = np.nan
    confidence: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    box: Box | None = None
    keys: tuple[str, ...] = ()
    """What it is called here, as keys."""


class Finder:
    """Finds the names of a gazetteer, in an area if one is given. `shapes` gives the lines and areas of features that are drawn."""

    def __init__(
        self, names: Names, shapes: Callable[[Sequence[int]], Mapping[int, shapely.Geometry]], area: shapely.Geometry | None
    ) -> None:
        self.area = area
        self._names, self._shapes = names, shapes
        self._around = Surroundings(names, area)
        self._near: dict[str, list[tuple[str, int]]] = {}
        self._others: list[str] | None = None
        self._squeezed: list[str] = []

    def compare(self, keys: Iterable[str]) -> None:
        """Compare keys that no name has with those that there are, all together, which is quick; `find` then knows what they are like."""
        if self.area is None and len(self._names) > SEARCHED_WHOLE:
            return
        unknown = {key for key in keys if self._is_new(key)} - GENERIC
        before_towns = {name for key in unknown for name, _ in contexts.names_and_towns(key, self._names) if self._is_new(name)}
        new = sorted(unknown | before_towns)
        if new and self._others is None:
            self._others = self._names.keys(self._around.among)
            self._squeezed = [other.replace(" ", "") for other in self._others]
        if len(self._near) > KEPT_COMPARISONS:
            self._near.clear()
        self._near |= misspellings.nearest(new, self._others or [], self._squeezed)

    def find(self, reading: Reading, keys: Mapping[str, str], known: Context) -> Found:
        """Return what a wording means. `keys` has the key of each of its texts; `known` is the context that is known besides."""
        context = contexts.read(reading.segments, keys, self._names, self._misspelt_town, known)
        tried: list[Found] = []
        for at, segment in enumerate(reading.segments):
            if at in context.used:
                continue
            found = self._segment(segment, keys, context, on_street=reading.on_street and not tried)
            if found.verdict == FOUND:
                return self._settled(found, at, reading.segments, keys, context)
            tried.append(found)
            if found.verdict not in (UNKNOWN, LIKE, ONLY_KIND):
                break
        return _most_telling(tried)

    def _is_new(self, key: str) -> bool:
        return len(key) >= SHORTEST_COMPARED and key not in self._near and not self._names.rows(key)

    def _misspelt_town(self, key: str) -> Sequence[Row]:
        near = [(other, edits) for other, edits in self._near.get(key, ()) if self._names.settlements(other)]
        if not near or not self._may_be(key, *near[0], among_few=False) or (len(near) > 1 and near[1][1] == near[0][1]):
            return []
        return self._names.settlements(near[0][0])

    def _may_be(self, typed: str, name: str, edits: int, *, among_few: bool) -> bool:
        return misspellings.may_be(typed, name, edits, words=self._names.words, among_few=among_few)

    # One part of a wording

    def _segment(self, segment: Segment, keys: Mapping[str, str], context: Context, *, on_street: bool) -> Found:
        around = {keys[name] for name in segment.around} - {""}
        wordings = [key for key in dict.fromkeys(keys[name] for name in segment.names) if key and key not in around]
        kinds = {key for key in (*wordings, *around) if key in GENERIC and not (key in ALSO_STREETS and self._names.rows(key))}
        if kinds and not any(self._names.rows(key) for key in wordings if key not in kinds):
            return Found(ONLY_KIND)
        wordings = [key for key in wordings if key not in kinds]  # of `Bus Stop Cafe` the whole is a name, and no part of it
        around -= kinds
        found = self._as_named(wordings, context, on_street=on_street)
        at_stop = found is not None and any("bus_stop" in kinds_said(key) for key in wordings)
        if found and not (at_stop and found.verdict in (ELSEWHERE, ONLY_OUTSIDE)):
            return self._less_sure(found, around, context) if at_stop else found
        if beside := self._as_named(sorted(around), context, on_street=on_street):
            return _widened(beside)  # a street in the town that is named, where the stop called after it is in another
        if found:
            return found
        if (segment.streets and segment.says_meeting) or len(segment.streets) > 1:
            found = self._meeting(segment, keys, context)
            if found.verdict != UNKNOWN:
                return found
        ways = [self._before_a_town(key, context) for key in wordings]
        return _most_telling([*ways, self._misspelt([*wordings, *sorted(around)], context, on_street=on_street)])

    def _as_named(self, wordings: Sequence[str], context: Context, *, on_street: bool) -> Found | None:
        """Return what comes of the first wording that is a name, as it stands, by its kind, or but for its spaces; None where none is."""
        for look, loss in ((self._names.rows, 1.0), (self._names.of_kind, 1.0), (self._names.loosely, LOOSE)):
            for key in wordings:
                if rows := look(key):
                    return self._choose(rows, key, context, on_street=on_street, loss=loss)
        return None

    def _less_sure(self, found: Found, around: Iterable[str], context: Context) -> Found:
        """Return a stop that is called after a street, less sure where nothing says which of several of that name."""
        rows = [row for key in around for row in self._names.rows(key) if row.kind == "street"]
        if found.verdict != FOUND or context.says_where or len(self._around.fitting(rows, context).rows) < 2:
            return found
        return replace(found, confidence=min(found.confidence, NOT_SO))

    def _before_a_town(self, key: str, context: Context) -> Found:
        """Return what comes of a wording that names a town without a comma: `High Street Boxford`, or `Boxford High Street`."""
        ways = [(name, town) for name, town in contexts.names_and_towns(key, self._names) if name not in GENERIC]
        tried = []
        for name, town in ways:
            if rows := self._names.rows(name) or self._names.of_kind(name):
                tried.append(self._choose(rows, name, context.inside(town), on_street=True, loss=1.0))
                if tried[-1].verdict == FOUND:
                    return tried[-1]
        tried += [self._misspelt([name], context.inside(town), on_street=True) for name, town in ways if not self._names.rows(name)]
        return _most_telling(tried)

    def _misspelt(self, wordings: Sequence[str], context: Context, *, on_street: bool) -> Found:
        """Return the one name in the context that a wording may be misspelt for, with a margin over the next; else what is like it."""
        like: list[Candidate] = []
        for key in wordings:
            fitting: list[tuple[int, str, Sequence[Row]]] = []
            for other, edits in self._near.get(key, ()):
                rows = _preferred(self._names.rows(other), key, on_street=on_street)
                like += self._candidates(rows, score=100 - 100 * edits / len(key))
                if kept := self._around.fitting(rows, context).rows:
                    fitting.append((edits, other, kept))
            if not fitting:
                continue
            edits, other, those = fitting[0]
            unrivalled = len(fitting) == 1 or fitting[1][0] > edits or _features(those) == _features(fitting[1][2])
            somewhere = context.says_where or self.area is not None or (edits == 1 and len(key) >= TELLING_LETTERS)
            if unrivalled and somewhere and self._may_be(key, other, edits, among_few=self._around.are_few(context)):
                found = self._choose(those, key, context, on_street=on_street, loss=MISSPELT)
                if found.verdict == FOUND:
                    return found
        return Found(LIKE if like else UNKNOWN, candidates=_ranked(like))

    # One name, in its context

    def _choose(self, rows: Sequence[Row], key: str, context: Context, *, on_street: bool, loss: float) -> Found:
        """Return the one thing among some names that fits the context, or why there is not just one."""
        rows = _preferred(rows, key, on_street=on_street)
        fitting = self._around.fitting(rows, context)
        if not fitting.rows:
            return Found(fitting.verdict, candidates=_ranked(self._candidates(rows)))
        things = nearby.things(fitting.rows) if len(fitting.rows) <= MOST_CLUSTERED else []
        if len(things) != 1:
            return Found(AMBIGUOUS, candidates=_ranked(self._candidates(fitting.rows)))
        if rivals := self._around.rivals(things[0], rows, context, far=fitting.far):
            return Found(AMBIGUOUS, candidates=_ranked(self._candidates([*things[0], *rivals])))
        told = context.says_where or self._around.are_few(context) or (self.area is not None and len(fitting.rows) == len(rows))
        doubted = context.county is not None and context.district is None and any(row.authority for row in things[0])
        sure = CONFIDENT if told and not doubted else NOT_SO
        return self._placed(things[0], key, sure * loss * (FAR if fitting.far else 1.0))

    def _placed(self, thing: Sequence[Row], key: str, confidence: float) -> Found:
        largest = max(thing, key=lambda row: (nearby.half_diagonal_m(nearby.box_of(row)), -row.number))
        box = nearby.union(thing)
        if self.area is not None and largest.kind == "street" and nearby.half_diagonal_m(box) > CLIPPED_M:
            west, south, east, north = shapely.bounds(self.area).tolist()
            box = (max(box[0], west - BESIDE_M), max(box[1], south - BESIDE_M), min(box[2], east + BESIDE_M), min(box[3], north + BESIDE_M))
        if largest.kind == "street" and nearby.half_diagonal_m(box) > LONGEST_M:
            return Found(LONG, candidates=_ranked(self._candidates([largest])))
        easting, northing = (largest.easting, largest.northing) if largest.kind == "settlement" else nearby.point_of(thing, box)
        reach_m = float(np.hypot(max(easting - box[0], box[2] - easting), max(northing - box[1], box[3] - northing)))
        spelt = next((row for row in thing if row.key == key), largest)
        return Found(
            FOUND,
            {"street": "street", "junction": "street", "settlement": "area"}.get(largest.kind, "place"),
            _told(spelt.name, largest.town if largest.kind != "settlement" else None),
            _feature(largest.kind, thing),
            easting,
            northing,
            reach_m + EDGE_M.get(largest.kind, OTHER_EDGE_M),
            confidence,
            box=box,
            keys=tuple(sorted({row.key for row in thing})),
        )

    def _settled(self, found: Found, at: int, segments: Sequence[Segment], keys: Mapping[str, str], context: Context) -> Found:
        """Return what was found, unless the rest of the wording speaks against it."""
        unknown = False
        for segment in (segment for number, segment in enumerate(segments) if number > at and number not in context.used):
            wordings = [keys[name] for name in segment.names if keys[name]]
            rows = next((rows for key in wordings if (rows := self._names.rows(key))), [])
            streets = [row for row in rows if row.kind == "street"]
            if streets and found.box is not None and min(nearby.gap_m(nearby.box_of(row), found.box) for row in streets) > BESIDE_M:
                return Found(APART, candidates=_ranked([*self._candidates(streets), _candidate_of(found)]))
            detail = len(segment.names) > 1 or any(word in DETAILS for key in wordings for word in key.split())
            unknown |= not rows and not detail
        if unknown and not context.says_where:
            return Found(UNKNOWN_TOWN, candidates=(_candidate_of(found),))
        if unknown and context.district is None:
            found = replace(found, confidence=min(found.confidence, NOT_SO))
        if any(number not in context.used for number in range(at)):
            return replace(found, confidence=found.confidence * ROUND_ABOUT)
        return found

    # Two streets

    def _meeting(self, segment: Segment, keys: Mapping[str, str], context: Context) -> Found:
        """Return where streets meet; a thing whose two names are given is that thing; of a junction with an unknown street, the other."""
        each = [(keys[street], self._names.rows(keys[street]) or self._names.loosely(keys[street])) for street in segment.streets]
        known = [(key, rows) for key, rows in each if rows]
        if not known or (len(known) < len(each) and not segment.says_meeting) or len(known) > 2:
            return Found(UNKNOWN)
        (key, rows), *others = known
        if not others:
            streets = [row for row in rows if row.kind == "street"]
            return _widened(self._choose(streets, key, context, on_street=True, loss=1.0)) if streets else Found(UNKNOWN)
        other_key, other_rows = others[0]
        if both := _features(rows) & _features(other_rows):
            return self._choose([row for row in rows if row.feature in both], key, context, on_street=False, loss=1.0)
        junction = f"{key} {other_key}"
        if named := [row for row in self._names.rows(junction) if row.kind == "junction"]:
            return self._choose(named, junction, context, on_street=False, loss=1.0)
        return self._where_they_meet(
            [row for row in rows if row.kind == "street"], [row for row in other_rows if row.kind == "street"], context
        )

    def _where_they_meet(self, rows: Sequence[Row], others: Sequence[Row], context: Context) -> Found:
        some, more = self._around.fitting(rows, context).rows, self._around.fitting(others, context).rows
        candidates = _ranked(self._candidates([*(some or rows), *(more or others)]))
        if not some and not more:
            return Found(ONLY_OUTSIDE if rows and others else UNKNOWN, candidates=candidates)
        if max(len(some or rows), len(more or others)) > MOST_CLUSTERED:
            return Found(AMBIGUOUS, candidates=candidates)
        pairs = nearby.may_meet(some or rows, more or others)
        meetings = nearby.meetings(pairs, self._shapes(sorted({row.feature for pair in pairs for row in pair})))
        if not meetings:
            return Found(APART, candidates=candidates)
        west, south = min(meeting.box[0] for meeting in meetings), min(meeting.box[1] for meeting in meetings)
        east, north = max(meeting.box[2] for meeting in meetings), max(meeting.box[3] for meeting in meetings)
        half_m = nearby.half_diagonal_m((west, south, east, north))
        if half_m > max(nearby.half_diagonal_m(meeting.box) for meeting in meetings) + nearby.ONE_THING_M:
            return Found(AMBIGUOUS, candidates=candidates)
        one, other = meetings[0].one, meetings[0].other
        return Found(
            FOUND,
            "street",
            _told(f"{one.name} / {other.name}", one.town),
            _feature("junction", [row for meeting in meetings for row in (meeting.one, meeting.other)]),
            (west + east) / 2,
            (south + north) / 2,
            half_m + nearby.MEET_M,
            CONFIDENT,
            box=(west, south, east, north),
        )

    def _candidates(self, rows: Iterable[Row], score: float = 100.0) -> list[Candidate]:
        inside_first = sorted(rows, key=lambda row: not self._around.has(row))[:MOST_CLUSTERED]
        return [
            {"name": row.name, "kind": row.kind, "town": row.town, "easting": row.easting, "northing": row.northing,
             "score": round(score if self._around.has(row) else score / 2)}
            for row in inside_first
        ]  # fmt: skip


def _preferred(rows: Sequence[Row], key: str, *, on_street: bool) -> list[Row]:
    """Return the names of the kind that is meant: a street where something was on it, the kind that is said, else no bus stops."""
    streets = [row for row in rows if row.kind == "street"]
    if streets and (on_street or sounds_like_a_street(key)):
        return streets
    said = kinds_said(key)
    if of_kind := [row for row in rows if row.kind in said]:
        return of_kind
    best = min((RANKS.get(row.kind, 0) for row in rows), default=0)
    return [row for row in rows if RANKS.get(row.kind, 0) == best]


def _widened(found: Found) -> Found:
    """Return the surroundings of what was found."""
    if found.verdict != FOUND:
        return found
    return replace(found, precision_m=found.precision_m + AROUND_M, confidence=found.confidence * ROUND_ABOUT)


def _features(rows: Iterable[Row]) -> set[int]:
    return {row.feature for row in rows}


def _told(name: str, town: str | None) -> str:
    return f"{name}, {town.title()}" if town else name


def _feature(kind: str, rows: Iterable[Row]) -> str:
    return f"{kind}:{'+'.join(str(feature) for feature in sorted(_features(rows)))}"


def _candidate_of(found: Found) -> Candidate:
    name, _, town = (found.matched or "").partition(", ")
    kind = (found.feature or "").partition(":")[0]
    return {"name": name, "kind": kind, "town": town.casefold() or None, "easting": found.easting, "northing": found.northing, "score": 100}


def _ranked(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return the best candidates, each place once, in an order that depends on nothing but them."""
    best: dict[tuple[Any, ...], Candidate] = {}
    for one in sorted(candidates, key=lambda one: one["score"]):
        best[one["name"], one["kind"], one["town"], one["easting"], one["northing"]] = one
    ordered = sorted(
        best.values(), key=lambda one: (-one["score"], one["name"], one["town"] or "", one["easting"], one["northing"], one["kind"])
    )
    return tuple(ordered[:MOST_CANDIDATES])


def _most_telling(tried: Sequence[Found]) -> Found:
    """Return what was found, else the verdict that a person can do most with."""
    return min(tried, key=lambda found: VERDICTS.index(found.verdict), default=Found(UNKNOWN))
