"""The assessments page: every place the panel has decided to look into, what is late first; and one opened, step by step."""

from __future__ import annotations

import streamlit as st

from briefing import assessments
from briefing.assessments import Listed
from spaces.assessing import STATUS_LABELS
from views import acts, answers, assessing, assessment, plain
from words import _, ngettext


def page() -> None:
    """Show the assessments by how far they have come, or the one that is open."""
    chosen = st.session_state.get(assessing.CHOSEN)
    found = assessments.listed(answers.workspace(), answers.reader(), answers.today())
    if chosen in {one.assessment_id for one in found}:
        assessment.show(chosen)
        return
    st.title(_("Assessments"))
    st.write(_("Each is of a place, never of a child. A place is looked into, weighed, changed, and looked into again in the same way."))
    acts.say("assessments")
    if not found:
        st.info(_("None planned yet. Open a place, on the map or in the list of places, and choose “Plan the assessment”."))
        return
    groups = {_("Overdue"): [one for one in found if one.late]}
    groups |= {_(label): [one for one in found if one.state == state and not one.late] for state, label in STATUS_LABELS.items()}
    for heading, ones in groups.items():
        if ones:
            st.header(f"{heading} ({len(ones)})")
            for one in ones:
                _show(one)


def _show(one: Listed) -> None:
    with st.container(border=True, gap="small"):
        plain.heading(one.name)
        plain.quiet(f"{one.kind} · {_(STATUS_LABELS[one.state])}")
        if one.late:
            late = ngettext("{count} thing is late:", "{count} things are late:", len(one.late))
            plain.problem(f"{late} {' '.join(one.late)}")
        if one.why:
            plain.paragraph(one.why)
        plain.paragraph(assessing.led_by(one.lead, one.begin_by, one.state))
        st.button(_("Open it"), key=f"open_{one.assessment_id}", on_click=_open, args=(one.assessment_id,))


def _open(assessment_id: str) -> None:
    st.session_state[assessing.CHOSEN] = assessment_id


if __name__ == "__main__":
    page()
