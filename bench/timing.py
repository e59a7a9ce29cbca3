"""Measuring on a machine that others use too: whole processes, turn and turn about, medians of ratios."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Measured:
    """One run of one way: seconds of work and those of the processor, peak memory of the process in MB, and the answer it came to."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    answer: Any


def measure(work: Callable[[], Any]) -> None:
    """Do the work in this process, which should do nothing else, and print what it took as JSON."""
    start, cpu_start = time.perf_counter(), time.process_time()
    answer = work()
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    print(json.dumps([seconds, cpu_seconds, _peak_mb(), answer]))


def _peak_mb() -> float:
    """Return the most memory this process had. What `resource` says of it may be its parent's, from before it was another program."""
    told = Path("/proc/self/status").read_text("ascii")
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("VmHWM")) / 1024


def in_its_own_process(module: str, *arguments: str) -> Measured:
    """Run `python -m module arguments`, which calls `measure`."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True, check=True)
    return Measured(*json.loads(done.stdout.splitlines()[-1]))


def compare(module: str, ways: Sequence[str], *arguments: str, rounds: int) -> dict[str, list[Measured]]:
    """Run each way in turn, so that a slow minute of the machine falls on both; fail if they do not agree."""
    runs: dict[str, list[Measured]] = {way: [] for way in ways}
    for _round in range(rounds):
        for way in ways:
            runs[way].append(in_its_own_process(module, way, *arguments))
    answers = {json.dumps(run.answer) for way in ways for run in runs[way]}
    if len(answers) > 1:
        raise SystemExit(f"the ways do not agree: {answers}")
    return runs


def say_ratio(what: str, ours: Sequence[Measured], peers: Sequence[Measured]) -> None:
    """Print our median, the peer's, and the median and range of the ratios round by round."""
    ratios = [theirs.seconds / own.seconds for own, theirs in zip(ours, peers, strict=True)]
    print(
        f"{what}: {median(ours):.2f} s and {max(run.peak_mb for run in ours):,.0f} MB; the peer's way {median(peers):.2f} s and "
        f"{max(run.peak_mb for run in peers):,.0f} MB; {statistics.median(ratios):.1f} times as fast "
        f"({min(ratios):.1f} to {max(ratios):.1f} over {len(ratios)} rounds)"
    )


def median(runs: Sequence[Measured]) -> float:
    """Return the median of the seconds that runs took."""
    return statistics.median(run.seconds for run in runs)
