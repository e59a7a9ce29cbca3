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


def check_raise_space(reader: Reader) -> None:
    """Raise DataProblem unless the reader may raise a place for the partnership to look at."""
    if not can_raise_space(reader):
        raise DataProblem("Places are raised by panel members, officers and youth workers. Refer the place to the panel instead.")


def can_raise_space(reader: Reader) -> bool:
    """Say whether the reader may raise a place for the partnership to look at, in whoever's name it is raised."""
    return _is_one_of(reader, Role.PANEL_MEMBER, Role.COMMUNITY_SAFETY_OFFICER, Role.YOUTH_WORKER)


def check_keep_spaces(reader: Reader) -> None:
    """Raise DataProblem unless the reader may change what is kept of a place: its name, its boundary, its status."""
    if not can_keep_spaces(reader):
        raise DataProblem("What is kept of a place is changed by panel members. Tell one what should be different.")


def can_keep_spaces(reader: Reader) -> bool:
    """Say whether the reader may change what is kept of a place: its name, its boundary, its status."""
    return _is_one_of(reader, Role.PANEL_MEMBER)


def check_refer_places(reader: Reader) -> None:
    """Raise DataProblem unless the reader may refer a place to the panel."""
    if not can_refer_places(reader):
        raise DataProblem("Places are referred by the partnership's own staff. Tell a youth worker or an officer about it.")


def can_refer_places(reader: Reader) -> bool:
    """Say whether the reader may refer a place to the panel: all of the partnership's staff."""
    return _is_one_of(reader, Role.PANEL_MEMBER, Role.COMMUNITY_SAFETY_OFFICER, Role.YOUTH_WORKER, Role.DATA_STEWARD)


def check_answer_place_referrals(reader: Reader) -> None:
    """Raise DataProblem unless the reader may read every referral of a place, and answer it."""
    if not can_answer_place_referrals(reader):
        raise DataProblem("Referrals of a place are read and answered by panel members. Ask one how far yours is.")


def can_answer_place_referrals(reader: Reader) -> bool:
    """Say whether the reader may read every referral of a place, and answer it."""
    return _is_one_of(reader, Role.PANEL_MEMBER)


def check_see_assessments(reader: Reader) -> None:
    """Raise DataProblem unless the reader may see which places are being assessed, what is asked there, and what was agreed."""
    if not can_see_assessments(reader):
        raise DataProblem("Assessments are for those who work on them: the panel, officers and youth workers. Ask a panel member.")


def can_see_assessments(reader: Reader) -> bool:
    """Say whether the reader may see which places are being assessed, what is asked there, and what was agreed."""
    return _is_one_of(reader, Role.PANEL_MEMBER, Role.COMMUNITY_SAFETY_OFFICER, Role.YOUTH_WORKER)


def check_keep_assessments(reader: Reader) -> None:
    """Raise DataProblem unless the reader may answer, weigh, agree and move an assessment on."""
    if not can_keep_assessments(reader):
        raise DataProblem("Assessments are written and moved on by panel members. Tell one what you know.")


def can_keep_assessments(reader: Reader) -> bool:
    """Say whether the reader may answer, weigh, agree and move an assessment on."""
    return reader.role is Role.PANEL_MEMBER


def check_add_observations(reader: Reader) -> None:
    """Raise DataProblem unless the reader may write down what was observed at a place."""
    if not can_add_observations(reader):
        raise DataProblem("Observations are added by community safety officers and panel members. Tell one what you saw.")


def can_add_observations(reader: Reader) -> bool:
    """Say whether the reader may write down what was observed at a place."""
    return _is_one_of(reader, Role.PANEL_MEMBER, Role.COMMUNITY_SAFETY_OFFICER)


def check_add_voices(reader: Reader) -> None:
    """Raise DataProblem unless the reader may write down that young people were heard, and what they say of the place."""
    if not can_add_voices(reader):
        raise DataProblem("Young people's voices are added by youth workers and panel members. Bring a youth worker with you.")


def can_add_voices(reader: Reader) -> bool:
    """Say whether the reader may write down that young people were heard, and what they say of the place."""
    return _is_one_of(reader, Role.PANEL_MEMBER, Role.YOUTH_WORKER)


def check_log_institutional_harm(reader: Reader) -> None:
    """Raise DataProblem unless the reader may write down dispersals, searches and exclusions near a place."""
    if not can_log_institutional_harm(reader):
        raise DataProblem("Dispersals, searches and exclusions are logged by the panel, officers and youth workers. Tell one of them.")


def can_log_institutional_harm(reader: Reader) -> bool:
    """Say whether the reader may write down dispersals, searches and exclusions near a place."""
    return _is_one_of(reader, Role.PANEL_MEMBER, Role.COMMUNITY_SAFETY_OFFICER, Role.YOUTH_WORKER)


def check_see_sessions(reader: Reader) -> None:
    """Raise DataProblem unless the reader may read what was heard in sessions with young people, as far as those were told so."""
    if not can_see_sessions(reader):
        raise DataProblem("Sessions with young people are read by youth workers and panel members. Ask one of them what was heard.")


def can_see_sessions(reader: Reader) -> bool:
    """Say whether the reader may read what was heard in sessions with young people, as far as those were told so."""
    return _is_one_of(reader, Role.PANEL_MEMBER, Role.YOUTH_WORKER)


