"""Map files come in as metres whatever their format, or are refused in one sentence; none of them makes a request."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import frames
from words import DataProblem

TOWN = shapely.box(497_000, 178_000, 501_000, 182_000)
"""Four kilometres square in Slough, in metres."""

FORMATS = {"gpkg": "GPKG", "geojson": "GeoJSON", "shp": "ESRI Shapefile", "fgb": "FlatGeobuf"}

TRIANGLE = {"type": "Polygon", "coordinates": [[[-0.6, 51.5], [-0.5, 51.5], [-0.5, 51.6], [-0.6, 51.5]]]}


def _save(path, *shapes, crs=27700, suffix=None, **options):
    """Write shapes, given in metres, as a map file in some CRS.

    With `suffix` the file is of the format that it stands for, and given its name afterwards: the library goes by names.
    """
    shaped = gpd.GeoSeries(list(shapes), crs=27700)
    shaped = shaped.to_crs(crs) if crs else shaped.set_crs(None, allow_override=True)
    written = path.with_name(f"written.{suffix}") if suffix else path
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some of these are meant to be bad
        gpd.GeoDataFrame({"name": ["somewhere"] * len(shapes)}, geometry=shaped).to_file(
            written, driver=FORMATS[written.suffix[1:]], engine="pyogrio", **options
        )
    return written.replace(path)


def _feature(**members):
    return {"type": "Feature", "properties": {}, "geometry": TRIANGLE, **members}


def _collection(**members):
    return {"type": "FeatureCollection", "features": [_feature()], **members}


def _write(path, content):
    path.write_bytes(content) if isinstance(content, bytes) else path.write_text(
        content if isinstance(content, str) else json.dumps(content), "utf-8"
    )
    return path


def _refusal(read, path):
    """Return why a file was refused, which is always one line that names it and says what to do."""
    with pytest.raises(DataProblem) as caught:
        read(path)
    text = str(caught.value)
    assert Path(path).name in text
    assert "\n" not in text
    assert text.endswith(".")
    return text


# What is read


@pytest.mark.parametrize("crs", [27700, 4326, 3857])
@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_in_any_crs_is_the_same_area_in_metres(tmp_path, suffix, crs):
    area = frames.read_boundary(_save(tmp_path / f"area.{suffix}", TOWN, crs=crs))
    assert shapely.hausdorff_distance(area, TOWN) < 0.01


@pytest.mark.parametrize("name", ["area.csv", "area.kml", "area.shp", "area.dat", "area.gpkg", "area.geojson", "area"])
@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "fgb"])
def test_a_format_is_told_by_content_and_not_by_suffix(tmp_path, suffix, name):
    assert shapely.hausdorff_distance(frames.read_boundary(_save(tmp_path / name, TOWN, suffix=suffix)), TOWN) < 0.01


def test_a_frame_keeps_its_rows_and_columns_and_says_its_crs(tmp_path):
    frame = frames.read_vector(_save(tmp_path / "places.geojson", TOWN, shapely.Point(499_000, 180_000), crs=4326))
    assert frame.crs == frames.BRITISH_NATIONAL_GRID
    assert frame["name"].tolist() == ["somewhere"] * 2
    assert frame.geom_type.tolist() == ["Polygon", "Point"]


@pytest.mark.parametrize("geometry", [_collection(), _feature(), TRIANGLE, {"type": "GeometryCollection", "geometries": [TRIANGLE]}])
def test_any_geojson_that_holds_an_area_will_do(tmp_path, geometry):
    byte_order_mark = b"\xef\xbb\xbf\r\n"
    area = frames.read_boundary(_write(tmp_path / "area.json", byte_order_mark + json.dumps(geometry).encode()))
    assert area.area == pytest.approx(38.6e6, rel=0.01)


def test_the_boundary_of_slough_is_its_80_neighbourhoods(shared_data):
    assert frames.read_boundary(shared_data / "boundaries" / "slough-lsoa-2011.geojson").area / 1e6 == pytest.approx(32.5, abs=0.1)


def test_a_boundary_is_the_union_of_its_polygons_without_what_lies_beside_them(tmp_path):
    west, east = shapely.box(497_000, 178_000, 499_500, 182_000), shapely.box(499_000, 178_000, 501_000, 182_000)
    loose = shapely.GeometryCollection([shapely.Point(1, 1), shapely.GeometryCollection([east, shapely.Point(2, 2)])])
    path = _save(tmp_path / "area.gpkg", west, loose, None, shapely.Polygon(), shapely.LineString([(0, 0), (9, 9)]))
    assert frames.read_boundary(path).equals(TOWN)


def test_a_polygon_that_crosses_itself_is_mended(tmp_path):
    bow_tie = shapely.Polygon([(497_000, 178_000), (501_000, 182_000), (501_000, 178_000), (497_000, 182_000)])
    area = frames.read_boundary(_save(tmp_path / "area.gpkg", bow_tie))
    assert area.is_valid
    assert area.area == TOWN.area / 2


def test_a_polygon_with_heights_is_an_area(tmp_path):
    assert frames.read_boundary(_save(tmp_path / "area.gpkg", shapely.force_3d(TOWN, 30))).equals(TOWN)


def test_one_of_several_layers_is_read_by_name(tmp_path):
    path = _save(tmp_path / "area.gpkg", TOWN, layer="town")
    _save(path, shapely.Point(499_000, 180_000), layer="stops", append=True)
    assert frames.read_vector(path, layer="stops").geom_type.tolist() == ["Point"]


def test_a_table_without_shapes_beside_the_layer_does_not_matter(tmp_path):
    path = _save(tmp_path / "area.gpkg", TOWN, layer="town")
    pyogrio.write_dataframe(gpd.GeoDataFrame({"a": [1]}), path, layer="notes", append=True)
    assert frames.read_boundary(path).equals(TOWN)


def test_a_shapefile_needs_no_table_of_attributes(tmp_path):
    path = _save(tmp_path / "area.shp", TOWN)
    path.with_suffix(".dbf").unlink()
    assert frames.read_boundary(path).equals(TOWN)


@pytest.mark.parametrize("name", ["area", "GeoJSON:area", "file:area", "~area"])
def test_a_name_with_no_folder_is_a_file_here_and_no_shorthand(tmp_path, monkeypatch, name):
    _save(tmp_path / name, TOWN, suffix="geojson")
    monkeypatch.chdir(tmp_path)
    assert frames.read_boundary(name).equals(TOWN)


# What is refused


def _without(suffix):
    def save(folder):
        path = _save(folder / "area.shp", TOWN)
        path.with_suffix(suffix).unlink()
        return path

    return save


def _two_layers(folder):
    _save(folder / "area.gpkg", TOWN, layer="town")
    return _save(folder / "area.gpkg", TOWN, layer="wards", append=True)


GRID = {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}}


def _latin_1(folder):
    path = _save(folder / "area.shp", TOWN)
    described = path.with_suffix(".prj").read_text()
    path.with_suffix(".prj").write_text(described.replace("British_National_Grid", "Système_britannique"), "latin-1")
    return path


def _triangle(*corners):
    return {**TRIANGLE, "coordinates": [[*corners, corners[0]]]}


REFUSED = {
    "missing": (lambda folder: folder / "area.gpkg", "was not found"),
    "a folder": (lambda folder: folder, "was not found"),
    "a name that is too long": (lambda folder: folder / ("x" * 300), "could not be opened"),
    "empty": (lambda folder: _write(folder / "area.gpkg", b""), "is empty"),
    "noise": (lambda folder: _write(folder / "area.gpkg", bytes(range(255, 0, -1))), "not a map file"),
    "a letter": (lambda folder: _write(folder / "area.geojson", "Dear Sir or Madam"), "not a map file"),
    "a web address": (lambda folder: _write(folder / "area.geojson", "https://example.org/area.geojson"), "not a map file"),
    "GeoPackage noise": (lambda folder: _write(folder / "area.gpkg", b"SQLite format 3\x00" + bytes(500)), "could not be read"),
    "Shapefile noise": (lambda folder: _write(folder / "area.shp", b"\x00\x00\x27\x0a" + bytes(500)), "could not be read"),
    "FlatGeobuf noise": (lambda folder: _write(folder / "area.fgb", b"fgb\x03fgb\x00" + bytes([255] * 500)), "no shapes"),
    "a VRT by another name": (lambda folder: _write(folder / "area.geojson", "<OGRVRTDataSource/>"), "not a map file"),
    "half of GeoJSON": (lambda folder: _write(folder / "area.geojson", json.dumps(_collection())[:90]), "cut short"),
    "GeoJSON without end": (lambda folder: _write(folder / "area.geojson", '{"a":' * 100_000), "cut short"),
    "JSON of another kind": (lambda folder: _write(folder / "area.geojson", {"type": "Topology"}), "not a map file"),
    "JSON whose type is a list": (lambda folder: _write(folder / "area.geojson", {"type": ["Feature"]}), "not a map file"),
    "GeoJSON with letters for numbers": (lambda folder: _write(folder / "a.geojson", _triangle("ab", "cd", "ef")), "could not be read"),
    "no features": (lambda folder: _write(folder / "area.geojson", _collection(features=[])), "no shapes"),
    "no geometry": (lambda folder: _write(folder / "area.geojson", _feature(geometry=None)), "no shapes"),
    "no layer with shapes": (lambda folder: _table(folder / "area.gpkg"), "no shapes"),
    "a Shapefile without .shx": (_without(".shx"), "could not be read"),
    "a Shapefile without .prj": (_without(".prj"), "does not say which coordinates"),
    "a Shapefile with Latin-1 in its .prj": (_latin_1, "could not be read"),
    "a GeoPackage without a CRS": (lambda folder: _save(folder / "area.gpkg", TOWN, crs=None), "does not say which coordinates"),
    "a drawing's own coordinates": (lambda folder: _drawing(folder / "area.gpkg"), "does not say which coordinates"),
    "metres that say they are degrees": (
        lambda folder: _write(folder / "area.geojson", _triangle([497_000, 178_000], [501_000, 178_000], [501_000, 182_000])),
        "outside its own coordinate system",
    ),
    "coordinates beyond the Earth": (
        lambda folder: _write(folder / "area.geojson", _triangle([1e300, 0], [1e301, 0], [1e301, 1e300]) | GRID),
        "outside its own coordinate system",
    ),
    "only points": (lambda folder: _save(folder / "area.gpkg", shapely.Point(499_000, 180_000)), "no area"),
    "only lines": (lambda folder: _save(folder / "area.gpkg", TOWN.boundary), "no area"),
    "a polygon with no width": (lambda folder: _write(folder / "a.geojson", _triangle([0, 51], [0, 52], [0, 51])), "no area"),
    "Paris": (lambda folder: _write(folder / "area.geojson", _triangle([2.3, 48.8], [2.4, 48.8], [2.4, 48.9])), "outside Great Britain"),
    "latitude first": (lambda folder: _write(folder / "a.geojson", _triangle([51.5, 0.5], [51.5, 0.6], [51.6, 0.5])), "outside Great B"),
    "at 0, 0": (lambda folder: _write(folder / "area.geojson", _triangle([0, 0], [1, 0], [1, 1])), "outside Great Britain"),
}


def _table(path):
    pyogrio.write_dataframe(gpd.GeoDataFrame({"a": [1]}), path, layer="notes")
    return path


def _drawing(path):
    own = 'ENGCRS["Drawing",EDATUM["Drawing"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]'
    gpd.GeoDataFrame(geometry=[TOWN], crs=own).to_file(path, engine="pyogrio")
    return path


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_boundary_is_refused_in_one_sentence_with_the_cure(tmp_path, case):
    make, why = REFUSED[case]
    assert why in _refusal(frames.read_boundary, make(tmp_path))


def test_several_layers_are_named(tmp_path):
    assert "town, wards" in _refusal(frames.read_boundary, _two_layers(tmp_path))


def test_a_file_that_may_not_be_read_is_one_sentence(tmp_path, monkeypatch):
    path = _save(tmp_path / "area.gpkg", TOWN)

    def locked(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", locked)
    assert "could not be opened" in _refusal(frames.read_boundary, path)


@pytest.mark.parametrize("name", ["mine!other.fgb", "mine;other.fgb", "area.fgb.zip"])
def test_a_name_that_would_be_read_as_another_file_is_refused(tmp_path, monkeypatch, name):
    other = shapely.box(0, 0, 9, 9)
    monkeypatch.chdir(tmp_path)
    for elsewhere in ("other.fgb", "mine"):
        _save(tmp_path / elsewhere, other, suffix="fgb")
    path = _save(tmp_path / name, TOWN, suffix="fgb")
    assert "Rename it" in _refusal(frames.read_boundary, path)
    try:
        unguarded = gpd.read_file(path).geometry.iloc[0]
    except pyogrio.errors.DataSourceError:
        return
    assert unguarded.equals(other), "the reading library opens another file than the one that was looked at"


# Whatever bytes there are

WHOLE: dict[str, bytes] = {}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("bytes")
    for suffix in FORMATS:
        WHOLE[suffix] = _save(made / f"area.{suffix}", TOWN, shapely.MultiPolygon([TOWN])).read_bytes()
    return made


def _area_or_refusal(path):
    """Read a boundary: an area, or a problem put in words; anything else is ours and fails the test."""
    with contextlib.suppress(DataProblem):
        assert frames.read_boundary(path).area > 0


starts = st.sampled_from([b"", b"{", b"\xef\xbb\xbf {", b"SQLite format 3\x00", b"\x00\x00\x27\x0a", b"fgb\x03fgb\x00"])


@given(starts, st.binary(max_size=300), st.sampled_from([*FORMATS, "kml", "zip"]))
def test_no_bytes_are_more_than_refused(folder, start, rest, suffix):
    _area_or_refusal(_write(folder / f"made-up.{suffix}", start + rest))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text(max_size=3)
    | st.sampled_from(["Polygon", "Feature", "name", [0, 51]]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "coordinates", "geometry", "geometries", "features", "crs", "properties", "name", "bbox", "id"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(["type", "coordinates", "geometry", "features", "crs", "properties"], json_values)))
def test_no_json_is_more_than_refused(folder, content):
    _area_or_refusal(_write(folder / "made-up.geojson", content))


@given(
    st.sampled_from(list(FORMATS)),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8)), min_size=1, max_size=4),
    st.floats(0.9, 1.1),
)
@settings(max_examples=100)
def test_no_damage_to_a_whole_file_is_more_than_refused(folder, suffix, patches, kept):
    content = bytearray(WHOLE[suffix])
    for at, patch in patches:
        start = int(at * len(content))
        content[start : start + len(patch)] = patch
    path = folder / f"area.{suffix}"  # a Shapefile has its other files beside it
    _area_or_refusal(_write(path, bytes(content[: int(kept * len(content))])))


# Nothing is asked of anyone


def _hostile(folder, base):
    """Make files that a reader taken by surprise follows to `base`/<name of the file>; return them by name."""

    def link(name, kind="link", place="href"):
        return {"type": kind, "properties": {place: f"{base}/{name}", "type": "ogcwkt"}}

    documents = {
        "link": lambda to: _collection(crs=to),
        "upper-case": lambda to: _collection(CRS={"TYPE": "LINK", "Properties": {"HREF": to["properties"]["href"]}}),
        "escaped": lambda to: json.dumps(_collection(crs=to)).replace('"crs"', '"\\u0063rs"'),
        "nul-in-name": lambda to: _collection(**{"crs\0": to}),
        "nul-in-type": lambda to: _collection(crs={"type\0": "link", "properties": to["properties"]}),
        "in-a-feature": lambda to: _feature(crs=to),
        "in-a-geometry": lambda to: {**TRIANGLE, "crs": to},
        "in-a-collection": lambda to: {"type": "GeometryCollection", "geometries": [{**TRIANGLE, "crs": to}]},
        "nested": lambda to: {"type": "FeatureCollection", "features": [_feature(geometry={**TRIANGLE, "crs": to})]},
    }
    made = {name: _write(folder / f"{name}.geojson", document(link(name))) for name, document in documents.items()}
    made["url"] = _write(folder / "url.geojson", _collection(crs=link("url", "url", "url")))
    made["vrt"] = _write(
        folder / "vrt.geojson",
        f'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/{base}/vrt</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',
    )
    made["table"] = folder / "table.sqlite"
    with sqlite3.connect(made["table"]) as database:
        database.execute("create table a (b)")
        database.execute("pragma writable_schema = on")
        database.execute(
            "insert into sqlite_master (type, name, tbl_name, rootpage, sql) values ('table', 'v', 'v', 0, ?)",
            [f"create virtual table v using VirtualOGR('/vsicurl/{base}/table')"],
        )
    database.close()
    with zipfile.ZipFile(folder / "inside", "w") as archive:
        archive.writestr("a.geojson", json.dumps(_collection(crs=link("archive"))))
    made["archive"] = _write(folder / "archive.zip", b"\x00\x00\x27\x0a" + bytes(96) + (folder / "inside").read_bytes())
    return made


PLAIN_READER = """
import sys, warnings
import pyogrio
warnings.simplefilter("ignore")
for path in sys.argv[1:]:
    try:
        for layer, _kind in pyogrio.list_layers(path):
            pyogrio.read_dataframe(path, layer=layer)
    except Exception:
        pass
