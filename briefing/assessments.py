"""Assessments as they are worked on: which there are and what is late, one opened with all it has, and what may be done next.

Panel members see all of one. Officers and youth workers see the place, the step, goals and actions, and what they add to themselves:
never why the panel chose the place, why it was sent back, nor what was weighed from records. What fewer than `FEWEST_SEEN`
young people said is the panel's alone, as it is of sessions with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from briefing import place, sentences
from briefing.workspace import Workspace
from spaces import access, actions, assessing, assessment_rows, assessments, goals, institutional_harm, observations, prompts, space
from spaces.access import Reader
from spaces.assessing import CLOSED, NOT_ASKED, STATES, VERDICTS, Late
from spaces.assessment_rows import AGAIN, EARLIER, FIRST
from spaces.assessments import WAYS, Weighed
from spaces.youth_sessions import FEWEST_SEEN
from words import DataProblem, _, ngettext


@dataclass(frozen=True)
class Listed:
    """One assessment as it is listed."""

    assessment_id: str
    space_id: str
    """The place, or the one that it has become part of."""
    name: str
    kind: str
    state: str
    lead: str
    begin_by: date
    why: str
    """Empty for those who do not see why the panel chose it."""
    late: tuple[str, ...]
    """What is late, in words, the longest first."""
    escalated: bool


@dataclass(frozen=True)
class Answered:
    """One prompt and what was answered to it, the first time and when it was asked again: empty where nothing was."""

    prompt: prompts.Prompt
    first: str
    again: str
    now: dict[str, Any]
    """The answer of the time that it is now: `answer`, `source` and `not_known`."""


@dataclass(frozen=True)
class Goal:
    """One goal of an assessment, and what could be said better in it."""

    goal_id: str
    version: int
    goal: str
    shown_by: str
    state: str
    found: str
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Action:
    """One action of an assessment, in words."""

    action_id: str
    version: int
    action: str
    state: str
    told: dict[str, str]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Move:
    """One step on or back, and why it cannot be taken yet; empty where it can."""

    to: str
    back: bool
    refusal: str


@dataclass(frozen=True)
class Opened:
    """One assessment with all that its reader may see. Texts are other people's."""

    assessment_id: str
    version: int
    space_id: str
    name: str
    kind: str
    state: str
    lead: str
    begin_by: date
    review_on: date | None
    notes: tuple[str, ...]
    """What is out of the ordinary: late, merged, sent back, two at once."""
    whole: bool
    """Whether all of it is here, or only what those below the panel see."""
    why: str
    answered: tuple[Answered, ...]
    voices: tuple[str, ...]
    seen: tuple[tuple[str, str], ...]
    """Observations: when and in what light, and what was seen."""
    weighed: tuple[Weighed, ...]
    dissent: str
    conference: dict[str, str]
    goals: tuple[Goal, ...]
    actions: tuple[Action, ...]
    by_aim: dict[str, int]
    aimed_at_children: str
    harms: pd.DataFrame
    harms_said: str
    verdict: dict[str, Any]
    verdict_by: str
    moves: tuple[Move, ...]


def listed(workspace: Workspace, reader: Reader, today: date, *, space_id: str = "") -> list[Listed]:
    """Return every assessment, or those of one place: what is late first, then by how far it has come, the newest of each first."""
    access.check_see_assessments(reader)
    register, whole = workspace.register, access.can_keep_assessments(reader)
    rows, spaces = register.assessments(), space.newest(register, "name", "kind", "merged_into")
    known, standing = spaces[["name", "kind"]].to_dict("index"), space.now_part_of(spaces)
    rows = rows[rows["space_id"].map(standing) == space_id] if space_id else rows
    late = _by_assessment(assessing.overdue(rows, actions.newest(register), today))
    found = []
    for assessment_id, row in zip(map(str, rows.index), rows.to_dict("records"), strict=True):
        now, here = standing[str(row["space_id"])], late.get(assessment_id, [])
        of = known[now]
        found.append(
            Listed(
                assessment_id, now, str(of["name"]), _kind(str(of["kind"])), str(row["status"]), str(row["lead"]), row["begin_by"],
                str(row["why"]) if whole else "", tuple(_late_in_words(one) for one in here), any(one.escalated for one in here),
            )
        )  # fmt: skip
    longest = {of: max(one.days for one in here) for of, here in late.items()}
    return sorted(found, key=lambda one: (-longest.get(one.assessment_id, 0), STATES.index(one.state)))


