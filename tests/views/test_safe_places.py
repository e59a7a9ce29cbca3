"""Safe places and lamp faults as those who are out there meet them: checked, proposed, noted and looked at again, in a real browser."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Page, expect

from tests.browser import DESKTOP, PHONE, SLOW_MS, Watched, answer, choose, fill, go_to, look_as, set_day, settle, shot, unfold

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("safe_places")]

Opener = Callable[..., Watched]
OFFICER, YOUTH, PANEL, STEWARD = "Community safety officer", "Youth worker", "Panel member", "Data steward"


def check(page: Page, name: str, note: str = "") -> None:
    """Fill in a whole check of a candidate whose hours are not recorded."""
    choose(page, "Check a place", name)
    answer(page, "Has the venue agreed?", "Yes")
    answer(page, "Suitable for under-18s?", "Yes")
    fill(page, "Who agreed there (their role)", "duty manager")
    set_day(page, "When they agreed", "02112026")
    fill(page, "Opening hours", "Mo-Fr 09:00-17:00")
    fill(page, "Who checked (a role or a team)", "Community safety team")
    set_day(page, "When it was checked", "03112026")
    fill(page, "Note", note)


def keep(page: Page) -> None:
    page.get_by_role("button", name="Keep this check").click()


def test_an_officer_checks_a_candidate_and_what_was_wrong_is_said_beside_the_button(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    look_as(page, OFFICER, "Safe places")
    expect(page.get_by_text("8 places are checked; 1 has to be checked again; 2 are not safe yet")).to_be_visible()
    check(page, "Marlhaven Civic Centre")
    fill(page, "Opening hours", "by appointment")
    keep(page)
    expect(page.get_by_role("alert").get_by_text("The opening hours “by appointment” cannot be read.")).to_be_in_viewport(timeout=SLOW_MS)
    settle(page)
    expect(page.get_by_label("Who agreed there (their role)")).to_have_value("duty manager")
    fill(page, "Opening hours", "Mo-Fr 09:00-17:00")
    fill(page, "How many young people were asked", "6")
    fill(page, "How many of them feel welcome there", "5")
    keep(page)
    expect(page.get_by_text("Marlhaven Civic Centre. Checked with the people there on 3 November 2026.")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("9 places are checked")).to_be_visible()
    settle(page)
    page.locator("summary").filter(has_text="Marlhaven Civic Centre").click()
    expect(page.get_by_text("5 of 6 who were asked feel welcome there.")).to_be_visible()
    expect(page.get_by_text("Yes: duty manager, 2 November 2026")).to_be_visible()


@pytest.mark.parametrize("name", ["Café Quayside", "Weavers Surgery"])
def test_of_two_officers_at_once_the_second_is_told_and_keeps_what_they_wrote(open_page: Opener, address: str, name: str) -> None:
    first, second = open_page(address).page, open_page(address).page
    for page, note in ((first, "The first note."), (second, "The second note.")):
        look_as(page, OFFICER, "Safe places")
        check(page, name, note)
    keep(first)
    expect(first.get_by_text(f"{name}. Checked with the people there on 3 November 2026.")).to_be_visible(timeout=SLOW_MS)
    keep(second)
    expect(second.get_by_text(f"Somebody else saved “{name}” while you were writing")).to_be_visible(timeout=SLOW_MS)
    settle(second)
    expect(second.get_by_label("Note", exact=True)).to_have_value("The second note.")
    second.locator("summary").filter(has_text=name).click()
    expect(second.get_by_text("The first note.")).to_be_visible()
    keep(second)
    expect(second.get_by_text(f"{name}. Checked with the people there")).to_be_visible(timeout=SLOW_MS)
    settle(second)
    expect(second.locator("summary").filter(has_text=name)).to_have_count(1)


def test_a_youth_worker_proposes_and_an_officer_sees_it_under_not_safe_yet(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    look_as(page, YOUTH, "Safe places")
    expect(page.get_by_label("Check a place")).to_have_count(0)
    choose(page, "Propose a place", "Noor Centre")
    page.get_by_label("Why young people would go there").fill("Kayleigh Price told me of it.")
    page.get_by_role("button", name="Propose it").click()
    expect(page.get_by_text("“Note” looks like a person's name")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    page.get_by_label("Why young people would go there").fill("Many wait there after school.")
    page.get_by_role("button", name="Propose it").click()
    expect(page.get_by_text("Thank you: it is proposed.")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    look_as(page, OFFICER, "Safe places")
    summary = page.locator("summary").filter(has_text="Noor Centre")
    expect(summary).to_contain_text("Proposed by a youth worker. Nobody has checked it with the people there.")
    choose(page, "Check a place", "Noor Centre")
    unfold(page, "Withdraw this place")
    page.get_by_label("Why it is no longer one (name nobody)").fill("It asked not to be one.")
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_text("Noor Centre is withdrawn, and no longer on the map.")).to_be_visible(timeout=SLOW_MS)
    expect(summary).to_contain_text("Withdrawn on")


def test_the_panel_reads_both_lists_and_changes_neither(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    look_as(page, PANEL, "Safe places")
    expect(page.get_by_text("Safe places are checked by community safety officers, and proposed by youth workers.")).to_be_visible()
    assert page.get_by_role("combobox").count() == page.get_by_test_id("stSidebar").get_by_role("combobox").count()
    go_to(page, "Lamp faults")
    expect(page.get_by_role("heading", name="Overdue (2)")).to_be_visible(timeout=SLOW_MS)
    for button in page.get_by_test_id("stMain").get_by_role("button").filter(has_text="e").all():
        if button.inner_text().strip() in {"Note a lamp fault", "The works are told", "It is mended", "I looked after dark"}:
            expect(button).to_be_disabled()
    expect(page.get_by_text("Lamp faults are noted and looked at again by those who are out there.").first).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_lamp_is_touched_on_the_map_and_noted_without_a_word(open_page: Opener, address: str, size: dict[str, int]) -> None:
    page = open_page(address, size=size).page
    look_as(page, OFFICER, "Lamp faults")
    page.get_by_role("button", name="Note a lamp fault").click()
    ground = page.locator(".safer-map")
    expect(ground).to_be_visible(timeout=SLOW_MS)
    settle(page)
    box = ground.bounding_box()
    assert box
    offered = page.get_by_role("radiogroup", name="Which lamp it is")
    for right, down in ((0.5, 0.5), (0.45, 0.55), (0.55, 0.45), (0.5, 0.4), (0.4, 0.5), (0.6, 0.5), (0.5, 0.6)):
        ground.click(position={"x": box["width"] * right, "y": box["height"] * down})
        settle(page)
        with suppress(AssertionError):  # no lamp stands within a thumb's breadth of this spot: touch another
            expect(offered.get_by_text("A: ")).to_be_visible(timeout=5_000)
            break
    settle(page)
    shot(page, f"lamp_touched_{size['width']}")
    words = offered.get_by_text("A: ").inner_text().removeprefix("A: ")
    set_day(page, "When it was seen", "01102026")
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("It is noted. Tell the works, and write their reference here.")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("heading", name=words)).to_be_visible()
    expect(ground).to_have_count(0)


def test_a_lamp_fault_is_noted_told_mended_and_found_dark_after_all(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    look_as(page, OFFICER, "Lamp faults")
    expect(page.get_by_text("Mended, and lit after dark (1)")).to_be_visible(timeout=SLOW_MS)  # the last of the page
    settle(page)
    page.get_by_text("Note a lamp fault").click()
    expect(page.get_by_role("button", name="Note it")).to_be_visible(timeout=SLOW_MS)
    choose(page, "In or near", "Lockside Park")
    page.get_by_label("Where the lamp is (its number, or what it stands by)").fill("Third lamp from the north gate")
    set_day(page, "When it was seen", "01102026")
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("It is noted. Tell the works, and write their reference here.")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    card = page.locator("[data-testid=stVerticalBlock]").filter(has=page.get_by_role("heading", name="Lockside Park: Third lamp")).last
    for step, day, fields, said in (
        ("The works are told", ("When the works were told", "02102026"), {"The works' reference": "SL-7"}, "their reference is SL-7"),
        ("It is mended", ("When it was mended", "05102026"), {}, "Said to be mended on 5 October 2026."),
    ):
        card.get_by_role("button", name=step).click()
        expect(card.get_by_role("button", name="Write it down")).to_be_visible(timeout=SLOW_MS)
        settle(page)
        for label, text in fields.items():
            fill(page, label, text)
        set_day(page, *day)
        card.get_by_role("button", name="Write it down").click()
        expect(page.get_by_role("status").get_by_text(said)).to_be_visible(timeout=SLOW_MS)
        settle(page)
    card.get_by_role("button", name="I looked after dark").click()
    expect(card.get_by_role("button", name="Write it down")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    card.get_by_role("button", name="Write it down").click()
    expect(card.get_by_text("Say what was found after dark: lit, or not lit.")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    card.get_by_text("It is not lit").click()
    set_day(page, "When it was looked at again", "06102026")
    card.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("status").get_by_text("still not lit after dark on 6 October 2026. Tell the works again.")).to_be_visible(
        timeout=SLOW_MS
    )


@pytest.mark.parametrize("name", ["Safe places", "Lamp faults"])
def test_on_a_phone_nothing_is_wider_than_the_screen(open_page: Opener, address: str, name: str) -> None:
    page = open_page(address, size=PHONE, touch=True).page
    look_as(page, OFFICER, name)
    if name == "Safe places":
        choose(page, "Check a place", "Bar Eleven")
        page.locator("summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
