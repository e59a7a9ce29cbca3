"""The page of how long records are kept: the rules, what is due by them and deleted, and the legal holds that keep it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from briefing import keeping
from spaces import ageing
from spaces.retention import KINDS, SHORTEST_DAYS
from views import acts, answers, holds, plain
from words import _, ngettext


def page() -> None:
    """Show the rules, what is due, and the holds, each with what can be done about it."""
    st.title(_("Retention"))
    st.write(
        _(
            "Every kind of record has a time after which it is deleted, and so has what young people and staff said and did here. Nothing "
            "goes by itself: you delete what is due, and counts of it stay, with the history of each place. A legal hold keeps records "
            "beyond their time, and from being erased."
        )
    )
    for part in (_due, _rules, holds.show):
        with st.container():  # what changes in one does not move the next
            part()


def _due() -> None:
    st.header(_("Time is over"))
    acts.say("purge")
    due = keeping.due(answers.workspace(), answers.reader(), answers.today())
    if due.empty:
        st.write(_("Nothing is kept longer than the rules say."))
        return
    plain.grid(
        {_("Kind"): due["record_type"].map(_kinds()).fillna(_("not understood")), _("Told by"): _told_by(due),
         _("Year"): due["year"].astype("str"), _("Records"): due["records"].map("{:,}".format)}
    )  # fmt: skip
    with st.form("purge", clear_on_submit=True):
        count = int(due["records"].sum())
        sure = st.checkbox(
            ngettext("Delete {count} record. This cannot be taken back.", "Delete {count} records. This cannot be taken back.", count)
        )
        if st.form_submit_button(_("Delete what is due")):
            acts.act("purge", lambda: _purge(sure=sure))


def _told_by(due: pd.DataFrame) -> pd.Series:
    """Say who told of it: an agency, or nobody, because it was made here."""
    return due["agency"].replace("", _("not said")).mask(due["record_type"].isin(list(ageing.LABELS)), _("made here"))


def _purge(*, sure: bool) -> str:
    acts.check_sure(sure=sure)
    gone = keeping.purge(answers.workspace(), answers.reader(), answers.today(), origin="app")
    said = ngettext("{count} record is deleted.", "{count} records are deleted.", int(gone["records"].sum()))
    by_kind = gone.groupby("record_type")["records"].sum()
    return said + " " + "; ".join(f"{_kinds().get(str(kind), _('not understood'))}: {count:,}" for kind, count in by_kind.items())


def _rules() -> None:
    st.header(_("How long records are kept"))
    acts.say("rule")
    rules = pd.Series(keeping.rules(answers.workspace(), answers.reader()))
    plain.grid({_("Kind"): rules.index.to_series().map(_kinds()), _("Kept for"): rules.map(_days)})
    with st.expander(_("Change a rule")):
        kind = st.selectbox(_("Kind of record"), _kinds(), format_func=_kinds().__getitem__)
        with st.form("rule", border=False):
            days = st.number_input(_("Kept for, in days"), SHORTEST_DAYS, 36_500, int(rules[kind]), key=f"days {kind}")
            reason = st.text_input(_("Why (it stays in the audit trail, so name nobody)"), max_chars=300)
            if st.form_submit_button(_("Change it")):
                acts.act("rule", lambda: _set_rule(kind, days, reason))


def _set_rule(kind: str, days: int, reason: str) -> str:
    keeping.set_rule(answers.workspace(), answers.reader(), kind, days, reason, origin="app")
    return _("{kind}: kept for {days} from now on. Nothing was deleted.", kind=_kinds()[kind], days=_days(days))


def _days(days: int) -> str:
    said = ngettext("{count} day", "{count} days", days)
    years, rest = divmod(days, 365)
    return said if rest else _("{years} ({days})", years=ngettext("{count} year", "{count} years", years), days=said)


def _kinds() -> dict[str, str]:
    return {kind: _(label) for kind, label in KINDS.items()}


if __name__ == "__main__":
    page()
