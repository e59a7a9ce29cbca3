"""`safer-spaces gazetteer build`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from commands import output, say
from commands.progress import each
from words import ngettext


@click.group()
def gazetteer() -> None:
    """Build the gazetteer that places postcodes without asking anyone outside."""


@gazetteer.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The gazetteer file to write.")
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
def build(out: Path, sources: Sequence[Path]) -> None:
    """Build a gazetteer from OS Code-Point Open: its folder, or its CSV files."""
    output.check_file(out)
    from geo import gazetteer as gazetteers

    built = gazetteers.build(sources, out, each=lambda files: each(files, unit="file"))
    say(
        ngettext(
            "{out}: {postcodes:,} postcodes from {count} file.",
            "{out}: {postcodes:,} postcodes from {count} files.",
            len(built.sources), out=out.name, postcodes=built.postcodes.height,
        )
    )  # fmt: skip
