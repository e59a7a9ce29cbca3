"""The drawing board: metres on the British National Grid, their degrees, smooth curves, and dice that fall the same everywhere.

Degrees appear only in `degrees`; everything else is EPSG:27700 metres, or metres from a sample's own corner.
"""

import itertools
import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from pyproj import Transformer
from shapely import Polygon

T = TypeVar("T")
Point = tuple[float, float]
Path = list[Point]

# Spelled out, because "EPSG:27700 to 4326" picks another operation on a machine that has the Ordnance Survey's grid file.
GRID_TO_DEGREES = (
    "+proj=pipeline +step +inv +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy "
    "+step +proj=push +v_3 +step +proj=cart +ellps=airy "
    "+step +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489 +convention=position_vector "
    "+step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)
_to_degrees = Transformer.from_pipeline(GRID_TO_DEGREES)


def degrees(point: Point, places: int = 6) -> Point:
    """Give longitude and latitude of an easting and northing; six decimals are about 10 cm."""
    longitude, latitude = _to_degrees.transform(*point)
    return round(longitude, places), round(latitude, places)


class Dice:
    """Chance that falls the same on every machine: built on PCG64's doubles only, whose stream NumPy does not change."""

    def __init__(self, seed: int) -> None:
        self._stream = np.random.Generator(np.random.PCG64(seed))

    def between(self, low: float, high: float) -> float:
        """Draw a number from low up to high, evenly."""
        return low + (high - low) * float(self._stream.random())

    def chance(self, share: float) -> bool:
        """Say yes in this share of throws."""
        return self.between(0, 1) < share

    def whole(self, low: int, high: int) -> int:
        """Draw a whole number from low to high, both included."""
        return int(self.between(low, high + 1))

    def pick(self, items: Sequence[T]) -> T:
        """Choose one, all alike."""
        return items[self.whole(0, len(items) - 1)]

    def weighed(self, weights: dict[T, float]) -> T:
        """Choose one key, each by its weight."""
        mark = self.between(0, sum(weights.values()))
        for item, weight in weights.items():
            mark -= weight
            if mark < 0:
                return item
        return item

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Give the items in another order."""
        return [items[at] for _, at in sorted((self.between(0, 1), at) for at in range(len(items)))]


def smooth(corners: Path, rounds: int = 2) -> Path:
    """Round a path's corners by cutting them (Chaikin), the ends stay."""
    for _ in range(rounds):
        cut = [corners[0]]
        for (x0, y0), (x1, y1) in itertools.pairwise(corners):
            cut += [(0.75 * x0 + 0.25 * x1, 0.75 * y0 + 0.25 * y1), (0.25 * x0 + 0.75 * x1, 0.25 * y0 + 0.75 * y1)]
        corners = [*cut, corners[-1]]
    return corners


def blob(centre: Point, half: Point, dice: Dice, *, squareness: float = 2.6, wobble: float = 0.06, corners: int = 18) -> Path:
    """Draw a closed organic outline: a superellipse with a few gentle waves."""
    waves = [(k, dice.between(-wobble, wobble), dice.between(0, 2 * math.pi)) for k in (2, 3, 5)]
    outline = []
    for step in range(corners):
        turn = 2 * math.pi * step / corners
        c, s = math.cos(turn), math.sin(turn)
        reach = (abs(c) ** squareness + abs(s) ** squareness) ** (-1 / squareness)
        reach *= 1 + sum(size * math.sin(k * turn + phase) for k, size, phase in waves)
        outline.append((centre[0] + half[0] * reach * c, centre[1] + half[1] * reach * s))
    return [*outline, outline[0]]


def block(centre: Point, width: float, depth: float, turn: float = 0.0) -> Path:
    """Draw a closed rectangle, turned by radians about its centre."""
    c, s = math.cos(turn), math.sin(turn)
    square = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    return [(centre[0] + (u * width * c - v * depth * s) / 2, centre[1] + (u * width * s + v * depth * c) / 2) for u, v in square]


def inside(outline: Path, dice: Dice) -> Point:
    """Draw a point evenly from within an outline."""
    area = Polygon(outline)
    left, bottom, right, top = area.bounds
    while True:
        point = dice.between(left, right), dice.between(bottom, top)
        if area.contains(Polygon(block(point, 1, 1))):
            return point
