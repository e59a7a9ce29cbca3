"""Bro Heli: a sparse Welsh area that does not exist, in the Celtic Sea, where seventy-five children a year are spread over 4,000 km².

It yields the same `Town` as Marlhaven does, so that harm falls on it by the same rules. EPSG:27700 metres.
"""

import math
from datetime import timedelta

from shapely import LineString, Polygon, unary_union
from shapely import Point as Dot
from shapely.geometry.base import BaseGeometry

from sample_data.harm import COUNCIL, LAST, POLICE, Harm, Plant, after_dark, evening
from sample_data.osm_extract import Feature, feature
from sample_data.partners import Cell, Clerk, Row, Table, told_to
from sample_data.plane import Dice, Path, Point, blob, block, smooth
from sample_data.town import Quarter, Town
from sample_data.town_lists import UNIT_LETTERS
from sample_data.town_plan import Street, joined, pattern_of

SEED = 20_241_002
MIDDLE: Point = (59_480, 127_940)  # about 6.85° W 50.95° N: open sea, over 80 km from any coast
HALF: Point = (31_150, 33_050)
GRID_TURN = math.radians(-3.8)  # how far grid north leans from true north here: keeps the outline within its box of degrees
ROWS = {POLICE: 108, COUNCIL: 74}
CHILDREN = 150
POSTCODES = 120
SQUARE, LANDING = "Sgwâr y Bont", "Y Lanfa"

