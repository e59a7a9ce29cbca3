"""What a map is told to draw: order, classes, offsets, labels, and text that stays text."""

import html
import itertools
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.catalogue import LAYERS, Layer, Style
from layers.scene import (
    ACCENT,
    HARM_RAMP,
    NOT_DRAWN,
    Scene,
    SceneLayer,
    as_script_data,
    escape_for_html_and_script,
    harm_classes,
    map_scene,
)
from layers.symbols import letter_colour, symbol_svg
from tests import made_up_scene


def layer_of(scene: Scene, layer_id: str) -> SceneLayer:
    return next(layer for layer in scene.layers if layer.layer_id == layer_id)


def rebuilt(layer: SceneLayer, at: int) -> list[list[list[list[float]]]]:
    degrees = layer.coordinates.astype(float) + layer.origin
    return [
        [degrees[layer.rings[ring] : layer.rings[ring + 1]].tolist() for ring in range(layer.parts[part], layer.parts[part + 1])]
        for part in range(layer.features[at], layer.features[at + 1])
    ]


def test_layers_come_ground_harm_streets_context_hotspots_points_and_the_chosen_place() -> None:
    scene = made_up_scene.scene(chosen="cluster 1")
    assert [layer.layer_id for layer in scene.layers] == [
        "green", "water", "outside", "cells", "streets", "boundary", "parks", "alleys", "hotspots", "safe_places", "chosen",
    ]  # fmt: skip
    assert scene.attribution == (LAYERS["parks"].source,)
    assert all(not layer.clickable for layer in scene.layers if layer.ground)


def test_no_reports_is_not_drawn_and_said_so() -> None:
    cells = made_up_scene.cells()
    scene = map_scene(area=made_up_scene.area(), ground={}, overlays={}, cells=cells)
    harm = layer_of(scene, "cells")
    assert ((harm.style_index == NOT_DRAWN) == (cells["incidents"] == 0).to_numpy()).all()
    assert any("not the same as no harm" in entry.label for entry in scene.legend)


def test_a_hotspot_is_one_outline_round_all_its_cells() -> None:
    cells = made_up_scene.cells()
    outline = layer_of(made_up_scene.scene(), "hotspots")
    assert outline.keys == ("cluster 1", "cluster 2")
    for at, key in enumerate(outline.keys):
        (part,) = rebuilt(outline, at)
        assert len(part) == 1, "no seams inside"
        whole = shapely.union_all(cells.geometry[cells["cluster"] == key].to_numpy())
        assert shapely.Polygon(part[0]).symmetric_difference(whole).area < 1e-3 * whole.area


def test_a_hotspot_cell_without_a_cluster_is_outlined_alone() -> None:
    cells = made_up_scene.cells()
    cells["cluster"] = None
    outline = layer_of(map_scene(area=made_up_scene.area(), ground={}, overlays={}, cells=cells), "hotspots")
    assert set(outline.keys) == set(cells.index[cells["hotspot"]])


@pytest.mark.parametrize("chosen", ["cluster 2", "parks/0", "alleys/1", "safe_places/1"])
def test_what_is_chosen_is_drawn_again_in_the_accent(chosen: str) -> None:
    scene = made_up_scene.scene(chosen=chosen)
    emphasis = scene.layers[-1]
    source = next(layer for layer in scene.layers if chosen in layer.keys)
    assert emphasis.keys[-1] == chosen
    assert emphasis.styles[-1].stroke == ACCENT
    assert rebuilt(emphasis, 0) == rebuilt(emphasis, 1) == rebuilt(source, source.keys.index(chosen))


def test_an_unknown_choice_changes_nothing() -> None:
    assert len(made_up_scene.scene(chosen="gone").layers) == len(made_up_scene.scene().layers)


def test_a_filter_leaves_the_coordinates_of_cells_as_they_were() -> None:
    before, after = layer_of(made_up_scene.scene(seed=1), "cells"), layer_of(made_up_scene.scene(seed=2), "cells")
    assert before.geometry_version == after.geometry_version
    assert not np.array_equal(before.style_index, after.style_index)
    assert layer_of(made_up_scene.scene(resolution=9), "cells").geometry_version != before.geometry_version


def test_holes_and_parts_survive_and_other_geometries_are_left_out() -> None:
    with_hole = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(3, 3), (3, 6), (6, 6), (6, 3)]])
    island = shapely.box(20, 20, 21, 21)
    mixed = shapely.GeometryCollection(
        [shapely.MultiPolygon([with_hole, island]), shapely.LineString([(0, 0), (1, 1)]), shapely.Point(0, 0)]
    )
    easting, northing = 500_000, 300_000
    frame = gpd.GeoDataFrame(
        {"name": ["A", None], "state": ["lit", "unlit"], "reason": [None, ""]}, index=["a", "b"],
        geometry=[shapely.transform(mixed, lambda xy: np.add(xy, (easting, northing))), shapely.Polygon()], crs="EPSG:27700",
    )  # fmt: skip
    area = shapely.box(easting - 99, northing - 99, easting + 99, northing + 99)
    parks = layer_of(map_scene(area=area, ground={}, overlays={"parks": frame}, cells=None), "parks")
    assert [[len(ring) for ring in part] for part in rebuilt(parks, 0)] == [[4, 4], [4]]
    assert rebuilt(parks, 1) == []
    assert parks.labels == ("A\nLit", "Not lit")


def test_coordinates_are_good_to_a_centimetre() -> None:
    parks = layer_of(made_up_scene.scene(), "parks")
    expected = made_up_scene.overlays()["parks"].to_crs("EPSG:4326").geometry.iloc[0]
    (part,) = rebuilt(parks, 0)
    assert shapely.hausdorff_distance(shapely.Polygon(part[0]), expected) < 1e-7


