"""What is known of one place: what happened, when, to how many, who told us, what it is like, and what is not known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import geopandas as gpd
import pandas as pd
import shapely

from briefing import around as nearby
from briefing import changes, dark, overlays, remaining, review, safe_places, sensitivity, sentences
from briefing.review import Question
from briefing.workspace import Workspace
from geo import periods, rhythm
from layers import hours as hours_in_words
from layers import surroundings
from layers.catalogue import LAYERS
from spaces import access, assessments, model, repeat_harm
from spaces.access import Reader
from words import N_, DataProblem, _, ngettext

KIND_LABELS = {
    "park": N_("park or open space"), "estate": N_("estate"), "shopping street": N_("shopping street"), "takeaway": N_("takeaway"),
    "transport hub": N_("transport hub"), "alley": N_("alley"), "stairwell": N_("stairwell"), "school edge": N_("school edge"),
    "venue": N_("venue"), "waterside": N_("waterside"), "street": N_("street"), "other": N_("other place"),
}  # fmt: skip
"""Kinds of space, in plain words."""

WEEKDAYS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))


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
    incidents = repeat_harm.one_row_per_incident(found.records[here])
    told = repeat_harm.one_row_per_incident(found.records[here], within=found.records.loc[here, "agency"])
    hours = review.by_hour(incidents)
    outline = place.geometry
    if place_id.startswith(review.NEAR):
        outline = shapely.MultiPoint(found.records.loc[here, ["easting", "northing"]].to_numpy()).convex_hull
    weekdays = rhythm.by_weekday(incidents["occurred_from"], incidents["occurred_to"])
    times = nearby.busiest_times(hours, weekdays, question.last_day)
    when = nearby.middle_of(times)
    lit = overlays.light(workspace, when, ("street_light", "parks"))
    shown = safe_places.layer(workspace, reader, safe_places.read_on(workspace, today or question.last_day))
    around = surroundings.around(
        outline, street_light=lit["street_light"], alleys=workspace.layer("alleys"), safe_places=shown[shown["state"] == "candidate"]
    )
    candidates = around.candidates.drop(index=place_id, errors="ignore")  # a place is not its own refuge
    safe_near = shown.drop(index=place_id, errors="ignore").distance(outline).le(surroundings.WALK_M).any()
    safe, may_see = [], access.can_see_who_is_around(reader)
    if may_see:
        safe = nearby.nearest_safe_place(workspace, reader, outline, times, shown)
    return Place(
        place_id=place_id,
        name=str(row["name"]),
        kind=" · ".join(part for part in (_(KIND_LABELS[str(place["kind"])]), sentences.hotspot_letter(row)) if part),
        sentence=review.sentence(row, hours, question),
        repeat_harm=bool(row["repeat_harm"]),
        remains_harmful=remaining.sentence(workspace, question, place_id),
        against_last_year=""
        if question.filtered
        else changes.against_last_year(incidents["occurred_from"], question.first_day, question.last_day),
        how_sure=sensitivity.sentences_of(workspace, found, question, place_id) if row["letter"] else [],
        by_harm=_counts(incidents["harm_type"].map({harm: _(label) for harm, label in model.HARM_TYPES.items()}).fillna(_("Not recorded"))),
        by_agency=_counts(told["agency"].fillna(_("Not recorded"))),
        by_hour=pd.DataFrame({"count": hours}, index=[f"{hour:02d}:00" for hour in range(24)]),
        by_weekday=pd.DataFrame({"count": weekdays.to_numpy()}, index=pd.Index([_(day) for day in WEEKDAYS])),
        by_month=incidents.groupby(incidents["occurred_from"].dt.strftime("%Y-%m")).size().rename("count").to_frame(),
        like=[*_what_it_is_like(lit["parks"], place_id, around, when), *safe],
        in_the_dark="" if question.hours else dark.in_the_dark(incidents, outline, question.first_day, question.last_day).sentence,
        candidates=candidates,
        not_known=_not_known(incidents, told, row, around, question, safe_near=bool(safe_near)),
        around=nearby.who_is_around(workspace, reader, outline, when, besides=place_id) if may_see else [],
    )


def plan_assessment(
    workspace: Workspace, reader: Reader, place_id: str, *, lead: str, why: str, begin_by: date, today: date, origin: str
) -> str:
    """Plan an assessment of a place, which becomes a space of the register where it is not one yet; return its id."""
    place = _known_place(workspace, place_id)
    access.check_plan_assessment(reader)
    planned = workspace.register.assessments()
    open_ones = planned[(planned["feature_id"] == place_id) & (planned["status"] != "closed")]
    if len(open_ones):
        raise DataProblem(
            "An assessment of this place is planned already, led by {lead}. Open it before you plan another.",
            lead=open_ones["lead"].iloc[0],
        )
    return assessments.plan(
        workspace.register, reader, name=str(place["name"]), kind=str(place["kind"]), feature_id=place_id, boundary=place.geometry,
        lead=lead, why=why, begin_by=begin_by, today=today, data_version=workspace.data_version, origin=origin,
    )  # fmt: skip


def planned_assessments(workspace: Workspace, reader: Reader) -> pd.DataFrame:
    """Return the assessments this reader may see: `name, kind, status, lead, why, begin_by, planned_at`, newest first."""
    access.check_see_counts(reader)
    found = workspace.register.assessments()
    return found.assign(
        kind=found["kind"].map({kind: _(label) for kind, label in KIND_LABELS.items()}),
        status=found["status"].map({status: _(label) for status, label in assessments.STATUS_LABELS.items()}),
    )[["feature_id", "name", "kind", "status", "lead", "why", "begin_by", "planned_at"]]


def _known_place(workspace: Workspace, place_id: str) -> pd.Series:
    try:
        found: pd.Series = review.named(workspace.places, [place_id]).iloc[0]
    except KeyError as error:
        raise DataProblem("That place is no longer on the map. Choose it again from the list.") from error
    return found


def _counts(words: pd.Series) -> pd.DataFrame:
    return words.value_counts().rename("count").to_frame()


def _what_it_is_like(parks: gpd.GeoDataFrame, place_id: str, around: surroundings.Surroundings, when: datetime) -> list[str]:
    said, at = [], {"time": f"{when:%H:%M}", "month": periods.month_name(when.month)}
    if place_id in parks.index:
        park = parks.loc[place_id]
        label = _(LAYERS["parks"].state_labels[str(park["state"])])
        said.append(_("At {time} in {month}: {label}. {reason}", label=label.lower(), reason=_(park["reason"]), **at).strip())
        said += [f"{text}." for text in (park["ways_in"].rstrip("."), opening(park["opening_hours"])) if text]
    total_m = sum(around.light_m.values())
    if total_m:
        lit, unlit = (round(100 * around.light_m[state] / total_m) for state in ("lit", "unlit"))
        shares = {"lit": lit, "unlit": unlit, "unknown": max(0, 100 - lit - unlit)}
        words = N_("Streets and paths within 50 m at {time} in {month}: {lit} % lit, {unlit} % not lit, {unknown} % not recorded.")
        said.append(_(words, **shares, **at))
    if around.alley_count:
        names = sentences.listed(list(around.alleys[:4]))
        counted = ngettext("{count} alleyway within 50 m", "{count} alleyways within 50 m", around.alley_count)
        said.append(f"{counted}: {names}." if names else f"{counted}.")
    return said


def opening(text: str) -> str:
    """Say when a place is open, as it is recorded; empty where it is not."""
    return _("Open {hours}", hours=hours_in_words.said(text)) if text else ""


def _not_known(
    incidents: pd.DataFrame, told: pd.DataFrame, measured: pd.Series, around: surroundings.Surroundings, question: Question,
    *, safe_near: bool,
) -> list[str]:  # fmt: skip
    said = []
    unknown_hours = int((~rhythm.hour_known(incidents["occurred_from"], incidents["occurred_to"])).sum())
    if unknown_hours:
        said.append(ngettext("the hour of {count} incident", "the hour of {count} incidents", unknown_hours))
    without = int(measured["without_reference"])
    if without:
        said.append(
            ngettext(
                "who was harmed in {count} record, which has no child reference",
                "who was harmed in {count} records, which have no child reference",
                without,
            )
        )
    ageless = int(incidents["age_band"].isna().sum())
    if ageless:
        said.append(ngettext("the age in {count} incident", "the age in {count} incidents", ageless))
    if len(set(told["agency"])) == 1 and len(question.agencies) != 1:
        said.append(_("what others would say: one source only"))
    if around.light_m["unknown"] > around.light_m["lit"] + around.light_m["unlit"]:
        said.append(_("the light on most paths around it"))
    if not safe_near:
        said.append(_("any possible safe place within 500 m"))
    return said
