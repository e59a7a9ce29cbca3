"""A file that no profile knows: which of its columns is likely which of ours, for a person to confirm.

Told by a column's name, beside every name that is known in English and Welsh, and then by its values, so that a wrong name is not
followed: “Date” full of words is no date. A column that holds who a child is, is never suggested. Nothing here decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl
from rapidfuzz import fuzz, process

from spaces import intake, model, personal
from spaces.profile_files import AGES, HOURS, as_profile, read_profile
from words import N_

__all__ = [
    "AGES", "HOURS", "Formats", "Suggestion", "as_profile", "holds_somebody", "read_profile", "suggest", "suggest_codes", "suggest_formats",
]  # fmt: skip

MOST_VALUES = 5_000
"""Different values of a column that are looked at: more would tell no more."""

MOST_CODES = 60
"""A list of codes is one that somebody can read through; the longest built-in one has 33."""

ALIKE = 80
"""Of 100, by rapidfuzz: “Incident dt” and “Incident date” are; “Date reported” and “Date occurred” are not."""

LEAST = 0.5
"""Below this a suggestion is more trouble to refuse than it helps."""

NAMED = N_("its name is known, and its values fit")
NAMED_ALIKE = N_("its name is like one that is known, and its values fit")
NAME_ONLY = N_("its name is known; it has no values to look at")
VALUES_ONLY = N_("its values have this form; its name says nothing")

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "incident_id": (
        "reference", "ref no", "incident number", "crime reference", "case number", "record id", "occurrence number", "log number",
        "cyfeirnod", "rhif digwyddiad",
    ),
    "agency": ("organisation", "source", "partner", "reporting agency", "service", "team", "asiantaeth", "sefydliad"),
    "record_type": ("type of record", "kind of record", "math o gofnod"),
    "harm_type": (
        "type of harm", "nature of harm", "incident type", "category", "concern", "offence type", "exploitation type", "harm",
        "nature of incident",
        "math o niwed", "pryder", "categori",
    ),
    "severity": ("risk", "risk level", "seriousness", "level of harm", "difrifoldeb", "lefel risg"),
    "child_ref": (
        "child id", "child reference", "person id", "victim id", "young person id", "pupil id", "client id", "upn", "pseudonym",
        "cyfeirnod plentyn", "rhif plentyn",
    ),
    "age_band": ("age group", "age range", "school year", "band oedran", "grŵp oedran", "blwyddyn ysgol"),
    "sex": ("gender", "rhyw", "rhywedd"),
    "role": ("party role", "role in incident", "victim or suspect", "involvement", "rôl"),
    "location_role": ("place role", "type of location", "what happened there", "rôl y lle"),
    "location_text": (
        "location", "place", "address", "where", "location of incident", "street", "venue", "site", "scene", "lle", "lleoliad", "safle",
        "cyfeiriad", "ble",
    ),
    "uprn": ("unique property reference number",),
    "postcode": ("post code", "location postcode", "incident postcode", "cod post"),
    "easting": ("x", "eastings", "grid easting", "x coordinate", "dwyreiniad"),
    "northing": ("y", "northings", "grid northing", "y coordinate", "gogleddiad"),
    "longitude": ("lon", "long", "lng", "hydred"),
    "latitude": ("lat", "lledred"),
    "source_confidence": ("confidence", "reliability", "grading", "intelligence grade", "hyder"),
    "proactive": ("police generated", "found by police", "proactive policing", "rhagweithiol"),
    "occurred_from": (
        "date", "incident date", "date of incident", "occurred", "date occurred", "date time", "start", "start date", "from",
        "event date", "when", "dyddiad", "dyddiad y digwyddiad", "pryd",
    ),
    "occurred_to": ("end", "end date", "to", "until", "date to", "hyd", "dyddiad gorffen"),
    "reported_on": (
        "date reported", "reported", "recorded", "date recorded", "logged", "created", "referral date", "date received",
        "dyddiad adrodd", "dyddiad cofnodi", "dyddiad atgyfeirio",
    ),
    "case_closed_on": ("closed", "date closed", "closure date", "case closed", "end of involvement", "wedi cau", "dyddiad cau", "caewyd"),
    AGES: ("age", "age in years", "age at incident", "victim age", "oed", "oedran"),
    HOURS: ("time", "time of day", "hour", "incident time", "time occurred", "amser", "awr"),
}  # fmt: skip
"""What else people call our columns, in English and Welsh; the names in the built-in profiles are known besides."""


@dataclass(frozen=True)
class Suggestion:
    """One of a file's columns (`theirs`) that may be one of ours; `confidence` from 0 to 1, and why (untranslated)."""

    ours: str
    theirs: str
    confidence: float
    why: str


