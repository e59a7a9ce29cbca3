"""What the data steward answers for: done by the steward alone, accounted for, and never with a reference in the trail."""

from __future__ import annotations

import inspect
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from io import BytesIO

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from briefing import held, keeping, workspace
from spaces import access, ledger
from spaces.access import Reader, Role
from words import DataProblem

STEWARD = Reader("a steward", Role.DATA_STEWARD)
TODAY = date(2026, 11, 24)
SCHOOLS, UPN = "Schools", "UPN-5595"
"""A pupil of whom the sample's school log tells three times."""


@pytest.fixture
def area(marlhaven, tmp_path):
    """Give the sample town to do anything to."""
    folder = tmp_path / "marlhaven"
    shutil.copytree(marlhaven.folder, folder, ignore=shutil.ignore_patterns("register.sqlite*", "incoming"))
    with (
        closing(sqlite3.connect(marlhaven.folder / "register.sqlite")) as kept,
        closing(sqlite3.connect(folder / "register.sqlite")) as copy,
    ):
        kept.backup(copy)
    opened = workspace.open_workspace(folder)
    yield opened
    opened.register.close()


def _find(area, reference=UPN, agency=SCHOOLS):
    return keeping.find_child(area, STEWARD, agency, reference, origin="tests")


def _correct(area, record_id, column, value, reference=UPN):
    keeping.correct_child(area, STEWARD, SCHOOLS, reference, record_id, column, value, today=TODAY, origin="tests")


def _events(area):
    return keeping.trail(area, STEWARD, 50)["action"].tolist()


def _sheet(content):
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


# Who may.

GIVEN = {
    "agency": SCHOOLS, "reference": UPN, "kind": "csv", "record_id": 1, "column": "role", "value": "witness", "today": TODAY,
    "lifted": False, "written_down": None, "most": 9, "record_type": "flag", "keep_days": 90, "reason": "why", "scope": "everything",
    "hold_id": "1", "now": datetime.now(UTC), "file": "a.backup", "path": None, "origin": "tests",
}  # fmt: skip
ACTS = {name: act for name, act in vars(keeping).items() if inspect.isfunction(act) and "reader" in inspect.signature(act).parameters}


def test_every_act_that_is_done_for_somebody_is_known_here():
    acts = set(ACTS) - {"_found"}
    assert acts >= {"find_child", "copy_of_child", "correct_child", "erase_child", "purge", "place_hold", "make_backup", "trail"}


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("role", [role for role in Role if not access.can_keep_register(Reader("x", role))])
def test_nobody_but_the_steward_does_any_of_it(marlhaven, name, role):
    before = marlhaven.register.check_audit()
    given = {
        parameter: GIVEN[parameter] for parameter in inspect.signature(ACTS[name]).parameters if parameter not in ("workspace", "reader")
    }
    with pytest.raises(DataProblem, match="are the data steward's work"):
        ACTS[name](workspace=marlhaven, reader=Reader("somebody", role), **given)
    assert marlhaven.register.check_audit() == before


# The rights desk.


def test_what_is_held_is_read_in_words_and_the_copy_says_the_same(area):
    found = _find(area)
    told = held.side_by_side(found)
    assert list(told.columns) == ["1. Incident, 15 October 2024", "2. Incident, 11 August 2025", "3. Incident, 24 May 2026"]
    first = told[told.columns[0]]
    assert first["Kind of harm"] == "Harassment"
    assert first["When it happened, or began"] == "15 October 2024, 17:00"
    assert (first["Came with the file"], first["Row in that file"], first["State"]) == ("schools.csv", "8", "as it stands")
    assert "How serious" not in told.index, "what none of them says is not asked about"
    copies = {kind: keeping.copy_of_child(area, STEWARD, SCHOOLS, UPN, kind, origin="tests") for kind in ("csv", "xlsx")}
    csv, xlsx = pl.read_csv(copies["csv"], try_parse_dates=True), _sheet(copies["xlsx"])
    assert csv.columns == xlsx[0]
    harms = [row[csv.columns.index("Kind of harm")] for row in xlsx[1:]]
    assert csv["Kind of harm"].to_list() == harms == ["Harassment", "Robbed", "Child sexual exploitation"]
    assert csv["When it happened, or began"][0] == datetime(2024, 10, 15, 17)  # noqa: DTZ001  local time, as records have it
    pseudonym = keeping.open_keys(area).pseudonym(SCHOOLS, UPN)
    for text in (told.to_csv(), csv.write_csv(), str(xlsx)):
        assert pseudonym[:16] not in text
    assert _events(area)[:3] == ["copy of records made", "copy of records made", "records shown"]


