"""What some records say of one place: by kind of harm, agency, hour, weekday and month, and what they leave unknown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import rhythm
from spaces import model, repeat_harm
from words import N_, _, ngettext

WEEKDAYS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))


@dataclass(frozen=True)
class Recorded:
    """Records of harm at one place, counted. Tables have a `count` column and are indexed by the words to show.

    `incidents` has one row for each incident, `told` one for each incident and agency that told of it.
    """

    incidents: pd.DataFrame
    told: pd.DataFrame
    hours: NDArray[np.float64]
    """The weight of incidents in each hour of the day, each spread over the hours in which it may have been."""
    weekdays: NDArray[np.float64]
    by_harm: pd.DataFrame
    by_agency: pd.DataFrame
    by_hour: pd.DataFrame
    by_weekday: pd.DataFrame
    by_month: pd.DataFrame


def recorded(records: pd.DataFrame) -> Recorded:
    """Count the records of one place."""
    incidents = repeat_harm.one_row_per_incident(records)
    told = repeat_harm.one_row_per_incident(records, within=records["agency"])
    hours = rhythm.weight_by_hour(incidents["occurred_from"], incidents["occurred_to"])
    weekdays = rhythm.by_weekday(incidents["occurred_from"], incidents["occurred_to"]).to_numpy(float)
    harms = {harm: _(label) for harm, label in model.HARM_TYPES.items()}
    return Recorded(
        incidents=incidents,
        told=told,
        hours=hours,
        weekdays=weekdays,
        by_harm=_counts(incidents["harm_type"].map(harms).fillna(_("Not recorded"))),
        by_agency=_counts(told["agency"].fillna(_("Not recorded"))),
        by_hour=pd.DataFrame({"count": hours}, index=[f"{hour:02d}:00" for hour in range(24)]),
        by_weekday=pd.DataFrame({"count": weekdays}, index=pd.Index([_(day) for day in WEEKDAYS])),
        by_month=incidents.groupby(incidents["occurred_from"].dt.strftime("%Y-%m")).size().rename("count").to_frame(),
    )


def not_known(found: Recorded, *, without_reference: int, one_source_matters: bool) -> list[str]:
    """Say what the records leave unknown, in words that follow “Not known:”."""
    said = []
    unknown_hours = int((~rhythm.hour_known(found.incidents["occurred_from"], found.incidents["occurred_to"])).sum())
    if unknown_hours:
        said.append(ngettext("the hour of {count} incident", "the hour of {count} incidents", unknown_hours))
    if without_reference:
        said.append(
            ngettext(
                "who was harmed in {count} record, which has no child reference",
                "who was harmed in {count} records, which have no child reference",
                without_reference,
            )
        )
    ageless = int(found.incidents["age_band"].isna().sum())
    if ageless:
        said.append(ngettext("the age in {count} incident", "the age in {count} incidents", ageless))
    if len(set(found.told["agency"])) == 1 and one_source_matters:
        said.append(_("what others would say: one source only"))
    return said


def _counts(words: pd.Series) -> pd.DataFrame:
    return words.value_counts().rename("count").to_frame()
