"""What is wrong with what was given is said in one sentence, with exit 2; the old result stays, and nothing else appears."""

from __future__ import annotations

import io
import json
import os
import re
import zipfile

import geopandas as gpd
import pytest
import shapely

from geo import frames
from layers import store
from tests.commands.conftest import PROGRAM, TOWN, incidents, names, run, run_apart
from tests.geo.conftest import listener

__all__ = ["listener"]

OLD = b"an earlier result"


def _zip(name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, "a,b\n1,2\n")
    return packed.getvalue()


def _rows(**columns: object) -> bytes:
    """Return a canonical file of four rows, the second (row 3 of the file) with something else in these columns."""
    rows = incidents(4).astype(object)
    for column, value in columns.items():
        rows[column] = rows.get(column)
        rows.loc[1, column] = value
    return rows.to_csv(index=False).encode()


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
GEOJSON = b'{"type": "FeatureCollection", "features": []}'
WORKSHEET = _zip("xl/worksheets/sheet1.xml")

BAD_FILES = {
    "empty": ("rows.csv", b"", "rows.csv is empty"),
    "white": ("rows.csv", b" \r\n\t\n", "rows.csv is empty"),
    "binary": ("rows.csv", bytes(range(256)) * 20, "rows.csv is not a table"),
    "PNG": ("rows.csv", PNG, "rows.csv is not a table"),
    "PDF": ("rows.pdf", PDF, "rows.pdf is not a table"),
    "JSON": ("rows.json", GEOJSON + b"\n" + GEOJSON, "rows.json has columns that no profile knows"),
    "JSON on one line": ("rows.json", GEOJSON, "rows.json has a header but no rows"),
    "JSON on lines": ("rows.json", json.dumps([{"agency": "Police"}] * 3, indent=1).encode(), "rows.json is not a table"),
    "zip": ("rows.zip", _zip("rows.csv"), "rows.zip has columns that no profile knows"),
    "half a workbook": ("rows.xlsx", WORKSHEET[:60], "rows.xlsx could not be opened"),
    "a letter": ("letter.csv", b"Dear Sir or Madam\nI write to you\n", "letter.csv is not a table"),
    "a header only": ("rows.csv", b"agency,occurred_from\n", "rows.csv has a header but no rows"),
    "other columns": ("rows.csv", b"Name,Address,Telephone\n1,2,3\n", "rows.csv has columns that no profile knows"),
    "a column short": ("rows.csv", b"agency,easting,northing\nPolice,1,2\n", "rows.csv has no column “occurred_from”"),
    "a police.uk column short": (
        "street.csv", b"Crime ID,Month,Reported by,Longitude,Location,Crime type\n,2022-01,Police,-0.6,On or near X,Robbery\n",
        "street.csv has no column “Latitude”",
    ),
    "a column twice": ("rows.csv", b"agency,agency,occurred_from\na,b,2024-01-01\n", "rows.csv has two columns named “agency”"),
    "a ragged row": ("rows.csv", b"agency,occurred_from\na,2024-01-01\nb,2024-01-01,3\n", "rows.csv, row 3: "),
    "an open quotation": ("rows.csv", b'agency,occurred_from\na,2024-01-01\n"b,2024-01-01\n', "rows.csv, row 3: a quotation mark"),
    "no date": ("rows.csv", _rows(occurred_from="soon"), "rows.csv, row 3, column “occurred_from”: this is not a date"),
    "31 February": ("rows.csv", _rows(occurred_from="2024-02-31"), "rows.csv, row 3, column “occurred_from”: this is not a date"),
    "the year 1900": ("rows.csv", _rows(occurred_from="1900-01-01"), "rows.csv, row 3, column “occurred_from”: the date is before 1990"),
    "the year 9999": ("rows.csv", _rows(occurred_from="9999-12-31"), "rows.csv, row 3, column “occurred_from”: the date is before"),
    "swapped": (
        "rows.csv", _rows(longitude=51.5, latitude=-0.6, easting=None, northing=None),
        "rows.csv, row 3, column “longitude”: the coordinates are outside Great Britain",
    ),
    "abroad": ("rows.csv", _rows(easting=4_000_000, northing=0), "rows.csv, row 3, column “easting”: the coordinates are outside"),
    "infinitely far": ("rows.csv", _rows(easting="inf"), "rows.csv, row 3, column “easting”: this is not a number"),
    "words for a number": ("rows.csv", _rows(northing="north"), "rows.csv, row 3, column “northing”: this is not a number"),
    "an unknown code": ("rows.csv", _rows(role="friend"), "rows.csv, row 3, column “role”: this word is not in the file's profile"),
    "nothing placed": ("rows.csv", b"agency,occurred_from\nPolice,2024-01-01\n", "No record could be placed, out of 1."),
    "stop and search": (
        "stops.csv",
        b"Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,Self-defined ethnicity,"
        b"Officer-defined ethnicity,Legislation,Object of search,Outcome\n"
        b"Person search,2024-01-01T12:00:00+00:00,False,,51.51,-0.59,Male,18-24,,,Misuse of Drugs Act 1971,Controlled drugs,Arrest\n",
        "stops.csv tells of police activity",
    ),
    "only flags": ("rows.csv", b"agency,occurred_from,record_type\nPolice,2024-01-01,flag\n", "rows.csv has no rows about harm to a child"),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """Return a folder with an old result in it, and nothing else."""
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / "out.csv").write_bytes(OLD)
    return folder


