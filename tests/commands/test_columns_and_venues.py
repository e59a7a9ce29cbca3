"""By the command line alone: a file that nobody knows is explained once, and a venue that no map may give away is masked."""

import re

import pandas as pd
import pytest

from briefing import review, workspace
from spaces import masked
from spaces.access import Reader, Role
from tests.commands.test_register_commands import agreed, area, ok, refused
from tests.dates import LAST_YEAR
from words import DataProblem

__all__ = ["agreed", "area"]

CLUB = "Log no,Incident date,Nature of harm,Where,Child name\n" + "".join(
    f"L-{n},{13 + n}/02/{LAST_YEAR},Robbed,Lockside Park,Invented Person\n" for n in range(8)
)


def test_an_unknown_file_is_explained_by_a_profile_that_is_kept(agreed):
    (agreed / "club.csv").write_text(CLUB)
    assert "columns that no profile knows" in refused("import", agreed / "club.csv")
    ok("import", agreed / "club.csv", "--suggest", agreed / "club.toml")
    told = (agreed / "club.toml").read_text()
    assert "Invented" not in told
    assert "Child name" not in told
    assert "There is no agreement with WHOSE RECORDS" in refused(
        "import", agreed / "club.csv", "--profile", agreed / "club.toml", "--good-rows"
    )
    (agreed / "club.toml").write_text(told.replace("WHOSE RECORDS THESE ARE", "Police"))
    ran = ok("import", agreed / "club.csv", "--profile", agreed / "club.toml", "--keep-profile", "--good-rows")
    assert "8 rows are new" in ran.err
    ran = ok("import", agreed / "club.csv", "--good-rows")
    assert "8 rows are here already" in ran.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--keep-profile"], "Say which profile is to be kept"),
        (["--suggest", "made.toml", "again.csv"], "one file at a time"),
        (["--suggest", "nowhere/made.toml"], "nowhere"),
    ],
)
def test_what_cannot_be_suggested_or_kept_is_said(agreed, monkeypatch, options, said):
    monkeypatch.chdir(agreed)
    (agreed / "again.csv").write_text(CLUB)
    (agreed / "club.csv").write_text(CLUB)
    assert said in refused("import", agreed / "club.csv", *options)


def test_a_masked_venue_is_counted_and_on_no_map(agreed):
    ok("import", agreed / "rows.csv")
    panel = Reader("P. Anel", Role.PANEL_MEMBER)

    def seen():
        opened = workspace.open_area()
        choices = review.choices(opened)
        try:
            return review.review(opened, panel, review.Question(choices.first_day, choices.last_day))
        except DataProblem as refusal:
            return str(refusal)

    before = seen()
    assert before.cells["incidents"].sum() == 40
    said = ok("venue", "mask", "--easting", 600400, "--northing", 488100).err
    number = re.search(r"[0-9a-f]{32}", said)[0]
    after = seen()
    assert "None of the 0 records" not in str(after)
    assert after == "Everything that was recorded for this choice is in parts of the area that are not mapped, to protect who lives there."
    other = pd.read_csv(agreed / "rows.csv").assign(easting=603500, northing=487500, incident_id=lambda rows: rows["incident_id"] + 500)
    other.to_csv(agreed / "other.csv", index=False)
    ok("import", agreed / "other.csv")
    both = seen()
    assert both.cells["incidents"].sum() == 40
    assert "40 records in parts of the area that are not mapped, to protect who lives there" in both.left_out
    # All that an event says: the digits of an id, a hash or a moment may be any.
    said = workspace.open_area().register.audit_trail().drop(columns=["act_id", "happened_at", "previous_hash", "hash"]).to_csv()
    assert "600400" not in said
    assert "venue masked" in said
    ok("venue", "unmask", number)
    assert seen().cells["incidents"].sum() == 80
    assert "No masked venue has this number" in refused("venue", "unmask", number)


@pytest.mark.parametrize("options", [(), ("--postcode", "SW1A 1AA"), ("--easting", 1, "--northing", 2), ("--easting", 600400)])
def test_a_venue_elsewhere_or_nowhere_is_refused(agreed, options):
    assert "No place in this area is found there" in refused("venue", "mask", *options)


def test_a_venues_ordinary_cells_are_where_people_live(agreed):
    ok("venue", "mask", "--easting", 600400, "--northing", 488100)
    opened = workspace.open_area()
    from briefing import keeping, masked_venues

    hidden = masked.masked_cells(opened.register, keeping.open_keys(opened))
    assert len(hidden) == masked.CELLS_IN_A_LIST
    lived_in = masked_venues._lived_in(opened.gazetteer, opened.area)
    assert len(set(hidden) - set(lived_in)) <= 1
