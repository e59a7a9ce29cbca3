"""What happened in Marlhaven, before anyone wrote it down: the planted places, the decoy, the false repeat and everyday harm.

Times are the local clock's. A child here is a number; the partners give their own references (see partners.py).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from shapely import LineString, Polygon, prepare, unary_union
from shapely import Point as Dot
from shapely.geometry.base import BaseGeometry

from sample_data.plane import Dice, Point
from sample_data.town import CIVIC_PIN_PLAN, FRYERS, Town
from sample_data.town_lists import PLANTED, civic_pin
from sample_data.town_plan import bend

FIRST, LAST = date(2024, 10, 1), date(2026, 9, 30)
INTERVENTION, EMERGES = date(2025, 12, 1), date(2026, 5, 1)
POLICE, CARE, HOSPITAL, SCHOOL = "police", "childrens_services", "emergency_department", "schools"
COUNCIL = "council"  # the rural sample's other partner
ROWS = {POLICE: 1400, CARE: 520, HOSPITAL: 330, SCHOOL: 330}
CHILDREN = 1500
LATITUDE_DEG, LONGITUDE_DEG = 54.25, 1.1
KINDS = {
    "robbery": 15,
    "assault": 24,
    "knife": 8,
    "sexual exploitation": 9,
    "criminal exploitation": 13,
    "drugs": 7,
    "harassment": 10,
    "missing": 9,
    "peer": 9,
    "trafficking": 2,
    "other": 4,
}


@dataclass(frozen=True)
class Child:
    """A child or young adult: only what a partner's row needs."""

    number: int
    age_at_start: float
    sex: str

    def age(self, on: date) -> int:
        """Give the age in whole years."""
        return int(self.age_at_start + (on - FIRST).days / 365.25)


@dataclass(frozen=True)
class Harm:
    """One thing that happened to one child, and who was told."""

    kind: str
    start: datetime
    end: datetime
    at: Point
    place: str
    child: Child
    tellers: tuple[str, ...]
    plant: str = ""
    pinned: bool = False


def darkness(day: date) -> float:
    """Give the hour of the local clock, about an hour after sunset at the town, when the last light has gone."""
    turn = 2 * math.pi * (day.timetuple().tm_yday - 81) / 365.25
    tilt = math.radians(23.44) * math.sin(turn)
    half = math.degrees(math.acos(-math.tan(math.radians(LATITUDE_DEG)) * math.tan(tilt))) / 15
    wander = (9.87 * math.sin(2 * turn) - 7.53 * math.cos(turn) - 1.5 * math.sin(turn)) / 60
    return 12 - LONGITUDE_DEG / 15 - wander + half + 1.15 + (1 if _summer_time(day) else 0)


def _summer_time(day: date) -> bool:
    last_sundays = [date(day.year, month, 31) - timedelta(days=(date(day.year, month, 31).weekday() + 1) % 7) for month in (3, 10)]
    return last_sundays[0] <= day < last_sundays[1]


def day_between(dice: Dice, first: date = FIRST, last: date = LAST) -> date:
    """Draw a day, Fridays and Saturdays more often."""
    while True:
        day = first + timedelta(days=dice.whole(0, (last - first).days))
        if dice.chance(1.0 if day.weekday() in {4, 5} else 0.72):
            return day


def on_the_clock(moment: datetime) -> datetime:
    """Return a local time as a clock would show it: the hour that summer time begins with is not there."""
    gone = moment.hour == 1 and _summer_time(moment.date()) and not _summer_time(moment.date() - timedelta(days=1))
    return moment + timedelta(hours=1) if gone else moment


def _clock(day: date, hour: float) -> datetime:
    minutes = int(hour * 12) * 5
    return on_the_clock(datetime(day.year, day.month, day.day) + timedelta(minutes=minutes))  # noqa: DTZ001  the files carry the local clock, without a zone


def after_dark(day: date, dice: Dice) -> float:
    earliest = darkness(day)
    return dice.between(earliest, max(earliest + 0.6, min(23.7, earliest + 5)))


def evening(_: date, dice: Dice) -> float:
    return dice.between(17, 22.5)


def _late(_: date, dice: Dice) -> float:
    return dice.between(18.5, 23.9)


def any_hour(day: date, dice: Dice) -> float:
    """Draw an hour: after school and evenings most."""
    after_school = (15.2, 17.5) if day.weekday() < 5 else (12.0, 18.0)
    low, high = dice.weighed({after_school: 38, (17.5, 21.0): 34, (21.0, 23.9): 16, (8.0, 15.2): 12})
    return dice.between(low, high)


