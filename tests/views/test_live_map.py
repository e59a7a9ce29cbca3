"""The live map, driven in a real browser: what is drawn, what a touch gives back, and that nothing leaves the machine."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from layers.catalogue import LAYERS
from layers.scene import ACCENT, HARM_RAMP, INK
from tests import made_up_scene
from tests.browser import PHONE, Watched, count_near, map_pixels, serving, wait_for_map
from views import live_map
from views.live_map import Picked

HARNESS = Path(__file__).with_name("harness_app.py")
Opener = Callable[..., Watched]

in_browser = pytest.mark.browser


@pytest.fixture(scope="module")
def address(chromium: object) -> Iterator[str]:
    with serving(HARNESS) as served:
        yield served


def on_screen(page: Page, longitude: float, latitude: float) -> tuple[float, float]:
    x, y = page.evaluate(
        """([longitude, latitude]) => {
            const map = document.querySelector('.safer-map').view.map;
            const at = map.latLngToContainerPoint([latitude, longitude]);
            const box = map.getContainer().getBoundingClientRect();
            return [box.x + at.x, box.y + at.y];
        }""",
        [longitude, latitude],
    )
    return x, y


def hot_cell() -> tuple[str, tuple[float, float]]:
    cells = made_up_scene.cells()
    cell = cells.index[cells["cluster"] == "cluster 1"][3]
    middle = cells.geometry[cell].centroid
    return cell, (middle.x, middle.y)


def set_control(page: Page, name: str) -> str:
    """Tick a control of the harness and wait for the map that follows."""
    before = page.get_attribute(".safer-map", "data-drawn")
    page.get_by_test_id("stCheckbox").filter(has_text=name).locator("label").click()
    return wait_for_map(page, not_version=before)


def zoom_in(page: Page) -> str:
    """Bring the map one step nearer, and return where it came to rest."""
    map_ = page.locator(".safer-map")
    far = map_.get_attribute("data-zoom")
    page.get_by_role("button", name="Zoom in").click()
    expect(map_).not_to_have_attribute("data-zoom", far)
    return map_.get_attribute("data-zoom")


@in_browser
def test_every_layer_is_drawn_in_its_own_colour(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    wait_for_map(page)
    scene = made_up_scene.scene()
    assert json.loads(page.get_attribute(".safer-map", "data-counts")) == {layer.layer_id: layer.drawn_count for layer in scene.layers}
    pixels = map_pixels(page)
    for step in (HARM_RAMP[0], HARM_RAMP[1], HARM_RAMP[3], HARM_RAMP[4]):
        assert count_near(pixels, step) > 300, f"recorded harm {step}"
    assert count_near(pixels, INK) > 100, "outline of a hotspot"
    assert count_near(pixels, LAYERS["water"].styles["water"].fill) > 2000, "water"
    assert count_near(pixels, LAYERS["parks"].styles["unlit"].fill) > 500, "unlit park"
    assert count_near(pixels, LAYERS["parks"].styles["lit"].fill) > 500, "lit park"
    assert count_near(pixels, LAYERS["alleys"].styles["lit"].stroke) > 50, "lit alley"
    assert count_near(pixels, LAYERS["safe_places"].styles["checked"].fill) > 50, "safe place"
    assert count_near(pixels, ACCENT) == 0, "nothing is chosen"


@in_browser
def test_what_is_not_known_is_hatched(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    wait_for_map(page)
    park = made_up_scene.overlays()["parks"].iloc[[0]].to_crs("EPSG:4326").geometry.iloc[0]
    west, south, east, north = park.bounds
    canvas = page.locator(".safer-map canvas").bounding_box()
    left, bottom = np.subtract(on_screen(page, west, south), (canvas["x"], canvas["y"])).astype(int)
    right, top = np.subtract(on_screen(page, east, north), (canvas["x"], canvas["y"])).astype(int)
    inside = map_pixels(page)[top + 3 : bottom - 3, left + 3 : right - 3]
    ink = inside[..., 3] > 90  # The paper is below the canvas, so a gap in the hatch is a hole.
    assert 0.1 < ink.mean() < 0.9, "strokes and gaps"
    assert np.abs(np.diff(ink.astype(int), axis=1)).sum(axis=1).max() > 8, "many strokes across"


@in_browser
def test_a_touched_hexagon_gives_its_cell_to_python(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    wait_for_map(page)
    cell, middle = hot_cell()
    page.mouse.click(*on_screen(page, *middle))
    expect(page.get_by_text(f"picked: cells {cell}")).to_be_visible()
    expect(page.locator(".safer-map-tooltip")).to_contain_text("incidents")


@in_browser
def test_bare_ground_counts_only_when_asked_for(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    wait_for_map(page)
    bare = on_screen(page, made_up_scene.LONGITUDE + 0.035, made_up_scene.LATITUDE - 0.014)
    page.mouse.click(*bare)
    page.wait_for_timeout(500)
    expect(page.get_by_text("picked: nothing")).to_be_visible()
    set_control(page, "Pick ground")
    page.mouse.click(*bare)
    expect(page.get_by_text("picked: ground")).to_be_visible()


@in_browser
def test_two_quick_touches_zoom_only_where_a_touch_marks_nothing(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    wait_for_map(page)
    wide = float(page.get_attribute(".safer-map", "data-zoom"))
    bare = made_up_scene.LONGITUDE + 0.035, made_up_scene.LATITUDE - 0.014
    page.mouse.dblclick(*on_screen(page, *bare))
    page.wait_for_function(f"() => document.querySelector('.safer-map').dataset.zoom === '{wide + 1:g}'")
    set_control(page, "Pick ground")
    page.mouse.dblclick(*on_screen(page, *bare))
    expect(page.get_by_text("picked: ground")).to_be_visible()
    page.wait_for_timeout(600)
    assert float(page.get_attribute(".safer-map", "data-zoom")) == wide + 1


@in_browser
def test_a_switch_takes_a_layer_off_and_puts_it_back_in_order(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    wait_for_map(page)
    before = map_pixels(page)
    tick = page.get_by_role("checkbox", name="Recorded incidents in each hexagon")
    tick.focus()
    page.keyboard.press("Space")
    page.wait_for_function("() => JSON.parse(document.querySelector('.safer-map').dataset.counts).cells === 0")
    assert count_near(map_pixels(page), HARM_RAMP[4]) == 0
    page.keyboard.press("Space")
    page.wait_for_function("() => JSON.parse(document.querySelector('.safer-map').dataset.counts).cells > 0")
    assert np.array_equal(map_pixels(page), before)


@in_browser
def test_a_rerun_keeps_the_map_and_sends_values_only(open_page: Opener, address: str) -> None:
    watched = open_page("about:blank")
    page = watched.page
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    page.goto(address)
    first = wait_for_map(page)
    page.evaluate("document.querySelector('.safer-map').view.map.getContainer().mark = 'the same'")
    zoom = zoom_in(page)
    received.clear()
    set_control(page, "Choose")
    assert page.evaluate("document.querySelector('.safer-map').view.map.getContainer().mark") == "the same"
    assert page.get_attribute(".safer-map", "data-zoom") == zoom
    assert page.get_attribute(".safer-map", "data-drawn") != first
    assert count_near(map_pixels(page), ACCENT) > 50, "the chosen place is outlined"
    whole = sum(len(live_map.pack_geometry(layer, scope="map")) for layer in made_up_scene.scene().layers)
    assert sum(received) < whole / 2, f"{sum(received)} bytes came: the coordinates travelled again"


@in_browser
def test_the_map_comes_back_where_it_was_left(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    wait_for_map(page)
    zoom = zoom_in(page)
    page.get_by_role("link", name="Other").click()
    expect(page.get_by_text("Another page")).to_be_visible()
    page.go_back()
    wait_for_map(page)
    assert page.get_attribute(".safer-map", "data-zoom") == zoom
    assert count_near(map_pixels(page), HARM_RAMP[4]) > 300


@in_browser
def test_hostile_names_are_shown_as_text(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    wait_for_map(page)
    set_control(page, "Hostile names")
    _cell, middle = hot_cell()
    page.mouse.move(*on_screen(page, *middle))
    tooltip = page.locator(".safer-map-tooltip")
    expect(tooltip).to_contain_text("<b>bold</b>")
    expect(tooltip).to_contain_text("${alert(2)}")
    assert tooltip.locator("b, img, script").count() == 0


@in_browser
def test_on_a_phone_the_key_is_folded_and_a_thumb_is_enough(open_page: Opener, address: str) -> None:
    page = open_page(address, size=PHONE, touch=True).page
    wait_for_map(page)
    button = page.get_by_role("button", name="Layers and key")
    expect(button).to_have_attribute("aria-expanded", "false")
    assert button.bounding_box()["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    button.tap()
    expect(page.get_by_text("No colour: no reports, which is not the same as no harm")).to_be_visible()
    button.tap()
    _cell, middle = hot_cell()
    page.touchscreen.tap(*on_screen(page, *middle))
    expect(page.get_by_text("picked: cells")).to_be_visible()


@in_browser
def test_the_recorder_sees_a_script_from_another_machine(open_page: Opener) -> None:
    with serving(HARNESS, environment={"HARNESS_PAGE": "cdn", "HARNESS_WITHOUT_HEADERS": "1"}) as unguarded:
        watched = open_page(unguarded, check=False)
        expect(watched.page.get_by_text("ready")).to_be_visible()
        watched.wait_for(lambda: watched.outside)
        with pytest.raises(AssertionError, match=re.escape("cdn.jsdelivr.net")):
            watched.check()


@in_browser
def test_the_policy_stops_a_script_from_another_machine(open_page: Opener) -> None:
    with serving(HARNESS, environment={"HARNESS_PAGE": "cdn"}) as guarded:
        watched = open_page(guarded, check=False)
        expect(watched.page.get_by_text("ready")).to_be_visible()
        watched.wait_for(lambda: any("Content Security Policy" in complaint for complaint in watched.complaints))
        assert watched.outside == []


@in_browser
def test_every_answer_carries_the_headers(address: str) -> None:
    for path, kept in (("/", "no-store"), ("/assets/leaflet/leaflet.js", None), ("/assets/live_map/live_map.js", "immutable")):
        with urllib.request.urlopen(address + path) as answer:  # noqa: S310 - our own server
            policy = answer.headers["content-security-policy"]
            assert "unsafe-eval" not in policy
            assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            if kept:
                assert kept in answer.headers["cache-control"]


@in_browser
def test_the_program_itself_is_compressed(address: str) -> None:
    with urllib.request.urlopen(address) as page:  # noqa: S310 - our own server
        script = re.search(r'src="\./(static/js/index[^"]+)"', page.read().decode())[1]
    asked = urllib.request.Request(f"{address}/{script}", headers={"Accept-Encoding": "gzip"})  # noqa: S310 - our own server
    with urllib.request.urlopen(asked) as answer:  # noqa: S310 - our own server
        assert answer.headers["content-encoding"] == "gzip"
        assert "immutable" in answer.headers["cache-control"]


def test_a_browser_cannot_pick_what_is_not_on_the_map() -> None:
    scene = made_up_scene.scene()
    cell = scene.layers[[layer.layer_id for layer in scene.layers].index("cells")].keys[0]
    place = {"longitude": 1.1, "latitude": 54.25}
    assert live_map.read_picked({"layer": "cells", "key": cell, **place}, scene) == Picked("cells", cell, 1.1, 54.25)
    assert live_map.read_picked({"layer": "", "key": "", **place}, scene) == Picked("", "", 1.1, 54.25)
    for wrong in (
        None, "cells", {}, {"layer": "cells", "key": "elsewhere", **place}, {"layer": "streets", "key": "street/1", **place},
        {"layer": "cells", "key": cell, "longitude": float("nan"), "latitude": 54.25},
        {"layer": "cells", "key": cell, "longitude": "1.1", "latitude": 54.25}, {"layer": ["cells"], "key": {}, **place},
    ):  # fmt: skip
        assert live_map.read_picked(wrong, scene) is None


def test_a_changed_value_costs_at_most_eight_bytes_a_cell() -> None:
    def size(resolution: int) -> tuple[int, int]:
        cells = made_up_scene.cells(resolution=resolution)
        scene = made_up_scene.map_scene(area=made_up_scene.area(), ground={}, overlays={}, cells=cells)
        return len(cells), len(live_map.pack_values(scene, scope="map", height_px=500))

    few, many = size(10), size(11)
    assert (many[1] - few[1]) / (many[0] - few[0]) <= 8


def test_labels_and_keys_cannot_end_a_header() -> None:
    scene = made_up_scene.scene(name=made_up_scene.HOSTILE)
    packed = live_map.pack_values(scene, scope="map", height_px=500)
    header = json.loads(packed[4 : 4 + int.from_bytes(packed[:4], "little")])
    assert any(made_up_scene.HOSTILE in label for layer in header["layers"] for label in layer["labels"])
