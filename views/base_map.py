"""Serve the area's own map tiles, and tell the map where its tiles come from."""

from __future__ import annotations

import sqlite3
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from briefing import workspace
from layers import mbtiles, tile_source
from layers.tile_source import TileSource
from layers.web_mercator import HIGHEST_ZOOM
from words import DataProblem

DAY_S = 24 * 60 * 60

KEPT = f"private, max-age={DAY_S}"
"""The address has the file's version in it. Private: a shared cache would know which places this person looked at."""

NOTHING = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001010300000025db56ca00000003504c5445000000a77a3dda0000000174524e530040e6d866"
    "0000000a4944415478da6360000000020001e527defc0000000049454e44ae426082"
)
"""One transparent point, for where the file has no tile: a browser complains of a missing one."""


def source() -> TileSource | None:
    """Return where base tiles come from: the outside address that was set, else the area's own file, else None.

    A file that cannot be read is as good as none: the map has its own ground, and making the file anew says what is wrong.
    """
    outside = tile_source.outside()
    if outside is not None:
        return outside
    file = _file()
    version = mbtiles.version(file)
    return _own(file, version) if version is not None else None


def routes() -> list[BaseRoute]:
    """Return the route of the tiles. Starlette answers a plain function in a thread, and other methods than GET with a refusal."""
    return [Route("/basemap/{zoom}/{column}/{row}.png", _tile, methods=["GET"])]


def _file() -> Path:
    return workspace.area_folder() / workspace.BASE_MAP


@lru_cache(maxsize=4)
def _own(file: Path, version: str) -> TileSource | None:
    try:
        return tile_source.own(file)
    except (DataProblem, OSError):
        return None


def _tile(request: Request) -> Response:
    """Return one tile; for anything that is no tile's number, 404."""
    wanted = [_number(request.path_params[name]) for name in ("zoom", "column", "row")]
    zoom, column, row = wanted
    if zoom is None or column is None or row is None or zoom > HIGHEST_ZOOM or max(column, row) >= 2**zoom:
        return _none()
    try:
        file = _file()
        version = mbtiles.version(file)
        if version is None:
            return _none()
        headers = {"Cache-Control": KEPT, "ETag": f'"{version}"'}
        if headers["ETag"] in [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers=headers)
        picture = mbtiles.tile(file, zoom, column, row)
    except (DataProblem, OSError, sqlite3.Error):
        return _none()
    found = picture if picture is not None else NOTHING
    return Response(found, media_type=mbtiles.media_type(found), headers=headers)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 8 else None


def _none() -> Response:
    return PlainTextResponse("There is no such tile.", 404, headers={"Cache-Control": "no-store"})
