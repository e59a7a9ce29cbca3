"""The list and the profile of a place: counted in its own boundary, strengths first, and what is not known said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import shapely

from briefing import place, place_referrals, review, space_acts, space_words, spaces
from spaces import repeat_harm, space, space_changes
from spaces.access import Reader, Role
from spaces.place_referrals import Referral
from spaces.space import Details
from tests.briefing.conftest import PANEL
from words import DataProblem, speaking

LOCKSIDE, TEAL_GREEN, JUBILEE_PARK = "way/20037", "way/20038", "way/20043"
TODAY = date(2026, 10, 31)
YOUTH = Reader("a youth worker", Role.YOUTH_WORKER)


def raise_place(area, feature_id="", by="hotspot", **given):
    return space_acts.raise_place(area, PANEL, Details("", "", by, feature_id=feature_id, **given), today=TODAY, origin="test")


@pytest.fixture(scope="module")
def lockside_id(marlhaven):
    return raise_place(marlhaven, LOCKSIDE)


def profile_of(area, everything, space_id, **given):
    days = {"first_day": everything.first_day, "last_day": everything.last_day} | given
    return spaces.profile(area, PANEL, space_id, today=TODAY, **days)


def change(area, act, space_id, **given):
    act(area, PANEL, space_id, seen=int(space.newest(area.register).loc[space_id, "version"]), origin="test", **given)


def drawn(area, name, boundary, **given):
    details = Details(name, "other", "young people", boundary, **given)
    return space.raise_space(area.register, PANEL, details, today=TODAY, origin="test")


def test_a_profile_counts_what_lies_in_its_own_boundary(marlhaven, everything, lockside_id):
    found = profile_of(marlhaven, everything, lockside_id)
    records, _said = review.chosen_records(marlhaven, everything)
    there = shapely.intersects_xy(marlhaven.places.loc[LOCKSIDE].geometry, records["easting"], records["northing"])
    inside = records[there]
    incidents = repeat_harm.one_row_per_incident(inside)
    assert len(incidents) > 0
    assert set(incidents.index) <= set(found.recorded.incidents.index)
    assert found.recorded.by_month["count"].sum() == found.recorded.by_harm["count"].sum()


def test_a_profile_of_a_place_of_the_map_says_what_the_map_says(marlhaven, everything, lockside_id):
    found, opened = profile_of(marlhaven, everything, lockside_id), place.open_place(marlhaven, PANEL, everything, LOCKSIDE)
    assert opened.sentence.startswith(found.sentence.removesuffix(".")), "the map adds how its hotspot has been changing"
    assert found.remains_harmful == opened.remains_harmful
    assert [*found.setting.like, *found.setting.reach] == opened.like
    pd.testing.assert_frame_equal(found.recorded.by_harm, opened.by_harm)


def test_half_a_place_counts_half_of_it_and_the_halves_make_the_whole(marlhaven, everything):
    whole = marlhaven.places.loc[LOCKSIDE].geometry
    west, south, east, north = shapely.bounds(whole)
    middle = (west + east) / 2
    counts = []
    for name, edges in (("West half", (west, middle)), ("East half", (middle, east))):
        half = shapely.intersection(whole, shapely.box(edges[0], south, edges[1], north))
        records = spaces._records(marlhaven, Details(name, "park", "resident", half), young_adults=False)
        counts.append(int(shapely.intersects_xy(half, records["easting"], records["northing"]).sum()))
    records = spaces._records(marlhaven, Details("All", "park", "resident", whole), young_adults=False)
    assert min(counts) > 0
    assert sum(counts) == int(shapely.intersects_xy(whole, records["easting"], records["northing"]).sum())


def test_a_period_without_records_says_that_it_is_no_proof_and_still_tells_the_place(marlhaven, everything, lockside_id):
    last = everything.first_day - timedelta(days=400)
    found = profile_of(marlhaven, everything, lockside_id, first_day=last - timedelta(days=9), last_day=last)
    assert found.recorded is None
    assert found.sentence == "Nothing is recorded here in this period. No reports is not no harm."
    assert found.setting.like


def test_what_is_good_comes_first_and_what_nobody_wrote_down_is_not_known(marlhaven, everything):
    park = raise_place(marlhaven, JUBILEE_PARK, "young people")
    assert profile_of(marlhaven, everything, park).strengths == []
    assert {"what is good here", "whom young people trust here", "who owns or runs it"} <= set(
        profile_of(marlhaven, everything, park).not_known
    )
    now = space.details_of(space.newest(marlhaven.register).loc[park])
    known = replace(now, good="Benches and light", trusted="The park keeper", owner="Parks team", adult_of_concern="yes", law="both")
    change(marlhaven, space_acts.describe, park, details=known, today=TODAY)
    found = profile_of(marlhaven, everything, park)
    assert found.strengths == ["Good here: Benches and light", "Trusted here: The park keeper"]
    assert found.adult_of_concern == "An adult of concern is known to an agency: yes."
    assert "what is good here" not in found.not_known
    assert any("two laws hold here" in line for line in found.standing)
    assert any("Owned or run by Parks team" in line for line in found.standing)


def test_a_place_online_has_no_map_and_says_so(marlhaven, everything):
    chat = space.raise_space(
        marlhaven.register, YOUTH, Details("Group chats", "online", "young people", platform="messaging"), today=TODAY, origin="test"
    )
    found = profile_of(marlhaven, everything, chat)
    assert (found.recorded, found.setting) == (None, None)
    assert "on no map" in found.sentence
    assert found.line == "online: messaging · Noticed · raised by young people"


def test_nothing_in_a_profile_is_a_childs_reference(marlhaven, everything, lockside_id):
    found = profile_of(marlhaven, everything, lockside_id)
    said = " ".join([found.line, found.sentence, *found.standing, *found.not_known, *found.history])
    references = marlhaven.register.records()["child_ref"].dropna().unique()
    assert len(references) > 0
    assert not any(reference in said for reference in references)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PANEL_MEMBER])
def test_only_the_panel_reads_places(marlhaven, everything, lockside_id, role):
    reader = Reader("someone", role)
    with pytest.raises(DataProblem, match="for panel members"):
        spaces.listed(marlhaven, reader, TODAY)
    with pytest.raises(DataProblem, match="for panel members"):
        spaces.profile(marlhaven, reader, lockside_id, everything.first_day, everything.last_day, today=TODAY)


def test_history_says_every_change_in_words_newest_first(marlhaven, everything):
    park = drawn(marlhaven, "Old Yard", shapely.buffer(shapely.centroid(marlhaven.area), 40))
    change(marlhaven, space_acts.rename, park, name="New Yard", name_cy="Iard Newydd", why="What people say")
    change(marlhaven, space_acts.set_status, park, status="acting", why="")
    change(marlhaven, space_acts.hand_over, park, worker="Parks team", note="Go at dusk")
    change(marlhaven, space_acts.hand_to, park, authority="Powys council", why="Half is theirs", law="both")
    change(marlhaven, space_acts.answer_of_authority, park, accepts=False, reason="It is yours")
    said = [line.partition(": ")[2] for line in profile_of(marlhaven, everything, park).history]
    assert said == [
        "Powys council declined it. It is yours", "Offered to Powys council. Half is theirs", "Handed over to Parks team: Go at dusk",
        "Status: Something is being done.", "Renamed, from “Old Yard” to “New Yard”. What people say", "Raised by young people.",
    ]  # fmt: skip
    with speaking("cy"):
        assert profile_of(marlhaven, everything, park).name == "Iard Newydd"


def test_places_that_share_ground_say_so_until_they_are_one(marlhaven, everything):
    corner = shapely.centroid(marlhaven.area)
    one = drawn(marlhaven, "Market corner", shapely.buffer(shapely.transform(corner, lambda at: at + 900), 60))
    two = drawn(marlhaven, "Clock tower", shapely.buffer(shapely.transform(corner, lambda at: at + 920), 60))
    assert any("It shares ground with Clock tower" in line for line in profile_of(marlhaven, everything, one).standing)
    change(marlhaven, space_acts.merge, two, into=one, why="They are one")
    assert not any("shares ground" in line for line in profile_of(marlhaven, everything, one).standing)
    with pytest.raises(DataProblem, match="“Clock tower” has become part of “Market corner”"):
        profile_of(marlhaven, everything, two)
    assert two not in [row.space_id for row in spaces.listed(marlhaven, PANEL, TODAY)]
    assert "“Clock tower” became part of it. They are one" in profile_of(marlhaven, everything, one).history[0]


def test_whoever_raises_a_place_is_told_its_name_and_of_others_only_who_sees_the_list(marlhaven):
    corner = shapely.buffer(shapely.transform(shapely.centroid(marlhaven.area), lambda at: at + 1_500), 60)
    drawn(marlhaven, "Old yard", corner)
    one = space_acts.raise_place(marlhaven, YOUTH, Details("New yard", "other", "young people", corner), today=TODAY, origin="test")
    assert space_acts.name_of_raised(marlhaven, YOUTH, one) == "New yard"
    assert space_acts.overlaps(marlhaven, YOUTH, one) == ""
    assert "Old yard" in space_acts.overlaps(marlhaven, PANEL, one)
    with pytest.raises(DataProblem, match="Places are raised by"):
        space_acts.name_of_raised(marlhaven, Reader("S. Teward", Role.DATA_STEWARD), one)


def test_a_part_that_is_a_place_of_the_map_is_split_off_whole(marlhaven, everything):
    whole = shapely.buffer(marlhaven.places.loc[TEAL_GREEN].geometry, 60)
    park = drawn(marlhaven, "Round Teal Green", whole)
    found = profile_of(marlhaven, everything, park)
    assert TEAL_GREEN in space_acts.parts_of(marlhaven, found).index
    green = space_acts.part_of_the_map(marlhaven, found, TEAL_GREEN)
    part = space_acts.split_off(
        marlhaven, PANEL, found, green, seen=1, name="The green itself", why="It is lit", feature_id=TEAL_GREEN, origin="test"
    )
    of_the_map = space.of_feature(marlhaven.register, TEAL_GREEN)
    named = space.newest(marlhaven.register).loc[part, "feature_id"]
    assert (named, of_the_map) == (TEAL_GREEN, part) or (named == "" and of_the_map != part), "one space only is a place of the map"
    stays, new = (space.details_of(space.newest(marlhaven.register).loc[one]).boundary for one in (park, part))
    assert shapely.area(stays) + shapely.area(new) == pytest.approx(shapely.area(whole))
    with pytest.raises(DataProblem, match="Choose the part"):
        space_acts.part_of_the_map(marlhaven, found, "way/0")


OVERDUE = [
    ({"status": "noticed"}, 28, ""),
    ({"status": "noticed"}, 29, "Noticed 29 days ago"),
    ({"status": "understood"}, 273, ""),
    ({"status": "understood"}, 274, "Being understood for 274 days: nothing is decided."),
    ({"status": "acting"}, 0, "nobody is named"),
    ({"status": "acting", "worker": "Parks team"}, 400, ""),
    ({"status": "watching", "authority": "Powys council"}, 28, ""),
    ({"status": "watching", "authority": "Powys council"}, 29, "Offered to Powys council 29 days ago"),
    ({"status": "watching", "authority": "Powys council", "answer_of_authority": "declined"}, 400, ""),
    ({"status": "watching", "ends_on": TODAY}, 0, ""),
    ({"status": "watching", "ends_on": TODAY - timedelta(1)}, 0, "The event ended on 30 October 2026"),
    ({"status": "closed", "ends_on": TODAY - timedelta(1)}, 0, ""),
]


@pytest.mark.parametrize(("row", "days", "said"), OVERDUE)
def test_what_is_overdue_says_so_and_nothing_else_does(row, days, said):
    empty = {"status": "", "worker": "", "authority": "", "answer_of_authority": "", "ends_on": None}
    found = space_words.overdue(pd.Series(empty | row, dtype=object), TODAY - timedelta(days), TODAY)
    assert (said in found) if said else found == ""


def test_a_status_stands_since_the_run_that_goes_on_to_now():
    days = pd.to_datetime(["2026-05-01", "2026-04-01", "2026-03-01", "2026-02-01", "2026-06-01"], utc=True)
    rows = pd.DataFrame(
        {"status": ["noticed", "noticed", "closed", "noticed", "acting"], "authority": "", "answer_of_authority": "", "kept_at": days},
        index=["park", "park", "park", "park", "lane"],
    )
    assert spaces.status_since(rows) == {"park": date(2026, 4, 1), "lane": date(2026, 6, 1)}


# The inbox.


@pytest.fixture
def letter(marlhaven):
    sent = Referral("Youth work team", "Groups at night", "Lamps", "by the bench", TEAL_GREEN)
    one = place_referrals.refer(marlhaven, YOUTH, sent, today=TODAY, origin="test")
    return next(row for row in place_referrals.inbox(marlhaven, PANEL, TODAY) if row.referral_id == one)


def test_whoever_referred_sees_its_clock_and_the_reply_and_other_roles_do_not(marlhaven, letter):
    assert (letter.where, letter.sender, letter.clock) == (
        "Teal Green: by the bench", "Youth work team (youth worker)", "Raised today, not read yet.",
    )  # fmt: skip
    place_referrals.decline(marlhaven, PANEL, letter, reason="Not ours", reply="It is lit now", today=TODAY, origin="test")
    [mine] = [row for row in place_referrals.inbox(marlhaven, YOUTH, TODAY) if row.referral_id == letter.referral_id]
    assert (mine.state, mine.reply) == ("declined", "It is lit now")
    officer = Reader("an officer", Role.COMMUNITY_SAFETY_OFFICER)
    assert letter.referral_id not in [row.referral_id for row in place_referrals.inbox(marlhaven, officer, TODAY)]


def test_accepting_raises_the_place_of_the_map_or_joins_it(marlhaven, letter):
    before = space.of_feature(marlhaven.register, TEAL_GREEN)
    begun = place_referrals.begun(marlhaven, letter)
    made = place_referrals.accept(marlhaven, PANEL, letter, reply="We go and look", raises=begun, today=TODAY, origin="test")
    assert made == space.of_feature(marlhaven.register, TEAL_GREEN)
    assert before in (None, made)
    assert "referral" in space.raisers(space.newest(marlhaven.register).loc[made, "raised_by"])


def test_a_position_becomes_the_ground_round_it(marlhaven, letter):
    spot = replace(letter, feature_id="", easting=601_000.0, northing=488_000.0)
    assert shapely.area(place_referrals.begun(marlhaven, spot).boundary) == pytest.approx(np.pi * 50**2, rel=0.02)
    assert place_referrals.begun(marlhaven, replace(letter, feature_id="")).boundary is None


@pytest.mark.parametrize(
    ("given", "said"), [({"feature_id": "way/0"}, "no longer on the map"), ({"easting": 1.0, "northing": 1.0}, "not inside")]
)
def test_a_referral_of_somewhere_else_is_refused(marlhaven, given, said):
    sent = Referral("Youth work team", "Groups at night", "Lamps", "by the bench")
    with pytest.raises(DataProblem, match=said):
        place_referrals.refer(marlhaven, YOUTH, replace(sent, **given), today=TODAY, origin="test")


def test_the_inbox_puts_the_unread_and_the_overdue_first(marlhaven, letter):
    found = place_referrals.inbox(marlhaven, PANEL, TODAY)  # one of the sample's own waits since 12 October
    assert letter.referral_id in [row.referral_id for row in found if not row.overdue]
    assert any(row.overdue for row in found)
    order = [(place_referrals.ORDER.index(row.state), not row.overdue) for row in found]
    assert order == sorted(order)


def test_a_place_outside_the_area_is_not_raised(marlhaven):
    with pytest.raises(DataProblem, match="outside the area"):
        space_acts.raise_place(marlhaven, PANEL, Details("Far", "other", "resident", shapely.box(0, 0, 9, 9)), today=TODAY, origin="test")
    assert space_changes.overlapping(space.newest(marlhaven.register), shapely.box(0, 0, 9, 9)) == []
