"""What is held of a child is found, corrected, restricted and erased by the agency's own reference, and what is erased stays so."""

from __future__ import annotations

import os
import stat
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spaces import backups, imports, ledger, register_keys, retention, rights, rotation, schema
from spaces.pseudonyms import Keys
from spaces.register import open_register
from tests.spaces.conftest import KEYS, event, on
from tests.spaces.partner import bring, counted, prepared, run, start, stored
from words import DataProblem

ROW = {
    "incident_id": "1", "agency": "Police", "child_ref": "K-0042", "occurred_from": on(1), "harm_type": "robbed", "age_band": "14-15",
    "location_text": "Lockside Park", "easting": 497_050.0, "northing": 180_050.0,
}  # fmt: skip
OTHER = ROW | {"incident_id": "2", "child_ref": "K-0099"}
SCHOOLS = ROW | {"agency": "Schools"}
UNNUMBERED = ROW | {"incident_id": None, "occurred_from": on(3)}


@pytest.fixture
def kept_in(tmp_path):
    return tmp_path / "erased.ledger"


def _find(register, reference="K-0042", agency="Police"):
    return rights.find(register, KEYS, agency, reference)


def _erase(register, kept_in, reference="K-0042", agency="Police", keys=KEYS):
    return rights.erase(register, keys, agency, reference, kept_in=kept_in, audit=event("child erased"))


def _correct(register, column, value, which=0, reference="K-0042"):
    record = _find(register, reference).query("current").iloc[which]
    rights.correct(register, KEYS, int(record["record_id"]), column, value, audit=event("record corrected"))


# Find.


def test_all_that_is_held_is_found_old_versions_too_and_nothing_of_another(register):
    bring(register, ROW, OTHER, SCHOOLS)
    bring(register, ROW | {"harm_type": "harassment"})
    found = _find(register)
    assert found["harm_type"].tolist() == ["robbed", "harassment"]
    assert found["current"].tolist() == [False, True]
    assert _find(register, agency="Schools")["agency"].tolist() == ["Schools"]
    assert _find(register, "nobody").empty
    assert "child_ref" not in found.columns
    assert KEYS.pseudonym("Police", "K-0042")[:16] not in found.to_csv(), "keys hold a part of it"


def test_with_another_key_nothing_is_looked_for(register, kept_in):
    bring(register, ROW)
    register_keys.use_keys(register, KEYS, audit=event())
    other = Keys((b"o" * 32,))
    for act in (
        lambda: register_keys.check_keys(register, other),
        lambda: rights.find(register, other, "Police", "K-0042"),
        lambda: _erase(register, kept_in, keys=other),
        lambda: rights.restrict(register, other, "Police", "K-0042", audit=event()),
    ):
        with pytest.raises(DataProblem, match=r"another pseudonym key than this one\. Put back"):
            act()
    assert not kept_in.exists()
    assert counted(register) == 1
    with pytest.raises(DataProblem, match="Run the change of key again"):
        register_keys.check_keys(register, KEYS.rotated())


# Correct.


def test_a_correction_keeps_the_old_version_and_changes_one_column(register):
    bring(register, ROW, OTHER)
    head = register.records_head()
    before = register.records()
    _correct(register, "harm_type", "harassment")
    after = register.records()
    changed = (before != after) & ~(before.isna() & after.isna())
    assert changed.sum().loc[lambda many: many > 0].to_dict() == {"harm_type": 1}
    assert register.records_head() > head
    assert register.records(as_of=head)["harm_type"].tolist() == ["robbed", "robbed"]
    assert _find(register)["harm_type"].tolist() == ["robbed", "harassment"]


CORRECTIONS = [("harm_type", "harassment"), ("occurred_from", on(9)), ("incident_id", "1b"), ("role", "witness")]


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [(row, *correction) for row in (ROW, UNNUMBERED) for correction in (*CORRECTIONS, ("child_ref", "K-77"), ("child_ref", None))],
)
def test_a_correction_stands_when_the_partner_sends_the_same_again(register, column, value, row):
    bring(register, row, OTHER)
    _correct(register, column, value)
    corrected = stored(register, schema.records)
    assert bring(register, row, OTHER) == (0, 0, 2)
    assert stored(register, schema.records) == corrected


