"""Marlhaven's plain lists: lamps, postcodes, people by quarter, checked safe places. Rows out, EPSG:27700 metres in them."""

import math

from shapely import LineString, Polygon, unary_union
from shapely import Point as Dot

from sample_data.plane import Dice, Point
from sample_data.town import CENTRE, CIVIC_PIN_PLAN, FRYERS, VENUES, Town
from sample_data.town_plan import bend

Row = list[object]
PLANTED = ("Lockside Park", FRYERS, "Marlhaven Bus Station", "Dyer's Yard Car Park", "Saltings Skate Park", "Teal Green")
LAMPS, POSTCODES = 850, 300
LAMP_SPACING_M = 42
DARK_ROUND_LOCKSIDE_M = 45  # no lamp's light reaches into the park
UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # the last two letters of a postcode are never C, I, K, M, O or V


def lamps(town: Town, dice: Dice) -> list[Row]:
    """List the lamps of the middle of town, nearest first: the list covers one maintenance contract, so beyond it is unknown, not unlit."""
    dark = unary_union([town.spaces["Lockside Park"].buffer(DARK_ROUND_LOCKSIDE_M), town.spaces["Quarry Fields"].buffer(20)])
    middle = Dot(bend(CENTRE))
    lit = [item for item in town.features if "highway" in item.tags and len(item.path) > 1 and item.tags.get("lit", "no") != "no"]
    spots: list[Point] = []
    for item in sorted(lit, key=lambda item: LineString(item.path).distance(middle)):
        line, side = LineString(item.path), 1
        mark = dice.between(5, 25)
        while mark < line.length and len(spots) < LAMPS:
            at, ahead = line.interpolate(mark), line.interpolate(mark + 1)
            turn = math.atan2(ahead.y - at.y, ahead.x - at.x)
            spot = (at.x - side * 4.5 * math.sin(turn), at.y + side * 4.5 * math.cos(turn))
            if dark.distance(Dot(spot)) > 0:
                spots.append(spot)
            side, mark = -side, mark + LAMP_SPACING_M * dice.between(0.9, 1.15)
    return [_lamp(at, spot, dice) for at, spot in enumerate(spots)]


def _lamp(at: int, spot: Point, dice: Dice) -> Row:
    regime = dice.weighed({"Dusk-Dawn": 62, "Part night 00:00-05:00": 26, "Dimmed 22:00-06:00": 12})
    status = dice.weighed({"Working": 93, "Failed": 5, "Removed": 2})
    seen = f"20{dice.whole(23, 26)}-{dice.whole(1, 9):02d}-{dice.whole(1, 28):02d}"
    return [
        f"L{at + 1:04d}",
        round(spot[0]),
        round(spot[1]),
        dice.pick(["LED 36W", "LED 24W", "SON 70W"]),
        regime,
        dice.pick([5, 6, 6, 8]),
        status,
        seen,
    ]


def _district(spot: Point) -> int:
    """Give the postcode district: the centre is 1, then north-west, north-east, south-east, south-west."""
    x, y = bend(CENTRE)
    if math.dist(spot, (x, y)) < 800:
        return 1
    return {(False, True): 2, (True, True): 3, (True, False): 4, (False, False): 5}[spot[0] > x, spot[1] > y]


def postcodes(town: Town, dice: Dice) -> list[tuple[str, int, int, int]]:
    """Spread postcodes along the streets, one of them beside every planted space: postcode, quality, easting, northing."""
    spots = [_beside(town, name) for name in PLANTED]
    weights = {at: street.line.length for at, street in enumerate(town.streets) if Polygon(town.boundary).contains(street.line)}
    while len(spots) < POSTCODES - 2:
        line = town.streets[dice.weighed(weights)].line
        spot = line.interpolate(dice.between(0, line.length))
        if all(math.dist((spot.x, spot.y), other) > 60 for other in spots):
            spots.append((spot.x, spot.y))
    listed: dict[str, tuple[str, int, int, int]] = {}
    for x, y in spots:
        district, sector = _district((x, y)), 1 + int(y / 700) % 4
        taken = sum(code.startswith(f"QM{district} {sector}") for code in listed)
        code = f"QM{district} {sector}{UNIT_LETTERS[taken // 20]}{UNIT_LETTERS[taken % 20]}"
        quality = 10 if len(listed) < len(PLANTED) else dice.weighed({10: 96, 20: 2, 50: 2})
        listed[code] = (code, quality, round(x), round(y))
    nowhere = [("QM1 9ZY", 90, 0, 0), ("QM4 9ZZ", 90, 0, 0)]
    return sorted([*listed.values(), *nowhere])


