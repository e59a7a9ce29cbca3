"""Each flag is of one place, the same on every page, as the places stand now; and no two pages, nor two outlines, give one away."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import date

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import words
from briefing import flag_places, flags, flags_gathered, masked_venues, space_acts, spaces, voices
from briefing.flags_gathered import GATHERED_FROM
from spaces import flags as kept
from spaces import space
from spaces.flag_moderation import Answer
from tests.briefing.conftest import HOW, PANEL, STEWARD, TODAY, YOUTH, unsaid
from tests.briefing.test_flags import UNSAFE, _make, _named, _place
from words import DataProblem

PARK = "Lockside Park"
WITHOUT_NUMBERS = "Without numbers: by the outlines drawn here, what a few said could be worked out from them."


@pytest.fixture
def area(area):
    return unsaid(area)


def _open_ground(area):
    """Return a point, rounded, round which people live and no place of the sample's list is drawn."""
    middle = _place(area, "Dyer's Yard Car Park")[1].representative_point()
    return round(middle.x, -1), round(middle.y, -1)


def _at(area, east, north, times=1, flag=UNSAFE):
    for number in range(times):
        flags.make(area, YOUTH, flag, flags.Spot("", "", east, north), session_id=f"s{number}", **HOW)


def _box(east, north, reach=40, *, more=0):
    return shapely.box(east - reach, north - reach, east + reach + more, north + reach)


def _raise(area, name, shape):
    return space_acts.raise_place(area, PANEL, space.Details(name, "other", "resident", shape), **HOW)


def _redraw(area, space_id, shape, seen):
    space_acts.redraw(area, PANEL, space_id, seen=seen, boundary=shape, why="Drawn anew.", origin="tests")


def _profile(area, space_id):
    return spaces.profile(area, PANEL, space_id, date(2026, 1, 1), TODAY, today=TODAY)


def _told(area, space_id):
    """Return what the profile tells, having looked that the list and the map tell the same."""
    found = _profile(area, space_id).flags
    everything = flags_gathered.gathered(area, PANEL)
    keys = {group.key for group in found}
    assert found == [group for group in everything if group.key in keys]
    shown = voices.voices(area, PANEL, TODAY).frames["flags_young"]
    for group in found:
        assert shown.loc[group.key, "reason"] == " ".join(group.said)
    return [group.flags for group in found]


# One partition


def test_flags_that_were_there_before_a_place_was_drawn_round_them_are_its_own(area):
    east, north = _open_ground(area)
    for number in range(6):
        _at(area, east + 30 * number, north)
    yard = _raise(area, "The yard", _box(east, north, more=150))
    assert _told(area, yard) == [6]
    assert [group.name for group in flags_gathered.gathered(area, PANEL)] == ["The yard"]
    mark = voices.voices(area, PANEL, TODAY).frames["flags_young"].loc[yard]
    assert _box(east, north, more=150).contains(mark.geometry)


def test_a_place_drawn_exactly_over_a_named_one_has_its_flags_and_they_are_told_once(area):
    _make(area, "Marlhaven Library", times=6)
    drawn = _raise(area, "The whole of it", _place(area, "Marlhaven Library")[1])
    assert _told(area, drawn) == [6]
    assert [(group.key, group.flags) for group in flags_gathered.gathered(area, PANEL)] == [(drawn, 6)]


def test_of_places_drawn_round_each_other_the_smallest_has_the_flag_and_the_closed_one_none(area):
    east, north = _open_ground(area)
    _at(area, east, north, times=5)
    large, small = _raise(area, "Large", _box(east, north, 90)), _raise(area, "Small", _box(east, north, 30))
    assert (_told(area, large), _told(area, small)) == ([], [5])
    space_acts.set_status(area, PANEL, small, seen=1, status="closed", why="It is one place.", origin="tests")
    assert (_told(area, large), _told(area, small)) == ([5], [])


def test_after_a_split_each_part_has_what_was_said_in_it(area):
    east, north = _open_ground(area)
    _at(area, east, north, times=5)
    _at(area, east + 200, north, times=5)
    yard = _raise(area, "The yard", _box(east, north, more=200))
    assert _told(area, yard) == [10]
    part = space_acts.split_off(
        area, PANEL, _profile(area, yard), _box(east + 200, north), seen=1, name="The end", why="Two.", origin="tests"
    )
    assert (_told(area, yard), _told(area, part)) == ([5], [5])


