"""What is lit at a given local time: streets and paths, alleys, paths by water and parks, by their lamps, else by what is recorded of them.

Places are in degrees only for the sun and for hours that name it; everything measured is in EPSG:27700.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import frames, periods
from layers import daylight, lighting, lit_share, parks
from words import N_, _

LINES, AREAS = ("street_light", "alleys", "waterside"), ("parks",)
LAYERS = (*LINES, *AREAS)

DAYLIGHT = "daylight"
"""The state of everything while the sun is up: lamps are off and nothing depends on them."""

REASONS = {
    "daylight": N_("In daylight at this time."),
    "said_dark_but_burning": N_("Recorded as not lit, but: {lamps}"),
    "said_lit_but_none": N_("Recorded as lit, but no lamp on the list is within reach, and the list is said to hold every lamp."),
    "said_lit_but_off": N_("Recorded as lit, but: {lamps}"),
    "paths": N_("Paths inside at this time: {shares}."),
    "area": N_("Lamps reach {share} % of it at this time."),
}

_PATHS = "park paths"


@dataclass(frozen=True)
class Prepared:
    """What is worked out once for an area and serves every hour."""

    reaches: Mapping[str, lit_share.Reach]
    pieces: gpd.GeoDataFrame
    """Paths cut at the parks they run through: `lit`, and the place of the park in its frame as `park`."""


def phase(when: pd.Timestamp, longitude: float, latitude: float) -> str:
    """Return whether it is `daylight`, `twilight` or `dark` at a local time and a place in degrees."""
    return str(daylight.phase(daylight.altitude_degrees(daylight.utc_of(when), longitude, latitude))[0])


def sentence(when: pd.Timestamp, longitude: float, latitude: float) -> str:
    """Say what light there is: "Dark. Lamps as they burn at 02:00 in December."."""
    said = {
        "daylight": N_("Daylight at {time} in {month}: lamps are off."),
        "twilight": N_("Twilight. Lamps as they burn at {time} in {month}."),
        "dark": N_("Dark. Lamps as they burn at {time} in {month}."),
    }
    return _(said[phase(when, longitude, latitude)], time=f"{when:%H:%M}", month=periods.month_name(when.month))


def prepare(layers: Mapping[str, gpd.GeoDataFrame], lamps: gpd.GeoDataFrame) -> Prepared:
    """Work out what the lamps reach of the layers (those of LAYERS that are there), all in EPSG:27700."""
    reaches = {name: lit_share.reach_of(layers[name].geometry, lamps) for name in LINES if name in layers}
    pieces = _path_pieces(layers.get("parks"), layers.get("street_light"))
    for name in AREAS:
        if name in layers:
            by_area = _by_area(layers[name], pieces)
            reaches[name] = lit_share.reach_of(layers[name].geometry.where(by_area, shapely.Polygon()), lamps)
    return Prepared({**reaches, _PATHS: lit_share.reach_of(pieces.geometry, lamps)}, pieces)


def at(
    layers: Mapping[str, gpd.GeoDataFrame], lamps: gpd.GeoDataFrame, when: pd.Timestamp, longitude: float, latitude: float, *,
    prepared: Prepared | None = None,
) -> dict[str, gpd.GeoDataFrame]:  # fmt: skip
    """Return those of `layers` that light is asked of (LAYERS), with `state` and the reason as at a local time.

    A state is lit, unlit or unknown, and DAYLIGHT while the sun is up; lamps burn from sunset to sunrise, so in twilight too. The reason
    is in `light` where a layer has that column (of an alley, `reason` says why it is one), else in `reason`. `prepared` is what `prepare`
    returned for the same frames. Nothing is changed in the frames given.
    """
    asked = {name: layers[name] for name in LAYERS if name in layers}
    if phase(when, longitude, latitude) == DAYLIGHT:
        return {name: _with(frame, DAYLIGHT, _(REASONS["daylight"])) for name, frame in asked.items()}
    prepared = prepared or prepare(layers, lamps)
    minute = when.hour * 60 + when.minute
    of_lit = partial(lighting.at_time, when=when, longitude=longitude, latitude=latitude)
    found = {}
    for name, frame in asked.items():
        by_lamps = lit_share.at(frame, lamps, prepared.reaches[name], minute)
        own = of_lit(frame["lit"])
        if name in AREAS:
            paths = lit_share.at(prepared.pieces, lamps, prepared.reaches[_PATHS], minute)
            light = _parks(frame, own, by_lamps, prepared.pieces, _weighed(prepared.pieces["lit"], of_lit(prepared.pieces["lit"]), paths))
        else:
            light = _weighed(frame["lit"], own, by_lamps)
        found[name] = _with(frame, light["state"], light["reason"])
    return found


def _weighed(lit: pd.Series[str], own: pd.DataFrame, by_lamps: pd.DataFrame) -> pd.DataFrame:
    """Weigh what is recorded of a way against its lamps; returns `state, reason` and the three shares.

    Lamps in reach decide where they say enough, and what is recorded of the way speaks for the rest: a council's list does not hold
    every lamp. Three cases are contradictions, said and unknown: recorded as not lit, beside lamps that burn; recorded as lit, where half
    of its lamps or more are off and may not be all there are; and recorded as lit, with no lamp in reach on a list declared complete.
    """
    value = lighting.plain(lit)
    recorded = own["state"] != "unknown"
    says_light = lighting.states(lit)["state"].eq("lit") & own["state"].ne("unlit")
    open_still = by_lamps["state"].eq("unknown") & ~by_lamps["surveyed"]
    no_lamp, none_listed = by_lamps["lamps"].eq(0), by_lamps["on_list"].eq(0)
    dark_but_burning = value.isin(lighting.NOT_LIT) & by_lamps["state"].eq("lit")
    lit_but_none = by_lamps["surveyed"] & says_light & no_lamp
    mostly_off = ~no_lamp & (by_lamps["off"] * 2 >= by_lamps["lamps"])
    lit_but_off = own["state"].eq("lit") & open_still & mostly_off
    # Beside lamps of a list, a tag that says lit counts only where most of them burn: nobody knows whether it is of the whole night.
    agree = own["state"].eq("unlit") | none_listed | (by_lamps["burning"] * 2 >= by_lamps["lamps"])
    own_decides = ~by_lamps["surveyed"] & ((no_lamp & (value != "")) | (recorded & (none_listed | (open_still & agree))))
    cases: list[NDArray[np.bool_]] = [each.to_numpy(bool) for each in (dark_but_burning, lit_but_none, lit_but_off, own_decides)]
    unknown = pd.Series("unknown", index=own.index)
    state = np.select(cases, [unknown, unknown, unknown, own["state"]], default=by_lamps["state"])
    both = {name: _(REASONS[name], lamps="") + by_lamps["reason"] for name in ("said_dark_but_burning", "said_lit_but_off")}
    none = pd.Series(_(REASONS["said_lit_but_none"]), index=own.index)
    reasons = [both["said_dark_but_burning"], none, both["said_lit_but_off"], own["reason"]]
    reason = np.select(cases, reasons, default=by_lamps["reason"])
    decided = np.logical_or.reduce(cases)
    shares = {
        f"{name}_share": np.where(decided, (state == name).astype(float), by_lamps[f"{name}_share"]) for name in lighting.STATES
    }  # fmt: skip
    return pd.DataFrame({"state": state, "reason": reason, **shares}, index=own.index)


def _parks(
    areas: gpd.GeoDataFrame, own: pd.DataFrame, by_lamps: pd.DataFrame, pieces: gpd.GeoDataFrame, paths: pd.DataFrame
) -> pd.DataFrame:  # fmt: skip
    """Say how lit parks are: by what is recorded of them, else by the paths inside, else by the share of their area that lamps reach."""
    length_m, park, paths_m = _paths_inside(areas, pieces)
    share = {
        name: np.bincount(park, length_m * paths[f"{name}_share"].to_numpy(), len(areas)) / np.where(paths_m > 0, paths_m, np.inf)
        for name in lighting.STATES
    }
    has_paths = paths_m >= parks.SHORTEST_PATHS_M
    by_paths = parks.state_from_paths(share["lit"], share["unlit"], paths_m)
    known = (own["state"] != "unknown").to_numpy()
    # Without paths the lamps of the streets round it reach an edge: that speaks for a park only where they are of a council's list.
    listed = by_lamps["surveyed"] | by_lamps["on_list"].gt(0)
    by_area = np.where(listed, by_lamps["state"], "unknown")
    state = np.select([known, has_paths], [own["state"], by_paths], default=by_area)
    texts = [
        _(REASONS["paths"], shares=parks.shares_said(round(100 * lit), round(100 * unlit))) if on_paths
        else recorded if not on_list
        else _(REASONS["area"], share=round(100 * reached)) if reached >= 0.005
        else by_its_lamps
        for lit, unlit, on_paths, reached, by_its_lamps, on_list, recorded in zip(
            share["lit"], share["unlit"], has_paths, by_lamps["lit_share"], by_lamps["reason"], listed, own["reason"],
            strict=True,
        )
    ]  # fmt: skip
    nothing = has_paths & (share["unknown"] > 0.995)
    reason = np.where(known, own["reason"], np.where(nothing, _(parks.REASONS["not_recorded"]), np.array(texts, dtype=object)))
    return pd.DataFrame({"state": state, "reason": reason}, index=areas.index)


def _by_area(areas: gpd.GeoDataFrame, pieces: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Say which parks the share of their area is asked of: neither their paths nor what is recorded of them decides at every hour."""
    value = lighting.plain(areas["lit"])
    always = value.isin(lighting.ALL_NIGHT) | value.isin(lighting.NOT_LIT)
    return np.asarray(~always & (_paths_inside(areas, pieces)[2] < parks.SHORTEST_PATHS_M), bool)


