"""A gazetteer is built from open data as it was downloaded, whole or not at all, and says what is in it and where that is from."""

from __future__ import annotations

import gzip
import zipfile

import pytest

from geo import gazetteer
from tests.browser import ROOT
from tests.commands.conftest import names, run, run_apart

SAMPLE = ROOT / "sample_data" / "marlhaven"
POSTCODES = SAMPLE / "postcodes.csv"
OLD = b"an earlier gazetteer"


def test_the_samples_postcodes_become_a_gazetteer(tmp_path):
    ran = run("gazetteer", "build", "--out", tmp_path / "g.gazetteer", POSTCODES)
    assert (ran.code, ran.out, ran.err) == (0, "", "g.gazetteer: 300 postcodes from 1 file.\n")
    built = gazetteer.read(tmp_path / "g.gazetteer")
    published = [line.partition(",")[0].replace(" ", "") for line in POSTCODES.read_text("utf-8").splitlines()]
    assert sorted(built.postcodes["postcode"]) == sorted(published)
    assert [source.name for source in built.sources] == ["postcodes.csv"]
    assert names(tmp_path) == ["g.gazetteer"]


def test_what_is_in_it_and_where_from_is_shown(tmp_path):
    (tmp_path / "osopenuprn_202401.csv").write_text("UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE\n1,1.0,1.0,0,0\n2,1.0,1.0,0,0\n")
    codes = ["SL1 1AA,10,497500,180500\n", "SL1 1AB,10,497600,180600\n", "YO1 1AA,10,460000,450000\n", "YO1 1AB,90,0,0\n"]
    with zipfile.ZipFile(tmp_path / "codepo_gb.zip", "w") as archive:
        for number, code in enumerate(codes):
            archive.writestr(f"Data/CSV/{number}.csv", code)
        archive.writestr("Doc/metadata.txt", "COPYRIGHT DATE: 20240207\n")
    sources = [tmp_path / "codepo_gb.zip", tmp_path / "osopenuprn_202401.csv", POSTCODES, SAMPLE / "extract.osm.pbf"]
    ran = run("gazetteer", "build", "--out", tmp_path / "g", *sources)
    built = gazetteer.read(tmp_path / "g")
    counts = f"304 postcodes, {built.rows['names']:,} names, {built.rows['addresses']:,} addresses, 2 property numbers (UPRN)"
    expected = counts.replace(" 0 addresses,", "")
    assert (ran.code, ran.out, ran.err) == (0, "", f"g: {expected} from 7 files.\n")
    shown = run("gazetteer", "show", tmp_path / "g")
    assert (shown.code, shown.err) == (0, "")
    first, *rest = shown.out.splitlines()
    assert first == f"g: {expected}."
    assert rest[0] == "OS Code-Point Open, edition not known: 300 rows from postcodes.csv."
    assert rest[2] == "OS Code-Point Open, 2024-02-07: 4 rows from 4 files."
    assert rest[4] == "OS Open UPRN, 2024-01: 2 rows from osopenuprn_202401.csv."
    assert rest[6].startswith("OpenStreetMap, ")
    assert rest[6].endswith(" from extract.osm.pbf.")
    licences = [line.strip() for line in rest[1::2]]
    assert [licence.partition(".")[0] for licence in licences] == ["Open Government Licence v3"] * 3 + ["Open Database Licence 1"]
    assert len(rest) == 8


def test_a_file_that_is_no_gazetteer_is_not_shown(tmp_path):
    (tmp_path / "g").write_bytes(OLD)
    for path, told in (
        (tmp_path / "g", "g is not a gazetteer, or is damaged."),
        (tmp_path / "h", f"The gazetteer {tmp_path / 'h'} was not found."),
    ):
        ran = run("gazetteer", "show", path)
        assert ran.code == 2
        assert ran.sentence.startswith(told)


@pytest.mark.long
def test_all_of_great_britain_is_built_and_counted(shared_data, tmp_path):
    ran = run_apart("gazetteer", "build", "--out", tmp_path / "gb", shared_data / "codepoint_open")
    assert (ran.code, ran.out, ran.err) == (0, "", "gb: 1,739,998 postcodes from 4 files.\n")
    assert gazetteer.read(tmp_path / "gb").postcodes["postcode"].n_unique() == 1_739_998