def test_a_part_split_off_a_named_park_has_what_was_said_in_that_part(area):
    feature_id, park = _place(area, PARK)
    west, south, east, north = park.bounds
    half = shapely.box(west, south, (west + east) / 2, north)
    for side in (half, shapely.difference(park, half)):
        point = shapely.intersection(park, side).representative_point()
        spot = flags.Spot(feature_id, PARK, point.x, point.y)
        for number in range(5):
            flags.make(area, YOUTH, UNSAFE, spot, session_id=f"s{number}", **HOW)
    whole = space_acts.raise_place(area, PANEL, space.Details("", "", "hotspot", feature_id=feature_id), **HOW)
    assert _told(area, whole) == [10]
    seen = int(space.newest(area.register).loc[whole, "version"])
    part = space_acts.split_off(area, PANEL, _profile(area, whole), half, seen=seen, name="West side", why="Two.", origin="tests")
    assert (_told(area, whole), _told(area, part)) == ([5], [5])


def test_what_a_named_place_took_in_brings_its_ground_with_it(area):
    east, north = _open_ground(area)
    _at(area, east, north, times=5)
    feature_id, _park = _place(area, "Dyer's Yard Car Park")
    slope = _raise(area, "The slope", _box(east, north, 20))
    library = space_acts.raise_place(area, PANEL, space.Details("", "", "hotspot", feature_id=_place(area, "Marlhaven Library")[0]), **HOW)
    seen = int(space.newest(area.register).loc[slope, "version"])
    space_acts.merge(area, PANEL, slope, into=library, seen=seen, why="They are one.", origin="tests")
    assert _told(area, library) == [5]
    assert feature_id not in {group.key for group in flags_gathered.gathered(area, PANEL)}


def test_every_flag_is_told_in_one_group_and_in_no_other(area):
    east, north = _open_ground(area)
    _make(area, times=6)
    for number in range(12):
        _at(area, east + 25 * number, north, times=5)
    for number, shape in enumerate((_box(east, north, 60), _box(east + 100, north, 60), _box(east + 150, north, 120))):
        _raise(area, f"Place {number}", shape)
    rows = flag_places.keyed(area.register, flags_gathered.flags.newest(area.register))
    counted = Counter(rows["key"])
    assert sum(counted.values()) == 66
    groups = flags_gathered.gathered(area, PANEL)
    assert {group.key: group.flags for group in groups if group.flags} == {
        group.key: counted[group.key] for group in groups if group.flags
    }  # fmt: skip
    assert len({group.key for group in groups}) == len(groups)


# What no two outlines give away


def test_a_boundary_drawn_anew_without_one_flag_tells_no_numbers_any_more(area):
    east, north = _open_ground(area)
    _at(area, east, north, times=6)
    _at(area, east + 300, north, flag=dataclasses.replace(UNSAFE, reasons=("fights",)))
    yard = _raise(area, "The yard", _box(east, north, more=300))
    assert _told(area, yard) == [None], "less the cell that was told before, the one is left"
    _redraw(area, yard, _box(east, north), seen=1)
    assert _told(area, yard) == [None]
    [group] = _profile(area, yard).flags
    assert group.said == (WITHOUT_NUMBERS, "Unsafe.", "It is dark.")
    assert (group.state, group.polarities) == ("unsafe", {"unsafe": None})
    assert _profile(area, yard).strengths == []
    _at(area, east + 300, north, times=4)
    assert _told(area, yard) == [6], "of enough on either side nothing is given away"


def test_a_smaller_place_drawn_inside_cannot_be_subtracted_from_the_larger(area):
    east, north = _open_ground(area)
    for number in range(7):
        _at(area, east + 200 * number, north)
    large = _raise(area, "Large", _box(east, north, more=1200))
    assert _told(area, large) == [7]
    small = _raise(area, "Small", _box(east, north, 20))
    assert (_told(area, large), _told(area, small)) == ([None], [None])


def test_a_cell_that_a_place_takes_a_few_flags_from_tells_no_numbers_either(area):
    east, north = _open_ground(area)
    _at(area, east, north, times=6)
    _at(area, east + 10, north, times=2)
    cells = set(kept.place_keys(kept.newest(area.register)))
    yard = _raise(area, "The yard", shapely.box(east + 5, north - 40, east + 80, north + 40))
    assert len(cells) == 1
    assert _told(area, yard) == [None]
    assert [group.flags for group in flags_gathered.gathered(area, PANEL)] == [None, None]


