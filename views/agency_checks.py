"""The page of agency checks: the panel asks agencies to look at their own open cases; each answers yes, no or not checked, and a band."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from briefing import agency_checks
from briefing.agency_checks import Check
from spaces import access
from spaces.agency_checks import (
    ANSWERED,
    ANSWERS,
    BANDS,
    DUE_IN_WORKING_DAYS,
    FIELD_LABELS,
    LONGEST_TEXT,
    NO,
    NONE,
    OPEN,
    OVERDUE,
    STATE_LABELS,
    WITHDRAWN,
    Question,
)
from views import acts, answers, drafts, plain
from words import _

PART = "agency checks"
WINDOW_DAYS = 28
"""The days first offered: the panel's month."""

MARKS = {OVERDUE: "!", OPEN: "○", ANSWERED: "●", WITHDRAWN: "✕"}


def page() -> None:
    """Show the checks, late ones first, with what fits who is looking: to ask and read, or to answer."""
    st.title(_("Agency checks"))
    st.write(
        _(
            "An agency is asked to look at its own open cases for a place and some days. Back come only yes, no or not checked, about how "
            "many children, and what the agency does: never a name, a reference or an exact number. So help can reach a child tonight, and "
            "no child's record leaves its agency."
        )
    )
    area, reader, today = answers.workspace(), answers.reader(), answers.today()
    acts.say(PART)
    if access.can_ask_agencies(reader):
        found = agency_checks.listed(area, reader, today)
        if late := agency_checks.overdue(found):
            plain.problem(late)
        _ask()
        _withdraw([one for one in found if one.state in (OPEN, OVERDUE)])
    elif agency := _agency():
        found = agency_checks.listed(area, reader, today, agency=agency)
        _answer([one for one in found if one.state != WITHDRAWN])
    else:
        return  # what other agencies were asked and said is for the panel alone
    _list(found)


def _list(found: list[Check]) -> None:
    for state, label in STATE_LABELS.items():
        of_it = [one for one in found if one.state == state]
        if of_it:
            st.header(f"{_(label)} ({len(of_it)})")
            plain.folded((MARKS[state], _called(one), one.reason, _told(one), ()) for one in of_it)
    if not found:
        st.write(_("Nothing has been asked yet."))


def _called(one: Check) -> str:
    return f"{one.agency}: {one.place}"


def _told(one: Check) -> dict[str, str]:
    return {_("Days to look at"): one.period, _("Why it is asked"): one.asked_why} | one.answer


def _ask() -> None:
    area, reader = answers.workspace(), answers.reader()
    number, until = drafts.number(PART), answers.today()
    with st.expander(_("Ask agencies to look")), st.form(f"ask_{number}", border=False):
        names = agency_checks.places_to_choose(area, reader)
        place = st.selectbox(_("Place"), names.index, None, names.__getitem__, placeholder=_("Choose it by its name"))
        left, right = st.columns(2)
        first = left.date_input(_(FIELD_LABELS["first_day"]), until - timedelta(WINDOW_DAYS - 1), format="DD/MM/YYYY")
        last = right.date_input(_(FIELD_LABELS["last_day"]), until, format="DD/MM/YYYY")
        why = st.text_input(_(FIELD_LABELS["asked_why"]), max_chars=LONGEST_TEXT, autocomplete="off")
        st.markdown(_("Which agencies to ask:"))
        asked = [name for name in agency_checks.agencies(area, reader) if st.checkbox(plain.label(name), key=f"ask_{number}_{name}")]
        st.caption(_("Each has {count} working days to answer.", count=DUE_IN_WORKING_DAYS))
        acts.say("ask")
        if st.form_submit_button(_("Ask them"), type="primary"):
            acts.act("ask", lambda: _asked(Question(place or "", first, last, why), asked))


def _withdraw(waiting: list[Check]) -> None:
    if not waiting:
        return
    by_id = {one.check_id: one for one in waiting}
    with st.expander(_("Withdraw a question")), st.form(f"withdraw_{drafts.number(PART)}", border=False):
        chosen = st.selectbox(_("Which question"), by_id, None, lambda one: _of_days(by_id[one]), placeholder=_("Choose it"))
        why = st.text_input(_(FIELD_LABELS["why"]), max_chars=LONGEST_TEXT, autocomplete="off")
        if st.form_submit_button(_("Withdraw it")) and chosen:
            acts.act(PART, lambda: _withdrawn(by_id[chosen], why))


def _agency() -> str:
    names = agency_checks.agencies(answers.workspace(), answers.reader())
    key = f"{acts.ONLY_HERE}agency_{answers.reader().role}"  # another role's choice would stay on the screen, and be none
    chosen = st.selectbox(_("You answer for"), names, None, key=key, placeholder=_("Choose the agency you act for"))
    plain.quiet(_("For now a community safety officer or data steward answers for the agency that they act for. Every answer is audited."))
    return chosen or ""


def _answer(found: list[Check]) -> None:
    if not found:
        return
    by_id = {one.check_id: one for one in found}
    chosen = st.selectbox(
        _("Question to answer"), by_id, None, lambda one: _of_days(by_id[one]), f"{acts.ONLY_HERE}check", placeholder=_("Choose it")
    )
    if not chosen:
        return
    one = by_id[chosen]
    key = f"{chosen}_{one.version}"
    if one.state == ANSWERED:
        plain.quiet(_("This is answered. Whoever answered can correct it here: the answer before is kept in the history."))
    plain.facts(_told(one))
    with st.form(f"answer_{key}"):
        said = st.radio(
            _("Have you open cases of children linked with this place on these days?"),
            ANSWERS,
            None,
            lambda a: _(ANSWERS[a]),
            f"{key}_said",
        )
        bands = [band for band in BANDS if band != NONE]
        band = st.radio(_("About how many children (if yes)"), bands, None, lambda b: _(BANDS[b]), f"{key}_band", horizontal=True)
        st.caption(
            _("A band and never the number: exact numbers of several agencies can be taken from each other until one child is left.")
        )
        action = st.text_area(_(FIELD_LABELS["action_taken"]), max_chars=LONGEST_TEXT, key=f"{key}_action")
        st.caption(_("No name, no reference, no number of a case."))
        by = st.text_input(_(FIELD_LABELS["answered_as"]), max_chars=LONGEST_TEXT, key=f"{key}_by", autocomplete="off")
        acts.say("answer")
        if st.form_submit_button(_("Send the answer"), type="primary"):
            acts.act("answer", lambda: _answered(one, said or "", band or "", action, by))


def _of_days(one: Check) -> str:
    return f"{one.place}, {one.period} ({one.agency})"


def _asked(question: Question, asked: list[str]) -> str:
    area, reader, today = answers.workspace(), answers.reader(), answers.today()
    agency_checks.ask(area, reader, question, asked, today=today, origin="app")
    drafts.done(PART)
    return _("They are asked. What they answer is listed below, and what is late comes first.")


def _answered(one: Check, said: str, band: str, action: str, by: str) -> str:
    band = NONE if said == NO and not band else band
    agency_checks.answer(
        answers.workspace(), answers.reader(), one, said=said, band=band, action_taken=action, answered_as=by, today=answers.today(),
        origin="app",
    )  # fmt: skip
    return _("The panel has your answer. Only panel members read it.")


def _withdrawn(one: Check, why: str) -> str:
    agency_checks.withdraw(answers.workspace(), answers.reader(), one, why=why, origin="app")
    drafts.done(PART)
    return _("The question is withdrawn.")


if __name__ == "__main__":
    page()
