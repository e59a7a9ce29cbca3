"""The two invented samples: made the same each time, off every coast, free of anyone's details, and true to what they say."""

import ast
import csv
import io
import json
import math
import re
import subprocess
import sys
import zipfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import osmium
import pytest
import python_calamine
from pyproj import Transformer
from shapely import LineString

HERE = Path(__file__).parents[2] / "sample_data"
TOWN, RURAL = HERE / "marlhaven", HERE / "bro-heli"
LARGEST_BYTES = 550_000
SEA_BOXES = {TOWN: (0.9, 54.1, 1.3, 54.4), RURAL: (-7.3, 50.65, -6.4, 51.25)}  # west, south, east, north
CIVIC_PIN_ROWS = 60
OURS = {"app", "views", "commands", "briefing", "spaces", "layers", "geo", "words"}
ALLOWED = {"numpy", "shapely", "pyproj", "osmium", "xlsxwriter", "sample_data"}
_to_degrees = Transformer.from_pipeline(
    "+proj=pipeline +step +inv +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy "
    "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
)  # without the change of datum: a hundred metres off, enough to tell sea from land


def files(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for name in ("marlhaven", "bro-heli") for file in (folder / name).iterdir()
    }


def table(file: Path, encoding: str = "utf-8-sig", delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text(encoding)), delimiter=delimiter))


def postcodes(sample: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO((sample / "postcodes.csv").read_text("utf-8"))))


@cache
def partner_rows(sample: Path) -> dict[str, list[dict[str, str]]]:
    if sample == RURAL:
        return {"police": table(RURAL / "police.csv"), "council": table(RURAL / "council.csv")}
    book = python_calamine.load_workbook(TOWN / "childrens_services.xlsx")
    header, *rows = book.get_sheet_by_name("Referrals").to_python()
    return {
        "police": table(TOWN / "police.csv"),
        "childrens_services": [{str(k): str(v) for k, v in zip(header, row, strict=True)} for row in rows],
        "emergency_department": table(TOWN / "emergency_department.csv", "cp1252", ";"),
        "schools": table(TOWN / "schools.csv"),
    }


CHILD = {
    "police": "Victim URN",
    "childrens_services": "Child ID",
    "emergency_department": "Patient pseudonym",
    "schools": "Pupil ref",
    "council": "Plentyn / Child",
}


@cache
def truth(sample: Path) -> dict[str, dict[str, object]]:
    return {place["id"]: place for place in json.loads((sample / "truth.json").read_text("utf-8"))["places"]}


def told(sample: Path, place: str) -> dict[str, list[dict[str, str]]]:
    """Give the rows that tell of a planted place, by partner, each found by its reference."""
    found = {}
    for partner, ids in truth(sample)[place]["incident_ids"].items():  # type: ignore[attr-defined]
        by_reference = {next(iter(row.values())): row for row in partner_rows(sample)[partner]}
        found[partner] = [by_reference[reference] for reference in ids.split()]
    return found


pytestmark = pytest.mark.xdist_group("sample data")  # made once, by one of the processes that run tests


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], dict[str, bytes]]:
    outs = [tmp_path_factory.mktemp("once"), tmp_path_factory.mktemp("twice")]
    running = [
        subprocess.Popen([sys.executable, "-W", "error", "-m", "sample_data.make", "--out", str(out)], cwd=HERE.parent) for out in outs
    ]
    assert [process.wait(timeout=120) for process in running] == [0, 0]
    return files(outs[0]), files(outs[1])


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name) for name in book.namelist()}


def test_making_twice_gives_the_same_bytes(made: tuple[dict[str, bytes], dict[str, bytes]]) -> None:
    assert made[0] == made[1]


def test_what_is_committed_is_what_is_made(made: tuple[dict[str, bytes], dict[str, bytes]]) -> None:
    kept = files(HERE)
    assert kept.keys() == made[0].keys()
    for name, content in made[0].items():
        if name.endswith(".xlsx"):  # zlib packs differently from one machine to the next
            assert unzipped(content) == unzipped(kept[name])
        else:
            assert content == kept[name], name


