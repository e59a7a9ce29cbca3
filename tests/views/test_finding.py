"""The queue of places that could not be found, worked through in a browser: a pin, no place, and a decision taken back."""

import re
from collections.abc import Callable

import pytest
import shapely
from playwright.sync_api import Page, expect

from briefing import workspace
from spaces import placing
from tests.browser import PHONE, SLOW_MS, Watched, choose, look_as, settle

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("finding")]

Opener = Callable[..., Watched]


def open_queue(page: Page) -> None:
    look_as(page, "Data steward", "Places to find")
    settle(page)


def test_a_place_is_pinned_another_is_none_and_a_decision_is_taken_back(open_page: Opener, address: str, area: workspace.Workspace) -> None:
    page = open_page(address).page
    open_queue(page)
    before = len(placing.waiting(area.register))
    expect(page.get_by_role("heading", name=f"{before} places to find")).to_be_visible()

    choose(page, "Which one", "alley behind Golden Fry · Schools")
    expect(page.get_by_role("button", name="It is where the pin is")).to_be_disabled()
    ground = page.locator(".safer-map-ground")
    ground.scroll_into_view_if_needed()
    box = ground.bounding_box()
    assert box
    ground.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(page.get_by_role("button", name="It is where the pin is")).to_be_enabled(timeout=SLOW_MS)
    settle(page)
    settle(page)
    page.get_by_role("button", name="It is where the pin is").click()
    expect(page.get_by_text("Done: 2 records are placed by it.")).to_be_visible(timeout=SLOW_MS)
    placed = area.register.records().query("location_text == 'alley behind Golden Fry' and agency == 'Schools'")
    by_hand = placed[placed["reason"] == placing.PLACED_BY_A_PERSON]
    assert by_hand["method"].tolist() == ["place", "place"]
    assert by_hand["easting"].nunique() == 1

    choose(page, "Which one", "the park by the canal")
    page.get_by_text("nobody knows which place is meant").click()
    settle(page)
    settle(page)
    page.get_by_role("button", name="It is no place").click()
    expect(page.get_by_text("Done: 1 record is of no place.")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("heading", name=f"{before - 2} places to find")).to_be_visible()

    page.get_by_text("Decided so far: 2").click()
    settle(page)
    page.get_by_role("button", name="Take it back").first.click()
    expect(page.get_by_text("Taken back: 1 record waits again.")).to_be_visible(timeout=SLOW_MS)
    assert len(placing.waiting(area.register)) == before - 1
    area.register.check_audit()


def test_what_is_like_its_words_is_offered_and_the_one_chosen_holds_for_all_that_are_worded_so(
    open_page: Opener, address: str, area: workspace.Workspace
) -> None:
    page = open_page(address).page
    open_queue(page)
    choose(page, "Which one", "bus station · Schools")
    expect(page.get_by_text("it says what kind of place it was, and not which one")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("It is B.*Station Road"))).to_be_visible()
    settle(page)
    page.get_by_role("button", name=re.compile("It is A.*Marlhaven Bus Station")).click()
    expect(page.get_by_text("Done: 2 records are placed by it.")).to_be_visible(timeout=SLOW_MS)
    placed = area.register.records().query("location_text == 'bus station' and agency == 'Schools'").query("method == 'place'")
    station = area.places[area.places["name"] == "Marlhaven Bus Station"].geometry.iloc[0]
    by_hand = placed[placed["reason"] == placing.PLACED_BY_A_PERSON]
    assert [station.contains(shapely.Point(*at)) for at in by_hand[["easting", "northing"]].to_numpy()] == [True, True]
    assert by_hand["precision_m"].round().tolist() == [87.0, 87.0]


def test_the_queue_fits_a_phone(open_page: Opener, address: str) -> None:
    page = open_page(address, size=PHONE, touch=True).page
    open_queue(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
