"""A sample is made once, whole, and made anew when what it came from changes; a damaged folder is mended or said to be."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from briefing import recent, workspace
from geo import gazetteer
from spaces import imports, intake, pseudonyms
from spaces.audit import AuditEvent
from words import DataProblem


@pytest.fixture
def copy(marlhaven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a copy of the made town that a test may spoil."""
    monkeypatch.setenv("SAFER_SPACES_DATA", str(tmp_path))
    shutil.copytree(marlhaven.folder, tmp_path / "marlhaven")
    return tmp_path / "marlhaven"


def test_a_made_sample_is_opened_and_not_made_again(copy):
    steps: list[str] = []
    before = (copy / "register.sqlite").stat().st_mtime_ns
    opened = workspace.open_sample(step=steps.append)
    assert steps == []
    assert opened.invented
    assert (copy / "register.sqlite").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "spoil", [lambda about: "", lambda about: "{", lambda about: "[]", lambda about: json.dumps(about | {"fingerprint": "old"})]
)
def test_a_spoiled_or_outdated_sample_is_made_anew(copy, spoil):
    about = json.loads((copy / "area.json").read_text("utf-8"))
    (copy / "area.json").write_text(spoil(about), "utf-8")
    steps: list[str] = []
    opened = workspace.open_sample(step=steps.append)
    assert steps == ["layers", "gazetteer", "records"]
    assert json.loads((copy / "area.json").read_text("utf-8")) == about
    assert len(opened.register.records()) > 2_500
    assert [path.name for path in copy.parent.iterdir()] == ["marlhaven"], "nothing half made is left"


def test_a_start_that_is_cut_short_leaves_nothing_half_made(copy, monkeypatch):
    (copy / "area.json").unlink()

    def cut_short(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(gazetteer, "build", cut_short)
    with pytest.raises(KeyboardInterrupt):
        workspace.open_sample()
    assert [path.name for path in copy.parent.iterdir()] == ["marlhaven"]


def test_there_is_no_such_sample(marlhaven):
    with pytest.raises(DataProblem, match="There is no sample called “atlantis”"):
        workspace.open_sample("atlantis")


def test_a_folder_that_is_no_area_says_what_to_do(tmp_path):
    with pytest.raises(DataProblem, match="is not an area of Safer Spaces"):
        workspace.open_workspace(tmp_path)


def test_no_row_of_any_partner_is_dropped(marlhaven):
    raw = Path(workspace.sample_data.__file__).parent / "marlhaven"
    taken = imports.imports(marlhaven.register).set_index("file")
    assert set(taken.index) == set(workspace.PARTNER_FILES["marlhaven"])
    for name, row in taken.iterrows():
        assert row["added"] == row["rows_read"] == len(intake.read(raw / name, today=workspace.SAMPLE_READ_ON).records)
    assert len(marlhaven.register.records()) == taken["added"].sum()
    assert 2_700 <= taken["added"].sum() <= 3_300


def test_the_same_files_again_change_nothing(copy):
    opened = workspace.open_workspace(copy)
    raw, places = Path(workspace.sample_data.__file__).parent / "marlhaven", gazetteer.read(copy / "gazetteer.parquet")
    before = opened.register.records()
    for name in workspace.PARTNER_FILES["marlhaven"]:
        prepared = imports.prepare(intake.read(raw / name, today=workspace.SAMPLE_READ_ON), raw / name, places, pseudonyms.open_keys(copy))
        found = imports.compare(opened.register, prepared)
        assert (found.added, found.changed, found.unchanged, found.refused) == (0, 0, len(prepared.rows), 0)
        imports.take_in(opened.register, prepared, audit=AuditEvent("a steward", "file imported", "again", "tests"))
    pd.testing.assert_frame_equal(opened.register.records(), before)


def test_no_child_reference_of_a_partner_is_stored(marlhaven):
    raw = Path(workspace.sample_data.__file__).parent / "marlhaven"
    given = set()
    for name in workspace.PARTNER_FILES["marlhaven"]:
        given |= set(intake.read(raw / name, today=workspace.SAMPLE_READ_ON).records["child_ref"].dropna())
    assert len(given) > 100
    content = b"".join(path.read_bytes() for path in marlhaven.folder.glob("register.sqlite*"))
    assert not [reference for reference in given if len(reference) > 5 and reference.encode() in content]


def test_every_record_is_placed_or_says_why_not(marlhaven):
    records = marlhaven.register.records()
    assert ((records["longitude"].notna()) ^ (records["reason"].notna())).all()


def test_data_version_changes_with_the_records_and_with_nothing_else(copy, tmp_path):
    opened = workspace.open_workspace(copy)
    before = opened.data_version
    assert workspace.open_workspace(copy).data_version == before
    file = tmp_path / "more.csv"
    pd.DataFrame({"agency": ["Police"], "occurred_from": ["2026-09-01"], "harm_type": ["robbed"]}).to_csv(file, index=False)
    places = gazetteer.read(copy / "gazetteer.parquet")
    audit = AuditEvent("a steward", "file imported", "more", "tests")
    workspace.add_file(opened.register, file, places, pseudonyms.open_keys(copy), opened.area, today=workspace.SAMPLE_READ_ON, audit=audit)
    assert opened.data_version != before


def test_what_was_worked_out_last_is_kept_a_few_times_and_what_failed_is_not():
    kept, made = recent.Recent(), []

    def make(number):
        made.append(number)
        if number < 0:
            raise ValueError(number)
        return number

    for number in (1, 2, 1, 1):
        assert kept.get(number, lambda number=number: make(number)) == number
    assert made == [1, 2]
    for _again in range(2):
        with pytest.raises(ValueError, match="-1"):
            kept.get(-1, lambda: make(-1))
    assert made == [1, 2, -1, -1]
    for number in range(10, 10 + recent.MOST_KEPT):
        kept.get(number, lambda number=number: make(number))
    kept.get(1, lambda: make(1))
    assert made[-1] == 1, "the oldest makes room"
