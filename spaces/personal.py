"""What must never come in: who a child is. Found by what a column is called and by what is written in it.

The register is about places. Names, dates of birth, telephone numbers, e-mail, NHS and National Insurance numbers and home
addresses are refused on the way in, free text included, and named by kind only: the value itself is never repeated in a
message, a report or a log. A street address that is not said to be a home is cut to its street (`houses`).

Patterns find what has a shape; `names` finds people by common first names. Nothing of this kind is complete: the agreement with
the partner, and a person who looks, come first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from spaces import names, people_in_words
from spaces.houses import is_home, without_house
from words import N_

__all__ = [
    "is_home",
    "names_for_files",
    "names_for_headings",
    "names_for_places",
    "names_for_references",
    "nhs_numbers",
    "personal_columns",
    "personal_content",
    "without_house",
]

NAME = N_("looks like a person's name")
BORN = N_("looks like a date of birth")
PHONE = N_("looks like a telephone number")
EMAIL = N_("looks like an e-mail address")
NHS_NUMBER = N_("looks like an NHS number")
INSURANCE_NUMBER = N_("looks like a National Insurance number")
HOME = N_("looks like a home address")
HANDLE = N_("looks like a name in social media")

_SOMEBODY = (
    "child|children|young person|yp|cyp|victim|pupil|student|learner|patient|client|service user|person|subject|nominal|suspect|offender|"
    "perpetrator|accused|witness|informant|caller|reporter|referrer|officer|worker|social worker|practitioner|teacher|"
    "mother|father|mum|dad|parent|carer|guardian|sibling|brother|sister|friend|adult|owner|occupier"
)
_RHYWUN = "plentyn|person|person ifanc|disgybl|dioddefwr|claf|rhiant|fam|tad|gofalwr"
_COLUMNS = {
    NAME: r"\b(fore|sur|first|last|middle|family|given|full|maiden|birth|christian|nick|preferred|legal|known as)[ -]?names?\b"
    rf"|\b({_SOMEBODY})('?s)?[ -]?names?\b|\bnames? of (the )?({_SOMEBODY})\b|^names?( \(.*\))?$|\binitials\b|\balias(es)?\b|\baka\b"
    r"|^(young person|yp|victim|pupil)$"
    r"|^(mother|father|mum|dad|parents?|carers?|guardians?|sibling|parent or carer)( details)?$|\bnext of kin\b|^nok$"
    rf"|^enwa?u?$|\benw (llawn|cyntaf|canol|olaf|teulu|y {_RHYWUN}|{_RHYWUN})\b|\benw('r| y| yr) ({_RHYWUN})\b|\bcyfenw\b|^rhiant$",
    BORN: r"\bd\.? ?o\.? ?b\b|\b(date|day|year|month|yr) of birth\b|\bbirth ?(da(te|y)|year)\b|^born( on)?$"
    r"|\b(dyddiad|blwyddyn) geni\b|^ganwyd$",
    HANDLE: r"\bsocial media\b|\b(insta(gram)?|snap ?chat|tik ?tok|user|screen|gamer)[ -]?(tag|handle|name|id)\b"
    r"|^(insta(gram)?|snap|tik ?tok|handle)$",
    PHONE: r"\b(tele)?phone\b(?! ?(box|booth|kiosk|shop))|^contact( details)?$"
    r"|\bmobile( (no|number|phone))?\.?$|\btel(ephone)?\.?( (no|num|number)\b|$)"
    r"|\bcontact (no|number)\b|\bffôn\b|\brhif (ffon|cyswllt)\b|\bwhats ?app\b|\bsnap ?chat\b",
    EMAIL: r"\be-?mails?\b|\be-?bost\b",
    NHS_NUMBER: r"\bnhs ?(no|num|number|id|#)?\.?$|\brhif (y )?gig\b|\bnhs (no|number)\b",
    INSURANCE_NUMBER: r"\bn\.?i\.? ?(no|num|number)\b|\bnino\b|\bnational insurance\b|\byswiriant (gwladol|cenedlaethol)\b",
    HOME: r"\bhome ?(address|postcode|post code|street|town|location|uprn|tel)\b|\bresiden(ce|tial)( address)?$"
    rf"|\b({_SOMEBODY})'?s? (home )?(address|postcode|post code)\b|\baddress of (the )?({_SOMEBODY})\b|\blives at\b"
    r"|\bplacement (address|postcode)\b"
    rf"|\b(cyfeiriad|cod post)('r| y| yr)? (cartref|{_RHYWUN})\b",
}
"""What a column is called when it holds one of these, in English and Welsh; underscores count as spaces."""

_SEPARATOR = "[ \t\u00a0().·/–-]*"
_DAY = r"[0-3]?\d[/.-][01]?\d[/.-](?:(?:19|20)\d\d|\d\d)\b"
_CONTENT = {
    EMAIL: r"(?i)[\w.+'-]+\s?(?:@|[(\[{]\s?at\s?[)\]}])\s?[\w-]+(?:\s?(?:\.|[(\[{]\s?dot\s?[)\]}])\s?[\w-]+)+",
    INSURANCE_NUMBER: r"(?i)\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][\s.-]?(?:\d{2}[\s.-]?){3}[A-D]\b",
    NHS_NUMBER: r"(?i)\b(?:NHS|GIG)\b(?:\s?(?:no|num|number|id|rhif))?[\s.:#-]*\d(?:[\s-]?\d){7,9}\b",
    BORN: rf"(?i)(?:^|[\s(,;])b\.\s?{_DAY}|\baged? \d{{1,2}},? ?\((?:b\.? ?|born )?{_DAY}",
    HOME: r"(?i)\b(?:lives?|living|lived) (?:in |at )?(?:flat|flt|apartment|apt|fflat|house number|number|no\.?) ?\d"
    r"|\b(?:her|his|their|my) (?:nana?|nann?y|gran|grandma|mum|dad|mam|mom)s (?:on|in|at|off|place)\b"
    r"|\b(?:lives?|living|lived|resid(?:es|ed|ing)|stay(?:s|ed|ing)|address)\s(?:is\s)?(?:at|is)\b"
    r"|\b(?:home|her|his|their) (?:address|postcode)\b|\bh(?:ome)? ?/? ?addr?\b|\bc/o\b|\b(?:yn|sy'n|mae'n) byw (?:yn|ar|ym|yng)\b"
    r"|\b(?:cyfeiriad|gyfeiriad|chyfeiriad) cartref\b"
    r"|\b(?:ei|eu) (?:gartref|chartref|cartref|dŷ|thŷ|tŷ)\b"
    r"|\b(?:tŷ|cartref|fflat) (?:ei|eu) (?:mam|dad|thad|nain|fam|rhieni|chariad|ffrind)\b"
    r"|\b(?:own|family|his|her|their|victim'?s?|child'?s|suspect'?s?|pupil'?s|mother'?s|father'?s|mum'?s|dad'?s|mam'?s|parents?'?|nan'?s|gran'?s|"
    r"grandparents?'?|grandmother'?s|auntie?'?s|uncle'?s|boyfriend'?s|girlfriend'?s|friend'?s) (?:home|house|flat|address|bedroom|gaff)\b",
}
_BORN = r"(?i)\b(?:d\.? ?o\.? ?b\.?|(?:date|year) of birth|birthday|birthdate|born|dyddiad geni|pen-?blwydd|n?ganwyd|n?ganed|anwyd|aned)\b"
_BORN_ON = re.compile(_BORN + r"[^\d\n]{0,16}\d")
_PHONE_SHAPE = (
    rf"(?:\+|\b00)\s?44{_SEPARATOR}[0O]?{_SEPARATOR}[1-9](?:{_SEPARATOR}[0-9]){{7,9}}\b|(?:\b|\()[0Oo]{_SEPARATOR}[1-9](?:{_SEPARATOR}[0-9]){{8,9}}\b"
    rf"|\b447(?:{_SEPARATOR}[0-9]){{9}}\b|\b7[1-9][0-9]{{2}}[\s-]?[0-9]{{3}}[\s-]?[0-9]{{3}}\b"
)
"""UK numbers as people write them: with or without +44, 0044 or the nought that spreadsheets drop; spaced, dotted or in brackets."""

_HANDLE_SHAPE = r"(?i)@[a-z]|\b(?:insta|snap|tik ?tok|discord|facebook|fb|ig)"
_HANDLE = re.compile(
    r"(?i)(?<![\w.])@[a-z][a-z_]{2,}(?:[._]\w|\d)"
    r"|\b(?:insta(?:gram)?|snap ?chat|snap|tik ?tok|discord|facebook|fb|ig)(?: ?(?:name|user ?name|handle|account|id|is))?"
    r"\s?[:=@]\s?@?[\w.]{3,}"
    r"|\b(?:insta|snap) (?!fitness|video|post|story|live|message|group|photo|account|map|chat|decision)[a-z0-9._]{4,}\s*(?:$|[,;)])"
)
"""An “@” alone is how people write “at” (“@ the bus stop”, “@Lidl”), and a name without one needs the service before it."""

UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
"""Signs that nobody sees, as ranges of a pattern, besides those of format (the category Cf): a name or a number is the same with them."""

_DATE_AND_TIME = re.compile(r"^0\d[\s./-]+(?:0\d|1[0-2])[\s./-]+(?:(?:19|20)\d\d|\d\d\b)")
_NHS_SHAPE = r"\b(\d{3}[ -]?\d{3}[ -]?\d{4})\b"


def personal_columns(columns: Iterable[str]) -> dict[str, str]:
    """Return the columns that say they hold who a child is, each with what it looks like. Headings in two languages count in either."""
    found = {}
    for column in columns:
        words = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", column).replace("_", " ").replace("’", "'").casefold()
        parts = [words.strip(), *(part.strip() for part in re.split(r"[/|:;,]|\s-\s", words))]
        kind = next((kind for kind, pattern in _COLUMNS.items() if any(re.search(pattern, part) for part in parts)), None)
        if kind:
            found[column] = kind
    return found


def personal_content(text: pl.Series, *, places: frozenset[str] = frozenset()) -> pl.Series:
    """Return what each text holds that must not come in, missing where it holds nothing of the kind.

    `places` are names of the area's own places, casefolded: “William Hill” is a shop where the map says so.
    """
    seen = _as_seen(text)
    distinct = pl.DataFrame({"text": seen.drop_nulls().unique()})
    kinds = distinct.with_columns(
        kind=pl.coalesce(*(pl.when(pl.col("text").str.contains(pattern)).then(pl.lit(kind)) for kind, pattern in _CONTENT.items()))
    )
    every = dict(kinds.filter(pl.col("kind").is_not_null()).iter_rows())
    # What no pattern can say alone, only for the few texts that have the shape.
    rest = kinds.filter(pl.col("kind").is_null()).get_column("text")
    for shape, kind, read in (
        (_BORN, BORN, _BORN_ON.search),
        (_HANDLE_SHAPE, HANDLE, _HANDLE.search),
        (_PHONE_SHAPE, PHONE, _has_telephone),
        (_NHS_SHAPE, NHS_NUMBER, nhs_numbers),
        (names.maybe(), NAME, lambda written: names.names_somebody(written, places)),
    ):
        every |= {value: kind for value in rest.filter(rest.str.contains(shape)).to_list() if value not in every and read(value)}
    if not every:
        return pl.repeat(None, len(text), dtype=pl.String, eager=True)
    return seen.replace_strict(every, default=None, return_dtype=pl.String)


def content_in_words(text: pl.Series, *, places: frozenset[str] = frozenset()) -> pl.Series:
    """Return the same of what workers write of a place, which can be written again: told by less (`people_in_words`)."""
    told = zip(_as_seen(text), personal_content(text, places=places), strict=True)
    return pl.Series([kind or (None if one is None else _in_words(one, places)) for one, kind in told], dtype=pl.String)


def names_for_references(references: pl.Series) -> pl.Series:
    """Say which child references are a person's name, a birthday, an e-mail or a telephone number and no reference at all."""
    references = _as_seen(references)
    distinct = references.drop_nulls().unique()
    shaped = distinct.filter(
        distinct.str.contains(_CONTENT[EMAIL])
        | distinct.str.contains(_BORN)
        | distinct.str.contains(r"^\s*\d{1,2}[/. -]\d{1,2}[/. -]\d{2,4}\s*$|^\s*(?:19|20)\d\d-\d\d-\d\d\s*$")
    ).to_list()
    telephones = [value for value in distinct.filter(distinct.str.contains(_PHONE_SHAPE)).to_list() if _has_telephone(value)]
    people = [value for value in distinct.filter(distinct.str.contains(r"^[\p{L}\s,.'’-]+$")).to_list() if names.is_a_name(value)]
    return references.is_in([*shaped, *telephones, *people]).fill_null(value=False)


