"""Nothing that anybody writes for a place asks another machine, breaks anything or takes long."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyproj.network
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import geocode
from tests.geo.test_geocode_names import DECLINED, FOUND
from tests.made_up_gazetteer import CASTLETON, MadeUpGazetteer

GAZETTEER = MadeUpGazetteer(addresses=True, shapes=True)

HOSTILE = [
    "x" * 100_000, "a, " * 33_000, "(" * 50_000, "12 " * 33_000, "st " * 33_000, "1" * 100_000, "SU 9 " * 20_000, "51.5,-0.6 " * 10_000,
    "/ " * 50_000,
    "ZQ1 1AA " * 12_000, "and " * 25_000, "°'\"N" * 25_000, "\x00" * 1_000, "the " * 25_000, "near " * 60, "flat 1 " * 40, "\u202e\u200b",
    "'; DROP TABLE records; --", "\" OR 1=1", "(a+)+$", "[a-z", "\\", "${7*7}", "{name}", "%s%n", "<script>alert(1)</script>",
    "../../etc/passwd", "=1+1",
    "😀🏞️ Castle Park", "Ｈｉｇｈ Ｓｔｒｅｅｔ", "İstanbul ẞ", "high\tstreet", "مدرسة", "\ud83d", "NaN", "None", "-", "…", "  ", "0",
    "null", "inf",
]  # fmt: skip


def _place(texts, **columns):
    return geocode.place(pd.DataFrame({"location_text": texts} | columns), GAZETTEER, within=CASTLETON)


@pytest.mark.parametrize("text", [text for text in HOSTILE if text != "\ud83d"], ids=lambda text: ascii(text[:20]))
def test_hostile_text_is_a_place_or_has_a_reason(text):
    for columns in (
        {"location_text": [text]},
        {"postcode": [text]},
        {"uprn": [text]},
        {"longitude": [text], "latitude": [text]},
        {"easting": [text], "northing": ["1"]},
    ):
        placed = geocode.place(pd.DataFrame(columns), GAZETTEER, within=CASTLETON)
        assert (placed["method"].iloc[0] == "none") == placed["reason"].notna().iloc[0]


def test_a_name_among_odd_signs_is_still_that_name():
    placed = _place(
        ["😀🏞️ Castle Park", "Ｍｉｌｌ Ｌａｎｅ", "mill\u200blane", "Mill\u00a0Lane", "<b>Mill Lane</b>", "Mill Lane; DROP TABLE x"]
    )
    assert placed["feature"].tolist()[:4] == ["park:40", "street:4", "street:4", "street:4"]


@given(st.lists(st.text(max_size=60) | st.lists(st.sampled_from(
    ["High", "Street", "St", "Mill", "Lane", "Castleton", "Penybryn", "/", "and", "junction", "of", ",", "12", "a", "near", "ZQ1", "1AA",
    "(", ")", "car park", "the"]
), max_size=9).map(" ".join), max_size=6))  # fmt: skip
@settings(max_examples=100)
def test_any_words_are_a_place_or_have_a_reason(texts):
    placed = _place(texts)
    nowhere = placed["method"] == "none"
    assert placed["method"].isin(geocode.METHODS).all()
    assert (placed["reason"].notna() == nowhere).all()
    for column in ("longitude", "latitude", "easting", "northing", "precision_m"):
        assert (placed[column].isna() == nowhere).all()
    assert placed.loc[~nowhere, "candidates"].isna().all()
    for some in placed["candidates"].dropna():
        assert [set(one) for one in some] == [{"name", "kind", "town", "easting", "northing", "score"}] * len(some)
        assert 0 < len(some) <= 10


def test_nothing_is_asked_of_another_machine(monkeypatch):
    def refused(*_args, **_named):
        raise AssertionError("a socket was asked for")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refused)
    texts = ["51.5105, -0.5950", "Church Lane", "SU 978 801", *FOUND, *DECLINED, *(text for text in HOSTILE if text != "\ud83d")]
    located = _place(texts, postcode=[None, "ZQ1 1AA", None] * (len(texts) // 3) + [None] * (len(texts) % 3))
    assert set(located["method"]) >= {"coordinates", "grid_reference", "postcode", "street", "place", "area", "none"}
    assert not pyproj.network.is_network_enabled()
    geocode.spread(located, GAZETTEER, 9)


EVERY_METHOD = """
import sys
def refuse(event, _arguments):
    if event.startswith(("socket.", "urllib.", "http.", "subprocess.", "os.system", "os.exec", "os.posix_spawn")):
        raise AssertionError(event)
sys.addaudithook(refuse)
import pandas as pd
import pyproj.network
from geo import frames, geocode
from tests.made_up_gazetteer import CASTLETON, MadeUpGazetteer
gazetteer = MadeUpGazetteer(addresses=True, shapes=True)
rows = pd.DataFrame([
    {"latitude": 51.51, "longitude": -0.59}, {"easting": 497600.0, "northing": 180100.0}, {"location_text": "51.5105, -0.5950"},
    {"location_text": "SU 978 801"}, {"uprn": "10001"}, {"location_text": "UPRN 10001"}, {"postcode": "zq1 1aa"},
    {"postcode": "C010 0US"}, {"location_text": "Church Street, ZQ1 1AB"}, {"location_text": "12 High Street, Castleton"},
    {"location_text": "Mill Lane"}, {"location_text": "High Street / Church Street"}, {"location_text": "Medow Crescent"},
    {"location_text": "Castle Park"}, {"location_text": "Castleton"}, {"postcode": "ZQ1"}, {"postcode": "ZQ1 1"},
    {"location_text": "Nowhere Street"}, {"location_text": "https://example.org/?q=51.5,-0.6"}, {"location_text": "///filled.count.soap"},
])
placed = geocode.place(rows, gazetteer, within=CASTLETON)
missing = set(geocode.METHODS) - set(placed["method"])
assert not missing, missing
assert len(geocode.spread(placed, gazetteer, 9)) > len(placed)
assert not pyproj.network.is_network_enabled()
"""


def test_every_method_asks_nothing_of_another_machine(tmp_path, listener):
    """Not through Python, whatever a module calls its sockets; nor through the projection library, where the machine lets that."""
    base = listener.url.rpartition("/")[0]
    open_doors = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "PROJ_NETWORK_ENDPOINT"), base)
    environment = os.environ | open_doors | {"PROJ_NETWORK": "ON", "PROJ_USER_WRITABLE_DIRECTORY": str(tmp_path)}
    root = Path(geocode.__file__).parents[1]
    environment["PYTHONPATH"] = str(root)
    done = subprocess.run([sys.executable, "-c", EVERY_METHOD], env=environment, cwd=root, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert listener.requests == []


def test_the_frame_that_is_given_is_left_as_it_was():
    frame = pd.DataFrame(
        {
            "location_text": ["High Street", None],
            "postcode": ["ZQ1 1AA", None],
            "uprn": [10001, None],
            "longitude": ["0.5W", None],
            "latitude": ["52", None],
        }
    )
    before = frame.copy(deep=True)
    geocode.place(frame, GAZETTEER, within=CASTLETON)
    pd.testing.assert_frame_equal(frame, before)
