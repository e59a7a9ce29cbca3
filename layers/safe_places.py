"""Possible safe places: where a child might find a trusted adult. Candidates from the map, never called safe."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd

from layers import sites, tables
from words import N_

KINDS: Mapping[tuple[str, str], str] = {
    ("amenity", "library"): N_("Library"),
    ("amenity", "community_centre"): N_("Community centre"),
    ("amenity", "community_hall"): N_("Community centre"),
    ("amenity", "youth_centre"): N_("Youth centre"),
    ("amenity", "youth_club"): N_("Youth centre"),
    ("amenity", "police"): N_("Police station"),
    ("amenity", "fire_station"): N_("Fire station"),
    ("amenity", "hospital"): N_("Hospital"),
    ("amenity", "clinic"): N_("Clinic"),
    ("amenity", "doctors"): N_("Doctors' surgery"),
    ("amenity", "pharmacy"): N_("Pharmacy"),
    ("amenity", "school"): N_("School (in school hours)"),
    ("amenity", "college"): N_("College (in term)"),
    ("amenity", "social_centre"): N_("Community centre"),
    ("amenity", "townhall"): N_("Town hall or council office"),
    ("amenity", "place_of_worship"): N_("Place of worship"),
    ("leisure", "sports_centre"): N_("Leisure centre"),
    ("leisure", "fitness_centre"): N_("Gym"),
    ("tourism", "museum"): N_("Museum"),
    ("railway", "station"): N_("Railway station (not every one is staffed)"),
    ("shop", "supermarket"): N_("Supermarket"),
}
"""Places with adults at work in them who could be asked to help; the first listed tag names one that has several."""

REASON = N_("Shown because of what it is. Nobody has yet checked it with the people there.")

COLUMNS: tables.Columns = {"name": "text", "name_cy": "text", "kind": "text", "state": "text", "reason": "text", "opening_hours": "text"}


def candidates(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return every place of a kind that might be made a safe place, as points; `state` is always `candidate`.

    Takes an extract's points and areas in EPSG:27700; an area is stood for by a point inside it. A point of the same kind
    inside such an area is the same place mapped twice and is left out. `opening_hours` is the text as recorded, empty
    where it is not.
    """
    found = sites.as_points(_of_a_kind(points), _of_a_kind(areas))
    return tables.table(
        found.geometry,
        COLUMNS,
        **tables.names(found),
        kind=found["kind"],
        state="candidate",
        reason=REASON,
        opening_hours=found["opening_hours"],
    )


def _of_a_kind(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    kind = tables.first_kind(features, KINDS)
    return features.assign(kind=kind)[kind.notna() & (features["disused"] != "yes")]
