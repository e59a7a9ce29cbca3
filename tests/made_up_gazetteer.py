"""An invented county with two languages, for whoever looks names up: small enough to know by heart."""

from __future__ import annotations

import polars as pl
import shapely

from geo import wording
from geo.gazetteer import PRECISION_M

ORIGIN = (290_000.0, 240_000.0)
"""The south-west corner of Castleton's centre. Everything below is in metres from it."""

STREETS = [
    # feature, names, west, south, east, north, town
    (1, ["High Street"], 0, 0, 400, 10, "castell castleton"),
    (2, ["High Street"], 6_000, 5_000, 6_300, 5_010, "penybryn"),
    (3, ["Station Road", "Heol yr Orsaf"], 200, 300, 600, 320, "castell castleton"),
    (4, ["Mill Lane"], 100, -200, 120, 200, "castell castleton"),
    (5, ["Church Street"], 390, -300, 410, 300, "castell castleton"),
    (6, ["St John's Road"], 700, 700, 900, 900, "castell castleton"),
    (7, ["Park Road"], -900, 0, -700, 20, "castell castleton"),
    (8, ["Park Road"], 900, 1_500, 1_200, 1_520, "castell castleton"),
    (9, ["Long Road"], -20_000, 20_000, 20_000, 21_000, None),
    (10, ["Maes yr Haf"], 800, 0, 900, 100, "castell castleton"),
    (11, ["Chapel Row"], 6_100, 5_100, 6_150, 5_200, "penybryn"),
    (12, ["Broken Way"], 0, 600, 100, 620, "castell castleton"),
    (13, ["Broken Way"], 250, 600, 400, 620, "castell castleton"),
    (14, ["Meadow Crescent"], 500, -500, 700, -300, "castell castleton"),
    (15, ["Farfield Avenue"], 40_000, 40_000, 40_300, 40_010, "elsewhere"),
    (16, ["Ffordd y Glyn"], -300, 700, -100, 720, "castell castleton"),
    (17, ["Quarry Bank"], 3_000, 0, 3_200, 20, None),
    (18, ["The Green"], 6_200, 4_900, 6_300, 5_000, "penybryn"),
]
PLACES = [
    (30, "settlement", ["Castell", "Castleton"], -1_500, -1_500, 2_000, 2_000, None),
    (31, "settlement", ["Penybryn"], 5_800, 4_700, 6_600, 5_400, None),
    (32, "settlement", ["Elsewhere"], 39_000, 39_000, 41_000, 41_000, None),
    (40, "park", ["Castle Park", "Parc y Castell"], 1_000, 0, 1_500, 500, "castell castleton"),
    (41, "school", ["St Mary's Church in Wales Primary School"], -400, -400, -300, -300, "castell castleton"),
    (42, "pub", ["The Crown"], 50, 20, 60, 30, "castell castleton"),
    (43, "station", ["Castleton"], 300, 330, 350, 350, "castell castleton"),
    (44, "bus_station", ["Castleton Bus Station"], 500, 500, 550, 550, "castell castleton"),
    (45, "bus_stop", ["High Street"], 100, 5, 100, 5, "castell castleton"),
    (46, "pub", ["The Crown"], 6_050, 5_010, 6_060, 5_020, "penybryn"),
    (47, "library", ["Castleton Library"], 700, 100, 720, 120, "castell castleton"),
    (48, "school", ["Ysgol Gynradd Penybryn"], 6_400, 5_200, 6_450, 5_250, "penybryn"),
    (49, "shop", ["Spendless"], 405, 100, 415, 110, "castell castleton"),
]
POSTCODES = [("ZQ11AA", 10, 100, 0), ("ZQ11AB", 10, 300, 20), ("ZQ12CD", 50, 500, 300), ("ZQ21EF", 10, 6_100, 5_010), ("ZQ99ZZ", 90, 0, 0),
             ("CO100US", 10, 900, 900), ("ZQ13OS", 60, 1_000, 1_000)]  # fmt: skip
