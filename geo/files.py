"""Files written whole or not at all."""

from __future__ import annotations

import shutil
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


@contextmanager
def folder_replacing(folder: Path) -> Iterator[Path]:
    """Give a new folder beside `folder` to fill, and put it in its place only if nothing went wrong."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield unfinished
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
