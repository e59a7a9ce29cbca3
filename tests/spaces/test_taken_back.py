"""What young people took back stays gone: from the store's files, from a restored backup, and from the place that came of it."""

from __future__ import annotations

import dataclasses
import subprocess
import threading
import time
from datetime import date

import psycopg
import pytest
import shapely
import sqlalchemy as sa

from spaces import backups, engine, flags, ledger, rights, safety_maps, schema, space, space_changes, youth_sessions
from spaces.access import Reader, Role
from spaces.register import open_register
from spaces.revisions import ChangedMeanwhile
from spaces.safety_maps import Mark
from tests.spaces.conftest import event
from tests.spaces.test_backups import new_url
from tests.spaces.test_flags import _make
from tests.spaces.test_youth_sessions import ASKS, HOW, MINE, OTHER, WHERE, WHOLE, keep, stands, withdraw
from words import DataProblem

__all__ = ["new_url"]

STEWARD = Reader("S. Teward", Role.DATA_STEWARD)
NOTED = flags.Flag(
    "unsafe", "panel", feature_id="way/1", whereabouts="Weir", easting=600_000.0, northing=488_000.0, note="zebrastripes by the pond"
)
HEARD = dataclasses.replace(WHOLE, heard="It is dark by the zebrastripes.")


def _session(register, **changes):
    session_id = keep(register, dataclasses.replace(HEARD, **changes))
    mark = Mark("red", tuple(safety_maps.hexagons_at(-0.59, 51.51)), reasons="zebrastripes")
    safety_maps.draw(register, MINE, session_id, mark, origin="tests")
    return session_id


def _take_back_flag(register, flag_id, kept_in):
    flags.withdraw(register, MINE, flag_id, seen=1, kept_in=kept_in, origin="tests")


def _texts(register):
    """Return all that flags, sessions and marks say, in one text."""
    tables = (schema.flags, schema.youth_sessions, schema.safety_marks)
    return " ".join(register.table(sa.select(table), "version").to_csv() for table in tables)


def test_what_was_taken_back_since_a_backup_is_gone_from_what_is_restored(register, new_url, kept_in, tmp_path):
    flag_id, session_id, later = _make(register, NOTED), _session(register), _make(register, NOTED)
    space_id = youth_sessions.start_space(register, MINE, session_id, WHERE, seen=1, **HOW)
    path = tmp_path / "a backup"
    backups.back_up(register, path, audit=event("backed up"))
    new = _make(register, NOTED)
    for one in (flag_id, new):
        _take_back_flag(register, one, kept_in)
    withdraw(register, session_id, kept_in, seen=2)
    assert ledger.read(kept_in) == {("flag", flag_id, ""), ("flag", new, ""), ("session", session_id, "")}
    backups.restore(path, new_url, kept_in=kept_in, audit=event("restored"))
    again = open_register(new_url)
    rows = flags.newest(again)
    assert rows["state"].to_dict() == {flag_id: "withdrawn", later: "waiting"}
    assert rows.loc[flag_id, ["polarity", "reasons", "note", "feature_id"]].tolist() == [""] * 4
    assert (stands(again, session_id)["act"], stands(again, session_id)["heard"]) == ("withdrawn", "")
    assert safety_maps.newest(again).empty
    assert space.newest(again).loc[space_id, "act"] == space.OUTLINE_TAKEN_BACK
    assert _texts(again).count("zebrastripes") == 1, "of the flag that nobody took back"
    head = len(flags.history(again, flag_id))
    rights.reapply(again, kept_in, audit=event("reapplied"))
    assert len(flags.history(again, flag_id)) == head, "what is done is not done twice"
    again.close()


