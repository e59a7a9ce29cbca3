"""A group's map: hexagons in one colour each, routes as lines, compared only with the same group's, and few are said to be few."""

from __future__ import annotations

import dataclasses

import h3
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import cells
from spaces import safety_maps, youth_sessions
from spaces.safety_maps import Mark, hexagons_at
from tests.spaces.test_youth_sessions import ASKS, MINE, OTHER, WHOLE, keep
from words import DataProblem

SLOUGH = (-0.59, 51.51)
ROUTE = ((600_000.0, 488_000.0), (600_030.0, 488_040.0))


def draw(register, session_id, colour="red", hexagons=None, route=(), reasons="dark", reader=MINE):
    hexagons = tuple(hexagons_at(*SLOUGH)) if hexagons is None and not route else tuple(hexagons or ())
    return safety_maps.draw(register, reader, session_id, Mark(colour, hexagons, route, reasons), origin="tests")


def row_of(count):
    """Return so many different hexagons round about."""
    return sorted(h3.str_to_int(cell) for cell in h3.grid_disk(h3.latlng_to_cell(51.51, -0.59, 11), 8))[:count]


def colours(**counts):
    """Return hexagons by their text, so many of each colour, in one order."""
    said = [colour for colour, count in counts.items() for _one in range(count)]
    return pd.Series(said, index=cells.as_text(np.array(row_of(len(said)), np.uint64)), dtype="str")


def test_a_touch_is_a_hexagon_of_part_of_a_street_and_a_wide_one_is_seven():
    one, seven = hexagons_at(*SLOUGH), hexagons_at(*SLOUGH, wide=True)
    assert (len(one), len(seven)) == (1, 7)
    assert one <= seven
    assert {h3.get_resolution(h3.int_to_str(cell)) for cell in seven} == {11}
    area = shapely.area(safety_maps.shape_of(Mark("red", tuple(one))))
    assert 1_500 < area < 3_000, "part of a street, in square metres"


def test_marks_are_kept_drawn_and_taken_away_and_all_of_it_is_kept(register):
    session_id = keep(register)
    area, route = draw(register, session_id), draw(register, session_id, "green", route=ROUTE)
    found = safety_maps.newest(register, [session_id])
    assert found.index.tolist() == [area, route]
    line = shapely.from_wkb(found.loc[route, "shape"])
    assert (line.geom_type, line.length) == ("LineString", 50.0)
    assert safety_maps.hexagons(found).tolist() == ["red"], "a route colours no hexagon"
    safety_maps.take_away(register, MINE, area, seen=1, origin="tests")
    assert safety_maps.newest(register).index.tolist() == [route]
    with pytest.raises(DataProblem, match="not on the map any more"):
        safety_maps.take_away(register, MINE, area, seen=2, origin="tests")
    assert len(register.audit_trail()) == 4


def test_no_hexagon_has_two_colours_on_one_map_and_every_map_has_its_own(register):
    session_id, other = keep(register), keep(register, dataclasses.replace(WHOLE, group_name="Friday art group"))
    first = draw(register, session_id, hexagons=row_of(3))
    with pytest.raises(DataProblem, match="leave out those hexagons: 2"):
        draw(register, session_id, "green", row_of(5)[1:])
    draw(register, other, "green", row_of(5))
    safety_maps.take_away(register, MINE, first, seen=1, origin="tests")
    draw(register, session_id, "green", row_of(5))


