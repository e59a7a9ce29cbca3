"""How far a place rests on one partner is counted, and what is left without it is what the others told of."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from spaces import repeat_harm, sources
from tests.spaces.conftest import records_of

P, S, E = "Police", "Schools", "Emergency department"


def _records(*rows):
    """Return rows of (place, agency, incident, severity) as records, and the place of each."""
    records = records_of(*({"agency": agency, "incident_id": number, "severity": severity} for _place, agency, number, severity in rows))
    return records, pd.Series([row[0] for row in rows], index=records.index, dtype=object)


HERE = [("park", P, "1", "high"), ("park", P, "1", "low"), ("park", P, "2", None), ("park", S, "1", "3"), ("alley", E, None, None),
        (None, E, "9", None)]  # fmt: skip


def test_the_mix_of_a_place_is_counted_in_incidents():
    found = sources.source_mix(*_records(*HERE))
    assert found.columns.tolist() == ["sources", "largest_source", "largest_incidents", "largest_share"]
    assert found.loc["park"].tolist() == [2, P, 2, pytest.approx(2 / 3)]
    assert found.loc["alley"].tolist() == [1, E, 1, 1.0]
    assert sources.incidents_by_source(*_records(*HERE)).to_dict() == {("alley", E): 1, ("park", P): 2, ("park", S): 1}


def test_an_incident_that_two_told_of_is_in_the_share_of_both_and_outlives_the_largest():
    records, place = _records(("park", P, "1", None), ("park", P, "2", None), ("park", S, "7", None))
    records = records.assign(same_incident=pd.array([5, None, 5], dtype="Int64"))
    found = sources.source_mix(records, place).loc["park"]
    assert found.tolist() == [2, P, 2, 1.0]
    left = sources.without_largest_source(records, place)
    assert left.index.tolist() == [2]
    assert repeat_harm.measure(left, place[left.index])["incidents"].tolist() == [1]


def test_each_group_loses_its_own_largest_and_what_is_in_no_group_stays():
    records, place = _records(*HERE, ("alley", None, "3", None), ("alley", None, "4", None))
    assert sources.without_largest_source(records, place).index.tolist() == [3, 4, 5]
    assert pd.isna(sources.source_mix(records, place).loc["alley", "largest_source"])


def test_of_two_as_large_the_first_by_name_is_the_largest():
    records, place = _records(("park", S, "1", None), ("park", P, "1", None), ("park", None, "1", None))
    assert sources.source_mix(records, place)["largest_source"].tolist() == [P]


def test_words_are_counted_apart_for_each_agency_and_missing_ones_too():
    found = sources.incidents_by_word(*_records(*HERE), "severity").set_index(["group", "agency", "word"])["incidents"]
    assert {(*name[:2], None if pd.isna(name[2]) else name[2]): count for name, count in found.items()} == {
        ("alley", E, None): 1, ("park", P, "high"): 1, ("park", P, "low"): 1, ("park", P, None): 1, ("park", S, "3"): 1,
    }  # fmt: skip


def test_no_records_have_no_sources():
    records, place = records_of(), pd.Series([], dtype=object)
    assert sources.source_mix(records, place).empty
    assert sources.incidents_by_source(records, place).empty
    assert sources.incidents_by_word(records, place, "source_confidence").empty
    assert sources.without_largest_source(records, place).empty


rows = st.tuples(
    st.none() | st.sampled_from(["park", "alley"]), st.none() | st.sampled_from([P, S, E]), st.none() | st.sampled_from(["1", "2", "3"]),
    st.none() | st.sampled_from(["low", "high"]),
)  # fmt: skip


def _told(rows):
    """Return by place and agency its incidents, in plain Python; one without a number is its own."""
    told = {}
    for at, (place, agency, number, _severity) in enumerate(rows):
        if place:
            told.setdefault(place, {}).setdefault(agency, set()).add(number or at)
    return told


@given(st.lists(rows, max_size=12))
@settings(max_examples=40)
def test_a_second_way_of_counting_agrees(rows):
    found = sources.source_mix(*_records(*rows))
    told = _told(rows)
    assert set(found.index) == set(told)
    kept = []
    for place, of_agency in told.items():
        largest = min(of_agency, key=lambda agency: (-len(of_agency[agency]), agency is None, agency or ""))
        row = found.loc[place]
        assert row["largest_source"] == largest or (largest is None and pd.isna(row["largest_source"]))
        assert (row["sources"], row["largest_incidents"]) == (len(of_agency), len(of_agency[largest]))
        assert row["largest_share"] == pytest.approx(len(of_agency[largest]) / sum(map(len, of_agency.values())))
        kept += [at for at, other in enumerate(rows) if other[0] == place and other[1] != largest]
    kept += [at for at, other in enumerate(rows) if other[0] is None]
    assert sources.without_largest_source(*_records(*rows)).index.tolist() == sorted(kept)


@given(st.lists(rows, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_order_of_records_does_not_matter(rows, random):
    assert_frame_equal(sources.source_mix(*_records(*rows)), sources.source_mix(*_records(*random.sample(rows, len(rows)))))
