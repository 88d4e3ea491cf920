"""What the clock does to documents, and when anybody can see it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from understudy.fixtures.fixture import Fixture
from understudy.server.clock import Clock
from understudy.server.sandbox import Sandbox
from understudy.server.store.query import Condition
from understudy.server.store.tiny import TinyStore, in_memory
from understudy.server.timers import settled
from understudy.specs.contract import load

from ..stand import NOON, Frozen, Stand
from .conftest import SHOP

ME = {"X-Shop": "mine"}


def _at(seconds: int) -> str:
    return (NOON + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def _make(shop: Stand, **members: Any) -> Any:
    answer = shop.post("/orders", json={"title": "Tea", **members}, headers=ME)
    assert answer.status_code == 201, answer.text
    return answer.json()


def _state(shop: Stand, order: Any) -> str:
    state: str = shop.get(f"/orders/{order['id']}", headers=ME).json()["state"]
    return state


def test_a_timer_fires_at_its_moment(shop: Stand) -> None:
    """Not before, and then at once for everybody."""
    order = _make(shop, due_at=_at(10))
    shop.advance(seconds=9)
    assert _state(shop, order) == "open"
    shop.advance(seconds=1)
    listed = shop.get("/orders?state=late", headers=ME).json()
    assert [entry["id"] for entry in listed["page"]["orders"]] == [order["id"]]
    assert _state(shop, order) == "late"


def test_a_timer_leaves_alone_what_is_not_in_its_state(shop: Stand) -> None:
    """It is asked when it is due, not when it was set."""
    order = _make(shop, due_at=_at(10))
    assert shop.post(f"/orders/{order['id']}/pay", json={"by": "card"}, headers=ME).ok
    shop.advance(seconds=20)
    assert _state(shop, order) == "paid"


def test_timers_fire_in_the_order_of_their_moments(shop: Stand) -> None:
    """Whatever the order in the contract: what is late before it closes stays late."""
    first = _make(shop, due_at=_at(10), closing_at=_at(20))
    second = _make(shop, due_at=_at(20), closing_at=_at(10))
    shop.advance(seconds=15)
    assert (_state(shop, first), _state(shop, second)) == ("late", "closed")
    shop.advance(seconds=15)
    assert (_state(shop, first), _state(shop, second)) == ("late", "closed")


def test_what_was_due_while_nobody_asked_happens_in_order(shop: Stand) -> None:
    """One request after both moments sees what two requests would have seen."""
    late = _make(shop, due_at=_at(10), closing_at=_at(20))
    closed = _make(shop, due_at=_at(20), closing_at=_at(10))
    shop.advance(seconds=60)
    found = {o["id"]: o for o in shop.get("/orders", headers=ME).json()["page"]["orders"]}
    assert (found[late["id"]]["state"], found[late["id"]]["due_at"]) == ("late", _at(10))
    assert (found[closed["id"]]["state"], found[closed["id"]]["due_at"]) == ("closed", None)


@pytest.mark.parametrize(
    ("due", "closing", "state"),
    [(-10, None, "late"), (-10, -5, "late"), (-5, -10, "closed"), (0, None, "late")],
)
def test_a_moment_that_has_passed_fires_on_the_write_itself(
    shop: Stand, due: int, closing: int | None, state: str
) -> None:
    """The answer is what the next read finds, created or replaced."""
    body = {"due_at": _at(due), "closing_at": None if closing is None else _at(closing)}
    made = _make(shop, **body)
    assert made["state"] == state
    assert _state(shop, made) == state
    other = _make(shop)
    replaced = shop.put(f"/orders/{other['id']}", json={"title": "x", **body}, headers=ME).json()
    assert replaced["state"] == state
    assert _state(shop, other) == state


def test_a_move_and_a_timer_do_not_race(shop: Stand) -> None:
    """A request that comes too late meets the state that the timer left."""
    order = _make(shop, closing_at=_at(10))
    shop.advance(seconds=10)
    answer = shop.post(f"/orders/{order['id']}/pay", json={"by": "card"}, headers=ME)
    assert answer.status_code == 409
    assert answer.json()["detail"] == "state is closed; it must be open or late."


@pytest.mark.parametrize("path", ["/books/0", "/books?page=x"])
def test_any_request_to_the_contract_lets_the_clock_strike(library: Stand, path: str) -> None:
    """A refused one as well; what other documents say does not hold it up."""
    lent = library.post("/books", json={"title": "A", "due_at": _at(10)}).json()
    library.post("/books", json={"title": "B", "due_at": _at(5)})
    library.post("/books", json={"title": "C"})
    library.post(f"/books/{lent['id']}/lend")
    library.advance(seconds=10)
    assert library.get(path).status_code >= 400
    assert [book["state"] for book in library.documents("books")] == ["overdue", "in", "in"]


def test_deleted_documents_do_not_come_back(shop: Stand) -> None:
    """A timer changes them in the store; nobody finds them."""
    order = _make(shop, due_at=_at(10))
    shop.delete(f"/orders/{order['id']}", headers=ME)
    shop.advance(seconds=20)
    assert shop.get("/orders", headers=ME).json()["total"] == 0
    assert shop.get(f"/orders/{order['id']}", headers=ME).status_code == 404


def _sandbox() -> tuple[Sandbox, Frozen]:
    clock = Frozen()
    database = in_memory()
    return Sandbox("default", lambda name: TinyStore(database, f"{name}."), clock), clock


def _fixture(**members: Any) -> Fixture:
    order = {
        "id": "00000000-0000-4000-8000-000000000001",
        "title": "Tea",
        "state": "open",
        "made_at": _at(0),
        **members,
    }
    return Fixture("shop", "-", None, {"orders": [order]})


def test_loading_a_fixture_sets_the_timers_anew() -> None:
    """What was remembered of the documents before is forgotten."""
    contract = load(SHOP)
    sandbox, clock = _sandbox()
    sandbox.load(contract, _fixture(due_at=_at(1000)))
    sandbox.tick(contract)
    sandbox.load(contract, _fixture(due_at=_at(10)))
    clock.advance(timedelta(seconds=10))
    sandbox.tick(contract)
    (order,) = sandbox.store("shop").dump()["orders"]
    assert order["state"] == "late"


def test_a_contract_that_was_read_again_has_its_own_timers() -> None:
    """A change of the file takes effect on documents that nobody wrote since."""
    before = load(SHOP)
    sandbox, clock = _sandbox()
    sandbox.load(before, _fixture(due_at=_at(10), state="paid"))
    clock.advance(timedelta(seconds=10))
    sandbox.tick(before)
    after = load(SHOP)
    timer = after.collections["orders"].timers[0]
    object.__setattr__(timer, "when", {("state",): ("paid",)})
    sandbox.tick(after)
    (order,) = sandbox.store("shop").dump()["orders"]
    assert order["state"] == "late"


def test_timers_that_undo_each_other_end() -> None:
    """Each fires once for a document, so that no contract can stop the server."""
    contract = load(SHOP)
    collection = contract.collections["orders"]
    object.__setattr__(collection.timers[0], "when", {("state",): ("closed", "open")})
    object.__setattr__(collection.timers[1], "when", {("state",): ("late",)})
    object.__setattr__(collection.timers[1], "set", {("state",): "closed"})
    order = {"state": "open", "due_at": _at(0), "closing_at": _at(1)}
    assert settled(order, collection, NOON + timedelta(seconds=5))["state"] == "closed"
    sandbox, clock = _sandbox()
    sandbox.load(contract, _fixture(due_at=_at(0), closing_at=_at(1)))
    clock.advance(timedelta(seconds=5))
    sandbox.tick(contract)
    (stored,) = sandbox.store("shop").dump()["orders"]
    assert stored["state"] == "closed"


def test_nothing_is_written_while_nothing_is_due() -> None:
    """A request that finds no timer due leaves the store as it is, however often it is asked."""
    contract = load(SHOP)
    sandbox, clock = _sandbox()
    sandbox.load(contract, _fixture(due_at=_at(30), closing_at=_at(10)))
    for second in range(1, 41):
        clock.advance(timedelta(seconds=1))
        before = sandbox.store("shop").dump()
        sandbox.tick(contract)
        assert (sandbox.store("shop").dump() != before) is (second == 10)


def test_what_is_written_meanwhile_brings_the_next_time_forward() -> None:
    """A document that falls due before all the others is not overlooked."""
    contract = load(SHOP)
    sandbox, clock = _sandbox()
    sandbox.load(contract, _fixture(due_at=_at(1000)))
    sandbox.tick(contract)
    (order,) = sandbox.store("shop").dump()["orders"]
    sandbox.state(contract).replace("orders", {**order, "due_at": _at(5)})
    clock.advance(timedelta(seconds=6))
    sandbox.tick(contract)
    (after,) = sandbox.store("shop").dump()["orders"]
    assert after["state"] != order["state"]


def test_a_timer_looks_at_what_is_due_and_not_at_all_that_ever_was() -> None:
    """However many documents have been through it, and however many will be."""
    contract = load(SHOP)
    (order,) = _fixture().collections["orders"]
    sandbox, clock = _sandbox()
    orders = [
        {**order, "id": f"{number}", "state": state, "due_at": _at(number * 10)}
        for number, state in enumerate(["late"] * 1000 + ["open"] * 1000, -1000)
    ]
    sandbox.load(contract, Fixture("shop", "-", None, {"orders": orders}))
    sandbox.tick(contract)
    store = sandbox.store("shop")
    assert isinstance(store, TinyStore)
    before = store.touched
    for _ in range(10):
        clock.advance(timedelta(seconds=10))
        sandbox.tick(contract)
    late = Condition(("state",), "eq", "late")
    assert store.count("orders", (late,)) == 1011
    assert store.touched - before < 1000


def test_the_clock_runs_with_its_source() -> None:
    """And ahead of it by what it was moved."""
    clock = Clock(lambda: datetime(2026, 1, 1, tzinfo=UTC))
    clock.advance(timedelta(days=1, seconds=1))
    assert clock.now() == datetime(2026, 1, 2, 0, 0, 1, tzinfo=UTC)
    before = datetime.now(UTC)
    assert before <= Clock().now() <= datetime.now(UTC)
