"""`safer-spaces purge | keep | hold`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from commands import say
from commands.acting import acting
from words import DataProblem, _, ngettext

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


@click.command()
@click.argument("record_type", required=False)
@click.argument("days", type=int, required=False)
@click.option("--because", default="", help="Why: it stays in the audit trail, so name nobody.")
@acting
def keep(record_type: str | None, days: int | None, because: str, area: Workspace, reader: Reader) -> None:
    """Show how many days each kind of record is kept; or keep RECORD_TYPE for DAYS from now on."""
    from briefing import keeping

    if record_type is not None and days is None:
        raise DataProblem("Say for how many days: safer-spaces keep {kind} DAYS --because WHY", kind=record_type)
    if record_type is not None and days is not None:
        keeping.set_rule(area, reader, record_type, days, because, origin="command line")
    for kind, kept in keeping.rules(area, reader).items():
        click.echo(f"{kind},{kept}")


@click.group()
def hold() -> None:
    """Keep records beyond their time, and from being erased, while the law asks for it."""


@hold.command()
@click.argument("scope", type=click.Choice(["agency", "incident", "everything"]))
@click.argument("value", default="")
@click.option("--because", required=True, help="Why: it stays with the hold, so name nobody.")
@acting
def place(scope: str, value: str, because: str, area: Workspace, reader: Reader) -> None:
    """Hold the records of an agency, an incident by its number, or everything."""
    from briefing import keeping

    number = keeping.place_hold(area, reader, scope, value, because, origin="command line")
    say(_("The records are held. To let them go again: safer-spaces hold lift {number}", number=number))


@hold.command()
@click.argument("number")
@acting
def lift(number: str, area: Workspace, reader: Reader) -> None:
    """Let the records go again when they are due."""
    from briefing import keeping

    keeping.lift_hold(area, reader, number, origin="command line")
    say(_("The hold is lifted."))


@hold.command("list")
@acting
def list_(area: Workspace, reader: Reader) -> None:
    """Print every legal hold, as CSV."""
    from briefing import keeping

    click.echo(keeping.holds(area, reader).to_csv(), nl=False)
