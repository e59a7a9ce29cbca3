"""A touch is put to a place in words, a flag is kept no finer than that, and what was said is told gathered, of few only by the town."""

from __future__ import annotations

import dataclasses
from datetime import date

import numpy as np
import pytest
import shapely

import words
from briefing import flags, flags_gathered, masked_venues, space_acts, spaces
from briefing.flags import WhomToTell
from geo import frames
from spaces import flags as kept
from spaces import pseudonyms, space
from spaces.access import Reader, Role
from spaces.flag_moderation import Answer
from spaces.flags import Flag
from tests.briefing.conftest import HOW, OFFICER, STEWARD, YOUTH, unsaid
from words import DataProblem

PANEL = Reader("P. Anel", Role.PANEL_MEMBER)
UNSAFE = Flag("unsafe", "map", reasons=("dark",), time_of_day="night", feeling=2, scale=7)


@pytest.fixture
def area(area):
    return unsaid(area)


def _place(area, name):
    found = area.places[area.places["name"] == name]
    return str(found.index[0]), found.geometry.iloc[0]


def _touch(area, point):
    longitude, latitude = frames.points_in_degrees([point.x], [point.y])
    return flags.near(area, float(longitude[0]), float(latitude[0]))


def _make(area, name="Lockside Park", flag=UNSAFE, times=1, sessions=1):
    spot = flags.of_place(area, _place(area, name)[0])
    return [flags.make(area, YOUTH, flag, spot, session_id=f"session {at % sessions}", **HOW) for at in range(times)]


def _named(groups, name, stream="young"):
    return next(group for group in groups if (group.name, group.stream) == (name, stream))


# Which place is meant


def test_a_touch_inside_a_park_means_the_park_and_is_kept_to_ten_metres(area):
    feature_id, park = _place(area, "Lockside Park")
    point = shapely.Point(park.representative_point().x + 1.3, park.representative_point().y - 2.7)
    spots = _touch(area, point)
    assert (spots[0].feature_id, spots[0].words) == (feature_id, "Lockside Park")
    assert (spots[0].easting % 10, spots[0].northing % 10) == (0, 0)
    assert abs(spots[0].easting - point.x) <= 5.5
    assert spots[-1].feature_id == ""
    assert spots[-1].words == "A place without a name, near Lockside Park"
    assert len(spots) <= flags.MOST_OFFERED + 1


def test_a_touch_within_fifty_metres_is_snapped_and_one_beyond_is_a_place_without_a_name(area):
    feature_id, park = _place(area, "Lockside Park")
    streets = area.places.geometry
    edge = shapely.get_point(park.exterior, 0) if park.geom_type == "Polygon" else park.representative_point()
    for bearing in np.linspace(0, 2 * np.pi, 73):
        for apart in (20.0, 45.0):
            near = shapely.Point(edge.x + apart * np.sin(bearing), edge.y + apart * np.cos(bearing))
            offered = [spot.feature_id for spot in _touch(area, near)[:-1]]
            within = set(streets.index[shapely.dwithin(streets.to_numpy(), near, flags.SNAP_M)])
            assert set(offered) <= within
            assert len(offered) == min(len(within), flags.MOST_OFFERED)
    assert feature_id in area.places.index


def test_of_a_street_where_people_live_no_point_is_kept(area):
    street = area.places[area.places["kind"] == "street"].iloc[0]
    middle = street.geometry.representative_point()
    ends = [shapely.Point(at) for at in shapely.get_coordinates(street.geometry)[[0, 7]]]
    kept_at = {
        (spot.easting, spot.northing) for end in ends for spot in _touch(area, end) if spot.feature_id == street.name
    }  # fmt: skip
    assert kept_at == {(round(middle.x), round(middle.y))}


def test_a_place_outside_the_area_is_refused_in_a_sentence(area):
    west, south, _east, _north = area.area.bounds
    with pytest.raises(DataProblem, match="That is outside Marlhaven"):
        _touch(area, shapely.Point(west - 300, south - 300))
    outside = flags.Spot("", "", west - 300, south - 300)
    with pytest.raises(DataProblem, match="That is outside Marlhaven"):
        flags.make(area, YOUTH, UNSAFE, outside, session_id="s", **HOW)
    with pytest.raises(DataProblem, match="no longer on the map"):
        flags.of_place(area, "way/0")
    assert kept.newest(area.register).empty


def test_two_places_of_one_name_are_told_apart(area):
    names = flags.place_names(area)
    same = area.places.loc[names.index, "name"].duplicated(keep=False)
    assert names[~same].tolist() == area.places.loc[names.index[~same], "name"].tolist()