def refuse(folder, *arguments, out="out.csv"):
    """Return the sentence with which a run is refused, having checked that it changed nothing."""
    ran = run("hotspots", *arguments, "--out", folder / out)
    assert ran.code == 2, ran.err
    assert (folder / "out.csv").read_bytes() == OLD
    assert names(folder) == ["out.csv"]
    return ran.sentence


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_one_sentence(folder, town, tmp_path, case):
    name, content, told = BAD_FILES[case]
    (tmp_path / name).write_bytes(content)
    said = refuse(folder, tmp_path / name, "--boundary", town.boundary)
    assert told in said
    assert re.search(r"\. (Save|Give|Name|Add|Rename|Mend|Correct|Check|Choose) ", said), "it says what to do"


def test_a_result_never_replaces_what_it_is_made_from(tmp_path, town):
    file = tmp_path / "rows.csv"
    file.write_bytes(_rows())
    ran = run("hotspots", file, "--boundary", town.boundary, "--out", file)
    assert (ran.code, ran.sentence) == (2, f"{file} is one of the files to read. Give the result a name of its own.")
    assert file.read_bytes() == _rows()


def test_more_cells_than_can_be_compared_are_refused_at_once(folder, tmp_path):
    county = gpd.GeoSeries([shapely.box(250_000, 200_000, 350_000, 300_000)], crs=frames.BRITISH_NATIONAL_GRID)
    county.to_file(tmp_path / "county.gpkg")
    (tmp_path / "rows.csv").write_bytes(b"agency,occurred_from,easting,northing\nPolice,2024-01-01,300000,250000\n")
    said = refuse(folder, tmp_path / "rows.csv", "--boundary", tmp_path / "county.gpkg", "--resolution", "11")
    assert "more than can be compared" in said


def test_the_number_of_other_problems_is_said(folder, town, tmp_path):
    incidents(4).assign(occurred_from=["soon", "later", "2024-01-01", "never"]).to_csv(tmp_path / "rows.csv", index=False)
    said = refuse(folder, tmp_path / "rows.csv", "--boundary", town.boundary)
    assert said.startswith("rows.csv, row 2, column “occurred_from”: ")
    assert said.endswith("2 more values have problems.")


@pytest.mark.parametrize("what", ["file", "--boundary", "--gazetteer", "--layers"])
@pytest.mark.parametrize("wrong", ["missing", "a folder"])
def test_a_file_that_is_missing_or_a_folder_is_named(folder, town, tmp_path, what, wrong):
    path = tmp_path if wrong == "a folder" else tmp_path / "nowhere" / "town.csv"
    given = [path] if what == "file" else [town.dense, what, path]
    said = refuse(folder, *given)
    assert str(path) in said
    assert ("is a directory" if wrong == "a folder" else "was not found") in said


