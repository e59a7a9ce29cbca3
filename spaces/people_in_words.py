"""People and homes in what a worker writes of a place, told by less than what comes in with a partner's file needs.

A partner's file is full of streets and shops that are called after people, and a house in it is cut to its street (`houses`). What a
worker writes can be written again, so a first name that no place's word stands beside is somebody here, and a house is a home. Names that
are words (“Grace”, “Will”, “Seren”) need an age or a surname beside them, and those that places often have (“Jordan”) need what a person
does. What the map knows is nobody's.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from spaces import houses, names

_OTHER_WORDS = frozenset({"tîm", "gwên"})
"""Words in Welsh that are first names without their accents: a team and a smile."""

_SEASONS = frozenset({"april", "may", "june", "july", "summer", "autumn", "dawn", "eve"})

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_AGED = re.compile(
    r"\s*[,(]?\s*(?:aged?\s+)?(?:[89]|1\d|2[0-5])\b(?!\s*(?:[:.]\d|[ap]m\b|st\b|nd\b|rd\b|th\b|lamp|light|bench|people|young))"
)
_AGED_PLAINLY = re.compile(
    r"\s*(?:,\s*|\(\s*)(?:aged?\s+)?(?:[89]|1\d|2[0-5])\s*(?:[,.)]|$)|\s*,?\s*(?:aged|who is)\s+\d"
    r"|\s(?:from|in) year \d"
)
_AND = re.compile(r"\s*(?:,|\+|&|,?\s(?:and|or|a|ac|neu|with|gyda)\s)\s*$")
_AND_THEIRS = re.compile(r"\s(?:and|with) (?:his|her|their|some|two|other|mates|friends)\b")
_INITIAL = re.compile(r"\s+[A-XZ](?![\w'’&.–-])")
_DOING = re.compile(
    r"(?:is|was|has|had|does|did|goes|went|who|from|said|says|told|tells|came|comes|got|gets|left|ran|met|saw|sat|stood|"
    r"yw|ydy|yn|wedi|oedd|sydd|"
    r"sy['’]n|a['’]i|(?!knives|trainers|fans|buses|trains|trees|lamps|riders)[a-z]{2,}(?:s|ed))$"
)
_OF_SOMEBODY = re.compile(
    r"(?i)(?:flat|house|home|gaff|place|room|bedroom|mum|dad|mam|nan|brother|sister|mates?|friends?|lot|crew|gang|group|girls|"
    r"boys|bench|corner|"
    r"spot|den|wall|car|bike|phone|ffrindiau)$"
)
_PERSON_BEFORE = re.compile(
    r"(?i)(?:with|saw|met|told|named|called|of|by|ask|mates?|friends?|girl|boy|mae|roedd|gyda|efo|dywedodd|gwelodd|cafodd|criw|aeth)$"
)
_PERSON_AFTER_THE_NAME = re.compile(r"\s*(?:$|[.,;!?])")

_STREETS = (
    "Road|Rd|Street|St|Lane|Ln|Avenue|Ave|Close|Cl|Drive|Dr|Way|Court|Ct|Crescent|Cres|Terrace|Gardens|Gdns|Grove|Place|Pl|Hill|Row|"
    "Rise|Walk|"
    "Square|Mews|View|Parade|Mount|Cottages|Villas|Croft|Green"
)
_STREET = rf"(?:[A-ZÀ-Ý][\w'’.-]*\s+){{1,3}}(?:{_STREETS})\b"
_STREET_IN_SMALL = (
    r"(?:(?!(?:main|side|busy|dark|narrow|new|old|whole|long|of|the|a|an|in|on|to|at|and|have|has|with|per|each)\b)"
    r"[a-z][\w'’.-]*\s+){1,2}(?:road|street|lane|avenue|crescent|terrace|grove)\b"
)
_STRYD = (
    r"(?i:stryd|heol|hewl|ffordd|lôn|maes|rhes|teras|clos|rhodfa|cilgant|gerddi)\s+(?!(?i:parcio|chwarae|awyr))(?:(?:y|yr)\s+)?[A-ZÀ-Ý]"
)
_NOT_A_STREET = r"(?!\s+(?i:residents|lamps?|lights?|signs?|shops?|crossings?|junctions?|works|trees|stops?|bus|kiosks?))"
_BEFORE_A_HOUSE = re.compile(r"(?i)(?:^|[,;:]|\b(?:at|outside|opposite|behind|near|by|from|in|of|no\.?|number|house|family))\s*$")
_HOUSE = re.compile(
    r"(?<![\w./:£-])(?P<number>\d{1,3}[a-hA-H]?),?\s+"
    rf"(?:{_STREET}|(?P<small>{_STREET_IN_SMALL})|{_STRYD}){_NOT_A_STREET}"
)
_NO_HOUSE_BEFORE = re.compile(
    r"(?i)\b(?:platform|junction|exit|gate|bay|stop|stand|route|bus|bws|llwybr|pitch|zone|level|floor|lamp|lamps|post|column|light|"
    r"year|group|block|unit|class|stage|phase|line|train|tram|number|rhif|top|all|of|o|on|ar|by|after|until|till|from|before)\.?\s*$"
)
_BEFORE = re.compile(
    r"(?i)(?:y|yr|betws|feidr|bro|sarn|graig|pentre|blaen|aber|banc|hafod|tir|traeth|pill|clôs|gilfach|coedcae|cynwyl|penrhyn|"
    r"newcastle|lôn|stad|maestref|pafiliwn|sgwâr|gorsaf|llyfrgell|clwb|theatr|stadiwm|garej|siop|caffi|cymdeithas|sefydliad|ymddiriedolaeth)$"
)
"""More words that go before what a place is called after in Welsh; nobody’s name has an article."""

_MONTHS = re.compile(
    r"(?i)^\d+\s*,?\s+(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?|ionawr|chwefror|mawrth|ebrill|mai|mehefin|gorffennaf|awst|medi|hydref|tachwedd|rhagfyr)\b"
)
_SHOP = re.compile(rf"(?i)\b(?:{houses.BUSINESS})\b")
_AT_NUMBER = re.compile(
    r"(?i)\b(?:at|in|from|of|outside|opposite|yn|o|tu allan i)\s+(?:number|no\.?|rhif)\s?\d{1,3}[a-z]?\b"
    r"(?!\s*(?:bus|stop|stand|platform|lamp|post|court|pitch|car|gate|on the|ar y))"
)
_POSTCODE = re.compile(r"(?i)\b[A-Z]{1,2}\d[A-Z\d]?\s?\d(?!st\b|nd\b|rd\b|th\b|yr\b|hr\b)[ABD-HJLNP-UW-Z]{2}\b")
_LIVES = re.compile(r"(?i)\b(?:she|he|hi|fe|fo|ef|e|o)\s?(?:lives|lived|['’]n byw)\b|\bbyw (?:gyda|efo)['’]?(?:i| ei| eu)\b")
_CALLED = re.compile(
    r"(?i:\b(?:ei|eu) h?enw (?:hi|ef|fo|e|nhw)?\s?(?:yw|ydy|oedd)\b"
    r"|\benw['’]?r (?:ferch|bachgen|hogyn|hogan|crwt|plentyn|disgybl|dyn|ddynes|fenyw|person|"
    r"gweithiwr)\b[^.]{0,20}\b(?:yw|ydy|oedd)\b)"
    r"|^(?!Y |Yr )[A-ZÀ-Ý][\w'’-]+ (?i:yw|ydy|oedd) (?:ei|eu) h?enw\b"
    r"|(?i:\b(?:her|his|my) (?:first |real |last )?name(?: is|['’]s)\b)"
)
_RANKED = re.compile(
    r"\b(?P<rank>PC|WPC|PCSO|DC|DS|DI|DCI|Sgt|Sergeant|Sarjant|Insp|Inspector|Constable|Cwnstabl)\b\.?\s+"
    r"(?P<name>[A-ZÀ-Ý][a-zà-ÿ'’]+(?:-[A-ZÀ-Ý][a-zà-ÿ]+)?)"
)
_NO_SURNAME = re.compile(
    r"(?:World|Comics|Teams?|Patrols?|Post|Support|Officers?|Visits?|Stations?|Supervision|In|At|On|And|Is|Was|Will|Who|Walks?|General)$"
)
_HANDLE = re.compile(
    r"(?i)\b(?:snap(?:chat)?|insta(?:gram)?|tik ?tok|discord|ig|facebook|fb) (?:name |user ?name )?(?:is|yw|ydy) "
    r"@?(?=[\w.]*[\d_]|\w+\.\w)[\w.]{3,}"
    r"|\b(?:my|her|his|fy|ei) (?:snap(?:chat)?|insta(?:gram)?|tik ?tok|discord|ig) (?:name |user ?name )?(?:is|yw|ydy) "
    r"@?[\w.]{3,}\s*(?:$|[,;)])"
)


def names_somebody(text: str, places: frozenset[str] = frozenset()) -> bool:
    """Say whether a text that a worker wrote names a person. `places` are names of the area's own places, casefolded."""
    ranked = _RANKED.search(text)
    if ranked and not _NO_SURNAME.match(ranked["name"]) and not names.is_a_places_word(ranked["name"]) and (
        ranked["rank"] not in ("DC", "DS", "DI", "PCSO") or ranked["name"].casefold() in names.surnames() | names.first_names()
    ):  # fmt: skip
        return True
    if _CALLED.search(text):
        return True
    words = list(_WORD.finditer(text))
    return any(_is_somebody(text, words, at, places) for at, word in enumerate(words) if _first(word[0]) in _every_name())


