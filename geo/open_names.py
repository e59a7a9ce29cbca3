"""OS Open Names: what Great Britain's streets, settlements, schools, stations, woods and waters are called, and the box each lies in.

It comes in tiles without headings, each beginning with a byte order mark. A thing may have two names, mostly Welsh and English. A long
road is there once as a whole and once more for the part of it in each settlement; so it is here. It lists postcodes too, without
saying how good their points are.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from geo import features, postcodes
from geo.csv_rows import Rows, eastings, northings
from geo.sources import Kind

KIND = Kind("OS Open Names", f"Open Government Licence v3.0. {postcodes.ROYAL_MAIL}")

COLUMNS = (
    *("ID", "NAMES_URI", "NAME1", "NAME1_LANG", "NAME2", "NAME2_LANG", "TYPE", "LOCAL_TYPE", "GEOMETRY_X", "GEOMETRY_Y"),
    *("MOST_DETAIL_VIEW_RES", "LEAST_DETAIL_VIEW_RES", "MBR_XMIN", "MBR_YMIN", "MBR_XMAX", "MBR_YMAX", "POSTCODE_DISTRICT"),
    *("POSTCODE_DISTRICT_URI", "POPULATED_PLACE", "POPULATED_PLACE_URI", "POPULATED_PLACE_TYPE", "DISTRICT_BOROUGH"),
    *("DISTRICT_BOROUGH_URI", "DISTRICT_BOROUGH_TYPE", "COUNTY_UNITARY", "COUNTY_UNITARY_URI", "COUNTY_UNITARY_TYPE", "REGION"),
    *("REGION_URI", "COUNTRY", "COUNTRY_URI", "RELATED_SPATIAL_OBJECT", "SAME_AS_DBPEDIA", "SAME_AS_GEONAMES"),
)
"""As `OS_Open_Names_Header.csv` names them; the tiles themselves have no header."""

USED = (
    *("ID", "NAME1", "NAME2", "TYPE", "LOCAL_TYPE", "GEOMETRY_X", "GEOMETRY_Y", "MBR_XMIN", "MBR_YMIN", "MBR_XMAX", "MBR_YMAX"),
    *("POSTCODE_DISTRICT", "POPULATED_PLACE", "DISTRICT_BOROUGH", "COUNTY_UNITARY", "COUNTRY"),
)
"""The columns that are read; `COUNTRY` because every row has one, so that a row without it was cut short."""

EASTINGS, NORTHINGS = ("GEOMETRY_X", "MBR_XMIN", "MBR_XMAX"), ("GEOMETRY_Y", "MBR_YMIN", "MBR_YMAX")

TYPES = frozenset({"populatedPlace", "transportNetwork", "other", "hydrography", "landcover", "landform"})

KINDS = {
    "Named Road": "street", "Section Of Named Road": "street", "Numbered Road": "street", "Section Of Numbered Road": "street",
    "City": "settlement", "Town": "settlement", "Village": "settlement", "Hamlet": "settlement", "Suburban Area": "settlement",
    "Other Settlement": "settlement",
    "Primary Education": "school", "Secondary Education": "school", "Non State Primary Education": "school",
    "Non State Secondary Education": "school", "Special Needs Education": "school", "Further Education": "school",
    "Higher or University Education": "school",
    "Railway Station": "station", "Tramway": "station", "Bus Station": "bus_station", "Coach Station": "bus_station",
    "Hospital": "hospital", "Hospice": "hospital", "Urban Greenspace": "park",
    "Hill Or Mountain": "hill", "Hill Or Mountain Ranges": "hill", "Spot Height": "hill", "Cliff Or Slope": "hill",
    "Inland Water": "water", "Tidal Water": "water", "Sea": "water", "Bay": "water", "Channel": "water", "Estuary": "water",
    "Waterfall": "water",
}  # fmt: skip
"""What a `LOCAL_TYPE` is called here; of several (`Primary Education,Secondary Education`) the first. All else is `other`."""

DRAWN_TYPES = ("populatedPlace", "hydrography", "landcover", "landform")
"""Types whose box says how far a thing reaches. So do roads'. A school's or a station's is 500 m square whatever its size."""

