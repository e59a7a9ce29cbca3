"""What young people said is seen by whom they were told, answered in time, and gone when they take it back."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from spaces import safety_maps, schema, space, youth_sessions
from spaces.access import Reader, Role
from spaces.revisions import ChangedMeanwhile
from spaces.safety_maps import Mark
from spaces.youth_sessions import MAP, PANEL, SEEN_BY, WORKER, Session
from words import DataProblem

MINE = Reader("Y. Worker", Role.YOUTH_WORKER)
OTHER = Reader("O. Worker", Role.YOUTH_WORKER)
ASKS = Reader("P. Anel", Role.PANEL_MEMBER)
HELD, TODAY = date(2026, 9, 1), date(2026, 10, 31)
HOW = {"today": TODAY, "origin": "tests"}
WHOLE = Session(
    HELD, "The panel", "to make the park better", ("purpose", "who_sees", "can_withdraw"), MAP, "walkabout", "en", "Tuesday youth club", 7,
    "It is dark by the water, and adults there watch us.",
)  # fmt: skip
WHERE = space.Details("Weir steps", "waterside", "young people", shapely.box(600_000, 488_000, 600_100, 488_100))


def keep(register, session=WHOLE, reader=MINE, **how):
    return youth_sessions.keep(register, reader, session, **HOW | how)


def stands(register, session_id):
    return youth_sessions.newest(register).loc[session_id]


def state(register, session_id, today=TODAY):
    return youth_sessions.states(youth_sessions.newest(register), today).loc[session_id]


def tell(register, session_id, seen=1, told="The lamps are mended.", on=HELD + timedelta(20), reader=MINE):
    youth_sessions.tell_back(register, reader, session_id, seen=seen, told=told, on=on, **HOW)


def withdraw(register, session_id, kept_in, *, seen=1, reader=MINE):
    youth_sessions.withdraw(register, reader, session_id, seen=seen, kept_in=kept_in, origin="tests")


def test_a_session_is_kept_whole_with_its_worker_and_its_audit(register):
    session_id = keep(register)
    row = stands(register, session_id)
    assert youth_sessions.session_of(row) == WHOLE
    assert row["worker"] == MINE.name
    trail = register.audit_trail()
    assert trail["action"].tolist() == ["session held"]
    assert "dark" not in " ".join(trail.iloc[-1].astype(str))


REFUSED = {
    "asked by nobody": ({"asked_by": " "}, "Say who asked for the session"),
    "asked by a person": ({"asked_by": "Kayleigh Price"}, "looks like a person's name"),
    "not told what for": ({"purpose": ""}, "Tell them, and say here that you did"),
    "not told that they can withdraw": ({"told": ("purpose", "who_sees")}, "Tell them, and say here that you did"),
    "told something else": ({"told": ("purpose", "who_sees", "prizes")}, "Tell them, and say here that you did"),
    "seen by anybody": ({"seen_by": "everybody"}, "Tell them, and say here that you did"),
    "no method": ({"method": ""}, "how you worked with the group"),
    "no language": ({"language": "xx"}, "in which language"),
    "a group without a name": ({"group_name": ""}, "a name that names nobody"),
    "a group called by a child": ({"group_name": "Kayleigh Price"}, "looks like a person's name"),
    "nobody was there": ({"how_many": 0}, "a number from 1 to 500"),
    "half a person": ({"how_many": 2.5}, "a number from 1 to 500"),
    "a yes for a number": ({"how_many": True}, "a number from 1 to 500"),
    "a word for a number": ({"how_many": "7"}, "a number from 1 to 500"),
    "nobody counted": ({"how_many": None}, "a number from 1 to 500"),
    "a stadium": ({"how_many": 501}, "a number from 1 to 500"),
    "nothing heard": ({"heard": "  "}, "what was heard"),
    "a name heard": ({"heard": "Kayleigh Price said that it is dark there."}, "looks like a person's name"),
    "a Welsh home": ({"heard": "Mae'n digwydd y tu allan i'w chartref hi, 07700 900123"}, "looks like a telephone number"),
    "an essay": ({"heard": "x" * 601}, "Keep it under 600 characters"),
    "the year 1": ({"held_on": date(1, 1, 1)}, "Check the year"),
    "tomorrow": ({"held_on": TODAY + timedelta(1)}, "a day still to come"),
    "a place that only the worker may see": ({"seen_by": WORKER, "space_id": "a"}, "only their worker sees it"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_kept_is_refused_and_nothing_is_saved(register, what):
    change, said = REFUSED[what]
    with pytest.raises(DataProblem, match=said):
        keep(register, dataclasses.replace(WHOLE, **change))
    assert youth_sessions.newest(register).empty
    assert register.audit_trail().empty


@pytest.mark.parametrize(("days", "found"), [(0, "waiting"), (28, "waiting"), (29, "overdue"), (200, "overdue")])
def test_a_group_that_is_not_told_in_four_weeks_is_overdue(register, days, found):
    session_id = keep(register)
    assert state(register, session_id, HELD + timedelta(days))["state"] == found


def test_how_long_a_group_has_waited_is_said_in_days_and_a_group_that_was_told_waits_no_more(register):
    session_id = keep(register)
    assert "1 day ago" in state(register, session_id, HELD + timedelta(29))["reason"]
    assert "12 days ago" in state(register, session_id, HELD + timedelta(40))["reason"]
    tell(register, session_id)
    assert state(register, session_id, date(2036, 1, 1)).tolist() == ["told_back", "Told back on 21 September 2026: The lamps are mended."]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"told": ""}, "Say what the group was told"),
        ({"told": "Kayleigh Price will see to it."}, "looks like a person's name"),
        ({"on": HELD - timedelta(1)}, "before the session itself"),
        ({"on": TODAY + timedelta(1)}, "still to come"),
        ({"reader": OTHER}, "held by another worker"),
        ({"seen": 0}, "changed after you opened it"),
    ],
)
def test_what_was_not_told_so_is_not_written_down(register, how, said):
    session_id = keep(register)
    with pytest.raises(DataProblem, match=said):
        tell(register, session_id, **how)
    assert state(register, session_id)["state"] == "overdue"


def test_a_correction_keeps_what_was_told_back_and_the_promise_of_who_sees_it(register):
    session_id = keep(register)
    tell(register, session_id)
    keep(register, dataclasses.replace(WHOLE, how_many=8), session_id=session_id, seen=2)
    row = stands(register, session_id)
    assert (row["how_many"], row["told_back"], row["version"]) == (8, "The lamps are mended.", 3)
    with pytest.raises(DataProblem, match="cannot be changed after it has spoken"):
        keep(register, dataclasses.replace(WHOLE, seen_by=PANEL), session_id=session_id, seen=3)
    with pytest.raises(ChangedMeanwhile):
        keep(register, WHOLE, session_id=session_id, seen=2)
    with pytest.raises(DataProblem, match="held by another worker"):
        keep(register, WHOLE, OTHER, session_id=session_id, seen=3)


def test_a_session_starts_a_place_with_nothing_recorded_there(register):
    session_id = keep(register)
    assert register.records().empty
    space_id = youth_sessions.start_space(register, MINE, session_id, WHERE, seen=1, **HOW)
    row = space.newest(register).loc[space_id]
    assert (row["name"], row["status"], row["raised_by"]) == ("Weir steps", "noticed", "young people")
    assert stands(register, session_id)["space_id"] == space_id


def test_a_place_is_started_together_with_its_session_or_not_at_all(register):
    session_id = keep(register)
    with pytest.raises(ChangedMeanwhile):
        youth_sessions.start_space(register, MINE, session_id, WHERE, seen=7, **HOW)
    with pytest.raises(DataProblem, match="held by another worker"):
        youth_sessions.start_space(register, OTHER, session_id, WHERE, seen=1, **HOW)
    with pytest.raises(DataProblem, match="Give the place a name"):
        youth_sessions.start_space(register, MINE, session_id, dataclasses.replace(WHERE, name=""), seen=1, **HOW)
    private = keep(register, dataclasses.replace(WHOLE, seen_by=WORKER))
    with pytest.raises(DataProblem, match="only their worker sees it"):
        youth_sessions.start_space(register, MINE, private, WHERE, seen=1, **HOW)
    assert space.newest(register).empty
    assert stands(register, session_id)["space_id"] == ""


def test_a_session_joins_a_place_that_others_raised_and_young_people_stand_beside_them(register):
    by_harm = dataclasses.replace(WHERE, raised_by="hotspot", feature_id="way/1")
    there = space.raise_space(register, ASKS, by_harm, **HOW)
    session_id = keep(register)
    joined = youth_sessions.start_space(register, MINE, session_id, dataclasses.replace(WHERE, feature_id="way/1"), seen=1, **HOW)
    assert joined == there
    assert space.raisers(space.newest(register).loc[there, "raised_by"]) == ["hotspot", "young people"]
    assert stands(register, session_id)["space_id"] == there


def test_what_young_people_take_back_is_gone_from_every_row_and_from_the_map(register, kept_in):
    session_id = keep(register)
    tell(register, session_id)
    other = keep(register, dataclasses.replace(WHOLE, group_name="Friday art group"))
    for one in (session_id, other):
        mark = Mark("red", tuple(safety_maps.hexagons_at(-0.59, 51.51)), reasons="dark")
        safety_maps.draw(register, MINE, one, mark, origin="tests")
    withdraw(register, session_id, kept_in, seen=2)
    rows = register.table(schema.youth_sessions.select(), "session_id")
    assert set(rows.loc[session_id, "heard"]) == {""}
    assert set(rows.loc[session_id, "told_back"]) == {""}
    assert rows.loc[other, "heard"] == WHOLE.heard
    assert safety_maps.newest(register)["session_id"].tolist() == [other]
    assert state(register, session_id)["state"] == "withdrawn"
    for act in (
        lambda: tell(register, session_id, seen=3),
        lambda: keep(register, WHOLE, session_id=session_id, seen=3),
        lambda: withdraw(register, session_id, kept_in, seen=3),
    ):
        with pytest.raises(DataProblem, match="took this session back"):
            act()


SEES = {
    # told, how many: their worker, another worker, the panel, an officer, the steward
    (WORKER, 30): (True, False, False, False, False),
    (WORKER, 4): (True, False, False, False, False),
    (PANEL, 30): (True, False, True, False, False),
    (PANEL, 4): (True, False, True, False, False),
    (MAP, 5): (True, True, True, False, False),
    (MAP, 4): (True, False, True, False, False),
    (MAP, 1): (True, False, True, False, False),
}
READERS = (
    MINE, OTHER, ASKS, Reader("Y. Worker", Role.COMMUNITY_SAFETY_OFFICER), Reader("Y. Worker", Role.DATA_STEWARD),
)  # fmt: skip


@pytest.mark.parametrize(("told", "how_many"), SEES)
def test_a_session_is_seen_by_whom_the_group_was_told_and_a_small_one_by_fewer(told, how_many):
    row = {"worker": MINE.name, "seen_by": told, "how_many": how_many}
    assert tuple(youth_sessions.may_see(row, reader) for reader in READERS) == SEES[told, how_many]


@given(st.sampled_from(list(SEEN_BY)), st.integers(1, 500), st.sampled_from(list(Role)), st.booleans())
def test_nobody_but_the_panel_and_their_worker_ever_sees_a_small_group(told, how_many, role, same_name):
    reader = Reader(MINE.name if same_name else "Somebody else", role)
    seen = youth_sessions.may_see({"worker": MINE.name, "seen_by": told, "how_many": how_many}, reader)
    if how_many < youth_sessions.FEWEST_SEEN and seen:
        assert role is Role.PANEL_MEMBER or (role is Role.YOUTH_WORKER and same_name)


def test_a_reader_whose_role_is_a_word_sees_nothing():
    row = {"worker": "x", "seen_by": MAP, "how_many": 30}
    assert not youth_sessions.may_see(row, Reader("x", "youth_worker"))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.YOUTH_WORKER])
def test_only_a_youth_worker_writes_a_session_down(register, role):
    reader = Reader(MINE.name, role)
    session_id = keep(register)
    acts = (
        lambda: keep(register, reader=reader),
        lambda: tell(register, session_id, reader=reader),
        lambda: youth_sessions.about(register, reader, session_id, "x", seen=1, origin="tests"),
        lambda: youth_sessions.start_space(register, reader, session_id, WHERE, seen=1, **HOW),
    )
    for act in acts:
        with pytest.raises(DataProblem, match="written down by the youth worker"):
            act()
    assert len(register.audit_trail()) == 1


def test_a_session_that_is_not_there_is_said_so(register):
    with pytest.raises(DataProblem, match="not in the list"):
        tell(register, "nothing")
