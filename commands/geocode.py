"""`safer-spaces geocode`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from commands import output, say
from commands.progress import steps
from words import _


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--gazetteer", "gazetteer_file", required=True, type=click.Path(path_type=Path, dir_okay=False),
    help="Made with: safer-spaces gazetteer build.",
)  # fmt: skip
@click.option("--within", type=click.Path(path_type=Path, dir_okay=False), help="The area that the places are in, in any map format.")
@click.option("--format", "asked", type=click.Choice(output.FORMATS), help="Where the name of OUT does not say it.")
@click.option("--out", required=True, help="The file to write; - is standard output.")
def geocode(file: Path, gazetteer_file: Path, within: Path | None, asked: str | None, out: str) -> None:
    """Add to each row of a file where it is, how that is known and to how many metres; or why it could not be placed."""
    kind = output.format_of(out, asked)
    output.check_not_input(out, [file, gazetteer_file, within])

    from briefing import geocoding
    from geo import frames, gazetteer

    with steps() as step:
        area = frames.read_boundary(within) if within else None
        places = gazetteer.read(gazetteer_file)
        step(_("Finding places"))
        found = geocoding.geocode_file(file, places, area, today=datetime.now().astimezone().date())
        output.write(found.rows, out, kind)
    for column in found.left_out:
        say(_("The column “{column}” holds who somebody is and was left out.", column=column))
    say(found.said)
