"""The part of the rights desk where one thing that a record says is put right."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from briefing import held, keeping
from spaces import model, rights
from views import acts, answers, asked
from views.asked import Asked
from words import _


def show(child: Asked) -> None:
    """Ask which record is wrong, in what, and what is right."""
    titles = held.titles(child.found)
    if not titles:
        return
    st.header(_("Put right"))
    st.write(_("One thing of one record at a time. What it said before is kept as an earlier version."))
    acts.say("correct")
    left, right = st.columns(2)
    record_id = left.selectbox(_("Record"), titles, format_func=titles.__getitem__)
    labels = {column: _(model.COLUMN_LABELS[column]) for column in rights.CORRECTABLE}
    column = right.selectbox(_("What is wrong"), labels, format_func=labels.__getitem__, index=None, placeholder=_("Choose"))
    if column is None:
        return
    with st.form("correct", clear_on_submit=True):
        value = _value(column, _now(child.found, record_id, column))
        if column in rights.PLACED_BY:
            st.caption(_("The record's position came of this, so it has none afterwards, and is not on the map."))
        if st.form_submit_button(_("Put it right"), type="primary"):
            acts.act("correct", lambda: asked.do(child, lambda: _correct(child, record_id, column, value)))


def _value(column: str, now: Any) -> Any:
    """Ask for what is right, in the way that fits the column: one of its words, a time, or text."""
    if words := held.choices(column):
        options = list(words)
        return st.selectbox(_("What is right"), options, options.index(now) if now in options else 0, format_func=words.__getitem__)
    if column in model.TIME_COLUMNS:
        earliest = datetime(1990, 1, 1)  # noqa: DTZ001  local time, as records have it
        moment = st.datetime_input(_("What is right"), now, min_value=earliest, format="DD/MM/YYYY", step=60)
        return None if st.checkbox(_("It is not recorded")) else moment
    given = st.text_input(_("What is right; empty where it is not recorded"), now or "", max_chars=200, autocomplete="off")
    return given.strip() or None


def _now(found: pd.DataFrame, record_id: int, column: str) -> Any:
    """Return what a record says now, None where it says nothing; of the child's reference, which nobody has, nothing."""
    if column not in found:
        return None
    value = found.loc[(found["record_id"] == record_id) & found["current"].astype(bool), column].iloc[0]
    if pd.isna(value):
        return None
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value


def _correct(child: Asked, record_id: int, column: str, value: Any) -> str:
    keeping.correct_child(
        answers.workspace(), answers.reader(), child.agency, child.reference, record_id, column, value,
        today=answers.today(), origin="app",
    )  # fmt: skip
    return _("1 record is put right, and what it said before is kept.")
