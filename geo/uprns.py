"""OS Open UPRN: the number that every address in Great Britain has for life, and the point it stands for."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from geo.csv_rows import Rows, eastings, northings
from geo.gazetteer_file import UPRNS
from geo.sources import Kind

KIND = Kind("OS Open UPRN", "Open Government Licence v3.0. Contains OS data © Crown copyright and database right")

HEADER = ("UPRN", "X_COORDINATE", "Y_COORDINATE")
"""The columns that are read. It gives longitude and latitude as well."""


def columns(header: Sequence[str]) -> list[int] | None:
    """Return where the columns stand in a file with this header, None where it is not of Open UPRN."""
    names = [name.strip().upper() for name in header]
    return [names.index(name) for name in HEADER] if set(HEADER) <= set(names) else None


def read(rows: Rows, at: Sequence[int]) -> pl.DataFrame:
    """Read the points; DataProblem naming the first row that has none."""
    uprn, easting, northing = (pl.col(rows.columns[number]) for number in at)
    return pl.concat(
        rows.checked(
            chunk.select(
                uprn=uprn.cast(pl.Int64, strict=False),
                easting=eastings(easting).round().cast(pl.Int32),
                northing=northings(northing).round().cast(pl.Int32),
            )
        )
        for chunk in rows.chunks()
    )


def one_row_each(tables: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return each UPRN once, sorted; of several the first that was given."""
    if not tables:
        return pl.DataFrame(schema=UPRNS)
    table = pl.concat(tables, rechunk=False).sort("uprn", maintain_order=True)
    return table.filter(pl.col("uprn").ne_missing(pl.col("uprn").shift()))
