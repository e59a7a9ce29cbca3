"""People's names in what is written of a place, told from places that are named after people.

A bare name has no shape, so it is known by a common first name (`first_names.txt`) and by what stands round it: “Grace Jones was”,
“with Kayleigh”, “PRICE, Owen”. A place is told by the word that follows (“Victoria Road”) or, in Welsh, goes before (“Heol Dewi”).
First names that are words or places as well (`first_names_shared.txt`) need a common surname after them (`surnames.txt`).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from spaces.houses import BUSINESS, POLICE_UK, STREET_WORDS, WELSH_STREET_WORDS

_BUSINESSES = (
    f"{BUSINESS}|primary|infants?|junior|high|community|youth|house|head|estate|tower|towers|point|lock|beach|leisure|playing|recreation|"
    "rec|ground|underpass|alley|cut|canal|car|bus|retail|trust|shopping|stile|steps|stairs|cross|corner|roundabout|junction|memorial|"
    "statue|monument|lodge|mansions?|barns?|cottage|pavilion|pavillion|nails?|hair|hairdressers?|beauty|butchers?|foods?|cash|express|cars|"
    "taxis?|motors|ltd|limited|plc|solicitors|dental|dentist|convenience|mini|news|wines?|burgers?|tandoori|balti|spice|tea|tearooms?|fish|"
    "deli|catering|cakes|sports?|fc|afc|rfc|crown|oak|wells?|lakes?|pond|pool|river|brook|moor|heath|down|downs|hills?|mountain|farm|mill|mills|"
    "works|industrial|business|trading|centres?|plantation|copse|covert|spinney|island|point|bay|cove|sands|castle|palace|priory|abbey|manor|"
    "cathedral|cemetery|crematorium|theatre|playhouse|day|pre-school|preschool|montessori|nurseries|caterers|brothers|bros|sons|son"
)
_PLACE = re.compile(rf"(?i)^(?:{STREET_WORDS}|{_BUSINESSES})$")
_A_BUSINESS = re.compile(rf"(?i)^(?:{BUSINESS})$")
_BEFORE_A_PLACE = re.compile(
    rf"(?i)^(?:{WELSH_STREET_WORDS}|st|saint|sant|santes|san|sir|king|queen|prince|princess|duke|earl|lord|lady|dame|ysgol|eglwys|capel|llan|afon|nant|"
    "coed|pont|porth|mynydd|ynys|llyn|cwm|glan|dan|pwll|ffynnon|melin|tafarn|neuadd|allt|rhiw|cefn|coleg|canolfan|the|croes|crug|carreg|moel|craig|waun|rhos|trwyn|ogof|bedd|castell|carn|fron|lower|upper|little|great|old|new|north|south|east|west)$"
)
_WORD = re.compile(r"[^\W\d_](?:['’]?[^\W\d_])*")
_OWNED = re.compile(r"['’]s?$")
_SAYS_A_PERSON = re.compile(
    r"(?i)^(?:with|saw|met|told|named|called|aka|victim|victims|suspect|offender|girl|boy|child|pupil|friend|friends|boyfriend|girlfriend|cousin|sister|"
    "brother|mother|father|mum|dad|mam|son|daughter|daughters|teenager|gyda|efo|dywedodd|gwelodd|merch|bachgen|enw|ffrind|plentyn|mab|roedd|mae|cafodd|aeth)$"
)
_DOES = re.compile(
    r"^(?:was|were|is|has|had|said|says|told|tells|went|goes|got|gets|did|does|reported|disclosed|stated|attended|lives|lived|"
    r"stays|stayed|met|meets|saw|came|left|ran|walked|hangs|hung|aged|dob|b|born|yn|wedi|oedd|sydd)$"
)
_AT_HOME = re.compile(
    r"(?i)^(?:house|home|flat|gaff|bedroom|address|door|gate|place|garden|mum|dad|mam|mother|father|nan|sister|brother|friend|mate|phone)$"
)
_TITLED = re.compile(r"\b(?:Mr|Mrs|Miss|Ms|Mx|MR|MRS|MISS|MS)\b\.?\s+(?:[A-Z]\.?\s+)?(?P<name>[A-ZÀ-Ý][\w'’-]+)(?:\s+(?P<next>[\w'’-]+))?")
_SAID_TO_BE = re.compile(
    r"\b(?i:victim|suspect|offender|perpetrator|girl|boy|mother|father|mum|dad|mam|sister|brother|friend|boyfriend|girlfriend|"
    r"cousin|name is|name:|named|merch|bachgen|o'r enw|enw)\b[:,]?\s+"
    r"(?P<first>[A-ZÀ-Ý][\w'’-]+)\s+(?P<last>[A-ZÀ-Ý][\w'’-]+)(?:\s+(?P<next>[\w'’-]+))?"
)
_INITIALLED = re.compile(r"(?:^|[\s(,;])(?<![A-Z]\.\s)[A-Z]\.\s?(?P<last>[A-ZÀ-Ý][\w'’-]+)(?P<next>\s+[\w'’-]+)?")
_LABELLED = re.compile(
    r"\b(?i:victim|suspect|offender|perpetrator|girl|boy|child|pupil|yp|young person)\s?[:=]\s?"
    r"(?P<first>[A-ZÀ-Ý][\w'’-]+)\s[A-Z]\b\.?(?!\w)"
)
"""“T. Begum” and “victim = Kacey B”: an initial in place of one of the two names."""

SMALL_WORDS = frozenset({"gruff", "jimmy", "josh", "billy", "jenny", "elan", "tirion", "gethin", "enid", "dilys", "eirlys", "moli", "aria"})
"""First names that are words, in English or Welsh, where they are written small."""

_NO_NAME = {
    "child", "person", "pupil", "case", "ref", "reference", "victim", "client", "boy", "girl", "young", "male", "female", "student", "year",
    "class", "block", "platform",
    "learner", "patient", "unknown", "known", "not",
}  # fmt: skip


@cache
def maybe() -> str:
    """Return a pattern for the few texts that may name somebody."""
    said = (
        "Mr|Mrs|Miss|Ms|Mx|victim|suspect|offender|perpetrator|"
        "girl|boy|mother|father|mum|dad|mam|sister|brother|friend|boyfriend|girlfriend|cousin|name|named|merch|bachgen|enw"
    )
    return rf"(?i)\b(?:(?:{'|'.join(sorted(first_names()))}|{said})\b|(?:child|pupil|yp|young person)\s?[:=]|(?-i:[A-Z]\.\s?[A-Z]))"


def names_somebody(text: str, places: frozenset[str] = frozenset()) -> bool:
    """Say whether a text names a person. `places` are names of the area's own places, casefolded."""
    if text.startswith(POLICE_UK):
        return False
    titled = _TITLED.search(text)
    if titled and not _PLACE.match(titled["name"]):
        follows = _A_BUSINESS if _OWNED.search(titled["name"]) else _PLACE
        if not follows.match(titled["next"] or ""):
            return True
    said = _SAID_TO_BE.search(text)
    if said and not any(word and _PLACE.match(word) for word in said.group("last", "next")):
        return True
    short = _INITIALLED.search(text)
    if short and short["last"].casefold() in surnames() and not any(_PLACE.match((short[one] or "").strip()) for one in ("last", "next")):
        return True
    labelled = _LABELLED.search(text)
    if labelled and labelled["first"].casefold() not in _NO_NAME:
        return True
    words = list(_WORD.finditer(text))
    return any(_is_person(text, words, at, places) for at, word in enumerate(words) if _plain(word[0]) in first_names())


