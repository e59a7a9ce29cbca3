"""Ten who decide and fifty youth workers use the app at once: how long a page takes for each kind of step, and that no flag is lost."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.space_profile import raise_places
from bench.visitor import Visitor
from briefing import flags, workspace
from geo import frames
from spaces import flags as kept

ROOT = Path(__file__).parents[1]
PANEL_THINKS_S, WORKER_THINKS_S = (8.0, 15.0), (4.0, 10.0)
"""What lies between two pages of somebody who reads them, and between two taps of somebody who asks and listens."""

SPACES = 24
WAIT_S = 60


class Crowd:
    """What everybody shares: the address, the clock, and what was measured."""

    def __init__(self, address: str, seconds: float, spots: list[tuple[float, float]]) -> None:
        self.address, self.spots = address, spots
        self.ends = time.monotonic() + seconds
        self.took: dict[str, list[float]] = defaultdict(list)
        self.sent = 0
        self.received = 0


Think = Callable[[], Awaitable[None]]
Act = Callable[[Crowd, random.Random, Visitor, Think], Awaitable[None]]


def run(*, small: bool) -> None:
    deciding, working, seconds = (2, 4, 20.0) if small else (10, 50, 120.0)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SAFER_SPACES_DATA"] = folder
        area = workspace.open_sample()
        raise_places(area, SPACES)
        spots = [flags.of_place(area, str(place)) for place in flags.place_names(area).index]
        longitudes, latitudes = frames.points_in_degrees([spot.easting for spot in spots], [spot.northing for spot in spots])
        before = len(kept.newest(area.register))
        with _serving() as (address, process):
            asyncio.run(_alone(address))
            processor = _processor_s(process)
            crowd = Crowd(address, seconds, list(zip(longitudes.tolist(), latitudes.tolist(), strict=True)))
            begun = time.monotonic()
            asyncio.run(_all(crowd, deciding, working))
            elapsed = time.monotonic() - begun
            processor = _processor_s(process) - processor
        found = len(kept.newest(area.register)) - before
        area.register.check_audit()
        area.register.close()
    everything = [took for times in crowd.took.values() for took in times]
    print(
        f"{deciding} who decide and {working} youth workers at once for {elapsed:.0f} s; {os.cpu_count()} cores, load of the machine "
        f"{os.getloadavg()[0]:.1f}"
    )
    for step, times in sorted(crowd.took.items()):
        print(f"{step}: {_said(times)}")
    print(f"every page: {_said(everything)}")
    print(
        f"the server's processor: {processor / elapsed:.0%} of one core, {processor / len(everything) * 1000:.0f} ms a page; "
        f"{crowd.received / len(everything) / 1000:.0f} kB sent a page"
    )
    print(f"flags: {crowd.sent} sent, {found} in the register")
    if crowd.sent != found:
        raise SystemExit("flags were lost, or made twice")


async def _alone(address: str) -> None:
    """Open each page once, so that what the app works out once is worked out."""
    async with Visitor(address) as visitor:
        await visitor.open()
        await visitor.go_to("Places")
        await visitor.press(visitor.keyed("space_")[0])


async def _all(crowd: Crowd, deciding: int, working: int) -> None:
    async with asyncio.TaskGroup() as everybody:
        for number in range(deciding):
            everybody.create_task(_visit(crowd, random.Random(number), PANEL_THINKS_S, _decide))  # noqa: S311  the same crowd each time
        for number in range(working):
            everybody.create_task(_visit(crowd, random.Random(1_000 + number), WORKER_THINKS_S, _work))  # noqa: S311


async def _visit(crowd: Crowd, chance: random.Random, thinks_s: tuple[float, float], act: Act) -> None:
    """Open the app, and do one thing after another with a pause for thought before each step, until time is up."""

    async def think() -> None:
        await asyncio.sleep(chance.uniform(*thinks_s))

    await asyncio.sleep(chance.uniform(0, thinks_s[1]))
    async with Visitor(crowd.address) as visitor:
        crowd.took["Open the app"].append(await visitor.open())
        await think()
        while time.monotonic() < crowd.ends:
            await act(crowd, chance, visitor, think)
            await think()
        crowd.received += visitor.received


async def _decide(crowd: Crowd, chance: random.Random, visitor: Visitor, think: Think) -> None:
    """Look at the map, what people said, or a place from the list of places."""
    page = chance.choice(("Map", "Places", "What people said"))
    crowd.took[page].append(await visitor.go_to(page))
    if page == "Places":
        await think()
        crowd.took["A place's profile"].append(await visitor.press(chance.choice(visitor.keyed("space_"))))
        await think()
        crowd.took["Places"].append(await visitor.press("All places"))


async def _work(crowd: Crowd, chance: random.Random, visitor: Visitor, think: Think) -> None:
    """Flag a place, found by a touch of the map or by its name."""
    if "Flag a place" not in visitor.pages:
        crowd.took["Begin as a youth worker"].append(await visitor.choose("Try it as", "Youth worker"))
        await think()
    if chance.random() < 0.5:
        crowd.took["Touch the map"].append(await visitor.touch(*chance.choice(crowd.spots)))
        await think()
        crowd.took["Say which place"].append(await visitor.press(visitor.keyed("spot_")[0]))
    else:
        by_name = "Or choose it by its name"
        crowd.took["Choose a place by name"].append(await visitor.choose(by_name, chance.choice(visitor.options(by_name))))
    await think()
    polarity, reason = chance.choice((("Safe", "Good light"), ("Unsafe", "Groups at night")))
    crowd.took["Say how it is"].append(await visitor.tap("How is it there?", polarity))
    await think()
    visitor.fill("Why?", reason)
    visitor.fill("When?", "Night")
    crowd.took["Save the flag"].append(await visitor.press(chance.choice(("The panel too", "On the map"))))
    crowd.sent += 1
    await think()
    crowd.took["Flag another"].append(await visitor.press("Flag another place"))


@contextmanager
def _serving() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve the app in a process of its own, as `safer-spaces serve` does."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "127.0.0.1", "--server.port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            with suppress(OSError):
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()  # noqa: S310  our own server
                break
            time.sleep(0.2)
        yield address, process
    finally:
        process.terminate()
        process.wait(20)


def _processor_s(process: subprocess.Popen[bytes]) -> float:
    """Return the seconds of processor that a process has had."""
    ticks = Path(f"/proc/{process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


def _said(times: list[float]) -> str:
    ordered = sorted(took * 1000 for took in times)
    return (
        f"median {statistics.median(ordered):.0f} ms, 95 in 100 within {ordered[int(len(ordered) * 0.95)]:.0f} ms, slowest "
        f"{ordered[-1]:.0f} ms, {len(ordered)} times"
    )
