"""Parks and open spaces: whether the paths inside them are lit, where one comes in, and whether a path goes through."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo import frames
from layers import entrances, lighting, tables
from words import N_, _, ngettext

KINDS = {
    ("leisure", "park"): N_("Park"),
    ("leisure", "playground"): N_("Playground"),
    ("leisure", "recreation_ground"): N_("Recreation ground"),
    ("landuse", "recreation_ground"): N_("Recreation ground"),
    ("leisure", "village_green"): N_("Village green"),
    ("landuse", "village_green"): N_("Village green"),
    ("leisure", "common"): N_("Common"),
    ("leisure", "nature_reserve"): N_("Nature reserve"),
    ("leisure", "garden"): N_("Public garden"),
}
"""Tags that make an area a park here; of two on one area the first listed names it."""

GARDEN_ACCESS = ("yes", "public", "permissive", "customers")
"""Most gardens on OpenStreetMap go with a house: one counts when it has a name or says that people may come in."""

PATH_HIGHWAYS = ("footway", "path", "pedestrian", "steps", "cycleway", "bridleway", "track")
"""Ways people use on foot inside a park. A street along or across it is left out: its lamps do not light the park."""

MORE_THAN_HALF = 0.5
"""A park is lit or unlit only where more than this share of *all* its path length is recorded so.

