"""What is kept behind the flags: notes read before others see them, the list of reasons, and whom a worker tells."""

from __future__ import annotations

import streamlit as st

from briefing import flags, flags_gathered, sentences
from briefing.flags import LONGEST_SETTING, SETTINGS, WhomToTell
from briefing.flags_gathered import Flood, ToRead
from spaces import flag_reasons
from spaces.flag_moderation import WHY
from spaces.flag_reasons import BAD, FIELD_LABELS, GOOD, KIND_LABELS, LONGEST_REASON, Reason
from spaces.flags import LONGEST_NOTE
from views import acts, answers, drafts, plain
from words import _, ngettext

PART = "moderate"


def moderate() -> None:
    """Show the notes that wait, each beside what others will see of it, and what came of one session very often."""
    area, reader = answers.workspace(), answers.reader()
    waiting = flags_gathered.to_read(area, reader)
    acts.say(PART)
    if waiting:
        st.header(ngettext("{count} note to read", "{count} notes to read", len(waiting)))
    for one in waiting[:20]:
        _read(one)
    for number, flood in enumerate(flags_gathered.floods(area, reader)):
        _flood(number, flood)


def _read(one: ToRead) -> None:
    with st.container(border=True, gap="small"):
        plain.heading(one.where)
        plain.quiet(one.said)
        plain.paragraph(one.note)
        shown = st.text_area(_("What others see of it"), one.note, max_chars=LONGEST_NOTE, key=f"shown_{one.flag_id}")
        if lines := flags_gathered.difference(one.note, shown):
            plain.bullets(lines)
        why = (
            st.selectbox(_("Why, if it is changed or held back"), WHY, None, lambda reason: _(WHY[reason]), key=f"why_{one.flag_id}") or ""
        )
        with st.container(horizontal=True):
            if st.button(_("Show it"), key=f"show_{one.flag_id}", type="primary"):
                acts.act(PART, lambda: _show(one, shown, why))
            if st.button(_("Hold it back"), key=f"hold_{one.flag_id}"):
                acts.act(PART, lambda: _hold({one.flag_id: one.version}, why))


def _flood(number: int, flood: Flood) -> None:
    with st.container(border=True, gap="small"):
        plain.heading(flood.where)
        count = len(flood.which)
        plain.paragraph(
            _("{count} flags of this place are of one session. A group may have made them together.", count=count)
            if flood.on is None
            else _(
                "{count} flags of this place were made on {day}, in several sessions. A whole school may have made them, or one person "
                "who came again and again.",
                count=count, day=sentences.day(flood.on),
            )
        )  # fmt: skip
        if st.button(_("Hold them all back"), key=f"flood_{number}"):
            acts.act(PART, lambda: _hold(flood.which, "too many"))


def _show(one: ToRead, shown: str, why: str) -> str:
    flags_gathered.show(answers.workspace(), answers.reader(), one, shown_note=shown, why=why, origin="app")
    return _("It counts, with what others see of its note.")


def _hold(which: dict[str, int], why: str) -> str:
    flags_gathered.hold_back(answers.workspace(), answers.reader(), which, why=why, origin="app")
    return ngettext("{count} flag is held back.", "{count} flags are held back.", len(which))


def reasons() -> None:
    """Show the list that young people choose from, and change it with them."""
    st.header(_("The reasons young people choose from"))
    plain.quiet(
        _("The list is young people's. Change it with them, and say which group agreed. A reason that is retired stays on old flags.")
    )
    acts.say("reasons")
    every = flag_reasons.every(answers.workspace().register)
    with st.expander(_("See and change the list")):
        for kind, label in KIND_LABELS.items():
            plain.paragraph(_(label))
            plain.bullets(_described(reason) for reason in every.values() if reason.kind == kind)
        chosen = st.selectbox(
            _("Change a reason"), every, None, lambda one: every[one].en, key="reason", placeholder=_("Choose one, or add another below")
        )
        _change(every[chosen] if chosen else None)


def _described(reason: Reason) -> str:
    said = f"{reason.en} · {reason.cy}"
    said += f" · {_('agreed with {group}', group=reason.agreed_with)}" if reason.agreed_with else ""
    return said if reason.in_use else f"{said} · {_('retired')}"


def _change(reason: Reason | None) -> None:
    key = f"{reason.reason_id}_{reason.version}" if reason else f"new_{drafts.number('reason')}"
    with st.form(f"reason_{key}", border=False):
        kind = (
            reason.kind if reason else st.radio(_("It is for"), (BAD, GOOD), format_func=lambda one: _(KIND_LABELS[one]), key=f"kind_{key}")
        )
        given = {
            name: st.text_input(
                _(label), getattr(reason, name) if reason and name != "agreed_with" else "", autocomplete="off", key=f"{name}_{key}",
                max_chars=200 if name == "agreed_with" else LONGEST_REASON,
            )
            for name, label in FIELD_LABELS.items()
        }  # fmt: skip
        with st.container(horizontal=True):
            keep = st.form_submit_button(_("Reword it") if reason else _("Add it"), type="primary")
            retire = st.form_submit_button(_("Retire it")) if reason and reason.in_use else False
    if keep or retire:
        acts.act("reasons", lambda: _reason(reason, kind, given, retire=retire))


def _reason(reason: Reason | None, kind: str, given: dict[str, str], *, retire: bool) -> str:
    register, reader = answers.workspace().register, answers.reader()
    if reason is None:
        flag_reasons.add(register, reader, kind=kind, origin="app", **given)
        drafts.done("reason")
        return _("It is in the list from now on.")
    if retire:
        flag_reasons.retire(register, reader, reason, agreed_with=given["agreed_with"], origin="app")
        return _("It is no longer offered.")
    flag_reasons.reword(register, reader, reason, origin="app", **given)
    return _("It reads like this from now on.")


def whom_to_tell() -> None:
    """Set whom a worker tells when a child may be in danger."""
    st.header(_("Whom to tell"))
    acts.say("whom")
    told = flags.whom_to_tell(answers.workspace())
    with st.expander(_("Set what is shown where places are flagged")), st.form("whom", border=False):
        now = (told.front_door, told.duty_lead, told.referral_form)
        given = [
            st.text_input(_(label), value, max_chars=LONGEST_SETTING, autocomplete="off")
            for label, value in zip(SETTINGS.values(), now, strict=True)
        ]
        if st.form_submit_button(_("Set it"), type="primary"):
            acts.act("whom", lambda: _told(WhomToTell(*given)))


def _told(told: WhomToTell) -> str:
    flags.set_whom_to_tell(answers.workspace(), answers.reader(), told, origin="app")
    return _("It is shown from now on.")
