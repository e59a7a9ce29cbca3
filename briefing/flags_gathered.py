"""What people said about places, gathered: young people's word apart from adults', and of places where few live only with their town.

No flag is shown by itself. Of a place where fewer than `GATHERED_FROM` were made no numbers are told, and where few people live not even
the place: in a village of forty houses whoever flagged the bus shelter is known.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from briefing import flag_places, sentences
from briefing.flag_places import AROUND, FEW_POSTCODES, GATHERED_FROM, PLACE
from briefing.workspace import Workspace
from spaces import access, flag_moderation, flag_reasons, flags
from spaces.access import Reader
from spaces.flag_moderation import Answer
from words import DataProblem, _, ngettext

__all__ = ["AROUND", "FEW_POSTCODES", "GATHERED_FROM", "PLACE"]

MANY_OF_ONE_SESSION = 20
"""Flags of one place from one session that a steward is shown together, to hold them back together."""

MANY_OF_ONE_DAY = 50
"""Flags of one place on one day, of however many sessions: more than a class or two that were asked of it together."""

FEW = "few"
"""What a group of fewer than `GATHERED_FROM` says in all; else it is one of `flags.POLARITIES`."""


@dataclass(frozen=True)
class Group:
    """What one stream of people said of one place, in sentences; `key` is what it is answered under, `answered` the answer's version.

    `flags` is how many there are, None where that is not told: of fewer than `GATHERED_FROM`, when `state` is `FEW`, and of those that
    an outline parts. `polarities` are how many said which; None stands for each number that is not told. `whereabouts` is the bare name
    that is kept of the place.
    """

    key: str
    stream: str
    name: str
    whereabouts: str
    told_of: str
    flags: int | None
    state: str
    polarities: Mapping[str, int | None]
    said: tuple[str, ...]
    notes: tuple[str, ...]
    answer: Answer | None
    answered: int


@dataclass(frozen=True)
class ToRead:
    """A flag with a note that somebody has to read before it counts."""

    flag_id: str
    version: int
    where: str
    said: str
    note: str


@dataclass(frozen=True)
class Flood:
    """Many flags of one place, from one session or on one day (else None) of several, each with the version seen."""

    where: str
    which: dict[str, int]
    on: date | None = None


def gathered(workspace: Workspace, reader: Reader) -> list[Group]:
    """Return what was said as far as this reader may see it, young people's first, the most flags first, and few by their names."""
    rows = flags.readable(flags.newest(workspace.register), reader)
    return [] if rows.empty else _groups(workspace, flag_places.keyed(workspace.register, rows))


def of_space(workspace: Workspace, reader: Reader, space_id: str) -> list[Group]:
    """Return of what was said, as `gathered` has it, the groups that are told of one space."""
    key, rows = flag_places.of_space(workspace.register, space_id)
    rows = flags.readable(rows, reader)
    return _groups(workspace, rows, only=key) if (rows["key"] == key).any() else []


def _groups(workspace: Workspace, rows: pd.DataFrame, only: str = "") -> list[Group]:
    """Return the groups of flags that have their keys, or those of one key; the others are looked at for what could be subtracted."""
    rows = flag_places.gathered_where_few_live(workspace, rows)
    rows = rows.assign(parted=flag_places.parted(workspace, rows))
    if only:
        rows = rows[rows["key"] == only]
    first = rows.groupby(["stream", "key"], sort=False)["whereabouts"].first()
    keys = first.index.get_level_values("key")
    named = dict(zip(first.index, flag_places.names(workspace, keys, first), strict=True))
    reasons, answered = flag_reasons.every(workspace.register), flag_moderation.answers(workspace.register).to_dict("index")
    order = {stream: place for place, stream in enumerate(flags.STREAM_LABELS)}
    groups = [
        _group(str(stream), str(key), named[stream, key], those, reasons, answered)
        for (stream, key), those in rows.groupby(["stream", "key"], sort=False)
    ]
    return sorted(groups, key=lambda group: (order[group.stream], -(group.flags or 0), group.name))


def to_read(workspace: Workspace, reader: Reader) -> list[ToRead]:
    """Return the flags whose notes wait to be read, the oldest first."""
    access.check_moderate_flags(reader)
    rows = flags.newest(workspace.register)
    rows = rows[(rows["state"] == flags.WAITING) & (rows["seen_by"] != flags.TO_WORKER)].sort_values("kept_at")
    rows = flag_places.keyed(workspace.register, rows)
    names, reasons = _names(workspace, rows), flag_reasons.every(workspace.register)
    found = []
    for (flag_id, row), name in zip(rows.iterrows(), names, strict=True):
        said = [_(flags.POLARITIES[row["polarity"]]), *_in_words(row["reasons"], reasons), sentences.day(row["made_on"])]
        found.append(ToRead(str(flag_id), int(row["version"]), name, " · ".join(said), row["note"]))
    return found


