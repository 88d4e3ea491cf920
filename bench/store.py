"""What the store costs as its documents grow, and a sandbox at its begin."""

import random
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count, product
from typing import Any

from understudy.fixtures import fixture
from understudy.server.clock import Clock
from understudy.server.sandbox import Sandbox
from understudy.server.store.query import Condition, Kind, Position, Query, SortKey
from understudy.server.store.tiny import TinyStore, in_memory
from understudy.specs.contract import NAMES, load

SESSIONS = "basket_sessions"
BY_ID = (SortKey(("Id",), "number", nulls="smallest"),)
BY_DATE = (
    SortKey(("CreatedOn",), "instant", descending=True, nulls="smallest"),
    SortKey(("Id",), "number", nulls="smallest"),
)
HALF = Condition(("IsNew",), "eq", value=True, kind="boolean")
NEAR = Condition(("BusinessId",), "eq", 7, "number")
KNOWN = 50
"""Documents that the selective filter meets, however many there are."""


def sessions(rows: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Basket sessions as Nexudus has them, the same in each run."""
    chance = random.Random(rows)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(1, rows + 1):
        at = begin + timedelta(seconds=chance.randrange(10**7))
        text = at.isoformat().replace("+00:00", "Z")
        yield (
            number,
            {
                "Id": number,
                "UniqueId": f"{chance.getrandbits(128):032x}",
                "BusinessId": 7 if number <= KNOWN else 8 + number % 5,
                "SessionId": f"session-{number}",
                "JsonContents": '{"Items": [{"Id": 1, "Quantity": 2}]}',
                "CreatedOn": text,
                "UpdatedOn": text,
                "UpdatedBy": "admin@example.com",
                "IsNew": number % 2 == 0,
                "SystemId": None,
                "ToStringText": f"session-{number}",
                "LocalizationDetails": None,
                "CustomFields": None,
            },
        )


def least(act: Callable[[], object], before: Callable[[], object], times: int = 31) -> float:
    """Microseconds of the processor that `act` takes after `before`, the least of so many times."""
    took = []
    for _ in range(times):
        before()
        begun = time.thread_time()
        act()
        took.append(1e6 * (time.thread_time() - begun))
    return min(took)


def measured(rows: int) -> Mapping[str, float]:
    """What each piece of work takes with so many documents: microseconds, and bytes a document."""
    documents = list(sessions(rows))
    store = TinyStore(in_memory())
    store.load({SESSIONS: documents})
    numbers = count(rows + 1)
    (_, model) = documents[0]

    def write() -> None:
        """What was kept of the last query is of no use after it."""
        number = next(numbers)
        with store.unit():
            store.put(SESSIONS, number, {**model, "Id": number, "IsNew": None, "BusinessId": 1})

    def page(where: tuple[Condition, ...], order: tuple[SortKey, ...], **cut: Any) -> None:
        """As a listing asks: how many, and a page of them."""
        store.count(SESSIONS, where)
        store.find(Query(SESSIONS, where, order, limit=25, **cut))

    def undone() -> None:
        try:
            with store.unit():
                store.put(SESSIONS, 0, model)
                raise InterruptedError
        except InterruptedError:
            pass

    works: Mapping[str, Callable[[], object]] = {
        "page by id": lambda: page((), BY_ID),
        "page by date": lambda: page((), BY_DATE),
        "last page by date": lambda: page((), BY_DATE, offset=rows - 25),
        "page after a position": lambda: page(
            (), BY_DATE, after=Position(("2026-02-20T00:00:00Z", 1))
        ),
        f"filter that {KNOWN} meet": lambda: page((NEAR,), BY_DATE),
        "filter that half meet": lambda: page((HALF,), BY_DATE),
        "filters that a fifth meet": lambda: page(
            (HALF, Condition(("BusinessId",), "in", [8, 9], "number")), BY_DATE
        ),
        "text in half of them": lambda: page(
            (HALF, Condition(("SessionId",), "contains", "SESSION-", case_sensitive=False)), BY_ID
        ),
        "count of half": lambda: store.count(SESSIONS, (HALF,)),
        "insert": write,
        "undone insert": undone,
        "get": lambda: store.get(SESSIONS, 50),
    }
    figures = {}
    for name, work in works.items():
        work()  # makes the indexes
        figures[name] = least(work, write)
    return {**figures, "bytes a document": weight(min(rows, 10_000))}


def weight(rows: int) -> float:
    """What a document takes in memory, with as many indexes as a collection may have."""
    tracemalloc.start()
    store = TinyStore(in_memory())
    store.load({SESSIONS: list(sessions(rows))})
    ((number, document),) = sessions(1)
    names = [name for name, value in document.items() if value is not None]
    for name, is_down in product(names, (False, True)):
        kind: Kind = {int: "number", bool: "boolean"}.get(type(document[name]), "text")  # type: ignore[assignment]  # get widens
        order = (SortKey((name,), kind, is_down), *BY_ID)
        store.find(Query(SESSIONS, order=order, limit=1))
    store.put(SESSIONS, number, document)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / rows


def begins() -> Mapping[str, float]:
    """What it takes to begin each contract in a new sandbox, in microseconds."""
    contracts = [load(name) for name in NAMES]
    loaded = [(contract, fixture.read(contract)) for contract in contracts]

    def begin(chosen: slice) -> None:
        database = in_memory()
        sandbox = Sandbox("bench", lambda name: TinyStore(database, f"{name}."), Clock())
        for contract, begun_with in loaded[chosen]:
            sandbox.begin(contract, begun_with)

    figures = {
        contract.name: least(partial(begin, slice(at, at + 1)), lambda: None)
        for at, contract in enumerate(contracts)
    }
    return {**figures, "all": least(lambda: begin(slice(None)), lambda: None)}
