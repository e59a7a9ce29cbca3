"""Each partner's file is known by its header and loses no row; what cannot be understood is listed by row and column, never by content."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from spaces import intake, model, repeat_harm
from tests.spaces.conftest import records_of
from words import DataProblem

SAMPLES = Path(__file__).parents[2] / "sample_data"
TODAY = date(2026, 12, 31)
CURES = ("Correct", "Give", "Check", "Add", "add", "leave it empty")

CANONICAL, POLICE, SCHOOLS, CHILDRENS, POLICE_UK = (
    next(profile for profile in intake.profiles() if profile.name == name)
    for name in (
        "Safer Spaces columns", "police crimes and incidents", "school incident log", "children's services referrals",
        "police.uk street-level crime",
    )
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("intake")


def _read(folder, *rows, profile=CANONICAL, header=(), name="partner.csv"):
    """Read rows given by their column, under a profile's header and whatever else they name."""
    columns = list(dict.fromkeys([*profile.header, *header, *(column for row in rows for column in row)]))
    filled = {"agency": "Police", "occurred_from": "2025-03-01"} if profile is CANONICAL else {"Month": "2022-03", "Reported by": "Police"}
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows([filled | row for row in rows])
    (folder / name).write_text(text.getvalue(), "utf-8", newline="")
    return intake.read(folder / name, today=TODAY)


def _listed(read):
    return list(read.problems.itertuples(index=False, name=None))


def _one(folder, profile=CANONICAL, **row):
    """Read one row that must be free of problems, and return its record."""
    read = _read(folder, row, profile=profile)
    assert _listed(read) == []
    return read.records.iloc[0]


# Recognised by header, and nothing lost.


@pytest.mark.parametrize(
    ("file", "name", "agency", "partner"),
    [
        ("marlhaven/police.csv", "police crimes and incidents", "Police", "police"),
        ("marlhaven/childrens_services.xlsx", "children's services referrals", "Children's services", "childrens_services"),
        ("marlhaven/emergency_department.csv", "emergency department assaults", "Emergency department", "emergency_department"),
        ("marlhaven/schools.csv", "school incident log", "Schools", "schools"),
        ("bro-heli/police.csv", "police crimes and incidents", "Police", "police"),
        ("bro-heli/council.csv", "cyngor / council referrals", "Council", "council"),
    ],
)
def test_a_sample_file_is_known_and_read_whole(file, name, agency, partner):
    path = SAMPLES / file
    read = intake.read(path, today=TODAY)
    truth = json.loads((path.parent / "truth.json").read_text("utf-8"))
    assert read.profile.name == name
    assert len(read.records) == truth["rows"][partner]
    assert set(read.records["agency"]) == {agency}
    assert set(read.problems["problem"]) <= {intake.OUTSIDE_GREAT_BRITAIN}
    assert read.records["harm_type"].notna().all()
    planted = {number for place in truth["places"] for number in place["incident_ids"].get(partner, "").split()}
    assert planted <= set(read.records["incident_id"])
    dated = read.records["occurred_from"].dropna().dt.date
    assert (dated.min() >= date(2024, 9, 1), dated.max() <= date(2026, 9, 30)) == (True, True)


def test_the_flags_of_the_sample_are_flags():
    read = intake.read(SAMPLES / "marlhaven" / "youth_flags.csv", today=TODAY)
    assert read.profile.name == "youth service flags"
    assert set(read.records["record_type"]) == {"flag"}
    assert len(read.records) == 250


def test_the_swapped_coordinates_of_the_sample_are_the_ones_listed():
    path = SAMPLES / "marlhaven" / "schools.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        swapped = [row for row, told in enumerate(csv.DictReader(file), 2) if told["Latitude"] and float(told["Latitude"]) < 49]
    assert swapped
    assert _listed(intake.read(path, today=TODAY)) == [(row, "Longitude", intake.OUTSIDE_GREAT_BRITAIN) for row in swapped]


def test_both_languages_of_a_welsh_sheet_mean_the_same():
    with (SAMPLES / "bro-heli" / "council.csv").open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    read = intake.read(SAMPLES / "bro-heli" / "council.csv", today=TODAY).records
    assert len({row["Pryder / Concern"] for row in told}) > read["harm_type"].nunique() > 3
    both = {row["Pryder / Concern"]: harm for row, harm in zip(told, read["harm_type"], strict=True)}
    for words, harm in both.items():
        assert {both.get(part, harm) for part in words.split(" / ")} == {harm}