def floods(workspace: Workspace, reader: Reader) -> list[Flood]:
    """Return what was said of one place very often by one session, or on one day by many, the most first.

    They are to be held back together where they were no play of many.
    """
    access.check_moderate_flags(reader)
    rows = flags.readable(flags.newest(workspace.register), reader)
    rows = flag_places.keyed(workspace.register, rows)
    rows = rows.assign(name=_names(workspace, rows))
    found = [_flood(those) for _of, those in rows.groupby(["session_id", "key"], sort=False) if len(those) >= MANY_OF_ONE_SESSION]
    found += [
        _flood(those, on)
        for on, of_day in rows.groupby("made_on", sort=False)
        for _key, those in of_day.groupby("key", sort=False)
        if isinstance(on, date) and len(those) >= MANY_OF_ONE_DAY and len(set(those["session_id"])) > 1
    ]
    return sorted(found, key=lambda flood: -len(flood.which))


def _flood(those: pd.DataFrame, on: date | None = None) -> Flood:
    return Flood(str(those["name"].iloc[0]), dict(zip(those.index.astype(str), those["version"].astype(int), strict=True)), on)


def difference(note: str, shown: str) -> list[str]:
    """Say what of a note others do not see, and what they see in its place, a line for each change."""
    old, new = note.split(), shown.split()
    lines = []
    for what, old_from, old_to, new_from, new_to in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = " ".join(old[old_from:old_to]), " ".join(new[new_from:new_to])
        if what == "replace":
            lines.append(_("“{old}” is shown as “{new}”", old=gone, new=come))
        elif what == "delete":
            lines.append(_("“{old}” is not shown", old=gone))
        elif what == "insert":
            lines.append(_("“{new}” is put in", new=come))
    return lines


def show(workspace: Workspace, reader: Reader, one: ToRead, *, shown_note: str, why: str, origin: str) -> None:
    """Let a flag count, with as much of its note as others may read."""
    flag_moderation.show(
        workspace.register, reader, one.flag_id, seen=one.version, shown_note=shown_note, why=why,
        places=workspace.place_names, origin=origin,
    )  # fmt: skip


def hold_back(workspace: Workspace, reader: Reader, which: dict[str, int], *, why: str, origin: str) -> None:
    """Let flags count no longer, all of them or none."""
    flag_moderation.hold_back(workspace.register, reader, which, why=why, origin=origin)


def answer(workspace: Workspace, reader: Reader, group: Group, said: Answer, *, today: date, origin: str) -> None:
    """Answer young people on what they said of a place."""
    access.check_answer_flags(reader)
    if group.stream != flags.YOUNG:
        raise DataProblem("Only young people are answered here. Adults' complaints are answered by whoever took them.")
    flag_moderation.answer(
        workspace.register, reader, group.key, said, whereabouts=group.whereabouts, seen=group.answered,
        on=workspace.read_on(today), places=workspace.place_names, origin=origin,
    )  # fmt: skip


def take_answer_back(workspace: Workspace, reader: Reader, group: Group, *, origin: str) -> None:
    """Take an answer back: young people read it no longer."""
    flag_moderation.withdraw_answer(workspace.register, reader, group.key, seen=group.answered, origin=origin)


def _group(
    stream: str, key: str, name: str, those: pd.DataFrame, reasons: dict[str, flag_reasons.Reason], answered: Mapping[Hashable, Any]
) -> Group:
    answer = answered.get(key) if stream == flags.YOUNG else None
    told_of = AROUND if key.startswith(f"{AROUND}/") else PLACE
    notes = those["shown_note"][those["shown_note"] != ""] if told_of == PLACE else those["shown_note"].head(0)
    counted = Counter(those["polarity"])
    few = len(those) < GATHERED_FROM
    unnumbered = few or (bool(those["parted"].any()))
    told = dict.fromkeys(counted) if unnumbered else numbers(counted, len(those))
    return Group(
        key=key, stream=stream, name=name, whereabouts=str(those["whereabouts"].iloc[0]) if told_of == PLACE else name, told_of=told_of,
        flags=None if unnumbered else len(those), state=FEW if few else _state(counted),
        polarities={of: told[of] for of in flags.POLARITIES if of in told},
        said=tuple(_in_words_alone(those, reasons, few=few) if unnumbered else _said(those, reasons)), notes=tuple(notes.tolist()),
        answer=None if answer is None or not answer["said"] else Answer(*(str(answer[name]) for name in flag_moderation.ANSWER_FIELDS)),
        answered=0 if answer is None else int(answer["version"]),
    )  # fmt: skip


