"""The two invented areas, made once for all tests of briefing, and a copy of the town for each test that changes it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from briefing import review, workspace
from spaces import schema
from spaces.access import Reader, Role
from spaces.audit import AuditEvent

PANEL = Reader("a panel member", Role.PANEL_MEMBER)
OFFICER = Reader("O. Fficer", Role.COMMUNITY_SAFETY_OFFICER)
STEWARD = Reader("a steward", Role.DATA_STEWARD)
YOUTH = Reader("Y. Worker", Role.YOUTH_WORKER)
TODAY = date(2026, 11, 28)
HOW = {"today": TODAY, "origin": "tests"}


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


def copied(made: workspace.Workspace, folder: Path) -> workspace.Workspace:
    """Return a copy of an open area, to do anything to."""
    shutil.copytree(made.folder, folder, ignore=shutil.ignore_patterns("register.sqlite*", "incoming"))
    with closing(sqlite3.connect(made.folder / "register.sqlite")) as kept, closing(sqlite3.connect(folder / "register.sqlite")) as copy:
        kept.backup(copy)
    return workspace.open_workspace(folder)


def unsaid(opened: workspace.Workspace) -> workspace.Workspace:
    """Return an area in which nobody has said anything yet: of those who spoke in the sample, numbers would be counted in."""
    audit = AuditEvent("tests", "emptied", "a test begins", "tests")
    tables = (schema.flags, schema.flag_answers, schema.youth_sessions, schema.safety_marks)
    opened.register.write(audit, lambda connection: [connection.execute(sa.delete(table)) for table in tables])
    return opened


@pytest.fixture
def rural(bro_heli: workspace.Workspace, tmp_path: Path) -> Iterator[workspace.Workspace]:
    """A copy of the county in which nobody has said anything yet."""
    opened = copied(bro_heli, tmp_path / "bro-heli")
    yield unsaid(opened)
    opened.register.close()


@pytest.fixture
def area(marlhaven: workspace.Workspace, tmp_path: Path) -> Iterator[workspace.Workspace]:
    opened = copied(marlhaven, tmp_path / "marlhaven")
    yield opened
    opened.register.close()


@pytest.fixture(scope="session")
def everything(marlhaven: workspace.Workspace) -> review.Question:
    choices = review.choices(marlhaven)
    return review.Question(choices.first_day, choices.last_day)


@pytest.fixture(scope="session")
def whole_review(marlhaven: workspace.Workspace, everything: review.Question) -> review.Review:
    return review.review(marlhaven, PANEL, everything)
