"""An outline drawn by touch: corner after corner, each taken back again, and in words what it is so far."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from briefing import drawing, space_acts, space_words, spaces
from briefing.drawing import CORNERS, Draft
from geo import frames
from layers import placing
from layers.catalogue import DRAWING_LAYERS, LAYERS
from layers.scene import map_scene
from spaces import space
from spaces.revisions import ChangedMeanwhile
from spaces.space import Details
from tests.briefing.conftest import PANEL, TODAY, YOUTH
from words import DataProblem

SQUARE = ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0))
BOW_TIE = ((0.0, 0.0), (100.0, 100.0), (100.0, 0.0), (0.0, 80.0))
HORSESHOE = ((0.0, 0.0), (0.0, 100.0), (30.0, 100.0), (30.0, 30.0), (70.0, 30.0), (70.0, 100.0), (100.0, 100.0), (100.0, 0.0))


def at(metres: tuple[float, float]) -> tuple[float, float]:
    longitude, latitude = frames.points_in_degrees([metres[0]], [metres[1]])
    return float(longitude[0]), float(latitude[0])


def touched(corners, start=Draft()):  # noqa: B008 - frozen
    for corner in corners:
        start = drawing.picked(start, "", "", *at(corner))
    return start


def moved(corners, area, east=0.0, north=0.0):
    middle = shapely.centroid(area.area)
    return tuple((round(x + middle.x + east), round(y + middle.y + north)) for x, y in corners)


@given(st.lists(st.tuples(st.integers(440_000, 460_000), st.integers(400_000, 420_000)), min_size=1, max_size=8, unique=True))
def test_corners_come_back_where_they_were_touched_and_each_can_be_taken_back(corners):
    draft = touched(corners)
    kept = [(float(x), float(y)) for x, y in corners]
    assert len(draft.corners) <= len(kept)
    assert all(min(abs(x - a) + abs(y - b) for a, b in kept) < 0.4 for x, y in draft.corners)
    for _corner in corners:
        draft = drawing.undone(draft)
    assert draft == drawing.undone(draft) == Draft()


def test_four_corners_make_a_square_that_closes_by_itself():
    draft = touched([(x + 600_000, y + 480_000) for x, y in SQUARE])
    assert shapely.area(drawing.outline(draft)) == pytest.approx(10_000, rel=0.01)
    assert [len(Draft(SQUARE[:count]).corners) for count in range(5) if Draft(SQUARE[:count]).shape is not None] == [3, 4]


@pytest.mark.parametrize(
    ("key", "left"),
    [("0", (0, 1, 2, 3)), ("1", (0, 2, 3)), ("3", (0, 1, 2)), ("4", None), ("-1", None), ("x", None), ("²", None)],
)
def test_a_corner_that_is_touched_again_goes_and_the_first_stays_where_it_closes_the_outline(key, left):
    found = drawing.picked(Draft(SQUARE), CORNERS, key, *at((600_000.0, 480_000.0)))
    if left is None:
        assert found.corners[:4] == SQUARE
        assert len(found.corners) == 5, "what is no corner is ground"
    else:
        assert found.corners == tuple(SQUARE[one] for one in left)


def test_before_there_is_an_outline_the_first_corner_goes_too():
    assert drawing.picked(Draft(SQUARE[:2]), CORNERS, "0", 0.0, 51.0) == Draft(SQUARE[1:2])


def test_a_double_click_is_one_corner_and_a_thousand_touches_are_not_a_thousand():
    here = (600_000.0, 480_000.0)
    assert len(touched([here, (here[0] + 0.4, here[1])]).corners) == 1
    many = Draft(tuple((float(count), 0.0) for count in range(drawing.MOST_CORNERS)))
    assert touched([here], many) == many


@pytest.mark.parametrize(
    ("corners", "why"),
    [
        ((), "at least three corners"),
        (SQUARE[:2], "at least three corners"),
        (BOW_TIE, "The outline crosses itself"),
        (((0.0, 0.0), (50.0, 0.0), (100.0, 0.0)), "Say where the place is"),
        (tuple((40 * x, 40 * y) for x, y in SQUARE), "larger than 10 square kilometres"),
    ],
)
def test_an_outline_that_is_none_is_refused_in_one_sentence(corners, why):
    with pytest.raises(DataProblem, match=why) as refused:
        drawing.outline(Draft(corners))
    assert str(refused.value).count("\n") == 0


@pytest.mark.parametrize(
    ("corners", "said"),
    [
        ((), "Nothing is drawn yet."),
        (SQUARE[:1], "1 corner."),
        (SQUARE[:2], "2 corners."),
        (SQUARE, "4 corners. About 10,000 square metres."),
        (BOW_TIE, "The outline crosses itself. Draw it again, corner after corner around the place."),
    ],
)
def test_what_is_drawn_so_far_is_said(marlhaven, corners, said):
    assert drawing.said(marlhaven, PANEL, Draft(moved(corners, marlhaven, east=2_000))) == said


def test_a_line_back_that_still_crosses_is_no_mistake_until_it_is_kept(marlhaven):
    part_of_the_way = Draft(moved(HORSESHOE[:6], marlhaven))
    assert not part_of_the_way.crosses
    assert drawing.said(marlhaven, PANEL, part_of_the_way) == (
        "6 corners. The line back to the first corner still crosses the outline. Go on round the place."
    )
    with pytest.raises(DataProblem, match="crosses itself"):
        drawing.outline(part_of_the_way)
    assert shapely.area(drawing.outline(Draft(moved(HORSESHOE, marlhaven)))) == pytest.approx(7_200)


@pytest.mark.parametrize(
    ("side", "said"),
    [(10, "100 square metres"), (34.7, "1,200 square metres"), (316, "100,000 square metres"), (1_000, "1.0 square kilometres")],
)
def test_a_size_is_said_as_closely_as_a_hand_draws(side, said):
    assert space_words.size(shapely.box(0, 0, side, side)) == said


# On the map and in the register.


def raised(area, name, corners=SQUARE, **where):
    shape = drawing.outline(Draft(moved(corners, area, **where)))
    details = Details(name, "other", "young people", shape)
    return space_acts.raise_place(area, PANEL, details, today=TODAY, origin="tests")


def profile_of(area, space_id):
    return spaces.profile(area, PANEL, space_id, TODAY, TODAY, today=TODAY)


def scene_of(area, draft=Draft(), **given):  # noqa: B008 - frozen
    return drawing.scene(area, PANEL, map_scene(area=area.area, ground=area.ground, overlays={}, cells=None), draft, **given)


def test_the_map_shows_the_places_in_the_list_and_what_is_drawn_so_far_and_goes_into_no_file(area):
    one = raised(area, "<b>Old yard</b>")
    empty = {layer.layer_id: layer for layer in scene_of(area, this=one).layers}
    assert not {drawing.AREA, drawing.EDGES, CORNERS} & set(empty)
    assert "this" in DRAWING_LAYERS[drawing.LISTED].styles
    assert "<b>Old yard</b>" in {label.split("\n")[0] for label in empty[drawing.LISTED].labels}, "text, which the map writes as text"
    full = scene_of(area, Draft(moved(SQUARE[:3], area)), this=one)
    drawn = {layer.layer_id: layer for layer in full.layers if layer.layer_id in DRAWING_LAYERS}
    assert [drawn[name].drawn_count for name in (drawing.AREA, drawing.EDGES, CORNERS)] == [1, 1, 3]
    assert drawn[CORNERS].keys == ("0", "1", "2")
    assert not set(DRAWING_LAYERS) & {layer.layer_id for layer in full.for_files().layers}
    assert not set(DRAWING_LAYERS) & (set(LAYERS) | {placing.LAYER_ID})


def test_the_map_goes_to_the_place_that_is_drawn_anew(area):
    shape = shapely.Polygon(moved(SQUARE, area))
    west, south, east, north = scene_of(area, near=shape).bounds
    (left, right), (bottom, top) = frames.points_in_metres([west, east], [south, north])
    assert shapely.contains(shapely.box(left, bottom, right, top), shape)
    assert right - left == pytest.approx(100 + 2 * drawing.LEAST_ROUND_M, rel=0.03)
    assert scene_of(area).bounds == scene_of(area, Draft(SQUARE)).bounds, "a touch does not move the map"


@pytest.mark.parametrize("call", [lambda area: drawing.said(area, YOUTH, Draft()), lambda area: drawing.scene(area, YOUTH, None, Draft())])
def test_the_map_of_the_list_is_for_those_who_see_the_list(marlhaven, call):
    with pytest.raises(DataProblem, match="for panel members"):
        call(marlhaven)


def test_ground_that_is_shared_is_said_while_drawing_and_after_and_is_not_forbidden(area):
    one = raised(area, "Old yard")
    over = Draft(moved(SQUARE, area, east=50))
    assert "It shares ground with Old yard" in drawing.said(area, PANEL, over)
    assert "shares" not in drawing.said(area, PANEL, over, besides=(one,))
    two = raised(area, "New yard", east=50)
    assert "It shares ground with Old yard" in space_acts.overlaps(area, PANEL, two)
    assert any("It shares ground with New yard" in line for line in profile_of(area, one).standing)


def test_what_is_drawn_outside_the_area_is_refused(area):
    one = raised(area, "Old yard")
    far = shapely.box(0, 0, 100, 100)
    with pytest.raises(DataProblem, match="outside the area"):
        space_acts.redraw(area, PANEL, one, seen=1, boundary=far, why="", origin="tests")


def test_a_place_is_drawn_anew_and_its_history_says_how_it_changed(area):
    one = raised(area, "Old yard")
    before = space.newest(area.register).loc[one, "boundary"]
    smaller = drawing.outline(Draft(moved(SQUARE[:3], area)))
    space_acts.redraw(area, PANEL, one, seen=1, boundary=smaller, why="The gate was moved", origin="tests")
    found = profile_of(area, one)
    assert shapely.area(found.details.boundary) == pytest.approx(5_000)
    assert found.history[0].endswith("Its boundary was drawn anew: 5,000 square metres, 10,000 square metres before. The gate was moved")
    assert space.history(area.register, one).loc[1, "boundary"] == before
    with pytest.raises(ChangedMeanwhile, match="Somebody else saved “Old yard”"):
        space_acts.redraw(area, PANEL, one, seen=1, boundary=smaller, why="", origin="tests")


def test_a_part_is_split_off_by_drawing_and_the_parts_are_the_whole(area):
    one = raised(area, "Old yard")
    found = profile_of(area, one)
    half = shapely.Polygon(moved(((-50.0, -50.0), (50.0, -50.0), (50.0, 150.0), (-50.0, 150.0)), area))
    given = {"seen": 1, "name": "West yard", "why": "Two gates", "origin": "tests"}
    part = space_acts.split_off(area, PANEL, found, half, **given)
    stays, new = (space.details_of(space.newest(area.register).loc[one]) for one in (one, part))
    assert (shapely.area(stays.boundary), shapely.area(new.boundary)) == (pytest.approx(5_000), pytest.approx(5_000))
    assert (stays.name, new.name) == ("Old yard", "West yard")
    with pytest.raises(ChangedMeanwhile, match="Somebody else saved “Old yard”"):
        space_acts.split_off(area, PANEL, found, half, **given)


@pytest.mark.parametrize(("east", "said"), [(500.0, "is not in “Old yard”"), (99.5, "is not in “Old yard”"), (0.0, "is all of “Old yard”")])
def test_a_part_that_is_none_or_all_of_a_place_is_refused(area, east, said):
    one = raised(area, "Old yard")
    shape = shapely.Polygon(moved(SQUARE, area, east=east))
    with pytest.raises(DataProblem, match=said):
        space_acts.split_off(area, PANEL, profile_of(area, one), shape, seen=1, name="West", why="Two", origin="tests")


def test_whoever_draws_a_place_that_has_become_part_of_another_is_told_which(area):
    one, two = raised(area, "Old yard"), raised(area, "New yard", east=50)
    found = profile_of(area, one)
    space_acts.merge(area, PANEL, one, into=two, seen=1, why="One yard", origin="tests")
    shape = found.details.boundary
    with pytest.raises(ChangedMeanwhile, match="“Old yard” has become part of “New yard”"):
        space_acts.redraw(area, PANEL, one, seen=1, boundary=shape, why="", origin="tests")
    half = shapely.Polygon(moved(((-50.0, -50.0), (50.0, -50.0), (50.0, 150.0), (-50.0, 150.0)), area))
    with pytest.raises(ChangedMeanwhile, match="“Old yard” has become part of “New yard”"):
        space_acts.split_off(area, PANEL, found, half, seen=1, name="West", why="Two", origin="tests")


def test_a_place_online_is_on_no_map_to_be_drawn_or_cut(area):
    chat = space_acts.raise_place(
        area, PANEL, Details("Group chats", "online", "young people", platform="messaging"), today=TODAY, origin="tests"
    )
    inside = shapely.Polygon(moved(SQUARE, area))
    with pytest.raises(DataProblem, match="on no map"):
        space_acts.redraw(area, PANEL, chat, seen=1, boundary=inside, why="", origin="tests")
    with pytest.raises(DataProblem, match="no ground to split"):
        space_acts.split_off(area, PANEL, profile_of(area, chat), inside, seen=1, name="West", why="Two", origin="tests")
