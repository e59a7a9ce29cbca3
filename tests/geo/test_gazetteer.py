"""Postcodes come in as Ordnance Survey ships them, once each; a file that is something else or damaged is never half used."""

from __future__ import annotations

import contextlib
import gzip
import json
import re

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import gazetteer
from geo.gazetteer import Source
from words import DataProblem

ROWS = [("SL1 1AA", 10, 497_000, 178_000), ("SL1 1AB", 50, 497_100, 178_100), ("SL99 9ZZ", 90, 0, 0)]
TEN_COLUMNS = '"{}",{},{},{},"E92000001","E19000007","E18000010","","E06000039","E05009346"'
"""As OS ships them: postcode, quality, easting, northing, then codes of country, health authorities, county, district and ward."""

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
    assert built.sources == (Source(name, "OS Code-Point Open", 3),)
    assert built.postcodes["precision_m"].to_list() == [100, 250, 2000]


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
    (unpacked / "Doc" / gazetteer.COLUMN_HEADINGS).write_text(headings)
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


def test_precision_follows_from_quality_and_an_unknown_one_is_the_worst(tmp_path):
    rows = [(f"SL1 1A{letter}", quality, 1, 1) for letter, quality in zip("ABCDEFGH", [10, 20, 30, 40, 50, 60, 70, 90], strict=True)]
    built = gazetteer.build([_csv(tmp_path / "sl.csv", rows)], tmp_path / "g.parquet")
    assert built.postcodes["precision_m"].to_list() == [100, 100, 150, 250, 250, 2000, 2000, 2000]


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


WRONG = {
    "a letter": b"Dear Sir or Madam,\nthank you for your letter.\n",
    "nothing": b"",
    "a header and no rows": HEADERS[4].encode(),
    "a police.uk file": b"Crime ID,Month,Reported by,Falls within,Longitude,Latitude\na,2022-01,Thames,Thames,-0.6,51.5\n",
    "three columns": b"SL1 1AA,10,497000\n",
    "eastings that are no numbers": b"SL1 1AA,10,497000,178000\nSL1 1AB,10,east,north\n",
    "a row that is no postcode": b"SL1 1AA,10,497000,178000\nHigh Street,10,497000,178000\nSL1 1AB,10,497000,178000\n",
    "a quality that is not one": b"SL1 1AA,10,497000,178000\nSL1 1AB,1000,497000,178000\n",
    "a row cut short": b"SL1 1AA,10,497000,178000\nSL1 1AB,10,4970",
    "Latin-1 text": "SL1 1AA,10,497000,178000\nCafé,10,1,1\n".encode("latin-1"),
    "binary": bytes(range(256)),
    "half a gzip": gzip.compress(b"SL1 1AA,10,497000,178000\n" * 500)[:60],
    "a gzip of noise": gzip.compress(bytes(range(256))),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_named_and_nothing_is_written(tmp_path, case):
    (tmp_path / "in").mkdir()
    wrong = tmp_path / "in" / "wrong.csv"
    wrong.write_bytes(WRONG[case])
    assert "wrong.csv is not OS Code-Point Open" in _refusal(
        gazetteer.build, [_csv(tmp_path / "in" / "sl.csv"), wrong], tmp_path / "g.parquet"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_missing_file_and_a_folder_without_any_are_told(tmp_path):
    assert "nowhere.csv was not found" in _refusal(gazetteer.build, [tmp_path / "nowhere.csv"], tmp_path / "g.parquet")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / gazetteer.COLUMN_HEADINGS).write_text("PC,PQ,EA,NO")
    assert "empty holds no CSV files" in _refusal(gazetteer.build, [tmp_path / "empty"], tmp_path / "g.parquet")
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
    wrong.write_bytes(WRONG["a letter"])

    def full_disc(table, path, **options):
        path.write_bytes(before[:50])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full_disc)
    _refusal(gazetteer.build, [wrong if stopped == "before writing" else good], out)
    assert out.read_bytes() == before
    assert [path.name for path in out.parent.iterdir()] == ["g.parquet"]


def test_a_rebuild_takes_the_place_of_the_old_one(tmp_path):
    out = tmp_path / "g.parquet"
    gazetteer.build([_csv(tmp_path / "sl.csv")], out)
    gazetteer.build([_csv(tmp_path / "le.csv", [("LE15 6AA", 20, 486_000, 308_500)])], out)
    assert gazetteer.read(out).postcodes["postcode"].to_list() == ["LE156AA"]


