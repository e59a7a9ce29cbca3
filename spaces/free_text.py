"""What people write about a place or a lamp: tidied, short, and saying nothing of who somebody is."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from spaces import personal
from words import DataProblem, _

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Written = TypeVar("Written", bound="DataclassInstance")

_NO_TEXT = {"Cc", "Cf", "Cs"}
"""Control signs and halves of signs, of which PostgreSQL refuses the one, and no file can hold the other; and signs of format, such as a
space of no width or what turns the order of letters round, behind which a name could hide."""

_UNSEEN = re.compile(f"[{personal.UNSEEN}]")


def tidy(text: str) -> str:
    """Return a text on one line, without spaces that say nothing and signs that nobody sees or that no store keeps."""
    text = _UNSEEN.sub("", text)
    return " ".join("".join(sign for sign in text if sign.isspace() or unicodedata.category(sign) not in _NO_TEXT).split())


def tidied(written: Written) -> Written:
    """Return a dataclass of what was written with each of its texts tidied."""
    said = {field.name: getattr(written, field.name) for field in dataclasses.fields(written)}
    return dataclasses.replace(written, **{name: tidy(text) for name, text in said.items() if isinstance(text, str)})


def check(
    written: Mapping[str, tuple[str, int]], *, places: frozenset[str] = frozenset(), of_a_role: frozenset[str] = frozenset(),
    of_a_place: frozenset[str] = frozenset(),
) -> None:  # fmt: skip
    """Raise the first of the `problems` with texts."""
    for problem in problems(written, places=places, of_a_role=of_a_role, of_a_place=of_a_place):
        raise problem


def problems(
    written: Mapping[str, tuple[str, int]], *, places: frozenset[str] = frozenset(), of_a_role: frozenset[str] = frozenset(),
    of_a_place: frozenset[str] = frozenset(),
) -> Iterator[DataProblem]:  # fmt: skip
    """Say what is wrong with texts, each given under its (untranslated) label with the most characters it may have.

    `places` are names of the area's own places, casefolded; the labels `of_a_role` hold a role or a team, so that a bare name is refused
    there as well; those `of_a_place` what a place is called, which is nobody's name either.
    """
    kinds = personal.content_in_words(pl.Series([text for text, _most in written.values()], dtype=pl.String), places=places)
    for (label, (text, most)), kind in zip(written.items(), kinds, strict=True):
        if len(text) > most:
            yield DataProblem("“{field}” is too long. Keep it under {longest} characters.", field=_(label), longest=most)
        named = (label in of_a_role and personal.names_for_headings(text)) or (label in of_a_place and personal.names_for_places(text))
        if (kind is not None or named) and text.casefold() not in places:
            yield DataProblem(
                "What is written under “{field}” {kind}. Write roles, teams and what the place is like, and nothing of who somebody is.",
                field=_(label), kind=_(kind or personal.NAME),
            )  # fmt: skip
