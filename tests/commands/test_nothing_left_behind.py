"""Every way in and every way out, then a search: of what was planted in partners' files nothing is in the register, its log, the audit
trail, a problem sheet, an export, a job's folder, a backup or anything that was said, on either store."""

import json
import time

import pytest

from briefing import jobs, workspace
from spaces.access import Reader, Role
from tests.commands.conftest import run
from tests.commands.test_register_commands import AGREED, ok
from tests.dates import LAST_YEAR
from tests.postgres import new_database, postgres
from tests.spaces.conftest import migrated

__all__ = ["migrated", "new_database", "postgres"]

STEWARD = Reader("A. Jones", Role.DATA_STEWARD)
PLANTED = {
    "a name": "Zyxandra Testperson", "a name in words": "Qwertyman", "a phone": "07700900123", "a phone with spaces": "07700 900456",
    "an NHS number": "9434765919", "an NHS number with spaces": "943 476 5870", "an e-mail": "zyxandra@example.org",
    "a birthday": "03/04/2010", "an insurance number": "AB123456C", "a home": "77 Garland Row", "a house": "14b Marsh",
    "a raw reference": "RAWREF-81237", "another raw reference": "RAWREF-55555",
}  # fmt: skip
HEADER = "incident_id,agency,occurred_from,harm_type,child_ref,age_band,location_text,easting,northing,severity,DOB,Child name,NHS number\n"
LINES = [
    f"P-1,Police,{LAST_YEAR}-01-01,robbed,{PLANTED['a raw reference']},14-15,14b Marsh Lane,600400,488100,high,03/04/2010,"
    f"{PLANTED['a name']},9434765919",
    f"P-2,Police,{LAST_YEAR}-01-02,robbed,{PLANTED['another raw reference']},14-15,Lockside Park,600400,488100,high,,,",
    f"P-3,Police,{LAST_YEAR}-01-03,robbed,RAWREF-3,14-15,ring 07700900123,600400,488100,high,,,",
    f"P-4,Police,{LAST_YEAR}-01-04,robbed,RAWREF-4,14-15,her home at 77 Garland Row,600400,488100,high,,,",
    f"P-5,Police,{LAST_YEAR}-01-05,robbed,Zyxandra Testperson,14-15,Lockside Park,600400,488100,high,,,",
    f"P-6,Police,{LAST_YEAR}-01-06,robbed,RAWREF-6,14-15,Lockside Park,600400,488100,NHS 943 476 5870,,,",
    f"P-7,Police,{LAST_YEAR}-01-07,robbed,RAWREF-7,14-15,mail zyxandra@example.org,600400,488100,07700 900456,,,",
    f"P-8,Police,{LAST_YEAR}-01-08,groomed by Qwertyman,RAWREF-8,Qwertyman,Lockside Park,600400,488100,AB123456C,,,",
    f"P-9,Police,{LAST_YEAR}-01-09,robbed,RAWREF-9,born 03/04/2010,Lockside Park,600400,488100,born 03/04/2010,,,",
]


SAFE_PLACES = "name,checked_by,checked_on,easting,northing,note\n" + "".join(
    f"Corner shop {number},Team,{LAST_YEAR}-01-01,600400,48810{number},{note}\n"
    for number, note in enumerate(
        ["ring 07700900123", "or 07700 900456", "NHS 943 476 5870", "mail zyxandra@example.org", "born 03/04/2010", "AB123456C",
         "her home at 77 Garland Row"]
    )
)  # fmt: skip
"""A list of safe places with something in each note that nobody may keep."""


@pytest.fixture(params=["sqlite", "postgresql"])
def area(request, made, tmp_path, monkeypatch):
    monkeypatch.setenv("SAFER_SPACES_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SAFER_SPACES_AREA", "seaside")
    monkeypatch.setenv("SAFER_SPACES_AS", STEWARD.name)
    if request.param == "postgresql":
        new_database, template = request.getfixturevalue("new_database"), request.getfixturevalue("migrated")
        monkeypatch.setenv("SAFER_SPACES_REGISTER", new_database(template))
    files = ("--boundary", made / "boundary.geojson", "--layers", made / "layers.gpkg", "--gazetteer", made / "gazetteer.parquet")
    ok("area", "new", "seaside", *files)
    ok("agreement", "dpia", "DPIA 2026/3")
    permitted = [
        option
        for name in ("incident_id", "harm_type", "child_ref", "age_band", "location_text", "easting", "northing", "severity")
        for option in ("--permit", name)
    ]
    ok("agreement", "record", "Police", *AGREED, *permitted)
    return tmp_path


def test_nothing_that_was_planted_is_left_anywhere(area):
    source = area / "source"
    source.mkdir()
    (source / "police.csv").write_text(HEADER + "\n".join(LINES) + "\n")
    out = area / "out"
    out.mkdir()
    said = [ok("import", source / "police.csv", "--good-rows", "--problems", out / "problems.csv")]
    said += [ok("import", source / "police.csv", "--preview", "--problems", out / "problems.xlsx")]

    opened = workspace.open_area()
    changed = (HEADER + "\n".join(LINES) + "\n").replace("P-", "Q-").encode()
    job_id = jobs.look_at(opened, STEWARD, "police again.csv", changed)
    _wait(opened, job_id, jobs.LOOKED_AT)
    jobs.take_in(opened, STEWARD, job_id)
    _wait(opened, job_id, jobs.DONE)

    said += [ok("rights", "show", "--agency", "Police", "--reference", PLANTED["a raw reference"])]
    said += [ok("rights", "restrict", "--agency", "Police", "--reference", PLANTED["a raw reference"])]
    said += [ok("rights", "unrestrict", "--agency", "Police", "--reference", PLANTED["a raw reference"])]
    said += [ok("rights", "erase", "--agency", "Police", "--reference", PLANTED["another raw reference"])]
    (source / "safe.csv").write_text(SAFE_PLACES)
    said += [run("safe-places", "import", source / "safe.csv")]
    assert (said[-1].code, len(said[-1].err.splitlines())) == (2, 1 + SAFE_PLACES.count("Team,")), "each row is refused"
    said += [ok("backup", out / "register.backup")]
    said += [ok("audit", "verify"), ok("purge")]

    records = opened.register.records()
    assert {"P-1", "Q-1"} <= set(records["incident_id"]), "there is something to search"
    content = {path.relative_to(area): path.read_bytes() for path in area.rglob("*") if path.is_file() and source not in path.parents}
    assert any(path.name.startswith("register.backup") for path in content)
    content |= {f"said {order}": (ran.out + ran.err).encode() for order, ran in enumerate(said)}
    content |= {"all rows": json.dumps(_every_row(opened), default=str).encode()}
    found = [
        (str(where), kind) for where, held in content.items() for kind, text in PLANTED.items() if text.lower().encode() in held.lower()
    ]
    opened.register.close()
    assert found == []


def _wait(opened, job_id, state):
    end = time.monotonic() + 90
    while (job := jobs.status(opened, STEWARD, job_id)).state != state:
        assert job.state in jobs.WORKING, job
        assert time.monotonic() < end, job
        time.sleep(0.1)


def _every_row(opened):
    from spaces import schema

    return [[list(row) for row in opened.register.read(lambda c, t=t: c.execute(t.select()).all())] for t in schema.metadata.sorted_tables]
