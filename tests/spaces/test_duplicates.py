"""What may be one incident is offered and never merged; what a person said is one counts once, everywhere, and can be unsaid."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from geo import frames
from spaces import duplicates, model, repeat_harm, rights, schema
from spaces.duplicates import DIFFERENT, SAME
from tests.spaces.conftest import KEYS, event, on, records_of, take_in
from tests.spaces.partner import bring, counted, stored
from words import DataProblem

AT_THE_PARK = {"easting": 500_000.0, "northing": 180_000.0, "precision_m": 20.0, "method": "coordinates"}
NEARBY = 20 + 20 + 50
"""As far as two positions good to 20 m may lie apart."""

POLICE = {
    "agency": "Police", "incident_id": "QM1", "harm_type": "robbed", "child_ref": "a", "age_band": "14-15", "sex": "male",
    "occurred_from": on(14, 23, 50), "occurred_to": on(14, 23, 50), **AT_THE_PARK,
}  # fmt: skip
SCHOOLS = POLICE | {
    "agency": "Schools",
    "incident_id": "S1",
    "child_ref": "b",
    "occurred_from": on(15, 0, 20),
    "occurred_to": on(15, 0, 20),
}
DAY = timedelta(days=1)


def placed(*rows):
    """Return an incident frame with positions, as the register gives it: numbered from 1."""
    records = records_of(*({name: value for name, value in row.items() if name in model.INCIDENT_COLUMNS} for row in rows))
    longitude, latitude = frames.points_in_degrees(records["easting"], records["northing"])
    types = {"precision_m": float, "method": "str", "reason": "str"}
    more = {name: pd.Series([row.get(name) for row in rows], dtype=kind) for name, kind in types.items()}
    records = records.assign(**more, longitude=longitude, latitude=latitude)
    return records.set_axis(pd.RangeIndex(1, 1 + len(records), name="record_id"))


def pairs(*rows):
    found = duplicates.possible(placed(*rows))
    return list(zip(found["record_id"].tolist(), found["other_id"].tolist(), strict=True))


def said(*triples):
    return pd.DataFrame(triples, columns=["record_id", "other_id", "verdict"])


def at(begins, ends=None):
    return {"occurred_from": begins, "occurred_to": ends}


# Which two may be one.


def test_two_agencies_that_tell_of_one_place_night_and_harm_make_a_pair():
    assert pairs(POLICE, SCHOOLS) == [(1, 2)]


@pytest.mark.parametrize(
    ("change", "pair"),
    [
        ({"agency": "Police"}, False),
        ({"agency": None}, False),
        ({"harm_type": "harassment"}, False),
        ({"harm_type": None}, False),
        ({"record_type": "referral"}, True),
        ({"record_type": "missing_episode"}, True),
        ({"record_type": "flag"}, False),
        ({"record_type": "context"}, False),
        ({"record_type": model.NOT_UNDERSTOOD}, False),
        ({"role": "harmed_others"}, False),
        ({"location_role": "found_at"}, False),
        ({"location_role": "approached_there"}, True),
        ({"proactive": True}, False),
        ({"incident_id": None}, True),
        ({"incident_id": "QM1"}, True),
        ({"child_ref": None}, True),
        # where
        ({"easting": 500_000 + NEARBY}, True),
        ({"easting": 500_000 + NEARBY + 1}, False),
        ({"northing": 180_000 - NEARBY}, True),
        ({"northing": 180_000 - NEARBY - 1}, False),
        ({"easting": 500_000 + NEARBY + 80, "precision_m": 100.0}, True),
        ({"easting": 500_000 + NEARBY + 81, "precision_m": 100.0}, False),
        ({"precision_m": 250.0}, True),
        ({"easting": 500_320.0, "precision_m": 250.0}, True),
        ({"easting": 500_321.0, "precision_m": 250.0}, False),
        ({"precision_m": 251.0}, False),
        ({"precision_m": 1000.0}, False),
        ({"precision_m": 1000.0, "method": "postcode"}, True),
        ({"easting": 500_170.0, "precision_m": 1000.0, "method": "postcode"}, True),
        ({"easting": 500_171.0, "precision_m": 1000.0, "method": "postcode"}, False),
        ({"precision_m": 2000.0, "method": "postcode"}, False),
        ({"precision_m": None}, False),
        ({"easting": None, "northing": None, "precision_m": None, "method": "none"}, False),
        # who
        ({"sex": "female"}, False),
        ({"sex": "Male"}, True),
        ({"sex": None}, True),
        ({"sex": "not recorded"}, True),
        ({"age_band": "16-17"}, True),
        ({"age_band": "10-13"}, True),
        ({"age_band": "under 10"}, False),
        ({"age_band": "18-25"}, False),
        ({"age_band": None}, True),
        ({"age_band": model.NOT_UNDERSTOOD}, False),
        ({"age_band": model.OLDER}, False),
    ],
    ids=str,
)
def test_what_makes_a_pair_and_what_does_not(change, pair):
    assert bool(pairs(POLICE, SCHOOLS | change)) == pair


@pytest.mark.parametrize(
    ("one", "other", "pair"),
    [
        # Both know their hour: one night, from noon to noon.
        (at(on(14, 23, 50)), at(on(15, 0, 20)), True),
        (at(on(14, 12)), at(on(15, 11, 59)), True),
        (at(on(14, 20)), at(on(15, 20)), False),
        (at(on(14, 9)), at(on(14, 15)), False),
        (at(on(14, 11, 30)), at(on(14, 12, 30)), True),
        (at(on(14, 11, 30)), at(on(14, 12, 31)), False),
        (at(on(14, 10), on(14, 13)), at(on(14, 20)), True),
        (at(on(14, 10), on(14, 11)), at(on(14, 20)), False),
        (at(on(14, 10), on(14, 13)), at(on(14, 12, 30), on(14, 14)), True),
        # One knows only its day: that day and the small hours after it, and not the evening before.
        (at(on(14), on(15)), at(on(14, 0, 20)), True),
        (at(on(14), on(15)), at(on(14, 19)), True),
        (at(on(14), on(15)), at(on(15, 0, 20)), True),
        (at(on(14), on(15)), at(on(15, 11, 59)), True),
        (at(on(14), on(15)), at(on(15, 12)), False),
        (at(on(14), on(15)), at(on(13, 22)), False),
        (at(on(14), on(15)), at(on(13, 23, 10)), True),
        # Both know only their day.
        (at(on(14), on(15)), at(on(14), on(15)), True),
        (at(on(14), on(15)), at(on(15), on(16)), False),
        (at(on(14), on(15)), at(on(14, 6), on(15, 2)), True),
        # What is known less well is no night.
        (at(on(14), on(14) + 1.5 * DAY), at(on(14, 20)), False),
        (at(datetime(2025, 3, 1), datetime(2025, 4, 1)), at(datetime(2025, 3, 1), datetime(2025, 4, 1)), False),  # noqa: DTZ001
        (at(None), at(None), False),
        (at(None), at(on(14, 20)), False),
        (at(on(14, 20), on(14, 19)), at(on(14, 20)), False),
    ],
    ids=str,
)
def test_one_night_is_from_noon_to_noon(one, other, pair):
    assert bool(pairs(POLICE | one, SCHOOLS | other)) == bool(pairs(POLICE | other, SCHOOLS | one)) == pair


def test_of_two_incidents_there_is_one_pair_however_many_children_were_in_them():
    children = [{"child_ref": ref, "sex": sex} for ref, sex in (("a", "female"), ("b", "male"), ("c", "male"))]
    assert pairs(*(POLICE | child for child in children), *(SCHOOLS | child for child in reversed(children))) == [(1, 6)]
    assert pairs(*(POLICE | child for child in children[:1]), *(SCHOOLS | child for child in children[1:])) == [], "no child in both"


def test_rows_without_a_number_are_incidents_of_their_own():
    unnumbered = {"incident_id": None}
    assert pairs(POLICE | unnumbered, POLICE | unnumbered, SCHOOLS) == [(1, 3), (2, 3)]


def test_three_agencies_make_three_pairs():
    assert pairs(POLICE, SCHOOLS, SCHOOLS | {"agency": "Council"}) == [(1, 2), (1, 3), (2, 3)]


def test_nothing_makes_no_pairs():
    assert pairs() == pairs(POLICE) == []


def _by_hand(records):
    """Compare every two rows, one after the other, in words as plain as the rule's."""
    counted = repeat_harm.about_harm_to_children(records, young_adults=True)
    rows = [{name: None if pd.isna(value) else value for name, value in row.items()} for row in counted.reset_index().to_dict("records")]
    best = {}
    for one in rows:
        for other in rows:
            if one["record_id"] < other["record_id"] and _may_be_one(one, other):
                incidents = frozenset((row["agency"], row["incident_id"] or row["record_id"]) for row in (one, other))
                best.setdefault(incidents, (one["record_id"], other["record_id"]))
    return sorted(best.values())


