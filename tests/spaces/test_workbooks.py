"""ODS and XLSX are read as they look, by their cells alone: nothing is run, nothing is fetched, nothing far out ends the program."""

from __future__ import annotations

import http.server
import io
import threading

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces import workbooks
from tests.spaces.partner_files import cell, nothing, ods, parts_of, problem, read, read_or_told, row, zipped


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("workbooks")


def _xlsx(write=lambda _book, sheet: sheet.write_row(1, 0, ["x", 2]), **options):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, options) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        write(book, sheet)
    return content.getvalue()


def test_an_ods_sheet_is_read_as_it_looks(folder):
    names = ["Day", "Moment", "Hour", "Whole", "Part", "UPRN", "Yes", "Text", "Share"]
    content = ods(
        Notes=[
            row(nothing(3), repeated=2),
            row(*map(cell, names)),
            row(
                cell("03/10/24", "date", "2024-10-03"), cell("3 Oct", "date", "2024-10-03T15:30:00"), cell("15:30", "time", "PT15H30M00S"),
                cell("14", "float", "14"), cell("1.5", "float", "1.5"), cell("1E+11", "float", "100012345678"),
                cell("TRUE", "boolean", "true"),
                cell("Sgwâr</text:p><text:p>y Bont &amp; more"), cell("50 %", "percentage", "0.5"),
            ),
            row(nothing(9)),
            row(nothing(7), cell("after a gap"), nothing(16_376)),
            row(nothing(16_384), repeated=1_048_570),
        ]
    )  # fmt: skip
    columns, rows, numbers = read(folder, content, "partner.xlsx")
    assert columns == names
    assert rows[0] == ("2024-10-03", "2024-10-03T15:30:00", "15:30:00", "14", "1.5", "100012345678", "True", "Sgwâr\ny Bont & more", "0.5")
    assert rows[1] == (None,) * 7 + ("after a gap", None)
    assert numbers == [4, 6], "the row numbers down the spreadsheet's side"


def test_the_ods_sheet_a_profile_names_is_read_else_the_first(folder):
    content = ods(
        Notes=[row(cell("a"), cell("b")), row(cell("1"), cell("2"))], Referrals=[row(cell("x"), cell("y")), row(cell("3"), cell("4"))]
    )
    assert read(folder, content, sheets=["Referrals"])[:2] == (["x", "y"], [("3", "4")])
    assert read(folder, content)[:2] == (["a", "b"], [("1", "2")])


def test_equal_rows_that_ods_writes_once_are_all_read(folder):
    content = ods(S=[row(cell("a"), cell("b")), row(cell("x", more='table:number-columns-repeated="2"'), repeated=1000)])
    assert read(folder, content)[1] == [("x", "x")] * 1000


@pytest.mark.parametrize("columns", [16_384, 1_000])
def test_an_ods_sheet_of_endless_equal_cells_is_refused_before_it_is_spelt_out(folder, columns):
    endless = row(cell("x", more=f'table:number-columns-repeated="{columns}"'), repeated=1_048_570)
    told = problem(folder, ods(S=[row(cell("a"), cell("b")), endless]))
    assert "has something written far below or beside its table" in told


def test_blank_rows_to_the_end_of_an_ods_sheet_are_nothing(folder):
    blank = row(nothing(16_384), repeated=1_048_000)
    assert read(folder, ods(S=[row(cell("a"), cell("b")), row(cell("1"), cell("2")), blank]))[2] == [2]


@pytest.mark.parametrize(
    "cells", ['<c r="XFD1048576"><v>1</v></c>', "<c r='XFD1048576'><v>1</v></c>", '<x:c r="XFD1048576"><x:v>1</x:v></x:c>']
)
def test_a_stray_cell_is_seen_however_it_is_written(folder, cells):
    parts = parts_of(_xlsx())
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    parts["xl/worksheets/sheet1.xml"] = sheet.replace("</sheetData>", f'<row r="1048576">{cells}</row></sheetData>')
    assert "far below or beside" in problem(folder, zipped(parts))


