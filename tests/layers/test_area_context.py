"""A figure of a small area is of the area, in one of five classes, and unknown where nobody gave one."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo import frames
from layers import area_context
from layers.catalogue import LAYERS
from tests import made_up_scene
from words import DataProblem


def areas(*codes: str, side_m: float = 1000) -> gpd.GeoDataFrame:
    """Return squares of a kilometre in a row."""
    squares = [shapely.box(at * side_m, 0, (at + 1) * side_m, side_m) for at in range(len(codes))]
    return gpd.GeoDataFrame({"code": codes, "name": [f"Area {code}" for code in codes]}, geometry=squares, crs="EPSG:27700")


def figures(**values: object) -> pd.DataFrame:
    return pd.DataFrame({"code": list(values), "value": list(values.values())})


def test_residents_are_told_to_the_square_kilometre_in_fifths():
    found = area_context.by_area(areas(*"ABCDE", side_m=2000), figures(A=400, B=800, C="1,200", D=1600, E=2000), "population")
    assert found["value"].tolist() == [100, 200, 300, 400, 500]
    assert found["state"].tolist() == ["1", "2", "3", "4", "5"]
    assert found.index.tolist() == list("ABCDE")


def test_equal_figures_are_in_the_same_fifth():
    found = area_context.by_area(areas(*"ABCDEF"), figures(A=5, B=5, C=5, D=5, E=5, F=9), "housing")
    assert set(found["state"].iloc[:5]) == {"1"}
    assert found["state"].iloc[5] == "5"


@pytest.mark.parametrize(
    ("decile", "fifth"), [(1, "5"), (2, "5"), (3, "4"), (4, "4"), (5, "3"), (6, "3"), (7, "2"), (8, "2"), (9, "1"), (10, "1")]
)
def test_deprivation_is_in_fifths_of_the_country_and_not_of_the_town(decile, fifth):
    assert area_context.by_area(areas("A"), figures(A=decile), "deprivation")["state"].tolist() == [fifth]


def test_no_figure_is_unknown_and_never_low():
    found = area_context.by_area(areas("A", "B", "C"), figures(A=5, B=None), "housing")
    assert found["state"].tolist()[1:] == ["unknown", "unknown"]
    assert found["value"].isna().tolist() == [False, True, True]
    assert "not a low one" in found["reason"].iloc[1]


@pytest.mark.parametrize(
    ("kind", "figure", "told"),
    [
        ("population", 4112.4, "4,112 residents to the square kilometre. "),
        ("deprivation", 2, "Tenth 2 of ten in the country, where 1 is the most deprived. "),
        ("housing", 0.25, "0.25 in the list of figures. "),
    ],
)
def test_every_area_says_its_figure_and_that_it_is_not_about_people(kind, figure, told):
    found = area_context.by_area(areas("A"), figures(A=figure), kind)
    assert found["reason"].tolist() == [told + area_context.CAUTION]
    assert "not anybody in it" in area_context.CAUTION


LOOKUP = pd.DataFrame(
    [("same", "same"), ("split", "one"), ("split", "two"), ("left", "joined"), ("right", "joined")], columns=["code", "new_code"]
)


def test_counts_of_split_areas_add_up_and_of_merged_ones_are_not_known():
    found = area_context.by_area(
        areas("same", "split", "left", "right"), figures(same=100, one=30, two=40, joined=90), "population", lookup=LOOKUP
    )
    assert found["value"].tolist() == pytest.approx([100, 70, np.nan, np.nan], nan_ok=True)


def test_of_a_split_area_that_lacks_a_part_the_count_is_not_known():
    found = area_context.by_area(areas("same", "split"), figures(same=100, one=30), "population", lookup=LOOKUP)
    assert found["state"].tolist()[1] == "unknown"


def test_a_share_is_never_added_up():
    found = area_context.by_area(areas("same", "split", "left"), figures(same=0.1, one=0.3, two=0.4, joined=0.9), "housing", lookup=LOOKUP)
    assert found["value"].tolist() == pytest.approx([0.1, np.nan, 0.9], nan_ok=True)
    agreed = area_context.by_area(areas("split"), figures(one=0.3, two=0.3), "housing", lookup=LOOKUP)
    assert agreed["value"].tolist() == [0.3]


@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        (pd.DataFrame({"code": ["A", "A"], "value": [1, 2]}), "housing", "A comes twice"),
        (figures(A="many"), "housing", "figure of A"),
        (figures(A=-1), "population", "figure of A"),
        (figures(A=np.inf), "population", "figure of A"),
        (figures(A="0,5"), "housing", "figure of A"),
        (figures(A=11), "deprivation", "decile from 1"),
        (figures(A=2.5), "deprivation", "decile from 1"),
        (figures(Z=5), "housing", "None of the codes"),
        (figures(A=None), "housing", "None of the codes"),
        (pd.DataFrame({"code": ["", "A"], "value": ["all", -1]}), "housing", "figure of A"),
    ],
)
def test_figures_that_cannot_be_are_one_sentence(values, kind, message):
    with pytest.raises(DataProblem, match=message):
        area_context.by_area(areas("A", "B"), values, kind)


@pytest.mark.parametrize("kind", area_context.KINDS)
def test_a_measure_is_off_at_first_has_every_state_and_can_be_drawn(kind):
    record = LAYERS[f"area_{kind}"]
    assert not record.shown_at_first
    assert "not of anybody in them" in record.title
    assert tuple(record.styles) == area_context.STATES
    assert set(record.state_labels) == set(area_context.STATES)
    found = area_context.by_area(areas(*"ABC"), figures(A=1, B=5), kind)
    scene = made_up_scene.map_scene(area=made_up_scene.area(), ground={}, overlays={record.layer_id: found}, cells=None)
    assert [layer.shown for layer in scene.layers if layer.layer_id == record.layer_id] == [False]
    assert [entry.label for entry in scene.legend if entry.layer_id == record.layer_id][-1] == "No figure"


def test_areas_are_drawn_over_the_ground_and_under_everything_that_is_somewhere():
    order = list(LAYERS)
    of_areas = [order.index(layer_id) for layer_id in area_context.LAYER_IDS]
    before = max(at for at, layer in enumerate(LAYERS.values()) if layer.ground)
    assert [before + 1, before + 2, before + 3] == of_areas
    assert order[before + 4] == "parks"


def test_slough_has_every_resident_of_its_2021_areas(shared_data):
    lsoa = gpd.read_file(shared_data / "boundaries" / "slough-lsoa-2011.geojson")
    lsoa = frames.in_metres(lsoa.rename(columns={"LSOA11CD": "code", "LSOA11NM": "name"}))
    people = pd.read_csv(shared_data / "population" / "slough-lsoa-2021-population.csv").set_axis(["code", "value"], axis="columns")
    lookup = pd.read_csv(shared_data / "population" / "slough-lsoa11-to-lsoa21.csv").rename(
        columns={"LSOA11CD": "code", "LSOA21CD": "new_code"}
    )
    found = area_context.by_area(lsoa, people, "population", lookup=lookup)
    residents = (found["value"] * found.area / 1e6).sum()
    assert residents == pytest.approx(159_182)
    assert found["state"].value_counts().to_dict() == dict.fromkeys("12345", 16)


def test_degrees_are_refused():
    with pytest.raises(ValueError, match="EPSG:27700"):
        area_context.by_area(areas("A").set_crs("EPSG:4326", allow_override=True), figures(A=1), "housing")
