"""Marlhaven: a town that does not exist, with everything the map, the lamps, the postcodes and the people need. EPSG:27700 metres."""

import math
from dataclasses import dataclass

from shapely import LineString, Polygon, STRtree, unary_union
from shapely import Point as Dot
from shapely.geometry.base import BaseGeometry

from sample_data.osm_extract import Feature, feature
from sample_data.plane import Dice, Path, Point, blob, block, smooth
from sample_data.town_plan import CANAL, RAILWAY, Street, bend, bent, corners, crossings, joined, main_roads, minor_streets
from sample_data.town_words import ALLEYS, QUARTERS, SCHOOLS

SEED = 20_241_001
BOUNDARY_CENTRE, BOUNDARY_HALF = (2975.0, 2250.0), (2990.0, 2240.0)
CANAL_WIDTH_M, CANAL_CLEAR_M, RAIL_CLEAR_M, PARK_CLEAR_M = 14, 30, 16, 14
CENTRE = (2980.0, 2300.0)  # on the plan: where High Street meets Bridge Street
CENTRE_PULL = 1.3
BUILT_UP_M = 470  # buildings are drawn this far round the centre only: enough to test an alley by its walls
CIVIC_PIN_PLAN = (2350.0, 2130.0)

# Name, middle on the plan, half width and height, tags.
GREENS: tuple[tuple[str, Point, Point, dict[str, str]], ...] = (
    ("Lockside Park", (1610, 2610), (165, 105), {"leisure": "park", "lit": "no"}),
    ("Teal Green", (4160, 330), (75, 60), {"leisure": "park"}),
    ("Saltings Recreation Ground", (520, 1040), (260, 150), {"leisure": "recreation_ground"}),
    ("Priory Gardens", (5120, 2560), (120, 90), {"leisure": "park", "lit": "yes", "opening_hours": "Mo-Su 07:30-dusk"}),
    ("Quarry Fields", (2330, 420), (190, 140), {"leisure": "park", "lit": "no"}),
    ("Heron Meadow", (5380, 1360), (170, 110), {"leisure": "park"}),
    ("Jubilee Park", (1480, 1180), (150, 120), {"leisure": "park", "lit": "yes"}),
    ("Beacon Hill Park", (1450, 4080), (260, 190), {"leisure": "park"}),
    ("Weavers Green", (4020, 1080), (85, 65), {"leisure": "park", "lit": "yes"}),
    ("Mill Pocket Park", (1480, 3420), (60, 45), {"leisure": "park"}),
    ("Larkrise Common", (5330, 3180), (150, 110), {"leisure": "common"}),
    ("Old Town Garden", (3330, 2830), (48, 34), {"leisure": "garden", "lit": "yes"}),
)
MARL_PARK, MARL_PARK_HALF, MERE_HALF = (3150.0, 3370.0), (230.0, 170.0), (70.0, 45.0)

# Oblongs: name, middle on the plan, width, depth, tags.
GROUNDS: tuple[tuple[str, Point, float, float, dict[str, str]], ...] = (
    ("Marlhaven Bus Station", (3060, 1500), 110, 56, {"amenity": "bus_station", "lit": "yes"}),
    (
        "Dyer's Yard Car Park",
        (4230, 2060),
        74,
        48,
        {"amenity": "parking", "parking": "multi-storey", "building": "parking", "lit": "limited"},
    ),
    ("Saltings Skate Park", (600, 1050), 64, 42, {"leisure": "pitch", "sport": "skateboard"}),
    ("Market Walk", (3210, 2190), 130, 70, {"landuse": "retail"}),
    ("Marlhaven Station", (2890, 1372), 120, 22, {"railway": "station", "building": "train_station"}),
    ("Station Car Park", (2700, 1440), 90, 46, {"amenity": "parking", "parking": "surface"}),
    ("Westholme Allotments", (1250, 880), 150, 90, {"landuse": "allotments"}),
    ("Brackenhill Allotments", (5040, 3470), 150, 100, {"landuse": "allotments"}),
)
SCHOOL_SITES: tuple[Point, ...] = ((5200, 2760), (1500, 1930), (5000, 1440), (1700, 360), (4330, 2780), (2300, 3400))

