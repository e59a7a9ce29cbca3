from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from hypothesis import settings

from spaces import audit
from tests.browser import chromium, open_page
from tests.extracts import drawing, read, rutland, rutland_file, rutland_layers, told_by_gdal
from tests.needs import lacking

__all__ = ["chromium", "drawing", "open_page", "read", "rutland", "rutland_file", "rutland_layers", "told_by_gdal"]

# A busy machine stops any example for a second now and then. Where a text could take for ever, the test counts the processor's time.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], datetime]:
    """Give a function that has everything written down at noon of a day, and returns that moment: no test is of the night it runs in."""

    def stop(day: date) -> datetime:
        moment = datetime.combine(day, time(12), UTC)
        monkeypatch.setattr(audit, "datetime", type("Stopped", (datetime,), {"now": classmethod(lambda _cls, _zone=None: moment)}))
        return moment

    return stop


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data published by others, which is kept beside the checkout and never in it."""
    named = os.environ.get("SAFER_SPACES_REAL_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        lacking("needs the shared real data beside the checkout (or SAFER_SPACES_REAL_DATA set to it)")
    return folder
