"""Text from outside the program, shown as the text it is."""

from __future__ import annotations

import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")


def plain(text: object) -> str:
    """Return text that Markdown shows letter for letter: a place's name is not ours, and could hold a link or a formula."""
    return _MARKDOWN.sub(r"\\\1", str(text))
