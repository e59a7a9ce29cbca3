"""Which place each flag is of now: one partition of all flags, the same on every page, and what is never told of it in numbers.

Two pages that gathered the same flags differently could be subtracted, and what is left may be one flag. So a flag has one key, found when
it is read: the space that it belongs to now, else the map's own place, else the cell that it lies in.
"""

from __future__ import annotations

from collections.abc import Iterable

import h3
import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa

from briefing import masked_venues, sentences
from briefing.workspace import Workspace
from geo import exposure, frames
from spaces import flags, schema, space
from spaces.register import Register
from words import _

GATHERED_FROM = 5
"""Fewer than this, and who was there may know who said what. The same number that young people's word on safe places is told from."""

FEW_POSTCODES = 40
"""Postcodes in use within a walk, under which few live: of about fifteen homes each that is 600, with some 150 children of ten to
seventeen, of whom a dozen may be out at one place."""

PLACE, AROUND = "place", "around"
"""How finely a group is told: the place itself, or the town or village that it is in or near."""

ROUND_ABOUT_M = 200.0
"""Beyond a boundary, in which flags are read as well: more than the width of a cell (150 m), so that those on its edge are read whole."""

OUTLINES = (space.REDRAWN, "split", "took in")
"""Acts of a place of the map after which its boundary is no longer the map's own."""

_KNOWN = ("feature_id", "status", "merged_into", "boundary")
"""What is read of each space to say which flags are of it."""


def keyed(register: Register, rows: pd.DataFrame) -> pd.DataFrame:
    """Return flags with the `key` of the place that each is of now, and its `base`: the key that it would have if there were no spaces.

    The key of a space is its feature of the map, where it has one, so that it stays the same when a named place becomes a space.
    """
    return _keyed(rows, space.newest(register, *_KNOWN))


