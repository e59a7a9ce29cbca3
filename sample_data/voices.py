"""What has become of Marlhaven's planted places since they were noticed: who raised them, what was said of them, and what was done.

Everything is invented. Each day lies before the last day of October 2026, on which the sample is read. EPSG:27700 metres in, degrees out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sample_data.plane import Dice, Point, degrees
from sample_data.town import FRYERS, Town

PARK, STATION, SKATE, CAR_PARK, GREEN = (
    "Lockside Park", "Marlhaven Bus Station", "Saltings Skate Park", "Dyer's Yard Car Park", "Teal Green",
)  # fmt: skip
LIBRARY, ONLINE = "Marlhaven Library", "Games with voice chat"
FLAG_HEADER = "made_on,session,place,view_of,polarity,reasons,time_of_day,feeling,seen_by,language,note,shown_note,why"
FLAG_ANSWER_HEADER = "place,said,did,said_cy,did_cy,answered_on"
AGENCY_CHECK_HEADER = "place,agency,first_day,last_day,asked_on,asked_why,answer,band,action_taken,answered_as,answered_on"

Record = dict[str, object]
FlagRow = list[object]


@dataclass(frozen=True)
class Told:
    """How one kind of people speak of one place: how many say each polarity, for which reasons, when, and in which sessions."""

    place: str
    counts: dict[str, int]
    reasons: dict[str, Sequence[str]]
    times: dict[str, float]
    sessions: Sequence[int]
    view_of: str = "with_worker"
    seen_by: dict[str, float] = field(default_factory=lambda: {"panel": 55, "map": 45})
    languages: dict[str, float] = field(default_factory=lambda: {"en": 1})


FEELS = {"unsafe": (1, 3), "mixed": (3, 5), "safe": (5, 7), "wish": (2, 4)}
"""On the scale of seven points, by what is said of the place."""

SESSIONS = {
    1: date(2026, 6, 24), 2: date(2026, 7, 15), 3: date(2026, 9, 9), 4: date(2026, 9, 30), 5: date(2026, 10, 14), 6: date(2026, 10, 21),
    7: date(2026, 10, 8),
}  # fmt: skip
"""When each session was; in the last, adults were asked."""

SAID = (
    Told(PARK, {"unsafe": 14, "mixed": 3, "safe": 1, "wish": 2},
         {"unsafe": ("unlit_park", "unlit_park", "dark", "groups_at_night", "hidden", "adults_asking", "no_way_out", "robbed"),
          "mixed": ("friends", "dark", "unlit_park", "somewhere_to_sit"), "safe": ("friends", "something_to_do"),
          "wish": ("good_light", "trusted_adult", "open_late")},
         {"evening": 50, "night": 40, "day": 10}, (1, 3, 4, 6), seen_by={"panel": 50, "map": 38, "worker": 12}),
    Told(FRYERS, {"unsafe": 8, "mixed": 3, "wish": 1},
         {"unsafe": ("unlit_alley", "dealing", "no_way_out", "hidden", "harassed", "fights"), "mixed": ("easy_to_reach", "unlit_alley"),
          "wish": ("good_light", "people_around")},
         {"evening": 45, "night": 50, "day": 5}, (1, 3, 5)),
    Told(STATION, {"unsafe": 4, "mixed": 5, "safe": 2},
         {"unsafe": ("harassed", "robbed", "fights", "moved_on"), "mixed": ("people_around", "moved_on", "good_light", "harassed"),
          "safe": ("good_light", "people_around", "warm_and_dry")},
         {"evening": 65, "day": 25, "night": 10}, (2, 4, 5)),
    Told(SKATE, {"safe": 2, "mixed": 4, "unsafe": 2},
         {"safe": ("friends", "something_to_do", "free"), "mixed": ("friends", "something_to_do", "adults_watching"),
          "unsafe": ("adults_watching", "adults_asking")},
         {"day": 40, "evening": 60}, (3, 5, 6)),
    Told(CAR_PARK, {"safe": 4, "mixed": 2},
         {"safe": ("good_light", "people_around", "trusted_adult"), "mixed": ("good_light", "empty")},
         {"evening": 70, "day": 30}, (2, 5)),
    Told(LIBRARY, {"safe": 2, "wish": 1}, {"safe": ("warm_and_dry", "welcome", "free"), "wish": ("open_late",)}, {"day": 80, "evening": 20},
         (4,)),
    Told(SKATE, {"unsafe": 4}, {"unsafe": ("groups_at_night", "run_down")}, {"evening": 1}, (7,), "resident"),
    Told(STATION, {"unsafe": 2, "mixed": 1}, {"unsafe": ("fights", "groups_at_night"), "mixed": ("people_around", "fights")},
         {"evening": 1}, (7,), "business"),
    Told(PARK, {"unsafe": 5, "wish": 1}, {"unsafe": ("dark", "unlit_park", "hidden"), "wish": ("good_light",)}, {"evening": 1, "night": 1},
         (7,), "parent"),
)  # fmt: skip
NOTES: tuple[FlagRow, ...] = (
    [SESSIONS[6], 6, PARK, "with_worker", "unsafe", "unlit_park,hidden", "evening", 2, "panel", "en",
     "The path by the lock is black after five. The group goes the long way round by the road.", "", ""],
    [SESSIONS[3], 3, FRYERS, "with_worker", "unsafe", "dealing,harassed", "evening", 1, "map", "en",
     "A man in a red jacket waits at the chip shop end most evenings and talks to whoever comes by.",
     "Somebody waits at the chip shop end most evenings and talks to whoever comes by.", "could be known"],
    [SESSIONS[5], 5, STATION, "with_worker", "mixed", "moved_on,people_around", "evening", 4, "panel", "en",
     "They are moved on from the bench while they wait for the last bus.",
     "They are moved on from the bench while they wait for the last bus.", ""],
)  # fmt: skip
"""Flags with a worker's note: one that nobody has read yet, one shown without what somebody could be known by, one as it was written."""


