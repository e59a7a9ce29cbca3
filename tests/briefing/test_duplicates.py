"""The data steward is shown what may be one incident, and what is said of it shows in every count, on the map and in the list."""

from __future__ import annotations

import itertools
import shutil
from datetime import date
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from briefing import duplicates, place, review, workspace
from sample_data import make
from spaces import disclosure, rights, schema
from spaces import duplicates as rule
from spaces.access import Reader, Role
from spaces.duplicates import DIFFERENT, SAME
from spaces.register import open_register
from tests.briefing.conftest import PANEL
from tests.spaces.conftest import KEYS, event, on, take_in
from words import DataProblem

STEWARD = Reader("a data steward", Role.DATA_STEWARD)
TEAL_GREEN = "way/20038"
AGENCIES = {
    "police": "Police", "childrens_services": "Children's services", "emergency_department": "Emergency department", "schools": "Schools",
}  # fmt: skip


@pytest.fixture
def town(marlhaven, tmp_path):
    """Give the sample town in a folder of its own: what is decided in it is decided for this test."""
    shutil.copytree(marlhaven.folder, tmp_path / "marlhaven")
    opened = workspace.open_workspace(tmp_path / "marlhaven")
    yield opened
    opened.register.close()


@pytest.fixture
def small(tmp_path):
    """Give an area with two agencies' records of one night at the end of a month."""
    register = open_register(f"sqlite:///{tmp_path / 'register.sqlite'}")
    where = {"easting": 500_000.0, "northing": 180_000.0, "harm_type": "robbed"}
    take_in(
        register,
        {
            "agency": "Police",
            "incident_id": "QM1",
            "child_ref": "a",
            "occurred_from": on(14, 23, 50),
            "occurred_to": on(14, 23, 55),
            **where,
        },
        {"agency": "Schools", "incident_id": "S1", "child_ref": "b", "occurred_from": on(15, 0, 20), "occurred_to": on(15, 0, 20), **where},
        {"agency": "Schools", "incident_id": "S2", "child_ref": "c", "occurred_from": None, **where},
    )
    yield SimpleNamespace(register=register)
    register.close()


def pairs(area):
    """Return every pair that is asked about, in order."""
    count = duplicates.asked(area, STEWARD).count
    return [duplicates.asked(area, STEWARD, at).pair for at in range(count)]


def decide_all(area, verdict=SAME, *, at=None):
    for pair in pairs(area):
        if at is None or pair.record_id in at:
            duplicates.decide(area, STEWARD, pair, verdict, origin="tests")


# What is found in the sample town, whose truth is known.


@pytest.fixture(scope="module")
def told_twice(tmp_path_factory):
    """Give the incidents that two partners were told of, each as the numbers the partners gave it, from whoever made the town."""
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        truth = make._truth
        patch.setattr(make, "_truth", lambda sample, tables, places: (made.update(tables), truth(sample, tables, places))[1])
        make.marlhaven(tmp_path_factory.mktemp("made"))
    numbers = {}
    for agency, table in made.items():
        for harm, row in table:
            numbers.setdefault(id(harm), []).append((AGENCIES[agency], row[0]))
    return [told for told in numbers.values() if len({agency for agency, _number in told}) > 1]


def test_what_was_told_twice_of_one_place_and_harm_is_offered_and_little_else(marlhaven, told_twice):
    records = marlhaven.register.records()
    by_number = {(row["agency"], row["incident_id"]): row for row in records.reset_index().to_dict("records")}
    true, telling = set(), set()
    for told in told_twice:
        for one, other in itertools.combinations(sorted((by_number[number] for number in told), key=lambda row: row["record_id"]), 2):
            pair = one["record_id"], other["record_id"]
            true.add(pair)
            known = all(side["method"] == "postcode" or side["precision_m"] <= rule.COARSEST_M for side in (one, other))
            dated = one["occurred_from"] == one["occurred_from"] and other["occurred_from"] == other["occurred_from"]
            if known and dated and one["harm_type"] == other["harm_type"]:
                telling.add(pair)
    found = {(pair.record_id, pair.other_id) for pair in pairs(marlhaven)}
    assert len(true) == 35
    assert len(telling) == 19, "the others were told of another harm, or nobody knows where or when, or only which park"
    assert found >= telling
    assert len(found - true) <= 2, "false offers"