"""


def _unguarded_environment(**more):
    """Return this process's environment without what our own module has set, and without a way round through a proxy."""
    ours = re.compile("^(GDAL|OGR|PROJ|CPL)_|proxy$", re.IGNORECASE)
    return {name: value for name, value in os.environ.items() if not ours.search(name)} | more


def _base(listener):
    return listener.url.rpartition("/")[0]


def _asked(listener):
    return {request.rpartition("/")[2] for request in listener.requests}


def test_no_hostile_file_makes_a_request(tmp_path, listener, monkeypatch):
    hostile = _hostile(tmp_path, _base(listener))
    for name in [name for name in os.environ if name.lower().endswith("proxy")]:
        monkeypatch.delenv(name)  # so that only the gate is in the way
    for path in hostile.values():
        _refusal(frames.read_boundary, path)
    assert listener.requests == []


def test_without_the_gate_each_of_them_would(tmp_path, listener):
    hostile = _hostile(tmp_path, _base(listener))
    subprocess.run([sys.executable, "-c", PLAIN_READER, *hostile.values()], env=_unguarded_environment(), check=True, timeout=60)
    assert hostile.keys() <= _asked(listener)


def test_where_the_gate_is_passed_the_way_out_is_still_shut(tmp_path, listener, monkeypatch):
    monkeypatch.setattr(frames, "_check_vector_content", lambda path: None)
    for name in ("no_proxy", "NO_PROXY"):  # an exception for this machine would be one from the shut way out too
        monkeypatch.delenv(name, raising=False)
    link = _hostile(tmp_path, _base(listener))["link"]
    frames.read_boundary(link)
    assert listener.requests == []
    for name in ("GDAL_HTTP_PROXY", "GDAL_HTTPS_PROXY"):
        monkeypatch.delenv(name)
    frames.read_boundary(link)
    assert _asked(listener) == {"link"}, "and without it, it would not be"


