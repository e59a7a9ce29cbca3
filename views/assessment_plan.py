"""The part of an assessment's page where goals and actions are agreed, measured and done."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import streamlit as st

from briefing import assessing as writing
from briefing.assessments import Action, Goal, Opened
from spaces import access, actions, goals
from spaces.assessing import ACTING, CLOSED, CONFERENCE, PLANNED, REVIEWING
from views import acts, answers, assessing, drafts, fields, plain
from words import _

OWN_WORDS = "own"
"""The choice of a goal that is none of the bank's."""


def show(found: Opened) -> None:
    """Show the goals and the plan, and the forms that fit the step."""
    st.header(_("Goals"))
    plain.quiet(_("At most five, said as what there will be, each with what would show it."))
    acts.say("goals")
    for goal in found.goals:
        _goal(found, goal)
    if not found.goals:
        plain.paragraph(_("None is agreed yet."))
    if found.state == CONFERENCE:
        full = acts.refused(lambda _reader: goals.check_room(len(found.goals)))
        assessing.button("goal_new", _("Add a goal"), acts.refused(access.check_keep_assessments) or full)
        if assessing.is_open("goal_new"):
            _new_goal(found)
    _plan(found)


def _goal(found: Opened, goal: Goal) -> None:
    with st.container(border=True, gap="small"):
        told = {_("Goal"): goal.goal, _("What would show it"): goal.shown_by}
        if goal.state != goals.AGREED:
            told |= {_(goals.STATE_LABELS[goal.state]): goal.found}
        plain.facts(told)
        for warning in goal.warnings:
            plain.quiet(warning)
        if not access.can_keep_assessments(answers.reader()):
            return
        form = f"goal_{goal.goal_id}"
        if found.state == CONFERENCE:
            with st.container(horizontal=True):
                assessing.button(form, _("Change it"))
                if st.button(_("Withdraw it"), key=f"withdraw_{goal.goal_id}"):
                    acts.act("goals", lambda: _withdrawn(goal))
            if assessing.is_open(form):
                _change_goal(found, goal, form)
        elif found.state in (ACTING, REVIEWING):
            assessing.button(form, _("Say how far it is reached"))
            if assessing.is_open(form):
                _measure(found, goal, form)


def _new_goal(found: Opened) -> None:
    at = drafts.prefix("goal_new")
    options = {str(number): statement for number, (statement, _measure) in enumerate(goals.BANK)} | {OWN_WORDS: _("In our own words")}
    chosen = fields.choice(_("A statement to begin with"), options, f"{at}bank", OWN_WORDS)
    began = ("", "") if chosen in (OWN_WORDS, "") else tuple(_(text) for text in goals.BANK[int(chosen)])
    with st.form("goal_new_form"):
        goal = st.text_input(_("Goal"), began[0], max_chars=goals.LONGEST, autocomplete="off", key=f"{at}goal_{chosen}")
        shown = st.text_input(_("What would show it"), began[1], max_chars=goals.LONGEST, autocomplete="off", key=f"{at}shown_{chosen}")
        acts.say("goal_new")
        if st.form_submit_button(_("Agree this goal"), type="primary"):
            assessing.write("goals", "goal_new", lambda: _kept(found, goal, shown))


def _change_goal(found: Opened, goal: Goal, form: str) -> None:
    seen, at = drafts.seen(form, goal.version), drafts.prefix(form)
    with st.form(f"{form}_form", border=False):
        assessing.now_says(form, f"{goal.goal} {goal.shown_by}")
        words = st.text_input(_("Goal"), goal.goal, max_chars=goals.LONGEST, autocomplete="off", key=f"{at}goal")
        shown = st.text_input(_("What would show it"), goal.shown_by, max_chars=goals.LONGEST, autocomplete="off", key=f"{at}shown")
        acts.say(form)
        if st.form_submit_button(_("Keep it"), type="primary"):
            keep = lambda: _kept(found, words, shown, goal_id=goal.goal_id, seen=seen)  # noqa: E731
            assessing.write("goals", form, keep)


def _measure(found: Opened, goal: Goal, form: str) -> None:
    seen, at = drafts.seen(form, goal.version), drafts.prefix(form)
    options = {state: goals.STATE_LABELS[state] for state in (goals.REACHED, goals.PARTLY, goals.NOT_REACHED)}
    with st.form(f"{form}_form", border=False):
        assessing.now_says(form, goal.found)
        state = st.radio(_("It is"), options, None, format_func=lambda s: _(options[s]), horizontal=True, key=f"{at}state") or ""
        what = _("What was found of what would show it")
        text = st.text_input(what, goal.found, max_chars=goals.LONGEST, autocomplete="off", key=f"{at}found")
        acts.say(form)
        if st.form_submit_button(_("Write it down"), type="primary"):

            def measure() -> str:
                area, reader = answers.workspace(), answers.reader()
                writing.measure_goal(area, reader, goal.goal_id, state=state, found=text, seen=seen, origin="app")
                return _("It is written down.")

            assessing.write("goals", form, measure)


