"""`safer-spaces backup` and `safer-spaces restore`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands import output, say
from commands.acting import acting
from words import _

if TYPE_CHECKING:
    from briefing.workspace import Workspace
    from spaces.access import Reader


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@acting
def backup(out: Path, area: Workspace, reader: Reader) -> None:
    """Write a checked backup of the register to OUT, while others work. The key is not in it: keep that elsewhere."""
    output.check_file(out)
    from briefing import keeping

    head = keeping.back_up(area, reader, out, origin="command line")
    say(_("{file} is written and checked. Head of its audit trail: {head}", file=out, head=head))


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@acting
def restore(file: Path, area: Workspace, reader: Reader) -> None:
    """Fill the area's empty register from a backup, without whoever was erased since."""
    from briefing import keeping

    head = keeping.restore(area, reader, file, origin="command line")
    say(_("{file} is restored and checked. Head of the audit trail: {head}", file=file, head=head))
    say(keeping.not_in_a_backup(area, reader))
