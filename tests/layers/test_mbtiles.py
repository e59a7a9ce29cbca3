"""Files of map tiles: ours, other people's, and what is none."""

from __future__ import annotations

import io
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest
from PIL import Image

from layers import mbtiles, tile_source
from words import DataProblem

ABOUT = {"name": "Oakham", "format": "png", "bounds": "-0.8,52.6,-0.6,52.7", "attribution": "© OpenStreetMap contributors"}


def picture(colour: str = "white", kind: str = "PNG") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(written, kind)
    return written.getvalue()


def other_peoples(path: Path, rows: Iterable[tuple[int, int, int, object]], **metadata: str) -> Path:
    """Write a file as other tools do: a plain table, rows counted from the south."""
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE metadata (name text, value text)")
        database.execute("CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)")
        database.executemany("INSERT INTO metadata VALUES (?, ?)", metadata.items())
        database.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    database.close()
    return path


def test_what_was_written_is_read_back_from_the_north(tmp_path: Path) -> None:
    file = tmp_path / "a.mbtiles"
    assert mbtiles.write(file, [(3, 1, 0, picture("red")), (4, 2, 15, picture("blue"))], metadata=ABOUT) == 2
    assert mbtiles.tile(file, 3, 1, 0) == picture("red")
    assert mbtiles.tile(file, 4, 2, 15) == picture("blue")
    assert mbtiles.tile(file, 4, 2, 0) is None
    said = mbtiles.read(file)
    assert (said.lowest_zoom, said.highest_zoom, said.bounds) == (3, 4, (-0.8, 52.6, -0.6, 52.7))
    assert said.attribution == ABOUT["attribution"]


def test_rows_are_stored_from_the_south_as_the_format_says(tmp_path: Path) -> None:
    file = tmp_path / "a.mbtiles"
    mbtiles.write(file, [(3, 1, 0, picture())], metadata=ABOUT)
    database = sqlite3.connect(file)
    assert database.execute("SELECT zoom_level, tile_column, tile_row FROM tiles").fetchall() == [(3, 1, 7)]
    assert database.execute("PRAGMA application_id").fetchone() == (0x4D504258,)
    database.close()


def test_the_same_picture_is_stored_once(tmp_path: Path) -> None:
    file = tmp_path / "a.mbtiles"
    mbtiles.write(file, [(5, column, 0, picture()) for column in range(20)], metadata=ABOUT)
    database = sqlite3.connect(file)
    assert database.execute("SELECT count(*) FROM images").fetchone() == (1,)
    assert database.execute("SELECT count(*) FROM tiles").fetchone() == (20,)
    database.close()


def test_the_same_tiles_give_the_same_bytes(tmp_path: Path) -> None:
    tiles = [(5, column, 3, picture(colour)) for column, colour in enumerate(["red", "blue", "red"])]
    for name in ("a.mbtiles", "b.mbtiles"):
        mbtiles.write(tmp_path / name, tiles, metadata=ABOUT)
    assert (tmp_path / "a.mbtiles").read_bytes() == (tmp_path / "b.mbtiles").read_bytes()


def test_an_old_file_stays_when_drawing_ends_half_way(tmp_path: Path) -> None:
    file = tmp_path / "a.mbtiles"
    mbtiles.write(file, [(3, 1, 0, picture())], metadata=ABOUT)
    before = file.read_bytes()

    def cut_short() -> Iterable[mbtiles.Tile]:
        yield 3, 1, 1, picture("red")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mbtiles.write(file, cut_short(), metadata=ABOUT)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.mbtiles"]


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_tiles_of_other_tools_are_shown_whatever_their_kind(tmp_path: Path, kind: str, media_type: str) -> None:
    file = other_peoples(tmp_path / "qgis.mbtiles", [(12, 2038, 4095 - 1330, picture("green", kind))], format="png")
    found = mbtiles.tile(file, 12, 2038, 1330)
    assert found == picture("green", kind)
    assert mbtiles.media_type(found) == media_type
    assert mbtiles.read(file).bounds is None


def test_a_credit_written_as_html_is_read_as_text(tmp_path: Path) -> None:
    credit = 'Contains OS data <a href="https://example.org" onclick="x()">&copy; Crown copyright</a> <script>'
    file = other_peoples(tmp_path / "a.mbtiles", [(1, 0, 0, picture())], attribution=credit, bounds="nan,1,2,3")
    assert mbtiles.read(file).attribution == "Contains OS data © Crown copyright"
    assert mbtiles.read(file).bounds is None


@pytest.mark.parametrize(
    ("rows", "metadata", "said"),
    [
        ([(1, 0, 0, b"\x1f\x8b\x08rest")], {"format": "pbf"}, "holds vector tiles"),
        ([(1, 0, 0, b"\x1f\x8b\x08rest")], {"json": '{"vector_layers": []}'}, "holds vector tiles"),
        ([(1, 0, 0, b"<svg onload=alert(1)>")], {"format": "png"}, "holds tiles that are no PNG, JPEG or WebP"),
        ([(1, 0, 0, "text")], {"format": "png"}, "holds tiles that are no PNG, JPEG or WebP"),
        ([], {"format": "png"}, "holds no tiles"),
        ([(60, 0, 0, picture())], {"format": "png"}, "holds no tiles"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_name(
    tmp_path: Path, rows: list[tuple[int, int, int, object]], metadata: dict[str, str], said: str
) -> None:
    with pytest.raises(DataProblem, match=rf"other\.mbtiles {said}"):
        mbtiles.read(other_peoples(tmp_path / "other.mbtiles", rows, **metadata))


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 90, b"SQLite format 3\x00" + b"\x00" * 200])
def test_what_is_no_database_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "other.mbtiles"
    file.write_bytes(content)
    with pytest.raises(DataProblem, match=r"other\.mbtiles is not a file of map tiles"):
        mbtiles.read(file)


def test_a_file_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match="was not found"):
        mbtiles.read(tmp_path / "none.mbtiles")


