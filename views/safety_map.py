"""The part of the page of sessions where a group's safety map is seen, drawn by touch or by name, and compared with its earlier one."""

from __future__ import annotations

from functools import partial

import streamlit as st

from briefing import safety_maps, youth_sessions
from briefing.safety_maps import AREA, ROUTE, WIDE, Draft
from briefing.youth_sessions import Held
from spaces.safety_maps import COLOUR_WORDS, COLOURS, LONGEST_REASONS, REASONS
from views import acts, answers, base_map, drafts, plain
from views.live_map import live_map
from words import N_, _, ngettext

TOOLS = {AREA: N_("Part of a street (about 50 m)"), WIDE: N_("A wider area (about 150 m)"), ROUTE: N_("A route, point after point")}

DRAFT = f"{acts.ONLY_HERE}safety_draft"
"""What is being marked now, of which session: `{session_id: Draft}`."""


def show(held: Held, found: list[Held]) -> None:
    """Show a session's map with the table that says the same; its worker draws on it, and whoever sees it compares it."""
    area, reader = answers.workspace(), answers.reader()
    draft = _draft(held)
    near = _near(held)
    colour, tool = _tools(held) if held.mine else ("", AREA)
    before = _before(held, found)
    note = _("Touch the map to mark it. The list below says the same.") if held.mine else _("The list below says the same.")
    scene = safety_maps.scene(area, reader, [held], draft, near=near)
    picked = live_map(scene, key="safety-map", height_px=460, pick_ground=held.mine, note=note, base_map=base_map.source())
    if picked and held.mine:
        _mark(held, safety_maps.touch(draft, picked.longitude, picked.latitude, tool))
    if held.mine:
        _keep(held, draft, colour)
        _by_name(held)
    if before:
        st.subheader(_("The same group, then and now"))
        plain.bullets(safety_maps.compared(area, reader, before, held))
    _listed(held)


def _near(held: Held) -> str:
    named = youth_sessions.named(answers.workspace(), answers.reader())
    key = f"{acts.ONLY_HERE}near_{held.session_id}"
    chosen = st.selectbox(_("Go to"), named.index, None, named.__getitem__, key, placeholder=_("The whole area; or choose a place"))
    return chosen or ""


def _tools(held: Held) -> tuple[str, str]:
    left, right = st.columns(2)
    colours = {colour: _(label) for colour, label in COLOURS.items()}
    with left:
        colour = st.radio(_("Colour"), colours, 0, colours.__getitem__, f"{acts.ONLY_HERE}colour_{held.session_id}")
    with right:
        tool = st.radio(_("A touch marks"), TOOLS, 0, lambda one: _(TOOLS[one]), f"{acts.ONLY_HERE}tool_{held.session_id}")
    return colour, tool


def _before(held: Held, found: list[Held]) -> Held | None:
    """Return the session whose map this one is compared with: the one before of the same group, or another that is chosen."""
    earlier = safety_maps.earlier(found, held) if held.marks else []
    if len(earlier) < 2:
        return earlier[0] if earlier else None
    by_id = {one.session_id: one for one in earlier}
    chosen = st.selectbox(
        _("Compare with"), by_id, 0, lambda one: safety_maps.called(by_id[one]), f"{acts.ONLY_HERE}before_{held.session_id}"
    )
    return by_id[chosen]


def _keep(held: Held, draft: Draft, colour: str) -> None:
    said = _("Nothing is marked yet.")
    if draft.hexagons:
        said = ngettext("{count} hexagon is marked.", "{count} hexagons are marked.", len(draft.hexagons))
    elif draft.route:
        said = ngettext("{count} point of a route is marked.", "{count} points of a route are marked.", len(draft.route))
    plain.quiet(said)
    with st.form(f"mark_{held.session_id}"):
        reasons = st.text_input(_(REASONS), max_chars=LONGEST_REASONS, key=f"{drafts.prefix('mark')}reasons", autocomplete="off")
        with st.container(horizontal=True):
            keep = st.form_submit_button(_("Keep this mark"), type="primary", disabled=draft.empty)
            clear = st.form_submit_button(_("Begin it again"), disabled=draft.empty)
    if keep:
        acts.act(held.session_id, lambda: _kept(held, draft, colour, reasons))
    if clear:
        _mark(held, Draft())


def _by_name(held: Held) -> None:
    with st.expander(_("Mark a place by its name instead")), st.form(f"named_{held.session_id}", border=False):
        named = youth_sessions.named(answers.workspace(), answers.reader())
        feature = st.selectbox(_("Place to mark"), named.index, None, named.__getitem__, placeholder=_("Choose it by its name"))
        if st.form_submit_button(_("Mark it on the map")) and feature:
            _mark(held, safety_maps.of_place(answers.workspace(), feature))


def _listed(held: Held) -> None:
    found = safety_maps.marks(answers.workspace(), answers.reader(), held)
    if found.empty:
        plain.quiet(_("Nothing is on this group's map."))
        return
    for mark_id, row in found.iterrows():
        colour = _(COLOUR_WORDS[row["colour"]]).capitalize()
        line = f"{colour}: {row['where']}. {row['reasons']}"
        if not held.mine:
            plain.paragraph(line)
            continue
        left, right = st.columns([4, 1])
        with left:
            plain.paragraph(line)
        if right.button(_("Take it away"), key=f"away_{mark_id}"):
            acts.act(held.session_id, partial(_taken, str(mark_id), int(row["version"])))


def _kept(held: Held, draft: Draft, colour: str, reasons: str) -> str:
    safety_maps.draw(answers.workspace(), answers.reader(), held, draft, colour=colour, reasons=reasons, origin="app")
    st.session_state[DRAFT] = {}
    drafts.done("mark")
    return _("It is on the group's map.")


def _taken(mark_id: str, seen: int) -> str:
    safety_maps.take_away(answers.workspace(), answers.reader(), mark_id, seen=seen, origin="app")
    return _("It is off the map.")


def _draft(held: Held) -> Draft:
    kept: dict[str, Draft] = st.session_state.get(DRAFT, {})
    return kept.get(held.session_id, Draft())


def _mark(held: Held, draft: Draft) -> None:
    st.session_state[DRAFT] = {held.session_id: draft}
    st.rerun()