def check_keep_sessions(reader: Reader) -> None:
    """Raise DataProblem unless the reader may write down a session with young people, and draw its safety map."""
    if not can_keep_sessions(reader):
        raise DataProblem("Sessions are written down by the youth worker who was there. Ask a youth worker.")


def can_keep_sessions(reader: Reader) -> bool:
    """Say whether the reader may write down a session with young people, and draw its safety map."""
    return _is_one_of(reader, Role.YOUTH_WORKER)


def check_look_after_sessions(reader: Reader) -> None:
    """Raise DataProblem unless the reader may take a session back for its young people, or hand it to another worker."""
    if not can_look_after_sessions(reader):
        raise DataProblem(
            "Sessions are taken back and handed over by the youth worker who was there, or by the data steward. Ask one of them."
        )


def can_look_after_sessions(reader: Reader) -> bool:
    """Say whether the reader may take a session back, or hand it over: their own, or any for the data steward, who reads none."""
    return _is_one_of(reader, Role.YOUTH_WORKER, Role.DATA_STEWARD)


def check_see_agency_checks(reader: Reader) -> None:
    """Raise DataProblem unless the reader may see which agencies are asked to look at their open cases."""
    if not can_see_agency_checks(reader):
        raise DataProblem("Agency checks are between the panel and the agencies that it asks. Bring what you know to a panel member.")


def can_see_agency_checks(reader: Reader) -> bool:
    """Say whether the reader may see which agencies are asked to look at their open cases: those who ask, and those who answer."""
    return _is_one_of(reader, Role.PANEL_MEMBER, Role.COMMUNITY_SAFETY_OFFICER, Role.DATA_STEWARD)


def check_ask_agencies(reader: Reader) -> None:
    """Raise DataProblem unless the reader may ask agencies to look at their open cases, and read what they answer."""
    if not can_ask_agencies(reader):
        raise DataProblem("Agencies are asked by panel members, who alone read the answers. Bring the place to the next meeting.")


def can_ask_agencies(reader: Reader) -> bool:
    """Say whether the reader may ask agencies to look at their open cases, and read what they answer."""
    return _is_one_of(reader, Role.PANEL_MEMBER)


def check_answer_for_agency(reader: Reader) -> None:
    """Raise DataProblem unless the reader may answer for an agency.

    No role is an agency's own yet: a community safety officer or a data steward answers for the agency that they act for.
    """
    if not can_answer_for_agency(reader):
        raise DataProblem("An agency's answer is written down by a community safety officer or data steward who acts for it. Ask one.")


def can_answer_for_agency(reader: Reader) -> bool:
    """Say whether the reader may answer for an agency; see `check_answer_for_agency`."""
    return _is_one_of(reader, Role.COMMUNITY_SAFETY_OFFICER, Role.DATA_STEWARD)


def check_make_flags(reader: Reader) -> None:
    """Raise DataProblem unless the reader may flag a place with a young person, and write the note that goes with it."""
    if not can_make_flags(reader):
        raise DataProblem("Places are flagged by young people together with a youth worker. Pass on what you were told to one.")


def can_make_flags(reader: Reader) -> bool:
    """Say whether the reader may flag a place with a young person, and write the note that goes with it."""
    return _is_one_of(reader, Role.YOUTH_WORKER)


def check_see_flags(reader: Reader) -> None:
    """Raise DataProblem unless the reader may read what people said about places, gathered."""
    if not can_see_flags(reader):
        raise DataProblem("What people said about places is for the partnership's own staff. Ask a youth worker what may be passed on.")


def can_see_flags(reader: Reader) -> bool:
    """Say whether the reader may read what people said about places, gathered: as far as each of them chose who sees it."""
    return _is_one_of(reader, Role.PANEL_MEMBER, Role.COMMUNITY_SAFETY_OFFICER, Role.YOUTH_WORKER, Role.DATA_STEWARD)


def check_moderate_flags(reader: Reader) -> None:
    """Raise DataProblem unless the reader may decide what of a flag others see."""
    if not can_moderate_flags(reader):
        raise DataProblem(
            "What others see of a flag is decided by the data steward, who did not write it. Tell them what is wrong with it."
        )


def can_moderate_flags(reader: Reader) -> bool:
    """Say whether the reader may decide what of a flag others see: not those who write the notes."""
    return _is_one_of(reader, Role.DATA_STEWARD)


def check_answer_flags(reader: Reader) -> None:
    """Raise DataProblem unless the reader may answer what young people said of a place."""
    if not can_answer_flags(reader):
        raise DataProblem("Young people are answered by the panel, or by the data steward for it. Tell them what was done.")


def can_answer_flags(reader: Reader) -> bool:
    """Say whether the reader may answer what young people said of a place: those who decide what is done, or write it down for them."""
    return _is_one_of(reader, Role.PANEL_MEMBER, Role.DATA_STEWARD)


def check_keep_flag_reasons(reader: Reader) -> None:
    """Raise DataProblem unless the reader may change the list of reasons that young people choose from."""
    if not can_keep_flag_reasons(reader):
        raise DataProblem("The list of reasons is kept by youth workers with young people, and by the data steward. Bring them your idea.")


def can_keep_flag_reasons(reader: Reader) -> bool:
    """Say whether the reader may change the list of reasons that young people choose from."""
    return _is_one_of(reader, Role.YOUTH_WORKER, Role.DATA_STEWARD)


def _is_one_of(reader: Reader, *roles: Role) -> bool:
    return any(reader.role is role for role in roles)  # a word that reads like a role is none
