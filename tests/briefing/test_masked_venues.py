"""What is recorded at a masked venue, next to it or roughly about it is on no map; what is well away is."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from briefing import masked_venues
from geo import cells, frames
from spaces import masked

VENUE = (497_040.0, 180_030.0)
NONE = float("nan")


@pytest.fixture
def area(monkeypatch):
    """Give an area of which one cell is masked: the venue's own, and no others, so that it is known what lies beside it."""
    degrees = frames.points_in_degrees(*([one] for one in VENUE))
    hidden = cells.from_points(*degrees, masked.RESOLUTION)
    monkeypatch.setattr(masked, "count", lambda _register: 1)
    monkeypatch.setattr(masked, "masked_cells", lambda _register, _keys: hidden)
    monkeypatch.setattr(masked_venues.keeping, "open_keys", lambda _workspace: None)
    return SimpleNamespace(register=None)


def _hidden(area, *places):
    records = pd.DataFrame(places, columns=["easting", "northing", "precision_m"], index=range(7, 7 + len(places)), dtype=float)
    longitude, latitude = frames.points_in_degrees(records["easting"], records["northing"])
    return masked_venues.on_no_map(area, records.assign(longitude=longitude, latitude=latitude)).tolist()


def test_a_house_snapped_to_the_grid_and_a_postcodes_centre_are_hidden_too(area):
    east, north = VENUE
    at = [(50 + east // 100 * 100, 50 + north // 100 * 100, 50), (east + 80, north, 10), (east - 80, north, 10), (east, north + 80, 10)]
    own = cells.from_points(*frames.points_in_degrees(*zip(*[one[:2] for one in at], strict=True)), masked.RESOLUTION)
    assert len(np.unique(own)) > 1, "they are not all in the venue's own cell"
    assert _hidden(area, *at) == [True] * 4


def test_what_is_well_away_or_nowhere_is_not(area):
    east, north = VENUE
    assert _hidden(area, (east + 400, north, 10), (east, north - 400, 100), (NONE, NONE, NONE), (east + 400, north, NONE)) == [False] * 4


def test_what_is_placed_so_roughly_that_it_may_be_there_is_hidden(area):
    east, north = VENUE
    assert _hidden(area, (east + 400, north, 500), (east + 400, north, 250)) == [True, False]
