"""Street lamps with the hours they burn: from a council's list and, where it has none near, from the map.

Times are minutes of the local day. What a council writes of its lamps is read by what it says; what is not understood is unknown, and told.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo import frames
from layers import lighting, tables
from words import N_, _, ngettext

REGIMES = ("dusk_dawn", "part_night", "dimmed", "failed", "removed", "unknown")
"""The states of a lamp. A dimmed lamp gives light; one that failed or was taken away gives none."""

FIELDS: Mapping[str, tuple[str, ...]] = {
    "regime": ("regime", "switch regime", "switching regime", "burning regime", "lighting regime", "switching", "burning hours", "hours"),
    "status": ("status", "lamp status", "condition", "working"),
    "height": ("mounting height", "height", "column height", "height m", "mounting height m"),
    "wattage": ("wattage", "watts", "lamp wattage", "watt"),
    "ref": ("column number", "lamp number", "column no", "lamp no", "unit id", "asset id", "asset number", "ref", "reference"),
}
"""What is read of a council's lamp, and the headings it is known by without being told."""

COLUMNS: tables.Columns = {
    "name": "text",
    "name_cy": "text",
    "kind": "text",
    "state": "text",
    "reason": "text",
    "regime_said": "text",
    "off_from_min": "number",
    "off_until_min": "number",
    "dimmed_from_min": "number",
    "dimmed_until_min": "number",
    "dimmed_to_percent": "number",
    "height_m": "number",
    "wattage_w": "number",
    "origin": "text",
}

NOON_MIN, DAY_MIN = 720, 1440

SAME_LAMP_M = 5.0
"""A lamp on the map this near one of the council's is that one: either is good for a few metres, and columns stand 20 m apart and more."""

MOST_SAID = 5

_TIME = (
    r"(?:24[:.]?00|(?:[01]?\d|2[0-3])[:.h][0-5]\d(?:\s*[ap]m)?|(?:[01]\d|2[0-3])[0-5]\d(?:\s*h(?:rs|ours)?)?|(?:1[0-2]|0?[1-9])\s*[ap]m"
    r"|midnight|midday|noon)(?!\d)"
)
_TO = r"\s*(?:-|–|—|/|to|until|till|and)\s*"
_SPAN = re.compile(rf"(?<!\d)({_TIME}){_TO}({_TIME})")
_UNTIL = re.compile(rf"\b(?:dusk|sunset){_TO}({_TIME})|\boff\s*(?:at|from|after|@)?\s*({_TIME})")
_AGAIN = re.compile(rf"(?<!\d)({_TIME}){_TO}(?:dawn|sunrise)|\bon\s*(?:again)?\s*(?:at|from|after|@)?\s*({_TIME})")
_PHOTOCELL = re.compile(r"^(?:pecu?|photo[\s-]?cell|p/?cell)?\s*(\d{1,3})\s*/\s*(\d{1,3})\s*(?:lux)?$")
_PHOTOCELL_WORDS = re.compile(r"\bpecu?\b|photo[\s-]?(?:electric|cell)|\blux\b|\bsolar dial\b")
_ALL_NIGHT = re.compile(r"(?:dusk|sunset)\s*(?:-|–|—|/|to|until|till)?\s*(?:dawn|sunrise)|\b(?:all|full|whole)[\s-]?night\b|\bdd\b|\bfn\b")
_ALWAYS = re.compile(r"^24\s*/\s*7$|\b24\s*(?:h|hrs|hours?)\b|\bcontinuous|\balways on\b")
_PART_NIGHT = re.compile(r"\bpart[\s-]?(?:of[\s-](?:the[\s-])?)?night\b|\bpn[lop]?\b|\bpart[\s-]?lit\b")
_FAILED = re.compile(
    r"\b(?:not|n't)\s+(?:working|lit|burning)\b|\bfailed\b|\bfaulty\b|\bin fault\b|\bout of (?:light|order|service)\b|\bdefective\b"
    r"|\b(?:lamp|unit|column|power)\s+out\b|\bno (?:supply|power)\b|\bdisconnected\b|\bisolated\b|\bswitched off$"
)
_REMOVED = re.compile(r"\bremoved\b|\bde-?commission|\bdisused\b|\btaken (?:away|down|out)\b|\bdismantled\b|\bscrapped\b")
_DIM = re.compile(r"\bdim")
_OFF = re.compile(r"\boff\b|\bextinguish|\bunlit\b|\bpart[\s-]?night\b|\bpn[lop]?\b")
_ON = re.compile(r"\bon\b|\blit\b|\bburn")
_PERCENT = re.compile(r"(\d{1,3})\s*(?:%|per ?cent)")

