"""Light is lit, unlit or unknown, and what nobody recorded is never called unlit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyogrio
import pytest

from geo import frames
from layers import lighting


def _state(value: object) -> tuple[str, str]:
    row = lighting.states(pd.Series([value], dtype="str")).iloc[0]
    return row["state"], row["reason"]


@pytest.mark.parametrize("value", ["yes", "24/7", "automatic", "dusk-dawn", "sunset-sunrise", " Yes "])
def test_light_all_night_is_lit(value):
    assert _state(value) == ("lit", lighting.REASONS["all_night"])


@pytest.mark.parametrize("value", ["limited", "interval", "Mo-Su 06:00-23:00", "(sunset-00:30)", "dusk-23:30", "5am-11pm"])
def test_light_for_part_of_the_night_is_lit_and_says_so(value):
    assert _state(value) == ("lit", "Recorded as lit part of the night.")


@pytest.mark.parametrize("value", ["no", "disused"])
def test_no_light_is_unlit(value):
    assert _state(value)[0] == "unlit"


@pytest.mark.parametrize("value", [np.nan, None, ""])
def test_what_nobody_recorded_is_unknown(value):
    assert _state(value) == ("unknown", lighting.REASONS["not_recorded"])


@pytest.mark.parametrize("value", ["af", "yes;no", "fixme", "maybe"])
def test_a_value_that_is_not_understood_is_unknown_for_another_reason(value):
    assert _state(value) == ("unknown", lighting.REASONS["not_understood"])


def test_the_index_is_kept_and_nothing_is_changed():
    given = pd.Series(["no", None], index=["way/7", "way/3"], dtype="str")
    before = given.copy()
    assert lighting.states(given).index.tolist() == ["way/7", "way/3"]
    pd.testing.assert_series_equal(given, before)


def test_rutland_has_the_light_that_gdal_says_and_the_rest_is_unknown(rutland, told_by_gdal):
    light = lighting.street_light(rutland.lines)
    is_highway = told_by_gdal("lines", "highway").notna()
    recorded = told_by_gdal("lines", "lit")[is_highway].value_counts()
    assert (light["state"] == "lit").sum() == recorded["yes"]
    assert (light["state"] == "unlit").sum() == recorded["no"] == 125
    assert (light["state"] == "unknown").mean() == pytest.approx(0.96, abs=0.005)
    untagged = rutland.lines.loc[light.index, "lit"].isna()
    assert set(light.loc[untagged, "state"]) == {"unknown"}


def test_all_141_things_tagged_lit_in_rutland_are_understood(told_by_gdal):
    lit = pd.concat([told_by_gdal("lines", "lit"), told_by_gdal("multipolygons", "lit")])
    states = lighting.states(lit)["state"]
    assert (states == "lit").sum() == (lit == "yes").sum() == 141
    assert (states == "unlit").sum() == (lit == "no").sum() == 125


def test_the_odd_values_of_leeds_are_sorted_by_what_they_say(shared_data):
    lines = pyogrio.read_dataframe(
        shared_data / "osm" / "leeds-centre-lines.gpkg", layer="example_data", columns=["highway", "lit"], read_geometry=False
    )
    lines = lines[lines["highway"].notna()]
    states = lighting.states(lines["lit"])
    assert states.loc[lines["lit"].isna(), "state"].eq("unknown").all()
    assert states.loc[lines["lit"] == "af", "state"].eq("unknown").all()
    assert states.loc[lines["lit"].isin(["limited", "interval"]), "reason"].eq(lighting.REASONS["part_of_night"]).all()
    assert (states["state"] == "unlit").sum() == lines["lit"].isin(["no", "disused"]).sum()


def test_lengths_are_metres_and_degrees_are_refused(drawing, read):
    drawing.way((0, 0), (300, 400), highway="footway", lit="no")
    lines = read().lines
    assert lighting.street_light(lines)["length_m"].iloc[0] == pytest.approx(500, abs=1)
    with pytest.raises(ValueError, match="EPSG:27700"):
        lighting.street_light(frames.in_degrees(lines))
