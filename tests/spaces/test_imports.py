"""A file comes in whole or not at all; twice changes nothing; what a partner corrects is known again, and what stood before is kept."""

from __future__ import annotations

import dataclasses
from datetime import date

import pandas as pd
import polars as pl
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces import imports, intake, pseudonyms, rights, row_keys, schema
from spaces.register import open_register
from tests.spaces.conftest import KEYS, event, on, records_of, take_in
from words import DataProblem

ROW = {
    "incident_id": "1",
    "agency": "Police",
    "child_ref": "V1",
    "occurred_from": on(1),
    "harm_type": "robbed",
    "location_text": "Lockside Park",
}
UNNUMBERED = ROW | {"incident_id": None}


def _counts(register, import_id):
    row = imports.imports(register).loc[import_id]
    return row["added"], row["changed"], row["unchanged"], row["refused"]


def _versions(register):
    return register.table(sa.select(schema.versions), "record_id")


# Known again.


@pytest.mark.parametrize(
    "rows",
    [[ROW], [UNNUMBERED], [UNNUMBERED] * 3, [ROW, UNNUMBERED, ROW | {"incident_id": "2"}], [ROW, ROW | {"child_ref": "V2"}], [ROW] * 2],
    ids=["numbered", "unnumbered", "three alike without a number", "mixed", "two children in one incident", "the same row twice"],
)
def test_the_same_file_twice_changes_nothing(register, rows):
    first = take_in(register, *rows)
    assert _counts(register, first) == (len(rows), 0, 0, 0)
    before = register.records()
    assert _counts(register, take_in(register, *rows)) == (0, 0, len(rows), 0)
    assert _counts(register, take_in(register, *rows[::-1])) == (0, 0, len(rows), 0), "in whatever order"
    pd.testing.assert_frame_equal(register.records(), before)
    assert _versions(register).empty


def test_one_more_of_what_is_alike_is_one_more_event(register):
    take_in(register, UNNUMBERED, UNNUMBERED)
    assert _counts(register, take_in(register, UNNUMBERED, UNNUMBERED, UNNUMBERED)) == (1, 0, 2, 0)
    assert len(register.records()) == 3


@pytest.mark.parametrize(
    ("column", "value"),
    [("harm_type", "missing"), ("location_text", "Fryer's Passage"), ("occurred_from", on(2)), ("postcode", "QM1 1AA"), ("harm_type", None),
     ("longitude", 1.1), ("proactive", True), ("case_closed_on", on(9))],
)  # fmt: skip
def test_a_corrected_row_takes_the_place_of_the_old_one_which_is_kept(register, column, value):
    take_in(register, ROW)
    head, before = register.records_head(), register.records()
    corrected = ROW | {column: value}
    assert _counts(register, take_in(register, corrected)) == (0, 1, 0, 0)
    now = register.records()
    assert now.index.tolist() == before.index.tolist()
    assert len(_versions(register)) == 1
    then = register.records(as_of=head)
    pd.testing.assert_frame_equal(then, before)
    assert _counts(register, take_in(register, corrected)) == (0, 0, 1, 0)


@pytest.mark.parametrize(
    ("column", "value"), [("child_ref", "V2"), ("child_ref", None), ("role", "harmed_others"), ("location_role", "found_at")]
)
def test_a_row_whose_child_or_role_was_another_is_corrected_and_not_added(register, column, value):
    take_in(register, ROW, ROW | {"incident_id": "2"})
    assert _counts(register, take_in(register, ROW | {column: value}, ROW | {"incident_id": "2"})) == (0, 1, 1, 0)
    assert len(register.records()) == 2
    assert _counts(register, take_in(register, ROW | {column: value})) == (0, 0, 1, 0)


def test_a_second_child_of_an_incident_is_added_beside_the_first(register):
    take_in(register, ROW)
    assert _counts(register, take_in(register, ROW, ROW | {"child_ref": "V2"})) == (1, 0, 1, 0)


