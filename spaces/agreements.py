"""What lets real data come in: a data protection impact assessment, and an agreement with each source about what may come.

A source is the agency in a record. Its agreement says who answers for the data, for what purpose and on what lawful basis, which
columns may come, and when it is looked at again. Withdrawn, it takes with it everything the source ever gave.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date

import pandas as pd
import polars as pl
import sqlalchemy as sa

from geo import geocode
from spaces import imports, intake, model, repeat_harm, retention, row_keys, schema
from spaces.audit import AuditEvent
from spaces.imports import Prepared
from spaces.register import INVENTED, Register, delete_records, new_id, set_info
from words import N_, DataProblem

DPIA = "dpia_reference"

INSTRUMENTS = {
    "sharing agreement": N_("Data sharing agreement"),  # England
    "WASPI document": N_("WASPI information sharing protocol or disclosure agreement"),  # Wales
}
"""What an agreement may be. WASPI is the Wales Accord on the Sharing of Personal Information."""

ALWAYS_PERMITTED = ("agency", "record_type", "occurred_from", "occurred_to")
"""Whose record it is, of what kind and when: without these no row can be kept, aged or answered for."""

SAID = ("location_text", "postcode")
"""What is said of a place, by which a street is found and people decide in the queue: one tells which of several the other means."""

PLACED_FROM = {
    "coordinates": (("easting", "northing"), ("longitude", "latitude")), "uprn": (("uprn",),), "postcode": (("postcode",),),
    "grid_reference": (("location_text",),), "address": (SAID,), "street": (SAID,), "place": (SAID,), "area": (SAID,),
}  # fmt: skip
"""Which columns a position may have come from, by the geocoder's method: one group is enough of which all that a row has is permitted."""

ALSO_IN_WORDS = ("coordinates", "uprn", "postcode")
"""Of these methods those whose position may have stood in a row's words: where it has one there, the words have to be permitted too."""

NO_POSITION_IN_WORDS = (
    geocode.NO_NAMES, geocode.NOTHING_GIVEN, geocode.NO_LOCATION, geocode.NEAR_NOTHING, geocode.ONLINE, geocode.HOME,
)  # fmt: skip
"""What the geocoder says, without a gazetteer, of words that hold no coordinates, property number or postcode."""

DECIDE_WHO_COUNTS = ("role", "age_band", "location_role", "proactive")
"""With the kind of record they say whether a row is about harm to a child: a suspect without a role would be a harmed child."""

HEADING_ROW = 1

NO_SOURCE = N_("the row does not say whose it is, so no agreement covers it")
NO_AGREEMENT = N_("no agreement with this partner stands today. Correct whose record it is, or record an agreement")
WOULD_COUNT = N_("the agreement does not permit what says that this is not harm to a child, so the row stays out. Agree on the column")
NO_BASIS = N_("this is a young adult, and the agreement names no lawful basis for them")
NOT_PERMITTED = N_("the agreement does not permit this column, so it was left out")
PLACE_NOT_PERMITTED = N_("the agreement does not permit what the place was known by")


@dataclass(frozen=True)
class Agreement:
    """An agreement with a source. With no `basis_young_adults`, rows of people of 18 to 25 stay out."""

    source: str
    controller: str
    instrument: str
    reference: str
    purpose: str
    basis_children: str
    permitted: tuple[str, ...]
    review_on: date
    basis_young_adults: str = ""


def record_dpia(register: Register, reference: str, *, audit: AuditEvent) -> None:
    """Note the reference of the impact assessment that covers this register."""
    if not reference.strip():
        raise DataProblem("The data protection impact assessment has no reference. Give the one it was approved under.")
    register.write(audit, lambda connection: set_info(connection, DPIA, reference.strip()))


def record_agreement(register: Register, agreement: Agreement, *, audit: AuditEvent) -> str:
    """Note an agreement, in place of an earlier one of the same source, and return its id."""
    check_agreement(agreement)
    agreement_id = new_id()
    values = {**asdict(agreement), "permitted": json.dumps(sorted(agreement.permitted))}

    def work(connection: sa.Connection) -> None:
        _end(connection, agreement.source, audit)
        connection.execute(sa.insert(schema.agreements).values(agreement_id=agreement_id, recorded_at=audit.happened_at, **values))

    register.write(audit, work)
    return agreement_id


def check_agreement(agreement: Agreement) -> None:
    """Raise DataProblem unless an agreement says all it has to."""
    said = {"review_on", "permitted", "basis_young_adults"}
    lacking = [name.replace("_", " ") for name, value in asdict(agreement).items() if name not in said and not str(value).strip()]
    if lacking:
        raise DataProblem("The agreement does not say its {what}. Fill that in.", what=", ".join(lacking))
    if agreement.instrument not in INSTRUMENTS:
        kinds = ", ".join(INSTRUMENTS)
        raise DataProblem("“{what}” is not a kind of agreement. It is one of: {kinds}.", what=agreement.instrument, kinds=kinds)
    unknown = sorted(set(agreement.permitted) - set(model.INCIDENT_COLUMNS))
    if unknown:
        raise DataProblem("{columns}: there are no such columns to permit. Choose from those a record has.", columns=", ".join(unknown))


