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
from scipy.spatial import cKDTree

from geo import frames
from layers import lamps as lamp_hours
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
"""No further than this from one of a council's lamps, its list is taken to be complete: no lamp in it there is no light.

A street without any lamp among lit ones is nearer than this to the next; a park's middle, or the next authority's land, may not be.
"""

AT_LEAST_HALF = 0.5
"""Lit from this share of the length or area on; unlit where more than the rest of it is; unknown where what is unknown decides."""

_LOOK_M = 25.0
"""How long the pieces are that each are near a council's lamp or not."""

_QUARTER_ARCS = 16
"""Straight lines to a quarter of a circle round a lamp: its area is then 0.2 % too small."""

NO_LAMP, NO_RECORD = N_("No lamp within reach."), N_("Nobody has recorded whether it is lit.")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Reach:
    """What lamps reach of features, and what no list of lamps covers.

    `pair_feature`, `pair_lamp`: each lamp once for each feature it reaches. Of lines, `from_m` to `to_m` along the feature
    `part_feature`, by the lamp `part_lamp` (-1: not surveyed), in order of feature and start. Of areas, `pieces` instead.
    """

    size: Floats
    """Metres of lines, square metres of areas."""
    surveyed: NDArray[np.bool_]
    """Whether at least half of each lies near a council's lamp."""
    pair_feature: Ints
    pair_lamp: Ints
    part_feature: Ints
    part_lamp: Ints
    from_m: Floats
    to_m: Floats
    area_feature: Ints
    area_lamp: Ints
    pieces: Shapes


def reach_m(height_m: pd.Series[float]) -> pd.Series[float]:
    """Return how far lamps of these mounting heights reach; a missing height is USUAL_HEIGHT_M."""
    return height_m.fillna(USUAL_HEIGHT_M) * REACH_HEIGHTS


def reach_of(features: gpd.GeoSeries, lamps: gpd.GeoDataFrame) -> Reach:
    """Work out what each lamp reaches of each feature, lines or polygons in EPSG:27700.

    `lamps` is a table of `layers.lamps`. Lamps that failed or were removed are among those in reach, and light nothing.
    """
    frames.check_metres(features)
    shapes = features.to_numpy()
    is_area = shapely.get_dimensions(shapes) == 2
    centres = np.column_stack([lamps.geometry.x, lamps.geometry.y]).reshape(-1, 2)
    reaches = np.asarray(reach_m(lamps["height_m"]), np.float64)
    councils = centres[(lamps["origin"] == "council").to_numpy()]
    near = cKDTree(councils) if len(councils) else None
    part_feature, part_lamp, from_m, to_m = _along(shapes, np.flatnonzero(~is_area), centres, reaches)
    bare_feature, bare_from, bare_to = _not_surveyed_along(shapes, np.flatnonzero(~is_area), near)
    area_feature, area_lamp, pieces = _over(shapes, np.flatnonzero(is_area), centres, reaches)
    bare_area, bare_pieces = _not_surveyed_over(shapes, np.flatnonzero(is_area), near)
    size = np.where(is_area, shapely.area(shapes), shapely.length(shapes))
    bare = np.bincount(bare_feature, bare_to - bare_from, len(shapes)) + np.bincount(bare_area, shapely.area(bare_pieces), len(shapes))
    most = max(len(lamps), 1)
    pairs = np.unique(np.r_[part_feature, area_feature] * most + np.r_[part_lamp, area_lamp])
    part_feature, part_lamp = np.r_[part_feature, bare_feature], np.r_[part_lamp, np.full(len(bare_feature), -1)]
    from_m, to_m = np.r_[from_m, bare_from], np.r_[to_m, bare_to]
    order = np.lexsort((from_m, part_feature))
    area_feature, area_lamp = np.r_[area_feature, bare_area], np.r_[area_lamp, np.full(len(bare_area), -1)]
    pieces = np.r_[pieces, bare_pieces]
    area_order = np.argsort(area_feature, kind="stable")
    return Reach(
        size, bare * 2 <= size, pairs // most, pairs % most, part_feature[order], part_lamp[order], from_m[order], to_m[order],
        area_feature[area_order], area_lamp[area_order], pieces[area_order],
    )  # fmt: skip