def _may_be_one(one, other):
    if None in (one["agency"], other["agency"], one["harm_type"], one["precision_m"], other["precision_m"]):
        return False
    if one["agency"] == other["agency"] or one["harm_type"] != other["harm_type"]:
        return False
    if max(one["precision_m"], other["precision_m"]) > 250 or {one["sex"], other["sex"]} == {"male", "female"}:
        return False
    if one["age_band"] and other["age_band"] and abs(model.AGE_BANDS.index(one["age_band"]) - model.AGE_BANDS.index(other["age_band"])) > 1:
        return False
    east, north = one["easting"] - other["easting"], one["northing"] - other["northing"]
    if (east**2 + north**2) ** 0.5 > one["precision_m"] + other["precision_m"] + 50:
        return False
    return _one_night(one, other)


def _one_night(one, other):
    times = []
    for row in (one, other):
        if row["occurred_from"] is None or not timedelta(0) <= (row["occurred_to"] or row["occurred_from"]) - row["occurred_from"] <= DAY:
            return False
        times.append((row["occurred_from"], row["occurred_to"] or row["occurred_from"]))
    known = [ends - begins <= timedelta(hours=12) for begins, ends in times]
    if any(known) and max(begins for begins, _ends in times) - min(ends for _begins, ends in times) <= timedelta(hours=1):
        return True
    if all(known):
        nights = [{(moment - timedelta(hours=12)).date() for moment in span} for span in times]
        nights = [range(min(night).toordinal(), max(night).toordinal() + 1) for night in nights]
        return bool(set(nights[0]) & set(nights[1]))
    if not any(known):
        return times[0][0] < times[1][1] and times[1][0] < times[0][1]
    (begins, ends), (day_begins, day_ends) = times if known[0] else reversed(times)
    noon = (day_ends - timedelta(hours=12)).replace(hour=0, minute=0) + timedelta(hours=36)
    return begins < noon and day_begins < ends


