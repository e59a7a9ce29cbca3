"""Files written whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path of the same name to write to, in a folder beside `path`, and put it in place only if nothing went wrong."""
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=path.absolute().parent) as folder:
        unfinished = Path(folder) / path.name
        yield unfinished
        unfinished.replace(path)
