"""The frame around every page: language, the banner, the menu, and what happens when something goes wrong."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

from views import about, answers, plain, planned, review
from words import LANGUAGES, DataProblem, _, languages, speaking

STYLE = Path(__file__).with_name("shell.css")


def main() -> None:
    """Show the page that was asked for, in the language that was chosen."""
    st.set_page_config(page_title="Safer Spaces", layout="wide", initial_sidebar_state="auto")
    st.html(STYLE)
    _keep_choices()
    with speaking(st.session_state.get("language", "en")):
        st.html(f"<style>:root {{ --menu-words: {json.dumps(_('Pages and choices'), ensure_ascii=False)} }}</style>")
        page = st.navigation(
            [
                st.Page(review.page, title=_("Map"), url_path="map", default=True),
                st.Page(planned.page, title=_("Assessments"), url_path="assessments"),
                st.Page(about.page, title=_("About this tool"), url_path="about"),
            ],
            position="top",
        )
        try:
            if answers.workspace().invented:
                with st.container(key="invented"):
                    st.markdown(_("**Everything here is invented**: the town, its streets and every record. Use it to try the tool."))
            page.run()
        except DataProblem as problem:
            plain.problem(str(problem))
        if len(languages()) > 1:
            st.sidebar.selectbox(_("Language"), languages(), format_func=LANGUAGES.__getitem__, key="language")


def _keep_choices() -> None:
    """Keep what is chosen on one page while another is shown: Streamlit forgets a control that is not on the screen."""
    for name in list(st.session_state):
        if str(name).startswith("choose_"):
            st.session_state[name] = st.session_state[name]


main()