@dataclass(frozen=True)
class Formats:
    """How a column's dates are written, beyond ISO 8601. Where no value decides, both readings are given and none is chosen."""

    formats: tuple[str, ...]
    day_first: tuple[str, ...] = ()
    month_first: tuple[str, ...] = ()

    @property
    def ambiguous(self) -> bool:
        """Say that a person has to choose: no value has a number over 12 to tell day from month, or some tell one and some the other."""
        return bool(self.day_first)


def suggest(table: pl.DataFrame) -> list[Suggestion]:
    """Return for a table of text (as `tables.read` gives it) what its columns may be, surest first; each column once, each of ours once."""
    open_columns = [column for column in table.columns if column not in personal.personal_columns(table.columns)]
    values = {column: table[column].drop_nulls().unique(maintain_order=True).head(MOST_VALUES) for column in open_columns}
    values = {column: found for column, found in values.items() if not holds_somebody(found)}
    found = [one for column, text in values.items() for one in _for_column(column, text, table[column].count())]
    chosen: dict[str, Suggestion] = {}
    taken: set[str] = set()
    for one in sorted(found, key=lambda one: (-one.confidence, table.columns.index(one.theirs))):
        if one.ours not in chosen and one.theirs not in taken:
            chosen[one.ours] = one
            taken.add(one.theirs)
    return list(chosen.values())


def suggest_formats(text: pl.Series) -> Formats:
    """Return the forms that a column's dates are written in. Day and month are told apart by values over 12, and never guessed."""
    left = _known(text)
    left = left.filter(~_reads(left, intake.ISO_FORMATS))
    certain = []
    for form in _among(left, _WORDED):
        read = _reads(left, [form])
        certain += [form] if read.any() else []
        left = left.filter(~read)
    day_first, month_first = _among(left, _NUMBERED), _among(left, map(_month_first, _NUMBERED))
    by_day, by_month = _reads(left, day_first), _reads(left, month_first)
    only_by_day, only_by_month = bool((by_day & ~by_month).any()), bool((by_month & ~by_day).any())
    if only_by_day and not only_by_month:
        return Formats((*certain, *day_first))
    if only_by_month and not only_by_day:
        return Formats((*certain, *month_first))
    return Formats(tuple(certain), day_first, month_first)


def suggest_codes(ours: str, text: pl.Series) -> dict[str, str]:
    """Return which code each of a column's words is likely to stand for, by every word that is known; the others are a person's to say."""
    known, found = _known_codes(ours), {}
    for word in _known(text).head(MOST_CODES).to_list():
        best = process.extractOne(word.casefold(), known.keys(), scorer=fuzz.ratio, score_cutoff=90)
        if best:
            found[word] = known[best[0]]
    return found


def holds_somebody(text: pl.Series) -> bool:
    """Say whether a column holds who somebody is, whatever it is called."""
    kinds = personal.personal_content(text.head(500))
    kinds = kinds.set(kinds == personal.NHS_NUMBER, None)  # one in eleven numbers of ten digits looks like one
    return _share(kinds.is_not_null()) > 0.3


@cache
def _known_codes(ours: str) -> Mapping[str, str]:
    known = {code.replace("_", " "): code for code in model.CODES.get(ours, ())}
    for profile in intake.profiles():
        known |= {word.casefold(): code for word, code in profile.codes.get(ours, {}).items()}
    return known


