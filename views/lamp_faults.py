"""The page of lamp faults: the overdue ones first, each with its next step, and a short form to note one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from briefing import lamp_faults, placing
from briefing.lamp_faults import Lamp, Open
from layers.placing import LETTERS
from spaces import access
from spaces.access import ROLE_LABELS, Reader
from spaces.lamp_faults import FIELD_LABELS, FOUND, LOOKED_AT, MENDED, NOTED, REPORTED, STATE_LABELS, Fault
from views import acts, answers, base_map, drafts, plain
from views.live_map import live_map
from words import N_, _

STEPS: dict[str, tuple[tuple[str, str, Callable[[Reader], None]], ...]] = {
    NOTED: (
        ("report", N_("The works are told"), access.check_keep_lamp_faults),
        ("mend", N_("It is mended"), access.check_keep_lamp_faults),
    ),
    REPORTED: (("mend", N_("It is mended"), access.check_keep_lamp_faults),),
    MENDED: (("look", N_("I looked after dark"), access.check_note_lamp_faults),),
    LOOKED_AT: (),
}
"""What can be done next in each state, in words, and who may."""

CHOSEN = f"{acts.ONLY_HERE}lamp_fault"
NOTING, TOUCHED = f"{acts.ONLY_HERE}lamp_noting", f"{acts.ONLY_HERE}lamp_touched"
MAP_PX = 360


def page() -> None:
    """Show the faults by how far they have come, and the form to note one."""
    st.title(_("Lamp faults"))
    st.write(
        _(
            "A lamp that somebody saw not to work counts as failed on the map until it is mended. “Mended” on paper may still be dark, so "
            "somebody looks again after dark within four weeks."
        )
    )
    found = lamp_faults.listed(answers.workspace(), answers.reader(), answers.today())
    acts.say("fault")
    _note()
    groups = {_("Overdue"): [fault for fault in found if fault.overdue]}
    groups |= {_(label): [fault for fault in found if fault.state == state and not fault.overdue] for state, label in STATE_LABELS.items()}
    for heading, faults in groups.items():
        if faults and faults[0].state == LOOKED_AT:
            with st.expander(f"{heading} ({len(faults)})"):
                plain.bullets(f"{fault.whereabouts}. {fault.reason}" for fault in reversed(faults))
        elif faults:
            st.header(f"{heading} ({len(faults)})")
            for fault in faults:
                _show(fault)
    if not found:
        st.write(_("None is noted."))


def _show(fault: Open) -> None:
    with st.container(border=True, gap="small"):
        plain.heading(fault.whereabouts)
        plain.paragraph(fault.reason)
        plain.quiet(fault.noted)
        refusals = []
        with st.container(horizontal=True):
            for step, label, check in STEPS[fault.state]:
                refusal = acts.refused(check)
                refusals += [refusal] if refusal else []
                key = f"{step}_{fault.fault_id}"
                st.button(_(label), key=key, disabled=bool(refusal), on_click=_choose, args=(fault.fault_id, step))
        if refusals:
            plain.quiet(refusals[0])
        chosen, step = st.session_state.get(CHOSEN, ("", ""))
        if chosen == fault.fault_id and step in [name for name, _label, _check in STEPS[fault.state]]:
            _next(fault, step)


def _next(fault: Open, step: str) -> None:
    acts.say(fault.fault_id)
    with st.form(f"{step}_form_{fault.fault_id}", border=False):
        reference = by = found = ""
        if step == "report":
            reference = st.text_input(_(FIELD_LABELS["works_reference"]), max_chars=60, autocomplete="off")
        if step == "look":
            found = st.radio(_("What did you see?"), FOUND, None, format_func=lambda answer: _(FOUND[answer]), horizontal=True) or ""
            by = st.text_input(_(FIELD_LABELS["looked_by"]), _role(), max_chars=200, autocomplete="off")
        day = {"report": "reported_on", "mend": "mended_on", "look": "looked_on"}[step]
        on = st.date_input(_(FIELD_LABELS[day]), answers.today(), format="DD/MM/YYYY")
        if st.form_submit_button(_("Write it down"), type="primary"):
            # Said at the top once it is done, because the fault then stands elsewhere.
            acts.act("fault", lambda: _done(fault, step, on, reference, by, found), wrong=fault.fault_id)


def _note() -> None:
    refusal = acts.refused(access.check_note_lamp_faults)
    if refusal:
        st.button(_("Note a lamp fault"), disabled=True)
        plain.quiet(refusal)
        return
    st.button(_("Note a lamp fault"), on_click=_open_or_fold)
    if not st.session_state.get(NOTING):
        return
    lamps, touched = _touch()
    with st.form(f"note_{drafts.number('note')}"):
        lamp = ""
        if touched:
            meant = {one.lamp_id: f"{letter}: {one.words}" for letter, one in zip(LETTERS, lamps, strict=False)}
            meant[""] = _("Another one, at the pin")
            lamp = st.radio(_("Which lamp it is"), meant, format_func=meant.__getitem__, key=f"{acts.ONLY_HERE}lamp_{touched}")
        places = answers.workspace().places["name"].sort_values()
        near = st.selectbox(
            _("In or near"), places.index, index=None, format_func=places.__getitem__, placeholder=_("Choose a place of the map")
        )
        words = st.text_input(_("Where the lamp is (its number, or what it stands by)"), max_chars=200, autocomplete="off")
        left, right = st.columns(2)
        by = left.text_input(_(FIELD_LABELS["noted_by"]), _role(), max_chars=200, autocomplete="off")
        on = right.date_input(_(FIELD_LABELS["noted_on"]), answers.today(), format="DD/MM/YYYY")
        acts.say("note")
        if st.form_submit_button(_("Note it"), type="primary"):
            easting, northing = touched if touched and not lamp else (None, None)
            acts.act("fault", lambda: _noted(Fault(words, on, by, lamp, easting, northing), near or ""), wrong="note")


def _touch() -> tuple[list[Lamp], tuple[float, float] | None]:
    """Let the lamp be touched on the map; return the lamps that may be meant, and where it was touched in metres."""
    area = answers.workspace()
    lamps, touched = st.session_state.get(TOUCHED, ([], None))
    note = _("Touch the map where the lamp is, or say below which place it is in or near.")
    picked = live_map(
        lamp_faults.scene(area, lamps, touched), key="lamp-map", height_px=MAP_PX, pick_ground=True, note=note, base_map=base_map.source()
    )
    if picked:
        at = picked.longitude, picked.latitude
        st.session_state[TOUCHED] = lamp_faults.lamps_near(area, *at), placing.at(*at)
        st.rerun()
    return lamps, touched


def _noted(fault: Fault, near: str) -> str:
    lamp_faults.note(answers.workspace(), answers.reader(), fault, near=near, today=answers.today(), origin="app")
    drafts.done("note")
    st.session_state.pop(TOUCHED, None)
    st.session_state[NOTING] = False
    return _("It is noted. Tell the works, and write their reference here.")


def _done(fault: Open, step: str, on: date, reference: str, by: str, found: str) -> str:
    area, reader, today = answers.workspace(), answers.reader(), answers.today()
    if step == "report":
        lamp_faults.report(area, reader, fault, works_reference=reference, on=on, today=today, origin="app")
    elif step == "mend":
        lamp_faults.mend(area, reader, fault, on=on, today=today, origin="app")
    else:
        lamp_faults.look_again(area, reader, fault, on=on, by=by, found=found, today=today, origin="app")
    st.session_state.pop(CHOSEN, None)
    now = next(one for one in lamp_faults.listed(area, reader, today) if one.fault_id == fault.fault_id)
    return f"{now.whereabouts}. {now.reason}"


def _open_or_fold() -> None:
    st.session_state[NOTING] = not st.session_state.get(NOTING)


def _choose(fault_id: str, step: str) -> None:
    st.session_state[CHOSEN] = fault_id, step


def _role() -> str:
    return _(ROLE_LABELS[answers.reader().role])


if __name__ == "__main__":
    page()
