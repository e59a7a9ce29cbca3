"""Text that is not ours, shown letter for letter.

Streamlit's Markdown makes links, icons and formulas out of text even where every sign is escaped. Whatever comes from a
partner, a map or a person is therefore written as HTML text, through the one escape there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pandas as pd
import streamlit as st

from layers.scene import escape_for_html_and_script as escaped

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_LINKING = re.compile(r"[:./@]|w(?=w)", re.IGNORECASE)
_UNSEEN = "\u2060"


def heading(text: str, *, name: str = "") -> None:
    """Show a heading of a part of a page; one with a `name` can be gone to."""
    named = f' id="{escaped(name)}" tabindex="-1"' if name else ""
    st.html(f"<h3{named}>{escaped(text)}</h3>")


def paragraph(text: str) -> None:
    """Show a paragraph."""
    st.html(f"<p>{escaped(text)}</p>")


def quiet(text: str) -> None:
    """Show a line that explains the one above it."""
    st.html(f'<p class="quiet">{escaped(text)}</p>')


def label(text: str) -> str:
    """Return text for a button, whose label Streamlit reads as Markdown whatever one does.

    Signs are escaped; and after those that make a link, an icon or a colour even so, a joiner that is not seen breaks the pattern.
    """
    return _LINKING.sub(lambda sign: sign[0] + _UNSEEN, _PUNCTUATION.sub(r"\\\g<0>", text))


def done(text: str) -> None:
    """Show that something is settled."""
    st.html(f'<p class="done" role="status">{escaped(text)}</p>')


def problem(text: str) -> None:
    """Show what is wrong and what to do about it."""
    st.html(f'<p class="problem" role="alert">{escaped(text)}</p>')


def bullets(lines: Iterable[str]) -> None:
    """Show a list."""
    st.html("<ul>" + "".join(f"<li>{escaped(line)}</li>" for line in lines) + "</ul>")


def table(heading: str, counted: str, rows: pd.Series) -> None:
    """Show counts by the words that index them, under a heading for each column."""
    head = "".join(f"<th scope='col'>{escaped(words)}</th>" for words in (heading, counted))
    body = "".join(f"<tr><th scope='row'>{escaped(str(words))}</th><td>{count:,}</td></tr>" for words, count in rows.items())
    st.html(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")


def grid(columns: Mapping[str, pd.Series]) -> None:
    """Show columns of text side by side under their headings; on a narrow screen it scrolls by itself."""
    head = "".join(f"<th scope='col'>{escaped(words)}</th>" for words in columns)
    rows = zip(*columns.values(), strict=True)
    body = "".join("<tr>" + "".join(f"<td>{escaped(str(value))}</td>" for value in row) + "</tr>" for row in rows)
    st.html(f'<div class="grid" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>')


def facts(told: Mapping[str, str]) -> None:
    """Show facts, each beside what it is of."""
    st.html(_facts(told))


def folded(things: Iterable[tuple[str, str, str, Mapping[str, str], Iterable[str]]]) -> None:
    """Show things that each open: a mark, a name and a line about it; inside, what is known under its headings, and lines."""
    shown = []
    for mark, name, said, told, lines in things:
        below = "".join(f'<p class="quiet">{escaped(line)}</p>' for line in lines)
        head = f'<span aria-hidden="true">{escaped(mark)}</span> <strong>{escaped(name)}</strong><span class="quiet">{escaped(said)}</span>'
        shown.append(f"<details><summary>{head}</summary>{_facts(told)}{below}</details>")
    st.html("".join(shown))


def _facts(told: Mapping[str, str]) -> str:
    rows = "".join(f"<tr><th scope='row'>{escaped(what)}</th><td>{escaped(fact)}</td></tr>" for what, fact in told.items())
    return f'<table class="facts"><tbody>{rows}</tbody></table>'
