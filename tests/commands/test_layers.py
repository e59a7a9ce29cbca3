"""What the command says of an area file is what the file holds; a bad extract or boundary leaves no file."""

from __future__ import annotations

import re

import pyogrio
import pytest
import shapely

from geo import frames
from layers import store
from tests.commands.conftest import names, run, save_boundary
from tests.extracts import CORNER

LINE = re.compile(r"(.+): ([\d,]+)(?: \((.+)\))?")


def said_counts(ran):
    """Return each layer's count by its title, and by state where that is said."""
    counts, states = {}, {}
    for line in ran.err.splitlines():
        title, count, by_state = LINE.fullmatch(line).groups()
        counts[title] = int(count.replace(",", ""))
        if by_state:
            states[title] = [int(number.replace(",", "")) for number in re.findall(r"([\d,]+)(?:,|$)", by_state.replace(") ", ""))]
    return counts, states


def test_rutlands_counts_are_the_files_own(rutland_file, tmp_path):
    ran = run("layers", "build", rutland_file, "--out", tmp_path / "rutland.gpkg")
    assert (ran.code, ran.out) == (0, "")
    assert names(tmp_path) == ["rutland.gpkg"]
    counts, states = said_counts(ran)
    told = store.provenance(tmp_path / "rutland.gpkg")
    assert counts == dict(zip(told["title"], told["feature_count"], strict=True))
    for layer, title in zip(told["layer"], told["title"], strict=True):
        assert pyogrio.read_info(tmp_path / "rutland.gpkg", layer=layer)["features"] == counts[title]
        if title in states:
            assert sum(states[title]) == counts[title]
            held = store.read(tmp_path / "rutland.gpkg", layer)["state"].value_counts()
            assert sorted(states[title]) == sorted(held)
    assert set(told["source_file"]) == {"rutland-2022-07.osm.pbf"}
    assert set(told["data_timestamp"]) == {"2022-07-20T20:21:45Z"}


@pytest.fixture
def extract(drawing, tmp_path):
    drawing.square(0, 0, 100, leisure="park", name="Green")
    drawing.square(5_000, 0, 100, leisure="park", name="Far Field")
    drawing.way((0, 50), (400, 50), highway="footway", lit="no", name="Long Walk")
    return drawing.save(tmp_path / "town.osm")


@pytest.fixture
def out(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "town.gpkg"


def near(path, *, east=0):
    """Save a boundary round the drawing's corner, or that far east of it."""
    return save_boundary(shapely.Point(CORNER[0] + east, CORNER[1]).buffer(1_000), path)


def test_a_boundary_keeps_what_touches_it(extract, out, tmp_path):
    whole = run("layers", "build", extract, "--out", out)
    cut = run("layers", "build", extract, "--boundary", near(tmp_path / "area.geojson"), "--out", out)
    assert "Parks and open spaces: 2" in whole.err
    assert "Parks and open spaces: 1" in cut.err
    assert store.read(out, "parks")["name"].tolist() == ["Green"]
    assert names(out.parent) == ["town.gpkg"]


def test_the_same_extract_gives_the_same_bytes(extract, out):
    said = run("layers", "build", extract, "--out", out)
    first = out.read_bytes()
    assert run("layers", "build", extract, "--out", out) == said
    assert out.read_bytes() == first


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "bad.osm.pbf is empty"),
        (b"\x89PNG\r\n\x1a\n", "bad.osm.pbf is not an OpenStreetMap extract"),
        (b"%PDF-1.7\n", "bad.osm.pbf is not an OpenStreetMap extract"),
        (b"agency,occurred_from\n", "bad.osm.pbf is not an OpenStreetMap extract"),
        (b"<?xml version='1.0'?><osm version='0.6'><node id='1'", "bad.osm.pbf could not be read to its end"),
        (b"<?xml version='1.0'?><osm version='0.6'></osm>", "bad.osm.pbf holds no streets or areas"),
        (None, "{path} was not found"),
    ],
)
def test_a_bad_extract_is_one_sentence_and_the_old_file_stays(out, tmp_path, content, told):
    path = tmp_path / "bad.osm.pbf"
    if content is not None:
        path.write_bytes(content)
    out.write_bytes(b"earlier layers")
    ran = run("layers", "build", path, "--out", out)
    assert ran.code == 2
    assert ran.sentence.startswith(told.format(path=path))
    assert out.read_bytes() == b"earlier layers"
    assert names(out.parent) == ["town.gpkg"]


def test_half_of_a_real_extract_is_one_sentence(rutland_file, out, tmp_path):
    (tmp_path / "half.osm.pbf").write_bytes(rutland_file.read_bytes()[:700_000])
    ran = run("layers", "build", tmp_path / "half.osm.pbf", "--out", out)
    assert ran.code == 2
    assert ran.sentence.startswith("half.osm.pbf could not be read to its end")
    assert names(out.parent) == []


@pytest.mark.parametrize("case", ["missing", "a folder", "empty", "elsewhere"])
def test_a_bad_boundary_is_one_sentence(extract, out, tmp_path, case):
    path = tmp_path / "area.geojson"
    told = {
        "missing": f"{path} was not found",
        "a folder": "is a directory",
        "empty": "area.geojson is empty",
        "elsewhere": "Nothing in town.osm",
    }
    if case == "a folder":
        path.mkdir()
    elif case == "empty":
        path.touch()
    elif case == "elsewhere":
        near(path, east=50_000)
    ran = run("layers", "build", extract, "--boundary", path, "--out", out)
    assert ran.code == 2
    assert told[case] in ran.sentence
    assert names(out.parent) == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nowhere/town.gpkg", "The folder of {out} does not exist. Make it first, or choose another."),
        ("", "{out} is a folder or a device, not a file. Give the name of a file to write."),
        ("town.shp", "town.shp should end in .gpkg, because the layers are saved as one GeoPackage."),
    ],
)
def test_a_place_where_no_layers_can_go_is_said(extract, out, name, told):
    place = out.parent / name
    ran = run("layers", "build", extract, "--out", place)
    assert ran.code == 2
    assert ran.sentence == told.format(out=place)
    assert names(out.parent) == []


def test_standard_output_is_no_place_for_layers(extract, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    before = names(tmp_path)
    ran = run("layers", "build", extract, "--out", "-")
    assert ran.code == 2
    assert "standard output" in ran.sentence
    assert names(tmp_path) == before


def test_the_layers_open_as_a_boundary_does(extract, out):
    run("layers", "build", extract, "--out", out)
    assert frames.read_vector(out, layer="places")["name"].tolist()
