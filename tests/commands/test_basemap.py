"""The command that draws map tiles: what it writes, and what it says of bad input."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import shapely

from briefing import workspace
from layers import mbtiles, tile_drawing, web_mercator
from tests.commands.conftest import names, run, save_boundary
from tests.extracts import CORNER, Drawing


@pytest.fixture
def extract(drawing: Drawing, tmp_path: Path) -> Path:
    drawing.way((0, 0), (700, 0), highway="residential", name="Long Street")
    drawing.square(400, 50, 120, leisure="park", name="Church Park")
    return drawing.save(tmp_path / "town.osm")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "town.mbtiles"


def metadata(file: Path) -> dict[str, str]:
    with closing(sqlite3.connect(file)) as database:
        return dict(database.execute("SELECT name, value FROM metadata"))


def test_a_map_is_drawn_of_all_that_an_extract_has(extract: Path, out: Path) -> None:
    ran = run("basemap", extract, "--out", out, "--zooms", "14-16")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.endswith("MB: town.mbtiles\n")
    assert names(out.parent) == ["town.mbtiles"]
    about = metadata(out)
    assert {name: about[name] for name in ("format", "minzoom", "maxzoom", "attribution", "licence", "style", "type")} == {
        "format": "png", "minzoom": "14", "maxzoom": "16", "attribution": "© OpenStreetMap contributors", "licence": "ODbL 1.0",
        "style": "light", "type": "baselayer",
    }  # fmt: skip
    said = mbtiles.read(out)
    assert (said.lowest_zoom, said.highest_zoom) == (14, 16)
    assert said.bounds is not None
    x, y = web_mercator.to_world([(said.bounds[0] + said.bounds[2]) / 2], [(said.bounds[1] + said.bounds[3]) / 2])
    for zoom in (14, 15, 16):
        assert mbtiles.tile(out, zoom, int(x[0] * 2**zoom), int(y[0] * 2**zoom)) is not None


def test_the_same_extract_gives_the_same_bytes(extract: Path, out: Path) -> None:
    again = out.with_name("again.mbtiles")
    for file in (out, again):
        assert run("basemap", extract, "--out", file, "--zooms", "15").code == 0
    assert out.read_bytes() == again.read_bytes()


def test_a_boundary_says_what_is_drawn(extract: Path, out: Path, tmp_path: Path) -> None:
    west, south = CORNER
    near = save_boundary(shapely.box(west, south - 50, west + 100, south + 50), tmp_path / "near.geojson")
    assert run("basemap", extract, "--out", out, "--zooms", "17", "--boundary", near).code == 0
    small = mbtiles.read(out).bounds
    assert run("basemap", extract, "--out", out, "--zooms", "17").code == 0
    whole = mbtiles.read(out).bounds
    assert small is not None
    assert whole is not None
    assert small[2] < whole[2]


def test_the_dark_style_is_dark(extract: Path, out: Path) -> None:
    assert run("basemap", extract, "--out", out, "--zooms", "15", "--style", "dark").code == 0
    assert mbtiles.read(out).dark


def test_a_sample_towns_map_goes_into_its_folder_and_is_credited_to_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFER_SPACES_DATA", str(tmp_path))
    made = workspace.open_sample()
    made.register.close()
    raw = Path(workspace.sample_data.__file__).parent / "marlhaven" / "extract.osm.pbf"
    ran = run("basemap", raw, "--area", "marlhaven", "--zooms", "13-14")
    assert (ran.code, ran.out) == (0, "")
    file = made.folder / "basemap.mbtiles"
    assert metadata(file)["attribution"] == "Invented"
    assert metadata(file)["name"] == "Marlhaven"
    opened = workspace.open_sample()
    opened.register.close()
    assert opened.fingerprint == made.fingerprint, "no answer is computed from the base map"
    assert file.exists()


def test_an_area_is_made_with_a_base_map_and_refused_with_a_bad_one(
    extract: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAFER_SPACES_DATA", str(tmp_path / "data"))
    boundary = save_boundary(shapely.box(CORNER[0], CORNER[1], CORNER[0] + 700, CORNER[1] + 200), tmp_path / "town.geojson")
    layers = tmp_path / "town.gpkg"
    assert run("layers", "build", extract, "--out", layers).code == 0
    assert run("basemap", extract, "--out", out, "--zooms", "15").code == 0
    given = ["area", "new", "town", "--boundary", boundary, "--layers", layers, "--base-map"]
    ran = run(*given, extract)
    assert ran.code == 2
    assert "town.osm is not a file of map tiles" in ran.sentence
    assert run(*given, out).code == 0
    assert (tmp_path / "data" / "town" / "basemap.mbtiles").read_bytes() == out.read_bytes()
    assert json.loads((tmp_path / "data" / "town" / "area.json").read_text("utf-8"))["name"] == "town"


def refused(out: Path, *arguments: object) -> str:
    """Return the sentence of a refusal, having checked that nothing was written."""
    ran = run("basemap", *arguments)
    assert ran.code == 2
    assert not out.exists()
    assert names(out.parent) == []
    return ran.sentence


def test_an_extract_of_another_region_than_the_boundary_is_said(extract: Path, out: Path, tmp_path: Path) -> None:
    slough = save_boundary(shapely.box(497_000, 178_000, 501_000, 182_000), tmp_path / "slough.geojson")
    assert "town.osm has nothing within the boundary" in refused(out, extract, "--out", out, "--boundary", slough)


def test_an_extract_cut_short_is_said(rutland_file: Path, out: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.osm.pbf"
    short.write_bytes(rutland_file.read_bytes()[:700_000])
    assert "short.osm.pbf could not be read to its end" in refused(out, short, "--out", out)


@pytest.mark.parametrize("zooms", ["17-11", "eleven", "11-", "-1-5", "11-25", "11..17", "１１-17", "1" * 500])
def test_what_is_no_range_of_zooms_is_said(extract: Path, out: Path, zooms: str) -> None:
    assert "is no range of zooms" in refused(out, extract, "--out", out, f"--zooms={zooms}")


def test_a_country_at_street_level_is_refused_with_what_would_do(extract: Path, out: Path, tmp_path: Path) -> None:
    country = save_boundary(shapely.box(200_000, 100_000, 600_000, 600_000), tmp_path / "country.geojson")
    said = refused(out, extract, "--out", out, "--boundary", country)
    assert "That would be about" in said
    assert "--zooms 11-16" in said


def test_where_it_goes_has_to_be_said_once(extract: Path, out: Path) -> None:
    assert "either --out FILE or --area NAME" in run("basemap", extract).err
    assert "either --out FILE or --area NAME" in run("basemap", extract, "--out", out, "--area", "marlhaven").err
    assert "End it in .mbtiles" in refused(out, extract, "--out", out.with_suffix(".png"))
    assert "is one of the files to read" in run("basemap", extract, "--out", extract).err


def test_nothing_is_left_where_drawing_fails(extract: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: object, **_more: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(tile_drawing, "png", fail)
    assert "could not be written" in refused(out, extract, "--out", out, "--zooms", "15")


def test_leeds_is_drawn_the_same_from_either_format(shared_data: Path, out: Path) -> None:
    drawn = []
    for name in ("leeds_cycleway.osm", "leeds_cycleway.osm.pbf"):
        assert run("basemap", shared_data / "osm" / name, "--out", out, "--zooms", "14-15").code == 0
        with closing(sqlite3.connect(out)) as database:
            drawn.append(database.execute("SELECT * FROM map ORDER BY 1, 2, 3").fetchall())
    assert len({tile_id for *_where, tile_id in drawn[0]}) >= 5
    assert drawn[0] == drawn[1]
