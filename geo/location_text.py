"""What a person wrote for a place, taken apart: what is near what, the house's number, the streets of a junction, the town.

Nothing is looked up here. Several readings of one wording are handed on in the order in which they are to be tried, because only a
gazetteer can say whether `In Mill Lane` is a name or `in` a word before one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import polars as pl

LONGEST = 300
"""More letters than this are a story and not the name of a place. Positions and postcodes are looked for in `SEARCHED`."""

SEARCHED = 2000
"""How much of a text is looked at at all."""

ONLINE, HOME, UNSAID, NEAR_NOTHING = "online", "home", "unsaid", "near nothing"
"""What a wording says that is no place: that it was online, at home, that nobody knows, or only `On or near`."""

_APPS = (
    "snap ?chat|snap|insta(?:gram)?|whats ?app|facebook|messenger|tik ?tok|telegram|discord|twitter|you ?tube|roblox|minecraft|fortnite|"
    "call of duty|play ?station|xbox|kik|omegle|yubo|wizz|tinder|grindr|bumble|only ?fans|reddit|skype|zoom|microsoft teams|face ?time|"
    "twitch|bereal|viber|wechat|tumblr|dating app|e ?mail|on ?line|internet|web|website|cyber|social media|social networks?|"
    "text messages?|texts?|phone|phone calls?|telephone|mobile phone|online games?|online gaming|gaming|ar ?lein|"
    "cyfryngau cymdeithasol|rhyngrwyd|we"
)
_WHOSE = (
    "a|her|his|their|own|my|victims?|childs?|young persons?|yps?|mothers?|fathers?|mums?|dads?|parents?|grandparents?|nans?|family|"
    "familys|carers?|foster|suspects?|perpetrators?|offenders?|friends?|boyfriends?|girlfriends?|partners?|"
    "relatives?|complainants?|injured partys"
)
_HOME = (
    "home|home address|house|flat|house address|place of residence|residence|residential address|domestic address|domestic residence|"
    "private (?:address|residence|dwelling|house)|dwelling|dwelling house|bedroom|household|gartref|adref|cartref|chartref|nghartref|"
    "cyfeiriad cartref|ty"
)
_KNOWN = "known|given|stated|recorded|provided|specified|disclosed|available|applicable|supplied|entered|sure"
_PLACE = "location|address|place|street|venue|area|lleoliad|cyfeiriad"

NO_PLACE = {
    ONLINE: rf"(?:(?:on|via|over|through|by|in|using|ar|trwy|dros) )?(?:{_APPS})(?:(?: and| or| a| ac| neu)? (?:{_APPS}))*"
    r"(?: (?:app|chat|group|messages?|messaging|account|calls?|live|game|only|abuse|contact|platforms?|incident|location|harm|offence))*",
    HOME: rf"(?:(?:at|in|from|inside|outside|yn|y|yr|ei|fy|dy|eu) )*(?:(?:{_WHOSE}) )*(?:{_HOME})",
    UNSAID: rf"(?:on or near )?(?:no (?:{_PLACE}|fixed abode|fixed address)(?: (?:{_KNOWN}))?|nfa|unknown(?: (?:{_PLACE}))?|(?:{_PLACE}) "
    rf"(?:unknown|withheld|tbc|anhysbys|not (?:{_KNOWN}))|not (?:{_KNOWN})|n a|na|nan|none|nil|null|tbc|tba|tbd|unspecified|undisclosed|"
    r"withheld|various(?: (?:locations|places|addresses))?|multiple locations|anhysbys|ddim yn hysbys|dim lleoliad|dim)",
    NEAR_NOTHING: r"on or near|on near|near|nr|on|at|in|by|off|outside|behind|opposite|opp|ar neu ger|ger|ar|tu allan i|gyferbyn a",
}
"""How such wordings look as keys. The whole of one has to match: `Home Farm` and `Zoom Street` are places."""

_SEPARATORS = re.compile(r"[,;|\n\r\t()\[\]{}\x00]|:\s| [-–—]+ |\.\s|\.$")
_LABEL = re.compile(r"^\W*(?:location|address|place|venue|scene|lleoliad|cyfeiriad)\s*[:\-]\s*", re.IGNORECASE)
_ON_OR_NEAR = re.compile(r"^\W*(?:on or near|on/near|ar neu ger)\b\s*", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:somewhere |just )?(?:near to|nearby|near|nr|close to|next to|next door to|adjacent to|adj to|adj|opposite to|opposite|opp|"
    r"outside of|"
    r"outside|o/s|behind|in front of|(?:to |at |in |on )?(?:the )?"
    r"(?:rear|back|front|side|end|top|bottom|entrance|area|vicinity|grounds?) (?:of|to)|"
    r"r/o|beside|alongside|along|around|round|by|at|inside|in|within|on|off|from|towards|outskirts of|gerllaw|ger|yn agos at|tu allan i|"
    r"tu ôl i|tu ol i|tu mewn i|gyferbyn ag?|gyferbyn â|wrth ymyl|wrth|ar bwys|o flaen|drws nesaf i|mewn|ar|yng?|ym)\b[.:]?\s+(?=\S)",
    re.IGNORECASE,
)
_ON = re.compile(r"^(?:on|along|ar)\s", re.IGNORECASE)
_STOP = r"bus (?:stops?|shelters?)|safle bws|safle bysiau|arhosfan(?: bysiau| fysiau)?|lloches (?:bws|fysiau)"
_ONLY_STOP = re.compile(rf"^(?:(?:at|by|near|in) )?(?:(?:the|a) )?(?:{_STOP})$", re.IGNORECASE)
_STOP_FIRST = re.compile(rf"^(?:(?:the|a) )?(?:{_STOP})[.:]?\s+(?=\S)", re.IGNORECASE)
_TAIL = re.compile(
    r"\s+(?:car ?parks?|maes parcio|(?:town|city|village) cent(?:re|er)|area|ardal|vicinity|entrance|toilets?|subway|"
    rf"underpass|{_STOP})$",
    re.IGNORECASE,
)
_ROOM = re.compile(
    r"^(?:flat|flats|apt|apartment|unit|units|room|suite|plot|fflat|uned)\.?\s+[\w\-/]{1,8}\s+(?=\S)|^(?:no|number|rhif)\.?\s*(?=\d)",
    re.IGNORECASE,
)
_ONLY_ROOM = re.compile(
    r"^(?:flat|flats|apt|apartment|unit|units|room|suite|plot|floor|block|fflat|uned)\.?\s+[\w\-/]{1,8}$", re.IGNORECASE
)
_NUMBER = re.compile(r"^(\d{1,4}[a-z]?(?:\s?[-–&/]\s?\d{1,4}[a-z]?)?)[\s.]+(?=[^\W\d])", re.IGNORECASE)
_NUMBER_LATER = re.compile(r"^.{3,}?\s(\d{1,4}[a-z]?(?:\s?[-–&/]\s?\d{1,4}[a-z]?)?)\s+(?=[^\W\d]+\s+[^\W\d]+[^\d]*$)", re.IGNORECASE)
_HOUSE = re.compile(
    r"^.*\b(?:cottages?|house|farm|farmhouse|barn|lodge|villa|hall|rectory|vicarage|bungalow|flats?|apartments?|stores?|shop|inn|hotel|surgery|"
    r"church|chapel|school|academy|club|cafe|restaurant|garage|fferm|bwthyn)\s+(?=\S+\s+\S)",
    re.IGNORECASE,
)
"""What may stand before a street without a comma: `Rose Cottage Mill Lane`. Never an `Old` or `Upper`, which may be part of its name."""

_ONLY_NUMBER = re.compile(r"^\d{1,4}[a-z]?(?:\s?[-–&/]\s?\d{1,4}[a-z]?)?$", re.IGNORECASE)
_MEETING = r"junction|junct|jct|jctn|jnct|jn|corner|cnr|crossroads|cross roads|intersection|cyffordd|cornel|croesffordd"
_SAYS_MEETING = re.compile(rf"\b(?:{_MEETING})\b|\bj/w\b|\bjw\b", re.IGNORECASE)
_MEETING_WORDS = re.compile(
    rf"\s*(?:\b(?:at|on|ar) )?(?:\b(?:the|y) )?\b(?:{_MEETING})\b\.?(?:\s+(?:of|with|between|and|gyda|rhwng|â|a|y|yr)\b)?\s*", re.IGNORECASE
)
_BETWEEN = re.compile(r"\s*(?:/|\+|&|\x01)\s*|\s+(?:j/w|jw|and|with|meets|x|ac|gyda|â|at)\s+|\s+a\s+(?=\S)", re.IGNORECASE)


@dataclass(frozen=True)
class Segment:
    """One part of a wording: the names that it may be, in order, the number of a house, and the streets that meet in it.

    `around` are those of the names that what is meant is only near to: `Catmos Park` of `Catmos Park car park`.
    """

    names: tuple[str, ...]
    number: str | None = None
    streets: tuple[str, ...] = ()
    says_meeting: bool = False
    around: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reading:
    """A wording taken apart. `on_street` says that it names what something was *on*, and so a street before anything else."""

    segments: tuple[Segment, ...] = ()
    on_street: bool = False
    too_long: bool = False
    texts: frozenset[str] = field(default_factory=frozenset)
    """Every string whose key will be asked for."""


def no_place(key: pl.Expr) -> pl.Expr:
    """Return what a wording says that is no place, by its key; null where it may be one."""
    # One look says whether any of them is meant, and takes the whole of most lists.
    any_said = key.str.extract(rf"^({'|'.join(f'(?:{pattern})' for pattern in NO_PLACE.values())})$")
    said = pl.lit(None, pl.String)
    for verdict, pattern in NO_PLACE.items():
        said = pl.when(any_said.str.contains(rf"^(?:{pattern})$")).then(pl.lit(verdict)).otherwise(said)
    return said


def read(text: str) -> Reading:
    """Take a wording apart; a postcode in it has been replaced by a NUL."""
    text = text.strip()
    if len(text) > LONGEST:
        return Reading(too_long=True)
    text = _LABEL.sub("", text)
    police = _ON_OR_NEAR.match(text)
    pieces = [piece.strip(" .'\"-–") for piece in _SEPARATORS.split(text[police.end() :] if police else text)]
    pieces = [re.sub(r"\s+", " ", piece) for piece in pieces if any(letter.isalnum() for letter in piece)]
    pieces = _with_their_stop(pieces)
    segments: list[Segment] = []
    on_street, number = bool(police), None
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        at += 1
        if _ONLY_ROOM.match(piece):
            continue
        if _ONLY_NUMBER.match(piece):
            number = piece
            continue
        on_street |= not segments and bool(_ON.match(piece))
        segment = _segment(piece, number)
        if segment.says_meeting and len(segment.streets) == 1 and at < len(pieces):
            segment = _segment(f"{piece}\x01{pieces[at]}", number)  # `junction of High Street, Mill Lane`
            at += 1
        segments.append(segment)
        number = None
    texts = frozenset(name for segment in segments for name in (*segment.names, *segment.streets))
    return Reading(tuple(segments), on_street, texts=texts)


def _with_their_stop(pieces: list[str]) -> list[str]:
    """Put a bus stop that stands alone with what it is called after: `Bus stop, Mill Lane` is the one of that name, or by it."""
    named = [piece for piece in pieces if not _ONLY_STOP.match(piece)]
    return [f"{named[0]} bus stop", *named[1:]] if named and len(named) < len(pieces) else pieces


def _segment(piece: str, number: str | None) -> Segment:
    bare = _without_lead(piece)
    at_stop = _STOP_FIRST.match(bare)
    bare = _without_lead(bare[at_stop.end() :]) if at_stop else bare
    streets, says_meeting = _streets(bare)
    # The last word is where the kind of a place mostly stands, and where it is taken off again if no stop is known by that name.
    bare = f"{bare} bus stop" if at_stop and not _TAIL.search(bare) else bare
    piece, bare = piece.replace("\x01", " "), bare.replace("\x01", " ")
    names = [piece]
    housed = _ROOM.sub("", bare, count=1)
    if found := _NUMBER.match(housed) or _NUMBER_LATER.search(housed):
        number, housed = found[1], housed[found.end() :]
    names += [bare, housed, _HOUSE.sub("", housed, count=1)]
    around = [shorter for name in (bare, housed) if (shorter := _TAIL.sub("", name)) not in names]
    return Segment(tuple(dict.fromkeys(name for name in (*names, *around) if name)), number, streets, says_meeting, frozenset(around))


def _without_lead(piece: str) -> str:
    while (shorter := _LEAD.sub("", piece, count=1)) != piece:
        piece = shorter
    return piece


def _streets(piece: str) -> tuple[tuple[str, ...], bool]:
    """Return the streets that a piece says meet, and whether it says so in words."""
    says = bool(_SAYS_MEETING.search(piece))
    plain = _MEETING_WORDS.sub("\x01", piece) if says else piece
    parts = [part.strip(" .\x01") for part in _BETWEEN.split(plain)]
    parts = [_LEAD.sub("", part) for part in parts if any(letter.isalpha() for letter in part)]
    return (tuple(dict.fromkeys(parts)), says) if says or len(parts) > 1 else ((), False)
