"""`safer-spaces gazetteer build`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from commands import say
from commands.progress import each
from words import _


@click.group()
def gazetteer() -> None:
    """Build the gazetteer that places postcodes without asking anyone outside."""


@gazetteer.command()
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The gazetteer file to write.")
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
def build(out: Path, sources: Sequence[Path]) -> None:
    """Build a gazetteer from OS Code-Point Open: its folder, or its CSV files."""
    from geo import gazetteer as gazetteers

    built = gazetteers.build(sources, out, each=lambda files: each(files, unit="file"))
    say(_("{out}: {count:,} postcodes from {files} files.", out=out.name, count=built.postcodes.height, files=len(built.sources)))
