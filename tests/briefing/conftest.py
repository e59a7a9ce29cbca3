"""The two invented areas, made once for all tests of briefing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from briefing import review, workspace
from spaces.access import Reader, Role

PANEL = Reader("a panel member", Role.PANEL_MEMBER)


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAFER_SPACES_DATA", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def marlhaven(data_folder: None) -> workspace.Workspace:
    return workspace.open_sample("marlhaven")


@pytest.fixture(scope="session")
def bro_heli(data_folder: None) -> workspace.Workspace:
    return workspace.open_sample("bro-heli")


@pytest.fixture(scope="session")
def everything(marlhaven: workspace.Workspace) -> review.Question:
    choices = review.choices(marlhaven)
    return review.Question(choices.first_day, choices.last_day)


@pytest.fixture(scope="session")
def whole_review(marlhaven: workspace.Workspace, everything: review.Question) -> review.Review:
    return review.review(marlhaven, PANEL, everything)
