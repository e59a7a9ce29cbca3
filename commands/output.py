"""Results out: one file in the format its name asks for, whole or not at all."""

from __future__ import annotations

import sys
from pathlib import Path

import geopandas as gpd

from geo import files
from words import DataProblem

FORMATS = ("csv", "parquet", "geojson", "gpkg")


def format_of(out: str, asked: str | None) -> str:
    """Return the format to write; DataProblem where neither the name nor `--format` says one we write."""
    suffix = asked or ("csv" if out == "-" else Path(out).suffix.removeprefix(".").lower())
    if suffix not in FORMATS:
        raise DataProblem("{out} does not say its format. End it in .csv, .parquet, .geojson or .gpkg, or give --format.", out=out)
    if out == "-" and suffix in {"parquet", "gpkg"}:
        raise DataProblem("Only csv and geojson can be written to standard output. Give a file name.")
    if out != "-" and not Path(out).absolute().parent.is_dir():
        raise DataProblem("The folder of {out} does not exist. Make it first, or choose another.", out=out)
    return suffix


def write(frame: gpd.GeoDataFrame, out: str, kind: str) -> None:
    """Write a frame and its index to `out` (`-` is standard output). An old file stays until the new one is whole."""
    if out == "-":
        sys.stdout.write(_as_csv(frame) if kind == "csv" else frame.reset_index().to_json())
        return
    try:
        with files.replacing(Path(out)) as unfinished:
            _write_file(frame, unfinished, kind)
    except OSError as error:
        raise DataProblem("{out} could not be written. Check that the folder can be written to and has room.", out=out) from error


def _write_file(frame: gpd.GeoDataFrame, path: Path, kind: str) -> None:
    if kind == "csv":
        path.write_text(_as_csv(frame), "utf-8")
    elif kind == "parquet":
        frame.to_parquet(path)
    else:
        driver = {"geojson": "GeoJSON", "gpkg": "GPKG"}[kind]
        frame.reset_index().to_file(path, driver=driver, engine="pyogrio")


def _as_csv(frame: gpd.GeoDataFrame) -> str:
    return str(frame.drop(columns="geometry").to_csv())