# Name, place on the plan, tags.
VENUES: tuple[tuple[str, Point, dict[str, str]], ...] = (
    ("Marlhaven Library", (2560, 2220), {"amenity": "library", "opening_hours": "Mo-Fr 09:00-19:00; Sa 10:00-16:00"}),
    ("Lockside Community Centre", (1330, 2480), {"amenity": "community_centre", "opening_hours": "Mo-Fr 09:00-21:00"}),
    (
        "The Loft Youth Club",
        (3420, 2120),
        {"amenity": "community_centre", "community_centre": "youth_centre", "opening_hours": "Tu-Fr 16:00-21:00"},
    ),
    ("Larkrise Youth Hub", (5000, 2700), {"club": "youth", "opening_hours": "Mo,We,Fr 16:00-20:30"}),
    ("Saltings Youth Shelter", (700, 1010), {"amenity": "shelter"}),
    ("Marlhaven Police Station", (2290, 2060), {"amenity": "police"}),
    ("Marlhaven Fire Station", (3760, 1650), {"amenity": "fire_station"}),
    ("Cross Pharmacy", (2900, 2320), {"amenity": "pharmacy", "opening_hours": "Mo-Sa 08:30-18:30"}),
    ("Late Pharmacy", (3150, 1640), {"amenity": "pharmacy", "opening_hours": "Mo-Su 08:00-23:00"}),
    ("Larkrise Pharmacy", (5060, 2880), {"amenity": "pharmacy"}),
    ("Weavers Surgery", (4300, 1180), {"amenity": "doctors", "opening_hours": "Mo-Fr 08:00-18:30"}),
    ("Chapelfield Practice", (2210, 3240), {"amenity": "doctors"}),
    ("St Brannock's Church", (3260, 2660), {"amenity": "place_of_worship", "religion": "christian"}),
    ("Noor Centre", (1640, 2120), {"amenity": "place_of_worship", "religion": "muslim"}),
    ("Tealby Chapel", (4400, 560), {"amenity": "place_of_worship", "religion": "christian"}),
    ("Marlhaven Leisure Centre", (3700, 2960), {"leisure": "sports_centre", "opening_hours": "Mo-Fr 06:30-22:00; Sa,Su 08:00-18:00"}),
    ("Westholme Sports Hall", (1600, 960), {"leisure": "sports_centre"}),
    ("Harbour Foods", (3480, 2250), {"shop": "supermarket", "opening_hours": "Mo-Sa 07:00-22:00; Su 10:00-16:00"}),
    ("Station News", (2980, 1590), {"shop": "convenience", "opening_hours": "Mo-Su 05:30-23:00"}),
    ("Lock Stores", (1240, 2650), {"shop": "convenience"}),
    ("Quarry Mini Market", (2600, 760), {"shop": "convenience", "opening_hours": "Mo-Su 07:00-22:00"}),
    ("Raven Stores", (4340, 4060), {"shop": "convenience"}),
    ("Golden Fry", (3262, 2330), {"amenity": "fast_food", "cuisine": "fish_and_chips", "opening_hours": "Mo-Su 11:30-24:00"}),
    ("Marl Kebab", (3100, 1620), {"amenity": "fast_food", "cuisine": "kebab", "opening_hours": "Mo-Su 16:00-02:00"}),
    ("Peri Corner", (2800, 2340), {"amenity": "fast_food", "cuisine": "chicken"}),
    ("Pizza Lock", (1380, 2320), {"amenity": "fast_food", "cuisine": "pizza"}),
    ("Larkrise Fish Bar", (4880, 2890), {"amenity": "fast_food", "cuisine": "fish_and_chips"}),
    ("Café Quayside", (2420, 2720), {"amenity": "cafe", "opening_hours": "Mo-Su 08:00-17:00"}),
    ("The Compass Inn", (3070, 2210), {"amenity": "pub"}),
    ("The Lock Keeper", (1780, 2720), {"amenity": "pub"}),
    ("The Weaver's Arms", (4150, 1590), {"amenity": "pub"}),
    ("Bar Eleven", (3380, 2280), {"amenity": "bar", "opening_hours": "Th-Su 18:00-02:00"}),
    ("Corn Exchange", (3500, 2400), {"amenity": "nightclub"}),
    ("Corner Wines", (4000, 2240), {"shop": "alcohol"}),
    ("Bottle Stop", (2100, 1660), {"shop": "alcohol"}),
)
BUS_STOPS: tuple[tuple[str, Point], ...] = (
    ("High Street", (2900, 2290)),
    ("Civic Centre", (2440, 2290)),
    ("Lock Road", (1960, 2560)),
    ("Mill Road", (1950, 3320)),
    ("Beacon Road", (1200, 3690)),
    ("North Road", (2750, 3900)),
    ("Park Road", (3300, 3010)),
    ("Larkrise", (4760, 2800)),
    ("Priory Road", (5300, 2300)),
    ("Heron Road", (4760, 1250)),
    ("Teal Lane", (4750, 420)),
    ("Quarry Road", (2900, 790)),
    ("South Road", (2740, 400)),
    ("Westholme Road", (1940, 1200)),
    ("Saltings Road", (700, 1590)),
    ("Harbour Road", (900, 2290)),
)
# Near where each alley runs, on the plan. Fryer's Passage comes first and is laid beside Golden Fry.
ALLEY_SPOTS: tuple[Point, ...] = (
    (3285, 2340),
    (2200, 1750),
    (3100, 2380),
    (2550, 2420),
    (3340, 1930),
    (3040, 2000),
    (2900, 2130),
    (3860, 1850),
    (2980, 2480),
    (2620, 1900),
    (2120, 2000),
    (2160, 2390),
    (3880, 2830),
    (2880, 2760),
    (2140, 3100),
    (3760, 1440),
)
LONGEST_ALLEY_M = 400
FRYERS = "Fryer's Passage"


