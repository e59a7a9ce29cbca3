"""Opening hours as OpenStreetMap and partners write them ("Mo-Fr 09:00-17:00; PH off", "sunset-00:30"): open, closed or unknown at a time.

Places are in degrees here, because sunset is. Times are those of the clock on the wall, without a zone, as the register has them; a
time with a zone is read as what that clock showed. What is written is somebody else's: what cannot be read, or leaves it open, is
`unknown`, never `closed`. Nothing that is written raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from opening_hours import OpeningHours, State
from opening_hours import ParserError as NotHours  # type: ignore[attr-defined]  # its stub leaves it out

from geo import rhythm
from words import N_, _

STATES = ("open", "closed", "unknown")

LONGEST = 255
"""OpenStreetMap keeps no longer value, and no opening hours need more; reading them takes longer the longer they are."""

ZONE, COUNTRY = ZoneInfo(rhythm.LOCAL_ZONE), "GB"

OTHER_BANK_HOLIDAYS = "Jan 1; Jan 2-3 Mo; easter +1 day; Aug Mo[-1]"
"""Bank holidays of England and Wales that the library leaves out, because Scotland or Northern Ireland has not got all of them:
New Year's Day or the Monday in its place, Easter Monday, and the last Monday in August."""

EVERY_DAY = "Mo-Su"
"""What stands for a holiday (PH a bank holiday, SH a school holiday) when hours are read as on a day that is one."""

REASONS = {
    "none": N_("No hours are recorded."),
    "too_long": N_("What is recorded of the hours is too long to read as times."),
    "not_read": N_("What is recorded of the hours cannot be read as times."),
    "no_times": N_("Days are recorded, but not the hours of the day."),
    "condition": N_("The hours are recorded with a note that may be a condition: ask there."),
    "no_end": N_("When it closes is not recorded."),
    "school_holidays": N_("The hours may be others in school holidays, whose dates are not known here."),
}
"""Why nothing, or not everything, can be said. Stored untranslated; none of them repeats what was recorded."""

_STATE = {State.OPEN: "open", State.CLOSED: "closed", State.UNKNOWN: "unknown"}

_TIMES = re.compile(r"\d:\d\d|24/7|sunrise|sunset|dawn|dusk|\b(?:open|off|closed|unknown)\b", re.IGNORECASE)
_NO_END = re.compile(r"(?:\d:\d\d|sunrise|sunset|dawn|dusk|\))\s*\+(?!\s*\d)", re.IGNORECASE)
_NOTE = re.compile(r'"[^"]*"')
_HOLIDAY = {name: re.compile(rf"\b{name}\b", re.IGNORECASE) for name in ("PH", "SH")}


@dataclass(frozen=True)
class _Reading:
    """Hours as read: on any day, on a bank holiday the library does not know, and on a day of school holidays where that differs."""

    usual: OpeningHours
    on_bank_holiday: OpeningHours | None
    in_school_holiday: _Reading | None
    doubtful: bool
    """Whether being open by what is written is not enough to say so."""

    def state(self, clock: datetime, *, bank_holiday: bool) -> str:
        """Say the state at a clock time; `bank_holiday` is about those that the library does not know."""
        hours = self.on_bank_holiday if bank_holiday and self.on_bank_holiday else self.usual
        state, note = hours.state(clock)
        known = "unknown" if state == State.OPEN and (note or self.doubtful) else _STATE[state]
        if self.in_school_holiday and self.in_school_holiday.state(clock, bank_holiday=bank_holiday) != known:
            return "unknown"
        return known


def open_at(text: pd.Series, when: pd.Timestamp | datetime, longitude: float, latitude: float) -> pd.Series:
    """Say for each text of opening hours whether it is `open`, `closed` or `unknown` at a time, on the same index.

    One place (in degrees) stands for all of them: across an area sunset differs by a minute or so. Each distinct text is read once.
    """
    words = _texts(text)
    states = open_in_hours(words, [when], longitude, latitude).iloc[:, 0]
    return words.map(states).astype("str").rename("state")


def open_in_hours(text: pd.Series, when: Iterable[pd.Timestamp | datetime], longitude: float, latitude: float) -> pd.DataFrame:
    """Say for each distinct text (the index) and each time (the columns) whether it is `open`, `closed` or `unknown`."""
    clocks = pd.DatetimeIndex([_clock(moment) for moment in when])
    other = _other_bank_holidays()
    moments = [
        None if missing else (clock, other.is_open(clock))
        for clock, missing in zip(clocks.to_pydatetime().tolist(), clocks.isna(), strict=True)
    ]
    distinct = pd.Index(_texts(text).unique(), dtype="str", name="hours")
    rows = [_states(_read(hours, longitude, latitude), moments) for hours in distinct]
    return pd.DataFrame(np.array(rows, dtype=object).reshape(len(rows), len(moments)), index=distinct, columns=clocks, dtype="str")


def burning_by_hours(value: pd.Series, when: pd.Timestamp | datetime, longitude: float, latitude: float) -> pd.Series:
    """Say for values of `lit` that give hours ("dusk-dawn", "Mo-Su 06:00-23:00") whether the lamp is `lit` or `unlit` at a time.

    `unknown` for every value that gives none: "yes", "no" and "limited" say something too, but not when.
    """
    return open_at(value, when, longitude, latitude).replace({"open": "lit", "closed": "unlit"}).astype("str")


