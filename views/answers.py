"""The only place where answers are kept between reruns: by what they were computed from, for whom, and in which language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import streamlit as st

from briefing import place as places
from briefing import review as reviews
from briefing import sentences
from briefing.workspace import Workspace, open_sample
from layers.catalogue import LAYERS
from layers.scene import Scene, map_scene
from spaces.access import Reader, Role
from words import N_, _, language, speaking

SAMPLE_READER = Reader(N_("sample panel member"), Role.PANEL_MEMBER)
"""Who reads the invented town: there is nothing in it to protect, so nobody signs in."""

ANSWERS_KEPT = 64
"""About as many different choices as a panel makes in a meeting; each is a few hundred kilobytes."""


@st.cache_resource(show_spinner=False)
def _workspace() -> Workspace:
    return open_sample()


def workspace() -> Workspace:
    """Return the open area, made on the first run."""
    with st.spinner(_("Making the sample town. This takes a few seconds, once …")):
        return _workspace()


def reader() -> Reader:
    """Return the person looking at the screen."""
    return SAMPLE_READER


def choices() -> reviews.Choices:
    """Return what there is to choose from."""
    return _choices(workspace().data_version)


def review(question: reviews.Question) -> reviews.Review:
    """Return the review that answers a question, for the person looking."""
    return _review(workspace().data_version, reader(), language(), question)


def scene(question: reviews.Question, chosen: str | None) -> Scene:
    """Return what the map shows for a question, with one place's key picked out."""
    return _scene(workspace().data_version, reader(), language(), question, chosen)


def map_file(question: reviews.Question) -> Callable[[], bytes]:
    """Return what makes the map of a question into one file, when and if somebody asks for it."""
    shown, said_in = scene(question, None), language()
    period = sentences.period(question.first_day, question.last_day)
    chosen = reviews.said_of(question)
    words = {"area": workspace().name, "period": f"{period}, {chosen}" if chosen else period}
    if question.young_adults:
        title = _("{area}: recorded harm to children and young adults outside the home, {period}", **words)
    else:
        title = _("{area}: recorded harm to children outside the home, {period}", **words)
    if workspace().invented:
        title += ". " + _("Everything here is invented.")

    def make() -> bytes:
        from layers.folium_map import standalone_html  # folium is slow to import, and most visits save nothing

        with speaking(said_in):  # Streamlit asks from a thread of its own, which speaks English
            return standalone_html(shown, title=title).encode()

    return make


def place(question: reviews.Question, place_id: str) -> places.Place:
    """Return what is known of one place."""
    return _place(workspace().data_version, reader(), language(), question, place_id)


def planned() -> pd.DataFrame:
    """Return the assessments planned so far: never kept, because someone else may just have planned one."""
    return places.planned_assessments(workspace(), reader())


# A leading underscore would keep an argument out of the key; every argument below is part of it on purpose.


@st.cache_data(max_entries=ANSWERS_KEPT, show_spinner=False)
def _choices(data_version: str) -> reviews.Choices:
    return reviews.choices(_workspace())


@st.cache_resource(max_entries=ANSWERS_KEPT, show_spinner=False)
def _review(data_version: str, reader: Reader, language: str, question: reviews.Question) -> reviews.Review:
    return reviews.review(_workspace(), reader, question)


@st.cache_resource(max_entries=ANSWERS_KEPT, show_spinner=False)
def _scene(data_version: str, reader: Reader, language: str, question: reviews.Question, chosen: str | None) -> Scene:
    area = _workspace()
    # The invented town's map is nobody's survey: it must not be credited to those who did not make it.
    records = {
        layer_id: replace(layer, source=_("Invented"), licence="CC0") if area.invented else layer for layer_id, layer in LAYERS.items()
    }
    return map_scene(
        area=area.area,
        ground={layer_id: area.layer(layer_id) for layer_id, layer in LAYERS.items() if layer.ground},
        overlays={layer_id: area.layer(layer_id) for layer_id, layer in LAYERS.items() if not layer.ground},
        cells=_review(data_version, reader, language, question).cells,
        chosen=chosen,
        records=records,
    )


@st.cache_resource(max_entries=ANSWERS_KEPT, show_spinner=False)
def _place(data_version: str, reader: Reader, language: str, question: reviews.Question, place_id: str) -> places.Place:
    return places.open_place(_workspace(), reader, question, place_id)
