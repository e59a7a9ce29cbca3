"""The panel of one place: what is known, what is not, and the form that plans its assessment."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any

import streamlit as st

from briefing import place as places
from briefing.place import Place
from briefing.review import Question
from spaces import space
from views import answers, plain, planning, spaces
from views.going import go_to
from words import _


def show_place(question: Question, place_id: str) -> None:
    """Show one place and what can be done about it."""
    place = answers.place(question, place_id)
    plain.heading(place.name, name="place")
    go_to("place", place.place_id)
    plain.quiet(place.kind)
    spaces.link(place.place_id)
    plain.paragraph(place.sentence)
    plain.paragraph(" ".join(said for said in (place.remains_harmful, place.against_last_year) if said))
    plain.bullets(place.how_sure)
    _what_it_is_like(place)
    _tables(place)
    _not_known(place)
    _plan(place)


def _what_it_is_like(place: Place) -> None:
    dark = [place.in_the_dark] if place.in_the_dark else []
    lines = [*place.like, *dark, *(_candidate(row) for row in place.candidates.to_dict("records"))]
    st.markdown(f"**{_('What the place is like')}**")
    plain.bullets(lines)
    st.caption(_("A prompt to go and look, not a score: the evidence on lighting is mixed."))
    if place.around:
        st.markdown(f"**{_('Who may be around')}**")
        plain.bullets(place.around)
        st.caption(_("A prompt to ask who is there, not a judgement of anybody. It is for this screen and goes into no file."))


def _candidate(row: Mapping[Hashable, Any]) -> str:
    """Say one possible safe place: never that it is one."""
    hours = _("open {hours}", hours=row["opening_hours"]) if row["opening_hours"] else _("opening hours not recorded")
    metres = 10 * round(row["straight_m"] / 10)
    far = _("{metres} m away", metres=metres) if metres else _("here")
    words = {"name": row["name"] or _("no name recorded"), "kind": _(row["kind"]).lower(), "far": far, "hours": hours}
    return _("Possible safe place, not checked: {name}, {kind}, {far}, {hours}", **words)


def _tables(place: Place) -> None:
    with st.expander(_("What, when and who told us"), expanded=True):
        for heading, table in ((_("Kind of harm"), place.by_harm), (_("Told by"), place.by_agency)):
            plain.table(heading, _("Incidents"), table["count"])
        if place.by_hour["count"].sum():
            st.markdown(_("Hour of the day, where it is known"))
            st.bar_chart(place.by_hour, height=140, x_label="", y_label="")
        if place.by_weekday["count"].sum():
            st.markdown(_("Day of the week"))
            st.bar_chart(place.by_weekday, height=140, x_label="", y_label="", sort=False)


def _not_known(place: Place) -> None:
    if place.not_known:
        plain.paragraph(_("Not known: {what}.", what="; ".join(place.not_known)))


def _plan(place: Place) -> None:
    area, reader, today = answers.workspace(), answers.reader(), answers.today()

    def plan(lead: str, why: str, begin_by: date) -> None:
        places.plan_assessment(area, reader, place.place_id, lead=lead, why=why, begin_by=begin_by, today=today, origin="app")

    planning.show(place.place_id, space.of_feature(area.register, place.place_id), plan)
