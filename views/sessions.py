"""The page of sessions with young people: what was heard, which group waits to be told, and what a session starts."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import streamlit as st

from briefing import flags, safety_maps, youth_sessions
from briefing.youth_sessions import Held, LookedAfter, Start
from spaces import access, space
from spaces.access import Reader
from spaces.youth_sessions import (
    FIELD_LABELS,
    LANGUAGES,
    LONGEST_HEARD,
    LONGEST_NAME,
    LONGEST_TEXT,
    METHODS,
    MOST_YOUNG_PEOPLE,
    OVERDUE,
    SEEN_BY,
    STATE_LABELS,
    TOLD,
    TOLD_BACK,
    WAITING,
    WITHDRAWN,
    Session,
)
from views import acts, answers, drafts, fields, flag, plain, safety_map, waiting
from words import N_, _, ngettext

PART = "session"
NEW = "new"

MARKS = {OVERDUE: "!", WAITING: "○", TOLD_BACK: "●", WITHDRAWN: "✕"}

TODO = {
    "map": N_("Safety map"), "link": N_("Link for flags"), "tell": N_("Tell the group"), "about": N_("Which place it is about"),
    "correct": N_("Correct it"), "hand": N_("Hand it over"), "withdraw": N_("Take it back"),
}  # fmt: skip
"""What can be done with a session: looking at its map by all who see it, the rest by its worker."""


def page() -> None:
    """Show the sessions that this person may see, overdue first, and the forms that fit who is looking."""
    st.title(_("Sessions with young people"))
    if not access.can_see_sessions(answers.reader()) and access.can_keep_register(answers.reader()):
        _looked_after()
        return
    waiting.show("sessions")
    st.write(
        _(
            "What groups of young people said about places, used as they were told it would be. It can start a place by itself, without "
            "any record of harm there. Every group is told within four weeks what came of it."
        )
    )
    area, reader, today = answers.workspace(), answers.reader(), answers.today()
    found = youth_sessions.listed(area, reader, today)
    acts.say(PART)
    overdue = sum(held.state == OVERDUE for held in found)
    if overdue:
        plain.problem(
            ngettext(
                "{count} group has waited more than four weeks to hear what came of it.",
                "{count} groups have waited more than four weeks to hear what came of it.", overdue,
            )
        )  # fmt: skip
    _new(reader)
    _one(found)
    for state, label in STATE_LABELS.items():
        of_it = [held for held in found if held.state == state]
        if of_it:
            st.header(f"{_(label)} ({len(of_it)})")
            plain.folded((MARKS[state], safety_maps.called(held), held.reason, held.known, ()) for held in of_it)
    if not found:
        st.write(_("No session is written down yet."))
    if said := youth_sessions.not_shown(area, reader):
        plain.quiet(said)


def _looked_after() -> None:
    """Let the data steward take a session back or hand it over, where its worker cannot; what was said is not shown."""
    st.write(
        _(
            "What young people said is not shown to you. Where the worker of a group has left or cannot be asked, you take its session "
            "back for the young people, or hand it to another worker."
        )
    )
    found = {one.session_id: one for one in youth_sessions.looked_after(answers.workspace(), answers.reader())}
    acts.say(PART)
    if not found:
        st.write(_("No session is written down yet."))
        return
    chosen = st.selectbox(
        _("Choose a session"), found, None, lambda one: _("{session} ({worker})", session=found[one].name, worker=found[one].worker),
        f"{acts.ONLY_HERE}looked_after", placeholder=_("Choose it by its group and day"),
    )  # fmt: skip
    if not chosen:
        return
    what = st.radio(_("What to do"), ("hand", "withdraw"), 0, lambda one: _(TODO[one]), f"{acts.ONLY_HERE}todo_{chosen}", horizontal=True)
    acts.say(chosen)
    if what == "hand":
        _hand_over(found[chosen])
    else:
        _withdraw(found[chosen])


def _new(reader: Reader) -> None:
    refusal = acts.refused(access.check_keep_sessions)
    if refusal:
        plain.quiet(refusal)
        return
    with st.expander(_("Write down a session")):
        _form(f"session_{drafts.number(NEW)}", None)


def _one(found: list[Held]) -> None:
    """Offer to choose a session, and what to do with it."""
    by_id = {held.session_id: held for held in found if held.state != WITHDRAWN}
    if not by_id:
        return
    words = {session_id: safety_maps.called(held) for session_id, held in by_id.items()}
    key = f"{acts.ONLY_HERE}session_{answers.reader().role}"  # another role's choice would stay on the screen, and be none
    chosen = st.selectbox(_("Choose a session"), words, None, words.__getitem__, key, placeholder=_("Choose it by its group and day"))
    if not chosen:
        return
    held = by_id[chosen]
    todo = list(TODO) if held.mine else ["map"]
    what = st.radio(_("What to do"), todo, 0, lambda one: _(TODO[one]), f"{acts.ONLY_HERE}todo_{chosen}", horizontal=True)
    acts.say(chosen)
    if what == "map":
        safety_map.show(held, found)
    elif what == "link":
        _link(held)
    elif what == "tell":
        _tell(held)
    elif what == "about":
        _about(held)
    elif what == "correct":
        _form(f"correct_{chosen}", held)
    elif what == "hand":
        _hand_over(held)
    elif what == "withdraw":
        _withdraw(held)


def _form(key: str, held: Held | None) -> None:
    was = held.session if held else None
    session_id = held.session_id if held else ""
    form = session_id or NEW
    seen = drafts.seen(session_id, held.version) if held else 0
    with st.form(key):
        left, right = st.columns(2)
        with left:
            group = _text("group_name", LONGEST_NAME, was, key, _("such as: Tuesday youth club"))
            asked_by = _text("asked_by", LONGEST_NAME, was, key, _("such as: the panel"))
            on = fields.day(_(FIELD_LABELS["held_on"]), f"{key}_on", was.held_on if was else None)
        with right:
            how_many = st.number_input(
                _(FIELD_LABELS["how_many"]), 1, MOST_YOUNG_PEOPLE, was.how_many if was else None, 1, key=f"{key}_how_many"
            )
            method = fields.choice(_("How you worked"), METHODS, f"{key}_method", was.method if was else None)
            language = fields.choice(_("Language"), LANGUAGES, f"{key}_language", was.language if was else "en")
        purpose = _text("purpose", LONGEST_TEXT, was, key, _("such as: to make the park better"))
        seen_by = was.seen_by if was else _seen_by(key)
        told = tuple(was.told) if was else _told(key)
        heard = st.text_area(_(FIELD_LABELS["heard"]), was.heard if was else "", max_chars=LONGEST_HEARD, key=f"{key}_heard")
        st.caption(_("Roles and places, and nothing of who somebody is. No name, no age, no school year."))
        acts.say(NEW)
        if st.form_submit_button(_("Keep it"), type="primary"):
            session = Session(on, asked_by, purpose, told, seen_by, method, language, group, how_many, heard)
            acts.act(PART, drafts.saving(form, lambda: _kept(session, session_id, seen)), wrong=form)


def _seen_by(key: str) -> str:
    said = st.radio(
        _("They were told that it is seen by"), SEEN_BY, None, lambda one: _(SEEN_BY[one]), f"{key}_seen_by",
        help=_("Of fewer than five young people only their worker and the panel see it, whatever is chosen."),
    )  # fmt: skip
    return said or ""


def _told(key: str) -> tuple[str, ...]:
    st.markdown(_("Before anything was written down, the group was told:"))
    return tuple(item for item, label in TOLD.items() if st.checkbox(_(label), key=f"{key}_told_{item}"))


def _link(held: Held) -> None:
    """Show the address under which the group's flags are of this session."""
    if held.state != WAITING:
        plain.paragraph(_("The link of this session gathers no more flags: the group was told what came of it, or should have been."))
        return
    plain.paragraph(
        _(
            "Open it on every telephone or computer that the group uses. Flags made there are gathered as this session's, and limited "
            "together. It works until the group is told what came of it, for four weeks at most."
        )
    )
    here = urlsplit(st.context.url or "")
    link = flags.link(answers.workspace(), answers.reader(), held.session_id)
    st.code(f"{here.scheme}://{here.netloc}/?{flag.SESSION}={link}", language=None, wrap_lines=True)


