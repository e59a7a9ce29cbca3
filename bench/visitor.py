"""Somebody at a browser, without the browser: speaks Streamlit's own messages, and finds what is on the page by what it says there."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

TIMEOUT_S = 120.0
"""A page that takes longer has failed."""

EVENTS = "$$STREAMLIT_INTERNAL_KEY_{id}__events"
"""How Streamlit calls what a component of the page tells besides its state: for the map, what was touched."""


class Visitor:
    """One visit. Each act sends what a browser would and returns the seconds until the page is there, whole."""

    def __init__(self, address: str) -> None:
        self._address = address.replace("http", "ws", 1) + "/_stcore/stream"
        self._connection: ClientConnection | None = None
        self._widgets: dict[str, WidgetState] = {}
        self._kept: dict[str, ForwardMsg] = {}
        self._page = ""
        self._elements: dict[tuple[int, ...], Any] = {}
        self.pages: dict[str, str] = {}
        """The menu, by title."""
        self.received = 0
        """Bytes that came, as the server sent them."""

    async def __aenter__(self) -> Visitor:
        self._connection = await connect(self._address, subprotocols=["streamlit"], max_size=None, ping_interval=None)  # type: ignore[list-item]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._connected.close()

    async def open(self) -> float:
        """Open the page where somebody begins."""
        return await self._run()

    async def go_to(self, title: str) -> float:
        """Choose a page in the menu."""
        self._page = self.pages[title]
        self._widgets.clear()
        return await self._run()

    async def press(self, label: str) -> float:
        """Press a button."""
        return await self._run(WidgetState(id=self._find("button", label).id, trigger_value=True))

    async def choose(self, label: str, option: str) -> float:
        """Choose from a list that shows the page anew at once."""
        return await self._run(self._chosen("selectbox", label, option))

    async def tap(self, label: str, *options: str) -> float:
        """Tap options side by side that show the page anew at once."""
        return await self._run(self._chosen("button_group", label, *options))

    def fill(self, label: str, *options: str) -> None:
        """Tap options of a form, which tells nobody before its button is pressed."""
        state = self._chosen("button_group", label, *options)
        self._widgets[state.id] = state

    async def touch(self, longitude: float, latitude: float) -> float:
        """Touch bare ground on the map of the page."""
        drawn = next(one for one in self._of("bidi_component") if one.component_name == "safer_spaces_map")
        said = [{"event": "picked", "value": {"layer": "", "key": "", "longitude": longitude, "latitude": latitude}}]
        return await self._run(WidgetState(id=EVENTS.format(id=drawn.id), json_trigger_value=json.dumps(said)))

    def options(self, label: str) -> list[str]:
        """Return what there is to choose from a list."""
        return list(self._find("selectbox", label).options)

    def keyed(self, key: str) -> list[str]:
        """Return what the buttons say whose key in the program begins so."""
        return [_plain(one.label) for one in self._of("button") if f"-{key}" in one.id]

    def told(self) -> list[str]:
        """Return what the page says is wrong."""
        return [str(one.body) for one in self._of("html") if 'role="alert"' in str(one.body)]

    def _of(self, kind: str) -> Iterable[Any]:
        return (element for _path, element in sorted(self._elements.items()) if element.DESCRIPTOR.name.lower() == kind.replace("_", ""))

    def _find(self, kind: str, label: str) -> Any:
        found = next((element for element in self._of(kind) if _plain(element.label) == label), None)
        if found is None:
            raise LookupError(f"no {kind} “{label}” on the page, only {[_plain(one.label) for one in self._of(kind)]}: {self.told()}")
        return found

    def _chosen(self, kind: str, label: str, *options: str) -> WidgetState:
        state = WidgetState(id=self._find(kind, label).id)
        if kind == "selectbox":
            state.string_value = options[0]
        else:
            state.string_array_value.data.extend(options)
        return state

    @property
    def _connected(self) -> ClientConnection:
        if self._connection is None:
            raise RuntimeError("a visit begins with `async with`")
        return self._connection

    async def _run(self, act: WidgetState | None = None) -> float:
        """Tell what was done and take in the page that comes of it."""
        message = BackMsg()
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.cached_message_hashes.extend(self._kept)
        lasting = act is not None and act.WhichOneof("value") not in ("trigger_value", "json_trigger_value")
        if act is not None and lasting:
            self._widgets[act.id] = act
        message.rerun_script.widget_states.widgets.extend(self._widgets.values())
        if act is not None and not lasting:
            message.rerun_script.widget_states.widgets.append(act)
        begun = time.perf_counter()
        await self._connected.send(message.SerializeToString())
        while not await self._take_in(time.perf_counter() - begun):
            pass
        shown = {getattr(element, "id", "") for element in self._elements.values()}
        self._widgets = {name: state for name, state in self._widgets.items() if name in shown}
        return time.perf_counter() - begun

    async def _take_in(self, waited: float) -> bool:
        """Take in one message; say whether the page is whole with it."""
        if waited > TIMEOUT_S:
            raise TimeoutError("the page did not come")
        data = await self._connected.recv(decode=False)
        self.received += len(data)
        message = ForwardMsg.FromString(data)
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            where = list(message.metadata.delta_path)
            message = ForwardMsg.FromString(self._kept[message.ref_hash].SerializeToString())
            message.metadata.delta_path[:] = where
            kind = message.WhichOneof("type")
        elif message.metadata.cacheable:
            self._kept[message.hash] = message
        if kind == "new_session":
            self._elements.clear()
            self._page = message.new_session.page_script_hash
        elif kind == "navigation":
            self.pages = {page.page_name: page.page_script_hash for page in message.navigation.app_pages}
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            self._elements[tuple(message.metadata.delta_path)] = getattr(element, element.WhichOneof("type"))
        return kind == "script_finished" and bool(message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY)


def _plain(label: str) -> str:
    """Return a label as it reads: what the program does to keep Markdown out of it is taken away."""
    return re.sub(r"\\(?=[^\w\s])|\u2060", "", label)
