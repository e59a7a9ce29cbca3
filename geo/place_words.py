"""Words that names and wordings of places are made of, in English and Welsh: of kinds of places, of details on the spot, of counties.

They are those of any part of England and Wales, and of nowhere in particular.
"""

from __future__ import annotations

import re
from functools import lru_cache


def _phrases(text: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in re.sub(r"\s+", " ", text).split(","))


GENERIC = _phrases(
    """
    supermarket, petrol station, parking area, shopping area, sports recreation area, park open space, police station, hospital,
    nightclub, pub, pedestrian subway, further higher educational building, conference exhibition centre, bus coach station,
    theatre concert hall, airport airfield, theme adventure park, motorway service area, prison, racecourse, park, local park, parc,
    car park, parking, car, school, primary school, secondary school, high school, college, ysgol, shop, shops, local shop,
    corner shop, shopping centre, shopping precinct, town centre, city centre, village, town, canol y dref, street, road, lane, alley,
    alleyway, alley way, footpath, path, public footpath, underpass, subway, bridge, woods, wood, field, fields, playing field,
    playing fields, playground, play area, skate park, skatepark, recreation ground, bus, on bus, bus stop, bus stops, bus shelter, bws,
    safle bws, arhosfan, arhosfan bysiau, bus station, train, train station, railway station, station, taxi, taxi rank, toilets,
    public toilets, hotel, restaurant, takeaway, take away, fast food restaurant, cafe, library, youth club, leisure centre, gym,
    swimming pool, church, beach, river, canal, estate, flats,
    stairwell, garage, garages, public place, public area, open space, open land, community, community centre, in community,
    public house, club, industrial estate, retail park, roundabout, junction, corner, layby, lay by, block of flats, in street,
    derelict building, empty house, vehicle, in car
    """
)
"""Keys of what says which kind of place and not which one. Police forces publish the first twenty for what they do not name."""

ALSO_STREETS = frozenset({"street", "road", "lane"})
"""Of these, keys of what a street may be called, and is in many villages: `The Street`."""

DETAILS = _phrases(
    """
    area, car, park, parking, entrance, exit, corner, end, side, rear, back, front, top, bottom, building, block, floor, flat, flats,
    unit, shop, shops, store, stores, centre, center, estate, industrial, retail, business, school, college, church, chapel, hall,
    club, pub, inn, hotel, house, cottage, cottages, farm, bank, office, offices, garage, garages, station, stop, bus, bridge,
    roundabout, junction, underpass, subway, path, footpath, alley, alleyway, woods, wood, field, fields, ground, recreation,
    playground, pitch, lake, pond, river, canal, bench, benches, toilets, library, hospital, surgery, clinic, market, precinct, mall,
    cafe, restaurant, takeaway, court, yard, lane, road, street
    """
)
"""Words that say that a part of a wording is about a detail on the spot, and not a town that is not known."""

COUNTRIES = _phrases(
    """
    uk, united kingdom, great britain, gb, england, wales, cymru, lloegr, bedfordshire, berkshire, buckinghamshire, bucks,
    cambridgeshire, cambs, cheshire, cornwall, cumbria, derbyshire, devon, dorset, durham, county durham, essex, gloucestershire, glos,
    greater london, greater manchester, hampshire, hants, herefordshire, hertfordshire, herts, huntingdonshire, isle of wight, kent,
    lancashire, lancs, leicestershire, leics, lincolnshire, lincs, merseyside, middlesex, middx, norfolk, northamptonshire, northants,
    northumberland, nottinghamshire, notts, oxfordshire, oxon, rutland, shropshire, salop, somerset, staffordshire, staffs, suffolk,
    surrey, sussex, east sussex, west sussex, tyne and wear, warwickshire, west midlands, wiltshire, wilts, worcestershire, worcs,
    yorkshire, north yorkshire, south yorkshire, west yorkshire, east yorkshire, east riding of yorkshire, humberside, avon, cleveland,
    clwyd, dyfed, gwent, gwynedd, powys, mid glamorgan, south glamorgan, west glamorgan, glamorgan, morgannwg, anglesey, ynys mon,
    isle of anglesey, carmarthenshire, sir gaerfyrddin, ceredigion, cardiganshire, pembrokeshire, sir benfro, brecknockshire,
    sir frycheiniog, radnorshire, monmouthshire, sir fynwy, denbighshire, sir ddinbych, flintshire, sir y fflint, caernarfonshire,
    merionethshire, meirionnydd, montgomeryshire, sir drefaldwyn
    """
)
"""Counties and countries that end an address: they are no towns, and a gazetteer of OpenStreetMap alone does not know them."""

STREET_ENDS = _phrases(
    """
    street, road, lane, avenue, crescent, close, drive, way, terrace, place, grove, court, mews, walk, gardens, row, rise, hill, view,
    parade, square
    """
)
"""Last words by which a name is a street's, though hamlets are called after streets too: there is a village called High Street."""

STREET_STARTS = _phrases("heol, ffordd, stryd, lon, rhodfa, clos, teras, rhes, maes, llys, cwrt")
"""First words of the same in Welsh."""

