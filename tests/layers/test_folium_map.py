"""The standalone map: one file that opens without a network and in which a name is only ever a name."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from layers.folium_map import standalone_html
from layers.scene import HARM_RAMP
from tests import made_up_scene
from tests.browser import Watched

KNOWN_ADDRESSES = {"http://www.w3.org/2000/svg", "https://leafletjs.com"}
"""The name of the SVG language, and the credit in Leaflet that is switched off: neither is ever fetched."""


def test_no_address_is_in_the_file_that_could_be_fetched() -> None:
    page = standalone_html(made_up_scene.scene(), title="The sea")
    assert set(re.findall(r"https?://[\w./-]*\w", page)) <= KNOWN_ADDRESSES
    assert not re.search(r"<(script|link|iframe|object|embed)[^>]*(src|href|data)=", page)
    assert not re.search(r"url\((?!data:|#)", page.split("<body>")[0].split("<script>")[0])
    for name in ("jquery", "jQuery", "bootstrap", "awesome", "jsdelivr", "cdnjs", "sourceMappingURL"):
        assert name not in page


def test_the_same_scene_gives_the_same_file() -> None:
    first, second = (standalone_html(made_up_scene.scene(chosen="cluster 1"), title="The sea") for _ in range(2))
    assert first == second
    assert first != standalone_html(made_up_scene.scene(seed=2), title="The sea")


@pytest.mark.browser
def test_it_opens_without_a_network_and_draws_every_layer(open_page: Callable[..., Watched], tmp_path: Path) -> None:
    scene = made_up_scene.scene()
    file = tmp_path / "map.html"
    file.write_text(standalone_html(scene, title="The sea"), encoding="utf-8")
    watched = open_page(file.as_uri())
    page = watched.page
    assert watched.requests == [file.as_uri()]
    areas_and_lines = sum(layer.drawn_count for layer in scene.layers if layer.kind != "point")
    assert page.locator(".leaflet-pane path.leaflet-interactive, .leaflet-pane svg:not(.sign svg) path").count() == areas_and_lines
    assert page.locator(f'path[fill="{HARM_RAMP[4]}"]').count() > 0
    assert page.locator('path[fill^="url(#hatch-"]').count() == 1
    assert page.locator(".sign svg").count() == 2
    for entry in scene.legend:
        assert page.locator("aside").get_by_text(entry.label, exact=True).count() > 0
    assert page.locator("footer").inner_text() == "© OpenStreetMap contributors"


@pytest.mark.browser
def test_hostile_names_do_nothing(open_page: Callable[..., Watched], tmp_path: Path) -> None:
    file = tmp_path / "map.html"
    file.write_text(standalone_html(made_up_scene.scene(name=made_up_scene.HOSTILE), title=made_up_scene.HOSTILE), encoding="utf-8")
    page = open_page(file.as_uri()).page
    assert "${alert(2)}" in page.locator("h1").inner_text()
    assert page.title().startswith("</script>")
    page.locator(f'path[fill="{HARM_RAMP[0]}"]').first.hover(force=True)
    tooltip = page.locator(".leaflet-tooltip")
    assert "<b>bold</b>" in tooltip.inner_text()
    assert tooltip.locator("b, img, script").count() == 0


@pytest.mark.browser
def test_a_script_that_was_put_in_later_does_not_run(open_page: Callable[..., Watched], tmp_path: Path) -> None:
    file = tmp_path / "map.html"
    page_text = standalone_html(made_up_scene.scene(), title="The sea")
    file.write_text(page_text.replace("</body>", "<script>document.title = 'changed'</script></body>"), encoding="utf-8")
    watched = open_page(file.as_uri(), check=False)
    assert watched.page.title() == "The sea"
    assert any("Content Security Policy" in complaint for complaint in watched.complaints)
