"""A place remains harmful when a child who is certainly new is harmed there after another's case closed; what may be is not said."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from spaces import repeat_harm
from tests.spaces.conftest import on, records_of

P, S = "Police", "Schools"
COLUMNS = ["remains_harmful", "new_children_low", "closed_children", "first_closed_on", "since", "new_since_low"]


def _row(agency, child, day, closed=None, **more):
    return {
        "agency": agency, "child_ref": child, "occurred_from": day and on(day, 21), "case_closed_on": closed and on(closed),
        **more,
    }  # fmt: skip


def _is(said, expected):
    return pd.isna(said) if expected is None else bool(said == expected)


def _say(*rows, since=1):
    """Say of rows of (agency, child, day, closed) that all name one place; `since` is a day of March 2025."""
    records = records_of(*(_row(*row) for row in rows))
    return repeat_harm.remains_harmful(records, pd.Series("here", index=records.index), since=date(2025, 3, since)).loc["here"]


@pytest.mark.parametrize(
    ("rows", "remains", "new"),
    [
        ([(P, "a", 1, 5), (P, "b", 9)], True, 1),
        ([(P, "a", 1, 5), (P, "b", 9), (P, "c", 9), (P, "b", 12)], True, 2),
        ([(P, "a", 1, 5), (P, "a", 9)], False, 0),
        ([(P, "a", 1, 5), (P, "b", 5)], False, 0),
        ([(P, "a", 1, 5), (P, "b", 6)], True, 1),
        ([(P, "a", 1, 5), (P, "b", 3), (P, "b", 9)], False, 0),
        ([(P, "a", 1), (P, "b", 9)], None, None),
        ([(P, "a", 1, 12), (P, "b", 9)], False, 0),
        ([(P, "a", 1, 5), (P, "b", 2), (P, "c", 9)], True, 1),
        ([(P, "a", 1, 5), (P, "b", 2, 30), (P, "c", 9)], True, 1),
        ([(P, "a", 1, 5), (P, "a", 2), (P, "b", 9)], None, None),
        ([(P, "a", 1, 5), (P, "a", 2, 8), (P, "b", 7)], False, 0),
        ([(P, "a", 1, 5), (P, "a", 2, 8), (P, "b", 9)], True, 1),
        ([(P, "a", 1, 5), (P, "b", 7), (P, "a", 8)], True, 1),
        ([(P, "a", 1, 5), (P, "a", 5), (P, "b", 9)], None, None),
        ([(P, "a", 5, 5), (P, "b", 9)], True, 1),
        ([(P, "a", 7, 5), (P, "b", 9)], None, None),
        ([(P, "a", 1, 5), (P, None, 9)], None, 0),
        ([(P, "a", 1, 5), (P, None, 3)], False, 0),
        ([(P, "a", 1, 5), (P, "b", None)], None, 0),
        ([(P, "a", 1, 5), (P, "b", None), (P, "b", 9)], None, 0),
        ([(P, "a", 1, 5), (P, "b", 2), (P, "b", None)], False, 0),
        ([(P, "a", 1, 5), (S, "b", 9)], None, 0),
        ([(P, "a", 1, 5), (S, "b", 2), (S, "b", 9)], False, 0),
        ([(P, "a", 1, 5), (S, "b", 2, 3), (S, "c", 9)], True, 1),
        ([(None, "a", 1, 5), (None, "b", 9)], True, 1),
        ([(P, None, 1, 5), (P, "b", 9)], None, None),
        ([(P, None, 1, 5), (P, None, 9)], None, None),
    ],
    ids=[
        "a new child after a case closed", "two, one of them twice", "a child who comes back is not new", "on the closing day is not after",
        "the day after is", "harmed before it closed and again after", "no closing day is told", "closed after both",
        "another case still open excuses nothing", "nor one that closed later", "two cases of a child, one still open",
        "two cases of a child, before the later closed", "and after", "a child who comes back later had a closed case before that",
        "harmed again on the closing day", "closed on the day of the harm", "closed before the harm is another case",
        "someone not known since", "someone not known before", "a child harmed at no known time",
        "and again since", "harmed before, and at no known time", "another agency's may be the same child",
        "another agency's who comes back",
        "each agency by its own", "an agency unnamed is an agency", "nobody knows whose case closed", "all references missing",
    ],
)  # fmt: skip
def test_who_is_new_after_which_closing(rows, remains, new):
    found = _say(*rows)
    assert _is(found["remains_harmful"], remains)
    assert _is(found["new_children_low"], new)


@pytest.mark.parametrize(
    ("rows", "since", "remains", "new"),
    [
        ([(P, "a", 1, 5), (P, "b", 9)], 9, True, 1),
        ([(P, "a", 1, 5), (P, "b", 9)], 10, False, 0),
        ([(P, "a", 1, 5), (P, "b", 9), (P, "b", 12)], 10, False, 0),
        ([(P, "a", 1, 5), (P, "b", 9), (P, "c", 12)], 10, True, 1),
        ([(P, "a", 1), (P, "b", 9)], 10, False, None),
        ([(P, "a", 1), (P, "b", 9)], 9, None, None),
    ],
    ids=[
        "in the period", "a place that ended", "a child who comes back in the period", "one more", "ended, and no case is known to close",
        "new, and no case is known to close",
    ],
)  # fmt: skip
def test_new_children_are_those_of_the_period(rows, since, remains, new):
    found = _say(*rows, since=since)
    assert _is(found["remains_harmful"], remains)
    assert _is(found["new_children_low"], new)


def test_the_agency_that_tells_of_most_new_children_says_how_many_cases_had_closed():
    found = _say(
        (P, "a", 1, 5), (P, "b", 2, 6), (P, "c", 3, 20), (P, "d", 9), (P, "e", 10),  # c's case closed after the last new child
        (S, "x", 1, 2), (S, "y", 9),
    )  # fmt: skip
    assert found[["new_children_low", "closed_children"]].tolist() == [2, 2]
    assert found["first_closed_on"] == on(5)


def test_where_nobody_is_new_every_closed_case_counts():
    found = _say((P, "a", 1, 5), (P, "b", 2, 6), (P, "c", 3), since=10)
    assert found[["remains_harmful", "new_children_low", "closed_children"]].tolist() == [False, 0, 2]


@pytest.mark.parametrize(
    ("rows", "low"),
    [
        ([(P, "a", 1), (P, "b", 10), (P, "c", 12)], 2),
        ([(P, "a", 1), (P, "a", 12), (P, "b", 12)], 1),
        ([(P, "b", 10), (P, "c", 12)], 0),
        ([(P, "a", 1), (S, "b", 10)], 0),
        ([(P, "a", 1), (P, "b", 10), (S, "x", 1), (S, "y", 10), (S, "z", 10)], 2),
        ([(P, "a", 9), (P, "b", 10)], 1),
        ([(P, "a", 1), (P, None, 10)], 0),
        ([(P, "a", None), (P, "b", 10)], 0),
        ([(P, None, 1), (P, None, 10)], None),
    ],
    ids=[
        "two", "a child who comes back is not new", "nobody before: the place is new, not still harmful",
        "another agency's may be the same",
        "the agency with most", "at the edge", "someone not known", "perhaps nobody before", "all references missing",
    ],
)  # fmt: skip
def test_the_fallback_counts_children_new_since_a_day(rows, low):
    assert _is(_say(*rows, since=10)["new_since_low"], low)


def test_without_a_day_it_is_the_middle_of_all_records_for_every_group_alike():
    records = records_of(_row(P, "a", 1), _row(P, "b", 6), _row(P, "c", 5), _row(P, "d", 10))
    found = repeat_harm.remains_harmful(records, pd.Series(["park", "park", "alley", None]))
    assert found["since"].tolist() == [on(6), on(6)]
    assert found["new_since_low"].to_dict() == {"park": 1, "alley": 0}


def test_a_child_whom_another_agency_knew_here_before_is_not_new():
    rows = [_row(P, "a", 1, 5), _row(P, "b", 9), _row(S, "x", 2)]
    records = records_of(*rows)
    here = pd.Series("here", index=records.index)
    told_once = records.assign(same_child=pd.array([None, 1, 1], dtype="Int64"))
    since = date(2025, 3, 1)
    assert repeat_harm.remains_harmful(records, here, since=since)["remains_harmful"].tolist() == [True]
    assert repeat_harm.remains_harmful(told_once, here, since=since)["remains_harmful"].tolist() == [False]


def test_a_long_time_in_which_it_happened_is_after_only_where_it_began_after():
    began_before = _row(P, "b", 4, occurred_to=on(9))
    records = records_of(_row(P, "a", 1, 5), began_before)
    found = repeat_harm.remains_harmful(records, pd.Series("here", index=records.index), since=date(2025, 3, 1))
    assert found["remains_harmful"].isna().all()
    assert found["new_children_low"].tolist() == [0]


def test_no_records_say_nothing():
    found = repeat_harm.remains_harmful(records_of(), pd.Series([], dtype=object))
    assert found.empty
    assert found.columns.tolist() == COLUMNS


def test_records_that_know_no_day_say_nothing():
    records = records_of(_row(P, "a", None), _row(P, "b", None))
    found = repeat_harm.remains_harmful(records, pd.Series("here", index=records.index)).loc["here"]
    assert found[["remains_harmful", "new_children_low", "since"]].isna().all()
    assert found["new_since_low"] == 0


# Any records at all.

rows = st.fixed_dictionaries(
    {
        "agency": st.none() | st.sampled_from([P, S]), "child": st.none() | st.sampled_from(["a", "b", "c", "d"]),
        "day": st.none() | st.integers(1, 9), "lasts": st.none() | st.integers(0, 3), "closed": st.none() | st.integers(1, 10),
        "same_child": st.none() | st.sampled_from([1, 2]), "place": st.none() | st.sampled_from(["park", "alley"]),
    }
)  # fmt: skip
any_records = st.lists(rows, max_size=14)
days = st.integers(1, 10)


def _records(rows):
    """Return rows as records, and the place of each."""
    told = [_row(row["agency"], row["child"], row["day"], row["closed"]) for row in rows]
    for row, one in zip(rows, told, strict=True):
        if row["day"] and row["lasts"] is not None:
            one["occurred_to"] = one["occurred_from"] + timedelta(days=row["lasts"])
    linked = [row["same_child"] if row["child"] is not None else None for row in rows]
    records = records_of(*told).assign(same_child=pd.array(linked, dtype="Int64"))
    return records, pd.Series([row["place"] for row in rows], index=records.index, dtype=object)


LATER = 99


def _closing(row):
    """Return the day a record's case closed, if it is one of the same case."""
    return None if row["closed"] is None or (row["day"] and row["closed"] < row["day"]) else row["closed"]