_DAY_MONTH = [f"%d{mark}%m{mark}{year}" for mark in "/-. " for year in ("%Y", "%y")]
_NAMED_MONTH = [f"%d{mark}{month}{mark}{year}" for mark in " -/." for month in ("%b", "%B") for year in ("%Y", "%y")]
_CLOCKS = ("", " %H:%M", " %H:%M:%S", ", %H:%M", " %I:%M %p", "T%H:%M:%S")
_NUMBERED = [form + clock for form in _DAY_MONTH for clock in _CLOCKS]
_WORDED = ["%Y-%m", "%Y/%m/%d", "%Y/%m/%d %H:%M", "%Y%m%d"] + [
    before + form + clock for before in ("", "%A ", "%a ") for form in _NAMED_MONTH for clock in _CLOCKS
]


def _month_first(form: str) -> str:
    return form.replace("%d", "%0").replace("%m", "%d").replace("%0", "%m")


def _among(text: pl.Series, forms: Iterable[str]) -> tuple[str, ...]:
    """Return the forms that some of the texts are in, looking at one text of each shape."""
    shapes = pl.DataFrame({"text": text}).with_columns(
        shape=pl.col("text").str.replace_all(r"\d", "0").str.replace_all(r"\p{L}+", "a"),
        high=pl.col("text").str.extract_all(r"\d+").list.first(),
    )
    first, last = (
        shapes.sort("high", descending=descending).unique("shape", keep="first", maintain_order=True).get_column("text").head(100)
        for descending in (False, True)
    )
    some = first.append(last)
    return tuple(form for form in forms if len(some) and _reads(some, [form]).any())


def _reads(text: pl.Series, forms: Iterable[str]) -> pl.Series:
    """Say which texts name a possible moment in one of some forms."""
    read = pl.repeat(value=False, n=len(text), dtype=pl.Boolean, eager=True)
    for form in forms:
        written, form = (text + "-01", form + "-%d") if form == "%Y-%m" else (text, form)
        years = intake.moments(written, form).dt.year()
        read |= years.is_between(intake.EARLIEST.year, 2099).fill_null(value=False)
    return read


def _known(text: pl.Series) -> pl.Series:
    """Return a column's different values, without what people write when they do not know."""
    distinct = text.drop_nulls().unique(maintain_order=True)
    return distinct.filter(~distinct.str.to_lowercase().is_in(intake.NOT_KNOWN))


def _for_column(column: str, text: pl.Series, rows: int) -> Iterable[Suggestion]:
    known = _known(text)
    for ours, names in _names().items():
        score = max((fuzz.token_sort_ratio(part, name) for part in _parts(column) for name in names), default=0)
        if score >= ALIKE and known.is_empty():
            yield Suggestion(ours, column, round(score * 0.006, 2), NAME_ONLY)
        elif score >= ALIKE and _FITS[ours](known, rows):
            confidence = score / 100 * _trust_in_codes(ours, known)
            if confidence >= LEAST:
                yield Suggestion(ours, column, round(confidence, 2), NAMED if score == 100 else NAMED_ALIKE)
        elif score < ALIKE and ours in _TELLING and len(known) and _TELLING[ours](known) and _FITS[ours](known, rows):
            yield Suggestion(ours, column, LEAST, VALUES_ONLY)


def _trust_in_codes(ours: str, known: pl.Series) -> float:
    """Return how far a column's words bear its name out: “Role” may be who somebody was, or what a place was to them."""
    if not _known_codes(ours):
        return 0.95
    return 0.95 if len(suggest_codes(ours, known)) >= min(len(known), MOST_CODES) / 2 else 0.55


@cache
def _names() -> dict[str, tuple[str, ...]]:
    known = {
        ours: {part for name in (ours, *SYNONYMS.get(ours, ())) for part in _parts(name)} for ours in (*model.INCIDENT_COLUMNS, AGES, HOURS)
    }
    for profile in intake.profiles():
        theirs = dict(profile.columns) | {ours: how["column"] for ours, how in profile.times.items()}
        theirs |= ({AGES: profile.ages} if profile.ages else {}) | ({HOURS: profile.hours["column"]} if profile.hours else {})
        for ours, column in theirs.items():
            known[ours] |= set(_parts(column))
    return {ours: tuple(sorted(names)) for ours, names in known.items()}


