"""Base tiles: their route, their headers, the outside address that is off by default, and the map on them in a browser."""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from starlette.applications import Starlette

import app
from briefing import workspace
from layers import mbtiles, tile_source, web_mercator
from layers.catalogue import LAYERS
from layers.scene import HARM_RAMP
from tests import made_up_scene
from tests.browser import PHONE, ROOT, Watched, count_near, serving, wait_for_map
from views import base_map, live_map

HARNESS = Path(__file__).with_name("harness_base_map_app.py")
Opener = Callable[..., Watched]
GROUND = "#e4efe9"
"""The one colour of the made-up tiles: pale, and like no style of ours."""

in_browser = pytest.mark.browser


def picture(colour: str = GROUND, px: int = 512) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (px, px), colour).save(written, "PNG")
    return written.getvalue()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder whose sample town has tiles of one colour, from zoom 12 to 15, but none for its north-west."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "marlhaven").mkdir()
    x, y = (float(part[0]) for part in web_mercator.to_world([made_up_scene.LONGITUDE], [made_up_scene.LATITUDE]))
    tiles = [
        (zoom, int(x * 2**zoom) + across, int(y * 2**zoom) + down, picture())
        for zoom in range(12, 16)
        for across in range(-9, 10)
        for down in range(-9, 10)
        if (across, down) != (-9, -9)
    ]
    about = {"format": "png", "minzoom": "12", "maxzoom": "15", "attribution": "Made up <b>by us</b>"}
    mbtiles.write(folder / "marlhaven" / "basemap.mbtiles", tiles, metadata=about)
    return folder


@pytest.fixture
def here(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SAFER_SPACES_DATA", str(data))
    monkeypatch.delenv(tile_source.SETTING, raising=False)
    monkeypatch.delenv(workspace.AREA_SETTING, raising=False)
    return data / "marlhaven" / "basemap.mbtiles"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def ask(path: str, *, method: str = "GET", served: object = None, **headers: str) -> Answer:
    """Ask the route as a server does, with the path as it arrives."""
    program = served or Starlette(routes=base_map.routes())
    said: list[dict] = []

    async def talk() -> None:
        async def receive() -> dict:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict) -> None:
            said.append(message)

        named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http", "path": path,
            "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": [(b"host", b"localhost"), *named],
            "server": ("localhost", 80), "client": ("127.0.0.1", 1),
        }  # fmt: skip
        await program(scope, receive, send)

    with ThreadPoolExecutor(1) as elsewhere:  # in this thread a browser that another test opened may have its own loop running
        elsewhere.submit(asyncio.run, talk()).result()
    start = said[0]
    told = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], told, b"".join(part.get("body", b"") for part in said[1:]))


def middle(zoom: int) -> str:
    x, y = (float(part[0]) for part in web_mercator.to_world([made_up_scene.LONGITUDE], [made_up_scene.LATITUDE]))
    return f"/basemap/{zoom}/{int(x * 2**zoom)}/{int(y * 2**zoom)}.png"


