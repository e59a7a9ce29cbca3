"""Controls that several forms ask with."""

from __future__ import annotations

from datetime import date

import streamlit as st

from views import answers
from words import _


def day(label: str, key: str, value: date | None = None) -> date:
    """Ask for a day, today unless another is given."""
    return st.date_input(label, value or answers.today(), format="DD/MM/YYYY", key=key)


def choice(label: str, options: dict[str, str], key: str, value: str | None = None) -> str:
    """Ask for one of a few things by their words; the empty text where none is chosen."""
    at = list(options).index(value) if value in options else None
    return st.selectbox(label, options, at, format_func=lambda one: _(options[one]), key=key, placeholder=_("Choose")) or ""


def position() -> tuple[float | None, float | None]:
    """Ask for a position in metres, where it was not said in another way."""
    left, right = st.columns(2)
    easting = left.number_input(_("or its easting in metres"), value=None, step=1.0, format="%.0f")
    northing = right.number_input(_("and its northing"), value=None, step=1.0, format="%.0f")
    return easting, northing
