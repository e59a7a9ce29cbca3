"""Write both samples: `python -m sample_data.make [--out DIR]`. The same bytes each time."""

import argparse
import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from types import ModuleType

import xlsxwriter
from shapely import LineString, Polygon

from sample_data import harm, osm_extract, partners, rural, rural_voices, town_lists, voices
from sample_data.harm import CARE, COUNCIL, HOSPITAL, POLICE, SCHOOL, Harm
from sample_data.partners import Cell
from sample_data.plane import Dice, Point, degrees
from sample_data.town import SEED, Town, build

HERE = Path(__file__).parent
MADE_ON = datetime(2026, 10, 1)  # noqa: DTZ001  a workbook keeps its date without a zone
LAMP_HEADER = "Unit No,Easting,Northing,Lamp Type,Switch Regime,Mounting Height (m),Status,Last Inspected"
POPULATION_HEADER = "zone,name,easting,northing,residents,aged_10_25"
SAFE_PLACE_HEADER = "name,scheme,easting,northing,opening_hours,under_18s,step_free,languages,consent,checked_by_role,checked_on"
LAMP_FAULT_HEADER = "whereabouts,easting,northing,noted_on,noted_by,works_reference,reported_on,mended_on,looked_on,looked_by,found"


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
        page, day, moment = (
            book.add_worksheet(sheet),
            book.add_format({"num_format": "dd/mm/yyyy"}),
            book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        )
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
        lines.append(
            json.dumps(
                {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}, ensure_ascii=False
            )
        )
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
    lamps = town_lists.lamps(town, dice)
    write_csv(out / "lamps.csv", LAMP_HEADER, lamps)
    write_csv(out / "lamp_faults.csv", LAMP_FAULT_HEADER, town_lists.lamp_faults(lamps))
    write_csv(out / "postcodes.csv", "", [[*row, "E92000001", "", "", "", "", ""] for row in codes])
    write_csv(out / "population.csv", POPULATION_HEADER, town_lists.population(town))
    write_csv(out / "safe_places.csv", SAFE_PLACE_HEADER, town_lists.safe_places(town))

    everyone = harm.children(dice)
    others = everyone[harm.OTHERS]
    special = [
        *harm.planted(town, harm.PLANTS, everyone, dice),
        *harm.decoy(town, everyone, dice),
        *harm.false_repeat(town, everyone, dice),
    ]
    special += harm.nearby(town, others, dice)
    left = {agency: rows - sum(agency in one.tellers for one in special) for agency, rows in harm.ROWS.items()}
    harms = special + harm.everyday(town, others, left, harm.elsewhere(town), dice)
    clerk = partners.Clerk("QM", partners.References.draw(everyone, dice), partners.postcode_of(town, codes), dice)
    tables = {agency: write(harms, clerk) for agency, write in partners.TABLES.items()}
    rows = {agency: [row for _, row in table] for agency, table in tables.items()}
    write_csv(out / "police.csv", partners.HEADERS[POLICE], rows[POLICE], encoding="utf-8-sig")
    write_workbook(out / "childrens_services.xlsx", "Referrals", partners.HEADERS[CARE], rows[CARE])
    write_csv(out / "emergency_department.csv", partners.HEADERS[HOSPITAL], rows[HOSPITAL], delimiter=";", encoding="cp1252")
    write_csv(out / "schools.csv", partners.HEADERS[SCHOOL], rows[SCHOOL])
    write_csv(out / "youth_flags.csv", partners.FLAG_HEADER, _flags(town, dice))
    write_json(out / "truth.json", _truth("Marlhaven", tables, _marlhaven_places(town, tables, clerk.references)))
    said = voices.flags(voices.SAID, voices.NOTES, voices.SESSIONS, Dice(SEED + 2))
    _write_voices(out, voices, said, voices.youth_sessions(town))


def _write_voices(out: Path, told: ModuleType, said: list[voices.FlagRow], sessions: list[voices.Record]) -> None:
    """Write what has become of an area's places, a file for each kind."""
    write_json(out / "spaces.json", told.SPACES)
    write_json(out / "place_referrals.json", told.PLACE_REFERRALS)
    write_csv(out / "flags.csv", voices.FLAG_HEADER, said)
    write_csv(out / "flag_answers.csv", voices.FLAG_ANSWER_HEADER, told.FLAG_ANSWERS)
    write_json(out / "youth_sessions.json", sessions)
    write_json(out / "assessments.json", told.ASSESSMENTS)
    write_csv(out / "agency_checks.csv", voices.AGENCY_CHECK_HEADER, told.AGENCY_CHECKS)


