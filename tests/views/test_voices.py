"""The panel switches on what people said, touches a place, reads it in words, and saves a map without it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import h3
import pytest
import shapely
from playwright.sync_api import Locator, Page, expect

from briefing import flags, safety_maps, youth_sessions
from briefing.safety_maps import Draft
from briefing.workspace import Workspace
from geo import frames
from spaces.access import Reader, Role
from spaces.flags import Flag
from spaces.youth_sessions import Session
from tests.briefing.test_voices import unsaid
from tests.browser import DESKTOP, PHONE, SLOW_MS, Watched, count_near, map_pixels, settle, shot, wait_for_map

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("voices")]

Opener = Callable[..., Watched]
MINE = Reader("sample youth worker", Role.YOUTH_WORKER)
HOW = {"today": date(2026, 10, 31), "origin": "tests"}
UNSAFE = Flag("unsafe", "panel", reasons=("dark",), time_of_day="night")
HOSTILE = "dark <img src=x onerror=alert(1)> **bold** [a](javascript:alert(1))"


@pytest.fixture(scope="module")
def area(area: Workspace) -> Workspace:
    unsaid(area)
    _flag(area, "Lockside Park", UNSAFE, 6)
    _flag(area, "Lockside Park", dataclasses.replace(UNSAFE, view_of="resident", reasons=("fights",)), 7)
    _flag(area, "Marlhaven Library", Flag("safe", "map", reasons=("warm_and_dry",)), 2)
    _draw(area, _held(area, "Riverside group", 7))
    _draw(area, _held(area, "Four of us", 4))
    return area


def _flag(area: Workspace, name: str, flag: Flag, times: int) -> None:
    spot = flags.of_place(area, str(area.places.index[area.places["name"] == name][0]))
    for number in range(times):
        flags.make(area, MINE, flag, spot, session_id=f"session {number % 2}", **HOW)


def _held(area: Workspace, group: str, how_many: int) -> youth_sessions.Held:
    told = ("purpose", "who_sees", "can_withdraw")
    session = Session(
        date(2026, 10, 1), "The panel", "to make it better", told, "panel", "safety_map", "en", group, how_many, "It is dark."
    )
    session_id = youth_sessions.keep(area, MINE, session, **HOW)
    return next(one for one in youth_sessions.listed(area, MINE, date(2026, 10, 31)) if one.session_id == session_id)


def _draw(area: Workspace, held: youth_sessions.Held) -> None:
    at = shapely.centroid(area.area)
    longitude, latitude = frames.points_in_degrees([at.x], [at.y])
    cell = h3.latlng_to_cell(float(latitude[0]), float(longitude[0]), 11)
    marked = Draft(frozenset(h3.str_to_int(one) for one in h3.grid_disk(cell, 3)))
    safety_maps.draw(area, MINE, held, marked, colour="red", reasons=HOSTILE, origin="tests")


def _switch(page: Page, title: str) -> Locator:
    key = page.get_by_role("button", name="Layers and key")
    if key.get_attribute("aria-expanded") == "false":
        key.click()
    return page.get_by_role("checkbox", name=title, exact=True)


def _counts(page: Page) -> dict[str, int]:
    return json.loads(page.get_attribute(".safer-map", "data-counts") or "{}")


def _drawn(page: Page, layer: str) -> None:
    page.wait_for_function(
        "(layer) => JSON.parse(document.querySelector('.safer-map').dataset.counts)[layer] > 0", arg=layer, timeout=SLOW_MS
    )


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1440", "390"])
def test_the_panel_switches_it_on_and_reads_the_same_in_words(open_page: Opener, address: str, size: Mapping[str, int]) -> None:
    page = open_page(address, size=size, touch=size is PHONE).page
    wait_for_map(page)
    layers = {"flags_young": "What young people said", "flags_complaints": "What residents and businesses said",
              "safety_map": "Safety map made with young people"}  # fmt: skip
    assert {layer: _counts(page)[layer] for layer in layers} == dict.fromkeys(layers, 0), "off until somebody switches it on"
    for layer, title in layers.items():
        switch = _switch(page, title)
        expect(switch).not_to_be_checked()
        switch.check()
        _drawn(page, layer)
    shot(page, f"voices_key_{size['width']}")
    page.get_by_role("button", name="Layers and key").click()
    assert count_near(map_pixels(page), "#5a1a6b") > 20
    settle(page)
    page.locator("summary").filter(has_text="What people said, in words").click()
    rows = page.get_by_role("table").filter(has_text="Who says so").get_by_role("row")
    for who, where, said in (
        ("Young people", "Lockside Park", "Unsafe"), ("Residents and businesses", "Lockside Park", "Fights (7)"),
        ("Young people", "Marlhaven Library", "Hollow: fewer than five flags"), ("Riverside group", "an area of", HOSTILE),
    ):  # fmt: skip
        expect(rows.filter(has_text=who).filter(has_text=where).filter(has_text=said).first).to_be_visible(timeout=SLOW_MS)
    expect(rows.filter(has_text="Four of us")).to_have_count(0)
    shot(page, f"voices_{size['width']}")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    beyond = page.locator(".grid").filter(has_text="Who says so").evaluate("grid => grid.scrollWidth - grid.clientWidth")
    assert beyond <= 0, "read without scrolling sideways"


def test_the_saved_map_holds_nothing_of_it(open_page: Opener, address: str, tmp_path: Path) -> None:
    page = open_page(address).page
    wait_for_map(page)
    _switch(page, "What young people said").check()
    with page.expect_download(timeout=SLOW_MS) as saved:
        page.get_by_role("button", name="Save this map as a file").click()
    saved.value.save_as(tmp_path / "map.html")
    text = (tmp_path / "map.html").read_text("utf-8")
    assert "Recorded incidents in each hexagon" in text
    for told in ("What young people said", "Safety map made with young people", "Riverside group", "flags_young", "fewer than five"):
        assert told not in text
