"""Possible duplicates compared and decided in a real browser, and the panel's map counting what was said."""

import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from briefing import workspace
from tests.browser import PHONE, ROOT, SLOW_MS, Watched, choose, look_as, serving, settle, wait_for_map

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("duplicates")]

Opener = Callable[..., Watched]


@pytest.fixture
def address(chromium: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAFER_SPACES_DATA", str(data))
        workspace.open_sample().register.close()
    with serving(ROOT / "app.py", environment={"SAFER_SPACES_DATA": str(data)}) as served:
        yield served
    shutil.rmtree(data, ignore_errors=True)


def press(page: Page, button: str) -> None:
    settle(page)
    page.get_by_role("button", name=button).click()


def open_duplicates(page: Page) -> None:
    look_as(page, "Data steward", "Possible duplicates")


def incidents_on_the_map(page: Page) -> int:
    wait_for_map(page)
    said = page.get_by_text(re.compile(r"[\d,]+ incidents placed on the map")).first
    expect(said).to_be_visible(timeout=SLOW_MS)
    return int(re.search(r"([\d,]+) incidents placed", said.inner_text())[1].replace(",", ""))


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name)).to_be_visible(timeout=SLOW_MS)


def test_a_steward_decides_and_the_panel_s_map_counts_it_once_until_it_is_taken_back(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    before = incidents_on_the_map(page)
    open_duplicates(page)
    heading(page, "21 pairs to compare")
    for said in ("Children's services", "R50510", "Bus Stn, stand C", "its coordinates, to about 20 m"):
        expect(page.get_by_role("cell", name=said, exact=True)).to_be_visible()

    press(page, "The next pair")
    expect(page.get_by_text("Pair 2 of 21")).to_be_visible(timeout=SLOW_MS)
    press(page, "The pair before")
    expect(page.get_by_text("Pair 1 of 21")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("button", name="The pair before")).to_be_disabled()

    press(page, "The same incident")
    expect(page.get_by_text("counted as the same incident from now on")).to_be_visible(timeout=SLOW_MS)
    heading(page, "20 pairs to compare")
    press(page, "Two incidents")
    expect(page.get_by_text("counted as two incidents, and not asked about again")).to_be_visible(timeout=SLOW_MS)
    heading(page, "19 pairs to compare")

    look_as(page, "Panel member")
    assert incidents_on_the_map(page) == before - 1

    open_duplicates(page)
    heading(page, "19 pairs to compare")
    choose(page, "2 decisions", "The same incident: Serious violence, 13 September 2026")
    press(page, "Take this decision back")
    expect(page.get_by_text("the decision is taken back")).to_be_visible(timeout=SLOW_MS)
    heading(page, "20 pairs to compare")
    look_as(page, "Panel member")
    assert incidents_on_the_map(page) == before


def test_on_a_phone_both_sides_fit_and_what_came_of_a_decision_is_on_the_screen(open_page: Opener, address: str) -> None:
    page = open_page(address, size=PHONE, touch=True).page
    wait_for_map(page)
    open_duplicates(page)
    heading(page, "21 pairs to compare")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    grid = page.locator(".grid").first
    assert grid.evaluate("it => it.scrollWidth <= it.clientWidth"), "both sides without scrolling"
    press(page, "The same incident")
    said = page.get_by_text("counted as the same incident from now on")
    expect(said).to_be_visible(timeout=SLOW_MS)
    expect(said).to_be_in_viewport(timeout=SLOW_MS)
