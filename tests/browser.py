"""A real browser for tests: the server in a process of its own, and a page that remembers every request and complaint.

Import the fixtures `chromium` and `open_page` into a conftest, and start a server with `serving(path)`.
"""

import base64
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import reduce
from io import BytesIO
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Route, expect, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.needs import lacking

ROOT = Path(__file__).parents[1]
CHROMIUM = os.environ.get("SAFER_SPACES_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync",
    "--disable-domain-reliability", "--no-first-run", "--no-pings", "--disable-gpu", "--disable-features=Translate,OptimizationHints",
)  # fmt: skip
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
OWN_HOSTS = {"127.0.0.1", "localhost"}
HEADINGS = ("Looking after it", "What we are told", "What it is like there", "About", "More")
"""Of the menu, under which pages stand on a wide screen."""

BEING_DRAWN = "[data-stale=true], [data-testid=stStatusWidget]"
"""What is left of the time before, greyed out while the page is drawn anew, and the sign that it is."""

TRIES = 6
"""Streamlit draws a page anew while a test acts on it, and a list or a menu that was open is closed; a person opens it again."""

EXPECT_MS = 20_000
"""For what is only a moment away, when both cores have other work."""

SLOW_MS = 60_000
"""For what has to be worked out first, and for a cold start of Streamlit: on a shared machine with two cores that takes up to half."""


