"""A sample's own history of its places, taken in from its files by the same functions that its users work with, each act in its role.

Days are the files' own, those on which things are kept too (`as_if_on`). What a page would date today is kept by the module of `spaces`
that the page's own function ends in.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from briefing import assessing, safety_maps, space_acts
from briefing import flags as flagging
from briefing import place_referrals as inbox
from briefing import youth_sessions as sessions
from briefing.workspace import Workspace
from spaces import (
    actions,
    agency_checks,
    assessments,
    flag_moderation,
    flags,
    goals,
    institutional_harm,
    observations,
    place_referrals,
    pseudonyms,
    space,
    youth_sessions,
)
from spaces.access import Reader, Role
from spaces.audit import as_if_on
from spaces.register import Register

ORIGIN = "sample town"
READERS = {role: Reader(f"sample {role.value.replace('_', ' ')}", role) for role in Role}
"""Who did it: those whom the sample can be tried as, so that the sessions are that youth worker's own."""

PANEL, STEWARD, OFFICER, YOUTH = (
    READERS[role] for role in (Role.PANEL_MEMBER, Role.DATA_STEWARD, Role.COMMUNITY_SAFETY_OFFICER, Role.YOUTH_WORKER)
)
FEELING_SCALE = 7
HOW: dict[str, Any] = {"origin": ORIGIN}

Record = dict[str, Any]


def fill(workspace: Workspace, raw: Path) -> None:
    """Take in what the folder `raw` has of places, their referrals, sessions, flags, assessments and agency checks, in that order."""
    known = Known(workspace)
    for name, take in (
        ("spaces.json", _space), ("place_referrals.json", _referral), ("youth_sessions.json", _session), ("flags.csv", _flag),
        ("flag_answers.csv", _flag_answer), ("assessments.json", _assessment), ("agency_checks.csv", _agency_check),
    ):  # fmt: skip
        for record in _records(raw / name):
            take(known, record)


@dataclass(frozen=True)
class Known:
    """An area, and what is asked of it for many records alike."""

    workspace: Workspace
    spaces: dict[str, str] = field(default_factory=dict)
    """The id of each space, by its name."""

    @property
    def register(self) -> Register:
        """Return the area's register."""
        return self.workspace.register

    @property
    def today(self) -> date:
        """Return the day on which a sample is read."""
        return self.workspace.read_on(date.min)

    @cached_property
    def keys(self) -> pseudonyms.Keys:
        """Return the keys of the area, for the codes of flags."""
        return pseudonyms.open_keys(self.workspace.folder)

    @property
    def of_places(self) -> dict[str, Any]:
        """Return what every act that keeps words is given."""
        return {"places": self.workspace.place_names, **HOW}

    def feature(self, name: str) -> str:
        """Return the id of a place of the map by its name."""
        named = self.workspace.places["name"]
        return str(named.index[named == name][0])


def _records(file: Path) -> Iterator[Record]:
    """Return the records of a file, none where there is no such file."""
    if not file.exists():
        return
    with file.open(encoding="utf-8", newline="") as opened:
        yield from json.load(opened) if file.suffix == ".json" else csv.DictReader(opened)


def _space(known: Known, record: Record) -> None:
    """Raise a place, once for each who raised it, and write down what is known of it and done with it."""
    area, today = known.workspace, known.today
    for raised_by, why, on in record["raised"]:
        if "place" in record:
            details = space.Details("", "other", raised_by, feature_id=known.feature(record["place"]), why=why)
        else:
            details = space.Details(record["name"], record["kind"], raised_by, platform=record["platform"], why=why)
        reader = YOUTH if raised_by == "young people" else PANEL
        with as_if_on(_day(on)):
            space_id = space_acts.raise_place(area, reader, details, today=today, origin=ORIGIN)
    known.spaces[record.get("place") or record["name"]] = space_id
    _work_on(known, space_id, record, _day(on))


def _work_on(known: Known, space_id: str, record: Record, on: date) -> None:
    """Write down, on the day on which a place was raised, what is known of it and who works with it; what came later on its own day."""
    area = known.workspace
    row = space.newest(area.register).loc[[space_id]].iloc[0]
    seen = iter(range(int(row["version"]), 99))
    with as_if_on(on):
        if "known" in record:
            details = replace(space.details_of(row), **{"why": "", **record["known"]})
            space_acts.describe(area, PANEL, space_id, details, seen=next(seen), today=known.today, **HOW)
        if "worker" in record:
            worker, note = record["worker"]
            space_acts.hand_over(area, PANEL, space_id, seen=next(seen), worker=worker, note=note, **HOW)
    if "status" in record:
        status, why, on_day = record["status"]
        with as_if_on(_day(on_day)):
            space_acts.set_status(area, PANEL, space_id, seen=next(seen), status=status, why=why, **HOW)
    if "offered" in record:
        offered = dict(record["offered"])
        with as_if_on(_day(offered.pop("on"))):
            space_acts.hand_to(area, PANEL, space_id, seen=next(seen), **offered, **HOW)