@pytest.mark.parametrize("row", [ROW, UNNUMBERED])
def test_what_the_partner_says_anew_comes_in_but_not_the_child_that_was_corrected(register, row):
    bring(register, row, OTHER)
    _correct(register, "child_ref", "K-77")
    numbered = row is ROW
    assert bring(register, row | {"severity": "high"}, OTHER) == ((0, 1, 1) if numbered else (1, 0, 1))
    assert _find(register, "K-77").query("current")["severity"].tolist() == (["high"] if numbered else [None])
    assert bring(register, row | {"severity": "high"}, OTHER) == (0, 0, 2), "and still known by the child it had"
    assert len(_find(register, "K-77").query("current")) == 1


NAMELESS = ROW | {"child_ref": None}


@pytest.mark.parametrize("row", [NAMELESS, NAMELESS | {"incident_id": None}])
def test_a_child_that_was_not_named_is_put_right_and_erased_for_good(register, kept_in, row):
    bring(register, row, OTHER)
    (number,) = (found[0] for found in stored(register, schema.records, "record_id", "child_ref") if found[1] is None)
    rights.correct(register, KEYS, number, "child_ref", "K-77", audit=event("record corrected"))
    assert bring(register, row, OTHER) == (0, 0, 2)
    assert len(_find(register, "K-77").query("current")) == 1
    assert _erase(register, kept_in, "K-77") == 1
    assert bring(register, row, OTHER) == (0, 0, 1)


@pytest.mark.parametrize("row", [ROW, UNNUMBERED])
@pytest.mark.parametrize("through", [["K-77", "K-78"], ["K-01", "K-77"], ["K-77", "K-0042"], [None, "K-77"]])
def test_corrected_again_and_again_it_is_one_record_and_its_last_childs(register, row, through):
    bring(register, row, OTHER)
    before = "K-0042"
    (number,) = _find(register).query("current")["record_id"]
    for child in through:
        rights.correct(register, KEYS, int(number), "child_ref", child, audit=event("record corrected"))
        before = child
    rights.correct(register, KEYS, int(number), "incident_id", "1b", audit=event("record corrected"))
    assert bring(register, row, OTHER) == (0, 0, 2)
    assert len(_find(register, before).query("current")) == 1


def test_two_children_of_an_incident_that_were_swapped_stay_so(register):
    second = ROW | {"child_ref": "K-77"}
    bring(register, ROW, second)
    numbers = [int(_find(register, child).query("current")["record_id"].iloc[0]) for child in ("K-0042", "K-77")]
    for number, child in zip(numbers, ("K-77", "K-0042"), strict=True):
        rights.correct(register, KEYS, number, "child_ref", child, audit=event("record corrected"))
    swapped = stored(register, schema.records)
    assert bring(register, ROW, second) == (0, 0, 2)
    assert stored(register, schema.records) == swapped


def test_of_two_rows_that_are_alike_only_the_erased_one_goes(register, kept_in):
    bring(register, ROW, ROW)
    _correct(register, "child_ref", "K-77", which=1)
    assert _erase(register, kept_in, "K-77") == 1
    assert counted(register) == 1
    assert bring(register, ROW, ROW) == (0, 0, 1)


def test_a_second_child_of_an_incident_is_not_lost_to_a_correction_taken_back(register):
    bring(register, ROW)
    _correct(register, "child_ref", "K-77")
    _correct(register, "child_ref", "K-0042", reference="K-77")
    assert bring(register, ROW | {"child_ref": "K-77"}) == (1, 0, 0)
    for child in (None, "K-88", "K-0042"):
        bring(register, ROW | {"child_ref": child})
    assert len(_find(register).query("current")) == 1


