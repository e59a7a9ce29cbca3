"""Why a place is as it is, in the words that young people choose from: a closed list in both languages, theirs to change.

The list begins with the words below. The partnership adds, rewords and retires with children, and says which of them agreed; every
change is a new row (`revisions`). A reason that is retired is no longer offered, and stays readable on flags that were made with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from spaces import access, free_text, revisions, schema
from spaces.audit import AuditEvent
from spaces.register import Register, new_id
from words import N_, DataProblem, language

BAD, GOOD = "bad", "good"
"""What a reason speaks for. A wish is one for something good."""

KIND_LABELS = {BAD: N_("What makes it unsafe"), GOOD: N_("What makes it safe, or would")}

LONGEST_REASON = 60
"""More does not fit on two lines of a telephone, between other reasons."""

FIELD_LABELS = {"en": N_("The reason in English"), "cy": N_("The reason in Welsh"), "agreed_with": N_("Who agreed it (a group, not names)")}

BEGIN_WITH = {
    "dark": (BAD, "It is dark", "Mae'n dywyll"),
    "unlit_park": (BAD, "The park is not lit", "Does dim golau yn y parc"),
    "unlit_street": (BAD, "The street is not lit", "Does dim golau ar y stryd"),
    "unlit_alley": (BAD, "The alleyway is not lit", "Does dim golau yn y lôn gefn"),
    "no_way_out": (BAD, "Hard to get away", "Mae'n anodd dianc"),
    "hidden": (BAD, "Nobody can see you", "Does neb yn gallu dy weld di"),
    "empty": (BAD, "Nobody is around", "Does neb o gwmpas"),
    "run_down": (BAD, "Broken, dirty or neglected", "Wedi torri, yn fudr neu wedi'i esgeuluso"),
    "traffic": (BAD, "Traffic is dangerous", "Mae'r traffig yn beryglus"),
    "groups_at_night": (BAD, "Groups at night", "Grwpiau yn y nos"),
    "bullying": (BAD, "Bullying", "Bwlio"),
    "gangs": (BAD, "Gangs", "Gangiau"),
    "dealing": (BAD, "Drug dealing", "Delio cyffuriau"),
    "drinking_or_drugs": (BAD, "People drunk or on drugs", "Pobl wedi meddwi neu ar gyffuriau"),
    "weapons": (BAD, "Knives or other weapons", "Cyllyll neu arfau eraill"),
    "fights": (BAD, "Fights", "Ymladd"),
    "robbed": (BAD, "People get robbed", "Mae pobl yn cael eu mygio"),
    "harassed": (BAD, "Shouted at, followed or touched", "Pobl yn gweiddi, yn ein dilyn neu'n cyffwrdd ynon ni"),
    "adults_watching": (BAD, "Adults watching us", "Oedolion yn ein gwylio"),
    "adults_asking": (BAD, "Adults asking for things or offering things", "Oedolion yn gofyn am bethau neu'n cynnig pethau"),
    "moved_on": (BAD, "We get moved on", "Rydyn ni'n cael ein symud ymlaen"),
    "racism": (BAD, "Racism", "Hiliaeth"),
    "hate": (BAD, "Picked on for who we are", "Cael ein targedu oherwydd pwy ydyn ni"),
    "trusted_adult": (GOOD, "An adult we can trust", "Oedolyn y gallwn ymddiried ynddo"),
    "good_light": (GOOD, "Good light", "Golau da"),
    "somewhere_to_sit": (GOOD, "Somewhere to sit", "Rhywle i eistedd"),
    "friends": (GOOD, "Friends are there", "Mae ffrindiau yno"),
    "something_to_do": (GOOD, "Something to do", "Rhywbeth i'w wneud"),
    "people_around": (GOOD, "People are around", "Mae pobl o gwmpas"),
    "open_late": (GOOD, "Open late", "Ar agor yn hwyr"),
    "warm_and_dry": (GOOD, "Warm and dry", "Cynnes a sych"),
    "free": (GOOD, "It costs nothing", "Mae am ddim"),
    "easy_to_reach": (GOOD, "Easy to get to", "Hawdd ei gyrraedd"),
    "welcome": (GOOD, "We are made welcome", "Mae croeso i ni yno"),
}
"""What the list begins with: a kind, English and Welsh. What the surroundings are like, how people behave there, what young people have
said elsewhere makes a place unsafe for them, and what makes one good. A Welsh speaker reads it before it is used."""


@dataclass(frozen=True)
class Reason:
    """One reason of the list. `place` orders it; `agreed_with` is empty for those the list began with."""

    reason_id: str
    kind: str
    en: str
    cy: str
    agreed_with: str
    place: int
    in_use: bool
    version: int

    @property
    def words(self) -> str:
        """Return the reason in the language spoken now."""
        return self.cy if language() == "cy" else self.en


def every(register: Register) -> dict[str, Reason]:
    """Return every reason by its id, retired ones too, in the order in which they are offered."""
    found = {
        reason_id: Reason(reason_id, kind, en, cy, "", place, True, 0)
        for place, (reason_id, (kind, en, cy)) in enumerate(BEGIN_WITH.items())
    }
    rows = register.read(lambda connection: revisions.rows_of(connection, schema.flag_reasons, sa.true()))
    for reason_id, row in rows.items():
        found[reason_id] = Reason(
            reason_id, row["polarity"], row["en"], row["cy"], row["agreed_with"], row["place"], bool(row["in_use"]), row["version"]
        )
    return dict(sorted(found.items(), key=lambda one: (one[1].kind, one[1].place)))


def offered(register: Register, kinds: Iterable[str]) -> list[Reason]:
    """Return the reasons that are offered for these kinds, in order."""
    return [reason for reason in every(register).values() if reason.in_use and reason.kind in set(kinds)]


def add(register: Register, reader: access.Reader, *, kind: str, en: str, cy: str, agreed_with: str, origin: str) -> str:
    """Add a reason to the end of the list and return its id."""
    reason_id = new_id()
    place = max(reason.place for reason in every(register).values()) + 1
    _keep(register, reader, Reason(reason_id, kind, en, cy, agreed_with, place, True, 0), "reason added", origin)
    return reason_id


def reword(register: Register, reader: access.Reader, reason: Reason, *, en: str, cy: str, agreed_with: str, origin: str) -> None:
    """Put a reason in better words that mean the same: they also stand on the flags that were made with it."""
    _keep(register, reader, replace(reason, en=en, cy=cy, agreed_with=agreed_with), "reason reworded", origin)


def retire(register: Register, reader: access.Reader, reason: Reason, *, agreed_with: str, origin: str) -> None:
    """Offer a reason no longer; flags that were made with it keep it."""
    _keep(register, reader, replace(reason, agreed_with=agreed_with, in_use=False), "reason retired", origin)


def _keep(register: Register, reader: access.Reader, reason: Reason, action: str, origin: str) -> None:
    access.check_keep_flag_reasons(reader)
    said = {name: free_text.tidy(getattr(reason, name)) for name in FIELD_LABELS}
    if reason.kind not in KIND_LABELS:
        raise DataProblem("Choose whether the reason is for what is unsafe or for what is safe.")
    if not (said["en"] and said["cy"]):
        raise DataProblem("Give the reason in English and in Welsh: it is offered in both from the first day.")
    if not said["agreed_with"]:
        raise DataProblem("Say which young people agreed it, as a group: the list is theirs.")
    written = {FIELD_LABELS[name]: (text, LONGEST_REASON if name != "agreed_with" else 200) for name, text in said.items()}
    free_text.check(written, of_a_role=frozenset({FIELD_LABELS["agreed_with"]}))
    alike = _plain(said["en"]), _plain(said["cy"])
    for other in every(register).values():
        if other.reason_id != reason.reason_id and other.in_use and reason.in_use and (_plain(other.en), _plain(other.cy)) == alike:
            raise DataProblem("“{reason}” is in the list already. Reword that one, or say what is different.", reason=said["en"])
    values: dict[str, Any] = said | {"polarity": reason.kind, "place": reason.place, "in_use": int(reason.in_use), "act": action}
    audit = AuditEvent(reader.name, action, "agreed with young people", origin, reason.reason_id)

    def work(connection: sa.Connection) -> None:
        changed = revisions.ChangedMeanwhile(
            "Somebody else has just changed this reason. Look at how it stands before you change it again."
        )
        revisions.add(connection, schema.flag_reasons, reason.reason_id, reason.version, values, audit=audit, otherwise=changed)

    register.write(audit, work)


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()
