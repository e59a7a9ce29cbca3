"""After a change of key nothing is under the old one, and everything meets what it met before."""

from __future__ import annotations

import numpy as np
import pytest
import sqlalchemy as sa

from geo import cells
from spaces import ledger, masked, pseudonyms, register_keys, rights, rotation, row_keys, schema
from spaces.pseudonyms import Keys
from tests.spaces.conftest import KEYS, event, on
from tests.spaces.partner import bring, counted, run, stored
from words import DataProblem

ROWS = [
    {"incident_id": "1", "agency": "Police", "child_ref": "K-1", "occurred_from": on(1)},
    {"incident_id": "1", "agency": "Police", "child_ref": "K-2", "occurred_from": on(1)},
    {"incident_id": "1", "agency": "Police", "child_ref": "K-2", "occurred_from": on(1)},
    {"agency": "Schools", "child_ref": "K-2", "occurred_from": on(2)},
    {"agency": "Schools", "occurred_from": on(2)},
    {"incident_id": "7", "agency": "Schools", "location_text": "Mill Road"},
]
NEW = Keys((*KEYS.layers, b"n" * 32))
NEWER = Keys((*NEW.layers, b"m" * 32))


@pytest.fixture
def kept_in(tmp_path):
    return tmp_path / "erased.ledger"


def _rotate(register, kept_in, keys=KEYS, new_keys=NEW):
    rotation.rotate(register, keys, new_keys, kept_in=kept_in, audit=event("key changed"))


@pytest.mark.parametrize("at_once", [1, 5_000])
@pytest.mark.parametrize("new_keys", [NEW, NEWER], ids=["one layer", "two layers"])
def test_the_same_file_changes_nothing_under_the_new_key(register, kept_in, new_keys, at_once, monkeypatch):
    monkeypatch.setattr(rotation, "CHILDREN_AT_ONCE", at_once)
    bring(register, *ROWS)
    bring(register, ROWS[0] | {"severity": "high"})
    _rotate(register, kept_in, new_keys=new_keys)
    assert bring(register, ROWS[0] | {"severity": "high"}, *ROWS[1:], keys=new_keys) == (0, 0, len(ROWS))
    assert len(rights.find(register, new_keys, "Police", "K-1")) == 2
    old = {KEYS.pseudonym(row["agency"], row["child_ref"]) for row in ROWS if row.get("child_ref")}
    everything = str([stored(register, table) for table in (schema.records, schema.versions, schema.erased)])
    assert not any(child[:16] in everything for child in old)


def test_the_store_makes_keys_anew_as_python_does(register, kept_in):
    bring(register, *ROWS)
    with register._engine.begin() as connection:  # as records of version 0.1 are known
        old_ones = schema.records.c.incident_id == "7"
        connection.execute(sa.update(schema.records).where(old_ones).values(row_key="row 7", content_key="", child_ref="ab" * 32))
    before = {row[0]: row[1:] for row in stored(register, schema.records, "record_id", "child_ref", "row_key", "content_key")}
    _rotate(register, kept_in)
    for record, child, *keys in stored(register, schema.records, "record_id", "child_ref", "row_key", "content_key"):
        was, *were = before[record]
        assert child == (was and pseudonyms.follow(was, NEW.layers[-1]))
        assert keys == [row_keys.with_another_child(key, child) for key in were]


def test_only_the_new_key_opens_it_from_then_on(register, kept_in):
    bring(register, *ROWS)
    _rotate(register, kept_in)
    register_keys.check_keys(register, NEW)
    for keys in (KEYS, Keys((b"n" * 32,))):
        with pytest.raises(DataProblem, match="another pseudonym key"):
            register_keys.check_keys(register, keys)
    other = Keys((b"o" * 32,))
    with pytest.raises(DataProblem, match="another pseudonym key"):
        _rotate(register, kept_in, other, other.rotated())
    assert register.check_audit().number == len(register.audit_trail())


def test_done_twice_it_is_done_once_and_a_register_that_lags_behind_is_brought_all_the_way(register, kept_in):
    bring(register, *ROWS)
    register_keys.use_keys(register, KEYS, audit=event())
    _rotate(register, kept_in, NEW, NEWER)  # as after the restore of a backup from before NEW
    before = stored(register), len(register.audit_trail())
    _rotate(register, kept_in, NEW, NEWER)  # as after a crash before the new key was put in place
    assert (stored(register), len(register.audit_trail())) == before
    assert bring(register, *ROWS, keys=NEWER) == (0, 0, len(ROWS))


def test_a_key_that_is_not_laid_over_the_old_one_is_refused(register, kept_in):
    bring(register, *ROWS)
    before = stored(register)
    for new_keys in (KEYS, Keys((b"n" * 32,)), Keys((b"n" * 32, b"k" * 32))):
        with pytest.raises(DataProblem, match="not the old one with a layer over it"):
            _rotate(register, kept_in, new_keys=new_keys)
    assert stored(register) == before


def test_who_was_erased_stays_erased_under_the_new_key_and_in_a_register_of_any_time(register, kept_in):
    bring(register, *ROWS)
    rights.erase(register, KEYS, "Police", "K-1", kept_in=kept_in, audit=event())
    _rotate(register, kept_in)
    rights.erase(register, NEW, "Police", "K-2", kept_in=kept_in, audit=event())
    _rotate(register, kept_in, NEW, NEWER)
    every = {(keys.name, keys.pseudonym("Police", one), "") for keys in (KEYS, NEW, NEWER) for one in ("K-1", "K-2")}
    assert ledger.read(kept_in) == every
    assert bring(register, *ROWS, keys=NEWER) == (0, 0, 3)


def test_masked_venues_are_sealed_anew(register, kept_in):
    around = cells.from_points(np.linspace(1.0, 1.1, 40), np.full(40, 54.0), masked.RESOLUTION)
    masked.add_venue(register, KEYS, int(around[0]), np.unique(around), np.random.default_rng(1), audit=event())
    before = masked.masked_cells(register, KEYS).tolist(), stored(register, schema.masked)
    _rotate(register, kept_in)
    assert masked.masked_cells(register, NEW).tolist() == before[0]
    assert stored(register, schema.masked) != before[1]


DIES = """
import os, sys
from pathlib import Path
from spaces import masked, rotation
from spaces.audit import AuditEvent
from spaces.pseudonyms import Keys
from spaces.register import open_register
masked.seal_anew = lambda *_given: os._exit(9)
keys = Keys((b"k" * 32,))
new = Keys((*keys.layers, b"n" * 32))
rotation.rotate(open_register(sys.argv[1]), keys, new, kept_in=Path(sys.argv[2]), audit=AuditEvent("B", "key changed", "seen", "tests"))
"""


def test_killed_in_the_middle_it_is_still_under_the_old_key_and_can_be_run_again(register, register_url, kept_in):
    bring(register, *ROWS)
    rights.erase(register, KEYS, "Police", "K-1", kept_in=kept_in, audit=event())
    assert run(DIES, register_url, kept_in) == 9
    register_keys.check_keys(register, KEYS)
    assert bring(register, *ROWS) == (0, 0, 5)
    assert rights.reapply(register, kept_in, audit=event()) == 0
    _rotate(register, kept_in)
    assert bring(register, *ROWS, keys=NEW) == (0, 0, 5)
    assert counted(register) == 5
    assert len(ledger.read(kept_in)) == 2
