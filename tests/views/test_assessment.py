"""An assessment as those who work on it meet it, step by step down the page, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from briefing import assessing, place
from briefing.workspace import SAMPLE_READ_ON, Workspace
from spaces import actions, assessments, goals
from spaces.access import Reader, Role
from spaces.assessments import Conference, Weighed
from tests.browser import PHONE, SLOW_MS, Watched, choose, fill, look_as, press, said, set_day, settle

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("assessment")]

Opener = Callable[..., Watched]
PANEL = Reader("sample panel member", Role.PANEL_MEMBER)
OTHER = Reader("another panel member", Role.PANEL_MEMBER)
PARK, GREEN = "Jubilee Park", "Quarry Fields"
HOSTILE = "<img src=x onerror=alert(1)> [a](javascript:alert(1)) $x$ :material/warning: {lead}"


def plan(area: Workspace, name: str, why: str = "Harm repeats after dark.", ago: int = 0) -> str:
    place_id = area.places.index[area.places["name"] == name][0]
    day = SAMPLE_READ_ON - timedelta(ago)
    return place.plan_assessment(area, PANEL, place_id, lead="Youth team", why=why, begin_by=day, today=day, origin="test")


def _version(area: Workspace, planned: str) -> int:
    return int(assessments.newest(area.register).loc[planned, "version"])


def move(area: Workspace, planned: str, to: str) -> None:
    assessing.move(area, PANEL, planned, to, seen=_version(area, planned), origin="test")


def answered(area: Workspace, planned: str, text: str = "They meet friends here.") -> None:
    for prompt in ("good", "who_cares", "ways"):
        seen = _version(area, planned)
        assessing.answer(area, PANEL, planned, prompt, seen=seen, text=text, source="voices", origin="test")


def at_conference(area: Workspace, name: str, text: str = "They meet friends here.") -> str:
    planned = plan(area, name)
    move(area, planned, "gathering")
    answered(area, planned, text)
    move(area, planned, "weighing")
    seen = _version(area, planned)
    assessing.weigh(area, PANEL, planned, [Weighed("Light on the steps", "All else waits.")], dissent="", seen=seen, origin="test")
    move(area, planned, "conference")
    return planned


def at_reviewing(area: Workspace, name: str) -> str:
    planned = at_conference(area, name)
    held = Conference(SAMPLE_READ_ON, "Youth team; parks", "Light first", SAMPLE_READ_ON + timedelta(90))
    assessing.confer(area, PANEL, planned, held, seen=_version(area, planned), today=SAMPLE_READ_ON, origin="test")
    assessing.keep_goal(area, PANEL, planned, "The lights work.", "Lamps lit after dark", origin="test")
    details = actions.Details("Mend the lamps", "place", "change", "lighting lead", "Highways", SAMPLE_READ_ON + timedelta(9))
    assessing.keep_action(area, PANEL, planned, details, today=SAMPLE_READ_ON, origin="test")
    move(area, planned, "acting")
    answered(area, planned)
    for goal_id in goals.newest(area.register).query("assessment_id == @planned").index:
        assessing.measure_goal(area, PANEL, goal_id, state="reached", found="All are lit.", seen=1, origin="test")
    for action_id in actions.newest(area.register).query("assessment_id == @planned").index:
        done = {"state": "done", "outcome": "All are lit.", "on": SAMPLE_READ_ON, "today": SAMPLE_READ_ON}
        assessing.finish_action(area, PANEL, action_id, seen=1, **done, origin="test")
    move(area, planned, "reviewing")
    return planned


def open_one(page: Page, name: str) -> None:
    card = page.locator("[data-testid=stVerticalBlock]").filter(has=page.get_by_role("heading", name=name, exact=True)).last
    card.get_by_role("button", name="Open it").click()
    expect(page.get_by_role("heading", name="What is next")).to_be_visible(timeout=SLOW_MS)
    settle(page)


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the whole page, where somebody wants to look at it."""
    if folder := os.environ.get("SAFER_SPACES_SHOTS"):
        inner = page.get_by_test_id("stMain")
        tall = int(inner.evaluate("part => part.scrollHeight")) + 80
        size = page.viewport_size or PHONE
        page.set_viewport_size({"width": size["width"], "height": min(tall, 9_000)})
        page.wait_for_timeout(300)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))
        page.set_viewport_size(size)