def flags(said: Sequence[Told], notes: Sequence[FlagRow], sessions: dict[int, date], dice: Dice) -> list[FlagRow]:
    """List what was said of places, oldest first."""
    rows: list[FlagRow] = [list(row) for row in notes]
    for told in said:
        for polarity, count in told.counts.items():
            rows += [_flag(told, polarity, sessions, dice) for _ in range(count)]
    return [[row[0].isoformat() if isinstance(row[0], date) else row[0], *row[1:]] for row in sorted(rows, key=lambda row: str(row[0]))]


def _flag(told: Told, polarity: str, sessions: dict[int, date], dice: Dice) -> FlagRow:
    number = dice.pick(told.sessions)
    pool = list(dict.fromkeys(dice.shuffled(told.reasons[polarity])))
    reasons = ",".join(sorted(pool[: dice.whole(1, 3)]))
    low, high = FEELS[polarity]
    feeling: object = dice.whole(low, high) if dice.chance(0.8) else ""
    when, seen_by, language = dice.weighed(told.times), dice.weighed(told.seen_by), dice.weighed(told.languages)
    return [sessions[number], number, told.place, told.view_of, polarity, reasons, when, feeling, seen_by, language, "", "", ""]


FLAG_ANSWERS: list[FlagRow] = [
    [CAR_PARK, "The stairs at Dyer's Yard were dark, and nobody was there in the evening.",
     "The stair doors are shut off, all floors are lit, and a kiosk is staffed until midnight. Come and tell us if it changes.", "", "",
     "2026-10-05"],
]  # fmt: skip

