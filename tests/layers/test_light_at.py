"""What is lit at an hour: by day nothing is asked, in the dark lamps go before tags, and what contradicts is said."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal

from geo import frames
from layers import alleys, lamps, light_at, lighting, parks, tables, waterside
from tests.extracts import CORNER
from tests.layers.lamp_posts import posts

OAKHAM = (-0.73, 52.67)
NO_LAMPS = tables.empty(lamps.COLUMNS)
MIDDAY, DUSK = pd.Timestamp("2024-12-03 12:00"), pd.Timestamp("2024-12-03 16:10")
EVENING, BEFORE, AFTER, NIGHT = (pd.Timestamp(f"2024-12-0{at}") for at in ("3 20:00", "3 23:59", "4 00:01", "4 02:00"))


def beside(*spots, regimes="Dusk-Dawn", **how):
    return posts([(CORNER[0] + x, CORNER[1] + y) for x, y in spots], regimes, **how)


def on_the_map(*spots, regimes="Dusk-Dawn"):
    return beside(*spots, regimes=regimes).assign(origin="map")


@pytest.fixture
def town(drawing, read):
    """Return a function that gives the layers of what was drawn, as an area file has them."""

    def layers():
        extract = read()
        return {
            "parks": parks.parks(extract.areas, extract.lines),
            "street_light": lighting.street_light(extract.lines),
            "alleys": alleys.alleys(extract.lines),
            "waterside": waterside.waterside(extract.lines, extract.areas),
            "streets": extract.lines,
        }

    return layers


def path(layers, lamps, when):
    row = light_at.at(layers, lamps, when, *OAKHAM)["street_light"].iloc[0]
    return row["state"], row["reason"]


def test_by_day_nothing_is_lit_or_dark(drawing, town):
    drawing.way((0, 0), (30, 0), highway="footway", service="alley", lit="no")
    drawing.square(0, 100, 50, leisure="park")
    found = light_at.at(town(), beside((15, 0)), MIDDAY, *OAKHAM)
    assert set(found) == set(light_at.LAYERS)
    assert {state for frame in found.values() for state in frame["state"]} == {"daylight"}
    assert light_at.sentence(MIDDAY, *OAKHAM) == "Daylight at 12:00 in December: lamps are off."


def test_at_dusk_lamps_burn(drawing, town):
    drawing.way((0, 0), (30, 0), highway="footway")
    assert path(town(), beside((15, 0)), DUSK) == ("lit", "1 lamp, burning.")
    assert light_at.sentence(DUSK, *OAKHAM) == "Twilight. Lamps as they burn at 16:10 in December."
    assert light_at.sentence(NIGHT, *OAKHAM) == "Dark. Lamps as they burn at 02:00 in December."


def test_a_part_night_path_is_lit_at_23_59_and_dark_at_00_01(drawing, town):
    drawing.way((0, 0), (30, 0), highway="footway")
    part_night = beside((15, 0), regimes="Part night 00:00-05:30")
    assert path(town(), part_night, BEFORE) == ("lit", "1 lamp, burning.")
    assert path(town(), part_night, AFTER) == ("unlit", "1 lamp, off after 00:00.")


@pytest.mark.parametrize(
    ("tag", "evening", "night"),
    [
        ("yes", "lit", "lit"),
        ("no", "unlit", "unlit"),
        ("limited", "lit", "unknown"),
        ("sunset-23:30", "lit", "unlit"),
        ("Mo-Su 17:00-23:00", "lit", "unlit"),
        ("dusk-midnight", "lit", "unlit"),
        ("af", "unknown", "unknown"),
        ("", "unknown", "unknown"),
    ],
)
def test_where_no_list_covers_it_the_tag_is_read_by_the_hour(drawing, town, tag, evening, night):
    drawing.way((0, 0), (30, 0), highway="footway", **({"lit": tag} if tag else {}))
    layers = town()
    assert path(layers, NO_LAMPS, EVENING)[0] == evening
    assert path(layers, NO_LAMPS, NIGHT)[0] == night


def test_hours_that_cannot_be_read_are_unknown_and_quoted(drawing, town):
    drawing.way((0, 0), (30, 0), highway="footway", lit="5am-11pm by arrangement")
    state, reason = path(town(), NO_LAMPS, EVENING)
    assert state == "unknown"
    assert "5am-11pm by arrangement" in reason


def test_lamps_that_are_off_go_before_a_tag_that_says_lit(drawing, town):
    drawing.way((0, 0), (30, 0), highway="footway", lit="yes")
    assert path(town(), beside((15, 0), regimes="Part night 00:00-05:30"), NIGHT) == ("unlit", "1 lamp, off after 00:00.")


def test_said_not_lit_beside_a_lamp_that_burns_says_both(drawing, town):
    drawing.way((0, 0), (30, 0), highway="footway", lit="no")
    assert path(town(), beside((15, 0)), NIGHT) == ("unknown", "Recorded as not lit, but: 1 lamp, burning.")
    assert path(town(), beside((15, 0), regimes="Not working"), NIGHT)[0] == "unlit"


def test_said_lit_without_a_lamp_on_a_list_that_holds_every_lamp_says_both(drawing, town):
    drawing.way((0, 0), (30, 0), highway="footway", lit="yes")
    state, reason = path(town(), beside((15, 100), complete=True), NIGHT)
    assert state == "unknown"
    assert reason.startswith("Recorded as lit, but no lamp on the list is within reach")
    assert path(town(), beside((15, 100)), NIGHT) == ("lit", "Recorded as lit."), "another owner's lamps are on no list"


def test_said_lit_for_part_of_the_night_is_not_dark_because_no_lamp_is_listed(drawing, town):
    drawing.way((0, 0), (30, 0), highway="footway", lit="limited")
    for complete in (False, True):
        found = [path(town(), beside((15, 100), complete=complete), when)[0] for when in (EVENING, NIGHT)]
        assert found == (["unknown", "unknown"] if complete else ["lit", "unknown"])


def test_an_untagged_way_that_no_lamp_of_a_partial_list_reaches_is_unknown(drawing, town):
    drawing.way((0, 0), (30, 0), highway="residential")
    state, reason = path(town(), beside((15, 140)), EVENING)
    assert state == "unknown"
    assert reason == "No lamp of the council's list is within reach; other owners' lamps are on no list."
    assert path(town(), beside((15, 140), complete=True), EVENING) == ("unlit", "No lamp within reach.")


@pytest.mark.parametrize("status", ["Not working", "Removed"])
def test_said_lit_where_the_only_lamp_on_the_map_failed_says_both(drawing, town, status):
    drawing.way((0, 0), (60, 0), highway="footway", lit="yes")
    assert path(town(), on_the_map((15, 0)), NIGHT) == ("lit", "Recorded as lit.")
    state, reason = path(town(), on_the_map((15, 0), regimes=status), NIGHT)
    assert state == "unknown"
    assert reason.startswith("Recorded as lit, but: 1 lamp, not working or taken away")


@pytest.mark.parametrize(
    ("tag", "lamps_off", "lamps_on", "length_m", "state"),
    [
        ("yes", 0, 1, 300, "lit"),
        ("yes", 1, 0, 300, "unknown"),
        ("yes", 1, 2, 300, "lit"),
        ("yes", 2, 1, 300, "unknown"),
        ("yes", 2, 0, 60, "unlit"),
        ("no", 1, 0, 300, "unlit"),
        ("no", 0, 1, 300, "unlit"),
        ("no", 0, 2, 60, "unknown"),
        ("", 1, 0, 300, "unknown"),
        ("", 0, 1, 300, "unknown"),
        ("limited", 0, 1, 300, "unknown"),
    ],
)  # fmt: skip
def test_lamps_of_a_partial_list_and_what_is_recorded_are_weighed(drawing, town, tag, lamps_off, lamps_on, length_m, state):
    drawing.way((0, 0), (length_m, 0), highway="footway", **({"lit": tag} if tag else {}))
    regimes = ["off 00:00-05:00"] * lamps_off + ["all night"] * lamps_on
    at = beside(*[(15 + 30 * number, 0) for number in range(len(regimes))], regimes=regimes)
    assert path(town(), at, NIGHT)[0] == state


def test_a_tag_that_says_lit_does_not_tell_when_the_lamps_of_the_list_burn(drawing, town):
    drawing.way((0, 0), (30, 0), highway="footway", lit="yes")
    assert path(town(), beside((15, 0), regimes="see contract"), NIGHT) == ("unknown", "1 lamp, whose hours nobody recorded.")
    assert path(town(), on_the_map((15, 0), regimes=""), NIGHT) == ("lit", "Recorded as lit.")


def test_a_path_by_water_is_lit_and_dark_with_the_hour_and_says_by_what(drawing, town):
    drawing.way((0, 0), (200, 0), waterway="canal")
    drawing.way((0, 8), (200, 8), highway="footway", lit="no")
    dark, lamps_off = town(), beside(*[(x, 8) for x in range(0, 200, 30)], regimes="off 00:00-05:00")
    found = {when: light_at.at(dark, lamps_off, when, *OAKHAM)["waterside"].iloc[0] for when in (MIDDAY, EVENING, NIGHT)}
    assert {when: row["state"] for when, row in found.items()} == {MIDDAY: "daylight", EVENING: "unknown", NIGHT: "unlit"}
    assert {row["reason"] for row in found.values()} == {dark["waterside"]["reason"].item()}
    assert found[EVENING]["light"].startswith("Recorded as not lit, but: 7 lamps, all burning")


def test_an_alley_keeps_why_it_is_one_and_says_its_light_beside(drawing, town):
    drawing.way((0, 0), (30, 0), highway="footway", service="alley", lit="yes")
    row = light_at.at(town(), beside((15, 0), regimes="off 00:00-05:00"), NIGHT, *OAKHAM)["alleys"].iloc[0]
    assert row["reason"] == "Recorded as an alley."
    assert (row["state"], row["light"]) == ("unlit", "1 lamp, off after 00:00.")


def park(layers, lamps, when):
    row = light_at.at(layers, lamps, when, *OAKHAM)["parks"].iloc[0]
    return row["state"], row["reason"]


def test_a_park_is_as_lit_as_the_paths_inside_it(drawing, town):
    drawing.square(0, 0, 100, leisure="park")
    drawing.way((0, 50), (100, 50), highway="footway")
    drawing.way((0, 0), (100, 0), highway="residential")
    lamps = beside((10, 50), (40, 50), (70, 50), (100, 50), regimes="Part night 00:00-05:30")
    assert park(town(), lamps, BEFORE) == ("lit", "Paths inside at this time: 100 % lit.")
    assert park(town(), lamps, AFTER) == ("unlit", "Paths inside at this time: 100 % not lit.")
    assert park(town(), NO_LAMPS, NIGHT) == ("unknown", "Nobody has recorded whether it or its paths are lit.")


def test_a_park_without_paths_is_as_lit_as_its_area(drawing, town):
    drawing.square(0, 0, 30, leisure="park")
    drawing.way((0, 0), (30, 0), highway="residential")
    lamps = beside((0, 0), (30, 0), (15, 30))
    state, reason = park(town(), lamps, NIGHT)
    assert state == "lit"
    assert reason.startswith("Lamps reach ")
    assert park(town(), NO_LAMPS, NIGHT)[0] == "unknown"


def test_the_share_of_its_area_is_worked_out_for_a_park_only_where_nothing_else_decides(drawing, town):
    for at_m, tags in ((0, {}), (200, {"lit": "yes"}), (400, {}), (600, {"lit": "limited"})):
        drawing.square(at_m, 0, 100, leisure="park", **tags)
    drawing.way((400, 50), (500, 50), highway="footway")
    layers, at = town(), beside(*[(x, y) for x in range(0, 700, 20) for y in range(0, 100, 20)])
    reach = light_at.prepare(layers, at).reaches["parks"]
    asked = [west in (0, 6) for west in ((layers["parks"].bounds["minx"] - CORNER[0]) / 100).round().astype(int)]
    assert (reach.size > 0).tolist() == asked
    assert light_at.at(layers, at, NIGHT, *OAKHAM)["parks"]["state"].eq("lit").all()


def test_what_is_recorded_of_a_park_itself_goes_first(drawing, town):
    drawing.square(0, 0, 100, leisure="park", lit="limited")
    drawing.way((0, 50), (100, 50), highway="footway")
    assert park(town(), NO_LAMPS, EVENING)[0] == "lit"
    assert park(town(), NO_LAMPS, NIGHT)[0] == "unknown"


def test_nothing_given_is_changed_and_what_was_prepared_gives_the_same(drawing, town):
    drawing.square(0, 0, 100, leisure="park")
    drawing.way((0, 50), (100, 50), highway="footway", service="alley")
    layers, lamps = town(), beside((10, 50), (40, 50))
    before = {name: frame.copy() for name, frame in layers.items()}
    prepared = light_at.prepare(layers, lamps)
    for when in (MIDDAY, EVENING, NIGHT):
        found = light_at.at(layers, lamps, when, *OAKHAM, prepared=prepared)
        for name, frame in light_at.at(layers, lamps, when, *OAKHAM).items():
            assert_geodataframe_equal(found[name], frame)
            assert found[name].columns.tolist() == layers[name].columns.tolist()
            assert frame["state"].isin([*lighting.STATES, "daylight"]).all()
    for name, frame in before.items():
        assert_geodataframe_equal(layers[name], frame)


def test_an_area_with_nothing_in_it_has_an_answer(drawing, town):
    drawing.way((0, 0), (30, 0), railway="rail")
    found = light_at.at(town(), NO_LAMPS, NIGHT, *OAKHAM)
    assert all(frame.empty for frame in found.values())


def test_rutland_has_no_lamps_so_its_tags_speak(rutland_layers):
    night = light_at.at(rutland_layers, rutland_layers["lamps"], NIGHT, *OAKHAM)
    for name in light_at.LINES:
        assert night[name]["state"].tolist() == rutland_layers[name]["state"].tolist()
    day = light_at.at(rutland_layers, rutland_layers["lamps"], MIDDAY, *OAKHAM)
    assert (day["street_light"]["state"] == "daylight").all()


def test_lamps_along_rutlands_paths_light_them_until_midnight(rutland_layers):
    streets = rutland_layers["street_light"]
    paths = streets[(streets["kind"] == "footway") & (streets["lit"] == "")].head(200)
    along = gpd.GeoSeries(paths.segmentize(20).extract_unique_points().explode(), crs=frames.BRITISH_NATIONAL_GRID)
    lamps = posts(list(zip(along.x, along.y, strict=True)), "Part night 00:00-05:30")
    asked = {"street_light": paths}
    assert light_at.at(asked, lamps, BEFORE, *OAKHAM)["street_light"]["state"].eq("lit").all()
    assert light_at.at(asked, lamps, AFTER, *OAKHAM)["street_light"]["state"].eq("unlit").all()
