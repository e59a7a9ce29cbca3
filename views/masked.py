"""The page of masked venues: how many there are, and the way to add one or let one go. Where they are is shown to nobody."""

from __future__ import annotations

import streamlit as st

from briefing import masked_venues
from views import acts, answers, fields, plain
from words import _, ngettext


def page() -> None:
    """Show how many venues are masked, and the forms to change that."""
    st.title(_("Masked venues"))
    st.write(
        _(
            "Children's homes, refuges, foster homes and referral units must not be given away by a map. What is recorded at a masked "
            "venue is counted and never mapped. Only sealed cells are kept, its own among eleven others: no name, no address."
        )
    )
    count = masked_venues.count(answers.workspace(), answers.reader())
    plain.paragraph(ngettext("{count} venue is masked.", "{count} venues are masked.", count) if count else _("None is masked."))
    st.header(_("Mask a venue"))
    acts.say("mask")
    with st.form("mask", border=False, clear_on_submit=True):
        postcode = st.text_input(_("Its postcode"), max_chars=10, autocomplete="off")
        easting, northing = fields.position()
        asked = st.form_submit_button(_("Mask it"), type="primary")
    if asked:
        _mask(postcode.strip(), easting, northing)
    st.header(_("Let a venue go"))
    acts.say("unmask")
    with st.form("unmask", border=False, clear_on_submit=True):
        number = st.text_input(_("The number that it was given"), max_chars=40, autocomplete="off")
        if st.form_submit_button(_("It is no longer such a venue")):
            _unmask(number.strip())


def _mask(postcode: str, easting: float | None, northing: float | None) -> None:
    def mask() -> str:
        area, reader = answers.workspace(), answers.reader()
        number = masked_venues.add(area, reader, postcode=postcode, easting=easting, northing=northing, origin="app")
        return _("It is masked. Write down this number beside your own list of venues; it is not shown again: {number}", number=number)

    acts.act("mask", mask)


def _unmask(number: str) -> None:
    def unmask() -> str:
        masked_venues.remove(answers.workspace(), answers.reader(), number, origin="app")
        return _("It is no longer masked.")

    acts.act("unmask", unmask)


if __name__ == "__main__":
    page()
