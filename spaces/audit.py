"""The audit trail: who did what, why, when and from where. No write happens without one of these."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True)
class AuditEvent:
    """One act by one named person. It says what was touched, never what was in it."""

    actor: str
    action: str
    reason: str
    origin: str
    """Where it was done from: `app`, `command line`, `sample town`."""
    subject: str = ""
    """The opaque id of what was touched."""
    happened_at: datetime = field(default_factory=lambda: datetime.now(UTC))