def test_only_the_drivers_on_the_list_are_there():
    assert set(pyogrio.list_drivers()) == frames.DRIVERS


PROJECTION = """
import os, urllib.request, warnings
import pyproj
warnings.simplefilter("ignore")
def project(crs):
    pyproj.Transformer.from_crs(crs, "EPSG:27700", always_xy=True).transform(-0.6, 51.5)
def mark(name):
    try:
        urllib.request.urlopen(os.environ["PROJ_NETWORK_ENDPOINT"] + "/" + name)
    except OSError:
        pass
project("EPSG:4326")
mark("then")
from geo import frames
project("EPSG:4326")
project("EPSG:4258")
frames.points_in_metres([-0.6], [51.5])
mark("done")
"""


def test_projections_ask_no_one_even_where_the_machine_says_they_may(tmp_path, listener):
    environment = _unguarded_environment(
        PROJ_NETWORK="ON", PROJ_NETWORK_ENDPOINT=_base(listener), PROJ_USER_WRITABLE_DIRECTORY=str(tmp_path)
    )
    root = Path(frames.__file__).parents[1]
    subprocess.run([sys.executable, "-c", PROJECTION], env=environment, cwd=root, check=True, timeout=60)
    asked = [request.rpartition("/")[2] for request in listener.requests]
    before, after = asked[: asked.index("then")], asked[asked.index("then") + 1 :]
    assert any(name.endswith(".tif") for name in before), "without our module the projection library asks for a grid"
    assert after == ["done"]


