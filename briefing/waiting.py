"""What is late, of all that a reader may see: said where each begins, so that nobody has to open six pages to find it.

What is late for longer goes on to somebody else: see `CHAIR_AFTER`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import sqlalchemy as sa

from briefing import space_words
from briefing.spaces import status_since
from briefing.workspace import Workspace
from spaces import access, agency_checks, assessing, flags, place_referrals, revisions, schema, space, youth_sessions
from spaces.access import Reader
from words import _, ngettext

PLACES, ASSESSMENTS, REFERRALS, CHECKS, SESSIONS, NOTES = (
    "places", "assessments", "referrals", "agency-checks", "sessions", "what-people-said",
)  # fmt: skip
"""The kinds of thing that can be late, each by the address of its page."""

NOTES_READ_WITHIN_DAYS = 3
"""A flag counts only when the note with it has been read, and whoever made it looks for it within days: no longer than a weekend."""

CHECKS_ALLOWED_DAYS = 14
"""Ten working days (`agency_checks.DUE_IN_WORKING_DAYS`) by the calendar."""

CHAIR_AFTER = 2
"""At so many times what is allowed, the panel's chair is told: whoever has the thing has had as long again and could not do it, and the
chair is who can give it to another, or say that it is not done."""

_READ = (
    schema.space_versions, schema.assessment_versions, schema.actions, schema.place_referrals, schema.agency_checks, schema.youth_sessions,
    schema.flags,
)  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """Things of one kind that are late: how many, by how many days the latest, and which page has them."""

    what: str
    """In a sentence: how many, for how long, and who is to be told next, if anybody."""
    how_many: int
    longest: int
    page: str
    for_chair: bool


@dataclass(frozen=True)
class _Late:
    """One thing that is late by some days, of those that it was allowed."""

    days: int
    allowed: int

    @property
    def for_chair(self) -> bool:
        return self.days > (CHAIR_AFTER - 1) * self.allowed


def waiting(workspace: Workspace, reader: Reader, today: date) -> list[Waiting]:
    """Return what is late of all that a reader may see, the longest first; nothing where nothing is late."""
    today = workspace.read_on(today)
    kinds: tuple[tuple[str, Callable[[Reader], bool], Callable[[], list[_Late]]], ...] = (
        (PLACES, access.can_see_counts, partial(_places, workspace, today)),
        (ASSESSMENTS, access.can_see_assessments, partial(_assessments, workspace, today)),
        (REFERRALS, access.can_refer_places, partial(_referrals, workspace, reader, today)),
        (CHECKS, access.can_see_agency_checks, partial(_checks, workspace, today)),
        (SESSIONS, access.can_see_sessions, partial(_sessions, workspace, reader, today)),
        (NOTES, access.can_moderate_flags, partial(_notes, workspace, today)),
    )
    found = [_waiting(page, late) for page, may, those in kinds if may(reader) and (late := those())]
    return sorted(found, key=lambda one: -one.longest)


def version(workspace: Workspace) -> str:
    """Name what an answer computed now is computed from: it changes with every change of what can be late."""
    counted = [sa.select(sa.func.count()).select_from(table).scalar_subquery() for table in _READ]
    return ":".join(map(str, workspace.register.read(lambda connection: connection.execute(sa.select(*counted)).one())))


def _waiting(page: str, late: list[_Late]) -> Waiting:
    longest, for_chair = max(one.days for one in late), any(one.for_chair for one in late)
    if len(late) == 1:
        said = ngettext("{what}, {count} day late.", "{what}, {count} days late.", longest, what=_in_words(page, 1))
    else:
        said = ngettext(
            "{what}, the longest {count} day late.", "{what}, the longest {count} days late.", longest, what=_in_words(page, len(late))
        )
    said = _("{said} Tell the panel's chair.", said=said) if for_chair else said
    return Waiting(said, len(late), longest, page, for_chair)


def _in_words(page: str, count: int) -> str:
    told: dict[str, Callable[[], str]] = {
        PLACES: lambda: ngettext("{count} place is overdue", "{count} places are overdue", count),
        ASSESSMENTS: lambda: ngettext("{count} assessment has something overdue", "{count} assessments have something overdue", count),
        REFERRALS: lambda: ngettext("{count} referral of a place is overdue", "{count} referrals of places are overdue", count),
        CHECKS: lambda: ngettext("{count} agency check is not answered", "{count} agency checks are not answered", count),
        SESSIONS: lambda: ngettext(
            "{count} group of young people is to be told what came of it", "{count} groups of young people are to be told what came of it",
            count,
        ),
        NOTES: lambda: ngettext("{count} flag waits for its note to be read", "{count} flags wait for their notes to be read", count),
    }  # fmt: skip
    return told[page]()


def _places(workspace: Workspace, today: date) -> list[_Late]:
    columns = ("status", "authority", "answer_of_authority", "worker", "ends_on", "kept_at")
    every = revisions.every(workspace.register, schema.space_versions, *columns)
    since = status_since(every)
    rows = every[~every.index.duplicated()]
    late = (
        space_words.late(row, since[space_id], today) for space_id, row in zip(map(str, rows.index), rows.to_dict("records"), strict=True)
        if row["status"] != space.MERGED
    )  # fmt: skip
    return [_Late(max(days, 1), space_words.LOOKED_AT_WITHIN_DAYS) for said, days in late if said]


def _assessments(workspace: Workspace, today: date) -> list[_Late]:
    register = workspace.register
    longest: dict[str, int] = {}
    actions = revisions.newest(register, schema.actions, "assessment_id", "state", "action", "owner", "due_on")
    for one in assessing.overdue(register.assessments(), actions, today):
        longest[one.assessment_id] = max(one.days, longest.get(one.assessment_id, 0))
    return [_Late(days, assessing.ESCALATE_AFTER_DAYS) for days in longest.values()]


def _referrals(workspace: Workspace, reader: Reader, today: date) -> list[_Late]:
    rows = revisions.newest(workspace.register, schema.place_referrals, "from_role", "decision", "raised_on", "read_on")
    if not access.can_answer_place_referrals(reader):
        rows = rows[rows["from_role"] == str(reader.role)]
    late = [(place_referrals.overdue_days(row, today), row["read_on"]) for row in rows.to_dict("records")]
    unread, unanswered = place_referrals.READ_WITHIN_DAYS, place_referrals.ANSWERED_WITHIN_DAYS
    return [_Late(days, unread if read_on is None else unanswered) for days, read_on in late if days > 0]


def _checks(workspace: Workspace, today: date) -> list[_Late]:
    rows = revisions.newest(workspace.register, schema.agency_checks, "act", "why", "answered_on", "answered_as", "due_on")
    late = agency_checks.states(rows, today)["state"] == agency_checks.OVERDUE
    return [_Late((today - due).days, CHECKS_ALLOWED_DAYS) for due in rows.loc[late, "due_on"]]


def _sessions(workspace: Workspace, reader: Reader, today: date) -> list[_Late]:
    columns = ("act", "worker", "seen_by", "how_many", "held_on", "told_back", "told_back_on")
    rows = revisions.newest(workspace.register, schema.youth_sessions, *columns)
    late = rows[youth_sessions.states(rows, today)["state"] == youth_sessions.OVERDUE].to_dict("records")
    within = youth_sessions.TOLD_BACK_WITHIN_DAYS
    return [_Late((today - row["held_on"]).days - within, within) for row in late if youth_sessions.may_see(row, reader)]


def _notes(workspace: Workspace, today: date) -> list[_Late]:
    made = flags.waiting_since(workspace.register)
    late = ((today - day).days - NOTES_READ_WITHIN_DAYS for day in made)
    return [_Late(days, NOTES_READ_WITHIN_DAYS) for days in late if days > 0]
