"""What is held of one child, in words people use: for the screen of the rights desk, and as the copy that somebody asks for."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any

import pandas as pd

from briefing import sentences
from spaces import exports, model
from words import N_, _

PLACED = {"precision_m": N_("Placed to within, in metres"), "method": N_("Placed by"), "reason": N_("Of its position")}
CAME_WITH = {"file": N_("Came with the file"), "source_row": N_("Row in that file")}

RECORD = N_("Record")
"""What a record of no known kind is called."""


NOT_ON_SCREEN = ("agency", "longitude", "latitude")
"""It is the same in all, and the position is there in metres."""

DAYS = ("reported_on", "case_closed_on")
"""Mostly known to the day: midnight is no time of day there. When something happened is a stretch, and its ends are said in full."""


def in_words(found: pd.DataFrame) -> pd.DataFrame:
    """Return what was found with its headings and codes in words; dates and numbers stay what they are. The pseudonym is not in it."""
    told = {
        _("Record"): found["record_id"],
        _("Version"): found["version"],
        _("State"): pd.Series([_state(*row) for row in zip(found["current"], found["restricted"], strict=True)], found.index, dtype=object),
    }
    labels = model.COLUMN_LABELS | PLACED | CAME_WITH
    return pd.DataFrame(told | {_(label): _worded(name, found[name]) for name, label in labels.items() if name in found})


def side_by_side(found: pd.DataFrame) -> pd.DataFrame:
    """Return what was found as text to read: a row for each thing that any of it says, a column for each version, newest first."""
    words = in_words(found)
    shown = pd.DataFrame({label: words[label].map(_text) for label in words.columns[2:]}).astype(object)
    for name in DAYS:
        shown[_(model.COLUMN_LABELS[name])] = words[_(model.COLUMN_LABELS[name])].map(_day)
    left_out = [_(model.COLUMN_LABELS[name]) for name in NOT_ON_SCREEN]
    in_order = found.sort_values(["record_id", "version"], ascending=[True, False])
    told = shown.drop(columns=left_out).loc[in_order.index].dropna(axis="columns", how="all")
    told = told.fillna({_(label): "" for label in PLACED.values()}).fillna(_("not recorded"))
    numbers = _numbers(found)
    return told.set_axis([_heading(numbers[row["record_id"]], row) for row in in_order.to_dict("records")], axis="index").T


def titles(found: pd.DataFrame) -> dict[int, str]:
    """Return the records that are the child's as they stand, by their id, each called as it is in `side_by_side`."""
    numbers = _numbers(found)
    return {row["record_id"]: _heading(numbers[row["record_id"]], row) for row in found.to_dict("records") if row["current"]}


def choices(column: str) -> Mapping[Any, str]:
    """Return the words that may stand in a column, each with how it is said; empty where any may."""
    if column in model.FLAG_COLUMNS:
        return {True: _("yes"), False: _("no")}
    if column not in model.CODES:
        return {}
    codes = model.CODES[column]
    return {None: _("not recorded")} | {code: _(codes[code]) if isinstance(codes, Mapping) else code for code in codes}


def as_file(found: pd.DataFrame, kind: str) -> bytes:
    """Return what was found as a file, `csv` or `xlsx`."""
    if kind == "csv":
        return exports.as_csv(in_words(found))
    with tempfile.TemporaryDirectory(prefix="safer-spaces-") as folder:  # for its owner only, and gone afterwards
        path = Path(folder) / "held.xlsx"
        exports.as_xlsx(in_words(found), path)
        return path.read_bytes()


def _numbers(found: pd.DataFrame) -> dict[int, int]:
    return {int(record_id): number for number, record_id in enumerate(sorted(found["record_id"].unique()), 1)}


def _heading(number: int, row: Mapping[Any, Any]) -> str:
    words = {
        "number": number,
        "kind": choices("record_type").get(row["record_type"], _("Record")),
        "day": sentences.day(row["occurred_from"]),
    }
    if row["current"]:
        return _("{number}. {kind}, {day}", **words)
    return _("{number}. {kind}, {day}, version {version}", **words, version=row["version"])


def _state(current: object, restricted: object) -> str:
    if not current:
        return _("an earlier version")
    return _("as it stands, restricted") if restricted else _("as it stands")


def _worded(name: str, values: pd.Series) -> pd.Series:
    if name in model.TIME_COLUMNS:
        return pd.to_datetime(values)
    if name == "method":
        words: Mapping[Any, str] = {method: _(label) for method, label in model.METHODS.items()}
    elif name == "reason":
        return values.map(_, na_action="ignore")
    else:
        words = choices(name)
    return values.map(lambda value: words.get(value, value), na_action="ignore") if words else values


def _text(value: Any) -> str | None:
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return sentences.moment(value)
    return f"{value:.0f}" if isinstance(value, float) else str(value)


def _day(value: Any) -> str | None:
    return sentences.day(value) if not pd.isna(value) and value.time() == time() else _text(value)
