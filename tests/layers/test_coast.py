"""The sea is on a coastline's right; y grows to the south here, as on a screen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers import base_map, coast, osm
from tests.extracts import Drawing

BOX = shapely.box(0, 0, 100, 100)


def sea(*lines: list[tuple[float, float]]) -> shapely.Geometry:
    return shapely.union_all(coast.sea(np.array([shapely.LineString(line) for line in lines], dtype=object), BOX))


def test_going_east_the_sea_is_to_the_south() -> None:
    assert sea([(-10, 40), (110, 40)]).equals(shapely.box(0, 40, 100, 100))
    assert sea([(110, 40), (-10, 40)]).equals(shapely.box(0, 0, 100, 40))


def test_a_line_in_pieces_is_one_coast() -> None:
    assert sea([(50, 40), (110, 40)], [(-10, 40), (50, 40)]).equals(shapely.box(0, 40, 100, 100))


def test_an_island_is_land_in_the_sea_and_a_hole_in_it() -> None:
    island = [(20, 60), (40, 60), (40, 80), (20, 80), (20, 60)][::-1]  # anticlockwise on a screen: its inside on the left
    assert sea([(-10, 40), (110, 40)], island).area == pytest.approx(6000 - 400)
    assert sea(island).area == pytest.approx(10_000 - 400)


def test_no_coastline_is_no_sea() -> None:
    assert sea().is_empty
    assert sea([(-50, -50), (-40, -50)]).is_empty


def test_a_coast_that_the_extract_cuts_off_is_led_on_to_the_side() -> None:
    found = sea([(30, 40), (110, 40)])
    assert found.contains(shapely.box(50, 41, 99, 99))
    assert not found.intersects(shapely.box(50, 1, 99, 39))


@given(st.lists(st.floats(5, 95), min_size=2, max_size=9))
def test_land_and_sea_share_the_box_whatever_the_coast(heights: list[float]) -> None:
    across = np.linspace(-5, 105, len(heights))
    line = list(zip(across.tolist(), heights, strict=True))
    wet, dry = sea(line), sea(line[::-1])
    assert wet.area + dry.area == pytest.approx(BOX.area)
    assert wet.intersection(dry).area == pytest.approx(0, abs=1e-6)


def test_a_coast_on_the_map_has_its_sea_drawn(drawing: Drawing, read: Callable[[], osm.Extract]) -> None:
    drawing.way((-30_000, 0), (30_000, 0), natural="coastline")
    drawing.way((0, 100), (700, 100), highway="residential", name="Marine Parade")
    found = base_map.gather(read(), area=shapely.box(486_000, 308_000, 487_000, 309_000))
    (wet,) = found.fills["sea"]
    shapely.prepare(wet)
    assert not shapely.intersects(wet, found.lines["minor", False]).any(), "the street is north of it, on land"
    assert shapely.area(wet) == pytest.approx(shapely.area(found.gathered) / 2, rel=0.05)
    assert ("river", False) not in found.lines