def shares(reach: Reach, codes: NDArray[np.int8]) -> tuple[Floats, Floats, Floats]:
    """Return the share of each feature that is lit, unlit and unknown, when lamps burn as `codes` say (`lamps.burning_codes`)."""
    code_of = np.r_[codes, np.int8(2)]  # the last is what no list covers, which is part -1
    lit_now = _covered(reach, code_of, (0,))
    known_not = _covered(reach, code_of, (0, 2))
    size = np.where(reach.size > 0, reach.size, np.inf)
    lit, either = np.minimum(lit_now / size, 1.0), np.minimum(known_not / size, 1.0)
    unknown = np.maximum(either - lit, 0.0)
    return lit, np.maximum(1.0 - lit - unknown, 0.0), unknown


def at(features: gpd.GeoDataFrame, lamps: gpd.GeoDataFrame, reach: Reach, minute_of_day: int) -> pd.DataFrame:
    """Say how lit each feature is at a minute of the local day, which must be in the dark, by its lamps alone.

    Returns `state, reason, lit_share, unlit_share, unknown_share, lamps, burning, surveyed` on the features' index. The words give
    figures, so they are in the language in use.
    """
    codes = lamp_hours.burning_codes(lamps, minute_of_day)
    lit, unlit, unknown = shares(reach, codes)
    count = [np.bincount(reach.pair_feature[codes[reach.pair_lamp] == code], minlength=len(features)) for code in range(3)]
    gone = np.isin(lamps["state"].to_numpy(), ["failed", "removed"])
    gone_count = np.bincount(reach.pair_feature[gone[reach.pair_lamp]], minlength=len(features))
    off_from = _off_from(features, lamps, reach, codes == 1)
    state = _state(lit, unlit)
    reached = np.where((count[0] > 0) & (state != "lit"), np.round(100 * lit), -1).astype(int)
    said = pd.DataFrame(
        {
            "lit": count[0],
            "off": count[1] - gone_count,
            "gone": gone_count,
            "unknown": count[2],
            "off_from": off_from,
            "surveyed": reach.surveyed,
            "reached": reached,
        }
    )
    kind, distinct = pd.MultiIndex.from_frame(said).factorize()
    words = np.array([_in_words(*each) for each in distinct], dtype=object)
    return pd.DataFrame(
        {
            "state": pd.Series(state, dtype="str"),
            "reason": pd.Series(words[kind] if len(features) else [], dtype="str"),
            "lit_share": lit, "unlit_share": unlit, "unknown_share": unknown,
            "lamps": sum(count), "burning": count[0], "surveyed": reach.surveyed,
        }
    ).set_axis(features.index)  # fmt: skip


def over(lamps: gpd.GeoDataFrame, reach: Reach, minutes: ArrayLike) -> Floats:
    """Return the lit share of each feature (rows) at each of several minutes of the day (columns): worked out once for lamps alike."""
    found: dict[bytes, Floats] = {}
    columns = []
    for minute in np.asarray(minutes, int):
        codes = lamp_hours.burning_codes(lamps, int(minute) % lamp_hours.DAY_MIN)
        key = codes.tobytes()
        if key not in found:
            found[key] = shares(reach, codes)[0]
        columns.append(found[key])
    return np.column_stack(columns) if columns else np.empty((len(reach.size), 0))


def _state(lit: Floats, unlit: Floats) -> NDArray[np.str_]:
    return np.select([lit >= AT_LEAST_HALF, unlit > 1 - AT_LEAST_HALF], ["lit", "unlit"], default="unknown")


