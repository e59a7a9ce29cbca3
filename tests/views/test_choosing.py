"""What a touch on the map chooses, and what a choice in the list lights up on the map."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from views import choosing

PLACES = pd.DataFrame(
    {"hotspot": [True, False, False], "letter": ["A", "A", ""], "cell": ["c1", "c2", "c3"]}, index=["way/park", "way/street", "way/estate"]
)
CELLS = gpd.GeoDataFrame(
    {"cluster": ["A", "A", "A", ""]}, index=["c1", "c2", "c9", "c3"], geometry=[shapely.Point(at, 0) for at in range(4)]
)


@pytest.mark.parametrize(
    ("layer", "key", "place"),
    [
        ("parks", "way/park", "way/park"),
        ("alleys", "way/elsewhere", None),
        ("cells", "c1", "way/park"),
        ("cells", "c2", "way/street"),
        ("cells", "c9", "way/park"),
        ("cells", "c3", "way/estate"),
        ("cells", "nowhere", None),
        ("parks", "c1", None),
        ("", "", None),
    ],
)
def test_what_is_touched_chooses_the_place_it_stands_for(layer, key, place):
    assert choosing.place_picked(layer, key, PLACES, CELLS) == place


def test_a_hexagon_without_a_listed_place_chooses_none():
    assert choosing.place_picked("cells", "c3", PLACES.iloc[:1], CELLS) is None


@pytest.mark.parametrize(
    ("place", "lit"), [("way/park", "A"), ("way/street", "c2"), ("way/estate", "c3"), ("way/gone", None), (None, None)]
)
def test_a_choice_lights_up_its_hotspot_else_its_hexagon(place, lit):
    assert choosing.key_to_pick_out(place, PLACES) == lit