# Metres and degrees


@pytest.mark.parametrize(
    ("latitude", "longitude", "easting", "northing"),
    [
        (50.57563665000, -1.29782277240, 449816.371, 75335.861),
        (51.48936564950, -0.11992557180, 530624.974, 178388.464),
        (51.85890896400, -4.30852476960, 241124.584, 220332.641),
        (53.80021519630, -1.66379168242, 422242.186, 433818.701),
        (57.48625000720, -4.21926398555, 267056.768, 846176.972),
        (60.13308091660, -2.07382822798, 395999.668, 1138728.951),
    ],
    ids=["TP04 Wight", "TP09 London", "TP10 Carmarthen", "TP20 Leeds", "TP30 Inverness", "Shetland"],
)
def test_ordnance_surveys_own_test_points_come_out_within_3_metres(latitude, longitude, easting, northing):
    """From OSTN15_TestInput_ETRStoOSGB and its output, © Ordnance Survey. Without a shift of datum they are 100 m off."""
    (x,), (y,) = frames.points_in_metres([longitude], [latitude])
    assert np.hypot(x - easting, y - northing) < 3
    (x,), (y,) = frames.points_in_degrees([easting], [northing])
    assert (x, y) == (pytest.approx(longitude, abs=5e-5), pytest.approx(latitude, abs=3e-5))


