"""What has become of Bro Heli's two planted places, in Welsh and in English: a third of what there is of Marlhaven."""

from datetime import date

from sample_data.plane import Dice, Point
from sample_data.rural import LANDING, SQUARE
from sample_data.town import Town
from sample_data.voices import FlagRow, Record, Told, flags, mark

LIBRARY = "Llyfrgell Porth Heli"
SESSIONS = {1: date(2026, 7, 1), 2: date(2026, 9, 23), 3: date(2026, 10, 7)}
BOTH = {"cy": 60.0, "en": 40.0}
SAID = (
    Told(SQUARE, {"unsafe": 5, "mixed": 4, "safe": 1},
         {"unsafe": ("harassed", "bullying", "groups_at_night"), "mixed": ("friends", "somewhere_to_sit", "harassed"),
          "safe": ("people_around", "good_light")},
         {"evening": 80, "day": 20}, (1, 2), languages=BOTH),
    Told(LANDING, {"unsafe": 5, "wish": 1}, {"unsafe": ("unlit_park", "dark", "adults_asking", "no_way_out"), "wish": ("good_light",)},
         {"night": 60, "evening": 40}, (1, 2), languages=BOTH),
    Told(LIBRARY, {"safe": 2}, {"safe": ("warm_and_dry", "welcome", "free")}, {"day": 1}, (2,), languages=BOTH),
    Told(SQUARE, {"unsafe": 3}, {"unsafe": ("groups_at_night", "drinking_or_drugs")}, {"evening": 1}, (3,), "resident", languages=BOTH),
)  # fmt: skip
NOTES: tuple[FlagRow, ...] = (
    [SESSIONS[2], 2, LANDING, "with_worker", "unsafe", "dark,unlit_park", "night", 2, "panel", "cy",
     "Mae'r llwybr at yr afon yn dywyll iawn ar ôl i'r bws olaf fynd.", "", ""],
)  # fmt: skip

FLAG_ANSWERS: list[FlagRow] = [
    [SQUARE, "People shout at us by the bus shelter in the evening.",
     "The youth workers are on the square on Friday evenings now, and the shelter is lit until the last bus.",
     "Mae pobl yn gweiddi arnon ni wrth yr arhosfan gyda'r nos.",
     "Mae'r gweithwyr ieuenctid ar y sgwâr bob nos Wener nawr, ac mae golau yn yr arhosfan tan y bws olaf.", "2026-10-12"],
]  # fmt: skip

AGENCY_CHECKS: list[FlagRow] = [
    [LANDING, "Council", "2026-07-01", "2026-09-30", "2026-10-05",
     "Harm after dark by the river: is somebody at work with the young people who go there?", "", "", "", "", ""],
]  # fmt: skip

SPACES: list[Record] = [
    {"place": SQUARE,
     "raised": [["young people",
                 "Mae'r grŵp yn dweud bod pobl yn gweiddi arnyn nhw wrth yr arhosfan. / The group is shouted at by the shelter.",
                 "2026-10-07"]],
     "known": {"owner": "Cyngor Bro Heli", "owner_contact": "Rheolwr canol y dref / town centre manager", "law": "wales",
               "good": "Mae ffrindiau yn cwrdd yma, ac mae golau yma. / Friends meet here, and it is lit.",
               "trusted": "Staff y llyfrgell / library staff"},
     "worker": ["Tîm ieuenctid / youth team", "Mae'r grŵp am siarad Cymraeg. / The group wants to speak Welsh."]},
    {"place": LANDING,
     "raised": [["hotspot", "Niwed ar ôl iddi dywyllu. / Harm after dark.", "2026-09-07"]],
     "known": {"owner": "Cyngor Bro Heli", "law": "wales", "good": "Lle tawel wrth yr afon. / A quiet place by the river."}},
]  # fmt: skip

PLACE_REFERRALS: list[Record] = [
    {"place": SQUARE, "as": "community_safety_officer", "from_agency": "Tîm diogelwch cymunedol / community safety team",
     "raised_on": "2026-10-16",
     "why": "Mae siopau yn dweud bod oedolion yn aros wrth yr arhosfan. / Shops say that adults wait by the shelter.",
     "wants": "Rhywun i ymweld gyda'r nos. / Somebody to visit in the evening."},
]  # fmt: skip

ASSESSMENTS: list[Record] = [
    {"place": LANDING, "planned_on": "2026-09-14", "begin_by": "2026-09-28", "lead": "Tîm ieuenctid / youth team",
     "why": "Niwed ar ôl iddi dywyllu, dwy flynedd yn olynol. / Harm after dark, two years running.",
     "steps": [
         {"act": "move", "to": "gathering"},
         {"act": "answer", "prompt": "good", "text": "Mae'n dawel, ac mae'r afon yn hardd. / It is quiet, and the river is lovely.",
          "source": "voices"},
         {"act": "answer", "prompt": "when_here", "text": "Does neb yno ar ôl y bws olaf. / Nobody is there after the last bus.",
          "source": "partner"},
         {"act": "hear", "on": "2026-09-23", "how_many": 6, "how": "map", "heard": "Mae angen golau ar y llwybr. / The path needs light."},
     ]},
]  # fmt: skip


def said(dice: Dice) -> list[FlagRow]:
    """List what was said of places, oldest first."""
    return flags(SAID, NOTES, SESSIONS, dice)


def youth_sessions(town: Town) -> list[Record]:
    """Describe one session with its safety map; the group is still to be told what came of it."""
    square = town.spaces[SQUARE].representative_point()
    middle: Point = (square.x, square.y)
    return [
        {
            "place": SQUARE, "method": "safety_map", "language": "cy", "group_name": "Clwb nos Fercher", "seen_by": "map",
            "held_on": "2026-10-07", "asked_by": "Y panel / the panel", "purpose": "i wneud y sgwâr yn well / to make the square better",
            "how_many": 6,
            "heard": "Mae'r sgwâr yn dda yn y dydd. Gyda'r nos mae pobl yn gweiddi wrth yr arhosfan. / "
            "The square is good by day. In the evening people shout by the shelter.",
            "marks": [
                mark("amber", "wide", [(0, 0)], middle, "Da yn y dydd, ond nid gyda'r nos"),
                mark("green", "wide", [(-293, 111)], middle, "Mae croeso i ni yn y llyfrgell"),
                mark("red", "wide", [(699, -633)], middle, "Mae'n dywyll wrth yr afon"),
            ],
        },
    ]  # fmt: skip