def test_the_same_number_of_two_agencies_is_two_incidents(register):
    take_in(register, ROW)
    assert _counts(register, take_in(register, ROW | {"agency": "Schools"})) == (1, 0, 0, 0)


def test_what_a_file_leaves_out_stays(register):
    take_in(register, ROW, ROW | {"incident_id": "2"})
    take_in(register, ROW | {"incident_id": "3"})
    assert sorted(register.records()["incident_id"]) == ["1", "2", "3"]


rows_of_a_file = st.lists(
    st.fixed_dictionaries(
        {"incident_id": st.sampled_from([None, "1", "2"]), "agency": st.sampled_from(["Police", "Schools", None]),
         "child_ref": st.sampled_from([None, "V1", "V2"]), "harm_type": st.sampled_from(["robbed", "missing", None])}
    ), max_size=8,
)  # fmt: skip


@given(rows_of_a_file, rows_of_a_file)
@settings(deadline=None, max_examples=40)
def test_whatever_comes_the_counts_add_up_and_a_repeat_changes_nothing(first, second):
    register = open_register("sqlite://")
    for rows in (first, second, second):
        before = len(register.records())
        added, changed, unchanged, refused = _counts(register, take_in(register, *rows))
        assert added + changed + unchanged + refused == len(rows)
        assert len(register.records()) == before + added
    assert (added, changed) == (0, 0)
    assert register.check_audit().number == 3
    register.close()


def test_a_preview_says_what_will_happen_and_changes_nothing(register):
    take_in(register, ROW, ROW | {"incident_id": "2"}, UNNUMBERED)
    before, head = register.records(), register.records_head()
    new = [ROW | {"harm_type": "missing", "location_text": "High Street"}, ROW | {"incident_id": "3"}, UNNUMBERED]
    prepared = _prepared(register, *new)
    found = imports.compare(register, prepared)
    assert (found.added, found.changed, found.unchanged) == (1, 1, 1)
    assert found.changes == {"harm_type": 1, "location_text": 1}
    pd.testing.assert_frame_equal(register.records(), before)
    assert register.records_head() == head


def _prepared(register, *rows):
    caught = {}

    def keep(_register, prepared, **_more):
        caught["prepared"] = prepared
        return ""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imports, "take_in", keep)
        take_in(register, *rows)
    return caught["prepared"]


