"""What stands open is listed with the overdue first, and tells the map which lamps do not burn whatever the council's list says."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import pytest
import shapely

from briefing import lamp_faults
from geo import frames
from spaces import lamp_faults as kept
from spaces.access import Reader, Role
from spaces.lamp_faults import Fault
from tests.briefing.test_safe_places import HOW, OFFICER, TODAY, YOUTH, area
from words import DataProblem

__all__ = ["area"]

NOTED = date(2026, 10, 1)


def _listed(area):
    return lamp_faults.listed(area, OFFICER, TODAY)


def _lamps(*at, ids=None):
    index = ids or [f"lamp/{number}" for number in range(len(at))]
    return gpd.GeoDataFrame(geometry=[shapely.Point(one) for one in at], index=index, crs=frames.BRITISH_NATIONAL_GRID)


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
    assert lamp_faults.failed(area, lamps, NOTED).tolist() == ["lamp/near", "lamp/far"]
    assert lamp_faults.failed(area, lamps, date(2026, 9, 30)).tolist() == []
    assert lamp_faults.failed(area, lamps.head(0), NOTED).tolist() == []


def test_of_two_lamps_only_the_nearer_failed(area):
    lamp_faults.note(area, YOUTH, Fault("By the gate", NOTED, "Youth work team", easting=601_000.0, northing=488_000.0), **HOW)
    assert lamp_faults.failed(area, _lamps((601_009, 488_000), (601_004, 488_000)), NOTED).tolist() == ["lamp/1"]


def test_the_samples_lamps_fail_and_are_mended_by_what_was_noted(area):
    rows = kept.newest(area.register)
    lamps = _lamps(*rows[["easting", "northing"]].to_numpy().tolist())
    assert len(lamp_faults.failed(area, lamps, date(2026, 10, 31))) == 4, "one mended, one mended and lit"
    assert len(lamp_faults.failed(area, lamps, date(2026, 9, 10))) == 3


def test_a_fault_in_a_named_place_has_its_name_before_the_words_and_fails_no_lamp_that_is_not_known(area):
    place = area.places.index[0]
    fault_id = lamp_faults.note(area, YOUTH, Fault("By the gate", NOTED, "Youth work team"), near=place, **HOW)
    now = next(fault for fault in _listed(area) if fault.fault_id == fault_id)
    assert now.whereabouts == f"{area.places.loc[place, 'name']}: By the gate"
    middle = area.places.geometry[place].representative_point()
    assert lamp_faults.failed(area, _lamps((middle.x, middle.y)), NOTED).tolist() == []


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


def test_who_has_no_role_sees_none(area):
    with pytest.raises(DataProblem, match="for the partnership's own staff"):
        lamp_faults.listed(area, Reader("x", "panel_member"), TODAY)
    with pytest.raises(DataProblem, match="noted and looked at again by those who are out there"):
        lamp_faults.note(area, Reader("x", Role.PANEL_MEMBER), Fault("By the gate", NOTED, "A team", "lamp/1"), **HOW)