def names_for_headings(name: str) -> bool:
    """Say whether a heading is nothing but somebody's name: headings have too few words for `personal_content`."""
    words = re.findall(r"[^\W\d_]+", name.casefold())
    first, known = names.first_names(), names.first_names() | names.surnames()
    return not first.isdisjoint(words) and not people_in_words.words_too().issuperset(words) and known.issuperset(words)


def names_for_places(name: str) -> bool:
    """Say whether what a place is called is nothing but somebody's name: “Jordan”, and not “Thomas Hill”."""
    words = re.findall(r"[^\W\d_]+", name)
    return names_for_headings(name) and not any(map(names.is_a_places_word, words[1:]))


def names_for_files(name: str) -> bool:
    """Say whether a file is called after somebody: “Kayleigh Price referral.csv”, “kayleigh_price.xlsx”, “Price K dob 010210.csv”."""
    stem = re.sub(r"\s+", " ", re.sub(r"[_.+-]", " ", re.sub(r"\.[A-Za-z0-9]{1,8}$", "", name)))
    # Names of files are written in any case, and a surname need not be a common one: “kayleigh referral” is “Kayleigh Referral”.
    kinds = personal_content(pl.Series([stem, stem.title()]))
    return not {NAME, BORN, EMAIL, HOME}.isdisjoint(kinds)  # and no numbers: most are the time at which a file was written


def nhs_numbers(text: str) -> list[str]:
    """Return the NHS numbers in a text: ten digits whose last is the Modulus 11 check of the others."""
    found = [re.sub(r"\D", "", candidate) for candidate in re.findall(_NHS_SHAPE, text)]
    return [digits for digits in found if _has_check_digit(digits)]


def _as_seen(text: pl.Series) -> pl.Series:
    """Return texts as they are read: letters of any width as one, and nothing that nobody sees."""
    return text.str.normalize("NFKC").str.replace_all(rf"[\p{{Cf}}{UNSEEN}]", "")


def _in_words(text: str, places: frozenset[str]) -> str | None:
    if people_in_words.names_somebody(text, places):
        return NAME
    if people_in_words.says_a_home(text, places):
        return HOME
    return HANDLE if people_in_words.says_an_account(text) else None


def _has_check_digit(digits: str) -> bool:
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return len(set(digits)) > 1 and check != 10 and check % 11 == int(digits[9])


def _has_telephone(text: str) -> bool:
    """Say whether something of a telephone number's shape is one, and not a date followed by a time."""
    return any(not _DATE_AND_TIME.match(found[0].strip()) for found in re.finditer(_PHONE_SHAPE, text))