@dataclass(frozen=True)
class Quarter:
    """A part of the town that people are counted in."""

    name: str
    outline: Polygon
    residents: int
    aged_10_25: int
    pull: float = 1.0  # more young people pass through a centre than live there


@dataclass(frozen=True)
class Town:
    """Everything drawn, in grid metres."""

    boundary: Path
    streets: list[Street]
    features: list[Feature]
    quarters: list[Quarter]
    spaces: dict[str, BaseGeometry]

    def feature(self, name: str) -> Feature:
        """Find a space's feature by its name."""
        return next(item for item in self.features if item.name == name and len(item.path) > 1)


def _greens(dice: Dice) -> list[Feature]:
    parks = [feature([bend(p) for p in blob(middle, half, dice)], name=name, **tags) for name, middle, half, tags in GREENS]
    outer = [bend(p) for p in blob(MARL_PARK, MARL_PARK_HALF, dice, corners=24)]
    mere = [bend(p) for p in blob((MARL_PARK[0] + 40, MARL_PARK[1] - 20), MERE_HALF, dice, corners=14)]
    marl = feature(outer, mere[::-1], name="Marl Park", leisure="park", opening_hours="Mo-Su 08:00-20:00")
    return [*parks, marl, feature(mere, name="Marl Mere", natural="water", water="pond")]


def _turn(middle: Point) -> float:
    """Give the way the plan's east points in the town, in radians."""
    (x0, y0), (x1, y1) = bend((middle[0] - 5, middle[1])), bend((middle[0] + 5, middle[1]))
    return math.atan2(y1 - y0, x1 - x0)


def _grounds() -> list[Feature]:
    plain = [feature(block(bend(at), width, depth, _turn(at)), name=name, **tags) for name, at, width, depth, tags in GROUNDS]
    schools = []
    for name, at in zip(SCHOOLS, SCHOOL_SITES, strict=True):
        schools.append(feature(block(bend(at), 190, 130, _turn(at)), name=name, amenity="school"))
        schools.append(feature(block(bend((at[0] - 30, at[1] + 20)), 80, 36, _turn(at)), building="school"))
    civic = feature(
        block(bend(CIVIC_PIN_PLAN), 60, 40, _turn(CIVIC_PIN_PLAN)), name="Marlhaven Civic Centre", amenity="townhall", building="civic"
    )
    return [*plain, *schools, civic]