_moments = st.builds(on, st.integers(14, 16), st.integers(0, 23), st.sampled_from([0, 30]))
_rows = st.fixed_dictionaries(
    {
        "agency": st.sampled_from(["Police", "Schools", "Council", None]),
        "incident_id": st.sampled_from(["1", "2", "3", None]),
        "harm_type": st.sampled_from(["robbed", "robbed", "harassment", None]),
        "sex": st.sampled_from(["male", "female", "not recorded", None]),
        "age_band": st.sampled_from([*model.AGE_BANDS, None]),
        "easting": st.sampled_from([500_000.0, 500_080.0, 500_200.0, 500_500.0]),
        "northing": st.just(180_000.0),
        "precision_m": st.sampled_from([20.0, 100.0, 250.0, 2_000.0, None]),
        "occurred_from": _moments | st.builds(on, st.integers(14, 16)) | st.none(),
        "length": st.sampled_from([None, 0, 0.5, 3, 12, 13, 24, 24, 30]),
    }
)


@settings(max_examples=150)
@given(st.lists(_rows, max_size=25), st.randoms(use_true_random=False))
def test_what_is_found_is_what_comparing_every_two_finds_in_any_order_and_never_within_an_agency(rows, random):
    for row in rows:
        length, begins = row.pop("length"), row["occurred_from"]
        row["occurred_to"] = None if length is None or begins is None else begins + timedelta(hours=length)
    records = placed(*rows)
    found = duplicates.possible(records)
    assert list(map(tuple, found.to_numpy().tolist())) == _by_hand(records)
    agencies = records["agency"]
    assert (agencies[found["record_id"]].to_numpy() != agencies[found["other_id"]].to_numpy()).all()
    order = random.sample(range(len(records)), len(records))
    assert_frame_equal(duplicates.possible(records.iloc[order]), found)


