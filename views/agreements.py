"""The agreements page: what lets each partner's data come in, and the way to end it."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from briefing import sentences, stewardship
from spaces import model
from spaces.agreements import ALWAYS_PERMITTED, INSTRUMENTS, Agreement
from views import answers, plain
from words import DataProblem, _

YEAR = timedelta(days=365)


def page() -> None:
    """Show the agreements that stand, and forms to record and to end one."""
    st.title(_("Agreements"))
    st.write(
        _(
            "Real data comes in only under an impact assessment and an agreement with each partner. An import takes what the agreement "
            "permits and nothing else; after its review date it takes nothing."
        )
    )
    if answers.workspace().invented:
        st.info(_("Everything in this area is invented, so it needs none. In an area for real data you would record them here."))
        return
    _assessment()
    _standing()
    _record()


def _assessment() -> None:
    reference = stewardship.dpia(answers.workspace(), answers.reader())
    st.header(_("Impact assessment"))
    plain.paragraph(_("Recorded: {reference}", reference=reference) if reference else _("None is recorded, so nothing real can come in."))
    with st.form("dpia", border=False):
        said = st.text_input(_("Reference of the approved assessment"), max_chars=200)
        if st.form_submit_button(_("Record it")):
            _do(lambda: stewardship.record_dpia(answers.workspace(), answers.reader(), said, origin="app"))


def _standing() -> None:
    st.header(_("Agreements"))
    found = stewardship.agreed(answers.workspace(), answers.reader())
    if found.empty:
        st.write(_("None is recorded."))
        return
    ended = found["withdrawn_at"].map(lambda moment: _("until {day}", day=sentences.day(moment)) if moment == moment else _("stands"))
    plain.grid(
        {_("Partner"): found["source"], _("Who answers for the data"): found["controller"], _("Filed under"): found["reference"],
         _("Review by"): found["review_on"].map(sentences.day), _("State"): ended}
    )  # fmt: skip
    standing = found.loc[found["withdrawn_at"].isna(), "source"].tolist()
    with st.expander(_("End an agreement and delete what came under it")), st.form("withdraw", border=False):
        source = st.selectbox(_("Partner"), standing, index=None, placeholder=_("Choose a partner"))
        sure = st.checkbox(_("Delete every record that this partner ever gave. This cannot be taken back."))
        if st.form_submit_button(_("End it and delete")):
            if source and sure:
                _do(lambda: stewardship.withdraw(answers.workspace(), answers.reader(), source, origin="app"))
            else:
                plain.problem(_("Choose the partner, and say that you mean it."))


def _record() -> None:
    with st.expander(_("Record an agreement")), st.form("agreement", border=False):
        words = {kind: _(label) for kind, label in INSTRUMENTS.items()}
        source = st.text_input(_("Partner, as its records name it"), max_chars=200)
        controller = st.text_input(_("Who answers for the data"), max_chars=200)
        instrument = st.selectbox(_("Kind of agreement"), words, format_func=words.__getitem__)
        reference = st.text_input(_("Filed under"), max_chars=200)
        purpose = st.text_area(_("Purpose"), max_chars=1000, height=80)
        basis = st.text_input(_("Lawful basis for children's records"), max_chars=300)
        young = st.text_input(_("Lawful basis for young adults, 18 to 25; empty where theirs may not come"), max_chars=300)
        others = [column for column in model.INCIDENT_COLUMNS if column not in ALWAYS_PERMITTED]
        permitted = st.multiselect(_("What may come, besides whose record it is, of what kind and when"), others, default=others)
        review_on = st.date_input(_("Review by"), date.today() + YEAR, format="DD/MM/YYYY")  # noqa: DTZ011  the day here
        if st.form_submit_button(_("Record the agreement"), type="primary"):
            agreed = Agreement(source, controller, instrument, reference, purpose, basis, tuple(permitted), review_on, young)
            _do(lambda: stewardship.record_agreement(answers.workspace(), answers.reader(), agreed, origin="app"))


def _do(act) -> None:  # type: ignore[no-untyped-def]
    try:
        act()
    except DataProblem as problem:
        plain.problem(str(problem))
    else:
        st.rerun()


if __name__ == "__main__":
    page()
