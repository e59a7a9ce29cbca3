"""Files as partners' programs write them, made for the tests of the readers."""

from __future__ import annotations

import io
import zipfile

import pytest

from spaces import tables
from words import DataProblem

ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in [("office", "office"), ("table", "table"), ("text", "text")]
)


def zipped(parts, method=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, inside in parts.items():
            archive.writestr(name, inside)
    return content.getvalue()


def parts_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def cell(shown, kind="string", value=None, more=""):
    """Return a cell of an ODS sheet."""
    attribute = {"string": "", "boolean": "boolean-value", "date": "date-value", "time": "time-value"}.get(kind, "value")
    told = f'office:{attribute}="{value}"' if attribute else ""
    return f'<table:table-cell office:value-type="{kind}" {told} {more}><text:p>{shown}</text:p></table:table-cell>'


def row(*cells, repeated=1):
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def nothing(repeated=1):
    return f'<table:table-cell table:number-columns-repeated="{repeated}"/>'


def ods(**sheets):
    """Return the bytes of an ODS file from the rows of its sheets."""
    body = "".join(f'<table:table table:name="{name}">{"".join(rows)}</table:table>' for name, rows in sheets.items())
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMES} office:version="1.3"><office:body>'
        f"<office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/>'
    manifest = f'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{entry}</manifest:manifest>'
    return zipped({"mimetype": ODS_TYPE, "META-INF/manifest.xml": manifest, "content.xml": document})


def read(folder, content, name="partner.bin", sheets=()):
    (folder / name).write_bytes(content)
    table, numbers = tables.read(folder / name, sheets)
    return table.columns, table.rows(), numbers.tolist()


def problem(folder, content, name="partner.bin"):
    """Return the one sentence that a file is refused with."""
    with pytest.raises(DataProblem) as caught:
        read(folder, content, name)
    told = str(caught.value)
    assert told.startswith(name)
    assert "\n" not in told
    assert any(cure in told for cure in ("Save", "save", "Mend", "Rename", "Check", "Delete"))
    return told


def read_or_told(folder, content, name="partner.bin"):
    try:
        return read(folder, content, name)
    except DataProblem as told:
        return problem(folder, content, name) if str(told) else ""
