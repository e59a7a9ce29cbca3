"""What was seen at a place by those who went there: when, in what weather and light, and how adults behaved.

Children are counted only when they know that they are: nobody is watched for this.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date, time
from typing import Any

import pandas as pd
import sqlalchemy as sa

from spaces import access, assessment_rows, free_text, revisions, schema, space
from spaces.assessing import CLOSED, PLANNED
from spaces.assessment_rows import check_done_on
from spaces.audit import AuditEvent
from spaces.register import Register, new_id
from words import N_, DataProblem, _, ngettext

WEATHER = {
    "dry": N_("Dry"), "rain": N_("Rain"), "wind": N_("Windy"), "cold": N_("Cold"), "hot": N_("Hot"), "fog": N_("Fog"),
    "snow": N_("Snow or ice"),
}  # fmt: skip

LIT, PARTLY, UNLIT, NOT_SEEN = "lit", "partly", "unlit", "not_seen"
LIGHT = {
    LIT: N_("Lit"), PARTLY: N_("Lit in parts"), UNLIT: N_("Not lit"), NOT_SEEN: N_("Not seen after dark"),
}  # fmt: skip
"""The light as seen after dark. What nobody saw after dark is not known, and never unlit."""

LONGEST, LONGEST_LINE, MOST_CHILDREN = 600, 120, 999

FIELD_LABELS = {
    "features": N_("What is there, and in what state"), "adults": N_("How adults behaved (no names, nothing they could be known by)"),
    "by": N_("Who observed (a role or a team)"),
}  # fmt: skip

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True)
class Details:
    """One observation. Times are by the clock there; one that ends earlier than it begins ends on the next day. No count is None."""

    seen_on: date
    from_time: str
    to_time: str
    by: str
    weather: str = ""
    light: str = NOT_SEEN
    features: str = ""
    adults: str = ""
    children: int | None = None
    children_knew: bool | None = None

    def tidied(self) -> Details:
        """Return the same without spaces and line breaks that say nothing."""
        return free_text.tidied(self)


def check(details: Details, *, today: date, places: frozenset[str] = frozenset()) -> None:
    """Raise the first thing that is wrong with an observation, in words."""
    check_done_on(details.seen_on, today)
    if not (_TIME.fullmatch(details.from_time) and _TIME.fullmatch(details.to_time)) or details.from_time == details.to_time:
        raise DataProblem("Give the times from and to, such as 21:30 and 22:15.")
    if details.weather and details.weather not in WEATHER:
        raise DataProblem("Choose the weather from the list.")
    if details.light not in LIGHT:
        raise DataProblem("Say what the light was after dark: lit, lit in parts, not lit, or not seen after dark.")
    if not details.by:
        raise DataProblem("Say who observed: a role or a team.")
    if not (details.features or details.adults or details.light != NOT_SEEN or details.children is not None):
        raise DataProblem("Write down something of what was seen: what is there, how adults behaved, or the light.")
    if details.children is not None:
        if not 0 <= details.children <= MOST_CHILDREN:
            raise DataProblem("Give how many children were there as a number, or leave it empty.")
        if not details.children_knew:
            raise DataProblem("Children are counted only when they know that they are. Tell them and ask, or leave the number out.")
    given = {FIELD_LABELS[name]: (getattr(details, name), most) for name, most in _TEXTS.items()}
    free_text.check(given, places=places, of_a_role=frozenset({FIELD_LABELS["by"]}))


def add(
    register: Register, reader: access.Reader, details: Details, *, assessment_id: str = "", space_id: str = "", today: date,
    read_on: date | None = None, places: frozenset[str] = frozenset(), origin: str,
) -> str:  # fmt: skip
    """Write down what was seen at the place of an assessment, or at a space that is not assessed, and return the observation's id."""
    access.check_add_observations(reader)
    details = details.tidied()
    check(details, today=today, places=places)
    audit = AuditEvent(reader.name, "place observed", "somebody went and looked", origin, assessment_id or space_id)
    new = new_id()
    knew = None if details.children is None else int(bool(details.children_knew))

    def work(connection: sa.Connection) -> None:
        of, round_ = space_id, ""
        if assessment_id:
            row = assessment_rows.with_days(connection, assessment_rows.stands(connection, assessment_id), read_on or today)
            if row["status"] in (PLANNED, CLOSED):
                raise DataProblem("Observations are added while an assessment is under way. This one is not begun, or is closed.")
            of, round_ = row["space_id"], assessment_rows.round_of(row, details.seen_on)
        else:
            space.stands(connection, of)
        same = {"space_id": of, "assessment_id": assessment_id, "round": round_, "children_knew": knew}
        values = asdict(details) | same | {"act": "observed"}
        revisions.add(connection, schema.observations, new, 0, values, audit=audit, otherwise=revisions.changed())

    register.write(audit, work)
    return new


def newest(register: Register) -> pd.DataFrame:
    """Return the row that counts of each observation, indexed by its id, with the columns of the table `observation`."""
    return revisions.newest(register, schema.observations)


def sentence(row: Any) -> str:
    """Say one observation in words, without its texts."""
    said = [_("{start} to {end}", start=row["from_time"], end=row["to_time"])]
    if row["weather"] in WEATHER:
        said.append(_(WEATHER[row["weather"]]).lower())
    said.append(_("after dark: {light}", light=_(LIGHT[row["light"]]).lower()) if row["light"] != NOT_SEEN else _(LIGHT[NOT_SEEN]).lower())
    if pd.notna(row["children"]):
        said.append(ngettext("{count} child, who knew of it", "{count} children, who knew of it", int(row["children"])))
    return "; ".join(said)


def times(row: Any) -> tuple[time, time]:
    """Return from when and to when it was."""
    return time.fromisoformat(row["from_time"]), time.fromisoformat(row["to_time"])


_TEXTS = {"features": LONGEST, "adults": LONGEST, "by": LONGEST_LINE}