@pytest.mark.parametrize(
    ("file", "rows", "unplaced", "months"),
    [
        ("slough-street-2018-06_2022.csv", 10_717, 0, 7),
        ("2018-07-west-yorkshire-street.csv", 31_635, 883, 1),
        ("west-wales-street-2022.csv", 35_698, 0, 11),
    ],
)
def test_police_uk_files_are_known_and_lose_no_row(shared_data, file, rows, unplaced, months):
    path = shared_data / "police_uk" / file
    read, told = intake.read(path, today=TODAY), pd.read_csv(path)
    records = read.records
    assert read.profile is POLICE_UK
    assert read.problems.empty
    assert len(records) == len(told) == rows
    assert records.index.tolist() == list(range(2, rows + 2))
    for ours, theirs in [("longitude", "Longitude"), ("latitude", "Latitude")]:
        np.testing.assert_array_equal(records[ours], told[theirs])
    assert records["longitude"].isna().sum() == unplaced
    assert records["incident_id"].isna().sum() == told["Crime ID"].isna().sum()
    assert (set(records["record_type"]), set(records["harm_type"])) == ({"context"}, {"recorded_crime"})
    assert records["child_ref"].isna().all()
    assert records["occurred_from"].nunique() == months
    assert records["occurred_from"].dt.strftime("%Y-%m").tolist() == told["Month"].tolist()


def test_rows_that_are_alike_are_all_kept(shared_data):
    path = shared_data / "police_uk" / "2018-07-west-yorkshire-street.csv"
    told = pd.read_csv(path)
    assert told.duplicated().sum() == 1_563
    records = intake.read(path, today=TODAY).records
    alike = ["occurred_from", "longitude", "latitude", "location_text", "agency", "incident_id"]
    theirs = ["Month", "Longitude", "Latitude", "Location", "Reported by", "Crime ID"]
    assert records.duplicated(alike).sum() == told.duplicated(theirs).sum() >= 1_563


def test_a_column_that_is_missing_is_named(folder):
    (folder / "cut.csv").write_text("Crime ID,Month,Reported by,Longitude,Latitude,Location\n,2022-03,Police,,,\n", "utf-8")
    with pytest.raises(
        DataProblem, match=r"^cut\.csv has no column “Crime type”, which “police\.uk street-level crime” files have\. Add it"
    ):
        intake.read(folder / "cut.csv", today=TODAY)


def test_a_chosen_profile_names_what_it_misses(folder):
    (folder / "cut.csv").write_text("agency,occurred_from\nPolice,2025-03-01\n", "utf-8")
    with pytest.raises(DataProblem, match=r"^cut\.csv has no column “Ref”, which “school incident log” files have\."):
        intake.read(folder / "cut.csv", today=TODAY, profile=SCHOOLS)


def test_half_a_header_is_enough_to_say_which_column_is_missing(folder):
    (folder / "ours.csv").write_text("agency,when\nPolice,2025-03-01\n", "utf-8")
    with pytest.raises(DataProblem, match=r"has no column “occurred_from”, which “Safer Spaces columns” files have"):
        intake.read(folder / "ours.csv", today=TODAY)


def test_columns_nobody_knows_are_one_sentence(folder):
    (folder / "lamps.csv").write_text("Unit No,Mast,Regime\nL1,6,Dimmed\n", "utf-8")
    with pytest.raises(DataProblem, match=r"^lamps\.csv has columns that no profile knows\. Name them as in the README \(incident_id, "):
        intake.read(folder / "lamps.csv", today=TODAY)


def test_more_columns_and_another_order_change_nothing(folder):
    columns = ["Extra", *reversed(POLICE_UK.header), "Context"]
    assert intake.recognise(columns, file="x.csv") is POLICE_UK


def test_rows_keep_the_number_they_have_in_the_file(folder):
    (folder / "gaps.csv").write_text("agency,occurred_from,age_band\n\nPolice,2025-03-01,\n,,\nPolice,2025-03-02,12\n", "utf-8")
    read = intake.read(folder / "gaps.csv", today=TODAY)
    assert read.records.index.tolist() == [3, 5]
    assert _listed(read) == [(5, "age_band", intake.UNKNOWN_CODE)]


# What cannot be understood: missing, and listed by row and column.

