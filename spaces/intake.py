"""Partner files in: any table a partner sends becomes the incident frame, and every row that does not is explained.

A *profile* (TOML, in `profiles/`) says which of a partner's columns, dates and codes stand for which of ours. A file is
recognised by its header. Values that cannot be understood become missing and are listed as problems by row and column,
never by their contents, which may be about a child.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray

from geo import frames
from spaces import model, personal, tables
from words import N_, DataProblem, _, ngettext

PROFILES = Path(__file__).with_name("profiles")

ISO_FORMATS = (
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z",
)  # fmt: skip
"""Read whatever the profile says besides: they mean the same to everyone, and spreadsheet dates arrive as them."""

UK_CLOCK = "Europe/London"
"""Times are what the clock on the wall said. One that is given with its distance from Greenwich is put on that clock."""

EXCEL_DAY_NOUGHT = datetime(1899, 12, 30)  # noqa: DTZ001  local time throughout
"""Where a spreadsheet counts its days from: 45567 is 2 October 2024. A cell not formatted as a date comes as that number."""

EARLIEST = datetime(1990, 1, 1)  # noqa: DTZ001  local time throughout: what the clock on the wall said
"""No partner's electronic record is older; 01/01/1900 is what systems write when they have no date."""

POSTCODE = r"(?i)^[A-Z]{1,2}[0-9OIL][A-Z0-9]?(?:\s*[0-9OIL](?:\s*[A-Z]{2})?)?$"
"""A postcode, its sector or its district, with the letters that are often typed for a number. Anything else there might be anything."""

TOTAL = r"(?i)^\s*(?:grand |sub[- ]?)?totals?\s*:?\s*$|^\s*(?:is-?g|c)yfanswm\s*:?\s*$"
"""What the cell beside a sum says, in English and Welsh."""

NOT_KNOWN = ("not known", "unknown", "not recorded", "not said", "not applicable", "n/k", "n/a", "none", "null", "-", "?")
"""What people write anywhere when they do not know: missing, and no mistake. Two children whose reference is “n/k” are not one child."""

NOT_A_DATE = N_("this is not a date. Give it as 2024-10-03 or as the file's own form")
NOT_A_POSSIBLE_DATE = N_("the date is before 1990 or in the future. Correct it")
ENDS_FIRST = N_("it ends before it begins. Correct one of the two times")
NOT_AN_AGE = N_("this is not an age in whole years. Correct it or leave it empty")
NOT_A_NUMBER = N_("this is not a number. Correct it or leave it empty")
SKIPPED_HOUR = N_("the clocks went forward and this hour was not there, so the whole day is kept. Correct the hour")
PERSONAL_COLUMN = N_("a column of this name holds who somebody is, so none of it was read. Ask the partner to leave it out")
OUTSIDE_GREAT_BRITAIN = N_("the coordinates are outside Great Britain. Check whether they are swapped, or in another coordinate system")
NOT_A_POSTCODE = N_("this is not a postcode, so it was not read. Correct it or leave it empty")
UNKNOWN_HOUR = N_("this is not a time of day such as 15:30. Correct it, or add the word to the file's profile")
UNKNOWN_CODE = N_("this word is not in the file's profile. Add it to the profile, or correct it")


@dataclass(frozen=True)
class Profile:
    """What one kind of partner file looks like."""

    name: str
    header: Sequence[str]
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    times: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """For each time column of ours: the partner's `column`, and the `formats` it is written in."""
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ages: str | None = None
    """The partner's column of ages in years, where there is one."""
    hours: Mapping[str, Any] = field(default_factory=dict)
    """`column` of the time of day, and `words` for what is written there instead of a time."""
    coordinate_precision_m: float = 20.0
    sheet: str | None = None


