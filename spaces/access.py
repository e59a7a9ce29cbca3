"""Who may see and do what. The one home of the question; `check_` raises in words, `can_` asks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from words import N_, DataProblem


class Role(StrEnum):
    """The readers of the tool. Each sees only what the table in the design gives it."""

    PANEL_MEMBER = "panel_member"
    COMMUNITY_SAFETY_OFFICER = "community_safety_officer"
    YOUTH_WORKER = "youth_worker"
    DATA_STEWARD = "data_steward"


ROLE_LABELS = {
    Role.PANEL_MEMBER: N_("Panel member"),
    Role.COMMUNITY_SAFETY_OFFICER: N_("Community safety officer"),
    Role.YOUTH_WORKER: N_("Youth worker"),
    Role.DATA_STEWARD: N_("Data steward"),
}


@dataclass(frozen=True)
class Reader:
    """The person an answer is for."""

    name: str
    role: Role


def check_see_counts(reader: Reader) -> None:
    """Raise DataProblem unless the reader may see exact counts of recorded harm."""
    if not can_see_counts(reader):
        raise DataProblem("Exact counts are for panel members. Ask the panel for the place card of the place you are working on.")


def can_see_counts(reader: Reader) -> bool:
    """Say whether the reader may see exact counts of recorded harm."""
    return reader.role is Role.PANEL_MEMBER


def check_plan_assessment(reader: Reader) -> None:
    """Raise DataProblem unless the reader may plan an assessment of a place."""
    if not can_plan_assessment(reader):
        raise DataProblem("Assessments are planned by panel members. Bring the place to the next meeting.")


def can_plan_assessment(reader: Reader) -> bool:
    """Say whether the reader may plan an assessment of a place."""
    return reader.role is Role.PANEL_MEMBER


def check_keep_register(reader: Reader) -> None:
    """Raise DataProblem unless the reader may bring files in, and answers for what is kept."""
    if not can_keep_register(reader):
        raise DataProblem("Files, agreements and what is kept are the data steward's work. Ask the data steward.")


def can_keep_register(reader: Reader) -> bool:
    """Say whether the reader may bring files in, and answers for what is kept."""
    return reader.role is Role.DATA_STEWARD
