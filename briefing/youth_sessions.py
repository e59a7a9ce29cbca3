"""Sessions with young people for those who may read them: what was heard, for which place, who waits to be told, and what it starts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import pandas as pd
import shapely

from briefing import keeping, marks_shown, place_referrals, sentences
from briefing.workspace import Workspace
from spaces import access, safety_maps, space, youth_sessions
from spaces.access import Reader
from spaces.youth_sessions import Session
from words import DataProblem, _, ngettext

ORDER = (youth_sessions.OVERDUE, youth_sessions.WAITING, youth_sessions.TOLD_BACK, youth_sessions.WITHDRAWN)
"""In a list, the group that waits longest comes first."""

YOUNG_PEOPLE = "young people"
"""Who raised a place that a session starts; see `space.RAISED_BY_LABELS`."""


@dataclass(frozen=True)
class Held:
    """One session as it is listed: what is known of it under a heading each, and what can still be done with it."""

    session_id: str
    version: int
    session: Session
    state: str
    reason: str
    known: dict[str, str]
    place: str
    """The name of the place that it is about, empty where it is about none."""
    mine: bool
    """Held by whoever looks: only they change it."""
    marks: int
    """How many marks its safety map has, of those that whoever looks may see."""
    group: tuple[str, str]
    """What its group is known by; see `spaces.youth_sessions.group_of`."""


@dataclass(frozen=True)
class LookedAfter:
    """One session as the data steward has it: what it is called, whose it is, and nothing of what was said."""

    session_id: str
    version: int
    name: str
    worker: str


@dataclass(frozen=True)
class Start:
    """A place that a session starts: the name and kind, and where it is, as a place of the map or as the area that the group marked."""

    name: str
    kind: str
    feature_id: str = ""
    name_cy: str = ""


def listed(workspace: Workspace, reader: Reader, today: date, *, about: Collection[str] | None = None) -> list[Held]:
    """Return the sessions that this reader may see, `about` some spaces or any: those overdue first, then the newest first."""
    access.check_see_sessions(reader)
    rows = youth_sessions.newest(workspace.register)
    rows = rows if about is None else rows[rows["space_id"].isin(about)]
    rows = rows.join(youth_sessions.states(rows, workspace.read_on(today)))
    names = space.newest(workspace.register, "name")["name"]
    marks = marks_shown.of_sessions(workspace, reader, rows)["session_id"].value_counts()
    found = []
    for session_id, row in zip(rows.index.astype(str), rows.to_dict("records"), strict=True):
        if youth_sessions.may_see(row, reader):
            session, place = youth_sessions.session_of(row), str(names.get(row["space_id"], ""))
            count, mine = int(marks.get(session_id, 0)), youth_sessions.is_own(row, reader)
            known, group = _known(session, place, row["state"]), youth_sessions.group_of(row)
            found.append(Held(session_id, int(row["version"]), session, row["state"], row["reason"], known, place, mine, count, group))
    return sorted(found, key=lambda held: (ORDER.index(held.state), -held.session.held_on.toordinal(), held.session_id))


def not_shown(workspace: Workspace, reader: Reader) -> str:
    """Say how many sessions this reader does not see, and why; empty where there are none."""
    access.check_see_sessions(reader)
    rows = youth_sessions.newest(workspace.register).to_dict("records")
    count = sum(not youth_sessions.may_see(row, reader) for row in rows)
    if not count:
        return ""
    return ngettext(
        "{count} more session is not shown to you: the group was told so, or is too small.",
        "{count} more sessions are not shown to you: the groups were told so, or are too small.", count,
    )  # fmt: skip


def looked_after(workspace: Workspace, reader: Reader) -> list[LookedAfter]:
    """Return every session that was not taken back, the newest first, for whoever takes one back or hands it over in a worker's place."""
    access.check_keep_register(reader)
    rows = youth_sessions.newest(workspace.register)
    rows = rows[rows["act"] != youth_sessions.WITHDRAWN].sort_values(["held_on", "group_name"], ascending=[False, True])
    return [
        LookedAfter(session_id, int(row["version"]), f"{row['group_name']}, {sentences.day(row['held_on'])}", str(row["worker"]))
        for session_id, row in zip(rows.index.astype(str), rows.to_dict("records"), strict=True)
    ]


def spaces_to_choose(workspace: Workspace, reader: Reader) -> pd.Series:
    """Return the names of the places that a session can be about, by the id of their space.

    To whoever does not see counts, only those that young people raised or a session of theirs is about: that a place is in the list
    because of recorded harm is the panel's to know. Any other place of the map can be started by its name, which joins the two.
    """
    access.check_see_sessions(reader)
    rows = space.newest(workspace.register)
    rows = rows[rows["status"] != space.MERGED]
    if not access.can_see_counts(reader):
        sessions = youth_sessions.newest(workspace.register)
        own = sessions.loc[sessions["worker"] == reader.name, "space_id"]
        rows = rows[rows["raised_by"].map(lambda who: "young people" in space.raisers(who)) | rows.index.isin(own)]
    return sentences.names_of(rows).sort_values()


