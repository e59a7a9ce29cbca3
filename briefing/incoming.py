"""The folder in which partners' files wait to be decided about, and how long they may."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

KEPT_FOR = timedelta(days=1)
"""How long a file waits for somebody to decide: overnight, and no longer, because it holds what the register may not."""


def home(area_folder: Path) -> Path:
    """Return where an area's jobs are, a folder each."""
    return area_folder / "incoming"


def clear_away(area_folder: Path) -> None:
    """Delete jobs of more than a day ago, with any file that still waits in them."""
    oldest = datetime.now(UTC) - KEPT_FOR
    for folder in home(area_folder).glob("*/"):
        try:
            aged = datetime.fromtimestamp(folder.stat().st_mtime, UTC) < oldest
        except OSError:
            continue  # another process was faster
        if aged:
            shutil.rmtree(folder, ignore_errors=True)
