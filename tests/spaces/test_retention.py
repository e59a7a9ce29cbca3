"""Records go when they are due and not before, leave counts and nothing else, and stay while a legal hold stands."""

from __future__ import annotations

import os
import subprocess
from datetime import date, datetime, timedelta

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces import ageing, engine, imports, model, retention, schema
from spaces.register import open_register
from tests.spaces.conftest import event
from tests.spaces.partner import bring, counted, prepared, stored
from words import DataProblem

TODAY = date(2025, 6, 1)
COUNTS = ["record_type", "agency", "year", "records"]


def _ago(days):
    return datetime(2025, 6, 1) - timedelta(days=days)  # noqa: DTZ001  local time, as records have it


def _row(days, record_type="incident", **values):
    return {"agency": "Police", "record_type": record_type, "occurred_from": _ago(days), "severity": "unmistakable"} | values


def _due(register, today=TODAY):
    return retention.due(register, today)[COUNTS].to_numpy().tolist()


def test_a_record_is_kept_to_the_last_day_of_its_rule(register):
    for kind in model.RECORD_TYPES:
        days = retention.KEEP_DAYS[kind]
        bring(register, _row(days, kind), _row(days + 1, kind, agency="Schools"))
    assert sorted(row[0] for row in _due(register)) == sorted(model.RECORD_TYPES)
    assert {row[1] for row in _due(register)} == {"Schools"}


def test_flags_go_first():
    assert min(retention.KEEP_DAYS, key=retention.KEEP_DAYS.get) == "flag"
    assert min(ageing.KEEP_DAYS, key=ageing.KEEP_DAYS.get) == ageing.FLAG
    assert set(retention.KEEP_DAYS) == set(retention.KINDS) == set(model.RECORD_TYPES) | set(ageing.LABELS)


def test_without_a_date_a_record_ages_from_its_report_or_else_from_its_file(register):
    bring(
        register, _row(0, occurred_from=None, reported_on=_ago(1_100)), _row(0, occurred_from=None, reported_on=_ago(1_000)),
        _row(0, occurred_from=None), _row(10, reported_on=_ago(5_000)), _row(0, None, occurred_from=_ago(1_100)),
    )  # fmt: skip
    assert _due(register) == [["", "Police", 2022, 1], ["incident", "Police", 2022, 1]]
    now = event().happened_at
    later = retention.due(register, (now + timedelta(days=3 * 365 + 2)).date())
    assert (later["records"].sum(), now.year in later["year"].tolist()) == (5, True)


def test_a_rule_can_be_set_and_deletes_nothing_itself(register):
    bring(register, _row(100, "flag"))
    retention.set_rule(register, "flag", 120, audit=event("rule set"))
    assert _due(register) == []
    retention.set_rule(register, "flag", 90, audit=event("rule set"))
    assert retention.rules(register) == retention.KEEP_DAYS | {"flag": 90}
    assert _due(register) == [["flag", "Police", 2025, 1]]
    assert counted(register) == 1
    for kind, days in (("flag", 29), ("rumour", 90)):
        with pytest.raises(DataProblem):
            retention.set_rule(register, kind, days, audit=event())


@pytest.mark.parametrize(
    ("scope", "value", "left"), [("agency", "Police", 2), ("incident", "9", 2), ("everything", "", 3), ("agency", "Nobody", 0)]
)
def test_what_is_on_hold_stays_until_the_hold_is_lifted(register, scope, value, left):
    bring(register, _row(2_000, incident_id="9"), _row(2_000, incident_id="8"), _row(2_000, incident_id="9", agency="Schools"))
    hold = retention.place_hold(register, scope, value, "an inquiry", audit=event("hold placed"))
    assert sum(row[3] for row in _due(register)) == 3 - left
    assert retention.records_held(register).to_dict() == {hold: left}
    retention.purge(register, TODAY, audit=event("purged"))
    assert counted(register) == left
    retention.lift_hold(register, hold, audit=event("hold lifted"))
    assert retention.records_held(register).empty
    with pytest.raises(DataProblem, match="lifted before"):
        retention.lift_hold(register, hold, audit=event())
    retention.purge(register, TODAY, audit=event("purged"))
    assert counted(register) == 0
    assert retention.holds(register)["lifted_at"].notna().tolist() == [True]


def test_a_hold_is_of_no_person_but_may_be_of_a_number_that_looks_like_a_telephones(register):
    for value in ("Kayleigh Testperson", "07700900123", "k.t@example.org"):
        with pytest.raises(DataProblem, match="looks like who somebody is"):
            retention.place_hold(register, "incident", value, "an inquiry", audit=event())
    bring(register, *(_row(1, incident_id=number) for number in ("07700900123", "10000000001", "10000000002")))
    hold = retention.place_hold(register, "incident", "07700900123", "an inquiry", audit=event())
    assert retention.records_held(register).to_dict() == {hold: 1}


@pytest.mark.parametrize(
    "given", [("agency", "", "why"), ("everything", "Police", "why"), ("agency", "Police", " "), ("place", "park", "why")]
)
def test_a_hold_that_is_not_all_said_is_refused(register, given):
    with pytest.raises(DataProblem, match="Give all of it"):
        retention.place_hold(register, *given, audit=event())


