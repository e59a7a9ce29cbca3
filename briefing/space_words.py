"""What is said of a place in words: what it is, who raised it, how it stands, what is overdue, and what was done with it when."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import date
from typing import Any

import pandas as pd
import shapely

from briefing import sentences
from briefing.place import KIND_LABELS
from spaces import assessing, space, space_changes
from spaces.space import Details
from words import _, ngettext

LOOKED_AT_WITHIN_DAYS = 28
"""From noticing a place to deciding what is done: the panel meets every month, so that each place has been before it once."""

UNDERSTOOD_WITHIN_DAYS = len(assessing.STEPS_OF_UNDERSTANDING) * assessing.STEP_WITHIN_DAYS
"""What the three steps of an assessment may take: a place that is being understood for longer is understood by nobody."""

ANSWERED_WITHIN_DAYS = 28
"""An authority that is offered a place has a panel too, which meets every month."""

IN_SQUARE_KILOMETRES_M2 = 500_000.0
"""From here on nobody pictures square metres any more."""


def kind_of(row: pd.Series) -> str:
    """Say what kind of place it is; of one online, the type of platform, and of an event, its days."""
    label = _(KIND_LABELS.get(str(row["kind"]), KIND_LABELS["other"]))
    if row["platform"]:
        return f"{label}: {_(space.PLATFORM_LABELS[str(row['platform'])])}"
    return f"{label}, {sentences.period(row['starts_on'], row['ends_on'])}" if row["starts_on"] and row["ends_on"] else label


def raised_by(row: pd.Series) -> str:
    """Say who raised a place: all of them, none before another but by when."""
    said = [_(space.RAISED_BY_LABELS.get(one, one)) for one in space.raisers(str(row["raised_by"]))]
    return _("raised by {who}", who=sentences.listed(said))


def overdue(row: Mapping[Hashable, Any] | pd.Series, since: date, today: date) -> str:
    """Say what is overdue of a place whose status (or offer to an authority) stands since a day; empty where nothing is."""
    return late(row, since, today)[0]


def late(row: Mapping[Hashable, Any] | pd.Series, since: date, today: date) -> tuple[str, int]:
    """Say what is overdue of a place, and for how many days it has been; empty and 0 where nothing is."""
    days = (today - since).days
    if row["authority"] and not row["answer_of_authority"] and days > ANSWERED_WITHIN_DAYS:
        said = ngettext(
            "Offered to {authority} {count} day ago, and not answered. Ask them.",
            "Offered to {authority} {count} days ago, and not answered. Ask them.", days, authority=row["authority"],
        )  # fmt: skip
        return said, days - ANSWERED_WITHIN_DAYS
    if row["status"] == space.NOTICED and days > LOOKED_AT_WITHIN_DAYS:
        said = ngettext(
            "Noticed {count} day ago, and nothing is decided yet.", "Noticed {count} days ago, and nothing is decided yet.", days
        )
        return said, days - LOOKED_AT_WITHIN_DAYS
    if row["status"] == space.UNDERSTOOD and days > UNDERSTOOD_WITHIN_DAYS:
        said = ngettext(
            "Being understood for {count} day: nothing is decided.", "Being understood for {count} days: nothing is decided.", days
        )
        return said, days - UNDERSTOOD_WITHIN_DAYS
    if row["status"] == space.ACTING and not row["worker"]:
        return _("Something is being done here, and nobody is named who works with it."), days
    if row["ends_on"] and row["ends_on"] < today and row["status"] not in (space.CLOSED, space.MERGED):
        said = _("The event ended on {day}. Say what came of it, and close it.", day=sentences.day(row["ends_on"]))
        return said, (today - row["ends_on"]).days
    return "", 0


def size(boundary: shapely.Geometry) -> str:
    """Say how large the ground within a boundary in metres is, to about a tenth: it was drawn by hand."""
    area_m2 = float(shapely.area(boundary))
    if area_m2 >= IN_SQUARE_KILOMETRES_M2:
        return _("{area:.1f} square kilometres", area=area_m2 / 1e6)
    return _("{area:,.0f} square metres", area=float(f"{area_m2:.2g}"))


def overlap_sentence(rows: pd.DataFrame, boundary: shapely.Geometry | None, *, besides: tuple[str, ...] = ()) -> str:
    """Say which places share ground with a boundary; empty where none does. They may: a bench in a park is both."""
    ids = space_changes.overlapping(rows, boundary, besides=besides)
    if not ids:
        return ""
    names = [sentences.name_of(rows.loc[[one]].iloc[0]) for one in ids[:3]]
    return _("It shares ground with {names}: what is recorded there counts in each.", names=sentences.listed(names))


def standing(rows: pd.DataFrame, row: pd.Series, details: Details, is_overdue: str) -> list[str]:
    """Say who works with a place, whose it is, what it overlaps, whose law holds there, and who was asked; what `is_overdue` first."""
    said = [is_overdue] if is_overdue else []
    if details.worker:
        note = f" {row['handover_note']}" if row["handover_note"] else ""
        said.append(_("Works with it: {who}.", who=details.worker) + note)
    if details.owner:
        whom = _("; ask {who}", who=details.owner_contact) if details.owner_contact else ""
        said.append(_("Owned or run by {who}{whom}.", who=details.owner, whom=whom))
    if overlaps := overlap_sentence(rows, details.boundary, besides=(str(row.name),)):
        said.append(overlaps)
    if details.law == "both":
        said.append(
            _(
                "The border runs through it, so two laws hold here: England's on one side and Wales's on the other. Which local authority "
                "and which safeguarding procedures apply depends on the side."
            )
        )
    elif details.law:
        said.append(_("The law that holds here is that of {country}.", country=_(space.LAW_LABELS[details.law])))
    if row["authority"]:
        answers = {
            space_changes.ACCEPTED: _("Handed to {authority}, which accepted it.", authority=row["authority"]),
            space_changes.DECLINED: _("Offered to {authority}, which declined it: it stays here.", authority=row["authority"]),
        }
        said.append(answers.get(row["answer_of_authority"], _("Offered to {authority}, not answered yet.", authority=row["authority"])))
    return said


def outlines_taken_back(every: pd.DataFrame) -> set[str]:
    """Return the ids of the open places whose outline young people took back, and nobody has drawn anew; rows newest first by id."""
    drawn = every[every["act"].isin([space.OUTLINE_TAKEN_BACK, space.REDRAWN])]
    last = drawn[~drawn.index.duplicated()]
    now = every.loc[~every.index.duplicated(), "status"]
    return {str(one) for one in last.index[last["act"] == space.OUTLINE_TAKEN_BACK] if now[one] not in (space.CLOSED, space.MERGED)}


def outline_sentence() -> str:
    """Say that the outline of a place is no longer theirs who drew it."""
    return _("The young people took back the map that its outline came of. Draw it anew, or close the place.")


def history_of(history: pd.DataFrame, rows: pd.DataFrame) -> list[str]:
    """Say what was done with a place and when, newest first: never by whom, which the audit trail says."""
    versions = history.sort_index().to_dict("records")
    said = []
    for before, row in zip([None, *versions], versions, strict=False):
        words = f"{sentences.day(row['kept_at'].to_pydatetime().astimezone())}: {_act(before, row, rows)}"
        said.append(f"{words} {row['why']}".strip())
    return said[::-1]


def _act(before: Mapping[Hashable, Any] | None, row: Mapping[Hashable, Any], rows: pd.DataFrame) -> str:
    """Say in a sentence what one row changed."""
    earlier = before or row
    who = [one for one in space.raisers(row["raised_by"]) if before is None or one not in space.raisers(earlier["raised_by"])]
    raised = sentences.listed([_(space.RAISED_BY_LABELS.get(one, one)) for one in who or space.raisers(row["raised_by"])])
    accepted = row["answer_of_authority"] == space_changes.ACCEPTED
    told: dict[str, Callable[[], str]] = {
        "renamed": lambda: _("Renamed, from “{before}” to “{name}”.", before=earlier["name"], name=row["name"]),
        "raised again": lambda: _("Raised again, by {who}.", who=raised),
        "status set": lambda: _("Status: {status}.", status=_(space.STATUS_LABELS[row["status"]])),
        "described": lambda: _("What is known of it was written down."),
        space.OUTLINE_TAKEN_BACK: lambda: _("The young people took back the map that its outline came of."),
        space.REDRAWN: lambda: _("Its boundary was drawn anew: {size}, {before} before.", size=_size(row), before=_size(earlier)),
        "handed over": lambda: _("Handed over to {worker}: {note}", worker=row["worker"], note=row["handover_note"]),
        "offered": lambda: _("Offered to {authority}.", authority=row["authority"]),
        "answered": lambda: (
            _("{authority} accepted it.", authority=row["authority"])
            if accepted
            else _("{authority} declined it.", authority=row["authority"])
        ),
        "took in": lambda: _("“{other}” became part of it.", other=_name(rows, row["came_of"].split(";")[-1])),
        "merged": lambda: _("It became part of “{other}”.", other=_name(rows, row["merged_into"])),
        "split": lambda: _("Split in two: this part stays “{name}”.", name=row["name"]),
        "split off": lambda: _("Split off from “{other}”.", other=_name(rows, row["came_of"].split(";")[-1])),
    }
    return told.get(str(row["act"]), lambda: _("Raised by {who}.", who=raised))()


def _size(row: Mapping[Hashable, Any]) -> str:
    return size(shapely.from_wkb(row["boundary"]))


def _name(rows: pd.DataFrame, space_id: str) -> str:
    return sentences.name_of(rows.loc[[space_id]].iloc[0]) if space_id in rows.index else _("another place")
