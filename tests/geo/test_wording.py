"""However the name of a place is written, its key is the same; and a key is nobody else's."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo import wording

SAME = {
    "high street": ["High Street", "HIGH ST", "High St.", "high  street", " High-Street ", "The High Street"],
    "saint johns road": ["St John's Rd", "St. Johns Road", "Saint John’s rd", "ST JOHN'S ROAD", "St John'S Road"],
    "church street": ["Church St", "Ch St"],
    "high street north": ["High St North"],
    "doctor jenner drive": ["Dr Jenner Dr"],
    "heol yr orsaf": ["Heol yr Orsaf", "HEOL-YR-ORSAF", "Heol Yr Orsaf"],
    "ffordd y mor": ["Ffordd y Môr", "Ffrdd y Mor", "Ff. y Môr"],
    "dwr y felin": ["Dŵr-y-Felin"],
    "tymbl": ["Y Tymbl", "Tymbl", "The Tymbl"],
    "first avenue": ["1st Ave", "First Av."],
    "queens gardens": ["Queen's Gdns"],
    "tir na og": ["Tír na Óg"],
    "a40": ["A40", "(A40)"],
    "street": ["St", "The Street", "street"],
    "la rue": ["La Rue"],
    "mill lane": ["Mill La", "Mill Ln"],
    "rose and crown": ["Rose & Crown", "The Rose + Crown"],
    "the": ["The", "the the"],
    "": ["", "!?", "😀", "\u200b"],
}


@pytest.mark.parametrize(("key", "written"), [(key, one) for key, several in SAME.items() for one in several])
def test_one_name_has_one_key_however_it_is_written(key, written):
    assert wording.key_of(written) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mill Lane", "Mill Street"),
        ("St Mary's Street", "Mary Street"),
        ("Heol y Bryn", "Heol Bryn"),
        ("A40", "A48"),
        ("Upper Street", "Street"),
    ],
)
def test_two_names_have_two_keys(one, other):
    assert wording.key_of(one) != wording.key_of(other)


def test_missing_stays_missing_and_the_whole_column_is_done_at_once():
    table = pl.DataFrame({"name": ["High St", None, ""]})
    assert table.select(wording.key(pl.col("name"))).to_series().to_list() == ["high street", None, ""]


@given(
    st.text(max_size=40)
    | st.lists(st.sampled_from([*wording.ANYWHERE, *wording.NOT_FIRST, "st", "the", "y", "yr", "dr", "north", "é"])).map(" ".join)
)
@example("İstanbul")
@example("the y St the")
def test_the_key_of_a_key_is_itself(text):
    key = wording.key_of(text)
    assert wording.key_of(key) == key
    assert key == key.strip()
    assert "  " not in key
