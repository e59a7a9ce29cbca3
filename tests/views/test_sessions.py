"""Young people's word starts a place: a session is written down, its map is marked, and a place stands with no incident in it."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from briefing.workspace import Workspace
from spaces import youth_sessions
from spaces.access import Reader, Role
from spaces.youth_sessions import Session
from tests.browser import PHONE, SLOW_MS, Watched, answer, choose, fill, go_to, look_as, set_day, settle, shot, unfold, wait_for_map
from tests.views.test_safe_places import PANEL, YOUTH

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("sessions")]

Opener = Callable[..., Watched]
HOSTILE = "<img src=x onerror=alert(1)> ${alert(1)} **bold** [link](javascript:alert(1)) :red[x]"
NAME = "Sessions with young people"
MINE = Reader("sample youth worker", Role.YOUTH_WORKER)
OTHER = Reader("Another worker", Role.YOUTH_WORKER)


def held(group: str, on: date, seen_by: str = "map", heard: str = "It is dark by the weir.", how_many: int = 7) -> Session:
    told = ("purpose", "who_sees", "can_withdraw")
    return Session(on, "The panel", "to make it better", told, seen_by, "group_talk", "en", group, how_many, heard)


@pytest.fixture(scope="module")
def area(area: Workspace) -> Workspace:
    how = {"today": date(2026, 10, 31), "origin": "tests"}
    youth_sessions.keep(area.register, MINE, held("Friday art group", date(2026, 9, 1), heard=HOSTILE), **how)
    youth_sessions.keep(area.register, OTHER, held("Small group", date(2026, 10, 20), how_many=4), **how)
    youth_sessions.keep(area.register, OTHER, held("Private group", date(2026, 10, 21), "worker"), **how)
    return area


def write_down(page: Page, group: str, heard: str) -> None:
    unfold(page, "Write down a session")
    expect(page.get_by_role("button", name="Keep it")).to_be_visible(timeout=SLOW_MS)
    fill(page, "What the group is called (no young person's name)", group)
    fill(page, "Who asked for it (a role or a team)", "the panel")
    set_day(page, "When it was", "20102026")
    fill(page, "How many young people", "8")
    choose(page, "How you worked", "A safety map")
    fill(page, "What they were told it is for", "to make the riverside better")
    answer(page, "They were told that it is seen by", "Their worker and the panel")
    for told in ("What it is for", "Who will see it", "That they can take it back, and how"):
        page.get_by_test_id("stForm").get_by_text(told, exact=True).click()
    fill(page, "What was heard", heard)
    page.get_by_role("button", name="Keep it").click()


def pick(page: Page, words: str) -> None:
    choose(page, "Choose a session", words)


def do(page: Page, what: str) -> None:
    answer(page, "What to do", what)
    settle(page)


def test_what_young_people_say_starts_a_place_with_no_incident_in_it(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    look_as(page, YOUTH, NAME)
    write_down(page, "Tuesday youth club", "Kayleigh Price said that it is dark by the water.")
    expect(page.get_by_role("alert").get_by_text("“What was heard” looks like a person's name")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    fill(page, "What was heard", "It is dark by the water, and adults there watch us.")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("It is kept. Tell the group within four weeks")).to_be_visible(timeout=SLOW_MS)
    pick(page, "Tuesday youth club, 20 October 2026")
    whole = wait_for_map(page)
    choose(page, "Go to", "Lockside Park")
    drawn = wait_for_map(page, not_version=whole)
    settle(page)
    page.locator(".safer-map").click(position={"x": 300, "y": 230})
    expect(page.get_by_text("1 hexagon is marked.")).to_be_visible(timeout=SLOW_MS)
    wait_for_map(page, not_version=drawn)
    settle(page)
    answer(page, "A touch marks", "A wider area (about 150 m)")
    settle(page)
    page.locator(".safer-map").click(position={"x": 420, "y": 260})
    expect(page.get_by_text("8 hexagons are marked.")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    fill(page, "Why (in the group's words, naming nobody)", "dark, and nobody comes by")
    shot(page, "sessions-drawing-1440")
    page.get_by_role("button", name="Keep this mark").click()
    expect(page.get_by_text("It is on the group's map.")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("Red: an area of 8 hexagons")).to_be_visible()
    settle(page)
    shot(page, "sessions-map-1440")
    do(page, "Which place it is about")
    page.get_by_role("textbox", name="Name", exact=True).fill("Weir steps")
    choose(page, "What kind of place", "Waterside")
    page.get_by_role("button", name="Start this place").click()
    expect(page.get_by_text("“Weir steps” is started: noticed by young people.")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    look_as(page, PANEL, NAME)
    expect(page.get_by_text("Sessions are written down by the youth worker who was there.")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    page.locator("summary").filter(has_text="Tuesday youth club").click()
    expect(page.get_by_text("It is dark by the water, and adults there watch us.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Weir steps")).to_be_visible()
    pick(page, "Tuesday youth club")
    expect(page.get_by_text("Red: an area of 8 hexagons")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("button", name="Keep this mark")).to_have_count(0)
    settle(page)
    go_to(page, "Agency checks")
    page.get_by_text("Ask agencies to look").click()
    choose(page, "Place", "Weir steps")


def test_a_group_that_waits_is_told_and_hostile_words_are_only_words(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    look_as(page, YOUTH, NAME)
    # One more than in the sample, where a group waits as well.
    expect(page.get_by_text("2 groups have waited more than four weeks")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("2 more sessions are not shown to you")).to_be_visible()
    page.locator("summary").filter(has_text="Friday art group").click()
    expect(page.get_by_text(HOSTILE, exact=True)).to_be_visible()
    shot(page, "sessions-list-1440")
    pick(page, "Friday art group")
    do(page, "Tell the group")
    fill(page, "What they were told", f"The lamps are mended. {HOSTILE}")
    set_day(page, "When they were told", "30102026")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("It is written down: the group knows.")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("1 group has waited more than four weeks")).to_be_visible(timeout=SLOW_MS)
    expect(page.locator("summary").filter(has_text="Told back on 30 October 2026: The lamps are mended. <img")).to_be_visible()


def test_the_panel_sees_a_small_group_and_not_what_only_its_worker_was_to_see(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    look_as(page, PANEL, NAME)
    expect(page.locator("summary").filter(has_text="Small group")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("1 more session is not shown to you")).to_be_visible()
    expect(page.locator("summary").filter(has_text="Private group")).to_have_count(0)
    expect(page.get_by_text("Write down a session")).to_have_count(0)
    expect(page.get_by_text("Sessions are written down by the youth worker who was there.")).to_be_visible()


def test_on_a_phone_a_session_is_written_down_and_nothing_is_wider_than_the_screen(open_page: Opener, address: str) -> None:
    page = open_page(address, size=PHONE, touch=True).page
    look_as(page, YOUTH, NAME)
    write_down(page, "Monday club", "The path is dark.")
    expect(page.get_by_text("It is kept. Tell the group within four weeks")).to_be_visible(timeout=SLOW_MS)
    pick(page, "Monday club")
    wait_for_map(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    shot(page, "sessions-390")
    do(page, "Which place it is about")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    shot(page, "sessions-place-390")


def test_the_steward_hands_a_group_over_and_takes_a_session_back_and_reads_none(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    look_as(page, "Data steward", NAME)
    expect(page.get_by_text("What young people said is not shown to you.")).to_be_visible(timeout=SLOW_MS)
    pick(page, "Private group, 21 October 2026 (Another worker)")
    expect(page.get_by_text("All sessions of this group go to the other worker")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    assert "It is dark by the weir." not in page.inner_text("body")
    fill(page, "The name under which the other worker signs in", MINE.name)
    shot(page, "sessions-steward-1440")
    page.get_by_role("button", name="Hand it over").click()
    expect(page.get_by_text("It is handed over, with all sessions of the group.")).to_be_visible(timeout=SLOW_MS)
    pick(page, f"Private group, 21 October 2026 ({MINE.name})")
    do(page, "Take it back")
    page.get_by_text("The young people asked for it, and I mean it").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("It is taken back: what the group said and drew is gone.")).to_be_visible(timeout=SLOW_MS)