# What was said is one counts once.


def measured(records, group="here"):
    return repeat_harm.measure(records, pd.Series(group, index=records.index)).loc["here"]


def test_the_same_incident_counts_once_on_one_day_and_its_child_once_at_the_high_end():
    records = placed(POLICE, SCHOOLS)
    before, after = measured(records), measured(duplicates.told_once(records, said((1, 2, SAME))))
    assert before[["incidents", "days", "children_low", "children_high"]].tolist() == [2, 2, 1, 2]
    assert after[["incidents", "days", "children_low", "children_high"]].tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize(
    "verdicts", [said(), said((1, 2, DIFFERENT)), said((1, 9, SAME)), said((8, 9, SAME))], ids=["none", "two", "gone", "both gone"]
)
def test_nothing_is_changed_by_what_was_not_said(verdicts):
    records = placed(POLICE, SCHOOLS)
    assert_frame_equal(duplicates.told_once(records, verdicts), records)


def test_both_records_stay_and_nothing_given_is_changed():
    records = placed(POLICE, SCHOOLS)
    before = records.copy()
    told = duplicates.told_once(records, said((1, 2, SAME)))
    assert_frame_equal(records, before)
    assert told.index.tolist() == [1, 2]
    assert told["agency"].tolist() == ["Police", "Schools"]
    assert told["child_ref"].tolist() == ["a", "b"]


def test_the_same_as_the_same_is_the_same():
    council = SCHOOLS | {"agency": "Council", "child_ref": "c"}
    records = placed(POLICE, SCHOOLS, council)
    for verdicts in (said((1, 2, SAME), (2, 3, SAME)), said((1, 2, SAME), (1, 3, SAME)), said((1, 3, SAME), (2, 3, SAME))):
        found = measured(duplicates.told_once(records, verdicts))
        assert found[["incidents", "days", "children_low", "children_high"]].tolist() == [1, 1, 1, 1]


def test_it_lies_where_it_was_placed_best_and_when_it_was_timed_best():
    there, by_day = {"easting": 500_090.0, "precision_m": 100.0, "method": "postcode"}, at(on(14), on(15))
    told = duplicates.told_once(placed(POLICE | by_day, SCHOOLS | there), said((1, 2, SAME)))
    assert told["easting"].tolist() == [500_000.0] * 2
    assert told["precision_m"].tolist() == [20.0] * 2
    assert told["method"].tolist() == ["coordinates"] * 2
    assert len(set(told["longitude"])) == 1
    assert told["occurred_from"].tolist() == [on(15, 0, 20)] * 2