# The land that the shift of datum is meant for. In the sea beyond it, the two ways differ by as much as 155 m.
land = st.lists(st.tuples(st.floats(-8.8, 1.9), st.floats(49.8, 60.9)), min_size=1, max_size=20)


@given(land)
def test_there_and_back_is_within_2_millimetres(points):
    longitude, latitude = np.array(points).T
    easting, northing = frames.points_in_metres(longitude, latitude)
    again = frames.points_in_metres(*frames.points_in_degrees(easting, northing))
    assert np.hypot(again[0] - easting, again[1] - northing).max() < 0.002


@given(land)
@settings(max_examples=30)
def test_frames_and_bare_points_go_through_the_same_projection(points):
    longitude, latitude = np.array(points).T
    shaped = gpd.GeoSeries(gpd.points_from_xy(longitude, latitude), crs=4326)
    metres = frames.in_metres(shaped)
    assert metres.crs == frames.BRITISH_NATIONAL_GRID
    np.testing.assert_allclose(np.column_stack([metres.x, metres.y]), np.column_stack(frames.points_in_metres(longitude, latitude)))
    degrees = frames.in_degrees(metres)
    assert degrees.crs == frames.DEGREES
    np.testing.assert_allclose(np.column_stack([degrees.x, degrees.y]), np.column_stack([longitude, latitude]), atol=3e-8)