def _tell(held: Held) -> None:
    key = f"tell_{held.session_id}_{held.version}"
    with st.form(key):
        told = st.text_area(_(FIELD_LABELS["told_back"]), max_chars=LONGEST_HEARD, key=f"{key}_told")
        st.caption(_("You said, we did. That nothing could be done, and why, is an answer too."))
        on = fields.day(_(FIELD_LABELS["told_back_on"]), f"{key}_on")
        if st.form_submit_button(_("Write it down"), type="primary"):
            acts.act(held.session_id, lambda: _told_back(held, told, on))


def _about(held: Held) -> None:
    area, reader = answers.workspace(), answers.reader()
    if held.place:
        plain.paragraph(_("It is about: {place}.", place=held.place))
    left, right = st.columns(2)
    with left, st.form(f"about_{held.session_id}"):
        st.subheader(_("A place the panel has"))
        names = youth_sessions.spaces_to_choose(area, reader)
        chosen = st.selectbox(_("Place"), names.index, None, names.__getitem__, placeholder=_("Choose it by its name"))
        if st.form_submit_button(_("It is about this place")) and chosen:
            acts.act(held.session_id, lambda: _is_about(held, chosen))
    with right, st.form(f"start_{held.session_id}"):
        st.subheader(_("Start a place"))
        st.caption(_("Young people's word starts a place as well as any count."))
        named = youth_sessions.named(area, reader)
        feature = st.selectbox(_("A place of the map"), named.index, None, named.__getitem__, placeholder=_("Choose it by its name"))
        st.markdown(_("or what the group marked on its safety map, under a name:"))
        name = st.text_input(_("Name"), max_chars=space.LONGEST_NAME, autocomplete="off")
        name_cy = st.text_input(_("Name in Welsh"), max_chars=space.LONGEST_NAME, autocomplete="off")
        kinds = [kind for kind in space.KINDS if kind not in (space.EVENT, space.ONLINE)]
        kind = st.selectbox(_("What kind of place"), kinds, None, format_func=lambda one: _(one).capitalize(), placeholder=_("Choose"))
        if st.form_submit_button(_("Start this place"), type="primary"):
            acts.act(held.session_id, lambda: _started(held, Start(name, kind or "", feature or "", name_cy)))


