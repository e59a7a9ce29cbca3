"""What was worked out last, so that a map, its list and an opened place do not each work out the same again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

MOST_KEPT = 24
"""A meeting goes back and forth between a few choices, of each what was counted, its places and an hour or two of light: some megabytes."""


class Recent:
    """The last few answers by what they were worked out from. What is kept is shared, and not to be changed by whoever gets it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, work_out: Callable[[], Any]) -> Any:
        """Return what is kept under a key, else work it out and keep it. What cannot be worked out is not kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = work_out()
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found
