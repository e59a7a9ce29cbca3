"""Geocoding on truth that nobody here wrote: placed, right, wrong and declined apart; and how fast it is.

The data of others is in `../shared/data` or `SAFER_SPACES_REAL_DATA`: food hygiene addresses against all postcodes of Great Britain,
police.uk's "On or near X" against each row's own coordinates, and OpenStreetMap's addresses, in Rutland without their postcodes, and
there and in Leeds by nothing else.
"""

from __future__ import annotations

import itertools
import string
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from bench.real_data import FOLDER as DATA
from bench.timing import in_its_own_process, measure

RIGHT_M, WRONG_M = 250.0, 1000.0
"""Within so far of the extent that was found it is right, beyond so far it is wrong; between, it is neither."""

SEED = 20240229
TILES = ("SK80", "SK82", "SP88", "TF00", "TF02", "TL08")
RUTLAND = (483_000, 295_000, 507_000, 320_000)
"""A rectangle round the county, which leaves out its west and takes in a town and villages of its neighbours."""

EXTENT = ["feature", "easting", "northing", "precision_m"]


def run(*, small: bool) -> None:
    if not DATA.is_dir():
        print(f"skipped: the shared real data is not there ({DATA})")
        return
    rows = 300 if small else 0
    with tempfile.TemporaryDirectory() as folder:
        for part in PARTS:
            for line in in_its_own_process("bench.geocoding", part, folder, str(rows)).answer:
                print(line)


def hygiene(folder: Path, rows: int) -> Iterator[str]:
    """Place messy addresses by their postcode."""
    from geo import gazetteer, geocode

    built = gazetteer.build([DATA / "codepoint_open" / "great-britain.csv.gz"], folder / "gb")
    table = pd.read_csv(DATA / "addresses" / "food-hygiene-addresses-east-of-england.csv", dtype="str").head(rows or None)
    placed = geocode.place(table[["postcode"]], built)
    by_postcode = placed["method"] == "postcode"
    typed = table["postcode"].str.replace(" ", "")
    mended, zeros = by_postcode & (placed["matched"] != typed), typed.str.startswith("C0")
    yield (
        f"food hygiene postcodes, {len(table):,}: placed {_share(by_postcode)}; mended {mended.sum()}, of them C0 typed for CO "
        f"{(mended & zeros).sum()} of {zeros.sum()}; the others {(placed['method'][~by_postcode]).value_counts().to_dict()}"
    )


def police(folder: Path, rows: int) -> Iterator[str]:
    """Place "On or near X" in the row's own LSOA and in its local authority, as it is written and misspelt."""
    from geo import frames, gazetteer

    built = gazetteer.build([DATA / "os_open_names" / "west-wales"], folder / "west-wales")
    lsoas = frames.read_vector(DATA / "boundaries" / "west-wales-lsoa-2011.geojson").set_index("LSOA11CD").geometry
    table = pd.read_csv(DATA / "police_uk" / "west-wales-street-2022.csv").dropna(subset=["Longitude"])
    table = table.sample(rows, random_state=SEED) if rows else table
    table["authority"] = table["LSOA name"].str.rsplit(" ", n=1).str[0]
    authorities = {
        name: shapely.union_all(lsoas[sorted(set(codes))].to_numpy()) for name, codes in table["LSOA code"].groupby(table["authority"])
    }
    held = pd.Series(_held(table, authorities, built), table.index)
    yield (
        f"police.uk in west Wales, {len(table):,} rows: {(table['Location'].str.strip() != 'On or near').sum():,} with a name, "
        f"{held.sum():,} with that of a street which Open Names has in the local authority"
    )
    contexts = {"LSOA": ("LSOA code", lsoas), "local authority": ("authority", authorities)}
    for label, (column, areas) in contexts.items():
        located = _place_in(table, column, areas, built)
        yield f"  those, context {label}: {_outcome(located[held], _truth(table[held]), built)}"
        yield f"  the others, context {label}: {_outcome(located[~held], _truth(table[~held]), built)}"
    wrongly = table[held].assign(Location=_misspelt(table.loc[held, "Location"]))
    for label, (column, areas) in contexts.items():
        located = _place_in(wrongly, column, areas, built)
        yield f"  misspelt by one or two letters, context {label}: {_outcome(located, _truth(wrongly), built)}"


def rutland(folder: Path, rows: int) -> Iterator[str]:
    """Place OpenStreetMap's addresses without their postcode, against the point that each has."""
    from geo import gazetteer

    tiles = [DATA / "os_open_names" / f"{tile}.csv" for tile in TILES]
    extract = DATA / "osm" / "rutland-2022-07.osm.pbf"
    addresses = gazetteer.build([extract], folder / "rutland").addresses.to_pandas().dropna(subset=["street"]).head(rows or None)
    town = addresses["town"].fillna("").str.title()
    texts = {
        "number street, town": addresses["number"] + " " + addresses["street"] + ", " + town,
        "number street town": addresses["number"] + " " + addresses["street"] + " " + town,
        "street alone": addresses["street"],
    }
    truth = addresses[["easting", "northing"]].to_numpy()
    areas = {"the county": _county(extract, "Rutland"), "a rectangle about it": shapely.box(*RUTLAND)}
    for label, given in (("Open Names", tiles), ("Open Names and OpenStreetMap", [*tiles, extract])):
        built = gazetteer.build(given, folder / "rutland")
        built.__dict__["addresses"] = built.addresses.clear()  # they are the truth here, and not to be looked up
        for (where, area), (written, text) in itertools.product(areas.items(), texts.items()):
            outcome = _outcome(_place(text.str.strip(" ,"), built, area), truth, built)
            yield f"Rutland, {len(addresses):,} addresses, {label}, context {where}, {written}: {outcome}"


