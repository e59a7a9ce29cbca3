"""What people download opens as what it says: no text becomes a formula or a link, and nothing else of it changes."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import polars as pl
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces import exports, tables
from tests.spaces.partner_files import parts_of
from words import DataProblem

FORMULAS = [
    "=1+1",
    "+44 7700 900123",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    '=HYPERLINK("http://example.org")',
    "＝1",
    "=cmd|'/c calc'!A1",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("exports")


def _xlsx(folder, frame):
    exports.as_xlsx(frame, folder / "out.xlsx")
    return python_calamine.CalamineWorkbook.from_path(str(folder / "out.xlsx")).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_would_be_a_formula_is_a_text(folder, text):
    frame = pl.DataFrame({"place": [text], text: ["x"]})
    cells = exports.as_csv(frame).decode("utf-8-sig")
    quoted = text.replace('"', '""')
    assert f'"\'{quoted}"' in cells
    assert f'"{quoted}"' not in cells
    assert _xlsx(folder, frame)[1][0].replace("_x000D_", "\r") == "'" + text
    sheet = parts_of((folder / "out.xlsx").read_bytes())["xl/worksheets/sheet1.xml"]
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet


AT = datetime(2024, 10, 3, 15, 30)  # noqa: DTZ001  what the clock on the wall said


def test_numbers_days_and_ordinary_texts_stay_as_they_are(folder):
    frame = pd.DataFrame(
        {"row": [2, 3], "x": [-0.59, float("nan")], "at": [AT, None], "what": ["a - b = c", "http://example.org"], "yes": [True, False]}
    )
    csv = exports.as_csv(frame).decode("utf-8-sig").splitlines()
    assert csv == ['"row","x","at","what","yes"', '2,-0.59,"2024-10-03T15:30:00","a - b = c","true"', '3,,,"http://example.org","false"']
    assert _xlsx(folder, frame)[1:] == [[2, -0.59, AT, "a - b = c", True], [3, "", "", "http://example.org", False]]
    assert "hyperlink" not in parts_of((folder / "out.xlsx").read_bytes())["xl/worksheets/sheet1.xml"].decode()


def test_a_table_without_rows_or_without_texts_has_its_header(folder):
    for frame in (
        pl.DataFrame({"a": [], "b": []}, schema={"a": pl.String, "b": pl.Int64}),
        pl.DataFrame({"a": [1], "b": [date(2024, 10, 3)]}),
    ):
        assert exports.as_csv(frame).decode("utf-8-sig").startswith('"a","b"\n')
        assert _xlsx(folder, frame)[0] == ["a", "b"]


def test_a_text_that_is_longer_than_a_cell_is_cut(folder):
    assert len(_xlsx(folder, pl.DataFrame({"a": ["x" * 40_000], "b": [1]}))[1][0]) == exports.LONGEST_CELL


def test_more_rows_than_a_sheet_has_are_one_sentence(folder, monkeypatch):
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    with pytest.raises(DataProblem, match=r"Take it as CSV\."):
        exports.as_xlsx(pl.DataFrame({"a": [1, 2, 3]}), folder / "out.xlsx")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(str.strip), min_size=1, max_size=5))
@settings(max_examples=50)
def test_what_is_written_reads_back(folder, texts):
    frame = pl.DataFrame({"row": range(len(texts)), "said": texts})
    (folder / "out.csv").write_bytes(exports.as_csv(frame))
    exports.as_xlsx(frame, folder / "out.xlsx")
    expected = [("'" + text if text[0] in "=+-@＝＋－＠" else text).strip() for text in texts]
    for name in ("out.csv", "out.xlsx"):
        assert tables.read(folder / name)[0]["said"].to_list() == expected