def _landuse(lattice: list[list[Point]], boundary: Polygon) -> list[Feature]:
    """Colour the quarters in: estates and the industrial edge by name, fields as farmland, the rest as homes."""
    found = []
    for at, (name, pattern, _, _) in enumerate(QUARTERS):
        use = {"industry": "industrial", "fields": "farmland"}.get(pattern, "residential")
        title = {"estate": f"{name} Estate", "industry": f"{name} Industrial Estate"}.get(pattern, "")
        area = _outline(lattice, at).intersection(boundary).buffer(-12).simplify(5)
        found.append(feature(list(area.exterior.coords), landuse=use, **({"name": title} if title else {})))
    return found


def _outline(lattice: list[list[Point]], quarter: int) -> Polygon:
    quad = corners(lattice, quarter)
    return Polygon([point for a, b in zip(quad, (*quad[1:], quad[0]), strict=True) for point in bent([a, b])])


def _water() -> list[Feature]:
    canal = LineString(bent(smooth(CANAL, 2), 200)).simplify(2)
    bank = canal.buffer(CANAL_WIDTH_M / 2, cap_style="flat", join_style="mitre").simplify(0.5)
    return [
        feature(list(canal.coords), name="Marlhaven Canal", waterway="canal"),
        feature(list(bank.exterior.coords), name="Marlhaven Canal", natural="water", water="canal"),
    ]