def test_in_welsh_places_have_their_welsh_names(rural):
    both = rural.places[(rural.places["name_cy"] != "") & (rural.places["name_cy"] != rural.places["name"])]
    with words.speaking("cy"):
        names = flags.place_names(rural)
        assert all(names[feature_id].startswith(name) for feature_id, name in both["name_cy"].items())
        assert flags.of_place(rural, rural.places.index[0]).words == rural.places["name_cy"].iloc[0]


# A flag, its code, its answer


def test_a_flag_is_kept_with_its_place_and_comes_back_by_its_code_even_under_a_newer_key(area):
    [made] = _make(area)
    row = kept.newest(area.register).iloc[0]
    assert (row["feature_id"], row["whereabouts"], row["made_on"]) == (
        _place(area, "Lockside Park")[0],
        "Lockside Park",
        date(2026, 10, 31),
    )
    assert made.code not in row.to_string()
    assert made.code.replace("-", "") not in area.register.audit_trail().to_csv()
    keys = pseudonyms.open_keys(area.folder)
    (area.folder / pseudonyms.KEY_FILE).unlink()
    pseudonyms.save_keys(area.folder / pseudonyms.KEY_FILE, keys.rotated())
    found = flags.look_up(area, YOUTH, made.code.lower(), session_id="another", origin="tests")
    assert flags.what_became(found) == "It counts."
    flags.take_back(area, YOUTH, found, origin="tests")
    assert flags.what_became(flags.look_up(area, YOUTH, made.code, session_id="", origin="tests")) == "It is taken back."
    assert flags_gathered.gathered(area, YOUTH) == []


@pytest.mark.parametrize(
    ("note", "urgent"),
    [
        ("A man is being hurt behind the shops right now", True), ("She said she is suicidal", True), ("They are in danger", True),
        ("She wants to die", True), ("she is being hit", True), ("They are hurting her", True), ("he has a knife on her", True),
        ("He pulled out a knife", True), ("A man is following her", True), ("There is self-harm in the group", True),
        ("an overdose by the river", True), ("She is bleeding", True), ("He wants to kill himself", True), ("I want to kill myself", True),
        ("eisiau marw", True), ("Mae hi isio marw", True), ("dw i eisiau lladd fy hun", True), ("mae hi am ladd ei hun", True),
        ("mae dyn yn ei dilyn", True), ("Mae gan un ohonyn nhw gyllell", True), ("Maen nhw'n ei brifo hi", True), ("hunan-niweidio", True),
        ("gorddos", True), ("The path runs along a knife-edge.", False), ("The shop sells knives and forks", False),
        ("It is dark in the evening and the street lamps die early", False), ("Following the path you come to steps", False),
        ("Mae o mewn perygl", True), ("Maen nhw'n cael eu curo yno", True), ("Mae'n digwydd nawr", True),
        ("It is dark by the swings.", False), ("Knowing nobody is there makes it worse", False), ("", False),
        ("Mae'n dywyll wrth y siglenni.", False),
    ],
)  # fmt: skip
def test_a_note_that_sounds_as_if_a_child_needs_help_now_is_noticed_in_both_languages(area, note, urgent):
    assert flags.sounds_urgent(note) is urgent
    [made] = _make(area, flag=dataclasses.replace(UNSAFE, note=note))
    assert made.urgent is urgent


def test_whom_to_tell_is_the_areas_to_set_and_its_form_opens_safely(area):
    assert flags.whom_to_tell(area) == WhomToTell("", "", "")
    told = WhomToTell("01753 000 000", "Duty lead, early help", "https://example.gov.uk/marf?a=1")
    flags.set_whom_to_tell(area, STEWARD, told, origin="tests")
    assert flags.whom_to_tell(area) == told
    unsafe = ("http://example.gov.uk", "javascript:alert(1)", "https://", "https://[x", "https://a b", 'https://a"onclick="b', "//a.gov.uk")
    for address in unsafe:
        with pytest.raises(DataProblem, match="https://"):
            flags.set_whom_to_tell(area, STEWARD, WhomToTell("", "", address), origin="tests")
    with pytest.raises(DataProblem, match="decided by the data steward"):
        flags.set_whom_to_tell(area, YOUTH, told, origin="tests")
    assert flags.whom_to_tell(area) == told


