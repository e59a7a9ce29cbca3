"""Where a place is that nobody could find: said once by a person, for all that an agency calls by the same words, now and later.

A decision is of a *wording*: what an agency writes for a place, in words and as a postcode. It is kept under a digest of that, so
that what somebody wrote is not kept longer than the records it stands in. A row with a position of its own needs no decision.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import polars as pl
import sqlalchemy as sa

from geo import frames, geocode
from spaces import schema
from spaces.audit import AuditEvent
from spaces.register import Register, keep_versions, records_head
from words import N_, DataProblem

PLACED_BY_A_PERSON = N_("a person said where it is")

NO_PLACES = {
    "online": N_("it happened online, at no place"),
    "home": N_("it is a home, which is never a place here"),
    "unknown": N_("nobody knows which place is meant"),
}
"""Why something that is written as a place is none. The reason of such a record, by what was decided."""

FINEST_M, COARSEST_M = 10.0, 2_000.0
"""A pin set by hand is good to ten metres at best; what is known to no more than two kilometres is no place to look at."""

NOT_ASKED = (*NO_PLACES.values(), geocode.NO_LOCATION, geocode.NEAR_NOTHING)
"""Reasons of records that nobody is asked about: they are of no place, or say themselves that it is not known."""

WORDING = ("agency", "location_text", "postcode")

_record = schema.records.c
_decision = schema.places_decided.c


@dataclass(frozen=True)
class Spot:
    """Where a person says that it is: metres (EPSG:27700), and to how many metres."""

    easting: float
    northing: float
    precision_m: float


def wordings(rows: pl.DataFrame) -> pl.Series:
    """Return the digest of each row's wording, null where it says nothing of a place. Capitals and signs make no difference."""
    plain = [pl.col(name).fill_null("").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars() for name in WORDING]
    said = rows.select(
        pl.when((plain[1] != "") | (plain[2] != "")).then(
            pl.concat_str(plain[0], plain[1], plain[2].str.replace_all(" ", ""), separator="\x1f")
        )
    ).to_series()
    distinct = said.drop_nulls().unique()
    digests = pl.Series([hashlib.blake2b(text.encode(), digest_size=16).hexdigest() for text in distinct], dtype=pl.String)
    return said.replace_strict(distinct, digests, default=None, return_dtype=pl.String) if len(distinct) else said


def waiting(register: Register) -> pd.DataFrame:
    """Return what is not placed and may be, one row a wording, most records first: `agency, location_text, postcode, reason, records`.

    Indexed by wording. Of several ways to write one, the most frequent is shown. Without those of no place, and without
    records that say nothing of one.
    """
    given = sa.or_(_record.location_text.is_not(None), _record.postcode.is_not(None))
    query = (
        sa.select(*(_record[name] for name in WORDING), _record.reason, sa.func.count().label("records"))
        .where(_record.method == "none", given, ~_record.restricted, sa.func.coalesce(_record.reason, "").not_in(NOT_ASKED))
        .group_by(*(_record[name] for name in WORDING), _record.reason)
    )
    found = register.read(lambda connection: pl.DataFrame(
        [tuple(row) for row in connection.execute(query)], orient="row",
        schema=dict.fromkeys((*WORDING, "reason"), pl.String()) | {"records": pl.Int64},
    ))  # fmt: skip
    by_wording = (
        found.with_columns(wording=wordings(found))
        .drop_nulls("wording")
        .sort("records", *WORDING, descending=[True, False, False, False], nulls_last=True)
        .group_by("wording", maintain_order=True)
        .agg(pl.first(*WORDING, "reason"), pl.sum("records"))
        .sort("records", descending=True, maintain_order=True)
    )
    return by_wording.to_pandas().set_index("wording")


def decide(register: Register, wording: str, decided: Spot | str, *, audit: AuditEvent) -> int:
    """Say where all is that is written so, or which of NO_PLACES it is, and return how many records that changed.

    It holds for what comes in later too. A later decision takes the place of an earlier one. Old versions of the records are kept.
    """
    if isinstance(decided, Spot):
        if not frames.inside_great_britain(*frames.points_in_degrees([decided.easting], [decided.northing]))[0]:
            raise DataProblem("This point is not in Great Britain. Choose one on the map.")
        values = {
            "verdict": "place", "easting": decided.easting, "northing": decided.northing,
            "precision_m": min(max(decided.precision_m, FINEST_M), COARSEST_M),
        }  # fmt: skip
    elif decided in NO_PLACES:
        values = {"verdict": decided, "easting": None, "northing": None, "precision_m": None}
    else:
        raise DataProblem(
            "“{what}” is not a reason why something is no place. The reasons are {all}.", what=decided, all=", ".join(NO_PLACES)
        )

    def work(connection: sa.Connection) -> int:
        connection.execute(sa.delete(schema.places_decided).where(_decision.wording == wording))
        connection.execute(sa.insert(schema.places_decided).values(wording=wording, decided_at=audit.happened_at, **values))
        return _place_anew(connection, wording, _as_placed(values))

    return register.write(audit, work, changes_records=True) or 0