def _parts(column: str) -> list[str]:
    """Return a heading in plain small letters, and each half of one in two languages."""
    apart = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", column).casefold()
    plain = [re.sub(r"[\W_]+", " ", part).strip() for part in (apart, *apart.split("/"))]
    return sorted({re.sub(r"\b(?:no|num|nr)\b", "number", part) for part in plain if part})


def _share(found: pl.Series) -> float:
    return int(found.sum()) / len(found) if len(found) else 0.0


def _numbers(text: pl.Series, low: float, high: float) -> bool:
    return _share(text.cast(pl.Float64, strict=False).is_between(low, high)) >= 0.9


def _few(text: pl.Series, rows: int) -> bool:
    return len(text) <= MOST_CODES and (len(text) <= rows / 2 or len(text) <= 10) and _share(text.str.contains(r"^\d{4,}")) < 0.5


def _matches(pattern: str, least: float) -> Callable[[pl.Series, int], bool]:
    return lambda text, _rows: _share(text.str.contains(pattern)) >= least


def _is_time(text: pl.Series, _rows: int) -> bool:
    written = suggest_formats(text.head(500))
    return _share(_reads(text.head(500), (*intake.ISO_FORMATS, *written.formats, *written.day_first, *written.month_first))) >= 0.8


def _is_reference(text: pl.Series, _rows: int) -> bool:
    return _share(personal.names_for_references(text)) < 0.2 and _share(text.str.contains(r"\d")) >= 0.5 and not _is_time(text, 0)


def _is_place(text: pl.Series, _rows: int) -> bool:
    return _share(text.str.contains(r"\p{L}{3}")) >= 0.7 and not _matches(_POSTCODE, 0.7)(text, 0)


_POSTCODE = r"(?i)^[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}$"
_LATITUDE, _LONGITUDE = (49.0, 61.5), (-9.0, 2.5)
_DECIMAL_DEGREES = r"^-?\d{1,2}\.\d{3,}$"
_FITS: dict[str, Callable[[pl.Series, int], bool]] = {
    **dict.fromkeys(model.TIME_COLUMNS, _is_time),
    **dict.fromkeys(
        ("agency", "record_type", "harm_type", "severity", "age_band", "sex", "role", "location_role", "source_confidence"), _few
    ),
    "incident_id": _is_reference,
    "child_ref": _is_reference,
    "location_text": _is_place,
    "uprn": _matches(r"^\d{5,12}$", 0.9),
    "postcode": _matches(_POSTCODE, 0.7),
    "easting": lambda text, _rows: _numbers(text, 1_000, 700_000),
    "northing": lambda text, _rows: _numbers(text, 1_000, 1_300_000),
    "longitude": lambda text, _rows: _numbers(text, *_LONGITUDE),
    "latitude": lambda text, _rows: _numbers(text, *_LATITUDE),
    "proactive": lambda text, _rows: _share(text.str.to_lowercase().is_in([*model.YES, *model.NO])) >= 0.9,
    AGES: lambda text, _rows: _numbers(text.str.extract(r"^(\d+)"), 0, 120) and _share(text.str.contains("-")) < 0.1,
    HOURS: lambda text, _rows: _share(text.str.contains(r"^\d{1,2}:\d{2}")) >= 0.3 or (_few(text, _rows) and not _is_time(text, 0)),
}
_TELLING: dict[str, Callable[[pl.Series], bool]] = {
    "postcode": lambda text: _matches(_POSTCODE, 0.95)(text, 0),
    "latitude": lambda text: _matches(_DECIMAL_DEGREES, 0.95)(text, 0),
    "longitude": lambda text: _matches(_DECIMAL_DEGREES, 0.95)(text, 0),
}
"""The few columns that values tell without a name."""
