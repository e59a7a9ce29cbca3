"""How long records are kept, and what keeps them longer, by the command line alone."""

import csv
import io
import re
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from briefing import workspace
from spaces import schema
from spaces.audit import AuditEvent
from tests.commands.test_register_commands import agreed, area, ok, refused

__all__ = ["agreed", "area"]


def test_a_rule_is_changed_with_its_reason(agreed):
    assert "incident,1095" in ok("keep").out.splitlines()
    assert "incident,400" in ok("keep", "incident", 400, "--because", "the partnership decided").out.splitlines()
    assert "incident,400" in ok("keep").out.splitlines()
    assert "session,300" in ok("keep", "session", 300, "--because", "the young people asked for it").out.splitlines()


def test_what_young_people_and_staff_said_here_is_counted_by_a_purge_and_goes(agreed):
    harm = schema.institutional_harms
    values = {column.name: "" for column in harm.columns} | {"version": 1, "kept_at": datetime.now(UTC), "how_many": 1}
    values |= {"first_day": date(2001, 1, 1), "last_day": date(2001, 1, 1)}
    opened = workspace.open_workspace(workspace.area_folder())
    audit = AuditEvent("tests", "harm logged", "a test", "tests")
    opened.register.write(audit, lambda connection: connection.execute(sa.insert(harm).values(values)))
    opened.register.close()
    shown = ok("purge")
    assert ("institutional_harm,,2001,1" in shown.out.splitlines(), "1 record would be deleted" in shown.err) == (True, True)
    assert "1 record is deleted" in ok("purge", "--do").err
    assert ok("purge").out.splitlines() == ["record_type,agency,year,records"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("incident",), "Say for how many days"),
        (("nonsense", 400, "--because", "x"), "is not a kind of record"),
        (("incident", 400), "Give the reason"),
        (("incident", 1, "--because", "the partnership decided"), "at least"),
    ],
)
def test_what_is_no_rule_is_refused(agreed, arguments, said):
    assert said in refused("keep", *arguments)
    assert "incident,1095" in ok("keep").out.splitlines()


def test_a_hold_keeps_from_erasing_until_it_is_lifted(agreed):
    ok("import", agreed / "rows.csv")
    number = re.search(r"[0-9a-f]{32}", ok("hold", "place", "incident", "3", "--because", "a claim against the council").err)[0]
    (row,) = csv.DictReader(io.StringIO(ok("hold", "list").out))
    assert (row["scope"], row["value"], row["hold_id"]) == ("incident", "3", number)
    assert "under a legal hold" in refused("rights", "erase", "--agency", "Police", "--reference", "V3")
    ok("hold", "lift", number)
    ok("rights", "erase", "--agency", "Police", "--reference", "V3")
    assert "lifted before" in refused("hold", "lift", number)


@pytest.mark.parametrize("arguments", [("agency",), ("everything", "x"), ("incident", " ")])
def test_a_hold_of_nothing_is_refused(agreed, arguments):
    assert "A legal hold is of an agency" in refused("hold", "place", *arguments, "--because", "a claim")
