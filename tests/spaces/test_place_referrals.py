"""A referral of a place is raised, read and answered, each step kept, and what waits too long says so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from spaces import place_referrals, space
from spaces.access import Reader, Role
from spaces.place_referrals import Referral
from spaces.revisions import ChangedMeanwhile
from spaces.space import Details
from tests.spaces.conftest import PANEL
from words import DataProblem

DAY = date(2026, 10, 1)
YOUTH = Reader("B. Evans", Role.YOUTH_WORKER)
BENCH = Referral("Youth work team", "Groups at night, no light", "Lamps, and somebody who goes there at dusk", "The bench by the lock")
PARK = Details("Lockside Park", "park", "hotspot", shapely.box(0, 0, 100, 100), feature_id="way/1")


def refer(register, referral=BENCH, reader=YOUTH, today=DAY):
    return place_referrals.refer(register, reader, referral, today=today, origin="tests")


def read(register, one, *, seen=1, on=DAY, reader=PANEL):
    place_referrals.mark_read(register, reader, one, seen=seen, today=on, origin="tests")


def accept(register, one, *, seen=1, on=DAY, reader=PANEL, reply="We go and look", **given):
    given = given or {"raises": PARK}
    return place_referrals.accept(register, reader, one, seen=seen, reply=reply, today=on, origin="tests", **given)


def decline(register, one, *, seen=1, on=DAY, reader=PANEL, reason="It is not ours", reply="It is another authority's"):
    place_referrals.decline(register, reader, one, seen=seen, reason=reason, reply=reply, today=on, origin="tests")


def state(register, one, today=DAY):
    rows = place_referrals.newest(register)
    return tuple(place_referrals.states(rows, today).loc[one])


@pytest.mark.parametrize("role", Role)
def test_all_staff_refer_and_only_the_panel_answers(register, role):
    reader = Reader("B. Evans", role)
    one = refer(register, reader=reader)
    assert place_referrals.newest(register).loc[one, "from_role"] == str(role)
    for act in (read, accept, decline):
        if role is not Role.PANEL_MEMBER:
            with pytest.raises(DataProblem, match="read and answered by panel members"):
                act(register, one, reader=reader)
    if role is not Role.PANEL_MEMBER:
        assert state(register, one)[0] == "raised"


def test_it_goes_from_raised_to_read_to_accepted_and_raises_a_space(register):
    one = refer(register)
    read(register, one, on=DAY + timedelta(2))
    space_id = accept(register, one, seen=2, on=DAY + timedelta(9))
    row, raised = place_referrals.newest(register).loc[one], space.newest(register).loc[space_id]
    assert (row["decision"], row["reply"], row["space_id"]) == ("accepted", "We go and look", space_id)
    assert (row["raised_on"], row["read_on"], row["answered_on"]) == (DAY, DAY + timedelta(2), DAY + timedelta(9))
    assert (raised["name"], raised["raised_by"]) == ("Lockside Park", "referral")
    assert register.audit_trail()["action"].tolist() == ["place referred", "referral of a place read", "referral of a place accepted"]


def test_it_joins_a_place_that_is_one_already_named_or_by_the_map(register):
    park = space.raise_space(register, PANEL, PARK, today=DAY, origin="tests")
    assert accept(register, refer(register), joins=park) == park
    assert accept(register, refer(register)) == park
    assert space.raisers(space.newest(register).loc[park, "raised_by"]) == ["hotspot", "referral"]
    assert len(space.newest(register)) == 1


def test_answering_reads_it(register):
    one = refer(register)
    decline(register, one, on=DAY + timedelta(3))
    row = place_referrals.newest(register).loc[one]
    assert (row["read_on"], row["reason"], row["reply"]) == (DAY + timedelta(3), "It is not ours", "It is another authority's")


def test_a_second_answer_is_refused_and_raises_nothing(register):
    one = refer(register)
    decline(register, one)
    with pytest.raises(ChangedMeanwhile):
        accept(register, one)
    with pytest.raises(DataProblem, match="answered already"):
        accept(register, one, seen=2)
    assert space.newest(register).empty, "what raises the space and what answers are one act, or none"


def test_reading_twice_writes_once(register):
    one = refer(register)
    read(register, one)
    read(register, one, seen=2, on=DAY + timedelta(5))
    assert place_referrals.newest(register).loc[one, ["version", "read_on"]].tolist() == [2, DAY]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"from_agency": " "}, "Say who refers"),
        ({"why": ""}, "Say who refers"),
        ({"wants": ""}, "Say who refers"),
        ({"whereabouts": ""}, "Say where the place is"),
        ({"easting": 1.0}, "Give both, or neither"),
        ({"easting": 1.0, "northing": float("nan")}, "Give both, or neither"),
        ({"why": "Kelly Smith goes there"}, "Why this place"),
        ({"wants": "call 07700 900123"}, "What you ask for"),
        ({"from_agency": "Kelly Smith"}, "Who refers it"),
        ({"whereabouts": "x" * 201}, "too long"),
    ],
)
def test_what_is_wrong_with_a_referral_is_said_and_nothing_is_kept(register, given, said):
    with pytest.raises(DataProblem, match=said):
        refer(register, Referral(**BENCH.__dict__ | given))
    assert place_referrals.newest(register).empty


def test_an_answer_has_its_reply_and_a_decline_its_reason(register):
    one = refer(register)
    for act, written, said in (
        (accept, {"reply": " "}, "Write the reply"), (accept, {"raises": PARK, "joins": "x"}, "Say which place"),
        (decline, {"reason": " "}, "Give the reason"), (decline, {"reply": ""}, "Give the reason"),
        (decline, {"reply": "Kelly Smith will call"}, "The reply"),
    ):  # fmt: skip
        with pytest.raises(DataProblem, match=said):
            act(register, one, **written)
    assert state(register, one)[0] == "raised"


CLOCK = [
    (None, 0, False, "Raised today, not read yet."),
    (None, 1, False, "Raised 1 day ago, not read yet."),
    (None, 3, False, "Raised 3 days ago, not read yet."),
    (None, 7, False, "Raised 7 days ago, not read yet."),
    (None, 8, True, "Raised 8 days ago, not read yet. It should be read within 7 days."),
    (0, 28, False, "Raised 28 days ago, read the same day, not answered yet."),
    (2, 29, True, "Raised 29 days ago, read 2 days later, not answered yet. It should be answered within 28 days."),
]


@pytest.mark.parametrize(("read_after", "days", "late", "said"), CLOCK)
def test_the_clock_runs_from_raised_to_read_to_answered(register, read_after, days, late, said):
    one = refer(register)
    if read_after is not None:
        read(register, one, on=DAY + timedelta(read_after))
    assert state(register, one, DAY + timedelta(days)) == ("raised" if read_after is None else "read", late, said)


@given(st.integers(0, 400))
def test_what_is_answered_is_never_overdue(days):
    row = {"decision": "declined", "read_on": DAY, "raised_on": DAY, "answered_on": DAY + timedelta(4)}
    assert place_referrals.overdue_days(row, DAY + timedelta(days)) <= 0
    assert place_referrals._clock(row, DAY + timedelta(days)) == "Raised on 1 October 2026, answered 4 days later."
