"""Profiles as text: written for a person to look at and keep, and read with every mistake in them told at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import tomli_w

from spaces import intake, model, personal
from words import DataProblem, _

AGES, HOURS = "ages", "hours"
"""Not columns of ours, but what two of them are made from: ages in years become bands, and a time of day narrows a date."""

_KINDS: dict[str, type | tuple[type, ...]] = {
    "name": str, "header": list, "columns": dict, "constants": dict, "times": dict, "codes": dict, "ages": str, "hours": dict,
    "coordinate_precision_m": (int, float), "sheet": str,
}  # fmt: skip
_DATE_FORM = re.compile(r"(?:[^%]|%(?:[dmYyHMSbBaAIpeTFRz%]|\.f|-[dmHMI]))+")
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?")
_NEVER_CONSTANT = (*model.TIME_COLUMNS, *model.NUMBER_COLUMNS, "child_ref")


def as_profile(
    name: str, constants: Mapping[str, str], mapped: Mapping[str, str], formats: Mapping[str, Sequence[str]],
    codes: Mapping[str, Mapping[str, str]], *, hours: Mapping[str, tuple[str, str]] | None = None,
) -> str:  # fmt: skip
    """Return a profile as TOML, from which of ours stands for which of theirs, how their dates are written, and what their codes mean.

    `constants` are what is the same in every row; `hours` says from when to when each of their words for a time of day goes.
    Raises DataProblem where it would not read back.
    """
    apart = {*model.TIME_COLUMNS, AGES, HOURS}
    told: dict[str, Any] = {"name": name, "header": list(dict.fromkeys(mapped.values()))}
    if AGES in mapped:
        told["ages"] = mapped[AGES]
    told["constants"] = dict(constants)
    told["columns"] = {ours: theirs for ours, theirs in mapped.items() if ours not in apart}
    told["times"] = {
        ours: {"column": mapped[ours]} | ({"formats": list(formats[ours])} if formats.get(ours) else {})
        for ours in model.TIME_COLUMNS
        if ours in mapped
    }
    if HOURS in mapped:
        told["hours"] = {"column": mapped[HOURS]} | ({"words": {word: list(span) for word, span in hours.items()}} if hours else {})
    told["codes"] = {ours: dict(words) for ours, words in codes.items() if words}
    text = tomli_w.dumps({key: value for key, value in told.items() if value not in ({}, [])})
    read_profile(text)
    return text


def read_profile(profile: str | Path) -> intake.Profile:
    """Read a profile from its text or its file. Raises one DataProblem that says everything that is wrong with it."""
    where = profile.name if isinstance(profile, Path) else _("the profile")
    try:
        told = tomllib.loads(profile.read_text("utf-8") if isinstance(profile, Path) else profile)
    except OSError as error:
        raise DataProblem("{file} could not be read. Check that you may open it.", file=where) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataProblem("{file} is not written as TOML. Compare it with one of the built-in profiles.", file=where) from error
    mistakes = list(_mistakes(told))
    if mistakes:
        raise DataProblem("{file}: {mistakes}. Correct it and bring it again.", file=where, mistakes="; ".join(mistakes))
    return intake.Profile(**told)


def _mistakes(told: Mapping[str, Any]) -> Iterator[str]:
    for key in ("name", "header"):
        if not told.get(key):
            yield _("it has no “{key}”", key=key)
    for key, value in told.items():
        if key not in _KINDS:
            yield _("“{key}” is nothing that a profile has", key=key)
        elif not isinstance(value, _KINDS[key]) or isinstance(value, bool):
            yield _("“{key}” is of the wrong kind", key=key)
    sound: dict[str, Any] = {key: value for key, value in told.items() if key in _KINDS and isinstance(value, _KINDS[key])}
    if not all(isinstance(column, str) for column in sound.get("header", [])):
        yield _("“{key}” is of the wrong kind", key="header")
    if not 0 < sound.get("coordinate_precision_m", 1) < 100_000:
        yield _("“{key}” is of the wrong kind", key="coordinate_precision_m")
    if "agency" not in {**sound.get("columns", {}), **sound.get("constants", {})}:
        yield _("it does not say whose records they are: give “agency” as a column or a constant")
    yield from _in_columns(sound.get("columns", {}))
    yield from _in_constants(sound.get("constants", {}))
    yield from _in_times(sound.get("times", {}))
    yield from _in_codes(sound.get("codes", {}))
    yield from _in_hours(sound.get("hours", {}))
    mapped = [
        *sound.get("columns", {}).values(),
        sound.get("ages"),
        *(how.get("column") for how in sound.get("times", {}).values() if isinstance(how, dict)),
    ]
    for column in personal.personal_columns([column for column in mapped if isinstance(column, str)]):
        yield _("the column “{key}” says that it holds who somebody is, and is never read", key=column)


def _in_columns(columns: Mapping[str, Any]) -> Iterator[str]:
    for ours, theirs in columns.items():
        if ours not in model.INCIDENT_COLUMNS or ours in model.TIME_COLUMNS:
            yield _("“{key}” is not a column of ours that a profile can map", key=ours)
        if not isinstance(theirs, str):
            yield _("“{key}” is of the wrong kind", key=ours)


def _in_constants(constants: Mapping[str, Any]) -> Iterator[str]:
    for ours, value in constants.items():
        if ours not in model.INCIDENT_COLUMNS or ours in _NEVER_CONSTANT:
            yield _("“{key}” is not a column of ours that can be the same in every row", key=ours)
        elif not isinstance(value, str):
            yield _("“{key}” is of the wrong kind", key=ours)
        elif ours in model.CODES and value not in model.CODES[ours]:
            yield _("“{value}” is not a code for “{key}”", value=value, key=ours)


def _in_times(times: Mapping[str, Any]) -> Iterator[str]:
    for ours, how in times.items():
        if ours not in model.TIME_COLUMNS:
            yield _("“{key}” is not a time column of ours", key=ours)
        if not isinstance(how, dict) or not isinstance(how.get("column"), str) or not isinstance(how.get("formats", []), list):
            yield _("“{key}” is of the wrong kind", key=ours)
            continue
        for key in how.keys() - {"column", "formats"}:
            yield _("“{key}” is nothing that a profile has", key=key)
        for form in how.get("formats", []):
            if not isinstance(form, str) or not _DATE_FORM.fullmatch(form) or not re.search("%[YyF]", form):
                yield _("“{form}” is not a form that dates are written in", form=form)


def _in_codes(codes: Mapping[str, Any]) -> Iterator[str]:
    for ours, words in codes.items():
        if ours not in model.TEXT_COLUMNS and ours not in model.FLAG_COLUMNS:
            yield _("“{key}” is not a column of ours that has codes", key=ours)
        elif not isinstance(words, dict) or not all(isinstance(code, str) for code in words.values()):
            yield _("“{key}” is of the wrong kind", key=ours)
        elif ours in model.CODES:
            for code in sorted(set(words.values()) - set(model.CODES[ours])):
                yield _("“{value}” is not a code for “{key}”", value=code, key=ours)


def _in_hours(hours: Mapping[str, Any]) -> Iterator[str]:
    if not hours:
        return
    words = hours.get("words", {})
    if not isinstance(hours.get("column"), str) or not isinstance(words, dict) or hours.keys() - {"column", "words"}:
        yield _("“{key}” is of the wrong kind", key="hours")
        return
    for word, span in words.items():
        if not isinstance(span, list) or len(span) != 2 or not all(isinstance(at, str) and _CLOCK.fullmatch(at) for at in span):
            yield _("“{key}” is of the wrong kind", key=word)