def opened(workspace: Workspace, reader: Reader, assessment_id: str, today: date) -> Opened:
    """Return one assessment with all that this reader may see, and which steps can be taken."""
    access.check_see_assessments(reader)
    register, whole = workspace.register, access.can_keep_assessments(reader)
    rows = assessments.newest(register)
    if assessment_id not in rows.index:
        raise DataProblem("This assessment is not in the list. Choose it again.")
    row: pd.Series = rows.loc[[assessment_id]].iloc[0]
    spaces = space.newest(register)
    history, all_goals, all_actions = assessments.history(register, assessment_id), goals.newest(register), actions.newest(register)
    its_goals = all_goals[(all_goals["assessment_id"] == assessment_id) & (all_goals["state"] != goals.WITHDRAWN)].sort_values("place")
    its_actions = all_actions[all_actions["assessment_id"] == assessment_id].sort_values("due_on")
    seen = observations.newest(register)
    its_seen = seen[seen["assessment_id"] == assessment_id].sort_values(["seen_on", "from_time"])
    since, places = assessments.acting_since(history), space.now_part_of(spaces)
    now = places[str(row["space_id"])]
    undropped = its_actions[its_actions["state"] != actions.DROPPED]
    has = assessment_rows.has(row, its_goals, undropped, its_seen.to_dict("records"), assessment_rows.last_acting_at(history))
    late = _by_assessment(assessing.overdue(register.assessments().loc[[assessment_id]], its_actions, today)).get(assessment_id, [])
    sections = assessment_rows.loaded(row["sections"])
    round_ = assessment_rows.ROUNDS[row["status"]]
    weighting = assessment_rows.loaded(row["weighting"]) if whole else {}
    harms, harms_said = _harms(workspace, places, now, since, today)
    notes = [*(_late_in_words(one) for one in late), *_out_of_the_ordinary(rows, row, spaces, places, whole=whole)]
    return Opened(
        assessment_id=assessment_id, version=int(row["version"]), space_id=now, name=str(spaces.loc[now, "name"]),
        kind=_kind(str(spaces.loc[now, "kind"])), state=str(row["status"]), lead=str(row["lead"]), begin_by=row["begin_by"],
        review_on=row["review_on"], notes=tuple(notes), whole=whole, why=str(row["why"]) if whole else "",
        answered=tuple(_answered(one, sections, round_) for one in prompts.PROMPTS.values()) if whole else (),
        voices=tuple(_voices(one, whole=whole) for one in sections.get("voices", [])),
        seen=tuple(_observed(one) for one in its_seen.to_dict("records")),
        weighed=tuple(Weighed(one["change"], one["because"]) for one in weighting.get("order", [])), dissent=weighting.get("dissent", ""),
        conference=assessment_rows.loaded(row["conference"]) if whole else {},
        goals=tuple(_goal(str(at), one) for at, one in zip(its_goals.index, its_goals.to_dict("records"), strict=True)),
        actions=tuple(_action(str(at), one, its_goals) for at, one in zip(its_actions.index, its_actions.to_dict("records"), strict=True)),
        by_aim={_(actions.AIMED_AT[aim]): counted for aim, counted in actions.by_aim(its_actions).items()},
        aimed_at_children=actions.aimed_at_children(its_actions), harms=harms, harms_said=harms_said,
        verdict=_verdict(assessment_rows.loaded(row["verdict"]), whole=whole), verdict_by=str(row["verdict_by"]),
        moves=tuple(_moves(reader, str(row["status"]), has)),
    )  # fmt: skip


def verdict_in_words(found: Opened) -> str:
    """Say what young people say of the place afterwards, or that it is not written down."""
    said = found.verdict
    if not said:
        return _("Young people's verdict is not written down yet.")
    day = sentences.day(date.fromisoformat(said["on"]))
    if said["said"] == NOT_ASKED:
        state = _("The reason is approved.") if said["approved_by"] else _("Another panel member has not approved the reason yet.")
        return _("Young people were not asked ({day}): {reason} {state}", day=day, reason=said["reason"], state=state)
    if "how_many" not in said:
        return _("Fewer than five young people were asked on {day}: {verdict}.", day=day, verdict=_(VERDICTS[said["said"]]).lower())
    return ngettext(
        "{count} young person was asked on {day} ({how}): {verdict}.", "{count} young people were asked on {day} ({how}): {verdict}.",
        said["how_many"], day=day, how=said["asked_how"], verdict=_(VERDICTS[said["said"]]).lower(),
    )  # fmt: skip


