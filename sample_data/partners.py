"""What each of Marlhaven's partners wrote down: their own columns, codes, dates, references and gaps.

Each table is a list of (harm, row), oldest first and numbered; a row without a harm is one whose place is unusable.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sample_data.harm import CARE, COUNCIL, HOSPITAL, LAST, POLICE, SCHOOL, Child, Harm
from sample_data.plane import Dice, Point, degrees
from sample_data.town import FRYERS, Town
from sample_data.town_words import SCHOOLS

Cell = str | int | float | date | datetime
Row = list[Cell]
HEADERS: dict[str, str] = {
    POLICE: "Crime Number,Recorded Date,Committed From,Committed To,Offence,ASB/Crime,Easting,Northing,Location,"
    "Victim URN,Victim Age,Victim Sex,Party Role,Police Generated",
    CARE: "Referral ID,Date of referral,Child ID,Age,Gender,Concern,When it happened,Where it happened,Postcode,"
    "Place role,Risk level,Case closed",
    HOSPITAL: "Attendance,Arrival,Assault time,Patient pseudonym,Age band,Sex,Mechanism,Assault location,Location postcode,Location type",
    SCHOOL: "Ref,School,Date,Time,Pupil ref,Year group,What happened,Where,Latitude,Longitude",
}
OFFENCES: dict[str, tuple[str, ...]] = {
    "robbery": ("Robbery - personal", "Theft from person"),
    "assault": ("Assault - ABH", "Assault - common", "Wounding", "ASB - personal"),
    "knife": ("Possession of knife", "Threats with weapon"),
    "sexual exploitation": ("CSE - grooming", "Sexual assault"),
    "criminal exploitation": ("CCE - county lines", "CCE - county lines", "Threats with weapon"),
    "drugs": ("Drugs - intent to supply",),
    "harassment": ("Harassment", "ASB - nuisance"),
    "missing": ("Missing person",),
    "peer": ("Assault - common", "ASB - personal"),
    "trafficking": ("Modern slavery",),
    "other": ("ASB - nuisance", "Other"),
}
CONCERNS: dict[str, tuple[str, ...]] = {
    "robbery": ("Robbed",),
    "assault": ("Serious youth violence",),
    "knife": ("Carrying a weapon", "Serious youth violence"),
    "sexual exploitation": ("Child sexual exploitation",),
    "criminal exploitation": ("Child criminal exploitation (county lines)", "Debt bondage", "Cuckooing"),
    "drugs": ("Drug-related exploitation",),
    "harassment": ("Harassment",),
    "missing": ("Missing from home", "Missing from care"),
    "peer": ("Harm by other children",),
    "trafficking": ("Trafficking / modern slavery",),
    "other": ("Other",),
}
MECHANISMS: dict[str, tuple[str, ...]] = {
    "knife": ("Knife / sharp object",),
    "robbery": ("Fist", "Knife / sharp object", "Pushed"),
    "sexual exploitation": ("Sexual assault", "Unknown"),
}
ANY_MECHANISM = ("Fist", "Fist", "Foot", "Blunt object", "Bottle or glass", "Pushed", "Unknown")
HAPPENED: dict[str, tuple[str, ...]] = {
    "robbery": ("Robbed",),
    "assault": ("Fight", "Attacked"),
    "knife": ("Weapon seen",),
    "sexual exploitation": ("Approached by adult", "Sexual comments"),
    "criminal exploitation": ("Asked to carry drugs", "Gang pressure"),
    "drugs": ("Offered drugs",),
    "harassment": ("Followed", "Threatened"),
    "missing": ("Left site / missing",),
    "peer": ("Bullied", "Fight"),
    "trafficking": ("Approached by adult",),
    "other": ("Other",),
}
SPOKEN: dict[str, tuple[str, ...]] = {
    "Lockside Park": ("Lockside Park", "the park by the canal", "Lockside Pk", "park next to the lock"),
    FRYERS: (FRYERS, "alley behind Golden Fry", "the cut by the chip shop", "Fryers Passage"),
    "Marlhaven Bus Station": ("Marlhaven Bus Station", "outside the bus station", "bus station", "Bus Stn, stand C"),
    "Dyer's Yard Car Park": ("Dyer's Yard Car Park", "Dyers Yard multi-storey", "stairwell, Dyer's Yard"),
    "Saltings Skate Park": ("Saltings Skate Park", "skate park at the Saltings", "Saltings skatepark"),
    "Teal Green": ("Teal Green", "the green on Teal Lane"),
}
LOCATION_TYPES = {
    "Lockside Park": "Park or open space",
    "Saltings Skate Park": "Park or open space",
    "Marlhaven Bus Station": "Public transport",
    "Dyer's Yard Car Park": "Car park",
    FRYERS: "Street",
}
Table = list[tuple[Harm, Row]]
FAR_AWAY: Point = (9_000, -7_000)  # metres from where it happened: out of the borough


@dataclass(frozen=True)
class References:
    """Give a child the same invented code within one agency and an unrelated one in the next."""

    order: dict[str, dict[int, int]]

    @classmethod
    def draw(cls, everyone: list[Child], dice: Dice) -> "References":
        """Shuffle the children anew for each agency."""
        agencies = (POLICE, CARE, HOSPITAL, SCHOOL, COUNCIL)
        return cls({agency: {child.number: at for at, child in enumerate(dice.shuffled(everyone))} for agency in agencies})

    def of(self, agency: str, child: Child) -> str:
        """Give this agency's code for the child."""
        at = self.order[agency][child.number]
        return {
            POLICE: f"V{2000 + at * 3:06d}",
            CARE: f"LCS{10000 + at * 7}",
            HOSPITAL: f"P-{0x10000 + at * 97:05X}",
            SCHOOL: f"UPN-{4000 + at * 5}",
            COUNCIL: f"PL{3000 + at * 11}",
        }[agency]


