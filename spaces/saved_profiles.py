"""The profiles that a partnership's steward has made for its partners' files, kept in its register."""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sa

from spaces import intake, schema
from spaces.audit import AuditEvent
from spaces.profile_files import read_profile
from spaces.register import Register
from words import DataProblem


def save(register: Register, toml: str, *, audit: AuditEvent) -> intake.Profile:
    """Keep a profile and return it. None is replaced: files of another partner may be known by it."""
    profile = read_profile(toml)
    if any(profile.name == built_in.name for built_in in intake.profiles()):
        raise DataProblem("“{name}” is the name of a profile that is built in. Give this one another name.", name=profile.name)

    def work(connection: sa.Connection) -> None:
        before = connection.scalar(sa.select(schema.profiles.c.toml).where(schema.profiles.c.name == profile.name))
        if before is None:
            connection.execute(sa.insert(schema.profiles).values(name=profile.name, toml=toml))
        elif before != toml:
            raise DataProblem(
                "There is another profile called “{name}”. Forget that one first, or give this another name.", name=profile.name
            )

    register.write(audit, work)
    return profile


def saved(register: Register) -> tuple[intake.Profile, ...]:
    """Return the profiles that were saved, by name."""
    return tuple(read_profile(toml) for toml in texts(register))


def texts(register: Register) -> pd.Series:
    """Return each saved profile as it was written, by name."""
    return register.table(sa.select(schema.profiles).order_by(schema.profiles.c.name), "name")["toml"]


def forget(register: Register, name: str, *, audit: AuditEvent) -> None:
    """Let go of a profile; what came in by it stays."""

    def work(connection: sa.Connection) -> None:
        if not connection.execute(sa.delete(schema.profiles).where(schema.profiles.c.name == name)).rowcount:
            raise DataProblem("There is no saved profile “{name}” any more. Nothing was changed.", name=name)

    register.write(audit, work)