def need_chromium() -> None:
    if not Path(CHROMIUM).exists():
        lacking(f"no browser at {CHROMIUM}; install Chromium or set SAFER_SPACES_CHROMIUM")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    need_chromium()
    expect.set_options(timeout=EXPECT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page, and all that it asked for and complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def outside(self) -> list[str]:
        return [address for address in self.requests if is_outside(address)]

    def wait_for(self, happened: Callable[[], object]) -> None:
        """Wait until something was asked or complained of; fail where it never is."""
        end = time.monotonic() + SLOW_MS / 1000
        while not happened():
            assert time.monotonic() < end, f"asked: {self.requests}, complained of: {self.complaints}"
            self.page.wait_for_timeout(100)

    def check(self) -> None:
        """Fail if anything was asked of another machine, or the browser's console holds an error."""
        assert self.outside == [], f"asked another machine: {self.outside}"
        assert self.complaints == [], f"the browser complained: {self.complaints}"


def is_outside(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme not in {"data", "blob", "about", "file"} and parts.hostname not in OWN_HOSTS


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Watched]]:
    """Give a function that opens an address; whatever was opened is checked when the test ends, unless it says not to."""
    opened: list[tuple[Watched, bool]] = []

    def opener(address: str, *, size: Mapping[str, int] = DESKTOP, check: bool = True, touch: bool = False) -> Watched:
        context = chromium.new_context(viewport=dict(size), has_touch=touch, is_mobile=touch, service_workers="block")  # type: ignore[arg-type]
        watched = Watched(context.new_page())
        opened.append((watched, check))
        # Written down before it is answered, and never let out: a test must not make the request that it forbids.
        context.route("**/*", lambda route: _note(watched, route))
        # A person does not press what is greyed out, nor read it as the answer: neither does a test.
        watched.page.add_locator_handler(watched.page.locator(BEING_DRAWN).locator("visible=true").first, _look_on)
        watched.page.on("websocket", lambda socket: watched.requests.append(socket.url))
        watched.page.on("console", lambda line: _hear(watched, line))
        watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        watched.page.on("dialog", lambda dialog: (watched.complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
        watched.page.goto(address)
        return watched

    yield opener
    for watched, check in opened:
        watched.page.context.close()
        if check:
            watched.check()


def _look_on() -> None:
    """Do nothing: the browser waits by itself until what was being drawn is drawn, and then goes on."""


def _hear(watched: Watched, line: ConsoleMessage) -> None:
    where = urlsplit(line.location["url"]).path
    # Opened at a page's own address, Streamlit asks for itself below the page first, is told no, and asks at the root.
    looking_for_itself = where.count("/") > 2 and where.endswith(("/_stcore/health", "/_stcore/host-config"))
    if line.type == "error" and not looking_for_itself:
        watched.complaints.append(f"{line.text} {where}")


def _note(watched: Watched, route: Route) -> None:
    watched.requests.append(route.request.url)
    if is_outside(route.request.url):
        route.abort()
    else:
        route.continue_()


@contextmanager
def serving(script: Path, *, environment: Mapping[str, str] | None = None, output: Path | None = None) -> Iterator[str]:
    """Run `streamlit run script` on a free port and give its address; the process is ended by its own handle.

    All that it writes goes to `output`, where a test wants to read it.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port), "--server.address", "127.0.0.1"]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    # Closed below; a pipe that nobody empties would stop the server when full.
    log = output.open("w+b") if output else tempfile.TemporaryFile()  # noqa: SIM115
    process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_healthy(address, process, log)
        yield address
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        if process.poll() is None:
            process.kill()
            process.wait(10)
        log.close()


def _wait_until_healthy(address: str, process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    end = time.monotonic() + SLOW_MS / 1000
    while time.monotonic() < end:
        if process.poll() is not None:
            log.seek(0)
            raise RuntimeError(f"the server ended: {log.read().decode()[-2000:]}")
        with suppress(OSError):  # Refused, or not answered yet: all of urllib's complaints are of this kind.
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()  # noqa: S310 - our own server
            return
        time.sleep(0.2)
    raise RuntimeError(f"the server did not answer within {SLOW_MS / 1000:.0f} s")


def wait_for_map(page: Page, *, not_version: str = "") -> str:
    """Wait until a map has drawn its whole scene, other than the version given, and return the version drawn."""
    page.wait_for_function(
        "(not) => { const drawn = document.querySelector('.safer-map')?.dataset.drawn; return drawn && drawn !== not }",
        arg=not_version, timeout=SLOW_MS,
    )  # fmt: skip
    return page.get_attribute(".safer-map", "data-drawn")


def map_pixels(page: Page) -> np.ndarray:
    """Return the map's canvas as rows of RGBA bytes, colours not premultiplied."""
    from PIL import Image

    address = page.evaluate("document.querySelector('.safer-map canvas, .folium-map canvas').toDataURL()")
    return np.asarray(Image.open(BytesIO(base64.b64decode(address.split(",")[1]))).convert("RGBA"))


def count_near(pixels: np.ndarray, colour: str, *, within: int = 12, min_alpha: int = 100) -> int:
    """Count the pixels whose red, green and blue are each within `within` of a `#rrggbb` colour."""
    wanted = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
    near = (np.abs(pixels[..., :3].astype(int) - wanted) <= within).all(axis=-1)
    return int((near & (pixels[..., 3] >= min_alpha)).sum())


def settle(page: Page) -> None:
    """Wait until the page has been drawn anew: what is left of the time before still shows, and takes no click."""
    expect(page.locator(BEING_DRAWN)).to_have_count(0, timeout=30_000)


def go_to(page: Page, name: str) -> None:
    """Choose a page in the menu: on a wide screen some stand under a heading that opens, on a narrow one below it.

    Tried again where the menu was drawn anew in the meantime, as it is when somebody else looks.
    """
    there, listed = page.get_by_role("link", name=name, exact=True), page.get_by_role("menuitem", name=name, exact=True)
    headings = [page.get_by_role("button", name=heading, exact=True) for heading in HEADINGS]
    for _try in range(TRIES):
        settle(page)
        expect(reduce(Locator.or_, headings, there).first).to_be_visible(timeout=30_000)
        with suppress(PlaywrightTimeout):
            if there.count():
                there.click(timeout=5_000)
                break
            for heading in (heading for heading in headings if heading.count()):
                heading.click(timeout=5_000)
                with suppress(PlaywrightTimeout):
                    listed.click(timeout=3_000)
                    settle(page)
                    return
                page.keyboard.press("Escape")
    settle(page)


def choose(page: Page, label: str, option: str) -> None:
    """Choose the first option of a list that has these words; opened again where the page, drawn anew, has closed it."""
    box = page.get_by_role("combobox", name=label, exact=True)
    for _try in range(TRIES):
        settle(page)
        with suppress(PlaywrightTimeout, AssertionError):
            box.click(timeout=10_000)
            expect(page.get_by_role("option").first).to_be_visible(timeout=5_000)
            box.fill(option)
            page.get_by_role("option", name=option).first.click(timeout=5_000)
            break
        page.keyboard.press("Escape")
    expect(box).to_have_value(re.compile(re.escape(option)))
    settle(page)


def look_as(page: Page, role: str, name: str = "") -> None:
    """Be another reader of the sample, and go to a page of theirs; on a narrow screen the menu is opened for it and folded away again."""
    menu = page.get_by_test_id("stExpandSidebarButton")
    expect(menu.or_(page.get_by_label("Try it as")).first).to_be_visible(timeout=SLOW_MS)
    folded = menu.is_visible()  # what is folded away stands beside the screen, where it counts as visible
    if folded:
        menu.click()
    expect(page.get_by_label("Try it as")).to_be_visible(timeout=SLOW_MS)
    choose(page, "Try it as", role)
    if name:
        go_to(page, name)
    if folded:
        page.get_by_test_id("stSidebarCollapseButton").locator("button").click()
    if name:
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible(timeout=SLOW_MS)


def fill(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).fill(text)
    page.get_by_label(label, exact=True).press("Tab")


def set_day(page: Page, label: str, digits: str) -> None:
    page.get_by_role("spinbutton", name=f"day, {label}").click()
    page.keyboard.type(digits)
    page.keyboard.press("Tab")


def answer(page: Page, question: str, said: str) -> None:
    page.get_by_role("radiogroup", name=question).get_by_text(said, exact=True).click()


def press(page: Page, name: str) -> None:
    """Press a button when the page is drawn, and wait until it is drawn anew."""
    settle(page)
    page.get_by_role("button", name=name, exact=True).first.click()
    settle(page)


def unfold(page: Page, heading: str) -> None:
    """Open what is folded away under a heading; again where the page, drawn anew, has closed it."""
    summary = page.locator("summary").filter(has_text=heading)
    room = summary.locator("xpath=..")
    for _try in range(TRIES):
        settle(page)
        if room.get_attribute("open") is None:
            summary.click()
        settle(page)
        with suppress(AssertionError):
            expect(room).to_have_attribute("open", "", timeout=5_000)
            return
    expect(room).to_have_attribute("open", "")


def said(page: Page, text: str) -> None:
    """Wait until the page says something, and is drawn."""
    expect(page.get_by_text(text).first).to_be_visible(timeout=SLOW_MS)
    settle(page)


def shot(page: Page, name: str) -> None:
    """Keep a picture of a page to look at, where a folder for them is named."""
    if folder := os.environ.get("SAFER_SPACES_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
