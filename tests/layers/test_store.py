"""The area file holds every layer and where it came from, is written whole or not at all, and reads back as it was."""

from __future__ import annotations

import sqlite3

import geopandas as gpd
import pyogrio
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from layers import osm, qgis_styles, store
from words import DataProblem


@pytest.fixture(scope="session")
def rutland_gpkg(rutland_layers, rutland_file, tmp_path_factory):
    path = tmp_path_factory.mktemp("area") / "rutland.gpkg"
    store.write(rutland_layers, path, extract_name=rutland_file.name, data_timestamp=osm.data_timestamp(rutland_file))
    return path


@pytest.fixture
def small(drawing, tmp_path):
    drawing.square(0, 0, 100, leisure="park", name="Green")
    drawing.way((0, 50), (400, 50), highway="footway", name="Long Walk")
    drawing.square(5_000, 0, 100, leisure="park", name="Far")
    return drawing.save(tmp_path / "small.osm")


@pytest.mark.parametrize("name", store.TABLES)
def test_each_layer_reads_back_as_it_was_written(rutland_layers, rutland_gpkg, name):
    assert_geodataframe_equal(store.read(rutland_gpkg, name), rutland_layers[name])


def test_other_programs_find_one_table_for_each_layer_in_metres(rutland_gpkg):
    assert {name for name, _ in pyogrio.list_layers(rutland_gpkg)} == {*store.TABLES, store.PROVENANCE, qgis_styles.TABLE}
    for name in store.TABLES:
        assert pyogrio.read_info(rutland_gpkg, layer=name)["crs"] == "EPSG:27700"
    with sqlite3.connect(rutland_gpkg) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


def test_provenance_says_where_each_layer_came_from_and_how_much_there_is(rutland_layers, rutland_gpkg):
    told = store.provenance(rutland_gpkg).set_index("layer")
    assert told.index.tolist() == list(store.TABLES)
    assert set(told["source_file"]) == {"rutland-2022-07.osm.pbf"}
    assert set(told["data_timestamp"]) == {"2022-07-20T20:21:45Z"}
    assert told["feature_count"].to_dict() == {name: len(frame) for name, frame in rutland_layers.items()}


def test_a_rebuild_gives_the_same_bytes(small, tmp_path):
    written = []
    for name in ("once.gpkg", "again.gpkg"):
        store.write(store.build(small), tmp_path / name, extract_name="small.osm")
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]


def test_a_layer_with_nothing_in_it_reads_back_empty_with_its_columns(small, tmp_path):
    layers = store.build(small)
    store.write(layers, tmp_path / "a.gpkg", extract_name="small.osm")
    alleys = store.read(tmp_path / "a.gpkg", "alleys")
    assert alleys.empty
    assert_geodataframe_equal(alleys, layers["alleys"])


def test_a_boundary_keeps_what_touches_it_whole(small):
    layers = store.build(small, boundary=shapely.box(486_000, 308_500, 486_050, 308_600))
    assert layers["parks"]["name"].tolist() == ["Green"]
    assert layers["street_light"]["length_m"].iloc[0] == pytest.approx(400, abs=1)


def test_the_wrong_extract_for_a_boundary_is_one_sentence(small):
    with pytest.raises(DataProblem, match=r"Nothing in small\.osm lies inside the boundary"):
        store.build(small, boundary=shapely.box(100_000, 100_000, 101_000, 101_000))


def test_progress_is_told_in_words(small):
    told: list[str] = []
    store.build(small, progress=told.append)
    assert told[0] == "Reading small.osm"
    assert len(told) == 3


def test_what_had_to_be_left_out_is_told(drawing, tmp_path):
    drawing.way((0, 0), (100, 0), highway="residential")
    drawing.multipolygon(drawing.way((0, 0), (0, 100), (100, 100)), 777, leisure="park")
    told: list[str] = []
    store.build(drawing.save(tmp_path / "cut.osm"), progress=told.append)
    assert "1 shape left out: the extract lacks part of it" in told


def test_a_failed_write_leaves_the_old_file_and_nothing_else(small, tmp_path, monkeypatch):
    layers = store.build(small)
    folder = tmp_path / "out"
    folder.mkdir()
    path = folder / "area.gpkg"
    store.write(layers, path, extract_name="small.osm")
    before = path.read_bytes()

    def full_disc(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "_provenance", full_disc)
    with pytest.raises(DataProblem, match="could not be written"):
        store.write(layers, path, extract_name="small.osm")
    assert path.read_bytes() == before
    assert [file.name for file in folder.iterdir()] == ["area.gpkg"]


def test_a_folder_that_is_not_there_is_one_sentence(small, tmp_path):
    with pytest.raises(DataProblem, match="could not be written"):
        store.write(store.build(small), tmp_path / "nowhere" / "area.gpkg", extract_name="small.osm")


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(DataProblem, match=r"should end in \.gpkg"):
        store.write({}, tmp_path / "area.shp", extract_name="small.osm")


def test_a_damaged_or_foreign_file_is_one_sentence(rutland_gpkg, tmp_path):
    whole = rutland_gpkg.read_bytes()
    bad = {
        "empty.gpkg": b"",
        "letter.gpkg": b"Dear Sir or Madam " * 400,
        "cut.gpkg": whole[: len(whole) // 8],
    }
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(486_000, 308_000)], crs="EPSG:27700").to_file(tmp_path / "foreign.gpkg")
    for name in [*bad, "foreign.gpkg", "missing.gpkg"]:
        with pytest.raises(DataProblem) as caught:
            store.read(tmp_path / name, "parks")
        assert name in str(caught.value)
        assert "\n" not in str(caught.value)


def test_the_summary_gives_a_line_for_each_layer_by_state(rutland_layers):
    lines = store.summary(rutland_layers)
    assert len(lines) == len(store.TABLES)
    assert "Light along streets and paths: 6,661 (Lit 136, Not lit 125, Lighting not recorded 6,400)" in lines
