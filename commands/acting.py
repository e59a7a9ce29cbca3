"""Who acts, and on which area: the options that commands share which touch a register."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from words import DataProblem

if TYPE_CHECKING:
    from briefing.workspace import Workspace
    from spaces.access import Reader

AS_SETTING = "SAFER_SPACES_AS"


def acting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--area` and `--as`, and call it with the open area and the reader they name."""

    @click.option("--area", "area_name", default="", help="The area; else SAFER_SPACES_AREA, else the sample town.")
    @click.option("--as", "name", default="", help="Your name, for the audit trail; else SAFER_SPACES_AS.")
    @functools.wraps(command)
    def with_area_and_reader(area_name: str, name: str, **options: Any) -> Any:
        reader = reader_named(name)
        area = open_area(area_name)
        try:
            return command(area=area, reader=reader, **options)
        finally:
            area.register.close()

    return with_area_and_reader


def reader_named(name: str) -> Reader:
    """Return the data steward of this name, else of SAFER_SPACES_AS."""
    from spaces.access import Reader, Role

    name = (name or os.environ.get(AS_SETTING, "")).strip()
    if not name:
        raise DataProblem("Say who you are, because what is done here is written down: --as NAME, or set SAFER_SPACES_AS.")
    return Reader(name, Role.DATA_STEWARD)


def open_area(name: str) -> Workspace:
    """Open an area by its name, else the one that is set, else the sample."""
    from briefing import workspace

    return workspace.open_area(name)
