"""Light in three states: lit, unlit, unknown. What nobody recorded is unknown and never "unlit"."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geo import frames
from layers import tables
from words import N_

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
}


def states(lit: pd.Series[str]) -> pd.DataFrame:
    """Return `state` and `reason` for each value of the `lit` tag, on the same index.

    Missing and unrecognised values are `unknown`, each with its own reason. Reasons are marked for translation and
    stored untranslated.
    """
    value = lit.astype("str").str.strip().str.lower()
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
    )