def test_a_row_erased_as_anothers_goes_from_a_register_restored_under_an_earlier_key(register, kept_in, tmp_path):
    bring(register, ROW, OTHER)
    path, new = tmp_path / "before", KEYS.rotated()
    backups.back_up(register, path, audit=event("backed up"))
    kept_in.touch()
    rotation.rotate(register, KEYS, new, kept_in=kept_in, audit=event("key changed"))
    number = int(rights.find(register, new, "Police", "K-0042")["record_id"].iloc[0])
    rights.correct(register, new, number, "child_ref", "K-77", audit=event("record corrected"))
    rights.erase(register, new, "Police", "K-77", kept_in=kept_in, audit=event("child erased"))
    url = f"sqlite:///{tmp_path / 'again.sqlite'}"
    backups.restore(path, url, kept_in=kept_in, audit=event("restored"))
    again = open_register(url)
    rotation.rotate(again, KEYS, new, kept_in=kept_in, audit=event("key changed"))
    assert again.records()["incident_id"].tolist() == ["2"]
    assert bring(again, ROW, OTHER, keys=new) == (0, 0, 1)


def test_a_correction_stands_after_a_change_of_key(register, kept_in):
    bring(register, ROW, UNNUMBERED, OTHER)
    _correct(register, "child_ref", "K-77")
    _correct(register, "child_ref", "K-77")
    kept_in.touch()
    new = KEYS.rotated()
    rotation.rotate(register, KEYS, new, kept_in=kept_in, audit=event("key changed"))
    assert bring(register, ROW, UNNUMBERED, OTHER, keys=new) == (0, 0, 3)


def test_a_correction_that_the_partner_makes_as_well_is_no_second_record(register):
    bring(register, ROW, OTHER)
    _correct(register, "child_ref", "K-77")
    assert bring(register, ROW | {"child_ref": "K-77"}, OTHER) == (0, 1, 1), "known now by what its partner says"
    assert bring(register, ROW | {"child_ref": "K-77"}, OTHER) == (0, 0, 2)
    assert counted(register) == 2


def test_two_alike_that_come_to_be_the_same_childs_stay_two(register):
    bring(register, ROW, ROW | {"child_ref": "K-0099"})
    _correct(register, "child_ref", "K-0042", reference="K-0099")
    assert len(_find(register).query("current")) == 2


def test_a_corrected_place_has_no_position_until_it_is_placed_anew(register):
    bring(register, ROW)
    _correct(register, "location_text", "12 Mill Lane")
    found = register.records().iloc[0]
    assert found["location_text"] == "Mill Lane", "a house is its street here too"
    assert found[["easting", "longitude", "precision_m"]].isna().all()
    assert found[["method", "reason"]].tolist() == ["none", rights.CORRECTED_PLACE]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("agency", "Schools"), ("easting", 1.0), ("uprn", "1"), ("record_id", 1), ("harm_type", "mischief"), ("occurred_from", "soon"),
        ("proactive", None),
        ("severity", "her mum is 07700 900123"), ("child_ref", "Grace Jones"), ("location_text", "lives at 3 Mill Lane"),
        ("location_text", "home"), ("location_text", "at her house"), ("postcode", "by the canal"), ("postcode", "1"),
    ],
)  # fmt: skip
def test_what_may_not_come_in_may_not_come_in_as_a_correction(register, column, value):
    bring(register, ROW)
    before = stored(register), len(register.audit_trail())
    with pytest.raises(DataProblem):
        _correct(register, column, value)
    assert (stored(register), len(register.audit_trail())) == before


def test_a_record_that_is_gone_is_said_to_be(register):
    with pytest.raises(DataProblem, match="no record 7 any more"):
        rights.correct(register, KEYS, 7, "role", "witness", audit=event())


# Restrict.


