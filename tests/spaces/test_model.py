"""The closed lists close: ages fall into the right band, and every profile speaks only the model's words."""

from __future__ import annotations

import math

import pytest

from spaces import intake, model


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (0, "under 10"), (9, "under 10"), (9.9, "under 10"), (10, "10-13"), (13, "10-13"), (14, "14-15"), (15, "14-15"), (16, "16-17"),
        (17, "16-17"), (17.9, "16-17"), (18, "18-25"), (25, "18-25"), (26, "over 25"), (120, "over 25"), (121, None), (-1, None),
        (math.nan, None),
    ],
)  # fmt: skip
def test_the_band_of_an_age(age, band):
    assert model.age_band(age) == band


def test_every_column_has_one_type():
    typed = (*model.TEXT_COLUMNS, *model.TIME_COLUMNS, *model.NUMBER_COLUMNS, *model.FLAG_COLUMNS)
    assert sorted(typed) == sorted(model.INCIDENT_COLUMNS)


@pytest.mark.parametrize("profile", intake.profiles(), ids=lambda profile: profile.name)
def test_a_profile_maps_only_on_to_columns_and_words_of_the_model(profile):
    assert {*profile.columns, *profile.constants, *profile.times, *profile.codes} <= set(model.INCIDENT_COLUMNS)
    assert set(profile.times) <= set(model.TIME_COLUMNS)
    assert set(profile.codes) <= set(profile.columns), "codes of a column that is not read"
    for column in {*profile.constants, *profile.codes} & set(model.CODES):
        words = {*profile.codes.get(column, {}).values(), *({profile.constants[column]} if column in profile.constants else ())}
        assert words <= set(model.CODES[column])


@pytest.mark.parametrize("profile", intake.profiles(), ids=lambda profile: profile.name)
def test_a_profile_asks_for_no_column_that_it_does_not_read(profile):
    read = {*profile.columns.values(), *(how["column"] for how in profile.times.values()), profile.ages, profile.hours.get("column")}
    only_to_know_the_file_by = {"School", "Says", "Why", "When", "Who said it", "Crime type"}
    only_to_know_the_file_by |= {"Type", "Part of a policing operation", "Legislation", "Object of search", "Outcome"}
    assert set(profile.header) <= read | only_to_know_the_file_by


@pytest.mark.parametrize("profile", intake.profiles(), ids=lambda profile: profile.name)
def test_a_profile_says_nothing_that_nobody_reads(profile):
    assert all(set(how) <= {"column", "formats"} for how in profile.times.values())
    assert set(profile.hours) <= {"column", "words"}