TOMORROW = (TODAY + timedelta(days=1)).isoformat()
MISTAKES = [
    ("occurred_from", {"occurred_from": "next Tuesday"}, intake.NOT_A_DATE, ["occurred_from", "occurred_to"]),
    ("occurred_from", {"occurred_from": "2025-02-30"}, intake.NOT_A_DATE, ["occurred_from", "occurred_to"]),
    ("occurred_from", {"occurred_from": "03/04/2025"}, intake.NOT_A_DATE, ["occurred_from", "occurred_to"]),
    ("occurred_from", {"occurred_from": "2025-03-01 25:10"}, intake.NOT_A_DATE, ["occurred_from", "occurred_to"]),
    ("occurred_from", {"occurred_from": "1900-01-01"}, intake.NOT_A_POSSIBLE_DATE, ["occurred_from", "occurred_to"]),
    ("occurred_from", {"occurred_from": "1989-12-31"}, intake.NOT_A_POSSIBLE_DATE, ["occurred_from", "occurred_to"]),
    ("occurred_from", {"occurred_from": TOMORROW}, intake.NOT_A_POSSIBLE_DATE, ["occurred_from", "occurred_to"]),
    ("occurred_from", {"occurred_from": "+262142-12-31"}, intake.NOT_A_POSSIBLE_DATE, ["occurred_from", "occurred_to"]),
    ("reported_on", {"reported_on": TOMORROW}, intake.NOT_A_POSSIBLE_DATE, ["reported_on"]),
    ("case_closed_on", {"case_closed_on": "soon"}, intake.NOT_A_DATE, ["case_closed_on"]),
    ("occurred_to", {"occurred_to": "later"}, intake.NOT_A_DATE, []),
    ("occurred_to", {"occurred_to": "2025-02-27"}, intake.ENDS_FIRST, []),
    ("age_band", {"age_band": "12"}, intake.UNKNOWN_CODE, []),
    ("harm_type", {"harm_type": "groomed by Kayleigh's uncle"}, intake.UNKNOWN_CODE, ["harm_type"]),
    ("role", {"role": "culprit"}, intake.UNKNOWN_CODE, []),
    ("location_role", {"location_role": "12 Station Road"}, intake.UNKNOWN_CODE, ["location_role"]),
    ("record_type", {"record_type": "memo"}, intake.UNKNOWN_CODE, []),
    ("proactive", {"proactive": "perhaps"}, intake.UNKNOWN_CODE, []),
    ("easting", {"easting": "497 km", "northing": "180000"}, intake.NOT_A_NUMBER, ["easting"]),
    ("northing", {"easting": "497000", "northing": "180,000"}, intake.NOT_A_NUMBER, ["northing"]),
    ("longitude", {"longitude": "nan", "latitude": "51.5"}, intake.NOT_A_NUMBER, ["longitude"]),
    ("latitude", {"longitude": "-0.6", "latitude": "-inf"}, intake.NOT_A_NUMBER, ["latitude"]),
    ("latitude", {"longitude": "-0.6", "latitude": "1e999"}, intake.NOT_A_NUMBER, ["latitude"]),
    ("longitude", {"longitude": "51.51", "latitude": "-0.59"}, intake.OUTSIDE_GREAT_BRITAIN, []),
    ("longitude", {"longitude": "2.35", "latitude": "48.85"}, intake.OUTSIDE_GREAT_BRITAIN, []),
    ("longitude", {"longitude": "-6.26", "latitude": "95"}, intake.OUTSIDE_GREAT_BRITAIN, []),
    ("easting", {"easting": "180000", "northing": "4970000"}, intake.OUTSIDE_GREAT_BRITAIN, []),
    ("easting", {"easting": "1e300", "northing": "1e300"}, intake.OUTSIDE_GREAT_BRITAIN, []),
]


@pytest.mark.parametrize(("column", "row", "problem", "missing"), MISTAKES, ids=[f"{row[1]}" for row in MISTAKES])
def test_a_mistake_is_listed_with_its_cure_and_its_value_is_missing(folder, column, row, problem, missing):
    sound = {"child_ref": "K9", "location_text": "Lockside Park"}
    read = _read(folder, sound, sound | row, sound)
    assert _listed(read) == [(3, column, problem)]
    assert len(read.records) == 3, "the row itself is kept"
    assert read.records.loc[3, ["child_ref", "location_text"]].tolist() == ["K9", "Lockside Park"]
    assert read.records.loc[3, missing].isna().all()
    assert any(cure in problem for cure in CURES)


@pytest.mark.parametrize(("column", "word"), [("role", "culprit"), ("age_band", "12"), ("record_type", "memo")])
def test_a_word_for_who_was_harmed_that_nobody_mapped_is_marked_and_its_row_harms_no_one(folder, column, word):
    read = _read(folder, {"child_ref": "K9"}, {"child_ref": "K9", column: word})
    assert read.records[column].tolist()[1] == model.NOT_UNDERSTOOD
    assert repeat_harm.about_harm_to_children(read.records).index.tolist() == [2]
    assert repeat_harm.not_understood(read.records).tolist() == [False, True]


