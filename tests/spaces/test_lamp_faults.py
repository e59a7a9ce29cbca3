"""A lamp fault goes step by step from noted to looked at again; until it is mended its lamp counts as failed, and what is late says so."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.lamp_faults import OfLamps
from spaces import lamp_faults, revisions, schema
from spaces.access import Reader, Role
from spaces.lamp_faults import Fault
from spaces.revisions import ChangedMeanwhile
from words import DataProblem

OFFICER = Reader("O. Fficer", Role.COMMUNITY_SAFETY_OFFICER)
YOUTH = Reader("Y. Worker", Role.YOUTH_WORKER)
PANEL = Reader("P. Anel", Role.PANEL_MEMBER)
NOTED = date(2026, 3, 1)
TODAY = date(2026, 10, 31)
FAULT = Fault("Third lamp from the north gate", NOTED, "Youth work team", "lamp/7", 601_000.0, 488_000.0)
HOW = {"today": TODAY, "origin": "tests"}


def _note(register, fault=FAULT, reader=YOUTH):
    return lamp_faults.note(register, reader, fault, **HOW)


def _report(register, fault_id, seen=1, on=NOTED + timedelta(1), reference="SL-2026-1043", reader=OFFICER):
    lamp_faults.report(register, reader, fault_id, seen=seen, works_reference=reference, on=on, **HOW)


def _mend(register, fault_id, seen=2, on=NOTED + timedelta(10), reader=OFFICER):
    lamp_faults.mend(register, reader, fault_id, seen=seen, on=on, **HOW)


def _look(register, fault_id, seen=3, on=NOTED + timedelta(20), found="lit", by="Youth work team", reader=YOUTH):
    lamp_faults.look_again(register, reader, fault_id, seen=seen, on=on, by=by, found=found, **HOW)


def _state(register, fault_id, today=TODAY):
    return lamp_faults.states(lamp_faults.newest(register), today).loc[fault_id]


def _failed(register, on):
    return _failed_of(lamp_faults.newest(register), on).tolist()


def _failed_of(rows, on):
    """Have the lamps that have failed said by what the map is drawn from, each fault being of the lamp whose id it has."""
    return OfLamps(rows.assign(lamp=rows["lamp_id"])).failed(on)


def test_a_fault_goes_from_noted_to_looked_at_again_and_all_of_it_is_kept(register):
    fault_id = _note(register)
    said = [_state(register, fault_id, NOTED)["state"]]
    for step in (_report, _mend, _look):
        step(register, fault_id)
        said.append(_state(register, fault_id, NOTED + timedelta(20))["state"])
    assert said == list(lamp_faults.STATE_LABELS)
    assert _state(register, fault_id)["reason"] == "Mended on 11 March 2026, and lit when looked at after dark on 21 March 2026."
    history = lamp_faults.history(register, fault_id)
    assert history["act"].tolist() == ["looked_at", "mended", "reported", "noted"]
    trail = register.audit_trail()
    assert trail["action"].tolist() == ["lamp fault noted", "lamp fault reported", "lamp said to be mended", "lamp looked at again"]
    assert trail["act_id"].tolist()[::-1] == history["act_id"].tolist()
    assert set(trail["subject"]) == {fault_id}
    assert "gate" not in trail.to_csv()
    register.check_audit()


def test_the_lamp_counts_as_failed_from_the_day_it_was_noted_until_the_day_it_was_mended(register):
    fault_id = _note(register)
    assert _failed(register, NOTED - timedelta(1)) == []
    assert _failed(register, NOTED) == _failed(register, TODAY) == ["lamp/7"]
    _report(register, fault_id)
    assert _failed(register, TODAY) == ["lamp/7"]
    _mend(register, fault_id)
    assert _failed(register, NOTED + timedelta(9)) == ["lamp/7"]
    assert _failed(register, NOTED + timedelta(10)) == []


def test_a_lamp_that_is_not_lit_after_all_failed_all_the_time_and_the_works_are_to_be_told_again(register):
    fault_id = _note(register)
    _report(register, fault_id)
    _mend(register, fault_id)
    _look(register, fault_id, found="not lit")
    found = _state(register, fault_id)
    assert found["state"] == "noted"
    assert found["reason"] == "Said to be mended, and still not lit after dark on 21 March 2026. Tell the works again."
    assert _failed(register, NOTED + timedelta(15)) == ["lamp/7"]
    assert lamp_faults.newest(register)["works_reference"].tolist() == [""]
    assert "SL-2026-1043" in lamp_faults.history(register, fault_id)["works_reference"].tolist()
    with pytest.raises(DataProblem, match="is before 21 March 2026"):
        _report(register, fault_id, seen=4, on=NOTED + timedelta(19))
    _report(register, fault_id, seen=4, on=NOTED + timedelta(21))
    _mend(register, fault_id, seen=5, on=NOTED + timedelta(30))
    _look(register, fault_id, seen=6, on=NOTED + timedelta(31))
    assert _state(register, fault_id)["state"] == "looked_at"


@pytest.mark.parametrize(("days", "overdue"), [(0, False), (28, False), (29, True), (200, True)])
def test_what_is_not_mended_or_not_looked_at_in_four_weeks_is_overdue(register, days, overdue):
    fault_id = _note(register)
    _report(register, fault_id, on=NOTED)
    found = _state(register, fault_id, NOTED + timedelta(days))
    assert found["overdue"] == overdue
    assert ("ask" in found["reason"]) is overdue
    _mend(register, fault_id, on=NOTED + timedelta(40))
    found = _state(register, fault_id, NOTED + timedelta(40 + days))
    assert found["overdue"] == overdue
    assert ("late" in found["reason"]) is overdue


def test_neither_what_is_only_noted_nor_what_is_done_with_is_overdue(register):
    fault_id = _note(register)
    assert not _state(register, fault_id, date(2036, 1, 1))["overdue"]
    _mend(register, fault_id, seen=1)
    _look(register, fault_id, seen=2)
    assert not _state(register, fault_id, date(2036, 1, 1))["overdue"]


def test_how_late_it_is_is_counted_in_days(register):
    fault_id = _note(register)
    _report(register, fault_id, on=NOTED)
    assert "It should have been mended 1 day ago: ask." in _state(register, fault_id, NOTED + timedelta(29))["reason"]
    assert "It should have been mended 12 days ago: ask." in _state(register, fault_id, NOTED + timedelta(40))["reason"]


REFUSED = {
    "nowhere in words": ({"whereabouts": " "}, "Say where the lamp is"),
    "seen by nobody": ({"noted_by": ""}, "who saw it: a role or a team"),
    "seen by a person": ({"noted_by": "Kayleigh Price"}, "looks like a person's name"),
    "at somebody's home": ({"whereabouts": "Outside her home"}, "looks like a home address"),
    "seen tomorrow": ({"noted_on": TODAY + timedelta(1)}, "a day still to come"),
    "half a position": ({"northing": None}, "Give both, or neither"),
    "no position": ({"easting": float("inf")}, "Give both, or neither"),
    "an essay": ({"whereabouts": "x" * 201}, "Keep it under 200 characters"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_fault_that_cannot_be_kept_is_refused_and_nothing_is_saved(register, what):
    change, said = REFUSED[what]
    with pytest.raises(DataProblem, match=said):
        _note(register, dataclasses.replace(FAULT, **change))
    assert lamp_faults.newest(register).empty
    assert register.audit_trail().empty


@pytest.mark.parametrize("reference", ["", "  ", "Owen Jones", "told them", "=1+1", "x" * 60 + "1"])
def test_a_works_reference_is_a_number_of_theirs(register, reference):
    fault_id = _note(register)
    with pytest.raises(DataProblem, match="reference"):
        _report(register, fault_id, reference=reference)
    assert _state(register, fault_id)["state"] == "noted"


@pytest.mark.parametrize("reference", ["SL-2026-1043", "10432", "W 12/26", "447-1234567", "9434765919"])
def test_references_as_works_write_them_are_kept(register, reference):
    fault_id = _note(register)
    _report(register, fault_id, reference=f" {reference} ")
    assert lamp_faults.newest(register)["works_reference"].tolist() == [reference]


def test_no_step_is_before_the_one_before_it_or_still_to_come(register):
    fault_id = _note(register)
    for step in (_report, lambda *given, **how: _mend(*given, **{"seen": 1} | how)):
        with pytest.raises(DataProblem, match="is before 1 March 2026"):
            step(register, fault_id, on=NOTED - timedelta(1))
        with pytest.raises(DataProblem, match="still to come"):
            step(register, fault_id, on=TODAY + timedelta(1))
    _mend(register, fault_id, seen=1, on=NOTED + timedelta(5))
    with pytest.raises(DataProblem, match="is before 6 March 2026"):
        _look(register, fault_id, seen=2, on=NOTED + timedelta(4))
    for wrong in ({"found": ""}, {"found": "yes"}, {"by": " "}, {"by": "Owen Jones"}):
        with pytest.raises(DataProblem):
            _look(register, fault_id, seen=2, **wrong)
    assert len(register.audit_trail()) == 2


def test_only_the_next_step_can_be_done(register):
    fault_id = _note(register)
    with pytest.raises(DataProblem, match="not the next step"):
        _look(register, fault_id, seen=1)
    _report(register, fault_id)
    with pytest.raises(DataProblem, match="not the next step"):
        _report(register, fault_id, seen=2)
    _mend(register, fault_id)
    for step in (_report, _mend):
        with pytest.raises(DataProblem, match="not the next step"):
            step(register, fault_id, seen=3)
    _look(register, fault_id)
    for step in (_report, _mend, _look):
        with pytest.raises(DataProblem, match="not the next step"):
            step(register, fault_id, seen=4)
    with pytest.raises(DataProblem, match="not in the list"):
        _mend(register, "nothing")


def test_of_two_who_saw_the_same_the_second_is_told(register):
    fault_id = _note(register)
    _report(register, fault_id)
    with pytest.raises(ChangedMeanwhile, match="Somebody else has just changed this fault"):
        _mend(register, fault_id, seen=1)
    assert _state(register, fault_id)["state"] == "reported"


def test_one_lamp_has_one_open_fault_and_may_fail_again_once_mended(register):
    fault_id = _note(register)
    with pytest.raises(DataProblem, match="noted already, and not mended"):
        _note(register)
    _note(register, dataclasses.replace(FAULT, lamp_id="lamp/8"))
    _note(register, dataclasses.replace(FAULT, lamp_id=""))
    _mend(register, fault_id, seen=1)
    again = _note(register, dataclasses.replace(FAULT, noted_on=NOTED + timedelta(30)))
    assert _failed(register, NOTED + timedelta(20)) == ["lamp/8"]
    assert sorted(_failed(register, NOTED + timedelta(30))) == ["lamp/7", "lamp/8"]
    _mend(register, again, seen=1, on=NOTED + timedelta(31))


@pytest.mark.parametrize("role", Role)
def test_who_is_out_there_notes_and_looks_and_who_keeps_the_list_chases_the_works(register, role):
    reader, fault_id = Reader("A. Jones", role), _note(register)
    out_there = role in {Role.COMMUNITY_SAFETY_OFFICER, Role.YOUTH_WORKER, Role.DATA_STEWARD}
    keeps = role in {Role.COMMUNITY_SAFETY_OFFICER, Role.DATA_STEWARD}

    def allowed(work):
        try:
            work()
        except DataProblem:
            return False
        return True

    assert allowed(lambda: _note(register, dataclasses.replace(FAULT, lamp_id="lamp/9"), reader)) is out_there
    assert allowed(lambda: _report(register, fault_id, reader=reader)) is keeps
    assert allowed(lambda: _mend(register, fault_id, seen=2 if keeps else 1, reader=reader)) is keeps
    if not keeps:
        _mend(register, fault_id, seen=1)
    assert allowed(lambda: _look(register, fault_id, seen=3 if keeps else 2, reader=reader)) is out_there


def test_what_the_map_is_drawn_from_changes_with_every_step_and_no_record_does(register):
    head, before = register.records_head(), revisions.rows_kept(register, schema.lamp_faults)
    fault_id = _note(register)
    noted = revisions.rows_kept(register, schema.lamp_faults)
    _report(register, fault_id)
    assert before < noted < revisions.rows_kept(register, schema.lamp_faults)
    assert register.records_head() == head


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(st.lists(st.tuples(DAYS, st.none() | DAYS), max_size=6), DAYS)
def test_a_lamp_is_failed_on_a_day_exactly_where_some_fault_of_it_covers_that_day(spans, on):
    rows = pd.DataFrame(
        [{"lamp_id": f"lamp/{number % 3}", "noted_on": noted, "mended_on": mended} for number, (noted, mended) in enumerate(spans)],
        columns=["lamp_id", "noted_on", "mended_on"], dtype=object,
    ).astype({"lamp_id": "str"})  # fmt: skip
    expected = {f"lamp/{number % 3}" for number, (noted, mended) in enumerate(spans) if noted <= on and (mended is None or on < mended)}
    found = _failed_of(rows, on)
    assert set(found) == expected
    assert found.is_unique
    assert found.name == "feature_id"


def test_a_fault_of_no_known_lamp_fails_none(register):
    _note(register, dataclasses.replace(FAULT, lamp_id="", easting=None, northing=None))
    assert _failed(register, TODAY) == []
    assert lamp_faults.stands_open(lamp_faults.newest(register), TODAY).tolist() == [True]