@dataclass(frozen=True)
class Plant:
    """A planted place: how many rows from each partner, over which days, at what hours, to how many children."""

    identifier: str
    name: str
    told: dict[str, int]
    children: int
    hour: Callable[[date, Dice], float]
    first: date = FIRST
    last: date = LAST
    kinds: tuple[str, ...] = ("robbery", "assault", "criminal exploitation", "drugs", "peer", "knife")
    expected: str = "repeat harm"
    spill: int = 40


PLANTS = (
    Plant(
        "lockside",
        "Lockside Park",
        {POLICE: 50, CARE: 27, HOSPITAL: 18, SCHOOL: 15},
        70,
        after_dark,
        kinds=("sexual exploitation", "robbery", "assault", "drugs", "criminal exploitation"),
        expected="repeat harm, after dark, persistent",
        spill=80,
    ),
    Plant(
        "fryers", FRYERS, {POLICE: 46, CARE: 22, HOSPITAL: 18, SCHOOL: 14}, 62, _late, expected="repeat harm, evenings and late", spill=60
    ),
    Plant(
        "bus-station",
        "Marlhaven Bus Station",
        {POLICE: 54, CARE: 26, HOSPITAL: 14, SCHOOL: 26},
        74,
        evening,
        kinds=("robbery", "harassment", "assault", "missing", "sexual exploitation"),
        expected="repeat harm, evenings",
    ),
    Plant(
        "dyers-yard",
        "Dyer's Yard Car Park",
        {POLICE: 46, CARE: 20, HOSPITAL: 18, SCHOOL: 16},
        60,
        _late,
        last=INTERVENTION - timedelta(days=1),
        expected="repeat harm before the intervention, none after",
        spill=20,
    ),
    Plant(
        "skate-park",
        "Saltings Skate Park",
        {POLICE: 15, CARE: 8, HOSPITAL: 5, SCHOOL: 7},
        26,
        any_hour,
        first=EMERGES,
        kinds=("robbery", "assault", "peer", "criminal exploitation"),
        expected="emerging",
        spill=0,
    ),
)
SECOND_TELLING = 0.12  # of the rows of partners other than the police: the same event, told again
SPILL_REACH_M = 320  # about one ring of cells round the space
DECOY_CHILDREN, FALSE_REPEAT_CHILD, OTHERS = slice(500, 560), 600, slice(601, CHILDREN)
QUIET = ("Saltings Skate Park", "Teal Green")  # nothing else may happen near these
CLEAR_OF_PLANTS_M, CLEAR_OF_QUIET_M, CLEAR_OF_PIN_M = 25, 150, 60


def children(dice: Dice, count: int = CHILDREN) -> list[Child]:
    """Draw the area's children who will be harmed, mostly 13 to 16, a few young adults."""
    ages = {(8, 10): 2, (10, 12): 12, (12, 14): 30, (14, 16): 34, (16, 17.5): 15, (18, 22.9): 7}
    return [Child(at, dice.between(*dice.weighed(ages)), dice.weighed({"M": 56, "F": 43, "U": 1})) for at in range(count)]


def spot(town: Town, name: str, dice: Dice) -> Point:
    """Draw a point within a space; along an alley, a step off its middle."""
    space = town.spaces[name]
    if isinstance(space, LineString):
        at = space.interpolate(dice.between(0.15, 0.85), normalized=True)
        return at.x + dice.between(-1.5, 1.5), at.y + dice.between(-1.5, 1.5)
    left, low, right, high = space.bounds
    while True:
        point = dice.between(left, right), dice.between(low, high)
        if space.buffer(-6).contains(Dot(point)):
            return point


def _window(start: datetime, dice: Dice) -> datetime:
    """Give the end of the window in which it happened: mostly a moment, sometimes hours."""
    minutes = dice.weighed({0: 45, 10: 20, 30: 18, 60: 10, 180: 7})
    return on_the_clock(start + timedelta(minutes=minutes))


def planted(town: Town, plants: tuple[Plant, ...], everyone: list[Child], dice: Dice) -> list[Harm]:
    """Let harm repeat at the planted places, each to children of its own; some events are told by a second partner too."""
    harms, taken = [], 0
    for plant in plants:
        circle, taken = everyone[taken : taken + plant.children], taken + plant.children
        firsts: list[Harm] = []
        for teller, rows in plant.told.items():
            for _ in range(rows):
                untold = [harm for harm in firsts if teller not in harm.tellers and _fits(teller, harm.child, harm.start.date())]
                if teller != POLICE and untold and dice.chance(SECOND_TELLING):
                    harm = dice.pick(untold)
                    firsts[firsts.index(harm)] = replace(harm, tellers=(*harm.tellers, teller))
                    continue
                day = day_between(dice, plant.first, plant.last)
                child = dice.pick([one for one in circle if _fits(teller, one, day)])
                start = _clock(day, plant.hour(day, dice))
                firsts.append(
                    Harm(
                        dice.pick(plant.kinds),
                        start,
                        _window(start, dice),
                        spot(town, plant.name, dice),
                        plant.name,
                        child,
                        (teller,),
                        plant.identifier,
                    )
                )
        harms += dice.shuffled(firsts)
    return harms


