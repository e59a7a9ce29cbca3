"""The part of the retention page about legal holds: those that stand, and the forms to place one and to lift one."""

from __future__ import annotations

import streamlit as st

from briefing import keeping, sentences
from spaces.retention import HOLD_SCOPES
from views import acts, answers, plain
from words import _, ngettext


def show() -> None:
    """Show the legal holds and what can be done about them."""
    st.header(_("Legal holds"))
    acts.say("hold")
    found = keeping.holds(answers.workspace(), answers.reader())
    called = {str(hold_id): _called(row["scope"], row["value"]) for hold_id, row in found.iterrows()}
    if found.empty:
        st.write(_("None was ever placed."))
    else:
        ended = found["lifted_at"].map(lambda moment: _("lifted on {day}", day=sentences.day(moment)) if moment == moment else _("stands"))
        kept = found["records"].map("{:,.0f}".format, na_action="ignore").fillna("")
        plain.grid(
            {_("Of what"): found.index.to_series().map(called), _("Why"): found["reason"],
             _("Placed"): found["placed_at"].map(sentences.day), _("State"): ended, _("Records kept by it"): kept}
        )  # fmt: skip
    _place()
    standing = {str(hold_id): called[str(hold_id)] for hold_id in found.index[found["lifted_at"].isna()]}
    if standing:
        with st.expander(_("Lift a legal hold")), st.form("lift", border=False, clear_on_submit=True):
            hold_id = st.selectbox(_("Legal hold"), standing, format_func=standing.__getitem__)
            if st.form_submit_button(_("Lift it")):
                acts.act("hold", lambda: _lift(hold_id))


def _place() -> None:
    with st.expander(_("Place a legal hold")):
        scopes = {scope: _(label) for scope, label in HOLD_SCOPES.items()}
        scope = st.selectbox(_("Of what"), scopes, format_func=scopes.__getitem__)
        with st.form("place", border=False, clear_on_submit=True):
            value = ""
            if scope == "agency":
                value = st.selectbox(_("Agency"), keeping.agencies(answers.workspace(), answers.reader()))
            elif scope == "incident":
                value = st.text_input(_("Number of the incident, as the agency writes it"), max_chars=200, autocomplete="off")
            reason = st.text_input(_("Why (it stays with the hold, so name nobody)"), max_chars=300)
            if st.form_submit_button(_("Place it")):
                acts.act("hold", lambda: _placed(scope, value or "", reason))


def _placed(scope: str, value: str, reason: str) -> str:
    area, reader = answers.workspace(), answers.reader()
    hold_id = keeping.place_hold(area, reader, scope, value, reason, origin="app")
    kept = int(keeping.holds(area, reader)["records"].fillna(0)[hold_id])
    if not kept:
        return _("The hold stands, and keeps no record yet. Check what it is of.")
    return ngettext("The hold stands, and keeps {count} record.", "The hold stands, and keeps {count} records.", kept)


def _lift(hold_id: str) -> str:
    keeping.lift_hold(answers.workspace(), answers.reader(), hold_id, origin="app")
    return _("The hold is lifted. What is due can be deleted again.")


def _called(scope: str, value: str) -> str:
    """Say what a hold is of."""
    if scope == "agency":
        return _("all records of {agency}", agency=value)
    return _("incident {number}", number=value) if scope == "incident" else _(HOLD_SCOPES["everything"])
