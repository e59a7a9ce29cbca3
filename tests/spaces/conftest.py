"""What the tests of the domain share: invented records in the canonical columns, a register in a file, and who did it."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from spaces import imports, intake, model, schema
from spaces.access import Reader, Role
from spaces.audit import AuditEvent
from spaces.pseudonyms import Keys
from spaces.register import open_register
from tests.postgres import new_database, postgres

__all__ = ["new_database", "postgres"]

PANEL = Reader("A. Jones", Role.PANEL_MEMBER)


def records_of(*rows, **same):
    """Return an incident frame from what matters of each row, typed as intake types it; the rest is missing."""
    table = pd.DataFrame([{"record_type": "incident", "proactive": False, **same, **row} for row in rows], columns=model.INCIDENT_COLUMNS)
    types = dict.fromkeys(model.TEXT_COLUMNS, "str") | dict.fromkeys(model.TIME_COLUMNS, "datetime64[us]")
    return table.astype(types | dict.fromkeys(model.NUMBER_COLUMNS, "float") | dict.fromkeys(model.FLAG_COLUMNS, "bool"))


def on(day, hour=0, minute=0):
    return datetime(2025, 3, day, hour, minute)  # noqa: DTZ001  local time throughout


def event(action="records added", **values):
    return AuditEvent(**({"actor": "A. Jones", "action": action, "reason": "a test", "origin": "tests"} | values))


@pytest.fixture(scope="session")
def migrated(postgres):
    """Return the name of a database with every table and nothing in it, which others are copied from."""
    postgres.run("CREATE DATABASE migrated")
    open_register(postgres.url("migrated")).close()
    return "migrated"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory):
    """Return the file of a register with every table and nothing in it, which others are copied from."""
    file = tmp_path_factory.mktemp("migrated") / "register.sqlite"
    open_register(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def sqlite_url(tmp_path, migrated_file):
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'register.sqlite')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def register_url(request, sqlite_url):
    """Give the address of an empty register on each of the two stores."""
    if request.param == "sqlite":
        return sqlite_url
    return request.getfixturevalue("new_database")(request.getfixturevalue("migrated"))


@pytest.fixture
def kept_in(tmp_path):
    """Give the file of an empty ledger of erasures."""
    path = tmp_path / "erased.ledger"
    path.touch()
    return path


@pytest.fixture
def register(register_url):
    opened = open_register(register_url)
    yield opened
    opened.close()


KEYS = Keys((b"k" * 32,))


def take_in(register, *rows, file="partner.csv", audit=None, precision_m=20.0):
    """Take rows into the register as an import does, and return the id of the import."""
    records = records_of(*rows)
    records.index = pd.RangeIndex(2, 2 + len(records), name="row")
    profile = intake.Profile("test rows", ["agency"], coordinate_precision_m=precision_m)
    read = intake.Intake(file, profile, records, pd.DataFrame({"row": [], "column": [], "problem": []}).astype({"row": int}))
    prepared = imports.prepare(read, Path(__file__), None, KEYS, erased=rights_ledger(register))
    return imports.take_in(register, prepared, audit=audit or event("file imported"))


def rights_ledger(register):
    """Return the pseudonyms whose records were erased."""
    return register.read(lambda connection: set(connection.scalars(sa.select(schema.erased.c.child_ref))))