def answer(page: Page, question: str, text: str) -> None:
    cards = page.locator("[data-testid=stVerticalBlock]").filter(has=page.get_by_text(question, exact=True))
    cards.filter(has=page.get_by_role("button", name="Answer")).last.get_by_role("button", name="Answer").click()
    expect(page.get_by_label(question, exact=True)).to_be_visible(timeout=SLOW_MS)
    settle(page)
    fill(page, question, text)
    choose(page, "Where it comes from", "Observation")
    press(page, "Keep the answer")


def test_the_panel_gathers_weighs_and_is_told_what_is_missing(open_page: Opener, address: str, area: Workspace) -> None:
    plan(area, PARK, ago=40)
    page = open_page(address).page
    look_as(page, "Panel member", "Assessments")
    said(page, "40 days late: raise it with the panel's chair.")
    shoot(page, "list")
    open_one(page, PARK)
    press(page, "Move on to: Gathering")
    said(page, "It stands at “Gathering” now.")
    expect(page.get_by_role("button", name="Move on to: Weighing")).to_be_disabled()
    said(page, "Nothing is written yet under “Young people's strengths and needs”.")
    answer(page, "What do young people like about this place?", "Kayleigh Price sits there.")
    said(page, "“Answer” looks like a person's name")
    shoot(page, "gather")
    fill(page, "What do young people like about this place?", "The benches, and the view of the water.")
    press(page, "Keep the answer")
    said(page, "The benches, and the view of the water. (observation)")
    for question in ("Which adults are here who would step in because they care?", "How do people get in, through and home?"):
        answer(page, question, "Dog walkers until eight.")
        said(page, f"Kept: {question}")
    press(page, "Move on to: Weighing")
    said(page, "It stands at “Weighing” now.")
    press(page, "Put it in order")
    fill(page, "1. What must change", "Light on the north path")
    press(page, "Keep this order")
    said(page, "Number 1 needs both")
    expect(page.get_by_label("1. What must change")).to_have_value("Light on the north path")
    fill(page, "Why it comes here (1)", "Everything else waits for it.")
    press(page, "Keep this order")
    said(page, "The order is kept.")
    press(page, "Move on to: Context conference")
    said(page, "It stands at “Context conference” now.")


def test_a_conference_is_written_down_and_a_goal_without_a_measure_is_refused(open_page: Opener, address: str, area: Workspace) -> None:
    at_conference(area, GREEN)
    page = open_page(address).page
    look_as(page, "Panel member", "Assessments")
    open_one(page, GREEN)
    press(page, "Write down the conference")
    fill(page, "Who was there (roles and agencies)", "Youth team; parks; the school")
    fill(page, "What was agreed", "Light first, then seats.")
    set_day(page, "Ask the same again by", f"{SAMPLE_READ_ON:%d%m%Y}")
    press(page, "Keep the record")
    said(page, "The day to ask again has to be after the conference")
    set_day(page, "Ask the same again by", f"{SAMPLE_READ_ON + timedelta(90):%d%m%Y}")
    press(page, "Keep the record")
    said(page, "The conference is written down.")
    press(page, "Add a goal")
    fill(page, "Goal", "Stop young people meeting here.")
    press(page, "Agree this goal")
    said(page, "A goal without a measure is only a wish.")
    fill(page, "What would show it", "Fewer calls.")
    press(page, "Agree this goal")
    said(page, "“stop” says what there will not be. Say what will happen instead.")
    press(page, "Add an action")
    fill(page, "What is done", "Talk to the groups")
    choose(page, "Aimed at", "Children")
    choose(page, "With what intention", "To enforce a rule")
    fill(page, "Who does it (a role)", "neighbourhood officer")
    fill(page, "Agency", "Police")
    press(page, "Agree this action")
    said(page, "An action aimed at children has to say what else it may do")
    for label in actions.UNINTENDED.values():
        fill(page, label, "It may.")
    press(page, "Agree this action")
    said(page, "1 of 1 actions is aimed at children.")
    shoot(page, "conference")
    press(page, "Move on to: Acting")
    said(page, "It stands at “Acting” now.")