def test_where_few_live_what_an_outline_lets_go_does_not_show_in_the_numbers_of_the_town(rural):
    at = _place(rural, "Parc Cwm Hesg")[1].representative_point()
    east, north = round(at.x, -1), round(at.y, -1)
    for number in range(5):
        _at(rural, east + 200 * number, north)
    _at(rural, east, north + 400, times=6)
    yard = _raise(rural, "The yard", _box(east, north + 400))
    [town] = [group for group in flags_gathered.gathered(rural, PANEL) if group.told_of == "around"]
    assert (town.flags, _told(rural, yard)) == (5, [6])
    _redraw(rural, yard, _box(east, north + 400, more=400), seen=1)
    _at(rural, east + 400, north + 400)
    _redraw(rural, yard, _box(east, north + 400), seen=2)
    [town] = [group for group in flags_gathered.gathered(rural, PANEL) if group.told_of == "around"]
    assert (town.flags, town.said[0], _told(rural, yard)) == (None, WITHOUT_NUMBERS, [None])


def test_where_few_live_and_one_lies_in_a_masked_cell_the_few_left_are_not_told_of_the_place(rural):
    feature_id, park = _place(rural, "Parc Cwm Hesg")
    at = park.representative_point()
    _make(rural, "Parc Cwm Hesg", times=4)
    for number in range(5):
        far = flags.Spot(feature_id, "Parc Cwm Hesg", at.x + 700, at.y)
        flags.make(rural, YOUTH, UNSAFE, far, session_id=f"s{number}", **HOW)
    assert _named(flags_gathered.gathered(rural, PANEL), "Parc Cwm Hesg").flags == 9
    masked_venues.add(rural, STEWARD, easting=at.x + 700, northing=at.y, origin="tests")
    assert all(group.told_of == "around" for group in flags_gathered.gathered(rural, PANEL))


# Numbers inside a group


@pytest.mark.parametrize(
    ("counted", "of_all", "told"),
    [
        ({"a": 6}, 6, {"a": 6}),
        ({"a": 6, "b": 1}, 7, {"a": None, "b": None}),
        ({"a": 9, "b": 6, "c": 1}, 16, {"a": 9, "b": None, "c": None}),
        ({"a": 9, "b": 1, "c": 1}, 11, {"a": None, "b": None, "c": None}),
        ({"a": 9, "b": 3, "c": 3}, 15, {"a": 9, "b": None, "c": None}),
        ({"a": 9, "b": 5}, 14, {"a": 9, "b": 5}),
        ({"a": 6, "b": 1}, 8, {"a": None, "b": None}),
        ({"a": 6, "b": 1}, 20, {"a": 6, "b": None}),
        ({"a": 4}, 20, {"a": None}),
        ({}, 5, {}),
    ],
)
def test_a_number_under_five_is_not_told_nor_can_it_be_subtracted(counted, of_all, told):
    assert flags_gathered.numbers(counted, of_all) == told


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 30), min_size=1), st.integers(0, 30))
def test_whatever_was_said_no_class_follows_from_the_others_and_the_total(counted, unsaid_by):
    of_all = sum(counted.values()) + unsaid_by
    if of_all < GATHERED_FROM:
        return
    told = flags_gathered.numbers(counted, of_all)
    shown = [count for count in told.values() if count is not None]
    hidden = [of for of in told if told[of] is None]
    assert set(told) == set(counted)
    assert all(count >= GATHERED_FROM for count in shown)
    if hidden:
        assert of_all - sum(shown) >= GATHERED_FROM
        assert len(hidden) > 1 or unsaid_by or len(counted) == 1


def test_what_few_of_many_said_is_named_after_what_is_counted_and_without_a_number(area):
    safe = dataclasses.replace(UNSAFE, polarity="safe", reasons=("friends", "trusted_adult"), time_of_day="day", feeling=None, scale=None)
    _make(area, times=14, sessions=7)
    _make(area, times=5, flag=dataclasses.replace(UNSAFE, polarity="mixed", time_of_day="evening"), sessions=5)
    _make(area, flag=safe)
    found = _named(flags_gathered.gathered(area, PANEL), PARK)
    assert found.said[:2] == ("20 flags from 7 sessions.", "Unsafe: 14; also: Mixed, Safe.")
    assert found.said[3] == "Night: 14; also: Day, Evening."
    assert found.said[2].startswith("It is dark (19); also: ")
    assert "1" not in found.said[2].replace("(19)", "")
    assert found.polarities == {"safe": None, "unsafe": 14, "mixed": None}
    park = space_acts.raise_place(area, PANEL, space.Details("", "", "hotspot", feature_id=_place(area, PARK)[0]), **HOW)
    assert "Young people: flagged as safe" in _profile(area, park).strengths


