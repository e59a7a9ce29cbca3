"""Flags: what somebody who knows a place said about it, saved the moment it is made, and taken back by a code that only they have.

A flag is chosen from closed lists; words of one's own are a youth worker's, who is there. It says nothing of who made it: not a name,
not an address, only which session it came of, so that one session cannot drown the others. Each change is a new row (`revisions`).
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from geo import cells, frames
from spaces import access, flag_reasons, free_text, ledger, revisions, schema
from spaces.access import Reader, Role
from spaces.audit import AuditEvent
from spaces.register import Register, new_id
from words import N_, DataProblem

SAFE, UNSAFE, MIXED, WISH = "safe", "unsafe", "mixed", "wish"
POLARITIES = {SAFE: N_("Safe"), UNSAFE: N_("Unsafe"), MIXED: N_("Mixed"), WISH: N_("Would like")}

KINDS_OF = {
    SAFE: (flag_reasons.GOOD,), UNSAFE: (flag_reasons.BAD,), MIXED: (flag_reasons.BAD, flag_reasons.GOOD), WISH: (flag_reasons.GOOD,),
}  # fmt: skip
"""Which reasons go with what is said of a place."""

TIMES = {"day": N_("Day"), "evening": N_("Evening"), "night": N_("Night")}

FEELINGS = {
    7: (
        N_("1 very unsafe"), N_("2 unsafe"), N_("3 a bit unsafe"), N_("4 in between"), N_("5 quite safe"), N_("6 safe"), N_("7 very safe"),
    ),
    3: (N_("1 not good"), N_("2 in between"), N_("3 good")),
}  # fmt: skip
"""How it feels, worst first: seven points, and three for under twelves, who cannot be expected to tell seven apart."""

YOUNG_PERSON, WITH_WORKER, PARENT, RESIDENT, BUSINESS, PROFESSIONAL = (
    "young_person", "with_worker", "parent", "resident", "business", "professional",
)  # fmt: skip
VIEWS = {
    WITH_WORKER: N_("A young person, with a worker"), YOUNG_PERSON: N_("A young person"), PARENT: N_("A parent or carer"),
    RESIDENT: N_("A resident"), BUSINESS: N_("A business"), PROFESSIONAL: N_("A professional"),
}  # fmt: skip

YOUNG, KNOWING, COMPLAINTS = "young", "knowing", "complaints"
STREAM_LABELS = {
    YOUNG: N_("Young people"), KNOWING: N_("Parents, carers and professionals"), COMPLAINTS: N_("Residents and businesses"),
}  # fmt: skip
STREAM_OF = {
    WITH_WORKER: YOUNG, YOUNG_PERSON: YOUNG, PARENT: KNOWING, PROFESSIONAL: KNOWING, RESIDENT: COMPLAINTS, BUSINESS: COMPLAINTS,
}  # fmt: skip
"""Whose views are ever counted together. What adults complain of is never added to what young people say: often it is about them."""

TO_WORKER, TO_PANEL, TO_MAP = "worker", "panel", "map"
SEEN_BY = {TO_WORKER: N_("Youth workers only"), TO_PANEL: N_("The panel too"), TO_MAP: N_("On the map")}
READ_BY: dict[Role, tuple[str, ...]] = {
    Role.YOUTH_WORKER: (TO_WORKER, TO_PANEL, TO_MAP),
    Role.PANEL_MEMBER: (TO_PANEL, TO_MAP),
    Role.DATA_STEWARD: (TO_PANEL, TO_MAP),
    Role.COMMUNITY_SAFETY_OFFICER: (TO_MAP,),
}
"""Which flags each role's answers are made from: what somebody chose for their worker is the youth workers' alone, and no steward's."""

WAITING, SHOWN, HELD, WITHDRAWN = "waiting", "shown", "held back", "withdrawn"
STATE_LABELS = {
    WAITING: N_("Somebody reads the note first"), SHOWN: N_("It counts"), HELD: N_("It is held back"), WITHDRAWN: N_("It is taken back"),
}  # fmt: skip

MOST_REASONS = 8
"""More than this is everything at once, and says nothing of what should change first."""

NOTE = N_("The worker's note")
LONGEST_NOTE = 300

A_WHILE = timedelta(hours=1)

MOST_OF_A_SESSION = 200
"""In `A_WHILE`: thirty pupils who hand round one telephone and flag half a dozen places each. They are told from one who drowns them all
by the session alone, never by an address: a whole school has one."""

MOST_OF_A_SESSION_OF_A_PLACE = 40
"""In `A_WHILE`: each of thirty pupils on the place they all talk about, and some again for another hour of the day."""