def test_a_tile_is_given_with_what_lets_a_browser_alone_keep_it(here: Path) -> None:
    found = ask(middle(14))
    assert (found.status, found.body) == (200, picture())
    assert found.headers["content-type"] == "image/png"
    assert found.headers["cache-control"] == "private, max-age=86400"
    again = ask(middle(14), if_none_match=found.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert ask(middle(14), if_none_match='"other"').status == 200


def test_a_missing_tile_is_one_transparent_point(here: Path) -> None:
    found = ask("/basemap/14/1/1.png")
    assert (found.status, found.headers["content-type"]) == (200, "image/png")
    point = Image.open(io.BytesIO(found.body)).convert("RGBA")
    assert (point.size, point.getpixel((0, 0))[3]) == ((1, 1), 0)


@pytest.mark.parametrize(
    "path",
    [
        "/basemap/14/-1/1.png", "/basemap/-1/1/1.png", "/basemap/14/16384/1.png", "/basemap/14/1/99999999999999999999.png",
        "/basemap/99/1/1.png", "/basemap/14/1.5/1.png", "/basemap/14/1e3/1.png", "/basemap/14/0x1/1.png", "/basemap/14/١/1.png",
        "/basemap/14/../1.png", "/basemap/../../area.json", "/basemap/14/1/1.jpg", "/basemap/14/1/1", "/basemap/14/1/..%2f1.png",
        "/basemap/14/ 1/1.png", "/basemap/14/+1/1.png", "/basemap/14/1'--/1.png", "/basemap/", "/basemap/14/1/1.png/more",
        "/basemap/²/1/1.png",
    ],
)  # fmt: skip
def test_what_is_no_tiles_number_is_not_found(here: Path, path: str) -> None:
    assert ask(path).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_tiles_are_only_read(here: Path, method: str) -> None:
    assert ask(middle(14), method=method).status == 405


def test_without_a_file_or_with_a_bad_one_there_is_no_base_map_and_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFER_SPACES_DATA", str(tmp_path))
    monkeypatch.delenv(tile_source.SETTING, raising=False)
    assert base_map.source() is None
    assert ask(middle(14)).status == 404
    (tmp_path / "marlhaven").mkdir()
    (tmp_path / "marlhaven" / "basemap.mbtiles").write_bytes(b"no database" * 500)
    assert base_map.source() is None
    assert ask(middle(14)).status == 404
    monkeypatch.setenv(workspace.AREA_SETTING, "../../etc")
    assert ask(middle(14)).status == 404


def test_the_source_is_the_areas_own_file_and_its_address_changes_with_it(here: Path) -> None:
    found = base_map.source()
    assert found is not None
    assert found.address == f"/basemap/{{z}}/{{x}}/{{y}}.png?{mbtiles.version(here)}"
    assert (found.lowest_zoom, found.highest_zoom, found.host, found.attribution) == (12, 15, "", "Made up by us")


def test_a_tile_is_found_in_a_few_milliseconds(here: Path) -> None:
    took = []
    for _time in range(51):
        start = time.perf_counter()
        mbtiles.tile(here, 15, 1, 1)
        took.append(time.perf_counter() - start)
    assert sorted(took)[25] < 0.005


def test_only_tiles_may_be_kept_besides_the_programs_own_files(here: Path) -> None:
    tiles = app.SecurityHeaders(Starlette(routes=base_map.routes()))
    assert ask(middle(14), served=tiles).headers["cache-control"] == "private, max-age=86400"
    assert ask("/basemap/14/-1/1.png", served=tiles).headers["cache-control"] == "no-store"
    assert ask("/other", served=tiles).headers["cache-control"] == "no-store"
    assert "img-src 'self' data: blob:;" in ask(middle(14), served=tiles).headers["content-security-policy"]


def test_the_policy_names_another_machine_only_where_one_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(tile_source.SETTING, raising=False)
    before = app.security_headers()["Content-Security-Policy"]
    assert "https:" not in before
    assert before == app.content_security_policy(
        app._INLINE_SCRIPT.findall((Path(app.st.__file__).parent / "static/index.html").read_bytes())
    )
    monkeypatch.setenv(tile_source.SETTING, "https://tiles.example.org/{z}/{x}/{y}.png")
    after = app.security_headers()["Content-Security-Policy"]
    assert after == before.replace("img-src 'self' data: blob:", "img-src 'self' data: blob: https://tiles.example.org")


@pytest.mark.parametrize(
    ("address", "code", "said"),
    [
        ("https://tiles.example.org/{z}/{x}/{y}.png", 0, "Map tiles come from tiles.example.org: it can see which places are looked at."),
        ("http://tiles.example.org/{z}/{x}/{y}.png", 1, "which is not an https address. Give one that begins with https://, or none."),
        ("", 0, ""),
    ],
)
def test_the_start_says_what_an_outside_address_tells_and_refuses_a_bad_one(address: str, code: int, said: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), tile_source.SETTING: address}
    done = subprocess.run([sys.executable, "-c", "import app"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert [line for line in done.stderr.splitlines() if "tiles" in line.lower()] == (
        [done.stderr.strip().splitlines()[-1]] if said else []
    )
    assert said in done.stderr


def test_what_tiles_show_is_not_sent_again_and_what_is_ours_stays() -> None:
    scene = made_up_scene.scene()
    found = live_map.on_tiles(scene, tile_source.TileSource("/basemap/{z}/{x}/{y}.png", 12, 15, "Made up"))
    ground = {layer_id for layer_id, layer in LAYERS.items() if layer.ground}
    assert [layer.layer_id for layer in found.layers] == [layer.layer_id for layer in scene.layers if layer.layer_id not in ground]
    assert {"boundary", "outside", "cells", "hotspots"} <= {layer.layer_id for layer in found.layers}
    assert found.attribution == (*scene.attribution, "Made up")
    assert {layer.name_zoom for layer in found.layers if layer.layer_id in LAYERS} == {None}, "the tiles have their names already"


@pytest.fixture(scope="module")
def address(chromium: object, data: Path) -> Iterator[str]:
    with serving(HARNESS, environment={"SAFER_SPACES_DATA": str(data), tile_source.SETTING: "", workspace.AREA_SETTING: ""}) as served:
        yield served


def wait_for_tiles(page: Page) -> None:
    wait_for_map(page)
    page.wait_for_function(
        """() => {
            const tiles = [...document.querySelectorAll('.safer-map img.leaflet-tile')];
            const loaded = (tile) => tile.complete && tile.classList.contains('leaflet-tile-loaded');
            return tiles.length > 0 && tiles.every((tile) => loaded(tile) && getComputedStyle(tile).opacity === '1');
        }"""
    )


def on_screen(page: Page) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(page.locator(".safer-map-ground").screenshot())).convert("RGBA"))


