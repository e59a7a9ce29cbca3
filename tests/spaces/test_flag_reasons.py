"""The list of reasons is in both languages, changed with young people, and keeps what is retired for the flags that were made with it."""

from __future__ import annotations

import dataclasses

import pytest

import words
from spaces import flag_reasons, flags
from spaces.access import Reader, Role
from spaces.revisions import ChangedMeanwhile
from tests.spaces.test_flags import BENCH, PANEL, STEWARD, YOUTH, _make
from words import DataProblem

HOW = {"agreed_with": "Friday group, Chalvey", "origin": "tests"}


def _add(register, reader=YOUTH, **change):
    return flag_reasons.add(register, reader, **({"kind": "bad", "en": "Dogs", "cy": "Cŵn"} | HOW | change))


def _ids(register, *kinds):
    return [reason.reason_id for reason in flag_reasons.offered(register, kinds)]


def test_the_list_begins_with_what_young_people_said_in_both_languages(register):
    every = flag_reasons.every(register)
    wanted = {
        "groups_at_night", "bullying", "gangs", "dealing", "weapons", "unlit_park", "unlit_street", "unlit_alley", "moved_on", "racism",
        "adults_watching", "trusted_adult", "good_light", "somewhere_to_sit", "friends", "something_to_do",
    }  # fmt: skip
    assert wanted <= set(every)
    for reason in every.values():
        assert 0 < len(reason.en) <= flag_reasons.LONGEST_REASON
        assert 0 < len(reason.cy) <= flag_reasons.LONGEST_REASON
        assert reason.en != reason.cy or reason.en == "Gangiau"
    assert len({reason.cy for reason in every.values()}) == len({reason.en for reason in every.values()}) == len(every)
    with words.speaking("cy"):
        assert every["bullying"].words == "Bwlio"
    assert every["bullying"].words == "Bullying"


def test_each_kind_of_flag_is_offered_reasons_that_go_with_it(register):
    bad, good = _ids(register, "bad"), _ids(register, "good")
    assert set(bad).isdisjoint(good)
    assert set(flags.KINDS_OF) == set(flags.POLARITIES)
    assert _ids(register, *flags.KINDS_OF["mixed"]) == bad + good
    assert _ids(register, *flags.KINDS_OF["wish"]) == good


def test_a_reason_is_added_reworded_and_retired_and_stays_readable_on_old_flags(register):
    reason_id = _add(register)
    assert _ids(register, "bad")[-1] == reason_id
    _make(register, dataclasses.replace(BENCH, reasons=(reason_id,)))
    reason = flag_reasons.every(register)[reason_id]
    flag_reasons.reword(register, STEWARD, reason, en="Dogs off the lead", cy="Cŵn oddi ar dennyn", **HOW)
    with pytest.raises(ChangedMeanwhile):
        flag_reasons.retire(register, YOUTH, reason, **HOW)
    flag_reasons.retire(register, YOUTH, flag_reasons.every(register)[reason_id], **HOW)
    assert reason_id not in _ids(register, "bad")
    assert flag_reasons.every(register)[flags.newest(register)["reasons"].iloc[0]].en == "Dogs off the lead"
    with pytest.raises(DataProblem, match="no longer in the list"):
        _make(register, dataclasses.replace(BENCH, reasons=(reason_id,)))
    flag_reasons.retire(register, YOUTH, flag_reasons.every(register)["traffic"], **HOW)
    assert "traffic" not in _ids(register, "bad")
    register.check_audit()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"cy": " "}, "in English and in Welsh"),
        ({"en": ""}, "in English and in Welsh"),
        ({"agreed_with": ""}, "which young people agreed"),
        ({"agreed_with": "Kayleigh Price"}, "looks like a person's name"),
        ({"kind": "ugly"}, "unsafe or for what is safe"),
        ({"en": "x" * 61}, "is too long"),
        ({"en": "bullying!", "cy": "BWLIO"}, "is in the list already"),
    ],
)
def test_what_the_list_cannot_take_is_told(register, change, told):
    with pytest.raises(DataProblem, match=told):
        _add(register, **change)
    assert len(flag_reasons.every(register)) == len(flag_reasons.BEGIN_WITH)


@pytest.mark.parametrize("reader", [PANEL, Reader("O. Fficer", Role.COMMUNITY_SAFETY_OFFICER)])
def test_the_list_is_kept_with_young_people(register, reader):
    with pytest.raises(DataProblem, match="with young people"):
        _add(register, reader)
