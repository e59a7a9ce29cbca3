"""Of a masked venue the register holds nothing that can be read, and what can be opened does not say which cell it is."""

from __future__ import annotations

import h3
import numpy as np
import pytest

from geo import cells
from spaces import masked, register_keys, schema
from spaces.pseudonyms import Keys
from tests.spaces.conftest import KEYS, event
from tests.spaces.partner import stored
from words import DataProblem

CELL = h3.str_to_int(h3.latlng_to_cell(54.25, 1.1, masked.RESOLUTION))
AROUND = np.array([h3.str_to_int(cell) for cell in h3.grid_disk(h3.int_to_str(CELL), 4)], np.uint64)


def _add(register, cell=CELL, around=AROUND, seed=1):
    return masked.add_venue(register, KEYS, cell, around, np.random.default_rng(seed), audit=event("venue masked"))


def test_a_venue_stands_among_ordinary_cells(register):
    _add(register)
    found = masked.masked_cells(register, KEYS)
    assert CELL in found
    assert len(found) == masked.CELLS_IN_A_LIST
    assert set(found) <= set(AROUND)
    assert found.dtype == np.uint64
    assert found.tolist() == sorted(found.tolist())


def test_the_place_of_the_venues_cell_in_its_list_says_nothing(register):
    places = []
    for seed in range(60):
        venue = _add(register, seed=seed)
        places.append(int(np.flatnonzero(masked.masked_cells(register, KEYS) == CELL)[0]))
        masked.remove_venue(register, venue, audit=event("venue forgotten"))
    assert len(set(places)) >= masked.CELLS_IN_A_LIST // 2
    assert len(masked.masked_cells(register, KEYS)) == 0


def test_all_venues_together_are_one_set(register):
    far = h3.str_to_int(h3.latlng_to_cell(54.5, 1.1, masked.RESOLUTION))
    _add(register)
    _add(register, far, np.array([h3.str_to_int(cell) for cell in h3.grid_disk(h3.int_to_str(far), 3)], np.uint64))
    assert len(masked.masked_cells(register, KEYS)) == 2 * masked.CELLS_IN_A_LIST


def test_the_register_holds_nothing_that_can_be_read(register):
    _add(register)
    _add(register, seed=2)
    ((first, sealed), (second, other)) = stored(register, schema.masked)
    assert len(sealed) == len(other)
    every = [format(cell, "x").encode() for cell in AROUND.tolist()] + [int(cell).to_bytes(8, "little") for cell in AROUND.tolist()]
    assert not any(one in sealed for one in every)
    assert len(first) == len(second) == 32
    trail = register.audit_trail().to_csv()
    assert not any(text in trail for text in cells.as_text(AROUND))


def test_another_key_opens_nothing(register):
    _add(register)
    for keys in (Keys((b"o" * 32,)), KEYS.rotated()):
        with pytest.raises(DataProblem):
            masked.masked_cells(register, keys)
    register_keys.check_keys(register, KEYS)


def test_too_few_cells_to_stand_among_or_cells_of_another_size_are_refused(register):
    with pytest.raises(DataProblem, match="needs at least 11 other cells to stand among, and 10 were given"):
        _add(register, around=np.append(AROUND[AROUND != CELL][:10], np.array([CELL, 0], np.uint64)))
    with pytest.raises(DataProblem, match="resolution 10"):
        _add(register, cell=h3.str_to_int(h3.latlng_to_cell(54.25, 1.1, 9)))
    assert stored(register, schema.masked) == []
