"""What the panel's map shows of what people said: gathered, each word apart, of few without numbers, of nobody small, and in no file."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from briefing import flags, flags_gathered, masked_venues, safety_maps, space_acts, spaces, voices, youth_sessions
from briefing.flags_gathered import FEW, GATHERED_FROM
from briefing.safety_maps import ROUTE, WIDE, Draft
from layers import store
from layers.catalogue import FLAG_LAYERS, LAYERS
from layers.scene import map_scene
from spaces import flag_reasons
from spaces import flags as kept
from spaces.space import Details
from tests.briefing.conftest import HOW, OFFICER, PANEL, STEWARD, TODAY, YOUTH, unsaid
from tests.briefing.test_flags import UNSAFE, _make, _place
from tests.briefing.test_youth_sessions import MINE, draw, keep, middle, round_about

PARK, LIBRARY, FEW_LIVE = "Lockside Park", "Marlhaven Library", "Teal Green"


def said(area, reader=PANEL):
    return voices.voices(area, reader, TODAY)


def of(found, stream, name):
    frame = found.frames[f"flags_{stream}"]
    return frame[frame["name"] == name].iloc[0]


def in_words(found, who, where):
    table = found.table
    return table[(table["who"] == who) & (table["where"] == where)].iloc[0]


@pytest.fixture
def area(area):
    return unsaid(area)


def profile(area, name, everything):
    details = Details("", "", "hotspot", feature_id=_place(area, name)[0])
    space_id = space_acts.raise_place(area, PANEL, details, **HOW)
    return spaces.profile(area, PANEL, space_id, everything.first_day, everything.last_day, today=TODAY)


def test_a_profile_tells_no_number_of_few_and_all_of_enough(area, everything):
    good = dataclasses.replace(UNSAFE, polarity="safe", reasons=("friends",))
    _make(area, flag=good, times=2)
    _make(area, flag=dataclasses.replace(good, view_of="resident"), times=6)
    found = profile(area, PARK, everything)
    assert [(group.stream, group.said[:2]) for group in found.flags] == [
        ("young", ("Fewer than 5 flags.", "Safe.")), ("complaints", ("6 flags from fewer than 5 sessions.", "Safe: 6.")),
    ]  # fmt: skip
    assert found.strengths[-2:] == ["Young people: flagged as safe", "Residents and businesses: flagged as safe 6 times"]
    assert found.flags == [group for group in flags_gathered.gathered(area, PANEL) if group.name == PARK], "what is told elsewhere"


def test_a_profile_says_nothing_of_few_where_few_live(area, everything):
    _make(area, FEW_LIVE, times=4)
    assert profile(area, FEW_LIVE, everything).flags == []
    _make(area, FEW_LIVE)
    [group] = profile(area, FEW_LIVE, everything).flags
    assert (group.name, group.flags) == (FEW_LIVE, 5)


def test_a_profile_of_a_place_where_a_venue_is_masked_tells_nothing_said_there(area, everything):
    at = _place(area, PARK)[1].representative_point()
    _make(area, times=8)
    masked_venues.add(area, STEWARD, easting=at.x, northing=at.y, origin="tests")
    assert profile(area, PARK, everything).flags == []


@pytest.mark.parametrize(
    ("counted", "state"),
    [
        ({"unsafe": 5}, "unsafe"), ({"safe": 4, "unsafe": 1}, "safe"), ({"unsafe": 3, "safe": 3}, "mixed"), ({"mixed": 5}, "mixed"),
        ({"unsafe": 2, "mixed": 2, "safe": 1}, "mixed"), ({"wish": 3, "unsafe": 2}, "wish"), ({"wish": 2, "unsafe": 3}, "unsafe"),
        ({"wish": 3, "unsafe": 2, "safe": 1}, "unsafe"), ({"wish": 5}, "wish"),
    ],
)  # fmt: skip
def test_a_mark_says_what_most_said(area, counted, state):
    for polarity, times in counted.items():
        _make(area, flag=dataclasses.replace(UNSAFE, polarity=polarity, reasons=()), times=times)
    assert of(said(area), "young", PARK)["state"] == state


def test_one_mark_for_each_place_and_the_table_says_the_same(area):
    _make(area, times=6, sessions=2)
    _make(area, LIBRARY, dataclasses.replace(UNSAFE, polarity="safe", reasons=("friends",)), times=2)
    found = said(area)
    park, library = of(found, "young", PARK), of(found, "young", LIBRARY)
    assert (park["state"], library["state"]) == ("unsafe", FEW)
    assert park["reason"].startswith("6 flags from fewer than 5 sessions. Unsafe: 6. It is dark (6).")
    assert library["reason"] == "Fewer than 5 flags. Safe. Friends are there."
    assert _place(area, PARK)[1].contains(park.geometry)
    assert park.name == _place(area, PARK)[0], "touched, it opens the place in the list"
    assert in_words(found, "Young people", PARK)["state"] == "Mostly: unsafe"
    few = in_words(found, "Young people", LIBRARY)
    assert few.tolist() == ["Young people", LIBRARY, "Hollow: fewer than five flags", "Safe. Friends are there."]
    assert not any(sign.isdigit() for sign in few["said"])


def test_each_kind_of_word_is_a_layer_of_its_own_and_never_added_up(area):
    _make(area, times=3)
    _make(area, flag=dataclasses.replace(UNSAFE, view_of="resident"), times=6)
    _make(area, flag=dataclasses.replace(UNSAFE, view_of="parent"), times=4)
    found = said(area)
    assert {stream: of(found, stream, PARK)["state"] for stream in kept.STREAM_LABELS} == {
        "young": FEW, "knowing": FEW, "complaints": "unsafe",
    }  # fmt: skip
    assert set(found.frames) >= set(FLAG_LAYERS)


def test_only_what_was_said_for_this_reader_is_shown(area):
    _make(area, flag=dataclasses.replace(UNSAFE, seen_by="worker"), times=5)
    _make(area, flag=dataclasses.replace(UNSAFE, seen_by="panel"), times=5)
    assert of(said(area), "young", PARK)["reason"].startswith("5 flags")
    before = said(area, OFFICER)
    assert PARK not in set(before.frames["flags_young"]["name"])
    assert not {"safety_map", "safety_routes"} & set(before.frames)


def test_where_few_live_nothing_is_drawn_and_the_table_names_the_town_alone(rural):
    _make(rural, "Parc Cwm Hesg", times=4)
    found = said(rural)
    assert not found.frames["flags_young"]["name"].str.contains("Parc").any()
    assert not found.table["where"].str.contains("Parc").any()
    assert "In or near Bro Heli; told with its town, not on the map" in set(found.table["where"])


def test_a_place_without_a_name_is_marked_in_the_middle_of_its_cell(area):
    at = _place(area, PARK)[1].representative_point()
    spot = flags.Spot("", "", at.x, at.y)
    for _each in range(5):
        flags.make(area, YOUTH, UNSAFE, spot, session_id="s", **HOW)
    [mark] = [row for _key, row in said(area).frames["flags_young"].iterrows() if row["name"].startswith("a place ")]
    assert 0 < mark.geometry.distance(at) < 76, "within the cell, and not where somebody stood"


def test_nothing_is_marked_where_a_venue_is_masked_flags_nor_maps_drawn_before(area):
    one = keep(area)
    draw(area, one, safety_maps.touch(Draft(), *middle(area), WIDE))
    draw(area, one, round_about(area, 5))
    assert len(said(area).frames["safety_map"]) == 2
    before = voices.version(area)
    at = area.area.centroid
    masked_venues.add(area, STEWARD, easting=at.x, northing=at.y, origin="tests")
    assert voices.version(area) != before
    found = said(area)
    assert len(found.frames["safety_map"]) < 2
    assert found.table["who"].str.startswith("Tuesday").sum() == len(found.frames["safety_map"])


def test_maps_of_groups_are_shown_as_told_the_newest_of_each_and_of_no_small_one(area):
    old, new = keep(area, held_on=date(2026, 6, 1)), keep(area, held_on=date(2026, 9, 1))
    small, private = keep(area, group_name="Small", how_many=4), keep(area, group_name="Private", seen_by="worker")
    for one, colour in ((old, "red"), (new, "green"), (small, "red"), (private, "red")):
        draw(area, one, round_about(area, 5), colour)
    found = said(area)
    assert found.frames["safety_map"]["state"].tolist() == ["green"]
    assert found.frames["safety_map"]["reason"].tolist() == ["Tuesday youth club, 1 September 2026: dark"]
    row = found.table[found.table["who"] == "Tuesday youth club, 1 September 2026"].iloc[0]
    assert (row["state"], row["said"]) == ("Green (plain): safe for us", "dark")
    assert row["where"].startswith("an area of 5 hexagons")
    at = middle(area)
    draw(area, new, safety_maps.touch(safety_maps.touch(Draft(), *at, ROUTE), at[0] + 0.001, at[1], ROUTE), "amber")
    assert set(said(area).table["state"]) == {"Green (plain): safe for us", "Amber (dots): it depends"}


def test_what_is_kept_on_the_screen_is_never_older_than_what_was_said(area):
    versions = [voices.version(area)]

    def changed():
        versions.append(voices.version(area))
        return versions[-1] not in versions[:-1]

    [made] = _make(area)
    assert changed()
    one = keep(area)
    assert changed()
    mark_id = draw(area, one, round_about(area, 2))
    assert changed()
    safety_maps.take_away(area, MINE, mark_id, seen=1, origin="tests")
    assert changed()
    draw(area, one, Draft(round_about(area, 1).hexagons))
    assert changed()
    youth_sessions.withdraw(area, MINE, one, origin="tests")
    assert changed(), "one row more and some fewer"
    assert said(area).frames["safety_map"].empty
    flag_reasons.add(area.register, YOUTH, kind="bad", en="Cold", cy="Oer", agreed_with="a group", origin="tests")
    assert changed()
    flags.take_back(area, YOUTH, flags.look_up(area, YOUTH, made.code, session_id="", origin="tests"), origin="tests")
    assert changed()


def test_all_of_it_is_off_at_first_and_goes_into_no_file(area):
    _make(area, times=5)
    draw(area, keep(area), round_about(area, 5))
    found = said(area)
    scene = map_scene(area=area.area, ground={}, overlays=found.frames, cells=None, records={**area.layer_records, **voices.LAYERS})
    drawn = {layer.layer_id: layer for layer in scene.layers if layer.layer_id in voices.LAYERS}
    assert set(drawn) == {"flags_young", "safety_map"}
    assert not any(layer.shown for layer in drawn.values())
    file = scene.for_files()
    assert not {layer.layer_id for layer in file.layers} & set(voices.LAYERS)
    assert not {entry.layer_id for entry in file.legend} & set(voices.LAYERS)
    assert not set(voices.LAYERS) & (set(LAYERS) | set(store.TABLES)), "no layer of the area's own file, nor of what QGIS opens"
    assert all(layer.restricted for layer in voices.LAYERS.values())


def test_the_layers_know_what_is_said_and_each_has_a_second_sign():
    assert set(FLAG_LAYERS) == {f"flags_{stream}" for stream in kept.STREAM_LABELS}
    for layer in FLAG_LAYERS.values():
        assert set(layer.styles) == set(layer.state_labels) == {*kept.POLARITIES, FEW}
        assert len({(style.letter, style.fill is None) for style in layer.styles.values()}) == len(layer.styles)
    assert len({layer.styles[FEW].shape for layer in FLAG_LAYERS.values()}) == len(FLAG_LAYERS)
    assert GATHERED_FROM == 5, "the words of the key say five"
