"""What the parts of an assessment's page share: one form open at a time, and what is written in it, kept until it is saved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import streamlit as st

from briefing import assessments
from briefing.assessments import Opened
from spaces.access import Reader
from spaces.revisions import ChangedMeanwhile
from views import acts, answers, plain
from words import DataProblem, _

CHOSEN = "assessment_open"
"""Which assessment is open: an id that says nothing, kept while another page is shown."""

FORM, DRAFTS = f"{acts.ONLY_HERE}assessment_form", f"{acts.ONLY_HERE}assessment_drafts"


def button(form: str, label: str, refusal: str = "", *, primary: bool = False) -> None:
    """Offer a form by a button; where it is refused, the button is off and the rule's own words stand under it."""
    kind: Any = "primary" if primary else "secondary"
    st.button(label, key=f"open_{form}", disabled=bool(refusal), on_click=_choose, args=(form,), type=kind)
    if refusal:
        plain.quiet(refusal)


def is_open(form: str) -> bool:
    """Say whether a form is the one that is open."""
    return bool(st.session_state.get(FORM) == form)


def draft(form: str, version: int) -> dict[str, Any]:
    """Return what is known of a form that is being written: the version seen when it was opened, and the names of its controls."""
    drafts: dict[str, dict[str, Any]] = st.session_state.setdefault(DRAFTS, {})
    one = drafts.setdefault(form, {"seen": version, "number": len(drafts), "told": False})
    return one | {"prefix": f"{acts.ONLY_HERE}{form}_{one['number']}_"}


def now_says(form: str, text: str) -> None:
    """Show what somebody else saved meanwhile, above the text that whoever was told of it still has in the form."""
    if st.session_state.get(DRAFTS, {}).get(form, {}).get("told"):
        plain.quiet(_("It now says: {text}", text=text or _("nothing")))


def write(part: str, form: str, work: Callable[[], str], newest: Callable[[], int]) -> None:
    """Do what a form asks. What is wrong is said beside its button and all that was written stays; what is done is said at the part's head.

    `newest` tells the version that stands now, which whoever is told of a change has then been shown.
    """
    try:
        said = work()
    except DataProblem as problem:
        refused = problem
        if isinstance(problem, ChangedMeanwhile):
            st.session_state[DRAFTS][form] |= {"seen": newest(), "told": True}

        def refuse() -> str:
            raise refused

        acts.act(form, refuse)
    else:
        close(form)
        acts.act(part, lambda: said)


def close(form: str) -> None:
    """Close a form, and forget what was written in it."""
    st.session_state.pop(FORM, None)
    drafts = st.session_state.get(DRAFTS, {})
    if form in drafts:  # its number is never used again, so that the next one begins empty
        drafts[f"{form} {len(drafts)}"] = drafts.pop(form)


def version_of(found: Opened) -> Callable[[], int]:
    """Return what tells the version of an assessment that stands now."""
    return lambda: assessments.opened(answers.workspace(), answers.reader(), found.assessment_id, answers.today()).version


def refused(check: Callable[[Reader], None]) -> str:
    """Return why the person looking may not do something, in the rule's own words; empty where they may."""
    try:
        check(answers.reader())
    except DataProblem as problem:
        return str(problem)
    return ""


def day(label: str, key: str, value: date | None = None) -> date:
    """Ask for a day, today unless another is given."""
    return st.date_input(label, value or answers.today(), format="DD/MM/YYYY", key=key)


def choice(label: str, options: dict[str, str], key: str, value: str | None = None) -> str:
    """Ask for one of a few things by their words; the empty text where none is chosen."""
    at = list(options).index(value) if value in options else None
    return st.selectbox(label, options, at, format_func=lambda one: _(options[one]), key=key, placeholder=_("Choose")) or ""


def who() -> dict[str, Any]:
    """Return what every act says of itself: that it was done in the app."""
    return {"origin": "app"}


def _choose(form: str) -> None:
    st.session_state[FORM] = None if is_open(form) else form
