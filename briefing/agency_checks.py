"""Agency checks for the panel, which asks and reads the answers, and for whoever answers for an agency, which reads no answer at all."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa

from briefing import sentences
from briefing.workspace import Workspace
from spaces import access, agency_checks, schema, space
from spaces.access import Reader
from spaces.agency_checks import Question
from words import DataProblem, _, ngettext

ORDER = (agency_checks.OVERDUE, agency_checks.OPEN, agency_checks.ANSWERED, agency_checks.WITHDRAWN)
"""In a list, the answer that is missing longest comes first."""


@dataclass(frozen=True)
class Check:
    """One question to one agency. `answer` is what a panel member reads of it, under its headings; nobody else gets any of it."""

    check_id: str
    version: int
    space_id: str
    place: str
    agency: str
    period: str
    asked_why: str
    state: str
    reason: str
    answer: dict[str, str]


def listed(
    workspace: Workspace, reader: Reader, today: date, *, agency: str = "", about: Collection[str] | None = None
) -> list[Check]:  # fmt: skip
    """Return the checks, those overdue first, of one agency or of all, `about` some spaces or any.

    Of the answers only panel members get anything.
    """
    access.check_see_agency_checks(reader)
    rows = agency_checks.newest(workspace.register)
    rows = rows if about is None else rows[rows["space_id"].isin(about)]
    rows = rows.join(agency_checks.states(rows, workspace.read_on(today)))
    rows = rows[rows["agency"] == agency] if agency else rows
    names = space.newest(workspace.register, "name")["name"]
    reads = access.can_ask_agencies(reader)
    found = [
        Check(
            check_id, int(row["version"]), str(row["space_id"]), str(names.get(row["space_id"], _("a place that is no longer listed"))),
            row["agency"], sentences.period(row["first_day"], row["last_day"]), row["asked_why"], row["state"], row["reason"],
            _read(row) if reads else {},
        )
        for check_id, row in zip(rows.index.astype(str), rows.to_dict("records"), strict=True)
    ]  # fmt: skip
    due = dict(zip(rows.index.astype(str), rows["due_on"], strict=True))
    return sorted(found, key=lambda one: (ORDER.index(one.state), due[one.check_id], one.place, one.agency))


def overdue(found: list[Check]) -> str:
    """Say how many answers are late and whose, empty where none is."""
    late = [one.agency for one in found if one.state == agency_checks.OVERDUE]
    if not late:
        return ""
    return ngettext(
        "{count} answer is late, from: {agencies}. Ask again by telephone: a child may need help tonight.",
        "{count} answers are late, from: {agencies}. Ask again by telephone: a child may need help tonight.",
        len(late), agencies=sentences.listed(sorted(set(late))),
    )  # fmt: skip


def agencies(workspace: Workspace, reader: Reader) -> list[str]:
    """Return the agencies that can be asked: whose records are here, who have an agreement, and who were asked before."""
    access.check_see_agency_checks(reader)
    record, agreement, check = schema.records.c, schema.agreements.c, schema.agency_checks.c
    queries = (
        sa.select(record.agency).where(record.agency.is_not(None)).distinct(),
        sa.select(agreement.source).where(agreement.withdrawn_at.is_(None)).distinct(),
        sa.select(check.agency).distinct(),
    )
    names = workspace.register.read(lambda connection: {str(name) for query in queries for name in connection.scalars(query)})
    return sorted(names)


def places_to_choose(workspace: Workspace, reader: Reader) -> pd.Series:
    """Return the names of the places that agencies can be asked about, by the id of their space."""
    access.check_ask_agencies(reader)
    rows = space.newest(workspace.register)
    return sentences.names_of(rows[~rows["status"].isin([space.MERGED, space.CLOSED])]).sort_values()


def ask(workspace: Workspace, reader: Reader, question: Question, asked: Collection[str], *, today: date, origin: str) -> list[str]:
    """Ask agencies to look at their own open cases; return the id of each check."""
    access.check_ask_agencies(reader)
    if unknown := sorted(set(asked) - set(agencies(workspace, reader))):
        raise DataProblem("No agreement or record is of {agencies}. Choose from the list.", agencies=", ".join(unknown))
    return agency_checks.ask(
        workspace.register, reader, question, asked, today=workspace.read_on(today),
        places=workspace.place_names, origin=origin,
    )  # fmt: skip


def answer(
    workspace: Workspace, reader: Reader, check: Check, *, said: str, band: str, action_taken: str, answered_as: str, today: date,
    origin: str,
) -> None:  # fmt: skip
    """Answer for an agency, or correct its answer."""
    agency_checks.answer(
        workspace.register, reader, check.check_id, said=said, band=band, action_taken=action_taken, answered_as=answered_as,
        seen=check.version, today=workspace.read_on(today), places=workspace.place_names, origin=origin,
    )  # fmt: skip


def withdraw(workspace: Workspace, reader: Reader, check: Check, *, why: str, origin: str) -> None:
    """Withdraw a question that waits for its answer."""
    agency_checks.withdraw(
        workspace.register, reader, check.check_id, why=why, seen=check.version, places=workspace.place_names, origin=origin
    )


def _read(row: Mapping[Hashable, Any]) -> dict[str, str]:
    if row["state"] != agency_checks.ANSWERED:
        return {}
    said = {
        _("Open cases there"): _(agency_checks.ANSWERS[str(row["answer"])]),
        _("About how many children"): _(agency_checks.BANDS[str(row["band"])]) if row["band"] else "",
        _("What the agency does"): str(row["action_taken"]),
    }
    return {heading: words for heading, words in said.items() if words}