def _park_paths(park: Feature, streets: list[Street]) -> list[Path]:
    """Lay two paths across a park, from gates on the nearest streets where they are near."""
    ring = park.path[:-1]
    middle = Polygon(park.path).representative_point()
    paths = []
    for start in (0, len(ring) // 4):
        a, b = ring[start], ring[(start + len(ring) // 2) % len(ring)]
        bowed = ((a[0] + b[0]) / 2 * 0.4 + middle.x * 0.6, (a[1] + b[1]) / 2 * 0.4 + middle.y * 0.6 + 6)
        paths.append([*_gate(a, streets), a, bowed, b, *_gate(b, streets)])
    return [[(round(x, 1), round(y, 1)) for x, y in path] for path in paths]


def _gate(spot: Point, streets: list[Street], *, within_m: float = 90) -> list[Point]:
    """Give the nearest point of a street within a short walk, if any."""
    nearest = min(streets, key=lambda street: street.line.distance(Dot(spot)))
    line = nearest.line
    if line.distance(Dot(spot)) > within_m:
        return []
    at = line.interpolate(line.project(Dot(spot)))
    return [(at.x, at.y)]


def _lit(street: Street, dice: Dice) -> dict[str, str]:
    if street.highway in {"primary", "secondary", "pedestrian"}:
        return {"lit": "yes"} if dice.chance(0.85) else {}
    if street.highway == "residential" and dice.chance(0.45):
        return {"lit": "limited"} if dice.chance(0.12) else {"lit": "dusk-23:30"} if dice.chance(0.04) else {"lit": "yes"}
    return {"lit": "no"} if dice.chance(0.06) else {}


def _alleys(streets: list[Street]) -> list[tuple[str, Path, dict[str, str]]]:
    """Lay the alleys between streets, tagged as unevenly as they are on the real map."""
    odd: dict[int, dict[str, str]] = {
        2: {"highway": "service", "service": "alley"},
        4: {"tunnel": "building_passage"},
        5: {"covered": "yes"},
        7: {"highway": "service", "service": "alley", "lit": "no"},
        9: {"highway": "path"},
        10: {"lit": "yes"},
        12: {"highway": "steps", "lit": "no"},
        13: {"highway": "cycleway"},
    }
    names = (FRYERS, *ALLEYS)
    return [(names[at], _through(bend(spot), at, streets), {"highway": "footway"} | odd.get(at, {})) for at, spot in enumerate(ALLEY_SPOTS)]


def _through(spot: Point, at: int, streets: list[Street]) -> Path:
    """Run from the nearest street, past the spot, square on, to the next street; a kink in the middle, as they have."""
    (ax, ay) = _gate(spot, streets, within_m=LONGEST_ALLEY_M)[0]
    reach = LONGEST_ALLEY_M / math.dist((ax, ay), spot)
    ray = LineString([(ax + 0.1 * (spot[0] - ax), ay + 0.1 * (spot[1] - ay)), (ax + reach * (spot[0] - ax), ay + reach * (spot[1] - ay))])
    hits = [hit for street in streets if not (hit := ray.intersection(street.line)).is_empty]
    far = min((hit.representative_point() for hit in hits), key=Dot(ax, ay).distance)
    kink = (0.55 * far.x + 0.45 * ax + (3 if at % 2 else -3), 0.55 * far.y + 0.45 * ay + (2 if at % 3 else -2))
    return [(ax, ay), kink, (far.x, far.y)]


def _terrace(line: LineString, side: int, near_m: float, dice: Dice) -> list[Polygon]:
    """Set buildings along one side of a street, their fronts parallel to it."""
    row, mark = [], dice.between(8, 14)
    while mark < line.length - 8:
        front = dice.between(20, 58)
        a, b = line.interpolate(mark), line.interpolate(min(mark + front, line.length))
        turn, depth = math.atan2(b.y - a.y, b.x - a.x), dice.between(9, 13)
        away = side * (near_m + depth / 2)
        middle = ((a.x + b.x) / 2 - away * math.sin(turn), (a.y + b.y) / 2 + away * math.cos(turn))
        row.append(Polygon(block(middle, a.distance(b) * 0.97, depth, turn)))
        mark += front + (dice.between(6, 16) if dice.chance(0.3) else 0.6)
    return row


def _buildings(streets: list[Street], alleys: list[Path], keep_out: BaseGeometry, dice: Dice) -> list[Feature]:
    """Build along the alleys first, then the central streets, wherever there is room."""
    middle = Dot(bend(CENTRE))
    central = [street.line for street in streets if street.line.distance(middle) < BUILT_UP_M and street.highway != "service"]
    roads = unary_union([street.line.buffer(4.5) for street in streets] + [LineString(path).buffer(1.6) for path in alleys])
    wanted = [shape for path in alleys for side in (1, -1) for shape in _terrace(LineString(path), side, 2.0, dice)]
    wanted += [shape for line in central for side in (1, -1) for shape in _terrace(line, side, 7.5, dice)]
    built: list[Polygon] = []
    for shape in wanted:
        if shape.intersects(roads) or shape.intersects(keep_out) or shape.area < 90:
            continue
        if not built or not STRtree(built).query(shape, predicate="intersects").size:
            built.append(shape)
    return [feature(list(shape.exterior.coords), building=_use(shape, dice)) for shape in built]


def _use(shape: Polygon, dice: Dice) -> str:
    shops = shape.distance(Dot(bend((3170, 2300)))) < 330
    return dice.pick(["retail", "retail", "commercial", "yes"]) if shops else dice.pick(["terrace", "terrace", "yes", "apartments"])


def _roads(streets: list[Street], dice: Dice) -> list[Feature]:
    return [feature(list(street.path), highway=street.highway, name=street.name, **_lit(street, dice)) for street in streets]


def _clear_of(areas: list[Feature], canal: LineString, railway: LineString) -> BaseGeometry:
    grounds = [Polygon(item.path).buffer(PARK_CLEAR_M) for item in areas if "landuse" not in item.tags or item.name]
    return unary_union([*grounds, canal.buffer(CANAL_CLEAR_M), railway.buffer(RAIL_CLEAR_M)])


def build() -> Town:
    """Draw the whole town; the same one each time."""
    dice = Dice(SEED)
    lattice = crossings(dice)
    boundary = [bend(p) for p in blob(BOUNDARY_CENTRE, BOUNDARY_HALF, dice, squareness=3.1, wobble=0.022, corners=60)]
    edge = Polygon(boundary)
    greens, grounds, water = _greens(dice), _grounds(), _water()
    canal, railway = LineString(water[0].path), LineString(bent(smooth(RAILWAY, 2), 200))
    keep_out = _clear_of([*greens, *grounds], canal, railway)
    mains = [Street(road.name, road.highway, road.quarter, tuple(bent(list(road.path)))) for road in main_roads(lattice)]
    streets = mains + minor_streets(lattice, keep_out, edge.buffer(-25), dice)
    alleys = _alleys(streets)
    walks = [(park, path) for park in greens if park.tags.get("leisure") for path in _park_paths(park, streets)]
    towpath = list(canal.parallel_offset(CANAL_WIDTH_M / 2 + 5, "left").coords)
    ways = joined([list(street.path) for street in streets] + [path for _, path, _ in alleys] + [path for _, path in walks] + [towpath])
    streets = [Street(s.name, s.highway, s.quarter, tuple(path)) for s, path in zip(streets, ways, strict=False)]
    laid = [feature(path, name=name, **tags) for (name, _, tags), path in zip(alleys, ways[len(streets) :], strict=False)]
    crossed = [
        feature(path, highway="footway" if at % 3 else "path", **_path_light(park, at))
        for at, ((park, _), path) in enumerate(zip(walks, ways[len(streets) + len(alleys) :], strict=False))
    ]
    no_building = unary_union([Polygon(item.path) for item in [*greens, *grounds]] + [canal.buffer(12), railway.buffer(12)])
    buildings = _buildings(streets, [list(item.path) for item in laid], no_building, dice)
    features = [
        *_landuse(lattice, edge),
        *greens,
        *grounds,
        *water,
        feature(list(railway.coords), railway="rail"),
        *_roads(streets, dice),
        *laid,
        *crossed,
        feature(ways[-1], name="Canal Towpath", highway="cycleway", lit="no"),
        *buildings,
        *_points(laid, buildings),
    ]
    quarters = [
        Quarter(name, _outline(lattice, at).intersection(edge), residents, young, CENTRE_PULL if pattern == "centre" else 1.0)
        for at, (name, pattern, residents, young) in enumerate(QUARTERS)
    ]
    spaces: dict[str, BaseGeometry] = {item.name: Polygon(item.path, item.holes) for item in [*greens, *grounds] if item.name}
    spaces |= {item.name: LineString(item.path) for item in laid}
    return Town(boundary, streets, features, quarters, spaces)


def _path_light(park: Feature, at: int) -> dict[str, str]:
    light = park.tags.get("lit", "")
    return {"lit": light} if light == "no" or (light and at % 2) else {}


def _points(alleys: list[Feature], buildings: list[Feature]) -> list[Feature]:
    """Place the venues, bus stops, bollards, playgrounds and the town's own name."""
    venues = [feature([_indoors(bend(at), buildings)], name=name, **tags) for name, at, tags in VENUES]
    stops = [feature([bend(at)], name=name, highway="bus_stop") for name, at in BUS_STOPS]
    bollards = [feature([item.path[len(item.path) // 2]], barrier="bollard") for item in alleys[::2]]
    play = [
        feature(block(bend(at), 26, 20), leisure="playground", **({"name": name} if name else {}))
        for name, at in (("Jubilee Play Area", (1440, 1240)), ("", (3020, 3440)), ("", (5160, 2620)))
    ]
    return [*venues, *stops, *bollards, *play, feature([bend(CENTRE)], name="Marlhaven", place="town")]


def _indoors(spot: Point, buildings: list[Feature]) -> Point:
    """Move a venue into the nearest building, if one is near."""
    nearest = min((Polygon(item.path) for item in buildings), key=Dot(spot).distance)
    if nearest.distance(Dot(spot)) > 40:
        return spot
    return nearest.centroid.x, nearest.centroid.y
