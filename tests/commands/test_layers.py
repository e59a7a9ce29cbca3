"""What the command says of an area file is what the file holds; a bad extract or boundary leaves no file."""

from __future__ import annotations

import re

import geopandas as gpd
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


@pytest.mark.parametrize(
    "given",
    [
        "extract", "--boundary", "--lamps", "--greenspace", "--youth", "--small-areas", "--figures", "--figures with columns",
        "--small-area-lookup",
    ],
)  # fmt: skip
def test_the_area_file_never_replaces_what_it_is_made_from(extract, tmp_path, given):
    council = tmp_path / "council.gpkg"
    kept = save_areas(council).read_bytes()
    arguments = [council] if given == "extract" else [extract, given.split()[0], council]
    if given.startswith("--figures"):
        arguments[-1] = f"population={council}" + (":code=LSOA21CD,value=Residents" if "columns" in given else "")
    ran = run("layers", "build", *arguments, "--out", council)
    assert (ran.code, ran.sentence) == (2, f"{council} is one of the files to read. Give the result a name of its own.")
    assert council.read_bytes() == kept
    (tmp_path / "link.gpkg").symlink_to(council)
    assert run("layers", "build", *arguments, "--out", tmp_path / "link.gpkg").code == 2
    assert council.read_bytes() == kept


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


def save_lamps(path, *, east=0, headings="Easting,Northing,Switch Regime", regimes=("35/18", "Part night 00:00-05:30", "XYZ"), text=None):
    """Save a council's list of lamps along the drawing's walk, or that far east of it."""
    rows = [f"{CORNER[0] + 100 * at + east:.0f},{CORNER[1] + 52:.0f},{regime}" for at, regime in enumerate(regimes, 1)]
    path.write_text(text if text is not None else "\n".join([headings, *rows]) + "\n", "utf-8-sig")
    return path


def test_a_list_of_lamps_is_in_the_file_and_what_is_odd_about_it_is_said(extract, out, tmp_path):
    listed = save_lamps(tmp_path / "lamps.csv")
    ran = run("layers", "build", extract, "--lamps", listed, "--out", out)
    assert ran.code == 0
    assert "1 lamp says “XYZ”, which is not understood here" in ran.err
    assert "Street lamps: 3 (Burns from dusk to dawn 1, Off for part of the night 1, Hours not recorded 1)" in ran.err
    found = store.read(out, "lamps")
    assert found["state"].tolist() == ["dusk_dawn", "part_night", "unknown"]
    assert found["off_until_min"].tolist()[1] == 330
    told = store.provenance(out).set_index("layer")["source_file"]
    assert (told["lamps"], told["parks"]) == ("town.osm, lamps.csv", "town.osm")


def test_a_list_is_taken_to_hold_every_lamp_only_where_that_is_said(extract, out, tmp_path):
    listed = save_lamps(tmp_path / "lamps.csv")
    for options, origin in (([], "council"), (["--lamps-complete"], "council_complete")):
        assert run("layers", "build", extract, "--lamps", listed, *options, "--out", out).code == 0
        assert set(store.read(out, "lamps")["origin"]) == {origin}


def test_lamps_beyond_the_areas_edge_are_counted_and_left_out(extract, out, tmp_path):
    listed = save_lamps(tmp_path / "lamps.csv", regimes=["35/18"] * 12)
    ran = run("layers", "build", extract, "--lamps", listed, "--boundary", near(tmp_path / "area.geojson"), "--out", out)
    assert "2 places of lamps.csv lie outside the area and are left out" in ran.err
    assert len(store.read(out, "lamps")) == 10