def test_an_import_that_is_stopped_leaves_nothing(register):
    take_in(register, ROW)
    prepared = _prepared(register, *(ROW | {"incident_id": str(number)} for number in range(50)))
    before, head = register.records(), register.check_audit()

    def stop(_share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.take_in(register, prepared, audit=event("file imported"), progress=stop)
    pd.testing.assert_frame_equal(register.records(), before)
    assert register.check_audit() == head
    assert len(imports.imports(register)) == 1


# What the partner's own words do not decide.


def test_a_better_gazetteer_changes_no_row_that_is_here(register):
    keyed = row_keys.with_keys(_frame(ROW, UNNUMBERED))
    assert keyed["row_key"].n_unique() == 2
    assert "easting" in row_keys.SAID, "what the partner gave; where we placed it is in no key"
    assert not set(schema.GEOCODE_COLUMNS) & set(row_keys.SAID)


def test_a_key_follows_a_new_pseudonym_and_nothing_else_of_it_changes():
    new = KEYS.rotated()
    old_key, new_key = (
        row_keys.with_keys(_frame(ROW | {"child_ref": keys.pseudonym("Police", "V1")}))["row_key"].item() for keys in (KEYS, new)
    )
    assert old_key != new_key
    moved = pseudonyms.follow(KEYS.pseudonym("Police", "V1"), new.layers[-1])
    assert row_keys.with_another_child(old_key, moved) == new_key


def _frame(*rows):
    return pl.from_pandas(records_of(*rows))


# Nothing that could find a child.


def test_a_childs_reference_is_not_in_the_store(register, tmp_path):
    take_in(register, *(ROW | {"incident_id": str(n), "child_ref": f"REFERENCE-{n}"} for n in range(20)))
    register.close()
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    assert b"REFERENCE-" not in content
    told = register.records().to_csv() + register.audit_trail().to_csv() + imports.imports(register).to_csv()
    assert "REFERENCE-" not in told


def test_a_house_is_its_street_and_its_position_is_that_of_a_street(register):
    house = ROW | {"location_text": "14 Marsh Lane", "easting": 497_123.0, "northing": 180_456.0, "uprn": "100012345678"}
    take_in(register, house, ROW | {"incident_id": "2", "easting": 497_123.0, "northing": 180_456.0})
    at_house, at_park = (row for _id, row in register.records().iterrows())
    assert at_house["location_text"] == "Marsh Lane"
    assert (at_house["easting"], at_house["northing"], at_house["precision_m"]) == (497_150.0, 180_450.0, 100.0)
    assert pd.isna(at_house["uprn"])
    assert at_park["easting"] == pytest.approx(497_123.0, abs=0.01)


def test_a_home_is_never_a_location(register):
    import_id = take_in(register, ROW | {"location_text": "Home", "easting": 497_123.0, "northing": 180_456.0, "postcode": "SL1 1AA"})
    (row,) = (row for _id, row in register.records().iterrows())
    assert row[["location_text", "easting", "northing", "longitude", "postcode"]].isna().all()
    assert imports.problems_of(register, import_id)["problem"].tolist() == [imports.HOME_ONLY]
    assert _counts(register, import_id)[0] == 1, "what happened still counts"


@pytest.mark.parametrize("reference", ["Jane Sample", "jane@example.org", "07700 900123"])
def test_a_reference_that_is_a_person_is_refused(register, reference):
    import_id = take_in(register, ROW | {"child_ref": reference}, ROW)
    refused = imports.problems_of(register, import_id)
    assert refused["row"].tolist() == [2]
    assert refused["refused"].all()
    assert _counts(register, import_id) == (1, 0, 0, 1)
    assert reference not in refused.to_csv()


def test_a_file_made_ready_before_an_erasure_does_not_bring_the_child_back(register, tmp_path):
    take_in(register, ROW)
    prepared = _prepared(register, ROW | {"incident_id": "2"})
    rights.erase(register, KEYS, "Police", "V1", kept_in=tmp_path / "ledger", audit=event("records erased"))
    with pytest.raises(DataProblem, match="was erased since it was looked at"):
        imports.take_in(register, prepared, audit=event("file imported"))
    assert register.records().empty
    assert _counts(register, take_in(register, ROW | {"incident_id": "3"})) == (0, 0, 0, 1)


def test_a_file_made_ready_under_another_key_is_refused(register):
    take_in(register, ROW)
    other = dataclasses.replace(_prepared(register, ROW | {"incident_id": "2"}), keys=pseudonyms.Keys((b"o" * 32,)))
    with pytest.raises(DataProblem, match="under another pseudonym key"):
        imports.take_in(register, other, audit=event("file imported"))
    assert len(register.records()) == 1
    assert "oooo" not in repr(other)


# Real files.


@pytest.mark.parametrize(
    ("file", "rows", "alike"),
    [("2018-07-west-yorkshire-street.csv", 31_635, 1_563), ("slough-street-2018-06_2022.csv", 10_717, None)],
)
def test_a_real_file_comes_in_whole_and_a_second_time_changes_nothing(register, shared_data, file, rows, alike):
    path = shared_data / "police_uk" / file
    prepared = imports.prepare(intake.read(path, today=date(2026, 1, 1)), path, None, KEYS)
    assert _counts(register, imports.take_in(register, prepared, audit=event("file imported"))) == (rows, 0, 0, 0)
    assert _counts(register, imports.take_in(register, prepared, audit=event("file imported"))) == (0, 0, rows, 0)
    assert len(register.records()) == rows
    if alike is not None:
        whole = pd.read_csv(path, dtype=str)
        assert whole.duplicated().sum() == alike, "the file's own exact repeats, all of them without a number"
