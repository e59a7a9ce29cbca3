"""A wording that nobody could place is decided once, for what is here and what comes, and can be decided otherwise."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import geocode
from spaces import placing
from spaces.placing import Spot
from tests.spaces.conftest import event, on, take_in
from words import DataProblem

PARK = {"agency": "Police", "location_text": "behind the big Tesco"}
SPOT = Spot(450_000.0, 300_000.0, 60.0)


def _fill(register):
    rows = [
        PARK, PARK, PARK | {"location_text": "Behind the BIG tesco!"}, PARK | {"location_text": "bridge"}, PARK | {"agency": "Schools"},
        PARK | {"easting": 451_000.0, "northing": 301_000.0}, {"agency": "Police"}, PARK | {"postcode": "ZZ1 1ZZ"},
    ]  # fmt: skip
    take_in(register, *({**row, "occurred_from": on(1 + n), "incident_id": f"N{n}"} for n, row in enumerate(rows)))


def _wording(register, text="behind the big Tesco", agency="Police"):
    found = placing.waiting(register)
    return found.index[(found["location_text"] == text) & (found["agency"] == agency) & found["postcode"].isna()][0]


def test_what_waits_is_listed_by_wording_most_first(register):
    _fill(register)
    found = placing.waiting(register)
    assert found[["agency", "location_text", "records"]].to_numpy().tolist()[0] == ["Police", "behind the big Tesco", 3]
    assert sorted(found["records"]) == [1, 1, 1, 3]
    assert set(found["reason"]) <= {geocode.NO_NAMES, geocode.UNKNOWN_POSTCODE}


def test_a_decision_places_all_that_is_worded_so_and_nothing_else(register):
    _fill(register)
    head = register.records_head()
    assert placing.decide(register, _wording(register), SPOT, audit=event("place decided")) == 3
    records = register.records().set_index("incident_id")
    for number in ("N0", "N1", "N2"):
        assert records.loc[number, ["easting", "northing", "precision_m", "method"]].tolist() == [450_000, 300_000, 60, "place"]
        assert 52 < records.loc[number, "latitude"] < 53
    assert round(records.loc["N5", "easting"]) == 451_000, "a position of its own stays"
    assert records.loc[["N3", "N4", "N6", "N7"], "easting"].isna().all()
    assert register.records_head() > head
    before = register.records(as_of=head).set_index("incident_id")
    assert before.loc[["N0", "N1"], "easting"].isna().all(), "what was known then is still known"
    assert len(placing.waiting(register)) == 3


@pytest.mark.parametrize("verdict", placing.NO_PLACES)
def test_what_is_no_place_waits_no_longer(register, verdict):
    _fill(register)
    wording = _wording(register)
    assert placing.decide(register, wording, verdict, audit=event("place decided")) == 3
    assert wording not in placing.waiting(register).index
    assert placing.decisions(register).loc[wording, "verdict"] == verdict
    assert register.records().set_index("incident_id").loc["N0", ["method", "reason"]].tolist() == ["none", placing.NO_PLACES[verdict]]


def test_a_decision_can_be_another_and_be_taken_back(register):
    _fill(register)
    wording = _wording(register)
    placing.decide(register, wording, "online", audit=event("place decided"))
    placing.decide(register, wording, SPOT, audit=event("place decided"))
    assert placing.decide(register, wording, Spot(450_500.0, 300_500.0, 1.0), audit=event("place decided")) == 3
    records = register.records().set_index("incident_id")
    assert records.loc["N0", ["easting", "precision_m"]].tolist() == [450_500, placing.FINEST_M]
    assert placing.undo(register, wording, audit=event("decision taken back")) == 3
    assert wording in placing.waiting(register).index
    with pytest.raises(DataProblem, match="Nothing is decided about this wording any more"):
        placing.undo(register, wording, audit=event("decision taken back"))
    register.check_audit()


@pytest.mark.parametrize("decided", [Spot(2_000_000.0, 300_000.0, 50.0), Spot(900_000.0, 300_000.0, 50.0), "nonsense", ""])
def test_a_point_abroad_or_no_reason_is_refused(register, decided):
    _fill(register)
    with pytest.raises(DataProblem):
        placing.decide(register, _wording(register), decided, audit=event("place decided"))
    assert placing.decisions(register).empty


def test_nothing_of_what_was_written_is_in_the_decision_or_the_trail(register):
    _fill(register)
    placing.decide(register, _wording(register), SPOT, audit=event("place decided"))
    told = placing.decisions(register).to_csv() + register.audit_trail().to_csv()
    assert "tesco" not in told.lower()


words = st.text("abcXYZ ŵŷÂ'’-.,/0189\n", max_size=12)


@given(words, words, words)
def test_capitals_signs_and_spaces_make_no_other_wording(agency, text, postcode):
    rows = pl.DataFrame(
        {
            "agency": [agency, f" {agency.upper()}."], "location_text": [text, f"{text} - "], "postcode": [postcode, postcode],
        }
    )  # fmt: skip
    first, second = placing.wordings(rows)
    assert first == second
    assert (first is None) == (not any(sign.isalnum() for sign in text + postcode))