REFUSED = {
    "no colour": (Mark("blue", tuple(hexagons_at(*SLOUGH))), "red, amber or green"),
    "nothing": (Mark("red"), "Touch the map"),
    "both": (Mark("red", tuple(hexagons_at(*SLOUGH)), ROUTE), "one of the two"),
    "the whole town": (Mark("red", tuple(range(401))), "too large"),
    "an endless route": (Mark("red", (), ROUTE * 51), "too large"),
    "no cell": (Mark("red", (1,)), "hexagons of resolution 11"),
    "a wide cell": (Mark("red", (h3.str_to_int(h3.latlng_to_cell(51.51, -0.59, 9)),)), "hexagons of resolution 11"),
    "a route of one point": (Mark("red", (), ROUTE[:1] * 2), "two points or more"),
    "a route to nowhere": (Mark("red", (), (ROUTE[0], (float("nan"), 1.0))), "two points or more"),
    "a name": (Mark("red", (), ROUTE, "Kayleigh Price was hurt here"), "looks like a person's name"),
    "an essay": (Mark("red", (), ROUTE, "x" * 201), "under 200 characters"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_mark_that_is_none_is_refused(register, what):
    session_id = keep(register)
    mark, said = REFUSED[what]
    with pytest.raises(DataProblem, match=said):
        safety_maps.draw(register, MINE, session_id, mark, origin="tests")
    assert safety_maps.newest(register).empty


def test_only_the_worker_of_a_session_draws_on_its_map(register, kept_in):
    session_id = keep(register)
    mark_id = draw(register, session_id)
    for reader, said in ((OTHER, "held by another worker"), (ASKS, "written down by the youth worker")):
        with pytest.raises(DataProblem, match=said):
            draw(register, session_id, "green", row_of(9)[5:], reader=reader)
        with pytest.raises(DataProblem, match=said):
            safety_maps.take_away(register, reader, mark_id, seen=1, origin="tests")
    with pytest.raises(DataProblem, match="not in the list"):
        draw(register, "nothing")
    youth_sessions.withdraw(register, MINE, session_id, seen=1, kept_in=kept_in, origin="tests")
    with pytest.raises(DataProblem, match="took this session back"):
        draw(register, session_id)


def test_what_changed_is_counted_by_hexagon():
    before, after = colours(red=8, amber=4), colours(green=5, red=3, amber=4)
    found = safety_maps.changes(before, after)
    assert found.to_numpy().tolist() == [["red", "green", 5], ["amber", "amber", 4], ["red", "red", 3]]
    assert safety_maps.compared(before, after) == [
        "12 hexagons are on both maps.", "5 went from red to green.", "4 stayed amber.", "3 stayed red.",
    ]  # fmt: skip


def test_what_is_on_one_map_only_is_not_called_safe():
    said = safety_maps.compared(colours(red=12), colours(red=10))
    assert said == [
        "10 hexagons are on both maps.", "10 stayed red.",
        "2 only on the earlier map: what is not marked is not known, neither safe nor unsafe.",
    ]  # fmt: skip


@pytest.mark.parametrize("count", [0, 1, 9])
def test_few_hexagons_are_said_to_be_too_few_and_nothing_else_is_claimed(count):
    said = safety_maps.compared(colours(red=count), colours(green=count))
    assert len(said) == 1
    assert "too few to say whether anything changed" in said[0]


def test_another_groups_map_is_not_compared():
    group_of = youth_sessions.group_of
    club = group_of({"worker": "Y. Worker", "group_name": "Tuesday youth club"})
    safety_maps.check_same_group(club, group_of({"worker": "Y. Worker", "group_name": "tuesday Youth Club"}))
    with pytest.raises(DataProblem, match="Only maps of the same group are compared"):
        safety_maps.check_same_group(club, group_of({"worker": "Y. Worker", "group_name": "Friday art group"}))
    with pytest.raises(DataProblem, match="Only maps of the same group are compared"):
        safety_maps.check_same_group(club, group_of({"worker": "O. Worker", "group_name": "Tuesday youth club"}))


PAINTED = st.dictionaries(st.sampled_from([format(number, "x") for number in range(30)]), st.sampled_from(["red", "amber", "green"]))


@given(PAINTED, PAINTED)
def test_every_hexagon_on_both_maps_is_counted_once(before, after):
    then, now = (pd.Series(painted, dtype="str") for painted in (before, after))
    found = safety_maps.changes(then, now)
    assert found["count"].sum() == len(set(before) & set(after))
    back = safety_maps.changes(now, then)
    forth = {(row.before, row.after): row.count for row in found.itertuples(index=False)}
    assert {(row.after, row.before) for row in back.itertuples(index=False)} == set(forth)
