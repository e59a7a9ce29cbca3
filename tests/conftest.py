from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser import chromium, open_page
from tests.extracts import drawing, read, rutland, rutland_file, rutland_layers, told_by_gdal
from tests.needs import lacking

__all__ = ["chromium", "drawing", "open_page", "read", "rutland", "rutland_file", "rutland_layers", "told_by_gdal"]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data published by others, which is kept beside the checkout and never in it."""
    named = os.environ.get("SAFER_SPACES_REAL_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        lacking("needs the shared real data beside the checkout (or SAFER_SPACES_REAL_DATA set to it)")
    return folder