def test_restricted_records_are_kept_and_used_for_nothing_not_even_as_they_were(register):
    bring(register, ROW, OTHER)
    bring(register, ROW | {"harm_type": "harassment"})
    head = register.records_head()
    assert rights.restrict(register, KEYS, "Police", "K-0042", audit=event("restricted")) == 1
    assert register.records_head() > head
    assert register.records()["incident_id"].tolist() == ["2"]
    assert register.records(as_of=head)["incident_id"].tolist() == ["2"]
    assert register.records(as_of=head - 1)["incident_id"].tolist() == ["2"]
    assert _find(register)["restricted"].all()
    assert rights.unrestrict(register, KEYS, "Police", "K-0042", audit=event("unrestricted")) == 1
    assert len(register.records()) == 2


# Erase.


def _pieces(register, tmp_path):
    """Return all the bytes of a SQLite register's files."""
    return b"".join(path.read_bytes() for path in tmp_path.glob("register.sqlite*"))


def test_nothing_of_an_erased_child_is_left_and_everything_of_others_is(register, kept_in, tmp_path):
    bring(register, ROW | {"severity": "unmistakable one"}, OTHER, SCHOOLS)
    bring(register, ROW | {"severity": "unmistakable two"})
    _correct(register, "severity", "unmistakable three")
    assert _erase(register, kept_in) == 1
    assert _find(register).empty
    assert [row[0] for row in stored(register, schema.records, "agency")] == ["Police", "Schools"]
    assert counted(register, schema.versions) == 0
    child = KEYS.pseudonym("Police", "K-0042")
    assert rights.erased(register) == {child}
    assert ledger.read(kept_in) == {(KEYS.name, child, "")}
    assert stat.S_IMODE(kept_in.stat().st_mode) == 0o600
    if register.dialect == "sqlite":
        assert b"unmistakable" not in _pieces(register, tmp_path)
    trail = register.audit_trail()
    assert not trail.astype(str).apply(lambda column: column.str.contains(f"{child[:16]}|K-0042")).any(axis=None)


def test_a_record_that_was_taken_for_another_childs_leaves_by_either_reference(register, kept_in):
    bring(register, ROW, OTHER)
    _correct(register, "child_ref", "K-77")
    assert _find(register, "K-0042")["current"].tolist() == [False]
    assert _find(register, "K-77")["current"].tolist() == [True], "what it said of another child is not shown"
    assert _erase(register, kept_in, "K-0042") == 0
    assert _find(register, "K-0042").empty
    assert _find(register, "K-77")["current"].tolist() == [True]
    assert _erase(register, kept_in, "K-77") == 1
    assert counted(register) == 1
    assert counted(register, schema.versions) == 0


def test_an_erased_child_does_not_come_back_with_the_next_file(register, kept_in):
    bring(register, ROW, OTHER)
    _erase(register, kept_in)
    assert bring(register, ROW, OTHER) == (0, 0, 1)
    with pytest.raises(DataProblem, match="erased and stays erased"):
        _correct(register, "child_ref", "K-0042", reference="K-0099")
    assert _find(register).empty


@pytest.mark.parametrize("row", [ROW, UNNUMBERED])
@pytest.mark.parametrize("then", ["as it was", "with something new", "after a change of key"])
def test_a_row_erased_as_one_childs_does_not_come_back_as_anothers(register, kept_in, row, then):
    same_child, keys = OTHER | {"child_ref": "K-0042", "occurred_from": on(5)}, KEYS
    bring(register, row, same_child)
    which = _find(register)["occurred_from"].tolist().index(row["occurred_from"])
    _correct(register, "child_ref", "K-77", which)
    assert _erase(register, kept_in, "K-77") == 1
    if then == "after a change of key":
        keys = KEYS.rotated()
        rotation.rotate(register, KEYS, keys, kept_in=kept_in, audit=event("key changed"))
    again = row | {"severity": "high"} if then == "with something new" and row is ROW else row
    assert bring(register, again, same_child, keys=keys) == (0, 0, 1), "and the other child keeps what is its own"
    assert counted(register) == 1
    assert counted(register, schema.versions) == 0


