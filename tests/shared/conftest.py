"""Two servers with four workers each, which share one database."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier
from typing import TypeVar

import psycopg
import pytest

from bench.postgres import Postgres
from bench.soak.machines import machines
from bench.soak.server import Running
from understudy.client import Client, Sandbox

T = TypeVar("T")
NUMBERS = count(1)


@pytest.fixture(scope="session")
def pair(postgres: Postgres) -> Iterator[Sequence[Running]]:
    """Both servers; what they share is in a schema of its own."""
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA pair")
    traced = {name: os.environ.pop(name) for name in list(os.environ) if "COVERAGE" in name}
    with machines(
        f"{postgres.url}&options=-csearch_path%3Dpair",
        options=["--validate-responses", "fail"],
    ) as begun:
        # Eight traced workers would take the machine; what they do is traced elsewhere.
        os.environ.update(traced)
        yield begun


@pytest.fixture
def ports(pair: Sequence[Running]) -> Sequence[int]:
    """Where they are."""
    return [machine.port for machine in pair]


@pytest.fixture
def sandbox(ports: Sequence[int]) -> Iterator[Sandbox]:
    """A sandbox of the test's own, made by the first of them."""
    client = Client(f"http://127.0.0.1:{ports[0]}")
    made = client.create(name=f"shared-{next(NUMBERS)}")
    yield made
    made.delete()
    client.close()


def at_once(acts: Sequence[Callable[[], T]]) -> list[T]:
    """What each gives, all begun at once."""
    gate = Barrier(len(acts))

    def begin(act: Callable[[], T]) -> T:
        gate.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(begin, acts))
