"""Any table that people save is read whole, as they see it on screen; anything else is one sentence with its cure."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date, datetime, timedelta
from datetime import time as clock

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces import tables
from tests.processor import processor_within
from words import DataProblem

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"
CURES = ("Save", "Mend", "Rename", "Check", "Delete")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tables")


def _read(folder, content, name="partner.csv", sheets=()):
    (folder / name).write_bytes(content)
    table, numbers = tables.read(folder / name, sheets)
    assert table.height == len(numbers)
    return table.columns, table.rows(), numbers.tolist()


def _problem(folder, content, name="partner.csv"):
    with pytest.raises(DataProblem) as caught:
        _read(folder, content, name)
    return str(caught.value)


def _read_or_told(folder, content, name):
    try:
        return _read(folder, content, name)
    except DataProblem as told:
        return str(told)


def _workbook(write):
    """Return the bytes of a workbook that `write` fills, given the workbook and its first sheet, “Notes”."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    write(book, book.add_worksheet("Notes"))
    book.close()
    return content.getvalue()


def _cells(rows, top=0, left=0):
    def write(_book, sheet):
        for at, row in enumerate(rows, top):
            sheet.write_row(at, left, row)

    return write


def _zip(**parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return content.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_and_encodings_are_told_apart(folder, delimiter, encoding):
    text = f"Ref{delimiter}Lle\r\n1{delimiter}Sgwâr y Bont\r\n2{delimiter}Dyer’s Yard – £5\r\n"
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    read = _read(folder, mark + text.encode(encoding))
    assert read == (["Ref", "Lle"], [("1", "Sgwâr y Bont"), ("2", "Dyer’s Yard – £5")], [2, 3])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
def test_lines_end_in_any_way(folder, end):
    lines = ["a;b,c", "1,5;2", "3,5;4"]
    assert _read(folder, end.join(["x;y;z", *(f"{line};" for line in lines)]).encode())[2] == [2, 3, 4]
    assert _read(folder, end.join(["x;y", "1,5;2,5", "3,5;4,5"]).encode())[1] == [("1,5", "2,5"), ("3,5", "4,5")]


@pytest.mark.parametrize("header", ['"Name, first, last";Where', '"Say; which; school",Where', '"Two\nlines, and, more";Where'])
def test_a_delimiter_in_a_quoted_heading_parts_nothing(folder, header):
    delimiter = header[-6]
    columns, rows, _numbers = _read(folder, f"{header}\n1{delimiter}2\n".encode())
    assert columns == [header[1:-7], "Where"]
    assert rows == [("1", "2")]


def test_rows_have_the_numbers_a_spreadsheet_shows(folder):
    text = '\n,,\na,b,c\n1,2,3\n\n4,"two\nlines, one\ncell",6\n,,\n7,8,9\n   \n\n,,\n\n'
    columns, rows, numbers = _read(folder, text.encode())
    assert columns == ["a", "b", "c"]
    assert rows == [("1", "2", "3"), ("4", "two\nlines, one\ncell", "6"), ("7", "8", "9")]
    assert numbers == [4, 6, 8]


def test_numbers_go_on_counting_past_the_rows_taken_at_once(folder, monkeypatch):
    monkeypatch.setattr(tables, "ROWS_AT_ONCE", 3)
    text = "a,b\n" + "".join(f"{n},x\n" if n % 4 else "\n" for n in range(2, 22))
    _columns, rows, numbers = _read(folder, text.encode())
    assert numbers == [n for n in range(2, 22) if n % 4]
    assert [int(a) for a, _b in rows] == numbers
    assert ", row 19: it has another number of columns" in _problem(folder, text.replace("19,x", "19").encode())


def test_spaces_round_values_are_no_part_of_them_and_empty_is_missing(folder):
    assert _read(folder, b" a , b \n  1 ,   \n,\xc2\xa02\n") == (["a", "b"], [("1", None), (None, "2")], [2, 3])


def test_columns_without_a_heading_are_left_out(folder):
    assert _read(folder, b",a,,b\n0,1,2,3\n") == (["a", "b"], [("1", "3")], [2])


def test_a_workbook_is_read_as_it_looks(folder):
    def write(book, sheet):
        day, moment, hour = (book.add_format({"num_format": form}) for form in ("dd/mm/yyyy", "dd/mm/yyyy hh:mm", "hh:mm"))
        sheet.write_row(2, 1, ["Day", "Moment", "Hour", "Whole", "Part", "UPRN", "Yes", "Text", "Wrong"])
        sheet.write_datetime(3, 1, date(2024, 10, 3), day)
        sheet.write_datetime(3, 2, datetime(2024, 10, 3, 15, 30), moment)  # noqa: DTZ001
        sheet.write_datetime(3, 3, clock(15, 30), hour)
        sheet.write_row(3, 4, [14, 1.5, 100012345678, True, "Sgwâr\ny Bont"])
        sheet.write_formula(3, 9, "=NA()", None, "#N/A")
        sheet.write(5, 8, "after a gap")

    columns, rows, numbers = _read(folder, _workbook(write), "partner.xlsx")
    assert columns == ["Day", "Moment", "Hour", "Whole", "Part", "UPRN", "Yes", "Text", "Wrong"]
    assert rows[0] == ("2024-10-03", "2024-10-03T15:30:00", "15:30:00", "14", "1.5", "100012345678", "True", "Sgwâr\ny Bont", None)
    assert rows[1] == (None,) * 7 + ("after a gap", None)
    assert numbers == [4, 6], "the row numbers down the spreadsheet's side"


def test_a_workbooks_times_keep_their_second(folder):
    moments = [datetime(2024, 10, 3) + timedelta(seconds=7919 * n) for n in range(1, 500)]  # noqa: DTZ001

    def write(book, sheet):
        form = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        sheet.write_row(0, 0, ["When", "n"])
        for n, moment in enumerate(moments, 1):
            sheet.write_datetime(n, 0, moment, form)
            sheet.write(n, 1, n)

    _columns, rows, _numbers = _read(folder, _workbook(write), "times.xlsx")
    assert [when for when, _n in rows] == [moment.isoformat() for moment in moments]


def test_the_sheet_a_profile_names_is_read_else_the_first(folder):
    def write(book, notes):
        notes.write_row(0, 0, ["a", "b"])
        notes.write_row(1, 0, [1, 2])
        book.add_worksheet("Referrals").write_column(0, 0, ["x"])
        book.get_worksheet_by_name("Referrals").write_row(0, 0, ["x", "y"])
        book.get_worksheet_by_name("Referrals").write_row(1, 0, [3, 4])

    content = _workbook(write)
    assert _read(folder, content, "two.xlsx", [None, "Referrals"]) == (["x", "y"], [("3", "4")], [2])
    assert _read(folder, content, "two.xlsx", ["Other"]) == (["a", "b"], [("1", "2")], [2])
    assert _read(folder, content, "two.xlsx") == (["a", "b"], [("1", "2")], [2])


@pytest.mark.parametrize("name", ["partner.csv", "partner.txt", "partner", "partner.xls", "partner.ods", "partner.XLSX"])
def test_a_workbook_is_told_by_its_content_and_not_by_its_name(folder, name):
    assert _read(folder, _workbook(_cells([["a", "b"], [1, 2]])), name) == (["a", "b"], [("1", "2")], [2])


def test_a_stray_cell_in_the_last_corner_does_not_end_the_program(folder):
    def write(_book, sheet):
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_row(1, 0, [1, 2])
        sheet.write(1_048_575, 16_383, "x")

    told = _problem(folder, _workbook(write), "stray.xlsx")
    assert told == "stray.xlsx has something written far below or beside its table. Delete what is there and save the file again."


def test_formatting_in_the_last_corner_is_no_stray_cell(folder):
    def write(book, sheet):
        _cells([["a", "b"], [1, 2]])(book, sheet)
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))

    assert _read(folder, _workbook(write), "formatted.xlsx") == (["a", "b"], [("1", "2")], [2])