def test_a_mapping_is_kept_beside_the_area_file_and_used_again(extract, out, tmp_path):
    listed = save_lamps(tmp_path / "lamps.csv", headings='E (m),N (m),"When, and how"')
    without = run("layers", "build", extract, "--lamps", listed, "--out", out)
    assert without.code == 2
    assert "no columns that are known to say where things are" in without.sentence
    first = run("layers", "build", extract, "--lamps", listed, "--lamp-map", 'x=E (m),y=N (m),regime="When, and how"', "--out", out)
    assert first.code == 0
    assert names(out.parent) == ["town.gpkg", "town.lamps.toml"]
    built = out.read_bytes()
    again = run("layers", "build", extract, "--lamps", listed, "--out", out)
    assert "The columns are read as town.lamps.toml has them" in again.err
    assert out.read_bytes() == built
    (tmp_path / "other.toml").write_bytes((out.parent / "town.lamps.toml").read_bytes())
    other = tmp_path / "other.gpkg"
    assert run("layers", "build", extract, "--lamps", listed, "--lamp-map", tmp_path / "other.toml", "--out", other).code == 0
    assert store.read(other, "lamps")["regime_said"].tolist() == ["35/18", "Part night 00:00-05:30", "XYZ"]


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"text": ""}, "lamps.csv is empty"),
        ({"east": 30_000}, "No place of lamps.csv lies inside the area"),
        ({"text": "Longitude,Latitude\n2.35,48.85\n"}, "lamps.csv, row 2: the position is outside Great Britain"),
        ({"text": "Easting,Northing\n1,2,3\n"}, "lamps.csv, row 2: it has another number of columns"),
        ({"text": "{"}, "lamps.csv is not whole GeoJSON"),
    ],
)
def test_a_bad_list_of_lamps_is_one_sentence_and_the_old_file_stays(extract, out, tmp_path, how, told):
    out.write_bytes(b"earlier layers")
    ran = run("layers", "build", extract, "--lamps", save_lamps(tmp_path / "lamps.csv", **how), "--out", out)
    assert ran.code == 2
    assert told in ran.sentence
    assert out.read_bytes() == b"earlier layers"
    assert names(out.parent) == ["town.gpkg"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--lamp-map", "x=Easting,y=Northing"], "name the list with --lamps"),
        (["--lamps-complete"], "name the list with --lamps"),
        (["--lamps", "LIST", "--lamp-map", "x=Easting"], "only one of x and y"),
        (["--lamps", "LIST", "--lamp-map", "x=E,y=N"], "lamps.csv has no column “E”"),
        (["--lamps", "nowhere.csv"], "nowhere.csv was not found"),
    ],
)
def test_a_mapping_that_does_not_fit_is_one_sentence(extract, out, tmp_path, arguments, told):
    listed = save_lamps(tmp_path / "lamps.csv")
    ran = run("layers", "build", extract, *(listed if each == "LIST" else each for each in arguments), "--out", out)
    assert ran.code == 2
    assert told in ran.sentence
    assert names(out.parent) == []


CODES = ("E01000001", "E01000002", "E01000003")


def save_areas(path, *, codes=CODES, east=0, columns=("LSOA21CD", "LSOA21NM")):
    """Save small areas of 400 m in a row from the drawing's corner, or that far east of it; None for columns that are not there."""
    code, name = columns
    west = [CORNER[0] + east + 400 * at for at in range(len(codes))]
    shapes = [shapely.box(x, CORNER[1], x + 400, CORNER[1] + 400) for x in west]
    gpd.GeoDataFrame({code: codes, name: [f"Area {at}" for at in codes]}, geometry=shapes, crs="EPSG:27700").to_file(path)
    return path


def save_figures(path, text="LSOA21CD,Residents\nE01000001,160\nE01000002,320\n"):
    path.write_text(text, "utf-8")
    return path


def test_figures_by_small_area_are_in_the_file_with_where_they_came_from(extract, out, tmp_path):
    shapes, listed = save_areas(tmp_path / "areas.gpkg"), save_figures(tmp_path / "people.csv")
    ran = run("layers", "build", extract, "--small-areas", shapes, "--figures", f"population={listed}", "--out", out)
    assert ran.code == 0
    assert "1 small area has no figure in people.csv" in ran.err
    found = store.read(out, "area_population")
    assert found["value"].tolist()[:2] == [1_000, 2_000]
    assert found["state"].tolist() == ["1", "5", "unknown"]
    assert found["name"].tolist()[0] == "Area E01000001"
    assert store.read(out, "area_housing").empty
    told = store.provenance(out).set_index("layer").loc["area_population"]
    assert told["source_file"] == "town.osm, areas.gpkg, people.csv"
    assert "National Statistics" in told["source"]
    assert "OpenStreetMap" not in told["source"]
    assert "list of figures" in told["source"]


def test_a_file_built_without_figures_has_their_empty_layers(extract, out):
    run("layers", "build", extract, "--out", out)
    assert [len(store.read(out, name)) for name in ("area_population", "area_deprivation", "area_housing")] == [0, 0, 0]


