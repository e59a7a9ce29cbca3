"""The page of what is kept: how much of whose, where, and under which key."""

from __future__ import annotations

import streamlit as st

from briefing import keeping
from spaces import model
from views import answers, plain
from words import _


def page() -> None:
    """Show the state of the register."""
    st.title(_("What is kept"))
    st.write(_("What the register is, and how much of whose is in it. Names and references are never in it."))
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


if __name__ == "__main__":
    page()
