"""What a council downloads is read as it lies there, in folders and zips; a zip that lies or means harm is refused."""

from __future__ import annotations

import gzip
import io
import struct
import warnings
import zipfile

import pytest

from geo import gazetteer, sources
from words import DataProblem

SL, LE = "SL1 1AA,10,497000,178000\n", "LE15 6AA,20,486000,308500\n"

METADATA = """ORDNANCE SURVEY
PRODUCT: OS CODE-POINT OPEN
DATASET VERSION NUMBER: 2024.1.0
COPYRIGHT DATE: 20240207
RM UPDATE DATE: 20240119
\tSL\t1
"""
"""In the form of the `metadata.txt` that comes in Code-Point Open's Doc folder."""

AS_SHIPPED = {
    "Data/CSV/sl.csv": SL,
    "Data/CSV/le.csv": LE,
    "Doc/Code-Point_Open_Column_Headers.csv": "PC,PQ,EA,NO\nPostcode,Positional_quality_indicator,Eastings,Northings\n",
    "Doc/licence.txt": "Open Government Licence",
    "Doc/metadata.txt": METADATA,
    "Doc/NHS_Codelist.xls": "no table of ours",
    "readme.txt": "Thank you",
}


def _zip(path, parts, **how):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", **({"compression": zipfile.ZIP_DEFLATED} | how)) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _folder(path, parts):
    for name, content in parts.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _told(built):
    return built.postcodes.select("postcode", "quality", "easting", "northing").rows()


def _refusal(tmp_path, *given):
    with pytest.raises(DataProblem) as caught:
        gazetteer.build(given, tmp_path / "g")
    assert not (tmp_path / "g").exists()
    assert "\n" not in str(caught.value)
    return str(caught.value)


BOTH = [("LE156AA", 20, 486_000, 308_500), ("SL11AA", 10, 497_000, 178_000)]


def test_code_point_open_is_read_from_the_zip_it_comes_in(tmp_path):
    built = gazetteer.build([_zip(tmp_path / "codepo_gb.zip", AS_SHIPPED)], tmp_path / "g")
    assert _told(built) == BOTH
    assert [source.name for source in built.sources] == ["codepo_gb.zip/Data/CSV/le.csv", "codepo_gb.zip/Data/CSV/sl.csv"]
    assert {source.edition for source in built.sources} == {"2024-02-07"}
    assert all("Open Government Licence" in source.licence for source in built.sources)


def test_it_is_read_from_a_folder_of_zips_and_files_too(tmp_path):
    folder = _folder(tmp_path / "open data", {"unpacked/le.csv.gz": gzip.compress(LE.encode()), "notes.txt": "Ask Sian"})
    _zip(folder / "codepo_gb.zip", {name: content for name, content in AS_SHIPPED.items() if "le.csv" not in name})
    built = gazetteer.build([folder], tmp_path / "g")
    assert _told(built) == BOTH
    assert {source.name: source.edition for source in built.sources} == {"codepo_gb.zip/Data/CSV/sl.csv": "2024-02-07", "le.csv.gz": ""}


def test_a_file_that_is_given_twice_is_read_once(tmp_path):
    folder = _folder(tmp_path / "in", {"sl.csv": SL})
    built = gazetteer.build([folder, folder / "sl.csv", tmp_path / "in" / ".." / "in"], tmp_path / "g")
    assert [source.name for source in built.sources] == ["sl.csv"]


def test_guides_and_lists_of_codes_are_passed_over_but_no_other_file_is(tmp_path):
    parts = AS_SHIPPED | {"Documents/LA_UA names and codes UK.csv": "LAD23CD,LAD23NM\nE06000039,Slough\n"}
    assert _told(gazetteer.build([_zip(tmp_path / "in.zip", parts)], tmp_path / "g")) == BOTH
    (tmp_path / "g").unlink()
    assert "in.zip/Data/codes.csv is not OS Code-Point Open" in _refusal(
        tmp_path, _zip(tmp_path / "in.zip", AS_SHIPPED | {"Data/codes.csv": "LAD23CD,LAD23NM\nE06000039,Slough\n"})
    )


