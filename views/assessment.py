"""One assessment, its steps down the page: what is next, what was gathered, weighed and agreed, and what young people say afterwards."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pandas as pd
import streamlit as st

from briefing import assessing as writing
from briefing import assessments, sentences
from briefing.assessments import Opened
from spaces import access
from spaces.assessing import CLOSED, CONFERENCE, NOT_ASKED, REVIEWING, STATES, STATUS_LABELS, VERDICTS, WEIGHING, check_approve_reason
from spaces.assessments import LONGEST_ANSWER, LONGEST_TEXT, MOST_HEARD, MOST_WEIGHED, Conference, Verdict, Weighed
from views import acts, answers, assessing, assessment_gathered, assessment_plan, drafts, fields, plain
from words import _

A_QUARTER = timedelta(weeks=13)
"""When the same is asked again, unless another day is set: the panel's longest review."""


def show(assessment_id: str) -> None:
    """Show one assessment, with a form for each thing that can be written at its step."""
    found = assessments.opened(answers.workspace(), answers.reader(), assessment_id, answers.today())
    st.button(_("All assessments"), on_click=_back_to_list, icon=":material/arrow_back:")
    st.title(_("Assessment"))
    plain.heading(found.name, name="assessment")
    step = STATES.index(found.state) + 1
    state = _(STATUS_LABELS[found.state])
    plain.quiet(_("{kind} · step {step} of {all}: {state}", kind=found.kind, step=step, all=len(STATES), state=state))
    for note in found.notes:
        plain.problem(note)
    if found.why:
        plain.paragraph(found.why)
    plain.paragraph(assessing.led_by(found.lead, found.begin_by, found.state))
    if found.review_on and found.state != CLOSED:
        plain.paragraph(_("The same is asked again by {day}.", day=sentences.day(found.review_on)))
    _next(found)
    assessment_gathered.show(found)
    if found.whole:
        _weighed(found)
        _conference(found)
    assessment_plan.show(found)
    assessment_gathered.harms(found)
    _verdict(found)


def _next(found: Opened) -> None:
    st.header(_("What is next"))
    acts.say("next")
    onward = [move for move in found.moves if not move.back]
    back = [move for move in found.moves if move.back and not move.refusal]
    for move in onward:
        label = _("Move on to: {state}", state=_(STATUS_LABELS[move.to]))
        if st.button(label, key=f"move_{move.to}", disabled=bool(move.refusal), type="primary"):
            acts.act("next", partial(_moved, found, move.to, ""))
        if move.refusal:
            plain.quiet(move.refusal)
    if not onward:
        plain.paragraph(_("It is closed. What was learnt stays here to read."))
    if back:
        assessing.button("back", _("Go back a step"))
        if assessing.is_open("back"):
            with st.form("back_form"):
                options = {move.to: STATUS_LABELS[move.to] for move in back}
                to = fields.choice(_("Back to"), options, f"{acts.ONLY_HERE}back_to", back[0].to)
                reason = st.text_input(_("Why it goes back"), max_chars=LONGEST_ANSWER, autocomplete="off", key=f"{acts.ONLY_HERE}back_why")
                acts.say("back")
                if st.form_submit_button(_("Go back"), type="primary"):
                    assessing.write("next", "back", lambda: _moved(found, to, reason))


def _weighed(found: Opened) -> None:
    st.header(_("Weigh: what must change first"))
    acts.say("weighed")
    if found.weighed:
        numbers = [str(number) for number in range(1, len(found.weighed) + 1)]
        order = pd.DataFrame([(one.change, one.because) for one in found.weighed], columns=["change", "because"], dtype="str")
        plain.grid({_("Order"): pd.Series(numbers), _("What must change"): order["change"], _("Why it comes here"): order["because"]})
        plain.paragraph(_("Seen differently: {dissent}", dissent=found.dissent or _("by nobody who was asked")))
    if found.state not in (WEIGHING, CONFERENCE):
        if not found.weighed:
            plain.quiet(_("This comes after gathering."))
        return
    assessing.button("weigh", _("Put it in order"))
    if not assessing.is_open("weigh"):
        return
    seen, at = drafts.seen("weigh", found.version), drafts.prefix("weigh")
    with st.form("weigh_form"):
        assessing.now_says("weigh", "; ".join(thing.change for thing in found.weighed))
        written = []
        for number in range(1, MOST_WEIGHED + 1):
            begun = found.weighed[number - 1] if number <= len(found.weighed) else Weighed("", "")
            left, right = st.columns(2)
            key = f"{at}{number}"
            what = _("{number}. What must change", number=number)
            change = left.text_input(what, begun.change, max_chars=LONGEST_ANSWER, autocomplete="off", key=f"{key}_change")
            because = right.text_input(
                _("Why it comes here ({number})", number=number), begun.because, max_chars=LONGEST_ANSWER, key=f"{key}_because"
            )
            written.append(Weighed(change, because))
        dissent = st.text_area(_("Who sees it differently, and how (roles)"), found.dissent, max_chars=LONGEST_ANSWER, key=f"{at}dissent")
        acts.say("weigh")
        if st.form_submit_button(_("Keep this order"), type="primary"):
            assessing.write("weighed", "weigh", lambda: _keep_order(found, written, dissent, seen))


