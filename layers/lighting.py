"""Light in three states: lit, unlit, unknown. What nobody recorded is unknown and never "unlit"."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geo import frames
from layers import hours, tables
from words import N_, _

STATES = ("lit", "unlit", "unknown")

ALL_NIGHT = frozenset({"yes", "24/7", "automatic", "dusk-dawn", "sunset-sunrise", "sunset - sunrise", "dusk - dawn"})
"""Values that say light whenever it is dark. `automatic` comes on when somebody passes: there is a light."""

PART_OF_NIGHT = frozenset({"limited", "interval", "part_night", "part-night", "operating_times", "opening_hours", "dusk-midnight"})
"""Values that say light for part of the night: in the United Kingdom `limited` is the street lamp switched off at midnight."""

NOT_LIT = frozenset({"no", "disused"})
"""Values that say no light. A disused lamp gives none."""

HOURS = r"(?:\d{1,2}:\d{2}|\d{1,2}\s*[ap]m|\b(?:sunset|sunrise|dusk|dawn)\b)"
"""How a value that gives hours looks ("Mo-Su 06:00-23:00", "sunset-00:30"): taken as lit for part of the night."""

REASONS = {
    "all_night": N_("Recorded as lit."),
    "part_of_night": N_("Recorded as lit part of the night."),
    "not_lit": N_("Recorded as not lit."),
    "not_recorded": N_("Nobody has recorded whether it is lit."),
    "not_understood": N_("What is recorded about its light is not a value that is understood here."),
}

STREET_LIGHT_COLUMNS: tables.Columns = {
    "name": "text",
    "name_cy": "text",
    "kind": "text",
    "state": "text",
    "reason": "text",
    "length_m": "number",
    "lit": "text",
    "access": "text",
    "foot": "text",
}
"""`lit` is what was recorded, word for word: what it comes to at an hour is worked out from it (`at_time`). `access` and `foot` say who may
go there, for the way to a safe place."""

QUIET_HOURS_MIN = (1380, 360)
"""23:00 to 06:00, our own choice: light whose hours nobody recorded is unknown then, and taken to burn in the rest of the dark.

Most part-night lamps in Britain are off from midnight or 00:30 to 05:00 or 05:30, some from 23:00 or to 06:00: it holds all of these.
"""

UNTIL_MIDNIGHT = frozenset({"dusk-midnight"})

AT_TIME_REASONS = {
    "hours_lit": N_("Recorded as lit at this time: {said}."),
    "hours_unlit": N_("Recorded as not lit at this time: {said}."),
    "hours_unknown": N_("Recorded as lit part of the night ({said}), which cannot be read as times."),
    "early": N_("Recorded as lit part of the night: its hours are not recorded, and it is taken to be lit at this time."),
    "quiet": N_("Recorded as lit part of the night; whether at this time is not recorded."),
}


def is_quiet(minute_of_day: int) -> bool:
    """Say whether a minute of the local day is in QUIET_HOURS_MIN, which go round midnight."""
    return minute_of_day >= QUIET_HOURS_MIN[0] or minute_of_day < QUIET_HOURS_MIN[1]


def plain(lit: pd.Series[str]) -> pd.Series[str]:
    """Return values of the `lit` tag as they are compared: small letters, no space round them."""
    return lit.astype("str").str.strip().str.lower()


def states(lit: pd.Series[str]) -> pd.DataFrame:
    """Return `state` and `reason` for each value of the `lit` tag, on the same index.

    Missing and unrecognised values are `unknown`, each with its own reason. Reasons are marked for translation and
    stored untranslated.
    """
    value = plain(lit)
    has_hours = value.str.contains(HOURS, regex=True, na=False)
    cases = {
        "not_recorded": value.isna() | (value == ""),
        "all_night": value.isin(ALL_NIGHT),
        "not_lit": value.isin(NOT_LIT),
        "part_of_night": value.isin(PART_OF_NIGHT) | has_hours,
    }
    case = np.select(list(cases.values()), list(cases), default="not_understood")
    state = pd.Series(case, index=lit.index).map({"all_night": "lit", "part_of_night": "lit", "not_lit": "unlit"})
    return pd.DataFrame(
        {"state": state.fillna("unknown").astype("str"), "reason": pd.Series(case, index=lit.index).map(REASONS).astype("str")}
    )


def at_time(lit: pd.Series[str], when: pd.Timestamp, longitude: float, latitude: float) -> pd.DataFrame:
    """Return `state` and `reason` for each value of the `lit` tag at a local time, which must be in the dark, on the same index.

    Hours are read as opening hours are, with the sun's at the place (in degrees). `limited` and its like, without hours, are unknown in
    QUIET_HOURS_MIN and lit before and after. Reasons are in the language in use where they quote, else untranslated.
    """
    which, distinct = pd.factorize(lit.astype("str").fillna(""))  # a town has a dozen values on tens of thousands of ways
    found = _at_time(pd.Series(distinct, dtype="str"), when, longitude, latitude)
    return found.iloc[which].set_axis(lit.index)


def _at_time(lit: pd.Series[str], when: pd.Timestamp, longitude: float, latitude: float) -> pd.DataFrame:
    said = states(lit)
    part = said["reason"] == REASONS["part_of_night"]
    if not part.any():
        return said
    value = plain(lit[part])
    minute = when.hour * 60 + when.minute
    by_hours = hours.burning_by_hours(value, when, longitude, latitude)
    no_hours = ~value.str.contains(HOURS, regex=True) | value.isin(PART_OF_NIGHT)
    by_hours = by_hours.mask(value.isin(UNTIL_MIDNIGHT), "unlit" if minute < 12 * 60 else "lit")
    case = ("hours_" + by_hours).mask(no_hours & (by_hours == "unknown"), "quiet" if is_quiet(minute) else "early")
    reason = [_(AT_TIME_REASONS[each], said=text[:60]) for each, text in zip(case, value, strict=True)]
    said.loc[part, "state"] = by_hours.mask(case == "early", "lit")
    said.loc[part, "reason"] = pd.Series(reason, index=value.index, dtype="str")
    return said


def street_light(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return every highway with its lighting state.

    Takes the lines of an extract in EPSG:27700 and returns `name, name_cy, kind` (the kind of highway), `state`,
    `reason`, `length_m` and the line, indexed by `feature_id`.
    """
    frames.check_metres(lines)
    ways = lines[lines["highway"].notna()]
    return tables.table(
        ways.geometry,
        STREET_LIGHT_COLUMNS,
        **tables.names(ways),
        kind=ways["highway"],
        **states(ways["lit"]),
        length_m=ways.length.round(1),
        lit=ways["lit"],
        access=ways["access"],
        foot=ways["foot"],
    )