def test_a_view_made_to_go_on_for_ever_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "evil.mbtiles"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE metadata (name text, value text)")
        database.execute(
            "CREATE VIEW tiles AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT -i AS zoom_level, -i AS tile_column, -i AS tile_row, 'x' AS tile_data FROM n"
        )
    database.close()
    monkeypatch.setattr(mbtiles, "_MOST_STEPS_AT_FIRST", 1_000_000)
    with pytest.raises(DataProblem, match="is not a file of map tiles"):
        mbtiles.read(file)
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        mbtiles.tile(file, 5, 1, 1)


def test_a_view_that_makes_an_enormous_picture_of_nothing_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bomb.mbtiles"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE metadata (name text, value text)")
        database.execute("INSERT INTO metadata VALUES ('minzoom', '0'), ('maxzoom', '1')")
        database.execute(
            "CREATE VIEW tiles AS SELECT 0 AS zoom_level, 0 AS tile_column, 0 AS tile_row, "
            "CAST(x'89504e470d0a1a0a' || zeroblob(300000000) AS BLOB) AS tile_data"
        )
    database.close()
    with pytest.raises(DataProblem, match="is not a file of map tiles"):
        mbtiles.read(file)
    with pytest.raises(sqlite3.Error):
        mbtiles.tile(file, 0, 0, 0)


def test_reading_writes_nothing_and_can_be_done_by_many_at_once(tmp_path: Path) -> None:
    file = tmp_path / "a name with ? and #.mbtiles"
    mbtiles.write(file, [(6, column, 1, picture("red")) for column in range(64)], metadata=ABOUT)
    before = file.read_bytes()
    found: list[bytes | None] = []

    def look() -> None:
        found.extend(mbtiles.tile(file, 6, column, 1) for column in range(64))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [picture("red")] * 8 * 64
    assert file.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_the_version_changes_with_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.mbtiles"
    assert mbtiles.version(file) is None
    mbtiles.write(file, [(3, 1, 0, picture())], metadata=ABOUT)
    first = mbtiles.version(file)
    mbtiles.write(file, [(3, 1, 0, picture("red"))], metadata=ABOUT)
    assert first is not None
    assert mbtiles.version(file) not in (None, first)


def test_an_outside_address_is_off_unless_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(tile_source.SETTING, raising=False)
    assert tile_source.outside() is None
    monkeypatch.setenv(tile_source.SETTING, " ")
    assert tile_source.outside() is None


def test_an_outside_address_names_its_host_and_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tile_source.SETTING, "https://Tiles.Example.org:8443/a/{z}/{x}/{y}.png?key=1")
    found = tile_source.outside()
    assert found is not None
    assert found.address == "https://tiles.example.org:8443/a/{z}/{x}/{y}.png?key=1"
    assert found.host == "tiles.example.org:8443"
    assert found.warning == "Map tiles come from tiles.example.org:8443: it can see which places are looked at."
    assert tile_source.TileSource("/basemap/{z}/{x}/{y}.png", 11, 17, "").warning == ""


@pytest.mark.parametrize(
    "address",
    [
        "http://tiles.example.org/{z}/{x}/{y}.png",
        "//tiles.example.org/{z}/{x}/{y}.png",
        "javascript:alert(1)/{z}/{x}/{y}",
        "https://user:secret@tiles.example.org/{z}/{x}/{y}.png",
        "https://user@tiles.example.org/{z}/{x}/{y}.png",
        "https:///{z}/{x}/{y}.png",
        "https://*/{z}/{x}/{y}.png",
        "https://*.example.org/{z}/{x}/{y}.png",
        "https://a.org; script-src *//{z}/{x}/{y}.png",
        "https://a.org,b.org/{z}/{x}/{y}.png",
        "https://a.org:port/{z}/{x}/{y}.png",
        "https://[::1/{z}/{x}/{y}.png",
        "https://{s}.example.org/{z}/{x}/{y}.png",
        "https://tiles.example.org/{z}/{x}.png",
        "https://tiles.example.org/{z}/{z}/{x}/{y}.png",
        "https://tiles.example.org/{z}/{x}/{y}{r}.png",
        "https://tiles.example.org/{z}/{x}/{y}.png#a",
        "https://tiles.example.org/{z}/{x}/{y}.png'\"",
        "https://tiles.example.org/{z}/{x}/{y}.png\nX: y",
    ],
)
def test_an_address_that_is_not_one_https_machine_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv(tile_source.SETTING, address)
    with pytest.raises(DataProblem, match=tile_source.SETTING):
        tile_source.outside()
