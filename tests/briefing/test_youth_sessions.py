"""Sessions and safety maps as those who may read them get them, on the sample town: never more than the group was told."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import h3
import pytest
import shapely

from briefing import marks_shown, masked_venues, safety_maps, spaces, youth_sessions
from briefing.safety_maps import AREA, ROUTE, WIDE, Draft
from briefing.youth_sessions import Start
from geo import frames
from layers.catalogue import LAYERS, SAFETY_LAYERS
from spaces import safety_maps as kept_safety_maps
from spaces import space, space_changes
from spaces.access import Reader
from spaces.safety_maps import Mark
from tests.briefing.conftest import HOW, OFFICER, PANEL, STEWARD, TODAY, YOUTH
from tests.briefing.test_safe_places import _mask_where
from tests.spaces.test_youth_sessions import ASKS, MINE, OTHER, WHOLE
from words import DataProblem


def keep(area, reader=MINE, **changes):
    session_id = youth_sessions.keep(area, reader, dataclasses.replace(WHOLE, **changes), **HOW)
    return held(area, session_id, reader)


def held(area, session_id, reader=MINE):
    return next(one for one in youth_sessions.listed(area, reader, TODAY) if one.session_id == session_id)


def names(area, reader):
    """Return what the groups that a reader may see are called, in the order in which they are listed; the sample has some."""
    return [one.session.group_name for one in youth_sessions.listed(area, reader, TODAY)]


def draw(area, one, draft, colour="red"):
    return safety_maps.draw(area, MINE, one, draft, colour=colour, reasons="dark", origin="tests")


def middle(area):
    """Return the longitude and latitude of a spot well inside the area."""
    at = shapely.centroid(area.area)
    longitude, latitude = frames.points_in_degrees([at.x], [at.y])
    return float(longitude[0]), float(latitude[0])


def round_about(area, count):
    at = h3.latlng_to_cell(*reversed(middle(area)), 11)
    return Draft(frozenset(sorted(h3.str_to_int(cell) for cell in h3.grid_disk(at, 4))[:count]))


def test_each_reader_gets_what_the_group_was_told_and_hears_of_the_rest(area):
    there = set(names(area, ASKS))
    keep(area, group_name="Shown to youth workers")
    keep(area, group_name="Shown to the panel", seen_by="panel")
    keep(area, group_name="Small", how_many=4)
    keep(area, group_name="Its worker only", seen_by="worker")

    def groups(reader):
        return sorted(name for name in names(area, reader) if name not in there)

    assert groups(MINE) == ["Its worker only", "Shown to the panel", "Shown to youth workers", "Small"]
    assert groups(ASKS) == ["Shown to the panel", "Shown to youth workers", "Small"]
    assert groups(OTHER) == ["Shown to youth workers"]
    assert youth_sessions.not_shown(area, MINE) == ""
    assert youth_sessions.not_shown(area, ASKS).startswith("1 more session is not shown")
    assert youth_sessions.not_shown(area, OTHER).startswith("3 more sessions are not shown")
    for reader in (OFFICER, STEWARD, Reader("x", "panel_member")):
        with pytest.raises(DataProblem, match="read by youth workers and panel members"):
            youth_sessions.listed(area, reader, TODAY)


def test_the_group_that_waits_longest_comes_first(area):
    there = set(names(area, MINE))
    late = keep(area, group_name="Late", held_on=date(2026, 9, 1))
    keep(area, group_name="In time", held_on=date(2026, 10, 20))
    keep(area, group_name="Later", held_on=date(2026, 9, 10))
    done = keep(area, group_name="Told", held_on=date(2026, 8, 1))
    youth_sessions.tell_back(area, MINE, done, told="The lamps are mended.", on=date(2026, 8, 20), **HOW)
    assert [name for name in names(area, MINE) if name not in there] == ["Later", "Late", "In time", "Told"]
    assert held(area, late.session_id).state == "overdue"


def test_a_session_starts_a_place_from_what_the_group_marked(area):
    one = keep(area)
    with pytest.raises(DataProblem, match="mark its area on the group's safety map first"):
        youth_sessions.start_space(area, MINE, one, Start("Weir steps", "waterside"), **HOW)
    draw(area, one, round_about(area, 5))
    space_id = youth_sessions.start_space(area, MINE, one, Start("Weir steps", "waterside", name_cy="Grisiau'r Gored"), **HOW)
    row = space.newest(area.register).loc[space_id]
    assert (row["name"], row["name_cy"], row["raised_by"]) == ("Weir steps", "Grisiau'r Gored", "young people")
    assert 7_000 < shapely.from_wkb(row["boundary"]).area < 15_000, "five hexagons, in square metres"
    assert held(area, one.session_id, ASKS).place == "Weir steps"


def test_a_session_starts_a_place_of_the_map_and_another_joins_it(area):
    first, second = keep(area), keep(area, group_name="Friday art group")
    feature = str(area.places.index[0])
    started = youth_sessions.start_space(area, MINE, first, Start("", "", feature), **HOW)
    assert youth_sessions.start_space(area, MINE, second, Start("", "", feature), **HOW) == started
    assert held(area, second.session_id).place == area.places.loc[feature, "name"]
    with pytest.raises(DataProblem, match="no longer on the map"):
        youth_sessions.start_space(area, MINE, held(area, first.session_id), Start("", "", "way/0"), **HOW)
    with pytest.raises(DataProblem, match="not in the list"):
        youth_sessions.about(area, MINE, held(area, first.session_id), "nothing", origin="tests")


def test_what_was_taken_back_is_listed_without_what_was_said(area):
    one = keep(area)
    youth_sessions.withdraw(area, MINE, one, origin="tests")
    gone = held(area, one.session_id, ASKS)
    assert gone.state == "withdrawn"
    assert WHOLE.heard not in " ".join(gone.known.values())


def test_a_touch_marks_a_touch_again_takes_it_out_and_a_route_goes_on(area):
    at = middle(area)
    one = safety_maps.touch(Draft(), *at, AREA)
    assert len(one.hexagons) == 1
    assert safety_maps.touch(one, *at, AREA).empty
    wide = safety_maps.touch(one, *at, WIDE)
    assert len(wide.hexagons) == 7
    assert safety_maps.touch(wide, *at, WIDE).empty
    route = safety_maps.touch(safety_maps.touch(wide, *at, ROUTE), at[0] + 0.001, at[1], ROUTE)
    assert (len(route.route), len(route.hexagons)) == (2, 0)
    assert not safety_maps.touch(route, *at, AREA).route


def test_a_place_is_marked_by_its_name_too(area):
    largest = str(area.places.geometry.area.idxmax())
    found = safety_maps.of_place(area, largest)
    share = len(found.hexagons) * 2_150 / area.places.geometry[largest].area
    assert 0.5 < share < 1.5
    with pytest.raises(DataProblem, match="no longer on the map"):
        safety_maps.of_place(area, "way/0")


def test_the_map_and_its_table_say_the_same(area):
    one = keep(area)
    draw(area, one, round_about(area, 5))
    at = middle(area)
    draw(area, one, safety_maps.touch(safety_maps.touch(Draft(), *at, ROUTE), at[0] + 0.001, at[1], ROUTE), "green")
    table = safety_maps.marks(area, ASKS, one)
    assert table["colour"].tolist() == ["red", "green"]
    assert table["where"].iloc[0].startswith("an area of 5 hexagons")
    assert table["where"].iloc[1].startswith("a route of ")
    drawn = safety_maps.layers(area, ASKS, [one], Draft(route=((1.0, 2.0),)))
    assert drawn["safety_map"]["state"].tolist() == ["red"]
    assert drawn["safety_routes"]["state"].tolist() == ["green", "new"]
    scene = safety_maps.scene(area, ASKS, [one])
    assert {"safety_map", "safety_routes"} <= {layer.layer_id for layer in scene.layers}
    assert not {"safety_map", "safety_routes"} & {layer.layer_id for layer in scene.for_files().layers}, "in no file"
    near = str(area.places.index[0])
    west, south, east, north = safety_maps.scene(area, ASKS, [one], near=near).bounds
    assert scene.bounds[0] <= west < east <= scene.bounds[2]
    assert south < north


def test_each_colour_has_a_second_sign_and_none_is_a_layer_of_the_areas_file():
    for layer in SAFETY_LAYERS.values():
        signs = {(style.dash_px, style.pattern, style.fill is None) for state, style in layer.styles.items() if state != "new"}
        assert len(signs) == 3
        assert layer.restricted
        assert set(layer.styles) == set(layer.state_labels)
    assert not set(SAFETY_LAYERS) & set(LAYERS)


def test_what_lies_outside_is_not_marked(area):
    one = keep(area)
    outside = safety_maps.touch(Draft(), 0.0, 51.5, AREA)
    with pytest.raises(DataProblem, match="outside the area"):
        draw(area, one, outside)


def test_a_mark_where_a_venue_is_masked_is_taken_like_any_other_and_shown_to_nobody_who_did_not_draw_it(area):
    inside = shapely.centroid(area.area)
    _mask_where(area, inside.x, inside.y)
    one, after = keep(area), keep(area, held_on=date(2026, 10, 1))
    for session in (one, after):
        draw(area, session, safety_maps.touch(Draft(), *middle(area), AREA))
    draw(area, one, Draft(route=((inside.x, inside.y), (inside.x + 30, inside.y))), "green")
    far = next(cell for cell in round_about(area, 61).hexagons if not in_masked(area, cell))
    draw(area, one, Draft(frozenset({far})), "amber")
    its_own = safety_maps.marks(area, MINE, one)
    assert its_own["colour"].tolist() == ["red", "green", "amber"], "neither an answer nor a gap tells where a venue is"
    assert held(area, one.session_id).marks == 3
    assert len(safety_maps.layers(area, MINE, [one])["safety_map"]) == 2
    for reader in (ASKS, OTHER):
        assert safety_maps.marks(area, reader, one)["colour"].tolist() == ["amber"]
        assert (held(area, one.session_id, reader).marks, held(area, after.session_id, reader).marks) == (1, 0)
        drawn = safety_maps.layers(area, reader, [one])
        assert (drawn["safety_map"]["state"].tolist(), len(drawn["safety_routes"])) == (["amber"], 0)
        assert "0 only" not in " ".join(safety_maps.compared(area, reader, one, after))
        assert safety_maps.compared(area, reader, one, after)[2].startswith("1 only on the earlier map")
    for reader, state in ((MINE, "red"), (ASKS, "amber")):
        table = safety_maps.of_groups(area, reader, TODAY).table
        assert table.loc[table["who"].str.startswith("Tuesday youth club"), "state"].tolist() == [state], "the newest that has any for them"
    space_id = youth_sessions.start_space(area, MINE, held(area, one.session_id), Start("Weir steps", "waterside"), **HOW)
    assert space_id in space.newest(area.register).index


def in_masked(area, cell):
    """Say whether the middle of a hexagon lies in a masked cell."""
    at = marks_shown.points(Mark("red", (cell,)))
    return bool(masked_venues.in_a_masked_cell(area, at)[0])


def test_a_map_is_shown_to_nobody_who_may_not_see_its_session(area):
    private = keep(area, seen_by="worker", group_name="Private")
    small = keep(area, how_many=4, group_name="Small")
    for one in (private, small):
        draw(area, one, round_about(area, 5))
    for one, reader, count in ((private, MINE, 1), (private, ASKS, 0), (private, OTHER, 0), (small, ASKS, 1), (small, OTHER, 0)):
        assert len(safety_maps.marks(area, reader, one)) == count
        assert len(safety_maps.layers(area, reader, [one])["safety_map"]) == count
    assert safety_maps.compared(area, OTHER, private, private)[1].startswith("Only 0 hexagons")


def test_the_same_groups_maps_are_compared_in_words_and_no_other_groups(area):
    before = keep(area, held_on=date(2026, 6, 1))
    after = keep(area, held_on=date(2026, 10, 1), group_name="tuesday youth club", how_many=6)
    other = keep(area, group_name="Friday art group", held_on=date(2026, 6, 1))
    keep(area, OTHER, held_on=date(2026, 6, 2))
    for one in (before, other):
        draw(area, one, round_about(area, 12))
    draw(area, after, round_about(area, 12), "green")
    found = youth_sessions.listed(area, ASKS, TODAY)
    now = held(area, after.session_id, ASKS)
    assert [one.session_id for one in safety_maps.earlier(found, now)] == [before.session_id]
    assert safety_maps.compared(area, ASKS, before, after) == [
        "Tuesday youth club: 7 young people on 1 June 2026, 6 on 1 October 2026. They need not be the same ones.",
        "12 hexagons are on both maps.",
        "12 went from red to green.",
    ]
    with pytest.raises(DataProblem, match="Only maps of the same group"):
        safety_maps.compared(area, ASKS, other, after)


def test_two_workers_groups_of_one_name_are_both_on_the_map_and_never_compared(area):
    mine, theirs = keep(area, held_on=date(2026, 6, 1)), keep(area, OTHER, held_on=date(2026, 10, 1))
    draw(area, mine, round_about(area, 12))
    mark = Mark("green", tuple(sorted(round_about(area, 12).hexagons)))
    kept_safety_maps.draw(area.register, OTHER, theirs.session_id, mark, origin="tests")
    found = youth_sessions.listed(area, ASKS, TODAY)
    assert safety_maps.earlier(found, held(area, theirs.session_id, ASKS)) == []
    drawn = safety_maps.of_groups(area, ASKS, TODAY).table
    assert drawn.loc[drawn["who"].str.startswith("Tuesday youth club"), "state"].tolist() == ["red", "green"]
    with pytest.raises(DataProblem, match="Only maps of the same group"):
        safety_maps.compared(area, ASKS, mine, theirs)


def test_the_steward_reads_of_sessions_only_what_they_are_called(area):
    one = keep(area)
    found = youth_sessions.looked_after(area, STEWARD)
    [its] = [session for session in found if session.session_id == one.session_id]
    assert (its.name, its.worker) == ("Tuesday youth club, 1 September 2026", MINE.name)
    assert WHOLE.heard not in repr(found)
    youth_sessions.hand_over(area, STEWARD, its, OTHER.name, origin="tests")
    assert held(area, one.session_id, OTHER).mine
    [its] = [session for session in youth_sessions.looked_after(area, STEWARD) if session.session_id == one.session_id]
    youth_sessions.withdraw(area, STEWARD, its, origin="tests")
    assert held(area, one.session_id, ASKS).state == "withdrawn"
    assert len(youth_sessions.looked_after(area, STEWARD)) == len(found) - 1
    for reader in (MINE, ASKS, OFFICER):
        with pytest.raises(DataProblem, match="data steward's work"):
            youth_sessions.looked_after(area, reader)


def test_the_panel_sees_that_an_outline_was_taken_back_until_the_place_is_drawn_anew_or_closed(area):
    one = keep(area)
    draw(area, one, round_about(area, 5))
    space_id = youth_sessions.start_space(area, MINE, one, Start("Weir steps", "waterside"), **HOW)
    youth_sessions.withdraw(area, MINE, held(area, one.session_id), origin="tests")
    asks = "The young people took back the map that its outline came of. Draw it anew, or close the place."

    def said():
        profile = spaces.profile(area, PANEL, space_id, date(2026, 1, 1), TODAY, today=TODAY)
        [listed] = [place for place in spaces.listed(area, PANEL, TODAY) if place.space_id == space_id]
        return asks in profile.standing, listed.overdue == asks, profile.history

    standing, overdue, history = said()
    assert (standing, overdue) == (True, True)
    assert "The young people took back the map that its outline came of." in history[0]
    act = {"origin": "tests"}
    space_changes.rename(area.register, PANEL, space_id, seen=2, name="Weir", **act)
    assert said()[:2] == (True, True), "whatever is done meanwhile"
    space_changes.set_status(area.register, PANEL, space_id, seen=3, status="closed", why="Nobody goes there.", **act)
    assert said()[:2] == (False, False)
    space_changes.set_status(area.register, PANEL, space_id, seen=4, status="noticed", why="They go there again.", **act)
    space_changes.redraw(area.register, PANEL, space_id, seen=5, boundary=area.area.centroid.buffer(50), **act)
    assert said()[:2] == (False, False)


def test_a_group_is_overdue_in_the_sample_as_on_the_day_it_is_read(area):
    one = keep(area, held_on=date(2026, 10, 31) - timedelta(28))
    assert held(area, one.session_id).state == "waiting"


def test_a_youth_worker_is_not_told_by_the_list_which_places_are_in_it_for_recorded_harm(area):
    rows = space.newest(area.register)
    rows = rows[rows["status"] != space.MERGED]  # what has become part of another is nobody's to choose
    by_harm_alone = rows.index[rows["raised_by"] == "hotspot"]
    offered = youth_sessions.spaces_to_choose(area, YOUTH)
    assert len(by_harm_alone)
    assert not offered.index.isin(by_harm_alone).any()
    assert set(rows.index[rows["raised_by"].str.contains("young people")]) <= set(offered.index)
    assert by_harm_alone.isin(youth_sessions.spaces_to_choose(area, PANEL).index).all()