def _county(extract: Path, name: str) -> shapely.Geometry:
    """Return the boundary that OpenStreetMap has of a county."""
    import geopandas as gpd
    import osmium

    from geo import frames

    boundaries = osmium.filter.TagFilter(("boundary", "administrative"))
    for thing in osmium.FileProcessor(str(extract)).with_areas(boundaries).with_filter(boundaries):
        if isinstance(thing, osmium.osm.Area) and (thing.tags.get("name"), thing.tags.get("admin_level")) == (name, "6"):
            outline = shapely.from_wkb(osmium.geom.WKBFactory().create_multipolygon(thing))
            return shapely.union_all(frames.in_metres(gpd.GeoSeries([outline], crs=frames.DEGREES)).to_numpy())
    raise SystemExit(f"{extract.name} has no whole boundary of {name}")


def precision(folder: Path, rows: int) -> Iterator[str]:
    """Place OpenStreetMap's addresses by their postcode, whole and in part: how many are within the precision that is stated."""
    import pyogrio

    from geo import frames, gazetteer, geocode

    built = gazetteer.build([DATA / "codepoint_open" / "great-britain.csv.gz"], folder / "gb")
    villages = gazetteer.build([DATA / "osm" / "rutland-2022-07.osm.pbf"], folder / "rutland").addresses.drop_nulls("postcode").to_pandas()
    city = frames.in_metres(pyogrio.read_dataframe(DATA / "osm" / "leeds-centre-lines.gpkg", layer="example_data_pois"))
    city = city.assign(postcode=city["other_tags"].str.extract('"addr:postcode"=>"([^"]+)"')[0], easting=city.geometry.x)
    city = city.assign(northing=city.geometry.y).dropna(subset=["postcode"])
    for where, addresses in (("Rutland", villages), ("the middle of Leeds", city)):
        written = addresses["postcode"].str.replace(" ", "").head(rows or None)
        truth = addresses[["easting", "northing"]].head(rows or None).to_numpy()
        parts = {"postcode": written, "sector": written.str[:-3] + " " + written.str[-3], "district": written.str[:-3]}
        for part, asked in parts.items():
            placed = geocode.place(asked.to_frame("postcode"), built)
            found = (placed["method"] != "none").to_numpy()
            off_m, stated_m = np.hypot(*(placed[["easting", "northing"]].to_numpy() - truth)[found].T), placed["precision_m"][found]
            yield (
                f"addresses in {where} by their {part}, {found.sum():,}: within the stated precision {_share(off_m <= stated_m)}, at the "
                f"median {stated_m.median():,.0f} m; nine of ten within {np.percentile(off_m, 90):,.0f} m"
            )


def speed(folder: Path, rows: int) -> Iterator[str]:
    """Time streets and places in bulk, one address as typed in the app, and postcodes in bulk."""
    from geo import frames, gazetteer, geocode

    built = gazetteer.build([DATA / "os_open_names" / "west-wales"], folder / "west-wales")
    county = frames.read_boundary(DATA / "boundaries" / "west-wales-lsoa-2011.geojson")
    texts = pd.read_csv(DATA / "police_uk" / "west-wales-street-2022.csv", usecols=["Location"])["Location"].head(rows or None)
    different = texts.drop_duplicates()
    yield _timed("streets and places of a county, the first time", texts.to_frame("location_text"), built, county)
    yield _timed("  again", texts.to_frame("location_text"), built, county)
    wrongly = dict(zip(different, _misspelt(different), strict=True))
    yield _timed("  with every wording misspelt", texts.map(wrongly).to_frame("location_text"), built, county)
    yield _timed("  each wording once", different.to_frame("location_text"), built, county)
    yield _timed("  each wording once, misspelt otherwise", pd.DataFrame({"location_text": _misspelt(different, SEED + 1)}), built, county)
    taken = []
    for text in different.sample(min(len(different), 200), random_state=SEED):
        one = pd.DataFrame({"location_text": [f"12 {text.removeprefix('On or near ')}, Carmarthen"]})
        start = time.perf_counter()
        geocode.place(one, built, within=county)
        taken.append(1000 * (time.perf_counter() - start))
    yield f"one address as typed in the app: median {np.median(taken):.1f} ms, 95 of 100 within {np.percentile(taken, 95):.1f} ms"
    everything = gazetteer.build([DATA / "codepoint_open" / "great-britain.csv.gz"], folder / "gb")
    codes = everything.postcodes["postcode"].sample(1000 * rows or 1_000_000, with_replacement=True, seed=SEED)
    typed = pd.DataFrame({"postcode": [f"{code[:-3].lower()} {code[-3:]}" for code in codes]})
    for label in ("postcodes in bulk, the first time", "  again", "  and again"):
        yield _timed(label, typed, everything, None)


