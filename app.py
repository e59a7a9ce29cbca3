"""The way in: the one place where the pages, the map's own files and the security headers are put together.

Start it with `streamlit run app.py` or `safer-spaces serve`. Nothing it serves asks for anything outside this machine,
and the content security policy makes browsers hold it to that.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from layers import tile_source
from views import base_map, live_map
from words import DataProblem

_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def content_security_policy(inline_scripts: Sequence[bytes], *, tiles_host: str = "") -> str:
    """Return the policy: only this server, no eval, and of scripts written into a page only those given, by their hash.

    `tiles_host` is the one other machine that pictures may come from, where somebody set an outside address of map tiles.

    `blob:` stays for scripts because Streamlit hands a component's script to the browser that way; only a script that
    already runs can make one. `unsafe-inline` stays for styles because Streamlit writes its styles into the page.
    """
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" for script in inline_scripts)
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' blob: {hashes}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:" + (f" https://{tiles_host}" if tiles_host else ""),
            "font-src 'self' data:",
            "media-src 'self' blob:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "frame-src 'self'",
            "frame-ancestors 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
        ]
    )


def security_headers() -> dict[str, str]:
    """Return the headers of every response."""
    page = Path(st.__file__).with_name("static") / "index.html"
    outside = tile_source.outside()
    tiles_host = outside.host if outside else ""
    return {
        "Content-Security-Policy": content_security_policy(_INLINE_SCRIPT.findall(page.read_bytes()), tiles_host=tiles_host),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


class SecurityHeaders:
    """ASGI middleware that adds the security headers and lets nothing but the program's own files and map tiles be kept by a browser."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = [(name.lower().encode(), value.encode()) for name, value in security_headers().items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        own_file = scope["path"].startswith(("/static/", "/assets/", "/basemap/"))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                replaced = {name for name, _value in self.headers} | (set() if own_file else {b"cache-control"})
                kept = [(name, value) for name, value in message["headers"] if name.lower() not in replaced]
                message["headers"] = [*kept, *self.headers, *([] if own_file else [(b"cache-control", b"no-store")])]
            await send(message)

        await self.app(scope, receive, send_with_headers)


class CompressedProgram:
    """ASGI middleware that compresses Streamlit's own scripts, a third of the size, which Streamlit leaves to a proxy.

    A browser asks for each once a year, so that the work is done anew for each asker costs less than a slow first page.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.plain = app
        self.compressed = GZipMiddleware(app, minimum_size=1000, compresslevel=5)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        program = scope["type"] == "http" and scope["path"].startswith("/static/")
        await (self.compressed if program else self.plain)(scope, receive, send)


HOSTS_SETTING = "SAFER_SPACES_HOSTS"
"""The names that browsers may ask for, parted by commas, where the program stands behind a server of its own name."""


class OnlyOwnPages:
    """ASGI middleware that refuses whoever asks by another name, or from another site's page.

    Binding to 127.0.0.1 keeps other machines out, and not other sites in this machine's browser: a page can have its own name
    lead to 127.0.0.1, and any page can open a websocket. Refused here, before Streamlit, which on a refusal of its own would
    look up this machine's public address at another company.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.hosts = {name.strip().lower() for name in os.environ.get(HOSTS_SETTING, "127.0.0.1,localhost").split(",")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self.is_own(Headers(scope=scope)):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse("This program answers its own pages only.", 403)(scope, receive, send)

    def is_own(self, headers: Headers) -> bool:
        """Say whether a request names this server, and comes from a page of this server or from no page."""
        host, origin = headers.get("host", "").lower(), headers.get("origin")
        return urlsplit(f"//{host}").hostname in self.hosts and (origin is None or urlsplit(origin.lower()).netloc == host)


def _say_what_tiles_tell() -> None:
    """Warn whoever starts this of an outside address of map tiles; one that cannot be used stops the start."""
    try:
        outside = tile_source.outside()
    except DataProblem as problem:
        raise SystemExit(str(problem)) from None
    if outside is not None:
        sys.stderr.write(f"{outside.warning}\n")


_say_what_tiles_tell()

MIDDLEWARE = [Middleware(OnlyOwnPages), Middleware(SecurityHeaders), Middleware(CompressedProgram)]

app = st.App("views/shell.py", routes=[*live_map.routes(), *base_map.routes()], middleware=MIDDLEWARE)
