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

from spaces import imports, intake, personal, pseudonyms, rights, row_keys, schema, storing
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


@pytest.mark.parametrize(("column", "value"), [("child_ref", None), ("role", "harmed_others"), ("location_role", "found_at")])
def test_a_row_whose_child_or_role_was_another_is_corrected_and_not_added(register, column, value):
    take_in(register, ROW, ROW | {"incident_id": "2"})
    assert _counts(register, take_in(register, ROW | {column: value}, ROW | {"incident_id": "2"})) == (0, 1, 1, 0)
    assert len(register.records()) == 2
    assert _counts(register, take_in(register, ROW | {column: value})) == (0, 0, 1, 0)


def test_a_row_whose_child_was_not_known_is_corrected_and_not_added(register):
    take_in(register, ROW | {"child_ref": None})
    assert _counts(register, take_in(register, ROW)) == (0, 1, 0, 0)


def test_another_child_of_an_incident_never_takes_the_first_ones_record(register):
    take_in(register, ROW)
    prepared = _prepared(register, ROW | {"child_ref": "V2"}, ROW | {"incident_id": "2"})
    assert imports.compare(register, prepared).other_children == 1
    import_id = imports.take_in(register, prepared, audit=event("file imported"))
    assert _counts(register, import_id) == (2, 0, 0, 0)
    assert register.records()["child_ref"].tolist() == [KEYS.pseudonym("Police", child) for child in ("V1", "V2", "V1")]
    told = imports.problems_of(register, import_id)
    assert told[["row", "problem", "refused"]].to_numpy().tolist() == [[2, imports.ANOTHER_CHILD, False]]


def test_of_several_rows_of_an_incident_each_takes_the_record_of_its_own_child(register):
    take_in(register, ROW | {"child_ref": "V2"}, ROW)
    other_role = {"role": "harmed"}
    import_id = take_in(register, ROW | other_role, ROW | other_role | {"child_ref": "V2"}, ROW | other_role | {"child_ref": "V3"})
    assert _counts(register, import_id) == (1, 2, 0, 0)
    assert register.records()["child_ref"].tolist() == [KEYS.pseudonym("Police", child) for child in ("V2", "V1", "V3")]


def test_what_is_here_of_a_refused_row_is_taken_by_no_other_row(register):
    take_in(register, ROW | {"harm_type": "missing"})
    refused = ROW | {"location_text": "call 07700 900123"}
    assert _counts(register, take_in(register, refused, ROW | {"child_ref": None})) == (1, 0, 0, 1)
    assert register.records()["harm_type"].tolist() == ["missing", "robbed"]


@pytest.mark.parametrize("column", ["incident_id", "child_ref"])
def test_a_number_that_a_spreadsheet_shortened_is_refused(register, column):
    import_id = take_in(register, ROW | {column: "4.34235E+11"}, ROW | {"incident_id": "2", column: "4E5"})
    told = imports.problems_of(register, import_id)
    assert told[["row", "column", "problem", "refused"]].to_numpy().tolist() == [[2, column, imports.SHORTENED_NUMBER, True]]


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
@settings(max_examples=25)
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


@pytest.mark.parametrize("named", ["Total", "grand total:", "Sub-total", "Cyfanswm"])
@pytest.mark.parametrize("where", ["incident_id", "occurred_from", "location_text", "Weather"])
def test_a_total_under_the_table_is_no_record(tmp_path, named, where):
    path = tmp_path / "log.csv"
    columns = ["incident_id", "agency", "occurred_from", "harm_type", "location_text", "severity", "Weather"]
    total = dict.fromkeys(columns, "") | {"agency": "Police", "severity": "412"} | {where: named}
    record = dict.fromkeys(columns, "") | {
        "agency": "Police",
        "occurred_from": "2024-10-03",
        "location_text": "Total Garage",
        "Weather": named,
    }
    pd.DataFrame([record, total, dict.fromkeys(columns, "") | {"incident_id": "7", "agency": "Police"}]).to_csv(path, index=False)
    file = imports.prepare(intake.read(path, today=date(2026, 1, 1)), path, None, KEYS)
    assert file.rows["source_row"].to_list() == [2, 4], "what only says little is one all the same"
    assert imports.TOTAL in file.problems.loc[file.problems["refused"], "problem"].tolist()


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


NHS_NUMBERS = [f"999{nine:06}{check}" for nine in range(40) for check in range(10) if personal.nhs_numbers(f"999{nine:06}{check}")]


