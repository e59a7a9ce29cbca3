"""A zipped table is read as the table; a zip that would fill the memory, leaves its folder or hides something is one sentence."""

from __future__ import annotations

import io
import struct
import zipfile

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces import archives
from tests.spaces.partner_files import ods, parts_of, problem, read, read_or_told, zipped

CSV = b"a,b\n1,2\n\n3,x\n"
READ = (["a", "b"], [("1", "2"), ("3", "x")], [2, 4])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("archives")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("name", ["table.csv", "2024-10/force/street.csv", "table", "table.xlsx", "tâbl.csv", "a..b.csv"])
def test_a_zipped_table_is_the_table(folder, method, name):
    assert read(folder, zipped({name: CSV}, method), "table.xlsx") == READ


def test_what_a_mac_and_folders_add_is_no_table(folder):
    assert read(folder, zipped({"in/": b"", "in/table.csv": CSV, "__MACOSX/in/._table.csv": b"\0", "in/.DS_Store": b"\0"})) == READ


def test_a_zipped_parquet_file_is_read(folder):
    content = io.BytesIO()
    pl.DataFrame({"a": [1], "b": ["x"]}).write_parquet(content)
    assert read(folder, zipped({"t.parquet": content.getvalue()}))[1] == [("1", "x")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (zipped({"a.csv": CSV, "b.csv": CSV}), "holds 2 files"),
        (zipped({"a.csv": CSV, "readme.txt": b"Dear all"}), "holds 2 files"),
        (zipped({}), "holds 0 files"),
        (zipped({"folder/": b""}), "holds 0 files"),
        (zipped({"inner.zip": zipped({"a.csv": CSV})}), "holds another zip or a workbook"),
        (zipped({"inner.ods": ods(S=[])}), "holds another zip or a workbook"),
        (zipped({"../a.csv": CSV}), "names a folder outside itself"),
        (zipped({"in/../../a.csv": CSV}), "names a folder outside itself"),
        (zipped({"/etc/a.csv": CSV}), "names a folder outside itself"),
        (zipped({"..\\a.csv": CSV}), "names a folder outside itself"),
        (zipped({"C:\\a.csv": CSV}), "names a folder outside itself"),
        (zipped({"\\\\server\\a.csv": CSV}), "names a folder outside itself"),
        (zipped({"a.csv": b""}), "is empty"),
        (zipped({"a.csv": b"Dear Sir"}), "is not a table"),
        (zipped({"a.csv": b"a,b\n1\n"}), ", row 2: it has another number of columns"),
        pytest.param(zipped({"a.csv": CSV})[:-30], "could not be opened: it may be damaged", id="cut short"),  # it holds the time
        (b"PK", "could not be opened: it may be damaged"),
    ],
)
def test_any_other_zip_is_one_sentence(folder, content, said):
    assert said in problem(folder, content)


def _declaring(content, size):
    """Return a zip whose only part declares another size than it has."""
    at = content.rindex(b"PK\x01\x02")
    return content[: at + 24] + struct.pack("<I", size) + content[at + 28 :]


def test_a_locked_zip_is_one_sentence(folder):
    content = bytearray(zipped({"a.csv": CSV}))
    content[content.rindex(b"PK\x01\x02") + 8] |= archives.ENCRYPTED
    content[content.index(b"PK\x03\x04") + 6] |= archives.ENCRYPTED
    assert "is locked with a password. Save the table without one." in problem(folder, bytes(content))


def test_an_unknown_packing_is_one_sentence(folder):
    content = bytearray(zipped({"a.csv": CSV}))
    content[content.rindex(b"PK\x01\x02") + 10] = 99
    assert "may be damaged" in problem(folder, bytes(content))


TOO_LARGE = "unpacks to more than 1 GB, which is no partner's table. Check"


def test_a_bomb_is_refused_by_what_it_declares(folder):
    assert archives.LARGEST_BYTES == 1_000_000_000
    assert TOO_LARGE in problem(folder, _declaring(zipped({"a.csv": CSV}), 4_000_000_000))


@pytest.mark.parametrize("declared", [10, 1_000_000])
def test_a_bomb_is_refused_by_what_it_holds_whatever_it_declares(folder, monkeypatch, declared):
    monkeypatch.setattr(archives, "LARGEST_BYTES", 2_000_000)
    content = zipped({"a.csv": b"a,b\n" + b"1,2\n" * 1_000_000})
    assert len(content) < 50_000
    assert TOO_LARGE in problem(folder, _declaring(content, declared))


def test_a_bomb_in_a_workbook_is_refused_before_the_workbook_is_opened(folder, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_BYTES", 2_000_000)
    parts = parts_of(ods(S=[])) | {"Pictures/1.png": bytes(3_000_000)}
    assert TOO_LARGE in problem(folder, zipped(parts))
    assert TOO_LARGE in problem(folder, _declaring(zipped(parts), 10))


def test_parts_that_are_each_small_enough_are_too_large_together(folder, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_BYTES", 1_000_000)
    assert TOO_LARGE in problem(folder, zipped(parts_of(ods(S=[])) | {f"p{n}": bytes(100_000) for n in range(11)}))


def test_nothing_is_unpacked_to_disc(tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    read(tmp_path, zipped({"folder/a.csv": CSV}), "a.zip")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.zip", "temporary"]


WHOLE = zipped({"a.csv": CSV * 20})


@given(st.integers(2, len(WHOLE)), st.binary(max_size=4), st.integers(0, 4))
def test_a_damaged_zip_is_a_table_or_one_sentence(folder, at, instead, gap):
    read_or_told(folder, WHOLE[:at] + instead + WHOLE[at + gap :])


@given(
    st.dictionaries(
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=8),
        st.binary(max_size=20),
        max_size=3,
    )
)
def test_any_zip_at_all_is_a_table_or_one_sentence(folder, parts):
    read_or_told(folder, zipped({name.encode("utf-8", "replace").decode(): inside for name, inside in parts.items()}))
