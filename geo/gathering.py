"""What goes into a gazetteer: each file told by what it begins with, read by those who know its kind, and all of it brought together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from geo import features, open_names, osm_names, postcode_precision, postcodes, sources, uprns
from geo.csv_rows import Rows
from geo.gazetteer_file import ADDRESSES, Source
from geo.sources import Kind, Part
from words import N_, DataProblem

NOTHING_NAMED = N_("{file} holds no postcodes, names or addresses. Give another file, or an extract of the area.")
PACKED_EXTRACT = N_("{file} is an OpenStreetMap extract packed into another file. Unpack it first.")


@dataclass(frozen=True)
class _Read:
    """What one file gave."""

    edition: str
    rows: int
    postcodes: pl.DataFrame | None = None
    addresses: pl.DataFrame | None = None
    uprns: pl.DataFrame | None = None
    names: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=features.NAMES))
    shapes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=features.SHAPES))


@dataclass(frozen=True)
class _Recognised:
    """One file, what it is, and how to read it."""

    part: Part
    kind: Kind
    read: Callable[[], _Read]


def gather(given: Sequence[Path], each: Callable[[Sequence[Path]], Iterable[Path]]) -> tuple[list[Source], dict[str, pl.DataFrame]]:
    """Read files, folders and zips; return what was read, and the tables of `gazetteer_file.LAYOUT`.

    Every file is told before any is read. Raises DataProblem naming the one that cannot be.
    """
    with sources.found(given) as parts:
        known = {part.label: recognised for part in parts if (recognised := _recognise(part))}
        if not known:
            raise DataProblem(sources.ONLY_HEADINGS, file=given[0])
        read_from = {label: known[label].read() for label in each(list(known))}
    everything = list(read_from.values())
    codes = {label: one.postcodes for label, one in read_from.items() if one.postcodes is not None}
    surely = {label: known[label].kind is not open_names.KIND for label in codes}
    all_codes = postcodes.one_row_each(
        [codes[label] for label in codes if surely[label]], last_resort=[codes[label] for label in codes if not surely[label]]
    )
    names, shapes = features.gather([one.names for one in everything], [one.shapes for one in everything], all_codes)
    tables = {
        "postcodes": postcode_precision.with_precision(all_codes),
        "names": names,
        "shapes": shapes,
        "addresses": pl.concat(
            [pl.DataFrame(schema=ADDRESSES), *(one.addresses for one in everything if one.addresses is not None)]
        ).unique(maintain_order=True),
        "uprns": uprns.one_row_each([one.uprns for one in everything if one.uprns is not None]),
    }
    if not any(table.height for table in tables.values()):
        raise DataProblem(NOTHING_NAMED, file=given[0])
    told = [
        Source(known[label].part.name, known[label].kind.name, one.edition, known[label].kind.licence, one.rows)
        for label, one in read_from.items()
    ]
    return told, tables


def _recognise(part: Part) -> _Recognised | None:
    """Say what a file is by what it begins with; None for a list of headings that came along with the data."""
    if not part.start.strip():
        raise DataProblem(sources.EMPTY, file=part.name)
    if part.is_web_page():
        raise DataProblem(sources.WEB_PAGE, file=part.name)
    if osm_names.is_extract(part.start):
        if part.is_packed():
            raise DataProblem(PACKED_EXTRACT, file=part.name)
        return _Recognised(part, osm_names.KIND, lambda: _read_extract(part))
    first = part.first_rows()
    if first and (postcodes.are_code_point_headings(first) or (len(first) == 1 and open_names.is_header(first[0]))):
        if part.in_company:
            return None
        raise DataProblem(sources.ONLY_HEADINGS, file=part.name)
    return _recognise_table(part, first)


def _recognise_table(part: Part, first: Sequence[Sequence[str]]) -> _Recognised:
    """Say what a CSV file is that begins with these rows."""
    if first and (columns := postcodes.ons_columns(first[0])):
        kind = postcodes.ons_kind(first[0])
        return _Recognised(part, kind, lambda: _read_ons(Rows(part, kind, len(first[0]), header=True), columns))
    if first and (numbers := uprns.columns(first[0])):
        return _Recognised(part, uprns.KIND, lambda: _read_uprns(Rows(part, uprns.KIND, len(first[0]), header=True), numbers))
    if header := open_names.header_of(first):
        rows = Rows(part, open_names.KIND, len(first[0]), header=open_names.is_header(first[0]))
        return _Recognised(part, open_names.KIND, lambda: _read_open_names(rows, header))
    if postcodes.is_code_point(first):
        rows = Rows(part, postcodes.CODE_POINT, len(first[0]), header=postcodes.begins_with_headings(first))
        return _Recognised(part, postcodes.CODE_POINT, lambda: _read_code_point(rows))
    raise DataProblem(sources.UNKNOWN, file=part.name)


def _read_extract(part: Part) -> _Read:
    extract = osm_names.read(part.path, part.start)
    rows = extract.names.height + extract.addresses.height
    return _Read(extract.edition or part.edition, rows, names=extract.names, shapes=extract.shapes, addresses=extract.addresses)


def _read_ons(rows: Rows, columns: Mapping[str, int]) -> _Read:
    table, newest = postcodes.read_ons(rows, columns)
    return _Read(rows.part.edition or newest, table.height, postcodes=table)


def _read_uprns(rows: Rows, columns: Sequence[int]) -> _Read:
    table = uprns.read(rows, columns)
    return _Read(rows.part.edition, table.height, uprns=table)


def _read_open_names(rows: Rows, header: Sequence[str]) -> _Read:
    names, codes = open_names.read(rows, header)
    return _Read(rows.part.edition, rows.first_row - 1 - rows.header, names=names, postcodes=codes)


def _read_code_point(rows: Rows) -> _Read:
    table = postcodes.read_code_point(rows)
    return _Read(sources.edition_from_metadata(rows.part.metadata) or rows.part.edition, table.height, postcodes=table)