def agreements(register: Register) -> pd.DataFrame:
    """Return every agreement, the latest first, indexed by id; those replaced or withdrawn have `withdrawn_at`."""
    found = register.table(sa.select(schema.agreements).order_by(schema.agreements.c.recorded_at.desc()), "agreement_id")
    return found.assign(permitted=found["permitted"].map(lambda text: tuple(json.loads(text))))


def check_may_import(register: Register, agencies: Iterable[str], today: date) -> None:
    """Raise DataProblem, naming the agency and what to do, unless real data of each agency may come in today."""
    agencies = sorted(set(agencies))
    if not agencies or register.kind == INVENTED:
        return
    _check_dpia(register)
    every = agreements(register)
    for agency in agencies:
        its = every[every["source"] == agency]
        if its.empty:
            raise DataProblem("There is no agreement with {agency}, so its data may not come in. Record one first.", agency=agency)
        standing = its[its["withdrawn_at"].isna()]
        if standing.empty:
            raise DataProblem("The agreement with {agency} was withdrawn, so nothing of it may come in. Record a new one.", agency=agency)
        if standing["review_on"].iloc[0] < today:
            raise DataProblem(
                "The agreement with {agency} was to be reviewed by {day}, so its data may not come in. Review it and record it anew.",
                agency=agency, day=f"{standing['review_on'].iloc[0]:%-d %B %Y}",
            )  # fmt: skip


def _check_dpia(register: Register) -> None:
    if not register.info(DPIA):
        raise DataProblem("No data protection impact assessment is recorded, so no real data may come in. Record its reference first.")


def as_agreed(register: Register, prepared: Prepared, today: date) -> Prepared:
    """Return a prepared file with only what its sources' agreements permit; DataProblem where none of it may come in.

    Refused are rows that do not say whose they are, of whom no agreement stands (one mistyped name does not keep a whole file out),
    of young adults where the source has no basis for them, and those that only a column that is not permitted keeps from counting
    as harm to a child. Columns that are not permitted are emptied, and a problem says so. Open data needs no agreement.
    """
    if register.kind == INVENTED or is_open(prepared):
        return prepared
    agencies = prepared.agencies
    if agencies:
        _check_dpia(register)
    every = agreements(register)
    standing = every[every["withdrawn_at"].isna() & (every["review_on"] >= today) & every["source"].isin(agencies)]
    agency = prepared.rows["agency"]
    uncovered = (~agency.is_in(standing["source"].to_list())).fill_null(value=False)
    if uncovered.any() and (uncovered | agency.is_null()).all():
        check_may_import(register, agencies, today)  # which says why
    prepared = imports.without_rows(prepared, uncovered, "agency", NO_AGREEMENT)
    prepared = imports.without_rows(prepared, prepared.rows["agency"].is_null(), "agency", NO_SOURCE)
    without = standing.loc[standing["basis_young_adults"].str.strip() == "", "source"].to_list()
    young = (prepared.rows["age_band"] == model.YOUNG_ADULT_AGE_BAND) & prepared.rows["agency"].is_in(without)
    prepared = imports.without_rows(prepared, young.fill_null(value=False), "age_band", NO_BASIS)
    for source, permitted in zip(standing["source"], standing["permitted"], strict=True):
        prepared = _without_columns(prepared, source, {*permitted, *ALWAYS_PERMITTED})
    return replace(prepared, agreed=tuple(standing.index))


def is_open(prepared: Prepared) -> bool:
    """Say whether a file is open data about nobody: what a profile of ours reads as such, whatever a partner's rows call themselves."""
    ours = {profile.name for profile in intake.profiles() if profile.constants.get("record_type") == "context"}
    return prepared.profile in ours


def withdraw(register: Register, source: str, *, audit: AuditEvent) -> int:
    """End the agreement with a source, delete all it ever gave but the counts of its files, and return how many records that was."""
    record, version = schema.records.c, schema.versions.c

    def work(connection: sa.Connection) -> int:
        retention.check_no_hold(connection, record.agency == source)
        ended = _end(connection, source, audit)
        retention.count(connection, record.agency == source, audit.happened_at)
        files = sa.union(
            sa.select(record.import_id).where(record.agency == source), sa.select(version.import_id).where(version.agency == source)
        )
        told = connection.execute(sa.delete(schema.problems).where(schema.problems.c.import_id.in_(files))).rowcount
        gone = delete_records(connection, record.agency == source)
        old = connection.execute(sa.delete(schema.versions).where(version.agency == source)).rowcount
        if not (ended or told or gone or old):
            raise DataProblem(
                "Nothing of {source} is here, neither an agreement nor a record. Check how its name is written.", source=source
            )
        return gone

    gone = register.write(audit, work, changes_records=True)
    register.compact()
    return gone or 0