def test_of_two_who_answer_the_same_at_once_the_second_is_told_and_keeps_what_they_wrote(
    open_page: Opener, address: str, area: Workspace
) -> None:
    name = "Hollin Wood" if "Hollin Wood" in set(area.places["name"]) else str(area.places["name"].iloc[7])
    planned = plan(area, name)
    move(area, planned, "gathering")
    question = "What do young people like about this place?"
    page = open_page(address).page
    look_as(page, "Panel member", "Assessments")
    open_one(page, name)
    page.get_by_role("button", name="Answer").first.click()
    expect(page.get_by_label(question, exact=True)).to_be_visible(timeout=SLOW_MS)
    settle(page)
    seen = _version(area, planned)
    assessing.answer(area, OTHER, planned, "good", seen=seen, text="The first text.", source="partner", origin="test")
    fill(page, question, "The second text.")
    choose(page, "Where it comes from", "Observation")
    press(page, "Keep the answer")
    said(page, "Somebody else saved this while you were writing")
    said(page, "It now says: The first text.")
    expect(page.get_by_label(question, exact=True)).to_have_value("The second text.")
    press(page, "Keep the answer")
    said(page, "The second text. (observation)")


def test_hostile_text_is_shown_as_text(open_page: Opener, address: str, area: Workspace) -> None:
    name = "Priory Gardens"
    planned = plan(area, name, why=HOSTILE)
    move(area, planned, "gathering")
    answered(area, planned, HOSTILE)
    move(area, planned, "weighing")
    seen = _version(area, planned)
    assessing.weigh(area, PANEL, planned, [Weighed(HOSTILE, HOSTILE)], dissent=HOSTILE, seen=seen, origin="test")
    move(area, planned, "conference")
    held = Conference(SAMPLE_READ_ON, HOSTILE, HOSTILE, SAMPLE_READ_ON + timedelta(90), HOSTILE)
    assessing.confer(area, PANEL, planned, held, seen=_version(area, planned), today=SAMPLE_READ_ON, origin="test")
    assessing.keep_goal(area, PANEL, planned, HOSTILE, HOSTILE, origin="test")
    details = actions.Details(HOSTILE, "place", "change", HOSTILE, HOSTILE, SAMPLE_READ_ON, "", "works", HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    assessing.keep_action(area, PANEL, planned, details, today=SAMPLE_READ_ON, origin="test")
    page = open_page(address).page
    look_as(page, "Panel member", "Assessments")
    open_one(page, name)
    said(page, "Young people's verdict")  # the last of the page: what counts once counts what is there
    assert page.get_by_test_id("stMain").get_by_text(HOSTILE).count() >= 12
    assert page.get_by_test_id("stMain").locator("img[src=x], a[href^=javascript]").count() == 0
    press(page, "Change it")
    assert page.get_by_test_id("stMain").locator("img[src=x], a[href^=javascript]").count() == 0


def test_a_youth_worker_adds_voices_and_the_verdict_on_a_phone_and_an_officer_an_observation(
    open_page: Opener, address: str, area: Workspace
) -> None:
    name = str(area.places["name"].iloc[11])
    at_reviewing(area, name)
    page = open_page(address, size=PHONE, touch=True).page
    look_as(page, "Youth worker", "Assessments")
    open_one(page, name)
    expect(page.get_by_text("Harm repeats after dark.")).to_have_count(0)
    expect(page.get_by_text("Light first")).to_have_count(0)
    expect(page.get_by_role("button", name="Move on to: Closed")).to_be_disabled()
    expect(page.get_by_role("button", name="Add an observation")).to_be_disabled()
    said(page, "Observations are added by community safety officers and panel members.")
    press(page, "Add who was heard")
    fill(page, "How many young people", "6")
    choose(page, "How", "A walk round the place")
    press(page, "Add it")
    said(page, "6 young people heard, a walk round the place, when asked again.")
    press(page, "Write down what they say")
    page.get_by_role("radiogroup", name="For young people the place is now").get_by_text("Better", exact=True).click()
    fill(page, "How many were asked", "6")
    fill(page, "How they were asked", "In the same group as the first time")
    press(page, "Keep their verdict")
    said(page, "(In the same group as the first time): better.")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    shoot(page, "phone")
    page = open_page(address).page
    look_as(page, "Community safety officer", "Assessments")
    open_one(page, name)
    press(page, "Add an observation")
    fill(page, "What is there, and in what state", "Two benches, one broken.")
    fill(page, "Children there, only where they know", "3")
    press(page, "Add it")
    said(page, "Children are counted only when they know that they are.")
    page.get_by_text("They were told, and know that they are counted").click()
    press(page, "Add it")
    said(page, "3 children, who knew of it")
    shoot(page, "officer")
    page = open_page(address).page
    look_as(page, "Panel member", "Assessments")
    open_one(page, name)
    press(page, "Move on to: Closed")
    said(page, "It is closed. What was learnt stays here to read.")