def test_the_samples_stay_small() -> None:
    assert sum(map(len, files(HERE).values())) < LARGEST_BYTES


@pytest.mark.parametrize("sample", [TOWN, RURAL])
def test_everything_lies_at_sea(sample: Path) -> None:
    west, south, east, north = SEA_BOXES[sample]
    spots = [(node.location.lon, node.location.lat) for node in osmium.FileProcessor(sample / "extract.osm.pbf", osmium.osm.NODE)]
    for file in sample.glob("*.geojson"):
        for item in json.loads(file.read_text("utf-8"))["features"]:
            spots += map(tuple, item["geometry"]["coordinates"][0])
    grid = [(float(r[2]), float(r[3])) for r in postcodes(sample) if r[1] != "90"]
    for name in ("police", "population", "lamps", "safe_places"):
        rows = table(sample / f"{name}.csv") if (sample / f"{name}.csv").exists() else []
        pairs = [(row.get("Easting") or row.get("easting"), row.get("Northing") or row.get("northing")) for row in rows]
        grid += [(float(x), float(y)) for x, y in pairs if x and y]
    spots += [_to_degrees.transform(x, y) for x, y in grid]
    told_in_degrees = [
        row for name in ("schools", "youth_flags") if sample == TOWN for row in table(TOWN / f"{name}.csv") if row["Latitude"]
    ]
    spots += [tuple(sorted((float(row["Latitude"]), float(row["Longitude"])))) for row in told_in_degrees]  # some are swapped
    assert len(spots) > 500
    assert all(west < x < east and south < y < north for x, y in spots)


@pytest.mark.parametrize(("sample", "area"), [(TOWN, "QM"), (RURAL, "VH")])
def test_postcodes_are_of_no_real_area(sample: Path, area: str) -> None:
    codes = [row[0] for row in postcodes(sample)]
    assert area[0] in "QVX"  # no postcode begins with these
    assert all(re.fullmatch(rf"{area}\d \d[ABD-HJLNP-UW-Z]{{2}}", code) for code in codes)
    assert len(codes) == len(set(codes))
    for rows in partner_rows(sample).values():
        for row in rows:
            assert set(re.findall(r"\b[A-Z]{1,2}\d{1,2} \d[A-Z]{2}\b", " ".join(row.values()))) <= set(codes)


def test_the_five_partners_row_counts() -> None:
    counts = {partner: len(rows) for partner, rows in partner_rows(TOWN).items()}
    assert counts == {**json.loads((TOWN / "truth.json").read_text("utf-8"))["rows"]}
    assert 1390 <= counts["police"] <= 1410
    assert (counts["childrens_services"], counts["emergency_department"], counts["schools"]) == (520, 330, 330)
    assert len(table(TOWN / "youth_flags.csv")) == 250


@pytest.mark.parametrize("sample", [TOWN, RURAL])
def test_every_planted_row_is_there_and_can_be_placed(sample: Path) -> None:
    for place in truth(sample):
        rows = [row for found in told(sample, place).values() for row in found]
        positions = ("Easting", "Latitude", "Postcode", "Location postcode", "Cod post / Postcode")
        text = ("Where it happened", "Where", "Lle / Where")
        placed = [
            row
            for row in rows
            if any(row.get(key) for key in positions) or any(re.search(r"QM\d \d[A-Z]{2}", row.get(key, "")) for key in text)
        ]
        assert len(placed) >= 0.7 * len(rows), place


@pytest.mark.parametrize("sample", [TOWN, RURAL])
def test_planted_names_are_on_the_map_under_their_identifier(sample: Path) -> None:
    named = {}
    for thing in osmium.FileProcessor(sample / "extract.osm.pbf"):
        kind = {"n": "node", "w": "way", "r": "relation"}[thing.type_str()]
        named[f"{kind}/{thing.id}"] = thing.tags.get("name", "")
    for place in truth(sample).values():
        assert named[str(place["osm_id"])] == place["name"]


