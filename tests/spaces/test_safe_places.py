"""Only a whole, recent check by a person makes a place safe; every change is a row of its own, and lays nothing over another's."""

from __future__ import annotations

import dataclasses
import threading
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces import revisions, safe_places, schema
from spaces.access import Reader, Role
from spaces.register import open_register
from spaces.revisions import ChangedMeanwhile
from spaces.safe_places import Details
from tests.spaces.conftest import event
from tests.spaces.partner import counted
from words import DataProblem

OFFICER = Reader("O. Fficer", Role.COMMUNITY_SAFETY_OFFICER)
YOUTH = Reader("Y. Worker", Role.YOUTH_WORKER)
TODAY = date(2026, 10, 31)
WHOLE = Details(
    "Marlhaven Library", 601_454.0, 487_999.0, "node/1", "Llyfrgell", "Safe Haven scheme", "yes", "duty manager", date(2026, 3, 1),
    "Community safety team", date(2026, 3, 2), "Mo-Fr 09:00-17:00", "yes", "yes", "English; Polish", 12, 9, "Ask at the desk.",
)  # fmt: skip


def _change(**changes):
    return dataclasses.replace(WHOLE, **changes)


def _keep(register, details=WHOLE, reader=OFFICER, **how):
    return safe_places.keep(register, reader, details, **{"today": TODAY, "origin": "tests"} | how)


def _propose(register, details=WHOLE, reader=YOUTH, **how):
    return safe_places.propose(register, reader, details, **{"why": "Many go there after school.", "today": TODAY, "origin": "tests"} | how)


def _withdraw(register, place_id, seen=1, reader=OFFICER, **how):
    return safe_places.withdraw(
        register, reader, place_id, **{"seen": seen, "why": "It has closed.", "on": TODAY, "today": TODAY, "origin": "tests"} | how
    )


def _state(register, place_id, today=TODAY):
    return safe_places.state_of(safe_places.history(register, place_id), today)


# What makes a place safe.


def test_a_whole_check_makes_a_place_safe_and_says_when_it_was(register):
    place_id = _keep(register)
    assert _state(register, place_id) == ("checked", "Checked with the people there on 2 March 2026.")
    assert safe_places.details_of(safe_places.newest(register).loc[place_id]) == WHOLE


LACKING = {
    "the venue said no": {"consent": "no"},
    "whether the venue agrees is not known": {"consent": "not known"},
    "when it is open is not known": {"hours": ""},
    "it does not suit under-18s": {"under_18": "no"},
    "whether it suits under-18s is not known": {"under_18": "not known"},
}


@pytest.mark.parametrize("said", LACKING)
def test_what_lacks_one_thing_is_not_safe_and_says_which(register, said):
    place_id = _keep(register, _change(**LACKING[said]))
    assert _state(register, place_id) == ("not_yet", f"Not a safe place yet: {said}.")


def test_everything_that_is_lacking_is_said():
    lacking = _change(consent="not known", hours="", under_18="not known", checked_by="", checked_on=None)
    row = dataclasses.asdict(lacking) | {"act": "checked"}
    assert len(safe_places.lacking(row)) == 4
    state, reason = safe_places.state_of(pd.DataFrame([row | {"version": 1}]), TODAY)
    assert state == "not_yet"
    assert all(said in reason for said in safe_places.lacking(row))


@given(
    consent=st.sampled_from(list(safe_places.ANSWERS)), under_18=st.sampled_from(list(safe_places.ANSWERS)),
    hours=st.sampled_from(["", "24/7"]), by=st.sampled_from(["", "a team"]),
    checked_on=st.none() | st.dates(TODAY - timedelta(800), TODAY), act=st.sampled_from(["checked", "proposed", "withdrawn"]),
)  # fmt: skip
def test_no_place_is_ever_safe_without_all_that_it_takes(consent, under_18, hours, by, checked_on, act):
    row = {"act": act, "consent": consent, "under_18": under_18, "hours": hours, "checked_by": by, "checked_on": checked_on}
    state, reason = safe_places.state_of(pd.DataFrame([row | {"version": 1, "withdrawn_on": TODAY, "why": "closed"}]), TODAY)
    whole = consent == under_18 == "yes" and bool(hours) and bool(by) and checked_on is not None and act == "checked"
    recent = checked_on is not None and checked_on >= date(2025, 10, 31)
    assert (state == "checked") is (whole and recent)
    assert (state == "stale") is (whole and not recent)
    assert reason