def test_another_place_and_another_time_of_the_same_number_stay():
    elsewhere = {"easting": 509_000.0, "location_role": "approached_there"}
    earlier = at(on(2, 20), on(2, 20))
    rows = [POLICE, SCHOOLS | {"precision_m": 60.0}, SCHOOLS | elsewhere, SCHOOLS | earlier]
    told = duplicates.told_once(placed(*rows), said((1, 2, SAME)))
    assert told["easting"].tolist() == [500_000.0, 500_000.0, 509_000.0, 500_000.0]
    assert told["occurred_from"].tolist() == [on(14, 23, 50), on(14, 23, 50), on(15, 0, 20), on(2, 20)]
    assert len(repeat_harm.one_row_per_incident(told)) == 1
    assert len(repeat_harm.one_row_per_incident(told, within=told["easting"])) == 2, "it happened in both places"


def test_other_children_of_the_incident_come_along():
    sibling = {"child_ref": "c", "sex": "female"}
    rows = [POLICE, SCHOOLS | {"easting": 500_080.0}, SCHOOLS | {"easting": 500_080.0} | sibling]
    told = duplicates.told_once(placed(*rows), said((1, 2, SAME)))
    assert len(set(told["easting"])) == 1
    assert len(set(told["same_incident"])) == 1


@pytest.mark.parametrize(
    ("police", "schools", "low", "high"),
    [
        (["a"], ["b"], 1, 1),
        (["a", "c"], ["b"], 2, 3),
        (["a", "c"], ["b", "d"], 2, 4),
        (["a", None], ["b"], 1, 2),
        (["a"], [None], 1, 1),
        (["a", "a"], ["b"], 1, 1),
    ],
    ids=["one each", "two and one may be three", "two each may be four", "one and one not named", "one not named", "one in two rows"],
)
def test_only_where_each_names_one_child_is_it_one_child(police, schools, low, high):
    rows = [*(POLICE | {"child_ref": child} for child in police), *(SCHOOLS | {"child_ref": child} for child in schools)]
    found = measured(duplicates.told_once(placed(*rows), said((1, len(police) + 1, SAME))))
    assert found[["incidents", "children_low", "children_high"]].tolist() == [1, low, high]


def test_who_harmed_others_in_it_is_no_second_child():
    rows = [POLICE, SCHOOLS, SCHOOLS | {"child_ref": "x", "role": "harmed_others"}]
    told = duplicates.told_once(placed(*rows), said((1, 2, SAME)))
    assert measured(repeat_harm.about_harm_to_children(told))["children_high"] == 1


def test_a_child_known_to_two_is_one_wherever_it_is_told_of_and_two_references_of_one_agency_are_two():
    later = at(on(20, 20), on(20, 20))
    rows = [POLICE, SCHOOLS, POLICE | later | {"incident_id": "QM2"}, SCHOOLS | later | {"incident_id": "S2", "harm_type": "other"}]
    told = duplicates.told_once(placed(*rows), said((1, 2, SAME)))
    assert measured(told)[["incidents", "children_low", "children_high"]].tolist() == [3, 1, 1]
    # The police number each victim: both of its incidents are said to be the one that the school told of.
    rows = [POLICE, POLICE | {"incident_id": "QM2", "child_ref": "c"}, SCHOOLS]
    told = duplicates.told_once(placed(*rows), said((1, 3, SAME), (2, 3, SAME)))
    assert measured(told)[["incidents", "children_low", "children_high"]].tolist() == [1, 2, 2]


