"""The part of an assessment's page where it is gathered: prompts, young people's voices, observations, and what institutions did there."""

from __future__ import annotations

from datetime import time

import streamlit as st

from briefing import assessing as writing
from briefing.assessments import Answered, Opened
from spaces import access, institutional_harm, observations
from spaces.access import ROLE_LABELS
from spaces.assessing import ACTING, CLOSED, GATHERING, PLANNED, REVIEWING, WEIGHING
from spaces.assessments import LONGEST_ANSWER, MOST_HEARD, WAYS, Voices
from spaces.prompts import ABOUT, HEADINGS, SOURCES
from views import acts, answers, assessing, drafts, fields, plain
from words import _, ngettext


def show(found: Opened) -> None:
    """Show what was gathered, and the forms to add to it."""
    st.header(_("Gather"))
    if found.whole:
        _prompts(found)
    _voices(found)
    _observations(found)


def _prompts(found: Opened) -> None:
    asked = found.state in (GATHERING, WEIGHING, ACTING, REVIEWING)
    if found.state in (ACTING, REVIEWING):
        plain.paragraph(_("Ask again what was asked the first time, of the same people where you can: that shows change and not effort."))
    for heading, words in HEADINGS.items():
        of_it = [one for one in found.answered if one.prompt.heading == heading]
        st.subheader(_(words))
        done = sum(bool(one.first) for one in of_it)
        said = ngettext("{count} of {all} is answered.", "{count} of {all} are answered.", done, all=len(of_it))
        plain.quiet(f"{_(ABOUT[heading])} {said}")
        acts.say(heading)
        if asked:
            for one in of_it:
                _prompt(found, one)
        elif done:
            plain.facts({_(one.prompt.question): _both(one) for one in of_it if one.first or one.again})


def _prompt(found: Opened, one: Answered) -> None:
    form = f"prompt_{one.prompt.prompt_id}"
    again = found.state in (ACTING, REVIEWING)
    with st.container(border=True, gap="small"):
        left, right = st.columns([5, 1], vertical_alignment="center")
        with left:
            st.markdown(f"**{_(one.prompt.question)}**")
            for line in (one.first, _("Asked again: {answer}", answer=one.again) if one.again else ""):
                if line:
                    plain.paragraph(line)
        with right:
            assessing.button(form, _("Change it") if (one.again if again else one.first) else _("Answer"))
        if assessing.is_open(form):
            _answer(found, one, form)


def _both(one: Answered) -> str:
    return _("{first} Asked again: {again}", first=one.first, again=one.again) if one.again else one.first


def _answer(found: Opened, one: Answered, form: str) -> None:
    seen, at = drafts.seen(form, found.version), drafts.prefix(form)
    with st.form(form, border=False):
        plain.quiet(_(one.prompt.guidance))
        now = _("not known") if one.now["not_known"] else one.now["answer"]
        assessing.now_says(form, now)
        text = st.text_area(_(one.prompt.question), one.now["answer"], max_chars=LONGEST_ANSWER, key=f"{at}text")
        source = fields.choice(_("Where it comes from"), SOURCES, f"{at}source", one.now["source"])
        not_known = st.checkbox(_("Not known"), one.now["not_known"], key=f"{at}not_known")
        acts.say(form)
        if st.form_submit_button(_("Keep the answer"), type="primary"):

            def keep() -> str:
                writing.answer(
                    answers.workspace(), answers.reader(), found.assessment_id, one.prompt.prompt_id, seen=seen, text=text,
                    source=source, not_known=not_known, origin="app",
                )  # fmt: skip
                return _("Kept: {question}", question=_(one.prompt.question))

            assessing.write(one.prompt.heading, form, keep)


def _voices(found: Opened) -> None:
    st.subheader(_("Young people's voices"))
    acts.say("voices")
    if found.voices:
        plain.bullets(found.voices)
    else:
        plain.paragraph(_("Nobody has been heard yet."))
    if found.state in (PLANNED, CLOSED):
        return
    assessing.button("hear", _("Add who was heard"), acts.refused(access.check_add_voices))
    if not assessing.is_open("hear"):
        return
    at = drafts.prefix("hear")
    with st.form("hear_form"):
        left, middle, right = st.columns(3)
        with left:
            on = fields.day(_("Heard on"), f"{at}on")
        how_many = middle.number_input(_("How many young people"), 0, MOST_HEARD, 0, key=f"{at}many")
        with right:
            how = fields.choice(_("How"), WAYS, f"{at}how")
        heard = st.text_area(_("What was heard, as a group (name nobody)"), max_chars=LONGEST_ANSWER, key=f"{at}heard")
        acts.say("hear")
        if st.form_submit_button(_("Add it"), type="primary"):

            def hear() -> str:
                voices = Voices(on, how_many, how, heard)
                writing.hear(answers.workspace(), answers.reader(), found.assessment_id, voices, today=answers.today(), origin="app")
                return _("It is added.")

            assessing.write("voices", "hear", hear)