def test_different_children_are_as_many_as_stated() -> None:
    least = {"lockside": 50, "fryers": 45, "bus-station": 50, "dyers-yard": 40, "skate-park": 15, "decoy": 60}
    for place, few in least.items():
        known = [{row[CHILD[partner]] for row in rows} - {""} for partner, rows in told(TOWN, place).items()]
        children = truth(TOWN)[place]["children"]
        assert max(map(len, known)) <= children <= truth(TOWN)[place]["events"]  # type: ignore[operator]
        assert children >= few  # type: ignore[operator]


def test_lockside_park_harm_is_after_dark_and_over_both_years() -> None:
    starts = [
        datetime.strptime(row["Committed From"], "%d/%m/%Y %H:%M").replace(tzinfo=ZoneInfo("Europe/London"))
        for row in told(TOWN, "lockside")["police"]
    ]
    assert all(sun_height(moment) < -5 for moment in starts)
    assert min(starts).year == 2024
    assert max(starts) > datetime(2026, 8, 1, tzinfo=UTC)
    assert set(told(TOWN, "lockside")) == set(partner_rows(TOWN))


def sun_height(moment: datetime) -> float:
    """Give the sun's height over the town in degrees (the Astronomical Almanac's low-precision formula)."""
    days = (moment.astimezone(UTC) - datetime(2000, 1, 1, 12, tzinfo=UTC)) / timedelta(days=1)
    anomaly = math.radians(357.528 + 0.9856003 * days)
    ecliptic = math.radians(280.460 + 0.9856474 * days + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly))
    tilt = math.radians(23.439)
    ascension = math.atan2(math.cos(tilt) * math.sin(ecliptic), math.cos(ecliptic))
    declination = math.asin(math.sin(tilt) * math.sin(ecliptic))
    turn = math.radians((280.46062 + 360.98564737 * days + 1.1) % 360) - ascension
    latitude = math.radians(54.25)
    return math.degrees(math.asin(math.sin(latitude) * math.sin(declination) + math.cos(latitude) * math.cos(declination) * math.cos(turn)))


def test_no_lamp_stands_near_the_unlit_park() -> None:
    outline = next(
        [(node.lon, node.lat) for node in way.nodes]
        for way in osmium.FileProcessor(TOWN / "extract.osm.pbf").with_locations()
        if way.is_way() and way.tags.get("name") == "Lockside Park"
    )
    to_grid = Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3 +step +proj=cart +ellps=WGS84 "
        "+step +inv +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489 +convention=position_vector "
        "+step +inv +proj=cart +ellps=airy +step +proj=pop +v_3 "
        "+step +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy"
    )
    corners = [to_grid.transform(*corner) for corner in outline]
    lamps = [(float(row["Easting"]), float(row["Northing"])) for row in table(TOWN / "lamps.csv")]
    assert 800 <= len(lamps) <= 950
    assert min(math.dist(lamp, corner) for lamp in lamps for corner in corners) > 40


def test_the_car_park_goes_quiet_and_the_skate_park_begins() -> None:
    change = date.fromisoformat(truth(TOWN)["dyers-yard"]["intervention"]["on"])  # type: ignore[index]
    assert str(truth(TOWN)["dyers-yard"]["to"]) < change.isoformat() == "2025-12-01"
    assert str(truth(TOWN)["skate-park"]["from"]) >= "2026-05-01"
    assert sum(map(len, told(TOWN, "skate-park").values())) == 35


def test_the_decoy_is_one_pin_with_many_streets_and_children() -> None:
    rows = told(TOWN, "decoy")["police"]
    east, north = truth(TOWN)["decoy"]["pin"]  # type: ignore[misc]
    assert len(rows) == CIVIC_PIN_ROWS
    assert {(row["Easting"], row["Northing"]) for row in rows} == {(str(east), str(north))}
    assert len({row["Location"] for row in rows}) > 30
    assert len({row["Victim URN"] for row in rows}) == CIVIC_PIN_ROWS


def test_the_false_repeat_is_one_child_known_by_two_references() -> None:
    place, rows = truth(TOWN)["teal-green"], told(TOWN, "teal-green")
    references: dict[str, str] = place["child_references"]  # type: ignore[assignment]
    assert {partner: [row[CHILD[partner]] for row in found] for partner, found in rows.items()} == {
        partner: [reference] * 2 for partner, reference in references.items()
    }
    assert len(set(references.values())) == 2
    assert (place["children"], place["events"]) == (1, 2)


