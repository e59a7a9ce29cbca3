"""Files of small areas and of figures by their codes, as the statistics office and others publish them, read and put together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import frames
from layers import area_context, council, council_tables, osm
from layers.area_context import KINDS, Kind
from words import N_, DataProblem, _, ngettext

SOURCE, LICENCE = N_("the list of figures by small area"), N_("as its publisher gives it")
"""Of the figures, beside those of the shapes, which are the layer's own."""

NEWER_CODES = ("lsoa21cd", "lsoa code 2021", "lsoa21 code", "lsoa 2021 code", "lsoa 2021", "new code")
OLDER_CODES = ("lsoa11cd", "lsoa code 2011", "lsoa11 code", "lsoa 2011 code", "lsoa 2011")
CODES = (
    *NEWER_CODES, *OLDER_CODES, "lsoacd", "lsoa code", "lsoa", "lower layer super output areas code", "geography code", "mnemonic",
    "area code", "code",
)  # fmt: skip
"""The headings that the statistics office's files, the census's and the deprivation index's have, as `plain_name` compares them."""

NAMES = ("lsoa21nm", "lsoa11nm", "lsoanm", "lsoa name 2021", "lsoa name 2011", "lsoa21 name", "lsoa11 name", "lsoa name", "name")
WELSH_NAMES = ("lsoa21nmw", "lsoa11nmw", "lsoanmw", "name cy", "enw")

VALUES: Mapping[Kind, tuple[str, ...]] = {
    "population": ("population", "residents", "usual residents", "all usual residents", "total population", "all ages", "total", "value"),
    "deprivation": (
        "index of multiple deprivation imd decile where 1 is most deprived 10 of lsoas", "index of multiple deprivation imd decile",
        "index of multiple deprivation decile", "imd decile", "wimd decile", "decile", "value",
    ),
    "housing": ("share", "value"),
}  # fmt: skip

EDGE_SHARE = 0.01
"""An area that shares less of itself with the boundary (or of the boundary, where that is smaller) only lies along its edge: two
publishers' lines do not meet to the metre, and a neighbour would shift the fifths."""


def read(
    areas_file: Path, figures: Sequence[str], lookup_file: Path | None = None, *, boundary: shapely.Geometry | None = None
) -> dict[str, gpd.GeoDataFrame]:
    """Return a layer for each list of figures, by its id (`area_context.LAYER_IDS`): the small areas that lie in the boundary (metres).

    `figures` are written `population=FILE.csv` or, to say which columns are which, `population=FILE.csv:code=…,value=…`. The lookup
    (LSOA11CD, LSOA21CD) is used for those lists whose codes are rather the newer ones. Attributes of a frame are its `source`, `licence`,
    `source_file`, no `data_timestamp`, and `notes`, sentences on what is not there.

    Raises DataProblem, one sentence, for a file or a figure that cannot be used.
    """
    lists = [_parted(text) for text in figures]
    kinds = [kind for kind, _file, _columns in lists]
    twice = next((kind for kind in kinds if kinds.count(kind) > 1), None)
    if twice:
        raise DataProblem("There are two lists of figures of {kind}. Name one of each kind.", kind=twice)
    areas = read_areas(areas_file, boundary)
    lookup = read_lookup(lookup_file) if lookup_file else None
    layers = {}
    for kind, file, columns in lists:
        values = read_figures(file, kind, columns)
        newer = lookup if lookup is not None and _rather_newer(areas["code"], values["code"], lookup) else None
        found = area_context.by_area(areas, values, kind, lookup=newer, file=file.name)
        used = [areas_file, file, *([lookup_file] if lookup_file and newer is not None else [])]
        without = int(found["value"].isna().sum())
        said = ngettext(
            "{count} small area has no figure in {file}", "{count} small areas have no figure in {file}", without, file=file.name
        )
        found.attrs |= {"source": _(SOURCE), "licence": _(LICENCE), "source_file": ", ".join(each.name for each in used)}
        found.attrs |= {"data_timestamp": "", "notes": [*areas.attrs["notes"], *([said] if without else [])]}
        layers[f"area_{kind}"] = found
    return layers


def read_areas(path: Path, boundary: shapely.Geometry | None = None) -> gpd.GeoDataFrame:
    """Return small areas (`code, name, name_cy`, polygons in EPSG:27700) of any map file: those that lie in the boundary, each whole.

    An area without a name is called by its code. Raises DataProblem where the file has no codes or polygons, none lies inside, or a
    code is missing or comes twice.
    """
    shapes = frames.read_vector(path)
    told = pd.DataFrame(shapes.drop(columns=shapes.geometry.name))
    text = told.astype("str").where(told.notna(), "").apply(lambda column: column.str.strip())
    at = _code_column(text)
    if at is None:
        raise DataProblem(
            "{file} has no column that is known to hold the codes of small areas: call it LSOA21CD or LSOA11CD. It has: {columns}.",
            file=path.name, columns=", ".join(map(str, text.columns)),
        )  # fmt: skip
    named, welsh = _by_name(text, NAMES), _by_name(text, WELSH_NAMES)
    columns = {"code": text[at], "name": text[named] if named else "", "name_cy": text[welsh] if welsh else ""}
    areas = gpd.GeoDataFrame(columns, index=text.index, geometry=osm.only_polygons(shapes.geometry), crs=shapes.crs)
    areas = areas[areas.area > 0]
    if areas.empty:
        raise DataProblem("{file} holds no polygons. Choose the shapes of the small areas, not their centres.", file=path.name)
    middle = areas.representative_point()
    if not frames.inside_great_britain(*frames.points_in_degrees(middle.x, middle.y)).all():
        raise DataProblem("{file} lies outside Great Britain. Check its coordinate system.", file=path.name)
    areas = areas if boundary is None else _inside(areas, boundary, path.name)
    if (areas["code"] == "").any():
        raise DataProblem("{file} has an area without a code. Give it one, or take it out.", file=path.name)
    twice = areas["code"][areas["code"].duplicated()]
    if len(twice):
        raise DataProblem("{code} comes twice in {file}. Keep one shape for each area.", code=twice.iloc[0], file=path.name)
    areas.attrs["notes"] = [] if named else [_("{file} has no column of names: its areas are called by their codes", file=path.name)]
    return areas.assign(name=areas["name"].where(areas["name"] != "", areas["code"]))


