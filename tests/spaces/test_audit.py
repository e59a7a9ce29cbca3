"""An event is fixed once it is made, and knows its moment whatever the machine's clock is set to."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from datetime import UTC, datetime, timedelta

import pytest

from spaces.audit import AuditEvent
from spaces.register import audit_table
from tests.spaces.conftest import event


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
    assert {field.name for field in fields(AuditEvent)} == {column.name for column in audit_table.columns} - {"event_id"}
