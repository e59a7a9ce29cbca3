"""An extract is read once, whole, in metres; a bad file says so in one sentence and a ragged one is survived."""

from __future__ import annotations

import shutil
from xml.etree import ElementTree as ET

import osmium
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from geo import frames
from layers import osm
from words import DataProblem


@pytest.mark.parametrize("key", ["highway", "railway", "waterway"])
def test_every_line_gdal_finds_is_found_tag_by_tag(rutland, told_by_gdal, key):
    expected = told_by_gdal("lines", key).dropna()
    got = rutland.lines[key].dropna()
    # GDAL reads a highway that goes round an area both ways; here `area=yes` makes it an area and no street.
    round_an_area = rutland.areas.index[rutland.areas["area"] == "yes"]
    expected = expected.drop(round_an_area, errors="ignore")
    assert got.loc[expected.index].to_dict() == expected.to_dict()
    # What is left goes round an area too (a signal box is a building): GDAL has it there.
    assert set(got.index) - set(expected.index) <= set(told_by_gdal("multipolygons", "name").index)


@pytest.mark.parametrize(
    ("key", "only_here", "only_gdal"),
    [("leisure", {"pitch": 1}, {"track": 1}), ("landuse", {"recreation_ground": 3, "forest": 1}, {}), ("amenity", {"parking": 2}, {})],
)
def test_every_area_gdal_finds_is_found_tag_by_tag(rutland, told_by_gdal, key, only_here, only_gdal):
    """Two differences are meant.

    GDAL gives up what a way says of itself once it is an edge of something larger (the playing fields of Oakham School);
    and a running track is a line, though it closes.
    """
    expected, got = told_by_gdal("multipolygons", key).dropna(), rutland.areas[key].dropna()
    both = expected.index.intersection(got.index)
    assert got.loc[both].to_dict() == expected.loc[both].to_dict()
    assert got.drop(both).value_counts().to_dict() == only_here
    assert expected.drop(both).value_counts().to_dict() == only_gdal


@pytest.mark.parametrize("key", ["leisure", "amenity", "shop", "railway", "highway"])
def test_every_point_gdal_finds_is_found_tag_by_tag(rutland, told_by_gdal, key):
    assert rutland.points[key].dropna().to_dict() == told_by_gdal("points", key).dropna().to_dict()


def test_a_complete_extract_leaves_nothing_out(rutland):
    assert rutland.left_out == 0


def test_the_same_data_as_xml_and_as_pbf_gives_the_same_frames(shared_data):
    as_xml = osm.read(shared_data / "osm" / "leeds_cycleway.osm")
    as_pbf = osm.read(shared_data / "osm" / "leeds_cycleway.osm.pbf")
    for name in ("points", "lines", "areas"):
        assert_geodataframe_equal(getattr(as_xml, name), getattr(as_pbf, name))
    assert as_xml.left_out == as_pbf.left_out


def test_leeds_agrees_with_the_xml_itself(shared_data):
    path = shared_data / "osm" / "leeds_cycleway.osm"
    ways = ET.parse(path).getroot().findall("way")  # noqa: S314  a file of ours to judge by, not from a user
    highways = {way.get("id"): way for way in ways if any(tag.get("k") == "highway" for tag in way.findall("tag"))}
    lines = osm.read(path).lines
    found = set(lines.index[lines["highway"].notna()].str.removeprefix("way/"))
    assert found <= set(highways)
    for missing in set(highways) - found:
        assert any(tag.get("k") == "area" and tag.get("v") == "yes" for tag in highways[missing].findall("tag"))


def test_frames_are_in_metres_indexed_by_the_things_own_numbers(rutland):
    for frame in (rutland.points, rutland.lines, rutland.areas):
        frames.check_metres(frame)
        assert frame.index.is_unique
        assert frame.index.name == "feature_id"
    assert set(rutland.areas.index.str.partition("/").get_level_values(0)) == {"way", "relation"}
    oakham_station = rutland.points[rutland.points["railway"] == "station"].geometry.iloc[0]
    assert oakham_station.distance(shapely.Point(485_700, 309_000)) < 1_000


def test_the_date_of_the_data_comes_from_the_header(rutland_file, shared_data):
    assert osm.data_timestamp(rutland_file) == "2022-07-20T20:21:45Z"
    assert osm.data_timestamp(shared_data / "osm" / "leeds_cycleway.osm") == ""


def test_a_file_is_known_by_its_content_and_not_its_suffix(shared_data, tmp_path):
    wrongly_named = tmp_path / "leeds.osm"
    shutil.copy(shared_data / "osm" / "leeds_cycleway.osm.pbf", wrongly_named)
    assert len(osm.read(wrongly_named).lines) == len(osm.read(shared_data / "osm" / "leeds_cycleway.osm.pbf").lines)


def _one_sentence_about(problem: DataProblem, name: str) -> None:
    text = str(problem)
    assert name in text
    assert "\n" not in text
    assert text.endswith(".")


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(DataProblem, match="not found") as caught:
        osm.read(tmp_path / "nowhere.osm.pbf")
    _one_sentence_about(caught.value, "nowhere.osm.pbf")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.osm.pbf", b""),
        ("letter.osm.pbf", b"Dear Sir or Madam, please find enclosed the map. " * 40),
        ("page.osm", b"<!DOCTYPE html><html><body>Sign in to download</body></html>"),
        ("changes.osm", b"<?xml version='1.0'?><osmChange version='0.6'></osmChange>"),
        ("nothing.osm", b"<?xml version='1.0'?><osm version='0.6'></osm>"),
    ],
)
def test_something_else_is_one_sentence(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataProblem) as caught:
        osm.read(path)
    _one_sentence_about(caught.value, name)


