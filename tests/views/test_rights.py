"""A child's rights, retention and backups: what the data steward answers for, done in a real browser on the sample town."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from tests.browser import PHONE, ROOT, SLOW_MS, Watched, choose, go_to, serving, settle, unfold, wait_for_map

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("rights")]

Opener = Callable[..., Watched]
UPN = "UPN-5595"
"""A pupil of whom the sample's school log tells three times, all of them placed."""


@dataclass(frozen=True)
class Served:
    address: str
    data: Path
    output: Path


@pytest.fixture(scope="module")
def served(chromium: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data, output = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("output") / "log"
    with serving(ROOT / "app.py", environment={"SAFER_SPACES_DATA": str(data)}, output=output) as address:
        yield Served(address, data, output)


def look_as(page: Page, role: str, heading: str) -> None:
    choose(page, "Try it as", role)
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible(timeout=SLOW_MS)


def as_steward(page: Page) -> None:
    look_as(page, "Data steward", "Partners' files")


def incidents_as_the_panel_counts(page: Page) -> int:
    look_as(page, "Panel member", "Where is harm repeating?")
    wait_for_map(page)
    said = page.get_by_text("incidents placed on the map").inner_text()
    found = re.search(r"([\d,]+) incidents placed", said)
    assert found
    return int(found[1].replace(",", ""))


def turn_to(page: Page, name: str) -> None:
    go_to(page, name)
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible(timeout=SLOW_MS)


def pick(page: Page, label: str, option: str) -> None:
    wanted = page.get_by_role("option", name=option, exact=True)
    box = page.get_by_label(label, exact=True)
    for _again in range(5):  # a list closes when the page moves under it, as while an expander opens, and what was chosen may be lost
        box.fill("")
        box.fill(option)
        with suppress(PlaywrightError):
            wanted.click(timeout=2_000)
            expect(wanted).to_have_count(0)
        box.blur()  # what was only typed goes, and what was chosen before is shown again
        page.wait_for_timeout(300)
        settle(page)
        if box.input_value() == option:
            return
    raise AssertionError(f"no {option} to choose as {label}")


def find(page: Page, reference: str = UPN) -> None:
    turn_to(page, "Rights desk")
    pick(page, "Whose reference it is", "Schools")
    page.get_by_label("Reference for the child").fill(reference)
    page.get_by_role("button", name="Find").click()


def press(page: Page, button: str, said: str) -> None:
    settle(page)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text(said)).to_be_visible(timeout=SLOW_MS)


def erase(page: Page, said: str) -> None:
    page.get_by_text("Erase all that is held of this child").click()
    press(page, "Erase", said)