@dataclass(frozen=True)
class Intake:
    """One file, read: its records in the canonical columns, and what could not be understood.

    `records` is indexed by row number in the file; `problems` has `row, column, problem` (the message untranslated). `written` has, by
    column of ours, the partner's own words for what became a code or an hour of ours, in small letters, and missing for all else.
    `unread` are the columns that the profile says nothing of, `totals` the rows that only sum up those above them.
    """

    file: str
    profile: Profile
    records: pd.DataFrame
    problems: pd.DataFrame
    written: Mapping[str, pl.Series] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    totals: tuple[int, ...] = ()


def read(path: Path, *, today: date, profile: Profile | None = None, saved: Sequence[Profile] = ()) -> Intake:
    """Read a partner's file into the incident frame, by one profile or whichever knows it of the built-in ones and those `saved`.

    Raises DataProblem where it is not a table, or no profile knows its columns; problems in single values are listed. A column
    whose name says that it holds who a child is, is listed and never read, even where a profile maps it.
    """
    table, row = tables.read(path, [profile.sheet] if profile else [each.sheet for each in (*saved, *profiles())])
    profile = profile or recognise(table.columns, file=path.name, saved=saved)
    missing = [column for column in profile.header if column not in table.columns]
    if missing:
        raise DataProblem(LACKS_COLUMN, file=path.name, column=missing[0], profile=profile.name)
    return _mapped(path.name, table, row, profile, today)


class NoProfileError(DataProblem):
    """A table whose columns nobody has explained yet: a person can, by a profile."""


LACKS_COLUMN = N_("{file} has no column “{column}”, which “{profile}” files have. Add it, or choose another profile.")


def check_whole(intake: Intake) -> None:
    """Raise the first problem of a file, and say how many more there are."""
    if intake.problems.empty:
        return
    first, others = intake.problems.iloc[0], len(intake.problems) - 1
    more = " " + ngettext("{count} more value has a problem.", "{count} more values have problems.", others) if others else ""
    where = {"file": intake.file, "row": first["row"], "column": first["column"], "problem": _(first["problem"]), "more": more}
    raise DataProblem("{file}, row {row}, column “{column}”: {problem}.{more}", **where)


@cache
def profiles() -> tuple[Profile, ...]:
    """Return the built-in profiles, those with the most telling header first."""
    found = [Profile(**tomllib.loads(path.read_text("utf-8"))) for path in sorted(PROFILES.glob("*.toml"))]
    return tuple(sorted(found, key=lambda profile: -len(profile.header)))


def recognise(columns: Iterable[str], *, file: str, saved: Sequence[Profile] = ()) -> Profile:
    """Return the profile whose header is among the columns; NoProfileError saying what is missing from the nearest one."""
    columns = set(columns)
    known = sorted((*saved, *profiles()), key=lambda profile: -len(profile.header))
    for profile in known:
        if columns.issuperset(profile.header):
            return profile
    nearest = max(known, key=lambda profile: len(columns.intersection(profile.header)) / len(profile.header))
    missing = [column for column in nearest.header if column not in columns]
    if len(missing) <= len(nearest.header) / 2:
        raise NoProfileError(LACKS_COLUMN, file=file, column=missing[0], profile=nearest.name)
    raise NoProfileError(
        "{file} has columns that no profile knows. Name them as in the README ({columns}), or add a profile.",
        file=file, columns=", ".join(model.INCIDENT_COLUMNS[:5]) + " …",
    )  # fmt: skip