def _end(connection: sa.Connection, source: str, audit: AuditEvent) -> int:
    its = (schema.agreements.c.source == source) & schema.agreements.c.withdrawn_at.is_(None)
    return connection.execute(sa.update(schema.agreements).where(its).values(withdrawn_at=audit.happened_at)).rowcount


def _without_columns(prepared: Prepared, source: str, permitted: Collection[str]) -> Prepared:
    """Empty the columns of a source's rows that are not permitted, and a position that came of them."""
    barred = [name for name in model.INCIDENT_COLUMNS if name not in permitted]
    if not barred:
        return prepared
    decide = [name for name in DECIDE_WHO_COUNTS if name in barred]
    its = prepared.rows["agency"] == source
    prepared = imports.without_rows(prepared, its & _would_come_to_count(prepared.rows, decide), ", ".join(decide), WOULD_COUNT)
    its, withheld = prepared.rows["agency"] == source, (prepared.withheld["agency"] == source).fill_null(value=False)
    rows = prepared.rows.filter(its)
    said = [name for name in barred if name not in model.NUMBER_COLUMNS]
    said = [name for name in said if rows[name].is_not_null().any() and not (rows.schema[name] == pl.Boolean and not rows[name].any())]
    unplaced = pl.lit(~_may_stay_placed(rows, permitted))
    gone = [*said, *(["position"] if rows.select(unplaced.any()).item() else [])]
    emptied = _emptied(rows, said).with_columns(
        *(pl.when(~unplaced).then(pl.col(name)).alias(name) for name in (*model.NUMBER_COLUMNS, "precision_m", "feature")),
        method=pl.when(unplaced).then(pl.lit("none")).otherwise("method"),
        reason=pl.when(unplaced).then(pl.lit(PLACE_NOT_PERMITTED)).otherwise("reason"),
    )
    emptied = row_keys.without_columns(emptied, barred).select(prepared.rows.columns)
    others, others_withheld = prepared.rows.filter(~its), prepared.withheld.filter(~withheld)
    told = pd.DataFrame({"row": HEADING_ROW, "column": gone, "problem": NOT_PERMITTED, "refused": False})
    return replace(
        prepared,
        rows=pl.concat([others, emptied]).sort("source_row", maintain_order=True),
        problems=pd.concat([prepared.problems, told], ignore_index=True) if gone else prepared.problems,
        withheld=pl.concat([others_withheld, row_keys.without_columns(prepared.withheld.filter(withheld), barred)]),
    )


def _emptied(rows: pl.DataFrame, columns: Collection[str]) -> pl.DataFrame:
    return rows.with_columns(
        pl.lit(value=False if name in model.FLAG_COLUMNS else None, dtype=rows.schema[name]).alias(name) for name in columns
    )


def _would_come_to_count(rows: pl.DataFrame, columns: Collection[str]) -> pl.Series:
    """Say which rows are not about harm to a child, and would count as it without some columns: what is missing counts."""
    deciding = rows.select("record_type", *DECIDE_WHO_COUNTS)
    return _counts(_emptied(deciding, columns)) & ~_counts(deciding)


def _counts(rows: pl.DataFrame) -> pl.Series:
    records = rows.to_pandas()
    return pl.Series(records.index.isin(repeat_harm.about_harm_to_children(records).index), dtype=pl.Boolean)


def _may_stay_placed(rows: pl.DataFrame, permitted: Collection[str]) -> pl.Series:
    """Say which rows are not placed, or by columns that are permitted."""
    may = pl.col("method").is_null() | (pl.col("method") == "none")
    for method, groups in PLACED_FROM.items():
        by_group = [
            pl.all_horizontal(
                pl.lit(name in permitted) | (pl.col(name).is_null() if name in SAID else pl.lit(value=False)) for name in group
            )
            for group in groups
        ]
        may |= (pl.col("method") == method) & pl.any_horizontal(by_group)
    if "location_text" not in permitted:
        may &= ~(pl.col("method").is_in(ALSO_IN_WORDS).fill_null(value=False) & pl.lit(_words_hold_a_position(rows)))
    return rows.select(may.fill_null(value=False).alias("may")).to_series()


def _words_hold_a_position(rows: pl.DataFrame) -> pl.Series:
    """Say which rows have coordinates, a property number or a postcode in their words, right or wrong."""
    different = rows["location_text"].drop_nulls().unique()
    read = geocode.place(pd.DataFrame({"location_text": different.to_list()}, dtype="str"), None)
    hold = different.filter(pl.Series(~read["reason"].isin(NO_POSITION_IN_WORDS).to_numpy(), dtype=pl.Boolean))
    return rows["location_text"].is_in(hold.to_list()).fill_null(value=False)
