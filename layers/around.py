"""Who may be around: schools, shops, venues, transport and places that sell alcohol, as prompts for an assessment. Never a score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import geopandas as gpd

from layers import sites, tables
from words import N_

Group = Literal["school", "shop", "venue", "licensed", "transport"]
"""Who comes: children and their schools, shoppers, people going out, people who drink, people on their way."""

GROUPS: tuple[Group, ...] = get_args(Group)

KINDS: Mapping[tuple[str, str], tuple[Group, str]] = {
    ("amenity", "school"): ("school", N_("School")),
    ("amenity", "college"): ("school", N_("College")),
    ("amenity", "pub"): ("licensed", N_("Pub")),
    ("amenity", "bar"): ("licensed", N_("Bar")),
    ("amenity", "biergarten"): ("licensed", N_("Beer garden")),
    ("amenity", "nightclub"): ("licensed", N_("Nightclub")),
    ("shop", "alcohol"): ("licensed", N_("Off-licence")),
    ("shop", "wine"): ("licensed", N_("Off-licence")),
    ("amenity", "fast_food"): ("venue", N_("Takeaway")),
    ("amenity", "cafe"): ("venue", N_("Café")),
    ("amenity", "restaurant"): ("venue", N_("Restaurant")),
    ("amenity", "cinema"): ("venue", N_("Cinema")),
    ("amenity", "theatre"): ("venue", N_("Theatre")),
    ("amenity", "casino"): ("venue", N_("Casino")),
    ("amenity", "gambling"): ("venue", N_("Gambling")),
    ("shop", "bookmaker"): ("venue", N_("Betting shop")),
    ("shop", "lottery"): ("venue", N_("Gambling")),
    ("leisure", "amusement_arcade"): ("venue", N_("Amusement arcade")),
    ("leisure", "adult_gaming_centre"): ("venue", N_("Adult gaming centre")),
    ("leisure", "bowling_alley"): ("venue", N_("Bowling alley")),
    ("leisure", "ice_rink"): ("venue", N_("Ice rink")),
    ("amenity", "bus_station"): ("transport", N_("Bus station")),
    ("highway", "bus_stop"): ("transport", N_("Bus stop")),
    ("railway", "station"): ("transport", N_("Railway station")),
    ("railway", "halt"): ("transport", N_("Railway station")),
    ("railway", "tram_stop"): ("transport", N_("Tram stop")),
    ("amenity", "taxi"): ("transport", N_("Taxi rank")),
}
"""Tags by whom they bring; the first listed tag names a thing that has several. Any other `shop` is a shop."""

SHOP = N_("Shop")

NO_SHOP = frozenset({"no", "vacant", "disused"})
"""What `shop` says of premises where nobody serves anybody."""

REASON = N_("Shown because of what it is: a prompt to ask who is there at this hour, and not a judgement.")

COLUMNS: tables.Columns = {
    "name": "text", "name_cy": "text", "kind": "text", "group": "text", "state": "text", "reason": "text", "opening_hours": "text",
}  # fmt: skip


def around(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return every school, shop, venue, stop and licensed place as points, with its group as its `state`.

    Takes an extract's points and areas in EPSG:27700; an area is stood for by a point inside it. A point of the same kind inside
    such an area is the same place mapped twice and is left out. What is licensed goes by its tag: many shops and restaurants sell
    alcohol too, which the map does not say. `opening_hours` is the text as recorded, empty where it is not.
    """
    found = sites.as_points(_of_a_kind(points), _of_a_kind(areas), many_inside=SHOP)
    return tables.table(
        found.geometry,
        COLUMNS,
        **tables.names(found),
        kind=found["kind"],
        group=found["group"],
        state=found["group"],
        reason=REASON,
        opening_hours=found["opening_hours"],
    )


def _of_a_kind(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    kind = tables.first_kind(features, {tag: label for tag, (_group, label) in KINDS.items()})
    group = kind.map({label: group for group, label in KINDS.values()})
    other_shop = kind.isna() & features["shop"].notna()
    found = features.assign(kind=kind.mask(other_shop, SHOP), group=group.mask(other_shop, "shop"))
    return found[found["kind"].notna() & ~features["shop"].isin(NO_SHOP) & (features["disused"] != "yes")]
