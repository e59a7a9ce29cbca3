"""A guard against what takes for ever, counted in the processor's own time: a busy machine that stops a test for a while fails nobody."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def processor_within(at_most_s: float) -> Iterator[None]:
    """Fail if the block took as many seconds of processor time or more. How fast we are is for the benchmarks to say."""
    began_s = time.process_time()
    yield
    assert time.process_time() - began_s < at_most_s
