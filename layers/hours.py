"""Opening hours as OpenStreetMap and partners write them ("Mo-Fr 09:00-17:00; PH off", "sunset-00:30"): open, closed or unknown at a time.

Places are in degrees here, because sunset is. Times are those of the clock on the wall, without a zone, as the register has them; a
time with a zone is read as what that clock showed. What is written is somebody else's: what cannot be read, or leaves it open, is
`unknown`, never `closed`. Nothing that is written raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
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

SHUT_ALL_THE_SAME = "Jan 1; Dec 25-26"
"""Where one of these is a Saturday or Sunday the bank holiday is moved, but hardly anybody opens."""

ALWAYS = "24/7"
"""Hours that hold on a bank holiday too, by what they say."""

EVERY_DAY = "Mo-Su"
"""What stands for a holiday (PH a bank holiday, SH a school holiday) when hours are read as on a day that is one."""

REASONS = {
    "none": N_("No hours are recorded."),
    "too_long": N_("What is recorded of the hours is too long to read as times."),
    "not_read": N_("What is recorded of the hours cannot be read as times."),
    "no_times": N_("Days are recorded, but not the hours of the day."),
    "condition": N_("The hours are recorded with a note that may be a condition: ask there."),
    "no_end": N_("When it closes is not recorded."),
    "bank_holidays": N_("It is a bank holiday, and hours on bank holidays are not recorded."),
    "school_holidays": N_("The hours may be others in school holidays, whose dates are not known here."),
}
"""Why nothing, or not everything, can be said. Stored untranslated; none of them repeats what was recorded."""

_STATE = {State.OPEN: "open", State.CLOSED: "closed", State.UNKNOWN: "unknown"}

_TIMES = re.compile(r"\d:\d\d|24/7|sunrise|sunset|dawn|dusk|\b(?:open|off|closed|unknown)\b", re.IGNORECASE)
_NO_END = re.compile(r"(?:\d:\d\d|sunrise|sunset|dawn|dusk|\))\s*\+(?!\s*\d)", re.IGNORECASE)
_NOTE = re.compile(r'"[^"]*"')
_SPAN = re.compile(r"(\d?\d:\d\d|\(?(?:sunset|dusk)[^-]*?)\s*-\s*(\d?\d:\d\d|\(?(?:sunrise|dawn))", re.IGNORECASE)
_OWN_FROM_MIDNIGHT = re.compile(r"\b0?0:00\s*-|24/7|\bopen\b", re.IGNORECASE)
_HOLIDAY = {name: re.compile(rf"\b{name}\b", re.IGNORECASE) for name in ("PH", "SH")}


@dataclass(frozen=True)
class _Day:
    """What a day is: a bank holiday that the library does not know, and any day on which what is open is not what it usually is."""

    unknown_to_library: bool
    bank_holiday: bool


@dataclass(frozen=True)
class _Reading:
    """Hours as read: on any day, on a bank holiday the library does not know, and on a day of school holidays where that differs."""

    usual: OpeningHours
    on_bank_holiday: OpeningHours | None
    in_school_holiday: _Reading | None
    doubtful: bool
    """Whether being open by what is written is not enough to say so."""
    says_bank_holidays: bool
    """Whether what is written holds on a bank holiday too."""
    night_ends: time | None
    """The latest hour at which a span that began the day before may end; None where none goes over midnight."""
    opens_at_midnight: bool
    """Whether being open at the first minute of a day may be that day's own hours."""

    def state(self, clock: datetime, *, with_holidays: bool) -> str:
        """Say the state at a clock time; without holidays, as for a lamp, which burns on them as on any day."""
        known = self._state_by_night(clock, with_holidays=with_holidays)
        if self.in_school_holiday and self.in_school_holiday.state(clock, with_holidays=with_holidays) != known:
            return "unknown"
        return known

    def _state_by_night(self, clock: datetime, *, with_holidays: bool) -> str:
        """Say the state; in the small hours, where a span may have begun the day before, what was so at the end of that day decides."""
        midnight = datetime.combine(clock.date(), time())
        small_hours = with_holidays and self.night_ends is not None and clock.time() < self.night_ends
        if not small_hours or not (self.usual.is_open(clock) and self.usual.is_open(midnight)):
            return self._state_by_day(clock, with_holidays=with_holidays)
        eve = self._state_by_day(midnight - timedelta(minutes=1), with_holidays=with_holidays)
        return "unknown" if eve == "closed" and self.opens_at_midnight else eve

    def _state_by_day(self, clock: datetime, *, with_holidays: bool) -> str:
        day = _day(clock.date()) if with_holidays else _Day(unknown_to_library=False, bank_holiday=False)
        hours = self.on_bank_holiday if day.unknown_to_library and self.on_bank_holiday else self.usual
        state, note = hours.state(clock)
        unsaid = day.bank_holiday and not self.says_bank_holidays
        return "unknown" if state == State.OPEN and (note or self.doubtful or unsaid) else _STATE[state]


