"""A gazetteer is built from what Ordnance Survey publishes, whole or not at all, and says how much is in it."""

from __future__ import annotations

import gzip

import pytest

from geo import gazetteer
from tests.browser import ROOT
from tests.commands.conftest import names, run, run_apart

POSTCODES = ROOT / "sample_data" / "marlhaven" / "postcodes.csv"
OLD = b"an earlier gazetteer"


def test_the_samples_postcodes_become_a_gazetteer(tmp_path):
    ran = run("gazetteer", "build", "--out", tmp_path / "g.parquet", POSTCODES)
    assert (ran.code, ran.out, ran.err) == (0, "", "g.parquet: 300 postcodes from 1 file.\n")
    built = gazetteer.read(tmp_path / "g.parquet")
    published = [line.partition(",")[0].replace(" ", "") for line in POSTCODES.read_text("utf-8").splitlines()]
    assert sorted(built.postcodes["postcode"]) == sorted(published)
    assert [source.name for source in built.sources] == ["postcodes.csv"]
    assert names(tmp_path) == ["g.parquet"]


@pytest.mark.long
def test_all_of_great_britain_is_built_and_counted(shared_data, tmp_path):
    ran = run_apart("gazetteer", "build", "--out", tmp_path / "gb.parquet", shared_data / "codepoint_open")
    assert (ran.code, ran.out, ran.err) == (0, "", "gb.parquet: 1,739,998 postcodes from 4 files.\n")
    assert gazetteer.read(tmp_path / "gb.parquet").postcodes["postcode"].n_unique() == 1_739_998


def test_a_folder_is_read_for_all_its_files_and_the_headings_passed_over(tmp_path):
    folder = tmp_path / "codepo_gb" / "Data" / "CSV"
    folder.mkdir(parents=True)
    (folder / "sl.csv").write_text("SL1 1AA,10,497500,180500\nSL1 1AB,10,497600,180600\n")
    (folder / "yo.csv.gz").write_bytes(gzip.compress(b"YO1 1AA,10,460000,450000\n"))
    (tmp_path / "codepo_gb" / gazetteer.COLUMN_HEADINGS).write_text("PC,PQ,EA,NO\nPostcode,Quality,Eastings,Northings\n")
    ran = run("gazetteer", "build", tmp_path / "codepo_gb", "--out", tmp_path / "g.parquet")
    assert ran.err == "g.parquet: 3 postcodes from 2 files.\n"


def test_the_same_sources_give_the_same_bytes(tmp_path):
    for name in ("once", "again"):
        run("gazetteer", "build", "--out", tmp_path / name, POSTCODES)
    assert (tmp_path / "once").read_bytes() == (tmp_path / "again").read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.csv", b"", "empty.csv is not OS Code-Point Open"),
        ("binary.csv", bytes(range(256)) * 20, "binary.csv is not OS Code-Point Open"),
        ("rows.csv", b"agency,occurred_from\nPolice,2024-01-01\n", "rows.csv is not OS Code-Point Open"),
        ("short.csv", b"SL1 1AA,10,497500\n", "short.csv is not OS Code-Point Open"),
        ("broken.csv", b"SL1 1AA,10,497500,180500\nhere,be,some,words\n", "broken.csv is not OS Code-Point Open"),
        ("half.csv.gz", gzip.compress(b"SL1 1AA,10,497500,180500\n" * 99, mtime=0)[:60], "half.csv.gz is not OS Code-Point Open"),
        ("codepo.zip", b"PK\x03\x04" + bytes(60), "codepo.zip is not OS Code-Point Open"),
        ("map.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "map.pdf is not OS Code-Point Open"),
    ],
)
def test_another_kind_of_file_is_named_and_nothing_is_written(capfd, tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    (tmp_path / "g.parquet").write_bytes(OLD)
    before = names(tmp_path)
    ran = run("gazetteer", "build", "--out", tmp_path / "g.parquet", POSTCODES, tmp_path / name)
    assert ran.code == 2
    assert ran.sentence.startswith(told)
    assert (tmp_path / "g.parquet").read_bytes() == OLD
    assert names(tmp_path) == before
    assert capfd.readouterr().err == ""


def test_sources_that_are_not_there_are_named(tmp_path):
    (tmp_path / "bare").mkdir()
    missing = run("gazetteer", "build", "--out", tmp_path / "g.parquet", tmp_path / "missing")
    bare = run("gazetteer", "build", "--out", tmp_path / "g.parquet", tmp_path / "bare")
    assert (missing.code, bare.code) == (2, 2)
    assert missing.sentence == f"{tmp_path / 'missing'} was not found. Check the folder and the spelling."
    assert bare.sentence == f"{tmp_path / 'bare'} holds no CSV files. Give the folder that Code-Point Open was unpacked to."
    assert names(tmp_path) == ["bare"]


@pytest.mark.parametrize(
    ("out", "told"),
    [
        ("nowhere/g.parquet", "The folder of {out} does not exist. Make it first, or choose another."),
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
