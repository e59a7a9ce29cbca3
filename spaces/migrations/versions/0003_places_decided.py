"""What people decided about wordings that could not be placed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table of decisions."""
    op.create_table(
        "place_decided",
        sa.Column("wording", sa.Text, primary_key=True),
        sa.Column("verdict", sa.Text, nullable=False),
        *(sa.Column(name, sa.Float) for name in ("easting", "northing", "precision_m")),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
    )
