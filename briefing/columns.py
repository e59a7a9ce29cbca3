"""A file that no profile knows: what its columns may be, what a person says they are, and the profile that comes of it.

What is shown of a file is what somebody needs to decide: its headings, the different words of columns that hold few, and how its
dates are written. Of a column that says who somebody is, nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pandas as pd
import polars as pl

from briefing.workspace import Workspace
from spaces import access, intake, mapping, model, personal, saved_profiles, tables
from spaces.access import Reader
from spaces.audit import AuditEvent
from spaces.mapping import AGES, HOURS
from words import N_, DataProblem, _

LABELS: Mapping[str, str] = model.COLUMN_LABELS | {AGES: N_("Age in years"), HOURS: N_("Time of day")}
"""What a column may be said to be, and what that is called on the screen."""

SAME_IN_ALL = ("agency", "record_type", "harm_type")
"""What a partner's file often does not say, because it is the same in every row."""

CODED = tuple(name for name in model.CODES if name not in model.FLAG_COLUMNS)
"""What has a list of words of ours, for each of which a partner has its own."""

FEWEST = 2
"""Columns by which a kind of file is known."""

EXAMPLES = 2


@dataclass(frozen=True)
class Column:
    """One column of a file. `suggested` is what it may be, and `why`; both empty where nothing is suggested.

    `words` are its different values where they are few, `dates` how two of them are written. `day_first` and `month_first` are
    the forms they may be in where a person has to say which; else `formats` are those they are in.
    """

    name: str
    withheld: bool = False
    suggested: str = ""
    why: str = ""
    words: Sequence[str] = ()
    dates: Sequence[str] = ()
    formats: Sequence[str] = ()
    day_first: Sequence[str] = ()
    month_first: Sequence[str] = ()


@dataclass(frozen=True)
class Decision:
    """What a person says of a file: `columns` of theirs by ours, what is the same in every row, and what their words mean."""

    name: str
    columns: Mapping[str, str]
    constants: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]
    hours: Mapping[str, tuple[str, str]]
    month_first: frozenset[str] = frozenset()
    """Of which of our time columns the month is written before the day."""


def columns_of(path: Path) -> list[Column]:
    """Return what each column of a file may be, in the file's order; of one that is called after somebody, not even its heading."""
    table, _rows = tables.read(path)
    withheld = personal.personal_columns(table.columns)
    suggested = {one.theirs: one for one in mapping.suggest(table)}
    return [
        Column(name, withheld=True) if name in withheld else _column(name, table[name], suggested.get(name))
        for name in table.columns
        if name.strip() and not personal.names_for_headings(name)
    ]


def _column(name: str, text: pl.Series, found: mapping.Suggestion | None) -> Column:
    suggested, why = (found.ours, found.why) if found else ("", "")
    distinct = text.drop_nulls().unique(maintain_order=True)
    if mapping.holds_somebody(distinct):
        return Column(name, withheld=True)
    shown = distinct.filter(personal.personal_content(distinct).is_null())
    forms = mapping.suggest_formats(distinct.head(mapping.MOST_VALUES))
    # Beside the forms that need no telling, a column of real dates has none of these.
    dated = bool(forms.formats or forms.day_first) or suggested in model.TIME_COLUMNS
    return Column(
        name, suggested=suggested, why=why,
        words=tuple(sorted(shown)) if len(distinct) <= mapping.MOST_CODES and not dated else (),
        dates=tuple(distinct.head(EXAMPLES)) if dated else (), formats=forms.formats, day_first=forms.day_first,
        month_first=forms.month_first,
    )  # fmt: skip


def meanings(ours: str, words: Sequence[str]) -> dict[str, str]:
    """Return which code each word is likely to stand for; words that none is likely for are not in it."""
    return mapping.suggest_codes(ours, pl.Series(words, dtype=pl.String)) if words else {}


