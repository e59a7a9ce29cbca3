"""Alleyways: narrow ways on foot, by what they are tagged, what they are called, what covers them or what closes them in."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geo import frames
from layers import enclosure, lighting, osm, tables
from words import N_, _

ON_FOOT = ("footway", "path", "steps", "pedestrian", "cycleway", "corridor")

BY_NAME_TOO = (*ON_FOOT, "service")
"""A name makes an alley of a way on foot or a back lane, not of a residential street: many a "Passage" is a whole street."""

ALLEY_WORDS = (
    r"\b(?:alley|alleyway|ginnel|gennel|jennel|snicket|snickelway|jitt(?:y|ies)|gitty|twitten|twitchel|twitchell|twitchen|passage|passageway"
    r"|vennel|vennal|pend|wynd|opeway|drangway|tenfoot|(?<!no )(?<!main )(?<!park )entry|cut-through|l[oô]n gefn|l[oô]n gul|ale gefn"
    r"|rhodfa gefn)\b"
)
"""The words for one, place by place: ginnel and snicket in the north, jitty and twitchel in the Midlands, twitten in
Sussex, vennel, pend and wynd in Scotland, opeway in Cornwall, drangway in south Wales, tenfoot in Hull, entry in Lancashire
and the Black Country, lôn gefn (back lane) in Welsh."""

NO_ALLEY = r"\b(?:bowling alley|skittle alley|passage to)\b"
"""A name that has one of the words and means something else."""

YARD_NAME = r"(?<!church)(?<!church )\byard$"
"""The yards of Leeds, Kendal or Uppingham are the ways in behind old inns. Only a way on foot: a Yard for cars is a cul-de-sac."""

BACK_NAME = (
    r"^back (?!to )[\w'’.]+(?: [\w'’.]+)* "
    r"(?:avenue|close|crescent|drive|gardens|grove|hill|lane|mount|park|place|road|row|street|terrace|view|walk)$"
)
"""Back Hessle Terrace is the lane behind Hessle Terrace. Back Lane and Back Street are the names of whole streets and are no match."""

ENCLOSED_SHARE = 0.5
"""A way is called an alley for its walls only where they stand on both sides of at least half its length."""

BUILT_SHARE = 0.5
"""And with a building near at least half of it: a path between two hedges in the fields is a green lane."""

SHORTEST_ENCLOSED_M = 10.0
"""And of at least this length: shorter is a gateway, or the way to a door."""

LONGEST_TO_A_DOOR_M = 30.0
"""A way that leads nowhere has to be longer than this: the path beside a house to its back door is not."""

PAVEMENTS = ("sidewalk", "crossing", "traffic_island", "link")
"""Values of `footway` that make it a part of a street, whatever the street is called."""

OPEN_GROUND = {
    "leisure": ("common", "golf_course", "nature_reserve", "park", "pitch", "playground", "recreation_ground"),
    "landuse": ("allotments", "cemetery", "farmland", "forest", "meadow", "orchard", "recreation_ground", "vineyard"),
    "natural": ("grassland", "heath", "scrub", "wood"),
}
"""Ground on which a path between two hedges or fences is a path across open ground and not an alley."""

GATES = ("gate", "kissing_gate", "lift_gate", "swing_gate", "sliding_gate", "wicket_gate", "hampshire_gate", "sally_port", "turnstile")
"""Values of `barrier` on a point of a way that can shut it. A bollard or a cycle barrier does not."""

PRIVATE = ("private", "no")

REASONS = {
    "tagged": N_("Recorded as an alley."),
    "passage": N_("A passage through a building."),
    "covered": N_("A covered way on foot."),
    "named": N_("A way on foot whose name says alley."),
    "behind": N_("A lane behind a street, by its name."),
}

NOT_PROOF = N_(
    "No alley here is not proof of none. Most alleyways are recorded as plain footpaths, and can be told only where the buildings, "
    "walls and fences beside them are recorded too."
)
"""What has to stand beside this layer wherever it is shown."""

GATED = {
    "both": N_("A gate is recorded on it, and it is recorded as private."),
    "gate": N_("A gate is recorded on it."),
    "private": N_("It is recorded as private."),
}

COLUMNS: tables.Columns = {
    "name": "text",
    "name_cy": "text",
    "kind": "text",
    "state": "text",
    "reason": "text",
    "light": "text",
    "length_m": "number",
    "enclosed_share": "number",
    "width_m": "number",
    "longest_without_way_out_m": "number",
    "gated": "text",
    "lit": "text",
}


def alleys(lines: gpd.GeoDataFrame, whole: osm.Extract | None = None) -> gpd.GeoDataFrame:
    """Return the alleyways among an extract's lines, each with why it is called one and whether it is lit.

    Takes lines in EPSG:27700, and the `whole` extract they are from, whose buildings, walls, gates and other ways say how closed
    in each way is; without it, only tags and names speak. Returns `name, name_cy, kind` (the kind of highway), `state` (lit,
    unlit, unknown), `reason` (why it is called an alley, in the language in use where it gives figures and else untranslated),
    `light` (what was recorded of its light), `length_m`, `enclosed_share` (0 to 1, of its length; missing where nothing is
    recorded near it), `width_m` (between its sides where they are recorded, else as tagged, else missing),
    `longest_without_way_out_m` (see `enclosure`), `gated` (empty where nothing is recorded) and the line. What NOT_PROOF says
    holds for every answer.
    """
    frames.check_metres(lines)
    reason = _reason(lines)
    measures = _measures(lines, whole, called=reason.notna())
    reason = reason.fillna(_reason_from_walls(measures[_is_enclosed(lines, measures)]))
    found = lines[reason.notna()]
    measures = measures.loc[found.index]
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
        enclosed_share=measures["enclosed_share"].round(3),
        width_m=measures["width_m"].fillna(_recorded_width_m(found)).round(1),
        longest_without_way_out_m=_longest_without_way_out_m(found, whole),
        gated=_gated(found, whole),
        lit=found["lit"],
    )


def _measures(lines: gpd.GeoDataFrame, whole: osm.Extract | None, *, called: pd.Series[bool]) -> pd.DataFrame:
    """Return how closed in every way is that could be an alley or is called one; missing for the others, and for all without an extract."""
    nothing = pd.DataFrame(np.nan, index=lines.index, columns=["enclosed_share", "width_m", "built_share", "leads_on"])
    if whole is None:
        return nothing
    ways = lines[(lines["highway"].isin(ON_FOOT) & ~lines["footway"].isin(PAVEMENTS)) | called]
    highways = whole.lines[whole.lines["highway"].notna()]
    open_ground = pd.concat([whole.areas[tag].isin(values) for tag, values in OPEN_GROUND.items()], axis=1).any(axis=1)
    measured = enclosure.measure(
        ways,
        enclosure.solids(whole.lines, whole.areas),
        streets=highways.geometry[~highways["highway"].isin([*ON_FOOT, "bridleway", "track"]) & (highways["service"] != "alley")],
        open_ground=whole.areas.geometry[open_ground],
        covered=_under_cover(ways),
    )
    measured["leads_on"] = enclosure.leads_on(ways, highways, whole.points.geometry[whole.points["barrier"].isin(GATES)]).astype(float)
    return measured.reindex(lines.index)


def _is_enclosed(lines: gpd.GeoDataFrame, measures: pd.DataFrame) -> pd.Series[bool]:
    """Say which ways walls make an alley of: closed in for long enough, among buildings, and a way through."""
    enclosed: pd.Series[bool] = (
        (measures["enclosed_share"] >= ENCLOSED_SHARE)
        & measures["width_m"].notna()
        & (measures["built_share"] >= BUILT_SHARE)
        & (lines.length >= np.where(measures["leads_on"] == 1, SHORTEST_ENCLOSED_M, LONGEST_TO_A_DOOR_M))
        & lines["highway"].isin(ON_FOOT)
        & (lines["indoor"] != "yes")
        & ~lines["footway"].isin(PAVEMENTS)
    )
    return enclosed


def _reason_from_walls(measures: pd.DataFrame) -> pd.Series[str]:
    reasons = [
        _("Walls or buildings on both sides for {share} % of its length, about {width} m wide.", share=share, width=width)
        for share, width in zip((100 * measures["enclosed_share"]).round().astype(int), measures["width_m"].round(1), strict=True)
    ]
    return pd.Series(reasons, index=measures.index, dtype="str")


def _longest_without_way_out_m(found: gpd.GeoDataFrame, whole: osm.Extract | None) -> pd.Series[float]:
    if whole is None:
        return pd.Series(np.nan, index=found.index)
    open_to_all = whole.lines["highway"].notna() & ~_is_private(whole.lines)
    return enclosure.longest_without_way_out_m(found, whole.lines[open_to_all]).round(1)


def _gated(found: gpd.GeoDataFrame, whole: osm.Extract | None) -> pd.Series[str]:
    gate = pd.Series(False, index=found.index)
    if whole is not None:
        gate = enclosure.on_the_line(found, whole.points.geometry[whole.points["barrier"].isin(GATES)])
    private = _is_private(found)
    return pd.Series(np.select([gate & private, gate, private], list(GATED.values()), default=""), index=found.index)


def _is_private(lines: gpd.GeoDataFrame) -> pd.Series[bool]:
    """Say which ways are closed to people on foot: what is said of walking goes before what is said of everyone."""
    private: pd.Series[bool] = lines["foot"].fillna(lines["access"]).isin(PRIVATE)
    return private


def _recorded_width_m(found: gpd.GeoDataFrame) -> pd.Series[float]:
    """Return the width a way is tagged with, in metres ("2", "1.5 m"); missing where that is not said or not in metres."""
    told = found["width"].fillna(found["est_width"]).str.extract(r"^\s*(\d+(?:\.\d+)?)\s*m?\s*$")[0]
    width_m: pd.Series[float] = pd.to_numeric(told, errors="coerce")
    return width_m


def _under_cover(lines: gpd.GeoDataFrame) -> pd.Series[bool]:
    covered: pd.Series[bool] = (lines["tunnel"] == "building_passage") | lines["covered"].isin(["yes", "arcade", "colonnade"])
    return covered


def _reason(lines: gpd.GeoDataFrame) -> pd.Series[str]:
    """Say why each line is an alley: the surest reason first, missing where it is none."""
    called_alley = pd.Series(False, index=lines.index)
    for tag in ("name", "name:cy", "alt_name"):
        called = _composed(lines[tag]).str.replace(NO_ALLEY, "", case=False, regex=True)
        called_alley |= called.str.contains(ALLEY_WORDS, case=False, regex=True, na=False)
    on_foot = lines["highway"].isin(ON_FOOT)
    no_pavement = ~lines["footway"].isin(PAVEMENTS)
    name = _composed(lines["name"]).str.strip()
    called_alley |= on_foot & name.str.contains(YARD_NAME, case=False, regex=True, na=False)
    cases = {
        "tagged": lines["highway"].notna() & ((lines["service"] == "alley") | (lines["footway"] == "alley") | (lines["alley"] == "yes")),
        "passage": (on_foot | (lines["highway"] == "service")) & (lines["tunnel"] == "building_passage"),
        "covered": no_pavement & on_foot & lines["covered"].isin(["yes", "arcade", "colonnade"]) & (lines["indoor"] != "yes"),
        "named": no_pavement & lines["highway"].isin(BY_NAME_TOO) & called_alley,
        "behind": no_pavement & lines["highway"].isin(BY_NAME_TOO) & name.str.contains(BACK_NAME, case=False, regex=True, na=False),
    }
    case = np.select(list(cases.values()), list(cases), default="none")
    return pd.Series(case, index=lines.index).map(REASONS).astype("str")


def _composed(text: pd.Series[str]) -> pd.Series[str]:
    """Return text with each letter and its accent as one: “ô” may come as an o with a circumflex after it."""
    composed: pd.Series[str] = text.str.normalize("NFC")
    return composed