NOT_TOWNS = "Suburban Area"
"""The settlements that no street is ever said to be in: parts of another one."""

POSTCODE = "Postcode"

POSTCODE_QUALITY = 50
"""Taken for its postcodes, whose quality it does not give: 99.5 % of those round Rutland lie within 250 m of Code-Point Open's."""


def is_header(row: Sequence[str]) -> bool:
    """Say whether a row only names the columns."""
    return set(USED) <= {name.strip().upper() for name in row}


def header_of(rows: Sequence[Sequence[str]]) -> list[str] | None:
    """Return the columns' names of a file that begins with these rows, its own or as published; None where it is not of Open Names."""
    if not rows:
        return None
    if is_header(rows[0]):
        return [name.strip().upper() for name in rows[0]]
    row = dict(zip(COLUMNS, rows[0], strict=False))
    known = len(rows[0]) == len(COLUMNS) and row["TYPE"] in TYPES and row["GEOMETRY_X"].replace(".", "").isdecimal()
    return list(COLUMNS) if known else None


def read(rows: Rows, header: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read names and postcodes.

    Names come as `features.NAMES`, one row for each name of a thing; both names of it are proper ones. Postcodes come as
    `gazetteer_file.POSTCODES`. Raises DataProblem naming the first row without a name or a place.
    """
    at = {name: pl.col(rows.columns[header.index(name)]) for name in USED}
    names, codes, done = [], [], 0
    for chunk in rows.chunks():
        numbers = {name: metres(at[name]) for names, metres in ((EASTINGS, eastings), (NORTHINGS, northings)) for name in names}
        is_code = at["LOCAL_TYPE"] == POSTCODE
        local = at["LOCAL_TYPE"].str.split(",").list.first()
        kind = local.replace_strict(KINDS, default="other", return_dtype=pl.String)
        drawn = at["TYPE"].is_in(DRAWN_TYPES) | (kind == "street") | (local == "Railway")
        corners = {
            side: pl.when(drawn & numbers[edge].is_not_null()).then(numbers[edge]).otherwise(numbers[middle])
            for side, edge, middle in zip(
                ("west", "south", "east", "north"),
                (EASTINGS[1], NORTHINGS[1], EASTINGS[2], NORTHINGS[2]),
                ("GEOMETRY_X", "GEOMETRY_Y") * 2,
                strict=True,
            )
        }
        table = chunk.select(
            is_code=is_code, NAME1=at["NAME1"], NAME2=at["NAME2"], kind=kind,
            is_town=(at["TYPE"] == "populatedPlace") & (local != NOT_TOWNS),
            easting=numbers["GEOMETRY_X"], northing=numbers["GEOMETRY_Y"], **corners,
            district=at["POSTCODE_DISTRICT"], town=at["POPULATED_PLACE"].fill_null(""),
            authority=pl.coalesce(at["DISTRICT_BOROUGH"], at["COUNTY_UNITARY"]), country=at["COUNTRY"],
        )  # fmt: skip
        rows.checked(table, "is_code", "NAME1", "easting", "northing", "country")
        code = table.filter("is_code").select(
            postcode=postcodes.packed(postcodes.normalised_postcode(pl.col("NAME1"))),
            quality=pl.lit(POSTCODE_QUALITY, pl.UInt8),
            easting=pl.col("easting").cast(pl.Int32), northing=pl.col("northing").cast(pl.Int32), terminated=pl.lit(value=False),
        )  # fmt: skip
        codes.append(code.drop_nulls())
        things = table.with_row_index("thing", offset=done).filter(~pl.col("is_code")).drop("is_code")
        done += table.height
        for column in ("NAME1", "NAME2"):
            named = things.rename({column: "name"}).with_columns(proper=pl.lit(value=True)).select(*features.NAMES)
            names.append(named.filter(pl.col("name").is_not_null()))
    return pl.concat(names), pl.concat(codes)
