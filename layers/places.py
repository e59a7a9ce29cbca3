"""Named spaces that a hotspot can be named after: never drawn, only looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo import frames
from layers import alleys, osm, tables

SpaceKind = Literal[
    "park",
    "estate",
    "shopping street",
    "takeaway",
    "transport hub",
    "alley",
    "stairwell",
    "school edge",
    "venue",
    "waterside",
    "other",
    "street",
]
"""The kinds of space. OpenStreetMap knows no stairwells: those are drawn by hand, later."""

RANKS: Mapping[str, int] = {"estate": 2, "street": 3}
"""How gladly a place is used as a name, 1 first: any bounded space before an estate, any estate before a plain street."""

POINT_M = 25.0
"""A venue or takeaway: the building and the pavement before it, where people wait and gather."""

HUB_M = 50.0
"""A station: the stands, the forecourt and the way in, which are part of the place though not of the outline."""

SCHOOL_EDGE_M = 30.0
"""The gate, the pavement and the kerb outside the school's grounds: what "school edge" means."""

OUTLINE_M = 10.0
"""A building, car park or market: coordinates of an incident at its door fall just outside the outline."""

ALLEY_HALF_WIDTH_M = 4.0
"""An alley is 1 to 3 m wide; the rest is for how exactly both it and an incident are placed."""

STREET_HALF_WIDTH_M = 12.0
"""From the middle of a British street to the house fronts."""

SAME_STREET_M = 100.0
"""Pieces with one name this near each other are one street with a junction between; farther apart, two High Streets."""

SHOPS_OF_SHOPPING_STREET = 5
"""With this many shops on its fronts people come to a street to shop; below, they come past a corner shop."""

LARGEST_ESTATE_M2 = 1_000_000
"""Beyond a square kilometre a named residential area is a village or a town, and names nothing."""


@dataclass(frozen=True)
class _Rule:
    """Which tag makes which kind of space, and how far it reaches beyond its outline (`reach_m`) or its point (`around_m`)."""

    kind: SpaceKind
    tag: str
    values: tuple[str, ...]
    reach_m: float = 0.0
    around_m: float = POINT_M


_RULES = (
    _Rule("transport hub", "amenity", ("bus_station",), HUB_M / 2, HUB_M),
    _Rule("transport hub", "railway", ("station", "halt", "tram_stop"), HUB_M / 2, HUB_M),
    _Rule("transport hub", "public_transport", ("station",), HUB_M / 2, HUB_M),
    _Rule("school edge", "amenity", ("school", "college"), SCHOOL_EDGE_M, 2 * SCHOOL_EDGE_M),
    _Rule("takeaway", "amenity", ("fast_food",), OUTLINE_M),
    _Rule("shopping street", "amenity", ("marketplace",), OUTLINE_M),
    _Rule("shopping street", "shop", ("mall", "department_store"), OUTLINE_M),
    _Rule("shopping street", "landuse", ("retail",), OUTLINE_M),
    _Rule(
        "venue",
        "amenity",
        ("cinema", "nightclub", "theatre", "bar", "pub", "cafe", "community_centre", "youth_centre", "library"),
        OUTLINE_M,
    ),
    _Rule(
        "venue", "leisure", ("sports_centre", "bowling_alley", "amusement_arcade", "adult_gaming_centre", "ice_rink", "stadium"), OUTLINE_M
    ),
    _Rule("venue", "tourism", ("hotel", "hostel", "attraction"), OUTLINE_M),
    _Rule(
        "park",
        "leisure",
        ("park", "playground", "recreation_ground", "village_green", "common", "nature_reserve", "garden", "pitch", "track"),
    ),
    _Rule("park", "landuse", ("recreation_ground", "village_green")),
    _Rule("waterside", "leisure", ("marina",), OUTLINE_M),
    _Rule("waterside", "natural", ("water", "beach"), OUTLINE_M),
    _Rule("other", "amenity", ("parking", "grave_yard", "hospital", "place_of_worship", "townhall"), OUTLINE_M),
    _Rule("other", "landuse", ("cemetery", "allotments", "commercial", "industrial"), OUTLINE_M),
    _Rule("other", "shop", ("supermarket", "convenience"), OUTLINE_M),
    _Rule("other", "place", ("square",), OUTLINE_M),
    _Rule("estate", "landuse", ("residential",)),
)

