"""`safer-spaces gazetteer build` and `show`."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands import output, say
from commands.progress import each
from words import _, ngettext

if TYPE_CHECKING:
    from geo.gazetteer import Source

FEW_NAMES = 3
"""Up to so many files of one kind are named; OS Open Names has 819."""


@click.group()
def gazetteer() -> None:
    """Build the gazetteer that places postcodes, streets and places without asking anyone outside."""


@gazetteer.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The gazetteer file to write.")
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
def build(out: Path, sources: Sequence[Path]) -> None:
    """Build a gazetteer from open data: files, folders or zips, as they were downloaded.

    Any of OS Code-Point Open, OS Open Names, OS Open UPRN, the ONS Postcode Directory (ONSPD), the National Statistics Postcode
    Lookup (NSPL), and OpenStreetMap (.osm.pbf or .osm).
    """
    output.check_file(out)
    for source in sources:
        output.check_not_input(str(out), [source])
    from geo import gazetteer as gazetteers

    built = gazetteers.build(sources, out, each=lambda files: each(files, unit="file"))
    say(
        ngettext(
            "{out}: {what} from {count} file.",
            "{out}: {what} from {count} files.",
            len(built.sources), out=out.name, what=_contents(built.rows),
        )
    )  # fmt: skip


@gazetteer.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def show(file: Path) -> None:
    """Show what a gazetteer holds, and what it was built from: which editions, under which licences."""
    from geo import gazetteer as gazetteers

    opened = gazetteers.read(file)
    click.echo(f"{file.name}: {_contents(opened.rows)}.")
    for _kind, group in itertools.groupby(sorted(opened.sources, key=_sort), key=_sort):
        click.echo(_of_one_kind(list(group)))


def _contents(rows: Mapping[str, int]) -> str:
    """Return what is in a gazetteer, in one line."""
    counts = {
        "postcodes": ngettext("{count} postcode", "{count} postcodes", rows["postcodes"]),
        "names": ngettext("{count} name", "{count} names", rows["names"]),
        "addresses": ngettext("{count} address", "{count} addresses", rows["addresses"]),
        "uprns": ngettext("{count} property number (UPRN)", "{count} property numbers (UPRN)", rows["uprns"]),
    }
    return ", ".join(text for table, text in counts.items() if rows[table])


def _of_one_kind(sources: Sequence[Source]) -> str:
    """Return two lines on the files of one kind and edition: what they are and how much is in them, and their licence."""
    first, rows = sources[0], sum(source.rows for source in sources)
    edition = first.edition or _("edition not known")
    files = ngettext("{count} file", "{count} files", len(sources))
    named = ", ".join(source.name for source in sources) if len(sources) <= FEW_NAMES else files
    told = _("{kind}, {edition}: {rows:,} rows from {files}.", kind=first.kind, edition=edition, rows=rows, files=named)
    return f"{told}\n    {first.licence}."


def _sort(source: Source) -> tuple[str, str, str]:
    return source.kind, source.edition, source.licence
