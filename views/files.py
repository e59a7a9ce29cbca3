"""The files page: a partner's file chosen, looked at, and brought in; and every file that came in before."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from briefing import columns as columns_briefing
from briefing import jobs, sentences
from briefing.jobs import Job
from views import answers, columns, plain, waiting
from words import N_, DataProblem, _

STATES = {
    jobs.LOOKING: N_("Looking at {file} …"),
    jobs.UNKNOWN: N_("{file}: what is in it?"),
    jobs.LOOKED_AT: N_("{file}: looked at, nothing brought in yet"),
    jobs.TAKING_IN: N_("Bringing in {file} …"),
    jobs.DONE: N_("{file}: brought in"),
    jobs.REFUSED: N_("{file}: refused"),
    jobs.STOPPED: N_("{file}: stopped"),
    jobs.FAILED: N_("{file}: did not work"),
}

ACCEPTED = ["csv", "txt", "tsv", "xlsx", "xlsm", "ods", "parquet", "zip"]
PROBLEMS_SHOWN = 200
"""On the page; the sheet has them all."""


def page() -> None:
    """Show how partners' files come in, and those that did."""
    st.title(_("Partners' files"))
    waiting.show("files")
    st.write(
        _(
            "A file is looked at first: you see what would come in, what would change and what is refused, and decide. Names, dates of "
            "birth, telephone numbers and home addresses never come in. The same file twice changes nothing."
        )
    )
    key = f"bring {st.session_state.setdefault('brought', 0)}"
    st.file_uploader(_("A partner's file to look at"), type=ACCEPTED, accept_multiple_files=True, key=key, on_change=_look, args=(key,))
    _jobs()
    _known_files()
    _files()


def _jobs() -> None:
    """Show the jobs of the last day, anew every second while one works."""
    works = any(job.state in jobs.WORKING for job in jobs.jobs(answers.workspace(), answers.reader()))
    st.fragment(_each_job, run_every=1.0 if works else None)(works)


def _each_job(was_working: bool) -> None:
    found = jobs.jobs(answers.workspace(), answers.reader())
    for job in found:
        with st.container(border=True, gap="small"):
            plain.heading(_(STATES[job.state], file=job.file))
            if job.message and job.state != jobs.UNKNOWN:
                (plain.problem if job.state in (jobs.REFUSED, jobs.FAILED) else plain.quiet)(job.message)
            if job.state in jobs.WORKING:
                st.progress(job.share)
                st.button(_("Stop"), key=f"stop {job.job_id}", on_click=_give_up, args=(job,))
            elif job.state == jobs.UNKNOWN:
                columns.show(job)
            elif job.state == jobs.LOOKED_AT:
                _preview(job)
    if was_working != any(job.state in jobs.WORKING for job in found):
        st.rerun()  # to look again every second, or no longer; the list of files below may have one more


def _preview(job: Job) -> None:
    seen = jobs.preview_of(answers.workspace(), answers.reader(), job.job_id)
    problems = seen.problems
    plain.bullets(seen.sentences)
    if len(problems):
        _problems(problems, name=job.file, key=job.job_id)
    words = _("Bring in the good rows") if problems["refused"].any() else _("Bring it in")
    left, right = st.columns(2)
    if seen.new:
        left.button(words, key=f"take {job.job_id}", type="primary", on_click=_take_in, args=(job,))
    right.button(_("Give it up"), key=f"drop {job.job_id}", on_click=_give_up, args=(job,))


def _problems(problems: pd.DataFrame, *, name: str, key: str) -> None:
    shown = problems.head(PROBLEMS_SHOWN)
    with st.expander(_("{count:,} problems", count=len(problems))):
        plain.grid(
            {_("Row"): shown["row"], _("Column"): shown["column"], _("What is wrong, and what to do"): shown["problem"],
             _("Row refused"): shown["refused"].map({True: _("yes"), False: _("no")})}
        )  # fmt: skip
        st.download_button(
            _("Save all of them as a sheet"), answers.problem_sheet(problems), file_name=f"problems-{name}.csv", mime="text/csv",
            key=f"sheet {key}", on_click="ignore",
        )  # fmt: skip


def _known_files() -> None:
    """Show the kinds of file that somebody explained, and let one be forgotten."""
    saved = columns_briefing.saved(answers.workspace(), answers.reader())
    if saved.empty:
        return
    with st.expander(_("Kinds of file that were explained here: {count}", count=len(saved))):
        for name, toml in saved.items():
            plain.heading(str(name))
            left, right = st.columns(2)
            left.download_button(_("Save as a profile"), toml, file_name=f"{name}.toml", key=f"toml {name}", on_click="ignore")
            right.button(_("Forget it"), key=f"forget {name}", on_click=_forget, args=(str(name),))


def _files() -> None:
    st.header(_("Files brought in"))
    found = answers.files()
    if found.empty:
        st.write(_("None yet."))
        return
    counted = {
        _("Rows"): "rows_read", _("New"): "added", _("Changed"): "changed", _("The same"): "unchanged", _("Refused"): "refused",
    }  # fmt: skip
    plain.grid(
        {_("File"): found["file"], _("Brought in"): found["imported_at"].map(sentences.day), _("By"): found["actor"]}
        | {words: found[column].map("{:,}".format) for words, column in counted.items()}
    )
    names = {str(import_id): f"{row['file']}, {sentences.day(row['imported_at'])}" for import_id, row in found.iterrows()}
    chosen = st.selectbox(_("Problems of"), names, format_func=names.__getitem__, index=None, placeholder=_("Choose a file"))
    if chosen:
        problems = answers.problems_of(chosen)
        if problems.empty:
            st.write(_("There were none."))
        else:
            _problems(problems, name=str(found.loc[chosen, "file"]), key=chosen)


def _look(key: str) -> None:
    """Look at the files that were chosen, and begin anew with none: one that changed meanwhile is another file."""
    for file in st.session_state[key]:
        _told(partial(jobs.look_at, answers.workspace(), answers.reader(), file.name, file.getvalue()))
    st.session_state["brought"] += 1


def _take_in(job: Job) -> None:
    _told(lambda: jobs.take_in(answers.workspace(), answers.reader(), job.job_id))


def _give_up(job: Job) -> None:
    _told(lambda: jobs.give_up(answers.workspace(), answers.reader(), job.job_id))


def _forget(name: str) -> None:
    _told(lambda: columns_briefing.forget(answers.workspace(), answers.reader(), name, origin="app"))


def _told(act) -> None:  # type: ignore[no-untyped-def]
    try:
        act()
    except DataProblem as problem:
        st.toast(str(problem))


if __name__ == "__main__":
    page()
