"""The tables of version 0.1: records, spaces, assessments and a plain list of events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXTS = (
    "incident_id", "agency", "record_type", "harm_type", "severity", "child_ref", "age_band", "sex", "role", "location_role",
    "location_text", "uprn", "postcode", "source_confidence", "method", "reason",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "record",
        sa.Column("record_id", sa.Integer, primary_key=True),
        sa.Column("source_file", sa.Text, nullable=False),
        sa.Column("source_row", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text) for name in TEXTS),
        *(sa.Column(name, sa.DateTime) for name in ("occurred_from", "occurred_to", "reported_on", "case_closed_on")),
        *(sa.Column(name, sa.Float) for name in ("easting", "northing", "longitude", "latitude", "precision_m")),
        sa.Column("proactive", sa.Boolean),
    )
    op.create_table(
        "space",
        sa.Column("space_id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("feature_id", sa.Text, unique=True),
        sa.Column("raised_by", sa.Text, nullable=False),
        sa.Column("boundary", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "assessment",
        sa.Column("assessment_id", sa.Text, primary_key=True),
        sa.Column("space_id", sa.Text, sa.ForeignKey("space.space_id"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("status", "lead", "why")),
        sa.Column("begin_by", sa.Date, nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data_version", sa.Text, nullable=False),
    )
    op.create_table(
        "audit_event",
        sa.Column("event_id", sa.Integer, primary_key=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("actor", "action", "subject", "reason", "origin")),
    )
