"""The map page: choose a period and filters, see where harm repeats, open a place, plan an assessment of it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pandas as pd
import streamlit as st

from briefing import sentences
from briefing.hotspots import COMPARED_WITH
from briefing.overlays import Overlays
from briefing.place import KIND_LABELS
from briefing.review import LOOKS_A_YEAR, Choices, Question, Review
from briefing.voices import Voices
from layers.alleys import NOT_PROOF
from spaces import model
from views import answers, base_map, choosing, plain, waiting
from views.live_map import live_map
from views.place import show_place
from words import N_, _, language

HOURS = {
    "any": (N_("Any time"), None),
    "morning": (N_("Early, 06:00-09:00"), (6, 9)),
    "day": (N_("Day, 09:00-15:00"), (9, 15)),
    "after_school": (N_("After school, 15:00-18:00"), (15, 18)),
    "evening": (N_("Evening, 18:00-22:00"), (18, 22)),
    "night": (N_("Night, 22:00-06:00"), (22, 6)),
}
"""Stretches of the day that people plan outreach by."""

COMPARED = {"auto": N_("What suits the area"), **COMPARED_WITH}
"""What recorded harm is compared with, to tell a hotspot from a busy place."""

ANY_HOUR = "any"

PERIOD_DAYS = {"all": None, "year": 365, "quarter": 91, "month": 30, "week": 7, "dates": None}


def page() -> None:
    """Show the review of the area."""
    st.title(_("Where is harm repeating?"))
    waiting.show("map")
    question = _choose(answers.choices())
    when = _hour(question.last_day)
    review = answers.review(question)
    plain.paragraph(" ".join(review.summary))
    if question.exploratory:
        plain.quiet(
            _(
                "Exploratory: this choice is not the agreed review. Look at enough choices and chance alone makes some place stand out; "
                "check it in the next review."
            )
        )

    shown, beside = st.columns([5, 3], gap="medium")
    with shown:
        beside_harm = answers.overlays(when)
        scene = answers.scene(question, when, choosing.key_to_pick_out(st.session_state.get("place"), review.places))
        note = f"{beside_harm.sentence} {_('The list says in words what the map shows.')}".strip()
        picked = live_map(scene, key="map", height_px=580, note=note, base_map=base_map.source())
        if picked and (place_id := choosing.place_picked(picked.layer_id, picked.key, review.places, review.cells)):
            _open(place_id)
            st.rerun()
        st.download_button(
            _("Save this map as a file"), answers.map_file(question), file_name=f"safer-spaces-map-{question.last_day}.html",
            mime="text/html", on_click="ignore", type="tertiary", icon=":material/download:",
            help=_("The file has light and safe places as they are recorded, at no hour in particular."),
        )  # fmt: skip
    with beside:
        if st.session_state.get("place") in review.places.index:
            st.button(_("Back to the list"), on_click=_open, args=(None,), icon=":material/arrow_back:")
            show_place(question, st.session_state["place"])
        else:
            _list(review)
    _in_numbers(beside_harm)
    _in_words(answers.voices())
    plain.quiet(review.how)
    if review.left_out:
        plain.quiet(_("Not on the map: {what}.", what="; ".join(review.left_out)))


def _choose(available: Choices) -> Question:
    with st.sidebar:
        st.header(_("Choose"))
        period, first_day, last_day = _period(available)
        harm_words = {harm: _(model.HARM_TYPES[harm]) for harm in available.harm_types}
        harms = st.multiselect(_("Kind of harm"), harm_words, format_func=harm_words.__getitem__, placeholder=_("All"), key="choose_harm")
        agencies = st.multiselect(_("Told by"), available.agencies, placeholder=_("All"), key="choose_agencies")
        hours = st.selectbox(_("Time of day"), HOURS, format_func=lambda name: _(HOURS[name][0]), key="choose_hours")
        young_adults = st.checkbox(_("Include young adults, 18 to 25"), key="choose_young_adults")
        compared = st.selectbox(_("Compared with"), COMPARED, format_func=lambda name: _(COMPARED[name]), key="choose_compared")
    return Question(
        first_day, last_day, tuple(harms), tuple(agencies), HOURS[hours][1], young_adults, compared_with=compared,
        looks_a_year=LOOKS_A_YEAR.get(period, 1), agreed=period in LOOKS_A_YEAR,
    )  # fmt: skip


def _hour(last_day: date) -> datetime | None:
    """Ask for which hour of which day the map shows light and what is open; None for no hour in particular."""
    with st.sidebar:
        hours = [ANY_HOUR, *(f"{half // 2:02d}:{30 * (half % 2):02d}" for half in range(48))]
        said = {ANY_HOUR: _("Any hour, as recorded")}
        label = _("Show what is lit and open at this hour")
        hour = st.selectbox(label, hours, format_func=lambda at: said.get(at, at), key="choose_light_hour")
        if hour == ANY_HOUR:
            return None
        day = st.date_input(_("On the day"), last_day, format="DD/MM/YYYY", key="choose_light_day")
    return datetime.combine(day, time.fromisoformat(hour))


def _in_numbers(shown: Overlays) -> None:
    with st.expander(_("What the map shows besides, in numbers")):
        if shown.table.empty:
            st.write(_("Nothing is recorded of what the area is like."))
            return
        table = shown.table
        plain.grid(
            {
                _("On the map"): table["layer"], _("It is"): table["state"], _("How many"): table["count"].map("{:,}".format),
                _("How much"): table["extent"], _("Source"): table["source"], _("Licence"): table["licence"], _("As of"): table["date"],
            }
        )  # fmt: skip
        plain.quiet(_(NOT_PROOF))


def _in_words(said: Voices) -> None:
    with st.expander(_("What people said, in words")):
        st.write(
            _(
                "Switch it on under “Layers and key” on the map. What young people said and what adults said are never added up. It is "
                "for this screen, and in no file."
            )
        )
        if said.table.empty:
            st.write(_("Nobody has said anything that may be shown here. No flags is not no harm, and no safety."))
            return
        table = said.table
        plain.grid({_("Who says so"): table["who"], _("Where"): table["where"], _("What they say"): table["state"] + ". " + table["said"]})


def _period(available: Choices) -> tuple[str, date, date]:
    labels = {
        "all": _("Everything recorded"), "year": _("Last 12 months"), "quarter": _("Last 3 months"), "month": _("Last 30 days"),
        "week": _("Last 7 days"), "dates": _("Choose dates"),
    }  # fmt: skip
    chosen = st.selectbox(_("Period"), PERIOD_DAYS, format_func=labels.__getitem__, key="choose_period")
    first_day, last_day = available.first_day, available.last_day
    if days := PERIOD_DAYS[chosen]:
        first_day = max(first_day, last_day - timedelta(days=days - 1))
    if chosen == "dates":
        first_day = st.date_input(
            _("From"), first_day, min_value=first_day, max_value=last_day, format="DD/MM/YYYY", key="choose_first_day"
        )
        last_day = st.date_input(
            _("To"), last_day, min_value=available.first_day, max_value=last_day, format="DD/MM/YYYY", key="choose_last_day"
        )
    st.caption(sentences.period(first_day, last_day))
    return chosen, first_day, last_day


def _list(review: Review) -> None:
    st.subheader(_("Places where different children were harmed"))
    if review.places.empty:
        st.write(_("No place meets that in this choice. No reports is not no harm."))
        return
    if review.places_found > len(review.places):
        shown = {"shown": len(review.places), "found": review.places_found}
        plain.quiet(_("The first {shown} of {found:,}: hotspots, then those with most different children.", **shown))
    with st.container(key="places", height=540, border=False):
        for place_id, place in review.places.iterrows():
            _listed(str(place_id), place)


def _listed(place_id: str, place: pd.Series) -> None:
    name = place["name_cy"] if language() == "cy" and place["name_cy"] else place["name"]
    with st.container(border=True, gap=None):
        st.button(plain.label(name), key=f"open {place_id}", type="tertiary", on_click=_open, args=(place_id,))
        plain.quiet(" · ".join(word for word in (_(KIND_LABELS[place["kind"]]), sentences.hotspot_letter(place)) if word))
        plain.paragraph(place["sentence"])


def _open(place_id: str | None) -> None:
    st.session_state["place"] = place_id


if __name__ == "__main__":
    page()