AGENCY_CHECKS: list[FlagRow] = [
    [STATION, "Children's services", "2026-07-01", "2026-09-30", "2026-10-05",
     "Harm in the evenings at the stands: we want to know whether somebody is at work with the young people who wait there.", "yes", "3-5",
     "Two are seen by a worker each week. For the others, a meeting is set for this month.", "Duty team manager", "2026-10-13"],
    [STATION, "Police", "2026-07-01", "2026-09-30", "2026-10-05",
     "Harm in the evenings at the stands: we want to know whether somebody is at work with the young people who wait there.", "", "", "",
     "", ""],
]  # fmt: skip

SPACES: list[Record] = [
    {"place": PARK,
     "raised": [["hotspot", "Repeat harm after dark, and more than in any other park.", "2026-04-13"],
                ["young people", "Asked where they would change one thing, most of the photo group named this park.", "2026-05-06"]],
     "known": {"owner": "Marlhaven Council, parks team", "owner_contact": "Parks manager", "law": "england",
               "good": "Friends meet here, the grass by the lock is free to use, and dog walkers are about until it gets dark.",
               "trusted": "Youth workers of The Loft, the lock keepers", "adult_of_concern": "yes"},
     "worker": ["Detached youth team",
     "The group asks to be told before anything in the park changes. Go by the lock, not by the north path."]},
    {"place": STATION,
     "raised": [["owner", "The bus company asks for help with the evenings at the stands.", "2026-09-28"]],
     "known": {"owner": "Marl Buses", "owner_contact": "Station duty manager", "law": "england",
               "good": "Light, toilets, people about until the last bus.", "trusted": "The staff of Station News"},
     "worker": ["Community safety team", "The bus company wants to help. Ask for the duty manager, after four."],
     "offered": {"on": "2026-10-19", "authority": "Outer Marl District Council", "law": "england",
                 "why": "About half of those who wait for the late buses live in your villages. We ask you to share the work with us."}},
    {"place": CAR_PARK,
     "raised": [["hotspot", "Repeat harm in the stairwells, in the evening.", "2025-09-29"]],
     "known": {"owner": "Yard Parking", "owner_contact": "Site manager", "law": "england",
               "good": "Dry, light, and somebody at the kiosk until midnight.", "trusted": "Whoever is at the kiosk",
               "adult_of_concern": "no"},
     "worker": ["Town centre wardens", "Look at the lights on level three each month. Ask at the kiosk how the evenings were."]},
    {"place": SKATE,
     "raised": [["young people", "The skaters say that adults have begun to stand and watch them, since May.", "2026-10-14"],
                ["hotspot", "New since May 2026.", "2026-10-19"]],
     "known": {"owner": "Marlhaven Council, parks team", "law": "england",
               "good": "Free, in use every day, and the older ones teach the younger.", "trusted": "The older skaters, the youth bus"},
     "worker": ["Detached youth team", "The skaters want to keep it theirs. Ask them first what would help."]},
    {"place": GREEN,
     "raised": [["resident", "Residents complain of ball games, and say that a child came to harm here.", "2026-06-08"]],
     "known": {"owner": "Marlhaven Council, parks team", "law": "england", "good": "Families know each other; ball games until dusk."},
     "status": ["closed", "Two agencies told of one child, who has help. Nothing else is recorded. Ball games are welcome here.",
                "2026-07-06"]},
    {"name": ONLINE, "kind": "online", "platform": "games",
     "raised": [["young people", "In three sessions groups spoke of adults who offer gifts in games and ask to talk alone.", "2026-10-21"]],
     "known": {"good": "Friends who live far apart play together.", "trusted": "Older brothers and sisters who play as well"},
     "worker": ["Online safety lead, schools", "A type of platform only. What somebody sends goes to children's services, not here."]},
]  # fmt: skip
"""The places, in the order in which they were raised; Fryer's Passage is not among them: a referral raises it."""

