"""A partnership's register by the command line alone, from its area to its restore: each act named, accounted for, and refused in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser import ROOT
from tests.commands.conftest import run
from tests.dates import LAST_YEAR

MARLHAVEN = ROOT / "sample_data" / "marlhaven"

ROWS = "incident_id,agency,occurred_from,harm_type,child_ref,age_band,location_text,easting,northing\n" + "".join(
    f"{number},Police,{LAST_YEAR}-0{1 + number % 8}-1{number % 9},robbed,V{number % 7},14-15,Lockside Park,600400,488100\n"
    for number in range(40)
)
AGREED = (
    "--controller", "The chief constable", "--reference", "DSA 7", "--purpose", "safer places", "--basis", "public task",
    "--review-on", "2099-01-01",
)  # fmt: skip
PERMITTED = [
    option for name in ("incident_id", "harm_type", "child_ref", "age_band", "location_text", "easting", "northing")
    for option in ("--permit", name)
]  # fmt: skip


@pytest.fixture
def area(made, tmp_path, monkeypatch):
    monkeypatch.setenv("SAFER_SPACES_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SAFER_SPACES_AREA", "seaside")
    monkeypatch.setenv("SAFER_SPACES_AS", "A. Jones")
    ok(
        "area",
        "new",
        "seaside",
        "--boundary",
        MARLHAVEN / "boundary.geojson",
        "--layers",
        made / "layers.gpkg",
        "--gazetteer",
        made / "gazetteer.parquet",
    )
    (tmp_path / "rows.csv").write_text(ROWS)
    return tmp_path


@pytest.fixture
def agreed(area):
    ok("agreement", "dpia", "DPIA 2026/3")
    ok("agreement", "record", "Police", *AGREED, *PERMITTED)
    return area


def ok(*arguments):
    ran = run(*arguments)
    assert ran.code == 0, ran.err
    return ran


def refused(*arguments):
    ran = run(*arguments)
    assert ran.code == 2, ran.err + ran.out
    assert "Traceback" not in ran.err
    return ran.sentence


def test_real_data_waits_for_its_agreement(area):
    assert "No data protection impact assessment is recorded" in refused("import", area / "rows.csv")
    ok("agreement", "dpia", "DPIA 2026/3")
    assert "There is no agreement with Police" in refused("import", area / "rows.csv")
    ok("agreement", "record", "Police", *AGREED, *PERMITTED)
    assert "40 rows are new." in ok("import", area / "rows.csv").err
    assert "Police" in ok("agreement", "list").out


def test_the_same_file_twice_changes_nothing_and_a_preview_never_does(agreed):
    assert "40 rows are new." in ok("import", agreed / "rows.csv", "--preview").err
    ok("import", agreed / "rows.csv")
    assert "bringing it in would change nothing. 40 rows are here already, the same." in ok("import", agreed / "rows.csv").err
    (agreed / "rows.csv").write_text(ROWS.replace("robbed", "missing", 3))
    assert (
        "3 rows change ones that are here. 37 rows are here already, the same. What changes: harm_type (3)."
        in ok("import", agreed / "rows.csv").err
    )


def test_a_file_with_problems_comes_in_only_if_somebody_says_so(agreed):
    (agreed / "rows.csv").write_text(ROWS + f"99,Police,{LAST_YEAR}-01-01,robbed,Jane Sample,14-15,her mother Jane Sample,600400,488100\n")
    assert "rows.csv has problems in 1 rows" in refused("import", agreed / "rows.csv").replace("1 row.", "1 rows.")
    sheet = agreed / "problems.csv"
    said = ok("import", agreed / "rows.csv", "--good-rows", "--problems", sheet).err
    assert "1 row is refused." in said
    assert "Jane" not in said + sheet.read_text("utf-8-sig")
    assert "looks like a person's name" in sheet.read_text("utf-8-sig")
    register = agreed / "data" / "seaside" / "register.sqlite"
    assert b"Jane" not in b"".join(file.read_bytes() for file in register.parent.glob("register.sqlite*"))


def test_columns_that_no_profile_reads_are_named_unless_their_names_are_about_somebody(agreed):
    header, *rows = ROWS.splitlines()
    more = [f"{header},Weather,Our note,seen by kayleigh.sample@example.org", *(f"{row},rain,,1" for row in rows)]
    (agreed / "rows.csv").write_text("\n".join(more))
    said = ok("import", agreed / "rows.csv", "--preview").err
    assert "3 columns are not read, because the profile says nothing of them: “Weather”, “Our note”." in said
    assert "kayleigh" not in said


def test_the_samples_files_never_come_among_real_data(agreed):
    assert "is one of the sample's files" in refused("import", MARLHAVEN / "police.csv")


def test_real_data_never_comes_among_the_invented(agreed, monkeypatch):
    monkeypatch.setenv("SAFER_SPACES_AREA", "marlhaven")
    assert "real data never comes in here" in refused("import", agreed / "rows.csv")


def test_the_trail_is_checked_and_its_head_can_be_kept_elsewhere(agreed):
    head = ok("audit", "head").out.strip()
    ok("import", agreed / "rows.csv")
    assert "The audit trail is whole" in ok("audit", "verify", "--head", head).err
    assert "is not the head" in refused("audit", "verify", "--head", "7")
    assert "was rewritten" in refused("audit", "verify", "--head", head[:-1] + ("0" if head[-1] != "0" else "1"))


def test_the_rights_desk_and_a_restore_without_the_erased(agreed):
    ok("import", agreed / "rows.csv")
    shown = ok("rights", "show", "--agency", "Police", "--reference", "V3").out
    assert shown.count("robbed") == 6
    assert "6 records are restricted." in ok("rights", "restrict", "--agency", "Police", "--reference", "V3").err
    assert "6 records are used again." in ok("rights", "unrestrict", "--agency", "Police", "--reference", "V3").err
    ok("backup", agreed / "before.backup")
    assert "6 records are erased." in ok("rights", "erase", "--agency", "Police", "--reference", "V3").err
    assert "40 rows" not in ok("import", agreed / "rows.csv", "--good-rows").err
    folder = agreed / "data" / "seaside"
    for file in folder.glob("register.sqlite*"):
        file.unlink()
    restored = ok("restore", agreed / "before.backup").err
    assert re.search(r"The backup was made on \d+ \w+ 20\d\d, \d\d:\d\d\. Agreements withdrawn", restored)
    assert "do them again before anybody looks" in restored
    assert "robbed" not in run("rights", "show", "--agency", "Police", "--reference", "V3").out
    assert ok("rights", "show", "--agency", "Police", "--reference", "V4").out.count("robbed") == 6
    assert "The audit trail is whole" in ok("audit", "verify").err
    assert "is not empty" in refused("restore", agreed / "before.backup")


def test_a_changed_key_leads_on(agreed):
    ok("import", agreed / "rows.csv")
    before = (agreed / "data" / "seaside" / "pseudonym.key").read_text()
    ok("key", "backup", agreed / "safe.key")
    assert (agreed / "safe.key").read_text() == before
    ok("key", "rotate")
    assert (agreed / "data" / "seaside" / "pseudonym.key").read_text() != before
    assert "bringing it in would change nothing" in ok("import", agreed / "rows.csv").err
    assert ok("rights", "show", "--agency", "Police", "--reference", "V4").out.count("robbed") == 6
    (agreed / "data" / "seaside" / "pseudonym.key").write_text(before)
    assert "under another pseudonym key" in refused("import", agreed / "rows.csv")


def test_a_partner_that_withdraws_takes_everything_with_it(agreed):
    ok("import", agreed / "rows.csv")
    assert "40 records of Police are deleted." in ok("agreement", "withdraw", "Police").err
    assert "was withdrawn" in refused("import", agreed / "rows.csv")


def test_a_purge_shows_first(agreed):
    ok("import", agreed / "rows.csv")
    ok("keep", "incident", 30, "--because", "a test")
    assert "40 records would be deleted. Give --do to delete." in ok("purge").err
    assert "40 records would be deleted." in ok("purge").err
    done = ok("purge", "--do")
    assert "40 records are deleted." in done.err
    assert "Police" in done.out
    assert "0 records would be deleted." in ok("purge").err
    refused("import", agreed / "rows.csv")  # nor does what was deleted come back


@pytest.mark.parametrize(
    "arguments",
    [("import", "rows.csv"), ("audit", "verify"), ("purge",), ("backup", "b"), ("rights", "erase", "--agency", "P", "--reference", "V")],
)
def test_nobody_acts_without_a_name(area, monkeypatch, arguments):
    monkeypatch.delenv("SAFER_SPACES_AS")
    assert "Say who you are" in refused(*arguments)


@pytest.mark.parametrize("name", ["", "Sea Side", "../up", "marlhaven", "seaside", "a" * 60])
def test_an_area_needs_a_name_of_its_own(area, made, name):
    refused("area", "new", name, "--boundary", MARLHAVEN / "boundary.geojson", "--layers", made / "layers.gpkg")
    assert [path.name for path in (area / "data").iterdir()] == ["seaside"]


def test_an_area_of_files_that_are_not_what_they_should_be_is_not_made(area, made):
    for boundary, layers in (
        (made / "layers.gpkg", made / "layers.gpkg"),
        (MARLHAVEN / "boundary.geojson", MARLHAVEN / "boundary.geojson"),
    ):
        refused("area", "new", "other", "--boundary", boundary, "--layers", layers)
    assert not (Path(area) / "data" / "other").exists()
