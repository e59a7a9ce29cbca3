"""The part of the page of safe places where one is checked, proposed or withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from briefing import safe_places
from briefing.safe_places import Place
from spaces import access
from spaces.safe_places import ANSWERS, FIELD_LABELS, LONGEST_NAME, LONGEST_NOTE, LONGEST_TEXT, STATE_LABELS, WITHDRAWN, Details
from views import acts, answers, drafts
from words import _

CHOSEN = f"{acts.ONLY_HERE}safe_place"
"""How often something was saved, and of which place: it stays chosen, under a control of its own, since its words have changed."""

NEW = "new"
"""The choice of a place that is neither in the register nor on the map."""

HOURS = "Mo-Fr 09:00-17:00; Sa 10:00-16:00"
"""How hours are written, as the map writes them."""


def show(found: list[Place], candidates: pd.DataFrame) -> None:
    """Offer to check a place, or to propose one, as whoever looks may do; nothing to others."""
    reader = answers.reader()
    if access.can_keep_safe_places(reader):
        choice = _choose(_("Check a place"), found, candidates)
        if choice:
            _check(choice, _called(choice, found))
        else:
            acts.say("place")
    elif access.can_propose_safe_places(reader):
        again = [place for place in found if place.state == WITHDRAWN and place.details.feature_id]
        choice = _choose(_("Propose a place"), again, candidates)
        if choice:
            _propose(choice, _called(choice, found))
        else:
            acts.say("place")


def _choose(label: str, known: list[Place], candidates: pd.DataFrame) -> str:
    """Ask for a place: of the register, on the map, or a new one; the empty text where none is chosen yet.

    What is chosen stays so, in the same words, whatever others do to that place meanwhile: else its form would close on what is written.
    """
    named = {place.place_id: f"{place.details.name}: {_(STATE_LABELS[place.state])}" for place in known}
    named |= {str(feature_id): f"{row['name']}, {row['kind']}: {_('on the map')}" for feature_id, row in candidates.iterrows()}
    named[NEW] = _("Another place, not on the map")
    number, last = st.session_state.get(CHOSEN, (0, ""))
    key = f"{CHOSEN}_{number}"
    now, words = st.session_state.get(key), st.session_state.get(f"{key}_words")
    if now and words:
        named[now] = words
    begun = list(named).index(last) if last in named else None
    chosen: str = st.selectbox(label, named, begun, named.__getitem__, key, placeholder=_("Choose it by its name")) or ""
    st.session_state[f"{key}_words"] = named.get(chosen)
    return chosen


def _called(choice: str, found: list[Place]) -> Place | None:
    """Return the place of the register that was chosen, by its id or as the candidate that it was a moment ago."""
    return next((place for place in found if choice in (place.place_id, place.details.feature_id)), None)


def _check(choice: str, place: Place | None) -> None:
    seen = drafts.seen(choice, place.version if place else 0)
    asked = _Asked(drafts.prefix(choice), _begin(choice, place))
    with st.form(f"check_{choice}"):
        asked.where(choice)
        st.subheader(_("What you found there"))
        left, right = st.columns(2)
        with left:
            asked.answers("consent", "under_18", "step_free")
            asked.text("consent_by", LONGEST_TEXT, such_as=_("such as: duty manager"))
            asked.day("consent_on")
        with right:
            asked.text("hours", LONGEST_TEXT, such_as=HOURS)
            asked.text("languages", LONGEST_TEXT)
            asked.text("scheme", LONGEST_TEXT)
            asked.text("checked_by", LONGEST_TEXT)
            asked.day("checked_on")
        st.subheader(_("Young people's word"))
        st.caption(_("Ask a few who go there whether they feel welcome. Only the two numbers are kept, never who said what."))
        left, right = st.columns(2)
        with left:
            asked.count("asked")
        with right:
            asked.count("welcome")
        asked.text("note", LONGEST_NOTE)
        acts.say("place")
        if st.form_submit_button(_("Keep this check"), type="primary"):
            acts.act("place", drafts.saving(choice, lambda: _keep(asked.details, place, seen)))
    if place and place.state != WITHDRAWN:
        _withdraw(choice, place, seen)


def _propose(choice: str, place: Place | None) -> None:
    asked = _Asked(drafts.prefix(choice), _begin(choice, place))
    with st.form(f"propose_{choice}"):
        asked.where(choice)
        why = st.text_area(_("Why young people would go there"), max_chars=LONGEST_NOTE, key=f"{asked.prefix}why")
        st.caption(_("An officer goes there and asks before it counts as a safe place. Name nobody."))
        acts.say("place")
        if st.form_submit_button(_("Propose it"), type="primary"):
            acts.act("place", drafts.saving(choice, lambda: _proposed(asked.details, why)))


def _withdraw(choice: str, place: Place, seen: int) -> None:
    with st.expander(_("Withdraw this place")), st.form(f"withdraw_{place.place_id}", border=False):
        why = st.text_input(_("Why it is no longer one (name nobody)"), max_chars=LONGEST_NOTE, autocomplete="off")
        if st.form_submit_button(_("Withdraw it")):
            acts.act("place", drafts.saving(choice, lambda: _withdrawn(place, why, seen)))


class _Asked:
    """The controls of a form about one place, each beginning with what is known, and what they say."""

    def __init__(self, prefix: str, begun: Details) -> None:
        self.prefix, self.details = prefix, begun

    def where(self, choice: str) -> None:
        """Ask for the names, and for the position where it is not on the map."""
        left, right = st.columns(2)
        with left:
            self.text("name", LONGEST_NAME)
        with right:
            self.text("name_cy", LONGEST_NAME)
        if choice == NEW:
            for column, name in zip(st.columns(2), ("easting", "northing"), strict=True):
                at = column.number_input(_(FIELD_LABELS[name]), value=None, step=1.0, format="%.0f", key=f"{self.prefix}{name}")
                self._set(name, float("nan") if at is None else at)

    def text(self, name: str, longest: int, *, such_as: str = "") -> None:
        now, key = getattr(self.details, name), f"{self.prefix}{name}"
        self._set(name, st.text_input(_(FIELD_LABELS[name]), now, max_chars=longest, placeholder=such_as, autocomplete="off", key=key))

    def answers(self, *names: str) -> None:
        options = {answer: _(label) for answer, label in ANSWERS.items()}
        for name in names:
            at = list(options).index(getattr(self.details, name))
            said = st.radio(
                _(FIELD_LABELS[name]), options, at, format_func=options.__getitem__, horizontal=True, key=f"{self.prefix}{name}"
            )
            self._set(name, said)

    def day(self, name: str) -> None:
        key = f"{self.prefix}{name}"
        self._set(name, st.date_input(_(FIELD_LABELS[name]), getattr(self.details, name), format="DD/MM/YYYY", key=key))

    def count(self, name: str) -> None:
        now, key = getattr(self.details, name), f"{self.prefix}{name}"
        self._set(name, st.number_input(_(FIELD_LABELS[name]), min_value=0, max_value=9_999, value=now, step=1, key=key))

    def _set(self, name: str, value: Any) -> None:
        self.details = replace(self.details, **{name: value})


def _begin(choice: str, place: Place | None) -> Details:
    """Return what a form begins with: what is known, without the day of the earlier check."""
    area, reader = answers.workspace(), answers.reader()
    if place is not None:
        return replace(place.details, checked_on=None)
    return Details("", float("nan"), float("nan")) if choice == NEW else safe_places.from_candidate(area, reader, choice)


def _keep(details: Details, place: Place | None, seen: int) -> str:
    place_id = place.place_id if place else ""
    area, reader = answers.workspace(), answers.reader()
    kept = safe_places.keep(area, reader, details, place_id=place_id, seen=seen, today=answers.today(), origin="app")
    _stay_with(kept)
    now = next(one for one in safe_places.places(area, reader, answers.today()) if one.place_id == kept)
    return f"{now.details.name}. {now.reason}"


def _proposed(details: Details, why: str) -> str:
    safe_places.propose(answers.workspace(), answers.reader(), details, why=why, today=answers.today(), origin="app")
    _stay_with("")
    return _("Thank you: it is proposed. An officer goes there and asks before it counts as a safe place.")


def _withdrawn(place: Place, why: str, seen: int) -> str:
    today: date = answers.today()
    safe_places.withdraw(answers.workspace(), answers.reader(), place.place_id, seen=seen, why=why, today=today, origin="app")
    _stay_with(place.place_id)
    return _("{name} is withdrawn, and no longer on the map.", name=place.details.name)


def _stay_with(place_id: str) -> None:
    number, _last = st.session_state.get(CHOSEN, (0, ""))
    st.session_state[CHOSEN] = number + 1, place_id
