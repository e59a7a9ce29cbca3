"""A pseudonym is HMAC-SHA-256 of the agency's own reference, cannot be told from the reference, and needs the key."""

from __future__ import annotations

import base64
import hashlib
import os
import stat

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces import access, disclosure, pseudonyms, repeat_harm, whereabouts
from tests.spaces.conftest import records_of
from words import DataProblem

KEY = bytes(range(32))


def _hmac_sha256(key, message):
    """Return RFC 2104's HMAC from the hash alone."""
    key = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).hexdigest()


def _of(agency, ref, key=KEY):
    given = (pl.Series(values, dtype=pl.String) for values in (agency, ref))
    return pseudonyms.pseudonymised(*given, pseudonyms.Keys((key,)))


def test_the_second_computation_is_the_published_one():
    # RFC 4231, test case 2.
    told = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert _hmac_sha256(b"Jefe", b"what do ya want for nothing?") == told


@given(
    st.lists(st.tuples(st.none() | st.text(max_size=6), st.none() | st.text("abß1-/é", min_size=1, max_size=6)), max_size=6),
    st.binary(min_size=32, max_size=32),
)
def test_pseudonyms_are_hmac_sha_256(pairs, key):
    found = _of([agency for agency, _ref in pairs], [ref for _agency, ref in pairs], key)
    expected = [None if ref is None else _hmac_sha256(key, f"{agency or ''}\x1f{ref.casefold()}".encode()) for agency, ref in pairs]
    assert found.to_list() == expected


def test_the_same_reference_of_two_agencies_is_two_and_of_one_agency_one():
    found = _of(["Police", "Schools", "Police", None], ["K9"] * 4)
    assert found.n_unique() == 3
    assert found[0] == found[2]


def test_one_reference_however_it_is_written_is_one_child():
    written = ["a 1-x", "A 1-X", " A1-x ", "A\u00a01-X", "a1-X\t"]
    assert _of(["Police"] * 5, written).n_unique() == 1
    assert {pseudonyms.Keys((KEY,)).pseudonym("Police", one) for one in written} == {_of(["Police"], ["A1-X"])[0]}
    assert _of(["Police"] * 2, ["A1-X", "A1X"]).n_unique() == 2


def test_another_key_gives_others():
    assert (_of(["Police"], ["K9"]) != _of(["Police"], ["K9"], bytes(32))).all()


@pytest.mark.parametrize(("agency", "ref"), [([], []), (["Police", "Schools"], [None, None])], ids=["no rows", "no references"])
def test_missing_stays_missing(agency, ref):
    found = _of(agency, ref)
    assert found.dtype == pl.String
    assert found.to_list() == [None] * len(ref)


def test_rows_keep_their_order_and_nothing_given_is_changed():
    agency, ref = pl.Series(["Police"] * 4), pl.Series(["b", None, "a", "b"])
    found = pseudonyms.pseudonymised(agency, ref, pseudonyms.Keys((KEY,)))
    assert found.to_list() == [pseudonyms.Keys((KEY,)).pseudonym("Police", one) if one else None for one in ref]
    assert ref.to_list() == ["b", None, "a", "b"]


# The key.


def test_a_key_is_made_once_for_its_owner_only(tmp_path):
    os.umask(before := os.umask(0))
    try:
        os.umask(0)
        keys = pseudonyms.open_keys(tmp_path, create=True)
    finally:
        os.umask(before)
    path = tmp_path / pseudonyms.KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text("ascii") == pseudonyms.as_text(keys) + "\n"
    assert [len(layer) for layer in keys.layers] == [32]
    assert pseudonyms.open_keys(tmp_path) == pseudonyms.open_keys(tmp_path, create=True) == keys


def test_two_keys_are_never_the_same(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    assert pseudonyms.open_keys(tmp_path / "a", create=True) != pseudonyms.open_keys(tmp_path / "b", create=True)


def test_a_missing_key_is_not_replaced_by_another(tmp_path):
    with pytest.raises(DataProblem, match=r"pseudonym\.key was not found\. Put it back from its backup before adding records"):
        pseudonyms.open_keys(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"short", bytes(31), base64.b64encode(bytes(33)), base64.b64encode(KEY) + b".", b"\xff" * 44])
def test_a_damaged_key_is_refused_and_left_as_it_is(tmp_path, content):
    path = tmp_path / pseudonyms.KEY_FILE
    path.write_bytes(content)
    path.chmod(0o600)
    for create in (False, True):
        with pytest.raises(DataProblem, match=r"pseudonym\.key (is damaged|could not be read)\. Put it back from its backup"):
            pseudonyms.open_keys(tmp_path, create=create)
    assert path.read_bytes() == content


# Nobody is given it.


def test_a_key_that_others_can_read_is_refused(tmp_path):
    pseudonyms.open_keys(tmp_path, create=True)
    (tmp_path / pseudonyms.KEY_FILE).chmod(0o640)
    with pytest.raises(DataProblem, match="can be read by others"):
        pseudonyms.open_keys(tmp_path)


def test_a_key_in_the_environment_needs_no_file(tmp_path, monkeypatch):
    keys = pseudonyms.Keys((KEY, bytes(32)))
    monkeypatch.setenv(pseudonyms.KEY_SETTING, pseudonyms.as_text(keys))
    assert pseudonyms.open_keys(tmp_path) == keys
    monkeypatch.setenv(pseudonyms.KEY_SETTING, "not a key")
    with pytest.raises(DataProblem, match="in SAFER_SPACES_KEY is damaged"):
        pseudonyms.open_keys(tmp_path)


def test_a_file_is_never_written_over(tmp_path):
    path = tmp_path / "key"
    path.write_text("something")
    with pytest.raises(DataProblem, match="not there yet"):
        pseudonyms.save_keys(path, pseudonyms.Keys((KEY,)))
    assert path.read_text() == "something"


def test_a_rotated_key_leads_on_from_the_stored_pseudonym_and_the_old_one_alone_leads_nowhere():
    old = pseudonyms.Keys((KEY,))
    new = old.rotated()
    before, after = old.pseudonym("Police", "K9"), new.pseudonym("Police", "K9")
    assert pseudonyms.follow(before, new.layers[-1]) == after != before
    assert new.layers[0] == KEY
    assert new.name != old.name
    assert new.rotated() != new.rotated()


def test_the_name_of_a_key_and_the_sealing_key_give_nothing_of_it_away():
    keys = pseudonyms.Keys((KEY,))
    assert KEY.hex()[:8] not in keys.name
    assert KEY not in base64.urlsafe_b64decode(keys.seal_key())
    assert len(base64.urlsafe_b64decode(keys.seal_key())) == 32


def test_no_answer_holds_a_childs_reference():
    records = records_of(*({"agency": "Police", "child_ref": ref, "incident_id": ref} for ref in ("f00d", "cafe")))
    place = pd.Series("park", index=records.index)
    measured = repeat_harm.measure(records, place)
    answers = [measured, measured.reset_index(), whereabouts.name_clusters(pd.Series([0, 0]), place)]
    assert not any("f00d" in answer.to_csv() or "child_ref" in answer.to_csv() for answer in answers)
    with pytest.raises(ValueError, match="child_ref"):
        disclosure.disclosed(records, access.Reader("A. Jones", access.Role.PANEL_MEMBER), columns=["child_ref"])
