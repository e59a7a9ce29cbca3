"""Numbers said in words that people use: ranges, times, what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from words import _, ngettext


def incidents_on_days(row: Mapping[str, Any] | pd.Series) -> str:
    """Say how many incidents there were, on how many days where that is known."""
    incidents = int(row["incidents"])
    said = ngettext("{count} incident", "{count} incidents", incidents)
    if pd.isna(row["days"]):
        return said
    return _("{incidents} on {days}", incidents=said, days=ngettext("{count} day", "{count} days", int(row["days"])))


def different_children(row: Mapping[str, Any] | pd.Series) -> str:
    """Say how many different children, as the range it is."""
    low, high = row["children_low"], row["children_high"]
    if pd.isna(low) or pd.isna(high):
        return _("how many different children is not recorded")
    if int(low) == int(high):
        return ngettext("{count} different child", "{count} different children", int(low))
    return _("{low} to {high} different children", low=int(low), high=int(high))


def hours(span: tuple[int, int] | None) -> str:
    """Say when in the day most of it was, or that it cannot be said."""
    return _("no one time of day stands out") if span is None else _("mostly {start:02d}:00-{end:02d}:00", start=span[0], end=span[1])


def day(value: Any) -> str:
    """Write a date as 3 October 2024."""
    return _("not recorded") if pd.isna(value) else f"{value.day} {month_name(value.month)} {value.year}"


def period(first_day: date, last_day: date) -> str:
    """Write the days from one to another, both included."""
    return _("{first} to {last}", first=day(first_day), last=day(last_day))


def month_name(month: int) -> str:
    """Return a month's name in the current language."""
    return [
        _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August"), _("September"),
        _("October"), _("November"), _("December"),
    ][month - 1]  # fmt: skip


def listed(things: list[str]) -> str:
    """Join things as people say them: a, b and c."""
    if len(things) < 2:
        return "".join(things)
    return _("{first} and {last}", first=", ".join(things[:-1]), last=things[-1])
