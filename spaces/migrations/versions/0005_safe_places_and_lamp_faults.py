"""Safe places and lamp faults: each change of one is a new row, so that what was said before stays."""

import sqlalchemy as sa
from alembic import op

MOMENT = sa.DateTime(timezone=True)

revision = "0005"
down_revision = "0004"


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def upgrade() -> None:
    """Add the two tables, empty."""
    op.create_table(
        "safe_place",
        sa.Column("place_id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        *_text("act", "act_id"),
        sa.Column("kept_at", MOMENT, nullable=False),
        *_text("feature_id", "name", "name_cy"),
        *(sa.Column(name, sa.Float, nullable=False) for name in ("easting", "northing")),
        *_text("scheme", "consent", "consent_by"),
        sa.Column("consent_on", sa.Date),
        *_text("checked_by"),
        sa.Column("checked_on", sa.Date),
        *_text("hours", "under_18", "step_free", "languages"),
        *(sa.Column(name, sa.Integer) for name in ("asked", "welcome")),
        *_text("note"),
        sa.Column("withdrawn_on", sa.Date),
        *_text("why"),
    )
    op.create_index(op.f("ix_safe_place_feature_id"), "safe_place", ["feature_id"])
    op.create_table(
        "lamp_fault",
        sa.Column("fault_id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        *_text("act", "act_id"),
        sa.Column("kept_at", MOMENT, nullable=False),
        *_text("lamp_id", "whereabouts"),
        *(sa.Column(name, sa.Float) for name in ("easting", "northing")),
        sa.Column("noted_on", sa.Date, nullable=False),
        *_text("noted_by", "works_reference"),
        *(sa.Column(name, sa.Date) for name in ("reported_on", "mended_on", "looked_on")),
        *_text("looked_by", "found"),
    )
