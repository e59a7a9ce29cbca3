"""The sample town, made for one file of tests and served to a browser; a test may write into it, before or meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from briefing import workspace
from tests.browser import ROOT, serving


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Iterator[workspace.Workspace]:
    data = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAFER_SPACES_DATA", str(data))
        opened = workspace.open_sample()
        yield opened
        opened.register.close()
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="module")
def address(chromium: object, area: workspace.Workspace) -> Iterator[str]:
    with serving(ROOT / "app.py", environment={"SAFER_SPACES_DATA": str(area.folder.parent)}) as served:
        yield served
