"""The register's tables, as they are now. How they came to be so is in `migrations/`, one step a file."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from spaces import model

VERSION = "0006"
"""The newest migration. A register of an earlier one is brought up to it when it is opened."""

metadata = sa.MetaData()

Moment = sa.DateTime(timezone=True)
"""Always UTC. SQLite keeps no time zone, so it is put back when read."""

_column_types = (
    dict.fromkeys(model.TEXT_COLUMNS, sa.Text)
    | dict.fromkeys(model.TIME_COLUMNS, sa.DateTime)
    | dict.fromkeys(model.NUMBER_COLUMNS, sa.Float)
    | dict.fromkeys(model.FLAG_COLUMNS, sa.Boolean)
)
GEOCODE_COLUMNS = {"precision_m": sa.Float, "method": sa.Text, "reason": sa.Text, "feature": sa.Text}
"""How a record was placed. `feature` names the street, park or sector that is all that is known, for its extent to be counted over."""

PLACE_COLUMNS = (*model.NUMBER_COLUMNS, *GEOCODE_COLUMNS)
"""Where a record was placed, and how."""

IDENTITY_COLUMNS = ("row_key", "incident_key", "content_key")
"""What a row is known by: itself, the incident it belongs to (missing where the partner gave no number), and all it says."""

VALUE_COLUMNS = (*model.INCIDENT_COLUMNS, *GEOCODE_COLUMNS)
"""What a record says, in order: the incident frame and where it was placed."""


def _value_columns() -> list[sa.Column[Any]]:
    return [sa.Column(name, (_column_types | GEOCODE_COLUMNS)[name]) for name in VALUE_COLUMNS]


def _text(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


info = sa.Table("register_info", metadata, sa.Column("name", sa.Text, primary_key=True), *_text("value"))

imports = sa.Table(
    "import_file", metadata,
    sa.Column("import_id", sa.Text, primary_key=True),
    *_text("file", "fingerprint", "profile", "actor"),
    sa.Column("imported_at", Moment, nullable=False),
    *(sa.Column(name, sa.Integer, nullable=False) for name in ("rows_read", "added", "changed", "unchanged", "refused")),
)  # fmt: skip

problems = sa.Table(
    "import_problem", metadata,
    sa.Column("import_id", sa.Text, sa.ForeignKey("import_file.import_id"), nullable=False, index=True),
    sa.Column("row", sa.Integer, nullable=False),
    *_text("column", "problem"),
    sa.Column("refused", sa.Boolean, nullable=False),
)  # fmt: skip

records = sa.Table(
    "record", metadata,
    sa.Column("record_id", sa.Integer, primary_key=True),
    sa.Column("row_key", sa.Text, nullable=False, unique=True),
    sa.Column("incident_key", sa.Text, index=True),
    sa.Column("content_key", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("since", sa.Integer, nullable=False, doc="the records head from which this version has stood"),
    sa.Column("restricted", sa.Boolean, nullable=False, doc="kept, and used for nothing, while somebody's objection is looked into"),
    sa.Column("partners_child", sa.Text, doc="whose it is in its partner's files where that was corrected here; empty where it names none"),
    sa.Column("import_id", sa.Text, sa.ForeignKey("import_file.import_id"), nullable=False),
    sa.Column("source_row", sa.Integer, nullable=False),
    *_value_columns(),
    sa.Index("record_occurred_from", "occurred_from"),
    sa.Index("record_child_ref", "child_ref"),
    sa.Index("record_agency", "agency"),
    sa.Index("record_partners_child", "partners_child"),
    sa.Index("record_easting", "easting"),
)  # fmt: skip

versions = sa.Table(
    "record_version", metadata,
    sa.Column("record_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("since", sa.Integer, nullable=False),
    sa.Column("until", sa.Integer, nullable=False, doc="the records head from which a newer version has stood"),
    sa.Column("import_id", sa.Text, nullable=False),
    sa.Column("source_row", sa.Integer, nullable=False),
    *_value_columns(),
    sa.Index("record_version_child_ref", "child_ref"),
)  # fmt: skip

agreements = sa.Table(
    "agreement", metadata,
    sa.Column("agreement_id", sa.Text, primary_key=True),
    *_text("source", "controller", "instrument", "reference", "purpose", "basis_children", "basis_young_adults", "permitted"),
    sa.Column("review_on", sa.Date, nullable=False),
    sa.Column("recorded_at", Moment, nullable=False),
    sa.Column("withdrawn_at", Moment),
    sa.Index("agreement_source", "source"),
)  # fmt: skip

profiles = sa.Table("saved_profile", metadata, sa.Column("name", sa.Text, primary_key=True), *_text("toml"))

places_decided = sa.Table(
    "place_decided", metadata,
    sa.Column("wording", sa.Text, primary_key=True, doc="a digest of what an agency writes for a place"),
    *_text("verdict"),
    *(sa.Column(name, sa.Float) for name in ("easting", "northing", "precision_m")),
    sa.Column("decided_at", Moment, nullable=False),
)  # fmt: skip

duplicates = sa.Table(
    "possible_duplicate", metadata,
    sa.Column("record_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("other_id", sa.Integer, primary_key=True, autoincrement=False),
    *_text("verdict"),
)  # fmt: skip

holds = sa.Table(
    "legal_hold", metadata,
    sa.Column("hold_id", sa.Text, primary_key=True),
    *_text("scope", "value", "reason"),
    sa.Column("placed_at", Moment, nullable=False),
    sa.Column("lifted_at", Moment),
)  # fmt: skip

retention = sa.Table(
    "retention_rule", metadata,
    sa.Column("record_type", sa.Text, primary_key=True),
    sa.Column("keep_days", sa.Integer, nullable=False),
)  # fmt: skip

purged = sa.Table(
    "purged_count", metadata,
    sa.Column("purged_at", Moment, nullable=False),
    *_text("record_type", "agency"),
    sa.Column("year", sa.Integer),
    sa.Column("records", sa.Integer, nullable=False),
)  # fmt: skip

erased = sa.Table(
    "erased_reference", metadata, sa.Column("child_ref", sa.Text, primary_key=True), sa.Column("erased_at", Moment, nullable=False)
)

erased_rows = sa.Table(
    "erased_row", metadata,
    sa.Column("row", sa.Text, primary_key=True, doc="its key without its child: what it is known by, and its place among those alike"),
    sa.Column("child_ref", sa.Text, primary_key=True, doc="whose it is in its partner's files: it was corrected to the erased child here"),
)  # fmt: skip

masked = sa.Table(
    "masked_cells", metadata,
    sa.Column("venue_id", sa.Text, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False, doc="cells of the venue among ordinary ones, encrypted with the key outside"),
)  # fmt: skip


def _versioned(name: str, thing_id: str, *columns: sa.schema.SchemaItem) -> sa.Table:
    """Define a table in which each change of a thing is a whole new row, and the newest counts (see `spaces/revisions.py`)."""
    return sa.Table(
        name, metadata,
        sa.Column(thing_id, sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        *_text("act", "act_id"),
        sa.Column("kept_at", Moment, nullable=False),
        *columns,
    )  # fmt: skip


def _numbers(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Float) for name in names]


def _counts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Integer) for name in names]


def _dates(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Date) for name in names]


safe_places = _versioned(
    "safe_place", "place_id",
    sa.Column("feature_id", sa.Text, nullable=False, index=True, doc="of the candidate on the map; empty where it is not on it"),
    *_text("name", "name_cy"),
    *(sa.Column(name, sa.Float, nullable=False) for name in ("easting", "northing")),
    *_text("scheme", "consent", "consent_by"),
    *_dates("consent_on"),
    *_text("checked_by"),
    *_dates("checked_on"),
    *_text("hours", "under_18", "step_free", "languages"),
    *_counts("asked", "welcome"),
    *_text("note"),
    *_dates("withdrawn_on"),
    *_text("why"),
)  # fmt: skip

lamp_faults = _versioned(
    "lamp_fault", "fault_id",
    *_text("lamp_id", "whereabouts"),
    *_numbers("easting", "northing"),
    sa.Column("noted_on", sa.Date, nullable=False),
    *_text("noted_by", "works_reference"),
    *_dates("reported_on", "mended_on", "looked_on"),
    *_text("looked_by", "found"),
)  # fmt: skip

space_versions = _versioned(
    "space_version", "space_id",
    *_text("name", "name_cy", "kind", "platform", "status", "raised_by", "feature_id"),
    sa.Column("boundary", sa.LargeBinary, doc="WKB in EPSG:27700; none for a place online"),
    *_text("owner", "owner_contact", "worker", "handover_note", "good", "trusted", "adult_of_concern", "merged_into", "came_of"),
    *_text("law", "authority", "answer_of_authority", "why"),
    *_dates("starts_on", "ends_on"),
)  # fmt: skip

place_referrals = _versioned(
    "place_referral", "referral_id",
    *_text("from_agency", "from_role", "whereabouts", "feature_id"),
    *_numbers("easting", "northing"),
    *_text("why", "wants"),
    *_dates("raised_on", "read_on", "answered_on"),
    *_text("decision", "reason", "reply", "space_id"),
)  # fmt: skip

flags = _versioned(
    "flag", "flag_id",
    *_text("feature_id", "whereabouts"),
    *_numbers("easting", "northing"),
    *_text("polarity", "reasons", "time_of_day"),
    *_counts("feeling", "scale"),
    *_text("view_of", "seen_by", "note", "language", "session_id", "state", "shown_note", "why", "code_hash"),
    sa.Column("made_on", sa.Date, nullable=False),
    sa.Index("flag_session_id", "session_id"),
)  # fmt: skip

flag_answers = _versioned(
    "flag_answer", "answer_id", *_text("whereabouts", "said", "said_cy", "did", "did_cy"), *_dates("answered_on")
)  # fmt: skip

flag_reasons = _versioned("flag_reason", "reason_id", *_text("en", "cy", "polarity", "agreed_with"), *_counts("place", "in_use"))

youth_sessions = _versioned(
    "youth_session", "session_id",
    sa.Column("held_on", sa.Date, nullable=False),
    *_text("asked_by", "told", "purpose", "seen_by", "method", "language", "group_name"),
    *_counts("how_many"),
    *_text("heard", "space_id", "told_back", "why", "worker"),
    *_dates("told_back_on"),
)  # fmt: skip

safety_marks = _versioned(
    "safety_mark", "mark_id",
    *_text("session_id", "colour", "reasons", "cells"),
    sa.Column("shape", sa.LargeBinary, nullable=False, doc="WKB in EPSG:27700"),
)  # fmt: skip

assessment_versions = _versioned(
    "assessment_version", "assessment_id",
    *_text("space_id", "status", "lead", "why"),
    *_dates("begin_by", "review_on"),
    *_text("sections", "weighting", "conference", "verdict", "verdict_by", "data_version", "reason"),
)  # fmt: skip
"""`sections`, `weighting` and `conference` are JSON: what was gathered under each prompt, what must change first, and what was agreed."""

goals = _versioned("goal", "goal_id", *_text("assessment_id", "goal", "shown_by", "state", "found"), *_counts("place"))

actions = _versioned(
    "action", "action_id",
    *_text("assessment_id", "goal_id", "action", "aimed_at", "intention", "owner", "agency", "lever", "unintended", "state", "outcome"),
    *_dates("due_on", "done_on"),
)  # fmt: skip

observations = _versioned(
    "observation", "observation_id",
    *_text("space_id", "assessment_id"),
    sa.Column("seen_on", sa.Date, nullable=False),
    *_text("from_time", "to_time", "weather", "light", "features", "adults"),
    *_counts("children", "children_knew"),
    *_text("by", "round"),
)  # fmt: skip

institutional_harms = _versioned(
    "institutional_harm", "harm_id", *_text("space_id", "kind"), *_dates("first_day", "last_day"), *_counts("how_many"),
    *_text("told_by", "note"),
)  # fmt: skip

agency_checks = _versioned(
    "agency_check", "check_id",
    *_text("space_id", "agency"),
    *_dates("first_day", "last_day", "asked_on", "due_on", "answered_on"),
    *_text("asked_why", "answer", "band", "action_taken", "answered_as", "why"),
)  # fmt: skip

audit = sa.Table(
    "audit_event", metadata,
    sa.Column("event_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("act_id", sa.Text, nullable=False, unique=True),
    sa.Column("happened_at", Moment, nullable=False),
    *_text("actor", "action", "subject", "reason", "origin", "previous_hash", "hash"),
)  # fmt: skip

audit_head = sa.Table(
    "audit_head", metadata,
    sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("event_id", sa.Integer, nullable=False),
    *_text("hash"),
    sa.Column("records_head", sa.Integer, nullable=False, doc="grows whenever a record changes, and only then"),
)  # fmt: skip