def test_a_state_without_a_style_is_refused_by_name() -> None:
    overlays = made_up_scene.overlays()
    overlays["parks"]["state"] = "glowing"
    with pytest.raises(ValueError, match="parks has no style for state glowing"):
        map_scene(area=made_up_scene.area(), ground={}, overlays=overlays, cells=None)


def test_a_new_layer_is_a_record_and_nothing_more() -> None:
    flags = Layer("flags", "What people said", "point", "us", "", {"unsafe": Style(letter="U")}, {"unsafe": "Unsafe"})
    frame = made_up_scene.overlays()["safe_places"].assign(state="unsafe")
    scene = map_scene(area=made_up_scene.area(), ground={}, overlays={"flags": frame}, cells=None, records={**LAYERS, "flags": flags})
    assert [entry.label for entry in scene.legend] == ["Unsafe"]
    with pytest.raises(ValueError, match="no record describes the layer flags"):
        map_scene(area=made_up_scene.area(), ground={}, overlays={"flags": frame}, cells=None)


@pytest.mark.parametrize(
    ("highest", "classes"),
    [(0, [(1, 1)]), (1, [(1, 1)]), (3, [(1, 1), (2, 2), (3, 3)]), (30, [(1, 2), (3, 4), (5, 8), (9, 15), (16, 30)])],
)
def test_small_counts_get_a_step_each_and_large_ones_a_steady_ratio(highest: int, classes: list[tuple[int, int]]) -> None:
    assert harm_classes(np.array([highest], float)) == classes


@given(st.lists(st.floats(0, 5000), min_size=1, max_size=50))
def test_classes_cover_every_count_without_gap_or_overlap(incidents: list[float]) -> None:
    classes = harm_classes(np.array(incidents))
    assert classes[0][0] == 1
    assert len(classes) <= len(HARM_RAMP)
    assert all(low <= high for low, high in classes)
    assert all(after[0] == before[1] + 1 for before, after in itertools.pairwise(classes))
    assert classes[-1][1] + 0.5 >= max(incidents)


def test_fractions_are_said_to_be_up_to() -> None:
    cells = made_up_scene.cells().head(3).assign(incidents=[0.25, 1.0, 2.5], hotspot=False, cluster=pd.NA)
    scene = map_scene(area=made_up_scene.area(), ground={}, overlays={}, cells=cells)
    assert scene.legend[0].label == "Up to 1"
    assert layer_of(scene, "cells").style_index.tolist() == [0, 0, 1]


def test_every_symbol_of_the_key_is_well_formed_and_fetches_nothing() -> None:
    for entry in made_up_scene.scene().legend:
        drawing = symbol_svg(entry.style, entry.kind)
        assert drawing.startswith("<svg ")
        assert "href" not in drawing
        assert "url(" not in drawing.replace("url(#patch)", "")
    assert symbol_svg(Style(letter="<"), "point").count("<text") == 1
    assert letter_colour(Style(fill="#ffffff")) != letter_colour(Style(fill="#000000"))


@settings(max_examples=200)
@given(st.text())
def test_escaped_text_reads_back_and_holds_nothing_that_acts(text: str) -> None:
    escaped = escape_for_html_and_script(text)
    assert not set("<>\"'`$\\\n\r\u2028\u2029") & set(escaped)
    assert html.unescape(escaped).replace("\r", "\n") == html.unescape(html.escape(text)).replace("\r", "\n")


@settings(max_examples=200)
@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_script_data_reads_back_and_cannot_end_its_script(value: object) -> None:
    text = as_script_data(value)
    assert not set("<>&'`$\u2028\u2029") & set(text)
    assert json.loads(text) == value


def test_a_layer_that_is_off_at_first_is_shown_where_that_is_asked_for() -> None:
    overlays = {"street_light": made_up_scene.overlays()["alleys"]}
    made = [
        map_scene(area=made_up_scene.area(), ground={}, overlays=overlays, cells=None, also_shown=shown)
        for shown in ((), ("street_light",))
    ]
    assert [layer_of(scene, "street_light").shown for scene in made] == [False, True]


def test_what_is_in_no_file_is_left_out_of_the_scene_for_files_with_its_legend() -> None:
    secret = Layer("who", "Who may be around", "point", "us", "", {"bar": Style(letter="A")}, {"bar": "Bar"}, restricted=True)
    frame = made_up_scene.overlays()["safe_places"].assign(state="bar")
    overlays = {"who": frame, "alleys": made_up_scene.overlays()["alleys"]}
    scene = map_scene(
        area=made_up_scene.area(), ground={}, overlays=overlays, cells=None, chosen=str(frame.index[0]), records={**LAYERS, "who": secret}
    )
    assert {"who", "chosen", "alleys"} <= {layer.layer_id for layer in scene.layers}
    saved = scene.for_files()
    assert {"who", "chosen"} & {layer.layer_id for layer in saved.layers} == set()
    assert {entry.layer_id for entry in saved.legend} == {"alleys"}


def test_what_covers_the_whole_area_lies_under_recorded_harm() -> None:
    everywhere = Layer("people", "Residents", "polygon", "us", "", {"1": Style(fill="#eef1f5")}, {"1": "Few"}, under_harm=True)
    frame = made_up_scene.overlays()["parks"].assign(state="1")
    scene = map_scene(
        area=made_up_scene.area(), ground=made_up_scene.ground(), overlays={"people": frame, "parks": made_up_scene.overlays()["parks"]},
        cells=made_up_scene.cells(), records={**LAYERS, "people": everywhere},
    )  # fmt: skip
    order = [layer.layer_id for layer in scene.layers]
    assert order.index("people") < order.index("cells") < order.index("parks")
