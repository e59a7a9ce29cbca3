"""What is late meets each reader where they begin, and leads on: to the list, the place, and the plan of its assessment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from briefing import assessing, space_acts
from briefing.workspace import SAMPLE_READ_ON, Workspace
from spaces import audit, space
from spaces.access import Reader, Role
from spaces.space import Details
from tests.browser import DESKTOP, PHONE, SLOW_MS, Watched, fill, look_as, settle, shot, wait_for_map

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("waiting")]

Opener = Callable[..., Watched]
PANEL = Reader("sample panel member", Role.PANEL_MEMBER)
HOSTILE = "Games <img src=x onerror=alert(1)> **night** chat"


def raise_long_ago(area: Workspace, name: str, days: int) -> str:
    """Raise a place online that nobody has decided on since."""
    day = SAMPLE_READ_ON - timedelta(days)
    with audit.as_if_on(day):
        details = Details(name, space.ONLINE, "young people", platform="games")
        return space_acts.raise_place(area, PANEL, details, today=day, origin="test")


def to(page: Page, name: str) -> None:
    """Open a page by the line that says what is late there."""
    settle(page)
    page.locator(f".st-key-late_{name.lower()}").get_by_role("button").click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible(timeout=SLOW_MS)
    settle(page)


@pytest.mark.parametrize(("size", "name"), [(DESKTOP, HOSTILE), (PHONE, "Night games chat")], ids=["wide", "narrow"])
def test_the_panel_sees_what_is_late_opens_it_and_plans_its_assessment(
    open_page: Opener, address: str, area: Workspace, size: Mapping[str, int], name: str
) -> None:
    raise_long_ago(area, name, 70)
    page = open_page(address, size=size, touch=size is PHONE).page
    waiting = page.locator(".st-key-waiting")
    expect(waiting.get_by_text("late. Tell the panel's chair.").first).to_be_visible(timeout=SLOW_MS)
    wait_for_map(page)
    settle(page)
    shot(page, f"waiting_map_{size['width']}")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    to(page, "Places")
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible(timeout=SLOW_MS)
    settle(page)
    shot(page, f"waiting_space_{size['width']}")
    page.get_by_role("button", name="Plan the assessment").click()
    expect(page.get_by_text("Say who leads the assessment")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    fill(page, "Who leads it (a role or a team)", "Youth team")
    fill(page, "Why this place, in a sentence the next panel can read", "Young people say so.")
    page.get_by_role("button", name="Plan the assessment").click()
    expect(page.get_by_text("Assessment planned: begins by")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    expect(page.get_by_role("button", name="Plan the assessment")).to_have_count(0)
    shot(page, f"waiting_planned_{size['width']}")
    page.get_by_role("button", name="Open the assessment").click()
    expect(page.get_by_role("heading", name="What is next")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    expect(page.get_by_text("Young people say so.")).to_be_visible()


@pytest.mark.parametrize(("role", "name"), [("Community safety officer", "Safe places"), ("Youth worker", "Sessions with young people")])
def test_others_see_what_is_late_of_what_they_may_see(open_page: Opener, address: str, area: Workspace, role: str, name: str) -> None:
    space_id = raise_long_ago(area, f"Chat of the {role.lower()}", 70)
    begin_by = SAMPLE_READ_ON - timedelta(60)
    assessing.plan(area, PANEL, space_id, lead="Youth team", why="They say so.", begin_by=begin_by, today=begin_by, origin="test")
    page = open_page(address, size=PHONE, touch=True).page
    look_as(page, role, name)
    waiting = page.locator(".st-key-waiting")
    expect(waiting.get_by_text("Tell the panel's chair.").first).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".st-key-late_places")).to_have_count(0)
    shot(page, f"waiting_{role.split()[0]}")
    to(page, "Assessments")
