"""What people come to do, done in a real browser on the sample town: see, open, plan, come back."""

import socket
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from layers.catalogue import LAYERS
from layers.scene import HARM_RAMP, INK
from tests.browser import DESKTOP, PHONE, ROOT, SLOW_MS, Watched, choose, count_near, go_to, map_pixels, serving, settle, wait_for_map

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

Opener = Callable[..., Watched]

KEY = "x3JJHMbDL1EzLkh9GBhXDw=="
"""Any sixteen bytes will do for a websocket that is opened by hand."""


@pytest.fixture(scope="module")
def address(chromium: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(ROOT / "app.py", environment={"SAFER_SPACES_DATA": str(tmp_path_factory.mktemp("data"))}) as served:
        yield served


def open_place(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("What the place is like")).to_be_visible(timeout=SLOW_MS)


def plan(page: Page, *, lead: str, why: str) -> None:
    page.get_by_label("Who leads it").fill(lead)
    page.get_by_label("Why this place").fill(why)
    page.get_by_role("button", name="Plan the assessment").click()


def test_a_panel_member_sees_the_hotspots_opens_one_plans_an_assessment_and_finds_it_again(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    wait_for_map(page)

    # Drawn, and not only present: pixels of the ramp, of the hotspots' outline and of the three overlays.
    pixels = map_pixels(page)
    drawn = sum(count_near(pixels, colour, within=60) for colour in HARM_RAMP)
    assert drawn > 20_000
    assert count_near(pixels, INK) > 500
    assert count_near(pixels, LAYERS["parks"].styles["unlit"].fill or "", within=60) > 200
    assert count_near(pixels, LAYERS["alleys"].styles["unlit"].stroke, within=30) > 10
    assert count_near(pixels, LAYERS["safe_places"].styles["candidate"].stroke, within=20) > 200

    open_place(page, "Lockside Park")
    expect(page.get_by_text("different children, mostly")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="not lit. Recorded as not lit.")).to_be_visible()
    expect(page.get_by_text("Plan an assessment of this place")).to_have_count(0)  # in the sample, something is being done there

    page.get_by_role("button", name="Back to the list").click()
    open_place(page, "Ivydene Lane")
    plan(page, lead="Neighbourhood policing team", why="It came back after it had stopped, on the way home from school.")
    expect(page.get_by_text("Assessment planned: begins by")).to_be_visible()

    page.reload()
    wait_for_map(page)
    page.get_by_role("link", name="Assessments").click()
    expect(page.get_by_role("heading", name="Ivydene Lane")).to_be_visible()
    expect(page.get_by_text("It came back after it had stopped, on the way home from school.")).to_be_visible()


def test_a_place_is_planned_once_at_a_time(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    wait_for_map(page)
    open_place(page, "Dyer's Yard Car Park")
    plan(page, lead="Parks team", why="Dark stairwell")
    expect(page.get_by_text("Assessment planned: begins by")).to_be_visible()
    expect(page.get_by_text("Plan an assessment of this place")).to_have_count(0)


def test_what_is_chosen_is_still_chosen_after_another_page(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    first = wait_for_map(page)
    choose(page, "Period", "Last 12 months")
    wait_for_map(page, not_version=first)
    page.get_by_role("link", name="Assessments").click()
    expect(page.get_by_role("heading", name="Assessments", exact=True)).to_be_visible()
    page.get_by_role("link", name="Map").click()
    expect(page.get_by_text("1 October 2025 to 30 September 2026").first).to_be_visible()


def test_the_map_shows_the_light_of_an_hour_and_keeps_it_when_a_place_is_opened(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    seen = wait_for_map(page)
    lines = LAYERS["street_light"].styles
    drawn = {}
    hours = {"12:00": "Daylight at 12:00", "23:30": "Dark. Lamps as they burn at 23:30", "02:00": "Dark. Lamps as they burn at 02:00"}
    for hour, said in hours.items():
        choose(page, "Show what is lit and open at this hour", hour)
        expect(page.get_by_text(said)).to_be_visible()
        seen = wait_for_map(page, not_version=seen)
        pixels = map_pixels(page)
        drawn[hour] = {state: count_near(pixels, lines[state].stroke, within=20) for state in ("lit", "unlit")}
    assert drawn["12:00"]["unlit"] < drawn["23:30"]["unlit"] / 4, "by day nothing is dark"
    assert drawn["23:30"]["unlit"] < drawn["02:00"]["unlit"], "part-night lamps are off by then"
    assert drawn["23:30"]["lit"] > drawn["02:00"]["lit"] > drawn["12:00"]["lit"]
    open_place(page, "Lockside Park")
    expect(page.get_by_text("Dark. Lamps as they burn at 02:00")).to_be_visible()
    page.get_by_text("What the map shows besides, in numbers").click()
    expect(page.get_by_role("cell", name="Checked for young people, recorded as closed at this hour")).to_be_visible()
    expect(page.get_by_text("No alley here is not proof of none.", exact=False)).to_be_visible()


@pytest.mark.parametrize(
    ("host", "origin", "answer"),
    [
        ("127.0.0.1", None, 101), ("127.0.0.1", "http://127.0.0.1", 101), ("evil.example", "http://evil.example", 403),
        ("127.0.0.1", "http://evil.example", 403), ("127.0.0.1.evil.example", None, 403), ("127.0.0.1", "null", 403),
    ],
)  # fmt: skip
def test_another_sites_page_cannot_talk_to_the_server(address: str, host: str, origin: str | None, answer: int) -> None:
    port = urlsplit(address).port
    origin = f"{origin}:{port}" if origin and "://" in origin else origin
    headers = {"Host": f"{host}:{port}"} | ({"Origin": origin} if origin else {})
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": KEY,
    }
    assert _status(port, "/_stcore/stream", headers | upgrade) == answer
    assert _status(port, "/", headers) == (200 if answer == 101 else 403)


def _status(port: int | None, path: str, headers: dict[str, str]) -> int:
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall("\r\n".join(lines).encode())
        return int(connection.recv(100).split()[1])


def test_a_plan_without_a_lead_says_so_and_saves_nothing(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    wait_for_map(page)
    open_place(page, "Marlhaven Bus Station")
    plan(page, lead=" ", why="Evenings")
    expect(page.get_by_text("Say who leads the assessment")).to_be_visible()
    expect(page.get_by_text("Assessment planned: begins by")).to_have_count(0)


def test_hostile_text_in_a_plan_is_shown_as_text(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    wait_for_map(page)
    open_place(page, "Larkrise Estate")
    hostile = "<img src=x onerror=alert(1)> [a](http://example.org) `x` $y$ **z** :material/home: ${7*7}"
    plan(page, lead=hostile, why=hostile)
    expect(page.get_by_text("Assessment planned: begins by")).to_contain_text(hostile)
    page.get_by_role("link", name="Assessments").click()
    expect(page.get_by_text(hostile).first).to_be_visible()


def test_a_filter_changes_the_map_and_the_list_together(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    first = wait_for_map(page)
    choose(page, "Period", "Last 3 months")
    wait_for_map(page, not_version=first)
    expect(page.get_by_text("2 July 2026 to 30 September 2026").first).to_be_visible()
    expect(page.get_by_role("button", name="Saltings Skate Park").first).to_be_visible()
    assert count_near(map_pixels(page), INK) > 500
    choose(page, "Compared with", "an even spread over the area")
    expect(page.get_by_text("compared with an even spread over the area")).to_be_visible()
    choose(page, "Time of day", "Day, 09:00-15:00")
    expect(page.get_by_text("Exploratory: this choice is not the agreed review.")).to_be_visible()


def test_how_it_is_worked_out_is_explained_with_papers_and_what_is_known_here(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    wait_for_map(page)
    go_to(page, "How it is worked out")
    for heading in ("Gi*, where there are many records", "The scan, where there are few", "How often we look", "How concentrated it is"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Kulldorff (1997)")).to_be_visible()
    expect(page.get_by_text("safer-spaces calibrate")).to_be_visible()
    expect(page.get_by_role("cell", name="28 days").first).to_be_visible()


def test_the_map_is_saved_as_a_file_that_opens_without_the_server(open_page: Opener, address: str, tmp_path: Path) -> None:
    page = open_page(address).page
    seen = wait_for_map(page)
    choose(page, "Show what is lit and open at this hour", "02:00")
    wait_for_map(page, not_version=seen)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save this map as a file").click()
    file = tmp_path / "map.html"
    saved.value.save_as(file)
    opened = open_page(file.as_uri())
    assert opened.requests == [file.as_uri()]
    expect(opened.page.get_by_role("heading", name="Marlhaven: recorded harm to children outside the home")).to_be_visible()
    expect(opened.page.get_by_role("heading", name="Everything here is invented.")).to_be_visible()
    expect(opened.page.get_by_role("heading", name="as they are recorded, at no hour in particular")).to_be_visible()
    text = file.read_text("utf-8")
    for of_an_hour in ("02:00", "not open at", "recorded as closed at this hour", "Whether it is open at"):
        assert of_an_hour not in text, "what is dark and shut at an hour is in no file"
    assert opened.page.locator(", ".join(f'path[fill="{colour}"]' for colour in HARM_RAMP)).count() > 200
    assert opened.page.locator(".mark").all_inner_texts() == ["A", "B", "C", "D"]


def test_a_touch_on_a_hexagon_opens_the_place_in_it(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    wait_for_map(page)
    open_place(page, "Marlhaven Bus Station")
    page.get_by_role("button", name="Back to the list").click()
    expect(page.get_by_role("heading", name="Places where different children were harmed")).to_be_visible(timeout=SLOW_MS)
    settle(page)
    box = page.locator(".safer-map").bounding_box()
    assert box
    page.evaluate("document.querySelector('.safer-map').view.map.setView([54.24243, 1.09747], 16, { animate: false })")
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + 60)
    expect(page.get_by_role("heading", name="Marlhaven Bus Station")).to_be_visible(timeout=SLOW_MS)


def test_on_a_phone_the_map_comes_first_then_the_list_and_a_place_can_be_opened(open_page: Opener, address: str) -> None:
    page = open_page(address, size=PHONE, touch=True).page
    wait_for_map(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    map_box = page.locator(".safer-map").bounding_box()
    list_box = page.get_by_role("button", name="Lockside Park").bounding_box()
    assert map_box
    assert list_box
    assert map_box["y"] < PHONE["height"] < list_box["y"]
    open_place(page, "Lockside Park")
    heading = page.get_by_role("heading", name="Lockside Park")
    expect(heading).to_be_focused()
    box = heading.bounding_box()
    assert box
    assert 0 <= box["y"] < PHONE["height"]


def test_the_policy_has_no_eval_and_names_no_other_machine(address: str) -> None:
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310  our own server
        policy = answer.headers["Content-Security-Policy"]
    assert "unsafe-eval" not in policy
    assert "http" not in policy
    assert "default-src 'none'" in policy


def test_every_page_opens_without_a_complaint(open_page: Opener, address: str) -> None:
    for path, heading in (("assessments", "Assessments"), ("about", "About this tool")):
        page = open_page(f"{address}/{path}", size=DESKTOP).page
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        expect(page.get_by_text("Everything here is invented")).to_be_visible()
