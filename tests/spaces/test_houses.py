"""A house is cut to its street in all the forms that people write; a number that is no house stays where it is."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces import houses

CUT = [
    ("14 Marsh Lane", "Marsh Lane"), ("14, Marsh Lane", "Marsh Lane"), ("14b Marsh Lane", "Marsh Lane"), ("14 B Marsh Lane", "Marsh Lane"),
    ("14-16 Marsh Lane", "Marsh Lane"),
    ("14–16 Marsh Lane", "Marsh Lane"), ("14/16 Marsh Lane", "Marsh Lane"), ("14 & 16 Marsh Lane", "Marsh Lane"),
    ("14 and 16 Marsh Lane", "Marsh Lane"), ("No. 14 Marsh Lane", "Marsh Lane"),
    ("no 14 Marsh Lane", "Marsh Lane"), ("Number 14, Marsh Lane", "Marsh Lane"), ("#14 Marsh Lane", "Marsh Lane"),
    ("nos. 14-16 Marsh Lane", "Marsh Lane"), ("  14 marsh lane ", "marsh lane"),
    ("14 MARSH LANE", "MARSH LANE"), ("Flat 3, 14b Marsh Lane", "Marsh Lane"), ("Flat 3 14 Marsh Lane", "Marsh Lane"),
    ("flat 3a, 14 Marsh Lane", "Marsh Lane"), ("Apt. 3, 14 Marsh Lane", "Marsh Lane"),
    ("Apartment 12 at 14 Marsh Lane", "Marsh Lane"), ("Room 2, 14 Marsh Lane", "Marsh Lane"),
    ("Flat 3, Cedar House, Marsh Lane", "Cedar House, Marsh Lane"), ("Flat 3 Cedar House", "Cedar House"),
    ("14 Marsh Lane, Larkrise", "Marsh Lane, Larkrise"), ("14 Marsh Lane Marlhaven QM1 1AA", "Marsh Lane Marlhaven QM1 1AA"),
    ("14 St Johns Road", "St Johns Road"), ("14 The Avenue", "The Avenue"),
    ("14 The Cedars", "The Cedars"), ("22 Parklands", "Parklands"), ("7 Old Mill Rise", "Old Mill Rise"),
    ("outside 14 Marsh Lane", "outside Marsh Lane"), ("alley behind 14 Marsh Lane, by the bins", "alley behind Marsh Lane, by the bins"),
    ("between 14 and 16 Marsh Lane", "between Marsh Lane"), ("The Cedars, 14 Marsh Lane", "Marsh Lane"),
    ("Rose Cottage, Marsh Lane", "Marsh Lane"), ("Marsh Lane 14", "Marsh Lane"), ("Marsh Lane, no. 14", "Marsh Lane"),
    ("Marsh Lane (number 14)", "Marsh Lane"), ("3 Railway Cottages", "Railway Cottages"), ("14 Larkrise Park", "Larkrise Park"),
    ("1 School Lane", "School Lane"), ("14 Station Road", "Station Road"),
    ("12 Heol Fawr", "Heol Fawr"), ("12, Ffordd y De", "Ffordd y De"), ("Fflat 2, 12 Heol Fawr", "Heol Fawr"),
    ("12a Stryd yr Eglwys", "Stryd yr Eglwys"), ("5 Pen y Bryn", "Pen y Bryn"),
    ("12 Tan-y-Bryn", "Tan-y-Bryn"), ("rhif 12 Lôn Goch", "Lôn Goch"), ("wrth 12 Heol Fawr", "wrth Heol Fawr"),
    ("14 Marsh Lane and 3 Garland Row", "Marsh Lane and Garland Row"),
]  # fmt: skip
KEPT = [
    "Marsh Lane", "Lockside Park", "24 hour shop", "24 hour shop on Marsh Lane", "Platform 2", "Platform 2, Station Road", "M4 J6",
    "A34 Marsh Lane", "2 Rivers Retail Park", "5 Ways", "Five Ways",
    "junction 6 Marsh Lane", "Stop 14, Marsh Lane", "bus 58 Station Road", "Car Park 2", "2 boys on Marsh Lane",
    "20 metres from Marsh Lane", "50m along Marsh Lane", "10 minutes from Station Road",
    "1st Avenue", "Level 3 multi-storey", "Golden Fry chip shop, 14 Marsh Lane", "Dyers Yard multi-storey", "Unit 4 Trading Estate",
    "KS3 block", "Year 9 Common Room", "Under 18 night", "11pm Marsh Lane",
    "sector 601 487", "7-Eleven", "3 Spires Shopping Centre", "Pier 39", "Skate park 2", "Gate 14", "Block C", "On or near Street 8",
    "Sgwâr y Bont", "Heol Fawr", "3 bachgen ar Heol Fawr", "4 Seasons",
    "Marsh Lane end", "number 14 bus stop", "Rivers 2", "the flat roof", "flat ground by the river",
]  # fmt: skip


@pytest.mark.parametrize(("written", "street"), CUT)
def test_a_house_is_cut_to_its_street(written, street):
    assert houses.without_house(pl.Series([written, None])).to_list() == [street, None]


@pytest.mark.parametrize("place", KEPT)
def test_what_is_no_house_stays(place):
    assert houses.without_house(pl.Series([place]))[0] == place


@given(
    st.integers(1, 9999), st.sampled_from(["", "a", "B", " c"]),
    st.sampled_from(["Marsh", "Old Mill", "St Dewi's", "Saltmarsh-under-Lyme"]),
    st.sampled_from(["Lane", "Road", "Close", "Terrace", "Crescent", "Drive", "Gardens"]),
    st.sampled_from(["", "Flat 3, ", "Flat 3a ", "Apartment 12, ", "No. "]),
)  # fmt: skip
def test_no_form_of_an_address_keeps_its_number(number, letter, name, kind, before):
    assert houses.without_house(pl.Series([f"{before}{number}{letter} {name} {kind}"]))[0] == f"{name} {kind}"


def test_cutting_twice_is_cutting_once():
    once = houses.without_house(pl.Series([written for written, _street in CUT] + KEPT))
    assert houses.without_house(once).to_list() == once.to_list()


@pytest.mark.parametrize(
    "place", ["home", "Home", "at home", "own home", "her house", "the flat", "Family home", "friend's house", "boyfriend's flat",
    "gartref", "yn ei chartref", "home address", "home."]
)  # fmt: skip
def test_home_is_no_place(place):
    assert houses.is_home(pl.Series([place, None])).to_list() == [True, False]


@pytest.mark.parametrize(
    "place", ["Children's home", "Home Farm", "Larkrise House", "care home", "House Lane", "Flat Cliff", "home ground"]
)
def test_a_place_with_home_in_its_name_is_one(place):
    assert not houses.is_home(pl.Series([place]))[0]
