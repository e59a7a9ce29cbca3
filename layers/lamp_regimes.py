"""What a council writes of when a lamp burns, read by what it says; what is not understood beyond doubt is unknown, and told.

Times are minutes of the local day, of the clock on the wall.
"""

from __future__ import annotations

import re
import time
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from words import N_, _

REGIMES = ("dusk_dawn", "part_night", "dimmed", "failed", "removed", "unknown")
"""The states of a lamp. A dimmed lamp gives light; one that failed or was taken away gives none."""

GONE = ("failed", "removed")

NOON_MIN, DAY_MIN = 720, 1440

_CLOCK = (
    r"(?:24[:.]?00|(?:[01]?\d|2[0-3])[:.h][0-5]\d(?:\s*[ap]m)?|(?:[01]\d|2[0-3])[0-5]\d(?:\s*h(?:rs|ours)?)?|(?:1[0-2]|0?[1-9])\s*[ap]m"
    r"|midnight|midday|noon)(?!\d)"
)
_HOUR = r"(?:0?[1-9]|1[0-2])(?!\d|[:.h]\d|\s*(?:%|per|lux|w\b|m\b|[ap]m))"
"""An hour without minutes, as in "midnight to 5": only where a time stands before it."""
_TO = r"\s*(?:-|–|—|/|to|until|till|and)\s*"
_SPAN = re.compile(rf"(?<!\d)({_CLOCK}){_TO}({_CLOCK}|{_HOUR})")
_UNTIL = re.compile(rf"\b(?:dusk|sunset){_TO}({_CLOCK})|\boff\s*(?:at|from|after|@)?\s*({_CLOCK})")
_AGAIN = re.compile(rf"(?<!\d)({_CLOCK}){_TO}(?:dawn|sunrise)|\bon\s*(?:again)?\s*(?:at|from|after|@)?\s*({_CLOCK})")
_PHOTOCELL = re.compile(r"^(?:pecu?|photo[\s-]?cell|p/?cell)?\s*(\d{1,3})\s*/\s*(\d{1,3})\s*(?:lux)?$")
_PHOTOCELL_WORDS = re.compile(r"\bpecu?\b|photo[\s-]?(?:electric|cell)|\blux\b|\bsolar dial\b")
_ALL_NIGHT = re.compile(r"(?:dusk|sunset)\s*(?:-|–|—|/|to|until|till)?\s*(?:dawn|sunrise)|\b(?:all|full|whole)[\s-]?night\b|\bdd\b|\bfn\b")
_ALWAYS = re.compile(r"^24\s*/\s*7$|\b24\s*(?:h|hrs|hours?)\b|\bcontinuous|\balways on\b")
_PART_NIGHT = re.compile(r"\bpart[\s-]?(?:of[\s-](?:the[\s-])?)?night\b|\bpn[lop]?\b|\bpart[\s-]?lit\b")
_FAILED = re.compile(
    r"\b(?:not|isnt)\s+(?:working|lit|burning)\b|\bfailed\b|\bfaulty\b|\bin fault\b|\bout of (?:light|order|service)\b|\bdefective\b"
    r"|\b(?:lamp|unit|column|power)\s+out\b|\bno (?:supply|power)\b|\bdisconnected\b|\bisolated\b|\bswitched off$"
)
_REMOVED = re.compile(r"\bremoved\b|\bde-?commission(?:ed)?\b|\bdisused\b|\btaken (?:away|down|out)\b|\bdismantled\b|\bscrapped\b")
_STILL_FAILED = re.compile(
    r"\b(?:not (?:yet )?|to be |awaiting |needs? |un)(?:repair(?:ed|s)?|mend(?:ed|ing)|fix(?:ed|ing)|reconnect(?:ed|ion))\b"
)
"""What reads like a repair and says that there was none."""
_UNDONE = re.compile(
    r"\b(?:not?|never|non|without|un|isnt|wasnt|to be|will be|planned|previously|formerly|was|ex|cleared|cancelled|resolved|rectified"
    r"|reinstated|restored|re-?connected|repair(?:ed|s)?|replaced|re-?lit|re-?commissioned|mended|fixed|now (?:working|lit|ok))\b"
)
"""Beside a word for a fault or a removal: it is denied, over, or still to come. Which of them is for a person to read."""
_DENIED = re.compile(r"\b(?:not?|never|non|without|except|excluding|unless|isnt|wont)\b")
_OTHER_CLOCK = re.compile(r"\b(?:gmt|utc|bst)\b")
_EVERY_DAY = re.compile(
    r"\b(?:mo-su|su-sa|mon(?:day)?\s*(?:-|to)\s*sun(?:day)?|sun(?:day)?\s*(?:-|to)\s*sat(?:urday)?|7 days(?: a week)?)\b"
)
_SOME_DAYS = re.compile(
    r"\b(?:mo|tu|we|th|fr|sa|su|mon|tues?|wed|thur?s?|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|week-?(?:days?|nights?|ends?)"
    r"|(?:bank|school|public) holidays?|ph|summer|winter|term(?: time)?)\b"
)
_YEAR = re.compile(r"\b(?:off|out|in|since|from)\s+(?:in\s+)?(?:19\d\d|20[0-5]\d)(?!\s*(?:-|–|—|to|until|till|h|and)|\d)")
"""Digits after these words that are a year rather than a time: nobody switches lamps off at 20:24."""
_DIM = re.compile(r"\bdim")
_OFF = re.compile(r"\boff\b|\bextinguish|\bunlit\b|\bpart[\s-]?night\b|\bpn[lop]?\b")
_ON = re.compile(r"\bon\b|\blit\b|\bburn")
_PERCENT = re.compile(r"(\bby\s*)?(\d{1,3})\s*(?:%|per ?cent)")