def _timed(what: str, table: pd.DataFrame, built: Any, area: shapely.Geometry | None) -> str:
    from geo import geocode

    start, cpu_start = time.perf_counter(), time.process_time()
    placed = geocode.place(table, built, within=area)
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    return (
        f"{what}: {len(table):,} rows in {seconds:.2f} s ({cpu_seconds:.2f} s of the processor), {len(table) / seconds:,.0f} rows/s; "
        f"{_share(placed['method'] != 'none')} placed"
    )


def _place(texts: pd.Series, built: Any, area: shapely.Geometry) -> pd.DataFrame:
    from geo import geocode

    return geocode.place(texts.to_frame("location_text"), built, within=area)


def _place_in(table: pd.DataFrame, column: str, areas: Any, built: Any) -> pd.DataFrame:
    """Place each row's `Location` in its own area."""
    parts = [_place(some["Location"], built, areas[name]) for name, some in table.groupby(column)]
    return pd.concat(parts).reindex(table.index)


def _held(table: pd.DataFrame, areas: dict[str, shapely.Geometry], built: Any) -> np.ndarray:
    """Say which rows have the name of a street that the gazetteer has in their local authority."""
    import polars as pl

    from geo import wording

    streets = built.names.filter(pl.col("kind") == "street")
    boxes = shapely.box(*streets.select("west", "south", "east", "north").to_numpy().T)
    there = {name: set(streets.filter(pl.Series(shapely.intersects(area, boxes)))["key"]) for name, area in areas.items()}
    names = pl.DataFrame({"name": table["Location"].str.removeprefix("On or near").to_list()})
    keys = names.select(wording.key(pl.col("name"))).to_series()
    return np.array([key in there[name] for key, name in zip(keys, table["authority"], strict=True)])


def _truth(table: pd.DataFrame) -> np.ndarray:
    from geo import frames

    return np.column_stack(frames.points_in_metres(table["Longitude"], table["Latitude"]))


def _outcome(located: pd.DataFrame, truth: np.ndarray, built: Any) -> str:
    from geo import extents

    placed = (located["method"] != "none").to_numpy()
    if not placed.any():
        return f"{len(located):,} rows, none placed"
    found, truth = located[placed], truth[placed]
    rows = list(found[EXTENT].itertuples(index=False, name=None))
    shapes = {row: extents.extent(*row, built) if isinstance(row[0], str) else shapely.Point(row[1:3]) for row in set(rows)}
    off_m = shapely.distance(np.array([shapes[row] for row in rows]), shapely.points(truth))
    stated = np.hypot(*(found[["easting", "northing"]].to_numpy() - truth).T) <= found["precision_m"].to_numpy()
    by_method = {method: stated[(found["method"] == method).to_numpy()] for method in sorted(set(found["method"]))}
    kept = {method: f"{_share(some)} of {len(some):,}" for method, some in by_method.items()}
    reasons = {str(reason)[:48]: int(count) for reason, count in located["reason"].value_counts().items()}
    return (
        f"{len(located):,} rows; placed {_share(placed)}, of them right (within {RIGHT_M:.0f} m of the extent) {_share(off_m <= RIGHT_M)}, "
        f"wrong (over {WRONG_M:.0f} m) {_share(off_m > WRONG_M, 2)}; within the stated precision {kept}, at the median "
        f"{found['precision_m'].median():,.0f} m; declined {_share(~placed)}: {reasons}"
    )


def _misspelt(texts: Iterable[str], seed: int = SEED) -> list[str]:
    rng = np.random.default_rng(seed)
    return [f"On or near {_misspell(text.removeprefix('On or near').strip(), rng)}" for text in texts]


def _misspell(text: str, rng: np.random.Generator) -> str:
    """Return a name with one or two letters left out, doubled, changed or changed over; numbers stay."""
    for _ in range(rng.integers(1, 3)):
        letters = [at for at, letter in enumerate(text) if letter.isalpha()]
        if len(letters) < 3:
            return text
        at, other = int(rng.choice(letters)), str(rng.choice(list(string.ascii_lowercase)))
        before, letter, after = text[:at], text[at], text[at + 1 :]
        changed = (before + after, before + letter + letter + after, before + other + after, before + after[:1] + letter + after[1:])
        text = changed[rng.integers(len(changed))]
    return text


def _share(values: Any, decimals: int = 1) -> str:
    return f"{100 * np.mean(np.asarray(values, bool)):.{decimals}f} %"


PARTS = {"hygiene": hygiene, "precision": precision, "police": police, "rutland": rutland, "speed": speed}


if __name__ == "__main__":
    name, folder_name, row_count = sys.argv[1:]
    measure(lambda: list(PARTS[name](Path(folder_name), int(row_count))))