def says_a_home(text: str, places: frozenset[str] = frozenset()) -> bool:
    """Say whether a text says where somebody lives: a house in a street, a postcode that few houses share, or that they live there."""
    if _AT_NUMBER.search(text) or _POSTCODE.search(text) or _LIVES.search(text):
        return True
    return any(_is_house(text, found, places) for found in _HOUSE.finditer(text))


def says_an_account(text: str) -> bool:
    """Say whether a text says what somebody is called in social media."""
    return bool(_HANDLE.search(text))


@cache
def words_too() -> frozenset[str]:
    """Return first names that are words or places as much as names."""
    return names.shared_names() - names.listed("first_names_people.txt")


@cache
def _every_name() -> frozenset[str]:
    return names.first_names() | names.shared_names()


def _first(word: str) -> str:
    """Return a word as the lists of first names have it: without an owner's ending, and “Siân” as “sian”."""
    word = re.sub(r"['’](?:s|n|i|r)?$", "", word).casefold()
    return word if word in _OTHER_WORDS else "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))


def _is_somebody(text: str, words: list[re.Match[str]], at: int, places: frozenset[str]) -> bool:
    """Say whether the first name that is word number `at` is a person's here."""
    word, first = words[at], _first(words[at][0])
    capital, a_word, shared = word[0][:1].isupper(), first in words_too(), first in names.shared_names()
    if (
        (not capital and (shared or a_word or first in names.SMALL_WORDS or len(first) < 4))
        or _is_known(text, words, at, places)
        or _of_a_place(text, words, at)
    ):
        return False
    after, follows = text[word.end() :], words[at + 1][0] if at + 1 < len(words) else ""
    if a_word:
        named = follows[:1].isupper() and _first(follows) in names.surnames() and text[word.end() : words[at + 1].start()].isspace()
        return named or (first not in _SEASONS and bool(_AGED_PLAINLY.match(after)))
    if not shared:
        return True
    before = words[at - 1][0] if at else ""
    beside = [other for other in (at - 2, at - 1, at + 1, at + 2) if 0 <= other < len(words) and _beside(text, words, at, other)]
    return bool(
        _AGED.match(after)
        or _INITIAL.match(after)
        or beside
        or (re.search(r"['’]s$", word[0]) and _OF_SOMEBODY.match(follows))
        or (after[:1].isspace() and _DOING.match(follows))
        or _AND_THEIRS.match(after)
        or (_PERSON_BEFORE.match(before) and (_PERSON_AFTER_THE_NAME.match(after) or follows.islower()))
    )


