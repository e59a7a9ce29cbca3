"""A flag saved at the server, and fifty youth workers who save at once: how long each waits, and that nothing is lost."""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from briefing import flags, workspace
from spaces import flags as kept
from spaces.access import Reader, Role
from spaces.flags import Flag

READER = Reader("bench", Role.YOUTH_WORKER)
FLAG = Flag("unsafe", "map", reasons=("dark", "groups_at_night"), time_of_day="night", feeling=2, scale=7)
TODAY = date(2026, 10, 31)


def run(*, small: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SAFER_SPACES_DATA"] = folder
        area = workspace.open_sample()
        places = area.places.index
        spots = [flags.of_place(area, place) for place in places]

        def save(number: int, session: str) -> float:
            begun = time.perf_counter()
            flags.make(area, READER, FLAG, spots[number % len(spots)], session_id=session, today=TODAY, origin="bench")
            return (time.perf_counter() - begun) * 1000

        alone = [save(number, f"alone {number % 20}") for number in range(20 if small else 300)]
        print(f"one flag saved: median {statistics.median(alone):.0f} ms, slowest {max(alone):.0f} ms, {len(alone)} flags")
        workers, each = (10, 2) if small else (50, 4)
        start = threading.Barrier(workers)

        def work(number: int) -> list[float]:
            start.wait()
            return [save(number + at * 7, f"worker {number}") for at in range(each)]

        before = len(kept.newest(area.register))
        begun = time.perf_counter()
        with ThreadPoolExecutor(workers) as threads:
            waits = sorted(wait for waits in threads.map(work, range(workers)) for wait in waits)
        took, lost = time.perf_counter() - begun, workers * each - (len(kept.newest(area.register)) - before)
        slow = waits[int(len(waits) * 0.95)]
        print(
            f"{workers} workers at once, {each} flags each: {took:.1f} s in all, median {statistics.median(waits):.0f} ms, "
            f"95 in 100 within {slow:.0f} ms, {lost} lost ({area.register.dialect})"
        )
        area.register.check_audit()
        area.register.close()
