"""`safer-spaces audit verify` and `audit head`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from commands import say
from commands.acting import acting
from words import ngettext

if TYPE_CHECKING:
    from briefing.workspace import Workspace
    from spaces.access import Reader


@click.group()
def audit() -> None:
    """Look after the audit trail."""


@audit.command()
@click.option("--head", "written_down", help="A head that was written down elsewhere: the trail must still pass through it.")
@acting
def verify(written_down: str | None, area: Workspace, reader: Reader) -> None:
    """Check that no event was changed, removed, put in, moved or cut off."""
    from briefing import keeping

    found = keeping.check_audit(area, reader, written_down)
    say(ngettext("The audit trail is whole: {count} event.", "The audit trail is whole: {count} events.", found.number))


@audit.command()
@acting
def head(area: Workspace, reader: Reader) -> None:
    """Print the trail's head, to be kept somewhere else and given to `audit verify --head`."""
    from briefing import keeping

    click.echo(str(keeping.check_audit(area, reader, None)))
