"""`safer-spaces key backup | rotate`."""

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


@click.group()
def key() -> None:
    """Look after the pseudonym key."""


@key.command()
@click.argument("out", type=click.Path(path_type=Path))
@acting
def backup(out: Path, area: Workspace, reader: Reader) -> None:
    """Copy the key to OUT, readable by you alone. Without it new records of a child never meet the old ones."""
    output.check_file(out)
    from briefing import keeping
    from spaces import pseudonyms

    keeping.check_audit(area, reader, None)
    pseudonyms.save_keys(out, keeping.open_keys(area))
    say(_("The key is copied to {file}. Keep it apart from the register and its backups.", file=out))


@key.command()
@acting
def rotate(area: Workspace, reader: Reader) -> None:
    """Put the register under a new key: after somebody who should not may have seen the old one."""
    from briefing import keeping

    before = keeping.rotate_key(area, reader, origin="command line")
    say(_("The register is under a new key. Back it up; delete {file} when nothing older has to be read.", file=before))
