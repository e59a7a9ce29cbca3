"""How much of a path, alley or park a working lamp reaches at a given time: by geometry, in metres, in three states, with the reason.

What a lamp reaches is worked out once (`reach_of`). An hour then only chooses which lamps burn, so that a week of them costs little.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo import frames
from layers import along_lines, lamp_regimes
from layers import lamps as lamp_hours
from layers.along_lines import Floats, Ints
from words import N_, _, ngettext

REACH_HEIGHTS = 3.0
"""A lamp reaches three mounting heights to each side.

Columns of 5 and 6 m stand along residential streets, 8 m along distributors, 10 m along main roads, some 30 to 40 m apart (BS 5489-1 and
BS EN 13201 set what light must fall between them and leave the spacing to the design, which comes to five or six heights): half of it is
three heights at most. Beyond that there is still a glimmer; here it counts as dark.
"""

USUAL_HEIGHT_M = 6.0
"""The mounting height of a lamp whose own is not recorded: the taller of the two usual on residential streets. It reaches 18 m."""

SURVEYED_M = 150.0
"""No further than this from a lamp of a list that was declared complete, no lamp in reach is no light.

A street without any lamp among lit ones is nearer than this to the next; a park's middle, or the next authority's land, may not be.
Of any other list, a lamp that is off says that the ground in its reach is dark, and ground without a lamp is unknown.
"""

AT_LEAST_HALF = 0.5
"""Lit where at least this share of the length or area is lit. Else unlit where at least this share is known to be dark, or more is than is
lit and more than is unknown: columns stand further apart than they reach, so that half of a street with most of its lamps off is seldom
in their reach. Else unknown."""

_ROUNDING = 1e-9

NO_LAMP, NO_RECORD = N_("No lamp within reach."), N_("Nobody has recorded whether it is lit.")
NONE_LISTED = N_("No lamp of the council's list is within reach; other owners' lamps are on no list.")


@dataclass(frozen=True)
class Reach:
    """What lamps reach of features, and what no complete list of lamps covers.

    `pair_feature`, `pair_lamp`: each lamp once for each feature it reaches. `from_m` to `to_m` along the feature `part_feature`, by the
    lamp `part_lamp` (-1: no complete list covers it), in order of feature and start. Along an area is along its level lines, end to end.
    """

    size: Floats
    """Metres of lines; of areas, metres of their level lines."""
    surveyed: NDArray[np.bool_]
    """Whether at least half of each lies near a lamp of a complete list."""
    listed: bool
    """Whether any of the lamps is on a council's list."""
    pair_feature: Ints
    pair_lamp: Ints
    part_feature: Ints
    part_lamp: Ints
    from_m: Floats
    to_m: Floats


def reach_m(height_m: pd.Series[float]) -> pd.Series[float]:
    """Return how far lamps of these mounting heights reach; a missing height is USUAL_HEIGHT_M."""
    return height_m.fillna(USUAL_HEIGHT_M) * REACH_HEIGHTS


def reach_of(features: gpd.GeoSeries, lamps: gpd.GeoDataFrame) -> Reach:
    """Work out what each lamp reaches of each feature, lines or polygons in EPSG:27700.

    `lamps` is a table of `layers.lamps`. Lamps that failed or were removed are among those in reach, and light nothing.
    """
    frames.check_metres(features)
    shapes = along_lines.as_lines(features.to_numpy())
    centres = np.column_stack([lamps.geometry.x, lamps.geometry.y]).reshape(-1, 2)
    reaches = np.asarray(reach_m(lamps["height_m"]), np.float64)
    origin = lamps["origin"].to_numpy()
    complete = centres[origin == lamp_hours.COUNCIL_COMPLETE]
    segments = along_lines.segments(shapes)
    part_feature, part_lamp, from_m, to_m = along_lines.in_circles(segments, centres, reaches)
    size = shapely.length(shapes)
    bare_feature, bare_from, bare_to = np.arange(len(shapes)), np.zeros(len(shapes)), size
    if len(complete):
        bare_feature, bare_from, bare_to = along_lines.away_from(segments, complete, SURVEYED_M)
    bare = np.bincount(bare_feature, bare_to - bare_from, len(shapes))
    most = max(len(lamps), 1)
    pairs = np.unique(part_feature * most + part_lamp)
    part_feature, part_lamp = np.r_[part_feature, bare_feature], np.r_[part_lamp, np.full(len(bare_feature), -1)]
    from_m, to_m = np.r_[from_m, bare_from], np.r_[to_m, bare_to]
    order = np.lexsort((from_m, part_feature))
    return Reach(
        size, (bare * 2 <= size) & bool(len(complete)), bool((origin != lamp_hours.OF_MAP).any()), pairs // most, pairs % most,
        part_feature[order], part_lamp[order], from_m[order], to_m[order],
    )  # fmt: skip


