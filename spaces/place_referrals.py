"""Referrals of a place: a partner asks for help *for the place*, and is answered. Raised, read, answered: a clock that everybody sees.

Every step is a new row (`revisions`) with its audit event. One that is accepted raises a space, or joins one, in the same transaction.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa

from spaces import access, days, free_text, revisions, schema, space, whereabouts
from spaces.audit import AuditEvent
from spaces.register import Register, new_id
from words import N_, DataProblem, _, ngettext

RAISED, READ, ACCEPTED, DECLINED = "raised", "read", "accepted", "declined"
STATE_LABELS = {RAISED: N_("Not read yet"), READ: N_("Read, not answered yet"), ACCEPTED: N_("Accepted"), DECLINED: N_("Declined")}
"""The steps of a referral, in their order; the last two are its answers."""

READ_WITHIN_DAYS = 7
"""Whoever refers a place has seen something there; a week is the shortest look that the panel has at its area."""

ANSWERED_WITHIN_DAYS = 28
"""The panel meets every month, so that each referral has been before it once."""

LONGEST_AGENCY, LONGEST_WORDS, LONGEST_TEXT = 120, 200, 2_000

FIELD_LABELS = {
    "from_agency": N_("Who refers it (an agency or a team)"), "whereabouts": N_("Where it is, in words"), "why": N_("Why this place"),
    "wants": N_("What you ask for"), "reason": N_("The reason"), "reply": N_("The reply"),
}  # fmt: skip

FREE_TEXT = {
    "from_agency": LONGEST_AGENCY, "whereabouts": LONGEST_WORDS, "why": LONGEST_TEXT, "wants": LONGEST_TEXT, "reason": LONGEST_TEXT,
    "reply": LONGEST_TEXT,
}  # fmt: skip
"""What is written in people's own words, and how long it may be."""


@dataclass(frozen=True)
class Referral:
    """Which place, why and what is asked for. Where: a place of the map by its id, or a position (EPSG:27700), or words alone."""

    from_agency: str
    why: str
    wants: str
    whereabouts: str = ""
    feature_id: str = ""
    easting: float | None = None
    northing: float | None = None


def refer(
    register: Register, reader: access.Reader, referral: Referral, *, today: date, places: frozenset[str] = frozenset(), origin: str
) -> str:
    """Refer a place to the panel, and return the referral's id."""
    access.check_refer_places(reader)
    said = {name: value for name, value in dataclasses.asdict(referral).items() if name in FREE_TEXT}
    texts = _checked(places, **said)
    if not (texts["from_agency"] and texts["why"] and texts["wants"]):
        raise DataProblem("Say who refers the place, an agency or a team, why, and what you ask for.")
    if not (texts["whereabouts"] or referral.feature_id):
        raise DataProblem("Say where the place is: choose it on the map, or say it in words that somebody would find it by.")
    whereabouts.check_position(referral.easting, referral.northing)
    values = dict.fromkeys(("read_on", "answered_on")) | dict.fromkeys(("decision", "reason", "reply", "space_id"), "")
    values |= dataclasses.asdict(referral) | texts | {"act": RAISED, "from_role": str(reader.role), "raised_on": today}
    referral_id = new_id()
    audit = AuditEvent(reader.name, "place referred", "help for a place is asked for", origin, referral_id)

    def work(connection: sa.Connection) -> None:
        revisions.add(connection, schema.place_referrals, referral_id, 0, values, audit=audit, otherwise=_changed())

    register.write(audit, work)
    return referral_id


def mark_read(register: Register, reader: access.Reader, referral_id: str, *, seen: int, today: date, origin: str) -> None:
    """Write down that the panel has read a referral, which whoever referred the place then sees."""
    access.check_answer_place_referrals(reader)
    audit = AuditEvent(reader.name, "referral of a place read", "the panel's inbox", origin, referral_id)
    register.write(audit, lambda connection: _step(connection, referral_id, seen, READ, {"read_on": today}, today, audit))


def accept(
    register: Register, reader: access.Reader, referral_id: str, *, seen: int, reply: str, raises: space.Details | None = None,
    joins: str = "", today: date, places: frozenset[str] = frozenset(), origin: str,
) -> str:  # fmt: skip
    """Accept a referral with a reply, and return the id of the space that it `raises` or `joins`; give one of the two."""
    access.check_answer_place_referrals(reader)
    texts = _checked(places, reply=reply)
    if not texts["reply"]:
        raise DataProblem("Write the reply that whoever referred the place will read.")
    if (raises is None) == (not joins):
        raise DataProblem("Say which place it is: a new one, or one that is in the list.")
    if raises is not None:
        raises = dataclasses.replace(raises, raised_by="referral").tidied()
        for problem in space.problems(raises, today=today, places=places):
            raise problem
    new_space = new_id()
    audit = AuditEvent(reader.name, "referral of a place accepted", "panel decision", origin, referral_id)

    def work(connection: sa.Connection) -> str:
        about = raises or space.Details("", "", "referral")
        space_id = space.raise_in(connection, about, new_space, join=joins, audit=audit)
        changes = texts | {"decision": ACCEPTED, "answered_on": today, "space_id": space_id}
        _step(connection, referral_id, seen, ACCEPTED, changes, today, audit)
        return space_id

    said = register.write(audit, work)
    return said or str(newest(register).loc[referral_id, "space_id"])


