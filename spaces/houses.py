"""Homes in what people write of a place: a house is cut to the street it is in, and “home” is no place at all.

What is stored is never finer than a street or a named space, so a number before a street is taken for a house unless the words
round it say otherwise (“Platform 2”, “24 hour shop”). Losing the number of a shop costs little; keeping that of a home does not.
"""

from __future__ import annotations

import re

import polars as pl

POLICE_UK = "On or near "
"""How police.uk begins every place: a street as it was published, never a house or a person."""

STREET_WORDS = (
    "road|rd|street|str|st|lane|ln|avenue|ave|av|gardens?|gdns|close|cl|drive|drv|dr|way|court|crt|ct|crescent|cres|place|pl|terrace|terr|"
    "grove|hill|rise|row|walk|square|sq|mews|view|parade|green|bank|gate|promenade|prom|meadows?|approach|mount|garth|villas?|vale|royd|"
    "fold|rocks|cottages?|end|farm|bottom|side|croft|dale|leas?|heights?|orchard|paddocks?|nook|ridge|spinney|mead|link|loan|wynd|chase|"
    "gait|park|fields?|woods?|common|bridge|quay|wharf|circus|broadway|esplanade|path|passage|yard|boulevard|buildings|flats|maltings"
)
WELSH_STREET_WORDS = (
    "heol|hewl|ffordd|stryd|lôn|lon|maes|clos|rhodfa|bryn|cae|tan|rhes|teras|trem|parc|pen|gerddi|cilgant|cwrt|plas|llys|tyn|ty"
)

_NUMBER = r"\d{1,4}\s?[a-z]?(?:\s*(?:[-–/&+]|and|a|to)\s*\d{1,4}\s?[a-z]?)?"
_DWELLING = (
    r"(?:(?:fflat|flat|flt|apartment|apt|bedsit|studio|room|ystafell|caravan|plot)\.?\s*"
    r"(?:\d{1,4}[a-z]?|[a-z]\d{0,3}|gf|ff)\b\s*,?\s*(?:of\s+|at\s+)?)"
)
_NUMBERED = r"(?:(?:number|nos?\.?|num|house|rhif|tŷ|#)\s*)?"
_BETWEEN = r"[\w'’.-]+"
_HOUSE = re.compile(
    rf"(?<![\w./-])(?P<dwelling>{_DWELLING})?(?P<number>{_NUMBERED}{_NUMBER})\s*,?\s+"
    rf"(?P<street>(?:(?P<between>(?:{_BETWEEN}\s+){{0,4}}?{_BETWEEN})\s+(?:{STREET_WORDS})|(?:the|y|yr)\s+{_BETWEEN}"
    rf"|(?:{WELSH_STREET_WORDS})[\s-]{_BETWEEN})\b)",
    re.IGNORECASE,
)
_PLAIN_HOUSE = rf"(?i)^\s*[0-9]{{1,4}}(?: ?[a-z])?,?[ ]+((?:[\p{{L}}'’.-]+[ ]+){{1,4}}(?:{STREET_WORDS}))\s*$"
_MAYBE_HOUSE = (
    r"(?i)[0-9]\s?[a-z]?\s*,?\s+\p{L}|(?:road|rd|street|lane|avenue|ave|close|drive|crescent|terrace|gardens|grove)\W{1,3}(?:n[o.]|number|house|#)?\W{0,3}[0-9]"
    r"|(?:heol|ffordd|stryd|lôn)\s\S+\W{1,3}(?:rhif|#)?\W{0,3}[0-9]|\b(?:cottage|bungalow|farmhouse|barn|villa|fflat|flat|flt|apartment|apt|bedsit|studio)\b"
)
"""The same, told fast: most places are a plain house, or nothing like one."""

_ONLY_A_DWELLING = re.compile(rf"^\s*{_DWELLING},?\s*(?=\D*$)", re.IGNORECASE)
_NUMBER_AND_NAME = re.compile(rf"^\s*{_NUMBERED}{_NUMBER},?\s+(?P<street>[A-ZÀ-Ý][\w'’-]+(?:\s+[A-ZÀ-Ý][\w'’-]+){{0,2}})\s*(?=,|$)")
_NUMBER_AFTER = re.compile(
    r"(?P<street>\b(?:road|rd|street|lane|avenue|ave|close|drive|crescent|terrace|gardens|grove)|\b(?:heol|ffordd|stryd|lôn)\s[\w'’-]+)"
    rf"(?:\s*[,(]?\s*(?:number|nos?\.?|house|rhif|#)\s*{_NUMBER}\)?|\s*,?\s+\d{{1,3}}[a-z]?$)",
    re.IGNORECASE,
)
_NAMED_HOUSE = re.compile(
    rf"^\s*(?:the\s+)?[\w'’ -]+\s(?:cottage|bungalow|farmhouse|barn|villa)\s*,\s*(?P<street>.*\b(?:{STREET_WORDS})\b.*)$", re.IGNORECASE
)

