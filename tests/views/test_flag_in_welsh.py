"""Every string that the youth route shows exists in Welsh: those written in its modules, and those that it really shows, step by step."""

from __future__ import annotations

import ast
import gettext
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import words
from briefing import workspace
from layers.catalogue import LAYERS
from spaces import flag_moderation, flags, personal
from tests.test_words import ROOT, _constants, _function, _texts

HERE = Path(__file__).parent
MODULES = ("views/flag.py", "views/danger.py")
"""All of these are the youth route's. Of the modules below only what young people meet; the steward's own words stay in one language."""

STEWARDS = {
    "The council's own front door (its telephone number, by day and by night)", "The duty lead that a worker tells (a role and a number)",
    "The address of the worker's referral form (https://…)", "Keep each line under {longest} characters.",
    "The address of the form has to begin with https:// and be whole. Copy it from the browser.", "Young people",
    "Parents, carers and professionals", "Residents and businesses",
}  # fmt: skip


def _written(module: str) -> set[str]:
    tree = ast.parse((ROOT / module).read_text("utf-8"))
    known = _constants(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and (_function(node) or _is_told(node))]
    return {text for call in calls for text in (_texts(call, known) if _function(call) else [_first(call)]) or [] if text}


def _is_told(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "ChangedMeanwhile"


def _first(call: ast.Call) -> str:
    return str(call.args[0].value) if isinstance(call.args[0], ast.Constant) else ""


@pytest.fixture(scope="module")
def welsh() -> dict[str, str]:
    catalogue = words._catalogue("cy")
    assert isinstance(catalogue, gettext.GNUTranslations)
    return {said: told for said, told in catalogue._catalog.items() if isinstance(said, str)}  # type: ignore[attr-defined]


def _needed() -> set[str]:
    needed = set().union(
        *map(_written, MODULES),
        _written("briefing/flags.py"),
        _written("briefing/flag_places.py"),
        _written("spaces/flags.py"),
        _written("spaces/free_text.py"),
    )
    needed |= set(flag_moderation.WHY.values()) | set(_written("spaces/personal.py"))
    for layer in LAYERS.values():
        if layer.ground:
            needed |= {layer.title, *layer.state_labels.values()}
    return needed - STEWARDS


def test_every_string_of_the_youth_route_has_its_welsh(welsh: dict[str, str]) -> None:
    needed = _needed()
    assert len(needed) > 110, "it did look"
    assert {text for text in needed if not welsh.get(text)} == set()
    assert {text for text in needed if welsh[text] == text} == set()


def test_the_search_finds_what_has_none(welsh: dict[str, str]) -> None:
    assert "Flag a place" in _needed()
    assert personal.HOME in _needed()
    assert set(flags.FEELINGS[3]) <= _needed()
    assert welsh.get("Recorded harm", "") == ""


def test_each_translation_has_the_values_of_its_message(welsh: dict[str, str]) -> None:
    from tests.test_words import _named

    assert [text for text, told in welsh.items() if text and _named(text) != _named(told)] == []


def test_welsh_is_offered_where_all_of_it_is_there_and_nowhere_else() -> None:
    assert words.languages() == ["en"]
    assert words.languages(words.YOUTH) == ["en", "cy"]
    assert words.languages("another part") == ["en"]


class _Recording:
    """A catalogue that remembers what it was asked for and does not have."""

    def __init__(self, catalogue: gettext.GNUTranslations) -> None:
        self.catalogue = catalogue
        self.missing: set[str] = set()

    def gettext(self, message: str) -> str:
        if not self.catalogue._catalog.get(message):  # type: ignore[attr-defined]
            self.missing.add(message)
        return self.catalogue.gettext(message)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        if not self.catalogue._catalog.get((singular, 0)):  # type: ignore[attr-defined]
            self.missing.add(singular)
        return self.catalogue.ngettext(singular, plural, count)


@pytest.fixture
def recording(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Recording]:
    real = words._catalogue
    found = _Recording(real("cy"))  # type: ignore[arg-type]
    monkeypatch.setattr(words, "_catalogue", lambda language: found if language == "cy" else real(language))
    return found


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAFER_SPACES_DATA", str(tmp_path_factory.mktemp("data")))
        workspace.open_sample().register.close()
        yield


def _press(app: AppTest, key: str) -> None:
    next(button for button in app.button if button.key == key).click().run()


def _shown(app: AppTest) -> str:
    return " ".join(html.proto.body for html in app.get("html"))


def test_what_the_page_shows_at_every_step_is_welsh(sample: None, recording: _Recording) -> None:
    app = AppTest.from_file(HERE / "harness_flag.py", default_timeout=120)
    app.session_state["role"], app.session_state["spoken"], app.session_state["choose_youth_language"] = "youth_worker", "cy", "cy"
    with words.speaking("cy"):  # the test reads its controls' labels in a thread of its own
        app.run()
        assert app.title[0].value == "Dweud am le"
        app.selectbox(key="flag_by_name").select_index(3).run()
        for polarity in flags.POLARITIES:
            app.get("button_group")[0].set_value(polarity).run()
        app.text_area(key="flag_note").set_value("Kayleigh Price told me of it.")
        _press(app, "save_map")
        assert "yn edrych fel enw rhywun" in _shown(app)
        app.text_area(key="flag_note").set_value("The lamp by the swings is out tonight.")
        _press(app, "save_map")
        assert "Dyma sut bydd eraill" in _shown(app)
        next(button for button in app.button if button.label == "Ei gadw").click().run()
        assert "Dy god: " in _shown(app)
        code = _shown(app).partition("Dy god: ")[2][:9]
        for written, button in (("A", "Gweld"), ("K7MR-3PQ9", "Gweld"), (code, "Gweld"), (code, "Ei dynnu")):
            app.text_input[0].set_value(written)
            next(one for one in app.button if one.label.startswith(button)).click().run()
        assert "wedi&#39;i ddileu" in _shown(app)
    assert not app.exception
    assert recording.missing == set()
    with words.speaking("cy"):
        words._("Nowhere in the catalogue")
    assert recording.missing == {"Nowhere in the catalogue"}, "it does notice"
