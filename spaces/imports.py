"""A partner's file into the register: prepared, compared with what is there, and taken in whole.

*Prepared*: checked for what must not come in, child references made pseudonyms, houses cut to streets, and placed. *Compared*:
each row is new, known and changed, or known and the same. *Taken in*: in one transaction, old versions kept, or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import shapely
import sqlalchemy as sa

from geo import frames, geocode
from geo.gazetteer import Gazetteer
from spaces import matching, model, personal, placing, pseudonyms, register_keys, row_keys, schema, storing
from spaces.audit import AuditEvent
from spaces.intake import Intake
from spaces.register import Register, erased_rows, new_id, records_head
from spaces.storing import Progress
from words import N_, DataProblem

FREE_TEXT = ("incident_id", "agency", "severity", "sex", "location_text", "postcode", "source_confidence")
"""Columns in which a partner may write anything at all."""

COARSE_M = 100.0
"""The grid that a residential address is moved to: about the length of a street's side, so that no house can be told."""

GEOCODED_BY = ("agency", "location_text", "postcode", "uprn", *model.NUMBER_COLUMNS)
"""All that the geocoder looks at: of a large file nothing else is copied for it."""

TELLING = 3
"""Of fewer numbers than this nobody can say that one passes for an NHS number by chance."""

SHORTENED = r"(?i)^\d(?:[.,]\d+)?E\+\d+$"
"""What spreadsheets make of a long number: 434235100001 and 434235100002 both become 4.34235E+11."""

REFERENCE_IS_A_NAME = N_("this is a person and not a reference. Ask the partner for a reference of its own")
ERASED = N_("what this child's reference leads to was erased, and stays erased")
SHORTENED_NUMBER = N_(
    "a spreadsheet shortened this number, so that different ones look the same. Format its column as text and save it anew"
)
ANOTHER_CHILD = N_(
    "this incident is here with another child, so both are kept. If the reference was corrected, ask the partner which is right"
)
TOTAL = N_("this is a total under the table and no record. Leave it out of the file")
HOME_ONLY = N_("a home is never a location here, so the row has none")

WITHHELD = ("agency", *schema.IDENTITY_COLUMNS)


@dataclass(frozen=True)
class Prepared:
    """A file ready to be compared and taken in. `problems` has `row, column, problem, refused`; refused rows are not in `rows`.

    `withheld` has what the refused rows are known by, so that no other row is taken for one of them.
    """

    file: str
    fingerprint: str
    profile: str
    rows_read: int
    rows: pl.DataFrame
    problems: pd.DataFrame
    keys: pseudonyms.Keys
    """What its pseudonyms were made with."""
    withheld: pl.DataFrame
    agreed: tuple[str, ...] = ()
    """The agreements it may come in under, which have to stand when it does."""
    unread: tuple[str, ...] = ()
    """The file's columns that its profile says nothing of."""

    @property
    def refused(self) -> int:
        """Return how many rows are left out, whatever the number of reasons for each."""
        return int(self.problems.loc[self.problems["refused"], "row"].nunique())

    @property
    def agencies(self) -> list[str]:
        """Return whose rows they are."""
        return sorted(self.rows["agency"].drop_nulls().unique().to_list())