def times_of_day(words: Sequence[str]) -> dict[str, tuple[str, str] | None]:
    """Return for each word that is no clock time the hours that it is known to stand for, None where it is not known."""
    known: dict[str, tuple[str, str]] = {}
    for profile in intake.profiles():
        known |= {word.casefold(): (span[0], span[1]) for word, span in profile.hours.get("words", {}).items()}
    said = pl.Series(words, dtype=pl.String)
    clock = said.str.contains(r"^\d{1,2}:\d{2}") | said.str.to_lowercase().is_in(intake.NOT_KNOWN)
    return {word: known.get(word.casefold()) for word in said.filter(~clock).to_list()}


def as_profile(columns: Iterable[Column], decision: Decision) -> str:
    """Return what a person decided as the text of a profile; DataProblem where it is not enough to read a file by."""
    by_name = {column.name: column for column in columns}
    if not decision.name.strip():
        raise DataProblem("The files of this kind have no name yet. Give them one, such as: youth club log.")
    if not set(decision.columns) & set(model.TIME_COLUMNS):
        raise DataProblem("No column says when it happened or was reported. Say which one does.")
    if len(set(decision.columns.values())) < FEWEST:
        raise DataProblem("A profile of one column would know every file that has it. Say what another column is.")
    if "agency" not in decision.columns and not decision.constants.get("agency", "").strip():
        raise DataProblem("It is not said whose records these are. Choose the partner.")
    formats = {}
    for ours, theirs in decision.columns.items():
        column = by_name[theirs]
        if ours in model.TIME_COLUMNS:
            formats[ours] = [*column.formats, *(column.month_first if ours in decision.month_first else column.day_first)]
    codes = {ours: words for ours, words in decision.codes.items() if ours in decision.columns}
    constants = {ours: value for ours, value in decision.constants.items() if value and ours not in decision.columns}
    return mapping.as_profile(decision.name.strip(), constants, decision.columns, formats, codes, hours=decision.hours)


def check_once(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return columns of theirs by ours from ours by theirs; DataProblem where two are said to be the same."""
    for ours in set(chosen.values()):
        twice = [theirs for theirs, its in chosen.items() if its == ours]
        if len(twice) > 1:
            raise DataProblem(
                "“{first}” and “{second}” are both said to be: {ours}. Choose one of them.",
                first=twice[0], second=twice[1], ours=_(LABELS[ours]),
            )  # fmt: skip
    return {ours: theirs for theirs, ours in chosen.items()}


def suggested_profile(path: Path, name: str) -> str:
    """Return the profile that comes of all that is suggested for a file, for somebody to correct with an editor.

    Where day and month cannot be told apart, both forms are in it: the day first, as is usual here.
    """
    columns = columns_of(path)
    mapped = {column.suggested: column.name for column in columns if column.suggested}
    codes = {column.suggested: meanings(column.suggested, column.words) for column in columns if column.suggested in CODED}
    return as_profile(columns, Decision(name, mapped, {"agency": "WHOSE RECORDS THESE ARE"}, codes, _known_hours(columns)))


def _known_hours(columns: Iterable[Column]) -> dict[str, tuple[str, str]]:
    words = chain.from_iterable(column.words for column in columns if column.suggested == HOURS)
    return {word: span for word, span in times_of_day(list(words)).items() if span}


def save(workspace: Workspace, reader: Reader, toml: str, *, origin: str) -> str:
    """Keep a profile for the next file of its kind, and return its name."""
    access.check_keep_register(reader)
    audit = AuditEvent(reader.name, "profile saved", "data steward", origin)
    return saved_profiles.save(workspace.register, toml, audit=audit).name


def forget(workspace: Workspace, reader: Reader, name: str, *, origin: str) -> None:
    """Let go of a profile."""
    access.check_keep_register(reader)
    saved_profiles.forget(workspace.register, name, audit=AuditEvent(reader.name, "profile deleted", "data steward", origin))


def saved(workspace: Workspace, reader: Reader) -> pd.Series:
    """Return each saved profile as it was written, by name."""
    access.check_keep_register(reader)
    return saved_profiles.texts(workspace.register)