VRT = '<OGRVRTDataSource><OGRVRTLayer name="area"><SrcDataSource>{url}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
LINKED = '{{"type": "Polygon", "coordinates": [], "crs": {{"type": "link", "properties": {{"href": "{url}"}}}}}}'

BAD_BOUNDARIES = {
    "empty": ("area.geojson", b"", "area.geojson is empty"),
    "not a map": ("area.geojson", b"Slough\n", "area.geojson is not a map file"),
    "PNG": ("area.gpkg", PNG, "area.gpkg is not a map file"),
    "a table": ("area.csv", b"a,b\n1,2\n", "area.csv is not a map file"),
    "cut short": ("area.geojson", GEOJSON[:-2], "area.geojson is not whole GeoJSON"),
    "no shapes": ("area.geojson", GEOJSON, "area.geojson holds no shapes"),
    "a point": ("area.geojson", b'{"type": "Point", "coordinates": [-0.6, 51.5]}', "area.geojson holds no area"),
    "in France": ("area.geojson", shapely.to_geojson(shapely.box(2.2, 48.8, 2.4, 48.9)).encode(), "area.geojson lies outside Great"),
    "elsewhere": ("area.geojson", shapely.to_geojson(shapely.box(-1.6, 53.7, -1.5, 53.8)).encode(), "lies inside the boundary"),
    "damaged": ("area.gpkg", b"SQLite format 3\x00" + b"\xff" * 500, "area.gpkg could not be read as a map file"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_BOUNDARIES)
def test_a_bad_boundary_is_one_sentence(folder, town, tmp_path, case):
    name, content, told = BAD_BOUNDARIES[case]
    (tmp_path / name).write_bytes(content)
    assert told in refuse(folder, town.dense, "--boundary", tmp_path / name)


@pytest.mark.parametrize("content", [VRT, LINKED], ids=["a VRT", "a link"])
def test_a_boundary_that_points_to_a_web_address_asks_nobody(folder, town, tmp_path, listener, content):
    (tmp_path / "area.geojson").write_text(content.format(url=listener.url))
    said = refuse(folder, town.dense, "--boundary", tmp_path / "area.geojson")
    assert said.startswith("area.geojson ")
    assert refuse(folder, town.dense, "--boundary", listener.url).endswith("was not found. Check the folder and the spelling.")
    assert listener.requests == []


@pytest.mark.parametrize("resolution", ["6", "12", "abc", "9.0", "-9", "", "²"])
def test_a_resolution_that_does_not_suit_is_said(folder, town, resolution):
    said = refuse(folder, town.dense, "--resolution", resolution)
    assert said == f"The resolution “{resolution}” is not one that suits places. Give a number from 7 to 11, or auto."


@pytest.mark.parametrize(
    ("period", "told"),
    [
        (("--from", "2024-02-01", "--to", "2024-01-31"), "The period ends before it begins. Swap the two dates."),
        (("--from", "2020-01-01", "--to", "2020-12-31"), "dense.csv has no rows in that period. It runs from 2024-01-01 to 2024-12-31."),
        (("--from", "2030-01-01"), "dense.csv has no rows in that period. It runs from 2024-01-01 to 2024-12-31."),
        (("--from", "yesterday"), "“yesterday” is not a day. Give one such as 2024-10-01."),
        (("--to", "2024-02-30"), "“2024-02-30” is not a day. Give one such as 2024-10-01."),
        (("--to", "01/02/2024"), "“01/02/2024” is not a day. Give one such as 2024-10-01."),
    ],
)
def test_a_period_that_cannot_be_is_said(folder, town, period, told):
    assert refuse(folder, town.dense, *period) == told


def test_a_period_of_rows_without_dates_is_said(folder, tmp_path):
    incidents(4).assign(occurred_from=None).to_csv(tmp_path / "rows.csv", index=False)
    said = refuse(folder, tmp_path / "rows.csv", "--from", "2024-01-01")
    assert said == "rows.csv has no dates, so no period can be chosen. Leave out --from and --to, or add dates."


@pytest.mark.parametrize(
    ("out", "how", "told"),
    [
        ("nowhere/out.csv", (), "The folder of {out} does not exist. Make it first, or choose another."),
        ("out.xlsx", (), "{out} does not say its format. End it in .csv, .parquet, .geojson or .gpkg, or give --format."),
        ("out", (), "{out} does not say its format. End it in .csv, .parquet, .geojson or .gpkg, or give --format."),
        ("", (), "{out} is a folder or a device, not a file. Give the name of a file to write."),
        ("", ("--format", "csv"), "{out} is a folder or a device, not a file. Give the name of a file to write."),
        ("out.csv/more.csv", (), "The folder of {out} does not exist. Make it first, or choose another."),
    ],
)
def test_a_place_where_no_result_can_go_is_said_before_the_work(folder, tmp_path, out, how, told):
    assert refuse(folder, tmp_path / "missing.csv", *how, out=out) == told.format(out=folder / out)


def test_a_device_is_not_replaced_by_a_file(town):
    ran = run("hotspots", town.dense, "--format", "csv", "--out", os.devnull)
    assert ran.code == 2
    assert ran.sentence == f"{os.devnull} is a folder or a device, not a file. Give the name of a file to write."
    assert not os.path.isfile(os.devnull)  # noqa: PTH113  as the shell sees it


@pytest.mark.parametrize("kind", ["parquet", "gpkg"])
def test_what_is_no_text_does_not_go_to_standard_output(town, kind):
    ran = run("hotspots", town.dense, "--format", kind, "--out", "-")
    assert ran.code == 2
    assert ran.sentence == "Only csv and geojson can be written to standard output. Give a file name."


@pytest.fixture(scope="module")
def whole_gazetteer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gazetteer")
    (folder / "sl.csv").write_text("SL1 1AA,10,497500,180500\nSL1 1AB,10,497600,180600\n")
    assert run("gazetteer", "build", "--out", folder / "g.parquet", folder / "sl.csv").code == 0
    return (folder / "g.parquet").read_bytes()


@pytest.mark.parametrize(
    "harm",
    [
        lambda _whole: b"",
        lambda _whole: b"postcode,easting\nSL1 1AA,1\n",
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[: len(whole) // 2] + whole[len(whole) // 2 + 40 :],
        lambda whole: whole[:100] + bytes(100) + whole[200:],
        lambda whole: whole[:-200] + bytes(100) + whole[-100:],
    ],
    ids=["empty", "a table", "cut short", "a part missing", "zeros in the rows", "zeros in the list of contents"],
)
def test_a_damaged_gazetteer_is_one_sentence(capfd, folder, town, tmp_path, whole_gazetteer, harm):
    (tmp_path / "g.parquet").write_bytes(harm(whole_gazetteer))
    said = refuse(folder, town.dense, "--gazetteer", tmp_path / "g.parquet")
    assert said == "g.parquet is not a gazetteer, or is damaged. Build it again with: safer-spaces gazetteer build"
    assert capfd.readouterr().err == "", "the reading library's own complaints stay with it"


@pytest.mark.parametrize("case", ["a table", "another GeoPackage", "without its places", "of other columns", "cut short"])
def test_a_layers_file_that_is_none_is_one_sentence(folder, drawing, town, tmp_path, case):
    path = tmp_path / "layers.gpkg"
    if case == "a table":
        path.write_bytes(b"a,b\n1,2\n")
    elif case == "another GeoPackage":
        gpd.GeoSeries([TOWN], crs=frames.BRITISH_NATIONAL_GRID).to_file(path)
    else:
        drawing.square(0, 0, 400, leisure="park", name="Green")
        made = store.build(drawing.save(tmp_path / "town.osm"))
        store.write(made, path, extract_name="town.osm")
        if case == "cut short":
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 8])
        else:
            _change_places(path, gone=case == "without its places")
    said = refuse(folder, town.dense, "--boundary", town.boundary, "--layers", path)
    assert said.startswith("layers.gpkg ")


