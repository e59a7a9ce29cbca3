"""Different children are a range, certain at its low end; repeat harm is met at its edge and never by what is not known."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from spaces import intake, model, repeat_harm
from tests.spaces.conftest import on, records_of


def _measure(*rows, place="here"):
    """Measure rows of (agency, incident, child, day) that all name one place."""
    records = records_of(
        *(
            {"agency": agency, "incident_id": number, "child_ref": child, "occurred_from": day and on(day)}
            for agency, number, child, day in rows
        )
    )
    return repeat_harm.measure(records, pd.Series(place, index=records.index)).loc[place]


P, S = "Police", "Schools"


@pytest.mark.parametrize(
    ("rows", "low", "high", "without"),
    [
        ([(P, "1", "a", 1)], 1, 1, 0),
        ([(P, "1", "a", 1), (P, "2", "a", 2)], 1, 1, 0),
        ([(P, "1", "a", 1), (P, "2", "b", 2)], 2, 2, 0),
        ([(P, "1", "a", 1), (S, "2", "a", 2)], 1, 2, 0),
        ([(P, "1", "a", 1), (S, "2", "b", 2)], 1, 2, 0),
        ([(P, "1", "a", 1), (P, "2", "b", 2), (S, "3", "c", 3)], 2, 3, 0),
        ([(P, "1", "a", 1), (P, "2", "b", 2), (S, "3", "c", 3), (S, "4", "d", 3), (S, "5", "e", 3)], 3, 5, 0),
        ([(P, "1", "a", 1), (P, "2", None, 2)], 1, 1, 1),
        ([(P, "1", None, 1), (S, "2", None, 2)], None, None, 2),
        ([(None, "1", "a", 1), (None, "2", "b", 2)], 2, 2, 0),
        ([(None, "1", "a", 1), (P, "2", "b", 2)], 1, 2, 0),
        ([(P, "1", "a", 1), (P, "1", "b", 1)], 2, 2, 0),
    ],
    ids=[
        "one child", "one child twice", "two references of one agency are two children", "one child in two agencies may be one",
        "one each of two agencies may be one", "two and one", "the larger agency is certain", "no reference adds to neither",
        "no reference at all is not known", "an agency unnamed is an agency", "and another than a named one",
        "two children in one incident",
    ],
)  # fmt: skip
def test_different_children_are_a_range(rows, low, high, without):
    found = _measure(*rows)
    assert (found["children_low"], found["children_high"]) == (low, high) or (
        low is None and found[["children_low", "children_high"]].isna().all()
    )
    assert found["without_reference"] == without


@pytest.mark.parametrize(
    ("rows", "repeats"),
    [
        ([(P, "1", "a", 1), (P, "2", "b", 2)], True),
        ([(P, "1", "a", 1), (P, "1", "b", 2)], False),
        ([(P, "1", "a", 1), (P, "2", "b", 1)], False),
        ([(P, "1", "a", 1), (P, "2", "a", 2)], False),
        ([(P, "1", "a", 1), (S, "2", "b", 2)], False),
        ([(P, "1", "a", 1), (P, "2", "b", None)], False),
        ([(P, "1", "a", None), (P, "2", "b", None)], False),
        ([(P, "1", None, 1), (P, "2", None, 2)], False),
        ([(P, "1", "a", 1), (P, None, "b", 1), (S, None, None, 2)], True),
    ],
    ids=[
        "two, on two days, to two", "one incident", "one day", "one child", "perhaps one child", "a day unknown", "no day known",
        "nobody known", "each edge met by another row",
    ],
)  # fmt: skip
def test_repeat_harm_needs_two_of_each(rows, repeats):
    assert _measure(*rows)["repeat_harm"] == repeats


def test_the_same_number_of_two_agencies_is_two_incidents_and_no_number_is_one_each():
    assert _measure((P, "1", "a", 1), (P, "1", "b", 1), (S, "1", "c", 1))["incidents"] == 2
    assert _measure((P, None, None, 1), (P, None, None, 1), (P, None, None, 1))["incidents"] == 3


def test_an_incident_that_names_two_places_happened_in_both():
    records = records_of(*[{"agency": P, "incident_id": "1", "child_ref": "a", "occurred_from": on(1)}] * 3)
    found = repeat_harm.measure(records, pd.Series(["park", "alley", "park"], index=records.index))
    assert found["incidents"].to_dict() == {"park": 1, "alley": 1}
    assert len(repeat_harm.one_row_per_incident(records)) == 1


def test_one_row_per_incident_keeps_the_first_and_its_index():
    records = records_of(*({"agency": P, "incident_id": number} for number in ["1", None, "1", "2", None]))
    assert repeat_harm.one_row_per_incident(records).index.tolist() == [0, 1, 3, 4]


@pytest.mark.parametrize(
    ("hours", "days"), [(None, 1), (0, 1), (3, 1), (24, 1), (24.5, None), (31 * 24, None)], ids=lambda value: f"{value}"
)
def test_a_day_counts_where_it_is_known(hours, days):
    began = on(1)
    row = {"agency": P, "occurred_from": began, "occurred_to": None if hours is None else began + timedelta(hours=hours)}
    records = records_of(row)
    found = repeat_harm.measure(records, pd.Series("here", index=records.index)).loc["here", "days"]
    assert pd.isna(found) if days is None else found == days


def test_a_night_is_the_day_it_began_on():
    records = records_of(
        {"occurred_from": on(1, 22), "occurred_to": on(2, 3)}, {"occurred_from": on(1, 23, 59)}, {"occurred_from": on(2, 0)}
    )
    assert repeat_harm.measure(records, pd.Series("here", index=records.index)).loc["here", "days"] == 2


def test_a_record_in_no_place_is_in_no_group():
    records = records_of({"agency": P}, {"agency": P})
    assert repeat_harm.measure(records, pd.Series(["here", None])).index.tolist() == ["here"]


def test_no_records_measure_nothing():
    found = repeat_harm.measure(records_of(), pd.Series([], dtype=object))
    assert found.empty
    assert found.columns.tolist() == ["incidents", "days", "children_low", "children_high", "without_reference", "repeat_harm"]


def test_open_data_knows_neither_day_nor_child(shared_data):
    path = shared_data / "police_uk" / "slough-street-2018-06_2022.csv"
    records = intake.read(path, today=on(1).date()).records
    found = repeat_harm.measure(records, records["location_text"])
    assert found["incidents"].sum() == len(repeat_harm.one_row_per_incident(records, within=records["location_text"]))
    assert found[["days", "children_low", "children_high"]].isna().all(axis=None)
    assert not found["repeat_harm"].any()
    assert repeat_harm.about_harm_to_children(records).empty


# Who and what counts.

COUNTED = {"role": "harmed", "age_band": "14-15", "record_type": "incident", "proactive": False}


@pytest.mark.parametrize(
    ("change", "counts", "with_young_adults"),
    [
        ({}, True, True),
        *[({"age_band": band}, True, True) for band in (*model.CHILD_AGE_BANDS, None)],
        ({"age_band": "18-25"}, False, True),
        ({"age_band": "over 25"}, False, False),
        ({"role": None}, True, True),
        ({"role": "harmed_others"}, False, False),
        ({"role": "witness"}, False, False),
        ({"proactive": True}, False, False),
        ({"record_type": "referral"}, True, True),
        ({"record_type": "missing_episode"}, True, True),
        ({"record_type": "flag"}, False, False),
        ({"record_type": "context"}, False, False),
    ],
    ids=str,
)  # fmt: skip
def test_what_counts_as_harm_to_a_child(change, counts, with_young_adults):
    records = records_of(COUNTED | change)
    assert len(repeat_harm.about_harm_to_children(records)) == counts
    assert len(repeat_harm.about_harm_to_children(records, young_adults=True)) == with_young_adults


def test_a_child_in_both_roles_counts_as_harmed():
    records = records_of(COUNTED | {"child_ref": "a"}, COUNTED | {"child_ref": "a", "role": "harmed_others"})
    assert repeat_harm.about_harm_to_children(records).index.tolist() == [0]


# Any records at all.

known = st.sampled_from(["a", "b", "c"])
rows = st.fixed_dictionaries(
    {
        "agency": st.none() | st.sampled_from([P, S]), "incident_id": st.none() | st.sampled_from(["1", "2", "3"]),
        "child_ref": st.none() | known, "day": st.none() | st.integers(1, 4), "hours": st.none() | st.sampled_from([0, 24, 25]),
        "place": st.none() | st.sampled_from(["park", "alley"]),
    }
)  # fmt: skip
any_records = st.lists(rows, max_size=12)


def _records(rows):
    """Return rows as records, and the place of each."""
    timed = [row | {"occurred_from": row["day"] and on(row["day"], 9)} for row in rows]
    timed = [
        row | {"occurred_to": row["occurred_from"] + timedelta(hours=row["hours"])} if row["day"] and row["hours"] is not None else row
        for row in timed
    ]
    records = records_of(*timed)
    return records, pd.Series([row["place"] for row in rows], index=records.index, dtype=object)


def _by_hand(rows):
    """Measure in plain Python: sets, and nothing of pandas."""
    found = {}
    for place in {row["place"] for row in rows} - {None}:
        there = [row for row in rows if row["place"] == place]
        numbered = {(row["agency"], row["incident_id"]) for row in there if row["incident_id"] is not None}
        children = defaultdict(set)
        for row in there:
            if row["child_ref"] is not None:
                children[row["agency"]].add(row["child_ref"])
        days = {row["day"] for row in there if row["day"] and (row["hours"] or 0) <= 24}
        sizes = [len(refs) for refs in children.values()]
        incidents = len(numbered) + sum(row["incident_id"] is None for row in there)
        low, high = (max(sizes), sum(sizes)) if sizes else (None, None)
        found[place] = {
            "incidents": incidents, "days": len(days) or None, "children_low": low, "children_high": high,
            "without_reference": sum(row["child_ref"] is None for row in there),
            "repeat_harm": incidents >= 2 and len(days) >= 2 and (low or 0) >= 2,
        }  # fmt: skip
    return found


def _plain(measured):
    return {
        place: {column: None if pd.isna(value) else value for column, value in row.items()}
        for place, row in measured.to_dict("index").items()
    }


@given(any_records)
@settings(max_examples=25)
def test_a_second_way_of_counting_agrees(rows):
    assert _plain(repeat_harm.measure(*_records(rows))) == _by_hand(rows)


@given(any_records)
@settings(max_examples=25)
def test_the_range_holds_and_is_never_more_than_there_are_references(rows):
    records, place = _records(rows)
    found = repeat_harm.measure(records, place).dropna(subset="children_low")
    with_reference = records["child_ref"].notna().groupby(place).sum().reindex(found.index)
    assert ((found["children_low"] >= 1) & (found["children_low"] <= found["children_high"])).all()
    assert (found["children_high"] <= with_reference).all()


@given(any_records, rows)
@settings(max_examples=25)
def test_one_record_more_never_lowers_a_count(rows, more):
    counts = ["incidents", "days", "children_low", "children_high", "without_reference", "repeat_harm"]
    before = repeat_harm.measure(*_records(rows))
    after = repeat_harm.measure(*_records([*rows, more])).reindex(before.index)
    assert (after[counts].fillna(0).astype(int) >= before[counts].fillna(0).astype(int)).all(axis=None)


@given(any_records, st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_order_of_records_does_not_matter(rows, random):
    mixed = random.sample(rows, len(rows))
    assert_frame_equal(repeat_harm.measure(*_records(rows)), repeat_harm.measure(*_records(mixed)))


@given(any_records, st.lists(st.none() | st.sampled_from(["low", "high", "9"]), min_size=12, max_size=12))
@settings(max_examples=25)
def test_how_serious_and_how_sure_a_partner_is_weighs_nothing(rows, words):
    records, place = _records(rows)
    said = pd.Series(words[: len(rows)], index=records.index, dtype="str")
    assert_frame_equal(
        repeat_harm.measure(records.assign(severity=said, source_confidence=said), place), repeat_harm.measure(records, place)
    )


def test_nothing_given_is_changed():
    records, place = _records([{"agency": P, "incident_id": "1", "child_ref": "a", "day": 1, "hours": None, "place": "park"}])
    before = records.copy()
    repeat_harm.measure(records, place)
    repeat_harm.about_harm_to_children(records)
    assert_frame_equal(records, before)
