"""The browser support itself: a guard that cannot fail guards nothing."""

import pytest

from tests import browser


def test_a_missing_browser_skips_or_fails_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "CHROMIUM", "/nowhere/chromium")
    monkeypatch.delenv("SAFER_SPACES_NO_SKIPS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no browser at"):
        browser.need_chromium()
    monkeypatch.setenv("SAFER_SPACES_NO_SKIPS", "1")
    with pytest.raises(pytest.fail.Exception, match="no browser at"):
        browser.need_chromium()


@pytest.mark.parametrize(
    ("address", "outside"),
    [
        ("https://cdn.jsdelivr.net/leaflet.js", True),
        ("//tile.openstreetmap.org/1/1/1.png", True),
        ("wss://elsewhere.example/stream", True),
        ("http://127.0.0.1.example.org/", True),
        ("http://127.0.0.1:8501/", False),
        ("ws://localhost:8501/_stcore/stream", False),
        ("data:image/png;base64,", False),
        ("blob:http://127.0.0.1/1", False),
    ],
)
def test_another_machine_is_told_from_this_one(address: str, outside: bool) -> None:
    assert browser.is_outside(address) == outside
