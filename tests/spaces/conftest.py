"""What the tests of the domain share: invented records in the canonical columns, a register in a file, and who did it."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from spaces import model
from spaces.access import Reader, Role
from spaces.audit import AuditEvent
from spaces.register import open_register

PANEL = Reader("A. Jones", Role.PANEL_MEMBER)


def records_of(*rows, **same):
    """Return an incident frame from what matters of each row, typed as intake types it; the rest is missing."""
    table = pd.DataFrame([{"record_type": "incident", "proactive": False, **same, **row} for row in rows], columns=model.INCIDENT_COLUMNS)
    types = dict.fromkeys(model.TEXT_COLUMNS, "str") | dict.fromkeys(model.TIME_COLUMNS, "datetime64[us]")
    return table.astype(types | dict.fromkeys(model.NUMBER_COLUMNS, "float") | dict.fromkeys(model.FLAG_COLUMNS, "bool"))


def placed(records, **where):
    """Return records as the geocoder hands them on."""
    return records.assign(**({"precision_m": 20.0, "method": "coordinates", "reason": ""} | where))


def on(day, hour=0, minute=0):
    return datetime(2025, 3, day, hour, minute)  # noqa: DTZ001  local time throughout


def event(action="records added", **values):
    return AuditEvent(**({"actor": "A. Jones", "action": action, "reason": "a test", "origin": "tests"} | values))


@pytest.fixture
def register_url(tmp_path):
    return f"sqlite:///{tmp_path / 'register.sqlite'}"


@pytest.fixture
def register(register_url):
    opened = open_register(register_url)
    yield opened
    opened.close()
