"""An event is fixed once it is made, and knows its moment whatever the machine's clock is set to."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from spaces import engine
from spaces.audit import START, AuditEvent, Head, chained, check_chain, hash_of, read_head
from spaces.register import open_register
from spaces.schema import audit
from tests.spaces.conftest import event
from words import DataProblem


def test_an_event_knows_when_it_was_made():
    before = datetime.now(UTC)
    first, second = event(), event()
    assert before <= first.happened_at <= second.happened_at <= datetime.now(UTC)
    assert first.happened_at.utcoffset() == timedelta(0)


def test_an_event_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        event().actor = "Someone else"


@pytest.mark.parametrize("left_out", ["actor", "action", "reason", "origin"])
def test_an_event_says_who_what_why_and_from_where(left_out):
    given = {"actor": "A. Jones", "action": "records added", "reason": "import", "origin": "app"}
    del given[left_out]
    with pytest.raises(TypeError, match=left_out):
        AuditEvent(**given)


def test_the_trail_keeps_all_of_an_event():
    assert {field.name for field in fields(AuditEvent)} == {column.name for column in audit.columns} - {"event_id", "hash", "previous_hash"}


# The chain.


def _chain(length=6):
    rows, head = [], Head(0, START)
    for number in range(length):
        row = chained(event(f"act {number}"), head)
        rows.append(row)
        head = Head(row["event_id"], row["hash"])
    return rows, head


def test_a_whole_chain_leads_to_its_head():
    rows, head = _chain()
    assert check_chain(rows) == head
    assert check_chain(rows, written_down=head) == head
    assert check_chain(rows, written_down=Head(3, rows[2]["hash"])) == head
    assert check_chain([]) == Head(0, START)
    assert read_head(f" {head}\n") == head


def _edited(rows):
    return [*rows[:2], rows[2] | {"actor": "Somebody else"}, *rows[3:]]


def _edited_with_a_fitting_hash(rows):
    changed = rows[2] | {"reason": "another"}
    return [*rows[:2], changed | {"hash": hash_of(changed)}, *rows[3:]]


TAMPERED = {
    "edited": _edited,
    "edited with a fitting hash": _edited_with_a_fitting_hash,
    "removed": lambda rows: rows[:2] + rows[3:],
    "removed and renumbered": lambda rows: rows[:2] + [row | {"event_id": row["event_id"] - 1} for row in rows[3:]],
    "put in": lambda rows: [*rows[:2], rows[1] | {"event_id": 3}, *rows[2:]],
    "moved": lambda rows: [*rows[:2], rows[3], rows[2], *rows[4:]],
    "moved and renumbered": lambda rows: [*rows[:2], rows[3] | {"event_id": 3}, rows[2] | {"event_id": 4}, *rows[4:]],
    "begun later": lambda rows: rows[1:],
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_trail_that_was_tampered_with_is_found(how):
    rows, _head = _chain()
    with pytest.raises(DataProblem, match="audit trail is broken"):
        check_chain(TAMPERED[how](rows))


def test_a_trail_that_was_cut_off_or_rewritten_is_found_by_the_head_that_was_written_down():
    rows, head = _chain()
    with pytest.raises(DataProblem, match="cut off: it ends at event 4, and event 6 was written down"):
        check_chain(rows[:4], written_down=head)
    other, _other_head = _chain()
    with pytest.raises(DataProblem, match="rewritten: event 6"):
        check_chain(other, written_down=head)


@pytest.mark.parametrize("text", ["", "6", "6:abc", f"x:{'0' * 64}", f"6:{'0' * 63}"])
def test_what_is_no_head_is_said_not_to_be(text):
    with pytest.raises(DataProblem, match="is not the head of an audit trail"):
        read_head(text)


def test_a_register_whose_trail_was_cut_off_says_so_itself(sqlite_url):
    register = open_register(sqlite_url)
    for _number in range(4):
        register.write(event(), lambda _connection: None)

    def cut(connection):
        connection.execute(sa.text("DROP TRIGGER audit_event_is_kept_delete"))
        connection.execute(sa.text("DELETE FROM audit_event WHERE event_id > 2"))

    engine.writing(register._engine, cut)
    with pytest.raises(DataProblem, match="ends at event 2, and the register counted 4"):
        register.check_audit()
    register.close()
