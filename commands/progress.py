"""Progress on a terminal, and silence elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from tqdm import tqdm

Thing = TypeVar("Thing")


def each(things: Iterable[Thing], *, unit: str) -> Iterator[Thing]:
    """Pass things through while a bar counts them on standard error; no bar where that is not a terminal."""
    yield from tqdm(things, unit=unit, file=sys.stderr, disable=None, leave=False)


@contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """Give a function that shows which step of a long job is under way, on a terminal only."""
    with tqdm(file=sys.stderr, disable=None, leave=False, bar_format="{desc} {elapsed}") as bar:
        yield bar.set_description_str


@contextmanager
def share_of(words: str) -> Iterator[Callable[[float], None]]:
    """Give a function that shows which share of one long step is done, on a terminal only."""
    with tqdm(total=1.0, desc=words, file=sys.stderr, disable=None, leave=False, bar_format="{desc} {bar} {percentage:3.0f} %") as bar:

        def show(share: float) -> None:
            bar.update(share - bar.n)

        yield show