@pytest.mark.parametrize("missing", [(np.nan, 51.5), (-0.6, np.nan), (np.nan, np.nan), (np.inf, 51.5), (-0.6, -np.inf)])
def test_a_missing_point_stays_missing_and_its_neighbours_do_not(missing):
    easting, northing = frames.points_in_metres(*zip((-0.6, 51.5), missing, strict=True))
    assert np.isnan([easting[1], northing[1]]).all()
    assert np.isfinite([easting[0], northing[0]]).all()
    longitude, latitude = frames.points_in_degrees(*zip((497_000, 178_000), missing, strict=True))
    assert np.isnan([longitude[1], latitude[1]]).all()
    assert np.isfinite([longitude[0], latitude[0]]).all()


def test_no_points_are_no_points():
    assert [len(values) for values in (*frames.points_in_metres([], []), *frames.points_in_degrees([], []))] == [0] * 4


@pytest.mark.parametrize(
    ("place", "longitude", "latitude", "inside"),
    [
        ("Slough", -0.59, 51.51, True),
        ("Lowestoft Ness", 1.763, 52.481, True),
        ("Out Stack", -0.873, 60.861, True),
        ("St Kilda", -8.58, 57.81, True),
        ("Bishop Rock", -6.446, 49.873, True),
        ("Calais", 1.85, 50.95, True),
        ("Paris", 2.35, 48.86, False),
        ("Torshavn", -6.77, 62.01, False),
        ("Galway", -9.05, 53.27, False),
        ("0, 0", 0, 0, False),
        ("nowhere", np.nan, 51, False),
        ("beyond", np.inf, 51, False),
    ],
)
def test_great_britain_is_a_rectangle_that_holds_all_of_it(place, longitude, latitude, inside):
    assert frames.inside_great_britain([longitude], [latitude]).tolist() == [inside]


