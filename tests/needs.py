"""What a machine may lack: a test that needs it is skipped with the reason, except where a skip would hide something."""

import os

import pytest


def lacking(what: str) -> None:
    """Skip the test that needs something; fail it where SAFER_SPACES_NO_SKIPS=1, as in CI."""
    if os.environ.get("SAFER_SPACES_NO_SKIPS") == "1":
        pytest.fail(what)
    pytest.skip(what)