def test_each_that_told_of_it_is_counted_as_having_told():
    told = duplicates.told_once(placed(POLICE, SCHOOLS), said((1, 2, SAME)))
    assert repeat_harm.one_row_per_incident(told, within=told["agency"])["agency"].tolist() == ["Police", "Schools"]


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(st.sampled_from("PSC"), st.integers(0, 4), st.integers(0, 3) | st.none(), st.sampled_from("xy")), min_size=1, max_size=15
    ),
    st.lists(st.tuples(st.integers(1, 15), st.integers(1, 15)), max_size=8),
)
def test_what_is_said_never_makes_more_of_anything_nor_a_range_that_is_none(rows, ends):
    records = placed(
        *(
            POLICE | {"agency": agency, "incident_id": str(number), "child_ref": child and str(child)}
            for agency, number, child, _place in rows
        )
    )
    groups = pd.Series([place for *_row, place in rows], index=records.index)
    verdicts = said(*((one, other, SAME) for one, other in ends if records["agency"].get(one) != records["agency"].get(other)))
    before, after = (repeat_harm.measure(told, groups) for told in (records, duplicates.told_once(records, verdicts)))
    assert (after["incidents"] <= before["incidents"]).all()
    assert (after["incidents"] >= 1).all()
    assert (after["children_low"] == before["children_low"]).fillna(value=True).all()
    assert (after["children_low"] <= after["children_high"]).fillna(value=True).all()
    assert (after["children_high"] <= before["children_high"]).fillna(value=True).all()


# What is left to ask.


def test_nobody_is_asked_of_what_was_said_or_follows_from_it():
    rows = [POLICE, SCHOOLS, SCHOOLS | {"agency": "Council"}, SCHOOLS | {"agency": "Hospital"}]
    records = placed(*rows)
    found = duplicates.possible(records)
    assert len(found) == 6

    def left(*verdicts):
        asked = duplicates.undecided(records, found, said(*verdicts))
        return list(zip(asked["record_id"].tolist(), asked["other_id"].tolist(), strict=True))

    assert len(left()) == 6
    assert (1, 2) not in left((1, 2, DIFFERENT))
    assert len(left((1, 2, DIFFERENT))) == 5
    assert left((1, 2, SAME), (2, 3, SAME)) == [(1, 4), (2, 4), (3, 4)]
    assert left((1, 2, SAME), (2, 3, SAME), (3, 4, DIFFERENT)) == []
    assert left((2, 3, SAME), (1, 2, DIFFERENT)) == [(1, 4), (2, 4), (3, 4)]


def test_a_decision_is_about_incidents_whichever_of_their_records_it_is_kept_by():
    records = placed(POLICE, POLICE | {"child_ref": "c"}, SCHOOLS)
    found = duplicates.possible(records)
    assert found.to_numpy().tolist() == [[1, 3]]
    assert duplicates.undecided(records, found, said((2, 3, DIFFERENT))).empty


# What is kept in the register.

PARTNER = {"easting": 500_000.0, "northing": 180_000.0, "location_text": "the park"}


def told(row, **changes):
    return {name: value for name, value in (row | changes).items() if name in model.INCIDENT_COLUMNS} | PARTNER


def kept(register):
    """Return what was decided, by the order in which the records came in."""
    order = {record_id: order for order, record_id in enumerate(register.records().index, 1)}
    return [(order[one], order[other], verdict) for one, other, verdict in duplicates.verdicts(register).to_numpy().tolist()]


def decide(register, one, other, verdict):
    """Decide of two records by the order in which they came in: stores number them as they like."""
    ids = dict(enumerate(register.records().index.tolist(), 1))
    duplicates.decide(register, ids.get(one, 0), ids.get(other, 0), verdict, audit=event("possible duplicate decided"))


def take_back(register, one, other):
    ids = register.records().index.tolist()
    duplicates.take_back(register, ids[one - 1], ids[other - 1], audit=event("possible duplicate decided"))


@pytest.fixture
def two(register):
    take_in(register, told(POLICE), told(SCHOOLS))
    return register


def test_a_decision_is_kept_changed_and_taken_back_with_its_audit_events(two):
    ids = two.records().index.tolist()
    assert duplicates.possible(two.records()).to_numpy().tolist() == [ids]
    heads = [two.records_head()]
    for one, other, verdict in ((2, 1, SAME), (1, 2, DIFFERENT), (1, 2, SAME)):
        decide(two, one, other, verdict)
        assert kept(two) == [(1, 2, verdict)]
        heads.append(two.records_head())
    take_back(two, 2, 1)
    assert kept(two) == []
    heads.append(two.records_head())
    assert heads == sorted(set(heads)), "what was computed before is not what is so now"
    trail = two.audit_trail().tail(4)
    assert trail["subject"].tolist() == [f"{ids[0]}-{ids[1]}"] * 4
    two.check_audit()


