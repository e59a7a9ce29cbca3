"""Safe places for those who look for one: the checked register and the map's candidates together, and what is known of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from briefing import masked_venues, sentences
from briefing.workspace import Workspace
from geo import frames
from layers import hours, tables
from layers import safe_places as on_the_map
from spaces import access, revisions, safe_places, schema
from spaces.access import Reader
from spaces.safe_places import Details
from words import N_, DataProblem, _, language, ngettext

VENUE = N_("Venue")
"""The kind of a checked place that is not on the map, so that nothing is known of what it is."""

ORDER = (safe_places.CHECKED, safe_places.STALE, safe_places.NOT_YET, safe_places.WITHDRAWN)
"""In a list, what can be relied on comes first."""


@dataclass(frozen=True)
class Place:
    """One place of the register: what is known of it under a heading each, and what is not known."""

    place_id: str
    version: int
    details: Details
    state: str
    reason: str
    known: dict[str, str]
    not_known: list[str]
    history: list[str]
    """What was done with it and when, newest first: never by whom, which the audit trail says."""


def layer(workspace: Workspace, reader: Reader, today: date) -> gpd.GeoDataFrame:
    """Return what the map shows of safe places, in metres: `state` is `checked`, `stale` or `candidate`, with the `reason` in words.

    Columns are those of the layer of candidates, indexed by feature id; a checked place that is not on the map has an index of its own.
    What was withdrawn, or found not to suit young people, or lies where nothing is mapped, is not shown at all.
    """
    access.check_see_safe_places(reader)
    written_down = revisions.rows_kept(workspace.register, schema.safe_places)
    key = ("safe places", written_down, workspace.data_version, language(), today)  # what is masked is in the data's version
    shown: gpd.GeoDataFrame = workspace.recent.get(key, lambda: _shown(_newest(workspace, today), workspace.layer("safe_places")))
    return shown


def _shown(kept: pd.DataFrame, candidates: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    unsuitable = (kept["state"] == safe_places.WITHDRAWN) | (kept["consent"] == safe_places.NO) | (kept["under_18"] == safe_places.NO)
    shown = kept[~unsuitable & ~kept["hidden"]].sort_values(["name", "easting", "northing"])
    features = shown.index.to_series().radd("checked/").where(shown["feature_id"] == "", shown["feature_id"])
    kinds = shown["feature_id"].map(candidates["kind"]).fillna(VENUE)
    ours = tables.table(
        gpd.GeoSeries.from_xy(shown["easting"], shown["northing"], index=features.to_numpy(), crs=frames.BRITISH_NATIONAL_GRID),
        on_the_map.COLUMNS,
        **{name: shown[name].set_axis(features.to_numpy()) for name in ("name", "name_cy", "reason")},
        kind=kinds.set_axis(features.to_numpy()),
        state=shown["state"].replace({safe_places.NOT_YET: safe_places.CANDIDATE}).set_axis(features.to_numpy()),
        opening_hours=shown["hours"].set_axis(features.to_numpy()),
    )
    # A candidate of which the register says something is shown as the register has it, or not at all.
    spoken_of = kept.loc[~kept["hidden"], "feature_id"]
    rest = candidates[~candidates.index.isin(spoken_of)]
    found: gpd.GeoDataFrame = pd.concat([rest, ours]) if len(ours) else rest
    return found


def listed(workspace: Workspace, reader: Reader, today: date) -> pd.DataFrame:
    """Return the register, indexed by place id: `name, state, reason, feature_id, version` and what else is kept; safe ones first."""
    access.check_see_safe_places(reader)
    found = _newest(workspace, today)
    found.loc[found["hidden"], "reason"] = _("In a part of the area that is not mapped, to protect who lives there: it is on no map.")
    rank = found["state"].map(dict(zip(ORDER, range(len(ORDER)), strict=True)))
    return found.assign(rank=rank).sort_values(["rank", "name"]).drop(columns=["rank", "hidden"])


def candidates(workspace: Workspace, reader: Reader) -> pd.DataFrame:
    """Return the places on the map that nobody has checked or proposed, `name, kind` by feature id, those with a name only."""
    access.check_see_safe_places(reader)
    found = workspace.layer("safe_places")
    known = safe_places.newest(workspace.register)["feature_id"]
    named = found[(found["name"] != "") & ~found.index.isin(known)]
    return pd.DataFrame(named[["name", "kind"]]).assign(kind=named["kind"].map(_)).sort_values("name")


def places(workspace: Workspace, reader: Reader, today: date) -> list[Place]:
    """Return every place of the register with what is known of it, safe ones first."""
    acts = safe_places.every(workspace.register)
    words = {safe_places.CHECKED: _("checked"), safe_places.PROPOSED: _("proposed"), safe_places.WITHDRAWN: _("withdrawn")}
    days = acts["kept_at"].map(sentences.day)
    lines = [_("Written down on {day}: {act}.", day=day, act=words[act]) for day, act in zip(days, acts["act"], strict=True)]
    said = pd.Series(lines, index=acts.index, dtype="str").groupby(level=0, sort=False).agg(list)
    found = []
    for place_id, row in listed(workspace, reader, today).iterrows():
        details = safe_places.details_of(row)
        known, not_known = said_of(details)
        state, reason = str(row["state"]), str(row["reason"])
        found.append(Place(str(place_id), int(row["version"]), details, state, reason, known, not_known, said[str(place_id)]))
    return found


def said_of(details: Details) -> tuple[dict[str, str], list[str]]:
    """Say what is known of a place, under a heading each, and what is not known."""
    answers = {name: _(label) if name != safe_places.NOT_KNOWN else "" for name, label in safe_places.ANSWERS.items()}
    said = {
        _("Agreed by the venue"): _agreement(details, answers),
        _("Checked by"): ", ".join([details.checked_by, sentences.day(details.checked_on)]) if details.checked_by else "",
        _("Open"): hours.said(details.hours) if details.hours else "",
        _("Suitable for under-18s"): answers[details.under_18],
        _("Step-free"): answers[details.step_free],
        _("Languages"): details.languages,
        _("Young people's word"): welcome(details),
        _("Scheme"): details.scheme,
    }
    known = {heading: words for heading, words in said.items() if words} | ({_("Note"): details.note} if details.note else {})
    return known, [heading for heading, words in said.items() if not words]


def welcome(details: Details) -> str:
    """Say what young people said, without giving away who of few said it; empty where nobody was asked."""
    if not details.asked:
        return ""
    if details.asked < safe_places.FEWEST_ASKED:
        return _("Too few were asked to say what they said.")
    return ngettext(
        "{welcome} of {count} who was asked feels welcome there.", "{welcome} of {count} who were asked feel welcome there.",
        details.asked, welcome=details.welcome,
    )  # fmt: skip


def from_candidate(workspace: Workspace, reader: Reader, feature_id: str) -> Details:
    """Return what the map says of a candidate, to begin a check with."""
    access.check_see_safe_places(reader)
    found = workspace.layer("safe_places")
    if feature_id not in found.index:
        raise DataProblem("That place is no longer on the map. Choose it again from the list.")
    row = found.loc[feature_id]
    return Details(
        str(row["name"]), float(row.geometry.x), float(row.geometry.y), feature_id, str(row["name_cy"]), hours=str(row["opening_hours"])
    )


def keep(
    workspace: Workspace, reader: Reader, details: Details, *, place_id: str = "", seen: int = 0, today: date, origin: str
) -> str:  # fmt: skip
    """Keep what a check found and return the place's id. A yes of the venue needs who said it there, and when."""
    access.check_keep_safe_places(reader)
    if details.consent == safe_places.YES and not (details.consent_by.strip() and details.consent_on):
        raise DataProblem("Say who agreed for the venue, by their role, and on which day.")
    check_where(workspace, [details])
    return safe_places.keep(
        workspace.register, reader, details, place_id=place_id, seen=seen, today=workspace.latest_day(today),
        places=workspace.place_names, origin=origin,
    )  # fmt: skip