def _keyed(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    base = flags.place_keys(rows)
    if rows.empty or known.empty:
        return rows.assign(base=base, key=base)
    now = pd.Series(space.now_part_of(known), dtype="str")
    is_open = ~known["status"].isin([space.CLOSED, space.MERGED])
    named = known["feature_id"] != ""
    by_name = rows["feature_id"].map(dict(zip(known.loc[named, "feature_id"], now[named], strict=True))).astype("object")
    # What became part of a named place brought its ground with it, so that place is found by its ground too.
    by_ground = is_open & known["boundary"].notna() & (~named | known.index.isin(known["merged_into"]))
    drawn = _round(rows, space.boundaries(known[by_ground]))
    found = drawn.where(drawn.notna(), by_name)
    stays = by_name.isin(known.index[is_open])
    stays &= drawn.isna() | (drawn == by_name) | _inside(rows, by_name.where(drawn.notna()), known)
    found = by_name.where(stays, found)
    return rows.assign(base=base, key=found.map(_keys(known)).where(found.notna(), base).astype("str"))


def of_space(register: Register, space_id: str) -> tuple[str, pd.DataFrame]:
    """Return the key of a space, and the flags that count of it and of all that could be subtracted from it, keyed.

    Not every flag of the area is read, but those in it and in each outline that it ever shared ground with.
    """
    known = space.newest(register, *_KNOWN)
    parts = [one for one, now in space.now_part_of(known).items() if now == space_id]
    own = shapely.union_all(_boundaries(register, schema.space_versions.c.space_id.in_(parts)))
    bounds: tuple[float, ...] = ()
    if not shapely.is_empty(own):
        ever = outlines(register)
        west, south, east, north = shapely.bounds(shapely.union_all([own, *ever[shapely.intersects(ever, own)]])).tolist()
        bounds = (west - ROUND_ABOUT_M, south - ROUND_ABOUT_M, east + ROUND_ABOUT_M, north + ROUND_ABOUT_M)
    return _keys(known)[space_id], _keyed(flags.about(register, set(known.loc[parts, "feature_id"]), bounds), known)


def outlines(register: Register) -> np.ndarray:
    """Return every boundary by which flags were ever told apart, of any space and any time, in metres."""
    at = schema.space_versions.c
    merged_into = sa.select(at.merged_into).where(at.merged_into != "")
    by_ground = sa.or_(at.feature_id == "", sa.and_(at.act.in_(OUTLINES), at.space_id.in_(merged_into)))
    return _boundaries(register, by_ground)


def parted(workspace: Workspace, rows: pd.DataFrame) -> pd.Series[bool]:
    """Say which flags are of a group that an outline parts so that fewer than `GATHERED_FROM` come to lie on one side; with `stream`.

    Whoever wrote down what was told before a boundary was drawn anew could subtract what is told after it, and have what a few said. Of a
    town that is so only where a few of its flags were ever told of a place, with enough others.
    """
    everything, shapes = rows.index, outlines(workspace.register)
    # What lies in a masked cell is told of no place, whoever drew what round it.
    rows = rows[~masked_venues.in_a_masked_cell(workspace, rows[["easting", "northing"]].to_numpy(float))]
    sets = [pd.DataFrame({"row": np.arange(len(rows)), "of": rows["base"].to_numpy()})]
    if len(shapes):
        points = shapely.points(rows[["easting", "northing"]].to_numpy(float))
        inside, which = shapely.STRtree(shapes).query(points, predicate="intersects")
        sets.append(pd.DataFrame({"row": inside, "of": [f"outline {one}" for one in which]}))
    pairs = pd.concat(sets, ignore_index=True)
    pairs["of"] = pairs["of"].astype("str")
    pairs["stream"], pairs["key"] = (rows[name].to_numpy()[pairs["row"]] for name in ("stream", "key"))
    in_set = pairs.groupby(["stream", "of"])["row"].transform("size")
    # Of a cell or a named place with few flags no number was ever told.
    pairs = pairs[pairs["of"].str.startswith("outline ") | (in_set >= GATHERED_FROM)]
    both = pairs.groupby(["stream", "key", "of"], as_index=False).agg(both=("row", "size"))
    sizes = pairs.groupby(["stream", "of"])["row"].size()
    groups = rows.groupby(["stream", "key"])["base"].size()
    all_of = sizes.reindex(pd.MultiIndex.from_frame(both[["stream", "of"]])).to_numpy()
    all_told = groups.reindex(pd.MultiIndex.from_frame(both[["stream", "key"]])).to_numpy()
    together = both["both"].to_numpy()
    few = np.zeros(len(both), dtype=bool)
    around = both["key"].str.startswith(f"{AROUND}/").to_numpy()
    for count, there in ((together, ~around | (all_of >= GATHERED_FROM)), (all_of - together, ~around), (all_told - together, ~around)):
        few |= there & (count > 0) & (count < GATHERED_FROM)
    cut = pd.MultiIndex.from_frame(both.loc[few, ["stream", "key"]])
    told = pd.Series(pd.MultiIndex.from_frame(rows[["stream", "key"]]).isin(cut), index=rows.index, dtype=bool)
    return told.reindex(everything, fill_value=False)


def gathered_where_few_live(workspace: Workspace, rows: pd.DataFrame) -> pd.DataFrame:
    """Put flags that would give somebody away under the town or village, or under the whole area where that is too few as well.

    What lies in a masked cell is of no place; of the others the whole group goes, so that no few of it are left where it was.
    """
    at = rows[["easting", "northing"]].to_numpy(float)
    masked = pd.Series(masked_venues.in_a_masked_cell(workspace, at), index=rows.index)
    here = pd.DataFrame({"group": rows["stream"] + "/" + rows["key"], "lonely": few_live(workspace, at)})[~masked]
    by_group = here.groupby("group")["lonely"].transform
    given_away = masked | ((by_group("size") < GATHERED_FROM) & by_group("any")).reindex(rows.index, fill_value=False)
    found = rows.copy()
    found.loc[given_away, "key"] = [f"{AROUND}/{town}" for town in settlements(workspace, at[given_away.to_numpy()])]
    count = found.groupby(["stream", "key"])["polarity"].transform("size")
    found.loc[found["key"].str.startswith(f"{AROUND}/") & (count < GATHERED_FROM), "key"] = f"{AROUND}/{workspace.name}"
    return found


def answered_under(workspace: Workspace, rows: pd.DataFrame) -> list[list[str]]:
    """Return for each flag (from `keyed`) the keys under which it may have been answered, the nearest first."""
    at = rows[["easting", "northing"]].to_numpy(float)
    away = few_live(workspace, at) | masked_venues.in_a_masked_cell(workspace, at)
    towns = settlements(workspace, at)
    return [
        list(dict.fromkeys([key, base, *([f"{AROUND}/{town}", f"{AROUND}/{workspace.name}"] if gone else [])]))
        for key, base, gone, town in zip(rows["key"], rows["base"], away, towns, strict=True)
    ]


def names(workspace: Workspace, keys: Iterable[str], whereabouts: Iterable[str]) -> list[str]:
    """Return what the places of these keys are called, in the language spoken: as they are called now, else what was kept of each."""
    known = space.newest(workspace.register, "name", "name_cy", "feature_id", "status")
    known = known[known["status"] != space.MERGED]
    of_spaces = pd.Series(sentences.names_of(known).to_numpy(), index=known["feature_id"].where(known["feature_id"] != "", known.index))
    called = {**sentences.names_of(workspace.places).to_dict(), **of_spaces.to_dict()}
    return [str(called.get(key) or _phrased(key, kept)) for key, kept in zip(keys, whereabouts, strict=True)]


def position(workspace: Workspace, key: str) -> tuple[float, float]:
    """Return where a place is marked, in metres: inside its shape, or the middle of its cell; NaN where the map has it no longer."""
    if key.startswith("cell/"):
        latitude, longitude = h3.cell_to_latlng(key.removeprefix("cell/"))
        easting, northing = frames.points_in_metres([longitude], [latitude])
        return float(easting[0]), float(northing[0])
    if key in workspace.places.index:
        point = workspace.places.geometry[key].representative_point()
        return point.x, point.y
    history = space.history(workspace.register, key)
    if history.empty or history["boundary"].iloc[0] is None:
        return np.nan, np.nan
    point = shapely.point_on_surface(shapely.from_wkb(history["boundary"].iloc[0]))
    return point.x, point.y


def few_live(workspace: Workspace, at: np.ndarray) -> np.ndarray:
    """Say round which positions few live; where nobody knows how many, everywhere."""
    if workspace.homes_tree is None:
        return np.ones(len(at), dtype=bool)
    return np.asarray(workspace.homes_tree.query_ball_point(at, exposure.WALK_M, return_length=True)) < FEW_POSTCODES


def settlements(workspace: Workspace, at: np.ndarray) -> list[str]:
    """Return the town or village that each position is in or nearest to; the area's name where none is known."""
    if workspace.settlements is None or not len(at):
        return [workspace.name] * len(at)
    tree, names = workspace.settlements
    _apart, nearest = tree.query(at)
    return [names[int(row)] for row in np.atleast_1d(nearest)]


def _phrased(key: str, kept: str) -> str:
    """Return how a place without a name of its own is called: what is kept is the bare name that it is near."""
    if key.startswith(f"{AROUND}/"):
        return key.removeprefix(f"{AROUND}/")
    if not key.startswith("cell/"):
        return kept or _("a place without a name")
    return _("a place near {name}", name=kept) if kept else _("a place without a name")


def _boundaries(register: Register, which: sa.ColumnElement[bool]) -> np.ndarray:
    """Return the boundaries, each once, that spaces of these rows ever had, in metres."""
    at = schema.space_versions.c
    query = sa.select(at.space_id, at.boundary).where(at.boundary.is_not(None), which)
    found: np.ndarray = shapely.from_wkb(register.table(query, "space_id")["boundary"].drop_duplicates().to_numpy(object))
    return found


def _keys(known: pd.DataFrame) -> dict[str, str]:
    """Return the key of each space by its id."""
    return dict(zip(map(str, known.index), known["feature_id"].where(known["feature_id"] != "", known.index), strict=True))


def _round(rows: pd.DataFrame, shapes: pd.Series) -> pd.Series:
    """Return for each flag the id of the smallest of these boundaries that it lies in, or missing."""
    found = np.full(len(rows), np.nan, dtype=object)
    if len(shapes):
        smallest_first = shapes.iloc[np.argsort(shapely.area(shapes.to_numpy()), kind="stable")]
        points = shapely.points(rows[["easting", "northing"]].to_numpy(float))
        row, which = shapely.STRtree(smallest_first.to_numpy()).query(points, predicate="intersects")
        smallest = pd.Series(which).groupby(row).min()
        found[smallest.index.to_numpy()] = smallest_first.index.to_numpy(object)[smallest.to_numpy()]
    return pd.Series(found, index=rows.index, dtype="object")


def _inside(rows: pd.DataFrame, spaces: pd.Series, known: pd.DataFrame) -> pd.Series[bool]:
    """Say which flags lie inside the present boundary of the space named for each; False where none is."""
    asked = spaces.notna()
    inside = pd.Series(False, index=rows.index)
    if asked.any():
        shapes = space.boundaries(known.loc[spaces[asked]]).to_numpy()
        inside[asked] = shapely.intersects_xy(shapes, rows.loc[asked, "easting"].to_numpy(), rows.loc[asked, "northing"].to_numpy())
    return inside
