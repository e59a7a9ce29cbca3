"""What a row is known by, so that the same file twice changes nothing and a corrected row is known again.

A row with an incident number is known by agency, number, role, role of the place, and child; one without by all it says, a word
for a code as its partner wrote it: a word that a profile learns later makes no other row of it. Rows that are alike in that are
told apart by their order, so that real duplicates stay. The child's pseudonym is a part of its own at the end of a key, so that keys
follow when pseudonyms are made anew; nothing else of a key can be read back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection

import polars as pl
import sqlalchemy as sa

from spaces import model

KNOWN_BY = ("agency", "incident_id", "role", "location_role")

SAID = tuple(column for column in model.INCIDENT_COLUMNS if column != "child_ref")

CHILD_PART = 16
"""Letters of a pseudonym in a key: enough to tell two billion children apart."""

DIGEST_LETTERS = 32

ROWS_AT_ONCE = 20_000
"""Rows put into words at a time, so that all that a large file says is never held twice."""

WRITTEN = "written_"
"""Before the name of a column: what its partner wrote there."""

_PART = "-"
_APART = "\x1f"
_MISSING = "\x00"


def with_keys(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows as their partner gave them, before they are placed, with `row_key`, `incident_key` and `content_key`.

    Rows have the columns of the incident frame, child references already pseudonyms. `incident_key` is null where the partner
    gave no number. A column `written_…` beside one of theirs has what its partner wrote where that is another word, and goes.
    """
    written = [name for name in rows.columns if name.startswith(WRITTEN)]
    as_written = rows.with_columns(
        pl.coalesce(name, pl.col(name.removeprefix(WRITTEN)).cast(pl.String)).alias(name.removeprefix(WRITTEN)) for name in written
    )
    said = _digest(rows, SAID)
    child = pl.col("child_ref").fill_null("").str.slice(0, CHILD_PART)
    numbered = pl.col("incident_id").is_not_null()
    keyed = (
        rows.with_columns(
            said=said,
            told=_digest(as_written, SAID) if written else said,
            known_by=_digest(as_written, KNOWN_BY),
            incident_key=_digest(rows, KNOWN_BY[:2]),
        )
        .with_columns(
            content_key=pl.concat_str("said", child, separator=_PART),
            row_key=pl.concat_str(pl.when(numbered).then("known_by").otherwise("told"), child, separator=_PART),
            incident_key=pl.when(numbered).then("incident_key"),
        )
        .drop("said", "told", "known_by", *written)
    )
    return _told_apart(keyed)


def with_another_child(key: str, child_ref: str | None) -> str:
    """Return a row key or content key with the child's part made from another pseudonym; a key of version 0.1 has no such part."""
    if _PART not in key:
        return key
    first, _child, *ordinal = key.split(_PART)
    return _PART.join([first, (child_ref or "")[:CHILD_PART], *ordinal])


def without_child(row_key: str) -> str:
    """Return a row key without its child's part."""
    first, _child, *ordinal = row_key.split(_PART)
    return _PART.join([first, *ordinal])


def followed(key: sa.ColumnElement[str], child_ref: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """Return `with_another_child` as the store computes it, for keys that have a whole pseudonym's part."""
    after = DIGEST_LETTERS + len(_PART) + CHILD_PART
    whole = sa.func.substr(key, DIGEST_LETTERS + 1, 1) == _PART
    child = sa.func.substr(child_ref, 1, CHILD_PART)
    made_anew: sa.ColumnElement[str] = sa.func.substr(key, 1, DIGEST_LETTERS + 1).concat(child).concat(sa.func.substr(key, after + 1))
    return sa.case((whole, made_anew), else_=key)


def without_columns(rows: pl.DataFrame, columns: Collection[str]) -> pl.DataFrame:
    """Return keyed rows with keys that say nothing of some columns, which may not be kept.

    The same rows without the same columns have the same keys, whatever else is in their file; without others, another content key,
    so that a column that may be kept again is seen as a change.
    """
    gone = sorted(columns)
    said, child = (pl.col("content_key").str.split(_PART).list.get(part) for part in (0, 1))
    mixed = [_of([text, *gone]) for text in rows.select(said).to_series().to_list()]
    rows = rows.with_columns(said=said, mixed=pl.Series(mixed, dtype=pl.String), child=pl.lit("") if "child_ref" in gone else child)
    number = pl.lit(None, pl.String) if "incident_id" in gone else pl.col("incident_key")
    own = pl.col("row_key").str.split(_PART).list.get(0)
    known = own if not set(KNOWN_BY) & set(gone) else number
    unnumbered = pl.when(pl.col("incident_key").is_null()).then(own).otherwise("said")
    numbered = number.is_not_null()
    keyed = rows.with_columns(
        content_key=pl.concat_str("mixed", "child", separator=_PART),
        row_key=pl.concat_str(pl.when(numbered).then(known).otherwise(unnumbered), "child", separator=_PART),
        incident_key=number,
    ).drop("said", "mixed", "child")
    return _told_apart(keyed)


def said_part() -> pl.Expr:
    """Return what content keys say of all that a row says, but for its child."""
    return pl.col("content_key").str.split(_PART).list.get(0)


def child_part() -> pl.Expr:
    """Return the child's part of row keys, empty where no child is known."""
    return pl.col("row_key").str.split(_PART).list.get(1, null_on_oob=True).fill_null("")


def without_child_part() -> pl.Expr:
    """Return row keys without their child's part."""
    parts = pl.col("row_key").str.split(_PART)
    return pl.concat_str(parts.list.get(0), parts.list.get(2, null_on_oob=True).fill_null(""), separator=_PART)


def without_ordinal() -> pl.Expr:
    """Return row keys without what tells those apart that are otherwise alike."""
    return pl.col("row_key").str.split(_PART).list.head(2).list.join(_PART)


def _told_apart(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(row_key=pl.concat_str("row_key", pl.int_range(pl.len()).over("row_key"), separator=_PART))


def _digest(rows: pl.DataFrame, columns: tuple[str, ...]) -> pl.Series:
    said = pl.concat_str([pl.col(name).cast(pl.String).fill_null(_MISSING) for name in columns], separator=_APART)
    parts = (some.select(said).to_series().to_list() for some in rows.iter_slices(ROWS_AT_ONCE))
    return pl.concat([pl.Series(dtype=pl.String), *(pl.Series([_of([text]) for text in part], dtype=pl.String) for part in parts)])


def _of(texts: list[str]) -> str:
    return hashlib.blake2b(_APART.join(texts).encode(), digest_size=DIGEST_LETTERS // 2).hexdigest()