def test_a_postcode_lies_beside_every_planted_place() -> None:
    centroids = [_to_degrees.transform(float(row[2]), float(row[3])) for row in postcodes(TOWN) if row[1] != "90"]
    pin = _to_degrees.transform(*truth(TOWN)["decoy"]["pin"])  # type: ignore[misc]
    shift = [true - rough for true, rough in zip((truth(TOWN)["decoy"][key] for key in ("longitude", "latitude")), pin, strict=True)]  # type: ignore[operator]
    for name in ("lockside", "fryers", "bus-station", "dyers-yard", "skate-park"):
        place = truth(TOWN)[name]
        x, y = place["longitude"] - shift[0], place["latitude"] - shift[1]  # type: ignore[operator]
        metres = min(math.hypot((lon - x) * 65_000, (lat - y) * 111_320) for lon, lat in centroids)
        assert metres < 90, (name, metres)


def test_no_alley_crosses_the_canal() -> None:
    lines = [
        (dict(way.tags), LineString([(node.lon, node.lat) for node in way.nodes]))
        for way in osmium.FileProcessor(TOWN / "extract.osm.pbf").with_locations()
        if way.is_way()
    ]
    canal = next(line for tags, line in lines if tags.get("waterway") == "canal")
    walks = [(tags["name"], line) for tags, line in lines if "name" in tags and tags.get("highway") in {"footway", "service", "path"}]
    assert len(walks) > 10
    assert not [name for name, line in walks if line.intersects(canal)]


def test_planted_places_lie_well_apart() -> None:
    spots = {name: (place["longitude"], place["latitude"]) for name, place in truth(TOWN).items()}
    for one, (x0, y0) in spots.items():
        for other, (x1, y1) in spots.items():
            metres = math.hypot((x1 - x0) * 111_320 * math.cos(math.radians(54.25)), (y1 - y0) * 111_320)  # type: ignore[operator]
            assert one == other or metres > 700, (one, other, metres)


def test_the_files_disagree_as_real_ones_do() -> None:
    police = partner_rows(TOWN)["police"]
    doubled = [row for row, times in Counter(tuple(row.values()) for row in police).items() if times == 2]
    assert doubled
    assert all(row[0] == "" for row in doubled)
    assert any(not row["Easting"] for row in police)
    assert "Café Quayside".encode("cp1252") in (TOWN / "emergency_department.csv").read_bytes()
    assert (TOWN / "police.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    care = [row["When it happened"] for row in partner_rows(TOWN)["childrens_services"]]
    assert any(when.startswith("about ") for when in care)
    assert any(re.fullmatch(r"\d\d\.\d\d\.\d{4}", when) for when in care)
    schools = [row["Latitude"] for row in partner_rows(TOWN)["schools"] if row["Latitude"]]
    assert any(float(latitude) < 2 for latitude in schools)
    assert 0.4 < len(schools) / len(partner_rows(TOWN)["schools"]) < 0.85


@pytest.mark.parametrize("sample", [TOWN, RURAL])
def test_no_row_holds_a_persons_details(sample: Path) -> None:
    personal = re.compile(r"surname|forename|first name|full name|\bdob\b|birth|phone|mobile|e-?mail|address|nhs", re.IGNORECASE)
    contact = re.compile(r"@|\b0\d{3,4} ?\d{3} ?\d{3,4}\b|\+44")
    for rows in [*partner_rows(sample).values(), *([table(TOWN / "youth_flags.csv")] if sample == TOWN else [])]:
        assert not [column for column in rows[0] if personal.search(column)]
        assert not [value for row in rows for value in row.values() if contact.search(value)]


def test_the_maker_knows_nothing_of_the_tool() -> None:
    for file in HERE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in [*names, *([node.module or ""] if isinstance(node, ast.ImportFrom) else [])]:
                root = name.split(".")[0]
                assert root not in OURS
                assert root in ALLOWED or root in sys.stdlib_module_names, name
