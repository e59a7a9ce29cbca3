"""The panel asks agencies, a partner answers with a band, and nobody but the panel reads it: in a real browser."""

import re
from collections.abc import Callable
from datetime import date

import pytest
import shapely
from playwright.sync_api import Page, expect

from briefing.workspace import Workspace
from spaces import agency_checks, space
from spaces.access import Reader, Role
from spaces.agency_checks import Question
from tests.browser import PHONE, SLOW_MS, Watched, answer, choose, fill, look_as, settle, shot, unfold
from tests.views.test_safe_places import OFFICER, PANEL

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("agency_checks")]

Opener = Callable[..., Watched]
NAME = "Agency checks"
ASKS = Reader("P. Anel", Role.PANEL_MEMBER)


@pytest.fixture(scope="module")
def area(area: Workspace) -> Workspace:
    middle = shapely.centroid(area.area)
    details = space.Details("Weir steps", "waterside", "young people", shapely.buffer(middle, 40))
    space_id = space.raise_space(area.register, ASKS, details, today=date(2026, 9, 1), origin="tests")
    question = Question(space_id, date(2026, 8, 1), date(2026, 8, 31), "Young people say it is not safe <b>there</b>")
    agency_checks.ask(area.register, ASKS, question, ["Schools"], today=date(2026, 9, 1), origin="tests")
    return area


def send(page: Page) -> None:
    settle(page)
    page.get_by_role("button", name="Send the answer").click()


def test_a_partner_answers_what_the_panel_asks_and_only_the_panel_reads_it(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    look_as(page, PANEL, NAME)
    expect(page.get_by_text(re.compile("late, from: (.* and )?Schools"))).to_be_visible(timeout=SLOW_MS)
    unfold(page, "Ask agencies to look")
    choose(page, "Place", "Weir steps")
    fill(page, "Why you ask", "Young people say it is not safe after dark")
    page.get_by_test_id("stForm").get_by_text("Police", exact=True).click()
    shot(page, "checks-ask-1440")
    page.get_by_role("button", name="Ask them").click()
    expect(page.locator("summary").filter(has_text="Police: Weir steps")).to_be_visible(timeout=SLOW_MS)
    settle(page)

    look_as(page, OFFICER, NAME)
    expect(page.get_by_text(re.compile("answers? (is|are) late"))).to_have_count(0)
    choose(page, "You answer for", "Police")
    choose(page, "Question to answer", "Weir steps")
    page.get_by_text("Yes: we have open cases there").click()
    fill(page, "What your agency does about it", "A worker visits, case CS-20391")
    fill(page, "Who looked (a role or a team)", "Duty inspector")
    send(page)
    expect(page.get_by_role("alert").get_by_text("Say about how many children")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    answer(page, "About how many children (if yes)", "3-5")
    send(page)
    expect(page.get_by_role("alert").get_by_text("may hold a case's reference")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    fill(page, "What your agency does about it", "A worker visits tonight")
    shot(page, "checks-answer-1440")
    send(page)
    expect(page.get_by_text("The panel has your answer. Only panel members read it.")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    page.locator("summary").filter(has_text="Police: Weir steps").click()
    expect(page.get_by_text("A worker visits tonight")).to_have_count(0)

    look_as(page, PANEL, NAME)
    expect(page.get_by_text("Ask agencies to look")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    page.locator("summary").filter(has_text="Police: Weir steps").click()
    expect(page.get_by_role("row").filter(has_text="About how many children")).to_contain_text("3-5")
    expect(page.get_by_text("A worker visits tonight")).to_be_visible()
    shot(page, "checks-panel-1440")


def test_on_a_phone_a_late_answer_is_given_and_nothing_is_wider_than_the_screen(open_page: Opener, address: str) -> None:
    page = open_page(address, size=PHONE, touch=True).page
    look_as(page, OFFICER, NAME)
    choose(page, "You answer for", "Schools")
    choose(page, "Question to answer", "Weir steps")
    expect(page.get_by_role("row").filter(has_text="not safe <b>there</b>").first).to_be_visible()
    page.get_by_text("No: we looked, and have none").click()
    fill(page, "Who looked (a role or a team)", "Attendance team")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    shot(page, "checks-390")
    send(page)
    expect(page.get_by_text("The panel has your answer.")).to_be_visible(timeout=SLOW_MS)