# What the steward sees.


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DATA_STEWARD])
def test_only_the_steward_is_shown_and_decides(marlhaven, role):
    reader, pair = Reader("A. Jones", role), duplicates.Pair(1, 2, "")
    for act in (
        lambda: duplicates.asked(marlhaven, reader),
        lambda: duplicates.decided(marlhaven, reader),
        lambda: duplicates.told(marlhaven, reader, pair),
        lambda: duplicates.decide(marlhaven, reader, pair, SAME, origin="tests"),
        lambda: duplicates.take_back(marlhaven, reader, pair, origin="tests"),
    ):
        with pytest.raises(DataProblem, match="data steward"):
            act()
    assert rule.verdicts(marlhaven.register).empty


def test_both_sides_are_told_in_words_and_never_which_child(small):
    found = duplicates.asked(small, STEWARD)
    assert (found.at, found.count) == (0, 1)
    assert found.pair.title == "Robbed, 14 March 2025, at the same point"
    said = duplicates.told(small, STEWARD, found.pair)
    assert said[0].to_dict() == {
        "Told by": "Police", "Its number": "QM1", "When": "14 March 2025, 23:50-23:55", "Placed by": "its coordinates, to about 20 m",
        "Children it names": "1",
    }  # fmt: skip
    assert said[1]["When"] == "15 March 2025, 00:20"
    references = set(small.register.records()["child_ref"])
    assert not references & {str(value) for column in said for value in said[column]}


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        (on(14, 19, 30), on(14, 20), "14 March 2025, 19:30-20:00"),
        (on(14, 19, 30), on(14, 19, 30), "14 March 2025, 19:30"),
        (on(14, 19, 30), None, "14 March 2025, 19:30"),
        (on(14), on(15), "14 March 2025, hour not recorded"),
        (on(14, 23, 50), on(15, 0, 20), "14 March 2025, 23:50 to 15 March 2025, 00:20"),
        (on(14, 1), on(16), "14 March 2025 to 16 March 2025"),
        (None, None, None),
    ],
)
def test_a_time_is_said_as_far_as_it_is_known(begins, ends, said):
    assert duplicates._when(begins, ends) == said


def test_the_town_s_pairs_come_the_latest_first_and_none_is_without_both_sides(marlhaven):
    found = pairs(marlhaven)
    records = marlhaven.register.records()
    began = records.loc[[pair.record_id for pair in found], "occurred_from"].tolist()
    assert began == sorted(began, reverse=True)
    for pair in found:
        said = duplicates.told(marlhaven, STEWARD, pair)
        assert said.loc["Told by"].nunique() == 2
        assert said.loc["When"].ne("not recorded").all()
    assert duplicates.asked(marlhaven, STEWARD, 999).at == len(found) - 1
    assert duplicates.asked(marlhaven, STEWARD, -3).at == 0


def test_where_nothing_may_be_one_nothing_is_asked(tmp_path):
    area = SimpleNamespace(register=open_register(f"sqlite:///{tmp_path / 'register.sqlite'}"))
    assert duplicates.asked(area, STEWARD) == duplicates.Asked(None, 0, 0)
    assert duplicates.decided(area, STEWARD) == []
    area.register.close()


# What is decided.


def test_a_decision_is_listed_and_can_be_taken_back(small):
    pair = duplicates.asked(small, STEWARD).pair
    duplicates.decide(small, STEWARD, pair, DIFFERENT, origin="tests")
    assert duplicates.asked(small, STEWARD).pair is None
    assert [(one.title, one.verdict) for one in duplicates.decided(small, STEWARD)] == [(pair.title, "Two incidents")]
    duplicates.take_back(small, STEWARD, pair, origin="tests")
    assert duplicates.asked(small, STEWARD).pair == pair
    assert duplicates.decided(small, STEWARD) == []
    last = small.register.audit_trail().iloc[-2:]
    assert last["actor"].tolist() == ["a data steward"] * 2
    assert last["reason"].tolist() == ["said to be two incidents", "the decision was taken back"]


def test_what_may_not_be_used_is_neither_asked_about_nor_listed(small):
    pair = duplicates.asked(small, STEWARD).pair
    duplicates.decide(small, STEWARD, pair, SAME, origin="tests")
    rights.restrict(small.register, KEYS, "Schools", "b", audit=event())
    assert duplicates.decided(small, STEWARD) == []
    assert duplicates.asked(small, STEWARD).pair is None