@pytest.mark.parametrize(("column", "row", "problem", "missing"), MISTAKES, ids=[f"{row[1]}" for row in MISTAKES])
def test_the_message_has_the_place_of_a_mistake_and_never_its_content(folder, column, row, problem, missing):
    with pytest.raises(DataProblem) as caught:
        intake.check_whole(_read(folder, {}, row))
    assert str(caught.value) == f"partner.csv, row 3, column “{column}”: {problem}."
    assert not any(value in str(caught.value) for value in row.values())


@pytest.mark.parametrize("age", ["fifteen", "-3", "121", "15 months", "15/16", "1999", "12 Station Road"])
def test_what_is_no_age_is_listed(folder, age):
    read = _read(folder, {"Victim Age": age}, profile=POLICE)
    assert _listed(read) == [(2, "Victim Age", intake.NOT_AN_AGE)]
    assert read.records["age_band"].isna().all()


@pytest.mark.parametrize(
    ("age", "band"),
    [("9", "under 10"), ("10", "10-13"), ("15.0", "14-15"), ("17 years", "16-17"), ("17y", "16-17"), ("25", "18-25"), ("40", "over 25")],
)
def test_an_age_becomes_its_band(folder, age, band):
    assert _one(folder, POLICE, **{"Victim Age": age})["age_band"] == band


@pytest.mark.parametrize(
    "hour", ["sometime", "25:00", "3:30 pm", "03:30 pm", "15:30-16:30", "15:305", "half past three", "15:30 by Kayleigh's gate"]
)
def test_an_hour_nobody_knows_is_listed_and_leaves_the_whole_day(folder, hour):
    read = _read(folder, {"Date": "4 Oct 2024", "Time": hour}, profile=SCHOOLS)
    assert _listed(read) == [(2, "Time", intake.UNKNOWN_HOUR)]
    assert read.records.loc[2, ["occurred_from", "occurred_to"]].tolist() == [pd.Timestamp(2024, 10, 4), pd.Timestamp(2024, 10, 5)]


@pytest.mark.parametrize(
    ("hour", "opens", "closes"),
    [
        ("15:30", "15:30", "15:30"), ("9:05", "09:05", "09:05"), ("15:30:20", "15:30:20", "15:30:20"), ("00:00", "00:00", "00:00"),
        ("after school", "15:00", "17:00"), ("After School", "15:00", "17:00"), ("night", "22:00", "23:59"),
    ],
)  # fmt: skip
def test_hours_by_the_clock_and_by_the_school_day(folder, hour, opens, closes):
    record = _one(folder, SCHOOLS, Date="4 Oct 2024", Time=hour)
    assert record["occurred_from"] == pd.Timestamp(f"2024-10-04 {opens}")
    assert record["occurred_to"] == pd.Timestamp(f"2024-10-04 {closes}")


def test_a_profile_may_write_its_words_for_hours_as_the_partner_does(folder):
    hours = {"column": "Hour", "words": {"After School": ["15:00", "17:00"]}}
    profile = intake.Profile("club", ["Day", "Hour"], times={"occurred_from": {"column": "Day"}}, hours=hours)
    (folder / "club.csv").write_text("Day,Hour\n2025-03-01,After School\n", "utf-8")
    read = intake.read(folder / "club.csv", today=TODAY, profile=profile)
    assert _listed(read) == []
    assert read.records["occurred_from"].tolist() == [pd.Timestamp(2025, 3, 1, 15)]


def test_an_hour_without_a_date_is_no_time(folder):
    assert _one(folder, SCHOOLS, Time="15:30")[["occurred_from", "occurred_to"]].isna().all()


# Times: a moment, a day, a month.


