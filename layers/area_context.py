"""Context by small area (LSOA): how many people live there, how deprived it is, how they are housed. Off at first, and of areas only.

Lower layer Super Output Areas have some 1,500 residents. A figure of one is an average over all of them and is true of nobody in it.
"""

from __future__ import annotations

from typing import Literal, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import frames
from layers import tables
from words import N_, DataProblem, _

Kind = Literal["population", "deprivation", "housing"]
KINDS: tuple[Kind, ...] = get_args(Kind)

LAYER_IDS = tuple(f"area_{kind}" for kind in KINDS)

COUNTS: frozenset[Kind] = frozenset({"population"})
"""What adds up where areas are joined; deciles and shares do not."""

UNKNOWN = "unknown"
STATES = ("1", "2", "3", "4", "5", UNKNOWN)
"""Fifths, the lowest first."""

CAUTION = N_(
    "An average over some 1,500 people: it describes the area and not anybody in it, and says nothing of who is harmed or does harm."
)
"""Shown with every area, so that no figure of a neighbourhood is read as one of a child or a family."""

FIGURES: dict[Kind, str] = {
    "population": N_("{value:,.0f} residents to the square kilometre."),
    "deprivation": N_("Tenth {value:.0f} of ten in the country, where 1 is the most deprived."),
    "housing": N_("{value:,g} in the list of figures."),
}

NO_FIGURE = N_("No figure for this area, which is not a low one.")

COLUMNS: tables.Columns = {
    "name": "text", "name_cy": "text", "kind": "text", "state": "text", "reason": "text", "value": "number",
}  # fmt: skip


def by_area(
    areas: gpd.GeoDataFrame, values: pd.DataFrame, kind: Kind, *, lookup: pd.DataFrame | None = None, file: str = ""
) -> gpd.GeoDataFrame:
    """Return small areas with their figure of one kind and the fifth it is in, indexed by their code.

    `areas` has `code, name`, perhaps `name_cy`, and polygons in EPSG:27700; `values` has `code, value`: residents, the national decile of
    deprivation (1 the most deprived, as published) or a share of households. Where figures are of newer areas than the polygons, `lookup`
    has a row for each pair of `code` (of the polygon) and `new_code`. Counts of an area that was split add up; a decile or share is only
    known where all parts have the same, and a count not at all where the area was merged with others. `value` is residents to the square
    kilometre, the decile or the share; missing where there is no figure, and `state` is then `unknown`. Fifths are of the areas here;
    those of deprivation are national. `reason` gives the figure, in the language in use. `file` is what problems call the figures.

    Raises DataProblem where a code comes twice, a figure is no number or cannot be one, or no code is that of an area here.
    """
    frames.check_metres(areas)
    file = file or _("the list of figures")
    figures = _figures(values, kind, file)
    if lookup is not None:
        figures = _of_older_areas(figures, lookup, counts=kind in COUNTS)
    value = areas["code"].astype("str").map(figures).astype("float64")
    if not value.notna().any():
        raise DataProblem(
            "None of the codes in {file} is that of a small area here with a figure. Choose the figures of this area.", file=file
        )
    if kind == "population":
        value = value / (shapely.area(areas.geometry.to_numpy()) / 1e6)
    reasons = [NO_FIGURE if np.isnan(figure) else f"{_(FIGURES[kind], value=figure)} {_(CAUTION)}" for figure in value]
    found = tables.table(
        areas.geometry,
        COLUMNS,
        name=areas["name"],
        name_cy=areas.get("name_cy", ""),
        kind=kind,
        state=_fifths(value, national=kind == "deprivation"),
        reason=pd.Series(reasons, index=areas.index, dtype="str"),
        value=value,
    )
    return found.set_axis(pd.Index(areas["code"], dtype="str", name="feature_id"))


def numbers(told: pd.Series) -> pd.Series:
    """Return text as numbers, missing where it is none; a comma parts thousands."""
    thousands = told.str.fullmatch(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
    return pd.to_numeric(told.where(~thousands, told.str.replace(",", "")), errors="coerce")


def not_a_number(told: pd.Series) -> pd.Series:
    """Say which texts are filled and no number."""
    return (told != "") & numbers(told).isna()


def _figures(values: pd.DataFrame, kind: Kind, file: str) -> pd.Series:
    code = values["code"].astype("str").fillna("").str.strip()
    values, code = values[code != ""], code[code != ""]
    twice = code[code.duplicated()]
    if len(twice):
        raise DataProblem("{code} comes twice in {file}. Keep one row for each area.", code=twice.iloc[0], file=file)
    told = values["value"].astype("str").fillna("").str.strip()
    number = numbers(told)
    wrong = not_a_number(told) | (told.ne("") & (~np.isfinite(number.fillna(np.inf)) | (number < 0)))
    if wrong.any():
        raise DataProblem(
            "The figure of {code} in {file} is not one that can be. Correct it, or leave it empty.", code=code[wrong].iloc[0], file=file
        )
    if kind == "deprivation" and (wrong := told.ne("") & ~number.isin(range(1, 11))).any():
        raise DataProblem(
            "The figure of {code} in {file} is not a decile from 1 (the most deprived) to 10. Correct it, or choose the column of deciles.",
            code=code[wrong].iloc[0], file=file,
        )  # fmt: skip
    return pd.Series(number.to_numpy(float), index=code.to_numpy())


def _of_older_areas(figures: pd.Series, lookup: pd.DataFrame, *, counts: bool) -> pd.Series:
    """Bring the figures of newer areas together by the older ones that they were made of."""
    pairs = lookup[["code", "new_code"]].astype("str").drop_duplicates()
    merged = pairs["new_code"].duplicated(keep=False)
    figure = pairs["new_code"].map(figures)
    if counts:
        figure = figure.mask(merged)  # how many of them live in which part is not known
    by_code = figure.groupby(pairs["code"])
    whole = by_code.count() == by_code.size()
    together: pd.Series = by_code.sum().where(whole) if counts else by_code.min().where(whole & (by_code.min() == by_code.max()))
    return together


def _fifths(value: pd.Series, *, national: bool) -> pd.Series[str]:
    """Put each figure in its fifth; equal figures are in the same."""
    if national:
        fifth = (10 - value) // 2 + 1  # the 1st decile is the most deprived, and so in the highest fifth
    else:
        edges = np.quantile(value.dropna(), (0.2, 0.4, 0.6, 0.8))
        fifth = pd.Series(np.searchsorted(edges, value.to_numpy(float), side="left") + 1.0, index=value.index).where(value.notna())
    words = fifth.fillna(0).astype(int).astype("str")
    return words.mask(fifth.isna(), UNKNOWN)
