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


def check_see_who_is_around(reader: Reader) -> None:
    """Raise DataProblem unless the reader may see who may be around a place at an hour: what says where nobody is watching."""
    if not can_see_who_is_around(reader):
        raise DataProblem("Who may be around a place is for panel members and community safety officers. Ask one of them.")


def can_see_who_is_around(reader: Reader) -> bool:
    """Say whether the reader may see who may be around a place at an hour."""
    return _is_one_of(reader, Role.PANEL_MEMBER, Role.COMMUNITY_SAFETY_OFFICER)


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


def check_see_safe_places(reader: Reader) -> None:
    """Raise DataProblem unless the reader may see the register of safe places."""
    if not can_see_safe_places(reader):
        raise DataProblem("The register of safe places is for the partnership's own staff. Ask the community safety officer.")


def can_see_safe_places(reader: Reader) -> bool:
    """Say whether the reader may see the register of safe places: all who work with it or keep it."""
    return _is_one_of(reader, Role.PANEL_MEMBER, Role.COMMUNITY_SAFETY_OFFICER, Role.YOUTH_WORKER, Role.DATA_STEWARD)


def check_keep_safe_places(reader: Reader) -> None:
    """Raise DataProblem unless the reader may check a place, or withdraw one."""
    if not can_keep_safe_places(reader):
        raise DataProblem("Safe places are checked and withdrawn by a community safety officer or data steward. Tell them what you know.")


def can_keep_safe_places(reader: Reader) -> bool:
    """Say whether the reader may check a place, or withdraw one."""
    return _is_one_of(reader, Role.COMMUNITY_SAFETY_OFFICER, Role.DATA_STEWARD)


def check_propose_safe_places(reader: Reader) -> None:
    """Raise DataProblem unless the reader may propose a place that an officer then checks."""
    if not can_propose_safe_places(reader):
        raise DataProblem("Places are proposed by youth workers, who know where young people go. Pass it on to one.")


def can_propose_safe_places(reader: Reader) -> bool:
    """Say whether the reader may propose a place that an officer then checks."""
    return _is_one_of(reader, Role.YOUTH_WORKER)


def check_see_lamp_faults(reader: Reader) -> None:
    """Raise DataProblem unless the reader may see which lamps are noted as failed."""
    if not can_see_lamp_faults(reader):
        raise DataProblem("The list of lamp faults is for the partnership's own staff. Ask the community safety officer.")


def can_see_lamp_faults(reader: Reader) -> bool:
    """Say whether the reader may see which lamps are noted as failed: all who are out, or plan who is."""
    return _is_one_of(reader, Role.PANEL_MEMBER, Role.COMMUNITY_SAFETY_OFFICER, Role.YOUTH_WORKER, Role.DATA_STEWARD)


def check_note_lamp_faults(reader: Reader) -> None:
    """Raise DataProblem unless the reader may note a lamp fault, and look again after dark."""
    if not can_note_lamp_faults(reader):
        raise DataProblem("Lamp faults are noted and looked at again by those who are out there. Tell a youth worker or an officer.")


def can_note_lamp_faults(reader: Reader) -> bool:
    """Say whether the reader may note a lamp fault, and look again after dark."""
    return _is_one_of(reader, Role.COMMUNITY_SAFETY_OFFICER, Role.YOUTH_WORKER, Role.DATA_STEWARD)


def check_keep_lamp_faults(reader: Reader) -> None:
    """Raise DataProblem unless the reader may write down that the works were told of a fault, and that it was mended."""
    if not can_keep_lamp_faults(reader):
        raise DataProblem("What the works were told and answered is written down by a community safety officer or data steward. Ask one.")


def can_keep_lamp_faults(reader: Reader) -> bool:
    """Say whether the reader may write down that the works were told of a fault, and that it was mended."""
    return _is_one_of(reader, Role.COMMUNITY_SAFETY_OFFICER, Role.DATA_STEWARD)


def _is_one_of(reader: Reader, *roles: Role) -> bool:
    return any(reader.role is role for role in roles)  # a word that reads like a role is none