def test_a_folder_is_read_for_all_its_files_and_the_headings_passed_over(tmp_path):
    folder = tmp_path / "codepo_gb" / "Data" / "CSV"
    folder.mkdir(parents=True)
    (folder / "sl.csv").write_text("SL1 1AA,10,497500,180500\nSL1 1AB,10,497600,180600\n")
    (folder / "yo.csv.gz").write_bytes(gzip.compress(b"YO1 1AA,10,460000,450000\n"))
    (tmp_path / "codepo_gb" / "Code-Point_Open_Column_Headers.csv").write_text("PC,PQ,EA,NO\nPostcode,Quality,Eastings,Northings\n")
    ran = run("gazetteer", "build", tmp_path / "codepo_gb", "--out", tmp_path / "g")
    assert ran.err == "g: 3 postcodes from 2 files.\n"


def test_the_same_sources_give_the_same_bytes(tmp_path):
    for name in ("once", "again"):
        run("gazetteer", "build", "--out", tmp_path / name, POSTCODES, SAMPLE / "extract.osm.pbf")
    assert (tmp_path / "once").read_bytes() == (tmp_path / "again").read_bytes()


NOT_ONE = "is not OS Code-Point Open, OS Open Names, OS Open UPRN, ONSPD, NSPL or an OpenStreetMap extract"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.csv", b"", "empty.csv is empty"),
        ("binary.csv", bytes(range(256)) * 20, f"binary.csv {NOT_ONE}"),
        ("rows.csv", b"agency,occurred_from\nPolice,2024-01-01\n", f"rows.csv {NOT_ONE}"),
        ("short.csv", b"SL1 1AA,10,497500\n", f"short.csv {NOT_ONE}"),
        ("broken.csv", b"SL1 1AA,10,497500,180500\nhere,be,some,words\n", "broken.csv, row 2: this is no row of OS Code-Point Open"),
        ("half.csv.gz", gzip.compress(b"SL1 1AA,10,497500,180500\n" * 99, mtime=0)[:60], "half.csv.gz could not be read to its end"),
        ("codepo.zip", b"PK\x03\x04" + bytes(60), "codepo.zip could not be read to its end"),
        ("map.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", f"map.pdf {NOT_ONE}"),
        ("page.csv", b"<!doctype html><title>Sign in</title>", "page.csv is a web page"),
    ],
)  # fmt: skip
def test_another_kind_of_file_is_named_and_nothing_is_written(capfd, tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    (tmp_path / "g").write_bytes(OLD)
    before = names(tmp_path)
    ran = run("gazetteer", "build", "--out", tmp_path / "g", POSTCODES, tmp_path / name)
    assert ran.code == 2
    assert ran.sentence.startswith(told)
    assert (tmp_path / "g").read_bytes() == OLD
    assert names(tmp_path) == before
    assert capfd.readouterr().err == ""


def test_sources_that_are_not_there_are_named(tmp_path):
    (tmp_path / "bare").mkdir()
    missing = run("gazetteer", "build", "--out", tmp_path / "g", tmp_path / "missing")
    bare = run("gazetteer", "build", "--out", tmp_path / "g", tmp_path / "bare")
    assert (missing.code, bare.code) == (2, 2)
    assert missing.sentence == f"{tmp_path / 'missing'} was not found. Check the folder and the spelling."
    assert bare.sentence == f"{tmp_path / 'bare'} holds no CSV, zip or OpenStreetMap files. Give the folder that the data was unpacked to."
    assert names(tmp_path) == ["bare"]


def test_a_gazetteer_does_not_take_the_place_of_what_it_is_made_from(tmp_path):
    (tmp_path / "sl.csv").write_text("SL1 1AA,10,497500,180500\n")
    ran = run("gazetteer", "build", "--out", tmp_path / "sl.csv", POSTCODES, tmp_path / "sl.csv")
    assert ran.code == 2
    assert ran.sentence.endswith("sl.csv is one of the files to read. Give the result a name of its own.")
    assert (tmp_path / "sl.csv").read_text().startswith("SL1")


@pytest.mark.parametrize(
    ("out", "told"),
    [
        ("nowhere/g", "The folder of {out} does not exist. Make it first, or choose another."),
        ("", "{out} is a folder or a device, not a file. Give the name of a file to write."),
    ],
)
def test_a_place_where_no_gazetteer_can_go_is_said_before_the_work(tmp_path, out, told):
    ran = run("gazetteer", "build", "--out", tmp_path / out, tmp_path / "missing.csv")
    assert ran.code == 2
    assert ran.sentence == told.format(out=tmp_path / out)


def test_standard_output_is_no_place_for_a_gazetteer(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    ran = run("gazetteer", "build", "--out", "-", POSTCODES)
    assert ran.code == 2
    assert "standard output" in ran.sentence
    assert names(tmp_path) == []