def test_cells_that_do_not_say_where_they_are_are_counted(folder):
    sheet = "".join(f'<row r="{n}"><c t="inlineStr"><is><t>{n}</t></is></c><c><v>{n + 100}</v></c></row>' for n in (1, 2, 40_000_000))
    parts = parts_of(_xlsx())
    before, after = parts["xl/worksheets/sheet1.xml"].decode().split("<sheetData>")[0], "</sheetData></worksheet>"
    parts["xl/worksheets/sheet1.xml"] = before + "<sheetData>" + sheet + after
    assert "far below or beside" in problem(folder, zipped(parts))
    parts["xl/worksheets/sheet1.xml"] = before + "<sheetData>" + sheet.replace("40000000", "3") + after
    assert read_or_told(folder, zipped(parts))[2] == [2, 3]


def test_a_formula_is_the_value_it_last_had(folder):
    def write(_book, sheet):
        sheet.write_formula(1, 0, '=HYPERLINK("http://example.org","x")', None, "shown")
        sheet.write_formula(1, 1, "=1+1", None, 2)

    assert read(folder, _xlsx(write))[1] == [("shown", "2")]


def test_1904_dates_are_the_days_they_are_shown_as(folder):
    def write(book, sheet):
        from datetime import date

        sheet.write_datetime(1, 0, date(2024, 2, 29), book.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write(1, 1, "x")

    assert read(folder, _xlsx(write))[1] == read(folder, _xlsx(write, date_1904=True))[1] == [("2024-02-29", "x")]


def test_macros_links_and_entities_are_left_alone(folder):
    asked = []

    class Listens(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_args):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Listens)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    there = f"http://127.0.0.1:{server.server_port}"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    def write(_book, sheet):
        sheet.write_url(1, 0, f"{there}/link", string="a link")
        sheet.write_formula(1, 1, f"='{there}/[book.xlsx]Sheet1'!A1", None, 7)
        sheet.write_row(2, 0, ["plain", "text"])

    parts = parts_of(_xlsx(write))
    parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0" + bytes(600)
    parts["xl/externalLinks/externalLink1.xml"] = (
        '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<externalBook xmlns:r="{kind}" r:id="rId1"/></externalLink>'
    )
    parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}/externalLinkPath" Target="{there}/book.xlsx" TargetMode="External"/></Relationships>'
    )
    strings = parts["xl/sharedStrings.xml"].decode()
    declared = f'<!DOCTYPE x [<!ENTITY far SYSTEM "{there}/entity"><!ENTITY near SYSTEM "file:///etc/hostname">]>'
    parts["xl/sharedStrings.xml"] = strings.replace("<sst", declared + "<sst", 1).replace("plain", "plain &far; &near;")
    found = read_or_told(folder, zipped(parts), "linked.xlsm")
    server.shutdown()
    server.server_close()
    assert asked == []
    assert isinstance(found, str) or ("a link", "7") in found[1]
    parts["xl/sharedStrings.xml"] = strings
    assert read(folder, zipped(parts), "linked.xlsm")[1] == [("a link", "7"), ("plain", "text")]


WHOLE = ods(S=[row(cell("a"), cell("b")), row(cell("x"), cell("2", "float", "2")), row(cell("y"), cell("3", "date", "2024-10-03"))])
PARTS = parts_of(WHOLE)


@given(st.integers(0, len(WHOLE)))
@settings(max_examples=60)
def test_a_truncated_ods_file_is_one_sentence(folder, length):
    assert isinstance(read_or_told(folder, WHOLE[:length] or b" "), str) or length == len(WHOLE)


@given(st.integers(0, 3000), st.text('0129<>"/=:&;-PTtable', max_size=6), st.integers(0, 60))
@settings(derandomize=True)
def test_an_ods_file_of_broken_parts_is_a_table_or_one_sentence(folder, at, instead, gap):
    whole = PARTS["content.xml"]
    at %= len(whole)
    read_or_told(folder, zipped(PARTS | {"content.xml": whole[:at] + instead.encode() + whole[at + gap :]}))


def test_a_workbook_is_told_by_its_parts():
    assert workbooks.is_workbook(["mimetype", "content.xml"])
    assert workbooks.is_workbook(["[Content_Types].xml"])
    assert not workbooks.is_workbook(["table.csv"])
