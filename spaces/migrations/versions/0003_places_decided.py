"""Places: what people decided about those that could not be found, and the extent of what is known to no more than a street or park."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table of decisions, and to each record the name of its extent."""
    for table in ("record", "record_version"):
        op.add_column(table, sa.Column("feature", sa.Text))
    op.create_table(
        "place_decided",
        sa.Column("wording", sa.Text, primary_key=True),
        sa.Column("verdict", sa.Text, nullable=False),
        *(sa.Column(name, sa.Float) for name in ("easting", "northing", "precision_m")),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
    )
