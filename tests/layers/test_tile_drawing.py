"""Tiles of a base map: where things come to stand, in which colours, and that two tiles beside each other agree."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageColor

from layers import base_map, osm, tile_drawing, tile_names, tile_styles, tiling, web_mercator
from layers.base_map import BaseMap
from layers.web_mercator import TILE_PX
from tests.extracts import CORNER, Drawing
from words import DataProblem

WELSH = "âêîôûŵŷÂÊÎÔÛŴŶáéíóúẃýàèìòùẁỳäëïöüẅÿ"
SIDE = TILE_PX * tile_drawing.DENSITY


def town(drawing: Drawing) -> Drawing:
    """A street from west to east, one across it, a park with a pond, a wood, a house with a yard, and a village's name."""
    drawing.way((0, 0), (700, 0), highway="residential", name="Long Street")
    drawing.way((350, -300), (350, 300), highway="primary", name="Ffordd y Tŷ Gŵyn", name__cy="Ffordd y Tŷ Gŵyn")
    drawing.way((0, 200), (700, 210), highway="footway")
    drawing.square(400, 50, 120, leisure="park", name="Church Park")
    drawing.square(430, 80, 40, natural="water")
    outer, inner = drawing.square(100, 40, 60), drawing.square(120, 60, 20)
    drawing.multipolygon(outer, inner=(inner,), building="yes")
    drawing.node((200, -150), place="village", name="Alveston", name__cy="Aberwŷr")
    return drawing


def gathered(drawing: Drawing, read: Callable[[], osm.Extract], **options: str) -> BaseMap:
    extract = read()
    return base_map.gather(extract, area=shapely.box(*extract.lines.total_bounds), **options)


def place_of(east: float, north: float, zoom: int) -> tuple[float, float]:
    """Return where a spot of a drawing is, in CSS pixels of the world at a zoom."""
    from geo import frames

    longitude, latitude = frames.points_in_degrees([CORNER[0] + east], [CORNER[1] + north])
    x, y = web_mercator.to_world(longitude, latitude)
    return float(x[0]) * TILE_PX * 2**zoom, float(y[0]) * TILE_PX * 2**zoom


