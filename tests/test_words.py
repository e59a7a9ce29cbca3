"""Messages are filled in, counted and translated; a problem is in the language of whoever reads it."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import words
from words import N_, DataProblem, _, ngettext

EMPTY = "{file} is empty."

WELSH = """
msgid ""
msgstr ""
"Language: cy\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=4; plural=(n==1) ? 0 : (n==2) ? 1 : (n != 8 && n != 11) ? 2 : 3;\\n"

msgid "The map"
msgstr "Y map"

msgid "{file} is empty."
msgstr "Mae {file} yn wag."

msgid "{count} park in {town}"
msgid_plural "{count} parks in {town}"
msgstr[0] "{count} parc yn {town}"
msgstr[1] "{count} barc yn {town}"
msgstr[2] "{count} o barciau yn {town}"
msgstr[3] "{count} parc i gyd yn {town}"

#, fuzzy
msgid "A guess"
msgstr "Dyfaliad"

msgid "Not yet translated"
msgstr ""

msgid "{count} path"
msgid_plural "{count} paths"
msgstr[0] ""
msgstr[1] ""
msgstr[2] ""
msgstr[3] ""
"""


@pytest.fixture(autouse=True)
def _fresh_catalogues():
    words._catalogue.cache_clear()
    yield
    words._catalogue.cache_clear()


@pytest.fixture
def welsh(tmp_path, monkeypatch):
    (tmp_path / "cy.po").write_text(WELSH, "utf-8")
    monkeypatch.setattr(words, "_file", lambda language: tmp_path / f"{language}.po")


# In English


def test_named_values_are_filled_in():
    assert _("{count:,} of {all} rows", count=1234, all="many") == "1,234 of many rows"
    assert _("The map") == "The map"


def test_a_value_may_have_any_name_and_hold_braces():
    assert _("{message} {self}", message="{not} a placeholder", self="{0}") == "{not} a placeholder {0}"


def test_a_value_that_is_not_given_is_our_own_mistake():
    with pytest.raises(KeyError, match="file"):
        _(EMPTY)


@pytest.mark.parametrize(("count", "text"), [(0, "0 paths"), (1, "1 path"), (2, "2 paths"), (1234, "1,234 paths")])
def test_the_plural_fits_the_count(count, text):
    assert ngettext("{count} path", "{count} paths", count) == text


def test_marking_changes_nothing():
    assert N_(EMPTY) == EMPTY


def test_a_problem_reads_as_its_message_and_keeps_what_it_is_made_of():
    problem = DataProblem(EMPTY, file="a.csv")
    assert str(problem) == "a.csv is empty."
    assert (problem.message, problem.values) == (EMPTY, {"file": "a.csv"})


# In another language


def test_messages_plurals_and_problems_are_in_the_language_spoken(welsh):
    problem = DataProblem(EMPTY, file="a.csv")
    with words.speaking("cy"):
        assert words.language() == "cy"
        assert _("The map") == "Y map"
        assert str(problem) == "Mae a.csv yn wag.", "it was made in English and is read in Welsh"
        told = {
            count: ngettext("{count} park in {town}", "{count} parks in {town}", count, town="Aberteifi") for count in (1, 2, 3, 8, 1000)
        }
    assert told == {
        1: "1 parc yn Aberteifi",
        2: "2 barc yn Aberteifi",
        3: "3 o barciau yn Aberteifi",
        8: "8 parc i gyd yn Aberteifi",
        1000: "1,000 o barciau yn Aberteifi",
    }
    assert str(problem) == "a.csv is empty."


def test_what_is_not_translated_or_not_sure_stays_english(welsh):
    with words.speaking("cy"):
        assert [_("Not yet translated"), _("A guess"), _("Nowhere in the catalogue")] == [
            "Not yet translated", "A guess", "Nowhere in the catalogue",
        ]  # fmt: skip
        assert [ngettext("{count} path", "{count} paths", count) for count in (1, 2)] == ["1 path", "2 paths"]


def test_the_language_goes_back_when_the_block_ends_even_by_an_error(welsh):
    with words.speaking("cy"):
        with words.speaking("en"):
            assert _("The map") == "The map"
        assert _("The map") == "Y map"
        with pytest.raises(ZeroDivisionError), words.speaking("en"):
            raise ZeroDivisionError
        assert _("The map") == "Y map"
    assert words.language() == "en"


@pytest.mark.parametrize("code", ["fr", "", "CY", "../cy"])
def test_a_language_there_is_not_falls_back_to_english(welsh, code):
    with words.speaking("cy"), words.speaking(code):
        assert words.language() == "en"
        assert _("The map") == "The map"


def test_the_languages_are_english_and_those_that_have_a_catalogue(tmp_path, monkeypatch):
    monkeypatch.setattr(words, "_file", lambda language: tmp_path / f"{language}.po")
    assert words.languages() == ["en"]
    (tmp_path / "cy.po").write_text(WELSH, "utf-8")
    (tmp_path / "fr.po").write_text(WELSH, "utf-8")
    assert words.languages() == ["en", "cy"]


def test_a_language_without_a_catalogue_is_spoken_in_english(tmp_path, monkeypatch):
    monkeypatch.setattr(words, "_file", lambda language: tmp_path / f"{language}.po")
    with words.speaking("cy"):
        assert _("The map") == "The map"
        assert ngettext("{count} path", "{count} paths", 2) == "2 paths"


def test_catalogues_are_kept_where_packaging_looks_for_them():
    assert words._file("cy") == Path(words.__file__).parent / "cy.po"


# Every message in the source

ROOT = Path(words.__file__).parents[1]
PACKAGES = ("views", "commands", "briefing", "spaces", "layers", "geo", "words")
TAKES = {"_": 1, "N_": 1, "DataProblem": 1, "ngettext": 2}
"""The functions that take messages, and how many of their first arguments are messages."""


def _named(text: str) -> set[str]:
    """Return the names that a message is to be given; ValueError where it has values that are not simply named."""
    names = {field for _text, field, _spec, _conversion in string.Formatter().parse(text) if field is not None}
    if odd := {name for name in names if not name.isidentifier()}:
        raise ValueError(f"values without a plain name: {odd}")
    return names


def _constants(tree: ast.Module) -> dict[str, str]:
    """Return the messages that are marked with N_ and bound to a name: `EMPTY = N_("…")`."""
    return {
        target.id: node.value.args[0].value
        for node in tree.body
        if isinstance(node, ast.Assign)
        if isinstance(node.value, ast.Call) and _function(node.value) == "N_" and isinstance(node.value.args[0], ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _function(node: ast.AST) -> str:
    """Return the name of what a call calls, if it is one that takes messages."""
    if not isinstance(node, ast.Call):
        return ""
    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
    return name if name in TAKES else ""


def _is_put_together(message: ast.AST) -> bool:
    """Say whether a message is made while running, so that no catalogue can hold it."""
    return any(
        isinstance(part, ast.JoinedStr | ast.BinOp)
        or (isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in {"format", "join", "replace"})
        for part in ast.walk(message)
    )


def _texts(call: ast.Call, constants: dict[str, str]) -> list[str] | None:
    """Return the messages a call is given, None where they come from elsewhere: a label, or a message passed on."""
    texts = [
        message.value if isinstance(message, ast.Constant) else constants.get(message.id) if isinstance(message, ast.Name) else None
        for message in call.args[: TAKES[_function(call)]]
    ]
    return None if None in texts else texts


def _given(call: ast.Call) -> set[str | None]:
    """Return the names of the values a call is given; None among them stands for `**values`."""
    return {keyword.arg for keyword in call.keywords}


def _wrong_values(call: ast.Call, wanted: set[str]) -> Iterator[str]:
    counts = {"count"} if _function(call) == "ngettext" else set()
    if counts & _given(call):
        yield "the count is given twice"
    if len(call.args) > TAKES[_function(call)] + len(counts):
        yield "a value without a name"
    if None not in _given(call) and _given(call) | counts != wanted | counts:
        yield f"wants {sorted(wanted)}, is given {sorted(map(str, _given(call)))}"


def _wrong(call: ast.Call, constants: dict[str, str], passed_on: list[set[str | None]]) -> Iterator[str]:
    """Yield what is wrong with one call that takes messages."""
    if any(_is_put_together(message) for message in call.args[: TAKES[_function(call)]]):
        yield "put together while running"
    texts = _texts(call, constants)
    if texts is None:
        return
    if not all(texts):
        yield "an empty message is the catalogue's own header"
    try:
        wanted = set().union(*map(_named, texts))
    except ValueError as error:
        yield str(error)
        return
    if _function(call) != "N_":
        yield from _wrong_values(call, wanted)
    elif wanted and texts[0] not in constants.values() and wanted not in passed_on:
        yield f"wants {sorted(wanted)}, and is shown nowhere in this module with them"


def _complaints(source: str, where: str = "", constants: dict[str, str] | None = None) -> list[str]:
    """Return what is wrong with the messages in a module."""
    tree = ast.parse(source)
    known = (constants or {}) | _constants(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _function(node)]
    passed_on = [_given(call) for call in calls if _texts(call, known) is None]
    return [f"{where}:{call.lineno} {_function(call)}: {wrong}" for call in calls for wrong in _wrong(call, known, passed_on)]


def _modules() -> list[Path]:
    return [ROOT / "app.py", *(path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))]


def test_every_message_in_the_source_can_be_translated_and_is_given_its_values():
    sources = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in _modules()}
    constants = {name: text for source in sources.values() for name, text in _constants(ast.parse(source)).items()}
    assert [one for where, source in sources.items() for one in _complaints(source, where, constants)] == []
    calls = sum(bool(_function(node)) for source in sources.values() for node in ast.walk(ast.parse(source)))
    assert calls > 200, "it did look"


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ('_(f"{name} is empty")', "put together"),
        ('_("The " + kind)', "put together"),
        ('_("%s is empty" % name)', "put together"),
        ('_("{} is empty".format(name))', "put together"),
        ('DataProblem("x" if one else f"{y}")', "put together"),
        ('_("{} is empty", name)', "without a plain name"),
        ('_("{0} is empty", file=name)', "without a plain name"),
        ('_("{file.name} is empty", file=file)', "without a plain name"),
        ('_("{file} is empty")', "wants ['file'], is given []"),
        ('DataProblem("{file} is empty", path=file)', "wants ['file'], is given ['path']"),
        ('_("The map", file=file)', "wants [], is given ['file']"),
        ('words.DataProblem("{file}")', "wants ['file']"),
        ('EMPTY = N_("{file} is empty")\nraise DataProblem(EMPTY)', "wants ['file'], is given []"),
        ('LABELS = {"a": N_("{file} is empty")}', "shown nowhere"),
        ('ngettext("{count} path", "{count} paths", n, count=n)', "given twice"),
        ('ngettext("{count} path", "{count} paths in {town}", n)', "wants ['count', 'town'], is given []"),
        ('_("")', "header"),
    ],
)
def test_the_search_finds_what_is_wrong(source, complaint):
    assert any(complaint in one for one in _complaints(source))


@pytest.mark.parametrize(
    "source",
    [
        '_("The map")',
        '_("{file}: {count:,} of {all!s} {{braces}}", file=name, count=1, all=2)',
        '_("{file} is empty", **values)',
        'EMPTY = N_("{file} is empty")\nraise DataProblem(EMPTY, file=path.name)',
        'LABELS = {"a": N_("Alley")}\n_(LABELS[kind])',
        '[_(line, file=name) for line in (N_("{file} is empty"), N_("{file} is whole"))]',
        'ngettext("One path", "{count} paths", n)',
        'ngettext("{count} path in {town}", "{count} paths in {town}", n, town=town)',
        "str(_(label))",
        "for _ in range(3): print(f'{_}')",
    ],
)
def test_the_search_lets_be_what_is_right(source):
    assert _complaints(source) == []
