"""A partner's file for tests, and other processes that do things to a register, or die while they do."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from spaces import imports, intake, rights, schema
from tests.spaces.conftest import KEYS, event, records_of

ROOT = Path(__file__).parents[2]


def prepared(*rows, keys=KEYS, erased=(), file="partner.csv", **same):
    """Return rows as they are just before an import."""
    records = records_of(*rows, **same)
    records.index = pd.RangeIndex(2, 2 + len(records), name="row")
    nothing = pd.DataFrame({"row": [], "column": [], "problem": []}).astype({"row": int})
    read = intake.Intake(file, intake.Profile("test rows", ["agency"], coordinate_precision_m=20.0), records, nothing)
    return imports.prepare(read, Path(__file__), None, keys, erased=erased)


def bring(register, *rows, keys=KEYS, **same):
    """Take rows in, and return how many were added, changed and the same."""
    file = prepared(*rows, keys=keys, erased=rights.erased(register), **same)
    file = imports.without_erased(register, file)
    found = imports.compare(register, file)
    imports.take_in(register, file, audit=event("file imported"))
    return found.added, found.changed, found.unchanged


def counted(register, table=schema.records, **where):
    query = sa.select(sa.func.count()).select_from(table).where(*(table.c[name] == value for name, value in where.items()))
    return register.read(lambda connection: connection.scalar(query))


def stored(register, table=schema.records, *names):
    """Return the rows of a table, or some columns of it, in order."""
    columns = [table.c[name] for name in names] or list(table.c)
    rows = register.read(lambda connection: connection.execute(sa.select(*columns).order_by(*columns)).all())
    return [tuple(_without_zone(value) for value in row) for row in rows]


def _without_zone(value):
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value


def start(code, *arguments):
    """Run a piece of Python in a process of its own, with the arguments as `sys.argv[1:]`."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )


def run(code, *arguments):
    """Run a piece of Python in a process of its own to its end, and return how it ended."""
    process = start(code, *arguments)
    told = process.communicate(timeout=60)[1]
    assert "Traceback" not in told, told
    return process.returncode
