"""Postcodes: what one looks like, how sure its point is, and the two kinds of file that list them all.

OS Code-Point Open has a row for each postcode in use in Great Britain. The ONS Postcode Directory and the National Statistics Postcode
Lookup have those and the ones that Royal Mail has ended since 1980, with columns that get new names in nearly every edition.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from geo.csv_rows import Rows, eastings, northings
from geo.gazetteer_file import POSTCODES
from geo.sources import Kind, ons_edition

NOT_POSITIONED = 90
"""Code-Point Open's positional quality for a postcode that has no coordinates: it is given as 0,0 and must place nothing."""

PRECISION_M = {10: 100, 20: 100, 30: 150, 40: 250, 50: 250, 60: 2000}
"""How far from the true address a postcode's point may lie at least, by Code-Point Open's positional quality indicator.

A postcode is about 15 addresses along part of a street. 10 to 30 put the point at one of them; 40 and 50 are positions
inherited or imputed from around it; 60 is the mean of the whole postcode sector. Unknown indicators count as 60.
Where postcodes are far between it is more than this: see `postcode_precision`.
"""

FURTHEST_M = 1000
"""As far as any postcode reaches: half of what is said of one known to its sector alone. One in twenty-five of Great Britain's would
reach farther, into moors and fields where nobody is."""

LISTED = {name: kind for name, kind in POSTCODES.items() if name != "precision_m"}
"""What a file says of a postcode. How sure its point is shows only when all are brought together."""

ROYAL_MAIL = "Contains OS data, Royal Mail data and National Statistics data © Crown copyright, Royal Mail copyright and database right"

CODE_POINT = Kind("OS Code-Point Open", f"Open Government Licence v3.0. {ROYAL_MAIL}")
ONSPD = Kind("ONS Postcode Directory", f"Open Government Licence v3.0. {ROYAL_MAIL}")
NSPL = Kind("National Statistics Postcode Lookup", f"Open Government Licence v3.0. {ROYAL_MAIL}")

CODE_POINT_HEADINGS = ("pc", "postcode")
"""What the first column is called in Ordnance Survey's list of headings, in short and in full."""

ONS_COLUMNS = {
    "postcode": ("pcds", "pcd8", "pcd7", "pcd2", "pcd"),
    "ended": ("doterm",),
    "begun": ("dointr",),
    "quality": ("osgrdind", "gridind"),
    "easting": ("oseast1m", "east1m"),
    "northing": ("osnrth1m", "north1m"),
}
"""What a column has been called: 2008 to 2024, and since 2025. Of several that are there the first one is read."""

ONSPD_ONLY = re.compile(r"os(cty|laua|ward)|parish|parncp\d\dcd")
"""Columns of the directory that the lookup has not, or calls something else (`cty`, `laua`, `ward`)."""

GRID_OF_ITS_OWN = r"^BT"
"""Northern Ireland's postcodes are given on the Irish grid, whose numbers mean other places on this one."""


def normalised_postcode(text: pl.Expr) -> pl.Expr:
    """Return postcodes as keys: capitals and digits only, null where the text has no postcode's shape."""
    key = text.str.to_uppercase().str.replace_all("[^A-Z0-9]", "")
    return pl.when(key.str.contains(r"^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$")).then(key)


def packed(key: pl.Expr) -> pl.Expr:
    """Return keys, of at most 8 letters and digits, as numbers that sort as they do: a quarter of the size, and quick to find."""
    return key.str.pad_end(8, "\0").cast(pl.Binary).bin.reinterpret(dtype=pl.UInt64, endianness="big")


def unpacked(keys: pl.Series) -> pl.Series:
    """Return as text what `packed` made numbers of."""
    if keys.is_empty():
        return pl.Series(keys.name, dtype=pl.String)
    lines = np.full((len(keys), 9), ord("\n"), np.uint8)
    lines[:, :8] = keys.to_numpy().astype(">u8").view(np.uint8).reshape(-1, 8)
    # As lines of a file: the quickest way in, where millions of strings made one by one take half a second.
    text = pl.read_csv(lines[lines != 0].tobytes(), has_header=False, schema={keys.name: pl.String}, infer_schema=False)
    return text.to_series()