@in_browser
def test_tiles_lie_under_harm_which_darkens_them(open_page: Opener, address: str) -> None:
    watched = open_page(address)
    page = watched.page
    wait_for_tiles(page)
    pixels = on_screen(page)
    assert count_near(pixels, GROUND, within=2) > 20_000, "bare ground within the area"
    ground, harm = (np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) for colour in (GROUND, HARM_RAMP[-1]))
    painted = harm * 0.8 + 255 * 0.2
    darkened = "#" + "".join(f"{round(part):02x}" for part in painted * ground / 255)
    assert count_near(pixels, darkened, within=6) > 200, "harm on the tiles as ink on paper"
    assert any("/basemap/" in request for request in watched.requests)
    expect(page.locator(".safer-map-credit")).to_contain_text("Made up by us")


@in_browser
def test_the_streets_of_the_scene_are_not_sent_when_tiles_show_them(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    wait_for_tiles(page)
    assert "water" not in json.loads(page.get_attribute(".safer-map", "data-counts") or "{}")
    before = page.get_attribute(".safer-map", "data-drawn") or ""
    page.get_by_test_id("stCheckbox").filter(has_text="Without tiles").locator("label").click()
    wait_for_map(page, not_version=before)
    assert json.loads(page.get_attribute(".safer-map", "data-counts") or "{}")["water"] > 0
    assert page.locator(".safer-map img.leaflet-tile").count() == 0
    assert page.locator(".safer-map canvas").count() == 1


@in_browser
def test_closer_than_the_tiles_go_they_are_shown_larger(open_page: Opener, address: str) -> None:
    watched = open_page(address)
    wait_for_tiles(watched.page)
    watched.page.evaluate("document.querySelector('.safer-map').view.map.setZoom(18, { animate: false })")
    wait_for_tiles(watched.page)
    zooms = {int(request.split("/basemap/")[1].split("/")[0]) for request in watched.requests if "/basemap/" in request}
    assert max(zooms) == 15
    assert count_near(on_screen(watched.page), GROUND, within=2) > 5_000


@in_browser
def test_at_half_a_zoom_tiles_are_shown_larger_so_that_names_stay_legible(open_page: Opener, address: str) -> None:
    page = open_page(address).page
    wait_for_tiles(page)
    page.evaluate("document.querySelector('.safer-map').view.map.setZoom(14.5, { animate: false })")
    wait_for_tiles(page)
    width = page.locator(".safer-map img.leaflet-tile").first.bounding_box()["width"]
    assert width == pytest.approx(256 * 2**0.5, abs=1)


@in_browser
@pytest.mark.parametrize("zoom", [13, 13.5, 14.5, 16.5])
def test_no_seam_shows_between_tiles(open_page: Opener, address: str, zoom: float) -> None:
    page = open_page(address).page
    wait_for_tiles(page)
    page.evaluate("(zoom) => document.querySelector('.safer-map').view.map.setZoom(zoom, { animate: false })", zoom)
    wait_for_tiles(page)
    page.add_style_tag(content=".safer-map canvas, .safer-map .leaflet-control-container { display: none }")
    pixels = on_screen(page)[60:-60, 60:-60]
    assert pixels.size > 500_000
    assert count_near(pixels, GROUND, within=3) == pixels.size // 4


@in_browser
def test_a_touch_on_a_phone_still_finds_what_is_above_the_tiles(open_page: Opener, address: str) -> None:
    page = open_page(address, size=PHONE, touch=True).page
    wait_for_tiles(page)
    cells = made_up_scene.cells()
    spot = cells.geometry[cells.index[cells["cluster"] == "cluster 1"][3]].centroid
    x, y = page.evaluate(
        """([longitude, latitude]) => {
            const map = document.querySelector('.safer-map').view.map;
            map.setView([latitude, longitude], 15, { animate: false });
            const at = map.latLngToContainerPoint([latitude, longitude]);
            map.getContainer().scrollIntoView({ block: 'center' });
            const box = map.getContainer().getBoundingClientRect();
            return [box.x + at.x, box.y + at.y];
        }""",
        [spot.x, spot.y],
    )
    page.touchscreen.tap(x, y)
    expect(page.get_by_text("picked: cells")).to_be_visible()


@in_browser
def test_an_outside_address_is_said_on_the_page_and_alone_is_asked(open_page: Opener, data: Path) -> None:
    outside = {"SAFER_SPACES_DATA": str(data), tile_source.SETTING: "https://tiles.example.org/{z}/{x}/{y}.png"}
    with serving(HARNESS, environment=outside) as served:
        watched = open_page(served, check=False)
        wait_for_map(watched.page)
        expect(watched.page.get_by_role("alert")).to_contain_text(
            "Map tiles come from tiles.example.org: it can see which places are looked at."
        )
        watched.wait_for(lambda: watched.outside)
        assert {request.split("/")[2] for request in watched.outside} == {"tiles.example.org"}
        assert not [line for line in watched.complaints if "Content Security Policy" in line]
