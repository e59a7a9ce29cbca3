"""What is always said where places are flagged: nobody watches this page, and whom to tell when a child may be in danger now."""

from __future__ import annotations

import streamlit as st

from briefing import flags
from views import answers, plain
from words import _


def show() -> None:
    """Say that nobody watches, and open whom to tell at one touch."""
    plain.quiet(_("Nobody watches this page. If somebody is in danger now, ring 999."))
    with st.expander(_("Somebody is in danger now")):
        tell()


def tell() -> None:
    """Say whom to tell: 999, the council's own front door, and the worker's form with the duty lead."""
    told = flags.whom_to_tell(answers.workspace())
    door = told.front_door or _("your council's children's services: its website has the number, by day and by night")
    lead = told.duty_lead or _("the manager on duty in your team")
    plain.problem(_("Ring 999 if somebody is hurt or in danger now. You do not have to be sure."))
    plain.bullets([_("Worried about a child: {door}", door=door), _("Workers, tell: {lead}", lead=lead)])
    if told.referral_form:
        st.link_button(_("Open the worker's referral form"), told.referral_form)
    else:
        plain.quiet(_("Workers: use your own referral form. A flag is not a referral, and nobody acts on it today."))