def test_the_ledger_is_written_with_the_act_or_neither_is(register, tmp_path):
    flag_id, session_id = _make(register, NOTED), _session(register)
    nowhere = tmp_path / "no folder" / "ledger"
    with pytest.raises(DataProblem, match="nothing was changed"):
        _take_back_flag(register, flag_id, nowhere)
    with pytest.raises(DataProblem, match="nothing was changed"):
        withdraw(register, session_id, nowhere)
    assert flags.newest(register).loc[flag_id, "state"] == "waiting"
    assert stands(register, session_id)["act"] == "kept"
    with pytest.raises(ChangedMeanwhile):
        withdraw(register, session_id, tmp_path / "ledger", seen=7)
    assert not (tmp_path / "ledger").exists()


def test_a_ledger_of_what_was_taken_back_alone_belongs_to_any_key(register, kept_in):
    ledger.add(kept_in, [("flag", "0" * 32, "")])
    rights.reapply(register, kept_in, audit=event("reapplied"))
    kept_in.write_text("flag 12\n")
    with pytest.raises(DataProblem, match="is damaged"):
        ledger.read(kept_in)


def test_no_byte_of_it_is_left_in_the_stores_files(register, register_url, postgres, kept_in, tmp_path):
    flag_id, session_id = _make(register, NOTED), _session(register)
    _take_back_flag(register, flag_id, kept_in)
    withdraw(register, session_id, kept_in)
    if register.dialect == "sqlite":
        assert b"zebrastripes" not in b"".join(path.read_bytes() for path in tmp_path.glob("register.sqlite*"))
        return
    with psycopg.connect(postgres.plain_url(register_url.rpartition("/")[2]), autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        (folder,) = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    found = subprocess.run(["grep", "-rl", "zebrastripes", str(postgres.folder / "base" / str(folder))], capture_output=True, check=False)
    assert found.stdout == b""


def test_while_somebody_reads_for_long_nobody_waits_and_the_next_who_forgets_clears_it(tmp_path, kept_in, monkeypatch):
    monkeypatch.setattr(engine, "FORGET_WITHIN_S", 0.3)
    register = open_register(f"sqlite:///{tmp_path / 'register.sqlite'}")
    first, second = _make(register, NOTED), _make(register, NOTED)
    reader = register._engine.connect()
    reader.execute(sa.select(schema.flags)).first()
    longest = []

    def save():
        for _each in range(20):
            began = time.monotonic()
            _make(register, dataclasses.replace(NOTED, note=""))
            longest.append(time.monotonic() - began)

    saving = threading.Thread(target=save)
    saving.start()
    _take_back_flag(register, first, kept_in)
    saving.join()
    assert max(longest) < 1
    reader.close()
    _take_back_flag(register, second, kept_in)
    assert b"zebrastripes" not in b"".join(path.read_bytes() for path in tmp_path.glob("register.sqlite*"))
    register.close()


def test_everything_that_can_be_deleted_from_is_written_anew_after_a_purge(register, monkeypatch):
    told = []
    monkeypatch.setattr(engine, "compact", lambda _engine, tables: told.extend(table.name for table in tables))
    register.compact()
    assert set(told) >= {"record", "flag", "youth_session", "safety_mark", "place_referral", "agency_check", "assessment_version", "goal"}


# The place that came of a session.


def _started(register, session_id, seen=1):
    return youth_sessions.start_space(register, MINE, session_id, WHERE, seen=seen, **HOW)


def test_a_place_whose_outline_was_taken_back_says_so_until_it_is_drawn_anew(register, kept_in):
    session_id = _session(register)
    space_id = _started(register, session_id)
    withdraw(register, session_id, kept_in, seen=2)
    row = space.newest(register).loc[space_id]
    assert (row["act"], row["status"], row["raised_by"]) == (space.OUTLINE_TAKEN_BACK, "noticed", "young people")


def test_a_place_that_was_drawn_anew_or_is_of_the_map_keeps_its_outline(register, kept_in):
    first, second = _session(register), _session(register, group_name="Friday art group")
    drawn = _started(register, first)
    anew = shapely.box(600_000, 488_000, 600_050, 488_050)
    space_changes.redraw(register, ASKS, drawn, seen=1, boundary=anew, origin="tests")
    of_the_map = youth_sessions.start_space(register, MINE, second, dataclasses.replace(WHERE, feature_id="way/1"), seen=1, **HOW)
    for one in (first, second):
        withdraw(register, one, kept_in, seen=2)
    assert space.newest(register)["act"].to_dict() == {drawn: "redrawn", of_the_map: "raised"}


def test_of_a_place_that_became_part_of_another_or_was_split_each_that_has_the_outline_says_so(register, kept_in):
    session_id = _session(register)
    one = _started(register, session_id)
    halves = [shapely.box(600_000, 488_000, 600_050, 488_100), shapely.box(600_050, 488_000, 600_100, 488_100)]
    parts = [space_changes.Part(name, half) for name, half in zip(("Weir steps", "Lock steps"), halves, strict=True)]
    off = space_changes.split(register, ASKS, one, seen=1, stays=parts[0], new=parts[1], why="They are two.", origin="tests")
    other = space.raise_space(register, ASKS, dataclasses.replace(WHERE, name="Weir", raised_by="owner"), **HOW)
    space_changes.merge(register, ASKS, one, into=other, seen=2, seen_into=1, why="They are one.", origin="tests")
    withdraw(register, session_id, kept_in, seen=2)
    assert space.newest(register)["act"].to_dict() == {one: "merged", off: space.OUTLINE_TAKEN_BACK, other: space.OUTLINE_TAKEN_BACK}


# Whoever looks after a group.


def test_the_steward_takes_a_session_back_that_its_worker_cannot(register, kept_in):
    session_id = _session(register)
    with pytest.raises(DataProblem, match="Ask them, or the data steward"):
        withdraw(register, session_id, kept_in, reader=OTHER)
    with pytest.raises(DataProblem, match="or by the data steward"):
        withdraw(register, session_id, kept_in, reader=ASKS)
    withdraw(register, session_id, kept_in, reader=STEWARD)
    assert stands(register, session_id)["act"] == "withdrawn"
    with pytest.raises(DataProblem, match="took this session back"):
        youth_sessions.hand_over(register, STEWARD, session_id, OTHER.name, seen=2, origin="tests")


@pytest.mark.parametrize("reader", [MINE, STEWARD])
def test_a_group_is_handed_to_another_worker_who_goes_on_with_it(register, reader, kept_in):
    first, second = _session(register), _session(register, held_on=date(2026, 10, 1), group_name="tuesday youth club")
    another = keep(register, dataclasses.replace(HEARD, group_name="Friday art group"))
    hand = {"seen": 1, "origin": "tests"}
    for worker, said in ((" ", "Give the name"), ("x" * 81, "Give the name"), (MINE.name, "has the session already")):
        with pytest.raises(DataProblem, match=said):
            youth_sessions.hand_over(register, reader, first, worker, **hand)
    with pytest.raises(DataProblem, match="held by another worker"):
        youth_sessions.hand_over(register, OTHER, first, OTHER.name, **hand)
    youth_sessions.hand_over(register, reader, first, f" {OTHER.name} ", **hand)
    with pytest.raises(DataProblem, match="held by another worker" if reader is MINE else "changed after you opened it"):
        youth_sessions.hand_over(register, reader, first, "T. Hird", **hand)
    rows = youth_sessions.newest(register)
    assert rows["worker"].to_dict() == {first: OTHER.name, second: OTHER.name, another: MINE.name}
    assert youth_sessions.states(rows, date(2026, 9, 2))["state"].tolist() == ["waiting"] * 3
    withdraw(register, first, kept_in, seen=2, reader=OTHER)


def test_two_workers_groups_of_one_name_are_two(register):
    mine, theirs = keep(register), keep(register, reader=OTHER)
    rows = youth_sessions.newest(register)
    assert youth_sessions.group_of(rows.loc[mine]) != youth_sessions.group_of(rows.loc[theirs])
    youth_sessions.hand_over(register, MINE, mine, OTHER.name, seen=1, origin="tests")
    rows = youth_sessions.newest(register)
    assert youth_sessions.group_of(rows.loc[mine]) == youth_sessions.group_of(rows.loc[theirs])
