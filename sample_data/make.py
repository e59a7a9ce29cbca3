"""Write both samples: `python -m sample_data.make [--out DIR]`. The same bytes each time."""

import argparse
import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
from shapely import LineString, Polygon

from sample_data import harm, osm_extract, partners, town_lists
from sample_data.harm import CARE, HOSPITAL, POLICE, SCHOOL
from sample_data.partners import Cell
from sample_data.plane import Dice, Point, degrees
from sample_data.town import SEED, Town, build

HERE = Path(__file__).parent
MADE_ON = datetime(2026, 10, 1)  # noqa: DTZ001  a workbook keeps its date without a zone
LAMP_HEADER = "Unit No,Easting,Northing,Lamp Type,Switch Regime,Mounting Height (m),Status,Last Inspected"
SAFE_PLACE_HEADER = "name,scheme,easting,northing,opening_hours,under_18s,step_free,languages,consent,checked_by_role,checked_on"


def write_csv(file: Path, header: str, rows: Iterable[Sequence[object]], *, delimiter: str = ",", encoding: str = "utf-8") -> None:
    """Write a table; the header is comma-separated here whatever the file's delimiter."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    if header:
        writer.writerow(header.split(","))
    writer.writerows(rows)
    file.write_bytes(text.getvalue().encode(encoding))


def write_json(file: Path, content: object) -> None:
    """Write JSON a person can read, one short line per innermost list."""
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


def write_workbook(file: Path, sheet: str, header: str, rows: Iterable[Sequence[Cell]]) -> None:
    """Write a workbook with real dates where the cells are dates."""
    with xlsxwriter.Workbook(file) as book:
        book.set_properties({"created": MADE_ON, "author": ""})
        page, day, moment = book.add_worksheet(sheet), book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        page.write_row(0, 0, header.split(","))
        for at, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    page.write_datetime(at, column, cell, moment)
                elif isinstance(cell, date):
                    page.write_datetime(at, column, cell, day)
                elif cell != "":
                    page.write(at, column, cell)


def write_areas(file: Path, areas: Iterable[tuple[dict[str, object], Polygon]]) -> None:
    """Write polygons as GeoJSON in degrees, five decimals (a metre), one feature a line."""
    lines = []
    for properties, area in areas:
        ring = [list(degrees((x, y), 5)) for x, y in area.normalize().reverse().exterior.coords]
        lines.append(json.dumps({"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}, ensure_ascii=False))
    head = '{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, "features": [\n'
    file.write_text(head + ",\n".join(lines) + "\n]}\n", encoding="utf-8", newline="\n")


def marlhaven(out: Path) -> None:
    """Write the fictional borough."""
    out.mkdir(parents=True, exist_ok=True)
    town, dice = build(), Dice(SEED + 1)
    codes = town_lists.postcodes(town, dice)
    osm_extract.write(town.features, out / "extract.osm.pbf")
    write_areas(out / "boundary.geojson", [({"name": "Marlhaven"}, Polygon(town.boundary))])
    write_areas(out / "zones.geojson", [({"name": quarter.name}, quarter.outline.simplify(8)) for quarter in town.quarters])
    write_csv(out / "lamps.csv", LAMP_HEADER, town_lists.lamps(town, dice))
    write_csv(out / "postcodes.csv", "", [[*row, "E92000001", "", "", "", "", ""] for row in codes])
    write_csv(out / "population.csv", "zone,name,easting,northing,residents,aged_10_25", town_lists.population(town))
    write_csv(out / "safe_places.csv", SAFE_PLACE_HEADER, town_lists.safe_places(town))

    everyone = harm.children(dice)
    special = [*harm.planted(town, everyone, dice), *harm.decoy(town, everyone, dice), *harm.false_repeat(town, everyone, dice)]
    left = {agency: rows - sum(agency in one.tellers for one in special) for agency, rows in harm.ROWS.items()}
    harms = special + harm.everyday(town, everyone, left, dice)
    clerk = partners.Clerk(partners.References.draw(everyone, dice), lambda spot: town_lists.nearest_postcode(codes, spot), dice)
    tables = {agency: write(harms, clerk) for agency, write in partners.TABLES.items()}
    rows = {agency: [row for _, row in table] for agency, table in tables.items()}
    write_csv(out / "police.csv", partners.HEADERS[POLICE], rows[POLICE], encoding="utf-8-sig")
    write_workbook(out / "childrens_services.xlsx", "Referrals", partners.HEADERS[CARE], rows[CARE])
    write_csv(out / "emergency_department.csv", partners.HEADERS[HOSPITAL], rows[HOSPITAL], delimiter=";", encoding="cp1252")
    write_csv(out / "schools.csv", partners.HEADERS[SCHOOL], rows[SCHOOL])
    write_csv(out / "youth_flags.csv", partners.FLAG_HEADER, _flags(town, dice))
    write_json(out / "truth.json", _truth(town, tables, clerk.references))


def _flags(town: Town, dice: Dice) -> list[partners.Row]:
    venues = {item.name: item.path[0] for item in town.features if len(item.path) == 1}
    streets = [(street.name, street.path[len(street.path) // 2]) for street in town.streets if Polygon(town.boundary).contains(street.line)]
    return partners.youth_flags(lambda name: venues[name] if name in venues else harm.spot(town, name, dice), streets, lambda: harm.day_between(dice), dice)


def _middle(town: Town, name: str) -> Point:
    space = town.spaces[name]
    at = space.interpolate(0.5, normalized=True) if isinstance(space, LineString) else space.representative_point()
    return degrees((at.x, at.y))


def _truth(town: Town, tables: dict[str, partners.Table], references: partners.References) -> dict[str, object]:
    """Say what was planted, so that what the tool finds can be checked against it."""
    numbers = dict(zip([item.name for item in town.features], osm_extract.identifiers(town.features), strict=True))
    planned = [(plant.identifier, plant.name, "repeat", plant.expected) for plant in harm.PLANTS]
    planned += [("decoy", "Marlhaven Civic Centre", "decoy", "not a place of harm: the police system's default pin"),
                ("teal-green", "Teal Green", "false repeat", "one child seen by two agencies: not repeat harm")]
    places = []
    for identifier, name, kind, expected in planned:
        told = {f"{agency}": [(one, row) for one, row in table if one.plant == identifier] for agency, table in tables.items()}
        harms = {id(one): one for entries in told.values() for one, _ in entries}.values()
        longitude, latitude = _middle(town, name)
        place: dict[str, object] = {
            "id": identifier, "name": name, "kind": kind, "expected": expected,
            "osm_id": numbers[town.feature(name).name], "longitude": longitude, "latitude": latitude,
            "from": min(one.start for one in harms).date().isoformat(), "to": max(one.start for one in harms).date().isoformat(),
            "events": len(harms), "children": len({one.child.number for one in harms}),
            "incident_ids": {agency: " ".join(str(row[0]) for _, row in entries) for agency, entries in told.items() if entries},
        }
        if identifier == "lockside":
            place["share_after_dark"] = 1.0
        if identifier == "teal-green":
            child = next(iter(harms)).child
            place["child_references"] = {agency: references.of(agency, child) for agency in (POLICE, CARE)}
        if identifier == "decoy":
            place["pin"] = [int(part) for part in town_lists.civic_pin()]
        if identifier == "dyers-yard":
            place["intervention"] = {"on": harm.INTERVENTION.isoformat(), "what": "Stairwell doors, lighting and a staffed kiosk until midnight"}
        places.append(place)
    return {"sample": "Marlhaven", "first_day": harm.FIRST.isoformat(), "last_day": harm.LAST.isoformat(),
            "rows": {agency: len(table) for agency, table in tables.items()} | {"youth_flags": partners.FLAG_ROWS}, "places": places}


def main() -> None:
    """Write both samples where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to (default: beside this file)")
    out: Path = parser.parse_args().out
    marlhaven(out / "marlhaven")


if __name__ == "__main__":
    main()
