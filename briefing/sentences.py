"""Numbers said in words that people use: ranges, times, what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import rhythm
from spaces import days, repeat_harm
from words import _, language, ngettext


def name_of(row: Mapping[str, Any] | pd.Series) -> str:
    """Return a place's name in the language that is spoken, where it has one in that."""
    return str(row["name_cy"] if language() == "cy" and row["name_cy"] else row["name"])


def names_of(places: pd.DataFrame) -> pd.Series:
    """Return the same of many places, on their index."""
    found: pd.Series = places["name"].where((places["name_cy"] == "") | (language() != "cy"), places["name_cy"])
    return found


def incidents_on_days(row: Mapping[str, Any] | pd.Series) -> str:
    """Say how many incidents there were, on how many days where that is known."""
    incidents = int(row["incidents"])
    said = ngettext("{count} incident", "{count} incidents", incidents)
    if pd.isna(row["days"]):
        return said
    return _("{incidents} on {days}", incidents=said, days=ngettext("{count} day", "{count} days", int(row["days"])))


def different_children(row: Mapping[str, Any] | pd.Series, *, young_adults: bool = False) -> str:
    """Say how many different children, as the range it is; people, where young adults are counted with them."""
    low, high = row["children_low"], row["children_high"]
    if pd.isna(low) or pd.isna(high):
        return _("how many different people is not recorded") if young_adults else _("how many different children is not recorded")
    if int(low) != int(high) and young_adults:
        return _("{low} to {high} different people", low=int(low), high=int(high))
    if int(low) != int(high):
        return _("{low} to {high} different children", low=int(low), high=int(high))
    if young_adults:
        return ngettext("{count} different person", "{count} different people", int(low))
    return ngettext("{count} different child", "{count} different children", int(low))


def hours(weights: NDArray[np.float64]) -> str:
    """Say when in the day most of it was, given its weight in each of 24 hours, or why that cannot be said."""
    if weights.sum() < rhythm.MIN_TO_SAY:
        return _("too few to say when in the day")
    span = rhythm.busiest_span_by_weight(weights)
    return _("no one time of day stands out") if span is None else _("mostly {start:02d}:00-{end:02d}:00", start=span[0], end=span[1])


def hotspot_letter(row: Mapping[str, Any] | pd.Series) -> str:
    """Say which hotspot a place is, or lies in, by its letter; empty where there is none."""
    if not row["letter"]:
        return ""
    return _("hotspot {letter}", letter=row["letter"]) if row["hotspot"] else _("inside hotspot {letter}", letter=row["letter"])


def why_not_repeat_harm(row: Mapping[str, Any] | pd.Series) -> str:
    """Say why a place does not meet the definition of repeat harm, by the first part of it that is not met."""
    if row["incidents"] < repeat_harm.MIN_INCIDENTS:
        return _("Not repeat harm: it is one incident")
    if pd.isna(row["days"]) or row["days"] < repeat_harm.MIN_DAYS:
        return _("Not repeat harm: it may all have been on one day")
    if pd.isna(row["children_low"]):
        return _("Not known to be repeat harm: no record says which child it was")
    return _("Not repeat harm: by the certain count it could be one child")


def day(value: Any) -> str:
    """Write a date as 3 October 2024."""
    return _("not recorded") if pd.isna(value) else days.said(value)


def moment(value: Any) -> str:
    """Write a date and its time of day as 3 October 2024, 14:05; a moment that knows its time zone by the clock here."""
    if pd.isna(value):
        return _("not recorded")
    here = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
    here = here.astimezone() if here.tzinfo else here
    return _("{day}, {time}", day=day(here), time=f"{here:%H:%M}")


def period(first_day: date, last_day: date) -> str:
    """Write the days from one to another, both included."""
    if first_day == last_day:
        return day(first_day)
    return _("{first} to {last}", first=day(first_day), last=day(last_day))


def listed(things: list[str]) -> str:
    """Join things as people say them: a, b and c."""
    if len(things) < 2:
        return "".join(things)
    return _("{first} and {last}", first=", ".join(things[:-1]), last=things[-1])