def _plan(found: Opened) -> None:
    st.header(_("Actions"))
    acts.say("actions")
    if found.actions:
        plain.table(_("Aimed at"), _("Actions"), pd.Series(found.by_aim))
    if found.aimed_at_children:
        plain.problem(found.aimed_at_children)
    for action in found.actions:
        _action(found, action)
    if not found.actions:
        plain.paragraph(_("None is agreed yet."))
    if found.state in (CONFERENCE, ACTING):
        assessing.button("action_new", _("Add an action"), acts.refused(access.check_keep_assessments))
        if assessing.is_open("action_new"):
            _new_action(found)


def _action(found: Opened, action: Action) -> None:
    with st.container(border=True, gap="small"):
        plain.paragraph(action.action)
        plain.facts({_("State"): _(actions.STATE_LABELS[action.state])} | action.told)
        for warning in action.warnings:
            plain.quiet(warning)
        form = f"action_{action.action_id}"
        if action.state != actions.OPEN or found.state in (PLANNED, CLOSED):
            return
        if access.can_keep_assessments(answers.reader()):
            assessing.button(form, _("It is done, or dropped"))
            if assessing.is_open(form):
                _finish(found, action, form)


def _finish(found: Opened, action: Action, form: str) -> None:
    seen, at = drafts.seen(form, action.version), drafts.prefix(form)
    options = {state: actions.STATE_LABELS[state] for state in (actions.DONE, actions.DROPPED)}
    with st.form(f"{form}_form", border=False):
        state = st.radio(_("It is"), options, None, format_func=lambda s: _(options[s]), horizontal=True, key=f"{at}state") or ""
        on = fields.day(_("On"), f"{at}on")
        outcome = st.text_input(
            _("What came of it, or why it was dropped"), max_chars=actions.LONGEST, autocomplete="off", key=f"{at}outcome"
        )
        acts.say(form)
        if st.form_submit_button(_("Write it down"), type="primary"):

            def finish() -> str:
                writing.finish_action(
                    answers.workspace(), answers.reader(), action.action_id, today=answers.today(), state=state, outcome=outcome, on=on,
                    seen=seen, origin="app",
                )  # fmt: skip
                return _("It is written down.")

            assessing.write("actions", form, finish)


def _new_action(found: Opened) -> None:
    at = drafts.prefix("action_new")
    with st.form("action_new_form"):
        words = st.text_area(_("What is done"), max_chars=actions.LONGEST, key=f"{at}action")
        left, right = st.columns(2)
        with left:
            aimed_at = fields.choice(_("Aimed at"), actions.AIMED_AT, f"{at}aim")
            owner = st.text_input(_("Who does it (a role)"), max_chars=actions.LONGEST_LINE, autocomplete="off", key=f"{at}owner")
            lever = fields.choice(_("Lever"), actions.LEVERS, f"{at}lever", "")
            goal_id = fields.choice(_("For the goal"), {goal.goal_id: goal.goal for goal in found.goals}, f"{at}goal")
        with right:
            intention = fields.choice(_("With what intention"), actions.INTENTIONS, f"{at}intention")
            agency = st.text_input(_("Agency"), max_chars=actions.LONGEST_LINE, autocomplete="off", key=f"{at}agency")
            reference = st.text_input(
                _("Reference (licence, works), if there is one"), max_chars=actions.LONGEST_LINE, autocomplete="off", key=f"{at}reference"
            )
            due_on = fields.day(_("Done by"), f"{at}due", answers.today() + timedelta(days=28))
        plain.quiet(_("What else may it do? Actions aimed at children have to say."))
        unintended = {
            name: st.text_input(_(label), max_chars=actions.LONGEST, autocomplete="off", key=f"{at}{name}")
            for name, label in actions.UNINTENDED.items()
        }
        acts.say("action_new")
        if st.form_submit_button(_("Agree this action"), type="primary"):

            def keep() -> str:
                details = actions.Details(words, aimed_at, intention, owner, agency, due_on, goal_id, lever, reference, **unintended)
                area, reader = answers.workspace(), answers.reader()
                writing.keep_action(area, reader, found.assessment_id, details, today=answers.today(), origin="app")
                return " ".join([_("The action is agreed."), *actions.warnings(details)])

            assessing.write("actions", "action_new", keep)


def _kept(found: Opened, goal: str, shown: str, *, goal_id: str = "", seen: int = 0) -> str:
    area, reader = answers.workspace(), answers.reader()
    writing.keep_goal(area, reader, found.assessment_id, goal, shown, goal_id=goal_id, seen=seen, origin="app")
    return " ".join([_("The goal is agreed."), *goals.warnings(goal)])


def _withdrawn(goal: Goal) -> str:
    writing.withdraw_goal(answers.workspace(), answers.reader(), goal.goal_id, seen=goal.version, origin="app")
    return _("The goal is withdrawn.")
