"""What it costs to share: the stand-in on PostgreSQL, by its workers, beside one in memory."""

import statistics
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import psycopg

from understudy.server.store.postgres import query
from understudy.server.store.postgres.database import Database
from understudy.server.store.postgres.store import PostgresStore
from understudy.server.store.query import Condition, Query, SortKey
from understudy.specs.contract import load

from .asked import SHARED, by_crowds
from .cost import Life, Lives, lived
from .postgres import Postgres
from .process import Cores, Tree
from .servers import Server, stand_in
from .store import BY_DATE, BY_ID, KNOWN, NEAR, SESSIONS, sessions

ALONE, ONE, FOUR = "in memory", "one worker", "four workers"
WORKERS: Mapping[str, int] = {ONE: 1, FOUR: 4}
ROWS = 100_000
TIMES = 31
SANDBOX = "bench"
SLICE = 2.0
"""Seconds: of many clients the first is answered late."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Servers by how they are kept, and milliseconds of the database for one page of many rows."""

    lives: Lives
    pages: Mapping[str, float]


def shared(rounds: int, slices: int) -> Shared:
    """Measure the servers in turns, each with a database of its own; then the pages."""
    return Shared(Lives(_lives(rounds, slices)), pages(ROWS))


def pages(rows: int) -> Mapping[str, float]:
    """Milliseconds that the database plans and executes for a page and its count, as if for once.

    How many documents there are in all is known with the sandbox, and not counted. The indexes that
    a page asks for are there, and what PostgreSQL does by itself sooner or later, `VACUUM ANALYZE`,
    is done before.
    """
    works: Mapping[str, tuple[tuple[Condition, ...], tuple[SortKey, ...]]] = {
        "page by id": ((), BY_ID),
        "page by date": ((), BY_DATE),
        f"filter that {KNOWN} meet": ((NEAR,), BY_DATE),
    }
    contract = load("nexudus")
    with Postgres() as postgres:
        database = Database(postgres.url)
        database.open([(contract, {})])
        store = PostgresStore(database, SANDBOX, contract.name)
        store.load({SESSIONS: list(sessions(rows))})
        for where, order in works.values():
            database.indexer.help(contract.name, Query(SESSIONS, where, order), rows)
            database.indexer.settle()
        database.close()
        found = {}
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE understudy_documents")
            for name, (where, order) in works.items():
                sql, given, _ = query.find(contract.name, Query(SESSIONS, where, order, limit=25))
                asked = [(sql, given)]
                if where:
                    asked.append(query.count(contract.name, SESSIONS, where))
                found[name] = sum(_explained(connection, *each) for each in asked)
    return found


def _lives(rounds: int, slices: int) -> Iterator[Life]:
    for number in range(rounds):
        print(f"shared, round {number + 1} of {rounds}", flush=True)
        with ExitStack() as stack:
            servers = [_server(ALONE, stand_in())]
            for name, workers in WORKERS.items():
                postgres = stack.enter_context(Postgres(is_durable=True))
                options = ("--store", postgres.url, "--workers", str(workers))
                server = _server(name, stand_in(*options))
                servers.append(replace(server, beside=Tree(postgres.pid)))
            yield from lived(servers, slices, SLICE)


def _server(name: str, server: Server) -> Server:
    asked = [each for request in SHARED for each in by_crowds(request)]
    # Each connection plans a statement some times before it keeps the plan.
    return replace(server, name=name, cores=Cores.shared(), asked=asked, warm_up=3.0)


def _explained(connection: psycopg.Connection, sql: str, given: Mapping[str, Any]) -> float:
    """Milliseconds to plan and to execute a statement, the median."""
    took: list[float] = []
    for _ in range(TIMES):
        found = connection.execute(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", {**given, "sandbox": SANDBOX}, prepare=False
        )
        ((((plan),),),) = found.fetchall()
        took.append(plan["Planning Time"] + plan["Execution Time"])
    return statistics.median(took)
