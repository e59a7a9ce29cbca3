"""A partner's file that nobody has seen before, explained on the page, brought in, and known the next time; in an area for real data."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from briefing import stewardship, workspace
from spaces import model
from spaces.access import Reader, Role
from spaces.agreements import Agreement
from tests.browser import PHONE, ROOT, SLOW_MS, Watched, serving, settle
from tests.dates import LAST_YEAR

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("columns")]

Opener = Callable[..., Watched]
STEWARD = Reader("S. Eward", Role.DATA_STEWARD)
HEADINGS = "Log no,Pupil name,Date,When in the day,Spot,What went on,Who,Yr age"
ROWS = [
    f"L-{n},Invented Person,0{1 + n % 6}/0{1 + n % 9}/{LAST_YEAR},{('after training', '18:30')[n % 2]},Lockside Park,"
    f"{('Mugged', 'Knife shown', 'Odd business')[n % 3]},{('Victim', 'Culprit')[n % 4 == 3]},{12 + n % 5}"
    for n in range(24)
]


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Iterator[workspace.Workspace]:
    data = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAFER_SPACES_DATA", str(data))
        sample = workspace.open_sample()
        sample.register.close()
        files = {name: sample.folder / name for name in ("boundary.geojson", "layers.gpkg", "gazetteer.parquet")}
        opened = workspace.new_area(
            "marlhaven-real", boundary=files["boundary.geojson"], layers=files["layers.gpkg"], gazetteer_file=files["gazetteer.parquet"]
        )
        stewardship.record_dpia(opened, STEWARD, "DPIA 2026/1", origin="tests")
        agreed = Agreement(
            "Boxing club", "The club", "sharing agreement", "ISA 7", "safer places", "Children Act 2004 s11", model.INCIDENT_COLUMNS,
            date(2099, 1, 1), "the same",
        )  # fmt: skip
        stewardship.record_agreement(opened, STEWARD, agreed, origin="tests")
        yield opened
        opened.register.close()
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="module")
def address(chromium: object, area: workspace.Workspace) -> Iterator[str]:
    settings = {
        "SAFER_SPACES_DATA": str(area.folder.parent), "SAFER_SPACES_AREA": "marlhaven-real", "SAFER_SPACES_AS": STEWARD.name,
        "SAFER_SPACES_ROLE": STEWARD.role,
    }  # fmt: skip
    with serving(ROOT / "app.py", environment=settings) as served:
        yield served


def choose(page: Page, label: str, option: str) -> None:
    box = page.get_by_role("combobox", name=re.compile(rf"\b{label}$"))
    box.click()
    box.fill(option)  # a long list is only drawn where it is scrolled to
    page.get_by_role("option", name=option, exact=True).click()


def bring(page: Page, file: Path) -> None:
    page.locator("input[type=file]").set_input_files(str(file))


def shot(page: Page, name: str) -> None:
    """Save what a page looks like, where somebody wants to see it."""
    if folder := os.environ.get("SAFER_SPACES_SHOTS"):
        page.wait_for_timeout(700)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_an_unknown_file_is_explained_once_and_known_ever_after(
    open_page: Opener, address: str, area: workspace.Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "club 2025.csv"
    file.write_text("\n".join([HEADINGS, *ROWS]), "utf-8")
    page = open_page(address).page
    bring(page, file)
    expect(page.get_by_role("heading", name="club 2025.csv: what is in it?")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("Never read, because they hold who somebody is: Pupil name.")).to_be_visible()
    expect(page.get_by_text("Invented Person")).to_have_count(0)
    expect(page.get_by_text("Nothing in “Date” tells the day from the month.")).to_be_visible()
    shot(page, "columns-asked")

    page.get_by_text("the day", exact=True).click()
    choose(page, "What went on", "Kind of harm")
    choose(page, "Who", "Harmed, or harmed others")
    choose(page, "Spot", "Where, in words")
    choose(page, "When in the day", "Time of day")
    choose(page, "In every row: whose record it is", "Boxing club")
    choose(page, "Mugged", "Robbed")
    choose(page, "Knife shown", "Harm with a weapon")
    choose(page, "Culprit", "harmed others")
    page.get_by_label("What you call files like this one").fill("boxing club log")
    page.get_by_label("What you call files like this one").press("Tab")
    shot(page, "columns-said")
    settle(page)
    page.get_by_role("button", name="Keep this and look at the file").click()
    expect(page.get_by_role("heading", name="club 2025.csv: looked at, nothing brought in yet")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("24 rows are new.")).to_be_visible()
    shot(page, "columns-looked-at")
    settle(page)
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_role("heading", name="club 2025.csv: brought in")).to_be_visible(timeout=SLOW_MS)

    records = area.register.records()
    assert len(records) == 24
    assert records["harm_type"].value_counts().to_dict() == {"robbed": 8, "weapon_related_harm": 8}
    assert records["role"].value_counts().to_dict() == {"harmed": 18, "harmed_others": 6}
    assert set(records["agency"]) == {"Boxing club"}
    assert str(records["occurred_from"].min())[:7] == f"{LAST_YEAR}-01"

    later = tmp_path / "club later.csv"
    later.write_text("\n".join([HEADINGS, *ROWS, ROWS[0].replace("L-0", "L-99")]), "utf-8")
    bring(page, later)
    expect(page.get_by_role("heading", name="club later.csv: looked at, nothing brought in yet")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("1 row is new.")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Give it up").click()
    expect(page.get_by_role("heading", name="club later.csv: stopped")).to_be_visible(timeout=SLOW_MS)
    page.get_by_text("Kinds of file that were explained here: 1").click()
    expect(page.get_by_role("heading", name="boxing club log")).to_be_visible()
    page.get_by_role("button", name="Forget it").click()
    expect(page.get_by_text("Kinds of file that were explained here")).to_have_count(0)
    left = [path.name for path in area.folder.rglob("*") if path.is_file() and b"Invented Person" in path.read_bytes()]
    assert left == []


def test_the_questions_fit_a_phone(open_page: Opener, address: str, tmp_path: Path) -> None:
    file = tmp_path / "on a phone.csv"
    file.write_text("\n".join([HEADINGS.replace("Spot", "A spot"), *ROWS]), "utf-8")
    page = open_page(address, size=PHONE, touch=True).page
    bring(page, file)
    expect(page.get_by_role("heading", name="on a phone.csv: what is in it?")).to_be_visible(timeout=SLOW_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    shot(page, "columns-phone")
    settle(page)
    page.get_by_role("button", name="Give the file up").click()
    expect(page.get_by_role("heading", name="on a phone.csv: stopped")).to_be_visible(timeout=SLOW_MS)
