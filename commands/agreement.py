"""`safer-spaces agreement dpia | record | list | withdraw`."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from commands import say
from commands.acting import acting
from words import DataProblem, _, ngettext

if TYPE_CHECKING:
    from briefing.workspace import Workspace
    from spaces.access import Reader

INSTRUMENTS = ("sharing agreement", "WASPI document")


@click.group()
def agreement() -> None:
    """Record what lets real data come in."""


@agreement.command()
@click.argument("reference")
@acting
def dpia(reference: str, area: Workspace, reader: Reader) -> None:
    """Record the data protection impact assessment that covers the register."""
    from briefing import stewardship

    stewardship.record_dpia(area, reader, reference, origin="command line")
    say(_("The impact assessment is recorded."))


@agreement.command()
@click.argument("source")
@click.option("--controller", required=True, help="Who answers for the data.")
@click.option("--instrument", type=click.Choice(INSTRUMENTS), default=INSTRUMENTS[0], show_default=True)
@click.option("--reference", required=True, help="What the agreement is filed under.")
@click.option("--purpose", required=True)
@click.option("--basis", required=True, help="The lawful basis for children's records.")
@click.option("--basis-young-adults", default="", help="The lawful basis for people of 18 to 25; without it their rows stay out.")
@click.option("--permit", "permitted", multiple=True, help="A column that may come; once for each.")
@click.option("--review-on", required=True, metavar="DAY", help="When it is looked at again, such as 2027-04-01.")
@acting
def record(
    source: str, controller: str, instrument: str, reference: str, purpose: str, basis: str, basis_young_adults: str,
    permitted: tuple[str, ...], review_on: str, area: Workspace, reader: Reader,
) -> None:  # fmt: skip
    """Record an agreement with a source: the agency as its records name it."""
    from briefing import stewardship
    from spaces.agreements import Agreement

    agreed = Agreement(source, controller, instrument, reference, purpose, basis, tuple(permitted), _day(review_on), basis_young_adults)
    stewardship.record_agreement(area, reader, agreed, origin="command line")
    say(_("The agreement with {source} is recorded.", source=source))


@agreement.command("list")
@acting
def list_(area: Workspace, reader: Reader) -> None:
    """List the agreements, those withdrawn or replaced too."""
    from briefing import stewardship

    found = stewardship.agreed(area, reader)
    click.echo(found.drop(columns="permitted").to_csv(index=False), nl=False)


@agreement.command()
@click.argument("source")
@acting
def withdraw(source: str, area: Workspace, reader: Reader) -> None:
    """End the agreement with a source and delete all it ever gave."""
    from briefing import stewardship

    gone = stewardship.withdraw(area, reader, source, origin="command line")
    say(ngettext("{count} record of {source} is deleted.", "{count} records of {source} are deleted.", gone, source=source))


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  what the calendar on the wall said
    except ValueError as error:
        raise DataProblem("“{text}” is not a day. Give one such as 2027-04-01.", text=text) from error