def _had_happened_by(row):
    known = [day for day in (row["day"] and row["day"] + (row["lasts"] or 0), _closing(row)) if day]
    return min(known, default=LATER)


def _closed_on(mine):
    """Return the first day on which every record up to then has closed, by trying each day."""
    for day in range(1, 15):
        up_to_then = [row for row in mine if row["day"] is None or row["day"] <= day]
        if up_to_then and all((_closing(row) or LATER) <= day for row in up_to_then):
            return day
    return None


def _by_hand(rows, since):
    """Say it pair by pair: each child against each other child of the same agency, in plain Python."""
    found = {}
    for place in {row["place"] for row in rows} - {None}:
        there = [row for row in rows if row["place"] == place]
        mine, known = defaultdict(list), defaultdict(list)
        for row in there:
            if row["child"] is not None:
                mine[row["agency"], row["child"]].append(row)
        for child, its in mine.items():
            links = {row["same_child"] for row in its} - {None}
            known[child] = its + [row for row in there if row["child"] is not None and row["same_child"] in links]
        closed = {child: _closed_on(its) for child, its in mine.items() if _closed_on(its)}
        surely_first = {child: min((row["day"] or 0) for row in its) for child, its in known.items()}
        new, new_since, before = defaultdict(set), defaultdict(set), set()
        for child, first in surely_first.items():
            if first >= since:
                new_since[child[0]].add(child)
            if first >= since and any(other[0] == child[0] and day < first for other, day in closed.items()):
                new[child[0]].add(child)
            if min(map(_had_happened_by, known[child])) < since:
                before.add(child[0])
        after = max([since - 1, *([min(closed.values())] if closed else [])])
        someone = any(_had_happened_by(row) > after for row in there if row["child"] is None)
        someone |= any(min(map(_had_happened_by, its)) > after for its in known.values())
        most = max(map(len, new.values()), default=0)
        found[place] = {
            "remains_harmful": True if most else None if someone else False,
            "new_children_low": most if closed else None,
            "new_since_low": max((len(new_since[agency]) for agency in before), default=0) if mine else None,
        }
    return found