def test_a_correction_shows_beside_what_it_said_before(area):
    record_id = int(_find(area)["record_id"].iloc[0])
    _correct(area, record_id, "location_text", "outside the library")
    told = held.side_by_side(_find(area))
    now, before = told["1. Incident, 15 October 2024"], told["1. Incident, 15 October 2024, version 1"]
    assert (now["Where, in words"], before["Where, in words"]) == ("outside the library", "bus station")
    assert (now["Easting"], now["Placed by"], now["State"]) == ("not recorded", "not placed", "as it stands")
    assert now["Of its position"] == "the place was corrected by hand"
    assert before["State"] == "an earlier version"
    assert held.titles(_find(area))[record_id] == "1. Incident, 15 October 2024"
    assert "record corrected" in _events(area)


def test_a_record_given_to_another_child_is_found_as_what_it_was(area):
    record_id = int(_find(area)["record_id"].iloc[0])
    _correct(area, record_id, "child_ref", "UPN-0000")
    found = _find(area)
    assert record_id not in held.titles(found)
    assert held.side_by_side(found).loc["State"].tolist() == ["an earlier version", "as it stands", "as it stands"]
    assert held.side_by_side(_find(area, "UPN-0000")).loc["State"].tolist() == ["as it stands"], "and not as the other's"


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("harm_type", "harassment", "says that already"),
        ("severity", None, "says that already"),
        ("occurred_from", datetime(2126, 11, 25), "before 1990 or in the future"),  # noqa: DTZ001
        ("harm_type", "mischief", "not one of the words"),
    ],
)
def test_a_correction_that_is_none_is_refused_and_not_in_the_trail(area, column, value, said):
    record_id = int(_find(area)["record_id"].iloc[0])
    before = area.register.check_audit()
    with pytest.raises(DataProblem, match=said):
        _correct(area, record_id, column, value)
    assert area.register.check_audit() == before


def test_in_the_sample_a_date_of_the_sample_is_never_in_the_future(area):
    found = _find(area)
    with pytest.raises(DataProblem, match="is not one of this child's"):
        _correct(area, 1, "role", "witness")
    keeping.correct_child(
        area, STEWARD, SCHOOLS, UPN, int(found["record_id"].iloc[2]), "occurred_to", datetime(2026, 9, 30),  # noqa: DTZ001
        today=date(2025, 1, 1), origin="tests",
    )  # fmt: skip


def test_restricted_then_held_then_erased_and_the_trail_knows_no_reference(area):
    count = len(area.register.records())
    assert keeping.restrict_child(area, STEWARD, SCHOOLS, UPN, lifted=False, origin="tests") == 3
    assert len(area.register.records()) == count - 3
    assert held.side_by_side(_find(area)).loc["State"].tolist() == ["as it stands, restricted"] * 3
    assert keeping.restrict_child(area, STEWARD, SCHOOLS, UPN, lifted=True, origin="tests") == 3
    hold_id = keeping.place_hold(area, STEWARD, "incident", "S0007", "a claim against the school", origin="tests")
    assert keeping.holds(area, STEWARD).loc[hold_id, "records"] == 1
    with pytest.raises(DataProblem, match="under a legal hold, so nothing was deleted"):
        keeping.erase_child(area, STEWARD, SCHOOLS, UPN, origin="tests")
    keeping.lift_hold(area, STEWARD, hold_id, origin="tests")
    assert keeping.erase_child(area, STEWARD, SCHOOLS, f" {UPN} ", origin="tests") == 3
    assert _find(area).empty
    assert len(ledger.read(keeping.ledger_of(area))) == 1
    assert _events(area)[:7] == [
        "records shown", "records erased", "legal hold lifted", "legal hold placed", "restriction lifted", "records shown",
        "records restricted",
    ]  # fmt: skip
    area.register.check_audit()
    trail = area.register.audit_trail().astype(str)
    for secret in (UPN, "S0007", "a claim", keeping.open_keys(area).pseudonym(SCHOOLS, UPN)[:16]):
        assert not trail.apply(lambda column, secret=secret: column.str.contains(secret, regex=False)).any(axis=None), secret


def test_an_agency_is_chosen_among_those_that_have_records(area):
    assert keeping.agencies(area, STEWARD) == ["Children's services", "Emergency department", "Police", "Schools", "Youth service"]


@pytest.mark.parametrize("reference", ["", "  "])
def test_nothing_is_looked_for_under_no_reference(area, reference):
    with pytest.raises(DataProblem, match="Give the agency's own reference"):
        _find(area, reference)


# How long records are kept.


