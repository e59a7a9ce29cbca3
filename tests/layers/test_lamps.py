"""A lamp's regime is read by what it says, and what says nothing that is understood is unknown and told of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers import council, lamp_regimes, lamps
from tests.layers.lamp_posts import posts


def read(text):
    return lamp_regimes.read_regimes(pd.Series([text], dtype="str")).iloc[0]


@pytest.mark.parametrize(
    "text", ["Dusk-Dawn", "All night", "DUSK TO DAWN", "sunset-sunrise", "Full Night", "PECU 55 lux", "24/7", "24 hours"]
)
def test_what_burns_all_night_is_dusk_to_dawn(text):
    assert read(text)["state"] == "dusk_dawn"


@pytest.mark.parametrize(("text", "on", "off"), [("35/18", 35, 18), ("70/35", 70, 35), ("70 / 35 lux", 70, 35), ("PEC 35/18", 35, 18)])
def test_a_pair_of_a_photocell_burns_all_night_and_says_why(text, on, off):
    found = read(text)
    assert found["state"] == "dusk_dawn"
    assert found["reason"] == f"Comes on at {on} lux and goes off at {off} lux: burns from dusk to dawn."


@pytest.mark.parametrize(
    ("text", "off_from", "off_until"),
    [
        ("Part night 00:00-05:30", 0, 330),
        ("PN 2400-0530", 0, 330),
        ("Switch off midnight to 5am", 0, 300),
        ("part-night (off 23:30 - 05.00)", 1410, 300),
        ("Off between 12am and 5:30am", 0, 330),
        ("Dusk to midnight, 05:30 to dawn", 0, 330),
        ("sunset-00:00,05:30-sunrise", 0, 330),
        ("off at 11pm, on at 6am", 1380, 360),
        ("Lit 17:00 to 23:00", 1380, 1020),
        ("dusk-midnight", 0, lamp_regimes.NOON_MIN),
        ("00:30 - 05:00 off", 30, 300),
        ("Off midnight to 5", 0, 300),
        ("off 11pm to 5", 1380, 300),
        ("Mo-Su off 00:00-05:30", 0, 330),
        ("Dimmed 22:00-05:00 to 0%", 1320, 300),
        ("dim 22:00-05:00 by 100%", 1320, 300),
    ],
)
def test_hours_off_are_read_in_every_way_they_are_written(text, off_from, off_until):
    found = read(text)
    assert (found["state"], found["off_from_min"], found["off_until_min"]) == ("part_night", off_from, off_until)


def test_a_dimmed_lamp_says_when_and_how_far_and_gives_light():
    found = read("Dimmed 22:00-06:00 50%")
    assert (found["state"], found["dimmed_from_min"], found["dimmed_until_min"], found["dimmed_to_percent"]) == ("dimmed", 1320, 360, 50)
    assert found["reason"] == "Dimmed to 50 % from 22:00 to 06:00: still gives light."
    assert lamps.burning(posts([(0, 0)], "Dimmed 22:00-06:00 50%"), 120).tolist() == ["lit"]


def test_dimmed_first_and_then_off_is_both():
    found = read("dimmed 22:00-00:30 to 50%, off 00:30-05:00")
    assert (found["state"], found["off_from_min"], found["off_until_min"]) == ("part_night", 30, 300)
    assert (found["dimmed_from_min"], found["dimmed_until_min"]) == (1320, 30)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Not working", "failed"),
        ("FAULTY - reported", "failed"),
        ("Out of light", "failed"),
        ("Removed", "removed"),
        ("Decommissioned 2019", "removed"),
    ],
)
def test_what_gives_no_light_at_any_hour(text, state):
    assert read(text)["state"] == state
    assert {lamps.burning(posts([(0, 0)], text), minute).item() for minute in range(0, 1440, 60)} == {"unlit"}


@pytest.mark.parametrize("text", ["XYZ", "No fault", "2500-0600 off", "99/99/99", "00:00-05:00", "05:00-05:00 off", "35", "see contract"])
def test_what_is_not_understood_is_unknown_and_quoted(text):
    found = read(text)
    assert found["state"] == "unknown"
    assert f"“{text}”" in found["reason"]


@pytest.mark.parametrize(
    "text",
    [
        "not faulty", "No longer faulty", "Faulty - repaired", "disconnected 2018 reconnected 2019", "To be removed", "Not removed",
        "Removed and replaced by L3", "was out of light, cleared 3 May", "Fault cleared: not working",
    ],
)  # fmt: skip
def test_a_fault_that_is_denied_undone_or_still_to_come_is_no_fault_and_no_light_either(text):
    found = read(text)
    assert found["state"] == "unknown"
    assert f"“{text}”" in found["reason"]
    assert lamps.not_understood(posts([(0, 0)], "Dusk-Dawn", status=text)) == [f"1 lamp says “{text}”, which is not understood here"]
    assert lamps.burning(posts([(0, 0)], "Dusk-Dawn", status=text), 120).tolist() == ["unknown"]


@pytest.mark.parametrize(
    "text",
    ["Faulty, not yet repaired", "Out of light, awaiting repair", "Not working - to be repaired", "isn't working", "isn\u2019t working"],
)
def test_a_fault_that_waits_for_its_repair_is_a_fault(text):
    assert read(text)["state"] == "failed"


@pytest.mark.parametrize(
    "text",
    [
        "off 0000-0530 Sun-Thu, 0130-0530 Fri-Sat", "off 00:00-05:00 and 23:00-05:00", "off 00:00-05:30 weekdays", "off 00:00-05:30 GMT",
        "off 00:00-05:30 in winter", "switched off 2024", "Switched off in 2019", "Not all night", "Dusk to Dawn (no part night)",
        "off 00:00-05:30 except Saturday", "Off midnight to 11", "off 05:00-05:00",
    ],
)  # fmt: skip
def test_hours_of_some_days_of_another_clock_or_denied_are_not_understood(text):
    found = read(text)
    assert found["state"] == "unknown"
    assert f"“{text}”" in found["reason"]


@pytest.mark.parametrize(("text", "percent"), [("dim by 75%", 25), ("dimmed to 75%", 75), ("Dimmed 75 %", 75), ("dimming by 100%", np.nan)])
def test_dimmed_by_is_what_is_taken_away(text, percent):
    assert read(text)["dimmed_to_percent"] == pytest.approx(percent, nan_ok=True)


def test_dimmed_to_nothing_at_hours_that_are_not_said_is_no_light_for_part_of_the_night():
    assert read("dim to 0 %")["state"] == "part_night"
    assert lamps.burning(posts([(0, 0)], "dim to 0 %"), 120).tolist() == ["unknown"]


@pytest.mark.parametrize("heading", ["Unit No", "Column", "Lamp Ref", "Column Number"])
def test_the_number_of_a_lamp_is_known_by_its_usual_headings(tmp_path, heading):
    (tmp_path / "lamps.csv").write_text(f"{heading},Easting,Northing,Regime\nL0001,601662,488088,Dusk-Dawn\n")
    found = lamps.from_council(council.read(tmp_path / "lamps.csv", {}, fields=lamps.FIELDS).frame)
    assert (found["name"].tolist(), found["ref"].tolist()) == (["Lamp L0001"], ["L0001"])


@pytest.mark.parametrize("text", ["", "  ", None, "n/a", "Unknown"])
def test_what_nobody_recorded_is_unknown_for_another_reason(text):
    assert (read(text)["state"], read(text)["reason"]) == ("unknown", lamp_regimes.SAID["not_recorded"])


@pytest.mark.parametrize(
    ("regime", "by_minute"),
    [
        ("Dusk-Dawn", {1439: "lit", 0: "lit", 180: "lit"}),
        ("Part night 00:00-05:30", {1439: "lit", 0: "unlit", 1: "unlit", 329: "unlit", 330: "lit"}),
        ("off 23:00-05:00", {1379: "lit", 1380: "unlit", 0: "unlit", 299: "unlit", 300: "lit"}),
        ("Part night", {1379: "lit", 1380: "unknown", 0: "unknown", 310: "unknown", 359: "unknown", 360: "lit"}),
        ("XYZ", {1379: "lit", 1380: "unknown", 0: "unknown", 310: "unknown", 359: "unknown", 360: "lit"}),
        ("dusk-23:30", {1409: "lit", 1410: "unlit", 180: "unlit", 420: "unlit", 960: "lit"}),
    ],
)
def test_a_lamp_burns_by_the_minute(regime, by_minute):
    post = posts([(0, 0)], regime)
    assert {minute: lamps.burning(post, minute).item() for minute in by_minute} == by_minute


def test_unknown_regimes_are_counted_the_most_frequent_first():
    told = lamps.not_understood(posts([(0, i) for i in range(6)], ["XYZ", "Q", "XYZ", "35/18", "XYZ", ""]))
    assert told == ["3 lamps say “XYZ”, which is not understood here", "1 lamp says “Q”, which is not understood here"]


def test_many_unknown_regimes_are_not_all_said():
    told = lamps.not_understood(posts([(0, i) for i in range(9)], [f"code {chr(97 + i)}" for i in range(9)]))
    assert len(told) == lamps.MOST_SAID + 1
    assert told[-1] == "4 more lamps have others"


def test_a_status_that_says_failed_counts_before_the_regime():
    assert posts([(0, 0)], "Dusk-Dawn", status="Not working")["state"].tolist() == ["failed"]
    assert posts([(0, 0)], "Dusk-Dawn", status="Working")["state"].tolist() == ["dusk_dawn"]


@pytest.mark.parametrize(("height", "read_m"), [(5, 5.0), (0, np.nan), (900, np.nan)])
def test_heights_no_column_has_are_missing(height, read_m):
    assert posts([(0, 0)], height_m=height)["height_m"].item() == pytest.approx(read_m, nan_ok=True)


def test_lamps_of_the_map_say_what_they_say(drawing, read):
    tags = {
        (0, 0): {}, (0, 20): {"lit": "yes"}, (0, 40): {"lit": "no"}, (0, 60): {"lit": "limited"}, (0, 80): {"lit": "sunset-23:30"},
        (0, 100): {"disused": "yes"}, (0, 120): {"opening_hours": "sunset-00:00,05:30-sunrise", "height": "8"},
    }  # fmt: skip
    for spot, said in tags.items():
        drawing.node(spot, highway="street_lamp", **said)
    drawing.way((0, 0), (100, 0), highway="footway")
    found = lamps.from_osm(read().points)
    assert found["state"].tolist() == ["unknown", "dusk_dawn", "failed", "part_night", "part_night", "failed", "part_night"]
    assert found["off_from_min"].tolist()[4:7:2] == [1410, 0]
    assert found["height_m"].tolist()[6] == 8
    assert set(found["origin"]) == {"map"}


def test_a_lamp_of_the_map_that_is_the_councils_is_there_once():
    council = posts([(500_000, 180_000), (500_100, 180_000)])
    of_map = posts([(500_003, 180_003), (500_050, 180_000)]).assign(origin="map")
    of_map.index = ["node/1", "node/2"]
    both = lamps.together(council, of_map)
    assert both.index.tolist() == ["lamp/2", "lamp/3", "node/2"]
    assert both.columns.tolist() == council.columns.tolist()
    assert lamps.together(council, of_map.iloc[:0]) is council
    assert lamps.together(council.iloc[:0], of_map) is of_map


@given(st.lists(st.text(max_size=40), max_size=20))
def test_no_text_raises_and_every_minute_has_a_state(texts):
    regimes = lamp_regimes.read_regimes(pd.Series(texts, dtype="str"))
    assert set(regimes["state"]) <= set(lamp_regimes.REGIMES)
    for minute in (0, 299, 300, 1439):
        assert set(lamps.burning_codes(regimes, minute).tolist()) <= {0, 1, 2}


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 1439))
def test_hours_off_hold_round_midnight(start, end, minute):
    post = posts([(0, 0)], f"off {lamp_regimes.clock(start)}-{lamp_regimes.clock(end)}")
    span = (end - start) % 1440
    expected = "unlit" if (minute - start) % 1440 < span else "lit"
    if span:
        assert lamps.burning(post, minute).item() == expected
