"""The places the partnership looks at: the list of them, what is overdue, and the profile of one, with what is good there first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from briefing import around as nearby
from briefing import changes, dark, flags_gathered, masked_venues, recorded, remaining, review, sentences, setting
from briefing.flags_gathered import Group
from briefing.recorded import Recorded
from briefing.setting import Setting
from briefing.space_words import history_of, kind_of, outline_sentence, outlines_taken_back, overdue, raised_by, standing
from briefing.workspace import Workspace
from spaces import access, duplicates, flags, repeat_harm, revisions, schema, sources, space, whereabouts
from spaces.access import Reader
from spaces.safe_places import NO, NOT_KNOWN, YES
from spaces.space import Details
from words import N_, DataProblem, _, ngettext

ORDER = (space.NOTICED, space.UNDERSTOOD, space.ACTING, space.WATCHING, space.CLOSED)
"""In the list, what nobody has looked into yet comes first."""

WITHIN_OUTLINE_M = 120.0
"""Round a boundary, records are looked at that may be of the place: twice the most that a position is moved (`whereabouts`)."""

ADULT = {
    YES: N_("An adult of concern is known to an agency: yes."),
    NO: N_("An adult of concern is known to an agency: no."),
    NOT_KNOWN: N_("Whether an adult of concern is known to an agency is not known."),
}
"""Nothing more is kept of it: not who, not of whom, not with whom."""


@dataclass(frozen=True)
class Listed:
    """One place in the list."""

    space_id: str
    name: str
    kind: str
    status: str
    raised_by: str
    worker: str
    overdue: str
    """What is overdue, in a sentence; empty where nothing is."""


@dataclass(frozen=True)
class Profile:
    """What is known of one place, disclosed for a reader who may see counts. Sentences that do not apply are empty."""

    space_id: str
    version: int
    details: Details
    name: str
    status: str
    line: str
    """What kind of place it is, how far it is on its way, and who raised it."""
    waits_for_authority: bool
    """Whether a neighbouring authority was offered the place and has not answered."""
    standing: list[str]
    """Who works with it, whose it is, what it overlaps, whose law holds there, which authority was asked, and what is overdue."""
    strengths: list[str]
    sentence: str
    repeat_harm: bool
    remains_harmful: str
    against_last_year: str
    source_mix: str
    recorded: Recorded | None
    """None where nothing is recorded there, or the place is on no map."""
    setting: Setting | None
    in_the_dark: str
    flags: list[Group]
    """What people said of it, gathered: one for each stream of voices, which are never added up."""
    adult_of_concern: str
    not_known: list[str]
    history: list[str]


def listed(workspace: Workspace, reader: Reader, today: date) -> list[Listed]:
    """Return the places, by how far they are on their way, what is overdue first; not those that are part of another now."""
    access.check_see_counts(reader)
    every = revisions.every(workspace.register, schema.space_versions)
    rows = every[~every.index.duplicated()]  # the newest of each comes first
    since, undrawn = status_since(every), outlines_taken_back(every)
    found = [
        Listed(
            str(space_id), sentences.name_of(row), kind_of(row), str(row["status"]), raised_by(row), str(row["worker"]),
            outline_sentence() if space_id in undrawn else overdue(row, since[str(space_id)], today),
        )
        for space_id, row in rows.iterrows()
        if row["status"] != space.MERGED
    ]  # fmt: skip
    return sorted(found, key=lambda one: (ORDER.index(one.status), not one.overdue, one.name))


def profile(
    workspace: Workspace, reader: Reader, space_id: str, first_day: date, last_day: date, *, young_adults: bool = False, today: date
) -> Profile:
    """Answer what is known of one place in a period, within its own boundary."""
    access.check_see_counts(reader)
    rows = space.newest(workspace.register)
    if space_id not in rows.index:
        raise DataProblem("This place is not in the list. Choose it again.")
    row = rows.loc[[space_id]].iloc[0]
    if row["status"] == space.MERGED:
        raise DataProblem(
            "“{name}” has become part of “{other}”. Open that one.", name=row["name"], other=rows.loc[row["merged_into"], "name"]
        )
    details, history = space.details_of(row), space.history(workspace.register, space_id)
    by_id = history.set_axis([space_id] * len(history))
    is_late = outline_sentence() if outlines_taken_back(by_id) else overdue(row, status_since(by_id)[space_id], today)
    held = _records(workspace, details, young_adults=young_adults)
    began = held["occurred_from"]
    inside = held[(began >= pd.Timestamp(first_day)) & (began < pd.Timestamp(last_day) + timedelta(days=1))]
    told = recorded.recorded(inside) if len(inside) else None
    hours, weekdays = (told.hours, told.weekdays) if told else (np.zeros(24), np.zeros(7))
    times = nearby.busiest_times(hours, weekdays, last_day)
    like = None
    if details.boundary is not None:
        like = setting.setting(workspace, reader, details.boundary, times, feature_id=details.feature_id, today=today)
    flagged = flags_gathered.of_space(workspace, reader, space_id)
    measured = repeat_harm.measure(inside, pd.Series("here", index=inside.index)).iloc[0] if told else None
    return Profile(
        space_id=space_id,
        version=int(row["version"]),
        details=details,
        name=sentences.name_of(row),
        status=str(row["status"]),
        line=" · ".join((kind_of(row), _(space.STATUS_LABELS[str(row["status"])]), raised_by(row))),
        waits_for_authority=bool(row["authority"]) and not row["answer_of_authority"],
        standing=standing(rows, row, details, is_late),
        strengths=_strengths(details, flagged),
        sentence=_sentence(details, measured, hours, young_adults=young_adults),
        repeat_harm=bool(measured is not None and measured["repeat_harm"]),
        remains_harmful=remaining.of_records(held, first_day, last_day),
        against_last_year=changes.against_last_year(told.incidents["occurred_from"], first_day, last_day) if told else "",
        source_mix=_source_mix(inside) if told else "",
        recorded=told,
        setting=like,
        in_the_dark=""
        if told is None or details.boundary is None
        else dark.in_the_dark(told.incidents, details.boundary, first_day, last_day).sentence,
        flags=flagged,
        adult_of_concern=_(ADULT[details.adult_of_concern]),
        not_known=_not_known(details, told, measured, like, int(began.isna().sum())),
        history=history_of(history, rows),
    )


def status_since(every: pd.DataFrame) -> dict[str, date]:
    """Return from which day each place has had the status, and the authority asked, that it has now; rows newest first."""
    ids = every.index.to_series()
    key = every["status"] + "/" + every["authority"] + "/" + every["answer_of_authority"]
    same = key.eq(key.groupby(ids.to_numpy()).transform("first"))
    # Only the run that goes on to now: an earlier time in the same status was another.
    run = same.astype(int).groupby(ids.to_numpy()).cummin().astype(bool)
    first = every.loc[run.to_numpy(), "kept_at"].groupby(ids[run.to_numpy()].to_numpy()).min()
    return {str(space_id): moment.to_pydatetime().astimezone().date() for space_id, moment in first.items()}


def _records(workspace: Workspace, details: Details, *, young_adults: bool) -> pd.DataFrame:
    """Return every record of harm to children that is held and belongs to a place by its boundary."""
    register = workspace.register
    if details.boundary is None:
        return register.records(bounds=(0.0, 0.0, -1.0, -1.0))
    west, south, east, north = shapely.bounds(details.boundary).tolist()
    reach = (west - WITHIN_OUTLINE_M, south - WITHIN_OUTLINE_M, east + WITHIN_OUTLINE_M, north + WITHIN_OUTLINE_M)
    records = duplicates.told_once(register.records(bounds=reach), duplicates.verdicts(register))
    records = repeat_harm.about_harm_to_children(records, young_adults=young_adults)
    others: gpd.GeoDataFrame = workspace.places.drop(index=details.feature_id, errors="ignore")
    here = whereabouts.in_place(records["easting"], records["northing"], records["precision_m"], details.boundary, others)
    records = records[here]
    return records[~masked_venues.on_no_map(workspace, records)]


def _sentence(details: Details, measured: pd.Series | None, hours: Any, *, young_adults: bool) -> str:
    if details.boundary is None:
        return _("It is on no map, so no recorded harm is counted here. No reports is not no harm.")
    if measured is None:
        return _("Nothing is recorded here in this period. No reports is not no harm.")
    asked = review.Question(date.min, date.max, young_adults=young_adults)
    return review.sentence(pd.concat([measured, pd.Series({"trend": ""})]), hours, asked)


def _source_mix(records: pd.DataFrame) -> str:
    """Say how far what is recorded rests on one agency."""
    mix = sources.source_mix(records, pd.Series("here", index=records.index)).iloc[0]
    largest = _("one that is not named") if pd.isna(mix["largest_source"]) else str(mix["largest_source"])
    if mix["sources"] == 1:
        return _("All of it was told by one source: {agency}.", agency=largest)
    return _(
        "Told by {count} sources; {agency} told of {share} % of it.", count=int(mix["sources"]), agency=largest,
        share=round(100 * mix["largest_share"]),
    )  # fmt: skip


def _strengths(details: Details, flagged: list[Group]) -> list[str]:
    """Say what is good here and who is trusted, before anything else."""
    said = [_("Good here: {what}", what=details.good)] if details.good else []
    said += [_("Trusted here: {who}", who=details.trusted)] if details.trusted else []
    return said + [_flagged_as_safe(group) for group in flagged if flags.SAFE in group.polarities]


def _flagged_as_safe(group: Group) -> str:
    count, who = group.polarities[flags.SAFE], _(flags.STREAM_LABELS[group.stream])
    if count is None:
        return _("{who}: flagged as safe", who=who)
    return ngettext("{who}: flagged as safe {count} time", "{who}: flagged as safe {count} times", count, who=who)


def _not_known(details: Details, told: Recorded | None, measured: pd.Series | None, like: Setting | None, undated: int) -> list[str]:
    said = []
    if told is not None and measured is not None:
        said += recorded.not_known(told, without_reference=int(measured["without_reference"]), one_source_matters=True)
    if undated:
        said.append(ngettext("when {count} more incident was", "when {count} more incidents were", undated))
    said += like.not_known if like else []
    said += [_("what is good here")] if not details.good else []
    said += [_("whom young people trust here")] if not details.trusted else []
    said += [_("who owns or runs it")] if not details.owner else []
    return said