def _in_words(lit: int, off: int, gone: int, unknown: int, off_from: float, surveyed: bool, reached: int) -> str:
    total = lit + off + gone + unknown
    if not total:
        return _(NO_LAMP) if surveyed else _(NO_RECORD)
    burning = ngettext("{count} lamp, burning", "{count} lamps, all burning", total)
    parts = [burning] if lit == total else []
    if off and off_from >= 0:
        time = lamp_hours.clock(off_from)
        parts.append(ngettext("1 lamp, off after {time}", "{some} of {count} lamps off after {time}", total, some=off, time=time))
    elif off:
        parts.append(ngettext("1 lamp, off", "{some} of {count} lamps off", total, some=off))
    if gone:
        parts.append(ngettext("1 lamp, not working or taken away", "{some} of {count} lamps not working or taken away", total, some=gone))
    if unknown:
        unsaid = ngettext("1 lamp, whose hours nobody recorded", "{some} of {count} lamps with hours nobody recorded", total, some=unknown)
        parts.append(unsaid)
    if reached >= 0:
        parts.append(_("light reaches {share} % of it", share=reached))
    if not surveyed:
        parts.append(_("what other lamps there are is not recorded"))
    return ", ".join(parts) + "."


def _off_from(features: gpd.GeoDataFrame, lamps: gpd.GeoDataFrame, reach: Reach, off: NDArray[np.bool_]) -> Floats:
    """Return from when each feature's lamps are off, where all that are off now are so from the same minute; -1 for none."""
    since = lamps["off_from_min"].to_numpy(float)
    pair = off[reach.pair_lamp] & ~np.isnan(since[reach.pair_lamp])
    feature, value = reach.pair_feature[pair], since[reach.pair_lamp[pair]]
    least, most = np.full(len(features), np.inf), np.full(len(features), -np.inf)
    np.minimum.at(least, feature, value)
    np.maximum.at(most, feature, value)
    return np.where(least == most, least, -1.0)


def _along(shapes: Shapes, lines: Ints, centres: Floats, reaches: Floats) -> tuple[Ints, Ints, Floats, Floats]:
    """Return the intervals along lines that lie in the circles of lamps: feature, lamp, from and to in metres, by arithmetic."""
    feature, start, end, offset_m = _segments(shapes, lines)
    nothing = np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0)
    if not len(feature) or not len(centres):
        return nothing
    segments = np.asarray(shapely.linestrings(np.stack([start, end], axis=1)), object)
    tree = shapely.STRtree(segments)
    lamp, segment = tree.query(shapely.points(centres), predicate="dwithin", distance=reaches)
    along = end[segment] - start[segment]
    length = np.hypot(*along.T)
    away = centres[lamp] - start[segment]
    middle = (away * along).sum(axis=1) / length
    half_squared = reaches[lamp] ** 2 - np.maximum((away**2).sum(axis=1) - middle**2, 0)
    half = np.sqrt(np.maximum(half_squared, 0))
    from_m, to_m = np.clip(middle - half, 0, length), np.clip(middle + half, 0, length)
    some = to_m > from_m
    at_m = offset_m[segment]
    return feature[segment][some], lamp[some].astype(np.int64), (at_m + from_m)[some], (at_m + to_m)[some]


def _segments(shapes: Shapes, lines: Ints) -> tuple[Ints, Floats, Floats, Floats]:
    """Return the straight pieces of lines: feature, start, end, and how far along the feature each starts."""
    parts, line_of_part = shapely.get_parts(shapes[lines], return_index=True)
    points, part = shapely.get_coordinates(parts, return_index=True)
    joined = part[1:] == part[:-1]
    start, end = points[:-1][joined], points[1:][joined]
    feature = lines[line_of_part[part[:-1][joined]]]
    length = np.hypot(*(end - start).T)
    some = length > 0
    feature, start, end, length = feature[some], start[some], end[some], length[some]
    total = np.cumsum(length)
    first = np.r_[True, feature[1:] != feature[:-1]] if len(feature) else np.empty(0, bool)
    before = (total - length)[first]
    return feature, start, end, (total - length) - np.repeat(before, np.diff(np.r_[np.flatnonzero(first), len(feature)]))