COMMON = _phrases(
    """
    abbey, acacia, albert, albion, alexandra, alma, apple, ash, aspen, avenue, back, bank, barn, bath, bay, beach, beech, bell, birch,
    bond, boundary, bridge, broad, brook, brown, bull, bury, canal, castle, cedar, central, chapel, chase, cherry, chester, chestnut,
    church, circus, city, clay, cliff, close, coach, common, copse, corn, corner, cottage, court, crescent, croft, cross, crown, dale,
    dean, dell, derby, dove, down, drive, duke, earl, east, elm, end, estate, fair, farm, fern, ferry, field, fir, first, fleet, ford,
    forest, fox, front, gable, garden, gardens, gate, george, glebe, glen, gold, grange, grant, green, grove, hall, hart, hazel, heath,
    hedge, high, hill, hollow, holly, home, hope, horse, house, ivy, james, john, junction, king, kings, knoll, lake, lane, lark,
    laurel, lea, lime, lion, little, lodge, long, lower, manor, maple, mark, market, marsh, mary, may, mead, meadow, mews, mill, moor,
    moss, mount, new, newton, nile, noble, north, nursery, oak, oaks, old, orchard, oxford, park, parade, paddock, path, pine, place,
    pleasant, pond, pool, poplar, post, prince, princes, priory, quarry, quay, queen, queens, railway, rectory, red, regent, ridge,
    ring, river, road, robin, rock, rose, row, rowan, royal, rye, school, second, short, south, spring, spruce, square, stable,
    station, stone, street, summer, sun, swan, sycamore, terrace, third, tower, town, tree, union, upper, vale, valley, vicarage,
    victoria, view, villa, village, vine, walk, wall, water, way, weir, well, west, wharf, white, willow, wind, windmill, windsor,
    wood, woods, yard, yew, york, aber, afon, bach, bedw, bont, bro, bryn, bwlch, bychan, cae, caer, capel, carreg, castell, cefn,
    celyn, clos, coed, cwm, cwrt, dan, derw, derwen, dol, ddol, dre, dref, eglwys, erw, fach, fan, fawr, felin, fron, ffordd, gelli,
    ger, glan, glas, goch, graig, gwyn, hen, heol, hendre, hir, isaf, llan, llwyn, llys, lon, maes, mawr, melin, mor, mynydd, nant,
    newydd, onnen, pant, parc, pen, pentre, plas, pont, pwll, rhes, rhiw, rhos, rhyd, stryd, tan, teg, teras, ton, tre, tref, twyn,
    uchaf, wern, wen, y, yr, ynys, ysgol
    """
)
"""Words that English and Welsh streets are commonly made of: whoever wrote one meant it, though no street here may have it."""

KIND_WORDS = {
    "school": _phrases("school, ysgol, academy, college, coleg, primary, secondary, infant, infants, junior, juniors, nursery"),
    "bus_station": _phrases("bus station, coach station, gorsaf fysiau, gorsaf bysiau, gorsaf fws, bus and coach station"),
    "bus_stop": _phrases("bus stop, bus stops, safle bws, arhosfan, arhosfan bysiau, bus shelter"),
    "station": _phrases("station, railway station, train station, rail station, gorsaf, gorsaf drenau, gorsaf reilffordd, halt"),
    "pub": _phrases("pub, inn, ph, tavern, tafarn, public house, arms, hotel, nightclub, club, bar"),
    "park": _phrases("park, parc, playground, recreation ground, playing field, playing fields, play area, rec, gardens, skate park"),
    "hospital": _phrases("hospital, ysbyty, infirmary"),
    "library": _phrases("library, llyfrgell"),
    "place_of_worship": _phrases("church, chapel, mosque, eglwys, capel, temple, cathedral, gurdwara"),
    "shop": _phrases("shop, store, supermarket, superstore, siop, petrol station, garage, services, stores, express"),
}
"""What says in a wording that a place of a kind is meant: `Crown pub` is the Crown among the pubs."""

_TELLING = frozenset(trigger.split()[-1] for triggers in KIND_WORDS.values() for trigger in triggers)

_GLUE = {
    "school": _phrases(
        "school, ysgol, church, of, in, england, wales, ce, cofe, c, e, rc, catholic, roman, voluntary, aided, controlled, va, vc, "
        "community, endowed, foundation, cp, county, and, gymunedol"
    ),
    "station": _phrases("railway, train, rail, drenau, reilffordd"),
    "place_of_worship": _phrases("of, and, parish"),
}
"""Words that some leave out of the names of such places and others do not."""

_SAME = {
    "gynradd": "primary", "uwchradd": "secondary", "gyfun": "comprehensive", "babanod": "infant", "infants": "infant", "iau": "junior",
    "juniors": "junior", "meithrin": "nursery", "coleg": "college",
}  # fmt: skip

STAGES = _phrases("primary, secondary, comprehensive, infant, junior, nursery, high, grammar")
"""What kind of school one is: who does not say it may mean any of that name."""


@lru_cache(maxsize=10_000)
def kinds_said(key: str) -> tuple[str, ...]:
    """Return the kinds of place that a wording says it is."""
    if _TELLING.isdisjoint(key.split()):
        return ()
    padded = f" {key} "
    said = (kind for kind, triggers in KIND_WORDS.items() if any(f" {trigger} " in padded for trigger in triggers))
    # A bus station is no railway station, and a police, fire or petrol station is neither.
    other = any(f" {before} station " in padded for before in ("bus", "coach", "police", "fire", "petrol", "ambulance", "power", "service"))
    return tuple(kind for kind in said if not (kind == "station" and other))


def without_kind(key: str, kind: str) -> str:
    """Return what is left of a name without the words that say its kind, in alphabetical order."""
    padded = f" {key} ".replace(" ", "  ")
    for phrase in sorted(KIND_WORDS[kind], key=lambda phrase: (-len(phrase), phrase)):
        if kind != "school" or phrase in _GLUE["school"]:
            padded = padded.replace(f" {phrase.replace(' ', '  ')} ", " ")
    glue = _GLUE.get(kind, frozenset())
    return " ".join(sorted(_SAME.get(word, word) for word in padded.split() if word not in glue))


def sounds_like_a_street(key: str) -> bool:
    """Say whether a name of several words has one that streets have."""
    words = key.split()
    return len(words) > 1 and (words[-1] in STREET_ENDS or words[0] in STREET_STARTS)