def decline(
    register: Register, reader: access.Reader, referral_id: str, *, seen: int, reason: str, reply: str, today: date,
    places: frozenset[str] = frozenset(), origin: str,
) -> None:  # fmt: skip
    """Decline a referral, with the panel's reason and the reply that goes back."""
    access.check_answer_place_referrals(reader)
    texts = _checked(places, reason=reason, reply=reply)
    if not all(texts.values()):
        raise DataProblem("Give the reason, and write the reply that whoever referred the place will read.")
    audit = AuditEvent(reader.name, "referral of a place declined", "panel decision", origin, referral_id)
    changes = texts | {"decision": DECLINED, "answered_on": today}
    register.write(audit, lambda connection: _step(connection, referral_id, seen, DECLINED, changes, today, audit))


def newest(register: Register) -> pd.DataFrame:
    """Return the row that counts of each referral, indexed by its id, with the columns of the table `place_referral`."""
    return revisions.newest(register, schema.place_referrals)


def states(rows: pd.DataFrame, today: date) -> pd.DataFrame:
    """Return of each referral its `state`, whether it is `overdue`, and its `clock` in words, on the index of `rows` (one row of each)."""
    said = [(_state(row), overdue_days(row, today) > 0, _clock(row, today)) for row in rows.to_dict("records")]
    return pd.DataFrame(said, index=rows.index, columns=["state", "overdue", "clock"]).astype(
        {"state": "str", "overdue": "bool", "clock": "str"}
    )


def _state(row: Mapping[Hashable, Any]) -> str:
    return str(row["decision"]) or (RAISED if row["read_on"] is None else READ)


def overdue_days(row: Mapping[Hashable, Any], today: date) -> int:
    """Return by how many days the next step is late; not more than 0 where it is not, or nothing is due."""
    state, waited = _state(row), (today - row["raised_on"]).days
    if state == RAISED:
        return int(waited - READ_WITHIN_DAYS)
    return int(waited - ANSWERED_WITHIN_DAYS) if state == READ else 0


def _clock(row: Mapping[Hashable, Any], today: date) -> str:
    state = _state(row)
    raised = _ago((today - row["raised_on"]).days)
    if state == RAISED:
        said = _("Raised {ago}, not read yet.", ago=raised)
        within = ngettext("It should be read within {count} day.", "It should be read within {count} days.", READ_WITHIN_DAYS)
    elif state == READ:
        said = _("Raised {ago}, read {after}, not answered yet.", ago=raised, after=_after(row["raised_on"], row["read_on"]))
        within = ngettext("It should be answered within {count} day.", "It should be answered within {count} days.", ANSWERED_WITHIN_DAYS)
    else:
        after = _after(row["raised_on"], row["answered_on"])
        return _("Raised on {day}, answered {after}.", day=days.said(row["raised_on"]), after=after)
    return f"{said} {within}" if overdue_days(row, today) > 0 else said


def _ago(count: int) -> str:
    return ngettext("{count} day ago", "{count} days ago", count) if count > 0 else _("today")


def _after(first: date, then: date) -> str:
    count = (then - first).days
    return ngettext("{count} day later", "{count} days later", count) if count > 0 else _("the same day")


def _step(
    connection: sa.Connection, referral_id: str, seen: int, act: str, changes: dict[str, Any], today: date, audit: AuditEvent
) -> None:  # fmt: skip
    missing = DataProblem("This referral is not in the list. Choose it again.")
    row = revisions.stands(connection, schema.place_referrals, referral_id, missing=missing)
    if row["version"] != seen:
        raise _changed()
    if row["decision"]:
        raise DataProblem("This referral is answered already. Whoever referred the place can refer it again.")
    if act == READ and row["read_on"] is not None:
        return
    now = {"read_on": row["read_on"] or today} | changes | {"act": act}
    revisions.again(connection, schema.place_referrals, row, seen, now, audit=audit, otherwise=_changed())


def _checked(places: frozenset[str], **written: str) -> dict[str, str]:
    """Return texts tidied, or raise the first thing that is wrong with them."""
    said = {name: free_text.tidy(text) for name, text in written.items()}
    given = {FIELD_LABELS[name]: (text, FREE_TEXT[name]) for name, text in said.items()}
    free_text.check(given, places=places, of_a_role=frozenset({FIELD_LABELS["from_agency"]}))
    return said


def _changed() -> revisions.ChangedMeanwhile:
    return revisions.ChangedMeanwhile(
        "Somebody else has just read or answered this referral, and that is kept. Look at what it says now before you go on."
    )
