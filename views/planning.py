"""The assessments of a place, with the way to each; and where none is open, the form that plans one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import streamlit as st

from briefing import assessments, sentences
from briefing.assessments import Listed
from spaces import access
from spaces.assessing import CLOSED, PLANNED, STATUS_LABELS
from spaces.assessments import LONGEST_TEXT
from views import acts, answers, assessing, plain
from views.going import to_page
from words import _, ngettext

WEEKS_AHEAD = (1, 2, 4, 8, 13)
"""Starts that a panel can promise: from next week to the next quarterly review."""

LONGEST_LEAD = 200


def show(key: str, space_id: str | None, plan: Callable[[str, str, date], None]) -> None:
    """Show the assessments of a place (None where it is in no list yet), and offer to `plan` one: who leads it, why, and by when."""
    area, reader, today = answers.workspace(), answers.reader(), answers.today()
    found = assessments.listed(area, reader, today, space_id=space_id) if space_id else []
    for one in found:
        _one(one)
    if any(one.state != CLOSED for one in found) or not access.can_plan_assessment(reader):
        return
    with st.form(f"plan {key}", border=True):
        st.markdown(f"**{_('Plan an assessment of this place')}**")
        lead = st.text_input(_("Who leads it (a role or a team)"), max_chars=LONGEST_LEAD, autocomplete="off")
        why = st.text_area(_("Why this place, in a sentence the next panel can read"), max_chars=LONGEST_TEXT, height=100)
        weeks_words = {count: ngettext("{count} week", "{count} weeks", count) for count in WEEKS_AHEAD}
        weeks = st.selectbox(_("Begins within"), weeks_words, index=1, format_func=weeks_words.__getitem__)
        st.caption(_("Name no child here, and nothing a child could be known by."))
        acts.say("plan")
        if st.form_submit_button(_("Plan the assessment"), type="primary"):
            acts.act("plan", lambda: plan(lead, why, today + timedelta(weeks=weeks)))


def _one(one: Listed) -> None:
    if one.state == PLANNED:
        plain.done(_("Assessment planned: begins by {day}, led by {lead}.", day=sentences.day(one.begin_by), lead=one.lead))
    else:
        plain.done(_("Assessment: {state}. Led by {lead}.", state=_(STATUS_LABELS[one.state]), lead=one.lead))
    if one.late:
        plain.problem(" ".join(one.late))
    if st.button(_("Open the assessment"), key=f"to_assessment_{one.assessment_id}"):
        st.session_state[assessing.CHOSEN] = one.assessment_id
        to_page("assessments")