def test_only_small_areas_inside_the_boundary_are_kept(extract, out, tmp_path):
    boundary = save_boundary(shapely.box(CORNER[0], CORNER[1], CORNER[0] + 800, CORNER[1] + 400), tmp_path / "area.geojson")
    shapes, listed = save_areas(tmp_path / "areas.gpkg"), save_figures(tmp_path / "people.csv")
    ran = run(
        "layers", "build", extract, "--boundary", boundary, "--small-areas", shapes, "--figures", f"population={listed}", "--out", out
    )
    assert ran.code == 0
    assert "no figure" not in ran.err
    assert store.read(out, "area_population").index.tolist() == ["E01000001", "E01000002"], "a neighbour only shares the edge"


def test_three_kinds_of_figures_fit_in_one_file(extract, out, tmp_path):
    shapes = save_areas(tmp_path / "areas.gpkg")
    deciles = save_figures(tmp_path / "imd.csv", "LSOA code (2011),IMD Rank,IMD Decile\n" + "".join(f"{code},9,2\n" for code in CODES))
    shares = save_figures(tmp_path / "homes.csv", "place,rented,overcrowded\n" + "".join(f"{code},0.5,0.{code[-1]}\n" for code in CODES))
    three = [f"population={save_figures(tmp_path / 'people.csv')}", f"deprivation={deciles}", f"housing={shares}:value=overcrowded"]
    ran = run("layers", "build", extract, "--small-areas", shapes, *(part for each in three for part in ("--figures", each)), "--out", out)
    assert ran.code == 0
    assert store.read(out, "area_deprivation")["state"].tolist() == ["5", "5", "5"]
    assert store.read(out, "area_housing")["value"].tolist() == [0.1, 0.2, 0.3]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--figures", "population=PEOPLE"], "name them with --small-areas"),
        (["--small-area-lookup", "PEOPLE"], "name them with --small-areas"),
        (["--small-areas", "AREAS"], "--small-areas are only shapes"),
        (["--small-areas", "AREAS", "--figures", "PEOPLE"], "is not understood: write population=FILE.csv"),
        (["--small-areas", "AREAS", "--figures", "crime=PEOPLE"], "is not understood: write population=FILE.csv"),
        (["--small-areas", "AREAS", "--figures", "population="], "is not understood: write population=FILE.csv"),
        (["--small-areas", "AREAS", "--figures", "housing=PEOPLE", "--figures", "housing=PEOPLE"], "two lists of figures of housing"),
        (["--small-areas", "AREAS", "--figures", "population=nowhere.csv"], "nowhere.csv could not be opened"),
        (["--small-areas", "nowhere.gpkg", "--figures", "population=PEOPLE"], "nowhere.gpkg was not found"),
        (["--small-areas", "PEOPLE", "--figures", "population=PEOPLE"], "people.csv is not a map file"),
        (["--small-areas", "AREAS", "--figures", "population=AREAS"], "areas.gpkg"),
        (["--small-areas", "AREAS", "--figures", "population=PEOPLE:value=Children"], "people.csv has no column “Children”"),
        (["--small-areas", "AREAS", "--figures", "population=PEOPLE:code=LSOA21CD,x=E,y=N"], "has no position"),
        (["--small-areas", "AREAS", "--figures", "deprivation=PEOPLE"], "figure of E01000001 in people.csv is not a decile"),
        (["--small-areas", "AREAS", "--figures", "population=PEOPLE", "--small-area-lookup", "PEOPLE"], "LSOA11CD and LSOA21CD"),
        (["--small-areas", "AREAS", "--figures", "population=PEOPLE", "--small-area-lookup", "gone.csv"], "gone.csv could not be opened"),
        (["--small-areas", "AREAS", "--figures", "population=PEOPLE", "--boundary", "FAR"], "No area of areas.gpkg lies inside"),
    ],
)
def test_figures_that_do_not_fit_are_one_sentence_and_the_old_file_stays(extract, out, tmp_path, arguments, told):
    files = {
        "AREAS": save_areas(tmp_path / "areas.gpkg"),
        "PEOPLE": save_figures(tmp_path / "people.csv"),
        "FAR": near(tmp_path / "far.geojson", east=5_000),
    }
    for word, path in files.items():
        arguments = [each.replace(word, str(path)) for each in arguments]
    out.write_bytes(b"earlier layers")
    ran = run("layers", "build", extract, *arguments, "--out", out)
    assert ran.code == 2
    assert told in ran.sentence
    assert out.read_bytes() == b"earlier layers"
    assert names(out.parent) == ["town.gpkg"]