SAID = {
    "all_night": N_("Burns from dusk to dawn."),
    "always": N_("Burns day and night."),
    "part_night": N_("Off for part of the night; between which hours is not recorded."),
    "dimmed": N_("Dimmed at times: still gives light."),
    "failed": N_("Recorded as not working."),
    "removed": N_("Recorded as taken away."),
    "not_recorded": N_("Nobody has recorded when it burns."),
}


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
    is off until daylight. Reasons are untranslated unless they give figures or quote, which are written in the language in use.
    """
    said = text.astype("str").fillna("").str.strip()
    codes, distinct = pd.factorize(said)
    read = pd.DataFrame([asdict(_read(each)) for each in distinct], columns=list(Regime.__dataclass_fields__))
    numbers = [name for name in read if name not in ("state", "reason")]
    return read.astype({"state": "str", "reason": "str", **dict.fromkeys(numbers, "float64")}).iloc[codes].set_axis(text.index)


def from_council(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the lamps of a council's file (`council.read` with FIELDS) as a table (COLUMNS), indexed `lamp/` and the number of its row.

    A status that says it failed or was removed counts before the regime.
    """
    frames.check_metres(places)
    regimes = read_regimes(places["regime"])
    status = read_regimes(places["status"])
    none = status["state"].isin(["failed", "removed"])
    regimes = regimes.where(~none, status)
    height_m, wattage_w = _number(places["height"]), _number(places["wattage"])
    located = gpd.GeoSeries(places.geometry.to_numpy(), index="lamp/" + places.index.astype("str"), crs=places.crs)
    return _table(located, places["ref"], regimes, places["regime"], height_m.where(height_m.between(1, 40)), wattage_w, "council")


