"""Which pseudonym key a register is under. Records under two keys would never meet: with another key nothing is read or written."""

from __future__ import annotations

import sqlalchemy as sa

from spaces import schema
from spaces.audit import AuditEvent
from spaces.pseudonyms import Keys
from spaces.register import Register, set_info
from words import DataProblem

KEY_NAME = "key_name"


def check_keys(register: Register, keys: Keys) -> None:
    """Raise DataProblem where the register is under another key than these. One that is under none yet takes any."""
    register.read(lambda connection: check_in(connection, keys))


def use_keys(register: Register, keys: Keys, *, audit: AuditEvent) -> None:
    """Put the register under these keys, if it is under none; DataProblem where it is under others."""
    check_keys(register, keys)
    if not register.info(KEY_NAME):
        register.write(audit, lambda connection: settle(connection, keys))


def settle(connection: sa.Connection, keys: Keys) -> None:
    """Put the register under these keys, inside a transaction, if it is under none; DataProblem where it is under others."""
    if not check_in(connection, keys):
        set_info(connection, KEY_NAME, keys.name)


def check_in(connection: sa.Connection, keys: Keys) -> str:
    """Return the name of the key the register is under, empty where it is under none; DataProblem where it is another than these."""
    name = connection.scalar(sa.select(schema.info.c.value).where(schema.info.c.name == KEY_NAME)) or ""
    if name in ("", keys.name):
        return name
    if name in [Keys(keys.layers[:count]).name for count in range(1, len(keys.layers))]:
        raise DataProblem("The pseudonym key was made anew, and the register is still under the one before. Run the change of key again.")
    raise DataProblem(
        "The register is under another pseudonym key than this one. Put back the key it was last used with, from its backup; "
        "if the key was changed since, that is the newer one. Nothing was changed."
    )
