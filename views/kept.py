"""The page of what is kept: how much of whose, since when, how long, and that the audit trail is whole."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from briefing import keeping
from spaces import model
from views import answers, plain
from words import _


def page() -> None:
    """Show the state of the register."""
    st.title(_("What is kept"))
    st.write(_("What the register holds, how long, and whether its trail of who did what is whole. Names and references are never in it."))
    area, reader = answers.workspace(), answers.reader()
    plain.facts(keeping.state(area, reader))
    st.header(_("Records"))
    found = keeping.kept(area, reader)
    kinds = {kind: _(label) for kind, label in model.RECORD_TYPES.items()}
    if found.empty:
        st.write(_("None yet."))
    else:
        plain.grid(
            {_("Told by"): found["agency"].fillna(_("not said")), _("Kind"): found["record_type"].map(kinds).fillna(_("not understood")),
             _("Records"): found["records"].map("{:,}".format)}
        )  # fmt: skip
    st.header(_("Time is over"))
    due = keeping.due(area, reader, datetime.now().astimezone().date())
    if due.empty:
        st.write(_("Nothing is kept longer than the rules say."))
    else:
        plain.grid(
            {_("Kind"): due["record_type"].map(kinds), _("Told by"): due["agency"], _("Year"): due["year"].astype("str"),
             _("Records"): due["records"].map("{:,}".format)}
        )  # fmt: skip
        st.write(_("They are deleted by: safer-spaces purge --do. Counts stay, content does not."))


if __name__ == "__main__":
    page()