def test_young_people_read_their_answer_in_their_language_where_they_flag(area):
    made = _make(area, times=2)
    group = _named(flags_gathered.gathered(area, PANEL), "Lockside Park")
    answer = Answer("It is dark.", "Three lamps are mended.", "Mae'n dywyll.", "Mae tair lamp wedi'u trwsio.")
    flags_gathered.answer(area, PANEL, group, answer, **HOW)
    found = flags.look_up(area, YOUTH, made[0].code, session_id="", origin="tests")
    assert flags.answers(area, to=found) == [("Lockside Park", "It is dark.", "Three lamps are mended.", "31 October 2026")]
    with words.speaking("cy"):
        assert flags.answers(area)[0][1:] == ("Mae'n dywyll.", "Mae tair lamp wedi'u trwsio.", "31 Hydref 2026")
    again = _named(flags_gathered.gathered(area, PANEL), "Lockside Park")
    assert (again.answer, again.answered) == (answer, 1)


# Gathered before shown


def test_of_enough_flags_the_numbers_are_told_and_of_fewer_only_what(area):
    _make(area, times=4, sessions=2)
    few = _named(flags_gathered.gathered(area, PANEL), "Lockside Park")
    assert few.said == ("Fewer than 5 flags.", "Unsafe.", "It is dark.")
    _make(area, times=2, flag=dataclasses.replace(UNSAFE, polarity="mixed", reasons=("friends", "dark"), feeling=3), sessions=2)
    enough = _named(flags_gathered.gathered(area, PANEL), "Lockside Park")
    assert enough.said == (
        "6 flags from fewer than 5 sessions.", "Mixed, Unsafe.", "It is dark (6); also: Friends are there.", "Night: 6.",
        "How it feels: of 6 answers, half say 2 unsafe or worse.",
    )  # fmt: skip


def test_where_few_live_fewer_than_five_are_told_by_the_village_and_then_by_the_area(rural):
    park = "Parc Cwm Hesg"
    _make(rural, park, times=4)
    assert [(group.name, group.told_of) for group in flags_gathered.gathered(rural, PANEL)] == [("Bro Heli", "around")]
    _make(rural, "Parc Porth Heli", times=3)
    groups = flags_gathered.gathered(rural, PANEL)
    assert all("Parc" not in group.name for group in groups)
    assert [group.flags for group in groups] == [7]
    _make(rural, park, times=1)
    assert _named(flags_gathered.gathered(rural, PANEL), park).flags == 5


def test_five_in_one_village_at_different_places_are_told_of_the_village(rural):
    at = _place(rural, "Parc Cwm Hesg")[1].representative_point()
    for number in range(5):
        spot = flags.Spot("", "", at.x + 200 * number, at.y)
        flags.make(rural, YOUTH, UNSAFE, spot, session_id="s", **HOW)
    [group] = flags_gathered.gathered(rural, PANEL)
    assert (group.name, group.told_of, group.flags, group.notes) == ("Cwm Hesg", "around", 5, ())
    flags_gathered.answer(rural, PANEL, group, Answer("Dark.", "Lamps come in May."), **HOW)
    assert flags.answers(rural)[0][0] == "Cwm Hesg"


def test_what_lies_where_a_masked_venue_is_is_never_told_by_its_place(area):
    _feature, park = _place(area, "Lockside Park")
    middle = park.representative_point()
    masked_venues.add(area, STEWARD, easting=middle.x, northing=middle.y, origin="tests")
    _make(area, times=8)
    assert [group.told_of for group in flags_gathered.gathered(area, PANEL)] == ["around"]


def test_adults_complaints_are_never_added_to_young_peoples_words(area):
    _make(area, times=3)
    _make(area, flag=dataclasses.replace(UNSAFE, view_of="resident", reasons=("fights",)), times=6)
    _make(area, flag=dataclasses.replace(UNSAFE, view_of="parent"), times=1)
    groups = flags_gathered.gathered(area, PANEL)
    assert [(group.stream, group.flags) for group in groups] == [("young", None), ("knowing", None), ("complaints", 6)]
    assert groups[0].said[0] == "Fewer than 5 flags."
    assert "Fights" not in " ".join(groups[0].said)
    with pytest.raises(DataProblem, match="Only young people are answered here"):
        flags_gathered.answer(area, PANEL, groups[2], Answer("Noise.", "Nothing."), **HOW)


def test_who_may_see_a_flag_is_what_was_chosen(area):
    for seen_by in kept.SEEN_BY:
        _make(area, flag=dataclasses.replace(UNSAFE, seen_by=seen_by), times=5)
    told = {reader.role: flags_gathered.gathered(area, reader)[0].flags for reader in (YOUTH, PANEL, STEWARD, OFFICER)}
    assert told == {Role.YOUTH_WORKER: 15, Role.PANEL_MEMBER: 10, Role.DATA_STEWARD: 10, Role.COMMUNITY_SAFETY_OFFICER: 5}


