"""Sessions with young people: who asked, what the group was told, what was heard, and whether they were told what came of it.

A session is written down by the worker who was there. Every change is a new row (`revisions`) with its audit event. What young people
take back is the one thing that goes from the rows before as well: they were told that it would. A worker who leaves hands the group's
sessions to another, or the data steward does, so that there is always somebody who can take them back.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from spaces import access, days, free_text, ledger, revisions, schema, space
from spaces.audit import AuditEvent
from spaces.register import Register, new_id
from words import N_, DataProblem, _, ngettext

PURPOSE, WHO_SEES, CAN_WITHDRAW = "purpose", "who_sees", "can_withdraw"
TOLD = {
    PURPOSE: N_("What it is for"),
    WHO_SEES: N_("Who will see it"),
    CAN_WITHDRAW: N_("That they can take it back, and how"),
}
"""What a group is told before anything is written down. All three: what is said without knowing is not theirs to have given."""

WORKER, PANEL, MAP = "worker", "panel", "map"
SEEN_BY = {
    WORKER: N_("Only their worker"),
    PANEL: N_("Their worker and the panel"),
    MAP: N_("Their worker, the panel and other youth workers"),
}
"""Who the young people were told would see it; nobody else does."""

METHODS = {
    "walkabout": N_("A walk round the place"), "safety_map": N_("A safety map"), "group_talk": N_("A group talk"),
    "photo_walk": N_("A photo walk"), "drawing": N_("Drawing"), "other": N_("Another way"),
}  # fmt: skip

LANGUAGES = {
    "en": N_("English"), "cy": N_("Welsh"), "both": N_("English and Welsh"), "bsl": N_("British Sign Language"),
    "another": N_("Another language"),
}  # fmt: skip

WAITING, OVERDUE, TOLD_BACK, WITHDRAWN = "waiting", "overdue", "told_back", "withdrawn"
STATE_LABELS = {
    OVERDUE: N_("Overdue: the group waits to hear what came of it"),
    WAITING: N_("To be told back"),
    TOLD_BACK: N_("Told back"),
    WITHDRAWN: N_("Taken back by the young people"),
}

TOLD_BACK_WITHIN_DAYS = 28
"""From the session to telling the group: the panel meets once in it, and a group that hears nothing for longer takes it for a no."""

FEWEST_SEEN = 5
"""Of fewer young people than this, those who know them may know who said what: only their worker and the panel see it."""

MOST_YOUNG_PEOPLE = 500
"""More than a school assembly is a slip of the key."""

LONGEST_NAME, LONGEST_TEXT, LONGEST_HEARD = 80, 200, 600

FIELD_LABELS = {
    "held_on": N_("When it was"), "asked_by": N_("Who asked for it (a role or a team)"), "purpose": N_("What they were told it is for"),
    "group_name": N_("What the group is called (no young person's name)"), "how_many": N_("How many young people"),
    "heard": N_("What was heard"), "told_back": N_("What they were told"), "told_back_on": N_("When they were told"),
}  # fmt: skip


@dataclass(frozen=True)
class Session:
    """A session as its worker writes it down. `space_id` is the place that it is about, empty where it is about none yet."""

    held_on: date
    asked_by: str
    purpose: str
    told: tuple[str, ...]
    seen_by: str
    method: str
    language: str
    group_name: str
    how_many: int | None
    heard: str
    space_id: str = ""

    def tidied(self) -> Session:
        """Return the same without spaces and line breaks that say nothing, what was told in its order and once."""
        return dataclasses.replace(free_text.tidied(self), told=tuple(item for item in TOLD if item in self.told))


def problems(session: Session, *, today: date, places: frozenset[str] = frozenset()) -> Iterator[DataProblem]:
    """Say all that is wrong with a session that is to be kept. `places` are names of the area's own places, casefolded."""
    if not session.asked_by:
        yield DataProblem("Say who asked for the session: a role or a team, such as the panel or the youth club itself.")
    if not session.purpose or set(session.told) != set(TOLD) or session.seen_by not in SEEN_BY:
        yield DataProblem(
            "A group is told what it is for, who will see it, and that it can take back what it said. Tell them, and say here that you did."
        )
    if session.method not in METHODS or session.language not in LANGUAGES:
        yield DataProblem("Say how you worked with the group, and in which language.")
    if session.space_id and session.seen_by == WORKER:
        yield _worker_only()
    if not session.group_name:
        yield DataProblem("Give the group a name that names nobody, such as: Tuesday youth club.")
    if type(session.how_many) is not int or not 1 <= session.how_many <= MOST_YOUNG_PEOPLE:  # yes and no are numbers to Python
        yield DataProblem("Say how many young people were there: a number from 1 to {most}.", most=MOST_YOUNG_PEOPLE)
    if not session.heard:
        yield DataProblem("Write in a few sentences what was heard, as the group would say it.")
    yield from days.problems({FIELD_LABELS["held_on"]: session.held_on}, today=today)
    longest = {"asked_by": LONGEST_NAME, "group_name": LONGEST_NAME, "purpose": LONGEST_TEXT, "heard": LONGEST_HEARD}
    yield from _of_texts({name: (getattr(session, name), most) for name, most in longest.items()}, places)


