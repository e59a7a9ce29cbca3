"""The form that raises a place: one that the map names, one that is drawn on it, or one online."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from briefing import drawing, space_acts
from briefing.drawing import Draft
from briefing.place import KIND_LABELS
from spaces import space
from spaces.space import FIELD_LABELS, LONGEST_NAME, LONGEST_NOTE, PLATFORM_LABELS, RAISED_BY_LABELS, Details
from views import acts, answers, drafts, fields
from views import drawing as on_the_map
from words import N_, DataProblem, _

FORM = "raise"

NAMED, DRAWN = "map", "drawn"
WAYS = {NAMED: N_("A place the map names"), DRAWN: N_("Drawn on the map"), space.ONLINE: N_("Online")}


def show(part: str) -> None:
    """Offer to raise a place; that it is raised is said in that part of the page."""
    with st.expander(_("Raise a place"), key=f"{drafts.prefix(FORM)}raising", on_change="rerun") as room:
        if room.open:
            on_the_map.by_itself(lambda: _form(part))


def _form(part: str) -> None:
    at = drafts.prefix(FORM)
    where = st.radio(_("Where is it?"), WAYS, format_func=lambda one: _(WAYS[one]), horizontal=True, key=f"{at}where")
    draft, kind = Draft(), ""
    if where == DRAWN:
        draft = on_the_map.outline(FORM, near=on_the_map.go_to(FORM))
        kind = fields.choice(
            _("What kind of place it is"), {one: KIND_LABELS[one] for one in space.KINDS if one != space.ONLINE}, f"{at}kind"
        )
    with st.form(f"{at}{where}", border=False):
        details = _named() if where == NAMED else _drawn(kind) if where == DRAWN else _online()
        by = fields.choice(_("Raised by"), RAISED_BY_LABELS, f"{at}by")  # nobody's word before it is chosen
        why = st.text_area(_("Why (name nobody)"), max_chars=LONGEST_NOTE, height=80)
        if st.form_submit_button(_("Raise it"), type="primary"):
            acts.act(part, lambda: _raised(replace(details, raised_by=by, why=why), draft if where == DRAWN else None), wrong=FORM)
    acts.say(FORM)


def _named() -> Details:
    names = answers.workspace().places["name"].sort_values()
    ask = _("Choose it by its name")
    feature = st.selectbox(_("Place"), names.index, index=None, format_func=names.__getitem__, placeholder=ask)
    return Details("", "", "", feature_id=feature or "")


def _drawn(kind: str) -> Details:
    left, right = st.columns(2)
    name = left.text_input(_(FIELD_LABELS["name"]), max_chars=LONGEST_NAME, autocomplete="off")
    name_cy = right.text_input(_(FIELD_LABELS["name_cy"]), max_chars=LONGEST_NAME, autocomplete="off")
    details = Details(name, kind, "", name_cy=name_cy)
    if kind != space.EVENT:
        return details
    left, right = st.columns(2)  # anew, so that on a telephone the names come before the days
    starts_on = left.date_input(_(FIELD_LABELS["starts_on"]), None, format="DD/MM/YYYY")
    ends_on = right.date_input(_(FIELD_LABELS["ends_on"]), None, format="DD/MM/YYYY")
    return replace(details, starts_on=starts_on, ends_on=ends_on)


def _online() -> Details:
    name = st.text_input(_("What it is called here (no account and no group)"), max_chars=LONGEST_NAME, autocomplete="off")
    platform = st.selectbox(_("Type of platform"), PLATFORM_LABELS, format_func=lambda one: _(PLATFORM_LABELS[one]))
    return Details(name, space.ONLINE, "", platform=platform)


def _raised(details: Details, draft: Draft | None) -> str:
    if draft is not None:
        details = replace(details, boundary=drawing.outline(draft))
    elif details.kind != space.ONLINE and not details.feature_id:
        raise DataProblem("Choose the place on the map.")
    area, reader, today = answers.workspace(), answers.reader(), answers.today()
    space_id = space_acts.raise_place(area, reader, details, today=today, origin="app")
    drafts.done(FORM)
    name = space_acts.name_of_raised(area, reader, space_id)
    return " ".join([_("{name} is in the list.", name=name), space_acts.overlaps(area, reader, space_id)]).strip()
