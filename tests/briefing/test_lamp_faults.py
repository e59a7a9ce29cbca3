"""What stands open is listed with the overdue first, and tells the map which lamps do not burn whatever the council's list says."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely

from briefing import lamp_faults
from geo import frames
from spaces import lamp_faults as kept
from spaces.access import Reader, Role
from spaces.lamp_faults import Fault
from tests.briefing.conftest import HOW, OFFICER, TODAY, YOUTH
from words import DataProblem

NOTED = date(2026, 10, 1)


def _listed(area):
    return lamp_faults.listed(area, OFFICER, TODAY)


def _lamps(*at, ids=None):
    index = ids or [f"lamp/{number}" for number in range(len(at))]
    return gpd.GeoDataFrame(geometry=[shapely.Point(one) for one in at], index=index, crs=frames.BRITISH_NATIONAL_GRID)


def failed(area, lamps, on):
    """Return which of some lamps have failed on a day, in their order."""
    return lamps.index[lamps.index.isin(lamp_faults.of_lamps(area, lamps).failed(on))]


def test_the_sample_shows_every_step_and_the_overdue_first(area):
    found = _listed(area)
    assert [fault.overdue for fault in found] == [True, True, False, False, False, False]
    assert [fault.state for fault in found] == ["reported", "mended", "noted", "noted", "reported", "looked_at"]
    assert "It should have been mended 46 days ago: ask." in found[0].reason
    assert "The look is 17 days late." in found[1].reason


def test_a_step_moves_a_fault_on_and_an_old_look_at_it_is_told(area):
    overdue = _listed(area)[0]
    lamp_faults.mend(area, OFFICER, overdue, on=date(2026, 10, 20), **HOW)
    with pytest.raises(DataProblem, match="Somebody else has just changed"):
        lamp_faults.mend(area, OFFICER, overdue, on=date(2026, 10, 20), **HOW)
    now = next(fault for fault in _listed(area) if fault.fault_id == overdue.fault_id)
    assert (now.state, now.overdue) == ("mended", False)
    lamp_faults.look_again(area, YOUTH, now, on=date(2026, 10, 25), by="Youth work team", found="not lit", **HOW)
    now = next(fault for fault in _listed(area) if fault.fault_id == overdue.fault_id)
    assert now.state == "noted"
    lamp_faults.report(area, OFFICER, now, works_reference="SL-1", on=date(2026, 10, 26), **HOW)


def test_a_lamp_is_failed_by_its_id_or_where_a_fault_stands_within_ten_metres(area):
    lamp_faults.note(area, YOUTH, Fault("By the gate", NOTED, "Youth work team", easting=601_000.0, northing=488_000.0), **HOW)
    lamp_faults.note(area, YOUTH, Fault("By the weir", NOTED, "Youth work team", "lamp/far"), **HOW)
    lamps = _lamps((601_006, 488_008), (601_006.1, 488_008.1), (600_000, 487_000), ids=["lamp/near", "lamp/beyond", "lamp/far"])
    assert failed(area, lamps, NOTED).tolist() == ["lamp/near", "lamp/far"]
    assert failed(area, lamps, date(2026, 9, 30)).tolist() == []
    assert failed(area, lamps.head(0), NOTED).tolist() == []


def test_of_two_lamps_only_the_nearer_failed(area):
    lamp_faults.note(area, YOUTH, Fault("By the gate", NOTED, "Youth work team", easting=601_000.0, northing=488_000.0), **HOW)
    assert failed(area, _lamps((601_009, 488_000), (601_004, 488_000)), NOTED).tolist() == ["lamp/1"]


def test_the_samples_lamps_fail_and_are_mended_by_what_was_noted(area):
    rows = kept.newest(area.register)
    lamps = _lamps(*rows[["easting", "northing"]].to_numpy().tolist())
    assert len(failed(area, lamps, date(2026, 10, 31))) == 4, "one mended, one mended and lit"
    assert len(failed(area, lamps, date(2026, 9, 10))) == 3


def test_a_fault_in_a_named_place_has_its_name_before_the_words_and_fails_no_lamp_that_is_not_known(area):
    place = area.places.index[0]
    fault_id = lamp_faults.note(area, YOUTH, Fault("By the gate", NOTED, "Youth work team"), near=place, **HOW)
    now = next(fault for fault in _listed(area) if fault.fault_id == fault_id)
    assert now.whereabouts == f"{area.places.loc[place, 'name']}: By the gate"
    middle = area.places.geometry[place].representative_point()
    assert failed(area, _lamps((middle.x, middle.y)), NOTED).tolist() == []


def test_a_touch_of_the_map_offers_the_lamps_round_it_the_nearest_first_and_one_needs_no_words(area):
    lamps = area.layer("lamps")
    lamp = lamps[lamps["ref"] != ""].iloc[5]
    (east,), (north,) = frames.points_in_degrees([lamp.geometry.x + 3], [lamp.geometry.y])
    offered = lamp_faults.lamps_near(area, east, north)
    apart = [np.hypot(one.easting - lamp.geometry.x - 3, one.northing - lamp.geometry.y) for one in offered]
    assert offered[0].lamp_id == lamp.name
    assert apart == sorted(apart)
    assert max(apart) <= lamp_faults.TOUCH_M
    assert sum(np.hypot(lamps.geometry.x - lamp.geometry.x - 3, lamps.geometry.y - lamp.geometry.y) <= lamp_faults.TOUCH_M) == len(offered)
    assert f"lamp {lamp['ref']}" in offered[0].words
    fault_id = lamp_faults.note(area, YOUTH, Fault("", NOTED, "Youth work team", offered[0].lamp_id), **HOW)
    assert next(fault for fault in _listed(area) if fault.fault_id == fault_id).whereabouts == offered[0].words
    assert failed(area, lamps, NOTED).tolist().count(lamp.name) == 1
    with pytest.raises(DataProblem, match="noted already"):
        lamp_faults.note(area, YOUTH, Fault("", NOTED, "Youth work team", offered[0].lamp_id), **HOW)


def test_far_from_any_lamp_none_is_offered(area):
    (east,), (north,) = frames.points_in_degrees([area.layer("lamps").total_bounds[0] - 500], [488_000])
    assert lamp_faults.lamps_near(area, east, north) == []


@pytest.mark.parametrize(
    ("fault", "near", "said"),
    [
        (Fault("By the gate", NOTED, "A team"), "", "choose the place that it is in or near"),
        (Fault("By the gate", NOTED, "A team"), "way/0", "no longer on the map"),
        (Fault("By the gate", NOTED, "A team", easting=1.0, northing=2.0), "", "not inside the area"),
        (Fault("By the gate", NOTED, "A team", easting=601_000.0), "", "Give both, or neither"),
    ],
)
def test_a_fault_nowhere_or_elsewhere_is_refused(area, fault, near, said):
    with pytest.raises(DataProblem, match=said):
        lamp_faults.note(area, YOUTH, fault, near=near, **HOW)


def _numbered(*refs):
    return _lamps(*[(600_000 + 100 * at, 487_000) for at in range(len(refs))]).assign(ref=list(refs))


@pytest.mark.parametrize(
    ("words", "lamp"),
    [
        ("Lamp L0017, by the number on its post", "lamp/0"),
        ("l 0017", "lamp/0"),
        ("Column L-0017 at the gate", "lamp/0"),
        ("Lamp 23", "lamp/1"),
        ("Column no 23 by the bridge", "lamp/1"),
        ("23", "lamp/1"),
        ("Opposite house 23", ""),
        ("Third lamp of 23 in the row", ""),
        ("Lamp L0017 or lamp 23", ""),
        ("Lamp 5", ""),
        ("By the gate", ""),
    ],
)
def test_a_fault_in_words_is_of_the_one_lamp_whose_number_they_have(area, words, lamp):
    lamps = _numbered("L0017", "23", "5", "5", "")
    place = area.places.index[0]
    lamp_faults.note(area, YOUTH, Fault(words, NOTED, "Youth work team"), near=place, **HOW)
    assert failed(area, lamps, NOTED).tolist() == ([lamp] if lamp else [])


def test_a_fault_of_no_lamp_that_is_known_says_that_the_map_does_not_show_it(area):
    far = area.area.representative_point()
    lamp = area.layer("lamps").iloc[30]
    for words, where in (
        ("By the gate", {}), ("Out on the field", {"easting": far.x, "northing": far.y}), (f"Lamp {lamp['ref']}", {}),
    ):  # fmt: skip
        lamp_faults.note(area, YOUTH, Fault(words, NOTED, "Youth work team", **where), near=area.places.index[0], **HOW)
    said = {fault.whereabouts.rpartition(": ")[2]: fault.reason for fault in _listed(area)}
    lost = {words for words, reason in said.items() if "No lamp on the map is known to be this one" in reason}
    apart_m = area.layer("lamps").distance(far).min()
    assert lost == {"By the gate", "Out on the field"} - ({"Out on the field"} if apart_m <= lamp_faults.SAME_LAMP_M else set())


def test_the_same_lamp_is_not_noted_twice_by_its_position_its_number_or_its_id(area):
    number = 30
    lamp = area.layer("lamps").iloc[number]
    spot = {"easting": lamp.geometry.x, "northing": lamp.geometry.y}
    lamp_faults.note(area, YOUTH, Fault("By the bench", NOTED, "A team", **spot), **HOW)
    again = [
        Fault("By a bench", NOTED, "A team", easting=spot["easting"] + 6, northing=spot["northing"]),
        Fault(f"Lamp {lamp['ref']}", NOTED, "A team"),
        Fault("By the bench", NOTED, "A team", str(lamp.name)),
    ]
    for fault in again:
        with pytest.raises(DataProblem, match="noted already, and not mended"):
            lamp_faults.note(area, YOUTH, fault, near=area.places.index[0], **HOW)
    other = area.layer("lamps").iloc[number + 1]
    lamp_faults.note(area, YOUTH, Fault("The next", NOTED, "A team", easting=other.geometry.x, northing=other.geometry.y), **HOW)


def test_beside_a_fault_of_no_known_lamp_none_is_noted_again(area):
    west, south, _east, _north = area.area.bounds
    far = next(
        (x, y) for x in range(int(west) + 50, int(west) + 3_000, 50) for y in range(int(south) + 50, int(south) + 3_000, 50)
        if shapely.intersects_xy(area.area, x, y) and area.layer("lamps").distance(shapely.Point(x, y)).min() > 60
    )  # fmt: skip
    lamp_faults.note(area, YOUTH, Fault("A lamp", NOTED, "A team", easting=far[0], northing=far[1]), **HOW)
    with pytest.raises(DataProblem, match="noted already"):
        lamp_faults.note(area, YOUTH, Fault("That lamp", NOTED, "A team", easting=far[0] + 5, northing=far[1]), **HOW)
    lamp_faults.note(area, YOUTH, Fault("Another lamp", NOTED, "A team", easting=far[0] + 30, northing=far[1]), **HOW)


def test_who_has_no_role_sees_none(area):
    with pytest.raises(DataProblem, match="for the partnership's own staff"):
        lamp_faults.listed(area, Reader("x", "panel_member"), TODAY)
    with pytest.raises(DataProblem, match="noted and looked at again by those who are out there"):
        lamp_faults.note(area, Reader("x", Role.PANEL_MEMBER), Fault("By the gate", NOTED, "A team", "lamp/1"), **HOW)