PLACE_REFERRALS: list[Record] = [
    {"place": FRYERS, "as": "youth_worker", "from_agency": "Detached youth team", "raised_on": "2026-04-20",
     "why": "Young people tell us that they run through the passage in the evening, or pay somebody to be left alone.",
     "wants": "Somebody to look at the light, and at who may stop there after the shops shut.",
     "read_on": "2026-04-23", "answered_on": "2026-05-06",
     "reply": "Thank you. The panel takes the passage on and starts an assessment. Please bring your group to the first walk.",
     "known": {"owner": "Marlhaven Council, highways", "owner_contact": "Highways inspector", "law": "england",
               "good": "The quick way from school to the shops; the takeaway lets people wait inside.",
               "trusted": "The staff of Golden Fry"},
     "worker": ["Community safety team", "Walk it between eight and ten in the evening. The takeaway shuts at eleven."]},
    {"place": "Marlhaven Civic Centre", "as": "community_safety_officer", "from_agency": "Town centre wardens",
     "raised_on": "2026-10-12",
     "why": "The police list has many incidents at the Civic Centre, but our wardens see little there.",
     "wants": "Please find out whether that many things happen here, or whether they are only written down here."},
]  # fmt: skip
"""One that was answered and raised a place, and one that nobody has read within its week."""