def why_not(text: str) -> str:
    """Say why nothing, or not everything, can be said of these hours; empty where they can be read. Never repeats the text."""
    hours = text.strip()
    reason = _reason(hours)
    return _(REASONS[reason]) if reason else ""


def said(text: str) -> str:
    """Say simple hours in plain words ("Monday to Friday 09:00 to 17:00; closed on bank holidays"); others as they were recorded."""
    hours = text.strip()
    if _reason(hours):
        return hours if len(hours) <= LONGEST else f"{hours[:LONGEST]}…"
    rules = [_said_rule(rule.strip()) for rule in hours.split(";")]
    return "; ".join(rules) if all(rules) else hours


def _reason(hours: str) -> str:
    if not _NOTE.sub("", hours).strip(" ;,|"):
        return "condition" if hours else "none"
    if len(hours) > LONGEST:
        return "too_long"
    if not _parsed(hours):
        return "not_read"
    without_notes = _NOTE.sub("", hours)
    if not _TIMES.search(without_notes):
        return "no_times"
    if without_notes != hours:
        return "condition"
    if _NO_END.search(hours):
        return "no_end"
    return "school_holidays" if _HOLIDAY["SH"].search(hours) else ""


def _texts(text: pd.Series) -> pd.Series:
    return text.astype("str").fillna("").str.strip()


def _clock(when: pd.Timestamp | datetime) -> pd.Timestamp:
    """Return what the clock on the wall shows at a time, without a zone."""
    moment = pd.Timestamp(when)
    return moment if moment.tzinfo is None else moment.tz_convert(ZONE).tz_localize(None)


def _states(reading: _Reading | None, moments: Sequence[tuple[datetime, bool] | None]) -> list[str]:
    if reading is None:
        return ["unknown"] * len(moments)
    return [reading.state(moment[0], bank_holiday=moment[1]) if moment else "unknown" for moment in moments]


@lru_cache(maxsize=8192)
def _read(hours: str, longitude: float, latitude: float) -> _Reading | None:
    """Return hours as read at a place, None where they cannot be."""
    reason = _reason(hours)
    if reason in {"none", "too_long", "not_read"} or not _NOTE.sub("", hours).strip(" ;,|"):
        return None
    usual = _parsed(hours, longitude, latitude)
    if usual is None:
        return None
    in_school_holiday = None
    if _HOLIDAY["SH"].search(_NOTE.sub("", hours)):
        in_school_holiday = _read(_on_holiday("SH", hours), longitude, latitude)
        if in_school_holiday is None:
            return None
    on_bank_holiday = None
    if _HOLIDAY["PH"].search(_NOTE.sub("", hours)):
        on_bank_holiday = _parsed(_on_holiday("PH", hours), longitude, latitude)
    return _Reading(usual, on_bank_holiday, in_school_holiday, doubtful=reason in {"no_times", "no_end"})


def _on_holiday(kind: str, hours: str) -> str:
    return _HOLIDAY[kind].sub(EVERY_DAY, hours)


def _parsed(hours: str, longitude: float | None = None, latitude: float | None = None) -> OpeningHours | None:
    place = None if longitude is None or latitude is None else (latitude, longitude)
    try:
        # With `auto_timezone=False` the library forgets the place, and has the sun set at 19:00 all year.
        return OpeningHours(hours, timezone=ZONE, country=COUNTRY, coords=place)
    except NotHours:
        return None


@cache
def _other_bank_holidays() -> OpeningHours:
    return OpeningHours(OTHER_BANK_HOLIDAYS, timezone=ZONE, country=COUNTRY)


_DAYS = {
    "Mo": N_("Monday"), "Tu": N_("Tuesday"), "We": N_("Wednesday"), "Th": N_("Thursday"), "Fr": N_("Friday"),
    "Sa": N_("Saturday"), "Su": N_("Sunday"), "PH": N_("bank holidays"),
}  # fmt: skip
_SUN = {"sunrise": N_("sunrise"), "sunset": N_("sunset"), "dawn": N_("dawn"), "dusk": N_("dusk")}
_DAY, _TIME = rf"(?:{'|'.join(_DAYS)})", rf"(?:\d\d:\d\d|{'|'.join(_SUN)})"
_RULE = re.compile(
    rf"(?:(?P<days>{_DAY}(?:-{_DAY})?(?:,{_DAY}(?:-{_DAY})?)*)\s+)?(?:(?P<times>{_TIME}-{_TIME}(?:,{_TIME}-{_TIME})*)|(?P<closed>off|closed))"
)


def _said_rule(rule: str) -> str:
    """Say one rule of days and times; empty where it is more than that."""
    if rule == "24/7":
        return _("always open")
    found = _RULE.fullmatch(re.sub(r"\s*([,-])\s*", r"\1", rule))
    if not found:
        return ""
    days = "" if not found["days"] or found["days"] == EVERY_DAY else _said_spans(found["days"], _DAYS)
    if found["closed"]:
        return _("closed on {days}", days=days) if days else _("closed")
    return f"{days or _('every day')} {_said_spans(found['times'], _SUN)}"


def _said_spans(spans: str, known: dict[str, str]) -> str:
    ends = [[_(known[end]) if end in known else end for end in span.split("-")] for span in spans.split(",")]
    return ", ".join(_("{first} to {last}", first=span[0], last=span[1]) if len(span) == 2 else span[0] for span in ends)
