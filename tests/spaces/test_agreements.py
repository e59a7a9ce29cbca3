"""Real data comes in as far as somebody agreed to it, and goes when the agreement does."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import geocode
from spaces import agreements, imports, model, retention, schema
from spaces.agreements import Agreement
from spaces.register import INVENTED, REAL, open_register
from tests.spaces.conftest import event, on
from tests.spaces.partner import counted, prepared, stored
from words import DataProblem

TODAY = date(2025, 4, 1)
POLICE = Agreement(
    source="Police", controller="The Chief Constable", instrument="sharing agreement", reference="ISA-7", purpose="finding places of harm",
    basis_children="public task", permitted=model.INCIDENT_COLUMNS, review_on=date(2025, 4, 1), basis_young_adults="public task",
)  # fmt: skip
ROW = {
    "incident_id": "1", "agency": "Police", "child_ref": "K-1", "occurred_from": on(1), "harm_type": "robbed", "age_band": "14-15",
    "role": "harmed", "severity": "unmistakable", "easting": 497_050.0, "northing": 180_050.0, "proactive": True,
}  # fmt: skip
OPEN = {"agency": "police.uk", "record_type": "context", "harm_type": "recorded_crime", "occurred_from": on(1)}


def _agree(register, *every):
    if not register.info(agreements.DPIA):
        agreements.record_dpia(register, "DPIA-1", audit=event("assessment recorded"))
    return [agreements.record_agreement(register, agreement, audit=event("agreement recorded")) for agreement in every]


def _agreed(register, *rows, today=TODAY, **same):
    return agreements.as_agreed(register, prepared(*rows, **same), today)


def _bring(register, *rows):
    file = _agreed(register, *rows)
    found = imports.compare(register, file)
    imports.take_in(register, file, audit=event("file imported"))
    return found.added, found.changed, found.unchanged


def _refused(register, message, *agencies, today=TODAY):
    with pytest.raises(DataProblem, match=message):
        agreements.check_may_import(register, agencies or ["Police"], today)


# What has to be there.


def test_each_step_is_asked_for_in_turn_and_named(register):
    _refused(register, "No data protection impact assessment is recorded.*Record its reference first")
    agreements.record_dpia(register, "DPIA-1", audit=event())
    _refused(register, "There is no agreement with Police.*Record one first")
    _agree(register, POLICE)
    agreements.check_may_import(register, ["Police"], TODAY)
    _refused(register, "no agreement with Schools", "Police", "Schools")
    _refused(register, "Police was to be reviewed by 1 April 2025.*record it anew", today=date(2025, 4, 2))
    agreements.withdraw(register, "Police", audit=event())
    _refused(register, "agreement with Police was withdrawn.*Record a new one")
    _agree(register, POLICE)
    agreements.check_may_import(register, ["Police"], TODAY)


def test_a_register_of_invented_records_needs_none(register_url):
    register = open_register(register_url, kind=INVENTED)
    agreements.check_may_import(register, ["Police"], TODAY)
    file = prepared(ROW, {**ROW, "age_band": "18-25"})
    assert agreements.as_agreed(register, file, TODAY) is file
    register.close()


@pytest.mark.parametrize("kind", ["", REAL])
def test_a_register_that_does_not_say_so_is_a_real_one(register_url, kind):
    register = open_register(register_url, kind=kind)
    _refused(register, "impact assessment")
    register.close()


@pytest.mark.parametrize(
    "name", [name for name in inspect.signature(Agreement).parameters if name not in {"permitted", "review_on", "basis_young_adults"}]
)
def test_an_agreement_that_leaves_something_out_is_refused(register, name):
    with pytest.raises(DataProblem, match=f"does not say its {name.replace('_', ' ')}"):
        _agree(register, replace(POLICE, **{name: "  "}))
    assert agreements.agreements(register).empty


def test_an_instrument_or_a_column_that_is_none_is_refused(register):
    with pytest.raises(DataProblem, match=r"a handshake.*sharing agreement, WASPI document"):
        _agree(register, replace(POLICE, instrument="a handshake"))
    with pytest.raises(DataProblem, match="shoe_size: there are no such columns"):
        _agree(register, replace(POLICE, permitted=("agency", "shoe_size")))
    with pytest.raises(DataProblem, match="no reference"):
        agreements.record_dpia(register, " ", audit=event())


def test_a_newer_agreement_takes_the_place_of_the_older_which_stays_in_the_history(register):
    old, new = _agree(register, POLICE, replace(POLICE, review_on=date(2026, 1, 1), reference="ISA-8"))
    (schools,) = _agree(register, replace(POLICE, source="Schools"))
    every = agreements.agreements(register)
    assert every["withdrawn_at"].isna().to_dict() == {old: False, new: True, schools: True}
    assert set(every["permitted"].loc[new]) == set(model.INCIDENT_COLUMNS)
    agreements.check_may_import(register, ["Police"], date(2025, 12, 1))


# What comes in.


def test_young_adults_of_a_source_without_a_basis_for_them_stay_out(register):
    _agree(register, replace(POLICE, basis_young_adults=""), replace(POLICE, source="Schools"))
    young = {**ROW, "age_band": "18-25"}
    file = _agreed(register, ROW, young, {**young, "agency": "Schools"}, {**ROW, "age_band": None})
    assert file.rows["source_row"].to_list() == [2, 4, 5]
    assert file.problems[["row", "column", "problem", "refused"]].to_numpy().tolist() == [[3, "age_band", agreements.NO_BASIS, True]]


def test_a_column_that_is_not_permitted_is_emptied_and_said_to_be(register):
    permitted = [name for name in model.INCIDENT_COLUMNS if name not in {"severity", "proactive", "sex", "agency", "occurred_from"}]
    _agree(register, replace(POLICE, permitted=tuple(permitted)), replace(POLICE, source="Schools"))
    witness = {**ROW, "role": "witness"}  # counts for nobody with or without `proactive`
    file = _agreed(register, witness, {**ROW, "agency": "Schools"}, {**witness, "incident_id": "2"})
    assert file.rows["severity"].to_list() == [None, "unmistakable", None]
    assert file.rows["proactive"].to_list() == [False, True, False]
    assert file.rows["occurred_from"].null_count() == file.rows["agency"].null_count() == 0, "always permitted"
    assert sorted(file.problems["column"]) == ["proactive", "severity"], "nothing is said of a column that was empty"
    assert not file.problems["refused"].any()
    imports.take_in(register, file, audit=event())
    assert counted(register) == 3


@pytest.mark.parametrize(
    ("not_permitted", "placed"),
    [({"easting"}, False), ({"easting", "longitude"}, False), ({"postcode"}, True), ({"longitude"}, True), ({"location_text"}, True)],
)
def test_a_position_is_kept_where_what_it_came_from_is_permitted(register, not_permitted, placed):
    placed |= not_permitted == {"easting"}  # degrees may still come, and say the same
    _agree(register, replace(POLICE, permitted=tuple(set(model.INCIDENT_COLUMNS) - not_permitted)))
    file = _agreed(register, ROW)
    assert file.rows["easting"].is_not_null().to_list() == file.rows["latitude"].is_not_null().to_list() == [placed]
    assert file.rows["method"].to_list() == ["coordinates" if placed else "none"]
    assert ("position" in file.problems["column"].to_list()) != placed


ALL_SAID = {"location_text": "Mill Lane", "postcode": "ZQ1"}


@pytest.mark.parametrize(
    ("method", "said", "needed"),
    [
        ("coordinates", {"location_text": "Mill Lane"}, ()),
        ("coordinates", {"location_text": "51.51051, -0.59502"}, ("location_text",)),
        ("coordinates", {"location_text": "497600, 180100"}, ("location_text",)),
        ("grid_reference", {"location_text": "SU 97800 80100", "postcode": "ZQ1 1AA"}, ("location_text",)),
        ("uprn", {}, ("uprn",)),
        ("uprn", {"location_text": "UPRN 100012345678"}, ("uprn", "location_text")),
        ("postcode", {"postcode": "ZQ1 1AA"}, ("postcode",)),
        ("postcode", {"postcode": "ZQ1 1AA", "location_text": "Mill Lane"}, ("postcode",)),
        ("postcode", {"location_text": "Mill Lane ZQ1 1AA"}, ("location_text",)),
        ("postcode", {"postcode": "ZQ1 1AB", "location_text": "0.0, 0.0, ZQ1 1AA"}, ("postcode", "location_text")),
        ("address", ALL_SAID, ("location_text", "postcode")),
        ("address", {"location_text": "12 Mill Lane"}, ("location_text",)),
        ("street", ALL_SAID, ("location_text", "postcode")),
        ("street", {"location_text": "Mill Lane"}, ("location_text",)),
        ("place", ALL_SAID, ("location_text", "postcode")),
        ("place", {"postcode": "ZQ1"}, ("postcode",)),
        ("area", {"postcode": "ZQ1"}, ("postcode",)),
        ("area", {"location_text": "Castleton"}, ("location_text",)),
        ("none", ALL_SAID, ()),
    ],
)
def test_a_position_goes_with_each_column_that_it_may_have_come_from(register, method, said, needed):
    file = prepared({**ROW, **said})
    placed = replace(file, rows=file.rows.with_columns(method=pl.lit(method), feature=pl.lit("street:4")))
    for column in ("location_text", "postcode", "uprn"):
        _agree(register, replace(POLICE, permitted=tuple(set(model.INCIDENT_COLUMNS) - {column})))
        kept = agreements.as_agreed(register, placed, TODAY).rows
        stays = column not in needed
        assert kept["method"].to_list() == [method if stays else "none"], column
        assert kept["easting"].is_not_null().to_list() == kept["feature"].is_not_null().to_list() == [stays], column


def test_every_method_of_the_geocoder_says_what_it_places_from(register):
    assert {*agreements.PLACED_FROM, "none"} == set(geocode.METHODS)
    file = prepared(ROW)
    placed = replace(file, rows=file.rows.with_columns(method=pl.lit("something new")))
    _agree(register, replace(POLICE, permitted=tuple(set(model.INCIDENT_COLUMNS) - {"sex"})))
    assert agreements.as_agreed(register, placed, TODAY).rows["method"].to_list() == ["none"]


@given(gone=st.sets(st.sampled_from([name for name in model.INCIDENT_COLUMNS if name not in agreements.ALWAYS_PERMITTED])))
@settings(max_examples=25)
def test_whatever_is_permitted_the_same_file_twice_changes_nothing_and_keys_tell_nothing(gone):
    register = open_register("sqlite://")
    _agree(register, replace(POLICE, permitted=tuple(set(model.INCIDENT_COLUMNS) - gone)))
    harmed = {**ROW, "proactive": False}
    rows = [
        harmed,
        harmed,
        {**harmed, "child_ref": "K-2"},
        {**harmed, "incident_id": None},
        {**harmed, "incident_id": "2", "sex": "female"},
    ]
    assert _bring(register, *rows) == (5, 0, 0)
    assert _bring(register, *rows) == (0, 0, 5)
    found = register.records()
    assert found[[name for name in gone if name not in {"proactive", *model.NUMBER_COLUMNS}]].isna().all(axis=None)
    children = [row[0] for row in stored(register, schema.records, "row_key")]
    assert not ("child_ref" in gone and any(key.split("-")[1] for key in children))
    register.close()


def test_a_column_that_is_permitted_again_comes_in_with_the_same_file(register):
    _agree(register, replace(POLICE, permitted=tuple(set(model.INCIDENT_COLUMNS) - {"severity"})))
    assert _bring(register, ROW) == (1, 0, 0)
    _agree(register, POLICE)
    assert _bring(register, ROW) == (0, 1, 0)
    assert register.records()["severity"].tolist() == ["unmistakable"]


@pytest.mark.parametrize(
    ("column", "value"), [("role", "harmed_others"), ("role", model.NOT_UNDERSTOOD), ("age_band", model.OLDER), ("age_band", "18-25"),
                          ("location_role", "missing_from"), ("proactive", True)],
)  # fmt: skip
def test_what_an_agreement_leaves_out_makes_nobody_a_harmed_child(register, column, value):
    _agree(register, replace(POLICE, permitted=tuple(set(model.INCIDENT_COLUMNS) - set(agreements.DECIDE_WHO_COUNTS))))
    harmed = {**ROW, "proactive": False}
    file = _agreed(register, harmed, {**harmed, "incident_id": "2", column: value})
    assert file.rows["source_row"].to_list() == [2]
    assert file.problems.loc[file.problems["refused"], ["row", "problem"]].to_numpy().tolist() == [[3, agreements.WOULD_COUNT]]


def test_a_row_without_a_number_is_known_again_whatever_the_rest_of_its_file_holds(register):
    _agree(register, replace(POLICE, permitted=tuple(set(model.INCIDENT_COLUMNS) - {"severity", "sex"})))
    row = {**ROW, "incident_id": None, "severity": None}
    assert _bring(register, row) == (1, 0, 0)
    assert _bring(register, row, {**row, "harm_type": "missing", "severity": "high"}) == (1, 0, 1)
    _agree(register, replace(POLICE, permitted=tuple(set(model.INCIDENT_COLUMNS) - {"sex"})))
    assert _bring(register, row) == (0, 1, 0), "changed, and not doubled"


def test_open_data_is_what_a_built_in_profile_reads_as_such_whatever_rows_call_themselves(register):
    file = replace(prepared(OPEN, OPEN), profile="police.uk street-level crime")
    assert agreements.as_agreed(register, file, TODAY) is file
    with pytest.raises(DataProblem, match="impact assessment"):
        _agreed(register, OPEN)
    _agree(register, POLICE)
    with pytest.raises(DataProblem, match=r"no agreement with police\.uk"):
        _agreed(register, OPEN)


def test_a_row_of_no_agreement_is_refused_and_the_rest_goes_on(register):
    _agree(register, POLICE, replace(POLICE, source="Schools", review_on=date(2025, 3, 31)))
    file = _agreed(register, ROW, {**ROW, "agency": "Total"}, {**ROW, "agency": "Schools"})
    assert file.rows["source_row"].to_list() == [2]
    assert file.problems[["row", "column", "problem", "refused"]].to_numpy().tolist() == [
        [row, "agency", agreements.NO_AGREEMENT, True] for row in (3, 4)
    ]
    with pytest.raises(DataProblem, match="no agreement with Total"):
        _agreed(register, {**ROW, "agency": "Total"}, {**ROW, "agency": None})


@pytest.mark.parametrize("ended", ["withdrawn", "replaced"])
def test_an_agreement_that_ends_between_the_look_and_the_taking_in_keeps_the_file_out(register, ended):
    _agree(register, POLICE)
    file = _agreed(register, ROW)
    if ended == "withdrawn":
        agreements.withdraw(register, "Police", audit=event())
    else:
        _agree(register, replace(POLICE, permitted=("agency",)))
    with pytest.raises(DataProblem, match="ended since it was looked at"):
        imports.take_in(register, file, audit=event())
    assert counted(register) == 0


def test_what_is_here_of_a_refused_row_is_kept_for_it_where_columns_are_left_out_too(register):
    _agree(register, replace(POLICE, permitted=tuple(set(model.INCIDENT_COLUMNS) - {"role"})))
    harmed = {**ROW, "proactive": False, "harm_type": "missing"}
    assert _bring(register, harmed) == (1, 0, 0)
    assert _bring(register, {**harmed, "role": "witness"}, {**harmed, "child_ref": None}) == (1, 0, 0)


def test_a_row_that_does_not_say_whose_it_is_is_refused(register):
    _agree(register, POLICE)
    file = _agreed(register, {**ROW, "agency": None}, ROW)
    assert file.rows["source_row"].to_list() == [3]
    assert file.problems["problem"].tolist() == [agreements.NO_SOURCE]


# What goes.


def test_a_withdrawn_source_takes_all_it_gave_and_leaves_counts(register, tmp_path):
    _agree(register, replace(POLICE, basis_young_adults=""), replace(POLICE, source="Schools"))
    _bring(register, ROW, {**ROW, "incident_id": "2", "age_band": "18-25"})
    _bring(register, {**ROW, "severity": "unmistakable too"})
    _bring(register, {**ROW, "agency": "Schools", "severity": "low"})
    assert (counted(register, schema.versions), counted(register, schema.problems)) == (1, 1)
    head = register.records_head()
    assert agreements.withdraw(register, "Police", audit=event("agreement withdrawn")) == 1
    assert register.records_head() > head
    assert register.records()["agency"].tolist() == ["Schools"]
    assert [counted(register, table) for table in (schema.versions, schema.problems, schema.imports)] == [0, 0, 3]
    assert stored(register, schema.purged, "record_type", "agency", "year", "records") == [("incident", "Police", 2025, 1)]
    assert agreements.agreements(register)["withdrawn_at"].isna().sum() == 1
    if register.dialect == "sqlite":
        assert not any(b"unmistakable" in path.read_bytes() for path in tmp_path.glob("register.sqlite*"))
    with pytest.raises(DataProblem, match="agreement with Police was withdrawn"):
        _agreed(register, ROW)


def test_a_source_that_is_not_there_is_said_to_be_and_a_hold_stops_it(register):
    _agree(register, POLICE)
    with pytest.raises(DataProblem, match="Nothing of Polcie is here"):
        agreements.withdraw(register, "Polcie", audit=event())
    _bring(register, ROW)
    retention.place_hold(register, "agency", "Police", "an inquiry", audit=event())
    with pytest.raises(DataProblem, match="legal hold"):
        agreements.withdraw(register, "Police", audit=event())
    assert counted(register) == 1
    agreements.check_may_import(register, ["Police"], TODAY)
