"""The page of possible duplicates: two agencies' records side by side, and the question whether they tell of one incident."""

from __future__ import annotations

from functools import partial

import streamlit as st

from briefing import duplicates
from briefing.duplicates import Pair
from spaces.duplicates import SAME, VERDICTS
from views import acts, answers, plain
from views.going import go_to
from words import _, ngettext

AT, TURNS = f"{acts.ONLY_HERE}pair", f"{acts.ONLY_HERE}turns"
"""Which pair is on the screen, and how often another came: what a phone shows is then below the new one."""


def page() -> None:
    """Show the pairs to compare, and those that were decided."""
    st.title(_("Possible duplicates"))
    st.write(
        _(
            "Two agencies may have told of one incident: the same harm, at one place, in one night. Say so and it counts once, as does the "
            "child where each agency names one; both records stay as they were told. Where you are not sure, ask the agencies: until it is "
            "decided they count as two."
        )
    )
    _to_compare()
    _decided()


def _to_compare() -> None:
    found = duplicates.asked(answers.workspace(), answers.reader(), st.session_state.get(AT, 0))
    if found.count:
        plain.heading(ngettext("{count} pair to compare", "{count} pairs to compare", found.count), name="compare")
    else:
        plain.heading(_("There is nothing to compare"), name="compare")
    if turns := st.session_state.get(TURNS, 0):
        go_to("compare", f"duplicates {turns} {found.pair and found.pair.record_id}")
    acts.say("compare")
    if found.pair is None:
        return
    with st.container(border=True, gap="small"):
        plain.heading(found.pair.title)
        _side_by_side(found.pair)
        with st.container(horizontal=True):
            for verdict, words in VERDICTS.items():
                if st.button(_(words), key=f"{verdict} {found.pair.record_id} {found.pair.other_id}"):  # of this pair and no other
                    acts.act("compare", partial(_decide, found.pair, found.at, verdict))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(_("The pair before"), on_click=_turn_to, args=(found.at - 1,), disabled=not found.at)
            st.button(_("The next pair"), on_click=_turn_to, args=(found.at + 1,), disabled=found.at + 1 == found.count)
            plain.quiet(_("Pair {at:,} of {count:,}", at=found.at + 1, count=found.count))


def _side_by_side(pair: Pair) -> None:
    told = duplicates.told(answers.workspace(), answers.reader(), pair)
    plain.grid({_("What it says"): told.index.to_series(), _("One record"): told[0], _("The other"): told[1]})


def _decided() -> None:
    found = duplicates.decided(answers.workspace(), answers.reader())
    if not found:
        return
    st.header(_("Decided"))
    titles = [f"{pair.verdict}: {pair.title}" for pair in found]
    chosen = st.selectbox(
        ngettext("{count} decision", "{count} decisions", len(found)), range(len(found)), format_func=titles.__getitem__, index=None,
        placeholder=_("Choose one to look at it again"),
    )  # fmt: skip
    if chosen is not None:
        _side_by_side(found[chosen])
        if st.button(_("Take this decision back")):
            acts.act("compare", lambda: _take_back(found[chosen]))


def _turn_to(at: int) -> None:
    st.session_state[AT] = at
    st.session_state[TURNS] = st.session_state.get(TURNS, 0) + 1


def _decide(pair: Pair, at: int, verdict: str) -> str:
    duplicates.decide(answers.workspace(), answers.reader(), pair, verdict, origin="app")
    _turn_to(at)  # where the next one is now
    if verdict == SAME:
        return _("{pair}: counted as the same incident from now on.", pair=pair.title)
    return _("{pair}: counted as two incidents, and not asked about again.", pair=pair.title)


def _take_back(pair: Pair) -> str:
    duplicates.take_back(answers.workspace(), answers.reader(), pair, origin="app")
    _turn_to(st.session_state.get(AT, 0))
    return _("{pair}: the decision is taken back. It is among those to compare again.", pair=pair.title)


if __name__ == "__main__":
    page()