def test_a_decision_does_not_have_every_record_compared_anew_and_anything_else_has(small, monkeypatch):
    compared = []
    monkeypatch.setattr(rule, "possible", lambda records, possible=rule.possible: compared.append(1) or possible(records))
    pair = duplicates.asked(small, STEWARD).pair
    duplicates.decide(small, STEWARD, pair, SAME, origin="tests")
    duplicates.asked(small, STEWARD)
    duplicates.take_back(small, STEWARD, pair, origin="tests")
    assert duplicates.asked(small, STEWARD).count == 1
    assert len(compared) == 1
    rights.restrict(small.register, KEYS, "Schools", "b", audit=event())
    assert duplicates.asked(small, STEWARD).count == 0
    rights.unrestrict(small.register, KEYS, "Schools", "b", audit=event())
    assert duplicates.asked(small, STEWARD).count == 1
    take_in(small.register, {"agency": "Council", "harm_type": "other"}, file="more.csv")
    duplicates.asked(small, STEWARD)
    assert len(compared) == 3, "what was compared before the restriction is known still"


# How it counts.


def test_what_is_restricted_is_told_apart_by_which_records_and_not_by_a_sum(small):
    states = []
    for numbers in ([1, 2], [3]):
        change = sa.update(schema.records).values(restricted=schema.records.c.record_id.in_(numbers))
        small.register.write(event(), lambda connection, change=change: connection.execute(change), changes_records=True)
        states.append(duplicates._state(small.register))
    assert states[0] != states[1]


def test_the_map_the_list_and_the_place_count_it_once(town, everything):
    before = review.counted(town, PANEL, everything)
    decide_all(town)
    after = review.counted(town, PANEL, everything)
    assert len(after.records) == len(before.records), "both records stay"
    assert not any("counts once" in line or "count once" in line for line in before.left_out)
    assert "21 second tellings, by another agency, of incidents that count once" in after.left_out
    assert before.answer.incidents - after.answer.incidents == 21
    assert before.answer.cells["incidents"].sum() - after.answer.cells["incidents"].sum() == pytest.approx(21)
    places = [review.places_of(found, town, everything) for found in (before, after)]
    assert places[0]["incidents"].sum() - places[1]["incidents"].sum() == 21
    assert (places[1]["children_low"].dropna() <= places[1]["children_high"].dropna()).all()


def test_one_child_told_of_by_two_is_one_child_and_both_are_named_as_having_told(town, everything):
    before = place.open_place(town, PANEL, everything, TEAL_GREEN)
    assert "4 incidents on 2 days, 1 to 2 different children" in before.sentence
    there = review.counted(town, PANEL, everything)
    decide_all(town, at=set(there.records.index[there.place == TEAL_GREEN]))
    after = place.open_place(town, PANEL, everything, TEAL_GREEN)
    assert "2 incidents on 2 days, 1 different child," in after.sentence
    assert after.by_harm["count"].sum() == after.by_hour["count"].sum() == after.by_month["count"].sum() == 2
    assert after.by_agency["count"].to_dict() == {"Police": 2, "Children's services": 2}
    assert not any("one source only" in line for line in after.not_known)


def test_two_incidents_count_as_before_and_so_does_what_was_taken_back(town, everything):
    before = review.review(town, PANEL, everything)
    decide_all(town, DIFFERENT)
    apart = review.review(town, PANEL, everything)
    assert apart.places.equals(before.places)
    for pair in duplicates.decided(town, STEWARD):
        duplicates.take_back(town, STEWARD, pair, origin="tests")
    assert review.review(town, PANEL, everything).places.equals(before.places)


def test_a_decision_names_another_state_of_the_data(small):
    before = small.register.records_head()
    duplicates.decide(small, STEWARD, duplicates.asked(small, STEWARD).pair, SAME, origin="tests")
    assert small.register.records_head() > before


def test_an_incident_at_midnight_is_in_one_of_two_periods(small):
    def of(first, last):
        found = duplicates.records_told_once(small, date(2025, 3, first), date(2025, 3, last))
        return found["incident_id"].tolist()

    assert of(1, 14) == ["QM1", "S2"], "and what has no date in every one"
    assert of(15, 31) == ["S1", "S2"]
    duplicates.decide(small, STEWARD, duplicates.asked(small, STEWARD).pair, SAME, origin="tests")
    assert [of(1, 14), of(15, 31)] == [["S2"], ["QM1", "S1", "S2"]]
    assert of(15, 15) == ["QM1", "S1", "S2"]
    assert of(16, 31) == ["S2"]


def test_what_is_counted_still_says_nothing_that_finds_a_child(town, everything):
    decide_all(town)
    answer = review.review(town, PANEL, everything)
    assert not set(disclosure.ALWAYS_WITHHELD) & set(answer.places.columns)
    assert not {"same_incident", "same_child"} & set(answer.places.columns)