REFUSED = {
    "empty": (b"", "is empty"),
    "blank": (b"\n \r\n\t\n", "is empty"),
    "only a mark": (b"\xef\xbb\xbf", "is empty"),
    "blank in UTF-16": ("\n\n".encode("utf-16"), "is empty"),
    "header only": (b"a,b,c\n", "has a header but no rows"),
    "header and blank rows": (b"a,b,c\n,,\n\n   \n", "has a header but no rows"),
    "prose": (b"Dear Sir or Madam\nplease find enclosed\n", "not a table"),
    "one column": (b"a\n1\n2\n", "not a table"),
    "picture": (PNG, "not a table of text"),
    "nul": (b"a,b\n1,\x002\n", "not a table of text"),
    "no encoding at all": (b"a,b\n1,\x81\n", "not a table of text"),
    "half of UTF-16": ("a,b\n1,2\n".encode("utf-16")[:-1], "not a table of text"),
    "old Excel": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "not a table of text"),
    "a zip of something else": (_zip(letter="Dear Sir"), "not a table"),
    "an empty zip's beginning": (b"PK\x03\x04", "could not be opened"),
    "half a workbook": (_workbook(_cells([["a", "b"], [1, 2]]))[:3000], "could not be opened"),
    "a workbook without its sheets": (_zip(**{"[Content_Types].xml": "<Types/>"}), "could not be opened as a spreadsheet"),
    "workbook without a cell": (_workbook(_cells([])), "is empty"),
    "workbook with a header only": (_workbook(_cells([["a", "b"]])), "has a header but no rows"),
    "ragged": (b"a,b\n1,2\n\n3\n", ", row 4: it has another number of columns"),
    "too many": (b"a,b\n1,2\n3,4,5\n", ", row 3: it has another number of columns"),
    "open quote": (b'a,b\n1,2\n\n3,"open\n4,5\n', ", row 4: a quotation mark"),
    "quote out of place": (b'a,b\n1,2\n"3" x,4\n', ", row 3: a quotation mark"),
    "open quote in the header": (b'a,"b\n1,2\n', ", row 1: a quotation mark"),
    "open quote in a header with semicolons": (b'a;"b\n1;2\n', ", row 1: a quotation mark"),
    "endless value": (b"a,b\n1," + b"x" * 200_000 + b"\n", ", row 2: a quotation mark is left open or out of place, or a value"),
    "two columns of a name": (b"a,b, a\n1,2,3\n", "two columns named “a”"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_whole_table_is_one_sentence_with_its_cure(folder, what):
    content, said = REFUSED[what]
    told = _problem(folder, content)
    assert told.startswith("partner.csv")
    assert said in told
    assert "\n" not in told
    assert any(cure in told for cure in CURES)


@pytest.mark.parametrize("write", ["csv", "xlsx"])
def test_a_cell_of_ten_million_characters_is_refused_by_its_row(folder, write):
    endless = "x" * 10_000_000
    if write == "csv":
        assert ", row 3: " in _problem(folder, f"a,b\n1,2\n3,{endless}\n".encode())
        assert ", row 3: " in _problem(folder, f'a,b\n1,2\n3,"{endless}"\n'.encode())
        return
    whole = _workbook(_cells([["a", "b"], ["x", 2], ["y", "in line"]]))
    parts = {name: zipfile.ZipFile(io.BytesIO(whole)).read(name) for name in zipfile.ZipFile(io.BytesIO(whole)).namelist()}
    parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace(b"in line", endless.encode())
    told = _problem(folder, _zip(**parts), "endless.xlsx")
    assert told == "endless.xlsx, row 3, column “b”: it is too long to be one value, or is not text. Mend the row and save it again."


def test_a_sign_that_no_text_has_is_refused_by_its_row_and_column(folder):
    content = io.BytesIO()
    pl.DataFrame({"a": ["1", "2"], "b": ["x", "y\0z"]}).write_parquet(content)
    assert ", row 3, column “b”: it is too long to be one value, or is not text. Mend" in _problem(folder, content.getvalue())


def test_two_encodings_in_one_file_are_both_read(folder):
    first, second = "Ref,Lle\n1,Sgwâr y Bont – £5\n".encode(), "2,Sgwâr y Bont – £5\n".encode("cp1252")
    assert _read(folder, first + second)[1] == [("1", "Sgwâr y Bont – £5"), ("2", "Sgwâr y Bont – £5")]
    assert _read(folder, b"a,b\n1,\xc3\xa2 and \xe2\n")[1] == [("1", "â and â")]


def test_two_hundred_columns_are_read(folder):
    names = [f"column {n}" for n in range(200)]
    text = "\n".join([",".join(names), ",".join(map(str, range(200))), ",".join(map(str, range(200, 400)))])
    columns, rows, _numbers = _read(folder, text.encode())
    assert columns == names
    assert rows[1] == tuple(map(str, range(200, 400)))


@pytest.mark.parametrize("name", ["nowhere.csv", "."])
def test_a_missing_file_and_a_folder_are_one_sentence(folder, name):
    with pytest.raises(DataProblem, match=r"was not found\. Check the folder and the spelling\."):
        tables.read(folder / name)


def test_a_file_that_may_not_be_opened_is_one_sentence(folder, monkeypatch):
    path = folder / "locked.csv"
    path.write_bytes(b"a,b\n1,2\n")

    def refuse(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "read_bytes", refuse)
    with pytest.raises(DataProblem, match=r"locked\.csv could not be read\. Check that you may open it\."):
        tables.read(path)


def test_a_map_file_on_one_line_is_refused_before_anyone_loses_patience(folder):
    numbers = {"type": "FeatureCollection", "features": [[n % 700 / 7, n / 9] for n in range(60_000)]}
    content = json.dumps(numbers).encode()
    with processor_within(10):
        assert "two columns named" in _problem(folder, content)


in_a_cell = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\x1c\x1d\x1e\x1f"), max_size=8)
delimiters = st.sampled_from(",;\t|")


@st.composite
def written(draw):
    """Return a header, rows, and how somebody's program wrote them."""
    header = draw(st.lists(st.text("abcXYZâŵ", min_size=1, max_size=4), min_size=2, max_size=5, unique=True))
    rows = draw(st.lists(st.lists(in_a_cell | st.sampled_from(['"', ",;", "\r\n", "|\t"]), min_size=len(header), max_size=len(header))))
    quoting, end = draw(st.sampled_from([(csv.QUOTE_MINIMAL, "\r\n"), (csv.QUOTE_ALL, "\r\n"), (csv.QUOTE_ALL, "\n")]))
    return header, rows, {"delimiter": draw(delimiters), "quoting": quoting, "lineterminator": end}


@given(written(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_any_table_written_as_csv_reads_back(folder, made, encoding):
    header, rows, how = made
    text = io.StringIO(newline="")
    csv.writer(text, **how).writerows([header, *rows])
    clean = [tuple(cell.replace("\r\n", "\n").replace("\r", "\n").strip() or None for cell in row) for row in rows]
    expected = [(row, number) for number, row in enumerate(clean, 2) if any(row)]
    content = text.getvalue().encode(encoding)
    if not expected:
        assert "has a header but no rows" in _problem(folder, content)
        return
    assert _read(folder, content) == (header, [row for row, _number in expected], [number for _row, number in expected])


@given(st.lists(in_a_cell.filter(str.strip), min_size=2, max_size=5, unique_by=str.strip), delimiters)
def test_any_quoted_heading_reads_back(folder, header, delimiter):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([header, "x" * len(header)])
    clean = [name.replace("\r\n", "\n").replace("\r", "\n").strip() for name in header]
    assert _read(folder, text.getvalue().encode())[0] == clean


starts = st.sampled_from([b"", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"PK\x03\x04", b"a,b\n", b'a;b\n"', b"a\tb\n1"])


@given(starts, st.binary(max_size=200) | st.text('ab,;\t|"\r\n ', max_size=60).map(str.encode))
@settings(max_examples=200)
def test_any_bytes_are_a_table_or_one_sentence(folder, start, rest):
    found = _read_or_told(folder, start + rest, "partner.csv")
    if isinstance(found, str):
        assert found.startswith("partner.csv")
    else:
        _columns, rows, numbers = found
        assert rows
        assert numbers == sorted(set(numbers))


WHOLE = _workbook(_cells([["a", "b"], ["x", 2], ["y", 3.5]]))
PARTS = {name: zipfile.ZipFile(io.BytesIO(WHOLE)).read(name) for name in zipfile.ZipFile(io.BytesIO(WHOLE)).namelist()}


@given(st.integers(4, len(WHOLE) - 1), st.binary(max_size=4), st.integers(0, 4))
def test_a_damaged_workbook_is_a_table_or_one_sentence(folder, at, instead, gap):
    found = _read_or_told(folder, WHOLE[:at] + instead + WHOLE[at + gap :], "damaged.xlsx")
    assert isinstance(found, tuple) or found.startswith("damaged.xlsx")


@given(st.sampled_from(sorted(PARTS)), st.integers(0, 2000), st.text('01<>"/=:&;Ar', max_size=4).map(str.encode), st.integers(0, 40))
def test_a_workbook_of_broken_parts_is_a_table_or_one_sentence(folder, part, at, instead, gap):
    whole = PARTS[part]
    at %= len(whole)
    found = _read_or_told(folder, _zip(**PARTS | {part: whole[:at] + instead + whole[at + gap :]}), "broken.xlsx")
    assert isinstance(found, tuple) or found.startswith("broken.xlsx")


@pytest.mark.parametrize(
    "content",
    [
        b"Youth log,,\nmade on 3 March,,\n\nWhen,Where,Who\n2025-01-01,Park,A\n",
        b"Youth log\n\nWhen,Where,Who\n2025-01-01,Park,A\n",
        b'"Youth log, March"\nWhen,Where,Who\n2025-01-01,Park,A\n',
    ],
)
def test_a_title_above_a_table_is_passed_over(folder, content):
    columns, rows, numbers = _read(folder, content)
    assert (columns, rows) == (["When", "Where", "Who"], [("2025-01-01", "Park", "A")])
    assert numbers == [content.count(b"\n")]


def test_a_page_of_single_cells_is_no_table(folder):
    assert "its first line has no columns" in _problem(folder, b"one\n" * 30)
