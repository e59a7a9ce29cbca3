"""How long is kept what is said and done in the app itself: flags, sessions, referrals of a place, agency checks, assessments.

Each goes whole once its time is over, old versions and all. What stays of it says nothing of anybody: how many of a kind there were of
which year (`purged_count`), that something was done on a day (the audit trail, with an id and no words), and the place's own history,
which says who raised it (young people, a referral) and when it was assessed, acted on and watched. What young people were answered stays
too: it is the partnership's public word. What is not answered or closed yet does not age; it is overdue, and surfaces as that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from spaces import schema
from words import N_

FLAG, SESSION, REFERRAL, CHECK, ASSESSMENT, OBSERVATION, HARM = (
    "flag_made_here", "session", "place_referral", "agency_check", "assessment", "observation", "institutional_harm",
)  # fmt: skip
LABELS = {
    FLAG: N_("Flag made here, with its note"), SESSION: N_("Session with young people, with its safety map"),
    REFERRAL: N_("Referral of a place, answered"), CHECK: N_("Agency check, answered or withdrawn"),
    ASSESSMENT: N_("Assessment that is closed, with its goals and observations"), OBSERVATION: N_("Observation outside an assessment"),
    HARM: N_("Dispersals, searches and exclusions"),
}  # fmt: skip
"""The kinds, as they are called on a screen."""

KEEP_DAYS = {
    # What somebody felt on one evening. Kept longer it would stigmatise a place, and who goes there; so no longer than a partner's flags.
    FLAG: 365,
    # A group marks its map again in the same season: a year, and the five weeks by which it may be later than the last time.
    SESSION: 400,
    # As a partner's referral of a child: whether help was given is in the place's history, and the request need not stay.
    REFERRAL: 2 * 365,
    # It is about children who may need help now. What an agency answered is read once more when the place is assessed again.
    CHECK: 2 * 365,
    # A place is compared with itself three years back, as its records are; older words of who was there and agreed to what say nothing.
    ASSESSMENT: 3 * 365,
    # Read beside an assessment, so as long as one.
    OBSERVATION: 3 * 365,
    HARM: 3 * 365,
}
"""How many days each is kept unless the partnership decides otherwise, from when it was made, held, answered or closed, and why."""


@dataclass(frozen=True)
class _Kind:
    """Where a kind of thing is: `day` and `done` are of its newest row, `of_it` are columns with its id in tables that go with it."""

    table: sa.Table
    day: sa.ColumnElement[Any]
    done: sa.ColumnElement[bool]
    of_it: tuple[sa.Column[Any], ...] = ()
    agency: sa.ColumnElement[Any] | None = None

    @property
    def thing_id(self) -> sa.Column[Any]:
        return next(iter(self.table.primary_key.columns))


_check, _referral, _closed = schema.agency_checks.c, schema.place_referrals.c, schema.assessment_versions.c
_harm, _seen = schema.institutional_harms.c, schema.observations.c
_KINDS = {
    FLAG: _Kind(schema.flags, schema.flags.c.made_on, sa.true()),
    SESSION: _Kind(schema.youth_sessions, schema.youth_sessions.c.held_on, sa.true(), (schema.safety_marks.c.session_id,)),
    REFERRAL: _Kind(schema.place_referrals, _referral.answered_on, _referral.decision != "", agency=_referral.from_agency),
    CHECK: _Kind(
        schema.agency_checks, sa.func.coalesce(_check.answered_on, _check.due_on), _check.act.in_(["answered", "withdrawn"]),
        agency=_check.agency,
    ),
    ASSESSMENT: _Kind(
        schema.assessment_versions, _closed.kept_at, _closed.status == "closed",
        (schema.goals.c.assessment_id, schema.actions.c.assessment_id, _seen.assessment_id),
    ),
    OBSERVATION: _Kind(schema.observations, _seen.seen_on, _seen.assessment_id == ""),
    HARM: _Kind(
        schema.institutional_harms, sa.func.coalesce(_harm.last_day, _harm.first_day),
        sa.func.coalesce(_harm.last_day, _harm.first_day).is_not(None),
    ),
}  # fmt: skip


def counted(kept: Mapping[str, int], today: date) -> Iterable[sa.Select[Any]]:
    """Return queries of what is due of each kind: `record_type, agency, year, records`, as `retention.due` has them."""
    for kind, its in _KINDS.items():
        year = sa.cast(sa.extract("year", its.day), sa.Integer).label("year")
        due = sa.select(year).select_from(its.table).where(*_is_due(kind, kept, today)).subquery()
        columns = (sa.literal(kind, sa.Text).label("record_type"), sa.literal("", sa.Text).label("agency"), due.c.year)
        yield sa.select(*columns, sa.func.count().label("records")).group_by(due.c.year)


def delete(connection: sa.Connection, kept: Mapping[str, int], today: date) -> None:
    """Delete what is due of each kind, inside a transaction, with every old version of it and all that goes with it."""
    for kind, its in _KINDS.items():
        ids = list(connection.scalars(sa.select(its.thing_id).where(*_is_due(kind, kept, today))))
        for column in (*its.of_it, its.thing_id):
            for start in range(0, len(ids), _AT_ONCE):
                connection.execute(sa.delete(column.table).where(column.in_(ids[start : start + _AT_ONCE])))


_AT_ONCE = 1_000
"""Ids in one statement: fewer than either store refuses."""


def _is_due(kind: str, kept: Mapping[str, int], today: date) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions on a row that it is the newest of a thing that is due. A legal hold keeps all, or what is of its agency."""
    its, later = _KINDS[kind], _KINDS[kind].table.alias()
    newer = sa.exists().where(later.c[its.thing_id.name] == its.thing_id, later.c.version > its.table.c.version)
    before: date = today - timedelta(days=kept[kind])
    if its.day.type is schema.Moment:
        before = datetime.combine(before, time(), UTC)
    hold = schema.holds.c
    keeps = hold.scope == "everything"
    if its.agency is not None:
        keeps |= (hold.scope == "agency") & (hold.value == its.agency)
    on_hold = sa.exists().where(hold.lifted_at.is_(None), keeps).correlate(its.table)
    return its.day < before, its.done, ~newer, ~on_hold
