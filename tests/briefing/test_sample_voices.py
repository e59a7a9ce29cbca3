"""What the samples bring of places and voices is what their README says, and true to what was planted."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import sample_data
from briefing import agency_checks, assessments, flags_gathered, place_referrals, safety_maps, sample_voices, spaces, youth_sessions
from briefing.workspace import SAMPLE_READ_ON, SAMPLES, open_sample
from spaces import space
from spaces.access import Role
from views import answers

RAW = Path(sample_data.__file__).parent
READERS = sample_voices.READERS
PANEL, YOUTH, STEWARD = READERS[Role.PANEL_MEMBER], READERS[Role.YOUTH_WORKER], READERS[Role.DATA_STEWARD]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Return the two samples as whoever opens them for the first time finds them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAFER_SPACES_DATA", str(tmp_path_factory.mktemp("data")))
        opened = {name: open_sample(name) for name in SAMPLES}
        yield opened
        for area in opened.values():
            area.register.close()


@pytest.fixture(params=SAMPLES)
def fresh(both, request):
    return both[request.param]


@pytest.fixture
def town(both):
    return both["marlhaven"]


def planted(area):
    truth = json.loads((RAW / area.folder.name / "truth.json").read_text("utf-8"))
    return {place["name"] for place in truth["places"]}


def test_those_who_did_it_are_those_whom_the_sample_can_be_tried_as():
    assert READERS == answers.SAMPLE_READERS


def test_every_place_of_the_map_in_the_list_is_one_that_was_planted(fresh):
    rows = space.newest(fresh.register)
    assert set(rows.loc[rows["kind"] != space.ONLINE, "name"]) <= planted(fresh)
    assert (rows.loc[rows["kind"] == space.ONLINE, "name"] != "").all()


def test_no_page_of_a_sample_is_empty_and_each_has_something_that_is_late_or_waits(fresh):
    assert spaces.listed(fresh, PANEL, SAMPLE_READ_ON)
    assert any(letter.overdue for letter in place_referrals.inbox(fresh, PANEL, SAMPLE_READ_ON))
    assert {one.state for one in youth_sessions.listed(fresh, YOUTH, SAMPLE_READ_ON)} & {"overdue", "waiting"}
    assert all(one.mine and one.marks for one in youth_sessions.listed(fresh, YOUTH, SAMPLE_READ_ON))
    assert len(flags_gathered.to_read(fresh, STEWARD)) == 1
    assert any(check.state == "overdue" for check in agency_checks.listed(fresh, PANEL, SAMPLE_READ_ON))
    assert {one.state for one in assessments.listed(fresh, PANEL, SAMPLE_READ_ON)} >= {"gathering"}
    groups = flags_gathered.gathered(fresh, PANEL)
    assert {group.stream for group in groups} >= {"young", "complaints"}
    assert any(group.answer for group in groups)
    assert any(group.flags for group in groups)
    assert any(group.state == flags_gathered.FEW for group in groups)


def test_the_towns_places_stand_at_every_step_and_were_raised_by_all_who_can(town):
    found = spaces.listed(town, PANEL, SAMPLE_READ_ON)
    assert {one.status for one in found} == {"noticed", "understood", "acting", "watching", "closed"}
    raisers = {by for text in space.newest(town.register)["raised_by"] for by in space.raisers(text)}
    assert raisers == set(space.RAISED_BY_LABELS)
    rows = space.newest(town.register)
    assert ((rows["authority"] != "") & (rows["answer_of_authority"] == "")).sum() == 1


def test_the_towns_assessments_stand_at_three_steps_and_young_people_closed_one(town):
    found = {one.name: one for one in assessments.listed(town, PANEL, SAMPLE_READ_ON)}
    assert {name: one.state for name, one in found.items()} == {
        "Lockside Park": "acting", "Fryer's Passage": "gathering", "Dyer's Yard Car Park": "closed",
    }  # fmt: skip
    assert found["Lockside Park"].late, "the light is late"
    opened = assessments.opened(town, PANEL, found["Lockside Park"].assessment_id, SAMPLE_READ_ON)
    assert "after dark: not lit" in opened.seen[0][0]
    assert (len(opened.goals), len(opened.actions)) == (2, 3)
    assert not any(goal.warnings for goal in opened.goals)
    closed = assessments.opened(town, PANEL, found["Dyer's Yard Car Park"].assessment_id, SAMPLE_READ_ON)
    assert "better" in assessments.verdict_in_words(closed)


def test_the_maps_of_one_group_in_spring_and_autumn_can_be_compared(town):
    after, before = sorted(youth_sessions.listed(town, YOUTH, SAMPLE_READ_ON), key=lambda one: one.session.held_on, reverse=True)
    assert (before.state, after.state) == ("told_back", "overdue")
    said = safety_maps.compared(town, YOUTH, before, after)
    assert said[1:] == ["28 hexagons are on both maps.", *said[2:]]
    assert {"7 went from red to amber.", "7 went from amber to green.", "7 stayed red.", "7 stayed green."} == set(said[2:])


def test_of_the_notes_one_waits_and_one_is_shown_without_what_somebody_could_be_known_by(town):
    shown = {note for group in flags_gathered.gathered(town, PANEL) for note in group.notes}
    rows = list(csv.DictReader((RAW / "marlhaven" / "flags.csv").read_text("utf-8").splitlines()))
    assert sum(row["view_of"] == "with_worker" for row in rows) >= 60
    changed = next(row for row in rows if row["shown_note"] and row["note"] != row["shown_note"])
    assert changed["shown_note"] in shown
    assert changed["note"] not in shown
