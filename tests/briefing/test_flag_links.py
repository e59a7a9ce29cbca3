"""Flags come to a session with young people by its link, which says nothing, is nobody's to make up, and ends with the session."""

from __future__ import annotations

import dataclasses
import shutil
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from briefing import flags, keeping, workspace
from spaces import flags as kept
from spaces import pseudonyms, schema, youth_sessions
from spaces.flags import Flag
from spaces.register import open_register
from spaces.youth_sessions import Session
from tests.briefing.conftest import PANEL, YOUTH
from tests.postgres import new_database, postgres
from words import DataProblem

__all__ = ["new_database", "postgres"]

HELD_ON = date(2026, 10, 20)
TODAY = date(2026, 10, 31)
HOW = {"today": TODAY, "origin": "tests"}
UNSAFE = Flag("unsafe", "map", reasons=("dark",), time_of_day="night", feeling=2, scale=7)
OTHER = dataclasses.replace(YOUTH, name="Another Worker")


@pytest.fixture(params=["sqlite", "postgresql"])
def area(request, marlhaven, tmp_path):
    """Give the town with an empty register on each of the two stores."""
    folder = tmp_path / "town"
    shutil.copytree(marlhaven.folder, folder, ignore=shutil.ignore_patterns("register.sqlite*", "incoming"))
    on_disk = f"sqlite:///{tmp_path / 'register.sqlite'}"
    url = on_disk if request.param == "sqlite" else request.getfixturevalue("new_database")()
    opened = dataclasses.replace(workspace.open_workspace(folder), register=open_register(url))
    yield opened
    opened.register.close()


def _held(area, *, on=HELD_ON, reader=YOUTH, group="Tuesday youth club"):
    said = Session(on, "the panel", "a safer park", tuple(youth_sessions.TOLD), "map", "walkabout", "en", group, 30, "Dark by the swings.")
    return youth_sessions.keep(area.register, reader, said, **HOW)


def _of(area, given, *, today=TODAY):
    return flags.session_of(area, given, "this visit", today=today)


def _make(area, session_id, *, number=0):
    place = area.places.index[number % len(area.places)]
    return flags.make(area, YOUTH, UNSAFE, flags.of_place(area, place), session_id=session_id, **HOW)


def test_flags_of_a_link_are_of_its_session_whoever_opened_it(area):
    one, two = (flags.link(area, YOUTH, _held(area, group=group)) for group in ("Tuesday youth club", "Friday youth club"))
    assert _of(area, one) == flags.session_of(area, one, "another visit", today=TODAY)
    assert len({_of(area, one), _of(area, two), "this visit"}) == 3


def test_a_link_says_nothing_of_its_session_and_the_register_says_nothing_of_the_link(area):
    session_id = _held(area)
    link = flags.link(area, YOUTH, session_id)
    assert len(link) == flags.LINK_LENGTH
    assert set(link) <= set("0123456789abcdef")
    assert session_id not in link
    _make(area, _of(area, link))
    for table in schema.metadata.sorted_tables:
        rows = area.register.read(lambda connection, table=table: connection.execute(sa.select(table)).all())
        assert link not in str(rows), table.name
    assert session_id not in kept.newest(area.register)["session_id"].iloc[0]


def test_a_link_that_was_made_up_is_a_plain_visit_and_nothing_is_said(area):
    session_id = _held(area)
    for given in ("", "0" * 32, "é" * 32, "' OR 1=1 --", "<script>", "x" * 100_000, "\x00", "\ud800", session_id):
        assert _of(area, given) == "this visit"
    assert _of(area, flags.link(area, YOUTH, session_id)[:-1]) == "this visit"
    assert _of(area, flags.link(area, YOUTH, session_id).upper() + " ") == "this visit"


def test_a_link_ends_when_the_group_was_told_or_should_have_been_or_took_it_back(area):
    told, late, back = (_held(area, group=group) for group in ("Told group", "Late group", "Other group"))
    links = {session_id: flags.link(area, YOUTH, session_id) for session_id in (told, late, back)}
    assert "this visit" not in [_of(area, link) for link in links.values()]
    youth_sessions.tell_back(area.register, YOUTH, told, seen=1, told="Two lamps are mended.", on=TODAY, **HOW)
    youth_sessions.withdraw(area.register, YOUTH, back, seen=1, kept_in=keeping.ledger_of(area), origin="tests")
    assert [_of(area, links[one]) == "this visit" for one in (told, late, back)] == [True, False, True]
    real = dataclasses.replace(area, invented=False)  # what is read of the sample is read as in its own month
    last = HELD_ON + timedelta(youth_sessions.TOLD_BACK_WITHIN_DAYS)
    assert _of(real, links[late], today=last) != "this visit"
    assert _of(real, links[late], today=last + timedelta(1)) == "this visit"


def test_a_link_is_its_own_workers_alone_and_a_rotated_key_ends_it(area):
    session_id = _held(area)
    link = flags.link(area, YOUTH, session_id)
    for reader in (OTHER, PANEL):
        with pytest.raises(DataProblem):
            flags.link(area, reader, session_id)
    with pytest.raises(DataProblem, match="not in the list"):
        flags.link(area, YOUTH, "no session")
    rotated = pseudonyms.open_keys(area.folder).rotated()
    (area.folder / pseudonyms.KEY_FILE).unlink()
    pseudonyms.save_keys(area.folder / pseudonyms.KEY_FILE, rotated)
    assert _of(area, link) == "this visit"
    assert _of(area, flags.link(area, YOUTH, session_id)) != "this visit"


def test_ten_thousand_flags_on_one_bench_by_one_link_are_limited_together_and_other_visits_are_not(area, monkeypatch):
    monkeypatch.setattr(kept, "MOST_OF_A_SESSION_OF_A_PLACE", 6)
    link = flags.link(area, YOUTH, _held(area))
    for visit in range(6):
        _make(area, flags.session_of(area, link, f"visit {visit}", today=TODAY))
    for visit in range(6, 9):
        with pytest.raises(DataProblem, match="6 flags of this place were made here in an hour, and they are kept"):
            _make(area, flags.session_of(area, link, f"visit {visit}", today=TODAY))
    _make(area, _of(area, link), number=1)
    _make(area, _of(area, "made up"))
    assert len(kept.newest(area.register)) == 8


def test_thirty_pupils_with_one_link_flag_the_place_they_all_talk_about(area):
    link = flags.link(area, YOUTH, _held(area))
    for pupil in range(30):
        _make(area, flags.session_of(area, link, f"telephone {pupil}", today=TODAY))
    made = kept.newest(area.register)
    assert len(made) == 30
    assert made["session_id"].nunique() == 1
