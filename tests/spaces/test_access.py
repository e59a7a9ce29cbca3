"""Each role may do what the table says and nothing else, and a refusal says whom to ask."""

from __future__ import annotations

import inspect

import pytest

from spaces import access
from spaces.access import Reader, Role
from words import DataProblem

MAY = {
    "see_counts": {Role.PANEL_MEMBER},
    "see_who_is_around": {Role.PANEL_MEMBER, Role.COMMUNITY_SAFETY_OFFICER},
    "plan_assessment": {Role.PANEL_MEMBER},
    "keep_register": {Role.DATA_STEWARD},
    "see_safe_places": set(Role),
    "keep_safe_places": {Role.COMMUNITY_SAFETY_OFFICER, Role.DATA_STEWARD},
    "propose_safe_places": {Role.YOUTH_WORKER},
    "see_lamp_faults": set(Role),
    "note_lamp_faults": {Role.COMMUNITY_SAFETY_OFFICER, Role.YOUTH_WORKER, Role.DATA_STEWARD},
    "keep_lamp_faults": {Role.COMMUNITY_SAFETY_OFFICER, Role.DATA_STEWARD},
    "see_sessions": {Role.PANEL_MEMBER, Role.YOUTH_WORKER},
    "keep_sessions": {Role.YOUTH_WORKER},
    "look_after_sessions": {Role.YOUTH_WORKER, Role.DATA_STEWARD},
    "see_agency_checks": {Role.PANEL_MEMBER, Role.COMMUNITY_SAFETY_OFFICER, Role.DATA_STEWARD},
    "ask_agencies": {Role.PANEL_MEMBER},
    "answer_for_agency": {Role.COMMUNITY_SAFETY_OFFICER, Role.DATA_STEWARD},
    "raise_space": {Role.PANEL_MEMBER, Role.COMMUNITY_SAFETY_OFFICER, Role.YOUTH_WORKER},
    "keep_spaces": {Role.PANEL_MEMBER},
    "refer_places": set(Role),
    "answer_place_referrals": {Role.PANEL_MEMBER},
    "see_assessments": {Role.PANEL_MEMBER, Role.COMMUNITY_SAFETY_OFFICER, Role.YOUTH_WORKER},
    "keep_assessments": {Role.PANEL_MEMBER},
    "add_observations": {Role.PANEL_MEMBER, Role.COMMUNITY_SAFETY_OFFICER},
    "add_voices": {Role.PANEL_MEMBER, Role.YOUTH_WORKER},
    "log_institutional_harm": {Role.PANEL_MEMBER, Role.COMMUNITY_SAFETY_OFFICER, Role.YOUTH_WORKER},
    "make_flags": {Role.YOUTH_WORKER},
    "see_flags": set(Role),
    "moderate_flags": {Role.DATA_STEWARD},
    "answer_flags": {Role.PANEL_MEMBER, Role.DATA_STEWARD},
    "keep_flag_reasons": {Role.YOUTH_WORKER, Role.DATA_STEWARD},
}
"""The design's table, act by act."""

EVERY = [(act, role) for act in MAY for role in Role]


def test_every_act_is_asked_and_checked_and_is_in_the_table():
    functions = {name for name, _function in inspect.getmembers(access, inspect.isfunction) if name.partition("_")[0] in {"can", "check"}}
    assert functions == {f"{verb}_{act}" for verb in ("can", "check") for act in MAY}


@pytest.mark.parametrize(("act", "role"), EVERY)
def test_who_may_do_what(act, role):
    assert getattr(access, f"can_{act}")(Reader("A. Jones", role)) is (role in MAY[act])


@pytest.mark.parametrize(("act", "role"), EVERY)
def test_a_check_raises_exactly_where_the_answer_is_no(act, role):
    reader = Reader("A. Jones", role)
    if getattr(access, f"can_{act}")(reader):
        assert getattr(access, f"check_{act}")(reader) is None
        return
    with pytest.raises(DataProblem) as caught:
        getattr(access, f"check_{act}")(reader)
    assert str(caught.value).count(". ") == 1, "what is so, and what to do"
    assert "A. Jones" not in str(caught.value)


@pytest.mark.parametrize("act", MAY)
@pytest.mark.parametrize("role", ["panel_member", "", None, "admin"])
def test_a_word_is_no_role(act, role):
    assert not getattr(access, f"can_{act}")(Reader("A. Jones", role))


def test_every_role_has_its_name_in_words():
    assert set(access.ROLE_LABELS) == set(Role)


def test_a_reader_cannot_become_another():
    with pytest.raises(AttributeError):
        Reader("A. Jones", Role.YOUTH_WORKER).role = Role.PANEL_MEMBER
