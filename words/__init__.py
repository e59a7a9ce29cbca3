"""Every word the tool says: translation, and the problems it puts to people in one sentence.

`_` and `ngettext` mark a string for translation and fill in its named values. `DataProblem` is the one exception whose
text is shown to a person as written; any other exception is our own fault.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = {"en": "English", "cy": "Cymraeg"}
"""The languages a person can choose. English is the source text; the rest are catalogues beside this file."""

COVERS, YOUTH = "# Covers:", "youth"
"""How a catalogue says that it is of one part, and the name of the pages that young people use."""

_language: ContextVar[str] = ContextVar("language", default="en")


def _(message: str, /, **values: object) -> str:
    """Return `message` in the current language, with its `{named}` values filled in."""
    return _catalogue(_language.get()).gettext(message).format(**values)


def N_(message: str, /) -> str:  # noqa: N802  the name translators' tools look for
    """Mark a string for translation where it is written down, to be translated with `_` where it is shown."""
    return message


def ngettext(singular: str, plural: str, count: int, /, **values: object) -> str:
    """Return the form of the message that fits `count`, which is also available to it as `{count}`."""
    text = _catalogue(_language.get()).ngettext(singular, plural, count)
    return text.format(count=f"{count:,}", **values)


def languages(part: str = "") -> list[str]:
    """Return the codes of the languages there are words for: English, and every catalogue that is here.

    A catalogue that begins with `# Covers: PART` has the words of that part of the tool alone. It is offered there and nowhere else: no
    page is half in one language.
    """
    return [code for code in LANGUAGES if code == "en" or (_file(code).exists() and _covers(code) in {"", part})]


def language() -> str:
    """Return the code of the language that messages are given in here and now."""
    return _language.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Give messages in `language` inside the block; an unknown code falls back to English."""
    token = _language.set(language if language in LANGUAGES else "en")
    try:
        yield
    finally:
        _language.reset(token)


class DataProblem(Exception):  # noqa: N818  it is a person's problem to mend, not an error of the program
    """Something in what a person gave us: one sentence that says where, what is wrong and what to do.

    The message is translated when shown, so that the same problem can be read in either language.
    """

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(message, values)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return _(self.message, **self.values)


def _file(language: str) -> Path:
    return Path(__file__).with_name(f"{language}.po")


def _covers(language: str) -> str:
    """Return which part of the tool alone a catalogue has words for; empty where it has them all."""
    with _file(language).open(encoding="utf-8") as text:
        first = text.readline().strip()
    return first.removeprefix(COVERS).strip() if first.startswith(COVERS) else ""


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    """Read a catalogue straight from its text form, so that nothing compiled has to be built or committed."""
    path = _file(language)
    if not path.exists():
        return gettext.NullTranslations()
    with path.open("rb") as text:
        catalogue = read_po(text, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