# What is read


def _parquet(path, metadata, **columns):
    table = pl.DataFrame(columns or {"postcode": ["SL11AA"]}).to_arrow()
    pq.write_table(table.replace_schema_metadata(metadata), path)


OURS = {"gazetteer_version": gazetteer.VERSION, "sources": "[]"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    gazetteer.build([_csv(folder / "sl.csv", [(f"SL{n} 1AA", 10, 490_000 + n, 178_000) for n in range(1, 100)])], folder / "g.parquet")
    return folder / "g.parquet"


def test_a_missing_gazetteer_says_how_to_build_one(tmp_path):
    text = _refusal(gazetteer.read, tmp_path / "g.parquet")
    assert "g.parquet was not found" in text
    assert f"safer-spaces gazetteer build --out {tmp_path / 'g.parquet'} SOURCE" in text


@pytest.mark.parametrize("metadata", [{}, {"gazetteer_version": "0"}, OURS | {"gazetteer_version": "2"}])
def test_another_version_is_refused_with_the_cure(tmp_path, metadata):
    _parquet(tmp_path / "g.parquet", metadata)
    assert "another version" in _refusal(gazetteer.read, tmp_path / "g.parquet")


@pytest.mark.parametrize(
    "metadata",
    [
        {"gazetteer_version": gazetteer.VERSION},
        OURS | {"sources": "half of ["},
        OURS | {"sources": "null"},
        OURS | {"sources": json.dumps([{"file": "sl.csv"}])},
        OURS | {"sources": json.dumps(["sl.csv"])},
        OURS | {b"\xff": b"\xff"},
        OURS,
    ],
    ids=["no sources", "broken sources", "null", "other sources", "named sources", "no text", "other columns"],
)
def test_what_only_looks_like_a_gazetteer_is_refused(tmp_path, metadata):
    _parquet(tmp_path / "g.parquet", metadata)
    assert "is not a gazetteer, or is damaged" in _refusal(gazetteer.read, tmp_path / "g.parquet")


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(500) + b"PAR1", b"SL1 1AA,10,497000,178000\n" * 9])
def test_other_files_are_refused(tmp_path, content):
    (tmp_path / "g.parquet").write_bytes(content)
    assert "is not a gazetteer, or is damaged" in _refusal(gazetteer.read, tmp_path / "g.parquet")


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.99])
def test_a_file_cut_short_is_refused(tmp_path, whole, kept):
    content = whole.read_bytes()
    (tmp_path / "g.parquet").write_bytes(content[: int(kept * len(content))])
    assert "is damaged" in _refusal(gazetteer.read, tmp_path / "g.parquet")


def test_no_damage_to_the_positions_goes_unnoticed(tmp_path, whole):
    content = whole.read_bytes()
    path = tmp_path / "g.parquet"
    metadata = pq.read_metadata(whole)
    for column in (metadata.row_group(0).column(number) for number in range(metadata.num_columns)):
        for at in (column.data_page_offset + column.total_compressed_size // 2, column.data_page_offset + column.total_compressed_size - 3):
            path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
            with contextlib.suppress(DataProblem):
                assert gazetteer.read(path).postcodes.equals(gazetteer.read(whole).postcodes), column.path_in_schema


@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8)), min_size=1, max_size=4))
@settings(deadline=None, max_examples=150)
def test_no_damage_to_a_gazetteer_is_more_than_refused(whole, patches):
    content = bytearray(whole.read_bytes())
    for at, patch in patches:
        start = int(at * len(content))
        content[start : start + len(patch)] = patch
    path = whole.with_name("damaged.parquet")
    path.write_bytes(content)
    with contextlib.suppress(DataProblem):
        assert gazetteer.read(path).postcodes.width == 5


lines = st.lists(
    st.lists(st.sampled_from(["SL1 1AA", "10", "90", "497000", "", '"', "Postcode", "1e9", "-1", "\x00", "é", "9" * 30]), max_size=6).map(
        ",".join
    ),
    max_size=5,
).map(lambda text: "\n".join(text).encode())


@given(st.binary(max_size=80) | lines | lines.map(gzip.compress))
@settings(deadline=None)
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