def _not_surveyed_along(shapes: Shapes, lines: Ints, near: cKDTree | None) -> tuple[Ints, Floats, Floats]:
    """Return the pieces of lines that are near no lamp of a council: feature, from and to in metres."""
    feature, start, end, offset_m = _segments(shapes, lines)
    length = np.hypot(*(end - start).T)
    count = np.maximum(np.ceil(length / _LOOK_M).astype(int), 1)
    segment = np.repeat(np.arange(len(feature)), count)
    number = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    step = (length / count)[segment]
    if near is not None and len(segment):
        share = ((number + 0.5) / count[segment])[:, None]
        middles = start[segment] + share * (end - start)[segment]
        bare = np.isinf(near.query(middles, distance_upper_bound=SURVEYED_M)[0])
        segment, number, step = segment[bare], number[bare], step[bare]
    from_m = offset_m[segment] + number * step
    return feature[segment], from_m, from_m + step


def _over(shapes: Shapes, areas: Ints, centres: Floats, reaches: Floats) -> tuple[Ints, Ints, Shapes]:
    """Return the pieces of areas that lie in the circles of lamps: feature, lamp, piece."""
    if not len(areas) or not len(centres):
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, object)
    lamp, area = shapely.STRtree(shapes[areas]).query(shapely.points(centres), predicate="dwithin", distance=reaches)
    circles = shapely.buffer(shapely.points(centres[lamp]), reaches[lamp], quad_segs=_QUARTER_ARCS)
    pieces = shapely.intersection(circles, shapes[areas[area]])
    some = shapely.area(pieces) > 0
    return areas[area[some]], lamp[some].astype(np.int64), pieces[some]


def _not_surveyed_over(shapes: Shapes, areas: Ints, near: cKDTree | None) -> tuple[Ints, Shapes]:
    """Return what of areas is near no lamp of a council: feature and piece."""
    if near is None or not len(areas):
        return areas, shapes[areas]
    # Of lamps in one square of 20 m one stands for all: a circle of 150 m is drawn for far fewer of them, at most 20 m off.
    _squares, first = np.unique((near.data // 20).astype(np.int64), axis=0, return_index=True)
    circles = np.asarray(shapely.buffer(shapely.points(near.data[first]), SURVEYED_M, quad_segs=4), object)
    area, circle = shapely.STRtree(circles).query(shapes[areas], predicate="intersects")
    surveyed = _unions(area, circles[circle], len(areas))
    bare = shapely.difference(shapes[areas], surveyed)
    some = shapely.area(bare) > 0
    return areas[some], bare[some]


def _unions(group: Ints, shapes: Shapes, count: int) -> Shapes:
    """Return the union of the shapes of each group, empty for a group of none."""
    order = np.argsort(group, kind="stable")
    unions = np.full(count, shapely.Polygon(), dtype=object)
    if len(group):
        members, of = np.unique(group[order], return_inverse=True)
        gathered = np.asarray(shapely.geometrycollections(shapes[order], indices=of), object)
        unions[members] = shapely.unary_union(gathered[:, None], axis=1)
    return unions


def _covered(reach: Reach, code_of: NDArray[np.int8], wanted: tuple[int, ...]) -> Floats:
    """Return how much of each feature lies in parts of lamps with the wanted codes: metres or square metres of their union."""
    chosen = np.isin(code_of[reach.part_lamp], wanted)
    feature, from_m, to_m = reach.part_feature[chosen], reach.from_m[chosen], reach.to_m[chosen]
    covered: Floats = np.zeros(len(reach.size))
    if len(feature):
        # Every feature is put on a stretch of its own of one long line, so that one running maximum serves them all.
        start = np.cumsum(reach.size) - reach.size
        beyond = np.maximum.accumulate(start[feature] + to_m)
        reached = np.r_[0.0, beyond[:-1]] - start[feature]
        covered += np.bincount(feature, np.maximum(to_m - np.maximum(from_m, reached), 0), len(reach.size))
    chosen = np.isin(code_of[reach.area_lamp], wanted)
    if chosen.any():
        covered += shapely.area(_unions(reach.area_feature[chosen], reach.pieces[chosen], len(reach.size)))
    return covered
