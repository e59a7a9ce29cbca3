"""`safer-spaces venue mask | unmask`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from commands import say
from commands.acting import acting
from words import _

if TYPE_CHECKING:
    from briefing.workspace import Workspace
    from spaces.access import Reader


@click.group()
def venue() -> None:
    """Mask children's homes, refuges and other venues that no map may give away."""


@venue.command()
@click.option("--postcode", default="", help="Of the venue; or give its position.")
@click.option("--easting", type=float, help="Of the venue, in metres.")
@click.option("--northing", type=float, help="Of the venue, in metres.")
@acting
def mask(postcode: str, easting: float | None, northing: float | None, area: Workspace, reader: Reader) -> None:
    """Count what is recorded at a venue and map none of it. Nothing that is kept says where it is."""
    from briefing import masked_venues

    number = masked_venues.add(area, reader, postcode=postcode, easting=easting, northing=northing, origin="command line")
    say(_("It is masked. To let it go again: safer-spaces venue unmask {number}", number=number))


@venue.command()
@click.argument("number")
@acting
def unmask(number: str, area: Workspace, reader: Reader) -> None:
    """Let a venue go that is no longer one, by the number that was given when it was masked."""
    from briefing import masked_venues

    masked_venues.remove(area, reader, number, origin="command line")
    say(_("It is no longer masked."))
