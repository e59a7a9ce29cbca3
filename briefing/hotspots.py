"""Where is there more recorded harm than chance explains? The one thread from records to the hotspot frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import cells, detection, exposure, frames, geocode, scan
from geo.gazetteer import Gazetteer
from spaces import repeat_harm, whereabouts
from words import N_, DataProblem

HOTSPOT_COLUMNS = (
    "resolution", "incidents", "days", "children_low", "children_high", "expected", "z", "p", "q", "hotspot", "cluster", "trend", "space",
)  # fmt: skip
"""The hotspot frame, one row per cell, indexed by `cell`; the geometry comes last."""

SEVERAL_PER_CELL = 6.0
"""Incidents a cell on average from which finer cells are drawn: with fewer, what a cell shows is its neighbours' or nothing."""

MOST_CELLS_ON_A_MAP = 2_500
"""Where there are fewer records than that for any cells, they are shown on the finest that a map can hold calmly."""

RINGS = 3
"""Rings round a cell that the scan looks at, at most: at resolution 9 about 1.2 km each way, as far as one team walks in an evening."""

SEED = 20_211_216
"""Of the worlds of chance, so that the same records have the same answer whoever asks, and whenever."""

MOST_CELLS = 500_000
"""More cells than this compare in minutes and gigabytes, and no area in England and Wales has that many that are worth it: Powys
has 49,000 at resolution 9."""

SPREAD_BY = ["longitude", "latitude", "easting", "northing", "precision_m", "method", "feature"]

Resolution = int | Literal["auto"]

COMPARED_WITH = {
    "even": N_("an even spread over the area"), "homes": N_("where people live"), "crime": N_("where crime of all kinds is recorded"),
}  # fmt: skip
"""What recorded harm may be compared with: as it would be if it fell in proportion to this."""