def _flags(town: Town, dice: Dice) -> list[partners.Row]:
    venues = {item.name: item.path[0] for item in town.features if len(item.path) == 1}
    streets = [(street.name, street.path[len(street.path) // 2]) for street in town.streets if Polygon(town.boundary).contains(street.line)]
    return partners.youth_flags(
        lambda name: venues[name] if name in venues else harm.spot(town, name, dice), streets, lambda: harm.day_between(dice), dice
    )


def _middle(town: Town, name: str) -> Point:
    space = town.spaces[name]
    at = space.interpolate(0.5, normalized=True) if isinstance(space, LineString) else space.representative_point()
    return degrees((at.x, at.y))


def bro_heli(out: Path) -> None:
    """Write the fictional rural area."""
    out.mkdir(parents=True, exist_ok=True)
    area, dice = rural.build(), Dice(rural.SEED + 1)
    codes = rural.postcodes(area, dice)
    osm_extract.write(area.features, out / "extract.osm.pbf")
    write_areas(out / "boundary.geojson", [({"name": "Bro Heli"}, Polygon(area.boundary))])
    write_csv(out / "postcodes.csv", "", [[*row, "W92000004", "", "", "", "", ""] for row in codes])
    write_csv(out / "population.csv", POPULATION_HEADER, town_lists.population(area))
    write_csv(out / "safe_places.csv", SAFE_PLACE_HEADER, rural.safe_places(area))

    everyone = harm.children(dice, rural.CHILDREN)
    planted = harm.planted(area, rural.PLANTS, everyone, dice)
    left = {agency: rows - sum(agency in one.tellers for one in planted) for agency, rows in rural.ROWS.items()}
    others = everyone[sum(plant.children for plant in rural.PLANTS) :]
    harms = planted + harm.everyday(area, others, left, rural.elsewhere(area), dice)
    clerk = partners.Clerk("DH", partners.References.draw(everyone, dice), partners.postcode_of(area, codes), dice)
    tables = {POLICE: partners.police(harms, clerk), COUNCIL: rural.council(harms, clerk)}
    write_csv(out / "police.csv", partners.HEADERS[POLICE], (row for _, row in tables[POLICE]), encoding="utf-8-sig")
    write_csv(out / "council.csv", rural.HEADER, (row for _, row in tables[COUNCIL]))
    places = [_place(area, tables, plant.identifier, plant.name, "repeat", plant.expected) for plant in rural.PLANTS]
    write_json(out / "truth.json", _truth("Bro Heli", tables, places))
    _write_voices(out, rural_voices, rural_voices.said(Dice(rural.SEED + 2)), rural_voices.youth_sessions(area))


def _place(town: Town, tables: dict[str, partners.Table], identifier: str, name: str, kind: str, expected: str) -> dict[str, object]:
    """Say what was planted at one place, and which rows of which partner tell of it."""
    told = {agency: [(one, row) for one, row in table if one.plant == identifier] for agency, table in tables.items()}
    events: list[Harm] = list({id(one): one for entries in told.values() for one, _ in entries}.values())
    identifiers = dict(zip((id(item) for item in town.features), osm_extract.identifiers(town.features), strict=True))
    longitude, latitude = _middle(town, name)
    return {
        "id": identifier,
        "name": name,
        "kind": kind,
        "expected": expected,
        "osm_id": identifiers[id(town.feature(name))],
        "longitude": longitude,
        "latitude": latitude,
        "from": min(one.start for one in events).date().isoformat(),
        "to": max(one.start for one in events).date().isoformat(),
        "events": len(events),
        "children": len({one.child.number for one in events}),
        "incident_ids": {agency: " ".join(str(row[0]) for _, row in entries) for agency, entries in told.items() if entries},
    }


def _marlhaven_places(town: Town, tables: dict[str, partners.Table], references: partners.References) -> list[dict[str, object]]:
    """Describe what was planted in Marlhaven, each with what is particular to it."""
    places = {plant.identifier: _place(town, tables, plant.identifier, plant.name, "repeat", plant.expected) for plant in harm.PLANTS}
    places["dyers-yard"]["intervention"] = {
        "on": harm.INTERVENTION.isoformat(),
        "what": "Stairwell doors closed off, full lighting, a kiosk staffed until midnight",
    }
    pin = "not a place of harm: the police system's default pin"
    decoy = _place(town, tables, "decoy", "Marlhaven Civic Centre", "decoy", pin) | {"pin": [int(part) for part in town_lists.civic_pin()]}
    one_child = "one child seen by two agencies: not repeat harm"
    false = _place(town, tables, "teal-green", "Teal Green", "false repeat", one_child)
    child = next(one.child for one, _ in tables[POLICE] if one.plant == "teal-green")
    false["child_references"] = {agency: references.of(agency, child) for agency in (POLICE, CARE)}
    return [*places.values(), decoy, false]


def _truth(sample: str, tables: dict[str, partners.Table], places: list[dict[str, object]]) -> dict[str, object]:
    """Gather what a finding can be checked against."""
    days = {"first_day": harm.FIRST.isoformat(), "last_day": harm.LAST.isoformat()}
    return {"sample": sample, **days, "rows": {agency: len(table) for agency, table in tables.items()}, "places": places}


def main() -> None:
    """Write both samples where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to (default: beside this file)")
    out: Path = parser.parse_args().out
    marlhaven(out / "marlhaven")
    bro_heli(out / "bro-heli")


if __name__ == "__main__":
    main()