def test_a_decision_changes_neither_record(two):
    before = stored(two)
    decide(two, 1, 2, SAME)
    assert stored(two) == before
    assert counted(two, schema.versions) == 0


def test_the_audit_trail_says_nothing_of_a_child(two):
    decide(two, 1, 2, SAME)
    said_there = two.audit_trail().iloc[-1]
    words = " ".join(said_there[["actor", "action", "subject", "reason", "origin"]])
    for secret in ("14-15", "male", "robbed", "QM1", "S1", "park", *two.records()["child_ref"]):
        assert secret not in words


def test_what_no_longer_stands_is_not_taken_back(two):
    with pytest.raises(DataProblem, match="no longer stands"):
        take_back(two, 1, 2)


def test_records_that_are_gone_restricted_or_one_agencys_are_not_decided(two):
    take_in(two, told(POLICE, incident_id="QM2", child_ref="z"), file="more.csv")
    with pytest.raises(DataProblem, match="no longer there"):
        decide(two, 1, 99, SAME)
    with pytest.raises(DataProblem, match="no longer there"):
        decide(two, 1, 1, SAME)
    with pytest.raises(DataProblem, match="Both records are from Police"):
        decide(two, 1, 3, SAME)
    with pytest.raises(ValueError, match="no verdict"):
        decide(two, 1, 2, "perhaps")
    ids = two.records().index.tolist()
    rights.restrict(two, KEYS, "Schools", "b", audit=event())
    with pytest.raises(DataProblem, match="may not be used"):
        duplicates.decide(two, ids[0], ids[1], SAME, audit=event())
    assert kept(two) == []


def test_what_contradicts_another_decision_is_refused_until_that_is_taken_back(register):
    take_in(register, told(POLICE), told(SCHOOLS), told(SCHOOLS, agency="Council", child_ref="c"))
    decide(register, 1, 2, SAME)
    decide(register, 2, 3, SAME)
    with pytest.raises(DataProblem, match="By way of a third record"):
        decide(register, 1, 3, DIFFERENT)
    decide(register, 2, 3, DIFFERENT)
    with pytest.raises(DataProblem, match="one incident of two"):
        decide(register, 1, 3, SAME)
    assert kept(register) == [(1, 2, SAME), (2, 3, DIFFERENT)]
    take_back(register, 2, 3)
    decide(register, 1, 3, SAME)


def test_one_decision_of_two_incidents_takes_the_place_of_another_by_other_records(register):
    take_in(register, told(POLICE), told(POLICE, child_ref="c"), told(SCHOOLS))
    decide(register, 1, 3, SAME)
    decide(register, 2, 3, DIFFERENT)
    assert kept(register) == [(2, 3, DIFFERENT)]


def test_an_erased_record_takes_its_decisions_with_it_and_a_restricted_one_only_for_a_time(two, tmp_path):
    decide(two, 1, 2, SAME)
    rights.restrict(two, KEYS, "Schools", "b", audit=event())
    records = two.records()
    assert_frame_equal(duplicates.told_once(records, duplicates.verdicts(two)), records)
    assert duplicates.possible(records).empty
    rights.unrestrict(two, KEYS, "Schools", "b", audit=event())
    assert measured(duplicates.told_once(two.records(), duplicates.verdicts(two)))["incidents"] == 1
    rights.erase(two, KEYS, "Schools", "b", kept_in=tmp_path / "erased.ledger", audit=event())
    assert kept(two) == []


def test_the_same_file_again_leaves_what_was_decided(two):
    decide(two, 1, 2, SAME)
    bring(two, told(POLICE), told(SCHOOLS))
    assert kept(two) == [(1, 2, SAME)]
    assert counted(two) == 2