Points = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Longitudes and latitudes."""

Baselines = Mapping[str, Points]
"""What there is to compare with, by names of `COMPARED_WITH`."""


@dataclass(frozen=True)
class Answer:
    """The hotspot frame of an area, and everything that was left out of it, counted.

    `in_area` says which of the records were counted, and `cell_of` in which cell (H3's text). `method` is the statistic that decided,
    `replicates` among how many worlds of chance, `compared_with` in proportion to what those are, and `least_around` how many incidents in
    a middling cell and its neighbours it would have taken.
    """

    cells: gpd.GeoDataFrame
    resolution: int
    study_area: cells.StudyArea
    in_area: pd.Series
    cell_of: pd.Series
    incidents: int
    not_placed: pd.Series
    outside: int
    method: detection.Method
    replicates: int
    least_around: int
    compared_with: str

    @property
    def cluster_of(self) -> pd.Series:
        """The hotspot that each counted record lies in, missing where it lies in none."""
        cluster = self.cells["cluster"].where(self.cells["cluster"] >= 0)
        return self.cell_of.map(cluster)


def find(
    records: pd.DataFrame, area: shapely.Geometry | None, *, resolution: Resolution = "auto", gazetteer: Gazetteer | None = None,
    method: detection.Method = "auto", compared_with: str = "auto", baselines: Baselines | None = None,
    looks_a_year: int = 1,
) -> Answer:  # fmt: skip
    """Find hotspots among placed records (an incident frame with geocode columns) in an area in metres.

    What is known to no more than a street, a park or a sector counts in fractions over the cells of its extent, as the gazetteer has it;
    for all else that is said of cells it stands in the one of its point. `baselines` has points of what the records may be compared with,
    by name of `COMPARED_WITH`; `auto` takes where people live, and an even spread where that is not known. In `looks_a_year` such looks
    together a quiet area is told of a hotspot one time in twenty.
    Without an area the study area is the cells that hold anything: said to the user as a warning, because that hides
    quiet ground. Raises DataProblem where nothing can be placed or nothing lies in the area.
    """
    placed = records["longitude"].notna()
    if not placed.any():
        raise DataProblem(
            "No record could be placed, out of {count:,}. Give coordinates, or postcodes with --gazetteer.", count=len(records)
        )
    chosen = _auto_resolution(records, area) if resolution == "auto" else resolution
    cell_of = pd.Series(cells.from_points(records["longitude"], records["latitude"], chosen), index=records.index)
    study = _study_area(area, cell_of, chosen)
    in_area = placed & (cells.positions(cell_of.to_numpy(), study.cells) >= 0)
    if not in_area.any():
        raise DataProblem(
            "No placed record lies inside the boundary, out of {count:,}. Check that the two belong together.", count=int(placed.sum())
        )
    counted = repeat_harm.one_row_per_incident(records[in_area], within=cell_of[in_area])
    counts, whole = _spread_counts(records.loc[counted.index], cell_of[counted.index], study, gazetteer, chosen)
    disks = cells.disks(study.cells, RINGS)
    against = "homes" if compared_with == "auto" else compared_with
    exposed = exposures_of(against, baselines or {}, study.cells, chosen)
    found = detection.find_against_each(
        whole, disks, np.random.default_rng(SEED), exposures=exposed, method=method, error=detection.FAMILY_ERROR / looks_a_year
    )
    return Answer(
        cells=_hotspot_frame(records[in_area], cell_of[in_area], counts, found.cells, chosen),
        resolution=chosen,
        study_area=study,
        in_area=in_area,
        cell_of=_as_text(cell_of).where(in_area),
        incidents=len(repeat_harm.one_row_per_incident(records[in_area])),
        not_placed=records.loc[~placed, "reason"].value_counts(),
        outside=int((placed & ~in_area).sum()),
        method=found.method,
        replicates=found.replicates,
        least_around=found.least_around,
        compared_with="even" if exposed[0] is None else against,
    )


def exposures_of(name: str, baselines: Baselines, among: cells.Cells, resolution: int) -> list[NDArray[np.float64] | None]:
    """Return how much there is near each cell of what records are compared with: within a walk, in the cell itself, and evenly (None).

    Nobody knows how far from home harm falls where nothing is wrong: a small town is sharper than a walk shows it, a park lies beside it.
    A hotspot has to stand out from all of them. An even spread alone where no more is known.
    """
    if name not in baselines:
        return [None]
    within = [exposure.near_points(*baselines[name], among, resolution, walk_m=walk_m) for walk_m in (exposure.WALK_M, 0.0)]
    return [None] if within[0] is None else [*within, None]


def _spread_counts(
    records: pd.DataFrame, cell_of: pd.Series, study: cells.StudyArea, gazetteer: Gazetteer | None, resolution: int
) -> tuple[pd.Series, pd.Series]:
    """Count records in cells, each as 1 in all: those known to an extent in fractions over as much of it as lies in the study area.

    Counted beside that in whole numbers, for chance to be told from: fractions are smoother than any world of chance. There each lies
    in one cell of its extent, as likely as its fractions say, and always the same one.
    """
    over = geocode.spread(records.reindex(columns=SPREAD_BY), gazetteer, resolution)
    over = over[cells.positions(over["cell"].to_numpy(np.uint64), study.cells) >= 0]
    beyond = cell_of[~cell_of.index.isin(over["row"])]  # all of the extent's cells are past the edge, and only its point is not
    over = over.assign(weight=over["weight"] / over.groupby("row")["weight"].transform("sum")).sort_values(["row", "cell"])
    lot = _lots(records).reindex(over["row"]).to_numpy()
    one = over[over.groupby("row")["weight"].cumsum().to_numpy() > lot].drop_duplicates("row")
    spread, drawn, points = (each.to_numpy(np.uint64) for each in (over["cell"], one["cell"], beyond))
    weights = np.concatenate([over["weight"].to_numpy(float), np.ones(len(points))])
    fractions = cells.count_points(np.concatenate([spread, points]), study.cells, weights=weights)
    return fractions, cells.count_points(np.concatenate([drawn, points]), study.cells)


def _lots(records: pd.DataFrame) -> pd.Series:
    """Return for each record a number from 0 to 1 that hangs on what it says and not on where it stands in the file.

    Rows that say the same are incidents of their own, so each draws its own: by how many of them stand before it, which gives the same
    lots in whatever order they do.
    """
    said = records.reindex(columns=["agency", "incident_id", "occurred_from", "easting", "northing"]).astype(str)
    alike = said.join(records.reindex(columns=["precision_m", "method", "feature"]).astype(str))
    before = alike.groupby(list(alike), sort=False, dropna=False).cumcount()
    said["incident_id"] = said["incident_id"].where(before == 0, "alike " + before.astype(str))
    return pd.util.hash_pandas_object(said, index=False) / 2.0**64 * (1 - scan.AS_LARGE)


def name_after_places(answer: Answer, place: pd.Series) -> Answer:
    """Return the answer with each hotspot's cells named after the place that holds most of its records.

    `place` is the place id of each record (missing where it has none), from `whereabouts.place_of_each`.
    """
    names = whereabouts.name_clusters(answer.cluster_of, place)
    return replace(answer, cells=answer.cells.assign(space=answer.cells["cluster"].map(names).astype("str")))


def _as_text(cell_of: pd.Series) -> pd.Series:
    """Return cells as their text: as numbers with gaps they would become fractions, and lose their last digits."""
    known = cell_of.unique()
    return cell_of.map(dict(zip(known.tolist(), cells.as_text(known), strict=True))).astype(object)


def _study_area(area: shapely.Geometry | None, cell_of: pd.Series, resolution: int) -> cells.StudyArea:
    occupied = np.unique(cell_of.to_numpy()[cell_of.to_numpy() != 0])
    if area is None:
        return cells.StudyArea(occupied, 0, len(occupied))
    expected = round(shapely.area(area) / 1e6 / cells.area_km2(resolution))
    if expected > MOST_CELLS:
        raise DataProblem(
            "At resolution {resolution} this area has about {cells:,} cells, more than can be compared. Choose a lower one, or auto.",
            resolution=resolution, cells=expected,
        )  # fmt: skip
    return cells.study_area(area, occupied, resolution)


def _auto_resolution(records: pd.DataFrame, area: shapely.Geometry | None) -> int:
    """Choose the finest resolution that the records' own precision bears and at which a cell holds several of them.

    Where there is none, the finest that a map can hold.
    """
    placed = records[records["longitude"].notna()]
    if area is None:
        area = shapely.convex_hull(shapely.MultiPoint(placed[["easting", "northing"]].to_numpy()))
    else:
        placed = placed[shapely.intersects_xy(frames.prepared(area), placed["easting"], placed["northing"])]
    precision_m = float(placed["precision_m"].median())
    incidents = len(repeat_harm.one_row_per_incident(placed))
    area_km2 = shapely.area(area) / 1e6
    fits = [resolution for resolution in cells.RESOLUTIONS if cells.edge_m(resolution) >= precision_m]
    for resolution in reversed(fits):
        expected_cells = area_km2 / cells.area_km2(resolution)
        if expected_cells >= detection.MIN_CELLS and incidents / expected_cells >= SEVERAL_PER_CELL:
            return resolution
    calm = [resolution for resolution in fits if area_km2 / cells.area_km2(resolution) <= MOST_CELLS_ON_A_MAP and resolution <= 9]
    return max(calm, default=cells.RESOLUTIONS.start)


def _hotspot_frame(records: pd.DataFrame, cell_of: pd.Series, counts: pd.Series, found: pd.DataFrame, resolution: int) -> gpd.GeoDataFrame:
    measured = repeat_harm.measure(records, cell_of).reindex(counts.index)
    known_days = measured["days"].notna().any()
    table = found.assign(
        resolution=resolution,
        incidents=counts,
        days=measured["days"].fillna(0) if known_days else measured["days"],
        children_low=measured["children_low"],
        children_high=measured["children_high"],
        trend="",
        space="",
    )
    outlines = cells.outlines(counts.index.to_numpy(np.uint64))
    frame = gpd.GeoDataFrame(table[list(HOTSPOT_COLUMNS)], geometry=outlines.to_numpy(), crs=frames.DEGREES)
    frame.index = pd.Index(cells.as_text(counts.index.to_numpy(np.uint64)), name="cell")
    return frame