def _beside(town: Town, name: str) -> Point:
    """Give the nearest street's nearest point to a space's middle, moved to within 55 m of it."""
    space = town.spaces[name]
    middle = space.centroid
    near = min((street.line for street in town.streets), key=space.distance)
    at = near.interpolate(near.project(middle))
    share = max(0.0, 1 - 55 / max(at.distance(middle), 1))
    return at.x + share * (middle.x - at.x), at.y + share * (middle.y - at.y)


def population(town: Town) -> list[Row]:
    """Count the people of each quarter, at its middle."""
    rows: list[Row] = []
    for quarter in town.quarters:
        middle = quarter.outline.representative_point()
        rows.append([quarter.name, quarter.name, round(middle.x), round(middle.y), quarter.residents, quarter.aged_10_25])
    return [[f"Z{at + 1:02d}", *row[1:]] for at, row in enumerate(rows)]


def safe_places(town: Town) -> list[Row]:
    """List the venues someone checked with young people in mind; one's last check has gone stale, and one has not yet agreed."""
    checked = {
        "Marlhaven Library": ("Yes", "Yes", "English; Polish", "2026-03-12"),
        "The Loft Youth Club": ("Yes", "Yes", "English; Urdu", "2026-05-20"),
        "Larkrise Youth Hub": ("Yes", "No", "English", "2026-02-03"),
        "Lockside Community Centre": ("Yes", "Yes", "English; Romanian", "2026-01-22"),
        "Late Pharmacy": ("Yes", "Yes", "English; Punjabi", "2026-06-09"),
        "Station News": ("Yes", "No", "English; Tamil", "2025-11-18"),
        "Harbour Foods": ("Yes", "Yes", "English", "2026-04-15"),
        "Marlhaven Leisure Centre": ("Yes", "Yes", "English", "2026-03-30"),
        "Café Quayside": ("Yes", "No", "English; Portuguese", "2023-06-01"),
        "Bar Eleven": ("No", "Yes", "English", "2026-02-27"),
        "Cross Pharmacy": ("Yes", "Yes", "English", "2026-09-08"),
    }
    rows: list[Row] = []
    for name, plan, tags in VENUES:
        if name in checked:
            under_18s, step_free, languages, on = checked[name]
            at = next((item.path[0] for item in town.features if item.name == name), bend(plan))
            role = "Youth worker" if "Youth" in name else "Community safety officer"
            rows.append(
                [
                    name,
                    "Marlhaven Havens",
                    round(at[0]),
                    round(at[1]),
                    tags.get("opening_hours", ""),
                    under_18s,
                    step_free,
                    languages,
                    "Not known" if name == "Cross Pharmacy" else "Yes",
                    role,
                    on,
                ]
            )
    return rows


def lamp_faults(lamps: list[Row]) -> list[Row]:
    """List lamps that were seen not to work, at every step to looked at again; one is forgotten, one was never really mended."""
    seen: list[Row] = [
        [3, "2026-10-21", "Youth worker", "", "", "", "", "", ""],
        [41, "2026-10-09", "Community safety officer", "SL-2026-3107", "2026-10-12", "", "", "", ""],
        [88, "2026-08-17", "Youth worker", "SL-2026-2650", "2026-08-18", "", "", "", ""],
        [120, "2026-08-30", "Community safety officer", "SL-2026-2744", "2026-09-01", "2026-09-16", "", "", ""],
        [163, "2026-09-06", "Youth worker", "SL-2026-2802", "2026-09-08", "2026-09-22", "2026-10-15", "Youth worker", "not lit"],
        [207, "2026-07-14", "Community safety officer", "SL-2026-2210", "2026-07-15", "2026-07-29", "2026-08-06", "Youth worker", "lit"],
    ]
    return [[f"Lamp {lamps[at][0]}, by the number on its post", lamps[at][1], lamps[at][2], *rest] for at, *rest in seen]


def civic_pin() -> Point:
    """Give the pin the police system falls back on, to its 10 m."""
    x, y = bend(CIVIC_PIN_PLAN)
    return round(x, -1), round(y, -1)
