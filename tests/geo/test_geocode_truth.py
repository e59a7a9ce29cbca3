"""Against positions that others published: a name is placed where it is, as precisely as is said, and an unknown one is not guessed at."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
import shapely

from geo import extents, frames, gazetteer, geocode, wording

EVERY_NTH = 6
"""Of the areas, so that it takes seconds; `bench.geocoding` takes them all."""


pytestmark = pytest.mark.xdist_group("west Wales")  # read and placed once, by one of the processes that run tests


@pytest.fixture(scope="module")
def west_wales(shared_data, tmp_path_factory):
    return gazetteer.build([shared_data / "os_open_names" / "west-wales"], tmp_path_factory.mktemp("names") / "west-wales")


@pytest.fixture(scope="module")
def located(shared_data, west_wales):
    """Return police.uk's rows in some areas, each placed in its own area, with how far off it is and whether its street is held there."""
    table = pd.read_csv(shared_data / "police_uk" / "west-wales-street-2022.csv").dropna(subset=["Longitude"])
    areas = frames.read_vector(shared_data / "boundaries" / "west-wales-lsoa-2011.geojson").set_index("LSOA11CD").geometry
    streets = west_wales.names.filter(pl.col("kind") == "street")
    boxes = shapely.box(*streets.select("west", "south", "east", "north").to_numpy().T)
    parts = []
    for code, some in table[table["LSOA code"].isin(sorted(areas.index)[::EVERY_NTH])].groupby("LSOA code"):
        placed = geocode.place(some.rename(columns={"Location": "location_text"})[["location_text"]], west_wales, within=areas[code])
        there = set(streets.filter(pl.Series(shapely.intersects(areas[code], boxes)))["key"])
        names = some["Location"].str.removeprefix("On or near ")
        parts.append(
            placed.assign(held=[wording.key_of(name) in there for name in names], longitude=some["Longitude"], latitude=some["Latitude"])
        )
    all_rows = pd.concat(parts)
    truth = np.column_stack(frames.points_in_metres(all_rows["longitude"], all_rows["latitude"]))
    all_rows["off_point_m"] = np.hypot(all_rows["easting"] - truth[:, 0], all_rows["northing"] - truth[:, 1])
    found = (all_rows["method"] != "none").to_numpy()
    columns = all_rows.loc[found, ["feature", "easting", "northing", "precision_m"]].itertuples(index=False, name=None)
    shapes = np.array([extents.extent(*row, west_wales) for row in columns])
    all_rows.loc[found, "off_extent_m"] = shapely.distance(shapes, shapely.points(truth[found]))
    return all_rows


def test_nine_of_ten_names_that_are_held_are_placed_and_hardly_one_of_them_wrongly(located):
    held = located[located["held"]]
    placed = held[held["method"] != "none"]
    assert len(held) > 3_000
    assert len(placed) >= 0.9 * len(held)
    assert (placed["off_extent_m"] <= 250).mean() >= 0.95
    assert (placed["off_extent_m"] > 1_000).mean() <= 0.01


def test_what_is_not_held_is_declined_and_not_made_up(located):
    others = located[~located["held"]]
    wrong = (others["method"] != "none") & (others["off_extent_m"] > 1_000)
    assert wrong.sum() <= 0.01 * len(others)


def test_the_stated_precision_holds_for_nine_of_ten(located):
    placed = located[located["method"] != "none"]
    for method, some in placed.groupby("method"):
        assert (some["off_point_m"] <= some["precision_m"]).mean() >= 0.9, method
    assert placed["precision_m"].median() < 250, "and it is not held by claiming little"
