"""`safer-spaces import`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands import output, say
from commands.acting import acting
from commands.progress import share_of
from words import DataProblem, _

if TYPE_CHECKING:
    from briefing.workspace import Workspace
    from spaces.access import Reader


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--profile", type=click.Path(path_type=Path, dir_okay=False), help="Says what the columns are, where no built-in profile does."
)
@click.option("--keep-profile", is_flag=True, help="Keep the profile in the register, so that the next such file is known.")
@click.option(
    "--suggest", type=click.Path(path_type=Path), help="Write a profile that is a guess at the columns to this file, and bring nothing in."
)
@click.option("--preview", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--good-rows", is_flag=True, help="Bring in the good rows of a file that has problems.")
@click.option("--problems", type=click.Path(path_type=Path), help="Write every problem to this file (.csv or .xlsx).")
@acting
def import_(
    files: Sequence[Path], profile: Path | None, keep_profile: bool, suggest: Path | None, preview: bool, good_rows: bool,
    problems: Path | None, area: Workspace, reader: Reader,
) -> None:  # fmt: skip
    """Bring partners' files into the register: each whole, or not at all. The same file twice changes nothing."""
    if keep_profile and not profile:
        raise DataProblem("Say which profile is to be kept: --profile FILE.")
    if suggest:
        _suggest(files, suggest)
        return
    if problems:
        output.check_file(problems)
        if len(files) > 1:
            raise DataProblem("Give one file at a time with --problems, so that each has a sheet of its own.")
    from briefing import columns, stewardship
    from geo import files as files_written
    from spaces import exports, mapping

    chosen = mapping.read_profile(profile) if profile else None
    if profile and keep_profile:
        columns.save(area, reader, profile.read_text("utf-8"), origin="command line")
    for file in files:
        prepared = stewardship.prepare(area, reader, file, today=datetime.now().astimezone().date(), profile=chosen)
        found = stewardship.preview(area, reader, prepared)
        if problems:
            with files_written.replacing(problems) as unfinished:
                if problems.suffix.lower() == ".xlsx":
                    exports.as_xlsx(found.problems, unfinished)
                else:
                    unfinished.write_bytes(exports.as_csv(found.problems))
        if not preview:
            with share_of(_("Bringing in {file}", file=file.name)) as progress:
                stewardship.bring_in(area, reader, prepared, good_rows=good_rows, origin="command line", progress=progress)
        say(f"{file.name}: " + " ".join(found.sentences))


def _suggest(files: Sequence[Path], out: Path) -> None:
    output.check_file(out)
    if len(files) > 1:
        raise DataProblem("Give one file at a time with --suggest: each kind of file has a profile of its own.")
    from briefing import columns
    from geo import files as files_written

    told = columns.suggested_profile(files[0], files[0].stem)
    with files_written.replacing(out) as unfinished:
        unfinished.write_text(told, "utf-8")
    say(_("{file} is a guess. Read it, correct it, say whose records they are, and give it with --profile.", file=out))