def _paths_inside(areas: gpd.GeoDataFrame, pieces: gpd.GeoDataFrame) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the length of each piece of path, which park it is in, and the length of the paths in each park."""
    length_m, park = shapely.length(pieces.geometry.to_numpy()), pieces["park"].to_numpy(np.int64)
    return length_m, park, np.bincount(park, length_m, len(areas)).astype(np.float64)


def _path_pieces(areas: gpd.GeoDataFrame | None, lines: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    if areas is None or lines is None or areas.empty or lines.empty:
        nothing: dict[str, list[object]] = {"lit": [], "park": []}
        return gpd.GeoDataFrame(nothing, geometry=gpd.GeoSeries([], crs=frames.BRITISH_NATIONAL_GRID))
    ways = lines[lines["kind"].isin(parks.PATH_HIGHWAYS)]
    park, way = ways.sindex.query(areas.geometry.to_numpy(), predicate="intersects")
    inside = shapely.intersection(ways.geometry.to_numpy()[way], areas.geometry.to_numpy()[park])
    some = shapely.length(inside) > 0
    return gpd.GeoDataFrame(
        {"lit": ways["lit"].to_numpy()[way[some]], "park": park[some]}, geometry=gpd.GeoSeries(inside[some], crs=lines.crs)
    )


def _with(frame: gpd.GeoDataFrame, state: object, reason: object) -> gpd.GeoDataFrame:
    told = "light" if "light" in frame.columns else "reason"
    return frame.assign(state=state, **{told: reason}).astype({"state": "str", told: "str"})
