"""Fixtures of the server's own tests."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from understudy.server.store.store import Store
from understudy.server.store.tiny import TinyStore, in_file, in_memory

from ..stand import Server, Stand
from .probe import API


def _in_memory(_: Path) -> Store:
    return TinyStore(in_memory(), "shop.")


def _in_file(folder: Path) -> Store:
    return TinyStore(in_file(folder / "state.json"), "shop.")


STORES: dict[str, Callable[[Path], Store]] = {"memory": _in_memory, "file": _in_file}
"""Every store that there is; all pass the same tests."""


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
def store(request: Any, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind."""
    made = STORES[request.param](tmp_path)
    yield made
    made.close()


@pytest.fixture(params=STORES)
def open_store(request: Any, tmp_path: Path) -> Callable[[], Store]:
    """Opens further stores of each kind, each empty."""
    numbers = iter(range(10**6))

    def open_next() -> Store:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        return STORES[request.param](folder)

    return open_next
