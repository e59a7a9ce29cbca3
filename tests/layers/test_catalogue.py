"""A layer is a record: its words, its source, and a style for each state that does not rest on colour alone."""

from __future__ import annotations

from itertools import combinations

import pytest

from layers import alleys, area_context, ground, lighting, parks, safe_places, store
from layers.catalogue import LAYERS, Style


def _lightness(colour: str) -> float:
    """Return relative luminance (WCAG 2.2), 0 black to 1 white: what a grey print keeps of a colour."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _second_sign(style: Style) -> tuple[object, ...]:
    return (style.dash_px, style.pattern, style.shape, style.fill is None, style.letter)


@pytest.mark.parametrize("layer", LAYERS.values(), ids=list(LAYERS))
def test_every_state_has_a_style_a_label_and_a_source(layer):
    assert set(layer.styles) == set(layer.state_labels)
    not_of_the_map = layer.layer_id in ("youth_provision", *area_context.LAYER_IDS)
    assert (layer.source == "© OpenStreetMap contributors") is not not_of_the_map
    assert layer.licence.startswith("ODbL") is not not_of_the_map
    assert layer.source
    assert layer.licence
    assert layer.title


@pytest.mark.parametrize("name", ["street_light", "alleys", "safe_places", "lamps"])
def test_states_are_told_apart_without_colour(name):
    together = [style for state, style in LAYERS[name].styles.items() if state != "daylight"]  # by day everything is in daylight
    for one, other in combinations(together, 2):
        assert _second_sign(one) != _second_sign(other)


def test_park_states_differ_in_print_and_in_pattern():
    styles = LAYERS["parks"].styles
    assert styles["unknown"].pattern == "hatch"
    lit, unlit = styles["lit"].fill, styles["unlit"].fill
    assert lit is not None
    assert unlit is not None
    contrast = (_lightness(lit) + 0.05) / (_lightness(unlit) + 0.05)
    assert contrast > 7


@pytest.mark.parametrize("name", ["parks", "alleys", "street_light"])
def test_light_always_has_three_states(name):
    assert tuple(LAYERS[name].styles) == (*lighting.STATES, "daylight")


def test_the_ground_comes_first_and_stays_quiet():
    grounds = [layer.ground for layer in LAYERS.values()]
    assert grounds == sorted(grounds, reverse=True)
    for layer in LAYERS.values():
        if layer.ground:
            assert all(_lightness(style.stroke) > 0.35 for style in layer.styles.values())


def test_street_light_is_off_at_first():
    assert not LAYERS["street_light"].shown_at_first


def test_every_layer_reads_a_table_that_is_written():
    assert {layer.table for layer in LAYERS.values()} <= set(store.TABLES)


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("green", set(ground.GREEN.values())),
        ("waterways", set(ground.WATERWAYS.values())),
        ("streets", set(ground.STREETS.values())),
    ],
)
def test_every_state_the_ground_can_have_is_drawn(name, states):
    assert set(LAYERS[name].styles) == states


@pytest.mark.parametrize(
    "columns", [parks.COLUMNS, area_context.COLUMNS, alleys.COLUMNS, safe_places.COLUMNS, lighting.STREET_LIGHT_COLUMNS]
)
def test_every_layer_that_is_clicked_says_what_it_is_and_why(columns):
    assert {"name", "name_cy", "kind", "state", "reason"} <= set(columns)
