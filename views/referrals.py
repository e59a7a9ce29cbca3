"""The page of referrals of places: the form that refers one, how long each has waited, and for the panel the answer."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from briefing import place_referrals, spaces
from briefing.place import KIND_LABELS
from briefing.place_referrals import Letter
from spaces import access, space
from spaces.access import ROLE_LABELS
from spaces.place_referrals import (
    ACCEPTED,
    DECLINED,
    FIELD_LABELS,
    LONGEST_AGENCY,
    LONGEST_TEXT,
    LONGEST_WORDS,
    RAISED,
    READ,
    STATE_LABELS,
    Referral,
)  # fmt: skip
from views import acts, answers, drafts, fields, plain
from words import N_, DataProblem, _, ngettext

CHOSEN = f"{acts.ONLY_HERE}referral"
"""Which referral the panel has open."""

NEW = "new"

REPLIES = {
    ACCEPTED: N_("Thank you. The panel has taken this place on, and you will hear what comes of it."),
    DECLINED: N_("Thank you. The panel has looked at this place and does not take it on now, because"),
}
"""How a reply begins, to be written on."""


def page() -> None:
    """Show the form, and the referrals with their clocks: the panel's inbox, or one's own kind of work."""
    st.title(_("Referrals of places"))
    st.write(
        _(
            "Ask for help for a place, not for a child: light, a trusted adult nearby, somebody who talks to whoever runs it. The panel "
            "reads each within a week, and answers within four."
        )
    )
    found = place_referrals.inbox(answers.workspace(), answers.reader(), answers.today())
    late = sum(letter.overdue for letter in found)
    if late:
        plain.problem(ngettext("{count} referral is overdue.", "{count} referrals are overdue.", late))
    acts.say("referrals")
    _refer()
    for state, label in STATE_LABELS.items():
        those = [letter for letter in found if letter.state == state]
        if those:
            st.header(f"{_(label)} ({len(those)})")
        for letter in those:
            _show(letter)
    if not found:
        st.write(_("None yet."))


def _refer() -> None:
    with st.expander(_("Refer a place")), st.form(f"refer_{drafts.number('refer')}", border=False):
        names = answers.workspace().places["name"].sort_values()
        feature = st.selectbox(
            _("Which place"), names.index, index=None, format_func=names.__getitem__, placeholder=_("Choose a place of the map")
        )
        words = st.text_input(_(FIELD_LABELS["whereabouts"]), max_chars=LONGEST_WORDS, autocomplete="off")
        easting, northing = fields.position()
        why = st.text_area(_(FIELD_LABELS["why"]), max_chars=LONGEST_TEXT, height=80)
        wants = st.text_area(_(FIELD_LABELS["wants"]), max_chars=LONGEST_TEXT, height=80)
        role = _(ROLE_LABELS[answers.reader().role])
        sender = st.text_input(_(FIELD_LABELS["from_agency"]), role, max_chars=LONGEST_AGENCY, autocomplete="off")
        st.caption(_("Name no child and no adult here, and nothing they could be known by."))
        if st.form_submit_button(_("Refer it"), type="primary"):
            acts.act("referrals", lambda: _referred(Referral(sender, why, wants, words, feature or "", easting, northing)))


def _referred(referral: Referral) -> str:
    place_referrals.refer(answers.workspace(), answers.reader(), referral, today=answers.today(), origin="app")
    drafts.done("refer")
    return _("It is with the panel. Here you see when it is read, and what is answered.")


def _show(letter: Letter) -> None:
    with st.container(border=True, gap="small"):
        plain.heading(letter.where)
        (plain.problem if letter.overdue else plain.paragraph)(letter.clock)
        plain.quiet(_("From {sender}", sender=letter.sender))
        acts.say(letter.referral_id)
        chosen = st.session_state.get(CHOSEN) == letter.referral_id
        may = access.can_answer_place_referrals(answers.reader())
        if may and letter.state in (RAISED, READ) and not chosen:
            label = _("Read it") if letter.state == RAISED else _("Answer it")
            st.button(label, key=f"read_{letter.referral_id}", on_click=_open, args=(letter,))
            return
        told = {_(FIELD_LABELS["why"]): letter.why, _(FIELD_LABELS["wants"]): letter.wants}
        told |= {_("Declined because"): letter.reason} if letter.reason and may else {}
        told |= {_(FIELD_LABELS["reply"]): letter.reply} if letter.reply else {}
        plain.facts(told)
        if may and letter.state in (RAISED, READ):
            _answer(letter)


def _open(letter: Letter) -> None:
    """Open a referral, which is read by that."""
    st.session_state[CHOSEN] = letter.referral_id
    if letter.state == RAISED:
        try:
            place_referrals.mark_read(answers.workspace(), answers.reader(), letter, today=answers.today(), origin="app")
        except DataProblem:
            return  # somebody else has read it a moment ago, which the page now says


def _answer(letter: Letter) -> None:
    key = f"{acts.ONLY_HERE}{letter.referral_id}_"
    words = {ACCEPTED: _("Accept it"), DECLINED: _("Decline it")}
    decision = st.radio(_("The panel's answer"), words, None, format_func=words.__getitem__, horizontal=True, key=f"{key}decision")
    if decision is None:
        return
    with st.form(f"{key}form", border=False):
        into = name = kind = reason = ""
        if decision == ACCEPTED:
            into, name, kind = _where(letter, key)
        else:
            reason = st.text_area(_(FIELD_LABELS["reason"]), max_chars=LONGEST_TEXT, height=80, key=f"{key}reason")
        reply = st.text_area(_("The reply that goes back"), _(REPLIES[decision]), max_chars=LONGEST_TEXT, height=80, key=f"{key}{decision}")
        if st.form_submit_button(_("Send the answer"), type="primary"):
            accepts = partial(_accepted, letter, into, name, kind, reply)
            declines = partial(_declined, letter, reason, reply)
            acts.act("referrals", accepts if decision == ACCEPTED else declines, wrong=letter.referral_id)


def _where(letter: Letter, key: str) -> tuple[str, str, str]:
    """Ask which place it is: a new one, with its name and kind where the map has none, or one of the list."""
    begun = place_referrals.begun(answers.workspace(), letter)
    names = {NEW: _("A new place")} if begun.boundary is not None else {}
    names |= {one.space_id: one.name for one in spaces.listed(answers.workspace(), answers.reader(), answers.today())}
    into = st.selectbox(_("Which place it is"), names, format_func=names.__getitem__, key=f"{key}into") or ""
    if begun.boundary is None:
        plain.quiet(_("It was told in words only. Choose a place of the list; raise it there first where it is none yet."))
    if begun.feature_id or begun.boundary is None:
        return into, begun.name, begun.kind
    name = st.text_input(_("What a new place is called"), max_chars=space.LONGEST_NAME, autocomplete="off", key=f"{key}name")
    kinds = {kind: _(KIND_LABELS[kind]) for kind in space.KINDS if kind not in (space.ONLINE, space.EVENT)}
    kind = st.selectbox(_("What kind of place"), kinds, format_func=kinds.__getitem__, key=f"{key}kind")
    return into, name, kind


def _accepted(letter: Letter, into: str, name: str, kind: str, reply: str) -> str:
    area, reader, today = answers.workspace(), answers.reader(), answers.today()
    raises = replace(place_referrals.begun(area, letter), name=name, kind=kind) if into == NEW else None
    joins = "" if into == NEW else into
    place_referrals.accept(area, reader, letter, reply=reply, raises=raises, joins=joins, today=today, origin="app")
    return _("It is accepted, the place is in the list, and the reply is kept.")


def _declined(letter: Letter, reason: str, reply: str) -> str:
    area, reader, today = answers.workspace(), answers.reader(), answers.today()
    place_referrals.decline(area, reader, letter, reason=reason, reply=reply, today=today, origin="app")
    return _("It is declined, and the reply is kept.")


if __name__ == "__main__":
    page()