def _change_places(path, *, gone):
    import sqlite3

    database = sqlite3.connect(path)
    if gone:
        database.execute("DELETE FROM gpkg_contents WHERE table_name = 'places'")
        database.execute("DELETE FROM gpkg_geometry_columns WHERE table_name = 'places'")
    else:
        database.execute("ALTER TABLE places RENAME COLUMN rank TO order_")
    database.commit()
    database.close()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("hotspots",), "Missing argument 'FILE'. See: safer-spaces hotspots --help"),
        (("hotspots", "a.csv"), "Missing option '--out'. See: safer-spaces hotspots --help"),
        (("hotspots", "a.csv", "--out"), "Option '--out' requires an argument."),
        (("hotspots", "a.csv", "b.csv", "--out", "c.csv"), "Got unexpected extra argument (b.csv) See: safer-spaces hotspots --help"),
        (
            ("hotspots", "a.csv", "--out", "c.csv", "--method", "kde"),
            "'kde' is not one of 'auto', 'gi', 'scan'. See: safer-spaces hotspots",
        ),
        (("hotspots", "a.csv", "--out", "c.csv", "--rezolution", "9"), "No such option"),
        (("hotspot",), "No such command 'hotspot'."),
        (("gazetteer", "build", "--out", "g.parquet"), "Missing argument 'SOURCES...'. See: safer-spaces gazetteer build --help"),
        (("layers", "build"), "Missing argument 'EXTRACT'. See: safer-spaces layers build --help"),
        (("serve", "--port", "80"), "80 is not in the range 1024<=x<=65535. See: safer-spaces serve --help"),
    ],
)
def test_a_mistyped_command_is_one_line(monkeypatch, tmp_path, typed, told):
    monkeypatch.chdir(tmp_path)
    ran = run(*typed)
    assert ran.code == 2
    assert told in ran.sentence
    assert names(tmp_path) == []


