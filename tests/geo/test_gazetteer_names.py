"""Streets and places come in from OS Open Names as it ships its tiles: two languages, boxes, long roads whole and in parts."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile

import polars as pl
import pytest

from geo import gazetteer, open_names, wording
from tests.geo.tiles import ROAD, tile
from words import DataProblem


def _moved(east=0, north=0, **changes):
    """Return the road somewhere else."""
    numbers = {name: str(int(ROAD[name]) + east) for name in ("GEOMETRY_X", "MBR_XMIN", "MBR_XMAX")}
    numbers |= {name: str(int(ROAD[name]) + north) for name in ("GEOMETRY_Y", "MBR_YMIN", "MBR_YMAX")}
    return numbers | changes


def _build(tmp_path, *rows, **how):
    return gazetteer.build([tile(tmp_path / "SK80.csv", *rows, **how)], tmp_path / "g")


@pytest.mark.parametrize("name", ["SK80.csv", "SK80.csv.gz"])
@pytest.mark.parametrize("header", [None, open_names.COLUMNS, open_names.COLUMNS[::-1]], ids=["headerless", "headed", "another order"])
@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_a_street_is_the_same_however_its_tile_comes(tmp_path, name, header, mark):
    built = gazetteer.build([tile(tmp_path / name, {}, header=header, mark=mark, end="\r\n" if mark else "\n")], tmp_path / "g")
    (street,) = built.names.rows(named=True)
    assert street == {
        "feature": 0, "name": "High Street", "key": wording.key_of("High Street"), "kind": "street", "easting": 486_029.0,
        "northing": 308_920.0, "west": 485_984.0, "south": 308_766.0, "east": 486_087.0, "north": 309_072.0, "district": "LE15",
        "town": wording.key_of("Oakham"), "authority": wording.key_of("Rutland"), "source": 0,
    }  # fmt: skip
    (source,) = built.sources
    assert (source.name, source.kind, source.edition, source.rows) == (name, "OS Open Names", "", 1)


def test_tiles_are_read_from_the_zip_they_come_in_beside_their_list_of_headings(tmp_path):
    for square, street in (("SK80", "High Street"), ("SK82", "Low Street")):
        tile(tmp_path / f"{square}.csv", {"NAME1": street})
    with zipfile.ZipFile(tmp_path / "opname_csv_gb.zip", "w") as archive:
        for square in ("SK80", "SK82"):
            archive.write(tmp_path / f"{square}.csv", f"Data/{square}.csv")
        archive.writestr("Doc/OS_Open_Names_Header.csv", "\ufeff" + ",".join(open_names.COLUMNS))
        archive.writestr("OS_Open_Names_Header.csv", ",".join(open_names.COLUMNS))
    built = gazetteer.build([tmp_path / "opname_csv_gb.zip"], tmp_path / "g")
    assert sorted(built.names["name"]) == ["High Street", "Low Street"]
    assert sorted(built.names["source"]) == [0, 1]


def test_two_names_are_two_rows_of_one_thing(tmp_path):
    welsh = {"NAME1": "Stryd Fawr", "NAME1_LANG": "cym", "NAME2": "High Street", "NAME2_LANG": "eng"}
    built = _build(tmp_path, welsh, _moved(5000, NAME1="Heol y Bont"))
    assert built.names.select("feature", "name").rows() == [(0, "Stryd Fawr"), (0, "High Street"), (1, "Heol y Bont")]
    assert built.names["key"].to_list() == [wording.key_of(name) for name in built.names["name"]]


def test_a_second_name_that_only_looks_another_is_one_row(tmp_path):
    assert _build(tmp_path, {"NAME1": "St. Mary's Street", "NAME2": "St Marys Street"}).names["name"].to_list() == ["St. Mary's Street"]


def test_an_authority_is_the_district_or_the_county(tmp_path):
    built = _build(tmp_path, {"DISTRICT_BOROUGH": "Melton", "COUNTY_UNITARY": "Leicestershire"})
    assert built.names["authority"].to_list() == [wording.key_of("Melton")]


KINDS = {
    "Section Of Named Road": "street", "Numbered Road": "street", "City": "settlement", "Suburban Area": "settlement",
    "Primary Education": "school", "Primary Education,Secondary Education": "school", "Further Education": "school",
    "Higher or University Education": "school", "Railway Station": "station", "Bus Station": "bus_station",
    "Bus Station,Coach Station": "bus_station", "Hospital": "hospital", "Urban Greenspace": "park", "Hill Or Mountain": "hill",
    "Inland Water": "water", "Medical Care Accommodation": "other", "Woodland Or Forest": "other", "Something New": "other",
}  # fmt: skip


def test_every_local_type_has_a_kind(tmp_path):
    rows = [_moved(n * 1000, LOCAL_TYPE=local, NAME1=f"Name {local}", POPULATED_PLACE="") for n, local in enumerate(KINDS)]
    built = _build(tmp_path, *rows)
    assert built.names["kind"].to_list() == list(KINDS.values())


def test_a_school_or_a_station_has_the_box_of_its_point_and_a_lake_its_own(tmp_path):
    """Their boxes are 500 metres square whatever their size, and say nothing."""
    school = {"TYPE": "other", "LOCAL_TYPE": "Primary Education", "NAME1": "A school"}
    lake = {"TYPE": "hydrography", "LOCAL_TYPE": "Inland Water", "NAME1": "A lake"}
    boxes = _build(tmp_path, school, _moved(5000, **lake)).names.select("west", "south", "east", "north").rows()
    assert boxes == [(486_029, 308_920, 486_029, 308_920), (490_984, 308_766, 491_087, 309_072)]


def test_postcodes_in_it_are_kept_where_nothing_better_lists_them(tmp_path):
    code = {"TYPE": "other", "LOCAL_TYPE": "Postcode", "NAME1": "LE15 6AA", "MBR_XMIN": "", "MBR_YMIN": "", "MBR_XMAX": "", "MBR_YMAX": ""}
    made = tile(tmp_path / "SK80.csv", {}, code, code | {"NAME1": "LE15 6AB"})
    (tmp_path / "le.csv").write_text("LE15 6AA,60,1,1\n")
    built = gazetteer.build([made, tmp_path / "le.csv"], tmp_path / "g")
    assert built.postcodes.rows() == [("LE156AA", 60, 1, 1, 2000, False), ("LE156AB", 50, 486_029, 308_920, 1000, False)]
    assert built.names["name"].to_list() == ["High Street"]
    assert [source.rows for source in built.sources] == [3, 1]


# One street is one thing


def _streets(built):
    streets = built.names.filter(kind="street").group_by("feature", maintain_order=True)
    return streets.agg(pl.first("town", "west", "south", "east", "north")).drop("feature").rows()


def test_pieces_of_one_street_are_one_thing_whose_box_is_around_all(tmp_path):
    built = _build(tmp_path, {}, _moved(east=120), _moved(east=240, north=300), {"NAME1": "Low Street"})
    town = wording.key_of("Oakham")
    assert _streets(built) == [(town, 485_984, 308_766, 486_327, 309_372), (town, 485_984, 308_766, 486_087, 309_072)]


@pytest.mark.parametrize(("gap", "things"), [(0, 1), (49, 1), (52, 2), (500, 2)])
def test_pieces_further_apart_than_a_junction_are_two_things(tmp_path, gap, things):
    width = int(ROAD["MBR_XMAX"]) - int(ROAD["MBR_XMIN"])
    assert len(_streets(_build(tmp_path, {}, _moved(east=width + gap)))) == things


def test_streets_of_one_name_in_two_towns_stay_apart_though_they_touch(tmp_path):
    built = _build(tmp_path, {}, {"POPULATED_PLACE": "Barleythorpe"}, {"POPULATED_PLACE": ""})
    assert [street[0] for street in _streets(built)] == [wording.key_of("Oakham"), wording.key_of("Barleythorpe"), None]


def test_a_road_and_its_part_in_the_same_town_are_one_and_a_part_elsewhere_is_another(tmp_path):
    part = {"LOCAL_TYPE": "Section Of Named Road", "RELATED_SPATIAL_OBJECT": "osgb0"}
    built = _build(tmp_path, {}, part, part | {"POPULATED_PLACE": "Langham"})
    assert [street[0] for street in _streets(built)] == [wording.key_of("Oakham"), wording.key_of("Langham")]


def test_one_thing_of_two_kinds_is_two(tmp_path):
    station = {"LOCAL_TYPE": "Railway Station", "NAME1": "Oakham"}
    assert _build(tmp_path, station, {"TYPE": "populatedPlace", "LOCAL_TYPE": "Town", "NAME1": "Oakham"}).names["feature"].n_unique() == 2


def test_the_order_of_the_files_does_not_change_what_is_one(tmp_path):
    tiles = [tile(tmp_path / f"{n}.csv", _moved(east=90 * n), {"NAME1": f"Street {n}"}) for n in range(4)]
    forth = gazetteer.build(tiles, tmp_path / "g").names
    back = gazetteer.build(tiles[::-1], tmp_path / "g").names
    columns = ["name", "west", "east"]
    assert sorted(forth.select(columns).rows()) == sorted(back.select(columns).rows())
    assert forth.height == 5


# Bad tiles


LACKING = [
    {"NAME1": ""}, {"GEOMETRY_X": ""}, {"GEOMETRY_X": "inf"}, {"GEOMETRY_Y": "-5"}, {"GEOMETRY_Y": "north"}, {"COUNTRY": ""},
    {"LOCAL_TYPE": ""},
]  # fmt: skip


@pytest.mark.parametrize("change", LACKING, ids=str)
def test_a_row_without_a_name_a_point_or_a_country_is_numbered(tmp_path, change):
    with pytest.raises(DataProblem, match=r"SK80\.csv, row 2: this is no row of OS Open Names"):
        _build(tmp_path, {}, change)


def test_a_tile_cut_short_is_not_half_read(tmp_path):
    made = tile(tmp_path / "SK80.csv", {}, _moved(500), _moved(5000))
    content = made.read_bytes()
    for cut in (5, 10, 60, 150):
        made.write_bytes(content[:-cut])
        with pytest.raises(DataProblem, match=r"SK80\.csv"):
            gazetteer.build([made], tmp_path / "g")


def test_names_without_a_letter_that_can_be_typed_are_left_out(tmp_path):
    assert _build(tmp_path, {}, {"NAME1": "🙂"}, {"NAME1": "---"}).names["name"].to_list() == ["High Street"]


def test_a_tile_in_another_encoding_is_told(tmp_path):
    made = tile(tmp_path / "SK80.csv", {}, {"NAME1": "Ffordd y Môr"}, mark="")
    made.write_bytes(made.read_text("utf-8").encode("cp1252"))
    with pytest.raises(DataProblem, match=r"SK80\.csv is not in UTF-8"):
        gazetteer.build([made], tmp_path / "g")


# The real ones


@pytest.fixture(scope="module")
def rutland(shared_data, tmp_path_factory):
    return gazetteer.build([shared_data / "os_open_names"], tmp_path_factory.mktemp("names") / "g")


def test_every_row_of_the_real_tiles_is_a_name_or_a_postcode(shared_data, rutland):
    tiles = [
        file
        for file in (shared_data / "os_open_names").rglob("*")
        if "".join(file.suffixes) in (".csv", ".csv.gz") and "Header" not in file.name
    ]
    published = 0
    names = set()
    for file in tiles:
        text = (gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()).decode("utf-8-sig")
        for row in csv.reader(io.StringIO(text)):
            published += 1
            if row[7] != "Postcode":
                names |= {name for name in (row[2], row[4]) if name}
    assert sum(source.rows for source in rutland.sources) == published == 51_052
    assert rutland.postcodes.height == 28_188
    keys = pl.DataFrame({"name": sorted(names)}).select(wording.key(pl.col("name"))).to_series()
    assert keys.is_in(rutland.names["key"].implode()).all()


def test_real_streets_lie_in_their_boxes_and_know_their_town(rutland):
    names = rutland.names
    inside = pl.col("easting").is_between("west", "east") & pl.col("northing").is_between("south", "north")
    assert names.select((~inside).sum()).item() <= 0.002 * names.height, "a road's point may lie a few metres off a straight road's box"
    streets = names.filter(kind="street")
    assert streets["town"].null_count() < 0.1 * streets.height
    assert streets["district"].null_count() == 0
    assert {"settlement", "school", "station", "hospital", "water", "hill"} <= set(names["kind"])


def test_real_streets_have_both_their_names(rutland):
    streets = rutland.names.filter(kind="street")
    welsh = streets.filter(key=wording.key_of("Feidr Pedr"))
    assert streets.filter(pl.col("feature").is_in(welsh["feature"].implode()))["name"].to_list() == ["Peter's Lane", "Feidr Pedr"]
