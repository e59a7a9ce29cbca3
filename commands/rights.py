"""`safer-spaces rights show | correct | restrict | unrestrict | erase`: from an agency's own reference."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from commands import say
from commands.acting import acting
from words import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefing.workspace import Workspace
    from spaces.access import Reader


@click.group()
def rights() -> None:
    """Answer a child's rights over what is held."""


def _of_a_child(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option("--agency", required=True, help="Whose reference it is.")(acting(command))
    return click.option("--reference", prompt=True, help="The agency's own reference; asked for where it is not given.")(command)


@rights.command()
@_of_a_child
def show(agency: str, reference: str, area: Workspace, reader: Reader) -> None:
    """Print all that is held, as CSV."""
    from briefing import keeping
    from spaces import exports

    found = keeping.find_child(area, reader, agency, reference, origin="command line")
    click.echo(exports.as_csv(found).decode("utf-8-sig"), nl=False)


@rights.command()
@click.option("--record", "record_id", type=int, required=True, help="Which record: its record_id, as `rights show` prints it.")
@click.option("--column", required=True, help="What of it is wrong, such as harm_type.")
@click.option("--value", prompt=True, default="", show_default=False, help="What is right: a word, a date as 2026-03-01T18:30, or nothing.")
@_of_a_child
def correct(agency: str, reference: str, record_id: int, column: str, value: str, area: Workspace, reader: Reader) -> None:
    """Correct one thing of one record, and keep what it said before."""
    from briefing import keeping
    from spaces import rights as desk

    right, today = desk.value_of(column, value), datetime.now().astimezone().date()
    keeping.correct_child(area, reader, agency, reference, record_id, column, right, today=today, origin="command line")
    say(_("1 record is put right, and what it said before is kept."))


@rights.command()
@_of_a_child
def restrict(agency: str, reference: str, area: Workspace, reader: Reader) -> None:
    """Keep the records, and use them for nothing."""
    from briefing import keeping

    count = keeping.restrict_child(area, reader, agency, reference, lifted=False, origin="command line")
    say(ngettext("{count} record is restricted.", "{count} records are restricted.", count))


@rights.command()
@_of_a_child
def unrestrict(agency: str, reference: str, area: Workspace, reader: Reader) -> None:
    """Use the records again."""
    from briefing import keeping

    count = keeping.restrict_child(area, reader, agency, reference, lifted=True, origin="command line")
    say(ngettext("{count} record is used again.", "{count} records are used again.", count))


@rights.command()
@_of_a_child
def erase(agency: str, reference: str, area: Workspace, reader: Reader) -> None:
    """Erase all that is held, for good and in every later restore."""
    from briefing import keeping

    count = keeping.erase_child(area, reader, agency, reference, origin="command line")
    say(ngettext("{count} record is erased.", "{count} records are erased.", count))
