"""What the parts of an assessment's page share: one form open at a time, and what is written in it kept until it is saved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from briefing import sentences
from spaces.assessing import PLANNED
from views import acts, drafts, plain
from words import _

CHOSEN = "assessment_open"
"""Which assessment is open: an id that says nothing, kept while another page is shown."""

FORM = f"{acts.ONLY_HERE}assessment_form"


def led_by(lead: str, begin_by: date, state: str) -> str:
    """Say who leads an assessment and, until it has begun, by when it does."""
    if state == PLANNED:
        return _("Led by {lead}. Begins by {day}.", lead=lead, day=sentences.day(begin_by))
    return _("Led by {lead}.", lead=lead)


def button(form: str, label: str, refusal: str = "") -> None:
    """Offer a form by a button; where it is refused, the button is off and the rule's own words stand under it."""
    st.button(label, key=f"open_{form}", disabled=bool(refusal), on_click=_choose, args=(form,))
    if refusal:
        plain.quiet(refusal)


def is_open(form: str) -> bool:
    """Say whether a form is the one that is open."""
    return bool(st.session_state.get(FORM) == form)


def now_says(form: str, text: str) -> None:
    """Show what somebody else saved meanwhile, above the text that whoever was told of it still has in the form."""
    if drafts.told(form):
        plain.quiet(_("It now says: {text}", text=text or _("nothing")))


def write(part: str, form: str, work: Callable[[], str]) -> None:
    """Do what a form asks: what is done is said at the part's head; what is wrong beside its button, and all that was written stays."""

    def save() -> str:
        said = drafts.saving(form, work)()
        st.session_state.pop(FORM, None)
        return said

    acts.act(part, save, wrong=form)


def _choose(form: str) -> None:
    st.session_state[FORM] = None if is_open(form) else form