def test_a_row_erased_as_one_childs_goes_from_a_restored_register_too(register, kept_in, tmp_path):
    bring(register, ROW, OTHER)
    path = tmp_path / "before"
    backups.back_up(register, path, audit=event("backed up"))
    _correct(register, "child_ref", "K-77")
    _erase(register, kept_in, "K-77")
    url = f"sqlite:///{tmp_path / 'again.sqlite'}"
    backups.restore(path, url, kept_in=kept_in, audit=event("restored"))
    again = open_register(url)
    assert again.records()["incident_id"].tolist() == ["2"]
    assert bring(again, ROW, OTHER) == (0, 0, 1)


def test_a_file_looked_at_before_such_a_row_was_erased_is_looked_at_again(register, kept_in):
    bring(register, ROW, OTHER)
    _correct(register, "child_ref", "K-77")
    file = prepared(ROW | {"severity": "high"}, OTHER)
    _erase(register, kept_in, "K-77")
    with pytest.raises(DataProblem, match="was erased since it was looked at"):
        imports.take_in(register, file, audit=event("file imported"))


def test_erasing_twice_or_one_who_is_not_there_is_no_trouble(register, kept_in):
    assert _erase(register, kept_in) == 0
    assert _erase(register, kept_in) == 0
    assert len(kept_in.read_text().splitlines()) == 1
    assert len(rights.erased(register)) == 1


def test_a_legal_hold_stops_an_erasure_until_it_is_lifted(register, kept_in):
    bring(register, ROW)
    hold = retention.place_hold(register, "incident", "1", "an inquiry", audit=event("hold placed"))
    with pytest.raises(DataProblem, match="under a legal hold, so nothing was deleted"):
        _erase(register, kept_in)
    assert (counted(register), kept_in.exists(), rights.erased(register)) == (1, False, frozenset())
    retention.lift_hold(register, hold, audit=event("hold lifted"))
    assert _erase(register, kept_in) == 1


def test_a_hold_keeps_old_versions_that_were_the_childs_too(register, kept_in):
    bring(register, ROW)
    _correct(register, "child_ref", "K-77")
    retention.place_hold(register, "incident", "1", "an inquiry", audit=event("hold placed"))
    with pytest.raises(DataProblem, match="under a legal hold, so nothing was deleted"):
        _erase(register, kept_in, "K-0042")
    assert counted(register, schema.versions) == 1


def test_a_record_that_had_no_child_comes_with_that_history(register):
    bring(register, ROW | {"child_ref": None})
    rights.correct(register, KEYS, int(register.records().index[0]), "child_ref", "K-0042", audit=event("record corrected"))
    assert _find(register, "k-0042 ")["current"].tolist() == [False, True]


ERASE = """
import os, sys
from pathlib import Path
from spaces import ledger, rights
from spaces.audit import AuditEvent
from spaces.pseudonyms import Keys
from spaces.register import open_register
url, kept_in, dies, *references = sys.argv[1:]
add = ledger.add
def dying(path, lines):
    if dies == "after":
        add(path, lines)
    os._exit(9)
if dies != "never":
    ledger.add = dying
register = open_register(url)
for reference in references:
    audit = AuditEvent("B", "child erased", "asked", "tests")
    rights.erase(register, Keys((b"k" * 32,)), "Police", reference, kept_in=Path(kept_in), audit=audit)
"""


@pytest.mark.parametrize("dies", ["before", "after"])
def test_killed_as_the_ledger_is_written_an_erasure_is_either_not_begun_or_completed_by_it(register, register_url, kept_in, dies):
    bring(register, ROW, OTHER)
    assert run(ERASE, register_url, kept_in, dies, "K-0042") == 9
    assert counted(register) == 2, "not done, and nobody was told it was"
    assert rights.erased(register) == frozenset()
    assert kept_in.exists() == (dies == "after")
    if dies == "after":
        assert rights.reapply(register, kept_in, audit=event("erasures reapplied")) == 1
    else:
        assert _erase(register, kept_in) == 1
    assert _find(register).empty
    assert (len(rights.erased(register)), len(ledger.read(kept_in))) == (1, 1)
    register.check_audit()


