"""Names that are nearly what was typed, and whether one of them may be what was meant."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from geo.place_words import COMMON

EDITS_BY_LENGTH = ((8, 2), (5, 1))
"""Names of at least so many letters may have so many wrong, left out, added or changed over: a short name is soon another one, and three
are another name too often."""

SHORT_WORD, LONG_WORD = 4, 8
"""Letters of a word in which one for another makes another word as often as not, and of one that may have two wrong ones."""

CANDIDATE_EDITS = 3
"""Up to so many letters off, a name is shown as a candidate, for a person to choose."""

AT_ONCE = 20_000_000
"""Comparisons whose results are held in memory at a time: a byte each."""

_PLAIN_S = re.compile(r"([a-z]{4,})s\b")
"""An s that some leave out, in words so long that it is none of Welsh's own (`maes`, `clos`, `rhos`)."""


def nearest(keys: Sequence[str], others: Sequence[str], squeezed: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """Return for each key the others that are at most `CANDIDATE_EDITS` letters off, with how many, nearest first.

    Spaces do not count: `squeezed` are the others without them.
    """
    found: dict[str, list[tuple[str, int]]] = {key: [] for key in keys}
    if not others or not keys:
        return found
    step = max(1, AT_ONCE // len(others))
    for start in range(0, len(keys), step):
        some = [key.replace(" ", "") for key in keys[start : start + step]]
        off = process.cdist(some, squeezed, scorer=OSA.distance, score_cutoff=CANDIDATE_EDITS, dtype=np.uint8)
        for at, other in np.argwhere(off <= CANDIDATE_EDITS).tolist():
            found[keys[start + at]].append((others[other], int(off[at, other])))
    return {key: sorted(some, key=lambda one: (one[1], one[0])) for key, some in found.items()}


def may_be(typed: str, name: str, edits: int, *, words: Container[str], among_few: bool) -> bool:
    """Say whether a key may be a name misspelt. `words` are those that the names here are made of.

    Not in a short name, not in a number, and not where the words that differ are words that other names are made of: whoever wrote
    `Hill Lane` or `Church Close` did not mean `Mill Lane` or `Church Court`. Unless the name is one among few, neither where a word
    begins with another letter, which hardly anybody gets wrong: of a whole county's names some are as near as `Firth Road` and `North
    Road`, or `Bronhaul` and `Fronhaul`.
    """
    length = len(typed.replace(" ", ""))
    if edits > next((most for least, most in EDITS_BY_LENGTH if length >= least), 0):
        return False
    if re.findall(r"\d+", typed) != re.findall(r"\d+", name):
        return False
    ours, theirs = typed.split(), name.split()
    odd, right = [word for word in ours if word not in theirs], [word for word in theirs if word not in ours]
    if any(word in words or word in COMMON for word in odd if len(word) > 1):
        return False
    if among_few:
        return True
    if len(odd) != len(right):  # words run together, or taken apart
        return edits == 1
    return all(_may_be_word(word, other) for word, other in zip(odd, right, strict=True))


def loose(key: str) -> str:
    """Return a key without its spaces and without an s at the end of a long word."""
    return _PLAIN_S.sub(r"\1", key).replace(" ", "")


def _may_be_word(typed: str, word: str) -> bool:
    """Say whether a word may be another misspelt: by two letters only if it is long, and if it is short not by one for another."""
    edits = OSA.distance(typed, word)
    begins = typed[0] == word[0] or (typed[:2] == word[1::-1] and edits == 1)
    if len(word) <= SHORT_WORD:
        return begins and edits <= 1 and (len(typed) != len(word) or sorted(typed) == sorted(word))
    return begins and edits <= (2 if len(word) >= LONG_WORD else 1)