_NO_HOUSE_BEFORE = re.compile(
    r"(?i)\b(?:platform|junction|junc|jct|exit|gate|bay|stop|stand|route|bus|buses|pitch|zone|level|floor|lane|terminal|berth|lock|"
    r"pier|park|lamp ?post|post|column|line|train|tram|ward|phase|block|class|year|group|court|unit|units|stage|car|under|over|aged?|£)\s*$"
)
_NO_HOUSE_BETWEEN = re.compile(
    r"(?i)\b(?:hours?|hrs?|mins?|minutes?|metres?|meters?|m|miles?|yards?|yds|am|pm|on|in|at|by|near|from|with|off|outside|behind|opposite|"
    r"to|along|into|between|boys?|girls?|youths?|males?|females?|men|women|people|persons?|children|kids|teenagers?|lads|year|years|yr|"
    r"yrs|times?|days?|weeks?|nights?|days|others?|shops?|cars?|bus|buses|ar|yn|ger|wrth|bachgen|merch|awr)\b"
)
_NO_HOUSE_IN = re.compile(
    r"(?i)\b(?:retail|business|industrial|trading|car|skate|skateboard|country|holiday|theme|shopping|leisure|science|water|play|bus|"
    r"tennis|basketball|football|playing|food|sports?|memorial)\s+(?:park|court|green|fields?|yard|way|place)$"
)
_NAMES_WITH_A_NUMBER = re.compile(
    r"(?i)^(?:[1-9]|1[0-2])\s+(?:rivers|ways|mills|oaks|sisters|wells|ashes|lanes|arches|elms|acres|seasons|eleven|spires|bells|"
    r"horseshoes|crowns|tuns|stars|kings|corners|dials|trees|hills|valleys|pines|locks|bridges|counties|barrows|stones|stop)\b"
)
_LOCATES = re.compile(
    r"(?i)\b(?:outside|o/s|near|nr|opp|opposite|behind|rear|front|back|by|beside|next|at|in|on|of|to|corner|between|junction|alley|tu|ger|wrth)\b"
)
BUSINESS = (
    "shop|shops|store|stores|supermarket|market|cafe|café|caffi|coffee|restaurant|takeaway|kebab|chippy|chip|pizza|chicken|bakery|bakers|"
    "pub|inn|arms|tavern|bar|club|hotel|hostel|school|ysgol|academy|college|coleg|nursery|library|llyfrgell|centre|center|canolfan|"
    "station|gorsaf|hospital|ysbyty|surgery|clinic|pharmacy|chemist|church|eglwys|chapel|capel|mosque|temple|hall|neuadd|gym|cinema|"
    "museum|bank|office|offices|garage|barbers?|salon|arcade|stadium|depot|siop|tesco|aldi|lidl|asda|spar|greggs|mcdonald'?s|kfc|subway|"
    "fry|grill|kitchen|diner|vape|off-licence|newsagents?|post"
)
_BUSINESS = re.compile(rf"(?i)\b(?:{BUSINESS})\b")

_AT_HOME = (
    r"(?i)^\s*(?:at |in |yn (?:y )?)?(?:(?:own|family|foster|his|her|their|the|my|our|a|ei|friend'?s?|grandparents?'?|parents?'?|nan'?s|"
    r"dad'?s|mum'?s|mother'?s|father'?s|victim'?s?|child'?s?|suspect'?s?|boyfriend'?s?) ){0,2}"
    r"(?:home|house|flat|home address|address|bedroom|gartref|adref|cartref|chartref|nghartref|tŷ)\.?\s*$"
)


def without_house(text: pl.Series) -> pl.Series:
    """Return each place as the street it is in, where it is written as a house in a street; other places stay as they are."""
    written = pl.DataFrame({"text": text.drop_nulls().unique()}).filter(~pl.col("text").str.starts_with(POLICE_UK))
    plain = pl.col("text").str.extract(_PLAIN_HOUSE)
    told = written.with_columns(
        street=pl.when(~plain.str.contains(_NO_HOUSE_BETWEEN.pattern) & ~plain.str.contains(_NO_HOUSE_IN.pattern)).then(plain)
    )
    maybe = told.filter(pl.col("street").is_null() & pl.col("text").str.contains(_MAYBE_HOUSE)).get_column("text").to_list()
    changed = dict(told.filter(pl.col("street").is_not_null()).iter_rows())
    changed |= {value: street for value in maybe if (street := _street(value)) != value}
    return text.str.strip_chars() if not changed else text.replace(changed).str.strip_chars()


def is_home(text: pl.Series) -> pl.Series:
    """Say which places are only “home”, which is never a location here."""
    return text.str.contains(_AT_HOME).fill_null(value=False)


def _street(text: str) -> str:
    """Return one place without the house."""
    named = _NAMED_HOUSE.match(text)
    if named and not _LOCATES.search(text[: named.start("street")]):
        text = named["street"]
    found = _HOUSE.search(text)
    while found:
        before, at = text[: found.start()], found.end()
        if _is_house(found, before):
            stands_before = before.rstrip().endswith(",") and not _LOCATES.search(before)
            if stands_before and _BUSINESS.search(before):
                return text
            text = ("" if stands_before else before) + text[found.start("street") :]
            at = found.start()
        found = _HOUSE.search(text, at)
    if not _NAMES_WITH_A_NUMBER.match(text) and (bare := _NUMBER_AND_NAME.match(text)) and not _BUSINESS.search(bare["street"]):
        text = text[bare.start("street") :]
    text = _ONLY_A_DWELLING.sub("", text) or text
    return _NUMBER_AFTER.sub(r"\g<street>", text).strip()


def _is_house(found: re.Match[str], before: str) -> bool:
    between = found["between"] or ""
    return not (
        _NO_HOUSE_BEFORE.search(before)
        or _NO_HOUSE_BETWEEN.search(between)
        or (not found["dwelling"] and _NO_HOUSE_IN.search(found["street"]))
    )
