"""A partner's file before and after its profile learns a word: the same records, now understood, and none of them doubled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from spaces import imports, intake, row_keys
from tests.spaces.conftest import KEYS, event

PROFILE = intake.Profile(
    name="Wardens",
    header=["Seen", "What", "Spot", "Band"],
    columns={"harm_type": "What", "location_text": "Spot", "age_band": "Band", "incident_id": "No"},
    constants={"agency": "Wardens"},
    times={"occurred_from": {"column": "Seen", "formats": ["%d/%m/%Y"]}},
    codes={"harm_type": {"Mugged": "robbed"}, "age_band": {"teen": "14-15"}},
    hours={"column": "Hour", "words": {"lunch": ["12:00", "13:30"]}},
)
TAUGHT = replace(
    PROFILE,
    codes={"harm_type": {"Mugged": "robbed", "Jumped": "robbed"}, "age_band": {"teen": "14-15", "older teen": "16-17"}},
    hours={"column": "Hour", "words": {"lunch": ["12:00", "13:30"], "after dark": ["19:00", "23:00"]}},
)
ROWS = [
    "03/10/2024,Mugged,Tannery Lane,teen,lunch",
    "03/10/2024,Jumped,Tannery Lane,older teen,after dark",
    "03/10/2024,Jumped,Tannery Lane,older teen,after dark",
    "04/10/2024,jumped ,Mill Road,,21:00",
    "04/10/2024,,Mill Road,teen,",
]


def _bring(register, folder, profile, rows=ROWS, numbers=None):
    header = ["Seen,What,Spot,Band,Hour", *rows] if numbers is None else [
        "No,Seen,What,Spot,Band,Hour", *(f"{number},{row}" for number, row in zip(numbers, rows, strict=True))
    ]  # fmt: skip
    path = folder / "wardens.csv"
    path.write_text("\n".join(header), "utf-8")
    file = imports.prepare(intake.read(path, today=date(2026, 1, 1), profile=profile), path, None, KEYS)
    found = imports.compare(register, file)
    imports.take_in(register, file, audit=event("file imported"))
    return found.added, found.changed, found.unchanged


@pytest.mark.parametrize("numbers", [None, range(5)], ids=["without numbers", "numbered"])
def test_a_word_that_the_profile_learns_changes_records_and_adds_none(register, tmp_path, numbers):
    assert _bring(register, tmp_path, PROFILE, numbers=numbers) == (5, 0, 0)
    assert _bring(register, tmp_path, TAUGHT, numbers=numbers) == (0, 3, 2)
    records = register.records()
    assert records["harm_type"].fillna("").tolist() == ["robbed"] * 4 + [""]
    assert records["occurred_from"].dt.hour.tolist() == [12, 19, 19, 21, 0]
    assert _bring(register, tmp_path, TAUGHT, numbers=numbers) == (0, 0, 5)
    assert _bring(register, tmp_path, PROFILE, numbers=numbers) == (0, 3, 2), "nor one that it forgets"


def test_rows_that_come_to_mean_the_same_stay_as_many_as_they_were(register, tmp_path):
    rows = ["03/10/2024,Mugged,Tannery Lane,teen,", "03/10/2024,Jumped,Tannery Lane,teen,"]
    assert _bring(register, tmp_path, PROFILE, rows) == (2, 0, 0)
    assert _bring(register, tmp_path, TAUGHT, rows) == (0, 1, 1)
    assert _bring(register, tmp_path, TAUGHT, rows[::-1]) == (0, 0, 2)
    assert _bring(register, tmp_path, TAUGHT, rows[:1]) == (0, 0, 1)


def test_our_own_words_leave_keys_as_they_were(register, tmp_path):
    """The canonical columns are written in our codes, so that what is known of them is not known otherwise."""
    path = tmp_path / "canonical.csv"
    path.write_text("agency,occurred_from,harm_type,location_text\nWardens,2024-10-03T20:00,Robbed,Mill Road\n", "utf-8")
    read = intake.read(path, today=date(2026, 1, 1))
    assert not read.written
    keyed = imports.prepare(read, path, None, KEYS).rows
    assert keyed.select(pl.col("row_key").str.split("-").list.get(0) == row_keys.said_part()).item()