def test_a_note_counts_once_it_was_read_and_only_what_is_shown_of_it_is_told(area):
    _make(area, flag=dataclasses.replace(UNSAFE, note="The lamp by the swings is out, Year 9 say."))
    assert flags_gathered.gathered(area, PANEL) == []
    [waiting] = flags_gathered.to_read(area, STEWARD)
    assert (waiting.where, waiting.said) == ("Lockside Park", "Unsafe · It is dark · 31 October 2026")
    flags_gathered.show(area, STEWARD, waiting, shown_note="The lamp by the swings is out.", why="could be known", origin="tests")
    assert _named(flags_gathered.gathered(area, PANEL), "Lockside Park").notes == ("The lamp by the swings is out.",)
    assert flags_gathered.to_read(area, STEWARD) == []
    with pytest.raises(DataProblem, match="who did not write it"):
        flags_gathered.to_read(area, YOUTH)


def test_a_flood_of_one_session_is_gathered_and_held_back_at_once(area):
    _make(area, times=25)
    _make(area, times=3, sessions=3)
    [flood] = flags_gathered.floods(area, STEWARD)
    assert (flood.where, len(flood.which)) == ("Lockside Park", 26)
    flags_gathered.hold_back(area, STEWARD, flood.which, why="too many", origin="tests")
    assert _named(flags_gathered.gathered(area, PANEL), "Lockside Park").said[0] == "Fewer than 5 flags."
    assert flags_gathered.floods(area, STEWARD) == []


@pytest.mark.parametrize(
    ("note", "shown", "lines"),
    [
        ("It is dark.", "It is dark.", []),
        ("It is dark, Year 9 say.", "It is dark.", ["“dark, Year 9 say.” is shown as “dark.”"]),
        ("It is very dark.", "It is dark.", ["“very” is not shown"]),
        ("It is dark.", "It is often dark.", ["“often” is put in"]),
        ("All of it.", "", ["“All of it.” is not shown"]),
    ],
)
def test_what_others_do_not_see_of_a_note_is_said(note, shown, lines):
    assert flags_gathered.difference(note, shown) == lines


# Across the boundary


def test_a_place_that_is_offered_can_be_flagged_and_one_across_the_boundary_is_not_offered(area):
    west, south, east, north = shapely.bounds(area.area)
    quarter = shapely.box(west, south, (west + east) / 2, (south + north) / 2)
    smaller = dataclasses.replace(area, area=shapely.intersection(area.area, quarter))
    offered = flags.place_names(smaller).index
    assert 0 < len(offered) < len(smaller.places)
    begins_here = 0
    for place in offered:
        spot = flags.of_place(smaller, place)
        assert shapely.dwithin(smaller.area, shapely.Point(spot.easting, spot.northing), flags.KEPT_TO_M), spot.name
        begins_here += not shapely.intersects(smaller.area, area.places.geometry[place].representative_point())
    assert begins_here
    across = area.places.index.difference(offered)
    assert not shapely.intersects(smaller.area, area.places.geometry[across].to_numpy()).any()


def test_a_flag_in_a_place_drawn_by_hand_counts_there_and_still_does_when_that_is_part_of_another(area):
    middle = _place(area, "Dyer's Yard Car Park")[1].representative_point()
    east, north = round(middle.x, -1), round(middle.y, -1)
    how = {"today": HOW["today"], "origin": HOW["origin"]}
    yard, slope = (
        space_acts.raise_place(area, PANEL, space.Details(name, "other", "resident", shapely.box(*shape)), **how)
        for name, shape in (
            ("The yard", (east - 50, north - 50, east + 50, north + 50)),
            ("The slope", (east + 50, north - 50, east + 150, north + 50)),
        )
    )
    for number in range(flags_gathered.GATHERED_FROM):
        flags.make(area, YOUTH, UNSAFE, flags.Spot("", "", east, north), session_id=f"s{number}", **HOW)

    def told(space_id):
        return [group.flags for group in spaces.profile(area, PANEL, space_id, date(2026, 1, 1), HOW["today"], today=HOW["today"]).flags]

    assert (told(yard), told(slope)) == ([5], [])
    space_acts.merge(area, PANEL, yard, into=slope, seen=1, why="They are one.", origin="tests")
    assert told(slope) == [5]
