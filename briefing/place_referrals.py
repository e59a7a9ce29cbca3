"""The inbox of referrals of a place: what is asked, how long it has waited, and the answer, which raises a place or says why not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd
import shapely

from briefing.workspace import Workspace
from spaces import access, place_referrals
from spaces.access import ROLE_LABELS, Reader, Role
from spaces.place_referrals import ACCEPTED, DECLINED, RAISED, READ, Referral
from spaces.space import Details
from words import DataProblem, _

ORDER = (RAISED, READ, ACCEPTED, DECLINED)
"""In the inbox, what nobody has read yet comes first."""

ROUND_A_POINT_M = 50.0
"""Round a position that was referred, until somebody draws the place: it is seen from there, and what is across the street is not meant."""


@dataclass(frozen=True)
class Letter:
    """One referral: where, from whom, why and what for, in words; its `clock`; and the answer, empty where there is none yet."""

    referral_id: str
    version: int
    state: str
    overdue: bool
    clock: str
    where: str
    sender: str
    why: str
    wants: str
    reason: str
    reply: str
    space_id: str
    feature_id: str
    easting: float | None
    northing: float | None


def inbox(
    workspace: Workspace, reader: Reader, today: date, *, about: Collection[str] | None = None, feature_id: str = ""
) -> list[Letter]:  # fmt: skip
    """Return the referrals that a reader may see: all of them for the panel, and of others those of their own kind of work.

    With `about`, those that raised or joined one of these spaces, and those of a place of the map that did neither, or not yet. The
    unread come first, and of those the overdue and then the oldest.
    """
    access.check_refer_places(reader)
    rows = place_referrals.newest(workspace.register)
    if about is not None:
        of_the_map = (rows["space_id"] == "") & (rows["feature_id"] == feature_id) & (feature_id != "")
        rows = rows[rows["space_id"].isin(about) | of_the_map]
    if not access.can_answer_place_referrals(reader):
        rows = rows[rows["from_role"] == str(reader.role)]
    rows = rows.join(place_referrals.states(rows, workspace.read_on(today)))
    letters = [(row["raised_on"], _letter(workspace, str(referral_id), row)) for referral_id, row in rows.iterrows()]
    return [letter for _day, letter in sorted(letters, key=lambda one: (ORDER.index(one[1].state), not one[1].overdue, one[0]))]


def refer(workspace: Workspace, reader: Reader, referral: Referral, *, today: date, origin: str) -> str:
    """Refer a place of this area to the panel, and return the referral's id."""
    access.check_refer_places(reader)
    if referral.feature_id:
        workspace.named_place(referral.feature_id)
    workspace.check_inside(referral.easting, referral.northing)
    return place_referrals.refer(
        workspace.register, reader, referral, today=workspace.read_on(today), places=workspace.place_names,
        origin=origin,
    )  # fmt: skip


def mark_read(workspace: Workspace, reader: Reader, letter: Letter, *, today: date, origin: str) -> None:
    """Write down that the panel has read it."""
    day = workspace.read_on(today)
    place_referrals.mark_read(workspace.register, reader, letter.referral_id, seen=letter.version, today=day, origin=origin)


def begun(workspace: Workspace, letter: Letter) -> Details:
    """Return the place that accepting a referral would raise: the map's own, else what lies round its position; without either, unnamed."""
    if letter.feature_id:
        return of_the_map(workspace, letter.feature_id, raised_by="referral")
    boundary = None
    if letter.easting is not None and letter.northing is not None:
        boundary = shapely.buffer(shapely.Point(letter.easting, letter.northing), ROUND_A_POINT_M)
    return Details("", "other", "referral", boundary)


def of_the_map(workspace: Workspace, feature_id: str, *, raised_by: str) -> Details:
    """Return a place of the map as a space of its own; DataProblem where it is not on the map."""
    row = workspace.named_place(feature_id)
    return Details(str(row["name"]), str(row["kind"]), raised_by, row.geometry, feature_id, str(row["name_cy"] or ""))


def accept(
    workspace: Workspace, reader: Reader, letter: Letter, *, reply: str, raises: Details | None = None, joins: str = "", today: date,
    origin: str,
) -> str:  # fmt: skip
    """Accept a referral, and return the id of the place that it raises or joins."""
    if raises is not None and not raises.feature_id:
        check_inside(workspace, raises.boundary)
    return place_referrals.accept(
        workspace.register, reader, letter.referral_id, seen=letter.version, reply=reply,
        raises=None if raises is None else replace(raises, raised_by="referral"), joins=joins,
        today=workspace.read_on(today), places=workspace.place_names, origin=origin,
    )  # fmt: skip


def decline(workspace: Workspace, reader: Reader, letter: Letter, *, reason: str, reply: str, today: date, origin: str) -> None:
    """Decline a referral with the panel's reason and the reply that goes back."""
    place_referrals.decline(
        workspace.register, reader, letter.referral_id, seen=letter.version, reason=reason, reply=reply,
        today=workspace.read_on(today), places=workspace.place_names, origin=origin,
    )  # fmt: skip


def check_inside(workspace: Workspace, boundary: shapely.Geometry | None) -> None:
    """Raise DataProblem unless a boundary in metres lies in the area, in part at least: a place on the border lies in two."""
    if boundary is not None and not shapely.intersects(workspace.area, boundary):
        raise DataProblem("That place is outside the area. Tell the authority that it lies in.")


def _letter(workspace: Workspace, referral_id: str, row: pd.Series) -> Letter:
    named = workspace.places["name"].get(row["feature_id"], "")
    at = None if pd.isna(row["easting"]) else (float(row["easting"]), float(row["northing"]))
    spot = _("easting {easting:.0f}, northing {northing:.0f}", easting=at[0], northing=at[1]) if at else ""
    role = _(ROLE_LABELS[Role(row["from_role"])]).lower()
    texts = {name: str(row[name]) for name in ("state", "clock", "why", "wants", "reason", "reply", "space_id", "feature_id")}
    return Letter(
        referral_id=referral_id, version=int(row["version"]), overdue=bool(row["overdue"]),
        where=": ".join(part for part in (named, row["whereabouts"]) if part) + (f" ({spot})" if spot else ""),
        sender=f"{row['from_agency']} ({role})", easting=at[0] if at else None, northing=at[1] if at else None, **texts,
    )  # fmt: skip
