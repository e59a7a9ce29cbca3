"""The audit trail: who did what, why, when and from where. No write happens without one of these.

Events are numbered without gaps and each carries a hash of itself and of the one before, so that an event that is edited,
removed, put in or moved no longer fits. Cutting off the end leaves a chain that fits: for that the *head* (the last number and
hash) is written down somewhere else, and checked against.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from words import DataProblem

START = "0" * 64
"""What the first event has before it."""

HASHED = ("event_id", "act_id", "happened_at", "actor", "action", "subject", "reason", "origin", "previous_hash")


_told: ContextVar[datetime | None] = ContextVar("_told", default=None)


@contextmanager
def as_if_on(day: date) -> Iterator[None]:
    """Date what is done inside to noon of a day: for the history of an invented place, which no clock has seen. Never for a real one."""
    token = _told.set(datetime.combine(day, time(12), UTC))
    try:
        yield
    finally:
        _told.reset(token)


@dataclass(frozen=True)
class AuditEvent:
    """One act by one named person. It says what was touched, never what was in it, so it holds nothing about a child."""

    actor: str
    action: str
    reason: str
    origin: str
    """Where it was done from: `app`, `command line`, `sample town`."""
    subject: str = ""
    """The opaque id of what was touched."""
    happened_at: datetime = field(default_factory=lambda: _told.get() or datetime.now(UTC))
    act_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    """Names the act itself, so that one whose answer was lost on the way is not done twice."""


@dataclass(frozen=True)
class Head:
    """The end of the trail: how many events there are, and the hash of the last."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


def read_head(text: str) -> Head:
    """Read a head that was written down; DataProblem where it is not one."""
    found = re.fullmatch(r"\s*(\d{1,12}):([0-9a-f]{64})\s*", text)
    if not found:
        raise DataProblem("“{text}” is not the head of an audit trail. It is a number, a colon and 64 letters and digits.", text=text[:90])
    return Head(int(found[1]), found[2])


def chained(event: AuditEvent, head: Head) -> dict[str, Any]:
    """Return an event as the row that follows `head`."""
    row = {**event.__dict__, "event_id": head.number + 1, "previous_hash": head.hash}
    return {**row, "hash": hash_of(row)}


def hash_of(row: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all an event says, and of the event before it."""
    happened_at = row["happened_at"].replace(tzinfo=UTC) if row["happened_at"].tzinfo is None else row["happened_at"].astimezone(UTC)
    said = [happened_at.isoformat(timespec="microseconds") if name == "happened_at" else row[name] for name in HASHED]
    return hashlib.sha256(json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def check_chain(rows: Iterable[Any], *, written_down: Head | None = None) -> Head:
    """Return the head of a trail that is whole; DataProblem naming the first event that does not fit.

    `rows` (mappings by column) come in the order of their numbers. `written_down` is a head from earlier: the trail must still
    pass through it.
    """
    head = Head(0, START)
    for row in rows:
        if row["event_id"] != head.number + 1:
            raise DataProblem("The audit trail is broken: event {number} is missing.", number=head.number + 1)
        if row["previous_hash"] != head.hash or row["hash"] != hash_of(row):
            raise DataProblem(
                "The audit trail is broken: event {number} is not what was written, or not in its place.", number=row["event_id"]
            )
        head = Head(row["event_id"], row["hash"])
        if written_down and head.number == written_down.number and head != written_down:
            raise DataProblem(
                "The audit trail was rewritten: event {number} is not the one whose head was written down.", number=head.number
            )
    if written_down and head.number < written_down.number:
        raise DataProblem(
            "The audit trail was cut off: it ends at event {number}, and event {later} was written down.",
            number=head.number, later=written_down.number,
        )  # fmt: skip
    return head