SAID = {
    "all_night": N_("Burns from dusk to dawn."),
    "always": N_("Burns day and night."),
    "part_night": N_("Off for part of the night; between which hours is not recorded."),
    "dimmed": N_("Dimmed at times: still gives light."),
    "failed": N_("Recorded as not working."),
    "removed": N_("Recorded as taken away."),
    "not_recorded": N_("Nobody has recorded when it burns."),
}

Span = tuple[int, int]


@dataclass(frozen=True)
class Regime:
    """When one lamp burns. Minutes of the local day; NaN: not said."""

    state: str
    reason: str
    off_from_min: float = np.nan
    off_until_min: float = np.nan
    dimmed_from_min: float = np.nan
    dimmed_until_min: float = np.nan
    dimmed_to_percent: float = np.nan


def read_regimes(text: pd.Series[str]) -> pd.DataFrame:
    """Return the regime that each text says: `state` (one of REGIMES), `reason`, and the hours it is off or dimmed, on the same index.

    A pair such as `35/18` is a photocell's: on when daylight falls to 35 lux, off when it rises to 18, so all night. Off without an end
    is off until daylight. What holds on some days only, differs between days, is of another clock than the one on the wall or is denied
    ("not faulty", "no part night") is unknown. Reasons are untranslated unless they give figures or quote, which are written in the
    language in use.
    """
    said = text.astype("str").fillna("").str.strip()
    codes, distinct = pd.factorize(said)
    read = pd.DataFrame([asdict(_read(each)) for each in distinct], columns=list(Regime.__dataclass_fields__))
    numbers = [name for name in read if name not in ("state", "reason")]
    return read.astype({"state": "str", "reason": "str", **dict.fromkeys(numbers, "float64")}).iloc[codes].set_axis(text.index)


def doubtful_faults(text: pd.Series[str]) -> pd.Series[bool]:
    """Say which texts name a fault or a removal and in the same breath deny or undo it, so that they say neither."""
    codes, distinct = pd.factorize(text.astype("str").fillna("").str.strip())
    doubtful = np.array([_gone(_plain(each)) == "unknown" for each in distinct], bool)
    return pd.Series(doubtful[codes] if len(distinct) else [], index=text.index, dtype=bool)


def clock(minute: float) -> str:
    """Write a minute of the day as a time on the 24-hour clock."""
    return f"{int(minute) // 60 % 24:02}:{int(minute) % 60:02}"


def _plain(said: str) -> str:
    return re.sub(r"\s+", " ", re.sub("['’]", "", said.lower())).strip()


def _read(said: str) -> Regime:
    text = _plain(said)
    if not text or text in ("unknown", "not known", "n/a", "-", "none"):
        return Regime("unknown", SAID["not_recorded"])
    not_understood = Regime("unknown", _("Its hours are recorded as “{said}”, which is not understood here.", said=said[:60]))
    gone = _gone(text)
    if gone:
        return not_understood if gone == "unknown" else Regime(gone, SAID[gone])
    if any(doubt.search(_EVERY_DAY.sub("", text)) for doubt in (_DENIED, _OTHER_CLOCK, _SOME_DAYS, _YEAR)):
        return not_understood
    try:
        timed = _timed(text)
    except _AmbiguousError:
        return not_understood
    return timed or _untimed(text) or not_understood


def _gone(text: str) -> str:
    """Return `failed` or `removed` where a text says so, `unknown` where it denies or undoes it as well, else nothing."""
    for state, pattern in (("removed", _REMOVED), ("failed", _FAILED)):
        if pattern.search(text):
            rest = pattern.sub(" ", text)
            rest = _STILL_FAILED.sub(" ", rest) if state == "failed" else rest
            return "unknown" if _UNDONE.search(rest) else state
    return ""