def from_osm(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the street lamps among an extract's points (EPSG:27700) as a table (COLUMNS)."""
    frames.check_metres(points)
    found = points[points["highway"] == "street_lamp"]
    lit = found["lit"].fillna("").str.strip().str.lower()
    hours = found["opening_hours"].fillna("").str.strip()
    said = lit.where(lit != "", hours)
    plain = said.mask(said.isin(lighting.ALL_NIGHT), "all night").mask(said.isin(lighting.PART_OF_NIGHT), "part night")
    plain = plain.mask(said.isin(lighting.NOT_LIT) | (found["disused"] == "yes"), "not working")
    has_hours = plain.str.contains(lighting.HOURS, regex=True)
    regimes = read_regimes(plain.mask(has_hours, "on " + plain))
    height_m = _number(found["height"])
    return _table(found.geometry, found["ref"], regimes, said, height_m.where(height_m.between(1, 40)), np.nan, "map")


def together(council: gpd.GeoDataFrame, osm: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the council's lamps, and those of the map that are no nearer than SAME_LAMP_M to one of them."""
    if council.empty or osm.empty:
        return osm if council.empty else council
    apart_m, _nearest = cKDTree(_xy(council)).query(_xy(osm), distance_upper_bound=SAME_LAMP_M)
    both = pd.concat([council, osm[np.isinf(apart_m)]])
    return tables.table(both.geometry, COLUMNS, **{name: both[name] for name in COLUMNS})


def burning(lamps: gpd.GeoDataFrame, minute_of_day: int) -> pd.Series[str]:
    """Say of each lamp whether it burns at a minute of the local day, which must be in the dark: lit, unlit or unknown.

    A lamp whose hours nobody recorded is unknown in `lighting.QUIET_HOURS_MIN`, and lit in the rest of the dark.
    """
    return pd.Series(np.array(lighting.STATES)[burning_codes(lamps, minute_of_day)], index=lamps.index, dtype="str")


def burning_codes(lamps: pd.DataFrame, minute_of_day: int) -> NDArray[np.int8]:
    """Return what `burning` says as places in `lighting.STATES`: 0 lit, 1 unlit, 2 unknown."""
    lit, unlit, unknown = np.int8(0), np.int8(1), np.int8(2)
    state = lamps["state"].to_numpy()
    off_from, off_until = lamps["off_from_min"].to_numpy(), lamps["off_until_min"].to_numpy()
    is_off = np.where(
        off_from <= off_until,
        (off_from <= minute_of_day) & (minute_of_day < off_until),
        (off_from <= minute_of_day) | (minute_of_day < off_until),
    )
    no_hours = (state == "unknown") | ((state == "part_night") & np.isnan(off_from))
    quiet = lighting.QUIET_HOURS_MIN[0] <= minute_of_day < lighting.QUIET_HOURS_MIN[1]
    cases = [np.isin(state, ["failed", "removed"]), no_hours, is_off]
    return np.select(cases, [unlit, unknown if quiet else lit, unlit], default=lit).astype(np.int8)


def not_understood(lamps: gpd.GeoDataFrame) -> list[str]:
    """Say which regimes are not understood here and how many lamps have each, the most frequent first."""
    odd = lamps.loc[(lamps["state"] == "unknown") & (lamps["regime_said"] != ""), "regime_said"].value_counts()
    told = [
        ngettext("{count} lamp says “{said}”, which is not understood here", "{count} lamps say “{said}”, which is not understood here",
                 int(count), said=said[:60])
        for said, count in odd.head(MOST_SAID).items()
    ]  # fmt: skip
    rest = int(odd.iloc[MOST_SAID:].sum())
    if rest:
        told.append(ngettext("{count} more lamp has another", "{count} more lamps have others", rest))
    return told


def clock(minute: float) -> str:
    """Write a minute of the day as a time on the 24-hour clock."""
    return f"{int(minute) // 60 % 24:02}:{int(minute) % 60:02}"


def _table(
    located: gpd.GeoSeries, ref: pd.Series[str], regimes: pd.DataFrame, said: pd.Series[str], height_m: object, wattage_w: object,
    origin: str,
) -> gpd.GeoDataFrame:  # fmt: skip
    ref = ref.fillna("").str.strip()
    columns = {
        "name": pd.Series([_("Lamp {ref}", ref=each) if each else "" for each in ref]), "name_cy": "", "kind": N_("Street lamp"),
        **{name: regimes[name] for name in Regime.__dataclass_fields__},
        "regime_said": said, "height_m": height_m, "wattage_w": wattage_w, "origin": origin,
    }  # fmt: skip
    placed = {name: each.set_axis(located.index) if isinstance(each, pd.Series) else each for name, each in columns.items()}
    return tables.table(located, COLUMNS, **placed)


def _read(said: str) -> Regime:
    text = re.sub(r"\s+", " ", said.lower()).replace("'", "").strip()
    if not text or text in ("unknown", "not known", "n/a", "-", "none"):
        return Regime("unknown", SAID["not_recorded"])
    for state, pattern in (("removed", _REMOVED), ("failed", _FAILED)):
        if pattern.search(text):
            return Regime(state, SAID[state])
    timed = _timed(text)
    if timed:
        return timed
    if _PART_NIGHT.search(text):
        return Regime("part_night", SAID["part_night"])
    photocell = _PHOTOCELL.match(text)
    if _ALWAYS.search(text):
        return Regime("dusk_dawn", SAID["always"])
    if photocell:
        on, off = photocell.groups()
        return Regime("dusk_dawn", _("Comes on at {on} lux and goes off at {off} lux: burns from dusk to dawn.", on=on, off=off))
    if _DIM.search(text):
        return Regime("dimmed", SAID["dimmed"], dimmed_to_percent=_percent(text))
    if _ALL_NIGHT.search(text) or _PHOTOCELL_WORDS.search(text):
        return Regime("dusk_dawn", SAID["all_night"])
    return Regime("unknown", _("Its hours are recorded as “{said}”, which is not understood here.", said=said[:60]))


def _timed(text: str) -> Regime | None:
    """Read a text that says hours; None where it says none."""
    off, dimmed = _spans(text)
    until, again = _UNTIL.search(text), _AGAIN.search(text)
    if not off and not dimmed and until:
        off = _span(_minute(until[1] or until[2]), _minute(again[1] or again[2]) if again else NOON_MIN)
    if not off and not dimmed:
        return None
    regime = Regime("dimmed", SAID["dimmed"])
    if dimmed:
        percent = _percent(text)
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


def _spans(text: str) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """Return from when to when it is off, and dimmed: a span is what the words before it say, else those of the whole text."""
    off, dimmed = None, None
    said_at = 0
    for found in _SPAN.finditer(text):
        before = text[said_at : found.start()]
        said_at = found.end()
        span = _span(_minute(found[1]), _minute(found[2]))
        words = before if any(pattern.search(before) for pattern in (_DIM, _OFF, _ON)) else text
        if span and _DIM.search(words):
            dimmed = span
        elif span and _OFF.search(words):
            off = span
        elif span and _ON.search(words):
            off = span[::-1]
    return off, dimmed


def _span(start: int | None, end: int | None) -> tuple[int, int] | None:
    return (start, end) if start is not None and end is not None and start != end else None


def _minute(text: str) -> int | None:
    """Return the minute of the day that a written time says; None where it says none."""
    words = {"midnight": 0, "2400": 0, "24:00": 0, "24.00": 0, "noon": NOON_MIN, "midday": NOON_MIN}
    if text in words:
        return words[text]
    plain = re.sub(r"\s|h(?:rs|ours)?$", "", text)
    plain = re.sub(r"[.h]", ":", plain)
    for form in ("%H:%M", "%H%M", "%I:%M%p", "%I%p"):
        try:
            read = time.strptime(plain, form)
        except ValueError:
            continue
        return read.tm_hour * 60 + read.tm_min
    return None


def _percent(text: str) -> float:
    found = _PERCENT.search(text)
    return float(found[1]) if found and int(found[1]) <= 100 else np.nan


def _number(text: pd.Series[str]) -> pd.Series[float]:
    """Return the first number in each text: `6m` is 6; NaN where there is none."""
    return pd.to_numeric(text.astype("str").str.extract(r"(\d{1,4}(?:\.\d{1,3})?)")[0], errors="coerce").astype("float64")


def _xy(frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    return np.column_stack([frame.geometry.x, frame.geometry.y])