ASSESSMENTS: list[Record] = [
    {"place": CAR_PARK, "planned_on": "2025-10-06", "begin_by": "2025-10-20", "lead": "Town centre team",
     "why": "Repeat harm in the stairwells in the evening, told of by four agencies.",
     "steps": [
         {"act": "move", "to": "gathering"},
         {"act": "answer", "prompt": "good", "text": "It is dry, and on the way to everything.", "source": "voices"},
         {"act": "answer", "prompt": "when_here", "text": "From eight in the evening, when the attendant goes home.", "source": "partner"},
         {"act": "answer", "prompt": "light_and_sight", "text": "The stairs are dark on three of five floors.", "source": "observation"},
         {"act": "hear", "on": "2025-11-04", "how_many": 7, "how": "walk",
          "heard": "Nobody takes the stairs alone. They are quick, but dark."},
         {"act": "move", "to": "weighing"},
         {"act": "weigh", "order": [["The stairs can be seen into", "Nothing else helps while nobody can see who is there."],
                                    ["Somebody is there in the evening", "Harm begins when the attendant goes home."]],
          "dissent": "The owner would begin with cameras."},
         {"act": "move", "to": "conference"},
         {"act": "confer", "on": "2025-11-12", "review_on": "2026-05-13", "there": "Yard Parking, town centre team, police, youth service",
          "agreed": "Doors, light and a kiosk before Christmas. No bans.", "dissent": ""},
         {"act": "goal", "goal": "There is somewhere dry and light to wait with friends.",
          "shown_by": "It is there, lit when looked at after dark, and in use."},
         {"act": "action", "on": "2025-11-12", "due_on": "2025-12-01", "aimed_at": "place", "intention": "welcome", "owner": "Site manager",
          "agency": "Yard Parking", "lever": "owner",
          "action": "Close off the stair doors, light every floor, and staff a kiosk until midnight.",
          "displacement": "Look at Market Walk as well.", "exclusion": "The ground floor stays open to wait in.",
          "criminalisation": "No bans, and no uniform in the kiosk."},
         {"act": "move", "to": "acting"},
         {"act": "finish", "on": "2025-12-01", "outcome": "Doors, light and kiosk were ready on the day."},
         {"act": "answer", "prompt": "good", "text": "It is light, and the kiosk has hot drinks.", "source": "voices"},
         {"act": "answer", "prompt": "when_here", "text": "Somebody is at the kiosk until midnight.", "source": "observation"},
         {"act": "answer", "prompt": "light_and_sight", "text": "Every floor is lit; the stairs can be seen into.",
          "source": "observation"},
         {"act": "hear", "on": "2026-05-13", "how_many": 8, "how": "walk", "heard": "The same walk. They say hello at the kiosk now."},
         {"act": "measure", "state": "reached", "found": "Lit on each of six evenings, with young people waiting on four of them."},
         {"act": "move", "to": "reviewing"},
         {"act": "verdict", "said": "better", "on": "2026-05-20", "how_many": 8, "asked_how": "on the same walk, in their own words"},
         {"act": "move", "to": "closed"},
     ]},
    {"place": FRYERS, "planned_on": "2026-09-07", "begin_by": "2026-09-21", "lead": "Community safety team",
     "why": "Referred by the youth team, and repeat harm in the evening and late.",
     "steps": [
         {"act": "move", "to": "gathering"},
         {"act": "answer", "prompt": "come_for", "text": "The quick way from school to the shops, and to the chip shop until eleven.",
          "source": "voices"},
         {"act": "answer", "prompt": "feel", "text": "Safe at the chip shop end, not beyond the bend.", "source": "voices"},
         {"act": "answer", "prompt": "who_cares", "text": "The staff of the takeaway, who let people wait inside.", "source": "partner"},
         {"act": "answer", "prompt": "treated", "text": "", "source": "", "not_known": True},
         {"act": "hear", "on": "2026-10-06", "how_many": 6, "how": "walk",
          "heard": "They would use it more if it were lit beyond the bend."},
         {"act": "harm", "kind": "stop_and_search", "first_day": "2026-07-01", "last_day": "2026-09-30", "how_many": 11,
          "told_by": "Police",
          "note": "Most were of young people on the way home."},
     ]},
    {"place": PARK, "planned_on": "2026-05-11", "begin_by": "2026-05-25", "lead": "Detached youth team",
     "why": "Harm after dark in two years running, and the photo group asks for it.",
     "steps": [
         {"act": "move", "to": "gathering"},
         {"act": "answer", "prompt": "good", "text": "The lock, the grass, and that nobody minds them before it gets dark.",
          "source": "voices"},
         {"act": "answer", "prompt": "feel", "text": "By the lock yes. On the north path no, and never at the gate.", "source": "voices"},
         {"act": "answer", "prompt": "when_here", "text": "After seven nobody is there, but for the days on which youth workers walk.",
          "source": "observation"},
         {"act": "answer", "prompt": "light_and_sight", "text": "No path in the park is lit. From the road nobody can see in.",
          "source": "observation"},
         {"act": "answer", "prompt": "kept_up", "text": "The parks team cuts the grass. Nobody answers for the evenings.",
          "source": "partner"},
         {"act": "hear", "on": "2026-05-13", "how_many": 9, "how": "map", "heard": "They stay away from the north path once it gets dark."},
         {"act": "observe", "on": "2026-05-28", "from": "21:45", "to": "22:45", "by": "Community safety team", "weather": "dry",
          "light": "unlit",
          "features": "The north path is black from the gate to the lock. Two benches are broken.",
          "adults": "Two adults sat in a parked car at the gate for half an hour."},
         {"act": "move", "to": "weighing"},
         {"act": "weigh", "order": [["The ways home can be seen along", "The group names it first, and it is where harm is recorded."],
                                    ["A caring adult is there in the evening", "It can start at once, before the works."],
                                    ["Benches where people can be seen", "So that the park is used more, by more people."]],
          "dissent": "The parks team would close the north gate at dusk. The group says that it would lose its way home."},
         {"act": "move", "to": "conference"},
         {"act": "confer", "on": "2026-06-18", "review_on": "2026-12-10",
          "there": "Parks team, street lighting team, police, youth service, two youth representatives",
          "agreed": "Light on the north path first. Youth workers walk the park until it is there. The gate stays open."},
         {"act": "goal", "goal": "The ways in and out can be seen along, by day and after dark.",
          "shown_by": "The same walk by day and after dark, before and after."},
         {"act": "goal", "goal": "A caring adult is here at the hours when harm was recorded.",
          "shown_by": "Hours covered in a week, seen at observation."},
         {"act": "action", "on": "2026-06-18", "due_on": "2026-09-30", "goal": 0, "aimed_at": "place", "intention": "welcome",
          "owner": "Street lighting engineer", "agency": "Marlhaven Council", "lever": "works", "reference": "SL-2026-2214",
          "action": "Light the north path from the gate to the lock.", "displacement": "Look at the towpath after the works.",
          "exclusion": "Warm light, low down, so that the grass stays a place to sit.", "criminalisation": "No cameras with the lamps."},
         {"act": "action", "on": "2026-06-18", "due_on": "2026-07-01", "goal": 1, "aimed_at": "place", "intention": "guard",
          "owner": "Youth work manager", "agency": "Youth service", "lever": "youth",
          "action": "Walk the park on four evenings a week, from seven to ten.", "displacement": "Ask at the skate park what they notice.",
          "exclusion": "Nobody is asked to leave.", "criminalisation": "Youth workers walk without wardens or police."},
         {"act": "action", "on": "2026-06-18", "due_on": "2026-12-01", "goal": 0, "aimed_at": "place", "intention": "welcome",
          "owner": "Parks manager", "agency": "Marlhaven Council", "lever": "parks",
          "action": "Mend the two benches and turn them to the path."},
         {"act": "move", "to": "acting"},
         {"act": "finish", "action": 1, "on": "2026-07-01", "outcome": "The youth team is there from Tuesday to Friday."},
     ]},
]  # fmt: skip
"""One closed with young people's verdict, one that gathers, one on which something is being done, and late."""


