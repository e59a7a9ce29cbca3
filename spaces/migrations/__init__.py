"""Each step from one version of the register's tables to the next, run by Alembic inside the caller's transaction."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

FIRST = "0001"
"""The tables of version 0.1 before migrations were kept: a store that has them and no version is of this one."""

_ONE_AT_A_TIME = 7_305_112
"""The number of the lock that PostgreSQL keeps while a register is migrated."""


def migrate(connection: sa.Connection, to: str = "head") -> None:
    """Bring the store up to a version; new stores get every table."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ONE_AT_A_TIME})
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    inspected = sa.inspect(connection)
    if inspected.has_table("record") and not inspected.has_table("alembic_version"):
        command.stamp(config, FIRST)
    command.upgrade(config, to)