CODE_LETTERS = "2345679CDFHJKMNPQRTVWXY"
"""Nothing that is read for something else (0 and O, 1 and I, 8 and B, 2 and Z), and no vowels, so that no code is a word."""

CODE_LENGTH = 8
"""Two groups of four are copied down without a mistake; of 23 letters that is 78 thousand million codes."""

MOST_TRIES = 5
"""Codes that are not known, in `A_WHILE` and of one session: enough for a smudged hand, and nothing to guess with."""

PLACE_RESOLUTION = 10
"""A place without a name is what lies within an H3 cell of this resolution (75 m from corner to middle): a bench and what is round it."""

SAME_PLACE_M = 75.0
"""Of a place without a name, how far east or north another flag may be that counts as one of the same place for the limits."""

UNKNOWN_CODE = "code not known"


@dataclass(frozen=True)
class Flag:
    """What is said. `feature_id` is of a named place of the map; the position is in EPSG:27700 metres, None where only a name is known."""

    polarity: str
    seen_by: str
    view_of: str = WITH_WORKER
    reasons: tuple[str, ...] = ()
    time_of_day: str = ""
    feeling: int | None = None
    scale: int | None = None
    feature_id: str = ""
    whereabouts: str = ""
    easting: float | None = None
    northing: float | None = None
    note: str = ""
    language: str = "en"


@dataclass(frozen=True)
class Found:
    """A flag that somebody has the code of: its state, and why it is held back or changed."""

    flag_id: str
    version: int
    state: str
    why: str