def propose(workspace: Workspace, reader: Reader, details: Details, *, why: str, today: date, origin: str) -> str:
    """Propose a place for an officer to check, and return its id; one that was withdrawn is proposed again under its own."""
    access.check_propose_safe_places(reader)
    check_where(workspace, [details])
    kept = safe_places.newest(workspace.register)
    before = kept[(kept["feature_id"] == details.feature_id) & (details.feature_id != "")]
    place_id, seen = (str(before.index[0]), int(before["version"].iloc[0])) if len(before) else ("", 0)
    return safe_places.propose(
        workspace.register, reader, details, why=why, place_id=place_id, seen=seen, today=workspace.latest_day(today),
        places=workspace.place_names, origin=origin,
    )  # fmt: skip


def withdraw(workspace: Workspace, reader: Reader, place_id: str, *, seen: int, why: str, today: date, origin: str) -> None:
    """Take a place off the register from today, with why."""
    safe_places.withdraw(
        workspace.register, reader, place_id, seen=seen, why=why, on=today, today=workspace.latest_day(today),
        places=workspace.place_names, origin=origin,
    )  # fmt: skip


def check_where(workspace: Workspace, places: list[Details]) -> None:
    """Raise DataProblem where a place is outside the area, or where nothing is mapped because a venue there is masked."""
    at = np.array([(place.easting, place.northing) for place in places], dtype=float).reshape(-1, 2)
    outside = ~shapely.intersects_xy(workspace.area, at)
    if outside.any():
        raise DataProblem(
            "“{name}” is not inside the area. Check its position, in metres of the National Grid.", name=places[int(outside.argmax())].name
        )
    hidden = masked_venues.in_a_masked_cell(workspace, at)
    if hidden.any():
        raise DataProblem(
            "“{name}” is in a part of the area that is not mapped, to protect who lives there, so it cannot be a safe place on the map. "
            "Ask the data steward.",
            name=places[int(hidden.argmax())].name,
        )  # fmt: skip


def _newest(workspace: Workspace, today: date) -> pd.DataFrame:
    kept = safe_places.newest(workspace.register)
    hidden = masked_venues.in_a_masked_cell(workspace, kept[["easting", "northing"]].to_numpy(float))
    return kept.join(safe_places.states(kept, workspace.read_on(today))).assign(hidden=hidden)


def _agreement(details: Details, answers: dict[str, str]) -> str:
    if details.consent != safe_places.YES:
        return answers[details.consent]
    if not details.consent_by and not details.consent_on:
        return _("Yes (who said so, and when, is not recorded)")
    by = details.consent_by or _("by whom is not recorded")
    return f"{answers[details.consent]}: {by}, {sentences.day(details.consent_on)}"
