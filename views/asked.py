"""The child that the rights desk has on the screen: whose reference it is by, and what is held. Forgotten with the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd
import streamlit as st

from briefing import keeping
from views import answers
from views.acts import ONLY_HERE
from words import DataProblem, _, language, ngettext, speaking

_ASKED = f"{ONLY_HERE}asked"


@dataclass(frozen=True)
class Asked:
    """Who was asked for. Neither the reference nor what is held shows where this is written out, such as in a log."""

    agency: str
    reference: str = field(repr=False)
    found: pd.DataFrame = field(repr=False)


def asked() -> Asked | None:
    """Return who is on the screen, if anybody is."""
    found: Asked | None = st.session_state.get(_ASKED)
    return found


def agency_words(agency: str) -> str:
    """Return what an agency is called: some records do not say whose they are."""
    return agency or _("no agency said")


def look_for(agency: str | None, reference: str) -> str:
    """Find what is held of a child, put it on the screen where there is any, and say how much that is."""
    if agency is None:
        raise DataProblem("Choose the agency whose reference it is: the same reference of another is another child.")
    found = keeping.find_child(answers.workspace(), answers.reader(), agency, reference, origin="app")
    put_away()
    if found.empty:
        return _("Nothing is held under this reference of {agency}.", agency=agency_words(agency))
    st.session_state[_ASKED] = Asked(agency, reference, found)
    now = int(found["current"].sum())
    said = ngettext("{count} record is held.", "{count} records are held.", now)
    if len(found) > now:
        said += " " + ngettext("{count} earlier version is kept.", "{count} earlier versions are kept.", len(found) - now)
    return said


def put_away() -> None:
    """Forget who is on the screen."""
    st.session_state.pop(_ASKED, None)


def do(child: Asked, work: Callable[[], str]) -> str:
    """Return what `work` says it did, with what is held as it is afterwards on the screen, even if it could not be done."""
    try:
        return work()
    finally:
        look_for(child.agency, child.reference)


def copy_of(child: Asked, kind: str) -> Callable[[], bytes]:
    """Return what makes a copy to give away, when and if somebody asks for it."""
    area, reader, said_in = answers.workspace(), answers.reader(), language()

    def make() -> bytes:
        with speaking(said_in):  # Streamlit asks from a thread of its own, which speaks English
            return keeping.copy_of_child(area, reader, child.agency, child.reference, kind, origin="app")

    return make