def keep(
    register: Register, reader: access.Reader, session: Session, *, session_id: str = "", seen: int = 0, today: date,
    places: frozenset[str] = frozenset(), origin: str,
) -> str:  # fmt: skip
    """Write a session down, or correct what was written, and return its id; without an id it is new.

    `seen` is the version that whoever corrects was looking at. DataProblem where another was kept since: nothing is overwritten.
    """
    access.check_keep_sessions(reader)
    session = session.tidied()
    for problem in problems(session, today=today, places=places):
        raise problem
    session_id, action = session_id or new_id(), "session corrected" if session_id else "session held"
    audit = AuditEvent(reader.name, action, "what young people said", origin, session_id)
    values: dict[str, Any] = {**dataclasses.asdict(session), "told": " ".join(session.told), "act": "kept"}

    def work(connection: sa.Connection) -> None:
        row = own(connection, session_id, reader) if seen else None
        if row is not None and row["seen_by"] != session.seen_by:
            raise DataProblem("The group was told who would see what it said. That cannot be changed after it has spoken.")
        if row is not None and row["told_back_on"] is not None and session.held_on > row["told_back_on"]:
            raise DataProblem("The group was told what came of it before that day. Check the day.")
        kept = {name: row[name] for name in ("told_back", "told_back_on", "why", "worker", "space_id")} if row is not None else _NOTHING_YET
        changed = kept | {"worker": reader.name} | values | ({"space_id": kept["space_id"]} if not session.space_id else {})
        revisions.add(connection, schema.youth_sessions, session_id, seen, changed, audit=audit, otherwise=_changed())

    register.write(audit, work)
    return session_id


def about(register: Register, reader: access.Reader, session_id: str, space_id: str, *, seen: int, origin: str) -> None:
    """Say which place a session is about: one that is there already, or that has just been started by it."""
    access.check_keep_sessions(reader)
    audit = AuditEvent(reader.name, "session is about a place", "what young people said", origin, session_id)

    def work(connection: sa.Connection) -> None:
        row = own(connection, session_id, reader)
        if row["seen_by"] == WORKER:
            raise _worker_only()
        _next(connection, row, seen, audit, act="about", space_id=space_id)

    register.write(audit, work)


def start_space(
    register: Register, reader: access.Reader, session_id: str, details: space.Details, *, seen: int, today: date,
    places: frozenset[str] = frozenset(), origin: str,
) -> str:  # fmt: skip
    """Start a place with what a group said, whatever is recorded there, and return its space's id: both are kept, or neither."""
    access.check_keep_sessions(reader)
    access.check_raise_space(reader)
    details = details.tidied()
    for problem in space.problems(details, today=today, places=places):
        raise problem
    audit = AuditEvent(reader.name, "space raised", f"raised by: {details.raised_by}", origin, session_id)
    space_id = new_id()

    def work(connection: sa.Connection) -> str:
        row = own(connection, session_id, reader)
        if row["seen_by"] == WORKER:
            raise _worker_only()
        raised = space.raise_in(connection, details, space_id, audit=audit)
        _next(connection, row, seen, audit, act="about", space_id=raised)
        return raised

    return register.write(audit, work) or str(newest(register).loc[session_id, "space_id"])


def tell_back(
    register: Register, reader: access.Reader, session_id: str, *, seen: int, told: str, on: date, today: date,
    places: frozenset[str] = frozenset(), origin: str,
) -> None:  # fmt: skip
    """Write down what the group was told came of it, and when."""
    access.check_keep_sessions(reader)
    told = free_text.tidy(told)
    if not told:
        raise DataProblem("Say what the group was told. That nothing could be done, and why, is an answer too.")
    for problem in _of_texts({"told_back": (told, LONGEST_HEARD)}, places):
        raise problem
    days.check({FIELD_LABELS["told_back_on"]: on}, today=today)
    audit = AuditEvent(reader.name, "session told back", "what came of what young people said", origin, session_id)

    def work(connection: sa.Connection) -> None:
        row = own(connection, session_id, reader)
        if on < row["held_on"]:
            raise DataProblem("“{field}” is before the session itself. Check the day.", field=_(FIELD_LABELS["told_back_on"]))
        _next(connection, row, seen, audit, act=TOLD_BACK, told_back=told, told_back_on=on)

    register.write(audit, work)


