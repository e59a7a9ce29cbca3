"""A list of checked places as a partnership keeps it, taken into the register: all of it or, with each thing that is wrong, nothing."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from briefing import safe_places as briefed
from briefing.workspace import Workspace
from spaces import access, safe_places
from spaces import tables as files
from spaces.access import Reader
from spaces.audit import AuditEvent
from spaces.safe_places import Details
from words import DataProblem, _

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "feature_id": ("feature_id",), "name": ("name",), "name_cy": ("name_cy",), "scheme": ("scheme",), "easting": ("easting",),
    "northing": ("northing",), "hours": ("hours", "opening_hours"), "under_18": ("under_18", "under_18s", "suitable_for_under_18"),
    "step_free": ("step_free",), "languages": ("languages",), "consent": ("consent",), "consent_by": ("consent_by", "consent_by_role"),
    "consent_on": ("consent_on",), "checked_by": ("checked_by", "checked_by_role"), "checked_on": ("checked_on",),
    "asked": ("asked", "young_people_asked"), "welcome": ("welcome", "young_people_welcome"), "note": ("note",),
}  # fmt: skip
"""What is kept, and what a file may call it; capitals, spaces and underscores are all the same."""

NEEDED = ("name", "checked_by", "checked_on")

SAME_PLACE_M = 50.0
"""A place of a file is the candidate of its name this near: a large building's length, as one may say its door and the other its middle."""

ANSWERS = {
    "yes": safe_places.YES, "y": safe_places.YES, "true": safe_places.YES, "ie": safe_places.YES, "no": safe_places.NO, "n": safe_places.NO,
    "false": safe_places.NO, "nac ydy": safe_places.NO, "": safe_places.NOT_KNOWN, "not known": safe_places.NOT_KNOWN,
    "unknown": safe_places.NOT_KNOWN, "na": safe_places.NOT_KNOWN, "n/a": safe_places.NOT_KNOWN,
}  # fmt: skip
"""“NA” is no in Welsh and *not available* in English: of a place for children neither is guessed."""

LARGEST = 1e7
"""No place of the country is as far east or north, in metres, and no count as large."""

DAYS = ("%Y-%m-%d", "%d/%m/%Y")


@dataclass(frozen=True)
class Imported:
    """What became of a file: how many places were new, checked again, or here already and the same; and what is `wrong` with its rows.

    Where anything is wrong, nothing came in.
    """

    added: int
    changed: int
    unchanged: int
    wrong: tuple[str, ...] = ()


def bring(workspace: Workspace, reader: Reader, path: Path, *, today: date, origin: str) -> Imported:
    """Take a list of checked places in (CSV or a workbook), all of it or nothing; the same file twice changes nothing.

    A row is the place of its `feature_id`, else the candidate of its name within `SAME_PLACE_M`, else the place of the register with its
    name that near; else it is new. DataProblem where the file is no such list.
    """
    access.check_keep_safe_places(reader)
    table, numbers = files.read(path)
    called = _columns(path.name, table.columns)
    kept = safe_places.newest(workspace.register)
    candidates = pd.DataFrame(workspace.layer("safe_places")).assign(
        easting=lambda found: found["geometry"].map(lambda point: point.x),
        northing=lambda found: found["geometry"].map(lambda point: point.y),
    )
    wrong: list[str] = []
    rows: list[tuple[int, str, int, Details]] = []
    latest, names = workspace.latest_day(today), workspace.place_names
    for number, row in zip(numbers.tolist(), table.iter_rows(named=True), strict=True):
        given = {name: (row[column] or "").strip() for name, column in called.items()}
        details, unread = _details(given, candidates)
        place_id, seen = _known(kept, details)
        details = _with_what_stands(details, kept, place_id, set(called))
        found = [
            *unread,
            *safe_places.problems(details, today=latest, places=names),
            *_against(kept, place_id, details),
            *_where(workspace, details),
        ]
        wrong += [_("Row {row}: {problem}", row=number, problem=problem) for problem in found]
        rows.append((number, place_id, seen, details))
    wrong += _twice(rows)
    if wrong:
        return Imported(0, 0, 0, tuple(wrong))
    changes = [(place_id, seen, details) for _number, place_id, seen, details in rows if not _is_same(kept, place_id, details)]
    if changes:
        audit = AuditEvent(reader.name, "safe places imported", "a list of checks", origin)
        safe_places.take_in(workspace.register, changes, audit=audit)
    added = sum(seen == 0 for _place_id, seen, _details in changes)
    return Imported(added, len(changes) - added, len(rows) - len(changes))