def nearby(town: Town, pool: list[Child], dice: Dice) -> list[Harm]:
    """Let some harm spill into the streets round the planted places, as it does; it is not counted as theirs."""
    harms, clear = [], elsewhere(town)
    for plant in PLANTS:
        ring = town.spaces[plant.name].buffer(SPILL_REACH_M).intersection(clear)
        streets = {at: street.line.intersection(ring).length for at, street in enumerate(town.streets)}
        for _ in range(plant.spill):
            street = town.streets[dice.weighed(streets)]
            path = street.line.intersection(ring)
            at = path.interpolate(dice.between(0, path.length)) if path.geom_type == "LineString" else path.representative_point()
            day = day_between(dice, plant.first, plant.last)
            start = _clock(day, plant.hour(day, dice))
            child = dice.pick([one for one in pool if _fits(CARE, one, day)])
            harms.append(
                Harm(
                    dice.pick(plant.kinds),
                    start,
                    _window(start, dice),
                    (at.x, at.y),
                    street.name,
                    child,
                    (dice.pick([POLICE, POLICE, CARE]),),
                )
            )
    return harms


def _fits(teller: str, child: Child, on: date) -> bool:
    """Say whether a partner would see this child: schools only pupils, children's services only children."""
    return child.age(on) < {SCHOOL: 18, CARE: 18, COUNCIL: 18}.get(teller, 99)


def decoy(town: Town, everyone: list[Child], dice: Dice) -> list[Harm]:
    """Let harm all over town be recorded at one pin, because the police operator did not know the street."""
    harms = []
    for child in everyone[DECOY_CHILDREN]:
        day = day_between(dice)
        start = _clock(day, any_hour(day, dice))
        street = dice.pick(town.streets).name if dice.chance(0.8) else ""
        harms.append(Harm(dice.weighed(KINDS), start, _window(start, dice), civic_pin(), street, child, (POLICE,), "decoy", pinned=True))
    return harms


def false_repeat(town: Town, everyone: list[Child], dice: Dice) -> list[Harm]:
    """Let one child be harmed twice at Teal Green, each time told by the police and by children's services."""
    child = Child(everyone[FALSE_REPEAT_CHILD].number, 14.2, "F")
    days = (date(2025, 3, 14), date(2025, 9, 5))
    return [
        Harm(
            "sexual exploitation",
            _clock(day, 19.5),
            _clock(day, 20),
            spot(town, "Teal Green", dice),
            "Teal Green",
            child,
            (POLICE, CARE),
            "teal-green",
        )
        for day in days
    ]


def everyday(town: Town, pool: list[Child], rows: dict[str, int], allowed: BaseGeometry, dice: Dice) -> list[Harm]:
    """Let the other harm follow where young people live and how long the streets are, a little more in the centre."""
    pull = {at: quarter.aged_10_25 * quarter.pull for at, quarter in enumerate(town.quarters)}
    by_quarter = {at: {k: road.line.length for k, road in enumerate(town.streets) if road.quarter == at} for at in pull}
    pull = {at: weight for at, weight in pull.items() if by_quarter[at]}
    harms: list[Harm] = []
    for teller, count in rows.items():
        wanted = len(harms) + count
        while len(harms) < wanted:
            roads = by_quarter[dice.weighed(pull)]
            street = town.streets[dice.weighed(roads)]
            at = street.line.interpolate(dice.between(0, street.line.length))
            spot = (at.x + dice.between(-5, 5), at.y + dice.between(-5, 5))
            if not allowed.contains(Dot(spot)):
                continue
            day = day_between(dice)
            start = _clock(day, any_hour(day, dice))
            child = dice.pick([one for one in pool if _fits(teller, one, day)])
            harms.append(Harm(dice.weighed(KINDS), start, _window(start, dice), spot, street.name, child, (teller,)))
    return harms


def elsewhere(town: Town) -> BaseGeometry:
    """Give where everyday harm may fall: the borough, clear of what is planted, so that the truth stays true."""
    near = [town.spaces[name].buffer(CLEAR_OF_QUIET_M if name in QUIET else CLEAR_OF_PLANTS_M) for name in PLANTED]
    pin = Dot(bend(CIVIC_PIN_PLAN)).buffer(CLEAR_OF_PIN_M)
    allowed = Polygon(town.boundary).difference(unary_union([*near, pin]))
    prepare(allowed)
    return allowed