def open_at(text: pd.Series, when: pd.Timestamp | datetime, longitude: float, latitude: float) -> pd.Series:
    """Say for each text of opening hours whether it is `open`, `closed` or `unknown` at a time, on the same index.

    One place (in degrees) stands for all of them: across an area sunset differs by a minute or so. Each distinct text is read once.
    On a bank holiday a place whose hours say nothing of bank holidays is `unknown` where it would be open: most are shut then.
    """
    words = _texts(text)
    states = open_in_hours(words, [when], longitude, latitude).iloc[:, 0]
    return words.map(states).astype("str").rename("state")


def open_in_hours(text: pd.Series, when: Iterable[pd.Timestamp | datetime], longitude: float, latitude: float) -> pd.DataFrame:
    """Say for each distinct text (the index) and each time (the columns) whether it is `open`, `closed` or `unknown`."""
    return _in_hours(text, when, longitude, latitude, with_holidays=True)


def _in_hours(
    text: pd.Series, when: Iterable[pd.Timestamp | datetime], longitude: float, latitude: float, *, with_holidays: bool
) -> pd.DataFrame:  # fmt: skip
    clocks = pd.DatetimeIndex([_clock(moment) for moment in when])
    moments = [None if missing else clock for clock, missing in zip(clocks.to_pydatetime().tolist(), clocks.isna(), strict=True)]
    distinct = pd.Index(_texts(text).unique(), dtype="str", name="hours")
    rows = [_states(_read(hours, longitude, latitude), moments, with_holidays=with_holidays) for hours in distinct]
    return pd.DataFrame(np.array(rows, dtype=object).reshape(len(rows), len(moments)), index=distinct, columns=clocks, dtype="str")


def burning_by_hours(value: pd.Series, when: pd.Timestamp | datetime, longitude: float, latitude: float) -> pd.Series:
    """Say for values of `lit` that give hours ("dusk-dawn", "Mo-Su 06:00-23:00") whether the lamp is `lit` or `unlit` at a time.

    `unknown` for every value that gives none: "yes", "no" and "limited" say something too, but not when.
    """
    words = _texts(value)
    states = _in_hours(words, [when], longitude, latitude, with_holidays=False).iloc[:, 0]
    return words.map(states).replace({"open": "lit", "closed": "unlit"}).astype("str").rename("state")


def why_not(text: str, when: pd.Timestamp | datetime | None = None) -> str:
    """Say why nothing, or not everything, can be said of these hours (at a time); empty where they can be read. Never repeats the text."""
    hours = text.strip()
    reason = _reason(hours)
    if not reason and when is not None and not _says_bank_holidays(hours) and _day(_clock(when).date()).bank_holiday:
        reason = "bank_holidays"
    return _(REASONS[reason]) if reason else ""


def said(text: str) -> str:
    """Say simple hours in plain words ("Monday to Friday 09:00 to 17:00; closed on bank holidays"); others as they were recorded."""
    hours = text.strip()
    if _reason(hours):
        return hours if len(hours) <= LONGEST else f"{hours[:LONGEST]}…"
    rules = [_said_rule(rule.strip()) for rule in hours.split(";")]
    return "; ".join(rules) if all(rules) else hours


