"""Spaces: raised by anyone with equal standing, changed only by new rows, and nothing lost by renaming, merging or splitting."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces import space, space_changes
from spaces.access import Reader, Role
from spaces.revisions import ChangedMeanwhile
from spaces.space import Details
from spaces.space_changes import Part
from tests.spaces.conftest import PANEL
from words import DataProblem

TODAY = date(2026, 10, 31)
YOUTH, OFFICER, STEWARD = (Reader("B. Evans", role) for role in (Role.YOUTH_WORKER, Role.COMMUNITY_SAFETY_OFFICER, Role.DATA_STEWARD))
SQUARE = shapely.box(0, 0, 100, 100)
PARK = Details("Lockside Park", "park", "hotspot", SQUARE, feature_id="way/1")
LANE = Details("Fryer's Passage", "alley", "young people", shapely.box(100, 0, 200, 100), feature_id="way/2")


def raised(register, details=PARK, reader=PANEL, **given):
    return space.raise_space(register, reader, details, today=TODAY, origin="tests", **given)


def row_of(register, space_id):
    return space.newest(register).loc[space_id]


def seen(register, *ids):
    versions = space.newest(register)["version"]
    return [int(versions[one]) for one in ids]


def does(change, register, space_id, reader=PANEL, **given):
    return change(register, reader, space_id, seen=seen(register, space_id)[0], origin="tests", **given)


def problems(details):
    return [str(problem) for problem in space.problems(details, today=TODAY)]


# Raised.


def test_what_is_raised_comes_back_as_it_was(register):
    details = replace(PARK, name_cy="Parc y Loc", owner="Parks team", good="Benches", trusted="Park keeper", why="Dark paths")
    row = row_of(register, raised(register, details))
    assert space.details_of(row) == details
    assert (row["version"], row["act"], row["status"]) == (1, "raised", "noticed")
    assert register.audit_trail()["action"].tolist() == ["space raised"]


@pytest.mark.parametrize("by", space.RAISED_BY_LABELS)
def test_whoever_raises_a_place_raises_it_alike(register, by):
    row = row_of(register, raised(register, replace(PARK, raised_by=by), YOUTH))
    assert (row["status"], row["raised_by"]) == ("noticed", by)


def test_a_place_of_the_map_is_one_space_and_whoever_raises_it_again_stands_beside_the_first(register):
    first = raised(register)
    assert raised(register) == first
    assert len(space.history(register, first)) == 1, "nothing new was said"
    assert raised(register, replace(PARK, raised_by="young people", why="Groups at night"), YOUTH) == first
    row = row_of(register, first)
    assert (space.raisers(row["raised_by"]), row["why"]) == (["hotspot", "young people"], "Groups at night")
    assert space.of_feature(register, "way/1") == first
    assert space.of_feature(register, "way/9") is None
    assert space.of_feature(register, "") is None


def test_a_closed_place_that_is_raised_again_is_noticed_again(register):
    park = raised(register)
    does(space_changes.set_status, register, park, status="closed", why="It is quiet")
    raised(register)
    assert row_of(register, park)["status"] == "noticed"


def test_places_without_a_place_of_the_map_are_each_their_own(register):
    bench = replace(PARK, feature_id="")
    assert raised(register, bench) != raised(register, bench)


@pytest.mark.parametrize(("role", "may"), [(role, role is not Role.DATA_STEWARD) for role in Role])
def test_who_may_raise_a_place(register, role, may):
    if may:
        assert raised(register, reader=Reader("B. Evans", role))
        return
    with pytest.raises(DataProblem, match="Refer the place to the panel"):
        raised(register, reader=Reader("B. Evans", role))
    assert space.newest(register).empty


WRONG = [
    ({"name": "  "}, "Give the place a name"),
    ({"kind": "castle"}, "what kind of place"),
    ({"raised_by": "rumour"}, "Say who raised the place"),
    ({"adult_of_concern": "J. Smith"}, "yes, no or not known"),
    ({"law": "france"}, "whose law"),
    ({"boundary": None}, "Say where the place is"),
    ({"boundary": shapely.Point(1, 1)}, "Say where the place is"),
    ({"boundary": shapely.Polygon()}, "Say where the place is"),
    ({"boundary": shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 8)])}, "crosses itself"),
    ({"boundary": shapely.box(0, 0, 4_000, 4_000)}, "larger than 10 square kilometres"),
    ({"kind": "event"}, "a first and a last day"),
    ({"kind": "event", "starts_on": date(2026, 8, 2), "ends_on": date(2026, 8, 1)}, "last day is before the first"),
    ({"kind": "online", "boundary": None, "feature_id": ""}, "type of platform"),
    ({"kind": "online", "platform": "games", "feature_id": ""}, "on no map"),
    ({"good": "ask Kelly Smith"}, "What is good here"),
    ({"owner": "Kelly Smith"}, "Who owns or runs it"),
    ({"owner_contact": "07700 900123"}, "Whom to ask there"),
    ({"trusted": "kelly.smith@example.org"}, "Who is trusted here"),
    ({"why": "x" * 1_001}, "too long"),
]


@pytest.mark.parametrize(("given", "said"), WRONG)
def test_what_is_wrong_is_said_and_nothing_is_kept(register, given, said):
    details = replace(PARK, **given)
    assert any(said in problem for problem in problems(details.tidied()))
    with pytest.raises(DataProblem, match=said):
        raised(register, details)
    assert space.newest(register).empty


@pytest.mark.parametrize(
    "details",
    [
        PARK,
        Details("Group chats", "online", "young people", platform="messaging"),
        replace(PARK, kind="event", starts_on=date(2026, 8, 1), ends_on=date(2026, 8, 1)),
        replace(PARK, owner="Parks team, borough council", owner_contact="Parks manager"),
    ],
)
def test_what_is_right_passes(details):
    assert problems(details) == []


# Changed, by whom, and never over somebody else.


def change_of(change, **given):
    return lambda register, reader, park: does(change, register, park, reader, **given)


CHANGES = {
    "rename": change_of(space_changes.rename, name="Lock Meadow"),
    "status": change_of(space_changes.set_status, status="acting"),
    "hand over": change_of(space_changes.hand_over, worker="Parks team", note="Go at dusk"),
    "offer": change_of(space_changes.hand_to, authority="Powys council", why="Half is theirs"),
    "describe": change_of(space.describe, details=replace(PARK, good="Light"), today=TODAY),
    "redraw": change_of(space_changes.redraw, boundary=shapely.box(0, 0, 50, 100), why="The gate was moved"),
    "merge": lambda register, reader, park: does(
        space_changes.merge, register, park, reader, into=raised(register, LANE), seen_into=1, why="One place"
    ),
    "split": change_of(
        space_changes.split, why="Two places", stays=Part("West side", shapely.box(0, 0, 50, 100)),
        new=Part("East side", shapely.box(50, 0, 100, 100)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", Role)
def test_only_the_panel_changes_what_is_kept(register, change, role):
    park = raised(register)
    if role is Role.PANEL_MEMBER:
        CHANGES[change](register, Reader("B. Evans", role), park)
        assert len(space.history(register, park)) == 2
        return
    with pytest.raises(DataProblem, match="changed by panel members"):
        CHANGES[change](register, Reader("B. Evans", role), park)
    assert len(space.history(register, park)) == 1


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_leaves_all_else_as_it_was_and_the_row_before_as_it_stood(register, change):
    park = raised(register, replace(PARK, name_cy="Parc", owner="Parks team", law="both"))
    before = row_of(register, park)
    CHANGES[change](register, PANEL, park)
    rows = space.history(register, park)
    assert rows.loc[1, "name"] == before["name"]
    assert rows.loc[1, "boundary"] == before["boundary"]
    assert (rows.loc[2, "feature_id"], rows.loc[2, "raised_by"]) == ("way/1", "hotspot")
    if change != "describe":
        assert rows.loc[2, "owner"] == "Parks team"
    trail = register.audit_trail()
    assert trail["act_id"].iloc[-1] == rows.loc[2, "act_id"]
    assert register.check_audit().number == len(trail)


def test_of_two_who_write_at_once_the_second_is_told_and_the_first_is_kept(register):
    park = raised(register)
    space_changes.rename(register, PANEL, park, seen=1, name="Lock Meadow", origin="tests")
    with pytest.raises(ChangedMeanwhile, match="Somebody else saved “Lock Meadow”"):
        space_changes.hand_over(register, PANEL, park, seen=1, worker="Parks team", note="Go at dusk", origin="tests")
    assert row_of(register, park)["name"] == "Lock Meadow"


def test_of_twelve_who_rename_at_once_one_does(register):
    park = raised(register)

    def rename(number):
        try:
            space_changes.rename(register, PANEL, park, seen=1, name=f"Park {number}", origin="tests")
        except ChangedMeanwhile:
            return 0
        return 1

    with ThreadPoolExecutor(12) as threads:
        assert sum(threads.map(rename, range(12))) == 1
    assert len(space.history(register, park)) == 2


def test_a_place_that_was_merged_under_somebodys_edit_says_where_it_is_now(register):
    park, lane = raised(register), raised(register, LANE)
    space_changes.merge(register, PANEL, park, into=lane, seen=1, seen_into=1, why="One place", origin="tests")
    with pytest.raises(ChangedMeanwhile, match=r"“Lockside Park” has become part of “Fryer's Passage”.*still in the form"):
        space.describe(register, PANEL, park, replace(PARK, good="Benches"), seen=1, today=TODAY, origin="tests")
    assert len(space.history(register, park)) == 2


@pytest.mark.parametrize(("reader", "kept"), [(PANEL, ("yes", "wales", "Youth team")), (YOUTH, ("not known", "", ""))])
def test_only_the_panel_says_by_raising_what_only_the_panel_keeps(register, reader, kept):
    row = row_of(register, raised(register, replace(PARK, adult_of_concern="yes", law="wales", worker="Youth team"), reader))
    assert (row["adult_of_concern"], row["law"], row["worker"]) == kept


@pytest.mark.parametrize(
    ("first", "last", "may"),
    [
        (date(1, 1, 1), date(9999, 12, 31), False),
        (date(1989, 12, 31), TODAY, False),
        (date(1990, 1, 1), TODAY, True),
        (TODAY, date(2028, 10, 31), True),
        (TODAY, date(2028, 11, 1), False),
    ],
)
def test_an_event_is_in_years_in_which_somebody_can_be_there(first, last, may):
    found = problems(replace(PARK, kind="event", starts_on=first, ends_on=last))
    assert found == ([] if may else ["Give days from 1990 on and within two years from today. Check the years."])


@pytest.mark.parametrize("name", ["Jordan", "Tyler's flat", "14 Elm Grove", "Ffion's corner"])
@pytest.mark.parametrize("field", ["name", "name_cy"])
def test_no_place_is_called_after_somebody(name, field):
    (problem,) = problems(replace(PARK, **{field: name}))
    assert "looks like" in problem


# Merged and split.


def test_a_merged_place_is_found_in_the_other_with_its_ground_and_whoever_raised_it(register):
    park, lane = raised(register, replace(PARK, good="Benches")), raised(register, replace(LANE, good="Light"))
    space_changes.merge(register, PANEL, park, into=lane, seen=1, seen_into=1, why="One place", origin="tests")
    row = row_of(register, lane)
    assert shapely.area(shapely.from_wkb(row["boundary"])) == 20_000
    assert (row["raised_by"], row["good"], row["came_of"]) == ("young people;hotspot", "Light Benches", park)
    assert (row_of(register, park)["status"], row_of(register, park)["merged_into"]) == ("merged", lane)
    assert space.of_feature(register, "way/1") == space.of_feature(register, "way/2") == lane


@pytest.mark.parametrize(
    ("stays", "goes", "together"),
    [("yes", "no", "yes"), ("no", "yes", "yes"), ("not known", "yes", "yes"), ("no", "not known", "no"), ("not known", "no", "no"),
     ("not known", "not known", "not known")],
)  # fmt: skip
def test_what_is_known_of_either_is_known_of_both_together(register, stays, goes, together):
    told = {"owner": "Parks team", "owner_contact": "Park keeper", "law": "wales", "worker": "Youth team"}
    park = raised(register, replace(PARK, adult_of_concern=goes, **told))
    lane = raised(register, replace(LANE, adult_of_concern=stays, owner="Highways"))
    space_changes.merge(register, PANEL, park, into=lane, seen=1, seen_into=1, why="One place", origin="tests")
    row = row_of(register, lane)
    assert row["adult_of_concern"] == together
    assert row[list(told)].to_dict() == told | {"owner": "Highways"}, "what the one says stays, what it does not say the other does"


def test_what_is_too_long_together_is_not_cut_but_refused(register):
    park, lane = raised(register, replace(PARK, good="a " * 300)), raised(register, replace(LANE, good="b " * 300))
    with pytest.raises(DataProblem, match="“What is good here” is longer than 1000 characters together"):
        space_changes.merge(register, PANEL, park, into=lane, seen=1, seen_into=1, why="One place", origin="tests")
    assert (space.newest(register)["version"] == 1).all()


def test_a_place_that_is_offered_is_not_merged_until_the_authority_has_answered(register):
    park, lane = raised(register), raised(register, LANE)
    does(space_changes.hand_to, register, park, authority="Powys council", why="Across the border")
    merge = {"into": lane, "seen_into": 1, "why": "One place", "origin": "tests"}
    with pytest.raises(DataProblem, match="“Lockside Park” is offered to Powys council, which has not answered"):
        space_changes.merge(register, PANEL, park, seen=2, **merge)
    does(space_changes.answer_of_authority, register, park, accepts=True, reason="")
    space_changes.merge(register, PANEL, park, seen=3, **merge)
    assert row_of(register, lane)[["authority", "answer_of_authority"]].tolist() == ["Powys council", "accepted"]


def test_a_chain_of_merged_places_ends_in_the_one_that_stands(register):
    first, second, third = (raised(register, replace(PARK, feature_id=f"way/{n}")) for n in (1, 2, 3))
    for one, into in ((first, second), (second, third)):
        space_changes.merge(
            register, PANEL, one, into=into, seen=seen(register, one)[0], seen_into=seen(register, into)[0], why="One place", origin="tests"
        )
    assert {space.of_feature(register, f"way/{n}") for n in (1, 2, 3)} == {third}
    with pytest.raises(ChangedMeanwhile, match="has become part of"):
        space_changes.merge(register, PANEL, third, into=first, seen=2, seen_into=2, why="Round", origin="tests")


def test_what_cannot_be_one_is_not_merged(register):
    park, chat = raised(register), raised(register, Details("Group chats", "online", "young people", platform="messaging"))
    for into, why, said in ((park, "x", "part of itself"), (chat, "x", "stay apart"), (chat, " ", "Say why")):
        with pytest.raises(DataProblem, match=said):
            space_changes.merge(register, PANEL, park, into=into, seen=1, seen_into=1, why=why, origin="tests")
    far = raised(register, replace(LANE, boundary=shapely.box(10_000, 0, 13_000, 3_000)))
    near = raised(register, replace(LANE, feature_id="way/3", boundary=shapely.box(0, 0, 3_000, 3_000)))
    with pytest.raises(DataProblem, match="larger than"):
        space_changes.merge(register, PANEL, far, into=near, seen=1, seen_into=1, why="Both", origin="tests")
    assert (space.newest(register)["version"] == 1).all()


def test_a_part_that_is_a_place_of_the_map_is_the_one_that_is_raised_by_its_name(register):
    park = raised(register)
    halves = Part("West side", shapely.box(0, 0, 50, 100)), Part("East side", shapely.box(50, 0, 100, 100), feature_id="way/9")
    east = does(space_changes.split, register, park, stays=halves[0], new=halves[1], why="Two places")
    assert raised(register, replace(PARK, name="East side", feature_id="way/9", raised_by="resident")) == east
    assert len(space.newest(register)) == 2


def test_a_part_is_no_place_of_the_map_that_another_space_is(register):
    park, lane = raised(register), raised(register, LANE)
    halves = Part("West side", shapely.box(0, 0, 50, 100)), Part("East side", shapely.box(50, 0, 100, 100), feature_id="way/2")
    east = does(space_changes.split, register, park, stays=halves[0], new=halves[1], why="Two places")
    assert row_of(register, east)["feature_id"] == ""
    assert space.of_feature(register, "way/2") == lane


def test_a_split_keeps_the_one_and_begins_the_other_with_the_same_history_told(register):
    park = raised(register)
    new = CHANGES["split"](register, PANEL, park)
    stays, other = row_of(register, park), row_of(register, new)
    assert (stays["name"], stays["feature_id"], other["name"], other["feature_id"]) == ("West side", "way/1", "East side", "")
    assert (other["came_of"], other["raised_by"], other["version"]) == (park, "hotspot", 1)
    assert [shapely.area(shapely.from_wkb(row["boundary"])) for row in (stays, other)] == [5_000, 5_000]


@pytest.mark.parametrize(
    ("east", "said"),
    [
        (shapely.box(50, 0, 150, 100), "outside"),
        (shapely.box(50, 0, 90, 100), "leave some"),
        (shapely.box(20, 0, 100, 100), "overlap"),
        (shapely.Polygon(), "Say where"),
    ],
)
def test_parts_have_to_be_the_parts(register, east, said):
    park = raised(register)
    with pytest.raises(DataProblem, match=said):
        does(
            space_changes.split, register, park, why="Two", stays=Part("West side", shapely.box(0, 0, 50, 100)), new=Part("East side", east)
        )
    assert len(space.newest(register)) == 1


@settings(max_examples=30)
@given(st.integers(1, 99), st.integers(0, 100), st.integers(1, 100))
def test_overlap_is_told_exactly_where_a_twentieth_of_the_smaller_is_shared(width, left, size):
    other = shapely.box(left, 0, left + size, 100)
    rows = pd.DataFrame({"status": ["noticed"], "boundary": [shapely.to_wkb(other)]}, index=["other"])
    mine = shapely.box(0, 0, width, 100)
    shared = max(0, min(width, left + size) - left) / min(width, size)
    assert space_changes.overlapping(rows, mine) == (["other"] if shared >= space_changes.SMALLEST_OVERLAP_SHARE else [])


@pytest.mark.parametrize("status", ["closed", "merged"])
def test_what_is_over_overlaps_nothing(status):
    rows = pd.DataFrame({"status": [status], "boundary": [shapely.to_wkb(SQUARE)]}, index=["other"])
    assert space_changes.overlapping(rows, SQUARE) == []
    assert space_changes.overlapping(rows.assign(status="noticed"), SQUARE, besides=("other",)) == []
    assert space_changes.overlapping(rows.assign(status="noticed"), None) == []


# Statuses, workers, other authorities.

STATUSES = [
    (before, after, why, not ("closed" in (before, after) and before != after and not why))
    for before in ("noticed", "closed")
    for after in ("noticed", "understood", "acting", "watching", "closed")
    for why in ("", "A reason")
]


@pytest.mark.parametrize(("before", "after", "why", "allowed"), STATUSES)
def test_which_status_follows_which(register, before, after, why, allowed):
    park = raised(register)
    if before == "closed":
        does(space_changes.set_status, register, park, status="closed", why="Quiet")
    if allowed:
        does(space_changes.set_status, register, park, status=after, why=why)
        assert row_of(register, park)["status"] == after
        return
    with pytest.raises(DataProblem, match="Say why"):
        does(space_changes.set_status, register, park, status=after, why=why)


@pytest.mark.parametrize("status", ["merged", "", "done"])
def test_no_other_word_is_a_status(register, status):
    with pytest.raises(DataProblem, match="Choose a status"):
        does(space_changes.set_status, register, raised(register), status=status, why="x")


def test_a_handover_names_a_role_and_never_a_person(register):
    park = raised(register)
    with pytest.raises(DataProblem, match="what they have to know"):
        does(space_changes.hand_over, register, park, worker="Parks team", note=" ")
    with pytest.raises(DataProblem, match="Named worker"):
        does(space_changes.hand_over, register, park, worker="Kelly Smith", note="Go at dusk")
    does(space_changes.hand_over, register, park, worker="Parks team", note="Go at dusk")
    row = row_of(register, park)
    assert (row["worker"], row["handover_note"]) == ("Parks team", "Go at dusk")


@pytest.mark.parametrize(("accepts", "answer"), [(True, "accepted"), (False, "declined")])
def test_a_place_across_the_border_stays_until_the_other_side_answers(register, accepts, answer):
    park = raised(register)
    with pytest.raises(DataProblem, match="Offer it first"):
        does(space_changes.answer_of_authority, register, park, accepts=True, reason="")
    does(space_changes.hand_to, register, park, authority="Powys council", why="Half of it is theirs", law="both")
    row = row_of(register, park)
    assert (row["authority"], row["answer_of_authority"], row["law"], row["status"]) == ("Powys council", "", "both", "noticed")
    does(space_changes.answer_of_authority, register, park, accepts=accepts, reason="It is ours to look after")
    row = row_of(register, park)
    assert (row["answer_of_authority"], row["why"]) == (answer, "It is ours to look after")
    with pytest.raises(DataProblem, match="answered already"):
        does(space_changes.answer_of_authority, register, park, accepts=True, reason="")


def test_declining_needs_a_reason(register):
    park = raised(register)
    does(space_changes.hand_to, register, park, authority="Powys council", why="Half of it is theirs")
    with pytest.raises(DataProblem, match="Say why they declined"):
        does(space_changes.answer_of_authority, register, park, accepts=False, reason=" ")