def test_one_damaged_file_among_many_is_named_and_none_is_used(tmp_path):
    folder = _folder(tmp_path / "in", {"a.csv": SL, "b.csv": SL[:-9], "c.csv": LE})
    assert _refusal(tmp_path, folder).startswith("b.csv is not OS Code-Point Open")
    (folder / "b.csv").write_text(LE + SL[:-9])
    assert _refusal(tmp_path, folder).startswith("b.csv could not be read to its end")
    (folder / "b.csv").write_bytes(b"")
    assert _refusal(tmp_path, folder) == "b.csv is empty. Download it again."


EDITIONS = {
    "ONSPD_NOV_2023_UK.csv": "2023-11",
    "NSPL21_AUG_2024_UK.csv": "2024-08",
    "ONSPD_February_2025.csv": "2025-02",
    "osopenuprn_202401.csv": "2024-01",
    "osopenuprn_20240117.csv": "2024-01-17",
    "rutland-2022-07.osm.pbf": "2022-07",
    "rutland-220701.osm.pbf": "2022-07-01",
    "codepo_gb-2024-02-07.zip": "2024-02-07",
    "codepo_gb.zip": "",
    "TQ2080.csv": "",
    "SK80.csv": "",
    "20 files.csv": "",
    "1202401.csv": "",
    "marching.csv": "",
}


@pytest.mark.parametrize("name", EDITIONS)
def test_an_edition_is_taken_from_a_files_name(name):
    assert sources.edition_from_name(name) == EDITIONS[name]


def test_an_edition_is_taken_from_the_name_of_what_a_file_lies_in(tmp_path):
    folder = _folder(tmp_path / "codepo_gb 2024-05", {"sl.csv": SL})
    assert [source.edition for source in gazetteer.build([folder], tmp_path / "g").sources] == ["2024-05"]
    archive = _zip(tmp_path / "codepo_2023-11.zip", {"sl.csv": SL})
    assert [source.edition for source in gazetteer.build([archive], tmp_path / "g").sources] == ["2023-11"]


@pytest.mark.parametrize(
    ("text", "edition"),
    [(METADATA, "2024-02-07"), ("DATASET VERSION NUMBER: 2020.4.0\n", "2020.4.0"), ("COPYRIGHT DATE:2019-08-01", "2019-08-01"), ("", "")],
)
def test_an_edition_is_taken_from_the_description_that_comes_along(text, edition):
    assert sources.edition_from_metadata(text) == edition


# Zips that mean harm


@pytest.mark.parametrize("name", ["../sl.csv", "/sl.csv", "C:/sl.csv", "a/../../sl.csv", "..\\sl.csv", "\\\\host\\share\\sl.csv"])
def test_a_zip_that_names_a_folder_outside_itself_is_refused(tmp_path, name):
    assert "names a folder outside itself" in _refusal(tmp_path, _zip(tmp_path / "in" / "in.zip", {"le.csv": LE, name: SL}))
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_zip_that_says_it_is_too_large_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "LARGEST_BYTES", 100_000)
    bomb = _zip(tmp_path / "in.zip", {"sl.csv": SL * 5000})
    assert bomb.stat().st_size < 2000
    assert "in.zip unpacks to more than any file" in _refusal(tmp_path, bomb)
    assert "unpacks to more" in _refusal(tmp_path, _zip(tmp_path / "in.zip", {f"{n}.csv": SL * 100 for n in range(50)}))


def test_a_zip_with_more_parts_than_any_that_is_published_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "MOST_PARTS", 10)
    assert "unpacks to more" in _refusal(tmp_path, _zip(tmp_path / "in.zip", {f"{n}.txt": "" for n in range(11)}))


