"""A gazetteer is built whole or not at all, and opened whole or not at all; a damaged file is never half used."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import threading
import zipfile

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import gazetteer, gazetteer_file
from words import DataProblem

ROWS = [("SL1 1AA", 10, 497_000, 178_000), ("SL1 1AB", 50, 497_100, 178_100), ("SL99 9ZZ", 90, 0, 0)]
TEN_COLUMNS = '"{}",{},{},{},"E92000001","E19000007","E18000010","","E06000039","E05009346"'
"""As OS ships them: postcode, quality, easting, northing, then codes of country, health authorities, county, district and ward."""

HEADINGS_FILE = "Code-Point_Open_Column_Headers.csv"
"""A list of headings that Ordnance Survey ships in the same folders as the postcodes."""

HEADERS = {
    4: "Postcode,Positional_quality_indicator,Eastings,Northings",
    10: "PC,PQ,EA,NO,CY,RH,LH,CC,DC,WC",
}


def _csv(path, rows=ROWS, *, columns=4, header=False, end="\n"):
    line = "{},{},{},{}" if columns == 4 else TEN_COLUMNS
    text = "".join(f"{one}{end}" for one in [*([HEADERS[columns]] if header else []), *(line.format(*row) for row in rows)])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def _told(postcodes):
    return postcodes.select("postcode", "quality", "easting", "northing").rows()


def _refusal(function, *arguments):
    """Return why something was refused, which is always one line."""
    with pytest.raises(DataProblem) as caught:
        function(*arguments)
    text = str(caught.value)
    assert "\n" not in text
    return text


KEYED = [("SL11AA", 10, 497_000, 178_000), ("SL11AB", 50, 497_100, 178_100), ("SL999ZZ", 90, 0, 0)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["sl.csv", "sl.csv.gz"])
@pytest.mark.parametrize("header", [False, True])
@pytest.mark.parametrize("columns", [4, 10])
def test_postcodes_are_the_same_however_they_come(tmp_path, columns, header, name, end):
    built = gazetteer.build([_csv(tmp_path / name, columns=columns, header=header, end=end)], tmp_path / "g.parquet")
    assert _told(built.postcodes) == KEYED
    assert [(source.name, source.kind, source.rows) for source in built.sources] == [(name, "OS Code-Point Open", 3)]
    assert not built.postcodes["terminated"].any()
    assert built.postcodes["precision_m"].to_list() == [1000, 1000, 2000]


def test_what_was_built_is_what_is_read(tmp_path):
    built = gazetteer.build([_csv(tmp_path / "sl.csv"), _csv(tmp_path / "le.csv.gz", [("LE15 6AA", 20, 486_000, 308_500)])], tmp_path / "g")
    found = gazetteer.read(tmp_path / "g")
    assert found.postcodes.equals(built.postcodes)
    assert found.sources == built.sources
    assert [source.name for source in found.sources] == ["sl.csv", "le.csv.gz"]


def test_a_folder_is_read_as_it_was_unpacked(tmp_path):
    unpacked = tmp_path / "codepo_gb"
    _csv(unpacked / "Data" / "CSV" / "sl.csv", columns=10)
    _csv(unpacked / "Data" / "CSV" / "le.csv.gz", [("LE15 6AA", 20, 486_000, 308_500)])
    (unpacked / "Doc").mkdir()
    headings = "PC,PQ,EA,NO,CY,RH,LH,CC,DC,WC\r\nPostcode,Positional_quality_indicator,Eastings,Northings,Country_code\r\n"
    (unpacked / "Doc" / HEADINGS_FILE).write_text(headings)
    (unpacked / "Doc" / "licence.txt").write_text("Open Government Licence")
    built = gazetteer.build([unpacked], tmp_path / "g.parquet")
    assert built.postcodes["postcode"].to_list() == ["LE156AA", "SL11AA", "SL11AB", "SL999ZZ"]
    assert {source.name for source in built.sources} == {"sl.csv", "le.csv.gz"}


def test_progress_wraps_the_files_that_were_found(tmp_path):
    given = []
    _csv(tmp_path / "in" / "b.csv")
    _csv(tmp_path / "in" / "a.csv")
    gazetteer.build([tmp_path / "in"], tmp_path / "g.parquet", each=lambda files: given.extend(files) or files)
    assert [file.name for file in given] == ["a.csv", "b.csv"]


def test_of_two_files_with_the_same_postcode_the_first_counts(tmp_path):
    first = _csv(tmp_path / "new.csv", [("SL1 1AA", 10, 1, 2)])
    second = _csv(tmp_path / "old.csv", [("sl11aa", 60, 3, 4), ("SL1 1AB", 10, 5, 6)])
    built = gazetteer.build([first, second], tmp_path / "g.parquet")
    assert _told(built.postcodes) == [("SL11AA", 10, 1, 2), ("SL11AB", 10, 5, 6)]


def test_where_postcodes_are_near_precision_follows_from_quality_and_an_unknown_one_is_the_worst(tmp_path):
    rows = [(f"SL1 1A{letter}", quality, 1, 1) for letter, quality in zip("ABCDEFGH", [10, 20, 30, 40, 50, 60, 70, 90], strict=True)]
    beside = [(f"SL2 1A{letter}", 10, 1, 2 + n) for n, letter in enumerate("ABDEFG")]
    built = gazetteer.build([_csv(tmp_path / "sl.csv", rows + beside)], tmp_path / "g.parquet").postcodes.head(len(rows))
    assert built["precision_m"].to_list() == [100, 100, 150, 250, 250, 2000, 2000, 2000]


POSTCODES = {
    "SL1 1AA": "SL11AA",
    "sl1 1aa": "SL11AA",
    "  SL1  1AA ": "SL11AA",
    "SL11AA": "SL11AA",
    "SL1\u00a01AA": "SL11AA",
    "SL1-1AA.": "SL11AA",
    "M1 1AE": "M11AE",
    "B33 8TH": "B338TH",
    "CR2 6XH": "CR26XH",
    "DN55 1PT": "DN551PT",
    "W1A 0AX": "W1A0AX",
    "EC1A 1BB": "EC1A1BB",
    "C01 2FT": "C012FT",
    "": None,
    "SL1": None,
    "SL1 1A": None,
    "SL1 1AAA": None,
    "1SL 1AA": None,
    "SL1 AAA": None,
    "ABC1 1AA": None,
    "High Street": None,
    None: None,
}


@pytest.mark.parametrize("typed", POSTCODES)
def test_a_postcode_is_known_by_its_shape_however_it_is_typed(typed):
    table = pl.DataFrame({"typed": [typed]}, schema={"typed": pl.String})
    assert table.select(gazetteer.normalised_postcode(pl.col("typed"))).item() == POSTCODES[typed]


A_HEADER = HEADERS[4].encode()
GOOD = b"SL1 1AA,10,497000,178000\n"

WRONG = {
    "a letter": (b"Dear Sir or Madam,\nthank you for your letter.\n", "is not OS Code-Point Open, OS Open Names"),
    "nothing": (b"", "is empty"),
    "spaces": (b" \n\n", "is empty"),
    "a header and no rows": (A_HEADER, "holds only the names of columns"),
    "a police.uk file": (
        b"Crime ID,Month,Reported by,Falls within,Longitude,Latitude\na,2022-01,Thames,Thames,-0.6,51.5\n", "is not OS Code-Point Open",
    ),
    "three columns": (b"SL1 1AA,10,497000\n", "is not OS Code-Point Open"),
    "five columns": (b"SL1 1AA,10,497000,178000,1\n", "is not OS Code-Point Open"),
    "eastings that are no numbers": (GOOD + b"SL1 1AB,10,east,north\n", "row 2: this is no row of OS Code-Point Open"),
    "a row that is no postcode": (GOOD + b"High Street,10,497000,178000\n" + GOOD, "row 2: this is no row"),
    "a first row that is no postcode": (b"High Street,10,497000,178000\n" + GOOD, "row 1: this is no row"),
    "a header half way": (A_HEADER + b"\n" + GOOD + A_HEADER + b"\n" + GOOD, "row 3: this is no row"),
    "a point that is not on the grid": (GOOD + b"SL1 1AB,10,497000,1780000\n", "row 2: this is no row"),
    "a point west of the grid": (GOOD + b"SL1 1AB,10,-1,178000\n", "row 2: this is no row"),
    "a point that is no number": (GOOD + b"SL1 1AB,10,nan,178000\n", "row 2: this is no row"),
    "a quality that is not one": (GOOD + b"SL1 1AB,1000,497000,178000\n", "row 2: this is no row"),
    "a row cut short": (GOOD + b"SL1 1AB,10,4970", "could not be read to its end"),
    "a row too long": (GOOD + b"SL1 1AB,10,497000,178000,7\n" + GOOD, "row 2: this is no row"),
    "a row too short": (GOOD + b"SL1 1AB,10\n" + GOOD, "row 2: this is no row"),
    "an empty row": (GOOD + b"\n" + GOOD, "row 2: this is no row"),
    "an open quotation mark at the start": (GOOD + b'"SL1 1AB,10,497000,178000\n', "is damaged"),
    "an open quotation mark": (GOOD * 9 + b'"SL1 1AB,10,497000,178000\n' + GOOD, "row 10: this is no row"),
    "Latin-1 text": ("SL1 1AA,10,497000,178000\nCafé,10,1,1\n".encode("latin-1"), "is not in UTF-8"),
    "UTF-16": ("SL1 1AA,10,497000,178000\n".encode("utf-16"), "is not OS Code-Point Open"),
    "binary": (bytes(range(256)), "is not OS Code-Point Open"),
    "half a gzip": (gzip.compress(GOOD * 500)[:60], "could not be read to its end"),
    "a gzip of noise": (gzip.compress(bytes(range(256))), "is not OS Code-Point Open"),
    "a web page": (b"\n<!DOCTYPE html><html><body>Your session has ended.</body></html>", "is a web page"),
    "a server's complaint": (b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>', "is a web page"),
    "half a zip": (b"PK\x03\x04" + bytes(60), "could not be read to its end"),
    "half an extract": (b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18", "could not be read to its end as OpenStreetMap"),
    "an extract that is none": (b"<?xml version='1.0'?>\n<osm><node id='x'", "could not be read to its end as OpenStreetMap"),
    "an empty extract": (b"<?xml version='1.0'?>\n<osm version='0.6'></osm>", "could not be read|holds no postcodes"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_named_and_nothing_is_written(tmp_path, case):
    (tmp_path / "in").mkdir()
    wrong = tmp_path / "in" / "wrong.csv"
    content, told = WRONG[case]
    wrong.write_bytes(content)
    given = [wrong] if case == "an empty extract" else [_csv(tmp_path / "in" / "sl.csv"), wrong]
    text = _refusal(gazetteer.build, given, tmp_path / "g.parquet")
    assert re.search(f"wrong.csv.*({told})", text), text
    assert text.endswith(".")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_file_larger_than_what_is_read_at_once_loses_no_row_and_numbers_the_wrong_one(tmp_path, monkeypatch):
    monkeypatch.setattr("geo.csv_rows.BLOCK_BYTES", 64)
    rows = [(f"SL{n % 90 + 1} {n % 9}{chr(65 + n % 26)}{chr(65 + n // 26)}", 10, 490_000 + n, 178_000) for n in range(200)]
    built = gazetteer.build([_csv(tmp_path / "sl.csv", rows, columns=10, header=True)], tmp_path / "g")
    assert built.sources[0].rows == 200
    assert set(built.postcodes["easting"]) == {row[2] for row in rows}
    rows[150] = ("SL1 1AA", 10, "here", 178_000)
    assert "sl.csv, row 152: " in _refusal(gazetteer.build, [_csv(tmp_path / "sl.csv", rows, columns=10, header=True)], tmp_path / "g")


def test_a_missing_file_and_a_folder_without_any_are_told(tmp_path):
    assert "nowhere.csv was not found" in _refusal(gazetteer.build, [tmp_path / "nowhere.csv"], tmp_path / "g.parquet")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "readme.txt").write_text("Thank you for downloading.")
    assert "empty holds no CSV, zip or OpenStreetMap files" in _refusal(gazetteer.build, [tmp_path / "empty"], tmp_path / "g.parquet")
    (tmp_path / "empty" / HEADINGS_FILE).write_text("PC,PQ,EA,NO")
    assert "empty holds only the names of columns" in _refusal(gazetteer.build, [tmp_path / "empty"], tmp_path / "g.parquet")
    assert "Headers.csv holds only the names" in _refusal(gazetteer.build, [tmp_path / "empty" / HEADINGS_FILE], tmp_path / "g.parquet")
    assert not (tmp_path / "g.parquet").exists()


def test_a_folder_that_is_not_there_cannot_be_written_to(tmp_path):
    assert "could not be written" in _refusal(gazetteer.build, [_csv(tmp_path / "sl.csv")], tmp_path / "nowhere" / "g.parquet")


@pytest.mark.parametrize("stopped", ["before writing", "while writing"])
def test_an_old_gazetteer_survives_a_build_that_fails(tmp_path, monkeypatch, stopped):
    out = tmp_path / "out" / "g.parquet"
    good, wrong = _csv(tmp_path / "sl.csv"), tmp_path / "wrong.csv"
    out.parent.mkdir()
    gazetteer.build([good], out)
    before = out.read_bytes()
    wrong.write_bytes(WRONG["a letter"][0])

    def full_disc(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full_disc)
    _refusal(gazetteer.build, [wrong if stopped == "before writing" else good], out)
    assert out.read_bytes() == before
    assert [path.name for path in out.parent.iterdir()] == ["g.parquet"]


def test_a_rebuild_takes_the_place_of_the_old_one(tmp_path):
    out = tmp_path / "g.parquet"
    gazetteer.build([_csv(tmp_path / "sl.csv")], out)
    gazetteer.build([_csv(tmp_path / "le.csv", [("LE15 6AA", 20, 486_000, 308_500)])], out)
    assert gazetteer.read(out).postcodes["postcode"].to_list() == ["LE156AA"]


# Looking postcodes up


def test_postcodes_are_found_in_the_order_they_are_asked_for(tmp_path):
    built = gazetteer.build([_csv(tmp_path / "sl.csv")], tmp_path / "g")
    keys = pl.Series(["SL11AB", "ZZ11ZZ", None, "SL999ZZ", "", "SL11AA", "SL11AB", "A longer text than any postcode"])
    found = built.find_postcodes(keys)
    assert found.columns == ["quality", "easting", "northing", "precision_m", "terminated"]
    assert found["easting"].to_list() == [497_100, None, None, 0, None, 497_000, 497_100, None]
    assert found["quality"].to_list() == [50, None, None, 90, None, 10, 50, None]
    assert found["precision_m"].to_list() == [1000, None, None, 2000, None, 1000, 1000, None]
    assert built.find_postcodes(pl.Series([], dtype=pl.String)).height == 0
    assert built.find_postcodes(pl.Series([None, None], dtype=pl.String))["easting"].to_list() == [None, None]


codes = st.from_regex(r"[A-C]{1,2}[0-9][A-C0-9]?[0-9][A-C]{2}", fullmatch=True)


@given(st.lists(codes, unique=True, min_size=1, max_size=30), st.lists(st.none() | codes | st.text(max_size=9), max_size=30))
@settings(max_examples=60)
def test_a_postcode_is_found_where_a_join_would_find_it(tmp_path_factory, held, asked):
    folder = tmp_path_factory.mktemp("found")
    built = gazetteer.build([_csv(folder / "sl.csv", [(code, 10, 490_000 + n, n + 1) for n, code in enumerate(held)])], folder / "g")
    assert built.postcodes["postcode"].to_list() == sorted(held)
    keys = pl.Series("postcode", asked, dtype=pl.String)
    joined = keys.to_frame().join(built.postcodes, on="postcode", how="left", maintain_order="left").drop("postcode")
    assert built.find_postcodes(keys).equals(joined)


# What is read


OURS = {
    "version": gazetteer.VERSION,
    "wording": gazetteer_file.wording.VERSION,
    "rows": dict.fromkeys(gazetteer_file.LAYOUT, 0),
    "sources": [],
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    gazetteer.build([_csv(folder / "sl.csv", [(f"SL{n} 1AA", 10, 490_000 + n, 178_000) for n in range(1, 100)])], folder / "g.parquet")
    return folder / "g.parquet"


def _changed(path, whole, **contents):
    """Write a gazetteer that differs from a whole one in what its list of contents says."""
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            told = json.loads(old.read(part)) | contents if part == gazetteer_file.CONTENTS else None
            new.writestr(part, old.read(part) if told is None else json.dumps(told))
    return path


def test_a_missing_gazetteer_says_how_to_build_one(tmp_path):
    text = _refusal(gazetteer.read, tmp_path / "g.parquet")
    assert "g.parquet was not found" in text
    assert f"safer-spaces gazetteer build --out {tmp_path / 'g.parquet'} SOURCE" in text


@pytest.mark.parametrize("version", ["0", "1", "2", "4", 3, None])
def test_another_version_is_refused_with_the_cure(tmp_path, whole, version):
    text = _refusal(gazetteer.read, _changed(tmp_path / "g", whole, version=version))
    assert text == "g was built by another version. Build it again with: safer-spaces gazetteer build"


def test_a_gazetteer_of_the_first_version_is_known_for_one(tmp_path):
    table = pl.DataFrame({"postcode": ["SL11AA"]}).to_arrow().replace_schema_metadata({"gazetteer_version": "1", "sources": "[]"})
    pq.write_table(table, tmp_path / "g")
    pl.DataFrame({"postcode": ["SL11AA"]}).write_parquet(tmp_path / "other")
    assert "g was built by another version" in _refusal(gazetteer.read, tmp_path / "g")
    assert "other is not a gazetteer, or is damaged" in _refusal(gazetteer.read, tmp_path / "other")


def test_keys_of_another_wording_are_refused_and_postcodes_need_none(tmp_path, whole):
    assert gazetteer.read(_changed(tmp_path / "g", whole, wording="of old")).postcodes.height == 99
    rows = json.loads(zipfile.ZipFile(whole).read(gazetteer_file.CONTENTS))["rows"] | {"names": 1}
    assert "another version" in _refusal(gazetteer.read, _changed(tmp_path / "g", whole, wording="of old", rows=rows))


SOURCE = {"name": "sl.csv", "kind": "OS Code-Point Open", "edition": "", "licence": "", "rows": 1}


@pytest.mark.parametrize(
    "contents",
    [
        {"sources": None},
        {"sources": "half of ["},
        {"sources": [{"file": "sl.csv"}]},
        {"sources": ["sl.csv"]},
        {"sources": [SOURCE | {"path": "sl.csv"}]},
        {"rows": {}},
        {"rows": None},
        {"rows": OURS["rows"] | {"postcodes": None}},
        {"rows": OURS["rows"] | {"postcodes": 98}},
    ],
    ids=str,
)
def test_what_only_looks_like_a_gazetteer_is_refused(tmp_path, whole, contents):
    def used(path):
        return gazetteer.read(path).postcodes

    assert "g is not a gazetteer, or is damaged" in _refusal(used, _changed(tmp_path / "g", whole, **contents))


def test_tables_of_other_columns_are_refused(tmp_path, whole):
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(tmp_path / "g", "w") as new:
        for part in old.namelist():
            if part == "postcodes.arrow":
                with new.open(part, "w") as table:
                    pl.DataFrame({"postcode": ["SL11AA"] * 99}).write_ipc(table)
            else:
                new.writestr(part, old.read(part))
    with pytest.raises(DataProblem, match="is not a gazetteer, or is damaged"):
        gazetteer.read(tmp_path / "g").find_postcodes(pl.Series(["SL11AA"]))


def _zip(path, parts, **how):
    with zipfile.ZipFile(path, "w", **how) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "content", [b"", b"PAR1", b"PAR1" + bytes(500) + b"PAR1", b"SL1 1AA,10,497000,178000\n" * 9, b"PK\x05\x06" + bytes(18)]
)
def test_other_files_are_refused(tmp_path, content):
    (tmp_path / "g.parquet").write_bytes(content)
    assert "is not a gazetteer, or is damaged" in _refusal(gazetteer.read, tmp_path / "g.parquet")


def test_other_zips_are_refused_and_packed_ones_not_unpacked(tmp_path, whole):
    with zipfile.ZipFile(whole) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    _zip(tmp_path / "bomb", parts, compression=zipfile.ZIP_DEFLATED)
    _zip(tmp_path / "bare", {"contents.json": json.dumps(OURS)})
    _zip(tmp_path / "other", {"contents.json": "[]"})
    _zip(tmp_path / "text", {"contents.json": "{"})
    for name in ("bomb", "bare", "other", "text"):
        assert "is not a gazetteer, or is damaged" in _refusal(gazetteer.read, tmp_path / name), name


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.99])
def test_a_file_cut_short_is_refused(tmp_path, whole, kept):
    content = whole.read_bytes()
    (tmp_path / "g.parquet").write_bytes(content[: int(kept * len(content))])
    assert "is damaged" in _refusal(gazetteer.read, tmp_path / "g.parquet")


def _tables(opened):
    return [getattr(opened, table) for table in gazetteer_file.LAYOUT]


def test_no_damage_to_what_is_stored_goes_unnoticed(tmp_path, whole):
    """Turn a bit of every 7th byte: the tables are still the same, or the file is refused when it is opened."""
    content, path = whole.read_bytes(), tmp_path / "g.parquet"
    tables = _tables(gazetteer.read(whole))
    refused = 0
    for at in range(0, len(content), 7):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        try:
            opened = gazetteer.read(path)
        except DataProblem:
            refused += 1
            continue
        assert all(found.equals(table) for found, table in zip(_tables(opened), tables, strict=True)), at
    assert refused > 0.8 * len(content) / 7, "what else is in the file are dates and names that nobody reads"


def test_damage_to_a_large_table_is_told_when_it_is_asked_for(tmp_path, whole, monkeypatch):
    monkeypatch.setattr(gazetteer_file, "CHECKED_AT_ONCE_BYTES", 0)
    content = bytearray(whole.read_bytes())
    at = content.index(b"postcodes.arrow") + 1500
    content[at] ^= 1
    (tmp_path / "g").write_bytes(content)
    opened = gazetteer.read(tmp_path / "g")
    assert opened.names.is_empty()
    with pytest.raises(DataProblem, match="g is not a gazetteer, or is damaged"):
        opened.find_postcodes(pl.Series(["SL11AA"]))


@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8)), min_size=1, max_size=4))
@settings(max_examples=150)
def test_no_damage_to_a_gazetteer_is_more_than_refused(whole, patches):
    content = bytearray(whole.read_bytes())
    for at, patch in patches:
        start = int(at * len(content))
        content[start : start + len(patch)] = patch
    path = whole.with_name("damaged.parquet")
    path.write_bytes(content)
    with contextlib.suppress(DataProblem):
        opened = gazetteer.read(path)
        assert opened.postcodes.width == 6
        _tables(opened)


def test_an_open_gazetteer_stays_what_it_was_when_it_is_built_anew(tmp_path):
    out = tmp_path / "g"
    opened = gazetteer.build([_csv(tmp_path / "sl.csv")], out)
    gazetteer.build([_csv(tmp_path / "le.csv", [("LE15 6AA", 20, 486_000, 308_500)])], out)
    out.unlink()
    assert opened.postcodes["postcode"].to_list() == ["SL11AA", "SL11AB", "SL999ZZ"]
    assert opened.names.is_empty()


def test_many_can_read_one_gazetteer_at_the_same_time(whole):
    opened, seen = gazetteer.read(whole), []
    threads = [threading.Thread(target=lambda: seen.append([len(table) for table in _tables(opened)])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [[99, 0, 0, 0, 0]] * 8


lines = st.lists(
    st.lists(st.sampled_from(["SL1 1AA", "10", "90", "497000", "", '"', "Postcode", "1e9", "-1", "\x00", "é", "9" * 30]), max_size=6).map(
        ",".join
    ),
    max_size=5,
).map(lambda text: "\n".join(text).encode())


@given(st.binary(max_size=80) | lines | lines.map(gzip.compress))
def test_no_bytes_are_more_than_refused(whole, content):
    path, out = whole.with_name("made-up.csv"), whole.with_name("made-up.parquet")
    path.write_bytes(content)
    with contextlib.suppress(DataProblem):
        assert all(re.fullmatch("[A-Z0-9]{5,7}", postcode) for postcode in gazetteer.build([path], out).postcodes["postcode"])
    out.unlink(missing_ok=True)
    with contextlib.suppress(DataProblem):
        gazetteer.read(path)


# Great Britain


def test_the_whole_of_great_britain(tmp_path, shared_data):
    built = gazetteer.build([shared_data / "codepoint_open" / "great-britain.csv.gz"], tmp_path / "g.parquet")
    assert built.postcodes.height == built.postcodes["postcode"].n_unique() == 1_739_998
    assert (built.postcodes["quality"] == gazetteer.NOT_POSITIONED).sum() == 964
    nowhere = built.postcodes.filter((pl.col("easting") == 0) & (pl.col("northing") == 0))
    assert nowhere["quality"].to_list() == [gazetteer.NOT_POSITIONED] * 964
    assert gazetteer.read(tmp_path / "g.parquet").postcodes.equals(built.postcodes)


def test_the_publishers_own_files_without_a_header_lose_no_row(tmp_path, shared_data):
    names = ("sl", "le", "pe")
    built = gazetteer.build([shared_data / "codepoint_open" / f"{name}.csv" for name in names], tmp_path / "g.parquet")
    lines_in = [len((shared_data / "codepoint_open" / f"{name}.csv").read_text().splitlines()) for name in names]
    assert [source.rows for source in built.sources] == lines_in
    assert built.postcodes.height == sum(lines_in)
