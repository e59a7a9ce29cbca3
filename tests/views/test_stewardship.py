"""What the data steward comes to do, done in a real browser on the sample town before any partner's file came in."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import sample_data
from briefing import workspace
from tests.browser import PHONE, ROOT, SLOW_MS, Watched, choose, go_to, serving, settle, wait_for_map

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("stewardship")]

Opener = Callable[..., Watched]
RAW = Path(sample_data.__file__).parent / "marlhaven"


@pytest.fixture(scope="module")
def address(chromium: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAFER_SPACES_DATA", str(data))
        area = workspace.open_sample()
        area.register.close()
        (area.folder / "register.sqlite").unlink()
        for left in area.folder.glob("register.sqlite-*"):
            left.unlink()
        workspace.open_workspace(area.folder).register.close()
    with serving(ROOT / "app.py", environment={"SAFER_SPACES_DATA": str(data)}) as served:
        yield served
    shutil.rmtree(data, ignore_errors=True)


def as_steward(page: Page) -> None:
    choose(page, "Try it as", "Data steward")
    expect(page.get_by_role("heading", name="Partners' files", exact=True)).to_be_visible(timeout=SLOW_MS)


def bring(page: Page, *names: str) -> None:
    page.locator("input[type=file]").set_input_files([str(RAW / name) for name in names])


def test_the_five_partner_files_come_in_through_the_app_and_the_panel_sees_them(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    expect(page.get_by_text("The register holds no dated records yet")).to_be_visible(timeout=SLOW_MS)
    as_steward(page)
    names = workspace.PARTNER_FILES["marlhaven"]
    for name in names:
        bring(page, name)
        expect(page.get_by_role("heading", name=f"{name}: looked at, nothing brought in yet")).to_be_visible(timeout=SLOW_MS)
        settle(page)
        page.get_by_role("button", name="Bring").first.click()
        expect(page.get_by_role("heading", name=f"{name}: brought in")).to_be_visible(timeout=SLOW_MS)
    for name in names:
        expect(page.get_by_role("cell", name=name, exact=True)).to_be_visible()

    bring(page, "police.csv")
    expect(page.get_by_text("1,409 rows are here already, the same.")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    page.get_by_role("button", name="Give it up").click()
    expect(page.get_by_role("heading", name="police.csv: stopped")).to_be_visible(timeout=SLOW_MS)

    go_to(page, "What is kept")
    expect(page.get_by_text("whole: 5 events")).to_be_visible()
    choose(page, "Try it as", "Panel member")
    wait_for_map(page)
    expect(page.get_by_role("button", name="Lockside Park")).to_be_visible()


def test_what_is_not_the_samples_is_refused_on_the_page(open_page: Opener, address: str, tmp_path: Path) -> None:
    page = open_page(address).page
    as_steward(page)
    (tmp_path / "real.csv").write_text("agency,occurred_from\nPolice,2024-01-01\n")
    page.locator("input[type=file]").set_input_files(str(tmp_path / "real.csv"))
    expect(page.get_by_text("real data never comes in here")).to_be_visible(timeout=SLOW_MS)


def test_a_venue_is_masked_by_its_number_and_let_go_again(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    as_steward(page)
    go_to(page, "Masked venues")
    expect(page.get_by_text("None is masked.")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="Mask it").click()
    expect(page.get_by_text("No place in this area is found there.")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    page.get_by_label("or its easting in metres").fill("600400")
    page.get_by_label("and its northing").fill("488100")
    page.get_by_label("and its northing").press("Tab")
    page.get_by_role("button", name="Mask it").click()
    said = page.get_by_text("It is masked. Write down this number")
    expect(said).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("1 venue is masked.")).to_be_visible()
    number = said.inner_text().rpartition(" ")[2]
    settle(page)
    page.get_by_label("The number that it was given").fill(number)
    page.get_by_role("button", name="It is no longer such a venue").click()
    expect(page.get_by_text("It is no longer masked.")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("None is masked.")).to_be_visible()


def test_on_a_phone_nothing_is_wider_than_the_screen(open_page: Opener, address: str) -> None:
    page = open_page(address, size=PHONE, touch=True).page
    page.get_by_test_id("stExpandSidebarButton").click()
    as_steward(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
