"""At an hour the map shows the lamps as the lists have them, put right by every fault that stands open and by what was seen after dark."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from briefing import lamp_faults, overlays
from spaces.lamp_faults import Fault
from tests.briefing.conftest import HOW, OFFICER, TODAY, YOUTH

NOTED, MENDED, LOOKED = date(2026, 10, 1), date(2026, 10, 20), date(2026, 10, 25)
READ_ON = date(2026, 10, 31)


def at(month, day, hour, minute=0):
    """Return a time of the clock on the wall in 2026."""
    return pd.Timestamp(2026, month, day, hour, minute).to_pydatetime()


def burns(area, position, when, today=TODAY):
    """Return the state and reason of a lamp, by its place in the list, as the map shows it at an hour."""
    row = overlays.overlays(area, OFFICER, when, today).frames["lamps"].iloc[position]
    return row["state"], row["reason"]


def noted(area, position, on=NOTED):
    lamp = area.layer("lamps").iloc[position]
    fault_id = lamp_faults.note(area, YOUTH, Fault("By the gate", on, "A team", lamp_id=str(lamp.name)), **HOW)
    return lambda: next(fault for fault in lamp_faults.listed(area, OFFICER, TODAY) if fault.fault_id == fault_id)


def a_lamp(area, state):
    known = area.layer("lamps")
    faulty = lamp_faults.of_lamps(area, known).rows["lamp"]
    return known.index.get_loc(known.index[(known["state"] == state) & ~known.index.isin(faulty)][0])


def test_a_fault_noted_today_counts_at_every_hour_that_is_chosen(area):
    lamp = a_lamp(area, "dusk_dawn")
    long_ago = at(3, 3, 22)
    assert burns(area, lamp, long_ago)[0] == "dusk_dawn"
    noted(area, lamp)
    assert burns(area, lamp, long_ago) == ("failed", "A fault is noted here and not mended.")
    assert burns(area, lamp, None)[0] == "failed"


def test_the_light_round_a_place_knows_of_a_fault_noted_since(area):
    hour = at(3, 3, 22)
    reach = area.lamps_reach.reaches["street_light"]
    alone = next(lamp for lamp in reach.pair_lamp if area.layer("lamps")["state"].iloc[lamp] == "dusk_dawn")
    ways = area.layer("street_light").index[reach.pair_feature[reach.pair_lamp == alone]]
    before = overlays.light(area, hour, ("street_light",), today=TODAY)["street_light"].loc[ways, "reason"]
    noted(area, alone)
    after = overlays.light(area, hour, ("street_light",), today=TODAY)["street_light"].loc[ways, "reason"]
    assert (before != after).any()
    assert after.str.contains("not working").any()


def test_a_sample_is_read_on_its_own_day_whatever_day_it_is(area):
    lamp = a_lamp(area, "dusk_dawn")
    noted(area, lamp, READ_ON - timedelta(1))
    assert burns(area, lamp, at(3, 3, 22), today=date(2026, 10, 1))[0] == "failed"


@pytest.mark.parametrize(
    ("when", "state"),
    [
        (at(10, 20, 0, 30), "failed"),
        (at(10, 20, 5, 0), "failed"),
        (at(10, 20, 19, 0), "dusk_dawn"),
        (at(10, 21, 0, 30), "dusk_dawn"),
    ],
)
def test_a_lamp_mended_by_day_was_dark_in_the_small_hours_before(area, when, state):
    lamp = a_lamp(area, "dusk_dawn")
    fault = noted(area, lamp)
    lamp_faults.mend(area, OFFICER, fault(), on=MENDED, **HOW)
    assert burns(area, lamp, when)[0] == state


def test_a_lamp_that_the_list_has_as_failed_burns_once_it_was_mended_and_seen_lit(area):
    lamp = a_lamp(area, "failed")
    hour = at(10, 28, 22, 0)
    fault = noted(area, lamp)
    lamp_faults.mend(area, OFFICER, fault(), on=MENDED, **HOW)
    assert burns(area, lamp, hour)[0] == "failed", "mended on paper only"
    lamp_faults.look_again(area, YOUTH, fault(), on=LOOKED, by="A team", found="lit", **HOW)
    state, reason = burns(area, lamp, hour)
    assert state in {"dusk_dawn", "part_night", "dimmed"}
    assert reason.endswith("The list says that it does not work; it was since seen lit.")
    noted(area, lamp, LOOKED + timedelta(2))
    assert burns(area, lamp, hour)[0] == "failed"


def test_paths_beside_water_are_lit_by_the_hour_like_all_others(area):
    shown = {hour: overlays.overlays(area, OFFICER, at(10, 28, hour), TODAY).frames["waterside"] for hour in (13, 22)}
    assert set(shown[13]["state"]) == {"daylight"}
    assert "daylight" not in set(shown[22]["state"])
    assert shown[13]["reason"].str.startswith("Within ").all()
    assert shown[13]["reason"].str.endswith("In daylight at this time.").all()
