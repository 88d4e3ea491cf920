"""Fixtures of the server's own tests."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from understudy.server.store.postgres.database import Database
from understudy.server.store.postgres.store import PostgresStore
from understudy.server.store.store import Store
from understudy.server.store.tiny import TinyStore, in_file, in_memory

from ..stand import Server, Stand
from .probe import API

STORES = ("memory", "file", "postgres")
"""Every store that there is; all pass the same tests."""
Open = Callable[[], Store]

CONTRACTS = Path(__file__).parents[1] / "contracts"
SHOP, PROBE = str(CONTRACTS / "shop.yaml"), str(CONTRACTS / "probe.yaml")


@pytest.fixture(scope="session")
def shop_server() -> Iterator[Stand]:
    server = Server([SHOP])
    yield server.stands["shop"]
    server.stop()


@pytest.fixture
def shop(shop_server: Stand) -> Stand:
    """A contract with the clauses that the library does not use."""
    shop_server.reset()
    return shop_server


@pytest.fixture(scope="session")
def probe_server() -> Iterator[Stand]:
    server = Server([PROBE], apis={"probe": API})
    yield server.stands["probe"]
    server.stop()


@pytest.fixture
def probe(probe_server: Stand) -> Stand:
    """A contract whose handlers say what reached them, lie and fail."""
    probe_server.reset()
    return probe_server


@pytest.fixture(params=STORES)
def store_kind(request: pytest.FixtureRequest) -> str:
    """One kind of store after the other."""
    kind: str = request.param
    return kind


@pytest.fixture
def open_store(request: pytest.FixtureRequest, store_kind: str, tmp_path: Path) -> Open:
    """Opens further stores of each kind, each empty."""
    numbers = count()

    def in_a_file() -> Store:
        return TinyStore(in_file(tmp_path / f"{next(numbers)}.json"), "shop.")

    def in_postgres() -> Store:
        return PostgresStore(database, f"{request.node.nodeid} {next(numbers)}", "shop")

    if store_kind == "postgres":
        database: Database = request.getfixturevalue("opened")
        return in_postgres
    return in_a_file if store_kind == "file" else lambda: TinyStore(in_memory(), "shop.")


@pytest.fixture
def store(open_store: Open) -> Iterator[Store]:
    """An empty store of each kind."""
    made = open_store()
    yield made
    made.close()
