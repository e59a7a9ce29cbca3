"""The page on which a young person flags a place with a worker, on a telephone, in English or Welsh: where, how, why, who sees it."""

from __future__ import annotations

import secrets

import streamlit as st

from briefing import flags
from briefing.flags import Made, Spot
from spaces import access, flag_reasons
from spaces import flags as kept
from spaces.flags import Flag
from views import acts, answers, base_map, danger, going, plain
from views.live_map import live_map
from words import LANGUAGES, N_, YOUTH, _, languages

LANGUAGE = "choose_youth_language"
"""Kept while other pages are shown: whoever holds the telephone speaks it still."""

SESSION = "session"
"""How the address of a session's link goes on: whoever opens it flags places for that session."""

LINK, VISIT = "flag_link", "flag_visit"
"""What was in the address, and what the visit itself is known by: kept for the visit."""

TOUCHED, SPOT, DRAFT, MADE = (f"{acts.ONLY_HERE}flag_{name}" for name in ("touched", "spot", "draft", "made"))
PART = "flag"
MAP_PX = 320
"""On a telephone the map, and below it what was touched, are on one screen."""

WHO_SEES = {
    kept.TO_WORKER: N_("Youth workers only: every youth worker who works with the panel can see it, and nobody else."),
    kept.TO_PANEL: N_("The panel too: the people who decide what is done about places see it as well."),
    kept.TO_MAP: N_("On the map: everybody who works with the panel sees it, counted together with what others said."),
}


def page() -> None:
    """Go through one flag, a step at a time; below, what was answered before."""
    if SESSION in st.query_params:  # other pages have no such address, and whoever comes back from one is still of the session
        st.session_state[LINK] = st.query_params[SESSION]
    _choose_language()
    st.title(_("Flag a place"))
    danger.show()
    access.check_make_flags(answers.reader())
    made: Made | None = st.session_state.get(MADE)
    spot: Spot | None = st.session_state.get(SPOT)
    if made:
        _made(made)
    elif spot:
        _say(spot)
    else:
        _where()
    _answers()
    _code()


def said_in() -> str:
    """Return the language of this page: the one chosen on it, else the browser's own, where there are words for it."""
    own = (st.context.locale or "").partition("-")[0]
    chosen = str(st.session_state.get(LANGUAGE) or own)
    return chosen if chosen in languages(YOUTH) else "en"


def _choose_language() -> None:
    offered = languages(YOUTH)
    if len(offered) > 1:
        at = offered.index(said_in())
        st.radio(
            "English / Cymraeg", offered, at, LANGUAGES.__getitem__, LANGUAGE, horizontal=True, label_visibility="collapsed"
        )  # fmt: skip


def _where() -> None:
    plain.paragraph(_("Touch the map where it is, or choose the place by its name. We do not ask who you are."))
    acts.say(PART)
    touched: tuple[Spot, ...] = st.session_state.get(TOUCHED, ())
    area = answers.workspace()
    pin = (touched[-1].easting, touched[-1].northing) if touched else None
    note = _("You can also choose the place by its name, below.")
    picked = live_map(answers.ground(pin), key="flag-map", height_px=MAP_PX, pick_ground=True, note=note, base_map=base_map.source())
    if picked:
        st.session_state.pop(TOUCHED, None)
        acts.act(PART, lambda: _touch(picked.longitude, picked.latitude))
    if touched:
        plain.heading(_("Which place do you mean?"), name="flag-which")
        for number, spot in enumerate(touched):
            st.button(plain.label(spot.words), key=f"spot_{number}", on_click=_choose, args=(spot,), width="stretch")
        going.go_to("flag-which", f"{touched[-1]}")
    names = answers.flag_places()
    by_name = st.selectbox(
        _("Or choose it by its name"), names.index, None, names.__getitem__, placeholder=_("Type a part of the name"), key="flag_by_name"
    )
    if by_name:
        _choose(flags.of_place(area, by_name))
        st.rerun()


def _touch(longitude: float, latitude: float) -> None:
    st.session_state[TOUCHED] = tuple(flags.near(answers.workspace(), longitude, latitude))


def _choose(spot: Spot) -> None:
    st.session_state[SPOT] = spot
    st.session_state.pop(TOUCHED, None)


def _again() -> None:
    for name in (TOUCHED, SPOT, DRAFT, MADE):
        st.session_state.pop(name, None)


def _say(spot: Spot) -> None:
    plain.heading(spot.words, name="flag-spot")
    st.button(_("Not this place"), on_click=_again)
    polarity = st.segmented_control(
        _("How is it there?"), kept.POLARITIES, format_func=lambda one: _(kept.POLARITIES[one]), key="flag_polarity", width="stretch",
        on_change=_drop_draft,
    )  # fmt: skip
    acts.say(PART)
    if DRAFT not in st.session_state:
        going.go_to("flag-spot", f"{spot} {polarity}")
    if polarity:
        _preview()
        _rest(spot, polarity)


def _drop_draft() -> None:
    st.session_state.pop(DRAFT, None)