@dataclass(frozen=True)
class Comparison:
    """What taking a file in would do. `changes` counts the changed rows by column: which, never from what to what.

    `other_children` of the added rows are of an incident that is here with another child only.
    """

    added: int
    changed: int
    unchanged: int
    refused: int
    changes: dict[str, int]
    other_children: int = 0


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file: the same file is known again whatever it is called."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def prepare(
    read: Intake, path: Path, places: Gazetteer | None, keys: pseudonyms.Keys, *, erased: Collection[str] = (),
    place_names: frozenset[str] = frozenset(), within: shapely.Geometry | None = None, decided: pd.DataFrame | None = None,
) -> Prepared:  # fmt: skip
    """Return a read file with nothing left in it that must not be stored.

    `within` (EPSG:27700) is the area that places are looked for in; `decided` what people said of wordings (`placing.decisions`).
    """
    rows = pl.from_pandas(read.records.reset_index()).rename({"row": "source_row"})
    missing = [column.name for column in rows if column.null_count() == rows.height]
    rows = rows.with_columns(pl.lit(None, rows.schema[name]).alias(name) for name in missing)  # one value, not a million
    rows = rows.with_columns(words.alias(row_keys.WRITTEN + column) for column, words in read.written.items())
    found, profile, rows_read, unread = [read.problems.assign(refused=False)], read.profile, rows.height, read.unread
    totals = read.totals
    del read  # a large file, where the caller keeps no hold of it either, is not in memory twice

    def note(column: str, wrong: pl.Series, problem: str | pl.Series, *, refused: bool) -> None:
        at = wrong.fill_null(value=False)
        told = problem.filter(at).to_list() if isinstance(problem, pl.Series) else problem
        found.append(pd.DataFrame({"row": rows["source_row"].filter(at).to_list(), "column": column, "problem": told, "refused": refused}))

    refuse = pl.repeat(value=False, n=rows.height, dtype=pl.Boolean, eager=True)
    named = dict(profile.columns)
    for column in FREE_TEXT:
        kinds = personal.personal_content(rows[column], places=place_names)
        if column == "incident_id":
            kinds = kinds.set(_by_chance(rows[column], kinds), None)
        note(named.get(column, column), kinds.is_not_null(), kinds, refused=True)
        refuse |= kinds.is_not_null()
    for column in ("incident_id", "child_ref"):
        shortened = rows[column].str.contains(SHORTENED).fill_null(value=False)
        note(named.get(column, column), shortened, SHORTENED_NUMBER, refused=True)
        refuse |= shortened
    unfit = personal.names_for_references(rows["child_ref"])
    note(named.get("child_ref", "child_ref"), unfit, REFERENCE_IS_A_NAME, refused=True)
    total = rows["source_row"].is_in(totals)
    note("", total, TOTAL, refused=True)
    refuse |= total
    at_home = personal.is_home(rows["location_text"])
    note(named.get("location_text", "location_text"), at_home & ~refuse, HOME_ONLY, refused=False)

    rows = rows.with_columns(child_ref=pseudonyms.pseudonymised(rows["agency"], rows["child_ref"], keys))
    gone = (
        rows["child_ref"].is_in(list(erased)).fill_null(value=False)
        if erased
        else pl.repeat(value=False, n=rows.height, dtype=pl.Boolean, eager=True)
    )
    note(named.get("child_ref", "child_ref"), gone, ERASED, refused=True)
    rows = _without_homes(rows, at_home)
    withheld = row_keys.with_keys(rows.filter(refuse | unfit | gone)).select(WITHHELD)
    rows = rows.filter(~(refuse | unfit | gone))
    located = _located(rows, places, profile.coordinate_precision_m, within)
    if decided is not None:
        located = placing.as_decided(rows, located, decided)
    # A property number is a house, and never kept: what it told is the position, on the coarse grid.
    rows = row_keys.with_keys(rows.with_columns(uprn=pl.lit(None, pl.String))).drop("residential").with_columns(located)
    problems = pd.concat(found, ignore_index=True).sort_values("row", kind="stable", ignore_index=True)
    problems = problems.astype({"row": int, "refused": bool})
    return Prepared(path.name, fingerprint(path), profile.name, rows_read, rows, problems, keys, withheld, unread=unread)


def without_rows(prepared: Prepared, wrong: pl.Series, column: str, problem: str) -> Prepared:
    """Return a prepared file with more of its rows refused, for one reason."""
    if not wrong.any():
        return prepared
    more = pd.DataFrame({"row": prepared.rows["source_row"].filter(wrong).to_list(), "column": column, "problem": problem, "refused": True})
    return replace(
        prepared,
        rows=prepared.rows.filter(~wrong),
        problems=pd.concat([prepared.problems, more], ignore_index=True),
        withheld=pl.concat([prepared.withheld, prepared.rows.filter(wrong).select(WITHHELD)]),
    )


def without_erased(register: Register, prepared: Prepared) -> Prepared:
    """Return a prepared file without rows that were erased as somebody else's than their partner says."""
    rows = register.read(erased_rows)
    return without_rows(prepared, _is_among(prepared.rows, rows), "child_ref", ERASED) if rows else prepared


def compare(register: Register, prepared: Prepared) -> Comparison:
    """Say what taking a file in would do, and change nothing."""

    def look(connection: sa.Connection) -> Comparison:
        matched = matching.matched(prepared.rows, prepared.withheld, matching.stored_by(connection, prepared.agencies))
        changed = matched.filter(pl.col("fate") == "changed")
        return Comparison(
            added=_count(matched, "added"), changed=changed.height, unchanged=_count(matched, "unchanged"), refused=prepared.refused,
            changes=_changes(connection, changed), other_children=int(matched["another_child"].sum()),
        )  # fmt: skip

    return register.read(look)