def test_without_rows_a_place_is_only_a_candidate():
    state, reason = safe_places.state_of(pd.DataFrame(), TODAY)
    assert (state, reason) == ("candidate", "It is on the map, and nobody has checked it with the people there.")


@pytest.mark.parametrize(
    ("checked_on", "today", "stale"),
    [
        (date(2025, 10, 31), date(2026, 10, 31), False),
        (date(2025, 10, 30), date(2026, 10, 31), True),
        (date(2024, 2, 29), date(2025, 2, 28), False),
        (date(2024, 2, 29), date(2025, 3, 1), True),
        (date(2026, 10, 31), date(2026, 10, 31), False),
        (date(2026, 11, 2), date(2026, 10, 31), False),
    ],
)
def test_a_check_holds_for_twelve_months_to_the_day(checked_on, today, stale):
    assert safe_places.is_stale(checked_on, today) is stale


def test_a_stale_check_says_since_when(register):
    place_id = _keep(register, _change(checked_on=date(2025, 3, 1)))
    state, reason = _state(register, place_id)
    assert state == "stale"
    assert reason == "Checked on 1 March 2025, more than a year ago. Check it again before anybody relies on it."


def test_the_newest_row_counts_whatever_the_order_of_rows(register):
    place_id = _keep(register)
    _keep(register, _change(under_18="no", checked_on=date(2026, 9, 1)), place_id=place_id, seen=1)
    rows = safe_places.history(register, place_id)
    assert rows.index.tolist() == [2, 1]
    for shuffled in (rows, rows.iloc[::-1], rows.reset_index()):
        assert safe_places.state_of(shuffled, TODAY)[0] == "not_yet"
    assert safe_places.newest(register)["version"].tolist() == [2]
    assert safe_places.details_of(rows.loc[1]) == WHOLE, "what was found before is kept"


def test_states_are_on_the_index_of_the_rows(register):
    kept = {_keep(register): "checked", _keep(register, _change(feature_id="node/2", checked_on=date(2020, 1, 1))): "stale"}
    found = safe_places.states(safe_places.newest(register), TODAY)
    assert found["state"].to_dict() == kept
    empty = safe_places.states(safe_places.newest(register).head(0), TODAY)
    assert (len(empty), list(empty)) == (0, ["state", "reason"])


# What is refused.

