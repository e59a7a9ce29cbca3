"""The gazetteer: what is where, in one file on this machine, so that no address is ever sent anywhere.

It holds the postcodes of OS Code-Point Open. The file is Parquet, carries its sources and its own version, and is written
whole or not at all. Every page has a checksum, so that damage is told and not taken for positions. Arrow reads and writes it:
Polars keeps no checksums, and some damaged files make it end the whole program.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from geo import files
from words import N_, DataProblem

VERSION = "1"
"""Of the file's layout. A file of another version is refused with the cure, never half understood."""

LAYOUT = {"postcode": pl.String, "quality": pl.UInt8, "easting": pl.Int32, "northing": pl.Int32}
"""The file's columns."""

NOT_POSITIONED = 90
"""Code-Point Open's positional quality for a postcode that has no coordinates: it is given as 0,0 and must place nothing."""

COLUMN_HEADINGS = "Code-Point_Open_Column_Headers.csv"
"""A list of headings that Ordnance Survey ships in the same folders as the postcodes: no postcodes, and not a mistake."""

PRECISION_M = {10: 100, 20: 100, 30: 150, 40: 250, 50: 250, 60: 2000}
"""How far from the true address a postcode's point may lie, by Code-Point Open's positional quality indicator.

A postcode is about 15 addresses along part of a street. 10 to 30 put the point at one of them; 40 and 50 are positions
inherited or imputed from around it; 60 is the mean of the whole postcode sector. Unknown indicators count as 60.
"""


DAMAGED = N_("{file} is not a gazetteer, or is damaged. Build it again with: safer-spaces gazetteer build")


@dataclass(frozen=True)
class Source:
    """One file the gazetteer was built from."""

    name: str
    kind: str
    rows: int


@dataclass(frozen=True)
class Gazetteer:
    """Postcodes, keyed as typed without spaces (`SL11AA`), with `quality, easting, northing, precision_m`."""

    postcodes: pl.DataFrame
    sources: tuple[Source, ...]


def build(sources: Sequence[Path], out: Path, *, each: Callable[[Sequence[Path]], Iterable[Path]] = lambda paths: paths) -> Gazetteer:
    """Build a gazetteer file from Code-Point Open CSV files (headerless or not, 4 or 10 columns, gzipped or not).

    `each` may wrap the list of files to report progress. Where two files give the same postcode, the first one counts.
    Raises DataProblem naming the file that is not one of these, before anything is written.
    """
    tables = {file: _read_code_point(file) for file in each([file for source in sources for file in _files_in(source)])}
    postcodes = pl.concat(tables.values()).unique("postcode", keep="first", maintain_order=True).sort("postcode")
    read_from = tuple(Source(file.name, "OS Code-Point Open", table.height) for file, table in tables.items())
    metadata = {"gazetteer_version": VERSION, "sources": json.dumps([source.__dict__ for source in read_from])}
    try:
        with files.replacing(out) as unfinished:
            table = postcodes.to_arrow().replace_schema_metadata(metadata)
            pq.write_table(table, unfinished, compression="zstd", write_page_checksum=True)
    except OSError as error:
        raise DataProblem("{file} could not be written. Check that the folder exists, can be written to and has room.", file=out) from error
    return Gazetteer(_with_precision(postcodes), read_from)


def read(path: Path) -> Gazetteer:
    """Open a built gazetteer; DataProblem where it is missing, damaged or of another version."""
    if not path.is_file():
        raise DataProblem("The gazetteer {file} was not found. Build one with: safer-spaces gazetteer build --out {file} SOURCE", file=path)
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            table = file.read()
        metadata = table.schema.metadata or {}
        ours = metadata.get(b"gazetteer_version") == VERSION.encode()
        sources = tuple(Source(**source) for source in json.loads(metadata[b"sources"])) if ours else ()
        postcodes = pl.DataFrame(table)
    except (pa.ArrowException, pl.exceptions.PanicException, OSError, KeyError, TypeError, ValueError) as error:
        raise DataProblem(DAMAGED, file=path.name) from error
    if not ours:
        raise DataProblem("{file} was built by another version. Build it again with: safer-spaces gazetteer build", file=path.name)
    if postcodes.schema != LAYOUT:
        raise DataProblem(DAMAGED, file=path.name)
    return Gazetteer(_with_precision(postcodes), sources)


def normalised_postcode(text: pl.Expr) -> pl.Expr:
    """Return postcodes as keys: capitals and digits only, null where the text has no postcode's shape."""
    key = text.str.to_uppercase().str.replace_all("[^A-Z0-9]", "")
    return pl.when(key.str.contains(r"^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$")).then(key)


def _files_in(source: Path) -> list[Path]:
    if source.is_dir():
        found = [file for suffix in ("csv", "csv.gz") for file in sorted(source.rglob(f"*.{suffix}")) if file.name != COLUMN_HEADINGS]
        if not found:
            raise DataProblem("{file} holds no CSV files. Give the folder that Code-Point Open was unpacked to.", file=source)
        return found
    if not source.is_file():
        raise DataProblem("{file} was not found. Check the folder and the spelling.", file=source)
    return [source]


def _read_code_point(file: Path) -> pl.DataFrame:
    not_one = DataProblem(
        "{file} is not OS Code-Point Open: expected a postcode, its quality, easting and northing in each row.", file=file.name
    )
    try:
        raw = pl.read_csv(file, has_header=False, infer_schema=False, truncate_ragged_lines=True)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise not_one from error
    if raw.width < 4:
        raise not_one
    postcode, quality, easting, northing = (pl.col(name) for name in raw.columns[:4])
    number = pl.Int32
    table = raw.select(
        postcode=normalised_postcode(postcode),
        quality=quality.cast(pl.UInt8, strict=False),
        easting=easting.cast(number, strict=False),
        northing=northing.cast(number, strict=False),
    )
    # A header is the one first row that is not a postcode; any other such row means a different kind of file.
    odd = table.with_row_index().filter(pl.any_horizontal(pl.all().is_null()))["index"].to_list()
    if odd not in ([], [0]) or len(odd) == table.height:
        raise not_one
    return table.drop_nulls()


def _with_precision(postcodes: pl.DataFrame) -> pl.DataFrame:
    """Add each postcode's `precision_m`: derived, not stored, because it follows from the quality."""
    return postcodes.with_columns(precision_m=pl.col("quality").replace_strict(PRECISION_M, default=PRECISION_M[60], return_dtype=pl.Int32))