def shares(reach: Reach, lamps: gpd.GeoDataFrame, codes: NDArray[np.int8]) -> tuple[Floats, Floats, Floats]:
    """Return the share of each feature that is lit, unlit and unknown, when lamps burn as `codes` say (`lamps.burning_codes`).

    What no burning lamp reaches is unknown in reach of one of unknown hours; else unlit in reach of one on a council's list that is off,
    and where a complete list covers it; else unknown.
    """
    on_list = (lamps["origin"] != lamp_hours.OF_MAP).to_numpy()
    rank = np.select([codes == 0, codes == 2, on_list], [0, 1, 2], default=4)
    rank_of = np.r_[rank, 3][reach.part_lamp]  # the last is what no complete list covers, which is part -1
    size = np.where(reach.size > 0, reach.size, np.inf)
    lit, not_known, off, bare = (np.minimum(_covered(reach, rank_of <= upto) / size, 1.0) for upto in range(4))
    unlit = np.where(reach.size > 0, np.maximum(off - not_known, 0.0) + np.maximum(1.0 - bare, 0.0), 0.0)
    return lit, unlit, np.maximum(1.0 - lit - unlit, 0.0)


def at(features: gpd.GeoDataFrame, lamps: gpd.GeoDataFrame, reach: Reach, minute_of_day: int) -> pd.DataFrame:
    """Say how lit each feature is at a minute of the local day, which must be in the dark, by its lamps alone.

    Returns `state, reason, lit_share, unlit_share, unknown_share, lamps, on_list, burning, off, surveyed` on the features' index: how many
    lamps are in reach, and of those how many are on a council's list, burn, or are off, failed or removed. The words give figures, so they
    are in the language in use.
    """
    codes = lamp_hours.burning_codes(lamps, minute_of_day)
    lit, unlit, unknown = shares(reach, lamps, codes)

    def count(which: NDArray[np.bool_]) -> Ints:
        return np.bincount(reach.pair_feature[which[reach.pair_lamp]], minlength=len(features))

    burning, off, unsaid = (count(codes == code) for code in range(3))
    gone = count(np.isin(lamps["state"].to_numpy(), lamp_regimes.GONE))
    on_list = count((lamps["origin"] != lamp_hours.OF_MAP).to_numpy())
    state = _state(lit, unlit)
    said = pd.DataFrame(
        {
            "lit": burning,
            "off": off - gone,
            "gone": gone,
            "unknown": unsaid,
            "taken": count((codes == 0) & lamp_hours.without_hours(lamps)),
            "off_from": _off_from(features, lamps, reach, codes == 1),
            "surveyed": reach.surveyed,
            "reached": np.where((burning > 0) & (state != "lit"), np.round(100 * lit), -1).astype(int),
            "undecided": (state == "unknown") & (unsaid == 0),
            "listed": reach.listed,
        }
    )
    kind, distinct = pd.MultiIndex.from_frame(said).factorize()
    words = np.array([_in_words(*each) for each in distinct], dtype=object)
    return pd.DataFrame(
        {
            "state": pd.Series(state, dtype="str"),
            "reason": pd.Series(words[kind] if len(features) else [], dtype="str"),
            "lit_share": lit, "unlit_share": unlit, "unknown_share": unknown,
            "lamps": burning + off + unsaid, "on_list": on_list, "burning": burning, "off": off, "surveyed": reach.surveyed,
        }
    ).set_axis(features.index)  # fmt: skip


