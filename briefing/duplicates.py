"""May two agencies have told of the same incident? What the data steward compares, and how a period counts what was decided.

The steward sees what both wrote, in their words, and the numbers to ask them by; never which child it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from briefing import sentences
from briefing.workspace import Workspace
from spaces import access, duplicates, model, repeat_harm, schema
from spaces.access import Reader
from spaces.audit import AuditEvent
from spaces.duplicates import DIFFERENT, SAME, VERDICTS
from spaces.register import Register
from words import _

ROUND_THE_EDGES = timedelta(days=3)
"""How far beyond a period what may be the same incident is looked for: two nights, and the day that both touch."""

_REASONS = {SAME: "said to be the same incident", DIFFERENT: "said to be two incidents"}


@dataclass(frozen=True)
class Pair:
    """Two records that may tell of the same incident, what they are about in a line, and what was decided of them, in words."""

    record_id: int
    other_id: int
    title: str
    verdict: str = ""


@dataclass(frozen=True)
class Asked:
    """One of the pairs to be compared, which of them it is (from 0), and how many there are; no pair where there are none."""

    pair: Pair | None
    at: int
    count: int


def asked(workspace: Workspace, reader: Reader, at: int = 0) -> Asked:
    """Return a pair about which nothing is decided: of all of them, the latest incidents first, the one `at` a place, or the last."""
    access.check_keep_register(reader)
    records, found = _compared(workspace.register, _state(workspace.register))
    undecided = duplicates.undecided(records, found, duplicates.verdicts(workspace.register))
    if undecided.empty:
        return Asked(None, 0, 0)
    at = min(max(at, 0), len(undecided) - 1)
    return Asked(_pair(records, _latest_first(records, undecided).iloc[at].to_dict()), at, len(undecided))


def decided(workspace: Workspace, reader: Reader) -> list[Pair]:
    """Return the pairs that were decided, the latest incidents first; not those of which a record may not be used at present."""
    access.check_keep_register(reader)
    records, _found = _compared(workspace.register, _state(workspace.register))
    said = duplicates.verdicts(workspace.register)
    there = said[said["record_id"].isin(records.index) & said["other_id"].isin(records.index)]
    return [_pair(records, row) for row in _latest_first(records, there).to_dict("records")]


def told(workspace: Workspace, reader: Reader, pair: Pair) -> pd.DataFrame:
    """Return what both records of a pair say: a column for each, and a row for each thing that either says."""
    access.check_keep_register(reader)
    records, _found = _compared(workspace.register, _state(workspace.register))
    sides = records.reindex([pair.record_id, pair.other_id]).to_dict("records")
    both = pd.DataFrame([_telling(side) for side in sides], dtype=object).T
    return both[both.notna().any(axis="columns")].fillna(_("not recorded"))


def decide(workspace: Workspace, reader: Reader, pair: Pair, verdict: str, *, origin: str) -> None:
    """Say whether two records tell of the same incident. Neither is changed; from now on the incident counts once, or twice."""
    access.check_keep_register(reader)
    audit = AuditEvent(reader.name, "possible duplicate decided", _REASONS[verdict], origin)
    duplicates.decide(workspace.register, pair.record_id, pair.other_id, verdict, audit=audit)


def take_back(workspace: Workspace, reader: Reader, pair: Pair, *, origin: str) -> None:
    """Unsay what was decided of two records: they are asked about again."""
    access.check_keep_register(reader)
    audit = AuditEvent(reader.name, "possible duplicate decided", "the decision was taken back", origin)
    duplicates.take_back(workspace.register, pair.record_id, pair.other_id, audit=audit)


def records_told_once(workspace: Workspace, first_day: date, last_day: date) -> pd.DataFrame:
    """Return the records of a period and those without a date, what is said to be the same incident made to count as one.

    Such an incident is in the period by the best time that was told of it, so that of two periods only one has it.
    """
    register = workspace.register
    before, after = first_day - ROUND_THE_EDGES, last_day + ROUND_THE_EDGES
    records = duplicates.told_once(register.records(occurred_from=before, occurred_before=after), duplicates.verdicts(register))
    began = records["occurred_from"]
    outside = (began < pd.Timestamp(first_day)) | (began >= pd.Timestamp(last_day) + pd.Timedelta(days=1))
    return records[~outside]


def _state(register: Register) -> tuple[object, ...]:
    """Name what the records say and which may be used. A decision leaves it: in a large register, finding anew takes seconds."""
    record = schema.records.c
    query = sa.select(sa.func.count(), sa.func.max(record.since), sa.func.sum(record.version))
    restricted = sa.select(record.record_id).where(record.restricted).order_by(record.record_id)
    return register.read(lambda connection: (*connection.execute(query).one(), *connection.scalars(restricted)))


@lru_cache(maxsize=2)
def _compared(register: Register, _records_state: tuple[object, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return every record without its child's reference, but with the number of `children` its incident names; and the pairs found."""
    records = register.records()
    counted = repeat_harm.about_harm_to_children(records, young_adults=True)
    number = counted["incident_id"].fillna(counted.index.to_series().astype("str"))
    children = counted["child_ref"].groupby([counted["agency"], number]).transform("nunique")
    return records.assign(children=children.reindex(records.index)).drop(columns="child_ref"), duplicates.possible(records)


