"""The audit trail: who did what, why, when and from where, and whether the trail is whole. Never what was in it."""

from __future__ import annotations

import streamlit as st

from briefing import keeping, sentences
from views import acts, answers, plain
from words import _, ngettext

LATEST = 50
"""About what one steward does in a week."""


def page() -> None:
    """Show the head of the trail, the check against one that was written down, and the latest events."""
    st.title(_("Audit trail"))
    st.write(
        _(
            "What was done to the register, by whom and why, and never what was in it. Each event is sealed with the one before, so one "
            "that is changed or taken out shows. A trail cut off at its end shows only against a head that was written down elsewhere."
        )
    )
    area, reader = answers.workspace(), answers.reader()
    head = keeping.check_audit(area, reader, None)
    plain.done(ngettext("The audit trail is whole: {count} event.", "The audit trail is whole: {count} events.", head.number))
    st.header(_("Head"))
    st.write(_("Write it down where nobody who keeps the register can change it: a colleague's minutes, a letter, a safe."))
    st.code(str(head), language=None, wrap_lines=True)
    acts.say("check")
    with st.form("check", border=False):
        written_down = st.text_input(_("A head that was written down before"), max_chars=100, autocomplete="off")
        if st.form_submit_button(_("Check the trail against it")):
            acts.act("check", lambda: _check(written_down))
    st.header(_("The latest {count} events", count=LATEST))
    found = keeping.trail(area, reader, LATEST)
    if found.empty:
        st.write(_("None yet."))
        return
    plain.grid(
        {_("Event"): found.index.to_series(), _("When"): found["happened_at"].map(sentences.moment), _("Who"): found["actor"],
         _("What"): found["action"], _("Why"): found["reason"], _("From where"): found["origin"]}
    )  # fmt: skip


def _check(written_down: str) -> str:
    head = keeping.check_audit(answers.workspace(), answers.reader(), written_down)
    return ngettext(
        "The trail is whole and passes through that head: {count} event by now.",
        "The trail is whole and passes through that head: {count} events by now.",
        head.number,
    )


if __name__ == "__main__":
    page()
