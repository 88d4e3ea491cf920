"""`Stand`: the stand-in on a real socket, for tests to call and to look into."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

import psycopg
import requests
import uvicorn

from understudy.fixtures import fixture
from understudy.server import app, connection
from understudy.server.api import Api
from understudy.server.clock import Clock
from understudy.server.health import Health
from understudy.server.mount import Mount
from understudy.server.sandbox import Sandbox
from understudy.server.settings import Settings
from understudy.server.shared.world import CONNECTIONS, SharedWorld
from understudy.server.sockets import listen
from understudy.server.store.postgres.database import Database
from understudy.server.store.tiny import TinyStore, in_memory
from understudy.server.world import Sandboxes, World
from understudy.specs.contract import Contract, load

T = TypeVar("T")
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
"""When every test begins."""

STRICT = Settings(validate_responses="fail", closed_answers=True)


STORE = "UNDERSTUDY_TEST_STORE"
"""The variable that names the database of all servers, where they are to share one."""
_SCHEMAS = count(1)


class Frozen(Clock):
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        super().__init__(lambda: NOON)


class Calls:
    """Requests by path instead of URL."""

    url: str

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send one request and keep nothing."""
        options = {"allow_redirects": False, "timeout": 10, **options}
        return requests.request(method, self.url + path, **options)

    def get(self, path: str, **options: Any) -> requests.Response:
        """GET."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        """POST."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> requests.Response:
        """PUT."""
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> requests.Response:
        """PATCH."""
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        """DELETE."""
        return self.request("DELETE", path, **options)


class Visitor(Calls):
    """A client that keeps its cookies, as a browser does."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.kept = requests.Session()

    @property
    def cookies(self) -> Any:
        """The cookies kept."""
        return self.kept.cookies

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send one request with the cookies kept."""
        options = {"allow_redirects": False, "timeout": 10, **options}
        return self.kept.request(method, self.url + path, **options)


class Stand(Calls):
    """One contract as served."""

    def __init__(self, mount: Mount, world: Sandboxes, root: str) -> None:
        self._mount = mount
        self._world = world
        self.root = root
        self.url = root + mount.prefix

    @property
    def contract(self) -> Contract:
        """What is served."""
        return self._mount.contract

    @property
    def now(self) -> datetime:
        """The time in the sandbox."""
        return self.within(lambda sandbox: sandbox.clock.now())

    def within(self, act: Callable[[Sandbox], T]) -> T:
        """What looking into the sandbox, or changing it, gives."""
        return self._world.at_once(lambda: act(self._world.default))

    def session(self) -> Visitor:
        """A new client that keeps its cookies."""
        return Visitor(self.url)

    def reset(self, name: str = "default") -> None:
        """Back to noon and to a fixture."""
        chosen = self._mount.fixture if name == "default" else fixture.read(self.contract, name)

        def reset(sandbox: Sandbox) -> None:
            sandbox.clock.freeze()
            sandbox.clock.set(NOON)
            sandbox.load(self.contract, chosen)

        self.within(reset)

    def advance(self, **span: float) -> None:
        """Move the clock forward."""
        self.within(lambda sandbox: sandbox.clock.advance(timedelta(**span)))

    def dump(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """All documents, and what the engines keep beside them."""
        return self.within(lambda sandbox: sandbox.store(self.contract.name).dump())

    def documents(self, collection: str) -> Sequence[Mapping[str, Any]]:
        """The documents of one collection, as stored."""
        return self.dump().get(collection, ())

    def store(self, collection: str, document: Mapping[str, Any]) -> None:
        """Store or replace a document, with the stored defaults filled in."""
        whole = fixture.complete(self.contract, collection, document)
        assert not fixture.defects(self.contract, collection, [whole])
        self.within(lambda sandbox: sandbox.state(self.contract).insert(collection, whole))


@asynccontextmanager
async def _lifespan(_: Any) -> AsyncIterator[None]:
    yield


class Server:
    """uvicorn in a thread, with several contracts; closed by `stop`."""

    def __init__(
        self,
        names: Sequence[str],
        settings: Settings = STRICT,
        apis: Mapping[str, Api] | None = None,
    ) -> None:
        """Serve contracts by name or file; `apis` stand in for the modules of some."""
        contracts = [load(name) for name in names]
        self.world = _world(contracts)
        mounts = [app.mount(each, fixture.read(each), f"/{each.name}") for each in contracts]
        own = apis or {}
        mounts = [replace(each, api=own.get(each.contract.name, each.api)) for each in mounts]
        self.world.at_once(lambda: self._begin(mounts))
        application = app.build(mounts, self.world, settings, Health(is_ready=True), _lifespan)
        (self._socket,) = listen("127.0.0.1", 0)
        self.root = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(connection.config(application))
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self.stands = {mount.contract.name: Stand(mount, self.world, self.root) for mount in mounts}

    def _begin(self, mounts: Sequence[Mount]) -> None:
        sandbox = self.world.default
        sandbox.clock.freeze()
        sandbox.clock.set(NOON)
        for mount in mounts:
            sandbox.load(mount.contract, mount.fixture)

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))

    def stop(self) -> None:
        """End the thread."""
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()
        self.world.close()


def _world(contracts: Sequence[Contract]) -> Sandboxes:
    """A world of its own for each server, in memory unless `STORE` says otherwise."""
    store = os.environ.get(STORE)
    if store is None:
        return World(_sandbox)
    schema = f"stand_{next(_SCHEMAS)}"
    with psycopg.connect(store, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    url = f"{store}&options=-csearch_path%3D{schema}"
    database = Database(url, connections=CONNECTIONS)
    database.open((each, {}) for each in contracts)
    return SharedWorld(database, {each.name: each for each in contracts}, time_of=lambda _: NOON)


def _sandbox(name: str) -> Sandbox:
    database = in_memory()
    return Sandbox(name, lambda contract: TinyStore(database, f"{contract}."), Frozen())