def test_a_child_is_found_put_right_left_out_of_use_held_and_erased(open_page: Opener, served: Served) -> None:
    page = open_page(served.address).page
    expect(page.get_by_role("heading", name="Where is harm repeating?")).to_be_visible(timeout=SLOW_MS)
    counted = incidents_as_the_panel_counts(page)
    as_steward(page)

    find(page)
    expect(page.get_by_text("3 records are held.")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("cell", name="Harassment")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save a copy as CSV").click()
    assert "Child sexual exploitation" in saved.value.path().read_text("utf-8")
    assert UPN not in saved.value.suggested_filename + saved.value.path().read_text("utf-8")

    pick(page, "What is wrong", "Kind of harm")
    pick(page, "What is right", "Harm with a weapon")
    press(page, "Put it right", "1 record is put right, and what it said before is kept.")
    expect(page.get_by_role("columnheader", name="1. Incident, 15 October 2024, version 1")).to_be_visible()
    press(page, "Restrict the records", "3 records are restricted.")
    press(page, "Erase", "Nothing was done. Tick that you mean it")

    assert incidents_as_the_panel_counts(page) == counted - 3
    as_steward(page)
    turn_to(page, "Rights desk")
    expect(page.get_by_label("Reference for the child")).to_have_value("")  # who was on the screen is forgotten
    find(page)
    press(page, "Lift the restriction", "3 records are used again.")
    assert incidents_as_the_panel_counts(page) == counted

    as_steward(page)
    turn_to(page, "Retention")
    unfold(page, "Place a legal hold")
    pick(page, "Of what", "an incident by its number")
    page.get_by_label("Number of the incident").fill("S0007")
    page.get_by_label("Why (it stays with the hold").fill("a claim against the school")
    press(page, "Place it", "The hold stands, and keeps 1 record.")
    find(page)
    erase(page, "Some of these records are under a legal hold, so nothing was deleted.")
    turn_to(page, "Retention")
    unfold(page, "Lift a legal hold")
    press(page, "Lift it", "The hold is lifted.")
    find(page)
    erase(page, "3 records are erased.")
    assert UPN not in page.content()
    find(page)
    expect(page.get_by_text("Nothing is held under this reference of Schools.")).to_be_visible(timeout=SLOW_MS)

    turn_to(page, "Audit trail")
    for event in ("records shown", "copy of records made", "record corrected", "records restricted", "legal hold placed", "records erased"):
        expect(page.get_by_role("cell", name=event, exact=True).first).to_be_visible()
    assert UPN not in page.content() + page.url
    left = {path: path.read_bytes() for path in (*served.data.rglob("*"), served.output) if path.is_file()}
    assert any(b"records erased" in content for content in left.values())
    assert [path for path, content in left.items() if UPN.encode() in content] == []


def test_what_is_due_is_deleted_and_a_rule_changed_for_a_reason(open_page: Opener, served: Served) -> None:
    page = open_page(served.address).page
    as_steward(page)
    turn_to(page, "Retention")
    expect(page.get_by_role("cell", name="1 year (365 days)").first).to_be_visible()
    unfold(page, "Change a rule")
    pick(page, "Kind of record", "Flag")
    expect(page.get_by_role("spinbutton", name="Kept for, in days")).to_have_value("365")
    page.get_by_role("spinbutton", name="Kept for, in days").fill("30")
    press(page, "Change it", "Give the reason")
    page.get_by_label("Why (it stays in the audit trail").fill("the board decided so")
    press(page, "Change it", "Flag: kept for 30 days from now on. Nothing was deleted.")
    press(page, "Delete what is due", "Nothing was done. Tick that you mean it")
    settle(page)
    page.get_by_text(re.compile("Delete [0-9,]+ records")).click()
    press(page, "Delete what is due", "records are deleted.")
    expect(page.get_by_text("Nothing is kept longer than the rules say.")).to_be_visible()


def test_a_backup_is_made_beside_the_area_and_checked_and_its_head_is_one_the_trail_passes_through(
    open_page: Opener, served: Served
) -> None:
    page = open_page(served.address).page
    as_steward(page)
    turn_to(page, "Backups")
    press(page, "Make a backup", "is written and checked. Head of its audit trail:")
    (file,) = (served.data / "marlhaven.backups").iterdir()
    expect(page.get_by_role("cell", name=file.name)).to_be_visible()
    press(page, "Check that it is whole", f"{file.name} is whole.")
    head = page.get_by_role("cell", name=re.compile(r"^\d+:[0-9a-f]{64}$")).inner_text()
    turn_to(page, "Audit trail")
    page.get_by_label("A head that was written down before").fill(head)
    press(page, "Check the trail against it", "The trail is whole and passes through that head")
    page.get_by_label("A head that was written down before").fill("7")
    press(page, "Check the trail against it", "“7” is not the head of an audit trail.")


@pytest.mark.parametrize("name", ["Rights desk", "Retention", "Backups", "Audit trail", "What is kept"])
def test_on_a_phone_nothing_is_wider_than_the_screen(open_page: Opener, served: Served, name: str) -> None:
    page = open_page(served.address, size=PHONE, touch=True).page
    page.get_by_test_id("stExpandSidebarButton").click()
    as_steward(page)
    turn_to(page, name)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
