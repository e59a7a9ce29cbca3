"""Where a map's base tiles come from: a file of the area's own, or, for those who accept it, an address outside."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from layers import mbtiles
from words import DataProblem, _

SETTING, CREDIT_SETTING = "SAFER_SPACES_TILES", "SAFER_SPACES_TILES_CREDIT"
"""An outside address of tiles, such as https://tiles.example.org/{z}/{x}/{y}.png, and the credit their licence asks for."""

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_TEMPLATE = re.compile(r"[A-Za-z0-9._~/{}?&=%@+-]+")
"""What an address may be made of: nothing that ends a policy, an attribute or a line."""

OUTSIDE_HIGHEST_ZOOM = 19


@dataclass(frozen=True)
class TileSource:
    """Base tiles for a map. `address` has `{z}`, `{x}` and `{y}` in it; one that starts with `/` is this server's own."""

    address: str
    lowest_zoom: int
    highest_zoom: int
    attribution: str
    bounds: tuple[float, float, float, float] | None = None
    dark: bool = False
    host: str = ""
    """The other machine that is asked, with its port where that is not the usual one; empty for this server's own."""

    @property
    def warning(self) -> str:
        """Say, for whoever looks at the map, what an outside source learns; empty for our own."""
        return _("Map tiles come from {host}: it can see which places are looked at.", host=self.host) if self.host else ""


def own(file: Path) -> TileSource:
    """Return the source for an area's own file of tiles, served by `/basemap/`."""
    said = mbtiles.read(file)
    return TileSource(
        f"/basemap/{{z}}/{{x}}/{{y}}.png?{said.version}", said.lowest_zoom, said.highest_zoom, said.attribution, said.bounds, said.dark
    )


def outside() -> TileSource | None:
    """Return the outside source that the setting names, None where there is none: that is how it starts.

    Raises DataProblem for an address that is not https, names a user, or is no address of tiles.
    """
    address = os.environ.get(SETTING, "").strip()
    if not address:
        return None
    shown = {"setting": SETTING, "address": address[:200]}
    parts = _split(address)
    if parts is None or parts[0] != "https":
        raise DataProblem("{setting} is {address}, which is not an https address. Give one that begins with https://, or none.", **shown)
    host, template = parts[1], parts[2]
    if not _HOST.fullmatch(host.partition(":")[0]) or not _TEMPLATE.fullmatch(template) or "{s}" in template:
        raise DataProblem("{setting} is {address}, which names no one machine that has tiles. Give a plain address.", **shown)
    if any(template.count(part) != 1 for part in ("{z}", "{x}", "{y}")) or re.sub(r"\{[zxy]\}", "", template).count("{"):
        raise DataProblem("{setting} is {address}, which lacks {parts}. Put each in once.", parts="{z}, {x}, {y}", **shown)
    credit = os.environ.get(CREDIT_SETTING, "").strip() or host
    return TileSource(f"https://{host}{template}", 0, OUTSIDE_HIGHEST_ZOOM, credit[:200], host=host)


def _split(address: str) -> tuple[str, str, str] | None:
    """Return scheme, host with port, and the rest; None for what is no address, or has a user in it."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname or parts.username is not None or parts.fragment:
        return None
    host = parts.hostname if port is None else f"{parts.hostname}:{port}"
    return parts.scheme, host, parts.path + (f"?{parts.query}" if parts.query else "")
