"""The rights desk: what is held of one child, found by an agency's own reference, put right, left out of use, or erased."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from briefing import held, keeping
from views import acts, answers, asked, correcting, plain, restricting
from views.asked import Asked
from words import _


def page() -> None:
    """Show the desk, or what is held of the child that was asked for."""
    st.title(_("Rights desk"))
    st.write(
        _(
            "A child, or whoever speaks for them, may ask what is held, have it put right, have it left out of use, or have it erased. "
            "They are found by an agency's own reference: the register does not hold it, only what its key makes of it."
        )
    )
    acts.say("find")
    child = asked.asked()
    if child is None:
        acts.say("erase")
        _find()
    else:
        _held(child)
        correcting.show(child)
        restricting.show(child)


def _find() -> None:
    agencies = keeping.agencies(answers.workspace(), answers.reader())
    if not agencies:
        st.write(_("The register holds no records yet."))
        return
    agency = st.selectbox(
        _("Whose reference it is"), agencies, None, format_func=asked.agency_words, placeholder=_("Choose the agency")
    )  # fmt: skip
    with st.form("find", clear_on_submit=True, border=False):
        reference = st.text_input(_("Reference for the child, as that agency writes it"), max_chars=200, autocomplete="off")
        st.caption(_("It is forgotten when you leave this page. The audit trail notes that you looked, and not for whom."))
        if st.form_submit_button(_("Find"), type="primary"):
            acts.act("find", lambda: asked.look_for(agency, reference))


def _held(child: Asked) -> None:
    plain.heading(_("{reference}, {agency}", reference=child.reference, agency=asked.agency_words(child.agency)))
    told = held.side_by_side(child.found)
    plain.grid({_("What it says"): told.index.to_series()} | {str(heading): told[heading] for heading in told})
    with st.container(horizontal=True):
        for kind, words in (("xlsx", _("Save a copy as a spreadsheet")), ("csv", _("Save a copy as CSV"))):
            name = f"what-is-held-{datetime.now().astimezone():%Y-%m-%d}.{kind}"
            st.download_button(words, asked.copy_of(child, kind), file_name=name, on_click="ignore", icon=":material/download:")
        st.button(_("Done with this child"), on_click=asked.put_away)


if __name__ == "__main__":
    page()