def undo(register: Register, wording: str, *, audit: AuditEvent) -> int:
    """Take a decision back: its records are not placed again, and wait. Return how many those are."""

    def work(connection: sa.Connection) -> int:
        if not connection.execute(sa.delete(schema.places_decided).where(_decision.wording == wording)).rowcount:
            raise DataProblem("Nothing is decided about this wording any more. Nothing was changed.")
        nothing = dict.fromkeys(schema.PLACE_COLUMNS) | {"method": "none", "reason": TAKEN_BACK}
        return _place_anew(connection, wording, nothing)

    return register.write(audit, work, changes_records=True) or 0


TAKEN_BACK = N_("what was decided about its place was taken back")


def decisions(register: Register) -> pd.DataFrame:
    """Return every decision, newest first, indexed by wording: `verdict, easting, northing, precision_m, decided_at`."""
    return register.table(sa.select(schema.places_decided).order_by(_decision.decided_at.desc()), "wording")


def written(register: Register) -> pd.DataFrame:
    """Return one way in which each wording of a decision is written in a record, indexed by wording: `agency, location_text, postcode`."""
    by_person = _record.reason.in_([PLACED_BY_A_PERSON, *NO_PLACES.values()])
    query = sa.select(*(_record[name] for name in WORDING)).where(by_person).distinct()
    rows = register.read(lambda connection: [tuple(row) for row in connection.execute(query)])
    table = pl.DataFrame(rows, schema=dict.fromkeys(WORDING, pl.String()), orient="row").sort(WORDING)
    return table.with_columns(wording=wordings(table)).unique("wording", keep="first").to_pandas().set_index("wording")


def as_decided(rows: pl.DataFrame, located: pl.DataFrame, decided: pd.DataFrame) -> pl.DataFrame:
    """Return where rows are, with what people decided in place of what the geocoder found by their wording.

    `rows` has the wording's columns; `located` beside it the position and how it was come by. A position of the row's own stays.
    """
    if decided.empty:
        return located
    known = pl.from_pandas(decided.reset_index()[["wording", "verdict", "easting", "northing", "precision_m"]])
    every = [_as_placed(row) for row in known.iter_rows(named=True)]
    placed = pl.DataFrame(every, schema={name: located.schema[name] for name in schema.PLACE_COLUMNS}).with_columns(
        wording=known["wording"]
    )
    joined = located.with_columns(wording=wordings(rows)).join(placed, on="wording", how="left", suffix="_decided", maintain_order="left")
    applies = pl.col("method_decided").is_not_null() & ~pl.col("method").is_in(OWN_POSITION)
    return joined.select(
        pl.when(applies).then(pl.col(f"{name}_decided")).otherwise(pl.col(name)).alias(name)
        if name in schema.PLACE_COLUMNS
        else pl.col(name)
        for name in located.columns
    )


OWN_POSITION = ("coordinates", "grid_reference", "uprn")
"""How a row says itself where it is, whatever it is worded like."""


def _as_placed(told: Mapping[str, Any]) -> dict[str, Any]:
    if told["verdict"] != "place":
        return dict.fromkeys(schema.PLACE_COLUMNS) | {"method": "none", "reason": NO_PLACES[told["verdict"]]}
    longitude, latitude = frames.points_in_degrees([told["easting"]], [told["northing"]])
    return {
        "easting": told["easting"], "northing": told["northing"], "longitude": float(longitude[0]), "latitude": float(latitude[0]),
        "precision_m": told["precision_m"], "method": "place", "reason": PLACED_BY_A_PERSON, "feature": None,
    }  # fmt: skip


def _place_anew(connection: sa.Connection, wording: str, placed: Mapping[str, Any]) -> int:
    """Put every record that is worded so where it now is, and keep its version before."""
    theirs = sa.or_(_record.method == "none", _record.reason == PLACED_BY_A_PERSON)
    rows = connection.execute(sa.select(_record.record_id, *(_record[name] for name in WORDING)).where(theirs)).all()
    table = pl.DataFrame([tuple(row) for row in rows], schema={"record_id": pl.Int64} | dict.fromkeys(WORDING, pl.String()), orient="row")
    ids = table.filter((wordings(table) == wording).fill_null(value=False))["record_id"].to_list()
    since = records_head(connection)
    for at in range(0, len(ids), IDS_AT_ONCE):
        some = _record.record_id.in_(ids[at : at + IDS_AT_ONCE])
        keep_versions(connection, some, since)
        connection.execute(sa.update(schema.records).where(some).values(**placed, since=since, version=_record.version + 1))
    return len(ids)


IDS_AT_ONCE = 500
"""No more values in one condition than SQLite takes."""