def take_in(register: Register, prepared: Prepared, *, audit: AuditEvent, progress: Progress = lambda _share: None) -> str:
    """Take a prepared file in, whole or not at all, and return the id of the import.

    Old versions of changed rows are kept. `progress` is told the share that is done, and may raise to stop it all.
    """
    import_id = new_id()

    def write(connection: sa.Connection) -> None:
        register_keys.settle(connection, prepared.keys)
        _check_none_was_erased(connection, prepared)
        _check_still_agreed(connection, prepared)
        stored = matching.stored_by(connection, prepared.agencies)
        matched = matching.matched(prepared.rows, prepared.withheld, stored)
        added, changed, unchanged = (_count(matched, fate) for fate in ("added", "changed", "unchanged"))
        connection.execute(
            sa.insert(schema.imports).values(
                import_id=import_id, file=prepared.file, fingerprint=prepared.fingerprint, profile=prepared.profile, actor=audit.actor,
                imported_at=datetime.now(UTC), rows_read=prepared.rows_read, added=added, changed=changed,
                unchanged=unchanged, refused=prepared.refused,
            )
        )  # fmt: skip
        beside = matched.filter("another_child")["source_row"].to_list()
        more = pd.DataFrame({"row": beside, "column": "child_ref", "problem": ANOTHER_CHILD, "refused": False})
        problems = pd.concat([prepared.problems, more] if beside else [prepared.problems]).assign(import_id=import_id)
        said = [{str(name): value for name, value in row.items()} for row in problems.to_dict("records")]
        if said:
            connection.execute(sa.insert(schema.problems), said)
        since = records_head(connection)
        matched = matched.with_columns(
            import_id=pl.lit(import_id), since=pl.lit(since),
            restricted=pl.col("child_ref").is_in(stored["restricted_child"].drop_nulls().unique().to_list()).fill_null(value=False),
        )  # fmt: skip
        storing.add(connection, matched, added, progress)
        storing.replace(connection, matched.filter(pl.col("fate") == "changed"), since)

    register.write(replace(audit, subject=audit.subject or import_id), write, changes_records=True)
    return import_id


def _check_none_was_erased(connection: sa.Connection, prepared: Prepared) -> None:
    """Raise DataProblem where a child was erased between the look at a file and its taking in."""
    erased = list(connection.scalars(sa.select(schema.erased.c.child_ref)))
    rows = erased_rows(connection)
    if (erased and prepared.rows["child_ref"].is_in(erased).any()) or (rows and _is_among(prepared.rows, rows).any()):
        raise DataProblem("Somebody in {file} was erased since it was looked at. Look at the file again.", file=prepared.file)


def _check_still_agreed(connection: sa.Connection, prepared: Prepared) -> None:
    """Raise DataProblem where an agreement ended between the look at a file and its taking in."""
    agreement = schema.agreements.c
    standing = connection.scalars(sa.select(agreement.agreement_id).where(agreement.withdrawn_at.is_(None)))
    if not {*prepared.agreed} <= {*standing}:
        raise DataProblem("An agreement that covers {file} ended since it was looked at. Look at the file again.", file=prepared.file)


def _is_among(rows: pl.DataFrame, erased: Collection[tuple[str, str]]) -> pl.Series:
    keys = [f"{row} {child}" for row, child in erased]
    child = pl.col("child_ref").fill_null("")
    return rows.select((row_keys.without_child_part() + " " + child).is_in(keys).fill_null(value=False)).to_series()


def imports(register: Register) -> pd.DataFrame:
    """Return every import, newest first, indexed by id."""
    return register.table(sa.select(schema.imports).order_by(schema.imports.c.imported_at.desc()), "import_id")


def problems_of(register: Register, import_id: str) -> pd.DataFrame:
    """Return what was said about the rows of an import: `row, column, problem, refused`."""
    query = sa.select(schema.problems).where(schema.problems.c.import_id == import_id).order_by(schema.problems.c.row)
    return register.table(query, "import_id").reset_index(drop=True)