def test_a_measure_of_degrees_is_our_own_mistake_and_says_how_to_mend_it():
    shaped = gpd.GeoSeries([TOWN], crs=27700)
    frames.check_metres(shaped)
    for wrong in (frames.in_degrees(shaped), shaped.set_crs(None, allow_override=True)):
        with pytest.raises(ValueError, match="in_metres"):
            frames.check_metres(wrong)


def test_the_area_of_use_is_the_registers_own():
    use = pyproj.CRS(frames.BRITISH_NATIONAL_GRID).area_of_use
    assert use.bounds == frames.GREAT_BRITAIN_DEGREES


def test_gaps_between_polygons_that_should_meet_are_no_holes_and_an_enclave_is_one(tmp_path):
    whole = shapely.box(500_000, 180_000, 501_000, 181_000)
    gap, enclave = shapely.box(500_500, 180_500, 500_505, 180_505), shapely.box(500_100, 180_100, 500_120, 180_120)
    made = whole.difference(gap).difference(enclave)
    gpd.GeoSeries([made], crs="EPSG:27700").to_file(tmp_path / "area.gpkg")
    assert frames.read_boundary(tmp_path / "area.gpkg").equals(whole.difference(enclave))


def test_sloughs_own_boundary_is_one_piece_without_gaps(shared_data):
    area = frames.read_boundary(shared_data / "boundaries" / "slough-lsoa-2011.geojson")
    assert sum(len(part.interiors) for part in shapely.get_parts(area)) <= 2