def test_two_processes_erase_side_by_side(register, register_url, kept_in):
    many = [f"K-{number}" for number in range(12)]
    bring(register, *({**ROW, "incident_id": one, "child_ref": one} for one in many), OTHER)
    both = [start(ERASE, register_url, kept_in, "never", *many[half::2]) for half in (0, 1)]
    told = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert ledger.read(kept_in) == {(KEYS.name, KEYS.pseudonym("Police", one), "") for one in many}
    assert [row[0] for row in stored(register, schema.records, "incident_id")] == ["2"]
    register.check_audit()


# The ledger.

KEY_NAME, PSEUDONYM, KNOWN_BY = (st.text("0123456789abcdef", min_size=letters, max_size=letters) for letters in (16, 64, 32))
ROW_OF = st.builds("{}-{}".format, KNOWN_BY, st.integers(0, 12))
LINES = st.sets(st.tuples(KEY_NAME, PSEUDONYM, ROW_OF | st.just("")), max_size=4)


@given(first=LINES, second=LINES, cut=st.integers(1, 116))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_line_cut_off_by_a_crash_is_as_if_it_was_not_begun(kept_in, first, second, cut):
    kept_in.unlink(missing_ok=True)
    ledger.add(kept_in, first)
    with kept_in.open("ab") as file:
        file.write((f"{'a' * 16} {'b' * 64} {'c' * 32}-0")[:cut].encode())
    assert ledger.read(kept_in) == first
    ledger.add(kept_in, second)
    assert ledger.read(kept_in) == first | second
    assert kept_in.read_bytes().count(b"\n") == len(first | second)


@pytest.mark.parametrize("content", [b"noise\n", b"\xff\n", f"{'a' * 16} {'B' * 64}\n".encode(), f"{'b' * 64}\n".encode()])
def test_a_damaged_ledger_is_refused_and_left_as_it_is(register, kept_in, content):
    bring(register, ROW)
    kept_in.write_bytes(content)
    for act in (lambda: ledger.read(kept_in), lambda: _erase(register, kept_in)):
        with pytest.raises(DataProblem, match="Put it back from where it is kept"):
            act()
    assert kept_in.read_bytes() == content
    assert counted(register) == 1


def test_a_ledger_that_cannot_be_written_erases_nothing(register, tmp_path):
    bring(register, ROW)
    with pytest.raises(DataProblem, match="could not be written, so nothing was changed"):
        _erase(register, tmp_path / "nowhere" / "ledger")
    assert (counted(register), rights.erased(register)) == (1, frozenset())


def test_a_ledger_that_is_missing_or_anothers_is_not_taken_for_an_empty_one(register, kept_in):
    register_keys.use_keys(register, KEYS, audit=event())
    with pytest.raises(DataProblem, match="was not found"):
        rights.reapply(register, kept_in, audit=event())
    kept_in.touch()
    assert rights.reapply(register, kept_in, audit=event()) == 0
    ledger.add(kept_in, [("0" * 16, "1" * 64, "")])
    with pytest.raises(DataProblem, match="belongs to another register"):
        rights.reapply(register, kept_in, audit=event())


@pytest.mark.skipif(os.name != "posix", reason="who may read a file is another matter elsewhere")
def test_the_ledger_says_nothing_of_how_a_child_is_called(register, kept_in):
    _erase(register, kept_in)
    assert "K-0042" not in kept_in.read_text()


def test_a_file_prepared_before_an_erasure_is_told_apart_by_its_pseudonyms(register, kept_in):
    """What imports.take_in has to refuse itself: here only that it can."""
    early = prepared(ROW, OTHER)
    _erase(register, kept_in)
    assert set(early.rows["child_ref"]) & rights.erased(register)


def test_an_old_date_is_no_hindrance(register, kept_in):
    bring(register, ROW)
    retention.purge(register, date(2024, 1, 1), audit=event())
    assert imports.compare(register, prepared(ROW)).unchanged == 1


def test_a_register_opened_anew_knows_whom_it_erased(register, register_url, kept_in):
    _erase(register, kept_in)
    again = open_register(register_url)
    assert rights.erased(again) == rights.erased(register)
    again.close()
