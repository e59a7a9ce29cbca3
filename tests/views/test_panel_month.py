"""A panel member's month in one go: the new hotspot, its place, an assessment planned, gathered, weighed, the conference written down."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import DESKTOP, PHONE, SLOW_MS, Watched, choose, fill, go_to, press, said, settle, shot, wait_for_map
from tests.views.test_assessment import answer

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("panel_month")]

Opener = Callable[..., Watched]
PLACE = {DESKTOP["width"]: "Saltings Skate Park", PHONE["width"]: "Ravenscroft Estate"}
"""What stands out in the last three months: the one that is new since the year before, and a busy one for the telephone."""


def menu(page: Page, *, wide: bool) -> None:
    if not wide:
        page.get_by_test_id("stExpandSidebarButton").click()


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_from_the_new_hotspot_to_the_record_of_the_conference(open_page: Opener, address: str, size: dict[str, int]) -> None:
    page, wide, place = open_page(address, size=size).page, size == DESKTOP, PLACE[size["width"]]
    first = wait_for_map(page)
    menu(page, wide=wide)
    choose(page, "Period", "Last 3 months")
    if not wide:
        page.get_by_test_id("stSidebarCollapseButton").locator("button").click()
    wait_for_map(page, not_version=first)
    listed = page.get_by_role("button", name=place)
    expect(listed).to_be_visible(timeout=SLOW_MS)
    shot(page, f"month_{size['width']}")
    listed.click()
    expect(page.get_by_role("heading", name=place, exact=True)).to_be_visible(timeout=SLOW_MS)
    settle(page)
    shot(page, f"month_place_{size['width']}")
    page.get_by_label("Who leads it (a role or a team)").fill("Youth team")
    page.get_by_label("Why this place, in a sentence the next panel can read").fill("It is new, and it is after dark.")
    press(page, "Plan the assessment")
    said(page, "Assessment planned: begins by")

    menu(page, wide=wide)
    go_to(page, "Assessments")
    if not wide:
        page.get_by_test_id("stSidebarCollapseButton").locator("button").click()
    card = page.locator("[data-testid=stVerticalBlock]").filter(has=page.get_by_role("heading", name=place, exact=True)).last
    card.get_by_role("button", name="Open it").click()
    said(page, "What is next")
    press(page, "Move on to: Gathering")
    said(page, "It stands at “Gathering” now.")
    for question in (
        "What do young people like about this place?",
        "Which adults are here who would step in because they care?",
        "How do people get in, through and home?",
    ):
        answer(page, question, "They meet friends here, and the café looks out for them.")
        said(page, f"Kept: {question}")
    press(page, "Move on to: Weighing")
    press(page, "Put it in order")
    fill(page, "1. What must change", "Light on the north path")
    fill(page, "Why it comes here (1)", "Everything else waits for it.")
    press(page, "Keep this order")
    said(page, "The order is kept.")
    press(page, "Move on to: Context conference")
    press(page, "Write down the conference")
    fill(page, "Who was there (roles and agencies)", "Youth team; parks; police")
    fill(page, "What was agreed", "The light is mended first; then the same questions are asked again.")
    press(page, "Keep the record")
    said(page, "The conference is written down. Now agree goals, then actions.")
    said(page, "The light is mended first")
    shot(page, f"month_conference_{size['width']}")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