@dataclass(frozen=True)
class Clerk:
    """Whoever writes a partner's rows: the letters their numbers start with, their references, the postcodes they look up, and chance."""

    force: str
    references: References
    postcode: Callable[[Harm], str]
    dice: Dice

    def spoken(self, harm: Harm) -> str:
        """Say the place the way people do."""
        if harm.place in SPOKEN:
            return self.dice.pick(SPOKEN[harm.place])
        return self.dice.weighed({harm.place: 5, f"near {harm.place}": 2, f"shops, {harm.place}": 1, f"bus stop {harm.place}": 1})

    def child(self, agency: str, harm: Harm, share_known: float) -> str:
        """Give the child's reference where the partner recorded one; always where a planted count rests on it."""
        known = harm.plant in {"teal-green", "decoy"} or self.dice.chance(share_known)
        return self.references.of(agency, harm.child) if known else ""


def postcode_of(town: Town, listed: list[tuple[str, int, int, int]]) -> Callable[[Harm], str]:
    """Give a function that looks up a harm's postcode: its space's own where it has one, else the nearest."""

    def nearest(spot: Point) -> str:
        return min(listed, key=lambda row: (row[2] - spot[0]) ** 2 + (row[3] - spot[1]) ** 2)[0]

    own = {name: nearest((space.centroid.x, space.centroid.y)) for name, space in town.spaces.items()}
    return lambda harm: own.get(harm.place) or nearest(harm.at)


def told_to(harms: list[Harm], agency: str) -> list[Harm]:
    return sorted((harm for harm in harms if agency in harm.tellers), key=lambda harm: (harm.start, harm.child.number))


def _stamp(moment: datetime) -> str:
    return moment.strftime("%d/%m/%Y %H:%M")


