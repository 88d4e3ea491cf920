"""Servers that are wrong on purpose: the stand-in with faults, or with messages changed."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from understudy.fixtures import fixture
from understudy.fixtures.fixture import Fixture
from understudy.server import app, connection
from understudy.server.clock import Clock
from understudy.server.faults.catalogue import named
from understudy.server.health import Health
from understudy.server.sandbox import Sandbox
from understudy.server.settings import Settings
from understudy.server.sockets import listen
from understudy.server.store.tiny import TinyStore, in_memory
from understudy.server.world import World
from understudy.specs.contract import Contract, load

LAX = Settings(validate_responses="off")


@dataclass
class Heard:
    """A request as the server hears it; `data` is the body's JSON, None where it is none."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    data: Any = None

    def __post_init__(self) -> None:
        self.data = _parsed(self.body)


@dataclass
class Told:
    """An answer; `data` is the body's JSON."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    data: Any = None


Hear = Callable[[Heard], None]
Tell = Callable[[Heard, Told], None]
"""What changes a request, or an answer, in place."""


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


class Meddler:
    """Stands before an application, and changes what is heard and told."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner
        self.hear: Hear | None = None
        self.tell: Tell | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; the server's start and end pass through."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        headers = {k.decode().lower(): v.decode("latin-1") for k, v in scope["headers"]}
        heard = Heard(scope["method"], scope["path"], headers, await _whole(receive))
        before = json.dumps(heard.data)
        if self.hear is not None:
            self.hear(heard)
        if json.dumps(heard.data) != before:
            heard.body = json.dumps(heard.data).encode()
            heard.headers["content-length"] = str(len(heard.body))
        scope["headers"] = [(k.encode(), v.encode("latin-1")) for k, v in heard.headers.items()]
        told, raw = await self._asked(scope, heard)
        if self.tell is not None:
            self.tell(heard, told)
        body = raw if told.data is None else json.dumps(told.data).encode()
        kept = [(k, v) for k, v in told.headers if k != "content-length"]
        sent = [*kept, ("content-length", str(len(body)))]
        start: Message = {
            "type": "http.response.start",
            "status": told.status,
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in sent],
        }
        await send(start)
        await send({"type": "http.response.body", "body": body})

    async def _asked(self, scope: Scope, heard: Heard) -> tuple[Told, bytes]:
        parts: list[bytes] = []
        told = Told(500)

        async def receive() -> Message:
            return {"type": "http.request", "body": heard.body, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                told.status = message["status"]
                told.headers = [
                    (k.decode().lower(), v.decode("latin-1")) for k, v in message["headers"]
                ]
            else:
                parts.append(message.get("body", b""))

        await self._inner(scope, receive, send)
        raw = b"".join(parts)
        told.data = _parsed(raw)
        return told, raw


async def _whole(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


@cache
def _contract(name: str) -> Contract:
    return load(name)


@cache
def _fixture(contract: str, name: str) -> Fixture:
    return fixture.read(_contract(contract), name)


@asynccontextmanager
async def _lifespan(_: Any) -> AsyncIterator[None]:
    yield


class Stand:
    """One contract as served in this process, wrong in one way after the other."""

    def __init__(
        self, name: str, fixtures: str = "default", contract: Contract | None = None
    ) -> None:
        """Serve the contract of that name, or another one with its documents and handlers."""
        self._mount = app.mount(contract or _contract(name), _fixture(name, fixtures), "")
        self._world = World(self._make)
        built = app.build([self._mount], self._world, LAX, Health(is_ready=True), _lifespan)
        self._meddler = Meddler(built)
        (self._listener,) = listen("127.0.0.1", 0)
        self._server = uvicorn.Server(connection.config(self._meddler))
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def be(
        self, faults: Sequence[str] = (), hear: Hear | None = None, tell: Tell | None = None
    ) -> str:
        """Begin anew, with these faults and changes, or right without any; the URL."""
        self._meddler.hear, self._meddler.tell = hear, tell
        sandbox = self._world.default
        sandbox.clock.reset()
        sandbox.faults.clear()
        for fault in named(faults, [self._mount.contract.name]):
            sandbox.faults.place(fault)
        sandbox.load(self._mount.contract, self._mount.fixture)
        return self.url

    def stop(self) -> None:
        """Serve no more."""
        self._server.should_exit = True
        self._thread.join(10)
        self._listener.close()

    def _make(self, sandbox: str) -> Sandbox:
        database = in_memory()
        return Sandbox(sandbox, lambda own: TinyStore(database, f"{own}."), Clock())

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._listener]))


@contextmanager
def wrong(
    name: str,
    faults: Sequence[str] = (),
    fixtures: str = "default",
    contract: Contract | None = None,
) -> Iterator[str]:
    """The URL of a contract as served with these faults; without any it is right."""
    stand = Stand(name, fixtures, contract)
    try:
        yield stand.be(faults)
    finally:
        stand.stop()