REFUSED = {
    "no name": ({"name": "  "}, "Give the place's name"),
    "nowhere": ({"easting": float("nan")}, "Say where the place is"),
    "no answer": ({"consent": "maybe"}, "“Has the venue agreed?” has to be yes, no or not known"),
    "no answer on age": ({"under_18": "Yes"}, "“Suitable for under-18s?” has to be yes, no or not known"),
    "checked tomorrow": ({"checked_on": TODAY + timedelta(1)}, "a day still to come"),
    "agreed tomorrow": ({"consent_on": TODAY + timedelta(1)}, "a day still to come"),
    "hours in words": ({"hours": "by appointment"}, "“by appointment” cannot be read. Write them as in Mo-Fr 09:00-17:00"),
    "endless hours": ({"hours": "Mo 09:00-10:00; " * 40}, "cannot be read"),
    "more welcome than asked": ({"asked": 3, "welcome": 4}, "never more than were asked"),
    "asked without an answer": ({"asked": 3, "welcome": None}, "how many of those feel welcome"),
    "an answer of nobody": ({"asked": None, "welcome": 0}, "Say how many young people were asked"),
    "fewer than none": ({"asked": 3, "welcome": -1}, "never more than were asked"),
    "a long note": ({"note": "x" * 501}, "“Note” is too long. Keep it under 500 characters"),
    "a person checked": ({"checked_by": "Kayleigh Price"}, "“Who checked (a role or a team)” looks like a person's name"),
    "a person agreed": ({"consent_by": "Owen Jones"}, "looks like a person's name"),
    "a telephone": ({"note": "Ring 07700 900123 first"}, "“Note” looks like a telephone number"),
    "an e-mail": ({"languages": "ask desk@example.org"}, "looks like an e-mail address"),
    "a child": ({"note": "Kayleigh Price goes there"}, "looks like a person's name"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_kept_is_refused_in_words_that_repeat_nothing_personal(what):
    change, said = REFUSED[what]
    with pytest.raises(DataProblem) as caught:
        safe_places.check(_change(**change).tidied(), today=TODAY)
    assert said in str(caught.value)
    assert not any(secret in str(caught.value) for secret in ("Kayleigh", "Owen", "07700", "example.org"))


@pytest.mark.parametrize("change", [{"name": " "}, {"note": "07700 900123"}, {"checked_by": " "}, {"checked_on": None}])
def test_what_is_refused_is_not_saved(register, change):
    with pytest.raises(DataProblem):
        _keep(register, _change(**change))
    assert safe_places.newest(register).empty
    assert register.audit_trail().empty


def test_all_that_is_wrong_is_said_not_only_the_first():
    wrong = _change(name="", hours="x", under_18="perhaps", note="07700 900123")
    assert len(list(safe_places.problems(wrong, today=TODAY))) == 4


@pytest.mark.parametrize("name", ["William Hill", "St Anne's Church", "Noor Centre", "The Grace Jones"])
def test_a_name_on_the_map_is_nobodys(name):
    assert not list(safe_places.problems(_change(name=name), today=TODAY, places=frozenset({name.casefold()})))


@pytest.mark.parametrize("hours", ["24/7", "Mo-Fr 09:00-17:00; PH off", "Mo,We,Fr 16:00-20:30", "Th-Su 18:00-02:00", ""])
def test_hours_as_the_map_writes_them_are_kept_as_they_are(hours):
    assert not list(safe_places.problems(_change(hours=hours), today=TODAY))


def test_spaces_and_line_breaks_that_say_nothing_are_taken_out(register):
    place_id = _keep(register, _change(name="  Marlhaven \n Library ", note="Ask\tat the  desk."))
    row = safe_places.newest(register).loc[place_id]
    assert (row["name"], row["note"]) == ("Marlhaven Library", "Ask at the desk.")


# Who, and that it is accounted for.


@pytest.mark.parametrize("act", [_keep, _propose, lambda register, reader: _withdraw(register, "x", reader=reader)])
@pytest.mark.parametrize("role", Role)
def test_only_those_who_may_keep_propose_and_withdraw(register, act, role):
    may = {Role.YOUTH_WORKER} if act is _propose else {Role.COMMUNITY_SAFETY_OFFICER, Role.DATA_STEWARD}
    reader = Reader("A. Jones", role)
    if role in may and act in (_keep, _propose):
        assert act(register, reader=reader)
        return
    with pytest.raises(DataProblem, match="not in the register" if role in may else "officer|proposed by youth workers"):
        act(register, reader=reader)
    assert register.audit_trail().empty


def test_every_change_is_one_event_that_its_row_names_and_that_says_nothing_of_the_place(register):
    place_id = _keep(register)
    _keep(register, _change(note="Quieter now."), place_id=place_id, seen=1)
    _withdraw(register, place_id, seen=2)
    trail = register.audit_trail()
    assert trail["action"].tolist() == ["safe place checked", "safe place checked", "safe place withdrawn"]
    assert set(trail["subject"]) == {place_id}
    assert set(trail["actor"]) == {OFFICER.name}
    assert safe_places.history(register, place_id)["act_id"].tolist() == trail["act_id"].tolist()[::-1]
    assert "Library" not in trail.to_csv()
    assert "closed" not in trail.to_csv()
    register.check_audit()


def test_what_the_map_is_drawn_from_changes_with_every_change_and_no_record_does(register):
    head, rows = register.records_head(), [revisions.rows_kept(register, schema.safe_places)]
    place_id = _keep(register)
    rows.append(revisions.rows_kept(register, schema.safe_places))
    _withdraw(register, place_id)
    rows.append(revisions.rows_kept(register, schema.safe_places))
    assert rows == sorted(set(rows))
    assert register.records_head() == head


# Proposals, and the end of a place.


def test_a_proposal_keeps_only_where_it_is_and_why_and_makes_nothing_safe(register):
    place_id = _propose(register)
    row = safe_places.newest(register).loc[place_id]
    assert row[["act", "note", "consent", "under_18", "hours"]].tolist() == [
        "proposed",
        "Many go there after school.",
        "not known",
        "not known",
        "",
    ]
    assert row["checked_on"] is None
    assert _state(register, place_id) == ("not_yet", "Proposed by a youth worker. Nobody has checked it with the people there.")
    _keep(register, place_id=place_id, seen=1)
    assert _state(register, place_id)[0] == "checked"


def test_a_proposal_never_undoes_a_check(register):
    place_id = _keep(register)
    for how in ({}, {"place_id": place_id, "seen": 1}):
        with pytest.raises(DataProblem, match="is in the register already"):
            _propose(register, **how)
    assert _state(register, place_id)[0] == "checked"
    _withdraw(register, place_id)
    _propose(register, place_id=place_id, seen=2)
    assert _state(register, place_id)[0] == "not_yet"


@pytest.mark.parametrize("why", ["", "  ", "Kayleigh Price says so", "x" * 501])
def test_a_proposal_needs_a_reason_that_names_nobody(register, why):
    with pytest.raises(DataProblem):
        _propose(register, why=why)
    assert register.audit_trail().empty


def test_a_withdrawn_place_says_when_and_why_and_keeps_what_was_known(register):
    place_id = _keep(register)
    _withdraw(register, place_id)
    assert _state(register, place_id) == ("withdrawn", "Withdrawn on 31 October 2026: It has closed.")
    assert safe_places.details_of(safe_places.newest(register).loc[place_id]) == WHOLE
    _keep(register, _change(checked_on=TODAY), place_id=place_id, seen=2)
    assert _state(register, place_id)[0] == "checked"


@pytest.mark.parametrize("change", [{"why": " "}, {"why": "Owen Jones left"}, {"on": TODAY + timedelta(1)}, {"why": "x" * 501}])
def test_a_withdrawal_needs_a_day_and_a_reason_that_names_nobody(register, change):
    place_id = _keep(register)
    with pytest.raises(DataProblem):
        _withdraw(register, place_id, **change)
    assert _state(register, place_id)[0] == "checked"


# Two at once.


def test_of_two_who_saw_the_same_the_second_is_told_and_nothing_is_laid_over(register):
    place_id = _keep(register)
    _keep(register, _change(note="First."), place_id=place_id, seen=1)
    for act in (lambda: _keep(register, _change(note="Second."), place_id=place_id, seen=1), lambda: _withdraw(register, place_id, seen=1)):
        with pytest.raises(ChangedMeanwhile) as caught:
            act()
        assert str(caught.value).startswith("Somebody else saved “Marlhaven Library” while you were writing, and theirs is kept.")
    assert safe_places.newest(register)["note"].tolist() == ["First."]
    assert len(register.audit_trail()) == 2
    _keep(register, _change(note="Second."), place_id=place_id, seen=2)
    assert safe_places.history(register, place_id)["note"].tolist() == ["Second.", "First.", WHOLE.note]


def test_one_candidate_is_one_place(register):
    _keep(register)
    with pytest.raises(DataProblem, match="“Marlhaven Library” is in the register already"):
        _keep(register)
    _keep(register, _change(feature_id="", name="Corner shop"))
    _keep(register, _change(feature_id="", name="Corner shop", easting=601_900.0))
    assert len(safe_places.newest(register)) == 3


def test_of_eight_who_save_at_the_same_moment_one_is_kept_and_seven_are_told(register, register_url):
    place_id = _keep(register)
    told = []

    def save(number):
        other = open_register(register_url)
        try:
            _keep(other, _change(note=f"Number {number}."), place_id=place_id, seen=1)
        except ChangedMeanwhile:
            told.append(number)
        other.close()

    threads = [threading.Thread(target=save, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 7
    assert len(safe_places.history(register, place_id)) == 2
    register.check_audit()


# Many at once.


def test_a_list_comes_in_as_one_act_or_not_at_all(register):
    known = _keep(register)
    rows = [(known, 1, _change(note="Again.")), ("", 0, _change(feature_id="node/2"))]
    assert safe_places.take_in(register, rows, audit=event("safe places imported")) == 2
    assert register.audit_trail()["action"].tolist() == ["safe place checked", "safe places imported"]
    before = counted(register, schema.safe_places)
    with pytest.raises(ChangedMeanwhile):
        safe_places.take_in(register, [("", 0, _change(feature_id="node/3")), (known, 1, WHOLE)], audit=event())
    assert counted(register, schema.safe_places) == before
    assert len(register.audit_trail()) == 2
