"""The map on which a place is drawn by touch, for the forms that need an outline."""

from __future__ import annotations

from collections.abc import Callable

import shapely
import streamlit as st

from briefing import drawing
from briefing.drawing import Draft
from views import answers, base_map, drafts, plain
from views.live_map import Picked, live_map
from words import DataProblem, _, language, speaking

MAP_PX = 440


def by_itself(show: Callable[[], None]) -> None:
    """Show a part of a page that is drawn anew alone: with a touch on its map, the rest of the page need not be worked out again."""
    st.fragment(_part)(show, language())


def outline(form: str, *, this: str = "", near: shapely.Geometry | None = None, cuts: shapely.Geometry | None = None) -> Draft:
    """Show the map and return what is drawn on it so far, kept until the form is done with (see `drafts`).

    `this` is the place that is drawn anew or cut, if any; `near`, in metres, is what the map shows; `cuts`, what a part is cut out of.
    """
    area, reader = answers.workspace(), answers.reader()
    key = _key(form)
    draft: Draft = st.session_state.get(key, Draft())
    scene = drawing.scene(area, reader, answers.ground(None), draft, this=this, near=near)
    live_map(
        scene, key=f"draw-{form}", height_px=MAP_PX, pick_ground=True, base_map=base_map.source(),
        note=_("Touch each corner of the place, one after another. The outline closes by itself; touch a corner again to take it away."),
        on_picked=lambda picked: _touched(key, picked),
    )  # fmt: skip
    said = drawing.said(area, reader, draft, besides=(this,) if this else (), cuts=cuts)
    (plain.problem if draft.crosses else plain.quiet)(said)
    with st.container(horizontal=True):
        empty = not draft.corners
        st.button(_("Take back the last corner"), key=f"{key}_undo", on_click=_undo, args=(key,), disabled=empty, icon=":material/undo:")
        st.button(_("Begin again"), key=f"{key}_clear", on_click=_clear, args=(key,), disabled=empty)
    return draft


def carry(form: str, to: str) -> bool:
    """Take what was drawn in one form along to another, and say whether there was anything."""
    draft: Draft = st.session_state.get(_key(form), Draft())
    if draft.corners:
        st.session_state[_key(to)] = draft
    return bool(draft.corners)


def go_to(form: str) -> shapely.Geometry | None:
    """Ask for a named place to show on the map, and return its shape in metres, None for the whole area."""
    names = answers.workspace().places["name"].sort_values()
    whole = _("The whole area; or choose a place")
    chosen = st.selectbox(
        _("Go to"), names.index, None, format_func=names.__getitem__, key=f"{drafts.prefix(form)}go_to", placeholder=whole
    )
    return answers.workspace().named_place(chosen).geometry if chosen else None


def _key(form: str) -> str:
    return f"{drafts.prefix(form)}outline"


def _part(show: Callable[[], None], said_in: str) -> None:
    with speaking(said_in):
        try:
            show()
        except DataProblem as problem:
            plain.problem(str(problem))


def _touched(key: str, picked: Picked) -> None:
    draft: Draft = st.session_state.get(key, Draft())
    st.session_state[key] = drawing.picked(draft, picked.layer_id, picked.key, picked.longitude, picked.latitude)


def _undo(key: str) -> None:
    st.session_state[key] = drawing.undone(st.session_state.get(key, Draft()))


def _clear(key: str) -> None:
    st.session_state[key] = Draft()