@pytest.mark.parametrize(
    ("profile", "row", "begins", "ends"),
    [
        (CANONICAL, {"occurred_from": "2025-03-01T15:30:10"}, "2025-03-01 15:30:10", "2025-03-01 15:30:10"),
        (CANONICAL, {"occurred_from": "2025-03-01 15:30"}, "2025-03-01 15:30", "2025-03-01 15:30"),
        (CANONICAL, {"occurred_from": "2025-03-01T00:00"}, "2025-03-01", "2025-03-01"),
        (CANONICAL, {"occurred_from": "2025-03-01"}, "2025-03-01", "2025-03-02"),
        (CANONICAL, {"occurred_from": "2025-12-31"}, "2025-12-31", "2026-01-01"),
        (CANONICAL, {"occurred_from": "2025-03-01 22:00", "occurred_to": "2025-03-02 01:00"}, "2025-03-01 22:00", "2025-03-02 01:00"),
        (CANONICAL, {"occurred_from": "2025-03-01 22:00", "occurred_to": "2025-03-01"}, "2025-03-01 22:00", "2025-03-02"),
        (CANONICAL, {"occurred_from": "2025-03-01", "occurred_to": "2025-03-03"}, "2025-03-01", "2025-03-04"),
        (CANONICAL, {"occurred_from": "1990-01-01"}, "1990-01-01", "1990-01-02"),
        (CANONICAL, {"occurred_from": f"{TODAY} 23:59"}, f"{TODAY} 23:59", f"{TODAY} 23:59"),
        (CANONICAL, {"occurred_from": f"{TODAY}"}, f"{TODAY}", TOMORROW),
        (POLICE_UK, {"Month": "2022-02"}, "2022-02-01", "2022-03-01"),
        (POLICE_UK, {"Month": "2024-12"}, "2024-12-01", "2025-01-01"),
        (POLICE_UK, {"Month": "2022-02-05"}, "2022-02-05", "2022-02-06"),
        (POLICE, {"Committed From": "03/10/2024 21:05"}, "2024-10-03 21:05", "2024-10-03 21:05"),
        (POLICE, {"Committed From": "03/10/2024"}, "2024-10-03", "2024-10-04"),
        (POLICE, {"Committed From": "2024-10-03T21:05:00"}, "2024-10-03 21:05", "2024-10-03 21:05"),
        (CHILDRENS, {"When it happened": "about 3 October 2024"}, "2024-10-03", "2024-10-04"),
        (CHILDRENS, {"When it happened": "3.10.2024"}, "2024-10-03", "2024-10-04"),
    ],
)  # fmt: skip
def test_a_time_lasts_as_long_as_what_was_written(folder, profile, row, begins, ends):
    record = _one(folder, profile, **row)
    assert (record["occurred_from"], record["occurred_to"]) == (pd.Timestamp(begins), pd.Timestamp(ends))


def test_an_end_before_the_beginning_leaves_what_the_beginning_said(folder):
    read = _read(folder, {"occurred_from": "2025-03-01", "occurred_to": "2025-02-20"})
    assert read.records["occurred_to"].tolist() == [pd.Timestamp(2025, 3, 2)]


@pytest.mark.parametrize("month", ["+262142-12", "9999-12", "0001-01"])
def test_a_month_beyond_the_calendar_is_a_problem_like_another(folder, month):
    read = _read(folder, {"Month": month}, profile=POLICE_UK)
    assert _listed(read) == [(2, "Month", intake.NOT_A_POSSIBLE_DATE)]


@pytest.mark.parametrize("forms", [["%d/%m/%Y", "%d/%m/%y"], ["%d/%m/%y", "%d/%m/%Y"]])
def test_a_form_is_believed_only_where_records_can_be_of_that_time(folder, forms):
    times = {"occurred_from": {"column": "Day", "formats": forms}}
    profile = intake.Profile("two forms of the year", ["Day", "Who"], {"agency": "Who"}, times=times)
    (folder / "two.csv").write_text("Day,Who\n03/10/24,Police\n03/10/2024,Police\n03/10/0024,Police\n", "utf-8")
    read = intake.read(folder / "two.csv", today=TODAY, profile=profile)
    assert read.records["occurred_from"].tolist()[:2] == [pd.Timestamp("2024-10-03")] * 2
    assert _listed(read) == [(4, "Day", intake.NOT_A_POSSIBLE_DATE)]


def test_an_end_without_a_beginning_is_no_time(folder):
    assert _one(folder, occurred_from="", occurred_to="2025-03-01")[["occurred_from", "occurred_to"]].isna().all()


@given(text=st.text("0123456789-/:T+. Mar", min_size=1, max_size=20) | st.datetimes(datetime(1, 1, 1)).map(str))  # noqa: DTZ001
@settings(max_examples=60)
def test_any_text_for_a_date_is_a_possible_date_or_a_problem(folder, text):
    read = _read(folder, {"occurred_from": text}, {})
    began = read.records["occurred_from"].loc[2]
    known = text.strip().lower() in {"", *intake.NOT_KNOWN}
    assert pd.isna(began) == (known or any(problem != intake.SKIPPED_HOUR for _row, _column, problem in _listed(read)))
    assert pd.isna(began) or intake.EARLIEST <= began <= pd.Timestamp(TOMORROW)


