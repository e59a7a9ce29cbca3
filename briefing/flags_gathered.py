"""What people said about places, gathered: young people's word apart from adults', and of places where few live only with their town.

No flag is shown by itself. Of a place where fewer than `GATHERED_FROM` were made no numbers are told, and where few people live not even
the place: in a village of forty houses whoever flagged the bus shelter is known.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from briefing import masked_venues, sentences
from briefing.workspace import Workspace
from geo import exposure, frames
from spaces import access, flag_moderation, flag_reasons, flags
from spaces.access import Reader
from spaces.flag_moderation import Answer
from words import DataProblem, _, ngettext

GATHERED_FROM = 5
"""Fewer than this, and who was there may know who said what. The same number that young people's word on safe places is told from."""

FEW_POSTCODES = 40
"""Postcodes in use within a walk, under which few live: of about fifteen homes each that is 600, with some 150 children of ten to
seventeen, of whom a dozen may be out at one place."""

MANY_OF_ONE_SESSION = 20
"""Flags of one place from one session that a steward is shown together, to hold them back together."""

PLACE, AROUND = "place", "around"
"""How finely a group is told: the place itself, or the town or village that it is in or near."""

FEW = "few"
"""What a group of fewer than `GATHERED_FROM` says in all; else it is one of `flags.POLARITIES`."""


@dataclass(frozen=True)
class Group:
    """What one stream of people said of one place, in sentences; `key` is what it is answered under, `answered` the answer's version.

    `polarities` are how many said which; of fewer than `GATHERED_FROM` None stands for each number, and `state` is `FEW`.
    """

    key: str
    stream: str
    name: str
    told_of: str
    flags: int
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
    """Many flags of one place from one session, each with the version seen."""

    where: str
    which: dict[str, int]


def gathered(workspace: Workspace, reader: Reader) -> list[Group]:
    """Return what was said as far as this reader may see it, young people's first, the most flags first."""
    rows = flags.readable(flags.newest(workspace.register), reader)
    if rows.empty:
        return []
    return _groups(workspace, rows.assign(key=flags.place_keys(rows), name=_names(workspace, rows)))


def of_place(workspace: Workspace, reader: Reader, place: str, *, space_ids: Collection[str], feature_ids: Collection[str]) -> list[Group]:
    """Return what was said of one place (its id), by its spaces and features of the map, where it may be told of the place itself.

    They are several where another place has become part of it.
    """
    rows = flags.readable(flags.of_place(workspace.register, space_ids=space_ids, feature_ids=feature_ids), reader)
    if rows.empty:
        return []
    groups = _groups(workspace, rows.assign(key=place, name=_names(workspace, rows)))
    return [group for group in groups if group.told_of == PLACE]


def _groups(workspace: Workspace, rows: pd.DataFrame) -> list[Group]:
    rows = _gathered_where_few_live(workspace, rows)
    reasons, answered = flag_reasons.every(workspace.register), flag_moderation.answers(workspace.register).to_dict("index")
    order = {stream: place for place, stream in enumerate(flags.STREAM_LABELS)}
    groups = [
        _group(str(stream), str(key), those, reasons, answered) for (stream, key), those in rows.groupby(["stream", "key"], sort=False)
    ]
    return sorted(groups, key=lambda group: (order[group.stream], -group.flags, group.name))


def to_read(workspace: Workspace, reader: Reader) -> list[ToRead]:
    """Return the flags whose notes wait to be read, the oldest first."""
    access.check_moderate_flags(reader)
    rows = flags.newest(workspace.register)
    rows = rows[(rows["state"] == flags.WAITING) & (rows["seen_by"] != flags.TO_WORKER)].sort_values("kept_at")
    names, reasons = _names(workspace, rows), flag_reasons.every(workspace.register)
    found = []
    for (flag_id, row), name in zip(rows.iterrows(), names, strict=True):
        said = [_(flags.POLARITIES[row["polarity"]]), *_in_words(row["reasons"], reasons), sentences.day(row["made_on"])]
        found.append(ToRead(str(flag_id), int(row["version"]), name, " · ".join(said), row["note"]))
    return found


def floods(workspace: Workspace, reader: Reader) -> list[Flood]:
    """Return what one session said of one place very often, the most first: to be held back together where it was no play of many."""
    access.check_moderate_flags(reader)
    rows = flags.readable(flags.newest(workspace.register), reader)
    if rows.empty:
        return []
    rows = rows.assign(key=flags.place_keys(rows), name=_names(workspace, rows))
    groups = [those for _of, those in rows.groupby(["session_id", "key"], sort=False) if len(those) >= MANY_OF_ONE_SESSION]
    found = [
        Flood(str(those["name"].iloc[0]), dict(zip(those.index.astype(str), those["version"].astype(int), strict=True))) for those in groups
    ]
    return sorted(found, key=lambda flood: -len(flood.which))


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
        workspace.register, reader, group.key, said, whereabouts=group.name, seen=group.answered,
        on=workspace.read_on(today), places=workspace.place_names, origin=origin,
    )  # fmt: skip


