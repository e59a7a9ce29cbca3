"""The part of the rights desk where a child's records are left out of use for a while, or erased for good."""

from __future__ import annotations

import streamlit as st

from briefing import keeping
from views import acts, answers, asked
from views.asked import Asked
from words import _, ngettext


def show(child: Asked) -> None:
    """Offer to restrict the records, to lift the restriction, and to erase them."""
    _restrict(child)
    _erase(child)


def _restrict(child: Asked) -> None:
    st.header(_("Restrict"))
    st.write(_("While an objection or a doubt is looked into, the records stay and are used for nothing: no map, no count, no list."))
    acts.say("restrict")
    restricted = child.found.loc[child.found["current"].astype(bool), "restricted"].astype(bool)
    if not restricted.all() and st.button(_("Restrict the records")):
        acts.act("restrict", lambda: asked.do(child, lambda: _set_restricted(child, lifted=False)))
    if restricted.any() and st.button(_("Lift the restriction")):
        acts.act("restrict", lambda: asked.do(child, lambda: _set_restricted(child, lifted=True)))


def _set_restricted(child: Asked, *, lifted: bool) -> str:
    where = (answers.workspace(), answers.reader(), child.agency, child.reference)
    count = keeping.restrict_child(*where, lifted=lifted, origin="app")
    if lifted:
        return ngettext("{count} record is used again.", "{count} records are used again.", count)
    return ngettext("{count} record is restricted.", "{count} records are restricted.", count)


def _erase(child: Asked) -> None:
    st.header(_("Erase"))
    st.write(_("All of it is deleted, and stays so: neither a later file nor a backup that is restored brings it back."))
    acts.say("erase")
    with st.form("erase", clear_on_submit=True):
        sure = st.checkbox(_("Erase all that is held of this child. This cannot be taken back."))
        if st.form_submit_button(_("Erase")):
            acts.act("erase", lambda: asked.do(child, lambda: _erased(child, sure=sure)))


def _erased(child: Asked, *, sure: bool) -> str:
    acts.check_sure(sure=sure)
    count = keeping.erase_child(answers.workspace(), answers.reader(), child.agency, child.reference, origin="app")
    return ngettext("{count} record is erased.", "{count} records are erased.", count)
