"""The page of what people said about places: young people's word first, adults' apart; read, moderated and answered."""

from __future__ import annotations

import streamlit as st

from briefing import flags_gathered
from briefing.flags_gathered import AROUND, FEW_POSTCODES, GATHERED_FROM, Group
from spaces import access, flags
from spaces.flag_moderation import ANSWER_FIELDS, LONGEST_ANSWER, Answer
from views import acts, answers, flag_keeping, plain
from words import N_, _, ngettext

EXPLAINED = {
    flags.YOUNG: N_("What young people said, with a worker. Only what they chose to let you see is here."),
    flags.KNOWING: N_("What adults said who care for young people or work with them. It is not added to what young people said."),
    flags.COMPLAINTS: N_("Adults' complaints, often about young people. They are kept apart, and never added to young people's words."),
}


def page() -> None:
    """Show what was said by place, and what this reader may do about it."""
    st.title(_("What people said"))
    st.write(
        _(
            "What people who know a place said about it, gathered. Of fewer than {count} flags no numbers are told, and where few people "
            "live (fewer than {postcodes} postcodes within a kilometre) only the town or village. No flags is not no harm, and no safety.",
            count=GATHERED_FROM, postcodes=FEW_POSTCODES,
        )
    )  # fmt: skip
    area, reader = answers.workspace(), answers.reader()
    groups = flags_gathered.gathered(area, reader)
    if access.can_moderate_flags(reader):
        flag_keeping.moderate()
    acts.say("answer")
    for stream, label in flags.STREAM_LABELS.items():
        of_stream = [group for group in groups if group.stream == stream]
        st.header(_(label))  # without how many: less what is told of some places, that is the number of one where few said it
        plain.quiet(_(EXPLAINED[stream]))
        if not of_stream:
            st.write(_("None yet."))
        for group in of_stream:
            _show(group)
    if access.can_keep_flag_reasons(reader):
        flag_keeping.reasons()
    if access.can_moderate_flags(reader):
        flag_keeping.whom_to_tell()


def _show(group: Group) -> None:
    with st.container(border=True, gap="small"):
        plain.heading(_("In or near {name}", name=group.name) if group.told_of == AROUND else group.name)
        plain.bullets(group.said)
        if group.notes:
            plain.quiet(ngettext("{count} worker's note:", "{count} workers' notes:", len(group.notes)))
            plain.bullets(group.notes)
        if group.answer:
            plain.done("\n".join(_answered(group.answer)))
        if group.stream == flags.YOUNG and access.can_answer_flags(answers.reader()):
            _answer(group)


def _answered(given: Answer) -> list[str]:
    return [f"{_(label)}: {getattr(given, name)}" for name, label in ANSWER_FIELDS.items() if getattr(given, name)]


def _answer(group: Group) -> None:
    given = group.answer or Answer("", "")
    with st.expander(_("Answer young people")), st.form(f"answer_{group.key}_{group.answered}", border=False):
        written = {
            name: st.text_area(_(label), getattr(given, name), max_chars=LONGEST_ANSWER, key=f"answer_{group.key}_{group.answered}_{name}")
            for name, label in ANSWER_FIELDS.items()
        }
        st.caption(_("Young people read this where they flag places. Say also what cannot be done, and why."))
        with st.container(horizontal=True):
            keep = st.form_submit_button(_("Answer"), type="primary")
            back = st.form_submit_button(_("Take the answer back")) if group.answer else False
    if keep:
        acts.act("answer", lambda: _keep(group, Answer(**written)))
    elif back:
        acts.act("answer", lambda: _take_back(group))


def _keep(group: Group, given: Answer) -> str:
    flags_gathered.answer(answers.workspace(), answers.reader(), group, given, today=answers.today(), origin="app")
    return _("{name}: the answer is where young people flag places.", name=group.name)


def _take_back(group: Group) -> str:
    flags_gathered.take_answer_back(answers.workspace(), answers.reader(), group, origin="app")
    return _("{name}: the answer is taken back.", name=group.name)


if __name__ == "__main__":
    page()