def read_figures(path: Path, kind: Kind, columns: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return `code, value` as text of a CSV file. `columns` says which of its columns are these; else they are recognised, by
    their headings, or as the only column of numbers.

    Raises DataProblem, with the columns there are, where it is not clear which is which.
    """
    named = columns or {}
    table = council_tables.read(path, [*named.values(), *CODES, *VALUES[kind]])
    for theirs in named.values():
        if _by_name(table, [council_tables.plain_name(theirs)]) is None:
            raise DataProblem(council.NO_COLUMN, file=path.name, column=theirs, columns=", ".join(table.columns))
    code = _by_name(table, [council_tables.plain_name(named["code"])]) if "code" in named else _code_column(table)
    value = _by_name(table, [council_tables.plain_name(named["value"])]) if "value" in named else _value_column(table, code, kind)
    if code is None or value is None:
        raise DataProblem(
            "It is not clear which columns of {file} are the code and the figure. It has: {columns}. Say which: {example}.",
            file=path.name, columns=", ".join(table.columns), example=f"{kind}={path.name}:code=…,value=…",
        )  # fmt: skip
    return pd.DataFrame({"code": table[code], "value": table[value]})


def read_lookup(path: Path) -> pd.DataFrame:
    """Return `code, new_code` of a CSV file with the columns LSOA11CD and LSOA21CD: one row for each pair that shares ground.

    Raises DataProblem where it has not both.
    """
    table = council_tables.read(path, [*OLDER_CODES, *NEWER_CODES])
    older, newer = _by_name(table, [*OLDER_CODES, "code"]), _by_name(table, NEWER_CODES)
    if older is None or newer is None:
        raise DataProblem(
            "{file} needs two columns that say which area became which, LSOA11CD and LSOA21CD. It has: {columns}.",
            file=path.name, columns=", ".join(table.columns),
        )  # fmt: skip
    pairs = pd.DataFrame({"code": table[older], "new_code": table[newer]})
    return pairs[(pairs != "").all(axis="columns")]


def _parted(text: str) -> tuple[Kind, Path, dict[str, str]]:
    """Part `population=FILE.csv:code=…,value=…` into the kind, the file and its columns."""
    told, _equals, rest = text.partition("=")
    kind = next((kind for kind in KINDS if kind == told.strip().casefold()), None)
    file, columns = re.fullmatch(r"(.*?)(?::(\s*(?:code|value)\s*=.*))?", rest.strip(), re.DOTALL | re.IGNORECASE).groups()  # type: ignore[union-attr]
    if kind is None or not file:
        raise DataProblem(
            "“{text}” is not understood: write population=FILE.csv, deprivation=FILE.csv or housing=FILE.csv, for what the figures are of.",
            text=text,
        )
    mapping = council.read_mapping(columns, ("code", "value")) if columns else {}
    if mapping.keys() - {"code", "value"}:
        raise DataProblem("A list of figures has no position: name only its columns code and value.")
    return kind, Path(file), mapping


def _by_name(table: pd.DataFrame, known: Sequence[str]) -> str | None:
    """Return the column whose heading comes first among those that are known."""
    headings = council_tables.by_plain_name(table.columns)
    return next((headings[name] for name in known if name in headings), None)


def _code_column(table: pd.DataFrame) -> str | None:
    """Return the column of codes: by its heading, else the first that holds nothing but codes of the statistics office."""
    codes = (str(column) for column in table.columns if (table[column] != "").any() and _are_codes(table[column]))
    return _by_name(table, CODES) or next(codes, None)


def _are_codes(column: pd.Series) -> bool:
    return bool(column[column != ""].str.fullmatch(r"[EWS]01\d{6}").all())


def _value_column(table: pd.DataFrame, code: str | None, kind: Kind) -> str | None:
    """Return the column of figures: by its heading, else the only other one, else the only one of numbers."""
    others = [str(column) for column in table.columns if column != code]
    numbers = [
        column
        for column in others
        if area_context.numbers(table[column]).notna().any() and not area_context.not_a_number(table[column]).any()
    ]
    return _by_name(table[others], VALUES[kind]) or next((found[0] for found in (others, numbers) if len(found) == 1), None)


def _inside(areas: gpd.GeoDataFrame, boundary: shapely.Geometry, file: str) -> gpd.GeoDataFrame:
    near = areas.iloc[areas.sindex.query(boundary, predicate="intersects", sort=True)]
    shared_m2 = shapely.area(shapely.intersection(near.geometry.to_numpy(), boundary))
    inside = near[shared_m2 >= EDGE_SHARE * np.minimum(near.area.to_numpy(), shapely.area(boundary))]
    if inside.empty:
        raise DataProblem("No area of {file} lies inside the boundary. Choose the small areas of this place.", file=file)
    return inside


def _rather_newer(codes: pd.Series, of_figures: pd.Series, lookup: pd.DataFrame) -> bool:
    """Say whether more of the areas that those here became have a figure than of those here themselves."""
    became = lookup["new_code"][lookup["code"].isin(codes)].drop_duplicates()
    return len(became) > 0 and bool(became.isin(of_figures).mean() > codes.isin(of_figures).mean())