def _mapped(file: str, table: pl.DataFrame, row: NDArray[np.int64], profile: Profile, today: date) -> Intake:
    found: list[pd.DataFrame] = []

    def note(column: str, wrong: pl.Series, problem: str) -> None:
        rows = row[wrong.fill_null(value=False).to_numpy()]
        found.append(pd.DataFrame({"row": rows, "column": column, "problem": problem}))

    withheld = list(personal.personal_columns(table.columns))
    found.append(pd.DataFrame({"row": 1, "column": withheld, "problem": PERSONAL_COLUMN}))
    table = table.drop(withheld)

    values: dict[str, pl.Series] = {}
    written: dict[str, pl.Series] = {}
    for ours, column in profile.columns.items():
        if column in table.columns:
            values[ours] = _value(ours, table[column], profile, column, note)
            if ours in model.CODES:
                words = _known(table[column]).str.to_lowercase()
                written[ours] = words.set((words == values[ours]).fill_null(value=False), None)
    for ours, constant in profile.constants.items():
        values[ours] = pl.repeat(constant, table.height, dtype=pl.String, eager=True)
    if profile.ages in table.columns:
        given = _known(table[profile.ages])
        years = given.str.extract(r"(?i)^(\d{1,3})(?:\.\d+)?\s*(?:$|y)").cast(pl.Float64)
        values["age_band"] = pl.Series([None if age is None else model.age_band(age) for age in years], dtype=pl.String)
        note(profile.ages, given.is_not_null() & values["age_band"].is_null(), NOT_AN_AGE)
    spans = {
        ours: _time(table[how["column"]], how.get("formats", ()), today, partial(note, how["column"]))
        for ours, how in profile.times.items()
        if how["column"] in table.columns
    }
    values |= {ours: start for ours, (start, _end) in spans.items()}
    if "occurred_from" in spans:
        start, end = _hours(*spans["occurred_from"], table, profile, note)
        if "occurred_to" in spans:
            _start, given_end = spans["occurred_to"]
            backwards = (given_end < start).fill_null(value=False)
            note(profile.times["occurred_to"]["column"], backwards, ENDS_FIRST)
            end = given_end.zip_with(given_end.is_not_null() & start.is_not_null() & ~backwards, end)
        values |= {"occurred_from": start, "occurred_to": end}
        for_hours = _words_for_hours(spans["occurred_from"][0], table, profile)
        if for_hours is not None:
            written |= dict.fromkeys({"occurred_from"} if "occurred_to" in spans else {"occurred_from", "occurred_to"}, for_hours)
    _note_coordinates_abroad(values, profile, note)

    records = _typed(values, table.height).to_pandas()
    records.index = pd.Index(row, name="row")
    problems = pd.concat([pd.DataFrame({"row": row[:0], "column": "", "problem": ""}), *(one for one in found if len(one))])
    problems = problems.sort_values("row", kind="stable", ignore_index=True)
    told = {ours: words for ours, words in written.items() if words.null_count() < len(words)}
    unread = tuple(column for column in table.columns if column not in reads(profile))
    return Intake(file, profile, records, problems, told, unread, tuple(row[_is_total(table, values).to_numpy()].tolist()))


def reads(profile: Profile) -> set[str]:
    """Return the partner's columns that a profile reads, or needs to be there to know the file."""
    read = {*profile.header, *profile.columns.values(), *(how["column"] for how in profile.times.values())}
    return read | ({profile.ages} if profile.ages else set()) | ({str(profile.hours["column"])} if profile.hours else set())


def _value(ours: str, text: pl.Series, profile: Profile, column: str, note: Any) -> pl.Series:
    if ours in model.NUMBER_COLUMNS:
        text = _known(text)
        number = text.cast(pl.Float64, strict=False)
        number = number.set(~number.is_finite().fill_null(value=True), None)
        note(column, text.is_not_null() & number.is_null(), NOT_A_NUMBER)
        return number
    if ours == "postcode":
        text = _known(text)
        note(column, ~text.str.contains(POSTCODE), NOT_A_POSTCODE)
        return text.set(~text.str.contains(POSTCODE).fill_null(value=True), None)
    codes = profile.codes.get(ours) or {code: code for code in model.CODES.get(ours, ())}
    if codes:
        code = text.str.to_lowercase().replace_strict({key.lower(): value for key, value in codes.items()}, default=None)
        unknown = _known(text).is_not_null() & code.is_null()
        note(column, unknown, UNKNOWN_CODE)
        return code.set(unknown, model.NOT_UNDERSTOOD) if ours in model.WHO_COLUMNS else code
    return _known(text)


