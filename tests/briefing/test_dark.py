"""How much of the recorded harm was in the dark is told beside how much of all time is dark, and only where there is enough to say."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing import dark, place
from briefing.dark import InTheDark
from geo import frames, rhythm
from layers import daylight
from tests.briefing.conftest import PANEL
from tests.geo.test_rhythm import _times, spans
from tests.processor import processor_within

LONDON = (-0.12, 51.5)
LOCKSIDE = "way/20037"
DECEMBER = date(2024, 12, 1), date(2024, 12, 31)


def _incidents(*spans):
    return pd.DataFrame({"occurred_from": _times(*[began for began, _ in spans]), "occurred_to": _times(*[ended for _, ended in spans])})


def _park():
    """A square of 100 m in London, in metres."""
    (east,), (north,) = frames.points_in_metres([LONDON[0]], [LONDON[1]])
    return shapely.box(east - 50, north - 50, east + 50, north + 50)


# On 21 December 2024 it is dark in London until 07:24 and from 16:34.
SPANS = {
    "a moment at noon": ("2024-12-21 12:00", None, 0),
    "a moment at night": ("2024-12-21 22:00", "2024-12-21 22:00", 1),
    "a minute before dark": ("2024-12-21 16:33", None, 0),
    "a minute after": ("2024-12-21 16:35", None, 1),
    "twilight is not dark": ("2024-12-21 16:10", None, 0),
    "half of two hours": ("2024-12-21 15:34", "2024-12-21 17:34", 0.5),
    "a quarter of four": ("2024-12-21 13:34", "2024-12-21 17:34", 0.25),
    "ends in the wrong order": ("2024-12-21 17:34", "2024-12-21 13:34", 0.25),
    "an evening and past midnight": ("2024-12-20 22:00", "2024-12-21 02:00", 1),
    "half a day": ("2024-12-21 00:00", "2024-12-21 12:00", 7.4 / 12),
    "more than half a day says nothing": ("2024-12-21 00:00", "2024-12-21 12:01", math.nan),
    "a day says nothing": ("2024-12-21 00:00", "2024-12-22 00:00", math.nan),
    "no start": (None, "2024-12-21 22:00", math.nan),
    "nothing": (None, None, math.nan),
    # Dark until 06:03 by a clock put forward at 01:00: 5.05 of the 11 hours that there were, not 6.05 of 12.
    "by the real clock": ("2024-03-31 00:00", "2024-03-31 12:00", 5.05 / 11),
}


@pytest.mark.parametrize("span", SPANS)
def test_an_incident_counts_by_the_share_of_its_time_that_was_dark(span):
    began, ended, share = SPANS[span]
    found = dark.dark_share(_times(began), _times(ended), *LONDON)
    assert found.tolist() == [pytest.approx(share, abs=1 / dark.PIECES, nan_ok=True)]


@given(spans)
@settings(max_examples=50)
def test_a_share_is_known_where_the_hour_is_and_is_between_none_and_all(rows):
    index = [f"row {number}" for number in range(len(rows))]
    began = pd.Series([when for when, _ in rows], index=index, dtype="datetime64[us]")
    ended = began + pd.Series([pd.Timedelta(minutes=m) if m is not None else None for _, m in rows], index=index, dtype="timedelta64[us]")
    before = began.copy(), ended.copy()
    share = dark.dark_share(began, ended, *LONDON)
    assert share.index.equals(began.index)
    assert share.notna().equals(rhythm.hour_known(began, ended).rename("dark"))
    assert share.dropna().between(0, 1).all()
    moments = share[ended.isna()].dropna()
    assert moments.isin([0, 1]).all()
    assert dark.dark_share(ended.fillna(began), began, *LONDON)[share.notna()].to_numpy() == pytest.approx(share.dropna().to_numpy())
    assert (began.equals(before[0]), ended.equals(before[1])) == (True, True)


# Newcombe 1998, Statistics in Medicine 17, table I, method 3.
WILSON = {(81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605), (0, 20): (0.0, 0.1611), (1, 29): (0.0061, 0.1718)}


@pytest.mark.parametrize(("count", "of"), WILSON)
def test_the_interval_is_the_published_one(count, of):
    assert dark.wilson(count, of) == pytest.approx(WILSON[count, of], abs=0.00005)
    low, high = dark.wilson(of - count, of)
    assert (1 - high, 1 - low) == pytest.approx(WILSON[count, of], abs=0.00005)


@given(st.integers(1, 500), st.floats(0, 1))
def test_the_interval_holds_the_share_and_narrows_with_more_incidents(of, share):
    low, high = dark.wilson(share * of, of)
    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1
    narrower_low, narrower_high = dark.wilson(share * of * 4, of * 4)
    assert narrower_high - narrower_low < high - low


def test_the_interval_covers_the_truth_at_least_as_often_where_windows_count_in_parts():
    """By simulation: a true share of 0.4 in the dark, windows of which a third to two thirds were, 30 incidents a place."""
    rng = np.random.default_rng(1927)
    whole = rng.random((4_000, 15)) < 0.4
    # A window near dusk: its dark share is high more often where the truth is dark, with the same mean.
    parts = np.where(rng.random((4_000, 15)) < 0.4, 0.6, 0.4 - 0.2 * 0.4 / 0.6)
    covered = [low <= 0.4 <= high for low, high in (dark.wilson(count, 30) for count in whole.sum(axis=1) + parts.sum(axis=1))]
    assert np.mean(covered) > 0.95


def test_nothing_known_has_no_share_and_says_so():
    nothing = dark.in_the_dark(_incidents((None, None)), _park(), *DECEMBER)
    assert nothing.known == 0
    assert all(math.isnan(value) for value in (nothing.share, nothing.low, nothing.high))
    assert nothing.sentence == "In the dark: too few incidents with a known hour to say."
    assert dark.in_the_dark(_incidents(("2024-12-21 22:00", None))[:0], _park(), *DECEMBER).sentence == nothing.sentence


@pytest.mark.parametrize(("known", "says"), [(4, False), (5, True)])
def test_it_is_said_from_five_incidents_with_a_known_hour(known, says):
    unknown = ("2024-12-01 00:00", "2024-12-05 00:00")
    found = dark.in_the_dark(_incidents(*[("2024-12-21 22:00", None)] * known, unknown, unknown), _park(), *DECEMBER)
    assert found.known == known
    assert found.enough == says
    assert ("too few" in found.sentence) != says


def test_what_is_said_is_what_was_counted():
    """15 at night, 4 at noon, and two of two hours half of which was dark: 16 of 21, in a month that is dark for 61 % of its hours."""
    incidents = _incidents(
        *[("2024-12-21 22:00", None)] * 15, *[("2024-12-21 12:00", None)] * 4, *[("2024-12-21 15:34", "2024-12-21 17:34")] * 2
    )
    found = dark.in_the_dark(incidents, _park(), *DECEMBER)
    assert (found.known, found.in_dark) == (21, pytest.approx(16, abs=2 / dark.PIECES))
    assert found.of_all_hours == daylight.dark_hours_share(*DECEMBER, *LONDON)
    assert (found.low, found.high) == dark.wilson(found.in_dark, 21)
    assert found.sentence == (
        "In the dark: 76 % of 21 incidents with a known hour (55 % to 89 % allowing for chance); 61 % of all hours of the period are. "
        "No clear difference from what the hours alone would give."
    )


@pytest.mark.parametrize(
    ("low", "high", "of_all_hours", "said"),
    [
        (0.5, 0.9, 0.49, "More than the hours alone would give."),
        (0.5, 0.9, 0.5, "No clear difference"),
        (0.5, 0.9, 0.9, "No clear difference"),
        (0.5, 0.9, 0.91, "Less than the hours alone would give."),
    ],
)
def test_more_or_less_is_said_only_where_the_interval_leaves_the_hours_out(low, high, of_all_hours, said):
    sentence = InTheDark(known=20, in_dark=14, share=0.7, low=low, high=high, of_all_hours=of_all_hours).sentence
    assert said in sentence


# The sample area


@pytest.fixture(scope="module")
def lockside(marlhaven, everything):
    return place.open_place(marlhaven, PANEL, everything, LOCKSIDE)


def test_an_opened_place_says_it_of_the_incidents_whose_hour_is_known(lockside):
    counted = int(re.search(r"of (\d+) incidents with a known hour", lockside.in_the_dark)[1])
    unknown = int(re.search(r"the hour of (\d+) incident", "; ".join(lockside.not_known))[1])
    assert counted + unknown == lockside.by_agency["count"].sum()
    assert "More than the hours alone would give." in lockside.in_the_dark  # the sample's park was made so


def test_that_the_evidence_is_mixed_is_left_to_the_caption_beside_it(lockside):
    assert not re.search("mixed|prompt", " ".join([lockside.in_the_dark, *lockside.like]))


def test_a_look_at_some_hours_only_says_nothing_of_the_dark(marlhaven, everything):
    evening = place.open_place(marlhaven, PANEL, replace(everything, hours=(20, 23)), LOCKSIDE)
    assert evening.in_the_dark == ""


def test_a_year_of_a_busy_place_is_measured_in_a_moment(everything):
    rng = np.random.default_rng(1)
    began = pd.Series(np.datetime64("2024-10-01") + rng.integers(365 * 86_400, size=200).astype("timedelta64[s]"), dtype="datetime64[us]")
    incidents = pd.DataFrame({"occurred_from": began, "occurred_to": began + pd.Timedelta("2h")})
    period = everything.first_day, everything.last_day
    dark.in_the_dark(incidents, _park(), *period)
    with processor_within(0.1):
        dark.in_the_dark(incidents, _park(), *period)