def police(harms: list[Harm], clerk: Clerk) -> Table:
    """Write the police's rows: 10 m coordinates, some missing; a few nuisance calls without a number, each logged twice."""
    table = [(harm, _police_row(harm, clerk)) for harm in told_to(harms, POLICE)]
    table.sort(key=lambda entry: datetime.strptime(str(entry[1][1]), "%d/%m/%Y %H:%M"))  # noqa: DTZ007  the local clock
    numbered: Table = []
    calls = 0
    for at, (harm, row) in enumerate(table):
        if row[5] == "ASB" and not harm.plant and calls < 9 and at % 20 == 0:
            calls += 1
            numbered += [(harm, ["", *row[1:]]), (harm, ["", *row[1:]])]
        else:
            numbered.append((harm, [f"{clerk.force}{str(row[1])[8:10]}{at + 1:05d}", *row[1:]]))
    return numbered


def _police_row(harm: Harm, clerk: Clerk) -> Row:
    dice = clerk.dice
    offence = dice.pick(OFFENCES[harm.kind])
    sort = "ASB" if offence.startswith("ASB") else "Non-crime" if offence == "Missing person" else "Crime"
    east, north = (round(harm.at[0], -1), round(harm.at[1], -1))
    where = harm.place if harm.pinned or dice.chance(0.8) else ""
    placed = harm.pinned or dice.chance(0.9)
    if not placed and (harm.plant or dice.chance(0.75)):
        where = harm.place
    elif not placed:
        where = dice.pick(["", "No location", "Unknown", "Online"])
    elif not harm.plant and dice.chance(0.007):
        east, north = east + FAR_AWAY[0], north + FAR_AWAY[1]
    late = timedelta(minutes=dice.whole(2, 90) * 5) if dice.chance(0.8) else timedelta(days=dice.whole(1, 12))
    role = "Victim" if harm.plant else dice.weighed({"Victim": 94, "Suspect": 3, "Witness": 3})
    own = "Y" if not harm.plant and offence in {"Possession of knife", "Drugs - intent to supply"} and dice.chance(0.35) else "N"
    end = _stamp(harm.end) if harm.end > harm.start else ""
    age: Cell = harm.child.age(harm.start.date()) if dice.chance(0.95) else ""
    return [
        "",
        _stamp(harm.end + late),
        _stamp(harm.start),
        end,
        offence,
        sort,
        int(east) if placed else "",
        int(north) if placed else "",
        where,
        clerk.child(POLICE, harm, 0.9),
        age,
        harm.child.sex,
        role,
        own,
    ]


def childrens_services(harms: list[Harm], clerk: Clerk) -> Table:
    """Write the referrals: real dates and written ones, places in words, roles a place can have, cases that close."""
    table = [(harm, _referral(harm, clerk)) for harm in told_to(harms, CARE)]
    table.sort(key=lambda entry: entry[1][1])
    return [(harm, [f"R{50001 + at}", _written(row[1], clerk.dice, 0.03), *row[2:]]) for at, (harm, row) in enumerate(table)]


def _written(day: Cell, dice: Dice, share: float) -> Cell:
    """Write some dates as words, as people do."""
    if not isinstance(day, date) or not dice.chance(share):
        return day
    return dice.pick([f"about {day.day} {day:%B %Y}", f"{day:%d.%m.%Y}"])


def _referral(harm: Harm, clerk: Clerk) -> Row:
    dice = clerk.dice
    referred = harm.start.date() + timedelta(days=dice.whole(0, 9))
    closed = referred + timedelta(days=dice.whole(45, 260))
    when: Cell = harm.start if dice.chance(0.55) else datetime.combine(harm.start.date(), datetime.min.time())
    when = (
        dice.weighed({when: 88, _written(harm.start.date(), dice, 1): 10, "not known": 2}) if not harm.plant else _written(when, dice, 0.05)
    )
    where, code = clerk.spoken(harm), clerk.postcode(harm) if dice.chance(0.82 if harm.plant else 0.86) else ""
    if code and dice.chance(0.12):
        where, code = f"{where} {code}", ""
    if not harm.plant and dice.chance(0.04):
        where, code = dice.pick(["", "No location", "unknown", "online", "Snapchat"]), ""
    role = (
        "missing from"
        if harm.kind == "missing" and dice.chance(0.6)
        else dice.weighed({"harmed there": 68, "first approached": 14, "found at": 8, "moved through": 10})
    )
    if harm.plant:
        role = dice.weighed({"harmed there": 85, "first approached": 15})
    return [
        "",
        referred,
        clerk.child(CARE, harm, 0.97),
        harm.child.age(harm.start.date()),
        {"M": "Male", "F": "Female", "U": "Not recorded"}[harm.child.sex],
        dice.pick(CONCERNS[harm.kind]),
        when,
        where,
        code,
        role,
        dice.weighed({"Low": 20, "Medium": 45, "High": 28, "": 7}),
        closed if closed < LAST and dice.chance(0.7) else "",
    ]


