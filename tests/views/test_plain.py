"""A place's name on a button is the name, letter for letter, whatever Markdown would make of it."""

from __future__ import annotations

import re

import pytest

from views import plain


@pytest.mark.parametrize("name", ["Lockside Park", "Fryer's Passage", "Sgwâr y Bont", ""])
def test_a_name_reads_as_it_is(name):
    assert plain.label(name).replace("\\", "").replace("\u2060", "") == name


@pytest.mark.parametrize("pattern", ["](", "![", "**", ":red[", "&lt;", "$x$", "`a`", "<b>", "~~", "\\(", "#", "1.", "|", "_a_"])
def test_every_sign_is_escaped(pattern):
    left = re.sub(r"\\[!-/:-@\[-`{-~]", "", plain.label(f"a {pattern} b"))
    assert not re.search(r"[!-/:-@\[-`{-~]", left)


@pytest.mark.parametrize("pattern", ["://", ":material", "www.", "www\\.", "a@e", "n.ex", ":red"])
def test_no_link_icon_or_colour_is_left_even_when_its_signs_are_escaped(pattern):
    assert pattern not in plain.label(f"a http://www.example.org a@example.org :material/home: :red[x] {pattern} b").replace("\\", "")
