"""The lit share is the length or area within reach of a working lamp: by arithmetic, and by another way of working it out."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import frames
from layers import lamps, lit_share
from tests.layers.lamp_posts import posts

NINE, BEFORE_MIDNIGHT, AFTER_MIDNIGHT = 1260, 1439, 1
E, N = 500_000.0, 180_000.0


def ways(*shapes):
    series = gpd.GeoSeries(list(shapes), index=[f"way/{i}" for i in range(len(shapes))], crs=frames.BRITISH_NATIONAL_GRID)
    return gpd.GeoDataFrame(geometry=series)


def line(*spots):
    return shapely.LineString([(E + x, N + y) for x, y in spots])


def at(features, lamp_posts, minute):
    return lit_share.at(features, lamp_posts, lit_share.reach_of(features.geometry, lamp_posts), minute)


def test_one_lamp_on_a_path_lights_three_heights_each_way():
    found = at(ways(line((0, 0), (100, 0))), posts([(E + 50, N)], height_m=5), NINE).iloc[0]
    assert (found["lit_share"], found["unlit_share"], found["unknown_share"]) == pytest.approx((0.30, 0.0, 0.70))
    assert found["state"] == "unknown"
    assert found["reason"] == "1 lamp, burning; light reaches only 30 % of it; what other lamps there are is not recorded."


def test_beyond_the_reach_of_a_list_that_holds_every_lamp_it_is_dark():
    found = at(ways(line((0, 0), (100, 0))), posts([(E + 50, N)], height_m=5, complete=True), NINE).iloc[0]
    assert (found["lit_share"], found["unlit_share"], found["unknown_share"]) == pytest.approx((0.30, 0.70, 0.0))
    assert (found["state"], found["reason"]) == ("unlit", "1 lamp, burning; light reaches only 30 % of it.")


@pytest.mark.parametrize(
    ("length_m", "off", "state"),
    [(60, 2, "lit"), (60, 3, "unlit"), (89, 3, "unlit"), (91, 3, "unlit"), (120, 3, "unknown"), (300, 4, "unknown")],
)
def test_what_lamps_that_are_off_would_light_is_dark_and_the_rest_of_the_way_unknown(length_m, off, state):
    regimes = ["off 00:00-05:00"] * off + ["all night"] * (4 - off)
    found = at(ways(line((0, 0), (length_m, 0))), posts([(E + 7.5 + 15 * i, N) for i in range(4)], regimes, height_m=2.5), AFTER_MIDNIGHT)
    assert found["unlit_share"].item() == pytest.approx(15 * off / length_m)
    assert found["lit_share"].item() == pytest.approx(15 * (4 - off) / length_m)
    assert found["state"].item() == state


@pytest.mark.parametrize("status", ["Not working", "Removed"])
def test_lamps_of_the_list_that_failed_or_are_gone_make_their_reach_dark(status):
    found = at(ways(line((0, 0), (30, 0))), posts([(E + 15, N)], height_m=5, status=status), NINE).iloc[0]
    assert (found["state"], found["unlit_share"]) == ("unlit", 1.0)
    assert found["reason"] == "1 lamp, not working or taken away."


def test_a_lamp_beside_a_path_lights_the_chord_of_its_circle():
    found = at(ways(line((0, 0), (100, 0))), posts([(E + 50, N + 9)], height_m=5), NINE)
    assert found["lit_share"].item() == pytest.approx(2 * math.sqrt(15**2 - 9**2) / 100)


def test_without_a_height_a_lamp_reaches_eighteen_metres():
    found = at(ways(line((0, 0), (100, 0))), posts([(E + 50, N)]), NINE)
    assert found["lit_share"].item() == pytest.approx(0.36)


def test_circles_that_overlap_count_once_and_ends_are_cut():
    # Reach 15 m at 0, 10 and 90 of 100 m: 0 to 25, and 75 to 100.
    found = at(ways(line((0, 0), (100, 0))), posts([(E, N), (E + 10, N), (E + 90, N)], height_m=5), NINE).iloc[0]
    assert found["lit_share"] == pytest.approx(0.50)
    assert found["state"] == "lit"
    assert found["lamps"] == 3


def test_a_part_night_path_is_lit_at_23_59_and_dark_at_00_01():
    path = ways(line((0, 0), (90, 0)))
    lit = posts([(E + x, N) for x in (15, 45, 75)], "Part night 00:00-05:30", height_m=5)
    before, after = at(path, lit, BEFORE_MIDNIGHT).iloc[0], at(path, lit, AFTER_MIDNIGHT).iloc[0]
    assert (before["state"], before["lit_share"], before["reason"]) == ("lit", pytest.approx(1.0), "3 lamps, all burning.")
    assert (after["state"], after["lit_share"], after["reason"]) == ("unlit", 0.0, "3 of 3 lamps off after 00:00.")


def test_four_of_six_lamps_off_after_midnight():
    path = ways(line((0, 0), (180, 0)))
    regimes = ["Part night 00:00-05:30"] * 4 + ["Dusk-Dawn"] * 2
    found = at(path, posts([(E + 15 + 30 * i, N) for i in range(6)], regimes, height_m=5), AFTER_MIDNIGHT).iloc[0]
    assert (found["lit_share"], found["unlit_share"]) == pytest.approx((2 / 6, 4 / 6))
    assert (found["state"], found["burning"], found["lamps"]) == ("unlit", 2, 6)
    assert found["reason"] == "4 of 6 lamps off after 00:00; light reaches only 33 % of it."


def test_lamps_that_failed_give_no_light_and_are_said():
    path = ways(line((0, 0), (60, 0)))
    found = at(path, posts([(E + 15, N), (E + 45, N)], ["Not working", "Removed"], height_m=5), NINE).iloc[0]
    assert (found["state"], found["reason"]) == ("unlit", "2 of 2 lamps not working or taken away.")


def test_a_path_without_a_lamp_in_reach_is_unknown_unless_the_list_holds_every_lamp():
    paths = ways(line((0, 100), (50, 100)), line((0, 5_000), (50, 5_000)))
    found = at(paths, posts([(E, N)]), NINE)
    assert found["state"].tolist() == ["unknown", "unknown"]
    assert set(found["reason"]) == {"No lamp of the council's list is within reach; other owners' lamps are on no list."}
    found = at(paths, posts([(E, N)], complete=True), NINE)
    assert found["state"].tolist() == ["unlit", "unknown"]
    assert found["reason"].iloc[0] == "No lamp within reach."
    assert set(at(paths, posts([(E, N)]).assign(origin="map"), NINE)["reason"]) == {"Nobody has recorded whether it is lit."}


def test_the_part_of_a_long_way_beyond_a_complete_list_is_unknown():
    found = at(ways(line((0, 0), (1_000, 0))), posts([(E, N)], height_m=5, complete=True), NINE).iloc[0]
    assert found["lit_share"] == pytest.approx(0.015)
    assert found["unlit_share"] == pytest.approx(0.135)
    assert found["unknown_share"] == pytest.approx(0.850)
    assert found["state"] == "unknown"


def test_lamps_of_the_map_light_but_do_not_make_the_rest_dark():
    found = at(ways(line((0, 0), (100, 0))), posts([(E + 50, N)], "all night", height_m=5).assign(origin="map"), NINE).iloc[0]
    assert (found["lit_share"], found["unlit_share"], found["unknown_share"]) == (pytest.approx(0.3), 0.0, pytest.approx(0.7))
    assert found["state"] == "unknown"
    assert found["reason"].endswith("what other lamps there are is not recorded.")


def test_lamps_of_unknown_hours_are_unknown_after_midnight_only():
    path = ways(line((0, 0), (30, 0)))
    lit = posts([(E + 15, N)], "XYZ", height_m=5)
    before = at(path, lit, NINE).iloc[0]
    assert (before["state"], before["reason"]) == ("lit", "1 lamp, taken to burn: its hours are not recorded.")
    assert at(path, lit, 310)["state"].item() == "unknown", "many part-night lamps come on again at 05:30"
    after = at(path, lit, AFTER_MIDNIGHT).iloc[0]
    assert (after["state"], after["reason"]) == ("unknown", "1 lamp, whose hours nobody recorded.")


def test_a_park_is_lit_by_its_area():
    square = ways(shapely.box(E, N, E + 100, N + 100))
    found = at(square, posts([(E + 50, N + 50), (E, N)], height_m=5, complete=True), NINE).iloc[0]
    assert found["lit_share"] == pytest.approx((math.pi * 15**2 * 1.25) / 100**2, rel=0.01)
    assert found["unlit_share"] == pytest.approx(1 - found["lit_share"])


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Point(E, N).buffer(400),
        shapely.box(E - 300, N - 3, E + 300, N + 3),
        shapely.box(E - 60, N - 400, E + 60, N + 400) | shapely.box(E + 200, N, E + 230, N + 30),
        shapely.Point(E, N).buffer(300) - shapely.Point(E + 20, N).buffer(200),
    ],
)
def test_the_share_of_an_area_is_that_of_the_circles_cut_out_of_it(shape):
    spots = np.random.default_rng(5).uniform(-400, 400, (300, 2)) + np.array([E, N])
    lit = posts(spots, height_m=6)
    discs = shapely.union_all(shapely.buffer(shapely.points(spots), 18, quad_segs=64))
    expected = shapely.area(shapely.intersection(discs, shape)) / shape.area
    assert at(ways(shape), lit, NINE)["lit_share"].item() == pytest.approx(expected, abs=0.01)


def test_areas_of_nothing_have_an_answer():
    flat = shapely.Polygon([(E, N), (E + 5, N), (E + 9, N)])
    found = at(ways(shapely.Polygon(), flat), posts([(E, N)]), NINE)
    assert found["lit_share"].between(0, 1).all()
    assert (found["lit_share"].iloc[0], found["state"].iloc[0]) == (0.0, "unknown")


def test_the_middle_of_a_large_park_is_unknown_even_where_the_list_is_complete():
    found = at(ways(shapely.box(E, N, E + 1_000, N + 1_000)), posts([(E, N)], height_m=5, complete=True), NINE).iloc[0]
    quarter = math.pi * lit_share.SURVEYED_M**2 / 4 / 1e6
    assert found["unknown_share"] == pytest.approx(1 - quarter, rel=0.01)


def test_a_way_in_pieces_and_one_of_no_length_are_taken():
    pieces = shapely.MultiLineString([[(E, N), (E + 50, N)], [(E, N + 500), (E + 50, N + 500)]])
    found = at(ways(pieces, line((0, 0), (0, 0)), shapely.LineString()), posts([(E + 25, N)], height_m=5), NINE)
    assert found["lit_share"].tolist() == [pytest.approx(0.30), 0.0, 0.0]
    assert found["state"].isin(["lit", "unlit", "unknown"]).all()


def test_without_lamps_or_features_there_is_an_answer():
    found = at(ways(line((0, 0), (100, 0)), shapely.box(E, N, E + 9, N + 9)), posts([]), NINE)
    assert found["state"].tolist() == ["unknown", "unknown"]
    assert found["unknown_share"].tolist() == [1.0, 1.0]
    assert at(ways(), posts([(E, N)]), NINE).empty


def test_degrees_are_refused():
    with pytest.raises(ValueError, match="EPSG:27700"):
        lit_share.reach_of(frames.in_degrees(ways(line((0, 0), (9, 0))).geometry), posts([(E, N)]))


def test_a_week_is_the_hours_one_by_one():
    paths = ways(line((0, 0), (100, 0)), line((0, 30), (40, 60), (80, 30)), shapely.box(E, N, E + 60, N + 60))
    lit = posts([(E + 20, N), (E + 60, N + 40), (E + 90, N)], ["Part night 00:00-05:30", "XYZ", "off 22:30-06:15"])
    reach = lit_share.reach_of(paths.geometry, lit)
    minutes = np.arange(168) * 60
    week = lit_share.over(lit, reach, minutes)
    assert week.shape == (3, 168)
    for hour in (0, 4, 5, 23, 24 + 7, 167):
        assert week[:, hour].tolist() == lit_share.at(paths, lit, reach, hour % 24 * 60)["lit_share"].tolist()
    assert len(np.unique(week[0])) > 1


@st.composite
def towns(draw):
    place = st.tuples(st.integers(0, 200), st.integers(0, 200))
    paths = draw(st.lists(st.lists(place, min_size=2, max_size=6), min_size=1, max_size=6))
    return [line(*path) for path in paths if len(set(path)) > 1], [(E + x, N + y) for x, y in draw(st.lists(place, max_size=12))]


@settings(max_examples=60)
@given(towns(), st.sampled_from([3, 5, 8]))
def test_arithmetic_agrees_with_cutting_lines_by_circles(town, height_m):
    lines, spots = town
    if not lines:
        return
    paths, lit = ways(*lines), posts(spots, height_m=height_m)
    circles = shapely.union_all(shapely.buffer(shapely.points(np.asarray(spots).reshape(-1, 2)), 3 * height_m, quad_segs=256))
    # Cut piece by piece: a union of lines would count a stretch that a path takes twice only once.
    expected = []
    for path in lines:
        corners = shapely.get_coordinates(path)
        pieces = shapely.linestrings(np.stack([corners[:-1], corners[1:]], axis=1))
        expected.append(shapely.length(shapely.intersection(pieces, circles)).sum() / shapely.length(path))
    found = at(paths, lit, NINE)
    assert found["lit_share"].to_numpy() == pytest.approx(np.array(expected), abs=0.003)
    total = found[["lit_share", "unlit_share", "unknown_share"]].sum(axis=1)
    assert total.to_numpy() == pytest.approx(np.ones(len(lines)))


def test_one_more_lamp_never_makes_a_path_darker():
    rng = np.random.default_rng(5)
    path = ways(line((0, 0), (70, 40), (140, 0)))
    spots = [(E + x, N + y) for x, y in rng.uniform(0, 140, (12, 2))]
    lit = [at(path, posts(spots[:count], height_m=5), NINE)["lit_share"].item() for count in range(1, 13)]
    assert lit == sorted(lit)
    assert lit[-1] > lit[0]


def test_camden_burns_all_night(shared_data):
    from layers import council

    listed = council.read(shared_data / "lighting" / "camden-street-lighting.csv", {}, fields=lamps.FIELDS)
    lit = lamps.from_council(listed.frame)
    assert len(lit) == 9_527
    assert lamps.burning(lit, 120).eq("lit").all()
    assert lit["regime_said"].value_counts().to_dict() == {"35/18": 8_549, "70/35": 967, "Dusk-Dawn": 11}
