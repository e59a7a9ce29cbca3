"""Places and referrals of places as the panel and those who refer meet them, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from briefing import place_referrals
from briefing.workspace import SAMPLE_READ_ON as READ_ON
from briefing.workspace import Workspace
from spaces.access import Reader, Role
from tests.browser import PHONE, SLOW_MS, Watched, choose, go_to, look_as, settle, unfold

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("spaces")]

Opener = Callable[..., Watched]
PANEL = Reader("sample panel member", Role.PANEL_MEMBER)
HOSTILE = "Bench <img src=x onerror=alert(1)> **bold** [a](javascript:alert(1)) :smile:"


@pytest.fixture(scope="module")
def area(area: Workspace) -> Workspace:
    """Answer the referral that waits in the sample, so that the one to read is the one written here."""
    for letter in place_referrals.inbox(area, PANEL, READ_ON):
        if not letter.reply:
            place_referrals.decline(area, PANEL, letter, reason="Only a pin", reply="No harm is known there", today=READ_ON, origin="tests")
    return area


def fill(page: Page, label: str, text: str) -> None:
    page.get_by_role("textbox", name=label, exact=True).fill(text)
    page.get_by_role("textbox", name=label, exact=True).press("Tab")


def raise_place(page: Page, name: str) -> None:
    unfold(page, "Raise a place")
    choose(page, "Place", name)
    choose(page, "Raised by", "young people")
    page.get_by_role("button", name="Raise it").click()
    expect(page.get_by_text(f"{name} is in the list.")).to_be_visible(timeout=SLOW_MS)
    settle(page)


def open_place(page: Page, name: str) -> None:
    settle(page)
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible(timeout=SLOW_MS)
    settle(page)


def test_a_referral_is_read_accepted_and_answered_and_becomes_a_place(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    look_as(page, "Youth worker", "Referrals of places")
    unfold(page, "Refer a place")
    choose(page, "Which place", "Quarry Fields")
    fill(page, "Where it is, in words", HOSTILE)
    fill(page, "Why this place", "Groups at night, and no light")
    fill(page, "What you ask for", "Lamps")
    page.get_by_role("button", name="Refer it").click()
    expect(page.get_by_text("Raised today, not read yet.")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text(HOSTILE)).to_be_visible()
    look_as(page, "Panel member", "Referrals of places")
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_text("read the same day, not answered yet")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    page.get_by_text("Accept it", exact=True).click()
    settle(page)
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("It is accepted, the place is in the list")).to_be_visible(timeout=SLOW_MS)
    go_to(page, "Places")
    open_place(page, "Quarry Fields")
    expect(page.get_by_text("Noticed · raised by a referral of a place")).to_be_visible(timeout=SLOW_MS)
    look_as(page, "Youth worker", "Referrals of places")
    expect(page.get_by_text("Thank you. The panel has taken this place on")).to_be_visible(timeout=SLOW_MS)


def test_the_panel_raises_a_place_describes_it_and_finds_its_strengths_first(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    look_as(page, "Panel member", "Places")
    raise_place(page, "Jubilee Park")
    open_place(page, "Jubilee Park")
    expect(page.get_by_text("Nobody has written it down yet.")).to_be_visible()
    unfold(page, "Write down what is known")
    fill(page, "What is good here", HOSTILE)
    fill(page, "Who owns or runs it (an organisation or a role)", "Parks team")
    page.get_by_role("button", name="Keep it", exact=True).click()
    expect(page.get_by_text(f"Good here: {HOSTILE}")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("What is known of it was written down.")).to_be_visible()
    good = page.get_by_role("heading", name="What is good here").bounding_box()
    harm = page.get_by_role("heading", name="Recorded harm").bounding_box()
    assert good is not None
    assert harm is not None
    assert good["y"] < harm["y"]


def test_of_two_who_change_a_place_at_once_neither_loses_what_they_wrote(open_page: Opener, address: str) -> None:
    first, second = open_page(address).page, open_page(address).page
    look_as(first, "Panel member", "Places")
    raise_place(first, "Marlhaven Civic Centre")
    look_as(second, "Panel member", "Places")
    for page, note in ((first, "Go at dusk"), (second, "Ask at the desk")):
        open_place(page, "Marlhaven Civic Centre")
        unfold(page, "Hand it over to a named worker")
        fill(page, "Named worker (a role or a team)", "Parks team")
        fill(page, "Handover note", note)
    first.get_by_role("button", name="Hand it over").click()
    expect(first.get_by_text("It is handed over.")).to_be_visible(timeout=SLOW_MS)
    second.get_by_role("button", name="Hand it over").click()
    expect(second.get_by_text("Somebody else saved “Marlhaven Civic Centre” while you were writing")).to_be_visible(timeout=SLOW_MS)
    settle(second)
    expect(second.get_by_label("Handover note")).to_have_value("Ask at the desk")
    second.get_by_role("button", name="Hand it over").click()
    expect(second.get_by_text("Works with it: Parks team. Ask at the desk")).to_be_visible(timeout=SLOW_MS)
    expect(second.get_by_text("Handed over to Parks team: Go at dusk")).to_be_visible()


def test_the_map_leads_to_the_place_that_is_in_the_list(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    look_as(page, "Panel member", "Places")
    if not page.get_by_role("button", name="Lockside Park", exact=True).count():
        raise_place(page, "Lockside Park")
    go_to(page, "Map")
    expect(page.get_by_role("heading", name="Where is harm repeating?")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="Lockside Park", exact=True).first.click(timeout=SLOW_MS)
    settle(page)
    page.get_by_role("button", name="Open this place").click(timeout=SLOW_MS)
    expect(page.get_by_role("heading", name="What is good here")).to_be_visible(timeout=SLOW_MS)


@pytest.mark.parametrize("name", ["Places", "Referrals of places"])
def test_on_a_phone_nothing_is_wider_than_the_screen(open_page: Opener, address: str, name: str) -> None:
    page = open_page(address, size=PHONE, touch=True).page
    look_as(page, "Panel member", name)
    if name == "Places":
        if not page.get_by_role("button", name="Lockside Park", exact=True).count():
            raise_place(page, "Lockside Park")
        open_place(page, "Lockside Park")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
