"""The page of backups: make one, see which there are, and check that one is whole.

They are written where the program runs and not sent through the browser: see `keeping.backups_folder`.
"""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from briefing import keeping, sentences
from views import acts, answers, plain
from words import _


def page() -> None:
    """Show the backups and what can be done about them."""
    st.title(_("Backups"))
    st.write(
        _(
            "A backup is the whole register at one moment, as sensitive as the register itself, and checked as it is made. The key and the "
            "ledger of erasures are not in it: keep those apart from it, or a stolen backup is a stolen register."
        )
    )
    area = answers.workspace()
    plain.facts({_("Written to"): str(keeping.backups_folder(area))})
    acts.say("backup")
    if st.button(_("Make a backup"), type="primary"):
        with st.spinner(_("Writing and checking it. Others can go on working …")):
            acts.act("backup", _make)
    _made()
    st.header(_("After a loss"))
    st.write(_("Restoring is a command, given where the program runs, with the program stopped and an empty register:"))
    st.code(f"safer-spaces restore FILE --area {area.folder.name} --as NAME", language=None, wrap_lines=True)
    st.write(
        _(
            "Whoever was erased since is erased again as it is restored, and what young people took back stays gone. Copy backups to "
            "another machine: this one may be what is lost."
        )
    )


def _make() -> str:
    path, head = keeping.make_backup(answers.workspace(), answers.reader(), datetime.now().astimezone(), origin="app")
    return _("{file} is written and checked. Head of its audit trail: {head}", file=path, head=head)


def _made() -> None:
    st.header(_("Backups that are there"))
    found = keeping.backups_made(answers.workspace(), answers.reader())
    if found.empty:
        st.write(_("None yet."))
        return
    plain.grid(
        {_("File"): found["file"], _("Made"): found["made_at"].map(sentences.moment), _("Size"): found["size_mb"].map("{:,.1f} MB".format),
         _("Head of the trail in it"): found["head"].replace("", _("damaged: it cannot be read"))}
    )  # fmt: skip
    st.write(_("Each still holds what was erased or deleted after it was made. Keep no more of them than you need."))
    with st.form("check", border=False):
        file = st.selectbox(_("Backup"), found["file"].tolist())
        if st.form_submit_button(_("Check that it is whole")):
            with st.spinner(_("Reading all of it …")):
                acts.act("backup", lambda: _check(file))


def _check(file: str) -> str:
    head = keeping.check_backup(answers.workspace(), answers.reader(), file)
    return _("{file} is whole. Head of its audit trail: {head}", file=file, head=head)


if __name__ == "__main__":
    page()
