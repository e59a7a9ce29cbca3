"""A council's list of street lamps beside the map's: read, put inside the area, set right by the streets, and told of in words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import shapely

from layers import council, council_positions, lamps
from words import N_, DataProblem, _, ngettext

PROFILE_ENDING = ".lamps.toml"
"""How the mapping of the last list is kept: beside the area file, under its name with this ending."""

EDGE_M = 50.0
"""Lamps this far outside the area are kept: the tallest columns reach further than the width of a street along its edge."""


@dataclass(frozen=True)
class LampFile:
    """A council's list as it was read."""

    name: str
    places: council.Places
    complete: bool = False
    """Whether it was declared to hold every lamp of the area, whoever owns it."""


SOURCE, LICENCE = N_("The council’s list of street lamps"), N_("as the council gives it")


def read(path: Path, mapping: str | None, *, kept: Path | None = None, complete: bool = False) -> LampFile:
    """Read a council's list of lamps.

    `mapping` is `x=Easting,y=Northing,regime="Switch Regime"` or the name of a profile; without one, what was `kept` for this area is
    used where its columns are there, and headings that are known. `complete`: somebody who knows declares that the list holds every lamp
    of the area, whoever owns it.

    Raises DataProblem, one sentence, where it cannot be read so.
    """
    said: tuple[str, ...] = ()
    fields = list(lamps.FIELDS)
    columns = council.read_mapping(mapping, fields) if mapping else {}
    if not mapping and kept and kept.is_file():
        columns = council.read_profile(kept, fields)
        said = (_("The columns are read as {file} has them", file=kept.name),)
    try:
        places = council.read(path, columns, fields=lamps.FIELDS)
    except DataProblem as problem:
        if not said or problem.message != council.NO_COLUMN:
            raise
        said = ()  # another kind of list than the one before
        places = council.read(path, {}, fields=lamps.FIELDS)
    if "regime" not in places.mapping:
        said = (*said, _("No column of {file} is known to say when the lamps burn. Say which with regime=…", file=path.name))
    return LampFile(path.name, council.Places(places.frame, (*said, *places.notes), places.mapping), complete)


def profile_beside(area_file: Path) -> Path:
    """Return where the mapping of an area file's list of lamps is kept."""
    return area_file.with_name(area_file.stem + PROFILE_ENDING)


def lamps_of(
    listed: LampFile | None, points: gpd.GeoDataFrame, lines: gpd.GeoDataFrame, boundary: shapely.Geometry | None
) -> gpd.GeoDataFrame:
    """Return the lamps of an area (`lamps.COLUMNS`): the council's where a list was given, and those of the map that are not on it.

    `points` and `lines` are an extract's, in EPSG:27700. Without a `boundary`, the area is the rectangle that the lines fill. With a list,
    the frame's attributes are its `source_file` and `notes`, sentences on what was not as it seemed.

    Raises DataProblem where no lamp of the list lies inside.
    """
    of_map = lamps.from_osm(points)
    if listed is None:
        return of_map
    places, streets = listed.places, lines.geometry[lines["highway"].notna()]
    moved, said = council_positions.by_the_streets(places.frame.geometry, streets)
    places = council.Places(places.frame.set_geometry(moved), (*places.notes, *said), places.mapping)
    area = boundary if boundary is not None else shapely.box(*lines.total_bounds)
    inside = council.inside(places, shapely.buffer(area, EDGE_M), listed.name)
    of_council = lamps.from_council(inside.frame, complete=listed.complete)
    both = lamps.together(of_council, of_map)
    more = len(both) - len(of_council)
    beside = ngettext("{count} lamp on the map is not on the list", "{count} lamps on the map are not on the list", more)
    both.attrs |= {"source_file": listed.name, "source": _(SOURCE), "licence": _(LICENCE)}
    both.attrs["notes"] = [*inside.notes, *lamps.not_understood(of_council), *([beside] if more else [])]
    return both