def _columns(file: str, header: list[str]) -> dict[str, str]:
    """Return the file's own name for each thing that is kept; DataProblem for a heading that is nothing of that, or what is lacking."""
    meant = {plain: name for name, spellings in COLUMNS.items() for plain in spellings}
    called: dict[str, str] = {}
    for column in header:
        name = meant.get("_".join(column.replace("_", " ").replace("-", " ").casefold().split()))
        if name is None or name in called:
            raise DataProblem(
                "{file}: column “{column}” is none of a list of safe places, or is there twice. Take it out or call it one of: {names}.",
                file=file, column=column[:60], names=", ".join(COLUMNS),
            )  # fmt: skip
        called[name] = column
    missing = [name for name in NEEDED if name not in called]
    if missing or not ("feature_id" in called or {"easting", "northing"} <= set(called)):
        raise DataProblem(
            "{file} lacks {names}. A list of safe places has at least name, checked_by, checked_on, and easting and northing or "
            "feature_id.",
            file=file, names=", ".join(missing) or "easting, northing",
        )  # fmt: skip
    return called


def _details(given: dict[str, str], candidates: pd.DataFrame) -> tuple[Details, list[DataProblem]]:
    """Return what a row says of its place, and what of it cannot be read, which is then as if it were not known."""
    values: dict[str, Any] = {name: given.get(name, "") for name in safe_places.FREE_TEXT} | {"hours": given.get("hours", "")}
    wrong: list[DataProblem] = []
    for name, read in _READ.items():
        values[name] = None if name not in ANSWERED else safe_places.NOT_KNOWN
        try:
            values[name] = read(name, given.get(name, ""))
        except DataProblem as problem:
            wrong.append(problem)
    if not given["checked_by"] or (values["checked_on"] is None and not given["checked_on"]):
        wrong.append(DataProblem("Say who checked the place, a role or a team, and on which day."))
    at, feature = [values["easting"], values["northing"]], given.get("feature_id", "")
    if feature and feature not in candidates.index:
        wrong.append(
            DataProblem("No possible safe place on the map has the feature_id “{id}”. Check it, or give a position.", id=feature[:40])
        )
    elif not feature:
        feature = _nearest(candidates[candidates["name"].str.casefold() == given["name"].casefold()], at)
    if feature in candidates.index:
        on_map = candidates.loc[[feature]].iloc[0]
        values |= {"feature_id": feature, "name_cy": values["name_cy"] or on_map["name_cy"]}
        at = [float(on_map["easting"]), float(on_map["northing"])] if None in at else at
    east, north = (float("nan") if number is None else number for number in at)
    return Details(**values | {"easting": east, "northing": north}).tidied(), wrong


def _known(kept: pd.DataFrame, details: Details) -> tuple[str, int]:
    """Return the id and the version of the place of the register that a row is of; an empty id where it is new."""
    same = kept[(kept["feature_id"] == details.feature_id) & (details.feature_id != "")]
    if same.empty:
        named = kept[(kept["feature_id"] == "") & (kept["name"].str.casefold() == details.name.casefold())]
        nearest = _nearest(named, [details.easting, details.northing])
        same = named.loc[[nearest]] if nearest else named.head(0)
    return (str(same.index[0]), int(same["version"].iloc[0])) if len(same) else ("", 0)


def _nearest(places: pd.DataFrame, at: Sequence[float | None]) -> str:
    east, north = (float("nan") if number is None else number for number in at)
    apart = ((places["easting"] - east) ** 2 + (places["northing"] - north) ** 2) ** 0.5
    return str(apart.idxmin()) if len(apart) and apart.min() <= SAME_PLACE_M else ""