def _beside(text: str, words: list[re.Match[str]], at: int, other: int) -> bool:
    """Say whether another first name stands beside one: “Callum and Tyler”."""
    between = text[words[min(at, other)].end() : words[max(at, other)].start()]
    one = _first(words[other][0])
    if between.strip() in ("", "-"):
        return False
    return (
        bool(_AND.match(between))
        and words[other][0][:1].isupper()
        and one in _every_name() - words_too()
        and not _of_a_place(text, words, other)
    )


def _is_known(text: str, words: list[re.Match[str]], at: int, places: frozenset[str]) -> bool:
    """Say whether a word is in the name of a place that the map knows."""
    if not places:
        return False
    starts, ends = words[max(at - 4, 0) : at + 1], words[at : at + 5]
    return any(text[one.start() : other.end()].casefold() in places for one in starts for other in ends)


def _of_a_place(text: str, words: list[re.Match[str]], at: int) -> bool:
    """Say whether a place's word goes before a first name or follows it."""
    back = at
    while back and at - back < 3 and not text[words[back - 1].end() : words[back].start()].strip(" '’-."):
        back -= 1
        said, at_stop = words[back][0], "." in text[words[back].end() : words[back + 1].start()]
        if at_stop and said.casefold() not in ("st", "ste"):
            break
        the = said.casefold() == "the" and _first(words[at][0]) in names.shared_names()
        if the or names.goes_before_a_place(said) or _BEFORE.match(said):
            return True
        if not said[0].isupper() and said.casefold() not in ("y", "yr", "r", "of", "and", "ac", "a"):
            break
    run = names.run_after(text, words, at)
    following = run[0] if run else ""
    if re.search(r"['’]s$", words[at][0]) and following and (not following[0].isupper() or _OF_SOMEBODY.match(following)):
        return not _OF_SOMEBODY.match(following) and names.is_a_places_word(following)
    if any(names.is_a_places_word(one) or names.is_a_places_word(one.removesuffix("s")) for one in run):
        return True
    ahead = re.match(r"['’]?s?\s(?:and|a|ac)\s(?:\w+\s){1,2}?(\w+)", text[words[at].end() :])  # “Victoria and Albert Roads”
    return ahead is not None and ahead[1][0].isupper() and names.is_a_places_word(ahead[1].removesuffix("s"))


def _is_house(text: str, found: re.Match[str], places: frozenset[str]) -> bool:
    before = text[: found.start()]
    if found["small"] and not _BEFORE_A_HOUSE.search(before):
        return False
    if _NO_HOUSE_BEFORE.search(before) and not re.search(r"(?i)\b(?:number|no\.?|house|flat|from|of)\s*$", before):
        return False
    if _MONTHS.match(found[0]) or found[0].strip().casefold() in places:
        return False
    beside = " ".join([*before.split()[-4:], *text[found.end() :].split()[:1]])
    return not _SHOP.search(beside)
