"""Which row of a file is which record that is here: the same, corrected, or a new one."""

from __future__ import annotations

import polars as pl
import sqlalchemy as sa

from spaces import row_keys, schema

KEYS_AT_ONCE = 1_000
"""Rows of keys looked at together: as many as fit in a processor's cache, which takes half the time that more would."""


def stored_by(connection: sa.Connection, agencies: list[str]) -> pl.DataFrame:
    """Return what the agencies' records are known by, and whose are to be used for nothing, in one look at them."""
    table, before = schema.records.c, schema.versions.c
    by_hand = (before.child_ref != table.child_ref) | (table.child_ref.is_(None) & (before.import_id == table.import_id))
    former = sa.select(sa.func.max(before.child_ref)).where(before.record_id == table.record_id, by_hand)
    query = sa.select(
        table.record_id, table.version, *(table[name] for name in schema.IDENTITY_COLUMNS), sa.case((table.restricted, table.child_ref)),
        sa.case((table.version > 1, former.scalar_subquery())), sa.case((table.version > 1, table.child_ref)),
    )  # fmt: skip
    query = query.where(table.agency.in_(agencies) | table.agency.is_(None)).order_by(table.record_id)
    types = {"record_id": pl.Int64, "version": pl.Int64} | dict.fromkeys(
        (*schema.IDENTITY_COLUMNS, "restricted_child", "former_child", "present_child"), pl.String()
    )
    parts = connection.execute(query, execution_options={"yield_per": KEYS_AT_ONCE}).partitions()
    return pl.concat([pl.DataFrame(schema=types), *(pl.DataFrame([tuple(row) for row in part], types, orient="row") for part in parts)])


def matched(rows: pl.DataFrame, withheld: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """Return rows with their `fate` (added, changed, unchanged) and, where they are known, the `record_id` and `version` they have.

    A row that is known by nothing, of an incident that has a record whose own row did not come, is that record corrected, unless
    both name a child and not the same: nothing tells a corrected reference from a second child, and no child may be lost. Such a
    row is added, and `another_child`. A record whose child was corrected here is still known by the child it had, and keeps the one
    it has. A row without a number is its own incident, by all it says.
    """
    child = row_keys.child_part().alias("child")
    incident = pl.coalesce("incident_key", row_keys.said_part()).alias("incident")
    known = rows.select("row_key", "content_key", child, incident, numbered=pl.col("incident_key").is_not_null()).join(
        stored.select("row_key", "record_id", "version", stored_content="content_key"), on="row_key", how="left", maintain_order="left"
    )
    new = known.filter(pl.col("record_id").is_null()).select("row_key", "incident", "numbered", "child")
    free = stored.clear().select(incident)
    if new.height and stored.height:
        own = row_keys.without_ordinal()
        free = stored.join(rows.select("row_key"), on="row_key", how="anti")
        free = free.filter(~own.is_in(withheld.select(own).to_series().to_list()))
        pairs, free = _paired(
            new,
            free.select(
                "record_id", "version", child, incident, stored_content="content_key", kept_key="row_key", kept_child="present_child",
                former=pl.col("former_child").str.slice(0, row_keys.CHILD_PART),
            ),
        )  # fmt: skip
        known = known.join(pairs, on="row_key", how="left", suffix="_paired", maintain_order="left").with_columns(
            pl.coalesce(name, f"{name}_paired").alias(name) for name in ("record_id", "version", "stored_content")
        )
        rows, known = _with_corrected_children(rows, known)
    fate = (
        pl.when(pl.col("record_id").is_null()).then(pl.lit("added"))
        .when(pl.col("stored_content") == pl.col("content_key")).then(pl.lit("unchanged"))
        .otherwise(pl.lit("changed"))
    )  # fmt: skip
    beside = pl.col("record_id").is_null() & pl.col("numbered") & pl.col("incident").is_in(free["incident"].to_list())
    return rows.hstack(known.select("record_id", "version", fate=fate, another_child=beside))


def _paired(new: pl.DataFrame, free: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pair new rows in order with records of their incident: those of the same child first, then of the child that was
    corrected, then, where there is a number, where one of the two names none.

    Return the pairs (`row_key, record_id, version, stored_content`, and `kept_key, kept_child` of a record whose child was corrected)
    and the records that are left.
    """
    anyone, nobody, numbered, pairs = pl.lit(value=True), pl.col("child") == "", pl.col("numbered"), []
    for whose, of_whom, by, theirs in (
        (anyone, anyone, ["incident", "child"], "child"),
        (anyone, anyone, ["incident", "child"], "former"),
        (nobody & numbered, anyone, ["incident"], "child"),
        (numbered, nobody, ["incident"], "child"),
    ):
        nth = pl.int_range(pl.len()).over(by).alias("nth")
        rows = new.filter(whose).select("row_key", *by, nth)
        kept = [pl.when(theirs == "former").then(name).alias(name) for name in ("kept_key", "kept_child")]
        records = free.filter(of_whom).with_columns(child=theirs).select("record_id", "version", "stored_content", *kept, *by, nth)
        pairs.append(rows.join(records, on=[*by, "nth"]).drop(*by, "nth"))
        new, free = new.join(pairs[-1], on="row_key", how="anti"), free.join(pairs[-1], on="record_id", how="anti")
    return pl.concat(pairs), free


def _with_corrected_children(rows: pl.DataFrame, known: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return rows, and what they are known by, with the child that their record was given here in place of the one it had."""
    kept = known["kept_key"].is_not_null()
    of_child = row_keys.said_part() + "-" + pl.col("kept_child").fill_null("").str.slice(0, row_keys.CHILD_PART)
    known = known.with_columns(content_key=pl.when(kept).then(of_child).otherwise("content_key"))
    rows = rows.with_columns(
        known["content_key"],
        row_key=pl.when(kept).then(known["kept_key"]).otherwise("row_key"),
        child_ref=pl.when(kept).then(known["kept_child"]).otherwise("child_ref"),
    )
    return rows, known
