"""What is written in an assessment: each act handed on to the register, with the names of the area's places and the latest day.

Whatever is wrong with it is said by the module of `spaces` that keeps it, and nothing is kept then.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, TypedDict

import pandas as pd

from briefing import sentences
from briefing.workspace import Workspace
from layers import daylight
from spaces import access, actions, assessments, goals, institutional_harm, observations, space
from spaces.access import Reader
from spaces.assessments import Conference, Verdict, Voices, Weighed
from words import DataProblem


def plan(
    workspace: Workspace, reader: Reader, space_id: str, *, lead: str, why: str, begin_by: date, today: date, origin: str
) -> str:  # fmt: skip
    """Plan an assessment of a place in the list, on the map or on none, and return its id."""
    return assessments.plan_of(
        workspace.register, reader, space_id, lead=lead, why=why, begin_by=begin_by, today=today, data_version=workspace.data_version,
        places=_names(workspace), origin=origin,
    )  # fmt: skip


def answer(workspace: Workspace, reader: Reader, assessment_id: str, prompt_id: str, **said: Any) -> None:
    """Answer one prompt; see `spaces.assessments.answer`."""
    assessments.answer(workspace.register, reader, assessment_id, prompt_id, places=_names(workspace), **said)


def hear(workspace: Workspace, reader: Reader, assessment_id: str, voices: Voices, *, today: date, origin: str) -> None:
    """Write down that young people were heard."""
    assessments.hear(workspace.register, reader, assessment_id, voices, **_by(workspace, today), origin=origin)


def observe(workspace: Workspace, reader: Reader, assessment_id: str, details: observations.Details, *, today: date, origin: str) -> str:
    """Write down what was seen. Light is of after dark: DataProblem where the sun was up all the while."""
    access.check_add_observations(reader)
    details, by = details.tidied(), _by(workspace, today)
    observations.check(details, today=by["today"], places=by["places"])
    if details.light != observations.NOT_SEEN and not was_dark(workspace, details):
        raise DataProblem(
            "It was light outside on {day} between {start} and {end}. Say how it is lit after dark, or that this was not seen.",
            day=sentences.day(details.seen_on), start=details.from_time, end=details.to_time,
        )  # fmt: skip
    return observations.add(workspace.register, reader, details, assessment_id=assessment_id, **by, origin=origin)


def was_dark(workspace: Workspace, details: observations.Details) -> bool:
    """Say whether it was dark at any time of an observation, by the sun over the middle of the area."""
    start, end = (datetime.combine(details.seen_on, at) for at in observations.times(details.__dict__))
    end = end if end > start else end + timedelta(days=1)
    moments = [*pd.date_range(start, end, freq="10min").to_pydatetime(), end]
    return bool(daylight.is_dark(pd.Series(moments), *workspace.centre).any())


def weigh(workspace: Workspace, reader: Reader, assessment_id: str, weighed: list[Weighed], **said: Any) -> None:
    """Write down what must change first; see `spaces.assessments.weigh`."""
    assessments.weigh(workspace.register, reader, assessment_id, weighed, places=_names(workspace), **said)


def confer(workspace: Workspace, reader: Reader, assessment_id: str, held: Conference, *, seen: int, today: date, origin: str) -> None:
    """Write down the context conference."""
    assessments.confer(workspace.register, reader, assessment_id, held, seen=seen, **_by(workspace, today), origin=origin)


def keep_goal(workspace: Workspace, reader: Reader, assessment_id: str, goal: str, shown_by: str, **how: Any) -> str:
    """Keep a goal; see `spaces.goals.keep`."""
    return goals.keep(workspace.register, reader, assessment_id, goal, shown_by, places=_names(workspace), **how)


def withdraw_goal(workspace: Workspace, reader: Reader, goal_id: str, *, seen: int, origin: str) -> None:
    """Take a goal back."""
    goals.withdraw(workspace.register, reader, goal_id, seen=seen, origin=origin)


def measure_goal(workspace: Workspace, reader: Reader, goal_id: str, **found: Any) -> None:
    """Write down how far a goal is reached; see `spaces.goals.measure`."""
    goals.measure(workspace.register, reader, goal_id, places=_names(workspace), **found)


def keep_action(workspace: Workspace, reader: Reader, assessment_id: str, details: actions.Details, *, today: date, origin: str) -> str:
    """Keep an action of the plan."""
    return actions.keep(workspace.register, reader, assessment_id, details, today=today, places=_names(workspace), origin=origin)


def finish_action(workspace: Workspace, reader: Reader, action_id: str, *, today: date, **said: Any) -> None:
    """Write down that an action is done or dropped; see `spaces.actions.finish`."""
    latest = workspace.latest_day(today)
    actions.finish(workspace.register, reader, action_id, today=latest, places=_names(workspace), **said)


def log_harm(workspace: Workspace, reader: Reader, space_id: str, details: institutional_harm.Details, *, today: date, origin: str) -> str:
    """Write down dispersals, searches and exclusions near a place."""
    latest = workspace.latest_day(today)
    return institutional_harm.log(workspace.register, reader, space_id, details, today=latest, places=_names(workspace), origin=origin)


def hear_verdict(
    workspace: Workspace, reader: Reader, assessment_id: str, verdict: Verdict, *, seen: int, today: date, origin: str
) -> None:
    """Write down what young people say of the place afterwards."""
    assessments.hear_verdict(workspace.register, reader, assessment_id, verdict, seen=seen, **_by(workspace, today), origin=origin)


def approve_reason(workspace: Workspace, reader: Reader, assessment_id: str, *, seen: int, origin: str) -> None:
    """Approve the reason why young people were not asked."""
    assessments.approve_reason(workspace.register, reader, assessment_id, seen=seen, origin=origin)


def move(workspace: Workspace, reader: Reader, assessment_id: str, to: str, *, seen: int, reason: str = "", origin: str) -> None:
    """Move an assessment on, or back with a reason."""
    assessments.move(workspace.register, reader, assessment_id, to, seen=seen, reason=reason, places=_names(workspace), origin=origin)


class _By(TypedDict):
    today: date
    read_on: date
    places: frozenset[str]


def _by(workspace: Workspace, today: date) -> _By:
    """Return what whatever has a day of its own is read by: the latest that it can be, the one of today, and names that are nobody's."""
    return {"today": workspace.latest_day(today), "read_on": workspace.read_on(today), "places": _names(workspace)}


def _names(workspace: Workspace) -> frozenset[str]:
    spaces = space.newest(workspace.register)
    return workspace.place_names | {name.casefold() for column in ("name", "name_cy") for name in spaces[column] if name}