def _latest_first(records: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    began = records["occurred_from"].reindex(pairs["record_id"]).to_numpy()
    return pairs.assign(began=began).sort_values(["began", "record_id", "other_id"], ascending=[False, True, True])


def _pair(records: pd.DataFrame, row: dict[Any, Any]) -> Pair:
    both = records.loc[[row["record_id"], row["other_id"]]]
    harms = list(dict.fromkeys(_(model.HARM_TYPES[harm]) for harm in both["harm_type"].dropna()))
    parts = [*harms, sentences.day(both["occurred_from"].iloc[0]), _apart(both)]
    title = ", ".join(part for part in parts if part)
    return Pair(int(row["record_id"]), int(row["other_id"]), title, _(VERDICTS[row["verdict"]]) if "verdict" in row else "")


def _telling(side: dict[Any, Any]) -> dict[str, str | None]:
    """Say what one agency's record says, under a heading each; None where it says nothing."""
    said: dict[Any, Any] = {name: None if pd.isna(value) else value for name, value in side.items()}
    placed = model.METHODS.get(said["method"] or "none", "")
    role = model.LOCATION_ROLES.get(said["location_role"] or "")
    return {
        _("Told by"): said["agency"],
        _("Its number"): said["incident_id"],
        _("When"): _when(said["occurred_from"], said["occurred_to"]),
        _("Where, in its words"): said["location_text"],
        _("The place is"): _(role) if role else None,
        _("Placed by"): _("{how}, to about {metres} m", how=_(placed), metres=round(said["precision_m"])) if said["precision_m"] else None,
        _("Age"): said["age_band"],
        _("Sex"): said["sex"],
        _("Children it names"): str(int(said["children"])) if said["children"] else None,
        _("Told on"): sentences.day(said["reported_on"]) if said["reported_on"] else None,
    }


def _when(begins: Any, ends: Any) -> str | None:
    if begins is None:
        return None
    ends = ends or begins
    day = sentences.day(begins)
    if ends - begins >= repeat_harm.WHOLE_DAY:
        return _("{day}, hour not recorded", day=day) if ends - begins == repeat_harm.WHOLE_DAY else sentences.period(begins, ends)
    if ends == begins:
        return f"{day}, {begins:%H:%M}"
    if ends.date() == begins.date():
        return f"{day}, {begins:%H:%M}-{ends:%H:%M}"
    return _("{start} to {end}", start=f"{day}, {begins:%H:%M}", end=f"{sentences.day(ends)}, {ends:%H:%M}")


def _apart(both: pd.DataFrame) -> str:
    metres = float(np.hypot(*both[["easting", "northing"]].diff().iloc[1]))
    if np.isnan(metres):
        return ""
    return _("about {metres} m apart", metres=10 * round(metres / 10)) if metres >= 5 else _("at the same point")
