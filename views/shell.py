"""The frame around every page: language, the banner, the menu, and what happens when something goes wrong."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from spaces.access import ROLE_LABELS, Role
from views import (
    about,
    acts,
    agency_checks,
    agreements,
    answers,
    backups,
    duplicates,
    files,
    finding,
    flag,
    flags,
    kept,
    lamp_faults,
    masked,
    method,
    plain,
    planned,
    referrals,
    retention,
    review,
    rights,
    safe_places,
    sessions,
    spaces,
    trail,
)
from words import LANGUAGES, DataProblem, _, languages, speaking

STYLE = Path(__file__).with_name("shell.css")


def main() -> None:
    """Show the page that was asked for, in the language that was chosen."""
    st.set_page_config(page_title="Safer Spaces", layout="wide", initial_sidebar_state="auto")
    st.html(STYLE)
    _keep_choices()
    with speaking(st.session_state.get("language", "en")):
        st.html(f"<style>:root {{ --menu-words: {json.dumps(_('Pages and choices'), ensure_ascii=False)} }}</style>")
        _look_as()
        page = st.navigation(_pages(), position="top", expanded=True)
        _forget_another_page(page)
        # Streamlit gives the page where somebody begins no address; for youth workers that is the one young people use.
        with speaking(flag.said_in()) if not page.url_path and _role() is Role.YOUTH_WORKER else nullcontext():
            _show(page)
        if len(languages()) > 1:
            st.sidebar.selectbox(_("Language"), languages(), format_func=LANGUAGES.__getitem__, key="language")


def _show(page: StreamlitPage) -> None:
    try:
        if answers.workspace().invented:
            with st.container(key="invented"):
                st.markdown(_("**Everything here is invented**: the town, its streets and every record. Use it to try the tool."))
        page.run()
    except DataProblem as problem:
        plain.problem(str(problem))


def _pages() -> dict[str, list[StreamlitPage]]:
    """Return the pages of the person looking, some under a heading that opens; the first is where they begin."""
    read_on = st.Page(about.page, title=_("About this tool"), url_path="about")
    worked_out = st.Page(method.page, title=_("How it is worked out"), url_path="method")
    safe = st.Page(safe_places.page, title=_("Safe places"), url_path="safe-places")
    lamps = st.Page(lamp_faults.page, title=_("Lamp faults"), url_path="lamp-faults")
    heard = st.Page(sessions.page, title=_("Sessions with young people"), url_path="sessions")
    said = st.Page(flags.page, title=_("What people said"), url_path="what-people-said")
    referred = st.Page(referrals.page, title=_("Referrals of places"), url_path="referrals")
    asked = st.Page(agency_checks.page, title=_("Agency checks"), url_path="agency-checks")
    assessed = st.Page(planned.page, title=_("Assessments"), url_path="assessments")
    if _role() is Role.DATA_STEWARD:
        return {
            "": [
                st.Page(files.page, title=_("Files"), url_path="files", default=True),
                st.Page(finding.page, title=_("Places to find"), url_path="finding"),
                st.Page(duplicates.page, title=_("Possible duplicates"), url_path="duplicates"),
                st.Page(agreements.page, title=_("Agreements"), url_path="agreements"),
                st.Page(rights.page, title=_("Rights desk"), url_path="rights"),
                read_on,
            ],
            _("Looking after it"): [
                said,
                heard,
                safe,
                lamps,
                referred,
                asked,
                worked_out,
                st.Page(kept.page, title=_("What is kept"), url_path="kept"),
                st.Page(retention.page, title=_("Retention"), url_path="retention"),
                st.Page(masked.page, title=_("Masked venues"), url_path="masked"),
                st.Page(backups.page, title=_("Backups"), url_path="backups"),
                st.Page(trail.page, title=_("Audit trail"), url_path="trail"),
            ],
        }
    if _role() is Role.YOUTH_WORKER:
        flagging = st.Page(flag.page, title=_("Flag a place"), url_path="flag", default=True)
        return {"": [flagging, said, heard, safe], _("More"): [lamps, assessed, referred, read_on]}
    if _role() is Role.COMMUNITY_SAFETY_OFFICER:
        return {"": [safe, lamps, said], _("More"): [assessed, referred, asked, read_on]}
    return {
        "": [
            st.Page(review.page, title=_("Map"), url_path="map", default=True),
            st.Page(spaces.page, title=_("Places"), url_path="places"),
            assessed,
        ],
        _("What we are told"): [said, heard, referred, asked],
        _("What it is like there"): [safe, lamps],
        _("About"): [worked_out, read_on],
    }


def _role() -> Role:
    try:
        return answers.reader().role
    except DataProblem:
        return Role.PANEL_MEMBER  # the page itself says what is wrong


def _look_as() -> None:
    """Let a visitor of the invented town try out who sees what."""
    try:
        invented = answers.workspace().invented
    except DataProblem:
        return
    if invented:
        words = {role: _(ROLE_LABELS[role]) for role in answers.SAMPLE_READERS}
        st.sidebar.selectbox(_("Try it as"), words, format_func=words.__getitem__, key="role")


def _forget_another_page(page: StreamlitPage) -> None:
    """Forget what was kept for one page, such as a child's reference, when another is shown or somebody else looks."""
    shown = (_role(), page.url_path)
    if st.session_state.get("shown") != shown:
        for name in list(st.session_state):
            if str(name).startswith(acts.ONLY_HERE):
                del st.session_state[name]
        st.session_state["shown"] = shown


def _keep_choices() -> None:
    """Keep what is chosen on one page while another is shown: Streamlit forgets a control that is not on the screen."""
    for name in list(st.session_state):
        if str(name).startswith("choose_"):
            st.session_state[name] = st.session_state[name]


main()