def _rest(spot: Spot, polarity: str) -> None:
    reasons = {one.reason_id: one for one in flag_reasons.offered(answers.workspace().register, kept.KINDS_OF[polarity])}
    asked = _("What would you like there?") if polarity == kept.WISH else _("Why?")
    young = st.toggle(_("I am under 12"), key="choose_flag_under_12")
    feelings = dict(enumerate(kept.FEELINGS[3 if young else 7], 1))
    with st.form("flag", border=False):
        why = st.pills(
            asked, reasons, selection_mode="multi", format_func=lambda one: plain.label(reasons[one].words), key=f"why_{polarity}"
        )
        when = st.pills(_("When?"), kept.TIMES, format_func=lambda one: _(kept.TIMES[one]), key="flag_when")
        felt = st.pills(
            _("How does it feel there?"), feelings, format_func=lambda point: _(feelings[point]), key=f"flag_felt_{len(feelings)}"
        )
        view_of = st.selectbox(
            _("Whose view is it?"), kept.VIEWS, format_func=lambda one: _(kept.VIEWS[one]), key="choose_flag_view", filter_mode=None
        )
        with st.expander(_("For the worker: a note")):
            note = st.text_area(_(kept.NOTE), max_chars=kept.LONGEST_NOTE, key="flag_note")
            st.caption(_("What the place is like, and nothing of who anybody is. Before the panel can see it, somebody reads it."))
        plain.heading(_("Who sees it? You choose, and it is saved."))
        plain.bullets(_(words) for words in WHO_SEES.values())
        with st.container(horizontal=True):
            pressed = [name for name, label in kept.SEEN_BY.items() if st.form_submit_button(_(label), type="primary", key=f"save_{name}")]
    if pressed:
        flag = Flag(
            polarity, pressed[0], view_of, tuple(why), when or "", felt, len(feelings) if felt else None, note=note if note.strip() else ""
        )  # fmt: skip
        acts.act(PART, lambda: _preview_or_save(flag, spot))


def _preview_or_save(flag: Flag, spot: Spot) -> None:
    if flag.note:
        st.session_state[DRAFT] = flag, flags.as_others_see(answers.workspace(), flag.note), spot
    else:
        _save(flag, spot)


def _preview() -> None:
    """Show a worker's note as others will read it, before it is saved."""
    flag, note, spot = st.session_state.get(DRAFT, (None, "", None))
    if flag and spot:
        with st.container(border=True):
            plain.heading(_("This is how others will read the note"), name="flag-preview")
            plain.paragraph(note)
            plain.quiet(_("Where few people live, others read it only once enough people have said something about the place."))
            if st.button(_("Save it"), type="primary"):
                acts.act(PART, lambda: _save(flag, spot))
            st.button(_("Change it first"), on_click=_drop_draft)
        going.go_to("flag-preview", note)


def _save(flag: Flag, spot: Spot) -> None:
    made = flags.make(
        answers.workspace(), answers.reader(), flag, spot, session_id=session_id(), today=answers.today(), origin="app"
    )  # fmt: skip
    _again()
    for name in ("flag_polarity", "flag_by_name", "flag_note"):
        st.session_state.pop(name, None)
    st.session_state[MADE] = made


def session_id() -> str:
    """Return which session the flags made here are of: the one whose link was opened, else this visit."""
    return flags.session_of(answers.workspace(), st.session_state.get(LINK, ""), visit_id(), today=answers.today())


def visit_id() -> str:
    """Return what this visit is known by, and nothing else: with it codes are tried, a few at a time."""
    given: str = st.session_state.setdefault(VISIT, secrets.token_hex(16))
    return given


def _made(made: Made) -> None:
    plain.done(_("Thank you. It is saved."))
    plain.heading(_("Your code: {code}", code=made.code), name="flag-made")
    plain.paragraph(
        _("With it you can see what became of your flag, or take it back. Write it down: it is shown only now, and kept nowhere.")
    )
    if made.urgent:
        danger.tell()
    st.button(_("Flag another place"), on_click=_again, type="primary")
    going.go_to("flag-made", made.code)


def _answers() -> None:
    found = flags.answers(answers.workspace())
    if not found:
        return
    st.header(_("You said, we did"))
    for where, said, did, day in found[:20]:
        with st.container(border=True, gap="small"):
            plain.heading(where)
            plain.paragraph(_("You said: {said}", said=said))
            plain.paragraph(_("We did: {did}", did=did))
            plain.quiet(day)


def _code() -> None:
    acts.say("code")  # above what may fold when an answer that stood before it goes
    with st.expander(_("I have a code"), key="flag-code"):
        with st.form("code", border=False):
            written = st.text_input(_("Your code"), max_chars=20, autocomplete="off")
            look = st.form_submit_button(_("See what became of it"))
            back = st.form_submit_button(_("Take it back"))
        if look or back:
            acts.act("code", lambda: _looked_up(written, back=back))


def _looked_up(written: str, *, back: bool) -> str:
    area, reader = answers.workspace(), answers.reader()
    found = flags.look_up(area, reader, written, session_id=visit_id(), origin="app")
    if back:
        flags.take_back(area, reader, found, origin="app")
        return _("It is taken back, and what it said is deleted.")
    answered = [_("We did: {did}", did=did) for _where, _said, did, _day in flags.answers(area, to=found)]
    return "\n".join([flags.what_became(found), *answered])


if __name__ == "__main__":
    page()
