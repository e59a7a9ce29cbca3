"""Marlhaven's streets: a lattice of roads, a pattern of streets in each quarter, all bent by one smooth warp.

The plan is drawn in metres from the town's south-west corner, on straight lines; `bend` then makes it look grown rather than ruled.
"""

import math
from dataclasses import dataclass

from shapely import LineString, MultiLineString, Polygon, STRtree
from shapely import Point as Dot
from shapely.geometry.base import BaseGeometry

from sample_data.plane import Dice, Path, Point, smooth
from sample_data.town_words import EAST_ROADS, KINDS, NORTH_ROADS, QUARTERS, ROOTS

ORIGIN = (599_000.0, 485_750.0)  # about 1.1° E 54.25° N: open sea, 75 km from the nearest coast
COLUMNS = (-150.0, 950, 1950, 2750, 3600, 4750, 6150)
ROWS = (-150.0, 800, 1600, 2300, 3000, 3700, 4650)
SLACK_M = 70  # how far a crossing may lie from the ruled lattice
SHORTEST_STREET_M = 70
TOUCHING_M = 6  # an end this near another road is meant to meet it: curves are simplified by less
CANAL: Path = [
    (-300, 3170),
    (800, 3080),
    (1450, 2830),
    (2150, 2690),
    (2900, 2650),
    (3500, 2640),
    (4200, 2480),
    (4600, 2130),
    (5150, 1900),
    (6400, 1780),
]
RAILWAY: Path = [(-300, 1180), (1000, 1320), (2100, 1370), (3000, 1375), (3900, 1330), (5000, 1180), (6400, 960)]


@dataclass(frozen=True)
class Street:
    """A piece of road on the town's own grid (EPSG:27700)."""

    name: str
    highway: str
    quarter: int
    path: tuple[Point, ...]

    @property
    def line(self) -> LineString:
        """Give its centre line."""
        return LineString(self.path)


def bend(point: Point) -> Point:
    """Move a point of the plan to where it lies in the town: a gentle warp (under 15°), then the origin."""
    x, y = point
    east = 105 * math.sin(2 * math.pi * (y / 3100 + 0.15)) + 55 * math.sin(2 * math.pi * (x / 2300 + y / 4000))
    north = 110 * math.sin(2 * math.pi * (x / 3700 + 0.4)) + 45 * math.sin(2 * math.pi * (y / 1900 - x / 5000))
    return ORIGIN[0] + x + east, ORIGIN[1] + y + north


def bent(path: Path, step_m: float = 60) -> Path:
    """Bend a path, with a corner at least every step so that it curves; corners that do not show are left out."""
    line = LineString(path).segmentize(step_m)
    grown = LineString([bend(point) for point in line.coords]).simplify(1.5)
    return [(round(x, 1), round(y, 1)) for x, y in grown.coords]


def crossings(dice: Dice) -> list[list[Point]]:
    """Place the lattice's crossings, row by row."""
    return [[(x + dice.between(-SLACK_M, SLACK_M), y + dice.between(-SLACK_M, SLACK_M)) for x in COLUMNS] for y in ROWS]


def corners(lattice: list[list[Point]], quarter: int) -> tuple[Point, Point, Point, Point]:
    """Give a quarter's corners: south-west, south-east, north-east, north-west."""
    row, column = divmod(quarter, len(COLUMNS) - 1)
    return lattice[row][column], lattice[row][column + 1], lattice[row + 1][column + 1], lattice[row + 1][column]


def _within(quad: tuple[Point, Point, Point, Point], u: float, v: float) -> Point:
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
    return (
        ax * (1 - u) * (1 - v) + bx * u * (1 - v) + cx * u * v + dx * (1 - u) * v,
        ay * (1 - u) * (1 - v) + by * u * (1 - v) + cy * u * v + dy * (1 - u) * v,
    )


def main_roads(lattice: list[list[Point]]) -> list[Street]:
    """Give the roads that part the quarters, in the plan; `quarter` is the one north-east of each."""
    wide = len(COLUMNS) - 1
    roads = []
    for row, names in enumerate(EAST_ROADS, start=1):
        for column, name in enumerate(names):
            kind = "primary" if row == 3 else "secondary" if row in {2, 4} else "tertiary"
            kind = "pedestrian" if name == "High Street" else kind
            roads.append(Street(name, kind, row * wide + column, (lattice[row][column], lattice[row][column + 1])))
    for column, names in enumerate(NORTH_ROADS, start=1):
        for row, name in enumerate(names):
            kind = "primary" if column == 3 else "secondary" if column in {2, 5} else "tertiary"
            roads.append(Street(name, kind, row * wide + column, (lattice[row][column], lattice[row + 1][column])))
    return roads


def _ruled(dice: Dice, across: int, along: int) -> list[Path]:
    """Rule straight streets, some of which stop at a cross street."""
    cross = [(k + 1 + dice.between(-0.18, 0.18)) / (along + 1) for k in range(along)]
    lines: list[Path] = [[(0, v), (1, v)] for v in cross]
    for k in range(across):
        u = (k + 1 + dice.between(-0.12, 0.12)) / (across + 1)
        low = dice.pick(cross) if dice.chance(0.22) else 0.0
        high = 1.0 if low else dice.pick([1.0, 1.0, 1.0, cross[-1]])
        lines.append([(u, low), (u + dice.between(-0.02, 0.02), high)])
    return lines


