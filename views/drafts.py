"""What is written in a form stays there until it is done: over the version that whoever writes was looking at; then it begins empty."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from spaces.revisions import ChangedMeanwhile
from views import acts

_SEEN, _TOLD, _DONE = (f"{acts.ONLY_HERE}drafts_{name}" for name in ("seen", "told", "done"))


def number(form: str) -> int:
    """Return how often a form was done with on this page: with it in their names, its controls begin empty each time."""
    done_with: dict[str, int] = st.session_state.get(_DONE, {})
    return done_with.get(form, 0)


def prefix(form: str) -> str:
    """Return how the names of a form's controls begin."""
    return f"{acts.ONLY_HERE}{form}_{number(form)}_"


def seen(form: str, version: int) -> int:
    """Return the version that whoever writes was looking at when they began, kept until they have saved or were told of a newer one."""
    began: dict[str, int] = st.session_state.setdefault(_SEEN, {})
    return began.setdefault(form, version)


def told(form: str) -> bool:
    """Say whether whoever writes was told that somebody else changed the thing meanwhile."""
    return form in st.session_state.get(_TOLD, set())


def done(form: str) -> None:
    """Have a form begin empty, over what then stands."""
    st.session_state.setdefault(_DONE, {})[form] = number(form) + 1
    st.session_state.get(_SEEN, {}).pop(form, None)
    st.session_state.get(_TOLD, set()).discard(form)


def saving(form: str, work: Callable[[], str]) -> Callable[[], str]:
    """Return `work` so that what is written stays in the form until it is saved, and is not laid over what nobody has looked at.

    Whoever is told of a change is shown what then stands, and writes over that from there on.
    """

    def save() -> str:
        try:
            said = work()
        except ChangedMeanwhile:
            st.session_state.get(_SEEN, {}).pop(form, None)
            st.session_state.setdefault(_TOLD, set()).add(form)
            raise
        done(form)
        return said

    return save
