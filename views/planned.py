"""The assessments page: every place the panel has decided to look into."""

from __future__ import annotations

import streamlit as st

from briefing import sentences
from views import answers, plain
from words import _


def page() -> None:
    """Show the assessments planned so far, newest first."""
    st.title(_("Assessments"))
    st.write(_("Each is of a place, never of a child. Open the map to plan another."))
    planned = answers.planned()
    if planned.empty:
        st.info(_("None planned yet. Open a place on the map and choose “Plan the assessment”."))
        return
    for row in planned.to_dict("records"):
        with st.container(border=True, gap="small"):
            plain.heading(row["name"])
            plain.quiet(f"{row['kind']} · {row['status']}")
            plain.paragraph(row["why"])
            plain.paragraph(_("Led by {lead}. Begins by {day}.", lead=row["lead"], day=sentences.day(row["begin_by"])))


if __name__ == "__main__":
    page()