def numbers(counted: Mapping[str, int], of_all: int) -> dict[str, int | None]:
    """Return how many said each, of `of_all` who each said one thing at most: None for fewer than `GATHERED_FROM`.

    What the total less the numbers told would give away has None as well, the smallest first: one class alone, or a few in several.
    """
    told: dict[str, int | None] = {of: count if count >= GATHERED_FROM else None for of, count in counted.items()}
    hidden = [of for of, count in told.items() if count is None]
    while hidden:
        rest = of_all - sum(count for count in told.values() if count is not None)
        alone = len(hidden) == 1 and of_all == sum(counted.values())
        smallest = min((of for of in told if told[of] is not None), key=lambda of: counted[of], default=None)
        if smallest is None or not (alone or rest < GATHERED_FROM):
            break
        told[smallest] = None
        hidden.append(smallest)
    return told


def _state(counted: Mapping[str, int]) -> str:
    """Return what most said: wishes where they are most of all, else the most of those who said how the place is."""
    how = {of: counted.get(of, 0) for of in (flags.UNSAFE, flags.MIXED, flags.SAFE)}
    if counted.get(flags.WISH, 0) > sum(how.values()):
        return flags.WISH
    return next((of for of in (flags.UNSAFE, flags.SAFE) if 2 * how[of] > sum(how.values())), flags.MIXED)


def _in_words_alone(those: pd.DataFrame, reasons: dict[str, flag_reasons.Reason], *, few: bool) -> Iterable[str]:
    """Say what a group said without any number."""
    if few:
        yield _("Fewer than {count} flags.", count=GATHERED_FROM)
    else:
        yield _("Without numbers: by the outlines drawn here, what a few said could be worked out from them.")
    polarities = set(those["polarity"])
    yield sentences.listed([_(label) for polarity, label in flags.POLARITIES.items() if polarity in polarities]) + "."
    if said := sorted({words for told in those["reasons"] for words in _in_words(told, reasons)}):
        yield "; ".join(said) + "."


def _said(those: pd.DataFrame, reasons: dict[str, flag_reasons.Reason]) -> Iterable[str]:
    """Say what a group said: numbers only where enough said it."""
    sessions = those["session_id"].nunique()
    yield _(
        "{flags} from {sessions}.",
        flags=ngettext("{count} flag", "{count} flags", len(those)),
        sessions=_("fewer than {count} sessions", count=GATHERED_FROM)
        if sessions < GATHERED_FROM
        else ngettext("{count} session", "{count} sessions", sessions),
    )
    yield _listed(numbers(Counter(those["polarity"]), len(those)), flags.POLARITIES)
    often = Counter(words for told in those["reasons"] for words in _in_words(told, reasons))
    most_first = sorted((-count, words) for words, count in often.items() if count >= GATHERED_FROM)
    seldom = sorted(words for words, count in often.items() if count < GATHERED_FROM)
    if often:
        yield _with_others("; ", [f"{words} ({-count})" for count, words in most_first], seldom)
    times = Counter(time for time in those["time_of_day"] if time)
    if times:
        yield _listed(numbers(times, len(those)), flags.TIMES)
    yield from _feeling(those)


def _listed(told: Mapping[str, int | None], labels: Mapping[str, str]) -> str:
    """List what was said in the order of its labels: with its number, and then what is told without one."""
    counted = [f"{_(label)}: {told[of]}" for of, label in labels.items() if told.get(of) is not None]
    return _with_others(", ", counted, sorted(_(label) for of, label in labels.items() if of in told and told[of] is None))


def _with_others(between: str, counted: list[str], others: list[str]) -> str:
    if not others:
        return between.join(counted) + "."
    if not counted:
        return between.join(others) + "."
    return _("{counted}; also: {others}.", counted=between.join(counted), others=", ".join(others))


def _feeling(those: pd.DataFrame) -> Iterable[str]:
    """Say how it feels, of each scale by itself: three points for the youngest cannot be put on seven."""
    for scale, words in flags.FEELINGS.items():
        felt = those.loc[those["scale"] == scale, "feeling"].dropna()
        if len(felt) >= GATHERED_FROM:
            labels = dict(enumerate(words, 1))
            middle = int(felt.astype(int).sort_values(ignore_index=True).iloc[(len(felt) - 1) // 2])
            yield ngettext(
                "How it feels: of {count} answer, half say {words} or worse.",
                "How it feels: of {count} answers, half say {words} or worse.",
                len(felt), words=_(labels[middle]),
            )  # fmt: skip


def _in_words(reasons: str, known: dict[str, flag_reasons.Reason]) -> list[str]:
    return [known[reason].words for reason in reasons.split(",") if reason in known]


def _names(workspace: Workspace, rows: pd.DataFrame) -> pd.Series[str]:
    """Return what the place of each flag is called, on its index."""
    return pd.Series(flag_places.names(workspace, rows["key"], rows["whereabouts"]), index=rows.index, dtype="str")