def _by_chance(numbers: pl.Series, kinds: pl.Series) -> pl.Series:
    """Say which incident numbers only happen to look like an NHS or telephone number, as a long number may.

    Those that are written as most of their column is, without what people put between the digits of the other two. One in eleven
    numbers of ten digits passes for an NHS number: where most do, they are. So with telephone numbers, which nobody parts by
    strokes, as partners do the month, the year and the number of a case.
    """
    alike = kinds.is_in([personal.NHS_NUMBER, personal.PHONE]).fill_null(value=False)
    if not alike.any():
        return alike
    number = pl.col("number")
    form = pl.when(number.str.contains(r"^\d+$")).then(number.str.replace_all(r"\d", "0")).otherwise(number.str.replace_all(r"\d+", "0"))
    like = {"nhs": kinds == personal.NHS_NUMBER, "phone": (kinds == personal.PHONE) & ~numbers.str.contains("/", literal=True)}
    written = pl.DataFrame({"number": numbers, **like}).with_columns(pl.col(*like).fill_null(value=False), form=form)
    different = written.drop_nulls("number").unique()
    usual = different.group_by("form").agg(pl.len(), pl.col(*like).sum()).filter(
        pl.col("len") * 2 > different.height,
        ~pl.col("form").str.contains(r"[\s()+]"),
        pl.col("phone") * 2 < pl.col("len"),
        (pl.col("nhs") == 0) | (pl.col("nhs") * 2 <= pl.col("len")) & (pl.col("len") >= TELLING),
    )  # fmt: skip
    return alike & written["form"].is_in(usual["form"].to_list()).fill_null(value=False)


def _without_homes(rows: pl.DataFrame, at_home: pl.Series) -> pl.DataFrame:
    """Return rows in which a house is its street, a home is no place at all, and neither has a position finer than a street."""
    street = personal.without_house(rows["location_text"])
    house = ((street != rows["location_text"]) | rows["uprn"].is_not_null()).fill_null(value=False)
    position = {name: pl.when(~pl.lit(at_home)).then(pl.col(name)) for name in (*model.NUMBER_COLUMNS, "postcode")}
    return rows.with_columns(
        location_text=pl.when(~pl.lit(at_home)).then(pl.lit(street)),
        uprn=pl.when(~pl.lit(at_home)).then(pl.col("uprn")),
        residential=pl.lit(house),
        **position,
    )


def _located(rows: pl.DataFrame, places: Gazetteer | None, coordinate_precision_m: float, within: shapely.Geometry | None) -> pl.DataFrame:
    """Return where the geocoder puts each row; a residential address on a grid too coarse to tell a house."""
    given = rows.select(GEOCODED_BY).to_pandas()
    located = geocode.place(given, places, coordinate_precision_m=coordinate_precision_m, within=within)
    coarse = rows["residential"].to_numpy() & located["easting"].notna().to_numpy()
    for name in ("easting", "northing"):
        located.loc[coarse, name] = (located.loc[coarse, name] // COARSE_M + 0.5) * COARSE_M
    longitude, latitude = frames.points_in_degrees(located["easting"].where(coarse), located["northing"].where(coarse))
    located["longitude"], located["latitude"] = located["longitude"].mask(coarse, longitude), located["latitude"].mask(coarse, latitude)
    located["precision_m"] = located["precision_m"].mask(coarse, located["precision_m"].clip(lower=COARSE_M))
    return pl.from_pandas(located[list(schema.PLACE_COLUMNS)].astype({"method": "str", "reason": "str", "feature": "str"}))


def _count(matched: pl.DataFrame, fate: str) -> int:
    return matched.filter(pl.col("fate") == fate).height


def _changes(connection: sa.Connection, changed: pl.DataFrame) -> dict[str, int]:
    """Count by column how many rows would say something else."""
    counts = dict.fromkeys(row_keys.SAID, 0) | {"child_ref": 0}
    table = schema.records
    for some in changed.iter_slices(storing.ROWS_AT_ONCE // 40):  # no more values in one condition than SQLite takes
        query = sa.select(table).where(table.c.record_id.in_(some["record_id"].to_list()))
        before = {row["record_id"]: row for row in connection.execute(query).mappings()}
        for row in some.iter_rows(named=True):
            for column in counts:
                counts[column] += _said_otherwise(column, before[row["record_id"]], row)
    return {column: count for column, count in counts.items() if count}


def _said_otherwise(column: str, before: Any, after: Any) -> bool:
    if column in model.NUMBER_COLUMNS:
        return round(before[column] or 0, 6) != round(after[column] or 0, 6)
    return bool(before[column] != after[column])


def check_takes(prepared: Prepared) -> None:
    """Raise DataProblem where nothing of a file is left to take in."""
    if prepared.rows.is_empty():
        raise DataProblem("Every row of {file} was refused. Read the problems, mend the file and bring it again.", file=prepared.file)