def _known(text: pl.Series) -> pl.Series:
    """Return the text without what people write when they do not know."""
    return text.set(text.str.to_lowercase().is_in(NOT_KNOWN).fill_null(value=False), None)


def _time(text: pl.Series, formats: Sequence[str], today: date, note: Callable[[pl.Series, str], None]) -> tuple[pl.Series, pl.Series]:
    """Return the start and the end of the time each text names: a moment, a whole day, or a whole month.

    A form's reading stands only where records can be of that time: “03/10/24” is no day of the year 24 if another form reads it.
    """
    text = _known(text)
    start = pl.Series([None] * len(text), dtype=pl.Datetime("us"))
    end = start.clone()
    latest = datetime.combine(today, time.max)
    read = pl.repeat(value=False, n=len(text), dtype=pl.Boolean, eager=True)
    for form in (*formats, *ISO_FORMATS):
        if start.null_count() == text.null_count():
            break
        written, form = (text + "-01", form + "-%d") if form == "%Y-%m" else (text, form)
        tried = moments(written, form)
        lasts = "1mo" if written is not text else "0s" if "%H" in form else "1d"
        read |= tried.is_not_null()
        reads = (start.is_null() & tried.is_between(EARLIEST, latest)).fill_null(value=False)
        ended = tried.clip(upper_bound=latest).dt.offset_by(lasts)  # clipped: past the calendar's last month there is no next
        start, end = tried.zip_with(reads, start), ended.zip_with(reads, end)
    counted, counted_end = _counted_days(text, latest)
    start, end = start.zip_with(start.is_not_null(), counted), end.zip_with(end.is_not_null(), counted_end)
    note(text.is_not_null() & start.is_null() & ~read, NOT_A_DATE)
    note(read & start.is_null(), NOT_A_POSSIBLE_DATE)
    skipped = _is_skipped(start)
    note(skipped, SKIPPED_HOUR)
    day = start.dt.truncate("1d")
    return day.zip_with(skipped, start), day.dt.offset_by("1d").zip_with(skipped, end)


def moments(written: pl.Series, form: str) -> pl.Series:
    """Return the moments that texts of one form name, to the second, missing where a text is not of it."""
    if "%z" not in form:
        return written.str.to_datetime(form, strict=False, time_unit="us").dt.truncate("1s")
    moments = written.str.replace("Z$", "+00:00").str.to_datetime(form, strict=False, time_unit="us")
    return moments.dt.convert_time_zone(UK_CLOCK).dt.replace_time_zone(None).dt.truncate("1s")


def _counted_days(text: pl.Series, latest: datetime) -> tuple[pl.Series, pl.Series]:
    """Return the start and end that a spreadsheet's count of days stands for, where it is a day that records are of."""
    days = text.str.extract(r"^(\d{5}(?:\.\d+)?)$").cast(pl.Float64)
    sane = days.is_between((EARLIEST - EXCEL_DAY_NOUGHT).days, (latest - EXCEL_DAY_NOUGHT).days + 1, closed="left")
    days = days.set(~sane.fill_null(value=False), None)
    start = ((days * 86_400).round() * 1_000_000).cast(pl.Int64).cast(pl.Duration("us")) + pl.Series([EXCEL_DAY_NOUGHT]).cast(
        pl.Datetime("us")
    )
    return start, start.dt.offset_by("1d").zip_with((days == days.floor()).fill_null(value=False), start)


def _is_skipped(moments: pl.Series) -> pl.Series:
    """Say which moments no clock showed: on the last Sunday of March one o'clock is followed by three. One in October is shown twice."""
    return moments.is_not_null() & moments.dt.replace_time_zone(UK_CLOCK, ambiguous="earliest", non_existent="null").is_null()