def _hand_over(held: Held | LookedAfter) -> None:
    with st.form(f"hand_{held.session_id}"):
        st.markdown(_("All sessions of this group go to the other worker, who alone then changes them."))
        worker = st.text_input(_("The name under which the other worker signs in"), max_chars=LONGEST_NAME, autocomplete="off")
        if st.form_submit_button(_("Hand it over")):
            acts.act(PART if worker.strip() else held.session_id, lambda: _handed_over(held, worker))


def _withdraw(held: Held | LookedAfter) -> None:
    with st.form(f"withdraw_{held.session_id}"):
        st.markdown(_("What the group said, and its map, are deleted. That there was a session stays. This cannot be undone."))
        sure = st.checkbox(_("The young people asked for it, and I mean it"))
        if st.form_submit_button(_("Take it back")):
            acts.act(PART if sure else held.session_id, lambda: _taken_back(held, sure=sure))


def _kept(session: Session, session_id: str, seen: int) -> str:
    area, reader, today = answers.workspace(), answers.reader(), answers.today()
    youth_sessions.keep(area, reader, session, session_id=session_id, seen=seen, today=today, origin="app")
    return _("It is kept. Tell the group within four weeks what came of it.")


def _told_back(held: Held, told: str, on: date) -> str:
    youth_sessions.tell_back(answers.workspace(), answers.reader(), held, told=told, on=on, today=answers.today(), origin="app")
    return _("It is written down: the group knows.")


def _is_about(held: Held, space_id: str) -> str:
    youth_sessions.about(answers.workspace(), answers.reader(), held, space_id, origin="app")
    return _("It is written down. The panel sees it with that place.")


def _started(held: Held, start: Start) -> str:
    area, reader = answers.workspace(), answers.reader()
    space_id = youth_sessions.start_space(area, reader, held, start, today=answers.today(), origin="app")
    name = youth_sessions.spaces_to_choose(area, reader).get(space_id, start.name)
    return _("“{name}” is started: noticed by young people. The panel sees it from now on.", name=name)


def _handed_over(held: Held | LookedAfter, worker: str) -> str:
    youth_sessions.hand_over(answers.workspace(), answers.reader(), held, worker, origin="app")
    return _("It is handed over, with all sessions of the group.")


def _taken_back(held: Held | LookedAfter, *, sure: bool) -> str:
    acts.check_sure(sure=sure)
    youth_sessions.withdraw(answers.workspace(), answers.reader(), held, origin="app")
    return _("It is taken back: what the group said and drew is gone.")


def _text(name: str, most: int, was: Session | None, key: str, such_as: str) -> str:
    now = str(getattr(was, name)) if was else ""
    return st.text_input(_(FIELD_LABELS[name]), now, max_chars=most, key=f"{key}_{name}", autocomplete="off", placeholder=such_as)


if __name__ == "__main__":
    page()