COLUMNS: tables.Columns = {"name": "text", "name_cy": "text", "kind": "text", "rank": "number", "area_m2": "number"}


def places(points: gpd.GeoDataFrame, lines: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return every named space as a polygon, the best name for a spot first.

    Takes an extract's three frames in EPSG:27700. Returns `name, name_cy, kind` (a SpaceKind), `rank` (1 a bounded space,
    2 an estate, 3 a street), `area_m2` and the polygon, indexed by `feature_id` and ordered by rank and then by size: of
    all places that cover a spot, the first is the name to use. Points and lines are widened by the constants above. The
    stretches of one street are one place, under the id of its lowest-numbered way.
    """
    for features in (points, lines, areas):
        frames.check_metres(features)
    named_lines = _named(lines[lines["highway"].notna()])
    is_alley = named_lines.index.isin(alleys.alleys(named_lines).index)
    shops = pd.concat([points.geometry[points["shop"].notna()], areas.geometry[areas["shop"].notna()]])
    found = pd.concat(
        [
            *_by_rule(_named(areas), of_points=False),
            *_by_rule(_named(points), of_points=True),
            _widened(named_lines[is_alley], "alley", ALLEY_HALF_WIDTH_M),
            _streets(named_lines[~is_alley], shops),
        ]
    )
    found = osm.in_feature_order(found[~found.index.duplicated(keep="first")])
    rank = found["kind"].map(RANKS).fillna(1)
    result = tables.table(found.geometry, COLUMNS, **tables.names(found), kind=found["kind"], rank=rank, area_m2=found.area.round())
    return result.iloc[np.lexsort((result["area_m2"], result["rank"]))]


def _named(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return features[features["name"].str.strip().fillna("") != ""]


def _by_rule(features: gpd.GeoDataFrame, *, of_points: bool) -> Iterator[gpd.GeoDataFrame]:
    for rule in _RULES:
        found = features[features[rule.tag].isin(rule.values)]
        if rule.kind == "estate":
            found = found[(found.area <= LARGEST_ESTATE_M2) & (not of_points)]
        yield _widened(found, rule.kind, rule.around_m if of_points else rule.reach_m)


def _widened(features: gpd.GeoDataFrame, kind: SpaceKind, by_m: float) -> gpd.GeoDataFrame:
    kept = features[["name", "name:cy", "geometry"]].assign(kind=kind)
    return kept.set_geometry(kept.buffer(by_m)) if by_m else kept


def _streets(lines: gpd.GeoDataFrame, shops: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """Join the stretches of each street; one lined with shops is a shopping street."""
    in_order = osm.in_feature_order(lines)
    number = _street_numbers(in_order)
    widened = gpd.GeoSeries(shapely.buffer(in_order.geometry.to_numpy(), STREET_HALF_WIDTH_M), crs=lines.crs)
    shapes = gpd.GeoSeries([shapely.union_all(parts.to_numpy()) for _, parts in widened.groupby(number)], crs=lines.crs)
    shop_count = np.bincount(shapes.sindex.query(shops.to_numpy(), predicate="intersects")[1], minlength=len(shapes))
    first = ~pd.Series(number).duplicated().to_numpy()
    welsh = in_order["name:cy"].groupby(number).transform("first")
    streets = in_order.loc[first, ["name", "geometry"]].assign(
        **{"name:cy": welsh[first], "kind": np.where(shop_count[number[first]] >= SHOPS_OF_SHOPPING_STREET, "shopping street", "street")}
    )
    return streets.set_geometry(gpd.GeoSeries(shapes.to_numpy()[number[first]], index=streets.index, crs=lines.crs))


def _street_numbers(lines: gpd.GeoDataFrame) -> NDArray[np.int32]:
    """Number the streets: lines of one name, each within reach of the next, share a number."""
    left, right = lines.sindex.query(lines.geometry.to_numpy(), predicate="dwithin", distance=SAME_STREET_M)
    names = lines["name"].str.strip().to_numpy()
    same = names[left] == names[right]
    links = coo_array((np.ones(same.sum(), dtype=np.int8), (left[same], right[same])), shape=(len(lines), len(lines)))
    numbers: NDArray[np.int32] = connected_components(links, directed=False)[1]
    return numbers