@pytest.mark.parametrize(
    ("written", "begins", "ends"),
    [
        ("45567", "2024-10-02", "2024-10-03"), ("45567.5", "2024-10-02 12:00", "2024-10-02 12:00"), ("45351", "2024-02-29", "2024-03-01"),
        ("45567.645833333336", "2024-10-02 15:30", "2024-10-02 15:30"), ("32874", "1990-01-01", "1990-01-02"),
        ("2024-10-03T12:00:00+00:00", "2024-10-03 13:00", "2024-10-03 13:00"),
        ("2024-12-03T12:00:00Z", "2024-12-03 12:00", "2024-12-03 12:00"),
        ("2024-10-03 15:30:00.000", "2024-10-03 15:30", "2024-10-03 15:30"),
        ("2024-10-03T15:30:00.1234567", "2024-10-03 15:30", "2024-10-03 15:30"),
        ("2024-10-03T15:30:00.000+01:00", "2024-10-03 15:30", "2024-10-03 15:30"),
        ("2024-02-29", "2024-02-29", "2024-03-01"), ("2000-02-29", "2000-02-29", "2000-03-01"),
    ],
)  # fmt: skip
def test_what_machines_write_for_a_time_is_understood(folder, written, begins, ends):
    record = _one(folder, occurred_from=written)
    assert (record["occurred_from"], record["occurred_to"]) == (pd.Timestamp(begins), pd.Timestamp(ends))


@pytest.mark.parametrize("number", ["20241003", "4556", "32873", "99999", "455670", "-45567", "45567.5.1", "1e5", "46753"])
def test_a_number_that_counts_no_day_of_ours_is_no_date(folder, number):
    assert _listed(_read(folder, {"occurred_from": number})) == [(2, "occurred_from", intake.NOT_A_DATE)]


def test_a_number_is_a_date_only_in_a_column_of_dates(folder):
    assert (
        _one(folder, incident_id="45567", location_text="45567", child_ref="45567")[["incident_id", "location_text", "child_ref"]].tolist()
        == ["45567"] * 3
    )


@pytest.mark.parametrize("day", ["2023-02-29", "1900-02-29", "2100-02-29"])
def test_a_leap_day_in_another_year_is_no_date(folder, day):
    assert _listed(_read(folder, {"occurred_from": day}))[0][2] == intake.NOT_A_DATE


def test_an_hour_that_the_clocks_went_past_is_listed_and_its_day_is_kept(folder):
    read = _read(folder, {"occurred_from": "2025-03-30 01:30", "reported_on": "2025-03-30 01:30"})
    assert _listed(read) == [(2, "occurred_from", intake.SKIPPED_HOUR), (2, "reported_on", intake.SKIPPED_HOUR)]
    assert read.records.loc[2, ["occurred_from", "occurred_to", "reported_on"]].tolist() == [
        pd.Timestamp(2025, 3, 30), pd.Timestamp(2025, 3, 31), pd.Timestamp(2025, 3, 30),
    ]  # fmt: skip
    at_school = _read(folder, {"Date": "30 Mar 2025", "Time": "01:30"}, profile=SCHOOLS)
    assert _listed(at_school) == [(2, "Time", intake.SKIPPED_HOUR)]
    assert at_school.records.loc[2, ["occurred_from", "occurred_to"]].tolist() == [pd.Timestamp(2025, 3, 30), pd.Timestamp(2025, 3, 31)]


@pytest.mark.parametrize("moment", ["2025-03-30 00:59", "2025-03-30 02:00", "2024-10-27 01:30", "2024-10-27 00:30", "2025-03-29 01:30"])
def test_an_hour_that_was_shown_once_or_twice_is_what_the_clock_said(folder, moment):
    assert _one(folder, occurred_from=moment)["occurred_from"] == pd.Timestamp(moment)


# Words for “not known” are missing, and no mistake.


@pytest.mark.parametrize("word", [*intake.NOT_KNOWN, "N/K", "Not Known", " unknown ", ""])
def test_what_people_write_when_they_do_not_know_is_missing_and_no_mistake(folder, word):
    columns = set(model.INCIDENT_COLUMNS) - {"agency", "record_type", "proactive"}
    record = _one(folder, **dict.fromkeys(columns, word), record_type=word, proactive=word)
    assert record[list(columns)].isna().all()
    assert (record["record_type"], record["proactive"]) == ("incident", False)
    told = {"Ref": "S1", "Date": "4 Oct 2024", "Time": word, "Pupil ref": word, "Year group": word, "Where": word}
    assert _one(folder, SCHOOLS, **told)[["child_ref", "age_band", "location_text"]].isna().all()
    assert pd.isna(_one(folder, POLICE, **{"Crime Number": "1", "Victim Age": word})["age_band"])


def test_what_a_profile_has_a_code_for_is_known(folder):
    told = {"Gender": "Not recorded", "Concern": "other", "Risk level": "HIGH"}
    assert _one(folder, CHILDRENS, **told)[["sex", "harm_type", "severity"]].tolist() == ["not recorded", "other", "high"]


