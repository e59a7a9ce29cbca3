"""Which row of a file is which record that is here: the same, corrected, or a new one."""

from __future__ import annotations

import polars as pl
import sqlalchemy as sa

from spaces import row_keys, schema

KEYS_AT_ONCE = 1_000
"""Rows of keys looked at together: as many as fit in a processor's cache, which takes half the time that more would."""

ITS = ("record_id", "version", "stored_content", "corrected", "kept")
"""What is known of the record that a row is: `kept` is the child it was corrected to, in place of its partner's."""


def stored_by(connection: sa.Connection, agencies: list[str]) -> pl.DataFrame:
    """Return what the agencies' records are known by, whose are to be used for nothing, and whose child was corrected here, in one look.

    `child` is a record's child where its partner has another.
    """
    table = schema.records.c
    corrected = table.partners_child.is_not(None)
    query = sa.select(
        table.record_id, table.version, *(table[name] for name in schema.IDENTITY_COLUMNS), sa.case((table.restricted, table.child_ref)),
        corrected, sa.case((corrected, table.child_ref)),
    )  # fmt: skip
    query = query.where(table.agency.in_(agencies) | table.agency.is_(None)).order_by(table.record_id)
    types: dict[str, pl.DataType] = {"record_id": pl.Int64(), "version": pl.Int64()}
    types |= dict.fromkeys((*schema.IDENTITY_COLUMNS, "restricted_child"), pl.String()) | {"corrected": pl.Boolean(), "child": pl.String()}
    parts = connection.execute(query, execution_options={"yield_per": KEYS_AT_ONCE}).partitions()
    return pl.concat([pl.DataFrame(schema=types), *(pl.DataFrame([tuple(row) for row in part], types, orient="row") for part in parts)])


def matched(rows: pl.DataFrame, withheld: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """Return rows with their `fate` (added, changed, unchanged) and, where they are known, the `record_id` and `version` they have.

    A row that is known by nothing, of an incident that has a record whose own row did not come, is that record corrected, unless
    both name a child and not the same: nothing tells a corrected reference from a second child, and no child may be lost. Such a
    row is added, and `another_child`. A row without a number is its own incident, by all it says. A record whose child was corrected
    here keeps that child whatever its partner sends, until its partner names that child itself: `partners_child` then is missing.
    """
    child = row_keys.child_part().alias("child")
    incident = pl.coalesce("incident_key", row_keys.said_part()).alias("incident")
    known = rows.select("row_key", "content_key", child, incident, numbered=pl.col("incident_key").is_not_null()).join(
        stored.select("row_key", "record_id", "version", "corrected", stored_content="content_key", kept="child"),
        on="row_key", how="left", maintain_order="left",
    )  # fmt: skip
    known = known.with_columns(caught_up=pl.lit(value=False))
    new = known.filter(pl.col("record_id").is_null()).select("row_key", "incident", "numbered", "child")
    free = stored.clear().select(incident)
    if new.height and stored.height:
        own = row_keys.without_ordinal()
        free = stored.join(rows.select("row_key"), on="row_key", how="anti")
        free = free.filter(~own.is_in(withheld.select(own).to_series().to_list()))
        free = free.select(
            "record_id", "version", "corrected", child, incident, stored_content="content_key", kept="child",
            present=pl.when("corrected").then(pl.col("child").fill_null("").str.slice(0, row_keys.CHILD_PART)),
        )  # fmt: skip
        pairs, free = _paired(new, free)
        known = known.join(pairs, on="row_key", how="left", suffix="_paired", maintain_order="left").with_columns(
            pl.coalesce(name, f"{name}_paired").alias(name) for name in (*ITS, "caught_up")
        )
    fate = (
        pl.when(pl.col("record_id").is_null()).then(pl.lit("added"))
        .when((pl.col("stored_content") == pl.col("content_key")) & ~pl.col("caught_up")).then(pl.lit("unchanged"))
        .otherwise(pl.lit("changed"))
    )  # fmt: skip
    beside = pl.col("record_id").is_null() & pl.col("numbered") & pl.col("incident").is_in(free["incident"].to_list())
    kept = known["corrected"].fill_null(value=False) & ~known["caught_up"]
    rows = rows.with_columns(
        partners_child=pl.when(kept).then(pl.col("child_ref").fill_null("")),
        child_ref=pl.when(kept).then(known["kept"]).otherwise("child_ref"),
    )
    return rows.hstack(known.select("record_id", "version", fate=fate, another_child=beside))


def _paired(new: pl.DataFrame, free: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pair new rows in order with records of their incident: those of the same child first, then of the child that it was corrected to
    here, which its partner has caught up with, then, where there is a number, where one of the two names none.

    Return the pairs (`row_key`, what is known of the record, `caught_up`) and the records that are left.
    """
    anyone, numbered, pairs = pl.lit(value=True), pl.col("numbered"), []
    nobody, open_to_any = pl.col("child") == "", ~pl.col("corrected")
    for whose, of_whom, by, theirs in (
        (anyone, anyone, ["incident", "child"], "child"),
        (anyone, pl.col("corrected"), ["incident", "child"], "present"),
        (nobody & numbered, anyone, ["incident"], "child"),
        (numbered, nobody & open_to_any, ["incident"], "child"),
    ):
        nth = pl.int_range(pl.len()).over(by).alias("nth")
        rows = new.filter(whose).select("row_key", *by, nth)
        records = free.filter(of_whom).with_columns(child=theirs).select(*ITS, *by, nth, caught_up=pl.lit(theirs == "present"))
        pairs.append(rows.join(records, on=[*by, "nth"]).drop(*by, "nth"))
        new, free = new.join(pairs[-1], on="row_key", how="anti"), free.join(pairs[-1], on="record_id", how="anti")
    return pl.concat(pairs), free
