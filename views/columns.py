"""What a partner's file is, said by a person: each column, each word that has to be understood, and a name to know it by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from briefing import columns, jobs, stewardship
from briefing.columns import CODED, LABELS, SAME_IN_ALL, Column, Decision
from briefing.jobs import Job
from spaces import model
from spaces.profile_files import HOURS
from views import answers, plain
from words import DataProblem, _

WORDS: Mapping[str, Mapping[str, str]] = {
    "record_type": model.RECORD_TYPES, "harm_type": model.HARM_TYPES, "role": model.ROLES, "location_role": model.LOCATION_ROLES,
    "age_band": {band: band for band in (*model.AGE_BANDS, model.OLDER)},
}  # fmt: skip
NOT_READ = ""


def show(job: Job) -> None:
    """Ask what the columns of a file are, and go on with it once that is said."""
    st.write(
        _(
            "No profile knows its columns. Say what each of them is; what is suggested is a guess by name and content, so look at it. "
            "What you say is kept, and the next file like it is known."
        )
    )
    found = jobs.columns_of(answers.workspace(), answers.reader(), job.job_id)
    key = f"explain {job.job_id}"
    try:
        mapped = columns.check_once(_columns(found, key))
        constants = _same_in_all(mapped, key)
        month_first = _day_or_month(found, mapped, key)
        codes, hours = _meanings(found, mapped, key), _times(found, mapped, key)
        name = st.text_input(_("What you call files like this one"), max_chars=80, key=f"{key} name", placeholder=_("youth club log"))
        if st.button(_("Keep this and look at the file"), type="primary", key=f"{key} keep"):
            decision = Decision(name, mapped, constants, codes, hours, month_first)
            columns.save(answers.workspace(), answers.reader(), columns.as_profile(found, decision), origin="app")
            jobs.look_again(answers.workspace(), answers.reader(), job.job_id)
            st.rerun()
    except DataProblem as problem:
        plain.problem(str(problem))
    if st.button(_("Give the file up"), key=f"{key} drop"):
        jobs.give_up(answers.workspace(), answers.reader(), job.job_id)
        st.rerun()


def _columns(found: Sequence[Column], key: str) -> dict[str, str]:
    """Return what each column that is read is said to be."""
    options = [NOT_READ, *LABELS]
    chosen = {}
    withheld = [column.name for column in found if column.withheld]
    if withheld:
        plain.quiet(_("Never read, because they hold who somebody is: {columns}.", columns=", ".join(withheld)))
    open_columns = [column for column in found if not column.withheld]
    left, right = st.columns(2)
    for order, column in enumerate(open_columns):
        shown = (left if order < len(open_columns) / 2 else right).selectbox(
            plain.label(column.name), options, index=options.index(column.suggested), key=f"{key} column {order}",
            format_func=_worded(LABELS, _("not read")),
            help=_("Suggested because {why}.", why=_(column.why)) if column.why else None,
        )  # fmt: skip
        if shown:
            chosen[column.name] = shown
    return chosen


def _same_in_all(mapped: Mapping[str, str], key: str) -> dict[str, str]:
    """Return what no column says because every row has the same."""
    partners = stewardship.standing_partners(answers.workspace(), answers.reader())
    choices: Mapping[str, Mapping[str, str]] = {
        "agency": {partner: partner for partner in partners}, "record_type": model.RECORD_TYPES, "harm_type": model.HARM_TYPES,
    }  # fmt: skip
    said: dict[str, str | None] = {}
    for ours in SAME_IN_ALL:
        if ours in mapped:
            continue
        words = choices[ours]
        index = list(words).index("incident") if ours == "record_type" else None
        said[ours] = st.selectbox(
            _("In every row: {what}", what=_(LABELS[ours]).lower()), words, index=index, key=f"{key} all {ours}",
            format_func=_worded(words), placeholder=_("Choose"),
        )  # fmt: skip
    return {ours: value for ours, value in said.items() if value}


def _day_or_month(found: Sequence[Column], mapped: Mapping[str, str], key: str) -> frozenset[str]:
    """Return the time columns in which the month comes first; DataProblem until it is said of each that could be either."""
    month_first = set()
    for ours in model.TIME_COLUMNS:
        column = _said_to_be(ours, found, mapped)
        if column is None or not column.day_first:
            continue
        column_and_dates = {"column": plain.label(column.name), "dates": plain.label(", ".join(column.dates))}
        said = st.radio(
            _("In “{column}”, such as {dates}: what comes first?", **column_and_dates),
            ["day", "month"], index=None, horizontal=True, key=f"{key} order {ours}",
            format_func={"day": _("the day"), "month": _("the month")}.__getitem__,
        )  # fmt: skip
        if said is None:
            raise DataProblem("Nothing in “{column}” tells the day from the month. Say which comes first.", column=column.name)
        month_first |= {ours} if said == "month" else set()
    return frozenset(month_first)


def _meanings(found: Sequence[Column], mapped: Mapping[str, str], key: str) -> dict[str, dict[str, str]]:
    """Return what each of the file's words stands for in ours."""
    said: dict[str, dict[str, str]] = {}
    for ours in CODED:
        column = _said_to_be(ours, found, mapped)
        if column is None or not column.words:
            continue
        guessed = columns.meanings(ours, column.words)
        words = WORDS[ours]
        options: list[str] = [NOT_READ, *words]
        left = len(set(column.words) - set(guessed))
        with st.expander(_("Words of “{column}”: {count} to say", column=plain.label(column.name), count=left), expanded=left > 0):
            chosen = {
                word: st.selectbox(
                    plain.label(word), options, index=options.index(guessed.get(word, NOT_READ)), key=f"{key} {ours} {order}",
                    format_func=_worded(words, _("not understood")),
                )
                for order, word in enumerate(column.words)
            }  # fmt: skip
        said[ours] = {word: code for word, code in chosen.items() if code}
    return said


def _times(found: Sequence[Column], mapped: Mapping[str, str], key: str) -> dict[str, tuple[str, str]]:
    """Return from when to when each of the file's words for a time of day goes."""
    column = _said_to_be(HOURS, found, mapped)
    words = columns.times_of_day(column.words) if column else {}
    said: dict[str, tuple[str, str]] = {}
    for order, (word, known) in enumerate(words.items()):
        opens, closes = st.columns(2)
        begin = opens.time_input(_("“{word}” begins", word=plain.label(word)), known and known[0], key=f"{key} from {order}")
        end = closes.time_input(_("“{word}” ends", word=plain.label(word)), known and known[1], key=f"{key} to {order}")
        if begin and end:
            said[word] = (f"{begin:%H:%M}", f"{end:%H:%M}")
    return said


def _worded(words: Mapping[str, str], nothing: str = "") -> Callable[[str], str]:
    return lambda code: _(words[code]) if code else nothing


def _said_to_be(ours: str, found: Sequence[Column], mapped: Mapping[str, str]) -> Column | None:
    """Return the file's column that was said to be one of ours, where one was."""
    return next((column for column in found if column.name == mapped.get(ours)), None)