def new_code() -> str:
    """Return a code to take a flag back with, such as K7MR-3PQ9: shown once, and kept nowhere."""
    letters = "".join(secrets.choice(CODE_LETTERS) for _each in range(CODE_LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def read_code(written: str) -> str:
    """Return a code as it was given, however it was copied down; DataProblem where it is none."""
    letters = "".join(sign for sign in written.upper() if sign.isalnum())
    letters = letters.translate(str.maketrans("SZG", "526"))
    if len(letters) != CODE_LENGTH or not set(letters) <= set(CODE_LETTERS):
        raise DataProblem("That is not a code. It has eight letters and numbers, such as K7MR-3PQ9.")
    return f"{letters[:4]}-{letters[4:]}"


def problems(register: Register, flag: Flag, *, places: frozenset[str] = frozenset()) -> Iterator[DataProblem]:
    """Say what is wrong with a flag. `places` are names of the area's own places, casefolded."""
    if flag.polarity not in POLARITIES:
        yield DataProblem("Choose first how the place is: safe, unsafe, mixed, or what you would like there.")
    if flag.seen_by not in SEEN_BY:
        yield DataProblem("Choose who sees it: youth workers only, the panel too, or on the map.")
    if flag.view_of not in VIEWS or flag.time_of_day not in {"", *TIMES}:
        yield DataProblem("Choose from the list whose view it is, and when.")
    if flag.feeling is not None and not (flag.scale in FEELINGS and 1 <= flag.feeling <= flag.scale):
        yield DataProblem("Choose how it feels from the row of numbers.")
    if not flag.feature_id and (flag.easting is None or flag.northing is None or not np.isfinite([flag.easting, flag.northing]).all()):
        yield DataProblem("Choose the place first: touch the map, or find it by its name.")
    known = flag_reasons.every(register) if flag.reasons else {}
    if any(reason not in known or not known[reason].in_use for reason in flag.reasons):
        yield DataProblem("One of the reasons is no longer in the list. Choose again.")
    if len(flag.reasons) > MOST_REASONS:
        yield DataProblem("Choose the {count} reasons that matter most.", count=MOST_REASONS)
    if flag.note:
        yield from note_problems(flag.note, places=places)


def note_problems(note: str, *, places: frozenset[str] = frozenset()) -> Iterator[DataProblem]:
    """Say what is wrong with a worker's note: too long, or something in it of who somebody is."""
    yield from free_text.problems({NOTE: (note, LONGEST_NOTE)}, places=places)


def make(
    register: Register, reader: Reader, flag: Flag, *, session_id: str, code_hash: str, today: date, places: frozenset[str] = frozenset(),
    origin: str,
) -> str:  # fmt: skip
    """Save a flag and return its id; when this returns, it is in the register.

    Without a note it counts at once, since it is chosen from closed lists; with one, somebody reads the note first, unless it is for youth
    workers only. DataProblem where the session has made too many in `A_WHILE`, of all places or of this one.
    """
    access.check_make_flags(reader)
    note = free_text.tidy(flag.note)
    for problem in problems(register, flag, places=places):
        raise problem
    flag_id, reasons = new_id(), ",".join(dict.fromkeys(flag.reasons))
    to_worker = flag.seen_by == TO_WORKER
    values = {name: getattr(flag, name) for name in _SAID} | {
        "note": note, "reasons": reasons, "shown_note": note if to_worker else "", "why": "", "code_hash": code_hash, "made_on": today,
        "session_id": session_id, "state": WAITING if note and not to_worker else SHOWN, "act": "made",
    }  # fmt: skip
    audit = AuditEvent(reader.name, "flag made", "somebody said how a place is", origin, flag_id)

    def work(connection: sa.Connection) -> None:
        _check_not_too_many(connection, flag, session_id, audit.happened_at)
        revisions.add(connection, schema.flags, flag_id, 0, values, audit=audit, otherwise=changed())

    register.write(audit, work)
    return flag_id


def newest(register: Register) -> pd.DataFrame:
    """Return the row that counts of each flag, indexed by its id, with the columns of the table `flag`."""
    return revisions.newest(register, schema.flags)


def about(register: Register, feature_ids: Collection[str], bounds: Sequence[float] = ()) -> pd.DataFrame:
    """Return the rows that count of some features of the map, and all within bounds (west, south, east, north in metres), like `newest`.

    Of a feature that any flag within the bounds is of, every flag comes.
    """
    at = schema.flags.c
    which: sa.ColumnElement[bool] = at.feature_id.in_(set(feature_ids) - {""})
    if bounds:
        west, south, east, north = bounds
        within = sa.and_(at.easting.between(west, east), at.northing.between(south, north))
        which = sa.or_(which, within, at.feature_id.in_(sa.select(at.feature_id).where(within, at.feature_id != "")))
    return revisions.newest(register, schema.flags, which=which)


def answerable(register: Register) -> pd.DataFrame:
    """Return where the flags are that young people may be answered on: of those that count, all but those for youth workers only."""
    at = schema.flags.c
    young = [view for view, stream in STREAM_OF.items() if stream == YOUNG]
    which = sa.and_(at.state == SHOWN, at.seen_by != TO_WORKER, at.view_of.in_(young))
    return revisions.newest(register, schema.flags, "feature_id", "easting", "northing", which=which)


def waiting_since(register: Register) -> list[date]:
    """Return since which day, by the clock here, each flag waits for somebody to read its note."""
    at = schema.flags.c
    rows = revisions.newest(register, schema.flags, "kept_at", which=sa.and_(at.state == WAITING, at.seen_by != TO_WORKER))
    return [moment.to_pydatetime().astimezone().date() for moment in rows["kept_at"]]


def history(register: Register, flag_id: str) -> pd.DataFrame:
    """Return every row of one flag, newest first, indexed by version."""
    return revisions.history(register, schema.flags, flag_id)


def readable(rows: pd.DataFrame, reader: Reader) -> pd.DataFrame:
    """Return the flags that count, of those whose makers chose that this reader may see them, with their `stream`."""
    access.check_see_flags(reader)
    found = rows[(rows["state"] == SHOWN) & rows["seen_by"].isin(READ_BY.get(reader.role, ()))]
    return found.assign(stream=found["view_of"].map(STREAM_OF).astype("str"))


def place_keys(rows: pd.DataFrame) -> pd.Series[str]:
    """Return which place each flag is of: the map's own id of it, else the cell that it lies in."""
    named = rows["feature_id"].astype("str")
    at = rows[["easting", "northing"]].to_numpy(float)
    where = cells.from_points(*frames.points_in_degrees(at[:, 0], at[:, 1]), PLACE_RESOLUTION) if len(at) else np.array([], np.uint64)
    unnamed = pd.Series([f"cell/{cell}" for cell in cells.as_text(where)], index=rows.index, dtype="str")
    return named.where(named != "", unnamed)


def of_code(register: Register, reader: Reader, code_hashes: Sequence[str], *, session_id: str, origin: str) -> Found:
    """Return the flag that a code was given for.

    `code_hashes` are of the code under each key that there has been. DataProblem where there is none, or too many were tried.
    """
    access.check_make_flags(reader)
    at = schema.audit.c
    lately = sa.select(sa.func.count()).where(
        at.action == UNKNOWN_CODE, at.subject == session_id, at.happened_at > datetime.now(UTC) - A_WHILE
    )
    if (register.read(lambda connection: connection.scalar(lately)) or 0) >= MOST_TRIES:
        raise DataProblem("Too many codes were tried that are not known. Try again in an hour.")
    found = sa.select(schema.flags.c.flag_id).where(schema.flags.c.code_hash.in_(list(code_hashes)), schema.flags.c.version == 1)
    flag_id = register.read(lambda connection: connection.scalar(found))
    if flag_id is None:
        audit = AuditEvent(reader.name, UNKNOWN_CODE, "a flag was to be looked up", origin, session_id)
        register.write(audit, lambda _connection: None)
        raise DataProblem("No flag has this code. Look at it again, letter by letter.")
    kept = history(register, str(flag_id))
    return Found(str(flag_id), int(kept.index[0]), str(kept["state"].iloc[0]), str(kept["why"].iloc[0]))


def withdraw(register: Register, reader: Reader, flag_id: str, *, seen: int, kept_in: Path, origin: str) -> None:
    """Take a flag back: it counts nowhere from now on, and what it said is deleted from every row of it. That there was one stays.

    The ledger `kept_in` is written inside the transaction, so that no backup brings it back (see `spaces/ledger.py`).
    """
    access.check_make_flags(reader)
    audit = AuditEvent(reader.name, "flag taken back", "whoever made it asked for it", origin, flag_id)

    def work(connection: sa.Connection) -> None:
        row = stands(connection, flag_id)
        if row["state"] != WITHDRAWN and row["version"] != seen:
            raise changed()
        forget(connection, flag_id, audit=audit)
        ledger.add(kept_in, [(ledger.FLAG, flag_id, "")])

    register.write(audit, work)
    register.forget(schema.flags)


def forget(connection: sa.Connection, flag_id: str, *, audit: AuditEvent) -> None:
    """Delete what a flag says from every row of it, inside a transaction; where it still counts, it is taken back. None is well, too."""
    nothing: dict[str, Any] = {"easting": None, "northing": None, "feeling": None, "scale": None} | dict.fromkeys(_FORGOTTEN, "")
    row = revisions.row_of(connection, schema.flags, flag_id)
    if row is not None and row["state"] != WITHDRAWN:
        changes = nothing | {"state": WITHDRAWN, "act": WITHDRAWN}
        revisions.again(connection, schema.flags, row, row["version"], changes, audit=audit, otherwise=changed())
    connection.execute(sa.update(schema.flags).where(schema.flags.c.flag_id == flag_id).values(**nothing))


def stands(connection: sa.Connection, flag_id: str) -> dict[Any, Any]:
    """Return the newest row of a flag, inside a transaction; DataProblem where there is none."""
    return revisions.stands(connection, schema.flags, flag_id, missing=DataProblem("This flag is not in the list. Look at the list again."))


def changed() -> revisions.ChangedMeanwhile:
    """Return what is said where a flag was changed after it was looked at."""
    return revisions.ChangedMeanwhile("This flag has just been changed or taken back. Look at how it stands now.")


_SAID = (
    "polarity", "seen_by", "view_of", "time_of_day", "feeling", "scale", "feature_id", "whereabouts", "easting", "northing", "language",
)  # fmt: skip

_FORGOTTEN = ("polarity", "reasons", "time_of_day", "note", "shown_note", "feature_id", "whereabouts", "language", "view_of")


def _check_not_too_many(connection: sa.Connection, flag: Flag, session_id: str, now: datetime) -> None:
    """Raise DataProblem where a session has made too many. Everybody else waits meanwhile, so the register itself does the counting."""
    at = schema.flags.c
    if flag.feature_id:
        here = at.feature_id == flag.feature_id
    else:
        here = sa.and_(
            at.feature_id == "",
            sa.func.abs(at.easting - flag.easting) <= SAME_PLACE_M,
            sa.func.abs(at.northing - flag.northing) <= SAME_PLACE_M,
        )  # fmt: skip
    counts = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(sa.case((here, 1), else_=0)), 0))
    made, made_here = connection.execute(counts.where(at.session_id == session_id, at.version == 1, at.kept_at > now - A_WHILE)).one()
    if made >= MOST_OF_A_SESSION:
        raise DataProblem("{count} flags were made here in an hour, and they are kept. Go on in an hour.", count=MOST_OF_A_SESSION)
    if made_here >= MOST_OF_A_SESSION_OF_A_PLACE:
        raise DataProblem(
            "{count} flags of this place were made here in an hour, and they are kept. Choose another place, or go on in an hour.",
            count=MOST_OF_A_SESSION_OF_A_PLACE,
        )