def emergency_department(harms: list[Harm], clerk: Clerk) -> Table:
    """Write the attendances: age bands only, the place as the patient told it, a few at an address that is not kept."""
    table = [(harm, _attendance(harm, clerk)) for harm in told_to(harms, HOSPITAL)]
    table.sort(key=lambda entry: str(entry[1][1]))
    return [(harm, [f"ED{700001 + at}", *row[1:]]) for at, (harm, row) in enumerate(table)]


def _attendance(harm: Harm, clerk: Clerk) -> Row:
    dice = clerk.dice
    arrival = harm.end + timedelta(minutes=5 * dice.whole(4, 60))
    where, code = clerk.spoken(harm), clerk.postcode(harm) if dice.chance(0.78 if harm.plant else 0.84) else ""
    place = LOCATION_TYPES.get(harm.place, dice.weighed({"Street": 8, "Shop or takeaway": 1, "Pub or club": 1, "School": 1}))
    if not harm.plant and dice.chance(0.05):
        where, code, place = dice.weighed(
            {("", "", "Private home"): 3, ("Not recorded", "", "Unknown"): 3, ("No location", "", "Unknown"): 2}
        )
    elif not harm.plant and dice.chance(0.03):
        where, code, place = "Café Quayside", "", "Shop or takeaway"
    age = harm.child.age(harm.start.date())
    band = next(name for top, name in ((9, "0-9"), (13, "10-13"), (15, "14-15"), (17, "16-17"), (99, "18-24")) if age <= top)
    told = harm.start.isoformat(timespec="minutes") if dice.chance(0.86) else ""
    return [
        "",
        arrival.isoformat(timespec="minutes"),
        told,
        clerk.child(HOSPITAL, harm, 0.95),
        band,
        harm.child.sex,
        dice.pick(MECHANISMS.get(harm.kind, ANY_MECHANISM)),
        where,
        code,
        place,
    ]


def schools(harms: list[Harm], clerk: Clerk) -> Table:
    """Write the schools' rows: times in words, positions for about half, a few of those the wrong way round."""
    table = [(harm, _school_row(harm, clerk)) for harm in told_to(harms, SCHOOL)]
    return [(harm, [f"S{at + 1:04d}", *row[1:]]) for at, (harm, row) in enumerate(table)]


def _school_row(harm: Harm, clerk: Clerk) -> Row:
    dice = clerk.dice
    east, north = degrees(harm.at, 5)
    latitude, longitude = (f"{north:.5f}", f"{east:.5f}") if dice.chance(0.8) else ("", "")
    where = clerk.spoken(harm)
    if not harm.plant and dice.chance(0.05):
        where, latitude, longitude = dice.pick(["", "unknown", "online", "not said"]), "", ""
    elif not harm.plant and dice.chance(0.03):
        latitude, longitude = longitude, latitude
    day = harm.start
    return [
        "",
        SCHOOLS[harm.child.number % len(SCHOOLS)],
        f"{day.day} {day:%b %Y}",
        _told_time(day, dice),
        clerk.child(SCHOOL, harm, 0.92),
        f"Y{min(13, max(4, harm.child.age(day.date()) - 4))}",
        dice.pick(HAPPENED[harm.kind]),
        where,
        latitude,
        longitude,
    ]