def withdraw(register: Register, reader: access.Reader, session_id: str, *, seen: int, kept_in: Path, origin: str) -> None:
    """Take a session back for its young people: what they said and drew goes, from the rows before too; that there was one stays.

    The ledger `kept_in` is written inside the transaction, so that no backup brings it back (see `spaces/ledger.py`).
    """
    access.check_look_after_sessions(reader)
    audit = AuditEvent(reader.name, "session taken back", "the young people took it back", origin, session_id)

    def work(connection: sa.Connection) -> None:
        if _looked_after(connection, session_id, reader)["version"] != seen:
            raise _changed()
        forget(connection, session_id, audit=audit)
        ledger.add(kept_in, [(ledger.SESSION, session_id, "")])

    register.write(audit, work)
    register.forget(schema.youth_sessions, schema.safety_marks)


def forget(connection: sa.Connection, session_id: str, *, audit: AuditEvent) -> None:
    """Delete what was said and drawn in a session, inside a transaction; where it still counts, it is taken back. None is well, too."""
    gone = {"heard": "", "told_back": ""}
    row = revisions.row_of(connection, schema.youth_sessions, session_id)
    if row is not None and row["act"] != WITHDRAWN:
        _next(connection, row, row["version"], audit, act=WITHDRAWN, **gone)
        _say_of_outlines(connection, session_id, audit)
    connection.execute(sa.update(schema.youth_sessions).where(schema.youth_sessions.c.session_id == session_id).values(**gone))
    connection.execute(sa.delete(schema.safety_marks).where(schema.safety_marks.c.session_id == session_id))


def hand_over(register: Register, reader: access.Reader, session_id: str, worker: str, *, seen: int, origin: str) -> None:
    """Give a session to another worker, by the name under which they sign in, with all that its worker held with the same group."""
    access.check_look_after_sessions(reader)
    worker = free_text.tidy(worker)
    if not 1 <= len(worker) <= LONGEST_NAME:
        raise DataProblem("Give the name under which the other worker signs in.")
    audit = AuditEvent(reader.name, "sessions handed over", "another worker looks after the group", origin, session_id)

    def work(connection: sa.Connection) -> None:
        row = _looked_after(connection, session_id, reader)
        if row["version"] != seen:
            raise _changed()
        if row["worker"] == worker:
            raise DataProblem("This worker has the session already. Give the name of another.")
        held = revisions.rows_of(connection, schema.youth_sessions, sa.true()).values()
        for one in [one for one in held if group_of(one) == group_of(row) and one["act"] != WITHDRAWN]:
            _next(connection, one, one["version"], audit, act="handed over", worker=worker)

    register.write(audit, work)


def group_of(row: Mapping[Hashable, Any]) -> tuple[str, str]:
    """Return what a group is known by: its worker and its name, since two workers may each have a Tuesday club."""
    return str(row["worker"]), str(row["group_name"]).casefold()


def newest(register: Register) -> pd.DataFrame:
    """Return the row that counts of each session, indexed by its id, with the columns of the table `youth_session`: for nobody's eyes yet.

    Whoever shows them asks `may_see` of each.
    """
    return revisions.newest(register, schema.youth_sessions)


def open_links(register: Register, today: date) -> list[str]:
    """Return the sessions whose link still gathers flags: until the group was told what came of it, or should have been."""
    at = schema.youth_sessions.c
    still = sa.and_(at.held_on >= today - timedelta(TOLD_BACK_WITHIN_DAYS), at.told_back_on.is_(None), at.act != WITHDRAWN)
    return [str(session_id) for session_id in revisions.newest(register, schema.youth_sessions, "act", which=still).index]


def may_see(row: Mapping[Hashable, Any], reader: access.Reader) -> bool:
    """Say whether a reader may see a session and its map: as the group was told, and of a small group the panel and its worker only."""
    if not access.can_see_sessions(reader):
        return False
    if access.can_keep_sessions(reader):
        return is_own(row, reader) or bool(row["seen_by"] == MAP and row["how_many"] >= FEWEST_SEEN)
    return row["seen_by"] in (PANEL, MAP)


def is_own(row: Mapping[Hashable, Any], reader: access.Reader) -> bool:
    """Say whether a session is a reader's own, to change and to draw on its map."""
    return access.can_keep_sessions(reader) and bool(row["worker"] == reader.name)


