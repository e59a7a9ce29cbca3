"""The page that says what the tool is for, how it counts and what it cannot know."""

from __future__ import annotations

import streamlit as st

from words import _


def page() -> None:
    """Show what everything on the other pages means."""
    st.title(_("About this tool"))
    st.markdown(
        _(
            "Safer Spaces finds places where children are harmed outside the home, so that the place can be changed. It never "
            "scores, ranks or maps a child. No reports is not no harm: everything here is what someone recorded."
        )
    )
    st.header(_("What counts as repeat harm"))
    st.markdown(
        _(
            "At least two incidents, on at least two days, to at least two different children. Partners rarely share an identifier,"
            " so different children are given as a range: the low end counts only children who are certainly different, within one "
            "agency; the high end is the sum over agencies. One child known to two agencies is therefore never mistaken for two."
        )
    )
    st.header(_("What counts as a hotspot"))
    st.markdown(
        _(
            "The area is cut into hexagons. The same number of incidents is scattered over them by chance, many times, and a hexagon "
            "is called a hotspot only if it and those round it hold more than chance put anywhere in 19 of 20 of those worlds. So a quiet "
            "area is told that it has a hotspot at most once in twenty looks, however few the records. A busy place has more of "
            "everything: more recorded harm than an even spread is a reason to look, not a finding."
        )
    )
    st.header(_("What is left out"))
    st.markdown(
        _(
            "Records that cannot be placed are counted under the map with the reason. Points that a partner's system gives to many "
            "different places are not used. Places where a child went missing, was found or moved through are not where "
            "harm happened. Flags, witnesses, people over 25, what police activity alone turned up, "
            "and young people who harmed others are never counted."
        )
    )


if __name__ == "__main__":
    page()