def colour_at(sheet: tile_drawing.Sheet, east: float, north: float) -> tuple[int, ...]:
    x, y = place_of(east, north, sheet.zoom)
    tile = tile_drawing.draw(sheet, int(x // TILE_PX), int(y // TILE_PX)).convert("RGB")
    at = tile.getpixel((int(x % TILE_PX * tile_drawing.DENSITY), int(y % TILE_PX * tile_drawing.DENSITY)))
    assert isinstance(at, tuple)
    return at


def test_the_world_is_a_square_with_greenwich_and_the_equator_in_its_middle() -> None:
    x, y = web_mercator.to_world([0, -180, 180, 0], [0, 0, 0, web_mercator.MOST_LATITUDE])
    assert np.allclose(x, [0.5, 0, 1, 0.5])
    assert np.allclose(y, [0.5, 0.5, 0.5, 0], atol=1e-9)


def test_a_known_tile_holds_the_place_it_is_known_to_hold() -> None:
    x, y = web_mercator.to_world([-0.1276], [51.5072])  # Charing Cross is in 15/16372/10896, as any web map's address has it
    assert (int(x[0] * 2**15), int(y[0] * 2**15)) == (16372, 10896)


@given(st.floats(-180, 180), st.floats(-85, 85))
def test_there_and_back_is_where_one_was(longitude: float, latitude: float) -> None:
    back = web_mercator.to_degrees(*web_mercator.to_world([longitude], [latitude]))
    assert np.allclose([axis[0] for axis in back], [longitude, latitude], atol=1e-9)


def test_what_is_drawn_stands_where_it_is(drawing: Drawing, read: Callable[[], osm.Extract]) -> None:
    sheet = tile_drawing.prepare(gathered(town(drawing), read), 17)
    palette = tile_styles.PALETTES["light"]
    wanted = {
        (680, 0): palette.streets["minor"],
        (350, 250): palette.streets["primary"],
        (410, 160): palette.fills["park"],
        (450, 100): palette.fills["water"],
        (108, 70): palette.fills["building"],
        (130, 70): palette.paper,  # the yard is a hole in its house
        (600, -250): palette.paper,
    }
    assert {spot: colour_at(sheet, *spot) for spot in wanted} == {spot: ImageColor.getrgb(colour) for spot, colour in wanted.items()}


def test_a_street_is_as_wide_as_its_stroke_says(drawing: Drawing, read: Callable[[], osm.Extract]) -> None:
    drawing.way((0, 0), (700, 0), highway="residential")
    sheet = tile_drawing.prepare(gathered(drawing, read), 17)
    x, y = place_of(350, 0, 17)
    tile = tile_drawing.draw(sheet, int(x // TILE_PX), int(y // TILE_PX) - 1, rows=3).convert("RGB")
    column = np.asarray(tile)[:, int(x % TILE_PX * tile_drawing.DENSITY)]
    white = (column == ImageColor.getrgb(tile_styles.PALETTES["light"].streets["minor"])).all(axis=1).sum()
    assert white == pytest.approx(tile_styles.STROKES["minor"].width_px(17) * tile_drawing.DENSITY, abs=1.5)


def test_dashes_are_as_long_as_they_should_be_and_end_with_their_line() -> None:
    lines = np.array([shapely.LineString([(0, 0), (10, 0)]), shapely.LineString([(0, 5), (0, 8), (3, 8)])], dtype=object)
    starts, ends = tile_drawing._dashes(lines, (3.0, 2.0))
    lengths = np.hypot(*(ends - starts).T)
    first = starts[:, 1] < 1
    assert lengths[first].tolist() == pytest.approx([3, 3])  # 0-3 and 5-8
    assert lengths[~first].sum() == pytest.approx(4)  # 0-3 to the corner, and 5-6 beyond it: never across to the other line
    assert shapely.union_all(lines).buffer(1e-6).contains(shapely.MultiPoint(np.vstack([starts, ends])))


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=8, unique=True), st.integers(1, 9), st.integers(1, 9)
)
def test_dashes_never_exceed_their_share_by_more_than_one(corners: list[tuple[int, int]], on: int, off: int) -> None:
    line = shapely.LineString(corners)
    starts, ends = tile_drawing._dashes(np.array([line], dtype=object), (float(on), float(off)))
    drawn = float(np.hypot(*(ends - starts).T).sum())
    periods, rest = divmod(line.length, on + off)
    assert drawn == pytest.approx(periods * on + min(rest, on), abs=1e-6)


def test_tiles_drawn_alone_are_the_same_as_cut_from_a_block(drawing: Drawing, read: Callable[[], osm.Extract]) -> None:
    sheet = tile_drawing.prepare(gathered(town(drawing), read), 17)
    x, y = (int(part // TILE_PX) for part in place_of(350, 0, 17))
    block = tile_drawing.draw(sheet, x - 1, y - 1, columns=3, rows=3)
    for column, row, tile in tile_drawing.cut(block):
        alone = np.asarray(tile_drawing.draw(sheet, x - 1 + column, y - 1 + row).convert("RGB")).astype(int)
        differs = np.abs(alone - np.asarray(tile.convert("RGB")).astype(int)).max(axis=2)
        # Where a shape is cut its edge is rounded to an eighth of a pixel, which shows as a slightly other shade of it.
        assert differs.max() < 48, (column, row)
        assert (differs > 12).mean() < 0.004, (column, row)


def test_names_do_not_overlap_and_say_the_same_only_far_apart(rutland: osm.Extract) -> None:
    found = base_map.gather(rutland, area=shapely.box(484_000, 306_000, 490_000, 311_000))
    placed = tile_names.place(found.names, 16)
    boxes = placed.tree.geometries
    assert len(placed.names) > 200
    one, other = placed.tree.query(boxes, predicate="intersects")
    assert (one == other).all()
    spots = shapely.points(placed.names[["x", "y"]].to_numpy())
    near, too = shapely.STRtree(spots).query(spots, predicate="dwithin", distance=tile_names.AGAIN_PX * 0.7)
    text = placed.names["text"].to_numpy()
    assert not ((text[near] == text[too]) & (near != too)).any()


def test_names_stand_in_the_same_place_whatever_the_order_they_were_read_in(rutland: osm.Extract) -> None:
    names = base_map.gather(rutland, area=shapely.box(484_000, 306_000, 490_000, 311_000)).names
    shuffled = names.sample(frac=1, random_state=np.random.default_rng(3))
    pd.testing.assert_frame_equal(tile_names.place(names, 15).names, tile_names.place(shuffled, 15).names)


def test_a_name_along_a_street_is_turned_as_it_runs_and_never_on_its_head(drawing: Drawing, read: Callable[[], osm.Extract]) -> None:
    drawing.way((0, 0), (400, 400), highway="residential", name="Rising Lane")
    drawing.way((900, 0), (500, 0), highway="residential", name="Westward Road")
    names = tile_names.place(gathered(drawing, read).names, 17).names.groupby("text")["turn"].first()
    # Grid north is 0.9 degrees off true north here, and maps are drawn to true north.
    assert names["Rising Lane"] == pytest.approx(45, abs=1.5)
    assert names["Westward Road"] == pytest.approx(0, abs=1.5)


def test_a_street_with_no_straight_stretch_as_long_as_its_name_has_none(drawing: Drawing, read: Callable[[], osm.Extract]) -> None:
    zigzag = [(15.0 * step, 15.0 * (step % 2)) for step in range(20)]
    drawing.way(*zigzag, highway="residential", name="Crooked and Winding Lane")
    assert tile_names.place(gathered(drawing, read).names, 17).names.empty


def test_welsh_names_are_taken_where_there_are_any(drawing: Drawing, read: Callable[[], osm.Extract]) -> None:
    town(drawing)
    assert {"Aberwŷr", "Long Street"} <= set(gathered(drawing, read, language="cy").names["text"])
    assert {"Alveston", "Long Street"} <= set(gathered(drawing, read).names["text"])


def test_the_font_has_every_letter_of_welsh() -> None:
    assert tile_names.font_file() is not None, "Streamlit no longer brings Source Sans"
    sized = tile_names.font(24, 500)
    missing = bytes(sized.getmask("\uffff"))
    assert [letter for letter in WELSH if bytes(sized.getmask(letter)) == missing] == []


def test_without_the_font_a_letter_is_written_plain_rather_than_as_a_box(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tile_names, "font_file", lambda: None)
    assert tile_names.writable("Tŷ Gŵyn") == unicodedata.normalize("NFC", "Ty Gwyn")


@pytest.mark.parametrize("style", tile_styles.PALETTES)
def test_the_colours_of_a_style_are_drawn_as_they_are_written(style: str) -> None:
    palette = tile_styles.PALETTES[style]
    own = [palette.paper, *palette.fills.values(), *palette.streets.values(), *palette.casings.values(), *palette.inks.values()]
    for colour in dict.fromkeys(own):
        drawn = tile_drawing._indexed(Image.new("RGB", (1, 1), colour), style).convert("RGB").getpixel((0, 0))
        assert np.abs(np.subtract(drawn, ImageColor.getrgb(colour))).max() <= 3, colour


@pytest.mark.parametrize("style", tile_styles.PALETTES)
def test_letters_can_be_read_on_the_paper(style: str) -> None:
    palette = tile_styles.PALETTES[style]

    def light(colour: str) -> float:
        parts = np.array(ImageColor.getrgb(colour)) / 255
        return float(np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722))

    for ink in palette.inks.values():
        high, low = sorted([light(ink), light(palette.halo)], reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5, ink  # WCAG 2 AA


def test_the_ground_is_paler_than_the_palest_step_of_harm() -> None:
    from layers.scene import HARM_RAMP

    saturation = {colour: max(ImageColor.getrgb(colour)) - min(ImageColor.getrgb(colour)) for colour in HARM_RAMP}
    palette = tile_styles.PALETTES["light"]
    for colour in (*palette.fills.values(), *palette.streets.values()):
        assert max(ImageColor.getrgb(colour)) - min(ImageColor.getrgb(colour)) < min(saturation.values()) / 2


def test_two_processes_draw_the_same_as_one(drawing: Drawing, read: Callable[[], osm.Extract], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiling, "ALONE_UP_TO", 10)
    found = gathered(town(drawing), read)
    blocks = tiling.lay_out(found, [15, 16])
    told: list[int] = []
    both = list(tiling.draw_all(found, blocks, processes=2, drawn=told.append))
    assert both == list(tiling.draw_all(found, blocks, processes=1))
    assert sum(told) == len(both) == sum(len(block.wanted) for block in blocks)


def test_every_tile_of_an_area_is_laid_out_once_and_with_its_surroundings(drawing: Drawing, read: Callable[[], osm.Extract]) -> None:
    found = gathered(town(drawing), read)
    tiles = [tile for block in tiling.lay_out(found, [17]) for tile in block.wanted]
    west, north, east, south = np.array(found.area.bounds) * 2**17
    columns, rows = zip(*tiles, strict=True)
    assert len(tiles) == len(set(tiles))
    assert (min(columns), max(columns)) == (int(west - tiling.MARGIN_TILES), int(east + tiling.MARGIN_TILES))
    assert (min(rows), max(rows)) == (int(north - tiling.MARGIN_TILES), int(south + tiling.MARGIN_TILES))


def test_millions_of_tiles_are_refused_before_any_is_laid_out(drawing: Drawing, read: Callable[[], osm.Extract]) -> None:
    extract = town(drawing) and read()
    country = base_map.gather(extract, area=shapely.box(200_000, 100_000, 600_000, 600_000))
    with pytest.raises(DataProblem, match=r"about .* tiles\. Stop at a lower zoom"):
        tiling.lay_out(country, range(11, 18))


def test_an_empty_tile_is_one_colour_and_costs_next_to_nothing(drawing: Drawing, read: Callable[[], osm.Extract]) -> None:
    found = gathered(town(drawing), read)
    tiles = {(column, row): picture for _zoom, column, row, picture in tiling.draw_all(found, tiling.lay_out(found, [17]))}
    empty = min(tiles.values(), key=len)
    assert len(empty) < 1800  # of which 768 are the colours
    assert sum(picture == empty for picture in tiles.values()) > 5