def _kind(kind: str) -> str:
    return _(place.KIND_LABELS.get(kind, place.KIND_LABELS["other"]))


def _by_assessment(late: list[Late]) -> dict[str, list[Late]]:
    found: dict[str, list[Late]] = {}
    for one in late:
        found.setdefault(one.assessment_id, []).append(one)
    return found


def _late_in_words(late: Late) -> str:
    said = _("{what} It was due on {day}.", what=late.what, day=sentences.day(late.due_on))
    days = ngettext("{count} day late", "{count} days late", late.days)
    return _("{said} {days}: raise it with the panel's chair.", said=said, days=days) if late.escalated else f"{said} {days}."


def _out_of_the_ordinary(
    rows: pd.DataFrame, row: pd.Series, spaces: pd.DataFrame, standing: dict[str, str], *, whole: bool
) -> list[str]:  # fmt: skip
    said = []
    was, now = str(row["space_id"]), standing[str(row["space_id"])]
    if was != now:
        said.append(
            _(
                "“{name}” has become part of “{other}”, and is assessed as that.",
                name=spaces.loc[was, "name"],
                other=spaces.loc[now, "name"],
            )
        )
    others = rows[(rows.index != row.name) & (rows["status"] != CLOSED)]
    together = int((others["space_id"].map(standing) == now).sum())
    if together and row["status"] != CLOSED:
        said.append(
            ngettext("{count} more assessment of this place is open.", "{count} more assessments of this place are open.", together)
        )
    if row["reason"] and whole:
        said.append(_("Sent back: {reason}", reason=row["reason"]))
    return said


def _answered(prompt: prompts.Prompt, sections: dict[str, Any], round_: str) -> Answered:
    given = {one: sections.get(one, {}).get(prompt.prompt_id) for one in (FIRST, AGAIN)}
    now = given[round_] or {"answer": "", "source": "", "not_known": False}
    first, earlier = _answer_in_words(given[FIRST]), _answer_in_words(sections.get(EARLIER, {}).get(prompt.prompt_id))
    first = _("{first} Asked again before it was sent back: {answer}", first=first, answer=earlier).strip() if earlier else first
    return Answered(prompt, first, _answer_in_words(given[AGAIN]), now)


def _answer_in_words(said: dict[str, Any] | None) -> str:
    if not said:
        return ""
    if said["not_known"]:
        return _("Not known.")
    return _("{answer} ({source})", answer=said["answer"], source=_(prompts.SOURCES[said["source"]]).lower())


def _voices(one: dict[str, Any], *, whole: bool) -> str:
    """Say that young people were heard; of fewer than `FEWEST_SEEN` those who do not see the whole read neither how many nor what."""
    day, how = sentences.day(date.fromisoformat(one["on"])), _(WAYS[one["how"]]).lower()
    hidden = one["how_many"] < FEWEST_SEEN and not whole
    if hidden:
        said = _("{day}: fewer than five young people heard, {how}", day=day, how=how)
    else:
        said = ngettext(
            "{day}: {count} young person heard, {how}", "{day}: {count} young people heard, {how}", one["how_many"], day=day, how=how
        )
    said = _("{said}, when asked again", said=said) if one["round"] == AGAIN else said
    said = _("{said}, when asked again before it was sent back", said=said) if one["round"] == EARLIER else said
    return f"{said}." if hidden else f"{said}. {one['heard']}".strip()


def _verdict(said: dict[str, Any], *, whole: bool) -> dict[str, Any]:
    """Return young people's verdict; of fewer than `FEWEST_SEEN`, without how many and how for those who do not see the whole."""
    if whole or not said or said["said"] == NOT_ASKED or said["how_many"] >= FEWEST_SEEN:
        return said
    return {name: value for name, value in said.items() if name not in ("how_many", "asked_how")}


def _observed(one: dict[Any, Any]) -> tuple[str, str]:
    when = _("{day}, {said}", day=sentences.day(one["seen_on"]), said=observations.sentence(one))
    when = _("{said}, when looked at again", said=when) if one["round"] == AGAIN else when
    told = [one["features"], one["adults"], _("Observed by {who}.", who=one["by"])]
    return when, " ".join(text if text.endswith(".") else f"{text}." for text in told if text)