@pytest.mark.parametrize(
    ("numbers", "refused"),
    [
        (["N1", "943 476 5919", "N2"], [3]),
        (["943 476 5919"], [2]),
        (["N1", "9434765919", "N2"], [3]),
        (["1", "9434765919", "12", "123"], [3]),
        (["N1", "07700 900123", "+447700900123", "N2", "N3"], [3, 4]),
        ([f"07700 900{n:03}" for n in range(5)], range(2, 7)),
        (NHS_NUMBERS, range(2, 2 + len(NHS_NUMBERS))),
        ([str(4_820_017_700 + n) for n in range(60)], []),
        ([f"05/24/{n:07}" for n in range(60)], []),
        (["07700900123", "07700900124", "07700900125", None], [2, 3, 4]),
        (["07700900123", *(f"{n:011}" for n in range(9))], []),
        ([f"07700-900{n:03}" for n in range(9)], range(2, 11)),
        (["9434765919"], [2]),
        (["9434765919", "9434765918"], [2]),
    ],
    ids=[
        "as it is written", "alone", "among others", "among shorter ones", "telephone numbers among others", "nothing else", "NHS numbers",
        "one in eleven by chance", "as long as a telephone number", "running, from nought seven", "one among others of its form",
        "with a dash", "too few to be by chance", "of two",
    ],
)  # fmt: skip
def test_an_incident_number_may_look_like_a_childs_only_where_its_column_does_by_chance(register, numbers, refused):
    import_id = take_in(register, *(ROW | {"incident_id": number} for number in numbers))
    problems = imports.problems_of(register, import_id)
    assert problems["row"].tolist() == [*refused]
    assert set(problems["column"]) <= {"incident_id"}
    assert problems["refused"].all()


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


# Nothing that somebody objects to.


def _restrict(register, reference="V1"):
    rights.restrict(register, KEYS, "Police", reference, audit=event("records restricted"))


def _restricted(register):
    columns = schema.records.c
    query = sa.select(columns.incident_id, columns.restricted).order_by(columns.record_id)
    return [tuple(row) for row in register.read(lambda connection: connection.execute(query).all())]


def test_what_is_added_of_a_restricted_child_is_restricted_and_of_nobody_else(register):
    take_in(register, ROW)
    _restrict(register)
    of_others = [ROW | {"incident_id": "3", "child_ref": "V2"}, ROW | {"incident_id": "4", "agency": "Schools"}]
    take_in(register, ROW | {"incident_id": "2"}, *of_others, UNNUMBERED | {"child_ref": None})
    assert _restricted(register) == [("1", True), ("2", True), ("3", False), ("4", False), (None, False)]
    assert register.records()["incident_id"].dropna().tolist() == ["3", "4"]
    rights.unrestrict(register, KEYS, "Police", "V1", audit=event("records unrestricted"))
    take_in(register, ROW | {"incident_id": "5"})
    assert not any(restricted for _number, restricted in _restricted(register))


def test_a_changed_record_keeps_its_restriction_and_one_that_comes_to_be_a_restricted_childs_takes_it_on(register):
    other = ROW | {"incident_id": "2", "child_ref": None}
    take_in(register, ROW, other)
    _restrict(register)
    take_in(register, ROW | {"harm_type": "missing"}, other | {"harm_type": "missing"})
    assert _restricted(register) == [("1", True), ("2", False)]
    take_in(register, ROW, other | {"child_ref": "V1"})
    assert _restricted(register) == [("1", True), ("2", True)]


# Many rows at once.


def _indexes(register):
    return register.read(lambda connection: sorted(index["name"] for index in sa.inspect(connection).get_indexes("record")))


def test_many_rows_leave_every_index_as_it_was_whether_they_come_in_or_not(register, monkeypatch):
    monkeypatch.setattr(storing, "ROWS_AT_ONCE", 40)
    before = _indexes(register)
    assert len(before) >= len(schema.records.indexes)
    rows = [ROW | {"incident_id": str(number), "child_ref": f"V{number % 7}"} for number in range(140)]
    done = []

    def stop_at_the_end(share):
        done.append(share)
        if share == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.take_in(register, _prepared(register, *rows), audit=event("file imported"), progress=stop_at_the_end)
    assert done == sorted(done)
    assert len(done) == 4
    assert _indexes(register) == before
    assert register.records().empty
    for some in (rows, rows[:5], [row | {"agency": "Schools"} for row in rows]):
        take_in(register, *some)
        assert _indexes(register) == before
    assert len(register.records()) == 280
    if register.dialect == "sqlite":
        assert register.read(lambda connection: connection.exec_driver_sql("PRAGMA integrity_check").scalar()) == "ok"


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
