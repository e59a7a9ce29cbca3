"""`safer-spaces safe-places import | list`."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands import say
from commands.acting import acting
from words import DataProblem, _, ngettext

if TYPE_CHECKING:
    from briefing.workspace import Workspace
    from spaces.access import Reader


@click.group()
def safe_places() -> None:
    """Keep the register of places that were checked for young people."""


@safe_places.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@acting
def import_(file: Path, area: Workspace, reader: Reader) -> None:
    """Take a list of checked places in: all of it or, with each thing that is wrong, nothing. Twice changes nothing.

    Columns: name, checked_by and checked_on, and easting and northing or feature_id; and as far as they are known name_cy, scheme,
    consent, consent_by, consent_on, opening_hours, under_18, step_free, languages, asked, welcome, note.
    """
    from briefing import safe_place_files

    found = safe_place_files.bring(area, reader, file, today=_today(), origin="command line")
    for line in found.wrong:
        say(line)
    if found.wrong:
        raise DataProblem("Nothing of {file} came in: put right what is said above, and give it again.", file=file.name)
    say(
        _(
            "{added}, {changed}, {unchanged}.",
            added=ngettext("{count} place is new", "{count} places are new", found.added),
            changed=ngettext("{count} was checked again", "{count} were checked again", found.changed),
            unchanged=ngettext("{count} is here already, the same", "{count} are here already, the same", found.unchanged),
        )
    )


@safe_places.command("list")
@acting
def list_(area: Workspace, reader: Reader) -> None:
    """List the register as CSV: each place with its state, the reason for it, and what is known."""
    from briefing import safe_places as briefed
    from spaces.exports import as_csv

    found = briefed.listed(area, reader, _today()).reset_index(drop=True)
    click.echo(as_csv(found.drop(columns=["act", "act_id", "kept_at", "version"])).decode("utf-8-sig"), nl=False)


def _today() -> date:
    return datetime.now().astimezone().date()