def over(lamps: gpd.GeoDataFrame, reach: Reach, minutes: ArrayLike) -> Floats:
    """Return the lit share of each feature (rows) at each of several minutes of the day (columns): worked out once for lamps alike."""
    found: dict[bytes, Floats] = {}
    columns = []
    for minute in np.asarray(minutes, int):
        codes = lamp_hours.burning_codes(lamps, int(minute) % lamp_regimes.DAY_MIN)
        key = codes.tobytes()
        if key not in found:
            found[key] = shares(reach, lamps, codes)[0]
        columns.append(found[key])
    return np.column_stack(columns) if columns else np.empty((len(reach.size), 0))


def _state(lit: Floats, unlit: Floats) -> NDArray[np.str_]:
    least = AT_LEAST_HALF - _ROUNDING
    most_is_dark = unlit > np.maximum(lit, 1.0 - lit - unlit) + _ROUNDING
    return np.select([lit >= least, (unlit >= least) | most_is_dark], ["lit", "unlit"], default="unknown")


def _in_words(
    lit: int, off: int, gone: int, unknown: int, taken: int, off_from: float, surveyed: bool, reached: int, undecided: bool,
    listed: bool,
) -> str:  # fmt: skip
    total = lit + off + gone + unknown
    if not total:
        return _(NO_LAMP) if surveyed else _(NONE_LISTED) if listed else _(NO_RECORD)
    parts = [ngettext("{count} lamp, burning", "{count} lamps, all burning", total)] if lit == total else []
    if taken and lit == total:
        parts = [
            ngettext("{count} lamp, taken to burn: its hours are not recorded",
                     "{count} lamps, taken to burn: their hours are not recorded", total)
            if taken == total
            else _("{count} lamps, all burning; {some} only taken to, with hours that are not recorded", count=total, some=taken)
        ]  # fmt: skip
    if off and off_from >= 0:
        time = lamp_regimes.clock(off_from)
        parts.append(ngettext("1 lamp, off after {time}", "{some} of {count} lamps off after {time}", total, some=off, time=time))
    elif off:
        parts.append(ngettext("1 lamp, off", "{some} of {count} lamps off", total, some=off))
    if gone:
        parts.append(ngettext("1 lamp, not working or taken away", "{some} of {count} lamps not working or taken away", total, some=gone))
    if unknown:
        unsaid = ngettext("1 lamp, whose hours nobody recorded", "{some} of {count} lamps with hours nobody recorded", total, some=unknown)
        parts.append(unsaid)
    if taken and lit < total:
        parts.append(_("{some} taken to burn, with hours that are not recorded", some=taken))
    more = [_("light reaches only {share} % of it", share=reached)] if reached >= 0 else []
    if not surveyed and (undecided or not listed):
        more.append(_("what other lamps there are is not recorded"))
    return "; ".join([", ".join(parts), *more]) + "."


def _off_from(features: gpd.GeoDataFrame, lamps: gpd.GeoDataFrame, reach: Reach, off: NDArray[np.bool_]) -> Floats:
    """Return from when each feature's lamps are off, where all that are off now are so from the same minute; -1 for none."""
    since = lamps["off_from_min"].to_numpy(float)
    pair = off[reach.pair_lamp] & ~np.isnan(since[reach.pair_lamp])
    feature, value = reach.pair_feature[pair], since[reach.pair_lamp[pair]]
    least, most = np.full(len(features), np.inf), np.full(len(features), -np.inf)
    np.minimum.at(least, feature, value)
    np.maximum.at(most, feature, value)
    return np.where(least == most, least, -1.0)


def _covered(reach: Reach, chosen: NDArray[np.bool_]) -> Floats:
    """Return how many metres of each feature lie in any of the chosen parts."""
    feature, from_m, to_m = reach.part_feature[chosen], reach.from_m[chosen], reach.to_m[chosen]
    if not len(feature):
        return np.zeros(len(reach.size))
    # Every feature is put on a stretch of its own of one long line, so that one running maximum serves them all.
    start = np.cumsum(reach.size) - reach.size
    beyond = np.maximum.accumulate(start[feature] + to_m)
    reached = np.r_[0.0, beyond[:-1]] - start[feature]
    covered: Floats = np.bincount(feature, np.maximum(to_m - np.maximum(from_m, reached), 0.0), len(reach.size)).astype(np.float64)
    return covered
