"""What is known of one place: what happened, when, to how many, who told us, what it is like, and what is not known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
import shapely

from briefing import around as nearby
from briefing import changes, dark, recorded, remaining, review, sensitivity, sentences, setting
from briefing.review import Question
from briefing.workspace import Workspace
from spaces import access, assessments
from spaces.access import Reader
from words import N_, DataProblem, _

KIND_LABELS = {
    "park": N_("park or open space"), "estate": N_("estate"), "shopping street": N_("shopping street"), "takeaway": N_("takeaway"),
    "transport hub": N_("transport hub"), "alley": N_("alley"), "stairwell": N_("stairwell"), "school edge": N_("school edge"),
    "venue": N_("venue"), "waterside": N_("waterside"), "street": N_("street"), "other": N_("other place"), "event": N_("event"),
    "online": N_("online"),
}  # fmt: skip
"""Kinds of space, in plain words."""


@dataclass(frozen=True)
class Place:
    """A disclosed answer about one place. Tables have a `count` column and are indexed by the words to show."""

    place_id: str
    name: str
    kind: str
    sentence: str
    repeat_harm: bool
    remains_harmful: str
    """Whether new children are harmed here after earlier ones' cases closed, in a sentence."""
    against_last_year: str
    how_sure: list[str]
    """Whether a hotspot stands without its largest source, and in hexagons a size larger; empty where there is no hotspot."""
    by_harm: pd.DataFrame
    by_agency: pd.DataFrame
    by_hour: pd.DataFrame
    by_weekday: pd.DataFrame
    by_month: pd.DataFrame
    like: list[str]
    in_the_dark: str
    """How much of it was in the dark, beside how much of all hours is; empty where the question is about some hours only."""
    candidates: pd.DataFrame
    not_known: list[str]
    around: list[str]
    """Who may be around at its busiest hour: for those who may see it, at their own screens, and in no file."""


def open_place(workspace: Workspace, reader: Reader, question: Question, place_id: str, *, today: date | None = None) -> Place:
    """Answer what is known of one named place in the period and filters of a question.

    Checks of safe places are read as fresh or out of date on `today`, the question's last day where that is not given.
    """
    place = _known_place(workspace, place_id)
    found = review.counted(workspace, reader, question)
    here = found.place == place_id
    if not here.any():
        raise DataProblem("Nothing was recorded at {name} for this choice. No reports is not no harm.", name=place["name"])
    row = review.places_of(found, workspace, question).loc[[place_id]].iloc[0]
    told = recorded.recorded(found.records[here])
    outline = place.geometry
    if place_id.startswith(review.NEAR):
        outline = shapely.MultiPoint(found.records.loc[here, ["easting", "northing"]].to_numpy()).convex_hull
    times = nearby.busiest_times(told.hours, told.weekdays, question.last_day)
    like = setting.setting(workspace, reader, outline, times, feature_id=place_id, today=today or question.last_day)
    began = told.incidents["occurred_from"]
    return Place(
        place_id=place_id,
        name=str(row["name"]),
        kind=" · ".join(part for part in (_(KIND_LABELS[str(place["kind"])]), sentences.hotspot_letter(row)) if part),
        sentence=review.sentence(row, told.hours, question),
        repeat_harm=bool(row["repeat_harm"]),
        remains_harmful=remaining.sentence(workspace, question, place_id),
        against_last_year="" if question.filtered else changes.against_last_year(began, question.first_day, question.last_day),
        how_sure=sensitivity.sentences_of(workspace, found, question, place_id) if row["letter"] else [],
        by_harm=told.by_harm,
        by_agency=told.by_agency,
        by_hour=told.by_hour,
        by_weekday=told.by_weekday,
        by_month=told.by_month,
        like=[*like.like, *like.reach],
        in_the_dark="" if question.hours else dark.in_the_dark(told.incidents, outline, question.first_day, question.last_day).sentence,
        candidates=like.candidates,
        not_known=[
            *recorded.not_known(told, without_reference=int(row["without_reference"]), one_source_matters=len(question.agencies) != 1),
            *like.not_known,
        ],
        around=like.around,
    )


def plan_assessment(
    workspace: Workspace, reader: Reader, place_id: str, *, lead: str, why: str, begin_by: date, today: date, origin: str
) -> str:
    """Plan an assessment of a place, which becomes a space of the register where it is not one yet; return its id."""
    place = _known_place(workspace, place_id)
    access.check_plan_assessment(reader)
    return assessments.plan(
        workspace.register, reader, name=str(place["name"]), kind=str(place["kind"]), feature_id=place_id, boundary=place.geometry,
        lead=lead, why=why, begin_by=begin_by, today=today, data_version=workspace.data_version,
        places=workspace.place_names, origin=origin,
    )  # fmt: skip


def _known_place(workspace: Workspace, place_id: str) -> pd.Series:
    try:
        found: pd.Series = review.named(workspace.places, [place_id]).iloc[0]
    except KeyError as error:
        raise DataProblem("That place is no longer on the map. Choose it again from the list.") from error
    return found