def keep(
    workspace: Workspace, reader: Reader, session: Session, *, session_id: str = "", seen: int = 0, today: date, origin: str
) -> str:  # fmt: skip
    """Write a session down, or correct it, and return its id."""
    access.check_keep_sessions(reader)
    if session.space_id and session.space_id not in spaces_to_choose(workspace, reader).index:
        raise DataProblem("This place is not in the list. Choose it again.")
    return youth_sessions.keep(
        workspace.register, reader, session, session_id=session_id, seen=seen, today=workspace.latest_day(today),
        places=workspace.place_names, origin=origin,
    )  # fmt: skip


def tell_back(workspace: Workspace, reader: Reader, held: Held, *, told: str, on: date, today: date, origin: str) -> None:
    """Write down what the group was told came of it."""
    youth_sessions.tell_back(
        workspace.register, reader, held.session_id, seen=held.version, told=told, on=on, today=workspace.latest_day(today),
        places=workspace.place_names, origin=origin,
    )  # fmt: skip


def withdraw(workspace: Workspace, reader: Reader, held: Held | LookedAfter, *, origin: str) -> None:
    """Take a session back for its young people."""
    ledger = keeping.ledger_of(workspace)
    youth_sessions.withdraw(workspace.register, reader, held.session_id, seen=held.version, kept_in=ledger, origin=origin)


def hand_over(workspace: Workspace, reader: Reader, held: Held | LookedAfter, worker: str, *, origin: str) -> None:
    """Give a session, and all of the same group, to another worker."""
    youth_sessions.hand_over(workspace.register, reader, held.session_id, worker, seen=held.version, origin=origin)


def about(workspace: Workspace, reader: Reader, held: Held, space_id: str, *, origin: str) -> None:
    """Say which place a session is about."""
    access.check_keep_sessions(reader)
    if space_id not in spaces_to_choose(workspace, reader).index:
        raise DataProblem("This place is not in the list. Choose it again.")
    youth_sessions.about(workspace.register, reader, held.session_id, space_id, seen=held.version, origin=origin)


def start_space(workspace: Workspace, reader: Reader, held: Held, start: Start, *, today: date, origin: str) -> str:
    """Start a place with what young people said, with or without any record of harm there, and return the id of its space.

    Where it is a place of the map that is a space already, the session joins it: young people then stand beside whoever raised it.
    """
    access.check_keep_sessions(reader)
    if not held.mine or held.session.seen_by == youth_sessions.WORKER:
        raise DataProblem("A place is started by the worker who held the session, and only if the group was told that the panel sees it.")
    if start.feature_id:
        details = place_referrals.of_the_map(workspace, start.feature_id, raised_by=YOUNG_PEOPLE)
    else:
        details = space.Details(start.name, start.kind, YOUNG_PEOPLE, _marked(workspace, held), name_cy=start.name_cy)
    return youth_sessions.start_space(
        workspace.register, reader, held.session_id, details, seen=held.version, today=workspace.latest_day(today),
        places=workspace.place_names, origin=origin,
    )  # fmt: skip


def named(workspace: Workspace, reader: Reader) -> pd.Series:
    """Return the names of the map's places by their id, to choose one of."""
    access.check_see_sessions(reader)
    return sentences.names_of(workspace.places).sort_values()


def _marked(workspace: Workspace, held: Held) -> shapely.Geometry:
    marks = safety_maps.newest(workspace.register, [held.session_id])
    areas = shapely.from_wkb(marks.loc[marks["cells"] != "", "shape"].to_numpy())
    if not len(areas):
        raise DataProblem("Say where the place is: choose it by its name, or mark its area on the group's safety map first.")
    return shapely.union_all(areas)


def _known(session: Session, place: str, state: str) -> dict[str, str]:
    gone = state == youth_sessions.WITHDRAWN
    said = {
        _("What was heard"): "" if gone else session.heard,
        _("Place"): place or _("none yet"),
        _("How"): _("{method}, in: {language}", method=_(youth_sessions.METHODS[session.method]),
                    language=_(youth_sessions.LANGUAGES[session.language])),
        _("Young people"): str(session.how_many),
        _("Asked for by"): session.asked_by,
        _("They were told that it is for"): session.purpose,
        _("They were told that it is seen by"): _(youth_sessions.SEEN_BY[session.seen_by]),
        _("When"): sentences.day(session.held_on),
    }  # fmt: skip
    return {heading: words for heading, words in said.items() if words}
