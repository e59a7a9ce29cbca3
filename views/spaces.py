"""The page of places: the list by how far each is on its way, and the profile of one, with what is good there first."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import streamlit as st

from briefing import assessing, sentences, space_work, spaces
from briefing.spaces import Listed, Profile
from spaces import access, space
from spaces.flags import STREAM_LABELS
from spaces.space import STATUS_LABELS
from views import acts, answers, plain, planning, raising
from views import space_acts as changing
from views.going import to_page
from views.space_acts import OPENED
from words import N_, _, ngettext

PERIODS = {"all": N_("Everything recorded"), "year": N_("Last 12 months"), "quarter": N_("Last 3 months")}
DAYS = {"year": 365, "quarter": 91}


def page() -> None:
    """Show the list, or the place that was opened."""
    access.check_see_counts(answers.reader())
    opened = st.session_state.get(OPENED)
    if opened:
        st.button(_("All places"), on_click=open_space, args=("",), icon=":material/arrow_back:")
        _profile(opened)
    else:
        st.title(_("Places"))
        st.write(
            _(
                "The places that the partnership looks at, whoever raised them: recorded harm, a referral, young people, a resident or "
                "whoever runs it. Each goes from noticed to changed."
            )
        )
        _list(spaces.listed(answers.workspace(), answers.reader(), answers.today()))


def open_space(space_id: str) -> None:
    """Open one place, or the list."""
    st.session_state[OPENED] = space_id


def _list(found: list[Listed]) -> None:
    late = sum(bool(one.overdue) for one in found)
    counted = ngettext("{count} place", "{count} places", len(found))
    overdue = ngettext("{count} of them overdue", "{count} of them overdue", late) if late else _("none overdue")
    plain.paragraph(f"{counted}, {overdue}.")
    acts.say("spaces")
    raising.show("spaces")
    with st.container(key="places"):
        for status, label in STATUS_LABELS.items():
            those = [one for one in found if one.status == status]
            if those:
                st.header(f"{_(label)} ({len(those)})")
            for one in those:
                _listed(one)
    if not found:
        st.write(_("None yet. Open one from the map, or raise one here."))


def _listed(one: Listed) -> None:
    with st.container(border=True, gap=None):
        st.button(plain.label(one.name), key=f"space_{one.space_id}", type="tertiary", on_click=open_space, args=(one.space_id,))
        plain.quiet(" · ".join(part for part in (one.kind, one.raised_by, one.worker) if part))
        if one.overdue:
            plain.paragraph(_("Overdue: {what}", what=one.overdue))


def _period() -> tuple[date, date]:
    available = answers.choices()
    with st.sidebar:
        chosen = st.selectbox(_("Period"), PERIODS, format_func=lambda one: _(PERIODS[one]), key="choose_space_period")
        first, last = available.first_day, available.last_day
        if chosen in DAYS:
            first = max(first, last - timedelta(days=DAYS[chosen] - 1))
        st.caption(sentences.period(first, last))
    return first, last


def _profile(space_id: str) -> None:
    changing.follow(space_id)
    first_day, last_day = _period()
    found = spaces.profile(answers.workspace(), answers.reader(), space_id, first_day, last_day, today=answers.today())
    st.title(plain.label(found.name), anchor=False)
    plain.quiet(found.line)
    acts.say("space")
    plain.bullets(found.standing)
    st.subheader(_("What is good here"))
    if found.strengths:
        plain.bullets(found.strengths)
    else:
        st.write(_("Nobody has written it down yet. Ask young people who go there, and write it below."))
    st.subheader(_("Recorded harm"))
    plain.quiet(sentences.period(first_day, last_day))
    plain.paragraph(found.sentence)
    if said := [said for said in (found.remains_harmful, found.against_last_year, found.source_mix) if said]:
        plain.paragraph(" ".join(said))
    plain.paragraph(found.adult_of_concern)
    _tables(found)
    _like(found)
    _flags(found)
    done = space_work.work(answers.workspace(), answers.reader(), space_id, answers.today())
    _lines(_("Sessions with young people"), done.sessions)
    if found.not_known:
        plain.paragraph(_("Not known: {what}.", what="; ".join(found.not_known)))
    st.subheader(_("What was done"))
    planning.show(space_id, space_id, partial(_plan, space_id))
    _lines(_("Agency checks"), done.checks)
    _lines(_("Referrals of this place"), done.referrals)
    _lines(_("History"), found.history)
    changing.show(found)


def _plan(space_id: str, lead: str, why: str, begin_by: date) -> None:
    area, reader, today = answers.workspace(), answers.reader(), answers.today()
    assessing.plan(area, reader, space_id, lead=lead, why=why, begin_by=begin_by, today=today, origin="app")


def _lines(heading: str, lines: list[str]) -> None:
    if lines:
        st.markdown(f"**{heading}**")
        plain.bullets(lines)


def _tables(found: Profile) -> None:
    told = found.recorded
    if told is None:
        return
    with st.expander(_("What, when and who told us"), expanded=True):
        left, right = st.columns(2)
        with left:
            plain.table(_("Kind of harm"), _("Incidents"), told.by_harm["count"])
        with right:
            plain.table(_("Told by"), _("Incidents"), told.by_agency["count"])
        for heading, table in (
            (_("Hour of the day, where it is known"), told.by_hour),
            (_("Day of the week"), told.by_weekday),
            (_("Month"), told.by_month),
        ):
            if table["count"].sum():
                st.markdown(heading)
                st.bar_chart(table, height=140, x_label="", y_label="", sort=False)


def _like(found: Profile) -> None:
    if found.setting is None:
        return
    st.subheader(_("What the place is like"))
    plain.bullets([*found.setting.like, *found.setting.reach, *([found.in_the_dark] if found.in_the_dark else [])])
    st.caption(_("A prompt to go and look, not a score: the evidence on lighting is mixed."))
    if found.setting.around:
        plain.bullets(found.setting.around)
        st.caption(_("A prompt to ask who is there, not a judgement of anybody. It is for this screen and goes into no file."))


def _flags(found: Profile) -> None:
    if not found.flags:
        return
    st.subheader(_("What people said"))
    for group in found.flags:
        plain.paragraph(_(STREAM_LABELS[group.stream]))
        plain.bullets(group.said)


def link(feature_id: str) -> None:
    """Offer to open the space that a place of the map is, where it is one."""
    space_id = space.of_feature(answers.workspace().register, feature_id)
    if space_id and st.button(_("Open this place"), key=f"to_space_{space_id}"):
        open_space(space_id)
        to_page("places")


if __name__ == "__main__":
    page()