def is_code_point(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether a file that begins with these rows lists postcodes as Code-Point Open does, after one row of headings or none."""
    return any(len(row) in (4, 10) and _is_postcode(row[0]) and all(_is_number(value) for value in row[1:4]) for row in rows[:2])


def begins_with_headings(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether the first of these rows only names the columns: it is no postcode, and has no numbers."""
    return not _is_postcode(rows[0][0]) and not any(_is_number(value) for value in rows[0][1:4])


def are_code_point_headings(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether these rows, the whole of a file, are only what Code-Point Open's columns are called."""
    return bool(rows) and all(row[0].strip().casefold() in CODE_POINT_HEADINGS and begins_with_headings([row]) for row in rows)


def read_code_point(rows: Rows) -> pl.DataFrame:
    """Read the postcodes of a Code-Point Open file; DataProblem naming the first row that is none."""
    postcode, quality, easting, northing = (pl.col(name) for name in rows.columns[:4])
    at = [eastings(easting).cast(pl.Int32), northings(northing).cast(pl.Int32)]
    nowhere = (at[0] == 0) & (at[1] == 0)
    return pl.concat(
        rows.checked(
            chunk.select(
                postcode=packed(normalised_postcode(postcode)),
                quality=pl.when(nowhere).then(NOT_POSITIONED).otherwise(quality.cast(pl.UInt8, strict=False)).cast(pl.UInt8),
                easting=at[0],
                northing=at[1],
                terminated=pl.lit(value=False),
            )
        )
        for chunk in rows.chunks()
    )


def ons_columns(header: Sequence[str]) -> dict[str, int] | None:
    """Return where the columns of a directory of the Office for National Statistics stand, None where this is not one."""
    names = [name.strip().casefold() for name in header]
    found = {meaning: next((names.index(alias) for alias in aliases if alias in names), None) for meaning, aliases in ONS_COLUMNS.items()}
    known = {meaning: at for meaning, at in found.items() if at is not None}
    return known if known.keys() == ONS_COLUMNS.keys() else None


def ons_kind(header: Sequence[str]) -> Kind:
    """Return which of the two directories a file with this header is."""
    return ONSPD if any(ONSPD_ONLY.fullmatch(name.strip().casefold()) for name in header) else NSPL


def read_ons(rows: Rows, columns: Mapping[str, int]) -> tuple[pl.DataFrame, str]:
    """Read the postcodes of an ONSPD or NSPL file, the ended ones marked, and the newest month that it mentions (`2023-11`).

    Its indicators of quality are Code-Point Open's over ten, but for 8 (an old position of unknown quality) and 9 (none). A postcode
    without grid reference, and one of Northern Ireland, is kept as known and without a position.
    """
    at = {meaning: pl.col(rows.columns[number]) for meaning, number in columns.items()}
    newest, parsed = "", []
    for chunk in rows.chunks():
        key = normalised_postcode(at["postcode"])
        easting, northing = (
            pl.when(at[name].fill_null("").str.strip_chars() == "").then(0).otherwise(metres(at[name])).cast(pl.Int32)
            for name, metres in (("easting", eastings), ("northing", northings))
        )
        indicator = at["quality"].cast(pl.UInt8, strict=False)
        quality = pl.when(indicator.is_between(1, 9)).then(indicator * 10)
        nowhere = (quality == NOT_POSITIONED) | ((easting == 0) & (northing == 0)) | key.str.contains(GRID_OF_ITS_OWN)
        table = chunk.select(
            postcode=packed(key),
            quality=pl.when(nowhere).then(NOT_POSITIONED).otherwise(quality).cast(pl.UInt8),
            easting=pl.when(nowhere).then(0).otherwise(easting).cast(pl.Int32),
            northing=pl.when(nowhere).then(0).otherwise(northing).cast(pl.Int32),
            terminated=at["ended"].fill_null("").str.strip_chars() != "",
        )
        parsed.append(rows.checked(table))
        newest = max(newest, *(str(value or "") for value in chunk.select(at["begun"].max(), at["ended"].max()).row(0)))
    return pl.concat(parsed), ons_edition(newest)


def one_row_each(tables: Sequence[pl.DataFrame], last_resort: Sequence[pl.DataFrame] = ()) -> pl.DataFrame:
    """Return each postcode once, sorted: the row that has a position before one that has none, a postcode in use before its ended namesake,
    `tables` before `last_resort`, and then the first that was given.
    """
    ranked = [table.with_columns(rank=pl.lit(rank, pl.UInt8)) for rank, some in enumerate((tables, last_resort)) for table in some]
    if not ranked:
        return pl.DataFrame(schema=LISTED)
    order = [pl.col("postcode"), pl.col("quality") == NOT_POSITIONED, pl.col("terminated"), pl.col("rank")]
    table = pl.concat(ranked).sort(order, maintain_order=True).drop("rank")
    return table.filter(pl.col("postcode").ne_missing(pl.col("postcode").shift()))


def find(known: pl.Series, keys: pl.Series) -> pl.Series:
    """Return where each key stands among packed postcodes, which are sorted; missing where it does not.

    Keys are looked for in their order: neighbours share what the processor has at hand, which is three times as fast.
    """
    text = keys.cast(pl.String).to_frame("key")
    wanted = text.select(pl.when(pl.col("key").str.len_bytes() <= 8).then(packed(pl.col("key"))).fill_null(0)).to_series()
    if known.is_empty():
        return pl.Series([None], dtype=pl.UInt32).new_from_index(0, len(keys))
    codes, order = known.to_numpy(), wanted.arg_sort().to_numpy()
    in_order = wanted.to_numpy()[order]
    near = np.minimum(np.searchsorted(codes, in_order), len(codes) - 1)
    at = np.empty(len(wanted), np.uint32)
    at[order] = np.where(codes[near] == in_order, near, len(codes))
    found = pl.Series(at)
    return found.set(found == len(codes), None)


def _is_postcode(text: str) -> bool:
    return pl.select(normalised_postcode(pl.lit(text))).item() is not None


def _is_number(text: str) -> bool:
    return text.strip().lstrip("-").isdecimal()
