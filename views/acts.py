"""Something done from a page, and what came of it said where it was done, on the page as it is afterwards."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from spaces.access import Reader
from views import answers, plain
from words import DataProblem

ONLY_HERE = "only_here_"
"""How what is kept for one page is called in the session: `shell.py` forgets all of it when another page is shown."""

_SAID = f"{ONLY_HERE}said"


def act(part: str, work: Callable[[], str] | Callable[[], None], *, wrong: str = "") -> None:
    """Do something, show the page anew, and say in that part of it what `work` returns, if anything, or what is wrong.

    What is wrong is said in the part `wrong` where there is one, such as beside the button of a form that stays open.
    """
    try:
        said = work()
        if said is not None:
            st.session_state[_SAID] = part, plain.done, said
    except DataProblem as problem:
        st.session_state[_SAID] = wrong or part, plain.problem, str(problem)
    st.rerun()


def say(part: str) -> None:
    """Show what was said last, if it was said here: once.

    There is room for it even where nothing was said: else what is below would move, and a form that is opened would close.
    """
    room = st.container()
    where, show, text = st.session_state.get(_SAID, ("", None, ""))
    if where == part and show:
        del st.session_state[_SAID]
        with room:
            show(text)


def refused(check: Callable[[Reader], None]) -> str:
    """Return why the person looking may not do something, in the rule's own words; empty where they may."""
    try:
        check(answers.reader())
    except DataProblem as problem:
        return str(problem)
    return ""


def check_sure(*, sure: bool) -> None:
    """Raise DataProblem unless the person said that they mean what cannot be taken back."""
    if not sure:
        raise DataProblem("Nothing was done. Tick that you mean it, because it cannot be taken back.")
