"""Erased rows: a row that came under one child's reference, was corrected to another's, and was erased with them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table of such rows, and to each record whose it is in its partner's files where that was corrected."""
    op.add_column("record", sa.Column("partners_child", sa.Text))
    op.create_index("record_partners_child", "record", ["partners_child"])
    op.create_table("erased_row", sa.Column("row", sa.Text, primary_key=True), sa.Column("child_ref", sa.Text, primary_key=True))
