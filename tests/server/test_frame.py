"""The frame in process: what a socket cannot show."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from understudy.fixtures.fixture import Fixture
from understudy.server import app, resource, transition
from understudy.server.call import Call
from understudy.server.entrance import Entrance
from understudy.server.front import Front
from understudy.server.health import Health
from understudy.server.listing import Lister
from understudy.server.mount import Mount
from understudy.server.refusal import Refusal
from understudy.server.sandbox import Sandbox
from understudy.server.settings import Settings
from understudy.server.store.tiny import TinyStore, in_memory
from understudy.server.world import World
from understudy.specs.contract import load

from ..conftest import LIBRARY
from ..stand import Frozen

START = {"type": "http.response.start", "status": 200, "headers": []}


def _sandbox() -> Sandbox:
    database = in_memory()
    return Sandbox("default", lambda name: TinyStore(database, f"{name}."), Frozen())


def _library() -> Mount:
    return app.mount(load(LIBRARY), Fixture("library", "-", None, {}), "/library")


def _asked(application: Any, path: str, method: str = "GET") -> list[Any]:
    """What the application sends for one request."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [],
        "scheme": "http",
    }
    asyncio.run(application(scope, receive, send))
    return sent


def _world() -> World:
    return World(lambda _: _sandbox())


def _front(started: bool, error: BaseException) -> Entrance:
    async def inner(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        if started:
            await send(START)
        raise error

    return Entrance(Front(inner, contracts=()), world=_world())


def test_what_breaks_before_the_answer_is_an_answer() -> None:
    """A request that is cut off at the end of the server is told so; an error is a problem."""
    assert _asked(_front(False, asyncio.CancelledError()), "/x")[0]["status"] == 503
    assert _asked(_front(False, KeyError("x")), "/x")[0]["status"] == 500


@pytest.mark.parametrize("error", [KeyError("x"), asyncio.CancelledError()], ids=repr)
def test_what_breaks_within_the_answer_breaks_it_off(error: BaseException) -> None:
    """A second answer behind half a first would be worse than none."""
    with pytest.raises(type(error)):
        _asked(_front(True, error), "/x")


def test_health_is_said_only_when_requests_will_be_served() -> None:
    """Before that, and after, 503."""
    health = Health()
    application = app.build([_library()], _world(), Settings(), health)
    start, body = _asked(application, "/_understudy/health")
    assert (start["status"], body["body"]) == (503, b'{"status":"starting"}')
    health.is_ready = True
    start, body = _asked(application, "/_understudy/health")
    assert (start["status"], body["body"]) == (200, b'{"status":"ready"}')


def test_a_page_of_a_contract_refuses_in_its_words() -> None:
    """Its document is no path of the contract, so the paths are the reason."""
    application = app.build([_library()], _world(), Settings(), Health())
    start, _ = _asked(application, "/library/openapi.json", "POST")
    headers = dict(start["headers"])
    assert start["status"] == 405
    assert headers[b"allow"] == b"GET, HEAD"
    assert headers[b"understudy-reason"].startswith(b"/paths; ")


def _call(operation: str) -> Call:
    served = _library()
    return Call(
        contract=served.contract,
        operation=served.contract.operations[operation],
        path={},
        query={},
        headers={},
        cookies={},
        body=None,
        identities={},
        state=_sandbox().state(served.contract),
    )


@pytest.mark.parametrize(
    ("act", "operation"),
    [
        (lambda call: Lister(call.contract, call.operation), "get_book"),
        (resource.target, "list_books"),
        (lambda call: resource.create(call, {}), "list_books"),
        (lambda call: transition.move(call, {}), "get_book"),
    ],
    ids=["listing", "target", "create", "transition"],
)
def test_an_engine_obeys_only_its_own_clause(act: Callable[[Call], Any], operation: str) -> None:
    """A handler that calls it where there is none is wrong, and told so."""
    with pytest.raises(ValueError, match=f"{operation} has no .+ clause"):
        act(_call(operation))


def test_a_create_names_no_document() -> None:
    """What has no key in the request is not found."""
    with pytest.raises(Refusal) as caught:
        resource.target(_call("create_book"))
    assert caught.value.status == 404


def test_what_nothing_covers_is_known() -> None:
    """By method and path, for whoever starts the server."""
    assert app.uncovered(_library()) == ["GET /opening-hours", "GET /catalogue"]