def _referral(known: Known, record: Record) -> None:
    """Refer a place, and answer it where it was answered: it raises the place."""
    feature_id, register = known.feature(record["place"]), known.register
    asked = place_referrals.Referral(record["from_agency"], record["why"], record["wants"], feature_id=feature_id)
    reader, raised_on = READERS[Role(record["as"])], _day(record["raised_on"])
    with as_if_on(raised_on):
        referral_id = place_referrals.refer(register, reader, asked, today=raised_on, **known.of_places)
    if "reply" not in record:
        return
    read_on, answered_on = _day(record["read_on"]), _day(record["answered_on"])
    with as_if_on(read_on):
        place_referrals.mark_read(register, PANEL, referral_id, seen=1, today=read_on, **HOW)
    raises = inbox.of_the_map(known.workspace, feature_id, raised_by="referral")
    with as_if_on(answered_on):
        space_id = place_referrals.accept(
            register, PANEL, referral_id, seen=2, reply=record["reply"], raises=raises, today=answered_on, **known.of_places
        )
    known.spaces[record["place"]] = space_id
    _work_on(known, space_id, record, answered_on)


def _session(known: Known, record: Record) -> None:
    """Write a session down with its safety map, and what the group was told came of it, where it was told."""
    area, said = known.workspace, {name: record[name] for name in _OF_A_SESSION}
    held_on, told = _day(record["held_on"]), tuple(youth_sessions.TOLD)
    session = youth_sessions.Session(held_on, told=told, space_id=known.spaces[record["place"]], **said)
    with as_if_on(held_on):
        session_id = sessions.keep(area, YOUTH, session, today=held_on, **HOW)
        held = next(one for one in sessions.listed(area, YOUTH, held_on) if one.session_id == session_id)
        for one in record["marks"]:
            draft = safety_maps.Draft()
            for longitude, latitude in one["touches"]:
                draft = safety_maps.touch(draft, longitude, latitude, one["tool"])
            safety_maps.draw(area, YOUTH, held, draft, colour=one["colour"], reasons=one["reasons"], **HOW)
    if "told_back" in record:
        on = _day(record["told_back_on"])
        with as_if_on(on):
            sessions.tell_back(area, YOUTH, held, told=record["told_back"], on=on, today=on, **HOW)


_OF_A_SESSION = ("asked_by", "purpose", "seen_by", "method", "language", "group_name", "how_many", "heard")


def _flag(known: Known, row: Record) -> None:
    """Keep a flag, and let it count with its note as it was moderated, where it was."""
    spot = flagging.of_place(known.workspace, known.feature(row["place"]))
    feeling = int(row["feeling"]) if row["feeling"] else None
    flag = flags.Flag(
        row["polarity"], row["seen_by"], row["view_of"], tuple(filter(None, row["reasons"].split(","))), row["time_of_day"], feeling,
        FEELING_SCALE if feeling else None, spot.feature_id, spot.name, spot.easting, spot.northing,
        row["note"], row["language"],
    )  # fmt: skip
    code_hash = known.keys.pseudonym(flagging.CODE, flags.new_code())
    on = _day(row["made_on"])
    made = {"session_id": f"sample {row['session']}", "code_hash": code_hash, "today": on, **known.of_places}
    with as_if_on(on):
        flag_id = flags.make(known.register, YOUTH, flag, **made)
    if row["shown_note"]:
        with as_if_on(on + timedelta(days=1)):
            shown = {"shown_note": row["shown_note"], "why": row["why"]}
            flag_moderation.show(known.register, STEWARD, flag_id, seen=1, **shown, **known.of_places)


def _flag_answer(known: Known, row: Record) -> None:
    """Answer what was said of a place."""
    said = flag_moderation.Answer(row["said"], row["did"], row["said_cy"], row["did_cy"])
    key, on = known.feature(row["place"]), _day(row["answered_on"])
    with as_if_on(on):
        flag_moderation.answer(known.register, PANEL, key, said, whereabouts=row["place"], seen=0, on=on, **known.of_places)


