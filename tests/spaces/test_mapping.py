"""For a file that no profile knows, likely columns are suggested with their reason; a wrong name or a child's name never is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces import intake, mapping, model, tables

SAMPLES = Path(__file__).parents[2] / "sample_data"
TODAY = date(2026, 12, 31)


def _suggested(**columns):
    """Return what is suggested for each column, given its values under its name (“_” for a space)."""
    longest = max(map(len, columns.values()))
    table = pl.DataFrame(
        {name.replace("_", " "): [*values, *[None] * (longest - len(values))] for name, values in columns.items()}, strict=False
    )
    return {one.theirs: one for one in mapping.suggest(table.cast(pl.String))}


DATES = [f"{day}/10/2024" for day in range(10, 30)]
PLACES = ["Lockside Park", "Market Walk", "the bus station", "Tannery Lane"] * 5
NUMBERS = [f"IN{n}" for n in range(20)]


@pytest.mark.parametrize(
    "file", ["marlhaven/police.csv", "marlhaven/childrens_services.xlsx", "marlhaven/emergency_department.csv", "marlhaven/schools.csv",
    "marlhaven/youth_flags.csv", "bro-heli/council.csv"]
)  # fmt: skip
def test_the_columns_of_every_sample_file_are_suggested_as_its_profile_maps_them(file):
    table, _rows = tables.read(SAMPLES / file, ["Referrals"])
    profile = intake.recognise(table.columns, file=file)
    expected = dict(profile.columns) | {ours: how["column"] for ours, how in profile.times.items()}
    expected |= ({mapping.AGES: profile.ages} if profile.ages else {}) | ({mapping.HOURS: profile.hours["column"]} if profile.hours else {})
    suggested = {one.ours: one.theirs for one in mapping.suggest(table)}
    assert suggested == {ours: theirs for ours, theirs in expected.items() if theirs in table.columns}


@pytest.mark.parametrize(
    ("name", "values", "ours"),
    [
        ("Incident date", DATES, "occurred_from"), ("IncidentDate", DATES, "occurred_from"), ("Date of incident", DATES, "occurred_from"),
        ("Dyddiad y digwyddiad", DATES, "occurred_from"),
        ("Dyddiad / Date", DATES, "occurred_from"), ("Date reported", DATES, "reported_on"), ("Date case closed", DATES, "case_closed_on"),
        ("Lleoliad", PLACES, "location_text"),
        ("Location of incident", PLACES, "location_text"), ("Scene", PLACES, "location_text"),
        ("Post Code", ["QM1 1AA", "QM1 2AB"], "postcode"), ("Lat", ["54.25", "54.2612"], "latitude"),
        ("LONG", ["1.08", "-0.5"], "longitude"), ("X", ["497000", "497010"], "easting"), ("Northings", ["180000", "180010"], "northing"),
        ("Age", ["15", "12", "17"] * 5, mapping.AGES),
        ("Oedran", ["15", "12"], mapping.AGES), ("Gender", ["M", "F"] * 5, "sex"), ("Rhyw", ["Gwryw", "Benyw"] * 5, "sex"),
        ("Time of incident", ["15:30", "22:10"], mapping.HOURS),
        ("Incident no.", NUMBERS, "incident_id"), ("Victim ID", NUMBERS, "child_ref"),
        ("Type of harm", ["Robbed", "Cuckooing", "Debt bondage"] * 5, "harm_type"), ("Risk", ["Low", "High"] * 5, "severity"),
    ],
)  # fmt: skip
def test_a_column_is_known_by_its_name_and_its_values(name, values, ours):
    found = _suggested(**{name: values, "Zzz": ["q"]})
    assert found[name].ours == ours
    assert 0.5 <= found[name].confidence <= 1
    assert found[name].why in (mapping.NAMED, mapping.NAMED_ALIKE)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Date", ["soon", "later", "Tuesday"]), ("Latitude", ["1.08", "-0.5"]), ("Longitude", ["54.25", "54.26"]), ("Postcode", PLACES),
        ("Location", ["12", "14", "15"]),
        ("Age", ["Y9", "Y10"]), ("Age", ["1999", "2001"]), ("Easting", ["0.5", "0.6"]), ("Child ID", DATES),
        ("Offence type", [f"free text number {n}" for n in range(100)]), ("UPRN", PLACES),
        ("Time", DATES), ("Proactive", ["maybe", "sometimes"]),
    ],
)  # fmt: skip
def test_a_name_that_its_values_give_the_lie_to_is_not_followed(name, values):
    assert name not in _suggested(**{name: values, "Zzz": ["q"]})


@pytest.mark.parametrize("name", ["Child name", "DOB", "Home address", "Victim address", "Mobile", "Enw", "Date of birth", "NHS number"])
def test_a_personal_column_is_never_suggested(name):
    assert name not in _suggested(**{name: DATES, "Incident date": DATES})


@pytest.mark.parametrize(
    ("name", "values"), [("Location", ["Kayleigh Price", "Zain Khan", "Cerys Pugh"]),
    ("Person ID", ["Kayleigh Price", "Owen Jones", "PRICE, Zain"]), ("Reference", ["07700 900123", "07700 900124"])]
)  # fmt: skip
def test_a_column_full_of_people_is_not_suggested_whatever_it_is_called(name, values):
    assert name not in _suggested(**{name: values, "Incident date": DATES})


def test_values_alone_tell_a_postcode_and_decimal_degrees():
    found = _suggested(Zzz=["QM1 1AA", "QM2 1AB"], Qqq=["54.25001", "54.26001"], Www=["1.08001", "-0.50001"], Nothing=["a", "b"])
    assert {name: (one.ours, one.why) for name, one in found.items()} == {
        "Zzz": ("postcode", mapping.VALUES_ONLY), "Qqq": ("latitude", mapping.VALUES_ONLY), "Www": ("longitude", mapping.VALUES_ONLY),
    }  # fmt: skip


def test_a_column_without_a_value_is_suggested_less_surely():
    found = _suggested(Incident_date=[], Location=PLACES)
    assert (found["Incident date"].ours, found["Incident date"].why) == ("occurred_from", mapping.NAME_ONLY)
    assert found["Incident date"].confidence < found["Location"].confidence


def test_each_column_is_suggested_once_and_the_surest_first():
    found = mapping.suggest(
        pl.DataFrame({"Date": DATES, "Incident date": DATES, "Date of incident": DATES, "Place": PLACES, "Location": PLACES})
    )
    assert len({one.theirs for one in found}) == len({one.ours for one in found}) == len(found)
    assert [one.confidence for one in found] == sorted((one.confidence for one in found), reverse=True)


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=12), st.lists(st.none() | st.text(max_size=6), min_size=3, max_size=3), min_size=1, max_size=3
    )
)
@settings(max_examples=40)
def test_any_table_can_be_looked_at(columns):
    found = mapping.suggest(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)))
    assert {one.theirs for one in found} <= set(columns)
    assert all(0 <= one.confidence <= 1 for one in found)


# How dates are written.


@pytest.mark.parametrize(
    ("values", "formats"),
    [
        (["03/10/2024", "23/10/2024"], ("%d/%m/%Y",)), (["10/03/2024", "10/23/2024"], ("%m/%d/%Y",)),
        (["03.10.2024 21:05", "23.10.2024 1:05"], ("%d.%m.%Y %H:%M",)), (["03-10-24", "23-10-24"], ("%d-%m-%y",)),
        (["10/03/24 09:05:00", "10/23/24 10:05:00"], ("%m/%d/%y %H:%M:%S",)), (["3 October 2024"], ("%d %B %Y",)),
        (["3 Oct 2024", "14 May 2024"], ("%d %b %Y",)), (["03-Oct-24"], ("%d-%b-%y",)),
        (["2024-10"], ("%Y-%m",)), (["2024-10-03", "2024-10-03T15:30:00"], ()), (["2024/10/03"], ("%Y/%m/%d",)),
        (["20241003"], ("%Y%m%d",)), (["23/10/2024", "3 Oct 2024"], ("%d %b %Y", "%d/%m/%Y")),
        (["23/10/2024", "03/10/2024 15:30"], ("%d/%m/%Y", "%d/%m/%Y %H:%M")), (["23/10/2024", "not known", None], ("%d/%m/%Y",)),
        ([None], ()), (["soon"], ()),
    ],
)  # fmt: skip
def test_the_form_of_dates_is_told_by_their_values(values, formats):
    told = mapping.suggest_formats(pl.Series(values, dtype=pl.String))
    assert sorted(told.formats) == sorted(formats)
    assert not told.ambiguous


@pytest.mark.parametrize("values", [["03/10/2024", "04/11/2024"], ["01/01/2024"], ["23/10/2024", "10/23/2024"]])
def test_where_nothing_tells_day_from_month_it_is_said_and_not_guessed(values):
    told = mapping.suggest_formats(pl.Series(values))
    assert told.ambiguous
    assert (told.formats, told.day_first, told.month_first) == ((), ("%d/%m/%Y",), ("%m/%d/%Y",))


@given(
    st.lists(st.dates(date(1995, 1, 1), date(2026, 12, 31)), min_size=1, max_size=30),
    st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%y", "%d-%m-%Y %H:%M"]),
)
@settings(max_examples=60)
def test_a_form_that_is_suggested_reads_every_date_and_the_right_one(dates, form):
    told = mapping.suggest_formats(pl.Series([day.strftime(form) for day in dates]))
    assert told.ambiguous == all(day.day <= 12 for day in dates)
    assert form in (told.day_first + told.month_first if told.ambiguous else told.formats)


def test_known_words_are_suggested_their_codes_and_others_left_to_a_person():
    words = pl.Series(["Victim", "SUSPECT", "Witnes", "Bystander", None])
    assert mapping.suggest_codes("role", words) == {"Victim": "harmed", "SUSPECT": "harmed_others", "Witnes": "witness"}
    assert set(
        mapping.suggest_codes("harm_type", pl.Series(["Robbery - personal", "Ar goll", "Cuckooing", "serious violence"])).values()
    ) <= set(model.HARM_TYPES)
    assert mapping.suggest_codes("location_text", pl.Series(["Lockside Park"])) == {}


def test_from_an_unknown_file_to_records_by_what_is_suggested(tmp_path):
    lines = [f"CLUB-{n},{10 + n}/10/2024,{20 + n % 3}:15,Lockside Park,Robbed,Victim,{12 + n % 5},QM1 1AA,54.25,1.08" for n in range(12)]
    file = tmp_path / "club.csv"
    file.write_text(
        "\n".join(["Incident no,Incident date,Time of incident,Where,Nature of harm,Party role,Age,Post code,Lat,Lon", *lines]), "utf-8"
    )
    table, _rows = tables.read(file)
    mapped = {one.ours: one.theirs for one in mapping.suggest(table)}
    formats = {ours: mapping.suggest_formats(table[mapped[ours]]).formats for ours in model.TIME_COLUMNS if ours in mapped}
    codes = {ours: mapping.suggest_codes(ours, table[mapped[ours]]) for ours in ("harm_type", "role")}
    saved = mapping.read_profile(mapping.as_profile("boxing club", {"agency": "Boxing club"}, mapped, formats, codes))
    read = intake.read(file, today=TODAY, saved=[saved])
    assert read.profile is saved
    assert read.problems.empty
    assert read.records.iloc[0][["incident_id", "agency", "harm_type", "role", "age_band", "location_text", "postcode",
    "latitude"]].tolist() == [
        "CLUB-0", "Boxing club", "robbed", "harmed", "10-13", "Lockside Park", "QM1 1AA", 54.25,
    ]  # fmt: skip
    assert str(read.records.iloc[0]["occurred_from"]) == "2024-10-10 20:15:00"