def _group(stream: str, key: str, those: pd.DataFrame, reasons: dict[str, flag_reasons.Reason], answered: Mapping[Hashable, Any]) -> Group:
    answer = answered.get(key) if stream == flags.YOUNG else None
    told_of = AROUND if key.startswith(f"{AROUND}/") else PLACE
    notes = those["shown_note"][those["shown_note"] != ""] if told_of == PLACE else those["shown_note"].head(0)
    counted = Counter(those["polarity"])
    few = len(those) < GATHERED_FROM
    return Group(
        key=key, stream=stream, name=str(those["name"].iloc[0]), told_of=told_of, flags=len(those),
        state=FEW if few else _state(counted), polarities={of: None if few else counted[of] for of in flags.POLARITIES if of in counted},
        said=tuple(_said(those, reasons)), notes=tuple(notes.tolist()),
        answer=None if answer is None else Answer(*(str(answer[name]) for name in flag_moderation.ANSWER_FIELDS)),
        answered=0 if answer is None else int(answer["version"]),
    )  # fmt: skip


def _state(counted: Mapping[str, int]) -> str:
    """Return what most said: wishes where they are most of all, else the most of those who said how the place is."""
    how = {of: counted.get(of, 0) for of in (flags.UNSAFE, flags.MIXED, flags.SAFE)}
    if counted.get(flags.WISH, 0) > sum(how.values()):
        return flags.WISH
    return next((of for of in (flags.UNSAFE, flags.SAFE) if 2 * how[of] > sum(how.values())), flags.MIXED)


def _said(those: pd.DataFrame, reasons: dict[str, flag_reasons.Reason]) -> Iterable[str]:
    """Say what a group said: numbers only where enough said it."""
    polarities = Counter(those["polarity"])
    often = Counter(reason for told in those["reasons"] for reason in told.split(",") if reason in reasons)
    if len(those) < GATHERED_FROM:
        yield _("Fewer than {count} flags.", count=GATHERED_FROM)
        yield sentences.listed([_(label) for polarity, label in flags.POLARITIES.items() if polarity in polarities]) + "."
        if often:
            yield "; ".join(sorted(reasons[reason].words for reason in often)) + "."
        return
    sessions = those["session_id"].nunique()
    yield _(
        "{flags} from {sessions}.",
        flags=ngettext("{count} flag", "{count} flags", len(those)),
        sessions=ngettext("{count} session", "{count} sessions", sessions),
    )
    yield ", ".join(f"{_(label)}: {polarities[polarity]}" for polarity, label in flags.POLARITIES.items() if polarity in polarities) + "."
    if often:
        most_first = sorted((-count, reasons[reason].words) for reason, count in often.items())
        yield "; ".join(f"{words} ({-count})" for count, words in most_first) + "."
    times = Counter(those["time_of_day"])
    if said_when := ", ".join(f"{_(label)}: {times[time]}" for time, label in flags.TIMES.items() if time in times):
        yield said_when + "."
    yield from _feeling(those)


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
    """Return what each flag's place is called, on its index: by the map as it is now, else by what it was called."""
    named = rows["feature_id"].map(sentences.names_of(workspace.places))
    kept = [
        text if feature else _("a place near {name}", name=text) if text else _("a place without a name")
        for text, feature in zip(rows["whereabouts"], rows["feature_id"], strict=True)
    ]
    return named.where(named.notna(), pd.Series(kept, index=rows.index, dtype="object")).astype("str")


def _gathered_where_few_live(workspace: Workspace, rows: pd.DataFrame) -> pd.DataFrame:
    """Put flags that would give somebody away under the town or village, or under the whole area where that is too few as well."""
    count = rows.groupby(["stream", "key"])["polarity"].transform("size")
    at = rows[["easting", "northing"]].to_numpy(float)
    given_away = (count.to_numpy() < GATHERED_FROM) & _few_live(workspace, at)
    given_away |= masked_venues.in_a_masked_cell(workspace, at)
    towns = np.array(_settlements(workspace, at[given_away]), dtype=object)
    found = rows.copy()
    found.loc[given_away, "name"] = towns
    found.loc[given_away, "key"] = [f"{AROUND}/{town}" for town in towns]
    count = found.groupby(["stream", "key"])["polarity"].transform("size")
    too_few = found["key"].str.startswith(f"{AROUND}/") & (count < GATHERED_FROM)
    found.loc[too_few, ["name", "key"]] = [workspace.name, f"{AROUND}/{workspace.name}"]
    return found


def _few_live(workspace: Workspace, at: np.ndarray) -> np.ndarray:
    """Say round which positions few live; where nobody knows how many, everywhere."""
    if workspace.homes is None:
        return np.ones(len(at), dtype=bool)
    homes = np.column_stack(frames.points_in_metres(*workspace.homes))
    if not len(homes):
        return np.ones(len(at), dtype=bool)
    return np.asarray(KDTree(homes).query_ball_point(at, exposure.WALK_M, return_length=True)) < FEW_POSTCODES


def _settlements(workspace: Workspace, at: np.ndarray) -> list[str]:
    """Return the town or village that each position is in or nearest to; the area's name where none is known."""
    if workspace.gazetteer is None or not len(at):
        return [workspace.name] * len(at)
    import polars as pl

    towns = workspace.gazetteer.names.filter(pl.col("kind") == "settlement").unique("feature", keep="first", maintain_order=True)
    if towns.is_empty():
        return [workspace.name] * len(at)
    _apart, nearest = KDTree(towns.select("easting", "northing").to_numpy()).query(at)
    return [towns["name"][int(row)] for row in np.atleast_1d(nearest)]