@pytest.mark.parametrize("kept", [0.02, 0.3, 0.9])
@pytest.mark.parametrize("name", ["leeds_cycleway.osm", "leeds_cycleway.osm.pbf", "rutland-2022-07.osm.pbf"])
def test_a_file_cut_short_is_one_sentence(shared_data, tmp_path, name, kept):
    whole = (shared_data / "osm" / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(DataProblem) as caught:
        osm.read(path)
    _one_sentence_about(caught.value, name)


@pytest.mark.parametrize(
    ("whole", "damaged"),
    [(b'lat="52', b'lat="952'), (b'lat="52', b'lat="x52'), (b'ref="1"', b'ref="one"'), (b"Leaf", b"\xff\xfeaf"),
     (b'node id="1"', b'node id="99999999999999999999"'), (b"<way", b"<w\x00y")],
)  # fmt: skip
def test_a_damaged_number_or_letter_is_one_sentence(drawing, tmp_path, whole, damaged):
    drawing.node((0, 0), amenity="cafe")
    drawing.way((0, 0), (100, 0), highway="footway", name="Leaf Walk")
    path = drawing.save(tmp_path / "damaged.osm")
    content = path.read_bytes()
    assert whole in content
    path.write_bytes(content.replace(whole, damaged, 1))
    with pytest.raises(DataProblem, match="Download") as caught:
        osm.read(path)
    _one_sentence_about(caught.value, "damaged.osm")


@pytest.mark.parametrize("error", [osmium.InvalidLocationError("invalid location"), ValueError("not a number"), RuntimeError("block")])
def test_whatever_the_reader_raises_half_way_is_one_sentence(drawing, tmp_path, monkeypatch, error):
    def fails(*_given):
        raise error

    drawing.node((0, 0), amenity="cafe")
    drawing.way((0, 0), (100, 0), highway="footway")
    monkeypatch.setattr(osmium.geom.WKBFactory, "create_point", fails)
    with pytest.raises(DataProblem) as caught:
        osm.read(drawing.save(tmp_path / "damaged.osm"))
    _one_sentence_about(caught.value, "damaged.osm")


def test_a_way_that_leaves_the_extract_is_kept_as_far_as_it_is_known(drawing, read):
    drawing.way((0, 0), (100, 0), beyond=(9_000, 9_001), highway="footway")
    drawing.way((0, 50), beyond=(9_002,), highway="footway")
    extract = read()
    assert extract.lines.length.round().tolist() == [100]
    assert extract.left_out == 1


def test_a_relation_with_members_missing_is_left_out_and_counted(drawing, read):
    drawing.way((0, 0), (100, 0), highway="residential")
    half = drawing.way((0, 0), (0, 100), (100, 100))
    drawing.multipolygon(half, 777, leisure="park")
    extract = read()
    assert extract.areas.empty
    assert extract.left_out == 1


def test_a_relation_made_of_several_ways_is_one_area(drawing, read):
    one = drawing.way((0, 0), (0, 100), (100, 100))
    other = drawing.way((100, 100), (100, 0), (0, 0))
    drawing.multipolygon(one, other, leisure="park")
    drawing.way((0, 0), (100, 0), highway="residential")
    areas = read().areas
    assert areas.index.tolist() == ["relation/1"]
    assert areas.area.iloc[0] == pytest.approx(10_000, rel=0.01)


def test_a_lake_is_drawn_once_and_not_over_its_island(drawing, read):
    shore = drawing.square(0, 0, 300, natural="water", name="Old shore")
    island = drawing.square(100, 100, 100, natural="wood")
    drawing.multipolygon(shore, inner=(island,), natural="water", name="Lake")
    areas = read().areas
    assert areas["name"].dropna().tolist() == ["Lake"]
    assert areas.area.round(-3).tolist() == [80_000, 10_000]


def test_what_an_edge_says_of_itself_is_kept(drawing, read):
    field = drawing.square(0, 0, 100, leisure="pitch")
    drawing.multipolygon(field, amenity="school")
    assert sorted(read().areas.index) == ["relation/1", "way/1"]


def test_an_area_that_crosses_itself_is_mended(drawing, read):
    drawing.way((0, 0), (100, 100), (100, 0), (0, 100), (0, 0), leisure="park")
    areas = read().areas
    assert areas.is_valid.all()
    assert areas.area.iloc[0] == pytest.approx(5_000, rel=0.01)


def test_a_ring_of_street_is_a_street_and_an_area_only_when_it_says_so(drawing, read):
    drawing.square(0, 0, 50, highway="residential")
    drawing.square(100, 0, 50, highway="pedestrian", area="yes")
    drawing.square(200, 0, 50, leisure="track")
    drawing.square(300, 0, 50, leisure="park", area="no")
    extract = read()
    assert extract.lines.index.tolist() == ["way/1"]
    assert extract.areas.index.tolist() == ["way/2"]


def test_rows_are_in_order_of_their_numbers(drawing, read):
    for at in range(12):
        drawing.way((0, at), (10, at), highway="footway")
    assert read().lines.index.tolist() == [f"way/{number}" for number in range(1, 13)]
