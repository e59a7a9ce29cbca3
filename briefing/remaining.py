"""Whether a place goes on harming new children after earlier children's cases were closed."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from briefing import masked_venues, review, sentences
from briefing.workspace import Workspace
from spaces import repeat_harm
from words import _, ngettext

A_YEAR = timedelta(days=364)
"""New children are looked for in the last year of what is asked about: long enough for cases to close, and not so long ago."""


def sentence(workspace: Workspace, question: review.Question, place_id: str) -> str:
    """Say of one place whether it remains harmful, by all that is held of it and not only a question's period."""
    available = review.choices(workspace)
    everything = review.Question(available.first_day, available.last_day, young_adults=question.young_adults)
    records, _left_out = review.chosen_records(workspace, everything)
    records = records[records["easting"].notna() & ~masked_venues.on_no_map(workspace, records)]
    place = review.place_of_each(records, workspace.places)
    here = place == place_id.removeprefix(review.NEAR)
    if not here.any():
        return ""
    return of_records(records[here], question.first_day, question.last_day)


def of_records(records: pd.DataFrame, first_day: date, last_day: date) -> str:
    """Say it of all the records that are held of one place, looking for new children in the last year of a period."""
    if records.empty:
        return ""
    here = pd.Series("here", index=records.index)
    return _said(repeat_harm.remains_harmful(records, here, since=max(first_day, last_day - A_YEAR)).iloc[0])


def _said(found: pd.Series) -> str:
    since = sentences.day(found["since"])
    if pd.notna(found["remains_harmful"]) and found["remains_harmful"]:
        return ngettext(
            "It remains harmful: since {since} at least {count} new child was harmed here, after earlier children's cases had closed.",
            "It remains harmful: since {since} at least {count} new children were harmed here, after earlier children's cases had closed.",
            int(found["new_children_low"]), since=since,
        )  # fmt: skip
    if pd.notna(found["remains_harmful"]):
        return _no_longer(found, since)
    if pd.isna(found["new_since_low"]):
        return _("Whether new children go on being harmed here cannot be said: no record says which child it was.")
    if pd.notna(found["first_closed_on"]):
        return _some_closed(found, since)
    if not found["new_since_low"]:
        return _("Whether earlier cases had closed is not known, and nobody is known to be new here since {since}.", since=since)
    return ngettext(
        "Whether earlier cases had closed is not known; since {since} at least {count} child was harmed here who was not before.",
        "Whether earlier cases had closed is not known; since {since} at least {count} children were harmed here who were not before.",
        int(found["new_since_low"]), since=since,
    )  # fmt: skip


def _some_closed(found: pd.Series, since: str) -> str:
    """Say what can be said where a case is known to have closed, and whether somebody harmed after that is new is not told."""
    if not found["new_since_low"]:
        return _(
            "An earlier child's case has closed, and nobody is known to be new here since {since}; of some records it is not known "
            "whether the child is new.", since=since,
        )  # fmt: skip
    return ngettext(
        "An earlier child's case has closed; since {since} at least {count} child was harmed here who was not before, but whether after "
        "an earlier case of the same agency had closed is not known.",
        "An earlier child's case has closed; since {since} at least {count} children were harmed here who were not before, but whether "
        "after an earlier case of the same agency had closed is not known.",
        int(found["new_since_low"]), since=since,
    )  # fmt: skip


def _no_longer(found: pd.Series, since: str) -> str:
    """Say that no new child was harmed once a case had closed: which says nothing of the days before that, so those are not passed over."""
    closed_later = pd.notna(found["first_closed_on"]) and found["first_closed_on"] >= found["since"]
    if not closed_later:
        return _("No new child is known to have been harmed here since {since}.", since=since)
    if pd.isna(found["new_since_low"]) or not found["new_since_low"]:
        closed = sentences.day(found["first_closed_on"])
        return _("No new child is known to have been harmed here after {closed}, when an earlier child's case closed.", closed=closed)
    return ngettext(
        "Since {since} at least {count} child was harmed here who was not before, but before earlier children's cases had closed; "
        "no new child is known after that.",
        "Since {since} at least {count} children were harmed here who were not before, but before earlier children's cases had closed; "
        "no new child is known after that.",
        int(found["new_since_low"]), since=since,
    )  # fmt: skip
