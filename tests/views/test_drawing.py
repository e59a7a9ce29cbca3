"""A place is drawn on the map by touch, raised, drawn anew and split by drawing, in a real browser on a wide screen and on a phone."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest
import shapely
from playwright.sync_api import Page, expect

from briefing import space_acts
from briefing.workspace import Workspace
from spaces import space
from spaces.space import Details
from tests.briefing.conftest import PANEL
from tests.browser import DESKTOP, PHONE, SLOW_MS, Watched, choose, look_as, settle, shot, unfold, wait_for_map
from tests.views.test_spaces import HOSTILE, fill, open_place

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("drawing")]

Opener = Callable[..., Watched]
AROUND = {390: ((70, 90), (250, 100), (240, 280), (80, 270)), 1440: ((380, 90), (600, 100), (580, 320), (390, 310))}
"""Corners on the map, in pixels, by how wide the screen is."""


def touch(page: Page, at: tuple[int, int], *, finger: bool) -> None:
    map_, where = page.locator(".safer-map-ground"), {"x": at[0], "y": at[1]}
    map_.evaluate("map => map.scrollIntoView({block: 'center'})")
    if finger:
        map_.tap(position=where)  # type: ignore[arg-type]
    else:
        map_.click(position=where)  # type: ignore[arg-type]


def wait_until_still(page: Page) -> None:
    """Wait until the map shows what it is to show: it moves there after it is drawn, and a touch before is of another spot."""
    seen = ""
    for _look in range(20):
        now = page.locator(".safer-map").evaluate("map => map.view.map.getBounds().toBBoxString() + map.getBoundingClientRect().width")
        if now == seen:
            return
        seen = now
        page.wait_for_timeout(700)


def draw(page: Page, corners: list[tuple[int, int]], *, finger: bool, already: int = 0) -> None:
    wait_until_still(page)
    for count, at in enumerate(corners, already + 1):
        for _again in range(3):  # a touch while the map is drawn anew is lost; of two on the same spot one counts
            touch(page, at, finger=finger)
            with suppress(AssertionError):
                expect(page.get_by_text(f"{count} corner")).to_be_visible(timeout=10_000)
                break
        expect(page.get_by_text(f"{count} corner")).to_be_visible(timeout=SLOW_MS)
    settle(page)


def row_of(area: Workspace, name: str):
    rows = space.newest(area.register)
    return rows[rows["name"] == name].iloc[0]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1440", "390"])
def test_the_panel_draws_a_place_raises_it_draws_it_anew_and_splits_it(
    open_page: Opener, address: str, area: Workspace, size: dict[str, int]
) -> None:
    width, finger = size["width"], size is PHONE
    corners, name = list(AROUND[width]), f"Fair on the green {width}"
    page = open_page(address, size=size, touch=finger).page
    look_as(page, "Panel member", "Places")
    unfold(page, "Raise a place")
    page.get_by_text("Drawn on the map", exact=True).click()
    whole = wait_for_map(page)
    choose(page, "Go to", "Teal Green")
    wait_for_map(page, not_version=whole)
    settle(page)
    draw(page, corners[:2], finger=finger)
    page.get_by_role("button", name="Raise it").click()
    expect(page.get_by_text("touch at least three corners")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    draw(page, [*corners[2:], (corners[0][0], 200)], finger=finger, already=2)
    page.get_by_role("button", name="Take back the last corner").click()
    expect(page.get_by_text("4 corners. About")).to_be_visible(timeout=SLOW_MS)
    choose(page, "What kind of place it is", "event")
    fill(page, "Name", name)
    fill(page, "Name in Welsh", "Ffair y maes")
    choose(page, "Raised by", "young people")
    fill(page, "Why (name nobody)", HOSTILE)
    shot(page, f"drawing-raise-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Raise it").click()
    expect(page.get_by_text("An event has a first and a last day. Give both.")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    for day, digits in (("First day", "01082026"), ("Last day", "03082026")):
        page.get_by_role("spinbutton", name=f"day, {day}").click()
        page.keyboard.type(digits)
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Raise it").click()
    expect(page.get_by_text(f"{name} is in the list.")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    shot(page, f"drawing-raised-{width}")
    raised = shapely.from_wkb(row_of(area, name)["boundary"])
    assert len(raised.exterior.coords) == 5
    open_place(page, name)
    expect(page.get_by_text("event, 1 August 2026 to 3 August 2026")).to_be_visible()
    expect(page.get_by_text(HOSTILE)).to_be_visible()

    unfold(page, "Draw its boundary")
    wait_for_map(page)
    settle(page)
    draw(page, [corners[0], corners[1], corners[2]], finger=finger)
    shot(page, f"drawing-anew-{width}")
    page.get_by_role("button", name="This is its boundary").click()
    expect(page.get_by_text("Its boundary was drawn anew:")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    drawn = shapely.from_wkb(row_of(area, name)["boundary"])
    assert len(drawn.exterior.coords) == 4

    unfold(page, "Split off a part of it")
    wait_for_map(page)
    settle(page)
    middle, reach = (corners[0][1] + corners[2][1]) // 2, 310 if finger else 630
    draw(page, [(80, 65), (reach, 65), (reach, middle), (80, middle)], finger=finger)
    fill(page, "What the part is called", f"The stage {width}")
    page.get_by_label("Why it is two places").fill("They are run by two")
    shot(page, f"drawing-split-{width}")
    page.get_by_role("button", name="Split it").click()
    expect(page.get_by_text("It is split. The part is in the list")).to_be_visible(timeout=SLOW_MS)
    parts = [shapely.from_wkb(row_of(area, one)["boundary"]) for one in (name, f"The stage {width}")]
    assert sum(map(shapely.area, parts)) == pytest.approx(shapely.area(drawn), rel=0.01)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_was_drawn_and_written_of_a_place_that_became_part_of_another_is_still_in_the_form(
    open_page: Opener, address: str, area: Workspace
) -> None:
    middle = shapely.centroid(area.area)
    ids = {}
    for name, east in (("Old yard", 0), ("New yard", 150)):
        shape = shapely.box(middle.x + east, middle.y, middle.x + east + 100, middle.y + 100)
        details = Details(name, "other", "resident", shape)
        ids[name] = space_acts.raise_place(area, PANEL, details, today=date(2026, 10, 31), origin="tests")
    page = open_page(address).page
    look_as(page, "Panel member", "Places")
    open_place(page, "Old yard")
    unfold(page, "Draw its boundary")
    wait_for_map(page)
    draw(page, list(AROUND[1440][:3]), finger=False)
    unfold(page, "Hand it over to a named worker")
    fill(page, "Named worker (a role or a team)", "Parks team")
    fill(page, "Handover note", "Go at dusk")
    space_acts.merge(area, PANEL, ids["Old yard"], into=ids["New yard"], seen=1, why="One yard", origin="tests")
    page.get_by_role("button", name="Hand it over").click()
    expect(page.get_by_text("“Old yard” has become part of “New yard”, and is kept there now.")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("heading", name="New yard", exact=True)).to_be_visible()
    settle(page)
    unfold(page, "Hand it over to a named worker")
    expect(page.get_by_label("Handover note")).to_have_value("Go at dusk")
    unfold(page, "Draw its boundary")
    expect(page.get_by_text("3 corners. About")).to_be_visible(timeout=SLOW_MS)
    shot(page, "drawing-merged-1440")
    page.get_by_role("button", name="Hand it over").click()
    expect(page.get_by_text("Works with it: Parks team. Go at dusk")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    unfold(page, "Hand it over to a named worker")
    expect(page.get_by_label("Handover note")).to_have_value("")
