"""A sandbox: documents, clock and chance of its own, put in place as a whole."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest

from understudy.fixtures import fixture
from understudy.fixtures.fixture import Fixture
from understudy.server import app
from understudy.server.chance import Chance
from understudy.server.health import Health
from understudy.server.sandbox import Sandbox
from understudy.server.settings import Settings
from understudy.server.store.tiny import TinyStore, in_file, in_memory
from understudy.server.visit import Visit
from understudy.server.world import World
from understudy.specs.contract import load

from ..conftest import LIBRARY
from ..stand import NOON, Frozen
from .conftest import SHOP


def _sandbox(name: str = "default", path: Path | None = None, seed: int = 0) -> Sandbox:
    database = in_file(path) if path else in_memory()
    return Sandbox(name, lambda contract: TinyStore(database, f"{contract}."), Frozen(), seed)


def _book(number: int, **members: Any) -> dict[str, Any]:
    return {"id": number, "title": f"Book {number}", "added_at": "2026-01-01T00:00:00Z", **members}


def _fixture(*books: Mapping[str, Any]) -> Fixture:
    return Fixture("library", "-", None, {"books": list(books)})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


def test_loading_puts_a_fixture_in_place_of_all() -> None:
    """What was there is gone, counters as well."""
    library, sandbox = load(LIBRARY), _sandbox()
    sandbox.load(library, _fixture(_book(7), _book(9)))
    assert sandbox.state(library).next_number("books") == 10
    sandbox.load(library, _fixture(_book(2)))
    dump = sandbox.store("library").dump()
    assert [book["id"] for book in dump["books"]] == [2]
    assert sandbox.state(library).next_number("books") == 3


def test_chance_begins_anew_with_each_load() -> None:
    """The same seed gives the same ids; another one others."""
    library = load(LIBRARY)

    def draw(sandbox: Sandbox) -> tuple[str, str]:
        state = sandbox.state(library)
        return state.uuid(), state.token()

    one, other = _sandbox(), _sandbox(seed=1)
    first = draw(one)
    assert draw(one) != first
    one.load(library, _fixture())
    assert draw(one) == first
    assert draw(other) != first


def test_a_load_comes_into_the_file(path: Path) -> None:
    """It is not taken back by the next start."""
    library, sandbox = load(LIBRARY), _sandbox(path=path)
    sandbox.load(library, _fixture(_book(1)))
    sandbox.close()
    again = TinyStore(in_file(path), "library.").dump()
    assert [book["title"] for book in again["books"]] == ["Book 1"]


@pytest.mark.parametrize("is_file", [True, False], ids=["file", "memory"])
def test_what_cannot_be_put_in_place_leaves_what_is_there(path: Path, is_file: bool) -> None:
    """All or nothing, in memory and in the file."""
    library, sandbox = load(LIBRARY), _sandbox(path=path if is_file else None)
    sandbox.load(library, _fixture(_book(1), _book(2)))
    before = sandbox.store("library").dump()
    broken: Mapping[str, Sequence[Mapping[str, Any]]] = {"books": [_book(3)], "shelves": [{}]}
    with pytest.raises(KeyError):
        sandbox.restore(library, broken)
    assert sandbox.store("library").dump() == before
    if is_file:
        sandbox.close()
        assert TinyStore(in_file(path), "library.").dump() == before


def test_who_joins_goes_on_where_the_other_is() -> None:
    """What is random is one sequence for both, until one of them remembers something else."""
    library, first, second = load(LIBRARY), _sandbox(seed=7), _sandbox()
    first.load(library, _fixture(_book(1)))
    first.clock.advance(timedelta(days=1))
    before = first.memory()
    second.join(first)
    assert second.memory() == before
    drawn = [sandbox.state(library).uuid() for sandbox in (first, second, first)]
    assert len(set(drawn)) == 3
    assert first.memory() == second.memory() != before
    second.recall(before, {library.name: library}, lambda _: None)
    assert second.state(library).uuid() == drawn[0]
    assert first.memory().parts["library"].drawn == 3


def test_contracts_of_one_sandbox_do_not_meet() -> None:
    """Each has its own documents; loading one leaves the other."""
    library, shop, sandbox = load(LIBRARY), load(SHOP), _sandbox()
    sandbox.load(library, _fixture(_book(1)))
    sandbox.load(shop, Fixture("shop", "-", None, {"parcels": [{"code": 1, "weight": 2}]}))
    sandbox.load(shop, Fixture("shop", "-", None, {}))
    assert sandbox.store("library").count("books") == 1
    assert sandbox.store("shop").dump() == {}


def test_closing_writes_what_is_not_yet_written(path: Path) -> None:
    """Of every contract that was used."""
    sandbox = _sandbox(path=path)
    sandbox.store("library").put("books", 1, _book(1))
    sandbox.close()
    assert TinyStore(in_file(path), "library.").count("books") == 1


def test_a_moment_is_written_as_the_vendor_writes_it() -> None:
    """In UTC with `Z`, as precise as said."""
    library, sandbox = load(LIBRARY), _sandbox()
    assert sandbox.state(library).timestamp() == "2026-01-15T12:00:00Z"
    later = NOON + timedelta(microseconds=123456)
    assert sandbox.state(library, "milliseconds").timestamp(later) == "2026-01-15T12:00:00.123Z"
    assert sandbox.state(library, "microseconds").timestamp(later) == "2026-01-15T12:00:00.123456Z"


def test_documents_are_found_by_their_members() -> None:
    """By equal members, conditions and order; expired ones never."""
    shop, sandbox = load(SHOP), _sandbox()
    for number, total in enumerate((5, 3, 5), 1):
        order = {"id": str(number), "total": total, "kept_until": None, "number": number}
        sandbox.state(shop).insert("orders", order)
    state = sandbox.state(shop)
    state.insert("orders", {"id": "4", "total": 5, "kept_until": "2026-01-15T12:00:00Z"})
    assert [order["id"] for order in state.find("orders", total=5)] == ["1", "3"]
    above = state.condition("orders", ("number",), "gt", 1)
    assert [order["id"] for order in state.find("orders", above, total=5)] == ["3"]
    assert state.get("orders", "4") is None
    state.delete("orders", "1")
    assert [order["id"] for order in state.find("orders", total=5)] == ["3"]


def test_a_request_outside_all_contracts_has_no_state() -> None:
    """Nobody may ask for it."""
    with pytest.raises(ValueError, match="no state"):
        Visit(_sandbox(), None).state()


_ORDER = "6f1c5a4e-0c5d-4c0e-9d0a-3c1d5b0e7a11"


@pytest.mark.parametrize("waits_for", ["body", "answer"])
def test_a_request_that_waited_meets_the_state_of_its_end(waits_for: str) -> None:
    """Timers that fell due since it was let in have fired before it is acted on."""
    shop, clock, database = load(SHOP), Frozen(), in_memory()
    sandbox = Sandbox("default", lambda name: TinyStore(database, f"{name}."), clock)
    order = {
        "id": _ORDER,
        "shop": "mine",
        "title": "Late",
        "total": 3,
        "made_at": "2026-01-15T12:00:00Z",
        "due_at": "2026-01-15T12:00:10Z",
    }
    orders = [fixture.complete(shop, "orders", order)]
    begun = Fixture("shop", "-", None, {"orders": orders})
    settings = Settings(validate_responses="fail")
    mounted = app.mount(shop, begun, "/shop")
    application = app.build([mounted], World(lambda _: sandbox), settings, Health())
    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.sleep(0)
        clock.advance(timedelta(seconds=10))
        return {"type": "http.request", "body": b'{"total": 5}'}

    async def send(message: Any) -> None:
        sent.append(message)

    async def ask() -> None:
        headers = [(b"x-shop", b"mine")]
        if waits_for == "answer":
            headers.append((b"prefer", b"wait=0.01"))
            # It comes to pass as soon as the request lets others have their turn.
            asyncio.get_running_loop().call_soon(clock.advance, timedelta(seconds=10))
        scope = {
            "type": "http",
            "method": "PATCH" if waits_for == "body" else "GET",
            "path": f"/shop/orders/{_ORDER}",
            "raw_path": b"",
            "root_path": "",
            "query_string": b"",
            "headers": headers,
            "scheme": "http",
        }
        await application(scope, receive, send)

    asyncio.run(ask())
    assert sent[0]["status"] == 200
    assert orjson.loads(sent[1]["body"])["state"] == "late"


def test_a_uuid_is_one_of_version_four() -> None:
    """As the standard library makes it of the same bits."""
    sandbox, chance = _sandbox(), Chance(0, "library")
    state = sandbox.state(load(LIBRARY))
    for _ in range(50):
        assert state.uuid() == str(UUID(int=chance.bits(128), version=4))
