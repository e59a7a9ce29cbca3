"""Harm done by institutions near a place: dispersals, stop and search, exclusions. Counts and days only, never a person.

Set side by side for as long before something was done there as after, because an action that moves young people on may look like success.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import sqlalchemy as sa

from spaces import access, days, free_text, revisions, schema, space
from spaces.assessment_rows import check_done_on
from spaces.audit import AuditEvent
from spaces.register import Register, new_id
from words import N_, DataProblem

KINDS = {
    "dispersal": N_("Dispersal orders"), "stop_and_search": N_("Stop and search"), "exclusion": N_("School exclusions"),
    "banned": N_("Bans from a shop, a centre or transport"), "moved_on": N_("Young people moved on"),
}  # fmt: skip

LONGEST, LONGEST_LINE, MOST, LONGEST_DAYS = 400, 120, 99_999, 366

FIELD_LABELS = {"told_by": N_("Who told it (an agency or a role)"), "note": N_("Note")}


@dataclass(frozen=True)
class Details:
    """How many there were of one kind from a day to a day, both included, and who told it. None is a number too: 0."""

    kind: str
    first_day: date
    last_day: date
    how_many: int
    told_by: str
    note: str = ""


def log(
    register: Register, reader: access.Reader, space_id: str, details: Details, *, harm_id: str = "", seen: int = 0, today: date,
    places: frozenset[str] = frozenset(), origin: str,
) -> str:  # fmt: skip
    """Write down how many there were near a place, and return the entry's id; with an id an earlier entry is put right."""
    access.check_log_institutional_harm(reader)
    texts = {name: free_text.tidy(getattr(details, name)) for name in FIELD_LABELS}
    if details.kind not in KINDS:
        raise DataProblem("Choose what it was from the list.")
    check_done_on(details.last_day, today)
    check_done_on(details.first_day, today)
    if not details.first_day <= details.last_day < details.first_day + timedelta(days=LONGEST_DAYS):
        raise DataProblem("The last day has to be on or after the first, and within a year of it.")
    if not 0 <= details.how_many <= MOST:
        raise DataProblem("Give how many there were as a number; 0 says that there were none.")
    if not texts["told_by"]:
        raise DataProblem("Say who told it: an agency or a role.")
    given = {FIELD_LABELS["told_by"]: (texts["told_by"], LONGEST_LINE), FIELD_LABELS["note"]: (texts["note"], LONGEST)}
    free_text.check(given, places=places, of_a_role=frozenset({FIELD_LABELS["told_by"]}))
    audit = AuditEvent(reader.name, "institutional harm logged", "counts near a place", origin, space_id)
    new = harm_id or new_id()
    same = {name: getattr(details, name) for name in ("kind", "first_day", "last_day", "how_many")}

    def work(connection: sa.Connection) -> None:
        space.stands(connection, space_id)
        _check_told_once(connection, space_id, details, texts["told_by"], new)
        values = texts | same | {"space_id": space_id, "act": "logged"}
        revisions.add(connection, schema.institutional_harms, new, seen, values, audit=audit, otherwise=revisions.changed())

    register.write(audit, work)
    return new


def newest(register: Register) -> pd.DataFrame:
    """Return the row that counts of each entry, indexed by its id, with the columns of the table `institutional_harm`."""
    return revisions.newest(register, schema.institutional_harms)


def before_and_after(rows: pd.DataFrame, since: date, today: date) -> pd.DataFrame:
    """Return `before`, `after` and `left_out` of each kind, indexed by kind: as many days before `since` as have passed from it to today.

    `before` and `after` are missing where nobody told anything of that time, which is not none; an entry that lies across an edge of the
    two times is in neither, and its number is in `left_out`.
    """
    found: dict[str, Any] = {}
    placed = pd.Series(False, index=rows.index)
    for name, inside in _inside(rows, since, today).items():
        found[name] = rows[inside].groupby("kind")["how_many"].sum()
        placed |= inside
    found["left_out"] = rows[~placed].groupby("kind")["how_many"].sum()
    kinds = [kind for kind in KINDS if kind in set(rows["kind"])]
    return pd.DataFrame({name: counted.reindex(kinds).astype("Int64") for name, counted in found.items()}, index=kinds)


def days_told(rows: pd.DataFrame, since: date, today: date) -> pd.DataFrame:
    """Return how many days of the two times are told of, as `before` and `after`, indexed by kind; and whether some are told of `twice`.

    A number is of the days that were told of only: set beside one of more days it says nothing. What two tellers say of the same days may
    be the same twice.
    """
    found: dict[str, dict[str, Any]] = {kind: {"before": 0, "after": 0, "twice": False} for kind in KINDS if kind in set(rows["kind"])}
    for name, inside in _inside(rows, since, today).items():
        for kind, told in rows[inside].groupby("kind"):
            ends = zip(told["first_day"], told["last_day"], strict=True)
            told_of = [day for first, last in ends for day in range(first.toordinal(), last.toordinal() + 1)]
            found[str(kind)][name] = len(set(told_of))
            found[str(kind)]["twice"] |= len(set(told_of)) < len(told_of)
    return pd.DataFrame.from_dict(found, orient="index", columns=["before", "after", "twice"])


def _inside(rows: pd.DataFrame, since: date, today: date) -> dict[str, pd.Series]:
    """Say of each entry whether it lies in the time `before` and in the time `after`: as many days each."""
    as_many = timedelta(days=(today - since).days + 1)
    spans = {"before": (since - as_many, since - timedelta(days=1)), "after": (since, today)}
    return {name: (rows["first_day"] >= first) & (rows["last_day"] <= last) for name, (first, last) in spans.items()}


def _check_told_once(connection: sa.Connection, space_id: str, details: Details, told_by: str, harm_id: str) -> None:
    """Raise DataProblem where the same teller has told of some of these days already: its numbers would be counted twice."""
    table = schema.institutional_harms
    for other_id, row in revisions.rows_of(connection, table, table.c.space_id == space_id).items():
        same = row["kind"] == details.kind and row["told_by"].casefold() == told_by.casefold() and other_id != harm_id
        if same and row["first_day"] <= details.last_day and details.first_day <= row["last_day"]:
            raise DataProblem(
                "{who} has told of {first} to {last} already, and the same would be counted twice. Give only the days that are new.",
                who=row["told_by"], first=days.said(row["first_day"]), last=days.said(row["last_day"]),
            )  # fmt: skip