def _curved(dice: Dice) -> list[Path]:
    """Draw a spine with crescents and dead ends off it."""
    bow = dice.between(-0.12, 0.12)
    spine = smooth([(0, 0.5), (0.3, 0.5 + bow), (0.7, 0.5 - bow), (1, 0.5)])
    lines: list[Path] = [spine]
    for side in (1, -1):
        a, b = dice.between(0.1, 0.2), dice.between(0.52, 0.62)
        reach = side * dice.between(0.26, 0.34)
        lines.append(smooth([(a, 0.5 + bow * 0.6), (a + 0.02, 0.5 + reach), (b - 0.02, 0.5 + reach), (b, 0.5 - bow * 0.5)]))
        lines.append([((a + b) / 2, 0.5 + reach * 0.92), ((a + b) / 2 + 0.02, 0.5 + side * 0.5)])
        u = dice.between(0.74, 0.82)
        lines.append(smooth([(u, 0.5 - bow * 0.4), (u + 0.03, 0.5 + side * 0.2), (u + 0.1, 0.5 + side * 0.33)]))
        lines.append([((a + b) / 2 - 0.02, 0.5 + bow * 0.3), ((a + b) / 2, 0.5 + side * 0.17)])
    return lines


def _looped(dice: Dice) -> list[Path]:
    """Draw an estate: a loop road, two ways in, short closes inward and outward."""
    loop = smooth([(0.22, 0.5), (0.22, 0.8), (0.5, 0.82), (0.78, 0.8), (0.78, 0.5), (0.78, 0.22), (0.5, 0.2), (0.22, 0.22), (0.22, 0.5)])
    lines: list[Path] = [loop[: len(loop) // 2 + 1], loop[len(loop) // 2 :], [(0, 0.5), (0.22, 0.5)], [(0.5, 0.2), (0.5, 0)]]
    lines += [[(u, 0.82), (u + dice.between(-0.03, 0.03), 0.6)] for u in (0.36, 0.5, 0.64)]
    lines += [
        [(0.3, 0.2), (0.3, 0.42), (0.42, 0.44)],
        [(0.66, 0.2), (0.66, 0.4)],
        [(0.78, 0.36), (0.92, 0.36)],
        [(0.78, 0.66), (0.93, 0.68)],
    ]
    return lines


def pattern_of(kind: str, dice: Dice) -> list[Path]:
    """Draw the streets of a quarter on a unit square."""
    match kind:
        case "terrace":
            return _ruled(dice, 5, 2)
        case "centre":
            return _ruled(dice, 4, 3)
        case "suburb":
            return _curved(dice)
        case "estate":
            return _looped(dice)
        case "industry":
            return [[(0, 0.42), (1, 0.55)], [(0.35, 0.48), (0.35, 0.08)], [(0.65, 0.52), (0.68, 0.95)]]
    return [smooth([(1, 0.5), (0.6, 0.42), (0.35, 0.6)])]


def _names(dice: Dice) -> dict[str, list[str]]:
    """Shuffle every root with every kind of street, so that no name is given twice."""
    return {
        pattern: dice.shuffled([f"{root} {kind}" for root in ROOTS for kind in dict.fromkeys(kinds)]) for pattern, kinds in KINDS.items()
    }


def minor_streets(lattice: list[list[Point]], keep_out: BaseGeometry, boundary: Polygon, dice: Dice) -> list[Street]:
    """Fill each quarter with streets in the town (bent), cut where they meet what they may not cross."""
    names, given = _names(dice), {name for names in (*EAST_ROADS, *NORTH_ROADS) for name in names}
    streets = []
    for quarter, (_, pattern, _, _) in enumerate(QUARTERS):
        quad = corners(lattice, quarter)
        for path in pattern_of(pattern, dice):
            line = LineString(bent([_within(quad, u, v) for u, v in path]))
            left = line.intersection(boundary).difference(keep_out)
            pieces = left.geoms if isinstance(left, MultiLineString) else [left]
            for piece in pieces:
                if piece.length < SHORTEST_STREET_M:
                    continue
                name = next(name for name in names[pattern] if name not in given)
                given.add(name)
                kind = "service" if pattern == "industry" and len(path) > 2 else "residential" if pattern != "industry" else "unclassified"
                streets.append(Street(name, kind, quarter, tuple((round(x, 1), round(y, 1)) for x, y in piece.coords)))
    return streets


def joined(paths: list[Path]) -> list[Path]:
    """Put a shared corner where paths cross or one ends on another, so that a walker could turn there."""
    lines = [LineString(path) for path in paths]
    tree = STRtree(lines)
    return [_with_junctions(at, lines, tree) for at in range(len(lines))]


def _ends(line: LineString) -> list[Dot]:
    return [Dot(line.coords[0]), Dot(line.coords[-1])]


def _junctions(line: LineString, other: LineString, meeting: BaseGeometry) -> list[Dot]:
    """Give where two paths share a corner: an end of the other that all but touches, else a plain crossing."""
    ends = [end for end in _ends(other) if line.distance(end) < TOUCHING_M]
    near = [*ends, *(end for end in _ends(line) if other.distance(end) < TOUCHING_M)]
    parts = [part for part in getattr(meeting, "geoms", [meeting]) if part.geom_type == "Point" and not part.is_empty]
    return ends + [part for part in parts if all(part.distance(end) > 2 * TOUCHING_M for end in near)]


def _with_junctions(at: int, lines: list[LineString], tree: STRtree) -> Path:
    line = lines[at]
    marks = {line.project(Dot(corner)): corner for corner in line.coords[:-1]} | {line.length: line.coords[-1]}
    for other in sorted(int(index) for index in tree.query(line.buffer(TOUCHING_M))):
        if other == at:
            continue
        meeting = lines[min(at, other)].intersection(lines[max(at, other)])  # in one order, so that both get the same point
        for spot in _junctions(line, lines[other], meeting):
            marks.setdefault(line.project(spot), (round(spot.x, 1), round(spot.y, 1)))
    path = [marks[mark] for mark in sorted(marks)]
    return [point for k, point in enumerate(path) if k == 0 or point != path[k - 1]]