def test_a_zip_that_lies_about_its_size_is_read_no_further_than_it_said(tmp_path):
    """The size it declares, in both places that it does, is a tenth of what comes out."""
    bomb = _zip(tmp_path / "in.zip", {"sl.csv": SL * 5000})
    content, size = bomb.read_bytes(), len(SL) * 5000
    assert content.count(struct.pack("<L", size)) == 2
    bomb.write_bytes(content.replace(struct.pack("<L", size), struct.pack("<L", size // 10)))
    assert "in.zip/sl.csv could not be read to its end" in _refusal(tmp_path, bomb)


def test_a_gzip_that_unpacks_to_more_than_any_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "LARGEST_BYTES", 100_000)
    (tmp_path / "sl.csv.gz").write_bytes(gzip.compress(SL.encode() * 5000))
    assert "sl.csv.gz unpacks to more than any file" in _refusal(tmp_path, tmp_path / "sl.csv.gz")


def test_a_row_that_does_not_end_is_not_kept_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("geo.csv_rows.BLOCK_BYTES", 1000)
    monkeypatch.setattr("geo.csv_rows.LONGEST_ROW_BYTES", 5000)
    (tmp_path / "sl.csv.gz").write_bytes(gzip.compress(SL.encode() * 5 + b"0" * 1_000_000))
    assert "sl.csv.gz could not be read to its end" in _refusal(tmp_path, tmp_path / "sl.csv.gz")


def test_a_locked_zip_and_one_in_a_zip_are_refused(tmp_path):
    locked = _zip(tmp_path / "in.zip", {"sl.csv": SL})
    content = bytearray(locked.read_bytes())
    content[6] |= 1  # the flag in the part's own header, and in the list of contents
    content[content.index(b"PK\x01\x02") + 8] |= 1
    locked.write_bytes(content)
    assert "in.zip is locked with a password" in _refusal(tmp_path, locked)
    inner = _zip(tmp_path / "inner.zip", {"sl.csv": SL}).read_bytes()
    assert "in.zip holds inner.zip, which is packed" in _refusal(tmp_path, _zip(tmp_path / "in.zip", {"le.csv": LE, "inner.zip": inner}))
    assert "holds area.osm, which is packed" in _refusal(tmp_path, _zip(tmp_path / "in.zip", {"area.osm": "<osm/>"}))


def test_a_packed_extract_is_not_unpacked(tmp_path):
    (tmp_path / "area.osm.gz").write_bytes(gzip.compress(b"<?xml version='1.0'?><osm version='0.6'></osm>"))
    assert "area.osm.gz is an OpenStreetMap extract packed" in _refusal(tmp_path, tmp_path / "area.osm.gz")


def test_a_zip_of_something_else_is_told(tmp_path):
    assert "book.xlsx holds no CSV" in _refusal(tmp_path, _zip(tmp_path / "book.xlsx", {"xl/workbook.xml": "<workbook/>"}))
    assert "in.zip holds no CSV" in _refusal(tmp_path, _zip(tmp_path / "in.zip", {"a.txt": ""}))


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_a_zip_cut_short_is_refused(tmp_path, kept):
    path = _zip(tmp_path / "in.zip", {"sl.csv": SL * 50})
    path.write_bytes(path.read_bytes()[: int(kept * path.stat().st_size)])
    assert "in.zip could not be read to its end" in _refusal(tmp_path, path)


def test_no_damage_to_a_zip_brings_wrong_postcodes(tmp_path):
    """Change every byte in turn: the same postcodes come out, or the file is named."""
    content = _zip(tmp_path / "in.zip", {"sl.csv": SL + LE}).read_bytes()
    path, named = tmp_path / "in.zip", 0
    for at in range(len(content)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x41]) + content[at + 1 :])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                built = gazetteer.build([path], tmp_path / "g")
            except DataProblem:
                named += 1
                continue
        assert _told(built) == BOTH, at
    assert named > 80, "of some 130: the rest are dates and a size that is there twice"


def test_one_name_for_two_parts_of_a_zip_brings_one_of_them(tmp_path):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("sl.csv", SL)
        archive.writestr("sl.csv", SL + LE)
    (tmp_path / "in.zip").write_bytes(content.getvalue())
    assert _told(gazetteer.build([tmp_path / "in.zip"], tmp_path / "g")) == BOTH