def is_a_name(text: str) -> bool:
    """Say whether a short text without digits is a name and no reference: “Kayleigh Price”, “PRICE, K”, “owen.jones”."""
    words = [word for word in re.split(r"[\s,.]+", text.strip().casefold()) if word]
    if not words or len(words) > 4 or not _NO_NAME.isdisjoint(words):
        return False
    known = any(word in first_names() or word in surnames() for word in words)
    written = bool(re.match(r"^\s*[A-ZÀ-Ý][a-zà-ÿ'’-]+[ ,]+(?:[A-Z]\.?[ ,]+)?[A-ZÀ-Ý][a-zà-ÿ'’-]+\s*$", text))
    return known or written


@cache
def first_names() -> frozenset[str]:
    """Return first names that are common among children and parents in England and Wales, casefolded."""
    return listed("first_names.txt")


@cache
def shared_names() -> frozenset[str]:
    """Return first names that shops, streets, flowers and saints share, or that are words."""
    return listed("first_names_shared.txt")


@cache
def surnames() -> frozenset[str]:
    """Return surnames that are common in England and Wales, casefolded."""
    return listed("surnames.txt")


def goes_before_a_place(word: str) -> bool:
    """Say whether a word goes before the name of a place or a saint: “Heol”, “St”."""
    return bool(_BEFORE_A_PLACE.match(word))


def is_a_places_word(word: str) -> bool:
    """Say whether a word is one that follows a name in that of a place: “Road”, “Barbers”."""
    return bool(_PLACE.match(word))


def listed(file: str) -> frozenset[str]:
    """Return the words of a list that is kept beside this module."""
    return frozenset(Path(__file__).with_name(file).read_text("utf-8").split())


def _plain(word: str) -> str:
    return _OWNED.sub("", word).casefold()


def _is_person(text: str, words: list[re.Match[str]], at: int, places: frozenset[str]) -> bool:
    """Say whether the first name that is word number `at` is a person's here."""
    word, first = words[at][0], _plain(words[at][0])
    if word in SMALL_WORDS:
        return False
    before = words[at - 1] if at and not text[words[at - 1].end() : words[at].start()].strip(" -'’,") else None
    apart = text[before.end() : words[at].start()] if before else ""
    if before and "," not in apart and _BEFORE_A_PLACE.match(before[0]):
        return False
    run = run_after(text, words, at)
    following = run[0] if run else ""
    if _OWNED.search(word) and following:
        return bool(_AT_HOME.match(following)) and first not in shared_names()
    if any(map(_PLACE.match, run)) or f"{first} {_plain(following)}" in places:
        return False
    surname_next, capital = _plain(following) in surnames(), word[0].isupper()
    if first in shared_names():
        return capital and following[:1].isupper() and surname_next
    if following[:1].isupper() or surname_next:
        return capital or surname_next
    if before and (("," in apart and at == 1 and len(words) <= 3) or (_plain(before[0]) in surnames() and before[0][0].isupper())):
        return True
    says = before is not None and bool(_SAYS_A_PERSON.match(before[0]))
    return says or bool(_DOES.match(following)) or len(words) == 1


def run_after(text: str, words: list[re.Match[str]], at: int) -> list[str]:
    """Return the words that go on from a first name: up to four with capitals, and a word for a place; an owner ends it."""
    run: list[str] = []
    for last, word in zip(words[at:], words[at + 1 : at + 5], strict=False):
        if text[last.end() : word.start()].strip(" -.") or (run and _OWNED.search(run[-1])):
            break
        run.append(word[0])
        if not word[0][0].isupper() and len(word[0]) > 1:
            break
    if len(run) > 1 and len(run[0]) == 1:  # a middle initial
        run = run[1:]
    return run
