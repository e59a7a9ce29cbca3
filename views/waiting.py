"""What is late, at the top of the page where somebody begins: a line for each kind of thing, which opens the page of it."""

from __future__ import annotations

import streamlit as st

from briefing import waiting
from spaces.access import Role
from views import answers
from views.going import to_page

SHOWN_ON = {
    Role.PANEL_MEMBER: "map", Role.DATA_STEWARD: "files", Role.COMMUNITY_SAFETY_OFFICER: "safe-places", Role.YOUTH_WORKER: waiting.SESSIONS,
}  # fmt: skip
"""Where each begins. A youth worker begins where young people look on, who are told nothing of this: so it is one page further on."""


def show(here: str) -> None:
    """Show what is late to whoever begins on the page of this address; nothing to others, and nothing where nothing is late.

    What the page is of is left out: it says so itself.
    """
    if SHOWN_ON.get(answers.reader().role) != here:
        return
    late = [one for one in answers.waiting() if one.page != here]
    if not late:
        return
    with st.container(key="waiting", horizontal=True, gap="small"):
        for one in late:
            if st.button(one.what, key=f"late_{one.page}", type="tertiary", icon=":material/arrow_forward:"):
                to_page(one.page)
