"""A long import is a process of its own: it outlives who asked, can be stopped, and leaves no partner's file behind."""

from __future__ import annotations

import json
import os
import shutil
import time
from datetime import date
from pathlib import Path

import pytest

import sample_data
from briefing import incoming, jobs, stewardship, workspace
from spaces.access import Reader, Role
from tests.briefing.conftest import PANEL
from words import DataProblem

STEWARD = Reader("a steward", Role.DATA_STEWARD)
RAW = Path(sample_data.__file__).parent / "marlhaven"


@pytest.fixture
def empty(marlhaven, tmp_path, monkeypatch):
    """Give the sample town before any partner's file came in."""
    folder = tmp_path / "marlhaven"
    folder.mkdir()
    for name in ("boundary.geojson", "layers.gpkg", "gazetteer.parquet", "pseudonym.key", "area.json"):
        shutil.copy(marlhaven.folder / name, folder)
    monkeypatch.setenv("SAFER_SPACES_DATA", str(tmp_path))
    area = workspace.open_workspace(folder)
    yield area
    area.register.close()


def _wait(area, job_id, *states):
    end = time.monotonic() + 90
    while time.monotonic() < end:
        job = jobs.status(area, STEWARD, job_id)
        if job.state in states:
            return job
        assert job.state in jobs.WORKING, job
        time.sleep(0.1)
    raise AssertionError(f"still {job}")


def _is_put_away(area):
    """Say whether nothing is left of what came in, soon: a process says how it ended before it has put its own things away."""
    until = time.monotonic() + 10
    while _left(area) and time.monotonic() < until:
        time.sleep(0.1)
    return not _left(area)


def _left(area):
    names = {name for _folder, _folders, files in os.walk(area.folder / "incoming") for name in files}
    return names - {"job.json", "preview.json", "log", "alive.lock", "one-at-a-time.lock"}


def test_a_file_is_looked_at_then_brought_in_and_then_gone(empty):
    content = (RAW / "police.csv").read_bytes()
    job_id = jobs.look_at(empty, STEWARD, "police.csv", content)
    _wait(empty, job_id, jobs.LOOKED_AT)
    seen = jobs.preview_of(empty, STEWARD, job_id)
    said, problems = seen.sentences, seen.problems
    assert said[0].endswith("rows are new.")
    assert len(empty.register.records()) == 0, "a look changes nothing"
    jobs.take_in(empty, STEWARD, job_id)
    done = _wait(empty, job_id, jobs.DONE)
    files = stewardship.files(empty, STEWARD)
    assert files.loc[done.import_id, "file"] == "police.csv"
    assert files.loc[done.import_id, "actor"] == "a steward"
    assert len(empty.register.records()) == files.loc[done.import_id, "added"] == 1_409
    assert len(stewardship.problems_of(empty, STEWARD, done.import_id)) == len(problems)
    assert _is_put_away(empty)
    assert content[200:400] not in b"".join(path.read_bytes() for path in empty.folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "real.csv",
            b"agency,occurred_from\nPolice,2024-01-01\n",
            "Everything in this area is invented, and real data never comes in here",
        ),
        ("empty.csv", b"", "Everything in this area is invented"),
        ("../../etc/passwd", b"x", "Everything in this area is invented"),
    ],
)
def test_a_refused_file_says_why_and_is_not_kept(empty, name, content, said):
    job_id = jobs.look_at(empty, STEWARD, name, content)
    job = _wait(empty, job_id, jobs.REFUSED)
    assert said in job.message
    assert _is_put_away(empty)
    assert not (empty.folder.parent / "etc").exists()


def test_a_file_that_is_given_up_is_deleted(empty):
    job_id = jobs.look_at(empty, STEWARD, "schools.csv", (RAW / "schools.csv").read_bytes())
    _wait(empty, job_id, jobs.LOOKED_AT)
    jobs.give_up(empty, STEWARD, job_id)
    assert jobs.status(empty, STEWARD, job_id).state == jobs.STOPPED
    assert _is_put_away(empty)
    with pytest.raises(DataProblem, match="cannot be brought in now"):
        jobs.take_in(empty, STEWARD, job_id)


def test_a_job_whose_process_is_gone_has_failed_and_keeps_no_file(empty, monkeypatch):
    monkeypatch.setattr(
        jobs, "_begin", lambda area, job: jobs._say(jobs._folder(area, job.job_id), jobs.replace(job, begun_at="2025-01-01T00:00:00+00:00"))
    )
    job_id = jobs.look_at(empty, STEWARD, "schools.csv", (RAW / "schools.csv").read_bytes())
    job = jobs.status(empty, STEWARD, job_id)
    assert job.state == jobs.FAILED
    assert "Nothing was changed" in job.message
    assert not set(_left(empty)) - {"alive.lock"}