def _with_what_stands(details: Details, kept: pd.DataFrame, place_id: str, told: set[str]) -> Details:
    """Return a row's details with what the register knows of the place and the file has no column for."""
    stands: dict[str, Any] = {}
    if place_id and kept.loc[place_id, "act"] == safe_places.CHECKED:
        before = safe_places.details_of(kept.loc[[place_id]].iloc[0])
        stands = {name: getattr(before, name) for name in COLUMNS if name not in told and name not in ("feature_id", "easting", "northing")}
    return dataclasses.replace(details, **stands)


def _against(kept: pd.DataFrame, place_id: str, details: Details) -> list[DataProblem]:
    """Say where an old list would undo what is newer."""
    if not place_id or _is_same(kept, place_id, details):
        return []
    before = kept.loc[[place_id]].iloc[0]
    newest: date | None = before["withdrawn_on"] or before["checked_on"]
    if newest is None or details.checked_on is None or details.checked_on >= newest:
        return []
    later = "“{name}” was checked or withdrawn later than this, on {day}. Take the row out, or give the newer check."
    return [DataProblem(later, name=details.name, day=newest.isoformat())]


def _where(workspace: Workspace, details: Details) -> list[DataProblem]:
    if not math.isfinite(details.easting + details.northing):
        return []  # which is said already
    try:
        briefed.check_where(workspace, [details])
    except DataProblem as problem:
        return [problem]
    return []


def _twice(rows: list[tuple[int, str, int, Details]]) -> list[str]:
    first: dict[tuple[str, ...], int] = {}
    wrong = []
    for number, place_id, _seen, details in rows:
        same = (place_id or details.feature_id or f"{details.name.casefold()} {details.easting:.0f} {details.northing:.0f}",)
        if same in first:
            wrong.append(
                _("Row {row}: “{name}” is in row {first} too. Keep one of them.", row=number, name=details.name, first=first[same])
            )
        first.setdefault(same, number)
    return wrong


def _is_same(kept: pd.DataFrame, place_id: str, details: Details) -> bool:
    if not place_id:
        return False
    before = kept.loc[[place_id]].iloc[0]
    return bool(before["act"] == safe_places.CHECKED) and safe_places.details_of(before) == details


def _answer(name: str, text: str) -> str:
    try:
        return ANSWERS[text.casefold()]
    except KeyError as error:
        raise DataProblem("“{field}” has to be yes, no or not known.", field=_(safe_places.FIELD_LABELS[name])) from error


def _day(name: str, text: str) -> date | None:
    if not text:
        return None
    for form in DAYS:
        try:
            return datetime.strptime(text.removesuffix(" 00:00:00"), form).date()  # noqa: DTZ007  what the calendar on the wall said
        except ValueError:
            continue
    raise DataProblem("“{field}” is not a day. Give one such as 2027-04-01.", field=_(safe_places.FIELD_LABELS[name]))


def _number(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        number = float("nan")
    if not abs(number) < LARGEST:
        raise DataProblem("“{field}” is not a number. Give one, or leave it empty.", field=_(safe_places.FIELD_LABELS[name]))
    return number


def _count(name: str, text: str) -> int | None:
    number = _number(name, text)
    if number is not None and number != int(number):
        raise DataProblem("“{field}” is not a number. Give one, or leave it empty.", field=_(safe_places.FIELD_LABELS[name]))
    return None if number is None else int(number)


ANSWERED = ("consent", "under_18", "step_free")

_READ: Mapping[str, Callable[[str, str], Any]] = (
    dict.fromkeys(ANSWERED, _answer)
    | dict.fromkeys(("consent_on", "checked_on"), _day)
    | dict.fromkeys(("asked", "welcome"), _count)
    | dict.fromkeys(("easting", "northing"), _number)
)
"""How what is not text is read: each takes the name of the field and its text, and raises DataProblem where it cannot be read."""