def _plain(said):
    columns = ["remains_harmful", "new_children_low", "new_since_low"]
    return {
        place: {column: None if pd.isna(value) else value for column, value in row.items()}
        for place, row in said[columns].to_dict("index").items()
    }


def _remains(rows, since):
    return repeat_harm.remains_harmful(*_records(rows), since=date(2025, 3, since))


@given(any_records, days)
@settings(max_examples=60)
def test_a_second_way_of_saying_it_agrees(rows, since):
    assert _plain(_remains(rows, since)) == _by_hand(rows, since)


@given(any_records, days, st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_order_of_records_does_not_matter(rows, since, random):
    assert_frame_equal(_remains(rows, since), _remains(random.sample(rows, len(rows)), since))


@given(any_records, rows, days, st.data())
@settings(max_examples=25)
def test_a_closing_told_of_or_a_child_more_never_makes_a_place_less_harmful(rows, another, since, data):
    more = [*rows, another | {"child": "another", "same_child": None}]
    if rows and (which := data.draw(st.integers(0, len(rows) - 1))) is not None and rows[which]["closed"] is None:
        more[which] = rows[which] | {"closed": data.draw(st.integers(1, 10))}
    before = _remains(rows, since)
    after = _remains(more, since).reindex(before.index)
    assert (after["new_children_low"].fillna(0) >= before["new_children_low"].fillna(0)).all()
    assert after.loc[before["remains_harmful"].fillna(False), "remains_harmful"].fillna(False).all()


@given(any_records, days)
@settings(max_examples=25)
def test_new_children_are_among_the_different_children_and_one_more_was_there_before(rows, since):
    said = _remains(rows, since)
    low = repeat_harm.measure(*_records(rows))["children_low"].fillna(0)
    harmful = said["remains_harmful"].fillna(False)
    assert (said.loc[harmful, "new_children_low"] + 1 <= low[harmful]).all()
    assert (said["new_children_low"].fillna(0) <= said["new_since_low"].fillna(0).where(~harmful, LATER)).all()


def test_nothing_given_is_changed():
    records, place = _records([{"agency": P, "child": "a", "day": 1, "lasts": 1, "closed": 5, "same_child": 1, "place": "park"}])
    before = records.copy()
    repeat_harm.remains_harmful(records, place)
    assert_frame_equal(records, before)