def youth_sessions(town: Town) -> list[Record]:
    """Describe two sessions of one group, in the spring and in the autumn, with the safety map that it drew in each."""
    park = town.spaces[PARK].representative_point()
    middle: Point = (park.x, park.y)
    west, east, lock, hall = (-100, 70), (110, 60), (0, -100), (-293, -151)
    same: Record = {
        "place": PARK, "method": "safety_map", "language": "en", "group_name": "Wednesday photo group", "seen_by": "map",
    }  # fmt: skip
    return [
        same | {
            "held_on": "2026-05-13", "asked_by": "The group itself",
            "purpose": "to show the panel which ways they take, and which they do not",
            "how_many": 9,
            "heard": "The park is good by the lock. The north path is black, and people they do not know stand at the gate.",
            "told_back_on": "2026-06-10",
            "told_back": "The panel takes the park on. Youth workers will walk there from July; light takes until the autumn.",
            "marks": [
                mark("red", "wide", [west], middle, "No light, and nobody can see you"),
                mark("red", "wide", [east], middle, "People we do not know stand at the gate"),
                mark("amber", "wide", [lock], middle, "Good by day, not when it is dark"),
                mark("green", "wide", [hall], middle, "The staff know us"),
                mark("red", "route", [(-230, -100), (-80, 30), (120, 90)], middle, "The quick way home, which we do not take"),
            ],
        },
        same | {
            "held_on": "2026-09-16", "asked_by": "The panel", "purpose": "to see what has changed since the spring", "how_many": 8,
            "heard": "It is better on the evenings when youth workers are there. The north path is still black.",
            "marks": [
                mark("amber", "wide", [west], middle, "Better when the youth workers walk there"),
                mark("red", "wide", [east], middle, "Still no light at the gate"),
                mark("green", "wide", [lock], middle, "Youth workers, and somewhere to sit"),
                mark("green", "wide", [hall], middle, "The staff know us"),
                mark("amber", "route", [(-230, -100), (-80, 30), (120, 90)], middle, "We take it when we are together"),
            ],
        },
    ]  # fmt: skip


def mark(colour: str, tool: str, offsets: Sequence[Point], middle: Point, reasons: str) -> Record:
    """Describe one mark of a safety map: where the map was touched, as metres from a place's middle, and why."""
    touches = [list(degrees((middle[0] + east, middle[1] + north))) for east, north in offsets]
    return {"colour": colour, "tool": tool, "touches": touches, "reasons": reasons}