# Welsh name, English name, place, where (metres from the middle), size of its streets, pattern, residents, aged 10 to 25.
TOWNS: tuple[tuple[str, str, str, Point, float, str, int, int], ...] = (
    ("Porth Heli", "Port Heli", "town", (-600, -14_200), 1300, "centre", 9800, 1720),
    ("Llanfelin", "Llanfelin", "town", (-16_400, 5_800), 900, "terrace", 5200, 880),
    ("Pentre Garw", "Roughton", "village", (13_100, 9_700), 700, "suburb", 2300, 370),
    ("Aberwen", "Wenmouth", "village", (18_300, -12_100), 700, "suburb", 1900, 300),
    ("Cwm Hesg", "Sedge Vale", "village", (-4_200, 21_000), 500, "estate", 1100, 170),
)
ROADS = ((0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (2, 3))
# Roads out of the area: from which town, to where, named in Welsh and English.
ROADS_OUT: tuple[tuple[int, Point, str, str], ...] = (
    (1, (-30_500, 9_000), "Ffordd y Gorllewin", "West Road"),
    (4, (-9_000, 32_000), "Ffordd y Gogledd", "North Road"),
    (2, (30_500, 15_000), "Ffordd y Dwyrain", "East Road"),
    (3, (21_000, -32_000), "Ffordd y De", "South Road"),
    (0, (-24_000, -24_000), "Lôn y Mynydd", "Mountain Lane"),
)
STREETS = (
    ("Stryd Fawr", "High Street"),
    ("Stryd y Bont", "Bridge Street"),
    ("Heol yr Orsaf", "Station Road"),
    ("Ffordd y Môr", "Sea Road"),
    ("Lôn y Felin", "Mill Lane"),
    ("Heol yr Eglwys", "Church Road"),
    ("Stryd y Capel", "Chapel Street"),
    ("Ffordd yr Ysgol", "School Road"),
    ("Stryd y Farchnad", "Market Street"),
    ("Heol y Castell", "Castle Road"),
    ("Lôn y Bryn", "Hill Lane"),
    ("Ffordd Newydd", "New Road"),
    ("Stryd y Cei", "Quay Street"),
    ("Lôn Goed", "Wood Lane"),
    ("Maes y Dderwen", "Oak Field"),
)
HEADER = "Cyf / Ref,Dyddiad / Date,Plentyn / Child,Oed / Age,Pryder / Concern,Lle / Where,Cod post / Postcode,Rôl / Role,Caewyd / Closed"
CONCERNS = {
    "sexual exploitation": ("Camfanteisio rhywiol ar blant", "Child sexual exploitation"),
    "criminal exploitation": ("Camfanteisio troseddol ar blant", "Child criminal exploitation"),
    "drugs": ("Camfanteisio troseddol ar blant", "Child criminal exploitation"),
    "missing": ("Ar goll", "Missing"),
    "assault": ("Trais difrifol", "Serious violence"),
    "knife": ("Trais difrifol", "Serious violence"),
    "robbery": ("Lladrad", "Robbed"),
    "harassment": ("Aflonyddu", "Harassment"),
    "peer": ("Niwed rhwng cyfoedion", "Peer-on-peer harm"),
    "trafficking": ("Masnachu pobl", "Trafficking"),
    "other": ("Arall", "Other"),
}
ROLES = {
    ("Lle digwyddodd y niwed", "Harmed there"): 74,
    ("Lle cysylltwyd gyntaf", "First approached"): 12,
    ("Daethpwyd o hyd yno", "Found at"): 7,
    ("Teithiodd drwy'r lle", "Moved through"): 7,
}
MISSING_FROM = ("Ar goll o", "Missing from")
PLANTS = (
    Plant(
        "bridge-square",
        SQUARE,
        {POLICE: 14, COUNCIL: 8},
        15,
        evening,
        expected="repeat harm, evenings",
        kinds=("harassment", "assault", "sexual exploitation", "peer"),
        spill=0,
    ),
    Plant(
        "landing",
        LANDING,
        {POLICE: 9, COUNCIL: 7},
        11,
        after_dark,
        expected="repeat harm, after dark",
        kinds=("sexual exploitation", "criminal exploitation", "drugs"),
        spill=0,
    ),
)


def _from_middle(east: float, north: float) -> Point:
    c, s = math.cos(GRID_TURN), math.sin(GRID_TURN)
    return MIDDLE[0] + east * c - north * s, MIDDLE[1] + east * s + north * c


def _named(welsh: str, english: str, **tags: str) -> dict[str, str]:
    return {"name": welsh, "name__cy": welsh, "name__en": english} | tags


def _country_roads(dice: Dice) -> list[tuple[dict[str, str], Street]]:
    """Wind a road between the towns, and out of the area; most of it is nobody's address."""
    joining = [(TOWNS[a][3], TOWNS[b][3], f"Ffordd {TOWNS[b][0]}", f"{TOWNS[b][1]} Road") for a, b in ROADS]
    leaving = [(TOWNS[a][3], end, welsh, english) for a, end, welsh, english in ROADS_OUT]
    return [
        (_named(welsh, english, highway="primary", lit="no"), Street(welsh, "primary", len(TOWNS), tuple(_winding(start, end, dice))))
        for start, end, welsh, english in joining + leaving
    ]


def _winding(start: Point, end: Point, dice: Dice) -> Path:
    """Wind from one place to another; both in metres from the middle."""
    (x0, y0), (x1, y1) = _from_middle(*start), _from_middle(*end)
    shares = [(k / 5, dice.between(-1300, 1300), dice.between(-1300, 1300)) for k in range(1, 5)]
    bends = [(x0 + (x1 - x0) * share + east, y0 + (y1 - y0) * share + north) for share, east, north in shares]
    return [(x, y) for x, y in LineString(smooth([(x0, y0), *bends, (x1, y1)])).simplify(25).coords]


def _town_streets(at: int, dice: Dice) -> list[tuple[dict[str, str], Street]]:
    """Lay a town's few streets round its middle; the first is the Stryd Fawr."""
    _, _, _, where, size, pattern, _, _ = TOWNS[at]
    turn = dice.between(-0.5, 0.5)
    names = [STREETS[0], *dice.shuffled(STREETS[1:])]
    streets = []
    for (welsh, english), path in zip(names, pattern_of(pattern, dice), strict=False):
        spun = [((u - 0.5) * size, (v - 0.5) * size * 0.8) for u, v in path]
        laid = [
            _from_middle(where[0] + x * math.cos(turn) - y * math.sin(turn), where[1] + x * math.sin(turn) + y * math.cos(turn))
            for x, y in spun
        ]
        light = {"lit": "yes"} if dice.chance(0.4) else {}
        streets.append((_named(welsh, english, highway="residential", **light), Street(welsh, "residential", at, tuple(laid))))
    return streets


def _spaces(dice: Dice) -> list[Feature]:
    """Draw the square with its bus shelter, the landing on the river, a field to play on in each town, a school, a library."""
    x, y = TOWNS[0][3]
    square = block(_from_middle(x + 90, y + 60), 52, 38, 0.3)
    landing = blob(_from_middle(x + 830, y - 520), (48, 30), dice)
    course = ((880, -15_000), (900, -5000), (890, -1500), (905, 600), (2600, 6000), (500, 15_000))
    river: Path = smooth([_from_middle(x + east, y + north) for east, north in course])
    found = [
        feature(square, **_named(SQUARE, "Bridge Square", place="square", highway="pedestrian", area="yes", lit="yes")),
        feature(landing, **_named(LANDING, "The Landing", leisure="park", lit="no")),
        feature(river, **_named("Afon Heli", "River Heli", waterway="river")),
        feature([_from_middle(x + 96, y + 64)], amenity="shelter", shelter_type="public_transport"),
        feature([_from_middle(x + 110, y + 75)], **_named("Sgwâr y Bont (arhosfan)", "Bridge Square (stop)", highway="bus_stop")),
        feature(
            [_from_middle(x - 210, y + 150)],
            **_named("Llyfrgell Porth Heli", "Porth Heli Library", amenity="library", opening_hours="Mo-Fr 10:00-17:30"),
        ),
        feature([_from_middle(x - 330, y - 180)], **_named("Clwb Ieuenctid y Cei", "Quay Youth Club", club="youth")),
        feature(block(_from_middle(x - 700, y + 560), 170, 120), **_named("Ysgol Bro Heli", "Bro Heli School", amenity="school")),
    ]
    for welsh, english, _, (east, north), size, *_ in TOWNS:
        field = blob(_from_middle(east - size * 0.78, north - size * 0.3), (85, 60), dice, corners=12)
        found.append(feature(field, **_named(f"Parc {welsh}", f"{english} Park", leisure="park")))
    return found


def build() -> Town:
    """Draw the whole area; the same one each time."""
    dice = Dice(SEED)
    outline = [_from_middle(x, y) for x, y in blob((0, 0), HALF, dice, squareness=8, wobble=0.009, corners=72)]
    laid = [*_country_roads(dice), *(street for at in range(len(TOWNS)) for street in _town_streets(at, dice))]
    paths = joined([list(street.path) for _, street in laid])
    streets = [Street(street.name, street.highway, street.quarter, tuple(path)) for (_, street), path in zip(laid, paths, strict=True)]
    spaces = _spaces(dice)
    features = [
        *(feature(path, **tags) for (tags, _), path in zip(laid, paths, strict=True)),
        *spaces,
        *(feature([_from_middle(*where)], **_named(welsh, english, place=kind)) for welsh, english, kind, where, *_ in TOWNS),
    ]
    quarters = [
        Quarter(welsh, Dot(_from_middle(*where)).buffer(size), people, young) for welsh, _, _, where, size, _, people, young in TOWNS
    ]
    towns = unary_union([quarter.outline for quarter in quarters])
    quarters.append(Quarter("Cefn gwlad", Polygon(outline).difference(towns), 6400, 950))
    return Town(
        outline,
        streets,
        features,
        quarters,
        {item.name: Polygon(item.path) for item in spaces if (len(item.path) > 3 and "leisure" in item.tags) or item.name == SQUARE},
    )


def elsewhere(town: Town) -> BaseGeometry:
    """Give where everyday harm may fall: the area, well clear of the two planted places."""
    return Polygon(town.boundary).difference(unary_union([town.spaces[plant.name].buffer(90) for plant in PLANTS]))


def postcodes(town: Town, dice: Dice) -> list[tuple[str, int, int, int]]:
    """Spread postcodes along the streets, one beside each planted place: postcode, quality, easting, northing."""
    spots = [(town.spaces[plant.name].centroid.x, town.spaces[plant.name].centroid.y) for plant in PLANTS]
    owners = [0 for _ in spots]
    weights = {at: min(street.line.length, 1500) for at, street in enumerate(town.streets)}
    while len(spots) < POSTCODES:
        street = town.streets[dice.weighed(weights)]
        at = street.line.interpolate(dice.between(0, street.line.length))
        if all(math.dist((at.x, at.y), other) > 50 for other in spots):
            spots.append((at.x, at.y))
            owners.append(min(range(len(TOWNS)), key=lambda k: Dot(_from_middle(*TOWNS[k][3])).distance(at)))
    listed = []
    for at, ((x, y), owner) in enumerate(zip(spots, owners, strict=True)):
        taken = owners[:at].count(owner)
        code = f"VH{owner + 1} {1 + taken % 3}{UNIT_LETTERS[taken // 19]}{UNIT_LETTERS[taken % 19]}"
        listed.append((code, 10 if at < len(PLANTS) else dice.weighed({10: 90, 20: 6, 50: 4}), round(x), round(y)))
    return sorted(listed)


def safe_places(town: Town) -> list[Row]:
    """List the two venues that someone checked with young people in mind, the library less lately than it should be."""
    hours = {item.name: item.tags.get("opening_hours", "") for item in town.features}
    checked = (
        ("Llyfrgell Porth Heli", hours["Llyfrgell Porth Heli"], "Yes", "Community safety officer", "2025-09-30"),
        ("Clwb Ieuenctid y Cei", "Tu,Th 18:00-21:00", "No", "Youth worker", "2026-04-22"),
    )
    at = {item.name: item.path[0] for item in town.features if len(item.path) == 1}
    return [
        [name, "Hafanau Bro Heli", round(at[name][0]), round(at[name][1]), open_at, "Yes", step_free, "Cymraeg; English", "Yes", role, on]
        for name, open_at, step_free, role, on in checked
    ]


def council(harms: list[Harm], clerk: Clerk) -> Table:
    """Write the council's rows, each in the language its writer works in, or in both."""
    table = [(harm, _council_row(harm, clerk)) for harm in told_to(harms, COUNCIL)]
    return [(harm, [f"BH{8001 + at}", *row[1:]]) for at, (harm, row) in enumerate(table)]


def _council_row(harm: Harm, clerk: Clerk) -> Row:
    dice = clerk.dice
    tongue = dice.weighed({"cy": 45, "en": 40, "both": 15})
    role = MISSING_FROM if harm.kind == "missing" and dice.chance(0.7) else next(iter(ROLES)) if harm.plant else dice.weighed(ROLES)
    english = {SQUARE: "Bridge Square", LANDING: "The Landing"} | dict(STREETS)
    where = _said((harm.place, english.get(harm.place, harm.place)), "cy" if tongue == "both" else tongue)
    code = clerk.postcode(harm) if harm.plant or dice.chance(0.7) else ""
    if not harm.plant and dice.chance(0.05):
        where, code = dice.pick(["anhysbys", "unknown", "ar-lein", "online", ""]), ""
    closed = harm.start.date() + timedelta(days=dice.whole(60, 280))
    shut: Cell = f"{closed:%d/%m/%Y}" if closed < LAST and dice.chance(0.7) else ""
    return [
        "",
        f"{harm.start:%d/%m/%Y}",
        clerk.references.of(COUNCIL, harm.child),
        harm.child.age(harm.start.date()),
        _said(CONCERNS[harm.kind], tongue),
        where,
        code,
        _said(role, tongue),
        shut,
    ]


def _said(both: tuple[str, str], tongue: str) -> str:
    return {"cy": both[0], "en": both[1], "both": " / ".join(both)}[tongue]