def _conference(found: Opened) -> None:
    st.header(_("Context conference"))
    acts.say("conference")
    held = found.conference
    if held:
        plain.facts(
            {_("Held on"): sentences.day(_date(held["on"])), _("Who was there"): held["there"], _("What was agreed"): held["agreed"],
             _("Seen differently"): held["dissent"] or _("by nobody")}
        )  # fmt: skip
    if found.state != CONFERENCE:
        if not held:
            plain.quiet(_("This comes after weighing: first goals are agreed, then a plan."))
        return
    assessing.button("confer", _("Change the record") if held else _("Write down the conference"))
    if not assessing.is_open("confer"):
        return
    seen, at = drafts.seen("confer", found.version), drafts.prefix("confer")
    with st.form("confer_form"):
        assessing.now_says("confer", held.get("agreed", ""))
        left, right = st.columns(2)
        with left:
            on = fields.day(_("Held on"), f"{at}on", _date(held["on"]) if held else None)
        with right:
            review_on = fields.day(_("Ask the same again by"), f"{at}review", found.review_on or answers.today() + A_QUARTER)
        there = st.text_area(_("Who was there (roles and agencies)"), held.get("there", ""), max_chars=LONGEST_TEXT, key=f"{at}there")
        agreed = st.text_area(_("What was agreed"), held.get("agreed", ""), max_chars=LONGEST_TEXT, key=f"{at}agreed")
        dissent = st.text_area(_("Who differed, and how (roles)"), held.get("dissent", ""), max_chars=LONGEST_TEXT, key=f"{at}dissent")
        acts.say("confer")
        if st.form_submit_button(_("Keep the record"), type="primary"):
            record = Conference(on, there, agreed, review_on, dissent)
            assessing.write("conference", "confer", lambda: _keep_conference(found, record, seen))


def _verdict(found: Opened) -> None:
    st.header(_("Young people's verdict"))
    acts.say("verdict")
    if found.state not in (REVIEWING, CLOSED):
        plain.quiet(_("Asked when the same has been asked again: only young people's word closes an assessment."))
        return
    plain.paragraph(assessments.verdict_in_words(found))
    if found.state != REVIEWING:
        return
    assessing.button("ask", _("Write down what they say"), acts.refused(access.check_add_voices))
    if found.verdict.get("said") == NOT_ASKED and not found.verdict["approved_by"]:
        refusal = acts.refused(lambda reader: check_approve_reason(reader, found.verdict_by))
        if st.button(_("Approve the reason"), disabled=bool(refusal)):
            acts.act("verdict", lambda: _approved(found))
        if refusal:
            plain.quiet(refusal)
    if not assessing.is_open("ask"):
        return
    seen, at = drafts.seen("ask", found.version), drafts.prefix("ask")
    with st.form("ask_form"):
        assessing.now_says("ask", assessments.verdict_in_words(found))
        said = st.radio(_("For young people the place is now"), VERDICTS, None, format_func=lambda v: _(VERDICTS[v]), key=f"{at}said") or ""
        left, right = st.columns(2)
        how_many = left.number_input(_("How many were asked"), 0, MOST_HEARD, 0, key=f"{at}many")
        with right:
            on = fields.day(_("Asked on"), f"{at}on")
        how = st.text_input(_("How they were asked"), max_chars=LONGEST_ANSWER, autocomplete="off", key=f"{at}how")
        reason = st.text_input(_("If they were not asked: why"), max_chars=LONGEST_ANSWER, autocomplete="off", key=f"{at}why")
        acts.say("ask")
        if st.form_submit_button(_("Keep their verdict"), type="primary"):
            verdict = Verdict(said, on, how_many, how, reason)
            assessing.write("verdict", "ask", lambda: _keep_verdict(found, verdict, seen))


def _moved(found: Opened, to: str, reason: str) -> str:
    writing.move(answers.workspace(), answers.reader(), found.assessment_id, to, seen=found.version, reason=reason, origin="app")
    return _("It stands at “{state}” now.", state=_(STATUS_LABELS[to]))


def _keep_order(found: Opened, written: list[Weighed], dissent: str, seen: int) -> str:
    writing.weigh(answers.workspace(), answers.reader(), found.assessment_id, written, dissent=dissent, seen=seen, origin="app")
    return _("The order is kept.")


def _keep_conference(found: Opened, record: Conference, seen: int) -> str:
    writing.confer(answers.workspace(), answers.reader(), found.assessment_id, record, seen=seen, today=answers.today(), origin="app")
    return _("The conference is written down. Now agree goals, then actions.")


def _keep_verdict(found: Opened, verdict: Verdict, seen: int) -> str:
    area, reader = answers.workspace(), answers.reader()
    writing.hear_verdict(area, reader, found.assessment_id, verdict, seen=seen, today=answers.today(), origin="app")
    return _("Their verdict is written down.")


def _approved(found: Opened) -> str:
    writing.approve_reason(answers.workspace(), answers.reader(), found.assessment_id, seen=found.version, origin="app")
    return _("The reason is approved.")


def _date(text: str) -> date:
    return date.fromisoformat(text)


def _back_to_list() -> None:
    st.session_state.pop(assessing.CHOSEN, None)
