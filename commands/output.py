"""Results out: one file in the format its name asks for, whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo import files
from words import DataProblem, _

if TYPE_CHECKING:
    import geopandas as gpd

FORMATS = ("csv", "parquet", "geojson", "gpkg")


def format_of(out: str, asked: str | None) -> str:
    """Return the format to write; DataProblem where neither the name nor `--format` says one we write, or `out` is no place for it."""
    suffix = asked or ("csv" if out == "-" else Path(out).suffix.removeprefix(".").lower())
    if out != "-" or suffix not in {"csv", "geojson"}:
        check_file(Path(out))
    if suffix not in FORMATS:
        raise DataProblem("{out} does not say its format. End it in .csv, .parquet, .geojson or .gpkg, or give --format.", out=out)
    return suffix


def check_file(out: Path) -> None:
    """Raise DataProblem unless a file can stand at `out`: before the work, and before a folder or a device is replaced."""
    if str(out) == "-":
        raise DataProblem("Only csv and geojson can be written to standard output. Give a file name.")
    if not out.absolute().parent.is_dir():
        raise DataProblem("The folder of {out} does not exist. Make it first, or choose another.", out=out)
    if set("!;") & set(str(out.absolute())):  # the library that writes maps reads them as marks of its own
        raise DataProblem("{out} has a “!” or “;” in its name or folder. Rename it with letters and numbers only.", out=out)
    if out.exists() and not out.is_file():
        raise DataProblem("{out} is a folder or a device, not a file. Give the name of a file to write.", out=out)


def check_not_input(out: str, inputs: Iterable[Path | None]) -> None:
    """Raise DataProblem where the result would replace one of the files it is made from."""
    if any(given and given.exists() and given.resolve() == Path(out).resolve() for given in inputs):
        raise DataProblem("{out} is one of the files to read. Give the result a name of its own.", out=out)


def write(frame: gpd.GeoDataFrame, out: str, kind: str) -> None:
    """Write a frame and its index to `out` (`-` is standard output). An old file stays until the new one is whole."""
    from pyogrio.errors import DataLayerError, DataSourceError

    try:
        if out == "-":
            click.echo(_as_csv(frame) if kind == "csv" else frame.reset_index().to_json(drop_id=True) + "\n", nl=False)
        else:
            with files.replacing(Path(out)) as unfinished:
                _write_file(frame, unfinished, kind)
    except BrokenPipeError:  # whoever was reading has read enough
        raise
    except (OSError, DataLayerError, DataSourceError) as error:
        where = _("Standard output") if out == "-" else out
        raise DataProblem("{out} could not be written. Check that the folder can be written to and has room.", out=where) from error


def _write_file(frame: gpd.GeoDataFrame, path: Path, kind: str) -> None:
    if kind == "csv":
        path.write_text(_as_csv(frame), "utf-8")
    elif kind == "parquet":
        frame.to_parquet(path)
    else:
        driver = {"geojson": "GeoJSON", "gpkg": "GPKG"}[kind]
        named = path.with_suffix(f".{kind}")  # the library complains of any other name
        frame.reset_index().to_file(named, driver=driver, engine="pyogrio")
        named.rename(path)


def _as_csv(frame: gpd.GeoDataFrame) -> str:
    from spaces.exports import FORMULA  # a place's name comes from a map that anyone can edit

    formula = re.compile(f"(?={FORMULA})")
    table = frame.drop(columns="geometry")
    texts = table.select_dtypes(["object", "string"]).apply(lambda column: column.str.replace(formula, "'", regex=True))
    return str(table.assign(**texts).to_csv())
