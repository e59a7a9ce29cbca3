"""What is done about one place: who referred it, which agencies were asked about it, and what groups of young people said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from briefing import agency_checks, place_referrals, safety_maps, youth_sessions
from briefing.agency_checks import Check
from briefing.place_referrals import Letter
from briefing.workspace import Workspace
from briefing.youth_sessions import Held
from spaces import access, space
from spaces.access import Reader
from words import _, ngettext


@dataclass(frozen=True)
class Work:
    """Sentences about one place, each as far as its reader may see it: a list is empty where there is nothing."""

    sessions: list[str]
    """What groups of young people said, and whether each was told what came of it."""
    checks: list[str]
    """Which agency was asked to look, and what it answered or how late it is."""
    referrals: list[str]
    """Who referred the place, why, and how far the answer is."""


def work(workspace: Workspace, reader: Reader, space_id: str, today: date) -> Work:
    """Return what is done about a place, and about those that have become part of it."""
    access.check_see_counts(reader)
    rows = space.newest(workspace.register, "merged_into", "feature_id")
    here = {of for of, now in space.now_part_of(rows).items() if now == space_id}
    sessions = youth_sessions.listed(workspace, reader, today, about=here)
    checks = agency_checks.listed(workspace, reader, today, about=here)
    letters = place_referrals.inbox(workspace, reader, today, about=here, feature_id=str(rows.loc[space_id, "feature_id"]))
    return Work([_session(held) for held in sessions], [_check(check) for check in checks], [_letter(letter) for letter in letters])


def _session(held: Held) -> str:
    young = ngettext("{count} young person", "{count} young people", held.session.how_many or 0)
    heard = _("“{heard}”", heard=held.known[_("What was heard")]) if _("What was heard") in held.known else ""
    return " ".join(part for part in (f"{safety_maps.called(held)}, {young}.", heard, held.reason) if part)


def _check(check: Check) -> str:
    answered = "; ".join(check.answer.values())
    said = _("{agency}, asked about {period}: {reason}", agency=check.agency, period=check.period, reason=check.reason)
    return f"{said} {_ended(answered)}".strip()


def _letter(letter: Letter) -> str:
    reply = _("The reply: {reply}", reply=letter.reply) if letter.reply else ""
    return " ".join(part for part in (f"{letter.sender}: {_ended(letter.why)}", letter.clock, reply) if part)


def _ended(text: str) -> str:
    return text if not text or text[-1] in ".!?" else f"{text}."
