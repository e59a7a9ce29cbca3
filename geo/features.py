"""Things that have names, made from the pieces that maps have of them: a street is one thing, however many lines draw it.

All lengths are metres on the British National Grid.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from geo import postcodes, wording
from geo.gazetteer_file import BOX
from geo.gazetteer_file import NAMES as KEPT_NAMES
from geo.gazetteer_file import SHAPES as KEPT_SHAPES

NAMES = {
    "thing": pl.UInt32, "name": pl.String, "proper": pl.Boolean, "kind": pl.String, "is_town": pl.Boolean,
    "easting": pl.Float64, "northing": pl.Float64, **dict.fromkeys(BOX, pl.Float64),
    "district": pl.String, "town": pl.String, "authority": pl.String,
}  # fmt: skip
"""Names as they are read from one file, a row for each name of each piece (`thing`). `proper` names are what it is called, the others
what it has been called or is called for short; `is_town` says that streets are said to be in it; the last three are as written, missing
where the map does not say. `town` is `""` where it says that the thing is in none."""

SHAPES = {"thing": pl.UInt32, "wkb": pl.Binary}
"""Lines and areas as they are read from one file, in EPSG:27700."""

ONE_STREET_M = 50.0
"""Pieces of one name no further apart than this are one thing: a junction's or a roundabout's width, not the next street's."""

SIMPLIFIED_M = 2.0
"""How far a simplified line may leave the drawn one: half a lane, and a third of the points."""

NEAREST_TOWN_M = 3000.0
"""How far outside a settlement's box a street is still said to be of it. Between villages that is where the road is called after them."""

TOWNS_TRIED = 16
"""How many of the nearest settlements are looked at: the right one is not always the nearest, but never the seventeenth."""

DISTRICT_WITHIN_M = 1000.0
"""How far off the nearest postcode may be to say which district a thing is in: further off there is moor."""

AT_A_TIME = 100_000
"""Boxes to look round at once: all of Great Britain's would take half a gigabyte more."""

APART_M = 4_000_000.0
"""More than Great Britain is wide: names are told apart by laying each on a map of its own, side by side, and searching once."""


