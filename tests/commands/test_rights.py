"""One thing of one record is corrected by the command line, from the agency's own reference, and what it said before stays."""

from __future__ import annotations

import csv
import io

import pytest

from tests.commands.test_register_commands import agreed, area, ok, refused
from tests.dates import LAST_YEAR

__all__ = ["agreed", "area"]

OF_V3 = ("--agency", "Police", "--reference", "V3")


def _shown(*of):
    return list(csv.DictReader(io.StringIO(ok("rights", "show", *of).out.lstrip("\ufeff"))))


def _correct(record_id, column, value, of=OF_V3):
    return ("rights", "correct", *of, "--record", record_id, "--column", column, "--value", value)


@pytest.fixture
def record_id(agreed):
    ok("import", agreed / "rows.csv")
    return _shown(*OF_V3)[0]["record_id"]


def test_a_word_a_date_and_nothing_are_corrections_and_the_version_before_stays(record_id):
    assert "1 record is put right, and what it said before is kept." in ok(*_correct(record_id, "harm_type", "harassment")).err
    ok(*_correct(record_id, "reported_on", f"{LAST_YEAR}-11-02"))
    ok(*_correct(record_id, "age_band", ""))
    ok(*_correct(record_id, "proactive", "yes"))
    versions = [row for row in _shown(*OF_V3) if row["record_id"] == record_id]
    assert [row["version"] for row in versions] == ["1", "2", "3", "4", "5"]
    assert [row["harm_type"] for row in versions] == ["robbed", *["harassment"] * 4]
    now = versions[-1]
    assert (now["reported_on"], now["age_band"], now["proactive"], now["file"]) == (f"{LAST_YEAR}-11-02T00:00:00", "", "true", "rows.csv")
    assert [row["current"] for row in versions] == ["false"] * 4 + ["true"]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("harm_type", "mischief", "“mischief” is not one of the words of harm_type"),
        ("harm_type", "robbed", "The record says that already"),
        ("occurred_from", "soon", "occurred_from takes a date"),
        ("occurred_from", "2026-03-01T18:30Z", "occurred_from takes a date"),
        ("occurred_from", "2126-03-01", "2126-03-01 00:00:00 is before 1990 or in the future"),
        ("occurred_from", "1926-03-01", "is before 1990 or in the future"),
        ("proactive", "", "proactive takes a date or yes or no"),
        ("easting", "600400", "easting is not corrected by hand"),
        ("nonsense", "x", "nonsense is not corrected by hand"),
        ("location_text", "lives at 3 Mill Lane", "What was given for “Where, in words” looks like who a child is"),
        ("child_ref", "Grace Jones", "looks like who a child is"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(record_id, column, value, said):
    before = ok("rights", "show", *OF_V3).out
    assert said in refused(*_correct(record_id, column, value))
    assert ok("rights", "show", *OF_V3).out == before


def test_a_record_of_another_child_is_not_corrected_by_a_slip_of_the_finger(record_id):
    of_v4 = ("--agency", "Police", "--reference", "V4")
    for of, number in ((of_v4, record_id), (OF_V3, 999_999)):
        assert f"Record {number} is not one of this child's" in refused(*_correct(number, "harm_type", "harassment", of))
    assert [row["harm_type"] for row in _shown(*OF_V3)] == ["robbed"] * 6


def test_it_would_not_end_before_it_begins(record_id):
    assert "It would end before it begins" in refused(*_correct(record_id, "occurred_to", f"{LAST_YEAR - 1}-12-31"))


def test_a_reference_is_taken_without_the_blanks_around_it(record_id):
    assert len(_shown("--agency", "Police", "--reference", " V3 ")) == 6
    assert "Give the agency's own reference" in refused("rights", "show", "--agency", "Police", "--reference", " ")


def test_the_trail_says_who_and_what_and_no_reference(record_id, agreed):
    ok(*_correct(record_id, "child_ref", "V-NEW-77"))
    register = agreed / "data" / "seaside" / "register.sqlite"
    content = b"".join(file.read_bytes() for file in register.parent.glob("register.sqlite*"))
    assert b"record corrected" in content
    assert b"V-NEW-77" not in content
    assert len([row for row in _shown("--agency", "Police", "--reference", "V-NEW-77") if row["current"] == "true"]) == 1