def _reason(hours: str) -> str:
    without_notes = _NOTE.sub("", hours)
    if not without_notes.strip(" ;,|"):
        return "condition" if hours else "none"
    if len(hours) > LONGEST:
        return "too_long"
    if not _parsed(hours):
        return "not_read"
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


def _states(reading: _Reading | None, moments: Sequence[datetime | None], *, with_holidays: bool) -> list[str]:
    if reading is None:
        return ["unknown"] * len(moments)
    return [reading.state(moment, with_holidays=with_holidays) if moment else "unknown" for moment in moments]


@lru_cache(maxsize=8192)
def _read(hours: str, longitude: float, latitude: float) -> _Reading | None:
    """Return hours as read at a place, None where they cannot be."""
    reason, without_notes = _reason(hours), _NOTE.sub("", hours)
    if reason in {"none", "too_long", "not_read"} or not without_notes.strip(" ;,|"):
        return None
    usual = _parsed(hours, longitude, latitude)
    if usual is None:
        return None
    in_school_holiday = None
    if _HOLIDAY["SH"].search(without_notes):
        in_school_holiday = _read(_on_holiday("SH", hours), longitude, latitude)
        if in_school_holiday is None:
            return None
    on_bank_holiday = None
    if _HOLIDAY["PH"].search(without_notes):
        on_bank_holiday = _parsed(_on_holiday("PH", hours), longitude, latitude)
    return _Reading(
        usual,
        on_bank_holiday,
        in_school_holiday,
        doubtful=reason in {"no_times", "no_end"},
        says_bank_holidays=_says_bank_holidays(hours),
        night_ends=_night_ends(hours),
        opens_at_midnight=bool(_OWN_FROM_MIDNIGHT.search(hours)),
    )


def _says_bank_holidays(hours: str) -> bool:
    return bool(_HOLIDAY["PH"].search(_NOTE.sub("", hours))) or hours == ALWAYS


def _night_ends(hours: str) -> time | None:
    """Return the latest end of a span that goes over midnight ("18:00-02:00", "18:00-26:00", "dusk-00:30"); None where none does."""
    ends = []
    for begins, end in _SPAN.findall(hours):
        first, last = (None if not clock[0].isdigit() else tuple(map(int, clock.split(":"))) for clock in (begins, end))
        if last is None:
            ends.append(time(12))  # until sunrise, which is before noon
        elif last > (24, 0):
            ends.append(time(min(last[0] - 24, 23), last[1]))
        elif last < (12, 0) if first is None else last <= first:
            ends.append(time(last[0] % 24, last[1]))
    return max(ends, default=None)


def _on_holiday(kind: str, hours: str) -> str:
    return _HOLIDAY[kind].sub(EVERY_DAY, hours)


def _parsed(hours: str, longitude: float | None = None, latitude: float | None = None) -> OpeningHours | None:
    place = None if longitude is None or latitude is None else (latitude, longitude)
    try:
        # With `auto_timezone=False` the library forgets the place, and has the sun set at 19:00 all year.
        return OpeningHours(hours, timezone=ZONE, country=COUNTRY, coords=place)
    except NotHours:
        return None


@lru_cache(maxsize=1024)
def _day(day: date) -> _Day:
    noon = datetime.combine(day, time(12))
    other, any_of_them = _bank_holidays()
    return _Day(other.is_open(noon), any_of_them.is_open(noon))


@cache
def _bank_holidays() -> tuple[OpeningHours, OpeningHours]:
    """Return those that the library does not know, and all days on which what is open is not what it usually is."""
    every = f"PH; {OTHER_BANK_HOLIDAYS}; {SHUT_ALL_THE_SAME}"
    return tuple(OpeningHours(text, timezone=ZONE, country=COUNTRY) for text in (OTHER_BANK_HOLIDAYS, every))  # type: ignore[return-value]


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
    if rule == ALWAYS:
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