def gather(names: Sequence[pl.DataFrame], shapes: Sequence[pl.DataFrame], codes: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return every name of every thing, and the shapes of those that have any: `KEPT_NAMES` and `KEPT_SHAPES`.

    The tables of each source come in the order of the sources. Pieces are one thing where they are of one kind, share a proper name and
    lie within `ONE_STREET_M`, streets moreover only within one town. What a map does not say of a thing's town and district
    is filled in from the settlements and postcodes (`gazetteer_file.POSTCODES`) that are here.
    """
    if not names:
        return pl.DataFrame(schema=KEPT_NAMES), pl.DataFrame(schema=KEPT_SHAPES)
    offsets = np.cumsum([0, *(int(table["thing"].to_numpy().astype(np.int64).max(initial=-1)) + 1 for table in names[:-1])])
    rows = pl.concat(
        table.with_columns(pl.col("thing") + pl.lit(offset, pl.UInt32), source=pl.lit(number, pl.UInt16))
        for number, (table, offset) in enumerate(zip(names, offsets.tolist(), strict=True))
    )
    rows = _with_keys(rows).filter(pl.col("key").fill_null("") != "")
    if rows.is_empty():
        return pl.DataFrame(schema=KEPT_NAMES), pl.DataFrame(schema=KEPT_SHAPES)
    rows = _with_district(_with_town(rows), codes)
    pieces = rows.unique("thing", keep="first", maintain_order=True)
    of_thing = pieces.select("thing", feature=pl.Series(_one_thing(rows, pieces), dtype=pl.UInt32))
    rows = rows.join(of_thing, on="thing", maintain_order="left")
    drawn = pl.concat(
        table.with_columns(pl.col("thing") + pl.lit(offset, pl.UInt32)) for table, offset in zip(shapes, offsets.tolist(), strict=True)
    )
    return _kept_names(rows), _kept_shapes(drawn.join(of_thing, on="thing", maintain_order="left"))


def inside_any(places: pl.DataFrame, others: pl.DataFrame) -> pl.Series:
    """Say which places' points lie in the box of any of the others."""
    west, south, east, north = (others[side].to_numpy() for side in BOX)
    boxes = shapely.STRtree(shapely.box(west, south, east, north))
    inside, _ = boxes.query(shapely.points(places["easting"].to_numpy(), places["northing"].to_numpy()), predicate="intersects")
    return pl.Series(np.isin(np.arange(places.height), inside))


def _with_keys(rows: pl.DataFrame) -> pl.DataFrame:
    """Add each name's key, and put keys in the place of towns and authorities, which are few and come over and over."""
    rows = rows.with_columns(key=wording.key(pl.col("name")))
    for column in ("town", "authority"):
        written = rows.select(pl.col(column).unique()).drop_nulls().with_columns(key_of=wording.key(pl.col(column)))
        rows = rows.join(written, on=column, how="left", maintain_order="left").with_columns(pl.col("key_of").alias(column)).drop("key_of")
    return rows


def _with_town(rows: pl.DataFrame) -> pl.DataFrame:
    """Fill in the town where a map does not say it."""
    towns = rows.filter("is_town", "proper").unique("thing", keep="first", maintain_order=True)
    surely = pl.col("town").is_not_null()  # of a map that says which streets are in which town: others' towns count where it has none
    towns = pl.concat([towns.filter(surely), (others := towns.filter(~surely)).filter(~inside_any(others, towns.filter(surely)))])
    places = rows.filter(pl.col("town").is_null(), ~pl.col("is_town")).unique("thing", keep="first", maintain_order=True)
    if towns.is_empty() or places.is_empty():
        return rows.with_columns(_nothing_missing("town"))
    places = places.select("thing", "easting", "northing")
    filled = places.select("thing", filled=towns["key"].gather(pl.Series(_town_of(places, towns)).replace(-1, None).cast(pl.UInt32)))
    rows = rows.join(filled, on="thing", how="left", maintain_order="left").with_columns(pl.coalesce("town", "filled").alias("town"))
    return rows.drop("filled").with_columns(_nothing_missing("town"))


def _nothing_missing(column: str) -> pl.Expr:
    return pl.col(column).replace("", None)


def _town_of(places: pl.DataFrame, towns: pl.DataFrame) -> NDArray[np.int64]:
    """Return which town each place is in, -1 for none.

    That whose box it is deepest in, measured in the town's own size: a village at the edge of a city's box is not the city. Outside
    all boxes it is the one whose edge is nearest.
    """
    box = towns.select(*BOX).to_numpy()
    middle, half = (box[:, :2] + box[:, 2:]) / 2, np.maximum((box[:, 2:] - box[:, :2]) / 2, 1.0)
    at = places.select("easting", "northing").to_numpy()
    tried = min(TOWNS_TRIED, len(middle))
    _, near = KDTree(middle).query(at, k=tried)
    near = near.reshape(len(at), tried)
    off = np.abs(at[:, None, :] - middle[near])
    depth = (off / half[near]).max(axis=2)
    beyond = np.hypot(*np.moveaxis(np.maximum(off - half[near], 0), 2, 0))
    best = np.where(depth.min(axis=1) <= 1, depth.argmin(axis=1), beyond.argmin(axis=1))
    each = np.arange(len(at))
    found: NDArray[np.int64] = np.where(beyond[each, best] <= NEAREST_TOWN_M, near[each, best], -1)
    return found


def _with_district(rows: pl.DataFrame, codes: pl.DataFrame) -> pl.DataFrame:
    """Fill in the postcode district of what has none from the nearest postcode."""
    places = (
        rows.filter(pl.col("district").is_null()).unique("thing", keep="first", maintain_order=True).select("thing", "easting", "northing")
    )
    known = codes.filter(pl.col("quality") < 60, ~pl.col("terminated"))
    if places.is_empty() or known.is_empty():
        return rows
    reach = DISTRICT_WITHIN_M
    low, high = (places.select(pl.col("easting", "northing").min()).row(0), places.select(pl.col("easting", "northing").max()).row(0))
    known = known.filter(
        pl.col("easting").is_between(low[0] - reach, high[0] + reach), pl.col("northing").is_between(low[1] - reach, high[1] + reach)
    )
    if known.is_empty():
        return rows
    points = known.select(pl.col("easting", "northing").cast(pl.Float64)).to_numpy()
    _, nearest = KDTree(points).query(places.select("easting", "northing").to_numpy(), distance_upper_bound=reach)
    row = pl.Series(np.where(nearest < len(points), nearest, -1)).replace(-1, None).cast(pl.UInt32)
    outward = postcodes.unpacked(known["postcode"].gather(row.drop_nulls().unique())).str.head(-3)
    of_row = pl.DataFrame({"row": row.drop_nulls().unique(), "filled": outward})
    filled = places.select("thing", row=row).join(of_row, on="row", how="left").select("thing", "filled")
    rows = rows.join(filled, on="thing", how="left", maintain_order="left")
    return rows.with_columns(pl.coalesce("district", "filled").alias("district")).drop("filled")


def _one_thing(rows: pl.DataFrame, pieces: pl.DataFrame) -> NDArray[np.int64]:
    """Return for each piece the number of the thing it is of, things numbered by their first piece."""
    number = pieces.select("thing", piece=pl.int_range(pl.len(), dtype=pl.UInt32))
    named = rows.filter("proper").join(number, on="thing", maintain_order="left")
    street = pl.col("kind") == "street"
    apart = named.select(
        "piece",
        *BOX,
        ground=pl.struct("kind", "key", pl.when(street).then(pl.col("town").fill_null("")).otherwise(pl.lit(""))).rank("dense"),
    )
    shared = apart.filter(pl.len().over("ground") > 1)
    if shared.is_empty():
        return np.arange(len(pieces))
    shift = shared["ground"].to_numpy() * APART_M
    west, south, east, north = (shared[side].to_numpy() for side in BOX)
    west, east = west + shift, east + shift
    tree = shapely.STRtree(shapely.box(west, south, east, north))
    found = []
    for some in np.array_split(np.arange(len(west)), len(west) // AT_A_TIME + 1):
        reach = shapely.box(west[some] - ONE_STREET_M, south[some] - ONE_STREET_M, east[some] + ONE_STREET_M, north[some] + ONE_STREET_M)
        near = tree.query(reach)
        found.append((some[near[0]], near[1]))
    one, other = (np.concatenate(side) for side in zip(*found, strict=True))
    piece = shared["piece"].to_numpy()
    links = coo_array((np.ones(len(one), np.int8), (piece[one], piece[other])), shape=(len(pieces),) * 2)
    _, label = connected_components(links, directed=False)
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    numbered: NDArray[np.int64] = order[inverse]
    return numbered


def _kept_names(rows: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each name of each thing: its box the union of its pieces', its point that of the largest of them."""
    size = (pl.col("east") - pl.col("west")) + (pl.col("north") - pl.col("south"))
    pieces = (
        rows.unique("thing", keep="first", maintain_order=True).with_columns(size=size).sort("size", descending=True, maintain_order=True)
    )
    whole = pieces.group_by("feature").agg(
        pl.first("easting", "northing"), pl.min("west", "south"), pl.max("east", "north"),
        pl.col("district", "town", "authority").drop_nulls().first(),
    )  # fmt: skip
    names = rows.sort("feature", ~pl.col("proper"), maintain_order=True).unique(["feature", "key"], keep="first", maintain_order=True)
    return names.select("feature", "name", "key", "kind", "source").join(whole, on="feature", maintain_order="left").select(*KEPT_NAMES)


def _kept_shapes(drawn: pl.DataFrame) -> pl.DataFrame:
    """Return one shape for each thing that has any, simplified."""
    if drawn.is_empty():
        return pl.DataFrame(schema=KEPT_SHAPES)
    drawn = drawn.sort("feature", maintain_order=True)
    parts = shapely.from_wkb(drawn["wkb"].to_numpy())
    feature, first = np.unique(drawn["feature"].to_numpy(), return_index=True)
    whole = [some[0] if len(some) == 1 else shapely.union_all(some) for some in np.split(parts, first[1:])]
    return pl.DataFrame({"feature": feature, "wkb": shapely.to_wkb(shapely.simplify(whole, SIMPLIFIED_M)).tolist()}, schema=KEPT_SHAPES)
