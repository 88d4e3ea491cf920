"""`Walk`: requests at a stand-in without a socket, written down one after the other."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from understudy.fixtures import fixture
from understudy.server import app
from understudy.server.clock import Clock
from understudy.server.faults.fault import Fault
from understudy.server.health import Health
from understudy.server.sandbox import Sandbox
from understudy.server.settings import Settings
from understudy.server.store.tiny import TinyStore, in_memory
from understudy.server.world import World
from understudy.specs.contract import Contract

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
MANY = 1000
"""Walks, more than there are faults."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: Any

    def cookie(self, name: str) -> str:
        """The value of a cookie that was set; empty where none was."""
        for header, text in self.headers:
            if header == "set-cookie" and text.startswith(f"{name}="):
                return text.partition(";")[0].partition("=")[2]
        return ""


class House:
    """One contract's stand-in, built once; each walk through it has a sandbox of its own."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._mount = app.mount(contract, fixture.read(contract), "")
        self._now = NOON
        self._world = World(self._sandbox, most=MANY)
        settings = Settings(validate_responses="off")
        self._app = app.build([self._mount], self._world, settings, Health(is_ready=True))
        # One loop for all requests: to make one costs as much as to answer.
        self._runner = asyncio.Runner()
        self._walks = 0

    def __enter__(self) -> "House":
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.close()

    def open(self, *faults: Fault) -> str:
        """The name of a new sandbox, where these faults are set."""
        self._walks += 1
        name = f"walk-{self._walks}"
        self._now = NOON
        sandbox = self._world.declare(name)
        sandbox.load(self._contract, self._mount.fixture)
        for fault in faults:
            sandbox.faults.place(fault)
        return name

    def ask(self, method: str, path: str, headers: Mapping[str, str], raw: bytes) -> Heard:
        """The answer to a request that comes a second after the one before."""
        self._now += timedelta(seconds=1)
        return self._runner.run(self._send(method, path, headers, raw))

    def _sandbox(self, name: str) -> Sandbox:
        return Sandbox(name, lambda _: TinyStore(in_memory()), Clock(lambda: self._now))

    async def _send(self, method: str, path: str, headers: Mapping[str, str], raw: bytes) -> Heard:
        place, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": place,
            "raw_path": place.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "scheme": "http",
            "http_version": "1.1",
            "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("localhost", 80),
        }
        said: list[Any] = []

        async def receive() -> Mapping[str, Any]:
            return {"type": "http.request", "body": raw, "more_body": False}

        async def send(message: Any) -> None:
            said.append(message)

        await self._app(scope, receive, send)
        start = next(m for m in said if m["type"] == "http.response.start")
        text = b"".join(m.get("body", b"") for m in said if m["type"] == "http.response.body")
        found = tuple((k.decode(), v.decode()) for k, v in start["headers"])
        return Heard(start["status"], found, json.loads(text) if text else None)


class Walk:
    """All that a stand-in with some faults has answered so far."""

    def __init__(self, house: House, *faults: Fault) -> None:
        self._house = house
        self._sandbox = house.open(*faults)
        self.heard: list[Heard] = []

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        form: bool = False,
    ) -> Heard:
        """Send one request; a body that is text is sent as it is."""
        raw = body if isinstance(body, str) else json.dumps(body)
        sent = {"host": "localhost", "understudy-sandbox": self._sandbox, **(headers or {})}
        if body is not None:
            kind = "application/x-www-form-urlencoded" if form else "application/json"
            sent.setdefault("content-type", kind)
        found = self._house.ask(method, path, sent, raw.encode() if body is not None else b"")
        self.heard.append(found)
        return found


Way = Callable[[Walk], None]


def heard(house: House, way: Way, *faults: Fault) -> list[Any]:
    """What a stand-in with these faults answers on the way, and where the way breaks off."""
    walk = Walk(house, *faults)
    try:
        way(walk)
    except (AttributeError, KeyError, IndexError, TypeError) as error:
        # What a fault answers may lack what the way goes on with.
        return [*walk.heard, repr(error)]
    return list(walk.heard)