ADDRESSES = [("12", "High Street", "ZQ11AA", "castell castleton", 100, 12), ("12a", "High Street", "ZQ11AA", "castell castleton", 110, 12),
             ("12", "High Street", "ZQ21EF", "penybryn", 6_100, 5_012), ("7", "Chapel Row", None, "penybryn", 6_120, 5_150),
             ("Rose Cottage", "Mill Lane", None, "castell castleton", 105, 50)]  # fmt: skip
UPRNS = [(10_001, 150, 5), (100_012_345_678, 6_110, 5_005)]


def at(east: float, north: float) -> tuple[float, float]:
    """Return a position in the invented county on the national grid."""
    return ORIGIN[0] + east, ORIGIN[1] + north


def box(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    """Return a rectangle in the invented county on the national grid."""
    return shapely.box(*at(west, south), *at(east, north))


CASTLETON = box(-1_600, -1_600, 2_100, 2_100)
COUNTY = box(-5_000, -5_000, 10_000, 10_000)


class MadeUpGazetteer:
    """Has what a gazetteer that was opened has."""

    def __init__(self, *, names: bool = True, addresses: bool = False, shapes: bool = False, turned: bool = False) -> None:
        rows = [
            {"feature": feature, "name": name, "kind": kind, "easting": (west + east) / 2 + ORIGIN[0],
            "northing": (south + north) / 2 + ORIGIN[1],
             "west": west + ORIGIN[0], "south": south + ORIGIN[1], "east": east + ORIGIN[0], "north": north + ORIGIN[1],
             "district": "ZQ2" if town == "penybryn" else "ZQ1", "town": town, "authority": "sir castell castleshire", "source": 0}
            for feature, kind, called, west, south, east, north, town in [*((one[0], "street", *one[1:]) for one in STREETS), *PLACES]
            for name in called
        ]  # fmt: skip
        table = pl.DataFrame(rows, schema_overrides={"feature": pl.UInt32, "source": pl.UInt16}).with_columns(
            key=wording.key(pl.col("name"))
        )
        self.names = (table.reverse() if turned else table) if names else table.clear()
        self.postcodes = pl.DataFrame(
            [(code, quality, *((0, 0) if quality == 90 else map(int, at(east, north)))) for code, quality, east, north in POSTCODES],
            schema={"postcode": pl.String, "quality": pl.UInt8, "easting": pl.Int32, "northing": pl.Int32}, orient="row",
        ).with_columns(precision_m=pl.col("quality").replace_strict(PRECISION_M, default=2000, return_dtype=pl.Int32),
        terminated=pl.lit(value=False))  # fmt: skip
        drawn = [(5, shapely.LineString([at(400, -300), at(400, 300)])), (1, shapely.LineString([at(0, 5), at(400, 5)]))] if shapes else []
        self.shapes = pl.DataFrame(
            {"feature": [one for one, _ in drawn], "wkb": [shapely.to_wkb(line) for _, line in drawn]},
            {"feature": pl.UInt32, "wkb": pl.Binary},
        )
        self.addresses = pl.DataFrame(
            [(number, wording.key_of(street), street, code, town, *at(east, north)) for number, street, code, town, east,
            north in ADDRESSES],
            schema=["number", "street_key", "street", "postcode", "town", "easting", "northing"], orient="row",
        ).head(len(ADDRESSES) if addresses else 0)  # fmt: skip
        self.uprns = pl.DataFrame(
            [(number, *map(int, at(east, north))) for number, east, north in UPRNS],
            schema={"uprn": pl.Int64, "easting": pl.Int32, "northing": pl.Int32}, orient="row",
        )  # fmt: skip

    def find_postcodes(self, keys: pl.Series) -> pl.DataFrame:
        return (
            keys.cast(pl.String)
            .to_frame("postcode")
            .join(self.postcodes, on="postcode", how="left", maintain_order="left")
            .drop("postcode")
        )
