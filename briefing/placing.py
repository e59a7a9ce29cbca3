"""The queue of places that could not be found: what waits, where it may be, what somebody decides, and how much is placed at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
import sqlalchemy as sa

from briefing.workspace import Workspace
from geo import frames, geocode
from layers import placing as drawn
from layers.scene import Scene, map_scene
from spaces import access, placing, schema
from spaces.access import Reader
from spaces.audit import AuditEvent
from spaces.placing import NO_PLACES, Spot
from words import DataProblem, _

__all__ = ["NO_PLACES", "Spot"]

TRUSTED_SHARE = 0.85
"""Of records that have to be placed before a map of them is trusted: below it, its patterns were told from those of the missing ones
(Ratcliffe 2004, “Geocoding crime and a first estimate of a minimum acceptable hit rate”)."""

NEAR_M = 2_000.0
"""How far outside the area a place may be that is still worth a point: a park across the boundary."""

ALIKE, MOST_ALIKE = 0.45, 5
"""How like its words a name is that a person is offered, as the cosine of their weighed threes of letters, and how many are: “Dyers Yard
multi-storey” is 0.57 like “Dyer's Yard Car Park” and 0.31 like “Nailmaker's Yard”."""

LEAST_M = 50.0
"""What a point for a whole named place is at least off by: its building and what is round it."""

APOSTROPHE = "['’]"
"""“Dyers Yard” is Dyer's Yard."""


@dataclass(frozen=True)
class Candidate:
    """Somewhere that it may be, under the letter that the map gives it."""

    letter: str
    name: str
    kind: str
    town: str
    easting: float
    northing: float
    precision_m: float


def waiting(workspace: Workspace, reader: Reader) -> pd.DataFrame:
    """Return the wordings that are not placed, most records first: `agency, location_text, postcode, reason, records`."""
    access.check_keep_register(reader)
    return placing.waiting(workspace.register)


def candidates(workspace: Workspace, reader: Reader, row: pd.Series) -> list[Candidate]:
    """Return where what waits in a row of `waiting` may be, likeliest first.

    What the geocoder could not tell apart; where it knows of none, the area's places whose names are like the words. A person can tell
    whether “bus station” is the only one: it is never placed by that alone.
    """
    access.check_keep_register(reader)
    given = pd.DataFrame([{name: row[name] for name in placing.WORDING}])
    found = geocode.place(given, workspace.gazetteer, within=workspace.area).iloc[0]["candidates"]
    if not isinstance(found, list) or not found:
        found = _named_alike(workspace.places, str(row["location_text"])) if pd.notna(row["location_text"]) else []
    return [
        Candidate(letter, one["name"], one["kind"], one.get("town") or "", one["easting"], one["northing"], one.get("precision_m", 250.0))
        for letter, one in zip(drawn.LETTERS, found, strict=False)
    ]


