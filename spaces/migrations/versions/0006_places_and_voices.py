"""Spaces with their history, referrals of a place, flags, sessions, assessments whole, and agencies' checks: each change a new row."""

from typing import Any

import sqlalchemy as sa
from alembic import op

MOMENT = sa.DateTime(timezone=True)

revision = "0006"
down_revision = "0005"


def _text(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _of(kind: type[sa.types.TypeEngine[Any]], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind) for name in names]


def _versioned(name: str, thing_id: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        sa.Column(thing_id, sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        *_text("act", "act_id"),
        sa.Column("kept_at", MOMENT, nullable=False),
        *columns,
    )


def upgrade() -> None:
    """Add the tables, and the first version of every space and assessment that there is."""
    _versioned(
        "space_version", "space_id",
        *_text("name", "name_cy", "kind", "platform", "status", "raised_by", "feature_id"),
        sa.Column("boundary", sa.LargeBinary),
        *_text("owner", "owner_contact", "worker", "handover_note", "good", "trusted", "adult_of_concern", "merged_into", "came_of"),
        *_text("law", "authority", "answer_of_authority", "why"),
        *_of(sa.Date, "starts_on", "ends_on"),
    )  # fmt: skip
    _versioned(
        "place_referral", "referral_id",
        *_text("from_agency", "from_role", "whereabouts", "feature_id"),
        *_of(sa.Float, "easting", "northing"),
        *_text("why", "wants"),
        *_of(sa.Date, "raised_on", "read_on", "answered_on"),
        *_text("decision", "reason", "reply", "space_id"),
    )  # fmt: skip
    _versioned(
        "flag", "flag_id",
        *_text("feature_id", "whereabouts"),
        *_of(sa.Float, "easting", "northing"),
        *_text("polarity", "reasons", "time_of_day"),
        *_of(sa.Integer, "feeling", "scale"),
        *_text("view_of", "seen_by", "note", "language", "session_id", "state", "shown_note", "why", "code_hash"),
        sa.Column("made_on", sa.Date, nullable=False),
    )  # fmt: skip
    op.create_index("flag_session_id", "flag", ["session_id"])
    _versioned("flag_answer", "answer_id", *_text("whereabouts", "said", "said_cy", "did", "did_cy"), *_of(sa.Date, "answered_on"))
    _versioned("flag_reason", "reason_id", *_text("en", "cy", "polarity", "agreed_with"), *_of(sa.Integer, "place", "in_use"))
    _versioned(
        "youth_session", "session_id",
        sa.Column("held_on", sa.Date, nullable=False),
        *_text("asked_by", "told", "purpose", "seen_by", "method", "language", "group_name"),
        *_of(sa.Integer, "how_many"),
        *_text("heard", "space_id", "told_back", "why", "worker"),
        *_of(sa.Date, "told_back_on"),
    )  # fmt: skip
    _versioned(
        "safety_mark", "mark_id", *_text("session_id", "colour", "reasons", "cells"), sa.Column("shape", sa.LargeBinary, nullable=False)
    )  # fmt: skip
    _versioned(
        "assessment_version", "assessment_id",
        *_text("space_id", "status", "lead", "why"),
        *_of(sa.Date, "begin_by", "review_on"),
        *_text("sections", "weighting", "conference", "verdict", "verdict_by", "data_version", "reason"),
    )  # fmt: skip
    _versioned("goal", "goal_id", *_text("assessment_id", "goal", "shown_by", "state", "found"), *_of(sa.Integer, "place"))
    _versioned(
        "action", "action_id",
        *_text("assessment_id", "goal_id", "action", "aimed_at", "intention", "owner", "agency", "lever", "unintended", "state", "outcome"),
        *_of(sa.Date, "due_on", "done_on"),
    )  # fmt: skip
    _versioned(
        "observation", "observation_id",
        *_text("space_id", "assessment_id"),
        sa.Column("seen_on", sa.Date, nullable=False),
        *_text("from_time", "to_time", "weather", "light", "features", "adults"),
        *_of(sa.Integer, "children", "children_knew"),
        *_text("by", "round"),
    )  # fmt: skip
    _versioned(
        "institutional_harm", "harm_id", *_text("space_id", "kind"), *_of(sa.Date, "first_day", "last_day"),
        *_of(sa.Integer, "how_many"), *_text("told_by", "note"),
    )  # fmt: skip
    _versioned(
        "agency_check", "check_id",
        *_text("space_id", "agency"),
        *_of(sa.Date, "first_day", "last_day", "asked_on", "due_on", "answered_on"),
        *_text("asked_why", "answer", "band", "action_taken", "answered_as", "why"),
    )  # fmt: skip
    op.create_index("record_easting", "record", ["easting"])
    now = sa.func.current_timestamp()
    connection = op.get_bind()
    spaces = sa.table("space", *map(sa.column, ("space_id", "name", "kind", "feature_id", "raised_by", "boundary")))
    versions = sa.table("space_version", *map(sa.column, _SPACE))
    empty = dict.fromkeys(_EMPTY_OF_SPACE, "")
    for row in connection.execute(sa.select(spaces)).mappings().all():
        connection.execute(
            versions.insert().values(
                {"space_id": row["space_id"], "version": 1, "act": "raised", "act_id": "", "kept_at": now, "status": "noticed"}
                | {name: row[name] for name in ("name", "kind", "raised_by", "boundary")}
                | {"feature_id": row["feature_id"] or "", "adult_of_concern": "not known"}
                | empty
            )
        )
    planned = sa.table(
        "assessment", *map(sa.column, ("assessment_id", "space_id", "status", "lead", "why", "begin_by", "planned_at", "data_version"))
    )
    kept = sa.table("assessment_version", *map(sa.column, _ASSESSMENT))
    for row in connection.execute(sa.select(planned)).mappings().all():
        connection.execute(
            kept.insert().values(
                {"assessment_id": row["assessment_id"], "version": 1, "act": "planned", "act_id": "", "kept_at": row["planned_at"]}
                | {name: row[name] for name in ("space_id", "status", "lead", "why", "begin_by", "data_version")}
                | dict.fromkeys(("sections", "weighting", "conference", "verdict", "verdict_by", "reason"), "")
            )
        )
    op.drop_table("assessment")
    op.drop_table("space")


_EMPTY_OF_SPACE = (
    "name_cy", "platform", "owner", "owner_contact", "worker", "handover_note", "good", "trusted", "merged_into", "came_of", "law",
    "authority", "answer_of_authority", "why",
)  # fmt: skip
_SPACE = (
    "space_id", "version", "act", "act_id", "kept_at", "name", "kind", "status", "raised_by", "feature_id", "boundary", "adult_of_concern",
    *_EMPTY_OF_SPACE,
)  # fmt: skip
_ASSESSMENT = (
    "assessment_id", "version", "act", "act_id", "kept_at", "space_id", "status", "lead", "why", "begin_by", "data_version", "sections",
    "weighting", "conference", "verdict", "verdict_by", "reason",
)  # fmt: skip