def test_a_purge_leaves_counts_and_no_more(register, tmp_path):
    bring(register, _row(2_000, incident_id="1"), _row(2_000, incident_id="2", agency="Schools"), _row(5, incident_id="3", severity="kept"))
    bring(register, _row(2_000, incident_id="1", severity="unmistakable before"), _row(5, incident_id="3", severity="kept too"))
    due, head = _due(register), register.records_head()
    gone = retention.purge(register, TODAY, audit=event("purged"))
    assert gone[COUNTS].to_numpy().tolist() == due == [["incident", "Police", 2019, 1], ["incident", "Schools", 2019, 1]]
    assert register.records()["incident_id"].tolist() == ["3"]
    assert counted(register, schema.versions) == 1
    assert register.records(as_of=head)["incident_id"].tolist() == ["3"]
    assert register.records_head() > head
    assert stored(register, schema.purged, *COUNTS) == [tuple(row) for row in due]
    assert retention.purge(register, TODAY, audit=event("purged")).empty
    if register.dialect == "sqlite":
        left = b"".join(path.read_bytes() for path in tmp_path.glob("register.sqlite*"))
        assert b"unmistakable" not in left
        assert b"kept too" in left


def test_of_many_purged_records_no_byte_is_left_while_another_has_the_file_open(tmp_path):
    url = f"sqlite:///{tmp_path / 'register.sqlite'}"
    register, other = open_register(url), open_register(url)
    bring(
        register,
        *(_row(2_000 - number % 2 * 1_999, incident_id=str(number), severity=f"unmistakable {number % 2}") for number in range(3_000)),
    )
    bring(
        other,
        *(_row(2_000 - number % 2 * 1_999, incident_id=str(number), severity=f"unmistakable {number % 2} b") for number in range(3_000)),
    )
    retention.purge(register, TODAY, audit=event("purged"))
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"unmistakable 0" not in left
    assert left.count(b"unmistakable 1") == 3_000
    other.close()
    register.close()


def test_a_file_that_is_being_read_is_said_to_hold_traces_and_the_next_run_clears_them(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "WAIT_FOR_WRITER_MS", 50)
    monkeypatch.setattr(engine, "COMPACT_WITHIN_S", 1)
    register = open_register(f"sqlite:///{tmp_path / 'register.sqlite'}")
    bring(register, _row(2_000))
    reader = register._engine.connect()
    reader.execute(sa.select(schema.records)).first()
    with pytest.raises(DataProblem, match=r"deleted, but traces may be left.*Run the retention again"):
        retention.purge(register, TODAY, audit=event("purged"))
    assert counted(register) == 0
    reader.close()
    retention.purge(register, TODAY, audit=event("purged"))
    assert not any(b"unmistakable" in path.read_bytes() for path in tmp_path.iterdir())
    register.close()


def test_on_postgresql_the_tables_files_hold_nothing_of_it_either(postgres, register, register_url):
    if register.dialect == "sqlite":
        return
    bring(register, _row(2_000), _row(5, severity="kept"))
    retention.purge(register, TODAY, audit=event("purged"))
    name = register_url.rpartition("/")[2]
    with psycopg.connect(postgres.plain_url(name), autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        (where,) = connection.execute("SELECT pg_relation_filepath('record')").fetchone()
        (folder,) = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    found = subprocess.run(["grep", "-rl", "unmistakable", str(postgres.folder / "base" / str(folder))], capture_output=True, check=False)
    assert os.path.exists(postgres.folder / where)  # noqa: PTH110
    assert found.stdout == b""


@given(days=st.lists(st.none() | st.integers(0, 1_500), max_size=12), kinds=st.data())
@settings(max_examples=20)
def test_a_purge_takes_what_was_said_to_be_due_and_the_rest_stays(days, kinds):
    register = open_register("sqlite://")
    types = [kinds.draw(st.sampled_from([*model.RECORD_TYPES])) for _day in days]
    bring(register, *(_row(0, kind, occurred_from=None if day is None else _ago(day)) for day, kind in zip(days, types, strict=True)))
    expected = sum(day is not None and day > retention.KEEP_DAYS[kind] for day, kind in zip(days, types, strict=True))
    due = retention.due(register, TODAY)
    assert due["records"].sum() == expected
    assert retention.purge(register, TODAY, audit=event())["records"].sum() == expected
    assert counted(register) == len(days) - expected
    register.close()


def test_what_was_purged_does_not_come_back_with_the_next_file(register):
    retention.set_rule(register, "flag", 40, audit=event())
    kinds = [*((kind, retention.rules(register)[kind]) for kind in model.RECORD_TYPES), (None, retention.KEEP_DAYS["incident"])]
    undated = {"occurred_from": None, "reported_on": _ago(10_000)}
    rows = [_row(days + more, kind) for kind, days in kinds for more in (0, 1)] + [_row(0) | undated, _row(0, occurred_from=None)]
    file = prepared(*rows)
    past = retention.is_past(file.rows, retention.rules(register), TODAY)
    assert past.to_list() == [False, True] * len(kinds) + [True, False]
    left = imports.without_rows(file, past, "occurred_from", retention.PAST)
    imports.take_in(register, left, audit=event())
    assert _due(register) == [], "what a purge would delete stayed out, and nothing else did"
    assert counted(register) == len(kinds) + 1
