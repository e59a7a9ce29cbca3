"""Flagging a place on a telephone in six taps, in English and in Welsh; what was said moderated, answered, and the answer seen."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect

from briefing import flags_gathered, workspace
from spaces import flag_reasons, flags, youth_sessions
from spaces.access import Reader, Role
from spaces.youth_sessions import Session
from tests.browser import PHONE, SLOW_MS, Watched, answer, choose, look_as, settle, shot, wait_for_map

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("flags")]

Opener = Callable[..., Watched]
MOST_TAPS = 6
HOSTILE = "<img src=x onerror=alert(1)> **b** [a](//b.c) :red[x] $x^2$ ${1+1}"


@pytest.fixture(scope="module")
def area(area: workspace.Workspace) -> workspace.Workspace:
    youth = Reader("Y. Worker", Role.YOUTH_WORKER)
    flag_reasons.add(area.register, youth, kind="bad", en=HOSTILE[:60], cy=HOSTILE[:59], agreed_with="a group", origin="tests")
    steward = Reader("A Steward", Role.DATA_STEWARD)
    for one in flags_gathered.to_read(area, steward):  # the sample's own, so that the note to read is the one written here
        flags_gathered.show(area, steward, one, shown_note=one.note, why="", origin="tests")
    return area


class Hand:
    """A thumb that counts its taps."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    def tap(self, where: Locator, **at: object) -> None:
        where.scroll_into_view_if_needed(timeout=SLOW_MS)
        settle(self.page)
        where.tap(timeout=SLOW_MS, **at)  # type: ignore[arg-type]
        self.taps += 1
        settle(self.page)

    def tap_middle_of_map(self) -> None:
        wait_for_map(self.page)
        ground = self.page.locator(".safer-map-ground")
        ground.scroll_into_view_if_needed()
        box = ground.bounding_box()
        assert box
        self.tap(ground, position={"x": box["width"] / 2, "y": box["height"] / 2})


def open_as_youth(open_page: Opener, address: str) -> Hand:
    page = open_page(address, size=PHONE, touch=True).page
    look_as(page, "Youth worker")
    expect(page.get_by_role("heading", name="Flag a place", exact=True)).to_be_visible(timeout=SLOW_MS)
    return Hand(page)


def newest(area: workspace.Workspace) -> tuple[str, str, str, str]:
    row = flags.newest(area.register).sort_values("kept_at").iloc[-1]
    return row["polarity"], row["reasons"], row["seen_by"], row["language"]


def code_on(page: Page, before: str) -> str:
    expect(page.locator("#flag-made")).to_be_visible(timeout=SLOW_MS)
    return page.locator("#flag-made").inner_text().removeprefix(before)


def test_a_place_is_flagged_in_six_taps_in_english(open_page: Opener, address: str, area: workspace.Workspace) -> None:
    hand = open_as_youth(open_page, address)
    hand.tap_middle_of_map()
    hand.tap(hand.page.locator(".st-key-spot_0 button"))
    hand.tap(hand.page.locator(".st-key-flag_polarity button", has_text="Unsafe"))
    hand.tap(hand.page.locator(".st-key-why_unsafe button", has_text="Groups at night"))
    hand.tap(hand.page.locator(".st-key-flag_when button", has_text="Night"))
    hand.tap(hand.page.get_by_role("button", name="The panel too"))
    code = code_on(hand.page, "Your code: ")
    assert hand.taps <= MOST_TAPS
    assert newest(area) == ("unsafe", "groups_at_night", "panel", "en")
    assert flags.read_code(code) == code
    assert hand.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_place_is_flagged_in_six_taps_in_welsh_from_the_language_on(open_page: Opener, address: str, area: workspace.Workspace) -> None:
    hand = open_as_youth(open_page, address)
    hand.tap(hand.page.get_by_text("Cymraeg", exact=True))
    expect(hand.page.get_by_role("heading", name="Dweud am le", exact=True)).to_be_visible(timeout=SLOW_MS)
    hand.tap_middle_of_map()
    hand.tap(hand.page.locator(".st-key-spot_0 button"))
    hand.tap(hand.page.locator(".st-key-flag_polarity button", has_text="Hoffwn gael"))
    expect(hand.page.get_by_text("Beth hoffet ti ei gael yno?")).to_be_visible(timeout=SLOW_MS)
    hand.tap(hand.page.locator(".st-key-why_wish button", has_text="Golau da"))
    hand.tap(hand.page.get_by_role("button", name="Ar y map"))
    code_on(hand.page, "Dy god: ")
    assert hand.taps <= MOST_TAPS
    assert newest(area) == ("wish", "good_light", "map", "cy")
    assert hand.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_what_a_list_holds_is_shown_letter_for_letter_and_a_child_in_danger_is_two_words_away(open_page: Opener, address: str) -> None:
    hand = open_as_youth(open_page, address)
    expect(hand.page.get_by_text("Nobody watches this page.")).to_be_in_viewport(timeout=SLOW_MS)
    hand.tap(hand.page.get_by_text("Somebody is in danger now", exact=True))
    expect(hand.page.get_by_text("Ring 999 if somebody is hurt or in danger now.")).to_be_visible(timeout=SLOW_MS)
    expect(hand.page.get_by_text("your council's children's services")).to_be_visible()
    hand.tap_middle_of_map()
    hand.tap(hand.page.locator(".st-key-spot_0 button"))
    hand.tap(hand.page.locator(".st-key-flag_polarity button", has_text="Unsafe"))
    shown = hand.page.locator(".st-key-why_unsafe button").last
    assert shown.inner_text().replace("\u2060", "") == HOSTILE[:60].strip()
    assert shown.locator("img, a, strong, .katex").count() == 0