def _untimed(text: str) -> Regime | None:
    """Read a text that says no hours; None where it is not understood."""
    if _PART_NIGHT.search(text):
        return Regime("part_night", SAID["part_night"])
    photocell = _PHOTOCELL.match(text)
    if _ALWAYS.search(text):
        return Regime("dusk_dawn", SAID["always"])
    if photocell:
        on, off = photocell.groups()
        return Regime("dusk_dawn", _("Comes on at {on} lux and goes off at {off} lux: burns from dusk to dawn.", on=on, off=off))
    if _DIM.search(text):
        percent = _percent(text)
        if percent == 0:  # dimmed to nothing is off, at hours that are not said
            return Regime("part_night", SAID["part_night"])
        return Regime("dimmed", SAID["dimmed"], dimmed_to_percent=percent)
    if _ALL_NIGHT.search(text) or _PHOTOCELL_WORDS.search(text):
        return Regime("dusk_dawn", SAID["all_night"])
    return None


def _timed(text: str) -> Regime | None:
    """Read a text that says hours; None where it says none."""
    offs, dims = _spans(text)
    percent = _percent(text)
    if percent == 0:
        offs, dims = offs | dims, set()
    if len(offs) > 1 or len(dims) > 1:
        raise _AmbiguousError
    off, dimmed = next(iter(offs), None), next(iter(dims), None)
    until, again = _UNTIL.search(text), _AGAIN.search(text)
    if not off and not dimmed and until:
        off = _span(_minute(until[1] or until[2]), _minute(again[1] or again[2]) if again else NOON_MIN)
    if not off and not dimmed:
        return None
    regime = Regime("dimmed", SAID["dimmed"])
    if dimmed:
        values = {"start": clock(dimmed[0]), "end": clock(dimmed[1])}
        reason = _("Dimmed from {start} to {end}: still gives light.", **values)
        if not np.isnan(percent):
            reason = _("Dimmed to {percent} % from {start} to {end}: still gives light.", percent=round(percent), **values)
        regime = Regime("dimmed", reason, dimmed_from_min=dimmed[0], dimmed_until_min=dimmed[1], dimmed_to_percent=percent)
    if off:
        reason = _("Off from {start} to {end}.", start=clock(off[0]), end=clock(off[1]))
        if off[1] == NOON_MIN:
            reason = _("Off from {start} until daylight.", start=clock(off[0]))
        regime = replace(regime, state="part_night", reason=reason, off_from_min=off[0], off_until_min=off[1])
    return regime


class _AmbiguousError(Exception):
    """A text says hours that differ, or that may be one thing or another."""


def _spans(text: str) -> tuple[set[Span], set[Span]]:
    """Return from when to when it is off, and dimmed: a span is what the words before it say, else those of the whole text."""
    offs: set[Span] = set()
    dims: set[Span] = set()
    said_at = 0
    for found in _SPAN.finditer(text):
        before = text[said_at : found.start()]
        said_at = found.end()
        start, end = _minute(found[1]), _minute(found[2])
        if end is None and found[2].strip().isdigit():
            end = _early_hour(found[2])
        if start is not None and start == end:
            raise _AmbiguousError
        span = _span(start, end)
        words = before if any(pattern.search(before) for pattern in (_DIM, _OFF, _ON)) else text
        if span and _DIM.search(words):
            dims.add(span)
        elif span and _OFF.search(words):
            offs.add(span)
        elif span and _ON.search(words):
            offs.add(span[::-1])
    return offs, dims


def _early_hour(text: str) -> int:
    """Return the minute of a bare hour that ends a span: 1 to 8 are in the morning, and the rest may be either."""
    if int(text) > 8:
        raise _AmbiguousError
    return int(text) * 60


def _span(start: int | None, end: int | None) -> Span | None:
    return (start, end) if start is not None and end is not None and start != end else None


def _minute(text: str) -> int | None:
    """Return the minute of the day that a written time says; None where it says none."""
    words = {"midnight": 0, "2400": 0, "24:00": 0, "24.00": 0, "noon": NOON_MIN, "midday": NOON_MIN}
    if text in words:
        return words[text]
    plain = re.sub(r"\s|h(?:rs|ours)?$", "", text)
    plain = re.sub(r"[.h]", ":", plain)
    for form in ("%H:%M", "%H%M", "%I:%M%p", "%I%p"):
        if form == "%H%M" and len(plain) < 4:  # it would read a bare 5 as five past midnight
            continue
        try:
            read = time.strptime(plain, form)
        except ValueError:
            continue
        return read.tm_hour * 60 + read.tm_min
    return None


def _percent(text: str) -> float:
    """Return to how many per cent it is dimmed: "by 75%" leaves 25."""
    found = _PERCENT.search(text)
    if not found or int(found[2]) > 100:
        return np.nan
    return float(100 - int(found[2]) if found[1] else int(found[2]))