def _named_alike(places: gpd.GeoDataFrame, words: str) -> list[dict[str, Any]]:
    """Return the named places whose names are most like some words, the likest first."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # takes longer to import than most answers take

    named = pd.concat([places["name"], places["name_cy"]]).replace("", None).dropna().str.replace(APOSTROPHE, "", regex=True)
    if named.empty:
        return []
    # Threes of letters, so that "Stn" is a little like "Station", each weighing the more the fewer names have it.
    weigh = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), strip_accents="unicode")
    likeness = (weigh.fit_transform(named) @ weigh.transform([re.sub(APOSTROPHE, "", words)]).T).toarray()[:, 0]
    alike = pd.Series(likeness, index=named.index).groupby(level=0).max().loc[lambda like: like >= ALIKE]
    found = places.loc[alike.sort_values(ascending=False, kind="stable").index[:MOST_ALIKE]]
    points, reach_m = found.geometry.representative_point(), shapely.minimum_bounding_radius(found.geometry.to_numpy())
    return [
        {"name": place["name"], "kind": place["kind"], "easting": point.x, "northing": point.y, "precision_m": max(LEAST_M, float(metres))}
        for (_id, place), point, metres in zip(found.iterrows(), points, reach_m, strict=True)
    ]


def scene(workspace: Workspace, found: list[Candidate], pin: tuple[float, float] | None) -> Scene:
    """Return a map of the area with the candidates and the pin (metres, EPSG:27700) on it, and no records."""
    names = [f"{one.name}, {one.town}" if one.town else one.name for one in found]
    return lettered(workspace, names, [(one.easting, one.northing) for one in found], pin)


def lettered(workspace: Workspace, names: Sequence[str], at: Sequence[tuple[float, float]], pin: tuple[float, float] | None) -> Scene:
    """Return a map of the area to touch, with points of these names on it, each under its letter, and a pin; all in metres."""
    points = drawn.frame(names, [easting for easting, _northing in at], [northing for _easting, northing in at], pin)
    records = workspace.layer_records | {drawn.LAYER_ID: drawn.record(names)}
    return map_scene(area=workspace.area, ground=workspace.ground, overlays={drawn.LAYER_ID: points}, cells=None, records=records)


def at(longitude: float, latitude: float) -> tuple[float, float]:
    """Return a point of the map in metres."""
    easting, northing = frames.points_in_metres([longitude], [latitude])
    return float(easting[0]), float(northing[0])


def decide(workspace: Workspace, reader: Reader, wording: str, decided: Spot | str, *, origin: str) -> int:
    """Say where a wording is, or that it is no place, for what is here and what comes; return how many records that changed."""
    access.check_keep_register(reader)
    if isinstance(decided, Spot):
        inside = shapely.dwithin(workspace.area, shapely.Point(decided.easting, decided.northing), NEAR_M)
        if not inside:
            raise DataProblem("This point is far outside the area. Choose one in it, or say that nobody knows which place is meant.")
    verdict = "placed" if isinstance(decided, Spot) else f"no place: {decided}"
    audit = AuditEvent(reader.name, "place decided", verdict, origin, subject=wording)
    return placing.decide(workspace.register, wording, decided, audit=audit)


def undo(workspace: Workspace, reader: Reader, wording: str, *, origin: str) -> int:
    """Take a decision back; its records wait again. Return how many those are."""
    access.check_keep_register(reader)
    audit = AuditEvent(reader.name, "place decision taken back", "data steward", origin, subject=wording)
    return placing.undo(workspace.register, wording, audit=audit)


def decided(workspace: Workspace, reader: Reader) -> pd.DataFrame:
    """Return what was decided, newest first, with a wording that stands in a record still: `agency, location_text, verdict, decided_at`."""
    access.check_keep_register(reader)
    return placing.decisions(workspace.register).join(placing.written(workspace.register))


def hit_rates(workspace: Workspace, reader: Reader) -> pd.DataFrame:
    """Count by agency what is placed: `agency, records, placed, no_place, share`, the least placed first.

    `share` is of the records that are of a place at all; those of none, online or at a home, are not missing.
    """
    access.check_keep_register(reader)
    record = schema.records.c
    placed = sa.func.sum(sa.case((record.method != "none", 1), else_=0))
    no_place = sa.func.sum(sa.case(((record.method == "none") & record.reason.in_(list(NO_PLACES.values())), 1), else_=0))
    query = (
        sa.select(record.agency, sa.func.count().label("records"), placed.label("placed"), no_place.label("no_place"))
        .where(~record.restricted)
        .group_by(record.agency)
    )
    found = workspace.register.table(query, "agency").reset_index()
    of_a_place = found["records"] - found["no_place"]
    return found.assign(share=(found["placed"] / of_a_place).where(of_a_place > 0)).sort_values(["share", "agency"], ignore_index=True)


def by_method(workspace: Workspace, reader: Reader) -> pd.DataFrame:
    """Count the records by how they were placed: `method, records`, most first."""
    access.check_keep_register(reader)
    record = schema.records.c
    query = sa.select(record.method, sa.func.count().label("records")).where(~record.restricted).group_by(record.method)
    return (
        workspace.register.table(query, "method")
        .reset_index()
        .sort_values(["records", "method"], ascending=[False, True], ignore_index=True)
    )


def warning(rates: pd.DataFrame) -> str:
    """Say where too little is placed to trust a map, empty where nowhere is."""
    low = rates[rates["share"] < TRUSTED_SHARE]
    if low.empty:
        return ""
    return _(
        "Less than {share:.0%} of what {agencies} told is placed. A map of it may mislead: what is missing is not missing by chance.",
        share=TRUSTED_SHARE, agencies=", ".join(low["agency"].fillna(_("somebody"))),
    )  # fmt: skip