def test_a_rule_is_changed_for_a_reason_that_names_nobody(area):
    for reason, said in (
        ("  ", "Give the reason"),
        ("Grace Jones of Mill Lane asked", "says who somebody is"),
        ("ring 07700 900123", "who"),
    ):
        with pytest.raises(DataProblem, match=said):
            keeping.set_rule(area, STEWARD, "flag", 730, reason, origin="tests")
    keeping.set_rule(area, STEWARD, "flag", 730, "the board  decided so", origin="tests")
    assert keeping.rules(area, STEWARD)["flag"] == 730
    assert keeping.trail(area, STEWARD, 1)["reason"].tolist() == ["flag, 365 to 730 days: the board decided so"]


def test_a_hold_of_what_there_is_none_of_keeps_nothing(area):
    hold_id = keeping.place_hold(area, STEWARD, "incident", "S0OO7", "a claim", origin="tests")
    assert keeping.holds(area, STEWARD).loc[hold_id, "records"] == 0
    with pytest.raises(DataProblem, match="says who somebody is"):
        keeping.place_hold(area, STEWARD, "everything", "", "Grace Jones of Mill Lane asked", origin="tests")


def test_what_is_due_is_deleted_and_counted(area):
    due = keeping.due(area, STEWARD, TODAY)
    assert set(due["record_type"]) == {"flag", "referral"}
    gone = keeping.purge(area, STEWARD, TODAY, origin="tests")
    assert gone["records"].sum() == due["records"].sum() > 0
    assert keeping.due(area, STEWARD, TODAY).empty


# Backups.

NOW = datetime(2026, 11, 24, 18, 5, 9, tzinfo=UTC)


def test_a_backup_is_apart_from_the_key_named_for_its_moment_and_for_its_owner(area):
    path, head = keeping.make_backup(area, STEWARD, NOW, origin="tests")
    assert path == area.folder.parent / "marlhaven.backups" / "marlhaven-2026-11-24-180509.backup"
    assert path.parent.stat().st_mode & 0o077 == path.stat().st_mode & 0o077 == 0
    assert [found.name for found in path.parent.iterdir()] == [path.name]
    assert head == area.register.check_audit()
    (made,) = keeping.backups_made(area, STEWARD).to_dict("records")
    assert (made["file"], made["head"]) == (path.name, str(head))
    assert made["size_mb"] > 1
    assert keeping.check_backup(area, STEWARD, path.name) == head
    path.write_bytes(path.read_bytes()[:2_000])
    assert keeping.backups_made(area, STEWARD)["head"].tolist() == [""]
    with pytest.raises(DataProblem, match="not a whole backup"):
        keeping.check_backup(area, STEWARD, path.name)


def test_backups_go_where_the_setting_says_and_only_those_of_the_area_are_shown(area, tmp_path, monkeypatch):
    monkeypatch.setenv(keeping.BACKUPS_SETTING, str(tmp_path / "elsewhere"))
    path, _head = keeping.make_backup(area, STEWARD, NOW, origin="tests")
    assert path.parent == tmp_path / "elsewhere"
    for other in ("marlhaven-north-2026-11-24-180509.backup", "marlhaven.backup", "notes.txt"):
        (path.parent / other).touch()
    assert keeping.backups_made(area, STEWARD)["file"].tolist() == [path.name]
    for other in ("marlhaven.backup", "../marlhaven/register.sqlite"):
        with pytest.raises(DataProblem, match="There is no backup"):
            keeping.check_backup(area, STEWARD, other)


def test_a_folder_that_cannot_be_made_is_one_sentence(area, tmp_path, monkeypatch):
    (tmp_path / "taken").touch()
    monkeypatch.setenv(keeping.BACKUPS_SETTING, str(tmp_path / "taken" / "in"))
    with pytest.raises(DataProblem, match="could not be written to"):
        keeping.make_backup(area, STEWARD, NOW, origin="tests")


# The trail.


def test_the_latest_events_come_first_and_a_written_down_head_is_passed_through(area):
    head = keeping.check_audit(area, STEWARD, None)
    _find(area)
    assert keeping.trail(area, STEWARD, 2).index.tolist() == [head.number + 1, head.number]
    latest = keeping.trail(area, STEWARD, 1).iloc[0]
    assert (latest["actor"], latest["action"], latest["reason"]) == ("a steward", "records shown", "a right of access")
    assert keeping.check_audit(area, STEWARD, str(head)).number == head.number + 1
    for wrong in ("", "7", "x"):
        with pytest.raises(DataProblem, match="is not the head"):
            keeping.check_audit(area, STEWARD, wrong)
