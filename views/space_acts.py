"""The part of a place's page where it is changed: described, given a status or a worker, renamed, merged, split, offered to others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from briefing import space_acts, spaces
from briefing.drawing import Draft, outline
from briefing.spaces import Profile
from spaces import access, space, space_changes
from spaces.safe_places import ANSWERS
from spaces.space import FIELD_LABELS, FREE_TEXT, LAW_LABELS, LONGEST_TEXT, STATUS_LABELS
from views import acts, answers, drafts, drawing
from words import DataProblem, _

OPENED = "space"
"""Which place is open: kept while another page is shown, and set by pages that lead here."""

REDRAW, SPLIT = "redraw", "split"

CARRIED = f"{acts.ONLY_HERE}carried"
"""What was written about a place that has become part of another, by the forms about that other."""


def show(found: Profile) -> None:
    """Offer what can be done with a place to whoever may do it; nothing to others."""
    if not access.can_keep_spaces(answers.reader()):
        return
    st.subheader(_("Change what is kept"))
    form = _Form(found)
    _describe(form)
    _status(form)
    _worker(form)
    _name(form)
    _redraw(form)
    _merge(form)
    _split(form)
    _authority(form)


def follow(space_id: str) -> None:
    """Where a place has become part of another meanwhile, open that one, with what was written about the first still in the forms."""
    into, was, now = space_acts.now_part_of(answers.workspace(), answers.reader(), space_id)
    if not into:
        return
    wrote = _carry(space_id, into)
    st.session_state[OPENED] = into
    acts.act("space", lambda: _gone(was, now, wrote=wrote))


def _carry(space_id: str, into: str) -> bool:
    """Take what was written about one place along to another, and say whether there was anything."""
    of_one = drafts.prefix(space_id)
    kept = {str(key).removeprefix(of_one): text for key, text in st.session_state.items() if str(key).startswith(of_one)}
    known = space_acts.details_of(answers.workspace(), answers.reader(), space_id)
    wrote = {name: text for name, text in kept.items() if isinstance(text, str) and name.endswith(tuple(FREE_TEXT))}
    wrote = {name: text for name, text in wrote.items() if text != getattr(known, name, "")}
    st.session_state[CARRIED] = {drafts.prefix(into): wrote}
    drawn = [drawing.carry(f"{space_id}_{part}", f"{into}_{part}") for part in (REDRAW, SPLIT)]
    return bool(wrote) or any(drawn)


def _gone(was: str, now: str, *, wrote: bool) -> None:
    if not wrote:
        raise DataProblem("“{name}” has become part of “{other}”, and is kept there now.", name=was, other=now)
    raise DataProblem(
        "“{name}” has become part of “{other}”, and is kept there now. What you wrote is still in the form: save it under “{other}”.",
        name=was, other=now,
    )  # fmt: skip


class _Form:
    """The forms about one place: what is written in them stays until it is saved, over the version that whoever writes was looking at."""

    def __init__(self, found: Profile) -> None:
        self.found = found
        self.seen = drafts.seen(found.space_id, found.version)
        self.carried: dict[str, str] = st.session_state.get(CARRIED, {}).get(drafts.prefix(found.space_id), {})

    def key(self, name: str) -> str:
        return f"{drafts.prefix(self.found.space_id)}{name}"

    def text(self, name: str, now: str = "", *, label: str = "") -> str:
        longest = FREE_TEXT[name]
        ask: Any = st.text_area if longest > LONGEST_TEXT else st.text_input
        more: dict[str, Any] = {"height": 80} if longest > LONGEST_TEXT else {"autocomplete": "off"}
        begins = self.carried.get(f"{label}{name}", now)
        given: str = ask(label or _(FIELD_LABELS[name]), begins, max_chars=longest, key=self.key(f"{label}{name}"), **more)
        return given

    def save(self, label: str, work: Callable[[], str], *, main: bool = False, wrong: str = "") -> None:
        """Show the button that does it, and say what came of it at the top of the page; a refusal leaves the form as it is."""
        if st.form_submit_button(label, type="primary" if main else "secondary"):
            acts.act("space", drafts.saving(self.found.space_id, work), wrong=wrong)

    def drawn(self, label: str, name: str, show: Callable[[], None]) -> None:
        """Show a part with a map, once it is opened: a map is a lot to send for what is opened once a year."""
        with st.expander(label, key=self.key(f"{name}_part"), on_change="rerun") as room:
            if room.open:
                drawing.by_itself(show)

    def law(self, name: str) -> str:
        """Ask whose law holds there."""
        laws = {"": _("Not said"), **{law: _(label) for law, label in LAW_LABELS.items()}}
        at = list(laws).index(self.found.details.law)
        return st.selectbox(_("Whose law holds there"), laws, at, laws.__getitem__, key=self.key(name))


def _describe(form: _Form) -> None:
    now = form.found.details
    with st.expander(_("Write down what is known")), st.form(form.key("describe"), border=False):
        good, trusted = form.text("good", now.good), form.text("trusted", now.trusted)
        left, right = st.columns(2)
        with left:
            owner = form.text("owner", now.owner)
        with right:
            contact = form.text("owner_contact", now.owner_contact)
        words = {answer: _(label) for answer, label in ANSWERS.items()}
        adult = st.radio(
            _("Is an adult of concern known to an agency?"), words, list(words).index(now.adult_of_concern), format_func=words.__getitem__,
            horizontal=True, key=form.key("adult"),
        )  # fmt: skip
        law = form.law("law")
        st.caption(_("Roles and teams only. Name nobody, and write nothing of who an adult of concern is."))
        details = replace(now, good=good, trusted=trusted, owner=owner, owner_contact=contact, adult_of_concern=adult, law=law, why="")
        if now.kind == space.EVENT:
            left, right = st.columns(2)
            first = left.date_input(_(FIELD_LABELS["starts_on"]), now.starts_on, format="DD/MM/YYYY", key=form.key("first"))
            last = right.date_input(_(FIELD_LABELS["ends_on"]), now.ends_on, format="DD/MM/YYYY", key=form.key("last"))
            details = replace(details, starts_on=first, ends_on=last)
        form.save(_("Keep it"), lambda: _described(form, details), main=True)


def _status(form: _Form) -> None:
    with st.expander(_("Set its status")), st.form(form.key("status_form"), border=False):
        words = {status: _(label) for status, label in STATUS_LABELS.items() if status != space.MERGED}
        now = list(words).index(form.found.status)
        status = st.selectbox(_("Status"), words, now, format_func=words.__getitem__, key=form.key("status"))
        why = form.text("why", label=_("Why (needed to close it, or to open it again)"))
        form.save(_("Set it"), lambda: _did(space_acts.set_status, form, _("The status is set."), status=status, why=why))


def _worker(form: _Form) -> None:
    with st.expander(_("Hand it over to a named worker")), st.form(form.key("worker_form"), border=False):
        worker, note = form.text("worker"), form.text("handover_note")
        form.save(_("Hand it over"), lambda: _did(space_acts.hand_over, form, _("It is handed over."), worker=worker, note=note))


def _name(form: _Form) -> None:
    now = form.found.details
    with st.expander(_("Rename it")), st.form(form.key("name_form"), border=False):
        name, name_cy = form.text("name", now.name), form.text("name_cy", now.name_cy)
        why = form.text("why", label=_("Why it is renamed"))
        form.save(_("Rename it"), lambda: _did(space_acts.rename, form, _("It is renamed."), name=name, name_cy=name_cy, why=why))


def _merge(form: _Form) -> None:
    others = spaces.listed(answers.workspace(), answers.reader(), answers.today())
    names = {one.space_id: one.name for one in others if one.space_id != form.found.space_id}
    if not names:
        return
    with st.expander(_("Make it part of another place")), st.form(form.key("merge_form"), border=False):
        into = st.selectbox(
            _("The other place"), names, None, names.__getitem__, key=form.key("into"), placeholder=_("Choose it by its name")
        )
        why = form.text("why", label=_("Why the two are one"))
        form.save(_("Make it part of the other"), lambda: _merged(form, into or "", why))


def _redraw(form: _Form) -> None:
    now = form.found.details.boundary
    if now is not None:
        form.drawn(_("Draw its boundary"), REDRAW, lambda: _draw_anew(form))


def _draw_anew(form: _Form) -> None:
    name = f"{form.found.space_id}_{REDRAW}"
    draft = drawing.outline(name, this=form.found.space_id, near=form.found.details.boundary)
    with st.form(form.key("redraw_form"), border=False):
        why = form.text("why", label=_("Why it is drawn anew"))
        form.save(_("This is its boundary"), lambda: _redrawn(form, name, draft, why), wrong=name)
    acts.say(name)


def _split(form: _Form) -> None:
    if form.found.details.boundary is not None:
        form.drawn(_("Split off a part of it"), SPLIT, lambda: _cut(form))


def _cut(form: _Form) -> None:
    name, draft, part = f"{form.found.space_id}_{SPLIT}", Draft(), ""
    parts = space_acts.parts_of(answers.workspace(), form.found)
    ways = {"drawn": _("Drawn on the map"), **({"named": _("A place the map names")} if len(parts) else {})}
    way = st.radio(_("The part"), ways, format_func=ways.__getitem__, horizontal=True, key=form.key("way")) if len(ways) > 1 else "drawn"
    if way == "drawn":
        draft = drawing.outline(name, this=form.found.space_id, near=form.found.details.boundary, cuts=form.found.details.boundary)
    with st.form(form.key("split_form"), border=False):
        if way == "named":
            part = st.selectbox(_("The part that lies in"), parts.index, None, parts.__getitem__, key=form.key("part")) or ""
        called = form.text("name", label=_("What the part is called"))
        why = form.text("why", label=_("Why it is two places"))
        form.save(_("Split it"), lambda: _parted(form, name, draft if way == "drawn" else part, called, why), wrong=name)
    acts.say(name)


def _authority(form: _Form) -> None:
    with st.expander(_("Offer it to another authority")), st.form(form.key("authority_form"), border=False):
        authority, why = form.text("authority"), form.text("why", label=_("Why it is offered"))
        law = form.law("their_law")
        done = _("It is offered. It stays here until they answer.")
        form.save(_("Offer it"), lambda: _did(space_acts.hand_to, form, done, authority=authority, why=why, law=law))
    if not form.found.waits_for_authority:
        return
    with st.expander(_("Write down what the other authority answered")), st.form(form.key("answer_form"), border=False):
        words = {space_changes.ACCEPTED: _("They accepted it"), space_changes.DECLINED: _("They declined it")}
        said = st.radio(_("Their answer"), words, None, format_func=words.__getitem__, horizontal=True, key=form.key("answer"))
        reason = form.text("why", label=_("Their reason"))
        form.save(_("Keep their answer"), lambda: _answered(form, said or "", reason))


def _described(form: _Form, details: space.Details) -> str:
    area, reader, today = answers.workspace(), answers.reader(), answers.today()
    space_acts.describe(area, reader, form.found.space_id, details, seen=form.seen, today=today, origin="app")
    return _("It is kept.")


def _did(work: Callable[..., None], form: _Form, said: str, **given: Any) -> str:
    work(answers.workspace(), answers.reader(), form.found.space_id, seen=form.seen, origin="app", **given)
    return said


def _merged(form: _Form, into: str, why: str) -> str:
    said = _did(space_acts.merge, form, _("It is part of this place now."), into=into, why=why)
    st.session_state[OPENED] = into
    return said


def _redrawn(form: _Form, name: str, draft: Draft, why: str) -> str:
    said = _did(space_acts.redraw, form, _("Its boundary is kept."), boundary=outline(draft), why=why)
    drafts.done(name)
    return said


def _parted(form: _Form, name: str, part: Draft | str, called: str, why: str) -> str:
    area, reader = answers.workspace(), answers.reader()
    shape = space_acts.part_of_the_map(area, form.found, part) if isinstance(part, str) else outline(part)
    of_the_map = part if isinstance(part, str) else ""
    space_acts.split_off(area, reader, form.found, shape, seen=form.seen, name=called, why=why, feature_id=of_the_map, origin="app")
    drafts.done(name)
    return _("It is split. The part is in the list as a place of its own.")


def _answered(form: _Form, said: str, reason: str) -> str:
    if not said:
        raise DataProblem("Say whether they accepted it or declined it.")
    accepts = said == space_changes.ACCEPTED
    return _did(space_acts.answer_of_authority, form, _("Their answer is kept."), accepts=accepts, reason=reason)
