"""Assessments as they are worked on: what is late comes first, each role sees its part, and a merged place takes its assessment along."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from briefing import assessing, assessments, place, workspace
from briefing.workspace import Workspace
from spaces import actions, observations, prompts, space, space_changes
from spaces import assessments as kept
from spaces.access import Reader, Role
from spaces.assessments import Conference, Verdict, Voices, Weighed
from spaces.institutional_harm import Details as Harm
from tests.briefing.conftest import PANEL, TODAY
from words import DataProblem, speaking

YOUTH, OFFICER = Reader("y", Role.YOUTH_WORKER), Reader("o", Role.COMMUNITY_SAFETY_OFFICER)
O = {"origin": "test"}  # noqa: E741
WINTER = date(2026, 1, 15)


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAFER_SPACES_DATA", str(tmp_path_factory.mktemp("data")))
        opened = workspace.open_sample("marlhaven")
        yield opened
        opened.register.close()


@pytest.fixture(autouse=True)
def the_day(stop_the_clock):
    """Have the register write down when something was done by the day that these tests are on."""
    return stop_the_clock(TODAY)


def plan(area, ago=0, why="Harm repeats after dark."):
    """Plan an assessment of a place that has none yet."""
    taken, day = set(area.register.assessments()["feature_id"]), TODAY - timedelta(ago)
    place_id = next(one for one in area.places.index if one not in taken)
    return place.plan_assessment(area, PANEL, place_id, lead="Youth team", why=why, begin_by=day, today=day, **O)


def open_one(area, planned, reader=PANEL):
    return assessments.opened(area, reader, planned, TODAY)


def move(area, planned, to):
    assessing.move(area, PANEL, planned, to, seen=open_one(area, planned).version, **O)


def answer_all(area, planned):
    for prompt in ("good", "who_cares", "ways"):
        seen = open_one(area, planned).version
        assessing.answer(area, PANEL, planned, prompt, seen=seen, text="Friends meet here.", source="voices", **O)


def act(area, ago=0):
    """Return an assessment that is being acted on, with one goal and one action."""
    planned = plan(area)
    move(area, planned, "gathering")
    answer_all(area, planned)
    move(area, planned, "weighing")
    weighed = [Weighed("Light", "All else waits.")]
    assessing.weigh(area, PANEL, planned, weighed, dissent="Parks: seats first.", seen=open_one(area, planned).version, **O)
    move(area, planned, "conference")
    held = Conference(TODAY, "Youth team; parks", "Light first", TODAY + timedelta(90))
    assessing.confer(area, PANEL, planned, held, seen=open_one(area, planned).version, today=TODAY, **O)
    assessing.keep_goal(area, PANEL, planned, "Stop harm.", "Less of it", **O)
    details = actions.Details("Mend the lamps", "place", "change", "lighting lead", "Highways", TODAY + timedelta(3), lever="works")
    assessing.keep_action(area, PANEL, planned, details, today=TODAY, **O)
    move(area, planned, "acting")
    return planned


def settle(area, planned):
    """Measure the goals and finish the actions of an assessment."""
    found = open_one(area, planned)
    for goal in found.goals:
        assessing.measure_goal(area, PANEL, goal.goal_id, state="reached", found="Lamps lit.", seen=goal.version, **O)
    for action in found.actions:
        done = {"state": "done", "outcome": "Lit.", "on": TODAY, "today": TODAY}
        assessing.finish_action(area, PANEL, action.action_id, seen=action.version, **done, **O)


def test_what_is_late_comes_first_and_after_four_weeks_names_the_chair(area):
    planned = {ago: plan(area, ago) for ago in (0, 5, 60, 28)}
    found = [one for one in assessments.listed(area, PANEL, TODAY) if one.assessment_id in planned.values()]
    assert [one.assessment_id for one in found] == [planned[ago] for ago in (60, 28, 5, 0)]
    assert [one.escalated for one in found] == [True, False, False, False]
    assert "60 days late: raise it with the panel's chair." in found[0].late[0]
    assert found[1].late[0].endswith("28 days late.")
    assert found[3].late == ()


def test_an_action_and_a_review_are_late_in_their_time(area):
    planned = act(area)

    def late(days):
        return next(one.late for one in assessments.listed(area, PANEL, TODAY + timedelta(days)) if one.assessment_id == planned)

    assert late(3) == ()
    assert "“Mend the lamps” should have been done, by lighting lead." in late(4)[0]
    assert len(late(91)) == 2
    assert "looked at again" in late(91)[1]


def test_a_panel_member_sees_all_and_others_only_their_part(area):
    planned = act(area)
    whole = open_one(area, planned)
    assert (whole.why, whole.weighed[0].change, whole.dissent, whole.conference["agreed"]) == (
        "Harm repeats after dark.", "Light", "Parks: seats first.", "Light first",
    )  # fmt: skip
    assert len(whole.answered) == len(prompts.PROMPTS) == 18
    assert whole.goals[0].warnings
    assert whole.actions[0].told["Lever"] == "Highway or lighting works"
    for reader in (YOUTH, OFFICER):
        part = open_one(area, planned, reader)
        assert not part.whole
        assert (part.why, part.weighed, part.dissent, part.conference, part.answered) == ("", (), "", {}, ())
        assert (part.name, part.state, len(part.goals), len(part.actions)) == (whole.name, "acting", 1, 1)
        assert all(move.refusal for move in part.moves)
        assert all(one.why == "" for one in assessments.listed(area, reader, TODAY))
    steward = Reader("s", Role.DATA_STEWARD)
    for ask in (lambda: open_one(area, planned, steward), lambda: assessments.listed(area, steward, TODAY)):
        with pytest.raises(DataProblem, match="Assessments are for those who work on them"):
            ask()


def test_an_assessment_that_is_not_there_is_said_not_to_be(area):
    with pytest.raises(DataProblem, match="not in the list"):
        open_one(area, "no such")


def test_the_next_step_says_what_it_lacks_and_then_that_it_can_be_taken(area):
    planned = plan(area)
    assert [(one.to, one.refusal) for one in open_one(area, planned).moves] == [("gathering", "")]
    move(area, planned, "gathering")
    onward = open_one(area, planned).moves[0]
    assert (onward.to, onward.back) == ("weighing", False)
    assert onward.refusal.startswith("Nothing is written yet under “Young people's strengths and needs”")
    answer_all(area, planned)
    assert open_one(area, planned).moves[0].refusal == ""
    move(area, planned, "weighing")
    assert [(one.to, one.back) for one in open_one(area, planned).moves] == [("conference", False), ("gathering", True)]


def test_voices_and_observations_are_told_apart_before_and_after(area):
    planned = plan(area)
    move(area, planned, "gathering")
    assessing.hear(area, YOUTH, planned, Voices(TODAY, 6, "walk", "Light the steps."), today=TODAY, **O)
    assert open_one(area, planned).voices[0].endswith("6 young people heard, a walk round the place. Light the steps.")
    seen = observations.Details(TODAY, "10:00", "11:00", "Officers", features="Benches")
    assessing.observe(area, OFFICER, planned, seen, today=TODAY, **O)
    when, told = open_one(area, planned).seen[0]
    assert when.endswith("10:00 to 11:00; not seen after dark")
    assert told == "Benches. Observed by Officers."
    acted = act(area)
    assessing.hear(area, YOUTH, acted, Voices(TODAY, 1, "group"), today=TODAY, **O)
    assessing.observe(area, OFFICER, acted, seen, today=TODAY, **O)
    assert "1 young person heard, a group that talked about it, when asked again." in open_one(area, acted).voices[0]
    assert open_one(area, acted).seen[0][0].endswith("when looked at again")


@pytest.mark.parametrize(("how_many", "told"), [(1, False), (4, False), (5, True)])
def test_what_a_few_young_people_said_is_read_by_the_panel_alone(area, how_many, told):
    planned = plan(area)
    move(area, planned, "gathering")
    assessing.hear(area, YOUTH, planned, Voices(TODAY, how_many, "one", "She said her cousin sells by the gate"), today=TODAY, **O)
    assert "She said her cousin" in open_one(area, planned).voices[0]
    for reader in (OFFICER, YOUTH):
        (said,) = open_one(area, planned, reader).voices
        assert ("She said her cousin" in said) is told
        assert (f"{how_many} young p" in said) is told
        assert said.endswith("fewer than five young people heard, one to one.") is not told


@pytest.mark.parametrize(("how_many", "told"), [(1, False), (4, False), (5, True)])
def test_of_a_verdict_of_a_few_only_the_panel_reads_how_many_and_how(area, how_many, told):
    planned = act(area)
    answer_all(area, planned)
    move(area, planned, "reviewing")
    verdict = Verdict("worse", TODAY, how_many, "In the kitchen of the club")
    assessing.hear_verdict(area, YOUTH, planned, verdict, seen=open_one(area, planned).version, today=TODAY, **O)
    assert "(In the kitchen of the club): worse." in assessments.verdict_in_words(open_one(area, planned))
    for reader in (OFFICER, YOUTH):
        found = open_one(area, planned, reader)
        said = assessments.verdict_in_words(found)
        assert said.startswith("Fewer than five young people were asked on") is not told
        assert ("In the kitchen" in said) is ("kitchen" in str(found.verdict)) is told
        assert said.endswith(": worse.")


def test_why_it_was_sent_back_is_read_by_the_panel_alone(area):
    planned = plan(area)
    move(area, planned, "gathering")
    answer_all(area, planned)
    move(area, planned, "weighing")
    seen = open_one(area, planned).version
    assessing.move(area, PANEL, planned, "gathering", seen=seen, reason="A disclosure is missing.", **O)
    assert "Sent back: A disclosure is missing." in open_one(area, planned).notes
    for reader in (OFFICER, YOUTH):
        assert "disclosure" not in str(open_one(area, planned, reader))


def test_what_was_asked_again_before_it_was_sent_back_is_still_read(area):
    planned = act(area)
    answer_all(area, planned)
    assessing.hear(area, YOUTH, planned, Voices(TODAY, 6, "group"), today=TODAY, **O)
    assessing.move(area, PANEL, planned, "conference", seen=open_one(area, planned).version, reason="It got worse.", **O)
    found = open_one(area, planned)
    good = next(one for one in found.answered if one.prompt.prompt_id == "good")
    assert "Asked again before it was sent back: Friends meet here." in good.first
    assert good.again == ""
    assert found.voices[0].endswith("when asked again before it was sent back.")


@pytest.mark.parametrize(("days", "late"), [(91, 0), (92, 1), (900, 1)])
def test_a_step_that_nobody_moves_on_from_is_late(area, days, late):
    planned = plan(area)
    move(area, planned, "gathering")
    day = TODAY + timedelta(days)
    notes = assessments.opened(area, OFFICER, planned, day).notes
    (row,) = [one for one in assessments.listed(area, PANEL, day) if one.assessment_id == planned]
    assert len(notes) == len(row.late) == late
    assert all("It should have moved on: it stands at “Gathering”." in said for said in (*notes, *row.late))


@pytest.mark.parametrize(
    ("day", "start", "end", "dark"),
    [
        (WINTER, "10:00", "11:00", False), (WINTER, "20:00", "20:30", True), (WINTER, "15:00", "17:30", True),
        (WINTER, "23:30", "00:30", True),
        (date(2026, 6, 20), "20:00", "21:00", False), (date(2026, 6, 20), "23:30", "01:00", True),
    ],
)  # fmt: skip
def test_light_is_of_after_dark(area, day, start, end, dark):
    details = observations.Details(day, start, end, "Officers", light="unlit")
    assert assessing.was_dark(area, details) is dark


def test_light_by_day_is_refused_and_nothing_is_kept(area):
    planned = plan(area)
    move(area, planned, "gathering")
    details = observations.Details(WINTER, "10:00", "11:00", "Officers", light="unlit")
    with pytest.raises(DataProblem, match="It was light outside on 15 January 2026 between 10:00 and 11:00"):
        assessing.observe(area, OFFICER, planned, details, today=TODAY, **O)
    assert open_one(area, planned).seen == ()


def test_what_institutions_did_is_said_before_and_after_and_silence_is_not_none(area):
    planned = plan(area)
    found = open_one(area, planned)
    assert found.harms.empty
    assert "nothing logged is not nothing done" in found.harms_said
    yesterday = TODAY - timedelta(1)
    assessing.log_harm(area, OFFICER, found.space_id, Harm("dispersal", yesterday, yesterday, 1_200, "Police"), today=TODAY, **O)
    assert open_one(area, planned).harms["So far"].to_dict() == {"Dispersal orders": "1,200"}
    acted = act(area)
    space_id = open_one(area, acted).space_id
    assessing.log_harm(area, OFFICER, space_id, Harm("dispersal", yesterday, yesterday, 3, "Police"), today=TODAY, **O)
    beside = open_one(area, acted)
    assert beside.harms.loc["Dispersal orders"].tolist() == ["3", "not told", "not told"]
    assert beside.harms_said.startswith("The 1 day since")
    assert beside.harms_said.endswith("It is not told of all the days, and numbers of unlike times cannot be compared.")


def test_a_number_of_a_few_of_the_days_says_so_and_one_that_may_be_counted_twice_too(area):
    acted = act(area)
    space_id, later = open_one(area, acted).space_id, TODAY + timedelta(60)
    for kind, first, last, many, who in [
        ("stop_and_search", -10, -4, 3, "Police"), ("stop_and_search", 0, 60, 25, "Police"), ("banned", -61, -1, 4, "Bus company"),
        ("banned", 0, 60, 2, "Bus company"), ("banned", 9, 9, 1, "Shops"),
    ]:  # fmt: skip
        days = (TODAY + timedelta(first), TODAY + timedelta(last))
        assessing.log_harm(area, OFFICER, space_id, Harm(kind, *days, many, who), today=later, **O)
    found = assessments.opened(area, PANEL, acted, later)
    assert found.harms.loc["Stop and search", ["Before", "Since"]].tolist() == ["3, told of 7 of 61 days", "25"]
    assert found.harms.loc["Bans from a shop, a centre or transport", ["Before", "Since"]].tolist() == ["4", "3"]
    assert "The 61 days since" in found.harms_said
    assert "numbers of unlike times cannot be compared." in found.harms_said
    assert found.harms_said.endswith("may have counted the same: Bans from a shop, a centre or transport.")


def test_a_merged_place_takes_its_assessment_along_and_two_at_once_are_said(area):
    first, second = plan(area), plan(area)
    into, gone = open_one(area, first), open_one(area, second)
    row = space.newest(area.register)["version"]
    seen = {"seen": int(row[gone.space_id]), "seen_into": int(row[into.space_id])}
    space_changes.merge(area.register, PANEL, gone.space_id, into=into.space_id, why="One park.", **seen, **O)
    now = open_one(area, second)
    assert (now.name, now.space_id) == (into.name, into.space_id)
    assert now.notes[0] == f"“{gone.name}” has become part of “{into.name}”, and is assessed as that."
    assert "1 more assessment of this place is open." in now.notes
    move(area, second, "gathering")  # work goes on
    assert space.newest(area.register).loc[into.space_id, "status"] == space.UNDERSTOOD
    assert {into.name} == {one.name for one in assessments.listed(area, PANEL, TODAY) if one.assessment_id in (first, second)}


def test_the_verdict_is_said_with_how_many_and_how(area):
    planned = act(area)
    assert assessments.verdict_in_words(open_one(area, planned)) == "Young people's verdict is not written down yet."
    answer_all(area, planned)
    move(area, planned, "reviewing")
    seen = open_one(area, planned).version
    assessing.hear_verdict(area, YOUTH, planned, Verdict("not_asked", TODAY, reason="The group ended."), seen=seen, today=TODAY, **O)
    assert "not approved the reason yet" in assessments.verdict_in_words(open_one(area, planned))
    assessing.approve_reason(area, PANEL, planned, seen=open_one(area, planned).version, **O)
    assert assessments.verdict_in_words(open_one(area, planned)).endswith("The group ended. The reason is approved.")
    seen = open_one(area, planned).version
    assessing.hear_verdict(area, YOUTH, planned, Verdict("better", TODAY, 6, "The same group"), seen=seen, today=TODAY, **O)
    assert "6 young people were asked on" in assessments.verdict_in_words(open_one(area, planned))
    settle(area, planned)
    move(area, planned, "closed")
    assert open_one(area, planned).moves[0].back


def test_a_place_of_the_area_may_be_named_in_any_text(area):
    planned = plan(area)
    move(area, planned, "gathering")
    name = str(area.places["name"].iloc[0])
    assessing.answer(area, PANEL, planned, "good", seen=open_one(area, planned).version, text=name, source="record", **O)
    assert kept.newest(area.register).loc[planned, "act"] == "answered"


def test_every_sentence_is_there_in_another_language_too(area):
    planned = act(area)
    with speaking("cy"):
        assert open_one(area, planned).name == open_one(area, planned).name
        assert assessments.listed(area, PANEL, TODAY + timedelta(200))