def states(rows: pd.DataFrame, today: date) -> pd.DataFrame:
    """Return of each session its `state` and the `reason` in words, on the index of `rows` (one row of each)."""
    said = [_state(row, today) for row in rows.to_dict("records")]
    return pd.DataFrame(said, index=rows.index, columns=["state", "reason"], dtype="str")


def session_of(row: Mapping[Hashable, Any]) -> Session:
    """Return what a row says of its session."""
    known = {field.name: row[field.name] for field in dataclasses.fields(Session)}
    return Session(**known | {"told": tuple(known["told"].split()), "how_many": int(known["how_many"])})


_NOTHING_YET = {"told_back": "", "told_back_on": None, "why": "", "worker": "", "space_id": ""}


def _state(row: Mapping[Hashable, Any], today: date) -> tuple[str, str]:
    if row["act"] == WITHDRAWN:
        return WITHDRAWN, _("The young people took it back. What they said and drew is gone.")
    if row["told_back_on"] is not None:
        return TOLD_BACK, _("Told back on {day}: {words}", day=days.said(row["told_back_on"]), words=row["told_back"])
    due = row["held_on"] + timedelta(TOLD_BACK_WITHIN_DAYS)
    late = (today - due).days
    if late > 0:
        return OVERDUE, ngettext(
            "The group should have been told what came of it {count} day ago.",
            "The group should have been told what came of it {count} days ago.", late,
        )  # fmt: skip
    return WAITING, _("The group is to be told what came of it by {day}.", day=days.said(due))


def own(connection: sa.Connection, session_id: str, reader: access.Reader) -> dict[Any, Any]:
    """Return the row that counts of a session of the reader's own; DataProblem where it is another's, or was taken back."""
    row = _stands(connection, session_id)
    if row["worker"] != reader.name:
        raise DataProblem("This session was held by another worker, who alone changes it. Ask them, or the data steward, to hand it over.")
    return row


def _looked_after(connection: sa.Connection, session_id: str, reader: access.Reader) -> dict[Any, Any]:
    """Return the row that counts of a session that the reader answers for: their own, and any for the data steward."""
    return own(connection, session_id, reader) if access.can_keep_sessions(reader) else _stands(connection, session_id)


def _stands(connection: sa.Connection, session_id: str) -> dict[Any, Any]:
    missing = DataProblem("This session is not in the list. Choose it again.")
    row = revisions.stands(connection, schema.youth_sessions, session_id, missing=missing)
    if row["act"] == WITHDRAWN:
        raise DataProblem("The young people took this session back. Nothing more is written down of it.")
    return row


def _say_of_outlines(connection: sa.Connection, session_id: str, audit: AuditEvent) -> None:
    """Say of each place whose outline is what the group drew, and nobody has drawn since, that it was taken back."""
    of_it, at = schema.youth_sessions.c, schema.space_versions.c
    acts = sa.select(of_it.act_id).where(of_it.session_id == session_id)
    first = sa.select(at.space_id).where(at.act == "raised", at.feature_id == "", at.boundary.is_not(None), at.act_id.in_(acts))
    drawn = set(connection.scalars(first))
    drawn |= set(connection.scalars(sa.select(at.space_id).where(at.act == "split off", at.came_of.in_(drawn))))
    drawn -= set(connection.scalars(sa.select(at.space_id).where(at.act == space.REDRAWN, at.space_id.in_(drawn))))
    for space_id in sorted({str(space.stands_now(connection, one)["space_id"]) for one in drawn}):
        space.step(connection, space_id, space.stands(connection, space_id)["version"], {"act": space.OUTLINE_TAKEN_BACK}, audit=audit)


def _next(connection: sa.Connection, row: Mapping[Hashable, Any], seen: int, audit: AuditEvent, **changes: Any) -> None:
    revisions.again(connection, schema.youth_sessions, row, seen, changes, audit=audit, otherwise=_changed())


def _of_texts(written: dict[str, tuple[str, int]], places: frozenset[str]) -> Iterator[DataProblem]:
    given = {FIELD_LABELS[name]: text for name, text in written.items()}
    yield from free_text.problems(given, places=places, of_a_role=frozenset({FIELD_LABELS["asked_by"], FIELD_LABELS["group_name"]}))


def _worker_only() -> DataProblem:
    return DataProblem(
        "The group was told that only their worker sees it, so it cannot stand with a place. Ask the group in a new session."
    )


def _changed() -> revisions.ChangedMeanwhile:
    return revisions.ChangedMeanwhile(
        "This session was changed after you opened it, and that is kept. Look at what it says now before you go on."
    )