def _goal(goal_id: str, one: dict[Any, Any]) -> Goal:
    return Goal(goal_id, int(one["version"]), one["goal"], one["shown_by"], one["state"], one["found"], tuple(goals.warnings(one["goal"])))


def _action(action_id: str, one: dict[Any, Any], its_goals: pd.DataFrame) -> Action:
    lever, reference = actions.lever_of(one)
    unintended = actions.unintended_of(one)
    told = {
        _("Aimed at"): _(actions.AIMED_AT[one["aimed_at"]]), _("Intention"): _(actions.INTENTIONS[one["intention"]]),
        _("Who does it"): f"{one['owner']}, {one['agency']}", _("By"): sentences.day(one["due_on"]),
        _("Lever"): " ".join(part for part in (_(actions.LEVERS[lever]) if lever else "", reference) if part),
        _("For the goal"): its_goals.loc[one["goal_id"], "goal"] if one["goal_id"] in its_goals.index else "",
        **{_(actions.UNINTENDED[name]): text for name, text in unintended.items()},
        _("What came of it"): one["outcome"],
    }  # fmt: skip
    details = actions.Details(one["action"], one["aimed_at"], one["intention"], one["owner"], one["agency"], one["due_on"], **unintended)
    warned = actions.warnings(details) if one["state"] == actions.OPEN else []
    return Action(
        action_id, int(one["version"]), one["action"], one["state"], {what: said for what, said in told.items() if said}, tuple(warned)
    )


def _harms(workspace: Workspace, standing: dict[str, str], now: str, since: date | None, today: date) -> tuple[pd.DataFrame, str]:
    """Return what institutions did near a place, each time in words, and what the two times are that are set side by side."""
    rows = institutional_harm.newest(workspace.register)
    rows = rows[rows["space_id"].map(standing) == now]
    if rows.empty:
        return pd.DataFrame(), _("Nothing is logged. Ask the police, schools and the owner: nothing logged is not nothing done.")
    if since is None or since > today:
        counted = rows.groupby("kind")["how_many"].sum().reindex([kind for kind in institutional_harm.KINDS if kind in set(rows["kind"])])
        table = pd.DataFrame({_("So far"): counted.map("{:,}".format)})
        said = _("Nothing has been done at the place yet, so all of it is from before.")
    else:
        days = (today - since).days + 1
        table, caveats = _beside(rows, since, today, days)
        said = ngettext(
            "The {count} day since {day}, beside as many before.", "The {count} days since {day}, beside as many before.", days,
            day=sentences.day(since),
        )  # fmt: skip
        said = " ".join([said, *caveats])
    table.index = pd.Index([_(institutional_harm.KINDS[kind]) for kind in table.index])
    return table, said


def _beside(rows: pd.DataFrame, since: date, today: date, days: int) -> tuple[pd.DataFrame, list[str]]:
    """Return what was told of each kind before and since, in words, of how many of the days where not of all, and what to mind of it."""
    beside, told = institutional_harm.before_and_after(rows, since, today), institutional_harm.days_told(rows, since, today)
    shown = beside.apply(lambda column: column.map("{:,}".format, na_action="ignore").astype("object").fillna(_("not told")))
    for name in ("before", "after"):
        for kind, covered in told.loc[told[name].between(1, days - 1), name].items():
            shown.loc[kind, name] = _("{count}, told of {days} of {all} days", count=shown.loc[kind, name], days=int(covered), all=days)
    said = []
    if (told[["before", "after"]] < days).any(axis=None):
        said.append(_("It is not told of all the days, and numbers of unlike times cannot be compared."))
    if told["twice"].any():
        kinds = sentences.listed([_(institutional_harm.KINDS[str(kind)]) for kind in told.index[told["twice"]]])
        said.append(_("More than one has told of some of the days, and may have counted the same: {kinds}.", kinds=kinds))
    return shown.rename(columns={"before": _("Before"), "after": _("Since"), "left_out": _("Outside both times")}), said


def _moves(reader: Reader, state: str, has: assessing.Has) -> list[Move]:
    onward = [assessing.next_of(state)] if assessing.next_of(state) else []
    found = []
    for to in (*onward, *reversed(assessing.back_from(state))):
        try:
            assessing.check_move(state, to, reader.role, has)
        except DataProblem as problem:
            found.append(Move(to, to not in onward, str(problem)))
        else:
            found.append(Move(to, to not in onward, ""))
    return found