def _assessment(known: Known, record: Record) -> None:
    """Plan an assessment and take it through its steps."""
    space_id, on = known.spaces[record["place"]], _day(record["planned_on"])
    with as_if_on(on):
        assessment_id = assessments.plan_of(
            known.register, PANEL, space_id, lead=record["lead"], why=record["why"], begin_by=_day(record["begin_by"]), today=on,
            data_version=known.workspace.data_version, **known.of_places,
        )  # fmt: skip
    under_way = _UnderWay(known, assessment_id, space_id)
    for said in record["steps"]:
        on = _day(said["on"]) if "on" in said else on  # what has no day of its own was done when the step before it was
        with as_if_on(on):
            under_way.take(dict(said))


class _UnderWay:
    """One assessment, the version that counts of it, and the goals and actions that it has, in the order in which they were agreed."""

    def __init__(self, known: Known, assessment_id: str, space_id: str) -> None:
        self.known, self.register, self.of, self.space_id = known, known.register, assessment_id, space_id
        self.version = 1
        self.goals: list[str] = []
        self.actions: list[str] = []

    def take(self, said: Record) -> None:
        """Take one step, named by its `act`."""
        act: Callable[..., None] = getattr(self, said.pop("act"))
        act(**{name: _day(value) if name in _DAYS else value for name, value in said.items()})

    def _how(self, *, seen: bool = True) -> dict[str, Any]:
        """Return what an act is given that adds a version of the assessment."""
        self.version += 1
        return self.known.of_places | ({"seen": self.version - 1} if seen else {})

    def move(self, *, to: str) -> None:
        assessments.move(self.register, PANEL, self.of, to, **self._how())

    def answer(self, *, prompt: str, **said: Any) -> None:
        assessments.answer(self.register, PANEL, self.of, prompt, **said, **self._how())

    def hear(self, *, on: date, **said: Any) -> None:
        assessments.hear(self.register, YOUTH, self.of, assessments.Voices(on, **said), today=on, **self._how(seen=False))

    def observe(self, *, on: date, by: str, weather: str, light: str, features: str, adults: str, **times: str) -> None:
        seen = observations.Details(on, times["from"], times["to"], by, weather, light, features, adults)
        assessing.observe(self.known.workspace, OFFICER, self.of, seen, today=on, origin=ORIGIN)

    def harm(self, **said: Any) -> None:
        details = institutional_harm.Details(**said)
        institutional_harm.log(self.register, PANEL, self.space_id, details, today=details.last_day, **self.known.of_places)

    def weigh(self, *, order: list[list[str]], dissent: str) -> None:
        things = [assessments.Weighed(*one) for one in order]
        assessments.weigh(self.register, PANEL, self.of, things, dissent=dissent, **self._how())

    def confer(self, *, on: date, **said: Any) -> None:
        assessments.confer(self.register, PANEL, self.of, assessments.Conference(on, **said), today=on, **self._how())

    def goal(self, *, goal: str, shown_by: str) -> None:
        self.goals.append(goals.keep(self.register, PANEL, self.of, goal, shown_by, **self.known.of_places))

    def action(self, *, on: date, goal: int = 0, **said: Any) -> None:
        details = actions.Details(goal_id=self.goals[goal], **said)
        self.actions.append(actions.keep(self.register, PANEL, self.of, details, today=on, **self.known.of_places))

    def finish(self, *, on: date, outcome: str, action: int = 0) -> None:
        done: dict[str, Any] = {"state": actions.DONE, "outcome": outcome, "on": on, "seen": 1, "today": on}
        actions.finish(self.register, PANEL, self.actions[action], **done, **self.known.of_places)

    def measure(self, *, goal: int = 0, **found: Any) -> None:
        goals.measure(self.register, PANEL, self.goals[goal], seen=1, **found, **self.known.of_places)

    def verdict(self, *, on: date, **said: Any) -> None:
        assessments.hear_verdict(self.register, YOUTH, self.of, assessments.Verdict(on=on, **said), today=on, **self._how())


_DAYS = ("on", "review_on", "due_on", "first_day", "last_day")


def _agency_check(known: Known, row: Record) -> None:
    """Ask an agency, and answer for it where it has answered."""
    asked = agency_checks.Question(known.spaces[row["place"]], _day(row["first_day"]), _day(row["last_day"]), row["asked_why"])
    asked_on = _day(row["asked_on"])
    with as_if_on(asked_on):
        [check_id] = agency_checks.ask(known.register, PANEL, asked, [row["agency"]], today=asked_on, **known.of_places)
    if row["answer"]:
        said = {"said": row["answer"]} | {name: row[name] for name in ("band", "action_taken", "answered_as")}
        on = _day(row["answered_on"])
        with as_if_on(on):
            agency_checks.answer(known.register, OFFICER, check_id, seen=1, today=on, **said, **known.of_places)


def _day(text: str) -> date:
    return date.fromisoformat(text)
