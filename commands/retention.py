"""`safer-spaces purge`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from commands import say
from commands.acting import acting
from words import _, ngettext

if TYPE_CHECKING:
    from briefing.workspace import Workspace
    from spaces.access import Reader


@click.command()
@click.option("--do", "really", is_flag=True, help="Delete them; without it, only show what would go.")
@acting
def purge(really: bool, area: Workspace, reader: Reader) -> None:
    """Delete the records whose time is over, and keep counts of them."""
    from briefing import keeping

    today = datetime.now().astimezone().date()
    found = keeping.purge(area, reader, today, origin="command line") if really else keeping.due(area, reader, today)
    click.echo(found.to_csv(index=False), nl=False)
    count = int(found["records"].sum())
    said = ngettext("{count} record is deleted.", "{count} records are deleted.", count) if really else ngettext(
        "{count} record would be deleted.", "{count} records would be deleted.", count)  # fmt: skip
    say(said if really or not count else said + " " + _("Give --do to delete."))