def test_without_a_position_there_is_none_and_nought_is_not_abroad(folder):
    record = _one(folder, easting="0", northing="0", longitude="0", latitude="0")
    assert record[list(model.NUMBER_COLUMNS)].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("word", "yes"), [("Y", True), ("yes", True), ("TRUE", True), ("1", True), ("N", False), ("no", False), ("", False)]
)
def test_yes_and_no(folder, word, yes):
    assert _one(folder, proactive=word)["proactive"] == yes


@pytest.mark.parametrize("postcode", ["QM1 1AA", "qm11aa", "QM1", "QM1 1", "C01 1AA", "QM1  1aa", "W1A 1AA", "EC1A 1BB"])
def test_a_postcode_its_sector_and_its_district_are_read_as_written(folder, postcode):
    assert _one(folder, postcode=postcode)["postcode"] == postcode


@pytest.mark.parametrize("postcode", ["Kayleigh Price", "14 Marsh Lane", "07700 900123", "QM1 1AA ask for Kayleigh", "QM1 1AAA", "90210"])
def test_anything_else_in_place_of_a_postcode_is_listed_and_not_read(folder, postcode):
    read = _read(folder, {"postcode": postcode})
    assert _listed(read) == [(2, "postcode", intake.NOT_A_POSTCODE)]
    assert read.records["postcode"].isna().all()


# A column for who a child is.


def test_a_personal_column_is_listed_whole_and_its_rows_are_not_refused(folder):
    read = _read(
        folder,
        {"Child name": "Zyxa Testperson", "DOB": "03/04/2010", "child_ref": "K9"},
        {"Child name": "Zyxo Testperson", "child_ref": "K8"},
    )
    assert _listed(read) == [(1, "Child name", intake.PERSONAL_COLUMN), (1, "DOB", intake.PERSONAL_COLUMN)]
    assert read.records["child_ref"].tolist() == ["K9", "K8"]
    assert "Zyxa" not in str(read)


def test_a_personal_column_is_not_read_even_where_a_profile_maps_it(folder):
    profile = intake.Profile(
        "careless", ["When", "Pupil name", "DOB"], columns={"child_ref": "Pupil name", "location_text": "Home address"},
        ages="Age of mother's name",
        times={"occurred_from": {"column": "When"}, "reported_on": {"column": "DOB"}}, hours={"column": "Mobile"},
    )  # fmt: skip
    (folder / "careless.csv").write_text(
        "When,Pupil name,Home address,DOB,Mobile\n2025-03-01,Zyxa Testperson,14 Marsh Lane,2010-04-03,15:30\n", "utf-8"
    )
    read = intake.read(folder / "careless.csv", today=TODAY, profile=profile)
    assert {(row, problem) for row, _column, problem in _listed(read)} == {(1, intake.PERSONAL_COLUMN)}
    assert [column for _row, column, _problem in _listed(read)] == ["Pupil name", "Home address", "DOB", "Mobile"]
    assert read.records[["child_ref", "location_text", "reported_on"]].isna().all(axis=None)
    assert read.records["occurred_from"].tolist() == [pd.Timestamp(2025, 3, 1)]


# Profiles besides the built-in ones.


def test_a_saved_profile_knows_its_file_and_the_longest_header_wins(folder):
    club = intake.Profile(
        "club", ["Day", "Spot"], columns={"location_text": "Spot"}, times={"occurred_from": {"column": "Day"}}, sheet="Log"
    )
    more = intake.Profile("club with weather", ["Day", "Spot", "Weather"], times={"occurred_from": {"column": "Day"}})
    (folder / "club.csv").write_text("Day,Spot,Weather\n2025-03-01,Lockside Park,rain\n", "utf-8")
    assert intake.read(folder / "club.csv", today=TODAY, saved=[club]).profile is club
    assert intake.read(folder / "club.csv", today=TODAY, saved=[club, more]).profile is more
    with pytest.raises(DataProblem, match="no profile knows"):
        intake.read(folder / "club.csv", today=TODAY)
    assert intake.recognise(POLICE_UK.header, file="x.csv", saved=[club]) is POLICE_UK


# Police activity is no harm.

STOPS = (
    "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,Self-defined ethnicity,"
    "Officer-defined ethnicity,Legislation,Object of search,Outcome,Outcome linked to object of search,"
    "Removal of more than just outer clothing"
)
A_STOP = (
    "False,,54.2500,1.0800,Male,10-17,Not stated,Other,Misuse of Drugs Act 1971 (section 23),Controlled drugs,Nothing found,False,False"
)


