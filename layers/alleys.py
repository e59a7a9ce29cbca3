"""Alleyways: narrow ways on foot, by what they are tagged, what they are called, or what covers them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geo import frames
from layers import lighting, tables
from words import N_

ON_FOOT = ("footway", "path", "steps", "pedestrian", "cycleway", "corridor")

BY_NAME_TOO = (*ON_FOOT, "service")
"""A name makes an alley of a way on foot or a back lane, not of a residential street: many a "Passage" is a whole street."""

ALLEY_WORDS = (
    r"\b(?:alley|alleyway|ginnel|gennel|jennel|snicket|snickelway|jitt(?:y|ies)|gitty|twitten|twitchel|twitchell|twitchen|passage|passageway"
    r"|vennel|vennal|pend|wynd|opeway|drangway|tenfoot|entry|cut-through|l[oô]n gefn|l[oô]n gul|ale gefn|rhodfa gefn)\b"
)
"""The words for one, place by place: ginnel and snicket in the north, jitty and twitchel in the Midlands, twitten in
Sussex, vennel, pend and wynd in Scotland, opeway in Cornwall, drangway in south Wales, tenfoot in Hull, entry in Lancashire
and the Black Country, lôn gefn (back lane) in Welsh."""

REASONS = {
    "tagged": N_("Recorded as an alley."),
    "passage": N_("A passage through a building."),
    "covered": N_("A covered way on foot."),
    "named": N_("A way on foot whose name says alley."),
}

COLUMNS: tables.Columns = {
    "name": "text",
    "name_cy": "text",
    "kind": "text",
    "state": "text",
    "reason": "text",
    "light": "text",
    "length_m": "number",
}


def alleys(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the alleyways among an extract's lines, each with why it is called one and whether it is lit.

    Takes lines in EPSG:27700. Returns `name, name_cy, kind` (the kind of highway), `state` (lit, unlit, unknown), `reason`
    (why it is called an alley), `light` (what was recorded of its light), `length_m` and the line. Most British alleys are
    mapped as plain footpaths and cannot be told from others yet: no alley here is not proof of none.
    """
    frames.check_metres(lines)
    reason = _reason(lines)
    found = lines[reason.notna()]
    light = lighting.states(found["lit"])
    return tables.table(
        found.geometry,
        COLUMNS,
        **tables.names(found),
        kind=found["highway"],
        state=light["state"],
        reason=reason[reason.notna()],
        light=light["reason"],
        length_m=found.length.round(1),
    )


def _reason(lines: gpd.GeoDataFrame) -> pd.Series[str]:
    """Say why each line is an alley: the surest reason first, missing where it is none."""
    called_alley = pd.Series(False, index=lines.index)
    for tag in ("name", "name:cy", "alt_name"):
        called_alley |= lines[tag].str.contains(ALLEY_WORDS, case=False, regex=True, na=False)
    on_foot = lines["highway"].isin(ON_FOOT)
    cases = {
        "tagged": lines["highway"].notna() & ((lines["service"] == "alley") | (lines["footway"] == "alley") | (lines["alley"] == "yes")),
        "passage": (on_foot | (lines["highway"] == "service")) & (lines["tunnel"] == "building_passage"),
        "covered": on_foot & lines["covered"].isin(["yes", "arcade", "colonnade"]) & (lines["indoor"] != "yes"),
        "named": lines["highway"].isin(BY_NAME_TOO) & called_alley,
    }
    case = np.select(list(cases.values()), list(cases), default="none")
    return pd.Series(case, index=lines.index).map(REASONS).astype("str")