Measured against all paths and not only the recorded ones, so that a few lit metres never speak for a park that nobody
has surveyed, and recording one more path can turn an answer to unknown but never straight to its opposite.
"""

SHORTEST_PATHS_M = 20.0
"""With less path than this inside, what is inside is the end of a path that crosses a roughly drawn edge."""

REASONS = {
    "lit": N_("The park itself is recorded as lit."),
    "unlit": N_("The park itself is recorded as not lit."),
    "no_paths": N_("Nobody has recorded whether it is lit, and next to no path is recorded inside it."),
    "not_recorded": N_("Nobody has recorded whether it or its paths are lit."),
}

COLUMNS: tables.Columns = {
    "name": "text",
    "name_cy": "text",
    "kind": "text",
    "state": "text",
    "reason": "text",
    "area_m2": "number",
    "paths_m": "number",
    "lit_share": "number",
    "unlit_share": "number",
    "unknown_share": "number",
    "entrances": "number",
    "paths_through": "number",
    "longest_unlit_m": "number",
    "unlit_parts": "number",
    "ways_in": "text",
    "opening_hours": "text",
    "lit": "text",
}


def parks(areas: gpd.GeoDataFrame, lines: gpd.GeoDataFrame, points: gpd.GeoDataFrame | None = None) -> gpd.GeoDataFrame:
    """Return the parks among `areas`, each `lit`, `unlit` or `unknown`.

    The park's own `lit` tag decides; without one the paths inside do, by length (see MORE_THAN_HALF). Takes an extract's
    areas and lines in EPSG:27700, and its points, whose gates are ways in too. Returns `name, name_cy, kind, state, reason,
    area_m2, paths_m` (path length inside), `lit_share, unlit_share, unknown_share` (of that length; 0 where there is none),
    what `entrances.ways_in` tells (`entrances, paths_through, longest_unlit_m, unlit_parts`), `ways_in` (the same in words),
    `opening_hours` and `lit` as recorded and the polygon, largest first so that a playground is drawn over its park. `reason` is
    untranslated unless it gives figures; these and `ways_in` are written in the language in use.
    """
    frames.check_metres(areas)
    found = areas.assign(kind=tables.first_kind(areas, KINDS))
    private_garden = (found["leisure"] == "garden") & ~(
        found["access"].isin(GARDEN_ACCESS)
        | (found["name"].notna() & found["access"].isna() & ~found["garden:type"].isin(["residential", "private"]))
    )
    found = found[found["kind"].notna() & ~private_garden]
    paths = lines[lines["highway"].isin(PATH_HIGHWAYS)]
    path_state = lighting.states(paths["lit"])["state"]
    lengths = _path_lengths_m(found.geometry, paths.geometry, path_state.to_numpy())
    ways_in = entrances.ways_in(found.geometry, paths.geometry, unlit=path_state == "unlit", points=points)
    paths_m = lengths.sum(axis=1)
    shares = lengths.div(paths_m.where(paths_m > 0, np.inf), axis=0)
    own = lighting.states(found["lit"])["state"]
    state = own.where(own != "unknown", state_from_paths(shares["lit"], shares["unlit"], paths_m))
    result = tables.table(
        found.geometry,
        COLUMNS,
        **tables.names(found),
        kind=found["kind"],
        state=state,
        reason=own.map(REASONS).where(own != "unknown", _reason_from_paths(shares, paths_m)),
        area_m2=found.area.round(),
        paths_m=paths_m.round(1),
        **{f"{name}_share": shares[name].round(3) for name in lighting.STATES},
        **ways_in,
        ways_in=_ways_in_words(ways_in),
        opening_hours=found["opening_hours"].str.strip(),
        lit=found["lit"],
    )
    return result.iloc[np.argsort(-result["area_m2"].to_numpy(), kind="stable")]


def _path_lengths_m(polygons: gpd.GeoSeries, paths: gpd.GeoSeries, state: NDArray[np.object_]) -> pd.DataFrame:
    """Return the metres of path inside each polygon by lighting state: columns `lit`, `unlit`, `unknown`; 0 for none."""
    polygon_at, path_at = paths.sindex.query(polygons.to_numpy(), predicate="intersects")
    inside_m = shapely.length(shapely.intersection(paths.to_numpy()[path_at], polygons.to_numpy()[polygon_at]))
    lengths = pd.DataFrame(0.0, index=polygons.index, columns=list(lighting.STATES))
    for name in lighting.STATES:
        of_state = state[path_at] == name
        lengths[name] = np.bincount(polygon_at[of_state], weights=inside_m[of_state], minlength=len(polygons))
    return lengths


def state_from_paths(lit: ArrayLike, unlit: ArrayLike, paths_m: ArrayLike) -> NDArray[np.str_]:
    """Say how lit parks are by the shares of their paths, unknown where the paths are too short to tell."""
    enough = np.asarray(paths_m) >= SHORTEST_PATHS_M
    cases = [enough & (np.asarray(share) > MORE_THAN_HALF) for share in (lit, unlit)]
    return np.select(cases, ["lit", "unlit"], default="unknown")


def _reason_from_paths(shares: pd.DataFrame, paths_m: pd.Series[float]) -> pd.Series[str]:
    reasons = [
        _shares_in_words(round(100 * lit), round(100 * unlit)) if length_m >= SHORTEST_PATHS_M else REASONS["no_paths"]
        for lit, unlit, length_m in zip(shares["lit"], shares["unlit"], paths_m, strict=True)
    ]
    return pd.Series(reasons, index=shares.index, dtype="str")


def _shares_in_words(lit: int, unlit: int) -> str:
    return _("Paths inside: {shares}.", shares=shares_said(lit, unlit)) if lit or unlit else REASONS["not_recorded"]


def shares_said(lit: int, unlit: int) -> str:
    """Say what share of paths is what, leaving out what is nought, in whole per cents that sum to 100."""
    unknown = 100 - lit - unlit
    said = [
        *([_("{share} % lit", share=lit)] if lit else []),
        *([_("{share} % not lit", share=unlit)] if unlit else []),
        *([_("{share} % not recorded", share=unknown)] if unknown > 0 else []),
    ]
    return ", ".join(said)


def _ways_in_words(ways_in: pd.DataFrame) -> pd.Series[str]:
    """Say how one gets in, whether a path goes through and how far one walks in the dark, as far as it is recorded."""
    said = []
    for entrances_count, through, unlit_m, parts in ways_in.astype(float).round().astype(int).itertuples(index=False):
        sentences = [
            ngettext("{count} way in is recorded.", "{count} ways in are recorded.", entrances_count)
            if entrances_count
            else _("No way in is recorded.")
        ]
        if through:
            sentences.append(_("A path goes through it."))
        if parts:
            unlit = ngettext("{count} stretch of path is recorded as not lit", "{count} stretches of path are recorded as not lit", parts)
            sentences.append(_("{stretches}, the longest {length} m.", stretches=unlit, length=unlit_m))
        said.append(" ".join(sentences))
    return pd.Series(said, index=ways_in.index, dtype="str")