def test_jobs_are_the_stewards(empty):
    for act in (lambda: jobs.look_at(empty, PANEL, "a.csv", b""), lambda: jobs.jobs(empty, PANEL), lambda: stewardship.files(empty, PANEL)):
        with pytest.raises(DataProblem, match="data steward"):
            act()


@pytest.mark.parametrize("job_id", ["", "../../..", "x" * 32, "0" * 32])
def test_a_job_that_is_not_there_is_said_not_to_be(empty, job_id):
    with pytest.raises(DataProblem, match="no longer here"):
        jobs.status(empty, STEWARD, job_id)


def test_what_a_job_says_of_itself_holds_no_content(empty):
    job_id = jobs.look_at(empty, STEWARD, "schools.csv", (RAW / "schools.csv").read_bytes())
    _wait(empty, job_id, jobs.LOOKED_AT)
    folder = empty.folder / "incoming" / job_id
    told = (folder / "job.json").read_text() + (folder / "preview.json").read_text() + (folder / "log").read_text()
    assert "UPN-" not in told
    assert json.loads((folder / "preview.json").read_text())["sentences"]


def _waiting(area):
    folder = incoming.home(area.folder) / ("a" * 32)
    folder.mkdir(parents=True)
    (folder / "content").write_bytes(b"a partner's rows")
    aged = time.time() - incoming.KEPT_FOR.total_seconds() - 60
    os.utime(folder, (aged, aged))
    return folder


def test_a_file_that_nobody_decided_about_goes_when_the_page_or_the_area_is_opened(empty):
    folder = _waiting(empty)
    assert jobs.jobs(empty, STEWARD) == []
    assert not folder.exists()
    folder = _waiting(empty)
    workspace.open_workspace(empty.folder).register.close()
    assert not folder.exists()


@pytest.fixture
def not_begun(empty, monkeypatch):
    """Give an area in which a job is written down and no process started for it."""
    monkeypatch.setattr(
        jobs, "_begin", lambda area, job: jobs._say(jobs._folder(area, job.job_id), jobs.replace(job, begun_at=job.asked_at))
    )
    return empty


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("\N{DANCER}" * 100 + ".csv", "\N{DANCER}" * 29 + ".csv"), ("a" * 300 + ".parquet", "a" * 112 + ".parquet"), ("..", "file"),
        ("C:\\files\\club\x00.csv", "club.csv"), ("job.json", "job.json"),
    ],
)  # fmt: skip
def test_any_name_of_a_file_is_kept_as_a_file_system_takes_it(not_begun, given, kept):
    job_id = jobs.look_at(not_begun, STEWARD, given, b"rows")
    folder = jobs._folder(not_begun, job_id)
    job = jobs.Job(**json.loads((folder / "job.json").read_text("utf-8")))
    assert job.file == kept
    with pytest.raises(DataProblem, match="Everything in this area is invented"):
        jobs._prepared(not_begun, STEWARD, folder, job)
    jobs._end(folder, job)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["job.json"]


@pytest.mark.parametrize("told", ["", "[]", "{}", '{"job_id": 1}'])
def test_a_job_that_is_broken_hides_no_other(not_begun, told):
    jobs.look_at(not_begun, STEWARD, "police.csv", b"rows")
    (job,) = jobs.jobs(not_begun, STEWARD)
    whole = json.loads((jobs._folder(not_begun, job.job_id) / "job.json").read_text("utf-8"))
    for name, content in (("b", told), ("c", json.dumps(whole | {"state": jobs.LOOKING, "begun_at": "soon"}))):
        broken = incoming.home(not_begun.folder) / (name * 32)
        broken.mkdir()
        (broken / "job.json").write_text(content)
    assert [one.job_id for one in jobs.jobs(not_begun, STEWARD)] == [job.job_id]


def test_a_file_called_after_somebody_is_refused_before_anything_is_kept(empty):
    with pytest.raises(DataProblem, match="Rename the file without that") as refusal:
        jobs.look_at(empty, STEWARD, "Kayleigh Testperson referral.csv", b"rows")
    assert "Kayleigh" not in str(refusal.value)
    assert not incoming.home(empty.folder).exists()
    path = empty.folder / "kayleigh_testperson.csv"
    path.touch()
    with pytest.raises(DataProblem, match="Rename the file without that"):
        stewardship.prepare(empty, STEWARD, path, today=date(2025, 1, 1))