def test_of_few_no_number_is_kept_even_for_sorting(area):
    for name, times in (("Marlhaven Library", 4), (PARK, 1), ("Kingsway", 2)):
        _make(area, name, times=times)
    groups = flags_gathered.gathered(area, PANEL)
    assert [(group.name, group.flags) for group in groups] == [("Kingsway", None), (PARK, None), ("Marlhaven Library", None)]


# Notes for youth workers, answers, and floods


def test_a_note_for_youth_workers_only_is_read_by_them_and_by_nobody_else(area):
    _make(area, flag=dataclasses.replace(UNSAFE, seen_by="worker", note="Broken steps by the gate."))
    _make(area, times=5)
    read = {reader.name: _named(flags_gathered.gathered(area, reader), PARK).notes for reader in (YOUTH, PANEL, STEWARD)}
    assert read == {YOUTH.name: ("Broken steps by the gate.",), PANEL.name: (), STEWARD.name: ()}
    assert kept.SEEN_BY["worker"] == "Youth workers only"


def _answered(area, name, **said):
    group = _named(flags_gathered.gathered(area, PANEL), name)
    flags_gathered.answer(area, PANEL, group, Answer("It is dark.", "Lamps come in May."), **HOW)
    return group


def _found(area, code):
    return flags.look_up(area, YOUTH, code, session_id="", origin="tests")


def test_where_few_live_the_answer_comes_back_to_whoever_has_the_code(rural):
    made = _make(rural, "Parc Cwm Hesg", times=2)
    _answered(rural, "Bro Heli")
    assert flags.answers(rural, to=_found(rural, made[0].code)) == [("Bro Heli", "It is dark.", "Lamps come in May.", "31 October 2026")]


def test_an_answer_comes_back_when_the_place_was_drawn_after_it(area):
    east, north = _open_ground(area)
    made = flags.make(area, YOUTH, UNSAFE, flags.Spot("", "", east, north), session_id="s", **HOW)
    [group] = flags_gathered.gathered(area, PANEL)
    flags_gathered.answer(area, PANEL, group, Answer("It is dark.", "Lamps come in May."), **HOW)
    _raise(area, "The yard", _box(east, north))
    assert flags.answers(area, to=_found(area, made.code))[0][2] == "Lamps come in May."


@pytest.mark.parametrize("back", ["flags", "answer", "held"])
def test_an_answer_goes_when_nothing_counts_any_more_or_it_is_taken_back(area, back):
    made = _make(area, times=2)
    _answered(area, PARK)
    assert len(flags.answers(area)) == 1
    if back == "answer":
        flags_gathered.take_answer_back(area, PANEL, _named(flags_gathered.gathered(area, PANEL), PARK), origin="tests")
        group = _named(flags_gathered.gathered(area, PANEL), PARK)
        assert (group.answer, group.answered) == (None, 2)
        with pytest.raises(DataProblem, match="answered by the panel"):
            flags_gathered.take_answer_back(area, YOUTH, group, origin="tests")
    elif back == "held":
        versions = kept.newest(area.register)["version"].astype(int).to_dict()
        flags_gathered.hold_back(area, STEWARD, versions, why="in doubt", origin="tests")
    else:
        for one in made:
            flags.take_back(area, YOUTH, _found(area, one.code), origin="tests")
    assert flags.answers(area) == []
    if back == "answer":
        _answered(area, PARK)
        assert len(flags.answers(area)) == 1


def test_an_answer_says_where_in_the_language_of_whoever_reads_it(area):
    east, north = _open_ground(area)
    flags.make(area, YOUTH, UNSAFE, flags.Spot("", "Priory Gardens", east, north), session_id="s", **HOW)
    [group] = flags_gathered.gathered(area, PANEL)
    flags_gathered.answer(area, PANEL, group, Answer("It is dark.", "Lamps come in May."), **HOW)
    assert flags.answers(area)[0][0] == "a place near Priory Gardens"
    with words.speaking("cy"):
        assert flags.answers(area)[0][0] == "lle ger Priory Gardens"


def test_many_visits_to_one_place_on_one_day_are_shown_to_the_steward_together(area):
    _make(area, times=57, sessions=3)
    _make(area, "Marlhaven Library", times=19)
    [flood] = flags_gathered.floods(area, STEWARD)
    assert (flood.where, len(flood.which), flood.on) == (PARK, 57, date(2026, 10, 31))
    flags_gathered.hold_back(area, STEWARD, flood.which, why="too many", origin="tests")
    assert flags_gathered.floods(area, STEWARD) == []