def _told_time(moment: datetime, dice: Dice) -> str:
    """Tell the time by the clock or by the school day; now and then not at all."""
    words = next(
        name
        for until, name in ((9, "before school"), (12, "morning"), (14, "lunch"), (18, "after school"), (22, "evening"), (24, "night"))
        if moment.hour < until
    )
    return dice.weighed({f"{moment:%H:%M}": 50, words: 45, "": 5})


TABLES: dict[str, Callable[[list[Harm], Clerk], Table]] = {
    POLICE: police,
    CARE: childrens_services,
    HOSPITAL: emergency_department,
    SCHOOL: schools,
}
PLACE_FLAGS: dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    "Lockside Park": ("Lockside Park", "unsafe", ("no lights", "groups at night", "dealing"), ("night", "evening")),
    FRYERS: (FRYERS, "unsafe", ("dealing", "groups at night", "gangs"), ("evening", "night")),
    "Marlhaven Bus Station": ("Bus station", "unsafe", ("groups at night", "bullying", "weapons"), ("evening", "after school")),
    "Dyer's Yard Car Park": ("Dyer's Yard", "unsafe", ("dealing", "weapons", "gangs"), ("evening", "night")),
    "Saltings Skate Park": ("Saltings Skate Park", "mixed", ("friends", "bullying", "somewhere to sit"), ("after school", "weekend")),
    "Jubilee Park": ("Jubilee Park", "safe", ("good light", "somewhere to sit", "friends"), ("day", "weekend")),
    "Marl Park": ("Marl Park", "safe", ("friends", "somewhere to sit"), ("day", "weekend")),
    "Quarry Fields": ("Quarry Fields", "unsafe", ("no lights",), ("night", "evening")),
    "Market Walk": ("Market Walk", "mixed", ("friends", "bullying", "good light"), ("after school", "weekend")),
}
FLAG_ROWS = 250
FLAG_HEADER = "Logged at,Place,Latitude,Longitude,Says,Why,When,Who said it"
SAFE_VENUES = ("Marlhaven Library", "The Loft Youth Club", "Larkrise Youth Hub", "Harbour Foods")


def youth_flags(spots: Callable[[str], Point], streets: list[tuple[str, Point]], days: Callable[[], date], dice: Dice) -> list[Row]:
    """Write what young people and others said about places: mostly named ones, some streets; never who they are."""
    rows: list[tuple[datetime, Row]] = []
    for _ in range(FLAG_ROWS):
        share = dice.between(0, 1)
        if share < 0.62:
            key = dice.pick(list(PLACE_FLAGS))
            name, says, whys, whens = PLACE_FLAGS[key]
            says = says if dice.chance(0.85) else dice.pick(["safe", "unsafe", "mixed"])
            at = spots(key)
        elif share < 0.78:
            name, says, whys, whens = (
                dice.pick(SAFE_VENUES),
                "safe",
                ("trusted adult", "good light", "somewhere to sit"),
                ("after school", "evening", "day"),
            )
            at = spots(name)
        else:
            name, at = dice.pick(streets)
            says, whys, whens = (
                dice.weighed({"unsafe": 6, "safe": 2, "mixed": 2}),
                ("no lights", "groups at night", "bullying", "dealing"),
                ("evening", "night", "after school"),
            )
        why = dice.pick(whys) if says != "safe" else dice.pick([word for word in whys if word in GOOD] or ["friends"])
        logged = datetime.combine(days(), datetime.min.time()) + timedelta(minutes=dice.whole(8 * 12, 23 * 12) * 5)
        east, north = degrees(at, 5)
        who = dice.weighed({"young person": 70, "youth worker": 10, "parent or carer": 10, "resident": 6, "school staff": 4})
        placed = dice.chance(0.9)
        rows.append(
            (
                logged,
                [
                    f"{logged:%Y-%m-%d %H:%M}",
                    name,
                    f"{north:.5f}" if placed else "",
                    f"{east:.5f}" if placed else "",
                    says,
                    why,
                    dice.pick(whens),
                    who,
                ],
            )
        )
    return [row for _, row in sorted(rows, key=lambda entry: (entry[0], str(entry[1])))]


GOOD = ("trusted adult", "good light", "somewhere to sit", "friends")
