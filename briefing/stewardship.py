"""What the data steward does: bring partners' files in, see what came of them, and answer for what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import polars as pl

import sample_data
from briefing import keeping
from briefing.workspace import PARTNER_FILES, Workspace
from spaces import access, agreements, imports, intake, personal, placing, retention, rights, saved_profiles
from spaces.access import Reader
from spaces.agreements import HEADING_ROW
from spaces.audit import AuditEvent
from spaces.imports import Comparison, Prepared
from spaces.storing import Progress
from words import DataProblem, _, ngettext

COLUMNS_NAMED, LONGEST_COLUMN = 12, 40
"""How many columns a sentence names, and letters of each: what is pasted above a table may be a text."""


@dataclass(frozen=True)
class Preview:
    """What taking a file in would do. `problems` has `row, column, problem, refused`, in words, never a value of the file."""

    file: str
    profile: str
    comparison: Comparison
    problems: pd.DataFrame
    sentences: list[str]


def prepare(workspace: Workspace, reader: Reader, path: Path, *, today: date, profile: intake.Profile | None = None) -> Prepared:
    """Return a file read, checked and placed, with nothing in it that may not come into this area's register.

    Raises DataProblem where it is no table, no agreement covers it, or it belongs to the other kind of area.
    """
    access.check_keep_register(reader)
    check_file_name(path.name)
    check_kind(workspace, path)
    today = workspace.latest_day(today)
    keys = keeping.open_keys(workspace)
    names = frozenset(name.casefold() for column in ("name", "name_cy") for name in workspace.places[column].dropna())
    prepared = imports.prepare(
        intake.read(path, today=today, profile=profile, saved=saved_profiles.saved(workspace.register)),
        path,
        workspace.gazetteer,
        keys,
        erased=rights.erased(workspace.register),
        place_names=names,
        within=workspace.area,
        decided=placing.decisions(workspace.register),
    )
    if not workspace.invented:  # what is invented need not be recent
        past = retention.is_past(prepared.rows, retention.rules(workspace.register), today)
        prepared = imports.without_rows(prepared, past, "occurred_from", retention.PAST)
    return imports.without_erased(workspace.register, agreements.as_agreed(workspace.register, prepared, today))


def check_file_name(name: str) -> None:
    """Raise DataProblem where a file seems to be called after somebody: its name is kept as long as the trail of imports is."""
    if personal.names_for_files(name):
        raise DataProblem("The name of this file looks like who somebody is, and it would be kept. Rename the file without that.")


def check_kind(workspace: Workspace, path: Path) -> None:
    """Raise DataProblem where real data would come among invented, or invented among real."""
    invented = path.is_file() and imports.fingerprint(path) in _sample_fingerprints()
    if workspace.invented and not invented:
        raise DataProblem("Everything in this area is invented, and real data never comes in here. Open an area of its own for it.")
    if invented and not workspace.invented:
        raise DataProblem("{file} is one of the sample's files, and they never come among real data.", file=path.name)


def preview(workspace: Workspace, reader: Reader, prepared: Prepared) -> Preview:
    """Say what taking a prepared file in would do, and change nothing."""
    access.check_keep_register(reader)
    found = imports.compare(workspace.register, prepared)
    problems = prepared.problems.assign(problem=[_(problem) for problem in prepared.problems["problem"]])
    whose = ", ".join(prepared.agencies) or _("nobody that is named")
    read_as = _("Read as “{profile}”, records of {whose}.", profile=prepared.profile, whose=whose)
    return Preview(prepared.file, prepared.profile, found, problems, [*_said(found, problems), read_as, *_unread(prepared.unread)])


def bring_in(
    workspace: Workspace, reader: Reader, prepared: Prepared, *, good_rows: bool, origin: str, progress: Progress = lambda _share: None
) -> str:
    """Take a prepared file in and return the id of the import. With problems in it, only if the person says `good_rows`."""
    access.check_keep_register(reader)
    imports.check_takes(prepared)
    if not prepared.problems.empty and not good_rows:
        raise DataProblem(
            "{file} has problems in {rows:,} rows. Read them first; then bring in the good rows, or mend the file.",
            file=prepared.file, rows=prepared.problems["row"].nunique(),
        )  # fmt: skip
    audit = AuditEvent(reader.name, "file imported", "a partner's file", origin)
    return imports.take_in(workspace.register, prepared, audit=audit, progress=progress)


def files(workspace: Workspace, reader: Reader) -> pd.DataFrame:
    """Return every file that came in, newest first: `file, profile, actor, imported_at` and counts of rows."""
    access.check_keep_register(reader)
    return imports.imports(workspace.register)


def problems_of(workspace: Workspace, reader: Reader, import_id: str) -> pd.DataFrame:
    """Return what was said about the rows of an import: `row, column, problem, refused`."""
    access.check_keep_register(reader)
    found = imports.problems_of(workspace.register, import_id)
    return found.assign(problem=[_(problem) for problem in found["problem"]])


def dpia(workspace: Workspace, reader: Reader) -> str:
    """Return the reference of the impact assessment, empty where none is recorded."""
    access.check_keep_register(reader)
    return workspace.register.info(agreements.DPIA)


def agreed(workspace: Workspace, reader: Reader) -> pd.DataFrame:
    """Return every agreement, the latest first."""
    access.check_keep_register(reader)
    return agreements.agreements(workspace.register)


def standing_partners(workspace: Workspace, reader: Reader) -> list[str]:
    """Return the partners with which an agreement stands, as their records name them."""
    found = agreed(workspace, reader)
    return sorted(found.loc[found["withdrawn_at"].isna(), "source"].unique())


def record_dpia(workspace: Workspace, reader: Reader, reference: str, *, origin: str) -> None:
    """Note the impact assessment that covers this register."""
    _check_real(workspace, reader)
    agreements.record_dpia(
        workspace.register, reference, audit=AuditEvent(reader.name, "impact assessment recorded", "data steward", origin)
    )


def record_agreement(workspace: Workspace, reader: Reader, agreement: agreements.Agreement, *, origin: str) -> None:
    """Note an agreement with a source, in place of an earlier one."""
    _check_real(workspace, reader)
    agreements.record_agreement(workspace.register, agreement, audit=AuditEvent(reader.name, "agreement recorded", "data steward", origin))


def withdraw(workspace: Workspace, reader: Reader, source: str, *, origin: str) -> int:
    """End the agreement with a source, delete what it gave, and return how many records that was."""
    access.check_keep_register(reader)
    return agreements.withdraw(workspace.register, source, audit=AuditEvent(reader.name, "agreement withdrawn", "the source asked", origin))


def _check_real(workspace: Workspace, reader: Reader) -> None:
    access.check_keep_register(reader)
    if workspace.invented:
        raise DataProblem("Everything in this area is invented, so no agreement is needed. Open an area for real data.")


def _unread(columns: Sequence[str]) -> list[str]:
    """Name the columns that nobody explained, but none whose name is itself about somebody."""
    if not columns:
        return []
    names = pl.Series(columns, dtype=pl.String)
    fit = names.filter(personal.personal_content(names).is_null()).to_list()
    named = ", ".join(f"“{column[:LONGEST_COLUMN]}”" for column in fit[:COLUMNS_NAMED]) or _("none that can be named here")
    return [
        ngettext(
            "{count} column is not read, because the profile says nothing of it: {columns}.",
            "{count} columns are not read, because the profile says nothing of them: {columns}.",
            len(columns), columns=named + (" …" if len(fit) > COLUMNS_NAMED else ""),
        )
    ]  # fmt: skip


def _said(found: Comparison, problems: pd.DataFrame) -> list[str]:
    said = [] if found.added or found.changed else [_("Nothing in it is new: bringing it in would change nothing.")]
    if found.added:
        said.append(ngettext("{count} row is new.", "{count} rows are new.", found.added))
    if found.other_children:
        said.append(
            ngettext(
                "{count} new row is of an incident that is here with another child. Both are kept.",
                "{count} new rows are of incidents that are here with another child. Both are kept.",
                found.other_children,
            )
        )
    if found.changed:
        said.append(ngettext("{count} row changes one that is here.", "{count} rows change ones that are here.", found.changed))
    if found.unchanged:
        said.append(ngettext("{count} row is here already, the same.", "{count} rows are here already, the same.", found.unchanged))
    if found.changes:
        columns = ", ".join(f"{column} ({count:,})" for column, count in found.changes.items())
        said.append(_("What changes: {columns}.", columns=columns))
    if found.refused:
        said.append(ngettext("{count} row is refused.", "{count} rows are refused.", found.refused))
    left_out = problems.loc[(problems["row"] == HEADING_ROW) & ~problems["refused"], "column"].unique()
    if len(left_out):
        said.append(_("Not taken in, in any row: {columns}.", columns=", ".join(left_out)))
    kept = problems.loc[~problems["refused"] & (problems["row"] != HEADING_ROW), "row"].nunique()
    if kept:
        said.append(
            ngettext(
                "In {count} row a value is not understood and is left out.",
                "In {count} rows a value is not understood and is left out.",
                kept,
            )
        )
    return said


@cache
def _sample_fingerprints() -> frozenset[str]:
    raw = Path(sample_data.__file__).parent
    files = (raw / sample / file for sample, names in PARTNER_FILES.items() for file in names)
    return frozenset(map(imports.fingerprint, files))
