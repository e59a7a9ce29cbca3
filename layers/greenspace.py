"""OS Open Greenspace: the parks, playing fields and play areas of Ordnance Survey's map, where OpenStreetMap has none."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import frames
from layers import osm, parks, tables
from words import DataProblem

SITES = "greenspace_site"
"""The layer of the GeoPackage as it is published that has the areas; beside it are points where one gets in."""

AS_TAGGED = {
    "public park or garden": ("leisure", "park"),
    "play space": ("leisure", "playground"),
    "playing field": ("leisure", "recreation_ground"),
}
"""Functions of sites that are parks here, and how OpenStreetMap tags such a place. Allotments, golf, bowls, tennis, cemeteries and the
grounds of churches are none: they are for members, or shut at night."""

NAMES = ("distinctive_name_1", "distName1", "distname1")

ALREADY_THERE = 0.5
"""A site of which this share lies in parks of OpenStreetMap is one of them, drawn by somebody else."""

SOURCE, LICENCE = "Contains OS data © Crown copyright and database right", "OGL v3"

FROM = "greenspace/"
"""What the ids of these areas begin with, so that none is taken for a thing of OpenStreetMap."""


def read(path: Path) -> gpd.GeoDataFrame:
    """Return the sites that are parks (`tag, value, name`, polygon in EPSG:27700) of OS Open Greenspace, as GeoPackage or Shapefile.

    Raises DataProblem where the file cannot be read, or has no column `function`.
    """
    try:
        sites = frames.read_vector(path, layer=SITES)
    except DataProblem:
        sites = frames.read_vector(path)  # a Shapefile, or a GeoPackage of the sites alone; what is wrong with it is said
    function = next((column for column in sites.columns if str(column).casefold() == "function"), None)
    if function is None:
        raise DataProblem("{file} has no column “function”. Choose the sites of OS Open Greenspace.", file=path.name)
    tagged = sites[function].astype("str").str.strip().str.casefold().map(AS_TAGGED)
    name = next((sites[column].astype("str") for column in NAMES if column in sites.columns), pd.Series("", index=sites.index))
    found = gpd.GeoDataFrame(
        {"tag": tagged.str[0], "value": tagged.str[1], "name": name}, geometry=osm.only_polygons(sites.geometry), crs=sites.crs
    )
    found.index = pd.Index([f"{FROM}{number}" for number in range(1, len(found) + 1)], dtype="str")
    return found[found["tag"].notna() & (found.area > 0)]


def beside(areas: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, within: shapely.Geometry) -> gpd.GeoDataFrame:
    """Return an extract's areas and those sites that touch an area (metres) and are not parks of the extract already."""
    frames.check_metres(areas)
    known = areas.geometry[tables.first_kind(areas, parks.KINDS).notna()]
    near = sites[sites.intersects(within)]
    site, park = known.sindex.query(near.geometry.to_numpy(), predicate="intersects")
    shared = shapely.intersection(near.geometry.to_numpy()[site], known.to_numpy()[park])
    # Parks lie in parks (a playground in its park), so what they share is summed up only to the site itself.
    covered_m2 = np.bincount(site, shapely.area(shared), len(near))
    new = near[covered_m2 < ALREADY_THERE * near.area.to_numpy()]
    tags = {tag: new["value"].where(new["tag"] == tag) for tag in set(new["tag"])}
    columns = pd.DataFrame({**tags, "name": new["name"].replace({"": np.nan})}, index=new.index)
    added = gpd.GeoDataFrame(columns.reindex(columns=areas.columns.drop("geometry")).astype("str"), geometry=new.geometry, crs=areas.crs)
    joined = pd.concat([areas, added])
    joined.index.name = areas.index.name
    return joined