AS_ANYONE = """
import ctypes, os, sys
for right in (1, 2):  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: what lets root open everything
    ctypes.CDLL(None).prctl(24, right, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


def run_as_anyone(*arguments):
    """Run the console script without the right to open what is closed, which root has to give up first."""
    return run_apart(PROGRAM, *arguments, program=AS_ANYONE) if os.geteuid() == 0 else run_apart(*arguments)


@pytest.mark.parametrize("what", ["file", "--boundary", "--gazetteer", "--layers"])
def test_a_file_that_may_not_be_read_is_named(town, tmp_path, what):
    closed = tmp_path / "closed.csv"
    closed.write_bytes(b"x")
    closed.chmod(0)
    given = [closed] if what == "file" else [town.dense, what, closed]
    ran = run_as_anyone("hotspots", *given, "--out", tmp_path / "out.csv")
    assert ran.code == 2
    assert "closed.csv' is not readable" in ran.sentence


def test_a_folder_that_may_not_be_entered_or_written_to_is_said(town, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "rows.csv").write_bytes(town.dense.read_bytes())
    closed.chmod(0)
    entered = run_as_anyone("hotspots", closed / "rows.csv", "--out", tmp_path / "out.csv")
    closed.chmod(0o555)
    written = run_as_anyone("hotspots", town.dense, "--out", closed / "out.csv")
    built = run_as_anyone("gazetteer", "build", town.dense, "--out", closed / "g.parquet")
    closed.chmod(0o755)
    assert (entered.code, written.code, built.code) == (2, 2, 2)
    assert str(closed / "rows.csv") in entered.sentence
    assert written.sentence.startswith(f"{closed / 'out.csv'} could not be written. Check that")
    assert names(closed) == ["rows.csv"]


def test_refusals_are_the_same_from_the_script(town, tmp_path):
    (tmp_path / "rows.csv").write_bytes(BAD_FILES["no date"][1])
    arguments = ["hotspots", tmp_path / "rows.csv", "--boundary", town.boundary, "--out", tmp_path / "out.csv"]
    assert run_apart(*arguments) == run(*arguments)
    assert names(tmp_path) == ["rows.csv"]
