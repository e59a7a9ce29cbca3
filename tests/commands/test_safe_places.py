"""The register of safe places by the command line alone: a list in, all or explained, and the register out."""

from __future__ import annotations

import io
from datetime import datetime

import pandas as pd

from tests.commands.conftest import run
from tests.commands.test_register_commands import MARLHAVEN, area, ok, refused

__all__ = ["area"]

LIST = (
    "name,checked_by,checked_on,easting,northing,opening_hours,consent,under_18\n"
    f"Marlhaven Civic Centre,Community safety team,{datetime.now().astimezone().date()},601242,487867,Mo-Fr 09:00-17:00,yes,yes\n"
    "=1+1,Community safety team,2020-10-01,601300,487900,24/7,yes,yes\n"
)


def test_a_list_comes_in_and_out_again_and_twice_changes_nothing(area):
    (area / "list.csv").write_text(LIST)
    assert "2 places are new, 0 were checked again, 0 are here already" in ok("safe-places", "import", area / "list.csv").err
    assert "0 places are new, 0 were checked again, 2 are here already" in ok("safe-places", "import", area / "list.csv").err
    listed = pd.read_csv(io.StringIO(ok("safe-places", "list").out))
    assert listed["name"].tolist() == ["Marlhaven Civic Centre", "'=1+1"], "what a spreadsheet would run is made plain"
    assert listed["feature_id"].notna().tolist() == [True, False]
    assert listed["state"].tolist()[1] == "stale"
    ok("audit", "verify")


def test_the_samples_list_fits_an_area_with_the_samples_map(area):
    assert "11 places are new" in ok("safe-places", "import", MARLHAVEN / "safe_places.csv").err


def test_everything_that_is_wrong_is_said_and_nothing_comes_in(area):
    (area / "list.csv").write_text(LIST.replace("24/7", "always").replace(",601242,", ",1,"))
    ran = run("safe-places", "import", area / "list.csv")
    assert (ran.code, ran.out) == (2, "")
    *problems, last = ran.err.splitlines()
    assert [line[:6] for line in problems] == ["Row 2:", "Row 3:"]
    assert last == "Nothing of list.csv came in: put right what is said above, and give it again."
    assert len(ok("safe-places", "list").out.splitlines()) == 1


def test_what_is_no_list_or_nobodys_act_is_refused(area, monkeypatch):
    assert "was not found" in refused("safe-places", "import", area / "none.csv")
    assert "is none of a list of safe places" in refused("safe-places", "import", area / "rows.csv")
    monkeypatch.delenv("SAFER_SPACES_AS")
    assert "Say who you are" in refused("safe-places", "list")