def test_stop_and_search_is_what_police_did_and_never_harm(folder):
    rows = [f"Person search,2025-0{month}-1{day}T15:00:00+00:00,{A_STOP}" for month in (1, 7) for day in range(5)]
    (folder / "stops.csv").write_text("\n".join([STOPS, *rows]), "utf-8")
    read = intake.read(folder / "stops.csv", today=TODAY)
    assert read.profile.name == "police.uk stop and search"
    assert _listed(read) == []
    records = read.records
    assert len(records) == 10
    assert set(records["record_type"]) == {"context"}
    assert records["proactive"].all()
    assert records[["harm_type", "child_ref", "age_band", "sex", "role", "severity"]].isna().all(axis=None)
    assert records["occurred_from"].dt.hour.tolist() == [15] * 5 + [16] * 5, "the clock on the wall, in summer an hour on"
    assert repeat_harm.about_harm_to_children(records, young_adults=True).empty
    assert not repeat_harm.not_understood(records).any()
    assert not any(
        "ethnicity" in str(value).casefold() for value in [*read.profile.columns.values(), read.profile.codes, read.profile.ages]
    )


# All of a file's problems, and the first of them.


def test_every_problem_is_listed_in_the_order_of_rows(folder):
    read = _read(folder, {"occurred_from": "x"}, {"occurred_from": "?"}, {"age_band": "12", "easting": "x", "role": "x"})
    assert [row for row, _column, _problem in _listed(read)] == [2, 4, 4, 4]
    assert read.problems.index.tolist() == [0, 1, 2, 3]
    assert Counter(column for _row, column, _problem in _listed(read)) == Counter(["age_band", "occurred_from", "easting", "role"])


@pytest.mark.parametrize(("others", "more"), [(0, ""), (1, " 1 more value has a problem."), (1234, " 1,234 more values have problems.")])
def test_check_whole_says_the_first_problem_and_how_many_more(folder, others, more):
    read = _read(folder, {}, *[{"age_band": "Kayleigh"}] * (others + 1))
    with pytest.raises(DataProblem) as caught:
        intake.check_whole(read)
    assert str(caught.value) == f"partner.csv, row 3, column “age_band”: {intake.UNKNOWN_CODE}.{more}"


def test_a_whole_file_passes(folder):
    intake.check_whole(_read(folder, {}))


# The canonical columns are what is written and what is read.

plain = st.text("abcXYZâŵ 0123'/-,;\"", min_size=1, max_size=12).map(str.strip).filter(lambda text: text and text not in intake.NOT_KNOWN)
moments_at_all = st.datetimes(datetime(1990, 1, 1), datetime(2026, 12, 31)).map(lambda moment: moment.replace(microsecond=0))  # noqa: DTZ001
moments = moments_at_all.filter(lambda moment: (moment.month, moment.hour) != (3, 1))  # an hour that some Sunday does not have


@st.composite
def canonical(draw):
    texts = {
        column: draw(st.sampled_from(sorted(model.CODES[column])) if column in model.CODES else plain) for column in model.TEXT_COLUMNS
    }
    texts["postcode"] = draw(st.sampled_from(["QM1 1AA", "qm1 1aa", "QM1"]))
    times = {column: draw(moments) for column in model.TIME_COLUMNS}
    times["occurred_to"] = times["occurred_from"] + timedelta(days=draw(st.integers(0, 2)))
    times["occurred_to"] = min(times["occurred_to"], datetime(2026, 12, 31))  # noqa: DTZ001
    position = dict(zip(("longitude", "latitude"), draw(st.tuples(st.floats(-5, 1), st.floats(51, 58))), strict=True))
    position |= dict(zip(("easting", "northing"), draw(st.tuples(st.floats(2e5, 5e5), st.floats(2e5, 8e5))), strict=True))
    row = texts | times | position | {"proactive": draw(st.booleans())}
    kept = draw(st.sets(st.sampled_from(sorted(set(row) - {"agency", "record_type", "occurred_from", "occurred_to"}))))
    return {column: value for column, value in row.items() if column not in kept} | {"proactive": row["proactive"]}


@given(st.lists(canonical(), min_size=1, max_size=4))
@settings(max_examples=20)
def test_the_canonical_columns_read_back_as_they_were_written(folder, rows):
    expected = records_of(*rows)
    expected.to_csv(folder / "canonical.csv", index=False, date_format="%Y-%m-%dT%H:%M:%S")
    read = intake.read(folder / "canonical.csv", today=TODAY)
    assert read.profile is CANONICAL
    assert _listed(read) == []
    expected.index = pd.Index(range(2, len(rows) + 2), name="row")
    assert_frame_equal(read.records, expected, check_index_type=False)


def test_columns_have_their_type_even_with_nothing_in_them(folder):
    read = _read(folder, {})
    assert_frame_equal(read.records.dtypes.astype(str).to_frame(), records_of({}).dtypes.astype(str).to_frame())
