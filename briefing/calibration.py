"""How often this tool would name a hotspot in a quiet year of this area, and how much harm it takes to be seen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from briefing import hotspots, masked_venues, review
from briefing.workspace import Workspace
from geo import calibration, cells, exposure, files, scan
from spaces import access
from spaces.access import Reader
from words import N_, DataProblem

KEPT_IN = "calibration.json"
"""In an area's folder: the figures that the method page shows."""

FELL_BY = hotspots.COMPARED_WITH | {
    "doors": N_("where people live, to the hexagon"), "points": N_("a few points that positions are put on"),
}  # fmt: skip
"""What a made-up quiet year falls in proportion to."""

POINTS_SHARE = 0.2
"""Of the cells, those that hold any of the points that a year's incidents are put on: as police.uk's in Slough, within a factor."""

MOST_INCIDENTS = 10_000_000
"""In a year: more than all that is recorded in England and Wales, so a slip of the hand."""

SAID_TO_TENS = 10
"""Nobody who may not see counts should learn one here, and neither how often the tool is wrong nor what it finds hangs on a few."""


@dataclass(frozen=True)
class Calibration:
    """Figures for one area: `quiet` and `power` as `geo.calibration` gives them, for so many incidents a year over so many cells."""

    incidents: int
    resolution: int
    cells: int
    quiet: pd.DataFrame
    power: pd.DataFrame


def calibrate(
    area: shapely.Geometry, incidents: int, *, resolution: int, homes: hotspots.Points | None, rng: np.random.Generator
) -> Calibration:
    """Work out the figures for an area (EPSG:27700) in which so many incidents are recorded in a year."""
    if incidents < 1:
        raise DataProblem("A year of {count:,} incidents tells nothing. Give how many are recorded in a usual year.", count=incidents)
    if incidents > MOST_INCIDENTS:
        raise DataProblem("A year has no more than {most:,} incidents. Give how many are recorded in a usual year.", most=MOST_INCIDENTS)
    among = cells.study_area(area, np.zeros(0, np.uint64), resolution).cells
    if len(among) < 2:
        raise DataProblem("The area is smaller than two hexagons of resolution {resolution}. Choose a finer one.", resolution=resolution)
    disks = cells.disks(among, hotspots.RINGS)
    exposed = hotspots.exposures_of("homes", {} if homes is None else {"homes": homes}, among, resolution)
    even = scan.shares(np.ones(len(among)))
    shares = [even if each is None else exposure.with_even_part(each) for each in exposed]
    compared_with = {"even": [even]} | ({"homes": shares} if len(shares) > 1 else {})
    fell_by = {"even": even} | dict(zip(["homes", "doors"], shares[:-1], strict=False)) | {"points": _points(len(among), rng)}
    quiet = calibration.quiet_years(incidents, disks, fell_by, compared_with, review.LOOKS, rng)
    return Calibration(incidents, resolution, len(among), quiet, calibration.power(incidents, disks, shares, rng))


def knows(fell_by: str, compared_with: str) -> bool:
    """Say whether a comparison knows that harm falls so, and should therefore be wrong once in twenty at most."""
    return fell_by == compared_with or (compared_with == "homes" and fell_by in ("even", "doors"))


def of_area(workspace: Workspace, reader: Reader, rng: np.random.Generator) -> Calibration:
    """Work out the figures for an area by the last year in its register, and keep them for the method page.

    Who keeps a register may not see counts, so the year's is rounded before anything is worked out by it, and masked places are left out.
    """
    access.check_keep_register(reader)
    last_day = review.choices(workspace).last_day
    year, _left_out = review.chosen_records(workspace, review.Question(last_day - timedelta(days=364), last_day))
    try:
        answer = hotspots.find(year[~masked_venues.on_no_map(workspace, year)], workspace.area, gazetteer=workspace.gazetteer)
    except DataProblem as error:  # which would say how many there are
        raise DataProblem("Nothing of the last year in the register lies on the map, so there is nothing to work it out by.") from error
    found = calibrate(workspace.area, rounded(answer.incidents), resolution=answer.resolution, homes=workspace.homes, rng=rng)
    told = {"incidents": found.incidents, "resolution": found.resolution, "cells": found.cells}
    tables = {"quiet": found.quiet.to_dict("list"), "power": found.power.to_dict("list")}
    with files.replacing(workspace.folder / KEPT_IN) as unfinished:
        unfinished.write_text(json.dumps(told | tables), "utf-8")
    return found


def rounded(incidents: int) -> int:
    """Return a year's incidents to two significant figures, and to tens where they are few."""
    digits = max(len(str(SAID_TO_TENS)) - 1, len(str(incidents)) - 2)
    return max(SAID_TO_TENS, round(incidents, -digits))


def kept(folder: Path) -> Calibration | None:
    """Return the figures that were worked out for an area, None where they never were."""
    try:
        told = json.loads((folder / KEPT_IN).read_text("utf-8"))
        return Calibration(
            rounded(told["incidents"]), told["resolution"], told["cells"], pd.DataFrame(told["quiet"]), pd.DataFrame(told["power"])
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _points(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return shares of a year that falls on points in a few of the cells, unequally: of this no comparison knows."""
    weights = np.zeros(count)
    held = rng.choice(count, max(1, round(count * POINTS_SHARE)), replace=False)
    weights[held] = rng.exponential(size=len(held))
    return scan.shares(weights)
