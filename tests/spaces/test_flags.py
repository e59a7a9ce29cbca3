"""A flag is saved at once, limited by session alone, moderated with the original kept, and deleted by whoever has its code."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from spaces import flag_moderation, flags, schema
from spaces.access import Reader, Role
from spaces.flag_moderation import Answer
from spaces.flags import Flag
from spaces.register import open_register
from spaces.revisions import ChangedMeanwhile
from words import DataProblem

YOUTH = Reader("Y. Worker", Role.YOUTH_WORKER)
PANEL = Reader("P. Anel", Role.PANEL_MEMBER)
STEWARD = Reader("S. Teward", Role.DATA_STEWARD)
OFFICER = Reader("O. Fficer", Role.COMMUNITY_SAFETY_OFFICER)
TODAY = date(2026, 10, 31)
BENCH = Flag("unsafe", "map", reasons=("dark", "gangs"), time_of_day="night", feeling=2, scale=7, easting=601_000.0, northing=488_000.0)
NOTED = dataclasses.replace(BENCH, note="The lamp by the swings is out.")


def _make(register, flag=BENCH, session="a session", code="a hash", reader=YOUTH):
    return flags.make(register, reader, flag, session_id=session, code_hash=code, today=TODAY, origin="tests")


def _of_code(register, *hashes, session="a session"):
    return flags.of_code(register, YOUTH, hashes, session_id=session, origin="tests")


def test_what_was_said_is_in_the_register_when_saving_returns(register_url):
    first = open_register(register_url)
    flag_id = _make(first)
    second = open_register(register_url)
    row = flags.newest(second).loc[flag_id]
    assert (row["polarity"], row["reasons"], row["time_of_day"], row["feeling"], row["scale"]) == ("unsafe", "dark,gangs", "night", 2, 7)
    assert (row["state"], row["made_on"], row["session_id"], row["code_hash"]) == ("shown", TODAY, "a session", "a hash")
    trail = second.audit_trail()
    assert (trail["action"].iloc[-1], trail["subject"].iloc[-1]) == ("flag made", flag_id)
    assert "a hash" not in trail.to_csv()
    second.check_audit()
    first.close()
    second.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"polarity": "great"}, "Choose first how the place is"),
        ({"polarity": ""}, "Choose first how the place is"),
        ({"seen_by": "everybody"}, "Choose who sees it"),
        ({"view_of": "a dog"}, "whose view it is"),
        ({"time_of_day": "noon"}, "whose view it is, and when"),
        ({"feeling": 8}, "Choose how it feels"),
        ({"feeling": 0}, "Choose how it feels"),
        ({"feeling": 4, "scale": 3}, "Choose how it feels"),
        ({"feeling": 4, "scale": 5}, "Choose how it feels"),
        ({"easting": None}, "Choose the place first"),
        ({"northing": float("nan")}, "Choose the place first"),
        ({"reasons": ("dark", "<script>")}, "no longer in the list"),
        ({"reasons": ("dark", "fights", "hate", "gangs", "racism", "hidden", "empty", "weapons", "robbed")}, "the 8 reasons"),
        ({"note": "x" * 301}, "is too long"),
        ({"note": "Kayleigh Price told me of it."}, "looks like a person's name"),
        ({"note": "Ring her on 07700 900123"}, "looks like a telephone number"),
        ({"note": "Mae'n byw yn 4 Stryd Fawr"}, "looks like a home address"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_is_kept(register, change, said):
    with pytest.raises(DataProblem, match=said):
        _make(register, dataclasses.replace(BENCH, **change))
    assert flags.newest(register).empty
    assert register.audit_trail().empty


@pytest.mark.parametrize("reader", [PANEL, STEWARD, OFFICER])
def test_only_a_youth_worker_makes_a_flag_or_uses_a_code(register, reader):
    with pytest.raises(DataProblem, match="together with a youth worker"):
        _make(register, reader=reader)
    with pytest.raises(DataProblem, match="together with a youth worker"):
        flags.of_code(register, reader, ["a hash"], session_id="", origin="tests")


@pytest.mark.parametrize(
    ("seen_by", "note", "state"),
    [("map", "", "shown"), ("panel", "", "shown"), ("worker", "", "shown"), ("map", "Dark.", "waiting"), ("panel", "Dark.", "waiting"),
     ("worker", "Dark.", "shown")],
)  # fmt: skip
def test_a_note_is_read_before_others_see_it_and_one_for_the_worker_alone_is_nobody_elses(register, seen_by, note, state):
    flag_id = _make(register, dataclasses.replace(BENCH, seen_by=seen_by, note=note))
    row = flags.newest(register).loc[flag_id]
    assert (row["state"], row["shown_note"]) == (state, note if seen_by == "worker" else "")


def test_each_reader_reads_what_was_chosen_for_them(register):
    for seen_by in flags.SEEN_BY:
        _make(register, dataclasses.replace(BENCH, seen_by=seen_by))
    rows = flags.newest(register)
    read = {reader.role: set(flags.readable(rows, reader)["seen_by"]) for reader in (YOUTH, PANEL, STEWARD, OFFICER)}
    assert read == {
        Role.YOUTH_WORKER: {"worker", "panel", "map"}, Role.PANEL_MEMBER: {"panel", "map"}, Role.DATA_STEWARD: {"panel", "map"},
        Role.COMMUNITY_SAFETY_OFFICER: {"map"},
    }  # fmt: skip


def test_adults_complaints_are_a_stream_of_their_own():
    assert {view for view, stream in flags.STREAM_OF.items() if stream == flags.COMPLAINTS} == {"resident", "business"}
    assert {view for view, stream in flags.STREAM_OF.items() if stream == flags.YOUNG} == {"young_person", "with_worker"}
    assert set(flags.STREAM_OF) == set(flags.VIEWS)


# Limits


def test_ten_thousand_flags_on_one_bench_from_one_session_are_limited_and_what_was_said_is_kept(register, monkeypatch):
    monkeypatch.setattr(flags, "MOST_OF_A_SESSION_OF_A_PLACE", 7)
    for _each in range(7):
        _make(register)
    for _each in range(5):
        with pytest.raises(DataProblem, match="7 flags of this place were made here in an hour, and they are kept"):
            _make(register)
    assert len(flags.newest(register)) == 7
    _make(register, dataclasses.replace(BENCH, easting=602_000.0))
    _make(register, dataclasses.replace(BENCH, feature_id="way/1"))
    assert len(flags.newest(register)) == 9


def test_one_session_makes_so_many_in_an_hour_and_goes_on_in_the_next(register, monkeypatch):
    monkeypatch.setattr(flags, "MOST_OF_A_SESSION", 5)
    for at in range(5):
        _make(register, dataclasses.replace(BENCH, easting=601_000.0 + 500 * at))
    with pytest.raises(DataProblem, match="5 flags were made here in an hour"):
        _make(register, dataclasses.replace(BENCH, easting=605_000.0))
    before = flags.A_WHILE
    monkeypatch.setattr(flags, "A_WHILE", before * 0)
    _make(register, dataclasses.replace(BENCH, easting=605_000.0))
    assert len(flags.newest(register)) == 6


def test_thirty_pupils_flag_one_bench_behind_one_address_and_none_is_blocked(register):
    for pupil in range(30):
        _make(register, session=f"pupil {pupil}")
    for _pupil in range(30):
        _make(register, session="one telephone handed round")
    assert len(flags.newest(register)) == 60


def test_fifty_youth_workers_at_once_lose_nothing(register_url):
    register = open_register(register_url)
    start = threading.Barrier(50)

    def work(number):
        start.wait()
        for at in range(2):
            _make(register, dataclasses.replace(BENCH, easting=601_000.0 + number), session=f"worker {number}", code=f"{number} {at}")

    with ThreadPoolExecutor(50) as workers:
        list(workers.map(work, range(50)))
    kept = flags.newest(register)
    assert kept.groupby("session_id").size().tolist() == [2] * 50
    assert kept["code_hash"].is_unique
    assert register.check_audit().number == 100
    register.close()


# Codes


def test_codes_are_short_readable_and_not_alike():
    codes = {flags.new_code() for _each in range(2_000)}
    assert len(codes) == 2_000
    assert all(len(code) == 9 and code[4] == "-" and set(code[:4] + code[5:]) <= set(flags.CODE_LETTERS) for code in codes)
    assert not set(flags.CODE_LETTERS) & set("AEIOU01LSZB8")


@given(st.text(flags.CODE_LETTERS, min_size=8, max_size=8), st.sampled_from(["{}-{}", "{} {}", " {}{} ", "{}.{}", "({} – {})"]))
def test_a_code_is_read_however_it_was_copied_down(letters, shape):
    assert flags.read_code(shape.format(letters[:4], letters[4:]).lower()) == f"{letters[:4]}-{letters[4:]}"


@pytest.mark.parametrize("written", ["", "K7MR", "K7MR-3PQ9X", "K7MR-3PQ!", "' OR 1=1 --", "KAMR-3PQ9", "ÄÖÜß-3PQ9"])
def test_what_is_no_code_is_told(written):
    with pytest.raises(DataProblem, match="That is not a code"):
        flags.read_code(written)


def test_whoever_has_the_code_takes_the_flag_back_and_what_it_said_is_gone_from_every_row(register, kept_in):
    flag_id = _make(register, NOTED, code="mine")
    flag_moderation.show(register, STEWARD, flag_id, seen=1, shown_note="The lamp is out.", why="spelling", origin="tests")
    found = _of_code(register, "an older key's", "mine")
    assert (found.flag_id, found.version, found.state, found.why) == (flag_id, 2, "shown", "spelling")
    flags.withdraw(register, YOUTH, found.flag_id, seen=found.version, kept_in=kept_in, origin="tests")
    rows = register.table(sa.select(schema.flags), "version")
    assert len(rows) == 3
    assert "lamp" not in rows.to_csv()
    assert (rows["reasons"] == "").all()
    assert rows[["easting", "northing", "feeling"]].isna().all(axis=None)
    assert flags.readable(flags.newest(register), YOUTH).empty
    assert _of_code(register, "mine").state == "withdrawn"
    flags.withdraw(register, YOUTH, flag_id, seen=3, kept_in=kept_in, origin="tests")
    assert len(flags.history(register, flag_id)) == 3, "twice is once"
    with pytest.raises(ChangedMeanwhile):
        flag_moderation.show(register, STEWARD, flag_id, seen=3, shown_note="", origin="tests")
    register.check_audit()


def test_of_codes_that_are_not_known_a_few_may_be_tried(register):
    _make(register, code="mine")
    for _each in range(flags.MOST_TRIES):
        with pytest.raises(DataProblem, match="No flag has this code"):
            _of_code(register, "a guess")
    with pytest.raises(DataProblem, match="Too many codes"):
        _of_code(register, "mine")
    assert _of_code(register, "mine", session="another session").state == "shown"


# Moderation


def test_the_original_is_kept_beside_what_is_shown_of_it(register):
    flag_id = _make(register, NOTED)
    with pytest.raises(DataProblem, match="Say why the note is changed"):
        flag_moderation.show(register, STEWARD, flag_id, seen=1, shown_note="A lamp is out.", origin="tests")
    with pytest.raises(DataProblem, match="looks like a person's name"):
        flag_moderation.show(register, STEWARD, flag_id, seen=1, shown_note="Kayleigh Price's lamp", why="spelling", origin="tests")
    flag_moderation.show(register, STEWARD, flag_id, seen=1, shown_note="A lamp is out.", why="could be known", origin="tests")
    row = flags.newest(register).loc[flag_id]
    assert (row["note"], row["shown_note"], row["why"], row["state"]) == (NOTED.note, "A lamp is out.", "could be known", "shown")


def test_a_flag_is_held_back_with_a_reason_and_of_two_stewards_the_second_is_told(register):
    one, other = _make(register, NOTED), _make(register, NOTED)
    with pytest.raises(DataProblem, match="Say why it is held back"):
        flag_moderation.hold_back(register, STEWARD, {one: 1}, why="", origin="tests")
    flag_moderation.hold_back(register, STEWARD, {one: 1}, why="hurtful", origin="tests")
    with pytest.raises(ChangedMeanwhile):
        flag_moderation.hold_back(register, STEWARD, {other: 1, one: 1}, why="hurtful", origin="tests")
    assert flags.newest(register)["state"].to_dict() == {one: "held back", other: "waiting"}, "all of them or none"


@pytest.mark.parametrize("reader", [YOUTH, PANEL, OFFICER])
def test_who_wrote_a_note_does_not_decide_what_others_see(register, reader):
    flag_id = _make(register, NOTED)
    with pytest.raises(DataProblem, match="who did not write it"):
        flag_moderation.show(register, reader, flag_id, seen=1, shown_note=NOTED.note, origin="tests")
    with pytest.raises(DataProblem, match="who did not write it"):
        flag_moderation.hold_back(register, reader, {flag_id: 1}, why="hurtful", origin="tests")


def test_what_is_for_a_worker_alone_is_not_the_stewards_to_decide(register):
    flag_id = _make(register, dataclasses.replace(NOTED, seen_by="worker"))
    with pytest.raises(DataProblem, match="for a worker alone"):
        flag_moderation.show(register, STEWARD, flag_id, seen=1, shown_note=NOTED.note, origin="tests")


ANSWER = Answer("It is dark by the canal.", "Two lamps are mended.", "Mae'n dywyll wrth y gamlas.", "Mae dwy lamp wedi'u trwsio.")


def _answer(register, said=ANSWER, seen=0, reader=PANEL):
    flag_moderation.answer(register, reader, "way/1", said, whereabouts="Canal Walk", seen=seen, on=TODAY, origin="tests")


def test_young_people_are_answered_and_an_answer_is_changed_by_one_at_a_time(register):
    _answer(register)
    with pytest.raises(ChangedMeanwhile):
        _answer(register, Answer("Another.", "Another."))
    _answer(register, dataclasses.replace(ANSWER, did="Three lamps are mended."), seen=1)
    row = flag_moderation.answers(register).loc["way/1"]
    assert (row["did"], row["did_cy"], row["whereabouts"], row["answered_on"]) == (
        "Three lamps are mended.", ANSWER.did_cy, "Canal Walk", TODAY,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (Answer("", "Mended."), "Write both"),
        (Answer("Dark.", " "), "Write both"),
        (Answer("Dark.", "Mended.", "Tywyll."), "both halves in Welsh"),
        (Answer("Dark.", "x" * 301), "is too long"),
        (Answer("Kayleigh Price said it is dark.", "Mended."), "looks like a person's name"),
    ],
)
def test_an_answer_says_both_and_names_nobody(register, said, told):
    with pytest.raises(DataProblem, match=told):
        _answer(register, said)
    assert flag_moderation.answers(register).empty


@pytest.mark.parametrize("reader", [YOUTH, OFFICER])
def test_the_panel_answers(register, reader):
    with pytest.raises(DataProblem, match="answered by the panel"):
        _answer(register, reader=reader)


def test_flags_beside_each_other_are_of_one_place_and_a_named_place_is_itself(register):
    for flag in (BENCH, dataclasses.replace(BENCH, easting=601_001.0), dataclasses.replace(BENCH, easting=603_000.0)):
        _make(register, flag)
    _make(register, dataclasses.replace(BENCH, feature_id="way/1"))
    keys = flags.place_keys(flags.newest(register))
    assert sorted(keys.value_counts().tolist()) == [1, 1, 2]
    assert "way/1" in keys.tolist()
    assert flags.place_keys(flags.newest(register).head(0)).empty
    assert np.array([key == "way/1" or key.startswith("cell/8a") for key in keys]).all()


def test_flags_are_read_by_their_place_or_by_what_is_round_about_and_a_named_one_whole(register):
    park, library = (dataclasses.replace(BENCH, feature_id=name, easting=at) for name, at in (("way/1", 601_000.0), ("way/2", 605_000.0)))
    for flag in (BENCH, park, dataclasses.replace(park, easting=603_000.0), library, dataclasses.replace(BENCH, easting=603_000.0)):
        _make(register, flag)
    around = (600_900.0, 487_900.0, 601_100.0, 488_100.0)
    assert sorted(flags.about(register, [], around)["feature_id"]) == ["", "way/1", "way/1"]
    assert sorted(flags.about(register, ["way/2"])["feature_id"]) == ["way/2"]
    assert sorted(flags.about(register, ["way/2"], around)["feature_id"]) == ["", "way/1", "way/1", "way/2"]
    assert flags.about(register, ["", "way/3"]).empty


def test_an_answer_is_taken_back_once_and_can_be_given_anew(register):
    _answer(register)
    key = str(flag_moderation.answers(register).index[0])
    with pytest.raises(DataProblem, match="answered by the panel"):
        flag_moderation.withdraw_answer(register, YOUTH, key, seen=1, origin="tests")
    with pytest.raises(ChangedMeanwhile, match="Somebody else has just answered"):
        flag_moderation.withdraw_answer(register, PANEL, key, seen=0, origin="tests")
    with pytest.raises(DataProblem, match="no answer to take back"):
        flag_moderation.withdraw_answer(register, PANEL, "way/0", seen=0, origin="tests")
    flag_moderation.withdraw_answer(register, PANEL, key, seen=1, origin="tests")
    row = flag_moderation.answers(register).loc[key]
    assert (row["said"], row["did"], row["said_cy"], row["did_cy"], row["version"], row["act"]) == ("", "", "", "", 2, "taken back")
    assert register.audit_trail()["action"].iloc[-1] == "answer taken back"
