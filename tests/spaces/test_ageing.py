"""What is said and done in the app goes when its time is over, whole and from every table, and what is not done yet stays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from spaces import ageing, retention, revisions, schema
from tests.spaces.conftest import event
from tests.spaces.partner import counted
from words import DataProblem

TODAY = date(2025, 6, 1)
WORDS = "unmistakable"


def _ago(days):
    return TODAY - timedelta(days=days)


def _add(register, table, thing_id, version=1, kept_at=None, **said):
    """Add a row of a table that says `WORDS` wherever it may say anything, but for what is given."""
    audit = event("something kept")
    values = {column.name: WORDS if isinstance(column.type, sa.Text) else None for column in table.columns}
    values |= {"shape": b"", "seen_on": _ago(0)} if "shape" in values else {}
    first = next(iter(table.primary_key.columns)).name
    values |= {first: thing_id, "version": version, "act": "kept", "act_id": audit.act_id, "kept_at": kept_at or datetime.now(UTC)} | said
    values = {name: value for name, value in values.items() if name in table.c}
    register.write(audit, lambda connection: connection.execute(sa.insert(table).values(values)))


def _one_of_each(register, days, name=""):
    """Add one thing of each kind, done so many days after its time began, with what belongs to it."""
    kept = retention.rules(register)
    day = {kind: _ago(kept[kind] + days) for kind in ageing.LABELS}
    _add(register, schema.flags, f"f{name}", made_on=day[ageing.FLAG], state="shown")
    _add(register, schema.youth_sessions, f"s{name}", held_on=day[ageing.SESSION])
    _add(register, schema.safety_marks, f"m{name}", session_id=f"s{name}")
    answered = {"decision": "declined", "answered_on": day[ageing.REFERRAL], "from_agency": "Schools"}
    _add(register, schema.place_referrals, f"r{name}", **answered)
    _add(register, schema.agency_checks, f"c{name}", act="answered", answered_on=day[ageing.CHECK], agency="Police")
    closed = datetime.combine(day[ageing.ASSESSMENT], datetime.min.time(), UTC)
    _add(register, schema.assessment_versions, f"a{name}", status="closed", kept_at=closed)
    for table, thing_id in ((schema.goals, "g"), (schema.actions, "t"), (schema.observations, "o")):
        _add(register, table, f"{thing_id}{name}", assessment_id=f"a{name}", **({"seen_on": _ago(5_000)} if thing_id == "o" else {}))
    _add(register, schema.observations, f"l{name}", assessment_id="", seen_on=day[ageing.OBSERVATION])
    _add(register, schema.institutional_harms, f"h{name}", first_day=day[ageing.HARM])


TABLES = (
    schema.flags, schema.youth_sessions, schema.safety_marks, schema.place_referrals, schema.agency_checks, schema.assessment_versions,
    schema.goals, schema.actions, schema.observations, schema.institutional_harms,
)  # fmt: skip


def _left(register):
    return sum(counted(register, table) for table in TABLES)


def test_each_kind_is_kept_to_the_last_day_of_its_rule_and_then_goes_whole(register, tmp_path):
    _one_of_each(register, 0, "in time")
    whole = _left(register)
    assert retention.due(register, TODAY).empty
    _one_of_each(register, 1)
    due = retention.due(register, TODAY)
    assert sorted(due["record_type"]) == sorted(ageing.LABELS)
    assert set(due["records"]) == {1}
    assert (due["agency"] == "").all()
    gone = retention.purge(register, TODAY, audit=event("purged"))
    assert sorted(map(tuple, gone.to_numpy().tolist())) == sorted(map(tuple, due.to_numpy().tolist()))
    assert _left(register) == whole
    assert retention.due(register, TODAY).empty
    retention.purge(register, TODAY + timedelta(1), audit=event("purged"))
    assert _left(register) == 0
    if register.dialect == "sqlite":
        assert WORDS.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("register.sqlite*"))


def test_twenty_years_on_nothing_is_left_but_what_nobody_answered_or_closed(register):
    _one_of_each(register, 0)
    _add(register, schema.place_referrals, "not answered", decision="", raised_on=_ago(0))
    _add(register, schema.agency_checks, "not answered", act="asked", due_on=_ago(0))
    _add(register, schema.agency_checks, "withdrawn", act="withdrawn", due_on=_ago(0))
    _add(register, schema.assessment_versions, "open", status="acting")
    _add(register, schema.goals, "open", assessment_id="open")
    retention.purge(register, TODAY + timedelta(20 * 365), audit=event("purged"))
    assert [counted(register, table) for table in TABLES] == [0, 0, 0, 1, 1, 1, 1, 0, 0, 0]


def test_the_newest_row_says_whether_it_is_due_and_every_row_of_it_goes(register):
    for version, held_on in ((1, _ago(5_000)), (2, _ago(1))):
        _add(register, schema.youth_sessions, "corrected", version, held_on=held_on)
    for version, held_on in ((1, _ago(1)), (2, _ago(5_000))):
        _add(register, schema.youth_sessions, "long ago", version, held_on=held_on)
    due = retention.due(register, TODAY)
    assert due[["record_type", "records"]].to_numpy().tolist() == [["session", 1]]
    retention.purge(register, TODAY, audit=event("purged"))
    assert revisions.every(register, schema.youth_sessions).index.tolist() == ["corrected"] * 2


@pytest.mark.parametrize(
    ("scope", "value", "stay"),
    [("everything", "", set(ageing.LABELS)), ("agency", "Police", {ageing.CHECK}), ("agency", "Schools", {ageing.REFERRAL}),
     ("incident", "9", set())],
)  # fmt: skip
def test_what_is_on_hold_stays_where_a_hold_can_be_of_it(register, scope, value, stay):
    _one_of_each(register, 1)
    hold_id = retention.place_hold(register, scope, value, "an inquiry", audit=event())
    assert set(ageing.LABELS) - set(retention.due(register, TODAY)["record_type"]) == stay
    retention.purge(register, TODAY, audit=event("purged"))
    retention.lift_hold(register, hold_id, audit=event())
    assert set(retention.due(register, TODAY)["record_type"]) == stay


def test_a_rule_of_these_can_be_set_as_any_other(register):
    _one_of_each(register, -100)
    retention.set_rule(register, ageing.SESSION, 200, audit=event())
    assert retention.due(register, TODAY)["record_type"].tolist() == [ageing.SESSION]
    with pytest.raises(DataProblem, match="at least 30 days"):
        retention.set_rule(register, ageing.FLAG, 1, audit=event())