def _hours(start: pl.Series, end: pl.Series, table: pl.DataFrame, profile: Profile, note: Any) -> tuple[pl.Series, pl.Series]:
    """Narrow whole days to the hours that a column of its own gives, as a time or in words such as “after school”."""
    if not profile.hours or profile.hours["column"] not in table.columns:
        return start, end
    words = profile.hours.get("words", {})
    written = _known(table[profile.hours["column"]]).str.to_lowercase()
    opens, closes = (_clock(written.replace({word.lower(): span[at] for word, span in words.items()})) for at in (0, 1))
    note(profile.hours["column"], written.is_not_null() & opens.is_null(), UNKNOWN_HOUR)
    whole_days = pl.DataFrame({"start": start, "end": end, "opens": opens, "closes": closes})
    known = pl.col("opens").is_not_null() & pl.col("closes").is_not_null()
    narrowed = whole_days.select(
        start=pl.when(known).then(pl.col("start").dt.combine(pl.col("opens"))).otherwise("start"),
        end=pl.when(known).then(pl.col("start").dt.combine(pl.col("closes"))).otherwise("end"),
    )
    skipped = _is_skipped(narrowed["start"]) | _is_skipped(narrowed["end"])
    note(profile.hours["column"], skipped, SKIPPED_HOUR)
    return start.zip_with(skipped, narrowed["start"]), end.zip_with(skipped, narrowed["end"])


def _is_total(table: pl.DataFrame, values: Mapping[str, pl.Series]) -> pl.Series:
    """Say which rows have a total's name in some cell, and say neither when nor to whom."""
    silent = pl.repeat(value=True, n=table.height, dtype=pl.Boolean, eager=True)
    for ours in (*model.TIME_COLUMNS, "child_ref"):
        silent &= values[ours].is_null() if ours in values else True
    few = table.filter(silent).select(pl.any_horizontal(pl.all().str.contains(TOTAL).fill_null(value=False)))
    return silent.scatter(silent.arg_true(), few.to_series()) if few.height else silent


def _words_for_hours(start: pl.Series, table: pl.DataFrame, profile: Profile) -> pl.Series | None:
    """Return the day and the word that was written for its hours, where it is one: “after school”, known yet or not."""
    if not profile.hours or profile.hours["column"] not in table.columns:
        return None
    word = _known(table[profile.hours["column"]]).str.to_lowercase()
    word = word.set(_clock(word).is_not_null(), None)
    return start.dt.to_string("%Y-%m-%d ") + word


def _clock(text: pl.Series) -> pl.Series:
    """Return times of day, missing where the text is not wholly one: “03:30 pm” is not half past three at night."""
    to_the_minute = text.str.to_time("%H:%M", strict=False)
    return to_the_minute.zip_with(to_the_minute.is_not_null(), text.str.to_time("%H:%M:%S", strict=False))


def _note_coordinates_abroad(values: dict[str, pl.Series], profile: Profile, note: Any) -> None:
    """Note them only: the geocoder places nothing there, and keeps the row."""
    for x, y in (("longitude", "latitude"), ("easting", "northing")):
        if x not in values or y not in values:
            continue
        first, second = values[x].to_numpy(), values[y].to_numpy()
        given = np.isfinite(first) & np.isfinite(second) & ~((first == 0) & (second == 0))
        degrees = (first, second) if x == "longitude" else frames.points_in_degrees(first, second)
        abroad = pl.Series(given & ~frames.inside_great_britain(*degrees))
        note(profile.columns[x], abroad, OUTSIDE_GREAT_BRITAIN)


def _typed(values: Mapping[str, pl.Series], rows: int) -> pl.DataFrame:
    """Return every column of the incident frame, in order and of its type; a column that was not given is missing."""
    missing = pl.repeat(None, rows, dtype=pl.String, eager=True)
    records = pl.DataFrame({name: values.get(name, missing) for name in model.INCIDENT_COLUMNS})
    return records.with_columns(
        pl.col(model.TIME_COLUMNS).cast(pl.Datetime("us")),
        pl.col(model.NUMBER_COLUMNS).cast(pl.Float64),
        pl.col(model.FLAG_COLUMNS).str.to_lowercase().is_in(model.YES).fill_null(value=False),
        record_type=pl.col("record_type").fill_null("incident"),
    )