def test_a_touch_outside_the_area_is_told_and_nothing_is_lost(open_page: Opener, address: str) -> None:
    hand = open_as_youth(open_page, address)
    wait_for_map(hand.page)
    ground = hand.page.locator(".safer-map-ground")
    box = ground.bounding_box()
    assert box
    hand.tap(ground, position={"x": 25, "y": box["height"] - 60})
    expect(hand.page.get_by_text("That is outside Marlhaven. Choose a place inside it.")).to_be_visible(timeout=SLOW_MS)
    hand.tap_middle_of_map()
    expect(hand.page.get_by_role("heading", name="Which place do you mean?")).to_be_visible(timeout=SLOW_MS)


def test_a_note_is_previewed_read_by_the_steward_and_answered_and_the_young_person_sees_it(
    open_page: Opener, address: str, area: workspace.Workspace
) -> None:
    hand = open_as_youth(open_page, address)
    page = hand.page
    chooser = page.get_by_label("Or choose it by its name", exact=True)
    chooser.click(timeout=SLOW_MS)
    chooser.fill("Market Walk")
    page.get_by_role("option", name="Market Walk").first.click()
    hand.tap(page.locator(".st-key-flag_polarity button", has_text="Mixed"))
    hand.tap(page.get_by_text("For the worker: a note"))
    page.get_by_label("The worker's note").fill("Kayleigh Price says it is dark.")
    hand.tap(page.get_by_role("button", name="The panel too"))
    expect(page.get_by_text("“The worker's note” looks like a person's name")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    page.get_by_label("The worker's note").fill("Dark by the swings, Year 9 say. <b>x</b>")
    hand.tap(page.get_by_role("button", name="The panel too"))
    expect(page.get_by_role("heading", name="This is how others will read the note")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("Dark by the swings, Year 9 say. <b>x</b>", exact=True).first).to_be_visible()
    hand.tap(page.get_by_role("button", name="Save it"))
    code = code_on(page, "Your code: ")

    steward = open_page(address).page
    look_as(steward, "Data steward", "What people said")
    expect(steward.get_by_role("heading", name="1 note to read")).to_be_visible(timeout=SLOW_MS)
    note = steward.get_by_label("What others see of it")
    note.fill("Dark by the swings.")
    note.press("Tab")
    expect(steward.get_by_text("“swings, Year 9 say. <b>x</b>” is shown as “swings.”")).to_be_visible(timeout=SLOW_MS)
    settle(steward)
    steward.get_by_role("button", name="Show it").click()
    expect(steward.get_by_text("Say why the note is changed")).to_be_visible(timeout=SLOW_MS)
    settle(steward)
    choose(steward, "Why, if it is changed or held back", "somebody could be known by it")
    steward.get_by_role("button", name="Show it").click()
    expect(steward.get_by_text("It counts, with what others see of its note.")).to_be_visible(timeout=SLOW_MS)

    panel = open_page(address).page
    look_as(panel, "Panel member", "What people said")
    card = panel.locator("[data-testid=stVerticalBlock]").filter(has=panel.get_by_role("heading", name="Market Walk")).last
    expect(card.get_by_text("Dark by the swings.", exact=True)).to_be_visible(timeout=SLOW_MS)
    expect(card.get_by_text("Fewer than 5 flags.")).to_be_visible()
    card.get_by_text("Answer young people").click()
    for label, text in (("You said", "It is dark by the swings. <i>y</i>"), ("We did", "Two lamps are mended.")):
        settle(panel)
        card.get_by_label(label, exact=True).fill(text)
        card.get_by_label(label, exact=True).press("Tab")
    settle(panel)
    card.get_by_role("button", name="Answer", exact=True).click()
    expect(panel.get_by_text("Market Walk: the answer is where young people flag places.")).to_be_visible(timeout=SLOW_MS)

    again = open_as_youth(open_page, address)
    expect(again.page.get_by_role("heading", name="You said, we did")).to_be_visible(timeout=SLOW_MS)
    expect(again.page.get_by_text("You said: It is dark by the swings. <i>y</i>")).to_be_visible()
    again.tap(again.page.get_by_text("I have a code"))
    again.page.get_by_label("Your code").fill(code.lower())
    again.tap(again.page.get_by_role("button", name="See what became of it"))
    expect(again.page.get_by_role("status").get_by_text("It counts: somebody could be known by it.")).to_be_visible(timeout=SLOW_MS)
    expect(again.page.get_by_role("status").get_by_text("We did: Two lamps are mended.")).to_be_visible()
    again.page.get_by_label("Your code").fill(code)
    again.tap(again.page.get_by_role("button", name="Take it back"))
    expect(again.page.get_by_text("It is taken back, and what it said is deleted.")).to_be_visible(timeout=SLOW_MS)
    assert "withdrawn" in flags.newest(area.register)["state"].tolist()
    area.register.check_audit()


def test_flags_made_by_the_link_of_a_session_are_of_that_session_on_each_telephone(
    open_page: Opener, address: str, area: workspace.Workspace
) -> None:
    told = ("purpose", "who_sees", "can_withdraw")
    said = Session(date(2026, 10, 20), "the panel", "a safer park", told, "map", "walkabout", "en", "Link group", 30, "Dark by the swings.")
    mine = Reader("sample youth worker", Role.YOUTH_WORKER)
    youth_sessions.keep(area.register, mine, said, today=date(2026, 10, 31), origin="tests")
    worker = open_page(address).page
    look_as(worker, "Youth worker", "Sessions with young people")
    choose(worker, "Choose a session", "Link group")
    answer(worker, "What to do", "Link for flags")
    settle(worker)
    link = worker.locator("code").inner_text(timeout=SLOW_MS)
    shot(worker, "session_link_1440")
    assert link.startswith(f"{address}/?session=")

    made = {}
    for where, opened in {"one": link, "another": link, "none": address, "made up": link[:-1] + ("0" if link[-1] != "0" else "1")}.items():
        hand = open_as_youth(open_page, opened)
        hand.tap_middle_of_map()
        hand.tap(hand.page.locator(".st-key-spot_0 button"))
        hand.tap(hand.page.locator(".st-key-flag_polarity button", has_text="Unsafe"))
        hand.tap(hand.page.get_by_role("button", name="The panel too"))
        code_on(hand.page, "Your code: ")
        assert "session" not in hand.page.title()
        made[where] = flags.newest(area.register).sort_values("kept_at").iloc[-1]["session_id"]
    assert made["one"] == made["another"]
    assert len({made["one"], made["none"], made["made up"]}) == 3
    assert made["one"].startswith("link ")
    assert link.rpartition("=")[2] not in str(area.register.audit_trail())


def test_the_list_of_reasons_is_changed_with_young_people(open_page: Opener, address: str, area: workspace.Workspace) -> None:
    page = open_page(address).page
    look_as(page, "Youth worker", "What people said")
    page.get_by_text("See and change the list").click(timeout=SLOW_MS)
    settle(page)
    page.get_by_label("The reason in English").fill("Dogs off the lead")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("Give the reason in English and in Welsh")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    page.get_by_label("The reason in Welsh").fill("Cŵn oddi ar dennyn")
    page.get_by_label("Who agreed it (a group, not names)").fill("Friday group")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("It is in the list from now on.")).to_be_visible(timeout=SLOW_MS)
    assert "Dogs off the lead" in {reason.en for reason in flag_reasons.every(area.register).values()}


def test_on_a_phone_what_people_said_is_no_wider_than_the_screen(open_page: Opener, address: str) -> None:
    page = open_page(address, size=PHONE, touch=True).page
    page.get_by_test_id("stExpandSidebarButton").click(timeout=SLOW_MS)
    settle(page)
    page.get_by_role("link", name="What people said", exact=True).click()
    settle(page)
    expect(page.get_by_role("heading", name="What people said", exact=True)).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("heading", name=re.compile("Residents and businesses"))).to_be_attached(timeout=SLOW_MS)
    time.sleep(0.3)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