def _observations(found: Opened) -> None:
    st.subheader(_("Observations"))
    acts.say("observations")
    for when, told in found.seen:
        plain.paragraph(when)
        plain.quiet(told)
    if not found.seen:
        plain.paragraph(_("Nobody has gone to look yet."))
    if found.state in (PLANNED, CLOSED):
        return
    assessing.button("observe", _("Add an observation"), acts.refused(access.check_add_observations))
    if assessing.is_open("observe"):
        _observe(found)


def _observe(found: Opened) -> None:
    at = drafts.prefix("observe")
    with st.form("observe_form"):
        left, middle, right = st.columns(3)
        with left:
            on = fields.day(_("Seen on"), f"{at}on")
        start = middle.time_input(_("From"), time(21), key=f"{at}from")
        end = right.time_input(_("To"), time(22), key=f"{at}to")
        left, right = st.columns(2)
        with left:
            weather = fields.choice(_("Weather"), observations.WEATHER, f"{at}weather")
        with right:
            light = fields.choice(_("Light, as seen after dark"), observations.LIGHT, f"{at}light", observations.NOT_SEEN)
        features = st.text_area(_(observations.FIELD_LABELS["features"]), max_chars=observations.LONGEST, key=f"{at}features")
        adults = st.text_area(_(observations.FIELD_LABELS["adults"]), max_chars=observations.LONGEST, key=f"{at}adults")
        left, right = st.columns(2)
        asked = _("Children there, only where they know")
        children = left.number_input(asked, 0, observations.MOST_CHILDREN, None, key=f"{at}children")
        knew = right.checkbox(_("They were told, and know that they are counted"), key=f"{at}knew")
        role = _(ROLE_LABELS[answers.reader().role])
        by = st.text_input(_(observations.FIELD_LABELS["by"]), role, max_chars=observations.LONGEST_LINE, autocomplete="off", key=f"{at}by")
        acts.say("observe")
        if st.form_submit_button(_("Add it"), type="primary"):

            def observe() -> str:
                details = observations.Details(on, f"{start:%H:%M}", f"{end:%H:%M}", by, weather, light, features, adults, children, knew)
                writing.observe(answers.workspace(), answers.reader(), found.assessment_id, details, today=answers.today(), origin="app")
                return _("The observation is added.")

            assessing.write("observations", "observe", observe)


def harms(found: Opened) -> None:
    """Show what institutions did to young people near the place, before and after, and the form to add to it."""
    st.header(_("Institutional harm nearby"))
    plain.quiet(_("Dispersals, searches, exclusions: counts only. An action that moves young people on can look like success."))
    acts.say("harms")
    plain.paragraph(found.harms_said)
    if not found.harms.empty:
        plain.grid({_("Kind"): found.harms.index.to_series()} | {str(name): found.harms[name] for name in found.harms})
    assessing.button("harm", _("Add what was done"), acts.refused(access.check_log_institutional_harm))
    if not assessing.is_open("harm"):
        return
    at = drafts.prefix("harm")
    with st.form("harm_form"):
        kind = fields.choice(_("What it was"), institutional_harm.KINDS, f"{at}kind")
        left, middle, right = st.columns(3)
        with left:
            first = fields.day(_("First day"), f"{at}first")
        with middle:
            last = fields.day(_("Last day"), f"{at}last")
        how_many = right.number_input(_("How many"), 0, institutional_harm.MOST, 0, key=f"{at}many")
        told_by = st.text_input(
            _(institutional_harm.FIELD_LABELS["told_by"]), max_chars=institutional_harm.LONGEST_LINE, autocomplete="off", key=f"{at}told"
        )
        note = st.text_input(_("Note"), max_chars=institutional_harm.LONGEST, autocomplete="off", key=f"{at}note")
        acts.say("harm")
        if st.form_submit_button(_("Add it"), type="primary"):

            def log() -> str:
                details = institutional_harm.Details(kind, first, last, how_many, told_by, note)
                writing.log_harm(answers.workspace(), answers.reader(), found.space_id, details, today=answers.today(), origin="app")
                return _("It is added.")

            assessing.write("harms", "harm", log)
